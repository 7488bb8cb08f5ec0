/* FTDI's chips and USB/IP, from the host's side, in bytes. */
#include "src/bench/usb/ftdi.h"
#include "tests/bench/usb-fixture.h"

#define PINS 0
#define BLANK 1
#define QUAD 2

static const char bench_yaml[] =
    "bench: adapters\n"
    "seed: 1\n"
    "usb:\n"
    "  - { port: '1.1', ft232h: { serial: FTBENCH1, lines: { AC0: A1.nrst, AC1: A1.boot0, AD3: A1.detect } } }\n"
    "  - { port: '1.2', ft232h: { } }\n"
    "  - { port: '1.3', ft4232h: { serial: FTQUAD1, uarts: ['-', A1] } }\n"
    "boards:\n"
    "  A1: { target: STM32F103CB, flash: blank }\n";

static void
submit_and_answer_are_big_endian (void)
{
  UsbRig rig;
  usb_rig_new (&rig, bench_yaml);
  int fd = usb_rig_wait_for (&rig, PINS, 1);
  /* GET_DESCRIPTOR, device, 18 bytes */
  const guint8 submit[48] = { 0, 0, 0, 1,  0xde, 0xad, 0xbe, 0xef, 0, 1, 0, 1, 0, 0, 0, 1, 0,    0, 0, 0, 0, 0, 0,  0,
                              0, 0, 0, 18, 0,    0,    0,    0,    0, 0, 0, 0, 0, 0, 0, 0, 0x80, 6, 0, 1, 0, 0, 18, 0 };
  const guint8 expected[48 + 18] = { 0,    0,    0,    3,    0xde, 0xad, 0xbe, 0xef, 0,    0,    0, 0, 0, 0,
                                     0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0, 0, 0, 18,
                                     0,    0,    0,    0,    0xff, 0xff, 0xff, 0xff, 0,    0,    0, 0, 0, 0,
                                     0,    0,    0,    0,    0,    0,    18,   1,    0x00, 0x02, 0, 0, 0, 64,
                                     0x03, 0x04, 0x14, 0x60, 0x00, 0x09, 1,    2,    3,    1 };
  guint8 seen[sizeof expected];
  usb_send (fd, submit, 20); /* in two pieces */
  usb_send (fd, submit + 20, 28);
  g_assert_true (usb_receive (fd, seen, sizeof seen));
  g_assert_cmpmem (seen, sizeof seen, expected, sizeof expected);
  usb_rig_clear (&rig);
}

static void
unlink_transfer (int fd, guint32 number, int expected)
{
  guint8 bytes[48] = { 0, 0, 0, 2, 0x7f, 0, 0, 1 }, answer[48];
  usb_put (bytes + 20, number);
  usb_send (fd, bytes, sizeof bytes);
  g_assert_true (usb_receive (fd, answer, sizeof answer));
  g_assert_cmpuint (usb_get (answer), ==, 4);
  g_assert_cmphex (usb_get (answer + 4), ==, 0x7f000001);
  g_assert_cmpint ((int) usb_get (answer + 20), ==, expected);
}

static void
what_waits_is_taken_back_and_never_answered (void)
{
  UsbRig rig;
  usb_rig_new (&rig, bench_yaml);
  int fd = usb_rig_wait_for (&rig, QUAD, 1);
  g_assert_cmpint (usb_control (&rig, fd, 0x40, 9, 255, 2, NULL, 0, NULL), ==, 0); /* latency timer: the longest */
  guint8 packet[512];
  guint actual;
  guint32 first = usb_submit (&rig, fd, 0x83, NULL, NULL, 512, 0); /* from here on the timer is at its beginning */
  g_assert_cmpint (usb_answer (fd, first, TRUE, packet, &actual), ==, 0);
  guint32 waiting = usb_submit (&rig, fd, 0x83, NULL, NULL, 512, 0);
  unlink_transfer (fd, waiting, -ECONNRESET);
  unlink_transfer (fd, waiting, 0); /* it is no more */
  guint8 latency = 0;
  g_assert_cmpint (usb_control (&rig, fd, 0xc0, 10, 0, 2, &latency, 1, NULL), ==, 0); /* its answer is the next */
  g_assert_cmpuint (latency, ==, 255);
  usb_rig_clear (&rig);
}

