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

/* every typed call, with arguments that are sound for its own shape */
static gboolean
call (guint which, StnLink *link, const StnWait *wait, GError **error)
{
  static const StnLineSettings line = { .baud = 115200, .data_bits = 8, .parity = 'E', .stop_bits = 1 };
  static const StnControlSetup out = { 0x21, 1, 0, 0 };
  static const StnControlSetup in = { 0xa1, 3, 0, 0 };
  guint8 buffer[4];
  gsize length = 0;
  guint32 number = 0;

  switch (which) {
  case 0:
    return stn_stream_write (link, "\x31", 1, wait, error);
  case 1:
    return stn_stream_read (link, buffer, 1, wait, error);
  case 2:
    return stn_stream_read_some (link, buffer, sizeof buffer, &length, wait, error);
  case 3:
    return stn_stream_flush (link, wait, error);
  case 4:
    return stn_stream_configure (link, &line, wait, error);
  case 5:
    return stn_stream_break (link, TRUE, wait, error);
  case 6:
    return stn_messages_send (link, 0x56, "\x31", 1, wait, error);
  case 7:
    return stn_messages_receive (link, &number, buffer, sizeof buffer, &length, wait, error);
  case 8:
    return stn_control_out (link, &out, "\x31", 1, wait, error);
  case 9:
    return stn_control_in (link, &in, buffer, sizeof buffer, &length, wait, error);
  case 10:
    return stn_pins_set (link, 3, 1, wait, error);
  default:
    return stn_pins_get (link, &number, wait, error);
  }
}

#define CALLS 12
#define BREAK_CALL 5
#define SET_CALL 10

static const StnLinkShape call_shapes[CALLS] = {
  STN_LINK_STREAM,   STN_LINK_STREAM,   STN_LINK_STREAM,  STN_LINK_STREAM,  STN_LINK_STREAM, STN_LINK_STREAM,
  STN_LINK_MESSAGES, STN_LINK_MESSAGES, STN_LINK_CONTROL, STN_LINK_CONTROL, STN_LINK_PINS,   STN_LINK_PINS,
};

static void
every_call_refuses_the_wrong_shape (Fixture *self, gconstpointer data)
{
  (void) data;
  for (guint shape = STN_LINK_STREAM; shape <= STN_LINK_PINS; shape++)
    for (guint which = 0; which < CALLS; which++) {
      FakeLink *fake = fake_link_new ((StnLinkShape) shape, "A1.port");
      g_autoptr (StnLink) link = &fake->link;
      g_autoptr (GError) error = NULL;

      fake_answers (fake, "\x79", 1);
      gboolean done = call (which, link, &self->wait, &error);
      if (call_shapes[which] == shape) {
        g_assert_no_error (error);
        g_assert_true (done);
        g_assert_cmpuint (fake->calls, ==, 1);
      } else {
        g_assert_false (done);
        g_assert_cmpint (stn_error_failure (error), ==, STN_FAILURE_INTERNAL);
        g_assert_cmpuint (fake->calls, ==, 0);
      }
    }
}

static void
a_call_on_no_link_is_an_error (Fixture *self, gconstpointer data)
{
  (void) data;
  for (guint which = 0; which < CALLS; which++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (call (which, NULL, &self->wait, &error));
    g_assert_cmpint (stn_error_failure (error), ==, STN_FAILURE_INTERNAL);
  }
}

static void
a_wait_that_is_over_stops_before_the_port_except_what_makes_safe (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  StnWait cancelled = stn_wait_new (self->clock, STN_NS_PER_S, cancellable);
  StnWait expired = stn_wait_new (self->clock, 0, NULL);

  (void) data;
  g_cancellable_cancel (cancellable);
  for (guint which = 0; which < CALLS; which++)
    for (guint round = 0; round < 2; round++) {
      FakeLink *fake = fake_link_new (call_shapes[which], "A1.port");
      g_autoptr (StnLink) link = &fake->link;
      g_autoptr (GError) error = NULL;

      fake_answers (fake, "\x79", 1);
      gboolean done = call (which, link, round == 0 ? &cancelled : &expired, &error);
      if (which == BREAK_CALL || which == SET_CALL) {
        g_assert_no_error (error);
        g_assert_true (done);
        g_assert_cmpuint (fake->calls, ==, 1);
      } else {
        g_assert_false (done);
        g_assert_cmpint (stn_error_failure (error), ==, round == 0 ? STN_FAILURE_CANCELLED : STN_FAILURE_TIMEOUT);
        g_assert_cmpuint (fake->calls, ==, 0);
      }
    }
}

