/* `protect:` as fields: which bits or areas cover which pages.
 *
 * Nothing is rounded: pages that a family's fields can't cover exactly are refused with the nearest that they can. */
#include "src/job/plan-options.h"

#include <string.h>

typedef struct {
  const StnPlan *plan; /* NULL: a board's, not a plan's */
  const StnTarget *target;
  GArray *pairs;
  const char *key; /* "protect: write" */
  const StnNode *key_place;
  guint8 *wanted; /* a page: whether it is to be covered */
  guint page_count;
  guint bank_pages; /* of bank 1 where the fields know two banks, else all */
} Cover;

static char *
pages_text (const Cover *self, guint first, guint last)
{
  StnPage from, to;
  if (!stn_target_page (self->target, first, &from) || !stn_target_page (self->target, last, &to))
    return g_strdup_printf ("pages %u..%u", first, last);
  return first == last ? g_strdup_printf ("page %u (" STN_PLAN_ADDRESS ".." STN_PLAN_ADDRESS ")", first, from.address,
                                          from.address + from.bytes - 1)
                       : g_strdup_printf ("pages %u..%u (" STN_PLAN_ADDRESS ".." STN_PLAN_ADDRESS ")", first, last,
                                          from.address, to.address + to.bytes - 1);
}

static void
want_range (Cover *self, guint64 first, guint64 length)
{
  StnPage page;
  for (guint64 address = first; address < first + length; address = page.address + page.bytes) {
    if (!stn_target_page_at (self->target, address, &page) || page.number >= self->page_count)
      return;
    self->wanted[page.number] = 1;
  }
}

static const StnJobImage *
image_by_name (const StnPlan *plan, const char *name)
{
  for (guint i = 0; i < plan->job->images->len; i++) {
    const StnJobImage *image = g_ptr_array_index (plan->job->images, i);
    if (g_str_equal (image->name, name))
      return image;
  }
  return NULL;
}

/* "pages 0..7", "page 3". */
static gboolean
read_pages (const char *text, gint64 *out_first, gint64 *out_last)
{
  if (g_str_has_prefix (text, "page "))
    return stn_text_to_integer (text + strlen ("page "), out_first) && (*out_last = *out_first, TRUE);
  if (!g_str_has_prefix (text, "pages "))
    return FALSE;
  g_auto (GStrv) ends = g_strsplit (text + strlen ("pages "), "..", 2);
  return ends[0] != NULL && ends[1] != NULL && stn_text_to_integer (ends[0], out_first)
         && stn_text_to_integer (ends[1], out_last);
}

static gboolean
want_pages (Cover *self, const StnJobLine *line, gint64 first, gint64 last, GError **error)
{
  if (first < 0 || last < first || last >= (gint64) self->page_count)
    return stn_job_fail (line->place, error, STN_FAILURE_BAD_PLAN, "%s: %s: the pages of %s are 0..%u", self->key,
                         line->value, self->target->name, self->page_count - 1);
  for (gint64 i = first; i <= last; i++)
    self->wanted[i] = 1;
  return TRUE;
}

static gboolean
want_addresses (Cover *self, const StnJobLine *line, const StnRange *range, GError **error)
{
  StnPage first, last;
  if (!stn_target_page_at (self->target, range->first, &first)
      || !stn_target_page_at (self->target, range->last, &last))
    return stn_job_fail (line->place, error, STN_FAILURE_BAD_PLAN, "%s: %s is not inside the flash of %s", self->key,
                         line->value, self->target->name);
  if (first.address != range->first || last.address + last.bytes - 1 != range->last)
    return stn_job_fail (line->place, error, STN_FAILURE_BAD_PLAN,
                         "%s: %s does not begin and end with a page; the nearest that does is " STN_PLAN_ADDRESS
                         ".." STN_PLAN_ADDRESS,
                         self->key, line->value, first.address, last.address + last.bytes - 1);
  want_range (self, range->first, range->last - range->first + 1);
  return TRUE;
}

