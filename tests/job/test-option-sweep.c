/* Option steps under attack: at every exchange in turn the wire fails, the board loses its power for a moment, or
 * somebody asks to stop. Whatever happens, PASS means that flash and options are right, no open window is disturbed,
 * and a recovery run afterwards puts the board right - but for windows that the ROM can't repair, which the plan names.
 */
#include "tests/job/harness.h"
#include "src/target/options.h"

#include <stdio.h>
#include <string.h>

typedef enum { OPENING = 1, CLOSING = 2, LEVEL_1 = 4 } Steps;

typedef struct {
  const char *part;
  gboolean usb;
  guint steps;
  StnPlanOption opening[2], closing[2]; /* field NULL: none */
  guint level_1;                        /* the RDP value that is written */
  /* A write that is cut when the flash holds a program leaves options that the chip takes for those as shipped, whose
   * BOOT0 pin is dead: no way into the ROM any more. */
  gboolean cut_over_a_program_is_final;
  /* The boot addresses are option bytes too: erased, they lead nowhere. */
  gboolean every_cut_is_final;
  guint stride; /* of the exchanges, in the daily run; STN_SWEEP_FULL=1 takes every one */
} Sweep;

#define READ_BACK(name, key, value_)                                                                   \
  {                                                                                                    \
    .field = name, .value = value_, .from = STN_OPTION_FROM_##key, .proof = STN_OPTION_PROOF_READ_BACK \
  }

static const Sweep sweeps[] = {
  { .part = "STM32G071xB",
    .steps = OPENING | CLOSING | LEVEL_1,
    .opening = { READ_BACK ("nBOOT_SEL", BOOT, 0) },
    .closing = { READ_BACK ("WRP1A_STRT", PROTECT, 0), READ_BACK ("WRP1A_END", PROTECT, 1) },
    .level_1 = 0xbb,
    .cut_over_a_program_is_final = TRUE,
    .stride = 17 },
  { .part = "STM32F103xB",
    .steps = OPENING | CLOSING | LEVEL_1,
    .opening = { READ_BACK ("nRST_STDBY", OPTION_BYTES, 0) },
    .closing = { READ_BACK ("WRP0", PROTECT, 0xfe) },
    .level_1 = 0x00,
    .stride = 31 },
  { .part = "STM32F405xG",
    .steps = OPENING | CLOSING | LEVEL_1,
    .opening = { READ_BACK ("nRST_STDBY", OPTION_BYTES, 0) },
    .closing = { READ_BACK ("nWRP", PROTECT, 0xffe) },
    .level_1 = 0xbb,
    .stride = 31 },
  { .part = "STM32L476xG",
    .steps = OPENING | CLOSING | LEVEL_1,
    .opening = { READ_BACK ("nRST_STDBY", OPTION_BYTES, 0) },
    .closing = { READ_BACK ("WRP1A_STRT", PROTECT, 0), READ_BACK ("WRP2A_END", PROTECT, 255) },
    .level_1 = 0xbb,
    .stride = 31 },
  { .part = "STM32L073xZ",
    .steps = OPENING | CLOSING | LEVEL_1,
    .opening = { READ_BACK ("nRST_STDBY", OPTION_BYTES, 0) },
    .closing = { READ_BACK ("WRP0", PROTECT, 1) },
    .level_1 = 0xbb,
    .stride = 31 },
  { .part = "STM32F746xG",
    .steps = OPENING | CLOSING | LEVEL_1,
    .opening = { READ_BACK ("nRST_STDBY", OPTION_BYTES, 0) },
    .closing = { READ_BACK ("nWRP", PROTECT, 0xfe) },
    .level_1 = 0xbb,
    .every_cut_is_final = TRUE,
    .stride = 61 },
  { .part = "STM32G0B1xE",
    .usb = TRUE,
    .steps = OPENING | CLOSING | LEVEL_1,
    .opening = { READ_BACK ("nBOOT_SEL", BOOT, 0) },
    .closing = { READ_BACK ("WRP1A_STRT", PROTECT, 0), READ_BACK ("WRP1A_END", PROTECT, 1) },
    .level_1 = 0xbb,
    .cut_over_a_program_is_final = TRUE,
    .stride = 31 },
};

typedef enum { ATTACK_WIRE, ATTACK_POWER, ATTACK_CANCEL } AttackKind;

