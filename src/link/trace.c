#include "src/link/trace.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "src/link/exchange-text.h"

/* ---- the sink ---- */

struct StnTraceSink {
  gatomicrefcount references;
  GMutex mutex; /* guards all below */
  char *path;   /* owned; NULL: ring only */
  FILE *file;
  int write_error; /* errno of the first line that the file did not take */
  GString **ring;  /* owned; the lines keep their memory when they are used again */
  guint ring_lines;
  guint64 added; /* lines ever put in since the last forget */
};

StnTraceSink *
stn_trace_sink_new (const char *path, guint ring_lines, GError **error)
{
  FILE *file = NULL;

  if (path != NULL) {
    file = fopen (path, "we");
    if (file == NULL) {
      int reason = errno;
      stn_error_set (error, reason == EACCES || reason == EPERM ? STN_FAILURE_PERMISSION : STN_FAILURE_BAD_FILE,
                     "%s: %s", path, g_strerror (reason));
      return NULL;
    }
    /* a line is out when it is written: a trace is read after something went wrong */
    setvbuf (file, NULL, _IOLBF, BUFSIZ);
  }

  StnTraceSink *self = g_new0 (StnTraceSink, 1);
  g_atomic_ref_count_init (&self->references);
  g_mutex_init (&self->mutex);
  self->path = g_strdup (path);
  self->file = file;
  self->ring_lines = ring_lines;
  self->ring = g_new0 (GString *, ring_lines);
  return self;
}

StnTraceSink *
stn_trace_sink_ref (StnTraceSink *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
stn_trace_sink_unref (StnTraceSink *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->references))
    return;
  if (self->file != NULL)
    fclose (self->file);
  for (guint i = 0; i < self->ring_lines; i++)
    if (self->ring[i] != NULL)
      g_string_free (self->ring[i], TRUE);
  g_free (self->ring);
  g_free (self->path);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* `line` ends with a newline. */
static void
sink_add (StnTraceSink *self, const GString *line)
{
  if (self == NULL)
    return;

  g_mutex_lock (&self->mutex);
  if (self->file != NULL && fwrite (line->str, 1, line->len, self->file) != line->len && self->write_error == 0)
    self->write_error = errno != 0 ? errno : EIO;
  if (self->ring_lines > 0) {
    GString **slot = &self->ring[self->added % self->ring_lines];
    if (*slot == NULL)
      *slot = g_string_sized_new (line->len);
    g_string_truncate (*slot, 0);
    g_string_append_len (*slot, line->str, (gssize) line->len);
    self->added++;
  }
  g_mutex_unlock (&self->mutex);
}

char *
stn_trace_sink_text (StnTraceSink *self)
{
  GString *text = g_string_new (NULL);

  g_mutex_lock (&self->mutex);
  guint64 first = self->added > self->ring_lines ? self->added - self->ring_lines : 0;
  for (guint64 i = first; i < self->added; i++) {
    const GString *line = self->ring[i % self->ring_lines];
    g_string_append_len (text, line->str, (gssize) line->len);
  }
  g_mutex_unlock (&self->mutex);
  return g_string_free (text, FALSE);
}

void
stn_trace_sink_forget (StnTraceSink *self)
{
  g_mutex_lock (&self->mutex);
  self->added = 0;
  g_mutex_unlock (&self->mutex);
}

gboolean
stn_trace_sink_check (StnTraceSink *self, GError **error)
{
  g_mutex_lock (&self->mutex);
  if (self->file != NULL && fflush (self->file) != 0 && self->write_error == 0)
    self->write_error = errno;
  int reason = self->write_error;
  g_mutex_unlock (&self->mutex);

  if (reason == 0)
    return TRUE;
  stn_error_set (error, STN_FAILURE_BAD_FILE, "%s: the trace has holes: %s", self->path, g_strerror (reason));
  return FALSE;
}

/* ---- the link ---- */

typedef struct {
  StnLink link;
  StnLink *inner;     /* owned */
  StnTraceSink *ring; /* a reference, or NULL */
  StnTraceSink *file; /* a reference, or NULL */
  StnClock *clock;    /* a reference */
  char *shown_name;   /* owned; the name as one word */
  GString *line;      /* owned; used again and again */
} TraceLink;

static gboolean
trace_exchange (StnLink *link, StnExchange *exchange, const StnWait *wait, GError **error)
{
  TraceLink *self = (TraceLink *) link;
  g_autoptr (GError) local = NULL;
  gboolean done = stn_link_exchange (self->inner, exchange, wait, &local);
  gint64 now_ns = stn_clock_now_ns (self->clock);

  g_string_printf (self->line, "%" G_GINT64_FORMAT ".%06d %s ", now_ns / STN_NS_PER_S,
                   (int) (now_ns % STN_NS_PER_S / STN_NS_PER_US), self->shown_name);
  stn_exchange_to_text (exchange, stn_error_failure (local), self->line);
  g_string_append_c (self->line, '\n');
  sink_add (self->ring, self->line);
  sink_add (self->file, self->line);

  if (!done)
    g_propagate_error (error, g_steal_pointer (&local));
  return done;
}

static void
trace_free (StnLink *link)
{
  TraceLink *self = (TraceLink *) link;

  stn_link_free (self->inner);
  stn_trace_sink_unref (self->ring);
  stn_trace_sink_unref (self->file);
  stn_clock_unref (self->clock);
  g_string_free (self->line, TRUE);
  g_free (self->shown_name);
  g_free (self);
}

static const StnLinkClass trace_class = { .kind = "trace", .exchange = trace_exchange, .free = trace_free };

StnLink *
stn_trace_link_new (StnLink *inner, StnTraceSink *ring_sink, StnTraceSink *file_sink, StnClock *clock)
{
  TraceLink *self = g_new0 (TraceLink, 1);

  stn_link_init (&self->link, &trace_class, stn_link_shape (inner), stn_link_name (inner));
  self->inner = inner;
  self->ring = ring_sink != NULL ? stn_trace_sink_ref (ring_sink) : NULL;
  self->file = file_sink != NULL ? stn_trace_sink_ref (file_sink) : NULL;
  self->clock = stn_clock_ref (clock);
  self->line = g_string_sized_new (1024);
  self->shown_name = g_strdelimit (g_strdup (stn_link_name (inner)), " \t\r\n", '_');
  return &self->link;
}
