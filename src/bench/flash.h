/* The flash of a board: cells, and what they do when somebody programs or erases them.
 *
 * Programming follows the silicon, not the protocol: F1 takes half-words and refuses one that is not erased (0000 is
 * always taken), F4 clears bits, the parts with ECC take a whole word once per erase (all zeros excepted, RM0444 3.3.8)
 * and refuse anything that does not begin on a word until the next reset. Nothing is reported: the ROMs don't either.
 *
 * Plain data, guarded by the board's lock. */
#pragma once

#include "src/target/target.h"

G_BEGIN_DECLS

/* Bits that keep their value whatever is done to them. */
typedef struct {
  guint64 address;
  guint8 mask;
  gboolean high; /* stuck at 1 or at 0 */
} StnDeadCell;

typedef enum { STN_FLASH_CLEARS_BITS, STN_FLASH_SETS_BITS, STN_FLASH_HALF_WORDS, STN_FLASH_ECC_WORDS } StnFlashRule;

typedef struct {
  const StnTarget *target; /* borrowed */
  StnFlashRule rule;
  guint unit_bytes;     /* what is programmed in one go */
  guint8 *cells;        /* target->flash_bytes */
  guint8 *programmed;   /* ECC: one flag a unit, set by the first programming since its erase */
  const GArray *dead;   /* StnDeadCell, borrowed from the board's faults; may be NULL */
  gboolean jammed;      /* a misaligned write: programming fails until reset (AN2606 table 7) */
  guint32 noise;        /* state of the generator of half-done cells */
} StnFlash;

void stn_flash_init (StnFlash *self, const StnTarget *target, const GArray *dead);
void stn_flash_clear (StnFlash *self);

gboolean stn_flash_holds (const StnFlash *self, guint64 address, gsize length);
void stn_flash_read (const StnFlash *self, guint64 address, guint8 *buffer, gsize length);
/* What a programmer in another world did: no rule applies but the dead cells'. */
void stn_flash_place (StnFlash *self, guint64 address, const guint8 *bytes, gsize length);
guint32 stn_flash_word (const StnFlash *self, guint64 address); /* 0 outside */

/* `length` is a multiple of the unit; what lies behind the end of the flash goes nowhere. */
void stn_flash_program (StnFlash *self, guint64 address, const guint8 *bytes, gsize length);
void stn_flash_erase (StnFlash *self, guint64 address, gsize length);
/* The same, cut after `done_ns` of `total_ns`: the unit or the page that was being worked on holds neither the old nor
 * the new. */
void stn_flash_program_cut (StnFlash *self, guint64 address, const guint8 *bytes, gsize length, gint64 done_ns,
                            gint64 total_ns);
void stn_flash_erase_cut (StnFlash *self, guint64 address, gsize length);

G_END_DECLS
