/* The kernel's virtual host controller, vhci_hcd: ports into which a device is plugged by handing the kernel one end of a
 * socket pair. Closing the other end pulls it out. Needs root and a kernel that has vhci_hcd loaded. */
#pragma once

#include "src/base/error.h"
#include "src/bench/usb/usb-device.h"

G_BEGIN_DECLS

/* How many ports for full and high speed there are, over all controllers; 0: no vhci_hcd here. */
guint stn_vhci_port_count (void);
/* Plugs in: returns this side of the socket (close it to unplug), -1 on error. Waits up to 2 s for a port that is still
 * being cleared. `port` counts from 0 over the ports above. Errors: STN_FAILURE_ADAPTER_MISSING, STN_FAILURE_PERMISSION,
 * STN_FAILURE_PORT_BUSY. */
int stn_vhci_attach (guint port, StnUsbSpeed speed, StnClock *clock, GError **error);
/* The name under which the kernel has the port ("3-1"), and udev's ID_PATH of it ("platform-vhci_hcd.0-usb-0:1"); free
 * with g_free. NULL: not there. */
char *stn_vhci_sysfs_name (guint port);
char *stn_vhci_id_path (guint port);

G_END_DECLS
