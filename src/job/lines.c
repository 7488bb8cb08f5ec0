#include "src/job/lines.h"

#include <string.h>

#define LINE_COUNT 32

struct StnAdapter {
  StnLink *pins; /* owned */
  StnClock *clock;
  GMutex mutex; /* guards everything below, and the link */
  guint32 used_mask;
  guint32 rest_levels;
  guint32 shadow;            /* what the lines were last set to */
  guint holders[LINE_COUNT]; /* leases on the line's present level */
};

/* A board's port that goes may be the board's doing; an adapter that goes is the station's. Always FALSE. */
static gboolean
fail (GError *failure, GError **error)
{
  if (stn_error_is (failure, STN_FAILURE_LINK_LOST)) {
    stn_error_set (error, STN_FAILURE_ADAPTER_MISSING, "the adapter has gone: %s", failure->message);
    g_error_free (failure);
  } else {
    g_propagate_error (error, failure);
  }
  return FALSE;
}

static gboolean
adapter_set_locked (StnAdapter *self, guint32 mask, guint32 levels, const StnWait *wait, GError **error)
{
  if (mask == 0)
    return TRUE;
  g_autoptr (GError) failure = NULL;
  if (!stn_pins_set (self->pins, mask, levels & mask, wait, &failure))
    return fail (g_steal_pointer (&failure), error);
  self->shadow = (self->shadow & ~mask) | (levels & mask);
  return TRUE;
}

StnAdapter *
stn_adapter_new (StnLink *pins, guint32 used_mask, guint32 rest_levels, StnClock *clock, const StnWait *wait,
                 GError **error)
{
  StnAdapter *self = g_new0 (StnAdapter, 1);

  self->pins = pins;
  self->clock = stn_clock_ref (clock);
  self->used_mask = used_mask;
  self->rest_levels = rest_levels & used_mask;
  g_mutex_init (&self->mutex);
  if (!adapter_set_locked (self, used_mask, self->rest_levels, wait, error)) {
    stn_adapter_free (self);
    return NULL;
  }
  return self;
}

void
stn_adapter_free (StnAdapter *self)
{
  if (self == NULL)
    return;
  /* best effort: an adapter that is gone can't be put at rest, and its boards have lost their lines anyway */
  StnWait wait = stn_wait_shielded (self->clock, STN_NS_PER_S);
  g_autoptr (GError) ignored = NULL;
  adapter_set_locked (self, self->used_mask, self->rest_levels, &wait, &ignored);
  stn_link_free (self->pins);
  g_mutex_clear (&self->mutex);
  stn_clock_unref (self->clock);
  g_free (self);
}

gboolean
stn_adapter_read_levels (StnAdapter *self, guint32 *out_levels, const StnWait *wait, GError **error)
{
  g_mutex_lock (&self->mutex);
  g_autoptr (GError) failure = NULL;
  gboolean ok = stn_pins_get (self->pins, out_levels, wait, &failure);
  g_mutex_unlock (&self->mutex);
  return ok || fail (g_steal_pointer (&failure), error);
}

gboolean
stn_adapter_read (StnAdapter *self, guint bit, gboolean *out_high, const StnWait *wait, GError **error)
{
  guint32 levels = 0;

  if (!stn_adapter_read_levels (self, &levels, wait, error))
    return FALSE;
  *out_high = (levels >> bit) & 1;
  return TRUE;
}

static guint32
line_mask (const StnLine *line)
{
  return (guint32) 1 << line->bit;
}

static guint32
line_active_level (const StnLine *line)
{
  return line->active_low ? 0 : line_mask (line);
}

/* Can this line be had at its active level now: nobody holds it, or they hold that very level. */
static gboolean
line_is_free_locked (StnAdapter *self, const StnLine *line)
{
  return self->holders[line->bit] == 0 || (self->shadow & line_mask (line)) == line_active_level (line);
}

/* Takes all lines of one adapter, in one write. */
static gboolean
adapter_acquire (StnAdapter *self, StnLineLease *leases, const StnLine *lines, guint count, const StnWait *wait,
                 GError **error)
{
  gboolean ok = FALSE;

  g_mutex_lock (&self->mutex);
  for (;;) {
    guint32 mask = 0, levels = 0;
    const StnLine *taken = NULL;

    for (guint i = 0; i < count; i++) {
      if (lines[i].adapter != self || leases[i].held)
        continue;
      if (!line_is_free_locked (self, &lines[i]))
        taken = &lines[i];
      mask |= line_mask (&lines[i]);
      levels |= line_active_level (&lines[i]);
    }
    if (taken == NULL) {
      guint32 changed = (self->shadow ^ levels) & mask;
      ok = adapter_set_locked (self, changed, levels, wait, error);
      for (guint i = 0; ok && i < count; i++)
        if (lines[i].adapter == self && !leases[i].held) {
          leases[i] = (StnLineLease){ .line = lines[i], .held = TRUE };
          self->holders[lines[i].bit]++;
        }
      break;
    }
    StnWake wake = stn_clock_wait (self->clock, self, &self->mutex, wait->deadline_ns, wait->cancellable);
    if (wake == STN_WAKE_CANCELLED) {
      stn_error_set (error, STN_FAILURE_CANCELLED, "%s: cancelled while waiting for a line",
                     stn_link_name (self->pins));
      break;
    }
    if (wake == STN_WAKE_EXPIRED) {
      stn_error_set (error, STN_FAILURE_SHARED_LINE,
                     "%s: line %u is held at its other level by %u sites that did not give it back in time",
                     stn_link_name (self->pins), taken->bit, self->holders[taken->bit]);
      break;
    }
  }
  g_mutex_unlock (&self->mutex);
  return ok;
}

