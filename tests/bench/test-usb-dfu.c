/* ST's DFU device, from the host's side, in bytes: AN3156 and DFU 1.1's state table. */
#include "src/bench/usb/dfu-device.h"
#include "tests/bench/usb-fixture.h"

#define PINS 0
#define QUAD 1
#define DFU 2

static const char yaml_head[] =
    "bench: one board with a plug\n"
    "seed: 1\n"
    "usb:\n"
    "  - { port: '1.1', ft232h: { serial: FTBENCH1, lines: { AC0: A1.nrst, AC1: A1.boot0 } } }\n"
    "  - { port: '1.2', ft4232h: { serial: FTQUAD1, uarts: [A1] } }\n";

typedef struct {
  UsbRig usb;
  int pins, fd;
} Rig;

static void
set_pins (Rig *self, guint8 levels, guint8 directions)
{
  usb_say (&self->usb, self->pins, 0x02, 0x82, levels, directions);
}

static void
reset_board (Rig *self, gboolean boot0)
{
  guint8 level = boot0 ? 0x02 : 0x00;
  set_pins (self, level, 0x03);
  set_pins (self, level, 0x02);
}

/* a board in its ROM, and the host's end of its DFU device */
static void
rig_new (Rig *self, const char *part, const char *words, const char *faults)
{
  g_autofree char *yaml =
      g_strdup_printf ("%s  - { port: '1.3', board: A1, dfu: [%s] }\n"
                       "boards:\n  A1: { target: %s, flash: blank, uid: 300000004B3541513338363A, faults: [%s] }\n",
                       yaml_head, words, part, faults);
  usb_rig_new (&self->usb, yaml);
  self->pins = usb_rig_wait_for (&self->usb, PINS, 1);
  g_assert_cmpint (usb_control (&self->usb, self->pins, 0x40, 0x0b, 0x0200, 1, NULL, 0, NULL), ==, 0);
  /* a blank part with an empty check is in its ROM from power-on: a reset would make its device come a second time */
  if (g_str_has_prefix (part, "STM32L4") || g_str_has_prefix (part, "STM32G0"))
    set_pins (self, 0x02, 0x02);
  else
    reset_board (self, TRUE);
  self->fd = usb_rig_wait_for (&self->usb, DFU, 1);
}

static void
rig_clear (Rig *self)
{
  usb_rig_clear (&self->usb);
}

static int
download (Rig *self, guint16 block, const guint8 *bytes, guint16 length)
{
  g_autofree guint8 *copy = g_memdup2 (bytes, length);
  return usb_control (&self->usb, self->fd, 0x21, 1, block, 0, copy, length, NULL);
}

#define command(self, ...) \
  download ((self), 0, (const guint8[]){ __VA_ARGS__ }, sizeof ((const guint8[]){ __VA_ARGS__ }))

static int
upload (Rig *self, guint16 block, guint8 *bytes, guint16 length, guint *out_actual)
{
  return usb_control (&self->usb, self->fd, 0xa1, 2, block, 0, bytes, length, out_actual);
}

static int
simple (Rig *self, guint8 request)
{ /* CLRSTATUS 4, ABORT 6 */
  return usb_control (&self->usb, self->fd, 0x21, request, 0, 0, NULL, 0, NULL);
}

static guint8
get_state (Rig *self)
{
  guint8 state = 0;
  g_assert_cmpint (usb_control (&self->usb, self->fd, 0xa1, 5, 0, 0, &state, 1, NULL), ==, 0);
  return state;
}

static void
assert_status (Rig *self, guint8 status, guint8 state)
{
  guint8 answer[6] = { 0 };
  guint actual;
  g_assert_cmpint (usb_control (&self->usb, self->fd, 0xa1, 3, 0, 0, answer, 6, &actual), ==, 0);
  g_assert_cmpuint (actual, ==, 6);
  g_assert_cmphex (answer[0], ==, status);
  g_assert_cmpuint (answer[4], ==, state);
}

