/* The session through a shift, on the bench, in virtual time. */
#include "tests/station/session-fixture.h"

#include <stdlib.h>

#include "src/station/approval.h"
#include "src/station/session-private.h"

#define COUNTER "unit:\n  serial: { from: counter, pattern: \"S-{seq:06}\" }\n"
#define SCAN "unit:\n  serial: { from: scan }\n"

static void
a_lot_of_good_boards_balances_and_ends (void)
{
  Shift *shift = shift_files (4, "", "", COUNTER, "retries: 1");
  shift_begin (shift);

  g_assert_cmpint (shift_answer (shift, stn_session_start (shift->session, STN_CAUSE_KEY)), ==, STN_FAILURE_NOT_READY);
  g_assert_cmpint (shift->state->phase, ==, STN_PHASE_SIGN_IN);
  g_assert_cmpint (shift_answer (shift, stn_session_sign_in (shift->session, "NOBODY")), ==, STN_FAILURE_UNKNOWN_BADGE);
  shift_do (shift, stn_session_sign_in (shift->session, "OPERATOR"));
  g_assert_cmpint (shift->state->phase, ==, STN_PHASE_JOB);
  shift_do (shift, stn_session_open_job (shift->session, shift->job_path));
  g_assert_cmpint (shift->state->phase, ==, STN_PHASE_LOT);
  g_assert_cmpint (shift->state->job->predicted_ns, >, 0);
  g_assert_nonnull (strstr (shift->state->job->plan_text, "verify"));
  g_assert_cmpuint (g_strv_length (shift->state->job->irreversible), >=, 1);
  shift_do (shift, stn_session_open_lot (shift->session, "L1", 8));
  g_assert_true (shift->state->may_start);

  shift_cycle (shift);
  g_assert_cmpint (shift_site (shift, "A1")->state, ==, STN_SEAT_PASS);
  g_assert_true (g_str_has_prefix (shift_site (shift, "A1")->serial, "S-00000"));
  g_assert_cmpstr (shift->state->summary, ==, "4 PASS");
  g_assert_cmpint (shift_answer (shift, stn_session_start (shift->session, STN_CAUSE_KEY)), ==, STN_FAILURE_NOT_READY);
  shift_cycle (shift);
  g_assert_cmpuint (shift->state->balance.passed, ==, 8);
  g_assert_cmpint (shift->state->lot_counts.first_pass_permille, ==, 1000);
  g_assert_cmpint (shift->state->lot_counts.units_per_hour, ==, 8);
  g_assert_cmpint (shift->state->block, ==, STN_BLOCK_QUANTITY);
  g_assert_cmpuint (shift_site (shift, "A2")->last_count, ==, 2);
  shift_sleep (shift, STN_NS_PER_S);
  g_assert_cmpint (shift_answer (shift, stn_session_start (shift->session, STN_CAUSE_KEY)), ==, STN_FAILURE_QUANTITY);
  shift_do (shift, stn_session_end_lot (shift->session));
  g_assert_null (shift->state->lot);
  g_assert_cmpint (shift_answer (shift, stn_session_open_lot (shift->session, "L1", 0)), ==, STN_FAILURE_LOT_CLOSED);
  g_assert_cmpstr (shift->sounds->str, ==, "PP");
  shift_free (shift);
}

static void
sign_in (Shift *shift, const char *lot)
{
  shift_do (shift, stn_session_sign_in (shift->session, "OPERATOR"));
  shift_do (shift, stn_session_open_job (shift->session, shift->job_path));
  shift_do (shift, stn_session_open_lot (shift->session, lot, 0));
}

static StnFailure
start (Shift *shift)
{
  shift_sleep (shift, STN_NS_PER_S);
  return shift_answer (shift, stn_session_start (shift->session, STN_CAUSE_KEY));
}

static void
unlock (Shift *shift)
{
  shift_do (shift, stn_session_unlock (shift->session, "SUPERVISOR", "1234", "test"));
}

