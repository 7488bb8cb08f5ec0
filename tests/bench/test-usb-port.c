/* A board's USB plug in process: when its DFU device is there, and what becomes of a link when it goes. */
#include "tests/bench/bench-fixture.h"

#define PORT "1.4.2"
#define PLACE "pci-0000:00:14.0-usb-0:1.4.2"
/* timing notes, section 3: F4 takes up to 380 ms, the bench's 300 ms */
#define LATEST_NS (380 * STN_NS_PER_MS)
#define EARLIEST_NS (200 * STN_NS_PER_MS)

static void
plugged_rig (Rig *self, const char *words)
{
  GError *error = NULL;

  rig_prepare (self, "STM32F405RG");
  stn_bench_config_set_pace (self->config, TRUE, TRUE, 0);
  stn_bench_config_add_usb (self->config, PORT, "A1", words, &error);
  g_assert_no_error (error);
  rig_start (self);
}

static StnLink *
open_within (Rig *self, gint64 ns, GError **error)
{
  StnWait wait = stn_wait_within (&self->wait, ns);

  return self->provider->provider_class->open_usb (self->provider, PLACE, &wait, error);
}

static StnLink *
open_or_fail (Rig *self)
{
  GError *error = NULL;
  StnLink *link = open_within (self, STN_NS_PER_S, &error);

  g_assert_no_error (error);
  return link;
}

static gboolean
ask (Rig *self, StnLink *link, GError **error)
{
  const StnControlSetup setup = { .request_type = 0xa1, .request = 5 }; /* DFU_GETSTATE */
  StnWait wait = stn_wait_within (&self->wait, STN_NS_PER_S);
  guint8 state = 0xff;
  gsize length;

  return stn_control_in (link, &setup, &state, 1, &length, &wait, error);
}

static void
assert_lost (Rig *self, StnLink *link)
{
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (ask (self, link, &error));
    g_assert_true (stn_error_is (error, STN_FAILURE_LINK_LOST));
  }
}

static void
the_device_comes_when_the_rom_has_had_its_time (void)
{
  Rig self;
  plugged_rig (&self, NULL);
  rig_reset (&self, TRUE);

  gint64 before_ns = stn_clock_now_ns (self.clock);
  g_autoptr (StnLink) link = open_or_fail (&self);
  gint64 took_ns = stn_clock_now_ns (self.clock) - before_ns;
  g_assert_cmpint (took_ns, >=, EARLIEST_NS);
  g_assert_cmpint (took_ns, <=, LATEST_NS);
  g_assert_cmpint (stn_link_shape (link), ==, STN_LINK_CONTROL);
  g_assert_true (ask (&self, link, NULL));
  g_clear_pointer (&link, stn_link_free);
  rig_clear (&self);
}

static void
where_no_rom_runs_opening_waits_and_says_nothing_came (void)
{
  Rig self;
  g_autoptr (GError) error = NULL;
  plugged_rig (&self, NULL);
  rig_place_program (&self, 0x20000400);
  rig_reset (&self, FALSE);

  gint64 before_ns = stn_clock_now_ns (self.clock);
  g_assert_null (open_within (&self, STN_NS_PER_S, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_NO_ANSWER));
  g_assert_cmpstr (stn_error_detail (error)->seen, ==, "nothing");
  g_assert_cmpint (stn_clock_now_ns (self.clock) - before_ns, ==, STN_NS_PER_S);
  rig_clear (&self);
}

static void
a_reset_ends_the_link_for_good_and_the_next_device_is_another (void)
{
  Rig self;
  plugged_rig (&self, NULL);
  rig_reset (&self, TRUE);
  g_autoptr (StnLink) first = open_or_fail (&self);
  rig_reset (&self, TRUE);
  assert_lost (&self, first);

  g_autoptr (StnLink) second = open_or_fail (&self);
  g_assert_true (ask (&self, second, NULL));
  assert_lost (&self, first);
  /* closing the dead one does not free the place of the living one */
  g_clear_pointer (&first, stn_link_free);
  g_autoptr (GError) error = NULL;
  g_assert_null (open_within (&self, STN_NS_PER_S, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_PORT_BUSY));
  g_clear_pointer (&second, stn_link_free);
  rig_clear (&self);
}

static void
a_plug_that_is_pulled_ends_the_link_and_may_come_back (void)
{
  Rig self;
  plugged_rig (&self, NULL);
  rig_reset (&self, TRUE);
  g_autoptr (StnLink) link = open_or_fail (&self);
  g_assert_true (stn_bench_set_plugged (self.bench, PLACE, FALSE));
  assert_lost (&self, link);
  g_assert_null (open_within (&self, STN_NS_PER_S, NULL));
  g_assert_true (stn_bench_set_plugged (self.bench, PLACE, TRUE));
  g_autoptr (StnLink) again = open_or_fail (&self);
  g_assert_true (ask (&self, again, NULL));
  g_clear_pointer (&link, stn_link_free);
  g_clear_pointer (&again, stn_link_free);
  rig_clear (&self);
}

static void
a_rom_that_was_spoken_to_over_uart_has_no_device (void)
{
  Rig self;
  plugged_rig (&self, NULL);
  rig_reset (&self, TRUE);
  rig_sleep (&self, 150 * STN_NS_PER_MS); /* before the enumeration, after the ROM's start */
  rig_sync (&self);
  g_assert_null (open_within (&self, 2 * STN_NS_PER_S, NULL));
  rig_clear (&self);
}

static void
a_device_goes_at_the_transfer_that_its_words_name (void)
{
  Rig self;
  plugged_rig (&self, "gone-at 3");
  rig_reset (&self, TRUE);
  g_autoptr (StnLink) link = open_or_fail (&self);
  g_assert_true (ask (&self, link, NULL));
  g_assert_true (ask (&self, link, NULL));
  assert_lost (&self, link);
  g_clear_pointer (&link, stn_link_free);
  rig_clear (&self);
}

static void
two_plugs_of_one_place_or_board_and_unknown_words_are_refused (void)
{
  g_autoptr (StnBenchConfig) config = stn_bench_config_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (stn_bench_config_add_board (config, "A1", "STM32F405RG", NULL));
  g_assert_true (stn_bench_config_add_board (config, "A2", "STM32F405RG", NULL));
  g_assert_true (stn_bench_config_add_usb (config, "1.1", "A1", NULL, NULL));
  g_assert_false (stn_bench_config_add_usb (config, "1.1", "A2", NULL, NULL));
  g_assert_false (stn_bench_config_add_usb (config, "1.2", "A1", NULL, NULL));
  g_assert_false (stn_bench_config_add_usb (config, "1.2", "A3", NULL, NULL));
  g_assert_true (stn_bench_config_add_usb (config, "1.2", "A2", "stalls, sings", NULL));
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (StnTargets) targets = stn_targets_new (NULL, NULL);
  g_assert_null (stn_bench_new (config, targets, clock, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_BAD_FILE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/usb-port/" #name, name)
  ADD (the_device_comes_when_the_rom_has_had_its_time);
  ADD (where_no_rom_runs_opening_waits_and_says_nothing_came);
  ADD (a_reset_ends_the_link_for_good_and_the_next_device_is_another);
  ADD (a_plug_that_is_pulled_ends_the_link_and_may_come_back);
  ADD (a_rom_that_was_spoken_to_over_uart_has_no_device);
  ADD (a_device_goes_at_the_transfer_that_its_words_name);
  ADD (two_plugs_of_one_place_or_board_and_unknown_words_are_refused);
#undef ADD
  return g_test_run ();
}
