/* What came of a run's units, collected from their results, and the words for it. */
#pragma once

#include "src/record/event.h"

G_BEGIN_DECLS

typedef struct {
  gint64 cycle;
  char *run_id, *site, *serial, *uid;
  StnVerdict outcome;
  StnFailure failure;
  gint64 utc_us;
  gint64 duration_ns;
  char *text; /* the reason, for the engineer; NULL: none */
} StnUnitRow;

/* From a unit.result. */
StnUnitRow *stn_unit_row_new (const StnEvent *event);
void stn_unit_row_free (StnUnitRow *self);
/* "PASS", "FAIL", ...; static. */
const char *stn_unit_row_word (const StnUnitRow *self);

/* The rows (StnUnitRow) of a cycle, in the order of `sites` (NULL-terminated), as a table. Free with g_free. */
char *stn_summary_table (const GPtrArray *rows, gint64 cycle, const char *const *sites);
/* For each unit of a cycle that did not pass, in the order of `sites`: what the operator does next, and the reason.
 * Empty when all passed. Free with g_free. */
char *stn_summary_sentences (const GPtrArray *rows, gint64 cycle, const char *const *sites);
/* "8 boards: 7 passed, 1 failed". Free with g_free. */
char *stn_summary_counts (const guint counts[STN_VERDICT_COUNT]);

G_END_DECLS