static void
verify (Shift *shift)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnQuery) query = shift_query (shift);
  stn_query_verify (query, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* ---- failed boards ---- */

static void
a_failed_board_is_retried_or_binned_before_the_next_cycle (void)
{
  Shift *shift = shift_files (3, ", faults: { A2: [ dead-cell: 0x08000800 ] }", "", COUNTER, "retries: 1");
  shift_begin (shift);
  sign_in (shift, "L1");
  shift_cycle (shift);

  g_assert_cmpint (shift_site (shift, "A2")->state, ==, STN_SEAT_FAIL);
  g_assert_cmpint (shift_site (shift, "A2")->failure, ==, STN_FAILURE_VERIFY_MISMATCH);
  g_assert_cmpstr (shift->state->summary, ==, "2 PASS · 1 FAIL (A2)");
  g_assert_cmpint (start (shift), ==, STN_FAILURE_FAILED_BOARD_OPEN);
  g_assert_cmpstr (shift->state->blocked_sites, ==, "A2");
  g_assert_cmpint (shift_answer (shift, stn_session_end_lot (shift->session)), ==, STN_FAILURE_LOT_UNBALANCED);
  g_assert_nonnull (strstr (shift->refusal, "A2"));
  g_assert_cmpint (shift_answer (shift, stn_session_retry (shift->session, "A1")), ==, STN_FAILURE_NOT_READY);
  g_assert_cmpint (shift_answer (shift, stn_session_bin (shift->session, "A1", "x", NULL)), ==, STN_FAILURE_NOT_READY);

  g_assert_cmpuint (shift_site (shift, "A2")->retries_left, ==, 1);
  shift_do (shift, stn_session_retry (shift->session, NULL));
  /* the others keep what they show */
  g_assert_cmpint (shift_site (shift, "A1")->state, ==, STN_SEAT_PASS);
  shift_wait_idle (shift);
  g_assert_cmpint (shift_site (shift, "A2")->state, ==, STN_SEAT_FAIL);
  g_assert_false (shift_site (shift, "A2")->may_retry);
  g_assert_nonnull (strstr (shift_site (shift, "A2")->instruction, "bin"));
  g_assert_cmpint (shift_answer (shift, stn_session_retry (shift->session, "A2")), ==, STN_FAILURE_RETRY_LIMIT);

  /* a supervisor may allow one more; it is on record */
  g_assert_cmpint (shift_answer (shift, stn_session_allow_retry (shift->session, "A2", "let me see")), ==,
                   STN_FAILURE_NOT_ALLOWED);
  unlock (shift);
  shift_do (shift, stn_session_allow_retry (shift->session, "A2", "let me see"));
  shift_do (shift, stn_session_retry (shift->session, "A2"));
  shift_wait_idle (shift);
  g_assert_cmpint (shift_site (shift, "A2")->state, ==, STN_SEAT_FAIL);

  shift_do (shift, stn_session_scan (shift->session, "BIN:fail"));
  g_assert_cmpint (shift_site (shift, "A2")->state, ==, STN_SEAT_READY);
  g_assert_cmpuint (shift->state->balance.binned, ==, 1);
  shift_cycle (shift);
  g_assert_cmpint (shift_site (shift, "A2")->state, ==, STN_SEAT_PASS);
  /* three runs of one board are one unit, and it failed at the first */
  g_assert_cmpuint (shift->state->lot_counts.units, ==, 6);
  g_assert_cmpuint (shift->state->lot_counts.pass_first, ==, 5);
  g_assert_cmpuint (shift->state->lot_counts.fail, ==, 1);
  shift_do (shift, stn_session_end_lot (shift->session));
  verify (shift);
  shift_free (shift);
}

/* a board that never told its UID, and another seating of it that does well: one unit, which passed at last */
static void
a_board_that_passes_at_last_is_one_unit (void)
{
  Shift *shift = shift_files (2, ", faults: { A1: [ wrong-chip: STM32F401CC ] }", "", COUNTER, "retries: 1");
  const char *const sites[] = { "A1", NULL };
  shift_begin (shift);
  sign_in (shift, "L1");
  shift_cycle (shift);
  g_assert_cmpint (shift_site (shift, "A1")->failure, ==, STN_FAILURE_WRONG_CHIP);
  if (shift_site (shift, "A1")->uid == NULL) {
    stn_station_run_load_some (shift->session->run, sites, NULL);
    shift_do (shift, stn_session_retry (shift->session, "A1"));
    shift_wait_idle (shift);
    g_assert_cmpint (shift_site (shift, "A1")->state, ==, STN_SEAT_PASS_AFTER_RETRY);
    g_assert_cmpuint (shift->state->lot_counts.units, ==, 2);
    g_assert_cmpuint (shift->state->lot_counts.pass_first, ==, 1);
    g_assert_cmpuint (shift->state->lot_counts.pass_after_retry, ==, 1);
    g_assert_cmpint (shift->state->lot_counts.first_pass_permille, ==, 500);
    g_assert_cmpint (shift->state->lot_counts.final_permille, ==, 1000);
    shift_do (shift, stn_session_end_lot (shift->session));
  } else {
    g_test_skip ("this bench's wrong chip tells its UID");
  }
  shift_free (shift);
}

static void
a_fault_of_the_station_is_no_fail_and_takes_no_retry (void)
{
  Shift *shift = shift_files (4, ", faults: { A3: [ unplug: 40 ] }", "", COUNTER, "retries: 0");
  shift_begin (shift);
  sign_in (shift, "L1");
  shift_cycle (shift);
  g_assert_cmpint (shift_site (shift, "A3")->state, ==, STN_SEAT_STATION_ERROR);
  g_assert_cmpuint (shift->state->lot_counts.fail, ==, 0);
  g_assert_cmpuint (shift->state->lot_counts.errors, ==, 1);
  g_assert_cmpint (shift->state->lot_counts.first_pass_permille, ==, 1000);
  /* it may be run again as often as needed, and blocks nobody */
  for (guint i = 0; i < 3; i++) {
    shift_do (shift, stn_session_retry (shift->session, "A3"));
    shift_wait_idle (shift);
    g_assert_cmpint (shift_site (shift, "A3")->state, ==, STN_SEAT_STATION_ERROR);
  }
  g_assert_true (shift->state->may_start);
  shift_cycle (shift);
  g_assert_cmpuint (shift->state->lot_counts.fail, ==, 0);
  unlock (shift);
  shift_do (shift, stn_session_enable_site (shift->session, "A3", FALSE, "its cable"));
  g_assert_cmpint (shift_site (shift, "A3")->state, ==, STN_SEAT_DISABLED);
  g_assert_cmpstr (shift_site (shift, "A3")->off_by, ==, "Supervisor");
  shift_cycle (shift);
  g_assert_cmpint (shift_site (shift, "A3")->state, ==, STN_SEAT_DISABLED);
  g_assert_cmpuint (shift->state->balance.passed, ==, 9);
  shift_free (shift);
}

static void
a_stop_rule_holds_until_a_supervisor_releases_it (void)
{
  Shift *shift = shift_files (4, ", faults: { A2: [ dead-cell: 0x08000800 ] }", "", COUNTER,
                              "retries: 3, stop-after-failures: 2");
  shift_begin (shift);
  sign_in (shift, "L1");
  shift_cycle (shift);
  shift_do (shift, stn_session_retry (shift->session, "A2"));
  shift_wait_idle (shift);
  g_assert_cmpint (shift->state->block, ==, STN_BLOCK_FAIL);
  g_assert_cmpint (shift_answer (shift, stn_session_retry (shift->session, "A2")), ==, STN_FAILURE_STOP_RULE);
  shift_do (shift, stn_session_bin (shift->session, "A2", "fail", "no use"));
  g_assert_cmpint (start (shift), ==, STN_FAILURE_STOP_RULE);
  g_assert_cmpint (shift_answer (shift, stn_session_release_stop (shift->session, "looked")), ==,
                   STN_FAILURE_NOT_ALLOWED);
  unlock (shift);
  shift_do (shift, stn_session_release_stop (shift->session, "looked"));
  shift_cycle (shift);
  g_assert_cmpuint (shift->state->balance.passed, ==, 7);
  shift_free (shift);
}

/* ---- people ---- */

static void
supervisors_rights_end_after_five_minutes (void)
{
  Shift *shift = shift_files (2, "", "", COUNTER, "retries: 1");
  shift_begin (shift);
  sign_in (shift, "L1");
  g_assert_cmpint (shift_answer (shift, stn_session_unlock (shift->session, "OPERATOR", "1234", "x")), ==,
                   STN_FAILURE_NOT_ALLOWED);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (shift_answer (shift, stn_session_unlock (shift->session, "SUPERVISOR", "0000", "x")), ==,
                     STN_FAILURE_WRONG_PIN);
  g_assert_cmpint (shift_answer (shift, stn_session_unlock (shift->session, "SUPERVISOR", "1234", "x")), ==,
                   STN_FAILURE_LOCKED_OUT);
  shift_sleep (shift, 31 * STN_NS_PER_S);
  unlock (shift);
  g_assert_cmpint (shift->state->mode, ==, STN_MODE_SUPERVISOR);
  shift_sleep (shift, 200 * STN_NS_PER_S);
  shift_do (shift, stn_session_enable_site (shift->session, "A1", FALSE, "a"));
  shift_sleep (shift, 200 * STN_NS_PER_S);
  g_assert_cmpint (shift_look (shift)->mode, ==, STN_MODE_SUPERVISOR);
  shift_sleep (shift, 101 * STN_NS_PER_S);
  g_assert_cmpint (shift_answer (shift, stn_session_undo_scan (shift->session)), ==, STN_FAILURE_NOT_READY);
  g_assert_cmpint (shift_look (shift)->mode, ==, STN_MODE_OPERATOR);
  g_assert_cmpint (shift_answer (shift, stn_session_enable_site (shift->session, "A1", TRUE, "a")), ==,
                   STN_FAILURE_NOT_ALLOWED);

  g_autoptr (StnQuery) query = shift_query (shift);
  StnAuditFilter filter = { .action = "site-off", .limit = 10 };
  g_autoptr (GPtrArray) rows = stn_query_audit (query, &filter, NULL);
  g_assert_cmpuint (rows->len, ==, 1);
  const StnAuditRow *row = g_ptr_array_index (rows, 0);
  g_assert_cmpstr (row->subject, ==, "A1");
  g_assert_cmpstr (row->old_value, ==, "on");
  g_assert_cmpstr (row->new_value, ==, "off");
  g_assert_cmpstr (row->reason, ==, "a");
  g_assert_cmpstr (row->operator_id, ==, "OPERATOR");
  g_assert_cmpstr (row->allowed_by, ==, "SUPERVISOR");
  shift_free (shift);
}

static void
a_lot_goes_on_over_a_change_of_shift (void)
{
  Shift *shift = shift_files (2, ", faults: { A2: [ dead-cell: 0x08000800 ] }", "", COUNTER, "retries: 1");
  shift_begin (shift);
  sign_in (shift, "L1");
  shift_cycle (shift);
  g_assert_cmpuint (shift->state->shift_counts.units, ==, 2);
  shift_do (shift, stn_session_sign_in (shift->session, "SUPERVISOR"));
  g_assert_cmpstr (shift->state->lot, ==, "L1");
  g_assert_cmpuint (shift->state->shift_counts.units, ==, 0);
  g_assert_cmpuint (shift->state->lot_counts.units, ==, 2);
  g_assert_cmpuint (g_strv_length (shift->state->handover), ==, 1);
  shift_do (shift, stn_session_bin (shift->session, "A2", "hold", NULL));
  shift_cycle (shift);
  g_autoptr (StnQuery) query = shift_query (shift);
  StnRunFilter filter = { .newest_first = TRUE, .limit = 1 };
  g_autoptr (GPtrArray) rows = stn_query_runs (query, &filter, NULL);
  g_assert_cmpstr (((const StnRunRow *) g_ptr_array_index (rows, 0))->run->operator_id, ==, "SUPERVISOR");
  g_assert_cmpuint (shift->state->balance.held, ==, 1);
  shift_free (shift);
}

/* ---- scans ---- */

static void
scans_fill_the_sites_in_order_and_start (void)
{
  Shift *shift = shift_files (3, "", "", SCAN, "retries: 1");
  shift_begin (shift);
  g_autofree char *job = g_strconcat ("JOB:", shift->job_path, NULL);
  shift_do (shift, stn_session_scan (shift->session, "OP:OPERATOR"));
  shift_do (shift, stn_session_scan (shift->session, job));
  shift_do (shift, stn_session_scan (shift->session, "LOT:L7,300"));
  g_assert_cmpuint (shift->state->lot_quantity, ==, 300);
  g_assert_cmpint (start (shift), ==, STN_FAILURE_NOT_READY);
  g_assert_true (shift_site (shift, "A1")->is_next_scan);
  shift_do (shift, stn_session_scan (shift->session, "]d2SN1\n"));
  g_assert_cmpstr (shift_site (shift, "A1")->scan, ==, "SN1");
  g_assert_cmpint (shift_answer (shift, stn_session_scan (shift->session, "SN1")), ==, STN_FAILURE_WRONG_SCAN);
  g_assert_cmpint (shift_answer (shift, stn_session_scan (shift->session, "CMD:NONSENSE")), ==, STN_FAILURE_WRONG_SCAN);
  g_assert_cmpint (shift_answer (shift, stn_session_scan (shift->session, "two words")), ==, STN_FAILURE_WRONG_SCAN);
  shift_do (shift, stn_session_scan (shift->session, "SITE:A3"));
  g_assert_true (shift_site (shift, "A3")->is_next_scan);
  shift_do (shift, stn_session_scan (shift->session, "SN3"));
  shift_do (shift, stn_session_undo_scan (shift->session));
  g_assert_null (shift_site (shift, "A3")->scan);
  shift_do (shift, stn_session_scan (shift->session, "SN2"));
  g_assert_cmpint (shift->state->phase, ==, STN_PHASE_READY);
  /* the last one starts the cycle */
  shift_do (shift, stn_session_scan (shift->session, "SN3"));
  g_assert_cmpint (shift->state->phase, ==, STN_PHASE_RUNNING);
  g_assert_cmpint (shift_answer (shift, stn_session_scan (shift->session, "SN4")), ==, STN_FAILURE_NOT_READY);
  shift_wait_idle (shift);
  g_assert_cmpint (shift_site (shift, "A2")->state, ==, STN_SEAT_PASS);
  g_assert_cmpstr (shift_site (shift, "A2")->serial, ==, "SN2");
  g_assert_true (shift_site (shift, "A1")->is_next_scan);

  /* a serial that is on a board already is refused by the record, and stays what it was */
  shift_do (shift, stn_session_scan (shift->session, "SN1"));
  shift_do (shift, stn_session_start (shift->session, STN_CAUSE_REMOTE));
  shift_wait_idle (shift);
  g_assert_cmpint (shift_site (shift, "A1")->state, ==, STN_SEAT_ACTION);
  g_assert_cmpint (shift_site (shift, "A1")->failure, ==, STN_FAILURE_SERIAL_USED);
  /* and is not taken for the next board in this site */
  g_assert_null (shift_site (shift, "A1")->scan);
  g_assert_true (shift_site (shift, "A1")->is_next_scan);
  shift_free (shift);
}

/* ---- approval ---- */

static void
one_changed_byte_blocks_start (void)
{
  Shift *shift = shift_files (2, "", "approval: required\n", COUNTER, "retries: 1");
  g_autoptr (GError) error = NULL;
  guint8 image[4096] = { 0x00, 0x20, 0x00, 0x20, 0x41, 0x00, 0x00, 0x08 };
  shift_begin (shift);
  shift_do (shift, stn_session_sign_in (shift->session, "OPERATOR"));
  shift_do (shift, stn_session_open_job (shift->session, shift->job_path));
  g_assert_false (shift->state->job->is_approved);
  g_assert_cmpint (shift_answer (shift, stn_session_open_lot (shift->session, "L1", 0)), ==, STN_FAILURE_NOT_APPROVED);

  {
    g_autoptr (StnJournal) journal = stn_journal_open (shift->journal_path, TRUE, shift->clock, &error);
    g_assert_no_error (error);
    g_autoptr (StnJob) job = stn_job_load (shift->job_path, &error);
    g_assert_no_error (error);
    g_assert_true (stn_approval_write (journal, job, TRUE, "Q1", NULL, &error));
  }
  shift_do (shift, stn_session_open_lot (shift->session, "L1", 0));
  g_assert_true (g_str_has_prefix (shift->state->job->approval, "approved by Q1 on "));
  shift_cycle (shift);
  g_assert_cmpuint (shift->state->balance.passed, ==, 2);

  image[100] = 1;
  g_autofree char *path = g_build_filename (shift->folder, "app.bin", NULL);
  g_assert_true (g_file_set_contents (path, (const char *) image, sizeof image, NULL));
  g_assert_cmpint (start (shift), ==, STN_FAILURE_JOB_CHANGED);
  g_assert_nonnull (strstr (shift->refusal, "image app differs"));
  shift_do (shift, stn_session_leave_lot (shift->session));
  shift_do (shift, stn_session_open_job (shift->session, shift->job_path));
  g_assert_cmpint (shift_answer (shift, stn_session_open_lot (shift->session, "L1", 0)), ==, STN_FAILURE_JOB_CHANGED);
  g_assert_nonnull (strstr (shift->refusal, "image app differs"));
  shift_free (shift);
}

/* ---- ends and beginnings ---- */

static void
a_lot_is_taken_up_where_it_was_left (void)
{
  Shift *shift = shift_files (3, ", faults: { A2: [ dead-cell: 0x08000800 ] }", "", COUNTER, "retries: 1");
  shift_begin (shift);
  sign_in (shift, "L1");
  shift_cycle (shift);
  shift_end (shift);

  shift_begin (shift);
  shift_do (shift, stn_session_sign_in (shift->session, "OPERATOR"));
  shift_do (shift, stn_session_open_job (shift->session, shift->job_path));
  shift_do (shift, stn_session_open_lot (shift->session, "L1", 0));
  g_assert_cmpuint (shift->state->lot_counts.units, ==, 3);
  g_assert_cmpint (shift_site (shift, "A2")->state, ==, STN_SEAT_FAIL);
  g_assert_cmpint (start (shift), ==, STN_FAILURE_FAILED_BOARD_OPEN);
  shift_do (shift, stn_session_bin (shift->session, "A2", "fail", NULL));
  shift_do (shift, stn_session_end_lot (shift->session));
  shift_free (shift);
}

/* what a program leaves that was killed while boards were at work */
static void
leave_unknown (Shift *shift, const char *site)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (StnJournal) journal = stn_journal_open (shift->journal_path, TRUE, clock, &error);
  g_assert_no_error (error);
  g_autoptr (StnRun) run = stn_run_new ();
  run->run_id = stn_uuid_new (stn_clock_utc_us (clock));
  run->started_utc_us = stn_clock_utc_us (clock);
  run->site = g_strdup (site);
  run->lot = g_strdup ("L1");
  run->job_name = g_strdup ("Shift");
  run->job_revision = 1;
  run->is_virtual = TRUE;
  g_assert_true (stn_journal_begin (journal, run, &error));
}

