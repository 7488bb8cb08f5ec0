#include "tests/journal/support.h"

#include <string.h>
#include "src/record/columns.h"

static void
assert_same_record (const StnColumn *columns, guint count, gconstpointer one, gconstpointer other)
{
  for (guint i = 0; i < count; i++) {
    if (columns[i].type == STN_COLUMN_STEPS)
      continue;
    StnValue a = stn_column_get (&columns[i], one);
    StnValue b = stn_column_get (&columns[i], other);
    g_assert_cmpint (a.kind, ==, b.kind);
    g_assert_cmpint (a.integer, ==, b.integer);
    g_assert_cmpstr (a.text, ==, b.text);
  }
}

/* every field another value, so that no two columns can be mixed up */
static void
fill (const StnColumn *columns, guint count, gpointer record)
{
  for (guint i = 1; i < count; i++) { /* not run_id, kind */
    g_autofree char *text = g_strdup_printf ("%s \xc3\xa4 %u", columns[i].name, i);
    StnValue value = { .kind = STN_VALUE_TEXT, .text = text };
    if (columns[i].type == STN_COLUMN_VERDICT)
      value.text = "cancelled";
    else if (columns[i].type == STN_COLUMN_FAILURE)
      value.text = "no-boot";
    else if (columns[i].type == STN_COLUMN_BOOLEAN)
      continue;
    else if (columns[i].type != STN_COLUMN_TEXT)
      value = (StnValue){ .kind = STN_VALUE_INTEGER, .integer = 1000 + i };
    if (columns[i].type != STN_COLUMN_STEPS)
      g_assert_true (stn_column_set (&columns[i], record, &value));
  }
}

static void
a_run_comes_back_as_it_was (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (GError) error = NULL;
  guint run_count, result_count, step_count;
  const StnColumn *run_columns = stn_run_columns (&run_count);
  const StnColumn *result_columns = stn_result_columns (&result_count);
  const StnColumn *step_columns = stn_step_columns (&step_count);

  g_autoptr (StnRun) run = stn_run_new ();
  run->run_id = g_strdup ("R1");
  fill (run_columns, run_count, run);
  g_autoptr (StnResult) result = stn_result_new ();
  result->run_id = g_strdup ("R1");
  fill (result_columns, result_count, result);
  result->bytes_written = G_MAXUINT64;
  result->serial_exposed = TRUE;
  for (int i = 0; i < STN_STEP_COUNT; i++) {
    StnStepRecord *step = stn_step_record_new ((StnStepKind) i);
    fill (step_columns, step_count, step);
    step->value = -i;
    g_ptr_array_add (result->steps, step);
  }
  /* and one with nothing in it */
  g_autoptr (StnRun) bare_run = stn_run_new ();
  bare_run->run_id = g_strdup ("R2");
  g_autoptr (StnResult) bare = stn_result_new ();
  bare->run_id = g_strdup ("R2");
  bare->verdict = STN_VERDICT_EMPTY;

  g_assert_true (stn_journal_begin (journal, run, &error));
  g_assert_true (stn_journal_begin (journal, bare_run, &error));
  g_assert_true (stn_journal_finish (journal, result, &error));
  g_assert_true (stn_journal_finish (journal, bare, &error));

  g_autoptr (StnQuery) query = query_or_fail (place);
  g_assert_false (stn_query_is_virtual (query));
  const StnRunFilter all = { .limit = 10, .with_steps = TRUE };
  g_autoptr (GPtrArray) rows = stn_query_runs (query, &all, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 2);
  const StnRunRow *first = g_ptr_array_index (rows, 0), *second = g_ptr_array_index (rows, 1);
  assert_same_record (run_columns, run_count, run, first->run);
  assert_same_record (result_columns, result_count, result, first->result);
  g_assert_cmpuint (first->result->steps->len, ==, STN_STEP_COUNT);
  for (guint i = 0; i < STN_STEP_COUNT; i++)
    assert_same_record (step_columns, step_count, g_ptr_array_index (result->steps, i),
                        g_ptr_array_index (first->result->steps, i));
  assert_same_record (run_columns, run_count, bare_run, second->run);
  assert_same_record (result_columns, result_count, bare, second->result);
  g_assert_cmpuint (second->result->steps->len, ==, 0);
  g_assert_cmpuint (verify_or_fail (place), ==, 4);
}

