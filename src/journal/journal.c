/* Opening and closing a journal: what is refused, schema steps, what dead programs left behind. */
#include "src/journal/journal-private.h"
#include "src/journal/schema/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* statfs(2), "f_type", and linux/magic.h: places where WAL's shared memory or locks do not hold between machines. 9p is
 * not here: it is how a virtual machine sees its host's folders, and there one machine has the file. */
static const struct {
  unsigned long magic;
  const char *name;
} network_file_systems[] = {
  { 0x6969, "NFS" },
  { 0x517b, "SMB" },
  { 0xff534d42, "CIFS" },
  { 0xfe534d42, "SMB 2" },
  { 0x5346414f, "AFS" },
  { 0x73757245, "Coda" },
  { 0x00c36400, "Ceph" },
  { 0x7461636f, "OCFS2" },
  { 0x01161970, "GFS2" },
  { 0x0bd00bd0, "Lustre" },
};

const char *
stn_journal_network_name (unsigned long magic)
{
  for (gsize i = 0; i < G_N_ELEMENTS (network_file_systems); i++)
    if (network_file_systems[i].magic == (magic & 0xffffffff))
      return network_file_systems[i].name;
  return NULL;
}

static gboolean
refuse_network (const char *path, const char *folder, GError **error)
{
  struct statfs about;
  /* the file itself may be a link to elsewhere */
  if (statfs (path, &about) != 0 && statfs (folder, &about) != 0) {
    stn_error_set (error, STN_FAILURE_JOURNAL, "%s: its folder cannot be looked at: %s", path, g_strerror (errno));
    return FALSE;
  }
  const char *name = stn_journal_network_name ((unsigned long) about.f_type);
  if (name != NULL) {
    stn_error_set (
        error, STN_FAILURE_JOURNAL,
        "%s: this is on a network file system (%s), where a power cut or a second machine can break it; name a "
        "file on a disk of this machine",
        path, name);
    return FALSE;
  }
  return TRUE;
}

int
stn_journal_lock_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0)
    while (flock (fd, LOCK_EX) != 0 && errno == EINTR)
      ;
  return fd; /* without it SQLite's own locks still keep the file whole */
}

static const char *
kind_name (gboolean is_virtual)
{
  return is_virtual ? "virtual" : "production";
}

/* Whether the file is ours to open, before anything of it is changed. *out_step: its schema step, 0 for a new file. */
static gboolean
look (StnDatabase *database, gint64 *out_step, GError **error)
{
  gint64 application, step, tables;

  if (!stn_database_integer (database, "PRAGMA application_id", 0, &application, error)
      || !stn_database_integer (database, "PRAGMA user_version", 0, &step, error)
      || !stn_database_integer (database, "SELECT count (*) FROM sqlite_schema", 0, &tables, error))
    return FALSE;
  if (application == 0 && step == 0 && tables == 0) {
    *out_step = 0;
    return TRUE;
  }
  if (application != STN_JOURNAL_APPLICATION_ID || step < 1) {
    stn_error_set (error, STN_FAILURE_JOURNAL,
                   "%s: this is the database of another program (application id 0x%08x); name another file",
                   database->path, (guint) application);
    return FALSE;
  }
  if (step > (gint64) stn_schema_step_count) {
    stn_error_set (error, STN_FAILURE_JOURNAL,
                   "%s: this journal was written by a newer version (schema %" G_GINT64_FORMAT
                   ", this program knows %u); update this program, or name another file",
                   database->path, step, stn_schema_step_count);
    return FALSE;
  }
  *out_step = step;
  return TRUE;
}