/* the same where the chip resets itself by what it was told: without pace it may be gone before the answer is, as
 * AN3156 allows; an answer that comes must be the right one */
static void
assert_status_or_gone (Rig *self, guint8 state)
{
  static const guint8 setup[8] = { 0xa1, 3, 0, 0, 0, 0, 6, 0 };
  guint8 bytes[48 + 6];
  guint32 number = usb_submit (&self->usb, self->fd, 0x80, setup, NULL, 6, 0);

  if (!usb_receive (self->fd, bytes, sizeof bytes))
    return;
  g_assert_cmpuint (usb_get (bytes + 4), ==, number);
  g_assert_cmpuint (usb_get (bytes + 20), ==, 0);
  g_assert_cmpuint (bytes[48 + 4], ==, state);
}

/* through busy to the end of it */
static void
assert_done (Rig *self)
{
  assert_status (self, 0x00, 4);
  assert_status (self, 0x00, 5);
}

static void
assert_refused (Rig *self, guint8 status)
{
  assert_status (self, 0x00, 4);
  assert_status (self, status, 10);
  g_assert_cmpint (simple (self, 4), ==, 0);
  assert_status (self, 0x00, 2);
}

static char *
get_string (Rig *self, guint8 index)
{
  guint8 bytes[255] = { 0 };
  guint actual;
  g_assert_cmpint (usb_control (&self->usb, self->fd, 0x80, 6, (guint16) (0x0300 | index), 0x0409, bytes, 255, &actual),
                   ==, 0);
  GString *text = g_string_new (NULL);
  for (guint i = 2; i + 1 < actual; i += 2)
    g_string_append_c (text, (char) bytes[i]);
  return g_string_free (text, FALSE);
}

static void
describes_itself_as_st_does (void)
{
  Rig rig;
  rig_new (&rig, "STM32F405RG", "", "");
  guint8 device[18], all[512];
  guint actual;
  const guint8 expected[18] = { 18, 1, 0x00, 0x01, 0, 0, 0, 64, 0x83, 0x04, 0x11, 0xdf, 0x00, 0x22, 1, 2, 3, 1 };
  g_assert_cmpint (usb_control (&rig.usb, rig.fd, 0x80, 6, 0x0100, 0, device, 18, NULL), ==, 0);
  g_assert_cmpmem (device, 18, expected, 18);
  g_assert_cmpint (usb_control (&rig.usb, rig.fd, 0x80, 6, 0x0200, 0, all, 512, &actual), ==, 0);
  g_assert_cmpuint (actual, ==, 9 + 4 * 9 + 9);
  g_assert_cmpuint (all[2], ==, actual);
  g_assert_cmphex (all[7], ==, 0xc0);
  const guint8 last[9 + 9] = { 9, 4, 0, 3, 0, 0xfe, 1, 2, 7, 9, 0x21, 0x0b, 0xff, 0, 0x00, 0x08, 0x1a, 0x01 };
  g_assert_cmpmem (all + actual - 18, 18, last, 18);
  static const char *const strings[] = { "STMicroelectronics",
                                         "STM32  BOOTLOADER",
                                         "3A3638635141",
                                         "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg",
                                         "@Option Bytes  /0x1FFFC000/01*016 e",
                                         "@OTP Memory /0x1FFF7800/01*512 e,01*016 e",
                                         "@Device Feature/0xFFFF0000/01*004 e" };
  for (guint i = 0; i < G_N_ELEMENTS (strings); i++) {
    g_autofree char *text = get_string (&rig, (guint8) (i + 1));
    g_assert_cmpstr (text, ==, strings[i]);
  }
  rig_clear (&rig);
}

