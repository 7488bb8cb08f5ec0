/* The engine of AN3155, the ROM bootloader over a UART. Registered in protocols/engine.c; used through engine.h. */
#pragma once

#include "protocols/engine.h"

G_BEGIN_DECLS

extern const StnEngineClass stn_uart_engine_class;

G_END_DECLS