/* VACUUM INTO writes a consistent copy while others read and write */
static gboolean
back_up (StnDatabase *database, gint64 step, gint64 utc_us, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (utc_us / G_USEC_PER_SEC);
  g_autofree char *when = now != NULL ? g_date_time_format (now, "%Y%m%dT%H%M%SZ") : g_strdup ("undated");
  g_autofree char *path
      = g_strdup_printf ("%s.schema-%" G_GINT64_FORMAT "-%s.backup", database->path, step, when);
  if (!stn_database_run (database, error, "VACUUM INTO ?", "t", path)) {
    g_prefix_error (error, "the backup before the schema step failed, nothing was changed: ");
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_kind (StnJournal *self, GError **error)
{
  g_autoptr (StnRows) rows = stn_database_query (self->database, error, "SELECT kind FROM about", "");
  if (rows == NULL)
    return FALSE;
  StnRowState state = stn_database_step (self->database, rows, error);
  if (state == STN_ROW_ERROR)
    return FALSE;
  const char *kind = state == STN_ROW ? (const char *) sqlite3_column_text (rows, 0) : NULL;
  if (g_strcmp0 (kind, kind_name (self->is_virtual)) == 0)
    return TRUE;
  stn_error_set (error, STN_FAILURE_JOURNAL,
                 "%s: this is a %s journal and the station is %s; name a journal of its own", self->database->path,
                 kind != NULL ? kind : "nameless", kind_name (self->is_virtual));
  return FALSE;
}

static gboolean
take_steps (StnJournal *self, GError **error)
{
  StnDatabase *database = self->database;
  gint64 step;

  if (!look (database, &step, error))
    return FALSE;
  const gboolean is_new = step == 0;
  const gint64 first = step;
  if (!is_new && !check_kind (self, error)) /* a file that is refused is not changed */
    return FALSE;
  while (step < (gint64) stn_schema_step_count) {
    /* one backup, of the file as it was found, is enough for all the steps that follow each other here */
    if (!is_new && step == first && !back_up (database, step, stn_clock_utc_us (self->clock), error))
      return FALSE;
    if (!stn_database_execute (database, "BEGIN IMMEDIATE", error))
      return FALSE;
    gint64 now;
    gboolean done = look (database, &now, error);
    if (done && now == step) {
      g_autofree char *head = g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %" G_GINT64_FORMAT,
                                               STN_JOURNAL_APPLICATION_ID, step + 1);
      done = stn_database_execute (database, stn_schema_steps[step], error)
             && stn_database_execute (database, head, error);
      if (done && step == 0) {
        g_autofree char *id = stn_uuid_new (stn_clock_utc_us (self->clock));
        done = stn_database_run (database, error,
                                 "INSERT INTO about (id, kind, journal_id, created_utc_us) VALUES (1, ?, ?, ?)", "tti",
                                 kind_name (self->is_virtual), id, stn_clock_utc_us (self->clock));
      }
      now = step + 1;
    }
    if (!done || !stn_database_execute (database, "COMMIT", error)) {
      sqlite3_exec (database->connection, "ROLLBACK", NULL, NULL, NULL);
      return FALSE;
    }
    step = now;
  }
  return TRUE;
}

/* The whole file is read through when a program ended without closing it. */
static gboolean
check_after_unclean_end (StnJournal *self, GError **error)
{
  gboolean unclean;
  if (!stn_instance_find_dead (self, &unclean, error))
    return FALSE;
  if (!unclean)
    return TRUE;

  g_autoptr (StnRows) rows = stn_database_query (self->database, error, "PRAGMA quick_check (1)", "");
  if (rows == NULL)
    return FALSE;
  StnRowState state = stn_database_step (self->database, rows, error);
  if (state == STN_ROW && g_strcmp0 ((const char *) sqlite3_column_text (rows, 0), "ok") == 0)
    return TRUE;
  if (state != STN_ROW_ERROR) {
    g_autofree char *found = state == STN_ROW ? stn_rows_text (rows, 0) : g_strdup ("no answer");
    stn_error_set (error, STN_FAILURE_JOURNAL,
                   "%s: the last program did not close it, and now it is damaged; keep a copy of it and its -wal file, "
                   "restore the last backup, and check the disk (quick_check: %s)", self->database->path,
                   g_strdelimit (found, "\n", ' '));
  }
  return FALSE;
}

static gboolean
take_over (StnJournal *self, GError **error)
{
  if (!stn_database_execute (self->database, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (stn_instance_delete_dead (self, error) && stn_instance_enter (self, error) && stn_serials_recover (self, error)
      && stn_database_execute (self->database, "COMMIT", error))
    return TRUE;
  sqlite3_exec (self->database->connection, "ROLLBACK", NULL, NULL, NULL);
  return FALSE;
}

static gboolean
prepare (StnJournal *self, GError **error)
{
  StnDatabase *database = self->database;
  gint64 step;

  if (sqlite3_db_readonly (database->connection, "main") == 1) {
    stn_error_set (
        error, STN_FAILURE_JOURNAL,
        "%s: the file or its folder cannot be written; give this user the right, or mount the disk for writing",
        database->path);
    return FALSE;
  }
  /* cell_size_check before the first page is read; trusted_schema against what a strange file's schema might call */
  if (!stn_database_execute (database,
                             "PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON; "
                             "PRAGMA synchronous = FULL", error)
      || !look (database, &step, error))
    return FALSE;

  {
    g_autoptr (StnRows) rows = stn_database_query (database, error, "PRAGMA journal_mode = WAL", "");
    if (rows == NULL || stn_database_step (database, rows, error) != STN_ROW)
      return FALSE;
    if (g_ascii_strcasecmp ((const char *) sqlite3_column_text (rows, 0), "wal") != 0) {
      stn_error_set (error, STN_FAILURE_JOURNAL,
                     "%s: write-ahead logging does not work here (SQLite says %s); name a file on a local disk",
                     database->path, (const char *) sqlite3_column_text (rows, 0));
      return FALSE;
    }
  }
  return take_steps (self, error) && check_kind (self, error) && check_after_unclean_end (self, error)
         && take_over (self, error) && stn_journal_replay_spool (self, error);
}

static void
journal_free (StnJournal *self)
{
  stn_database_close (self->database);
  stn_clock_unref (self->clock);
  g_mutex_clear (&self->mutex);
  g_free (self->spool_path);
  g_free (self);
}

StnJournal *
stn_journal_open (const char *path, gboolean is_virtual, StnClock *clock, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  if (g_mkdir_with_parents (folder, 0755) != 0) {
    stn_error_set (error, STN_FAILURE_JOURNAL, "%s: its folder cannot be made: %s", path, g_strerror (errno));
    return NULL;
  }
  if (!refuse_network (path, folder, error))
    return NULL;
  if (g_file_test (path, G_FILE_TEST_EXISTS) && !g_file_test (path, G_FILE_TEST_IS_REGULAR)) {
    stn_error_set (error, STN_FAILURE_JOURNAL, "%s: this is not a file; name another", path);
    return NULL;
  }
  if (access (folder, W_OK) != 0) {
    stn_error_set (error, STN_FAILURE_JOURNAL,
                   "%s: the file or its folder cannot be written (%s); give this user the right, or mount the disk for "
                   "writing", path, g_strerror (errno));
    return NULL;
  }

  int lock = stn_journal_lock_folder (path);
  StnJournal *self = g_new0 (StnJournal, 1);
  g_mutex_init (&self->mutex);
  self->clock = stn_clock_ref (clock);
  self->is_virtual = is_virtual;
  self->spool_path = g_strconcat (path, ".spool", NULL);
  /* one thread at a time has the connection, so it needs no mutex of its own */
  self->database = stn_database_open (path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, error);
  gboolean open = self->database != NULL && prepare (self, error);
  if (lock >= 0)
    close (lock);
  if (!open) {
    journal_free (self);
    return NULL;
  }
  stn_journal_start_writer (self);
  return self;
}

void
stn_journal_close (StnJournal *self)
{
  if (self == NULL)
    return;
  stn_journal_stop_writer (self);
  /* both are for the next start's sake; where they fail, it has a little more to do */
  stn_instance_leave (self, NULL);
  sqlite3_exec (self->database->connection, "PRAGMA optimize", NULL, NULL, NULL);
  journal_free (self);
}

const char *
stn_journal_path (const StnJournal *self)
{
  return self->database->path;
}

gboolean
stn_journal_is_virtual (const StnJournal *self)
{
  return self->is_virtual;
}
