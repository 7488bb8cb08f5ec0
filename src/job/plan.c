#include "src/job/plan-private.h"

static gboolean
check_target (const StnPlan *plan, GError **error)
{
  const StnTarget *target = plan->target;
  const StnNode *place = plan->job->places.target;

  if (target->provisional)
    return stn_job_fail (place, error, STN_FAILURE_PROVISIONAL_TARGET,
                         "%s: only one source describes this part, so it is not programmed", target->name);
  if (target->flash_bytes == 0 || stn_target_page_count (target) == 0 || stn_target_page_count (target) > 0xfff0)
    return stn_job_fail (place, error, STN_FAILURE_NOT_SUPPORTED, "%s has no flash layout that is known", target->name);
  if (!target->erased_byte_known)
    return stn_job_fail (place, error, STN_FAILURE_NOT_SUPPORTED, "%s: it is not known what its erased flash reads as",
                         target->name);
  return TRUE;
}

static gboolean
check_engine (const StnPlan *plan, GError **error)
{
  gboolean is_uart = plan->engine_class->shape == STN_LINK_STREAM;
  const StnNode *place = plan->job->places.target;
  if (is_uart ? !plan->target->has_uart : !plan->target->has_usb)
    return stn_job_fail (place, error, STN_FAILURE_BAD_PLAN, "the ROM of %s does not speak %s", plan->target->name,
                         plan->engine_class->name);
  if (is_uart ? !plan->wiring.has_uart : !plan->wiring.has_usb)
    return stn_job_fail (place, error, STN_FAILURE_BAD_PLAN, "the site has no %s to reach %s by",
                         is_uart ? "uart" : "usb", plan->target->name);
  if (is_uart && plan->wiring.baud == 0)
    return stn_job_fail (place, error, STN_FAILURE_BAD_PLAN, "the site's uart has no baud");
  if (plan->job->boot_check == STN_BOOT_CHECK_UART && !plan->wiring.has_uart)
    return stn_job_fail (plan->job->places.boot_check, error, STN_FAILURE_BAD_PLAN,
                         "boot-check: uart: the site has no uart");
  if (plan->job->boot_check == STN_BOOT_CHECK_USB && !plan->wiring.has_usb)
    return stn_job_fail (plan->job->places.boot_check, error, STN_FAILURE_BAD_PLAN,
                         "boot-check: usb: the site has no usb port");
  if (plan->job->boot_check == STN_BOOT_CHECK_PIN
      && g_str_equal (plan->job->boot_check_text, stn_boot_line_names[STN_BOOT_LINE_DETECT]) && !plan->wiring.has_detect)
    return stn_job_fail (plan->job->places.boot_check, error, STN_FAILURE_BAD_PLAN,
                         "boot-check: pin: the site has no detect line");
  return TRUE;
}

const StnEngineClass *
stn_plan_choose_engine (const StnJob *job, const StnWiring *wiring)
{
  int by = job->program_by != STN_PROGRAM_BY_AUTO ? job->program_by : (int) wiring->program_by;

  if (by == STN_PROGRAM_BY_AUTO)
    by = wiring->has_usb && !wiring->has_uart ? STN_PROGRAM_BY_USB : STN_PROGRAM_BY_UART;
  return stn_engine_class_by_name (by == STN_PROGRAM_BY_USB ? "dfu" : "uart");
}

gboolean
stn_plan_may_meet_usb (const StnPlan *self)
{
  return self->engine_class->shape == STN_LINK_STREAM && self->wiring.has_usb && self->target->has_usb;
}

StnPlan *
stn_plan_new_for_target (StnJob *job, const StnTarget *target, const StnEngineClass *engine_class,
                         const StnWiring *wiring, GError **error)
{
  StnPlanMaker *self = g_new0 (StnPlanMaker, 1);
  g_autoptr (StnPlan) plan = &self->plan;
  g_atomic_ref_count_init (&self->references);
  self->plan.job = stn_job_ref (job);
  self->plan.target = target;
  self->plan.engine_class = engine_class != NULL ? engine_class : stn_plan_choose_engine (job, wiring);
  self->plan.wiring = *wiring;
  self->plan.supply_code = stn_target_supply_code (target, job->supply_uv);

  if (job->is_recovery) {
    /* it only looks, and puts back what a record says */
    if (!check_engine (plan, error))
      return NULL;
    self->plan.hash = g_strdup_printf ("%s of %s", STN_JOB_RECOVERY_NAME, target->name);
    return g_steal_pointer (&plan);
  }
  if (!check_target (plan, error) || !check_engine (plan, error) || !stn_plan_choose_entering (self, error)
      || !stn_plan_lay_out (self, error) || !stn_plan_choose_erase (self, error) || !stn_plan_make_options (self, error)
      || !stn_plan_choose_leaving (self, error))
    return NULL;
  stn_plan_make_steps (self);
  self->plan.hash = stn_plan_hash (plan);
  return g_steal_pointer (&plan);
}

StnPlan *
stn_plan_new (StnJob *job, StnTargets *targets, const StnEngineClass *engine_class, const StnWiring *wiring,
              GError **error)
{
  const StnTarget *target = stn_targets_find (targets, job->target, error);
  if (target == NULL) {
    stn_job_prefix (job->places.target, error);
    return NULL;
  }
  return stn_plan_new_for_target (job, target, engine_class, wiring, error);
}

StnPlan *
stn_plan_ref (StnPlan *self)
{
  g_atomic_ref_count_inc (&((StnPlanMaker *) self)->references);
  return self;
}

void
stn_plan_unref (StnPlan *self)
{
  StnPlanMaker *maker = (StnPlanMaker *) self;
  if (self == NULL || !g_atomic_ref_count_dec (&maker->references))
    return;
  for (guint i = 0; i < self->span_count; i++)
    g_free (self->spans[i].expected);
  for (guint i = 0; i < self->step_count; i++)
    g_free (self->steps[i].words);
  g_free (self->spans);
  g_free (self->erase_pages);
  g_free (self->blocks);
  g_free (self->blank_checks);
  g_free (self->steps);
  for (guint i = 0; i < self->option_step_count; i++) {
    g_free (self->option_steps[i].values);
    g_free (self->option_steps[i].cut_words);
  }
  g_free (self->option_steps);
  g_free (self->accepted);
  g_free (self->hash);
  g_free (maker->page_flags);
  stn_job_unref (self->job);
  g_free (maker);
}
