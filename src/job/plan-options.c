/* Option bytes of a plan: `option-bytes:` by name, all pairs sorted into the steps of a run, what each step needs and
 * leaves. DESIGN, "The order of a run". */
#include "src/job/plan-options.h"

#include <string.h>

#include "src/base/clock.h"

const StnPlanOptionStep *
stn_plan_option_step (const StnPlan *self, StnStepKind kind)
{
  for (guint i = 0; i < self->option_step_count; i++)
    if (self->option_steps[i].kind == kind)
      return &self->option_steps[i];
  return NULL;
}

gboolean
stn_plan_option_step_is_single (const StnPlanOptionStep *self)
{
  return !self->comes_back || self->kind == STN_STEP_READ_PROTECT;
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

/* ---- ways in ---- */

guint
stn_plan_ways_with (const StnPlan *plan, const StnOptionBlock *options, gboolean is_empty)
{
  static const struct {
    guint way, way_in;
  } rows[] = { { STN_BOOT_WAY_PIN, STN_WAY_IN_PIN },
               { STN_BOOT_WAY_EVERY_RESET, STN_WAY_IN_OPTIONS },
               { STN_BOOT_WAY_EMPTY_RESET, STN_WAY_IN_EMPTY },
               { STN_BOOT_WAY_EMPTY_POWER_ON, STN_WAY_IN_EMPTY_POWER } };
  const StnBootSituation situation = {
    .target = plan->target,
    .options = options,
    .wiring = { .has_boot0 = plan->wiring.has_boot0,
                .has_nrst = plan->wiring.has_nrst,
                .has_power = plan->wiring.has_power },
    .latch = is_empty ? STN_EMPTY_YES : STN_EMPTY_NO,
    .flash_empty = is_empty,
  };
  guint ways = stn_option_ways (&situation), seen = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (ways & rows[i].way)
      seen |= rows[i].way_in;
  return seen;
}

/* Ways that last: those of a finished board. */
static guint
lasting (guint ways)
{
  return ways & (STN_WAY_IN_PIN | STN_WAY_IN_OPTIONS);
}

StnOptionBlock *
stn_option_pairs_apply (const GArray *pairs, const StnOptionBlock *from, StnStepKind last, GError **error)
{
  g_autoptr (StnOptionBlock) block = stn_option_block_copy (from);
  /* a field may be in two steps: the later one counts */
  for (StnStepKind step = STN_STEP_OPENING_OPTIONS; step <= last; step++)
    for (guint i = 0; i < pairs->len; i++) {
      const StnOptionPair *pair = &g_array_index (pairs, StnOptionPair, i);
      if (pair->step == step && !stn_option_block_set (block, pair->field, pair->value, error)) {
        stn_job_prefix (pair->place, error);
        return NULL;
      }
    }
  return g_steal_pointer (&block);
}

/* ---- `option-bytes:` ---- */

static const char *
owner_of (StnOptionRole role)
{
  static const struct {
    StnOptionRole role;
    const char *key;
  } rows[] = {
    { STN_OPTION_ROLE_RDP, "protect: read" },         { STN_OPTION_ROLE_PRODUCT_STATE, "protect: read" },
    { STN_OPTION_ROLE_WRP_BITS, "protect: write" },   { STN_OPTION_ROLE_WRP_FIRST, "protect: write" },
    { STN_OPTION_ROLE_WRP_LAST, "protect: write" },   { STN_OPTION_ROLE_WRP_MODE, "protect: pcrop" },
    { STN_OPTION_ROLE_PCROP_BITS, "protect: pcrop" }, { STN_OPTION_ROLE_PCROP_FIRST, "protect: pcrop" },
    { STN_OPTION_ROLE_PCROP_LAST, "protect: pcrop" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].role == role)
      return rows[i].key;
  return NULL;
}

/* A field that is said already: by `boot`, or by an other name of it. */
static gboolean
check_said_once (const GArray *pairs, const StnJobLine *line, const StnOptionField *field, GError **error)
{
  const char *owner = owner_of (field->role);
  if (owner != NULL)
    return stn_job_fail (line->place, error, STN_FAILURE_BAD_PLAN, "option-bytes: %s is what “%s” says; say it there",
                         line->name, owner);
  for (guint i = 0; i < pairs->len; i++) {
    const StnOptionPair *pair = &g_array_index (pairs, StnOptionPair, i);
    if (pair->field != field)
      continue;
    if (pair->from == STN_OPTION_FROM_BOOT)
      return stn_job_fail (line->place, error, STN_FAILURE_BAD_PLAN,
                           "option-bytes: %s is worked out from “boot: rom-entry” (line %u); say it once", line->name,
                           pair->place->line);
    return stn_job_fail (line->place, error, STN_FAILURE_BAD_PLAN, "option-bytes: %s is said twice (as %s in line %u)",
                         line->name, field->name, pair->place->line);
  }
  return TRUE;
}

static gboolean
check_writable (const StnJobLine *line, const StnOptionField *field, const StnTarget *target, GError **error)
{
  const char *why = !field->visible                        ? "it is in no area that the ROM shows"
                    : field->always_one                    ? "it is always written as one"
                    : field->read_only                     ? "it is read only"
                    : field->role == STN_OPTION_ROLE_RADIO ? "it belongs to the radio's program"
                    : field->role == STN_OPTION_ROLE_KEY   ? "it is a key that can't be read back"
                                                           : NULL;
  if (why == NULL)
    return TRUE;
  return stn_job_fail (line->place, error, STN_FAILURE_NOT_SUPPORTED, "option-bytes: %s of %s can't be set: %s",
                       line->name, target->name, why);
}

static gboolean
named_pairs (const StnPlan *plan, GArray *pairs, GError **error)
{
  for (guint i = 0; i < plan->job->option_bytes->len; i++) {
    const StnJobLine *line = g_ptr_array_index (plan->job->option_bytes, i);
    StnOptionPair pair = { .from = STN_OPTION_FROM_OPTION_BYTES, .place = line->place };
    pair.field = stn_options_find (plan->target, line->name, error);
    if (pair.field == NULL)
      return stn_job_prefix (line->place, error);
    if (!check_said_once (pairs, line, pair.field, error) || !check_writable (line, pair.field, plan->target, error))
      return FALSE;
    if (!stn_option_field_read (pair.field, line->value, &pair.value, error))
      return stn_job_prefix (line->value_place, error);
    g_array_append_val (pairs, pair);
  }
  return TRUE;
}

/* What this ROM can't write by this port, whatever its version; binding asks again with the version. */
static gboolean
check_rom_writes (const StnPlan *plan, const GArray *pairs, GError **error)
{
  StnOptionVia via = plan->engine_class->shape == STN_LINK_CONTROL ? STN_OPTION_VIA_USB : STN_OPTION_VIA_UART;
  for (guint i = 0; i < pairs->len; i++) {
    const StnOptionPair *pair = &g_array_index (pairs, StnOptionPair, i);
    const char *why = stn_option_field_refused (plan->target, pair->field, via, 0);
    if (why != NULL)
      return stn_job_fail (pair->place, error, STN_FAILURE_NOT_SUPPORTED,
                           "%s of %s can't be written by its ROM over %s: %s", pair->field->name, plan->target->name,
                           via == STN_OPTION_VIA_USB ? "USB" : "UART", why);
  }
  return TRUE;
}

gboolean
stn_plan_rom_writes (const StnPlan *self, const StnPlanOptionStep *step, const StnOptionBlock *unit,
                     guint16 bootloader_id, GError **error)
{
  StnOptionVia via = self->engine_class->shape == STN_LINK_CONTROL ? STN_OPTION_VIA_USB : STN_OPTION_VIA_UART;
  g_autoptr (GArray) changes = g_array_new (FALSE, TRUE, sizeof (StnOptionChange));
  const StnOptionField *culprit = NULL;

  for (guint i = 0; i < step->value_count; i++) {
    StnOptionChange change = { .field = stn_options_find (self->target, step->values[i].field, error),
                               .new_known = TRUE,
                               .new_value = (guint32) step->values[i].value };
    if (change.field == NULL)
      return FALSE;
    change.old_known = unit != NULL && stn_option_block_get (unit, change.field, &change.old_value);
    if (!change.old_known || change.old_value != change.new_value)
      g_array_append_val (changes, change);
  }
  const char *why = stn_option_changes_refused (self->target, changes, via, bootloader_id, &culprit);
  if (why == NULL)
    return TRUE;
  g_autofree char *rom = bootloader_id != 0 ? g_strdup_printf (" 0x%02x", bootloader_id) : g_strdup ("");
  stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "%s of %s can't be written by its ROM%s over %s: %s", culprit->name,
                 self->target->name, rom, via == STN_OPTION_VIA_USB ? "USB" : "UART", why);
  return FALSE;
}

