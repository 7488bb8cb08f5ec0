/* Where boards start, and what the program in the flash then does. */
#include "tests/bench/bench-fixture.h"

static void place_image (Rig *self, const char *name) {
  g_autofree char *path = g_build_filename (g_getenv ("STN_SOURCE_ROOT"), "firmware_fixtures", "built", name, NULL);
  g_autofree char *bytes = NULL;
  gsize length;
  GError *error = NULL;
  g_file_get_contents (path, &bytes, &length, &error);
  g_assert_no_error (error);
  g_assert_true (stn_bench_board_write (self->bench, "A1", 0x08000000, (const guint8 *)bytes, length));
}

static void a_factory_new_g071_enters_whatever_boot0_is (void) {
  for (gint boot0 = 0; boot0 < 2; boot0++) {
    Rig rig;
    rig_new (&rig, "STM32G071CB");
    rig_reset (&rig, boot0);
    g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_ROM);
    rig_sync (&rig);
    rig_clear (&rig);
  }
}

static void a_programmed_g071_is_in_the_rom_until_it_loses_power (void) {
  Rig rig;
  rig_new (&rig, "STM32G071CB");
  rig_enter (&rig, FALSE);
  rig_place_program (&rig, 0x20009000);
  rig_enter (&rig, FALSE); /* a reset does not look at the flash again */
  g_assert_true (stn_bench_board_power_cycle (rig.bench, "A1"));
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_APPLICATION);
  rig_reset (&rig, TRUE); /* and from now on the pin that a new part ignores leads nowhere */
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_APPLICATION);
  rig_clear (&rig);
}

static void an_erased_g071_crashes_until_it_loses_power (void) {
  Rig rig;
  rig_new (&rig, "STM32G071CB");
  rig_place_program (&rig, 0x20009000);
  stn_bench_board_power_cycle (rig.bench, "A1");
  guint8 erased[16];
  memset (erased, 0xff, sizeof erased);
  stn_bench_board_write (rig.bench, "A1", 0x08000000, erased, sizeof erased);
  rig_reset (&rig, FALSE);
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_CRASHED);
  stn_bench_board_power_cycle (rig.bench, "A1");
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_ROM);
  rig_clear (&rig);
}

static void writing_the_same_options_loads_them_and_looks_at_the_flash (void) {
  Rig rig;
  guint8 options[32];
  rig_new (&rig, "STM32G071CB");
  rig_enter (&rig, FALSE);
  rig_place_program (&rig, 0x20009000);
  rig_read (&rig, 0x1fff7800, options, sizeof options);
  g_assert_cmpmem (options, 8, ((const guint8[]){ 0xaa, 0xfe, 0xff, 0xff, 0x55, 0x01, 0x00, 0x00 }), 8);
  rig_write (&rig, 0x1fff7800, options, sizeof options);
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_APPLICATION);
  rig_clear (&rig);
}

static void a_g071_that_listens_to_its_pin_enters_by_it (void) {
  Rig rig;
  guint8 options[8];
  rig_new (&rig, "STM32G071CB");
  rig_enter (&rig, FALSE);
  rig_place_program (&rig, 0x20009000);
  rig_read (&rig, 0x1fff7800, options, sizeof options);
  options[3] &= ~0x01; /* nBOOT_SEL, bit 24 */
  options[7] |= 0x01;
  rig_write (&rig, 0x1fff7800, options, sizeof options);
  rig_reset (&rig, FALSE);
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_APPLICATION);
  rig_enter (&rig, TRUE);
  rig_clear (&rig);
}

static void boot_lock_leaves_no_way_in (void) {
  Rig rig;
  rig_new (&rig, "STM32G071CB");
  rig_enter (&rig, FALSE);
  stn_bench_board_write (rig.bench, "A1", 0x1fff7870, (const guint8[]){ 0, 0, 1, 0, 0xff, 0xff, 0xfe, 0xff }, 8);
  stn_bench_board_power_cycle (rig.bench, "A1");
  rig_reset (&rig, TRUE);
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_CRASHED);
  rig_clear (&rig);
}

