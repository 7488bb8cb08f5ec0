/* Times, quirks by ROM version, and the rules that stand in where the data has no time. */
#include "src/base/clock.h"
#include "tests/target/target-fixture.h"

#define MS(n) ((gint64) (n) *STN_NS_PER_MS)

static void
data_comes_before_the_rules (void)
{
  g_autoptr (StnTargets) targets = targets_or_fail ();
  const StnTarget *g0 = find_or_fail (targets, "STM32G071xB");
  StnPage page;
  g_assert_true (stn_target_page (g0, 0, &page));
  g_assert_cmpint (stn_target_page_erase_typical_ns (g0, &page), ==, MS (22));
  g_assert_cmpint (stn_target_page_erase_longest_ns (g0, &page), ==, MS (40));
  g_assert_cmpint (stn_target_mass_erase_typical_ns (g0), ==, 22100000);
  g_assert_cmpint (stn_target_mass_erase_longest_ns (g0), ==, 40100000);
  g_assert_cmpint (stn_target_program_typical_ns (g0, 256), ==, 2700000);
  g_assert_cmpint (stn_target_program_typical_ns (g0, 257), ==, 5400000);
  g_assert_cmpint (stn_target_program_longest_ns (g0, 131072), ==, MS (2048));
  g_assert_cmpint (stn_target_program_typical_ns (g0, 0), ==, 0);
  g_assert_cmpint (stn_target_rom_start_ns (g0), ==, 390000);
  g_assert_cmpint (stn_target_option_write_longest_ns (g0), ==, MS (50));
  g_assert_cmpuint (stn_target_write_block_bytes (g0), ==, 256);
  g_assert_cmpuint (stn_target_write_unit_bytes (g0), ==, 8);
}

static void
sectors_have_times_of_their_own (void)
{
  g_autoptr (StnTargets) targets = targets_or_fail ();
  const StnTarget *f4 = find_or_fail (targets, "STM32F405xG");
  static const struct {
    guint sector;
    gint64 typical_ms, longest_ms;
  } cases[] = { { 0, 400, 800 }, { 4, 1200, 2400 }, { 5, 2000, 4000 } };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    StnPage page;
    g_assert_true (stn_target_page (f4, cases[i].sector, &page));
    g_assert_cmpint (stn_target_page_erase_typical_ns (f4, &page), ==, MS (cases[i].typical_ms));
    g_assert_cmpint (stn_target_page_erase_longest_ns (f4, &page), ==, MS (cases[i].longest_ms));
  }
  g_assert_cmpint (stn_target_mass_erase_longest_ns (f4), ==, MS (32000));
  g_assert_cmpint (stn_target_option_write_longest_ns (f4), ==, MS (2000));
  g_assert_cmpuint (stn_target_write_unit_bytes (f4), ==, 4);
}

static void
l0_writes_half_blocks_in_half_the_time (void)
{
  g_autoptr (StnTargets) targets = targets_or_fail ();
  const StnTarget *l0 = find_or_fail (targets, "STM32L073xZ");
  g_assert_cmpuint (stn_target_write_block_bytes (l0), ==, 128);
  g_assert_cmpint (stn_target_program_typical_ns (l0, 128), ==, 6400000);
  g_assert_cmpint (stn_target_program_typical_ns (l0, 256), ==, 12800000);
  g_assert_cmphex (l0->erased_byte, ==, 0x00);
  g_assert_true (l0->erased_byte_known);
  g_assert_cmpuint (l0->uid_offsets[2], ==, 0x14);
  g_assert_true (l0->quirks & STN_QUIRK_NO_MASS_ERASE);
}

