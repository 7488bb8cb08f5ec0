/* A board's option bytes. Bytes as read are kept beside the values as they would be written: what no field covers goes
 * back as it came. Every area is a row of little-endian 32-bit words; the encodings differ only in which bits of a word
 * are complements of which. */
#include "src/target/options.h"

#include <string.h>

typedef struct {
  guint64 address;
  guint length;
  gboolean is_read;
  guint8 *read;    /* as read; all 0 for a block of defaults */
  guint8 *written; /* read with what was set, complements not yet worked out; of pairs the CUR words are kept */
  guint8 *known;   /* mask: the bits whose value is known */
} Area;

struct StnOptionBlock {
  const StnTarget *target;
  const StnOptions *options; /* NULL: no fields are known */
  Area areas[STN_OPTION_AREAS];
};

static guint32
get_word (const guint8 *bytes, guint offset)
{
  guint32 word;
  memcpy (&word, bytes + offset, sizeof word);
  return GUINT32_FROM_LE (word);
}

static void
put_word (guint8 *bytes, guint offset, guint32 word)
{
  word = GUINT32_TO_LE (word);
  memcpy (bytes + offset, &word, sizeof word);
}

static guint32
field_mask (const StnOptionField *field)
{
  return stn_option_field_most (field) << field->bit;
}

static guint
word_offset (const Area *area, guint64 address)
{
  return (guint) (address - area->address);
}

/* ---- making ---- */

static void
area_init (Area *area, guint64 address, guint length)
{
  area->address = address;
  area->length = length;
  area->read = g_malloc0 (length);
  area->written = g_malloc0 (length);
  area->known = g_malloc0 (length);
}

static void
area_load (Area *area, const guint8 *bytes)
{
  memcpy (area->read, bytes, area->length);
  memcpy (area->written, bytes, area->length);
  memset (area->known, 0xFF, area->length);
  area->is_read = TRUE;
}

static StnOptionBlock *
new_unread (const StnTarget *target)
{
  StnOptionBlock *self = g_new0 (StnOptionBlock, 1);
  self->target = target;
  self->options = stn_target_options (target);
  area_init (&self->areas[0], target->options_address, target->options_bytes);
  area_init (&self->areas[1], target->options_second_address,
             target->options_second_address == 0 ? 0 : target->options_second_bytes);
  return self;
}

static gboolean
has_options (const StnTarget *target)
{
  return target->options_encoding != STN_OPTIONS_NONE && target->options_bytes >= 4;
}

/* The PRG words start from what is in force: what an earlier program put into them without starting it is not ours. */
static void
fill_pairs (StnOptionBlock *self)
{
  const StnOptions *options = self->options;
  for (guint i = 0; options != NULL && i < options->field_count; i++) {
    const StnOptionField *field = options->fields[i];
    Area *area = &self->areas[field->area];
    if (!field->visible || !area->is_read || field->word == field->current_word)
      continue;
    put_word (area->written, word_offset (area, field->word),
              get_word (area->read, word_offset (area, field->current_word)));
  }
}

StnOptionBlock *
stn_option_block_new (const StnTarget *target, const guint8 *first, gsize first_bytes, const guint8 *second,
                      gsize second_bytes, GError **error)
{
  if (!has_options (target)) {
    stn_error_set (error, STN_FAILURE_OPTION_BYTES_UNKNOWN, "%s has no option area that is known", target->name);
    return NULL;
  }
  g_autoptr (StnOptionBlock) self = new_unread (target);
  const gsize lengths[STN_OPTION_AREAS] = { first_bytes, second_bytes };
  const guint8 *const bytes[STN_OPTION_AREAS] = { first, second };
  for (guint i = 0; i < STN_OPTION_AREAS; i++) {
    if (i > 0 && bytes[i] == NULL && lengths[i] == 0)
      continue;
    if (bytes[i] == NULL || lengths[i] != self->areas[i].length) {
      g_autofree char *wanted = g_strdup_printf ("%u bytes", self->areas[i].length);
      g_autofree char *seen = g_strdup_printf ("%" G_GSIZE_FORMAT, lengths[i]);
      stn_error_set_at (error, STN_FAILURE_OPTION_BYTES_UNKNOWN, self->areas[i].address, wanted, seen,
                        "option bytes of %s", target->name);
      return NULL;
    }
    area_load (&self->areas[i], bytes[i]);
  }
  fill_pairs (self);
  return g_steal_pointer (&self);
}