/* ---- into steps ---- */

/* Fields that decide by which way the ROM is entered, or whether it can be let go again. */
static gboolean
decides_entry (StnOptionRole role)
{
  switch (role) {
  case STN_OPTION_ROLE_TZEN:
  case STN_OPTION_ROLE_BOOT_SELECT:
  case STN_OPTION_ROLE_BOOT0:
  case STN_OPTION_ROLE_BOOT1:
  case STN_OPTION_ROLE_BOOT_LOCK:
  case STN_OPTION_ROLE_BOOT_ADDRESS_0:
  case STN_OPTION_ROLE_BOOT_ADDRESS_1:
  case STN_OPTION_ROLE_BOOT_ADDRESS_SECURE:
  case STN_OPTION_ROLE_BOOT_ADDRESS_LOCK:
  case STN_OPTION_ROLE_NRST_MODE:
  case STN_OPTION_ROLE_NRST_MODE_BIT:
  case STN_OPTION_ROLE_ROM_INTERFACES:
  case STN_OPTION_ROLE_FINAL_LOCK:
    return TRUE;
  default:
    return FALSE;
  }
}

static gboolean
moves_pages (StnOptionRole role)
{
  return role == STN_OPTION_ROLE_BANK_MODE || role == STN_OPTION_ROLE_BANK_SWAP || role == STN_OPTION_ROLE_BOOT_BANK
         || role == STN_OPTION_ROLE_BOOT_BANK_ROM;
}

