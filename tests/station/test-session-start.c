/* What starts a cycle besides a key - START of the fixture, boards that are put in, the lid - and who has the bank. On a
 * bench in virtual time; what the fixture's pins say is the bench's truth, moved by hand. */
#include "tests/station/session-fixture.h"

#include "src/bench/bench.h"
#include "src/station/session-private.h"

#define COUNTER "unit: { serial: { from: counter, pattern: \"S-{seq:04}\" } }\n"

static guint stations; /* each has an adapter, and so a lock, of its own */

/* Two sites with detect pins, START and a lid. */
static Shift *
fixture_new (const char *bench)
{
  Shift *shift = shift_files (2, "", "", COUNTER, "retries: 1");
  g_autofree char *text = g_strdup_printf (
      "station: Shift\nbench: { straight: 2, target: STM32G071CB, operator: { press-every: 0 ms }%s }\njournal: journal.db\n"
      "controls: { c1: { ft232h: { serial: FTX%u }, buffered: true } }\nbanks:\n  - name: A\n"
      "    inputs: { start: c1.AC6, lid: c1.AC5 }\n    sites:\n"
      "      - { name: A1, nrst: c1.AC0, boot0: c1.AD0, uart: /dev/s1, detect: c1.AC2 }\n"
      "      - { name: A2, nrst: c1.AC1, boot0: c1.AD1, uart: /dev/s2, detect: c1.AC3 }\n",
      bench, ++stations);
  shift_write (shift, "station.yaml", text);
  return shift;
}

/* Signed in as the supervisor, unlocked, in a lot, with this way to start. */
static void
begin (Shift *shift, StnStartBy by)
{
  shift_begin (shift);
  shift_do (shift, stn_session_sign_in (shift->session, "SUPERVISOR"));
  shift_do (shift, stn_session_unlock (shift->session, "SUPERVISOR", "1234", "test"));
  shift_do (shift, stn_session_set_start_by (shift->session, by));
  shift_do (shift, stn_session_open_job (shift->session, shift->job_path));
  shift_do (shift, stn_session_open_lot (shift->session, "L1", 0));
  shift_sleep (shift, 100 * STN_NS_PER_MS);
}

static StnBench *
bench_of (Shift *shift)
{
  StnBench *bench = shift->session->station->bench;
  g_assert_nonnull (bench);
  return bench;
}

static void
set_pin (Shift *shift, const char *pin, gboolean high)
{
  g_autofree char *adapter = g_strdup_printf ("FTX%u", stations);
  g_assert_true (stn_bench_set_input (bench_of (shift), adapter, pin, high));
}

static void
press_start (Shift *shift)
{
  shift_sleep (shift, STN_NS_PER_S);
  set_pin (shift, "AC6", FALSE); /* active low */
  shift_sleep (shift, 60 * STN_NS_PER_MS);
  set_pin (shift, "AC6", TRUE);
  shift_sleep (shift, 60 * STN_NS_PER_MS);
}

static void
set_lid (Shift *shift, gboolean open)
{
  set_pin (shift, "AC5", open);
  shift_sleep (shift, 500 * STN_NS_PER_MS);
}

static void
set_board (Shift *shift, const char *site, gboolean present)
{
  g_assert_true (stn_bench_board_set_present (bench_of (shift), site, present));
  shift_sleep (shift, 500 * STN_NS_PER_MS);
}

static void
take_out (Shift *shift, const char *site)
{
  set_board (shift, site, FALSE);
}

static void
put_another_in (Shift *shift, const char *site)
{
  const char *const names[] = { site, NULL };
  g_autoptr (GError) error = NULL;
  StnProvider *hands = stn_bench_provider_new (bench_of (shift));

  g_assert_true (hands->provider_class->load_boards (hands, names, &error));
  g_assert_no_error (error);
  stn_provider_free (hands);
  set_board (shift, site, TRUE);
}

