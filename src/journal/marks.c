/* What people decide about serials and units: voids, dispositions, audit rows. All of them are links of the chain. */
#include "src/journal/journal-private.h"

#include <string.h>

typedef struct {
  const char *serial, *uid, *kind, *reason, *operator_id;
} Mark;

#define MARK_TEXTS_MOST 11

/* A form of the three is their columns in their order: utc_us, then texts. Inserts and links. */
static gboolean
insert_marked (StnJournal *self, const char *table, guint form_number, const char *insert_text,
               const char *const texts[MARK_TEXTS_MOST], guint count, GError **error)
{
  gint64 utc_us = stn_clock_utc_us (self->clock);
  g_autoptr (StnCanonical) form = stn_canonical_new (table, form_number);
  stn_canonical_integer (form, utc_us);
  {
    g_autoptr (StnRows) rows = stn_database_query (self->database, error, insert_text, "ii",
                                                   (gint64) form_number, utc_us);
    if (rows == NULL)
      return FALSE;
    for (guint i = 0; i < count; i++) {
      stn_canonical_text (form, texts[i]);
      sqlite3_bind_text (rows, (int) i + 3, texts[i], -1, SQLITE_STATIC);
    }
    if (stn_database_step (self->database, rows, error) != STN_ROW_END)
      return FALSE;
  }
  return stn_chain_append (self->database, table, sqlite3_last_insert_rowid (self->database->connection), form, error);
}

static gboolean
insert_void (StnJournal *self, const Mark *mark, GError **error)
{
  const char *const texts[MARK_TEXTS_MOST] = { mark->serial, mark->reason, mark->operator_id };
  return insert_marked (self, "void", STN_MARK_FORM, "INSERT INTO void (form, utc_us, serial, reason, operator_id) "
                        "VALUES (?, ?, ?, ?, ?)", texts, 3, error);
}

/* every scheme's serial of this text becomes void, but not under a run that is on its way */
static gboolean
void_work (StnJournal *self, StnJournalRequest *request, GError **error)
{
  const Mark *mark = request->data;
  {
    g_autoptr (StnRows) rows = stn_database_query (self->database, error,
      "SELECT run_id FROM serial_now JOIN live_run USING (run_id) "
      "WHERE serial = ? AND state IN ('leased', 'exposed') LIMIT 1", "t", mark->serial);
    if (rows == NULL)
      return FALSE;
    StnRowState state = stn_database_step (self->database, rows, error);
    if (state == STN_ROW)
      stn_error_set (error, STN_FAILURE_SERIAL_USED, "serial %s is in use by run %s now; wait for its end",
                     mark->serial, (const char *) sqlite3_column_text (rows, 0));
    if (state != STN_ROW_END)
      return FALSE;
  }
  /* two statements: a trigger reads what the rows of the one would be made from */
  g_autoptr (GPtrArray) schemes = g_ptr_array_new_with_free_func (g_free);
  {
    g_autoptr (StnRows) rows = stn_database_query (self->database, error,
      "SELECT DISTINCT scheme FROM serial_event WHERE serial = ?", "t", mark->serial);
    if (rows == NULL)
      return FALSE;
    StnRowState state;
    while ((state = stn_database_step (self->database, rows, error)) == STN_ROW)
      g_ptr_array_add (schemes, stn_rows_text (rows, 0));
    if (state == STN_ROW_ERROR)
      return FALSE;
  }
  for (guint i = 0; i < schemes->len; i++)
    if (!stn_database_run (self->database, error,
          "INSERT INTO serial_event (scheme, serial, number, turn, state, run_id, uid, utc_us) "
          "SELECT scheme, serial, number, turn + 1, 'void', run_id, uid, ? FROM serial_now "
          "WHERE scheme = ? AND serial = ? AND state <> 'void'", "itt", stn_clock_utc_us (self->clock),
          (const char *) g_ptr_array_index (schemes, i), mark->serial))
      return FALSE;
  return insert_void (self, mark, error);
}

static gboolean
valid (const char *text)
{
  return text == NULL || g_utf8_validate (text, -1, NULL);
}