typedef struct {
  AttackKind kind;
  StnFaultKind wire; /* of ATTACK_WIRE */
  gint64 delay_ns;   /* of ATTACK_POWER: how long after the exchange before it */
} Attack;

static const Attack attacks[] = {
  { ATTACK_WIRE, STN_FAULT_LINK_LOST, 0 },
  { ATTACK_WIRE, STN_FAULT_SILENCE, 0 },
  { ATTACK_WIRE, STN_FAULT_FLIP_IN, 0 },
  { ATTACK_WIRE, STN_FAULT_DROP_IN, 0 },
  { ATTACK_WIRE, STN_FAULT_EXTRA_IN, 0 },
  { ATTACK_WIRE, STN_FAULT_NACK_IN, 0 },
  { ATTACK_WIRE, STN_FAULT_FLIP_OUT, 0 },
  { ATTACK_WIRE, STN_FAULT_DROP_OUT, 0 },
  { ATTACK_WIRE, STN_FAULT_GONE, 0 },
  { ATTACK_POWER, STN_FAULT_NONE, 0 },
  { ATTACK_POWER, STN_FAULT_NONE, 3 * STN_NS_PER_MS },
  { ATTACK_POWER, STN_FAULT_NONE, 24 * STN_NS_PER_MS },
  { ATTACK_CANCEL, STN_FAULT_NONE, 0 },
};

typedef struct {
  Harness *harness;
  const Attack *attack;
  guint64 at;
} Attacker;

static void
attack_now (guint64 number, G_GNUC_UNUSED const StnExchange *exchange, gpointer data)
{
  Attacker *self = data;
  Harness *harness = self->harness;

  if (number != self->at)
    return;
  if (self->attack->kind == ATTACK_CANCEL) {
    stn_runner_cancel (harness->runner);
    return;
  }
  if (self->attack->kind != ATTACK_POWER)
    return;
  StnWait wait = stn_wait_new (harness->clock, STN_TIME_NEVER, NULL);
  if (self->attack->delay_ns > 0)
    stn_wait_sleep (&wait, self->attack->delay_ns, NULL);
  stn_bench_board_power_cycle (harness->bench, "A1");
}

static guint
count_values (const StnPlanOption *values)
{
  guint count = 0;

  while (count < 2 && values[count].field != NULL)
    count++;
  return count;
}

static void
add_step (StnPlan *plan, StnStepKind kind, const StnPlanOption *values, guint count)
{
  plan->option_steps = g_renew (StnPlanOptionStep, plan->option_steps, plan->option_step_count + 1);
  plan->option_steps[plan->option_step_count++] =
      (StnPlanOptionStep){ .kind = kind,
                           .values = g_memdup2 (values, count * sizeof *values),
                           .value_count = count,
                           .after = STN_OPTION_AFTER_RELOAD,
                           .comes_back = TRUE,
                           .longest_ns = 5 * STN_NS_PER_S,
                           .cut_words = g_strdup ("nothing") };
}

static void
plan_steps (StnPlan *plan, const Sweep *sweep)
{
  const StnPlanOption level = { "RDP", sweep->level_1, STN_OPTION_FROM_PROTECT, STN_OPTION_PROOF_REFUSED_READ };

  if (sweep->steps & OPENING)
    add_step (plan, STN_STEP_OPENING_OPTIONS, sweep->opening, count_values (sweep->opening));
  if (sweep->steps & CLOSING)
    add_step (plan, STN_STEP_CLOSING_OPTIONS, sweep->closing, count_values (sweep->closing));
  if (sweep->steps & LEVEL_1)
    add_step (plan, STN_STEP_READ_PROTECT, &level, 1);
}

/* As the silicon has it, seen past the ROM; NULL where it does not fit together. */
static StnOptionBlock *
silicon (Harness *self)
{
  const StnTarget *target = self->target;
  g_autofree guint8 *first = g_malloc0 (target->options_bytes);
  g_autofree guint8 *second = g_malloc0 (target->options_second_bytes + 1);
  gboolean has_second = target->options_second_address != 0;

  g_assert_true (stn_bench_board_read (self->bench, "A1", target->options_address, first, target->options_bytes));
  if (has_second)
    g_assert_true (
        stn_bench_board_read (self->bench, "A1", target->options_second_address, second, target->options_second_bytes));
  StnOptionBlock *block = stn_option_block_new (target, first, target->options_bytes, has_second ? second : NULL,
                                                has_second ? target->options_second_bytes : 0, NULL);
  g_assert_nonnull (block);
  if (stn_option_block_check (block, NULL))
    return block;
  stn_option_block_free (block);
  return NULL;
}

