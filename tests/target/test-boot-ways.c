/* Boot patterns 1 to 19 against the sentences of AN2606 table 2 (tests' own reading), the ways that a site has into the
 * ROM, and the hazards of option values. */
#include <string.h>

#include "src/target/boot-ways.h"
#include "tests/target/target-fixture.h"

/* A block as shipped with "FIELD=VALUE FIELD=VALUE" over it. */
static StnOptionBlock *
block_with_or_fail (const StnTarget *target, const char *values)
{
  StnOptionBlock *block = stn_option_block_new_default (target);
  g_auto (GStrv) settings = g_strsplit (values, " ", -1);
  for (guint i = 0; block != NULL && settings[i] != NULL && *settings[i] != '\0'; i++) {
    g_autoptr (GError) error = NULL;
    guint32 value = 0;
    g_auto (GStrv) sides = g_strsplit (settings[i], "=", 2);
    const StnOptionField *field = stn_options_find (target, sides[0], &error);
    g_assert_no_error (error);
    stn_option_field_read (field, sides[1], &value, &error);
    g_assert_no_error (error);
    stn_option_block_set (block, field, value, &error);
    g_assert_no_error (error);
  }
  return block;
}

enum { HIGH = 1, BOOT1 = 2, EMPTY = 4, INVALID = 8 };

typedef struct {
  guint pattern;
  const char *part, *options;
  guint conditions;
  StnBootStart start;
} Case;

#define ROM STN_BOOT_ROM
#define FLASH STN_BOOT_FLASH
#define RAM STN_BOOT_RAM

