/* The walk over the chain. Forms are built again from the columns as they are stored, type by type, not through the
 * structs: what a struct cannot hold (another type, a zero in a text) must not look like what was recorded. */
#include "src/journal/query-private.h"
#include "src/record/canonical.h"
#include "src/record/columns.h"

#include <string.h>

/* What each kind of row is made of: its columns' names, from the struct's table or from here. */
typedef struct {
  const char *kind; /* also the table */
  const StnColumn *(*columns) (guint *out_count);
  const char *names; /* where there is no struct */
  const char *later; /* those that came with form 2; NULL: none */
  guint form;        /* the newest that is known */
  const char *run_id; /* an expression for the run to name; NULL: none */
} ChainKind;

static const ChainKind chain_kinds[] = {
  { "run", stn_run_columns, NULL, NULL, STN_RUN_FORM, "run_id" },
  { "result", stn_result_columns, NULL, NULL, STN_RESULT_FORM, "run_id" },
  { "void", NULL, "utc_us, serial, reason, operator_id", NULL, STN_MARK_FORM, NULL },
  { "disposition", NULL, "utc_us, uid, kind, reason, operator_id", NULL, STN_MARK_FORM, NULL },
  { "audit", NULL, "utc_us, action, subject, detail, operator_id",
    "lot, site, run_id, old_value, new_value, reason, allowed_by", STN_AUDIT_FORM, NULL },
};

/* a kind's statement, for the time of a walk */
typedef struct {
  sqlite3_stmt *select; /* by id: form, run_id, then the columns in the form's order */
  int steps_at;         /* the number of columns before the list of steps; -1: no list */
  int later_from, later_count; /* the columns that form 1 does not have, counted likewise; they are one run of columns */
} KindWalk;

typedef struct {
  StnQuery *query;
  KindWalk kinds[G_N_ELEMENTS (chain_kinds)];
  sqlite3_stmt *steps;
  StnCanonical *form; /* of the row at hand */
} Walk;

static void
walk_clear (Walk *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (chain_kinds); i++)
    sqlite3_finalize (self->kinds[i].select);
  sqlite3_finalize (self->steps);
  stn_canonical_free (self->form);
  sqlite3_exec (self->query->database->connection, "COMMIT", NULL, NULL, NULL); /* it only read */
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Walk, walk_clear)

static int
count_names (const char *names)
{
  int count = names != NULL;
  for (; names != NULL && *names != '\0'; names++)
    count += *names == ',';
  return count;
}

static gboolean
walk_prepare (Walk *self, GError **error)
{
  StnDatabase *database = self->query->database;
  guint count;

  for (gsize i = 0; i < G_N_ELEMENTS (chain_kinds); i++) {
    const ChainKind *kind = &chain_kinds[i];
    g_autoptr (GString) text = g_string_new (NULL);
    self->kinds[i].steps_at = -1;
    g_string_append_printf (text, "SELECT form, %s", kind->run_id != NULL ? kind->run_id : "NULL");
    if (kind->columns == NULL) {
      g_string_append_printf (text, ", %s", kind->names);
      self->kinds[i].later_from = count_names (kind->names);
      self->kinds[i].later_count = count_names (kind->later);
      if (kind->later != NULL)
        g_string_append_printf (text, ", %s", kind->later);
    } else {
      const StnColumn *columns = kind->columns (&count);
      for (guint j = 0; j < count; j++)
        if (columns[j].type == STN_COLUMN_STEPS)
          self->kinds[i].steps_at = (int) j;
        else
          g_string_append_printf (text, ", %s", columns[j].name);
      for (guint j = 0; j < count; j++) {
        self->kinds[i].later_from += columns[j].form < 2 && columns[j].type != STN_COLUMN_STEPS;
        self->kinds[i].later_count += columns[j].form >= 2;
      }
    }
    g_string_append_printf (text, " FROM %s WHERE id = ?", kind->kind);
    self->kinds[i].select = stn_database_prepare (database, text->str, error);
    if (self->kinds[i].select == NULL)
      return FALSE;
  }

  g_autoptr (GString) text = g_string_new ("SELECT position");
  const StnColumn *columns = stn_step_columns (&count);
  for (guint j = 0; j < count; j++)
    g_string_append_printf (text, ", %s", columns[j].name);
  g_string_append (text, " FROM step WHERE result = ? ORDER BY position");
  self->steps = stn_database_prepare (database, text->str, error);
  return self->steps != NULL;
}

