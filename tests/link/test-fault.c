#include "src/link/fault.h"
#include "tests/link/fake-link.h"

typedef struct {
  StnClock *clock;
  StnWait wait;
  FakeLink *fake;
  StnFaultPlan *plan;
  StnLink *link;
  GError *error;
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
  stn_link_free (self->link);
  stn_fault_plan_unref (self->plan);
  g_clear_error (&self->error);
  stn_clock_leave (self->clock);
  stn_clock_unref (self->clock);
}

static void
wrap (Fixture *self, StnLinkShape shape, StnFaultKind kind, guint64 at)
{
  stn_link_free (self->link);
  stn_fault_plan_unref (self->plan);
  g_clear_error (&self->error);
  self->fake = fake_link_new (shape, "A1.port");
  self->plan = stn_fault_plan_new (kind, at);
  self->link = stn_fault_link_new (&self->fake->link, self->plan);
}

static gboolean
write_bytes (Fixture *self, const char *bytes, gsize length)
{
  g_clear_error (&self->error);
  return stn_stream_write (self->link, bytes, length, &self->wait, &self->error);
}

static gboolean
read_bytes (Fixture *self, guint8 *buffer, gsize length)
{
  StnWait brief = stn_wait_new (self->clock, STN_NS_PER_S, NULL);
  g_clear_error (&self->error);
  return stn_stream_read (self->link, buffer, length, &brief, &self->error);
}

static void
without_a_fault_everything_passes_and_is_counted (Fixture *self, gconstpointer data)
{
  guint8 buffer[3];

  (void) data;
  for (guint kind = STN_FAULT_NONE; kind < STN_FAULT_KIND_COUNT; kind++) {
    wrap (self, STN_LINK_STREAM, (StnFaultKind) kind, 0);
    for (guint i = 0; i < 5; i++) {
      g_assert_true (write_bytes (self, "\x31\xce", 2));
      fake_answers (self->fake, "\x79\x01\x02", 3);
      g_assert_true (read_bytes (self, buffer, 3));
      g_assert_cmpmem (buffer, 3, "\x79\x01\x02", 3);
    }
    g_assert_cmpuint (stn_fault_plan_count (self->plan), ==, 10);
  }
}

static void
link_lost_fails_only_the_nth (Fixture *self, gconstpointer data)
{
  (void) data;
  wrap (self, STN_LINK_STREAM, STN_FAULT_LINK_LOST, 3);
  for (guint i = 1; i <= 6; i++) {
    g_assert_cmpint (write_bytes (self, "\x31", 1), ==, i != 3);
    if (i == 3)
      g_assert_cmpint (stn_error_failure (self->error), ==, STN_FAILURE_LINK_LOST);
  }
  g_assert_cmpuint (self->fake->calls, ==, 5);
}

static void
gone_fails_from_the_nth_on_and_only_this_link (Fixture *self, gconstpointer data)
{
  (void) data;
  wrap (self, STN_LINK_STREAM, STN_FAULT_GONE, 2);
  FakeLink *other_fake = fake_link_new (STN_LINK_PINS, "c1");
  g_autoptr (StnLink) other = stn_fault_link_new (&other_fake->link, self->plan);

  g_assert_true (write_bytes (self, "\x31", 1));
  for (guint i = 0; i < 3; i++) {
    g_assert_false (write_bytes (self, "\x31", 1));
    g_assert_cmpint (stn_error_failure (self->error), ==, STN_FAILURE_LINK_LOST);
  }
  g_assert_true (stn_pins_set (other, 1, 1, &self->wait, NULL));
  g_assert_cmpuint (stn_fault_plan_count (self->plan), ==, 5);
  g_assert_cmpuint (self->fake->calls, ==, 1);
}

static void
silence_loses_what_came_and_takes_the_time (Fixture *self, gconstpointer data)
{
  guint8 byte;

  (void) data;
  wrap (self, STN_LINK_STREAM, STN_FAULT_SILENCE, 2);
  fake_answers (self->fake, "\x01\x02\x03", 3);
  g_assert_true (read_bytes (self, &byte, 1));
  gint64 before_ns = stn_clock_now_ns (self->clock);
  g_assert_false (read_bytes (self, &byte, 1));
  g_assert_cmpint (stn_error_failure (self->error), ==, STN_FAILURE_NO_ANSWER);
  g_assert_cmpstr (stn_error_detail (self->error)->seen, ==, "nothing");
  g_assert_cmpint (stn_clock_now_ns (self->clock) - before_ns, ==, STN_NS_PER_S);
  g_assert_true (read_bytes (self, &byte, 1));
  g_assert_cmphex (byte, ==, 0x03);
}

static guint
bits_that_differ (const guint8 *a, const guint8 *b, gsize length)
{
  guint count = 0;
  for (gsize i = 0; i < length; i++)
    for (guint8 difference = a[i] ^ b[i]; difference != 0; difference &= (guint8) (difference - 1))
      count++;
  return count;
}