typedef struct {
  guint passes, recovered, erased, lost, unseen;
} Tally;

static gboolean
has_values (StnOptionBlock *block, const StnPlanOption *values, guint count)
{
  for (guint i = 0; i < count; i++) {
    const StnOptionField *field = stn_options_find (stn_option_block_target (block), values[i].field, NULL);
    guint32 value = 0;
    if (!stn_option_block_get (block, field, &value) || value != values[i].value)
      return FALSE;
  }
  return TRUE;
}

/* As planned, as far as anybody can still look: power that dips while readout protection is written can spoil the words
 * beside it, and with protection on nothing shows it but the lines of the supply. */
static gboolean
options_are_right (Harness *self, const Sweep *sweep, const Attack *attack, Tally *tally)
{
  g_autoptr (StnOptionBlock) after = silicon (self);

  if (after != NULL && has_values (after, sweep->opening, count_values (sweep->opening))
      && has_values (after, sweep->closing, count_values (sweep->closing)))
    return TRUE;
  tally->unseen++;
  return attack->kind == ATTACK_POWER && (sweep->steps & LEVEL_1) != 0;
}

static gboolean
was_over_a_program (const StnResult *result)
{
  return harness_step (result, STN_STEP_CLOSING_OPTIONS) != NULL
         || harness_step (result, STN_STEP_READ_PROTECT) != NULL;
}

/* The hand that cuts the power in a window is counted as one that moves things. */
static void
assert_at_rest (Harness *self, const Attack *attack)
{
  harness_assert_lines_at_rest (self);
  g_assert_cmpuint (stn_bench_board_window_violations (self->bench, "A1"), <=, attack->kind == ATTACK_POWER ? 1 : 0);
  g_assert_cmpuint (stn_ledger_memory_open_windows (self->ledger), ==, 0);
}

/* The recovery run, first without erasing. */
static void
recover (Harness *self, const Sweep *sweep, const Attack *attack, guint64 at, gboolean may_be_lost,
         gboolean may_be_protected, Tally *tally)
{
  g_autofree char *text = stn_ledger_memory_last_window (self->ledger);
  g_auto (StnOptionWindow) window = { .words = NULL };
  gboolean has_window = stn_option_window_parse (text, &window);
  StnRecovery recovery = { .window = has_window ? &window : NULL };

  for (guint try = 0;; try++) {
    harness_set_recovery (self, &recovery);
    harness_cycle (self);
    const StnResult *result = harness_result (self, "A1");
    assert_at_rest (self, attack);
    if (result->verdict == STN_VERDICT_PASS) {
      g_autoptr (StnOptionBlock) after = silicon (self);
      g_assert_nonnull (after);
      guint32 level = 0;
      g_assert_true (stn_option_block_get_role (after, STN_OPTION_ROLE_RDP, &level));
      g_assert_cmpint (stn_option_field_level (stn_options_by_role (self->target, STN_OPTION_ROLE_RDP, 0), level), ==,
                       STN_RDP_LEVEL_0);
      tally->recovered++;
      tally->erased += try;
      return;
    }
    /* what can't be read is opened by erasing it, when that is allowed */
    if (result->failure == STN_FAILURE_READ_PROTECTED && try == 0 && may_be_protected) {
      recovery.erase_allowed = TRUE;
      continue;
    }
    if (!may_be_lost)
      g_error ("%s, attack %u %u at exchange %" G_GUINT64_FORMAT ": not recovered: %s\n%s\n%s", sweep->part,
               attack->kind, attack->wire, at, result->message, text, result->transcript);
    tally->lost++;
    return;
  }
}

