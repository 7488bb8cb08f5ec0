/* The words of the screen for what the session, the failure table and the steps name. Translated; whole sentences. */
#pragma once

#include "src/station/session.h"
#include "ui/model.h"

G_BEGIN_DECLS

/* "Programming": what a site does now, as a tile says it. */
const char *stn_text_step (StnStepKind step);
/* "Program": a step as a list names it. */
const char *stn_text_step_name (StnStepKind step);
/* "verify mismatch": the failure in two words. g_free. */
char *stn_text_failure_name (StnFailure failure);
/* The operator's sentence, the site's name in it. g_free. */
char *stn_text_failure (StnFailure failure, const char *site);
/* What to do about it. */
const char *stn_text_next_action (StnFailure failure);
/* What START waits for; `detail`: sites or an error's text. g_free. */
char *stn_text_block (StnBlock block, const char *detail);
/* What a tile says in a state that has a word of its own; NULL: it has none. */
const char *stn_text_state (StnSeatState state);
StnTileState stn_tile_state_of (StnSeatState state);
/* "12 s", "1 min 5 s". g_free. */
char *stn_text_seconds (gint64 ns);
/* "41 of 96 KiB". g_free; NULL when the step is not counted in bytes. */
char *stn_text_bytes (guint64 done, guint64 total);

G_END_DECLS
