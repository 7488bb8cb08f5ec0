/* What a ROM does with its chip, whatever it is spoken to over: which areas it reads and writes, how it programs and
 * erases, how it ends a visit. The protocols (rom-uart, the DFU device) decide what they check and when they answer.
 *
 * Everything here is called with the board's lock held, at or after the moment to which the board has been worked. A
 * call that takes its time returns the moment at which it is over and leaves a work behind (board.h). */
#pragma once

#include "src/bench/board.h"

G_BEGIN_DECLS

/* ---- the areas of the chip (AN2606 table 5) ---- */

gboolean stn_memory_in_flash (const StnBoard *board, guint64 address);
/* RAM without what the ROM keeps for itself. */
gboolean stn_memory_in_ram (const StnBoard *board, guint64 address);
/* The word of F2, F4, F7 that tells the ROM its supply. */
gboolean stn_memory_is_feature_word (const StnBoard *board, guint64 address);
/* Whether the ROM reads, or writes, from this address on. */
gboolean stn_memory_may_read (const StnBoard *board, guint64 address);
gboolean stn_memory_may_write (const StnBoard *board, guint64 address);
/* What lies there; bytes outside of everything read as FF. */
void stn_memory_read (StnBoard *board, guint64 address, guint8 *buffer, gsize length);

/* ---- doing ---- */

/* 0 where the bench keeps no flash times. */
gint64 stn_memory_flash_ns (const StnBoard *board, gint64 ns);
/* FALSE: not a supply that the ROM knows. */
gboolean stn_memory_set_feature (StnBoard *board, const guint8 *bytes, gsize length);
/* `bytes` go on behind `length` to a whole unit of the flash. Stays in one page's protection: what a write-protected
 * page refuses is refused in silence. */
gint64 stn_memory_program (StnBoard *board, guint64 address, const guint8 *bytes, gsize length, gint64 at_ns);
/* Pages that are not there or are write-protected are passed over in silence. */
gint64 stn_memory_erase_page (StnBoard *board, guint number, gint64 at_ns);
gint64 stn_memory_erase_all (StnBoard *board, gint64 at_ns);
/* Takes over `area`, the whole of it as it will be. */
gint64 stn_memory_store_options (StnBoard *board, guint8 *area, gint64 at_ns);
typedef enum { STN_AREA_CHANGE_WRITE, STN_AREA_CHANGE_UNPROTECT } StnAreaChange;

/* The ROM resets the chip, or loads the options, which resets the core. FALSE: this one doesn't (a fault). */
gboolean stn_memory_reset_after (StnBoard *board, StnAreaChange change, gint64 at_ns);
/* Whether Readout Unprotect is open: not in level 2, not with TrustZone on, not behind an OEM key. */
gboolean stn_memory_may_unprotect (const StnBoard *board);

G_END_DECLS
