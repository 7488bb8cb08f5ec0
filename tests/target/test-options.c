/* Option fields and blocks: literal bytes of each encoding, every field of every chip there and back, blocks that do
 * not fit, values in words, what ROMs can't write, and a station's own files. */
#include <glib/gstdio.h>
#include <string.h>

#include "src/target/options.h"
#include "tests/remove-folder.h"
#include "tests/target/target-fixture.h"

static const StnOptionField *
field_or_fail (const StnTarget *target, const char *name)
{
  g_autoptr (GError) error = NULL;
  const StnOptionField *field = stn_options_find (target, name, &error);
  g_assert_no_error (error);
  return field;
}

static StnOptionBlock *
block_or_fail (const StnTarget *target, const guint8 *first, gsize first_bytes, const guint8 *second,
               gsize second_bytes)
{
  g_autoptr (GError) error = NULL;
  StnOptionBlock *block = stn_option_block_new (target, first, first_bytes, second, second_bytes, &error);
  g_assert_no_error (error);
  return block;
}

static void
set_or_fail (StnOptionBlock *block, const char *name, guint32 value)
{
  g_autoptr (GError) error = NULL;
  stn_option_block_set (block, field_or_fail (stn_option_block_target (block), name), value, &error);
  g_assert_no_error (error);
}

static guint32
get_or_fail (const StnOptionBlock *block, const char *name)
{
  guint32 value = 0;
  g_assert_true (stn_option_block_get (block, field_or_fail (stn_option_block_target (block), name), &value));
  return value;
}

static void
check_or_fail (const StnOptionBlock *block)
{
  g_autoptr (GError) error = NULL;
  stn_option_block_check (block, &error);
  g_assert_no_error (error);
}

static void
assert_encodes (const StnOptionBlock *block, guint area, const guint8 *wanted, gsize length)
{
  guint8 written[512];
  g_assert_true (stn_option_block_encode (block, area, written));
  g_assert_cmpmem (written, length, wanted, length);
}

/* ---- literal bytes ---- */

/* PM0075 section 2.5: a byte and its complement; the area of an F103 that is open and has nothing else set. */
static const guint8 f103_shipped[16] = { 0xA5, 0x5A, 0xFF, 0x00, 0xFF, 0x00, 0xFF, 0x00,
                                         0xFF, 0x00, 0xFF, 0x00, 0xFF, 0x00, 0xFF, 0x00 };

static void
test_f103_writes_complements_of_bytes (void)
{
  static const guint8 wanted[16] = { 0xA5, 0x5A, 0xFD, 0x02, 0x42, 0xBD, 0xFF, 0x00,
                                     0xFF, 0x00, 0xFF, 0x00, 0xFF, 0x00, 0x7F, 0x80 };
  g_autoptr (StnTargets) targets = targets_or_fail ();
  g_autoptr (StnOptionBlock) block = block_or_fail (find_or_fail (targets, "STM32F103xB"), f103_shipped, 16, NULL, 0);

  check_or_fail (block);
  assert_encodes (block, 0, f103_shipped, 16);
  set_or_fail (block, "nRST_STOP", 0);
  set_or_fail (block, "Data0", 0x42);
  set_or_fail (block, "WRP3", 0x7F);
  assert_encodes (block, 0, wanted, 16);
}

/* After an option erase that lost power: FF FF is no mismatch, but RDP FF is protected. Writing repairs it. */
static void
test_f103_erased_by_a_power_loss_reads_protected_and_is_repaired (void)
{
  g_autoptr (StnTargets) targets = targets_or_fail ();
  const StnTarget *target = find_or_fail (targets, "STM32F103xB");
  guint8 area[16];

  memset (area, 0xFF, 16);
  g_autoptr (StnOptionBlock) block = block_or_fail (target, area, 16, NULL, 0);
  check_or_fail (block);
  g_assert_cmpint (stn_option_field_level (field_or_fail (target, "RDP"), get_or_fail (block, "RDP")), ==,
                   STN_RDP_LEVEL_1);
  set_or_fail (block, "RDP", 0xA5);
  assert_encodes (block, 0, f103_shipped, 16);
}

/* RM0090 section 3.6: 16 bits, the rest of each word is kept. */
static void
test_f405_writes_16_bits_and_keeps_the_rest (void)
{
  static const guint8 read[16] = { 0xEF, 0xAA, 0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC,
                                   0xFF, 0x7F, 0xDE, 0xF0, 0x01, 0x02, 0x03, 0x04 };
  static const guint8 wanted[16] = { 0xE7, 0xAA, 0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC,
                                     0xFE, 0x7F, 0xDE, 0xF0, 0x01, 0x02, 0x03, 0x04 };
  g_autoptr (StnTargets) targets = targets_or_fail ();
  g_autoptr (StnOptionBlock) block = block_or_fail (find_or_fail (targets, "STM32F405xG"), read, 16, NULL, 0);

  g_assert_cmpuint (get_or_fail (block, "RDP"), ==, 0xAA);
  g_assert_cmpuint (get_or_fail (block, "BOR_LEV"), ==, 3);
  set_or_fail (block, "BOR_LEV", 1);
  set_or_fail (block, "nWRP", 0xFFE);
  assert_encodes (block, 0, wanted, 16);
}

