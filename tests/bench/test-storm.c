/* Whatever a host does to a board, the model holds: random bytes, rates, pins and pauses, and afterwards one clean
 * reset and one sync must do. The seed is GLib's (--seed repeats a run). */
#include "tests/bench/bench-fixture.h"

#define STEPS 3000

static void one_step (Rig *rig) {
  static const guint8 openings[][2] = { { 0x7f, 0x7f }, { 0x00, 0xff }, { 0x11, 0xee }, { 0x31, 0xce }, { 0x44, 0xbb },
                                        { 0x43, 0xbc }, { 0x21, 0xde }, { 0x63, 0x9c }, { 0x73, 0x8c }, { 0x82, 0x7d },
                                        { 0x92, 0x6d } };
  guint8 bytes[300], seen[64];
  gsize length = (gsize)g_test_rand_int_range (1, 20), got;
  StnWait brief = stn_wait_within (&rig->wait, 30 * STN_NS_PER_MS);
  switch (g_test_rand_int_range (0, 10)) {
  case 0:
  case 1:
  case 2:
    rig_send_bytes (rig, openings[g_test_rand_int_range (0, G_N_ELEMENTS (openings))], 2);
    break;
  case 3:
    rig_send_address (rig, (guint32)g_test_rand_int_range (0, 2) == 0
                               ? 0x08000000 + (guint32)g_test_rand_int_range (0, 0x20000)
                               : (guint32)g_test_rand_int ());
    break;
  case 4:
    if (g_test_rand_int_range (0, 8) == 0)
      length = sizeof bytes;
    for (gsize i = 0; i < length; i++)
      bytes[i] = (guint8)g_test_rand_int ();
    rig_send_bytes (rig, bytes, length);
    break;
  case 5:
    stn_stream_read_some (rig->uart, seen, sizeof seen, &got, &brief, NULL);
    break;
  case 6:
    rig_sleep (rig, g_test_rand_int_range (0, 20) * STN_NS_PER_MS);
    break;
  case 7:
    rig_pins (rig, NRST | BOOT0, (guint32)g_test_rand_int () & (NRST | BOOT0));
    break;
  case 8:
    if (g_test_rand_int_range (0, 10) == 0)
      stn_bench_board_power_cycle (rig->bench, "A1");
    else
      rig_set_line (rig, (guint)g_test_rand_int_range (1, 3000000), "NEO"[g_test_rand_int_range (0, 3)]);
    break;
  default:
    stn_stream_break (rig->uart, g_test_rand_int_range (0, 4) == 0, &rig->wait, NULL);
    rig_set_line (rig, 115200, 'E');
    break;
  }
}

static void a_board_outlives_a_storm (void) {
  static const char *const parts[] = { "STM32G071CB", "STM32F405RG", "STM32F103CB" };
  for (guint i = 0; i < 2 * G_N_ELEMENTS (parts); i++) {
    Rig rig;
    rig_prepare (&rig, parts[i / 2]);
    stn_bench_config_set_pace (rig.config, i % 2, i % 2, i % 2 ? STN_NS_PER_MS : 0);
    rig_start (&rig);
    for (guint step = 0; step < STEPS; step++)
      one_step (&rig);
    /* a new board in the same place, without the options that the storm may have left */
    const char *const names[] = { "A1", NULL };
    stn_stream_break (rig.uart, FALSE, &rig.wait, NULL);
    g_assert_true (rig.provider->provider_class->load_boards (rig.provider, names, NULL));
    rig_set_line (&rig, 115200, 'E');
    rig_reset (&rig, TRUE);
    rig_sleep (&rig, STN_NS_PER_S);
    stn_stream_flush (rig.uart, &rig.wait, NULL);
    rig_sync (&rig);
    rig_clear (&rig);
  }
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench/storm/a_board_outlives_a_storm", a_board_outlives_a_storm);
  return g_test_run ();
}