static guint64
run_once (const Sweep *sweep, const Attack *attack, guint64 at, Tally *tally)
{
  g_autoptr (StnFaultPlan) faults = stn_fault_plan_new (attack->kind == ATTACK_WIRE ? attack->wire : STN_FAULT_NONE,
                                                        attack->kind == ATTACK_WIRE ? at : 0);
  g_autoptr (Harness) self = harness_new (&(HarnessOptions){ .part = sweep->part,
                                                             .image_bytes = 700,
                                                             .job_lines = "erase: touched\n",
                                                             .no_serial = TRUE,
                                                             .paced = TRUE,
                                                             .power = TRUE,
                                                             .usb_sites = sweep->usb ? 1 : 0,
                                                             .usb_alone = sweep->usb,
                                                             .boot_check = sweep->usb ? "rom-gone" : NULL,
                                                             .faults = faults });
  Attacker attacker = { .harness = self, .attack = attack, .at = at };

  harness_build (self);
  plan_steps (sweep->usb ? self->usb_plan : self->plan, sweep);
  stn_fault_plan_set_hook (faults, attack_now, &attacker);
  harness_cycle (self);
  stn_fault_plan_set_hook (faults, NULL, NULL);
  const StnResult *result = harness_result (self, "A1");
  g_assert_nonnull (result);
  assert_at_rest (self, attack);
  if (result->failure == STN_FAILURE_INTERNAL)
    g_error ("%s, attack %u %u at exchange %" G_GUINT64_FORMAT ": %s\n%s", sweep->part, attack->kind, attack->wire, at,
             result->message, result->transcript);

  guint64 exchanges = stn_fault_plan_count (faults);
  if (result->verdict == STN_VERDICT_PASS) {
    tally->passes++;
    if (!options_are_right (self, sweep, attack, tally) || !harness_flash_is_right (self, "A1", result->serial))
      g_error ("%s, attack %u %u at exchange %" G_GUINT64_FORMAT ": PASS with wrong flash or options\n%s", sweep->part,
               attack->kind, attack->wire, at, result->transcript);
    return exchanges;
  }
  if (g_getenv ("STN_SWEEP_ONE") != NULL)
    g_test_message ("%s\n%s", result->message, result->transcript);
  /* power that goes in the middle of a write over a program */
  gboolean is_cut = attack->kind == ATTACK_POWER && was_over_a_program (result);
  gboolean wrote_level = harness_step (result, STN_STEP_READ_PROTECT) != NULL;
  recover (self, sweep, attack, at,
           (is_cut && sweep->cut_over_a_program_is_final)
               || (attack->kind == ATTACK_POWER && sweep->every_cut_is_final
                   && harness_step (result, STN_STEP_OPENING_OPTIONS) != NULL),
           wrote_level || attack->kind == ATTACK_POWER, tally);
  return exchanges;
}

static void
every_exchange_of_the_option_steps_is_survived (gconstpointer data)
{
  const Sweep *sweep = data;
  Tally none = { 0 };
  /* one attack, for looking into: "6 60" */
  if (g_getenv ("STN_SWEEP_ONE") != NULL) {
    guint attack = 0, at = 0;
    g_assert_cmpint (sscanf (g_getenv ("STN_SWEEP_ONE"), "%u %u", &attack, &at), ==, 2);
    g_assert_cmpuint (attack, <, G_N_ELEMENTS (attacks));
    run_once (sweep, &attacks[attack], at, &none);
    return;
  }
  guint64 whole = run_once (sweep, &(Attack){ ATTACK_WIRE, STN_FAULT_NONE, 0 }, 0, &none);

  g_assert_cmpuint (none.passes, ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (attacks); i++) {
    guint stride = g_getenv ("STN_SWEEP_FULL") != NULL ? 1 : sweep->stride;
    Tally tally = { 0 };

    /* another remainder for each attack, so that together they meet every exchange */
    for (guint64 at = 1 + i % stride; at <= whole; at += stride)
      run_once (sweep, &attacks[i], at, &tally);
    g_test_message ("%s, attack %u %u: of %" G_GUINT64_FORMAT " exchanges: %u passed, %u recovered, %u of them erased, "
                    "%u lost as the plan says, %u passed with options that nobody can see",
                    sweep->part, attacks[i].kind, attacks[i].wire, whole, tally.passes, tally.recovered, tally.erased,
                    tally.lost, tally.unseen);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (sweeps); i++) {
    g_autofree char *path = g_strdup_printf ("/option-sweep/every_exchange_of_the_option_steps_is_survived/%u-%s%s", i,
                                             sweeps[i].part, sweeps[i].usb ? "-usb" : "");
    g_test_add_data_func (path, &sweeps[i], every_exchange_of_the_option_steps_is_survived);
  }
  return g_test_run ();
}
