/* The ledger over the journal. Private to src/station. */
#pragma once

#include "src/job/ledger.h"
#include "src/journal/journal.h"

G_BEGIN_DECLS

/* Borrows the journal, which outlives it. Free with stn_ledger_free. */
StnLedger *stn_ledger_journal_new (StnJournal *journal);
/* Refuses boards (quantity) once so many have passed through this ledger, or may yet. 0: no limit. Before the first
 * admission. */
void stn_ledger_journal_set_quantity (StnLedger *self, guint64 quantity);

/* The rules of admission, by what is known of a chip. FALSE with already-done, retry-limit or quantity.
 * `lot_passes`: PASSes of the
 * lot and boards on their way; counts only where the request has a quantity. */
gboolean stn_ledger_decide (const StnAdmissionRequest *request, const StnUnitHistory *history, guint64 lot_passes,
                            StnAdmission *out, GError **error);

G_END_DECLS
