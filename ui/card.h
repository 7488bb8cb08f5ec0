/* The command card, written beside the reports: drawn and saved in a thread, told in the loop. */
#pragma once

#include "src/station/session.h"

G_BEGIN_DECLS

/* `text`: a sentence for the band, in the window's language. */
typedef void (*StnCardDone) (gboolean is_written, const char *text, gpointer data);

/* Of the sites that the session has. Not called when `cancellable` was cancelled before. */
void stn_card_write (const StnSessionState *state, GCancellable *cancellable, StnCardDone done, gpointer data);

G_END_DECLS
