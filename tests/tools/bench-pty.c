/* bench-pty BENCH.yaml BOARD: puts a board of a bench file on a pseudo terminal, in its ROM, says which, and holds it
 * open until its input ends or a signal comes. For people, and for programs from elsewhere:
 *
 *     bench-pty bench.yaml A1 &
 *     stm32flash -m 8n1 -b 115200 /dev/pts/7 */
#include "src/bench/bench.h"
#include <stdio.h>
#include <unistd.h>

static int complain (const GError *error) {
  fprintf (stderr, "bench-pty: %s\n", error->message);
  return 3;
}

int main (int argc, char **argv) {
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL, *path = NULL;
  gsize length;
  if (argc != 3) {
    fprintf (stderr, "usage: bench-pty BENCH.yaml BOARD\n");
    return 2;
  }
  if (!g_file_get_contents (argv[1], &text, &length, &error))
    return complain (error);
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  g_autoptr (StnTargets) targets = stn_targets_new (NULL, &error);
  g_autoptr (StnBenchConfig) config =
      targets != NULL ? stn_bench_config_parse (argv[1], text, length, &error) : NULL;
  g_autoptr (StnBench) bench = config != NULL ? stn_bench_new (config, targets, clock, &error) : NULL;
  if (bench == NULL || !stn_bench_board_open_pty (bench, argv[2], TRUE, &path, &error))
    return complain (error);
  printf ("%s\n", path);
  fflush (stdout);
  char byte;
  while (read (STDIN_FILENO, &byte, 1) > 0)
    ;
  return 0;
}
