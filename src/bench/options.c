#include "src/bench/options-private.h"

#include <string.h>

/* values of the protection byte */
#define RDP_OPEN 0xaa
#define RDP_OPEN_F1 0xa5
#define RDP_HALF 0x55
#define RDP_FINAL 0xcc
#define STATE_OPEN 0xed
#define STATE_PROVISIONING 0x17

/* Areas beside the one at options_address, and in C5's case beside the one second area that a target names. */
static const struct {
  guint16 product_id;
  guint64 address;
  gsize bytes;
} more_windows[] = {
  { 0x419, 0x1ffec000, 16 }, { 0x434, 0x1ffec000, 16 }, { 0x437, 0x1ff80080, 8 },   { 0x415, 0x1ffff808, 32 },
  { 0x461, 0x1ffff808, 32 }, { 0x469, 0x1ffff800, 48 }, { 0x470, 0x1ff01008, 32 },  { 0x471, 0x1ff01008, 32 },
  { 0x455, 0x40022070, 16 }, { 0x476, 0x40022070, 16 }, { 0x481, 0x40022070, 16 },  { 0x482, 0x40022070, 16 },
  { 0x492, 0x40022070, 16 }, { 0x4b0, 0x40022070, 16 }, { 0x4b2, 0x40022110, 32 },  { 0x474, 0x400221e8, 24 },
  { 0x478, 0x400221e0, 32 }, { 0x484, 0x400221e0, 32 }, { 0x47a, 0x40022198, 104 }, { 0x44e, 0x400220e8, 24 },
  { 0x44e, 0x400221e8, 24 }, { 0x44f, 0x400220e8, 24 }, { 0x44f, 0x400221e8, 24 },  { 0x45a, 0x400220e8, 24 },
  { 0x45a, 0x400221e8, 24 },
};

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

/* ---- which family, which words ---- */

static gboolean
find_family (const StnAreaFamily *families, guint16 product_id, StnOptionArea *out)
{
  for (; families->family != NULL; families++)
    for (guint i = 0; families->chips[i] != 0; i++)
      if (families->chips[i] == product_id) {
        out->family = families;
        out->chip = 1u << i;
        return TRUE;
      }
  return FALSE;
}

gboolean
stn_area_is_of (const StnOptionArea *self, const char *family)
{
  return g_str_equal (self->family->family, family);
}

static gboolean
classify (const StnTarget *target, StnOptionArea *out)
{
  if (target->options_bytes == 0)
    return FALSE;
  if (find_family (stn_area_families_halfwords, target->product_id, out)) {
    gboolean plain = stn_area_is_of (out, "F2") || stn_area_is_of (out, "F4") || stn_area_is_of (out, "F7");
    gboolean halves = stn_area_is_of (out, "L0") || stn_area_is_of (out, "L1");
    out->style = plain ? STN_AREA_PLAIN : halves ? STN_AREA_WORD_HALVES : STN_AREA_HALFWORDS;
    return TRUE;
  }
  if (find_family (stn_area_families_rows, target->product_id, out)) {
    out->style = STN_AREA_ROWS;
    return TRUE;
  }
  if (find_family (stn_area_families_registers, target->product_id, out)) {
    gboolean pairs = stn_area_is_of (out, "H5") || stn_area_is_of (out, "C5") || stn_area_is_of (out, "H7");
    out->style = pairs ? STN_AREA_PAIRS : STN_AREA_REGISTERS;
    return TRUE;
  }
  return FALSE;
}

gboolean
stn_area_are_modelled (const StnTarget *target)
{
  StnOptionArea area = { 0 };
  return classify (target, &area);
}

static void
add_window (StnOptionArea *self, guint64 address, gsize bytes)
{
  if (self->window_count == STN_AREA_WINDOWS_MOST)
    return;
  self->windows[self->window_count++] = (StnAreaWindow){ .address = address, .bytes = bytes, .offset = self->length };
  self->length += bytes;
}