static void
an_unknown_run_is_settled_before_anything_starts (void)
{
  Shift *shift = shift_files (3, "", "", COUNTER, "retries: 1");
  leave_unknown (shift, "A2");
  leave_unknown (shift, "A3");
  shift_begin (shift);
  shift_do (shift, stn_session_sign_in (shift->session, "OPERATOR"));
  g_assert_cmpint (shift->state->phase, ==, STN_PHASE_RECOVERY);
  g_assert_cmpint (shift_site (shift, "A2")->state, ==, STN_SEAT_UNKNOWN);
  g_assert_cmpint (shift_site (shift, "A2")->verdict, ==, STN_VERDICT_UNKNOWN);
  shift_do (shift, stn_session_open_job (shift->session, shift->job_path));
  shift_do (shift, stn_session_open_lot (shift->session, "L1", 0));
  g_assert_cmpuint (shift->state->lot_counts.unknown, ==, 2);
  g_assert_cmpint (start (shift), ==, STN_FAILURE_FAILED_BOARD_OPEN);
  /* one gets a fresh proof, the other goes on hold */
  shift_do (shift, stn_session_retry (shift->session, "A2"));
  shift_wait_idle (shift);
  g_assert_cmpint (shift_site (shift, "A2")->state, ==, STN_SEAT_PASS);
  shift_do (shift, stn_session_bin (shift->session, "A3", "hold", "cut short"));
  g_assert_cmpuint (shift->state->balance.open, ==, 0);
  g_assert_cmpuint (shift->state->balance.held, ==, 1);
  shift_cycle (shift);
  shift_do (shift, stn_session_end_lot (shift->session));
  verify (shift);
  shift_free (shift);
}

