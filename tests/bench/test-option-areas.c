/* The option areas byte by byte, as the reference has them, and what writes, broken complements, protection and a
 * failing supply make of them. */
#include "tests/bench/bench-fixture.h"

#define BYTES(...) ((const guint8[]){ __VA_ARGS__ }), sizeof ((const guint8[]){ __VA_ARGS__ })

static void
cells_are (Rig *rig, guint32 address, const guint8 *expected, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (rig_cell (rig, address + i) != expected[i])
      g_error ("0x%08x: 0x%02x, expected 0x%02x", (guint) (address + i), rig_cell (rig, address + i), expected[i]);
}

static guint32
option (Rig *rig, const char *name)
{
  guint32 value = 0;
  if (!stn_bench_board_option (rig->bench, "A1", name, &value))
    g_error ("there is no %s", name);
  return value;
}

/* ---- as they come ---- */

static void
each_encoding_ships_as_its_manual_shows_it (void)
{
  static const struct {
    const char *part;
    guint32 address;
    guint8 bytes[16];
  } areas[] = {
    { "STM32F103CB",
      0x1ffff800,
      { 0xa5, 0x5a, 0xff, 0x00, 0xff, 0x00, 0xff, 0x00, 0xff, 0x00, 0xff, 0x00, 0xff, 0x00, 0xff, 0x00 } },
    { "STM32F051x8",
      0x1ffff800,
      { 0xaa, 0x55, 0xff, 0x00, 0xff, 0x00, 0xff, 0x00, 0xff, 0x00, 0xff, 0x00, 0xff, 0x00, 0xff, 0x00 } },
    { "STM32F303xC",
      0x1ffff800,
      { 0xaa, 0x55, 0xff, 0x00, 0xff, 0x00, 0xff, 0x00, 0xff, 0x00, 0xff, 0x00, 0xff, 0x00, 0xff, 0x00 } },
    { "STM32F405RG",
      0x1fffc000,
      { 0xef, 0xaa, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
    { "STM32F746xG",
      0x1fff0010,
      { 0x80, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x40, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
    { "STM32L053x8",
      0x1ff80000,
      { 0xaa, 0x00, 0x55, 0xff, 0x70, 0x80, 0x8f, 0x7f, 0x00, 0x00, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00 } },
    { "STM32L152xE",
      0x1ff80000,
      { 0xaa, 0x00, 0x55, 0xff, 0xf8, 0x00, 0x07, 0xff, 0x00, 0x00, 0xff, 0xff, 0x00, 0x00, 0xff, 0xff } },
    { "STM32L431CB",
      0x1fff7800,
      { 0xaa, 0xf8, 0xff, 0xff, 0x55, 0x07, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00 } },
    { "STM32L4R5xI",
      0x1ff00000,
      { 0xaa, 0xf8, 0xef, 0xff, 0x55, 0x07, 0x10, 0x00, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00 } },
    { "STM32WB55xG",
      0x1fff8000,
      { 0xaa, 0xf1, 0xff, 0xff, 0x55, 0x0e, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00 } },
    { "STM32L552xE",
      0x40022044,
      { 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0xf9, 0x0b, 0x00, 0x00, 0x00, 0x0c, 0x00, 0x00, 0x7f, 0x00 } },
    { "STM32H563xI",
      0x40022080,
      { 0xc3, 0x00, 0x00, 0x08, 0xc3, 0x00, 0x00, 0x08, 0xc3, 0x00, 0x00, 0x0c, 0xc3, 0x00, 0x00, 0x0c } },
    { "STM32H743xI", 0x52002040, { 0x00, 0x08, 0xf0, 0x1f, 0x00, 0x08, 0xf0, 0x1f, 0, 0, 0, 0, 0, 0, 0, 0 } },
  };
  for (guint i = 0; i < G_N_ELEMENTS (areas); i++) {
    Rig rig;
    rig_new (&rig, areas[i].part);
    g_test_message ("%s", areas[i].part);
    cells_are (&rig, areas[i].address, areas[i].bytes, areas[i].address == 0x1ff80000 && i == 5 ? 12 : 16);
    rig_clear (&rig);
  }
}

static void
second_areas_are_where_the_reference_says (void)
{
  static const struct {
    const char *part, *field;
    guint32 address;
    guint8 byte;
  } areas[] = {
    { "STM32F429xI", "nWRP2", 0x1ffec008, 0xff },      { "STM32L152xE", "WRP_112", 0x1ff80084, 0x00 },
    { "STM32L476xG", "WRP2A_STRT", 0x1ffff818, 0xff }, { "STM32L4R5xI", "WRP2B_STRT", 0x1ff01020, 0xff },
    { "STM32G474xE", "SEC_SIZE2", 0x1ffff828, 0x00 },  { "STM32H563xI", "WRPSG2", 0x400221ec, 0xff },
    { "STM32H743xI", "nWRP2", 0x5200213c, 0xff },      { "STM32U575xI", "OEM1KEYR1", 0x40022070, 0x00 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (areas); i++) {
    Rig rig;
    rig_new (&rig, areas[i].part);
    option (&rig, areas[i].field);
    g_assert_cmphex (rig_cell (&rig, areas[i].address), ==, areas[i].byte);
    rig_clear (&rig);
  }
}

/* ---- writes ---- */

static void
what_f103_is_not_sent_stays_erased (void)
{
  Rig rig;
  rig_new (&rig, "STM32F103CB");
  stn_bench_board_set_option (rig.bench, "A1", "Data0", 0x42);
  rig_enter (&rig, TRUE);
  rig_write (&rig, 0x1ffff800, BYTES (0xa5, 0x5a, 0xff, 0x00));
  cells_are (&rig, 0x1ffff800, BYTES (0xa5, 0x5a, 0xff, 0x00, 0xff, 0xff, 0xff, 0xff));
  rig_clear (&rig);
}

static void
what_g071_is_not_sent_stays_as_it_was_with_the_inverse_of_the_hardware (void)
{
  Rig rig;
  rig_new (&rig, "STM32G071CB");
  stn_bench_board_set_option (rig.bench, "A1", "SEC_SIZE", 3);
  stn_bench_board_power_cycle (rig.bench, "A1");
  rig_enter (&rig, FALSE);
  rig_write (&rig, 0x1fff7800, BYTES (0xaa, 0xfe, 0xff, 0xfe, 0x12, 0x34, 0x56, 0x78)); /* a wrong inverse */
  cells_are (&rig, 0x1fff7800, BYTES (0xaa, 0xfe, 0xff, 0xfe, 0x55, 0x01, 0x00, 0x01));
  g_assert_cmphex (option (&rig, "SEC_SIZE"), ==, 3);
  rig_enter (&rig, TRUE);
  rig_write (&rig, 0x1fff7870, BYTES (0x05, 0x00, 0x00, 0x00)); /* as older tools do */
  g_assert_cmphex (option (&rig, "SEC_SIZE"), ==, 5);
  rig_clear (&rig);
}

static void
h743_takes_the_words_to_be_programmed_and_shows_those_in_force (void)
{
  Rig rig;
  guint8 seen[8];
  rig_new (&rig, "STM32H743xI");
  rig_enter (&rig, TRUE);
  rig_read (&rig, 0x52002040, seen, 8);
  g_assert_cmpmem (seen, 8, ((const guint8[]){ 0x00, 0x08, 0xf0, 0x1f, 0x00, 0x08, 0xf0, 0x1f }), 8);
  rig_write (&rig, 0x52002040, BYTES (0x11, 0x11, 0x11, 0x11, 0x00, 0x08, 0xf1, 0x1f)); /* CUR can't be written */
  g_assert_cmphex (option (&rig, "BOOT_ADD1"), ==, 0x1ff1);
  stn_bench_board_set_option (rig.bench, "A1", "BOOT_ADD1", 0x1ff0);
  stn_bench_board_power_cycle (rig.bench, "A1");
  rig_enter (&rig, TRUE);
  stn_bench_board_set_option (rig.bench, "A1", "BOOT_ADD0", 0x0810); /* not loaded yet */
  rig_read (&rig, 0x52002040, seen, 8);
  g_assert_cmpmem (seen, 8, ((const guint8[]){ 0x00, 0x08, 0xf0, 0x1f, 0x10, 0x08, 0xf0, 0x1f }), 8);
  rig_clear (&rig);
}

static void
a_write_elsewhere_in_the_area_is_refused (void)
{
  static const struct {
    const char *part;
    guint32 address;
    gboolean taken;
  } places[] = { { "STM32F405RG", 0x1fffc008, FALSE }, { "STM32F429xI", 0x1ffec008, TRUE },
                 { "STM32L476xG", 0x1ffff818, TRUE },  { "STM32L476xG", 0x1fff7818, FALSE },
                 { "STM32H563xI", 0x40022084, FALSE }, { "STM32H743xI", 0x52002044, TRUE },
                 { "STM32G071CB", 0x1fff7818, FALSE } };
  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    Rig rig;
    rig_new (&rig, places[i].part);
    rig_enter (&rig, TRUE);
    rig_send (&rig, 0x31, 0xce);
    rig_hear (&rig, 0x79);
    rig_send_address (&rig, places[i].address);
    rig_hear (&rig, places[i].taken ? 0x79 : 0x1f);
    rig_clear (&rig);
  }
}

static void
l476_passes_over_its_pcrop_words (void)
{
  Rig rig;
  guint8 area[40];
  rig_new (&rig, "STM32L476xG");
  rig_enter (&rig, TRUE);
  rig_read (&rig, 0x1fff7800, area, sizeof area);
  area[8] = 0x10;    /* PCROP1_STRT */
  area[0x18] = 0x02; /* WRP1A_STRT 2, END 4 */
  area[0x1a] = 0x04;
  rig_write (&rig, 0x1fff7800, area, sizeof area);
  g_assert_cmphex (option (&rig, "PCROP1_STRT"), ==, 0xffff);
  g_assert_cmphex (option (&rig, "WRP1A_STRT"), ==, 0x02);
  rig_clear (&rig);
}

static void
a_wrp_register_with_unlock_0_is_frozen (void)
{
  Rig rig;
  guint8 area[0x30];
  rig_new (&rig, "STM32U575xI");
  rig_enter (&rig, TRUE);
  rig_read (&rig, 0x40022040, area, sizeof area);
  area[0x18] = 0x05; /* WRP1A 5 to 6, UNLOCK 0 */
  area[0x1a] = 0x06;
  area[0x1b] = 0x00;
  rig_write (&rig, 0x40022040, area, sizeof area);
  rig_enter (&rig, TRUE);
  area[0x18] = 0x7f;
  area[0x1b] = 0x80;
  rig_write (&rig, 0x40022040, area, sizeof area);
  g_assert_cmphex (option (&rig, "WRP1A_STRT"), ==, 0x05);
  g_assert_cmphex (option (&rig, "WRP1A_UNLOCK"), ==, 0);
  rig_clear (&rig);
}

/* ---- loads ---- */

static void
a_broken_complement_closes_each_encoding (void)
{
  static const struct {
    const char *part;
    guint32 address; /* of RDP's complement */
    gboolean pin;    /* BOOT0 leads into the ROM all the same */
  } areas[] = { { "STM32F103CB", 0x1ffff801, TRUE }, { "STM32F051x8", 0x1ffff801, TRUE },
                { "STM32L053x8", 0x1ff80002, TRUE }, { "STM32L431CB", 0x1fff7804, TRUE },
                { "STM32G431xB", 0x1fff7804, TRUE }, { "STM32WLE5xC", 0x1fff7804, TRUE } };
  for (guint i = 0; i < G_N_ELEMENTS (areas); i++) {
    Rig rig;
    rig_new (&rig, areas[i].part);
    g_test_message ("%s", areas[i].part);
    guint8 broken = rig_cell (&rig, areas[i].address) ^ 0x01;
    stn_bench_board_write (rig.bench, "A1", areas[i].address, &broken, 1);
    stn_bench_board_power_cycle (rig.bench, "A1");
    rig_enter (&rig, areas[i].pin);
    rig_send (&rig, 0x44, 0xbb); /* F1 has no such command and says no too */
    rig_hear (&rig, 0x1f);
    rig_send (&rig, 0x92, 0x6d);
    rig_hear (&rig, 0x79, 0x79);
    rig_sync (&rig);
    guint8 seen[2];
    rig_read (&rig, 0x08000000, seen, 2);
    rig_clear (&rig);
  }
}

static void
options_act_after_reset_reload_or_power_as_the_family_does (void)
{
  static const struct {
    const char *part, *name;
    guint value;
    gboolean at_reset;
  } cases[] = { { "STM32F072xB", "RDP", 0xbb, TRUE },
                { "STM32L053x8", "RDP", 0xbb, FALSE },
                { "STM32L431CB", "RDP", 0xbb, FALSE },
                { "STM32H743xI", "RDP", 0xbb, FALSE } };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Rig rig;
    rig_new (&rig, cases[i].part);
    stn_bench_board_set_option (rig.bench, "A1", cases[i].name, cases[i].value);
    rig_enter (&rig, TRUE);
    rig_send (&rig, 0x21, 0xde);
    rig_hear (&rig, cases[i].at_reset ? 0x1f : 0x79);
    stn_bench_board_power_cycle (rig.bench, "A1");
    rig_enter (&rig, TRUE);
    rig_send (&rig, 0x21, 0xde);
    rig_hear (&rig, 0x1f);
    rig_clear (&rig);
  }
}

static void
wb55_unprotects_only_with_the_next_power_on (void)
{
  Rig rig;
  rig_prepare (&rig, "STM32WB55xG");
  stn_bench_config_add_option (rig.config, "A1", "RDP", 0xbb, NULL);
  rig_start (&rig);
  rig_enter (&rig, TRUE);
  rig_send (&rig, 0x92, 0x6d);
  rig_hear (&rig, 0x79, 0x79);
  rig_sync (&rig);
  rig_send (&rig, 0x21, 0xde);
  rig_hear (&rig, 0x1f);
  stn_bench_board_power_cycle (rig.bench, "A1");
  rig_enter (&rig, TRUE);
  rig_send (&rig, 0x21, 0xde);
  rig_hear (&rig, 0x79);
  rig_clear (&rig);
}

/* ---- protection ---- */

static void
write_protected_pages_are_acknowledged_and_kept (void)
{
  static const struct {
    const char *part, *name;
    guint value;
    guint32 inside, outside;
  } cases[] = {
    { "STM32F103CB", "WRP0", 0xfd, 0x08001000, 0x08002000 }, /* 4 KB a bit */
    { "STM32F103xE", "WRP3", 0x7f, 0x08040000, 0x0801e000 }, /* the last bit: all that follows */
    { "STM32F072xB", "WRP0", 0xfe, 0x08000ff0, 0x08001000 },
    { "STM32F207xG", "nWRP", 0xffe, 0x08003ff0, 0x08004000 },
    { "STM32F405RG", "nWRP", 0x7ff, 0x080ffff0, 0x080dfff0 },
    { "STM32F429xI", "nWRP2", 0xffe, 0x08100000, 0x08104000 },
    { "STM32F746xG", "nWRP", 0xfd, 0x08008000, 0x08010000 },
    { "STM32L053x8", "WRP_0", 0x0002, 0x08001000, 0x08002000 },
    { "STM32L152xE", "WRP_16", 0x0001, 0x08010000, 0x08011000 },
    { "STM32H743xI", "nWRP2", 0xfe, 0x08100000, 0x08120000 },
    { "STM32H723xG", "nWRP", 0x7f, 0x080e0000, 0x080c0000 },
    { "STM32H563xI", "WRPSG1", 0xfffffffe, 0x08007ff0, 0x08008000 },
    { "STM32H503xB", "WRPSG1", 0xfe, 0x08001ff0, 0x08002000 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Rig rig;
    guint8 data[32];
    memset (data, 0x21, sizeof data);
    rig_prepare (&rig, cases[i].part);
    stn_bench_config_add_option (rig.config, "A1", cases[i].name, cases[i].value, NULL);
    rig_start (&rig);
    rig_enter (&rig, TRUE);
    rig_write (&rig, cases[i].inside, data, 16);
    rig_write (&rig, cases[i].outside, data, 32);
    g_test_message ("%s", cases[i].part);
    g_assert_cmphex (rig_cell (&rig, cases[i].inside), !=, 0x21);
    g_assert_cmphex (rig_cell (&rig, cases[i].outside), ==, 0x21);
    rig_clear (&rig);
  }
}

static void
areas_protect_their_own_bank (void)
{
  static const struct {
    const char *part, *area;
    guint first, last;
    guint32 inside, outside;
  } cases[] = {
    { "STM32L476xG", "WRP2A", 1, 1, 0x08080800, 0x08000800 }, { "STM32L4R5xI", "WRP2B", 0, 0, 0x08100ff0, 0x08101000 },
    { "STM32G474xE", "WRP1A", 2, 3, 0x08001000, 0x08002000 }, { "STM32G474xE", "WRP2B", 2, 3, 0x08041000, 0x08001000 },
    { "STM32WB55xG", "WRP1B", 1, 1, 0x08001ff0, 0x08002000 }, { "STM32WLE5xC", "WRP1A", 0, 1, 0x08000ff0, 0x08001000 },
    { "STM32C031x6", "WRP1A", 3, 3, 0x08001800, 0x08002000 }, { "STM32U575xI", "WRP2A", 0, 0, 0x08101000, 0x08102000 },
    { "STM32L552xE", "WRP1A", 1, 2, 0x08000800, 0x08001800 }, { "STM32U031x8", "WRP1B", 0, 0, 0x080007f0, 0x08000800 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Rig rig;
    guint8 data[16];
    memset (data, 0x21, sizeof data);
    g_autofree char *first = g_strdup_printf ("%s_STRT", cases[i].area);
    g_autofree char *last = g_strdup_printf ("%s_END", cases[i].area);
    rig_prepare (&rig, cases[i].part);
    stn_bench_config_add_option (rig.config, "A1", first, cases[i].first, NULL);
    stn_bench_config_add_option (rig.config, "A1", last, cases[i].last, NULL);
    rig_start (&rig);
    rig_enter (&rig, TRUE);
    rig_write (&rig, cases[i].inside, data, sizeof data);
    rig_write (&rig, cases[i].outside, data, sizeof data);
    g_test_message ("%s %s", cases[i].part, cases[i].area);
    g_assert_cmphex (rig_cell (&rig, cases[i].inside), ==, 0xff);
    g_assert_cmphex (rig_cell (&rig, cases[i].outside), ==, 0x21);
    rig_clear (&rig);
  }
}

static void
commands_63_and_73_set_and_clear_each_kind_of_protection (void)
{
  static const struct {
    const char *part, *name;
    guint8 codes[4];
    guint count;
    guint32 expected, none;
  } cases[] = {
    { "STM32F103CB", "WRP1", { 9 }, 1, 0xfd, 0xff },
    { "STM32F072xB", "WRP0", { 0, 1 }, 2, 0xfc, 0xff },
    { "STM32F429xI", "nWRP2", { 12 }, 1, 0xffe, 0xfff },
    { "STM32F746xG", "nWRP", { 7 }, 1, 0x7f, 0xff },
    { "STM32L053x8", "WRP_0", { 15 }, 1, 0x8000, 0x0000 },
    { "STM32L152xE", "WRP_16", { 16 }, 1, 0x0001, 0x0000 },
    { "STM32L476xG", "WRP1B_END", { 0xff, 0, 3, 5 }, 4, 5, 0 },
    { "STM32G071CB", "WRP1A_STRT", { 2, 4 }, 2, 2, 0x3f },
    { "STM32U575xI", "WRP1A_END", { 1, 9 }, 2, 9, 0 },
    { "STM32H743xI", "nWRP2", { 8 }, 1, 0xfe, 0xff },
    { "STM32H563xI", "WRPSG1", { 3 }, 1, 0xfffffff7, 0xffffffff },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Rig rig;
    guint8 frame[8] = { (guint8) (cases[i].count - 1) };
    guint8 sum = frame[0];
    for (guint k = 0; k < cases[i].count; k++)
      sum ^= frame[1 + k] = cases[i].codes[k];
    frame[1 + cases[i].count] = sum;
    rig_new (&rig, cases[i].part);
    rig_enter (&rig, TRUE);
    rig_send (&rig, 0x63, 0x9c);
    rig_hear (&rig, 0x79);
    rig_send_bytes (&rig, frame, cases[i].count + 2);
    rig_hear (&rig, 0x79);
    g_test_message ("%s", cases[i].part);
    g_assert_cmphex (option (&rig, cases[i].name), ==, cases[i].expected);
    rig_enter (&rig, TRUE);
    rig_send (&rig, 0x73, 0x8c);
    rig_hear (&rig, 0x79, 0x79);
    g_assert_cmphex (option (&rig, cases[i].name), ==, cases[i].none);
    rig_clear (&rig);
  }
}

static void
pcrop_hides_and_keeps_what_it_covers (void)
{
  Rig rig;
  guint8 data[8] = { 1, 2, 3, 4, 5, 6, 7, 8 }, seen[8];
  rig_prepare (&rig, "STM32G071CB");
  stn_bench_config_add_option (rig.config, "A1", "PCROP1A_STRT", 4, NULL); /* 512 bytes each: page 1 */
  stn_bench_config_add_option (rig.config, "A1", "PCROP1A_END", 7, NULL);
  rig_start (&rig);
  stn_bench_board_write (rig.bench, "A1", 0x08000800, data, 8);
  stn_bench_board_write (rig.bench, "A1", 0x08001000, data, 8);
  rig_enter (&rig, FALSE);
  rig_read (&rig, 0x08000800, seen, 8);
  g_assert_cmphex (seen[0], ==, 0x00);
  rig_read (&rig, 0x08001000, seen, 8);
  g_assert_cmphex (seen[0], ==, 0x01);
  rig_send (&rig, 0x82, 0x7d);
  rig_hear (&rig, 0x79, 0x79);
  rig_sync (&rig);
  rig_send (&rig, 0x92, 0x6d); /* PCROP_RDP is 0: the area stays */
  rig_hear (&rig, 0x79, 0x79);
  g_assert_cmphex (rig_cell (&rig, 0x08000800), ==, 0x01);
  g_assert_cmphex (rig_cell (&rig, 0x08001000), ==, 0xff);
  rig_clear (&rig);
}

/* ---- life cycles ---- */

static void
special (Rig *rig, guint operation, const guint8 *data, guint8 status)
{
  guint8 high = (guint8) (operation >> 8), low = (guint8) operation;
  rig_send (rig, 0x50, 0xaf);
  rig_hear (rig, 0x79);
  rig_send (rig, high, low, (guint8) (high ^ low));
  rig_hear (rig, 0x79);
  rig_send (rig, 0x00, 0x04, data[0], data[1], data[2], data[3],
            (guint8) (0x04 ^ data[0] ^ data[1] ^ data[2] ^ data[3]));
  rig_hear (rig, 0x79, 0x00, 0x00, 0x00, 0x01, status, 0x79);
}

static void
h563_goes_through_its_states_by_the_special_command (void)
{
  Rig rig;
  rig_new (&rig, "STM32H563xI");
  rig_enter (&rig, TRUE);
  rig_send (&rig, 0x00, 0xff);
  rig_hear (&rig, 0x79, 0x0a, 0x40, 0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x50, 0x63, 0x73, 0x79);
  rig_send (&rig, 0x82, 0x7d);
  rig_hear (&rig, 0x1f);
  special (&rig, 0x0001, (const guint8[]){ 0, 0, 0, 0x17 }, 0);
  g_assert_cmphex (option (&rig, "PRODUCT_STATE"), ==, 0x17);
  rig_enter (&rig, FALSE); /* provisioning starts the ROM whatever the pin says */
  special (&rig, 0x0001, (const guint8[]){ 0, 0, 0, 0x72 }, 0);
  rig_reset (&rig, TRUE);
  g_assert_cmpint (rig_state (&rig), !=, STN_BOARD_ROM);
  rig_clear (&rig);
}

static void
u575_leaves_trustzone_by_the_special_command_alone (void)
{
  Rig rig;
  rig_prepare (&rig, "STM32U575xI");
  stn_bench_config_add_option (rig.config, "A1", "TZEN", 1, NULL);
  stn_bench_config_add_option (rig.config, "A1", "RDP", 0xbb, NULL);
  rig_start (&rig);
  rig_enter (&rig, TRUE);
  rig_send (&rig, 0x92, 0x6d);
  rig_hear (&rig, 0x1f);
  special (&rig, 0x0082, (const guint8[]){ 0, 0, 0, 1 }, 0); /* to level 0.5 */
  g_assert_cmphex (option (&rig, "RDP"), ==, 0x55);
  rig_enter (&rig, TRUE);
  special (&rig, 0x0082, (const guint8[]){ 0, 0, 0, 0 }, 1); /* needs level 1 */
  stn_bench_board_set_option (rig.bench, "A1", "RDP", 0xbb);
  stn_bench_board_power_cycle (rig.bench, "A1");
  rig_enter (&rig, TRUE);
  special (&rig, 0x0082, (const guint8[]){ 0, 0, 0, 0 }, 0);
  g_assert_cmphex (option (&rig, "TZEN"), ==, 0);
  g_assert_cmphex (option (&rig, "RDP"), ==, 0xaa);
  rig_clear (&rig);
}

/* ---- a supply that fails ---- */

static void
a_cut_option_write_is_erased_and_half_programmed (void)
{
  static const struct {
    const char *part;
    guint32 base;
    guint8 erased;
    gsize length;
  } areas[] = { { "STM32F103CB", 0x1ffff800, 0xff, 16 }, { "STM32F405RG", 0x1fffc000, 0xff, 16 },
                { "STM32L053x8", 0x1ff80000, 0x00, 4 },  { "STM32G071CB", 0x1fff7800, 0xff, 128 },
                { "STM32H743xI", 0x5200201c, 0xff, 64 }, { "STM32L552xE", 0x40022040, 0xff, 48 } };
  for (guint paced = 0; paced < 2; paced++)
    for (guint i = 0; i < G_N_ELEMENTS (areas); i++) {
      Rig rig;
      guint8 area[128];
      rig_prepare (&rig, areas[i].part);
      rig_fault (&rig, "option-cut: 10");
      stn_bench_config_set_pace (rig.config, paced, paced, 0);
      rig_start (&rig);
      rig_reset (&rig, TRUE);
      rig_sleep (&rig, STN_NS_PER_S);
      rig_sync (&rig);
      rig_read (&rig, areas[i].base, area, areas[i].length);
      rig_send (&rig, 0x31, 0xce);
      rig_hear (&rig, 0x79);
      rig_send_address (&rig, areas[i].base);
      rig_hear (&rig, 0x79);
      rig_send_block (&rig, area, areas[i].length);
      rig_hear_nothing (&rig);
      g_test_message ("%s", areas[i].part);
      g_assert_cmphex (rig_cell (&rig, areas[i].base), ==, areas[i].erased);
      g_assert_cmpuint (stn_bench_board_window_violations (rig.bench, "A1"), ==, 0);
      /* once: the same board can be saved, where its pins still reach the ROM */
      rig_clear (&rig);
    }
}

static void
a_cut_late_in_the_write_leaves_the_first_words (void)
{
  Rig rig;
  guint8 area[128];
  rig_prepare (&rig, "STM32G071CB");
  rig_fault (&rig, "option-cut: 95");
  rig_start (&rig);
  rig_enter (&rig, FALSE);
  rig_read (&rig, 0x1fff7800, area, sizeof area);
  rig_send (&rig, 0x31, 0xce);
  rig_hear (&rig, 0x79);
  rig_send_address (&rig, 0x1fff7800);
  rig_hear (&rig, 0x79);
  rig_send_block (&rig, area, sizeof area);
  rig_hear_nothing (&rig);
  g_assert_cmphex (rig_cell (&rig, 0x1fff7800), ==, 0xaa);
  g_assert_cmphex (rig_cell (&rig, 0x1fff7870), ==, 0xff);
  rig_clear (&rig);
}

static void
the_supply_fails_at_the_nth_exchange (void)
{
  Rig rig;
  rig_prepare (&rig, "STM32F405RG");
  rig_fault (&rig, "power-cut: 4"); /* configure, 7F, 79, and then */
  rig_start (&rig);
  rig_enter (&rig, TRUE);
  rig_send (&rig, 0x7f); /* the ROM has started anew: this is its sync */
  rig_hear (&rig, 0x79);
  rig_clear (&rig);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/bench/option-areas/" #name, name)
  ADD (each_encoding_ships_as_its_manual_shows_it);
  ADD (second_areas_are_where_the_reference_says);
  ADD (what_f103_is_not_sent_stays_erased);
  ADD (what_g071_is_not_sent_stays_as_it_was_with_the_inverse_of_the_hardware);
  ADD (h743_takes_the_words_to_be_programmed_and_shows_those_in_force);
  ADD (a_write_elsewhere_in_the_area_is_refused);
  ADD (l476_passes_over_its_pcrop_words);
  ADD (a_wrp_register_with_unlock_0_is_frozen);
  ADD (a_broken_complement_closes_each_encoding);
  ADD (options_act_after_reset_reload_or_power_as_the_family_does);
  ADD (wb55_unprotects_only_with_the_next_power_on);
  ADD (write_protected_pages_are_acknowledged_and_kept);
  ADD (areas_protect_their_own_bank);
  ADD (commands_63_and_73_set_and_clear_each_kind_of_protection);
  ADD (pcrop_hides_and_keeps_what_it_covers);
  ADD (h563_goes_through_its_states_by_the_special_command);
  ADD (u575_leaves_trustzone_by_the_special_command_alone);
  ADD (a_cut_option_write_is_erased_and_half_programmed);
  ADD (a_cut_late_in_the_write_leaves_the_first_words);
  ADD (the_supply_fails_at_the_nth_exchange);
  return g_test_run ();
}
