#include "src/report/build.h"

#include <string.h>

#include "src/base/error.h"

static const StnReportColumn run_columns[] = {
  { "number", N_ ("No."), STN_CELL_INTEGER },       { "started_utc", N_ ("started"), STN_CELL_TIME },
  { "verdict", N_ ("verdict"), STN_CELL_TEXT },    { "serial", N_ ("serial"), STN_CELL_TEXT },
  { "uid", N_ ("UID"), STN_CELL_TEXT },            { "job", N_ ("job/revision"), STN_CELL_TEXT },
  { "lot", N_ ("lot"), STN_CELL_TEXT },            { "site", N_ ("site"), STN_CELL_TEXT },
  { "operator", N_ ("operator"), STN_CELL_TEXT },  { "failure", N_ ("failure"), STN_CELL_TEXT },
  { "took_ms", N_ ("took (s)"), STN_CELL_DURATION },
  { "predicted_ms", N_ ("predicted (s)"), STN_CELL_DURATION },
};
static const StnReportColumn detail_columns[] = {
  { "number", N_ ("No."), STN_CELL_INTEGER },
  { "what", N_ ("what"), STN_CELL_TEXT },
  { "value", N_ ("as recorded"), STN_CELL_TEXT },
};
static const StnReportColumn step_columns[] = {
  { "number", N_ ("No."), STN_CELL_INTEGER },    { "step", N_ ("step"), STN_CELL_TEXT },
  { "outcome", N_ ("outcome"), STN_CELL_TEXT }, { "took_ms", N_ ("took (s)"), STN_CELL_DURATION },
  { "predicted_ms", N_ ("predicted (s)"), STN_CELL_DURATION },
  { "tries", N_ ("tries"), STN_CELL_INTEGER },  { "bytes", N_ ("bytes"), STN_CELL_INTEGER },
  { "failure", N_ ("failure"), STN_CELL_TEXT }, { "detail", N_ ("detail"), STN_CELL_TEXT },
};
static const StnReportColumn audit_columns[] = {
  { "utc", N_ ("time"), STN_CELL_TIME },         { "action", N_ ("action"), STN_CELL_TEXT },
  { "subject", N_ ("subject"), STN_CELL_TEXT },  { "operator", N_ ("who"), STN_CELL_TEXT },
  { "old", N_ ("before"), STN_CELL_TEXT },       { "new", N_ ("after"), STN_CELL_TEXT },
  { "reason", N_ ("reason"), STN_CELL_TEXT },    { "allowed_by", N_ ("allowed by"), STN_CELL_TEXT },
};

static StnVerdict
verdict_of (const StnRunRow *row)
{
  return row->result != NULL ? row->result->verdict : STN_VERDICT_UNKNOWN;
}

static void
add_predicted (StnReportTable *table, gint64 predicted_ns)
{
  if (predicted_ns >= 0)
    stn_table_duration_cell (table, predicted_ns);
  else
    stn_table_text_cell (table, NULL);
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
  stn_table_word_cell (table, stn_verdict_name (verdict_of (row)));
  stn_table_text_cell (table, result != NULL ? result->serial : NULL);
  stn_table_text_cell (table, result != NULL ? result->uid : NULL);
  stn_table_text_cell (table, job);
  stn_table_text_cell (table, run->lot);
  stn_table_text_cell (table, run->site);
  stn_table_text_cell (table, run->operator_id);
  stn_table_text_cell (table, result != NULL && result->failure != STN_FAILURE_NONE ? stn_failure_name (result->failure)
                              : result == NULL ? SAY ("the program ended before a result") : NULL);
  if (result != NULL)
    stn_table_duration_cell (table, result->ended_mono_ns - run->started_mono_ns);
  else
    stn_table_text_cell (table, NULL);
  add_predicted (table, run->predicted_ns);
}

static void
add_details (StnReportTable *table, guint number, const StnRunRow *row)
{
  const StnRun *run = row->run;
  const StnResult *result = row->result;
  const struct {
    const char *what, *value;
  } details[] = {
    { SAY ("run"), run->run_id },
    { SAY ("repeats run"), run->retry_of },
    { SAY ("station"), run->station },
    { SAY ("fixture"), run->fixture },
    { SAY ("target"), run->target },
    { SAY ("job hash"), run->job_hash },
    { SAY ("plan hash"), run->plan_hash },
    { SAY ("firmware"), run->images },
    { SAY ("left out of PASS"), run->left_out },
    { SAY ("ports"), run->adapters },
    { SAY ("program"), run->program_version },
    { SAY ("message"), result != NULL ? result->message : NULL },
    { SAY ("options before"), result != NULL ? result->options_before : NULL },
    { SAY ("options after"), result != NULL ? result->options_after : NULL },
    { SAY ("protection"), result != NULL ? result->protection : NULL },
    { SAY ("left by"), result != NULL ? result->leave_way : NULL },
    { SAY ("boot answer"), result != NULL ? result->boot_answer : NULL },
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
    stn_table_word_cell (table, stn_verdict_name (step->outcome));
    stn_table_duration_cell (table, step->duration_ns);
    add_predicted (table, step->predicted_ns);
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
        table = stn_report_add_table (self, "audit", SAY ("What people did with it"), audit_columns,
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
  StnReportChart *chart = stn_report_add_chart (self, "steps", SAY ("Steps of the last run"), SAY ("step"), SAY ("seconds"));
  chart->lying = TRUE;
  for (guint i = 0; i < result->steps->len; i++)
    stn_chart_category (chart, stn_step_name (((const StnStepRecord *) g_ptr_array_index (result->steps, i))->kind));
  double *values = stn_chart_series (chart, SAY ("took"), STN_SERIES_COLUMNS, STN_TONE_PLAIN);
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
  self->title = g_strdup_printf (SAY ("Unit %s"), query->unit);
  self->query = g_strdup_printf (SAY ("All runs of the board with the serial or UID %s."), query->unit);

  g_autoptr (GString) serials = g_string_new (NULL);
  g_autoptr (GString) uids = g_string_new (NULL);
  StnReportTable *runs = stn_report_add_table (self, "runs", SAY ("Runs"), run_columns, G_N_ELEMENTS (run_columns));
  StnReportTable *details = stn_report_add_table (self, "details", SAY ("What each run was made with, and left behind"),
                                                  detail_columns, G_N_ELEMENTS (detail_columns));
  StnReportTable *steps = stn_report_add_table (self, "steps", SAY ("Steps of each run"), step_columns,
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
  stn_report_fact (self, "serials", SAY ("Serial"), serials->str);
  stn_report_fact_code (self, "uids", SAY ("UID"), uids->str);
  stn_report_fact (self, "verdict", SAY ("Last verdict"), stn_say_word (stn_verdict_name (verdict_of (last))));
  if (last->result != NULL && last->result->failure != STN_FAILURE_NONE)
    stn_report_fact (self, "next_action", SAY ("What to do"), SAY (stn_failure_row (last->result->failure)->next_action));
  stn_report_fact (self, "target", SAY ("Target"), last->run->target);
  stn_report_fact_number (self, "runs", SAY ("Runs"), rows->len);
  g_autofree char *chain = g_strdup_printf ("%s, %s %" G_GUINT64_FORMAT, self->chain_head, SAY ("entry"), self->chain_rows);
  stn_report_fact_code (self, "chain_head", SAY ("Head of the journal's chain"), chain);
  add_chart (self, last->result);
  return add_audit (self, journal, rows, error);
}
