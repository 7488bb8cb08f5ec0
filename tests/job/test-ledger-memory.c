/* The ledger in memory keeps the rules that journal.h writes down. */
#include "src/job/ledger-memory.h"

static const char chip_1[] = "000000000000000000000001";
static const char chip_2[] = "000000000000000000000002";

static char *
format_number (guint64 number, gpointer data)
{
  (void) data;
  return g_strdup_printf ("S%04" G_GUINT64_FORMAT, number);
}

static void
begin_or_fail (StnLedger *ledger, const char *run_id, const char *site)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnRun) run = stn_run_new ();
  run->run_id = g_strdup (run_id);
  run->site = g_strdup (site);
  run->job_name = g_strdup ("J");
  run->job_revision = 1;
  run->lot = g_strdup ("L1");
  g_assert_true (ledger->ledger_class->begin (ledger, run, &error));
  g_assert_no_error (error);
}

static StnAdmissionRequest
request_of (const char *run_id, const char *uid)
{
  return (StnAdmissionRequest){
    .run_id = run_id, .uid = uid, .lot = "L1", .job_name = "J", .job_revision = 1, .retries = 1
  };
}

static StnAdmission
admit_or_fail (StnLedger *ledger, StnAdmissionRequest request)
{
  g_autoptr (GError) error = NULL;
  StnAdmission admission = STN_ADMISSION_BLOCK;
  g_assert_true (ledger->ledger_class->admit (ledger, &request, &admission, &error));
  g_assert_no_error (error);
  return admission;
}

static void
assert_not_admitted (StnLedger *ledger, StnAdmissionRequest request, StnFailure failure, const char *message)
{
  g_autoptr (GError) error = NULL;
  StnAdmission admission = STN_ADMISSION_BLOCK;
  g_assert_false (ledger->ledger_class->admit (ledger, &request, &admission, &error));
  g_assert_cmpstr (error->message, ==, message);
  g_assert_true (stn_error_is (error, failure));
  g_assert_cmpint (admission, ==, STN_ADMISSION_BLOCK);
}

static char *
lease (StnLedger *ledger, const char *run_id, const char *text, const char *uid, GError **error)
{
  char *serial = NULL;
  StnSerialRequest request = {
    .scheme = "J/S{seq:4}", .text = text, .first = 1, .last = 3, .format = format_number, .uid = uid
  };
  gboolean ok = ledger->ledger_class->lease (ledger, run_id, &request, &serial, error);
  g_assert_cmpint (ok, ==, serial != NULL);
  return serial;
}

static void
assert_lease (StnLedger *ledger, const char *run_id, const char *uid, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *serial = lease (ledger, run_id, NULL, uid, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (serial, ==, expected);
}

static void
expose_or_fail (StnLedger *ledger, const char *run_id)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (ledger->ledger_class->expose (ledger, run_id, &error));
  g_assert_no_error (error);
}

static void
finish_or_fail (StnLedger *ledger, const char *run_id, StnVerdict verdict)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnResult) result = stn_result_new ();
  result->run_id = g_strdup (run_id);
  result->verdict = verdict;
  g_assert_true (ledger->ledger_class->finish (ledger, result, &error));
  g_assert_no_error (error);
}

/* A whole run of a chip. */
static void
run_through (StnLedger *ledger, const char *run_id, const char *uid, StnVerdict verdict)
{
  begin_or_fail (ledger, run_id, "A1");
  admit_or_fail (ledger, request_of (run_id, uid));
  finish_or_fail (ledger, run_id, verdict);
}

static void
a_run_begins_once_and_ends_once (void)
{
  g_autoptr (StnLedger) ledger = stn_ledger_memory_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (StnRun) again = stn_run_new ();
  g_autoptr (StnResult) result = stn_result_new ();
  run_through (ledger, "r1", chip_1, STN_VERDICT_PASS);

  again->run_id = g_strdup ("r1");
  g_assert_false (ledger->ledger_class->begin (ledger, again, &error));
  g_assert_cmpstr (error->message, ==, "run r1 is not new");
  g_clear_error (&error);
  result->run_id = g_strdup ("r1");
  g_assert_false (ledger->ledger_class->finish (ledger, result, &error));
  g_assert_cmpstr (error->message, ==, "run r1 has its result already");
  g_clear_error (&error);
  g_free (result->run_id);
  result->run_id = g_strdup ("r9");
  g_assert_false (ledger->ledger_class->finish (ledger, result, &error));
  g_assert_cmpstr (error->message, ==, "run r9 was never begun");
  g_assert_true (stn_error_is (error, STN_FAILURE_NOT_RECORDED));
  g_assert_cmpuint (stn_ledger_memory_runs (ledger)->len, ==, 1);
  g_assert_cmpuint (stn_ledger_memory_results (ledger)->len, ==, 1);
}

