/* Names of an adapter's lines. A pins link has up to 32 lines; on an FT232H bits 0-7 are AD0..AD7 and bits 8-15 are
 * AC0..AC7 (FTDI AN_108, MPSSE low and high byte). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "AD0".."AD7", "AC0".."AC7" (case as written) to a bit number; FALSE for anything else. */
gboolean stn_pin_from_text (const char *text, guint *out_bit);
/* The static name of a bit, or NULL from 16 on. */
const char *stn_pin_name (guint bit);

G_END_DECLS