static void
a_failure_of_any_name_can_be_recorded (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (GError) error = NULL;

  for (int i = 1; i < STN_FAILURE_COUNT; i++) {
    g_autofree char *run_id = g_strdup_printf ("R%d", i);
    begin_or_fail (journal, run_id);
    g_autoptr (StnResult) result = sample_result (run_id, (StnVerdict) (1 + i % (STN_VERDICT_COUNT - 1)), NULL);
    result->failure = (StnFailure) i;
    stn_journal_finish (journal, result, &error);
    g_assert_no_error (error);
  }
  verify_or_fail (place);
}

static void
a_run_is_begun_and_finished_once (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (GError) error = NULL;
  g_autoptr (StnRun) run = sample_run ("R1");
  g_autoptr (StnResult) result = sample_result ("R1", STN_VERDICT_PASS, UID_A);

  g_assert_false (stn_journal_finish (journal, result, &error)); /* not begun */
  g_assert_error (error, STN_ERROR, STN_FAILURE_INTERNAL);
  g_clear_error (&error);
  begin_or_fail (journal, "R1");
  g_assert_false (stn_journal_begin (journal, run, &error));
  g_assert_error (error, STN_ERROR, STN_FAILURE_NOT_RECORDED);
  g_clear_error (&error);
  g_assert_true (stn_journal_finish (journal, result, &error));
  g_assert_false (stn_journal_finish (journal, result, &error));
  g_assert_error (error, STN_ERROR, STN_FAILURE_INTERNAL);
  g_clear_error (&error);

  result->verdict = STN_VERDICT_UNKNOWN;
  g_assert_false (stn_journal_finish (journal, result, &error));
  g_clear_error (&error);
  g_clear_pointer (&run->run_id, g_free);
  g_assert_false (stn_journal_begin (journal, run, &error));
  g_assert_cmpuint (verify_or_fail (place), ==, 2);
}

static void
a_virtual_run_stays_out_of_a_production_journal (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (GError) error = NULL;
  g_autoptr (StnRun) run = sample_run ("R1");
  run->is_virtual = TRUE;
  g_assert_false (stn_journal_begin (journal, run, &error));
  g_assert_error (error, STN_ERROR, STN_FAILURE_JOURNAL);
}

/* what came over a wire need not be UTF-8; a record is not lost for it */
static void
broken_text_is_mended_and_kept (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (GError) error = NULL;
  begin_or_fail (journal, "R1");
  g_autoptr (StnResult) result = sample_result ("R1", STN_VERDICT_FAIL, NULL);
  result->boot_answer = g_strdup ("READ\xff\xfe");
  ((StnStepRecord *) g_ptr_array_index (result->steps, 0))->detail = g_strdup ("\x80");
  g_assert_true (stn_journal_finish (journal, result, &error));
  g_autofree char *stored = ask (place, "SELECT boot_answer FROM result");
  g_assert_cmpstr (stored, ==, "READ\xef\xbf\xbd\xef\xbf\xbd");
  verify_or_fail (place);
}

static void
one_chip_is_on_one_site (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (StnJournal) other = open_or_fail (place); /* as another program would */
  g_autoptr (GError) error = NULL;
  StnUnitHistory history;

  begin_or_fail (journal, "R1");
  begin_or_fail (journal, "R2");
  begin_or_fail (other, "R3");
  admit_or_fail (journal, "R1", UID_A);
  admit_or_fail (journal, "R1", UID_A); /* again: the same */
  for (int i = 0; i < 2; i++) {
    g_assert_false (stn_journal_admit (i == 0 ? journal : other, i == 0 ? "R2" : "R3", UID_A, "Thermostat", 7, &history,
                                       &error));
    g_assert_error (error, STN_ERROR, STN_FAILURE_SAME_UNIT_TWICE);
    g_assert_nonnull (strstr (error->message, "A3"));
    g_assert_nonnull (strstr (error->message, "R1"));
    g_clear_error (&error);
  }
  g_assert_false (stn_journal_admit (journal, "R1", UID_B, "Thermostat", 7, &history, &error));
  g_assert_error (error, STN_ERROR, STN_FAILURE_UNIT_CHANGED);
  g_clear_error (&error);
  g_assert_false (stn_journal_admit (journal, "R9", UID_B, "Thermostat", 7, &history, &error)); /* not begun */
  g_clear_error (&error);

  finish_or_fail (journal, "R1", STN_VERDICT_FAIL, UID_A);
  admit_or_fail (other, "R3", UID_A);
}