static gboolean
want_line (Cover *self, const StnJobLine *line, GError **error)
{
  const StnJobImage *image = image_by_name (self->plan, line->value);
  gint64 first = 0, last = 0;
  StnRange range;

  if (image != NULL) {
    for (gsize i = 0; i < stn_image_segment_count (image->image); i++) {
      const StnImageSegment *segment = stn_image_segment (image->image, i);
      want_range (self, segment->address, g_bytes_get_size (segment->bytes));
    }
    return TRUE;
  }
  if (stn_text_to_range (line->value, &range))
    return want_addresses (self, line, &range, error);
  if (read_pages (line->value, &first, &last))
    return want_pages (self, line, first, last, error);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  for (guint i = 0; i < self->plan->job->images->len; i++)
    g_ptr_array_add (names, ((const StnJobImage *) g_ptr_array_index (self->plan->job->images, i))->name);
  g_ptr_array_add (names, NULL);
  const char *nearest = stn_text_nearest (line->value, (const char *const *) names->pdata);
  g_autofree char *quoted = stn_text_quote (line->value);
  return stn_job_fail (line->place, error, STN_FAILURE_BAD_PLAN,
                       "%s: %s is no image of the job (the nearest is “%s”), no range of addresses and no pages",
                       self->key, quoted, nearest != NULL ? nearest : (const char *) g_ptr_array_index (names, 0));
}

static gboolean
field_is_there (const StnOptionField *field)
{
  return field->visible && !field->read_only && !field->always_one;
}

static void
add (const Cover *self, const StnOptionField *field, guint32 value)
{
  StnOptionPair pair = { .field = field, .value = value, .from = STN_OPTION_FROM_PROTECT, .place = self->key_place };
  g_array_append_val (self->pairs, pair);
}

/* ---- a bit a group of pages ---- */

/* The pages of one bit; FALSE where the part has none there. */
static gboolean
bit_pages (const Cover *self, const StnOptionField *field, guint bit, guint *out_first, guint *out_last)
{
  guint64 begin = field->bank == 2 ? self->bank_pages : 0, end = field->bank == 1 ? self->bank_pages : self->page_count;
  guint64 first = begin + field->first_page + (guint64) bit * field->pages_per_bit;
  guint64 last = first + field->pages_per_bit - 1;
  if (first >= end)
    return FALSE;
  if ((field->last_bit_is_rest && bit == field->width - 1) || last >= end)
    last = end - 1;
  *out_first = (guint) first;
  *out_last = (guint) last;
  return TRUE;
}

static gboolean
cover_bit (Cover *self, const StnOptionField *field, guint bit, guint32 *inout_value, GError **error)
{
  guint first = 0, last = 0, wanted = 0;
  guint32 mask = (guint32) 1 << bit;

  if (!bit_pages (self, field, bit, &first, &last))
    return TRUE;
  for (guint page = first; page <= last; page++)
    wanted += self->wanted[page] == 1;
  if (wanted == 0)
    return TRUE;
  if (wanted < last - first + 1) {
    g_autofree char *pages = pages_text (self, first, last);
    return stn_job_fail (self->key_place, error, STN_FAILURE_BAD_PLAN,
                         "%s: one bit of %s covers %s, and only a part of them is named; name them all, or none",
                         self->key, field->name, pages);
  }
  *inout_value = field->active != 0 ? *inout_value | mask : *inout_value & ~mask;
  memset (self->wanted + first, 2, last - first + 1);
  return TRUE;
}

static guint32
bits_without_protection (const StnOptionField *field)
{
  return field->active != 0 ? 0 : stn_option_field_most (field);
}

/* Two banks of one size, where fields say so. */
static void
count_bank_pages (Cover *self, StnOptionRole role)
{
  const StnOptionField *field;
  self->bank_pages = self->page_count;
  for (guint n = 0; (field = stn_options_by_role (self->target, role, n)) != NULL; n++)
    if (field->bank == 2 && field_is_there (field))
      self->bank_pages = self->page_count / 2;
}

static gboolean
cover_with_bits (Cover *self, StnOptionRole role, gboolean *out_any, GError **error)
{
  const StnOptionField *field;
  count_bank_pages (self, role);
  for (guint n = 0; (field = stn_options_by_role (self->target, role, n)) != NULL; n++) {
    if (!field_is_there (field))
      continue;
    *out_any = TRUE;
    if (field->pages_per_bit == 0)
      return stn_job_fail (self->key_place, error, STN_FAILURE_NOT_SUPPORTED,
                           "%s: which pages a bit of %s covers on %s is not known", self->key, field->name,
                           self->target->name);
    guint32 value = bits_without_protection (field);
    for (guint bit = 0; bit < field->width; bit++)
      if (!cover_bit (self, field, bit, &value, error))
        return FALSE;
    add (self, field, value);
  }
  return TRUE;
}

/* ---- areas: a first and a last page ---- */

static const StnOptionField *
area_end (const Cover *self, StnOptionRole role, const StnOptionField *start)
{
  const StnOptionField *field;
  for (guint n = 0; (field = stn_options_by_role (self->target, role, n)) != NULL; n++)
    if (field->bank == start->bank && field->area_letter == start->area_letter && field_is_there (field))
      return field;
  return NULL;
}

