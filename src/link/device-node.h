/* Opening a device node of this machine, with the patience that hotplug needs and with sentences that name the cure.
 *
 * For a moment after a device appears, udev has not yet given the node its group (EACCES), and a curious program may
 * hold it (EBUSY). So a node that is only seconds old is tried again, at most STN_NODE_PATIENCE_NS and never past the
 * wait; an old node is believed at once. Any thread. */
#pragma once

#include "src/link/link.h"

G_BEGIN_DECLS

/* udev's rules have run and probes have let go by then: seen on desktops with ModemManager, which asks for 1 to 2 s */
#define STN_NODE_PATIENCE_NS (3 * STN_NS_PER_S)

typedef struct {
  const char *place; /* as the station file names it: first word of every message */
  const char *what;  /* "serial port", "USB device" */
  const char *group; /* the group that packaging/60-station.rules gives such nodes: "dialout", "plugdev" */
} StnNodeKind;

/* Opens `node` for reading and writing, non-blocking, close-on-exec, not as controlling terminal, and takes flock on
 * it. A descriptor, or -1: STN_FAILURE_ADAPTER_MISSING (not there), STN_FAILURE_PERMISSION, STN_FAILURE_PORT_BUSY (open
 * elsewhere with TIOCEXCL, or locked; the holder named where the system tells it). Blocks as the essay says. */
int stn_node_open_locked (const StnNodeKind *kind, const char *node, const StnWait *wait, GError **error);

/* Waits until this user may read and write `node`, opening nothing. */
gboolean stn_node_wait_for_access (const StnNodeKind *kind, const char *node, const StnWait *wait, GError **error);

/* Is the node so young that EACCES and EBUSY may still go away? */
gboolean stn_node_is_fresh (const char *node);
/* The errors, for a library that has opened the node itself. Always FALSE. */
gboolean stn_node_fail (const StnNodeKind *kind, const char *node, int code, GError **error);

G_END_DECLS