/* RM0367 section 3.8: a half-word and its complement. */
static void
test_l073_writes_complements_of_half_words (void)
{
  static const guint8 read[20] = { 0xAA, 0x00, 0x55, 0xFF, 0x70, 0x80, 0x8F, 0x7F, 0x00, 0x00,
                                   0xFF, 0xFF, 0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00, 0xFF, 0xFF };
  static const guint8 wanted[20] = { 0xAA, 0x00, 0x55, 0xFF, 0xF8, 0x80, 0x07, 0x7F, 0x01, 0x00,
                                     0xFE, 0xFF, 0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00, 0xFF, 0xFF };
  g_autoptr (StnTargets) targets = targets_or_fail ();
  g_autoptr (StnOptionBlock) block = block_or_fail (find_or_fail (targets, "STM32L073xZ"), read, 20, NULL, 0);

  check_or_fail (block);
  set_or_fail (block, "BFB2", 1);
  set_or_fail (block, "BOR_LEV", 8);
  set_or_fail (block, "WRP0", 1);
  assert_encodes (block, 0, wanted, 20);
}

/* The area of a G071 as shipped: OPTR DFFFE1AA and its inverse, the other rows never written. */
static void
test_g071_writes_value_and_inverse (void)
{
  static const guint8 optr[8] = { 0xAA, 0xE1, 0xFF, 0xDF, 0x55, 0x1E, 0x00, 0x20 };
  static const guint8 wanted[8] = { 0xAA, 0xE1, 0xFF, 0xDE, 0x55, 0x1E, 0x00, 0x21 };
  g_autoptr (StnTargets) targets = targets_or_fail ();
  guint8 area[128];

  memset (area, 0xFF, sizeof area);
  memcpy (area, optr, sizeof optr);
  g_autoptr (StnOptionBlock) before = block_or_fail (find_or_fail (targets, "STM32G071CB"), area, sizeof area, NULL, 0);
  check_or_fail (before);
  g_autoptr (StnOptionBlock) after = stn_option_block_copy (before);
  set_or_fail (after, "nBOOT_SEL", 0);
  assert_encodes (after, 0, wanted, 8);
  g_autoptr (GArray) changes = stn_option_block_differences (before, after);
  g_assert_cmpuint (changes->len, ==, 1);
  g_autofree char *text = stn_option_change_text (&g_array_index (changes, StnOptionChange, 0));
  g_assert_cmpstr (text, ==, "nBOOT_SEL: 0x1: nBOOT0 bit -> 0x0: pin");
}

/* RM0351 section 3.4: OPTR FFEFF8AA; bank 2 stands in an area of its own, which is a write of its own. */
static void
test_l476_writes_inverted_words_and_only_the_area_that_changes (void)
{
  static const guint8 first[40] = {
    0xAA, 0xF8, 0xEF, 0xFF, 0x55, 0x07, 0x10, 0x00, /* OPTR */
    0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, /* PCROP1SR */
    0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, /* PCROP1ER */
    0xFF, 0xFF, 0x00, 0xFF, 0x00, 0x00, 0xFF, 0x00, /* WRP1AR */
    0xFF, 0xFF, 0x00, 0xFF, 0x00, 0x00, 0xFF, 0x00, /* WRP1BR */
  };
  static const guint8 second[32] = {
    0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00,
    0xFF, 0xFF, 0x00, 0xFF, 0x00, 0x00, 0xFF, 0x00, 0xFF, 0xFF, 0x00, 0xFF, 0x00, 0x00, 0xFF, 0x00,
  };
  static const guint8 wanted[24] = { 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF,
                                     0xFF, 0xFF, 0x00, 0x00, 0x02, 0xFF, 0x05, 0xFF, 0xFD, 0x00, 0xFA, 0x00 };
  static const guint8 optr[8] = { 0xAA, 0xFC, 0xEF, 0xFF, 0x55, 0x03, 0x10, 0x00 };
  g_autoptr (StnTargets) targets = targets_or_fail ();
  g_autoptr (StnOptionBlock) before = block_or_fail (find_or_fail (targets, "STM32L476xG"), first, 40, second, 32);
  g_autoptr (StnOptionBlock) after = stn_option_block_copy (before);

  check_or_fail (before);
  set_or_fail (after, "WRP2A_STRT", 2);
  set_or_fail (after, "WRP2A_END", 5);
  assert_encodes (after, 1, wanted, 24);
  g_autoptr (GArray) pieces = stn_option_block_pieces (before, after, STN_OPTION_PIECE_BYTES);
  g_assert_cmpuint (pieces->len, ==, 2);
  g_assert_false (g_array_index (pieces, StnOptionPiece, 0).changed);
  const StnOptionPiece *piece = &g_array_index (pieces, StnOptionPiece, 1);
  g_assert_true (piece->changed);
  g_assert_cmphex (piece->address, ==, 0x1FFFF808);
  g_assert_cmpuint (piece->length_bytes, ==, 32);

  set_or_fail (after, "BOR_LEV", 4);
  assert_encodes (after, 0, optr, 8);
}

