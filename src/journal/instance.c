/* Programs that have the file open. A pid alone is given out again; with the time that it was started at and the boot
 * it means one program for ever. */
#include "src/journal/journal-private.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* proc(5): field 22 of /proc/PID/stat, in clock ticks since boot. Field 2 is a name in parentheses that may hold
 * anything, also ")". -1: no such process, or not for us to see. */
static gint64
start_ticks_of (gint64 pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/stat", pid);
  g_autofree char *text = NULL;
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return -1;

  char *place = strrchr (text, ')');
  if (place == NULL)
    return -1;
  g_auto (GStrv) fields = g_strsplit (place + 2, " ", 0); /* from field 3, the state */
  if (g_strv_length (fields) <= 22 - 3)
    return -1;
  if (strcmp (fields[0], "Z") == 0 || strcmp (fields[0], "X") == 0)
    return -1; /* ended, and only its parent has not looked yet */
  return g_ascii_strtoll (fields[22 - 3], NULL, 10);
}

gboolean
stn_instance_is_alive (gint64 pid, gint64 start_ticks, const char *boot_id)
{
  if (boot_id == NULL || strcmp (boot_id, stn_boot_id ()) != 0 || pid <= 0 || pid > G_MAXINT)
    return FALSE;

  gint64 seen_ticks = start_ticks_of (pid);
  if (seen_ticks >= 0)
    return seen_ticks == start_ticks;
  /* another user's process may be hidden: there is one with the number, so it is taken for ours */
  return kill ((pid_t) pid, 0) != 0 && errno == EPERM;
}

gboolean
stn_instance_enter (StnJournal *self, GError **error)
{
  gint64 pid = getpid ();
  if (!stn_database_run (self->database, error,
                         "INSERT INTO instance (pid, start_ticks, boot_id, opened_utc_us) VALUES (?, ?, ?, ?)", "iiti",
                         pid, start_ticks_of (pid), stn_boot_id (), stn_clock_utc_us (self->clock)))
    return FALSE;
  self->instance = sqlite3_last_insert_rowid (self->database->connection);
  return TRUE;
}

gboolean
stn_instance_leave (StnJournal *self, GError **error)
{
  return stn_database_run (self->database, error, "DELETE FROM instance WHERE id = ?", "i", self->instance);
}

/* ids of rows whose program is gone */
static GArray *
find_dead (StnJournal *self, GError **error)
{
  g_autoptr (GArray) dead = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (StnRows) rows
      = stn_database_query (self->database, error, "SELECT id, pid, start_ticks, boot_id FROM instance", "");
  if (rows == NULL)
    return NULL;

  StnRowState state;
  while ((state = stn_database_step (self->database, rows, error)) == STN_ROW)
    if (!stn_instance_is_alive (sqlite3_column_int64 (rows, 1), sqlite3_column_int64 (rows, 2),
                                (const char *) sqlite3_column_text (rows, 3))) {
      gint64 id = sqlite3_column_int64 (rows, 0);
      g_array_append_val (dead, id);
    }
  return state == STN_ROW_END ? g_steal_pointer (&dead) : NULL;
}

gboolean
stn_instance_find_dead (StnJournal *self, gboolean *out_found, GError **error)
{
  g_autoptr (GArray) dead = find_dead (self, error);
  if (dead == NULL)
    return FALSE;
  *out_found = dead->len > 0;
  return TRUE;
}

gboolean
stn_instance_delete_dead (StnJournal *self, GError **error)
{
  g_autoptr (GArray) dead = find_dead (self, error);
  if (dead == NULL)
    return FALSE;
  for (guint i = 0; i < dead->len; i++)
    if (!stn_database_run (self->database, error, "DELETE FROM instance WHERE id = ?", "i",
                           g_array_index (dead, gint64, i)))
      return FALSE;
  return TRUE;
}
