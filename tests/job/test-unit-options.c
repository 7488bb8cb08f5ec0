/* Option steps of a run on the bench: what is written, what is proved, and that a board whose option write was cut is
 * put right by a recovery run. The steps are made here, by hand; which of them a job gets is the plan's tests' affair.
 */
#include "tests/job/harness.h"
#include "src/target/options.h"

#include <string.h>

#define STEPS_MOST 3

/* Adds a step to the plan, as planning would have. */
static void
add_step (Harness *self, const StnPlanOptionStep *step, const StnPlanOption *values, guint count)
{
  StnPlan *plan = self->plan;

  plan->option_steps = g_renew (StnPlanOptionStep, plan->option_steps, plan->option_step_count + 1);
  StnPlanOptionStep *added = &plan->option_steps[plan->option_step_count++];
  *added = *step;
  added->values = g_memdup2 (values, count * sizeof *values);
  added->value_count = count;
  added->cut_words = g_strdup ("nothing");
  added->longest_ns = 5 * STN_NS_PER_S;
}

static const StnPlanOption pin_on[] = {
  { "nBOOT_SEL", 0, STN_OPTION_FROM_BOOT, STN_OPTION_PROOF_READ_BACK },
};
static const StnPlanOptionStep opening = {
  .kind = STN_STEP_OPENING_OPTIONS, .after = STN_OPTION_AFTER_RELOAD, .comes_back = TRUE, .ways_in = STN_WAY_IN_PIN
};
static const StnPlanOption protect_first_page[] = {
  { "WRP1A_STRT", 0, STN_OPTION_FROM_PROTECT, STN_OPTION_PROOF_READ_BACK },
  { "WRP1A_END", 1, STN_OPTION_FROM_PROTECT, STN_OPTION_PROOF_READ_BACK },
};
static const StnPlanOption level_1[] = {
  { "RDP", 0xbb, STN_OPTION_FROM_PROTECT, STN_OPTION_PROOF_REFUSED_READ },
};
static const StnPlanOptionStep closing = {
  .kind = STN_STEP_CLOSING_OPTIONS, .after = STN_OPTION_AFTER_RELOAD, .comes_back = TRUE, .ways_in = STN_WAY_IN_PIN
};
static const StnPlanOptionStep read_protect = {
  .kind = STN_STEP_READ_PROTECT, .after = STN_OPTION_AFTER_RELOAD, .comes_back = TRUE, .ways_in = STN_WAY_IN_PIN
};

static void
read_silicon (Harness *self, guint8 *area)
{
  g_assert_true (
      stn_bench_board_read (self->bench, "A1", self->target->options_address, area, self->target->options_bytes));
}

static const StnResult *
run_or_fail (Harness *self, StnVerdict verdict, StnFailure failure)
{
  harness_cycle (self);
  const StnResult *result = harness_result (self, "A1");
  g_assert_nonnull (result);
  if (result->verdict != verdict)
    g_error ("%s: %s\n%s", stn_verdict_name (result->verdict), result->message, result->transcript);
  g_assert_cmpstr (stn_failure_name (result->failure), ==, stn_failure_name (failure));
  g_assert_cmpuint (stn_ledger_memory_open_windows (self->ledger), ==, 0);
  harness_assert_parked (self);
  return result;
}

static void
opening_options_are_written_read_back_and_recorded (void)
{
  g_autoptr (Harness) self = harness_new (&(HarnessOptions){ .power = TRUE, .paced = TRUE });
  guint8 before[128], after[128];

  harness_build (self);
  add_step (self, &opening, pin_on, G_N_ELEMENTS (pin_on));
  read_silicon (self, before);
  const StnResult *result = run_or_fail (self, STN_VERDICT_PASS, STN_FAILURE_NONE);
  read_silicon (self, after);

  /* bit 24 of OPTR and of its inverse, and not a bit more */
  before[3] ^= 1;
  before[7] ^= 1;
  g_assert_cmpmem (after, sizeof after, before, sizeof before);
  g_assert_true (harness_flash_is_right (self, "A1", result->serial));
  g_assert_cmpuint (stn_ledger_memory_windows (self->ledger), ==, 2); /* this, and the mass erase */
  g_assert_cmpstr (result->options_before, !=, result->options_after);
  g_autofree char *head = g_strdup_printf ("%02x%02x%02x%02x", after[0], after[1], after[2], after[3]);
  g_assert_true (g_str_has_prefix (result->options_after, head));
  const StnStepRecord *step = harness_step (result, STN_STEP_OPENING_OPTIONS);
  g_assert_nonnull (strstr (step->detail, "nBOOT_SEL"));
  g_assert_nonnull (strstr (step->detail, "read back"));
  g_assert_null (result->protection);
}

