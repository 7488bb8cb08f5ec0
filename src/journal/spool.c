/* A result that the file could not take, kept beside it until it can: one JSON object a line, each on disk (fsync)
 * before the caller is told. The next begin, or the next open, takes the lines up. */
#include "src/journal/journal-private.h"
#include "src/record/columns.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
put_text (GString *json, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_string_append_c (json, '"');
  for (const char *place = valid; *place != '\0'; place++) {
    if (*place == '"' || *place == '\\')
      g_string_append_printf (json, "\\%c", *place);
    else if ((guchar) *place < 0x20)
      g_string_append_printf (json, "\\u%04x", *place);
    else
      g_string_append_c (json, *place);
  }
  g_string_append_c (json, '"');
}

static void
put_record (GString *json, const StnColumn *columns, guint count, gconstpointer record)
{
  g_string_append_c (json, '{');
  for (guint i = 0; i < count; i++) {
    if (i > 0)
      g_string_append_c (json, ',');
    g_string_append_printf (json, "\"%s\":", columns[i].name);
    if (columns[i].type == STN_COLUMN_STEPS) {
      const GPtrArray *steps = *(GPtrArray *const *) (gconstpointer) ((const char *) record + columns[i].offset);
      guint step_count;
      const StnColumn *step_columns = stn_step_columns (&step_count);
      g_string_append_c (json, '[');
      for (guint j = 0; steps != NULL && j < steps->len; j++) {
        if (j > 0)
          g_string_append_c (json, ',');
        put_record (json, step_columns, step_count, g_ptr_array_index (steps, j));
      }
      g_string_append_c (json, ']');
      continue;
    }
    StnValue value = stn_column_get (&columns[i], record);
    if (value.kind == STN_VALUE_INTEGER)
      g_string_append_printf (json, "%" G_GINT64_FORMAT, value.integer);
    else if (value.kind == STN_VALUE_TEXT)
      put_text (json, value.text);
    else
      g_string_append (json, "null");
  }
  g_string_append_c (json, '}');
}

static gboolean
write_all (int fd, const char *data, gsize length)
{
  while (length > 0) {
    gssize wrote = write (fd, data, length);
    if (wrote < 0 && errno == EINTR)
      continue;
    if (wrote <= 0)
      return FALSE;
    data += wrote;
    length -= (gsize) wrote;
  }
  return TRUE;
}