static void
serials_of_two_uids_collide (void)
{
  /* words 30000000 4B354151 3338363A and 31000000 4B354151 3238363A, bytes as they lie in memory */
  static const guint8 first[12] = { 0x30, 0, 0, 0, 0x4b, 0x35, 0x41, 0x51, 0x33, 0x38, 0x36, 0x3a };
  static const guint8 second[12] = { 0x31, 0, 0, 0, 0x4b, 0x35, 0x41, 0x51, 0x32, 0x38, 0x36, 0x3a };
  g_autofree char *a = stn_dfu_serial (first), *b = stn_dfu_serial (second);
  /* 00000030 + 3A363833 = 3A363863; the upper half of 5141354B */
  g_assert_cmpstr (a, ==, "3A3638635141");
  g_assert_cmpstr (b, ==, a);
}

static void
get_lists_the_commands (void)
{
  Rig rig;
  rig_new (&rig, "STM32F405RG", "", "");
  guint8 bytes[64] = { 0 };
  guint actual;
  g_assert_cmpint (upload (&rig, 0, bytes, 64, &actual), ==, 0);
  g_assert_cmpmem (bytes, actual, "\x00\x21\x41\x92", 4);
  assert_status (&rig, 0x00, 2);
  rig_clear (&rig);
}

static void
set_address (Rig *self, guint32 address)
{
  g_assert_cmpint (command (self, 0x21, (guint8) address, (guint8) (address >> 8), (guint8) (address >> 16),
                            (guint8) (address >> 24)),
                   ==, 0);
  assert_done (self);
}

static void
blocks_count_in_their_own_length (void)
{
  Rig rig;
  rig_new (&rig, "STM32F405RG", "", "");
  guint8 block[96], seen[96];
  guint actual;
  for (guint i = 0; i < sizeof block; i++)
    block[i] = (guint8) (0x80 | i);
  set_address (&rig, 0x08004000);
  g_assert_cmpint (download (&rig, 2, block, 64), ==, 0);
  assert_done (&rig);
  g_assert_cmpint (download (&rig, 4, block + 64, 32), ==, 0); /* 2 * 32 behind the pointer, not 2 * 64 */
  assert_done (&rig);
  g_assert_true (stn_bench_board_read (rig.usb.bench, "A1", 0x08004000, seen, 96));
  g_assert_cmpmem (seen, 96, block, 96);
  g_assert_cmpint (simple (&rig, 6), ==, 0);
  g_assert_cmpint (upload (&rig, 3, seen, 48, &actual), ==, 0);
  g_assert_cmpmem (seen, actual, block + 48, 48);
  assert_status (&rig, 0x00, 9);
  rig_clear (&rig);
}

static void
erases_a_page_or_everything (void)
{
  Rig rig;
  rig_new (&rig, "STM32L431CB", "", "");
  const guint8 zeros[8] = { 0 };
  guint8 cell = 0;
  for (guint page = 0; page < 3; page++)
    g_assert_true (stn_bench_board_write (rig.usb.bench, "A1", 0x08000000 + page * 2048, zeros, 8));
  g_assert_cmpint (command (&rig, 0x41, 0x10, 0x08, 0x00, 0x08), ==, 0); /* an address inside of page 1 */
  assert_done (&rig);
  static const guint8 after[] = { 0x00, 0xff, 0x00 };
  for (guint page = 0; page < 3; page++) {
    g_assert_true (stn_bench_board_read (rig.usb.bench, "A1", 0x08000000 + page * 2048, &cell, 1));
    g_assert_cmphex (cell, ==, after[page]);
  }
  g_assert_cmpint (command (&rig, 0x41), ==, 0);
  assert_done (&rig);
  g_assert_true (stn_bench_board_read (rig.usb.bench, "A1", 0x08001000, &cell, 1));
  g_assert_cmphex (cell, ==, 0xff);
  rig_clear (&rig);
}

/* What is done in a state, and what becomes of it: DFU 1.1 appendix A with AN3156's differences. */
typedef enum { TO_IDLE, TO_SYNC, TO_DOWNLOADED, TO_UPLOADED, TO_ERROR } Start;
typedef enum { DO_DOWNLOAD, DO_UPLOAD, DO_CLEAR, DO_ABORT, DO_DETACH_IN } Action;