static void
swap (Shift *shift, const char *site)
{
  take_out (shift, site);
  put_another_in (shift, site);
}

/* Takes all notices; the last refusal of what nobody asked for. */
static StnFailure
refused_by_itself (Shift *shift)
{
  StnFailure last = STN_FAILURE_NONE;
  for (StnNotice *notice = stn_session_take_notice (shift->session); notice != NULL;
       notice = stn_session_take_notice (shift->session)) {
    if (notice->kind == STN_NOTICE_ANSWER && notice->request == 0)
      last = notice->failure;
    stn_notice_free (notice);
  }
  return last;
}

static guint
cycles (Shift *shift)
{
  shift_wait_idle (shift);
  return shift->state->cycle;
}

/* ---- START of the fixture ---- */

static void
start_of_the_fixture_starts_a_cycle (void)
{
  Shift *shift = fixture_new ("");
  begin (shift, STN_START_BY_PIN);
  g_assert_true (shift_look (shift)->has_start_pin && shift->state->has_lid && shift->state->has_detect);
  g_assert_cmpuint (cycles (shift), ==, 0);
  press_start (shift);
  g_assert_cmpuint (cycles (shift), ==, 1);
  g_assert_cmpuint (shift->state->balance.passed, ==, 2);
  press_start (shift);
  g_assert_cmpuint (cycles (shift), ==, 2);
  g_assert_cmpuint (shift->state->balance.passed, ==, 4);
  shift_free (shift);
}

static void
start_of_the_fixture_is_deaf_while_only_keys_start (void)
{
  Shift *shift = fixture_new ("");
  begin (shift, STN_START_BY_KEY);
  press_start (shift);
  g_assert_cmpuint (cycles (shift), ==, 0);
  shift_free (shift);
}

static void
start_of_the_fixture_is_refused_with_what_blocks_it (void)
{
  Shift *shift = fixture_new (", faults: { A2: [ dead-cell: 0x08000800 ] }");
  begin (shift, STN_START_BY_PIN);
  press_start (shift);
  g_assert_cmpuint (cycles (shift), ==, 1);
  g_assert_cmpint (shift->state->block, ==, STN_BLOCK_FAIL);
  refused_by_itself (shift);
  press_start (shift);
  g_assert_cmpint (refused_by_itself (shift), ==, STN_FAILURE_FAILED_BOARD_OPEN);
  g_assert_cmpuint (cycles (shift), ==, 1);

  shift_do (shift, stn_session_bin (shift->session, "A2", "fail", NULL));
  set_lid (shift, TRUE);
  g_assert_cmpint (shift_look (shift)->block, ==, STN_BLOCK_LID);
  g_assert_true (shift->state->is_lid_open);
  g_assert_cmpstr (shift->state->instruction, ==, "Swap the boards, close the lid, then press START.");
  press_start (shift);
  g_assert_cmpint (refused_by_itself (shift), ==, STN_FAILURE_LID_OPEN);
  g_assert_cmpint (shift_answer (shift, stn_session_start (shift->session, STN_CAUSE_KEY)), ==, STN_FAILURE_LID_OPEN);
  set_lid (shift, FALSE);
  g_assert_cmpint (shift_look (shift)->block, ==, STN_BLOCK_NONE);
  press_start (shift);
  g_assert_cmpuint (cycles (shift), ==, 2);
  shift_free (shift);
}

/* ---- boards that are put in ---- */

