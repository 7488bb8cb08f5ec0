/* Every job of tests/data/jobs-bad is refused before a pin moves, with the failure and the text beside it. */
#include <string.h>

#include "src/job/plan.h"

static void
is_refused_with_the_expected_message (gconstpointer data)
{
  const char *path = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *expected = NULL;
  g_autoptr (GString) expected_path = g_string_new (path);
  g_string_replace (expected_path, ".yaml", ".expected", 0);
  g_autoptr (StnTargets) targets = stn_targets_new (NULL, &error);
  g_assert_no_error (error);

  g_autoptr (StnJob) job = stn_job_load (path, &error);
  const StnWiring wiring = { .has_uart = TRUE, .has_nrst = TRUE, .has_boot0 = TRUE, .baud = 115200 };
  g_autoptr (StnPlan) plan = job != NULL ? stn_plan_new (job, targets, NULL, &wiring, &error) : NULL;
  g_assert_null (plan);
  g_assert_nonnull (error);

  StnFailure failure = stn_error_failure (error);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *prefix = g_strconcat (folder, "/", NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  g_string_printf (text, "%s: %s\n", stn_failure_name (failure), error->message);
  g_string_replace (text, prefix, "", 0);

  /* STN_WRITE_EXPECTED=1 writes the files anew, for a look with git diff */
  if (g_getenv ("STN_WRITE_EXPECTED") != NULL)
    g_assert_true (g_file_set_contents (expected_path->str, text->str, -1, NULL));
  g_assert_true (g_file_get_contents (expected_path->str, &expected, NULL, NULL));
  g_assert_cmpstr (text->str, ==, expected);
  /* refused as input, which is exit code 3: nobody's board is to blame */
  g_assert_cmpint (stn_failure_row (failure)->blame, ==, STN_BLAME_INPUT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_build_filename (g_getenv ("STN_SOURCE_ROOT"), "tests", "data", "jobs-bad", NULL);
  g_autoptr (GDir) entries = g_dir_open (folder, 0, &error);
  g_assert_no_error (error);

  guint count = 0;
  for (const char *name = g_dir_read_name (entries); name != NULL; name = g_dir_read_name (entries)) {
    if (!g_str_has_suffix (name, ".yaml"))
      continue;
    g_autofree char *test = g_strdup_printf ("/jobs-bad/%s_is_refused_with_its_message", name);
    g_test_add_data_func_full (test, g_build_filename (folder, name, NULL), is_refused_with_the_expected_message,
                               g_free);
    count++;
  }
  g_assert_cmpuint (count, >=, 16);
  return g_test_run ();
}
