/* What is done between people and boards: `shift`, `lot`, `people`, `approve`, `audit`. */
#include "tests/cli/program.h"

#include <string.h>

/* `lines` on the standard input of stationctl shift. */
static Ended *
shift (World *world, const char *lines)
{
  static const char *const arguments[] = { "shift", "--station", "@station", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = world_start (
      world, arguments, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  Ended *ended = g_new0 (Ended, 1);

  g_subprocess_communicate_utf8 (process, lines, NULL, &ended->out, &ended->err, &error);
  g_assert_no_error (error);
  ended->exit_code = g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process) : -1;
  return ended;
}

static char *
lines_with_job (World *world, const char *before, const char *after)
{
  return g_strdup_printf ("%sJOB:%s\n%s", before, world->job, after);
}

static void
a_lot_goes_through_by_scans (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *lines = lines_with_job (world, "OP:OPERATOR\n", "LOT:L1,4\nCMD:START\nwait\nstate\nend-lot\n");
  g_autoptr (Ended) ended = shift (world, lines);
  assert_exit (ended, 0);
  assert_has (ended->out, "2 pass, 0 fail, 0 other");
  assert_has (ended->out, "2 started, 2 passed");

  g_autoptr (Ended) status = world_run (world, "lot", "status", "L1", "--station", "@station", "--json", NULL);
  assert_exit (status, 0);
  assert_has (status->out, "\"state\":\"ended\"");
  assert_has (status->out, "\"passed\":2");
  g_autoptr (Ended) again = world_run (world, "lot", "end", "L1", "--station", "@station", NULL);
  assert_exit (again, 8);
  assert_has (again->err, "has ended already");
  g_autoptr (Ended) audit = world_run (world, "audit", "--station", "@station", "--lot", "L1", NULL);
  assert_has (audit->out, "lot-end");
}

static void
what_is_refused_is_said_and_in_the_exit_code (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Ended) ended = shift (world, "start\nOP:NOBODY\noff A1\n");
  assert_exit (ended, 8);
  assert_has (ended->out, "refused: not-ready: Scan your badge.");
  assert_has (ended->out, "refused: unknown-badge");
  assert_has (ended->out, "usage: off SITE REASON");
}

static void
a_failed_board_keeps_its_lot_open_until_it_is_binned (void)
{
  g_autoptr (World) world = world_new ();
  world_set_bench (world, "faults: { A2: { dead-cell: 0x08000800 } }");
  g_autofree char *lines = lines_with_job (world, "OP:OPERATOR\n", "LOT:L1\nstart\nwait\nend-lot\n");
  g_autoptr (Ended) ended = shift (world, lines);
  assert_exit (ended, 8);
  assert_has (ended->out, "lot-unbalanced");
  g_autoptr (Ended) refused = world_run (world, "lot", "end", "L1", "--station", "@station", NULL);
  assert_exit (refused, 8);
  assert_has (refused->err, "A2");

  /* another program, later: the board stands where it stood */
  g_autofree char *later = lines_with_job (world, "OP:OPERATOR\n", "LOT:L1\nstart\nBIN:fail\nend-lot\n");
  g_autoptr (Ended) binned = shift (world, later);
  assert_has (binned->out, "failed-board-open");
  g_autoptr (Ended) status = world_run (world, "lot", "status", "L1", "--station", "@station", NULL);
  assert_has (status->out, "passed 1 + binned 1");
  assert_has (status->out, "ended");
}

static void
the_last_argument_is_the_rest_of_its_line (void)
{
  g_autoptr (World) world = world_new ();
  world_set_bench (world, "faults: { A2: { dead-cell: 0x08000800 } }");
  g_autofree char *lines =
      lines_with_job (world, "sign-in OPERATOR\n", "open-lot L1\nstart\nwait\nbin A2 fail a dead cell\nend-lot\n");
  g_autoptr (Ended) ended = shift (world, lines);
  assert_exit (ended, 0);
  g_autoptr (Ended) audit = world_run (world, "audit", "--station", "@station", "--action", "bin", NULL);
  assert_has (audit->out, "a dead cell");
}

static void
arguments_that_do_not_fit_are_refused_with_the_usage (void)
{
  static const char *const lines[][2] = { { "stop now", "stop" },
                                          { "open-lot L1 many", "open-lot LOT [QUANTITY]" },
                                          { "remove some lost", "remove COUNT REASON" },
                                          { "start-by luck", "start-by key|pin|insertion|lid" },
                                          { "training maybe", "training on|off" },
                                          { "identify A1 soon", "identify SITE [TIME]" } };
  g_autoptr (World) world = world_new ();
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autofree char *text = g_strdup_printf ("OP:OPERATOR\n%s\n", lines[i][0]);
    g_autofree char *told = g_strdup_printf ("refused: usage: %s\n", lines[i][1]);
    g_autoptr (Ended) ended = shift (world, text);
    assert_exit (ended, 8);
    assert_has (ended->out, told);
  }
}

static void
people_are_kept_for_nobody_else_to_read (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *pin = world_path (world, "pin");
  /* with letters that no number and no UUID of an audit row holds by chance */
  world_write (world, "pin", "24-oxz-68\n");
  g_autoptr (Ended) nobody = world_run (world, "people", "list", "--station", "@station", NULL);
  assert_has (nobody->out, "SUPERVISOR");
  g_autoptr (Ended) added = world_run (world, "people", "add", "77", "Ada", "--supervisor", "--pin-file", pin,
                                       "--station", "@station", NULL);
  assert_exit (added, 0);
  g_autoptr (Ended) twice = world_run (world, "people", "add", "77", "Ada", "--station", "@station", NULL);
  g_assert_cmpint (twice->exit_code, !=, 0);
  g_autoptr (Ended) list = world_run (world, "people", "list", "--station", "@station", NULL);
  assert_has (list->out, "supervisor");
  g_assert_null (strstr (list->out, "SUPERVISOR"));
  g_assert_null (strstr (list->out, "oxz"));

  g_autoptr (Ended) known = shift (world, "OP:OPERATOR\nOP:77\nunlock 77 24-oxz-68 looking at it\nunlock 77 0000 guessing\n");
  assert_exit (known, 8);
  assert_has (known->out, "unknown-badge");
  assert_has (known->out, "wrong-pin");
  g_autoptr (Ended) audit = world_run (world, "audit", "--station", "@station", "--json", NULL);
  assert_has (audit->out, "\"action\":\"unlock\"");
  assert_has (audit->out, "\"reason\":\"looking at it\"");
  assert_has (audit->out, "\"action\":\"unlock-refused\"");
  g_assert_null (strstr (audit->out, "oxz"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(function) g_test_add_func ("/shift/" #function, function)
  ADD (a_lot_goes_through_by_scans);
  ADD (what_is_refused_is_said_and_in_the_exit_code);
  ADD (a_failed_board_keeps_its_lot_open_until_it_is_binned);
  ADD (the_last_argument_is_the_rest_of_its_line);
  ADD (arguments_that_do_not_fit_are_refused_with_the_usage);
  ADD (people_are_kept_for_nobody_else_to_read);
  return g_test_run ();
}
