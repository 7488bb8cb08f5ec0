/* INT and TERM: counted by a thread of their own, so that a request to stop is heard whatever the program waits for. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Before any other thread is made: blocks both in this and all later threads. A signal that was ignored stays so.
 * `cancellable` (may be NULL) is cancelled at the first. */
void stn_signals_start (GCancellable *cancellable);
/* How many have come. */
guint stn_signals_count (void);
/* Ends the program by the last signal, as its parent expects. Does not return. */
void stn_signals_raise (void) G_GNUC_NORETURN;

G_END_DECLS