static void
options_that_the_board_has_already_are_not_written (void)
{
  g_autoptr (Harness) self = harness_new (&(HarnessOptions){
      .part = "STM32F405xG", .power = TRUE, .job_lines = "limits: { retries: 3 }\n", .no_serial = TRUE });

  harness_build (self);
  const StnPlanOption as_shipped[] = { { "nRST_STOP", 1, STN_OPTION_FROM_OPTION_BYTES, STN_OPTION_PROOF_READ_BACK } };
  add_step (self, &opening, as_shipped, 1);
  const StnResult *result = run_or_fail (self, STN_VERDICT_PASS, STN_FAILURE_NONE);
  g_assert_cmpuint (stn_ledger_memory_windows (self->ledger), ==, 1); /* the mass erase */
  g_assert_nonnull (strstr (harness_step (result, STN_STEP_OPENING_OPTIONS)->detail, "nothing to write"));
}

static void
write_protection_is_proved_by_a_write_that_changes_nothing (void)
{
  g_autoptr (Harness) self = harness_new (&(HarnessOptions){ .power = TRUE, .paced = TRUE });

  harness_build (self);
  StnPlanOptionStep step = closing;
  step.has_write_try = TRUE;
  step.write_try_address = 0x08000000 + 3000 / 8 * 8 + 8; /* behind the image, in its second page */
  add_step (self, &opening, pin_on, 1);
  add_step (self, &step, protect_first_page, 2);
  const StnResult *result = run_or_fail (self, STN_VERDICT_PASS, STN_FAILURE_NONE);
  g_assert_true (harness_flash_is_right (self, "A1", result->serial));
  g_assert_nonnull (strstr (result->protection, "WRP1A_STRT"));
  g_assert_nonnull (strstr (result->protection, "changed nothing"));
}

static void
write_protection_that_does_not_hold_is_no_pass (void)
{
  g_autoptr (Harness) self = harness_new (&(HarnessOptions){ .power = TRUE });

  harness_build (self);
  StnPlanOptionStep step = closing;
  step.has_write_try = TRUE;
  step.write_try_address = 0x08000000 + 8 * 2048; /* in no protected page */
  add_step (self, &opening, pin_on, 1);
  add_step (self, &step, protect_first_page, 2);
  run_or_fail (self, STN_VERDICT_FAIL, STN_FAILURE_NOT_PROTECTED);
}

static void
a_board_that_arrives_write_protected_has_its_name (void)
{
  g_autoptr (Harness) self = harness_new (&(HarnessOptions){ .part = "STM32F405xG", .power = TRUE, .no_serial = TRUE });

  g_assert_true (stn_bench_config_add_option (self->config, "A1", "nWRP", 0xffe, NULL));
  harness_build (self);
  const StnResult *result = run_or_fail (self, STN_VERDICT_FAIL, STN_FAILURE_WRITE_PROTECTED);
  g_assert_nonnull (strstr (result->message, "nWRP 0xFFE"));
  g_assert_nonnull (strstr (result->message, "unprotect: allowed"));
}

/* ROMs that acknowledge an erase of protected pages and do nothing: it shows when the page is read back. */
static void
a_mismatch_in_a_protected_page_names_the_protection (void)
{
  static const struct {
    const char *part, *first, *last;
    guint32 from, to;
    const char *fault; /* NULL: none */
    StnFailure failure;
  } cases[] = {
    { "STM32G071xB", "WRP1A_STRT", "WRP1A_END", 0, 1, NULL, STN_FAILURE_WRITE_PROTECTED },
    { "STM32L476xG", "WRP1B_STRT", "WRP1B_END", 0, 0, NULL, STN_FAILURE_WRITE_PROTECTED },
    /* another page is protected: what is wrong here is the flash */
    { "STM32G071xB", "WRP1A_STRT", "WRP1A_END", 40, 41, "dead-cell: 0x08000100", STN_FAILURE_VERIFY_MISMATCH },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Harness) self = harness_new (
        &(HarnessOptions){ .part = cases[i].part, .power = TRUE, .no_serial = TRUE, .job_lines = "erase: touched\n" });

    g_assert_true (stn_bench_config_add_option (self->config, "A1", cases[i].first, cases[i].from, NULL));
    g_assert_true (stn_bench_config_add_option (self->config, "A1", cases[i].last, cases[i].to, NULL));
    if (cases[i].fault != NULL)
      g_assert_true (stn_bench_config_add_fault (self->config, "A1", cases[i].fault, NULL));
    harness_build (self);
    const StnResult *result = run_or_fail (self, STN_VERDICT_FAIL, cases[i].failure);
    g_test_message ("%s", result->message);
    g_assert_true (result->has_address);
    if (cases[i].failure == STN_FAILURE_WRITE_PROTECTED)
      g_assert_nonnull (strstr (result->message, cases[i].first));
  }
}

