/* A record's option bytes, which are hex, in words: what differs from before, or from how the part is shipped. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "nBOOT_SEL: 0x1 (nBOOT0 bit) → 0x0 (pin)" a line, what differs between the two; with `after` NULL what differs from a
 * part as shipped. NULL: the part is not known here, or the bytes do not fit it; "": nothing differs. Free with g_free. */
char *stn_option_words (const char *part, const char *before, const char *after);

G_END_DECLS