static void
what_is_not_known_follows_the_rules (void)
{
  static const StnPageStretch stretches[] = { { 0, 8192, 2, 0 }, { 16384, 8193, 1, 2 } };
  StnTarget bare = { .stretches = stretches, .stretch_count = 2, .flash_bytes = 16384 + 8193 };
  StnPage small = { .bytes = 8192 }, large = { .bytes = 8193 };
  g_assert_cmpint (stn_target_page_erase_longest_ns (&bare, &small), ==, MS (40));
  g_assert_cmpint (stn_target_page_erase_typical_ns (&bare, &small), ==, MS (20));
  g_assert_cmpint (stn_target_page_erase_longest_ns (&bare, &large), ==, MS (5000));
  g_assert_cmpint (stn_target_mass_erase_longest_ns (&bare), ==, MS (60000));
  g_assert_cmpint (stn_target_mass_erase_typical_ns (&bare), ==, MS (20 + 20 + 2500));
  g_assert_cmpint (stn_target_program_typical_ns (&bare, 256), ==, MS (7));
  g_assert_cmpint (stn_target_program_longest_ns (&bare, 256), ==, MS (252));
  g_assert_cmpint (stn_target_rom_start_ns (&bare), ==, MS (20));
  g_assert_cmpint (stn_target_option_write_longest_ns (&bare), ==, MS (2000));
  g_assert_cmpuint (stn_target_write_unit_bytes (&bare), ==, 1);
  bare.mass_erase_max_ms = 100;
  g_assert_cmpint (stn_target_mass_erase_typical_ns (&bare), ==, MS (50));
  bare.page_erase_max_ms = 10;
  g_assert_cmpint (stn_target_page_erase_typical_ns (&bare, &large), ==, MS (5));
}

static void
times_saturate (void)
{
  StnTarget slow = { .program_256_typical_ms = 1e300, .page_erase_max_ms = 1e13, .mass_erase_max_ms = -5 };
  StnPage page = { .bytes = 1 };
  g_assert_cmpint (stn_target_program_typical_ns (&slow, 256), ==, G_MAXINT64);
  slow.program_256_typical_ms = 1;
  g_assert_cmpint (stn_target_program_typical_ns (&slow, G_MAXUINT64), ==, G_MAXINT64);
  g_assert_cmpint (stn_target_page_erase_longest_ns (&slow, &page), ==, G_MAXINT64);
  g_assert_cmpint (stn_target_mass_erase_longest_ns (&slow), ==, MS (60000));
  g_assert_cmpint (stn_target_timeout_ns (G_MAXINT64), ==, G_MAXINT64);
  g_assert_cmpint (stn_target_timeout_ns (MS (40)), ==, MS (580));
  g_assert_cmpint (stn_target_timeout_ns (0), ==, MS (500));
  g_assert_cmpint (stn_target_timeout_ns (-1), ==, MS (500));
}

static void
quirks_belong_to_rom_versions (void)
{
  g_autoptr (StnTargets) targets = targets_or_fail ();
  const StnTarget *g0 = find_or_fail (targets, "STM32G071xB");
  guint all = STN_QUIRK_ONE_PAGE_PER_ERASE | STN_QUIRK_EARLY_ERASE_ANSWER | STN_QUIRK_NO_OPTION_LOAD;
  g_assert_cmphex (g0->quirks, ==, all);
  g_assert_cmphex (stn_target_quirks_for (g0, 0xB3), ==, STN_QUIRK_ONE_PAGE_PER_ERASE | STN_QUIRK_EARLY_ERASE_ANSWER);
  g_assert_cmphex (stn_target_quirks_for (g0, 0xB2), ==, STN_QUIRK_NO_OPTION_LOAD);
  g_assert_cmphex (stn_target_quirks_for (g0, 0xB4), ==, 0);
  /* not read, and a version that came after the data */
  g_assert_cmphex (stn_target_quirks_for (g0, 0), ==, all);
  g_assert_cmphex (stn_target_quirks_for (g0, 0xB5), ==, all);
  g_assert_cmpint (stn_target_empty_check_for (g0, 0xB3), ==, STN_EMPTY_CHECK_CLEARED_BY_ROM);
  g_assert_cmpint (stn_target_empty_check_for (g0, 0xB4), ==, STN_EMPTY_CHECK_LATCHED);
  g_assert_cmpint (stn_target_empty_check_for (g0, 0), ==, STN_EMPTY_CHECK_CLEARED_BY_ROM);
  const StnTarget *g0b1 = find_or_fail (targets, "STM32G0B1xE");
  g_assert_cmphex (stn_target_quirks_for (g0b1, 0x92), ==, STN_QUIRK_ONE_PAGE_PER_ERASE);
  g_assert_cmpint (stn_target_empty_check_for (g0b1, 0x92), ==, STN_EMPTY_CHECK_CLEARED_BY_ROM);
  g_assert_cmpint (g0->boot_pin, ==, STN_BOOT_PIN_IGNORED_AS_SHIPPED);
  g_assert_cmpint (find_or_fail (targets, "STM32F405xG")->boot_pin, ==, STN_BOOT_PIN_LIVE);
  g_assert_cmpint (find_or_fail (targets, "STM32F103xB")->empty_check, ==, STN_EMPTY_CHECK_NONE);
  g_assert_cmpuint (find_or_fail (targets, "STM32F030xC")->boot_pattern, ==, 2);
  g_assert_cmpuint (find_or_fail (targets, "STM32F091xC")->boot_pattern, ==, 6);
}

