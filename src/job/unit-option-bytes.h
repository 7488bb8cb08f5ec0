/* Option bytes of the board in hand: read twice, and written a piece at a time, each piece in a window. What the steps
 * (unit-options.c), the proofs of protection (unit-protection.c) and recovery (unit-recovery.c) are made of. Internal
 * to src/job; the run's own thread. */
#pragma once

#include "src/job/unit-run.h"
#include "src/target/options.h"

G_BEGIN_DECLS

/* For the exchange of an option write itself, on a slow line too. */
#define STN_OPTION_ANSWER_NS (3 * STN_NS_PER_S)
/* Ten requests, and a device that goes: a host with much to do sees that late. */
#define STN_OPTION_ANSWER_USB_NS (6 * STN_NS_PER_S)
/* How often one piece is written before it counts as one that the chip does not take. */
#define STN_OPTION_PIECE_TRIES 2

/* Adds to a text of the record, behind "; " where there is one. */
void stn_unit_run_note (char **inout_text, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Once, as it comes; repeats what the wire has spoilt. */
gboolean stn_unit_run_read_memory (StnUnitRun *self, guint64 address, guint8 *buffer, gsize length, GError **error);
/* Both areas, read twice: option-bytes-unknown where the reads differ. As they are, whether they fit together or not.
 */
StnOptionBlock *stn_unit_run_read_option_block (StnUnitRun *self, GError **error);
/* The same, and they fit together. */
StnOptionBlock *stn_unit_run_read_sound_options (StnUnitRun *self, GError **error);
/* What the unit has from here on: binding and the option reload look at it, and the record ends with it. */
void stn_unit_run_take_over_options (StnUnitRun *self, const StnOptionBlock *block);

/* "nBOOT_SEL 1 -> 0, …", without ";". */
char *stn_unit_option_changes_text (const StnOptionBlock *before, const StnOptionBlock *after);
/* How many writes it takes. */
guint stn_unit_run_count_option_pieces (StnUnitRun *self, const StnOptionBlock *now, const StnOptionBlock *after);
/* The first piece that differs; FALSE when none does. */
gboolean stn_unit_run_next_option_piece (StnUnitRun *self, const StnOptionBlock *now, const StnOptionBlock *after,
                                         StnOptionPiece *out);
/* The same piece once more than STN_OPTION_PIECE_TRIES; `inout_last` begins with area G_MAXUINT, `inout_times` at 0. */
gboolean stn_unit_option_is_in_vain (const StnOptionPiece *piece, StnOptionPiece *inout_last, guint *inout_times);

typedef struct {
  StnOptionBlock *had;   /* borrowed: what is put back if all goes wrong */
  StnOptionBlock *now;   /* borrowed: as just read */
  StnOptionBlock *after; /* borrowed */
  StnOptionCommand command;
  gint64 longest_ns;
} StnOptionWrite;

/* TRUE: the window is over and the ROM was heard, or may have been; FALSE: nothing was written. `out_doubt` (owned)
 * gets what went wrong in the window, NULL: nothing. */
gboolean stn_unit_run_write_option_piece (StnUnitRun *self, const StnOptionWrite *write, const StnOptionPiece *piece,
                                          GError **out_doubt, GError **error);
/* Nothing of the board's was touched: the window was never opened. */
gboolean stn_unit_run_is_before_the_window (const GError *error);

/* unit-protection.c */
/* A write to erased flash in a protected page: it must change nothing, whatever the ROM says to it. The page is proved
 * again behind it. */
gboolean stn_unit_run_try_protected_write (StnUnitRun *self, const StnPlanOptionStep *step, GError **error);
/* Level 1 shows in what the ROM refuses. */
gboolean stn_unit_run_prove_refused_read (StnUnitRun *self, GError **error);

G_END_DECLS
