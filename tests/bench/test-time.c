/* The bench's clockwork, in virtual time: what takes how long, and what a cut leaves. These are figures of the model,
 * worked out here from AN3155's frame and the target's data, not measurements. */
#include "tests/bench/bench-fixture.h"

/* 8E1: eleven bits */
static gint64 characters (guint count, guint baud) {
  return (gint64)count * 11 * STN_NS_PER_S / baud;
}

static void paced (Rig *self, const char *part, gboolean line, gboolean flash, gint64 turnaround_ns) {
  rig_prepare (self, part);
  stn_bench_config_set_pace (self->config, line, flash, turnaround_ns);
  rig_start (self);
}

static const StnTarget *target_of (Rig *self, const char *part) {
  GError *error = NULL;
  const StnTarget *target = stn_targets_find (self->targets, part, &error);
  g_assert_no_error (error);
  return target;
}

/* every segment of an exchange is rounded down to whole nanoseconds */
#define ASSERT_ABOUT(ns, expected)                \
  G_STMT_START {                                  \
    gint64 ns_ = (ns), expected_ = (expected);    \
    g_assert_cmpint (ns_, <=, expected_);         \
    g_assert_cmpint (ns_, >=, expected_ - 10);    \
  }                                               \
  G_STMT_END

static void a_block_takes_268_characters_each_way (void) {
  static const guint bauds[] = { 57600, 115200, 921600 };
  guint8 block[256], seen[256];
  for (guint i = 0; i < sizeof block; i++)
    block[i] = (guint8)(i ^ 0x5a);
  for (guint i = 0; i < G_N_ELEMENTS (bauds); i++) {
    Rig rig;
    paced (&rig, "STM32F405RG", TRUE, TRUE, 0);
    const StnTarget *target = target_of (&rig, "STM32F405RG");
    rig_set_line (&rig, bauds[i], 'E');
    rig_reset (&rig, TRUE);
    rig_sleep (&rig, STN_NS_PER_S);
    rig_sync (&rig);
    gint64 start = stn_clock_now_ns (rig.clock);
    rig_write (&rig, 0x08000000, block, sizeof block);
    gint64 written = stn_clock_now_ns (rig.clock);
    ASSERT_ABOUT (written - start, characters (268, bauds[i]) + stn_target_program_typical_ns (target, 256));
    rig_read (&rig, 0x08000000, seen, sizeof seen);
    ASSERT_ABOUT (stn_clock_now_ns (rig.clock) - written, characters (268, bauds[i]));
    g_assert_cmpmem (seen, sizeof seen, block, sizeof block);
    rig_clear (&rig);
  }
}

static void a_write_returns_before_its_bytes_have_left (void) {
  Rig rig;
  paced (&rig, "STM32F405RG", TRUE, FALSE, 0);
  rig_reset (&rig, TRUE);
  gint64 start = stn_clock_now_ns (rig.clock);
  rig_send (&rig, 0x7f);
  g_assert_cmpint (stn_clock_now_ns (rig.clock), ==, start);
  rig_hear (&rig, 0x79);
  ASSERT_ABOUT (stn_clock_now_ns (rig.clock) - start, characters (2, 115200));
  rig_clear (&rig);
}

static void without_pace_nothing_takes_time (void) {
  Rig rig;
  guint8 block[256] = { 0 };
  rig_new (&rig, "STM32F405RG");
  gint64 start = stn_clock_now_ns (rig.clock);
  rig_enter (&rig, TRUE);
  rig_write (&rig, 0x08000000, block, sizeof block);
  rig_send (&rig, 0x44, 0xbb);
  rig_hear (&rig, 0x79);
  rig_send (&rig, 0xff, 0xff, 0x00);
  rig_hear (&rig, 0x79);
  g_assert_cmpint (stn_clock_now_ns (rig.clock), ==, start);
  rig_hear_nothing (&rig); /* a read of nothing waits for its deadline */
  g_assert_cmpint (stn_clock_now_ns (rig.clock) - start, ==, STN_NS_PER_S);
  rig_clear (&rig);
}

static void the_adapter_holds_answers_back (void) {
  Rig rig;
  paced (&rig, "STM32F405RG", FALSE, FALSE, 16 * STN_NS_PER_MS);
  rig_enter (&rig, TRUE);
  gint64 start = stn_clock_now_ns (rig.clock);
  rig_send (&rig, 0x02, 0xfd);
  rig_hear (&rig, 0x79, 0x01, 0x04, 0x13, 0x79);
  g_assert_cmpint (stn_clock_now_ns (rig.clock) - start, ==, 16 * STN_NS_PER_MS);
  rig_clear (&rig);
}

