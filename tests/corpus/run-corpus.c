/* run-corpus FOLDER: a fuzzer's entry over every file of a folder, over each of their beginnings, and over each with
 * single bytes changed: what a fuzzer does in its first second, always the same. */
#include <glib.h>
#include <string.h>

#include "tests/fuzz/entry.h"

/* larger seeds are only run as they are */
enum { MUTATED_BYTES_MOST = 1024 };

/* an exact copy: the sanitizers see a read behind it */
static void
run (const guint8 *bytes, gsize length)
{
  g_autofree guint8 *copy = g_memdup2 (bytes, length);

  LLVMFuzzerTestOneInput (copy, length);
}

static void
run_file (gconstpointer path)
{
  static const guint8 changes[] = { 0x01, 0x80, 0xFF };
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &content, &length, &error));
  g_assert_no_error (error);
  guint8 *bytes = (guint8 *) content;
  run (bytes, length);
  if (length > MUTATED_BYTES_MOST)
    return;
  for (gsize shorter = 0; shorter < length; shorter++)
    run (bytes, shorter);
  for (gsize position = 0; position < length; position++)
    for (gsize change = 0; change < G_N_ELEMENTS (changes); change++) {
      bytes[position] ^= changes[change];
      run (bytes, length);
      bytes[position] ^= changes[change];
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) entries = g_dir_open (argv[1], 0, &error);
  g_assert_no_error (error);
  g_autofree char *kind = g_path_get_basename (argv[1]);

  guint count = 0;
  for (const char *name = g_dir_read_name (entries); name != NULL; name = g_dir_read_name (entries), count++) {
    g_autofree char *test = g_strdup_printf ("/corpus/%s/%s", kind, name);
    g_test_add_data_func_full (test, g_build_filename (argv[1], name, NULL), run_file, g_free);
  }
  g_assert_cmpuint (count, >, 0);
  return g_test_run ();
}
