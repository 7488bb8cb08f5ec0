/* The guard against locking a board out.
 *
 * What the finished board's options do is worked out from the target's data (boot-ways.h), before a pin moves. Each
 * consequence that can't be taken back, or that shuts the board, has a name; a job that means it names it under
 * `accept:`, one name a consequence, and is signed. A name that is none, or is not needed, is an error too: a job shall
 * say what it does and nothing else. */
#include "src/job/plan-options.h"

typedef struct {
  const char *name;
  StnHazardKind kind; /* STN_HAZARD_COUNT: not one of theirs */
  gboolean always;    /* has to be accepted whatever the data say */
} Consequence;

#define NO_WAY_IN "no-way-in"
#define NOT_PROVED "not-proved"

static const Consequence consequences[] = {
  { "read-protection-level-2", STN_HAZARD_RDP_2, TRUE },
  { "product-state-closed", STN_HAZARD_PRODUCT_STATE, TRUE },
  { "boot-lock", STN_HAZARD_BOOT_LOCK, TRUE },
  { "trustzone", STN_HAZARD_TZEN, TRUE },
  { "nrst-is-gpio", STN_HAZARD_NRST_GPIO, TRUE },
  { NO_WAY_IN, STN_HAZARD_NO_WAY_IN, TRUE },
  { "boot0-is-dead", STN_HAZARD_PIN_DEAD, FALSE },
  { "boot0-starts-sram", STN_HAZARD_BOOT1_RAM, FALSE },
  { "rom-for-ever", STN_HAZARD_ROM_FOREVER, TRUE },
  { "starts-nothing", STN_HAZARD_STARTS_NOTHING, TRUE },
  { "boot-address", STN_HAZARD_BOOT_ADDRESS, TRUE },
  { "flash-map", STN_HAZARD_BANKS, FALSE },
  { "watchdog", STN_HAZARD_WATCHDOG, FALSE },
  { "hidden-flash", STN_HAZARD_HIDDEN_FLASH, FALSE },
  { "rom-interfaces", STN_HAZARD_ROM_INTERFACES, FALSE },
  { "factory-value", STN_HAZARD_FACTORY_VALUE, FALSE },
  { "electrical", STN_HAZARD_ELECTRICAL, FALSE },
  { "final-lock", STN_HAZARD_FINAL_LOCK, TRUE },
  { NOT_PROVED, STN_HAZARD_COUNT, TRUE },
};

/* A consequence of this job. */
typedef struct {
  const char *name;
  const char *text;
  const StnNode *place;
} Found;

static const char *
name_of (const StnHazard *hazard)
{
  for (gsize i = 0; i < G_N_ELEMENTS (consequences); i++)
    if (consequences[i].kind == hazard->kind)
      return consequences[i].always || hazard->needs_signature ? consequences[i].name : NULL;
  return hazard->needs_signature ? stn_hazard_name (hazard->kind) : NULL;
}

static const StnNode *
place_of (const GArray *pairs, const StnOptionField *field)
{
  const StnNode *place = NULL;
  for (guint i = 0; i < pairs->len; i++) {
    const StnOptionPair *pair = &g_array_index (pairs, StnOptionPair, i);
    if (field != NULL && pair->field == field)
      return pair->place;
    /* without a field the last word counts: it is the one that shuts */
    if (place == NULL || pair->step >= STN_STEP_CLOSING_OPTIONS)
      place = pair->place;
  }
  return place;
}

static gboolean
is_found (const GArray *found, const char *name)
{
  for (guint i = 0; i < found->len; i++)
    if (g_str_equal (g_array_index (found, Found, i).name, name))
      return TRUE;
  return FALSE;
}

static void
add (GArray *found, const char *name, const char *text, const StnNode *place)
{
  Found one = { name, text, place };
  if (!is_found (found, name))
    g_array_append_val (found, one);
}

