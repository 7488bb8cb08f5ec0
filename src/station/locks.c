#include "src/station/locks.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

struct StnLocks {
  GArray *files; /* int */
};

static void
close_file (gpointer data)
{
  close (*(int *) data);
}

StnLocks *
stn_locks_new (void)
{
  StnLocks *self = g_new0 (StnLocks, 1);
  self->files = g_array_new (FALSE, FALSE, sizeof (int));
  g_array_set_clear_func (self->files, close_file);
  return self;
}

void
stn_locks_free (StnLocks *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->files);
  g_free (self);
}

/* The first of these that is there: $XDG_RUNTIME_DIR, /run/user/UID, /run, the temporary folder. */
static char *
lock_folder (GError **error)
{
  g_autofree char *of_user = g_strdup_printf ("/run/user/%u", (guint) getuid ());
  const char *const parents[] = { g_getenv ("XDG_RUNTIME_DIR"), of_user, "/run", g_get_tmp_dir () };

  for (guint i = 0; i < G_N_ELEMENTS (parents); i++) {
    if (parents[i] == NULL || *parents[i] == '\0' || !g_file_test (parents[i], G_FILE_TEST_IS_DIR))
      continue;
    g_autofree char *folder = g_build_filename (parents[i], "station", NULL);
    if (g_mkdir_with_parents (folder, 0755) == 0 && access (folder, W_OK) == 0)
      return g_steal_pointer (&folder);
  }
  stn_error_set (error, STN_FAILURE_PERMISSION,
                 "no folder for the locks of adapters: $XDG_RUNTIME_DIR is not there or "
                 "can't be written");
  return NULL;
}

/* "FTXYZ" -> "FTXYZ.lock"; what is no letter or digit becomes its hex, so that two places never share a name. */
static char *
lock_path (const char *folder, const char *place, gboolean is_virtual)
{
  g_autoptr (GString) name = g_string_new (is_virtual ? "virtual-" : "");
  for (const char *p = place; *p != '\0'; p++)
    if (g_ascii_isalnum (*p) || *p == '-' || *p == '.')
      g_string_append_c (name, *p);
    else
      g_string_append_printf (name, "_%02x", (guchar) *p);
  /* by-path names can be longer than a file name may be */
  if (name->len > 200) {
    g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, place, -1);
    g_string_assign (name, is_virtual ? "virtual-" : "");
    g_string_append (name, hash);
  }
  g_string_append (name, ".lock");
  return g_build_filename (folder, name->str, NULL);
}

/* "pid 1234 (stationctl)"; what a program writes between taking the lock and saying so can be missed. */
static char *
holder_text (int file)
{
  char text[128] = "";
  ssize_t length = pread (file, text, sizeof text - 1, 0);
  char *end = NULL;

  text[length > 0 ? length : 0] = '\0';
  guint64 pid = g_ascii_strtoull (text, &end, 10);
  if (pid == 0 || *end != ' ')
    return g_strdup ("another program");
  g_strchomp (end);
  g_autofree char *program = g_utf8_make_valid (end + 1, -1);
  return g_strdup_printf ("%s, process %" G_GUINT64_FORMAT, program, pid);
}

static void
write_holder (int file)
{
  g_autofree char *text =
      g_strdup_printf ("%ld %s\n", (long) getpid (), g_get_prgname () != NULL ? g_get_prgname () : "station");
  /* only for people: the lock holds without it */
  if (ftruncate (file, 0) != 0 || pwrite (file, text, strlen (text), 0) < 0)
    g_debug ("the holder could not be written into a lock file: %s", g_strerror (errno));
}

gboolean
stn_locks_take (StnLocks *self, const char *place, gboolean is_virtual, const char *what, GError **error)
{
  g_autofree char *folder = lock_folder (error);
  if (folder == NULL)
    return FALSE;
  g_autofree char *path = lock_path (folder, place, is_virtual);

  int file = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (file < 0) {
    int code = errno;
    stn_error_set (error, STN_FAILURE_PERMISSION, "%s: the lock of %s can't be opened: %s", path, what,
                   g_strerror (code));
    return FALSE;
  }
  if (flock (file, LOCK_EX | LOCK_NB) != 0) {
    int code = errno;
    g_autofree char *holder = holder_text (file);
    close (file);
    if (code == EWOULDBLOCK)
      stn_error_set (error, STN_FAILURE_BANK_BUSY, "%s is in use by %s", what, holder);
    else
      stn_error_set (error, STN_FAILURE_PERMISSION, "%s: the lock of %s can't be taken: %s", path, what,
                     g_strerror (code));
    return FALSE;
  }
  write_holder (file);
  g_array_append_val (self->files, file);
  return TRUE;
}
