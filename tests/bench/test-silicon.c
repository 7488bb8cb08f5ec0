/* What flash and options do with writes, per family, and what protection leaves. */
#include "tests/bench/bench-fixture.h"

static void f103_programs_half_words_once (void) {
  Rig rig;
  rig_new (&rig, "STM32F103CB");
  rig_enter (&rig, TRUE);
  rig_write (&rig, 0x08000000, (const guint8[]){ 0x34, 0x12, 0xff, 0xff }, 4);
  rig_write (&rig, 0x08000000, (const guint8[]){ 0x34, 0x10, 0x78, 0x56 }, 4);
  g_assert_cmphex (rig_cell (&rig, 0x08000001), ==, 0x12); /* refused, and acknowledged */
  g_assert_cmphex (rig_cell (&rig, 0x08000003), ==, 0x56); /* FFFF had not used its half-word up */
  rig_write (&rig, 0x08000000, (const guint8[]){ 0x00, 0x00, 0x00, 0x00 }, 4);
  g_assert_cmphex (rig_cell (&rig, 0x08000001), ==, 0x00);
  rig_clear (&rig);
}

static void f405_clears_bits (void) {
  Rig rig;
  rig_new (&rig, "STM32F405RG");
  rig_enter (&rig, TRUE);
  rig_write (&rig, 0x08000000, (const guint8[]){ 0xf0, 0xff, 0x0f, 0xaa }, 4);
  rig_write (&rig, 0x08000000, (const guint8[]){ 0x3c, 0x01, 0xff, 0x55 }, 4);
  g_assert_cmphex (rig_cell (&rig, 0x08000000), ==, 0x30);
  g_assert_cmphex (rig_cell (&rig, 0x08000001), ==, 0x01);
  g_assert_cmphex (rig_cell (&rig, 0x08000002), ==, 0x0f);
  g_assert_cmphex (rig_cell (&rig, 0x08000003), ==, 0x00);
  rig_clear (&rig);
}

static void g071_programs_a_word_once_even_with_ff (void) {
  Rig rig;
  guint8 ones[8], data[8] = { 1, 2, 3, 4, 5, 6, 7, 8 }, zeros[8] = { 0 };
  memset (ones, 0xff, sizeof ones);
  rig_new (&rig, "STM32G071CB");
  rig_enter (&rig, FALSE);
  rig_write (&rig, 0x08000000, ones, 8);
  rig_write (&rig, 0x08000000, data, 8);
  g_assert_cmphex (rig_cell (&rig, 0x08000000), ==, 0xff);
  rig_write (&rig, 0x08000008, data, 8);
  rig_write (&rig, 0x08000008, ones, 8);
  g_assert_cmphex (rig_cell (&rig, 0x08000008), ==, 0x01);
  rig_write (&rig, 0x08000008, zeros, 8); /* always taken */
  g_assert_cmphex (rig_cell (&rig, 0x08000008), ==, 0x00);
  rig_send (&rig, 0x44, 0xbb);
  rig_hear (&rig, 0x79);
  rig_send (&rig, 0x00, 0x00, 0x00, 0x00, 0x00);
  rig_hear (&rig, 0x79);
  rig_write (&rig, 0x08000000, data, 8);
  g_assert_cmphex (rig_cell (&rig, 0x08000000), ==, 0x01);
  rig_clear (&rig);
}