/* RM0385 section 3.4: rows of 8 bytes, boot addresses in units of 16 KiB. */
static void
test_f746_writes_boot_addresses (void)
{
  static const guint8 read[32] = { 0xFF, 0xAA, 0x00, 0x00, 0x11, 0x22, 0x33, 0x44, 0xFF, 0xC0, 0x00,
                                   0x00, 0x55, 0x66, 0x77, 0x88, 0x80, 0x00, 0x00, 0x00, 0x99, 0xAA,
                                   0xBB, 0xCC, 0x40, 0x00, 0x00, 0x00, 0xDD, 0xEE, 0xFF, 0x01 };
  static const guint8 wanted[32] = { 0xFF, 0xAA, 0x00, 0x00, 0x11, 0x22, 0x33, 0x44, 0xFF, 0xC0, 0x00,
                                     0x00, 0x55, 0x66, 0x77, 0x88, 0x80, 0x00, 0x00, 0x00, 0x99, 0xAA,
                                     0xBB, 0xCC, 0x00, 0x20, 0x00, 0x00, 0xDD, 0xEE, 0xFF, 0x01 };
  g_autoptr (StnTargets) targets = targets_or_fail ();
  const StnTarget *target = find_or_fail (targets, "STM32F746xG");
  g_autoptr (StnOptionBlock) block = block_or_fail (target, read, 32, NULL, 0);
  const StnOptionField *field = field_or_fail (target, "BOOT_ADD1");
  guint32 value = 0;

  g_autofree char *shipped = stn_option_field_text (field, get_or_fail (block, "BOOT_ADD1"));
  g_assert_cmpstr (shipped, ==, "0x00100000");
  g_assert_true (stn_option_field_read (field, "0x08000000", &value, NULL));
  g_assert_cmphex (value, ==, 0x2000);
  set_or_fail (block, "BOOT_ADD1", value);
  assert_encodes (block, 0, wanted, 32);
}

/* RM0433 section 4.9: OPTSR_CUR tells, OPTSR_PRG is written; the area is longer than one write command. */
static void
test_h743_writes_prg_words_from_what_cur_says (void)
{
  static const guint8 current[4] = { 0xF0, 0xAA, 0xC6, 0x1B }, stale[4] = { 0xF8, 0xAA, 0xC6, 0x1B };
  static const guint8 both[8] = { 0xF0, 0xAA, 0xC6, 0x1B, 0xF0, 0xAA, 0xC6, 0x1B };
  static const guint8 wanted[8] = { 0xF0, 0xAA, 0xC6, 0x1B, 0xF4, 0xAA, 0xC6, 0x1B };
  g_autoptr (StnTargets) targets = targets_or_fail ();
  const StnTarget *target = find_or_fail (targets, "STM32H743xI");
  guint8 area[308] = { 0 }, written[308];
  g_autoptr (GError) error = NULL;

  memcpy (area, current, 4);
  memcpy (area + 4, stale, 4);
  g_autoptr (StnOptionBlock) unloaded = block_or_fail (target, area, sizeof area, NULL, 0);
  /* somebody wrote PRG and did not start it: told, and not started by us either */
  g_assert_false (stn_option_block_check (unloaded, &error));
  g_assert_cmphex (stn_error_detail (error)->address, ==, 0x52002020);
  g_assert_cmpuint (get_or_fail (unloaded, "BOR_LEV"), ==, 0);
  assert_encodes (unloaded, 0, both, 8);

  memcpy (area + 4, current, 4);
  g_autoptr (StnOptionBlock) block = block_or_fail (target, area, sizeof area, NULL, 0);
  g_autoptr (StnOptionBlock) after = stn_option_block_copy (block);
  check_or_fail (block);
  set_or_fail (after, "BOR_LEV", 1);
  assert_encodes (after, 0, wanted, 8);
  g_autoptr (GArray) first = stn_option_block_pieces (block, after, 256);
  g_assert_cmpuint (first->len, ==, 2);
  g_assert_true (g_array_index (first, StnOptionPiece, 0).changed);
  g_assert_false (g_array_index (first, StnOptionPiece, 1).changed);

  /* bank 2 lies behind the first 256 bytes */
  g_autoptr (StnOptionBlock) other = stn_option_block_copy (block);
  set_or_fail (other, "nWRP2", 0xFE);
  g_autoptr (GArray) second = stn_option_block_pieces (block, other, 256);
  g_assert_false (g_array_index (second, StnOptionPiece, 0).changed);
  const StnOptionPiece *piece = &g_array_index (second, StnOptionPiece, 1);
  g_assert_true (piece->changed);
  g_assert_cmphex (piece->address, ==, 0x5200211C);
  g_assert_cmpuint (piece->offset_bytes, ==, 256);
  g_assert_cmpuint (piece->length_bytes, ==, 52);
  g_assert_true (stn_option_block_encode (other, 0, written));
  g_assert_cmphex (written[0x120], ==, 0xFE);
  g_assert_cmphex (written[0x11C], ==, 0x00);
}

/* RM0456 section 7.4: bit 31 of a WRP word freezes the area when it is written as 0. */
static void
test_u575_writes_registers_and_never_freezes_an_area (void)
{
  static const guint8 optr[4] = { 0xAA, 0xF8, 0xEF, 0x1F }, wrp[4] = { 0xFF, 0xFF, 0x80, 0x7F };
  static const guint8 wanted[4] = { 0x80, 0xFF, 0x83, 0xFF };
  g_autoptr (StnTargets) targets = targets_or_fail ();
  const StnTarget *target = find_or_fail (targets, "STM32U575xI");
  guint8 area[48] = { 0 }, written[48];
  g_autoptr (GError) error = NULL;
  guint32 value = 0;

  memcpy (area, optr, 4);
  memcpy (area + 0x18, wrp, 4);
  g_autoptr (StnOptionBlock) block = block_or_fail (target, area, sizeof area, NULL, 0);
  check_or_fail (block);
  set_or_fail (block, "WRP1A_PSTRT", 0);
  set_or_fail (block, "WRP1A_PEND", 3);
  g_assert_true (stn_option_block_encode (block, 0, written));
  g_assert_cmpmem (written, 4, optr, 4);
  g_assert_cmpmem (written + 0x18, 4, wanted, 4);
  g_assert_false (stn_option_block_set (block, field_or_fail (target, "WRP1A_UNLOCK"), 0, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_NOT_SUPPORTED));
  /* the keys stand in an area that was not read */
  g_assert_false (stn_option_block_get (block, field_or_fail (target, "OEM1KEYR1"), &value));
  g_assert_false (stn_option_block_encode (block, 1, written));
}

