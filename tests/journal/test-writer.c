/* Calls of many threads in few transactions, and a disk that does not take them. */
#include "src/journal/journal-private.h"
#include "tests/journal/shim-vfs.h"
#include "tests/journal/support.h"

#include <string.h>

#define THREADS 8

typedef struct {
  Place *place;
  StnJournal *journal;
  int number;
  GError *error;
} Worker;

/* Holds the writer inside a transaction until every other worker's call waits behind it. */
static char *
format_when_all_wait (guint64 number, gpointer data)
{
  StnJournal *journal = data;
  for (;;) {
    g_mutex_lock (&journal->mutex);
    guint waiting = 0;
    for (StnJournalRequest *request = journal->first; request != NULL; request = request->next)
      waiting++;
    g_mutex_unlock (&journal->mutex);
    if (waiting == THREADS - 1)
      return format_number (number, NULL);
    g_usleep (200); /* real time on purpose: the virtual clock stands while the writer works */
  }
}

static gpointer
lease_first (gpointer data)
{
  Worker *worker = data;
  const StnSerialRequest request = { .scheme = "TH", .first = 1, .last = 100, .format = format_when_all_wait,
                                     .data = worker->journal };
  char *serial = NULL;
  stn_journal_lease (worker->journal, "R0", &request, &serial, &worker->error);
  g_free (serial);
  return NULL;
}

static gpointer
begin_one (gpointer data)
{
  Worker *worker = data;
  /* worker 3 asks for what must be refused: its neighbours in the transaction do not notice */
  g_autofree char *run_id = g_strdup_printf ("R%d", worker->number == 3 ? 0 : worker->number);
  g_autoptr (StnRun) run = sample_run (run_id);
  stn_journal_begin (worker->journal, run, &worker->error);
  return NULL;
}

/* One worker holds the writer; then the disk becomes `mode`; the others queue up behind. */
static void
run_workers (Place *place, StnJournal *journal, Worker workers[THREADS], ShimMode mode)
{
  GThread *threads[THREADS];

  begin_or_fail (journal, "R0");
  g_assert_cmpuint (journal->transactions, ==, 1);
  for (int i = 0; i < THREADS; i++) {
    workers[i] = (Worker){ .place = place, .journal = journal, .number = i };
    threads[i] = stn_clock_thread_new (place->clock, "worker", i == 0 ? lease_first : begin_one, &workers[i]);
    if (i > 0)
      continue;
    for (gboolean taken = FALSE; !taken; g_usleep (200)) {
      g_mutex_lock (&journal->mutex);
      taken = journal->transactions == 2;
      g_mutex_unlock (&journal->mutex);
    }
    shim_set (mode, 1, 0);
  }
  for (int i = 0; i < THREADS; i++)
    stn_clock_thread_join (place->clock, threads[i], FALSE);
}

static void
calls_that_wait_are_committed_together (void)
{
  g_autoptr (Place) place = place_new ();
  Worker workers[THREADS];
  shim_set (SHIM_NOTHING, 0, 0);
  g_autoptr (StnJournal) journal = open_or_fail (place);
  gint64 before_ns = stn_clock_now_ns (place->clock);

  run_workers (place, journal, workers, SHIM_NOTHING);
  for (int i = 0; i < THREADS; i++) {
    if (i == 3)
      g_assert_error (workers[i].error, STN_ERROR, STN_FAILURE_NOT_RECORDED);
    else
      g_assert_no_error (workers[i].error);
    g_clear_error (&workers[i].error);
  }
  g_assert_cmpuint (journal->calls, ==, THREADS + 1);
  g_assert_cmpuint (journal->transactions, ==, 3); /* R0; its lease; the seven together */
  g_assert_cmpint (stn_clock_now_ns (place->clock), ==, before_ns); /* the disk takes no virtual time */
  g_assert_cmpuint (verify_or_fail (place), ==, THREADS - 1);
}