static gboolean
adapter_release (StnAdapter *self, StnLineLease *leases, guint count, const StnWait *wait, GError **error)
{
  guint32 mask = 0;

  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < count; i++) {
    StnLine *line = &leases[i].line;

    if (!leases[i].held || line->adapter != self)
      continue;
    leases[i].held = FALSE;
    if (--self->holders[line->bit] == 0)
      mask |= line_mask (line);
  }
  gboolean ok = adapter_set_locked (self, mask, self->rest_levels, wait, error);
  stn_clock_wake (self->clock, self);
  g_mutex_unlock (&self->mutex);
  return ok;
}

gboolean
stn_lines_acquire (StnLineLease *leases, const StnLine *lines, guint count, const StnWait *wait, GError **error)
{
  for (guint i = 0; i < count; i++) {
    if (lines[i].adapter == NULL || leases[i].held)
      continue;
    if (!adapter_acquire (lines[i].adapter, leases, lines, count, wait, error)) {
      StnWait shielded = stn_wait_shielded (wait->clock, STN_NS_PER_S);
      g_autoptr (GError) ignored = NULL; /* the first failure is the one that is told */
      stn_lines_release (leases, count, &shielded, &ignored);
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
stn_lines_release (StnLineLease *leases, guint count, const StnWait *wait, GError **error)
{
  gboolean ok = TRUE;

  for (guint i = 0; i < count; i++) {
    if (!leases[i].held)
      continue;
    /* every lease is given up, even where the adapter does not answer; the first error is kept */
    if (!adapter_release (leases[i].line.adapter, leases, count, wait, ok ? error : NULL))
      ok = FALSE;
  }
  return ok;
}

/* ---- groups ---- */

struct StnLineGroup {
  StnClock *clock;
  GMutex mutex;
  guint members; /* not retired */
  guint arrived;
  guint generation; /* of the barrier */
};

StnLineGroup *
stn_line_group_new (StnClock *clock)
{
  StnLineGroup *self = g_new0 (StnLineGroup, 1);

  self->clock = stn_clock_ref (clock);
  g_mutex_init (&self->mutex);
  return self;
}

void
stn_line_group_free (StnLineGroup *self)
{
  if (self == NULL)
    return;
  g_mutex_clear (&self->mutex);
  stn_clock_unref (self->clock);
  g_free (self);
}

void
stn_line_group_start (StnLineGroup *self, guint members)
{
  g_mutex_lock (&self->mutex);
  self->members = members;
  self->arrived = 0;
  g_mutex_unlock (&self->mutex);
}

static void
group_open_if_all_are_here_locked (StnLineGroup *self)
{
  if (self->arrived == 0 || self->arrived < self->members)
    return;
  self->arrived = 0;
  self->generation++;
  stn_clock_wake (self->clock, self);
}

gboolean
stn_line_group_meet (StnLineGroup *self, const StnWait *wait, GError **error)
{
  gboolean ok = TRUE;

  if (self == NULL)
    return TRUE;
  g_mutex_lock (&self->mutex);
  guint generation = self->generation;
  self->arrived++;
  group_open_if_all_are_here_locked (self);
  while (self->generation == generation) {
    StnWake wake = stn_clock_wait (self->clock, self, &self->mutex, wait->deadline_ns, wait->cancellable);
    if (wake == STN_WAKE_WOKEN || self->generation != generation)
      continue;
    self->arrived--;
    if (wake == STN_WAKE_CANCELLED)
      stn_error_set (error, STN_FAILURE_CANCELLED, "cancelled while waiting for the sites that share lines");
    else
      stn_error_set (error, STN_FAILURE_SHARED_LINE,
                     "%u of %u sites that share lines did not come to the same point in time",
                     self->members - self->arrived - 1, self->members);
    ok = FALSE;
    break;
  }
  g_mutex_unlock (&self->mutex);
  return ok;
}

void
stn_line_group_retire (StnLineGroup *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->mutex);
  g_assert (self->members > 0);
  self->members--;
  group_open_if_all_are_here_locked (self);
  g_mutex_unlock (&self->mutex);
}
