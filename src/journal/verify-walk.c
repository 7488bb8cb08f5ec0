/* A range of the chain against its rows. Forms are built again from the columns as they are stored, type by type, not
 * through the structs: what a struct cannot hold (another type, a zero in a text) must not look like what was recorded.
 *
 * Rows are read as they lie, a table's next row for its next entry, and looked for by their number only where an entry
 * asks for another one. A function of SQL that only these statements know puts a row's columns into its form: called
 * with the row's values it costs half of what asking for each column would. It is called when the row is stepped to, so a
 * statement must not sort: NOT INDEXED, and no ORDER BY, leave the planner, whatever its statistics say, the table itself
 * in its own order. (With ORDER BY it sorts a table of a row or two.) */
#include "src/journal/verify-private.h"

#include <string.h>

#include "src/record/columns.h"

#define STEP STN_CHAIN_KINDS /* steps are no kind of entry; their cursor comes after those that are */
#define CURSORS (STN_CHAIN_KINDS + 1)
#define FORMS_MOST 8

/* What each kind of row is made of: its columns' names, from the struct's table or from here. */
typedef struct {
  const char *kind; /* also the table */
  const StnColumn *(*columns) (guint *out_count);
  const char *names; /* where there is no struct */
  const char *later; /* those that came with form 2; NULL: none */
  guint form;         /* the newest that is known */
  const char *run_id; /* an expression for the run to name */
} ChainKind;

static const ChainKind chain_kinds[] = {
  { "run", stn_run_columns, NULL, NULL, STN_RUN_FORM, "run_id" },
  { "result", stn_result_columns, NULL, NULL, STN_RESULT_FORM, "run_id" },
  { "void", NULL, "utc_us, serial, reason, operator_id", NULL, STN_MARK_FORM, "NULL" },
  { "disposition", NULL, "utc_us, uid, kind, reason, operator_id", NULL, STN_MARK_FORM, "NULL" },
  { "audit", NULL, "utc_us, action, subject, detail, operator_id",
    "lot, site, run_id, old_value, new_value, reason, allowed_by", STN_AUDIT_FORM, "NULL" },
};
G_STATIC_ASSERT (G_N_ELEMENTS (chain_kinds) == STN_CHAIN_KINDS);
G_STATIC_ASSERT (MAX (STN_RUN_FORM, MAX (STN_RESULT_FORM, MAX (STN_MARK_FORM, STN_AUDIT_FORM))) <= FORMS_MOST);

const char *
stn_chain_kind_name (guint kind)
{
  return chain_kinds[kind].kind;
}

const char *
stn_chain_kind_run (guint kind)
{
  return chain_kinds[kind].run_id;
}

typedef enum { CURSOR_CLOSED, CURSOR_AT, CURSOR_END } CursorState;

/* A table in the order of its key: an id, or a step's result. */
typedef struct {
  sqlite3_stmt *select; /* from a key on: key, run id, the row put into `form` */
  const char *name;     /* of the kind */
  CursorState state;
  gint64 at;
  guint column_forms[64]; /* of each column, the form that it came with */
  guint count;            /* of columns */
  int steps_after;        /* the number of columns before the list of steps; -1: no list */

  /* of the row at hand: */
  StnCanonical *form;
  gint64 form_of; /* the key that it was made with */
  gint64 form_number;
  gsize steps_place; /* where the list of steps belongs */
  /* Steps do not say of which form they are; so, for each form: how many bytes there are up to the columns that it does
   * not have, and whether those are NULL. */
  gsize ends[FORMS_MOST + 1];
  gboolean is_bare[FORMS_MOST + 1];
} Cursor;

struct StnWalk {
  StnDatabase *database;
  Cursor cursors[CURSORS];
  sqlite3_stmt *chain, *hash_of;
  StnCanonical *steps; /* the list of the result at hand */
  gboolean in_transaction;
};

/* ----- statements ----- */

