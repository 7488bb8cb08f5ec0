/* The pages beside the run: history (S7), one board's life (S8), reports (S9), wiring (S11). They ask the journal
 * themselves, each in a thread of its own, so the session never waits for them and they not for it; the wiring is the
 * session's to check.
 *
 * While a page is in front a scan looks for what was scanned, Escape goes back, Space presses what has the focus: it
 * starts no cycle. Badges and commands still reach the session. */
#pragma once

#include "src/station/session.h"
#include "ui/window.h"

G_BEGIN_DECLS

typedef struct StnPages StnPages;

/* Adds the pages and their actions ("history", "reports", "check-wiring", "live", "page-before") to a window, which owns
 * them from then on. Before the controller is made: what a page takes, the session does not get. */
StnPages *stn_pages_attach (StnWindow *window);
/* Those of a window; NULL: it has none. */
StnPages *stn_pages_of (StnWindow *window);
/* Whose records; NULL: there are none yet. May be called as often as one likes. */
void stn_pages_set_journal (StnPages *self, const char *journal);
/* The paper of PDFs: "a4", "letter", anything else is what is usual here. */
void stn_pages_set_paper (StnPages *self, const char *paper);
/* The reports page, for its "paper-chosen" (text: "a4" or "letter"). Borrowed. */
GtkWidget *stn_pages_reports (StnPages *self);
/* Who checks the wiring, borrowed; NULL before it is freed. */
void stn_pages_set_session (StnPages *self, StnSession *session);
/* Whether a cycle runs. */
void stn_pages_set_running (StnPages *self, gboolean is_running);
/* NULL: the run's own screens are in front. */
const char *stn_pages_front (StnPages *self);

G_END_DECLS
