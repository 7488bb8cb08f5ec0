#include "src/journal/query-report.h"
#include "src/journal/query-private.h"

#include <string.h>

#define GAP_ROWS_MOST 1000 /* what is told of single numbers in one gap; a longer one is told as one line */

/* a board of a run, where there is no row of unit_now at hand */
#define BOARD "coalesce (result.uid, 'sn:' || result.serial, run.run_id)"

/* ----- filters ----- */

/* Conditions over `table`; bind_filter binds them. Of boards the number of the first run is `first_run`. */
static void
add_filter (GString *text, const StnUnitFilter *filter, const char *table)
{
  const struct {
    const char *value, *condition;
    gboolean day;
  } rows[] = {
    { filter->lot, "lot = ?1", FALSE },           { filter->day, "= ?2", TRUE },
    { filter->from_day, ">= ?3", TRUE },          { filter->to_day, "<= ?4", TRUE },
    { filter->site, "site = ?5", FALSE },         { filter->operator_id, "operator_id = ?6", FALSE },
    { filter->job_name, "job_name = ?7", FALSE },
  };
  gboolean boards = strcmp (table, "unit_now") == 0;
  const char *day = strcmp (table, "run") == 0 ? "production_day " : "day ";

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].value != NULL)
      g_string_append_printf (text, " AND %s.%s%s", table,
                              !rows[i].day ? "" : day, rows[i].condition);
  if (filter->after_run > 0)
    g_string_append_printf (text, " AND %s.%s > %" G_GINT64_FORMAT, table, boards ? "first_run" : "id",
                            filter->after_run);
}

static void
bind_filter (sqlite3_stmt *rows, const StnUnitFilter *filter)
{
  const char *const values[] = { filter->lot,  filter->day,         filter->from_day, filter->to_day,
                                 filter->site, filter->operator_id, filter->job_name };
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    if (values[i] != NULL)
      sqlite3_bind_text (rows, (int) i + 1, values[i], -1, SQLITE_STATIC);
}

static sqlite3_stmt *
prepare (StnQuery *self, const GString *text, const StnUnitFilter *filter, GError **error)
{
  sqlite3_stmt *rows = stn_database_prepare (self->database, text->str, error);
  if (rows != NULL)
    bind_filter (rows, filter);
  return rows;
}

static const char *
borrowed (sqlite3_stmt *rows, int column)
{
  return (const char *) sqlite3_column_text (rows, column);
}

static StnVerdict
verdict_at (sqlite3_stmt *rows, int column)
{
  StnVerdict verdict = STN_VERDICT_UNKNOWN;
  const char *name = borrowed (rows, column);
  if (name != NULL)
    stn_verdict_from_name (name, &verdict);
  return verdict;
}

/* ----- the chain ----- */

gboolean
stn_query_head (StnQuery *self, guint64 *out_rows, guint8 out_head[32], GError **error)
{
  g_autoptr (StnRows) rows = stn_database_query (
      self->database, error, "SELECT sequence, hash FROM chain ORDER BY sequence DESC LIMIT 1", "");
  if (rows == NULL)
    return FALSE;
  StnRowState state = stn_database_step (self->database, rows, error);
  if (state == STN_ROW_ERROR)
    return FALSE;
  *out_rows = 0;
  memset (out_head, 0, 32);
  if (state == STN_ROW && sqlite3_column_bytes (rows, 1) == 32) {
    *out_rows = (guint64) sqlite3_column_int64 (rows, 0);
    memcpy (out_head, sqlite3_column_blob (rows, 1), 32);
  }
  return TRUE;
}

/* ----- runs by something ----- */

static const struct {
  const char *of_runs, *of_tally; /* NULL: the tally does not have it */
} run_keys[STN_RUNS_BY_COUNT] = {
  [STN_RUNS_BY_JOB] = { "run.job_name || ', revision ' || run.job_revision", "job_name || ', revision ' || job_revision" },
  [STN_RUNS_BY_JOB_HASH] = { "run.job_hash", NULL },
  [STN_RUNS_BY_IMAGES] = { "run.images", NULL },
  [STN_RUNS_BY_LEFT_OUT] = { "run.left_out", NULL },
  [STN_RUNS_BY_OPERATOR] = { "run.operator_id", "operator_id" },
  [STN_RUNS_BY_STATION] = { "run.station", NULL },
  [STN_RUNS_BY_FIXTURE] = { "run.fixture || coalesce (' ' || run.fixture_revision, '')", NULL },
  [STN_RUNS_BY_TARGET] = { "run.target", NULL },
  [STN_RUNS_BY_PROGRAM] = { "run.program_version", NULL },
  [STN_RUNS_BY_SITE] = { "run.site", "site" },
  [STN_RUNS_BY_DAY] = { "run.production_day", "day" },
  [STN_RUNS_BY_NOTHING] = { "''", "''" },
};