static void
one_chip_is_at_one_site_only (void)
{
  g_autoptr (StnLedger) ledger = stn_ledger_memory_new ();
  begin_or_fail (ledger, "r1", "A1");
  begin_or_fail (ledger, "r2", "A2");
  g_assert_cmpint (admit_or_fail (ledger, request_of ("r1", chip_1)), ==, STN_ADMISSION_GO);
  assert_not_admitted (ledger, request_of ("r2", chip_1), STN_FAILURE_SAME_UNIT_TWICE,
                       "chip 000000000000000000000001 is at site A1 already (run r1)");
  g_assert_cmpint (admit_or_fail (ledger, request_of ("r2", chip_2)), ==, STN_ADMISSION_GO);
  /* a chip that does not tell its id is nobody's double */
  begin_or_fail (ledger, "r3", "A3");
  begin_or_fail (ledger, "r4", "A4");
  g_assert_cmpint (admit_or_fail (ledger, request_of ("r3", NULL)), ==, STN_ADMISSION_GO);
  g_assert_cmpint (admit_or_fail (ledger, request_of ("r4", NULL)), ==, STN_ADMISSION_GO);
}

static void
a_pass_is_not_repeated_unless_the_job_says_so (void)
{
  g_autoptr (StnLedger) ledger = stn_ledger_memory_new ();
  run_through (ledger, "r1", chip_1, STN_VERDICT_PASS);
  begin_or_fail (ledger, "r2", "A1");
  StnAdmissionRequest request = request_of ("r2", chip_1);
  assert_not_admitted (ledger, request, STN_FAILURE_ALREADY_DONE,
                       "chip 000000000000000000000001 has passed J, revision 1");
  request.repeat_allowed = TRUE;
  g_assert_cmpint (admit_or_fail (ledger, request), ==, STN_ADMISSION_GO);
  request.repeat_allowed = FALSE;
  request.job_revision = 2;
  g_assert_cmpint (admit_or_fail (ledger, request), ==, STN_ADMISSION_REWORK);
  request.job_name = "another";
  g_assert_cmpint (admit_or_fail (ledger, request), ==, STN_ADMISSION_GO);
}

static void
fails_since_the_last_pass_count_as_retries (void)
{
  g_autoptr (StnLedger) ledger = stn_ledger_memory_new ();
  run_through (ledger, "r1", chip_1, STN_VERDICT_FAIL);
  run_through (ledger, "r2", chip_1, STN_VERDICT_ERROR); /* the station's: does not count */
  begin_or_fail (ledger, "r3", "A1");
  g_assert_cmpint (admit_or_fail (ledger, request_of ("r3", chip_1)), ==, STN_ADMISSION_RETRY);
  finish_or_fail (ledger, "r3", STN_VERDICT_FAIL);
  begin_or_fail (ledger, "r4", "A1");
  StnAdmissionRequest request = request_of ("r4", chip_1);
  assert_not_admitted (ledger, request, STN_FAILURE_RETRY_LIMIT, "chip 000000000000000000000001 has failed 2 times");
  request.retries = -1;
  g_assert_cmpint (admit_or_fail (ledger, request), ==, STN_ADMISSION_RETRY);
}

static void
a_lot_ends_with_its_quantity (void)
{
  g_autoptr (StnLedger) ledger = stn_ledger_memory_new ();
  run_through (ledger, "r1", chip_1, STN_VERDICT_PASS);
  begin_or_fail (ledger, "r2", "A1");
  StnAdmissionRequest request = request_of ("r2", chip_2);
  request.quantity = 1;
  assert_not_admitted (ledger, request, STN_FAILURE_QUANTITY, "the lot has its 1 units");
  request.lot = "L2";
  g_assert_cmpint (admit_or_fail (ledger, request), ==, STN_ADMISSION_GO);
}