/* `before`, `after`: the lasting ways as shipped and with all pairs. A board that nothing lasting leads into can be
 * entered while it is empty, so what is to be read back is written then. */
static StnStepKind
step_of (const StnPlan *plan, const StnOptionPair *pair, guint before, guint after)
{
  gboolean enters_empty = stn_plan_enters_by_being_empty (plan->target);
  switch (pair->from) {
  case STN_OPTION_FROM_UNPROTECT:
    return STN_STEP_OPENING_OPTIONS;
  case STN_OPTION_FROM_BOOT:
    return plan->job->rom_entry == STN_ROM_ENTRY_PIN ? STN_STEP_OPENING_OPTIONS : STN_STEP_READ_PROTECT;
  case STN_OPTION_FROM_PROTECT:
    return pair->field->role == STN_OPTION_ROLE_RDP || pair->field->role == STN_OPTION_ROLE_PRODUCT_STATE
               ? STN_STEP_READ_PROTECT
               : STN_STEP_CLOSING_OPTIONS;
  case STN_OPTION_FROM_OPTION_BYTES:
  case STN_OPTION_FROM_COUNT:
  default:
    break;
  }
  if (moves_pages (pair->field->role))
    return STN_STEP_OPENING_OPTIONS;
  if (!decides_entry (pair->field->role))
    return after == 0 && before == 0 && enters_empty ? STN_STEP_OPENING_OPTIONS : STN_STEP_CLOSING_OPTIONS;
  return after == 0 ? STN_STEP_READ_PROTECT : STN_STEP_OPENING_OPTIONS;
}