static void
a_chip_without_a_uid_holds_nothing (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (GError) error = NULL;
  StnUnitHistory history = { .runs = 99 };
  begin_or_fail (journal, "R1");
  begin_or_fail (journal, "R2");
  g_assert_true (stn_journal_admit (journal, "R1", NULL, "Thermostat", 7, &history, &error));
  g_assert_true (stn_journal_admit (journal, "R2", NULL, "Thermostat", 7, &history, &error));
  g_assert_cmpuint (history.runs, ==, 0);
}

/* The board was erased behind its PASS: it is done no longer, and did not fail. */
static void
a_pass_that_was_undone_counts_no_more (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (GError) error = NULL;
  StnUnitHistory history;

  g_free (whole_run (journal, "R1", STN_VERDICT_PASS, UID_A));
  begin_or_fail (journal, "R2");
  admit_or_fail (journal, "R2", UID_A);
  g_autoptr (StnResult) undone = sample_result ("R2", STN_VERDICT_FAIL, UID_A);
  undone->failure = STN_FAILURE_PASS_UNDONE;
  g_assert_true (stn_journal_finish (journal, undone, &error));
  begin_or_fail (journal, "R3");
  stn_journal_admit (journal, "R3", UID_A, "Thermostat", 7, &history, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (history.runs, ==, 2);
  g_assert_cmpuint (history.passes, ==, 0);
  g_assert_cmpuint (history.fails_since_pass, ==, 0);
  g_assert_cmpstr (history.pass_serial, ==, NULL);
  stn_unit_history_clear (&history);
  finish_or_fail (journal, "R3", STN_VERDICT_PASS, UID_A);
  begin_or_fail (journal, "R4");
  stn_journal_admit (journal, "R4", UID_A, "Thermostat", 7, &history, &error);
  g_assert_cmpuint (history.passes, ==, 1);
  stn_unit_history_clear (&history);
}

static void
history_counts_a_chips_life_under_a_job (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (GError) error = NULL;
  StnUnitHistory history;

  g_autofree char *first = whole_run (journal, "R1", STN_VERDICT_FAIL, UID_A);
  g_free (whole_run (journal, "R2", STN_VERDICT_PASS, UID_A));
  g_free (whole_run (journal, "R3", STN_VERDICT_FAIL, UID_A));
  g_free (whole_run (journal, "R4", STN_VERDICT_PASS, UID_B));
  begin_or_fail (journal, "R5");
  stn_journal_admit (journal, "R5", UID_A, "Thermostat", 7, &history, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (history.runs, ==, 3);
  g_assert_cmpuint (history.passes, ==, 1);
  g_assert_cmpuint (history.fails_since_pass, ==, 1);
  g_assert_cmpuint (history.unknown, ==, 0);
  g_assert_cmpstr (history.pass_serial, ==, first);
  g_assert_cmpstr (history.exposed_serial, ==, NULL);
  g_assert_cmpint (history.last_utc_us, ==, G_GINT64_CONSTANT (1767592815000000));
  stn_unit_history_clear (&history);
  finish_or_fail (journal, "R5", STN_VERDICT_FAIL, UID_A);

  /* a disposition clears the fails; another revision has no PASS; another job knows nothing */
  g_assert_true (stn_journal_dispose (journal, UID_A, "hold", "look at it", "o1", &error));
  begin_or_fail (journal, "R6");
  stn_journal_admit (journal, "R6", UID_A, "Thermostat", 8, &history, &error);
  g_assert_cmpuint (history.fails_since_pass, ==, 2);
  g_assert_cmpuint (history.passes, ==, 0);
  g_assert_nonnull (history.pass_serial);
  stn_unit_history_clear (&history);
  g_assert_true (stn_journal_dispose (journal, UID_A, "rework", "capacitor", "o1", &error));
  stn_journal_admit (journal, "R6", UID_A, "Thermostat", 7, &history, &error);
  g_assert_cmpuint (history.fails_since_pass, ==, 0);
  stn_unit_history_clear (&history);
  stn_journal_admit (journal, "R6", UID_A, "Other", 7, &history, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (history.runs, ==, 0);
  stn_unit_history_clear (&history);
  verify_or_fail (place);
}

static void
passes_of_a_lot_are_counted_by_chip (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (GError) error = NULL;
  guint64 count = 99;

  g_free (whole_run (journal, "R1", STN_VERDICT_PASS, UID_A));
  g_free (whole_run (journal, "R2", STN_VERDICT_PASS, UID_A));
  g_free (whole_run (journal, "R3", STN_VERDICT_PASS, UID_B));
  begin_or_fail (journal, "R4");
  finish_or_fail (journal, "R4", STN_VERDICT_PASS, NULL);
  begin_or_fail (journal, "R5");
  finish_or_fail (journal, "R5", STN_VERDICT_FAIL, NULL);
  g_assert_true (stn_journal_count_passes (journal, "Thermostat", "L1", &count, &error));
  g_assert_cmpuint (count, ==, 3);
  g_assert_true (stn_journal_count_passes (journal, "Thermostat", NULL, &count, &error));
  g_assert_cmpuint (count, ==, 0);
  g_assert_true (stn_journal_count_passes (journal, NULL, "L1", &count, &error));
  g_assert_cmpuint (count, ==, 0);

  /* a board that passed twice is one board, and the count says so where its runs could be enough */
  for (guint64 enough = 0; enough <= 6; enough++) {
    g_assert_true (stn_journal_count_passes_to (journal, "Thermostat", "L1", enough, &count, &error));
    g_assert_true ((count >= enough) == (enough <= 3));
    g_assert_true (count == (enough > 4 ? 4 : 3));
  }
}

static void
windows_open_and_close_in_turn (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) none = NULL, one = NULL, after = NULL;

  begin_or_fail (journal, "R1");
  admit_or_fail (journal, "R1", UID_A);
  g_assert_false (stn_journal_window_close (journal, "R1", &error));
  g_clear_error (&error);
  g_assert_true (stn_journal_window_open (journal, "R1", "A3", "options", 5000, &error));
  g_assert_true (stn_journal_window_close (journal, "R1", &error));
  g_autoptr (StnQuery) query = query_or_fail (place);
  none = stn_query_open_windows (query, &error);
  g_assert_cmpuint (none->len, ==, 0);

  g_assert_true (stn_journal_window_open (journal, "R1", "A3", "mass erase", 6000, &error));
  g_assert_false (stn_journal_window_open (journal, "R1", "A3", "options", 5000, &error));
  g_clear_error (&error);
  one = stn_query_open_windows (query, &error);
  g_assert_cmpuint (one->len, ==, 1);
  const StnOpenWindow *window = g_ptr_array_index (one, 0);
  g_assert_cmpstr (window->run_id, ==, "R1");
  g_assert_cmpstr (window->site, ==, "A3");
  g_assert_cmpstr (window->what, ==, "mass erase");
  g_assert_cmpstr (window->uid, ==, UID_A);
  g_assert_cmpint (window->longest_ns, ==, 6000);
  g_assert_cmpint (window->opened_utc_us, ==, stn_clock_utc_us (place->clock));
  finish_or_fail (journal, "R1", STN_VERDICT_ERROR, UID_A);
  after = stn_query_open_windows (query, &error);
  g_assert_cmpuint (after->len, ==, 0);
  g_assert_false (stn_journal_window_open (journal, "R9", "A3", "options", 5000, &error)); /* no such run */
  g_assert_error (error, STN_ERROR, STN_FAILURE_NOT_RECORDED);
}

static void
a_fixture_counts_its_cycles (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (GError) error = NULL;
  gint64 cycle = 0;
  for (int i = 1; i <= 3; i++) {
    g_assert_true (stn_journal_count_fixture (journal, "FX-1", &cycle, &error));
    g_assert_cmpint (cycle, ==, i);
  }
  g_assert_true (stn_journal_count_fixture (journal, "FX-2", &cycle, &error));
  g_assert_cmpint (cycle, ==, 1);
}

static GPtrArray *
runs_or_fail (StnQuery *query, const StnRunFilter *filter)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *rows = stn_query_runs (query, filter, &error);
  g_assert_no_error (error);
  return rows;
}

static void
lists_are_filtered_and_paged_by_key (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (GError) error = NULL;
  char run_id[8];

  for (int i = 1; i <= 25; i++) {
    g_snprintf (run_id, sizeof run_id, "R%02d", i);
    begin_or_fail (journal, run_id);
    if (i % 5 != 0)
      finish_or_fail (journal, run_id, i % 2 ? STN_VERDICT_PASS : STN_VERDICT_FAIL, i == 7 ? UID_A : NULL);
  }
  g_autoptr (StnQuery) query = query_or_fail (place);
  for (int newest_first = 0; newest_first < 2; newest_first++) {
    StnRunFilter filter = { .lot = "L1", .newest_first = newest_first, .limit = 10 };
    int seen = 0;
    for (int page = 0; page < 3; page++) {
      g_autoptr (GPtrArray) rows = runs_or_fail (query, &filter);
      g_assert_cmpuint (rows->len, ==, page < 2 ? 10 : 5);
      for (guint i = 0; i < rows->len; i++) {
        const StnRunRow *row = g_ptr_array_index (rows, i);
        seen++;
        g_snprintf (run_id, sizeof run_id, "R%02d", newest_first ? 26 - seen : seen);
        g_assert_cmpstr (row->run->run_id, ==, run_id);
        g_assert_cmpint (row->result == NULL, ==, row->row % 5 == 0);
        filter.after_row = row->row;
      }
    }
  }

  const struct {
    StnRunFilter filter;
    guint expected;
  } cases[] = {
    { { .has_verdict = TRUE, .verdict = STN_VERDICT_UNKNOWN }, 5 },
    { { .has_verdict = TRUE, .verdict = STN_VERDICT_PASS }, 10 },
    { { .has_verdict = TRUE, .verdict = STN_VERDICT_FAIL, .production_day = "2026-01-05", .site = "A3" }, 10 },
    { { .uid = UID_A }, 1 },
    { { .lot = "L2" }, 0 },
    { { .job_name = "Thermostat' OR 1 --" }, 0 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    StnRunFilter filter = cases[i].filter;
    filter.limit = 1000;
    g_autoptr (GPtrArray) rows = runs_or_fail (query, &filter);
    g_assert_cmpuint (rows->len, ==, cases[i].expected);
  }

  StnCounts counts;
  g_assert_true (stn_query_counts (query, "L1", &counts, &error));
  g_assert_cmpint (counts.units, ==, 25);
  g_assert_cmpint (counts.counts[STN_VERDICT_UNKNOWN], ==, 5);
  g_assert_cmpint (counts.counts[STN_VERDICT_PASS], ==, 10);
  g_assert_cmpint (counts.counts[STN_VERDICT_FAIL], ==, 10);
}

static void
a_unit_is_found_by_serial_and_by_uid (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (GError) error = NULL;

  g_autofree char *serial = whole_run (journal, "R1", STN_VERDICT_FAIL, UID_A);
  g_free (whole_run (journal, "R2", STN_VERDICT_PASS, UID_B));
  g_free (whole_run (journal, "R3", STN_VERDICT_PASS, UID_A));
  begin_or_fail (journal, "R4");
  admit_or_fail (journal, "R4", UID_A); /* never comes to a result */

  g_autofree char *upper = g_ascii_strup (UID_A, -1);
  const char *const keys[] = { UID_A, upper };
  g_autoptr (StnQuery) query = query_or_fail (place);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autoptr (GPtrArray) rows = stn_query_unit (query, keys[i], &error);
    g_assert_no_error (error);
    g_assert_cmpuint (rows->len, ==, 3);
    g_assert_cmpstr (((StnRunRow *) g_ptr_array_index (rows, 0))->run->run_id, ==, "R1");
    g_assert_cmpuint (((StnRunRow *) g_ptr_array_index (rows, 1))->result->steps->len, ==, 2);
    g_assert_null (((StnRunRow *) g_ptr_array_index (rows, 2))->result);
  }
  g_autoptr (GPtrArray) by_serial = stn_query_unit (query, serial, &error);
  g_assert_cmpuint (by_serial->len, ==, 2);
  g_autoptr (GPtrArray) nobody = stn_query_unit (query, "nobody", &error);
  g_assert_cmpuint (nobody->len, ==, 0);
}

static void
history_rows_are_not_changed_by_accident (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (GError) error = NULL;
  static const char *const tables[] = { "about", "run", "result", "step", "void", "disposition", "audit", "chain",
    "admission", "write_window", "write_window_end", "serial_event" };
  sqlite3 *connection;

  g_free (whole_run (journal, "R1", STN_VERDICT_PASS, UID_A));
  g_assert_true (stn_journal_window_open (journal, "R1", "A3", "options", 1, &error));
  g_assert_true (stn_journal_window_close (journal, "R1", &error));
  g_assert_true (stn_journal_void_serial (journal, "X", "lost", "o1", &error));
  g_assert_true (stn_journal_dispose (journal, UID_A, "scrap", "burnt", "o1", &error));
  g_assert_true (stn_journal_audit (journal, "clock-set", NULL, "by 3 s", NULL, &error));
  g_assert_cmpint (sqlite3_open (place->path, &connection), ==, SQLITE_OK);
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++) {
    g_autofree char *rows = g_strdup_printf ("SELECT count (*) FROM %s", tables[i]);
    g_autofree char *count = ask (place, rows);
    g_assert_cmpstr (count, !=, "0");
    g_autofree char *first = g_strdup_printf ("SELECT name FROM pragma_table_info ('%s') LIMIT 1", tables[i]);
    g_autofree char *column = ask (place, first);
    g_autofree char *update = g_strdup_printf ("UPDATE %s SET %s = %s", tables[i], column, column);
    g_autofree char *delete = g_strdup_printf ("DELETE FROM %s", tables[i]);
    g_assert_cmpint (sqlite3_exec (connection, update, NULL, NULL, NULL), ==, SQLITE_CONSTRAINT);
    g_assert_cmpint (sqlite3_exec (connection, delete, NULL, NULL, NULL), ==, SQLITE_CONSTRAINT);
  }
  sqlite3_close (connection);
  g_assert_cmpuint (verify_or_fail (place), ==, 5);
}