static void
training_has_boards_and_a_journal_of_its_own (void)
{
  Shift *shift = shift_files (2, "", "", COUNTER, "retries: 1");
  shift_begin (shift);
  sign_in (shift, "L1");
  shift_cycle (shift);
  g_assert_cmpint (shift_answer (shift, stn_session_set_training (shift->session, TRUE)), ==, STN_FAILURE_NOT_READY);
  shift_do (shift, stn_session_leave_lot (shift->session));
  shift_do (shift, stn_session_set_training (shift->session, TRUE));
  g_assert_cmpint (shift->state->mode, ==, STN_MODE_TRAINING);
  g_assert_true (g_str_has_suffix (shift->state->journal_path, "journal-training.db"));
  shift_do (shift, stn_session_open_lot (shift->session, "L1", 0));
  shift_cycle (shift);
  g_assert_cmpuint (shift->state->balance.passed, ==, 2);
  shift_do (shift, stn_session_leave_lot (shift->session));
  shift_do (shift, stn_session_set_training (shift->session, FALSE));
  shift_do (shift, stn_session_open_lot (shift->session, "L1", 0));
  g_assert_cmpuint (shift->state->balance.passed, ==, 2);
  shift_cycle (shift);
  g_assert_true (g_str_has_suffix (shift_site (shift, "A1")->serial, "3")
                 || g_str_has_suffix (shift_site (shift, "A1")->serial, "4"));
  shift_free (shift);
}

