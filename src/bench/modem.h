/* RTS and DTR of a board's serial port, where they reach the board instead of a control adapter.
 *
 * A tty's modem lines as a program meets them: both are asserted (low at the adapter's TTL pins) when the kernel opens
 * the port, stay as they were last set when it is closed (HUPCL is off), and keep the port open while somebody holds
 * them. Before the port is opened they are let go. */
#pragma once

#include "src/bench/bench-config.h"
#include "src/bench/board.h"

G_BEGIN_DECLS

typedef struct StnModem StnModem;

/* Borrows board and clock. */
StnModem *stn_modem_new (const StnBenchUart *config, StnBoard *board, StnClock *clock);
void stn_modem_free (StnModem *self);
/* Whether one of the lines switches the board's power. */
gboolean stn_modem_switches (const StnModem *self);
/* The kernel has opened the port. */
void stn_modem_raise (StnModem *self);
gboolean stn_modem_is_open (StnModem *self);
/* The levels at the pins, bits as StnModemLine: 1 is high, not asserted. */
void stn_modem_set (StnModem *self, guint32 mask, guint32 levels);
/* A link of shape pins with these bits. Errors: STN_FAILURE_ADAPTER_MISSING (not plugged in), STN_FAILURE_PORT_BUSY. */
StnLink *stn_modem_open (StnModem *self, const char *place, GError **error);

G_END_DECLS
