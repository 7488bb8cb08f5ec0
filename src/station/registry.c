#include "src/station/registry.h"

static StnProvider *
create_bench (StnBench *bench, GError **error)
{
  (void) error;
  return stn_bench_provider_new (bench);
}

/* One row a kind. A real one (serial, ft232h, usb, socketcan) is a row here and a file in src/link. */
static const StnProviderRow provider_rows[] = {
  { .kind = "bench", .ports = STN_PORT_UART | STN_PORT_PINS, .is_virtual = TRUE, .create = create_bench },
};

const StnProviderRow *
stn_registry_find (StnPortKind port, gboolean in_bench)
{
  for (guint i = 0; i < G_N_ELEMENTS (provider_rows); i++)
    if ((provider_rows[i].ports & port) != 0 && provider_rows[i].is_virtual == in_bench)
      return &provider_rows[i];
  return NULL;
}
