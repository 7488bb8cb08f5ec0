/* A control link to one USB device that programs take new firmware through: it offers a DFU interface.
 *
 * Opening waits for such a device at a USB place (usb-place.h), by hotplug: other devices may sit there before it (the
 * application's own), and one that goes again while it is being opened is no event. The DFU interface is claimed. A
 * device that comes back after a reset has another address and is another device: the link to the old one says
 * STN_FAILURE_LINK_LOST for good, and a new one is opened at the same place.
 *
 * Right after a reset the host may still list the device that has just gone: opening it fails by itself, or the first
 * exchange says link-lost; who pulls a reset waits for the place to become empty first where that can be.
 *
 * The outcomes of exchanges are as link.h says for control links. One kind can't be cancelled: SET_INTERFACE is a call of
 * the kernel's, which waits up to 5 s for a device that says nothing; closing a link whose setting is not 0 sets it back
 * in the same way. */
#pragma once

#include "src/link/usb-context.h"

G_BEGIN_DECLS

/* The link holds a reference to the context. Errors: those of stn_usb_context_await, STN_FAILURE_PERMISSION and
 * STN_FAILURE_PORT_BUSY. */
StnLink *stn_usb_control_open (StnUsbContext *context, const char *place, const StnWait *wait, GError **error);

/* The hub at a place, for class requests to it; nothing is claimed, and the kernel's driver stays where it is. Errors
 * likewise. */
StnLink *stn_usb_hub_open (StnUsbContext *context, const char *place, const StnWait *wait, GError **error);

G_END_DECLS
