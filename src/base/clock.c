#include "src/base/clock.h"

#include <errno.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <time.h>

/* where virtual time begins: Monday 5 January 2026, 06:00 UTC, the start of a shift */
#define VIRTUAL_START_NS STN_NS_PER_S
#define VIRTUAL_START_UTC_US (G_GINT64_CONSTANT (1767592800) * G_USEC_PER_SEC)

/* One thread inside stn_clock_wait; lives on that thread's stack, in the clock's list. */
typedef struct Waiter Waiter;
struct Waiter {
  StnClock *clock;
  gconstpointer key;
  gint64 deadline_ns;
  gboolean joined;  /* its thread is in the set that virtual time waits for */
  gboolean blocked; /* it has come to its condition variable; before that its thread still counts as running */
  gboolean marked;  /* it was told to go on, `wake` says why; from that moment its thread counts as running */
  StnWake wake;
  pthread_cond_t condition;
  Waiter *previous;
  Waiter *next;
};

/* A thread of stn_clock_thread_new; on the virtual clock shared by the thread's membership and the clock's table. */
typedef struct {
  gatomicrefcount references;
  StnClock *clock; /* owned until the thread runs */
  GThreadFunc function;
  gpointer data;
  gboolean finished; /* guarded by the clock's mutex */
} StartedThread;

/* pthread rather than GMutex and GCond: GCond's deadlines are in microseconds, and a UART character at 1 Mbaud takes
 * eleven of them. */
struct StnClock {
  gatomicrefcount references;
  gboolean is_virtual;
  pthread_condattr_t condition_attributes; /* CLOCK_MONOTONIC */
  pthread_mutex_t mutex;                   /* guards all below; taken last, never held while calling out */
  Waiter *waiters;
  GHashTable *threads; /* virtual only: GThread * -> StartedThread, until joined */
  gint64 virtual_now_ns;
  guint running; /* joined threads that do not wait, and others that were told to go on and have not left the wait */
};

/* The clocks that this thread has joined; nearly always none or one. Holds a reference, so that no new clock at the
 * address of an old one is taken for it. */
typedef struct Membership Membership;
struct Membership {
  StnClock *clock;
  guint depth;            /* joins may nest */
  StartedThread *started; /* owned; NULL in a thread that the clock has not started */
  Membership *next;
};

static void membership_list_free (gpointer list);
static GPrivate memberships = G_PRIVATE_INIT (membership_list_free);

static void
lock (StnClock *self)
{
  pthread_mutex_lock (&self->mutex);
}

static void
unlock (StnClock *self)
{
  pthread_mutex_unlock (&self->mutex);
}

static void
started_thread_unref (gpointer data)
{
  StartedThread *self = data;
  if (g_atomic_ref_count_dec (&self->references))
    g_free (self);
}

static StnClock *
clock_new (gboolean is_virtual)
{
  StnClock *self = g_new0 (StnClock, 1);

  g_atomic_ref_count_init (&self->references);
  self->is_virtual = is_virtual;
  self->virtual_now_ns = VIRTUAL_START_NS;
  self->threads = g_hash_table_new_full (NULL, NULL, NULL, started_thread_unref);
  pthread_mutex_init (&self->mutex, NULL);
  pthread_condattr_init (&self->condition_attributes);
  pthread_condattr_setclock (&self->condition_attributes, CLOCK_MONOTONIC);
  return self;
}

StnClock *
stn_clock_new_real (void)
{
  return clock_new (FALSE);
}

StnClock *
stn_clock_new_virtual (void)
{
  return clock_new (TRUE);
}

StnClock *
stn_clock_ref (StnClock *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
stn_clock_unref (StnClock *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->references))
    return;

  g_assert (self->waiters == NULL);
  g_hash_table_unref (self->threads);
  pthread_condattr_destroy (&self->condition_attributes);
  pthread_mutex_destroy (&self->mutex);
  g_free (self);
}

gboolean
stn_clock_is_virtual (const StnClock *self)
{
  return self->is_virtual;
}

static gint64
now_locked (StnClock *self)
{
  if (self->is_virtual)
    return self->virtual_now_ns;

  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (gint64) now.tv_sec * STN_NS_PER_S + now.tv_nsec;
}

gint64
stn_clock_now_ns (StnClock *self)
{
  if (!self->is_virtual)
    return now_locked (self); /* touches nothing shared */

  lock (self);
  gint64 now_ns = now_locked (self);
  unlock (self);
  return now_ns;
}

gint64
stn_clock_utc_us (StnClock *self)
{
  if (!self->is_virtual)
    return g_get_real_time ();
  return VIRTUAL_START_UTC_US + (stn_clock_now_ns (self) - VIRTUAL_START_NS) / STN_NS_PER_US;
}

/* Tells a waiter to go on. Its thread counts as running from here, long before it really runs: otherwise time could
 * jump again in between. */
