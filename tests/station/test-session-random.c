/* A random operator: whatever is asked in whatever order, the session's promises hold. The seed is printed; the number of
 * steps is the first argument (500), the seed the second. */
#include "tests/station/session-fixture.h"

#include <stdlib.h>

#include "src/station/session-private.h"

#define SITES 4

static guint steps = 500;
static guint32 seed = 1;

/* ---- what always holds ---- */

/* what is asked of a journal row when a site shows PASS */
static void
assert_pass_is_committed (StnQuery *query, const StnSessionSite *site)
{
  g_autoptr (GError) error = NULL;
  g_assert_nonnull (site->run_id);
  StnRunRow *row = stn_query_run (query, site->run_id, &error);
  g_assert_no_error (error);
  g_assert_nonnull (row);
  g_assert_nonnull (row->result);
  g_assert_cmpint (row->result->verdict, ==, STN_VERDICT_PASS);
  g_assert_cmpstr (row->run->site, ==, site->name);
  stn_run_row_free (row);
}

typedef struct {
  guint open;       /* sites that stand open */
  gboolean running;
  guint cycle;
  char *shown[SITES]; /* the runs that were at work */
} Before;

static void
remember (Shift *shift, Before *before)
{
  shift_look (shift);
  before->open = 0;
  before->running = shift->state->phase == STN_PHASE_RUNNING || shift->state->phase == STN_PHASE_STOPPING;
  before->cycle = shift->state->cycle;
  for (guint i = 0; i < shift->state->site_count; i++)
    before->open += shift->state->sites[i].state == STN_SEAT_FAIL || shift->state->sites[i].state == STN_SEAT_UNKNOWN;
}

static void
assert_promises (Shift *shift, StnQuery *query, const Before *before, gboolean is_start, StnFailure answer)
{
  const StnSessionState *state = shift_look (shift);

  /* no cycle starts over an open board, and never a second one */
  if (is_start && answer == STN_FAILURE_NONE) {
    g_assert_cmpuint (before->open, ==, 0);
    g_assert_false (before->running);
  }
  if (before->running && state->cycle != before->cycle)
    g_assert_false (is_start && answer == STN_FAILURE_NONE);
  for (guint i = 0; i < state->site_count; i++) {
    const StnSessionSite *site = &state->sites[i];
    if (site->state == STN_SEAT_PASS || site->state == STN_SEAT_PASS_AFTER_RETRY)
      assert_pass_is_committed (query, site);
    if (site->state == STN_SEAT_STATION_ERROR)
      g_assert_cmpint (site->verdict, !=, STN_VERDICT_FAIL);
    if (site->state == STN_SEAT_FAIL)
      g_assert_cmpint (stn_failure_row (site->failure)->blame, !=, STN_BLAME_STATION);
    g_assert_cmpuint (strlen (state->instruction), >, 0);
  }
  if (state->may_start)
    for (guint i = 0; i < state->site_count; i++)
      g_assert_true (state->sites[i].state != STN_SEAT_FAIL && state->sites[i].state != STN_SEAT_UNKNOWN);
  g_assert_cmpuint (state->lot_counts.pass_first + state->lot_counts.pass_after_retry + state->lot_counts.fail, ==,
                    state->lot_counts.units);
}

