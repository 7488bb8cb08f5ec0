/* What a machine at the other end relies on: the order of events, signals, locks, readers that stall or go away. */
#include "tests/cli/program.h"

#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* slow enough to be interrupted: 4 KiB at 115200 baud take about a second */
#define SLOW "pace: { line: true, flash: true }"

/* A stationctl whose stdout is read line by line. */
typedef struct {
  GSubprocess *process;
  GDataInputStream *lines;
} Live;

static Live
start_live (World *world, const char *const *arguments)
{
  Live live = { .process =
                    world_start (world, arguments, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE) };
  live.lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (live.process));
  return live;
}

/* The next line; NULL at the end. Free with g_free. */
static char *
next_line (Live *live)
{
  g_autoptr (GError) error = NULL;
  char *line = g_data_input_stream_read_line_utf8 (live->lines, NULL, NULL, &error);
  g_assert_no_error (error);
  return line;
}

/* Reads until an event of a kind (and step, where given) has gone by. */
static void
read_until (Live *live, const char *kind, const char *step)
{
  for (;;) {
    g_autofree char *line = next_line (live);
    g_assert_nonnull (line);
    g_autofree char *ev = json_text (line, "ev"), *of = json_text (line, "step");
    if (g_strcmp0 (ev, kind) == 0 && (step == NULL || g_strcmp0 (of, step) == 0))
      return;
  }
}

/* The rest of stdout, and the process has ended. Free with g_free. */
static char *
read_rest (Live *live)
{
  GString *rest = g_string_new (NULL);
  for (char *line = next_line (live); line != NULL; line = next_line (live)) {
    g_string_append_printf (rest, "%s\n", line);
    g_free (line);
  }
  g_subprocess_wait (live->process, NULL, NULL);
  return g_string_free (rest, FALSE);
}

static char *
read_stderr (Live *live)
{
  char text[4096];
  gsize length = 0;
  g_input_stream_read_all (g_subprocess_get_stderr_pipe (live->process), text, sizeof text - 1, &length, NULL, NULL);
  return g_strndup (text, length);
}

static void
end_live (Live *live)
{
  g_clear_object (&live->lines);
  g_clear_object (&live->process);
}

static void
lines_are_numbered_without_gaps_and_end_with_the_exit_code (void)
{
  g_autoptr (World) world = world_new ();
  world_set_bench (world, "faults: { A2: [ { dead-cell: 0x08000234 } ] }");
  g_autoptr (Ended) ended = world_run (world, "run", "@job", "--station", "@station", "--json", "--progress", NULL);
  g_auto (GStrv) lines = g_strsplit (g_strchomp (ended->out), "\n", -1);
  guint count = g_strv_length (lines);

  assert_exit (ended, 1);
  for (guint i = 0; i < count; i++) {
    g_autofree char *ts = json_text (lines[i], "ts");
    g_assert_cmpint (json_integer (lines[i], "seq"), ==, i + 1);
    g_assert_cmpint (json_integer (lines[i], "v"), ==, 1);
    g_assert_cmpint (json_integer (lines[i], "mono_ns"), >, 0);
    g_assert_nonnull (ts);
    g_assert_cmpuint (strlen (ts), ==, strlen ("2026-11-22T08:00:00.000000Z"));
  }
  g_autofree char *first = json_text (lines[0], "ev"), *last = json_text (lines[count - 1], "ev");
  g_assert_cmpstr (first, ==, "run.start");
  g_assert_cmpstr (last, ==, "run.end");
  g_assert_cmpint (json_integer (lines[count - 1], "exit"), ==, 1);
  g_assert_cmpstr (ended->err, ==, "");
}

static void
a_refused_job_has_a_stream_too (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Ended) ended = world_run (world, "run", "nowhere.yaml", "--station", "@station", "--json", NULL);
  assert_exit (ended, 3);
  g_assert_cmpuint (count_events (ended->out, NULL, NULL), ==, 2);
  g_assert_cmpuint (count_events (ended->out, "run.start", NULL), ==, 1);
  g_assert_cmpuint (count_events (ended->out, "run.end", NULL), ==, 1);
  assert_has (ended->out, "\"failure\":\"bad-file\"");
}

static void
a_result_is_told_only_when_it_is_on_disk (void)
{
  g_autoptr (World) world = world_new ();
  const char *const arguments[] = { "run", "@job", "--station", "@station", "--json", "--cycles", "2", NULL };
  Live live = start_live (world, arguments);
  guint results = 0;

  for (char *line = next_line (&live); line != NULL; line = next_line (&live)) {
    g_autofree char *ev = json_text (line, "ev"), *run = json_text (line, "run"), *uid = json_text (line, "uid");
    g_free (line);
    if (g_strcmp0 (ev, "unit.result") != 0)
      continue;
    /* another process sees it at this very moment */
    g_autoptr (Ended) seen = world_run (world, "units", "--journal", "journal.db", "--uid", uid, "--json", NULL);
    assert_exit (seen, 0);
    assert_has (seen->out, run);
    g_assert_cmpuint (count_events (seen->out, NULL, NULL), ==, 1);
    assert_has (seen->out, "\"verdict\":\"pass\"");
    results++;
  }
  g_assert_cmpuint (results, ==, 4);
  g_subprocess_wait (live.process, NULL, NULL);
  end_live (&live);
}