static void
every_answer_comes_after_a_sync (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  begin_or_fail (journal, "R0");
  for (int i = 1; i <= 5; i++) {
    g_autofree char *run_id = g_strdup_printf ("R%d", i);
    shim_set (SHIM_NOTHING, 0, 0);
    begin_or_fail (journal, run_id);
    g_assert_cmpuint (shim_wal_sync_count (), >=, 1);
  }
}

static void
a_failed_commit_is_an_answer_to_all_of_it (void)
{
  static const ShimMode modes[] = { SHIM_DEAD, SHIM_FULL };
  for (gsize m = 0; m < G_N_ELEMENTS (modes); m++) {
    g_autoptr (Place) place = place_new ();
    Worker workers[THREADS];
    shim_set (SHIM_NOTHING, 0, 0);
    StnJournal *journal = open_or_fail (place);
    run_workers (place, journal, workers, modes[m]);
    for (int i = 0; i < THREADS; i++) {
      g_assert_error (workers[i].error, STN_ERROR, STN_FAILURE_NOT_RECORDED);
      if (modes[m] == SHIM_FULL && i != 3)
        g_assert_nonnull (strstr (workers[i].error->message, "the disk is full"));
      g_clear_error (&workers[i].error);
    }
    /* the disk comes back: the same journal goes on */
    shim_set (SHIM_NOTHING, 0, 0);
    g_assert_cmpuint (verify_or_fail (place), ==, 1);
    begin_or_fail (journal, "R1");
    g_assert_cmpuint (verify_or_fail (place), ==, 2);
    stn_journal_close (journal);
  }
}

static void
a_result_that_found_no_room_is_recorded_at_the_next_open (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *spool = g_strconcat (place->path, ".spool", NULL);

  shim_set (SHIM_NOTHING, 0, 0);
  StnJournal *journal = open_or_fail (place);
  begin_or_fail (journal, "R1");
  admit_or_fail (journal, "R1", UID_A);
  g_autofree char *serial = lease_or_fail (journal, "R1", UID_A);
  g_assert_true (stn_journal_expose (journal, "R1", &error));
  g_autoptr (StnResult) result = sample_result ("R1", STN_VERDICT_PASS, UID_A);
  result->serial = g_strdup (serial);
  result->serial_exposed = TRUE;
  result->message = g_strdup ("a \"quote\", a \\ and\na line \x01 \xc3\xa4");
  result->bytes_proved = G_MAXUINT64;
  ((StnStepRecord *) g_ptr_array_index (result->steps, 0))->low = G_MININT64;
  ((StnStepRecord *) g_ptr_array_index (result->steps, 0))->has_value = TRUE;

  shim_set (SHIM_FULL, 1, 0);
  for (int i = 0; i < 2; i++) { /* asked twice, kept twice, recorded once */
    g_assert_false (stn_journal_finish (journal, result, &error));
    g_assert_error (error, STN_ERROR, STN_FAILURE_NOT_RECORDED);
    g_assert_nonnull (strstr (error->message, spool));
    g_assert_nonnull (strstr (error->message, "the disk is full"));
    g_clear_error (&error);
  }
  stn_journal_close (journal);
  g_assert_true (g_file_test (spool, G_FILE_TEST_EXISTS));

  shim_set (SHIM_NOTHING, 0, 0);
  journal = open_or_fail (place);
  g_assert_false (g_file_test (spool, G_FILE_TEST_EXISTS));
  g_autofree char *state = ask (place, "SELECT state FROM serial_now");
  g_assert_cmpstr (state, ==, "used");
  g_assert_cmpuint (verify_or_fail (place), ==, 2);
  /* nothing was lost on the way: the canonical form is the same */
  g_autoptr (StnQuery) query = query_or_fail (place);
  g_autoptr (GPtrArray) rows = stn_query_unit (query, UID_A, &error);
  g_assert_cmpuint (rows->len, ==, 1);
  g_autoptr (StnCanonical) meant = stn_canonical_result (result);
  g_autoptr (StnCanonical) stored = stn_canonical_result (((StnRunRow *) g_ptr_array_index (rows, 0))->result);
  gsize meant_length, stored_length;
  const guint8 *meant_bytes = stn_canonical_bytes (meant, &meant_length);
  const guint8 *stored_bytes = stn_canonical_bytes (stored, &stored_length);
  g_assert_cmpmem (meant_bytes, meant_length, stored_bytes, stored_length);
  stn_journal_close (journal);
}

