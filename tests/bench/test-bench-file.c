/* bench.yaml, places, and the provider. */
#include "tests/bench/bench-fixture.h"
#include <glib/gstdio.h>

static const char two_boards[] =
    "bench: two boards\n"
    "usb:\n"
    "  - { port: \"1.1\", ft232h: { serial: FTBENCH1, lines: { AC0: A1.nrst, AC1: A1.boot0, AC2: A2.nrst,\n"
    "                                                       AC3: A2.boot0, AC4: A2.power active-low,\n"
    "                                                       AC5: A1.detect, AC6: A1.nrst } } }\n"
    "  - { port: \"1.2\", ft4232h: { serial: FTQUAD1, uarts: [A1, -, A2] } }\n"
    "  - { port: \"1.4.2\", board: A1 }\n"
    "boards:\n"
    "  A1: { target: STM32G071CB, flash: factory, faults: [ { dead-cell: 0x08001234 }, silence ] }\n"
    "  A2: { target: STM32F405RG, flash: blank, uid: 00112233445566778899aabb,\n"
    "        faults: { wrong-chip: STM32F103CB, every: true } }\n"
    "pace: { line: true, flash: false, turnaround: 1 ms }\n"
    "seed: 7\n";

typedef struct {
  StnClock *clock;
  StnTargets *targets;
  StnBench *bench;
  StnProvider *provider;
  StnWait wait;
} Place;

static void place_new (Place *self, const char *text) {
  GError *error = NULL;
  self->clock = stn_clock_new_virtual ();
  stn_clock_join (self->clock);
  self->targets = stn_targets_new (NULL, &error);
  g_assert_no_error (error);
  g_autoptr (StnBenchConfig) config = stn_bench_config_parse ("bench.yaml", text, strlen (text), &error);
  g_assert_no_error (error);
  self->bench = stn_bench_new (config, self->targets, self->clock, &error);
  g_assert_no_error (error);
  self->provider = stn_bench_provider_new (self->bench);
  self->wait = stn_wait_new (self->clock, STN_TIME_NEVER, NULL);
}

static void place_clear (Place *self) {
  stn_provider_free (self->provider);
  stn_bench_free (self->bench);
  stn_targets_free (self->targets);
  stn_clock_leave (self->clock);
  stn_clock_unref (self->clock);
}

static StnLink *open_uart (Place *self, const char *place, StnFailure failure) {
  g_autoptr (GError) error = NULL;
  StnLink *link = self->provider->provider_class->open_uart (self->provider, place, &self->wait, &error);
  g_assert_cmpstr (stn_failure_name (stn_error_failure (error)), ==, stn_failure_name (failure));
  return link;
}

static StnLink *open_pins (Place *self, const char *place, StnFailure failure) {
  g_autoptr (GError) error = NULL;
  StnLink *link = self->provider->provider_class->open_pins (self->provider, place, &self->wait, &error);
  g_assert_cmpstr (stn_failure_name (stn_error_failure (error)), ==, stn_failure_name (failure));
  return link;
}

static StnBoardState state (Place *self, const char *board) {
  StnBoardState out;
  g_assert_true (stn_bench_board_state (self->bench, board, &out));
  return out;
}

