#include "src/bench/options.h"

#include <string.h>

/* ---- what the families have in common ---- */

static guint32
get_u32 (const guint8 *bytes)
{
  return (guint32) bytes[0] | (guint32) bytes[1] << 8 | (guint32) bytes[2] << 16 | (guint32) bytes[3] << 24;
}

static void
put_u32 (guint8 *bytes, guint32 value)
{
  for (guint i = 0; i < 4; i++)
    bytes[i] = (guint8) (value >> (8 * i));
}

typedef struct {
  StnOptionsEncoding encoding;
  gsize length_least;
  void (*ship) (StnOptionArea *self, gboolean boot_pin_live);
  void (*load) (StnOptionArea *self);
  void (*merge) (const StnOptionArea *self, guint8 *area, const guint8 *bytes, gsize length);
  void (*set_level) (const StnOptionArea *self, guint8 *area, guint level);
  guint8 (*read_protection) (const StnOptionArea *self);
  gboolean (*protects) (const StnOptionArea *self, const StnPage *page);
  void (*protect) (const StnOptionArea *self, guint8 *area, const guint8 *codes, gsize count);
} OptionKind;

/* ---- F1, F0, F3: half-words of value and complement (PM0075, RM0360) ---- */

static guint8
f1_open (const StnOptionArea *self)
{
  return g_str_equal (self->target->family, "F1") ? 0xa5 : 0xaa;
}

static void
f1_put (guint8 *area, gsize offset, guint8 value)
{
  area[offset] = value;
  area[offset + 1] = (guint8) ~value;
}

static void
f1_ship (StnOptionArea *self, G_GNUC_UNUSED gboolean boot_pin_live)
{
  for (gsize offset = 0; offset + 2 <= self->length; offset += 2)
    f1_put (self->stored, offset, 0xff);
  f1_put (self->stored, 0, f1_open (self));
}

static void
f1_load (StnOptionArea *self)
{
  for (gsize offset = 0; offset + 2 <= self->length; offset += 2) {
    gboolean good = (self->stored[offset] ^ self->stored[offset + 1]) == 0xff;
    f1_put (self->loaded, offset, good ? self->stored[offset] : 0xff);
  }
}

static void
f1_merge (const StnOptionArea *self, guint8 *area, const guint8 *bytes, gsize length)
{
  memset (area, 0xff, self->length); /* the area is erased first, and what the host leaves out stays erased */
  memcpy (area, bytes, MIN (length, self->length));
}

static void
f1_set_level (const StnOptionArea *self, guint8 *area, guint level)
{
  if (level == 0)
    for (gsize offset = 0; offset + 2 <= self->length; offset += 2)
      f1_put (area, offset, 0xff); /* leaving protection erases the whole area (PM0075 2.4) */
  f1_put (area, 0, level == 0 ? f1_open (self) : 0x00);
}

static guint8
f1_read_protection (const StnOptionArea *self)
{
  return self->loaded[0] == f1_open (self) ? 0xaa : self->loaded[0] == 0xcc && f1_open (self) == 0xaa ? 0xcc : 0xff;
}

/* A bit guards 4 KB; the last one all that follows (PM0075 table 3). */
static guint
f1_group (const StnOptionArea *self, const StnPage *page)
{
  return MIN ((guint) ((page->address - self->target->flash_base) / 4096), 31);
}

static gboolean
f1_protects (const StnOptionArea *self, const StnPage *page)
{
  guint group = f1_group (self, page);
  return (self->loaded[8 + 2 * (group / 8)] >> (group % 8) & 1) == 0;
}

static void
f1_protect (G_GNUC_UNUSED const StnOptionArea *self, guint8 *area, const guint8 *codes, gsize count)
{
  for (guint i = 0; i < 4; i++)
    f1_put (area, 8 + 2 * i, 0xff);
  for (gsize i = 0; i < count; i++)
    if (codes[i] < 32)
      f1_put (area, 8 + 2 * (codes[i] / 8), area[8 + 2 * (codes[i] / 8)] & ~(1u << (codes[i] % 8)));
}

/* ---- F2, F4: 16 bits of each 8-byte row, RDP in bits 15:8 (RM0090 3.9.10) ---- */

static void
f4_ship (StnOptionArea *self, G_GNUC_UNUSED gboolean boot_pin_live)
{
  memset (self->stored, 0xff, self->length);
  self->stored[0] = 0xef;
  self->stored[1] = 0xaa;
  self->stored[9] = 0x0f; /* nWRP of sectors 0..11 */
}

static void
plain_load (StnOptionArea *self)
{
  memcpy (self->loaded, self->stored, self->length);
}

static void
f4_merge (const StnOptionArea *self, guint8 *area, const guint8 *bytes, gsize length)
{
  for (gsize row = 0; row + 2 <= MIN (length, self->length); row += 8)
    memcpy (area + row, bytes + row, 2);
}

