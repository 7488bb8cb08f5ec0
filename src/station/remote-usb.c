/* Whether a station's ports are hardware: what hangs under vhci_hcd or dummy_hcd came over a socket, from a bench or
 * from another machine, and counts as virtual unless the station file says `remote-usb: real`. */
#include "src/station/station-private.h"

#include <stdlib.h>
#include <string.h>

#include "src/link/usb-place.h"

static const char *const virtual_controllers[] = { "vhci_hcd", "dummy_hcd" };

static gboolean
names_virtual_controller (const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (virtual_controllers); i++)
    if (strstr (text, virtual_controllers[i]) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
is_remote_tty (const char *place)
{
  /* a name by path says it, also while nothing is plugged in there */
  if (names_virtual_controller (place))
    return TRUE;
  g_autofree char *node = realpath (place, NULL);
  if (node == NULL)
    return FALSE;
  g_autofree char *name = g_path_get_basename (node);
  g_autofree char *in_class = g_build_filename ("/sys/class/tty", name, NULL);
  g_autofree char *device = realpath (in_class, NULL);
  return device != NULL && names_virtual_controller (device);
}

/* Without such a controller nothing can hang under one; a station's own machine has none. */
static gboolean
has_virtual_controller (void)
{
  g_autoptr (GDir) platform = g_dir_open ("/sys/devices/platform", 0, NULL);
  const char *name;

  while (platform != NULL && (name = g_dir_read_name (platform)) != NULL)
    if (names_virtual_controller (name))
      return TRUE;
  return FALSE;
}

/* A serial of an adapter, a USB path of either form. From sysfs alone: this is asked whenever a station file is read,
 * and udev's own list of what is plugged in takes longer than all the rest of that. */
static gboolean
is_remote_device (const char *place)
{
  g_autoptr (GDir) devices = g_dir_open ("/sys/bus/usb/devices", 0, NULL);
  const char *name;

  while (devices != NULL && (name = g_dir_read_name (devices)) != NULL) {
    /* interfaces stand there too, with a colon in their names */
    g_autofree char *link = strchr (name, ':') == NULL ? g_build_filename ("/sys/bus/usb/devices", name, NULL) : NULL;
    g_autofree char *path = link != NULL ? realpath (link, NULL) : NULL;
    if (path == NULL || !names_virtual_controller (path))
      continue;
    g_autofree char *serial = stn_usb_attribute (name, "serial", NULL);
    if (g_strcmp0 (serial, place) == 0 || stn_usb_is_at (name, place, NULL))
      return TRUE;
  }
  return FALSE;
}

/* The places of adapters and USB ports. */
static GPtrArray *
list_places (const StnStation *self)
{
  GPtrArray *places = g_ptr_array_new ();

  for (guint i = 0; i < self->controls->len; i++)
    g_ptr_array_add (places, (char *) g_array_index (self->controls, StnControlWiring, i).place);
  for (guint i = 0; i < self->wirings->len; i++) {
    const StnFileSite *site = g_array_index (self->wirings, StnSiteWiring, i).file;
    if (site->usb.present && site->usb.path != NULL)
      g_ptr_array_add (places, site->usb.path);
  }
  for (guint i = 0; i < self->file.hubs->len; i++)
    g_ptr_array_add (places, ((const StnFileHub *) g_ptr_array_index (self->file.hubs, i))->path);
  return places;
}

gboolean
stn_station_has_remote_usb (const StnStation *self)
{
  g_autoptr (GPtrArray) places = list_places (self);

  /* what the file says itself comes first: it needs no look at the machine */
  for (guint i = 0; i < places->len; i++)
    if (names_virtual_controller (g_ptr_array_index (places, i)))
      return TRUE;
  for (guint i = 0; i < self->wirings->len; i++) {
    const StnFileSite *site = g_array_index (self->wirings, StnSiteWiring, i).file;
    if (site->uart.present && is_remote_tty (site->uart.port))
      return TRUE;
  }
  if (!has_virtual_controller ())
    return FALSE;
  for (guint i = 0; i < places->len; i++)
    if (is_remote_device (g_ptr_array_index (places, i)))
      return TRUE;
  return FALSE;
}
