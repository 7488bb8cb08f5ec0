/* Records to rows: the columns' table (src/record/columns.h) made into INSERT statements, and the link over each. */
#include "src/journal/journal-private.h"
#include "src/record/columns.h"

/* "INSERT INTO run (id, form, run_id, ...) VALUES (?, ?, ?, ...)"; kept for good, one a table */
static const char *
insert_text (const char *table, const char *first_columns, guint first_count, const StnColumn *columns, guint count)
{
  GString *text = g_string_new (NULL);
  g_string_append_printf (text, "INSERT INTO %s (%s", table, first_columns);
  for (guint i = 0; i < count; i++)
    if (columns[i].type != STN_COLUMN_STEPS)
      g_string_append_printf (text, ", %s", columns[i].name);
  g_string_append (text, ") VALUES (?");
  for (guint i = 1; i < first_count; i++)
    g_string_append (text, ", ?");
  for (guint i = 0; i < count; i++)
    if (columns[i].type != STN_COLUMN_STEPS)
      g_string_append (text, ", ?");
  g_string_append_c (text, ')');
  return g_string_free (text, FALSE);
}

static gboolean
insert (StnDatabase *database, const char *text, const gint64 *firsts, guint first_count, const StnColumn *columns,
        guint count, gconstpointer record, GError **error)
{
  g_autoptr (StnRows) rows = stn_database_query (database, error, text, "");
  if (rows == NULL)
    return FALSE;

  int place = 0;
  for (guint i = 0; i < first_count; i++)
    sqlite3_bind_int64 (rows, ++place, firsts[i]);
  for (guint i = 0; i < count; i++) {
    if (columns[i].type == STN_COLUMN_STEPS)
      continue;
    StnValue value = stn_column_get (&columns[i], record);
    place++;
    if (value.kind == STN_VALUE_INTEGER)
      sqlite3_bind_int64 (rows, place, value.integer);
    else if (value.kind == STN_VALUE_TEXT)
      sqlite3_bind_text (rows, place, value.text, -1, SQLITE_STATIC);
    else
      sqlite3_bind_null (rows, place);
  }
  return stn_database_step (database, rows, error) == STN_ROW_END;
}

/* what came over a wire may be no UTF-8: kept readable rather than lost, and chained as it is stored */
static void
make_valid (const StnColumn *columns, guint count, gpointer record)
{
  for (guint i = 0; i < count; i++)
    if (columns[i].type == STN_COLUMN_TEXT) {
      char **text = (char **) (gpointer) ((char *) record + columns[i].offset);
      if (*text != NULL && !g_utf8_validate (*text, -1, NULL)) {
        char *valid = g_utf8_make_valid (*text, -1);
        g_free (*text);
        *text = valid;
      }
    }
}

static gboolean
next_id (StnDatabase *database, const char *text, gint64 *out, GError **error)
{
  gint64 last;
  if (!stn_database_integer (database, text, 0, &last, error))
    return FALSE;
  *out = last + 1;
  return TRUE;
}

gboolean
stn_journal_insert_run (StnDatabase *database, const StnRun *run, GError **error)
{
  static const char *text;
  guint count;
  const StnColumn *columns = stn_run_columns (&count);
  gint64 id;

  if (g_once_init_enter (&text))
    g_once_init_leave (&text, insert_text ("run", "id, form", 2, columns, count));

  g_autoptr (StnRun) valid = stn_run_copy (run);
  make_valid (columns, count, valid);
  if (!next_id (database, "SELECT max (id) FROM run", &id, error))
    return FALSE;
  const gint64 firsts[] = { id, STN_RUN_FORM };
  if (!insert (database, text, firsts, 2, columns, count, valid, error))
    return FALSE;
  g_autoptr (StnCanonical) form = stn_canonical_run (valid);
  return stn_chain_append (database, "run", id, form, error);
}

gboolean
stn_journal_insert_result (StnDatabase *database, const StnResult *result, GError **error)
{
  static const char *text, *step_text;
  guint count, step_count;
  const StnColumn *columns = stn_result_columns (&count);
  const StnColumn *step_columns = stn_step_columns (&step_count);
  gint64 id;

  if (g_once_init_enter (&text))
    g_once_init_leave (&text, insert_text ("result", "id, form", 2, columns, count));
  if (g_once_init_enter (&step_text))
    g_once_init_leave (&step_text, insert_text ("step", "result, position", 2, step_columns, step_count));

  g_autoptr (StnResult) valid = stn_result_copy (result);
  make_valid (columns, count, valid);
  if (!next_id (database, "SELECT max (id) FROM result", &id, error))
    return FALSE;
  const gint64 firsts[] = { id, STN_RESULT_FORM };
  if (!insert (database, text, firsts, 2, columns, count, valid, error))
    return FALSE;
  for (guint i = 0; i < valid->steps->len; i++) {
    const gint64 place[] = { id, (gint64) i + 1 };
    StnStepRecord *step = g_ptr_array_index (valid->steps, i);
    make_valid (step_columns, step_count, step);
    if (!insert (database, step_text, place, 2, step_columns, step_count, step, error))
      return FALSE;
  }
  g_autoptr (StnCanonical) form = stn_canonical_result (valid);
  return stn_chain_append (database, "result", id, form, error);
}
