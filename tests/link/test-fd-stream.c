/* Real descriptors in real time: a socket pair, and a pseudo terminal where a tty behaves in its own way. */
#include "src/link/fd-stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

typedef struct {
  StnClock *clock;
  GCancellable *cancellable;
  int near_fd, far_fd; /* near: non-blocking, the stream's */
  StnFdStream stream;
  StnWait wait; /* no deadline, can be cancelled */
} Fixture;

static void
set_up_common (Fixture *self)
{
  g_assert_cmpint (fcntl (self->near_fd, F_SETFL, O_NONBLOCK), ==, 0);
  self->clock = stn_clock_new_real ();
  self->cancellable = g_cancellable_new ();
  self->stream = (StnFdStream){ .fd = self->near_fd, .name = "A1.uart" };
  self->wait = stn_wait_new (self->clock, STN_TIME_NEVER, self->cancellable);
}

static void
set_up_socket (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  int fds[2];
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  self->near_fd = fds[0];
  self->far_fd = fds[1];
  set_up_common (self);
}

static void
set_up_pty (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  struct termios settings;
  self->far_fd = posix_openpt (O_RDWR | O_NOCTTY);
  g_assert_cmpint (self->far_fd, >=, 0);
  g_assert_cmpint (grantpt (self->far_fd), ==, 0);
  g_assert_cmpint (unlockpt (self->far_fd), ==, 0);
  self->near_fd = open (ptsname (self->far_fd), O_RDWR | O_NOCTTY);
  g_assert_cmpint (self->near_fd, >=, 0);
  g_assert_cmpint (tcgetattr (self->near_fd, &settings), ==, 0);
  cfmakeraw (&settings);
  g_assert_cmpint (tcsetattr (self->near_fd, TCSANOW, &settings), ==, 0);
  set_up_common (self);
}

static void
close_far (Fixture *self)
{
  if (self->far_fd >= 0)
    close (self->far_fd);
  self->far_fd = -1;
}

static void
tear_down (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  close (self->near_fd);
  close_far (self);
  g_object_unref (self->cancellable);
  stn_clock_unref (self->clock);
}

static gboolean
read_at_least (Fixture *self, guint8 *buffer, gsize least, gsize capacity, gsize *out_length, GError **error)
{
  StnExchange exchange = { .operation = STN_OP_READ, .in = buffer, .in_least = least, .in_capacity = capacity };
  gboolean done = stn_fd_stream_read (&self->stream, &exchange, &self->wait, error);
  *out_length = exchange.in_length;
  return done;
}

static void
far_writes (Fixture *self, const char *bytes)
{
  g_assert_cmpint (write (self->far_fd, bytes, strlen (bytes)), ==, (gssize) strlen (bytes));
}

static void
give_time (Fixture *self, gint64 duration_ns)
{
  self->wait = stn_wait_new (self->clock, duration_ns, self->cancellable);
}

/* what a thread does while the test waits */
typedef struct {
  Fixture *fixture;
  void (*act) (Fixture *fixture);
} Later;

static gpointer
later_main (gpointer data)
{
  Later *later = data;
  g_usleep (20000); /* the other side is most likely in its poll by now; the outcome is the same if it isn't */
  later->act (later->fixture);
  return NULL;
}

static void
far_sends_rest (Fixture *self)
{
  far_writes (self, "3456");
}

static void
cancel (Fixture *self)
{
  g_cancellable_cancel (self->cancellable);
}

static void
bytes_cross_both_ways (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  guint8 buffer[8];
  gsize length;
  g_autoptr (GError) error = NULL;
  stn_fd_stream_write (&self->stream, "\x7f", 1, &self->wait, &error);
  g_assert_no_error (error);
  g_assert_cmpint (read (self->far_fd, buffer, sizeof buffer), ==, 1);
  g_assert_cmpint (buffer[0], ==, 0x7f);

  far_writes (self, "abc");
  g_assert_true (read_at_least (self, buffer, 1, sizeof buffer, &length, &error));
  g_assert_cmpmem (buffer, length, "abc", 3);
}

