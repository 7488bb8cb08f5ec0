#include "tests/journal/shim-vfs.h"

#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

/* a write that no sync has followed yet */
typedef struct {
  sqlite3_int64 offset, old_size;
  guint8 *old_data, *new_data; /* new_data NULL: a truncate */
  int length, old_length;
} Unsynced;

typedef struct {
  sqlite3_file base; /* first: what SQLite sees */
  sqlite3_file *real;
  char *name;
  gboolean is_wal;
  GPtrArray *unsynced;
} ShimFile;

static sqlite3_vfs *real_vfs;
static sqlite3_vfs shim_vfs;
static GMutex mutex; /* guards all below */
static ShimMode mode;
static guint trigger_at, count, wal_syncs;
static GRand *random_numbers;
static GPtrArray *open_files;

static void
unsynced_free (gpointer data)
{
  Unsynced *write = data;
  g_free (write->old_data);
  g_free (write->new_data);
  g_free (write);
}

static void
die (void)
{
  kill (getpid (), SIGKILL);
  for (;;)
    pause ();
}

/* Puts every file back to its last sync, then lets a random part of the later writes through, and dies. */
static void
cut_power (void)
{
  for (guint i = 0; i < open_files->len; i++) {
    ShimFile *file = g_ptr_array_index (open_files, i);
    for (guint j = file->unsynced->len; j > 0; j--) {
      Unsynced *write = g_ptr_array_index (file->unsynced, j - 1);
      if (write->old_length > 0)
        file->real->pMethods->xWrite (file->real, write->old_data, write->old_length, write->offset);
      file->real->pMethods->xTruncate (file->real, write->old_size);
    }
    for (guint j = 0; j < file->unsynced->len; j++) {
      Unsynced *write = g_ptr_array_index (file->unsynced, j);
      if (write->new_data != NULL && g_rand_boolean (random_numbers))
        file->real->pMethods->xWrite (file->real, write->new_data, write->length, write->offset);
    }
    if (!file->is_wal && file->name != NULL) {
      g_autofree char *shared_memory = g_strconcat (file->name, "-shm", NULL);
      unlink (shared_memory); /* memory does not survive */
    }
  }
  die ();
}

/* One operation that changes something: SQLITE_OK to go on. */
static int
operation (gboolean is_write, gboolean *out_torn)
{
  count++;
  if (trigger_at == 0 || count < trigger_at)
    return SQLITE_OK;
  switch (mode) {
  case SHIM_KILL:
    die ();
    break;
  case SHIM_KILL_TORN:
    *out_torn = TRUE;
    return SQLITE_OK;
  case SHIM_POWER_CUT:
    cut_power ();
    break;
  case SHIM_ERROR:
    return count == trigger_at ? SQLITE_IOERR_WRITE : SQLITE_OK;
  case SHIM_DEAD:
    return SQLITE_IOERR_WRITE;
  case SHIM_FULL:
    return is_write ? SQLITE_FULL : SQLITE_OK;
  case SHIM_NOTHING:
    break;
  }
  return SQLITE_OK;
}

static ShimFile *
shim (sqlite3_file *file)
{
  return (ShimFile *) file;
}

static void
remember (ShimFile *self, const void *data, int length, sqlite3_int64 offset)
{
  sqlite3_int64 size = 0;
  Unsynced *write = g_new0 (Unsynced, 1);
  self->real->pMethods->xFileSize (self->real, &size);
  write->offset = offset;
  write->old_size = size;
  write->length = length;
  write->new_data = data != NULL ? g_memdup2 (data, (gsize) length) : NULL;
  write->old_length = offset < size ? (int) MIN (data != NULL ? length : size - offset, size - offset) : 0;
  if (write->old_length > 0) {
    write->old_data = g_malloc ((gsize) write->old_length);
    self->real->pMethods->xRead (self->real, write->old_data, write->old_length, offset);
  }
  g_ptr_array_add (self->unsynced, write);
}

static int
shim_close (sqlite3_file *file)
{
  ShimFile *self = shim (file);
  g_mutex_lock (&mutex);
  g_ptr_array_remove (open_files, self);
  g_mutex_unlock (&mutex);
  int code = self->real->pMethods->xClose (self->real);
  g_ptr_array_unref (self->unsynced);
  g_free (self->name);
  return code;
}

static int
shim_read (sqlite3_file *file, void *data, int length, sqlite3_int64 offset)
{
  return shim (file)->real->pMethods->xRead (shim (file)->real, data, length, offset);
}

static int
shim_write (sqlite3_file *file, const void *data, int length, sqlite3_int64 offset)
{
  ShimFile *self = shim (file);
  gboolean torn = FALSE;

  g_mutex_lock (&mutex);
  if (mode == SHIM_POWER_CUT)
    remember (self, data, length, offset);
  int code = operation (TRUE, &torn);
  if (torn) {
    self->real->pMethods->xWrite (self->real, data, length / 2, offset);
    die ();
  }
  if (code == SQLITE_OK)
    code = self->real->pMethods->xWrite (self->real, data, length, offset);
  g_mutex_unlock (&mutex);
  return code;
}

static int
shim_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  ShimFile *self = shim (file);
  gboolean torn = FALSE;

  g_mutex_lock (&mutex);
  if (mode == SHIM_POWER_CUT)
    remember (self, NULL, 0, size);
  int code = operation (TRUE, &torn);
  if (torn)
    die ();
  if (code == SQLITE_OK)
    code = self->real->pMethods->xTruncate (self->real, size);
  g_mutex_unlock (&mutex);
  return code;
}