/* Each lesson is what a person sees of that fault on a production, once; the board after it is a good one again. */
static void
a_lesson_is_one_board_in_training_only (void)
{
  static const struct {
    const char *lesson;
    StnVerdict verdict;
  } cases[] = { { "wrong-part", STN_VERDICT_FAIL },  { "locked-board", STN_VERDICT_FAIL }, { "worn-memory", STN_VERDICT_FAIL },
                { "lost-contact", STN_VERDICT_FAIL }, { "no-board", STN_VERDICT_EMPTY },    { "bad-contact", STN_VERDICT_EMPTY } };
  Shift *shift = shift_files (4, "", "", COUNTER, "retries: 1");
  shift_begin (shift);
  sign_in (shift, "L1");
  g_assert_cmpint (shift_answer (shift, stn_session_set_lesson (shift->session, "A1", "wrong-part")), ==, STN_FAILURE_NOT_READY);
  shift_do (shift, stn_session_leave_lot (shift->session));
  shift_do (shift, stn_session_set_training (shift->session, TRUE));
  shift_do (shift, stn_session_open_lot (shift->session, "T1", 0));
  g_assert_cmpint (shift_answer (shift, stn_session_set_lesson (shift->session, "A1", "nothing")), ==, STN_FAILURE_USAGE);
  g_assert_cmpint (shift_answer (shift, stn_session_set_lesson (shift->session, "Z9", "wrong-part")), ==, STN_FAILURE_USAGE);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    shift_do (shift, stn_session_set_lesson (shift->session, "A1", cases[i].lesson));
    g_assert_cmpstr (shift_site (shift, "A1")->lesson, ==, cases[i].lesson);
    shift_cycle (shift);
    g_test_message ("%s: %s", cases[i].lesson, stn_verdict_name (shift_site (shift, "A1")->verdict));
    g_assert_cmpint (shift_site (shift, "A1")->verdict, ==, cases[i].verdict);
    g_assert_null (shift_site (shift, "A1")->lesson);
    g_assert_cmpint (shift_site (shift, "A2")->verdict, ==, STN_VERDICT_PASS);
    if (cases[i].verdict == STN_VERDICT_FAIL)
      shift_do (shift, stn_session_bin (shift->session, "A1", "fail", NULL));
    shift_cycle (shift);
    g_assert_cmpint (shift_site (shift, "A1")->verdict, ==, STN_VERDICT_PASS);
  }
  shift_free (shift);
}

