#include "src/link/providers.h"
#include "src/link/usb-control.h"

typedef struct {
  StnProvider provider;
  StnUsbContext *context; /* owned */
} UsbProvider;

static StnLink *
open_usb (StnProvider *provider, const char *place, const StnWait *wait, GError **error)
{
  return stn_usb_control_open (((UsbProvider *) provider)->context, place, wait, error);
}

static void
usb_provider_free (StnProvider *provider)
{
  UsbProvider *self = (UsbProvider *) provider;
  stn_usb_context_unref (self->context);
  g_free (self);
}

static const StnProviderClass usb_provider_class = {
  .kind = "usb",
  .open_usb = open_usb,
  .free = usb_provider_free,
};

StnProvider *
stn_provider_usb_new (StnClock *clock, GError **error)
{
  g_autoptr (StnUsbContext) context = stn_usb_context_new (clock, error);
  if (context == NULL)
    return NULL;
  UsbProvider *self = g_new0 (UsbProvider, 1);
  self->provider.provider_class = &usb_provider_class;
  self->context = g_steal_pointer (&context);
  return &self->provider;
}
