#include "src/station/lesson.h"

#include <string.h>

/* The memory's fault is at the reset vector: every program has something there that is not erased. */
static const StnLesson lessons[] = {
  { "good-board", "Good board", NULL },
  { "no-board", "No board in the site", "absent" },
  { "bad-contact", "Bad contact: no answer", "silence" },
  { "lost-contact", "Contact lost on the way", "stops: 12" },
  { "wrong-part", "Wrong part on the board", "wrong-chip: STM32F030C8" },
  { "locked-board", "Board is read-protected", "protected" },
  { "worn-memory", "Worn memory: wrong data", "dead-cell: 0x08000007" },
  { "no-start", "Program does not start", "no-start" },
};

const StnLesson *
stn_lessons (guint *out_count)
{
  *out_count = G_N_ELEMENTS (lessons);
  return lessons;
}

const StnLesson *
stn_lesson_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (lessons); i++)
    if (g_strcmp0 (lessons[i].name, name) == 0)
      return &lessons[i];
  return NULL;
}
