#include "src/job/option-window.h"

#include <string.h>

#define HEAD "option bytes: "
#define HAD "; had "
#define GETS "; gets "

static void
add (StnOptionBytes *list, guint *inout_count, guint64 address, const guint8 *bytes, gsize length)
{
  g_return_if_fail (*inout_count < STN_OPTION_WINDOW_AREAS);
  list[(*inout_count)++] = (StnOptionBytes){ .address = address, .bytes = g_memdup2 (bytes, length), .length = length };
}

void
stn_option_window_add_had (StnOptionWindow *self, guint64 address, const guint8 *bytes, gsize length)
{
  add (self->had, &self->had_count, address, bytes, length);
}

void
stn_option_window_add_gets (StnOptionWindow *self, guint64 address, const guint8 *bytes, gsize length)
{
  add (self->gets, &self->gets_count, address, bytes, length);
}

void
stn_option_window_clear (StnOptionWindow *self)
{
  g_free (self->words);
  for (guint i = 0; i < STN_OPTION_WINDOW_AREAS; i++) {
    g_free (self->had[i].bytes);
    g_free (self->gets[i].bytes);
  }
  *self = (StnOptionWindow){ .words = NULL };
}

static void
append (GString *text, const char *head, const StnOptionBytes *list, guint count)
{
  for (guint i = 0; i < count; i++) {
    g_string_append_printf (text, "%s%08" G_GINT64_MODIFIER "x=", i == 0 ? head : " ", list[i].address);
    for (gsize k = 0; k < list[i].length; k++)
      g_string_append_printf (text, "%02x", list[i].bytes[k]);
  }
}

char *
stn_option_window_to_text (const StnOptionWindow *self)
{
  GString *text = g_string_new (HEAD);

  g_string_append (text, self->words);
  append (text, HAD, self->had, self->had_count);
  append (text, GETS, self->gets, self->gets_count);
  return g_string_free (text, FALSE);
}

/* "1fff7800=aa55… 1ffff808=…" up to a ';' or the end. */
static gboolean
parse_list (const char *text, StnOptionBytes *list, guint *out_count)
{
  guint count = 0;

  for (;;) {
    char *end;
    guint64 address = g_ascii_strtoull (text, &end, 16);
    if (end == text || *end != '=' || count == STN_OPTION_WINDOW_AREAS || !g_ascii_isxdigit (*text))
      return FALSE;
    text = end + 1;
    gsize digits = 0;
    while (g_ascii_isxdigit (text[digits]))
      digits++;
    if (digits == 0 || digits % 2 != 0 || digits / 2 > STN_OPTION_WINDOW_BYTES_MOST)
      return FALSE;
    guint8 *bytes = g_malloc (digits / 2);
    for (gsize i = 0; i < digits / 2; i++)
      bytes[i] = (guint8) (g_ascii_xdigit_value (text[2 * i]) << 4 | g_ascii_xdigit_value (text[2 * i + 1]));
    list[count++] = (StnOptionBytes){ .address = address, .bytes = bytes, .length = digits / 2 };
    *out_count = count;
    text += digits;
    if (*text == '\0' || *text == ';')
      return TRUE;
    if (*text++ != ' ')
      return FALSE;
  }
}

gboolean
stn_option_window_parse (const char *text, StnOptionWindow *out)
{
  g_auto (StnOptionWindow) found = { .words = NULL };

  if (text == NULL || !g_str_has_prefix (text, HEAD))
    return FALSE;
  text += strlen (HEAD);
  const char *had = strstr (text, HAD), *gets = strstr (text, GETS);
  if (had == NULL || gets == NULL || gets < had || !parse_list (had + strlen (HAD), found.had, &found.had_count)
      || !parse_list (gets + strlen (GETS), found.gets, &found.gets_count))
    return FALSE;
  found.words = g_strndup (text, (gsize) (had - text));
  *out = found;
  memset (&found, 0, sizeof found);
  return TRUE;
}