/* where `bytes` from `address` on lie in the buffers */
gboolean
stn_area_offset (const StnOptionArea *self, guint64 address, gsize bytes, gsize *out)
{
  for (guint i = 0; i < self->window_count; i++) {
    const StnAreaWindow *window = &self->windows[i];
    if (address < window->address || address - window->address >= window->bytes
        || bytes > window->bytes - (address - window->address))
      continue;
    *out = window->offset + (gsize) (address - window->address);
    return TRUE;
  }
  return FALSE;
}

gboolean
stn_area_has (const StnOptionArea *self, const StnAreaField *field)
{
  gsize offset;
  return (field->chips & self->chip) != 0 && stn_area_offset (self, field->address, 4, &offset);
}

const StnAreaField *
stn_area_find (const StnOptionArea *self, const char *name)
{
  for (guint i = 0; i < self->family->field_count; i++)
    if (stn_area_has (self, &self->family->fields[i]) && g_ascii_strcasecmp (self->family->fields[i].name, name) == 0)
      return &self->family->fields[i];
  return NULL;
}

const char **
stn_area_names (const StnOptionArea *self)
{
  const char **names = g_new0 (const char *, self->family->field_count + 1);
  guint count = 0;
  for (guint i = 0; i < self->family->field_count; i++)
    if (stn_area_has (self, &self->family->fields[i]))
      names[count++] = self->family->fields[i].name;
  return names;
}

static gint
compare_addresses (gconstpointer a, gconstpointer b)
{
  guint64 left = *(const guint64 *) a, right = *(const guint64 *) b;
  return left < right ? -1 : left > right;
}

gboolean
stn_area_is_word (const StnOptionArea *self, guint64 address)
{
  for (guint i = 0; i < self->words->len; i++)
    if (g_array_index (self->words, guint64, i) == address)
      return TRUE;
  return FALSE;
}

static void
list_words (StnOptionArea *self)
{
  self->words = g_array_new (FALSE, FALSE, sizeof (guint64));
  for (guint i = 0; i < self->family->field_count; i++) {
    guint64 address = self->family->fields[i].address;
    gboolean known = !stn_area_has (self, &self->family->fields[i]);
    for (guint k = 0; k < self->words->len && !known; k++)
      known = g_array_index (self->words, guint64, k) == address;
    if (!known)
      g_array_append_val (self->words, address);
  }
  /* where complements are the area's own, all of it has them */
  gboolean whole = self->style == STN_AREA_HALFWORDS || self->style == STN_AREA_WORD_HALVES;
  for (gsize i = 0; whole && i + 4 <= self->windows[0].bytes; i += 4) {
    guint64 address = self->windows[0].address + i;
    if (!stn_area_is_word (self, address))
      g_array_append_val (self->words, address);
  }
  g_array_sort (self->words, compare_addresses);
}

/* ---- a word with its complement ---- */

void
stn_area_put_halfword (guint8 *at, guint8 value)
{
  at[0] = value;
  at[1] = (guint8) ~value;
}

/* the ROM's window may end between a word and its inverse */
static gboolean
inverse_fits (const StnOptionArea *self, gsize offset)
{
  for (guint i = 0; i < self->window_count; i++)
    if (offset >= self->windows[i].offset && offset - self->windows[i].offset < self->windows[i].bytes)
      return offset + 8 <= self->windows[i].offset + self->windows[i].bytes;
  return FALSE;
}

/* puts the complement of the word at `offset` right, as far as the style has one and the window reaches */
void
stn_area_complete (const StnOptionArea *self, guint8 *area, gsize offset)
{
  switch (self->style) {
  case STN_AREA_HALFWORDS:
    stn_area_put_halfword (area + offset, area[offset]);
    stn_area_put_halfword (area + offset + 2, area[offset + 2]);
    break;
  case STN_AREA_WORD_HALVES:
    area[offset + 2] = (guint8) ~area[offset];
    area[offset + 3] = (guint8) ~area[offset + 1];
    break;
  case STN_AREA_ROWS:
    if (inverse_fits (self, offset))
      put_u32 (area + offset + 4, ~get_u32 (area + offset));
    break;
  case STN_AREA_PLAIN:
  case STN_AREA_REGISTERS:
  case STN_AREA_PAIRS:
    break;
  }
}

