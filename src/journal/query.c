#include "src/journal/query-private.h"
#include "src/journal/schema/schema.h"
#include "src/record/columns.h"

#include <string.h>

StnDatabase *
stn_query_connect (const char *path, GError **error)
{
  g_autoptr (StnDatabase) self = stn_database_open (path, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, error);
  if (self == NULL
      || !stn_database_execute (self, "PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF; "
                                      "PRAGMA query_only = ON", error))
    return NULL;
  return g_steal_pointer (&self);
}

static StnQuery *
open_query (const char *path, gboolean takes_older, GError **error)
{
  g_autoptr (StnDatabase) database = NULL;
  gint64 application, step;

  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    stn_error_set (error, STN_FAILURE_JOURNAL, "%s: there is no journal yet; a first run makes it", path);
    return NULL;
  }
  database = stn_query_connect (path, error);
  if (database == NULL || !stn_database_integer (database, "PRAGMA application_id", 0, &application, error)
      || !stn_database_integer (database, "PRAGMA user_version", 0, &step, error))
    return NULL;
  if (application != STN_JOURNAL_APPLICATION_ID || step < 1) {
    stn_error_set (error, STN_FAILURE_JOURNAL, "%s: this is no journal; name another file", path);
    return NULL;
  }
  if (step > (gint64) stn_schema_step_count) {
    stn_error_set (error, STN_FAILURE_JOURNAL,
                   "%s: this journal was written by a newer version (schema %" G_GINT64_FORMAT
                   ", this program knows %u); update this program", path, step, stn_schema_step_count);
    return NULL;
  }
  if (step < (gint64) stn_schema_step_count && !takes_older) {
    stn_error_set (error, STN_FAILURE_JOURNAL,
                   "%s: this journal is of an older version; open it once for programming, which brings it up to date",
                   path);
    return NULL;
  }

  gint64 is_virtual;
  if (!stn_database_integer (database, "SELECT kind = 'virtual' FROM about", 0, &is_virtual, error))
    return NULL;
  StnQuery *self = g_new0 (StnQuery, 1);
  self->database = g_steal_pointer (&database);
  self->is_virtual = is_virtual != 0;
  return self;
}

StnQuery *
stn_query_open (const char *path, GError **error)
{
  return open_query (path, FALSE, error);
}

StnQuery *
stn_query_open_for_windows (const char *path, GError **error)
{
  return open_query (path, TRUE, error);
}

void
stn_query_close (StnQuery *self)
{
  if (self == NULL)
    return;
  stn_database_close (self->database);
  g_free (self);
}

gboolean
stn_query_is_virtual (const StnQuery *self)
{
  return self->is_virtual;
}

void
stn_run_row_free (StnRunRow *self)
{
  if (self == NULL)
    return;
  stn_run_free (self->run);
  stn_result_free (self->result);
  g_free (self);
}

static void
run_row_free (gpointer row)
{
  stn_run_row_free (row);
}

/* ----- rows to records ----- */

static gboolean
read_record (StnQuery *self, sqlite3_stmt *rows, int *place, const StnColumn *columns, guint count, gpointer record,
             GError **error)
{
  for (guint i = 0; i < count; i++) {
    if (columns[i].type == STN_COLUMN_STEPS)
      continue;
    StnValue value = { .kind = STN_VALUE_NULL };
    int column = (*place)++;
    if (sqlite3_column_type (rows, column) == SQLITE_INTEGER) {
      value.kind = STN_VALUE_INTEGER;
      value.integer = sqlite3_column_int64 (rows, column);
    } else if (sqlite3_column_type (rows, column) == SQLITE_TEXT) {
      value.kind = STN_VALUE_TEXT;
      value.text = (const char *) sqlite3_column_text (rows, column);
    }
    if (!stn_column_set (&columns[i], record, &value)) {
      stn_error_set (error, STN_FAILURE_JOURNAL,
                     "%s: column %s holds what this program does not know (%s); a newer version may have written it",
                     self->database->path, columns[i].name, value.kind == STN_VALUE_TEXT ? value.text : "a number");
      return FALSE;
    }
  }
  return TRUE;
}

