/* Where things could be opened: what a bench says of itself, and what is plugged into this machine. */
#include "src/station/places.h"

#include <string.h>

static void
place_free (gpointer place)
{
  stn_place_free (place);
}

char *
stn_tty_by_path (const char *tty)
{
  static const char folder[] = "/dev/serial/by-path";
  g_autoptr (GDir) links = g_dir_open (folder, 0, NULL);
  g_autofree char *node = g_path_get_basename (tty);
  char *found = NULL;

  /* udev makes two names for one port on some versions ("usb-" and "usbv2-"): the shorter is the older and the stabler
   */
  for (const char *name = links != NULL ? g_dir_read_name (links) : NULL; name != NULL;
       name = g_dir_read_name (links)) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *goal = g_file_read_link (path, NULL);
    g_autofree char *goal_node = goal != NULL ? g_path_get_basename (goal) : NULL;
    if (g_strcmp0 (goal_node, node) != 0 || (found != NULL && strlen (found) <= strlen (path)))
      continue;
    g_free (found);
    found = g_steal_pointer (&path);
  }
  return found != NULL ? found : g_strdup (tty);
}

/* An adapter as a station file best names it: by its serial where that is its own, else by its place. */
static char *
adapter_place (const StnPluggedDevice *device)
{
  gboolean has_own = device->serial != NULL && (device->flags & (STN_PLUGGED_NO_SERIAL | STN_PLUGGED_SAME_SERIAL)) == 0;

  return g_strdup (has_own ? device->serial : device->place);
}

static char *
describe (const StnPluggedDevice *device)
{
  return g_strdup_printf ("%s%s%s", device->product != NULL ? device->product : stn_plugged_kind_name (device->kind),
                          device->serial != NULL ? " " : "", device->serial != NULL ? device->serial : "");
}

/* An FT232H is an adapter with pins unless the kernel uses it as a serial port: then it is that. */
static GPtrArray *
of_this_machine (StnPlaceKind kind)
{
  g_autoptr (GPtrArray) devices = stn_plugged_list ();
  GPtrArray *places = g_ptr_array_new_with_free_func (place_free);

  for (guint i = 0; i < devices->len; i++) {
    const StnPluggedDevice *device = g_ptr_array_index (devices, i);
    g_autofree char *what = describe (device);
    gboolean has_pins = device->kind == STN_PLUGGED_FT232H && (device->flags & STN_PLUGGED_KERNEL_TTY) == 0;

    if (kind == STN_PLACE_PINS && has_pins) {
      g_autofree char *place = adapter_place (device);
      g_ptr_array_add (places, stn_place_new (kind, place, what));
    } else if (kind == STN_PLACE_USB && device->kind == STN_PLUGGED_DFU) {
      g_ptr_array_add (places, stn_place_new (kind, device->place, what));
    }
    for (guint k = 0; kind == STN_PLACE_UART && device->ttys != NULL && k < device->ttys->len; k++) {
      g_autofree char *place = stn_tty_by_path (g_ptr_array_index (device->ttys, k));
      g_ptr_array_add (places, stn_place_new (kind, place, what));
    }
  }
  return places;
}

GPtrArray *
stn_station_places (StnProvider *provider, StnPlaceKind kind, GError **error)
{
  if (provider->provider_class->list_places == NULL)
    return of_this_machine (kind);
  g_autoptr (GPtrArray) all = provider->provider_class->list_places (provider, error);
  if (all == NULL)
    return NULL;
  GPtrArray *places = g_ptr_array_new_with_free_func (place_free);
  for (guint i = 0; i < all->len; i++) {
    const StnPlace *place = g_ptr_array_index (all, i);
    if (place->kind == kind)
      g_ptr_array_add (places, stn_place_new (kind, place->place, place->what));
  }
  return places;
}
