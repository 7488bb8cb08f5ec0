#include "src/base/wait.h"

/* far deadlines saturate at "never" instead of wrapping into the past */
static gint64
deadline_after (StnClock *clock, gint64 duration_ns)
{
  if (duration_ns == STN_TIME_NEVER)
    return STN_TIME_NEVER;

  gint64 now_ns = stn_clock_now_ns (clock);
  if (duration_ns <= 0)
    return now_ns;
  return duration_ns > STN_TIME_NEVER - now_ns ? STN_TIME_NEVER : now_ns + duration_ns;
}

StnWait
stn_wait_new (StnClock *clock, gint64 duration_ns, GCancellable *cancellable)
{
  return (StnWait){
    .clock = clock,
    .deadline_ns = deadline_after (clock, duration_ns),
    .cancellable = cancellable,
  };
}

StnWait
stn_wait_within (const StnWait *parent, gint64 duration_ns)
{
  StnWait narrowed = stn_wait_new (parent->clock, duration_ns, parent->cancellable);
  narrowed.deadline_ns = MIN (narrowed.deadline_ns, parent->deadline_ns);
  return narrowed;
}

StnWait
stn_wait_shielded (StnClock *clock, gint64 duration_ns)
{
  return stn_wait_new (clock, duration_ns, NULL);
}

gint64
stn_wait_left_ns (const StnWait *self)
{
  if (self->deadline_ns == STN_TIME_NEVER)
    return STN_TIME_NEVER;

  gint64 now_ns = stn_clock_now_ns (self->clock);
  /* compared before subtracting: a deadline is any number, the clock's time is not negative */
  return self->deadline_ns <= now_ns ? 0 : self->deadline_ns - now_ns;
}

gboolean
stn_wait_is_cancelled (const StnWait *self)
{
  return g_cancellable_is_cancelled (self->cancellable);
}

static gboolean
fail_cancelled (GError **error)
{
  stn_error_set (error, STN_FAILURE_CANCELLED, "stopped on request");
  return FALSE;
}

static gboolean
fail_timeout (GError **error)
{
  stn_error_set (error, STN_FAILURE_TIMEOUT, "no time left");
  return FALSE;
}

gboolean
stn_wait_check (const StnWait *self, GError **error)
{
  if (stn_wait_is_cancelled (self))
    return fail_cancelled (error);
  if (stn_wait_left_ns (self) == 0)
    return fail_timeout (error);
  return TRUE;
}

gboolean
stn_wait_sleep (const StnWait *self, gint64 duration_ns, GError **error)
{
  gint64 end_ns = deadline_after (self->clock, duration_ns);
  gint64 until_ns = MIN (end_ns, self->deadline_ns);
  StnWake wake;

  /* nobody knows this key, so only the deadline or the cancellable ends the wait */
  do
    wake = stn_clock_wait (self->clock, &end_ns, NULL, until_ns, self->cancellable);
  while (wake == STN_WAKE_WOKEN);

  if (wake == STN_WAKE_CANCELLED)
    return fail_cancelled (error);
  if (until_ns < end_ns)
    return fail_timeout (error);
  return TRUE;
}