static void
f4_set_level (G_GNUC_UNUSED const StnOptionArea *self, guint8 *area, guint level)
{
  area[1] = level == 0 ? 0xaa : 0xbb;
}

static guint8
f4_read_protection (const StnOptionArea *self)
{
  return self->loaded[1];
}

static gboolean
f4_protects (const StnOptionArea *self, const StnPage *page)
{
  return page->number < 12 && (get_u32 (self->loaded + 8) >> page->number & 1) == 0;
}

static void
f4_protect (G_GNUC_UNUSED const StnOptionArea *self, guint8 *area, const guint8 *codes, gsize count)
{
  guint32 word = get_u32 (area + 8) | 0xfff;
  for (gsize i = 0; i < count; i++)
    if (codes[i] < 12)
      word &= ~(1u << codes[i]);
  put_u32 (area + 8, word);
}

/* ---- L4, G0, C0, G4: 64-bit rows, a word and its inverse (RM0444 3.4) ---- */

#define L4_OPTR 0x00
#define L4_PCROP_START 0x08
#define L4_PCROP_END 0x10
#define L4_WRP_A 0x18
#define L4_WRP_B 0x20
#define G0_PCROP_B_START 0x28
#define G0_PCROP_B_END 0x30
#define G0_SECURE 0x70
#define G0_BOOT_SEL_BIT 24

static gboolean
is_g0_kind (const StnTarget *target)
{
  return target->boot_pattern == 11;
}

static void
l4_put (const StnOptionArea *self, guint8 *area, gsize offset, guint32 value)
{
  if (offset + 8 <= self->length) {
    put_u32 (area + offset, value);
    put_u32 (area + offset + 4, ~value);
  } else if (offset + 4 <= self->length) {
    put_u32 (area + offset, value);
  }
}

static void
l4_ship (StnOptionArea *self, gboolean boot_pin_live)
{
  memset (self->stored, 0xff, self->length);
  guint32 optr = is_g0_kind (self->target) ? 0xfffffeaa : 0xffeff8aa;
  if (boot_pin_live && is_g0_kind (self->target))
    optr &= ~(1u << G0_BOOT_SEL_BIT);
  l4_put (self, self->stored, L4_OPTR, optr);
  l4_put (self, self->stored, L4_PCROP_START, 0xffffffff);
  l4_put (self, self->stored, L4_PCROP_END, 0x00000000);
  l4_put (self, self->stored, L4_WRP_A, 0xff00ffff);
  l4_put (self, self->stored, L4_WRP_B, 0xff00ffff);
  if (is_g0_kind (self->target)) {
    l4_put (self, self->stored, G0_PCROP_B_START, 0xffffffff);
    l4_put (self, self->stored, G0_PCROP_B_END, 0x00000000);
    l4_put (self, self->stored, G0_SECURE, 0x00000000);
  }
}

/* What a word whose inverse does not fit counts for: RDP and USER all ones (level 1), no write protection. Whether it
 * locks the boot is not known here and taken as no: a chip that nobody can reach any more would teach nothing. */
static guint32
l4_mismatch (const StnOptionArea *self, gsize row)
{
  if (row == L4_WRP_A || row == L4_WRP_B)
    return 0xff00ffff;
  return row == G0_SECURE && is_g0_kind (self->target) ? 0x00000000 : 0xffffffff;
}

static void
l4_load (StnOptionArea *self)
{
  memcpy (self->loaded, self->stored, self->length);
  for (gsize row = 0; row + 4 <= self->length; row += 8) {
    gboolean has_inverse = row + 8 <= self->length; /* the ROM's window may end between a word and its inverse */
    gboolean good = has_inverse ? (get_u32 (self->stored + row) ^ get_u32 (self->stored + row + 4)) == 0xffffffff
                                : get_u32 (self->stored + row) != 0xffffffff;
    if (!good)
      put_u32 (self->loaded + row, l4_mismatch (self, row));
  }
}

static gboolean
l4_row_exists (const StnOptionArea *self, gsize row)
{
  return row <= L4_WRP_B || (is_g0_kind (self->target) && (row <= G0_PCROP_B_END || row == G0_SECURE));
}

/* the ROM hands the words to the registers; the inverse is the hardware's, whatever the host sends */
static void
l4_merge (const StnOptionArea *self, guint8 *area, const guint8 *bytes, gsize length)
{
  for (gsize row = 0; row + 4 <= MIN (length, self->length); row += 8)
    if (l4_row_exists (self, row))
      l4_put (self, area, row, get_u32 (bytes + row));
}

static void
l4_set_level (const StnOptionArea *self, guint8 *area, guint level)
{
  l4_put (self, area, L4_OPTR, (get_u32 (area) & ~0xffu) | (level == 0 ? 0xaa : 0xbb));
}

