/* Where chips start: each row of AN2606 table 2, on the whole board. Options are set as by a probe, the supply goes off
 * and on, and the board is reset with BOOT0 at a level. */
#include "tests/bench/bench-fixture.h"

typedef enum { EMPTY, PROGRAM, PROGRAM_IN_BANK_2, GARBAGE } Content;

typedef struct {
  guint pattern;
  const char *part;
  const char *options; /* "NAME=VALUE NAME=VALUE", or "" for those of the part as shipped */
  Content content;
  gboolean boot0;
  StnBoardState expected;
} Row;

#define ROM STN_BOARD_ROM
#define RUNS STN_BOARD_APPLICATION
#define DEAD STN_BOARD_CRASHED

static const Row rows[] = {
  { 1, "STM32F103CB", "", PROGRAM, 1, ROM },
  { 1, "STM32F103CB", "", EMPTY, 0, DEAD },
  { 1, "STM32F405RG", "", PROGRAM, 0, RUNS },
  { 1, "STM32L151xC", "", PROGRAM, 1, ROM },
  { 1, "STM32F207xG", "", PROGRAM, 1, ROM },
  { 1, "STM32L053x8", "nBOOT1=0", PROGRAM, 1, DEAD },
  { 2, "STM32F072xB", "", PROGRAM, 1, ROM },
  { 2, "STM32F072xB", "nBOOT1=0", PROGRAM, 1, DEAD },
  { 2, "STM32F072xB", "nBOOT1=0", PROGRAM, 0, RUNS },
  { 2, "STM32F303xC", "nBOOT1=0", PROGRAM, 1, DEAD },
  { 2, "STM32L031x6", "", PROGRAM, 1, ROM },
  { 3, "STM32F103xG", "", PROGRAM, 1, ROM },
  { 3, "STM32F103xG", "BFB2=0", PROGRAM, 1, RUNS },
  { 3, "STM32F103xG", "BFB2=0", EMPTY, 1, ROM },
  { 3, "STM32F103xG", "BFB2=0", EMPTY, 0, ROM },
  { 3, "STM32F103xG", "BFB2=1", EMPTY, 0, DEAD },
  { 4, "STM32L152xE", "", PROGRAM, 0, RUNS },
  { 4, "STM32L152xE", "nBFB2=0", PROGRAM, 1, ROM },
  { 4, "STM32L152xE", "nBFB2=0", EMPTY, 0, ROM },
  { 4, "STM32L152xE", "nBFB2=0", PROGRAM_IN_BANK_2, 0, RUNS },
  { 5, "STM32F429xI", "", PROGRAM, 1, ROM },
  { 5, "STM32F429xI", "BFB2=1", PROGRAM, 1, ROM },
  { 5, "STM32F429xI", "BFB2=1", EMPTY, 0, ROM },
  { 5, "STM32F429xI", "BFB2=1", PROGRAM_IN_BANK_2, 0, RUNS },
  { 5, "STM32F429xI", "", PROGRAM_IN_BANK_2, 0, DEAD },
  { 6, "STM32F042x6", "", PROGRAM, 1, ROM },
  { 6, "STM32F042x6", "", EMPTY, 0, ROM },
  { 6, "STM32F042x6", "BOOT_SEL=0", PROGRAM, 1, RUNS },
  { 6, "STM32F042x6", "BOOT_SEL=0 nBOOT0=0", PROGRAM, 0, ROM },
  { 6, "STM32F042x6", "BOOT_SEL=0 nBOOT0=0 nBOOT1=0", PROGRAM, 0, DEAD },
  { 6, "STM32F042x6", "BOOT_SEL=0", EMPTY, 0, ROM },
  { 6, "STM32L011x4", "", PROGRAM, 1, ROM },
  { 6, "STM32L011x4", "nBOOT_SEL=1", PROGRAM, 1, RUNS },
  { 6, "STM32L011x4", "", EMPTY, 0, ROM },
  { 6, "STM32L496xG", "nSWBOOT0=0 nBOOT0=0", PROGRAM, 0, ROM },
  { 6, "STM32WB15xC", "nSWBOOT0=0", PROGRAM, 1, RUNS },
  { 7, "STM32L476xG", "", PROGRAM, 1, ROM },
  { 7, "STM32L476xG", "nBOOT1=0", PROGRAM, 1, DEAD },
  { 7, "STM32L476xG", "BFB2=1", EMPTY, 0, ROM },
  { 7, "STM32L476xG", "BFB2=1", PROGRAM_IN_BANK_2, 0, RUNS },
  { 7, "STM32L476xG", "", EMPTY, 0, DEAD },
  { 8, "STM32F746xG", "", PROGRAM, 1, ROM },
  { 8, "STM32F746xG", "", PROGRAM, 0, RUNS },
  { 8, "STM32F746xG", "BOOT_ADD1=0x2000", PROGRAM, 1, RUNS },
  { 8, "STM32F746xG", "BOOT_ADD0=0x40", PROGRAM, 0, ROM },
  { 8, "STM32F746xG", "BOOT_ADD0=0x8000", PROGRAM, 0, DEAD },
  { 9, "STM32F767xI", "", PROGRAM, 1, ROM },
  { 9, "STM32F767xI", "nDBANK=0", PROGRAM, 0, RUNS },
  { 9, "STM32F767xI", "nDBANK=0 nDBOOT=0", EMPTY, 0, ROM },
  { 9, "STM32F767xI", "nDBANK=0 nDBOOT=0", PROGRAM, 0, RUNS },
  { 9, "STM32F767xI", "nDBANK=0 nDBOOT=0 BOOT_ADD0=0x40", PROGRAM, 0, ROM },
  { 9, "STM32F767xI", "nDBANK=0 nDBOOT=0 BOOT_ADD0=0xFFFF", PROGRAM, 0, ROM },
  { 10, "STM32H743xI", "", PROGRAM, 1, ROM },
  { 10, "STM32H743xI", "", PROGRAM, 0, RUNS },
  { 10, "STM32H743xI", "BOOT_ADD1=0x800", PROGRAM, 1, RUNS },
  { 10, "STM32H743xI", "BOOT_ADD0=0x1FF0", PROGRAM, 0, ROM },
  { 10, "STM32H723xG", "BOOT_ADD0=0x2400", PROGRAM, 0, DEAD },
  { 11, "STM32G071CB", "", PROGRAM, 1, RUNS },
  { 11, "STM32G071CB", "nBOOT_SEL=0", PROGRAM, 1, ROM },
  { 11, "STM32G071CB", "nBOOT0=0", PROGRAM, 0, ROM },
  { 11, "STM32G071CB", "nBOOT0=0 nBOOT1=0", PROGRAM, 0, DEAD },
  { 11, "STM32G071CB", "nBOOT1=0", EMPTY, 0, ROM },
  { 11, "STM32G071CB", "nBOOT_SEL=0 BOOT_LOCK=1", PROGRAM, 1, RUNS },
  { 11, "STM32G071CB", "BOOT_LOCK=1", EMPTY, 0, DEAD },
  { 11, "STM32G030x6", "nBOOT_SEL=0 BOOT_LOCK=1", PROGRAM, 1, ROM }, /* it has no BOOT_LOCK */
  { 11, "STM32C031x6", "nBOOT_SEL=0", PROGRAM, 1, ROM },
  { 11, "STM32U031x8", "nBOOT_SEL=0", PROGRAM, 1, ROM },
  { 11, "STM32U031x8", "BOOT_LOCK=1", EMPTY, 0, DEAD },
  { 12, "STM32L552xE", "", PROGRAM, 1, ROM },
  { 12, "STM32L552xE", "", EMPTY, 0, DEAD },
  { 12, "STM32L552xE", "nSWBOOT0=0 nBOOT0=0", PROGRAM, 0, ROM },
  { 12, "STM32L552xE", "nSWBOOT0=0", PROGRAM, 1, RUNS },
  { 12, "STM32U575xI", "NSBOOTADD1=0x100000", PROGRAM, 1, RUNS },
  { 12, "STM32U575xI", "NSBOOTADD0=0x17F200", PROGRAM, 0, ROM },
  { 12, "STM32U575xI", "TZEN=1", PROGRAM, 1, ROM },
  { 12, "STM32U575xI", "TZEN=1 BOOT_LOCK=1", PROGRAM, 1, RUNS },
  { 12, "STM32U375xG", "", PROGRAM, 1, ROM },
  { 12, "STM32WBA52xG", "", PROGRAM, 1, ROM },
  { 13, "STM32WLE5xC", "", PROGRAM, 1, ROM },
  { 13, "STM32WLE5xC", "", EMPTY, 0, ROM },
  { 13, "STM32WLE5xC", "nBOOT1=0", EMPTY, 0, DEAD },
  { 13, "STM32WLE5xC", "nSWBOOT0=0", EMPTY, 0, ROM },
  { 13, "STM32WLE5xC", "nSWBOOT0=0 nBOOT0=0", PROGRAM, 0, ROM },
  { 13, "STM32WLE5xC", "BOOT_LOCK=1", PROGRAM, 1, RUNS },
  { 14, "STM32G474xE", "", PROGRAM, 1, ROM },
  { 14, "STM32G474xE", "BFB2=1", EMPTY, 0, ROM },
  { 14, "STM32G474xE", "BFB2=1", PROGRAM_IN_BANK_2, 0, RUNS },
  { 14, "STM32G474xE", "nSWBOOT0=0 BFB2=1", EMPTY, 1, ROM },
  { 14, "STM32G474xE", "BOOT_LOCK=1", PROGRAM, 1, RUNS },
  { 15, "STM32G431xB", "", PROGRAM, 1, ROM },
  { 15, "STM32G431xB", "", EMPTY, 0, DEAD },
  { 15, "STM32G431xB", "nSWBOOT0=0 nBOOT0=0", PROGRAM, 0, ROM },
  { 15, "STM32G431xB", "nSWBOOT0=0", PROGRAM, 1, RUNS },
  { 15, "STM32G431xB", "BOOT_LOCK=1", PROGRAM, 1, RUNS },
  { 16, "STM32L431CB", "", PROGRAM, 1, ROM },
  { 16, "STM32L431CB", "", EMPTY, 0, ROM },
  { 16, "STM32L431CB", "nSWBOOT0=0", EMPTY, 0, DEAD },
  { 16, "STM32L431CB", "nSWBOOT0=0 nBOOT0=0", EMPTY, 0, ROM },
  { 16, "STM32WB55xG", "nBOOT1=0", PROGRAM, 1, DEAD },
  { 17, "STM32H563xI", "", PROGRAM, 1, ROM },
  { 17, "STM32H563xI", "", PROGRAM, 0, RUNS },
  { 17, "STM32H563xI", "PRODUCT_STATE=0x17", PROGRAM, 0, ROM },
  { 17, "STM32H563xI", "PRODUCT_STATE=0x72", PROGRAM, 1, RUNS },
  { 17, "STM32H503xB", "NSBOOTADD=0x200000", PROGRAM, 0, DEAD },
  { 19, "STM32C551xE", "", PROGRAM, 1, RUNS },
  { 19, "STM32C551xE", "", EMPTY, 0, ROM },
  { 19, "STM32C551xE", "BOOT0=1", PROGRAM, 0, ROM },
  { 19, "STM32C551xE", "BOOT_SEL=1", PROGRAM, 1, ROM },
  { 19, "STM32C551xE", "BOOT_SEL=1", EMPTY, 0, DEAD },
};

