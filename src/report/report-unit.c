#include "src/report/build.h"

#include <string.h>

#include "src/base/error.h"

static const StnReportColumn run_columns[] = {
  { "number", "no", STN_CELL_INTEGER },       { "started_utc", "started", STN_CELL_TIME },
  { "verdict", "verdict", STN_CELL_TEXT },    { "serial", "serial", STN_CELL_TEXT },
  { "uid", "UID", STN_CELL_TEXT },            { "job", "job/revision", STN_CELL_TEXT },
  { "lot", "lot", STN_CELL_TEXT },            { "site", "site", STN_CELL_TEXT },
  { "operator", "operator", STN_CELL_TEXT },  { "failure", "failure", STN_CELL_TEXT },
  { "took_ms", "took (s)", STN_CELL_DURATION },
};
static const StnReportColumn detail_columns[] = {
  { "number", "no", STN_CELL_INTEGER },
  { "what", "what", STN_CELL_TEXT },
  { "value", "as recorded", STN_CELL_TEXT },
};
static const StnReportColumn step_columns[] = {
  { "number", "no", STN_CELL_INTEGER },    { "step", "step", STN_CELL_TEXT },
  { "outcome", "outcome", STN_CELL_TEXT }, { "took_ms", "took (s)", STN_CELL_DURATION },
  { "tries", "tries", STN_CELL_INTEGER },  { "bytes", "bytes", STN_CELL_INTEGER },
  { "failure", "failure", STN_CELL_TEXT }, { "detail", "detail", STN_CELL_TEXT },
};
static const StnReportColumn audit_columns[] = {
  { "utc", "time", STN_CELL_TIME },         { "action", "action", STN_CELL_TEXT },
  { "subject", "subject", STN_CELL_TEXT },  { "operator", "who", STN_CELL_TEXT },
  { "old", "before", STN_CELL_TEXT },       { "new", "after", STN_CELL_TEXT },
  { "reason", "reason", STN_CELL_TEXT },    { "allowed_by", "allowed by", STN_CELL_TEXT },
};

static StnVerdict
verdict_of (const StnRunRow *row)
{
  return row->result != NULL ? row->result->verdict : STN_VERDICT_UNKNOWN;
}

static void
add_run (StnReportTable *table, guint number, const StnRunRow *row)
{
  const StnRun *run = row->run;
  const StnResult *result = row->result;
  g_autofree char *job = g_strdup_printf ("%s/%" G_GINT64_FORMAT, run->job_name != NULL ? run->job_name : "?",
                                          run->job_revision);
  stn_table_integer_cell (table, number);
  stn_table_time_cell (table, run->started_utc_us);
  stn_table_text_cell (table, stn_verdict_name (verdict_of (row)));
  stn_table_text_cell (table, result != NULL ? result->serial : NULL);
  stn_table_text_cell (table, result != NULL ? result->uid : NULL);
  stn_table_text_cell (table, job);
  stn_table_text_cell (table, run->lot);
  stn_table_text_cell (table, run->site);
  stn_table_text_cell (table, run->operator_id);
  stn_table_text_cell (table, result != NULL && result->failure != STN_FAILURE_NONE ? stn_failure_name (result->failure)
                              : result == NULL ? "the program ended before a result" : NULL);
  if (result != NULL)
    stn_table_duration_cell (table, result->ended_mono_ns - run->started_mono_ns);
  else
    stn_table_text_cell (table, NULL);
}

