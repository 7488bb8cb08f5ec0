#include "src/record/event.h"

static const struct {
  const char *name;
  const char *help;
} kinds[STN_EVENT_COUNT] = {
  [STN_EVENT_RUN_START] = { "run.start", "the program starts on a job; text: the job's name" },
  [STN_EVENT_PLAN] = { "plan", "the job is worked out; text: the plan's hash" },
  [STN_EVENT_SITE_STATE] = { "site.state", "a site does something else now; site, text: what; failure: why it is left out of this cycle" },
  [STN_EVENT_UNIT_START] = { "unit.start", "the run's row is durable, the board is next; run, site, cycle" },
  [STN_EVENT_UNIT_STEP] = { "unit.step",
                            "a step has ended; run, site, step, outcome, failure, duration, tries, bytes" },
  [STN_EVENT_UNIT_PROGRESS] = { "unit.progress", "a sample of how far a step is; run, site, step, bytes, total bytes" },
  [STN_EVENT_UNIT_RESULT] = { "unit.result", "the result is on disk; run, site, serial, uid, outcome, failure, "
                                             "duration, text: reason" },
  [STN_EVENT_CYCLE_RESULT] = { "cycle.result", "all sites of a cycle are done; cycle, counts by verdict" },
  [STN_EVENT_WARNING] = { "warning", "something to know that stops nothing; site if it is one site's, text" },
  [STN_EVENT_RUN_END] = { "run.end", "the last event; bytes: exit code, counts by verdict, text: why, if stopped" },
};

typedef struct {
  StnEvent event; /* first: the pointer handed out */
  gatomicrefcount references;
} CountedEvent;

struct StnEventQueue {
  GMutex mutex;
  GQueue events; /* StnEvent, owned */
  guint64 last_sequence;
  void (*notify) (gpointer);
  gpointer data;
};

StnEvent *
stn_event_new (StnEventKind kind)
{
  CountedEvent *self = g_new0 (CountedEvent, 1);
  g_atomic_ref_count_init (&self->references);
  self->event.kind = kind;
  self->event.duration_ns = -1;
  self->event.predicted_ns = -1;
  return &self->event;
}

StnEvent *
stn_event_ref (StnEvent *self)
{
  g_atomic_ref_count_inc (&((CountedEvent *) self)->references);
  return self;
}

void
stn_event_unref (StnEvent *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&((CountedEvent *) self)->references))
    return;
  g_free (self->run_id);
  g_free (self->site);
  g_free (self->serial);
  g_free (self->uid);
  g_free (self->text);
  g_free (self);
}

const char *
stn_event_name (StnEventKind kind)
{
  return (guint) kind < STN_EVENT_COUNT ? kinds[kind].name : "unknown";
}

const char *
stn_event_help (StnEventKind kind)
{
  return (guint) kind < STN_EVENT_COUNT ? kinds[kind].help : "";
}

StnEventQueue *
stn_event_queue_new (void (*notify) (gpointer), gpointer data)
{
  StnEventQueue *self = g_new0 (StnEventQueue, 1);
  g_mutex_init (&self->mutex);
  g_queue_init (&self->events);
  self->notify = notify;
  self->data = data;
  return self;
}

static void
event_free (gpointer event)
{
  stn_event_unref (event);
}

void
stn_event_queue_free (StnEventQueue *self)
{
  if (self == NULL)
    return;
  g_queue_clear_full (&self->events, event_free);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

void
stn_event_queue_post (StnEventQueue *self, StnEvent *event)
{
  /* number and place under one lock: the order in the queue is the order of the numbers */
  g_mutex_lock (&self->mutex);
  event->sequence = ++self->last_sequence;
  g_queue_push_tail (&self->events, event);
  g_mutex_unlock (&self->mutex);

  if (self->notify != NULL)
    self->notify (self->data);
}

StnEvent *
stn_event_queue_take (StnEventQueue *self)
{
  g_mutex_lock (&self->mutex);
  StnEvent *event = g_queue_pop_head (&self->events);
  g_mutex_unlock (&self->mutex);
  return event;
}