/* a stack in the RAM of every chip there is, and code behind it */
static void
place (Rig *rig, guint32 base, guint32 ram)
{
  guint32 stack = ram + 0x400, entry = base + 9;
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
                         0xe7,
                         0x20,
                         0xbf,
                         0xfe,
                         0xe7 };
  g_assert_true (stn_bench_board_write (rig->bench, "A1", base, program, sizeof program));
}

static void
set_options (Rig *rig, const char *options)
{
  g_auto (GStrv) parts = g_strsplit (options, " ", -1);
  for (guint i = 0; parts[i] != NULL && parts[i][0] != '\0'; i++) {
    g_auto (GStrv) pair = g_strsplit (parts[i], "=", 2);
    if (!stn_bench_board_set_option (rig->bench, "A1", pair[0], (guint32) g_ascii_strtoull (pair[1], NULL, 0)))
      g_error ("%s can't be set", parts[i]);
  }
}

static void
starts_as_the_table_says (gconstpointer data)
{
  guint pattern = GPOINTER_TO_UINT (data), tried = 0;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const Row *row = &rows[i];
    if (row->pattern != pattern)
      continue;
    Rig rig;
    rig_new (&rig, row->part);
    const StnTarget *target = stn_targets_find (rig.targets, row->part, NULL);
    g_assert_cmpuint (target->boot_pattern, ==, pattern);
    guint32 base = (guint32) target->flash_base, ram = (guint32) target->ram_base;
    if (row->content == PROGRAM)
      place (&rig, base, ram);
    else if (row->content == PROGRAM_IN_BANK_2)
      place (&rig, base + (guint32) target->flash_bytes / 2, ram);
    set_options (&rig, row->options);
    stn_bench_board_power_cycle (rig.bench, "A1");
    rig_reset (&rig, row->boot0);
    if (rig_state (&rig) != row->expected)
      g_error ("pattern %u, %s, \"%s\", content %d, BOOT0 %d: state %d, expected %d", pattern, row->part, row->options,
               row->content, row->boot0, rig_state (&rig), row->expected);
    if (row->expected == ROM)
      rig_sync (&rig); /* it is really there */
    rig_clear (&rig);
    tried++;
  }
  g_assert_cmpuint (tried, >=, 4);
}

