/* From images and unit data to pages, spans and blocks. */
#include "src/job/plan-private.h"

#include <string.h>

#include "src/image/vectors.h"
#include "src/job/serial-pattern.h"

static gboolean
overlap (guint64 first, guint64 length, guint64 other_first, guint64 other_length)
{
  return first < other_first + other_length && other_first < first + length;
}

static guint64
flash_last (const StnTarget *target)
{
  return target->flash_base + target->flash_bytes - 1;
}

static gboolean
check_in_flash (const StnPlan *plan, const char *what, const StnNode *place, guint64 address, guint64 length,
                GError **error)
{
  if (address + length > address && stn_target_in_flash (plan->target, address, length))
    return TRUE;
  return stn_job_fail (place, error, STN_FAILURE_BAD_PLAN,
                       "%s: " STN_PLAN_ADDRESS ".." STN_PLAN_ADDRESS " is not inside the flash of %s (" STN_PLAN_ADDRESS
                       ".." STN_PLAN_ADDRESS ")",
                       what, address, address + length - 1, plan->target->name, plan->target->flash_base,
                       flash_last (plan->target));
}

static gboolean
check_not_kept (const StnPlan *plan, const char *what, const StnNode *place, guint64 address, guint64 length,
                GError **error)
{
  for (guint i = 0; i < plan->job->keep->len; i++) {
    const StnRange *keep = g_ptr_array_index (plan->job->keep, i);
    if (overlap (address, length, keep->first, keep->last - keep->first + 1))
      return stn_job_fail (place, error, STN_FAILURE_BAD_PLAN,
                           "%s: " STN_PLAN_ADDRESS ".." STN_PLAN_ADDRESS " reaches into keep " STN_PLAN_ADDRESS
                           ".." STN_PLAN_ADDRESS,
                           what, address, address + length - 1, keep->first, keep->last);
  }
  return TRUE;
}

/* Marks every page that holds a byte of the range, which is inside the flash; FALSE in a hole between banks. */
static gboolean
mark_pages (StnPlanMaker *self, guint64 address, guint64 length, guint8 flag)
{
  guint64 end = address + length;
  while (address < end) {
    StnPage page;
    if (!stn_target_page_at (self->plan.target, address, &page) || page.number >= self->page_count)
      return FALSE;
    self->page_flags[page.number] |= flag;
    address = page.address + page.bytes;
  }
  return TRUE;
}

static gboolean
place_range (StnPlanMaker *self, const char *what, const StnNode *place, guint64 address, guint64 length,
             GError **error)
{
  if (!check_in_flash (&self->plan, what, place, address, length, error)
      || !check_not_kept (&self->plan, what, place, address, length, error))
    return FALSE;
  if (mark_pages (self, address, length, STN_PLAN_PAGE_TOUCHED))
    return TRUE;
  return stn_job_fail (place, error, STN_FAILURE_BAD_PLAN,
                       "%s: " STN_PLAN_ADDRESS ".." STN_PLAN_ADDRESS " has no page in the flash of %s", what, address,
                       address + length - 1, self->plan.target->name);
}

static gboolean
check_vectors (const StnPlan *plan, const StnJobImage *image, GError **error)
{
  const StnTarget *target = plan->target;
  gboolean at_base = stn_image_touches (image->image, target->flash_base, 1);
  if (image->vectors == STN_VECTORS_IGNORE || (image->vectors == STN_VECTORS_AUTO && !at_base))
    return TRUE;

  guint64 address = at_base ? target->flash_base : stn_image_lowest_address (image->image);
  /* where the data has no size, all that a Cortex-M may call internal SRAM */
  StnRange ram = { .first = target->ram_base, .last = target->ram_base + target->ram_bytes - 1 };
  if (target->ram_bytes == 0)
    ram = (StnRange){ .first = 0x20000000, .last = 0x3fffffff };
  StnRange flash = { .first = target->flash_base, .last = flash_last (target) };
  if (stn_image_check_vectors (image->image, address, &ram, 1, &flash, 1, NULL, error))
    return TRUE;
  g_prefix_error (error, "image “%s” (write “vectors: ignore” if it is right as it is): ", image->name);
  return stn_job_prefix (image->place, error);
}