static const Case cases[] = {
  /* 1: BOOT0 pin 1 and BOOT1 pin 0 */
  { 1, "STM32F103xB", "", HIGH, ROM },
  { 1, "STM32F103xB", "", HIGH | BOOT1, RAM },
  { 1, "STM32F103xB", "", 0, FLASH },
  { 1, "STM32F103xB", "", EMPTY, FLASH },
  { 1, "STM32F407xG", "", HIGH, ROM },
  { 1, "STM32F407xG", "", INVALID, FLASH },
  { 1, "STM32L152xB", "", HIGH | BOOT1, RAM },
  /* 2: BOOT0 pin 1 and nBOOT1 = 1 */
  { 2, "STM32F051x8", "", HIGH, ROM },
  { 2, "STM32F051x8", "nBOOT1=0", HIGH, RAM },
  { 2, "STM32F051x8", "nBOOT1=0", 0, FLASH },
  { 2, "STM32F303xC", "", HIGH | BOOT1, ROM }, /* the pin is no BOOT1 there */
  /* 3: (1, BOOT1 0, BFB2 1) or (0, BFB2 0, both invalid) or (1, BOOT1 0, BFB2 0, both invalid) */
  { 3, "STM32F103xG", "", HIGH, ROM },
  { 3, "STM32F103xG", "", INVALID, FLASH },
  { 3, "STM32F103xG", "BFB2=0", INVALID, ROM },
  { 3, "STM32F103xG", "BFB2=0", HIGH | INVALID, ROM },
  { 3, "STM32F103xG", "BFB2=0", HIGH, FLASH },
  { 3, "STM32F103xG", "BFB2=0", 0, FLASH },
  { 3, "STM32F103xG", "", HIGH | BOOT1, RAM },
  /* 4: as 3, third item: BOOT0 1, BOOT1 0, BFB2 0 */
  { 4, "STM32L152xE", "", HIGH, ROM },
  { 4, "STM32L152xE", "nBFB2=0", HIGH, ROM },
  { 4, "STM32L152xE", "nBFB2=0", INVALID, ROM },
  { 4, "STM32L152xE", "nBFB2=1", INVALID, FLASH },
  /* 5: (1, BOOT1 0, BFB2 0) or (0, BFB2 1, both invalid) or (1, BOOT1 0, BFB2 1) */
  { 5, "STM32F429xI", "", HIGH, ROM },
  { 5, "STM32F429xI", "BFB2=1", HIGH, ROM },
  { 5, "STM32F429xI", "BFB2=1", INVALID, ROM },
  { 5, "STM32F429xI", "BFB2=0", INVALID, FLASH },
  { 5, "STM32F429xI", "BFB2=1", 0, FLASH },
  { 5, "STM32F429xI", "", HIGH | BOOT1, RAM },
  /* 6: (pin 1, nBOOT1 1, SW 1) or (nBOOT0 0, nBOOT1 1, SW 0) or (pin 0, SW 1, empty) or (nBOOT0 1, SW 0, empty) */
  { 6, "STM32F042x6", "", HIGH, ROM },
  { 6, "STM32F042x6", "", 0, FLASH },
  { 6, "STM32F042x6", "", EMPTY, ROM },
  { 6, "STM32F042x6", "BOOT_SEL=0", HIGH, FLASH },
  { 6, "STM32F042x6", "BOOT_SEL=0 nBOOT0=0", 0, ROM },
  { 6, "STM32F042x6", "BOOT_SEL=0 nBOOT0=1", EMPTY, ROM },
  { 6, "STM32F042x6", "nBOOT0=0", 0, FLASH },
  { 6, "STM32F042x6", "nBOOT1=0", HIGH, RAM },
  { 6, "STM32F042x6", "BOOT_SEL=0 nBOOT0=0 nBOOT1=0", 0, RAM },
  { 6, "STM32L496xG", "nSWBOOT0=0 nBOOT0=0", 0, ROM },
  { 6, "STM32L4R5xI", "nSWBOOT0=0", HIGH, FLASH },
  /* 7: (1, nBOOT1 1, BFB2 0) or (0, BFB2 1, both invalid) or (1, nBOOT1 1, BFB2 1) */
  { 7, "STM32L476xG", "", HIGH, ROM },
  { 7, "STM32L476xG", "nBOOT1=0", HIGH, RAM },
  { 7, "STM32L476xG", "BFB2=1", INVALID, ROM },
  { 7, "STM32L476xG", "BFB2=1", HIGH, ROM },
  { 7, "STM32L476xG", "", INVALID, FLASH },
  { 7, "STM32L476xG", "", EMPTY, FLASH },
  /* 8: (BOOT 0 and BOOT_ADD0 = 0040) or (BOOT 1 and BOOT_ADD1 = 0040) */
  { 8, "STM32F746xG", "", HIGH, ROM },
  { 8, "STM32F746xG", "", 0, FLASH },
  { 8, "STM32F746xG", "BOOT_ADD0=0x40", 0, ROM },
  { 8, "STM32F746xG", "BOOT_ADD1=0x80", HIGH, FLASH },
  { 8, "STM32F746xG", "BOOT_ADD1=0x2000", HIGH, FLASH },
  { 8, "STM32F746xG", "BOOT_ADD1=0x8000", HIGH, RAM },
  { 8, "STM32F746xG", "BOOT_ADD0=0x1000", 0, STN_BOOT_NOTHING },
  /* 9: nDBANK 1: as 8; nDBANK 0 nDBOOT 1: as 8; both 0: out of range, in ICP memory, or in flash with both invalid */
  { 9, "STM32F767xI", "", HIGH, ROM },
  { 9, "STM32F767xI", "nDBANK=0", INVALID, FLASH },
  { 9, "STM32F767xI", "nDBOOT=0", INVALID, FLASH },
  { 9, "STM32F767xI", "nDBANK=0 nDBOOT=0", 0, FLASH },
  { 9, "STM32F767xI", "nDBANK=0 nDBOOT=0", INVALID, ROM },
  { 9, "STM32F767xI", "nDBANK=0 nDBOOT=0 BOOT_ADD0=0x1000", 0, ROM },
  { 9, "STM32F767xI", "nDBANK=0 nDBOOT=0", HIGH, ROM },
  /* 10: (BOOT 0, BOOT_ADD0 = 1FF0) or (BOOT 1, BOOT_ADD1 = 1FF0) */
  { 10, "STM32H743xI", "", HIGH, ROM },
  { 10, "STM32H743xI", "", 0, FLASH },
  { 10, "STM32H743xI", "BOOT_ADD0=0x1FF0", 0, ROM },
  { 10, "STM32H743xI", "BOOT_ADD1=0x0810", HIGH, FLASH },
  { 10, "STM32H745xI", "BCM7=0", 0, FLASH },
  { 10, "STM32H745xI", "BCM7=0 BCM4=0", 0, STN_BOOT_NOTHING },
  /* 11: BOOT_LOCK 0 and: (nBOOT1 1, SEL 1, nBOOT0 0) or (nBOOT1 1, pin 1, SEL 0) or (SEL 1, nBOOT0 1, empty) or
   * (pin 0, SEL 0, empty) */
  { 11, "STM32G071xB", "", HIGH, FLASH },
  { 11, "STM32G071xB", "", EMPTY, ROM },
  { 11, "STM32G071xB", "", HIGH | EMPTY, ROM },
  { 11, "STM32G071xB", "nBOOT0=0", 0, ROM },
  { 11, "STM32G071xB", "nBOOT_SEL=0", HIGH, ROM },
  { 11, "STM32G071xB", "nBOOT_SEL=0", 0, FLASH },
  { 11, "STM32G071xB", "nBOOT_SEL=0", EMPTY, ROM },
  { 11, "STM32G071xB", "nBOOT_SEL=0 nBOOT0=0", 0, FLASH },
  { 11, "STM32G071xB", "nBOOT_SEL=0 nBOOT1=0", HIGH, RAM },
  { 11, "STM32G071xB", "nBOOT_SEL=0 BOOT_LOCK=1", HIGH, FLASH },
  { 11, "STM32G071xB", "BOOT_LOCK=1", EMPTY, FLASH },
  { 11, "STM32G030x8", "nBOOT_SEL=0", HIGH, ROM },
  { 11, "STM32C011x6", "", EMPTY, ROM },
  { 11, "STM32U083xC", "nBOOT_SEL=0", HIGH, ROM },
  /* 12: TZEN 0: the selected NSBOOTADDx is the ROM */
  { 12, "STM32U575xI", "", HIGH, ROM },
  { 12, "STM32U575xI", "", 0, FLASH },
  { 12, "STM32U575xI", "nSWBOOT0=0", HIGH, FLASH },
  { 12, "STM32U575xI", "nSWBOOT0=0 nBOOT0=0", 0, ROM },
  { 12, "STM32U575xI", "NSBOOTADD0=0x0BF90000", 0, ROM },
  { 12, "STM32U575xI", "NSBOOTADD1=0x08000000", HIGH, FLASH },
  { 12, "STM32U575xI", "TZEN=1", HIGH, STN_BOOT_UNKNOWN },
  { 12, "STM32U575xI", "BOOT_LOCK=1", HIGH, ROM }, /* it locks the secure address only */
  { 12, "STM32U375xG", "NSBOOTADD0=0x0BF8F000", 0, ROM },
  { 12, "STM32L552xE", "", HIGH, ROM },
  /* 13: (nBOOT0 0, nBOOT1 1, nSW 0) or (nBOOT0 1, nBOOT1 1, nSW 0, empty) or (nBOOT1 1, nSW 1, pin 1) or (nBOOT1 1,
   * nSW 1, pin 0, empty) */
  { 13, "STM32WL55xC", "", HIGH, ROM },
  { 13, "STM32WL55xC", "", EMPTY, ROM },
  { 13, "STM32WL55xC", "nBOOT1=0", EMPTY, FLASH },
  { 13, "STM32WL55xC", "nSWBOOT0=0", EMPTY, ROM },
  { 13, "STM32WL55xC", "nSWBOOT0=0 nBOOT0=0", 0, ROM },
  { 13, "STM32WL55xC", "BOOT_LOCK=1", HIGH, FLASH },
  /* 14: BOOT_LOCK 0 and: (nBOOT1 1, pin 1, nSW 1) or (nBOOT1 1, nBOOT0 0, nSW 0) or (low, BFB2 1, both invalid) */
  { 14, "STM32G474xE", "", HIGH, ROM },
  { 14, "STM32G474xE", "nSWBOOT0=0 nBOOT0=0", 0, ROM },
  { 14, "STM32G474xE", "BFB2=1", INVALID, ROM },
  { 14, "STM32G474xE", "BFB2=1 BOOT_LOCK=1", INVALID, FLASH },
  { 14, "STM32G474xE", "BOOT_LOCK=1", HIGH, FLASH },
  { 14, "STM32G474xE", "", EMPTY, FLASH },
  /* 15: BOOT_LOCK 0 and: (pin 1, nBOOT1 1, nSW 1) or (nBOOT0 0, nBOOT1 1, nSW 0) */
  { 15, "STM32G431xB", "", HIGH, ROM },
  { 15, "STM32G431xB", "nSWBOOT0=0", HIGH, FLASH },
  { 15, "STM32G431xB", "nSWBOOT0=0 nBOOT0=0", 0, ROM },
  { 15, "STM32G431xB", "BOOT_LOCK=1", HIGH, FLASH },
  { 15, "STM32G431xB", "nBOOT1=0", HIGH, RAM },
  { 15, "STM32G431xB", "", EMPTY, FLASH },
  /* 16: (pin 1, nBOOT1 1, nSW 1) or (nBOOT0 0, nBOOT1 1, nSW 0) or (pin 0, nSW 1, empty) */
  { 16, "STM32L431xC", "", HIGH, ROM },
  { 16, "STM32L431xC", "", EMPTY, ROM },
  { 16, "STM32L431xC", "nSWBOOT0=0", EMPTY, FLASH },
  { 16, "STM32L431xC", "nSWBOOT0=0 nBOOT0=0", 0, ROM },
  { 16, "STM32WB55xG", "", EMPTY, ROM },
  { 16, "STM32WB55xG", "nSWBOOT0=0", HIGH, FLASH },
  /* 17: product state Open and BOOT0 1; or product state Provisioning */
  { 17, "STM32H563xI", "", HIGH, ROM },
  { 17, "STM32H563xI", "", 0, FLASH },
  { 17, "STM32H563xI", "PRODUCT_STATE=0x17", 0, ROM },
  { 17, "STM32H563xI", "PRODUCT_STATE=0x72", HIGH, FLASH },
  { 17, "STM32H503xB", "NSBOOTADD=0x60000000", 0, STN_BOOT_NOTHING },
  /* 19: (BOOT0 bit 1, BOOT_SEL 0) or (BOOT0 bit 0, BOOT_SEL 0, empty) or (BOOT_SEL 1, pin 1) */
  { 19, "STM32C531xC", "", HIGH, FLASH },
  { 19, "STM32C531xC", "BOOT0=1", 0, ROM },
  { 19, "STM32C531xC", "", EMPTY, ROM },
  { 19, "STM32C531xC", "BOOT_SEL=1", HIGH, ROM },
  { 19, "STM32C531xC", "BOOT_SEL=1", EMPTY, FLASH },
  /* RDP level 2 blocks the system memory on all parts; F1 has none */
  { 11, "STM32G071xB", "nBOOT_SEL=0 RDP=0xCC", HIGH, FLASH },
  { 11, "STM32G071xB", "nBOOT_SEL=0 RDP=0xBB", HIGH, ROM },
  { 1, "STM32F103xB", "RDP=0xCC", HIGH, ROM },
  { 16, "STM32WB55xG", "RDP=0xCC", EMPTY, FLASH },
};

