#include "src/bench/options-private.h"

#include <string.h>

#define RDP_CLOSED 0xbb
#define RDP_CLOSED_HALFWORDS 0x00
/* H5: a boot address that may not change any more */
#define LOCKED_FOR_GOOD 0xb4
/* G0 and C0: older tools write BOOT_LOCK and SEC_SIZE by themselves */
#define ROWS_SECR_OFFSET 0x70
/* the part of an option write that is spent on the erase, in hundredths: a page erase against a few words (timing.md
 * section 2: 22 ms against 85 us a word) */
#define ERASE_SHARE 90

/* ROMs that write bytes where PCROP registers take only words (AN2606, known limitations of L4) */
static const guint16 no_pcrop_writes[] = { 0x464, 0x435, 0x462, 0x415, 0x461, 0x471 };
/* F401xB/C: leaving level 1 does not take SPRMOD back */
#define F401_KEEPS_SPRMOD 0x423

gboolean
stn_area_may_write_at (const StnOptionArea *self, guint64 address)
{
  if (address == self->windows[0].address)
    return TRUE;
  if (stn_area_is_of (
          self, "H7")) /* users write single registers (FLASH_BOOT_PRGR), and two blocks are needed for them all */
    return address % 4 == 0 && stn_area_hold (self, address);
  if ((stn_area_is_of (self, "G0") || stn_area_is_of (self, "C0"))
      && address == self->windows[0].address + ROWS_SECR_OFFSET)
    return TRUE;
  for (guint i = 1; i < self->window_count; i++)
    if (address == self->windows[i].address
        || (stn_area_is_word (self, address) && stn_area_hold (self, address)
            && address - self->windows[i].address < self->windows[i].bytes))
      return TRUE;
  return FALSE;
}

guint8 *
stn_area_registers (const StnOptionArea *self)
{
  if (self->style == STN_AREA_HALFWORDS || self->style == STN_AREA_WORD_HALVES)
    return g_memdup2 (self->stored, self->length);
  guint8 *area = g_memdup2 (self->loaded, self->length);
  for (guint i = 0; i < self->words->len; i++) {
    gsize offset = 0;
    if (stn_area_offset (self, g_array_index (self->words, guint64, i), 4, &offset))
      stn_area_complete (self, area, offset);
  }
  return area;
}

/* A WRP register with UNLOCK 0, or a boot address that is locked: not changed by any write. */
static gboolean
is_frozen (const StnOptionArea *self, guint64 address)
{
  for (guint i = 0; i < self->family->field_count; i++) {
    const StnAreaField *field = &self->family->fields[i];
    if (field->address != address || !stn_area_has (self, field))
      continue;
    guint32 value = stn_area_get_field (self, self->loaded, field);
    if (g_str_has_suffix (field->name, "_UNLOCK") && value == 0)
      return TRUE;
    gboolean lock = self->style == STN_AREA_PAIRS && g_str_has_suffix (field->name, "BOOT_LOCK");
    if (lock && value == LOCKED_FOR_GOOD)
      return TRUE;
  }
  return FALSE;
}

static gboolean
rom_passes_over (const StnOptionArea *self, guint64 address)
{
  for (guint i = 0; i < G_N_ELEMENTS (no_pcrop_writes); i++)
    if (no_pcrop_writes[i] == self->target->product_id)
      for (guint k = 0; k < self->family->field_count; k++)
        if (self->family->fields[k].address == address && g_str_has_prefix (self->family->fields[k].name, "PCROP"))
          return TRUE;
  return FALSE;
}

guint8 *
stn_area_after_write (const StnOptionArea *self, guint64 address, const guint8 *bytes, gsize length)
{
  guint8 *area = stn_area_registers (self);
  if (self->style == STN_AREA_HALFWORDS) {
    /* the area is erased first, and what the host leaves out stays erased */
    memset (area, 0xff, self->length);
    memcpy (area, bytes, MIN (length, self->length));
    return area;
  }
  gsize least = self->style == STN_AREA_PLAIN ? 2 : 4;
  for (guint i = 0; i < self->words->len; i++) {
    guint64 word = g_array_index (self->words, guint64, i);
    gsize offset = 0;
    if (word < address || word - address + least > length || !stn_area_offset (self, word, 4, &offset)
        || is_frozen (self, word) || rom_passes_over (self, word))
      continue;
    memcpy (area + offset, bytes + (word - address), least);
    if (self->style == STN_AREA_ROWS)
      stn_area_complete (self, area, offset); /* the inverse is the hardware's, whatever the host sends */
  }
  return area;
}

