/* Lessons: what the next board that comes to a site of the training bench is like. A person learns from the screen alone
 * what to do with a wrong part, a bad contact or a missing board. Only in training; no board of a production has them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  const char *name;  /* "wrong-part": stable */
  const char *title; /* for people, in English */
  const char *fault; /* as bench.yaml writes it; NULL: a good board */
} StnLesson;

const StnLesson *stn_lessons (guint *out_count);
/* NULL: there is none of that name. */
const StnLesson *stn_lesson_find (const char *name);

G_END_DECLS