static void
go_to (Rig *self, Start start)
{
  guint8 bytes[32] = { 0 };
  switch (start) {
  case TO_IDLE:
    break;
  case TO_SYNC:
    g_assert_cmpint (command (self, 0x21, 0, 0, 0, 8), ==, 0);
    break;
  case TO_DOWNLOADED:
    set_address (self, 0x08000000);
    break;
  case TO_UPLOADED:
    g_assert_cmpint (upload (self, 2, bytes, 32, NULL), ==, 0);
    break;
  case TO_ERROR:
    g_assert_cmpint (upload (self, 1, bytes, 32, NULL), ==, -EPIPE);
    break;
  }
}

static int
act (Rig *self, Action action)
{
  guint8 bytes[32] = { 0x21, 0, 0, 0, 8 };
  switch (action) {
  case DO_DOWNLOAD:
    return download (self, 0, bytes, 5);
  case DO_UPLOAD:
    return upload (self, 2, bytes, 32, NULL);
  case DO_CLEAR:
    return simple (self, 4);
  case DO_ABORT:
    return simple (self, 6);
  case DO_DETACH_IN: /* a request in the wrong direction */
    return usb_control (&self->usb, self->fd, 0xa1, 4, 0, 0, bytes, 1, NULL);
  }
  g_assert_not_reached ();
}

static void
requests_out_of_turn_stall (void)
{
  static const struct {
    Start start;
    Action action;
    guint8 state; /* afterwards; 10: it has been stalled */
  } rows[] = {
    { TO_IDLE, DO_DOWNLOAD, 3 },       { TO_IDLE, DO_UPLOAD, 9 },        { TO_IDLE, DO_CLEAR, 2 },
    { TO_IDLE, DO_ABORT, 2 },          { TO_IDLE, DO_DETACH_IN, 10 },    { TO_SYNC, DO_DOWNLOAD, 10 },
    { TO_SYNC, DO_UPLOAD, 10 },        { TO_SYNC, DO_CLEAR, 10 },        { TO_SYNC, DO_ABORT, 2 },
    { TO_DOWNLOADED, DO_DOWNLOAD, 3 }, { TO_DOWNLOADED, DO_UPLOAD, 10 }, { TO_DOWNLOADED, DO_CLEAR, 10 },
    { TO_DOWNLOADED, DO_ABORT, 2 },    { TO_UPLOADED, DO_DOWNLOAD, 10 }, { TO_UPLOADED, DO_UPLOAD, 9 },
    { TO_UPLOADED, DO_CLEAR, 10 },     { TO_UPLOADED, DO_ABORT, 2 },     { TO_ERROR, DO_DOWNLOAD, 10 },
    { TO_ERROR, DO_UPLOAD, 10 },       { TO_ERROR, DO_CLEAR, 2 },        { TO_ERROR, DO_ABORT, 10 },
  };
  Rig rig;
  rig_new (&rig, "STM32F405RG", "", "");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    go_to (&rig, rows[i].start);
    g_assert_cmpint (act (&rig, rows[i].action), ==, rows[i].state == 10 ? -EPIPE : 0);
    g_assert_cmpuint (get_state (&rig), ==, rows[i].state);
    if (rows[i].state == 10)
      assert_status (&rig, 0x0f, 10);
    g_assert_cmpint (rows[i].state == 10 ? simple (&rig, 4) : simple (&rig, 6), ==, 0);
    g_assert_cmpuint (get_state (&rig), ==, 2);
  }
  rig_clear (&rig);
}

