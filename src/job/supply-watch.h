/* A watch over the lines that tell of a site's supply, for the time of a write that a dip could spoil unseen: with
 * readout protection the words beside it can't be read back.
 *
 * It looks every STN_SUPPLY_LOOK_NS, in a thread of its own, as the run waits for the ROM meanwhile. What is shorter a
 * fixture has to hold for it. It moves nothing. */
#pragma once

#include "src/job/site-hold.h"

G_BEGIN_DECLS

#define STN_SUPPLY_LOOK_NS (2 * STN_NS_PER_MS)

typedef struct StnSupplyWatch StnSupplyWatch;

/* Has looked once when it returns, and looks until it is ended. NULL where the site has no such line. `hold` is
 * borrowed until then, and is not moved. */
StnSupplyWatch *stn_supply_watch_begin (StnSiteHold *hold);
/* Looks a last time, ends, frees. The text says what was wrong with the supply, g_free; NULL: it was good each time, or
 * there was nothing to look at. */
char *stn_supply_watch_end (StnSupplyWatch *self);

G_END_DECLS