static guint64
bank_base (const Cover *self, guint bank)
{
  StnPage page = { 0 };
  stn_target_page (self->target, bank == 2 ? self->bank_pages : 0, &page);
  return page.address;
}

/* A page's number as the field counts: from the start of its bank, in the field's unit. */
static gboolean
area_values (const Cover *self, const StnOptionField *start, guint first, guint last, guint64 *out_first,
             guint64 *out_last)
{
  StnPage from, to;
  guint before = start->bank == 2 ? self->bank_pages : 0;
  if (start->page_unit_bytes == 0) {
    *out_first = first - before;
    *out_last = last - before;
    return TRUE;
  }
  if (!stn_target_page (self->target, first, &from) || !stn_target_page (self->target, last, &to))
    return FALSE;
  guint64 base = bank_base (self, start->bank), unit = start->page_unit_bytes;
  guint64 low = from.address - base, high = to.address + to.bytes - base;
  *out_first = low / unit;
  *out_last = high / unit - 1;
  return low % unit == 0 && high % unit == 0;
}

/* The next stretch of pages of the bank that is wanted and not covered yet. */
static gboolean
next_stretch (const Cover *self, guint bank, guint *out_first, guint *out_last)
{
  guint begin = bank == 2 ? self->bank_pages : 0, end = bank == 2 ? self->page_count : self->bank_pages;
  for (guint page = begin; page < end; page++) {
    if (self->wanted[page] != 1)
      continue;
    *out_first = page;
    while (page + 1 < end && self->wanted[page + 1] == 1)
      page++;
    *out_last = page;
    return TRUE;
  }
  return FALSE;
}

static gboolean
cover_area (Cover *self, const StnOptionField *start, const StnOptionField *end, GError **error)
{
  guint first = 0, last = 0;
  guint64 from = stn_option_field_most (start), to = 0;

  if (next_stretch (self, start->bank, &first, &last)) {
    if (!area_values (self, start, first, last, &from, &to) || to > stn_option_field_most (end)) {
      g_autofree char *pages = pages_text (self, first, last);
      return stn_job_fail (self->key_place, error, STN_FAILURE_BAD_PLAN,
                           "%s: %s can't tell %s apart from its neighbours", self->key, start->name, pages);
    }
    memset (self->wanted + first, 2, last - first + 1);
  }
  add (self, start, (guint32) from);
  add (self, end, (guint32) to);
  return TRUE;
}

static gboolean
cover_with_areas (Cover *self, StnOptionRole first_role, StnOptionRole last_role, gboolean *out_any, GError **error)
{
  const StnOptionField *start;
  count_bank_pages (self, first_role);
  for (guint n = 0; (start = stn_options_by_role (self->target, first_role, n)) != NULL; n++) {
    const StnOptionField *end = field_is_there (start) ? area_end (self, last_role, start) : NULL;
    if (end == NULL)
      continue;
    *out_any = TRUE;
    if (!cover_area (self, start, end, error))
      return FALSE;
  }
  return TRUE;
}

/* What no bit and no area took. */
static gboolean
check_covered (const Cover *self, GError **error)
{
  guint first = 0, last = 0, from = G_MAXUINT, to = 0;
  if (!next_stretch (self, 1, &first, &last) && !next_stretch (self, 2, &first, &last))
    return TRUE;
  guint begin = first >= self->bank_pages ? self->bank_pages : 0;
  guint end = begin > 0 ? self->page_count : self->bank_pages;
  for (guint page = begin; page < end; page++)
    if (self->wanted[page] != 0) {
      from = MIN (from, page);
      to = page;
    }
  g_autofree char *pages = pages_text (self, first, last);
  g_autofree char *nearest = pages_text (self, from, to);
  return stn_job_fail (
      self->key_place, error, STN_FAILURE_BAD_PLAN,
      "%s: %s has fewer areas than there are stretches of pages: %s is left over; the nearest that can "
      "be covered is %s in one",
      self->key, self->target->name, pages, nearest);
}