static void ports_are_found_by_any_of_their_names (void) {
  static const char *const uarts[] = { "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1.2:1.0-port0",
                                       "/dev/serial/by-path/platform-vhci_hcd.0-usb-0:1.2:1.2-port0",
                                       "/dev/serial/by-id/usb-FTDI_Quad_RS232-HS_FTQUAD1-if02-port0" };
  static const char *const none[] = { "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1.2:1.1-port0",
                                      "/dev/serial/by-path/pci-0000:00:14.0-usb-0:11.2:1.0-port0x",
                                      "/dev/serial/by-id/usb-FTDI_Quad_RS232-HS_FTQUAD1-if04-port0", "/dev/ttyUSB0",
                                      "" };
  static const char *const pins[] = { "FTBENCH1", "1.1", "pci-0000:00:14.0-usb-0:1.1" };
  static const char *const no_pins[] = { "FTBENCH2", "pci-0000:00:14.0-usb-0:1.2", "usb-0:11.1", "" };
  Place place;
  place_new (&place, two_boards);
  for (guint i = 0; i < G_N_ELEMENTS (uarts); i++)
    stn_link_free (open_uart (&place, uarts[i], STN_FAILURE_NONE));
  for (guint i = 0; i < G_N_ELEMENTS (none); i++)
    g_assert_null (open_uart (&place, none[i], STN_FAILURE_ADAPTER_MISSING));
  for (guint i = 0; i < G_N_ELEMENTS (pins); i++)
    stn_link_free (open_pins (&place, pins[i], STN_FAILURE_NONE));
  for (guint i = 0; i < G_N_ELEMENTS (no_pins); i++)
    g_assert_null (open_pins (&place, no_pins[i], STN_FAILURE_ADAPTER_MISSING));
  g_assert_cmpstr (place.provider->provider_class->kind, ==, "bench");
  g_assert_true (place.provider->provider_class->is_virtual);
  place_clear (&place);
}

static void a_port_is_opened_once_and_can_be_unplugged (void) {
  Place place;
  place_new (&place, two_boards);
  const char *tty = "/dev/serial/by-id/usb-FTDI_Quad_RS232-HS_FTQUAD1-if00-port0";
  g_autoptr (StnLink) uart = open_uart (&place, tty, STN_FAILURE_NONE);
  g_autoptr (StnLink) pins = open_pins (&place, "FTBENCH1", STN_FAILURE_NONE);
  g_assert_null (open_uart (&place, tty, STN_FAILURE_PORT_BUSY));
  g_assert_null (open_pins (&place, "1.1", STN_FAILURE_PORT_BUSY));
  g_assert_true (stn_bench_set_plugged (place.bench, tty, FALSE));
  g_assert_true (stn_bench_set_plugged (place.bench, "FTBENCH1", FALSE));
  g_assert_false (stn_bench_set_plugged (place.bench, "nowhere", FALSE));
  g_autoptr (GError) error = NULL;
  g_assert_false (stn_stream_write (uart, "x", 1, &place.wait, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_LINK_LOST));
  g_clear_error (&error);
  g_assert_false (stn_pins_set (pins, 0xffff, 0, &place.wait, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_LINK_LOST));
  g_clear_pointer (&uart, stn_link_free);
  g_clear_pointer (&pins, stn_link_free);
  g_assert_null (open_uart (&place, tty, STN_FAILURE_ADAPTER_MISSING));
  g_assert_null (open_pins (&place, "FTBENCH1", STN_FAILURE_ADAPTER_MISSING));
  stn_bench_set_plugged (place.bench, tty, TRUE);
  stn_bench_set_plugged (place.bench, "FTBENCH1", TRUE);
  uart = open_uart (&place, tty, STN_FAILURE_NONE);
  pins = open_pins (&place, "FTBENCH1", STN_FAILURE_NONE);
  g_clear_pointer (&uart, stn_link_free);
  g_clear_pointer (&pins, stn_link_free);
  place_clear (&place);
}

static gpointer pull_the_plug (gpointer data) {
  Place *place = data;
  stn_wait_sleep (&place->wait, 50 * STN_NS_PER_MS, NULL);
  stn_bench_set_plugged (place->bench, "/dev/serial/by-id/x-FTQUAD1-if00-port0", FALSE);
  return NULL;
}

static void a_waiting_reader_sees_the_plug_pulled (void) {
  Place place;
  g_autoptr (GError) error = NULL;
  guint8 byte;
  place_new (&place, two_boards);
  StnLink *uart = open_uart (&place, "/dev/serial/by-id/x-FTQUAD1-if00-port0", STN_FAILURE_NONE);
  gint64 start = stn_clock_now_ns (place.clock);
  GThread *thread = stn_clock_thread_new (place.clock, "hand", pull_the_plug, &place);
  g_assert_false (stn_stream_read (uart, &byte, 1, &place.wait, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_LINK_LOST));
  g_assert_cmpint (stn_clock_now_ns (place.clock) - start, ==, 50 * STN_NS_PER_MS);
  stn_clock_thread_join (place.clock, thread, TRUE);
  stn_link_free (uart);
  place_clear (&place);
}

