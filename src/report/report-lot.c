#include "src/report/build.h"

#include <string.h>

#include "src/base/error.h"

/* ----- what it was made with ----- */

static const struct {
  StnRunsBy by;
  const char *key, *title;
  gboolean is_code;
  const char *none; /* what to say where every run has none; NULL: nothing */
} made_with[] = {
  { STN_RUNS_BY_JOB, "jobs", N_ ("Job"), FALSE, NULL },
  { STN_RUNS_BY_JOB_HASH, "job_hashes", N_ ("Job hash (SHA-256)"), TRUE, NULL },
  { STN_RUNS_BY_IMAGES, "images", N_ ("Firmware (SHA-256)"), TRUE, NULL },
  { STN_RUNS_BY_LEFT_OUT, "left_out", N_ ("Left out of PASS"), FALSE, N_ ("nothing") },
  { STN_RUNS_BY_TARGET, "targets", N_ ("Target"), FALSE, NULL },
  { STN_RUNS_BY_STATION, "stations", N_ ("Station"), FALSE, NULL },
  { STN_RUNS_BY_FIXTURE, "fixtures", N_ ("Fixture"), FALSE, NULL },
  { STN_RUNS_BY_OPERATOR, "operators", N_ ("Operators"), FALSE, N_ ("none named") },
  { STN_RUNS_BY_PROGRAM, "programs", N_ ("Program version"), FALSE, NULL },
};

static guint64
runs_of (const StnRunGroup *group)
{
  guint64 runs = 0;
  for (guint i = 0; i < STN_VERDICT_COUNT; i++)
    runs += group->counts[i];
  return runs;
}

/* Values of one thing, one a line, with the number of runs where they differ. */
static gboolean
add_made_with (StnReport *self, StnQuery *journal, const StnUnitFilter *filter, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (made_with); i++) {
    g_autoptr (GPtrArray) groups = stn_query_run_values (journal, made_with[i].by, filter, error);
    if (groups == NULL)
      return FALSE;
    g_autoptr (GString) text = g_string_new (NULL);
    gboolean one_a_line = made_with[i].by == STN_RUNS_BY_IMAGES;
    for (guint j = 0; j < groups->len; j++) {
      const StnRunGroup *group = g_ptr_array_index (groups, j);
      const char *key = group->key != NULL && *group->key != '\0' ? group->key
                        : made_with[i].none != NULL                     ? SAY (made_with[i].none)
                                                                        : NULL;
      if (key == NULL)
        continue;
      g_auto (GStrv) words = g_strsplit (key, one_a_line ? " " : "\n", -1);
      g_autofree char *value = g_strjoinv ("\n", words);
      g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", value);
      if (groups->len > 1)
        g_string_append_printf (text, " (%" G_GUINT64_FORMAT " %s)", runs_of (group), SAY ("runs"));
    }
    if (made_with[i].is_code)
      stn_report_fact_code (self, made_with[i].key, SAY (made_with[i].title), text->str);
    else
      stn_report_fact (self, made_with[i].key, SAY (made_with[i].title), text->str);
  }
  return TRUE;
}

/* ----- boards ----- */

static const StnReportColumn unit_columns[] = {
  { "serial", N_ ("serial"), STN_CELL_TEXT },        { "uid", N_ ("UID"), STN_CELL_TEXT },
  { "site", N_ ("site"), STN_CELL_TEXT },            { "first", N_ ("first run"), STN_CELL_TEXT },
  { "last", N_ ("last run"), STN_CELL_TEXT },        { "runs", N_ ("runs"), STN_CELL_INTEGER },
  { "failure", N_ ("failure"), STN_CELL_TEXT },      { "ended_utc", N_ ("last ended"), STN_CELL_TIME },
};

static void
add_unit (const StnUnitLine *line, gpointer data)
{
  StnReportTable *table = data;
  /* a board that passed at last shows what it failed of before */
  const char *failure = line->last_failure != NULL ? line->last_failure : line->first_failure;
  stn_table_text_cell (table, line->serial);
  stn_table_text_cell (table, line->uid);
  stn_table_text_cell (table, line->site);
  stn_table_word_cell (table, stn_verdict_name (line->first));
  stn_table_word_cell (table, stn_verdict_name (line->last));
  stn_table_integer_cell (table, (gint64) line->runs);
  stn_table_text_cell (table, failure);
  stn_table_time_cell (table, line->ended_utc_us);
}

static const StnReportColumn open_columns[] = {
  { "verdict", N_ ("verdict"), STN_CELL_TEXT }, { "site", N_ ("site"), STN_CELL_TEXT },
  { "serial", N_ ("serial"), STN_CELL_TEXT },   { "uid", N_ ("UID"), STN_CELL_TEXT },
  { "failure", N_ ("failure"), STN_CELL_TEXT }, { "run_id", N_ ("run"), STN_CELL_TEXT },
};

