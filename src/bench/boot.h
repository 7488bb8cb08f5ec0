/* Where a chip starts: code per pattern of AN2606 table 2. This is the bench's own reading of that table; what the job
 * believes about ways into the ROM comes from elsewhere, so that one can be held against the other. */
#pragma once

#include "src/bench/flash.h"
#include "src/bench/options.h"

G_BEGIN_DECLS

typedef enum {
  STN_START_FLASH, /* by the vectors at `vectors` */
  STN_START_ROM,
  STN_START_NOWHERE /* RAM, or an address where nothing is */
} StnStartKind;

typedef struct {
  StnStartKind kind;
  guint64 vectors; /* of a start from the flash */
} StnStart;

/* FALSE: the bench has no code for this chip's pattern. */
gboolean stn_start_is_modelled (const StnTarget *target);
/* `boot0`: the level at the pin (WB0, WL3: at PA10); `empty`: the latch of the empty check, as last sampled. BOOT1 is
 * strapped low on the boards of this bench. */
StnStart stn_start_select (const StnOptionArea *options, const StnFlash *flash, gboolean boot0, gboolean empty);
/* Whether the options turn NRST into an ordinary pin, so that nobody outside can reset the chip. */
gboolean stn_start_nrst_is_dead (const StnOptionArea *options);

G_END_DECLS
