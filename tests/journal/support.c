#include "tests/journal/support.h"

#include <glib/gstdio.h>
#include <string.h>

Place *
place_new (void)
{
  Place *self = g_new0 (Place, 1);
  self->folder = g_dir_make_tmp ("stn-journal-XXXXXX", NULL);
  g_assert_nonnull (self->folder);
  self->path = g_build_filename (self->folder, "journal.db", NULL);
  self->clock = stn_clock_new_virtual ();
  return self;
}

void
place_free (Place *self)
{
  if (self == NULL)
    return;
  GDir *folder = g_dir_open (self->folder, 0, NULL);
  const char *name;
  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *path = g_build_filename (self->folder, name, NULL);
    g_remove (path);
  }
  g_clear_pointer (&folder, g_dir_close);
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->path);
  stn_clock_unref (self->clock);
  g_free (self);
}

StnJournal *
open_or_fail (Place *self)
{
  g_autoptr (GError) error = NULL;
  StnJournal *journal = stn_journal_open (self->path, FALSE, self->clock, &error);
  g_assert_no_error (error);
  g_assert_nonnull (journal);
  return journal;
}

GError *
open_must_fail (Place *self, StnFailure failure)
{
  GError *error = NULL;
  g_assert_null (stn_journal_open (self->path, FALSE, self->clock, &error));
  g_assert_error (error, STN_ERROR, (int) failure);
  g_test_message ("%s", error->message);
  return error;
}

StnQuery *
query_or_fail (Place *self)
{
  g_autoptr (GError) error = NULL;
  StnQuery *query = stn_query_open (self->path, &error);
  g_assert_no_error (error);
  return query;
}

StnRun *
sample_run (const char *run_id)
{
  StnRun *run = stn_run_new ();
  run->run_id = g_strdup (run_id);
  run->started_utc_us = G_GINT64_CONSTANT (1767592800000000);
  run->started_mono_ns = 1000;
  run->boot_id = g_strdup ("b0070000-0000-4000-8000-000000000001");
  run->production_day = g_strdup ("2026-01-05");
  run->lot = g_strdup ("L1");
  run->site = g_strdup ("A3");
  run->job_name = g_strdup ("Thermostat");
  run->job_revision = 7;
  return run;
}

StnResult *
sample_result (const char *run_id, StnVerdict verdict, const char *uid)
{
  StnResult *result = stn_result_new ();
  result->run_id = g_strdup (run_id);
  result->ended_utc_us = G_GINT64_CONSTANT (1767592815000000);
  result->ended_mono_ns = 15000;
  result->verdict = verdict;
  result->failure = verdict == STN_VERDICT_FAIL ? STN_FAILURE_VERIFY_MISMATCH : STN_FAILURE_NONE;
  result->uid = g_strdup (uid);
  result->product_id = 0x460;
  StnStepRecord *step = stn_step_record_new (STN_STEP_ERASE);
  step->outcome = STN_VERDICT_PASS;
  g_ptr_array_add (result->steps, step);
  step = stn_step_record_new (STN_STEP_VERIFY);
  step->outcome = verdict;
  step->has_value = TRUE;
  step->value = 812;
  step->high = 1000;
  step->unit = g_strdup ("ms");
  g_ptr_array_add (result->steps, step);
  return result;
}

void
begin_or_fail (StnJournal *journal, const char *run_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnRun) run = sample_run (run_id);
  stn_journal_begin (journal, run, &error);
  g_assert_no_error (error);
}

void
admit_or_fail (StnJournal *journal, const char *run_id, const char *uid)
{
  g_autoptr (GError) error = NULL;
  StnUnitHistory history;
  stn_journal_admit (journal, run_id, uid, "Thermostat", 7, &history, &error);
  g_assert_no_error (error);
  stn_unit_history_clear (&history);
}

char *
format_number (guint64 number, gpointer data)
{
  (void) data;
  return g_strdup_printf ("TH-%06" G_GUINT64_FORMAT, number);
}

char *
lease_or_fail (StnJournal *journal, const char *run_id, const char *uid)
{
  g_autoptr (GError) error = NULL;
  const StnSerialRequest request
      = { .scheme = "TH", .first = 1, .last = 100, .format = format_number, .uid = uid };
  char *serial = NULL;
  stn_journal_lease (journal, run_id, &request, &serial, &error);
  g_assert_no_error (error);
  return serial;
}

void
finish_or_fail (StnJournal *journal, const char *run_id, StnVerdict verdict, const char *uid)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnResult) result = sample_result (run_id, verdict, uid);
  stn_journal_finish (journal, result, &error);
  g_assert_no_error (error);
}

char *
whole_run (StnJournal *journal, const char *run_id, StnVerdict verdict, const char *uid)
{
  g_autoptr (GError) error = NULL;
  begin_or_fail (journal, run_id);
  admit_or_fail (journal, run_id, uid);
  char *serial = lease_or_fail (journal, run_id, uid);
  stn_journal_expose (journal, run_id, &error);
  g_assert_no_error (error);
  g_autoptr (StnResult) result = sample_result (run_id, verdict, uid);
  result->serial = g_strdup (serial);
  result->serial_exposed = TRUE;
  stn_journal_finish (journal, result, &error);
  g_assert_no_error (error);
  return serial;
}

char *
ask (Place *self, const char *sql)
{
  sqlite3 *connection;
  sqlite3_stmt *rows;
  g_assert_cmpint (sqlite3_open (self->path, &connection), ==, SQLITE_OK);
  sqlite3_busy_timeout (connection, 5000);
  if (sqlite3_prepare_v2 (connection, sql, -1, &rows, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (connection));
  char *text = sqlite3_step (rows) == SQLITE_ROW ? g_strdup ((const char *) sqlite3_column_text (rows, 0)) : NULL;
  sqlite3_finalize (rows);
  sqlite3_close (connection);
  return text;
}

void
change (Place *self, const char *sql)
{
  sqlite3 *connection;
  char *message = NULL;
  g_assert_cmpint (sqlite3_open (self->path, &connection), ==, SQLITE_OK);
  sqlite3_busy_timeout (connection, 5000);
  if (sqlite3_exec (connection, sql, NULL, NULL, &message) != SQLITE_OK)
    g_error ("%s: %s", sql, message);
  sqlite3_close (connection);
}

guint64
verify_or_fail (Place *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnQuery) query = query_or_fail (self);
  guint64 rows = 0;
  stn_query_verify (query, &rows, NULL, &error);
  g_assert_no_error (error);
  return rows;
}
