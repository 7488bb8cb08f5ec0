/* Whether a USB device is still there, asked of the device itself: what a command says of one that goes meanwhile may
 * be anything, from a refusal to silence. */
#pragma once

#include "src/link/link.h"

G_BEGIN_DECLS

/* Reads the device descriptor, which every device shows in every state. Errors: link-lost (it has gone), those of a
 * control transfer. Blocks until the wait ends at most. */
gboolean stn_usb_presence_ask (StnLink *device, const StnWait *wait, GError **error);

/* Whether `failure`, of a command to the device, came of its going. Blocks 100 ms at most. */
gboolean stn_usb_presence_explains (StnLink *device, const GError *failure, const StnWait *wait);

G_END_DECLS