StnOptionBlock *
stn_option_block_new_default (const StnTarget *target)
{
  const StnOptions *options = stn_target_options (target);
  if (!has_options (target) || options == NULL)
    return NULL;
  StnOptionBlock *self = new_unread (target);
  for (guint i = 0; i < options->field_count; i++) {
    const StnOptionField *field = options->fields[i];
    if (!field->visible || !field->has_default)
      continue;
    Area *area = &self->areas[field->area];
    guint at = word_offset (area, field->word);
    put_word (area->known, at, get_word (area->known, at) | field_mask (field));
    put_word (area->written, at, get_word (area->written, at) | field->default_value << field->bit);
  }
  return self;
}

StnOptionBlock *
stn_option_block_copy (const StnOptionBlock *self)
{
  StnOptionBlock *copy = new_unread (self->target);
  for (guint i = 0; i < STN_OPTION_AREAS; i++) {
    const Area *from = &self->areas[i];
    Area *to = &copy->areas[i];
    to->is_read = from->is_read;
    if (from->length == 0)
      continue;
    memcpy (to->read, from->read, from->length);
    memcpy (to->written, from->written, from->length);
    memcpy (to->known, from->known, from->length);
  }
  return copy;
}

void
stn_option_block_free (StnOptionBlock *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < STN_OPTION_AREAS; i++) {
    g_free (self->areas[i].read);
    g_free (self->areas[i].written);
    g_free (self->areas[i].known);
  }
  g_free (self);
}

const StnTarget *
stn_option_block_target (const StnOptionBlock *self)
{
  return self->target;
}

const guint8 *
stn_option_block_bytes (const StnOptionBlock *self, guint area, gsize *out_length)
{
  if (area >= STN_OPTION_AREAS || !self->areas[area].is_read)
    return NULL;
  *out_length = self->areas[area].length;
  return self->areas[area].read;
}

/* ---- values ---- */

gboolean
stn_option_block_get (const StnOptionBlock *self, const StnOptionField *field, guint32 *out_value)
{
  if (!field->visible)
    return FALSE;
  const Area *area = &self->areas[field->area];
  guint at = word_offset (area, field->word);
  if ((get_word (area->known, at) & field_mask (field)) != field_mask (field))
    return FALSE;
  *out_value = (get_word (area->written, at) & field_mask (field)) >> field->bit;
  return TRUE;
}

gboolean
stn_option_block_get_role (const StnOptionBlock *self, StnOptionRole role, guint32 *out_value)
{
  const StnOptionField *field = stn_options_by_role (self->target, role, 0);
  return field != NULL && stn_option_block_get (self, field, out_value);
}

gboolean
stn_option_block_is_active (const StnOptionBlock *self, StnOptionRole role)
{
  const StnOptionField *field = stn_options_by_role (self->target, role, 0);
  guint32 value = 0;
  return field != NULL && field->has_active && stn_option_block_get (self, field, &value) && value == field->active;
}

gboolean
stn_option_block_set (StnOptionBlock *self, const StnOptionField *field, guint32 value, GError **error)
{
  guint32 old = 0;
  if (value > stn_option_field_most (field)) {
    g_autofree char *wanted = g_strdup_printf ("0 to 0x%X", stn_option_field_most (field));
    g_autofree char *seen = g_strdup_printf ("0x%X", value);
    stn_error_set_seen (error, STN_FAILURE_BAD_PLAN, wanted, seen, "%s", field->name);
    return FALSE;
  }
  if (!field->visible) {
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "%s stands in no area that the ROM shows", field->name);
    return FALSE;
  }
  Area *area = &self->areas[field->area];
  gboolean is_known = stn_option_block_get (self, field, &old);
  gboolean is_frozen = field->read_only || field->role == STN_OPTION_ROLE_RADIO || field->role == STN_OPTION_ROLE_KEY;
  if ((is_frozen && (!is_known || old != value)) || (field->always_one && value != stn_option_field_most (field))) {
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "%s is never written with another value", field->name);
    return FALSE;
  }
  guint at = word_offset (area, field->word);
  guint32 word = get_word (area->written, at);
  put_word (area->written, at, (word & ~field_mask (field)) | value << field->bit);
  put_word (area->known, at, get_word (area->known, at) | field_mask (field));
  return TRUE;
}

