/* A run's calls: begin, admit, windows, finish; and what is counted over runs. */
#include "src/journal/journal-private.h"

#include <string.h>

/* every call is an arguments' struct on the stack, a function that the writer runs, and this */
static gboolean
call (StnJournal *self, gboolean (*work) (StnJournal *, StnJournalRequest *, GError **), StnFailure failure,
      gpointer data, GError **error)
{
  StnJournalRequest request = { .work = work, .failure = failure, .data = data };
  return stn_journal_call (self, &request, error);
}

/* ----- begin ----- */

static gboolean
begin_work (StnJournal *self, StnJournalRequest *request, GError **error)
{
  const StnRun *run = request->data;
  return stn_journal_insert_run (self->database, run, error)
         && stn_database_run (self->database, error, "INSERT INTO live_run (run_id, instance, site) VALUES (?, ?, ?)",
                              "tit", run->run_id, self->instance, run->site);
}

gboolean
stn_journal_begin (StnJournal *self, const StnRun *run, GError **error)
{
  if (run->run_id == NULL || run->run_id[0] == '\0') {
    stn_error_set (error, STN_FAILURE_INTERNAL, "a run without an id");
    return FALSE;
  }
  if (!run->is_virtual != !self->is_virtual) {
    stn_error_set (error, STN_FAILURE_JOURNAL, "%s: a %s run does not go into a %s journal", self->database->path,
                   run->is_virtual ? "virtual" : "production", self->is_virtual ? "virtual" : "production");
    return FALSE;
  }
  return stn_journal_settle_spool (self, error)
         && call (self, begin_work, STN_FAILURE_NOT_RECORDED, (gpointer) run, error);
}

gboolean
stn_journal_take_up_spool (StnJournal *self, GError **error)
{
  return stn_journal_settle_spool (self, error);
}

/* ----- admit ----- */

typedef struct {
  const char *run_id, *uid, *job_name;
  gint64 job_revision;
  StnUnitHistory history;
} Admit;

void
stn_unit_history_clear (StnUnitHistory *self)
{
  g_free (self->pass_serial);
  g_free (self->exposed_serial);
  memset (self, 0, sizeof *self);
}

/* FALSE with the error when another live run holds the chip; a dead program's hold is taken away. */
static gboolean
claim (StnJournal *self, const Admit *admit, GError **error)
{
  g_autofree char *other_run = NULL;
  g_autofree char *other_site = NULL;
  g_autoptr (StnRows) rows = stn_database_query (self->database, error,
                                                 "SELECT run_id, site, pid, start_ticks, boot_id, instance.id "
                                                 "FROM live_run JOIN instance ON instance.id = live_run.instance "
                                                 "WHERE uid = ? AND run_id <> ?",
                                                 "tt", admit->uid, admit->run_id);
  if (rows == NULL)
    return FALSE;
  StnRowState state = stn_database_step (self->database, rows, error);
  if (state == STN_ROW_ERROR)
    return FALSE;
  if (state == STN_ROW) {
    if (sqlite3_column_int64 (rows, 5) == self->instance
        || stn_instance_is_alive (sqlite3_column_int64 (rows, 2), sqlite3_column_int64 (rows, 3),
                                  (const char *) sqlite3_column_text (rows, 4))) {
      other_run = stn_rows_text (rows, 0);
      other_site = stn_rows_text (rows, 1);
      stn_error_set (error, STN_FAILURE_SAME_UNIT_TWICE, "the chip %s is on site %s now, in run %s", admit->uid,
                     other_site != NULL ? other_site : "(unnamed)", other_run);
      return FALSE;
    }
    other_run = stn_rows_text (rows, 0);
    stn_rows_done (rows); /* nothing may read the table that is written next */
    if (!stn_database_run (self->database, error, "DELETE FROM live_run WHERE run_id = ?", "t", other_run))
      return FALSE;
  }

  if (!stn_database_run (self->database, error, "UPDATE live_run SET uid = ? WHERE run_id = ? AND instance = ?", "tti",
                         admit->uid, admit->run_id, self->instance))
    return FALSE;
  if (sqlite3_changes (self->database->connection) != 1) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "run %s has not begun here, or is over", admit->run_id);
    return FALSE;
  }
  return TRUE;
}

