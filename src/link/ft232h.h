/* The sixteen lines of an FT232H as pins, through its MPSSE (FTDI AN_108) over libftdi1.
 *
 * An adapter is found by its serial or by its USB place (usb-place.h) and opened in a libusb context of its own, so
 * that one that hangs holds up no other. Opening resets the chip to a UART for a moment, which no library can avoid;
 * then MPSSE comes on with every line an input, weakly pulled up, until the first SET. All lines of a SET change in one
 * USB transfer of six bytes, AD before AC by less than a microsecond.
 *
 * MPSSE stays on when the link closes, and every line as it was set last: a closed adapter holds its boards as they
 * are.
 *
 * A line that STN_OP_OPEN_DRAIN names is pulled low or made an input, never driven high. GET reads all sixteen at the
 * pins: what a line that is driven really has, which tells a short.
 *
 * Every transfer has a short timeout of its own beside the wait's. The adapter gone: STN_FAILURE_LINK_LOST for good. An
 * adapter that a kernel driver holds is refused with its cure; this link detaches nothing. Real time only; one thread
 * at a time. */
#pragma once

#include "src/link/link.h"

G_BEGIN_DECLS

/* Errors: STN_FAILURE_ADAPTER_MISSING (not there, something else there, or two with that serial),
 * STN_FAILURE_PERMISSION, STN_FAILURE_PORT_BUSY. Blocks for some seconds at most, right after the adapter was plugged
 * in (device-node.h). */
StnLink *stn_ft232h_open (const char *place, const StnWait *wait, GError **error);

G_END_DECLS