static void lines_reach_what_the_file_says (void) {
  Place place;
  place_new (&place, two_boards);
  g_autoptr (StnLink) pins = open_pins (&place, "FTBENCH1", STN_FAILURE_NONE);
  g_assert_cmpint (state (&place, "A1"), ==, STN_BOARD_ROM); /* no switch: on from the start */
  g_assert_cmpint (state (&place, "A2"), ==, STN_BOARD_OFF);
  guint32 levels = 0;
  g_assert_true (stn_pins_get (pins, &levels, &place.wait, NULL));
  g_assert_cmphex (levels, ==, 0xffff); /* nothing driven: weak pull-ups, and a board is there */
  stn_pins_set (pins, 0x1c00, 0x0800, &place.wait, NULL); /* A2: NRST low, BOOT0 high, power (active low) on */
  g_assert_cmpint (state (&place, "A2"), ==, STN_BOARD_HELD);
  stn_pins_set (pins, 0x0400, 0x0400, &place.wait, NULL);
  g_assert_cmpint (state (&place, "A2"), ==, STN_BOARD_ROM);
  g_assert_cmpint (state (&place, "A1"), ==, STN_BOARD_ROM);
  stn_pins_get (pins, &levels, &place.wait, NULL);
  g_assert_cmphex (levels, ==, 0xefff);
  g_clear_pointer (&pins, stn_link_free);
  g_assert_cmpint (state (&place, "A2"), ==, STN_BOARD_ROM); /* what has been set stays */
  place_clear (&place);
}

static void a_shared_line_moves_all_its_boards_together (void) {
  static const char two_pins[] =
      "bench: shared\n"
      "usb: [ { port: \"1\", ft232h: { serial: FT1, lines: { AD0: A1.nrst, AD7: A2.nrst } } } ]\n"
      "boards: { A1: { target: STM32F405RG }, A2: { target: STM32F405RG } }\n";
  Place place;
  place_new (&place, two_pins);
  g_autoptr (StnLink) pins = open_pins (&place, "FT1", STN_FAILURE_NONE);
  stn_pins_set (pins, 0x81, 0, &place.wait, NULL);
  g_assert_cmpint (state (&place, "A1"), ==, STN_BOARD_HELD);
  g_assert_cmpint (state (&place, "A2"), ==, STN_BOARD_HELD);
  g_clear_pointer (&pins, stn_link_free);
  place_clear (&place);

  /* one line, two boards: by hand, as a map can't say it twice */
  GError *error = NULL;
  StnClock *clock = stn_clock_new_virtual ();
  g_autoptr (StnTargets) targets = stn_targets_new (NULL, &error);
  g_autoptr (StnBenchConfig) config = stn_bench_config_new ();
  stn_bench_config_add_board (config, "A1", "STM32F405RG", NULL);
  stn_bench_config_add_board (config, "A2", "STM32F405RG", NULL);
  g_assert_true (stn_bench_config_add_line (config, "FT1", "AD0", "A1", "nrst", TRUE, &error));
  g_assert_true (stn_bench_config_add_line (config, "FT1", "AD0", "A2", "nrst", TRUE, &error));
  place.bench = stn_bench_new (config, targets, clock, &error);
  g_assert_no_error (error);
  place.provider = stn_bench_provider_new (place.bench);
  place.wait = stn_wait_new (clock, STN_TIME_NEVER, NULL);
  pins = open_pins (&place, "FT1", STN_FAILURE_NONE);
  stn_pins_set (pins, 0x01, 0, &place.wait, NULL);
  g_assert_cmpint (state (&place, "A1"), ==, STN_BOARD_HELD);
  g_assert_cmpint (state (&place, "A2"), ==, STN_BOARD_HELD);
  g_clear_pointer (&pins, stn_link_free);
  stn_provider_free (place.provider);
  stn_bench_free (place.bench);
  stn_clock_unref (clock);
}

