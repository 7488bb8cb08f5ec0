/* Which pages refuse to be changed, and what cannot be read: WRP as bitmaps and as areas, PCROP. Made from the loaded
 * options at every load. */
#include "src/bench/options-private.h"

#include <string.h>

#define KIB 1024u
/* F1, F0, F3: a bit guards 4 KB, the last one all that follows (PM0075 table 3); L0, L1: 4 KB */
#define GROUP_BYTES (4 * KIB)

static guint64
flash_end (const StnOptionArea *self)
{
  return self->target->flash_base + self->target->flash_bytes;
}

/* ---- marking ---- */

static void
mark (StnOptionArea *self, guint64 first, guint64 end)
{
  StnPage page;
  for (guint64 at = first; at < MIN (end, flash_end (self)) && stn_target_page_at (self->target, at, &page);
       at = page.address + page.bytes)
    self->protected[page.number] = 1;
}

static void
hide (StnOptionArea *self, guint64 first, guint64 end, gboolean stays)
{
  end = MIN (end, flash_end (self));
  if (first >= end || self->hidden_count == STN_AREA_RANGES_MOST)
    return;
  self->hidden[self->hidden_count++] = (StnAreaRange){ .first = first, .end = end, .stays = stays };
  mark (self, first, end);
}

static gboolean
field_is (const StnOptionArea *self, const char *name, guint32 value)
{
  guint32 seen;
  return stn_area_field (self, name, &seen) && seen == value;
}

/* ---- bitmaps ---- */

/* stretch of the flash that bit `bit` of a bitmap stands for: of 4 KB */
static void
mark_group (StnOptionArea *self, guint bit, gboolean is_last)
{
  guint64 first = self->target->flash_base + (guint64) bit * GROUP_BYTES;
  mark (self, first, is_last ? flash_end (self) : first + GROUP_BYTES);
}

static void
mark_halfwords (StnOptionArea *self)
{
  static const char *const names[] = { "WRP0", "WRP1", "WRP2", "WRP3" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    guint32 value;
    if (!stn_area_field (self, names[i], &value))
      continue;
    for (guint bit = 0; bit < 8; bit++)
      if ((value >> bit & 1) == 0)
        mark_group (self, 8 * i + bit, 8 * i + bit == 31);
  }
}

/* L0, L1: a 1 protects */
static void
mark_word_halves (StnOptionArea *self)
{
  for (guint first = 0; first < 128; first += 16) {
    g_autofree char *name = g_strdup_printf ("WRP_%u", first);
    guint32 value;
    if (!stn_area_field (self, name, &value))
      continue;
    for (guint bit = 0; bit < 16; bit++)
      if (value >> bit & 1)
        mark_group (self, first + bit, FALSE);
  }
}

/* F76 with two banks: six bits a bank, a pair of sectors each (RM0410 3.7.4) */
static void
mark_f76_pair (StnOptionArea *self, guint bit)
{
  static const guint ends_kib[] = { 0, 32, 64, 192, 448, 704, 960 };
  guint64 bank = self->target->flash_base + (bit / 6) * (self->target->flash_bytes / 2);
  guint64 bank_end = bank + self->target->flash_bytes / 2;
  guint pair = bit % 6;
  mark (self, bank + (guint64) ends_kib[pair] * KIB,
        pair == 5 ? bank_end : MIN (bank_end, bank + (guint64) ends_kib[pair + 1] * KIB));
}

static void
mark_plain (StnOptionArea *self)
{
  gboolean pairs = field_is (self, "nDBANK", 0), hides = field_is (self, "SPRMOD", 1);
  guint32 first_bank = 0, second_bank = 0, hidden = 0xff;
  const StnAreaField *field = stn_area_find (self, "nWRP");
  stn_area_field (self, "nWRP", &first_bank);
  gboolean has_second = stn_area_field (self, "nWRP2", &second_bank);
  gboolean has_pcrop = stn_area_field (self, "PCROP", &hidden);
  StnPage page;
  for (guint i = 0; field != NULL && pairs && i < field->width; i++)
    if ((first_bank >> i & 1) == 0)
      mark_f76_pair (self, i);
  for (guint i = 0; field != NULL && !pairs && stn_target_page (self->target, i, &page); i++) {
    gboolean second = has_second && i >= field->width;
    guint bit = second ? i - field->width : i;
    if (bit >= field->width)
      continue;
    gboolean set = (second ? second_bank : first_bank) >> bit & 1;
    if (hides && set)
      hide (self, page.address, page.address + page.bytes, FALSE); /* the sense turns with SPRMOD */
    else if (!hides && !set)
      self->protected[i] = 1;
    if (has_pcrop && i < 8 && (hidden >> i & 1) == 0)
      hide (self, page.address, page.address + page.bytes, field_is (self, "PCROP_RDP", 0));
  }
}

