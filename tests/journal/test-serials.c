#include "tests/journal/support.h"

#include <string.h>

static void
assert_state (Place *place, const char *serial, const char *state)
{
  g_autofree char *sql = g_strdup_printf ("SELECT state FROM serial_now WHERE serial = '%s'", serial);
  g_autofree char *seen = ask (place, sql);
  g_assert_cmpstr (seen, ==, state);
}

static void
lease_must_fail (StnJournal *journal, const char *run_id, const StnSerialRequest *request, StnFailure failure,
                 const char *words)
{
  g_autoptr (GError) error = NULL;
  char *serial = (char *) "untouched";
  g_assert_false (stn_journal_lease (journal, run_id, request, &serial, &error));
  g_assert_error (error, STN_ERROR, (int) failure);
  g_assert_cmpstr (serial, ==, "untouched");
  if (strstr (error->message, words) == NULL)
    g_error ("%s: %s expected", error->message, words);
}

static void
a_pass_uses_its_serial (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (GError) error = NULL;

  begin_or_fail (journal, "R1");
  admit_or_fail (journal, "R1", UID_A);
  g_autofree char *serial = lease_or_fail (journal, "R1", UID_A);
  g_assert_cmpstr (serial, ==, "TH-000001");
  assert_state (place, serial, "leased");
  g_assert_true (stn_journal_expose (journal, "R1", &error));
  assert_state (place, serial, "exposed");
  g_assert_true (stn_journal_expose (journal, "R1", &error)); /* twice is once */
  finish_or_fail (journal, "R1", STN_VERDICT_PASS, UID_A);
  assert_state (place, serial, "used");
}

static char *
product_serial (StnJournal *journal, const char *run_id, const char *uid, const char *scheme, const char *text)
{
  const StnSerialRequest request = { .scheme = scheme,
                                     .product = "Thermostat",
                                     .text = text,
                                     .first = 1,
                                     .last = 100,
                                     .format = format_number,
                                     .uid = uid };
  g_autoptr (GError) error = NULL;
  char *serial = NULL;

  begin_or_fail (journal, run_id);
  admit_or_fail (journal, run_id, uid);
  stn_journal_lease (journal, run_id, &request, &serial, &error);
  g_assert_no_error (error);
  g_assert_true (stn_journal_expose (journal, run_id, &error));
  finish_or_fail (journal, run_id, STN_VERDICT_PASS, uid);
  return serial;
}

/* One job whose serials were scanned first and counted later, and whose pattern was then written another way. */
static void
a_text_is_given_out_once_whatever_made_it (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  const StnSerialRequest again = { .scheme = "Thermostat", .product = "Thermostat", .text = "TH-000003", .uid = UID_A };

  g_autofree char *scanned = product_serial (journal, "R1", UID_A, "Thermostat", "TH-000001");
  g_autofree char *counted = product_serial (journal, "R2", UID_B, "Thermostat/TH-{seq:06}", NULL);
  g_assert_cmpstr (counted, ==, "TH-000002");
  g_autofree char *third = product_serial (journal, "R3", "cccccccccccccccccccccccc", "Thermostat/TH-{seq:06}", NULL);
  g_assert_cmpstr (third, ==, "TH-000003");
  g_autofree char *reworded = product_serial (journal, "R4", "dddddddddddddddddddddddd", "Thermostat/TH-{seq:6}", NULL);
  g_assert_cmpstr (reworded, ==, "TH-000004");
  begin_or_fail (journal, "R5");
  admit_or_fail (journal, "R5", UID_A);
  lease_must_fail (journal, "R5", &again, STN_FAILURE_SERIAL_USED, "given out by this job before");
  /* but the label that this very chip has may be scanned */
  g_autofree char *own = product_serial (journal, "R6", UID_B, "Thermostat", "TH-000002");
  g_assert_cmpstr (own, ==, "TH-000002");
}

