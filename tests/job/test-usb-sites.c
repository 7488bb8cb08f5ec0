/* Sites that are programmed by their own USB device, alone and beside UART sites. */
#include "tests/job/harness.h"

#include "src/bench/usb/dfu-traits.h"

#include <string.h>

/* G0B1: pages of 2 KB and a latch; F405: sectors and a live BOOT0 pin */
#define G0B1 "STM32G0B1xE"
#define F405 "STM32F405xG"

static Harness *
built (const HarnessOptions *options)
{
  Harness *self = harness_new (options);

  harness_build (self);
  return self;
}

static void
assert_pass (Harness *self, const char *site)
{
  const StnResult *result = harness_result (self, site);

  g_assert_nonnull (result);
  if (result->verdict != STN_VERDICT_PASS)
    g_error ("%s: %s: %s\n%s", site, stn_verdict_name (result->verdict), result->message, result->transcript);
  g_assert_true (harness_flash_is_right (self, site, result->serial));
}

static void
assert_failure (Harness *self, const char *site, StnVerdict verdict, StnFailure failure)
{
  const StnResult *result = harness_result (self, site);

  g_assert_nonnull (result);
  if (result->verdict != verdict || result->failure != failure)
    g_error ("%s: expected %s %s, found %s %s: %s\n%s", site, stn_verdict_name (verdict), stn_failure_name (failure),
             stn_verdict_name (result->verdict), stn_failure_name (result->failure), result->message,
             result->transcript);
}

static const StnRun *
run_of (Harness *self, const char *site)
{
  const GPtrArray *runs = stn_ledger_memory_runs (self->ledger);
  const StnRun *found = NULL;

  for (guint i = 0; i < runs->len; i++)
    if (g_str_equal (((const StnRun *) runs->pdata[i])->site, site))
      found = runs->pdata[i];
  return found;
}

/* ---- boards that are as they should be ---- */

static void
boards_pass_over_usb_alone (void)
{
  static const struct {
    const char *part, *leave_way;
  } parts[] = { { G0B1, "option-reload" }, { F405, "reset" } };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    HarnessOptions options = { .part = parts[i].part,
                               .sites = 2,
                               .usb_sites = 2,
                               .usb_alone = TRUE,
                               .paced = TRUE,
                               .image_bytes = 40000,
                               .boot_check = "rom-gone" };
    g_autoptr (Harness) self = built (&options);

    harness_cycle (self);
    assert_pass (self, "A1");
    assert_pass (self, "A2");
    const StnResult *result = harness_result (self, "A1");
    g_assert_cmpstr (result->leave_way, ==, parts[i].leave_way);
    g_assert_cmpint (result->product_id, ==, -1);
    g_assert_nonnull (result->uid);
    g_assert_cmpuint (strlen (result->uid), ==, 24);
    g_assert_nonnull (strstr (harness_step (result, STN_STEP_IDENTIFY)->detail, "is made of the UID"));
    g_assert_cmpstr (run_of (self, "A1")->engine, ==, "dfu");
    harness_assert_parked (self);
  }
}

static void
the_uart_hears_the_board_that_usb_has_programmed (void)
{
  g_autoptr (Harness) self =
      built (&(HarnessOptions){ .part = G0B1, .sites = 2, .usb_sites = 2, .paced = TRUE, .image_bytes = 9000 });

  harness_cycle (self);
  assert_pass (self, "A1");
  const StnResult *result = harness_result (self, "A1");
  g_assert_nonnull (strstr (result->boot_answer, result->serial));
}

static void
four_uart_and_four_dfu_sites_pass_side_by_side (void)
{
  g_autoptr (Harness) self =
      built (&(HarnessOptions){ .part = G0B1, .sites = 8, .usb_sites = 4, .paced = TRUE, .image_bytes = 9000 });
  g_autoptr (GHashTable) serials = g_hash_table_new (g_str_hash, g_str_equal);

  const StnCycleSummary *summary = harness_cycle (self);
  g_assert_cmpuint (summary->counts[STN_VERDICT_PASS], ==, 8);
  for (guint i = 0; i < 8; i++) {
    g_autofree char *name = g_strdup_printf ("A%u", i + 1);
    assert_pass (self, name);
    g_assert_cmpstr (run_of (self, name)->engine, ==, i < 4 ? "uart" : "dfu");
    g_assert_true (g_hash_table_add (serials, harness_result (self, name)->serial));
  }
  harness_assert_parked (self);
}

