/* Serves one device over a stream socket in USB/IP's transfer protocol (Linux, Documentation/usb/usbip_protocol.rst:
 * USBIP_CMD_SUBMIT and USBIP_CMD_UNLINK and their answers, big endian, no connection phase). The other end is vhci_hcd,
 * or a test. */
#pragma once

#include "src/bench/usb/usb-device.h"

G_BEGIN_DECLS

/* Blocks until the socket is closed, `stop_fd` (an eventfd, or -1) becomes readable, the device leaves the bus, or the
 * host talks nonsense. Does not close the socket. Real clock only. Counts transfers; from number `gone_at` on (0: never)
 * the device is gone without an answer. Returns what went wrong (static text), NULL for an ordinary end. */
const char *stn_usbip_serve (int fd, int stop_fd, StnUsbDevice *device, StnClock *clock, guint64 gone_at);

G_END_DECLS