static void
quirk_names_are_those_of_the_files (void)
{
  g_assert_cmpstr (stn_quirk_name (STN_QUIRK_ONE_PAGE_PER_ERASE), ==, "one-page-per-erase");
  g_assert_cmpstr (stn_quirk_name (STN_QUIRK_WRITE_128), ==, "write-128");
  g_assert_cmpstr (stn_quirk_name (STN_QUIRK_UNPROTECT_NEEDS_POWER_CYCLE), ==, "unprotect-needs-power-cycle");
  g_assert_cmpstr (stn_quirk_name (STN_QUIRK_UNPROTECT_KEEPS_PCROP), ==, "unprotect-keeps-pcrop");
  g_assert_null (stn_quirk_name (STN_QUIRK_UNPROTECT_KEEPS_PCROP << 1));
  g_assert_null (stn_quirk_name (0));
}

/* timing.md section 3, "USB enumeration ready after reset": the slowest figure of each row. */
static void
usb_start_is_that_of_the_timing_notes (void)
{
  static const struct {
    const char *part;
    guint ms;
  } rows[] = {
    { "STM32C071xB", 552 },   { "STM32C551xE", 140 }, { "STM32F042x6", 350 }, { "STM32F072xB", 320 },
    { "STM32F105xC", 13700 }, { "STM32F205xG", 270 }, { "STM32F303xC", 300 }, { "STM32F405xG", 380 },
    { "STM32F746xG", 320 },   { "STM32G0B1xE", 300 }, { "STM32G474xE", 300 }, { "STM32H563xI", 250 },
    { "STM32H743xI", 54 },    { "STM32L073xZ", 140 }, { "STM32L152xE", 849 }, { "STM32L412xB", 820 },
    { "STM32L433xC", 820 },   { "STM32L452xE", 330 }, { "STM32L496xG", 430 }, { "STM32L552xE", 300 },
    { "STM32U073xC", 241 },   { "STM32U575xI", 300 }, { "STM32U375xG", 210 }, { "STM32WB55xG", 300 },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (StnTargets) targets = stn_targets_new (NULL, &error);
  guint count;

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const StnTarget *target = find_or_fail (targets, rows[i].part);
    if (target->usb_start_ms != rows[i].ms)
      g_error ("%s: %g ms", rows[i].part, target->usb_start_ms);
    g_assert_true (target->has_usb);
  }
  const StnTarget *const *all = stn_targets_list (targets, &count);
  for (guint i = 0; i < count; i++)
    g_assert_cmpint (stn_target_usb_start_ns (all[i]), >=, stn_target_rom_start_ns (all[i]));
  StnTarget bare = { 0 };
  g_assert_cmpint (stn_target_usb_start_ns (&bare), ==, MS (900));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/times/data_comes_before_the_rules", data_comes_before_the_rules);
  g_test_add_func ("/times/sectors_have_times_of_their_own", sectors_have_times_of_their_own);
  g_test_add_func ("/times/l0_writes_half_blocks_in_half_the_time", l0_writes_half_blocks_in_half_the_time);
  g_test_add_func ("/times/what_is_not_known_follows_the_rules", what_is_not_known_follows_the_rules);
  g_test_add_func ("/times/times_saturate", times_saturate);
  g_test_add_func ("/times/quirks_belong_to_rom_versions", quirks_belong_to_rom_versions);
  g_test_add_func ("/times/quirk_names_are_those_of_the_files", quirk_names_are_those_of_the_files);
  g_test_add_func ("/times/usb_start_is_that_of_the_timing_notes", usb_start_is_that_of_the_timing_notes);
  return g_test_run ();
}
