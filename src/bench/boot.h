/* Where a chip starts: code per pattern of AN2606 table 2. This is the bench's own reading of that table; what the job
 * believes about ways into the ROM comes from elsewhere, so that one can be held against the other. */
#pragma once

#include "src/bench/options.h"

G_BEGIN_DECLS

typedef enum { STN_START_FLASH, STN_START_ROM, STN_START_RAM } StnStart;

/* FALSE: the bench has no code for this chip's pattern. */
gboolean stn_boot_is_modelled (const StnTarget *target);
/* `boot0`: the level at the pin; `empty`: the latch of the empty check, as last sampled. */
StnStart stn_boot_select (const StnOptionArea *options, gboolean boot0, gboolean empty);

G_END_DECLS