static void
put_column (StnCanonical *form, sqlite3_stmt *rows, int column)
{
  switch (sqlite3_column_type (rows, column)) {
  case SQLITE_INTEGER:
    stn_canonical_integer (form, sqlite3_column_int64 (rows, column));
    break;
  case SQLITE_TEXT:
    stn_canonical_text_length (form, (const char *) sqlite3_column_text (rows, column),
                               (gsize) sqlite3_column_bytes (rows, column));
    break;
  case SQLITE_NULL:
    stn_canonical_null (form);
    break;
  default:
    stn_canonical_list (form, G_MAXUINT32); /* no row of ours has such a value: the hash will not fit */
  }
}

static gboolean
put_steps (Walk *self, StnCanonical *form, gint64 result, GError **error)
{
  StnDatabase *database = self->query->database;
  int columns = sqlite3_column_count (self->steps);
  guint count = 0;
  StnRowState state;

  sqlite3_reset (self->steps);
  sqlite3_bind_int64 (self->steps, 1, result);
  gsize place = stn_canonical_list_open (form);
  while ((state = stn_database_step (database, self->steps, error)) == STN_ROW) {
    for (int column = 1; column < columns; column++)
      put_column (form, self->steps, column);
    count++;
  }
  stn_canonical_list_close (form, place, count);
  sqlite3_reset (self->steps);
  return state == STN_ROW_END;
}

/* One entry of the chain against its row. */
static gboolean
check_entry (Walk *self, gint64 sequence, const char *kind_name, gint64 row, const guint8 previous[STN_HASH_BYTES],
             const guint8 hash[STN_HASH_BYTES], GError **error)
{
  StnDatabase *database = self->query->database;
  gsize i = 0;

  while (i < G_N_ELEMENTS (chain_kinds) && g_strcmp0 (chain_kinds[i].kind, kind_name) != 0)
    i++;
  if (i == G_N_ELEMENTS (chain_kinds)) {
    stn_error_set (error, STN_FAILURE_JOURNAL, "chain entry %" G_GINT64_FORMAT ": no kind of row is called %s",
                   sequence, kind_name);
    return FALSE;
  }

  sqlite3_stmt *select = self->kinds[i].select;
  sqlite3_reset (select);
  sqlite3_bind_int64 (select, 1, row);
  StnRowState state = stn_database_step (database, select, error);
  if (state == STN_ROW_ERROR)
    return FALSE;
  if (state == STN_ROW_END) {
    stn_error_set (error, STN_FAILURE_JOURNAL,
                   "chain entry %" G_GINT64_FORMAT ": %s row %" G_GINT64_FORMAT " was deleted", sequence, kind_name,
                   row);
    return FALSE;
  }

  gint64 form_number = sqlite3_column_int64 (select, 0);
  g_autofree char *run_id = NULL;
  if (form_number < 1 || form_number > chain_kinds[i].form) {
    run_id = stn_rows_text (select, 1);
    stn_error_set (error, STN_FAILURE_JOURNAL,
                   "chain entry %" G_GINT64_FORMAT ": %s row %" G_GINT64_FORMAT "%s%s has form %" G_GINT64_FORMAT
                   ", which this program does not know", sequence, kind_name, row, run_id != NULL ? " of run " : "",
                   run_id != NULL ? run_id : "", form_number);
    return FALSE;
  }
  StnCanonical *form = self->form;
  stn_canonical_restart (form, kind_name, (guint) form_number);
  int columns = sqlite3_column_count (select);
  const KindWalk *walk = &self->kinds[i];
  gboolean is_bare = TRUE; /* what its form does not have is not there */
  for (int column = 2; column <= columns; column++) {
    if (column - 2 == walk->steps_at && !put_steps (self, form, row, error))
      return FALSE;
    gboolean is_later = column - 2 >= walk->later_from && column - 2 < walk->later_from + walk->later_count;
    if (column < columns && (form_number > 1 || !is_later))
      put_column (form, select, column);
    else if (column < columns && sqlite3_column_type (select, column) != SQLITE_NULL)
      is_bare = FALSE;
  }

  guint8 seen[STN_HASH_BYTES];
  stn_chain_next (previous, form, seen);
  gboolean is_right = is_bare && memcmp (seen, hash, STN_HASH_BYTES) == 0;
  if (!is_right)
    run_id = stn_rows_text (select, 1);
  sqlite3_reset (select);
  if (is_right)
    return TRUE;
  stn_error_set (error, STN_FAILURE_JOURNAL,
                 "chain entry %" G_GINT64_FORMAT ": %s row %" G_GINT64_FORMAT "%s%s is not what was recorded: it, or a "
                 "step of it, was changed", sequence, kind_name, row, run_id != NULL ? " of run " : "",
                 run_id != NULL ? run_id : "");
  return FALSE;
}

