/* What options.c, option-changes.c and option-protection.c share. */
#pragma once

#include "src/bench/options.h"

G_BEGIN_DECLS

gboolean stn_area_is_of (const StnOptionArea *self, const char *family);
/* Where `bytes` from `address` on lie in the buffers; FALSE outside of the windows. */
gboolean stn_area_offset (const StnOptionArea *self, guint64 address, gsize bytes, gsize *out);
/* Whether this chip has the field. */
gboolean stn_area_has (const StnOptionArea *self, const StnAreaField *field);
/* RDP, or what stands for it. */
const StnAreaField *stn_area_protection_field (const StnOptionArea *self);
gboolean stn_area_is_word (const StnOptionArea *self, guint64 address);
guint32 stn_area_ones (guint width);

guint32 stn_area_get_field (const StnOptionArea *self, const guint8 *area, const StnAreaField *field);
/* Puts the complement right too. */
void stn_area_put_field (const StnOptionArea *self, guint8 *area, const StnAreaField *field, guint32 value);
/* Puts the complement of the word at `offset` right, as far as the style has one and the window reaches. */
void stn_area_complete (const StnOptionArea *self, guint8 *area, gsize offset);
/* What a chip programs that holds its options in registers: what it has loaded, complements and all; of the others what
 * is stored. Free with g_free. */
guint8 *stn_area_registers (const StnOptionArea *self);
/* A byte and its complement. */
void stn_area_put_halfword (guint8 *at, guint8 value);

G_END_DECLS
