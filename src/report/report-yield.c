/* Yields, failures and the control chart: shares of boards and of runs. */
#include "src/report/build.h"

#include <math.h>
#include <string.h>

#include "src/base/error.h"

/* ----- yield and first-pass yield ----- */

typedef enum { BY_DAY, BY_SITE, BY_FIRMWARE, BY_OPERATOR, BY_LOT, BY_JOB } YieldBy;
#define YIELD_COLUMNS                                                                                     \
  { "units", "boards", STN_CELL_INTEGER }, { "pass_first", "passed first", STN_CELL_INTEGER },            \
      { "pass_after_retry", "passed later", STN_CELL_INTEGER }, { "fail", "failed", STN_CELL_INTEGER },   \
      { "fpy", "first-pass yield", STN_CELL_RATIO }, { "final_yield", "final yield", STN_CELL_RATIO }
#define YIELD_TABLE(key, title) { { key, title, STN_CELL_TEXT }, YIELD_COLUMNS }
static const StnReportColumn yield_columns[][7] = {
  [BY_DAY] = YIELD_TABLE ("day", "production day"), [BY_SITE] = YIELD_TABLE ("site", "site"),
  [BY_FIRMWARE] = YIELD_TABLE ("firmware", "firmware"), [BY_OPERATOR] = YIELD_TABLE ("operator", "operator"),
  [BY_LOT] = YIELD_TABLE ("lot", "lot"),            [BY_JOB] = YIELD_TABLE ("job", "job/revision"),
};

static const struct {
  const char *name;
  StnUnitsBy by; /* not of the firmware, which has a query of its own */
} yield_keys[] = {
  [BY_DAY] = { "day", STN_UNITS_BY_DAY },   [BY_SITE] = { "site", STN_UNITS_BY_SITE },
  [BY_FIRMWARE] = { "firmware", 0 },        [BY_OPERATOR] = { "operator", STN_UNITS_BY_OPERATOR },
  [BY_LOT] = { "lot", STN_UNITS_BY_LOT },   [BY_JOB] = { "job", STN_UNITS_BY_JOB },
};

static YieldBy
find_by (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (yield_keys); i++)
    if (g_strcmp0 (yield_keys[i].name, name) == 0)
      return (YieldBy) i;
  return BY_DAY;
}

static void
add_yield_row (StnReportTable *table, const char *key, const StnUnitCounts *counts)
{
  stn_table_text_cell (table, key);
  stn_table_integer_cell (table, (gint64) counts->units);
  stn_table_integer_cell (table, (gint64) counts->pass_first);
  stn_table_integer_cell (table, (gint64) counts->pass_after_retry);
  stn_table_integer_cell (table, (gint64) counts->fail);
  stn_table_ratio_cell (table, counts->pass_first, counts->units);
  stn_table_ratio_cell (table, counts->passes_now, counts->units);
}

/* an axis from 0 would hide what matters in yields that are all high */
static void
add_yield_chart (StnReport *self, const StnReportTable *table, const char *by, gboolean first)
{
  guint rows = stn_report_table_rows (table);
  g_autofree char *title = g_strdup_printf ("%s by %s", first ? "First-pass yield" : "Final yield", by);
  StnReportChart *chart
      = stn_report_add_chart (self, "yield", title, table->columns[0].title, first ? "first-pass yield" : "final yield");

  chart->is_percent = TRUE;
  chart->from_zero = FALSE;
  chart->lying = strcmp (by, "firmware") == 0 || strcmp (by, "job") == 0;
  if (chart->lying)
    chart->from_zero = TRUE;
  for (guint i = 0; i < rows; i++)
    stn_chart_category (chart, stn_report_table_cell (table, i, 0)->text);
  double *values = stn_chart_series (chart, first ? "first-pass yield" : "final yield",
                                     strcmp (by, "day") == 0 && rows > 1 ? STN_SERIES_LINE : STN_SERIES_COLUMNS,
                                     STN_TONE_PLAIN);
  for (guint i = 0; i < rows; i++) {
    const StnCell *cell = stn_report_table_cell (table, i, first ? 5 : 6);
    if (cell->kind == STN_CELL_RATIO)
      values[i] = (double) cell->integer / (double) cell->of;
  }
}