static gboolean
place_images (StnPlanMaker *self, GError **error)
{
  const StnPlan *plan = &self->plan;
  for (guint i = 0; i < plan->job->images->len; i++) {
    const StnJobImage *image = g_ptr_array_index (plan->job->images, i);
    g_autofree char *what = g_strdup_printf ("image “%s”", image->name);
    for (gsize s = 0; s < stn_image_segment_count (image->image); s++) {
      const StnImageSegment *segment = stn_image_segment (image->image, s);
      if (!place_range (self, what, image->place, segment->address, g_bytes_get_size (segment->bytes), error))
        return FALSE;
    }
    if (!check_vectors (plan, image, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
place_unit_data (StnPlanMaker *self, GError **error)
{
  const StnPlan *plan = &self->plan;
  for (guint i = 0; i < plan->job->data->len; i++) {
    const StnJobData *data = g_ptr_array_index (plan->job->data, i);
    g_autofree char *what = g_strdup_printf ("unit data “%s”", data->value);
    if (!place_range (self, what, data->place, data->address, data->size_bytes, error))
      return FALSE;
    for (guint k = 0; k < plan->job->images->len; k++) {
      const StnJobImage *image = g_ptr_array_index (plan->job->images, k);
      if (stn_image_touches (image->image, data->address, data->size_bytes))
        return stn_job_fail (data->place, error, STN_FAILURE_BAD_PLAN,
                             "%s: " STN_PLAN_ADDRESS ".." STN_PLAN_ADDRESS " overlaps image “%s”", what, data->address,
                             data->address + data->size_bytes - 1, image->name);
    }
    for (guint k = 0; k < i; k++) {
      const StnJobData *other = g_ptr_array_index (plan->job->data, k);
      if (overlap (data->address, data->size_bytes, other->address, other->size_bytes))
        return stn_job_fail (data->place, error, STN_FAILURE_BAD_PLAN,
                             "%s: " STN_PLAN_ADDRESS ".." STN_PLAN_ADDRESS
                             " overlaps unit data “%s” at " STN_PLAN_ADDRESS,
                             what, data->address, data->address + data->size_bytes - 1, other->value, other->address);
    }
  }
  return TRUE;
}

/* A kept page is never erased, so nothing else of it may be written either. */
static gboolean
place_keep (StnPlanMaker *self, GError **error)
{
  const StnPlan *plan = &self->plan;
  for (guint i = 0; i < plan->job->keep->len; i++) {
    const StnRange *keep = g_ptr_array_index (plan->job->keep, i);
    if (!check_in_flash (plan, "keep", plan->job->places.keep, keep->first, keep->last - keep->first + 1, error))
      return FALSE;
    mark_pages (self, keep->first, keep->last - keep->first + 1, STN_PLAN_PAGE_KEPT);
    for (guint number = 0; number < self->page_count; number++) {
      StnPage page;
      if (self->page_flags[number] != (STN_PLAN_PAGE_TOUCHED | STN_PLAN_PAGE_KEPT)
          || !stn_target_page (plan->target, number, &page))
        continue;
      return stn_job_fail (plan->job->places.keep, error, STN_FAILURE_BAD_PLAN,
                           "keep " STN_PLAN_ADDRESS ".." STN_PLAN_ADDRESS " shares the page " STN_PLAN_ADDRESS
                           ".." STN_PLAN_ADDRESS " with what is written: a page is erased as a whole",
                           keep->first, keep->last, page.address, page.address + page.bytes - 1);
    }
  }
  return TRUE;
}

static void
make_spans (StnPlanMaker *self, const StnImage *merged)
{
  StnPlan *plan = &self->plan;
  g_autoptr (GArray) spans = g_array_new (FALSE, TRUE, sizeof (StnPlanSpan));
  for (guint number = 0; number < self->page_count; number++) {
    StnPage page;
    if ((self->page_flags[number] & STN_PLAN_PAGE_TOUCHED) == 0 || !stn_target_page (plan->target, number, &page))
      continue;
    StnPlanSpan *last = spans->len > 0 ? &((StnPlanSpan *) (gpointer) spans->data)[spans->len - 1] : NULL;
    if (last != NULL && last->address + last->length == page.address) {
      last->length += page.bytes;
    } else {
      StnPlanSpan span = { .address = page.address, .length = page.bytes };
      g_array_append_val (spans, span);
    }
    plan->touched_bytes += page.bytes;
  }
  plan->span_count = spans->len;
  plan->spans = (StnPlanSpan *) (gpointer) g_array_free (g_steal_pointer (&spans), FALSE);
  for (guint i = 0; i < plan->span_count; i++) {
    StnPlanSpan *span = &plan->spans[i];
    span->expected = g_malloc (span->length);
    stn_image_read (merged, span->address, span->expected, span->length, plan->target->erased_byte, NULL);
  }
}

/* What of a block has to be written: cut at both ends where the bytes are what erasing leaves; the unit's own bytes are
 * not known yet and always count. FALSE: nothing. */
static gboolean
trim_block (const StnPlan *plan, const StnPlanSpan *span, guint64 first, guint64 end, StnPlanBlock *out)
{
  guint unit = stn_target_write_unit_bytes (plan->target);
  guint8 erased = plan->target->erased_byte;
  const guint8 *expected = span->expected + (first - span->address);
  guint64 low = end, high = first;

  for (guint64 address = first; address < end; address++)
    if (expected[address - first] != erased) {
      low = MIN (low, address);
      high = address + 1;
    }
  gboolean is_unit_data = FALSE;
  for (guint i = 0; i < plan->job->data->len; i++) {
    const StnJobData *data = g_ptr_array_index (plan->job->data, i);
    if (!overlap (first, end - first, data->address, data->size_bytes))
      continue;
    low = MIN (low, MAX (data->address, first));
    high = MAX (high, MIN (data->address + data->size_bytes, end));
    is_unit_data = TRUE;
  }
  if (low >= high)
    return FALSE;
  low -= (low - plan->target->flash_base) % unit;
  guint64 over = (high - plan->target->flash_base) % unit;
  high += over > 0 ? unit - over : 0;
  *out = (StnPlanBlock){ .address = low, .length = (guint16) (MIN (high, end) - low), .is_unit_data = is_unit_data };
  return TRUE;
}

static void
make_blocks (StnPlanMaker *self)
{
  StnPlan *plan = &self->plan;
  guint64 base = plan->target->flash_base;
  guint most = stn_target_write_block_bytes (plan->target);
  g_autoptr (GArray) blocks = g_array_new (FALSE, TRUE, sizeof (StnPlanBlock));

  for (guint i = 0; i < plan->span_count; i++) {
    const StnPlanSpan *span = &plan->spans[i];
    guint64 span_end = span->address + span->length;
    for (guint64 first = span->address; first < span_end;) {
      guint64 end = MIN (first - (first - base) % most + most, span_end);
      StnPlanBlock block;
      if (trim_block (plan, span, first, end, &block)) {
        /* only a block that begins at the base lets the board start: with the first words blank it can't anyway */
        if (block.address == base) {
          plan->has_first_block = TRUE;
          plan->first_block = block;
        } else {
          g_array_append_val (blocks, block);
        }
      }
      first = end;
    }
  }
  plan->block_count = blocks->len;
  plan->blocks = (StnPlanBlock *) (gpointer) g_array_free (g_steal_pointer (&blocks), FALSE);
  if (plan->has_first_block)
    stn_target_page_at (plan->target, base, &plan->first_page);
}

StnPlanBlock *
stn_plan_join_blocks (const StnPlan *plan, guint bytes_most, guint *out_count)
{
  guint block_bytes = stn_target_write_block_bytes (plan->target);
  guint window = MAX (bytes_most - bytes_most % block_bytes, block_bytes);
  StnPlanBlock *joined = g_new (StnPlanBlock, plan->block_count + 1);
  guint count = 0;

  for (guint i = 0; i < plan->block_count; i++) {
    const StnPlanBlock *block = &plan->blocks[i];
    StnPlanBlock *last = count > 0 ? &joined[count - 1] : NULL;
    gboolean touch =
        last != NULL && last->address + last->length == block->address
        && (last->address - plan->target->flash_base) / window == (block->address - plan->target->flash_base) / window;
    if (touch) {
      last->length += block->length;
      last->is_unit_data |= block->is_unit_data;
    } else {
      joined[count++] = *block;
    }
  }
  *out_count = count;
  return joined;
}

/* The unit's bytes are tried with a serial of the greatest number, so that what can't fit is found before the first
 * board. */
static gboolean
try_unit_data (const StnPlan *plan, GError **error)
{
  if (plan->job->data->len == 0)
    return TRUE;
  g_autofree char *serial = NULL;
  if (plan->job->serial_from == STN_SERIAL_FROM_COUNTER) {
    g_autoptr (StnSerialPattern) pattern =
        stn_serial_pattern_new (plan->job->serial_pattern, (StnCheckDigit) plan->job->serial_check, error);
    if (pattern == NULL)
      return stn_job_prefix (plan->job->places.serial, error);
    serial = stn_serial_pattern_format (pattern, stn_serial_pattern_last (pattern), "2026-12-28");
  } else if (plan->job->has_serial) {
    return TRUE; /* a serial that is given is not known yet */
  }
  g_autoptr (StnUnitData) data = stn_unit_data_new (plan, serial, "000000000000000000000000", "2026-12-28", error);
  return data != NULL;
}

/* A part that is in its ROM because it is empty stays there while the start of its flash is. */
static gboolean
check_start (const StnPlan *plan, GError **error)
{
  if (plan->has_first_block || plan->job->boot_check == STN_BOOT_CHECK_NONE
      || (stn_plan_ways_in (plan, FALSE) & STN_WAY_IN_PIN) != 0)
    return TRUE;
  return stn_job_fail (plan->job->places.boot_check, error, STN_FAILURE_BAD_PLAN,
                       "boot-check: nothing is written at " STN_PLAN_ADDRESS ", where %s starts: empty there, it goes "
                       "back to its ROM",
                       plan->target->flash_base, plan->target->name);
}

gboolean
stn_plan_lay_out (StnPlanMaker *self, GError **error)
{
  StnPlan *plan = &self->plan;
  self->page_count = stn_target_page_count (plan->target);
  self->page_flags = g_new0 (guint8, self->page_count);

  if (!place_images (self, error) || !place_unit_data (self, error) || !place_keep (self, error))
    return FALSE;
  g_autoptr (GPtrArray) images = g_ptr_array_new ();
  for (guint i = 0; i < plan->job->images->len; i++)
    g_ptr_array_add (images, ((const StnJobImage *) g_ptr_array_index (plan->job->images, i))->image);
  g_autoptr (StnImage) merged = stn_image_merge ("images", (StnImage *const *) images->pdata, images->len, error);
  if (merged == NULL)
    return stn_job_prefix (plan->job->places.images, error);
  make_spans (self, merged);
  make_blocks (self);
  return check_start (plan, error) && try_unit_data (plan, error);
}
