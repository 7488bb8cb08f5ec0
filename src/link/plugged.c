#include "src/link/plugged.h"

#include <gudev/gudev.h>
#include <stdlib.h>
#include <string.h>

#include "src/link/usb-place.h"

#define FTDI_VENDOR 0x0403
#define FT232H_PRODUCT 0x6014
#define ST_VENDOR 0x0483
#define DFU_PRODUCT 0xdf11
#define HUB_CLASS 0x09 /* USB 2.0 section 11.23.1 */
/* the same: bDeviceProtocol of a high-speed hub */
#define SINGLE_TT_PROTOCOL 1

static const char *const virtual_controllers[] = { "/vhci_hcd", "/dummy_hcd" };

static const char *const kind_names[] = {
  [STN_PLUGGED_HUB] = "hub", [STN_PLUGGED_FT232H] = "ft232h", [STN_PLUGGED_FTDI] = "ftdi",
  [STN_PLUGGED_DFU] = "dfu", [STN_PLUGGED_TTY] = "tty",
};

const char *
stn_plugged_kind_name (StnPluggedKind kind)
{
  return (guint) kind < G_N_ELEMENTS (kind_names) ? kind_names[kind] : "unknown";
}

static void
device_free (gpointer data)
{
  StnPluggedDevice *self = data;
  g_free (self->place);
  g_free (self->bus_path);
  g_free (self->vendor);
  g_free (self->product);
  g_free (self->serial);
  g_ptr_array_unref (self->ttys);
  g_free (self);
}

/* sysfs has numbers as the device's strings have them: hex without 0x, perhaps blanks before */
static guint
attribute_number (GUdevDevice *device, const char *name, guint base)
{
  const char *text = g_udev_device_get_sysfs_attr (device, name);
  return text != NULL ? (guint) g_ascii_strtoull (text, NULL, base) : 0;
}

static char *
attribute_text (GUdevDevice *device, const char *name)
{
  const char *text = g_udev_device_get_sysfs_attr (device, name);
  if (text == NULL)
    return NULL;
  char *valid = g_strstrip (g_utf8_make_valid (text, -1));
  if (*valid != '\0')
    return valid;
  g_free (valid);
  return NULL;
}

static char *
place_of (GUdevDevice *device, const char *bus_path)
{
  /* udev's own word first; without its daemon, or without a rule that asks for it, the same from sysfs */
  const char *id_path = g_udev_device_get_property (device, "ID_PATH");
  if (id_path != NULL)
    return g_strdup (id_path);
  char *worked_out = stn_usb_id_path (bus_path, NULL);
  return worked_out != NULL ? worked_out : g_strdup (bus_path);
}

static gboolean
is_virtual (const char *sysfs_path)
{
  for (guint i = 0; i < G_N_ELEMENTS (virtual_controllers); i++)
    if (strstr (sysfs_path, virtual_controllers[i]) != NULL)
      return TRUE;
  return FALSE;
}

static StnPluggedDevice *
device_new (GUdevDevice *from)
{
  StnPluggedDevice *self = g_new0 (StnPluggedDevice, 1);
  guint class_code = attribute_number (from, "bDeviceClass", 16);
  self->bus_path = g_strdup (g_udev_device_get_name (from));
  self->place = place_of (from, self->bus_path);
  self->vendor_id = (guint16) attribute_number (from, "idVendor", 16);
  self->product_id = (guint16) attribute_number (from, "idProduct", 16);
  self->vendor = attribute_text (from, "manufacturer");
  self->product = attribute_text (from, "product");
  self->serial = attribute_text (from, "serial");
  self->speed_mbits = attribute_number (from, "speed", 10);
  self->ttys = g_ptr_array_new_with_free_func (g_free);
  if (is_virtual (g_udev_device_get_sysfs_path (from)))
    self->flags |= STN_PLUGGED_VIRTUAL;

  if (class_code == HUB_CLASS) {
    self->kind = STN_PLUGGED_HUB;
    self->port_count = attribute_number (from, "maxchild", 10);
    if (self->speed_mbits == 480 && attribute_number (from, "bDeviceProtocol", 16) == SINGLE_TT_PROTOCOL
        && strchr (self->bus_path, '-') != NULL)
      self->flags |= STN_PLUGGED_SINGLE_TT;
  } else if (self->vendor_id == FTDI_VENDOR) {
    self->kind = self->product_id == FT232H_PRODUCT ? STN_PLUGGED_FT232H : STN_PLUGGED_FTDI;
  } else if (self->vendor_id == ST_VENDOR && self->product_id == DFU_PRODUCT) {
    self->kind = STN_PLUGGED_DFU;
  } else {
    self->kind = STN_PLUGGED_TTY;
  }
  if (self->serial == NULL && self->kind != STN_PLUGGED_HUB)
    self->flags |= STN_PLUGGED_NO_SERIAL;
  return self;
}

static StnPluggedDevice *
find_by_bus_path (GPtrArray *devices, const char *bus_path)
{
  for (guint i = 0; i < devices->len; i++) {
    StnPluggedDevice *device = g_ptr_array_index (devices, i);
    if (g_strcmp0 (device->bus_path, bus_path) == 0)
      return device;
  }
  return NULL;
}