/* Everything that the values of `after` do and those of `before` did not. */
static GArray *
find_consequences (const StnPlan *plan, const GArray *pairs, const StnOptionBlock *before, const StnOptionBlock *after)
{
  GArray *found = g_array_new (FALSE, TRUE, sizeof (Found));
  const StnBootWiring wiring = { .has_boot0 = plan->wiring.has_boot0,
                                 .has_nrst = plan->wiring.has_nrst,
                                 .has_power = plan->wiring.has_power };
  g_autoptr (GArray) hazards = stn_option_hazards (before, after, &wiring);

  for (guint i = 0; i < hazards->len; i++) {
    const StnHazard *hazard = &g_array_index (hazards, StnHazard, i);
    const char *name = name_of (hazard);
    if (name != NULL)
      add (found, name, hazard->text, place_of (pairs, hazard->field));
  }
  if ((stn_plan_ways_with (plan, after, FALSE) & (STN_WAY_IN_PIN | STN_WAY_IN_OPTIONS)) == 0)
    add (found, NO_WAY_IN, "The finished board can't be entered from outside any more.", place_of (pairs, NULL));
  for (guint s = 0; s < plan->option_step_count; s++)
    for (guint i = 0; i < plan->option_steps[s].value_count; i++)
      if (plan->option_steps[s].values[i].proof == STN_OPTION_PROOF_NONE)
        add (found, NOT_PROVED, "That all of it was written can't be proved, as nothing can be read any more.",
             place_of (pairs, NULL));
  return found;
}

static gboolean
check_names (const StnJob *job, const GArray *found, GError **error)
{
  const char *names[G_N_ELEMENTS (consequences) + 1] = { NULL };
  for (gsize i = 0; i < G_N_ELEMENTS (consequences); i++)
    names[i] = consequences[i].name;
  for (guint i = 0; i < job->accept->len; i++) {
    const StnJobLine *line = g_ptr_array_index (job->accept, i);
    for (guint k = 0; k < i; k++)
      if (g_str_equal (((const StnJobLine *) job->accept->pdata[k])->name, line->name))
        return stn_job_fail (line->place, error, STN_FAILURE_BAD_PLAN, "accept: %s is said twice", line->name);
    if (is_found (found, line->name))
      continue;
    if (g_strv_contains (names, line->name))
      return stn_job_fail (line->place, error, STN_FAILURE_BAD_PLAN,
                           "accept: %s is no consequence of this job; leave it out", line->name);
    const char *nearest = stn_text_nearest (line->name, names);
    g_autofree char *quoted = stn_text_quote (line->name);
    return stn_job_fail (line->place, error, STN_FAILURE_BAD_PLAN, "accept: %s is no consequence%s%s", quoted,
                         nearest != NULL ? "; the nearest is " : "", nearest != NULL ? nearest : "");
  }
  return TRUE;
}

static gboolean
is_accepted (const StnJob *job, const char *name)
{
  for (guint i = 0; i < job->accept->len; i++)
    if (g_str_equal (((const StnJobLine *) job->accept->pdata[i])->name, name))
      return TRUE;
  return FALSE;
}

/* Whether the part is shipped with a pin that it ignores, and can be told to heed it. */
static gboolean
has_pin_option (const StnPlan *plan)
{
  const StnOptionField *select = stn_options_by_role (plan->target, STN_OPTION_ROLE_BOOT_SELECT, 0);
  return plan->wiring.has_boot0 && plan->target->boot_pin != STN_BOOT_PIN_LIVE && select != NULL && select->visible
         && !select->read_only;
}