static void
mark_locked (StnClock *self, Waiter *waiter, StnWake wake)
{
  if (waiter->marked)
    return; /* the first reason stands */

  waiter->marked = TRUE;
  waiter->wake = wake;
  if (waiter->blocked) {
    self->running++;
    pthread_cond_signal (&waiter->condition);
  }
}

/* When nobody runs, moves virtual time to the earliest deadline and expires those who wait for it. */
static void
jump_locked (StnClock *self)
{
  if (!self->is_virtual || self->running > 0)
    return;

  gint64 earliest_ns = STN_TIME_NEVER;
  for (Waiter *waiter = self->waiters; waiter != NULL; waiter = waiter->next)
    if (!waiter->marked)
      earliest_ns = MIN (earliest_ns, waiter->deadline_ns);
  if (earliest_ns == STN_TIME_NEVER)
    return;

  self->virtual_now_ns = MAX (self->virtual_now_ns, earliest_ns);
  for (Waiter *waiter = self->waiters; waiter != NULL; waiter = waiter->next)
    if (waiter->deadline_ns <= self->virtual_now_ns)
      mark_locked (self, waiter, STN_WAKE_EXPIRED);
}

static Membership *
membership_find (StnClock *self)
{
  for (Membership *member = g_private_get (&memberships); member != NULL; member = member->next)
    if (member->clock == self)
      return member;
  return NULL;
}

/* takes over `started` */
static void
membership_add (StnClock *self, StartedThread *started)
{
  Membership *member = g_new0 (Membership, 1);
  member->clock = stn_clock_ref (self);
  member->depth = 1;
  member->started = started;
  member->next = g_private_get (&memberships);
  g_private_set (&memberships, member);
}

static void
wake_locked (StnClock *self, gconstpointer key)
{
  for (Waiter *waiter = self->waiters; waiter != NULL; waiter = waiter->next)
    if (waiter->key == key)
      mark_locked (self, waiter, STN_WAKE_WOKEN);
}

static void
membership_end (Membership *member)
{
  StnClock *self = member->clock;

  lock (self);
  if (member->started != NULL) {
    /* whoever waits for the end counts as running before this thread stops doing so */
    member->started->finished = TRUE;
    wake_locked (self, member->started);
  }
  self->running--;
  jump_locked (self);
  unlock (self);
  if (member->started != NULL)
    started_thread_unref (member->started);
  stn_clock_unref (self);
  g_free (member);
}

/* called as the thread ends: one that does not leave (g_thread_exit, say) must not hold time still for ever, and one
 * that the clock has started is over only here, after all that it did */
static void
membership_list_free (gpointer list)
{
  for (Membership *member = list; member != NULL;) {
    Membership *next = member->next;
    membership_end (member);
    member = next;
  }
}

void
stn_clock_join (StnClock *self)
{
  if (!self->is_virtual)
    return;

  Membership *member = membership_find (self);
  if (member != NULL) {
    member->depth++;
    return;
  }
  membership_add (self, NULL);
  lock (self);
  self->running++;
  unlock (self);
}

void
stn_clock_leave (StnClock *self)
{
  if (!self->is_virtual)
    return;

  Membership *member = membership_find (self);
  g_return_if_fail (member != NULL);
  if (--member->depth > 0)
    return;
  g_return_if_fail (member->started == NULL); /* such a thread leaves by returning */

  Membership *list = g_private_get (&memberships);
  Membership **place = &list;
  while (*place != member)
    place = &(*place)->next;
  *place = member->next;
  g_private_set (&memberships, list);
  membership_end (member);
}

static void
on_cancelled (GCancellable *cancellable, gpointer data)
{
  Waiter *waiter = data;
  StnClock *self = g_atomic_pointer_get (&waiter->clock);
  (void) cancellable;

  lock (self);
  mark_locked (self, waiter, STN_WAKE_CANCELLED);
  unlock (self);
}

static void
list_add_locked (StnClock *self, Waiter *waiter)
{
  waiter->next = self->waiters;
  if (self->waiters != NULL)
    self->waiters->previous = waiter;
  self->waiters = waiter;
}

static void
list_remove_locked (StnClock *self, Waiter *waiter)
{
  if (waiter->previous != NULL)
    waiter->previous->next = waiter->next;
  else
    self->waiters = waiter->next;
  if (waiter->next != NULL)
    waiter->next->previous = waiter->previous;
}