static void
flip_in_changes_one_bit_of_the_nth (Fixture *self, gconstpointer data)
{
  static const guint8 sent[4] = { 0x79, 0x00, 0xff, 0x5a };
  guint8 buffer[4];

  (void) data;
  for (guint64 at = 1; at <= 9; at++) {
    wrap (self, STN_LINK_STREAM, STN_FAULT_FLIP_IN, at);
    for (guint i = 1; i <= 9; i++) {
      fake_answers (self->fake, (const char *) sent, 4);
      g_assert_true (read_bytes (self, buffer, 4));
      g_assert_cmpuint (bits_that_differ (buffer, sent, 4), ==, i == at ? 1 : 0);
    }
  }
}

static void
nack_in_makes_the_first_byte_a_nack (Fixture *self, gconstpointer data)
{
  guint8 buffer[2];

  (void) data;
  wrap (self, STN_LINK_STREAM, STN_FAULT_NACK_IN, 1);
  fake_answers (self->fake, "\x79\x55\x79\x55", 4);
  g_assert_true (read_bytes (self, buffer, 2));
  g_assert_cmpmem (buffer, 2, "\x1f\x55", 2);
  g_assert_true (read_bytes (self, buffer, 2));
  g_assert_cmpmem (buffer, 2, "\x79\x55", 2);
}

static void
drop_in_lacks_one_byte_and_waits_for_it (Fixture *self, gconstpointer data)
{
  guint8 buffer[4];

  (void) data;
  wrap (self, STN_LINK_STREAM, STN_FAULT_DROP_IN, 1);
  fake_answers (self->fake, "\x01\x02\x03\x04", 4);
  g_assert_false (read_bytes (self, buffer, 4));
  g_assert_cmpint (stn_error_failure (self->error), ==, STN_FAILURE_NO_ANSWER);
  g_assert_cmpstr (stn_error_detail (self->error)->seen, ==, "3 (01 03 04)");

  /* with more behind it the reader gets the next byte in its place */
  wrap (self, STN_LINK_STREAM, STN_FAULT_DROP_IN, 1);
  fake_answers (self->fake, "\x01\x02\x03\x04\x05", 5);
  g_assert_true (read_bytes (self, buffer, 4));
  g_assert_cmpmem (buffer, 4, "\x01\x03\x04\x05", 4);
}

static void
extra_in_pushes_the_rest_back_by_one (Fixture *self, gconstpointer data)
{
  guint8 buffer[8];
  gsize length;

  (void) data;
  wrap (self, STN_LINK_STREAM, STN_FAULT_EXTRA_IN, 1);
  fake_answers (self->fake, "\x79\x01\x02", 3);
  g_assert_true (read_bytes (self, buffer, 1));
  g_assert_cmpmem (buffer, 1, "\x00", 1);
  g_assert_true (read_bytes (self, buffer, 3));
  g_assert_cmpmem (buffer, 3, "\x79\x01\x02", 3);

  /* a reader with room gets it at once; a flush forgets the byte that was held */
  wrap (self, STN_LINK_STREAM, STN_FAULT_EXTRA_IN, 1);
  fake_answers (self->fake, "\x79", 1);
  g_assert_true (stn_stream_read_some (self->link, buffer, 8, &length, &self->wait, NULL));
  g_assert_cmpmem (buffer, length, "\x00\x79", 2);

  wrap (self, STN_LINK_STREAM, STN_FAULT_EXTRA_IN, 1);
  fake_answers (self->fake, "\x79", 1);
  g_assert_true (read_bytes (self, buffer, 1));
  g_assert_true (stn_stream_flush (self->link, &self->wait, NULL));
  g_assert_false (read_bytes (self, buffer, 1));
  g_assert_cmpint (stn_error_failure (self->error), ==, STN_FAILURE_NO_ANSWER);
}

static void
flip_out_and_drop_out_change_what_leaves (Fixture *self, gconstpointer data)
{
  (void) data;
  wrap (self, STN_LINK_STREAM, STN_FAULT_FLIP_OUT, 2);
  for (guint i = 0; i < 3; i++)
    g_assert_true (write_bytes (self, "\x31\xce", 2));
  /* number 2: byte 0, bit 2 */
  g_assert_cmpstr (self->fake->log->str, ==, "write 31ce;write 35ce;write 31ce;");

  wrap (self, STN_LINK_STREAM, STN_FAULT_DROP_OUT, 2);
  for (guint i = 0; i < 3; i++)
    g_assert_true (write_bytes (self, "\x31\xce", 2));
  g_assert_cmpstr (self->fake->log->str, ==, "write 31ce;write 31;write 31ce;");

  wrap (self, STN_LINK_STREAM, STN_FAULT_DROP_OUT, 1);
  g_assert_true (write_bytes (self, "\x7f", 1));
  g_assert_cmpstr (self->fake->log->str, ==, "");
}