static void
power_alone_enters_and_leaves_over_usb (void)
{
  g_autoptr (Harness) self = built (&(HarnessOptions){
      .part = F405, .usb_sites = 1, .usb_alone = TRUE, .power = TRUE, .no_nrst = TRUE, .boot_check = "rom-gone" });

  harness_cycle (self);
  assert_pass (self, "A1");
  g_assert_cmpstr (harness_result (self, "A1")->leave_way, ==, "power-cycle");
}

static void
leaving_dfu_without_a_reset_is_recorded_as_such (void)
{
  g_autoptr (Harness) self =
      built (&(HarnessOptions){ .part = F405, .sites = 1, .usb_sites = 1, .job_lines = "leave: go\n" });

  harness_cycle (self);
  assert_pass (self, "A1");
  g_assert_cmpstr (harness_result (self, "A1")->leave_way, ==, "go");
  g_assert_cmpstr (self->job->left_out, ==, "leave: go");
}

static void
a_uart_site_with_its_usb_plugged_is_programmed_by_uart_and_says_so (void)
{
  g_autoptr (Harness) self = built (&(HarnessOptions){ .part = G0B1, .usb_unused = TRUE, .paced = TRUE });

  harness_cycle (self);
  assert_pass (self, "A1");
  g_assert_cmpstr (run_of (self, "A1")->engine, ==, "uart");
  g_assert_true (stn_plan_may_meet_usb (self->plan));
}

static void
sites_on_one_nrst_and_one_boot0_pass_over_both (void)
{
  g_autoptr (Harness) self = built (&(HarnessOptions){
      .part = G0B1, .sites = 4, .usb_sites = 2, .shared_lines = TRUE, .paced = TRUE, .image_bytes = 9000 });

  harness_cycle (self);
  for (guint i = 0; i < 4; i++) {
    g_autofree char *name = g_strdup_printf ("A%u", i + 1);
    assert_pass (self, name);
  }
  harness_assert_parked (self);
}

static void
each_way_that_a_device_has_of_its_own_passes (void)
{
  static const char *const words[] = { "clrstatus-stalls",    "stuck-busy",      "poll-100",
                                       "busy-answers",        "small-transfers", "fixed-serial",
                                       "leave-without-answer" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    HarnessOptions options = { .part = F405,
                               .usb_sites = 1,
                               .usb_words = words[i],
                               .paced = TRUE,
                               .image_bytes = 9000,
                               .no_serial = TRUE,
                               .job_lines = "leave: go\nerase: touched\n" };
    g_autoptr (Harness) self = built (&options);

    harness_cycle (self);
    assert_pass (self, "A1");
  }
}

static void
blocks_are_as_large_as_the_device_takes_and_write_the_same_bytes (void)
{
  guint64 bytes[2], tries[2];

  for (guint i = 0; i < 2; i++) {
    HarnessOptions options = { .part = F405,
                               .usb_sites = 1,
                               .usb_words = i == 0 ? "small-transfers" : NULL,
                               .image_bytes = 16384,
                               .no_serial = TRUE,
                               .job_lines = "erase: touched\n" };
    g_autoptr (StnFaultPlan) counter = stn_fault_plan_new (STN_FAULT_NONE, 0);
    options.faults = counter;
    g_autoptr (Harness) self = built (&options);

    harness_cycle (self);
    assert_pass (self, "A1");
    bytes[i] = harness_result (self, "A1")->bytes_written;
    tries[i] = stn_fault_plan_count (counter);
  }
  g_assert_cmpuint (bytes[0], ==, bytes[1]);
  /* 16 blocks of 1 KB or 8 of 2 KB, each written with three transfers and read with one */
  g_assert_cmpuint (tries[0] - tries[1], >=, 8 * 4 - 4);
}

/* ---- boards that are not ---- */

static void
a_board_without_its_device_is_empty_and_half_of_them_are_the_stations_error (void)
{
  g_autoptr (Harness) self = harness_new (&(HarnessOptions){ .part = G0B1, .sites = 3, .usb_sites = 3 });

  g_assert_true (stn_bench_config_add_fault (self->config, "A2", "absent", NULL));
  harness_build (self);
  harness_cycle (self);
  assert_failure (self, "A2", STN_VERDICT_EMPTY, STN_FAILURE_EMPTY_OR_NO_CONTACT);
  assert_pass (self, "A1");
  assert_pass (self, "A3");
  harness_assert_parked (self);
}