static void
add_columns (GString *text, const char *table, const StnColumn *columns, guint count)
{
  for (guint i = 0; i < count; i++)
    if (columns[i].type != STN_COLUMN_STEPS)
      g_string_append_printf (text, ", %s.%s", table, columns[i].name);
}

/* "SELECT run.id, result.id, run's columns, result's columns FROM ..." */
static GString *
select_runs (void)
{
  GString *text = g_string_new ("SELECT run.id, result.id");
  guint count;
  const StnColumn *columns = stn_run_columns (&count);
  add_columns (text, "run", columns, count);
  columns = stn_result_columns (&count);
  add_columns (text, "result", columns, count);
  g_string_append (text, " FROM run LEFT JOIN result ON result.run_id = run.run_id");
  return text;
}

static gboolean
read_steps (StnQuery *self, gint64 result_id, GPtrArray *steps, GError **error)
{
  static const char *text;
  guint count;
  const StnColumn *columns = stn_step_columns (&count);

  if (g_once_init_enter (&text)) {
    GString *made = g_string_new ("SELECT position");
    add_columns (made, "step", columns, count);
    g_string_append (made, " FROM step WHERE result = ? ORDER BY position");
    g_once_init_leave (&text, g_string_free (made, FALSE));
  }

  g_autoptr (StnRows) rows = stn_database_query (self->database, error, text, "i", result_id);
  if (rows == NULL)
    return FALSE;
  StnRowState state;
  while ((state = stn_database_step (self->database, rows, error)) == STN_ROW) {
    int place = 1;
    StnStepRecord *step = stn_step_record_new (STN_STEP_POWER_ON);
    g_ptr_array_add (steps, step);
    if (!read_record (self, rows, &place, columns, count, step, error))
      return FALSE;
  }
  return state == STN_ROW_END;
}

static StnRunRow *
read_run (StnQuery *self, sqlite3_stmt *rows, gboolean with_steps, GError **error)
{
  StnRunRow *row = g_new0 (StnRunRow, 1);
  guint count;
  const StnColumn *columns = stn_run_columns (&count);
  int place = 2;

  row->row = sqlite3_column_int64 (rows, 0);
  row->run = stn_run_new ();
  gboolean done = read_record (self, rows, &place, columns, count, row->run, error);
  if (done && sqlite3_column_type (rows, 1) != SQLITE_NULL) {
    row->result = stn_result_new ();
    columns = stn_result_columns (&count);
    done = read_record (self, rows, &place, columns, count, row->result, error)
           && (!with_steps || read_steps (self, sqlite3_column_int64 (rows, 1), row->result->steps, error));
  }
  if (done)
    return row;
  stn_run_row_free (row);
  return NULL;
}

/* all rows of a statement made by select_runs; ends the statement */
static GPtrArray *
read_runs (StnQuery *self, sqlite3_stmt *statement, gboolean with_steps, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (run_row_free);
  StnRowState state;

  while ((state = stn_database_step (self->database, statement, error)) == STN_ROW) {
    StnRunRow *row = read_run (self, statement, with_steps, error);
    if (row == NULL) {
      state = STN_ROW_ERROR;
      break;
    }
    g_ptr_array_add (found, row);
  }
  sqlite3_finalize (statement);
  return state == STN_ROW_END ? g_steal_pointer (&found) : NULL;
}

/* ----- lists ----- */