/* ---- encodings ---- */

/* Bytes from one word that carries values to the next. */
static guint
row_bytes (const StnTarget *target)
{
  return target->options_encoding == STN_OPTIONS_L4_INVERTED_WORDS ? 8 : 4;
}

static guint32
with_complement (StnOptionsEncoding encoding, guint32 word)
{
  switch (encoding) {
  case STN_OPTIONS_F1_COMPLEMENT_HALFWORDS:
    return (word & 0x00FF00FF) | (~word & 0x00FF00FF) << 8;
  case STN_OPTIONS_L0_COMPLEMENT_HALFWORDS:
    return (word & 0x0000FFFF) | ~word << 16;
  default:
    return word;
  }
}

/* Whether a field stands in the word at this offset (not the CUR half of a pair). */
static gboolean
is_covered (const StnOptionBlock *self, guint area, guint offset)
{
  const StnOptions *options = self->options;
  for (guint i = 0; options != NULL && i < options->field_count; i++) {
    const StnOptionField *field = options->fields[i];
    if (field->visible && field->area == area && word_offset (&self->areas[area], field->word) == offset)
      return TRUE;
  }
  return FALSE;
}

static guint32
always_ones (const StnOptionBlock *self, guint area, guint offset)
{
  const StnOptions *options = self->options;
  guint32 ones = 0;
  for (guint i = 0; options != NULL && i < options->field_count; i++) {
    const StnOptionField *field = options->fields[i];
    if (field->visible && field->always_one && field->area == area
        && word_offset (&self->areas[area], field->word) == offset)
      ones |= field_mask (field);
  }
  return ones;
}

gboolean
stn_option_block_encode (const StnOptionBlock *self, guint area_number, guint8 *out_bytes)
{
  if (area_number >= STN_OPTION_AREAS || !self->areas[area_number].is_read)
    return FALSE;
  const Area *area = &self->areas[area_number];
  StnOptionsEncoding encoding = self->target->options_encoding;
  memcpy (out_bytes, area->written, area->length);
  for (guint at = 0; at + 4 <= area->length; at += row_bytes (self->target)) {
    if (!is_covered (self, area_number, at))
      continue;
    guint32 word = get_word (area->written, at) | always_ones (self, area_number, at);
    put_word (out_bytes, at, with_complement (encoding, word));
    if (encoding == STN_OPTIONS_L4_INVERTED_WORDS && at + 8 <= area->length)
      put_word (out_bytes, at + 4, ~word);
  }
  return TRUE;
}

/* ---- checking ---- */

static gboolean
set_broken (const Area *area, guint offset, guint32 wanted, guint32 seen, const char *what, GError **error)
{
  g_autofree char *expected = g_strdup_printf ("0x%08X", wanted);
  g_autofree char *found = g_strdup_printf ("0x%08X", seen);
  stn_error_set_at (error, STN_FAILURE_OPTION_BYTES_UNKNOWN, area->address + offset, expected, found, "%s", what);
  return FALSE;
}

/* A pair FF FF of value and complement is the erased state: read as FF, without an option error (PM0075 section 2.5).
 */
