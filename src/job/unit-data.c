/* The unit's own bytes. */
#include "src/job/plan.h"

#include <string.h>

#include "src/job/serial-pattern.h"

static void
datum_free (gpointer data)
{
  StnUnitDatum *self = data;
  g_bytes_unref (self->bytes);
  g_free (self);
}

StnUnitData *
stn_unit_data_new (const StnPlan *plan, const char *serial, const char *uid, const char *day, GError **error)
{
  g_autoptr (StnUnitData) self = g_new0 (StnUnitData, 1);
  self->items = g_ptr_array_new_with_free_func (datum_free);
  for (guint i = 0; i < plan->job->data->len; i++) {
    const StnJobData *data = g_ptr_array_index (plan->job->data, i);
    g_autofree char *text = stn_template_fill (data->value, serial, uid, day, error);
    GBytes *bytes = text == NULL
                        ? NULL
                        : stn_encode ((StnEncoding) data->encoding, text, data->size_bytes, (guint8) data->pad, error);
    if (bytes == NULL) {
      g_prefix_error (error, "unit data at 0x%08" G_GINT64_MODIFIER "x: ", data->address);
      stn_job_prefix (data->place, error);
      return NULL;
    }
    StnUnitDatum *datum = g_new0 (StnUnitDatum, 1);
    datum->address = data->address;
    datum->bytes = bytes;
    g_ptr_array_add (self->items, datum);
  }
  return g_steal_pointer (&self);
}

void
stn_unit_data_free (StnUnitData *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->items);
  g_free (self);
}

/* Copies what of [from, from + length) lies in the buffer's range. */
static void
lay_over (guint64 address, guint8 *buffer, gsize length, guint64 from, const guint8 *bytes, gsize count)
{
  guint64 first = MAX (address, from);
  guint64 end = MIN (address + length, from + count);
  if (first < end)
    memcpy (buffer + (first - address), bytes + (first - from), end - first);
}

void
stn_plan_expected (const StnPlan *self, const StnUnitData *unit, guint64 address, guint8 *buffer, gsize length)
{
  memset (buffer, self->target->erased_byte, length);
  for (guint i = 0; i < self->span_count; i++)
    lay_over (address, buffer, length, self->spans[i].address, self->spans[i].expected, self->spans[i].length);
  for (guint i = 0; unit != NULL && i < unit->items->len; i++) {
    const StnUnitDatum *datum = g_ptr_array_index (unit->items, i);
    gsize count;
    const guint8 *bytes = g_bytes_get_data (datum->bytes, &count);
    lay_over (address, buffer, length, datum->address, bytes, count);
  }
}
