/* What can be said about serial ports where there are none: every way of not getting one. The ports themselves are
 * tested under a kernel that has them (tests/vm). */
#include "src/link/device-holder.h"
#include "src/link/device-node.h"
#include "src/link/providers.h"
#include "src/link/serial.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

static const StnNodeKind kind = { .place = "A1.uart", .what = "serial port", .group = "dialout" };

static StnFailure
failure_of_opening (const char *place, StnClock *clock)
{
  StnWait wait = stn_wait_new (clock, STN_NS_PER_S, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (StnSerialPort) port = stn_serial_port_open (place, &wait, &error);
  g_assert_null (port);
  g_assert_nonnull (strstr (error->message, place));
  return stn_error_failure (error);
}

static int
open_pty (void)
{
  int master = posix_openpt (O_RDWR | O_NOCTTY);
  g_assert_cmpint (master, >=, 0);
  g_assert_cmpint (grantpt (master), ==, 0);
  g_assert_cmpint (unlockpt (master), ==, 0);
  return master;
}

static void
a_place_without_port_is_a_missing_adapter (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  g_assert_cmpint (failure_of_opening ("/dev/serial/by-path/none-of-this-name", clock), ==,
                   STN_FAILURE_ADAPTER_MISSING);
}

static void
what_is_no_serial_port_is_refused (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  int master = open_pty ();
  g_assert_cmpint (failure_of_opening (ptsname (master), clock), ==, STN_FAILURE_ADAPTER_MISSING);
  g_assert_cmpint (failure_of_opening ("/dev/null", clock), ==, STN_FAILURE_ADAPTER_MISSING);
  close (master);
}

static void
virtual_time_is_refused (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_assert_cmpint (failure_of_opening ("/dev/null", clock), ==, STN_FAILURE_INTERNAL);
}

static void
a_locked_node_is_busy (void)
{
  g_autofree char *node = NULL;
  int holder = g_file_open_tmp ("node-XXXXXX", &node, NULL);
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  StnWait wait = stn_wait_new (clock, STN_NS_PER_S, NULL);
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (flock (holder, LOCK_EX), ==, 0);
  g_assert_cmpint (stn_node_open_locked (&kind, node, &wait, &error), ==, -1);
  g_assert_true (stn_error_is (error, STN_FAILURE_PORT_BUSY));
  g_clear_error (&error);

  g_assert_cmpint (flock (holder, LOCK_UN), ==, 0);
  int fd = stn_node_open_locked (&kind, node, &wait, &error);
  g_assert_no_error (error);
  g_assert_cmpint (flock (holder, LOCK_EX | LOCK_NB), !=, 0);
  close (fd);
  close (holder);
  g_unlink (node);
}

/* `ctime` can't be set, so age comes from files that the system made long ago */
static void
only_young_nodes_are_worth_patience (void)
{
  g_autofree char *node = NULL;
  int fd = g_file_open_tmp ("node-XXXXXX", &node, NULL);
  g_assert_true (stn_node_is_fresh (node));
  g_assert_false (stn_node_is_fresh ("/etc/passwd"));
  g_assert_false (stn_node_is_fresh ("/none"));
  close (fd);
  g_unlink (node);
}

static void
a_missing_permission_names_its_cure (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (stn_node_fail (&kind, "/dev/ttyUSB0", EACCES, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_PERMISSION));
  g_assert_nonnull (strstr (error->message, "60-station.rules"));
  g_assert_nonnull (strstr (error->message, "dialout"));
}

static void
the_holder_of_a_port_is_named (void)
{
  char *arguments[] = { (char *) "sleep", (char *) "60", NULL };
  int master = open_pty ();
  const char *node = ptsname (master);
  g_assert_null (stn_device_holder (node));
  int fd = open (node, O_RDWR | O_NOCTTY);
  GPid pid;
  g_autoptr (GError) error = NULL;
  g_spawn_async (NULL, arguments, NULL,
                 G_SPAWN_SEARCH_PATH | G_SPAWN_LEAVE_DESCRIPTORS_OPEN | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid,
                 &error);
  g_assert_no_error (error);
  g_autofree char *expected = g_strdup_printf ("sleep, process %d", (int) pid);
  g_autofree char *seen = NULL;
  for (guint i = 0; i < 500; i++) { /* it is a copy of this program until its exec */
    g_free (seen);
    seen = stn_device_holder (node);
    if (g_strcmp0 (seen, expected) == 0)
      break;
    g_usleep (10000);
  }
  g_assert_cmpstr (seen, ==, expected);
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  g_spawn_close_pid (pid);
  close (fd);
  close (master);
}

static void
the_provider_opens_uarts_and_their_lines_alone (void)
{
  g_autoptr (StnProvider) provider = stn_provider_serial_new ();
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  StnWait wait = stn_wait_new (clock, STN_NS_PER_S, NULL);
  g_autoptr (GError) error = NULL;
  g_assert_false (provider->provider_class->is_virtual);
  g_assert_null (provider->provider_class->open_usb);
  g_assert_null (provider->provider_class->open_uart (provider, "/none", &wait, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_ADAPTER_MISSING));
  g_clear_error (&error);
  g_assert_null (provider->provider_class->open_pins (provider, "/none", &wait, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_ADAPTER_MISSING));
  g_assert_null (provider->provider_class->take_warning (provider));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/serial/a_place_without_port_is_a_missing_adapter", a_place_without_port_is_a_missing_adapter);
  g_test_add_func ("/serial/what_is_no_serial_port_is_refused", what_is_no_serial_port_is_refused);
  g_test_add_func ("/serial/virtual_time_is_refused", virtual_time_is_refused);
  g_test_add_func ("/serial/a_locked_node_is_busy", a_locked_node_is_busy);
  g_test_add_func ("/serial/only_young_nodes_are_worth_patience", only_young_nodes_are_worth_patience);
  g_test_add_func ("/serial/a_missing_permission_names_its_cure", a_missing_permission_names_its_cure);
  g_test_add_func ("/serial/the_holder_of_a_port_is_named", the_holder_of_a_port_is_named);
  g_test_add_func ("/serial/the_provider_opens_uarts_and_their_lines_alone",
                   the_provider_opens_uarts_and_their_lines_alone);
  return g_test_run ();
}