/* a serial that is only printed is used too */
static void
a_pass_uses_its_serial_also_unexposed (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  begin_or_fail (journal, "R1");
  g_autofree char *serial = lease_or_fail (journal, "R1", NULL);
  finish_or_fail (journal, "R1", STN_VERDICT_PASS, NULL);
  assert_state (place, serial, "used");
}

static void
what_was_never_exposed_comes_back_first (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  begin_or_fail (journal, "R1");
  begin_or_fail (journal, "R2");
  begin_or_fail (journal, "R3");
  g_autofree char *one = lease_or_fail (journal, "R1", NULL);
  g_autofree char *two = lease_or_fail (journal, "R2", NULL);
  g_assert_cmpstr (two, ==, "TH-000002");
  finish_or_fail (journal, "R1", STN_VERDICT_FAIL, UID_A);
  assert_state (place, one, "free");
  g_autofree char *again = lease_or_fail (journal, "R3", NULL);
  g_assert_cmpstr (again, ==, "TH-000001");
  begin_or_fail (journal, "R4");
  g_autofree char *next = lease_or_fail (journal, "R4", NULL);
  g_assert_cmpstr (next, ==, "TH-000003");
}

static void
a_failed_chip_gets_its_exposed_serial_again (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autofree char *first = whole_run (journal, "R1", STN_VERDICT_FAIL, UID_A);
  assert_state (place, first, "exposed");
  g_autofree char *other = whole_run (journal, "R2", STN_VERDICT_PASS, UID_B);
  g_assert_cmpstr (other, ==, "TH-000002");
  g_autofree char *second = whole_run (journal, "R3", STN_VERDICT_FAIL, UID_A);
  g_assert_cmpstr (second, ==, first);
  g_autofree char *third = whole_run (journal, "R4", STN_VERDICT_PASS, UID_A);
  g_assert_cmpstr (third, ==, first);
  assert_state (place, first, "used");
  /* programmed once more: the same serial, and a fail then does not take it away */
  g_autofree char *fourth = whole_run (journal, "R5", STN_VERDICT_FAIL, UID_A);
  g_assert_cmpstr (fourth, ==, first);
  assert_state (place, first, "used");
}

static void
an_exposed_serial_of_a_nameless_chip_is_void (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (GError) error = NULL;
  begin_or_fail (journal, "R1");
  g_autofree char *serial = lease_or_fail (journal, "R1", NULL);
  g_assert_true (stn_journal_expose (journal, "R1", &error));
  finish_or_fail (journal, "R1", STN_VERDICT_FAIL, NULL);
  assert_state (place, serial, "void");
}

/* the runner says that it wrote, although expose was never called: believed */
static void
a_result_that_says_exposed_is_believed (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (GError) error = NULL;
  begin_or_fail (journal, "R1");
  g_autofree char *serial = lease_or_fail (journal, "R1", NULL);
  g_autoptr (StnResult) result = sample_result ("R1", STN_VERDICT_FAIL, UID_A);
  result->serial_exposed = TRUE;
  g_assert_true (stn_journal_finish (journal, result, &error));
  assert_state (place, serial, "exposed");
}

static void
a_run_has_one_serial_and_only_while_it_lives (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (GError) error = NULL;
  StnSerialRequest request = { .scheme = "TH", .first = 1, .last = 100, .format = format_number };

  lease_must_fail (journal, "R1", &request, STN_FAILURE_INTERNAL, "not begun");
  begin_or_fail (journal, "R1");
  g_assert_false (stn_journal_expose (journal, "R1", &error));
  g_free (lease_or_fail (journal, "R1", NULL));
  lease_must_fail (journal, "R1", &request, STN_FAILURE_INTERNAL, "TH-000001");
  finish_or_fail (journal, "R1", STN_VERDICT_FAIL, NULL);
  lease_must_fail (journal, "R1", &request, STN_FAILURE_INTERNAL, "over");
  begin_or_fail (journal, "R2");
  request.uid = UID_A; /* not admitted with it */
  lease_must_fail (journal, "R2", &request, STN_FAILURE_INTERNAL, "admitted");
}