static gboolean
cover (const StnPlan *plan, guint page_count, const GPtrArray *lines, gboolean is_pcrop, const StnNode *place,
       GArray *pairs, GError **error)
{
  g_autofree guint8 *wanted = g_new0 (guint8, page_count);
  gboolean any = FALSE;
  Cover self = { .plan = plan,
                 .target = plan->target,
                 .pairs = pairs,
                 .key = is_pcrop ? "protect: pcrop" : "protect: write",
                 .key_place = place,
                 .wanted = wanted,
                 .page_count = page_count,
                 .bank_pages = page_count };

  for (guint i = 0; i < lines->len; i++)
    if (!want_line (&self, g_ptr_array_index (lines, i), error))
      return FALSE;
  if (!cover_with_bits (&self, is_pcrop ? STN_OPTION_ROLE_PCROP_BITS : STN_OPTION_ROLE_WRP_BITS, &any, error)
      || !cover_with_areas (&self, is_pcrop ? STN_OPTION_ROLE_PCROP_FIRST : STN_OPTION_ROLE_WRP_FIRST,
                            is_pcrop ? STN_OPTION_ROLE_PCROP_LAST : STN_OPTION_ROLE_WRP_LAST, &any, error))
    return FALSE;
  if (!any)
    return stn_job_fail (place, error, STN_FAILURE_NOT_SUPPORTED, "%s: %s has no option for it that is known", self.key,
                         plan->target->name);
  return check_covered (&self, error);
}

/* ---- read protection ---- */

static gboolean
read_pair (const StnPlan *plan, GArray *pairs, GError **error)
{
  const StnNode *place = plan->job->places.protect_read;
  StnRdpLevel level = plan->job->protect_read == STN_PROTECT_READ_LEVEL_2 ? STN_RDP_LEVEL_2 : STN_RDP_LEVEL_1;
  StnOptionPair pair = { .from = STN_OPTION_FROM_PROTECT, .place = place };

  if (plan->job->protect_read < STN_PROTECT_READ_LEVEL_1)
    return TRUE; /* level 0 is what a board has that binding lets through */
  pair.field = stn_options_by_role (plan->target, STN_OPTION_ROLE_RDP, 0);
  if (pair.field == NULL)
    pair.field = stn_options_by_role (plan->target, STN_OPTION_ROLE_PRODUCT_STATE, 0);
  if (pair.field == NULL || !pair.field->visible || pair.field->read_only)
    return stn_job_fail (place, error, STN_FAILURE_NOT_SUPPORTED,
                         "protect: read: %s has no readout protection that its ROM can set", plan->target->name);
  if (!stn_option_field_level_value (pair.field, level, &pair.value))
    return stn_job_fail (place, error, STN_FAILURE_BAD_PLAN, "protect: read: %s has no level %d", plan->target->name,
                         level == STN_RDP_LEVEL_2 ? 2 : 1);
  g_array_append_val (pairs, pair);
  return TRUE;
}

gboolean
stn_plan_protect_pairs (const StnPlanMaker *self, GArray *pairs, GError **error)
{
  const StnPlan *plan = &self->plan;
  const StnJob *job = plan->job;
  if (job->protect_write->len > 0
      && !cover (plan, self->page_count, job->protect_write, FALSE, job->places.protect_write, pairs, error))
    return FALSE;
  if (job->protect_pcrop->len > 0
      && !cover (plan, self->page_count, job->protect_pcrop, TRUE, job->places.protect_pcrop, pairs, error))
    return FALSE;
  return read_pair (plan, pairs, error);
}

gboolean
stn_plan_page_is_protected (const StnPlan *plan, guint64 address)
{
  guint page_count = stn_target_page_count (plan->target);
  g_autofree guint8 *wanted = g_new0 (guint8, page_count);
  Cover self = {
    .plan = plan, .target = plan->target, .key = "protect: write", .wanted = wanted, .page_count = page_count
  };
  StnPage page;

  for (guint i = 0; i < plan->job->protect_write->len; i++)
    if (!want_line (&self, g_ptr_array_index (plan->job->protect_write, i), NULL))
      return FALSE;
  return stn_target_page_at (plan->target, address, &page) && page.number < page_count && wanted[page.number] == 1;
}

/* The field that ends the area which `start` begins. */
static const StnOptionField *
area_end_of (const StnTarget *target, const StnOptionField *start)
{
  const StnOptionField *end;
  for (guint n = 0; (end = stn_options_by_role (target, STN_OPTION_ROLE_WRP_LAST, n)) != NULL; n++)
    if (end->bank == start->bank && end->area_letter == start->area_letter)
      return end;
  return NULL;
}

