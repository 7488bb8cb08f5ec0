/* Flash maps: the notation, cutting, and the pages of real parts against addresses written out. */
#include "src/target/geometry.h"
#include "tests/target/target-fixture.h"

static const char *
refusal (const char *text, guint64 flash_bytes)
{
  StnPageStretch *stretches = NULL;
  guint count = 77;
  guint64 total = 77;
  const char *why = NULL;
  g_assert_false (stn_geometry_read (text, 0x08000000, flash_bytes, &stretches, &count, &total, &why));
  g_assert_null (stretches);
  g_assert_cmpuint (count, ==, 77);
  g_assert_cmpuint (total, ==, 77);
  return why;
}

static void
what_is_no_map_is_refused (void)
{
  static const char *const not_maps[] = {
    "",
    "04",
    "04*",
    "04*016",
    "04*016M",
    "04*016K,",
    "*016K",
    "0*016K",
    "04*0K",
    "04 *016K",
    "-4*016K",
    ",04*016K",
    "04*016K;",
    "04*016Kg",
    "65521*1K",
    "1*16385K",
    "1*99999999999K",
    "99999999999999999999*1K",
    "1*16777217B",
    "1*1K,1*1K,1*1K,1*1K,1*1K,1*1K,1*1K,1*1K,1*1K,1*1K,1*1K,1*1K,1*1K,1*1K,1*1K,1*1K,1*1K",
  };
  for (guint i = 0; i < G_N_ELEMENTS (not_maps); i++)
    g_assert_cmpstr (refusal (not_maps[i], 1024), ==, "groups such as 04*016K, joined by commas");
}

static void
a_size_within_a_page_is_refused (void)
{
  g_assert_cmpstr (refusal ("04*016K,01*064K", 5 * 16 * 1024), ==, "a flash size that ends with a page");
  g_assert_cmpstr (refusal ("04*016K", 1), ==, "a flash size that ends with a page");
  g_assert_cmpstr (refusal ("04*016K", 65 * 1024), ==, "pages for the whole flash");
  g_assert_cmpstr (refusal ("04*016K", 0), ==, "a flash within the address space");
  g_assert_cmpstr (refusal ("65520*1K,1*1K", 65521 * 1024), ==, "at most 65520 pages");
}

static void
a_map_is_cut_at_the_flash_size (void)
{
  g_autofree StnPageStretch *stretches = NULL;
  guint count = 0;
  guint64 total = 0;
  const char *why = NULL;
  g_assert_true (
      stn_geometry_read ("04*016K,01*064K,07*128K", 0x08000000, 512 * 1024, &stretches, &count, &total, &why));
  g_assert_cmpuint (count, ==, 3);
  g_assert_cmpuint (total, ==, 1024 * 1024);
  g_assert_cmphex (stretches[2].address, ==, 0x08020000);
  g_assert_cmpuint (stretches[2].page_count, ==, 3);
  g_assert_cmpuint (stretches[2].first_page, ==, 5);
  g_clear_pointer (&stretches, g_free);
  /* a cut between two groups leaves no empty one */
  g_assert_true (stn_geometry_read ("04*016K,01*064K", 0x08000000, 64 * 1024, &stretches, &count, &total, &why));
  g_assert_cmpuint (count, ==, 1);
}

static void
expect_page (const StnTarget *target, guint number, guint64 address, guint32 bytes)
{
  StnPage page = { 0 };
  g_assert_true (stn_target_page (target, number, &page));
  g_assert_cmpuint (page.number, ==, number);
  g_assert_cmphex (page.address, ==, address);
  g_assert_cmpuint (page.bytes, ==, bytes);
  /* its first and its last byte belong to it */
  g_assert_true (stn_target_page_at (target, address, &page));
  g_assert_cmpuint (page.number, ==, number);
  g_assert_true (stn_target_page_at (target, address + bytes - 1, &page));
  g_assert_cmpuint (page.number, ==, number);
  g_assert_cmphex (page.address, ==, address);
}

static void
expect_end (const StnTarget *target, guint pages, guint64 end)
{
  StnPage page = { .number = 77 };
  g_assert_cmpuint (stn_target_page_count (target), ==, pages);
  g_assert_false (stn_target_page (target, pages, &page));
  g_assert_false (stn_target_page (target, G_MAXUINT, &page));
  g_assert_false (stn_target_page_at (target, end, &page));
  g_assert_false (stn_target_page_at (target, target->flash_base - 1, &page));
  g_assert_false (stn_target_page_at (target, 0, &page));
  g_assert_false (stn_target_page_at (target, G_MAXUINT64, &page));
  g_assert_cmpuint (page.number, ==, 77);
  g_assert_true (stn_target_page_at (target, end - 1, &page));
  g_assert_cmpuint (page.number, ==, pages - 1);
  g_assert_true (stn_target_in_flash (target, target->flash_base, end - target->flash_base));
  g_assert_true (stn_target_in_flash (target, end - 1, 1));
  g_assert_true (stn_target_in_flash (target, end - 1, 0));
  g_assert_false (stn_target_in_flash (target, end, 0));
  g_assert_false (stn_target_in_flash (target, end - 1, 2));
  g_assert_false (stn_target_in_flash (target, target->flash_base - 1, 2));
  g_assert_false (stn_target_in_flash (target, end - 1, G_MAXUINT64));
}