static void
reading_waits_for_the_last_byte (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  guint8 buffer[6];
  gsize length;
  g_autoptr (GError) error = NULL;
  Later later = { self, far_sends_rest };
  far_writes (self, "12");
  GThread *thread = g_thread_new ("far", later_main, &later);
  g_assert_true (read_at_least (self, buffer, 6, 6, &length, &error));
  g_assert_cmpmem (buffer, length, "123456", 6);
  g_thread_join (thread);
}

static void
more_than_asked_for_stays (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  guint8 buffer[8];
  gsize length;
  g_autoptr (GError) error = NULL;
  far_writes (self, "abcdef");
  g_assert_true (read_at_least (self, buffer, 2, 2, &length, &error));
  g_assert_cmpmem (buffer, length, "ab", 2);
  g_assert_true (read_at_least (self, buffer, 1, sizeof buffer, &length, &error));
  g_assert_cmpmem (buffer, length, "cdef", 4);
}

static void
a_deadline_keeps_what_had_come (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  guint8 buffer[8];
  gsize length;
  g_autoptr (GError) error = NULL;
  give_time (self, 5 * STN_NS_PER_MS);
  far_writes (self, "ab");
  g_assert_false (read_at_least (self, buffer, 3, sizeof buffer, &length, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_NO_ANSWER));
  g_assert_cmpmem (buffer, length, "ab", 2);
}

static void
a_passed_deadline_still_takes_what_is_there (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  guint8 buffer[8];
  gsize length;
  g_autoptr (GError) error = NULL;
  far_writes (self, "ab");
  give_time (self, 0);
  g_assert_true (read_at_least (self, buffer, 2, sizeof buffer, &length, &error));
  g_assert_cmpmem (buffer, length, "ab", 2);
}

static void
cancelling_ends_a_read_without_deadline (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  guint8 buffer[8];
  gsize length;
  g_autoptr (GError) error = NULL;
  Later later = { self, cancel };
  GThread *thread = g_thread_new ("far", later_main, &later);
  g_assert_false (read_at_least (self, buffer, 1, sizeof buffer, &length, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_CANCELLED));
  g_thread_join (thread);
}

static void
a_hang_up_ends_a_read_without_deadline (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  guint8 buffer[8];
  gsize length;
  g_autoptr (GError) error = NULL;
  Later later = { self, close_far };
  GThread *thread = g_thread_new ("far", later_main, &later);
  g_assert_false (read_at_least (self, buffer, 1, sizeof buffer, &length, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_LINK_LOST));
  g_assert_nonnull (strstr (error->message, "A1.uart"));
  g_thread_join (thread);
}

static void
what_came_before_a_hang_up_is_read (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  guint8 buffer[8];
  gsize length;
  g_autoptr (GError) error = NULL;
  far_writes (self, "ab");
  close_far (self);
  g_assert_true (read_at_least (self, buffer, 1, sizeof buffer, &length, &error));
  g_assert_cmpmem (buffer, length, "ab", 2);
  g_assert_false (read_at_least (self, buffer, 1, sizeof buffer, &length, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_LINK_LOST));
}

static void
writing_to_a_hung_up_port_is_link_lost (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  close_far (self);
  g_assert_false (stn_fd_stream_write (&self->stream, "x", 1, &self->wait, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_LINK_LOST));
}

#define MUCH (4 * 1024 * 1024)

static gpointer
drain_main (gpointer data)
{
  Fixture *self = data;
  g_autofree guint8 *buffer = g_malloc (65536);
  gsize *total = g_new0 (gsize, 1);
  gssize count;
  gboolean in_order = TRUE;
  while (*total < MUCH && (count = read (self->far_fd, buffer, 65536)) > 0) {
    for (gssize i = 0; i < count; i++)
      in_order = in_order && buffer[i] == (guint8) ((*total + (gsize) i) * 7);
    *total += (gsize) count;
  }
  g_assert_true (in_order);
  return total;
}

