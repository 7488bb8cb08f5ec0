#include "src/station/registry.h"

#include "src/link/providers.h"

static StnProvider *
create_bench (StnBench *bench, GError **error)
{
  (void) error;
  return stn_bench_provider_new (bench);
}

static StnProvider *
create_serial (StnBench *bench, GError **error)
{
  (void) bench;
  (void) error;
  return stn_provider_serial_new ();
}

static StnProvider *
create_ft232h (StnBench *bench, GError **error)
{
  (void) bench;
  (void) error;
  return stn_provider_ft232h_new ();
}

static StnProvider *
create_usb (StnBench *bench, GError **error)
{
  (void) bench;
  g_autoptr (StnClock) clock = stn_clock_new_real (); /* real ports know real time only; all such clocks agree */
  return stn_provider_usb_new (clock, error);
}

static StnProvider *
create_hub (StnBench *bench, GError **error)
{
  (void) bench;
  (void) error;
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  return stn_provider_hub_new (clock);
}

/* One row a kind; each kind of port is opened by one in a bench and by one on this machine. */
static const StnProviderRow provider_rows[] = {
  { .kind = "bench",
    .ports = STN_PORT_UART | STN_PORT_PINS | STN_PORT_USB | STN_PORT_HUB,
    .is_virtual = TRUE,
    .create = create_bench },
  { .kind = "serial", .ports = STN_PORT_UART, .create = create_serial },
  { .kind = "ft232h", .ports = STN_PORT_PINS, .create = create_ft232h },
  { .kind = "usb", .ports = STN_PORT_USB, .create = create_usb },
  { .kind = "hub", .ports = STN_PORT_HUB, .create = create_hub },
};

const StnProviderRow *
stn_registry_find (StnPortKind port, gboolean in_bench)
{
  for (guint i = 0; i < G_N_ELEMENTS (provider_rows); i++)
    if ((provider_rows[i].ports & port) != 0 && provider_rows[i].is_virtual == in_bench)
      return &provider_rows[i];
  g_assert_not_reached ();
}
