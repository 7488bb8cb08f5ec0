#include "src/link/providers.h"
#include "src/link/usb-control.h"
#include "src/link/usb-place.h"

typedef struct {
  StnProvider provider;
  StnClock *clock;
  GMutex mutex;
  GHashTable *contexts; /* place -> StnUsbContext */
  StnUsbContext *spare; /* for the first place; making one looks at every device of the host */
} UsbProvider;

/* A reference to the place's own context. */
static StnUsbContext *
context_of (UsbProvider *self, const char *place, GError **error)
{
  g_mutex_lock (&self->mutex);
  StnUsbContext *context = g_hash_table_lookup (self->contexts, place);
  if (context == NULL) {
    context = self->spare != NULL ? g_steal_pointer (&self->spare) : stn_usb_context_new (self->clock, error);
    if (context != NULL)
      g_hash_table_insert (self->contexts, g_strdup (place), context);
  }
  if (context != NULL)
    stn_usb_context_ref (context);
  g_mutex_unlock (&self->mutex);
  return context;
}

static StnLink *
open_usb (StnProvider *provider, const char *place, const StnWait *wait, GError **error)
{
  g_autoptr (StnUsbContext) context = context_of ((UsbProvider *) provider, place, error);
  return context != NULL ? stn_usb_control_open (context, place, wait, error) : NULL;
}

static gboolean
hex_attribute (const char *bus_path, const char *name, guint16 *out)
{
  g_autofree char *text = stn_usb_attribute (bus_path, name, NULL);
  guint64 value;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 16, 0, G_MAXUINT16, &value, NULL))
    return FALSE;
  *out = (guint16) value;
  return TRUE;
}

/* sysfs knows what the host has enumerated. A device that goes while it is looked at is none. */
static gboolean
look_usb (G_GNUC_UNUSED StnProvider *provider, const char *place, gboolean *out_present, guint16 *out_vendor_id,
          guint16 *out_product_id, G_GNUC_UNUSED GError **error)
{
  g_autofree char *bus_path = stn_usb_device_at (place, NULL);

  *out_present = bus_path != NULL && hex_attribute (bus_path, "idVendor", out_vendor_id)
                 && hex_attribute (bus_path, "idProduct", out_product_id);
  return TRUE;
}

static void
usb_provider_free (StnProvider *provider)
{
  UsbProvider *self = (UsbProvider *) provider;
  g_hash_table_unref (self->contexts);
  stn_usb_context_unref (self->spare);
  g_mutex_clear (&self->mutex);
  stn_clock_unref (self->clock);
  g_free (self);
}

static void
context_unref (gpointer context)
{
  stn_usb_context_unref (context);
}

static const StnProviderClass usb_provider_class = {
  .kind = "usb",
  .open_usb = open_usb,
  .look_usb = look_usb,
  .free = usb_provider_free,
};

StnProvider *
stn_provider_usb_new (StnClock *clock, GError **error)
{
  /* whether USB can be used at all is known before the first board comes */
  StnUsbContext *spare = stn_usb_context_new (clock, error);
  if (spare == NULL)
    return NULL;
  UsbProvider *self = g_new0 (UsbProvider, 1);
  self->provider.provider_class = &usb_provider_class;
  self->clock = stn_clock_ref (clock);
  self->spare = spare;
  g_mutex_init (&self->mutex);
  self->contexts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, context_unref);
  return &self->provider;
}