char *
stn_option_write_protection (const StnOptionBlock *unit)
{
  const StnTarget *target = stn_option_block_target (unit);
  const StnOptionField *field;
  guint32 first = 0, last = 0;
  for (guint n = 0; (field = stn_options_by_role (target, STN_OPTION_ROLE_WRP_BITS, n)) != NULL; n++)
    if (stn_option_block_get (unit, field, &first) && first != bits_without_protection (field))
      return g_strdup_printf ("%s 0x%X", field->name, first);
  for (guint n = 0; (field = stn_options_by_role (target, STN_OPTION_ROLE_WRP_FIRST, n)) != NULL; n++) {
    const StnOptionField *end = area_end_of (target, field);
    if (end != NULL && stn_option_block_get (unit, field, &first) && stn_option_block_get (unit, end, &last)
        && first <= last)
      return g_strdup_printf ("%s %u, %s %u", field->name, first, end->name, last);
  }
  return NULL;
}

/* Whether the bits mean PCROP on this board: then a bit that is set takes its pages. */
static gboolean
bits_mean_pcrop (const StnOptionBlock *unit)
{
  const StnOptionField *mode = stn_options_by_role (stn_option_block_target (unit), STN_OPTION_ROLE_WRP_MODE, 0);
  guint32 value = 0;
  return mode != NULL && mode->has_active && stn_option_block_get (unit, mode, &value) && value == mode->active;
}

static char *
protecting_bit (Cover *self, const StnOptionBlock *unit, guint page)
{
  guint32 value = 0;
  gboolean is_pcrop = bits_mean_pcrop (unit);
  const StnOptionField *field;

  count_bank_pages (self, STN_OPTION_ROLE_WRP_BITS);
  for (guint n = 0; (field = stn_options_by_role (self->target, STN_OPTION_ROLE_WRP_BITS, n)) != NULL; n++) {
    if (field->pages_per_bit == 0 || !stn_option_block_get (unit, field, &value))
      continue;
    guint32 sense = is_pcrop || field->active != 0;
    for (guint bit = 0; bit < field->width; bit++) {
      guint first = 0, last = 0;
      if ((value >> bit & 1) == sense && bit_pages (self, field, bit, &first, &last) && first <= page && page <= last)
        return g_strdup_printf ("%s 0x%X", field->name, value);
    }
  }
  return NULL;
}

static char *
protecting_area (Cover *self, const StnOptionBlock *unit, const StnPage *page)
{
  const StnOptionField *start;
  guint32 first = 0, last = 0;

  count_bank_pages (self, STN_OPTION_ROLE_WRP_FIRST);
  for (guint n = 0; (start = stn_options_by_role (self->target, STN_OPTION_ROLE_WRP_FIRST, n)) != NULL; n++) {
    const StnOptionField *end = area_end_of (self->target, start);
    guint64 low = 0, high = 0;
    if (end == NULL || !stn_option_block_get (unit, start, &first) || !stn_option_block_get (unit, end, &last)
        || first > last || (start->bank == 2) != (page->number >= self->bank_pages)
        || !area_values (self, start, page->number, page->number, &low, &high))
      continue;
    if (first <= high && low <= last)
      return g_strdup_printf ("%s %u, %s %u", start->name, first, end->name, last);
  }
  return NULL;
}

char *
stn_option_write_protection_at (const StnOptionBlock *unit, guint64 address)
{
  const StnTarget *target = stn_option_block_target (unit);
  Cover self = { .target = target, .page_count = stn_target_page_count (target) };
  StnPage page;

  if (!stn_target_page_at (target, address, &page))
    return NULL;
  char *what = protecting_bit (&self, unit, page.number);
  return what != NULL ? what : protecting_area (&self, unit, &page);
}

void
stn_plan_unprotect_pairs (const StnPlan *plan, GArray *pairs)
{
  static const StnOptionRole roles[] = { STN_OPTION_ROLE_WRP_BITS, STN_OPTION_ROLE_WRP_FIRST,
                                         STN_OPTION_ROLE_WRP_LAST };
  for (gsize r = 0; r < G_N_ELEMENTS (roles); r++) {
    const StnOptionField *field;
    for (guint n = 0; (field = stn_options_by_role (plan->target, roles[r], n)) != NULL; n++) {
      if (!field_is_there (field))
        continue;
      guint32 value = roles[r] == STN_OPTION_ROLE_WRP_BITS    ? bits_without_protection (field)
                      : roles[r] == STN_OPTION_ROLE_WRP_FIRST ? stn_option_field_most (field)
                                                              : 0;
      StnOptionPair pair = { .field = field,
                             .value = field->has_default ? field->default_value : value,
                             .from = STN_OPTION_FROM_UNPROTECT,
                             .place = plan->job->places.unprotect,
                             .step = STN_STEP_OPENING_OPTIONS };
      g_array_append_val (pairs, pair);
    }
  }
}