static void
boards_that_rest_in_their_sites_start_a_cycle (void)
{
  Shift *shift = fixture_new ("");
  begin (shift, STN_START_BY_INSERTION);
  shift_sleep (shift, STN_NS_PER_S);
  g_assert_cmpuint (cycles (shift), ==, 1);
  g_assert_cmpuint (shift->state->balance.passed, ==, 2);
  g_assert_cmpstr (shift->state->instruction, ==, "Swap the boards.");

  /* those that were left in place are no new ones */
  shift_sleep (shift, 5 * STN_NS_PER_S);
  g_assert_cmpuint (cycles (shift), ==, 1);
  g_assert_cmpint (shift_site (shift, "A1")->state, ==, STN_SEAT_PASS);
  take_out (shift, "A1");
  /* results stay until the next board */
  g_assert_cmpint (shift_site (shift, "A1")->state, ==, STN_SEAT_PASS);
  put_another_in (shift, "A1");
  g_assert_cmpint (shift_site (shift, "A1")->state, ==, STN_SEAT_READY);
  g_assert_null (shift_site (shift, "A1")->serial);
  g_assert_cmpint (shift_site (shift, "A2")->state, ==, STN_SEAT_PASS);
  g_assert_cmpuint (cycles (shift), ==, 1);
  swap (shift, "A2");
  g_assert_cmpuint (cycles (shift), ==, 2);
  g_assert_cmpuint (shift->state->balance.passed, ==, 4);
  shift_free (shift);
}

static void
an_open_fail_holds_back_boards_that_are_in (void)
{
  Shift *shift = fixture_new (", faults: { A2: [ dead-cell: 0x08000800 ] }");
  begin (shift, STN_START_BY_INSERTION);
  shift_sleep (shift, STN_NS_PER_S);
  g_assert_cmpuint (cycles (shift), ==, 1);
  g_assert_cmpint (shift_site (shift, "A2")->state, ==, STN_SEAT_FAIL);
  swap (shift, "A1");
  /* the retry is of A2 alone, and A1 has its new board after it as before */
  shift_do (shift, stn_session_retry (shift->session, "A2"));
  g_assert_cmpuint (cycles (shift), ==, 2);
  shift_sleep (shift, STN_NS_PER_S);
  g_assert_cmpint (shift_site (shift, "A1")->state, ==, STN_SEAT_READY);
  swap (shift, "A2");
  shift_sleep (shift, 5 * STN_NS_PER_S);
  g_assert_cmpuint (cycles (shift), ==, 2);
  g_assert_cmpint (shift->state->block, ==, STN_BLOCK_FAIL);
  /* the bin was all that was missing */
  shift_do (shift, stn_session_bin (shift->session, "A2", "fail", NULL));
  shift_sleep (shift, STN_NS_PER_S);
  g_assert_cmpuint (cycles (shift), ==, 3);
  shift_free (shift);
}

static void
a_site_that_is_off_is_waited_for_by_nobody (void)
{
  Shift *shift = fixture_new ("");
  begin (shift, STN_START_BY_INSERTION);
  shift_sleep (shift, STN_NS_PER_S);
  g_assert_cmpuint (cycles (shift), ==, 1);
  shift_do (shift, stn_session_enable_site (shift->session, "A2", FALSE, "dirty"));
  swap (shift, "A1");
  g_assert_cmpuint (cycles (shift), ==, 2);
  g_assert_cmpuint (shift->state->balance.passed, ==, 3);
  shift_free (shift);
}

static void
a_full_lot_holds_back_boards_that_are_in (void)
{
  Shift *shift = fixture_new ("");
  begin (shift, STN_START_BY_INSERTION);
  shift_sleep (shift, STN_NS_PER_S);
  g_assert_cmpuint (cycles (shift), ==, 1);
  shift_do (shift, stn_session_end_lot (shift->session));
  shift_do (shift, stn_session_open_lot (shift->session, "L2", 2));
  shift_sleep (shift, STN_NS_PER_S);
  /* boards of the lot before are no new ones in this lot */
  g_assert_cmpuint (cycles (shift), ==, 1);
  swap (shift, "A1");
  swap (shift, "A2");
  g_assert_cmpuint (cycles (shift), ==, 2);
  swap (shift, "A1");
  swap (shift, "A2");
  g_assert_cmpuint (cycles (shift), ==, 2);
  g_assert_cmpint (shift->state->block, ==, STN_BLOCK_QUANTITY);
  shift_free (shift);
}

