/* An FT232H (0403:6014): a UART with nothing behind it until somebody switches its MPSSE on, then 16 pins that reach the
 * bench's boards through an adapter.
 *
 * As a UART it drives TXD (AD0), RTS# (AD2) and DTR# (AD4) high and pulls the rest up weakly, which a board with its own
 * resistors does not notice; a reset (every opening by libftdi) brings it back to that. In MPSSE mode every pin is an
 * input until a command says otherwise, and stays as it is when the program goes. */
#pragma once

#include "src/bench/adapter.h"
#include "src/bench/usb/usb-device.h"

G_BEGIN_DECLS

#define STN_FT232H_PRODUCT 0x6014

/* Borrows the adapter. `serial` NULL: a blank EEPROM. */
StnUsbDevice *stn_ft232h_new (StnLineAdapter *adapter, const char *serial);

G_END_DECLS