/* ---- every field of every chip ---- */

/* Which bits of the area may change with this field. */
static void
allow (const StnTarget *target, const StnOptionField *field, guint8 *mask, guint length)
{
  static const struct {
    StnOptionsEncoding encoding;
    guint complement_bits;
  } complements[] = { { STN_OPTIONS_F1_COMPLEMENT_HALFWORDS, 8 },
                      { STN_OPTIONS_L0_COMPLEMENT_HALFWORDS, 16 },
                      { STN_OPTIONS_L4_INVERTED_WORDS, 32 } };
  guint64 base = field->area == 0 ? target->options_address : target->options_second_address;
  for (guint bit = field->bit; bit < field->bit + field->width; bit++) {
    guint at = (guint) (field->word - base) * 8 + bit;
    mask[at / 8] |= (guint8) (1 << at % 8);
    for (guint i = 0; i < G_N_ELEMENTS (complements); i++) {
      guint other = at + complements[i].complement_bits;
      if (complements[i].encoding == target->options_encoding && other / 8 < length)
        mask[other / 8] |= (guint8) (1 << other % 8);
    }
  }
}

/* What the chip makes of a write: CUR becomes PRG. */
static void
load (const StnTarget *target, guint8 *bytes, guint area)
{
  const StnOptions *options = stn_target_options (target);
  guint64 base = area == 0 ? target->options_address : target->options_second_address;
  for (guint i = 0; i < options->field_count; i++) {
    const StnOptionField *field = options->fields[i];
    if (field->visible && field->area == area && field->word != field->current_word)
      memcpy (bytes + (field->current_word - base), bytes + (field->word - base), 4);
  }
}

static void
try_value (const StnTarget *target, const StnOptionBlock *block, const StnOptionField *field, guint32 value)
{
  guint length = field->area == 0 ? target->options_bytes : target->options_second_bytes;
  g_autofree guint8 *before = g_malloc0 (length), *after = g_malloc0 (length), *mask = g_malloc0 (length);
  g_autoptr (StnOptionBlock) changed = stn_option_block_copy (block);
  g_autoptr (GError) error = NULL;
  guint32 old = 0, again = 0;

  g_assert_true (stn_option_block_get (block, field, &old));
  stn_option_block_set (changed, field, value, &error);
  g_assert_no_error (error);
  g_assert_true (stn_option_block_encode (block, field->area, before));
  g_assert_true (stn_option_block_encode (changed, field->area, after));
  allow (target, field, mask, length);
  for (guint i = 0; i < length; i++)
    g_assert_cmphex ((before[i] ^ after[i]) & ~mask[i], ==, 0);

  g_autoptr (GArray) changes = stn_option_block_differences (block, changed);
  g_assert_cmpuint (changes->len, ==, old != value);
  g_assert_true (changes->len == 0 || g_array_index (changes, StnOptionChange, 0).field == field);
  g_autoptr (GArray) pieces = stn_option_block_pieces (block, changed, 256);
  guint writes = 0;
  for (guint i = 0; i < pieces->len; i++)
    writes += g_array_index (pieces, StnOptionPiece, i).changed ? 1 : 0;
  g_assert_cmpuint (writes, ==, old != value);

  load (target, after, field->area);
  gsize first_bytes = 0, second_bytes = 0;
  const guint8 *first = stn_option_block_bytes (block, 0, &first_bytes);
  const guint8 *second = stn_option_block_bytes (block, 1, &second_bytes);
  g_autoptr (StnOptionBlock) read = block_or_fail (target, field->area == 0 ? after : first, first_bytes,
                                                   field->area == 1 ? after : second, second_bytes);
  check_or_fail (read);
  g_assert_true (stn_option_block_get (read, field, &again));
  g_assert_cmphex (again, ==, value);
  g_autoptr (GArray) left = stn_option_block_differences (changed, read);
  g_assert_cmpuint (left->len, ==, 0);
}

/* A board of this chip with nonsense in its options that fits together. */
static StnOptionBlock *
new_random_block (const StnTarget *target, GRand *random)
{
  const guint lengths[2] = { target->options_bytes,
                             target->options_second_address == 0 ? 0 : target->options_second_bytes };
  guint8 bytes[2][512];
  for (guint area = 0; area < 2; area++)
    for (guint i = 0; i < lengths[area]; i++)
      bytes[area][i] = (guint8) g_rand_int_range (random, 0, 256);
  const guint8 *second = lengths[1] == 0 ? NULL : bytes[1];
  g_autoptr (StnOptionBlock) raw = block_or_fail (target, bytes[0], lengths[0], second, lengths[1]);
  for (guint area = 0; area < 2; area++) {
    if (lengths[area] == 0)
      continue;
    g_assert_true (stn_option_block_encode (raw, area, bytes[area]));
    load (target, bytes[area], area);
  }
  return block_or_fail (target, bytes[0], lengths[0], second, lengths[1]);
}

static void
test_every_field_of_every_chip_comes_back (void)
{
  g_autoptr (StnTargets) targets = targets_or_fail ();
  g_autoptr (GRand) random = g_rand_new_with_seed (4711);
  guint count = 0, tried = 0;
  const StnTarget *const *rows = stn_targets_list (targets, &count);
  for (guint i = 0; i < count; i++) {
    const StnTarget *target = rows[i];
    const StnOptions *options = stn_target_options (target);
    if (options == NULL || target->options_bytes == 0)
      continue;
    g_autoptr (StnOptionBlock) block = new_random_block (target, random);
    check_or_fail (block);
    for (guint j = 0; j < options->field_count; j++) {
      const StnOptionField *field = options->fields[j];
      gboolean is_fixed = field->always_one || field->read_only || field->role == STN_OPTION_ROLE_RADIO
                          || field->role == STN_OPTION_ROLE_KEY;
      if (!field->visible || is_fixed)
        continue;
      guint32 most = stn_option_field_most (field);
      try_value (target, block, field, 0);
      try_value (target, block, field, most);
      try_value (target, block, field, most / 3);
      try_value (target, block, field, field->default_value);
      tried++;
    }
  }
  g_assert_cmpuint (tried, >, 1500);
}

