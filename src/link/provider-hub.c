#include "src/link/hub-pins.h"
#include "src/link/providers.h"
#include "src/link/usb-control.h"

typedef struct {
  StnProvider provider;
  StnClock *clock;
} HubProvider;

/* A context for each hub, kept by its link: few and rarely used. */
static StnLink *
open_pins (StnProvider *provider, const char *place, const StnWait *wait, GError **error)
{
  g_autoptr (StnUsbContext) context = stn_usb_context_new (((HubProvider *) provider)->clock, error);
  StnLink *hub = context != NULL ? stn_usb_hub_open (context, place, wait, error) : NULL;

  return hub != NULL ? stn_hub_pins_new (hub, wait, error) : NULL;
}

static void
hub_provider_free (StnProvider *provider)
{
  stn_clock_unref (((HubProvider *) provider)->clock);
  g_free (provider);
}

static const StnProviderClass hub_provider_class = {
  .kind = "hub",
  .open_pins = open_pins,
  .free = hub_provider_free,
};

StnProvider *
stn_provider_hub_new (StnClock *clock)
{
  HubProvider *self = g_new0 (HubProvider, 1);

  self->provider.provider_class = &hub_provider_class;
  self->clock = stn_clock_ref (clock);
  return &self->provider;
}