/* Its result is lost: its chip and its serial are met again, and it stays a run that nobody knows the end of. */
static void
a_run_that_is_abandoned_holds_nothing_any_more (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (GError) error = NULL;
  begin_or_fail (journal, "R1");
  admit_or_fail (journal, "R1", UID_A);
  g_autofree char *leased = lease_or_fail (journal, "R1", UID_A);
  g_assert_true (stn_journal_abandon (journal, "R1", &error));
  g_assert_no_error (error);
  g_autofree char *held = ask (place, "SELECT count (*) FROM live_run");
  g_assert_cmpstr (held, ==, "0");
  g_autofree char *again = whole_run (journal, "R2", STN_VERDICT_PASS, UID_A);
  g_assert_cmpstr (again, ==, leased);
  g_autoptr (StnQuery) query = query_or_fail (place);
  StnRunRow *row = stn_query_run (query, "R1", &error);
  g_assert_null (row->result);
  stn_run_row_free (row);
  verify_or_fail (place);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runs/a_run_comes_back_as_it_was", a_run_comes_back_as_it_was);
  g_test_add_func ("/runs/a_failure_of_any_name_can_be_recorded", a_failure_of_any_name_can_be_recorded);
  g_test_add_func ("/runs/a_run_is_begun_and_finished_once", a_run_is_begun_and_finished_once);
  g_test_add_func ("/runs/a_virtual_run_stays_out_of_a_production_journal",
                   a_virtual_run_stays_out_of_a_production_journal);
  g_test_add_func ("/runs/broken_text_is_mended_and_kept", broken_text_is_mended_and_kept);
  g_test_add_func ("/runs/one_chip_is_on_one_site", one_chip_is_on_one_site);
  g_test_add_func ("/runs/a_run_that_is_abandoned_holds_nothing_any_more", a_run_that_is_abandoned_holds_nothing_any_more);
  g_test_add_func ("/runs/a_chip_without_a_uid_holds_nothing", a_chip_without_a_uid_holds_nothing);
  g_test_add_func ("/runs/a_pass_that_was_undone_counts_no_more", a_pass_that_was_undone_counts_no_more);
  g_test_add_func ("/runs/history_counts_a_chips_life_under_a_job", history_counts_a_chips_life_under_a_job);
  g_test_add_func ("/runs/passes_of_a_lot_are_counted_by_chip", passes_of_a_lot_are_counted_by_chip);
  g_test_add_func ("/runs/windows_open_and_close_in_turn", windows_open_and_close_in_turn);
  g_test_add_func ("/runs/a_fixture_counts_its_cycles", a_fixture_counts_its_cycles);
  g_test_add_func ("/runs/lists_are_filtered_and_paged_by_key", lists_are_filtered_and_paged_by_key);
  g_test_add_func ("/runs/a_unit_is_found_by_serial_and_by_uid", a_unit_is_found_by_serial_and_by_uid);
  g_test_add_func ("/runs/history_rows_are_not_changed_by_accident", history_rows_are_not_changed_by_accident);
  return g_test_run ();
}