static void
a_given_text_is_leased_once (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (GError) error = NULL;
  StnSerialRequest request = { .scheme = "TH", .text = "TH-000002" };
  g_autofree char *serial = NULL;
  g_autofree char *again = NULL;

  begin_or_fail (journal, "R1");
  begin_or_fail (journal, "R2");
  admit_or_fail (journal, "R1", UID_A);
  g_assert_true (stn_journal_lease (journal, "R1", &request, &serial, &error));
  lease_must_fail (journal, "R2", &request, STN_FAILURE_SERIAL_USED, "leased by run R1");
  g_assert_true (stn_journal_expose (journal, "R1", &error));
  lease_must_fail (journal, "R2", &request, STN_FAILURE_SERIAL_USED, "exposed by run R1 on chip " UID_A);
  finish_or_fail (journal, "R1", STN_VERDICT_PASS, UID_A);
  lease_must_fail (journal, "R2", &request, STN_FAILURE_SERIAL_USED, "used");
  /* the same label on the same chip is no second use */
  begin_or_fail (journal, "R3");
  admit_or_fail (journal, "R3", UID_A);
  request.uid = UID_A;
  g_assert_true (stn_journal_lease (journal, "R3", &request, &again, &error));
  /* another scheme counts for itself; the counter steps over what was scanned */
  begin_or_fail (journal, "R4");
  g_autofree char *one = lease_or_fail (journal, "R4", NULL);
  begin_or_fail (journal, "R5");
  g_autofree char *three = lease_or_fail (journal, "R5", NULL);
  g_assert_cmpstr (one, ==, "TH-000001");
  g_assert_cmpstr (three, ==, "TH-000003");
  request = (StnSerialRequest){ .scheme = "other", .text = "TH-000002" };
  g_autofree char *elsewhere = NULL;
  g_assert_true (stn_journal_lease (journal, "R2", &request, &elsewhere, &error));
}

static void
a_void_serial_never_comes_back (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (GError) error = NULL;
  const StnSerialRequest request = { .scheme = "TH", .text = "TH-000001" };

  /* in use: refused; free again: void; never seen: void all the same */
  begin_or_fail (journal, "R1");
  g_autofree char *one = lease_or_fail (journal, "R1", NULL);
  g_assert_false (stn_journal_void_serial (journal, one, "label lost", "o1", &error));
  g_assert_error (error, STN_ERROR, STN_FAILURE_SERIAL_USED);
  g_clear_error (&error);
  finish_or_fail (journal, "R1", STN_VERDICT_CANCELLED, NULL);
  g_assert_true (stn_journal_void_serial (journal, one, "label lost", "o1", &error));
  g_assert_true (stn_journal_void_serial (journal, "TH-000002", "label lost", NULL, &error));
  g_assert_false (stn_journal_void_serial (journal, "TH-000003", "", "o1", &error)); /* no reason */
  g_clear_error (&error);
  assert_state (place, one, "void");
  begin_or_fail (journal, "R2");
  lease_must_fail (journal, "R2", &request, STN_FAILURE_SERIAL_USED, "void");
  g_autofree char *next = lease_or_fail (journal, "R2", NULL);
  g_assert_cmpstr (next, ==, "TH-000003");
  verify_or_fail (place);
}

static void
a_counter_ends_at_its_last (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (GError) error = NULL;
  StnSerialRequest request = { .scheme = "TH", .first = 41, .last = 42, .format = format_number };
  char run_id[8];

  for (int i = 0; i < 2; i++) {
    g_autofree char *serial = NULL;
    g_snprintf (run_id, sizeof run_id, "R%d", i);
    begin_or_fail (journal, run_id);
    g_assert_true (stn_journal_lease (journal, run_id, &request, &serial, &error));
    g_assert_cmpstr (serial, ==, i == 0 ? "TH-000041" : "TH-000042");
  }
  begin_or_fail (journal, "R2");
  lease_must_fail (journal, "R2", &request, STN_FAILURE_SERIALS_EXHAUSTED, "41 to 42");
  /* the next block, and one that no counter of 63 bits reaches */
  request.first = G_MAXUINT64 - 1;
  request.last = G_MAXUINT64;
  g_autofree char *last = NULL;
  g_assert_true (stn_journal_lease (journal, "R2", &request, &last, &error));
  g_assert_cmpstr (last, ==, "TH-9223372036854775806");
  begin_or_fail (journal, "R3");
  lease_must_fail (journal, "R3", &request, STN_FAILURE_SERIALS_EXHAUSTED, "");
}

