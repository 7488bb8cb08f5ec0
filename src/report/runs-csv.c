#include "src/report/runs-csv.h"

#include "src/report/build.h"

static const char *const keys[] = { "started_utc", "verdict",  "failure",    "serial", "uid",    "lot",
                                    "job",         "revision", "station",    "site",   "operator", "production_day",
                                    "target",      "took_ms",  "run_id",     "journal_kind" };

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
add_cell (GString *text, StnCell cell)
{
  g_autofree char *value = stn_cell_for_machines (&cell);
  if (value != NULL)
    stn_csv_cell (text, value, FALSE);
  g_string_append_c (text, ',');
}

void
stn_runs_csv_row (GString *text, const StnRunRow *row, gboolean is_virtual)
{
  const StnRun *run = row->run;
  const StnResult *result = row->result;
  add_cell (text, (StnCell){ .kind = STN_CELL_TIME, .integer = run->started_utc_us });
  add_text (text, stn_verdict_name (result != NULL ? result->verdict : STN_VERDICT_UNKNOWN));
  add_text (text, result != NULL && result->failure != STN_FAILURE_NONE ? stn_failure_name (result->failure) : NULL);
  add_text (text, result != NULL ? result->serial : NULL);
  add_text (text, result != NULL ? result->uid : NULL);
  add_text (text, run->lot);
  add_text (text, run->job_name);
  add_cell (text, (StnCell){ .kind = STN_CELL_INTEGER, .integer = run->job_revision });
  add_text (text, run->station);
  add_text (text, run->site);
  add_text (text, run->operator_id);
  add_text (text, run->production_day);
  add_text (text, run->target);
  add_cell (text, (StnCell){ .kind = result != NULL ? STN_CELL_DURATION : STN_CELL_NOTHING,
                             .integer = result != NULL ? result->ended_mono_ns - run->started_mono_ns : 0 });
  add_text (text, run->run_id);
  g_string_append (text, is_virtual ? "virtual\r\n" : "production\r\n");
}
