/* The ROM's side of AN3155, byte by byte: what it answers, and where it refuses. */
#include "tests/bench/bench-fixture.h"

static const char *const parts[] = { "STM32G071CB", "STM32F405RG", "STM32F103CB" };

static void sync_is_answered_once_and_then_counts_as_a_command (void) {
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    Rig rig;
    rig_new (&rig, parts[i]);
    rig_enter (&rig, TRUE);
    rig_send (&rig, 0x7f);
    rig_hear_nothing (&rig);
    rig_send (&rig, 0x7f);
    rig_hear (&rig, 0x1f);
    rig_send (&rig, 0x7f, 0x80); /* a good complement of no command */
    rig_hear (&rig, 0x1f);
    rig_clear (&rig);
  }
}

static void get_lists_what_the_chip_has (void) {
  Rig rig;
  rig_new (&rig, "STM32G071CB");
  rig_enter (&rig, FALSE);
  rig_send (&rig, 0x00, 0xff);
  rig_hear (&rig, 0x79, 0x0b, 0x31, 0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x63, 0x73, 0x82, 0x92, 0x79);
  rig_send (&rig, 0x01, 0xfe);
  rig_hear (&rig, 0x79, 0x31, 0x00, 0x00, 0x79);
  rig_send (&rig, 0x02, 0xfd);
  rig_hear (&rig, 0x79, 0x01, 0x04, 0x60, 0x79);
  rig_send (&rig, 0x43, 0xbc); /* not on this list */
  rig_hear (&rig, 0x1f);
  rig_clear (&rig);

  rig_new (&rig, "STM32F405RG");
  rig_enter (&rig, TRUE);
  rig_send (&rig, 0x00, 0xff);
  rig_hear (&rig, 0x79, 0x0b, 0x31, 0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x63, 0x73, 0x82, 0x92, 0x79);
  rig_send (&rig, 0x02, 0xfd);
  rig_hear (&rig, 0x79, 0x01, 0x04, 0x13, 0x79);
  rig_clear (&rig);

  rig_new (&rig, "STM32F103CB");
  rig_enter (&rig, TRUE);
  rig_send (&rig, 0x00, 0xff);
  rig_hear (&rig, 0x79, 0x0b, 0x22, 0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x43, 0x63, 0x73, 0x82, 0x92, 0x79);
  rig_send (&rig, 0x02, 0xfd);
  rig_hear (&rig, 0x79, 0x01, 0x04, 0x10, 0x79);
  rig_send (&rig, 0x44, 0xbb);
  rig_hear (&rig, 0x1f);
  rig_clear (&rig);
}

static void every_check_has_its_refusal (void) {
  Rig rig;
  rig_new (&rig, "STM32F405RG");
  rig_enter (&rig, TRUE);
  rig_send (&rig, 0x11, 0x11); /* complement */
  rig_hear (&rig, 0x1f);
  rig_send (&rig, 0x11, 0xee);
  rig_hear (&rig, 0x79);
  rig_send (&rig, 0x08, 0x00, 0x00, 0x00, 0x09); /* checksum of the address */
  rig_hear (&rig, 0x1f);
  rig_send (&rig, 0x11, 0xee);
  rig_hear (&rig, 0x79);
  rig_send_address (&rig, 0x09000000); /* nothing there */
  rig_hear (&rig, 0x1f);
  rig_send (&rig, 0x11, 0xee);
  rig_hear (&rig, 0x79);
  rig_send_address (&rig, 0x20000000); /* the ROM's own RAM */
  rig_hear (&rig, 0x1f);
  rig_send (&rig, 0x11, 0xee);
  rig_hear (&rig, 0x79);
  rig_send_address (&rig, 0x08000000);
  rig_hear (&rig, 0x79);
  rig_send (&rig, 0x03, 0x03); /* complement of the count */
  rig_hear (&rig, 0x1f);
  rig_send (&rig, 0x31, 0xce);
  rig_hear (&rig, 0x79);
  rig_send_address (&rig, 0x1fff0000); /* system memory is read only */
  rig_hear (&rig, 0x1f);
  rig_send (&rig, 0x31, 0xce);
  rig_hear (&rig, 0x79);
  rig_send_address (&rig, 0x08000000);
  rig_hear (&rig, 0x79);
  rig_send (&rig, 0x03, 0x11, 0x22, 0x33, 0x44, 0x00); /* checksum of the data */
  rig_hear (&rig, 0x1f);
  g_assert_cmphex (rig_cell (&rig, 0x08000000), ==, 0xff);
  rig_send (&rig, 0x21, 0xde);
  rig_hear (&rig, 0x79);
  rig_send_address (&rig, 0x1fffc000); /* no way to jump into options */
  rig_hear (&rig, 0x1f);
  rig_send (&rig, 0x44, 0xbb);
  rig_hear (&rig, 0x79);
  rig_send (&rig, 0x00, 0x00, 0x00, 0x01, 0x00); /* checksum of the pages */
  rig_hear (&rig, 0x1f);
  rig_send (&rig, 0x44, 0xbb);
  rig_hear (&rig, 0x79);
  rig_send (&rig, 0xff, 0xff, 0x01);
  rig_hear (&rig, 0x1f);
  rig_send (&rig, 0x44, 0xbb);
  rig_hear (&rig, 0x79);
  rig_send (&rig, 0xff, 0xf5, 0x0a); /* a reserved code */
  rig_hear (&rig, 0x1f);
  rig_send (&rig, 0x63, 0x9c);
  rig_hear (&rig, 0x79);
  rig_send (&rig, 0x00, 0x01, 0x00);
  rig_hear (&rig, 0x1f);
  rig_send (&rig, 0x00, 0xff); /* and it is still there */
  rig_hear (&rig, 0x79, 0x0b);
  rig_clear (&rig);
}

