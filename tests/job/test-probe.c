/* What is heard on a USB port right after a reset, when the host is not yet done with the device of before it, or is slow
 * to find the new one. */
#include "src/job/probe.h"
#include "tests/bench/bench-fixture.h"

#define PORT "1.4.2"
#define PLACE "pci-0000:00:14.0-usb-0:1.4.2"

/* The bench's provider, behind a host that takes its time and first hands out a device that is about to go. */
typedef struct {
  StnProvider provider;
  Rig *rig;
  gint64 late_ns;   /* more than the ROM itself takes */
  guint stale_left; /* devices of before the reset that are still listed */
} Host;

/* ---- a device that goes: it refuses what it is asked, and then it is not there any more ---- */

typedef struct {
  StnLink link;
  guint refusals_left;
} Dying;

static gboolean
dying_exchange (StnLink *link, G_GNUC_UNUSED StnExchange *exchange, G_GNUC_UNUSED const StnWait *wait, GError **error)
{
  Dying *self = (Dying *) link;

  stn_error_set (error, self->refusals_left > 0 ? STN_FAILURE_NACK : STN_FAILURE_LINK_LOST, "dying");
  self->refusals_left = self->refusals_left > 0 ? self->refusals_left - 1 : 0;
  return FALSE;
}

static void
dying_free (StnLink *link)
{
  g_free (link);
}

static const StnLinkClass dying_class = {
  .kind = "dying", .shape = STN_LINK_CONTROL, .exchange = dying_exchange, .free = dying_free
};

/* ---- the host ---- */

static StnLink *
host_open_usb (StnProvider *provider, const char *place, const StnWait *wait, GError **error)
{
  Host *self = (Host *) provider;

  if (self->stale_left > 0) {
    self->stale_left--;
    Dying *dying = g_new0 (Dying, 1);
    stn_link_init (&dying->link, &dying_class, STN_LINK_CONTROL, place);
    dying->refusals_left = 1;
    return &dying->link;
  }
  if (self->late_ns > 0 && !stn_wait_sleep (wait, self->late_ns, NULL)) {
    stn_error_set (error, STN_FAILURE_NO_ANSWER, "no device came");
    return NULL;
  }
  return self->rig->provider->provider_class->open_usb (self->rig->provider, place, wait, error);
}

static const StnProviderClass host_class = { .kind = "host", .is_virtual = TRUE, .open_usb = host_open_usb };

/* What one ear hears of a board that has just been reset into its ROM. */
static StnProbeEar
listen (const char *words, gint64 late_ns, guint stale, gint64 usb_wait_ns)
{
  g_autoptr (GError) error = NULL;
  Rig rig;

  rig_prepare (&rig, "STM32F405RG");
  stn_bench_config_set_pace (rig.config, TRUE, TRUE, 0);
  stn_bench_config_add_usb (rig.config, PORT, "A1", words, &error);
  g_assert_no_error (error);
  rig_start (&rig);
  rig_reset (&rig, TRUE);
  rig_sleep (&rig, 400 * STN_NS_PER_MS);

  Host host = { .provider = { &host_class }, .rig = &rig, .late_ns = late_ns, .stale_left = stale };
  StnProbeEar ear = { .usb_provider = &host.provider, .usb_place = PLACE, .usb_wait_ns = usb_wait_ns };
  g_assert_true (stn_probe_listen (&ear, 1, rig.targets, &rig.wait, &error));
  g_assert_no_error (error);
  g_assert_null (ear.lost);
  rig_clear (&rig);
  return ear;
}

/* A device that comes at the end of its time is asked all the same; one that comes after it is none. */
static void
a_device_that_comes_late_has_its_time_to_answer (void)
{
  guint roms = 0, nothings = 0;

  for (gint64 late_ms = 1960; late_ms <= 2010; late_ms++) {
    StnProbeEar ear = listen (NULL, late_ms * STN_NS_PER_MS, 0, 0);
    g_test_message ("after %" G_GINT64_FORMAT " ms: %d %s", late_ms, ear.heard, ear.why);
    g_assert_cmpint (ear.heard, !=, STN_HEARD_BYTES);
    roms += ear.heard == STN_HEARD_ROM;
    nothings += ear.heard == STN_HEARD_NOTHING;
  }
  g_assert_cmpuint (roms, >=, 30);
  g_assert_cmpuint (nothings, >, 0);
}

/* F105: up to 13.7 s (usb-dfu-an3156, section 8) */
static void
a_slow_rom_is_waited_for_where_the_part_is_known (void)
{
  g_assert_cmpint (listen (NULL, 13 * STN_NS_PER_S, 0, 0).heard, ==, STN_HEARD_NOTHING);
  g_assert_cmpint (listen (NULL, 13 * STN_NS_PER_S, 0, 14 * STN_NS_PER_S).heard, ==, STN_HEARD_ROM);
}

/* What a device says while it goes is not what the next one is. */
static void
the_last_words_of_the_device_of_before_the_reset_do_not_count (void)
{
  StnProbeEar ear = listen (NULL, 0, 1, 0);

  g_assert_cmpint (ear.heard, ==, STN_HEARD_ROM);
  g_assert_true (ear.by_usb);
}

static void
a_device_that_is_no_rom_is_heard_and_it_is_said_why (void)
{
  StnProbeEar ear = listen ("hostile 7", 0, 0, 0);

  g_assert_cmpint (ear.heard, ==, STN_HEARD_BYTES);
  g_assert_true (ear.by_usb);
  g_assert_cmpstr (ear.why, !=, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(function) g_test_add_func ("/probe/" #function, function)
  ADD (a_device_that_comes_late_has_its_time_to_answer);
  ADD (a_slow_rom_is_waited_for_where_the_part_is_known);
  ADD (the_last_words_of_the_device_of_before_the_reset_do_not_count);
  ADD (a_device_that_is_no_rom_is_heard_and_it_is_said_why);
  return g_test_run ();
}
