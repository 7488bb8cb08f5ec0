/* What every engine looks at before it sends a byte: whether the ROM lists the command, whether the request fits the
 * wire, whether a write is one that the verb may do. The engines share these so that a refusal has one shape. Private
 * to protocols; sends nothing, blocks nowhere. */
#pragma once

#include "protocols/engine.h"

G_BEGIN_DECLS

/* Whether Get named this command. */
gboolean stn_guard_is_listed (const StnRomIdentity *identity, guint8 opcode);
/* `not_ready`: why no command may be sent now ("before the sync"), NULL when one may. INTERNAL or NOT_SUPPORTED. */
gboolean stn_guard_may_send (const char *not_ready, gboolean is_identified, const StnRomIdentity *identity,
                             guint8 opcode, GError **error);
/* The caller's mistake: INTERNAL with the place, nothing has been sent. Always FALSE. */
gboolean stn_guard_refuse (GError **error, guint64 address, gsize length, const char *what);

/* 1..most bytes within the 32 bits that addresses have on these wires. */
gboolean stn_guard_fits (guint64 address, gsize length, gsize most);
gboolean stn_guard_overlaps (guint64 address, gsize length, guint64 area, guint64 area_length);
/* A plain write: whole units (of the flash's, or of 4 bytes elsewhere), and none of the option areas. */
gboolean stn_guard_plain_write (const StnTarget *target, guint64 address, const guint8 *bytes, gsize length, gsize most,
                                GError **error);
/* An option write: anywhere but in the flash. */
gboolean stn_guard_option_write (const StnTarget *target, guint64 address, const guint8 *bytes, gsize length,
                                 gsize most, GError **error);
/* Some ROMs refuse small reads around the UID and the flash size (STN_QUIRK_READ_BLOCKS_ONLY): whether this read must
 * take the aligned block of 256 bytes that it lies in. `target` may be NULL. */
#define STN_GUARD_WHOLE_BLOCK_BYTES 256
gboolean stn_guard_needs_whole_block (const StnTarget *target, guint64 address, gsize length);
/* Whether two answers to Get are one ROM's. */
gboolean stn_guard_same_commands (const StnRomIdentity *a, const StnRomIdentity *b);

G_END_DECLS
