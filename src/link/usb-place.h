/* USB places: which port of which hub, however it is written.
 *
 * A place is text in one of two forms, both naming the way from the host's controller through its hubs:
 *   pci-0000:00:14.0-usb-0:1.4.2   as udev's ID_PATH has it: the controller's own place, then the ports. Stays.
 *   1-1.4.2                        as sysfs has it: bus number, then the ports. The bus number moves between starts.
 * A place is a port, not a device: whatever is plugged in there, and one after another.
 *
 * Nothing here opens a device or needs rights; sysfs is read. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A place in either form, as opposed to a serial number, say. */
gboolean stn_usb_is_place (const char *text);

/* The name in sysfs: "1-1.4.2"; "usb1" for a bus's own root hub (no ports). `count` at most 7 (USB 2.0, 4.1.1: tiers).
 */
char *stn_usb_bus_path (guint bus, const guint8 *ports, guint count);
/* The same place as ID_PATH has it, worked out from `sysfs` (NULL: "/sys"); the controller's path for a root hub. NULL
 * where there is no such bus. Free with g_free. */
char *stn_usb_id_path (const char *bus_path, const char *sysfs);

/* Is this device (by its name in sysfs) at `place`? */
gboolean stn_usb_is_at (const char *bus_path, const char *place, const char *sysfs);
/* The place of the hub (or root hub) that the port belongs to, in the same form; NULL for what is no place. */
char *stn_usb_place_of_hub (const char *place);

/* The name in sysfs of the device that is at `place` now; NULL: none. Free with g_free. */
char *stn_usb_device_at (const char *place, const char *sysfs);

/* One attribute of a device, its white space trimmed; NULL when it has none. Free with g_free. */
char *stn_usb_attribute (const char *bus_path, const char *name, const char *sysfs);
/* The driver bound to an interface of the device's first configuration ("ftdi_sio", "usbfs"), or NULL. */
char *stn_usb_interface_driver (const char *bus_path, guint interface_number, const char *sysfs);

G_END_DECLS
