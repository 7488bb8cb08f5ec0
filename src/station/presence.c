#include "src/station/presence.h"

typedef struct {
  char *name;
  StnLine detect;
  gboolean seen;     /* what the pin said last, since when */
  gint64 since_ns;   /* 0: not looked at yet */
  gboolean is_known; /* the pin has been steady */
  gboolean is_in;    /* after the bounces */
  gboolean has_left; /* since the last cycle, or there was none */
  gboolean is_told;
  gboolean is_out;   /* takes no part */
} Place;

struct StnPresence {
  StnClock *clock;
  GArray *places; /* Place */
};

static void
clear_place (gpointer data)
{
  g_free (((Place *) data)->name);
}

StnPresence *
stn_presence_new (StnClock *clock)
{
  StnPresence *self = g_new0 (StnPresence, 1);
  self->clock = stn_clock_ref (clock);
  self->places = g_array_new (FALSE, TRUE, sizeof (Place));
  g_array_set_clear_func (self->places, clear_place);
  return self;
}

void
stn_presence_free (StnPresence *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->places);
  stn_clock_unref (self->clock);
  g_free (self);
}

void
stn_presence_add (StnPresence *self, const char *site, const StnLine *detect)
{
  /* before the first cycle whatever is there counts as new */
  Place place = { .name = g_strdup (site), .detect = *detect, .has_left = TRUE };
  g_array_append_val (self->places, place);
}

static Place *
find_place (const StnPresence *self, const char *site)
{
  for (guint i = 0; i < self->places->len; i++)
    if (g_str_equal (g_array_index (self->places, Place, i).name, site))
      return &g_array_index (self->places, Place, i);
  return NULL;
}

void
stn_presence_use (StnPresence *self, const char *site, gboolean on)
{
  Place *place = find_place (self, site);
  if (place != NULL)
    place->is_out = !on;
}

void
stn_presence_set_old (StnPresence *self, const char *site)
{
  Place *place = find_place (self, site);
  if (place != NULL)
    place->has_left = FALSE;
}

gboolean
stn_presence_get (const StnPresence *self, const char *site, gboolean *out_is_in, gboolean *out_is_new)
{
  const Place *place = find_place (self, site);
  if (place == NULL || !place->is_known)
    return FALSE;
  *out_is_in = place->is_in;
  *out_is_new = place->is_in && place->has_left;
  return TRUE;
}

static void
take_look (Place *place, gboolean seen, gint64 now_ns)
{
  if (place->since_ns == 0 || seen != place->seen) {
    place->seen = seen;
    place->since_ns = now_ns;
  }
  if (now_ns - place->since_ns < STN_PRESENCE_STEADY_NS)
    return;
  place->is_known = TRUE;
  place->is_in = seen;
  place->has_left |= !seen;
}

gboolean
stn_presence_look (StnPresence *self, const StnWait *wait, GError **error)
{
  StnAdapter *read = NULL;
  guint32 levels = 0;

  for (guint i = 0; i < self->places->len; i++) {
    Place *place = &g_array_index (self->places, Place, i);
    /* neighbours are mostly on one adapter: one reading serves them all */
    if (place->detect.adapter != read) {
      if (!stn_adapter_read_levels (place->detect.adapter, &levels, wait, error))
        return FALSE;
      read = place->detect.adapter;
    }
    gboolean high = levels >> place->detect.bit & 1;
    take_look (place, high != place->detect.active_low, stn_clock_now_ns (self->clock));
  }
  return TRUE;
}

gboolean
stn_presence_is_ready (const StnPresence *self)
{
  guint count = 0;

  for (guint i = 0; i < self->places->len; i++) {
    const Place *place = &g_array_index (self->places, Place, i);
    if (place->is_out)
      continue;
    if (!place->is_in || !place->seen || !place->has_left)
      return FALSE;
    count++;
  }
  return count > 0;
}

const char *
stn_presence_take_left_in_place (StnPresence *self)
{
  Place *left = NULL;
  gboolean others_changed = FALSE;

  for (guint i = 0; i < self->places->len; i++) {
    Place *place = &g_array_index (self->places, Place, i);
    if (place->is_out)
      continue;
    if (!place->is_in || !place->seen)
      return NULL; /* somebody is still at it */
    others_changed |= place->has_left;
    if (!place->has_left && !place->is_told && left == NULL)
      left = place;
  }
  if (left == NULL || !others_changed)
    return NULL;
  left->is_told = TRUE;
  return left->name;
}

void
stn_presence_begin (StnPresence *self)
{
  for (guint i = 0; i < self->places->len; i++) {
    Place *place = &g_array_index (self->places, Place, i);
    if (!place->is_out)
      place->has_left = place->is_told = FALSE;
    /* nobody looks while the cycle runs: what was steady before says nothing after it */
    place->since_ns = 0;
    place->is_known = place->is_in = FALSE;
  }
}