static void
another_chip_is_refused_by_its_memory_map (void)
{
  g_autoptr (Harness) self = harness_new (&(HarnessOptions){ .part = F405, .sites = 3, .usb_sites = 3 });

  g_assert_true (stn_bench_config_add_fault (self->config, "A2", "wrong-chip: STM32G0B1xE", NULL));
  harness_build (self);
  harness_cycle (self);
  assert_failure (self, "A2", STN_VERDICT_FAIL, STN_FAILURE_WRONG_CHIP);
  g_assert_null (harness_result (self, "A2")->serial);
  assert_pass (self, "A1");
  assert_pass (self, "A3");
}

static void
a_dead_cell_fails_at_its_address_and_its_neighbours_pass (void)
{
  g_autoptr (Harness) self =
      harness_new (&(HarnessOptions){ .part = G0B1, .sites = 4, .usb_sites = 2, .image_bytes = 9000 });

  g_assert_true (stn_bench_config_add_fault (self->config, "A3", "dead-cell: 0x08000904", NULL));
  harness_build (self);
  harness_cycle (self);
  assert_failure (self, "A3", STN_VERDICT_FAIL, STN_FAILURE_VERIFY_MISMATCH);
  g_assert_cmphex (harness_result (self, "A3")->address, ==, 0x08000904);
  g_assert_true (harness_flash_cannot_start (self, "A3"));
  assert_pass (self, "A1");
  assert_pass (self, "A2");
  assert_pass (self, "A4");
}

static void
one_chip_on_a_uart_site_and_on_a_usb_site_stops_both (void)
{
  g_autoptr (Harness) self = harness_new (&(HarnessOptions){ .part = G0B1, .sites = 4, .usb_sites = 2, .paced = TRUE });

  g_assert_true (stn_bench_config_add_fault (self->config, "A1", "uid: 00112233445566778899aabb", NULL));
  g_assert_true (stn_bench_config_add_fault (self->config, "A3", "uid: 00112233445566778899aabb", NULL));
  harness_build (self);
  harness_cycle (self);
  g_assert_cmpint (harness_result (self, "A3")->failure, ==, STN_FAILURE_SAME_UNIT_TWICE);
  g_assert_cmpint (harness_result (self, "A1")->verdict, !=, STN_VERDICT_PASS);
  assert_pass (self, "A2");
  assert_pass (self, "A4");
}

static void
two_boards_with_one_usb_serial_are_two_boards (void)
{
  g_autoptr (Harness) self =
      built (&(HarnessOptions){ .part = G0B1, .sites = 4, .usb_sites = 4, .usb_words = "fixed-serial" });

  const StnCycleSummary *summary = harness_cycle (self);
  g_assert_cmpuint (summary->counts[STN_VERDICT_PASS], ==, 4);
  g_assert_nonnull (strstr (harness_step (harness_result (self, "A1"), STN_STEP_IDENTIFY)->detail, "says nothing"));
}

static void
a_read_protected_board_is_named_so (void)
{
  static const char *const words[] = { NULL, "protected-upload-empty" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    g_autoptr (Harness) self = harness_new (
        &(HarnessOptions){ .part = F405, .sites = 3, .usb_sites = 3, .usb_words = words[i], .usb_words_site = 2 });

    g_assert_true (stn_bench_config_add_fault (self->config, "A2", "protected", NULL));
    harness_build (self);
    harness_cycle (self);
    assert_failure (self, "A2", STN_VERDICT_FAIL, STN_FAILURE_READ_PROTECTED);
    assert_pass (self, "A1");
    assert_pass (self, "A3");
  }
}