static void
put_value (StnCanonical *form, sqlite3_value *value)
{
  switch (sqlite3_value_type (value)) {
  case SQLITE_INTEGER:
    stn_canonical_integer (form, sqlite3_value_int64 (value));
    break;
  case SQLITE_TEXT: {
    const char *text = (const char *) sqlite3_value_text (value);
    stn_canonical_text_length (form, text, (gsize) sqlite3_value_bytes (value));
    break;
  }
  case SQLITE_NULL:
    stn_canonical_null (form);
    break;
  default:
    stn_canonical_list (form, G_MAXUINT32); /* no row of ours has such a value: the hash will not fit */
  }
}

/* stn_form_KIND (key, form, columns ...): the columns that this form has, and whether the others are NULL */
static void
put_row (sqlite3_context *context, int count, sqlite3_value **values)
{
  Cursor *self = sqlite3_user_data (context);

  self->form_of = sqlite3_value_int64 (values[0]);
  self->form_number = sqlite3_value_int64 (values[1]);
  self->is_bare[0] = TRUE;
  stn_canonical_restart (self->form, self->name, (guint) self->form_number);
  for (int i = 2; i < count; i++) {
    if (i - 2 == self->steps_after)
      stn_canonical_bytes (self->form, &self->steps_place);
    if (self->column_forms[i - 2] <= self->form_number)
      put_value (self->form, values[i]);
    else if (sqlite3_value_type (values[i]) != SQLITE_NULL)
      self->is_bare[0] = FALSE;
  }
  if (self->steps_after == count - 2)
    stn_canonical_bytes (self->form, &self->steps_place);
}

/* stn_form_step (result, columns ...) */
static void
put_step (sqlite3_context *context, int count, sqlite3_value **values)
{
  Cursor *self = sqlite3_user_data (context);

  self->form_of = sqlite3_value_int64 (values[0]);
  stn_canonical_clear (self->form);
  for (guint form = 1; form <= FORMS_MOST; form++) {
    self->ends[form] = 0;
    self->is_bare[form] = TRUE;
  }
  for (int i = 1; i < count; i++) {
    guint came_with = self->column_forms[i - 1];
    if (came_with > 1) {
      for (guint form = 1; form < came_with; form++) {
        if (self->ends[form] == 0)
          stn_canonical_bytes (self->form, &self->ends[form]);
        if (sqlite3_value_type (values[i]) != SQLITE_NULL)
          self->is_bare[form] = FALSE;
      }
    }
    put_value (self->form, values[i]);
  }
  for (guint form = 1; form <= FORMS_MOST; form++)
    if (self->ends[form] == 0)
      stn_canonical_bytes (self->form, &self->ends[form]);
}

/* ", a, b, c" to the text, and the form that each came with */
static void
add_names (Cursor *self, GString *text, const char *names, guint form)
{
  g_auto (GStrv) list = g_strsplit (names, ",", 0);
  for (char **name = list; *name != NULL; name++) {
    g_string_append_printf (text, ", %s", g_strstrip (*name));
    self->column_forms[self->count++] = form;
  }
}

static void
add_columns (Cursor *self, GString *text, const StnColumn *columns, guint count)
{
  for (guint i = 0; i < count; i++)
    if (columns[i].type == STN_COLUMN_STEPS) {
      self->steps_after = (int) self->count;
    } else {
      g_string_append_printf (text, ", %s", columns[i].name);
      self->column_forms[self->count++] = MAX (columns[i].form, 1);
    }
}