static void
a_journal_that_can_not_be_used_is_said_and_mended (void)
{
  Shift *shift = shift_files (2, "", "", COUNTER, "retries: 1");
  shift_write (shift, "journal.db", "this is no database, but somebody's notes about one, and rather long at that");
  shift_begin (shift);
  shift_wait_idle (shift);
  g_assert_cmpint (shift->state->phase, ==, STN_PHASE_BROKEN);
  g_assert_cmpint (shift->state->block, ==, STN_BLOCK_BROKEN);
  g_assert_nonnull (strstr (shift->state->instruction, "journal.db"));
  g_assert_cmpint (shift_answer (shift, stn_session_sign_in (shift->session, "OPERATOR")), ==, STN_FAILURE_JOURNAL);
  g_unlink (shift->journal_path);
  sign_in (shift, "L1");
  shift_cycle (shift);
  g_assert_cmpuint (shift->state->balance.passed, ==, 2);
  shift_free (shift);
}

static void
a_stopped_cycle_can_be_run_again (void)
{
  Shift *shift = shift_files (2, "", "", COUNTER, "retries: 0");
  shift_begin (shift);
  sign_in (shift, "L1");
  shift_do (shift, stn_session_start (shift->session, STN_CAUSE_KEY));
  shift_do (shift, stn_session_cancel (shift->session));
  shift_wait_idle (shift);
  g_assert_cmpint (shift_site (shift, "A1")->state, ==, STN_SEAT_ACTION);
  g_assert_cmpstr (shift_site (shift, "A1")->word, ==, "RUN AGAIN");
  shift_do (shift, stn_session_retry (shift->session, NULL));
  shift_wait_idle (shift);
  g_assert_cmpint (shift_site (shift, "A1")->state, ==, STN_SEAT_PASS);
  g_assert_cmpuint (shift->state->lot_counts.units, ==, 2);
  shift_do (shift, stn_session_end_lot (shift->session));
  shift_free (shift);
}