static void
test_every_pattern_starts_as_the_note_says (void)
{
  g_autoptr (StnTargets) targets = targets_or_fail ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Case *one = &cases[i];
    const StnTarget *target = find_or_fail (targets, one->part);
    g_test_message ("%s, pattern %u: %s, conditions %x", one->part, one->pattern, one->options, one->conditions);
    g_assert_cmpuint (target->boot_pattern, ==, one->pattern);
    g_autoptr (StnOptionBlock) block = block_with_or_fail (target, one->options);
    StnBootState state = { .target = target,
                           .options = block,
                           .boot0_high = (one->conditions & HIGH) != 0,
                           .boot1_high = (one->conditions & BOOT1) != 0,
                           .empty = (one->conditions & EMPTY) != 0 ? STN_EMPTY_YES : STN_EMPTY_NO,
                           .banks_invalid = (one->conditions & INVALID) != 0 };
    g_assert_cmpstr (stn_boot_start_name (stn_boot_start (&state)), ==, stn_boot_start_name (one->start));
    if (*one->options == '\0') {
      state.options = NULL;
      g_assert_cmpstr (stn_boot_start_name (stn_boot_start (&state)), ==, stn_boot_start_name (one->start));
    }
  }
}

/* 18: PA10 high at reset: nothing else counts, there are no option bytes. */
static void
test_wb0_starts_its_rom_by_the_pin_alone (void)
{
  g_autoptr (StnTargets) targets = targets_or_fail ();
  guint count = 0;
  g_autofree const StnTarget **found = stn_targets_with_product_id (targets, 0x03B, &count);
  g_assert_cmpuint (count, ==, 1);
  g_assert_cmpuint (found[0]->boot_pattern, ==, 18);
  StnBootState state = { .target = found[0], .boot0_high = TRUE };
  g_assert_cmpint (stn_boot_start (&state), ==, STN_BOOT_ROM);
  state.boot0_high = FALSE;
  g_assert_cmpint (stn_boot_start (&state), ==, STN_BOOT_FLASH);
  g_assert_null (stn_target_options (found[0]));
  g_assert_null (stn_option_block_new_default (found[0]));
}