static gboolean
sort_pairs (const StnPlan *plan, GArray *pairs, const StnOptionBlock *shipped, GError **error)
{
  for (guint i = 0; i < pairs->len; i++) {
    StnOptionPair *pair = &g_array_index (pairs, StnOptionPair, i);
    if (pair->from != STN_OPTION_FROM_UNPROTECT)
      pair->step = STN_STEP_READ_PROTECT;
  }
  g_autoptr (StnOptionBlock) last = stn_option_pairs_apply (pairs, shipped, STN_STEP_READ_PROTECT, error);
  if (last == NULL)
    return FALSE;
  guint before = lasting (stn_plan_ways_with (plan, shipped, FALSE));
  guint after = lasting (stn_plan_ways_with (plan, last, FALSE));
  for (guint i = 0; i < pairs->len; i++) {
    StnOptionPair *pair = &g_array_index (pairs, StnOptionPair, i);
    pair->step = step_of (plan, pair, before, after);
  }
  return TRUE;
}

static StnOptionProof
proof_of (const StnPlanOptionStep *step, const StnOptionPair *pair, gboolean protects_read)
{
  gboolean is_level = pair->field->role == STN_OPTION_ROLE_RDP || pair->field->role == STN_OPTION_ROLE_PRODUCT_STATE;
  if (is_level)
    return step->comes_back                                                       ? STN_OPTION_PROOF_REFUSED_READ
           : stn_option_field_level (pair->field, pair->value) == STN_RDP_LEVEL_2 ? STN_OPTION_PROOF_BEHAVIOUR
                                                                                  : STN_OPTION_PROOF_NONE;
  if (step->comes_back && !protects_read)
    return STN_OPTION_PROOF_READ_BACK;
  /* that BOOT0 no longer leads into the ROM shows; with the level beside it, it could be either */
  if (!step->comes_back && !protects_read && decides_entry (pair->field->role)
      && pair->field->role != STN_OPTION_ROLE_TZEN)
    return STN_OPTION_PROOF_BEHAVIOUR;
  return STN_OPTION_PROOF_NONE;
}

static guint
pieces_of (const StnOptionBlock *before, const StnOptionBlock *after)
{
  g_autoptr (GArray) pieces = stn_option_block_pieces (before, after, STN_OPTION_PIECE_BYTES);
  guint changed = 0;
  for (guint i = 0; i < pieces->len; i++)
    changed += g_array_index (pieces, StnOptionPiece, i).changed;
  return MAX (changed, 1);
}

static StnOptionAfter
after_of (const StnPlan *plan)
{
  const StnTarget *target = plan->target;
  if (stn_plan_every_rom_has (target, STN_QUIRK_NO_OPTION_LOAD))
    return STN_OPTION_AFTER_POWER_CYCLE;
  gboolean plain = target->options_encoding == STN_OPTIONS_F1_COMPLEMENT_HALFWORDS
                   || target->options_encoding == STN_OPTIONS_F4_16BIT;
  return plain && target->empty_check == STN_EMPTY_CHECK_NONE ? STN_OPTION_AFTER_RESET : STN_OPTION_AFTER_RELOAD;
}

/* Options as a cut leaves them: erased first, not written yet. NULL: the target has none. */
static StnOptionBlock *
erased_options (const StnTarget *target)
{
  if (target->options_encoding == STN_OPTIONS_NONE)
    return NULL;
  guint8 erased = target->options_encoding == STN_OPTIONS_L0_COMPLEMENT_HALFWORDS ? 0x00 : 0xff;
  g_autofree guint8 *first = g_malloc (target->options_bytes), *second = g_malloc (target->options_second_bytes + 1);
  memset (first, erased, target->options_bytes);
  memset (second, erased, target->options_second_bytes);
  gboolean has_second = target->options_second_bytes > 0;
  return stn_option_block_new (target, first, target->options_bytes, has_second ? second : NULL,
                               has_second ? target->options_second_bytes : 0, NULL);
}

