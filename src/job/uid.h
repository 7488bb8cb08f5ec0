/* A chip's 96-bit UID as text: 24 hex digits, the three words in the order of the target's data. */
#pragma once

#include "src/target/target.h"

G_BEGIN_DECLS

#define STN_UID_TEXT_BYTES 25
/* The longest span that any chip's three words take (L0, L1: 0x18). */
#define STN_UID_SPAN_MOST 32

/* Bytes from uid_address on that hold the whole UID; 0 where the target's is not known. */
guint stn_uid_span_bytes (const StnTarget *target);
/* `bytes` as read from uid_address, stn_uid_span_bytes of them. */
void stn_uid_to_text (const StnTarget *target, const guint8 *bytes, char out[STN_UID_TEXT_BYTES]);

G_END_DECLS
