#include "src/station/scene.h"

/* the slowest usual ROM is there after 20 ms (devices-notes, section 6), a program says its first words; the sync asks
 * once more after 200 ms */
#define SETTLE_NS (100 * STN_NS_PER_MS)
#define DEFAULT_BAUD 115200 /* the highest rate ST tests (AN3155 section 2) */

gboolean
stn_scene_same_line (const StnLine *a, const StnLine *b)
{
  return a->adapter != NULL && a->adapter == b->adapter && a->bit == b->bit;
}

/* A site that can't be used: its board stays as it is at rest, and nobody listens to it. */
static void
give_up (StnScene *self, guint site, GError *failure)
{
  stn_site_hold_park (&self->holds[site]);
  self->ears[site].uart = NULL;
  self->ears[site].usb_provider = NULL;
  self->errors[site] = failure;
}

static gboolean
open_site (StnScene *self, guint site, GError **error)
{
  StnSiteHold *hold = &self->holds[site];
  const StnSite *wired = hold->site;

  if ((wired->uart_place != NULL && !stn_site_hold_open_port (hold, &self->wait, error))
      || !stn_site_hold_reset_begin (hold, FALSE, &self->wait, error))
    return FALSE;
  self->ears[site] = (StnProbeEar){ .uart = hold->uart, .baud = wired->baud != 0 ? wired->baud : DEFAULT_BAUD };
  self->ears[site].usb_provider = wired->usb_provider;
  self->ears[site].usb_place = wired->usb_place;
  if (wired->power.adapter != NULL && wired->nrst.adapter != NULL)
    return stn_site_hold_power_on (hold, &self->wait, error);
  return TRUE;
}

gboolean
stn_scene_open (StnScene *self, StnSite *const *sites, guint count, StnTargets *targets, StnClock *clock,
                GCancellable *cancellable, GError **error)
{
  *self = (StnScene){ .clock = clock, .targets = targets, .count = count };
  self->wait = stn_wait_new (clock, STN_TIME_NEVER, cancellable);
  self->holds = g_new0 (StnSiteHold, count + 1);
  self->ears = g_new0 (StnProbeEar, count + 1);
  self->errors = g_new0 (GError *, count + 1);
  for (guint i = 0; i < count; i++)
    self->holds[i] = (StnSiteHold){ .site = sites[i], .clock = clock };
  for (guint i = 0; i < count; i++) {
    g_autoptr (GError) failure = NULL;
    if (open_site (self, i, &failure))
      continue;
    if (stn_error_is (failure, STN_FAILURE_CANCELLED)) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
    give_up (self, i, g_steal_pointer (&failure));
  }
  return TRUE;
}

void
stn_scene_close (StnScene *self)
{
  for (guint i = 0; i < self->count; i++) {
    stn_site_hold_park (&self->holds[i]);
    g_clear_error (&self->errors[i]);
  }
  g_clear_pointer (&self->holds, g_free);
  g_clear_pointer (&self->ears, g_free);
  g_clear_pointer (&self->errors, g_free);
  self->count = 0;
}

/* Whether `who` means this site, or one that shares the line with it. */
static gboolean
means (const StnScene *self, int who, guint site, gsize line_offset)
{
  if (who < 0)
    return who == STN_SCENE_EVERYBODY;
  const StnLine *line = G_STRUCT_MEMBER_P (self->holds[site].site, line_offset);
  const StnLine *other = G_STRUCT_MEMBER_P (self->holds[who].site, line_offset);
  return site == (guint) who || stn_scene_same_line (line, other);
}

/* Without an NRST line a board is held by its power. */
static gboolean
is_held_by_power (const StnSite *site)
{
  return site->nrst.adapter == NULL && site->power.adapter != NULL;
}

static gboolean
hold (StnScene *self, guint site, GError **error)
{
  StnSiteHold *held = &self->holds[site];

  if (is_held_by_power (held->site))
    return stn_site_hold_power_off (held, &self->wait, error);
  return stn_site_hold_acquire (held, &held->nrst, &held->site->nrst, &self->wait, error);
}

static gboolean
let_go (StnScene *self, guint site, GError **error)
{
  StnSiteHold *held = &self->holds[site];

  if (is_held_by_power (held->site))
    return stn_site_hold_power_on (held, &self->wait, error);
  return stn_site_hold_release (held, &held->nrst, error);
}

static gboolean
set_boot0 (StnScene *self, int who, GError **error)
{
  /* first what goes down: a shared line may be on its way to the other level */
  for (guint i = 0; i < self->count; i++)
    if (self->errors[i] == NULL && !means (self, who, i, G_STRUCT_OFFSET (StnSite, boot0))
        && !stn_site_hold_release (&self->holds[i], &self->holds[i].boot0, error))
      return FALSE;
  for (guint i = 0; i < self->count; i++) {
    StnSiteHold *held = &self->holds[i];
    if (self->errors[i] == NULL && means (self, who, i, G_STRUCT_OFFSET (StnSite, boot0))
        && !stn_site_hold_acquire (held, &held->boot0, &held->site->boot0, &self->wait, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
listen (StnScene *self, gboolean who, GError **error)
{
  for (guint i = 0; i < self->count; i++)
    self->ears[i].who = who;
  if (!stn_probe_listen (self->ears, self->count, self->targets, &self->wait, error))
    return FALSE;
  for (guint i = 0; i < self->count; i++)
    if (self->ears[i].lost != NULL)
      give_up (self, i, g_steal_pointer (&self->ears[i].lost));
  return TRUE;
}

gboolean
stn_scene_play (StnScene *self, int boot0, int released, gboolean who, GError **error)
{
  for (guint i = 0; i < self->count; i++)
    if (self->errors[i] == NULL && !hold (self, i, error))
      return FALSE;
  if (!set_boot0 (self, boot0, error) || !stn_wait_sleep (&self->wait, STN_NRST_LOW_NS, error))
    return FALSE;
  for (guint i = 0; i < self->count; i++) {
    g_autoptr (GError) failure = NULL;
    if (self->errors[i] == NULL && self->holds[i].uart != NULL
        && !stn_stream_flush (self->holds[i].uart, &self->wait, &failure)) {
      if (stn_error_is (failure, STN_FAILURE_CANCELLED)) {
        g_propagate_error (error, g_steal_pointer (&failure));
        return FALSE;
      }
      give_up (self, i, g_steal_pointer (&failure));
    }
  }
  gint64 turn_ns = 0;
  for (guint i = 0; i < self->count; i++) {
    if (self->errors[i] != NULL || !means (self, released, i, G_STRUCT_OFFSET (StnSite, nrst)))
      continue;
    /* not all enumerate at once */
    const StnSite *site = self->holds[i].site;
    if (site->turn_ns > turn_ns && !stn_wait_sleep (&self->wait, site->turn_ns - turn_ns, error))
      return FALSE;
    turn_ns = MAX (turn_ns, site->turn_ns);
    if (!let_go (self, i, error))
      return FALSE;
  }
  return stn_wait_sleep (&self->wait, SETTLE_NS, error) && listen (self, who, error);
}