static const char *
way_words (guint ways)
{
  return ways & STN_WAY_IN_PIN           ? "BOOT0 and a reset"
         : ways & STN_WAY_IN_OPTIONS     ? "every reset"
         : ways & STN_WAY_IN_EMPTY       ? "a reset, as the flash is empty"
         : ways & STN_WAY_IN_EMPTY_POWER ? "power off and on, as the flash is empty"
                                         : "nothing from outside";
}

/* Where the option words are registers nobody says what an erased one reads as but for its level; which of them a cut
 * has reached is not known, so each state is told for itself. */
static char *
cut_words_of_registers (const StnPlan *plan, const StnOptionBlock *before, const StnOptionBlock *after,
                        const StnOptionBlock *erased, gboolean is_empty)
{
  const StnOptionField *level = stn_options_by_role (plan->target, STN_OPTION_ROLE_RDP, 0);
  g_autofree char *of_erased = NULL;

  if (erased != NULL && level != NULL && level->visible)
    of_erased = g_strdup_printf ("were they erased, which is readout level 1, by %s",
                                 way_words (stn_plan_ways_with (plan, erased, is_empty)));
  return g_strdup_printf (
      "Cut short, each option word is old, new or erased, and only reading them tells which. With the "
      "old ones the ROM is entered by %s, with the new ones by %s; %s. Where it can't be entered "
      "any more only a debugger helps.",
      way_words (stn_plan_ways_with (plan, before, is_empty)), way_words (stn_plan_ways_with (plan, after, is_empty)),
      of_erased != NULL ? of_erased : "what erased ones do is not known for this part");
}

/* ROMs that open a board and leave SPRMOD: "0xD0"; NULL: none. */
static char *
roms_that_keep_pcrop (const StnTarget *target)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < target->bootloader_id_count; i++)
    if (stn_target_quirks_for (target, target->bootloader_ids[i]) & STN_QUIRK_UNPROTECT_KEEPS_PCROP)
      g_string_append_printf (text, "%s0x%02X", text->len > 0 ? ", " : "", target->bootloader_ids[i]);
  return text->len > 0 ? g_strdup (text->str) : NULL;
}

/* Erased bits can mean PCROP: on every page that has one. "" where they don't. */
static char *
cut_words_of_pcrop (const StnTarget *target, const StnOptionBlock *erased)
{
  const StnOptionField *mode = stn_options_by_role (target, STN_OPTION_ROLE_WRP_MODE, 0);
  g_autofree char *roms = roms_that_keep_pcrop (target);
  guint32 value = 0;

  if (mode == NULL || !mode->has_active || !stn_option_block_get (erased, mode, &value) || value != mode->active)
    return g_strdup ("");
  if (roms == NULL)
    return g_strdup_printf (" %s reads as erased too: every sector is PCROP until the board is opened.", mode->name);
  return g_strdup_printf (" %s reads as erased too: every sector is PCROP until the board is opened, and where its ROM "
                          "is %s after that as well: then only a debugger makes it writable again.",
                          mode->name, roms);
}

