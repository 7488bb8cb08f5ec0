/* What is plugged in, on a /sys of umockdev's (run under umockdev-wrapper). */
#include "src/link/plugged.h"

#include <umockdev.h>

typedef struct {
  UMockdevTestbed *bed;
  char *controller; /* a root hub behind PCI */
} Fixture;

/* a USB device with its attributes, and ID_PATH as udev's database would have it (NULL: none) */
static char *
plug (Fixture *self, const char *parent, const char *name, const char *id_path, const char *vendor, const char *product,
      const char *serial, const char *class_code, const char *protocol)
{
  char *path = umockdev_testbed_add_device (self->bed, "usb", name, parent, "idVendor", vendor, "idProduct", product,
                                            "bDeviceClass", class_code, "bDeviceProtocol", protocol, "speed", "480",
                                            "maxchild", "4", NULL, "DEVTYPE", "usb_device",
                                            id_path != NULL ? "ID_PATH" : NULL, id_path, NULL);
  if (serial != NULL)
    umockdev_testbed_set_attribute (self->bed, path, "serial", serial);
  return path;
}

static void
add_tty (Fixture *self, const char *usb_path, const char *interface_name, const char *tty)
{
  g_autofree char *node = g_strdup_printf ("/dev/%s", tty);
  g_autofree char *interface =
      umockdev_testbed_add_device (self->bed, "usb", interface_name, usb_path, NULL, "DEVTYPE", "usb_interface", NULL);
  g_autofree char *path = umockdev_testbed_add_device (self->bed, "tty", tty, interface, NULL, "DEVNAME", node, NULL);
  g_assert_nonnull (path);
}

static void
set_up (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  self->bed = umockdev_testbed_new ();
  g_autofree char *pci = umockdev_testbed_add_device (self->bed, "pci", "0000:00:14.0", NULL, NULL, NULL);
  self->controller = plug (self, pci, "usb1", "pci-0000:00:14.0", "1d6b", "0002", NULL, "09", "01");
}

static void
tear_down (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  g_free (self->controller);
  g_object_unref (self->bed);
}

static const StnPluggedDevice *
at (GPtrArray *devices, guint i)
{
  g_assert_cmpuint (i, <, devices->len);
  return g_ptr_array_index (devices, i);
}