static void erasing_takes_each_page_its_time (void) {
  Rig rig;
  StnPage page_0, page_4;
  paced (&rig, "STM32F405RG", TRUE, TRUE, 0);
  const StnTarget *target = target_of (&rig, "STM32F405RG");
  g_assert_true (stn_target_page (target, 0, &page_0) && stn_target_page (target, 4, &page_4));
  rig_reset (&rig, TRUE);
  rig_sleep (&rig, STN_NS_PER_S);
  rig_sync (&rig);
  rig_send (&rig, 0x44, 0xbb);
  rig_hear (&rig, 0x79);
  gint64 start = stn_clock_now_ns (rig.clock);
  rig_send (&rig, 0x00, 0x01, 0x00, 0x00, 0x00, 0x04, 0x05);
  rig_hear (&rig, 0x79);
  ASSERT_ABOUT (stn_clock_now_ns (rig.clock) - start,
                characters (8, 115200) + stn_target_page_erase_typical_ns (target, &page_0) +
                    stn_target_page_erase_typical_ns (target, &page_4));
  rig_clear (&rig);
}

static void the_rom_hears_nothing_before_it_has_started (void) {
  Rig rig;
  paced (&rig, "STM32F405RG", TRUE, TRUE, 0);
  gint64 start_up = stn_target_rom_start_ns (target_of (&rig, "STM32F405RG"));
  g_assert_cmpint (start_up, >, 10 * STN_NS_PER_MS);
  rig_reset (&rig, TRUE);
  rig_sleep (&rig, STN_NS_PER_MS);
  rig_send (&rig, 0x7f); /* long gone when the ROM begins to listen */
  rig_hear_nothing (&rig);
  rig_sync (&rig);

  rig_reset (&rig, TRUE);
  rig_sleep (&rig, start_up - characters (1, 115200) / 2);
  rig_send (&rig, 0x7f); /* the ROM sees its second half and measures nonsense */
  rig_hear_nothing (&rig);
  rig_send (&rig, 0x7f);
  rig_hear_nothing (&rig);
  rig_reset (&rig, TRUE);
  rig_sleep (&rig, start_up);
  rig_sync (&rig);
  rig_clear (&rig);
}

static void a_wrong_first_byte_needs_another_reset (void) {
  Rig rig;
  rig_new (&rig, "STM32G071CB");
  rig_reset (&rig, FALSE);
  rig_send (&rig, 0x00);
  rig_send (&rig, 0x7f);
  rig_hear_nothing (&rig);
  rig_enter (&rig, FALSE);
  rig_reset (&rig, FALSE);
  rig_set_line (&rig, 115200, 'N');
  rig_send (&rig, 0x7f);
  rig_hear_nothing (&rig);
  rig_clear (&rig);
}

static void another_rate_after_the_sync_is_garbage_both_ways (void) {
  Rig rig;
  GError *error = NULL;
  guint8 heard;
  rig_new (&rig, "STM32G071CB");
  rig_enter (&rig, FALSE);
  rig_set_line (&rig, 57600, 'E');
  rig_send (&rig, 0x00, 0xff);
  stn_stream_read (rig.uart, &heard, 1, &rig.wait, &error); /* a NACK, not understood */
  g_assert_no_error (error);
  g_assert_cmphex (heard, !=, 0x79);
  g_assert_cmphex (heard, !=, 0x1f);
  rig_set_line (&rig, 115200, 'E');
  rig_send (&rig, 0x02, 0xfd);
  rig_hear (&rig, 0x79, 0x01, 0x04, 0x60, 0x79);
  rig_clear (&rig);
}

static void bytes_sent_into_a_busy_rom_overrun (void) {
  Rig rig;
  paced (&rig, "STM32G071CB", TRUE, TRUE, 0);
  rig_reset (&rig, FALSE);
  rig_sleep (&rig, 100 * STN_NS_PER_MS);
  rig_sync (&rig);
  rig_send (&rig, 0x44, 0xbb);
  rig_hear (&rig, 0x79);
  rig_send (&rig, 0xff, 0xff, 0x00);
  rig_sleep (&rig, STN_NS_PER_MS);
  rig_send (&rig, 0x02, 0xfd, 0x02, 0xfd); /* one byte fits into the register, the rest is lost */
  rig_hear (&rig, 0x79);
  rig_hear_nothing (&rig);
  rig_send (&rig, 0xfd); /* completes what is left of it */
  rig_hear (&rig, 0x79, 0x01, 0x04, 0x60, 0x79);
  rig_clear (&rig);
}