static void
set_cut (const StnPlan *plan, const StnOptionBlock *before, const StnOptionBlock *after, StnPlanOptionStep *step)
{
  const StnTarget *target = plan->target;
  gboolean is_opening = step->kind == STN_STEP_OPENING_OPTIONS;
  gboolean all_erased = plan->job->erase != STN_ERASE_TOUCHED && plan->job->keep->len == 0;
  g_autoptr (StnOptionBlock) erased = erased_options (target);

  if (erased == NULL || target->options_encoding == STN_OPTIONS_REGISTER_MAPPED) {
    step->cut_words = cut_words_of_registers (plan, before, after, erased, is_opening);
    return;
  }
  guint ways = stn_plan_ways_with (plan, erased, is_opening);
  g_autofree char *pcrop = cut_words_of_pcrop (target, erased);
  g_autofree char *keeping_roms = roms_that_keep_pcrop (target);
  step->rom_repairs_cut = is_opening && all_erased && ways != 0 && (*pcrop == '\0' || keeping_roms == NULL);
  /* where the station has no switch a person has a plug */
  StnPlan by_hand = *plan;
  by_hand.wiring.has_power = TRUE;
  gboolean by_plug = ways == 0 && stn_plan_ways_with (&by_hand, erased, is_opening) != 0;
  const char *how = ways & STN_WAY_IN_PIN ? "BOOT0 and a reset"
                    : ways != 0           ? "a power cycle, as the flash is empty"
                    : by_plug             ? "power off and on by hand, as the flash is empty"
                                          : NULL;
  if (how == NULL)
    step->cut_words =
        g_strdup_printf ("Cut short, the options read as erased: readout level 1, and no way into the ROM "
                         "is left that can be counted on; a debugger may open the board, which erases "
                         "it.%s",
                         pcrop);
  else
    step->cut_words =
        g_strdup_printf ("Cut short, the options read as erased: readout level 1. The ROM is still entered "
                         "by %s, and can open the board, which erases %s.%s",
                         how, is_opening && all_erased ? "nothing that this job would keep" : "it", pcrop);
}

/* The last write unit of [low, end) of the span that stays erased, whatever the unit's own data are. */
static gboolean
find_free_unit (const StnPlan *plan, const StnPlanSpan *span, guint64 low, guint64 end, guint64 *out_address)
{
  guint unit = stn_target_write_unit_bytes (plan->target);

  for (guint64 address = end - unit; end - low >= unit && address >= low; address -= unit) {
    gboolean is_free = TRUE;
    for (guint i = 0; i < unit && is_free; i++)
      is_free = span->expected[address - span->address + i] == plan->target->erased_byte;
    for (guint d = 0; d < plan->job->data->len && is_free; d++) {
      const StnJobData *data = g_ptr_array_index (plan->job->data, d);
      is_free = address + unit <= data->address || data->address + data->size_bytes <= address;
    }
    if (is_free) {
      *out_address = address;
      return TRUE;
    }
    if (address - low < unit)
      break;
  }
  return FALSE;
}

/* A write unit in a protected page that stays erased; in the smallest of them, as its page is read back afterwards. */
static void
choose_write_try (const StnPlan *plan, StnPlanOptionStep *step)
{
  guint64 least_bytes = G_MAXUINT64;

  for (guint s = 0; s < plan->span_count; s++) {
    const StnPlanSpan *span = &plan->spans[s];
    StnPage page;
    for (guint64 end = span->address + span->length; end > span->address; end = MAX (page.address, span->address)) {
      guint64 address = 0;
      if (!stn_target_page_at (plan->target, end - 1, &page))
        break;
      if (page.bytes >= least_bytes || !find_free_unit (plan, span, MAX (page.address, span->address), end, &address)
          || !stn_plan_page_is_protected (plan, address))
        continue;
      least_bytes = page.bytes;
      step->has_write_try = TRUE;
      step->write_try_address = address;
    }
  }
}

static gboolean
has_level (const GArray *pairs)
{
  for (guint i = 0; i < pairs->len; i++) {
    const StnOptionPair *pair = &g_array_index (pairs, StnOptionPair, i);
    if (pair->field->role == STN_OPTION_ROLE_RDP || pair->field->role == STN_OPTION_ROLE_PRODUCT_STATE)
      return TRUE;
  }
  return FALSE;
}