static int
compare_ttys (gconstpointer a, gconstpointer b)
{
  return strcmp (g_udev_device_get_sysfs_path (*(GUdevDevice *const *) a),
                 g_udev_device_get_sysfs_path (*(GUdevDevice *const *) b));
}

/* by the paths in sysfs, where an interface's number stands before the tty's */
static void
add_ttys (GUdevClient *client, GPtrArray *devices)
{
  g_autoptr (GPtrArray) ttys = g_ptr_array_new_with_free_func (g_object_unref);
  g_autolist (GUdevDevice) list = g_udev_client_query_by_subsystem (client, "tty");
  for (GList *at = list; at != NULL; at = at->next)
    g_ptr_array_add (ttys, g_object_ref (at->data));
  g_ptr_array_sort (ttys, compare_ttys);
  for (guint i = 0; i < ttys->len; i++) {
    GUdevDevice *tty = g_ptr_array_index (ttys, i);
    g_autoptr (GUdevDevice) usb = g_udev_device_get_parent_with_subsystem (tty, "usb", "usb_device");
    StnPluggedDevice *device = usb != NULL ? find_by_bus_path (devices, g_udev_device_get_name (usb)) : NULL;
    if (device == NULL || g_udev_device_get_device_file (tty) == NULL)
      continue;
    g_ptr_array_add (device->ttys, g_strdup (g_udev_device_get_device_file (tty)));
    if (device->kind == STN_PLUGGED_FT232H)
      device->flags |= STN_PLUGGED_KERNEL_TTY;
  }
}

static void
mark_same_serials (GPtrArray *devices)
{
  for (guint i = 0; i < devices->len; i++)
    for (guint k = 0; k < i; k++) {
      StnPluggedDevice *a = g_ptr_array_index (devices, i), *b = g_ptr_array_index (devices, k);
      if (a->serial == NULL || a->kind == STN_PLUGGED_HUB || a->vendor_id != b->vendor_id
          || a->product_id != b->product_id || g_strcmp0 (a->serial, b->serial) != 0)
        continue;
      a->flags |= STN_PLUGGED_SAME_SERIAL;
      b->flags |= STN_PLUGGED_SAME_SERIAL;
    }
}

/* As a person counts: 1.4 before 1.10, and a hub before its ports. */
static int
compare_paths (const char *a, const char *b)
{
  while (*a != '\0' && *b != '\0') {
    if (g_ascii_isdigit (*a) && g_ascii_isdigit (*b)) {
      char *a_end, *b_end;
      guint64 a_number = g_ascii_strtoull (a, &a_end, 10), b_number = g_ascii_strtoull (b, &b_end, 10);
      if (a_number != b_number)
        return a_number < b_number ? -1 : 1;
      a = a_end;
      b = b_end;
    } else if (*a != *b) {
      return *a < *b ? -1 : 1;
    } else {
      a++;
      b++;
    }
  }
  return (*a != '\0') - (*b != '\0');
}

static int
compare_devices (gconstpointer a, gconstpointer b)
{
  const StnPluggedDevice *one = *(StnPluggedDevice *const *) a, *other = *(StnPluggedDevice *const *) b;
  int by_place = compare_paths (one->place, other->place);
  return by_place != 0 ? by_place : compare_paths (one->bus_path, other->bus_path);
}

static gboolean
is_ours (const StnPluggedDevice *device)
{
  return device->kind != STN_PLUGGED_TTY || device->ttys->len > 0;
}

GPtrArray *
stn_plugged_list (void)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (device_free);
  g_autoptr (GUdevClient) client = g_udev_client_new (NULL);
  g_autolist (GUdevDevice) list = g_udev_client_query_by_subsystem (client, "usb");
  for (GList *at = list; at != NULL; at = at->next)
    if (g_strcmp0 (g_udev_device_get_devtype (at->data), "usb_device") == 0)
      g_ptr_array_add (all, device_new (at->data));
  add_ttys (client, all);
  for (guint i = all->len; i > 0; i--)
    if (!is_ours (g_ptr_array_index (all, i - 1)))
      g_ptr_array_remove_index (all, i - 1);
  mark_same_serials (all);
  g_ptr_array_sort (all, compare_devices);
  return g_steal_pointer (&all);
}

/* ---- changes ---- */

struct StnPlugged {
  GUdevClient *client;
  StnPluggedChanged changed;
  gpointer data;
};

static void
on_uevent (G_GNUC_UNUSED GUdevClient *client, G_GNUC_UNUSED const char *action, G_GNUC_UNUSED GUdevDevice *device,
           gpointer data)
{
  StnPlugged *self = data;
  self->changed (self->data);
}

StnPlugged *
stn_plugged_new (StnPluggedChanged changed, gpointer data)
{
  static const char *const subsystems[] = { "usb", "tty", NULL };
  StnPlugged *self = g_new0 (StnPlugged, 1);
  self->changed = changed;
  self->data = data;
  self->client = g_udev_client_new (subsystems);
  g_signal_connect (self->client, "uevent", G_CALLBACK (on_uevent), self);
  return self;
}

void
stn_plugged_free (StnPlugged *self)
{
  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->client, self);
  g_object_unref (self->client);
  g_free (self);
}
