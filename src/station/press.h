/* A button that is looked at now and then: when a press of it counts.
 *
 * A press counts once, when it has lasted 30 ms; shorter ones are bounces and sparks. Between two looks nothing is
 * known, so a press is taken to have begun right after the last look that saw it up, and one that is over to have ended
 * right before the look that sees it up again: looking at least every 10 ms, no press of 30 ms is missed, and none
 * counts that lasted less than 10 ms (it must have been seen twice). A button that is down when somebody begins to look
 * was pressed for something else and counts when it is pressed again.
 *
 * Plain data, zeroed to begin with; any thread, one at a time. */
#pragma once

#include "src/base/clock.h"

G_BEGIN_DECLS

#define STN_PRESS_LEAST_NS (30 * STN_NS_PER_MS)

typedef struct {
  gboolean was_up;   /* seen since the last press that counted */
  gint64 last_up_ns; /* the latest look that saw it up */
  guint looks_down;  /* since then */
} StnPress;

/* One look. TRUE: a press counts now. */
gboolean stn_press_look (StnPress *self, gboolean is_down, gint64 now_ns);

G_END_DECLS
