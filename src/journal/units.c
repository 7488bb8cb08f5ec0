/* unit_now: one row a board and job revision, with its first and last verdict. Derived from the runs in the transaction of
 * each result, so that yields need not look for first runs.
 *
 * A board is its chip's UID. Where none was read - it never answered - it is the serial that was scanned for it, else its
 * first run; a later run that repeats that one (run.retry_of) carries the same board on, and gives it its UID. */
#include "src/journal/journal-private.h"

#include <string.h>

typedef struct {
  char *unit, *job_name, *day, *site, *lot, *operator_id, *retry_of, *scan;
  gint64 run, job_revision;
} Unit;

static void
unit_clear (Unit *self)
{
  g_free (self->unit);
  g_free (self->job_name);
  g_free (self->day);
  g_free (self->site);
  g_free (self->lot);
  g_free (self->operator_id);
  g_free (self->retry_of);
  g_free (self->scan);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Unit, unit_clear)

static gboolean
read_run (StnDatabase *database, const char *run_id, Unit *out, GError **error)
{
  g_autoptr (StnRows) rows = stn_database_query (database, error,
    "SELECT id, coalesce (job_name, ''), job_revision, production_day, site, lot, operator_id, retry_of, unit_scan "
    "FROM run WHERE run_id = ?", "t", run_id);
  if (rows == NULL || stn_database_step (database, rows, error) != STN_ROW)
    return FALSE;
  out->run = sqlite3_column_int64 (rows, 0);
  out->job_name = stn_rows_text (rows, 1);
  out->job_revision = sqlite3_column_int64 (rows, 2);
  out->day = stn_rows_text (rows, 3);
  out->site = stn_rows_text (rows, 4);
  out->lot = stn_rows_text (rows, 5);
  out->operator_id = stn_rows_text (rows, 6);
  out->retry_of = stn_rows_text (rows, 7);
  out->scan = stn_rows_text (rows, 8);
  return TRUE;
}

/* The unit that the runs before this one, back along retry_of, belong to; NULL without an error: none has a verdict. */
static gboolean
read_earlier (StnDatabase *database, const Unit *unit, char **out, GError **error)
{
  *out = NULL;
  if (unit->retry_of == NULL)
    return TRUE;
  g_autoptr (StnRows) rows = stn_database_query (database, error,
    "WITH RECURSIVE before (id, retry_of, depth) AS ("
    " SELECT id, retry_of, 1 FROM run WHERE run_id = ?1"
    " UNION ALL SELECT run.id, run.retry_of, depth + 1 FROM before JOIN run ON run.run_id = before.retry_of"
    "   WHERE depth < 1000)"
    "SELECT unit FROM before JOIN unit_now ON unit_now.last_run = before.id WHERE job_name = ?2 AND job_revision = ?3 "
    "ORDER BY depth LIMIT 1", "tti", unit->retry_of, unit->job_name, unit->job_revision);
  if (rows == NULL)
    return FALSE;
  StnRowState state = stn_database_step (database, rows, error);
  if (state == STN_ROW)
    *out = stn_rows_text (rows, 0);
  return state != STN_ROW_ERROR;
}

/* The board that was known by its first run or its scan is this one. Where both have rows, the older one's beginning
 * stays. */
static gboolean
rename_unit (StnDatabase *database, const Unit *unit, const char *from, GError **error)
{
  return stn_database_run (database, error,
           "UPDATE unit_now AS mine SET runs = mine.runs + other.runs, first_run = other.first_run, "
           "first_verdict = other.first_verdict, first_failure = other.first_failure, day = other.day, "
           "site = other.site, lot = other.lot, operator_id = other.operator_id "
           "FROM unit_now AS other WHERE mine.unit = ?1 AND mine.job_name = ?3 AND mine.job_revision = ?4 "
           "AND other.unit = ?2 AND other.job_name = ?3 AND other.job_revision = ?4 "
           "AND other.first_run < mine.first_run", "ttti", unit->unit, from, unit->job_name, unit->job_revision)
         && stn_database_run (database, error,
           "DELETE FROM unit_now WHERE unit = ?2 AND job_name = ?3 AND job_revision = ?4 AND EXISTS "
           "(SELECT 1 FROM unit_now AS mine WHERE mine.unit = ?1 AND mine.job_name = ?3 AND mine.job_revision = ?4)",
           "ttti", unit->unit, from, unit->job_name, unit->job_revision)
         && stn_database_run (database, error,
           "UPDATE unit_now SET unit = ?1 WHERE unit = ?2 AND job_name = ?3 AND job_revision = ?4",
           "ttti", unit->unit, from, unit->job_name, unit->job_revision);
}

gboolean
stn_units_settle (StnDatabase *database, const StnResult *result, GError **error)
{
  g_auto (Unit) unit = { 0 };
  g_autofree char *earlier = NULL;
  const char *verdict = stn_verdict_name (result->verdict);
  const char *failure = result->failure != STN_FAILURE_NONE ? stn_failure_name (result->failure) : NULL;

  if (result->verdict != STN_VERDICT_PASS && result->verdict != STN_VERDICT_FAIL)
    return TRUE;
  if (!read_run (database, result->run_id, &unit, error) || !read_earlier (database, &unit, &earlier, error))
    return FALSE;
  const char *serial = result->serial != NULL ? result->serial : unit.scan;
  if (result->uid != NULL)
    unit.unit = g_strdup (result->uid);
  else if (earlier != NULL)
    unit.unit = g_strdup (earlier);
  else if (serial != NULL)
    unit.unit = g_strconcat ("sn:", serial, NULL);
  else
    unit.unit = g_strconcat ("run:", result->run_id, NULL);
  if (earlier != NULL && !g_str_equal (earlier, unit.unit) && strchr (earlier, ':') != NULL
      && !rename_unit (database, &unit, earlier, error))
    return FALSE;
  return stn_database_run (database, error,
    "INSERT INTO unit_now (unit, job_name, job_revision, first_run, last_run, runs, first_verdict, last_verdict, "
    "first_failure, day, site, lot, operator_id) VALUES (?1, ?2, ?3, ?4, ?4, 1, ?5, ?5, ?6, ?7, ?8, ?9, ?10) "
    "ON CONFLICT (unit, job_name, job_revision) DO UPDATE "
    "SET last_run = excluded.last_run, last_verdict = excluded.last_verdict, runs = runs + 1",
    "ttiitttttt", unit.unit, unit.job_name, unit.job_revision, unit.run, verdict, failure, unit.day, unit.site,
    unit.lot, unit.operator_id);
}
