/* A station's machine that has too much to do: its good boards pass all the same. */
#include "tests/job/harness.h"

#include <string.h>

#define G0B1 "STM32G0B1xE"
#define F405 "STM32F405xG"

static Harness *
built (const HarnessOptions *options)
{
  Harness *self = harness_new (options);

  harness_build (self);
  return self;
}

static void
assert_pass (Harness *self, const char *site)
{
  const StnResult *result = harness_result (self, site);

  g_assert_nonnull (result);
  if (result->verdict != STN_VERDICT_PASS)
    g_error ("%s: %s: %s\n%s", site, stn_verdict_name (result->verdict), result->message, result->transcript);
  g_assert_true (harness_flash_is_right (self, site, result->serial));
}

typedef struct {
  Harness *harness;
  guint64 at;
} Pull;

/* A host with much to do, as long as the options are written: each transfer begins late. */
static void
be_slow_in_an_option_window (G_GNUC_UNUSED guint64 number, G_GNUC_UNUSED const StnExchange *exchange, gpointer data)
{
  Pull *slow = data;
  StnWait wait = stn_wait_shielded (slow->harness->clock, 5 * STN_NS_PER_S);

  g_autofree char *window = stn_ledger_memory_last_window (slow->harness->ledger);
  if (stn_ledger_memory_open_windows (slow->harness->ledger) == 0 || strstr (window, "same again") == NULL)
    return;
  slow->at++;
  stn_wait_sleep (&wait, 700 * STN_NS_PER_MS, NULL);
}

static void
a_board_that_reloads_its_options_passes_however_busy_the_host_is (void)
{
  g_autoptr (StnFaultPlan) plan = stn_fault_plan_new (STN_FAULT_NONE, 0);
  g_autoptr (Harness) self = built (&(HarnessOptions){
      .part = G0B1, .usb_sites = 1, .usb_alone = TRUE, .paced = TRUE, .boot_check = "rom-gone", .faults = plan });
  Pull slow = { self, 0 };

  stn_fault_plan_set_hook (plan, be_slow_in_an_option_window, &slow);
  harness_cycle (self);
  g_assert_cmpuint (slow.at, >=, 5);
  assert_pass (self, "A1");
  g_assert_cmpstr (harness_result (self, "A1")->leave_way, ==, "option-reload");
}

/* Stands still for five seconds before one exchange. */
static void
stand_still (guint64 number, G_GNUC_UNUSED const StnExchange *exchange, gpointer data)
{
  const Pull *stall = data;
  StnWait wait = stn_wait_shielded (stall->harness->clock, 10 * STN_NS_PER_S);

  if (number == stall->at)
    stn_wait_sleep (&wait, 5 * STN_NS_PER_S, NULL);
}

static void
a_host_that_stands_still_for_a_while_repeats_what_it_was_about_to_ask (void)
{
  for (guint by_usb = 0; by_usb <= 1; by_usb++) {
    HarnessOptions options = { .part = F405,
                               .usb_sites = by_usb,
                               .usb_alone = by_usb == 1,
                               .image_bytes = 60000,
                               .no_serial = TRUE,
                               .job_lines = "erase: touched\n",
                               .boot_check = "rom-gone" };
    guint64 total = 0;

    for (guint tenth = 0; tenth <= 8; tenth++) {
      g_autoptr (StnFaultPlan) plan = stn_fault_plan_new (STN_FAULT_NONE, 0);
      options.faults = plan;
      g_autoptr (Harness) self = built (&options);
      /* erase, program and verify are in the middle */
      Pull stall = { self, total * tenth / 10 };

      if (tenth > 0 && tenth < 4)
        continue;
      stn_fault_plan_set_hook (plan, stand_still, &stall);
      harness_cycle (self);
      assert_pass (self, "A1");
      if (tenth == 0)
        total = stn_fault_plan_count (plan);
    }
  }
}

/* A host that hands out the device of before a reset once more: it refuses what it is asked, and then it is gone. */
typedef struct {
  StnProvider provider;
  StnProvider *inner;
  guint opened, stale_at; /* from 1 */
} SlowHost;

typedef struct {
  StnLink link;
  guint asked;
} Dying;

static gboolean
dying_exchange (StnLink *link, G_GNUC_UNUSED StnExchange *exchange, G_GNUC_UNUSED const StnWait *wait, GError **error)
{
  Dying *self = (Dying *) link;

  stn_error_set (error, self->asked++ == 0 ? STN_FAILURE_NACK : STN_FAILURE_LINK_LOST, "dying");
  return FALSE;
}

static void
dying_free (StnLink *link)
{
  g_free (link);
}

static StnLink *
slow_host_open_usb (StnProvider *provider, const char *place, const StnWait *wait, GError **error)
{
  static const StnLinkClass dying_class = { "dying", STN_LINK_CONTROL, dying_exchange, dying_free };
  SlowHost *self = (SlowHost *) provider;

  if (++self->opened != self->stale_at)
    return self->inner->provider_class->open_usb (self->inner, place, wait, error);
  Dying *dying = g_new0 (Dying, 1);
  stn_link_init (&dying->link, &dying_class, STN_LINK_CONTROL, place);
  return &dying->link;
}

static void
the_device_of_before_a_reset_is_nothing_to_a_run (void)
{
  static const StnProviderClass host_class = { .kind = "slow", .is_virtual = TRUE, .open_usb = slow_host_open_usb };

  /* the first opening is to enter, the second to see that the ROM stays away */
  for (guint at = 1; at <= 2; at++) {
    g_autoptr (Harness) self =
        built (&(HarnessOptions){ .part = F405, .usb_sites = 1, .usb_alone = TRUE, .boot_check = "rom-gone" });
    SlowHost host = { .provider = { &host_class }, .inner = self->provider, .stale_at = at };

    ((StnSite *) self->sites->pdata[0])->usb_provider = &host.provider;
    harness_cycle (self);
    g_assert_cmpuint (host.opened, ==, 3);
    assert_pass (self, "A1");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(function) g_test_add_func ("/busy-host/" #function, function)
  ADD (a_board_that_reloads_its_options_passes_however_busy_the_host_is);
  ADD (a_host_that_stands_still_for_a_while_repeats_what_it_was_about_to_ask);
  ADD (the_device_of_before_a_reset_is_nothing_to_a_run);
  return g_test_run ();
}