/* The N-th command is refused, whichever it is: one NACK proves no readout protection. */
static void
one_refusal_is_no_proof_of_protection (void)
{
  for (guint at = 1; at <= 90; at++) {
    g_autoptr (Harness) self = harness_new (
        &(HarnessOptions){ .power = TRUE, .image_bytes = 700, .no_serial = TRUE, .job_lines = "erase: touched\n" });
    g_autofree char *fault = g_strdup_printf ("nack: %u", at);
    const StnPlanOption open[] = { { "RDP", 0xaa, STN_OPTION_FROM_PROTECT, STN_OPTION_PROOF_REFUSED_READ } };

    g_assert_true (stn_bench_config_add_fault (self->config, "A1", fault, NULL));
    harness_build (self);
    add_step (self, &opening, pin_on, 1);
    add_step (self, &read_protect, open, 1);
    harness_cycle (self);
    const StnResult *result = harness_result (self, "A1");
    if (result->verdict == STN_VERDICT_PASS)
      g_error ("command %u refused: %s\n%s", at, result->protection, result->transcript);
  }
}

static void
the_last_step_is_one_write_or_none (void)
{
  g_autoptr (Harness) self = harness_new (
      &(HarnessOptions){ .part = "STM32L476xG", .power = TRUE, .no_serial = TRUE, .job_lines = "erase: touched\n" });
  const StnPlanOption both_areas[] = { { "RDP", 0xbb, STN_OPTION_FROM_PROTECT, STN_OPTION_PROOF_REFUSED_READ },
                                       { "WRP2A_STRT", 3, STN_OPTION_FROM_PROTECT, STN_OPTION_PROOF_NONE } };
  guint8 area[128];

  harness_build (self);
  add_step (self, &read_protect, both_areas, 2);
  run_or_fail (self, STN_VERDICT_FAIL, STN_FAILURE_OPTION_BYTES_UNKNOWN);
  read_silicon (self, area);
  g_assert_cmphex (area[0], ==, 0xaa);
}

static void
readout_protection_goes_last_and_is_proved_by_a_refused_read (void)
{
  g_autoptr (Harness) self = harness_new (&(HarnessOptions){ .power = TRUE, .paced = TRUE });
  guint8 area[128];

  harness_build (self);
  add_step (self, &opening, pin_on, 1);
  add_step (self, &closing, protect_first_page, 2);
  add_step (self, &read_protect, level_1, 1);
  const StnResult *result = run_or_fail (self, STN_VERDICT_PASS, STN_FAILURE_NONE);
  read_silicon (self, area);
  g_assert_cmphex (area[0], ==, 0xbb);
  g_assert_cmphex (area[4], ==, 0x44);
  g_assert_nonnull (strstr (result->protection, "RDP level 1: refused-read"));
  /* nobody can read them any more: the record has what was written, and that is what is there */
  GString *silicon = g_string_new (NULL);
  for (gsize i = 0; i < sizeof area; i++)
    g_string_append_printf (silicon, "%02x", area[i]);
  g_assert_cmpstr (result->options_after, ==, silicon->str);
  g_string_free (silicon, TRUE);
  g_assert_true (harness_flash_is_right (self, "A1", result->serial));
}

static void
a_protected_board_fails_and_says_what_to_do (void)
{
  g_autoptr (Harness) self = harness_new (&(HarnessOptions){ .power = TRUE });

  g_assert_true (stn_bench_config_add_fault (self->config, "A1", "protected", NULL));
  harness_build (self);
  const StnResult *result = run_or_fail (self, STN_VERDICT_FAIL, STN_FAILURE_READ_PROTECTED);
  g_assert_nonnull (strstr (result->message, "unprotect: allowed"));
  g_assert_cmpuint (stn_ledger_memory_windows (self->ledger), ==, 0);
}