gboolean
stn_report_fill_yield (StnReport *self, StnQuery *journal, const StnReportQuery *query, GError **error)
{
  gboolean first = strcmp (self->kind->name, "fpy") == 0;
  YieldBy by = find_by (query->by);
  const char *by_name = yield_keys[by].name;
  StnUnitFilter filter = stn_report_filter (query);
  g_autoptr (GPtrArray) groups = by == BY_FIRMWARE ? stn_query_unit_groups_by_images (journal, &filter, error)
                                                   : stn_query_unit_groups (journal, yield_keys[by].by, &filter, error);
  if (groups == NULL)
    return FALSE;

  g_free (self->title);
  self->title = g_strdup_printf ("%s by %s", self->kind->title, by_name);
  StnReportTable *table
      = stn_report_add_table (self, "yield", self->title, yield_columns[by], G_N_ELEMENTS (yield_columns[by]));
  StnUnitCounts all = { 0 };
  for (guint i = 0; i < groups->len; i++) {
    const StnUnitGroup *group = g_ptr_array_index (groups, i);
    g_autofree char *key = by == BY_FIRMWARE ? stn_images_short (group->key) : g_strdup (group->key);
    add_yield_row (table, key, &group->counts);
    all.units += group->counts.units;
    all.pass_first += group->counts.pass_first;
    all.pass_after_retry += group->counts.pass_after_retry;
    all.fail += group->counts.fail;
    all.passes_now += group->counts.passes_now;
  }
  table->note = g_strdup ("A board belongs to its first run: a later pass or rework counts there too. Errors of the "
                          "station are no verdict of a board and are not counted.");
  self->is_empty = groups->len == 0;
  stn_report_fact_number (self, "units", "Boards with a verdict", all.units);
  stn_report_fact_ratio (self, "fpy", "First-pass yield", all.pass_first, all.units);
  stn_report_fact_ratio (self, "final_yield", "Final yield", all.passes_now, all.units);
  stn_report_fact_number (self, "pass_after_retry", "Passed after a retry", all.pass_after_retry);
  stn_report_fact_number (self, "fail", "Failed at last", all.fail);
  if (groups->len > 0)
    add_yield_chart (self, table, by_name, first);
  return TRUE;
}

/* ----- failures ----- */

static const StnReportColumn failure_columns[] = {
  { "failure", "failure", STN_CELL_TEXT },
  { "runs", "runs", STN_CELL_INTEGER },
  { "share", "share", STN_CELL_RATIO },
  { "cumulative", "cumulative", STN_CELL_RATIO },
  { "units", "boards", STN_CELL_INTEGER },
  { "meaning", "what it says to the operator", STN_CELL_TEXT },
};
static const StnReportColumn site_columns[] = {
  { "failure", "failure", STN_CELL_TEXT },
  { "site", "site", STN_CELL_TEXT },
  { "runs", "runs", STN_CELL_INTEGER },
  { "units", "boards", STN_CELL_INTEGER },
};
#define CHART_BARS_MOST 12

static guint64
sum_runs (const GPtrArray *counts)
{
  guint64 all = 0;
  for (guint i = 0; i < counts->len; i++)
    all += ((const StnFailureCount *) g_ptr_array_index (counts, i))->runs;
  return all;
}

static void
add_failure_table (StnReport *self, const char *key, const char *title, const GPtrArray *counts)
{
  StnReportTable *table
      = stn_report_add_table (self, key, title, failure_columns, G_N_ELEMENTS (failure_columns));
  guint64 all = sum_runs (counts), so_far = 0;
  for (guint i = 0; i < counts->len; i++) {
    const StnFailureCount *count = g_ptr_array_index (counts, i);
    StnFailure failure = stn_failure_from_name (count->failure);
    g_autofree char *words = failure != STN_FAILURE_NONE ? stn_failure_operator_text (failure, NULL) : NULL;
    so_far += count->runs;
    stn_table_text_cell (table, count->failure);
    stn_table_integer_cell (table, (gint64) count->runs);
    stn_table_ratio_cell (table, count->runs, all);
    stn_table_ratio_cell (table, so_far, all);
    stn_table_integer_cell (table, (gint64) count->boards);
    stn_table_text_cell (table, words);
  }
}