static void
a_device_that_stalls_lies_or_resets_fails_and_its_neighbours_pass (void)
{
  static const char *const words[] = { "stalls", "wrong-state", "resets" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    HarnessOptions options = { .part = G0B1,
                               .sites = 4,
                               .usb_sites = 3,
                               .usb_words = words[i],
                               .usb_words_site = 3,
                               .paced = TRUE,
                               .image_bytes = 9000 };
    g_autoptr (Harness) self = built (&options);

    harness_cycle (self);
    const StnResult *result = harness_result (self, "A3");
    g_test_message ("%s: %s %s: %s", words[i], stn_verdict_name (result->verdict), stn_failure_name (result->failure),
                    result->message);
    g_assert_cmpint (result->verdict, ==, STN_VERDICT_FAIL);
    g_assert_cmpint (result->failure, !=, STN_FAILURE_INTERNAL);
    assert_pass (self, "A1");
    assert_pass (self, "A2");
    assert_pass (self, "A4");
    harness_assert_parked (self);
  }
}

static void
a_device_that_does_not_leave_does_not_pass (void)
{
  HarnessOptions options = { .part = F405,
                             .usb_sites = 1,
                             .usb_alone = TRUE,
                             .usb_words = "no-leave",
                             .no_serial = TRUE,
                             .boot_check = "none",
                             .job_lines = "leave: go\nerase: touched\n" };
  g_autoptr (Harness) self = built (&options);

  harness_cycle (self);
  assert_failure (self, "A1", STN_VERDICT_FAIL, STN_FAILURE_NO_BOOT);
}

static void
a_board_that_comes_back_in_its_rom_does_not_pass (void)
{
  HarnessOptions options = { .part = F405,
                             .usb_sites = 1,
                             .usb_alone = TRUE,
                             .no_serial = TRUE,
                             .paced = TRUE,
                             .boot_check = "rom-gone",
                             .job_lines = "erase: touched\n" };
  g_autoptr (Harness) self = harness_new (&options);

  g_assert_true (stn_bench_config_add_fault (self->config, "A1", "stuck-boot0: high", NULL));
  harness_build (self);
  harness_cycle (self);
  assert_failure (self, "A1", STN_VERDICT_FAIL, STN_FAILURE_NO_BOOT);
}

static void
a_device_that_goes_at_any_transfer_never_passes_wrong_flash_or_harms_a_neighbour (void)
{
  guint last = 0, unstable = 0;

  for (guint at = 1; at < 2000; at++) {
    g_autofree char *word = g_strdup_printf ("gone-at %u", at);
    HarnessOptions options = {
      .part = G0B1, .sites = 3, .usb_sites = 2, .usb_words = word, .usb_words_site = 2, .image_bytes = 3000
    };
    g_autoptr (Harness) self = built (&options);

    harness_cycle (self);
    const StnResult *result = harness_result (self, "A2");
    g_assert_cmpint (result->failure, !=, STN_FAILURE_INTERNAL);
    if (result->verdict == STN_VERDICT_PASS)
      assert_pass (self, "A2");
    else if (harness_step (result, STN_STEP_IDENTIFY) == NULL)
      assert_failure (self, "A2", STN_VERDICT_ERROR, STN_FAILURE_LINK_UNSTABLE);
    else if (result->failure == STN_FAILURE_LINK_UNSTABLE)
      /* it goes at that transfer each time that it comes: soon enough to be seen while it is watched */
      unstable++;
    else if (harness_step (result, STN_STEP_ADMIT) != NULL)
      assert_failure (self, "A2", STN_VERDICT_FAIL, STN_FAILURE_NO_ANSWER);
    assert_pass (self, "A1");
    assert_pass (self, "A3");
    g_assert_cmpuint (stn_ledger_memory_open_windows (self->ledger), ==, 0);
    harness_assert_parked (self);
    last = at;
    if (result->verdict == STN_VERDICT_PASS)
      break;
  }
  g_test_message ("passes when it goes at transfer %u, %u times unstable", last, unstable);
  g_assert_cmpuint (last, >, 60);
  g_assert_cmpuint (unstable, <, last / 2);
}

