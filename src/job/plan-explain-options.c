/* The option bytes of a plan in words: what differs afterwards, how it is proved, what a cut leaves, what the job
 * accepts. */
#include "src/job/plan-options.h"

#include "src/base/clock.h"

static const char *
title_of (const StnPlanOptionStep *step)
{
  switch (step->kind) {
  case STN_STEP_OPENING_OPTIONS:
    return "before the erase";
  case STN_STEP_CLOSING_OPTIONS:
    return "after the proof of the flash";
  default:
    return "last";
  }
}

static const char *
proof_words (StnOptionProof proof)
{
  static const char *const words[STN_OPTION_PROOF_COUNT] = {
    [STN_OPTION_PROOF_READ_BACK] = "read back",
    [STN_OPTION_PROOF_REFUSED_READ] = "proved by a read that is refused",
    [STN_OPTION_PROOF_BEHAVIOUR] = "proved by a ROM that no longer answers",
    [STN_OPTION_PROOF_NONE] = "not provable",
  };
  return words[proof];
}

/* One field: from what a new part has (or what this unit has) to what the job wants. */
static char *
value_words (const StnPlan *plan, const StnPlanOption *value, const StnOptionBlock *before)
{
  const StnOptionField *field = stn_options_find (plan->target, value->field, NULL);
  if (field == NULL)
    return g_strdup (value->field);
  StnOptionChange change = { .field = field, .new_known = TRUE, .new_value = (guint32) value->value };
  change.old_known = stn_option_block_get (before, field, &change.old_value);
  if (change.old_known && change.old_value == change.new_value) {
    g_autofree char *label = stn_option_field_label (field, change.new_value);
    return g_strdup_printf ("%s: stays %s", field->name, label);
  }
  return stn_option_change_text (&change);
}

/* Image protection takes many fields of one kind; a field that stays as it is shipped says nothing then. */
static gboolean
is_worth_a_line (const StnPlan *plan, const StnPlanOption *value, const StnOptionBlock *before)
{
  const StnOptionField *field = stn_options_find (plan->target, value->field, NULL);
  guint32 old = 0;
  return value->from == STN_OPTION_FROM_BOOT || value->from == STN_OPTION_FROM_OPTION_BYTES || field == NULL
         || !stn_option_block_get (before, field, &old) || old != value->value;
}

static gboolean
changes_anything (const StnPlan *plan, const StnPlanOptionStep *step, const StnOptionBlock *before)
{
  for (guint i = 0; i < step->value_count; i++) {
    const StnOptionField *field = stn_options_find (plan->target, step->values[i].field, NULL);
    guint32 old = 0;
    if (field == NULL || !stn_option_block_get (before, field, &old) || old != step->values[i].value)
      return TRUE;
  }
  return FALSE;
}

static void
say_step (GString *out, const StnPlan *plan, const StnPlanOptionStep *step, StnOptionBlock *before)
{
  gint64 seconds = (step->longest_ns + STN_NS_PER_S - 1) / STN_NS_PER_S;
  guint said = 0;

  stn_plan_say_format (out, "Options",
                       "%s; for up to %" G_GINT64_FORMAT " s nothing may touch the board:", title_of (step), seconds);
  for (guint i = 0; i < step->value_count; i++) {
    const StnPlanOption *value = &step->values[i];
    if (!is_worth_a_line (plan, value, before))
      continue;
    g_autofree char *words = value_words (plan, value, before);
    stn_plan_say_format (out, "", "%s (%s), %s", words, stn_option_from_name (value->from), proof_words (value->proof));
    said++;
  }
  if (said > 0 && !changes_anything (plan, step, before))
    stn_plan_say (out, "", "a new part has all of this: nothing is written to it");
  if (said == 0)
    stn_plan_say (out, "", "what an earlier run protected against writing is opened; a new part has nothing to open");
  if (step->has_write_try)
    stn_plan_say_format (out, "", "a write to the protected " STN_PLAN_ADDRESS " must change nothing",
                         step->write_try_address);
  stn_plan_say (out, "", step->cut_words);
  for (guint i = 0; i < step->value_count; i++) {
    const StnOptionField *field = stn_options_find (plan->target, step->values[i].field, NULL);
    if (field != NULL)
      stn_option_block_set (before, field, (guint32) step->values[i].value, NULL);
  }
}

void
stn_plan_explain_options (GString *out, const StnPlan *plan)
{
  g_autoptr (StnOptionBlock) before = stn_option_block_new_default (plan->target);
  if (plan->unprotect_allowed) {
    gint64 seconds = (plan->unprotect_longest_ns + STN_NS_PER_S - 1) / STN_NS_PER_S;
    stn_plan_say_format (out, "Unprotect",
                         "a board that arrives at readout level 1 is opened first, which erases all of it and takes "
                         "%" G_GINT64_FORMAT " s more",
                         seconds);
  }
  for (guint i = 0; before != NULL && i < plan->option_step_count; i++)
    say_step (out, plan, &plan->option_steps[i], before);
  if (plan->accepted != NULL)
    stn_plan_say_format (out, "Accepted", "%s%s", plan->accepted,
                         plan->job->signature->state == STN_SIGNATURE_GOOD ? ""
                                                                           : "; the job runs only when it is signed");
}

/* What of it a person can't take back. */
void
stn_plan_explain_protection (GString *out, const StnPlan *plan)
{
  if (plan->unprotect_allowed)
    stn_plan_say (out, "  unprotect", "a board that arrives protected loses everything that is in it");
  for (guint s = 0; s < plan->option_step_count; s++)
    for (guint i = 0; i < plan->option_steps[s].value_count; i++) {
      const StnPlanOption *value = &plan->option_steps[s].values[i];
      const StnOptionField *field = stn_options_find (plan->target, value->field, NULL);
      if (field == NULL || (field->role != STN_OPTION_ROLE_RDP && field->role != STN_OPTION_ROLE_PRODUCT_STATE))
        continue;
      if (stn_option_field_level (field, (guint32) value->value) == STN_RDP_LEVEL_2)
        stn_plan_say (out, "  protection", "the board is closed for ever: no ROM, no debugger, no other options");
      else
        stn_plan_say (out, "  protection", "what is in the flash is not read any more; opening the board erases it");
    }
  if (plan->job->protect_write->len > 0 && !plan->unprotect_allowed)
    stn_plan_say (out, "  protection",
                  "a board that is done, or stopped behind its closing options, can't be written again by this job; "
                  "“unprotect: allowed” opens it first");
}

char *
stn_plan_option_difference (const StnPlan *self, const StnOptionBlock *unit)
{
  GString *text = g_string_new (NULL);
  g_autoptr (StnOptionBlock) after = stn_option_block_copy (unit);
  for (guint s = 0; s < self->option_step_count; s++)
    for (guint i = 0; i < self->option_steps[s].value_count; i++) {
      const StnPlanOption *value = &self->option_steps[s].values[i];
      const StnOptionField *field = stn_options_find (self->target, value->field, NULL);
      if (field != NULL)
        stn_option_block_set (after, field, (guint32) value->value, NULL);
    }
  g_autoptr (GArray) changes = stn_option_block_differences (unit, after);
  for (guint i = 0; i < changes->len; i++) {
    g_autofree char *words = stn_option_change_text (&g_array_index (changes, StnOptionChange, i));
    g_string_append_printf (text, "%s\n", words);
  }
  return g_string_free (text, FALSE);
}
