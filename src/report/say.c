#include "src/report/say.h"

#include <libintl.h>
#include <string.h>

#define DOMAIN "station"

static _Thread_local gboolean is_on;

/* The verdicts as the record has them; a report for people may say them in their language. */
static const char *const words[] = { N_ ("pass"),  N_ ("fail"),    N_ ("error"),   N_ ("cancelled"),
                                     N_ ("empty"), N_ ("skipped"), N_ ("unknown") };

gboolean
stn_say_set (gboolean is_translated)
{
  gboolean was = is_on;
  is_on = is_translated;
  return was;
}

const char *
stn_say (const char *english)
{
  /* gettext answers an empty text with its own header */
  return is_on && *english != '\0' ? dgettext (DOMAIN, english) : english;
}

const char *
stn_say_word (const char *word)
{
  for (gsize i = 0; is_on && i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i], word) == 0)
      return stn_say (words[i]);
  return word;
}

char *
stn_say_number (guint decimals, double value)
{
  char format[8], number[G_ASCII_DTOSTR_BUF_SIZE * 2];
  g_snprintf (format, sizeof format, "%%.%uf", MIN (decimals, 9));
  g_ascii_formatd (number, sizeof number, format, value);
  /* translators: nought point nought, with your decimal sign */
  const char *sample = SAY ("0.0");
  gsize length = strlen (sample);
  char *point = strchr (number, '.');
  if (point == NULL || length < 3)
    return g_strdup (number);
  *point = '\0';
  return g_strdup_printf ("%s%.*s%s", number, (int) length - 2, sample + 1, point + 1);
}
