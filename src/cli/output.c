#include "src/cli/output.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* The thread may be stuck in a write when the owner leaves, so both hold a reference. */
struct StnOutput {
  gatomicrefcount references;
  int fd;
  GMutex mutex; /* guards all below */
  GCond changed;
  GQueue texts; /* char * */
  gboolean is_writing;
  gboolean is_broken; /* nobody reads */
  gboolean is_over;
};

static void
unref (StnOutput *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_queue_clear_full (&self->texts, g_free);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->changed);
  g_free (self);
}

static gboolean
write_all (int fd, const char *text)
{
  gsize length = strlen (text);
  while (length > 0) {
    ssize_t done = write (fd, text, length);
    if (done > 0) {
      text += done;
      length -= (gsize) done;
    } else if (done < 0 && errno == EAGAIN) {
      /* somebody made our end of the pipe non-blocking: it is shared with other programs */
      struct pollfd waiting = { .fd = fd, .events = POLLOUT };
      poll (&waiting, 1, -1);
    } else if (done < 0 && errno != EINTR) {
      return FALSE;
    }
  }
  return TRUE;
}

static gpointer
writer (gpointer data)
{
  StnOutput *self = data;

  g_mutex_lock (&self->mutex);
  for (;;) {
    while (g_queue_is_empty (&self->texts) && !self->is_over)
      g_cond_wait (&self->changed, &self->mutex);
    g_autofree char *text = g_queue_pop_head (&self->texts);
    if (text == NULL)
      break;
    if (self->is_broken)
      continue;
    self->is_writing = TRUE;
    g_mutex_unlock (&self->mutex);
    gboolean ok = write_all (self->fd, text);
    g_mutex_lock (&self->mutex);
    self->is_writing = FALSE;
    self->is_broken = !ok;
    g_cond_broadcast (&self->changed);
  }
  g_mutex_unlock (&self->mutex);
  unref (self);
  return NULL;
}

StnOutput *
stn_output_new (int fd)
{
  StnOutput *self = g_new0 (StnOutput, 1);
  g_atomic_ref_count_init (&self->references);
  self->fd = fd;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  g_queue_init (&self->texts);
  g_atomic_ref_count_inc (&self->references);
  g_thread_unref (g_thread_new ("output", writer, self));
  return self;
}

void
stn_output_take (StnOutput *self, char *text)
{
  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->texts, text);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
}

static gboolean
is_idle_locked (StnOutput *self)
{
  return self->is_broken || (g_queue_is_empty (&self->texts) && !self->is_writing);
}

gboolean
stn_output_is_idle (StnOutput *self)
{
  g_mutex_lock (&self->mutex);
  gboolean is_idle = is_idle_locked (self);
  g_mutex_unlock (&self->mutex);
  return is_idle;
}

gboolean
stn_output_flush (StnOutput *self, int real_ms)
{
  gint64 deadline_us = g_get_monotonic_time () + (gint64) real_ms * 1000;
  gboolean in_time = TRUE;

  g_mutex_lock (&self->mutex);
  while (!is_idle_locked (self) && in_time)
    in_time = g_cond_wait_until (&self->changed, &self->mutex, deadline_us);
  gboolean done = is_idle_locked (self);
  g_mutex_unlock (&self->mutex);
  return done;
}

void
stn_output_free (StnOutput *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->mutex);
  self->is_over = TRUE;
  g_queue_clear_full (&self->texts, g_free);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
  unref (self);
}