static void
a_kind_that_does_not_apply_takes_the_next_that_it_can (Fixture *self, gconstpointer data)
{
  guint8 byte;

  (void) data;
  wrap (self, STN_LINK_STREAM, STN_FAULT_NACK_IN, 1);
  g_assert_true (write_bytes (self, "\x31", 1));
  g_assert_true (stn_stream_flush (self->link, &self->wait, NULL));
  g_assert_false (read_bytes (self, &byte, 1)); /* nothing came, so nothing could be spoiled */
  fake_answers (self->fake, "\x79\x79", 2);
  g_assert_true (read_bytes (self, &byte, 1));
  g_assert_cmphex (byte, ==, 0x1f);
  g_assert_true (read_bytes (self, &byte, 1));
  g_assert_cmphex (byte, ==, 0x79);

  wrap (self, STN_LINK_STREAM, STN_FAULT_FLIP_OUT, 1);
  fake_answers (self->fake, "\x79", 1);
  g_assert_true (read_bytes (self, &byte, 1));
  g_assert_cmphex (byte, ==, 0x79);
  g_assert_true (write_bytes (self, "\x31\xce", 2));
  g_assert_cmpstr (self->fake->log->str, !=, "read;write 31ce;");
}

static void
messages_control_and_pins_are_spoiled_too (Fixture *self, gconstpointer data)
{
  static const StnControlSetup in = { 0xa1, 3, 0, 0 };
  guint8 buffer[6];
  guint32 number = 0;
  gsize length;

  (void) data;
  wrap (self, STN_LINK_MESSAGES, STN_FAULT_EXTRA_IN, 1);
  fake_answers (self->fake, "\x79", 1);
  g_assert_true (stn_messages_receive (self->link, &number, buffer, 6, &length, &self->wait, NULL));
  g_assert_cmpmem (buffer, length, "\x00\x79", 2);

  wrap (self, STN_LINK_CONTROL, STN_FAULT_DROP_IN, 1);
  fake_answers (self->fake, "\x00\x05\x00", 3);
  g_assert_true (stn_control_in (self->link, &in, buffer, 6, &length, &self->wait, NULL));
  g_assert_cmpuint (length, ==, 2);

  wrap (self, STN_LINK_PINS, STN_FAULT_LINK_LOST, 1);
  g_assert_false (stn_pins_set (self->link, 1, 1, &self->wait, NULL));
  wrap (self, STN_LINK_PINS, STN_FAULT_FLIP_IN, 1);
  g_assert_true (stn_pins_set (self->link, 1, 1, &self->wait, NULL));
  g_assert_true (stn_pins_get (self->link, &number, &self->wait, NULL));
  g_assert_cmphex (number, ==, 1);
}

typedef struct {
  guint64 numbers[8];
  StnOperation operations[8];
  guint count;
  guint port_calls_before_last;
  FakeLink *fake;
} Heard;

static void
hear (guint64 number, const StnExchange *exchange, gpointer data)
{
  Heard *self = data;

  self->numbers[self->count] = number;
  self->operations[self->count++] = exchange->operation;
  self->port_calls_before_last = self->fake->calls;
}

static void
the_hook_hears_of_each_exchange_before_it_runs (Fixture *self, gconstpointer data)
{
  Heard heard = { 0 };

  (void) data;
  wrap (self, STN_LINK_STREAM, STN_FAULT_NONE, 0);
  heard.fake = self->fake;
  stn_fault_plan_set_hook (self->plan, hear, &heard);
  g_assert_true (write_bytes (self, "\x31", 1));
  g_assert_true (stn_stream_flush (self->link, &self->wait, NULL));
  g_assert_cmpuint (heard.count, ==, 2);
  g_assert_cmpuint (heard.numbers[0], ==, 1);
  g_assert_cmpuint (heard.numbers[1], ==, 2);
  g_assert_cmpint (heard.operations[1], ==, STN_OP_FLUSH);
  g_assert_cmpuint (heard.port_calls_before_last, ==, 1);
  stn_fault_plan_set_hook (self->plan, NULL, NULL);
  g_assert_true (write_bytes (self, "\x31", 1));
  g_assert_cmpuint (heard.count, ==, 2);
}

static void
every_kind_has_a_name (Fixture *self, gconstpointer data)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  (void) self;
  (void) data;
  for (guint kind = 0; kind < STN_FAULT_KIND_COUNT; kind++)
    g_assert_true (g_hash_table_add (names, (gpointer) stn_fault_kind_name ((StnFaultKind) kind)));
  g_assert_cmpstr (stn_fault_kind_name (STN_FAULT_KIND_COUNT), ==, "unknown");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(test) g_test_add ("/fault/" #test, Fixture, NULL, set_up, test, tear_down)
  ADD (without_a_fault_everything_passes_and_is_counted);
  ADD (link_lost_fails_only_the_nth);
  ADD (gone_fails_from_the_nth_on_and_only_this_link);
  ADD (silence_loses_what_came_and_takes_the_time);
  ADD (flip_in_changes_one_bit_of_the_nth);
  ADD (nack_in_makes_the_first_byte_a_nack);
  ADD (drop_in_lacks_one_byte_and_waits_for_it);
  ADD (extra_in_pushes_the_rest_back_by_one);
  ADD (flip_out_and_drop_out_change_what_leaves);
  ADD (a_kind_that_does_not_apply_takes_the_next_that_it_can);
  ADD (messages_control_and_pins_are_spoiled_too);
  ADD (the_hook_hears_of_each_exchange_before_it_runs);
  ADD (every_kind_has_a_name);
  return g_test_run ();
}