static guint8
l4_read_protection (const StnOptionArea *self)
{
  return self->loaded[0];
}

static gboolean
l4_protects (const StnOptionArea *self, const StnPage *page)
{
  const gsize rows[] = { L4_WRP_A, L4_WRP_B };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    guint first = stn_options_bits (self, rows[i], 0, 8), last = stn_options_bits (self, rows[i], 16, 8);
    guint mask = is_g0_kind (self->target) ? 0x3f : 0xff;
    if (page->number >= (first & mask) && page->number <= (last & mask))
      return TRUE;
  }
  return FALSE;
}

static void
l4_protect (const StnOptionArea *self, guint8 *area, const guint8 *codes, gsize count)
{
  l4_put (self, area, L4_WRP_A, count >= 2 ? (guint32) codes[0] | (guint32) codes[1] << 16 : 0xff00ffff);
  l4_put (self, area, L4_WRP_B, count >= 4 ? (guint32) codes[2] | (guint32) codes[3] << 16 : 0xff00ffff);
}

/* ---- the table ---- */

static const OptionKind kinds[] = {
  { STN_OPTIONS_F1_COMPLEMENT_HALFWORDS, 16, f1_ship, f1_load, f1_merge, f1_set_level, f1_read_protection, f1_protects,
    f1_protect },
  { STN_OPTIONS_F4_16BIT, 12, f4_ship, plain_load, f4_merge, f4_set_level, f4_read_protection, f4_protects,
    f4_protect },
  { STN_OPTIONS_L4_INVERTED_WORDS, 40, l4_ship, l4_load, l4_merge, l4_set_level, l4_read_protection, l4_protects,
    l4_protect },
};

static const OptionKind *
kind_of (const StnTarget *target)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (kinds[i].encoding == target->options_encoding && target->options_bytes >= kinds[i].length_least)
      return &kinds[i];
  return NULL;
}

gboolean
stn_options_are_modelled (const StnTarget *target)
{
  return kind_of (target) != NULL;
}

void
stn_options_init (StnOptionArea *self, const StnTarget *target, gboolean boot_pin_live)
{
  *self = (StnOptionArea){ .target = target, .length = target->options_bytes };
  self->stored = g_malloc0 (self->length);
  self->loaded = g_malloc0 (self->length);
  kind_of (target)->ship (self, boot_pin_live);
  stn_options_load (self);
}

void
stn_options_clear (StnOptionArea *self)
{
  g_clear_pointer (&self->stored, g_free);
  g_clear_pointer (&self->loaded, g_free);
}

void
stn_options_load (StnOptionArea *self)
{
  kind_of (self->target)->load (self);
}

guint
stn_options_level (const StnOptionArea *self)
{
  guint8 protection = kind_of (self->target)->read_protection (self);
  return protection == 0xaa ? 0 : protection == 0xcc ? 2 : 1;
}

gboolean
stn_options_bit (const StnOptionArea *self, gsize offset, guint bit)
{
  return stn_options_bits (self, offset, bit, 1) != 0;
}

guint
stn_options_bits (const StnOptionArea *self, gsize offset, guint bit, guint width)
{
  if (offset + 4 > self->length)
    return 0;
  return get_u32 (self->loaded + offset) >> bit & ((1u << width) - 1);
}

gboolean
stn_options_write_protects (const StnOptionArea *self, const StnPage *page)
{
  return kind_of (self->target)->protects (self, page);
}

gboolean
stn_options_write_protect_any (const StnOptionArea *self)
{
  StnPage page;
  for (guint number = 0; stn_target_page (self->target, number, &page); number++)
    if (stn_options_write_protects (self, &page))
      return TRUE;
  return FALSE;
}

guint8 *
stn_options_after_write (const StnOptionArea *self, const guint8 *bytes, gsize length)
{
  guint8 *area = g_memdup2 (self->stored, self->length);
  kind_of (self->target)->merge (self, area, bytes, length);
  return area;
}

guint8 *
stn_options_after_level (const StnOptionArea *self, guint level)
{
  guint8 *area = g_memdup2 (self->stored, self->length);
  kind_of (self->target)->set_level (self, area, level);
  return area;
}

guint8 *
stn_options_after_write_protect (const StnOptionArea *self, const guint8 *codes, gsize count)
{
  guint8 *area = g_memdup2 (self->stored, self->length);
  kind_of (self->target)->protect (self, area, codes, count);
  return area;
}

void
stn_options_store (StnOptionArea *self, const guint8 *area)
{
  memcpy (self->stored, area, self->length);
}

void
stn_options_store_erased (StnOptionArea *self)
{
  memset (self->stored, 0xff, self->length);
}