/* ---- what does not fit ---- */

static void
assert_refused (const StnTarget *target, const guint8 *first, gsize first_bytes, const guint8 *second,
                gsize second_bytes)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (stn_option_block_new (target, first, first_bytes, second, second_bytes, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_OPTION_BYTES_UNKNOWN));
}

static void
test_blocks_of_a_wrong_length_are_refused (void)
{
  g_autoptr (StnTargets) targets = targets_or_fail ();
  guint8 bytes[512] = { 0 };
  const StnTarget *target = find_or_fail (targets, "STM32L476xG");
  guint count = 0;

  assert_refused (target, bytes, 0, NULL, 0);
  assert_refused (target, NULL, 40, NULL, 0);
  assert_refused (target, bytes, 39, NULL, 0);
  assert_refused (target, bytes, 41, NULL, 0);
  assert_refused (target, bytes, 40, bytes, 0);
  assert_refused (target, bytes, 40, bytes, 40);
  assert_refused (target, bytes, 40, NULL, 32);
  assert_refused (find_or_fail (targets, "STM32F103xB"), bytes, 16, bytes, 16);
  g_autofree const StnTarget **none = stn_targets_with_product_id (targets, 0x03B, &count);
  assert_refused (none[0], bytes, 16, NULL, 0);
}

static void
assert_broken (const StnTarget *target, const guint8 *bytes, gsize length, guint64 address, const char *expected,
               const char *seen)
{
  guint8 repaired[512];
  g_autoptr (StnOptionBlock) block = block_or_fail (target, bytes, length, NULL, 0);
  g_autoptr (GError) error = NULL;
  g_assert_false (stn_option_block_check (block, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_OPTION_BYTES_UNKNOWN));
  const StnErrorDetail *detail = stn_error_detail (error);
  g_assert_cmphex (detail->address, ==, address);
  g_assert_cmpstr (detail->expected, ==, expected);
  g_assert_cmpstr (detail->seen, ==, seen);
  /* writing the same values again puts it right, and is counted as a change */
  g_autoptr (GArray) pieces = stn_option_block_pieces (block, block, 256);
  g_assert_true (g_array_index (pieces, StnOptionPiece, 0).changed);
  g_assert_true (stn_option_block_encode (block, 0, repaired));
  g_autoptr (StnOptionBlock) again = block_or_fail (target, repaired, length, NULL, 0);
  check_or_fail (again);
}

static void
test_complements_that_do_not_fit_are_named (void)
{
  static const guint8 f1[16] = { 0xA5, 0x5A, 0xFF, 0x00, 0xFF, 0x00, 0xFF, 0x00,
                                 0xFF, 0x00, 0xFE, 0x00, 0xFF, 0x00, 0xFF, 0x00 };
  static const guint8 l0[20] = { 0xAA, 0x00, 0x55, 0xFF, 0x70, 0x80, 0x8F, 0x7E, 0x00, 0x00,
                                 0xFF, 0xFF, 0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00, 0xFF, 0xFF };
  static const guint8 optr[8] = { 0xAA, 0xE1, 0xFF, 0xDF, 0x55, 0x1E, 0x00, 0x00 };
  g_autoptr (StnTargets) targets = targets_or_fail ();
  guint8 g0[128];

  assert_broken (find_or_fail (targets, "STM32F103xB"), f1, 16, 0x1FFFF808, "0x01FE00FF", "0x00FE00FF");
  assert_broken (find_or_fail (targets, "STM32L073xZ"), l0, 20, 0x1FF80004, "0x7F8F8070", "0x7E8F8070");
  memset (g0, 0xFF, sizeof g0);
  memcpy (g0, optr, sizeof optr);
  assert_broken (find_or_fail (targets, "STM32G071xB"), g0, 128, 0x1FFF7804, "0x20001E55", "0x00001E55");
}

static void
assert_set_fails (const StnTarget *target, const char *name, guint32 value, StnFailure failure)
{
  g_autoptr (StnOptionBlock) block = stn_option_block_new_default (target);
  g_autoptr (GError) error = NULL;
  g_test_message ("%s %s", target->name, name);
  g_assert_false (stn_option_block_set (block, field_or_fail (target, name), value, &error));
  g_assert_cmpint (stn_error_failure (error), ==, failure);
}

static void
test_values_that_can_not_be_are_refused (void)
{
  g_autoptr (StnTargets) targets = targets_or_fail ();
  assert_set_fails (find_or_fail (targets, "STM32G071xB"), "nBOOT0", 2, STN_FAILURE_BAD_PLAN);
  assert_set_fails (find_or_fail (targets, "STM32G071xB"), "RDP", 256, STN_FAILURE_BAD_PLAN);
  assert_set_fails (find_or_fail (targets, "STM32WB55xG"), "SFSA", 0, STN_FAILURE_NOT_SUPPORTED);
  assert_set_fails (find_or_fail (targets, "STM32WB55xG"), "ESE", 0, STN_FAILURE_NOT_SUPPORTED);
  assert_set_fails (find_or_fail (targets, "STM32U575xI"), "OEM1KEYR1", 1, STN_FAILURE_NOT_SUPPORTED);
  assert_set_fails (find_or_fail (targets, "STM32U575xI"), "WRP2B_UNLOCK", 0, STN_FAILURE_NOT_SUPPORTED);
  assert_set_fails (find_or_fail (targets, "STM32WL55xC"), "FLASH_SFR", 0, STN_FAILURE_NOT_SUPPORTED);
}