static void a_misaligned_write_jams_a_g071_until_reset (void) {
  Rig rig;
  guint8 data[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
  rig_new (&rig, "STM32G071CB");
  rig_enter (&rig, FALSE);
  rig_write (&rig, 0x08000004, data, 8);
  g_assert_cmphex (rig_cell (&rig, 0x08000004), ==, 0xff);
  rig_write (&rig, 0x08000010, data, 8);
  g_assert_cmphex (rig_cell (&rig, 0x08000010), ==, 0xff);
  rig_enter (&rig, FALSE);
  rig_write (&rig, 0x08000010, data, 8);
  g_assert_cmphex (rig_cell (&rig, 0x08000010), ==, 0x01);
  rig_clear (&rig);
}

static void a_short_write_takes_along_what_the_rom_still_held (void) {
  Rig rig;
  guint8 before[8] = { 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18 }, data[4] = { 1, 2, 3, 4 };
  rig_new (&rig, "STM32G071CB");
  rig_enter (&rig, FALSE);
  rig_write (&rig, 0x08000000, before, 8);
  rig_write (&rig, 0x08000008, data, 4);
  g_assert_cmphex (rig_cell (&rig, 0x0800000b), ==, 0x04);
  g_assert_cmphex (rig_cell (&rig, 0x0800000c), ==, 0x15);
  rig_clear (&rig);
}

static void a_block_over_the_end_of_the_flash_stops_there (void) {
  Rig rig;
  guint8 block[256], seen[16];
  memset (block, 0x42, sizeof block);
  rig_new (&rig, "STM32F103CB");
  rig_enter (&rig, TRUE);
  rig_write (&rig, 0x0801fff0, block, sizeof block);
  rig_read (&rig, 0x0801fff0, seen, sizeof seen);
  g_assert_cmphex (seen[15], ==, 0x42);
  rig_clear (&rig);
}

static void ram_reads_what_was_written_until_power_goes (void) {
  Rig rig;
  guint8 seen[4];
  rig_new (&rig, "STM32F103CB");
  rig_enter (&rig, TRUE);
  rig_write (&rig, 0x20000400, (const guint8[]){ 9, 8, 7, 6 }, 4);
  rig_enter (&rig, TRUE);
  rig_read (&rig, 0x20000400, seen, 4);
  g_assert_cmpmem (seen, 4, ((const guint8[]){ 9, 8, 7, 6 }), 4);
  stn_bench_board_power_cycle (rig.bench, "A1");
  rig_sync (&rig);
  rig_read (&rig, 0x20000400, seen, 4);
  g_assert_cmphex (seen[0], ==, 0);
  rig_clear (&rig);
}

static void uid_size_and_rom_id_are_where_the_manuals_say (void) {
  Rig rig;
  guint8 uid[12], seen[256];
  rig_new (&rig, "STM32G071CB");
  stn_bench_board_uid (rig.bench, "A1", uid);
  rig_enter (&rig, FALSE);
  rig_read (&rig, 0x1fff7590, seen, 12);
  g_assert_cmpmem (seen, 12, uid, 12);
  rig_read (&rig, 0x1fff75e0, seen, 2);
  g_assert_cmpmem (seen, 2, ((const guint8[]){ 128, 0 }), 2);
  rig_read (&rig, 0x1fff6ffe, seen, 1);
  g_assert_cmphex (seen[0], ==, 0xb4);
  rig_clear (&rig);

  rig_new (&rig, "STM32F103CB");
  stn_bench_board_uid (rig.bench, "A1", uid);
  rig_enter (&rig, TRUE);
  rig_read (&rig, 0x1ffff7e8, seen, 12);
  g_assert_cmpmem (seen, 12, uid, 12);
  rig_read (&rig, 0x1ffff7e0, seen, 2);
  g_assert_cmpmem (seen, 2, ((const guint8[]){ 128, 0 }), 2);
  rig_clear (&rig);

  rig_new (&rig, "STM32F405RG");
  stn_bench_board_uid (rig.bench, "A1", uid);
  rig_enter (&rig, TRUE);
  rig_send (&rig, 0x11, 0xee);
  rig_hear (&rig, 0x79);
  rig_send_address (&rig, 0x1fff7a10); /* a read that begins here is refused */
  rig_hear (&rig, 0x1f);
  rig_read (&rig, 0x1fff7a00, seen, 256);
  g_assert_cmpmem (seen + 0x10, 12, uid, 12);
  g_assert_cmpmem (seen + 0x22, 2, ((const guint8[]){ 0x00, 0x04 }), 2);
  rig_clear (&rig);
}

/* Get, Get Version and Get ID work, and nothing that touches memory; `nacks` to a read */
static void is_protected (Rig *rig, guint nacks) {
  static const guint8 refused[][2] = { { 0x21, 0xde }, { 0x63, 0x9c }, { 0x73, 0x8c }, { 0x82, 0x7d } };
  rig_send (rig, 0x01, 0xfe);
  rig_hear (rig, 0x79, 0x31, 0x00, 0x00, 0x79);
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    rig_send_bytes (rig, refused[i], 2);
    rig_hear (rig, 0x1f);
  }
  for (guint i = 0; i < nacks; i++) {
    if (i == 0)
      rig_send (rig, 0x11, 0xee);
    rig_hear (rig, 0x1f);
  }
  rig_hear_nothing (rig);
  rig_send (rig, 0x44, 0xbb);
  rig_hear (rig, 0x1f);
}

