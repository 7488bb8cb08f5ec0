#include "src/link/trace.h"

#include <glib/gstdio.h>

#include "src/link/replay.h"
#include "tests/link/fake-link.h"

typedef struct {
  StnClock *clock;
  StnWait wait;
  StnTraceSink *sink;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  (void) data;
  self->clock = stn_clock_new_virtual ();
  stn_clock_join (self->clock);
  self->wait = stn_wait_new (self->clock, 10 * STN_NS_PER_S, NULL);
  self->sink = stn_trace_sink_new (NULL, 100, NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  (void) data;
  stn_trace_sink_unref (self->sink);
  stn_clock_leave (self->clock);
  stn_clock_unref (self->clock);
}

static void
after_ms (Fixture *self, gint64 ms)
{
  g_assert_true (stn_wait_sleep (&self->wait, ms * STN_NS_PER_MS, NULL));
}

static void
lines_read_as_the_format_says (Fixture *self, gconstpointer data)
{
  static const StnLineSettings line = { .baud = 57600, .data_bits = 8, .parity = 'E', .stop_bits = 1 };
  FakeLink *uart = fake_link_new (STN_LINK_STREAM, "A3.uart");
  FakeLink *pins = fake_link_new (STN_LINK_PINS, "A 3.pins");
  g_autoptr (StnLink) uart_link = stn_trace_link_new (&uart->link, self->sink, NULL, self->clock);
  g_autoptr (StnLink) pins_link = stn_trace_link_new (&pins->link, self->sink, NULL, self->clock);
  guint8 buffer[4];
  guint32 levels;

  (void) data;
  g_assert_cmpint (stn_link_shape (uart_link), ==, STN_LINK_STREAM);
  g_assert_cmpstr (stn_link_name (uart_link), ==, "A3.uart");
  g_assert_true (stn_stream_configure (uart_link, &line, &self->wait, NULL));
  g_assert_true (stn_stream_flush (uart_link, &self->wait, NULL));
  after_ms (self, 250);
  g_assert_true (stn_stream_write (uart_link, "\x31\xce", 2, &self->wait, NULL));
  fake_answers (uart, "\x79\x0b", 2);
  g_assert_true (stn_stream_read (uart_link, buffer, 1, &self->wait, NULL));
  StnWait brief = stn_wait_within (&self->wait, 500 * STN_NS_PER_MS);
  g_assert_false (stn_stream_read (uart_link, buffer, 2, &brief, NULL));
  g_assert_true (stn_stream_break (uart_link, TRUE, &self->wait, NULL));
  g_assert_true (stn_pins_set (pins_link, 3, 1, &self->wait, NULL));
  g_assert_true (stn_pins_get (pins_link, &levels, &self->wait, NULL));
  pins->fails = STN_FAILURE_LINK_LOST;
  g_assert_false (stn_pins_set (pins_link, 3, 2, &self->wait, NULL));
  g_assert_false (stn_pins_get (pins_link, &levels, &self->wait, NULL));

  g_autofree char *text = stn_trace_sink_text (self->sink);
  g_assert_cmpstr (text, ==,
                   "1.000000 A3.uart configure 57600 8E1\n"
                   "1.000000 A3.uart flush\n"
                   "1.250000 A3.uart write 31 ce\n"
                   "1.250000 A3.uart read 79\n"
                   "1.750000 A3.uart read 0b -- no-answer\n"
                   "1.750000 A3.uart break 1\n"
                   "1.750000 A_3.pins set 00000003 00000001\n"
                   "1.750000 A_3.pins get 00000001\n"
                   "1.750000 A_3.pins set 00000003 00000002 -- link-lost\n"
                   "1.750000 A_3.pins get -- link-lost\n");
}

static void
messages_and_control_lines_have_address_and_setup (Fixture *self, gconstpointer data)
{
  static const StnControlSetup out = { 0x21, 1, 2, 0 };
  static const StnControlSetup in = { 0xa1, 3, 0, 0 };
  FakeLink *bus = fake_link_new (STN_LINK_MESSAGES, "A1.can");
  FakeLink *usb = fake_link_new (STN_LINK_CONTROL, "A1.usb");
  g_autoptr (StnLink) bus_link = stn_trace_link_new (&bus->link, self->sink, NULL, self->clock);
  g_autoptr (StnLink) usb_link = stn_trace_link_new (&usb->link, self->sink, NULL, self->clock);
  guint8 buffer[6];
  guint32 address = 0x79;
  gsize length;

  (void) data;
  g_assert_true (stn_messages_send (bus_link, 0x11, "\x08\x00", 2, &self->wait, NULL));
  fake_answers (bus, "\x79", 1);
  g_assert_true (stn_messages_receive (bus_link, &address, buffer, 6, &length, &self->wait, NULL));
  g_assert_true (stn_control_out (usb_link, &out, "\xaa\xbb", 2, &self->wait, NULL));
  fake_answers (usb, "\x00\x05\x00", 3);
  g_assert_true (stn_control_in (usb_link, &in, buffer, 6, &length, &self->wait, NULL));

  g_autofree char *text = stn_trace_sink_text (self->sink);
  g_assert_cmpstr (text, ==,
                   "1.000000 A1.can send 00000011 08 00\n"
                   "1.000000 A1.can receive 00000079 79\n"
                   "1.000000 A1.usb control 21 01 0002 0000 0002 aa bb\n"
                   "1.000000 A1.usb control a1 03 0000 0000 0006 00 05 00\n");
}

static void
what_a_wait_stopped_is_not_in_the_trace (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  FakeLink *fake = fake_link_new (STN_LINK_STREAM, "A1.uart");
  g_autoptr (StnLink) link = stn_trace_link_new (&fake->link, self->sink, NULL, self->clock);
  StnWait wait = stn_wait_new (self->clock, STN_NS_PER_S, cancellable);

  (void) data;
  g_cancellable_cancel (cancellable);
  g_assert_false (stn_stream_write (link, "\x31", 1, &wait, NULL));
  g_autofree char *text = stn_trace_sink_text (self->sink);
  g_assert_cmpstr (text, ==, "");
}

static void
the_ring_keeps_the_last_lines (Fixture *self, gconstpointer data)
{
  g_autoptr (StnTraceSink) sink = stn_trace_sink_new (NULL, 3, NULL);
  FakeLink *fake = fake_link_new (STN_LINK_STREAM, "A1.uart");
  g_autoptr (StnLink) link = stn_trace_link_new (&fake->link, sink, NULL, self->clock);

  (void) data;
  for (guint8 i = 0; i < 8; i++)
    g_assert_true (stn_stream_write (link, &i, 1, &self->wait, NULL));
  g_autofree char *text = stn_trace_sink_text (sink);
  g_assert_cmpstr (text, ==, "1.000000 A1.uart write 05\n1.000000 A1.uart write 06\n1.000000 A1.uart write 07\n");

  stn_trace_sink_forget (sink);
  g_assert_true (stn_stream_write (link, "\x09", 1, &self->wait, NULL));
  g_autofree char *after = stn_trace_sink_text (sink);
  g_assert_cmpstr (after, ==, "1.000000 A1.uart write 09\n");
}

static void
the_file_gets_every_line_and_the_ring_its_own (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("station-trace-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "trace.txt", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (StnTraceSink) file = stn_trace_sink_new (path, 0, &error);
  FakeLink *fake = fake_link_new (STN_LINK_STREAM, "A1.uart");
  g_autoptr (StnLink) link = stn_trace_link_new (&fake->link, self->sink, file, self->clock);
  g_autofree char *content = NULL;

  (void) data;
  g_assert_no_error (error);
  for (guint8 i = 0; i < 2; i++)
    g_assert_true (stn_stream_write (link, &i, 1, &self->wait, NULL));
  g_assert_true (stn_trace_sink_check (file, &error));
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "1.000000 A1.uart write 00\n1.000000 A1.uart write 01\n");
  g_autofree char *none = stn_trace_sink_text (file);
  g_assert_cmpstr (none, ==, "");
  g_unlink (path);
  g_rmdir (folder);
}

static void
a_file_that_cant_be_made_is_an_error (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  (void) self;
  (void) data;
  g_assert_null (stn_trace_sink_new ("/nowhere/at/all/trace.txt", 0, &error));
  g_assert_cmpint (stn_error_failure (error), ==, STN_FAILURE_BAD_FILE);
}

static void
a_full_disk_is_told (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnTraceSink) file = stn_trace_sink_new ("/dev/full", 0, &error);
  FakeLink *fake = fake_link_new (STN_LINK_STREAM, "A1.uart");
  g_autoptr (StnLink) link = NULL;

  (void) data;
  link = stn_trace_link_new (&fake->link, NULL, file, self->clock);
  if (file == NULL) {
    g_test_skip ("no /dev/full here");
    return;
  }
  g_assert_true (stn_stream_write (link, "\x31", 1, &self->wait, &error));
  g_assert_false (stn_trace_sink_check (file, &error));
  g_assert_cmpint (stn_error_failure (error), ==, STN_FAILURE_BAD_FILE);
}

