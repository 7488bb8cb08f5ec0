/* What can be wrong with a board: every row of the fault table bites where it says. */
#include "tests/bench/bench-fixture.h"
#include "src/bench/faults.h"

static void start_with (Rig *rig, const char *part, const char *fault) {
  rig_prepare (rig, part);
  rig_fault (rig, fault);
  rig_start (rig);
}

static void a_dead_cell_stays_erased (void) {
  Rig rig;
  guint8 data[8] = { 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x80 }, seen[8];
  start_with (&rig, "STM32G071CB", "dead-cell: 0x08000003");
  rig_enter (&rig, FALSE);
  rig_write (&rig, 0x08000000, data, 8);
  rig_read (&rig, 0x08000000, seen, 8);
  data[3] = 0xff;
  g_assert_cmpmem (seen, 8, data, 8);
  rig_clear (&rig);

  start_with (&rig, "STM32F405RG", "dead-cell: 0x08000003.5");
  rig_enter (&rig, TRUE);
  data[3] = 0x40;
  rig_write (&rig, 0x08000000, data, 8);
  g_assert_cmphex (rig_cell (&rig, 0x08000003), ==, 0x60);
  rig_clear (&rig);

  start_with (&rig, "STM32F405RG", "stuck-at-0: 0x08000003.5");
  g_assert_cmphex (rig_cell (&rig, 0x08000003), ==, 0xdf);
  rig_enter (&rig, TRUE);
  rig_send (&rig, 0x44, 0xbb);
  rig_hear (&rig, 0x79);
  rig_send (&rig, 0xff, 0xff, 0x00);
  rig_hear (&rig, 0x79);
  g_assert_cmphex (rig_cell (&rig, 0x08000003), ==, 0xdf);
  rig_clear (&rig);
}

static void erases_that_fail_are_acknowledged (void) {
  Rig rig;
  start_with (&rig, "STM32F405RG", "erase-fails");
  rig_enter (&rig, TRUE);
  rig_write (&rig, 0x08000000, (const guint8[]){ 1, 2, 3, 4 }, 4);
  rig_send (&rig, 0x44, 0xbb);
  rig_hear (&rig, 0x79);
  rig_send (&rig, 0x00, 0x00, 0x00, 0x00, 0x00);
  rig_hear (&rig, 0x79);
  g_assert_cmphex (rig_cell (&rig, 0x08000000), ==, 0x01);
  rig_clear (&rig);
}

static void a_slow_erase_takes_its_factor (void) {
  Rig rig;
  GError *error = NULL;
  rig_prepare (&rig, "STM32G071CB");
  rig_fault (&rig, "slow-erase: 7");
  stn_bench_config_set_pace (rig.config, FALSE, TRUE, 0);
  rig_start (&rig);
  const StnTarget *target = stn_targets_find (rig.targets, "STM32G071CB", &error);
  g_assert_no_error (error);
  rig_reset (&rig, FALSE);
  rig_sleep (&rig, STN_NS_PER_S);
  rig_sync (&rig);
  rig_send (&rig, 0x44, 0xbb);
  rig_hear (&rig, 0x79);
  gint64 start = stn_clock_now_ns (rig.clock);
  rig_send (&rig, 0xff, 0xff, 0x00);
  rig_hear (&rig, 0x79);
  g_assert_cmpint (stn_clock_now_ns (rig.clock) - start, ==, 7 * stn_target_mass_erase_typical_ns (target));
  rig_clear (&rig);
}

static void another_chip_says_so (void) {
  Rig rig;
  start_with (&rig, "STM32G071CB", "wrong-chip: STM32F405RG");
  rig_enter (&rig, TRUE);
  rig_send (&rig, 0x02, 0xfd);
  rig_hear (&rig, 0x79, 0x01, 0x04, 0x13, 0x79);
  rig_clear (&rig);
}

static void a_protected_board_comes_protected (void) {
  Rig rig;
  start_with (&rig, "STM32G071CB", "protected");
  rig_enter (&rig, FALSE);
  rig_send (&rig, 0x11, 0xee);
  rig_hear (&rig, 0x1f);
  rig_clear (&rig);
}