static void
bad_addresses_and_commands_are_errors_afterwards (void)
{
  Rig rig;
  rig_new (&rig, "STM32F405RG", "", "");
  static const struct {
    guint8 bytes[6];
    guint8 length, status;
  } rows[] = {
    { { 0x21, 0, 0, 0, 0x60 }, 5, 0x01 }, /* no memory there */
    { { 0x41, 0, 0, 0, 0x20 }, 5, 0x01 }, /* RAM has no pages */
    { { 0x21, 0, 0, 0 }, 4, 0x0f },       { { 0x55 }, 1, 0x0f }, { { 0x41, 0, 0, 0, 8, 0 }, 6, 0x0f },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_assert_cmpint (download (&rig, 0, rows[i].bytes, rows[i].length), ==, 0);
    assert_refused (&rig, rows[i].status);
  }
  rig_clear (&rig);
}

static void
more_than_the_transfer_size_stalls (void)
{
  Rig rig;
  rig_new (&rig, "STM32F405RG", "small-transfers", "");
  g_autofree guint8 *bytes = g_malloc0 (2048);
  g_assert_cmpint (download (&rig, 2, bytes, 1025), ==, -EPIPE);
  assert_status (&rig, 0x0f, 10);
  g_assert_cmpint (simple (&rig, 4), ==, 0);
  g_assert_cmpint (upload (&rig, 2, bytes, 2048, NULL), ==, -EPIPE);
  rig_clear (&rig);
}

static void
an_upload_ends_short_at_the_end_of_the_flash (void)
{
  Rig rig;
  rig_new (&rig, "STM32F405RG", "", "");
  guint8 bytes[2048] = { 0 };
  guint actual;
  set_address (&rig, 0x080ffc00);
  g_assert_cmpint (simple (&rig, 6), ==, 0);
  g_assert_cmpint (upload (&rig, 2, bytes, 2048, &actual), ==, 0);
  g_assert_cmpuint (actual, ==, 1024);
  assert_status (&rig, 0x00, 2);
  rig_clear (&rig);
}

static void
read_protection_refuses_as_vendor_error (void)
{
  Rig rig;
  rig_new (&rig, "STM32F405RG", "", "protected");
  guint8 bytes[64] = { 0 };
  g_assert_cmpint (upload (&rig, 2, bytes, 64, NULL), ==, -EPIPE);
  assert_status (&rig, 0x0b, 10);
  g_assert_cmpint (simple (&rig, 4), ==, 0);
  set_address (&rig, 0x08000000); /* goes */
  g_assert_cmpint (download (&rig, 2, bytes, 64), ==, 0);
  assert_refused (&rig, 0x0b);
  g_assert_cmpint (command (&rig, 0x41), ==, 0);
  assert_refused (&rig, 0x0b);
  /* the way out: the device goes, and comes back open */
  g_assert_cmpint (command (&rig, 0x92), ==, 0);
  assert_status (&rig, 0x00, 4);
  usb_assert_closed (rig.fd);
  rig.fd = usb_rig_wait_for (&rig.usb, DFU, 2);
  g_assert_cmpint (upload (&rig, 2, bytes, 64, NULL), ==, 0);
  rig_clear (&rig);
}

static void
writing_option_bytes_takes_the_device_away (void)
{
  Rig rig;
  rig_new (&rig, "STM32L431CB", "", "");
  guint8 options[40] = { 0 };
  guint actual;
  set_address (&rig, 0x1fff7800);
  g_assert_cmpint (simple (&rig, 6), ==, 0);
  g_assert_cmpint (upload (&rig, 2, options, 40, &actual), ==, 0);
  g_assert_cmpuint (actual, ==, 40);
  g_assert_cmpint (simple (&rig, 6), ==, 0);
  options[1] ^= 0x01;
  g_assert_cmpint (download (&rig, 2, options, 40), ==, 0);
  assert_status_or_gone (&rig, 4);
  usb_assert_closed (rig.fd);
  rig.fd = usb_rig_wait_for (&rig.usb, DFU, 2);
  guint8 seen[2] = { 0 };
  g_assert_true (stn_bench_board_read (rig.usb.bench, "A1", 0x1fff7800, seen, 2));
  g_assert_cmphex (seen[1], ==, options[1]);
  rig_clear (&rig);
}