static void protection_comes_with_82_and_goes_with_everything_by_92 (void) {
  static const struct {
    const char *part;
    guint nacks;
    gboolean boot0;
  } chips[] = { { "STM32G071CB", 1, FALSE }, { "STM32F405RG", 2, TRUE } };
  for (guint i = 0; i < G_N_ELEMENTS (chips); i++) {
    Rig rig;
    guint8 data[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    rig_new (&rig, chips[i].part);
    rig_enter (&rig, chips[i].boot0);
    rig_write (&rig, 0x08001000, data, 8);
    rig_send (&rig, 0x82, 0x7d);
    rig_hear (&rig, 0x79, 0x79);
    rig_sync (&rig); /* it has reset itself */
    is_protected (&rig, chips[i].nacks);
    g_assert_cmphex (rig_cell (&rig, 0x08001000), ==, 0x01);
    rig_send (&rig, 0x92, 0x6d);
    rig_hear (&rig, 0x79, 0x79);
    rig_sync (&rig);
    g_assert_cmphex (rig_cell (&rig, 0x08001000), ==, 0xff);
    rig_read (&rig, 0x08001000, data, 8);
    g_assert_cmphex (data[0], ==, 0xff);
    rig_clear (&rig);
  }
}

static void f103_needs_its_complements (void) {
  Rig rig;
  guint8 options[16];
  rig_new (&rig, "STM32F103CB");
  rig_enter (&rig, TRUE);
  rig_read (&rig, 0x1ffff800, options, 16);
  g_assert_cmpmem (options, 4, ((const guint8[]){ 0xa5, 0x5a, 0xff, 0x00 }), 4);
  rig_write (&rig, 0x1ffff800, options, 16);
  rig_sync (&rig);
  rig_read (&rig, 0x1ffff800, options, 16);
  options[1] = 0x00; /* A5 without its complement is no A5 */
  rig_write (&rig, 0x1ffff800, options, 16);
  rig_sync (&rig);
  rig_send (&rig, 0x11, 0xee);
  rig_hear (&rig, 0x1f);
  rig_clear (&rig);
}

static void protected_pages_are_passed_over_in_silence (void) {
  Rig rig;
  guint8 data[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
  rig_new (&rig, "STM32F405RG");
  rig_enter (&rig, TRUE);
  rig_write (&rig, 0x08004000, data, 8);
  rig_send (&rig, 0x63, 0x9c);
  rig_hear (&rig, 0x79);
  rig_send (&rig, 0x00, 0x01, 0x01); /* sector 1 */
  rig_hear (&rig, 0x79);
  rig_sync (&rig);
  rig_write (&rig, 0x08004010, data, 8);
  g_assert_cmphex (rig_cell (&rig, 0x08004010), ==, 0xff);
  rig_write (&rig, 0x08000000, data, 8);
  g_assert_cmphex (rig_cell (&rig, 0x08000000), ==, 0x01);
  rig_send (&rig, 0x44, 0xbb);
  rig_hear (&rig, 0x79);
  rig_send (&rig, 0x00, 0x00, 0x00, 0x01, 0x01);
  rig_hear (&rig, 0x79);
  g_assert_cmphex (rig_cell (&rig, 0x08004000), ==, 0x01);
  rig_send (&rig, 0x44, 0xbb);
  rig_hear (&rig, 0x79);
  rig_send (&rig, 0xff, 0xff, 0x00); /* this one is told */
  rig_hear (&rig, 0x1f);
  rig_send (&rig, 0x73, 0x8c);
  rig_hear (&rig, 0x79, 0x79);
  rig_sync (&rig);
  rig_send (&rig, 0x44, 0xbb);
  rig_hear (&rig, 0x79);
  rig_send (&rig, 0xff, 0xff, 0x00);
  rig_hear (&rig, 0x79);
  g_assert_cmphex (rig_cell (&rig, 0x08004000), ==, 0xff);
  rig_clear (&rig);
}

static void g071_protects_areas (void) {
  Rig rig;
  guint8 data[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
  rig_new (&rig, "STM32G071CB");
  rig_enter (&rig, FALSE);
  rig_send (&rig, 0x63, 0x9c);
  rig_hear (&rig, 0x79);
  rig_send (&rig, 0x01, 0x02, 0x03, 0x00); /* pages 2 to 3 */
  rig_hear (&rig, 0x79);
  rig_sync (&rig);
  rig_write (&rig, 0x08000800, data, 8);
  rig_write (&rig, 0x08001000, data, 8);
  rig_write (&rig, 0x08001ff8, data, 8);
  rig_write (&rig, 0x08002000, data, 8);
  g_assert_cmphex (rig_cell (&rig, 0x08000800), ==, 0x01);
  g_assert_cmphex (rig_cell (&rig, 0x08001000), ==, 0xff);
  g_assert_cmphex (rig_cell (&rig, 0x08001ff8), ==, 0xff);
  g_assert_cmphex (rig_cell (&rig, 0x08002000), ==, 0x01);
  rig_clear (&rig);
}

static void level_2_closes_the_rom_for_good (void) {
  Rig rig;
  guint8 options[16];
  rig_new (&rig, "STM32F405RG");
  rig_enter (&rig, TRUE);
  rig_read (&rig, 0x1fffc000, options, 16);
  g_assert_cmphex (options[1], ==, 0xaa);
  options[1] = 0xcc;
  rig_write (&rig, 0x1fffc000, options, 16);
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_CRASHED);
  rig_reset (&rig, TRUE);
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_CRASHED);
  rig_clear (&rig);
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/bench/silicon/" #name, name)
  ADD (f103_programs_half_words_once);
  ADD (f405_clears_bits);
  ADD (g071_programs_a_word_once_even_with_ff);
  ADD (a_misaligned_write_jams_a_g071_until_reset);
  ADD (a_short_write_takes_along_what_the_rom_still_held);
  ADD (a_block_over_the_end_of_the_flash_stops_there);
  ADD (ram_reads_what_was_written_until_power_goes);
  ADD (uid_size_and_rom_id_are_where_the_manuals_say);
  ADD (protection_comes_with_82_and_goes_with_everything_by_92);
  ADD (f103_needs_its_complements);
  ADD (protected_pages_are_passed_over_in_silence);
  ADD (g071_protects_areas);
  ADD (level_2_closes_the_rom_for_good);
  return g_test_run ();
}
