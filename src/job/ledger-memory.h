/* A ledger that lives in memory, for tests: the same rules as the journal's, nothing durable, and everything it was
 * told can be looked at. Thread-safe. It can be told to fail the N-th call. */
#pragma once

#include "src/job/ledger.h"

G_BEGIN_DECLS

StnLedger *stn_ledger_memory_new (void);
/* Borrowed; StnRun and StnResult in the order they came. Not while a cycle runs. */
const GPtrArray *stn_ledger_memory_runs (StnLedger *self);
const GPtrArray *stn_ledger_memory_results (StnLedger *self);
/* The state of a serial text; STN_SERIAL_FREE when it was never leased. */
StnSerialState stn_ledger_memory_serial (StnLedger *self, const char *serial);
/* Write windows opened and not closed. */
guint stn_ledger_memory_open_windows (StnLedger *self);
guint stn_ledger_memory_windows (StnLedger *self);
/* What the last window was opened for; NULL: none yet. g_free. */
char *stn_ledger_memory_last_window (StnLedger *self);
/* Makes the N-th call from now (from 1) fail with STN_FAILURE_NOT_RECORDED; 0: never. */
void stn_ledger_memory_fail_at (StnLedger *self, guint call);

G_END_DECLS