static void
a_serial_that_was_never_exposed_is_given_again (void)
{
  g_autoptr (StnLedger) ledger = stn_ledger_memory_new ();
  begin_or_fail (ledger, "r1", "A1");
  assert_lease (ledger, "r1", chip_1, "S0001");
  g_assert_cmpint (stn_ledger_memory_serial (ledger, "S0001"), ==, STN_SERIAL_LEASED);
  begin_or_fail (ledger, "r2", "A2");
  assert_lease (ledger, "r2", chip_2, "S0002");
  finish_or_fail (ledger, "r1", STN_VERDICT_FAIL);
  g_assert_cmpint (stn_ledger_memory_serial (ledger, "S0001"), ==, STN_SERIAL_FREE);
  begin_or_fail (ledger, "r3", "A3");
  assert_lease (ledger, "r3", chip_2, "S0001");
}

static void
an_exposed_serial_stays_with_its_chip (void)
{
  g_autoptr (StnLedger) ledger = stn_ledger_memory_new ();
  begin_or_fail (ledger, "r1", "A1");
  admit_or_fail (ledger, request_of ("r1", chip_1));
  assert_lease (ledger, "r1", chip_1, "S0001");
  expose_or_fail (ledger, "r1");
  finish_or_fail (ledger, "r1", STN_VERDICT_FAIL);
  g_assert_cmpint (stn_ledger_memory_serial (ledger, "S0001"), ==, STN_SERIAL_EXPOSED);

  begin_or_fail (ledger, "r2", "A2");
  assert_lease (ledger, "r2", chip_2, "S0002");
  begin_or_fail (ledger, "r3", "A1");
  admit_or_fail (ledger, request_of ("r3", chip_1));
  assert_lease (ledger, "r3", chip_1, "S0001");
  /* also when it never comes to a write this time */
  finish_or_fail (ledger, "r3", STN_VERDICT_FAIL);
  g_assert_cmpint (stn_ledger_memory_serial (ledger, "S0001"), ==, STN_SERIAL_EXPOSED);
}

static void
an_exposed_serial_of_a_chip_without_id_is_void_and_a_passed_one_used (void)
{
  g_autoptr (StnLedger) ledger = stn_ledger_memory_new ();
  begin_or_fail (ledger, "r1", "A1");
  admit_or_fail (ledger, request_of ("r1", NULL));
  assert_lease (ledger, "r1", NULL, "S0001");
  expose_or_fail (ledger, "r1");
  finish_or_fail (ledger, "r1", STN_VERDICT_FAIL);
  g_assert_cmpint (stn_ledger_memory_serial (ledger, "S0001"), ==, STN_SERIAL_VOID);

  begin_or_fail (ledger, "r2", "A1");
  admit_or_fail (ledger, request_of ("r2", chip_1));
  assert_lease (ledger, "r2", chip_1, "S0002");
  expose_or_fail (ledger, "r2");
  finish_or_fail (ledger, "r2", STN_VERDICT_PASS);
  g_assert_cmpint (stn_ledger_memory_serial (ledger, "S0002"), ==, STN_SERIAL_USED);
}

static void
a_given_serial_must_be_free_and_the_counter_ends (void)
{
  g_autoptr (StnLedger) ledger = stn_ledger_memory_new ();
  g_autoptr (GError) error = NULL;
  begin_or_fail (ledger, "r1", "A1");
  g_autofree char *given = lease (ledger, "r1", "GIVEN", chip_1, &error);
  g_assert_cmpstr (given, ==, "GIVEN");
  begin_or_fail (ledger, "r2", "A2");
  g_assert_null (lease (ledger, "r2", "GIVEN", chip_2, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_SERIAL_USED));
  g_assert_cmpstr (error->message, ==, "serial GIVEN is leased (run r1)");
  g_clear_error (&error);
  g_assert_null (lease (ledger, "r1", NULL, chip_1, &error));
  g_assert_cmpstr (error->message, ==, "run r1 has serial GIVEN already");
  g_clear_error (&error);

  static const char *const runs[] = { "r3", "r4", "r5" };
  for (gsize i = 0; i < G_N_ELEMENTS (runs); i++) {
    begin_or_fail (ledger, runs[i], "A3");
    g_autofree char *serial = lease (ledger, runs[i], NULL, NULL, &error);
    g_assert_nonnull (serial);
    g_assert_no_error (error);
  }
  begin_or_fail (ledger, "r6", "A4");
  g_assert_null (lease (ledger, "r6", NULL, NULL, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_SERIALS_EXHAUSTED));
}