static void
test_unknown_names_get_the_nearest (void)
{
  g_autoptr (StnTargets) targets = targets_or_fail ();
  g_autoptr (GError) error = NULL;
  const StnTarget *target = find_or_fail (targets, "STM32G071xB");
  g_assert_null (stn_options_find (target, "nBOOTSEL", &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_BAD_PLAN));
  g_assert_nonnull (strstr (error->message, "did you mean nBOOT_SEL"));
  g_clear_error (&error);
  g_assert_null (stn_options_find (target, "\xFF\xFE", &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_BAD_PLAN));
  const StnTarget *f1 = find_or_fail (targets, "STM32F103xB");
  g_assert_true (field_or_fail (f1, "IWDG_SW") == field_or_fail (f1, "WDG_SW"));
}

/* ---- words ---- */

static void
test_values_are_read_and_told_in_words (void)
{
  static const struct {
    const char *part, *field, *text;
    gboolean is_read;
    guint32 value;
    const char *words;
  } cases[] = {
    { "STM32F405xG", "BOR_LEV", "2.4 V", TRUE, 1, "0x1: 2.4 V" },
    { "STM32F405xG", "BOR_LEV", " 2400 mV ", TRUE, 1, "0x1: 2.4 V" },
    { "STM32F405xG", "BOR_LEV", "OFF", TRUE, 3, "0x3: off" },
    { "STM32F405xG", "BOR_LEV", "1", TRUE, 1, "0x1: 2.4 V" },
    { "STM32F405xG", "BOR_LEV", "4", FALSE, 0, NULL },
    { "STM32F405xG", "BOR_LEV", "2.5 V", FALSE, 0, NULL },
    { "STM32F405xG", "BOR_LEV", "-1", FALSE, 0, NULL },
    { "STM32F405xG", "BOR_LEV", "", FALSE, 0, NULL },
    { "STM32L073xZ", "BOR_LEV", "off", TRUE, 0, "0x0: off" },
    { "STM32L073xZ", "BOR_LEV", "5", TRUE, 5, "0x5: off" },
    { "STM32G071xB", "RDP", "level 1", TRUE, 0xBB, "0xBB: level 1" },
    { "STM32G071xB", "RDP", "0x12", TRUE, 0x12, "0x12: level 1" },
    { "STM32G071xB", "RDP", "level 0.5", FALSE, 0, NULL },
    { "STM32U575xI", "RDP", "level 0.5", TRUE, 0x55, "0x55: level 0.5" },
    { "STM32U575xI", "NSBOOTADD0", "0x08000000", TRUE, 0x100000, "0x0100000: 0x08000000" },
    { "STM32U575xI", "NSBOOTADD0", "0x08000001", FALSE, 0, NULL },
    { "STM32H743xI", "BOOT_ADD0", "0x08100000", TRUE, 0x0810, "0x0810: 0x08100000" },
    { "STM32G071xB", "WRP1A_STRT", "0x3F", TRUE, 0x3F, "63" },
    { "STM32G071xB", "WRP1A_STRT", "64", FALSE, 0, NULL },
    { "STM32G071xB", "nBOOT0", "\xC3\x28", FALSE, 0, NULL },
  };
  g_autoptr (StnTargets) targets = targets_or_fail ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const StnOptionField *field = field_or_fail (find_or_fail (targets, cases[i].part), cases[i].field);
    g_autoptr (GError) error = NULL;
    guint32 value = 0;
    g_test_message ("%u: %s", i, cases[i].field);
    g_assert_cmpint (stn_option_field_read (field, cases[i].text, &value, &error), ==, cases[i].is_read);
    if (!cases[i].is_read) {
      g_assert_true (stn_error_is (error, STN_FAILURE_BAD_PLAN));
      continue;
    }
    g_assert_cmphex (value, ==, cases[i].value);
    g_autofree char *words = stn_option_field_label (field, value);
    g_assert_cmpstr (words, ==, cases[i].words);
  }
}

static void
test_levels_are_the_familys_own (void)
{
  static const struct {
    const char *part, *field;
    guint32 value;
    StnRdpLevel level;
  } cases[] = {
    { "STM32F103xB", "RDP", 0xA5, STN_RDP_LEVEL_0 },
    { "STM32F103xB", "RDP", 0xAA, STN_RDP_LEVEL_1 },
    { "STM32F103xB", "RDP", 0xCC, STN_RDP_LEVEL_1 },
    { "STM32G071xB", "RDP", 0xAA, STN_RDP_LEVEL_0 },
    { "STM32G071xB", "RDP", 0xFF, STN_RDP_LEVEL_1 },
    { "STM32G071xB", "RDP", 0x55, STN_RDP_LEVEL_1 },
    { "STM32G071xB", "RDP", 0xCC, STN_RDP_LEVEL_2 },
    { "STM32U575xI", "RDP", 0x55, STN_RDP_LEVEL_0_5 },
    { "STM32H563xI", "PRODUCT_STATE", 0xED, STN_RDP_LEVEL_0 },
    { "STM32H563xI", "PRODUCT_STATE", 0x17, STN_RDP_LEVEL_0 },
    { "STM32H563xI", "PRODUCT_STATE", 0x2E, STN_RDP_LEVEL_1 },
    { "STM32H563xI", "PRODUCT_STATE", 0x5C, STN_RDP_LEVEL_2 },
  };
  g_autoptr (StnTargets) targets = targets_or_fail ();
  guint32 value = 0;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (
        stn_option_field_level (field_or_fail (find_or_fail (targets, cases[i].part), cases[i].field), cases[i].value),
        ==, cases[i].level);
  g_assert_false (stn_option_field_level_value (field_or_fail (find_or_fail (targets, "STM32F103xB"), "RDP"),
                                                STN_RDP_LEVEL_2, &value));
  g_assert_true (stn_option_field_level_value (field_or_fail (find_or_fail (targets, "STM32G071xB"), "RDP"),
                                               STN_RDP_LEVEL_1, &value));
  g_assert_cmphex (value, ==, 0xBB);
}