static void
the_first_signal_lets_boards_finish (gconstpointer data)
{
  int number = GPOINTER_TO_INT (data);
  g_autoptr (World) world = world_new ();
  const char *const arguments[] = { "run", "@job", "--station", "@station", "--json", "--cycles", "5", NULL };
  world_set_bench (world, SLOW);
  Live live = start_live (world, arguments);

  read_until (&live, "unit.step", "erase");
  g_subprocess_send_signal (live.process, number);
  g_autofree char *rest = read_rest (&live), *err = read_stderr (&live);
  g_assert_true (g_subprocess_get_if_exited (live.process));
  g_assert_cmpint (g_subprocess_get_exit_status (live.process), ==, 5);
  assert_has (err, "finishing boards in progress, press again to stop at once");
  g_assert_cmpuint (count_events (rest, "cycle.result", NULL), ==, 1);
  /* what was written is finished; whoever had not begun may have stopped */
  g_assert_cmpuint (count_events (rest, "unit.result", "pass"), >=, 1);
  g_assert_cmpuint (count_events (rest, "unit.result", NULL), ==, 2);
  end_live (&live);
}

static void
the_second_signal_stops_and_is_raised_again (gconstpointer data)
{
  int number = GPOINTER_TO_INT (data);
  g_autoptr (World) world = world_new ();
  const char *const arguments[] = { "run", "@job", "--station", "@station", "--json", NULL };
  world_set_bench (world, SLOW);
  Live live = start_live (world, arguments);

  read_until (&live, "unit.step", "erase");
  g_subprocess_send_signal (live.process, number);
  /* heard one by one: two at once would be one */
  read_until (&live, "warning", NULL);
  g_subprocess_send_signal (live.process, number);
  g_autofree char *rest = read_rest (&live);
  g_assert_true (g_subprocess_get_if_signaled (live.process));
  g_assert_cmpint (g_subprocess_get_term_sig (live.process), ==, number);
  /* the records are whole: each board has a result, and none passed */
  g_assert_cmpuint (count_events (rest, "unit.result", "cancelled"), ==, 2);
  g_assert_cmpuint (count_events (rest, "run.end", NULL), ==, 1);
  g_autoptr (Ended) unknown =
      world_run (world, "units", "--journal", "journal.db", "--verdict", "unknown", "--json", NULL);
  g_assert_cmpstr (unknown->out, ==, "");
  end_live (&live);
}

static void
a_busy_bank_names_its_owner (void)
{
  g_autoptr (World) world = world_new ();
  const char *const arguments[] = { "run", "@job", "--station", "@station", "--json", NULL };
  world_set_bench (world, SLOW);
  Live live = start_live (world, arguments);
  read_until (&live, "unit.start", NULL);

  g_autoptr (Ended) other = world_run (world, "run", "@job", "--station", "@station", NULL);
  assert_exit (other, 7);
  assert_has (other->err, "stationctl, process ");
  assert_has (other->err, g_subprocess_get_identifier (live.process));
  g_autofree char *rest = read_rest (&live);
  g_assert_cmpuint (count_events (rest, "unit.result", "pass"), ==, 2);
  g_assert_cmpint (g_subprocess_get_exit_status (live.process), ==, 0);
  end_live (&live);
  /* a lock file that nobody holds is no lock */
  g_autoptr (Ended) after = world_run (world, "run", "@job", "--station", "@station", "--dry-run", NULL);
  assert_exit (after, 0);
}

static void
a_killed_program_leaves_unknown_runs_that_the_next_one_names (void)
{
  g_autoptr (World) world = world_new ();
  const char *const arguments[] = { "run", "@job", "--station", "@station", "--json", NULL };
  world_set_bench (world, SLOW);
  Live live = start_live (world, arguments);
  read_until (&live, "unit.step", "erase");
  g_subprocess_force_exit (live.process);
  g_autofree char *rest = read_rest (&live);
  g_assert_cmpuint (count_events (rest, "unit.result", NULL), ==, 0);
  end_live (&live);

  world_set_bench (world, "");
  g_autoptr (Ended) next = world_run (world, "run", "@job", "--station", "@station", "--json", NULL);
  assert_exit (next, 0);
  assert_has (next->out, "has no result");
  g_assert_cmpuint (count_events (next->out, "unit.result", "pass"), ==, 2);
  g_autoptr (Ended) unknown =
      world_run (world, "units", "--journal", "journal.db", "--verdict", "unknown", "--json", NULL);
  g_assert_cmpuint (count_events (unknown->out, NULL, NULL), ==, 2);
}