static void uids_are_given_shared_or_new (void) {
  Rig rig;
  guint8 uid[12], other[12];
  rig_prepare (&rig, "STM32G071CB");
  stn_bench_config_add_board (rig.config, "A2", "STM32G071CB", NULL);
  stn_bench_config_add_board (rig.config, "A3", "STM32G071CB", NULL);
  rig_fault (&rig, "uid: 000102030405060708090a0b");
  g_assert_true (stn_bench_config_add_fault (rig.config, "A2", "same-uid-as: A1", NULL));
  rig_start (&rig);
  stn_bench_board_uid (rig.bench, "A1", uid);
  g_assert_cmpmem (uid, 12, ((const guint8[]){ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 }), 12);
  stn_bench_board_uid (rig.bench, "A2", other);
  g_assert_cmpmem (other, 12, uid, 12);
  stn_bench_board_uid (rig.bench, "A3", other);
  g_assert_cmpint (memcmp (other, uid, 12), !=, 0);
  rig_clear (&rig);
}

static void an_application_that_does_not_start (void) {
  Rig rig;
  start_with (&rig, "STM32F405RG", "no-start");
  rig_place_program (&rig, 0x20020000);
  rig_reset (&rig, FALSE);
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_CRASHED);
  rig_enter (&rig, TRUE);
  rig_clear (&rig);
}

static void a_silent_board_and_no_board_at_all (void) {
  Rig rig;
  start_with (&rig, "STM32G071CB", "silence");
  rig_reset (&rig, FALSE);
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_ROM);
  rig_send (&rig, 0x7f);
  rig_hear_nothing (&rig);
  rig_clear (&rig);
  start_with (&rig, "STM32G071CB", "absent");
  rig_reset (&rig, FALSE);
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_OFF);
  rig_send (&rig, 0x7f);
  rig_hear_nothing (&rig);
  rig_clear (&rig);
}

static void the_nth_command_is_refused_spoilt_or_the_last (void) {
  Rig rig;
  start_with (&rig, "STM32G071CB", "nack: 2");
  rig_enter (&rig, FALSE);
  rig_send (&rig, 0x02, 0xfd);
  rig_hear (&rig, 0x79, 0x01, 0x04, 0x60, 0x79);
  rig_send (&rig, 0x02, 0xfd);
  rig_hear (&rig, 0x1f);
  rig_send (&rig, 0x02, 0xfd);
  rig_hear (&rig, 0x79, 0x01, 0x04, 0x60, 0x79);
  rig_clear (&rig);

  start_with (&rig, "STM32G071CB", "nack: 2+");
  rig_enter (&rig, FALSE);
  rig_send (&rig, 0x02, 0xfd);
  rig_hear (&rig, 0x79, 0x01, 0x04, 0x60, 0x79);
  rig_enter (&rig, FALSE); /* a reset does not help */
  rig_send (&rig, 0x02, 0xfd);
  rig_hear (&rig, 0x1f);
  rig_send (&rig, 0x02, 0xfd);
  rig_hear (&rig, 0x1f);
  rig_clear (&rig);

  start_with (&rig, "STM32G071CB", "garbage: 1");
  rig_enter (&rig, FALSE);
  guint8 heard[5];
  rig_send (&rig, 0x02, 0xfd);
  g_assert_true (stn_stream_read (rig.uart, heard, 5, &rig.wait, NULL));
  g_assert_cmphex (heard[0], !=, 0x79);
  g_assert_cmphex (heard[0], !=, 0x1f);
  rig_send (&rig, 0x02, 0xfd);
  rig_hear (&rig, 0x79, 0x01, 0x04, 0x60, 0x79);
  rig_clear (&rig);

  start_with (&rig, "STM32G071CB", "stops: 2");
  rig_enter (&rig, FALSE);
  rig_send (&rig, 0x02, 0xfd);
  rig_hear (&rig, 0x79, 0x01, 0x04, 0x60, 0x79);
  rig_send (&rig, 0x02, 0xfd);
  rig_hear_nothing (&rig);
  rig_enter (&rig, FALSE);
  rig_send (&rig, 0x02, 0xfd);
  rig_hear_nothing (&rig);
  rig_clear (&rig);
}

static void the_nth_byte_is_flipped_lost_or_one_too_many (void) {
  Rig rig;
  start_with (&rig, "STM32G071CB", "flip: 4");
  rig_enter (&rig, FALSE);
  rig_send (&rig, 0x02, 0xfd);
  rig_hear (&rig, 0x79, 0x01, 0x14, 0x60, 0x79);
  rig_clear (&rig);
  start_with (&rig, "STM32G071CB", "drop: 4");
  rig_enter (&rig, FALSE);
  rig_send (&rig, 0x02, 0xfd);
  rig_hear (&rig, 0x79, 0x01, 0x60, 0x79);
  rig_hear_nothing (&rig);
  rig_clear (&rig);
  start_with (&rig, "STM32G071CB", "extra: 4");
  rig_enter (&rig, FALSE);
  rig_send (&rig, 0x02, 0xfd);
  rig_hear (&rig, 0x79, 0x01, 0xe5, 0x04, 0x60, 0x79);
  rig_clear (&rig);
  start_with (&rig, "STM32G071CB", "lose: 3"); /* the complement */
  rig_enter (&rig, FALSE);
  rig_send (&rig, 0x02, 0xfd);
  rig_hear_nothing (&rig);
  rig_send (&rig, 0xff);
  rig_hear (&rig, 0x1f);
  rig_clear (&rig);
}

