/* How often something has gone by itself lately: a USB device that comes and goes.
 *
 * A device that is reset, left or erased re-enumerates because it was told to; nobody notes that here. One that goes by
 * itself three times within ten seconds has a bad cable, contact or supply, and its site is taken out
 * (STN_FAILURE_LINK_UNSTABLE) before a board is half written over it again and again. It belongs to the site, not to a
 * run: a plug that loses every second board once is as bad as one that loses one board three times.
 *
 * Plain data, zeroed to begin with; one thread at a time. */
#pragma once

#include "src/base/clock.h"

G_BEGIN_DECLS

#define STN_STABILITY_LOSSES 3
#define STN_STABILITY_WITHIN_NS (10 * STN_NS_PER_S)

typedef struct {
  gint64 losses_ns[STN_STABILITY_LOSSES]; /* the latest ones, in a ring */
  guint count;
} StnStability;

/* It has gone now (a time of the clock, never before the last). TRUE: too often. */
gboolean stn_stability_note (StnStability *self, gint64 now_ns);

G_END_DECLS