static void
leave_into_a_program (Rig *self)
{
  const guint8 program[16] = { 0x00, 0x10, 0x00, 0x20, 0x09, 0x00, 0x00, 0x08, 0x00, 0xbf, 0xfe, 0xe7 };
  set_address (self, 0x08000000);
  g_assert_cmpint (download (self, 2, program, 16), ==, 0);
  assert_done (self);
  set_address (self, 0x08000000);
  g_assert_cmpint (download (self, 2, NULL, 0), ==, 0);
}

static void
leaving_answers_manifest_and_goes (void)
{
  Rig rig;
  rig_new (&rig, "STM32F405RG", "", "");
  leave_into_a_program (&rig);
  assert_status (&rig, 0x00, 7);
  usb_assert_closed (rig.fd);
  g_assert_cmpint (usb_rig_state (&rig.usb, "A1"), ==, STN_BOARD_APPLICATION);
  rig_clear (&rig);
}

static void
leaving_may_take_the_last_answer_along (void)
{
  Rig rig;
  rig_new (&rig, "STM32F405RG", "leave-without-answer", "");
  leave_into_a_program (&rig);
  const guint8 setup[8] = { 0xa1, 3, 0, 0, 0, 0, 6, 0 };
  usb_submit (&rig.usb, rig.fd, 0x80, setup, NULL, 6, 0);
  usb_assert_closed (rig.fd);
  g_assert_cmpint (usb_rig_state (&rig.usb, "A1"), ==, STN_BOARD_APPLICATION);
  rig_clear (&rig);
}

static void
the_c5_stalls_clrstatus_in_idle (void)
{
  Rig rig;
  rig_new (&rig, "STM32F405RG", "clrstatus-stalls", "");
  g_assert_cmpint (simple (&rig, 4), ==, -EPIPE);
  assert_status (&rig, 0x0f, 10);
  g_assert_cmpint (simple (&rig, 4), ==, 0); /* where it belongs */
  rig_clear (&rig);
}

static void
the_h743_stays_busy_until_it_is_kicked_twice (void)
{
  Rig rig;
  rig_new (&rig, "STM32F405RG", "stuck-busy", "");
  g_assert_cmpint (command (&rig, 0x41, 0x00, 0x00, 0x00, 0x08), ==, 0);
  for (guint i = 0; i < 5; i++)
    assert_status (&rig, 0x00, 4);
  g_assert_cmpint (simple (&rig, 4), ==, 0);
  assert_status (&rig, 0x0e, 10);
  g_assert_cmpint (simple (&rig, 4), ==, 0);
  assert_status (&rig, 0x00, 2);
  rig_clear (&rig);
}

static void
the_f405_announces_100_ms_for_a_mass_erase (void)
{
  Rig rig;
  rig_new (&rig, "STM32F405RG", "", "");
  guint8 answer[6] = { 0 };
  g_assert_cmpint (command (&rig, 0x41), ==, 0);
  g_assert_cmpint (usb_control (&rig.usb, rig.fd, 0xa1, 3, 0, 0, answer, 6, NULL), ==, 0);
  g_assert_cmpmem (answer, 6, "\x00\x64\x00\x00\x04\x00", 6);
  rig_clear (&rig);
}

static void
a_device_goes_with_its_reset_and_comes_with_boot0 (void)
{
  Rig rig;
  rig_new (&rig, "STM32F405RG", "", "");
  reset_board (&rig, TRUE); /* again: another enumeration */
  usb_assert_closed (rig.fd);
  rig.fd = usb_rig_wait_for (&rig.usb, DFU, 2);
  reset_board (&rig, FALSE);
  usb_assert_closed (rig.fd);
  reset_board (&rig, TRUE);
  rig.fd = usb_rig_wait_for (&rig.usb, DFU, 3);
  assert_status (&rig, 0x00, 2);
  rig_clear (&rig);
}

