/* What starts a load, and when it is enough: `run --start`, `--quantity`. */
#include "tests/cli/program.h"

#include <signal.h>
#include <string.h>

/* Two boards with detect pins and a panel; `operator` is what the bench's own operator does. */
static World *
world_with_panel (const char *operator)
{
  World *self = world_new ();
  g_autofree char *text = g_strdup_printf (
      "station: T\nbench: { straight: 2, target: STM32G071CB, operator: { %s } }\n"
      "controls: { c1: { ft232h: { serial: F1 }, buffered: true } }\n"
      "banks:\n  - name: A\n"
      "    inputs: { start: c1.AC6, lid: c1.AC7 }\n    outputs: { busy: c1.AD5, ok: c1.AD6, fail: c1.AD7 }\n"
      "    sites:\n"
      "      - { name: A1, nrst: c1.AC0, boot0: c1.AD0, detect: c1.AC2, uart: /dev/u1 }\n"
      "      - { name: A2, nrst: c1.AC1, boot0: c1.AD1, detect: c1.AC3, uart: /dev/u2 }\n",
      operator);
  world_write (self, "station.yaml", text);
  return self;
}

static void
start_is_pressed_for_each_load (void)
{
  g_autoptr (World) world = world_with_panel ("press-every: 300 ms, press-for: 60 ms");
  g_autoptr (Ended) ended =
      world_run (world, "run", "@job", "--station", "@station", "--start", "pin", "--cycles", "2", NULL);
  assert_exit (ended, 0);
  assert_has (ended->err, "press START");
  assert_has (ended->out, "T-000004");
}

static void
boards_that_are_put_in_start_a_load (void)
{
  g_autoptr (World) world = world_with_panel ("swap: 400 ms");
  g_autoptr (Ended) ended = world_run (world, "run", "@job", "--station", "@station", "--start", "insertion",
                                       "--cycles", "2", "--json", NULL);
  assert_exit (ended, 0);
  g_assert_cmpuint (count_events (ended->out, "unit.result", "pass"), ==, 4);
  g_assert_cmpuint (count_events (ended->out, "cycle.result", NULL), ==, 2);
}

static void
a_signal_ends_the_waiting (gconstpointer data)
{
  static const char *const arguments[][9] = {
    { "run", "@job", "--station", "@station", "--start", "pin", NULL },
    { "run", "@job", "--station", "@station", "--start", "insertion", NULL },
  };
  g_autoptr (World) world = world_with_panel ("press-every: 0 ms");
  gboolean by_insertion = GPOINTER_TO_INT (data) != 0;
  if (by_insertion) {
    /* nobody ever puts a board into A2 */
    world_write (world, "station.yaml",
                 "station: T\nbench: { straight: 2, target: STM32G071CB, faults: { A2: absent } }\n"
                 "controls: { c1: { ft232h: { serial: F1 }, buffered: true } }\n"
                 "banks:\n  - name: A\n    sites:\n"
                 "      - { name: A1, nrst: c1.AC0, boot0: c1.AD0, detect: c1.AC2, uart: /dev/u1 }\n"
                 "      - { name: A2, nrst: c1.AC1, boot0: c1.AD1, detect: c1.AC3, uart: /dev/u2 }\n");
  }
  g_autoptr (GSubprocess) process =
      world_start (world, arguments[by_insertion], G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GDataInputStream) err = g_data_input_stream_new (g_subprocess_get_stderr_pipe (process));
  g_autofree char *line = g_data_input_stream_read_line_utf8 (err, NULL, NULL, NULL);
  assert_has (line, "Ready:");
  g_subprocess_send_signal (process, SIGTERM);
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 5);
}

static void
enter_starts_each_load (void)
{
  static const char *const arguments[] = { "run", "@job",     "--station", "@station", "--start",
                                           "key", "--cycles", "5",         "--json",   NULL };
  g_autoptr (World) world = world_with_panel ("");
  g_autoptr (GSubprocess) process =
      world_start (world, arguments,
                   G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  GOutputStream *keys = g_subprocess_get_stdin_pipe (process);
  g_autoptr (GDataInputStream) out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  guint cycles = 0;

  g_assert_true (g_output_stream_write_all (keys, "\n", 1, NULL, NULL, NULL));
  for (;;) {
    g_autofree char *line = g_data_input_stream_read_line_utf8 (out, NULL, NULL, NULL);
    if (line == NULL)
      break;
    g_autofree char *ev = json_text (line, "ev");
    if (g_strcmp0 (ev, "cycle.result") != 0)
      continue;
    /* one more, then no more boards */
    if (++cycles == 1)
      g_assert_true (g_output_stream_write_all (keys, "\n", 1, NULL, NULL, NULL));
    else
      g_assert_true (g_output_stream_close (keys, NULL, NULL));
  }
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
  g_assert_cmpuint (cycles, ==, 2);
}

static void
a_quantity_is_neither_missed_nor_overrun (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Ended) ended =
      world_run (world, "run", "@job", "--station", "@station", "--quantity", "3", "--json", NULL);
  assert_exit (ended, 0);
  g_assert_cmpuint (count_events (ended->out, "unit.result", "pass"), ==, 3);
  g_assert_cmpuint (count_events (ended->out, "cycle.result", NULL), ==, 2);
}

static void
a_quantity_that_never_comes_ends_all_the_same (void)
{
  g_autoptr (World) world = world_new ();
  world_set_bench (world, "faults: { A1: [ \"wrong-chip: STM32F405xG every\" ], A2: [ \"protected every\" ] }");
  g_autoptr (Ended) ended =
      world_run (world, "run", "@job", "--station", "@station", "--quantity", "3", "--json", NULL);
  assert_exit (ended, 1);
  g_assert_cmpuint (count_events (ended->out, "cycle.result", NULL), ==, 1);
}

static void
what_can_not_be_is_said_before_a_pin_moves (gconstpointer data)
{
  g_auto (GStrv) words = g_strsplit (data, " ", -1);
  g_autoptr (World) world = world_new ();
  guint count = g_strv_length (words);
  g_autoptr (Ended) ended = world_run (world, "run", "@job", "--station", "@station", words[0],
                                       count > 1 ? words[1] : NULL, count > 2 ? words[2] : NULL, NULL);
  assert_exit (ended, 2);
  g_assert_false (world_has (world, "station/journal-virtual.db"));
}

int
main (int argc, char **argv)
{
  static const char *const refused[] = { "--start=pin",   "--start=insertion", "--start=noon",          "--quantity=0",
                                         "--quantity=-4", "--cycles=0",        "--start=key --no-input" };
  g_test_init (&argc, &argv, NULL);
#define ADD(function) g_test_add_func ("/start/" #function, function)
  ADD (start_is_pressed_for_each_load);
  ADD (boards_that_are_put_in_start_a_load);
  ADD (enter_starts_each_load);
  ADD (a_quantity_is_neither_missed_nor_overrun);
  ADD (a_quantity_that_never_comes_ends_all_the_same);
  g_test_add_data_func ("/start/a_signal_ends_the_waiting_for_start", GINT_TO_POINTER (0), a_signal_ends_the_waiting);
  g_test_add_data_func ("/start/a_signal_ends_the_waiting_for_boards", GINT_TO_POINTER (1), a_signal_ends_the_waiting);
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autofree char *path = g_strdup_printf ("/start/refused/%s", refused[i]);
    g_test_add_data_func (path, refused[i], what_can_not_be_is_said_before_a_pin_moves);
  }
  return g_test_run ();
}