static void
test_every_usable_chip_has_a_known_start (void)
{
  g_autoptr (StnTargets) targets = targets_or_fail ();
  guint count = 0;
  const StnTarget *const *rows = stn_targets_list (targets, &count);
  for (guint i = 0; i < count; i++) {
    StnBootState state = { .target = rows[i] };
    if (rows[i]->provisional)
      continue;
    g_test_message ("%s", rows[i]->line);
    /* the select bit of the C551 is not known as shipped, nor is the pin's */
    g_assert_cmpstr (stn_boot_start_name (stn_boot_start (&state)), ==, "flash");
    state.boot0_high = TRUE;
    StnBootStart high = stn_boot_start (&state);
    if (rows[i]->boot_pin == STN_BOOT_PIN_LIVE)
      g_assert_cmpstr (stn_boot_start_name (high), ==, "rom");
    if (rows[i]->boot_pin == STN_BOOT_PIN_IGNORED_AS_SHIPPED)
      g_assert_true (high == STN_BOOT_FLASH || high == STN_BOOT_UNKNOWN);
  }
}

static void
test_what_is_unknown_is_not_promised (void)
{
  g_autoptr (StnTargets) targets = targets_or_fail ();
  const StnTarget *target = find_or_fail (targets, "STM32G071xB");
  StnBootState state = { .target = target, .empty = STN_EMPTY_UNKNOWN };
  g_assert_cmpint (stn_boot_start (&state), ==, STN_BOOT_UNKNOWN);
  g_autoptr (StnOptionBlock) locked = block_with_or_fail (target, "BOOT_LOCK=1");
  state.options = locked;
  g_assert_cmpint (stn_boot_start (&state), ==, STN_BOOT_FLASH);
  guint count = 0;
  g_autofree const StnTarget **found = stn_targets_with_product_id (targets, 0x44E, &count);
  state = (StnBootState){ .target = found[0], .boot0_high = TRUE };
  g_assert_cmpint (stn_boot_start (&state), ==, STN_BOOT_UNKNOWN);
}

