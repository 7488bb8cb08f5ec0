/* The special commands of the ROMs that have life cycles or TrustZone (AN2606, special commands of L5, U5, U3, WBA, H5,
 * C5): what they do, whatever they come over. */
#pragma once

#include "src/bench/board-memory.h"

G_BEGIN_DECLS

typedef struct {
  gboolean is_known; /* FALSE: this ROM has no such command */
  gboolean is_done;  /* FALSE: not in this state of the chip, or not with these data */
  gboolean resets;
  gint64 end_ns;
} StnSpecialResult;

/* `operation`: 0x0001, 0x0002, 0x0082; `data`: its four bytes as a number. The board is locked. Leaves the works behind
 * but for the reset at the end, which is the caller's. */
StnSpecialResult stn_rom_special (StnBoard *board, guint operation, guint32 data, gint64 at_ns);
gboolean stn_rom_has_special (const StnBoard *board);

G_END_DECLS