static void new_boards_are_new (void) {
  Place place;
  guint8 before[12], after[12], cell = 0;
  GError *error = NULL;
  place_new (&place, two_boards);
  stn_bench_board_uid (place.bench, "A1", before);
  stn_bench_board_write (place.bench, "A1", 0x08000000, (const guint8[]){ 1 }, 1);
  stn_bench_board_read (place.bench, "A1", 0x08001234, &cell, 1);
  const char *const names[] = { "A1", "A2", NULL };
  g_assert_true (place.provider->provider_class->load_boards (place.provider, names, &error));
  g_assert_no_error (error);
  stn_bench_board_uid (place.bench, "A1", after);
  g_assert_cmpint (memcmp (before, after, 12), !=, 0);
  stn_bench_board_read (place.bench, "A1", 0x08000000, &cell, 1);
  g_assert_cmphex (cell, ==, 0xff);
  g_assert_cmpint (state (&place, "A1"), ==, STN_BOARD_ROM);
  /* the dead cell went with its chip; the wrong part comes every time, the silence belongs to the place */
  stn_bench_board_write (place.bench, "A1", 0x08001234, (const guint8[]){ 1 }, 1);
  stn_bench_board_read (place.bench, "A1", 0x08001234, &cell, 1);
  g_assert_cmphex (cell, ==, 0x01);
  g_assert_true (stn_bench_board_read (place.bench, "A2", 0x0801ffff, &cell, 1));
  g_assert_false (stn_bench_board_read (place.bench, "A2", 0x08020000, &cell, 1)); /* 128 KB: an F103 */
  const char *const unknown[] = { "A9", NULL };
  g_assert_false (place.provider->provider_class->load_boards (place.provider, unknown, &error));
  g_clear_error (&error);
  place_clear (&place);
}