static void
a_device_that_lies_about_itself_never_passes_or_harms_a_neighbour (void)
{
  for (guint lie = 1; lie <= STN_DFU_HOSTILE_COUNT; lie++) {
    g_autofree char *word = g_strdup_printf ("hostile %u", lie);
    g_autoptr (Harness) self = built (&(HarnessOptions){ .part = G0B1,
                                                         .sites = 4,
                                                         .usb_sites = 3,
                                                         .usb_words = word,
                                                         .usb_words_site = 3,
                                                         .paced = TRUE,
                                                         .image_bytes = 3000 });

    harness_cycle (self);
    const StnResult *result = harness_result (self, "A3");
    g_test_message ("%s: %s %s: %s", word, stn_verdict_name (result->verdict), stn_failure_name (result->failure),
                    result->message);
    g_assert_cmpint (result->failure, !=, STN_FAILURE_INTERNAL);
    g_assert_cmpint (result->verdict, ==, STN_VERDICT_FAIL);
    g_assert_true (result->failure == STN_FAILURE_NO_SYNC || result->failure == STN_FAILURE_GARBAGE);
    assert_pass (self, "A1");
    assert_pass (self, "A2");
    assert_pass (self, "A4");
    harness_assert_parked (self);
  }
}

typedef struct {
  Harness *harness;
  guint64 at;
} Pull;

static void
pull_at_exchange (guint64 number, const StnExchange *exchange, gpointer data)
{
  const Pull *pull = data;

  (void) exchange;
  if (number == pull->at)
    g_assert_true (stn_bench_set_plugged (pull->harness->bench, "1.4.1", FALSE));
}

static void
a_plug_that_is_pulled_is_the_stations_error (void)
{
  g_autoptr (StnFaultPlan) plan = stn_fault_plan_new (STN_FAULT_NONE, 0);
  g_autoptr (Harness) self = built (
      &(HarnessOptions){ .part = G0B1, .usb_sites = 1, .usb_alone = TRUE, .boot_check = "rom-gone", .faults = plan });
  Pull pull = { self, 80 };

  stn_fault_plan_set_hook (plan, pull_at_exchange, &pull);
  harness_cycle (self);
  assert_failure (self, "A1", STN_VERDICT_ERROR, STN_FAILURE_LINK_LOST);
  harness_assert_parked (self);
}

static void
cancel_at_exchange (guint64 number, const StnExchange *exchange, gpointer data)
{
  const Pull *pull = data;

  (void) exchange;
  if (number == pull->at)
    stn_runner_cancel (pull->harness->runner);
}

static void
a_cancel_at_any_transfer_parks_the_site_and_keeps_windows_closed (void)
{
  guint64 last = 0;

  for (guint64 at = 1; at < 600; at++) {
    g_autoptr (StnFaultPlan) counter = stn_fault_plan_new (STN_FAULT_NONE, 0);
    g_autoptr (Harness) self = built (&(HarnessOptions){
        .part = G0B1, .usb_sites = 1, .usb_alone = TRUE, .paced = TRUE, .boot_check = "rom-gone", .faults = counter });
    Pull pull = { self, at };

    stn_fault_plan_set_hook (counter, cancel_at_exchange, &pull);
    harness_cycle (self);
    harness_assert_parked (self);
    g_assert_cmpuint (stn_ledger_memory_open_windows (self->ledger), ==, 0);
    const StnResult *result = harness_result (self, "A1");
    if (result->verdict == STN_VERDICT_PASS)
      g_assert_true (harness_flash_is_right (self, "A1", result->serial));
    else
      assert_failure (self, "A1", STN_VERDICT_CANCELLED, STN_FAILURE_CANCELLED);
    last = at;
    if (stn_fault_plan_count (counter) < at) {
      g_assert_cmpint (result->verdict, ==, STN_VERDICT_PASS);
      break;
    }
  }
  g_assert_cmpuint (last, >, 60);
}

/* ---- many at once, and one that comes and goes ---- */

static gint64
rise_ns (Harness *self, guint site)
{
  g_autofree char *name = g_strdup_printf ("A%u", site + 1);
  const StnStepRecord *enter = harness_step (harness_result (self, name), STN_STEP_ENTER);

  return enter->started_ns + enter->duration_ns;
}

static void
sixteen_boards_come_one_after_another_and_none_is_lost (void)
{
  const gint64 apart_ns = 20 * STN_NS_PER_MS;
  g_autoptr (Harness) self = built (&(HarnessOptions){ .part = F405,
                                                       .sites = 16,
                                                       .usb_sites = 16,
                                                       .usb_alone = TRUE,
                                                       .paced = TRUE,
                                                       .stagger_ns = apart_ns,
                                                       .image_bytes = 9000,
                                                       .boot_check = "rom-gone" });

  for (guint cycle = 0; cycle < 3; cycle++) {
    const StnCycleSummary *summary = harness_cycle (self);
    g_assert_cmpuint (summary->counts[STN_VERDICT_PASS] + summary->counts[STN_VERDICT_SKIPPED], ==, 16);
    for (guint i = 1; cycle == 0 && i < 16; i++)
      g_assert_cmpint (rise_ns (self, i) - rise_ns (self, i - 1), >=, apart_ns);
  }
  harness_assert_parked (self);
}