static void
a_protected_board_is_opened_where_the_job_allows_it (void)
{
  g_autoptr (Harness) self = harness_new (&(HarnessOptions){ .power = TRUE, .paced = TRUE });

  g_assert_true (stn_bench_config_add_fault (self->config, "A1", "protected", NULL));
  harness_build (self);
  self->plan->unprotect_allowed = TRUE;
  self->plan->unprotect_longest_ns = 10 * STN_NS_PER_S;
  const StnResult *result = run_or_fail (self, STN_VERDICT_PASS, STN_FAILURE_NONE);
  g_assert_true (harness_flash_is_right (self, "A1", result->serial));
  g_assert_nonnull (strstr (harness_step (result, STN_STEP_IDENTIFY)->detail, "protection was taken away"));
}

static void
a_usb_serial_of_another_uid_keeps_a_recovery_from_erasing (void)
{
  g_autoptr (Harness) self = harness_new (&(HarnessOptions){ .part = "STM32F405xG",
                                                             .power = TRUE,
                                                             .no_serial = TRUE,
                                                             .usb_sites = 1,
                                                             .usb_alone = TRUE,
                                                             .boot_check = "rom-gone" });
  StnRecovery recovery = { .erase_allowed = TRUE, .uid = "ff0203040506070809aabbcc" };

  g_assert_true (stn_bench_config_add_fault (self->config, "A1", "protected", NULL));
  g_assert_true (stn_bench_config_add_fault (self->config, "A1", "uid: 0102030405060708090a0b0c", NULL));
  harness_build (self);
  harness_set_recovery (self, &recovery);
  const StnResult *result = run_or_fail (self, STN_VERDICT_FAIL, STN_FAILURE_UNIT_CHANGED);
  g_assert_nonnull (strstr (result->message, "nothing was erased"));
  g_assert_cmpuint (stn_ledger_memory_windows (self->ledger), ==, 0);

  /* and the record's own is opened */
  recovery.uid = "0102030405060708090a0b0c";
  run_or_fail (self, STN_VERDICT_PASS, STN_FAILURE_NONE);
  g_assert_cmpuint (stn_ledger_memory_windows (self->ledger), ==, 1);
}

typedef struct {
  Harness *harness;
  const char *window; /* a part of its row */
  const char *pin;
  int is_over; /* atomic */
  gboolean has_blinked;
} Blinker;

/* Low for 5 ms in the middle of a window, and well again long before its end. */
static gpointer
blink_in_the_window (gpointer data)
{
  Blinker *self = data;
  StnWait wait = stn_wait_new (self->harness->clock, STN_TIME_NEVER, NULL);

  while (!g_atomic_int_get (&self->is_over) && !self->has_blinked) {
    g_autofree char *last = stn_ledger_memory_last_window (self->harness->ledger);
    if (stn_ledger_memory_open_windows (self->harness->ledger) > 0 && last != NULL
        && strstr (last, self->window) != NULL) {
      stn_wait_sleep (&wait, 10 * STN_NS_PER_MS, NULL);
      stn_bench_set_input (self->harness->bench, "FTSENSE", self->pin, FALSE);
      stn_wait_sleep (&wait, 5 * STN_NS_PER_MS, NULL);
      stn_bench_set_input (self->harness->bench, "FTSENSE", self->pin, TRUE);
      self->has_blinked = TRUE;
    }
    stn_wait_sleep (&wait, STN_NS_PER_MS, NULL);
  }
  return NULL;
}

static void
a_supply_that_blinks_while_options_are_written_is_no_pass (void)
{
  static const struct {
    const char *window, *pin;
    gboolean is_pass;
  } cases[] = {
    { "nBOOT_SEL", "AD0", FALSE }, /* good */
    { "nBOOT_SEL", "AC0", FALSE }, /* fault */
    { "WRP1A", "AD0", FALSE },     { "RDP", "AD0", FALSE }, { "readout unprotect", "AD0", FALSE },
    { "mass erase", "AD0", TRUE }, /* what is erased and written is read back, all of it */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Harness) self =
        harness_new (&(HarnessOptions){ .power = TRUE, .power_lines = TRUE, .paced = TRUE, .image_bytes = 700 });
    Blinker blinker = { .harness = self, .window = cases[i].window, .pin = cases[i].pin };

    g_assert_true (stn_bench_config_add_fault (self->config, "A1", "protected", NULL));
    harness_build (self);
    self->plan->unprotect_allowed = TRUE;
    self->plan->unprotect_longest_ns = 10 * STN_NS_PER_S;
    add_step (self, &opening, pin_on, 1);
    add_step (self, &closing, protect_first_page, 2);
    add_step (self, &read_protect, level_1, 1);
    GThread *thread = stn_clock_thread_new (self->clock, "blinker", blink_in_the_window, &blinker);
    const StnResult *result = run_or_fail (self, cases[i].is_pass ? STN_VERDICT_PASS : STN_VERDICT_FAIL,
                                           cases[i].is_pass ? STN_FAILURE_NONE : STN_FAILURE_OPTION_BYTES_UNKNOWN);
    g_atomic_int_set (&blinker.is_over, 1);
    stn_clock_thread_join (self->clock, thread, TRUE);
    g_assert_true (blinker.has_blinked);
    if (!cases[i].is_pass)
      g_assert_nonnull (strstr (result->message, "supply"));
  }
}

