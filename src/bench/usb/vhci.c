#include "src/bench/usb/vhci.h"
#include "src/base/wait.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PLATFORM "/sys/devices/platform"
#define HIGH_SPEED_MBIT "480"
#define CLEARING_NS (2 * STN_NS_PER_S)
#define RETRY_NS (20 * STN_NS_PER_MS)

/* Each controller has two root hubs of as many ports: the first for high and full speed, the second for SuperSpeed; the
 * numbers that `attach` takes go over both, controller by controller. */
typedef struct {
  guint controllers, ports_each;
} Layout;

static guint
read_number (const char *path)
{
  g_autofree char *text = NULL;
  return g_file_get_contents (path, &text, NULL, NULL) ? (guint) strtoul (text, NULL, 10) : 0;
}

static Layout
layout (void)
{
  Layout self = { 0 };
  for (;; self.controllers++) {
    g_autofree char *path = g_strdup_printf (PLATFORM "/vhci_hcd.%u", self.controllers);
    if (!g_file_test (path, G_FILE_TEST_IS_DIR))
      break;
  }
  if (self.controllers > 0)
    self.ports_each = read_number (PLATFORM "/vhci_hcd.0/nports") / self.controllers / 2;
  return self;
}

guint
stn_vhci_port_count (void)
{
  Layout all = layout ();
  return all.controllers * all.ports_each;
}

static int
write_attach (const char *line, gsize length)
{
  int fd = open (PLATFORM "/vhci_hcd.0/attach", O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    return errno;
  int code = write (fd, line, length) == (gssize) length ? 0 : errno;
  close (fd);
  return code;
}

int
stn_vhci_attach (guint port, StnUsbSpeed speed, StnClock *clock, GError **error)
{
  Layout all = layout ();
  if (all.ports_each == 0 || port >= all.controllers * all.ports_each) {
    stn_error_set (error, STN_FAILURE_ADAPTER_MISSING,
                   all.ports_each == 0 ? "this kernel has no vhci_hcd loaded" : "vhci_hcd has no port %u", port);
    return -1;
  }
  int ends[2];
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "no socket pair: %s", g_strerror (errno));
    return -1;
  }
  guint number = port / all.ports_each * 2 * all.ports_each + port % all.ports_each;
  g_autofree char *line = g_strdup_printf ("%u %d %u %u", number, ends[1], 1u << 16 | (number + 1), (guint) speed);
  StnWait wait = stn_wait_new (clock, CLEARING_NS, NULL);
  int code;
  while ((code = write_attach (line, strlen (line))) == EBUSY && stn_wait_sleep (&wait, RETRY_NS, NULL))
    ;              /* the port forgets its last device */
  close (ends[1]); /* the kernel has it now */
  if (code == 0)
    return ends[0];
  close (ends[0]);
  stn_error_set (error,
                 code == EACCES || code == EPERM ? STN_FAILURE_PERMISSION
                 : code == EBUSY                 ? STN_FAILURE_PORT_BUSY
                                                 : STN_FAILURE_ADAPTER_MISSING,
                 "vhci_hcd does not take a device at its port %u: %s", number, g_strerror (code));
  return -1;
}

static char *
find_bus (guint controller)
{
  g_autofree char *folder = g_strdup_printf (PLATFORM "/vhci_hcd.%u", controller);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    if (!g_str_has_prefix (name, "usb"))
      continue;
    g_autofree char *path = g_build_filename (folder, name, "speed", NULL);
    g_autofree char *speed = NULL;
    if (g_file_get_contents (path, &speed, NULL, NULL) && g_str_equal (g_strstrip (speed), HIGH_SPEED_MBIT))
      return g_strdup (name + 3);
  }
  return NULL;
}

char *
stn_vhci_sysfs_name (guint port)
{
  Layout all = layout ();
  if (all.ports_each == 0)
    return NULL;
  g_autofree char *bus = find_bus (port / all.ports_each);
  return bus != NULL ? g_strdup_printf ("%s-%u", bus, port % all.ports_each + 1) : NULL;
}

char *
stn_vhci_id_path (guint port)
{
  Layout all = layout ();
  if (all.ports_each == 0)
    return NULL;
  return g_strdup_printf ("platform-vhci_hcd.%u-usb-0:%u", port / all.ports_each, port % all.ports_each + 1);
}
