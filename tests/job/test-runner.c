/* The order of a run against the bench, in virtual time. */
#include "tests/job/harness.h"

#include <string.h>

static Harness *
built (const HarnessOptions *options)
{
  Harness *self = harness_new (options);

  harness_build (self);
  return self;
}

static Harness *
built_with_fault (const HarnessOptions *options, const char *board, const char *fault)
{
  Harness *self = harness_new (options);
  g_autoptr (GError) error = NULL;

  g_assert_true (stn_bench_config_add_fault (self->config, board, fault, &error));
  g_assert_no_error (error);
  harness_build (self);
  return self;
}

static void
assert_pass (Harness *self, const char *site)
{
  const StnResult *result = harness_result (self, site);
  StnBoardState state;

  g_assert_nonnull (result);
  if (result->verdict != STN_VERDICT_PASS)
    g_error ("%s: %s\n%s", site, result->message, result->transcript);
  g_assert_true (harness_flash_is_right (self, site, result->serial));
  g_assert_true (stn_bench_board_state (self->bench, site, &state));
  /* without a power switch the program runs on; with one the site is off after teardown */
  g_assert_cmpint (state, ==, self->options.power ? STN_BOARD_OFF : STN_BOARD_APPLICATION);
}

static void
assert_failure (Harness *self, const char *site, StnVerdict verdict, StnFailure failure)
{
  const StnResult *result = harness_result (self, site);

  g_assert_nonnull (result);
  if (result->verdict != verdict || result->failure != failure)
    g_error ("%s: expected %s %s, found %s %s: %s", site, stn_verdict_name (verdict), stn_failure_name (failure),
             stn_verdict_name (result->verdict), stn_failure_name (result->failure), result->message);
}

/* ---- boards that are as they should be ---- */

static void
what_a_port_has_to_say_is_told_once (void)
{
  g_autoptr (Harness) self = built (&(HarnessOptions){ .sites = 3, .warning = "port: it is slow" });
  guint told = 0;
  StnEvent *event;

  for (guint cycle = 0; cycle < 2; cycle++)
    harness_cycle (self);
  while ((event = stn_event_queue_take (self->events)) != NULL) {
    told += event->kind == STN_EVENT_WARNING && g_strcmp0 (event->text, "port: it is slow") == 0;
    stn_event_unref (event);
  }
  g_assert_cmpuint (told, ==, 1);
}

static void
eight_factory_new_g071_pass_by_an_option_reload (void)
{
  HarnessOptions options = { .sites = 8, .paced = TRUE };
  g_autoptr (Harness) self = built (&options);
  g_autoptr (GHashTable) serials = g_hash_table_new (g_str_hash, g_str_equal);

  const StnCycleSummary *summary = harness_cycle (self);
  g_assert_cmpuint (summary->counts[STN_VERDICT_PASS], ==, 8);
  for (guint i = 0; i < 8; i++) {
    g_autofree char *name = g_strdup_printf ("A%u", i + 1);
    assert_pass (self, name);
    const StnResult *result = harness_result (self, name);
    g_assert_cmpstr (result->leave_way, ==, "option-reload");
    g_assert_cmpint (stn_ledger_memory_serial (self->ledger, result->serial), ==, STN_SERIAL_USED);
    g_assert_true (g_hash_table_add (serials, result->serial));
    g_assert_nonnull (result->uid);
    g_assert_nonnull (strstr (result->boot_answer, result->serial));
  }
  g_assert_cmpuint (stn_ledger_memory_open_windows (self->ledger), ==, 0);
  g_assert_cmpuint (stn_ledger_memory_windows (self->ledger), >=, 16);
  harness_assert_parked (self);
}

static void
f405_and_f103_pass_by_a_reset (void)
{
  static const char *const parts[] = { "STM32F405xG", "STM32F103xB" };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    HarnessOptions options = { .part = parts[i], .sites = 2, .paced = TRUE, .image_bytes = 40000 };
    g_autoptr (Harness) self = built (&options);

    harness_cycle (self);
    assert_pass (self, "A1");
    assert_pass (self, "A2");
    g_assert_cmpstr (harness_result (self, "A1")->leave_way, ==, "reset");
    harness_assert_parked (self);
  }
}

