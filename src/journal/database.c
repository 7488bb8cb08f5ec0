#include "src/journal/database.h"

#include <stdarg.h>

#define BUSY_TIMEOUT_MS 5000

/* the primary result codes that an engineer can do something about */
static const struct {
  int code;
  const char *sentence;
} sentences[] = {
  { SQLITE_NOTADB,
    "this is not a journal (the file is no SQLite database); name another file, and leave this one as it is" },
  { SQLITE_CORRUPT,
    "the file is damaged; keep a copy of it and its -wal file, restore the last backup, and check the disk" },
  { SQLITE_READONLY,
    "the file or its folder cannot be written; give this user the right, or mount the disk for writing" },
  { SQLITE_PERM, "the file or its folder cannot be written; give this user the right" },
  { SQLITE_CANTOPEN,
    "the file cannot be opened; check that its folder exists and that this user may read and write there" },
  { SQLITE_FULL, "the disk is full; make room, then run the board again" },
  { SQLITE_IOERR, "the disk did not read or write; check the disk and its cable, and the system's log" },
  { SQLITE_BUSY, "another program has held the journal for 5 s; see which one, and end it or wait" },
  { SQLITE_LOCKED, "another part of this program holds the journal" },
  { SQLITE_NOMEM, "there is no memory left" },
};

void
stn_database_error (StnDatabase *self, StnFailure failure, GError **error)
{
  int code = sqlite3_errcode (self->connection);
  const char *said = sqlite3_errmsg (self->connection);

  for (gsize i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (sentences[i].code == (code & 0xff)) {
      stn_error_set (error, failure, "%s: %s (SQLite: %s)", self->path, sentences[i].sentence, said);
      return;
    }
  stn_error_set (error, failure, "%s: %s", self->path, said);
}

static void
finalize (gpointer statement)
{
  sqlite3_finalize (statement);
}

StnDatabase *
stn_database_open (const char *path, int flags, GError **error)
{
  g_autoptr (StnDatabase) self = g_new0 (StnDatabase, 1);

  self->path = g_strdup (path);
  self->statements = g_hash_table_new_full (NULL, NULL, NULL, finalize);
  if (sqlite3_open_v2 (path, &self->connection, flags | SQLITE_OPEN_EXRESCODE, NULL) != SQLITE_OK) {
    if (self->connection == NULL)
      stn_error_set (error, STN_FAILURE_JOURNAL, "%s: there is no memory left", path);
    else
      stn_database_error (self, STN_FAILURE_JOURNAL, error);
    return NULL;
  }
  sqlite3_busy_timeout (self->connection, BUSY_TIMEOUT_MS);
  return g_steal_pointer (&self);
}

void
stn_database_close (StnDatabase *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->statements);
  sqlite3_close (self->connection);
  g_free (self->path);
  g_free (self);
}

gboolean
stn_database_execute (StnDatabase *self, const char *text, GError **error)
{
  if (sqlite3_exec (self->connection, text, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  stn_database_error (self, STN_FAILURE_JOURNAL, error);
  return FALSE;
}

sqlite3_stmt *
stn_database_prepare (StnDatabase *self, const char *text, GError **error)
{
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v3 (self->connection, text, -1, 0, &statement, NULL) == SQLITE_OK)
    return statement;
  stn_database_error (self, STN_FAILURE_JOURNAL, error);
  return NULL;
}

static sqlite3_stmt *
kept (StnDatabase *self, const char *text, GError **error)
{
  sqlite3_stmt *statement = g_hash_table_lookup (self->statements, text);
  if (statement != NULL)
    return statement;
  if (sqlite3_prepare_v3 (self->connection, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK) {
    stn_database_error (self, STN_FAILURE_JOURNAL, error);
    return NULL;
  }
  g_hash_table_insert (self->statements, (gpointer) text, statement);
  return statement;
}

static void
bind (sqlite3_stmt *statement, const char *types, va_list arguments)
{
  for (int place = 1; types[place - 1] != '\0'; place++) {
    switch (types[place - 1]) {
    case 't':
      sqlite3_bind_text (statement, place, va_arg (arguments, const char *), -1, SQLITE_STATIC);
      break;
    case 'i':
      sqlite3_bind_int64 (statement, place, va_arg (arguments, gint64));
      break;
    case 'n': {
      gint64 value = va_arg (arguments, gint64);
      if (value < 0)
        sqlite3_bind_null (statement, place);
      else
        sqlite3_bind_int64 (statement, place, value);
      break;
    }
    case 'h':
      sqlite3_bind_blob (statement, place, va_arg (arguments, const void *), 32, SQLITE_STATIC);
      break;
    default:
      g_assert_not_reached (); /* the letters are literals of ours */
    }
  }
}

StnRows *
stn_database_query (StnDatabase *self, GError **error, const char *text, const char *types, ...)
{
  sqlite3_stmt *statement = kept (self, text, error);
  if (statement == NULL)
    return NULL;

  va_list arguments;
  va_start (arguments, types);
  bind (statement, types, arguments);
  va_end (arguments);
  return statement;
}

gboolean
stn_database_run (StnDatabase *self, GError **error, const char *text, const char *types, ...)
{
  sqlite3_stmt *statement = kept (self, text, error);
  if (statement == NULL)
    return FALSE;

  va_list arguments;
  va_start (arguments, types);
  bind (statement, types, arguments);
  va_end (arguments);

  StnRowState state;
  do
    state = stn_database_step (self, statement, error);
  while (state == STN_ROW);
  stn_rows_done (statement);
  return state == STN_ROW_END;
}

void
stn_rows_done (StnRows *rows)
{
  if (rows == NULL)
    return;
  sqlite3_reset (rows);
  sqlite3_clear_bindings (rows);
}

StnRowState
stn_database_step (StnDatabase *self, StnRows *rows, GError **error)
{
  switch (sqlite3_step (rows)) {
  case SQLITE_ROW:
    return STN_ROW;
  case SQLITE_DONE:
    return STN_ROW_END;
  default:
    stn_database_error (self, STN_FAILURE_JOURNAL, error);
    return STN_ROW_ERROR;
  }
}

char *
stn_rows_text (StnRows *rows, int column)
{
  return g_strdup ((const char *) sqlite3_column_text (rows, column));
}

gboolean
stn_database_integer (StnDatabase *self, const char *text, gint64 missing, gint64 *out, GError **error)
{
  g_autoptr (StnRows) rows = stn_database_query (self, error, text, "");
  if (rows == NULL)
    return FALSE;

  StnRowState state = stn_database_step (self, rows, error);
  if (state == STN_ROW_ERROR)
    return FALSE;
  *out = state == STN_ROW && sqlite3_column_type (rows, 0) != SQLITE_NULL ? sqlite3_column_int64 (rows, 0) : missing;
  return TRUE;
}
