/* Every single-field change of the options as a job: the plan refuses it, or it runs on the bench, and afterwards the
 * board enters its ROM by a way that the plan named. No job that is accepted without a signature leaves a board that
 * can't be entered. STN_SWEEP_FULL=1 tries every change of every family; else every so-manieth. */
#include "src/target/boot-ways.h"
#include "src/target/options.h"
#include "tests/job/harness.h"

#define LEAN_STRIDE 29

/* One of each layout. */
static const char *const parts[] = {
  "STM32F051x8", "STM32F042x6", "STM32F103xB", "STM32F207xG", "STM32F303xC", "STM32F405xG",
  "STM32F429xI", "STM32F746xG", "STM32F767xI", "STM32L011x4", "STM32L053x8", "STM32L073xZ",
  "STM32L152xE", "STM32L431xB", "STM32L476xG", "STM32L4R5xI", "STM32G071xB", "STM32G030x8",
  "STM32G0B1xE", "STM32C031x6", "STM32G431xB", "STM32G474xE", "STM32WB55xG", "STM32WLE5xC",
  "STM32U031x8", "STM32L552xE", "STM32U575xI", "STM32H563xI", "STM32H743xI", "STM32H723xG",
};

typedef struct {
  guint tried, refused, passed, wrong, failed, entered, lost, without_way;
} Tally;

static guint
values_of (const StnOptionField *field, guint32 now, guint32 out[12])
{
  static const guint32 levels[] = { 0xbb, 0xcc, 0x55, 0x17, 0x72 };
  guint32 most = stn_option_field_most (field);
  const guint32 some[] = { 0, most, now ^ 1, now ^ (1u << (field->width - 1)), 1 };
  guint count = 0;

  for (guint i = 0; i < G_N_ELEMENTS (some); i++) {
    gboolean known = some[i] > most || some[i] == now;
    for (guint k = 0; k < count && !known; k++)
      known = out[k] == some[i];
    if (!known)
      out[count++] = some[i];
  }
  gboolean is_level = field->role == STN_OPTION_ROLE_RDP || field->role == STN_OPTION_ROLE_PRODUCT_STATE;
  for (guint i = 0; is_level && i < G_N_ELEMENTS (levels); i++)
    out[count++] = levels[i];
  return count;
}

static void
rest (Harness *self, gint64 ns)
{
  StnWait wait = stn_wait_new (self->clock, STN_TIME_NEVER, NULL);
  g_autoptr (GError) error = NULL;
  stn_wait_sleep (&wait, ns, &error);
  g_assert_no_error (error);
}

/* The board by itself: power on, and a reset (or the power-on alone, where NRST is a plain pin) with BOOT0 at a level.
 */
static gboolean
enters (Harness *self, gboolean boot0)
{
  const StnSite *site = self->sites->pdata[0];
  StnWait wait = stn_wait_new (self->clock, STN_TIME_NEVER, NULL);
  StnLineLease held[2] = { 0 }, reset[1] = { 0 };
  const StnLine lines[] = { site->power, site->boot0 };
  StnBoardState state = STN_BOARD_OFF;
  g_autoptr (GError) error = NULL;

  g_assert_true (stn_lines_acquire (held, lines, boot0 ? 2 : 1, &wait, &error));
  rest (self, STN_NS_PER_S);
  g_assert_true (stn_lines_acquire (reset, &site->nrst, 1, &wait, &error));
  rest (self, 10 * STN_NS_PER_MS);
  g_assert_true (stn_lines_release (reset, 1, &wait, &error));
  rest (self, STN_NS_PER_S);
  g_assert_true (stn_bench_board_state (self->bench, "A1", &state));
  g_assert_true (stn_lines_release (held, boot0 ? 2 : 1, &wait, &error));
  rest (self, STN_NS_PER_S);
  return state == STN_BOARD_ROM;
}

static gboolean
enters_as_named (Harness *self, guint ways)
{
  if ((ways & STN_WAY_IN_PIN) != 0 && !enters (self, TRUE))
    return FALSE;
  if ((ways & (STN_WAY_IN_OPTIONS | STN_WAY_IN_EMPTY_POWER)) != 0 && !enters (self, FALSE))
    return FALSE;
  return TRUE;
}

/* what the silicon holds of the field now */
static gboolean
has_value (Harness *self, const StnOptionField *field, guint32 value)
{
  const StnTarget *target = self->target;
  g_autofree guint8 *first = g_malloc0 (target->options_bytes);
  g_autofree guint8 *second = g_malloc0 (target->options_second_bytes + 1);
  gboolean has_second = target->options_second_bytes > 0;
  guint32 seen = 0;

  g_assert_true (stn_bench_board_read (self->bench, "A1", target->options_address, first, target->options_bytes));
  if (has_second)
    g_assert_true (
        stn_bench_board_read (self->bench, "A1", target->options_second_address, second, target->options_second_bytes));
  g_autoptr (StnOptionBlock) block =
      stn_option_block_new (target, first, target->options_bytes, has_second ? second : NULL,
                            has_second ? target->options_second_bytes : 0, NULL);
  return block != NULL && stn_option_block_check (block, NULL) && stn_option_block_get (block, field, &seen)
         && seen == value;
}