static void
level_2_closes_the_rom_but_on_f74_which_says_who_it_is (void)
{
  static const struct {
    const char *part, *option;
    gboolean rom;
  } chips[] = { { "STM32F405RG", "RDP=0xCC", FALSE }, { "STM32L431CB", "RDP=0xCC", FALSE },
                { "STM32G071CB", "RDP=0xCC", FALSE }, { "STM32H743xI", "RDP=0xCC", FALSE },
                { "STM32U575xI", "RDP=0xCC", FALSE }, { "STM32F746xG", "RDP=0xCC", TRUE },
                { "STM32F103CB", "RDP=0xCC", TRUE },  /* F1 knows no level 2 */ };
  for (guint i = 0; i < G_N_ELEMENTS (chips); i++) {
    Rig rig;
    rig_new (&rig, chips[i].part);
    set_options (&rig, chips[i].option);
    stn_bench_board_power_cycle (rig.bench, "A1");
    rig_reset (&rig, TRUE);
    g_assert_cmpint (rig_state (&rig) == STN_BOARD_ROM, ==, chips[i].rom);
    if (chips[i].rom && i == 5) {
      rig_sync (&rig);
      rig_send (&rig, 0x02, 0xfd);
      rig_hear (&rig, 0x79, 0x01, 0x04, 0x49, 0x79);
      rig_send (&rig, 0x92, 0x6d);
      rig_hear (&rig, 0x1f);
      rig_send (&rig, 0x11, 0xee);
      rig_hear (&rig, 0x1f);
    }
    rig_clear (&rig);
  }
}