static void
windows_open_and_close_in_turn (void)
{
  g_autoptr (StnLedger) ledger = stn_ledger_memory_new ();
  const StnLedgerClass *class = ledger->ledger_class;
  begin_or_fail (ledger, "r1", "A1");
  g_assert_false (class->window_close (ledger, "r1", NULL));
  g_assert_true (class->window_open (ledger, "r1", "A1", "mass erase", 1000, NULL));
  g_assert_false (class->window_open (ledger, "r1", "A1", "options", 1000, NULL));
  g_assert_cmpuint (stn_ledger_memory_open_windows (ledger), ==, 1);
  g_assert_true (class->window_close (ledger, "r1", NULL));
  g_assert_true (class->window_open (ledger, "r1", "A1", "options", 1000, NULL));
  g_assert_true (class->window_close (ledger, "r1", NULL));
  g_assert_cmpuint (stn_ledger_memory_open_windows (ledger), ==, 0);
  g_assert_cmpuint (stn_ledger_memory_windows (ledger), ==, 2);
}

static void
the_nth_call_fails_when_told_and_changes_nothing (void)
{
  g_autoptr (StnLedger) ledger = stn_ledger_memory_new ();
  g_autoptr (GError) error = NULL;
  begin_or_fail (ledger, "r1", "A1");
  assert_lease (ledger, "r1", chip_1, "S0001");
  stn_ledger_memory_fail_at (ledger, 2);
  g_assert_true (ledger->ledger_class->window_open (ledger, "r1", "A1", "erase", 1, NULL));
  g_assert_false (ledger->ledger_class->expose (ledger, "r1", &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_NOT_RECORDED));
  g_assert_cmpint (stn_ledger_memory_serial (ledger, "S0001"), ==, STN_SERIAL_LEASED);
  expose_or_fail (ledger, "r1");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger-memory/a_run_begins_once_and_ends_once", a_run_begins_once_and_ends_once);
  g_test_add_func ("/ledger-memory/one_chip_is_at_one_site_only", one_chip_is_at_one_site_only);
  g_test_add_func ("/ledger-memory/a_pass_is_not_repeated_unless_the_job_says_so",
                   a_pass_is_not_repeated_unless_the_job_says_so);
  g_test_add_func ("/ledger-memory/fails_since_the_last_pass_count_as_retries",
                   fails_since_the_last_pass_count_as_retries);
  g_test_add_func ("/ledger-memory/a_lot_ends_with_its_quantity", a_lot_ends_with_its_quantity);
  g_test_add_func ("/ledger-memory/a_serial_that_was_never_exposed_is_given_again",
                   a_serial_that_was_never_exposed_is_given_again);
  g_test_add_func ("/ledger-memory/an_exposed_serial_stays_with_its_chip", an_exposed_serial_stays_with_its_chip);
  g_test_add_func ("/ledger-memory/an_exposed_serial_of_a_chip_without_id_is_void_and_a_passed_one_used",
                   an_exposed_serial_of_a_chip_without_id_is_void_and_a_passed_one_used);
  g_test_add_func ("/ledger-memory/a_given_serial_must_be_free_and_the_counter_ends",
                   a_given_serial_must_be_free_and_the_counter_ends);
  g_test_add_func ("/ledger-memory/windows_open_and_close_in_turn", windows_open_and_close_in_turn);
  g_test_add_func ("/ledger-memory/the_nth_call_fails_when_told_and_changes_nothing",
                   the_nth_call_fails_when_told_and_changes_nothing);
  return g_test_run ();
}
