/* make-journal FILE RUNS LOT-BOARDS DAYS [steps] [serials] [virtual]: a seeded production, for looking at and measuring. */
#include <stdlib.h>

#include "tests/report/fill.h"

int
main (int argc, char **argv)
{
  if (argc < 5) {
    g_printerr ("make-journal FILE RUNS LOT-BOARDS DAYS [steps] [serials] [virtual]\n");
    return 2;
  }
  const char *const *words = (const char *const *) argv + 5;
  const FillPlan plan = {
    .seed = 42,
    .runs = (guint) atoi (argv[2]),
    .lot_boards = (guint) MAX (atoi (argv[3]), 1),
    .days = (guint) MAX (atoi (argv[4]), 1),
    .steps = g_strv_contains (words, "steps"),
    .serials = g_strv_contains (words, "serials"),
    .is_virtual = g_strv_contains (words, "virtual"),
  };
  g_print ("%u runs\n", fill_journal (argv[1], &plan));
  return 0;
}