GPtrArray *
stn_query_runs (StnQuery *self, const StnRunFilter *filter, GError **error)
{
  const char *verdict = filter->has_verdict ? stn_verdict_name (filter->verdict) : NULL;
  /* passes are most of the runs: the runs are walked by their key, and the first page ends the walk. Of the others there
   * is a short list. */
  gboolean is_few = filter->has_verdict && filter->verdict != STN_VERDICT_PASS;
  gboolean with_results = filter->serial != NULL || filter->uid != NULL || (verdict != NULL && !is_few);
  const struct {
    const char *of_run, *of_few, *value;
  } texts[] = {
    { "run.lot", "few.lot", filter->lot },
    { "result.serial", "result.serial", filter->serial },
    { "result.uid", "result.uid", filter->uid },
    { "run.site", "few.site", filter->site },
    { "run.job_name", "run.job_name", filter->job_name },
    { "run.production_day", "few.day", filter->production_day },
    /* coalesce: never by an index from all results, which would have to be sorted */
    { "coalesce (result.verdict, '')", "few.verdict", verdict },
  };
  guint limit = CLAMP (filter->limit, 1, 1000);
  const char *key = is_few ? "few.run" : "run.id";
  const char *order = filter->newest_first ? "DESC" : "ASC";
  g_autoptr (GString) text = select_runs ();

  /* The page's keys first: where they must be sorted, as those of a lot, the rows need not come along. */
  g_string_append_printf (text, " WHERE run.id IN (SELECT %s FROM ", key);
  if (is_few)
    g_string_append (text, "run_not_passed AS few");
  if (is_few && (with_results || filter->job_name != NULL))
    g_string_append (text, " CROSS JOIN run ON run.id = few.run");
  if (!is_few)
    g_string_append (text, "run");
  if (with_results)
    g_string_append (text, " JOIN result ON result.run_id = run.run_id");
  g_string_append (text, " WHERE 1");
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i].value != NULL)
      g_string_append_printf (text, " AND %s = ?%d", is_few ? texts[i].of_few : texts[i].of_run, (int) i + 1);
  if (filter->after_row != 0)
    g_string_append_printf (text, " AND %s %s %" G_GINT64_FORMAT, key, filter->newest_first ? "<" : ">",
                            filter->after_row);
  g_string_append_printf (text, " ORDER BY %s %s LIMIT %u) ORDER BY run.id %s", key, order, limit, order);

  sqlite3_stmt *statement = stn_database_prepare (self->database, text->str, error);
  if (statement == NULL)
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i].value != NULL)
      sqlite3_bind_text (statement, (int) i + 1, texts[i].value, -1, SQLITE_STATIC);
  return read_runs (self, statement, filter->with_steps, error);
}

GPtrArray *
stn_query_unit (StnQuery *self, const char *serial_or_uid, GError **error)
{
  g_autoptr (GString) text = select_runs ();
  g_autofree char *lower = g_ascii_strdown (serial_or_uid, -1);
  g_autofree char *upper = g_ascii_strup (serial_or_uid, -1);

  /* also runs that never came to a result, by the chip that they met or the serial that they were given */
  g_string_append (text, " WHERE run.run_id IN (SELECT run_id FROM result WHERE serial = ?1"
                         " UNION SELECT run_id FROM serial_event WHERE serial = ?1 AND state IN ('exposed', 'used')"
                         " UNION SELECT run_id FROM result WHERE uid IN (?1, ?2, ?3)"
                         " UNION SELECT run_id FROM admission WHERE uid IN (?1, ?2, ?3)) ORDER BY run.id");
  sqlite3_stmt *statement = stn_database_prepare (self->database, text->str, error);
  if (statement == NULL)
    return NULL;
  sqlite3_bind_text (statement, 1, serial_or_uid, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 2, lower, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 3, upper, -1, SQLITE_STATIC);
  return read_runs (self, statement, TRUE, error);
}

StnRunRow *
stn_query_run (StnQuery *self, const char *run_id, GError **error)
{
  g_autoptr (GString) text = select_runs ();
  g_string_append (text, " WHERE run.run_id = ?1");
  sqlite3_stmt *statement = stn_database_prepare (self->database, text->str, error);
  if (statement == NULL)
    return NULL;
  sqlite3_bind_text (statement, 1, run_id, -1, SQLITE_STATIC);
  g_autoptr (GPtrArray) rows = read_runs (self, statement, TRUE, error);
  return rows != NULL && rows->len > 0 ? g_ptr_array_steal_index (rows, 0) : NULL;
}

void
stn_open_window_free (StnOpenWindow *self)
{
  if (self == NULL)
    return;
  g_free (self->run_id);
  g_free (self->site);
  g_free (self->what);
  g_free (self->uid);
  g_free (self->serial);
  g_free (self);
}