/* what the file itself refuses, whoever writes to it */
static void
the_file_refuses_changes_of_state_that_are_none (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  sqlite3 *connection;
  static const char *const refused[] = {
    /* R1 holds S1 leased, R2 holds S2 exposed with a chip, S3 is used, S4 free, S5 void */
    "'S1', NULL, 2, 'leased', 'R2', NULL", "'S1', NULL, 2, 'exposed', 'R2', NULL",
    "'S1', NULL, 2, 'used', 'R2', NULL",   "'S1', NULL, 3, 'free', NULL, NULL",
    "'S1', NULL, 1, 'free', NULL, NULL",   "'S2', NULL, 3, 'free', NULL, NULL",
    "'S2', NULL, 3, 'leased', 'R4', NULL", "'S2', NULL, 3, 'exposed', 'R4', 'another'",
    "'S2', NULL, 3, 'exposed', 'R4', NULL", "'S2', NULL, 3, 'used', 'R4', 'chip'",
    "'S3', NULL, 3, 'free', NULL, NULL",   "'S3', NULL, 3, 'leased', 'R4', NULL",
    "'S3', NULL, 3, 'exposed', 'R4', 'chip3'", "'S3', NULL, 3, 'used', 'R4', 'another'",
    "'S4', NULL, 3, 'exposed', 'R4', NULL", "'S4', NULL, 3, 'used', 'R4', NULL",
    "'S5', NULL, 2, 'leased', 'R4', NULL", "'S5', NULL, 2, 'free', NULL, NULL",
    "'S6', NULL, 1, 'leased', 'R1', NULL",  /* R1 has one */
    "'S6', 7, 1, 'leased', 'R4', NULL",     /* number 7 is S4 */
    "'S6', NULL, 1, 'lost', 'R4', NULL",    "'S6', NULL, 1, 'leased', NULL, NULL",
    "'S6', NULL, 1, 'leased', 'R9', NULL",  /* no such run */
  };
  static const char *const accepted[] = {
    "'S1', NULL, 1, 'leased', 'R1', NULL", "'S2', NULL, 1, 'leased', 'R2', NULL",
    "'S2', NULL, 2, 'exposed', 'R2', 'chip'", "'S3', NULL, 1, 'leased', 'R3', NULL",
    "'S3', NULL, 2, 'used', 'R3', 'chip3'", "'S4', 7, 1, 'leased', 'R4', NULL", "'S4', 7, 2, 'free', NULL, NULL",
    "'S5', NULL, 1, 'void', NULL, NULL",
  };

  for (int i = 1; i <= 4; i++) {
    g_autofree char *run_id = g_strdup_printf ("R%d", i);
    begin_or_fail (journal, run_id);
  }
  g_assert_cmpint (sqlite3_open (place->path, &connection), ==, SQLITE_OK);
  sqlite3_exec (connection, "PRAGMA foreign_keys = ON", NULL, NULL, NULL);
  for (int pass = 0; pass < 2; pass++) {
    gsize count = pass == 0 ? G_N_ELEMENTS (accepted) : G_N_ELEMENTS (refused);
    for (gsize i = 0; i < count; i++) {
      g_autofree char *sql = g_strdup_printf ("INSERT INTO serial_event (scheme, serial, number, turn, state, run_id, "
                                              "uid, utc_us) VALUES ('TH', %s, 0)",
                                              pass == 0 ? accepted[i] : refused[i]);
      if (pass == 1)
        g_test_message ("%s", sql);
      g_assert_cmpint (sqlite3_exec (connection, sql, NULL, NULL, NULL), ==, pass == 0 ? SQLITE_OK : SQLITE_CONSTRAINT);
    }
  }
  sqlite3_close (connection);
}