static gboolean
cursor_prepare (StnWalk *walk, guint which, GError **error)
{
  Cursor *self = &walk->cursors[which];
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *function = NULL;
  guint count;

  self->form = stn_canonical_new ("", 1);
  self->steps_after = -1;
  if (which == STEP) {
    self->name = "step";
    const StnColumn *columns = stn_step_columns (&count);
    g_string_append (text, "SELECT result, NULL, stn_form_step (result");
    add_columns (self, text, columns, count);
    g_string_append (text, ") FROM step NOT INDEXED WHERE result >= ?");
  } else {
    const ChainKind *kind = &chain_kinds[which];
    self->name = kind->kind;
    g_string_append_printf (text, "SELECT id, %s, stn_form_%s (id, form", kind->run_id, kind->kind);
    if (kind->columns != NULL) {
      const StnColumn *columns = kind->columns (&count);
      add_columns (self, text, columns, count);
    } else {
      add_names (self, text, kind->names, 1);
      if (kind->later != NULL)
        add_names (self, text, kind->later, 2);
    }
    g_string_append_printf (text, ") FROM %s NOT INDEXED WHERE id >= ?", kind->kind);
  }
  function = g_strconcat ("stn_form_", self->name, NULL);
  if (sqlite3_create_function_v2 (walk->database->connection, function, -1, SQLITE_UTF8 | SQLITE_DIRECTONLY, self,
                                  which == STEP ? put_step : put_row, NULL, NULL, NULL)
      != SQLITE_OK) {
    stn_database_error (walk->database, STN_FAILURE_JOURNAL, error);
    return FALSE;
  }
  self->select = stn_database_prepare (walk->database, text->str, error);
  return self->select != NULL;
}

StnWalk *
stn_walk_new (StnDatabase *database, GError **error)
{
  g_autoptr (StnWalk) self = g_new0 (StnWalk, 1);

  self->database = database;
  self->steps = stn_canonical_new ("", 1);
  if (!stn_database_execute (database, "BEGIN", error))
    return NULL;
  self->in_transaction = TRUE;
  for (guint i = 0; i < CURSORS; i++)
    if (!cursor_prepare (self, i, error))
      return NULL;
  self->chain = stn_database_prepare (database, "SELECT sequence, kind, row, previous_hash, hash FROM chain "
                                                "NOT INDEXED WHERE sequence BETWEEN ? AND ? ORDER BY sequence", error);
  if (self->chain == NULL)
    return NULL;
  self->hash_of = stn_database_prepare (database, "SELECT hash FROM chain WHERE sequence = ?", error);
  return self->hash_of != NULL ? g_steal_pointer (&self) : NULL;
}

void
stn_walk_free (StnWalk *self)
{
  if (self == NULL)
    return;
  sqlite3_finalize (self->chain);
  sqlite3_finalize (self->hash_of);
  for (guint i = 0; i < CURSORS; i++) {
    Cursor *cursor = &self->cursors[i];
    sqlite3_finalize (cursor->select);
    stn_canonical_free (cursor->form);
    if (cursor->name != NULL) {
      g_autofree char *function = g_strconcat ("stn_form_", cursor->name, NULL);
      sqlite3_create_function_v2 (self->database->connection, function, -1, SQLITE_UTF8, NULL, NULL, NULL, NULL, NULL);
    }
  }
  stn_canonical_free (self->steps);
  if (self->in_transaction)
    sqlite3_exec (self->database->connection, "COMMIT", NULL, NULL, NULL); /* it only read */
  g_free (self);
}

/* ----- rows ----- */

static gboolean
cursor_next (StnWalk *walk, Cursor *self, GError **error)
{
  StnRowState state = stn_database_step (walk->database, self->select, error);
  if (state == STN_ROW_ERROR) {
    self->state = CURSOR_CLOSED;
    return FALSE;
  }
  self->state = state == STN_ROW ? CURSOR_AT : CURSOR_END;
  if (state == STN_ROW)
    self->at = sqlite3_column_int64 (self->select, 0);
  return TRUE;
}

static gboolean
cursor_seek (StnWalk *walk, Cursor *self, gint64 key, GError **error)
{
  sqlite3_reset (self->select);
  sqlite3_bind_int64 (self->select, 1, key);
  return cursor_next (walk, self, error);
}

static void
cursor_close (Cursor *self)
{
  sqlite3_reset (self->select);
  self->state = CURSOR_CLOSED;
}

/* The cursor stands at the row, or the row is not there. *plain: FALSE where it was not simply the next one. */
static gboolean
cursor_fetch (StnWalk *walk, Cursor *self, gint64 row, gboolean *plain, GError **error)
{
  gboolean was_open = self->state != CURSOR_CLOSED;
  if (self->state == CURSOR_AT && self->at < row && !cursor_next (walk, self, error))
    return FALSE;
  if (self->state == CURSOR_AT && self->at == row)
    return TRUE;
  *plain &= !was_open;
  return cursor_seek (walk, self, row, error);
}