/* what goes with the protection when it goes */
static void
open_up (const StnOptionArea *self, guint8 *area)
{
  static const char *const modes[] = { "SPRMOD", "WPRMOD" };
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    const StnAreaField *mode = stn_area_find (self, modes[i]);
    if (mode != NULL && self->target->product_id != F401_KEEPS_SPRMOD)
      stn_area_put_field (self, area, mode, 0);
  }
  for (guint i = 0; i < self->family->field_count; i++) {
    const StnAreaField *field = &self->family->fields[i];
    guint32 spares = 1;
    if (!stn_area_has (self, field))
      continue;
    if (g_str_has_suffix (field->name, "_UNLOCK"))
      stn_area_put_field (self, area, field, 1);
    /* an area that is erased with the rest is an area no more */
    gboolean pcrop = g_str_has_prefix (field->name, "PCROP") && !g_str_equal (field->name, "PCROP_RDP");
    if (pcrop && (!stn_area_field (self, "PCROP_RDP", &spares) || spares == 1))
      stn_area_put_field (self, area, field, field->shipped);
  }
}

guint8 *
stn_area_after_level (const StnOptionArea *self, StnAreaLevel level)
{
  guint8 *area = stn_area_registers (self);
  const StnAreaField *field = stn_area_protection_field (self);
  if (field == NULL)
    return area;
  gboolean halfwords = self->style == STN_AREA_HALFWORDS;
  if (level != STN_AREA_LEVEL_OPEN) {
    stn_area_put_field (self, area, field, halfwords ? RDP_CLOSED_HALFWORDS : RDP_CLOSED);
    return area;
  }
  if (halfwords)
    for (gsize offset = 0; offset + 2 <= self->length; offset += 2)
      stn_area_put_halfword (area + offset, 0xff); /* leaving protection erases the whole area (PM0075 2.4) */
  stn_area_put_field (self, area, field, field->shipped);
  if (!halfwords && stn_area_level (self) != STN_AREA_LEVEL_OPEN)
    open_up (self, area);
  return area;
}

guint8 *
stn_area_after_field (const StnOptionArea *self, const char *name, guint32 value)
{
  const StnAreaField *field = stn_area_find (self, name);
  if (field == NULL || (value & ~stn_area_ones (field->width)) != 0)
    return NULL;
  guint8 *area = g_memdup2 (self->stored, self->length);
  stn_area_put_field (self, area, field, value);
  return area;
}

guint8 *
stn_area_after_unlock (const StnOptionArea *self, guint which)
{
  static const char *const names[] = { "WRP1A_UNLOCK", "WRP2A_UNLOCK", "WRP1B_UNLOCK", "WRP2B_UNLOCK" };
  guint8 *area = stn_area_registers (self);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const StnAreaField *field = stn_area_find (self, names[i]);
    if (field != NULL && (which == 0 || which == i + 1))
      stn_area_put_field (self, area, field, 1);
  }
  return area;
}

void
stn_area_store (StnOptionArea *self, const guint8 *area)
{
  memcpy (self->stored, area, self->length);
}

void
stn_area_store_cut (StnOptionArea *self, const guint8 *area, gint64 done, gint64 total)
{
  gint64 share = total > 0 ? CLAMP (done * 100 / total, 0, 99) : 0;
  guint count = self->words->len;
  gsize cell = self->style == STN_AREA_ROWS ? 8 : 4;
  if (self->style == STN_AREA_WORD_HALVES) {
    guint at = (guint) (share * count / 100);
    for (guint i = 0; i <= at && i < count; i++) {
      gsize offset = 0;
      if (!stn_area_offset (self, g_array_index (self->words, guint64, i), 4, &offset))
        continue;
      if (i < at)
        memcpy (self->stored + offset, area + offset, 4);
      else
        memset (self->stored + offset, self->target->erased_byte, 4);
    }
    return;
  }
  memset (self->stored, 0xff, self->length);
  guint programmed = share <= ERASE_SHARE ? 0 : (guint) ((share - ERASE_SHARE) * count / (100 - ERASE_SHARE));
  for (guint i = 0; i < programmed && i < count; i++) {
    gsize offset = 0;
    if (stn_area_offset (self, g_array_index (self->words, guint64, i), 4, &offset))
      memcpy (self->stored + offset, area + offset, MIN (cell, self->length - offset));
  }
}