static void an_old_rom_forgets_to_refuse_a_bad_address (void) {
  Rig rig;
  rig_new (&rig, "STM32F103CB");
  rig_enter (&rig, TRUE);
  rig_send (&rig, 0x11, 0xee);
  rig_hear (&rig, 0x79);
  rig_send_address (&rig, 0x09000000);
  rig_hear_nothing (&rig);
  rig_send (&rig, 0x02, 0xfd); /* taken as the next command */
  rig_hear (&rig, 0x79, 0x01, 0x04, 0x10, 0x79);
  rig_clear (&rig);
}

static void what_is_written_is_read_back (void) {
  guint8 block[256], seen[256];
  for (guint i = 0; i < sizeof block; i++)
    block[i] = (guint8)(i * 7 + 3);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    Rig rig;
    rig_new (&rig, parts[i]);
    rig_enter (&rig, TRUE);
    rig_write (&rig, 0x08000400, block, sizeof block);
    rig_read (&rig, 0x08000400, seen, sizeof seen);
    g_assert_cmpmem (seen, sizeof seen, block, sizeof block);
    rig_read (&rig, 0x080003ff, seen, 2); /* any length, any start */
    g_assert_cmphex (seen[0], ==, 0xff);
    g_assert_cmphex (seen[1], ==, block[0]);
    g_assert_cmphex (rig_cell (&rig, 0x080004ff), ==, block[255]);
    rig_clear (&rig);
  }
}

static void f103_erases_with_43 (void) {
  Rig rig;
  rig_new (&rig, "STM32F103CB");
  rig_enter (&rig, TRUE);
  for (guint page = 0; page < 4; page++)
    rig_write (&rig, 0x08000000 + 1024 * page, (const guint8[]){ 1, 2, 3, 4 }, 4);
  rig_send (&rig, 0x43, 0xbc);
  rig_hear (&rig, 0x79);
  rig_send (&rig, 0x01, 0x00, 0x02, 0x03);
  rig_hear (&rig, 0x79);
  g_assert_cmphex (rig_cell (&rig, 0x08000000), ==, 0xff);
  g_assert_cmphex (rig_cell (&rig, 0x08000400), ==, 0x01);
  g_assert_cmphex (rig_cell (&rig, 0x08000800), ==, 0xff);
  rig_send (&rig, 0x43, 0xbc);
  rig_hear (&rig, 0x79);
  rig_send (&rig, 0xff, 0x01); /* says yes and does nothing */
  rig_hear (&rig, 0x79);
  g_assert_cmphex (rig_cell (&rig, 0x08000400), ==, 0x01);
  rig_send (&rig, 0x43, 0xbc);
  rig_hear (&rig, 0x79);
  rig_send (&rig, 0xff, 0x00);
  rig_hear (&rig, 0x79);
  g_assert_cmphex (rig_cell (&rig, 0x08000400), ==, 0xff);
  g_assert_cmphex (rig_cell (&rig, 0x08000c00), ==, 0xff);
  rig_clear (&rig);
}

static void extended_erase_takes_pages_and_everything (void) {
  Rig rig;
  rig_new (&rig, "STM32G071CB");
  rig_enter (&rig, FALSE);
  const guint8 word[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
  for (guint page = 0; page < 4; page++)
    rig_write (&rig, 0x08000000 + 2048 * page, word, 8);
  rig_send (&rig, 0x44, 0xbb);
  rig_hear (&rig, 0x79);
  rig_send (&rig, 0x00, 0x01, 0x00, 0x01, 0x00, 0x03, 0x03);
  rig_hear (&rig, 0x79);
  g_assert_cmphex (rig_cell (&rig, 0x08000000), ==, 0x01);
  g_assert_cmphex (rig_cell (&rig, 0x08000800), ==, 0xff);
  g_assert_cmphex (rig_cell (&rig, 0x08001800), ==, 0xff);
  rig_send (&rig, 0x44, 0xbb);
  rig_hear (&rig, 0x79);
  rig_send (&rig, 0xff, 0xff, 0x00);
  rig_hear (&rig, 0x79);
  g_assert_cmphex (rig_cell (&rig, 0x08000000), ==, 0xff);
  g_assert_cmphex (rig_cell (&rig, 0x08001000), ==, 0xff);
  rig_clear (&rig);
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench/rom/sync_is_answered_once_and_then_counts_as_a_command",
                   sync_is_answered_once_and_then_counts_as_a_command);
  g_test_add_func ("/bench/rom/get_lists_what_the_chip_has", get_lists_what_the_chip_has);
  g_test_add_func ("/bench/rom/every_check_has_its_refusal", every_check_has_its_refusal);
  g_test_add_func ("/bench/rom/an_old_rom_forgets_to_refuse_a_bad_address", an_old_rom_forgets_to_refuse_a_bad_address);
  g_test_add_func ("/bench/rom/what_is_written_is_read_back", what_is_written_is_read_back);
  g_test_add_func ("/bench/rom/f103_erases_with_43", f103_erases_with_43);
  g_test_add_func ("/bench/rom/extended_erase_takes_pages_and_everything", extended_erase_takes_pages_and_everything);
  return g_test_run ();
}