static void
serials_of_a_closed_program_are_settled_at_the_next_open (void)
{
  g_autoptr (Place) place = place_new ();
  StnJournal *journal = open_or_fail (place);
  g_autoptr (GError) error = NULL;
  g_autofree char *leased = NULL, *exposed = NULL, *nameless = NULL, *kept = NULL;

  begin_or_fail (journal, "R1");
  leased = lease_or_fail (journal, "R1", NULL);
  begin_or_fail (journal, "R2");
  admit_or_fail (journal, "R2", UID_A);
  exposed = lease_or_fail (journal, "R2", UID_A);
  g_assert_true (stn_journal_expose (journal, "R2", &error));
  begin_or_fail (journal, "R3");
  nameless = lease_or_fail (journal, "R3", NULL);
  g_assert_true (stn_journal_expose (journal, "R3", &error));
  g_autoptr (StnJournal) other = open_or_fail (place);
  begin_or_fail (other, "R4");
  kept = lease_or_fail (other, "R4", NULL);

  stn_journal_close (journal); /* the runs never ended */
  journal = open_or_fail (place);
  assert_state (place, leased, "free");
  assert_state (place, exposed, "exposed");
  assert_state (place, nameless, "void");
  assert_state (place, kept, "leased"); /* its program lives */
  /* the chip is found again, with what may be on it */
  StnUnitHistory history;
  begin_or_fail (journal, "R5");
  g_assert_true (stn_journal_admit (journal, "R5", UID_A, "Thermostat", 7, &history, &error));
  g_assert_cmpuint (history.unknown, ==, 1);
  g_assert_cmpstr (history.exposed_serial, ==, exposed);
  stn_unit_history_clear (&history);
  g_autofree char *again = lease_or_fail (journal, "R5", UID_A);
  g_assert_cmpstr (again, ==, exposed);
  stn_journal_close (journal);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/serials/a_pass_uses_its_serial", a_pass_uses_its_serial);
  g_test_add_func ("/serials/a_text_is_given_out_once_whatever_made_it", a_text_is_given_out_once_whatever_made_it);
  g_test_add_func ("/serials/a_pass_uses_its_serial_also_unexposed", a_pass_uses_its_serial_also_unexposed);
  g_test_add_func ("/serials/what_was_never_exposed_comes_back_first", what_was_never_exposed_comes_back_first);
  g_test_add_func ("/serials/a_failed_chip_gets_its_exposed_serial_again", a_failed_chip_gets_its_exposed_serial_again);
  g_test_add_func ("/serials/an_exposed_serial_of_a_nameless_chip_is_void",
                   an_exposed_serial_of_a_nameless_chip_is_void);
  g_test_add_func ("/serials/a_result_that_says_exposed_is_believed", a_result_that_says_exposed_is_believed);
  g_test_add_func ("/serials/a_run_has_one_serial_and_only_while_it_lives",
                   a_run_has_one_serial_and_only_while_it_lives);
  g_test_add_func ("/serials/a_given_text_is_leased_once", a_given_text_is_leased_once);
  g_test_add_func ("/serials/a_void_serial_never_comes_back", a_void_serial_never_comes_back);
  g_test_add_func ("/serials/a_counter_ends_at_its_last", a_counter_ends_at_its_last);
  g_test_add_func ("/serials/the_file_refuses_changes_of_state_that_are_none",
                   the_file_refuses_changes_of_state_that_are_none);
  g_test_add_func ("/serials/serials_of_a_closed_program_are_settled_at_the_next_open",
                   serials_of_a_closed_program_are_settled_at_the_next_open);
  return g_test_run ();
}