static void
calls_pass_on_what_they_were_given (Fixture *self, gconstpointer data)
{
  FakeLink *stream = fake_link_new (STN_LINK_STREAM, "A1.uart");
  FakeLink *pins = fake_link_new (STN_LINK_PINS, "c1");
  g_autoptr (StnLink) stream_link = &stream->link;
  g_autoptr (StnLink) pins_link = &pins->link;
  static const StnLineSettings line = { .baud = 57600, .data_bits = 8, .parity = 'E', .stop_bits = 1 };
  g_autoptr (GError) error = NULL;
  guint8 buffer[3];
  guint32 levels;
  gsize length;

  (void) data;
  g_assert_true (stn_stream_configure (stream_link, &line, &self->wait, &error));
  g_assert_true (stn_stream_write (stream_link, "\x31\xce", 2, &self->wait, &error));
  fake_answers (stream, "\x79\x01\x02\x03", 4);
  g_assert_true (stn_stream_read (stream_link, buffer, 1, &self->wait, &error));
  g_assert_cmphex (buffer[0], ==, 0x79);
  g_assert_true (stn_stream_read_some (stream_link, buffer, 3, &length, &self->wait, &error));
  g_assert_cmpuint (length, ==, 3);
  g_assert_true (stn_stream_break (stream_link, FALSE, &self->wait, &error));
  g_assert_cmpstr (stream->log->str, ==, "configure 57600E;write 31ce;read;read;break 0;");

  g_assert_true (stn_pins_set (pins_link, 0x5, 0x7, &self->wait, &error));
  g_assert_true (stn_pins_set (pins_link, 0x1, 0x0, &self->wait, &error));
  g_assert_true (stn_pins_get (pins_link, &levels, &self->wait, &error));
  g_assert_cmphex (levels, ==, 0x4);
  g_assert_cmpstr (pins->log->str, ==, "set 00000005=00000005;set 00000001=00000000;get;");
}

static void
a_short_read_says_what_came (Fixture *self, gconstpointer data)
{
  FakeLink *fake = fake_link_new (STN_LINK_STREAM, "A1.uart");
  g_autoptr (StnLink) link = &fake->link;
  g_autoptr (GError) error = NULL;
  guint8 buffer[8];

  (void) data;
  fake_answers (fake, "\x79\x0b", 2);
  g_assert_false (stn_stream_read (link, buffer, 5, &self->wait, &error));
  g_assert_cmpint (stn_error_failure (error), ==, STN_FAILURE_NO_ANSWER);
  g_assert_cmpstr (stn_error_detail (error)->expected, ==, "5 bytes");
  g_assert_cmpstr (stn_error_detail (error)->seen, ==, "2 (79 0b)");
  g_clear_error (&error);

  StnWait again = stn_wait_new (self->clock, STN_NS_PER_S, NULL);
  g_assert_false (stn_stream_read (link, buffer, 5, &again, &error));
  g_assert_cmpstr (stn_error_detail (error)->seen, ==, "nothing");
}

static void
failed_calls_leave_outputs_alone (Fixture *self, gconstpointer data)
{
  (void) data;
  FakeLink *pins = fake_link_new (STN_LINK_PINS, "c1");
  FakeLink *stream = fake_link_new (STN_LINK_STREAM, "A1.uart");
  g_autoptr (StnLink) pins_link = &pins->link;
  g_autoptr (StnLink) stream_link = &stream->link;
  guint32 levels = 0x1234;
  gsize length = 77;
  guint8 buffer[2];

  pins->fails = stream->fails = STN_FAILURE_LINK_LOST;
  g_assert_false (stn_pins_get (pins_link, &levels, &self->wait, NULL));
  g_assert_cmphex (levels, ==, 0x1234);
  g_assert_false (stn_stream_read_some (stream_link, buffer, 2, &length, &self->wait, NULL));
  g_assert_cmpuint (length, ==, 77);
}