static void f405_and_f103_start_by_the_pin_alone (void) {
  static const struct {
    const char *part;
    guint32 stack;
  } chips[] = { { "STM32F405RG", 0x20020000 }, { "STM32F103CB", 0x20005000 } };
  for (guint i = 0; i < G_N_ELEMENTS (chips); i++) {
    Rig rig;
    rig_new (&rig, chips[i].part);
    g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_CRASHED); /* nothing in the flash */
    rig_pins (&rig, NRST, 0);
    g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_HELD);
    rig_enter (&rig, TRUE);
    rig_place_program (&rig, chips[i].stack);
    rig_pins (&rig, BOOT0, 0); /* moves nothing before the next reset */
    g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_ROM);
    rig_reset (&rig, FALSE);
    g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_APPLICATION);
    rig_send (&rig, 0x7f); /* it does not speak the ROM's language */
    rig_hear_nothing (&rig);
    rig_clear (&rig);
  }
}

static void go_starts_the_program_and_leaves_the_latch (void) {
  Rig rig;
  rig_new (&rig, "STM32G071CB");
  rig_enter (&rig, FALSE);
  rig_place_program (&rig, 0x20009000);
  rig_send (&rig, 0x21, 0xde);
  rig_hear (&rig, 0x79);
  rig_send_address (&rig, 0x08000000);
  rig_hear (&rig, 0x79);
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_APPLICATION);
  rig_enter (&rig, FALSE);
  rig_clear (&rig);
}

static void vectors_that_lead_nowhere_crash (void) {
  static const struct {
    const char *why;
    guint8 vectors[8];
  } bad[] = {
    { "stack behind the RAM", { 0x04, 0x90, 0x00, 0x20, 0x09, 0x00, 0x00, 0x08 } },
    { "stack below the RAM", { 0x00, 0x90, 0x00, 0x1f, 0x09, 0x00, 0x00, 0x08 } },
    { "stack not aligned", { 0xfe, 0x8f, 0x00, 0x20, 0x09, 0x00, 0x00, 0x08 } },
    { "entry even", { 0x00, 0x90, 0x00, 0x20, 0x08, 0x00, 0x00, 0x08 } },
    { "entry behind the flash", { 0x00, 0x90, 0x00, 0x20, 0x01, 0x00, 0x02, 0x08 } },
    { "entry in erased flash", { 0x00, 0x90, 0x00, 0x20, 0x01, 0x10, 0x00, 0x08 } },
  };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    Rig rig;
    rig_new (&rig, "STM32G071CB");
    rig_place_program (&rig, 0x20009000);
    stn_bench_board_write (rig.bench, "A1", 0x08000000, bad[i].vectors, 8);
    stn_bench_board_power_cycle (rig.bench, "A1");
    g_test_message ("%s", bad[i].why);
    g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_CRASHED);
    rig_clear (&rig);
  }
}

static void real_firmware_says_ready_with_its_serial (void) {
  Rig rig;
  rig_new (&rig, "STM32G071CB");
  place_image (&rig, "ready-g071.bin");
  rig_set_line (&rig, 115200, 'N');
  stn_bench_board_power_cycle (rig.bench, "A1");
  gint64 start = stn_clock_now_ns (rig.clock);
  rig_hear (&rig, 'R', 'E', 'A', 'D', 'Y', ' ', '?', '\r', '\n');
  g_assert_cmpint (stn_clock_now_ns (rig.clock) - start, ==, 20 * STN_NS_PER_MS);
  stn_bench_board_write (rig.bench, "A1", 0x0801f800, (const guint8 *)"TH7-1", 6);
  rig_reset (&rig, FALSE);
  rig_hear (&rig, 'R', 'E', 'A', 'D', 'Y', ' ', 'T', 'H', '7', '-', '1', '\r', '\n');
  rig_clear (&rig);
}

