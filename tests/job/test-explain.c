/* The demo's job in words, compared with a copy that a person has read. Hashes are masked: they change with the
 * firmware and with the target's data, the words should not. */
#include "tests/job/job-fixture.h"

static char *
explain_demo (const Fixture *self, const StnWiring *wiring)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (g_getenv ("STN_SOURCE_ROOT"), "data", "jobs", "demo.yaml", NULL);
  g_autoptr (StnJob) job = stn_job_load (path, &error);
  g_assert_no_error (error);
  g_autoptr (StnPlan) plan = stn_plan_new (job, self->targets, stn_engine_class_by_name ("uart"), wiring, &error);
  g_assert_no_error (error);
  g_autofree char *text = stn_plan_explain (plan);
  g_assert_nonnull (strstr (text, plan->hash));
  g_assert_nonnull (strstr (text, job->hash));
  g_autoptr (GRegex) hashes = g_regex_new ("[0-9a-f]{64}", 0, 0, NULL);
  return g_regex_replace_literal (hashes, text, -1, 0, "HASH", 0, NULL);
}

static void
assert_like_copy (const char *text, const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("STN_SOURCE_ROOT"), "tests", "data", "explain", name, NULL);
  g_autofree char *expected = NULL;
  /* STN_WRITE_EXPECTED=1 writes the copy anew, for a look with git diff */
  if (g_getenv ("STN_WRITE_EXPECTED") != NULL)
    g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_true (g_file_get_contents (path, &expected, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
}

static void
the_demo_reads_as_its_copy (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autofree char *text = explain_demo (self, &plain_wiring);
  assert_like_copy (text, "demo.txt");
}

static void
the_demo_with_power_reads_as_its_copy (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autofree char *text = explain_demo (self, &power_wiring);
  assert_like_copy (text, "demo-power.txt");
}

static void
no_line_is_wider_than_a_hundred_columns (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autofree char *text = explain_demo (self, &power_wiring);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_cmpint (g_utf8_strlen (lines[i], -1), <=, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/explain/the_demo_reads_as_its_copy", the_demo_reads_as_its_copy);
  add_test ("/explain/the_demo_with_power_reads_as_its_copy", the_demo_with_power_reads_as_its_copy);
  add_test ("/explain/no_line_is_wider_than_a_hundred_columns", no_line_is_wider_than_a_hundred_columns);
  return g_test_run ();
}
