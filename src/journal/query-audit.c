/* Audit rows: what people did. */
#include "src/journal/query-private.h"

void
stn_audit_row_free (StnAuditRow *self)
{
  if (self == NULL)
    return;
  char *const texts[] = { self->action, self->subject,   self->detail,    self->operator_id, self->lot,       self->site,
                          self->run_id, self->old_value, self->new_value, self->reason,      self->allowed_by };
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  g_free (self);
}

static void
audit_row_free (gpointer row)
{
  stn_audit_row_free (row);
}

static StnAuditRow *
read_audit (sqlite3_stmt *rows)
{
  StnAuditRow *row = g_new0 (StnAuditRow, 1);
  char **const texts[] = { &row->action,    &row->subject,   &row->detail, &row->operator_id, &row->lot,       &row->site,
                           &row->run_id,    &row->old_value, &row->new_value, &row->reason,   &row->allowed_by };
  row->row = sqlite3_column_int64 (rows, 0);
  row->utc_us = sqlite3_column_int64 (rows, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    *texts[i] = stn_rows_text (rows, (int) i + 2);
  return row;
}

GPtrArray *
stn_query_audit (StnQuery *self, const StnAuditFilter *filter, GError **error)
{
  const struct {
    const char *column, *value;
  } texts[] = {
    { "action", filter->action },
    { "subject", filter->subject },
    { "lot", filter->lot },
    { "run_id", filter->run_id },
  };
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (audit_row_free);
  g_autoptr (GString) text = g_string_new ("SELECT id, utc_us, action, subject, detail, operator_id, lot, site, run_id, "
                                           "old_value, new_value, reason, allowed_by FROM audit WHERE 1");
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i].value != NULL)
      g_string_append_printf (text, " AND %s = ?%d", texts[i].column, (int) i + 1);
  if (filter->after_row != 0)
    g_string_append_printf (text, " AND id %s %" G_GINT64_FORMAT, filter->newest_first ? "<" : ">", filter->after_row);
  g_string_append_printf (text, " ORDER BY id %s LIMIT %u", filter->newest_first ? "DESC" : "ASC",
                          CLAMP (filter->limit, 1, 1000));

  sqlite3_stmt *rows = stn_database_prepare (self->database, text->str, error);
  if (rows == NULL)
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i].value != NULL)
      sqlite3_bind_text (rows, (int) i + 1, texts[i].value, -1, SQLITE_STATIC);
  StnRowState state;
  while ((state = stn_database_step (self->database, rows, error)) == STN_ROW)
    g_ptr_array_add (found, read_audit (rows));
  sqlite3_finalize (rows);
  return state == STN_ROW_END ? g_steal_pointer (&found) : NULL;
}

StnAuditRow *
stn_query_last_audit (StnQuery *self, const char *action, const char *subject, GError **error)
{
  StnAuditFilter filter = { .action = action, .subject = subject, .newest_first = TRUE, .limit = 1 };
  g_autoptr (GPtrArray) rows = stn_query_audit (self, &filter, error);
  return rows != NULL && rows->len > 0 ? g_ptr_array_steal_index (rows, 0) : NULL;
}
