#include "src/job/stability.h"

gboolean
stn_stability_note (StnStability *self, gint64 now_ns)
{
  self->losses_ns[self->count++ % STN_STABILITY_LOSSES] = now_ns;
  if (self->count < STN_STABILITY_LOSSES)
    return FALSE;
  /* the one that comes next in the ring is the oldest of the three */
  return now_ns - self->losses_ns[self->count % STN_STABILITY_LOSSES] <= STN_STABILITY_WITHIN_NS;
}
