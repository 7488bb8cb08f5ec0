#include "src/bench/flash.h"

#include <string.h>

static StnFlashRule
rule_of (const StnTarget *target)
{
  if (target->erased_byte == 0x00)
    return STN_FLASH_SETS_BITS;
  if (target->program_unit_bytes >= 8)
    return STN_FLASH_ECC_WORDS;
  if (target->options_encoding == STN_OPTIONS_F1_COMPLEMENT_HALFWORDS)
    return STN_FLASH_HALF_WORDS;
  return STN_FLASH_CLEARS_BITS;
}

/* xorshift: what half-done cells hold is arbitrary, but the same in every run of a test */
static guint8
noise (StnFlash *self)
{
  self->noise ^= self->noise << 13;
  self->noise ^= self->noise >> 17;
  self->noise ^= self->noise << 5;
  return (guint8) (self->noise >> 8);
}

static void
settle_dead_cells (StnFlash *self, guint64 address, gsize length)
{
  for (guint i = 0; self->dead != NULL && i < self->dead->len; i++) {
    const StnDeadCell *cell = &g_array_index (self->dead, StnDeadCell, i);
    if (cell->address < address || cell->address - address >= length || !stn_flash_holds (self, cell->address, 1))
      continue;
    guint8 *byte = &self->cells[cell->address - self->target->flash_base];
    *byte = cell->high ? *byte | cell->mask : *byte & ~cell->mask;
  }
}

void
stn_flash_init (StnFlash *self, const StnTarget *target, const GArray *dead)
{
  *self = (StnFlash){ .target = target, .rule = rule_of (target), .dead = dead, .noise = 0x5eed1234 };
  self->unit_bytes = self->rule == STN_FLASH_ECC_WORDS    ? target->program_unit_bytes
                     : self->rule == STN_FLASH_HALF_WORDS ? 2
                                                          : 1;
  self->cells = g_malloc (target->flash_bytes);
  memset (self->cells, target->erased_byte, target->flash_bytes);
  if (self->rule == STN_FLASH_ECC_WORDS)
    self->programmed = g_malloc0 (target->flash_bytes / self->unit_bytes + 1);
  settle_dead_cells (self, target->flash_base, target->flash_bytes);
}

void
stn_flash_clear (StnFlash *self)
{
  g_clear_pointer (&self->cells, g_free);
  g_clear_pointer (&self->programmed, g_free);
}

gboolean
stn_flash_holds (const StnFlash *self, guint64 address, gsize length)
{
  return address >= self->target->flash_base && address - self->target->flash_base < self->target->flash_bytes
         && length <= self->target->flash_bytes - (address - self->target->flash_base);
}

/* how much of a stretch that begins in the flash lies in it */
static gsize
inside (const StnFlash *self, guint64 address, gsize length)
{
  if (!stn_flash_holds (self, address, 0))
    return 0;
  return MIN (length, self->target->flash_bytes - (address - self->target->flash_base));
}

void
stn_flash_read (const StnFlash *self, guint64 address, guint8 *buffer, gsize length)
{
  gsize there = inside (self, address, length);
  if (there > 0)
    memcpy (buffer, &self->cells[address - self->target->flash_base], there);
  memset (buffer + there, 0, length - there);
}

void
stn_flash_place (StnFlash *self, guint64 address, const guint8 *bytes, gsize length)
{
  length = inside (self, address, length);
  if (length == 0)
    return;
  gsize offset = address - self->target->flash_base;
  memcpy (&self->cells[offset], bytes, length);
  if (self->programmed != NULL)
    for (gsize unit = offset / self->unit_bytes; unit <= (offset + length - 1) / self->unit_bytes; unit++) {
      gboolean erased = TRUE;
      for (guint i = 0; i < self->unit_bytes && erased; i++)
        erased = self->cells[unit * self->unit_bytes + i] == self->target->erased_byte;
      self->programmed[unit] = !erased;
    }
  settle_dead_cells (self, address, length);
}