/* the row from which on a run that never ends is still found by its chip */
static gboolean
note_admission (StnJournal *self, const Admit *admit, GError **error)
{
  g_autoptr (StnRows) rows
      = stn_database_query (self->database, error, "SELECT uid FROM admission WHERE run_id = ?", "t", admit->run_id);
  if (rows == NULL)
    return FALSE;
  StnRowState state = stn_database_step (self->database, rows, error);
  if (state == STN_ROW_ERROR)
    return FALSE;
  if (state == STN_ROW) {
    g_autofree char *before = stn_rows_text (rows, 0);
    if (g_strcmp0 (before, admit->uid) == 0)
      return TRUE;
    stn_error_set_seen (error, STN_FAILURE_UNIT_CHANGED, before, admit->uid, "run %s met another chip", admit->run_id);
    return FALSE;
  }
  return stn_database_run (self->database, error, "INSERT INTO admission (run_id, uid, utc_us) VALUES (?, ?, ?)", "tti",
                           admit->run_id, admit->uid, stn_clock_utc_us (self->clock));
}

static gboolean
read_history (StnJournal *self, Admit *admit, GError **error)
{
  StnUnitHistory *history = &admit->history;
  g_autoptr (StnRows) rows = stn_database_query (self->database, error,
    "WITH mine AS (SELECT result.id, verdict, failure, job_revision, serial, ended_utc_us FROM result"
    "   JOIN run USING (run_id) WHERE uid = ?1 AND job_name IS ?2),"
    " cleared AS (SELECT max (coalesce ((SELECT max (sequence) FROM chain WHERE kind = 'result'"
    "     AND row = (SELECT max (id) FROM mine WHERE verdict = 'pass')), 0),"
    "   coalesce ((SELECT sequence FROM chain WHERE kind = 'disposition'"
    "     AND row = (SELECT max (id) FROM disposition WHERE uid = ?1 AND kind IN ('rework', 'release'))), 0))"
    "   AS sequence),"
    /* a board that was erased behind its PASS is done no longer, and has not failed */
    " undone AS (SELECT coalesce (max (id), 0) AS id FROM mine WHERE failure = 'pass-undone')"
    "SELECT (SELECT count (*) FROM mine),"
    " (SELECT count (*) FROM mine WHERE verdict = 'pass' AND job_revision = ?3 AND id > (SELECT id FROM undone)),"
    " (SELECT count (*) FROM mine WHERE verdict = 'fail' AND failure IS NOT 'pass-undone' AND (SELECT chain.sequence FROM chain"
    "     WHERE chain.kind = 'result' AND chain.row = mine.id) > (SELECT sequence FROM cleared)),"
    " (SELECT count (*) FROM admission JOIN run USING (run_id) WHERE uid = ?1 AND job_name IS ?2 AND run_id <> ?4"
    "     AND NOT EXISTS (SELECT 1 FROM result WHERE result.run_id = admission.run_id)),"
    " (SELECT serial FROM mine WHERE verdict = 'pass' AND id > (SELECT id FROM undone) ORDER BY id DESC LIMIT 1),"
    " (SELECT serial FROM serial_now WHERE uid = ?1 AND state = 'exposed' ORDER BY run_id DESC LIMIT 1),"
    " (SELECT max (ended_utc_us) FROM mine)",
    "ttit", admit->uid, admit->job_name, admit->job_revision, admit->run_id);
  if (rows == NULL || stn_database_step (self->database, rows, error) != STN_ROW)
    return FALSE;

  history->runs = (guint) sqlite3_column_int64 (rows, 0);
  history->passes = (guint) sqlite3_column_int64 (rows, 1);
  history->fails_since_pass = (guint) sqlite3_column_int64 (rows, 2);
  history->unknown = (guint) sqlite3_column_int64 (rows, 3);
  history->pass_serial = stn_rows_text (rows, 4);
  history->exposed_serial = stn_rows_text (rows, 5);
  history->last_utc_us = sqlite3_column_int64 (rows, 6);
  return TRUE;
}

static gboolean
admit_work (StnJournal *self, StnJournalRequest *request, GError **error)
{
  Admit *admit = request->data;
  return claim (self, admit, error) && note_admission (self, admit, error) && read_history (self, admit, error);
}

gboolean
stn_journal_admit (StnJournal *self, const char *run_id, const char *uid, const char *job_name, gint64 job_revision,
                   StnUnitHistory *out, GError **error)
{
  Admit admit = { .run_id = run_id, .uid = uid, .job_name = job_name, .job_revision = job_revision };

  /* a chip whose UID cannot be read has no history and holds nothing */
  if (uid != NULL && !call (self, admit_work, STN_FAILURE_NOT_RECORDED, &admit, error)) {
    stn_unit_history_clear (&admit.history);
    return FALSE;
  }
  *out = admit.history;
  return TRUE;
}