static void
sixteen_boards_at_once_pass_as_well (void)
{
  g_autoptr (Harness) self = built (&(HarnessOptions){
      .part = G0B1, .sites = 16, .usb_sites = 16, .usb_alone = TRUE, .paced = TRUE, .boot_check = "rom-gone" });

  g_assert_cmpuint (harness_cycle (self)->counts[STN_VERDICT_PASS], ==, 16);
}

static guint
count_left_out (Harness *self)
{
  guint count = 0;
  StnEvent *event;

  while ((event = stn_event_queue_take (self->events)) != NULL) {
    count += event->kind == STN_EVENT_SITE_STATE && event->failure == STN_FAILURE_LINK_UNSTABLE;
    stn_event_unref (event);
  }
  return count;
}

static void
a_site_whose_device_comes_and_goes_is_left_out_until_somebody_puts_it_back (void)
{
  g_autoptr (Harness) self = built (&(HarnessOptions){
      .part = G0B1, .sites = 3, .usb_sites = 2, .usb_words = "gone-at 4", .usb_words_site = 2, .image_bytes = 3000 });

  const StnCycleSummary *summary = harness_cycle (self);
  assert_failure (self, "A2", STN_VERDICT_ERROR, STN_FAILURE_LINK_UNSTABLE);
  g_assert_cmpuint (summary->taken_out, ==, 0);
  g_assert_cmpint (stn_runner_taken_out (self->runner, 1), ==, STN_FAILURE_LINK_UNSTABLE);
  g_assert_cmpuint (count_left_out (self), ==, 0);

  guint before = stn_ledger_memory_runs (self->ledger)->len;
  summary = harness_cycle (self);
  g_assert_cmpuint (summary->taken_out, ==, 1);
  g_assert_cmpuint (stn_ledger_memory_runs (self->ledger)->len, ==, before + 2);
  g_assert_cmpuint (count_left_out (self), ==, 1);

  stn_runner_put_back (self->runner, 1);
  before = stn_ledger_memory_runs (self->ledger)->len;
  g_assert_cmpuint (harness_cycle (self)->taken_out, ==, 0);
  g_assert_cmpuint (stn_ledger_memory_runs (self->ledger)->len, ==, before + 3);
  harness_assert_parked (self);
}

/* A2's plug is out for three exchanges of whoever goes on. */
static void
shake_at_exchange (guint64 number, const StnExchange *exchange, gpointer data)
{
  const Pull *shake = data;

  (void) exchange;
  if (number == shake->at || number == shake->at + 3)
    g_assert_true (stn_bench_set_plugged (shake->harness->bench, "1.4.2", number != shake->at));
}

static void
a_plug_that_loses_one_board_after_another_is_the_sites (void)
{
  static const char *const names[] = { "A1", "A2", NULL };
  g_autoptr (StnFaultPlan) plan = stn_fault_plan_new (STN_FAULT_NONE, 0);
  g_autoptr (Harness) self = built (&(HarnessOptions){ .part = G0B1,
                                                       .sites = 2,
                                                       .usb_sites = 2,
                                                       .usb_alone = TRUE,
                                                       .paced = TRUE,
                                                       .boot_check = "rom-gone",
                                                       .faults = plan });
  Pull shake = { self, 0 };

  stn_fault_plan_set_hook (plan, shake_at_exchange, &shake);
  for (guint cycle = 0; cycle < 3; cycle++) {
    g_assert_cmpint (stn_runner_taken_out (self->runner, 1), ==, STN_FAILURE_NONE);
    if (cycle > 0)
      g_assert_true (self->provider->provider_class->load_boards (self->provider, names, NULL));
    shake.at = stn_fault_plan_count (plan) + 70;
    harness_cycle (self);
    if (cycle < 2)
      assert_failure (self, "A2", STN_VERDICT_FAIL, STN_FAILURE_NO_ANSWER);
    assert_pass (self, "A1");
  }
  assert_failure (self, "A2", STN_VERDICT_ERROR, STN_FAILURE_LINK_UNSTABLE);
  g_assert_cmpint (stn_runner_taken_out (self->runner, 1), ==, STN_FAILURE_LINK_UNSTABLE);
}

