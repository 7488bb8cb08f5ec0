/* Templates: the texts of a job that hold a unit's own values. */
#include "src/job/serial-pattern.h"

#include <string.h>

static gboolean
fail_at (const char *template_text, const char *where, GError **error, const char *what)
{
  g_autofree char *quoted = stn_text_quote (template_text);
  stn_error_set (error, STN_FAILURE_BAD_PLAN, "%s, character %ld: %s", quoted,
                 g_utf8_strlen (template_text, where - template_text) + 1, what);
  return FALSE;
}

/* One field's value, appended; FALSE for an unknown or unavailable one. */
static gboolean
append_field (GString *text, const char *template_text, const char *where, const char *name, const char *serial,
              const char *uid, const char *day, GError **error)
{
  const struct {
    const char *name, *value, *missing;
  } fields[] = {
    { "serial", serial, "the unit has no serial here" },
    { "uid", uid, "the chip's unique id is not known here" },
    { "date", day, "the day is not known here" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++) {
    if (!g_str_equal (fields[i].name, name))
      continue;
    if (fields[i].value == NULL)
      return fail_at (template_text, where, error, fields[i].missing);
    g_string_append (text, fields[i].value);
    return TRUE;
  }
  return fail_at (template_text, where, error, "no such field: known are {serial}, {uid} and {date}");
}

char *
stn_template_fill (const char *template_text, const char *serial, const char *uid, const char *day, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const char *p = template_text;

  while (*p != '\0') {
    if ((p[0] == '{' && p[1] == '{') || (p[0] == '}' && p[1] == '}')) {
      g_string_append_c (text, p[0]);
      p += 2;
    } else if (*p == '}') {
      fail_at (template_text, p, error, "a “}” without its “{”; write “}}” for the character itself");
      return NULL;
    } else if (*p == '{') {
      const char *end = strchr (p, '}');
      if (end == NULL) {
        fail_at (template_text, p, error, "a “{” without its “}”; write “{{” for the character itself");
        return NULL;
      }
      g_autofree char *name = g_strndup (p + 1, (gsize) (end - p - 1));
      if (!append_field (text, template_text, p, name, serial, uid, day, error))
        return NULL;
      p = end + 1;
    } else {
      g_string_append_c (text, *p++);
    }
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