static void a_uart_is_unplugged_at_an_exchange (void) {
  Rig rig;
  g_autoptr (GError) error = NULL;
  start_with (&rig, "STM32G071CB", "unplug: 3"); /* the first set the line up */
  rig_reset (&rig, FALSE);
  rig_send (&rig, 0x7f);
  guint8 byte;
  g_assert_false (stn_stream_read (rig.uart, &byte, 1, &rig.wait, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_LINK_LOST));
  rig_clear (&rig);
}

static void a_rom_finds_no_rate_above_its_highest (void) {
  Rig rig;
  start_with (&rig, "STM32G071CB", "highest-baud: 115200");
  rig_set_line (&rig, 230400, 'E');
  rig_reset (&rig, FALSE);
  rig_send (&rig, 0x7f);
  rig_hear_nothing (&rig);
  rig_set_line (&rig, 115200, 'E');
  rig_enter (&rig, FALSE);
  rig_clear (&rig);
}

static void pins_get_stuck (void) {
  Rig rig;
  start_with (&rig, "STM32F405RG", "stuck-boot0: low");
  rig_reset (&rig, TRUE);
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_CRASHED);
  rig_clear (&rig);
  start_with (&rig, "STM32F405RG", "stuck-boot0: high");
  rig_place_program (&rig, 0x20020000);
  rig_reset (&rig, FALSE);
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_ROM);
  rig_clear (&rig);
  start_with (&rig, "STM32F405RG", "stuck-nrst: high");
  rig_pins (&rig, NRST, 0);
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_CRASHED);
  rig_clear (&rig);
  start_with (&rig, "STM32F405RG", "stuck-nrst: low");
  rig_reset (&rig, TRUE);
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_HELD);
  rig_clear (&rig);
}

static void add_power (Rig *rig) {
  stn_bench_config_add_line (rig->config, PINS, "AC2", "A1", "power", FALSE, NULL);
  stn_bench_config_add_line (rig->config, PINS, "AC3", "A1", "good", FALSE, NULL);
  stn_bench_config_add_line (rig->config, PINS, "AC4", "A1", "fault", TRUE, NULL);
  stn_bench_config_add_line (rig->config, PINS, "AC5", "A1", "detect", FALSE, NULL);
}

static guint32 levels (Rig *rig) {
  guint32 seen = 0;
  g_assert_true (stn_pins_get (rig->pins, &seen, &rig->wait, NULL));
  return seen;
}

static void power_is_switched_and_a_short_is_told (void) {
  Rig rig;
  rig_prepare (&rig, "STM32G071CB");
  add_power (&rig);
  rig_start (&rig);
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_OFF);
  g_assert_cmphex (levels (&rig) & 0x3800, ==, 0x3000); /* not good, no fault, a board */
  rig_pins (&rig, POWER, POWER);
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_ROM);
  g_assert_cmphex (levels (&rig) & 0x3800, ==, 0x3800);
  rig_pins (&rig, POWER, 0);
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_OFF);
  rig_clear (&rig);

  rig_prepare (&rig, "STM32G071CB");
  add_power (&rig);
  rig_fault (&rig, "shorted");
  rig_start (&rig);
  rig_pins (&rig, POWER, POWER);
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_OFF);
  g_assert_cmphex (levels (&rig) & 0x3800, ==, 0x2000);
  rig_clear (&rig);
}

static void a_back_powered_board_lives_on_its_uart (void) {
  Rig rig;
  rig_prepare (&rig, "STM32G071CB");
  add_power (&rig);
  rig_fault (&rig, "back-powered");
  rig_start (&rig);
  rig_pins (&rig, POWER, POWER);
  rig_place_program (&rig, 0x20009000);
  rig_pins (&rig, POWER, 0);
  rig_pins (&rig, POWER, POWER);
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_ROM); /* it never was without power */
  g_assert_true (stn_stream_break (rig.uart, TRUE, &rig.wait, NULL));
  rig_pins (&rig, POWER | BOOT0 | NRST, 0);
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_OFF);
  g_assert_true (stn_stream_break (rig.uart, FALSE, &rig.wait, NULL));
  rig_pins (&rig, POWER | NRST, POWER | NRST);
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_APPLICATION);
  rig_clear (&rig);
}

