/* How a board gets into its ROM, and out of it.
 *
 * The trap is the empty check (AN2606, patterns 6, 11, 13, 16): "empty" is sampled at power-on and option load, so that
 * a board which came in because it was empty comes back to its ROM after a plain reset, program or not; and on some ROM
 * versions the flag is gone after the first start, so that a reset on the way loses the ROM for good. */
#include "src/job/plan-private.h"

static gboolean
is_latched (const StnTarget *target)
{
  return target->empty_check != STN_EMPTY_CHECK_NONE;
}

gboolean
stn_plan_enters_by_being_empty (const StnTarget *target)
{
  return target->boot_pin == STN_BOOT_PIN_IGNORED_AS_SHIPPED && is_latched (target);
}

guint
stn_plan_ways_in (const StnPlan *plan, gboolean is_first_block_written)
{
  const StnTarget *target = plan->target;
  if (!stn_plan_enters_by_being_empty (target))
    return STN_WAY_IN_PIN;
  /* With a latch that lasts, a reset still comes back after the first block; nobody should count on it, so it is not
   * promised: a supply that dips samples the latch anew. */
  if (is_first_block_written)
    return 0;
  return (target->empty_check == STN_EMPTY_CHECK_LATCHED ? (guint) STN_WAY_IN_EMPTY : 0)
         | (plan->wiring.has_power ? (guint) STN_WAY_IN_EMPTY_POWER : 0);
}

const char *
stn_leave_way_name (StnLeaveWay way)
{
  static const char *const names[STN_LEAVE_WAY_COUNT] = {
    [STN_LEAVE_WAY_RESET] = "reset",
    [STN_LEAVE_WAY_POWER_CYCLE] = "power-cycle",
    [STN_LEAVE_WAY_OPTION_RELOAD] = "option-reload",
    [STN_LEAVE_WAY_GO] = "go",
  };
  return (guint) way < STN_LEAVE_WAY_COUNT ? names[way] : "";
}

static gboolean
check_entering (const StnPlan *plan, GError **error)
{
  const StnTarget *target = plan->target;
  const StnWiring *wiring = &plan->wiring;
  const StnNode *place = plan->job->places.target;

  if (target->boot_pin == STN_BOOT_PIN_NONE)
    return stn_job_fail (place, error, STN_FAILURE_NOT_SUPPORTED,
                         "%s has no BOOT0 pin that is known: no way into its ROM", target->name);
  if (!wiring->has_nrst && !wiring->has_power)
    return stn_job_fail (place, error, STN_FAILURE_BAD_PLAN,
                         "entering the ROM of %s needs a reset: the site has neither nrst nor power", target->name);
  if (!stn_plan_enters_by_being_empty (target) && !wiring->has_boot0)
    return stn_job_fail (place, error, STN_FAILURE_BAD_PLAN,
                         "entering the ROM of %s needs its BOOT0 pin: the site has no boot0", target->name);
  return TRUE;
}

gboolean
stn_plan_every_rom_has (const StnTarget *target, guint quirk)
{
  if ((target->quirks & quirk) == 0)
    return FALSE;
  for (guint i = 0; i < target->bootloader_id_count; i++)
    if ((stn_target_quirks_for (target, target->bootloader_ids[i]) & quirk) == 0)
      return FALSE;
  return TRUE;
}

/* Whether writing the same option bytes again can start a reload. */
static gboolean
can_reload_options (const StnTarget *target)
{
  return target->options_bytes > 0 && target->options_encoding != STN_OPTIONS_NONE
         && target->options_encoding != STN_OPTIONS_REGISTER_MAPPED
         && !stn_plan_every_rom_has (target, STN_QUIRK_NO_OPTION_LOAD);
}

/* The last option write was RDP: the options have been read again since the flash was written, so that nothing says
 * “empty” any more, and no option write is possible. */
static gboolean
ends_protected (const StnPlan *plan)
{
  const StnPlanOptionStep *last = stn_plan_option_step (plan, STN_STEP_READ_PROTECT);
  for (guint i = 0; last != NULL && i < last->value_count; i++)
    if (last->values[i].from == STN_OPTION_FROM_PROTECT)
      return TRUE;
  return FALSE;
}

gboolean
stn_plan_choose_leaving (StnPlanMaker *self, GError **error)
{
  StnPlan *plan = &self->plan;
  const StnTarget *target = plan->target;
  gboolean plain = !is_latched (target) || ends_protected (plan);
  if (plan->job->leave == STN_LEAVE_GO) {
    if (ends_protected (plan))
      return stn_job_fail (plan->job->places.leave, error, STN_FAILURE_BAD_PLAN,
                           "leave: go: a ROM under readout protection does not go anywhere");
    plan->leave_way = STN_LEAVE_WAY_GO;
  } else if (plain && plan->wiring.has_nrst) {
    plan->leave_way = STN_LEAVE_WAY_RESET;
  } else if (plan->wiring.has_power) {
    plan->leave_way = STN_LEAVE_WAY_POWER_CYCLE;
  } else if (!plain && can_reload_options (target)) {
    plan->leave_way = STN_LEAVE_WAY_OPTION_RELOAD;
  } else {
    return stn_job_fail (plan->job->places.target, error, STN_FAILURE_NEEDS_POWER_CYCLE,
                         "%s keeps “empty” until it is powered off, and can't be made to read its options again: a "
                         "reset comes back to the ROM; the site has no power line",
                         target->name);
  }
  return TRUE;
}

gboolean
stn_plan_choose_entering (StnPlanMaker *self, GError **error)
{
  StnPlan *plan = &self->plan;
  plan->one_visit_only =
      stn_plan_enters_by_being_empty (plan->target) && plan->target->empty_check == STN_EMPTY_CHECK_CLEARED_BY_ROM;
  return check_entering (plan, error);
}
