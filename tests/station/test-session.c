/* The session through a shift, on the bench, in virtual time. */
#include "tests/station/session-fixture.h"

#include <stdlib.h>

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

int
main (int argc, char **argv)
{
  g_autofree char *runtime = g_dir_make_tmp ("stn-session-run-XXXXXX", NULL);
  g_setenv ("XDG_RUNTIME_DIR", runtime, TRUE);
  g_setenv ("XDG_DATA_HOME", runtime, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/a_lot_of_good_boards_balances_and_ends", a_lot_of_good_boards_balances_and_ends);
  int code = g_test_run ();
  g_autofree char *clean = g_strdup_printf ("rm -rf '%s'", runtime);
  return system (clean) == 0 ? code : 1;
}
