#include "src/base/folder.h"

#include <glib/gstdio.h>

static void
write_or_fail (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
}

static void
remove_or_fail (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
its_names_come_sorted_without_hidden_and_other_ones (void)
{
  static const char *const names[] = { "b.yaml", "a.yaml", "B.yaml", ".a.yaml", "a.yaml~", "c.txt" };
  g_autofree char *folder = g_dir_make_tmp (NULL, NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    write_or_fail (folder, names[i]);
  g_auto (GStrv) found = stn_folder_names (folder, ".yaml", &error);
  g_assert_no_error (error);
  g_autofree char *joined = g_strjoinv (" ", found);
  g_assert_cmpstr (joined, ==, "B.yaml a.yaml b.yaml");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    remove_or_fail (folder, names[i]);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
one_that_is_not_there_is_empty_and_a_file_is_an_error (void)
{
  g_autofree char *folder = g_dir_make_tmp (NULL, NULL);
  g_autofree char *inner = g_build_filename (folder, "inner", NULL);
  g_autoptr (GError) error = NULL;

  g_auto (GStrv) none = stn_folder_names (inner, ".yaml", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  write_or_fail (folder, "inner");
  g_assert_null (stn_folder_names (inner, ".yaml", &error));
  g_assert_error (error, STN_ERROR, STN_FAILURE_BAD_FILE);
  g_assert_true (g_str_has_prefix (error->message, inner));
  remove_or_fail (folder, "inner");
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/folder/its_names_come_sorted_without_hidden_and_other_ones",
                   its_names_come_sorted_without_hidden_and_other_ones);
  g_test_add_func ("/folder/one_that_is_not_there_is_empty_and_a_file_is_an_error",
                   one_that_is_not_there_is_empty_and_a_file_is_an_error);
  return g_test_run ();
}