static void early_roms_have_their_quirks (void) {
  Rig rig;
  guint8 word[8] = { 1, 2, 3, 4, 5, 6, 7, 8 }, options[16];
  start_with (&rig, "STM32G071CB", "rom-clears-empty");
  rig_sync (&rig); /* it has been in the ROM since power-on */
  rig_reset (&rig, FALSE);
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_CRASHED);
  stn_bench_board_power_cycle (rig.bench, "A1");
  rig_sync (&rig);
  rig_clear (&rig);

  start_with (&rig, "STM32G071CB", "rom-one-page");
  rig_enter (&rig, FALSE);
  rig_write (&rig, 0x08000000, word, 8);
  rig_write (&rig, 0x08000800, word, 8);
  rig_send (&rig, 0x44, 0xbb);
  rig_hear (&rig, 0x79);
  rig_send (&rig, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00);
  rig_hear (&rig, 0x79);
  g_assert_cmphex (rig_cell (&rig, 0x08000000), ==, 0xff);
  g_assert_cmphex (rig_cell (&rig, 0x08000800), ==, 0x01);
  rig_clear (&rig);

  start_with (&rig, "STM32G071CB", "rom-no-option-load");
  rig_enter (&rig, FALSE);
  rig_place_program (&rig, 0x20009000);
  rig_read (&rig, 0x1fff7800, options, 16);
  rig_write (&rig, 0x1fff7800, options, 16);
  rig_send (&rig, 0x02, 0xfd); /* still there */
  rig_hear (&rig, 0x79, 0x01, 0x04, 0x60, 0x79);
  rig_clear (&rig);
}

static void texts_that_are_no_faults_are_refused (void) {
  static const struct {
    const char *text, *message;
  } bad[] = {
    { "dead-cel: 0x08000000", "there is no fault called \"dead-cel\"; did you mean \"dead-cell\"?" },
    { "dead-cell", "fault \"dead-cell\": expected an address (0x08001234, or 0x08001234.3 for one bit), seen nothing" },
    { "dead-cell: 0x08000000.8",
      "fault \"dead-cell\": expected an address (0x08001234, or 0x08001234.3 for one bit), seen 0x08000000.8" },
    { "nack: 0", "fault \"nack\": expected a number from 1, \"+\" behind it for all that follow too, seen 0" },
    { "flip: 1+", "fault \"flip\": expected a number from 1, seen 1+" },
    { "silence: loud", "fault \"silence\": expected no value, seen loud" },
    { "stuck-boot0: up", "fault \"stuck-boot0\": expected low or high, seen up" },
    { "uid: 0011", "fault \"uid\": expected 24 hex digits, seen 0011" },
    { "wrong-chip", "fault \"wrong-chip\": expected a name, seen nothing" },
    { "zebra", "there is no fault called \"zebra\"" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (stn_board_faults_check (bad[i].text, &error));
    g_assert_true (stn_error_is (error, STN_FAILURE_BAD_FILE));
    g_assert_cmpstr (error->message, ==, bad[i].message);
  }
}

static void every_fault_has_a_line_of_help (void) {
  const char *name, *help;
  guint count = 0;
  while ((help = stn_board_fault_help (count, &name)) != NULL) {
    g_assert_cmpuint (strlen (name), >, 2);
    g_assert_cmpuint (strlen (help), >, 10);
    count++;
  }
  g_assert_cmpuint (count, >=, 20);
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/bench/faults/" #name, name)
  ADD (a_dead_cell_stays_erased);
  ADD (erases_that_fail_are_acknowledged);
  ADD (a_slow_erase_takes_its_factor);
  ADD (another_chip_says_so);
  ADD (a_protected_board_comes_protected);
  ADD (uids_are_given_shared_or_new);
  ADD (an_application_that_does_not_start);
  ADD (a_silent_board_and_no_board_at_all);
  ADD (the_nth_command_is_refused_spoilt_or_the_last);
  ADD (the_nth_byte_is_flipped_lost_or_one_too_many);
  ADD (a_uart_is_unplugged_at_an_exchange);
  ADD (a_rom_finds_no_rate_above_its_highest);
  ADD (pins_get_stuck);
  ADD (power_is_switched_and_a_short_is_told);
  ADD (a_back_powered_board_lives_on_its_uart);
  ADD (early_roms_have_their_quirks);
  ADD (texts_that_are_no_faults_are_refused);
  ADD (every_fault_has_a_line_of_help);
  return g_test_run ();
}
