/* list, check, identify, park: spawned against a bench that is wired otherwise than the station file says. */
#include "tests/cli/wiring-world.h"

#include <string.h>

static void
list_names_places_and_who_uses_them (void)
{
  g_autoptr (World) world = wiring_world ("/dev/b1: A1, /dev/b2: A2");
  g_autofree char *path = world_path (world, "wiring-station.yaml");
  g_autoptr (Ended) table = world_run (world, "list", "--station", path, NULL);
  g_autoptr (Ended) json = world_run (world, "list", "--json", "--station", path, NULL);

  assert_exit (table, 0);
  assert_has (table->out, "FTW1");
  assert_has (table->out, "/dev/b2");
  assert_exit (json, 0);
  g_assert_cmpuint (count_events (json->out, NULL, NULL), ==, 3);
  g_autofree char *kind = json_text (json->out, "kind");
  g_assert_cmpstr (kind, ==, "pins");
  assert_has (json->out, "\"used_by\":[\"c1\"]");
  assert_has (json->out, "\"used_by\":[\"A2\"]");
}

static void
check_of_a_straight_station_ends_with_0 (void)
{
  g_autoptr (World) world = wiring_world ("/dev/b1: A1, /dev/b2: A2");
  g_autofree char *path = world_path (world, "wiring-station.yaml");
  g_autoptr (Ended) ended = world_run (world, "check", "--station", path, NULL);

  assert_exit (ended, 0);
  assert_has (ended->out, "proved");
}

static void
check_of_swapped_ports_says_so_and_ends_with_1 (void)
{
  g_autoptr (World) world = wiring_world ("/dev/b1: A2, /dev/b2: A1");
  g_autofree char *path = world_path (world, "wiring-station.yaml");
  g_autoptr (Ended) ended = world_run (world, "check", "--station", path, NULL);
  g_autoptr (Ended) json = world_run (world, "check", "--json", "--sites", "A2", "--station", path, NULL);

  assert_exit (ended, 1);
  assert_has (ended->out, "A1's NRST and BOOT0 reach the board on A2's UART");
  assert_exit (json, 1);
  g_assert_cmpuint (count_events (json->out, NULL, NULL), ==, 1);
  g_autofree char *state = json_text (json->out, "state");
  g_assert_cmpstr (state, ==, "wrong");
}

static void
check_without_a_port_is_the_stations_fault (void)
{
  g_autoptr (World) world = wiring_world ("/dev/b1: A1, /dev/other: A2");
  g_autofree char *path = world_path (world, "wiring-station.yaml");
  g_autoptr (Ended) ended = world_run (world, "check", "--station", path, NULL);

  assert_exit (ended, 4);
  assert_has (ended->out, "A2: /dev/b2: the bench has no such UART");
}

static void
identify_blinks_one_board_for_so_long (void)
{
  g_autoptr (World) world = wiring_world ("/dev/b1: A1, /dev/b2: A2");
  g_autofree char *path = world_path (world, "wiring-station.yaml");
  g_autoptr (Ended) ended = world_run (world, "identify", "A2", "--seconds", "1", "--station", path, NULL);
  g_autoptr (Ended) unknown = world_run (world, "identify", "A7", "--station", path, NULL);
  g_autoptr (Ended) nobody = world_run (world, "identify", "--station", path, NULL);

  assert_exit (ended, 0);
  assert_has (ended->err, "A2: NRST (c1.AC1)");
  assert_exit (unknown, 2);
  assert_has (unknown->err, "no site “A7”");
  assert_exit (nobody, 2);
}

static void
a_signal_ends_identify_and_the_bank_is_busy_until_then (void)
{
  g_autoptr (World) world = wiring_world ("/dev/b1: A1, /dev/b2: A2");
  g_autofree char *path = world_path (world, "wiring-station.yaml");
  const char *const arguments[] = { "identify", "A1", "--station", path, NULL };
  g_autoptr (GSubprocess) blinking = world_start (world, arguments, G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GDataInputStream) said = g_data_input_stream_new (g_subprocess_get_stderr_pipe (blinking));
  g_autofree char *line = g_data_input_stream_read_line (said, NULL, NULL, NULL);
  int code = 0;

  assert_has (line, "A1: NRST (c1.AC0)");
  /* the line is there before the lock is */
  for (guint tries = 0; code != 7 && tries < 100; tries++) {
    g_autoptr (Ended) park = world_run (world, "park", "--station", path, NULL);
    code = park->exit_code;
    if (code == 7)
      assert_has (park->err, "in use by");
  }
  g_assert_cmpint (code, ==, 7);
  g_autoptr (Ended) forced = world_run (world, "park", "--force", "--station", path, NULL);
  assert_exit (forced, 0);
  g_subprocess_send_signal (blinking, 2);
  g_assert_true (g_subprocess_wait (blinking, NULL, NULL));
  g_assert_true (g_subprocess_get_if_exited (blinking));
  g_assert_cmpint (g_subprocess_get_exit_status (blinking), ==, 0);
  g_autoptr (Ended) after = world_run (world, "park", "--station", path, NULL);
  assert_exit (after, 0);
  assert_has (after->out, "all lines at rest");
}

static void
park_speaks_of_rts_and_dtr_too (void)
{
  static const char station[] = "station: Own lines\nbench: bench.yaml\njournal: wiring.db\nbanks:\n  - name: A\n"
                                "    sites:\n      - { name: A1, nrst: uart.rts, boot0: uart.dtr, uart: /dev/b1 }\n"
                                "      - { name: A2, nrst: uart.rts, boot0: uart.dtr, uart: /dev/b2 }\n";
  g_autoptr (World) world = wiring_world ("/dev/b1: A1");
  g_autofree char *path = world_path (world, "wiring-station.yaml");
  world_write (world, "wiring-station.yaml", station);
  g_autoptr (Ended) ended = world_run (world, "park", "--station", path, NULL);

  assert_exit (ended, 4);
  assert_has (ended->out, "A1.uart (/dev/b1): all lines at rest");
  assert_has (ended->out, "A2.uart: /dev/b2");
}

static void
learn_asks_nobody_where_nobody_can_answer (void)
{
  g_autoptr (World) world = wiring_world ("/dev/b1: A1, /dev/b2: A2");
  g_autofree char *bench = world_path (world, "bench.yaml"), *path = world_path (world, "learned.yaml");
  g_autoptr (Ended) ended = world_run (world, "learn", "--bench", bench, "--output", path, NULL);
  g_autoptr (Ended) missing = world_run (world, "learn", "--control", "FTNONE", "--bench", bench, "-o", path, NULL);

  assert_exit (ended, 2);
  assert_has (ended->err, "--control");
  assert_exit (missing, 4);
  assert_has (missing->err, "adapter FTNONE");
  g_assert_false (world_has (world, "learned.yaml"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(function) g_test_add_func ("/cli/wiring/" #function, function)
  ADD (list_names_places_and_who_uses_them);
  ADD (check_of_a_straight_station_ends_with_0);
  ADD (check_of_swapped_ports_says_so_and_ends_with_1);
  ADD (check_without_a_port_is_the_stations_fault);
  ADD (identify_blinks_one_board_for_so_long);
  ADD (a_signal_ends_identify_and_the_bank_is_busy_until_then);
  ADD (park_speaks_of_rts_and_dtr_too);
  ADD (learn_asks_nobody_where_nobody_can_answer);
  return g_test_run ();
}