static void
where_no_site_is_left_the_station_stops (void)
{
  g_autoptr (Harness) self =
      built (&(HarnessOptions){ .part = G0B1, .sites = 1, .usb_sites = 1, .usb_words = "gone-at 4" });

  harness_cycle (self);
  const StnCycleSummary *summary = harness_cycle (self);
  g_assert_cmpuint (summary->taken_out, ==, 1);
  g_assert_cmpint (summary->many_alike, ==, STN_FAILURE_LINK_UNSTABLE);
}

static void
programming_takes_little_more_than_flash_and_frames (void)
{
  HarnessOptions options = { .part = G0B1,
                             .sites = 8,
                             .usb_sites = 8,
                             .usb_alone = TRUE,
                             .paced = TRUE,
                             .image_bytes = 131072,
                             .no_serial = TRUE,
                             .boot_check = "rom-gone" };
  g_autoptr (Harness) self = built (&options);

  harness_cycle (self);
  for (guint i = 0; i < 8; i++) {
    g_autofree char *name = g_strdup_printf ("A%u", i + 1);
    assert_pass (self, name);
    const StnStepRecord *step = harness_step (harness_result (self, name), STN_STEP_PROGRAM);
    /* a block of 1 KB: two frames for it, one for each of its two statuses, and the flash's own time */
    gint64 flash_ns = stn_target_program_typical_ns (self->target, step->bytes);
    gint64 frames_ns = (gint64) (4 * step->bytes / 1024) * STN_NS_PER_MS;
    g_test_message ("%s: %.1f %% of the limit", name,
                    100.0 * (double) (flash_ns + frames_ns) / (double) step->duration_ns);
    g_assert_cmpint (step->duration_ns * 97, <=, (flash_ns + frames_ns) * 100);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/usb-sites/" #name, name)
  ADD (boards_pass_over_usb_alone);
  ADD (the_uart_hears_the_board_that_usb_has_programmed);
  ADD (four_uart_and_four_dfu_sites_pass_side_by_side);
  ADD (power_alone_enters_and_leaves_over_usb);
  ADD (leaving_dfu_without_a_reset_is_recorded_as_such);
  ADD (a_uart_site_with_its_usb_plugged_is_programmed_by_uart_and_says_so);
  ADD (sites_on_one_nrst_and_one_boot0_pass_over_both);
  ADD (each_way_that_a_device_has_of_its_own_passes);
  ADD (blocks_are_as_large_as_the_device_takes_and_write_the_same_bytes);
  ADD (a_board_without_its_device_is_empty_and_half_of_them_are_the_stations_error);
  ADD (another_chip_is_refused_by_its_memory_map);
  ADD (a_dead_cell_fails_at_its_address_and_its_neighbours_pass);
  ADD (one_chip_on_a_uart_site_and_on_a_usb_site_stops_both);
  ADD (two_boards_with_one_usb_serial_are_two_boards);
  ADD (a_read_protected_board_is_named_so);
  ADD (a_device_that_stalls_lies_or_resets_fails_and_its_neighbours_pass);
  ADD (a_device_that_does_not_leave_does_not_pass);
  ADD (a_board_that_comes_back_in_its_rom_does_not_pass);
  ADD (a_device_that_goes_at_any_transfer_never_passes_wrong_flash_or_harms_a_neighbour);
  ADD (a_device_that_lies_about_itself_never_passes_or_harms_a_neighbour);
  ADD (a_plug_that_is_pulled_is_the_stations_error);
  ADD (a_cancel_at_any_transfer_parks_the_site_and_keeps_windows_closed);
  ADD (sixteen_boards_come_one_after_another_and_none_is_lost);
  ADD (sixteen_boards_at_once_pass_as_well);
  ADD (a_site_whose_device_comes_and_goes_is_left_out_until_somebody_puts_it_back);
  ADD (a_plug_that_loses_one_board_after_another_is_the_sites);
  ADD (where_no_site_is_left_the_station_stops);
  ADD (programming_takes_little_more_than_flash_and_frames);
#undef ADD
  return g_test_run ();
}