static gboolean
check_accepted (const StnPlan *plan, const GArray *found, GError **error)
{
  g_autoptr (GString) missing = g_string_new (NULL);
  const Found *worst = NULL;
  for (guint i = 0; i < found->len; i++) {
    const Found *one = &g_array_index (found, Found, i);
    if (is_accepted (plan->job, one->name))
      continue;
    worst = worst != NULL ? worst : one;
    g_string_append_printf (missing, "%s%s", missing->len > 0 ? ", " : "", one->name);
  }
  if (worst != NULL) {
    /* what most jobs forget on a part that is shipped without its pin */
    gboolean pin_is_forgotten =
        (g_str_equal (missing->str, NO_WAY_IN) || g_str_equal (missing->str, NO_WAY_IN ", " NOT_PROVED))
        && has_pin_option (plan) && plan->job->rom_entry == STN_ROM_ENTRY_AS_SHIPPED;
    return stn_job_fail (worst->place, error, STN_FAILURE_WOULD_LOCK_OUT,
                         "%s%s A job that means it says “accept: [%s]” and is signed.", worst->text,
                         pin_is_forgotten ? " “boot: { from: flash, rom-entry: pin }” keeps BOOT0 as the way in." : "",
                         missing->str);
  }
  const StnSignature *signature = plan->job->signature;
  if (found->len == 0 || signature->state == STN_SIGNATURE_GOOD || plan->job->for_words_only)
    return TRUE;
  g_autoptr (GString) names = g_string_new (NULL);
  for (guint i = 0; i < found->len; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", g_array_index (found, Found, i).name);
  return stn_job_fail (plan->job->places.accept, error, STN_FAILURE_NOT_SIGNED,
                       "what this job accepts (%s) needs a signature, and it is %s", names->str, signature->words);
}

gboolean
stn_plan_guard (StnPlanMaker *self, const GArray *pairs, GError **error)
{
  StnPlan *plan = &self->plan;
  g_autoptr (GArray) found = NULL;

  if (plan->option_step_count == 0) {
    /* nothing is written to its options, and yet nobody gets in again once it is not empty: not without being said */
    if (!plan->job->says_rom_entry && !plan->job->is_recovery && has_pin_option (plan))
      return stn_job_fail (plan->job->places.rom_entry, error, STN_FAILURE_WOULD_LOCK_OUT,
                           "%s is shipped with its BOOT0 pin ignored: once it holds a program nothing enters its ROM "
                           "from outside. “boot: { from: flash, rom-entry: pin }” makes the pin the way in; "
                           "“boot: { rom-entry: as-shipped }” says that the board shall stay so",
                           plan->target->name);
    found = g_array_new (FALSE, TRUE, sizeof (Found));
    return check_names (plan->job, found, error);
  }
  g_autoptr (StnOptionBlock) shipped = stn_option_block_new_default (plan->target);
  g_autoptr (StnOptionBlock) after = stn_option_pairs_apply (pairs, shipped, STN_STEP_READ_PROTECT, error);
  if (after == NULL)
    return FALSE;
  found = find_consequences (plan, pairs, shipped, after);
  if (!check_names (plan->job, found, error) || !check_accepted (plan, found, error))
    return FALSE;
  GString *names = g_string_new (NULL);
  for (guint i = 0; i < found->len; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", g_array_index (found, Found, i).name);
  plan->accepted = g_string_free (names, names->len == 0);
  return TRUE;
}

gboolean
stn_plan_guard_unit (const StnPlan *self, const StnOptionBlock *unit, GError **error)
{
  g_autoptr (GArray) pairs = g_array_new (FALSE, TRUE, sizeof (StnOptionPair));
  for (guint s = 0; s < self->option_step_count; s++)
    for (guint i = 0; i < self->option_steps[s].value_count; i++) {
      const StnPlanOption *value = &self->option_steps[s].values[i];
      StnOptionPair pair = { .field = stn_options_find (self->target, value->field, error),
                             .value = (guint32) value->value,
                             .from = value->from,
                             .step = self->option_steps[s].kind };
      if (pair.field == NULL)
        return FALSE;
      g_array_append_val (pairs, pair);
    }
  if (pairs->len == 0)
    return TRUE;
  g_autoptr (StnOptionBlock) after = stn_option_pairs_apply (pairs, unit, STN_STEP_READ_PROTECT, error);
  if (after == NULL)
    return FALSE;
  /* what the writes do to this unit, and whether any way in is left of those that it came with */
  g_autoptr (GArray) found = find_consequences (self, pairs, unit, after);
  for (guint i = 0; i < found->len; i++) {
    const Found *one = &g_array_index (found, Found, i);
    if (is_accepted (self->job, one->name))
      continue;
    stn_error_set (error, STN_FAILURE_OPTION_BYTES_UNKNOWN,
                   "the options that this board came with lead to “%s”, which the job does not accept: %s", one->name,
                   one->text);
    return FALSE;
  }
  return TRUE;
}