static void a_reset_in_an_erase_leaves_that_page_in_pieces (void) {
  Rig rig;
  StnPage page;
  paced (&rig, "STM32G071CB", TRUE, TRUE, 0);
  const StnTarget *target = target_of (&rig, "STM32G071CB");
  stn_target_page (target, 0, &page);
  gint64 page_ns = stn_target_page_erase_typical_ns (target, &page);
  guint8 old[3 * 2048], now[3 * 2048];
  memset (old, 0x21, sizeof old);
  rig_reset (&rig, FALSE);
  stn_bench_board_write (rig.bench, "A1", 0x08000000, old, sizeof old);
  rig_sleep (&rig, 100 * STN_NS_PER_MS);
  rig_sync (&rig);
  rig_send (&rig, 0x44, 0xbb);
  rig_hear (&rig, 0x79);
  rig_send (&rig, 0x00, 0x02, 0x00, 0x00, 0x00, 0x01, 0x00, 0x02, 0x01);
  rig_sleep (&rig, characters (9, 115200) + page_ns + page_ns / 2);
  rig_pins (&rig, NRST, 0);
  stn_bench_board_read (rig.bench, "A1", 0x08000000, now, sizeof now);
  guint erased = 0, kept = 0, touched = 0;
  for (guint i = 0; i < 2048; i++) {
    erased += now[i] == 0xff;
    touched += now[2048 + i] != 0xff && now[2048 + i] != 0x21;
    kept += now[4096 + i] == 0x21;
  }
  g_assert_cmpuint (erased, ==, 2048);
  g_assert_cmpuint (touched, >, 1000);
  g_assert_cmpuint (kept, ==, 2048);
  rig_hear_nothing (&rig);
  g_assert_cmpuint (stn_bench_board_window_violations (rig.bench, "A1"), ==, 0); /* pages are no window */
  rig_clear (&rig);
}

static void a_reset_drops_what_is_still_on_the_wire (void) {
  Rig rig;
  guint8 block[256] = { 0 };
  paced (&rig, "STM32G071CB", TRUE, FALSE, 0);
  rig_enter (&rig, FALSE);
  rig_send (&rig, 0x31, 0xce);
  rig_hear (&rig, 0x79);
  rig_send_address (&rig, 0x08000000);
  rig_hear (&rig, 0x79);
  rig_send_block (&rig, block, sizeof block);
  rig_sleep (&rig, characters (257, 115200));
  rig_pins (&rig, NRST, 0);
  rig_pins (&rig, NRST, NRST);
  rig_sleep (&rig, STN_NS_PER_S);
  g_assert_cmphex (rig_cell (&rig, 0x08000000), ==, 0xff);
  rig_sync (&rig);
  rig_clear (&rig);
}

/* the options of a G071 are being written; the data block has just left */
static void begin_option_write (Rig *rig) {
  guint8 options[8];
  rig_reset (rig, FALSE);
  rig_sleep (rig, 100 * STN_NS_PER_MS);
  rig_sync (rig);
  rig_read (rig, 0x1fff7800, options, sizeof options);
  rig_send (rig, 0x31, 0xce);
  rig_hear (rig, 0x79);
  rig_send_address (rig, 0x1fff7800);
  rig_hear (rig, 0x79);
  rig_send_block (rig, options, sizeof options);
  rig_sleep (rig, characters (10, 115200) + 5 * STN_NS_PER_MS);
}

static void a_power_cut_in_the_option_window_protects_the_chip (void) {
  Rig rig;
  paced (&rig, "STM32G071CB", TRUE, TRUE, 0);
  begin_option_write (&rig);
  stn_bench_board_power_cycle (rig.bench, "A1");
  g_assert_cmpuint (stn_bench_board_window_violations (rig.bench, "A1"), ==, 1);
  g_assert_cmphex (rig_cell (&rig, 0x1fff7800), ==, 0xff);
  rig_sleep (&rig, 100 * STN_NS_PER_MS);
  rig_sync (&rig);
  rig_send (&rig, 0x11, 0xee);
  rig_hear (&rig, 0x1f);
  rig_clear (&rig);
}

