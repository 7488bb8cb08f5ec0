/* Places against a small sysfs of this test's own: a PCI controller behind a bridge, one of a platform, vhci_hcd's. */
#include "src/link/usb-place.h"
#include "tests/remove-folder.h"

#include <glib/gstdio.h>
#include <unistd.h>

typedef struct {
  char *sysfs;
} Fixture;

static void
make_device (Fixture *self, const char *path, const char *subsystem)
{
  g_autofree char *folder = g_build_filename (self->sysfs, "devices", path, NULL);
  g_autofree char *link = g_build_filename (folder, "subsystem", NULL);
  g_autofree char *target = g_strdup_printf ("/sys/bus/%s", subsystem);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_cmpint (symlink (target, link), ==, 0);
}

static void
make_usb (Fixture *self, const char *parent, const char *name)
{
  g_autofree char *path = g_build_filename (parent, name, NULL);
  make_device (self, path, "usb");
  g_autofree char *target = g_build_filename (self->sysfs, "devices", path, NULL);
  g_autofree char *link = g_build_filename (self->sysfs, "bus", "usb", "devices", name, NULL);
  g_assert_cmpint (symlink (target, link), ==, 0);
}

static void
set_up (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  self->sysfs = g_dir_make_tmp ("sysfs-XXXXXX", NULL);
  g_autofree char *devices = g_build_filename (self->sysfs, "bus", "usb", "devices", NULL);
  g_assert_cmpint (g_mkdir_with_parents (devices, 0755), ==, 0);
  make_device (self, "pci0000:00/0000:00:1c.0", "pci");
  make_device (self, "pci0000:00/0000:00:1c.0/0000:02:00.0", "pci");
  make_usb (self, "pci0000:00/0000:00:1c.0/0000:02:00.0", "usb1");
  make_usb (self, "pci0000:00/0000:00:1c.0/0000:02:00.0/usb1", "1-1");
  make_device (self, "platform/vhci_hcd.0", "platform");
  make_usb (self, "platform/vhci_hcd.0", "usb2");
  make_device (self, "platform/fd500000.pcie", "platform");
  make_device (self, "platform/fd500000.pcie/0000:01:00.0", "pci");
  make_usb (self, "platform/fd500000.pcie/0000:01:00.0", "usb3");
}

static void
tear_down (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  remove_folder (self->sysfs);
  g_free (self->sysfs);
}

static void
places_are_told_from_serials (G_GNUC_UNUSED Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  static const char *const places[] = { "1-1", "12-3.4.15", "pci-0000:00:14.0-usb-0:1.4.2",
                                        "platform-vhci_hcd.0-usb-0:1", "pci-0000:00:14.0-usbv2-0:3" };
  static const char *const others[] = { "FT6XYZ12",
                                        "",
                                        "1",
                                        "1-",
                                        "-1",
                                        "0-1",
                                        "1-0",
                                        "1-1.",
                                        "1-1..2",
                                        "1-1.0",
                                        "1-1:1.0",
                                        "a-1",
                                        "1-1 ",
                                        "-usb-0:1",
                                        "pci-0000:00:14.0-usb-0:",
                                        "pci-0000:00:14.0-usb-0:1:1.0",
                                        "1-1.2.3.4.5.6.7.8",
                                        "pci-0000:00:14.0",
                                        "1-9999" };
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    g_assert_true (stn_usb_is_place (places[i]));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (stn_usb_is_place (others[i]));
  g_assert_false (stn_usb_is_place (NULL));
}

static void
ports_make_the_name_in_sysfs (G_GNUC_UNUSED Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  static const guint8 ports[] = { 1, 4, 12 };
  g_autofree char *root = stn_usb_bus_path (3, NULL, 0);
  g_autofree char *direct = stn_usb_bus_path (3, ports, 1);
  g_autofree char *deep = stn_usb_bus_path (3, ports, 3);
  g_assert_cmpstr (root, ==, "usb3");
  g_assert_cmpstr (direct, ==, "3-1");
  g_assert_cmpstr (deep, ==, "3-1.4.12");
}

