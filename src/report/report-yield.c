/* Yields, failures and the control chart: shares of boards and of runs. */
#include "src/report/build.h"

#include <math.h>
#include <string.h>

#include "src/base/error.h"

/* ----- yield and first-pass yield ----- */

typedef enum { BY_DAY, BY_SITE, BY_FIRMWARE, BY_OPERATOR, BY_LOT, BY_JOB } YieldBy;
#define YIELD_COLUMNS                                                                                     \
  { "units", N_ ("boards"), STN_CELL_INTEGER }, { "pass_first", N_ ("passed first"), STN_CELL_INTEGER },            \
      { "pass_after_retry", N_ ("passed later"), STN_CELL_INTEGER }, { "fail", N_ ("failed"), STN_CELL_INTEGER },   \
      { "fpy", N_ ("first-pass yield"), STN_CELL_RATIO }, { "final_yield", N_ ("final yield"), STN_CELL_RATIO }
#define YIELD_TABLE(key, title) { { key, title, STN_CELL_TEXT }, YIELD_COLUMNS }
static const StnReportColumn yield_columns[][7] = {
  [BY_DAY] = YIELD_TABLE ("day", N_ ("production day")), [BY_SITE] = YIELD_TABLE ("site", N_ ("site")),
  [BY_FIRMWARE] = YIELD_TABLE ("firmware", N_ ("firmware")), [BY_OPERATOR] = YIELD_TABLE ("operator", N_ ("operator")),
  [BY_LOT] = YIELD_TABLE ("lot", N_ ("lot")),            [BY_JOB] = YIELD_TABLE ("job", N_ ("job/revision")),
};