static void
a_power_switch_makes_the_leave_a_power_cycle (void)
{
  HarnessOptions options = { .sites = 2, .power = TRUE, .paced = TRUE };
  g_autoptr (Harness) self = built (&options);

  harness_cycle (self);
  assert_pass (self, "A1");
  g_assert_cmpstr (harness_result (self, "A1")->leave_way, ==, "power-cycle");
  harness_assert_parked (self);
}

static void
boards_are_entered_and_left_by_power_alone (void)
{
  HarnessOptions options = { .part = "STM32F405xG", .power = TRUE, .no_nrst = TRUE, .paced = TRUE };
  g_autoptr (Harness) self = built (&options);

  harness_cycle (self);
  assert_pass (self, "A1");
}

/* Option bytes and empty latch are taken over by power alone: a board that its host keeps alive never sees them. */
static void
a_board_that_feeds_on_its_uart_or_boot0_is_really_off (void)
{
  static const char *const parts[] = { "STM32G071xB", "STM32F405xG" };
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    HarnessOptions options = { .part = parts[i], .power = TRUE, .no_nrst = i == 1, .paced = TRUE };
    g_autoptr (Harness) self = built_with_fault (&options, "A1", "back-powered");
    harness_cycle (self);
    assert_pass (self, "A1");
    harness_assert_parked (self);
  }
}

/* Whatever is done it lives on: with its latch still set it starts its ROM again, and that is no PASS. */
static void
a_board_that_can_not_be_switched_off_is_no_pass (void)
{
  HarnessOptions options = { .power = TRUE, .paced = TRUE };
  g_autoptr (Harness) self = built_with_fault (&options, "A1", "back-powered: always");
  harness_cycle (self);
  assert_failure (self, "A1", STN_VERDICT_FAIL, STN_FAILURE_NO_BOOT);
}

typedef struct {
  Harness *harness;
  guint64 at;
} AdapterGoes;

static void
adapter_goes (guint64 number, const StnExchange *exchange, gpointer data)
{
  const AdapterGoes *self = data;

  (void) exchange;
  if (number == self->at)
    g_assert_true (stn_bench_set_plugged (self->harness->bench, "FTHARNESS0", FALSE));
}

/* What a new start does: the lines are at rest before anything else. */
static void
assert_parked_by_a_new_start (Harness *self)
{
  g_autoptr (GError) error = NULL;
  StnWait wait = stn_wait_new (self->clock, STN_NS_PER_S, NULL);
  gboolean high = FALSE;

  g_assert_true (stn_bench_set_plugged (self->bench, "FTHARNESS0", TRUE));
  for (guint i = 0; i < self->sites->len; i++) {
    StnSite *site = self->sites->pdata[i];
    site->nrst.adapter = site->boot0.adapter = NULL;
  }
  g_ptr_array_set_size (self->adapters, 0);
  StnLink *pins = self->provider->provider_class->open_pins (self->provider, "FTHARNESS0", &wait, &error);
  g_assert_no_error (error);
  g_autoptr (StnAdapter) adapter = stn_adapter_new (pins, 0xffff, 0xff00, self->clock, &wait, &error);
  g_assert_no_error (error);
  for (guint bit = 0; bit < 16; bit++) {
    g_assert_true (stn_adapter_read (adapter, bit, &high, &wait, NULL));
    g_assert_cmpint (high, ==, bit >= 8);
  }
}