/* a row that no entry of the chain stands for, or a step of no result */
static gboolean
check_strays (Walk *self, GError **error)
{
  StnDatabase *database = self->query->database;

  for (gsize i = 0; i < G_N_ELEMENTS (chain_kinds); i++) {
    const ChainKind *kind = &chain_kinds[i];
    g_autofree char *text = g_strdup_printf ("SELECT id, %s FROM %s AS t WHERE NOT EXISTS (SELECT 1 FROM chain WHERE "
                                             "chain.kind = '%s' AND chain.row = t.id) "
                                             "ORDER BY id LIMIT 1",
                                             kind->run_id != NULL ? kind->run_id : "NULL", kind->kind, kind->kind);
    sqlite3_stmt *rows = stn_database_prepare (database, text, error);
    if (rows == NULL)
      return FALSE;
    StnRowState state = stn_database_step (database, rows, error);
    if (state == STN_ROW) {
      g_autofree char *run_id = stn_rows_text (rows, 1);
      stn_error_set (error, STN_FAILURE_JOURNAL,
                     "%s row %" G_GINT64_FORMAT "%s%s is not in the chain: it was inserted, "
                     "or its entry was deleted",
                     kind->kind, (gint64) sqlite3_column_int64 (rows, 0), run_id != NULL ? " of run " : "",
                     run_id != NULL ? run_id : "");
    }
    sqlite3_finalize (rows);
    if (state != STN_ROW_END)
      return FALSE;
  }
  g_autoptr (StnRows) rows = stn_database_query (database, error,
    "SELECT result FROM step WHERE result NOT IN (SELECT id FROM result) LIMIT 1", "");
  if (rows == NULL)
    return FALSE;
  StnRowState state = stn_database_step (database, rows, error);
  if (state == STN_ROW)
    stn_error_set (error, STN_FAILURE_JOURNAL,
                   "there are steps of result row %" G_GINT64_FORMAT ", which does not exist",
                   (gint64) sqlite3_column_int64 (rows, 0));
  return state == STN_ROW_END;
}

static gboolean
check_chain (Walk *self, guint64 *out_rows, guint8 out_head[STN_HASH_BYTES], GError **error)
{
  StnDatabase *database = self->query->database;
  guint8 head[STN_HASH_BYTES] = { 0 };
  gint64 expected = 1;
  g_autoptr (StnRows) rows = stn_database_query (database, error,
    "SELECT sequence, kind, row, previous_hash, hash FROM chain ORDER BY sequence", "");
  if (rows == NULL)
    return FALSE;

  StnRowState state;
  while ((state = stn_database_step (database, rows, error)) == STN_ROW) {
    gint64 sequence = sqlite3_column_int64 (rows, 0);
    if (sequence != expected) {
      stn_error_set (error, STN_FAILURE_JOURNAL, "chain entry %" G_GINT64_FORMAT " was deleted", expected);
      return FALSE;
    }
    if (sqlite3_column_bytes (rows, 3) != STN_HASH_BYTES || sqlite3_column_bytes (rows, 4) != STN_HASH_BYTES
        || memcmp (sqlite3_column_blob (rows, 3), head, STN_HASH_BYTES) != 0) {
      stn_error_set (error, STN_FAILURE_JOURNAL,
                     "chain entry %" G_GINT64_FORMAT " (%s row %" G_GINT64_FORMAT ") does not follow the one before "
                     "it: entries were changed, inserted or put in another order", sequence,
                     (const char *) sqlite3_column_text (rows, 1), (gint64) sqlite3_column_int64 (rows, 2));
      return FALSE;
    }
    if (!check_entry (self, sequence, (const char *) sqlite3_column_text (rows, 1), sqlite3_column_int64 (rows, 2),
                      head, sqlite3_column_blob (rows, 4), error))
      return FALSE;
    memcpy (head, sqlite3_column_blob (rows, 4), STN_HASH_BYTES);
    expected++;
  }
  if (state == STN_ROW_ERROR || !check_strays (self, error))
    return FALSE;
  *out_rows = (guint64) expected - 1;
  memcpy (out_head, head, STN_HASH_BYTES);
  return TRUE;
}

gboolean
stn_query_verify (StnQuery *self, guint64 *out_rows, guint8 out_head[STN_HASH_BYTES], GError **error)
{
  /* one state of the file from the first entry to the last */
  if (!stn_database_execute (self->database, "BEGIN", error))
    return FALSE;

  guint64 rows;
  guint8 head[STN_HASH_BYTES];
  g_auto (Walk) walk = { .query = self, .form = stn_canonical_new ("", 1) };
  if (!walk_prepare (&walk, error) || !check_chain (&walk, &rows, head, error)) {
    g_prefix_error (error, "%s: ", self->database->path);
    return FALSE;
  }
  if (out_rows != NULL)
    *out_rows = rows;
  if (out_head != NULL)
    memcpy (out_head, head, STN_HASH_BYTES);
  return TRUE;
}