static void
test_defaults_are_known_only_where_the_data_has_them (void)
{
  g_autoptr (StnTargets) targets = targets_or_fail ();
  const StnTarget *target = find_or_fail (targets, "STM32U083xC");
  g_autoptr (StnOptionBlock) block = stn_option_block_new_default (target);
  guint32 value = 0;
  gsize length = 0;
  guint8 bytes[100];

  g_assert_cmpuint (get_or_fail (block, "nBOOT_SEL"), ==, 1);
  g_assert_false (stn_option_block_is_active (block, STN_OPTION_ROLE_BOOT_SELECT));
  g_assert_false (stn_option_block_get (block, field_or_fail (target, "BOR_EN"), &value));
  g_assert_null (stn_option_block_bytes (block, 0, &length));
  g_assert_false (stn_option_block_encode (block, 0, bytes));
  g_autoptr (GArray) none = stn_option_block_against_defaults (block);
  g_assert_cmpuint (none->len, ==, 0);
  set_or_fail (block, "nBOOT_SEL", 0);
  g_assert_true (stn_option_block_is_active (block, STN_OPTION_ROLE_BOOT_SELECT));
  g_autoptr (GArray) one = stn_option_block_against_defaults (block);
  g_assert_cmpuint (one->len, ==, 1);
}

/* ---- what ROMs can't write ---- */

static void
test_what_a_rom_can_not_write_is_refused_with_the_reason (void)
{
  static const struct {
    const char *part, *field;
    StnOptionVia via;
    guint16 bootloader_id;
    const char *why; /* NULL: nothing against it */
  } cases[] = {
    { "STM32L476xG", "PCROP1_STRT", STN_OPTION_VIA_UART, 0, "PCROP options by bytes" },
    { "STM32L476xG", "WRP1A_STRT", STN_OPTION_VIA_UART, 0, NULL },
    { "STM32L4R5xI", "PCROP1_STRT", STN_OPTION_VIA_UART, 0, NULL },
    { "STM32L4P5xG", "PCROP1_STRT", STN_OPTION_VIA_USB, 0, "PCROP options by bytes" },
    { "STM32C531xC", "BOOT_SEL", STN_OPTION_VIA_USB, 0, "no option bytes over USB" },
    { "STM32C531xC", "BOOT_SEL", STN_OPTION_VIA_UART, 0, NULL },
    { "STM32WB55xG", "SFSA", STN_OPTION_VIA_UART, 0, "radio" },
    { "STM32WL55xC", "SRRVR", STN_OPTION_VIA_UART, 0, "in no area" },
    { "STM32L552xE", "TZEN", STN_OPTION_VIA_UART, 0x90, "V9.0" },
    { "STM32L552xE", "TZEN", STN_OPTION_VIA_UART, 0x92, NULL },
    { "STM32L552xE", "TZEN", STN_OPTION_VIA_UART, 0, NULL },
    { "STM32L552xE", "TZEN", STN_OPTION_VIA_UART, 0x77, "V9.0" },
    { "STM32L552xE", "nBOOT0", STN_OPTION_VIA_USB, 0xD0, "V13.0" },
    { "STM32G071xB", "RAM_PARITY_CHECK", STN_OPTION_VIA_UART, 0xB2, "V11.2" },
    { "STM32G071xB", "RAM_PARITY_CHECK", STN_OPTION_VIA_UART, 0xB3, NULL },
    { "STM32H563xI", "PRODUCT_STATE", STN_OPTION_VIA_UART, 0, "special command" },
    { "STM32H725xG", "TCM_AXI_SHARED", STN_OPTION_VIA_UART, 0x91, "V9.1" },
    { "STM32U575xI", "OEM2KEYR1", STN_OPTION_VIA_UART, 0, "keys" },
    { "STM32U575xI", "WRP1A_UNLOCK", STN_OPTION_VIA_UART, 0, "always written as 1" },
    { "STM32U575xI", "TZEN", STN_OPTION_VIA_UART, 0x92, NULL },
  };
  g_autoptr (StnTargets) targets = targets_or_fail ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const StnTarget *target = find_or_fail (targets, cases[i].part);
    const char *why =
        stn_option_field_refused (target, field_or_fail (target, cases[i].field), cases[i].via, cases[i].bootloader_id);
    g_test_message ("%u: %s %s: %s", i, cases[i].part, cases[i].field, why == NULL ? "-" : why);
    g_assert_true ((why == NULL) == (cases[i].why == NULL));
    g_assert_true (why == NULL || strstr (why, cases[i].why) != NULL);
  }
}