/* The columns of a statement over run_tally after its key; those without a result are what is left of all. */
static const StnVerdict tallied_verdicts[] = { STN_VERDICT_PASS,      STN_VERDICT_FAIL,  STN_VERDICT_ERROR,
                                               STN_VERDICT_CANCELLED, STN_VERDICT_EMPTY, STN_VERDICT_SKIPPED };
#define TALLY_COLUMNS                                                                                     \
  "min (first_utc_us), max (last_utc_us), sum (runs), sum (pass), sum (fail), sum (error), "              \
  "sum (cancelled), sum (empty), sum (skipped)"

static void
run_group_free (gpointer data)
{
  StnRunGroup *group = data;
  g_free (group->key);
  g_free (group);
}

/* rows of key, first start, last start, runs, runs by verdict */
static StnRunGroup *
read_tally (sqlite3_stmt *rows)
{
  StnRunGroup *group = g_new0 (StnRunGroup, 1);
  group->key = stn_rows_text (rows, 0);
  group->first_utc_us = sqlite3_column_int64 (rows, 1);
  group->last_utc_us = sqlite3_column_int64 (rows, 2);
  guint64 *unknown = &group->counts[STN_VERDICT_UNKNOWN];
  *unknown = (guint64) sqlite3_column_int64 (rows, 3);
  for (guint i = 0; i < G_N_ELEMENTS (tallied_verdicts); i++) {
    guint64 runs = (guint64) sqlite3_column_int64 (rows, (int) i + 4);
    group->counts[tallied_verdicts[i]] = runs;
    *unknown -= MIN (runs, *unknown);
  }
  return group;
}

static GPtrArray *
group_runs (StnQuery *self, const GString *text, const StnUnitFilter *filter, GError **error)
{
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func (run_group_free);
  sqlite3_stmt *rows = prepare (self, text, filter, error);
  if (rows == NULL)
    return NULL;
  StnRowState state;
  while ((state = stn_database_step (self->database, rows, error)) == STN_ROW)
    g_ptr_array_add (groups, read_tally (rows));
  sqlite3_finalize (rows);
  return state == STN_ROW_END ? g_steal_pointer (&groups) : NULL;
}

GPtrArray *
stn_query_run_groups (StnQuery *self, StnRunsBy by, const StnUnitFilter *filter, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (run_keys[by].of_tally != NULL && filter->after_run <= 0) {
    g_string_append_printf (text, "SELECT %s AS key, " TALLY_COLUMNS " FROM run_tally WHERE 1", run_keys[by].of_tally);
    add_filter (text, filter, "run_tally");
  } else {
    g_string_append_printf (text,
                            "SELECT %s AS key, min (started_utc_us), max (started_utc_us), count (*), "
                            "sum (verdict = 'pass'), sum (verdict = 'fail'), sum (verdict = 'error'), "
                            "sum (verdict = 'cancelled'), sum (verdict = 'empty'), sum (verdict = 'skipped') "
                            "FROM run LEFT JOIN result USING (run_id) WHERE 1", run_keys[by].of_runs);
    add_filter (text, filter, "run");
  }
  g_string_append (text, " GROUP BY 1 ORDER BY 1");
  return group_runs (self, text, filter, error);
}

GPtrArray *
stn_query_run_values (StnQuery *self, StnRunsBy by, const StnUnitFilter *filter, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (run_keys[by].of_tally != NULL && filter->after_run <= 0)
    return stn_query_run_groups (self, by, filter, error);
  g_string_append_printf (text, "SELECT %s AS key, min (started_utc_us), max (started_utc_us), count (*) "
                                "FROM run WHERE 1", run_keys[by].of_runs);
  add_filter (text, filter, "run");
  g_string_append (text, " GROUP BY 1 ORDER BY 1");
  return group_runs (self, text, filter, error);
}

/* ----- boards ----- */

gboolean
stn_query_unit_lines (StnQuery *self, const StnUnitFilter *filter, StnUnitLineFunc function, gpointer data,
                      GError **error)
{
  g_autoptr (GString) text = g_string_new (
      "SELECT unit, result.serial, result.uid, run.site, unit_now.lot, first_failure, result.failure, first_verdict, "
      "last_verdict, runs, result.ended_utc_us, unit_now.job_revision "
      "FROM unit_now JOIN run ON run.id = last_run JOIN result ON result.run_id = run.run_id WHERE 1");
  add_filter (text, filter, "unit_now");
  g_string_append (text, " ORDER BY first_run");
  sqlite3_stmt *rows = prepare (self, text, filter, error);
  if (rows == NULL)
    return FALSE;
  StnRowState state;
  while ((state = stn_database_step (self->database, rows, error)) == STN_ROW) {
    const StnUnitLine line = {
      .unit = borrowed (rows, 0),
      .serial = borrowed (rows, 1),
      .uid = borrowed (rows, 2),
      .site = borrowed (rows, 3),
      .lot = borrowed (rows, 4),
      .first_failure = borrowed (rows, 5),
      .last_failure = borrowed (rows, 6),
      .first = verdict_at (rows, 7),
      .last = verdict_at (rows, 8),
      .runs = (guint64) sqlite3_column_int64 (rows, 9),
      .ended_utc_us = sqlite3_column_int64 (rows, 10),
      .job_revision = sqlite3_column_int64 (rows, 11),
    };
    function (&line, data);
  }
  sqlite3_finalize (rows);
  return state == STN_ROW_END;
}

