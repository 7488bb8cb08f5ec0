/* Whole runs on two virtual boards: verdicts, exit codes, reports. */
#include "tests/cli/program.h"

#include <string.h>

typedef struct {
  const char *name;
  const char *bench; /* what is special about it */
  int exit_code;
  const char *failure; /* of A2; NULL: it passes */
  const char *in_reason;
} Fault;

/* A1 is always well: a neighbour is never disturbed. */
static const Fault faults[] = {
  { "two_good_boards_pass", "", 0, NULL, NULL },
  { "a_dead_cell_is_a_verify_mismatch_at_its_address", "faults: { A2: [ { dead-cell: 0x08000234 } ] }", 1,
    "verify-mismatch", "0x08000234" },
  { "another_chip_is_the_wrong_chip", "faults: { A2: [ { wrong-chip: STM32F405xG } ] }", 1, "wrong-chip", "0x413" },
  { "a_locked_board_is_read_protected", "faults: { A2: protected }", 1, "read-protected", NULL },
  { "a_nack_is_tried_again", "faults: { A2: [ { nack: 17 } ] }", 0, NULL, NULL },
  { "silence_on_half_of_the_sites_is_the_stations", "faults: { A2: silence }", 4, "many-alike", "no byte" },
};

static char *
result_line (const char *text, const char *site)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    g_autofree char *ev = json_text (lines[i], "ev"), *of = json_text (lines[i], "site");
    if (g_strcmp0 (ev, "unit.result") == 0 && g_strcmp0 (of, site) == 0)
      return g_strdup (lines[i]);
  }
  return NULL;
}

static void
run_fault (gconstpointer data)
{
  const Fault *row = data;
  g_autoptr (World) world = world_new ();
  world_set_bench (world, row->bench);
  g_autoptr (Ended) ended = world_run (world, "run", "@job", "--station", "@station", "--json", NULL);

  assert_exit (ended, row->exit_code);
  g_autofree char *good = result_line (ended->out, "A1"), *bad = result_line (ended->out, "A2");
  g_assert_nonnull (good);
  g_assert_nonnull (bad);
  g_autofree char *good_outcome = json_text (good, "outcome"), *failure = json_text (bad, "failure");
  g_autofree char *reason = json_text (bad, "text");
  g_assert_cmpstr (good_outcome, ==, "pass");
  g_assert_cmpstr (failure, ==, row->failure);
  if (row->in_reason != NULL)
    assert_has (reason, row->in_reason);
}

static void
a_person_reads_what_to_do_next (void)
{
  g_autoptr (World) world = world_new ();
  world_set_bench (world, "faults: { A2: [ { dead-cell: 0x08000234 } ] }");
  g_autoptr (Ended) ended = world_run (world, "run", "@job", "--station", "@station", NULL);

  assert_exit (ended, 1);
  assert_has (ended->out, "A1     PASS");
  assert_has (ended->out, "A2     FAIL");
  assert_has (ended->out, "Board in A2 holds wrong data.");
  assert_has (ended->out, "stationctl why verify-mismatch");
  assert_has (ended->out, "2 boards: 1 passed, 1 failed");
  g_assert_cmpstr (ended->err, ==, "");
  g_assert_null (strchr (ended->out, '\033'));
}

static void
quiet_says_nothing_when_all_is_well (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Ended) ended = world_run (world, "run", "@job", "--station", "@station", "-q", NULL);
  assert_exit (ended, 0);
  g_assert_cmpstr (ended->out, ==, "");
  g_assert_cmpstr (ended->err, ==, "");
}

static void
verbose_tells_each_step (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Ended) ended = world_run (world, "run", "@job", "--station", "@station", "-v", "--sites", "A1", NULL);
  assert_exit (ended, 0);
  assert_has (ended->out, "first-block");
  assert_has (ended->out, "verify");
}

static void
the_same_board_again_is_refused_by_the_gate (void)
{
  g_autoptr (World) world = world_new ();
  world_set_bench (world, "seed: 7"); /* the same chips at every start */
  g_autoptr (Ended) first = world_run (world, "run", "@job", "--station", "@station", NULL);
  assert_exit (first, 0);
  g_autoptr (Ended) again = world_run (world, "run", "@job", "--station", "@station", NULL);
  assert_exit (again, 8);
  assert_has (again->out, "already-done");
  assert_has (again->out, "T-00000"); /* the serial that it has */
}

