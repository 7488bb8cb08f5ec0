/* What is erased, how, and what is looked at besides. */
#include "src/job/plan-private.h"

/* pages in one erase command, for predictions only: binding knows what the ROM takes */
enum { PAGES_AT_ONCE = 256 };
/* of each page that nothing is written to, with `blank: samples` */
enum { SAMPLE_BYTES = 64 };

gint64
stn_plan_bits_ns (const StnPlan *plan, guint64 bits)
{
  return plan->wiring.baud == 0 ? 0 : (gint64) (bits * G_GUINT64_CONSTANT (1000000000) / plan->wiring.baud);
}

/* AN3155 section 3.8: command, ACK, count, page numbers, checksum, ACK. */
static guint64
erase_characters (const StnPlan *plan)
{
  guint at_once = plan->target->quirks & STN_QUIRK_ONE_PAGE_PER_ERASE ? 1 : PAGES_AT_ONCE;
  guint64 commands = (plan->erase_page_count + at_once - 1) / at_once;
  return commands * (2 + 1 + 2 + 1 + 1) + (guint64) plan->erase_page_count * 2;
}

gint64
stn_plan_erase_typical_ns (const StnPlan *plan, gboolean erase_all)
{
  enum { BITS_PER_CHARACTER = 11, ERASE_ALL_CHARACTERS = 7 };
  gboolean paced = plan->engine_class->write_bit_times != NULL;
  guint percent = stn_target_erase_percent (plan->supply_code);
  if (erase_all)
    return stn_target_mass_erase_typical_ns (plan->target) * percent / 100
           + (paced ? stn_plan_bits_ns (plan, ERASE_ALL_CHARACTERS * BITS_PER_CHARACTER) : 0);

  gint64 total = paced ? stn_plan_bits_ns (plan, erase_characters (plan) * BITS_PER_CHARACTER) : 0;
  for (guint i = 0; i < plan->erase_page_count; i++) {
    StnPage page;
    if (stn_target_page (plan->target, plan->erase_pages[i], &page))
      total += stn_target_page_erase_typical_ns (plan->target, &page) * percent / 100;
  }
  return total;
}

static void
list_pages (StnPlanMaker *self)
{
  StnPlan *plan = &self->plan;
  plan->erase_pages = g_new (guint16, self->page_count);
  /* first the page that would let the board start: from then on a board that is stopped runs nothing half */
  guint first = plan->has_first_block ? plan->first_page.number : G_MAXUINT;
  if (plan->has_first_block)
    plan->erase_pages[plan->erase_page_count++] = (guint16) first;
  for (guint number = 0; number < self->page_count; number++) {
    gboolean wanted = plan->job->erase == STN_ERASE_TOUCHED ? (self->page_flags[number] & STN_PLAN_PAGE_TOUCHED) != 0
                                                            : (self->page_flags[number] & STN_PLAN_PAGE_KEPT) == 0;
    if (wanted && number != first)
      plan->erase_pages[plan->erase_page_count++] = (guint16) number;
  }
}

static void
list_blank_checks (StnPlanMaker *self)
{
  StnPlan *plan = &self->plan;
  if (plan->job->blank == STN_BLANK_TOUCHED)
    return;
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (StnRange));
  for (guint number = 0; number < self->page_count; number++) {
    StnPage page;
    if (self->page_flags[number] != 0 || !stn_target_page (plan->target, number, &page))
      continue;
    guint64 bytes = plan->job->blank == STN_BLANK_FULL ? page.bytes : MIN (page.bytes, SAMPLE_BYTES);
    StnRange *last = ranges->len > 0 ? &((StnRange *) (gpointer) ranges->data)[ranges->len - 1] : NULL;
    StnRange range = { .first = page.address, .last = page.address + bytes - 1 };
    if (last != NULL && last->last + 1 == range.first)
      last->last = range.last;
    else
      g_array_append_val (ranges, range);
  }
  plan->blank_check_count = ranges->len;
  plan->blank_checks = (StnRange *) (gpointer) g_array_free (g_steal_pointer (&ranges), FALSE);
}

gboolean
stn_plan_choose_erase (StnPlanMaker *self, GError **error)
{
  StnPlan *plan = &self->plan;
  if (plan->job->erase == STN_ERASE_ALL && plan->job->keep->len > 0)
    return stn_job_fail (plan->job->places.keep, error, STN_FAILURE_BAD_PLAN,
                         "keep does not go with erase: all; write erase: auto or erase: touched");

  list_pages (self);
  list_blank_checks (self);
  gboolean possible = plan->job->erase != STN_ERASE_TOUCHED && plan->job->keep->len == 0
                      && !stn_plan_every_rom_has (plan->target, STN_QUIRK_NO_MASS_ERASE);
  plan->erase_all = possible
                    && (plan->job->erase == STN_ERASE_ALL
                        || stn_plan_erase_typical_ns (plan, TRUE) <= stn_plan_erase_typical_ns (plan, FALSE));
  return TRUE;
}