guint32
stn_flash_word (const StnFlash *self, guint64 address)
{
  if (!stn_flash_holds (self, address, 4))
    return 0;
  const guint8 *byte = &self->cells[address - self->target->flash_base];
  return (guint32) byte[0] | (guint32) byte[1] << 8 | (guint32) byte[2] << 16 | (guint32) byte[3] << 24;
}

static void
program_unit (StnFlash *self, gsize offset, const guint8 *bytes)
{
  guint8 *cells = &self->cells[offset];
  gboolean zeros = TRUE, erased = TRUE;
  for (guint i = 0; i < self->unit_bytes; i++) {
    zeros = zeros && bytes[i] == 0;
    erased = erased && cells[i] == self->target->erased_byte;
  }
  switch (self->rule) {
  case STN_FLASH_CLEARS_BITS:
    cells[0] &= bytes[0];
    break;
  case STN_FLASH_SETS_BITS:
    cells[0] |= bytes[0];
    break;
  case STN_FLASH_HALF_WORDS:
    if (erased || zeros)
      memcpy (cells, bytes, self->unit_bytes);
    break;
  case STN_FLASH_ECC_WORDS:
    /* a word of FF is erased to look at, and yet its ECC has been written */
    if (!self->programmed[offset / self->unit_bytes] || zeros) {
      memcpy (cells, bytes, self->unit_bytes);
      self->programmed[offset / self->unit_bytes] = 1;
    }
    break;
  }
}

void
stn_flash_program (StnFlash *self, guint64 address, const guint8 *bytes, gsize length)
{
  gsize there = inside (self, address, length);
  if (there == 0 || self->jammed)
    return;
  gsize offset = address - self->target->flash_base;
  if (offset % self->unit_bytes != 0) {
    self->jammed = TRUE;
    return;
  }
  for (gsize done = 0; done + self->unit_bytes <= there; done += self->unit_bytes)
    program_unit (self, offset + done, bytes + done);
  settle_dead_cells (self, address, there);
}

void
stn_flash_erase (StnFlash *self, guint64 address, gsize length)
{
  length = inside (self, address, length);
  if (length == 0)
    return;
  gsize offset = address - self->target->flash_base;
  memset (&self->cells[offset], self->target->erased_byte, length);
  if (self->programmed != NULL)
    memset (&self->programmed[offset / self->unit_bytes], 0, length / self->unit_bytes);
  settle_dead_cells (self, address, length);
}

void
stn_flash_program_cut (StnFlash *self, guint64 address, const guint8 *bytes, gsize length, gint64 done_ns,
                       gint64 total_ns)
{
  gsize whole = total_ns > 0 ? (gsize) ((double) length * (double) done_ns / (double) total_ns) : 0;
  whole -= whole % self->unit_bytes;
  stn_flash_program (self, address, bytes, whole);
  if (self->jammed || !stn_flash_holds (self, address + whole, self->unit_bytes))
    return;
  gsize offset = address + whole - self->target->flash_base;
  for (guint i = 0; i < self->unit_bytes; i++)
    self->cells[offset + i] &= noise (self) | bytes[MIN (whole + i, length - 1)];
  if (self->programmed != NULL)
    self->programmed[offset / self->unit_bytes] = 1;
  settle_dead_cells (self, address + whole, self->unit_bytes);
}

void
stn_flash_erase_cut (StnFlash *self, guint64 address, gsize length)
{
  length = inside (self, address, length);
  if (length == 0)
    return;
  gsize offset = address - self->target->flash_base;
  for (gsize i = 0; i < length; i++)
    self->cells[offset + i] = noise (self);
  if (self->programmed != NULL)
    memset (&self->programmed[offset / self->unit_bytes], 1, length / self->unit_bytes);
  settle_dead_cells (self, address, length);
}
