/* How long a blocking call may take, and who may end it early.
 *
 * Every blocking call takes a `const StnWait *`. It is a small value, copied freely: a clock, an absolute deadline, a
 * cancellable. Narrow it for a part of the work with stn_wait_within; shield it where stopping half-way would do harm
 * (teardown, an open write window): a shielded wait has a deadline and nobody can cancel it.
 *
 *     StnWait command = stn_wait_within (wait, 1 * STN_NS_PER_S);
 *     if (!stn_stream_read (link, buffer, 1, &command, error)) ...
 *
 * The wait borrows clock and cancellable; both outlive it. */
#pragma once

#include "src/base/clock.h"
#include "src/base/error.h"

G_BEGIN_DECLS

typedef struct {
  StnClock *clock;           /* borrowed, never NULL */
  gint64 deadline_ns;        /* absolute on that clock; STN_TIME_NEVER for none */
  GCancellable *cancellable; /* borrowed; NULL: cannot be cancelled */
} StnWait;

/* From now, at most `duration_ns` (STN_TIME_NEVER: no limit). */
StnWait stn_wait_new (StnClock *clock, gint64 duration_ns, GCancellable *cancellable);
/* The earlier of the parent's deadline and now + `duration_ns`; the parent's cancellable. */
StnWait stn_wait_within (const StnWait *parent, gint64 duration_ns);
/* now + `duration_ns`, no cancellable, whatever the parent says. */
StnWait stn_wait_shielded (StnClock *clock, gint64 duration_ns);

gint64 stn_wait_left_ns (const StnWait *self); /* 0 when passed; STN_TIME_NEVER when endless */
gboolean stn_wait_is_cancelled (const StnWait *self);

/* FALSE with STN_FAILURE_CANCELLED or STN_FAILURE_TIMEOUT when there is nothing left to wait for. Does not block. */
gboolean stn_wait_check (const StnWait *self, GError **error);

/* Blocks for `duration_ns`. FALSE with STN_FAILURE_CANCELLED at once when cancelled, or STN_FAILURE_TIMEOUT at the
 * wait's own deadline if that comes first. */
gboolean stn_wait_sleep (const StnWait *self, gint64 duration_ns, GError **error);

G_END_DECLS
