/* The words and looks of runs that are over, as the records tell of them. Translated. */
#pragma once

#include "src/journal/query.h"
#include "ui/tile-looks.h"

G_BEGIN_DECLS

/* UNKNOWN where it came to no result. */
StnVerdict stn_run_verdict (const StnRunRow *row);
/* How a site would look that showed this verdict. */
StnTileState stn_verdict_tile (StnVerdict verdict);
/* "PASS", "NO RESULT": the word beside the shape. */
const char *stn_verdict_word (StnVerdict verdict);
/* "2026-11-12 10:42:07" of this place. Free with g_free. */
char *stn_moment_text (gint64 utc_us);
/* "3.4 s", "240 ms". Free with g_free. */
char *stn_duration_text (gint64 duration_ns);
/* The operator's sentence of a failure, the site's name in it; NULL: it has none. Free with g_free. */
char *stn_failure_sentence (StnFailure failure, const char *site);
/* What to do about it; NULL: nothing. */
const char *stn_failure_advice (StnFailure failure);

G_END_DECLS