static gboolean
lying_exchange (StnLink *link, StnExchange *exchange, const StnWait *wait, GError **error)
{
  (void) link;
  (void) wait;
  (void) error;
  exchange->in_length = exchange->in_least - 1;
  return TRUE;
}

static void
a_port_that_claims_too_few_bytes_is_not_believed (Fixture *self, gconstpointer data)
{
  static const StnLinkClass lying_class = { .kind = "liar", .exchange = lying_exchange, .free = fake_free };
  FakeLink *fake = fake_link_new (STN_LINK_STREAM, "A1.uart");
  g_autoptr (StnLink) link = &fake->link;
  g_autoptr (GError) error = NULL;
  guint8 buffer[4] = { 0 };

  (void) data;
  link->link_class = &lying_class;
  g_assert_false (stn_stream_read (link, buffer, 4, &self->wait, &error));
  g_assert_cmpint (stn_error_failure (error), ==, STN_FAILURE_INTERNAL);
}

static void
a_control_call_refuses_the_other_direction (Fixture *self, gconstpointer data)
{
  static const StnControlSetup in = { 0xa1, 3, 0, 0 };
  FakeLink *fake = fake_link_new (STN_LINK_CONTROL, "A1.usb");
  g_autoptr (StnLink) link = &fake->link;
  g_autoptr (GError) error = NULL;

  (void) data;
  g_assert_false (stn_control_out (link, &in, "\x01", 1, &self->wait, &error));
  g_assert_cmpint (stn_error_failure (error), ==, STN_FAILURE_INTERNAL);
  g_assert_cmpuint (fake->calls, ==, 0);
}

static void
free_closes_once_and_takes_null (Fixture *self, gconstpointer data)
{
  gboolean freed = FALSE;
  FakeLink *fake = fake_link_new (STN_LINK_STREAM, "A1.uart");

  (void) self;
  (void) data;
  fake->freed = &freed;
  g_assert_cmpstr (stn_link_name (&fake->link), ==, "A1.uart");
  stn_link_free (&fake->link);
  g_assert_true (freed);
  stn_link_free (NULL);
}

static void
operations_have_names_both_ways (Fixture *self, gconstpointer data)
{
  static const char *const names[] = { "write", "read",    "flush",   "configure", "break",
                                       "send",  "receive", "control", "set",       "get",
                                       "open-drain" };

  (void) self;
  (void) data;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    StnOperation operation;
    g_assert_true (stn_operation_from_name (names[i], &operation));
    g_assert_cmpuint (operation, ==, i);
    g_assert_cmpstr (stn_operation_name (operation), ==, names[i]);
  }
  StnOperation operation = STN_OP_GET;
  g_assert_false (stn_operation_from_name ("writ", &operation));
  g_assert_cmpuint (operation, ==, STN_OP_GET);
  g_assert_cmpstr (stn_operation_name ((StnOperation) 99), ==, "unknown");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(test) g_test_add ("/link/" #test, Fixture, NULL, set_up, test, tear_down)
  ADD (every_call_refuses_the_wrong_shape);
  ADD (a_call_on_no_link_is_an_error);
  ADD (a_wait_that_is_over_stops_before_the_port_except_what_makes_safe);
  ADD (calls_pass_on_what_they_were_given);
  ADD (a_short_read_says_what_came);
  ADD (failed_calls_leave_outputs_alone);
  ADD (a_port_that_claims_too_few_bytes_is_not_believed);
  ADD (a_control_call_refuses_the_other_direction);
  ADD (free_closes_once_and_takes_null);
  ADD (operations_have_names_both_ways);
  return g_test_run ();
}
