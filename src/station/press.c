#include "src/station/press.h"

#define LOOKS_LEAST 2

gboolean
stn_press_look (StnPress *self, gboolean is_down, gint64 now_ns)
{
  if (is_down)
    self->looks_down++;
  gboolean counts = self->was_up && self->looks_down >= LOOKS_LEAST && now_ns - self->last_up_ns >= STN_PRESS_LEAST_NS;
  if (is_down) {
    self->was_up = self->was_up && !counts;
    return counts;
  }
  *self = (StnPress){ .was_up = TRUE, .last_up_ns = now_ns };
  return counts;
}