/* A cell falls over while the protection is written: behind the proof, and in the page that the tried write goes to. */
static gpointer
spoil_in_the_window (gpointer data)
{
  Blinker *self = data;
  StnWait wait = stn_wait_new (self->harness->clock, STN_TIME_NEVER, NULL);

  while (!g_atomic_int_get (&self->is_over) && !self->has_blinked) {
    g_autofree char *last = stn_ledger_memory_last_window (self->harness->ledger);
    if (last != NULL && strstr (last, self->window) != NULL) {
      guint8 byte = 0;
      g_assert_true (stn_bench_board_read (self->harness->bench, "A1", 0x08000900, &byte, 1));
      byte ^= 0x10;
      g_assert_true (stn_bench_board_write (self->harness->bench, "A1", 0x08000900, &byte, 1));
      self->has_blinked = TRUE;
    }
    stn_wait_sleep (&wait, STN_NS_PER_MS, NULL);
  }
  return NULL;
}

static void
a_page_is_proved_again_behind_the_write_that_was_tried (void)
{
  g_autoptr (Harness) self = harness_new (&(HarnessOptions){ .power = TRUE, .paced = TRUE });
  Blinker spoiler = { .harness = self, .window = "WRP1A" };
  StnPlanOptionStep step = closing;

  harness_build (self);
  step.has_write_try = TRUE;
  step.write_try_address = 0x08000000 + 3000 / 8 * 8 + 8;
  add_step (self, &opening, pin_on, 1);
  add_step (self, &step, protect_first_page, 2);
  GThread *thread = stn_clock_thread_new (self->clock, "spoiler", spoil_in_the_window, &spoiler);
  const StnResult *result = run_or_fail (self, STN_VERDICT_FAIL, STN_FAILURE_VERIFY_MISMATCH);
  g_atomic_int_set (&spoiler.is_over, 1);
  stn_clock_thread_join (self->clock, thread, TRUE);
  g_assert_cmphex (result->address, ==, 0x08000900);
}

static void
a_supply_that_blinks_in_an_option_reload_is_no_pass (void)
{
  g_autoptr (Harness) self =
      harness_new (&(HarnessOptions){ .power = TRUE, .power_lines = TRUE, .paced = TRUE, .image_bytes = 700 });
  Blinker blinker = { .harness = self, .window = "the same again", .pin = "AD0" };

  harness_build (self);
  self->plan->leave_way = STN_LEAVE_WAY_OPTION_RELOAD;
  GThread *thread = stn_clock_thread_new (self->clock, "blinker", blink_in_the_window, &blinker);
  run_or_fail (self, STN_VERDICT_FAIL, STN_FAILURE_OPTION_BYTES_UNKNOWN);
  g_atomic_int_set (&blinker.is_over, 1);
  stn_clock_thread_join (self->clock, thread, TRUE);
  g_assert_true (blinker.has_blinked);
}

static void
window_text_is_read_as_it_was_written (void)
{
  static const guint8 had[] = { 0xaa, 0x55, 0x00, 0xff }, second[] = { 0x12, 0x34 };
  g_auto (StnOptionWindow) window = { .words = g_strdup ("nBOOT_SEL: 1 -> 0, RDP: 0 -> 1") }, read = { NULL };

  stn_option_window_add_had (&window, 0x1fff7800, had, sizeof had);
  stn_option_window_add_had (&window, 0x1ffff808, second, sizeof second);
  stn_option_window_add_gets (&window, 0x1fff7800, second, sizeof second);
  g_autofree char *text = stn_option_window_to_text (&window);
  g_assert_cmpstr (text, ==,
                   "option bytes: nBOOT_SEL: 1 -> 0, RDP: 0 -> 1; had 1fff7800=aa5500ff 1ffff808=1234; "
                   "gets 1fff7800=1234");
  g_assert_true (stn_option_window_parse (text, &read));
  g_assert_cmpstr (read.words, ==, window.words);
  g_assert_cmpuint (read.had_count, ==, 2);
  g_assert_cmpuint (read.gets_count, ==, 1);
  g_assert_cmpmem (read.had[1].bytes, read.had[1].length, second, sizeof second);
  g_assert_cmphex (read.had[1].address, ==, 0x1ffff808);
}