static gboolean
add_step (StnPlan *plan, GArray *steps, const GArray *pairs, StnStepKind kind, const StnOptionBlock *shipped,
          GError **error)
{
  const StnOptions *options = stn_target_options (plan->target);
  g_autoptr (GArray) values = g_array_new (FALSE, TRUE, sizeof (StnPlanOption));
  gboolean is_opening = kind == STN_STEP_OPENING_OPTIONS;
  gboolean protects_read = kind == STN_STEP_READ_PROTECT && has_level (pairs);
  StnPlanOptionStep step = { .kind = kind, .command = STN_OPTION_COMMAND_WRITE, .after = after_of (plan) };
  g_autoptr (StnOptionBlock) before = stn_option_pairs_apply (pairs, shipped, kind - 1, error);
  g_autoptr (StnOptionBlock) after = before != NULL ? stn_option_pairs_apply (pairs, shipped, kind, error) : NULL;

  if (after == NULL)
    return FALSE;
  step.ways_in = stn_plan_ways_with (plan, after, is_opening);
  if (!is_opening && plan->job->rom_entry == STN_ROM_ENTRY_SOFTWARE && kind == STN_STEP_READ_PROTECT)
    step.ways_in |= STN_WAY_IN_SOFTWARE;
  step.comes_back = is_opening || lasting (step.ways_in) != 0;
  for (guint f = 0; f < options->field_count; f++)
    for (guint i = 0; i < pairs->len; i++) {
      const StnOptionPair *pair = &g_array_index (pairs, StnOptionPair, i);
      if (pair->field != options->fields[f] || pair->step != kind)
        continue;
      StnPlanOption value = { .field = pair->field->name,
                              .value = pair->value,
                              .from = pair->from,
                              .proof = proof_of (&step, pair, protects_read) };
      g_array_append_val (values, value);
    }
  if (values->len == 0)
    return TRUE;
  step.writes = pieces_of (before, after);
  step.longest_ns =
      step.writes * stn_target_option_write_longest_ns (plan->target) + stn_target_rom_start_ns (plan->target);
  step.value_count = values->len;
  step.values = (StnPlanOption *) (gpointer) g_array_free (g_steal_pointer (&values), FALSE);
  set_cut (plan, before, after, &step);
  if (kind == STN_STEP_CLOSING_OPTIONS)
    choose_write_try (plan, &step);
  g_array_append_val (steps, step);
  return TRUE;
}

/* ---- all together ---- */

static gboolean
check_steps (const StnPlan *plan, const StnOptionBlock *shipped, GError **error)
{
  const StnJob *job = plan->job;
  const StnNode *place = job->option_bytes->len > 0                              ? job->places.option_bytes
                         : job->protect_write->len + job->protect_pcrop->len > 0 ? job->places.protect
                         : job->rom_entry != STN_ROM_ENTRY_AS_SHIPPED            ? job->places.boot
                                                                                 : job->places.protect_read;
  if (plan->option_step_count == 0)
    return TRUE;
  if (plan->option_steps[0].after == STN_OPTION_AFTER_POWER_CYCLE && !plan->wiring.has_power)
    return stn_job_fail (place, error, STN_FAILURE_NEEDS_POWER_CYCLE,
                         "%s reads its options only when it is powered on: the site has no power line",
                         plan->target->name);
  for (guint i = 0; i < plan->option_step_count; i++)
    if (!stn_plan_rom_writes (plan, &plan->option_steps[i], shipped, 0, error))
      return stn_job_prefix (place, error);
  for (guint i = 0; i < plan->option_step_count; i++)
    if (stn_plan_option_step_is_single (&plan->option_steps[i]) && plan->option_steps[i].writes > 1)
      return stn_job_fail (place, error, STN_FAILURE_BAD_PLAN,
                           "the options that shut %s stand in %u areas, and there is one write for them: behind it "
                           "nothing can be written any more",
                           plan->target->name, plan->option_steps[i].writes);
  for (guint i = 0; i + 1 < plan->option_step_count; i++)
    if (!plan->option_steps[i].comes_back)
      return stn_job_fail (place, error, STN_FAILURE_BAD_PLAN,
                           "after its closing options %s can't be entered again for what follows; “boot: { rom-entry: "
                           "pin }” keeps BOOT0 as the way in",
                           plan->target->name);
  return TRUE;
}