static void
unknown_requests_stall (void)
{
  UsbRig rig;
  usb_rig_new (&rig, bench_yaml);
  int fd = usb_rig_wait_for (&rig, PINS, 1);
  const guint8 requests[][3] = { { 0xc0, 0x77, 0 }, { 0x40, 0x77, 0 },  { 0x40, 0x09, 0 },
                                 { 0x21, 0x01, 0 }, { 0x80, 0x06, 15 }, { 0x80, 0x06, 3 } };
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++) {
    guint8 bytes[64] = { 0 };
    guint16 value = (guint16) (requests[i][2] << 8 | (requests[i][2] == 3 ? 9 : 0)); /* string 9: there are three */
    g_assert_cmpint (
        usb_control (&rig, fd, requests[i][0], requests[i][1], value, 0, bytes, requests[i][0] & 0x80 ? 64 : 0, NULL),
        ==, -EPIPE);
  }
  guint8 status[2] = { 0 };
  g_assert_cmpint (usb_control (&rig, fd, 0x80, 0, 0, 0, status, 2, NULL), ==, 0); /* and it goes on */
  usb_rig_clear (&rig);
}

static void
nonsense_ends_the_connection (void)
{
  static const guint8 nonsense[][48] = {
    { 0, 0, 0, 9 }, /* no such command */
    { 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff }, /* 2 GiB */
    { 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x40 }, /* endpoint 64 */
    { 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 5 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (nonsense); i++) {
    UsbRig rig;
    usb_rig_new (&rig, bench_yaml);
    int fd = usb_rig_wait_for (&rig, BLANK, 1);
    usb_send (fd, nonsense[i], 48);
    usb_assert_closed (fd);
    usb_rig_clear (&rig);
  }
}

static void
a_short_packet_where_none_is_wanted_is_an_error (void)
{
  UsbRig rig;
  usb_rig_new (&rig, bench_yaml);
  int fd = usb_rig_wait_for (&rig, PINS, 1);
  guint8 packet[512];
  guint actual;
  guint32 number = usb_submit (&rig, fd, 0x81, NULL, NULL, 512, 1);
  g_assert_cmpint (usb_answer (fd, number, TRUE, packet, &actual), ==, -EREMOTEIO);
  g_assert_cmpuint (actual, ==, 2);
  usb_rig_clear (&rig);
}

static void
unplugging_closes_and_plugging_in_comes_anew (void)
{
  UsbRig rig;
  usb_rig_new (&rig, bench_yaml);
  int fd = usb_rig_wait_for (&rig, QUAD, 1);
  g_assert_false (stn_usb_bench_set_plugged (rig.usb, "9.9", FALSE));
  g_assert_true (stn_usb_bench_set_plugged (rig.usb, "1.3", FALSE));
  usb_assert_closed (fd);
  g_assert_true (stn_usb_bench_set_plugged (rig.usb, "1.3", TRUE));
  fd = usb_rig_wait_for (&rig, QUAD, 2);
  guint8 latency = 0;
  g_assert_cmpint (usb_control (&rig, fd, 0xc0, 10, 0, 1, &latency, 1, NULL), ==, 0);
  g_assert_cmpuint (latency, ==, 16); /* as it comes */
  usb_rig_clear (&rig);
}

static void
divisors_are_baud_rates (void)
{
  /* as ftdi_sio and libftdi send them: value, upper byte of the index */
  static const struct {
    guint16 value;
    guint8 high;
    guint baud;
  } cases[] = {
    { 0x04e2, 0x02, 9600 },    { 0xc068, 0x02, 115246 },  { 0x0000, 0x02, 12000000 }, { 0x0001, 0x02, 8000000 },
    { 0x0000, 0x00, 3000000 }, { 0x0001, 0x00, 2000000 }, { 0x4138, 0x00, 9600 },     { 0x809c, 0x00, 19200 },
    { 0xc002, 0x01, 1043478 }, { 0x000c, 0x02, 1000000 }, { 0x4003, 0x00, 857143 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpuint (stn_ftdi_baud (cases[i].value, cases[i].high), ==, cases[i].baud);
  g_assert_cmpuint (stn_ftdi_baud (0x4000, 0x00), ==, 0); /* half a clock is none */
}

static guint16
eeprom_word (UsbRig *rig, int fd, guint16 at)
{
  guint8 bytes[2] = { 0 };
  guint actual;
  g_assert_cmpint (usb_control (rig, fd, 0xc0, 0x90, 0, at, bytes, 2, &actual), ==, 0);
  g_assert_cmpuint (actual, ==, 2);
  return (guint16) (bytes[0] | bytes[1] << 8);
}

static void
an_eeprom_is_blank_or_whole (void)
{
  UsbRig rig;
  usb_rig_new (&rig, bench_yaml);
  int fd = usb_rig_wait_for (&rig, BLANK, 1);
  for (guint16 at = 0; at < 128; at++)
    g_assert_cmphex (eeprom_word (&rig, fd, at), ==, 0xffff);
  guint8 device[18] = { 0 };
  g_assert_cmpint (usb_control (&rig, fd, 0x80, 6, 0x0100, 0, device, 18, NULL), ==, 0);
  g_assert_cmpuint (device[16], ==, 0); /* no serial */

  fd = usb_rig_wait_for (&rig, PINS, 1);
  guint16 sum = 0xaaaa;
  for (guint16 at = 0; at < 127; at++) {
    sum ^= eeprom_word (&rig, fd, at);
    sum = (guint16) (sum << 1 | sum >> 15);
  }
  g_assert_cmphex (eeprom_word (&rig, fd, 127), ==, sum);
  g_assert_cmphex (eeprom_word (&rig, fd, 1), ==, 0x0403);
  g_assert_cmphex (eeprom_word (&rig, fd, 2), ==, 0x6014);
  guint16 entry = eeprom_word (&rig, fd, 9); /* where the serial is, and its length */
  g_assert_cmphex (entry >> 8, ==, 2 + 2 * strlen ("FTBENCH1"));
  g_assert_cmphex (eeprom_word (&rig, fd, (guint16) ((entry & 0x7f) / 2 + 64 + 1)), ==, 'F');
  usb_rig_clear (&rig);
}

static void
set_pins (UsbRig *rig, int fd, guint8 low, guint8 low_out, guint8 high, guint8 high_out)
{
  usb_say (rig, fd, 0x02, 0x80, low, low_out, 0x82, high, high_out);
}

static void
mpsse_moves_the_boards_pins (void)
{
  UsbRig rig;
  usb_rig_new (&rig, bench_yaml);
  int fd = usb_rig_wait_for (&rig, PINS, 1);
  g_assert_cmpint (usb_rig_state (&rig, "A1"), ==, STN_BOARD_CRASHED); /* nothing in its flash */
  g_assert_cmpint (usb_control (&rig, fd, 0x40, 0x0b, 0x0200, 1, NULL, 0, NULL), ==, 0);
  g_assert_cmpint (usb_rig_state (&rig, "A1"), ==, STN_BOARD_CRASHED); /* still left to itself */
  set_pins (&rig, fd, 0, 0, 0x02, 0x03);                               /* BOOT0 high, NRST low */
  g_assert_cmpint (usb_rig_state (&rig, "A1"), ==, STN_BOARD_HELD);
  set_pins (&rig, fd, 0, 0, 0x02, 0x02); /* NRST open: up it goes */
  g_assert_cmpint (usb_rig_state (&rig, "A1"), ==, STN_BOARD_ROM);
  set_pins (&rig, fd, 0, 0, 0x00, 0x03);
  g_assert_cmpint (usb_rig_state (&rig, "A1"), ==, STN_BOARD_HELD);
  /* a reset makes it a UART again, and nobody holds the board */
  g_assert_cmpint (usb_control (&rig, fd, 0x40, 0x00, 0, 1, NULL, 0, NULL), ==, 0);
  g_assert_cmpint (usb_rig_state (&rig, "A1"), ==, STN_BOARD_CRASHED);
  usb_rig_clear (&rig);
}

static void
open_drain_outputs_pull_low_only (void)
{
  UsbRig rig;
  usb_rig_new (&rig, bench_yaml);
  int fd = usb_rig_wait_for (&rig, PINS, 1);
  g_assert_cmpint (usb_control (&rig, fd, 0x40, 0x0b, 0x0200, 1, NULL, 0, NULL), ==, 0);
  usb_say (&rig, fd, 0x02, 0x9e, 0x00, 0x03); /* AC0, AC1 */
  set_pins (&rig, fd, 0, 0, 0x02, 0x03);      /* BOOT0 "high": let go, and the board holds it low */
  set_pins (&rig, fd, 0, 0, 0x03, 0x03);
  g_assert_cmpint (usb_rig_state (&rig, "A1"), ==, STN_BOARD_CRASHED); /* started from the flash */
  usb_rig_clear (&rig);
}

static void
mpsse_answers_in_the_order_of_its_commands (void)
{
  UsbRig rig;
  usb_rig_new (&rig, bench_yaml);
  int fd = usb_rig_wait_for (&rig, PINS, 1);
  g_assert_cmpint (usb_control (&rig, fd, 0x40, 0x0b, 0x0200, 1, NULL, 0, NULL), ==, 0);
  usb_say (&rig, fd, 0x02, 0xaa, 0x87);
  usb_ftdi_hear (&rig, fd, 0x81, 0xfa, 0xaa);
  /* what is driven, the pull-ups, and AD3, where the board says that it is there */
  usb_say (&rig, fd, 0x02, 0x80, 0x01, 0x03, 0x81, 0x83, 0x87);
  usb_ftdi_hear (&rig, fd, 0x81, 0xfd, 0xff);
  /* clock set-up, loop-back of two bytes and of three bits, a command cut in two */
  usb_say (&rig, fd, 0x02, 0x8a, 0x97, 0x8d, 0x86, 0x05, 0x00, 0x84, 0x31, 0x01, 0x00, 0x12);
  usb_say (&rig, fd, 0x02, 0x34, 0x33, 0x02, 0xa0, 0x85, 0x20, 0x00, 0x00, 0xab, 0x87);
  usb_ftdi_hear (&rig, fd, 0x81, 0x12, 0x34, 0xa0, 0xff, 0xfa, 0xab);
  usb_rig_clear (&rig);
}

static void
set_line (UsbRig *rig, int fd, guint16 format)
{
  g_assert_cmpint (usb_control (rig, fd, 0x40, 3, 0xc068, 0x0202, NULL, 0, NULL), ==, 0); /* 115200 */
  g_assert_cmpint (usb_control (rig, fd, 0x40, 4, format, 2, NULL, 0, NULL), ==, 0);
  g_assert_cmpint (usb_control (rig, fd, 0x40, 9, 1, 2, NULL, 0, NULL), ==, 0);
}

static void
enter_rom (UsbRig *rig)
{
  int fd = usb_rig_wait_for (rig, PINS, 1);
  g_assert_cmpint (usb_control (rig, fd, 0x40, 0x0b, 0x0200, 1, NULL, 0, NULL), ==, 0);
  set_pins (rig, fd, 0, 0, 0x02, 0x03);
  set_pins (rig, fd, 0, 0, 0x03, 0x03);
}

static void
a_uart_reaches_its_board (void)
{
  UsbRig rig;
  usb_rig_new (&rig, bench_yaml);
  int fd = usb_rig_wait_for (&rig, QUAD, 1);
  enter_rom (&rig);
  set_line (&rig, fd, 0x0208); /* 8E1 */
  usb_say (&rig, fd, 0x04, 0x7f);
  usb_ftdi_hear (&rig, fd, 0x83, 0x79);
  usb_say (&rig, fd, 0x04, 0x02, 0xfd);
  usb_ftdi_hear (&rig, fd, 0x83, 0x79, 0x01, 0x04, 0x10, 0x79);
  usb_rig_clear (&rig);
}

static void
a_long_answer_comes_in_packets_with_status_bytes (void)
{
  UsbRig rig;
  usb_rig_new (&rig, bench_yaml);
  int fd = usb_rig_wait_for (&rig, QUAD, 1);
  enter_rom (&rig);
  set_line (&rig, fd, 0x0208);
  guint8 flash[512], seen[3 + 256 + 3 + 256];
  for (guint i = 0; i < sizeof flash; i++)
    flash[i] = (guint8) (i * 7);
  g_assert_true (stn_bench_board_write (rig.bench, "A1", 0x08000000, flash, sizeof flash));
  usb_say (&rig, fd, 0x04, 0x7f);
  usb_ftdi_hear (&rig, fd, 0x83, 0x79);
  /* two reads at once: 256 + 256 bytes and six ACKs are more than a packet holds */
  usb_say (&rig, fd, 0x04, 0x11, 0xee, 0x08, 0x00, 0x00, 0x00, 0x08, 0xff, 0x00, 0x11, 0xee, 0x08, 0x00, 0x01, 0x00,
           0x09, 0xff, 0x00);
  usb_ftdi_read (&rig, fd, 0x83, seen, sizeof seen);
  g_assert_cmpmem (seen, 3, "\x79\x79\x79", 3);
  g_assert_cmpmem (seen + 3, 256, flash, 256);
  g_assert_cmpmem (seen + 259, 3, "\x79\x79\x79", 3);
  g_assert_cmpmem (seen + 262, 256, flash + 256, 256);
  usb_rig_clear (&rig);
}

static void
the_wrong_parity_is_not_understood (void)
{
  UsbRig rig;
  usb_rig_new (&rig, bench_yaml);
  int fd = usb_rig_wait_for (&rig, QUAD, 1);
  enter_rom (&rig);
  set_line (&rig, fd, 0x0108); /* 8O1 */
  usb_say (&rig, fd, 0x04, 0x7f);
  for (guint i = 0; i < 20; i++) {
    guint8 packet[512];
    guint actual;
    guint32 number = usb_submit (&rig, fd, 0x83, NULL, NULL, 512, 0);
    g_assert_cmpint (usb_answer (fd, number, TRUE, packet, &actual), ==, 0);
    g_assert_cmpuint (actual, ==, 2); /* nothing but the status bytes */
    g_assert_cmphex (packet[1], ==, 0x60);
  }
  usb_rig_clear (&rig);
}

static void
an_interface_without_a_board_is_silent (void)
{
  UsbRig rig;
  usb_rig_new (&rig, bench_yaml);
  int fd = usb_rig_wait_for (&rig, QUAD, 1);
  usb_say (&rig, fd, 0x02, 0x7f, 0x7f);
  guint8 packet[512];
  guint actual;
  guint32 number = usb_submit (&rig, fd, 0x81, NULL, NULL, 512, 0);
  g_assert_cmpint (usb_answer (fd, number, TRUE, packet, &actual), ==, 0);
  g_assert_cmpuint (actual, ==, 2);
  usb_rig_clear (&rig);
}

static void
pulling_the_adapter_out_lets_the_boards_go (void)
{
  UsbRig rig;
  usb_rig_new (&rig, bench_yaml);
  int fd = usb_rig_wait_for (&rig, PINS, 1);
  g_assert_cmpint (usb_control (&rig, fd, 0x40, 0x0b, 0x0200, 1, NULL, 0, NULL), ==, 0);
  set_pins (&rig, fd, 0, 0, 0x00, 0x03);
  g_assert_cmpint (usb_rig_state (&rig, "A1"), ==, STN_BOARD_HELD);
  g_assert_true (stn_usb_bench_set_plugged (rig.usb, "1.1", FALSE));
  g_assert_cmpint (usb_rig_state (&rig, "A1"), ==, STN_BOARD_CRASHED); /* running what there is: nothing */
  usb_rig_clear (&rig);
}

static void
an_unplug_fault_takes_the_whole_chip_at_its_exchange (void)
{
  UsbRig rig;
  g_autofree char *yaml = g_strdup (bench_yaml);
  char *brace = strstr (yaml, "{ target: STM32F103CB, flash: blank }\n");
  g_assert_nonnull (brace);
  *brace = '\0';
  g_autofree char *whole =
      g_strconcat (yaml, "{ target: STM32F103CB, flash: blank, faults: [ { unplug: 3 } ] }\n", NULL);
  usb_rig_new (&rig, whole);
  int fd = usb_rig_wait_for (&rig, QUAD, 1);
  for (guint i = 0; i < 2; i++)
    usb_say (&rig, fd, 0x04, 0x00);
  usb_submit (&rig, fd, 0x04, NULL, (const guint8[]){ 0x00 }, 1, 0);
  usb_assert_closed (fd);
  usb_rig_clear (&rig);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/usb/submit_and_answer_are_big_endian", submit_and_answer_are_big_endian);
  g_test_add_func ("/usb/what_waits_is_taken_back_and_never_answered", what_waits_is_taken_back_and_never_answered);
  g_test_add_func ("/usb/unknown_requests_stall", unknown_requests_stall);
  g_test_add_func ("/usb/nonsense_ends_the_connection", nonsense_ends_the_connection);
  g_test_add_func ("/usb/a_short_packet_where_none_is_wanted_is_an_error",
                   a_short_packet_where_none_is_wanted_is_an_error);
  g_test_add_func ("/usb/unplugging_closes_and_plugging_in_comes_anew", unplugging_closes_and_plugging_in_comes_anew);
  g_test_add_func ("/ftdi/divisors_are_baud_rates", divisors_are_baud_rates);
  g_test_add_func ("/ftdi/an_eeprom_is_blank_or_whole", an_eeprom_is_blank_or_whole);
  g_test_add_func ("/ft232h/mpsse_moves_the_boards_pins", mpsse_moves_the_boards_pins);
  g_test_add_func ("/ft232h/open_drain_outputs_pull_low_only", open_drain_outputs_pull_low_only);
  g_test_add_func ("/ft232h/mpsse_answers_in_the_order_of_its_commands", mpsse_answers_in_the_order_of_its_commands);
  g_test_add_func ("/ft4232h/a_uart_reaches_its_board", a_uart_reaches_its_board);
  g_test_add_func ("/ft4232h/a_long_answer_comes_in_packets_with_status_bytes",
                   a_long_answer_comes_in_packets_with_status_bytes);
  g_test_add_func ("/ft4232h/the_wrong_parity_is_not_understood", the_wrong_parity_is_not_understood);
  g_test_add_func ("/ft4232h/an_interface_without_a_board_is_silent", an_interface_without_a_board_is_silent);
  g_test_add_func ("/ft232h/pulling_the_adapter_out_lets_the_boards_go", pulling_the_adapter_out_lets_the_boards_go);
  g_test_add_func ("/ft4232h/an_unplug_fault_takes_the_whole_chip_at_its_exchange",
                   an_unplug_fault_takes_the_whole_chip_at_its_exchange);
  return g_test_run ();
}
