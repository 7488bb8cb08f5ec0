/* Opening adapters and USB devices that are not there. What is there is met under a kernel with USB (tests/vm). */
#include "src/link/providers.h"

#include <string.h>

/* no controller has this name, so nothing can be at its ports */
#define NO_PLACE "pci-ffff:ff:1f.7-usb-0:1.4"

typedef StnLink *(*OpenFunc) (StnProvider *self, const char *place, const StnWait *wait, GError **error);

static StnProvider *
usb_provider (StnClock *clock)
{
  g_autoptr (GError) error = NULL;
  StnProvider *provider = stn_provider_usb_new (clock, &error);
  if (provider == NULL)
    g_test_skip (error->message); /* libusb needs at least /sys/bus/usb or /dev/bus/usb */
  return provider;
}

static void
expect_failure (StnProvider *provider, OpenFunc open, const char *place, const StnWait *wait, StnFailure failure)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnLink) link = open (provider, place, wait, &error);
  g_assert_null (link);
  g_assert_cmpstr (stn_failure_name (stn_error_failure (error)), ==, stn_failure_name (failure));
  g_assert_nonnull (strstr (error->message, place));
}

static void
a_missing_ft232h_is_a_missing_adapter (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  g_autoptr (StnProvider) provider = stn_provider_ft232h_new ();
  g_autoptr (StnProvider) probe = usb_provider (clock);
  StnWait wait = stn_wait_new (clock, STN_NS_PER_S, NULL);
  if (probe == NULL)
    return;
  expect_failure (provider, provider->provider_class->open_pins, "NOSUCH12", &wait, STN_FAILURE_ADAPTER_MISSING);
  expect_failure (provider, provider->provider_class->open_pins, NO_PLACE, &wait, STN_FAILURE_ADAPTER_MISSING);
}

static void
a_port_of_no_hub_is_a_missing_adapter (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  g_autoptr (StnProvider) provider = usb_provider (clock);
  StnWait wait = stn_wait_new (clock, 10 * STN_NS_PER_MS, NULL);
  if (provider == NULL)
    return;
  expect_failure (provider, provider->provider_class->open_usb, NO_PLACE, &wait, STN_FAILURE_ADAPTER_MISSING);
}

static void
what_is_no_usb_place_is_told_at_once (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  g_autoptr (StnProvider) provider = usb_provider (clock);
  StnWait wait = stn_wait_new (clock, STN_TIME_NEVER, NULL);
  if (provider == NULL)
    return;
  expect_failure (provider, provider->provider_class->open_usb, "3B7A20573039", &wait, STN_FAILURE_USAGE);
}

static gpointer
cancel_later (gpointer data)
{
  g_usleep (20000);
  g_cancellable_cancel (data);
  return NULL;
}

static void
cancelling_ends_the_wait_for_a_device (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (StnProvider) provider = usb_provider (clock);
  StnWait wait = stn_wait_new (clock, STN_TIME_NEVER, cancellable);
  if (provider == NULL)
    return;
  GThread *thread = g_thread_new ("cancel", cancel_later, cancellable);
  expect_failure (provider, provider->provider_class->open_usb, NO_PLACE, &wait, STN_FAILURE_CANCELLED);
  g_thread_join (thread);
}

static void
virtual_time_is_refused (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (StnProvider) provider = stn_provider_ft232h_new ();
  g_autoptr (GError) error = NULL;
  StnWait wait = stn_wait_new (clock, STN_NS_PER_S, NULL);
  expect_failure (provider, provider->provider_class->open_pins, "NOSUCH12", &wait, STN_FAILURE_INTERNAL);
  g_assert_null (stn_provider_usb_new (clock, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_INTERNAL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(test) g_test_add_func ("/usb-open/" #test, test)
  ADD (a_missing_ft232h_is_a_missing_adapter);
  ADD (a_port_of_no_hub_is_a_missing_adapter);
  ADD (what_is_no_usb_place_is_told_at_once);
  ADD (cancelling_ends_the_wait_for_a_device);
  ADD (virtual_time_is_refused);
  return g_test_run ();
}