gboolean
stn_journal_spool (StnJournal *self, const StnResult *result, GError **error)
{
  guint count;
  const StnColumn *columns = stn_result_columns (&count);
  g_autoptr (GString) line = g_string_new ("\n"); /* also ends a line that a crash cut short */
  put_record (line, columns, count, result);
  g_string_append_c (line, '\n');

  /* not while another program takes the lines up and removes them */
  int lock = stn_journal_lock_folder (self->spool_path);
  int fd = open (self->spool_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  gboolean done = fd >= 0 && write_all (fd, line->str, line->len) && fsync (fd) == 0;
  if (!done)
    stn_error_set (error, STN_FAILURE_NOT_RECORDED, "%s: the result could not be kept there either: %s",
                   self->spool_path, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  if (done)
    g_atomic_int_set (&self->has_spooled, 1);
  if (lock >= 0) {
    fsync (lock); /* the folder: the name of a new file; a file system that cannot do this does it by itself */
    close (lock);
  }
  return done;
}

/* ----- taking up ----- */

/* one member of a JSON object, as SQLite's json_each gives it: key, type, atom */
static gboolean
set_member (sqlite3_stmt *row, const StnColumn *columns, guint count, gpointer record)
{
  const char *key = (const char *) sqlite3_column_text (row, 0);
  const char *type = (const char *) sqlite3_column_text (row, 1);

  for (guint i = 0; i < count; i++) {
    if (g_strcmp0 (columns[i].name, key) != 0)
      continue;
    StnValue value = { .kind = STN_VALUE_NULL };
    if (g_strcmp0 (type, "text") == 0) {
      value.kind = STN_VALUE_TEXT;
      value.text = (const char *) sqlite3_column_text (row, 2);
    } else if (g_strcmp0 (type, "integer") == 0) {
      value.kind = STN_VALUE_INTEGER;
      value.integer = sqlite3_column_int64 (row, 2);
    } else if (g_strcmp0 (type, "null") != 0) {
      return columns[i].type == STN_COLUMN_STEPS && g_strcmp0 (type, "array") == 0; /* read by read_steps */
    }
    return stn_column_set (&columns[i], record, &value);
  }
  return FALSE;
}

static gboolean
read_object (StnDatabase *reader, const char *text, const char *json, gint64 index, const StnColumn *columns,
             guint count, gpointer record)
{
  g_autoptr (StnRows) rows = stn_database_query (reader, NULL, text, "ti", json, index);
  StnRowState state = STN_ROW_ERROR;
  gboolean any = FALSE;

  if (rows == NULL)
    return FALSE;
  while ((state = stn_database_step (reader, rows, NULL)) == STN_ROW) {
    if (!set_member (rows, columns, count, record))
      return FALSE;
    any = TRUE;
  }
  return any && state == STN_ROW_END;
}

/* NULL for a line that is not whole */
static StnResult *
read_line (StnDatabase *reader, const char *line)
{
  guint count, step_count;
  const StnColumn *columns = stn_result_columns (&count);
  const StnColumn *step_columns = stn_step_columns (&step_count);
  g_autoptr (StnResult) result = stn_result_new ();

  if (!read_object (reader, "SELECT key, type, atom FROM json_each (?1) WHERE ?2 = 0", line, 0, columns, count, result)
      || result->run_id == NULL || result->verdict == STN_VERDICT_UNKNOWN)
    return NULL;

  gint64 steps = 0;
  {
    g_autoptr (StnRows) rows
        = stn_database_query (reader, NULL, "SELECT json_array_length (?1, '$.steps')", "t", line);
    if (rows == NULL || stn_database_step (reader, rows, NULL) != STN_ROW)
      return NULL;
    steps = sqlite3_column_int64 (rows, 0);
  }
  for (gint64 i = 0; i < steps; i++) {
    StnStepRecord *step = stn_step_record_new (STN_STEP_POWER_ON);
    g_ptr_array_add (result->steps, step);
    if (!read_object (reader, "SELECT key, type, atom FROM json_each (?1, '$.steps[' || ?2 || ']')", line, i,
                      step_columns, step_count, step))
      return NULL;
  }
  return g_steal_pointer (&result);
}

/* Inside a transaction. What belongs to no run of this file (a backup was restored) is counted as strange. */
static gboolean
settle_line (StnJournal *self, const StnResult *result, guint *strange, GError **error)
{
  g_autoptr (GError) failed = NULL;
  gboolean has_one = FALSE;

  if (!stn_database_run (self->database, error, "SAVEPOINT line", ""))
    return FALSE;
  if (stn_journal_settle_result (self, result, &has_one, &failed))
    return stn_database_run (self->database, error, "RELEASE line", "");
  if (!has_one && !stn_error_is (failed, STN_FAILURE_INTERNAL)) {
    g_propagate_error (error, g_steal_pointer (&failed));
    return FALSE; /* the caller undoes all */
  }
  if (!has_one) /* else it was recorded after all, or a crash came between the commit and the end of the spool */
    (*strange)++;
  return stn_database_run (self->database, error, "ROLLBACK TO line", "")
         && stn_database_run (self->database, error, "RELEASE line", "");
}

typedef struct {
  GPtrArray *results; /* StnResult */
  guint strange;      /* lines that are none, or of no run */
} Spool;

static void
result_free (gpointer result)
{
  stn_result_free (result);
}

/* *out_spool is NULL where there is none. */
static gboolean
read_spool (StnJournal *self, Spool **out_spool, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) failed = NULL;

  *out_spool = NULL;
  if (!g_file_get_contents (self->spool_path, &text, NULL, &failed)) {
    if (g_error_matches (failed, G_FILE_ERROR, G_FILE_ERROR_NOENT))
      return TRUE;
    stn_error_set (error, STN_FAILURE_JOURNAL, "%s", failed->message);
    return FALSE;
  }
  /* SQLite reads JSON, so no other reader is needed; an empty database of its own keeps that apart from the file */
  g_autoptr (StnDatabase) reader = stn_database_open (":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, error);
  if (reader == NULL)
    return FALSE;

  Spool *spool = g_new0 (Spool, 1);
  spool->results = g_ptr_array_new_with_free_func (result_free);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 0);
  for (char **line = lines; *line != NULL; line++) {
    if (**line == '\0')
      continue;
    StnResult *result = read_line (reader, *line);
    if (result != NULL)
      g_ptr_array_add (spool->results, result);
    else
      spool->strange++; /* cut short by a crash: it was never said to be kept */
  }
  *out_spool = spool;
  return TRUE;
}

static void
spool_free (Spool *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->results);
  g_free (self);
}

