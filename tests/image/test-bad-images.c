/* Every file of tests/data/images-bad is refused with the text beside it. */
#include "tests/image/support.h"

static void
is_refused_with_the_expected_message (gconstpointer data)
{
  const char *path = data;
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *expected_path = g_strconcat (path, ".expected", NULL);
  g_autofree char *expected = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (expected_path, &expected, NULL, &error));
  g_assert_no_error (error);
  g_autoptr (GBytes) bytes = stn_image_read_file (path, &error);
  g_assert_no_error (error);
  gsize length;
  const guint8 *start = g_bytes_get_data (bytes, &length);
  assert_refused (name, STN_IMAGE_FORMAT_AUTO, start, length, g_strchomp (expected));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_build_filename (g_getenv ("STN_SOURCE_ROOT"), "tests", "data", "images-bad", NULL);
  g_autoptr (GDir) entries = g_dir_open (folder, 0, &error);
  g_assert_no_error (error);

  guint count = 0;
  for (const char *name = g_dir_read_name (entries); name != NULL; name = g_dir_read_name (entries)) {
    if (g_str_has_suffix (name, ".expected") || g_str_has_suffix (name, ".md"))
      continue;
    g_autofree char *test = g_strdup_printf ("/images-bad/%s_is_refused_with_its_message", name);
    g_test_add_data_func_full (test, g_build_filename (folder, name, NULL), is_refused_with_the_expected_message,
                               g_free);
    count++;
  }
  g_assert_cmpuint (count, >=, 12);
  return g_test_run ();
}
