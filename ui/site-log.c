#include "ui/site-log.h"

#define WARNINGS_MOST 20

StnSiteLog *
stn_site_log_new (const char *site)
{
  StnSiteLog *self = g_new0 (StnSiteLog, 1);
  self->site = g_strdup (site);
  self->events = g_ptr_array_new_with_free_func ((GDestroyNotify) stn_event_unref);
  self->warnings = g_ptr_array_new_with_free_func ((GDestroyNotify) stn_event_unref);
  return self;
}

void
stn_site_log_free (StnSiteLog *self)
{
  if (self == NULL)
    return;
  g_free (self->site);
  g_ptr_array_unref (self->events);
  g_ptr_array_unref (self->warnings);
  g_free (self);
}

void
stn_site_log_take (StnSiteLog *self, StnEvent *event)
{
  gboolean is_ours = g_strcmp0 (event->site, self->site) == 0;
  if (event->kind == STN_EVENT_WARNING && (is_ours || event->site == NULL)) {
    if (self->warnings->len >= WARNINGS_MOST)
      g_ptr_array_remove_index (self->warnings, 0);
    g_ptr_array_add (self->warnings, stn_event_ref (event));
    return;
  }
  if (!is_ours)
    return;
  if (event->kind == STN_EVENT_UNIT_START)
    g_ptr_array_set_size (self->events, 0);
  if (event->kind == STN_EVENT_UNIT_STEP || event->kind == STN_EVENT_UNIT_RESULT)
    g_ptr_array_add (self->events, stn_event_ref (event));
}
