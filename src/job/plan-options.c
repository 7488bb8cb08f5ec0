/* Option bytes of a plan. */
#include "src/job/plan-private.h"

const StnPlanOptionStep *
stn_plan_option_step (const StnPlan *self, StnStepKind kind)
{
  for (guint i = 0; i < self->option_step_count; i++)
    if (self->option_steps[i].kind == kind)
      return &self->option_steps[i];
  return NULL;
}

const char *
stn_option_proof_name (StnOptionProof proof)
{
  static const char *const names[STN_OPTION_PROOF_COUNT] = {
    [STN_OPTION_PROOF_READ_BACK] = "read-back",
    [STN_OPTION_PROOF_REFUSED_READ] = "refused-read",
    [STN_OPTION_PROOF_BEHAVIOUR] = "behaviour",
    [STN_OPTION_PROOF_NONE] = "not-provable",
  };
  return (guint) proof < STN_OPTION_PROOF_COUNT ? names[proof] : "";
}

const char *
stn_option_from_name (StnOptionFrom from)
{
  static const char *const names[STN_OPTION_FROM_COUNT] = {
    [STN_OPTION_FROM_BOOT] = "boot",
    [STN_OPTION_FROM_PROTECT] = "protect",
    [STN_OPTION_FROM_OPTION_BYTES] = "option-bytes",
    [STN_OPTION_FROM_UNPROTECT] = "unprotect",
  };
  return (guint) from < STN_OPTION_FROM_COUNT ? names[from] : "";
}