static void
a_lot_is_not_overrun_by_boards_side_by_side (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *job = NULL;
  g_file_get_contents (world->job, &job, NULL, NULL);
  g_autofree char *limited = g_strconcat (job, "limits: { quantity: 3 }\n", NULL);
  world_write (world, "job.yaml", limited);
  g_autoptr (Ended) ended =
      world_run (world, "run", "@job", "--station", "@station", "--lot", "L1", "--cycles", "3", "--json", NULL);
  assert_exit (ended, 8);
  g_assert_cmpuint (count_events (ended->out, "unit.result", "pass"), ==, 3);
  g_assert_cmpuint (count_events (ended->out, "unit.result", "skipped"), ==, 3);
}

static void
cycles_swap_virtual_boards (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Ended) ended = world_run (world, "run", "@job", "--station", "@station", "--cycles", "3", "--json", NULL);
  assert_exit (ended, 0);
  g_assert_cmpuint (count_events (ended->out, "unit.result", "pass"), ==, 6);
  g_assert_cmpuint (count_events (ended->out, "cycle.result", NULL), ==, 3);
}

static void
the_job_stops_after_so_many_failures (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *job = NULL;
  world_set_bench (world, "faults: { A2: [ \"dead-cell: 0x08000234 every\" ] }");
  g_file_get_contents (world->job, &job, NULL, NULL);
  g_autofree char *limited = g_strconcat (job, "limits: { stop-after-failures: 2 }\n", NULL);
  world_write (world, "job.yaml", limited);
  g_autoptr (Ended) ended = world_run (world, "run", "@job", "--station", "@station", "--cycles", "9", "--json", NULL);
  assert_exit (ended, 1);
  g_assert_cmpuint (count_events (ended->out, "cycle.result", NULL), ==, 2);
  assert_has (ended->out, "stop-rule");
}

static void
an_expired_job_is_refused (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *job = NULL;
  g_file_get_contents (world->job, &job, NULL, NULL);
  g_autofree char *limited = g_strconcat (job, "limits: { until: 2020-02-29 }\n", NULL);
  world_write (world, "job.yaml", limited);
  g_autoptr (Ended) ended = world_run (world, "run", "@job", "--station", "@station", NULL);
  assert_exit (ended, 8);
  assert_has (ended->err, "until 2020-02-29");
  g_assert_false (world_has (world, "journal.db"));
}

static void
serials_come_from_a_list (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *job = NULL;
  g_file_get_contents (world->job, &job, NULL, NULL);
  g_auto (GStrv) parts = g_strsplit (job, "{ from: counter, pattern: \"T-{seq:06}\" }", -1);
  g_autofree char *listed = g_strjoinv ("{ from: list }", parts);
  world_write (world, "job.yaml", listed);

  g_autoptr (Ended) without = world_run (world, "run", "@job", "--station", "@station", NULL);
  assert_exit (without, 2);
  world_write (world, "serials.txt", "# two boards\nA2,SECOND\n\nFIRST\n");
  g_autoptr (Ended) ended =
      world_run (world, "run", "@job", "--station", "@station", "--serials", "serials.txt", "--json", NULL);
  assert_exit (ended, 0);
  g_autofree char *one = result_line (ended->out, "A1"), *two = result_line (ended->out, "A2");
  g_autofree char *serial_one = json_text (one, "serial"), *serial_two = json_text (two, "serial");
  g_assert_cmpstr (serial_one, ==, "FIRST");
  g_assert_cmpstr (serial_two, ==, "SECOND");

  /* used ones are used */
  g_autoptr (Ended) again = world_run (world, "run", "@job", "--station", "@station", "--serials", "serials.txt", NULL);
  assert_exit (again, 8);
  world_write (world, "serials.txt", "X\nX\n");
  g_autoptr (Ended) twice = world_run (world, "run", "@job", "--station", "@station", "--serials", "serials.txt", NULL);
  assert_exit (twice, 3);
  assert_has (twice->err, "serials.txt:2:");
}

