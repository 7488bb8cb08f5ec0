#include "src/base/progress.h"

void
stn_progress_init (StnProgress *self)
{
  g_mutex_init (&self->mutex);
  self->value = (StnProgressValue){ 0 };
}

void
stn_progress_clear (StnProgress *self)
{
  g_mutex_clear (&self->mutex);
}

void
stn_progress_start (StnProgress *self, guint step, guint64 total_bytes, gint64 now_ns)
{
  g_mutex_lock (&self->mutex);
  self->value = (StnProgressValue){
    .step = step,
    .total_bytes = total_bytes,
    .started_ns = now_ns,
    .changed_ns = now_ns,
    .generation = self->value.generation + 1,
  };
  g_mutex_unlock (&self->mutex);
}

void
stn_progress_advance (StnProgress *self, guint64 done_bytes, gint64 now_ns)
{
  g_mutex_lock (&self->mutex);
  self->value.done_bytes = done_bytes;
  self->value.changed_ns = now_ns;
  self->value.generation++;
  g_mutex_unlock (&self->mutex);
}

StnProgressValue
stn_progress_sample (StnProgress *self)
{
  g_mutex_lock (&self->mutex);
  StnProgressValue value = self->value;
  g_mutex_unlock (&self->mutex);
  return value;
}