/* ----- counts ----- */

typedef struct {
  const char *job_name, *lot;
  guint64 enough;
  guint64 count;
} CountPasses;

/* Runs that passed, of which a board may have several. */
static gboolean
tally_passes (StnJournal *self, const CountPasses *count, guint64 *out, GError **error)
{
  g_autoptr (StnRows) rows = stn_database_query (self->database, error,
    "SELECT coalesce (sum (pass), 0) FROM run_tally WHERE lot IS ?1 AND job_name IS ?2", "tt", count->lot,
    count->job_name);
  if (rows == NULL || stn_database_step (self->database, rows, error) != STN_ROW)
    return FALSE;
  *out = (guint64) sqlite3_column_int64 (rows, 0);
  return TRUE;
}

static gboolean
count_passes_work (StnJournal *self, StnJournalRequest *request, GError **error)
{
  CountPasses *count = request->data;
  if (!tally_passes (self, count, &count->count, error))
    return FALSE;
  if (count->count < count->enough)
    return TRUE;
  g_autoptr (StnRows) rows = stn_database_query (self->database, error,
    "SELECT count (DISTINCT coalesce (uid, run_id)) FROM run JOIN result USING (run_id) "
    "WHERE job_name IS ? AND lot IS ? AND verdict = 'pass'", "tt", count->job_name, count->lot);
  if (rows == NULL || stn_database_step (self->database, rows, error) != STN_ROW)
    return FALSE;
  count->count = (guint64) sqlite3_column_int64 (rows, 0);
  return TRUE;
}

gboolean
stn_journal_count_passes (StnJournal *self, const char *job_name, const char *lot, guint64 *out_count, GError **error)
{
  return stn_journal_count_passes_to (self, job_name, lot, 0, out_count, error);
}

gboolean
stn_journal_count_passes_to (StnJournal *self, const char *job_name, const char *lot, guint64 enough,
                             guint64 *out_count, GError **error)
{
  CountPasses count = { .job_name = job_name, .lot = lot, .enough = enough };
  if (!call (self, count_passes_work, STN_FAILURE_JOURNAL, &count, error))
    return FALSE;
  *out_count = count.count;
  return TRUE;
}

typedef struct {
  const char *fixture;
  gint64 cycle;
} CountFixture;

static gboolean
count_fixture_work (StnJournal *self, StnJournalRequest *request, GError **error)
{
  CountFixture *count = request->data;
  g_autoptr (StnRows) rows = stn_database_query (self->database, error,
    "INSERT INTO fixture_count (fixture, cycles) VALUES (?, 1) "
    "ON CONFLICT (fixture) DO UPDATE SET cycles = cycles + 1 RETURNING cycles", "t", count->fixture);
  if (rows == NULL || stn_database_step (self->database, rows, error) != STN_ROW)
    return FALSE;
  count->cycle = sqlite3_column_int64 (rows, 0);
  return TRUE;
}

gboolean
stn_journal_count_fixture (StnJournal *self, const char *fixture, gint64 *out_cycle, GError **error)
{
  CountFixture count = { .fixture = fixture };
  if (!call (self, count_fixture_work, STN_FAILURE_NOT_RECORDED, &count, error))
    return FALSE;
  *out_cycle = count.cycle;
  return TRUE;
}

/* ----- write windows ----- */

typedef struct {
  const char *run_id, *site, *what;
  gint64 longest_ns;
} Window;

static gboolean
find_open_window (StnJournal *self, const char *run_id, gint64 *out_id, GError **error)
{
  g_autoptr (StnRows) rows = stn_database_query (self->database, error,
    "SELECT max (write_window) FROM write_window_now WHERE run_id = ?", "t", run_id);
  if (rows == NULL || stn_database_step (self->database, rows, error) != STN_ROW)
    return FALSE;
  *out_id = sqlite3_column_int64 (rows, 0);
  return TRUE;
}

static gboolean
window_open_work (StnJournal *self, StnJournalRequest *request, GError **error)
{
  const Window *window = request->data;
  gint64 open_id;

  if (!find_open_window (self, window->run_id, &open_id, error))
    return FALSE;
  if (open_id != 0) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "run %s has a write window open already", window->run_id);
    return FALSE;
  }
  return stn_database_run (self->database, error,
    "INSERT INTO write_window (run_id, site, what, opened_utc_us, opened_mono_ns, boot_id, longest_ns) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)", "tttiiti", window->run_id, window->site != NULL ? window->site : "",
    window->what != NULL ? window->what : "", stn_clock_utc_us (self->clock), stn_clock_now_ns (self->clock),
    stn_boot_id (), window->longest_ns);
}