static void
block_locked (StnClock *self, Waiter *waiter)
{
  waiter->blocked = TRUE;
  if (waiter->joined)
    self->running--;
  jump_locked (self);

  if (self->is_virtual || waiter->deadline_ns == STN_TIME_NEVER) {
    while (!waiter->marked)
      pthread_cond_wait (&waiter->condition, &self->mutex);
  } else {
    const struct timespec deadline = {
      .tv_sec = (time_t) (waiter->deadline_ns / STN_NS_PER_S),
      .tv_nsec = (long) (waiter->deadline_ns % STN_NS_PER_S),
    };
    while (!waiter->marked)
      if (pthread_cond_timedwait (&waiter->condition, &self->mutex, &deadline) == ETIMEDOUT)
        mark_locked (self, waiter, STN_WAKE_EXPIRED);
  }

  /* a thread that has not joined holds time only until it is out of here, so that it returns at its own deadline */
  if (!waiter->joined) {
    self->running--;
    jump_locked (self);
  }
}

StnWake
stn_clock_wait (StnClock *self, gconstpointer key, GMutex *mutex, gint64 deadline_ns, GCancellable *cancellable)
{
  if (g_cancellable_is_cancelled (cancellable))
    return STN_WAKE_CANCELLED;

  Waiter waiter = {
    .clock = self,
    .key = key,
    .deadline_ns = deadline_ns,
    .joined = self->is_virtual && membership_find (self) != NULL,
  };

  /* in the list before the caller's mutex goes: a wake from here on is not lost */
  lock (self);
  if (deadline_ns <= now_locked (self)) {
    unlock (self);
    return STN_WAKE_EXPIRED;
  }
  pthread_cond_init (&waiter.condition, &self->condition_attributes);
  list_add_locked (self, &waiter);
  unlock (self);

  /* not under the clock's mutex: the callback takes it, and may run inside this call. The caller's mutex is no trouble
   * here, but it would be at the disconnect, which waits for the cancellable's other callbacks. */
  gulong handler = 0;
  if (cancellable != NULL) {
    g_atomic_pointer_set (&waiter.clock, self); /* hands the waiter to the thread that cancels */
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), &waiter, NULL);
  }
  if (mutex != NULL)
    g_mutex_unlock (mutex);

  lock (self);
  if (!waiter.marked)
    block_locked (self, &waiter);
  list_remove_locked (self, &waiter);
  StnWake wake = waiter.wake;
  unlock (self);

  /* after this no callback can reach the waiter any more */
  if (cancellable != NULL)
    g_cancellable_disconnect (cancellable, handler);
  pthread_cond_destroy (&waiter.condition);
  if (mutex != NULL)
    g_mutex_lock (mutex);
  return wake;
}

void
stn_clock_wake (StnClock *self, gconstpointer key)
{
  lock (self);
  wake_locked (self, key);
  unlock (self);
}

static gpointer
thread_main (gpointer data)
{
  StartedThread *started = data;
  g_autoptr (StnClock) self = g_steal_pointer (&started->clock);
  GThreadFunc function = started->function;
  gpointer function_data = started->data;

#ifdef PR_SET_TIMERSLACK
  /* the kernel may otherwise be 50 us late on purpose, at every wake-up */
  prctl (PR_SET_TIMERSLACK, 1, 0, 0, 0);
#endif
  if (self->is_virtual)
    membership_add (self, started); /* already counted by the starter; ends with the thread */
  else
    started_thread_unref (started);
  g_clear_pointer (&self, stn_clock_unref); /* not left behind by a g_thread_exit */
  return function (function_data);
}

GThread *
stn_clock_thread_new (StnClock *self, const char *name, GThreadFunc function, gpointer data)
{
  StartedThread *started = g_new0 (StartedThread, 1);
  g_atomic_ref_count_init (&started->references);
  started->clock = stn_clock_ref (self);
  started->function = function;
  started->data = data;

  if (!self->is_virtual)
    return g_thread_new (name, thread_main, started);

  g_atomic_ref_count_inc (&started->references);
  lock (self);
  self->running++;
  unlock (self);
  GThread *thread = g_thread_new (name, thread_main, started);
  lock (self);
  g_hash_table_replace (self->threads, thread, started);
  unlock (self);
  return thread;
}

gpointer
stn_clock_thread_join (StnClock *self, GThread *thread, gboolean caller_is_joined)
{
  (void) caller_is_joined; /* the clock knows by itself, and waiting in it is right either way */

  if (self->is_virtual) {
    gpointer found;
    lock (self);
    if (g_hash_table_steal_extended (self->threads, thread, NULL, &found)) {
      StartedThread *started = found;
      while (!started->finished) {
        Waiter waiter = {
          .clock = self, .key = started, .deadline_ns = STN_TIME_NEVER, .joined = membership_find (self) != NULL
        };
        pthread_cond_init (&waiter.condition, &self->condition_attributes);
        list_add_locked (self, &waiter);
        block_locked (self, &waiter);
        list_remove_locked (self, &waiter);
        pthread_cond_destroy (&waiter.condition);
      }
      unlock (self);
      started_thread_unref (started);
    } else {
      unlock (self);
    }
  }
  return g_thread_join (thread);
}