/* the same program goes on: the result first, then the next run, and the chip is free again */
static void
nothing_begins_before_a_waiting_result_is_recorded (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *spool = g_strconcat (place->path, ".spool", NULL);
  g_autoptr (StnRun) next = sample_run ("R2");

  shim_set (SHIM_NOTHING, 0, 0);
  g_autoptr (StnJournal) journal = open_or_fail (place);
  begin_or_fail (journal, "R1");
  admit_or_fail (journal, "R1", UID_A);
  g_autoptr (StnResult) result = sample_result ("R1", STN_VERDICT_PASS, UID_A);
  shim_set (SHIM_FULL, 1, 0);
  g_assert_false (stn_journal_finish (journal, result, &error));
  g_clear_error (&error);
  g_assert_false (stn_journal_begin (journal, next, &error));
  g_assert_error (error, STN_ERROR, STN_FAILURE_NOT_RECORDED);
  g_clear_error (&error);
  g_assert_true (g_file_test (spool, G_FILE_TEST_EXISTS));

  shim_set (SHIM_NOTHING, 0, 0);
  stn_journal_begin (journal, next, &error);
  g_assert_no_error (error);
  g_assert_false (g_file_test (spool, G_FILE_TEST_EXISTS));
  g_autofree char *verdict = ask (place, "SELECT verdict FROM result WHERE run_id = 'R1'");
  g_assert_cmpstr (verdict, ==, "pass");
  admit_or_fail (journal, "R2", UID_A);
  g_assert_cmpuint (verify_or_fail (place), ==, 3);
}

/* a line that a crash cut short was never promised to anybody; it is put aside, and what is whole is taken up */
static void
a_spool_that_was_cut_short_is_put_aside (void)
{
  g_autoptr (Place) place = place_new ();
  g_autofree char *spool = g_strconcat (place->path, ".spool", NULL);
  g_autofree char *kept = NULL;

  shim_set (SHIM_NOTHING, 0, 0);
  StnJournal *journal = open_or_fail (place);
  begin_or_fail (journal, "R1");
  g_autoptr (StnResult) result = sample_result ("R1", STN_VERDICT_FAIL, NULL);
  g_assert_true (stn_journal_spool (journal, result, NULL));
  stn_journal_close (journal);
  g_assert_true (g_file_get_contents (spool, &kept, NULL, NULL));
  g_autofree char *damaged = g_strconcat ("{\"run_id\":\"R0\",\"ver\n[1,2]\n{}\n"
      "{\"run_id\":\"of another file\",\"verdict\":\"pass\",\"steps\":[]}\n", kept, kept + strlen (kept) / 2, NULL);
  g_assert_true (g_file_set_contents (spool, damaged, -1, NULL));

  journal = open_or_fail (place);
  g_autofree char *verdict = ask (place, "SELECT verdict FROM result");
  g_assert_cmpstr (verdict, ==, "fail");
  gboolean aside = FALSE;
  g_autoptr (GDir) folder = g_dir_open (place->folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name (folder)) != NULL;)
    aside = aside || g_str_has_prefix (name, "journal.db.spool.unread-");
  g_assert_true (aside);
  g_assert_false (g_file_test (spool, G_FILE_TEST_EXISTS));
  stn_journal_close (journal);
  stn_journal_close (open_or_fail (place));
}

