/* The real ports against the bench as USB devices: needs root and a kernel with vhci_hcd, ftdi_sio and udev
 * (tests/vm/run).
 *
 *   test-links BENCH-USB BENCH.YAML RULES-FOLDER
 *
 * The tests are steps of one session, in their order. links-bench.yaml has an FT232H FTLINKS1 at 1.1 that reaches A1 (a G071)
 * and D1 (an F405), an FT232H with a blank EEPROM at 1.2, an FT4232H at 1.3 whose first UART is A1's, and D1 at 1.4.1.
 */
#include "protocols/uart/uart-engine.h"
#include "src/link/pins.h"
#include "src/link/plugged.h"
#include "src/link/providers.h"
#include "src/link/serial.h"
#include "src/link/usb-control.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* a controller of vhci_hcd for itself: other benches run beside this one */
#define VHCI_FIRST "15"
#define VHCI_CONTROLLER "/sys/devices/platform/vhci_hcd.1"
#define CONTROL "1.1"
#define CONTROL_SERIAL "FTLINKS1"
#define BLANK "1.2"
#define QUAD "1.3"
#define DFU_BOARD "1.4.1"
#define G071_ID 0x460
#define MANY_TIMES 200

static struct {
  const char *program, *bench_file, *rules;
  FILE *to, *from;
  GHashTable *id_paths, *bus_paths; /* bench port -> place */
  StnClock *clock;
  StnProvider *serial, *ft232h, *usb;
} vm;

/* ---- the bench's operator ---- */

static char *
member (const char *line, const char *name)
{
  g_autofree char *pattern = g_strdup_printf ("\"%s\":\"([^\"]*)\"", name);
  g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  return g_regex_match (regex, line, 0, &match) ? g_match_info_fetch (match, 1) : NULL;
}

static void
start_bench (void)
{
  const char *arguments[] = { vm.program, "--first", VHCI_FIRST, vm.bench_file, NULL };
  int to, from;
  char line[4096];
  g_autoptr (GError) error = NULL;
  g_spawn_async_with_pipes (NULL, (char **) arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, &to, &from, NULL,
                            &error);
  g_assert_no_error (error);
  vm.to = fdopen (to, "w");
  vm.from = fdopen (from, "r");
  vm.id_paths = g_hash_table_new (g_str_hash, g_str_equal);
  vm.bus_paths = g_hash_table_new (g_str_hash, g_str_equal);
  while (fgets (line, sizeof line, vm.from) != NULL && strstr (line, "\"ready\"") == NULL) {
    char *port = member (line, "port");
    g_assert_nonnull (port);
    g_hash_table_insert (vm.id_paths, port, member (line, "id_path"));
    g_hash_table_insert (vm.bus_paths, port, member (line, "usb"));
  }
  g_assert_cmpuint (g_hash_table_size (vm.id_paths), >, 4);
}

static void
tell (const char *command, const char *what)
{
  char line[4096];
  fprintf (vm.to, "%s %s\n", command, what);
  fflush (vm.to);
  g_assert_nonnull (fgets (line, sizeof line, vm.from));
  g_assert_true (g_str_has_prefix (line, "{\"ok\":true"));
}

static const char *
place_of (const char *port)
{
  return g_hash_table_lookup (vm.id_paths, port);
}

static const char *
bus_path_of (const char *port)
{
  return g_hash_table_lookup (vm.bus_paths, port);
}

static char *
tty_of (guint interface_number)
{
  return g_strdup_printf ("/dev/serial/by-path/%s:1.%u-port0", place_of (QUAD), interface_number);
}

static StnWait
seconds (gint64 count)
{
  return stn_wait_new (vm.clock, count * STN_NS_PER_S, NULL);
}

static void
wait_for_file (const char *path, gboolean is_there)
{
  for (guint i = 0; i < 300; i++) {
    if (g_file_test (path, G_FILE_TEST_EXISTS) == is_there)
      return;
    g_usleep (100000);
  }
  g_error ("%s is %s after 30 s", path, is_there ? "not there" : "still there");
}

/* ---- opening, with what a test expects ---- */

static StnLink *
open_or_fail (StnProvider *provider, const char *place, StnLinkShape shape)
{
  StnWait wait = seconds (20);
  g_autoptr (GError) error = NULL;
  const StnProviderClass *kind = provider->provider_class;
  StnLink *link = shape == STN_LINK_STREAM    ? kind->open_uart (provider, place, &wait, &error)
                  : shape == STN_LINK_CONTROL ? kind->open_usb (provider, place, &wait, &error)
                                              : kind->open_pins (provider, place, &wait, &error);
  g_assert_no_error (error);
  return link;
}