/* ----- failures ----- */

static void
failure_count_free (gpointer data)
{
  StnFailureCount *count = data;
  g_free (count->failure);
  g_free (count->site);
  g_free (count);
}

GPtrArray *
stn_query_failures (StnQuery *self, StnVerdict verdict, gboolean by_site, const StnUnitFilter *filter, GError **error)
{
  g_autoptr (GPtrArray) counts = g_ptr_array_new_with_free_func (failure_count_free);
  g_autoptr (GString) text = g_string_new (NULL);

  /* run_not_passed leads to the few runs that there are; what it has of the filter is asked there */
  g_string_append_printf (text,
                          "SELECT failure, %s, count (*), count (DISTINCT " BOARD ") FROM run_not_passed AS few "
                          "CROSS JOIN run ON run.id = few.run CROSS JOIN result ON result.run_id = run.run_id "
                          "WHERE few.verdict = '%s' AND failure IS NOT NULL",
                          by_site ? "run.site" : "NULL", stn_verdict_name (verdict));
  if (filter->lot != NULL)
    g_string_append (text, " AND few.lot = ?1");
  if (filter->day != NULL)
    g_string_append (text, " AND few.day = ?2");
  if (filter->from_day != NULL)
    g_string_append (text, " AND few.day >= ?3");
  if (filter->to_day != NULL)
    g_string_append (text, " AND few.day <= ?4");
  if (filter->site != NULL)
    g_string_append (text, " AND few.site = ?5");
  add_filter (text, filter, "run");
  g_string_append (text, " GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2");
  sqlite3_stmt *rows = prepare (self, text, filter, error);
  if (rows == NULL)
    return NULL;
  StnRowState state;
  while ((state = stn_database_step (self->database, rows, error)) == STN_ROW) {
    StnFailureCount *count = g_new0 (StnFailureCount, 1);
    count->failure = stn_rows_text (rows, 0);
    count->site = stn_rows_text (rows, 1);
    count->runs = (guint64) sqlite3_column_int64 (rows, 2);
    count->boards = (guint64) sqlite3_column_int64 (rows, 3);
    g_ptr_array_add (counts, count);
  }
  sqlite3_finalize (rows);
  return state == STN_ROW_END ? g_steal_pointer (&counts) : NULL;
}

/* ----- serials ----- */

static void
serial_range_free (gpointer data)
{
  StnSerialRange *range = data;
  g_free (range->scheme);
  g_free (range->first);
  g_free (range->last);
  g_free (range->state);
  g_free (range->note);
  g_free (range);
}

static StnSerialRange *
add_range (GPtrArray *ranges, const char *scheme, const char *first, gboolean is_gap, const char *state)
{
  StnSerialRange *range = g_new0 (StnSerialRange, 1);
  range->scheme = g_strdup (scheme);
  range->first = g_strdup (first);
  range->last = g_strdup (first);
  range->is_gap = is_gap;
  range->state = g_strdup (state);
  g_ptr_array_add (ranges, range);
  return range;
}

static void
add_missing (GPtrArray *ranges, const char *scheme, gint64 from, gint64 to)
{
  if (from > to)
    return;
  g_autofree char *first = g_strdup_printf ("%" G_GINT64_FORMAT, from);
  StnSerialRange *range = add_range (ranges, scheme, first, TRUE, "never given out");
  g_free (range->last);
  range->last = g_strdup_printf ("%" G_GINT64_FORMAT, to);
  range->count = (guint64) (to - from) + 1;
}

