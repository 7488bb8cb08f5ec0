#include "src/link/usb-place.h"

#include <stdlib.h>
#include <string.h>

#define MOST_PORTS 7

/* udev says which USB revision a bus has where asked to; the port is the same */
static const char *const port_marks[] = { "-usb-0:", "-usbv2-0:", "-usbv3-0:" };

/* "1.4.2": numbers from 1 on, dots between, nothing else */
static gboolean
are_ports (const char *text)
{
  guint count = 0;
  for (;;) {
    guint digits = 0;
    if (*text == '0')
      return FALSE;
    for (; g_ascii_isdigit (*text); text++)
      digits++;
    if (digits == 0 || digits > 3 || ++count > MOST_PORTS)
      return FALSE;
    if (*text == '\0')
      return TRUE;
    if (*text++ != '.')
      return FALSE;
  }
}

/* Cuts "…-usb-0:1.4" into what is before the mark (its length) and "1.4". */
static gboolean
split_id_path (const char *text, gsize *out_controller_length, const char **out_ports)
{
  for (guint i = 0; i < G_N_ELEMENTS (port_marks); i++) {
    const char *mark = strstr (text, port_marks[i]);
    if (mark == NULL || mark == text)
      continue;
    *out_controller_length = (gsize) (mark - text);
    *out_ports = mark + strlen (port_marks[i]);
    return TRUE;
  }
  return FALSE;
}

static gboolean
is_bus_path (const char *text)
{
  const char *dash = strchr (text, '-');
  if (dash == NULL || dash == text || dash - text > 3 || !are_ports (dash + 1))
    return FALSE;
  for (const char *p = text; p < dash; p++)
    if (!g_ascii_isdigit (*p))
      return FALSE;
  return text[0] != '0';
}

gboolean
stn_usb_is_place (const char *text)
{
  gsize length;
  const char *ports;
  if (text == NULL)
    return FALSE;
  return is_bus_path (text) || (split_id_path (text, &length, &ports) && are_ports (ports));
}

char *
stn_usb_bus_path (guint bus, const guint8 *ports, guint count)
{
  if (count == 0)
    return g_strdup_printf ("usb%u", bus);
  GString *text = g_string_new (NULL);
  g_string_append_printf (text, "%u-%u", bus, ports[0]);
  for (guint i = 1; i < count; i++)
    g_string_append_printf (text, ".%u", ports[i]);
  return g_string_free (text, FALSE);
}

static char *
subsystem_of (const char *folder)
{
  g_autofree char *link = g_build_filename (folder, "subsystem", NULL);
  g_autofree char *target = g_file_read_link (link, NULL);
  return target != NULL ? g_path_get_basename (target) : NULL;
}

/* From the root hub upwards: the nearest of a row of PCI devices, and of platform devices, each with its name. */
static char *
controller_path (const char *root_hub, const char *sysfs)
{
  static const char *const kinds[] = { "pci", "platform" };
  g_autofree char *link = g_build_filename (sysfs, "bus", "usb", "devices", root_hub, NULL);
  char *folder = realpath (link, NULL);
  char *path = NULL;
  const char *row = NULL; /* the kind whose nearest device has been taken */
  if (folder == NULL)
    return NULL;
  for (char *slash; (slash = strrchr (folder, '/')) != NULL && slash != folder;) {
    *slash = '\0';
    g_autofree char *subsystem = subsystem_of (folder);
    const char *kind = NULL;
    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
      if (g_strcmp0 (subsystem, kinds[i]) == 0)
        kind = kinds[i];
    if (kind == NULL || kind == row)
      continue;
    row = kind;
    char *longer = g_strdup_printf ("%s-%s%s%s", kind, strrchr (folder, '/') + 1, path != NULL ? "-" : "",
                                    path != NULL ? path : "");
    g_free (path);
    path = longer;
  }
  free (folder);
  return path;
}

char *
stn_usb_id_path (const char *bus_path, const char *sysfs)
{
  const char *dash = strchr (bus_path, '-');
  g_autofree char *root_hub =
      dash == NULL ? g_strdup (bus_path) : g_strdup_printf ("usb%.*s", (int) (dash - bus_path), bus_path);
  g_autofree char *controller = controller_path (root_hub, sysfs != NULL ? sysfs : "/sys");
  if (controller == NULL)
    return NULL;
  return dash == NULL ? g_steal_pointer (&controller) : g_strdup_printf ("%s-usb-0:%s", controller, dash + 1);
}

gboolean
stn_usb_is_at (const char *bus_path, const char *place, const char *sysfs)
{
  gsize length;
  const char *ports;
  if (g_str_equal (bus_path, place))
    return TRUE;
  const char *own_ports = strchr (bus_path, '-');
  g_autofree char *id_path = NULL;
  if (!split_id_path (place, &length, &ports)) {
    id_path = own_ports == NULL ? stn_usb_id_path (bus_path, sysfs) : NULL;
    return id_path != NULL && g_str_equal (id_path, place); /* a root hub by its controller */
  }
  /* most devices differ in their ports: sysfs is asked for the others only */
  if (own_ports == NULL || !g_str_equal (own_ports + 1, ports))
    return FALSE;
  id_path = stn_usb_id_path (bus_path, sysfs);
  gsize id_length;
  const char *id_ports;
  return id_path != NULL && split_id_path (id_path, &id_length, &id_ports) && id_length == length
         && strncmp (id_path, place, length) == 0;
}

char *
stn_usb_place_of_hub (const char *place)
{
  gsize length;
  const char *ports;
  if (!stn_usb_is_place (place))
    return NULL;
  const char *dot = strrchr (place, '.');
  if (is_bus_path (place)) {
    const char *dash = strchr (place, '-');
    return dot != NULL ? g_strndup (place, (gsize) (dot - place))
                       : g_strdup_printf ("usb%.*s", (int) (dash - place), place);
  }
  split_id_path (place, &length, &ports);
  if (strchr (ports, '.') != NULL)
    return g_strndup (place, (gsize) (dot - place));
  return g_strndup (place, length);
}

char *
stn_usb_device_at (const char *place, const char *sysfs)
{
  g_autofree char *folder = g_build_filename (sysfs != NULL ? sysfs : "/sys", "bus", "usb", "devices", NULL);
  g_autoptr (GDir) devices = g_dir_open (folder, 0, NULL);
  const char *name;

  /* interfaces stand there too, with a colon in their names */
  while (devices != NULL && (name = g_dir_read_name (devices)) != NULL)
    if (strchr (name, ':') == NULL && stn_usb_is_at (name, place, sysfs))
      return g_strdup (name);
  return NULL;
}

char *
stn_usb_attribute (const char *bus_path, const char *name, const char *sysfs)
{
  g_autofree char *path =
      g_build_filename (sysfs != NULL ? sysfs : "/sys", "bus", "usb", "devices", bus_path, name, NULL);
  g_autofree char *text = NULL;
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  return *g_strstrip (valid) != '\0' ? g_steal_pointer (&valid) : NULL;
}

char *
stn_usb_interface_driver (const char *bus_path, guint interface_number, const char *sysfs)
{
  g_autofree char *name = g_strdup_printf ("%s:1.%u", bus_path, interface_number);
  g_autofree char *link =
      g_build_filename (sysfs != NULL ? sysfs : "/sys", "bus", "usb", "devices", name, "driver", NULL);
  g_autofree char *target = g_file_read_link (link, NULL);
  return target != NULL ? g_path_get_basename (target) : NULL;
}