static void
test_u575_v9_2_can_not_change_rdp_and_tzen_together (void)
{
  g_autoptr (StnTargets) targets = targets_or_fail ();
  const StnTarget *target = find_or_fail (targets, "STM32U575xI");
  g_autoptr (StnOptionBlock) before = stn_option_block_new_default (target);
  g_autoptr (StnOptionBlock) after = stn_option_block_new_default (target);
  const StnOptionField *field = NULL;

  set_or_fail (after, "TZEN", 1);
  g_autoptr (GArray) one = stn_option_block_differences (before, after);
  g_assert_null (stn_option_changes_refused (target, one, STN_OPTION_VIA_UART, 0x92, NULL));
  set_or_fail (after, "RDP", 0xDC);
  g_autoptr (GArray) both = stn_option_block_differences (before, after);
  g_assert_nonnull (stn_option_changes_refused (target, both, STN_OPTION_VIA_UART, 0x92, &field));
  g_assert_cmpstr (field->name, ==, "TZEN");
  g_assert_null (stn_option_changes_refused (target, both, STN_OPTION_VIA_UART, 0x93, NULL));
}

/* ---- a station's own files ---- */

/* A folder with options/a.yaml (and b.yaml, unless NULL) in it. */
static char *
new_folder (const char *a, const char *b)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("stn-options-XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *options = g_build_filename (folder, "options", NULL);
  g_assert_cmpint (g_mkdir (options, 0755), ==, 0);
  g_autofree char *first = g_build_filename (options, "a.yaml", NULL);
  g_autofree char *second = g_build_filename (options, "b.yaml", NULL);
  g_assert_true (g_file_set_contents (first, a, -1, NULL));
  g_assert_true (b == NULL || g_file_set_contents (second, b, -1, NULL));
  return folder;
}

static void
assert_bad_file (const char *a, const char *b, const char *message)
{
  g_autofree char *folder = new_folder (a, b);
  g_autoptr (GError) error = NULL;
  g_assert_null (stn_targets_new (folder, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_BAD_FILE));
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, message));
  remove_folder (folder);
}

#define HEAD "family: G0\nchips: [0x460]\nwords:\n  - at: 0x1FFF7800\n    fields:\n"

static void
test_a_stations_own_file_replaces_the_fields_of_its_chips (void)
{
  g_autofree char *folder = new_folder (HEAD "      - { name: RDP, width: 8, default: 0xAA, role: rdp }\n"
                                             "      - { name: OURS, bit: 31, default: 1 }\n",
                                        NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (StnTargets) targets = stn_targets_new (folder, &error);
  g_assert_no_error (error);
  const StnOptions *options = stn_target_options (find_or_fail (targets, "STM32G071xB"));
  g_assert_cmpuint (options->field_count, ==, 2);
  g_assert_true (g_str_has_suffix (options->source, "options/a.yaml"));
  g_assert_cmpuint (strlen (options->source_sha256), ==, 64);
  g_assert_nonnull (stn_options_find (find_or_fail (targets, "STM32G071xB"), "OURS", NULL));
  g_assert_null (stn_options_find (find_or_fail (targets, "STM32G031x8"), "OURS", NULL));
  remove_folder (folder);
}

static void
test_mistakes_in_a_stations_own_file_are_named (void)
{
  assert_bad_file (HEAD "      - { name: A, bit: 30, width: 3 }\n", NULL, "a field that ends with its word");
  assert_bad_file (HEAD "      - { name: A, width: 2, default: 4 }\n", NULL, "its default is larger");
  assert_bad_file (HEAD "      - { name: A }\n      - { name: A, bit: 1 }\n", NULL, "stands in line 6 already");
  assert_bad_file (HEAD "      - { name: A, width: 4 }\n      - { name: B, bit: 3 }\n", NULL, "share a bit");
  assert_bad_file (HEAD "      - { name: A, values: { 2: on } }\n", NULL, "a.yaml:6:");
  assert_bad_file (HEAD "      - { name: A, width: 4, values: { \"3..1\": on } }\n", NULL, "the smaller value first");
  assert_bad_file (HEAD "      - { name: A, role: boot }\n", NULL, "role");
  assert_bad_file (HEAD "      - { name: A, danger: [bad] }\n", NULL, "danger");
  assert_bad_file ("family: G0\nchips: []\nwords: []\n", NULL, "chips");
  assert_bad_file (HEAD "      - { name: A }\n", HEAD "      - { name: B }\n", "stand in");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name) g_test_add_func ("/options/" #name, test_##name)
  TEST (f103_writes_complements_of_bytes);
  TEST (f103_erased_by_a_power_loss_reads_protected_and_is_repaired);
  TEST (f405_writes_16_bits_and_keeps_the_rest);
  TEST (l073_writes_complements_of_half_words);
  TEST (g071_writes_value_and_inverse);
  TEST (l476_writes_inverted_words_and_only_the_area_that_changes);
  TEST (f746_writes_boot_addresses);
  TEST (h743_writes_prg_words_from_what_cur_says);
  TEST (u575_writes_registers_and_never_freezes_an_area);
  TEST (every_field_of_every_chip_comes_back);
  TEST (blocks_of_a_wrong_length_are_refused);
  TEST (complements_that_do_not_fit_are_named);
  TEST (values_that_can_not_be_are_refused);
  TEST (unknown_names_get_the_nearest);
  TEST (values_are_read_and_told_in_words);
  TEST (levels_are_the_familys_own);
  TEST (defaults_are_known_only_where_the_data_has_them);
  TEST (what_a_rom_can_not_write_is_refused_with_the_reason);
  TEST (u575_v9_2_can_not_change_rdp_and_tzen_together);
  TEST (a_stations_own_file_replaces_the_fields_of_its_chips);
  TEST (mistakes_in_a_stations_own_file_are_named);
  return g_test_run ();
}