static void
junit_and_tap_say_the_same (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *report = NULL, *path = world_path (world, "report.xml");
  world_set_bench (world, "faults: { A2: [ { dead-cell: 0x08000234 } ] }");
  g_autoptr (Ended) ended =
      world_run (world, "run", "@job", "--station", "@station", "--tap", "--junit", "report.xml", NULL);

  assert_exit (ended, 1);
  g_assert_true (g_str_has_prefix (ended->out, "TAP version 13\n"));
  assert_has (ended->out, "- site A1 T-");
  assert_has (ended->out, "not ok ");
  assert_has (ended->out, "# verify-mismatch:");
  g_assert_true (g_str_has_suffix (ended->out, "1..2\n"));
  g_assert_true (g_file_get_contents (path, &report, NULL, NULL));
  assert_has (report, "tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\"");
  assert_has (report, "<failure type=\"verify-mismatch\"");
}

static void
a_report_that_can_not_be_written_is_not_passed_over (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Ended) ended =
      world_run (world, "run", "@job", "--station", "@station", "--junit", "no/such/folder.xml", NULL);
  assert_exit (ended, 4);
  assert_has (ended->err, "folder.xml");
}

static void
units_and_unit_tell_what_happened (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Ended) ran = world_run (world, "run", "@job", "--station", "@station", "--lot", "L7", NULL);
  assert_exit (ran, 0);
  g_autoptr (Ended) table = world_run (world, "units", "--station", "@station", "--lot", "L7", NULL);
  assert_exit (table, 0);
  assert_has (table->out, "T-000001");
  assert_has (table->out, "T-000002");
  g_autoptr (Ended) none = world_run (world, "units", "--station", "@station", "--lot", "L8", NULL);
  assert_exit (none, 0);
  assert_has (none->out, "nothing in the journal fits");
  g_autoptr (Ended) json = world_run (world, "units", "--journal", "journal.db", "--json", "-n", "1", NULL);
  assert_exit (json, 0);
  g_assert_cmpuint (count_events (json->out, NULL, NULL), ==, 1);
  g_autofree char *verdict = json_text (json->out, "verdict"), *lot = json_text (json->out, "lot");
  g_assert_cmpstr (verdict, ==, "pass");
  g_assert_cmpstr (lot, ==, "L7");
  g_autoptr (Ended) unit = world_run (world, "unit", "T-000001", "--station", "@station", NULL);
  assert_exit (unit, 0);
  assert_has (unit->out, "PASS");
  assert_has (unit->out, "verify");
  g_autoptr (Ended) unknown = world_run (world, "unit", "T-999999", "--station", "@station", NULL);
  assert_exit (unknown, 1);
}

static void
the_trace_has_the_first_sync (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *trace = NULL, *path = world_path (world, "trace.txt");
  g_autoptr (Ended) ended =
      world_run (world, "run", "@job", "--station", "@station", "--sites", "A1", "--trace", "trace.txt", NULL);
  assert_exit (ended, 0);
  g_assert_true (g_file_get_contents (path, &trace, NULL, NULL));
  assert_has (trace, " write 7f");
}

static void
a_journal_that_is_none_is_left_alone (void)
{
  g_autoptr (World) world = world_new ();
  world_write (world, "journal.db", "this is no database, and must stay as it is");
  g_autoptr (Ended) ended = world_run (world, "run", "@job", "--station", "@station", NULL);
  assert_exit (ended, 4);
  assert_has (ended->err, "journal.db");
  g_autofree char *path = world_path (world, "journal.db"), *after = NULL;
  g_file_get_contents (path, &after, NULL, NULL);
  g_assert_cmpstr (after, ==, "this is no database, and must stay as it is");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autofree char *path = g_strdup_printf ("/run/%s", faults[i].name);
    g_test_add_data_func (path, &faults[i], run_fault);
  }
#define ADD(function) g_test_add_func ("/run/" #function, function)
  ADD (a_person_reads_what_to_do_next);
  ADD (quiet_says_nothing_when_all_is_well);
  ADD (verbose_tells_each_step);
  ADD (the_same_board_again_is_refused_by_the_gate);
  ADD (a_lot_is_not_overrun_by_boards_side_by_side);
  ADD (cycles_swap_virtual_boards);
  ADD (the_job_stops_after_so_many_failures);
  ADD (an_expired_job_is_refused);
  ADD (serials_come_from_a_list);
  ADD (junit_and_tap_say_the_same);
  ADD (a_report_that_can_not_be_written_is_not_passed_over);
  ADD (units_and_unit_tell_what_happened);
  ADD (the_trace_has_the_first_sync);
  ADD (a_journal_that_is_none_is_left_alone);
  return g_test_run ();
}