guint32
stn_area_ones (guint width)
{
  return width >= 32 ? 0xffffffff : (1u << width) - 1;
}

guint32
stn_area_get_field (const StnOptionArea *self, const guint8 *area, const StnAreaField *field)
{
  gsize offset = 0;
  if (!stn_area_offset (self, field->address, 4, &offset))
    return 0;
  return get_u32 (area + offset) >> field->bit & stn_area_ones (field->width);
}

void
stn_area_put_field (const StnOptionArea *self, guint8 *area, const StnAreaField *field, guint32 value)
{
  gsize offset = 0;
  if (!stn_area_offset (self, field->address, 4, &offset))
    return;
  guint32 mask = stn_area_ones (field->width) << field->bit;
  put_u32 (area + offset, (get_u32 (area + offset) & ~mask) | (value << field->bit & mask));
  stn_area_complete (self, area, offset);
}

/* ---- as shipped ---- */

/* whether the word has a field whose name begins so */
static gboolean
holds (const StnOptionArea *self, guint64 address, const char *prefix)
{
  for (guint i = 0; i < self->family->field_count; i++) {
    const StnAreaField *field = &self->family->fields[i];
    if (field->address == address && stn_area_has (self, field) && g_str_has_prefix (field->name, prefix))
      return TRUE;
  }
  return FALSE;
}

/* what the bits hold that no field has */
static void
fill_reserved (StnOptionArea *self)
{
  gboolean zeros =
      self->style == STN_AREA_WORD_HALVES || self->style == STN_AREA_REGISTERS || self->style == STN_AREA_PAIRS;
  memset (self->stored, zeros ? 0x00 : 0xff, self->length);
  for (guint i = 0; i < self->words->len; i++) {
    gsize offset = 0;
    guint64 address = g_array_index (self->words, guint64, i);
    stn_area_offset (self, address, 4, &offset);
    gboolean is_rdp = address == self->windows[0].address;
    if (stn_area_is_of (self, "F2")
        || stn_area_is_of (self, "F4")) /* RM0090 3.9.10: bit 4 of the first, 12 to 15 of the other row */
      put_u32 (self->stored + offset, is_rdp ? 0xffffffef : 0xffff0fff);
    if (self->style == STN_AREA_ROWS && holds (self, address, "SEC_SIZE"))
      put_u32 (self->stored + offset, 0);
    stn_area_complete (self, self->stored, offset);
  }
}

static void
ship (StnOptionArea *self, gboolean boot_pin_live)
{
  fill_reserved (self);
  for (guint i = 0; i < self->family->field_count; i++) {
    const StnAreaField *field = &self->family->fields[i];
    if (stn_area_has (self, field))
      stn_area_put_field (self, self->stored, field, field->shipped);
  }
  /* G0, C0, U0 ship with nBOOT_SEL 1, C5 with BOOT_SEL 0: the pin counts for nothing */
  const StnAreaField *select = self->target->boot_pattern == 11   ? stn_area_find (self, "nBOOT_SEL")
                               : self->target->boot_pattern == 19 ? stn_area_find (self, "BOOT_SEL")
                                                                  : NULL;
  if (boot_pin_live && select != NULL)
    stn_area_put_field (self, self->stored, select, self->target->boot_pattern == 19);
}

void
stn_area_init (StnOptionArea *self, const StnTarget *target, gboolean boot_pin_live)
{
  *self = (StnOptionArea){ .target = target };
  if (!classify (target, self))
    return;
  add_window (self, target->options_address, target->options_bytes);
  for (guint i = 0; i < G_N_ELEMENTS (more_windows); i++)
    if (more_windows[i].product_id == target->product_id)
      add_window (self, more_windows[i].address, more_windows[i].bytes);
  list_words (self);
  self->stored = g_malloc0 (self->length);
  self->loaded = g_malloc0 (self->length);
  self->protected = g_malloc0 (stn_target_page_count (target) + 1);
  ship (self, boot_pin_live);
  stn_area_load (self);
}