static void
add_pareto_chart (StnReport *self, const GPtrArray *counts)
{
  StnReportChart *chart = stn_report_add_chart (self, "pareto", "Failed runs by failure", "failure", "failed runs");
  guint shown = MIN (counts->len, CHART_BARS_MOST);
  guint64 rest = 0;

  chart->lying = TRUE;
  for (guint i = 0; i < counts->len; i++)
    if (i < shown)
      stn_chart_category (chart, ((const StnFailureCount *) g_ptr_array_index (counts, i))->failure);
    else
      rest += ((const StnFailureCount *) g_ptr_array_index (counts, i))->runs;
  if (rest > 0)
    stn_chart_category (chart, "all others");
  double *values = stn_chart_series (chart, "failed runs", STN_SERIES_COLUMNS, STN_TONE_BAD);
  for (guint i = 0; i < shown; i++)
    values[i] = (double) ((const StnFailureCount *) g_ptr_array_index (counts, i))->runs;
  if (rest > 0)
    values[shown] = (double) rest;
}

static gboolean
add_sites (StnReport *self, StnQuery *journal, const StnUnitFilter *filter, GError **error)
{
  g_autoptr (GPtrArray) counts = stn_query_failures (journal, STN_VERDICT_FAIL, TRUE, filter, error);
  if (counts == NULL)
    return FALSE;
  if (counts->len == 0)
    return TRUE;
  StnReportTable *table = stn_report_add_table (self, "failures_by_site", "Failed runs by failure and site",
                                                site_columns, G_N_ELEMENTS (site_columns));
  for (guint i = 0; i < counts->len; i++) {
    const StnFailureCount *count = g_ptr_array_index (counts, i);
    stn_table_text_cell (table, count->failure);
    stn_table_text_cell (table, count->site);
    stn_table_integer_cell (table, (gint64) count->runs);
    stn_table_integer_cell (table, (gint64) count->boards);
  }
  return TRUE;
}

gboolean
stn_report_add_failures (StnReport *self, StnQuery *journal, const StnUnitFilter *filter, gboolean by_site,
                         GError **error)
{
  g_autoptr (GPtrArray) fails = stn_query_failures (journal, STN_VERDICT_FAIL, FALSE, filter, error);
  g_autoptr (GPtrArray) errors
      = fails != NULL ? stn_query_failures (journal, STN_VERDICT_ERROR, FALSE, filter, error) : NULL;
  if (errors == NULL)
    return FALSE;
  if (by_site || fails->len > 0)
    add_failure_table (self, "failures", "Failed runs", fails);
  if (fails->len > 0)
    add_pareto_chart (self, fails);
  if (by_site && !add_sites (self, journal, filter, error))
    return FALSE;
  if (errors->len > 0)
    add_failure_table (self, "errors", "Errors of the station (no verdict of a board)", errors);
  if (by_site) {
    stn_report_fact_number (self, "failed_runs", "Failed runs", sum_runs (fails));
    stn_report_fact_number (self, "error_runs", "Runs ended by an error of the station", sum_runs (errors));
    self->is_empty = fails->len == 0 && errors->len == 0;
  }
  return TRUE;
}

gboolean
stn_report_fill_pareto (StnReport *self, StnQuery *journal, const StnReportQuery *query, GError **error)
{
  StnUnitFilter filter = stn_report_filter (query);
  return stn_report_add_failures (self, journal, &filter, TRUE, error);
}

/* ----- control chart ----- */

#define PCHART_TABLE(key, title)                                                                             \
  { { key, title, STN_CELL_TEXT }, { "runs", "runs (n)", STN_CELL_INTEGER },                                  \
    { "failed", "failed", STN_CELL_INTEGER }, { "share", "share failed (p)", STN_CELL_RATIO },                \
    { "lcl", "lower limit", STN_CELL_TEXT },  { "ucl", "upper limit", STN_CELL_TEXT },                        \
    { "signal", "signal", STN_CELL_TEXT } }
static const StnReportColumn pchart_columns[][7] = { PCHART_TABLE ("site", "site"), PCHART_TABLE ("day", "production day") };

static void
add_limit_cell (StnReportTable *table, double limit)
{
  g_autofree char *text = g_strdup_printf ("%.2f %%", 100 * limit);
  stn_table_text_cell (table, text);
}