static void
test_ways_follow_options_wiring_and_latch (void)
{
  static const struct {
    const char *part, *options;
    gboolean boot0, nrst, power;
    StnEmptyState latch;
    gboolean flash_empty;
    guint16 bootloader_id;
    const char *ways;
  } ways[] = {
    { "STM32G071xB", "", TRUE, TRUE, FALSE, STN_EMPTY_YES, TRUE, 0xB2,
      "a reset while the chip remembers that its flash was empty" },
    { "STM32G071xB", "", TRUE, TRUE, TRUE, STN_EMPTY_YES, TRUE, 0xB3, "power off and on while the flash is empty" },
    { "STM32G071xB", "", TRUE, TRUE, FALSE, STN_EMPTY_YES, TRUE, 0xB3, "none" },
    { "STM32G071xB", "", TRUE, TRUE, TRUE, STN_EMPTY_NO, FALSE, 0, "none" },
    { "STM32G071xB", "nBOOT_SEL=0", TRUE, TRUE, FALSE, STN_EMPTY_NO, FALSE, 0, "BOOT0 high at a reset" },
    { "STM32G071xB", "nBOOT_SEL=0", FALSE, TRUE, FALSE, STN_EMPTY_NO, FALSE, 0, "none" },
    { "STM32G071xB", "nBOOT_SEL=0", TRUE, FALSE, FALSE, STN_EMPTY_NO, FALSE, 0, "none" },
    { "STM32G071xB", "nBOOT_SEL=0", TRUE, FALSE, TRUE, STN_EMPTY_NO, FALSE, 0, "BOOT0 high at a reset" },
    { "STM32G071xB", "nBOOT_SEL=0 NRST_MODE=2", TRUE, TRUE, FALSE, STN_EMPTY_NO, FALSE, 0, "none" },
    { "STM32G071xB", "nBOOT_SEL=0 NRST_MODE=2", TRUE, TRUE, TRUE, STN_EMPTY_NO, FALSE, 0, "BOOT0 high at a reset" },
    { "STM32G071xB", "nBOOT0=0", FALSE, TRUE, FALSE, STN_EMPTY_NO, FALSE, 0, "any reset: the options start the ROM" },
    { "STM32G071xB", "nBOOT_SEL=0 RDP=0xCC", TRUE, TRUE, TRUE, STN_EMPTY_YES, TRUE, 0, "none" },
    { "STM32F103xB", "", TRUE, TRUE, FALSE, STN_EMPTY_YES, TRUE, 0, "BOOT0 high at a reset" },
    { "STM32F103xB", "", FALSE, TRUE, TRUE, STN_EMPTY_YES, TRUE, 0, "none" },
    { "STM32F429xI", "BFB2=1", FALSE, TRUE, FALSE, STN_EMPTY_NO, TRUE, 0, "a reset while no bank holds a program" },
    { "STM32L431xC", "", TRUE, TRUE, TRUE, STN_EMPTY_YES, TRUE, 0x91,
      "BOOT0 high at a reset; a reset while the chip remembers that its flash was empty; power off and on while the "
      "flash is empty" },
    { "STM32WB15xC", "NRST_MODE1=0", TRUE, TRUE, FALSE, STN_EMPTY_NO, FALSE, 0, "none" },
    { "STM32WB15xC", "NRST_MODE0=0", TRUE, TRUE, FALSE, STN_EMPTY_NO, FALSE, 0, "BOOT0 high at a reset" },
    { "STM32H563xI", "PRODUCT_STATE=0x5C", TRUE, TRUE, TRUE, STN_EMPTY_NO, FALSE, 0, "none" },
  };
  g_autoptr (StnTargets) targets = targets_or_fail ();
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    const StnTarget *target = find_or_fail (targets, ways[i].part);
    g_autoptr (StnOptionBlock) block = block_with_or_fail (target, ways[i].options);
    StnBootSituation situation = { .target = target,
                                   .options = block,
                                   .wiring = { ways[i].boot0, ways[i].nrst, ways[i].power },
                                   .latch = ways[i].latch,
                                   .flash_empty = ways[i].flash_empty,
                                   .bootloader_id = ways[i].bootloader_id };
    g_autofree char *text = stn_option_ways_text (stn_option_ways (&situation));
    g_test_message ("%u: %s %s", i, ways[i].part, ways[i].options);
    g_assert_cmpstr (text, ==, ways[i].ways);
  }
}