void
stn_area_clear (StnOptionArea *self)
{
  g_clear_pointer (&self->stored, g_free);
  g_clear_pointer (&self->loaded, g_free);
  g_clear_pointer (&self->protected, g_free);
  g_clear_pointer (&self->words, g_array_unref);
}

/* ---- load ---- */

/* What a chip takes for a word whose inverse does not fit: all ones, so level 1 and the boot settings of a part as it
 * comes; no write protection and no PCROP. Whether it takes BOOT_LOCK for set is not known here and assumed not. */
static guint32
rows_default (const StnOptionArea *self, guint64 address)
{
  guint32 word = 0xffffffff;
  for (guint i = 0; i < self->family->field_count; i++) {
    const StnAreaField *field = &self->family->fields[i];
    gboolean end = g_str_has_suffix (field->name, "_END");
    gboolean secures = g_str_equal (field->name, "BOOT_LOCK") || g_str_has_prefix (field->name, "SEC_SIZE")
                       || g_str_equal (field->name, "C2BOOT_LOCK");
    gboolean level = g_str_equal (field->name, "BOR_LEV") || g_str_equal (field->name, "BFB2");
    if (stn_area_has (self, field) && field->address == address && (end || secures || level))
      word &= ~(stn_area_ones (field->width) << field->bit);
  }
  return word;
}

static guint16
halves_default (const StnOptionArea *self, guint64 address)
{
  guint32 word = 0;
  for (guint i = 0; i < self->family->field_count; i++) {
    const StnAreaField *field = &self->family->fields[i];
    if (stn_area_has (self, field) && field->address == address && !g_str_equal (field->name, "RDP"))
      word |= field->shipped << field->bit;
  }
  return (guint16) word;
}

static void
load_word (StnOptionArea *self, guint64 address)
{
  gsize offset = 0;
  stn_area_offset (self, address, 4, &offset);
  const guint8 *stored = self->stored + offset;
  guint8 *loaded = self->loaded + offset;
  switch (self->style) {
  case STN_AREA_HALFWORDS:
    for (guint half = 0; half < 4; half += 2)
      stn_area_put_halfword (loaded + half, (stored[half] ^ stored[half + 1]) == 0xff ? stored[half] : 0xff);
    break;
  case STN_AREA_WORD_HALVES: {
    guint32 word = get_u32 (stored);
    if ((word >> 16 ^ 0xffff) != (word & 0xffff)) {
      put_u32 (loaded, halves_default (self, address));
      stn_area_complete (self, self->loaded, offset);
    }
    break;
  }
  case STN_AREA_ROWS: {
    gboolean good = inverse_fits (self, offset) ? (get_u32 (stored) ^ get_u32 (stored + 4)) == 0xffffffff
                                                : get_u32 (stored) != 0xffffffff;
    if (!good) {
      put_u32 (loaded, rows_default (self, address));
      stn_area_complete (self, self->loaded, offset);
    }
    break;
  }
  case STN_AREA_PLAIN:
  case STN_AREA_REGISTERS:
  case STN_AREA_PAIRS:
    break;
  }
}

void
stn_area_load (StnOptionArea *self)
{
  memcpy (self->loaded, self->stored, self->length);
  for (guint i = 0; i < self->words->len; i++)
    load_word (self, g_array_index (self->words, guint64, i));
  stn_area_map_protection (self);
}

gboolean
stn_area_field (const StnOptionArea *self, const char *name, guint32 *out)
{
  const StnAreaField *field = stn_area_find (self, name);
  if (field == NULL)
    return FALSE;
  *out = stn_area_get_field (self, self->loaded, field);
  return TRUE;
}

guint32
stn_area_bits (const StnOptionArea *self, guint64 address, guint bit, guint width)
{
  gsize offset;
  if (!stn_area_offset (self, address, 4, &offset))
    return 0;
  return get_u32 (self->loaded + offset) >> bit & stn_area_ones (width);
}

gboolean
stn_area_load_at_reset (const StnOptionArea *self)
{
  return self->style == STN_AREA_HALFWORDS;
}

gboolean
stn_area_act_at_once (const StnOptionArea *self)
{
  return self->style == STN_AREA_PLAIN;
}

