#include "src/link/ft232h.h"
#include "src/link/providers.h"

static StnLink *
open_pins (G_GNUC_UNUSED StnProvider *provider, const char *place, const StnWait *wait, GError **error)
{
  return stn_ft232h_open (place, wait, error);
}

static void
ft232h_provider_free (StnProvider *provider)
{
  g_free (provider);
}

static const StnProviderClass ft232h_provider_class = {
  .kind = "ft232h",
  .open_pins = open_pins,
  .free = ft232h_provider_free,
};

StnProvider *
stn_provider_ft232h_new (void)
{
  StnProvider *self = g_new0 (StnProvider, 1);
  self->provider_class = &ft232h_provider_class;
  return self;
}