static void
expect (StnFailure failure, GError **error)
{
  g_assert_nonnull (*error);
  g_test_message ("%s", (*error)->message);
  g_assert_cmpstr (stn_failure_name (stn_error_failure (*error)), ==, stn_failure_name (failure));
  g_clear_error (error);
}

static guint32
bit_of (const char *pin)
{
  guint bit;
  g_assert_true (stn_pin_from_text (pin, &bit));
  return 1u << bit;
}

/* BOOT0 to a level, then a reset; NRST open-drain */
static void
pulse (StnLink *pins, const char *nrst, const char *boot0, gboolean boot0_high)
{
  StnWait wait = seconds (10);
  g_autoptr (GError) error = NULL;
  guint32 nrst_bit = bit_of (nrst), boot0_bit = bit_of (boot0);
  stn_pins_set (pins, nrst_bit | boot0_bit, boot0_high ? boot0_bit : 0, &wait, &error);
  g_assert_no_error (error);
  g_assert_true (stn_wait_sleep (&wait, 10 * STN_NS_PER_MS, NULL));
  stn_pins_set (pins, nrst_bit, nrst_bit, &wait, &error);
  g_assert_no_error (error);
  g_assert_true (stn_wait_sleep (&wait, 20 * STN_NS_PER_MS, NULL));
}

static StnLink *
open_control (void)
{
  StnWait wait = seconds (10);
  g_autoptr (GError) error = NULL;
  StnLink *pins = open_or_fail (vm.ft232h, CONTROL_SERIAL, STN_LINK_PINS);
  stn_pins_set_open_drain (pins, bit_of ("AC0") | bit_of ("AC6"), &wait, &error);
  g_assert_no_error (error);
  return pins;
}

/* ---- adapters ---- */

static void
an_adapter_that_the_kernel_holds_is_refused_with_its_cure (void)
{
  StnWait wait = seconds (20);
  g_autoptr (GError) error = NULL;
  g_autofree char *driver = g_strdup_printf ("/sys/bus/usb/devices/%s:1.0/driver", bus_path_of (CONTROL));
  wait_for_file (driver, TRUE);
  g_autoptr (StnLink) link = vm.ft232h->provider_class->open_pins (vm.ft232h, CONTROL_SERIAL, &wait, &error);
  g_assert_null (link);
  g_assert_nonnull (strstr (error->message, "ftdi_sio"));
  g_assert_nonnull (strstr (error->message, "61-station-controls.rules"));
  expect (STN_FAILURE_PORT_BUSY, &error);
}

static void
install_rules (void)
{
  static const char *const names[] = { "60-station.rules", "99-station-late.rules" };
  g_assert_cmpint (g_mkdir_with_parents ("/run/udev/rules.d", 0755), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *from = g_build_filename (vm.rules, names[i], NULL);
    g_autofree char *to = g_build_filename ("/run/udev/rules.d", names[i], NULL);
    g_autofree char *text = NULL;
    g_assert_true (g_file_get_contents (from, &text, NULL, NULL));
    g_assert_true (g_file_set_contents (to, text, -1, NULL));
  }
  g_autofree char *controls = g_strdup_printf (
      "SUBSYSTEM==\"usb\", ATTRS{idVendor}==\"0403\", ATTRS{idProduct}==\"6014\", ATTRS{serial}==\"" CONTROL_SERIAL "\", "
      "ENV{STATION_CONTROL}=\"1\"\n"
      "SUBSYSTEM==\"usb\", ATTRS{idVendor}==\"0403\", ATTRS{idProduct}==\"6014\", ENV{ID_PATH}==\"%s|%s:*\", "
      "ENV{STATION_CONTROL}=\"1\"\n",
      place_of (BLANK), place_of (BLANK));
  g_assert_true (g_file_set_contents ("/run/udev/rules.d/61-station-controls-links.rules", controls, -1, NULL));
  g_assert_true (g_spawn_command_line_sync ("udevadm control --reload", NULL, NULL, NULL, NULL));
}

