/* The power of a USB hub's ports as lines: bit N is port N, high is on.
 *
 * Class requests to the hub itself (USB 2.0, 11.24.2): SetPortFeature and ClearPortFeature PORT_POWER, GetPortStatus. A
 * hub says in its descriptor whether it switches each port alone (11.23.2.1); one that switches all together, or none,
 * is refused here: a site's power must not be its neighbours'. A port reads low as well when the hub reports
 * over-current at it.
 *
 * The kernel keeps the hub; it sees a device go and come, as when a plug is pulled. */
#pragma once

#include "src/link/link.h"

G_BEGIN_DECLS

#define STN_HUB_PORTS_MOST 31 /* bit 0 is no port */

/* Takes over `hub`, a control link to it (also when it fails). Asks for its descriptor: STN_FAILURE_NOT_SUPPORTED where
 * it can't switch each port alone or is no USB 2 hub. Setting a port it does not have, or that stays on, fails alike. */
StnLink *stn_hub_pins_new (StnLink *hub, const StnWait *wait, GError **error);

G_END_DECLS