/* Everything at once, as a day has it. */
static void
a_lot_of_twelve_cycles (void)
{
  Shift *shift = shift_files (4, ", faults: { A2: [ dead-cell: 0x08000800 ], A4: [ unplug: 900 ] }", "", COUNTER,
                              "retries: 1");
  guint done = 0;
  shift_begin (shift);
  sign_in (shift, "L12");
  while (done < 12) {
    if (done == 4)
      shift_do (shift, stn_session_sign_in (shift->session, "SUPERVISOR"));
    if (shift_look (shift)->may_start) {
      shift_cycle (shift);
      done++;
    }
    shift_look (shift);
    for (guint i = 0; i < shift->state->site_count; i++) {
      const StnSessionSite *site = &shift->state->sites[i];
      g_autofree char *name = g_strdup (site->name);
      if (site->state == STN_SEAT_FAIL && site->may_retry) {
        shift_do (shift, stn_session_retry (shift->session, name));
        shift_wait_idle (shift);
      } else if (site->state == STN_SEAT_FAIL) {
        shift_do (shift, stn_session_bin (shift->session, name, "fail", NULL));
      } else if (site->state == STN_SEAT_STATION_ERROR) {
        /* the cable does not come back: the board goes on hold, the site off */
        if (site->may_hold)
          shift_do (shift, stn_session_bin (shift->session, name, "hold", "cable"));
        unlock (shift);
        shift_do (shift, stn_session_enable_site (shift->session, name, FALSE, "cable"));
      }
      shift_look (shift);
    }
  }
  g_assert_cmpuint (shift->state->lot_counts.errors, >=, 1);
  g_assert_cmpuint (shift->state->balance.binned, ==, 1);
  g_assert_cmpuint (shift->state->balance.open, ==, 0);
  g_assert_cmpuint (shift->state->balance.started, ==,
                    shift->state->balance.passed + shift->state->balance.binned + shift->state->balance.held);
  shift_do (shift, stn_session_end_lot (shift->session));
  verify (shift);
  shift_free (shift);
}