static void
window_text_that_does_not_hold_together_is_refused (void)
{
  static const char *const texts[] = {
    "mass erase",
    "",
    "option bytes: x",
    "option bytes: x; had 1fff7800=aa",
    "option bytes: x; had 1fff7800=a; gets 1fff7800=aa",
    "option bytes: x; had =aa; gets 1fff7800=aa",
    "option bytes: x; had 1fff7800=; gets 1fff7800=aa",
    "option bytes: x; had 1fff7800=aa 1=bb 2=cc; gets 1fff7800=aa",
    "option bytes: x; had 1fff7800=aa,; gets 1fff7800=aa",
    "option bytes: x; gets 1fff7800=aa; had 1fff7800=aa",
    "option bytes: x; had 1fff7800=zz; gets 1fff7800=aa",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    StnOptionWindow window = { .words = NULL };
    g_assert_false (stn_option_window_parse (texts[i], &window));
    g_assert_null (window.words);
  }
  g_assert_false (stn_option_window_parse (NULL, NULL));
}

/* One NRST and one BOOT0 for three boards, one of which has nothing to write: nobody's reset falls into another's
 * window, and nobody waits for one that does not come. */
static void
boards_that_share_their_lines_are_reset_together (void)
{
  g_autoptr (Harness) self = harness_new (&(HarnessOptions){
      .sites = 3, .shared_lines = TRUE, .power = TRUE, .paced = TRUE, .no_serial = TRUE, .image_bytes = 700 });

  g_assert_true (stn_bench_config_add_option (self->config, "A2", "nBOOT_SEL", 0, NULL));
  harness_build (self);
  add_step (self, &opening, pin_on, G_N_ELEMENTS (pin_on));
  add_step (self, &closing, protect_first_page, G_N_ELEMENTS (protect_first_page));
  const StnCycleSummary *summary = harness_cycle (self);
  for (guint i = 0; i < 3; i++) {
    g_autofree char *site = g_strdup_printf ("A%u", i + 1);
    const StnResult *result = harness_result (self, site);
    if (result->verdict != STN_VERDICT_PASS)
      g_error ("%s: %s\n%s", site, result->message, result->transcript);
  }
  g_assert_cmpuint (summary->counts[STN_VERDICT_PASS], ==, 3);
  harness_assert_parked (self);
}

/* ---- as a job says it ---- */