static gboolean
window_close_work (StnJournal *self, StnJournalRequest *request, GError **error)
{
  const Window *window = request->data;
  gint64 open_id;

  if (!find_open_window (self, window->run_id, &open_id, error))
    return FALSE;
  if (open_id == 0) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "run %s has no write window open", window->run_id);
    return FALSE;
  }
  return stn_database_run (self->database, error,
                           "INSERT INTO write_window_end (write_window, closed_utc_us) VALUES (?, ?)", "ii", open_id,
                           stn_clock_utc_us (self->clock));
}

gboolean
stn_journal_window_open (StnJournal *self, const char *run_id, const char *site, const char *what, gint64 longest_ns,
                         GError **error)
{
  Window window = { .run_id = run_id, .site = site, .what = what, .longest_ns = longest_ns };
  return call (self, window_open_work, STN_FAILURE_NOT_RECORDED, &window, error);
}

gboolean
stn_journal_window_close (StnJournal *self, const char *run_id, GError **error)
{
  Window window = { .run_id = run_id };
  return call (self, window_close_work, STN_FAILURE_NOT_RECORDED, &window, error);
}

/* ----- a result that is lost ----- */

static gboolean
abandon_work (StnJournal *self, StnJournalRequest *request, GError **error)
{
  const char *run_id = request->data;
  return stn_database_run (self->database, error, "DELETE FROM live_run WHERE run_id = ? AND instance = ?", "ti", run_id,
                           self->instance)
         && stn_serials_recover (self, error);
}

gboolean
stn_journal_abandon (StnJournal *self, const char *run_id, GError **error)
{
  return call (self, abandon_work, STN_FAILURE_NOT_RECORDED, (gpointer) run_id, error);
}

/* ----- finish ----- */

/* 0 or 1 rows of `text` for a run */
static gboolean
exists (StnJournal *self, const char *text, const char *run_id, gboolean *out, GError **error)
{
  g_autoptr (StnRows) rows = stn_database_query (self->database, error, text, "t", run_id);
  if (rows == NULL)
    return FALSE;
  StnRowState state = stn_database_step (self->database, rows, error);
  if (state == STN_ROW_ERROR)
    return FALSE;
  *out = state == STN_ROW;
  return TRUE;
}

gboolean
stn_journal_settle_result (StnJournal *self, const StnResult *result, gboolean *out_has_one, GError **error)
{
  gboolean found;

  *out_has_one = FALSE;
  if (!exists (self, "SELECT 1 FROM run WHERE run_id = ?", result->run_id, &found, error))
    return FALSE;
  if (!found) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "there is no run %s", result->run_id);
    return FALSE;
  }
  if (!exists (self, "SELECT 1 FROM result WHERE run_id = ?", result->run_id, &found, error))
    return FALSE;
  if (found) {
    *out_has_one = TRUE;
    stn_error_set (error, STN_FAILURE_INTERNAL, "run %s has a result already", result->run_id);
    return FALSE;
  }
  return stn_journal_insert_result (self->database, result, error) && stn_units_settle (self->database, result, error)
         && stn_serials_settle (self, result, error)
         && stn_database_run (self->database, error, "DELETE FROM live_run WHERE run_id = ?", "t", result->run_id);
}

static gboolean
finish_work (StnJournal *self, StnJournalRequest *request, GError **error)
{
  gboolean has_one;
  return stn_journal_settle_result (self, request->data, &has_one, error);
}

gboolean
stn_journal_finish (StnJournal *self, const StnResult *result, GError **error)
{
  g_autoptr (GError) failed = NULL;

  if (result->run_id == NULL || result->verdict == STN_VERDICT_UNKNOWN
      || (guint) result->verdict >= STN_VERDICT_COUNT) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "a result without a run or a verdict");
    return FALSE;
  }
  if (call (self, finish_work, STN_FAILURE_NOT_RECORDED, (gpointer) result, &failed))
    return TRUE;
  if (stn_error_is (failed, STN_FAILURE_NOT_RECORDED)) {
    g_autoptr (GError) spool_error = NULL;
    if (stn_journal_spool (self, result, &spool_error))
      g_prefix_error (&failed, "the result is kept in %s until the journal can take it: ", self->spool_path);
    else
      g_prefix_error (&failed, "%s: ", spool_error->message);
  }
  g_propagate_error (error, g_steal_pointer (&failed));
  return FALSE;
}