static void
boards_stay_old_ones_over_ports_that_are_opened_anew (void)
{
  Shift *shift = fixture_new ("");
  begin (shift, STN_START_BY_INSERTION);
  shift_sleep (shift, STN_NS_PER_S);
  g_assert_cmpuint (cycles (shift), ==, 1);
  shift_do (shift, stn_session_identify (shift->session, "A1", STN_NS_PER_S));
  shift_sleep (shift, 5 * STN_NS_PER_S);
  g_assert_cmpuint (cycles (shift), ==, 1);
  swap (shift, "A1");
  swap (shift, "A2");
  g_assert_cmpuint (cycles (shift), ==, 2);
  shift_free (shift);
}

/* ---- the lid ---- */

static void
a_lid_that_was_opened_and_closed_starts_a_cycle (void)
{
  Shift *shift = fixture_new ("");
  begin (shift, STN_START_BY_LID);
  shift_sleep (shift, 5 * STN_NS_PER_S);
  g_assert_cmpuint (cycles (shift), ==, 0);
  g_assert_cmpstr (shift->state->instruction, ==, "Open the lid, put the boards in, close it.");
  set_lid (shift, TRUE);
  g_assert_cmpuint (cycles (shift), ==, 0);
  g_assert_cmpstr (shift->state->instruction, ==, "Put the boards in and close the lid.");
  set_lid (shift, FALSE);
  g_assert_cmpuint (cycles (shift), ==, 1);

  /* the same boards: no */
  set_lid (shift, TRUE);
  set_lid (shift, FALSE);
  g_assert_cmpuint (cycles (shift), ==, 1);
  set_lid (shift, TRUE);
  swap (shift, "A2");
  g_assert_cmpuint (cycles (shift), ==, 1);
  set_lid (shift, FALSE);
  g_assert_cmpuint (cycles (shift), ==, 2);
  shift_free (shift);
}

/* ---- the setting ---- */

static void
the_way_to_start_is_a_supervisors_and_holds_for_the_next_program (void)
{
  Shift *shift = fixture_new ("");
  begin (shift, STN_START_BY_LID);
  g_assert_cmpint (shift_answer (shift, stn_session_set_start_by (shift->session, STN_START_BY_NOW)), ==, STN_FAILURE_USAGE);
  shift_do (shift, stn_session_lock (shift->session));
  g_assert_cmpint (shift_answer (shift, stn_session_set_start_by (shift->session, STN_START_BY_PIN)), ==,
                   STN_FAILURE_NOT_ALLOWED);
  shift_end (shift);
  shift_begin (shift);
  shift_do (shift, stn_session_sign_in (shift->session, "OPERATOR"));
  g_assert_cmpint (shift_look (shift)->start_by, ==, STN_START_BY_LID);
  shift_free (shift);
}

static void
what_the_fixture_has_not_is_refused (void)
{
  Shift *shift = shift_files (1, "", "", COUNTER, "retries: 1");
  shift_begin (shift);
  shift_do (shift, stn_session_sign_in (shift->session, "SUPERVISOR"));
  shift_do (shift, stn_session_unlock (shift->session, "SUPERVISOR", "1234", "test"));
  for (StnStartBy by = STN_START_BY_PIN; by < STN_START_BY_COUNT; by++)
    g_assert_cmpint (shift_answer (shift, stn_session_set_start_by (shift->session, by)), ==, STN_FAILURE_USAGE);
  g_assert_false (shift_look (shift)->has_start_pin || shift->state->has_lid || shift->state->has_detect);
  shift_free (shift);
}

/* ---- the wiring ---- */