static gboolean
settle_all (StnJournal *self, Spool *spool, GError **error)
{
  for (guint i = 0; i < spool->results->len; i++)
    if (!settle_line (self, g_ptr_array_index (spool->results, i), &spool->strange, error)) {
      g_prefix_error (error, "%s: a result that waits there cannot be recorded: ", self->spool_path);
      return FALSE;
    }
  return TRUE;
}

/* After the commit. What could not be read or placed stays for a person to look at. */
static gboolean
remove_spool (StnJournal *self, const Spool *spool, GError **error)
{
  g_autofree char *name = stn_uuid_new (stn_clock_utc_us (self->clock));
  g_autofree char *aside = g_strdup_printf ("%s.unread-%s", self->spool_path, name);
  if ((spool->strange > 0 ? rename (self->spool_path, aside) : unlink (self->spool_path)) == 0)
    return TRUE;
  stn_error_set (error, STN_FAILURE_JOURNAL, "%s: cannot be removed: %s", self->spool_path, g_strerror (errno));
  return FALSE;
}

gboolean
stn_journal_replay_spool (StnJournal *self, GError **error)
{
  Spool *spool;
  gboolean done = FALSE;

  if (!read_spool (self, &spool, error))
    return FALSE;
  if (spool == NULL)
    return TRUE;
  if (stn_database_execute (self->database, "BEGIN IMMEDIATE", error)) {
    done = settle_all (self, spool, error) && stn_database_execute (self->database, "COMMIT", error);
    if (!done)
      sqlite3_exec (self->database->connection, "ROLLBACK", NULL, NULL, NULL);
  }
  done = done && remove_spool (self, spool, error);
  spool_free (spool);
  return done;
}

static gboolean
settle_work (StnJournal *self, StnJournalRequest *request, GError **error)
{
  return settle_all (self, request->data, error);
}

gboolean
stn_journal_settle_spool (StnJournal *self, GError **error)
{
  if (!g_atomic_int_get (&self->has_spooled))
    return TRUE;

  /* from the reading to the removal nobody adds a line */
  int lock = stn_journal_lock_folder (self->spool_path);
  Spool *spool;
  gboolean done = read_spool (self, &spool, error);
  if (done && spool != NULL) {
    StnJournalRequest request = { .work = settle_work, .failure = STN_FAILURE_NOT_RECORDED, .data = spool };
    done = stn_journal_call (self, &request, error) && remove_spool (self, spool, error);
  }
  if (done)
    g_atomic_int_set (&self->has_spooled, 0);
  spool_free (spool);
  if (lock >= 0)
    close (lock);
  return done;
}