static void
nrst_as_gpio_resets_nothing_until_power_goes (void)
{
  static const char *const chips[][2] = { { "STM32G071CB", "NRST_MODE=2" },
                                          { "STM32G431xB", "NRST_MODE=2" },
                                          { "STM32C031x6", "NRST_MODE=2" },
                                          { "STM32U031x8", "NRST_MODE=2" },
                                          { "STM32WB15xC", "NRST_MODE1=0" } };
  for (guint i = 0; i < G_N_ELEMENTS (chips); i++) {
    Rig rig;
    rig_new (&rig, chips[i][0]);
    place (&rig, 0x08000000, 0x20000000);
    set_options (&rig, chips[i][1]);
    stn_bench_board_power_cycle (rig.bench, "A1");
    g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_APPLICATION);
    rig_pins (&rig, NRST, 0);
    g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_APPLICATION);
    rig_clear (&rig);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint pattern = 1; pattern <= 19; pattern++) {
    if (pattern == 18)
      continue; /* WB0, WL3: another protocol */
    g_autofree char *name = g_strdup_printf ("/bench/boot-patterns/%u_starts_as_the_table_says", pattern);
    g_test_add_data_func (name, GUINT_TO_POINTER (pattern), starts_as_the_table_says);
  }
#define ADD(name) g_test_add_func ("/bench/boot-patterns/" #name, name)
  ADD (level_2_closes_the_rom_but_on_f74_which_says_who_it_is);
  ADD (nrst_as_gpio_resets_nothing_until_power_goes);
  return g_test_run ();
}