static void
an_adapter_that_is_pulled_is_the_stations_error_and_the_other_adapters_boards_pass (void)
{
  guint errors = 0;

  /* eight sites are on the first adapter, two on the second; some 220 exchanges a board */
  for (guint64 at = 1; at < 2400; at += 170) {
    g_autoptr (StnFaultPlan) plan = stn_fault_plan_new (STN_FAULT_NONE, 0);
    g_autoptr (Harness) self = built (&(HarnessOptions){ .sites = 10, .faults = plan });
    AdapterGoes goes = { self, at };

    stn_fault_plan_set_hook (plan, adapter_goes, &goes);
    harness_cycle (self);
    for (guint i = 0; i < 10; i++) {
      g_autofree char *name = g_strdup_printf ("A%u", i + 1);
      const StnResult *result = harness_result (self, name);
      g_assert_nonnull (result);
      if (result->verdict == STN_VERDICT_PASS) {
        g_assert_true (harness_flash_is_right (self, name, result->serial));
        continue;
      }
      g_assert_cmpuint (i, <, 8);
      assert_failure (self, name, STN_VERDICT_ERROR, STN_FAILURE_ADAPTER_MISSING);
      errors++;
    }
    g_assert_cmpuint (stn_ledger_memory_open_windows (self->ledger), ==, 0);
    assert_parked_by_a_new_start (self);
  }
  g_assert_cmpuint (errors, >=, 8);
}

typedef struct {
  Harness *harness;
  const char *pin;
  guint64 at;
} SupplyGoes;

/* its lines say so, and the board says nothing any more */
static void
supply_goes (guint64 number, const StnExchange *exchange, gpointer data)
{
  const SupplyGoes *self = data;

  (void) exchange;
  if (number != self->at)
    return;
  g_assert_true (stn_bench_set_input (self->harness->bench, "FTSENSE", self->pin, FALSE));
  g_assert_true (stn_bench_board_set_present (self->harness->bench, "A1", FALSE));
}

static void
a_board_whose_supply_goes_meanwhile_is_named_so (void)
{
  static const char *const lines[] = { "AD0", "AC0" }; /* good, fault */

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autoptr (StnFaultPlan) plan = stn_fault_plan_new (STN_FAULT_NONE, 0);
    g_autoptr (Harness) self =
        built (&(HarnessOptions){ .sites = 1, .power = TRUE, .power_lines = TRUE, .faults = plan });
    SupplyGoes goes = { .harness = self, .pin = lines[i], .at = 150 };

    stn_fault_plan_set_hook (plan, supply_goes, &goes);
    harness_cycle (self);
    assert_failure (self, "A1", STN_VERDICT_FAIL, STN_FAILURE_BOARD_SHORTED);
    harness_assert_parked (self);
  }
}

static void
a_shorted_board_stays_off_and_its_neighbours_pass (void)
{
  HarnessOptions options = { .sites = 4, .power = TRUE, .power_lines = TRUE, .paced = TRUE };
  g_autoptr (Harness) self = built_with_fault (&options, "A2", "shorted");
  StnBoardState state;

  harness_cycle (self);
  assert_failure (self, "A2", STN_VERDICT_FAIL, STN_FAILURE_BOARD_SHORTED);
  g_assert_cmpuint (harness_result (self, "A2")->bytes_written, ==, 0);
  g_assert_true (stn_bench_board_state (self->bench, "A2", &state));
  g_assert_cmpint (state, ==, STN_BOARD_OFF);
  assert_pass (self, "A1");
  assert_pass (self, "A3");
  assert_pass (self, "A4");
  harness_assert_parked (self);
}

static void
sites_on_one_nrst_and_one_boot0_pass_together (void)
{
  HarnessOptions options = { .sites = 4, .shared_lines = TRUE, .paced = TRUE };
  g_autoptr (Harness) self = built (&options);

  harness_cycle (self);
  for (guint i = 0; i < 4; i++) {
    g_autofree char *name = g_strdup_printf ("A%u", i + 1);
    assert_pass (self, name);
  }
  harness_assert_parked (self);
}