static void
the_first_interface_to_be_spoken_to_is_the_only_one (void)
{
  Rig rig;
  rig_new (&rig, "STM32F405RG", "", "");
  int uart = usb_rig_wait_for (&rig.usb, QUAD, 1);
  g_assert_cmpint (usb_control (&rig.usb, uart, 0x40, 3, 0xc068, 0x0201, NULL, 0, NULL), ==, 0);
  g_assert_cmpint (usb_control (&rig.usb, uart, 0x40, 4, 0x0208, 1, NULL, 0, NULL), ==, 0);
  usb_say (&rig.usb, uart, 0x02, 0x7f); /* the UART, before the host has configured the device */
  usb_ftdi_hear (&rig.usb, uart, 0x81, 0x79);
  usb_assert_closed (rig.fd);
  reset_board (&rig, TRUE);
  rig.fd = usb_rig_wait_for (&rig.usb, DFU, 2);
  g_assert_cmpint (usb_control (&rig.usb, rig.fd, 0x00, 9, 1, 0, NULL, 0, NULL), ==, 0);
  usb_say (&rig.usb, uart, 0x02, 0x7f);
  guint8 packet[512];
  guint actual;
  guint32 number = usb_submit (&rig.usb, uart, 0x81, NULL, NULL, 512, 0);
  g_assert_cmpint (usb_answer (uart, number, TRUE, packet, &actual), ==, 0);
  g_assert_cmpuint (actual, ==, 2); /* deaf */
  assert_status (&rig, 0x00, 2);
  rig_clear (&rig);
}

static void
a_device_may_go_at_any_transfer (void)
{
  for (guint n = 1; n <= 6; n++) {
    Rig rig;
    g_autofree char *word = g_strdup_printf ("gone-at %u", n);
    rig_new (&rig, "STM32F405RG", word, "");
    for (guint i = 1; i < n; i++)
      assert_status (&rig, 0x00, 2);
    const guint8 setup[8] = { 0xa1, 3, 0, 0, 0, 0, 6, 0 };
    usb_submit (&rig.usb, rig.fd, 0x80, setup, NULL, 6, 0);
    usb_assert_closed (rig.fd);
    rig_clear (&rig);
  }
}

static void
faults_bite_where_their_words_say (void)
{
  Rig rig;
  guint8 bytes[16] = { 0 };
  guint actual = 99;
  rig_new (&rig, "STM32F405RG", "stalls", "");
  g_assert_cmpint (usb_control (&rig.usb, rig.fd, 0xa1, 3, 0, 0, bytes, 6, NULL), ==, -EPIPE);
  g_assert_cmpint (simple (&rig, 4), ==, -EPIPE);
  rig_clear (&rig);

  rig_new (&rig, "STM32F405RG", "wrong-state", "");
  g_assert_cmpint (command (&rig, 0x21, 0, 0, 0, 8), ==, 0);
  assert_status (&rig, 0x00, 5); /* and not 4 first */
  rig_clear (&rig);

  rig_new (&rig, "STM32F405RG", "no-leave", "");
  leave_into_a_program (&rig);
  assert_status (&rig, 0x00, 7);
  assert_status (&rig, 0x00, 7);
  g_assert_cmpint (usb_rig_state (&rig.usb, "A1"), ==, STN_BOARD_ROM);
  rig_clear (&rig);

  rig_new (&rig, "STM32F405RG", "protected-upload-empty", "protected");
  g_assert_cmpint (upload (&rig, 2, bytes, 16, &actual), ==, 0);
  g_assert_cmpuint (actual, ==, 0);
  assert_status (&rig, 0x0b, 10);
  rig_clear (&rig);

  rig_new (&rig, "STM32F405RG", "fixed-serial", "");
  g_autofree char *serial = get_string (&rig, 3);
  g_assert_cmpstr (serial, ==, "STM32FxSTM32");
  rig_clear (&rig);
}