static void
add_open (StnReport *self, const StnLotSums *sums)
{
  if (sums->open_units == NULL || sums->open_units->len == 0)
    return;
  StnReportTable *table = stn_report_add_table (self, "open", SAY ("Boards without an end"), open_columns,
                                                G_N_ELEMENTS (open_columns));
  for (guint i = 0; i < sums->open_units->len; i++) {
    const StnOpenUnit *unit = g_ptr_array_index (sums->open_units, i);
    stn_table_word_cell (table, stn_verdict_name (unit->verdict));
    stn_table_text_cell (table, unit->site);
    stn_table_text_cell (table, unit->serial);
    stn_table_text_cell (table, unit->uid);
    stn_table_text_cell (table, unit->failure != STN_FAILURE_NONE ? stn_failure_name (unit->failure) : NULL);
    stn_table_text_cell (table, unit->run_id);
  }
  table->note = g_strdup (SAY ("Their last verdict is a fail and no bin is recorded, their run has no result, or the station "
                          "failed. The lot balances when nothing is open."));
}

/* ----- serials ----- */

static const StnReportColumn serial_columns[] = {
  { "kind", N_ ("what"), STN_CELL_TEXT },    { "scheme", N_ ("scheme"), STN_CELL_TEXT }, { "first", N_ ("first"), STN_CELL_TEXT },
  { "last", N_ ("last"), STN_CELL_TEXT },    { "count", N_ ("how many"), STN_CELL_INTEGER }, { "state", N_ ("state"), STN_CELL_TEXT },
  { "note", N_ ("why, or where"), STN_CELL_TEXT },
};

static gboolean
add_serials (StnReport *self, StnQuery *journal, const char *lot, GError **error)
{
  g_autoptr (GPtrArray) ranges = stn_query_serial_ranges (journal, lot, error);
  if (ranges == NULL)
    return FALSE;
  if (ranges->len == 0) {
    stn_report_fact (self, "serials", SAY ("Serials"), SAY ("none given out"));
    return TRUE;
  }
  guint64 held = 0, missing = 0;
  StnReportTable *table = stn_report_add_table (self, "serials", SAY ("Serial numbers: ranges and gaps"), serial_columns,
                                                G_N_ELEMENTS (serial_columns));
  const StnSerialRange *first = g_ptr_array_index (ranges, 0);
  const StnSerialRange *last = g_ptr_array_index (ranges, ranges->len - 1);
  for (guint i = 0; i < ranges->len; i++) {
    const StnSerialRange *range = g_ptr_array_index (ranges, i);
    if (range->is_gap)
      missing += range->count;
    else
      held += range->count;
    stn_table_text_cell (table, range->is_gap ? SAY ("gap") : SAY ("range"));
    stn_table_text_cell (table, range->scheme);
    stn_table_text_cell (table, range->first);
    stn_table_text_cell (table, range->last);
    stn_table_integer_cell (table, (gint64) range->count);
    stn_table_text_cell (table, range->state);
    stn_table_text_cell (table, range->note);
  }
  g_autofree char *on_boards = g_strdup_printf ("%" G_GUINT64_FORMAT, held);
  g_autofree char *not_there = g_strdup_printf ("%" G_GUINT64_FORMAT, missing);
  g_autofree char *text
      = g_strdup_printf (SAY ("%s to %s: %s on boards, %s missing"), first->first, last->last, on_boards, not_there);
  stn_report_fact (self, "serials", SAY ("Serials"), text);
  table->note = g_strdup (SAY ("A range is what boards of this lot carry or may carry; a gap what lies between and they do "
                          "not."));
  return TRUE;
}

/* ----- all of it ----- */

static const StnReportColumn site_columns[] = {
  { "site", N_ ("site"), STN_CELL_TEXT },     { "runs", N_ ("runs"), STN_CELL_INTEGER },   { "pass", N_ ("pass"), STN_CELL_INTEGER },
  { "fail", N_ ("fail"), STN_CELL_INTEGER },  { "error", N_ ("error"), STN_CELL_INTEGER }, { "other", N_ ("other"), STN_CELL_INTEGER },
  { "unknown", N_ ("no result"), STN_CELL_INTEGER },
};