int
main (int argc, char **argv)
{
  g_autofree char *runtime = g_dir_make_tmp ("stn-session-run-XXXXXX", NULL);
  g_setenv ("XDG_RUNTIME_DIR", runtime, TRUE);
  g_setenv ("XDG_DATA_HOME", runtime, TRUE);
  g_test_init (&argc, &argv, NULL);
#define ADD(function) g_test_add_func ("/session/" #function, function)
  ADD (a_lot_of_good_boards_balances_and_ends);
  ADD (a_failed_board_is_retried_or_binned_before_the_next_cycle);
  ADD (a_board_that_passes_at_last_is_one_unit);
  ADD (a_fault_of_the_station_is_no_fail_and_takes_no_retry);
  ADD (a_stop_rule_holds_until_a_supervisor_releases_it);
  ADD (supervisors_rights_end_after_five_minutes);
  ADD (a_lot_goes_on_over_a_change_of_shift);
  ADD (scans_fill_the_sites_in_order_and_start);
  ADD (one_changed_byte_blocks_start);
  ADD (a_lot_is_taken_up_where_it_was_left);
  ADD (an_unknown_run_is_settled_before_anything_starts);
  ADD (training_has_boards_and_a_journal_of_its_own);
  ADD (a_lesson_is_one_board_in_training_only);
  ADD (a_journal_that_can_not_be_used_is_said_and_mended);
  ADD (a_stopped_cycle_can_be_run_again);
  ADD (a_lot_of_twelve_cycles);
  int code = g_test_run ();
  g_autofree char *clean = g_strdup_printf ("rm -rf '%s'", runtime);
  return system (clean) == 0 ? code : 1;
}
