/* Inside src/job: a plan while it is worked out. plan.c calls the parts in the order below; each leaves the plan's own
 * members filled or refuses. */
#pragma once

#include "src/job/plan.h"

G_BEGIN_DECLS

enum { STN_PLAN_PAGE_TOUCHED = 1 << 0, STN_PLAN_PAGE_KEPT = 1 << 1 };

typedef struct {
  StnPlan plan; /* first: the public part */
  gatomicrefcount references;
  guint8 *page_flags; /* by page number */
  guint page_count;
} StnPlanMaker;

#define STN_PLAN_ADDRESS "0x%08" G_GINT64_MODIFIER "x"

/* Images and unit data against the flash, each other and `keep`; spans, blocks, first block. plan-layout.c */
gboolean stn_plan_lay_out (StnPlanMaker *self, GError **error);
/* How it is erased, what is looked at outside the touched pages. plan-erase.c */
gboolean stn_plan_choose_erase (StnPlanMaker *self, GError **error);
/* Typical time of the plan's erase. */
gint64 stn_plan_erase_typical_ns (const StnPlan *plan, gboolean erase_all);
/* Entering, and whether there is only one visit; leaving, which the option steps decide too. plan-ways.c */
gboolean stn_plan_choose_entering (StnPlanMaker *self, GError **error);
gboolean stn_plan_choose_leaving (StnPlanMaker *self, GError **error);
/* Whether a part as shipped is only in its ROM because it is empty. */
gboolean stn_plan_enters_by_being_empty (const StnTarget *target);
/* What the job says of option bytes and protection, as steps; the guard. plan-options.c, plan-guard.c */
gboolean stn_plan_make_options (StnPlanMaker *self, GError **error);
/* The plan's blocks (not the first one) joined where they touch, at most `bytes_most` each and none across a multiple
 * of that from the flash base: the same bytes in the same order by fewer writes. g_free. */
StnPlanBlock *stn_plan_join_blocks (const StnPlan *plan, guint bytes_most, guint *out_count);
/* Ways into the ROM that are left when the flash is empty (`is_first_block_written` FALSE) or can start. */
guint stn_plan_ways_in (const StnPlan *plan, gboolean is_first_block_written);
/* Whether no version of the ROM is without the quirk: what only some have is left to binding, which knows the version.
 */
gboolean stn_plan_every_rom_has (const StnTarget *target, guint quirk);
/* Steps with words and times. plan-steps.c */
void stn_plan_make_steps (StnPlanMaker *self);
/* Lines of “explain”: a label and wrapped text. plan-explain.c */
void stn_plan_say (GString *out, const char *label, const char *text);
void stn_plan_say_format (GString *out, const char *label, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* plan-explain-options.c */
void stn_plan_explain_options (GString *out, const StnPlan *plan);
void stn_plan_explain_protection (GString *out, const StnPlan *plan);
/* plan-hash.c; g_free. */
char *stn_plan_hash (const StnPlan *plan);

/* Nanoseconds on the plan's wire. */
gint64 stn_plan_bits_ns (const StnPlan *plan, guint64 bits);

G_END_DECLS