static gboolean
add_sites (StnReport *self, StnQuery *journal, const StnUnitFilter *filter, GError **error)
{
  g_autoptr (GPtrArray) groups = stn_query_run_groups (journal, STN_RUNS_BY_SITE, filter, error);
  if (groups == NULL)
    return FALSE;
  StnReportTable *table
      = stn_report_add_table (self, "sites", SAY ("Runs by site"), site_columns, G_N_ELEMENTS (site_columns));
  StnReportChart *chart = stn_report_add_chart (self, "sites", SAY ("Runs by site"), SAY ("site"), SAY ("runs"));
  for (guint i = 0; i < groups->len; i++)
    stn_chart_category (chart, ((const StnRunGroup *) g_ptr_array_index (groups, i))->key);
  double *passes = stn_chart_series (chart, SAY ("pass"), STN_SERIES_COLUMNS, STN_TONE_GOOD);
  double *fails = stn_chart_series (chart, SAY ("fail"), STN_SERIES_COLUMNS, STN_TONE_BAD);
  for (guint i = 0; i < groups->len; i++) {
    const StnRunGroup *group = g_ptr_array_index (groups, i);
    const guint64 *counts = group->counts;
    passes[i] = (double) counts[STN_VERDICT_PASS];
    fails[i] = (double) counts[STN_VERDICT_FAIL];
    stn_table_text_cell (table, group->key);
    stn_table_integer_cell (table, (gint64) runs_of (group));
    stn_table_integer_cell (table, (gint64) counts[STN_VERDICT_PASS]);
    stn_table_integer_cell (table, (gint64) counts[STN_VERDICT_FAIL]);
    stn_table_integer_cell (table, (gint64) counts[STN_VERDICT_ERROR]);
    stn_table_integer_cell (table, (gint64) (counts[STN_VERDICT_CANCELLED] + counts[STN_VERDICT_EMPTY]
                                             + counts[STN_VERDICT_SKIPPED]));
    stn_table_integer_cell (table, (gint64) counts[STN_VERDICT_UNKNOWN]);
  }
  return TRUE;
}

static void
add_time (StnReport *self, const char *key, const char *title, gint64 utc_us)
{
  const StnCell cell = { .kind = STN_CELL_TIME, .integer = utc_us };
  g_autofree char *text = stn_cell_for_people (&cell);
  stn_report_fact (self, key, title, text);
}

gboolean
stn_report_fill_lot (StnReport *self, StnQuery *journal, const StnReportQuery *query, GError **error)
{
  const StnUnitFilter filter = { .lot = query->lot };
  StnUnitCounts counts;
  StnLotSums sums = { 0 };
  g_autoptr (GPtrArray) all = stn_query_run_groups (journal, STN_RUNS_BY_NOTHING, &filter, error);

  if (all == NULL)
    return FALSE;
  if (all->len == 0) {
    stn_error_set (error, STN_FAILURE_BAD_FILE, "there is no lot “%s” in this journal", query->lot);
    return FALSE;
  }
  const StnRunGroup *runs = g_ptr_array_index (all, 0);
  if (!stn_query_unit_counts (journal, &filter, &counts, error)
      || !stn_query_lot_sums (journal, query->lot, &sums, error)) {
    stn_lot_sums_clear (&sums);
    return FALSE;
  }
  g_free (self->title);
  self->title = g_strdup_printf (SAY ("Lot %s"), query->lot);
  self->query = g_strdup_printf (SAY ("Runs and boards of lot %s."), query->lot);

  add_time (self, "first", SAY ("First run"), runs->first_utc_us);
  add_time (self, "last", SAY ("Last run"), runs->last_utc_us);
  stn_report_fact_number (self, "started", SAY ("Boards started"), sums.started);
  stn_report_fact_number (self, "passed", SAY ("Passed"), sums.passed);
  stn_report_fact_number (self, "binned", SAY ("Put into a bin"), sums.binned);
  stn_report_fact_number (self, "held", SAY ("Held"), sums.held);
  stn_report_fact_number (self, "removed", SAY ("Taken out"), sums.removed);
  stn_report_fact (self, "balance", SAY ("Balance"), sums.open == 0 ? SAY ("balanced: no board is open") : NULL);
  if (sums.open > 0) {
    g_autofree char *open = g_strdup_printf ("%" G_GUINT64_FORMAT, sums.open);
    g_autofree char *text = g_strdup_printf (SAY ("NOT BALANCED: %s open"), open);
    stn_report_fact (self, "balance", SAY ("Balance"), text);
  }
  stn_report_fact_ratio (self, "fpy", SAY ("First-pass yield"), counts.pass_first, counts.units);
  stn_report_fact_ratio (self, "final_yield", SAY ("Final yield"), counts.passes_now, counts.units);
  stn_report_fact_number (self, "pass_after_retry", SAY ("Passed after a retry"), counts.pass_after_retry);
  stn_report_fact_number (self, "runs", SAY ("Runs"), runs_of (runs));
  stn_report_fact_number (self, "errors", SAY ("Errors of the station"), runs->counts[STN_VERDICT_ERROR]);

  gboolean done = stn_report_add_predicted (self, journal, &filter, error) && add_made_with (self, journal, &filter, error);
  StnReportTable *units = NULL;
  if (done) {
    g_autofree char *chain = g_strdup_printf ("%s, %s %" G_GUINT64_FORMAT, self->chain_head, SAY ("entry"), self->chain_rows);
    units = stn_report_add_table (self, "units", SAY ("Boards"), unit_columns, G_N_ELEMENTS (unit_columns));
    done = add_serials (self, journal, query->lot, error);
    stn_report_fact_code (self, "chain_head", SAY ("Head of the journal's chain"), chain);
  }
  if (done)
    add_open (self, &sums);
  done = done && stn_report_add_failures (self, journal, &filter, FALSE, error)
         && add_sites (self, journal, &filter, error)
         && stn_query_unit_lines (journal, &filter, add_unit, units, error);
  stn_lot_sums_clear (&sums);
  return done;
}
