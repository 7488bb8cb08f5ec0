#include "src/link/fd-stream.h"

#include <errno.h>
#include <unistd.h>

gboolean
stn_link_needs_real_clock (const char *name, const StnWait *wait, GError **error)
{
  if (!stn_clock_is_virtual (wait->clock))
    return TRUE;
  stn_error_set (error, STN_FAILURE_INTERNAL, "%s: a port of this machine can't be used in virtual time", name);
  return FALSE;
}

static gboolean
is_gone (int code)
{
  return code == EIO || code == ENXIO || code == ENODEV || code == EPIPE || code == ECONNRESET;
}

gboolean
stn_fd_stream_fail (const char *name, const char *what, int code, GError **error)
{
  if (is_gone (code))
    stn_error_set (error, STN_FAILURE_LINK_LOST, "%s: the port is gone (%s: %s)", name, what, g_strerror (code));
  else
    stn_error_set (error, STN_FAILURE_INTERNAL, "%s: %s: %s", name, what, g_strerror (code));
  return FALSE;
}

static gboolean
fail_hung_up (const StnFdStream *self, GError **error)
{
  stn_error_set (error, STN_FAILURE_LINK_LOST, "%s: the port is gone (it hung up)", self->name);
  return FALSE;
}

static gboolean
fail_cancelled (const StnFdStream *self, GError **error)
{
  stn_error_set (error, STN_FAILURE_CANCELLED, "%s: stopped on request", self->name);
  return FALSE;
}

static int
poll_timeout_ms (const StnWait *wait)
{
  gint64 left_ns = stn_wait_left_ns (wait);
  if (left_ns == STN_TIME_NEVER)
    return -1;
  gint64 left_ms = left_ns / STN_NS_PER_MS + (left_ns % STN_NS_PER_MS != 0);
  return (int) MIN (left_ms, G_MAXINT);
}

typedef enum { POLL_READY, POLL_EXPIRED, POLL_FAILED } PollOutcome;

/* Ready says that a call is worth it: to get bytes, or to learn why there will be none. */
static PollOutcome
wait_for (const StnFdStream *self, gushort events, const StnWait *wait, GError **error)
{
  GPollFD polled[2] = { { .fd = self->fd, .events = events } };
  gboolean can_cancel = wait->cancellable != NULL;
  if (can_cancel && !g_cancellable_make_pollfd (wait->cancellable, &polled[1])) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "%s: no descriptor left to wait for a stop", self->name);
    return POLL_FAILED;
  }
  int count = g_poll (polled, can_cancel ? 2 : 1, poll_timeout_ms (wait));
  int code = errno;
  if (can_cancel)
    g_cancellable_release_fd (wait->cancellable);

  if (stn_wait_is_cancelled (wait)) {
    fail_cancelled (self, error);
    return POLL_FAILED;
  }
  if (count == 0)
    return POLL_EXPIRED;
  if (count < 0) {
    if (code == EINTR)
      return POLL_READY; /* the caller's call will say that there is nothing yet */
    stn_fd_stream_fail (self->name, "poll", code, error);
    return POLL_FAILED;
  }
  if ((polled[0].revents & events) == 0 && (polled[0].revents & (G_IO_HUP | G_IO_ERR | G_IO_NVAL)) != 0) {
    fail_hung_up (self, error);
    return POLL_FAILED;
  }
  return POLL_READY;
}

gboolean
stn_fd_stream_write (const StnFdStream *self, gconstpointer bytes, gsize length, const StnWait *wait, GError **error)
{
  const guint8 *from = bytes;
  gsize taken = 0;
  if (!stn_link_needs_real_clock (self->name, wait, error))
    return FALSE;
  while (taken < length) {
    gssize count = write (self->fd, from + taken, length - taken);
    if (count > 0) {
      taken += (gsize) count;
      continue;
    }
    if (count < 0 && errno != EAGAIN && errno != EINTR)
      return stn_fd_stream_fail (self->name, "write", errno, error);
    PollOutcome outcome = stn_wait_left_ns (wait) == 0 ? POLL_EXPIRED : wait_for (self, G_IO_OUT, wait, error);
    if (outcome == POLL_FAILED)
      return FALSE;
    if (outcome == POLL_EXPIRED && stn_wait_left_ns (wait) == 0) {
      stn_error_set (error, STN_FAILURE_TIMEOUT,
                     "%s: the port took %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " bytes in time", self->name, taken,
                     length);
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
stn_fd_stream_read (const StnFdStream *self, StnExchange *exchange, const StnWait *wait, GError **error)
{
  exchange->in_length = 0;
  if (!stn_link_needs_real_clock (self->name, wait, error))
    return FALSE;
  for (;;) {
    /* first the call, then the wait: most often the bytes are there already, and a poll costs as much as a read */
    gboolean last = stn_wait_left_ns (wait) == 0;
    gssize count = read (self->fd, exchange->in + exchange->in_length, exchange->in_capacity - exchange->in_length);
    if (count > 0) {
      exchange->in_length += (gsize) count;
      if (exchange->in_length >= exchange->in_least)
        return TRUE;
      continue;
    }
    if (count == 0)
      return fail_hung_up (self, error);
    if (errno != EAGAIN && errno != EINTR)
      return stn_fd_stream_fail (self->name, "read", errno, error);
    if (exchange->in_length >= exchange->in_least)
      return TRUE;
    if (last) {
      stn_error_set (error, STN_FAILURE_NO_ANSWER,
                     "%s: no answer in time: %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " bytes", self->name,
                     exchange->in_length, exchange->in_least);
      return FALSE;
    }
    if (wait_for (self, G_IO_IN, wait, error) == POLL_FAILED)
      return FALSE;
  }
}