static void
the_rules_take_the_kernels_driver_off_the_named_adapters_only (void)
{
  static const char *const ports[] = { CONTROL, BLANK };
  g_autofree char *tty = tty_of (0);
  install_rules ();
  for (guint i = 0; i < G_N_ELEMENTS (ports); i++) {
    g_autofree char *device = g_strdup_printf ("/sys/bus/usb/devices/%s", bus_path_of (ports[i]));
    g_autofree char *driver = g_strdup_printf ("%s:1.0/driver", device);
    g_autofree char *interface = g_strdup_printf ("%s:1.0", device);
    tell ("unplug", ports[i]);
    wait_for_file (device, FALSE);
    tell ("plug", ports[i]);
    wait_for_file (interface, TRUE);
    g_assert_true (g_spawn_command_line_sync ("udevadm settle", NULL, NULL, NULL, NULL));
    wait_for_file (driver, FALSE);
  }
  g_assert_true (g_file_test (tty, G_FILE_TEST_EXISTS));
}

static void
an_adapter_is_found_by_serial_and_by_place_in_either_form (void)
{
  StnWait wait = seconds (10);
  const char *const places[] = { CONTROL_SERIAL, place_of (CONTROL), bus_path_of (CONTROL), place_of (BLANK) };
  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autoptr (StnLink) link = open_or_fail (vm.ft232h, places[i], STN_LINK_PINS);
    guint32 levels;
    g_autoptr (GError) error = NULL;
    stn_pins_get (link, &levels, &wait, &error);
    g_assert_no_error (error);
  }
  g_autoptr (GError) error = NULL;
  g_assert_null (vm.ft232h->provider_class->open_pins (vm.ft232h, place_of (QUAD), &wait, &error));
  g_assert_nonnull (strstr (error->message, "0403:6011"));
  expect (STN_FAILURE_ADAPTER_MISSING, &error);
}

static void
an_adapter_in_use_is_busy (void)
{
  StnWait wait = seconds (10);
  g_autoptr (GError) error = NULL;
  g_autoptr (StnLink) first = open_control ();
  g_assert_null (vm.ft232h->provider_class->open_pins (vm.ft232h, CONTROL_SERIAL, &wait, &error));
  expect (STN_FAILURE_PORT_BUSY, &error);
}

static void
lines_are_set_together_and_read_back (void)
{
  StnWait wait = seconds (10);
  guint32 levels, ad0 = bit_of ("AD0"), ad1 = bit_of ("AD1"), ac0 = bit_of ("AC0");
  g_autoptr (GError) error = NULL;
  g_autoptr (StnLink) pins = open_control ();
  g_assert_true (stn_pins_set (pins, ad0 | ad1 | ac0, ad1, &wait, &error));
  g_assert_true (stn_pins_get (pins, &levels, &wait, &error));
  g_assert_cmphex (levels & (ad0 | ad1 | ac0), ==, ad1);
  g_assert_true (stn_pins_set (pins, ad0 | ac0, ad0 | ac0, &wait, &error)); /* AC0 let go: the board pulls it up */
  g_assert_true (stn_pins_get (pins, &levels, &wait, &error));
  g_assert_cmphex (levels & (ad0 | ad1 | ac0), ==, ad0 | ad1 | ac0);
  g_assert_no_error (error);
}

static gpointer
unplug_control (G_GNUC_UNUSED gpointer data)
{
  tell ("unplug", CONTROL);
  return NULL;
}

static void
an_adapter_that_vanishes_is_link_lost (void)
{
  StnWait wait = seconds (20);
  guint32 levels;
  g_autoptr (GError) error = NULL;
  g_autoptr (StnLink) pins = open_control ();
  GThread *thread = g_thread_new ("unplug", unplug_control, NULL);
  while (stn_pins_set (pins, 1, 1, &wait, &error) && stn_pins_get (pins, &levels, &wait, &error))
    ;
  g_thread_join (thread);
  expect (STN_FAILURE_LINK_LOST, &error);
  g_assert_false (stn_pins_set (pins, 1, 0, &wait, &error));
  expect (STN_FAILURE_LINK_LOST, &error);
  tell ("plug", CONTROL);
  g_autofree char *device = g_strdup_printf ("/sys/bus/usb/devices/%s:1.0", bus_path_of (CONTROL));
  wait_for_file (device, TRUE);
  g_assert_true (g_spawn_command_line_sync ("udevadm settle", NULL, NULL, NULL, NULL));
  g_autoptr (StnLink) again = open_control ();
}

/* ---- UARTs ---- */

