/* The providers of this machine's own ports; src/station/registry.c lists them. Each may be used by any thread. */
#pragma once

#include "src/link/provider.h"

G_BEGIN_DECLS

/* UARTs by tty ("/dev/serial/by-path/…"). open_pins of the same place gives its modem lines (serial.h), sharing the
 * port with the UART as long as both write the place alike; while either link lives, the port stays open. */
StnProvider *stn_provider_serial_new (void);
/* Lines of an FT232H, by serial or by USB place (usb-place.h). */
StnProvider *stn_provider_ft232h_new (void);
/* Power of a USB hub's ports (hub-pins.h), by the hub's USB place. `clock`: a real one. */
StnProvider *stn_provider_hub_new (StnClock *clock);
/* USB devices in DFU mode, by USB place. Owns a libusb context with its event thread for each place; links keep theirs
 * alive. `clock`: a real one. STN_FAILURE_INTERNAL otherwise, or where libusb does not start. */
StnProvider *stn_provider_usb_new (StnClock *clock, GError **error);

G_END_DECLS