static void a_chip_comes_as_shipped_blank_or_with_a_file (void) {
  GError *error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("bench-file-XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *image = g_build_filename (folder, "image.bin", NULL);
  g_autofree char *file = g_build_filename (folder, "b.yaml", NULL);
  /* a vector table of a G071, and code */
  g_file_set_contents (image, "\x00\x90\x00\x20\x09\x00\x00\x08\xfe\xe7\xfe\xe7", 12, &error);
  g_assert_no_error (error);
  static const char text[] = "bench: three\n"
                             "boards:\n"
                             "  A1: { target: STM32G071CB }\n"
                             "  A2: { target: STM32G071CB, flash: blank }\n"
                             "  A3: { target: STM32G071CB, flash: image.bin }\n";
  g_autoptr (StnBenchConfig) config = stn_bench_config_parse (file, text, strlen (text), &error);
  g_assert_no_error (error);
  StnClock *clock = stn_clock_new_virtual ();
  g_autoptr (StnTargets) targets = stn_targets_new (NULL, &error);
  StnBench *bench = stn_bench_new (config, targets, clock, &error);
  g_assert_no_error (error);
  guint8 user;
  StnBoardState seen;
  stn_bench_board_read (bench, "A1", 0x1fff7803, &user, 1);
  g_assert_cmphex (user & 0x01, ==, 0x01); /* nBOOT_SEL: the pin is ignored */
  stn_bench_board_read (bench, "A2", 0x1fff7803, &user, 1);
  g_assert_cmphex (user & 0x01, ==, 0x00);
  stn_bench_board_state (bench, "A2", &seen);
  g_assert_cmpint (seen, ==, STN_BOARD_ROM);
  stn_bench_board_state (bench, "A3", &seen);
  g_assert_cmpint (seen, ==, STN_BOARD_APPLICATION);
  stn_bench_free (bench);
  stn_clock_unref (clock);
  g_remove (image);
  g_rmdir (folder);
}

static void a_seed_gives_the_same_uids_again (void) {
  Place one, two;
  guint8 a[12], b[12];
  place_new (&one, two_boards);
  place_new (&two, two_boards);
  stn_bench_board_uid (one.bench, "A1", a);
  stn_bench_board_uid (two.bench, "A1", b);
  g_assert_cmpmem (a, 12, b, 12);
  place_clear (&two);
  place_clear (&one);
}

static void no_such_board_has_no_truth (void) {
  Place place;
  guint8 byte[12];
  StnBoardState out;
  place_new (&place, two_boards);
  g_assert_false (stn_bench_board_state (place.bench, "B1", &out));
  g_assert_false (stn_bench_board_read (place.bench, "B1", 0x08000000, byte, 1));
  g_assert_false (stn_bench_board_write (place.bench, "B1", 0x08000000, byte, 1));
  g_assert_false (stn_bench_board_uid (place.bench, "B1", byte));
  g_assert_false (stn_bench_board_power_cycle (place.bench, "B1"));
  g_assert_cmpuint (stn_bench_board_window_violations (place.bench, "B1"), ==, 0);
  g_assert_false (stn_bench_board_read (place.bench, "A1", 0x0801ffff, byte, 2));
  g_assert_false (stn_bench_board_read (place.bench, "A1", 0xffffffffffffffff, byte, 2));
  g_assert_false (stn_bench_board_read (place.bench, "A1", 0x08000000, byte, G_MAXSIZE));
  char *path = NULL;
  g_assert_false (stn_bench_board_open_pty (place.bench, "A1", TRUE, &path, NULL)); /* virtual clock */
  g_assert_null (path);
  place_clear (&place);
}

static void bad_files_say_where_and_why (void) {
  static const struct {
    const char *text, *message;
  } bad[] = {
    { "bench: x\nboards: { A1: { target: STM32G071CB, falts: [] } }\n", "falts" },
    { "bench: x\nboards: { A1: { target: STM32G071CB, faults: [ { dead-cel: 0x08000000 } ] } }\n",
      "bench.yaml:2:48: there is no fault called \"dead-cel\"; did you mean \"dead-cell\"?" },
    { "bench: x\nboards: { A1: { target: STM32G071CB, faults: [ { dead-cell: here } ] } }\n",
      "bench.yaml:2:48: fault \"dead-cell\": expected an address (0x08001234, or 0x08001234.3 for one bit), "
      "seen here" },
    { "bench: x\nboards: { A1: { target: STM32G071CB, faults: [ [ silence ] ] } }\n",
      "bench.yaml:2:48: fault of board \"A1\": expected NAME or { NAME: VALUE }, found a list" },
    { "bench: x\nboards: { A1: { target: STM32G071CB, flash: no-such-file.bin } }\n", "flash of board \"A1\"" },
    { "bench: x\nboards: { A1: { target: STM32G071CB, uid: 0011 } }\n",
      "uid of board \"A1\": expected 24 hex digits, found 0011" },
    { "bench: x\nboards: { A1: { target: STM32G071CB } }\nttys: { /dev/ttyS0: A2 }\n",
      "bench.yaml:3:21: there is no board \"A2\"; did you mean \"A1\"?" },
    { "bench: x\nboards: { A1: { target: STM32G071CB } }\nttys: { /dev/ttyS0: A1, /dev/ttyS1: A1 }\n",
      "bench.yaml:3:37: board \"A1\" has two UARTs" },
    { "bench: x\nboards: { A1: { target: STM32G071CB } }\n"
      "usb: [ { port: \"1\", ft232h: { serial: F, lines: { AE0: A1.nrst } } } ]\n",
      "a line of an adapter: expected AD0..AD7 or AC0..AC7, seen AE0" },
    { "bench: x\nboards: { A1: { target: STM32G071CB } }\n"
      "usb: [ { port: \"1\", ft232h: { serial: F, lines: { AD0: A1.reset } } } ]\n",
      "a signal of a board: expected nrst, boot0, power, detect, good or fault; of a bank: start, "
      "lid, busy, ok or fail, seen reset" },
    { "bench: x\nboards: { A1: { target: STM32G071CB } }\n"
      "usb: [ { port: \"1\", ft232h: { serial: F, lines: { AD0: nrst } } } ]\n",
      "line AD0: expected BOARD.SIGNAL, \"active-low\" or \"active-high\" behind it where needed, found nrst" },
    { "bench: x\nboards: { A1: { target: STM32G071CB } }\nusb: [ { port: \"1\" } ]\n",
      "port 1: expected one of ft232h, ft4232h, hub, board" },
    { "bench: x\n", "boards" },
    { "boards: { A1: { target: STM32G071CB } }\n", "bench" },
    { "bench: x\nboards: { A1: { target: STM32G071CB } }\npace: { turnaround: 2 min }\n", "turnaround" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    StnBenchConfig *config = stn_bench_config_parse ("bench.yaml", bad[i].text, strlen (bad[i].text), &error);
    g_test_message ("%s", error != NULL ? error->message : "(accepted)");
    g_assert_null (config);
    g_assert_true (stn_error_is (error, STN_FAILURE_BAD_FILE));
    g_assert_true (g_str_has_prefix (error->message, "bench.yaml:"));
    g_assert_nonnull (strstr (error->message, bad[i].message));
  }
}

static void boards_that_can_not_be_are_refused (void) {
  static const struct {
    const char *text, *message;
    StnFailure failure;
  } bad[] = {
    { "bench: x\nboards: { A1: { target: STM32Q999 } }\n", "board A1: ", STN_FAILURE_BAD_PLAN },
    { "bench: x\nboards: { A1: { target: STM32H7S3x8 } }\n", "board A1: the bench has no model of STM32H7S3x8 yet",
      STN_FAILURE_BAD_PLAN },
    { "bench: x\nboards: { A1: { target: STM32G071CB, options: { nBOOTSEL: 0 } } }\n",
      "board A1: options: nBOOTSEL: the chip has no such field; did you mean \"nBOOT_SEL\"?", STN_FAILURE_BAD_FILE },
    { "bench: x\nboards: { A1: { target: STM32G071CB, options: { nBOOT_SEL: 2 } } }\n",
      "board A1: options: nBOOT_SEL: the value does not fit", STN_FAILURE_BAD_FILE },
    { "bench: x\nboards: { A1: { target: STM32G071CB, faults: [ { same-uid-as: A2 } ] } }\n",
      "board A1: same-uid-as: there is no board \"A2\" before this one", STN_FAILURE_BAD_FILE },
  };
  StnClock *clock = stn_clock_new_virtual ();
  g_autoptr (StnTargets) targets = stn_targets_new (NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (StnBenchConfig) config =
        stn_bench_config_parse ("bench.yaml", bad[i].text, strlen (bad[i].text), &error);
    g_assert_no_error (error);
    g_assert_null (stn_bench_new (config, targets, clock, &error));
    g_test_message ("%s", error->message);
    g_assert_true (stn_error_is (error, bad[i].failure));
    g_assert_true (g_str_has_prefix (error->message, bad[i].message));
  }
  stn_clock_unref (clock);
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/bench/file/" #name, name)
  ADD (ports_are_found_by_any_of_their_names);
  ADD (a_port_is_opened_once_and_can_be_unplugged);
  ADD (a_waiting_reader_sees_the_plug_pulled);
  ADD (lines_reach_what_the_file_says);
  ADD (a_shared_line_moves_all_its_boards_together);
  ADD (new_boards_are_new);
  ADD (a_chip_comes_as_shipped_blank_or_with_a_file);
  ADD (a_seed_gives_the_same_uids_again);
  ADD (no_such_board_has_no_truth);
  ADD (bad_files_say_where_and_why);
  ADD (boards_that_can_not_be_are_refused);
  return g_test_run ();
}