static void
a_g071_answers_through_adapter_and_tty (void)
{
  StnWait wait = seconds (20);
  g_autofree char *place = tty_of (0);
  g_autoptr (GError) error = NULL;
  wait_for_file (place, TRUE);
  g_autoptr (StnLink) pins = open_control ();
  g_autoptr (StnLink) uart = open_or_fail (vm.serial, place, STN_LINK_STREAM);
  g_autofree char *warning = vm.serial->provider_class->take_warning (vm.serial);
  g_assert_cmpstr (warning, ==, NULL);
  pulse (pins, "AC0", "AC1", TRUE);
  g_autoptr (StnEngine) engine = stn_engine_new (&stn_uart_engine_class, uart, NULL);
  StnRomIdentity identity;
  stn_engine_sync (engine, 115200, &wait, &error);
  g_assert_no_error (error);
  stn_engine_identify (engine, &identity, &wait, &error);
  g_assert_no_error (error);
  g_assert_cmphex (identity.product_id, ==, G071_ID);
}

static void
low_latency_is_set_by_opening (void)
{
  g_autofree char *place = tty_of (1);
  StnWait wait = seconds (10);
  g_autoptr (GError) error = NULL;
  g_autoptr (StnSerialPort) port = stn_serial_port_open (place, &wait, &error);
  g_assert_no_error (error);
  g_autofree char *name = g_path_get_basename (stn_serial_port_node (port));
  g_autofree char *path = g_strdup_printf ("/sys/class/tty/%s/device/latency_timer", name);
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (g_strstrip (text), ==, "1");
  g_assert_null (stn_serial_port_warning (port));
}

static void
a_tty_is_ours_alone (void)
{
  g_autofree char *place = tty_of (1);
  StnWait wait = seconds (10);
  g_autoptr (GError) error = NULL;
  g_autoptr (StnLink) first = open_or_fail (vm.serial, place, STN_LINK_STREAM);
  g_assert_null (vm.serial->provider_class->open_uart (vm.serial, place, &wait, &error));
  expect (STN_FAILURE_PORT_BUSY, &error);
  g_autoptr (StnProvider) other = stn_provider_serial_new ();
  g_assert_null (other->provider_class->open_uart (other, place, &wait, &error));
  expect (STN_FAILURE_PORT_BUSY, &error);
}

static void
any_rate_is_set_or_refused (void)
{
  static const StnLineSettings good[] = {
    { 115200, 8, 'E', 1 }, { 57600, 8, 'N', 1 }, { 123456, 8, 'E', 1 }, { 921600, 8, 'O', 2 }
  };
  static const StnLineSettings bad[] = { { 0, 8, 'E', 1 }, { 115200, 9, 'E', 1 }, { 115200, 8, 'X', 1 } };
  g_autofree char *place = tty_of (1);
  StnWait wait = seconds (10);
  g_autoptr (GError) error = NULL;
  g_autoptr (StnLink) uart = open_or_fail (vm.serial, place, STN_LINK_STREAM);
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    stn_stream_configure (uart, &good[i], &wait, &error);
    g_assert_no_error (error);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_assert_false (stn_stream_configure (uart, &bad[i], &wait, &error));
    expect (STN_FAILURE_NOT_SUPPORTED, &error);
  }
}

static void
modem_lines_share_the_port_with_its_bytes (void)
{
  g_autofree char *place = tty_of (1);
  StnWait wait = seconds (10);
  guint32 levels;
  g_autoptr (GError) error = NULL;
  g_autoptr (StnLink) uart = open_or_fail (vm.serial, place, STN_LINK_STREAM);
  g_autoptr (StnLink) lines = open_or_fail (vm.serial, place, STN_LINK_PINS);
  for (guint32 wanted = 0; wanted < 4; wanted++) {
    stn_pins_set (lines, STN_SERIAL_PIN_RTS | STN_SERIAL_PIN_DTR, wanted, &wait, &error);
    g_assert_no_error (error);
    g_assert_true (stn_pins_get (lines, &levels, &wait, NULL));
    g_assert_cmphex (levels & 3, ==, wanted);
  }
  g_assert_false (stn_pins_set (lines, STN_SERIAL_PIN_CTS, 0, &wait, &error));
  expect (STN_FAILURE_NOT_SUPPORTED, &error);
  g_assert_true (stn_stream_break (uart, TRUE, &wait, &error));
  g_assert_true (stn_stream_break (uart, FALSE, &wait, &error));
  g_assert_true (stn_stream_flush (uart, &wait, &error));
}

static gpointer
unplug_quad (G_GNUC_UNUSED gpointer data)
{
  g_usleep (300000);
  tell ("unplug", QUAD);
  return NULL;
}

