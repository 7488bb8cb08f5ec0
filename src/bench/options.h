/* The option area of a board: what is stored, and what the chip has loaded of it.
 *
 * Stored and loaded differ: a chip works with what it loaded at its last power-on or option load (F1: at every reset).
 * Bytes are kept as the ROM's Read Memory shows them, in the encoding of the family. An erased area reads FF, and FF is
 * read protection level 1 in all of them.
 *
 * Plain data, guarded by the board's lock. */
#pragma once

#include "src/target/target.h"

G_BEGIN_DECLS

typedef struct {
  const StnTarget *target; /* borrowed */
  guint8 *stored;          /* length bytes, as read */
  guint8 *loaded;          /* the same, with what fails its complement read as FF */
  gsize length;
} StnOptionArea;

/* FALSE: the bench has no model of this chip's option area. */
gboolean stn_options_are_modelled (const StnTarget *target);
/* As shipped; `boot_pin_live`: where the part as shipped ignores BOOT0, somebody has made it listen. */
void stn_options_init (StnOptionArea *self, const StnTarget *target, gboolean boot_pin_live);
void stn_options_clear (StnOptionArea *self);
void stn_options_load (StnOptionArea *self);

/* Read protection as loaded: 0, 1, 2. */
guint stn_options_level (const StnOptionArea *self);
/* A bit as loaded: `offset` bytes from the base, in a little-endian word. FALSE outside. */
gboolean stn_options_bit (const StnOptionArea *self, gsize offset, guint bit);
guint stn_options_bits (const StnOptionArea *self, gsize offset, guint bit, guint width);
gboolean stn_options_write_protects (const StnOptionArea *self, const StnPage *page);
gboolean stn_options_write_protect_any (const StnOptionArea *self);

/* The area that a change would leave, to be put in place by stn_options_store: `length` bytes, free with g_free. */
guint8 *stn_options_after_write (const StnOptionArea *self, const guint8 *bytes, gsize length);
guint8 *stn_options_after_level (const StnOptionArea *self, guint level);
/* Write protection as command 63 asks for (codes: sector numbers; parts with areas: start, end pairs); no codes:
 * none. */
guint8 *stn_options_after_write_protect (const StnOptionArea *self, const guint8 *codes, gsize count);
void stn_options_store (StnOptionArea *self, const guint8 *area);
/* What a write that was cut leaves: erased, not yet programmed. */
void stn_options_store_erased (StnOptionArea *self);

G_END_DECLS
