/* The ROM's side of AN3155, in the device's order: what it reads, what it checks, when it answers. Only the
 * constants of uart-wire.h are shared with the engine. */
#pragma once

#include "src/bench/board.h"

G_BEGIN_DECLS

StnRom *stn_rom_new (void);
void stn_rom_free (StnRom *self);

/* The chip has started from system memory at `at_ns`; the ROM hears nothing before its start-up time is over. */
void stn_rom_start (StnBoard *board, gint64 at_ns);
/* A byte has come over the wire (or will have, at byte->end_ns). */
void stn_rom_byte (StnBoard *board, const StnWireByte *byte);

G_END_DECLS
