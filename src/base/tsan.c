/* What ThreadSanitizer has to be told about GLib. Built only with -Db_sanitize=thread.
 *
 * The system's GLib is not instrumented, so its locks and counters order nothing in the sanitizer's eyes, and each use
 * of a GMutex would look like a race. These functions stand in front of GLib's own (the program's symbols win over a
 * shared library's), call them, and say what they order. They change nothing else. */
#include <gio/gio.h>

#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>

/* POSIX promises what ISO C does not: a symbol's address is a function's */
#pragma GCC diagnostic ignored "-Wpedantic"

/* the function that ours stands in front of */
#define NEXT(function) ((__typeof__ (&function)) next_symbol (#function))

static gpointer
next_symbol (const char *name)
{
  gpointer symbol = dlsym (RTLD_NEXT, name);
  if (symbol == NULL)
    __builtin_trap (); /* nothing of GLib can be used to complain */
  return symbol;
}

#define CACHED(function)                                 \
  static __typeof__ (&function) next;                    \
  if (__atomic_load_n (&next, __ATOMIC_RELAXED) == NULL) \
  __atomic_store_n (&next, NEXT (function), __ATOMIC_RELAXED)

#define AROUND_ACQUIRE(function, type) \
  void function (type *lock)           \
  {                                    \
    CACHED (function);                 \
    next (lock);                       \
    __tsan_acquire (lock);             \
  }
#define AROUND_RELEASE(function, type) \
  void function (type *lock)           \
  {                                    \
    CACHED (function);                 \
    __tsan_release (lock);             \
    next (lock);                       \
  }
#define AROUND_TRY(function, type) \
  gboolean function (type *lock)   \
  {                                \
    CACHED (function);             \
    gboolean locked = next (lock); \
    if (locked)                    \
      __tsan_acquire (lock);       \
    return locked;                 \
  }

AROUND_ACQUIRE (g_mutex_lock, GMutex)
AROUND_TRY (g_mutex_trylock, GMutex)
AROUND_RELEASE (g_mutex_unlock, GMutex)
AROUND_ACQUIRE (g_rec_mutex_lock, GRecMutex)
AROUND_TRY (g_rec_mutex_trylock, GRecMutex)
AROUND_RELEASE (g_rec_mutex_unlock, GRecMutex)
AROUND_ACQUIRE (g_rw_lock_writer_lock, GRWLock)
AROUND_RELEASE (g_rw_lock_writer_unlock, GRWLock)
AROUND_ACQUIRE (g_rw_lock_reader_lock, GRWLock)
AROUND_RELEASE (g_rw_lock_reader_unlock, GRWLock)

void
g_cond_wait (GCond *condition, GMutex *mutex)
{
  CACHED (g_cond_wait);
  __tsan_release (mutex);
  next (condition, mutex);
  __tsan_acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *condition, GMutex *mutex, gint64 end_time_us)
{
  CACHED (g_cond_wait_until);
  __tsan_release (mutex);
  gboolean signalled = next (condition, mutex, end_time_us);
  __tsan_acquire (mutex);
  return signalled;
}

/* whoever drops the last reference has seen all that the others did */
gboolean (g_atomic_ref_count_dec) (gatomicrefcount *count)
{
  CACHED (g_atomic_ref_count_dec);
  __tsan_release (count);
  gboolean last = next (count);
  if (last)
    __tsan_acquire (count);
  return last;
}

void
g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  CACHED (g_async_queue_push);
  __tsan_release (queue);
  next (queue, data);
}

#define AROUND_POP(function)             \
  gpointer function (GAsyncQueue *queue) \
  {                                      \
    CACHED (function);                   \
    gpointer data = next (queue);        \
    __tsan_acquire (queue);              \
    return data;                         \
  }

AROUND_POP (g_async_queue_pop)
AROUND_POP (g_async_queue_try_pop)

void
g_cancellable_cancel (GCancellable *cancellable)
{
  CACHED (g_cancellable_cancel);
  __tsan_release (cancellable);
  next (cancellable);
}

gboolean
g_cancellable_is_cancelled (GCancellable *cancellable)
{
  CACHED (g_cancellable_is_cancelled);
  gboolean cancelled = next (cancellable);
  if (cancelled)
    __tsan_acquire (cancellable);
  return cancelled;
}
