/* Who is it, where no product id is told: what a DFU ROM does say, held against what should be there.
 *
 * stn_engine_check_target compares the memory map with the target's pages. The serial is made of the UID by most ROMs
 * (8 hexadecimal digits of words 0 and 2 added, 4 of the upper half of word 1) and the same constant on whole lots by
 * others, so it can contradict a UID and never prove one. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  STN_DFU_SERIAL_SAYS_NOTHING, /* none, or a constant of a ROM, or another form */
  STN_DFU_SERIAL_FITS,
  STN_DFU_SERIAL_DIFFERS /* of the right form and of another UID */
} StnDfuSerialVerdict;

/* `uid`: the three words as they stand in memory, least significant byte first. */
StnDfuSerialVerdict stn_dfu_serial_check (const char *serial, const guint8 uid[12]);

G_END_DECLS