static void whoever_disturbs_a_window_is_counted (void) {
  Rig rig;
  paced (&rig, "STM32G071CB", TRUE, TRUE, 0);
  begin_option_write (&rig);
  rig_send (&rig, 0xff);
  rig_pins (&rig, BOOT0, BOOT0); /* moves nothing now */
  g_assert_cmpuint (stn_bench_board_window_violations (rig.bench, "A1"), ==, 1);
  rig_pins (&rig, NRST, 0);
  g_assert_cmpuint (stn_bench_board_window_violations (rig.bench, "A1"), ==, 2);
  rig_clear (&rig);

  paced (&rig, "STM32G071CB", TRUE, TRUE, 0);
  begin_option_write (&rig);
  rig_hear (&rig, 0x79);
  rig_pins (&rig, NRST, 0); /* done: the reset of the chip itself has come */
  rig_pins (&rig, NRST, NRST);
  g_assert_cmpuint (stn_bench_board_window_violations (rig.bench, "A1"), ==, 0);
  rig_sleep (&rig, 100 * STN_NS_PER_MS);
  rig_sync (&rig);
  rig_send (&rig, 0x44, 0xbb);
  rig_hear (&rig, 0x79);
  rig_send (&rig, 0xff, 0xff, 0x00);
  rig_sleep (&rig, 5 * STN_NS_PER_MS);
  rig_pins (&rig, NRST, 0); /* a mass erase is one too */
  g_assert_cmpuint (stn_bench_board_window_violations (rig.bench, "A1"), ==, 1);
  rig_clear (&rig);
}

static void a_cancelled_read_returns_at_once (void) {
  Rig rig;
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint8 byte;
  rig_new (&rig, "STM32G071CB");
  g_cancellable_cancel (cancellable);
  StnWait wait = stn_wait_new (rig.clock, STN_NS_PER_S, cancellable);
  g_assert_false (stn_stream_read (rig.uart, &byte, 1, &wait, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_CANCELLED));
  rig_clear (&rig);
}

static void f4_is_faster_when_told_its_voltage (void) {
  Rig rig;
  guint8 block[256] = { 0 };
  paced (&rig, "STM32F405RG", FALSE, TRUE, 0);
  gint64 slow = stn_target_program_typical_ns (target_of (&rig, "STM32F405RG"), 256);
  rig_reset (&rig, TRUE);
  rig_sleep (&rig, STN_NS_PER_S);
  rig_sync (&rig);
  rig_write (&rig, 0xffff0000, (const guint8[]){ 3, 0xff, 0xff, 0xff }, 4);
  gint64 start = stn_clock_now_ns (rig.clock);
  rig_write (&rig, 0x08000000, block, sizeof block);
  g_assert_cmpint (stn_clock_now_ns (rig.clock) - start, ==, slow / 4);
  rig_send (&rig, 0x31, 0xce);
  rig_hear (&rig, 0x79);
  rig_send_address (&rig, 0xffff0000);
  rig_hear (&rig, 0x79);
  rig_send_block (&rig, (const guint8[]){ 3, 0xff, 0xff, 0x00 }, 4);
  rig_hear (&rig, 0x1f);
  rig_clear (&rig);
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/bench/time/" #name, name)
  ADD (a_block_takes_268_characters_each_way);
  ADD (a_write_returns_before_its_bytes_have_left);
  ADD (without_pace_nothing_takes_time);
  ADD (the_adapter_holds_answers_back);
  ADD (erasing_takes_each_page_its_time);
  ADD (the_rom_hears_nothing_before_it_has_started);
  ADD (a_wrong_first_byte_needs_another_reset);
  ADD (another_rate_after_the_sync_is_garbage_both_ways);
  ADD (bytes_sent_into_a_busy_rom_overrun);
  ADD (a_reset_in_an_erase_leaves_that_page_in_pieces);
  ADD (a_reset_drops_what_is_still_on_the_wire);
  ADD (a_power_cut_in_the_option_window_protects_the_chip);
  ADD (whoever_disturbs_a_window_is_counted);
  ADD (a_cancelled_read_returns_at_once);
  ADD (f4_is_faster_when_told_its_voltage);
  return g_test_run ();
}
