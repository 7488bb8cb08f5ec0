/* A link that plays a recorded trace (trace.h's text) back, strictly: each exchange must be the next one of the
 * recording (times aside), or it fails with STN_FAILURE_INTERNAL naming the line, what was expected and what came. A
 * recorded failure happens again; on the virtual clock a no-answer takes the wait's time. */
#pragma once

#include "src/link/link.h"

G_BEGIN_DECLS

/* `text` as written by a trace sink; only the lines of the link called `name` are used. Error: STN_FAILURE_BAD_FILE. */
StnLink *stn_replay_link_new (StnLinkShape shape, const char *name, const char *text, GError **error);
/* TRUE when every recorded exchange has been used. */
gboolean stn_replay_link_is_finished (const StnLink *self);

G_END_DECLS