static void
partial_writes_go_on_until_all_is_taken (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree guint8 *bytes = g_malloc (MUCH);
  g_autoptr (GError) error = NULL;
  for (gsize i = 0; i < MUCH; i++)
    bytes[i] = (guint8) (i * 7);
  GThread *thread = g_thread_new ("far", drain_main, self);
  g_assert_true (stn_fd_stream_write (&self->stream, bytes, MUCH, &self->wait, &error));
  g_autofree gsize *total = g_thread_join (thread);
  g_assert_cmpuint (*total, ==, MUCH);
}

static void
a_write_that_nobody_takes_says_how_far_it_came (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree guint8 *bytes = g_malloc0 (MUCH);
  g_autoptr (GError) error = NULL;
  give_time (self, 5 * STN_NS_PER_MS);
  g_assert_false (stn_fd_stream_write (&self->stream, bytes, MUCH, &self->wait, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_TIMEOUT));
  g_assert_nonnull (strstr (error->message, "of 4194304 bytes"));
}

static void
cancelling_ends_a_write_that_nobody_takes (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree guint8 *bytes = g_malloc0 (MUCH);
  g_autoptr (GError) error = NULL;
  Later later = { self, cancel };
  GThread *thread = g_thread_new ("far", later_main, &later);
  g_assert_false (stn_fd_stream_write (&self->stream, bytes, MUCH, &self->wait, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_CANCELLED));
  g_thread_join (thread);
}

static void
virtual_time_is_refused (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  guint8 buffer[1];
  gsize length;
  g_autoptr (GError) error = NULL;
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  far_writes (self, "a");
  self->wait = stn_wait_new (clock, STN_TIME_NEVER, NULL);
  g_assert_false (read_at_least (self, buffer, 1, 1, &length, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_INTERNAL));
  g_clear_error (&error);
  g_assert_false (stn_fd_stream_write (&self->stream, "x", 1, &self->wait, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_INTERNAL));
}

/* a file descriptor a wait would be lost one by one: a shift has a million waits */
static void
waiting_leaves_no_descriptor_behind (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
  guint8 buffer[1];
  gsize length;
  int before = dup (self->near_fd);
  close (before);
  for (guint i = 0; i < 50; i++) {
    g_autoptr (GError) error = NULL;
    give_time (self, STN_NS_PER_US);
    g_assert_false (read_at_least (self, buffer, 1, 1, &length, &error));
  }
  int after = dup (self->near_fd);
  close (after);
  g_assert_cmpint (after, ==, before);
}

#define ADD(kind, function) \
  g_test_add ("/fd-stream/" #kind "/" #function, Fixture, NULL, set_up_##kind, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD (socket, bytes_cross_both_ways);
  ADD (pty, bytes_cross_both_ways);
  ADD (socket, reading_waits_for_the_last_byte);
  ADD (pty, reading_waits_for_the_last_byte);
  ADD (socket, more_than_asked_for_stays);
  ADD (pty, more_than_asked_for_stays);
  ADD (socket, a_deadline_keeps_what_had_come);
  ADD (pty, a_deadline_keeps_what_had_come);
  ADD (socket, a_passed_deadline_still_takes_what_is_there);
  ADD (socket, cancelling_ends_a_read_without_deadline);
  ADD (pty, cancelling_ends_a_read_without_deadline);
  ADD (socket, a_hang_up_ends_a_read_without_deadline);
  ADD (pty, a_hang_up_ends_a_read_without_deadline);
  ADD (socket, what_came_before_a_hang_up_is_read);
  ADD (pty, writing_to_a_hung_up_port_is_link_lost);
  ADD (socket, partial_writes_go_on_until_all_is_taken);
  ADD (socket, a_write_that_nobody_takes_says_how_far_it_came);
  ADD (pty, a_write_that_nobody_takes_says_how_far_it_came);
  ADD (socket, cancelling_ends_a_write_that_nobody_takes);
  ADD (socket, virtual_time_is_refused);
  ADD (socket, waiting_leaves_no_descriptor_behind);
  return g_test_run ();
}
