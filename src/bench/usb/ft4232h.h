/* An FT4232H (0403:6011): four UARTs, each at a board or at nothing.
 *
 * Bytes take their time on the bench's wire; the chip takes from the host what fits its buffers and holds what has come
 * for the latency timer. The wire's own turnaround of the bench is not for this: the timer is the turnaround. */
#pragma once

#include "src/bench/board.h"
#include "src/bench/usb/usb-device.h"

G_BEGIN_DECLS

#define STN_FT4232H_PRODUCT 0x6011
#define STN_FT4232H_UARTS 4

/* Borrows the boards; NULL where an interface has none. `serial` NULL: a blank EEPROM. */
StnUsbDevice *stn_ft4232h_new (StnBoard *const boards[STN_FT4232H_UARTS], const char *serial);

G_END_DECLS