static void
unplugging_ends_a_read_without_deadline (void)
{
  g_autofree char *place = tty_of (1);
  StnWait wait = stn_wait_new (vm.clock, STN_TIME_NEVER, NULL);
  guint8 byte;
  g_autoptr (GError) error = NULL;
  {
    g_autoptr (StnLink) uart = open_or_fail (vm.serial, place, STN_LINK_STREAM);
    GThread *thread = g_thread_new ("unplug", unplug_quad, NULL);
    g_assert_false (stn_stream_read (uart, &byte, 1, &wait, &error));
    expect (STN_FAILURE_LINK_LOST, &error);
    g_assert_false (stn_stream_write (uart, "x", 1, &wait, &error));
    expect (STN_FAILURE_LINK_LOST, &error);
    g_assert_false (stn_stream_break (uart, TRUE, &wait, &error));
    expect (STN_FAILURE_LINK_LOST, &error);
    g_thread_join (thread);
  }
  wait_for_file (place, FALSE);
  g_assert_null (vm.serial->provider_class->open_uart (vm.serial, place, &wait, &error));
  expect (STN_FAILURE_ADAPTER_MISSING, &error);
  tell ("plug", QUAD);
  wait_for_file (place, TRUE);
  g_autoptr (StnLink) again = open_or_fail (vm.serial, place, STN_LINK_STREAM);
}

/* ---- DFU ---- */

static gpointer
enter_dfu_later (gpointer pins)
{
  g_usleep (300000);
  pulse (pins, "AC6", "AC7", TRUE);
  return NULL;
}

static gboolean
get_descriptor (StnLink *usb, guint8 *buffer, gsize capacity, gsize *out_length, const StnWait *wait, GError **error)
{
  static const StnControlSetup setup = { .request_type = 0x80, .request = 6, .value = 0x0100 };
  return stn_control_in (usb, &setup, buffer, capacity, out_length, wait, error);
}

