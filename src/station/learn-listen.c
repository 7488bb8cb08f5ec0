/* What the sites of a station that is being learned say: their ROMs, their programs, their USB devices. */
#include "src/station/learn-private.h"

#include <string.h>

static void
step_done (StnLearner *self)
{
  self->done++;
  if (self->options->progress != NULL)
    self->options->progress (MIN (self->done, self->total), self->total, self->options->data);
}

static void
remember (StnLearner *self, guint uart)
{
  const StnProbeEar *ear = &self->ears[uart];
  StnLearnedSite *site = stn_learner_site (self, uart);

  site->was_heard |= ear->heard != STN_HEARD_NOTHING;
  if (site->line == NULL && ear->target != NULL)
    site->line = g_strdup (ear->target->line);
  if (site->uid == NULL && ear->uid[0] != '\0')
    site->uid = g_strdup (ear->uid);
}

/* The sites whose DFU device is there now; one that nobody has seen before is a new site. */
static gboolean
look_at_usb (StnLearner *self, gboolean *out_present, GError **error)
{
  g_autoptr (GPtrArray) places = g_ptr_array_new_with_free_func (g_free);

  if (!stn_learner_list_places (self->uart_provider, STN_PLACE_USB, places, error))
    return FALSE;
  for (guint i = 0; i < places->len; i++) {
    const char *place = g_ptr_array_index (places, i);
    guint site = 0;
    while (site < stn_learner_site_count (self) && g_strcmp0 (stn_learner_site (self, site)->usb, place) != 0)
      site++;
    if (site == stn_learner_site_count (self)) {
      if (self->usb_count == STN_LEARN_USB_MOST)
        continue;
      StnLearnedSite *found = g_new0 (StnLearnedSite, 1);
      found->usb = g_strdup (place);
      g_ptr_array_add (self->learned->sites, found);
      self->usb_count++;
    }
    out_present[site] = TRUE;
  }
  return TRUE;
}

gboolean
stn_learner_listen (StnLearner *self, gboolean who, GError **error)
{
  g_autofree gboolean *present = g_new0 (gboolean, stn_learner_site_room (self));

  if ((who || self->expects_usb) && !stn_wait_sleep (&self->wait, STN_LEARN_USB_COME_NS - STN_LEARN_SETTLE_NS, error))
    return FALSE;
  if (!look_at_usb (self, present, error))
    return FALSE;
  for (guint i = 0; i < stn_learner_site_count (self); i++) {
    StnProbeEar *ear = &self->ears[i];
    gboolean may_ask = who && present[i] && self->uart_provider->provider_class->open_usb != NULL;
    ear->who = who;
    /* it is there, and who it is can be asked where this provider opens USB devices too */
    ear->usb_provider = may_ask ? self->uart_provider : NULL;
    ear->usb_place = may_ask ? stn_learner_site (self, i)->usb : NULL;
  }
  if (!stn_probe_listen (self->ears, stn_learner_site_count (self), self->targets, &self->wait, error))
    return FALSE;
  for (guint i = 0; i < stn_learner_site_count (self); i++) {
    if (stn_learner_site (self, i)->uart == NULL)
      self->ears[i].heard = present[i] ? STN_HEARD_ROM : STN_HEARD_NOTHING;
    remember (self, i);
    if (self->ears[i].lost == NULL)
      continue;
    g_ptr_array_add (self->learned->notes, g_strdup_printf ("%s: %s", stn_learned_place (stn_learner_site (self, i)),
                                                            self->ears[i].lost->message));
    g_clear_error (&self->ears[i].lost);
    g_clear_pointer (&self->ears[i].uart, stn_link_free);
  }
  step_done (self);
  return TRUE;
}

gboolean
stn_learner_flush (StnLearner *self, GError **error)
{
  for (guint i = 0; i < stn_learner_site_count (self); i++) {
    g_autoptr (GError) ignored = NULL; /* a port that is gone is told when it is listened to */
    if (self->ears[i].uart != NULL && !stn_stream_flush (self->ears[i].uart, &self->wait, &ignored)
        && stn_error_is (ignored, STN_FAILURE_CANCELLED)) {
      g_propagate_error (error, g_steal_pointer (&ignored));
      return FALSE;
    }
  }
  return TRUE;
}
