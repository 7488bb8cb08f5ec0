/* A board's UART as a link, as a host has it open. */
#pragma once

#include "src/bench/board.h"

G_BEGIN_DECLS

/* Locks the board itself. Borrows it. Errors: STN_FAILURE_PORT_BUSY, STN_FAILURE_ADAPTER_MISSING (not plugged in). */
StnLink *stn_uart_link_open (StnBoard *board, const char *place, GError **error);

G_END_DECLS
