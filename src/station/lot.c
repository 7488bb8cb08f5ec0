#include "src/station/lot.h"

#include <string.h>

void
stn_lot_clear (StnLot *self)
{
  g_free (self->job_hash);
  g_free (self->job_path);
  g_free (self->opened_by);
  memset (self, 0, sizeof *self);
}

gboolean
stn_lot_name_is_valid (const char *name)
{
  if (name == NULL || *name == '\0' || strlen (name) > 64)
    return FALSE;
  for (const char *c = name; *c != '\0'; c++)
    if (!g_ascii_isprint (*c) || *c == ' ')
      return FALSE;
  return TRUE;
}

gboolean
stn_lot_read (StnQuery *query, const char *name, StnLot *out, GError **error)
{
  g_autoptr (GError) failure = NULL;
  StnAuditRow *opened = stn_query_last_audit (query, "lot-open", name, &failure);
  StnAuditRow *ended = failure == NULL ? stn_query_last_audit (query, "lot-end", name, &failure) : NULL;

  if (failure == NULL && opened != NULL) {
    out->is_known = TRUE;
    out->is_ended = ended != NULL && ended->row > opened->row;
    out->quantity = opened->new_value != NULL ? g_ascii_strtoull (opened->new_value, NULL, 10) : 0;
    out->opened_by = g_strdup (opened->operator_id);
    out->opened_utc_us = opened->utc_us;
    /* "HASH PATH" */
    const char *space = opened->detail != NULL ? strchr (opened->detail, ' ') : NULL;
    if (space != NULL) {
      out->job_hash = g_strndup (opened->detail, (gsize) (space - opened->detail));
      out->job_path = g_strdup (space + 1);
    }
  }
  stn_audit_row_free (opened);
  stn_audit_row_free (ended);
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static const char *
name_of (const StnOpenUnit *unit)
{
  return unit->serial != NULL ? unit->serial : unit->uid != NULL ? unit->uid : "a board without a serial";
}

gboolean
stn_lot_end (StnJournal *journal, StnQuery *query, const char *name, const char *who, GError **error)
{
  g_auto (StnLot) lot = { 0 };
  StnLotSums sums = { 0 };

  if (!stn_lot_read (query, name, &lot, error))
    return FALSE;
  if (!lot.is_known || lot.is_ended) {
    stn_error_set (error, lot.is_known ? STN_FAILURE_LOT_CLOSED : STN_FAILURE_NOT_READY, "lot %s %s", name,
                   lot.is_known ? "has ended already" : "was never opened");
    return FALSE;
  }
  if (!stn_query_lot_sums (query, name, &sums, error))
    return FALSE;
  gboolean ok = sums.open == 0;
  if (!ok) {
    const StnOpenUnit *first = g_ptr_array_index (sums.open_units, 0);
    stn_error_set (error, STN_FAILURE_LOT_UNBALANCED,
                   "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " boards are not accounted for; the first: %s, %s (%s)",
                   sums.open, sums.started, first->site != NULL ? first->site : "?", name_of (first),
                   first->failure != STN_FAILURE_NONE ? stn_failure_name (first->failure)
                                                      : stn_verdict_name (first->verdict));
  } else {
    g_autofree char *detail = g_strdup_printf ("started %" G_GUINT64_FORMAT ", passed %" G_GUINT64_FORMAT
                                               ", binned %" G_GUINT64_FORMAT ", held %" G_GUINT64_FORMAT
                                               ", removed %" G_GUINT64_FORMAT,
                                               sums.started, sums.passed, sums.binned, sums.held, sums.removed);
    const StnAudit audit = { .action = "lot-end", .subject = name, .lot = name, .detail = detail, .operator_id = who };
    ok = stn_journal_write_audit (journal, &audit, error);
  }
  stn_lot_sums_clear (&sums);
  return ok;
}

gboolean
stn_lot_bin (StnJournal *journal, StnQuery *query, const char *name, const char *run_serial_or_uid, const char *bin,
             const char *reason, const char *who, GError **error)
{
  StnLotSums sums = { 0 };
  gboolean found = FALSE, ok = TRUE;

  if (!stn_query_lot_sums (query, name, &sums, error))
    return FALSE;
  for (guint i = 0; i < sums.open_units->len && ok; i++) {
    const StnOpenUnit *unit = g_ptr_array_index (sums.open_units, i);
    if (g_strcmp0 (unit->run_id, run_serial_or_uid) != 0 && g_strcmp0 (unit->serial, run_serial_or_uid) != 0
        && g_strcmp0 (unit->uid, run_serial_or_uid) != 0)
      continue;
    const StnAudit audit = { .action = "bin", .subject = name_of (unit), .lot = name, .site = unit->site,
                             .run_id = unit->run_id, .old_value = stn_verdict_name (unit->verdict),
                             .new_value = bin, .reason = reason, .operator_id = who };
    found = TRUE;
    ok = stn_journal_write_audit (journal, &audit, error);
  }
  stn_lot_sums_clear (&sums);
  if (!found)
    stn_error_set (error, STN_FAILURE_NOT_READY, "lot %s has no board “%s” that stands open", name, run_serial_or_uid);
  return found && ok;
}
