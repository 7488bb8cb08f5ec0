/* Inside src/job: the option bytes of a plan while they are worked out.
 *
 * A *pair* is a field and the value that the job wants it to have. plan-boot.c and plan-protect.c turn intentions into
 * pairs, plan-options.c takes `option-bytes:` by name, sorts pairs into steps and sees that none is said twice, and
 * plan-guard.c judges what becomes of a board that gets them. */
#pragma once

#include "src/job/plan-private.h"
#include "src/target/boot-ways.h"
#include "src/target/options.h"

G_BEGIN_DECLS

typedef struct {
  const StnOptionField *field;
  guint32 value;
  StnOptionFrom from;
  const StnNode *place; /* in the job */
  StnStepKind step;
} StnOptionPair;

/* Adds pairs to `pairs` (GArray of StnOptionPair). */
gboolean stn_plan_boot_pairs (const StnPlan *plan, GArray *pairs, GError **error);
gboolean stn_plan_protect_pairs (const StnPlanMaker *self, GArray *pairs, GError **error);
/* The pairs that take write protection of an earlier run away. */
void stn_plan_unprotect_pairs (const StnPlan *plan, GArray *pairs);
/* Whether `protect: write` covers the page at that address. */
gboolean stn_plan_page_is_protected (const StnPlan *plan, guint64 address);

/* All pairs of the steps up to `last` put into a copy of `from`. */
StnOptionBlock *stn_option_pairs_apply (const GArray *pairs, const StnOptionBlock *from, StnStepKind last,
                                        GError **error);
/* StnWayIn with these options, on the plan's wiring; `is_empty`: of the flash. */
guint stn_plan_ways_with (const StnPlan *plan, const StnOptionBlock *options, gboolean is_empty);

/* Refuses consequences that the job does not accept by name, and accepted ones that are none; fills plan->accepted. */
gboolean stn_plan_guard (StnPlanMaker *self, const GArray *pairs, GError **error);

G_END_DECLS