static void
the_steps_come_in_the_order_of_a_run (void)
{
  static const StnStepKind order[] = { STN_STEP_POWER_ON,    STN_STEP_ENTER, STN_STEP_IDENTIFY,  STN_STEP_ADMIT,
                                       STN_STEP_BIND,        STN_STEP_ERASE, STN_STEP_PROGRAM,   STN_STEP_VERIFY,
                                       STN_STEP_FIRST_BLOCK, STN_STEP_LEAVE, STN_STEP_BOOT_CHECK };
  g_autoptr (Harness) self = built (NULL);

  harness_cycle (self);
  assert_pass (self, "A1");
  const StnResult *result = harness_result (self, "A1");
  g_assert_cmpuint (result->steps->len, ==, G_N_ELEMENTS (order));
  for (guint i = 0; i < G_N_ELEMENTS (order); i++) {
    const StnStepRecord *step = result->steps->pdata[i];
    g_assert_cmpint (step->kind, ==, order[i]);
    g_assert_cmpint (step->outcome, ==, STN_VERDICT_PASS);
    g_assert_cmpuint (step->tries, ==, 1);
  }
}

static void
the_result_is_told_once_and_last (void)
{
  g_autoptr (Harness) self = built (&(HarnessOptions){ .sites = 3 });
  guint results = 0;
  guint64 sequence = 0;
  StnEvent *event;

  harness_cycle (self);
  while ((event = stn_event_queue_take (self->events)) != NULL) {
    g_assert_cmpuint (event->sequence, ==, ++sequence);
    if (event->kind == STN_EVENT_UNIT_RESULT)
      results++;
    if (event->kind == STN_EVENT_CYCLE_RESULT)
      g_assert_cmpuint (results, ==, 3);
    stn_event_unref (event);
  }
  g_assert_cmpuint (results, ==, 3);
}

/* ---- boards that are not ---- */

static void
a_dead_cell_fails_at_its_address_and_its_neighbours_pass (void)
{
  g_autoptr (Harness) self = built_with_fault (&(HarnessOptions){ .sites = 4 }, "A3", "dead-cell: 0x08000904");

  const StnCycleSummary *summary = harness_cycle (self);
  g_assert_cmpuint (summary->counts[STN_VERDICT_PASS], ==, 3);
  assert_failure (self, "A3", STN_VERDICT_FAIL, STN_FAILURE_VERIFY_MISMATCH);
  const StnResult *result = harness_result (self, "A3");
  g_assert_true (result->has_address);
  g_assert_cmphex (result->address, ==, 0x08000904);
  g_assert_nonnull (result->transcript);
  g_assert_true (harness_flash_cannot_start (self, "A3"));
  assert_pass (self, "A1");
  assert_pass (self, "A2");
  assert_pass (self, "A4");
}

static void
a_dead_cell_in_the_first_block_leaves_no_program_to_start (void)
{
  g_autoptr (Harness) self = built_with_fault (NULL, "A1", "dead-cell: 0x08000024");

  harness_cycle (self);
  assert_failure (self, "A1", STN_VERDICT_FAIL, STN_FAILURE_VERIFY_MISMATCH);
  g_assert_cmphex (harness_result (self, "A1")->address, ==, 0x08000024);
  g_assert_true (harness_flash_cannot_start (self, "A1"));
}

static void
another_chip_is_refused_before_anything_is_written (void)
{
  g_autoptr (Harness) self = built_with_fault (&(HarnessOptions){ .sites = 3 }, "A2", "wrong-chip: STM32F405xG");

  harness_cycle (self);
  assert_failure (self, "A2", STN_VERDICT_FAIL, STN_FAILURE_WRONG_CHIP);
  const StnResult *result = harness_result (self, "A2");
  g_assert_cmpstr (result->expected, ==, "0x460");
  g_assert_cmpstr (result->seen, ==, "0x413");
  g_assert_null (result->serial);
  assert_pass (self, "A1");
  assert_pass (self, "A3");
}

static void
one_silent_site_is_empty_and_not_a_fail (void)
{
  g_autoptr (Harness) self = built_with_fault (&(HarnessOptions){ .sites = 4 }, "A4", "silence");

  const StnCycleSummary *summary = harness_cycle (self);
  assert_failure (self, "A4", STN_VERDICT_EMPTY, STN_FAILURE_EMPTY_OR_NO_CONTACT);
  g_assert_cmpuint (summary->counts[STN_VERDICT_FAIL], ==, 0);
  g_assert_cmpuint (summary->counts[STN_VERDICT_PASS], ==, 3);
}