static int
shim_sync (sqlite3_file *file, int flags)
{
  ShimFile *self = shim (file);
  gboolean torn = FALSE;

  g_mutex_lock (&mutex);
  if (self->is_wal)
    wal_syncs++;
  int code = operation (FALSE, &torn);
  if (torn)
    die ();
  if (code == SQLITE_OK)
    code = self->real->pMethods->xSync (self->real, flags);
  if (code == SQLITE_OK)
    g_ptr_array_set_size (self->unsynced, 0);
  g_mutex_unlock (&mutex);
  return code;
}

static int
shim_file_size (sqlite3_file *file, sqlite3_int64 *out)
{
  return shim (file)->real->pMethods->xFileSize (shim (file)->real, out);
}

static int
shim_lock (sqlite3_file *file, int level)
{
  return shim (file)->real->pMethods->xLock (shim (file)->real, level);
}

static int
shim_unlock (sqlite3_file *file, int level)
{
  return shim (file)->real->pMethods->xUnlock (shim (file)->real, level);
}

static int
shim_check_reserved_lock (sqlite3_file *file, int *out)
{
  return shim (file)->real->pMethods->xCheckReservedLock (shim (file)->real, out);
}

static int
shim_file_control (sqlite3_file *file, int what, void *argument)
{
  return shim (file)->real->pMethods->xFileControl (shim (file)->real, what, argument);
}

static int
shim_sector_size (sqlite3_file *file)
{
  return shim (file)->real->pMethods->xSectorSize (shim (file)->real);
}

static int
shim_characteristics (sqlite3_file *file)
{
  return shim (file)->real->pMethods->xDeviceCharacteristics (shim (file)->real);
}

static int
shim_shm_map (sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
  return shim (file)->real->pMethods->xShmMap (shim (file)->real, page, size, extend, out);
}

static int
shim_shm_lock (sqlite3_file *file, int offset, int n, int flags)
{
  return shim (file)->real->pMethods->xShmLock (shim (file)->real, offset, n, flags);
}

static void
shim_shm_barrier (sqlite3_file *file)
{
  shim (file)->real->pMethods->xShmBarrier (shim (file)->real);
}

static int
shim_shm_unmap (sqlite3_file *file, int delete_it)
{
  return shim (file)->real->pMethods->xShmUnmap (shim (file)->real, delete_it);
}

static const sqlite3_io_methods shim_methods = {
  2, shim_close, shim_read, shim_write, shim_truncate, shim_sync, shim_file_size, shim_lock, shim_unlock,
  shim_check_reserved_lock, shim_file_control, shim_sector_size, shim_characteristics, shim_shm_map, shim_shm_lock,
  shim_shm_barrier, shim_shm_unmap, NULL, NULL,
};

static int
shim_open (sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *out_flags)
{
  ShimFile *self = (ShimFile *) file;
  (void) vfs;

  memset (self, 0, sizeof *self);
  self->real = (sqlite3_file *) (self + 1);
  int code = real_vfs->xOpen (real_vfs, name, self->real, flags, out_flags);
  if (code != SQLITE_OK) {
    if (self->real->pMethods != NULL)
      self->real->pMethods->xClose (self->real);
    return code;
  }
  self->base.pMethods = &shim_methods;
  self->name = g_strdup (name);
  self->is_wal = (flags & SQLITE_OPEN_WAL) != 0;
  self->unsynced = g_ptr_array_new_with_free_func (unsynced_free);
  g_mutex_lock (&mutex);
  g_ptr_array_add (open_files, self);
  g_mutex_unlock (&mutex);
  return SQLITE_OK;
}

static int
shim_delete (sqlite3_vfs *vfs, const char *name, int sync_folder)
{
  gboolean torn = FALSE;
  (void) vfs;

  g_mutex_lock (&mutex);
  int code = operation (FALSE, &torn);
  if (torn)
    die ();
  if (code == SQLITE_OK)
    code = real_vfs->xDelete (real_vfs, name, sync_folder);
  g_mutex_unlock (&mutex);
  return code;
}

void
shim_install (void)
{
  real_vfs = sqlite3_vfs_find (NULL);
  shim_vfs = *real_vfs;
  shim_vfs.pNext = NULL;
  shim_vfs.zName = "shim";
  shim_vfs.szOsFile = (int) sizeof (ShimFile) + real_vfs->szOsFile;
  shim_vfs.xOpen = shim_open;
  shim_vfs.xDelete = shim_delete;
  open_files = g_ptr_array_new ();
  random_numbers = g_rand_new_with_seed (1);
  g_assert_cmpint (sqlite3_vfs_register (&shim_vfs, 1), ==, SQLITE_OK);
}

void
shim_set (ShimMode new_mode, guint at, guint seed)
{
  g_mutex_lock (&mutex);
  mode = new_mode;
  trigger_at = at;
  count = 0;
  wal_syncs = 0;
  g_rand_set_seed (random_numbers, seed);
  for (guint i = 0; i < open_files->len; i++)
    g_ptr_array_set_size (((ShimFile *) g_ptr_array_index (open_files, i))->unsynced, 0);
  g_mutex_unlock (&mutex);
}

guint
shim_count (void)
{
  g_mutex_lock (&mutex);
  guint seen = count;
  g_mutex_unlock (&mutex);
  return seen;
}

guint
shim_wal_sync_count (void)
{
  g_mutex_lock (&mutex);
  guint seen = wal_syncs;
  g_mutex_unlock (&mutex);
  return seen;
}
