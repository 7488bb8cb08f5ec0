/* A serial port of this machine: a UART, and its modem lines.
 *
 * One StnSerialPort holds one tty, opened through libserialport, which sets what termios can't (any baud). It is shared
 * by at most one stream link and one pins link at a time, so that RTS and DTR may serve as a site's lines while the
 * same port carries its bytes. The port is ours alone: flock before anything of it is touched (a program that honours
 * locks keeps its settings), TIOCEXCL for those that don't. HUPCL is off, so that closing it moves no line.
 *
 * Opening a tty raises DTR and RTS: the kernel does that before any program can say no. A fixture with NRST or BOOT0 on
 * them sees one pulse per open, which is why such a port stays open for a session.
 *
 * FTDI's chips hold back bytes for 16 ms unless told not to. Opening asks for ASYNC_LOW_LATENCY and reads back what the
 * driver made of it; where it did not take, stn_serial_port_warning says so and all else works, slower.
 *
 * Real time only. Different ports by different threads at once, as libserialport promises; the stream by one thread at
 * a time, the pins by another if need be (each of their operations is one ioctl). */
#pragma once

#include "src/link/link.h"

G_BEGIN_DECLS

/* Bits of the pins link. Levels are electrical, at the adapter's TTL pin, where an asserted line is low. */
#define STN_SERIAL_PIN_RTS (1u << 0)
#define STN_SERIAL_PIN_DTR (1u << 1)
#define STN_SERIAL_PIN_CTS (1u << 2) /* only read */
#define STN_SERIAL_PIN_DSR (1u << 3) /* only read */

typedef struct StnSerialPort StnSerialPort;

/* Opens the tty behind `place` (a node or a link to one, as udev makes them). Reference counted. Blocks for at most
 * some seconds (device-node.h). Errors: STN_FAILURE_ADAPTER_MISSING, STN_FAILURE_PERMISSION, STN_FAILURE_PORT_BUSY. */
StnSerialPort *stn_serial_port_open (const char *place, const StnWait *wait, GError **error);
/* The last one waits briefly for what is still to be sent, throws the rest away, ends a break and closes. NULL-safe. */
void stn_serial_port_unref (StnSerialPort *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnSerialPort, stn_serial_port_unref)

/* The tty it is ("/dev/ttyUSB3"), borrowed. */
const char *stn_serial_port_node (const StnSerialPort *self);
/* What works less well than it should and why; NULL when all is well. Borrowed. */
const char *stn_serial_port_warning (const StnSerialPort *self);

/* Links over the port; each holds a reference to it. */
StnLink *stn_serial_port_stream (StnSerialPort *self);
StnLink *stn_serial_port_pins (StnSerialPort *self);

G_END_DECLS