/* The numbers from..to, both included, that the lot does not have. */
static gboolean
add_gap (StnQuery *self, GPtrArray *ranges, const char *scheme, gint64 from, gint64 to, GError **error)
{
  gint64 next = from;
  guint told = 0;
  g_autoptr (StnRows) rows = stn_database_query (self->database, error,
    "SELECT number, serial, state, (SELECT reason FROM void WHERE void.serial = serial_now.serial LIMIT 1), "
    "(SELECT lot FROM run WHERE run.run_id = serial_now.run_id) FROM serial_now "
    "WHERE scheme = ? AND number BETWEEN ? AND ? ORDER BY number", "tii", scheme, from, to);
  if (rows == NULL)
    return FALSE;
  StnRowState state;
  StnSerialRange *range = NULL;
  while ((state = stn_database_step (self->database, rows, error)) == STN_ROW) {
    gint64 number = sqlite3_column_int64 (rows, 0);
    const char *reason = borrowed (rows, 3);
    const char *lot = borrowed (rows, 4);
    const char *what = borrowed (rows, 2);
    g_autofree char *note = reason != NULL ? g_strdup (reason)
                            : lot != NULL && strcmp (what, "free") != 0 ? g_strdup_printf ("lot %s", lot) : NULL;

    if (number > next) {
      add_missing (ranges, scheme, next, number - 1);
      range = NULL;
    }
    next = number + 1;
    if (range == NULL || (told < GAP_ROWS_MOST
                          && (g_strcmp0 (range->state, what) != 0 || g_strcmp0 (range->note, note) != 0))) {
      range = add_range (ranges, scheme, borrowed (rows, 1), TRUE, what);
      range->note = g_steal_pointer (&note);
      told++;
    }
    g_free (range->last);
    range->last = stn_rows_text (rows, 1);
    range->count++;
  }
  if (state == STN_ROW_ERROR)
    return FALSE;
  add_missing (ranges, scheme, next, to);
  return TRUE;
}

GPtrArray *
stn_query_serial_ranges (StnQuery *self, const char *lot, GError **error)
{
  g_autoptr (GPtrArray) ranges = g_ptr_array_new_with_free_func (serial_range_free);
  g_autofree char *scheme = NULL;
  StnSerialRange *range = NULL;
  gint64 last = -1;
  g_autoptr (StnRows) rows = stn_database_query (self->database, error,
    "SELECT DISTINCT serial_event.scheme, coalesce (serial_event.number, -1), serial_event.serial "
    "FROM run JOIN serial_event ON serial_event.run_id = run.run_id "
    "WHERE run.lot = ? AND serial_event.state IN ('exposed', 'used') ORDER BY 1, 2, 3", "t", lot);
  if (rows == NULL)
    return NULL;
  StnRowState state;
  while ((state = stn_database_step (self->database, rows, error)) == STN_ROW) {
    gint64 number = sqlite3_column_int64 (rows, 1);
    const char *serial = borrowed (rows, 2);
    if (g_strcmp0 (scheme, borrowed (rows, 0)) != 0) {
      g_free (scheme);
      scheme = stn_rows_text (rows, 0);
      range = NULL;
      last = -1;
    } else if (last >= 0 && number > last + 1) {
      if (!add_gap (self, ranges, scheme, last + 1, number - 1, error))
        return NULL;
      range = NULL;
    } else if (last < 0 && number >= 0) {
      range = NULL;
    }
    if (range == NULL)
      range = add_range (ranges, scheme, serial, FALSE, NULL);
    g_free (range->last);
    range->last = g_strdup (serial);
    range->count++;
    last = number;
  }
  return state == STN_ROW_END ? g_steal_pointer (&ranges) : NULL;
}

/* ----- times ----- */

static gboolean
each_time (StnQuery *self, const char *select, const StnUnitFilter *filter, StnDurationFunc function, gpointer data,
           GError **error)
{
  g_autoptr (GString) text = g_string_new (select);
  add_filter (text, filter, "run");
  sqlite3_stmt *rows = prepare (self, text, filter, error);
  if (rows == NULL)
    return FALSE;
  StnRowState state;
  while ((state = stn_database_step (self->database, rows, error)) == STN_ROW) {
    const char *what = borrowed (rows, 0);
    function (what != NULL ? what : "", verdict_at (rows, 1), sqlite3_column_int64 (rows, 2),
              sqlite3_column_type (rows, 3) != SQLITE_NULL ? sqlite3_column_int64 (rows, 3) : -1, data);
  }
  sqlite3_finalize (rows);
  return state == STN_ROW_END;
}

gboolean
stn_query_run_times (StnQuery *self, const StnUnitFilter *filter, StnDurationFunc function, gpointer data,
                     GError **error)
{
  return each_time (self,
                    "SELECT run.site, verdict, ended_mono_ns - started_mono_ns, run.predicted_ns FROM run JOIN result USING (run_id) "
                    "WHERE verdict IN ('pass', 'fail')", filter, function, data, error);
}

gboolean
stn_query_step_times (StnQuery *self, const StnUnitFilter *filter, StnDurationFunc function, gpointer data,
                      GError **error)
{
  return each_time (self,
                    "SELECT step.kind, step.outcome, step.duration_ns, step.predicted_ns FROM run JOIN result USING (run_id) "
                    "JOIN step ON step.result = result.id WHERE verdict = 'pass'", filter, function, data, error);
}