static void
silence_on_half_of_the_sites_is_the_stations_error (void)
{
  g_autoptr (Harness) self = harness_new (&(HarnessOptions){ .sites = 4 });

  g_assert_true (stn_bench_config_add_fault (self->config, "A2", "silence", NULL));
  g_assert_true (stn_bench_config_add_fault (self->config, "A4", "silence", NULL));
  harness_build (self);
  const StnCycleSummary *summary = harness_cycle (self);
  assert_failure (self, "A2", STN_VERDICT_ERROR, STN_FAILURE_MANY_ALIKE);
  assert_failure (self, "A4", STN_VERDICT_ERROR, STN_FAILURE_MANY_ALIKE);
  g_assert_cmpint (summary->many_alike, ==, STN_FAILURE_MANY_ALIKE);
  g_assert_cmpuint (summary->counts[STN_VERDICT_PASS], ==, 2);
}

static void
one_chip_on_two_sites_stops_both (void)
{
  g_autoptr (Harness) self = harness_new (&(HarnessOptions){ .sites = 4, .paced = TRUE });

  g_assert_true (stn_bench_config_add_fault (self->config, "A1", "uid: 00112233445566778899aabb", NULL));
  g_assert_true (stn_bench_config_add_fault (self->config, "A3", "uid: 00112233445566778899aabb", NULL));
  harness_build (self);
  harness_cycle (self);
  assert_failure (self, "A1", STN_VERDICT_ERROR, STN_FAILURE_SAME_UNIT_TWICE);
  assert_failure (self, "A3", STN_VERDICT_ERROR, STN_FAILURE_SAME_UNIT_TWICE);
  assert_pass (self, "A2");
  assert_pass (self, "A4");
}

static void
a_board_that_does_not_start_fails_whatever_was_proved (void)
{
  g_autoptr (Harness) self = built_with_fault (&(HarnessOptions){ .sites = 3 }, "A2", "no-start");

  harness_cycle (self);
  assert_failure (self, "A2", STN_VERDICT_FAIL, STN_FAILURE_NO_BOOT);
  g_assert_cmpint (stn_ledger_memory_serial (self->ledger, harness_result (self, "A2")->serial), ==,
                   STN_SERIAL_EXPOSED);
  assert_pass (self, "A1");
}

static void
a_failing_member_of_a_group_does_not_hold_up_or_disturb_the_others (void)
{
  static const char *const faults[] = { "dead-cell: 0x08000904", "silence", "no-start", "stops: 20" };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autoptr (Harness) self =
        built_with_fault (&(HarnessOptions){ .sites = 4, .shared_lines = TRUE, .paced = TRUE }, "A2", faults[i]);

    const StnCycleSummary *summary = harness_cycle (self);
    g_assert_cmpuint (summary->counts[STN_VERDICT_PASS], ==, 3);
    g_assert_cmpint (harness_result (self, "A2")->verdict, !=, STN_VERDICT_PASS);
    assert_pass (self, "A1");
    assert_pass (self, "A3");
    assert_pass (self, "A4");
    harness_assert_parked (self);
  }
}

static void
a_rom_that_stops_garbles_or_refuses_fails_under_its_name_and_its_neighbours_pass (void)
{
  static const char *const faults[] = {
    "stops: 12", "garbage: 3", "garbage: 15", "nack: 14", "flip: 400", "drop: 300"
  };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autoptr (Harness) self = built_with_fault (&(HarnessOptions){ .sites = 3, .paced = TRUE }, "A2", faults[i]);

    harness_cycle (self);
    const StnResult *result = harness_result (self, "A2");
    g_test_message ("%s: %s %s", faults[i], stn_verdict_name (result->verdict), result->message);
    if (result->verdict == STN_VERDICT_PASS)
      g_assert_true (harness_flash_is_right (self, "A2", result->serial));
    else {
      g_assert_cmpint (result->verdict, ==, STN_VERDICT_FAIL);
      g_assert_cmpint (result->failure, !=, STN_FAILURE_INTERNAL);
    }
    assert_pass (self, "A1");
    assert_pass (self, "A3");
  }
}

