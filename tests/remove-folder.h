/* What a test leaves behind: its own temporary folder. */
#pragma once

#include <glib/gstdio.h>

/* The folder and all that is in it; links are removed, not followed. NULL or not there: nothing. */
static inline void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = path != NULL ? g_dir_open (path, 0, NULL) : NULL;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *inside = g_build_filename (path, name, NULL);
    if (g_file_test (inside, G_FILE_TEST_IS_DIR) && !g_file_test (inside, G_FILE_TEST_IS_SYMLINK))
      remove_folder (inside);
    else
      g_unlink (inside);
  }
  if (dir != NULL)
    g_rmdir (path);
}
