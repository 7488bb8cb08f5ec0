/* Every single-field change of the options of every chip: what the program says of the ways into the ROM against what
 * the bench does, which reads AN2606 for itself. */
#include "src/bench/bench.h"
#include "src/target/boot-ways.h"
#include "tests/bench/bench-fixture.h"

/* A chip of each product id that bench and targets know. */
static const char *const parts[] = {
  "STM32F103CB", "STM32F103x6", "STM32F103xE",  "STM32F107xC",  "STM32F100xB", "STM32F100xE", "STM32F103xG",
  "STM32F051x8", "STM32F091xC", "STM32F030xC",  "STM32F031x6",  "STM32F042x6", "STM32F072xB", "STM32F070xB",
  "STM32F207xG", "STM32F303xC", "STM32F373xC",  "STM32F334x8",  "STM32F301x8", "STM32F303xE", "STM32F405RG",
  "STM32F429xI", "STM32F446xE", "STM32F401xC",  "STM32F411xE",  "STM32F401xE", "STM32F469xI", "STM32F412xG",
  "STM32F410xB", "STM32F413xH", "STM32F746xG",  "STM32F767xI",  "STM32F722xE", "STM32L053x8", "STM32L031x6",
  "STM32L073xZ", "STM32L011x4", "STM32L151xB",  "STM32L151xC",  "STM32L152xE", "STM32L476xG", "STM32L431CB",
  "STM32L496xG", "STM32L452xE", "STM32L412xB",  "STM32L4R5xI",  "STM32L4P5xG", "STM32G051x8", "STM32G071CB",
  "STM32G070xB", "STM32G031x8", "STM32G030x6",  "STM32G0B1xE",  "STM32C011x6", "STM32C031x6", "STM32C051x8",
  "STM32C071xB", "STM32C091xC", "STM32G431xB",  "STM32G474xE",  "STM32G491xE", "STM32WB15xC", "STM32WB55xG",
  "STM32WLE5xC", "STM32U031x8", "STM32U073xC",  "STM32L552xE",  "STM32U535xE", "STM32U575xI", "STM32U599xJ",
  "STM32U5G9xJ", "STM32U375xG", "STM32WBA52xG", "STM32WBA65xI", "STM32H503xB", "STM32H523xE", "STM32H563xI",
  "STM32H743xI", "STM32H723xG", "STM32H7A3xI",  "STM32C551xE",
};

/* the values of a field worth a try */
static guint
values_of (const StnOptionField *field, guint32 now, guint32 out[16])
{
  static const guint32 protection[] = { 0xbb, 0xcc, 0x55, 0x17, 0x72, 0x5c, 0xa5 };
  guint count = 0;
  guint32 most = stn_option_field_most (field);
  if (field->width <= 3) {
    for (guint32 value = 0; value <= most; value++)
      if (value != now)
        out[count++] = value;
    return count;
  }
  const guint32 some[] = { 0, most, now ^ 1, now ^ (1u << (field->width - 1)), 0x40, 0x1ff0 };
  for (guint i = 0; i < G_N_ELEMENTS (some); i++)
    if (some[i] <= most && some[i] != now)
      out[count++] = some[i];
  gboolean level = field->role == STN_OPTION_ROLE_RDP || field->role == STN_OPTION_ROLE_PRODUCT_STATE;
  for (guint i = 0; level && i < G_N_ELEMENTS (protection); i++)
    out[count++] = protection[i];
  return count;
}

static StnOptionBlock *
read_block (Rig *rig, const StnTarget *target)
{
  g_autofree guint8 *first = g_malloc0 (target->options_bytes);
  g_autofree guint8 *second = g_malloc0 (target->options_second_bytes + 1);
  GError *error = NULL;
  g_assert_true (stn_bench_board_read (rig->bench, "A1", target->options_address, first, target->options_bytes));
  gboolean has_second =
      target->options_second_bytes > 0
      && stn_bench_board_read (rig->bench, "A1", target->options_second_address, second, target->options_second_bytes);
  StnOptionBlock *block = stn_option_block_new (target, first, target->options_bytes, has_second ? second : NULL,
                                                has_second ? target->options_second_bytes : 0, &error);
  g_assert_no_error (error);
  stn_option_block_check (block, &error);
  g_assert_no_error (error); /* complements and PRG words as the program reads them */
  return block;
}

static void
write_block (Rig *rig, const StnTarget *target, const StnOptionBlock *block)
{
  for (guint area = 0; area < STN_OPTION_AREAS; area++) {
    guint length = area == 0 ? target->options_bytes : target->options_second_bytes;
    guint64 address = area == 0 ? target->options_address : target->options_second_address;
    g_autofree guint8 *bytes = g_malloc0 (length + 1);
    if (length > 0 && stn_option_block_encode (block, area, bytes))
      g_assert_true (stn_bench_board_write (rig->bench, "A1", address, bytes, length));
  }
}

static void
place (Rig *rig, const StnTarget *target)
{
  guint32 base = (guint32) target->flash_base, stack = (guint32) target->ram_base + 0x400, entry = base + 9;
  guint8 program[16] = { (guint8) stack,
                         (guint8) (stack >> 8),
                         (guint8) (stack >> 16),
                         (guint8) (stack >> 24),
                         (guint8) entry,
                         (guint8) (entry >> 8),
                         (guint8) (entry >> 16),
                         (guint8) (entry >> 24),
                         0x20,
                         0xbf,
                         0xfe,
                         0xe7 };
  g_assert_true (stn_bench_board_write (rig->bench, "A1", base, program, sizeof program));
}