static void
devices_are_sorted_by_place_as_people_count (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *hub =
      plug (self, self->controller, "1-1", "pci-0000:00:14.0-usb-0:1", "1a40", "0101", NULL, "09", "01");
  g_autofree char *ten = plug (self, hub, "1-1.10", "pci-0000:00:14.0-usb-0:1.10", "0403", "6014", "FT10", "00", "00");
  g_autofree char *four = plug (self, hub, "1-1.4", "pci-0000:00:14.0-usb-0:1.4", "0403", "6014", "FT4", "00", "00");
  g_autoptr (GPtrArray) devices = stn_plugged_list ();
  static const char *const expected[] = { "usb1", "1-1", "1-1.4", "1-1.10" };
  g_assert_cmpuint (devices->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpstr (at (devices, i)->bus_path, ==, expected[i]);
  g_assert_cmpstr (at (devices, 3)->place, ==, "pci-0000:00:14.0-usb-0:1.10");
  g_assert_cmpstr (stn_plugged_kind_name (at (devices, 1)->kind), ==, "hub");
}

static void
a_hub_with_one_translator_is_marked_and_a_root_hub_is_not (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *single =
      plug (self, self->controller, "1-1", "pci-0000:00:14.0-usb-0:1", "1a40", "0101", NULL, "09", "01");
  g_autofree char *multi =
      plug (self, self->controller, "1-2", "pci-0000:00:14.0-usb-0:2", "1a40", "0201", NULL, "09", "02");
  g_autoptr (GPtrArray) devices = stn_plugged_list ();
  g_assert_cmpuint (devices->len, ==, 3);
  for (guint i = 0; i < devices->len; i++) {
    const StnPluggedDevice *hub = at (devices, i);
    gboolean marked = (hub->flags & STN_PLUGGED_SINGLE_TT) != 0;
    g_assert_cmpint (hub->kind, ==, STN_PLUGGED_HUB);
    g_assert_cmpint (marked, ==, g_str_equal (hub->bus_path, "1-1"));
    g_assert_cmpuint (hub->port_count, ==, 4);
  }
}

static void
blank_and_doubled_serials_are_marked (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *a =
      plug (self, self->controller, "1-1", "pci-0000:00:14.0-usb-0:1", "0483", "df11", "3B7A20573039", "00", "00");
  g_autofree char *b =
      plug (self, self->controller, "1-2", "pci-0000:00:14.0-usb-0:2", "0483", "df11", "3B7A20573039", "00", "00");
  g_autofree char *c =
      plug (self, self->controller, "1-3", "pci-0000:00:14.0-usb-0:3", "0483", "df11", "999999999999", "00", "00");
  /* another product may say the same: nobody takes the one for the other */
  g_autofree char *d =
      plug (self, self->controller, "1-4", "pci-0000:00:14.0-usb-0:4", "0403", "6014", "999999999999", "00", "00");
  g_autofree char *e =
      plug (self, self->controller, "1-5", "pci-0000:00:14.0-usb-0:5", "0403", "6014", NULL, "00", "00");
  g_autoptr (GPtrArray) devices = stn_plugged_list ();
  static const guint expected[] = { STN_PLUGGED_SAME_SERIAL, STN_PLUGGED_SAME_SERIAL, 0, 0, STN_PLUGGED_NO_SERIAL };
  g_assert_cmpuint (devices->len, ==, 6);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmphex (at (devices, i + 1)->flags, ==, expected[i]);
  g_assert_cmpint (at (devices, 1)->kind, ==, STN_PLUGGED_DFU);
  g_assert_cmpint (at (devices, 4)->kind, ==, STN_PLUGGED_FT232H);
}

static void
ttys_stand_in_the_order_of_their_interfaces (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *quad =
      plug (self, self->controller, "1-1", "pci-0000:00:14.0-usb-0:1", "0403", "6011", "FTQ", "00", "00");
  g_autofree char *control =
      plug (self, self->controller, "1-2", "pci-0000:00:14.0-usb-0:2", "0403", "6014", "FTC", "00", "00");
  g_autofree char *mouse =
      plug (self, self->controller, "1-3", "pci-0000:00:14.0-usb-0:3", "046d", "c077", NULL, "00", "00");
  g_autofree char *modem =
      plug (self, self->controller, "1-4", "pci-0000:00:14.0-usb-0:4", "0483", "5740", "X", "02", "00");
  add_tty (self, quad, "1-1:1.1", "ttyUSB3");
  add_tty (self, quad, "1-1:1.0", "ttyUSB7");
  add_tty (self, control, "1-2:1.0", "ttyUSB1");
  add_tty (self, modem, "1-4:1.0", "ttyACM0");
  g_autoptr (GPtrArray) devices = stn_plugged_list ();
  g_assert_cmpuint (devices->len, ==, 4); /* the mouse is nothing to a station */
  g_assert_cmpuint (at (devices, 1)->ttys->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (at (devices, 1)->ttys, 0), ==, "/dev/ttyUSB7");
  g_assert_cmpstr (g_ptr_array_index (at (devices, 1)->ttys, 1), ==, "/dev/ttyUSB3");
  g_assert_cmphex (at (devices, 1)->flags, ==, 0);
  g_assert_cmphex (at (devices, 2)->flags, ==, STN_PLUGGED_KERNEL_TTY);
  g_assert_cmpint (at (devices, 3)->kind, ==, STN_PLUGGED_TTY);
}

static void
devices_of_no_hardware_are_marked (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  static const char *const controllers[] = { "vhci_hcd.0", "dummy_hcd.0" };
  for (guint i = 0; i < G_N_ELEMENTS (controllers); i++) {
    g_autofree char *bus = g_strdup_printf ("usb%u", i + 2), *name = g_strdup_printf ("%u-1", i + 2);
    g_autofree char *platform = umockdev_testbed_add_device (self->bed, "platform", controllers[i], NULL, NULL, NULL);
    g_autofree char *root = plug (self, platform, bus, NULL, "1d6b", "0002", NULL, "09", "01");
    g_autofree char *device = plug (self, root, name, NULL, "0403", "6014", "FT1", "00", "00");
  }
  g_autoptr (GPtrArray) devices = stn_plugged_list ();
  g_assert_cmpuint (devices->len, ==, 5);
  for (guint i = 0; i < devices->len; i++) {
    const StnPluggedDevice *device = at (devices, i);
    gboolean is_virtual = (device->flags & STN_PLUGGED_VIRTUAL) != 0;
    g_assert_cmpint (is_virtual, ==, !g_str_equal (device->bus_path, "usb1"));
  }
}

static void
strings_of_a_hostile_device_are_valid_text (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *path =
      plug (self, self->controller, "1-1", "pci-0000:00:14.0-usb-0:1", "0403", "6014", "\xff\xfe\x01", "00", "00");
  g_autoptr (GPtrArray) devices = stn_plugged_list ();
  g_assert_cmpuint (devices->len, ==, 2);
  g_assert_true (g_utf8_validate (at (devices, 1)->serial, -1, NULL));
}

static void
quit_loop (gpointer loop)
{
  g_main_loop_quit (loop);
}

static void
a_change_is_told (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (StnPlugged) plugged = stn_plugged_new (quit_loop, loop);
  g_autofree char *path =
      plug (self, self->controller, "1-1", "pci-0000:00:14.0-usb-0:1", "0403", "6014", "FT1", "00", "00");
  umockdev_testbed_uevent (self->bed, path, "add");
  g_main_loop_run (loop); /* ends with the change, or never */
  g_autoptr (GPtrArray) devices = stn_plugged_list ();
  g_assert_cmpuint (devices->len, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(test) g_test_add ("/plugged/" #test, Fixture, NULL, set_up, test, tear_down)
  ADD (devices_are_sorted_by_place_as_people_count);
  ADD (a_hub_with_one_translator_is_marked_and_a_root_hub_is_not);
  ADD (blank_and_doubled_serials_are_marked);
  ADD (ttys_stand_in_the_order_of_their_interfaces);
  ADD (devices_of_no_hardware_are_marked);
  ADD (strings_of_a_hostile_device_are_valid_text);
  ADD (a_change_is_told);
  return g_test_run ();
}