static void
the_wiring_is_checked_in_a_lot_and_the_lot_goes_on (void)
{
  Shift *shift = fixture_new ("");
  begin (shift, STN_START_BY_PIN);
  press_start (shift);
  g_assert_cmpuint (cycles (shift), ==, 1);

  guint64 check = stn_session_check_wiring (shift->session);
  shift_sleep (shift, STN_NS_PER_S);
  g_assert_true (shift_look (shift)->is_serving);
  /* who presses START meanwhile does not mean what is there when the check is over */
  guint64 start = stn_session_start (shift->session, STN_CAUSE_KEY);
  shift_do (shift, check);
  g_assert_cmpint (shift_answer (shift, start), ==, STN_FAILURE_NOT_READY);
  g_assert_false (shift->state->is_serving);
  g_assert_cmpuint (shift->state->service_done, ==, check);
  g_assert_cmpint (shift->state->service_failure, ==, STN_FAILURE_NONE);
  g_assert_nonnull (shift->state->wiring);
  g_assert_cmpuint (shift->state->wiring->report->counts[STN_SITE_PROVED], ==, 2);
  /* the bank is this program's again, and boards that were run are not new */
  shift_sleep (shift, STN_NS_PER_S);
  g_assert_cmpint (shift_look (shift)->block, ==, STN_BLOCK_NONE);
  g_assert_cmpint (shift_site (shift, "A1")->state, ==, STN_SEAT_PASS);
  press_start (shift);
  g_assert_cmpuint (cycles (shift), ==, 2);
  g_assert_cmpuint (shift->state->balance.passed, ==, 4);
  shift_free (shift);
}

static void
a_check_can_be_ended_and_is_refused_while_boards_are_at_work (void)
{
  Shift *shift = fixture_new ("");
  begin (shift, STN_START_BY_KEY);
  guint64 check = stn_session_check_wiring (shift->session);
  shift_sleep (shift, STN_NS_PER_S);
  stn_session_stop_service (shift->session);
  g_assert_cmpint (shift_answer (shift, check), ==, STN_FAILURE_CANCELLED);
  g_assert_null (shift->state->wiring);
  g_assert_cmpint (shift->state->service_failure, ==, STN_FAILURE_CANCELLED);
  shift_sleep (shift, STN_NS_PER_S);
  shift_do (shift, stn_session_start (shift->session, STN_CAUSE_KEY));
  check = stn_session_check_wiring (shift->session);
  g_assert_cmpint (shift_answer (shift, check), ==, STN_FAILURE_NOT_READY);
  g_assert_cmpuint (shift->state->service_done, ==, check);
  shift_wait_idle (shift);
  g_assert_cmpuint (shift->state->balance.passed, ==, 2);
  shift_free (shift);
}

/* ---- two programs on one bank ---- */

static void
a_bank_in_other_hands_is_said_shown_and_waited_for (void)
{
  Shift *shift = fixture_new ("");
  StnSession *window = NULL;

  begin (shift, STN_START_BY_PIN); /* this one has the bank */
  StnSessionOptions options = { .station_path = shift->station_path, .clock = shift->clock };
  StnSession *first = shift->session;
  window = shift->session = stn_session_new (&options);
  shift_do (shift, stn_session_sign_in (window, "OPERATOR"));
  shift_do (shift, stn_session_open_job (window, shift->job_path));
  shift_do (shift, stn_session_open_lot (window, "L2", 0));
  shift_sleep (shift, STN_NS_PER_S);
  g_assert_cmpint (shift_look (shift)->block, ==, STN_BLOCK_BANK_BUSY);
  g_assert_cmpint (shift->state->mode, ==, STN_MODE_REMOTE);
  g_assert_false (shift->state->may_start);
  g_assert_nonnull (strstr (shift->state->instruction, "is in use by"));
  g_assert_cmpint (shift_answer (shift, stn_session_start (window, STN_CAUSE_KEY)), ==, STN_FAILURE_BANK_BUSY);

  /* a cycle of the other program is seen here, and nothing of it is this lot's */
  stn_session_start (first, STN_CAUSE_REMOTE);
  shift_sleep (shift, 120 * STN_NS_PER_S);
  g_assert_cmpint (shift_site (shift, "A1")->state, ==, STN_SEAT_PASS);
  g_assert_nonnull (shift_site (shift, "A1")->serial);
  g_assert_cmpuint (shift_look (shift)->balance.started, ==, 0);
  g_assert_false (shift->state->may_retry);

  stn_session_free (first);
  shift_sleep (shift, 3 * STN_NS_PER_S);
  g_assert_cmpint (shift_look (shift)->block, ==, STN_BLOCK_NONE);
  g_assert_cmpint (shift->state->mode, ==, STN_MODE_OPERATOR);
  g_assert_cmpint (shift_site (shift, "A1")->state, ==, STN_SEAT_READY);
  g_assert_null (shift_site (shift, "A1")->serial);
  shift_cycle (shift);
  g_assert_cmpuint (shift->state->balance.passed, ==, 2);
  shift_free (shift);
}