static const struct {
  const char *name, *by_words;
  StnUnitsBy by; /* not of the firmware, which has a query of its own */
} yield_keys[] = {
  [BY_DAY] = { "day", N_ ("by day"), STN_UNITS_BY_DAY },   [BY_SITE] = { "site", N_ ("by site"), STN_UNITS_BY_SITE },
  [BY_FIRMWARE] = { "firmware", N_ ("by firmware"), 0 },        [BY_OPERATOR] = { "operator", N_ ("by operator"), STN_UNITS_BY_OPERATOR },
  [BY_LOT] = { "lot", N_ ("by lot"), STN_UNITS_BY_LOT },   [BY_JOB] = { "job", N_ ("by job"), STN_UNITS_BY_JOB },
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
  const char *what = first ? SAY ("First-pass yield") : SAY ("Final yield");
  StnReportChart *chart = stn_report_add_chart (self, "yield", self->title, SAY (table->columns[0].title), what);

  chart->is_percent = TRUE;
  chart->from_zero = FALSE;
  chart->lying = strcmp (by, "firmware") == 0 || strcmp (by, "job") == 0;
  if (chart->lying)
    chart->from_zero = TRUE;
  for (guint i = 0; i < rows; i++)
    stn_chart_category (chart, stn_report_table_cell (table, i, 0)->text);
  double *values = stn_chart_series (chart, what,
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
  self->title = g_strdup_printf ("%s %s", SAY (self->kind->title), SAY (yield_keys[by].by_words));
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
  table->note = g_strdup (SAY ("A board belongs to its first run: a later pass or rework counts there too. Errors of the "
                          "station are no verdict of a board and are not counted."));
  self->is_empty = groups->len == 0;
  stn_report_fact_number (self, "units", SAY ("Boards with a verdict"), all.units);
  stn_report_fact_ratio (self, "fpy", SAY ("First-pass yield"), all.pass_first, all.units);
  stn_report_fact_ratio (self, "final_yield", SAY ("Final yield"), all.passes_now, all.units);
  stn_report_fact_number (self, "pass_after_retry", SAY ("Passed after a retry"), all.pass_after_retry);
  stn_report_fact_number (self, "fail", SAY ("Failed at last"), all.fail);
  if (groups->len > 0)
    add_yield_chart (self, table, by_name, first);
  return TRUE;
}

/* ----- failures ----- */

static const StnReportColumn failure_columns[] = {
  { "failure", N_ ("failure"), STN_CELL_TEXT },
  { "runs", N_ ("runs"), STN_CELL_INTEGER },
  { "share", N_ ("share"), STN_CELL_RATIO },
  { "cumulative", N_ ("cumulative"), STN_CELL_RATIO },
  { "units", N_ ("boards"), STN_CELL_INTEGER },
  { "meaning", N_ ("what it says to the operator"), STN_CELL_TEXT },
};
static const StnReportColumn site_columns[] = {
  { "failure", N_ ("failure"), STN_CELL_TEXT },
  { "site", N_ ("site"), STN_CELL_TEXT },
  { "runs", N_ ("runs"), STN_CELL_INTEGER },
  { "units", N_ ("boards"), STN_CELL_INTEGER },
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

/* The operator's sentence, of no site in particular. Free with g_free. */
static char *
sentence_of (StnFailure failure)
{
  g_auto (GStrv) parts = g_strsplit (SAY (stn_failure_row (failure)->operator_sentence), "%s", 2);
  return g_strjoinv (SAY ("this site"), parts);
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
    g_autofree char *words = failure != STN_FAILURE_NONE ? sentence_of (failure) : NULL;
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
  StnReportChart *chart = stn_report_add_chart (self, "pareto", SAY ("Failed runs by failure"), SAY ("failure"), SAY ("failed runs"));
  guint shown = MIN (counts->len, CHART_BARS_MOST);
  guint64 rest = 0;

  chart->lying = TRUE;
  for (guint i = 0; i < counts->len; i++)
    if (i < shown)
      stn_chart_category (chart, ((const StnFailureCount *) g_ptr_array_index (counts, i))->failure);
    else
      rest += ((const StnFailureCount *) g_ptr_array_index (counts, i))->runs;
  if (rest > 0)
    stn_chart_category (chart, SAY ("all others"));
  double *values = stn_chart_series (chart, SAY ("failed runs"), STN_SERIES_COLUMNS, STN_TONE_BAD);
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
  StnReportTable *table = stn_report_add_table (self, "failures_by_site", SAY ("Failed runs by failure and site"),
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
    add_failure_table (self, "failures", SAY ("Failed runs"), fails);
  if (fails->len > 0)
    add_pareto_chart (self, fails);
  if (by_site && !add_sites (self, journal, filter, error))
    return FALSE;
  if (errors->len > 0)
    add_failure_table (self, "errors", SAY ("Errors of the station (no verdict of a board)"), errors);
  if (by_site) {
    stn_report_fact_number (self, "failed_runs", SAY ("Failed runs"), sum_runs (fails));
    stn_report_fact_number (self, "error_runs", SAY ("Runs ended by an error of the station"), sum_runs (errors));
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
  { { key, title, STN_CELL_TEXT }, { "runs", N_ ("runs (n)"), STN_CELL_INTEGER },                                  \
    { "failed", N_ ("failed"), STN_CELL_INTEGER }, { "share", N_ ("share failed (p)"), STN_CELL_RATIO },                \
    { "lcl", N_ ("lower limit"), STN_CELL_TEXT },  { "ucl", N_ ("upper limit"), STN_CELL_TEXT },                        \
    { "signal", N_ ("signal"), STN_CELL_TEXT } }
static const StnReportColumn pchart_columns[][7] = { PCHART_TABLE ("site", N_ ("site")), PCHART_TABLE ("day", N_ ("production day")) };

static void
add_limit_cell (StnReportTable *table, double limit)
{
  g_autofree char *number = stn_say_number (2, 100 * limit);
  g_autofree char *text = g_strdup_printf ("%s %%", number);
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
  const char *word = by_day ? SAY ("day") : SAY ("site");
  g_autofree char *title = by_day ? g_strdup_printf (SAY ("Failed runs of site %s by day"), query->site)
                                  : g_strdup (SAY ("Failed runs by site"));
  StnReportTable *table = stn_report_add_table (self, "pchart", title, pchart_columns[by_day], 7);
  StnReportChart *chart = stn_report_add_chart (self, "pchart", title, by_day ? SAY ("production day") : SAY ("site"),
                                                SAY ("failed runs of all with a verdict"));
  chart->is_percent = TRUE;
  for (guint i = 0; i < groups->len; i++) {
    const StnRunGroup *group = g_ptr_array_index (groups, i);
    if (group->counts[STN_VERDICT_PASS] + group->counts[STN_VERDICT_FAIL] > 0)
      stn_chart_category (chart, group->key);
  }
  double *share = stn_chart_series (chart, SAY ("share failed"), STN_SERIES_LINE, STN_TONE_PLAIN);
  double *upper = stn_chart_series (chart, SAY ("limits (3σ)"), STN_SERIES_LIMIT, STN_TONE_BAD);
  double *lower = stn_chart_series (chart, "", STN_SERIES_LIMIT, STN_TONE_BAD);
  double *centre = stn_chart_series (chart, SAY ("mean"), STN_SERIES_CENTRE, STN_TONE_SECOND);
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
    const char *signal = p > ucl ? SAY ("above") : p < lcl ? SAY ("below") : NULL;
    few += (double) n * mean < 5;
    share[at] = p;
    upper[at] = ucl;
    lower[at] = lcl;
    centre[at] = mean;
    if (signal != NULL) {
      stn_chart_flag (chart, at);
      g_autofree char *here = stn_ratio_text (group->counts[STN_VERDICT_FAIL], n);
      g_autofree char *all = stn_ratio_text (failed, runs);
      g_string_append_printf (signals, "%s%s %s: n=%" G_GUINT64_FORMAT ", %s %s %s", signals->len > 0 ? "; " : "", word,
                              group->key != NULL ? group->key : SAY ("(none)"), n, here, SAY ("vs"), all);
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
  table->note = g_strdup_printf ("%s%s%s", SAY ("Limits: mean ± 3·√(mean·(1−mean)/n), a pair for each n."), few > 0 ? " " : "",
                                 few > 0 ? SAY ("Where fewer than five failures are expected, the limits say little.") : "");
  stn_report_fact_number (self, "runs", SAY ("Runs with a verdict"), runs);
  stn_report_fact_ratio (self, "share", SAY ("Failed"), failed, runs);
  stn_report_fact (self, "signals", SAY ("Out of the limits"), signals->len > 0 ? signals->str : SAY ("none"));
  g_string_free (signals, TRUE);
  return TRUE;
}
