/* Runs of a journal as CSV (RFC 4180), a row each: what `stationctl units --csv` prints and the window's history saves.
 * Keys never change and are never translated; times are ISO 8601 in UTC, durations milliseconds; a text that a spreadsheet
 * would take for a formula gets a ' in front. */
#pragma once

#include "src/journal/query.h"

G_BEGIN_DECLS

/* Appends a cell, quoted where it must be, without the comma; `is_text`: a formula is disarmed. */
void stn_csv_cell (GString *text, const char *cell, gboolean is_text);
/* Appends the line of keys. */
void stn_runs_csv_head (GString *text);
/* Appends a run. `is_virtual`: of the journal it comes from; stands in the last column of every row. */
void stn_runs_csv_row (GString *text, const StnRunRow *row, gboolean is_virtual);

G_END_DECLS