/* The list of a result's steps. *bare: FALSE where a step has what its result's form does not have. */
static gboolean
put_steps (StnWalk *self, gint64 result, guint form, gboolean *plain, gboolean *bare, GError **error)
{
  Cursor *cursor = &self->cursors[STEP];
  guint count = 0;

  stn_canonical_clear (self->steps);
  gsize place = stn_canonical_list_open (self->steps);
  /* a step that was left over before this one is of no result, or results come in another order than their numbers */
  if (cursor->state == CURSOR_AT && cursor->at < result)
    *plain = FALSE;
  if ((cursor->state == CURSOR_CLOSED || !*plain) && !cursor_seek (self, cursor, result, error))
    return FALSE;
  while (cursor->state == CURSOR_AT && cursor->at == result) {
    gsize length;
    const guint8 *bytes = stn_canonical_bytes (cursor->form, &length);
    stn_canonical_append (self->steps, bytes, cursor->ends[form]);
    *bare &= cursor->is_bare[form] && cursor->form_of == result;
    count++;
    if (!cursor_next (self, cursor, error))
      return FALSE;
  }
  stn_canonical_list_close (self->steps, place, count);
  return TRUE;
}

/* ----- entries ----- */

typedef struct {
  gint64 sequence, row;
  const char *kind;
  const guint8 *previous_hash, *hash; /* NULL where they are not 32 bytes */
} Entry;

static const guint8 *
hash_at (sqlite3_stmt *rows, int column)
{
  const guint8 *hash = sqlite3_column_blob (rows, column);
  return sqlite3_column_bytes (rows, column) == STN_HASH_BYTES ? hash : NULL;
}

/* "chain entry 5: run row 3 of run R2" and what is wrong with it */
static void
set_error (GError **error, const Entry *entry, const Cursor *cursor, const char *what)
{
  g_autofree char *run_id = cursor != NULL ? stn_rows_text (cursor->select, 1) : NULL;
  stn_error_set (error, STN_FAILURE_JOURNAL, "chain entry %" G_GINT64_FORMAT ": %s row %" G_GINT64_FORMAT "%s%s %s",
                 entry->sequence, entry->kind, entry->row, run_id != NULL ? " of run " : "",
                 run_id != NULL ? run_id : "", what);
}

/* One entry of the chain against its row. */
static gboolean
check_row (StnWalk *self, StnWalkRange *range, const Entry *entry, GError **error)
{
  guint i = 0;

  while (i < STN_CHAIN_KINDS && g_strcmp0 (chain_kinds[i].kind, entry->kind) != 0)
    i++;
  if (i == STN_CHAIN_KINDS) {
    stn_error_set (error, STN_FAILURE_JOURNAL, "chain entry %" G_GINT64_FORMAT ": no kind of row is called %s",
                   entry->sequence, entry->kind);
    return FALSE;
  }

  Cursor *cursor = &self->cursors[i];
  StnRowSpan *span = &range->spans[i];
  range->is_plain &= span->count == 0 || entry->row > span->last;
  if (!cursor_fetch (self, cursor, entry->row, &range->is_plain, error))
    return FALSE;
  if (cursor->state != CURSOR_AT || cursor->at != entry->row) {
    set_error (error, entry, NULL, "was deleted");
    return FALSE;
  }
  if (span->count++ == 0)
    span->first = entry->row;
  span->last = entry->row;
  if (cursor->form_number < 1 || cursor->form_number > chain_kinds[i].form) {
    g_autofree char *what = g_strdup_printf (
        "has form %" G_GINT64_FORMAT ", which this program does not know", cursor->form_number);
    set_error (error, entry, cursor, what);
    return FALSE;
  }

  gboolean is_bare = cursor->is_bare[0] && cursor->form_of == entry->row;
  StnFormPart parts[3] = { { 0 } };
  gsize length;
  parts[0].bytes = stn_canonical_bytes (cursor->form, &length);
  parts[0].length = length;
  if (cursor->steps_after >= 0) {
    if (!put_steps (self, entry->row, (guint) cursor->form_number, &range->is_plain, &is_bare, error))
      return FALSE;
    parts[0].length = cursor->steps_place;
    parts[1].bytes = stn_canonical_bytes (self->steps, &parts[1].length);
    parts[2].bytes = parts[0].bytes + cursor->steps_place;
    parts[2].length = length - cursor->steps_place;
  }
  guint8 seen[STN_HASH_BYTES];
  stn_chain_next_of_parts (entry->previous_hash, parts, G_N_ELEMENTS (parts), seen);
  if (is_bare && entry->hash != NULL && memcmp (seen, entry->hash, STN_HASH_BYTES) == 0)
    return TRUE;
  set_error (error, entry, cursor, "is not what was recorded: it, or a step of it, was changed");
  return FALSE;
}