static guint
passes_on_record (World *world)
{
  if (!world_has (world, "journal.db"))
    return 0;
  g_autoptr (Ended) seen = world_run (world, "units", "--journal", "journal.db", "--verdict", "pass", "--json", NULL);
  return seen->exit_code == 0 ? count_events (seen->out, NULL, NULL) : 0;
}

static void
a_reader_that_does_not_read_stalls_no_board (void)
{
  g_autoptr (World) world = world_new ();
  const char *const arguments[] = { "run", "@job", "--station", "@station", "--json", "--cycles", "4", NULL };
  g_autoptr (GSubprocess) process = world_start (world, arguments, G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  int fd = g_unix_input_stream_get_fd (G_UNIX_INPUT_STREAM (g_subprocess_get_stdout_pipe (process)));

  /* a page of pipe holds about fifteen lines, and four cycles say about two hundred */
  g_assert_cmpint (fcntl (fd, F_SETPIPE_SZ, 4096), >=, 4096);
  for (guint i = 0; passes_on_record (world) < 8; i++) {
    g_assert_cmpuint (i, <, 600);
    g_usleep (50 * 1000);
  }
  /* all boards are done and recorded, and only now somebody reads */
  g_autofree char *out = NULL;
  g_autoptr (GError) error = NULL;
  g_subprocess_communicate_utf8 (process, NULL, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
  g_assert_cmpuint (count_events (out, "unit.result", "pass"), ==, 8);
  g_assert_cmpuint (count_events (out, "run.end", NULL), ==, 1);
}

static void
note_end (GObject *process, GAsyncResult *result, gpointer has_ended)
{
  g_subprocess_wait_finish (G_SUBPROCESS (process), result, NULL);
  *(gboolean *) has_ended = TRUE;
}

static void
a_signal_ends_a_program_whose_reader_does_not_read (void)
{
  g_autoptr (World) world = world_new ();
  const char *const arguments[] = { "run", "@job", "--station", "@station", "--json", "--cycles", "4", NULL };
  g_autoptr (GSubprocess) process = world_start (world, arguments, G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  int fd = g_unix_input_stream_get_fd (G_UNIX_INPUT_STREAM (g_subprocess_get_stdout_pipe (process)));

  g_assert_cmpint (fcntl (fd, F_SETPIPE_SZ, 4096), >=, 4096);
  for (guint i = 0; passes_on_record (world) < 8; i++) {
    g_assert_cmpuint (i, <, 600);
    g_usleep (50 * 1000);
  }
  /* it only waits for its reader now; whoever asks it to leave does not wait with it */
  gboolean has_ended = FALSE;
  g_subprocess_wait_async (process, NULL, note_end, &has_ended);
  while (!has_ended) {
    g_subprocess_send_signal (process, SIGTERM);
    g_usleep (20 * 1000);
    g_main_context_iteration (NULL, FALSE);
  }
  g_assert_cmpuint (passes_on_record (world), ==, 8);
}

static void
a_reader_that_goes_away_stops_no_board (void)
{
  g_autoptr (World) world = world_new ();
  const char *const arguments[] = { "run", "@job", "--station", "@station", "--json", "--cycles", "3", NULL };
  g_autoptr (GSubprocess) process = world_start (world, arguments, G_SUBPROCESS_FLAGS_STDOUT_PIPE);

  g_assert_true (g_input_stream_close (g_subprocess_get_stdout_pipe (process), NULL, NULL));
  g_subprocess_wait (process, NULL, NULL);
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
  g_assert_cmpuint (passes_on_record (world), ==, 6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(function) g_test_add_func ("/stream/" #function, function)
  ADD (lines_are_numbered_without_gaps_and_end_with_the_exit_code);
  ADD (a_refused_job_has_a_stream_too);
  ADD (a_result_is_told_only_when_it_is_on_disk);
  g_test_add_data_func ("/stream/the_first_interrupt_lets_boards_finish", GINT_TO_POINTER (SIGINT),
                        the_first_signal_lets_boards_finish);
  g_test_add_data_func ("/stream/the_first_term_lets_boards_finish", GINT_TO_POINTER (SIGTERM),
                        the_first_signal_lets_boards_finish);
  g_test_add_data_func ("/stream/the_second_interrupt_stops_and_is_raised_again", GINT_TO_POINTER (SIGINT),
                        the_second_signal_stops_and_is_raised_again);
  g_test_add_data_func ("/stream/the_second_term_stops_and_is_raised_again", GINT_TO_POINTER (SIGTERM),
                        the_second_signal_stops_and_is_raised_again);
  ADD (a_busy_bank_names_its_owner);
  ADD (a_killed_program_leaves_unknown_runs_that_the_next_one_names);
  ADD (a_reader_that_does_not_read_stalls_no_board);
  ADD (a_signal_ends_a_program_whose_reader_does_not_read);
  ADD (a_reader_that_goes_away_stops_no_board);
  return g_test_run ();
}