/* a unit's calls touch a handful of rows, in a file of ten runs as of two million */
static void
no_call_of_a_unit_walks_a_table (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (StnJournal) journal = NULL;
  GHashTableIter statements;
  gpointer text, statement;

  shim_set (SHIM_NOTHING, 0, 0);
  journal = open_or_fail (place);
  for (int round = 0; round < 2; round++) {
    for (int i = 0; i < 40; i++) {
      g_autofree char *run_id = g_strdup_printf ("R%d-%d", round, i);
      g_autofree char *uid = g_strdup_printf ("%024d", i);
      g_free (whole_run (journal, run_id, i % 2 ? STN_VERDICT_PASS : STN_VERDICT_FAIL, uid));
      g_autofree char *leftover = g_strdup_printf ("L%d-%d", round, i);
      begin_or_fail (journal, leftover);
      g_assert_true (stn_journal_window_open (journal, leftover, "A3", "options", 1, &error));
      if (i % 3 == 0)
        g_assert_true (stn_journal_window_close (journal, leftover, &error));
      else
        finish_or_fail (journal, leftover, STN_VERDICT_ERROR, NULL);
    }
    if (round == 0) { /* now that there is something to walk over */
      g_hash_table_iter_init (&statements, journal->database->statements);
      while (g_hash_table_iter_next (&statements, &text, &statement))
        sqlite3_stmt_status (statement, SQLITE_STMTSTATUS_FULLSCAN_STEP, 1);
    }
  }
  guint looked_at = 0;
  g_hash_table_iter_init (&statements, journal->database->statements);
  while (g_hash_table_iter_next (&statements, &text, &statement)) {
    int steps = sqlite3_stmt_status (statement, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0);
    if (steps > 0)
      g_error ("%d rows walked: %s", steps, (const char *) text);
    looked_at++;
  }
  g_assert_cmpuint (looked_at, >, 20);
}

static void
closing_answers_what_waits (void)
{
  for (int round = 0; round < 20; round++) {
    g_autoptr (Place) place = place_new ();
    Worker workers[THREADS];
    GThread *threads[THREADS];
    shim_set (SHIM_NOTHING, 0, 0);
    StnJournal *journal = open_or_fail (place);
    for (int i = 0; i < THREADS; i++) {
      workers[i] = (Worker){ .place = place, .journal = journal, .number = i + 10 };
      threads[i] = stn_clock_thread_new (place->clock, "worker", begin_one, &workers[i]);
    }
    for (int i = 0; i < THREADS; i++)
      stn_clock_thread_join (place->clock, threads[i], FALSE);
    stn_journal_close (journal);
    for (int i = 0; i < THREADS; i++)
      g_assert_no_error (workers[i].error);
    g_assert_cmpuint (verify_or_fail (place), ==, THREADS);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  shim_install ();
  g_test_add_func ("/writer/calls_that_wait_are_committed_together", calls_that_wait_are_committed_together);
  g_test_add_func ("/writer/every_answer_comes_after_a_sync", every_answer_comes_after_a_sync);
  g_test_add_func ("/writer/a_failed_commit_is_an_answer_to_all_of_it", a_failed_commit_is_an_answer_to_all_of_it);
  g_test_add_func ("/writer/a_result_that_found_no_room_is_recorded_at_the_next_open",
                   a_result_that_found_no_room_is_recorded_at_the_next_open);
  g_test_add_func ("/writer/nothing_begins_before_a_waiting_result_is_recorded",
                   nothing_begins_before_a_waiting_result_is_recorded);
  g_test_add_func ("/writer/a_spool_that_was_cut_short_is_put_aside", a_spool_that_was_cut_short_is_put_aside);
  g_test_add_func ("/writer/no_call_of_a_unit_walks_a_table", no_call_of_a_unit_walks_a_table);
  g_test_add_func ("/writer/closing_answers_what_waits", closing_answers_what_waits);
  return g_test_run ();
}