gboolean
stn_report_fill_pchart (StnReport *self, StnQuery *journal, const StnReportQuery *query, GError **error)
{
  gboolean by_day = query->site != NULL;
  StnUnitFilter filter = stn_report_filter (query);
  g_autoptr (GPtrArray) groups
      = stn_query_run_groups (journal, by_day ? STN_RUNS_BY_DAY : STN_RUNS_BY_SITE, &filter, error);
  if (groups == NULL)
    return FALSE;

  guint64 runs = 0, failed = 0;
  for (guint i = 0; i < groups->len; i++) {
    const StnRunGroup *group = g_ptr_array_index (groups, i);
    runs += group->counts[STN_VERDICT_PASS] + group->counts[STN_VERDICT_FAIL];
    failed += group->counts[STN_VERDICT_FAIL];
  }
  self->is_empty = runs == 0;
  double mean = runs > 0 ? (double) failed / (double) runs : 0;
  const char *word = by_day ? "day" : "site";
  g_autofree char *title = by_day ? g_strdup_printf ("Failed runs of site %s by day", query->site)
                                  : g_strdup ("Failed runs by site");
  StnReportTable *table = stn_report_add_table (self, "pchart", title, pchart_columns[by_day], 7);
  StnReportChart *chart = stn_report_add_chart (self, "pchart", title, by_day ? "production day" : "site",
                                                "failed runs of all with a verdict");
  chart->is_percent = TRUE;
  for (guint i = 0; i < groups->len; i++) {
    const StnRunGroup *group = g_ptr_array_index (groups, i);
    if (group->counts[STN_VERDICT_PASS] + group->counts[STN_VERDICT_FAIL] > 0)
      stn_chart_category (chart, group->key);
  }
  double *share = stn_chart_series (chart, "share failed", STN_SERIES_LINE, STN_TONE_PLAIN);
  double *upper = stn_chart_series (chart, "limits (3σ)", STN_SERIES_LIMIT, STN_TONE_BAD);
  double *lower = stn_chart_series (chart, "", STN_SERIES_LIMIT, STN_TONE_BAD);
  double *centre = stn_chart_series (chart, "mean", STN_SERIES_CENTRE, STN_TONE_SECOND);
  GString *signals = g_string_new (NULL);
  guint at = 0, few = 0;
  for (guint i = 0; i < groups->len; i++) {
    const StnRunGroup *group = g_ptr_array_index (groups, i);
    guint64 n = group->counts[STN_VERDICT_PASS] + group->counts[STN_VERDICT_FAIL];
    if (n == 0)
      continue;
    double p = (double) group->counts[STN_VERDICT_FAIL] / (double) n;
    double sigma = sqrt (mean * (1 - mean) / (double) n);
    double ucl = MIN (mean + 3 * sigma, 1), lcl = MAX (mean - 3 * sigma, 0);
    const char *signal = p > ucl ? "above" : p < lcl ? "below" : NULL;
    few += (double) n * mean < 5;
    share[at] = p;
    upper[at] = ucl;
    lower[at] = lcl;
    centre[at] = mean;
    if (signal != NULL) {
      stn_chart_flag (chart, at);
      g_autofree char *here = stn_ratio_text (group->counts[STN_VERDICT_FAIL], n);
      g_autofree char *all = stn_ratio_text (failed, runs);
      g_string_append_printf (signals, "%s%s %s: n=%" G_GUINT64_FORMAT ", %s vs %s", signals->len > 0 ? "; " : "", word,
                              group->key != NULL ? group->key : "(none)", n, here, all);
    }
    stn_table_text_cell (table, group->key);
    stn_table_integer_cell (table, (gint64) n);
    stn_table_integer_cell (table, (gint64) group->counts[STN_VERDICT_FAIL]);
    stn_table_ratio_cell (table, group->counts[STN_VERDICT_FAIL], n);
    add_limit_cell (table, lcl);
    add_limit_cell (table, ucl);
    stn_table_text_cell (table, signal);
    at++;
  }
  table->note = g_strdup_printf ("Limits: mean ± 3·√(mean·(1−mean)/n), a pair for each n.%s",
                                 few > 0 ? " Where fewer than five failures are expected, the limits say little." : "");
  stn_report_fact_number (self, "runs", "Runs with a verdict", runs);
  stn_report_fact_ratio (self, "share", "Failed", failed, runs);
  stn_report_fact (self, "signals", "Out of the limits", signals->len > 0 ? signals->str : "none");
  g_string_free (signals, TRUE);
  return TRUE;
}
