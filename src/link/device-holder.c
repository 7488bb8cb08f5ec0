#include "src/link/device-holder.h"

#include <sys/stat.h>
#include <unistd.h>

static gboolean
has_open (const char *pid, dev_t device)
{
  g_autofree char *folder = g_build_filename ("/proc", pid, "fd", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    struct stat status;
    if (stat (path, &status) == 0 && S_ISCHR (status.st_mode) && status.st_rdev == device)
      return TRUE;
  }
  return FALSE;
}

char *
stn_device_holder (const char *node)
{
  struct stat status;
  g_autofree char *own = g_strdup_printf ("%ld", (long) getpid ());
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *pid;
  if (dir == NULL || stat (node, &status) != 0 || !S_ISCHR (status.st_mode))
    return NULL;
  while ((pid = g_dir_read_name (dir)) != NULL) {
    if (!g_ascii_isdigit (pid[0]) || g_str_equal (pid, own) || !has_open (pid, status.st_rdev))
      continue;
    g_autofree char *path = g_build_filename ("/proc", pid, "comm", NULL);
    g_autofree char *program = NULL;
    if (!g_file_get_contents (path, &program, NULL, NULL))
      continue; /* it has just ended */
    g_autofree char *text = g_utf8_make_valid (g_strchomp (program), -1);
    return g_strdup_printf ("%s, process %s", text, pid);
  }
  return has_open (own, status.st_rdev) ? g_strdup ("this program") : NULL;
}
