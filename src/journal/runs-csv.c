#include "src/journal/query.h"

#include <string.h>

static const char *const keys[] = { "started_utc", "verdict",  "failure",    "serial", "uid",    "lot",
                                    "job",         "revision", "station",    "site",   "operator", "production_day",
                                    "target",      "took_ms",  "run_id",     "journal_kind" };

/* RFC 4180: quoted where there is a quote, a comma or the end of a line; a text that a spreadsheet would run as a formula
 * is disarmed with an apostrophe in front. */
void
stn_csv_cell (GString *text, const char *cell, gboolean is_text)
{
  gboolean formula = is_text && *cell != '\0' && strchr ("=+-@\t\r", *cell) != NULL;
  if (strpbrk (cell, "\",\r\n") == NULL) {
    g_string_append_printf (text, "%s%s", formula ? "'" : "", cell);
    return;
  }
  g_string_append_printf (text, "\"%s", formula ? "'" : "");
  for (const char *p = cell; *p != '\0'; p++) {
    if (*p == '"')
      g_string_append_c (text, '"');
    g_string_append_c (text, *p);
  }
  g_string_append_c (text, '"');
}

void
stn_runs_csv_head (GString *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    g_string_append_printf (text, "%s%s", keys[i], i + 1 < G_N_ELEMENTS (keys) ? "," : "\r\n");
}

static void
add_text (GString *text, const char *cell)
{
  g_autofree char *valid = cell != NULL ? g_utf8_make_valid (cell, -1) : NULL;
  if (valid != NULL)
    stn_csv_cell (text, valid, TRUE);
  g_string_append_c (text, ',');
}

static void
add_number (GString *text, gint64 number)
{
  g_string_append_printf (text, "%" G_GINT64_FORMAT ",", number);
}

static void
add_time (GString *text, gint64 utc_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (utc_us / G_USEC_PER_SEC);
  g_autofree char *seconds = time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%S") : NULL;
  if (seconds != NULL)
    g_string_append_printf (text, "%s.%06dZ", seconds, (int) (utc_us % G_USEC_PER_SEC));
  g_string_append_c (text, ',');
}

void
stn_runs_csv_row (GString *text, const StnRunRow *row, gboolean is_virtual)
{
  const StnRun *run = row->run;
  const StnResult *result = row->result;
  add_time (text, run->started_utc_us);
  add_text (text, stn_verdict_name (result != NULL ? result->verdict : STN_VERDICT_UNKNOWN));
  add_text (text, result != NULL && result->failure != STN_FAILURE_NONE ? stn_failure_name (result->failure) : NULL);
  add_text (text, result != NULL ? result->serial : NULL);
  add_text (text, result != NULL ? result->uid : NULL);
  add_text (text, run->lot);
  add_text (text, run->job_name);
  add_number (text, run->job_revision);
  add_text (text, run->station);
  add_text (text, run->site);
  add_text (text, run->operator_id);
  add_text (text, run->production_day);
  add_text (text, run->target);
  if (result != NULL)
    add_number (text, (result->ended_mono_ns - run->started_mono_ns) / 1000000);
  else
    g_string_append_c (text, ',');
  add_text (text, run->run_id);
  g_string_append (text, is_virtual ? "virtual\r\n" : "production\r\n");
}