static void
add_details (StnReportTable *table, guint number, const StnRunRow *row)
{
  const StnRun *run = row->run;
  const StnResult *result = row->result;
  const struct {
    const char *what, *value;
  } details[] = {
    { "run", run->run_id },
    { "repeats run", run->retry_of },
    { "station", run->station },
    { "fixture", run->fixture },
    { "target", run->target },
    { "job hash", run->job_hash },
    { "plan hash", run->plan_hash },
    { "firmware", run->images },
    { "left out of PASS", run->left_out },
    { "ports", run->adapters },
    { "program", run->program_version },
    { "message", result != NULL ? result->message : NULL },
    { "options before", result != NULL ? result->options_before : NULL },
    { "options after", result != NULL ? result->options_after : NULL },
    { "protection", result != NULL ? result->protection : NULL },
    { "left by", result != NULL ? result->leave_way : NULL },
    { "boot answer", result != NULL ? result->boot_answer : NULL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (details); i++)
    if (details[i].value != NULL && *details[i].value != '\0') {
      stn_table_integer_cell (table, number);
      stn_table_text_cell (table, details[i].what);
      stn_table_text_cell (table, details[i].value);
    }
}

static void
add_steps (StnReportTable *table, guint number, const StnResult *result)
{
  if (result == NULL || result->steps == NULL)
    return;
  for (guint i = 0; i < result->steps->len; i++) {
    const StnStepRecord *step = g_ptr_array_index (result->steps, i);
    stn_table_integer_cell (table, number);
    stn_table_text_cell (table, stn_step_name (step->kind));
    stn_table_text_cell (table, stn_verdict_name (step->outcome));
    stn_table_duration_cell (table, step->duration_ns);
    stn_table_integer_cell (table, step->tries);
    stn_table_integer_cell (table, (gint64) step->bytes);
    stn_table_text_cell (table, step->failure != STN_FAILURE_NONE ? stn_failure_name (step->failure) : NULL);
    stn_table_text_cell (table, step->detail);
  }
}

static gboolean
add_audit (StnReport *self, StnQuery *journal, const GPtrArray *rows, GError **error)
{
  StnReportTable *table = NULL;
  for (guint i = 0; i < rows->len; i++) {
    StnAuditFilter filter = { .run_id = ((const StnRunRow *) g_ptr_array_index (rows, i))->run->run_id, .limit = 1000 };
    g_autoptr (GPtrArray) entries = stn_query_audit (journal, &filter, error);
    if (entries == NULL)
      return FALSE;
    for (guint j = 0; j < entries->len; j++) {
      const StnAuditRow *entry = g_ptr_array_index (entries, j);
      if (table == NULL)
        table = stn_report_add_table (self, "audit", "What people did with it", audit_columns,
                                      G_N_ELEMENTS (audit_columns));
      stn_table_time_cell (table, entry->utc_us);
      stn_table_text_cell (table, entry->action);
      stn_table_text_cell (table, entry->subject);
      stn_table_text_cell (table, entry->operator_id);
      stn_table_text_cell (table, entry->old_value);
      stn_table_text_cell (table, entry->new_value);
      stn_table_text_cell (table, entry->reason);
      stn_table_text_cell (table, entry->allowed_by);
    }
  }
  return TRUE;
}

static void
add_chart (StnReport *self, const StnResult *result)
{
  if (result == NULL || result->steps == NULL || result->steps->len == 0)
    return;
  StnReportChart *chart = stn_report_add_chart (self, "steps", "Steps of the last run", "step", "seconds");
  chart->lying = TRUE;
  for (guint i = 0; i < result->steps->len; i++)
    stn_chart_category (chart, stn_step_name (((const StnStepRecord *) g_ptr_array_index (result->steps, i))->kind));
  double *values = stn_chart_series (chart, "took", STN_SERIES_COLUMNS, STN_TONE_PLAIN);
  for (guint i = 0; i < result->steps->len; i++)
    values[i] = (double) ((const StnStepRecord *) g_ptr_array_index (result->steps, i))->duration_ns / 1e9;
}

static void
add_value (GString *values, const char *value)
{
  if (value == NULL || *value == '\0')
    return;
  g_auto (GStrv) known = g_strsplit (values->str, ", ", -1);
  if (!g_strv_contains ((const char *const *) known, value))
    g_string_append_printf (values, "%s%s", values->len > 0 ? ", " : "", value);
}

gboolean
stn_report_fill_unit (StnReport *self, StnQuery *journal, const StnReportQuery *query, GError **error)
{
  g_autoptr (GPtrArray) rows = stn_query_unit (journal, query->unit, error);
  if (rows == NULL)
    return FALSE;
  if (rows->len == 0) {
    stn_error_set (error, STN_FAILURE_BAD_FILE, "nothing is known of the unit “%s” in this journal", query->unit);
    return FALSE;
  }
  g_free (self->title);
  self->title = g_strdup_printf ("Unit %s", query->unit);
  self->query = g_strdup_printf ("All runs of the board with the serial or UID %s.", query->unit);

  g_autoptr (GString) serials = g_string_new (NULL);
  g_autoptr (GString) uids = g_string_new (NULL);
  StnReportTable *runs = stn_report_add_table (self, "runs", "Runs", run_columns, G_N_ELEMENTS (run_columns));
  StnReportTable *details = stn_report_add_table (self, "details", "What each run was made with, and left behind",
                                                  detail_columns, G_N_ELEMENTS (detail_columns));
  StnReportTable *steps = stn_report_add_table (self, "steps", "Steps of each run", step_columns,
                                                G_N_ELEMENTS (step_columns));
  for (guint i = 0; i < rows->len; i++) {
    const StnRunRow *row = g_ptr_array_index (rows, i);
    add_run (runs, i + 1, row);
    add_details (details, i + 1, row);
    add_steps (steps, i + 1, row->result);
    if (row->result != NULL) {
      add_value (serials, row->result->serial);
      add_value (uids, row->result->uid);
    }
  }
  const StnRunRow *last = g_ptr_array_index (rows, rows->len - 1);
  stn_report_fact (self, "serials", "Serial", serials->str);
  stn_report_fact_code (self, "uids", "UID", uids->str);
  stn_report_fact (self, "verdict", "Last verdict", stn_verdict_name (verdict_of (last)));
  if (last->result != NULL && last->result->failure != STN_FAILURE_NONE)
    stn_report_fact (self, "next_action", "What to do", stn_failure_row (last->result->failure)->next_action);
  stn_report_fact (self, "target", "Target", last->run->target);
  stn_report_fact_number (self, "runs", "Runs", rows->len);
  g_autofree char *chain = g_strdup_printf ("%s, entry %" G_GUINT64_FORMAT, self->chain_head, self->chain_rows);
  stn_report_fact_code (self, "chain_head", "Head of the journal's chain", chain);
  add_chart (self, last->result);
  return add_audit (self, journal, rows, error);
}
