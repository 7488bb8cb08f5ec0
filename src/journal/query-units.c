/* Yields, out of unit_tally, which counts boards by what they are asked for; those after a certain run out of unit_now,
 * which has a row a board. */
#include "src/journal/query-private.h"
#include "src/journal/query-report.h"

#include <string.h>

#define COUNTS_OF_BOARDS                                                                                   \
  "count (*), sum (first_verdict = 'pass'), sum (first_verdict <> 'pass' AND last_verdict = 'pass'), "     \
  "sum (last_verdict <> 'pass'), sum (last_verdict = 'pass')"
#define COUNTS_OF_TALLY "sum (units), sum (pass_first), sum (pass_after_retry), sum (fail), sum (passes_now)"

static gboolean
is_tallied (const StnUnitFilter *filter)
{
  return filter->after_run <= 0;
}

/* "SELECT key, counts FROM ... WHERE ..." of a filter; the values are bound by bind_filter in the same order. */
static void
add_filter (GString *text, const char *key, const StnUnitFilter *filter)
{
  g_string_append_printf (text, "SELECT %s, %s", key,
                          is_tallied (filter) ? COUNTS_OF_TALLY " FROM unit_tally WHERE units > 0"
                                              : COUNTS_OF_BOARDS " FROM unit_now WHERE 1");
  if (filter->lot != NULL)
    g_string_append (text, " AND lot = ?1");
  if (filter->day != NULL)
    g_string_append (text, " AND day = ?2");
  if (filter->from_day != NULL)
    g_string_append (text, " AND day >= ?3");
  if (filter->to_day != NULL)
    g_string_append (text, " AND day <= ?4");
  if (filter->site != NULL)
    g_string_append (text, " AND site = ?5");
  if (filter->operator_id != NULL)
    g_string_append (text, " AND operator_id = ?6");
  if (filter->job_name != NULL)
    g_string_append (text, " AND job_name = ?7");
  if (filter->after_run > 0)
    g_string_append_printf (text, " AND first_run > %" G_GINT64_FORMAT, filter->after_run);
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

static StnUnitCounts
read_counts (sqlite3_stmt *rows, int first)
{
  return (StnUnitCounts){
    .units = (guint64) sqlite3_column_int64 (rows, first),
    .pass_first = (guint64) sqlite3_column_int64 (rows, first + 1),
    .pass_after_retry = (guint64) sqlite3_column_int64 (rows, first + 2),
    .fail = (guint64) sqlite3_column_int64 (rows, first + 3),
    .passes_now = (guint64) sqlite3_column_int64 (rows, first + 4),
  };
}

gboolean
stn_query_unit_counts (StnQuery *self, const StnUnitFilter *filter, StnUnitCounts *out, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  add_filter (text, "NULL", filter);
  sqlite3_stmt *rows = stn_database_prepare (self->database, text->str, error);
  if (rows == NULL)
    return FALSE;
  bind_filter (rows, filter);
  StnRowState state = stn_database_step (self->database, rows, error);
  if (state == STN_ROW)
    *out = read_counts (rows, 1);
  sqlite3_finalize (rows);
  return state == STN_ROW;
}

void
stn_unit_group_free (StnUnitGroup *self)
{
  if (self == NULL)
    return;
  g_free (self->key);
  g_free (self);
}

static void
unit_group_free (gpointer group)
{
  stn_unit_group_free (group);
}

static GPtrArray *
group_by (StnQuery *self, const char *key, const StnUnitFilter *filter, GError **error)
{
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func (unit_group_free);
  g_autoptr (GString) text = g_string_new (NULL);

  add_filter (text, key, filter);
  g_string_append (text, " GROUP BY 1 ORDER BY 1");
  sqlite3_stmt *rows = stn_database_prepare (self->database, text->str, error);
  if (rows == NULL)
    return NULL;
  bind_filter (rows, filter);
  StnRowState state;
  while ((state = stn_database_step (self->database, rows, error)) == STN_ROW) {
    StnUnitGroup *group = g_new0 (StnUnitGroup, 1);
    group->key = stn_rows_text (rows, 0);
    group->counts = read_counts (rows, 1);
    g_ptr_array_add (groups, group);
  }
  sqlite3_finalize (rows);
  return state == STN_ROW_END ? g_steal_pointer (&groups) : NULL;
}

GPtrArray *
stn_query_unit_groups (StnQuery *self, StnUnitsBy by, const StnUnitFilter *filter, GError **error)
{
  static const char *const keys[] = {
    [STN_UNITS_BY_DAY] = "day",
    [STN_UNITS_BY_SITE] = "site",
    [STN_UNITS_BY_LOT] = "lot",
    [STN_UNITS_BY_OPERATOR] = "operator_id",
    [STN_UNITS_BY_JOB] = "job_name || '/' || job_revision",
  };
  return group_by (self, keys[by], filter, error);
}

GPtrArray *
stn_query_unit_groups_by_images (StnQuery *self, const StnUnitFilter *filter, GError **error)
{
  return group_by (self, is_tallied (filter) ? "images" : "(SELECT images FROM run WHERE run.id = first_run)", filter,
                   error);
}

gboolean
stn_query_passes_between (StnQuery *self, gint64 from_utc_us, gint64 to_utc_us, guint64 *out_count, GError **error)
{
  /* a run that ends in the time began in it or shortly before: no run takes an hour */
  g_autoptr (StnRows) rows = stn_database_query (self->database, error,
    "SELECT count (*) FROM run JOIN result USING (run_id) WHERE started_utc_us >= ?1 - 3600000000 "
    "AND started_utc_us < ?2 AND ended_utc_us >= ?1 AND ended_utc_us < ?2 AND verdict = 'pass'", "ii", from_utc_us,
    to_utc_us);
  if (rows == NULL || stn_database_step (self->database, rows, error) != STN_ROW)
    return FALSE;
  *out_count = (guint64) sqlite3_column_int64 (rows, 0);
  return TRUE;
}

gboolean
stn_query_site_last (StnQuery *self, const char *site, StnVerdict *out, guint most, guint *out_count, GError **error)
{
  guint count = 0;
  g_autoptr (StnRows) rows = stn_database_query (self->database, error,
    "SELECT verdict FROM run JOIN result USING (run_id) WHERE site = ? AND verdict IN ('pass', 'fail', 'error') "
    "ORDER BY run.id DESC LIMIT ?", "ti", site, (gint64) most);
  if (rows == NULL)
    return FALSE;
  StnRowState state;
  while ((state = stn_database_step (self->database, rows, error)) == STN_ROW && count < most)
    if (stn_verdict_from_name ((const char *) sqlite3_column_text (rows, 0), &out[count]))
      count++;
  if (state == STN_ROW_ERROR)
    return FALSE;
  for (guint i = 0; i < count / 2; i++) {
    StnVerdict verdict = out[i];
    out[i] = out[count - 1 - i];
    out[count - 1 - i] = verdict;
  }
  *out_count = count;
  return TRUE;
}

gboolean
stn_query_last_run (StnQuery *self, gint64 *out_row, GError **error)
{
  return stn_database_integer (self->database, "SELECT max (id) FROM run", 0, out_row, error);
}