/* ---- one sink, two threads ---- */

typedef struct {
  StnTraceSink *sink;
  StnClock *clock;
  const char *name;
} Writer;

#define LINES_EACH 400

static gpointer
write_lines (gpointer data)
{
  Writer *self = data;
  FakeLink *fake = fake_link_new (STN_LINK_STREAM, self->name);
  g_autoptr (StnLink) link = stn_trace_link_new (&fake->link, self->sink, NULL, self->clock);
  StnWait wait = stn_wait_new (self->clock, 100 * STN_NS_PER_S, NULL);

  for (guint i = 0; i < LINES_EACH; i++) {
    const guint8 bytes[] = { (guint8) (i >> 8), (guint8) i };
    if (!stn_stream_write (link, bytes, 2, &wait, NULL))
      return NULL;
  }
  return self;
}

static void
two_threads_share_a_sink (Fixture *self, gconstpointer data)
{
  g_autoptr (StnTraceSink) sink = stn_trace_sink_new (NULL, 2 * LINES_EACH, NULL);
  Writer writers[] = { { sink, self->clock, "A1.uart" }, { sink, self->clock, "A2.uart" } };
  GThread *threads[2];

  (void) data;
  for (guint i = 0; i < 2; i++)
    threads[i] = stn_clock_thread_new (self->clock, "writer", write_lines, &writers[i]);
  for (guint i = 0; i < 2; i++)
    g_assert_nonnull (stn_clock_thread_join (self->clock, threads[i], TRUE));

  /* each thread's lines are all there, whole and in order: a strict replay takes them */
  g_autofree char *text = stn_trace_sink_text (sink);
  for (guint k = 0; k < 2; k++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (StnLink) replay = stn_replay_link_new (STN_LINK_STREAM, writers[k].name, text, &error);
    g_assert_no_error (error);
    for (guint i = 0; i < LINES_EACH; i++) {
      const guint8 bytes[] = { (guint8) (i >> 8), (guint8) i };
      g_assert_true (stn_stream_write (replay, bytes, 2, &self->wait, &error));
    }
    g_assert_true (stn_replay_link_is_finished (replay));
  }
}

static void
free_frees_what_is_inside (Fixture *self, gconstpointer data)
{
  gboolean freed = FALSE;
  FakeLink *fake = fake_link_new (STN_LINK_PINS, "c1");

  (void) data;
  fake->freed = &freed;
  stn_link_free (stn_trace_link_new (&fake->link, self->sink, self->sink, self->clock));
  g_assert_true (freed);
  stn_trace_sink_unref (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(test) g_test_add ("/trace/" #test, Fixture, NULL, set_up, test, tear_down)
  ADD (lines_read_as_the_format_says);
  ADD (messages_and_control_lines_have_address_and_setup);
  ADD (what_a_wait_stopped_is_not_in_the_trace);
  ADD (the_ring_keeps_the_last_lines);
  ADD (the_file_gets_every_line_and_the_ring_its_own);
  ADD (a_file_that_cant_be_made_is_an_error);
  ADD (a_full_disk_is_told);
  ADD (two_threads_share_a_sink);
  ADD (free_frees_what_is_inside);
  return g_test_run ();
}