/* ---- records ---- */

static void
no_ledger_call_that_fails_lets_a_pass_be_told (void)
{
  for (guint call = 1; call < 40; call++) {
    StnLedger *ledger = stn_ledger_memory_new ();
    g_autoptr (Harness) self = built (&(HarnessOptions){ .ledger = ledger });
    StnEvent *event;
    guint told = 0;

    stn_ledger_memory_fail_at (ledger, call);
    const StnCycleSummary *summary = harness_cycle (self);
    while ((event = stn_event_queue_take (self->events)) != NULL) {
      if (event->kind == STN_EVENT_UNIT_RESULT && event->outcome == STN_VERDICT_PASS)
        told++;
      stn_event_unref (event);
    }
    harness_assert_parked (self);
    const StnResult *result = harness_result (self, "A1");
    if (told > 0) {
      /* only when the failing call lies beyond the run */
      g_assert_cmpint (result->verdict, ==, STN_VERDICT_PASS);
      g_assert_cmpuint (summary->not_recorded, ==, 0);
      g_assert_cmpuint (call, >, 6);
      return;
    }
    g_assert_true (result == NULL || result->verdict != STN_VERDICT_PASS);
  }
  g_assert_not_reached ();
}

static void
a_unit_that_failed_gets_its_serial_again_and_no_other_does (void)
{
  g_autoptr (Harness) self =
      built_with_fault (&(HarnessOptions){ .sites = 2, .part = "STM32F405xG" }, "A2", "no-start");

  harness_cycle (self);
  g_autofree char *first = g_strdup (harness_result (self, "A2")->serial);
  g_autofree char *other = g_strdup (harness_result (self, "A1")->serial);
  g_assert_cmpstr (first, !=, other);
  harness_cycle (self);
  /* A1 is done; A2 is another run on the same chip */
  assert_failure (self, "A1", STN_VERDICT_SKIPPED, STN_FAILURE_ALREADY_DONE);
  g_assert_cmpstr (harness_result (self, "A2")->serial, ==, first);
}

/* What the plan said stands beside what was: on the run, on each of its steps, and in the events. */
static void
a_run_is_recorded_with_what_was_predicted (void)
{
  g_autoptr (Harness) self = built (&(HarnessOptions){ .sites = 1 });
  StnEvent *event;
  gint64 sum_ns = 0;
  guint told = 0;

  harness_cycle (self);
  assert_pass (self, "A1");
  const StnResult *result = harness_result (self, "A1");
  for (guint i = 0; i < result->steps->len; i++) {
    const StnStepRecord *step = g_ptr_array_index (result->steps, i);
    /* without a power switch nothing is planned of it */
    if (step->kind == STN_STEP_POWER_ON)
      continue;
    g_test_message ("%s %" G_GINT64_FORMAT, stn_step_name (step->kind), step->predicted_ns);
    g_assert_cmpint (step->predicted_ns, >=, 0);
    sum_ns += step->predicted_ns;
  }
  while ((event = stn_event_queue_take (self->events)) != NULL) {
    if (event->kind == STN_EVENT_UNIT_START) {
      /* the commit is predicted, too, and is no step of the result */
      g_assert_cmpint (event->predicted_ns, >=, sum_ns);
      g_assert_cmpint (sum_ns, >, event->predicted_ns / 2);
    }
    told += event->kind == STN_EVENT_UNIT_STEP && event->predicted_ns > 0;
    stn_event_unref (event);
  }
  g_assert_cmpuint (told, >, 3);
}

/* ---- stopping ---- */

static void
a_stop_before_the_first_write_changes_nothing (void)
{
  g_autoptr (Harness) self = built (&(HarnessOptions){ .sites = 2, .paced = TRUE });

  stn_runner_stop (self->runner);
  const StnCycleSummary *summary = harness_cycle (self);
  g_assert_true (summary->stopped);
  assert_failure (self, "A1", STN_VERDICT_CANCELLED, STN_FAILURE_CANCELLED);
  g_assert_true (harness_flash_cannot_start (self, "A1"));
  g_assert_cmpint (stn_ledger_memory_serial (self->ledger, "T-000001"), ==, STN_SERIAL_FREE);
  harness_assert_parked (self);
}