static gboolean
f1_fits (guint32 word)
{
  for (guint half = 0; half < 2; half++) {
    guint32 pair = word >> (16 * half) & 0xFFFF;
    if (pair != 0xFFFF && (pair & 0xFF) != (~pair >> 8 & 0xFF))
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_word (const StnOptionBlock *self, const Area *area, guint at, GError **error)
{
  guint32 word = get_word (area->read, at);
  StnOptionsEncoding encoding = self->target->options_encoding;
  if (encoding == STN_OPTIONS_F1_COMPLEMENT_HALFWORDS)
    return f1_fits (word)
           || set_broken (area, at, with_complement (encoding, word), word,
                          "an option byte and its complement do not fit", error);
  if (encoding == STN_OPTIONS_L0_COMPLEMENT_HALFWORDS)
    return with_complement (encoding, word) == word
           || set_broken (area, at, with_complement (encoding, word), word,
                          "an option half-word and its complement do not fit", error);
  if (encoding != STN_OPTIONS_L4_INVERTED_WORDS || at + 8 > area->length)
    return TRUE;
  guint32 inverse = get_word (area->read, at + 4);
  /* erased as a whole: nothing was ever written there */
  return inverse == ~word || (word == G_MAXUINT32 && inverse == G_MAXUINT32)
         || set_broken (area, at + 4, ~word, inverse, "an option word and its inverse do not fit", error);
}

static gboolean
check_pair (const Area *area, const StnOptionField *field, GError **error)
{
  /* a key reads as nothing, whatever was written */
  if (field->word == field->current_word || field->role == STN_OPTION_ROLE_KEY)
    return TRUE;
  guint32 current = get_word (area->read, word_offset (area, field->current_word)) & field_mask (field);
  guint32 programmed = get_word (area->read, word_offset (area, field->word)) & field_mask (field);
  g_autofree char *what = g_strdup_printf ("%s was put into its register and not loaded", field->name);
  return current == programmed || set_broken (area, word_offset (area, field->word), current, programmed, what, error);
}

gboolean
stn_option_block_check (const StnOptionBlock *self, GError **error)
{
  const StnOptions *options = self->options;
  for (guint number = 0; number < STN_OPTION_AREAS; number++) {
    const Area *area = &self->areas[number];
    if (!area->is_read)
      continue;
    for (guint at = 0; at + 4 <= area->length; at += row_bytes (self->target)) {
      if (is_covered (self, number, at) && !check_word (self, area, at, error))
        return FALSE;
    }
    for (guint i = 0; options != NULL && i < options->field_count; i++) {
      const StnOptionField *field = options->fields[i];
      if (field->visible && field->area == number && !check_pair (area, field, error))
        return FALSE;
    }
  }
  return TRUE;
}

/* ---- write commands ---- */

/* Whether the words of a piece do not fit their complements as they were read: writing them again puts that right. */
static gboolean
needs_repair (const StnOptionBlock *self, guint number, guint from, guint to)
{
  guint step = row_bytes (self->target);
  for (guint at = (from + step - 1) / step * step; at + 4 <= to; at += step) {
    if (is_covered (self, number, at) && !check_word (self, &self->areas[number], at, NULL))
      return TRUE;
  }
  return FALSE;
}

static void
add_pieces (GArray *pieces, const StnOptionBlock *before, const StnOptionBlock *after, guint number, guint most_bytes)
{
  const Area *area = &after->areas[number];
  g_autofree guint8 *old_bytes = g_malloc0 (area->length);
  g_autofree guint8 *new_bytes = g_malloc0 (area->length);
  if (!stn_option_block_encode (before, number, old_bytes) || !stn_option_block_encode (after, number, new_bytes))
    return;
  if (after->target->options_encoding != STN_OPTIONS_REGISTER_MAPPED)
    most_bytes = area->length; /* the first command erases all */
  for (guint at = 0; at < area->length; at += most_bytes) {
    guint left = area->length - at;
    StnOptionPiece piece = { .area = number,
                             .address = area->address + at,
                             .offset_bytes = at,
                             .length_bytes = MIN (left, most_bytes),
                             .changed = FALSE };
    piece.changed = memcmp (old_bytes + at, new_bytes + at, piece.length_bytes) != 0
                    || needs_repair (before, number, at, at + piece.length_bytes);
    g_array_append_val (pieces, piece);
  }
}

GArray *
stn_option_block_pieces (const StnOptionBlock *before, const StnOptionBlock *after, guint most_bytes)
{
  GArray *pieces = g_array_new (FALSE, TRUE, sizeof (StnOptionPiece));
  g_return_val_if_fail (before->target == after->target && most_bytes >= 8, pieces);
  for (guint number = 0; number < STN_OPTION_AREAS; number++) {
    if (after->areas[number].is_read && before->areas[number].is_read)
      add_pieces (pieces, before, after, number, most_bytes & ~7u);
  }
  return pieces;
}
