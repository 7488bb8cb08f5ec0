/* ST's part numbers, as far as they say which flash: STM32G071CBT6A is the part (STM32G071), a letter for the pins (C,
 * or x for any), a letter for the flash size (B), the package (T), the temperature (6) and options (A). Internal to
 * src/target. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  char code;   /* flash code, upper case; 0: none */
  char suffix; /* first of the letters behind; 0: none */
  gboolean suffix_is_option; /* the letter stood behind a package: it may also mean nothing to us (packing, say) */
} StnPartTail;

/* Reads what follows the part ("CBT6A", "xB", "xB-A", ""), upper case. FALSE when it is no tail of a part number. */
gboolean stn_part_tail_read (const char *text, StnPartTail *out);

/* The usual size of a flash code; 0 for a code that ST does not use. */
guint64 stn_part_flash_bytes (char code);

G_END_DECLS