static gboolean
call (StnJournal *self, gboolean (*work) (StnJournal *, StnJournalRequest *, GError **), Mark *mark, GError **error)
{
  StnJournalRequest request = { .work = work, .failure = STN_FAILURE_NOT_RECORDED, .data = mark };
  if (!valid (mark->serial) || !valid (mark->uid) || !valid (mark->kind) || !valid (mark->reason)
      || !valid (mark->operator_id)) {
    stn_error_set (error, STN_FAILURE_USAGE, "a text that is not UTF-8");
    return FALSE;
  }
  return stn_journal_call (self, &request, error);
}

gboolean
stn_journal_void_serial (StnJournal *self, const char *serial, const char *reason, const char *operator_id,
                         GError **error)
{
  Mark mark = { .serial = serial, .reason = reason, .operator_id = operator_id };
  if (serial == NULL || serial[0] == '\0' || reason == NULL || reason[0] == '\0') {
    stn_error_set (error, STN_FAILURE_USAGE, "a serial is made void with its text and a reason");
    return FALSE;
  }
  return call (self, void_work, &mark, error);
}

static gboolean
dispose_work (StnJournal *self, StnJournalRequest *request, GError **error)
{
  const Mark *mark = request->data;
  const char *const texts[MARK_TEXTS_MOST] = { mark->uid, mark->kind, mark->reason, mark->operator_id };
  return insert_marked (self, "disposition", STN_MARK_FORM, "INSERT INTO disposition (form, utc_us, uid, kind, reason, operator_id) "
                        "VALUES (?, ?, ?, ?, ?, ?)", texts, 4, error);
}

gboolean
stn_journal_dispose (StnJournal *self, const char *uid, const char *kind, const char *reason, const char *operator_id,
                     GError **error)
{
  static const char *const kinds[] = { "rework", "hold", "release", "scrap", NULL };
  Mark mark = { .uid = uid, .kind = kind, .reason = reason, .operator_id = operator_id };
  if (uid == NULL || kind == NULL || !g_strv_contains (kinds, kind) || reason == NULL || reason[0] == '\0') {
    stn_error_set (error, STN_FAILURE_USAGE, "a disposition is rework, hold, release or scrap of a UID, with a reason");
    return FALSE;
  }
  return call (self, dispose_work, &mark, error);
}

static gboolean
audit_work (StnJournal *self, StnJournalRequest *request, GError **error)
{
  const StnAudit *audit = request->data;
  const char *const texts[MARK_TEXTS_MOST] = { audit->action,    audit->subject,   audit->detail, audit->operator_id,
                                               audit->lot,       audit->site,      audit->run_id, audit->old_value,
                                               audit->new_value, audit->reason,    audit->allowed_by };
  return insert_marked (self, "audit", STN_AUDIT_FORM,
                        "INSERT INTO audit (form, utc_us, action, subject, detail, operator_id, lot, site, run_id, "
                        "old_value, new_value, reason, allowed_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        texts, MARK_TEXTS_MOST, error);
}

gboolean
stn_journal_write_audit (StnJournal *self, const StnAudit *audit, GError **error)
{
  StnJournalRequest request = { .work = audit_work, .failure = STN_FAILURE_NOT_RECORDED, .data = (gpointer) audit };
  const char *const texts[] = { audit->action, audit->subject, audit->detail,    audit->operator_id,
                                audit->lot,    audit->site,    audit->run_id,    audit->old_value,
                                audit->new_value, audit->reason, audit->allowed_by };

  if (audit->action == NULL || audit->action[0] == '\0') {
    stn_error_set (error, STN_FAILURE_USAGE, "an audit row says what was done");
    return FALSE;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (!valid (texts[i])) {
      stn_error_set (error, STN_FAILURE_USAGE, "a text that is not UTF-8");
      return FALSE;
    }
  return stn_journal_call (self, &request, error);
}

gboolean
stn_journal_audit (StnJournal *self, const char *action, const char *subject, const char *detail,
                   const char *operator_id, GError **error)
{
  StnAudit audit = { .action = action, .subject = subject, .detail = detail, .operator_id = operator_id };
  return stn_journal_write_audit (self, &audit, error);
}
