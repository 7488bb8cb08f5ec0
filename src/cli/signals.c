#include "src/cli/signals.h"

#include <signal.h>
#include <stdlib.h>

static int count; /* atomic */
static int last;  /* atomic */

static void
fill (sigset_t *set)
{
  sigemptyset (set);
  sigaddset (set, SIGINT);
  sigaddset (set, SIGTERM);
}

static gpointer
listen_for_signals (gpointer data)
{
  g_autoptr (GCancellable) cancellable = data;
  sigset_t set;

  fill (&set);
  for (;;) {
    int number = 0;
    if (sigwait (&set, &number) != 0)
      continue;
    g_atomic_int_set (&last, number);
    g_atomic_int_inc (&count);
    if (cancellable != NULL)
      g_cancellable_cancel (cancellable);
  }
  return NULL;
}

void
stn_signals_start (GCancellable *cancellable)
{
  sigset_t set;

  fill (&set);
  pthread_sigmask (SIG_BLOCK, &set, NULL);
  g_thread_unref (
      g_thread_new ("signals", listen_for_signals, cancellable != NULL ? g_object_ref (cancellable) : NULL));
}

guint
stn_signals_count (void)
{
  return (guint) g_atomic_int_get (&count);
}

void
stn_signals_raise (void)
{
  int number = g_atomic_int_get (&last);
  sigset_t set;

  fill (&set);
  signal (number, SIG_DFL);
  raise (number);
  pthread_sigmask (SIG_UNBLOCK, &set, NULL);
  /* only where somebody else holds the signal back */
  exit (128 + number);
}