static char *
hazards_text (const StnTarget *target, const char *before, const char *after, const StnBootWiring *wiring)
{
  g_autoptr (StnOptionBlock) old_block = before == NULL ? NULL : block_with_or_fail (target, before);
  g_autoptr (StnOptionBlock) new_block = block_with_or_fail (target, after);
  g_autoptr (GArray) hazards = stn_option_hazards (old_block, new_block, wiring);
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < hazards->len; i++) {
    const StnHazard *hazard = &g_array_index (hazards, StnHazard, i);
    g_assert_nonnull (hazard->text);
    g_string_append_printf (text, "%s%s%s%s%s", i > 0 ? " " : "", stn_hazard_name (hazard->kind),
                            hazard->field == NULL ? "" : ":", hazard->field == NULL ? "" : hazard->field->name,
                            hazard->needs_signature ? "!" : "");
  }
  return g_string_free (text, FALSE);
}

static void
test_hazards_are_named_with_their_field (void)
{
  static const struct {
    const char *part, *before, *after, *hazards;
  } hazards[] = {
    { "STM32G071xB", NULL, "", "" },
    { "STM32G071xB", NULL, "nBOOT_SEL=0", "" },
    { "STM32G071xB", NULL, "BOR_EN=1", "" },
    { "STM32G071xB", NULL, "RDP=0xBB", "" },
    { "STM32G071xB", NULL, "RDP=0xCC", "rdp-2:RDP!" },
    { "STM32G071xB", "nBOOT_SEL=0", "nBOOT_SEL=0 RDP=0xCC", "rdp-2:RDP! no-way-in:RDP! pin-dead:RDP" },
    { "STM32G071xB", "nBOOT_SEL=0", "nBOOT_SEL=1", "no-way-in:nBOOT_SEL! pin-dead:nBOOT_SEL" },
    { "STM32G071xB", "nBOOT_SEL=0", "nBOOT_SEL=0 nBOOT1=0", "no-way-in:nBOOT1! boot1-ram:nBOOT1" },
    { "STM32G071xB", NULL, "nBOOT0=0", "rom-forever:nBOOT0" },
    { "STM32G071xB", "nBOOT_SEL=0", "nBOOT_SEL=0 BOOT_LOCK=1",
      "boot-lock:BOOT_LOCK! no-way-in:BOOT_LOCK! pin-dead:BOOT_LOCK" },
    { "STM32G071xB", "nBOOT_SEL=0", "nBOOT_SEL=0 NRST_MODE=2", "no-way-in:NRST_MODE! nrst-gpio:NRST_MODE!" },
    { "STM32G071xB", NULL, "IWDG_SW=0", "watchdog:IWDG_SW" },
    { "STM32G071xB", NULL, "WRP1A_STRT=0 WRP1A_END=3", "" },
    { "STM32G071xB", NULL, "SEC_SIZE=4", "hidden-flash:SEC_SIZE!" },
    { "STM32G0B1xE", NULL, "DUAL_BANK=0", "banks:DUAL_BANK" },
    { "STM32WB15xC", NULL, "NRST_MODE1=0", "no-way-in:NRST_MODE1! nrst-gpio:NRST_MODE1!" },
    { "STM32F746xG", NULL, "BOOT_ADD1=0x1000", "no-way-in:BOOT_ADD1! boot-address:BOOT_ADD1! pin-dead:BOOT_ADD1" },
    { "STM32F746xG", NULL, "BOOT_ADD0=0x1000", "starts-nothing:BOOT_ADD0! boot-address:BOOT_ADD0!" },
    { "STM32U575xI", NULL, "TZEN=1", "tzen:TZEN! no-way-in:TZEN! starts-nothing:TZEN! pin-dead:TZEN" },
    { "STM32U575xI", NULL, "IO_VDD_HSLV=1", "electrical:IO_VDD_HSLV!" },
    { "STM32H745xI", NULL, "BCM7=0 BCM4=0", "no-way-in:BCM4! starts-nothing:BCM4! pin-dead:BCM4" },
    { "STM32H563xI", NULL, "PRODUCT_STATE=0x72",
      "product-state:PRODUCT_STATE! no-way-in:PRODUCT_STATE! pin-dead:PRODUCT_STATE" },
    { "STM32F401xE", NULL, "SPRMOD=1", "hidden-flash:SPRMOD!" },
  };
  static const StnBootWiring wiring = { .has_boot0 = TRUE, .has_nrst = TRUE, .has_power = FALSE };
  g_autoptr (StnTargets) targets = targets_or_fail ();
  for (guint i = 0; i < G_N_ELEMENTS (hazards); i++) {
    g_autofree char *text =
        hazards_text (find_or_fail (targets, hazards[i].part), hazards[i].before, hazards[i].after, &wiring);
    g_test_message ("%u: %s %s", i, hazards[i].part, hazards[i].after);
    g_assert_cmpstr (text, ==, hazards[i].hazards);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/boot-ways/every_pattern_starts_as_the_note_says", test_every_pattern_starts_as_the_note_says);
  g_test_add_func ("/boot-ways/wb0_starts_its_rom_by_the_pin_alone", test_wb0_starts_its_rom_by_the_pin_alone);
  g_test_add_func ("/boot-ways/every_usable_chip_has_a_known_start", test_every_usable_chip_has_a_known_start);
  g_test_add_func ("/boot-ways/what_is_unknown_is_not_promised", test_what_is_unknown_is_not_promised);
  g_test_add_func ("/boot-ways/ways_follow_options_wiring_and_latch", test_ways_follow_options_wiring_and_latch);
  g_test_add_func ("/boot-ways/hazards_are_named_with_their_field", test_hazards_are_named_with_their_field);
  return g_test_run ();
}