static void
g071_has_64_pages_of_2_kib (void)
{
  g_autoptr (StnTargets) targets = targets_or_fail ();
  const StnTarget *target = find_or_fail (targets, "STM32G071xB");
  g_assert_cmpuint (target->flash_bytes, ==, 131072);
  expect_page (target, 0, 0x08000000, 2048);
  expect_page (target, 1, 0x08000800, 2048);
  expect_page (target, 63, 0x0801F800, 2048);
  expect_end (target, 64, 0x08020000);
  target = find_or_fail (targets, "STM32G071x8");
  g_assert_cmpuint (target->flash_bytes, ==, 65536);
  g_assert_cmpuint (target->flash_bytes_largest, ==, 131072);
  expect_end (target, 32, 0x08010000);
}

static void
f405_has_twelve_sectors_of_three_sizes (void)
{
  static const struct {
    guint64 address;
    guint32 kib;
  } sectors[] = { { 0x08000000, 16 },  { 0x08004000, 16 },  { 0x08008000, 16 },  { 0x0800C000, 16 },
                  { 0x08010000, 64 },  { 0x08020000, 128 }, { 0x08040000, 128 }, { 0x08060000, 128 },
                  { 0x08080000, 128 }, { 0x080A0000, 128 }, { 0x080C0000, 128 }, { 0x080E0000, 128 } };
  g_autoptr (StnTargets) targets = targets_or_fail ();
  const StnTarget *target = find_or_fail (targets, "STM32F405xG");
  for (guint i = 0; i < G_N_ELEMENTS (sectors); i++)
    expect_page (target, i, sectors[i].address, sectors[i].kib * 1024);
  expect_end (target, 12, 0x08100000);
  expect_end (find_or_fail (targets, "STM32F405xE"), 8, 0x08080000);
}

static void
f103_has_pages_of_1_or_2_kib (void)
{
  g_autoptr (StnTargets) targets = targets_or_fail ();
  const StnTarget *target = find_or_fail (targets, "STM32F103xB");
  expect_page (target, 127, 0x0801FC00, 1024);
  expect_end (target, 128, 0x08020000);
  expect_end (find_or_fail (targets, "STM32F103x8"), 64, 0x08010000);
  /* XL: one numbering over both banks */
  target = find_or_fail (targets, "STM32F103xG");
  expect_page (target, 255, 0x0807F800, 2048);
  expect_page (target, 256, 0x08080000, 2048);
  expect_end (target, 512, 0x08100000);
  expect_end (find_or_fail (targets, "STM32F103xF"), 384, 0x080C0000);
}

static void
l0_has_more_pages_than_three_digits (void)
{
  g_autoptr (StnTargets) targets = targets_or_fail ();
  const StnTarget *target = find_or_fail (targets, "STM32L073xZ");
  expect_page (target, 1, 0x08000080, 128);
  expect_page (target, 1535, 0x0802FF80, 128);
  expect_end (target, 1536, 0x08030000);
  expect_end (find_or_fail (targets, "STM32L151xE"), 2048, 0x08080000);
}

static void
two_banks_of_sectors_number_through (void)
{
  g_autoptr (StnTargets) targets = targets_or_fail ();
  const StnTarget *target = find_or_fail (targets, "STM32F429xI");
  expect_page (target, 11, 0x080E0000, 128 * 1024);
  expect_page (target, 12, 0x08100000, 16 * 1024);
  expect_page (target, 16, 0x08110000, 64 * 1024);
  expect_end (target, 24, 0x08200000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/geometry/what_is_no_map_is_refused", what_is_no_map_is_refused);
  g_test_add_func ("/geometry/a_size_within_a_page_is_refused", a_size_within_a_page_is_refused);
  g_test_add_func ("/geometry/a_map_is_cut_at_the_flash_size", a_map_is_cut_at_the_flash_size);
  g_test_add_func ("/geometry/g071_has_64_pages_of_2_kib", g071_has_64_pages_of_2_kib);
  g_test_add_func ("/geometry/f405_has_twelve_sectors_of_three_sizes", f405_has_twelve_sectors_of_three_sizes);
  g_test_add_func ("/geometry/f103_has_pages_of_1_or_2_kib", f103_has_pages_of_1_or_2_kib);
  g_test_add_func ("/geometry/l0_has_more_pages_than_three_digits", l0_has_more_pages_than_three_digits);
  g_test_add_func ("/geometry/two_banks_of_sectors_number_through", two_banks_of_sectors_number_through);
  return g_test_run ();
}