gboolean
stn_area_has_trustzone_on (const StnOptionArea *self)
{
  guint32 enabled = 0;
  if (!stn_area_field (self, "TZEN", &enabled))
    return FALSE;
  return self->style == STN_AREA_PAIRS ? enabled == 0xb4 : enabled == 1;
}

const StnAreaField *
stn_area_protection_field (const StnOptionArea *self)
{
  static const char *const names[] = { "RDP", "PRODUCT_STATE", "RDP_LEVEL" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const StnAreaField *field = stn_area_find (self, names[i]);
    if (field != NULL)
      return field;
  }
  return NULL;
}

static gboolean
has_states (const StnOptionArea *self)
{
  return stn_area_is_of (self, "H5") || stn_area_is_of (self, "C5");
}

StnAreaLevel
stn_area_level (const StnOptionArea *self)
{
  const StnAreaField *field = stn_area_protection_field (self);
  guint32 value = field != NULL ? stn_area_get_field (self, self->loaded, field) : RDP_OPEN;
  if (has_states (self))
    return value == STATE_OPEN || (value == STATE_PROVISIONING && stn_area_is_of (self, "H5")) ? STN_AREA_LEVEL_OPEN
                                                                                               : STN_AREA_LEVEL_FINAL;
  if (stn_area_is_of (self, "F1"))
    return value == RDP_OPEN_F1 ? STN_AREA_LEVEL_OPEN : STN_AREA_LEVEL_CLOSED; /* there is no level 2 */
  if (value == RDP_HALF && self->target->boot_pattern == 12 && stn_area_has_trustzone_on (self))
    return STN_AREA_LEVEL_HALF;
  return value == RDP_OPEN ? STN_AREA_LEVEL_OPEN : value == RDP_FINAL ? STN_AREA_LEVEL_FINAL : STN_AREA_LEVEL_CLOSED;
}

/* ---- reading ---- */

gboolean
stn_area_hold (const StnOptionArea *self, guint64 address)
{
  gsize offset;
  return stn_area_offset (self, address, 1, &offset);
}

gsize
stn_area_bytes_from (const StnOptionArea *self, guint64 address)
{
  gsize offset;
  for (guint i = 0; i < self->window_count; i++)
    if (stn_area_offset (self, address, 1, &offset) && offset >= self->windows[i].offset
        && offset - self->windows[i].offset < self->windows[i].bytes)
      return self->windows[i].offset + self->windows[i].bytes - offset;
  return 0;
}

guint8
stn_area_read (const StnOptionArea *self, guint64 address)
{
  gsize offset;
  if (!stn_area_offset (self, address, 1, &offset))
    return 0xff;
  guint64 word = address & ~G_GUINT64_CONSTANT (3);
  switch (self->style) {
  case STN_AREA_REGISTERS:
    return stn_area_is_word (self, word) && !holds (self, word, "OEM") ? self->loaded[offset] : 0;
  case STN_AREA_PAIRS:
    if (stn_area_is_word (self, word))
      return self->stored[offset];
    return stn_area_is_word (self, word + 4) ? self->loaded[offset + 4] : 0;
  case STN_AREA_HALFWORDS:
  case STN_AREA_PLAIN:
  case STN_AREA_WORD_HALVES:
  case STN_AREA_ROWS:
    break;
  }
  return self->stored[offset];
}

/* ---- from outside ---- */

gboolean
stn_area_peek (const StnOptionArea *self, guint64 address, guint8 *buffer, gsize length)
{
  gsize offset;
  if (!stn_area_offset (self, address, length, &offset))
    return FALSE;
  memcpy (buffer, self->stored + offset, length);
  for (gsize i = 0; i < length && self->style == STN_AREA_PAIRS; i++)
    buffer[i] = stn_area_read (self, address + i); /* what is in force beside what is stored */
  return TRUE;
}

gboolean
stn_area_poke (StnOptionArea *self, guint64 address, const guint8 *bytes, gsize length)
{
  gsize offset;
  if (!stn_area_offset (self, address, length, &offset))
    return FALSE;
  memcpy (self->stored + offset, bytes, length);
  return TRUE;
}