/* H7: a sector, or four of 8 KB; H5: four of 8 KB, on H503 one; C5: the bank in 32 */
static guint64
group_bytes (const StnOptionArea *self)
{
  guint64 page = self->target->stretches[0].page_bytes;
  switch (self->target->product_id) {
  case 0x480:
  case 0x484:
  case 0x478:
  case 0x47a:
    return 4 * page;
  case 0x44e:
  case 0x44f:
  case 0x45a:
    return MAX (self->target->flash_bytes / 64, page);
  default:
    return page;
  }
}

static void
mark_pairs (StnOptionArea *self)
{
  static const struct {
    const char *name;
    guint bank, first; /* first group that bit 0 stands for */
  } maps[] = { { "nWRP", 0, 0 },   { "nWRP2", 1, 0 },    { "WRPSG1", 0, 0 },
               { "WRPSG2", 1, 0 }, { "WRPSG12", 0, 32 }, { "WRPSG22", 1, 32 } };
  guint64 size = group_bytes (self);
  for (guint i = 0; i < G_N_ELEMENTS (maps); i++) {
    const StnAreaField *field = stn_area_find (self, maps[i].name);
    if (field == NULL)
      continue;
    guint32 value = stn_area_get_field (self, self->loaded, field);
    gboolean one_bank = self->target->product_id == 0x483;
    guint64 half = self->target->flash_bytes / 2;
    guint64 bank = self->target->flash_base + (maps[i].bank != 0 ? half : 0);
    guint64 end = one_bank || maps[i].bank != 0 ? flash_end (self) : self->target->flash_base + half;
    for (guint bit = 0; bit < field->width; bit++)
      if ((value >> bit & 1) == 0)
        mark (self, bank + (maps[i].first + bit) * size, MIN (end, bank + (maps[i].first + bit + 1) * size));
  }
  for (guint bank = 0; bank < 2; bank++) { /* H7: PCROP areas of 256 bytes */
    g_autofree char *start = g_strdup_printf ("PROT_AREA_START%u", bank + 1);
    g_autofree char *last = g_strdup_printf ("PROT_AREA_END%u", bank + 1);
    g_autofree char *erases = g_strdup_printf ("DMEP%u", bank + 1);
    guint32 from, to;
    guint64 base = self->target->flash_base + bank * (self->target->flash_bytes / 2);
    if (stn_area_field (self, start, &from) && stn_area_field (self, last, &to) && from < to)
      hide (self, base + from * 256ul, base + (to + 1) * 256ul, field_is (self, erases, 0));
  }
}

/* ---- areas ---- */

/* Two banks, and with them bank 2's own page numbers: as the option says where there is one. */
static gboolean
has_two_banks (const StnOptionArea *self)
{
  if (stn_area_find (self, "WRP2A_STRT") == NULL)
    return FALSE;
  guint32 on;
  if (stn_area_field (self, "DBANK", &on))
    return on == 1;
  return TRUE;
}

static guint64
pcrop_unit (const StnOptionArea *self, guint64 scale)
{
  static const struct {
    const char *family;
    guint bytes;
    gboolean scales; /* twice as coarse with one bank */
  } units[] = { { "L4", 8, TRUE },    { "L4+", 8, TRUE },    { "G4", 8, TRUE },    { "G0", 512, FALSE },
                { "C0", 512, FALSE }, { "WL", 1024, FALSE }, { "WB", 2048, FALSE } };
  if (self->target->product_id == 0x494)
    return 1024;
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (stn_area_is_of (self, units[i].family))
      return units[i].bytes * (units[i].scales ? scale : 1);
  return 8;
}

static void
mark_areas (StnOptionArea *self)
{
  static const char *const areas[] = { "WRP1A", "WRP1B", "WRP2A", "WRP2B" };
  static const char *const pcrops[] = { "PCROP1", "PCROP1A", "PCROP1B", "PCROP2", "PCROP2A", "PCROP2B" };
  gboolean two = has_two_banks (self);
  guint32 dbank = 1;
  stn_area_field (self, "DBANK", &dbank);
  guint64 scale = dbank == 0 ? 2 : 1; /* one bank of pages twice as long */
  guint64 unit = scale * self->target->stretches[0].page_bytes;
  guint64 half = self->target->flash_bytes / 2;
  for (guint i = 0; i < G_N_ELEMENTS (areas) + G_N_ELEMENTS (pcrops); i++) {
    gboolean pcrop = i >= G_N_ELEMENTS (areas);
    const char *name = pcrop ? pcrops[i - G_N_ELEMENTS (areas)] : areas[i];
    g_autofree char *start = g_strdup_printf ("%s_STRT", name);
    g_autofree char *last = g_strdup_printf ("%s_END", name);
    guint32 from, to;
    if (!stn_area_field (self, start, &from) || !stn_area_field (self, last, &to) || from > to)
      continue;
    gboolean second = two && strchr (name, '2') != NULL;
    guint64 bank = self->target->flash_base + (second ? half : 0);
    guint64 end = two && !second ? self->target->flash_base + half : flash_end (self);
    guint64 step = pcrop ? pcrop_unit (self, scale) : unit;
    if (pcrop)
      hide (self, bank + from * step, MIN (end, bank + (to + 1) * step), field_is (self, "PCROP_RDP", 0));
    else
      mark (self, bank + from * step, MIN (end, bank + (to + 1) * step));
  }
}