static void
opening_waits_until_the_board_comes_to_its_port (void)
{
  StnWait wait = seconds (20), brief = stn_wait_new (vm.clock, STN_NS_PER_S / 2, NULL);
  guint8 buffer[64];
  gsize length;
  g_autoptr (GError) error = NULL;
  g_autoptr (StnLink) pins = open_control ();
  pulse (pins, "AC6", "AC7", FALSE);
  g_assert_null (vm.usb->provider_class->open_usb (vm.usb, place_of (DFU_BOARD), &brief, &error));
  expect (STN_FAILURE_NO_ANSWER, &error);

  GThread *thread = g_thread_new ("enter", enter_dfu_later, pins);
  g_autoptr (StnLink) usb = open_or_fail (vm.usb, place_of (DFU_BOARD), STN_LINK_CONTROL);
  g_thread_join (thread);
  get_descriptor (usb, buffer, sizeof buffer, &length, &wait, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (length, ==, 18);
  g_assert_cmphex (buffer[8] | buffer[9] << 8, ==, 0x0483);
  g_assert_cmphex (buffer[10] | buffer[11] << 8, ==, 0xdf11);
}

static void
a_stall_is_a_nack_and_the_device_lives_on (void)
{
  static const StnControlSetup nonsense = { .request_type = 0xa1, .request = 0x55 };
  static const StnControlSetup set_interface = { .request_type = 0x01, .request = 0x0b, .value = 1 };
  static const StnControlSetup no_such_setting = { .request_type = 0x01, .request = 0x0b, .value = 99 };
  StnWait wait = seconds (20);
  guint8 buffer[64];
  gsize length;
  g_autoptr (GError) error = NULL;
  g_autoptr (StnLink) usb = open_or_fail (vm.usb, place_of (DFU_BOARD), STN_LINK_CONTROL);
  g_assert_false (stn_control_in (usb, &nonsense, buffer, 6, &length, &wait, &error));
  expect (STN_FAILURE_NACK, &error);
  g_assert_true (stn_control_out (usb, &set_interface, NULL, 0, &wait, &error));
  g_assert_false (stn_control_out (usb, &no_such_setting, NULL, 0, &wait, &error));
  expect (STN_FAILURE_NACK, &error);
  g_assert_true (get_descriptor (usb, buffer, sizeof buffer, &length, &wait, &error));
}

static void
a_board_that_is_reset_is_link_lost_and_comes_back_as_another (void)
{
  StnWait wait = seconds (20);
  guint8 buffer[64];
  gsize length;
  g_autoptr (GError) error = NULL;
  g_autoptr (StnLink) pins = open_control ();
  {
    g_autoptr (StnLink) usb = open_or_fail (vm.usb, place_of (DFU_BOARD), STN_LINK_CONTROL);
    pulse (pins, "AC6", "AC7", FALSE);
    while (get_descriptor (usb, buffer, sizeof buffer, &length, &wait, &error))
      ;
    expect (STN_FAILURE_LINK_LOST, &error);
    g_assert_false (get_descriptor (usb, buffer, sizeof buffer, &length, &wait, &error));
    expect (STN_FAILURE_LINK_LOST, &error);
  }
  pulse (pins, "AC6", "AC7", TRUE);
  g_autoptr (StnLink) again = open_or_fail (vm.usb, place_of (DFU_BOARD), STN_LINK_CONTROL);
  g_assert_true (get_descriptor (again, buffer, sizeof buffer, &length, &wait, &error));
}

static gpointer
cancel_later (gpointer cancellable)
{
  g_usleep (2000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

static gpointer
ask_many_times (gpointer data)
{
  StnLink *usb = data;
  StnWait wait = seconds (60);
  guint8 buffer[64];
  gsize length;
  for (guint i = 0; i < MANY_TIMES; i++)
    g_assert_true (get_descriptor (usb, buffer, sizeof buffer, &length, &wait, NULL));
  return NULL;
}

static void
cancelled_transfers_end_and_the_next_one_goes (void)
{
  StnWait wait = seconds (20);
  guint8 buffer[64];
  gsize length;
  guint cancelled = 0;
  g_autoptr (StnLink) usb = open_or_fail (vm.usb, place_of (DFU_BOARD), STN_LINK_CONTROL);
  for (guint i = 0; i < 50; i++) {
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GError) error = NULL;
    StnWait brief = stn_wait_new (vm.clock, STN_TIME_NEVER, cancellable);
    GThread *thread = g_thread_new ("cancel", cancel_later, cancellable);
    while (get_descriptor (usb, buffer, sizeof buffer, &length, &brief, &error))
      ;
    g_thread_join (thread);
    cancelled++;
    g_assert_true (stn_error_is (error, STN_FAILURE_CANCELLED));
    g_assert_true (get_descriptor (usb, buffer, sizeof buffer, &length, &wait, &error));
    g_assert_cmpuint (length, ==, 18);
  }
  g_assert_cmpuint (cancelled, ==, 50);
}

/* AN3156 section 4: an erase begins with the first GETSTATUS; the second one gets no answer before it ends */
static void
a_device_that_says_nothing_is_no_answer_and_answers_later (void)
{
  static const StnControlSetup download = { .request_type = 0x21, .request = 1 };
  static const StnControlSetup get_status = { .request_type = 0xa1, .request = 3 };
  static const guint8 erase[] = { 0x41, 0x00, 0x00, 0x02, 0x08 }; /* a sector of 128 KiB: a second or so */
  StnWait wait = seconds (60);
  guint8 status[6];
  gsize length;
  g_autoptr (GError) error = NULL;
  g_autoptr (StnLink) usb = open_or_fail (vm.usb, place_of (DFU_BOARD), STN_LINK_CONTROL);
  stn_control_out (usb, &download, erase, sizeof erase, &wait, &error);
  g_assert_no_error (error);
  g_assert_true (stn_control_in (usb, &get_status, status, sizeof status, &length, &wait, &error));
  g_assert_cmpint (status[4], ==, 4); /* dfuDNBUSY */
  StnWait brief = stn_wait_within (&wait, 50 * STN_NS_PER_MS);
  g_assert_false (stn_control_in (usb, &get_status, status, sizeof status, &length, &brief, &error));
  expect (STN_FAILURE_NO_ANSWER, &error);
  stn_control_in (usb, &get_status, status, sizeof status, &length, &wait, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status[4], ==, 5); /* dfuDNLOAD-IDLE */
}

/* No assertion on time: one context against one a board, in turns, told for the record. */
#define ROUNDS 3
#define BOARDS 3
static double
us_per_transfer (gboolean many)
{
  static const char *const ports[BOARDS] = { "1.4.1", "1.4.2", "1.4.3" };
  StnUsbContext *contexts[BOARDS];
  StnLink *links[BOARDS];
  GThread *threads[BOARDS];
  StnWait wait = seconds (20);
  for (guint i = 0; i < BOARDS; i++) {
    g_autoptr (GError) error = NULL;
    contexts[i] = many || i == 0 ? stn_usb_context_new (vm.clock, NULL) : stn_usb_context_ref (contexts[0]);
    links[i] = stn_usb_control_open (contexts[i], place_of (ports[i]), &wait, &error);
    g_assert_no_error (error);
  }
  gint64 begun_ns = stn_clock_now_ns (vm.clock);
  for (guint i = 0; i < BOARDS; i++)
    threads[i] = g_thread_new ("ask", ask_many_times, links[i]);
  for (guint i = 0; i < BOARDS; i++)
    g_thread_join (threads[i]);
  gint64 taken_ns = stn_clock_now_ns (vm.clock) - begun_ns;
  for (guint i = 0; i < BOARDS; i++) {
    stn_link_free (links[i]);
    stn_usb_context_unref (contexts[i]);
  }
  return (double) taken_ns / 1000 / (BOARDS * MANY_TIMES);
}

static void
one_context_or_many (void)
{
  static const struct {
    const char *nrst, *boot0;
  } boards[BOARDS] = { { "AC6", "AC7" }, { "AD4", "AD5" }, { "AD6", "AD7" } };
  g_autoptr (StnLink) pins = open_control ();
  for (guint i = 0; i < BOARDS; i++)
    pulse (pins, boards[i].nrst, boards[i].boot0, TRUE);
  for (guint i = 0; i < ROUNDS; i++) {
    double one = us_per_transfer (FALSE), many = us_per_transfer (TRUE);
    g_test_message ("a transfer takes %.0f us with one context, %.0f us with one a board", one, many);
  }
}

/* ---- what is plugged in ---- */

static const StnPluggedDevice *
plugged_at (GPtrArray *devices, const char *port)
{
  for (guint i = 0; i < devices->len; i++) {
    const StnPluggedDevice *device = g_ptr_array_index (devices, i);
    if (g_strcmp0 (device->place, place_of (port)) == 0)
      return device;
  }
  return NULL;
}

static void
what_is_plugged_in_is_listed_with_its_flags (void)
{
  g_assert_true (g_spawn_command_line_sync ("udevadm settle", NULL, NULL, NULL, NULL));
  g_autoptr (GPtrArray) devices = stn_plugged_list ();
  const StnPluggedDevice *control = plugged_at (devices, CONTROL), *blank = plugged_at (devices, BLANK),
                         *quad = plugged_at (devices, QUAD), *board = plugged_at (devices, DFU_BOARD),
                         *twin = plugged_at (devices, "1.4.2");
  g_assert_true (control != NULL && blank != NULL && quad != NULL && board != NULL && twin != NULL);
  g_assert_cmpint (control->kind, ==, STN_PLUGGED_FT232H);
  g_assert_cmpstr (control->serial, ==, CONTROL_SERIAL);
  g_assert_true ((control->flags & STN_PLUGGED_VIRTUAL) != 0);
  g_assert_cmpint (blank->kind, ==, STN_PLUGGED_FT232H);
  g_assert_true ((blank->flags & STN_PLUGGED_NO_SERIAL) != 0);
  g_assert_cmpint (quad->kind, ==, STN_PLUGGED_FTDI);
  g_assert_cmpuint (quad->ttys->len, ==, 4);
  g_assert_cmpint (board->kind, ==, STN_PLUGGED_DFU);
  g_assert_true ((board->flags & twin->flags & STN_PLUGGED_SAME_SERIAL) != 0);
  g_assert_cmpstr (board->serial, ==, twin->serial);
}

/* ---- rights ---- */

/* Another process of this program, as a user without any but these groups: the failure's name for each port, "-" for
 * none. */
static char *
opened_as_nobody (const char *groups, const char *tty)
{
  char self[4096] = "";
  char *words = NULL;
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (readlink ("/proc/self/exe", self, sizeof self - 1), >, 0);
  const char *arguments[] = { "setpriv", "--reuid=nobody", "--regid=nogroup",    groups, self, "--open",
                              tty,       CONTROL_SERIAL,       place_of (DFU_BOARD), NULL };
  g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &words, NULL, NULL, &error);
  g_assert_no_error (error);
  return g_strstrip (words);
}

static int
open_and_say (char **places)
{
  StnClock *clock = stn_clock_new_real ();
  StnProvider *providers[] = { stn_provider_serial_new (), stn_provider_ft232h_new (),
                               stn_provider_usb_new (clock, NULL) };
  for (guint i = 0; i < G_N_ELEMENTS (providers); i++) {
    const StnProviderClass *kind = providers[i]->provider_class;
    StnWait wait = stn_wait_new (clock, 20 * STN_NS_PER_S, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (StnLink) link = (i == 0   ? kind->open_uart
                                : i == 1 ? kind->open_pins
                                         : kind->open_usb) (providers[i], places[i], &wait, &error);
    printf ("%s ", link != NULL ? "-" : stn_failure_name (stn_error_failure (error)));
    g_clear_pointer (&link, stn_link_free);
    stn_provider_free (providers[i]);
  }
  stn_clock_unref (clock);
  return 0;
}

static void
users_of_the_groups_need_no_root_and_others_are_told (void)
{
  g_autofree char *tty = tty_of (0);
  /* the boards' devices came before the rules did */
  g_assert_true (g_spawn_command_line_sync ("udevadm trigger --action=add --settle --parent-match=" VHCI_CONTROLLER, NULL,
                                            NULL, NULL, NULL));
  g_autofree char *with = opened_as_nobody ("--groups=dialout,plugdev", tty);
  g_autofree char *without = opened_as_nobody ("--clear-groups", tty);
  g_assert_cmpstr (with, ==, "- - -");
  g_assert_cmpstr (without, ==, "permission permission permission");
}

static gpointer
allow_later (gpointer node)
{
  g_usleep (1500000);
  g_assert_cmpint (g_chmod (node, 0666), ==, 0);
  return NULL;
}

static void
a_right_that_comes_a_moment_after_the_device_is_waited_for (void)
{
  g_autofree char *tty = tty_of (0);
  char node[4096] = "";
  g_autofree char *relative = g_file_read_link (tty, NULL);
  g_autofree char *name = g_path_get_basename (relative);
  g_snprintf (node, sizeof node, "/dev/%s", name);
  g_assert_cmpint (g_chmod (node, 0600), ==, 0); /* as it is between the kernel and udev */
  GThread *thread = g_thread_new ("udev", allow_later, node);
  g_autofree char *seen = opened_as_nobody ("--groups=plugdev", tty);
  g_thread_join (thread);
  g_assert_cmpstr (seen, ==, "- - -");
}

/* each step needs the one before it */
#define ADD(test) g_test_add_func ("/links/" #test, test)

int
main (int argc, char **argv)
{
  if (argc == 5 && g_str_equal (argv[1], "--open"))
    return open_and_say (argv + 2);
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  if (argc != 4) {
    g_printerr ("usage: test-links BENCH-USB BENCH.YAML RULES-FOLDER\n");
    return 2;
  }
  vm.program = argv[1];
  vm.bench_file = argv[2];
  vm.rules = argv[3];
  vm.clock = stn_clock_new_real ();
  vm.serial = stn_provider_serial_new ();
  vm.ft232h = stn_provider_ft232h_new ();
  vm.usb = stn_provider_usb_new (vm.clock, NULL);
  start_bench ();

  ADD (an_adapter_that_the_kernel_holds_is_refused_with_its_cure);
  ADD (the_rules_take_the_kernels_driver_off_the_named_adapters_only);
  ADD (an_adapter_is_found_by_serial_and_by_place_in_either_form);
  ADD (an_adapter_in_use_is_busy);
  ADD (lines_are_set_together_and_read_back);
  ADD (an_adapter_that_vanishes_is_link_lost);
  ADD (a_g071_answers_through_adapter_and_tty);
  ADD (low_latency_is_set_by_opening);
  ADD (a_tty_is_ours_alone);
  ADD (any_rate_is_set_or_refused);
  ADD (modem_lines_share_the_port_with_its_bytes);
  ADD (unplugging_ends_a_read_without_deadline);
  ADD (opening_waits_until_the_board_comes_to_its_port);
  ADD (a_stall_is_a_nack_and_the_device_lives_on);
  ADD (a_board_that_is_reset_is_link_lost_and_comes_back_as_another);
  ADD (cancelled_transfers_end_and_the_next_one_goes);
  ADD (a_device_that_says_nothing_is_no_answer_and_answers_later);
  ADD (one_context_or_many);
  ADD (what_is_plugged_in_is_listed_with_its_flags);
  ADD (users_of_the_groups_need_no_root_and_others_are_told);
  ADD (a_right_that_comes_a_moment_after_the_device_is_waited_for);
  int code = g_test_run ();
  fprintf (vm.to, "quit\n");
  fclose (vm.to);
  fclose (vm.from);
  stn_provider_free (vm.usb);
  stn_provider_free (vm.ft232h);
  stn_provider_free (vm.serial);
  stn_clock_unref (vm.clock);
  return code;
}
