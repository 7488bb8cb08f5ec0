/* A written conversation, line by line. */
#pragma once

#include <glib.h>

/* The lines of a text that are not empty, for g_strfreev. */
static inline char **
script_lines (const char *text)
{
  g_auto (GStrv) raw = g_strsplit (text, "\n", -1);
  GPtrArray *lines = g_ptr_array_new ();

  for (guint i = 0; raw[i] != NULL; i++)
    if (raw[i][0] != '\0')
      g_ptr_array_add (lines, g_strdup (raw[i]));
  g_ptr_array_add (lines, NULL);
  return (char **) g_ptr_array_free (lines, FALSE);
}