static gboolean
allow_unprotect (StnPlan *plan, GArray *pairs, GError **error)
{
  const StnTarget *target = plan->target;
  if (!plan->job->unprotect_allowed)
    return TRUE;
  const StnNode *place = plan->job->places.unprotect;
  if (stn_options_by_role (target, STN_OPTION_ROLE_RDP, 0) == NULL)
    return stn_job_fail (place, error, STN_FAILURE_NOT_SUPPORTED,
                         "unprotect: allowed: the ROM of %s has no way to take its protection off", target->name);
  if (stn_plan_every_rom_has (target, STN_QUIRK_UNPROTECT_NEEDS_POWER_CYCLE) && !plan->wiring.has_power)
    return stn_job_fail (place, error, STN_FAILURE_NEEDS_POWER_CYCLE,
                         "unprotect: allowed: %s is open only after a power cycle: the site has no power line",
                         target->name);
  plan->unprotect_allowed = TRUE;
  plan->unprotect_longest_ns = stn_target_mass_erase_longest_ns (target) + stn_target_option_write_longest_ns (target);
  stn_plan_unprotect_pairs (plan, pairs);
  return TRUE;
}

static gboolean
says_options (const StnJob *job)
{
  return job->option_bytes->len > 0 || job->protect_write->len > 0 || job->protect_pcrop->len > 0
         || job->protect_read > STN_PROTECT_READ_LEVEL_0 || job->unprotect_allowed;
}

gboolean
stn_plan_make_options (StnPlanMaker *self, GError **error)
{
  StnPlan *plan = &self->plan;
  const StnJob *job = plan->job;
  g_autoptr (GArray) pairs = g_array_new (FALSE, TRUE, sizeof (StnOptionPair));
  g_autoptr (StnOptionBlock) shipped = stn_option_block_new_default (plan->target);

  if (shipped == NULL || plan->target->options_bytes == 0) {
    const StnNode *place = job->option_bytes->len > 0 ? job->places.option_bytes
                           : job->unprotect_allowed   ? job->places.unprotect
                                                      : job->places.protect;
    if (says_options (job))
      return stn_job_fail (place, error, STN_FAILURE_NOT_SUPPORTED,
                           "%s has no option bytes that its ROM lets anybody write and that are known",
                           plan->target->name);
  }
  if (!stn_plan_boot_pairs (plan, pairs, error) || !stn_plan_protect_pairs (self, pairs, error)
      || !named_pairs (plan, pairs, error) || !check_rom_writes (plan, pairs, error)
      || !allow_unprotect (plan, pairs, error))
    return FALSE;
  if (pairs->len > 0) {
    if (!sort_pairs (plan, pairs, shipped, error))
      return FALSE;
    static const StnStepKind kinds[] = { STN_STEP_OPENING_OPTIONS, STN_STEP_CLOSING_OPTIONS, STN_STEP_READ_PROTECT };
    g_autoptr (GArray) steps = g_array_new (FALSE, TRUE, sizeof (StnPlanOptionStep));
    gboolean ok = TRUE;
    for (gsize i = 0; ok && i < G_N_ELEMENTS (kinds); i++)
      ok = add_step (plan, steps, pairs, kinds[i], shipped, error);
    plan->option_step_count = steps->len;
    plan->option_steps = (StnPlanOptionStep *) (gpointer) g_array_free (g_steal_pointer (&steps), FALSE);
    if (!ok || !check_steps (plan, shipped, error))
      return FALSE;
  }
  return stn_plan_guard (self, pairs, error);
}