/* At the end: never two runs of a site at one time, and every FAIL has its retry or bin before the site's next new board. */
static void
assert_journal (Shift *shift)
{
  g_autoptr (StnQuery) query = shift_query (shift);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < SITES; i++) {
    g_autofree char *name = g_strdup_printf ("A%u", i + 1);
    gint64 after = 0, ended_ns = 0;
    g_autofree char *open = NULL;
    for (;;) {
      StnRunFilter filter = { .site = name, .limit = 1000, .after_row = after };
      g_autoptr (GPtrArray) rows = stn_query_runs (query, &filter, &error);
      g_assert_no_error (error);
      for (guint k = 0; k < rows->len; k++) {
        const StnRunRow *row = g_ptr_array_index (rows, k);
        after = row->row;
        g_assert_nonnull (row->result);
        /* a program that starts again has a clock that starts again */
        if (row->run->cycle > 1)
          g_assert_cmpint (row->run->started_mono_ns, >=, ended_ns);
        ended_ns = row->result->ended_mono_ns;
        if (open != NULL && row->run->retry_of == NULL) {
          StnAuditFilter bins = { .action = "bin", .run_id = open, .limit = 1 };
          g_autoptr (GPtrArray) binned = stn_query_audit (query, &bins, NULL);
          g_assert_cmpuint (binned->len, ==, 1);
        }
        if (row->result->verdict == STN_VERDICT_FAIL) {
          g_free (open);
          open = g_strdup (row->run->run_id);
        } else if (row->result->verdict == STN_VERDICT_PASS || row->run->retry_of == NULL) {
          g_clear_pointer (&open, g_free);
        }
      }
      if (rows->len < 1000)
        break;
    }
  }
  stn_query_verify (query, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* ---- the operator ---- */

static guint64
do_something (Shift *shift, GRand *rand, gboolean *out_start)
{
  static const char *const scans[] = { "CMD:START", "CMD:RETRY", "CMD:STOP",  "CMD:ENDLOT", "BIN:fail", "OP:OPERATOR",
                                       "OP:SUPERVISOR", "CMD:UNDO", "nonsense", "SITE:A2",   "]C1xyz",   "LOT:L2,9" };
  g_autofree char *site = g_strdup_printf ("A%d", g_rand_int_range (rand, 1, SITES + 2));
  StnSession *session = shift->session;
  int what = g_rand_int_range (rand, 0, 24);

  *out_start = FALSE;
  switch (what) {
  case 0:
    return stn_session_sign_in (session, g_rand_boolean (rand) ? "OPERATOR" : "SUPERVISOR");
  case 1:
    return g_rand_int_range (rand, 0, 8) == 0 ? stn_session_sign_out (session)
                                              : stn_session_sign_in (session, "OPERATOR");
  case 2:
    return stn_session_unlock (session, "SUPERVISOR", g_rand_int_range (rand, 0, 9) == 0 ? "0000" : "1234", "random");
  case 3:
    return stn_session_lock (session);
  case 4:
    return stn_session_open_job (session, shift->job_path);
  case 5:
  case 6: {
    g_autofree char *lot = g_strdup_printf ("L%d", g_rand_int_range (rand, 1, 5));
    return stn_session_open_lot (session, lot, 0);
  }
  case 7:
    return g_rand_int_range (rand, 0, 4) == 0 ? stn_session_end_lot (session) : stn_session_undo_scan (session);
  case 8:
    return g_rand_int_range (rand, 0, 6) == 0 ? stn_session_leave_lot (session) : stn_session_retry (session, site);
  case 9:
  case 10:
    return stn_session_retry (session, g_rand_boolean (rand) ? NULL : site);
  case 11:
  case 12:
    return stn_session_bin (session, site, g_rand_boolean (rand) ? "fail" : "hold", "random");
  case 13:
    return stn_session_enable_site (session, site, g_rand_boolean (rand), "random");
  case 14:
    return stn_session_release_stop (session, "random");
  case 15:
    return stn_session_allow_retry (session, site, "random");
  case 16: {
    const char *text = scans[g_rand_int_range (rand, 0, G_N_ELEMENTS (scans))];
    *out_start = g_str_equal (text, "CMD:START");
    return stn_session_scan (session, text);
  }
  case 17:
    return g_rand_int_range (rand, 0, 3) == 0 ? stn_session_cancel (session) : stn_session_stop (session);
  case 18:
    return stn_session_remove_units (session, 1, "random");
  default:
    *out_start = TRUE;
    return stn_session_start (session, STN_CAUSE_REMOTE);
  }
}

/* What a sensible operator does about what blocks START, so that the day goes on. */
static void
help (Shift *shift, guint step)
{
  g_autofree char *lot = g_strdup_printf ("H%u", step);
  const StnSessionState *state = shift_look (shift);

  switch (state->block) {
  case STN_BLOCK_SIGN_IN:
    shift_answer (shift, stn_session_sign_in (shift->session, "OPERATOR"));
    break;
  case STN_BLOCK_JOB:
    shift_answer (shift, stn_session_open_job (shift->session, shift->job_path));
    break;
  case STN_BLOCK_LOT:
  case STN_BLOCK_FAIL:
  case STN_BLOCK_UNKNOWN:
    for (guint i = 1; i <= SITES; i++) {
      g_autofree char *site = g_strdup_printf ("A%u", i);
      shift_answer (shift, stn_session_bin (shift->session, site, "fail", NULL));
    }
    if (shift_look (shift)->lot == NULL)
      shift_answer (shift, stn_session_open_lot (shift->session, lot, 0));
    break;
  case STN_BLOCK_STOPPED:
  case STN_BLOCK_NO_SITE:
    shift_answer (shift, stn_session_unlock (shift->session, "SUPERVISOR", "1234", "help"));
    shift_answer (shift, stn_session_release_stop (shift->session, "help"));
    for (guint i = 1; i <= SITES; i++) {
      g_autofree char *site = g_strdup_printf ("A%u", i);
      shift_answer (shift, stn_session_enable_site (shift->session, site, TRUE, "help"));
    }
    break;
  default:
    break;
  }
}

static void
nothing_breaks_the_promises (void)
{
  Shift *shift = shift_files (SITES, ", seed: 5, faults: { A2: [ dead-cell: 0x08000800 every ], A3: [ nack: 9 every ] }", "",
                              "unit:\n  serial: { from: counter, pattern: \"R-{seq:06}\" }\n",
                              "retries: 1, stop-after-failures: 6");
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr (StnQuery) query = NULL;
  guint cycles = 0;

  g_test_message ("seed %u, %u steps", seed, steps);
  shift_begin (shift);
  shift_do (shift, stn_session_sign_in (shift->session, "OPERATOR"));
  shift_do (shift, stn_session_open_job (shift->session, shift->job_path));
  shift_do (shift, stn_session_open_lot (shift->session, "L0", 0));
  query = shift_query (shift);
  for (guint step = 0; step < steps; step++) {
    Before before = { 0 };
    gboolean is_start = FALSE;
    if (g_rand_int_range (rand, 0, 3) == 0)
      help (shift, step);
    remember (shift, &before);
    StnFailure answer = shift_answer (shift, do_something (shift, rand, &is_start));
    assert_promises (shift, query, &before, is_start, answer);
    /* now and then people wait, mostly for the boards */
    if (g_rand_int_range (rand, 0, 3) > 0)
      shift_wait_idle (shift);
    else
      shift_sleep (shift, g_rand_int_range (rand, 1, 3000) * STN_NS_PER_MS);
    Before after = { 0 };
    remember (shift, &after);
    assert_promises (shift, query, &after, FALSE, STN_FAILURE_NONE);
    if (g_rand_int_range (rand, 0, 60) == 0) {
      /* the program is ended and started again */
      g_clear_pointer (&query, stn_query_close);
      cycles += shift->state->cycle;
      shift_end (shift);
      shift_begin (shift);
      shift_do (shift, stn_session_sign_in (shift->session, "OPERATOR"));
      query = shift_query (shift);
    }
  }
  shift_wait_idle (shift);
  cycles += shift->state->cycle;
  g_clear_pointer (&query, stn_query_close);
  shift_end (shift);
  assert_journal (shift);
  g_test_message ("%u cycles", cycles);
  if (steps >= 500)
    g_assert_cmpuint (cycles, >, steps / 50);
  shift_free (shift);
}

int
main (int argc, char **argv)
{
  g_autofree char *runtime = g_dir_make_tmp ("stn-random-run-XXXXXX", NULL);
  g_setenv ("XDG_RUNTIME_DIR", runtime, TRUE);
  g_setenv ("XDG_DATA_HOME", runtime, TRUE);
  g_test_init (&argc, &argv, NULL);
  if (argc > 1)
    steps = (guint) g_ascii_strtoull (argv[1], NULL, 10);
  if (argc > 2)
    seed = (guint32) g_ascii_strtoull (argv[2], NULL, 10);
  g_test_add_func ("/session-random/nothing_breaks_the_promises", nothing_breaks_the_promises);
  int code = g_test_run ();
  g_autofree char *clean = g_strdup_printf ("rm -rf '%s'", runtime);
  return system (clean) == 0 ? code : 1;
}
