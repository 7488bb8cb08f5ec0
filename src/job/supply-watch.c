#include "src/job/supply-watch.h"

#define LOOK_WITHIN_NS STN_NS_PER_S

struct StnSupplyWatch {
  StnSiteHold *hold; /* borrowed */
  GThread *thread;
  GMutex mutex;
  gboolean is_over;
  char *wrong; /* the first thing seen; the watching thread's until it was joined */
};

static void
look (StnSupplyWatch *self)
{
  StnWait wait = stn_wait_shielded (self->hold->clock, LOOK_WITHIN_NS);
  StnSupply supply = STN_SUPPLY_GOOD;
  g_autoptr (GError) error = NULL;

  if (self->wrong != NULL)
    return;
  if (!stn_site_hold_look_at_supply (self->hold, &supply, &wait, &error))
    self->wrong = g_strdup_printf ("can't be watched: %s", error->message);
  else if (supply != STN_SUPPLY_GOOD)
    self->wrong = g_strdup (supply == STN_SUPPLY_FAULT ? "reports over-current" : "was not good");
}

static gpointer
watch (gpointer data)
{
  StnSupplyWatch *self = data;
  StnClock *clock = self->hold->clock;

  g_mutex_lock (&self->mutex);
  while (!self->is_over) {
    gint64 next_ns = stn_clock_now_ns (clock) + STN_SUPPLY_LOOK_NS;
    while (!self->is_over && stn_clock_wait (clock, self, &self->mutex, next_ns, NULL) == STN_WAKE_WOKEN)
      ;
    g_mutex_unlock (&self->mutex);
    look (self);
    g_mutex_lock (&self->mutex);
  }
  g_mutex_unlock (&self->mutex);
  return NULL;
}

StnSupplyWatch *
stn_supply_watch_begin (StnSiteHold *hold)
{
  if (hold->site->good.adapter == NULL && hold->site->fault.adapter == NULL)
    return NULL;
  StnSupplyWatch *self = g_new0 (StnSupplyWatch, 1);
  self->hold = hold;
  g_mutex_init (&self->mutex);
  look (self);
  self->thread = stn_clock_thread_new (hold->clock, "supply", watch, self);
  return self;
}

char *
stn_supply_watch_end (StnSupplyWatch *self)
{
  if (self == NULL)
    return NULL;
  g_mutex_lock (&self->mutex);
  self->is_over = TRUE;
  stn_clock_wake (self->hold->clock, self);
  g_mutex_unlock (&self->mutex);
  stn_clock_thread_join (self->hold->clock, self->thread, TRUE);
  look (self);
  char *wrong = self->wrong;
  g_mutex_clear (&self->mutex);
  g_free (self);
  return wrong;
}