/* `field` NULL: the lines are not about a single one */
static void
try_job (const char *part, const char *lines, const StnOptionField *field, guint32 value, Tally *tally)
{
  g_autoptr (Harness) self = harness_new (&(HarnessOptions){ .part = part,
                                                             .image_bytes = 700,
                                                             .job_lines = lines,
                                                             .no_serial = TRUE,
                                                             .power = TRUE,
                                                             .boot_check = "none",
                                                             .may_be_refused = TRUE });
  harness_build (self);
  tally->tried++;
  if (self->plan == NULL) {
    tally->refused++;
    g_test_message ("%s, %srefused: %s", part, lines, self->refusal->message);
    return;
  }
  guint ways = self->plan->steps[self->plan->step_count - 1].ways_in;
  harness_cycle (self);
  const StnResult *result = harness_result (self, "A1");
  if (result->verdict != STN_VERDICT_PASS) {
    tally->failed++;
    g_test_message ("%s, %s: not passed: %s", part, lines, result->message);
  } else {
    tally->passed++;
    if (field != NULL && !has_value (self, field, value)) {
      tally->wrong++;
      g_test_message ("%s, %s: passed, and the chip has another value", part, lines);
    }
  }
  if (self->plan->accepted == NULL && (ways & ~(guint) STN_WAY_IN_SOFTWARE) == 0) {
    tally->without_way++;
    g_test_message ("%s, %s: accepted with no way in", part, lines);
  }
  if (enters_as_named (self, ways)) {
    tally->entered++;
  } else {
    tally->lost++;
    g_test_message ("%s, %s: not entered by the ways 0x%x that the plan named", part, lines, ways);
  }
}

static void
assert_tally (const Tally *tally)
{
  g_test_message ("%u jobs: %u refused, %u passed (%u with a wrong value), %u failed; %u entered, %u not; %u accepted "
                  "without a way in",
                  tally->tried, tally->refused, tally->passed, tally->wrong, tally->failed, tally->entered, tally->lost,
                  tally->without_way);
  g_assert_cmpuint (tally->wrong, ==, 0);
  g_assert_cmpuint (tally->lost, ==, 0);
  g_assert_cmpuint (tally->without_way, ==, 0);
  g_assert_cmpuint (tally->failed, ==, 0);
  g_assert_cmpuint (tally->passed, >, tally->tried / 10);
  g_assert_cmpuint (tally->refused, >, tally->tried / 20);
}

static void
no_accepted_job_leaves_a_board_that_can_not_be_entered (void)
{
  gboolean full = g_getenv ("STN_SWEEP_FULL") != NULL;
  g_autoptr (StnTargets) targets = stn_targets_new (NULL, NULL);
  Tally tally = { 0 };
  guint running = 0;

  for (guint p = 0; p < G_N_ELEMENTS (parts); p++) {
    const StnTarget *target = stn_targets_find (targets, parts[p], NULL);
    const StnOptions *options = stn_target_options (target);
    g_assert_nonnull (options);
    for (guint i = 0; i < options->field_count; i++) {
      const StnOptionField *field = options->fields[i];
      guint32 values[12];
      guint count = field->visible ? values_of (field, field->has_default ? field->default_value : 0, values) : 0;
      for (guint k = 0; k < count; k++)
        if (full || running++ % LEAN_STRIDE == 0) {
          /* a new part whose BOOT0 pin counts for nothing is opened, as a job for it should; but what `boot` says is
           * not said twice */
          g_autofree char *alone = g_strdup_printf ("option-bytes: { %s: 0x%x }\n", field->name, values[k]);
          g_autofree char *opened = g_strconcat (alone, "boot: { from: flash, rom-entry: pin }\n", NULL);
          try_job (parts[p], alone, field, values[k], &tally);
          try_job (parts[p], opened, field, values[k], &tally);
        }
    }
  }
  assert_tally (&tally);
}

/* What jobs really say: intentions and protection. */
static void
no_intention_leaves_a_board_that_can_not_be_entered (void)
{
  static const char *const lines[] = {
    "boot: { from: flash, rom-entry: pin }\n",
    "boot: { from: flash, rom-entry: software }\n",
    "boot: { from: flash, rom-entry: none }\n",
    "protect: { read: level-1 }\n",
    "protect: { read: level-2 }\n",
    "protect: { write: [app] }\n",
    "protect: { write: [app], read: level-1 }\nboot: { from: flash, rom-entry: pin }\n",
  };
  Tally tally = { 0 };

  g_autoptr (StnTargets) targets = stn_targets_new (NULL, NULL);
  for (guint p = 0; p < G_N_ELEMENTS (parts); p++) {
    /* the last pages, which on many are of another bank and of other words than the first */
    const StnTarget *target = stn_targets_find (targets, parts[p], NULL);
    guint64 end = target->flash_base + target->flash_bytes, bytes = target->flash_bytes / 8;
    g_autofree char *behind = g_strdup_printf (
        "protect: { write: [0x%08" G_GINT64_MODIFIER "X..0x%08" G_GINT64_MODIFIER "X] }\n", end - bytes, end - 1);
    for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
      try_job (parts[p], lines[i], NULL, 0, &tally);
    try_job (parts[p], behind, NULL, 0, &tally);
  }
  assert_tally (&tally);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/option-jobs/no_accepted_job_leaves_a_board_that_can_not_be_entered",
                   no_accepted_job_leaves_a_board_that_can_not_be_entered);
  g_test_add_func ("/job/option-jobs/no_intention_leaves_a_board_that_can_not_be_entered",
                   no_intention_leaves_a_board_that_can_not_be_entered);
  return g_test_run ();
}
