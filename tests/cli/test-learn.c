/* learn, spawned: in real time every line takes its half seconds. */
#include "tests/cli/wiring-world.h"

static void
learn_writes_a_station_that_check_proves (void)
{
  g_autoptr (World) world = wiring_world ("/dev/b1: A2, /dev/b2: A1");
  g_autofree char *bench = world_path (world, "bench.yaml"), *path = world_path (world, "learned.yaml");
  g_autoptr (Ended) learned =
      world_run (world, "learn", "--no-input", "--json", "--bench", bench, "--output", path, NULL);

  assert_exit (learned, 0);
  g_assert_cmpuint (count_events (learned->out, NULL, NULL), ==, 2);
  assert_has (learned->err, "2 sites have both NRST and BOOT0");
  g_autoptr (Ended) check = world_run (world, "check", "--station", path, NULL);
  assert_exit (check, 0);
  g_autoptr (Ended) again = world_run (world, "learn", "--no-input", "--bench", bench, "--output", path, NULL);
  assert_exit (again, 2);
  assert_has (again->err, "--force overwrites it");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/learn/learn_writes_a_station_that_check_proves", learn_writes_a_station_that_check_proves);
  return g_test_run ();
}