static void
open_window_free (gpointer window)
{
  stn_open_window_free (window);
}

GPtrArray *
stn_query_open_windows (StnQuery *self, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (open_window_free);
  g_autoptr (StnRows) rows = stn_database_query (self->database, error,
    "SELECT w.run_id, w.site, w.what, admission.uid,"
    " (SELECT serial FROM serial_event WHERE serial_event.run_id = w.run_id ORDER BY id DESC LIMIT 1),"
    " w.opened_utc_us, w.longest_ns FROM write_window_now AS now JOIN write_window AS w ON w.id = now.write_window"
    " LEFT JOIN admission ON admission.run_id = w.run_id ORDER BY w.id", "");
  if (rows == NULL)
    return NULL;

  StnRowState state;
  while ((state = stn_database_step (self->database, rows, error)) == STN_ROW) {
    StnOpenWindow *window = g_new0 (StnOpenWindow, 1);
    window->run_id = stn_rows_text (rows, 0);
    window->site = stn_rows_text (rows, 1);
    window->what = stn_rows_text (rows, 2);
    window->uid = stn_rows_text (rows, 3);
    window->serial = stn_rows_text (rows, 4);
    window->opened_utc_us = sqlite3_column_int64 (rows, 5);
    window->longest_ns = sqlite3_column_int64 (rows, 6);
    g_ptr_array_add (found, window);
  }
  return state == STN_ROW_END ? g_steal_pointer (&found) : NULL;
}

GPtrArray *
stn_query_windows (StnQuery *self, const char *run_id, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (StnRows) rows = stn_database_query (self->database, error,
    "SELECT what FROM write_window WHERE run_id = ? ORDER BY id", "t", run_id);
  if (rows == NULL)
    return NULL;

  StnRowState state;
  while ((state = stn_database_step (self->database, rows, error)) == STN_ROW)
    g_ptr_array_add (found, stn_rows_text (rows, 0));
  return state == STN_ROW_END ? g_steal_pointer (&found) : NULL;
}

gboolean
stn_query_admitted_uid (StnQuery *self, const char *run_id, char **out, GError **error)
{
  g_autoptr (StnRows) rows =
      stn_database_query (self->database, error, "SELECT uid FROM admission WHERE run_id = ?", "t", run_id);
  if (rows == NULL)
    return FALSE;
  StnRowState state = stn_database_step (self->database, rows, error);
  if (state != STN_ROW && state != STN_ROW_END)
    return FALSE;
  *out = state == STN_ROW ? stn_rows_text (rows, 0) : NULL;
  return TRUE;
}

/* ----- counts ----- */

gboolean
stn_query_counts (StnQuery *self, const char *lot, StnCounts *out, GError **error)
{
  StnCounts counts = { 0 };

  {
    g_autoptr (StnRows) rows = stn_database_query (self->database, error,
                                                   "SELECT verdict, count (*) FROM run LEFT JOIN result USING (run_id) "
                                                   "WHERE ?1 IS NULL OR lot = ?1 GROUP BY verdict",
                                                   "t", lot);
    if (rows == NULL)
      return FALSE;
    StnRowState state;
    while ((state = stn_database_step (self->database, rows, error)) == STN_ROW) {
      StnVerdict verdict = STN_VERDICT_UNKNOWN;
      stn_verdict_from_name ((const char *) sqlite3_column_text (rows, 0), &verdict);
      counts.counts[verdict] += sqlite3_column_int64 (rows, 1);
    }
    if (state == STN_ROW_ERROR)
      return FALSE;
  }
  g_autoptr (StnRows) rows = stn_database_query (self->database, error,
    "SELECT count (DISTINCT coalesce (result.uid, admission.uid, run.run_id)) FROM run LEFT JOIN result USING (run_id) "
    "LEFT JOIN admission USING (run_id) WHERE ?1 IS NULL OR lot = ?1", "t", lot);
  if (rows == NULL || stn_database_step (self->database, rows, error) != STN_ROW)
    return FALSE;
  counts.units = sqlite3_column_int64 (rows, 0);
  *out = counts;
  return TRUE;
}
