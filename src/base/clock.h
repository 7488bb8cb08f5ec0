/* The one clock of the program.
 *
 * Every wait in Station - for a byte, for a condition, for a while - goes through an StnClock, because the tests run the
 * whole station in virtual time: `stn_clock_new_virtual` gives a clock that stands still while any joined thread works
 * and jumps to the earliest deadline the moment all of them wait. A wait that goes round the clock (usleep, g_cond_wait)
 * would stall or race such a test, so there are none.
 *
 * Waiting works like a futex: a thread waits for a KEY (the address of whatever it is interested in), holding the mutex
 * that guards the condition; somebody who changes the condition under the same mutex calls stn_clock_wake with that key.
 *
 *     g_mutex_lock (&self->mutex);
 *     while (self->queue_length == 0)
 *       if (stn_clock_wait (clock, self, &self->mutex, deadline_ns, NULL) != STN_WAKE_WOKEN) break;
 *     g_mutex_unlock (&self->mutex);
 *
 * The real clock is CLOCK_MONOTONIC (same source as g_get_monotonic_time). The virtual clock starts at 1 s, never runs
 * backwards, and never moves while a joined thread runs. If all joined threads wait without a deadline it stays put.
 * A thread counts as running from the moment it is woken, before it really runs. A thread that has not joined may wait
 * too: its deadline is jumped to like any other, but it holds time only until its wait returns.
 *
 * Hold no other mutex over a wait: whoever blocks on it counts as running, and virtual time stands for ever.
 *
 * Any thread may call everything here. A clock is reference counted. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define STN_NS_PER_US G_GINT64_CONSTANT (1000)
#define STN_NS_PER_MS G_GINT64_CONSTANT (1000000)
#define STN_NS_PER_S G_GINT64_CONSTANT (1000000000)
/* "no deadline": later than any time the clock can reach */
#define STN_TIME_NEVER G_MAXINT64

typedef struct StnClock StnClock;

typedef enum {
  STN_WAKE_WOKEN,    /* stn_clock_wake was called for the key (or spuriously): look at the condition again */
  STN_WAKE_EXPIRED,  /* the deadline has come */
  STN_WAKE_CANCELLED /* the cancellable fired */
} StnWake;

/* Real time, or virtual time. Free with stn_clock_unref. */
StnClock *stn_clock_new_real (void);
StnClock *stn_clock_new_virtual (void);
StnClock *stn_clock_ref (StnClock *self);
void stn_clock_unref (StnClock *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnClock, stn_clock_unref)

gboolean stn_clock_is_virtual (const StnClock *self);

/* Monotonic nanoseconds; only differences mean anything. */
gint64 stn_clock_now_ns (StnClock *self);

/* Wall-clock microseconds since 1970 UTC. On the virtual clock: a fixed start date plus the virtual time gone by. */
gint64 stn_clock_utc_us (StnClock *self);

/* Waits until woken for `key`, until `deadline_ns` (absolute, STN_TIME_NEVER for none) or until `cancellable` (may be
 * NULL) fires. `mutex` is held by the caller, released while waiting, held again on return; NULL where there is none.
 * An already fired cancellable returns STN_WAKE_CANCELLED at once, an already passed deadline STN_WAKE_EXPIRED. */
StnWake stn_clock_wait (StnClock *self, gconstpointer key, GMutex *mutex, gint64 deadline_ns,
                        GCancellable *cancellable);

/* Wakes every thread that waits for `key`; a wake that nobody waits for is not kept. Does not block. */
void stn_clock_wake (StnClock *self, gconstpointer key);

/* Joins and leaves the set of threads that the virtual clock waits for. A joined thread that blocks anywhere but in
 * stn_clock_wait (SQLite, a file, a thread join) holds virtual time still. Joins of one thread nest; a thread that ends
 * without leaving is taken out. No-ops on the real clock. */
void stn_clock_join (StnClock *self);
void stn_clock_leave (StnClock *self);

/* Starts a thread that is joined from before it runs until it returns, so that no jump slips in between, and waits for
 * its end in the clock, so that none slips in there either. The thread itself neither joins nor leaves. Whether the
 * caller has joined is known to the clock; `caller_is_joined` only says so at the place of the call. On Linux the thread
 * gets a timer slack of 1 ns. */
GThread *stn_clock_thread_new (StnClock *self, const char *name, GThreadFunc function, gpointer data);
gpointer stn_clock_thread_join (StnClock *self, GThread *thread, gboolean caller_is_joined);

G_END_DECLS
