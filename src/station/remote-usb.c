/* Whether a station's ports are hardware: what hangs under vhci_hcd or dummy_hcd came over a socket, from a bench or from
 * another machine, and counts as virtual unless the station file says `remote-usb: real`. */
#include "src/station/station-private.h"

#include <stdlib.h>
#include <string.h>

#include "src/link/plugged.h"

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

/* A serial of an adapter, a USB path of either form. */
static gboolean
is_remote_device (const char *place, GPtrArray **devices)
{
  if (names_virtual_controller (place))
    return TRUE;
  if (*devices == NULL)
    *devices = stn_plugged_list ();
  for (guint i = 0; i < (*devices)->len; i++) {
    const StnPluggedDevice *device = g_ptr_array_index (*devices, i);
    if ((device->flags & STN_PLUGGED_VIRTUAL) != 0
        && (g_strcmp0 (device->serial, place) == 0 || g_strcmp0 (device->place, place) == 0
            || g_strcmp0 (device->bus_path, place) == 0))
      return TRUE;
  }
  return FALSE;
}

gboolean
stn_station_has_remote_usb (const StnStation *self)
{
  g_autoptr (GPtrArray) devices = NULL;

  for (guint i = 0; i < self->controls->len; i++)
    if (is_remote_device (g_array_index (self->controls, StnControlWiring, i).place, &devices))
      return TRUE;
  for (guint i = 0; i < self->wirings->len; i++) {
    const StnFileSite *site = g_array_index (self->wirings, StnSiteWiring, i).file;
    if (site->uart.present && is_remote_tty (site->uart.port))
      return TRUE;
    if (site->usb.present && site->usb.path != NULL && is_remote_device (site->usb.path, &devices))
      return TRUE;
  }
  for (guint i = 0; i < self->file.hubs->len; i++)
    if (is_remote_device (((const StnFileHub *) g_ptr_array_index (self->file.hubs, i))->path, &devices))
      return TRUE;
  return FALSE;
}