/* An adapter that is gone is said at once, and START is the next try. */
static void
an_adapter_that_is_gone_blocks_until_start_finds_it (void)
{
  Shift *shift = fixture_new ("");
  begin (shift, STN_START_BY_PIN);
  shift_sleep (shift, STN_NS_PER_S);
  g_assert_cmpint (shift_look (shift)->block, ==, STN_BLOCK_NONE);
  g_autofree char *adapter = g_strdup_printf ("FTX%u", stations);
  g_assert_true (stn_bench_set_plugged (bench_of (shift), adapter, FALSE));
  shift_sleep (shift, STN_NS_PER_S);
  g_assert_cmpint (shift_look (shift)->block, ==, STN_BLOCK_STATION);
  g_assert_true (shift->state->may_start);
  g_assert_cmpint (shift_answer (shift, stn_session_start (shift->session, STN_CAUSE_KEY)), !=, STN_FAILURE_NONE);
  g_assert_true (stn_bench_set_plugged (bench_of (shift), adapter, TRUE));
  shift_cycle (shift);
  g_assert_cmpuint (shift->state->balance.passed, ==, 2);
  shift_free (shift);
}

int
main (int argc, char **argv)
{
  g_autofree char *runtime = g_dir_make_tmp ("stn-session-start-XXXXXX", NULL);
  g_setenv ("XDG_RUNTIME_DIR", runtime, TRUE);
  g_setenv ("XDG_DATA_HOME", runtime, TRUE);
  g_test_init (&argc, &argv, NULL);
#define ADD(function) g_test_add_func ("/session-start/" #function, function)
  ADD (start_of_the_fixture_starts_a_cycle);
  ADD (start_of_the_fixture_is_deaf_while_only_keys_start);
  ADD (start_of_the_fixture_is_refused_with_what_blocks_it);
  ADD (boards_that_rest_in_their_sites_start_a_cycle);
  ADD (an_open_fail_holds_back_boards_that_are_in);
  ADD (a_site_that_is_off_is_waited_for_by_nobody);
  ADD (a_full_lot_holds_back_boards_that_are_in);
  ADD (boards_stay_old_ones_over_ports_that_are_opened_anew);
  ADD (a_lid_that_was_opened_and_closed_starts_a_cycle);
  ADD (the_way_to_start_is_a_supervisors_and_holds_for_the_next_program);
  ADD (what_the_fixture_has_not_is_refused);
  ADD (the_wiring_is_checked_in_a_lot_and_the_lot_goes_on);
  ADD (a_check_can_be_ended_and_is_refused_while_boards_are_at_work);
  ADD (a_bank_in_other_hands_is_said_shown_and_waited_for);
  ADD (an_adapter_that_is_gone_blocks_until_start_finds_it);
  int code = g_test_run ();
  g_autofree char *clean = g_strdup_printf ("rm -rf '%s'", runtime);
  return system (clean) == 0 ? code : 1;
}
