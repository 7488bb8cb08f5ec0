/* A lot's boards: what became of each, and what is left over. */
#include "src/journal/query-private.h"

#include <string.h>

void
stn_open_unit_free (StnOpenUnit *self)
{
  if (self == NULL)
    return;
  g_free (self->run_id);
  g_free (self->site);
  g_free (self->uid);
  g_free (self->serial);
  g_free (self);
}

static void
open_unit_free (gpointer unit)
{
  stn_open_unit_free (unit);
}

void
stn_lot_sums_clear (StnLotSums *self)
{
  g_clear_pointer (&self->open_units, g_ptr_array_unref);
  memset (self, 0, sizeof *self);
}

/* What may be left over, as run_id, site, uid, serial, verdict, failure and the bin that it went to (NULL: none). */
static gboolean
add_left (StnQuery *self, const char *text, const char *lot, StnLotSums *sums, GError **error)
{
  g_autoptr (StnRows) rows = stn_database_query (self->database, error, text, "t", lot);
  if (rows == NULL)
    return FALSE;
  StnRowState state;
  while ((state = stn_database_step (self->database, rows, error)) == STN_ROW) {
    const char *bin = (const char *) sqlite3_column_text (rows, 6);
    if (bin != NULL) {
      if (strcmp (bin, "hold") == 0)
        sums->held++;
      else
        sums->binned++;
      continue;
    }
    StnOpenUnit *unit = g_new0 (StnOpenUnit, 1);
    unit->run_id = stn_rows_text (rows, 0);
    unit->site = stn_rows_text (rows, 1);
    unit->uid = stn_rows_text (rows, 2);
    unit->serial = stn_rows_text (rows, 3);
    stn_verdict_from_name ((const char *) sqlite3_column_text (rows, 4), &unit->verdict);
    unit->failure = stn_failure_from_name ((const char *) sqlite3_column_text (rows, 5));
    sums->unknown += unit->verdict == STN_VERDICT_UNKNOWN;
    g_ptr_array_add (sums->open_units, unit);
  }
  return state == STN_ROW_END;
}

/* the bin of a run, the last one that was said */
#define BIN_OF(run) "(SELECT new_value FROM audit WHERE audit.run_id = " run " AND action = 'bin' ORDER BY id DESC LIMIT 1)"

/* boards whose last verdict, given in this lot, is fail */
static const char failed_text[]
    = "SELECT run.run_id, run.site, uid, serial, 'fail', failure, " BIN_OF ("run.run_id")
      " FROM run_not_passed AS few CROSS JOIN run ON run.id = few.run JOIN unit_now ON last_run = run.id"
      " JOIN result ON result.run_id = run.run_id"
      " WHERE few.verdict = 'fail' AND few.lot = ? AND last_verdict = 'fail'";
/* runs without a result that nobody is at work on, and that no later run of the same board has made good */
static const char unknown_text[]
    = "WITH left_over AS MATERIALIZED (SELECT run.* FROM run_not_passed AS few CROSS JOIN run ON run.id = few.run"
      "   WHERE few.verdict = 'unknown' AND few.lot = ?1)"
      " SELECT run.run_id, run.site, admission.uid, (SELECT serial FROM serial_event WHERE serial_event.run_id ="
      " run.run_id ORDER BY id DESC LIMIT 1), 'unknown', NULL, " BIN_OF ("run.run_id")
      " FROM left_over AS run LEFT JOIN admission ON admission.run_id = run.run_id"
      " WHERE NOT EXISTS (SELECT 1 FROM live_run WHERE live_run.run_id = run.run_id)"
      " AND NOT EXISTS (SELECT 1 FROM unit_now WHERE unit = admission.uid AND unit_now.job_name = run.job_name"
      "   AND unit_now.job_revision = run.job_revision AND last_run > run.id)"
      /* found once for the whole lot: a search for each run would read the lot as often */
      " AND (run.run_id, coalesce (run.site, '')) NOT IN (SELECT later.retry_of, coalesce (later.site, '')"
      "   FROM run AS later JOIN result AS its ON its.run_id = later.run_id"
      "   WHERE later.lot = ?1 AND later.retry_of IS NOT NULL AND its.verdict IN ('pass', 'fail'))";
/* boards that are known by their chip and never came to a verdict */
static const char unfinished_text[]
    = "SELECT run.run_id, run.site, uid, serial, result.verdict, failure, " BIN_OF ("run.run_id")
      " FROM run_not_passed AS few CROSS JOIN run ON run.id = few.run JOIN result ON result.run_id = run.run_id"
      " WHERE few.verdict IN ('error', 'cancelled') AND few.lot = ? AND uid IS NOT NULL"
      " AND failure <> 'same-unit-twice'"
      " AND NOT EXISTS (SELECT 1 FROM unit_now WHERE unit = uid AND unit_now.job_name = run.job_name"
      "   AND unit_now.job_revision = run.job_revision)"
      " AND NOT EXISTS (SELECT 1 FROM result AS later JOIN run AS its ON its.run_id = later.run_id"
      "   WHERE later.uid = result.uid AND later.id > result.id AND later.verdict IN ('error', 'cancelled')"
      "   AND its.lot IS run.lot AND later.failure <> 'same-unit-twice')";

static gboolean
read_number (StnQuery *self, const char *text, const char *lot, guint64 *out, GError **error)
{
  g_autoptr (StnRows) rows = stn_database_query (self->database, error, text, "t", lot);
  if (rows == NULL || stn_database_step (self->database, rows, error) != STN_ROW)
    return FALSE;
  *out = (guint64) sqlite3_column_int64 (rows, 0);
  return TRUE;
}

gboolean
stn_query_lot_sums (StnQuery *self, const char *lot, StnLotSums *out, GError **error)
{
  static const char passed_text[] = "SELECT count (*) FROM run JOIN unit_now ON last_run = run.id "
                                    "WHERE run.lot = ? AND last_verdict = 'pass'";
  static const char removed_text[] = "SELECT coalesce (sum (CAST (new_value AS INTEGER)), 0) FROM audit "
                                     "WHERE lot = ? AND action = 'remove'";
  static const char errors_text[] = "SELECT coalesce (sum (error), 0) FROM run_tally WHERE lot = ?";

  stn_lot_sums_clear (out);
  out->open_units = g_ptr_array_new_with_free_func (open_unit_free);
  if (!read_number (self, passed_text, lot, &out->passed, error)
      || !read_number (self, removed_text, lot, &out->removed, error)
      || !read_number (self, errors_text, lot, &out->errors, error)
      || !add_left (self, failed_text, lot, out, error) || !add_left (self, unknown_text, lot, out, error)
      || !add_left (self, unfinished_text, lot, out, error))
    return FALSE;
  /* what was taken out of the balance was among what is left over */
  guint64 left = out->open_units->len;
  out->removed = MIN (out->removed, left);
  out->open = left - out->removed;
  out->started = out->passed + out->binned + out->held + left;
  return TRUE;
}