static void
cancel_at_exchange (guint64 number, const StnExchange *exchange, gpointer data)
{
  gpointer *pair = data;

  (void) exchange;
  if (number == *(guint64 *) pair[1])
    stn_runner_cancel (((Harness *) pair[0])->runner);
}

static void
a_cancel_at_any_exchange_parks_the_site_and_keeps_windows_closed (void)
{
  guint64 last = 0;

  for (guint64 at = 1; at < 400; at++) {
    g_autoptr (StnFaultPlan) counter = stn_fault_plan_new (STN_FAULT_NONE, 0);
    g_autoptr (Harness) self = built (&(HarnessOptions){ .paced = TRUE, .image_bytes = 700, .faults = counter });
    gpointer pair[2] = { self, &at };

    stn_fault_plan_set_hook (counter, cancel_at_exchange, pair);
    harness_cycle (self);
    harness_assert_parked (self);
    g_assert_cmpuint (stn_ledger_memory_open_windows (self->ledger), ==, 0);
    const StnResult *result = harness_result (self, "A1");
    g_assert_nonnull (result);
    if (stn_fault_plan_count (counter) < at) {
      last = at;
      g_assert_cmpint (result->verdict, ==, STN_VERDICT_PASS);
      break;
    }
    if (result->verdict == STN_VERDICT_PASS)
      g_assert_true (harness_flash_is_right (self, "A1", result->serial));
    else
      g_assert_cmpint (result->verdict, ==, STN_VERDICT_CANCELLED);
  }
  g_assert_cmpuint (last, >, 50);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/runner/" #name, name)
  ADD (what_a_port_has_to_say_is_told_once);
  ADD (eight_factory_new_g071_pass_by_an_option_reload);
  ADD (f405_and_f103_pass_by_a_reset);
  ADD (a_power_switch_makes_the_leave_a_power_cycle);
  ADD (boards_are_entered_and_left_by_power_alone);
  ADD (a_board_that_feeds_on_its_uart_or_boot0_is_really_off);
  ADD (a_board_that_can_not_be_switched_off_is_no_pass);
  ADD (an_adapter_that_is_pulled_is_the_stations_error_and_the_other_adapters_boards_pass);
  ADD (a_board_whose_supply_goes_meanwhile_is_named_so);
  ADD (a_shorted_board_stays_off_and_its_neighbours_pass);
  ADD (sites_on_one_nrst_and_one_boot0_pass_together);
  ADD (the_steps_come_in_the_order_of_a_run);
  ADD (the_result_is_told_once_and_last);
  ADD (a_dead_cell_fails_at_its_address_and_its_neighbours_pass);
  ADD (a_dead_cell_in_the_first_block_leaves_no_program_to_start);
  ADD (another_chip_is_refused_before_anything_is_written);
  ADD (one_silent_site_is_empty_and_not_a_fail);
  ADD (silence_on_half_of_the_sites_is_the_stations_error);
  ADD (one_chip_on_two_sites_stops_both);
  ADD (a_board_that_does_not_start_fails_whatever_was_proved);
  ADD (a_failing_member_of_a_group_does_not_hold_up_or_disturb_the_others);
  ADD (a_rom_that_stops_garbles_or_refuses_fails_under_its_name_and_its_neighbours_pass);
  ADD (no_ledger_call_that_fails_lets_a_pass_be_told);
  ADD (a_unit_that_failed_gets_its_serial_again_and_no_other_does);
  ADD (a_run_is_recorded_with_what_was_predicted);
  ADD (a_stop_before_the_first_write_changes_nothing);
  ADD (a_cancel_at_any_exchange_parks_the_site_and_keeps_windows_closed);
#undef ADD
  return g_test_run ();
}
