/* Yields and failures of a seeded production, against a calculation of its own in another language. */
#include <glib/gstdio.h>

#include "src/report/report.h"
#include "tests/report/fill.h"

static void
write_report (const char *folder, const char *name, StnQuery *journal, const char *kind, const StnReportQuery *query)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnReport) report
      = stn_report_new (stn_report_kind_find (kind), journal, "journal.db", query, 1767592800000000, &error);
  g_assert_no_error (error);
  g_autoptr (GBytes) bytes = stn_report_to_bytes (report, STN_REPORT_JSON, STN_PAPER_A4, &error);
  g_assert_no_error (error);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  g_file_set_contents (path, data, (gssize) length, &error);
  g_assert_no_error (error);
}

static void
compare (guint32 seed, guint runs)
{
  static const char *const keys[] = { "day", "site", "operator", "firmware", "lot" };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("stn-report-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "journal.db", NULL);
  const FillPlan plan = { .seed = seed, .runs = runs, .lot_boards = 500, .days = 30 };

  g_test_message ("%u runs", fill_journal (path, &plan));
  {
    g_autoptr (StnQuery) journal = stn_query_open (path, &error);
    g_assert_no_error (error);
    for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
      const StnReportQuery query = { .by = keys[i] };
      g_autofree char *name = g_strdup_printf ("fpy-%s.json", keys[i]);
      write_report (folder, name, journal, "fpy", &query);
    }
    write_report (folder, "pareto.json", journal, "pareto", &(const StnReportQuery){ 0 });
  }
  const char *const arguments[] = { "python3", g_getenv ("REPORT_INDEPENDENT"), path, folder, NULL };
  g_autofree char *out = NULL;
  int status;
  g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, &status, &error);
  g_assert_no_error (error);
  g_test_message ("%s", out);
  g_assert_true (g_spawn_check_wait_status (status, NULL));

  GDir *names = g_dir_open (folder, 0, NULL);
  const char *name;
  while ((name = g_dir_read_name (names)) != NULL) {
    g_autofree char *file = g_build_filename (folder, name, NULL);
    g_remove (file);
  }
  g_dir_close (names);
  g_rmdir (folder);
}

static void
some (void)
{
  compare (20260105, 10000);
}

static void
many (void)
{
  compare (7, 200000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/yields_and_failures_equal_an_independent_calculation", some);
  if (g_test_slow ())
    g_test_add_func ("/report/they_do_over_200000_runs", many);
  return g_test_run ();
}
