/* Bytes over any non-blocking descriptor: what a serial port does once it is open.
 *
 * Waiting is g_poll on the descriptor and on the wait's cancellable, so a cancel ends it at once and so does a hang-up.
 * g_poll knows milliseconds only; deadlines are rounded up to the next one. The descriptor lives in real time: a wait
 * on the virtual clock is refused with STN_FAILURE_INTERNAL, because that clock would jump over an answer that is under
 * way.
 *
 * End of file, POLLHUP, EIO, ENXIO and ENODEV are one event, STN_FAILURE_LINK_LOST; what had come before it is handed
 * out first. A tty therefore needs VMIN 1: with VMIN 0 a read of nothing looks like its end.
 *
 * One thread at a time reads, one writes. */
#pragma once

#include "src/link/link.h"

G_BEGIN_DECLS

/* Plain data; both borrowed. */
typedef struct {
  int fd;           /* non-blocking */
  const char *name; /* for messages */
} StnFdStream;

/* All bytes, in one write call as long as the descriptor takes them so. STN_FAILURE_TIMEOUT when it did not take all of
 * them in time (the text says how many it took), STN_FAILURE_CANCELLED, STN_FAILURE_LINK_LOST. */
gboolean stn_fd_stream_write (const StnFdStream *self, gconstpointer bytes, gsize length, const StnWait *wait,
                              GError **error);
/* STN_OP_READ: at least in_least, at most in_capacity bytes, in `in` and in_length; these are filled in on failure too.
 * STN_FAILURE_NO_ANSWER at the deadline. */
gboolean stn_fd_stream_read (const StnFdStream *self, StnExchange *exchange, const StnWait *wait, GError **error);

/* STN_FAILURE_INTERNAL for a virtual clock; TRUE for a real one. For every port of this machine. */
gboolean stn_link_needs_real_clock (const char *name, const StnWait *wait, GError **error);
/* Sets STN_FAILURE_LINK_LOST for an errno that says that a device has gone, another failure for any other. Always
 * FALSE, for `return`. */
gboolean stn_fd_stream_fail (const char *name, const char *what, int code, GError **error);

G_END_DECLS
