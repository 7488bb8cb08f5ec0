#include "src/link/replay.h"
#include "src/link/trace.h"
#include "tests/link/fake-link.h"

typedef struct {
  StnClock *clock;
  StnWait wait;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  (void) data;
  self->clock = stn_clock_new_virtual ();
  stn_clock_join (self->clock);
  self->wait = stn_wait_new (self->clock, 10 * STN_NS_PER_S, NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  (void) data;
  stn_clock_leave (self->clock);
  stn_clock_unref (self->clock);
}

/* ---- what was traced can be replayed, in every shape, failures included ---- */

/* Does everything that the shape has; what came back is written into `seen`. */
static void
use (StnLink *link, FakeLink *fake, const StnWait *wait, GString *seen)
{
  static const StnLineSettings line = { .baud = 115200, .data_bits = 8, .parity = 'E', .stop_bits = 1 };
  static const StnControlSetup out = { 0x21, 1, 2, 0 };
  static const StnControlSetup in = { 0xa1, 3, 0, 0 };
  g_autoptr (GError) error = NULL;
  guint8 buffer[300];
  guint8 block[256];
  guint32 number = 0x42;
  gsize length = 0;
  StnWait brief = stn_wait_within (wait, STN_NS_PER_MS);

  for (guint i = 0; i < sizeof block; i++)
    block[i] = (guint8) i;
#define ANSWER(bytes, count) \
  if (fake != NULL)          \
  fake_answers (fake, bytes, count)

  switch (stn_link_shape (link)) {
  case STN_LINK_STREAM:
    g_assert_true (stn_stream_configure (link, &line, wait, NULL));
    g_assert_true (stn_stream_flush (link, wait, NULL));
    g_assert_true (stn_stream_write (link, block, sizeof block, wait, NULL));
    ANSWER ((const char *) block, 256);
    g_assert_true (stn_stream_read (link, buffer, 200, wait, NULL));
    fake_log_bytes (seen, buffer, 200);
    g_assert_true (stn_stream_read_some (link, buffer, 300, &length, wait, NULL));
    fake_log_bytes (seen, buffer, length);
    g_assert_false (stn_stream_read (link, buffer, 1, &brief, &error));
    g_string_append (seen, error->message);
    g_assert_true (stn_stream_break (link, TRUE, wait, NULL));
    g_assert_true (stn_stream_break (link, FALSE, wait, NULL));
    break;
  case STN_LINK_MESSAGES:
    g_assert_true (stn_messages_send (link, 0x11, block, 8, wait, NULL));
    g_assert_true (stn_messages_send (link, 0x11, NULL, 0, wait, NULL));
    ANSWER ("\x79\x01", 2);
    g_assert_true (stn_messages_receive (link, &number, buffer, 8, &length, wait, NULL));
    fake_log_bytes (seen, buffer, length);
    break;
  case STN_LINK_CONTROL:
    g_assert_true (stn_control_out (link, &out, block, 64, wait, NULL));
    g_assert_true (stn_control_out (link, &out, NULL, 0, wait, NULL));
    ANSWER ("\x00\x05\x00", 3);
    g_assert_true (stn_control_in (link, &in, buffer, 6, &length, wait, NULL));
    fake_log_bytes (seen, buffer, length);
    break;
  case STN_LINK_PINS:
  default:
    g_assert_true (stn_pins_set_open_drain (link, 0x80000001, wait, NULL));
    g_assert_true (stn_pins_set (link, 0x80000003, 0x80000001, wait, NULL));
    g_assert_true (stn_pins_get (link, &number, wait, NULL));
    g_string_append_printf (seen, "%08x", number);
    break;
  }
  /* and the port goes */
  if (fake != NULL)
    fake->fails = STN_FAILURE_LINK_LOST;
  g_clear_error (&error);
  switch (stn_link_shape (link)) {
  case STN_LINK_STREAM:
    g_assert_false (stn_stream_write (link, block, 3, wait, &error));
    break;
  case STN_LINK_MESSAGES:
    g_assert_false (stn_messages_receive (link, &number, buffer, 8, &length, wait, &error));
    break;
  case STN_LINK_CONTROL:
    g_assert_false (stn_control_in (link, &in, buffer, 6, &length, wait, &error));
    break;
  case STN_LINK_PINS:
  default:
    g_assert_false (stn_pins_get (link, &number, wait, &error));
    break;
  }
  g_string_append (seen, stn_failure_name (stn_error_failure (error)));
}

static void
a_trace_replays_in_every_shape (Fixture *self, gconstpointer data)
{
  (void) data;
  for (guint shape = STN_LINK_STREAM; shape <= STN_LINK_PINS; shape++) {
    g_autoptr (StnTraceSink) first_sink = stn_trace_sink_new (NULL, 100, NULL);
    g_autoptr (StnTraceSink) second_sink = stn_trace_sink_new (NULL, 100, NULL);
    FakeLink *fake = fake_link_new ((StnLinkShape) shape, "A1.port");
    g_autoptr (StnLink) traced = stn_trace_link_new (&fake->link, first_sink, NULL, self->clock);
    g_autoptr (GString) first = g_string_new (NULL);
    g_autoptr (GString) second = g_string_new (NULL);
    g_autoptr (GError) error = NULL;

    use (traced, fake, &self->wait, first);
    g_autofree char *text = stn_trace_sink_text (first_sink);
    StnLink *replay = stn_replay_link_new ((StnLinkShape) shape, "A1.port", text, &error);
    g_assert_no_error (error);
    g_assert_false (stn_replay_link_is_finished (replay));
    g_autoptr (StnLink) again = stn_trace_link_new (replay, second_sink, NULL, self->clock);
    use (again, NULL, &self->wait, second);
    g_assert_true (stn_replay_link_is_finished (replay));
    g_assert_cmpstr (second->str, ==, first->str);
  }
}

/* ---- strictness ---- */

#define RECORDED                   \
  "1.000000 A1.uart write 31 ce\n" \
  "1.000100 A2.uart write ff\n"    \
  "1.000200 A1.uart read 79\n"

static void
assert_strict (GError *error, const char *message)
{
  g_assert_cmpint (stn_error_failure (error), ==, STN_FAILURE_INTERNAL);
  g_assert_cmpstr (error->message, ==, message);
}

static void
another_exchange_names_the_line_and_both_sides (Fixture *self, gconstpointer data)
{
  g_autoptr (StnLink) link = stn_replay_link_new (STN_LINK_STREAM, "A1.uart", RECORDED, NULL);
  g_autoptr (GError) error = NULL;
  guint8 buffer[4];

  (void) data;
  g_assert_false (stn_stream_write (link, "\x31\xcf", 2, &self->wait, &error));
  assert_strict (error, "replay line 1: expected write 31 ce, seen write 31 cf");
  g_clear_error (&error);
  g_assert_false (stn_stream_write (link, "\x31", 1, &self->wait, &error));
  assert_strict (error, "replay line 1: expected write 31 ce, seen write 31");
  g_clear_error (&error);
  g_assert_false (stn_stream_read (link, buffer, 1, &self->wait, &error));
  assert_strict (error, "replay line 1: expected write 31 ce, seen read (1 to 1 bytes)");
  g_clear_error (&error);
  g_assert_false (stn_stream_flush (link, &self->wait, &error));
  assert_strict (error, "replay line 1: expected write 31 ce, seen flush");
  g_clear_error (&error);

  /* the right one still goes, and a reader of another size does not get the answer */
  g_assert_true (stn_stream_write (link, "\x31\xce", 2, &self->wait, &error));
  g_assert_false (stn_stream_read (link, buffer, 2, &self->wait, &error));
  assert_strict (error, "replay line 3: expected read 79, seen read (2 to 2 bytes)");
  g_clear_error (&error);
  g_assert_false (stn_replay_link_is_finished (link));
  g_assert_true (stn_stream_read (link, buffer, 1, &self->wait, &error));
  g_assert_true (stn_replay_link_is_finished (link));
  g_assert_false (stn_stream_write (link, "\x00", 1, &self->wait, &error));
  assert_strict (error, "replay of A1.uart: expected the end, seen write 00");
}

static void
levels_and_setups_are_compared (Fixture *self, gconstpointer data)
{
  static const StnControlSetup setup = { 0x21, 1, 2, 0 };
  static const StnControlSetup other = { 0x21, 1, 3, 0 };
  g_autoptr (StnLink) pins = stn_replay_link_new (STN_LINK_PINS, "c1", "1.0 c1 set 00000003 00000001\n", NULL);
  g_autoptr (StnLink) usb =
      stn_replay_link_new (STN_LINK_CONTROL, "usb", "1.0 usb control 21 01 0002 0000 0001 aa\n", NULL);
  g_autoptr (GError) error = NULL;

  (void) data;
  g_assert_false (stn_pins_set (pins, 3, 3, &self->wait, &error));
  assert_strict (error, "replay line 1: expected set 00000003 00000001, seen set 00000003 00000003");
  g_clear_error (&error);
  g_assert_true (stn_pins_set (pins, 3, 1, &self->wait, &error));
  g_assert_false (stn_control_out (usb, &other, "\xaa", 1, &self->wait, &error));
  assert_strict (error, "replay line 1: expected control 21 01 0002 0000 0001 aa, "
                        "seen control 21 01 0003 0000 0001 aa");
  g_clear_error (&error);
  g_assert_true (stn_control_out (usb, &setup, "\xaa", 1, &self->wait, &error));
}

static void
a_recorded_silence_takes_the_waits_time (Fixture *self, gconstpointer data)
{
  g_autoptr (StnLink) link = stn_replay_link_new (STN_LINK_STREAM, "A1.uart", "1.0 A1.uart read -- no-answer\n", NULL);
  StnWait wait = stn_wait_new (self->clock, STN_NS_PER_S, NULL);
  g_autoptr (GError) error = NULL;
  guint8 byte;

  (void) data;
  g_assert_false (stn_stream_read (link, &byte, 1, &wait, &error));
  g_assert_cmpint (stn_error_failure (error), ==, STN_FAILURE_NO_ANSWER);
  g_assert_cmpint (stn_wait_left_ns (&wait), ==, 0);
}

static void
bad_recordings_are_refused_with_their_line (Fixture *self, gconstpointer data)
{
  static const char *const texts[] = {
    "write 31 ce",
    "1.0 A1.uart",
    "1 A1.uart write 31",
    "x.0 A1.uart write 31",
    "1.0 A1.uart wrote 31",
    "1.0 A1.uart write 3",
    "1.0 A1.uart write 311",
    "1.0 A1.uart write 3g",
    "1.0 A1.uart write  31",
    "1.0 A1.uart write 31 -- ",
    "1.0 A1.uart write 31 -- no-such-failure",
    "1.0 A1.uart write 31 -- no-answer 79",
    "1.0 A1.uart flush 00",
    "1.0 A1.uart configure 115200",
    "1.0 A1.uart configure 115200 8X1",
    "1.0 A1.uart configure fast 8E1",
    "1.0 A1.uart break 2",
    "1.0 A1.uart set 00000001 00000001", /* another shape */
  };

  (void) self;
  (void) data;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *text = g_strconcat ("1.0 A1.uart flush\n", texts[i], "\n", NULL);
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", texts[i]);
    g_assert_null (stn_replay_link_new (STN_LINK_STREAM, "A1.uart", text, &error));
    g_assert_cmpint (stn_error_failure (error), ==, STN_FAILURE_BAD_FILE);
    g_assert_true (g_str_has_prefix (error->message, "line 2: "));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(test) g_test_add ("/replay/" #test, Fixture, NULL, set_up, test, tear_down)
  ADD (a_trace_replays_in_every_shape);
  ADD (another_exchange_names_the_line_and_both_sides);
  ADD (levels_and_setups_are_compared);
  ADD (a_recorded_silence_takes_the_waits_time);
  ADD (bad_recordings_are_refused_with_their_line);
  return g_test_run ();
}