/* The hash that the file has for the entry before the range; *out_known FALSE: it has none. */
static gboolean
read_head (StnWalk *self, gint64 from, guint8 out[STN_HASH_BYTES], gboolean *out_known, GError **error)
{
  memset (out, 0, STN_HASH_BYTES);
  *out_known = TRUE;
  if (from == G_MININT64)
    return TRUE;
  sqlite3_bind_int64 (self->hash_of, 1, from - 1);
  StnRowState state = stn_database_step (self->database, self->hash_of, error);
  const guint8 *hash = state == STN_ROW ? hash_at (self->hash_of, 0) : NULL;
  *out_known = hash != NULL;
  if (hash != NULL)
    memcpy (out, hash, STN_HASH_BYTES);
  sqlite3_reset (self->hash_of);
  return state != STN_ROW_ERROR;
}

static gboolean
walk_entries (StnWalk *self, StnWalkRange *range, GError **error)
{
  gint64 expected = range->from == G_MININT64 ? 1 : range->from;
  gboolean head_known;
  StnRowState state;

  if (!read_head (self, range->from, range->head, &head_known, error))
    return FALSE;
  sqlite3_bind_int64 (self->chain, 1, range->from);
  sqlite3_bind_int64 (self->chain, 2, range->to);
  while ((state = stn_database_step (self->database, self->chain, error)) == STN_ROW) {
    const Entry entry = {
      .sequence = sqlite3_column_int64 (self->chain, 0),
      .kind = (const char *) sqlite3_column_text (self->chain, 1),
      .row = sqlite3_column_int64 (self->chain, 2),
      .previous_hash = hash_at (self->chain, 3),
      .hash = hash_at (self->chain, 4),
    };
    if (entry.sequence != expected)
      break;
    if (entry.previous_hash == NULL || entry.hash == NULL
        || (head_known && memcmp (entry.previous_hash, range->head, STN_HASH_BYTES) != 0)) {
      stn_error_set (error, STN_FAILURE_JOURNAL,
                     "chain entry %" G_GINT64_FORMAT " (%s row %" G_GINT64_FORMAT ") does not follow the one before "
                     "it: entries were changed, inserted or put in another order", entry.sequence, entry.kind,
                     entry.row);
      return FALSE;
    }
    if (!check_row (self, range, &entry, error))
      return FALSE;
    memcpy (range->head, entry.hash, STN_HASH_BYTES);
    head_known = TRUE;
    expected++;
  }
  if (state == STN_ROW_ERROR)
    return FALSE;
  if (expected - 1 == range->to)
    return TRUE;
  stn_error_set (error, STN_FAILURE_JOURNAL, "chain entry %" G_GINT64_FORMAT " was deleted", expected);
  return FALSE;
}

gboolean
stn_walk_range (StnWalk *self, StnWalkRange *range, GError **error)
{
  memset (range->spans, 0, sizeof range->spans);
  range->is_plain = TRUE;
  gboolean is_right = walk_entries (self, range, error);
  sqlite3_reset (self->chain);
  for (guint i = 0; i < CURSORS; i++)
    cursor_close (&self->cursors[i]);
  return is_right;
}
