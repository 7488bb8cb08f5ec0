#include "src/cli/site-list.h"

#include <string.h>

#define NAMES_MOST 256

/* "A12" is "A" and "12"; FALSE when no number stands at the end. */
static gboolean
split_name (const char *name, gsize *out_letters, guint64 *out_number)
{
  gsize length = strlen (name), letters = length;
  while (letters > 0 && g_ascii_isdigit (name[letters - 1]))
    letters--;
  if (letters == length || length - letters > 6)
    return FALSE;
  *out_letters = letters;
  *out_number = g_ascii_strtoull (name + letters, NULL, 10);
  return TRUE;
}

static gboolean
add_range (GPtrArray *names, const char *from, const char *to, GError **error)
{
  gsize from_letters = 0, to_letters = 0;
  guint64 first = 0, last = 0;

  if (!split_name (from, &from_letters, &first) || !split_name (to, &to_letters, &last) || from_letters != to_letters
      || strncmp (from, to, from_letters) != 0 || last < first || last - first >= NAMES_MOST) {
    stn_error_set (error, STN_FAILURE_USAGE, "“%s-%s” is no range of sites; one is A1-A8", from, to);
    return FALSE;
  }
  gboolean is_padded = from[from_letters] == '0';
  int width = is_padded ? (int) (strlen (from) - from_letters) : 0;
  for (guint64 number = first; number <= last; number++)
    g_ptr_array_add (names, g_strdup_printf ("%.*s%0*" G_GUINT64_FORMAT, (int) from_letters, from, width, number));
  return TRUE;
}

char **
stn_site_list_parse (const char *text, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);

  for (guint i = 0; i == 0 || parts[i] != NULL; i++) {
    /* an empty text has no parts at all */
    char *part = parts[i] != NULL ? g_strstrip (parts[i]) : (char *) "";
    char *dash = strchr (part, '-');
    if (*part == '\0') {
      stn_error_set (error, STN_FAILURE_USAGE, "“%s”: a site's name is missing; a list is A1-A8,B2", text);
      return NULL;
    }
    if (dash == NULL) {
      g_ptr_array_add (names, g_strdup (part));
    } else {
      *dash = '\0';
      if (!add_range (names, part, dash + 1, error))
        return NULL;
    }
    if (names->len > NAMES_MOST) {
      stn_error_set (error, STN_FAILURE_USAGE, "“%s”: more than %d sites", text, NAMES_MOST);
      return NULL;
    }
  }
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}
