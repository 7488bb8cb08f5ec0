/* Option fields and blocks: literal bytes of each encoding, written down from the reference manuals' layouts. */
#include <string.h>

#include "src/target/options.h"
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
block_or_fail (const StnTarget *target, const guint8 *bytes, gsize length)
{
  g_autoptr (GError) error = NULL;
  StnOptionBlock *block = stn_option_block_new (target, bytes, length, NULL, 0, &error);
  g_assert_no_error (error);
  return block;
}

/* The area of a G071 as shipped: OPTR DFFFE1AA, its inverse, PCROP and WRP rows erased or empty. */
static void
test_g071_writes_value_and_inverse (void)
{
  g_autoptr (StnTargets) targets = targets_or_fail ();
  const StnTarget *target = find_or_fail (targets, "STM32G071CB");
  guint8 area[128];
  static const guint8 optr[8] = { 0xAA, 0xE1, 0xFF, 0xDF, 0x55, 0x1E, 0x00, 0x20 };
  g_autoptr (GError) error = NULL;

  memset (area, 0xFF, sizeof area);
  memcpy (area, optr, sizeof optr);
  g_autoptr (StnOptionBlock) before = block_or_fail (target, area, sizeof area);
  g_assert_true (stn_option_block_check (before, &error));
  g_autoptr (StnOptionBlock) after = stn_option_block_copy (before);
  g_assert_true (stn_option_block_set (after, field_or_fail (target, "nBOOT_SEL"), 0, &error));
  guint8 written[128];
  g_assert_true (stn_option_block_encode (after, 0, written));
  static const guint8 wanted[8] = { 0xAA, 0xE1, 0xFF, 0xDE, 0x55, 0x1E, 0x00, 0x21 };
  g_assert_cmpmem (written, 8, wanted, 8);
  g_autoptr (GArray) changes = stn_option_block_differences (before, after);
  g_assert_cmpuint (changes->len, ==, 1);
  g_autofree char *text = stn_option_change_text (&g_array_index (changes, StnOptionChange, 0));
  g_assert_cmpstr (text, ==, "nBOOT_SEL: 0x1: nBOOT0 bit -> 0x0: pin");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/options/g071_writes_value_and_inverse", test_g071_writes_value_and_inverse);
  return g_test_run ();
}