/* The same lines on every family, from job.yaml to the silicon. */
static void
one_job_means_the_same_on_every_family (void)
{
  static const struct {
    const char *part;
    gboolean usb;
  } boards[] = {
    { "STM32G071xB", FALSE }, { "STM32F103xB", FALSE }, { "STM32F405xG", FALSE }, { "STM32L476xG", FALSE },
    { "STM32L073xZ", FALSE }, { "STM32F746xG", FALSE }, { "STM32G0B1xE", TRUE },  { "STM32F405xG", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (boards); i++) {
    g_autoptr (Harness) self =
        harness_new (&(HarnessOptions){ .part = boards[i].part,
                                        .power = TRUE,
                                        .paced = TRUE,
                                        .no_serial = TRUE,
                                        .image_bytes = 4096 /* whole groups of pages on F1 and L0 */,
                                        .usb_sites = boards[i].usb ? 1 : 0,
                                        .usb_alone = boards[i].usb,
                                        .boot_check = boards[i].usb ? "rom-gone" : NULL,
                                        .job_lines = "erase: touched\nboot: { from: flash, rom-entry: pin }\n"
                                                     "protect: { write: [app], read: level-1 }\n" });

    g_test_message ("%s%s", boards[i].part, boards[i].usb ? " over USB" : "");
    harness_build (self);
    const StnResult *result = run_or_fail (self, STN_VERDICT_PASS, STN_FAILURE_NONE);
    g_assert_true (harness_flash_is_right (self, "A1", NULL));
    g_test_message ("%s", result->protection);
    g_assert_nonnull (strstr (result->protection, "refused-read"));
    g_assert_cmpuint (stn_ledger_memory_windows (self->ledger), >=, 2);
  }
}

/* And the board that came out of it: opened again by a job that allows it. */
static void
a_board_of_such_a_job_can_be_done_again (void)
{
  g_autoptr (Harness) self = harness_new (
      &(HarnessOptions){ .power = TRUE,
                         .paced = TRUE,
                         .no_serial = TRUE,
                         .image_bytes = 700,
                         .job_lines = "repeat: allowed\nunprotect: allowed\nboot: { from: flash, rom-entry: pin }\n"
                                      "protect: { write: [app], read: level-1 }\n" });

  harness_build (self);
  run_or_fail (self, STN_VERDICT_PASS, STN_FAILURE_NONE);
  const StnResult *again = run_or_fail (self, STN_VERDICT_PASS, STN_FAILURE_NONE);
  g_assert_nonnull (strstr (harness_step (again, STN_STEP_IDENTIFY)->detail, "protection was taken away"));
  g_assert_true (harness_flash_is_right (self, "A1", NULL));
}

static void
a_done_board_that_is_opened_is_no_good_board_any_more (void)
{
  g_autoptr (Harness) self =
      harness_new (&(HarnessOptions){ .power = TRUE,
                                      .paced = TRUE,
                                      .image_bytes = 700,
                                      .job_lines = "unprotect: allowed\nboot: { from: flash, rom-entry: pin }\n"
                                                   "protect: { write: [app], read: level-1 }\n" });

  harness_build (self);
  const StnResult *result = run_or_fail (self, STN_VERDICT_PASS, STN_FAILURE_NONE);
  /* put in once more: it is opened before anybody knows who it is, and its PASS is one no longer */
  result = run_or_fail (self, STN_VERDICT_FAIL, STN_FAILURE_PASS_UNDONE);
  g_assert_true (harness_flash_cannot_start (self, "A1"));
  g_assert_nonnull (strstr (result->message, "which erased it"));
  /* and the next run is no “already done” over an empty flash */
  result = run_or_fail (self, STN_VERDICT_PASS, STN_FAILURE_NONE);
  g_assert_true (harness_flash_is_right (self, "A1", result->serial));
}

static void
a_board_whose_nrst_is_a_plain_pin_is_told_when_it_does_not_start (void)
{
  g_autoptr (Harness) self = harness_new (&(HarnessOptions){ .image_bytes = 700, .no_serial = TRUE });

  g_assert_true (stn_bench_config_add_option (self->config, "A1", "NRST_MODE", 2, NULL));
  harness_build (self);
  const StnResult *result = run_or_fail (self, STN_VERDICT_FAIL, STN_FAILURE_NO_BOOT);
  g_test_message ("%s", result->message);
  g_assert_nonnull (strstr (result->message, "NRST a plain pin"));
}

/* ---- boot checks by USB id and by a line ---- */

/* A hub port at which devices come as the test says: from its N-th look on. */
typedef struct {
  StnProvider provider;
  guint looks, comes_at;
  guint16 vendor_id, product_id;
} LookedAt;

static gboolean
look_at (StnProvider *provider, const char *place, gboolean *out_present, guint16 *out_vendor_id,
         guint16 *out_product_id, G_GNUC_UNUSED GError **error)
{
  LookedAt *self = (LookedAt *) provider;

  g_assert_cmpstr (place, ==, "pci-0000:00:14.0-usb-0:1.4.1");
  *out_present = self->comes_at != 0 && ++self->looks >= self->comes_at;
  *out_vendor_id = self->vendor_id;
  *out_product_id = self->product_id;
  return TRUE;
}

static const StnProviderClass looked_at_class = { .kind = "looked-at", .is_virtual = TRUE, .look_usb = look_at };

static void
boot_check_by_usb_id_waits_for_the_device (void)
{
  static const struct {
    guint comes_at;
    guint16 product_id;
    StnFailure failure;
    const char *seen;
  } cases[] = {
    { 7, 0x5740, STN_FAILURE_NONE, NULL },
    { 0, 0, STN_FAILURE_NO_BOOT, "nothing" },
    { 3, 0xdf11, STN_FAILURE_NO_BOOT, "0483:df11" },
    { 3, 0x5741, STN_FAILURE_WRONG_ANSWER_AT_BOOT, "0483:5741" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Harness) self = harness_new (&(HarnessOptions){ .part = "STM32F405xG",
                                                               .no_serial = TRUE,
                                                               .image_bytes = 700,
                                                               .usb_unused = TRUE,
                                                               .job_lines = "erase: touched\n",
                                                               .boot_check = "{ usb: \"0483:5740\", within: 2 s }" });
    LookedAt port = { .provider = { .provider_class = &looked_at_class },
                      .comes_at = cases[i].comes_at,
                      .vendor_id = 0x0483,
                      .product_id = cases[i].product_id };

    harness_build (self);
    ((StnSite *) self->sites->pdata[0])->usb_provider = &port.provider;
    const StnResult *result = run_or_fail (
        self, cases[i].failure == STN_FAILURE_NONE ? STN_VERDICT_PASS : STN_VERDICT_FAIL, cases[i].failure);
    g_assert_cmpstr (result->seen, ==, cases[i].seen);
    if (cases[i].failure == STN_FAILURE_NONE)
      g_assert_cmpstr (result->boot_answer, ==, "USB device 0483:5740");
  }
}

typedef struct {
  Harness *harness;
  int is_over; /* atomic */
} Mover;

static gpointer
move_the_line (gpointer data)
{
  Mover *self = data;
  StnWait wait = stn_wait_new (self->harness->clock, STN_TIME_NEVER, NULL);

  for (gboolean high = FALSE; !g_atomic_int_get (&self->is_over); high = !high) {
    stn_bench_set_input (self->harness->bench, "FTSENSE", "AD0", high);
    stn_wait_sleep (&wait, 40 * STN_NS_PER_MS, NULL);
  }
  return NULL;
}

static void
boot_check_by_a_line_wants_both_levels (void)
{
  for (guint moves = 0; moves < 2; moves++) {
    g_autoptr (Harness) self = harness_new (&(HarnessOptions){ .part = "STM32F405xG",
                                                               .no_serial = TRUE,
                                                               .image_bytes = 700,
                                                               .power = TRUE,
                                                               .power_lines = TRUE,
                                                               .job_lines = "erase: touched\n",
                                                               .boot_check = "{ pin: good, within: 500 ms }" });
    Mover mover = { .harness = self };
    GThread *thread = NULL;

    harness_build (self);
    if (moves)
      thread = stn_clock_thread_new (self->clock, "mover", move_the_line, &mover);
    const StnResult *result =
        run_or_fail (self, moves ? STN_VERDICT_PASS : STN_VERDICT_FAIL, moves ? STN_FAILURE_NONE : STN_FAILURE_NO_BOOT);
    if (moves)
      g_assert_cmpstr (result->boot_answer, ==, "good was seen high and low");
    else
      g_assert_cmpstr (result->seen, ==, "high only");
    g_atomic_int_set (&mover.is_over, 1);
    if (thread != NULL)
      stn_clock_thread_join (self->clock, thread, TRUE);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(test) g_test_add_func ("/unit-options/" #test, test)
  ADD (opening_options_are_written_read_back_and_recorded);
  ADD (options_that_the_board_has_already_are_not_written);
  ADD (write_protection_is_proved_by_a_write_that_changes_nothing);
  ADD (write_protection_that_does_not_hold_is_no_pass);
  ADD (a_board_that_arrives_write_protected_has_its_name);
  ADD (a_mismatch_in_a_protected_page_names_the_protection);
  ADD (one_refusal_is_no_proof_of_protection);
  ADD (the_last_step_is_one_write_or_none);
  ADD (readout_protection_goes_last_and_is_proved_by_a_refused_read);
  ADD (a_protected_board_fails_and_says_what_to_do);
  ADD (a_protected_board_is_opened_where_the_job_allows_it);
  ADD (a_usb_serial_of_another_uid_keeps_a_recovery_from_erasing);
  ADD (a_supply_that_blinks_while_options_are_written_is_no_pass);
  ADD (a_page_is_proved_again_behind_the_write_that_was_tried);
  ADD (a_supply_that_blinks_in_an_option_reload_is_no_pass);
  ADD (one_job_means_the_same_on_every_family);
  ADD (a_board_of_such_a_job_can_be_done_again);
  ADD (a_done_board_that_is_opened_is_no_good_board_any_more);
  ADD (a_board_whose_nrst_is_a_plain_pin_is_told_when_it_does_not_start);
  ADD (boards_that_share_their_lines_are_reset_together);
  ADD (boot_check_by_usb_id_waits_for_the_device);
  ADD (boot_check_by_a_line_wants_both_levels);
  ADD (window_text_is_read_as_it_was_written);
  ADD (window_text_that_does_not_hold_together_is_refused);
  return g_test_run ();
}
