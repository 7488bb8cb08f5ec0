/* The DFU device of an STM32's ROM (0483:df11): DFU 1.1 with ST's extensions (AN3156), in front of a board of the bench.
 *
 * It is made when the chip has started its ROM and lives until the chip leaves it: then it says that it is gone
 * (StnUsbDevice.is_gone), and whoever serves it lets it go. What it writes and erases, the board does in its own time;
 * the first request takes the ROM for USB. */
#pragma once

#include "src/bench/board.h"
#include "src/bench/usb/dfu-traits.h"
#include "src/bench/usb/usb-device.h"

G_BEGIN_DECLS

#define STN_DFU_VENDOR 0x0483
#define STN_DFU_PRODUCT 0xdf11

/* Borrows the board, and locks it. */
StnUsbDevice *stn_dfu_device_new (StnBoard *board, const StnDfuTraits *traits);
/* 12 hex digits as ST makes them of a UID: not unique. Free with g_free. */
char *stn_dfu_serial (const guint8 uid[12]);

G_END_DECLS