static void
paths_are_as_udev_has_them (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  static const struct {
    const char *bus_path, *id_path;
  } cases[] = {
    { "1-1.4", "pci-0000:02:00.0-usb-0:1.4" }, /* the nearest of a row of PCI devices */
    { "usb1", "pci-0000:02:00.0" },
    { "2-1", "platform-vhci_hcd.0-usb-0:1" },
    { "3-2", "platform-fd500000.pcie-pci-0000:01:00.0-usb-0:2" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *id_path = stn_usb_id_path (cases[i].bus_path, self->sysfs);
    g_assert_cmpstr (id_path, ==, cases[i].id_path);
  }
  g_assert_null (stn_usb_id_path ("9-1", self->sysfs));
}

static void
a_device_is_at_its_place_in_either_form (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  g_assert_true (stn_usb_is_at ("1-1.4", "1-1.4", self->sysfs));
  g_assert_true (stn_usb_is_at ("1-1.4", "pci-0000:02:00.0-usb-0:1.4", self->sysfs));
  g_assert_true (stn_usb_is_at ("1-1.4", "pci-0000:02:00.0-usbv2-0:1.4", self->sysfs));
  g_assert_false (stn_usb_is_at ("1-1.4", "pci-0000:02:00.0-usb-0:1", self->sysfs));
  g_assert_false (stn_usb_is_at ("1-1", "pci-0000:02:00.0-usb-0:1.4", self->sysfs));
  g_assert_false (stn_usb_is_at ("2-1.4", "pci-0000:02:00.0-usb-0:1.4", self->sysfs));
  g_assert_false (stn_usb_is_at ("2-1.4", "1-1.4", self->sysfs));
  g_assert_true (stn_usb_is_at ("usb1", "pci-0000:02:00.0", self->sysfs));
  g_assert_false (stn_usb_is_at ("usb2", "pci-0000:02:00.0", self->sysfs));
}

static void
a_port_knows_its_hub (G_GNUC_UNUSED Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  static const struct {
    const char *place, *hub;
  } cases[] = {
    { "1-1.4.2", "1-1.4" },
    { "1-1", "usb1" },
    { "pci-0000:02:00.0-usb-0:1.4", "pci-0000:02:00.0-usb-0:1" },
    { "pci-0000:02:00.0-usb-0:1", "pci-0000:02:00.0" },
    { "platform-vhci_hcd.0-usb-0:2", "platform-vhci_hcd.0" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *hub = stn_usb_place_of_hub (cases[i].place);
    g_assert_cmpstr (hub, ==, cases[i].hub);
  }
  g_assert_null (stn_usb_place_of_hub ("FT6XYZ12"));
}

static void
attributes_and_drivers_come_from_sysfs (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *device = g_build_filename (self->sysfs, "bus", "usb", "devices", "1-1", NULL);
  g_autofree char *serial = g_build_filename (device, "serial", NULL);
  g_autofree char *blank = g_build_filename (device, "product", NULL);
  g_autofree char *interface = g_build_filename (self->sysfs, "bus", "usb", "devices", "1-1:1.0", NULL);
  g_autofree char *driver = g_build_filename (interface, "driver", NULL);
  g_assert_true (g_file_set_contents (serial, "FT6XYZ12\n", -1, NULL));
  g_assert_true (g_file_set_contents (blank, "\n", -1, NULL));
  g_assert_cmpint (g_mkdir_with_parents (interface, 0755), ==, 0);
  g_assert_cmpint (symlink ("../../drivers/ftdi_sio", driver), ==, 0);

  g_autofree char *seen_serial = stn_usb_attribute ("1-1", "serial", self->sysfs);
  g_autofree char *seen_driver = stn_usb_interface_driver ("1-1", 0, self->sysfs);
  g_assert_cmpstr (seen_serial, ==, "FT6XYZ12");
  g_assert_cmpstr (seen_driver, ==, "ftdi_sio");
  g_assert_null (stn_usb_attribute ("1-1", "product", self->sysfs));
  g_assert_null (stn_usb_attribute ("1-2", "serial", self->sysfs));
  g_assert_null (stn_usb_interface_driver ("1-1", 1, self->sysfs));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(test) g_test_add ("/usb-place/" #test, Fixture, NULL, set_up, test, tear_down)
  ADD (places_are_told_from_serials);
  ADD (ports_make_the_name_in_sysfs);
  ADD (paths_are_as_udev_has_them);
  ADD (a_device_is_at_its_place_in_either_form);
  ADD (a_port_knows_its_hub);
  ADD (attributes_and_drivers_come_from_sysfs);
  return g_test_run ();
}