static const char *
start_name (StnBoardState state)
{
  return state == STN_BOARD_ROM ? "ROM" : state == STN_BOARD_APPLICATION ? "flash" : "nothing";
}

typedef struct {
  guint tried, starts, promised, differ;
} Count;

static void
differ (Count *count, const char *part, const StnOptionField *field, guint32 value, const char *what,
        const char *program, const char *bench)
{
  count->differ++;
  g_test_message ("%s: %s = 0x%x: %s: the program says %s, the bench %s", part, field->name, value, what, program,
                  bench);
}

/* power off and on with BOOT0 at a level */
static StnBoardState
start_with (Rig *rig, gboolean boot0)
{
  rig_pins (rig, NRST | BOOT0, NRST | (boot0 ? BOOT0 : 0));
  stn_bench_board_power_cycle (rig->bench, "A1");
  return rig_state (rig);
}

static void
compare_starts (Rig *rig, const StnTarget *target, const StnOptionBlock *after, const char *part,
                const StnOptionField *field, guint32 value, gboolean is_empty, Count *count)
{
  for (guint boot0 = 0; boot0 < 2; boot0++) {
    StnBoardState seen = start_with (rig, boot0 != 0);
    const StnBootState state = { .target = target,
                                 .options = after,
                                 .boot0_high = boot0 != 0,
                                 .empty = is_empty ? STN_EMPTY_YES : STN_EMPTY_NO,
                                 .banks_invalid = is_empty };
    StnBootStart said = stn_boot_start (&state);
    if (said == STN_BOOT_UNKNOWN)
      continue;
    count->starts++;
    if (target->product_id == 0x449 && said == STN_BOOT_FLASH && seen == STN_BOARD_ROM
        && field->role == STN_OPTION_ROLE_RDP)
      continue; /* F74 starts its ROM in level 2 too, which then only says who it is: for the program no way in */
    if (said == STN_BOOT_FLASH && field->role == STN_OPTION_ROLE_BOOT_ADDRESS_0 && seen == STN_BOARD_CRASHED)
      continue; /* an address in the flash, where this program does not begin */
    gboolean agree = said == STN_BOOT_ROM     ? seen == STN_BOARD_ROM
                     : said == STN_BOOT_FLASH ? seen == (is_empty ? STN_BOARD_CRASHED : STN_BOARD_APPLICATION)
                                              : seen == STN_BOARD_CRASHED;
    g_autofree char *what =
        g_strdup_printf ("start with BOOT0 %s, flash %s", boot0 ? "high" : "low", is_empty ? "empty" : "programmed");
    if (!agree)
      differ (count, part, field, value, what, stn_boot_start_name (said), start_name (seen));
  }
}

/* What is promised must be so. */
static void
try_ways (Rig *rig, const StnTarget *target, const StnOptionBlock *after, const char *part, const StnOptionField *field,
          guint32 value, Count *count)
{
  const StnBootSituation situation = {
    .target = target, .options = after, .wiring = { TRUE, TRUE, TRUE }, .latch = STN_EMPTY_NO
  };
  guint ways = stn_option_ways (&situation);
  gboolean nrst = !stn_option_nrst_is_dead (target, after);
  for (guint way = 1; way <= STN_BOOT_WAY_EVERY_RESET; way <<= 1) {
    if ((ways & way) == 0)
      continue;
    count->promised++;
    gboolean boot0 = way == STN_BOOT_WAY_PIN;
    start_with (rig, FALSE);
    if (nrst)
      rig_reset (rig, boot0);
    else
      start_with (rig, boot0);
    if (rig_state (rig) != STN_BOARD_ROM) {
      differ (count, part, field, value, "a way in", stn_boot_way_name ((StnBootWay) way), "not");
      continue;
    }
    rig_sync (rig);
  }
}

static void
sweep_part (const char *part, Count *count)
{
  Rig rig;
  rig_new (&rig, part);
  const StnTarget *target = stn_targets_find (rig.targets, part, NULL);
  const StnOptions *options = stn_target_options (target);
  g_assert_nonnull (options);
  g_autoptr (StnOptionBlock) before = read_block (&rig, target);
  guint8 erased[16];
  memset (erased, target->erased_byte, sizeof erased);
  for (guint i = 0; i < options->field_count; i++) {
    const StnOptionField *field = options->fields[i];
    guint32 now = 0, values[16];
    if (!field->visible || field->read_only || field->always_one || !stn_option_block_get (before, field, &now))
      continue;
    guint value_count = values_of (field, now, values);
    for (guint k = 0; k < value_count; k++) {
      g_autoptr (StnOptionBlock) after = stn_option_block_copy (before);
      if (!stn_option_block_set (after, field, values[k], NULL))
        continue;
      write_block (&rig, target, after);
      g_assert_true (stn_bench_board_write (rig.bench, "A1", target->flash_base, erased, sizeof erased));
      compare_starts (&rig, target, after, part, field, values[k], TRUE, count);
      place (&rig, target);
      compare_starts (&rig, target, after, part, field, values[k], FALSE, count);
      try_ways (&rig, target, after, part, field, values[k], count);
      count->tried++;
    }
  }
  rig_clear (&rig);
}

static void
each_change_starts_what_the_program_says (void)
{
  Count count = { 0 };
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    sweep_part (parts[i], &count);
  g_test_message ("%u changes, %u starts compared, %u ways in tried, %u differ", count.tried, count.starts,
                  count.promised, count.differ);
  g_assert_cmpuint (count.differ, ==, 0);
  g_assert_cmpuint (count.starts, >, 3 * count.tried);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/option-changes/each_change_starts_what_the_program_says",
                   each_change_starts_what_the_program_says);
  return g_test_run ();
}