static void a_host_at_another_rate_or_parity_hears_garbage (void) {
  static const struct {
    guint baud;
    char parity;
    gboolean understood;
  } hosts[] = { { 115200, 'N', TRUE }, { 113000, 'N', TRUE }, { 111000, 'N', FALSE }, { 57600, 'N', FALSE },
                { 115200, 'E', FALSE } };
  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++) {
    Rig rig;
    GError *error = NULL;
    guint8 heard[9];
    rig_new (&rig, "STM32G071CB");
    place_image (&rig, "ready-g071.bin");
    rig_set_line (&rig, hosts[i].baud, hosts[i].parity);
    stn_bench_board_power_cycle (rig.bench, "A1");
    stn_stream_read (rig.uart, heard, sizeof heard, &rig.wait, &error);
    g_assert_no_error (error);
    g_assert_cmpint (memcmp (heard, "READY ?\r\n", 9) == 0, ==, hosts[i].understood);
    rig_clear (&rig);
  }
}

static void firmware_without_a_text_starts_and_is_silent (void) {
  Rig rig;
  rig_new (&rig, "STM32G071CB");
  place_image (&rig, "silent-g071.bin");
  stn_bench_board_power_cycle (rig.bench, "A1");
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_APPLICATION);
  rig_hear_nothing (&rig);
  place_image (&rig, "bad-stack-g071.bin");
  stn_bench_board_power_cycle (rig.bench, "A1");
  g_assert_cmpint (rig_state (&rig), ==, STN_BOARD_CRASHED);
  rig_clear (&rig);
}

static void a_reset_stops_the_text_half_way (void) {
  Rig rig;
  rig_prepare (&rig, "STM32G071CB");
  stn_bench_config_set_pace (rig.config, TRUE, FALSE, 0);
  rig_start (&rig);
  place_image (&rig, "ready-g071.bin");
  rig_set_line (&rig, 115200, 'N');
  stn_bench_board_power_cycle (rig.bench, "A1");
  rig_sleep (&rig, 20 * STN_NS_PER_MS + 300 * STN_NS_PER_US); /* three characters of 86.8 us */
  rig_pins (&rig, NRST, 0);
  rig_hear (&rig, 'R', 'E', 'A');
  rig_hear_nothing (&rig);
  rig_clear (&rig);
}

/* the reader waits in a thread of its own while somebody else lets go of NRST */
static gpointer listen_for_ready (gpointer data) {
  Rig *rig = data;
  rig_hear (rig, 'R', 'E', 'A', 'D', 'Y');
  return NULL;
}

static void a_waiting_reader_sees_what_a_pin_sets_off (void) {
  Rig rig;
  rig_new (&rig, "STM32G071CB");
  place_image (&rig, "ready-g071.bin");
  rig_set_line (&rig, 115200, 'N');
  rig_pins (&rig, NRST, 0);
  stn_bench_board_power_cycle (rig.bench, "A1");
  GThread *reader = stn_clock_thread_new (rig.clock, "reader", listen_for_ready, &rig);
  rig_sleep (&rig, 3 * STN_NS_PER_S);
  rig_pins (&rig, NRST, NRST);
  gint64 released = stn_clock_now_ns (rig.clock);
  stn_clock_thread_join (rig.clock, reader, TRUE);
  g_assert_cmpint (stn_clock_now_ns (rig.clock) - released, ==, 20 * STN_NS_PER_MS);
  rig_clear (&rig);
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/bench/boot/" #name, name)
  ADD (a_factory_new_g071_enters_whatever_boot0_is);
  ADD (a_programmed_g071_is_in_the_rom_until_it_loses_power);
  ADD (an_erased_g071_crashes_until_it_loses_power);
  ADD (writing_the_same_options_loads_them_and_looks_at_the_flash);
  ADD (a_g071_that_listens_to_its_pin_enters_by_it);
  ADD (boot_lock_leaves_no_way_in);
  ADD (f405_and_f103_start_by_the_pin_alone);
  ADD (go_starts_the_program_and_leaves_the_latch);
  ADD (vectors_that_lead_nowhere_crash);
  ADD (real_firmware_says_ready_with_its_serial);
  ADD (a_host_at_another_rate_or_parity_hears_garbage);
  ADD (firmware_without_a_text_starts_and_is_silent);
  ADD (a_reset_stops_the_text_half_way);
  ADD (a_waiting_reader_sees_what_a_pin_sets_off);
  return g_test_run ();
}
