/* A connection and its statements: the little of SQLite's interface that the journal needs, with our errors.
 *
 * Statements are prepared once and kept, keyed by the address of their text, so the text is a literal. A statement is
 * bound by a string of letters, one an argument: 't' const char * (NULL allowed), 'i' gint64, 'n' gint64 that is NULL
 * when negative, 'h' 32 bytes. One thread at a time. */
#pragma once

#include <sqlite3.h>
#include "src/base/error.h"

G_BEGIN_DECLS

/* "SJnl": in the file's header, so that `file` and we know whose it is */
#define STN_JOURNAL_APPLICATION_ID 0x534a6e6c

typedef struct {
  sqlite3 *connection;
  GHashTable *statements; /* text -> sqlite3_stmt */
  char *path;
} StnDatabase;

/* `flags` of sqlite3_open_v2. Sets nothing but the extended result codes and the busy timeout. */
StnDatabase *stn_database_open (const char *path, int flags, GError **error);
void stn_database_close (StnDatabase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnDatabase, stn_database_close)

/* Runs a text of statements without arguments or rows. */
gboolean stn_database_execute (StnDatabase *self, const char *text, GError **error);
/* Runs one kept statement to its end. */
gboolean stn_database_run (StnDatabase *self, GError **error, const char *text, const char *types, ...);
/* Binds a kept statement; step it with stn_database_step, give it back with stn_rows_done (g_autoptr (StnRows)). NULL
 * with the error. */
typedef sqlite3_stmt StnRows;
StnRows *stn_database_query (StnDatabase *self, GError **error, const char *text, const char *types, ...);
void stn_rows_done (StnRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnRows, stn_rows_done)
/* A statement of its own for a text made at run time; end it with sqlite3_finalize. */
sqlite3_stmt *stn_database_prepare (StnDatabase *self, const char *text, GError **error);

typedef enum { STN_ROW_ERROR = -1, STN_ROW_END = 0, STN_ROW = 1 } StnRowState;
StnRowState stn_database_step (StnDatabase *self, StnRows *rows, GError **error);
/* A text column, copied; NULL for NULL. Free with g_free. */
char *stn_rows_text (StnRows *rows, int column);

/* The first integer of the first row; `missing` where there is no row or NULL. */
gboolean stn_database_integer (StnDatabase *self, const char *text, gint64 missing, gint64 *out, GError **error);

/* What SQLite last said, as a failure: damaged, foreign, read-only, full and so on are STN_FAILURE_JOURNAL or, for a
 * write, STN_FAILURE_NOT_RECORDED, in a sentence that says what to do. */
void stn_database_error (StnDatabase *self, StnFailure failure, GError **error);

G_END_DECLS