void
stn_area_map_protection (StnOptionArea *self)
{
  memset (self->protected, 0, stn_target_page_count (self->target));
  self->hidden_count = 0;
  switch (self->style) {
  case STN_AREA_HALFWORDS:
    mark_halfwords (self);
    break;
  case STN_AREA_PLAIN:
    mark_plain (self);
    break;
  case STN_AREA_WORD_HALVES:
    mark_word_halves (self);
    break;
  case STN_AREA_ROWS:
  case STN_AREA_REGISTERS:
    mark_areas (self);
    break;
  case STN_AREA_PAIRS:
    mark_pairs (self);
    break;
  }
}

gboolean
stn_area_write_protects (const StnOptionArea *self, const StnPage *page)
{
  return page->number < stn_target_page_count (self->target) && self->protected[page->number] != 0;
}

gboolean
stn_area_write_protect_any (const StnOptionArea *self)
{
  return memchr (self->protected, 1, stn_target_page_count (self->target)) != NULL;
}

void
stn_area_hide (const StnOptionArea *self, guint64 address, guint8 *buffer, gsize length)
{
  for (guint i = 0; i < self->hidden_count; i++)
    for (gsize k = 0; k < length; k++)
      if (address + k >= self->hidden[i].first && address + k < self->hidden[i].end)
        buffer[k] = 0;
}

/* ---- what command 63 asks for ---- */

static void
put (const StnOptionArea *self, guint8 *area, const char *name, guint32 value)
{
  const StnAreaField *field = stn_area_find (self, name);
  if (field != NULL)
    stn_area_put_field (self, area, field, value & stn_area_ones (field->width));
}

/* bitmaps of `width` bits one behind the other; `protects`: what a protected bit holds */
static void
put_bitmaps (const StnOptionArea *self, guint8 *area, const char *const *names, gboolean protects, const guint8 *codes,
             gsize count)
{
  guint first = 0;
  for (guint i = 0; names[i] != NULL; i++) {
    const StnAreaField *field = stn_area_find (self, names[i]);
    if (field == NULL)
      continue;
    guint32 bits = 0;
    for (gsize k = 0; k < count; k++)
      if (codes[k] >= first && codes[k] - first < field->width)
        bits |= 1u << (codes[k] - first);
    put (self, area, names[i], protects ? bits : ~bits);
    first += field->width;
  }
}

guint8 *
stn_area_after_write_protect (const StnOptionArea *self, const guint8 *codes, gsize count)
{
  static const char *const halfwords[] = { "WRP0", "WRP1", "WRP2", "WRP3", NULL };
  static const char *const sectors[] = { "nWRP", "nWRP2", "WRPSG1", "WRPSG12", "WRPSG2", "WRPSG22", NULL };
  static const char *const words[] = { "WRP_0",  "WRP_16", "WRP_32",  "WRP_48", "WRP_64",
                                       "WRP_80", "WRP_96", "WRP_112", NULL };
  static const char *const areas[] = { "WRP1A", "WRP1B", "WRP2A", "WRP2B" };
  guint8 *area = stn_area_registers (self);
  switch (self->style) {
  case STN_AREA_HALFWORDS:
    put_bitmaps (self, area, halfwords, FALSE, codes, count);
    break;
  case STN_AREA_WORD_HALVES:
    put_bitmaps (self, area, words, TRUE, codes, count);
    break;
  case STN_AREA_PLAIN:
  case STN_AREA_PAIRS:
    put_bitmaps (self, area, sectors, FALSE, codes, count);
    break;
  case STN_AREA_ROWS:
  case STN_AREA_REGISTERS:
    for (guint i = 0; i < G_N_ELEMENTS (areas); i++) {
      g_autofree char *start = g_strdup_printf ("%s_STRT", areas[i]);
      g_autofree char *last = g_strdup_printf ("%s_END", areas[i]);
      g_autofree char *unlock = g_strdup_printf ("%s_UNLOCK", areas[i]);
      guint32 may_change = 1;
      stn_area_field (self, unlock, &may_change);
      if (may_change == 0)
        continue;
      gboolean given = count >= 2 * i + 2;
      put (self, area, start, given ? codes[2 * i] : 0xffffffff);
      put (self, area, last, given ? codes[2 * i + 1] : 0);
    }
    break;
  }
  return area;
}