static void
a_chip_that_resets_in_the_middle_of_a_write_goes_and_comes_back (void)
{
  Rig rig;
  const guint8 bytes[64] = { 0 };
  rig_new (&rig, "STM32F405RG", "resets", "");
  set_address (&rig, 0x08000000); /* moves no flash: nothing happens */
  g_assert_cmpint (download (&rig, 2, bytes, 64), ==, 0);
  assert_status (&rig, 0x00, 4);
  usb_assert_closed (rig.fd);
  rig.fd = usb_rig_wait_for (&rig.usb, DFU, 2);
  assert_status (&rig, 0x00, 2);
  rig_clear (&rig);
}

static void
unknown_words_are_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnTargets) targets = stn_targets_new (NULL, NULL);
  const StnTarget *target = stn_targets_find (targets, "STM32F405RG", NULL);
  StnDfuTraits traits;
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_ptr_array_add (words, (gpointer) "stuck-bussy");
  g_assert_false (stn_dfu_traits_of (target, words, &traits, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_BAD_FILE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dfu/describes_itself_as_st_does", describes_itself_as_st_does);
  g_test_add_func ("/dfu/serials_of_two_uids_collide", serials_of_two_uids_collide);
  g_test_add_func ("/dfu/get_lists_the_commands", get_lists_the_commands);
  g_test_add_func ("/dfu/blocks_count_in_their_own_length", blocks_count_in_their_own_length);
  g_test_add_func ("/dfu/erases_a_page_or_everything", erases_a_page_or_everything);
  g_test_add_func ("/dfu/requests_out_of_turn_stall", requests_out_of_turn_stall);
  g_test_add_func ("/dfu/bad_addresses_and_commands_are_errors_afterwards",
                   bad_addresses_and_commands_are_errors_afterwards);
  g_test_add_func ("/dfu/more_than_the_transfer_size_stalls", more_than_the_transfer_size_stalls);
  g_test_add_func ("/dfu/an_upload_ends_short_at_the_end_of_the_flash", an_upload_ends_short_at_the_end_of_the_flash);
  g_test_add_func ("/dfu/read_protection_refuses_as_vendor_error", read_protection_refuses_as_vendor_error);
  g_test_add_func ("/dfu/writing_option_bytes_takes_the_device_away", writing_option_bytes_takes_the_device_away);
  g_test_add_func ("/dfu/leaving_answers_manifest_and_goes", leaving_answers_manifest_and_goes);
  g_test_add_func ("/dfu/leaving_may_take_the_last_answer_along", leaving_may_take_the_last_answer_along);
  g_test_add_func ("/dfu/the_c5_stalls_clrstatus_in_idle", the_c5_stalls_clrstatus_in_idle);
  g_test_add_func ("/dfu/the_h743_stays_busy_until_it_is_kicked_twice", the_h743_stays_busy_until_it_is_kicked_twice);
  g_test_add_func ("/dfu/the_f405_announces_100_ms_for_a_mass_erase", the_f405_announces_100_ms_for_a_mass_erase);
  g_test_add_func ("/dfu/a_device_goes_with_its_reset_and_comes_with_boot0",
                   a_device_goes_with_its_reset_and_comes_with_boot0);
  g_test_add_func ("/dfu/the_first_interface_to_be_spoken_to_is_the_only_one",
                   the_first_interface_to_be_spoken_to_is_the_only_one);
  g_test_add_func ("/dfu/a_device_may_go_at_any_transfer", a_device_may_go_at_any_transfer);
  g_test_add_func ("/dfu/faults_bite_where_their_words_say", faults_bite_where_their_words_say);
  g_test_add_func ("/dfu/a_chip_that_resets_in_the_middle_of_a_write_goes_and_comes_back",
                   a_chip_that_resets_in_the_middle_of_a_write_goes_and_comes_back);
  g_test_add_func ("/dfu/unknown_words_are_refused", unknown_words_are_refused);
  return g_test_run ();
}
