/* Plans worked out by hand: pages, blocks, what is held back, how a board is left. */
#include "tests/job/job-fixture.h"

#define G071_JOB                                                                                 \
  "job: J\nrevision: 1\ntarget: STM32G071xB\nimages: [{ file: app.bin, address: 0x08000000 }]\n" \
  "unit:\n  serial: { from: counter, pattern: 'S{seq:05}' }\n"                                   \
  "  data: [{ address: 0x0801F800, value: '{serial}', size: 24 }]\nboot-check: none\n" \
  STAYS_AS_SHIPPED

static void
assert_block (const StnPlanBlock *block, guint64 address, guint length, gboolean is_unit_data)
{
  g_assert_cmphex (block->address, ==, address);
  g_assert_cmpuint (block->length, ==, length);
  g_assert_cmpint (block->is_unit_data, ==, is_unit_data);
}

static const StnPlanStep *
step_or_fail (const StnPlan *plan, StnStepKind kind)
{
  for (guint i = 0; i < plan->step_count; i++)
    if (plan->steps[i].kind == kind)
      return &plan->steps[i];
  g_assert_not_reached ();
}

static void
a_g071_with_unit_data_gets_two_spans_and_holds_back_the_first_block (Fixture *self, gconstpointer data)
{
  (void) data;
  write_bin (self, "app.bin", 0x08000000, 3000, 0x5a);
  g_autoptr (StnPlan) plan = plan_or_fail (self, G071_JOB, &plain_wiring);

  /* 3000 bytes are two pages of 2 KiB; the serial is in the last page */
  g_assert_cmpuint (plan->span_count, ==, 2);
  g_assert_cmphex (plan->spans[0].address, ==, 0x08000000);
  g_assert_cmpuint (plan->spans[0].length, ==, 4096);
  g_assert_cmphex (plan->spans[1].address, ==, 0x0801f800);
  g_assert_cmpuint (plan->spans[1].length, ==, 2048);
  g_assert_cmpuint (plan->touched_bytes, ==, 6144);
  g_assert_cmphex (plan->spans[0].expected[0], ==, 0x00);
  g_assert_cmphex (plan->spans[0].expected[3], ==, 0x20);
  g_assert_cmphex (plan->spans[0].expected[2999], ==, 0x5a);
  g_assert_cmphex (plan->spans[0].expected[3000], ==, 0xff);

  /* 3000 = 11 * 256 + 184, and 184 is a multiple of the write unit of 8 */
  g_assert_true (plan->has_first_block);
  assert_block (&plan->first_block, 0x08000000, 256, FALSE);
  g_assert_cmpuint (plan->first_page.number, ==, 0);
  g_assert_cmpuint (plan->block_count, ==, 12);
  assert_block (&plan->blocks[0], 0x08000100, 256, FALSE);
  assert_block (&plan->blocks[10], 0x08000b00, 184, FALSE);
  assert_block (&plan->blocks[11], 0x0801f800, 24, TRUE);

  /* one mass erase (22.1 ms) against 64 pages of 22 ms; the list is there for a ROM that can't */
  g_assert_true (plan->erase_all);
  g_assert_cmpuint (plan->erase_page_count, ==, 64);
  g_assert_cmpuint (plan->erase_pages[0], ==, 0);
  g_assert_cmpuint (plan->erase_pages[63], ==, 63);
  g_assert_cmpuint (plan->blank_check_count, ==, 0);
}

static void
a_g071_without_power_is_left_by_an_option_reload_and_visited_once (Fixture *self, gconstpointer data)
{
  (void) data;
  write_bin (self, "app.bin", 0x08000000, 3000, 0x5a);
  g_autoptr (StnPlan) plan = plan_or_fail (self, G071_JOB, &plain_wiring);
  g_assert_cmpstr (stn_leave_way_name (plan->leave_way), ==, "option-reload");
  g_assert_true (plan->one_visit_only);
  g_assert_cmpuint (step_or_fail (plan, STN_STEP_ENTER)->ways_in, ==, 0);
  g_assert_cmpint (plan->steps[0].kind, ==, STN_STEP_ENTER);
}

static void
a_g071_with_power_is_left_by_a_power_cycle (Fixture *self, gconstpointer data)
{
  (void) data;
  write_bin (self, "app.bin", 0x08000000, 3000, 0x5a);
  g_autoptr (StnPlan) plan = plan_or_fail (self, G071_JOB, &power_wiring);
  g_assert_cmpstr (stn_leave_way_name (plan->leave_way), ==, "power-cycle");
  g_assert_cmpint (plan->steps[0].kind, ==, STN_STEP_POWER_ON);
  g_assert_cmpuint (step_or_fail (plan, STN_STEP_VERIFY)->ways_in, ==, STN_WAY_IN_EMPTY_POWER);
  g_assert_cmpuint (step_or_fail (plan, STN_STEP_FIRST_BLOCK)->ways_in, ==, 0);
  g_assert_cmpuint (step_or_fail (plan, STN_STEP_LEAVE)->ways_in, ==, 0);
}

static char *
simple_job (const char *target, const char *more)
{
  return g_strdup_printf ("job: J\nrevision: 1\ntarget: %s\n"
                          "images: [{ name: app, file: app.bin, address: 0x08000000 }]\nboot-check: none\n%s%s",
                          target, stays_as_shipped (more), more);
}

static void
an_f405_keeps_its_first_sector_of_16_kib_whole (Fixture *self, gconstpointer data)
{
  (void) data;
  write_bin (self, "app.bin", 0x08000000, 20000, 0x5a);
  g_autofree char *yaml = simple_job ("STM32F405xG", "erase: touched\n");
  g_autoptr (StnPlan) plan = plan_or_fail (self, yaml, &plain_wiring);

  g_assert_cmpuint (plan->span_count, ==, 1);
  g_assert_cmphex (plan->spans[0].address, ==, 0x08000000);
  g_assert_cmpuint (plan->spans[0].length, ==, 32768);
  g_assert_cmpuint (plan->first_page.bytes, ==, 16384);
  assert_block (&plan->first_block, 0x08000000, 256, FALSE);
  /* 20000 = 78 * 256 + 32 */
  g_assert_cmpuint (plan->block_count, ==, 78);
  assert_block (&plan->blocks[62], 0x08003f00, 256, FALSE);
  assert_block (&plan->blocks[77], 0x08004e00, 32, FALSE);
  g_assert_false (plan->erase_all);
  g_assert_cmpuint (plan->erase_page_count, ==, 2);
  g_assert_cmpuint (plan->erase_pages[0], ==, 0);
  g_assert_cmpuint (plan->erase_pages[1], ==, 1);

  g_assert_cmpstr (stn_leave_way_name (plan->leave_way), ==, "reset");
  g_assert_false (plan->one_visit_only);
  for (guint i = 0; i < plan->step_count; i++)
    g_assert_cmpuint (plan->steps[i].ways_in, ==, STN_WAY_IN_PIN);
  /* the first page is read in its own step */
  g_assert_cmpuint (step_or_fail (plan, STN_STEP_VERIFY)->bytes, ==, 16384);
  /* AN3155: 268 characters of 11 bits for 256 bytes; 4.1 ms of flash time for each (timing.md) */
  gint64 full_block_ns = 2948 * G_GINT64_CONSTANT (1000000000) / 115200;
  g_assert_cmpint (step_or_fail (plan, STN_STEP_PROGRAM)->predicted_ns, >, 77 * (full_block_ns + 4000000));
  g_assert_cmpint (step_or_fail (plan, STN_STEP_PROGRAM)->predicted_ns, <, 78 * (full_block_ns + 4200000));
  g_assert_cmpint (step_or_fail (plan, STN_STEP_VERIFY)->predicted_ns, >=, 64 * full_block_ns);
  g_assert_cmpint (step_or_fail (plan, STN_STEP_VERIFY)->predicted_ns, <, 64 * full_block_ns + 1000);
}

static void
an_f103_pads_its_last_block_to_the_write_unit (Fixture *self, gconstpointer data)
{
  (void) data;
  write_bin (self, "app.bin", 0x08000000, 1030, 0x5a);
  g_autofree char *yaml = simple_job ("STM32F103xB", "erase: touched\n");
  g_autoptr (StnPlan) plan = plan_or_fail (self, yaml, &plain_wiring);
  g_assert_cmpuint (plan->span_count, ==, 1);
  g_assert_cmpuint (plan->spans[0].length, ==, 2048);
  g_assert_cmpuint (plan->block_count, ==, 4);
  assert_block (&plan->blocks[3], 0x08000400, 8, FALSE);
  g_assert_cmpuint (plan->first_page.bytes, ==, 1024);
  g_assert_cmpstr (stn_leave_way_name (plan->leave_way), ==, "reset");
}

static void
an_l053_drops_blocks_of_zeroes_which_it_erases_to (Fixture *self, gconstpointer data)
{
  (void) data;
  guint8 bytes[600];
  write_bin (self, "app.bin", 0x08000000, sizeof bytes, 0x11);
  g_autofree char *path = g_build_filename (self->folder, "app.bin", NULL);
  g_autofree char *read = NULL;
  g_assert_true (g_file_get_contents (path, &read, NULL, NULL));
  memcpy (bytes, read, sizeof bytes);
  memset (bytes + 128, 0x00, 256); /* two blocks of what erasing leaves */
  bytes[384] = 0x00;               /* and a word that begins one */
  memset (bytes + 384, 0x00, 9);
  write_file (self, "app.bin", bytes, sizeof bytes);

  g_autofree char *yaml = simple_job ("STM32L053x8", "");
  g_autoptr (StnPlan) plan = plan_or_fail (self, yaml, &plain_wiring);
  g_assert_cmpuint (plan->span_count, ==, 1);
  g_assert_cmpuint (plan->spans[0].length, ==, 640);
  g_assert_cmphex (plan->spans[0].expected[639], ==, 0x00);
  assert_block (&plan->first_block, 0x08000000, 128, FALSE);
  g_assert_cmpuint (plan->block_count, ==, 2);
  assert_block (&plan->blocks[0], 0x08000188, 120, FALSE);
  assert_block (&plan->blocks[1], 0x08000200, 88, FALSE);
  /* its ROM has no mass erase: all 512 pages by number */
  g_assert_false (plan->erase_all);
  g_assert_cmpuint (plan->erase_page_count, ==, 512);
}

static void
blocks_are_cut_where_the_bytes_are_erased_ones (Fixture *self, gconstpointer data)
{
  (void) data;
  guint8 bytes[2048];
  memset (bytes, 0xff, sizeof bytes);
  memset (bytes + 0x113, 0x42, 2);    /* 0x08004113..14 → unit 0x110..0x117 */
  memset (bytes + 0x2f8, 0x42, 0x10); /* over a block's end */
  bytes[0x7ff] = 0x42;
  write_file (self, "app.bin", bytes, sizeof bytes);
  g_autoptr (StnPlan) plan = plan_or_fail (self,
                                           "job: J\nrevision: 1\ntarget: STM32G071xB\nboot-check: none\n" STAYS_AS_SHIPPED
                                           "images: [{ file: app.bin, address: 0x08004000 }]\n",
                                           &plain_wiring);
  g_assert_false (plan->has_first_block);
  g_assert_cmpuint (plan->block_count, ==, 4);
  assert_block (&plan->blocks[0], 0x08004110, 8, FALSE);
  assert_block (&plan->blocks[1], 0x080042f8, 8, FALSE);
  assert_block (&plan->blocks[2], 0x08004300, 8, FALSE);
  assert_block (&plan->blocks[3], 0x080047f8, 8, FALSE);
}

static void
unit_data_is_written_where_the_image_is_blank_and_over_block_bounds (Fixture *self, gconstpointer data)
{
  (void) data;
  write_bin (self, "app.bin", 0x08000000, 64, 0x5a);
  g_autofree char *yaml =
      simple_job ("STM32G071xB", "unit: { data: [{ address: 0x080008FD, value: '{uid}', size: 24 }] }\n");
  g_autoptr (StnPlan) plan = plan_or_fail (self, yaml, &plain_wiring);
  g_assert_cmpuint (plan->block_count, ==, 2);
  assert_block (&plan->first_block, 0x08000000, 64, FALSE);
  assert_block (&plan->blocks[0], 0x080008f8, 8, TRUE);
  assert_block (&plan->blocks[1], 0x08000900, 24, TRUE);

  g_autoptr (GError) error = NULL;
  g_autoptr (StnUnitData) unit = stn_unit_data_new (plan, NULL, "0123456789abcdef01234567", "2026-11-22", &error);
  g_assert_no_error (error);
  guint8 bytes[40];
  stn_plan_expected (plan, unit, 0x080008f8, bytes, sizeof bytes);
  g_assert_cmpmem (bytes, 5, "\xff\xff\xff\xff\xff", 5);
  g_assert_cmpmem (bytes + 5, 24, "0123456789abcdef01234567", 24);
  g_assert_cmphex (bytes[29], ==, 0xff);
  stn_plan_expected (plan, NULL, 0x080008f8, bytes, sizeof bytes);
  g_assert_cmphex (bytes[5], ==, 0xff);
  g_assert_null (stn_unit_data_new (plan, NULL, NULL, "2026-11-22", &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_BAD_PLAN));
}

static void
kept_pages_are_not_erased_and_pages_that_nothing_writes_are_seen_blank (Fixture *self, gconstpointer data)
{
  (void) data;
  write_bin (self, "app.bin", 0x08000000, 64, 0x5a);
  g_autofree char *yaml = simple_job ("STM32G071xB", "keep: [0x0801F000..0x0801FFFF]\nblank: full\n");
  g_autoptr (StnPlan) plan = plan_or_fail (self, yaml, &plain_wiring);
  g_assert_false (plan->erase_all);
  g_assert_cmpuint (plan->erase_page_count, ==, 62);
  g_assert_cmpuint (plan->erase_pages[61], ==, 61);
  g_assert_cmpuint (plan->blank_check_count, ==, 1);
  g_assert_cmphex (plan->blank_checks[0].first, ==, 0x08000800);
  g_assert_cmphex (plan->blank_checks[0].last, ==, 0x0801efff);

  g_autofree char *sampled = simple_job ("STM32G071xB", "keep: [0x0801F000..0x0801FFFF]\nblank: samples\n");
  g_autoptr (StnPlan) samples = plan_or_fail (self, sampled, &plain_wiring);
  g_assert_cmpuint (samples->blank_check_count, ==, 61);
  g_assert_cmphex (samples->blank_checks[60].first, ==, 0x0801e800);
  g_assert_cmphex (samples->blank_checks[60].last, ==, 0x0801e83f);
}

static void
the_first_page_is_erased_first (Fixture *self, gconstpointer data)
{
  (void) data;
  write_bin (self, "app.bin", 0x08000000, 5000, 0x5a);
  g_autofree char *yaml = simple_job ("STM32G071xB", "erase: touched\n");
  g_autoptr (StnPlan) plan = plan_or_fail (self, yaml, &plain_wiring);
  g_assert_cmpuint (plan->erase_page_count, ==, 3);
  g_assert_cmpuint (plan->erase_pages[0], ==, 0);
  g_assert_false (plan->erase_all);
  g_assert_cmpuint (step_or_fail (plan, STN_STEP_ERASE)->predicted_ns, >, 66000000);
}

static void
the_steps_stand_in_the_order_of_a_run (Fixture *self, gconstpointer data)
{
  (void) data;
  static const StnStepKind order[] = {
    STN_STEP_POWER_ON, STN_STEP_ENTER,  STN_STEP_IDENTIFY,    STN_STEP_ADMIT, STN_STEP_BIND,       STN_STEP_ERASE,
    STN_STEP_PROGRAM,  STN_STEP_VERIFY, STN_STEP_FIRST_BLOCK, STN_STEP_LEAVE, STN_STEP_BOOT_CHECK, STN_STEP_RECORD,
  };
  write_bin (self, "app.bin", 0x08000000, 5000, 0x5a);
  g_autofree char *yaml = simple_job ("STM32F103xB", "");
  g_autoptr (GString) with_check = g_string_new (yaml);
  g_string_replace (with_check, "boot-check: none", "boot-check: rom-gone", 0);
  g_autoptr (StnPlan) plan = plan_or_fail (self, with_check->str, &power_wiring);
  g_assert_cmpuint (plan->step_count, ==, G_N_ELEMENTS (order));
  gint64 total_ns = 0;
  for (guint i = 0; i < plan->step_count; i++) {
    g_assert_cmpint (plan->steps[i].kind, ==, order[i]);
    g_assert_nonnull (plan->steps[i].words);
    total_ns += plan->steps[i].predicted_ns;
  }
  g_assert_cmpint (plan->predicted_ns, ==, total_ns);
}

static void
go_is_taken_only_where_the_job_says_so_and_is_left_out_of_pass (Fixture *self, gconstpointer data)
{
  (void) data;
  write_bin (self, "app.bin", 0x08000000, 64, 0x5a);
  g_autofree char *yaml = simple_job ("STM32G071xB", "leave: go\nrepeat: allowed\n");
  g_autoptr (StnPlan) plan = plan_or_fail (self, yaml, &plain_wiring);
  g_assert_cmpstr (stn_leave_way_name (plan->leave_way), ==, "go");
  g_assert_cmpstr (plan->job->left_out, ==, "leave: go, boot-check: none, repeat: allowed");
}

static void
a_part_that_is_live_and_latched_is_left_as_a_latched_one (Fixture *self, gconstpointer data)
{
  (void) data;
  write_bin (self, "app.bin", 0x08000000, 64, 0x5a);
  g_autofree char *yaml = simple_job ("STM32F042x6", "");
  g_autoptr (StnPlan) plan = plan_or_fail (self, yaml, &plain_wiring);
  g_assert_cmpstr (stn_leave_way_name (plan->leave_way), ==, "option-reload");
  g_assert_false (plan->one_visit_only);
  g_assert_cmpuint (step_or_fail (plan, STN_STEP_ENTER)->ways_in, ==, STN_WAY_IN_PIN);
  g_autoptr (StnPlan) powered = plan_or_fail (self, yaml, &power_wiring);
  g_assert_cmpstr (stn_leave_way_name (powered->leave_way), ==, "power-cycle");
}

static void
a_latch_that_lasts_lets_a_reset_come_back_until_the_first_block (Fixture *self, gconstpointer data)
{
  (void) data;
  write_bin (self, "app.bin", 0x08000000, 64, 0x5a);
  g_autofree char *yaml = simple_job ("STM32G030x8", "");
  g_autoptr (StnPlan) plan = plan_or_fail (self, yaml, &plain_wiring);
  g_assert_false (plan->one_visit_only);
  g_assert_cmpuint (step_or_fail (plan, STN_STEP_ENTER)->ways_in, ==, STN_WAY_IN_EMPTY);
  g_assert_cmpuint (step_or_fail (plan, STN_STEP_VERIFY)->ways_in, ==, STN_WAY_IN_EMPTY);
  g_assert_cmpuint (step_or_fail (plan, STN_STEP_FIRST_BLOCK)->ways_in, ==, 0);
  g_assert_cmpuint (step_or_fail (plan, STN_STEP_LEAVE)->ways_in, ==, 0);
  g_assert_cmpstr (stn_leave_way_name (plan->leave_way), ==, "option-reload");
}

static void
what_the_wiring_lacks_is_refused_before_a_pin_moves (Fixture *self, gconstpointer data)
{
  (void) data;
  StnWiring wiring = plain_wiring;
  write_bin (self, "app.bin", 0x08000000, 64, 0x5a);
  g_autofree char *f405 = simple_job ("STM32F405xG", "");
  g_autofree char *g071 = simple_job ("STM32G071xB", "");
  g_autofree char *u031 = simple_job ("STM32U031x8", "");

  wiring.has_boot0 = FALSE;
  assert_refused (self, f405, &wiring, STN_FAILURE_BAD_PLAN,
                  "job.yaml:3:9: entering the ROM of STM32F405xG needs its BOOT0 pin: the site has no boot0");
  g_autoptr (StnPlan) without_boot0 = plan_or_fail (self, g071, &wiring);
  g_assert_false (without_boot0->wiring.has_boot0);
  wiring.has_nrst = FALSE;
  assert_refused (self, g071, &wiring, STN_FAILURE_BAD_PLAN,
                  "job.yaml:3:9: entering the ROM of STM32G071xB needs a reset: the site has neither nrst nor power");
  wiring = plain_wiring;
  wiring.has_uart = FALSE;
  assert_refused (self, f405, &wiring, STN_FAILURE_BAD_PLAN,
                  "job.yaml:3:9: the site has no uart to reach STM32F405xG by");
  wiring = plain_wiring;
  wiring.baud = 0;
  assert_refused (self, f405, &wiring, STN_FAILURE_BAD_PLAN, "job.yaml:3:9: the site's uart has no baud");
  assert_refused (self, u031, &plain_wiring, STN_FAILURE_NEEDS_POWER_CYCLE,
                  "job.yaml:3:9: STM32U031x8 keeps “empty” until it is powered off, and can't be made to read its "
                  "options again: a reset comes back to the ROM; the site has no power line");
  g_autoptr (StnPlan) powered = plan_or_fail (self, u031, &power_wiring);
  g_assert_cmpstr (stn_leave_way_name (powered->leave_way), ==, "power-cycle");
}

static void
assert_target_refused (StnJob *job, const StnTarget *target, StnFailure failure)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (stn_plan_new_for_target (job, target, stn_engine_class_by_name ("uart"), &power_wiring, &error));
  g_assert_cmpstr (stn_failure_name (stn_error_failure (error)), ==, stn_failure_name (failure));
}

static void
a_target_that_is_not_known_well_enough_is_refused (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GError) error = NULL;
  write_bin (self, "app.bin", 0x08000000, 64, 0x5a);
  g_autofree char *yaml = simple_job ("STM32G071xB", "");
  g_autoptr (StnJob) job = job_or_fail (self, yaml);
  const StnTarget *known = stn_targets_find (self->targets, "STM32G071xB", &error);
  g_assert_no_error (error);

  StnTarget target = *known;
  target.erased_byte_known = FALSE;
  assert_target_refused (job, &target, STN_FAILURE_NOT_SUPPORTED);
  target = *known;
  target.provisional = TRUE;
  assert_target_refused (job, &target, STN_FAILURE_PROVISIONAL_TARGET);
  target = *known;
  target.boot_pin = STN_BOOT_PIN_NONE;
  assert_target_refused (job, &target, STN_FAILURE_NOT_SUPPORTED);
  target = *known;
  target.stretch_count = 0;
  assert_target_refused (job, &target, STN_FAILURE_NOT_SUPPORTED);
  target = *known;
  target.has_uart = FALSE;
  assert_target_refused (job, &target, STN_FAILURE_BAD_PLAN);
}

static void
rom_entry_by_pin_is_fine_where_the_pin_is_live (Fixture *self, gconstpointer data)
{
  (void) data;
  write_bin (self, "app.bin", 0x08000000, 64, 0x5a);
  g_autofree char *yaml = simple_job ("STM32F405xG", "boot: { from: flash, rom-entry: pin }\n");
  g_autoptr (StnPlan) plan = plan_or_fail (self, yaml, &plain_wiring);
  g_assert_nonnull (plan);
}

static char *
hash_or_fail (const Fixture *self, const char *yaml, const StnWiring *wiring)
{
  g_autoptr (StnPlan) plan = plan_or_fail (self, yaml, wiring);
  return g_strdup (plan->hash);
}

static void
every_changed_byte_is_another_job_and_another_plan (Fixture *self, gconstpointer data)
{
  (void) data;
  guint8 bytes[48];
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *yaml = simple_job ("STM32G071xB", "# a comment\n");
  write_bin (self, "app.bin", 0x08000000, sizeof bytes, 0x5a);
  g_autofree char *path = g_build_filename (self->folder, "app.bin", NULL);
  g_autofree char *read = NULL;
  g_assert_true (g_file_get_contents (path, &read, NULL, NULL));
  g_hash_table_add (seen, hash_or_fail (self, yaml, &plain_wiring));
  g_autofree char *again = hash_or_fail (self, yaml, &plain_wiring);
  g_assert_true (g_hash_table_contains (seen, again));

  for (gsize i = 8; i < sizeof bytes; i++) { /* behind the vectors, which are checked */
    memcpy (bytes, read, sizeof bytes);
    bytes[i] ^= 0x01;
    write_file (self, "app.bin", bytes, sizeof bytes);
    g_assert_true (g_hash_table_add (seen, hash_or_fail (self, yaml, &plain_wiring)));
  }
  write_file (self, "app.bin", read, sizeof bytes);
  for (char *p = strstr (yaml, "# a") + 1; *p != '\n'; p++) {
    *p = *p == 'x' ? 'y' : 'x';
    g_assert_true (g_hash_table_add (seen, hash_or_fail (self, yaml, &plain_wiring)));
  }
  /* and every wiring another plan of the same job */
  StnWiring wiring = plain_wiring;
  wiring.has_detect = TRUE;
  g_assert_true (g_hash_table_add (seen, hash_or_fail (self, yaml, &wiring)));
  wiring.baud = 57600;
  g_assert_true (g_hash_table_add (seen, hash_or_fail (self, yaml, &wiring)));
  g_assert_true (g_hash_table_add (seen, hash_or_fail (self, yaml, &power_wiring)));
}

static void
a_job_is_hashed_as_its_header_says (Fixture *self, gconstpointer data)
{
  (void) data;
  write_bin (self, "app.bin", 0x08000000, 16, 0x5a);
  g_autofree char *yaml = simple_job ("STM32G071xB", "");
  g_autoptr (StnJob) job = job_or_fail (self, yaml);
  g_autoptr (GByteArray) text = g_byte_array_new ();
  guint8 length[8] = { 0, 0, 0, 0, 0, 0, 0, (guint8) strlen (yaml) };
  g_byte_array_append (text, length, 8);
  g_byte_array_append (text, (const guint8 *) yaml, (guint) strlen (yaml));
  length[7] = 16;
  g_byte_array_append (text, length, 8);
  g_byte_array_append (text, (const guint8 *) "\x00\x10\x00\x20\x09\x00\x00\x08ZZZZZZZZ", 16);
  g_autofree char *expected = g_compute_checksum_for_data (G_CHECKSUM_SHA256, text->data, text->len);
  g_assert_cmpuint (strlen (yaml), <, 256);
  g_assert_cmpstr (job->hash, ==, expected);

  const StnJobImage *image = g_ptr_array_index (job->images, 0);
  g_autofree char *images_text = g_strconcat ("app=", image->file_sha256, NULL);
  g_assert_cmpstr (job->images_text, ==, images_text);
}

static void
what_the_job_says_arrives (Fixture *self, gconstpointer data)
{
  (void) data;
  write_bin (self, "app.bin", 0x08000000, 16, 0x5a);
  g_autoptr (StnJob) job = job_or_fail (
      self, "job: Thermostat\nrevision: 0x10\ntarget: STM32G071xB\nimages: [{ file: app.bin, address: 0x08000000 }]\n"
            "boot-check: { uart: 'READY {serial}', within: 1.5 s, baud: 9600 }\nblank: samples\nerase: touched\n"
            "unit: { serial: { from: list, check: luhn } }\nkeep: 0x0801F000..0x0801FFFF\n"
            "limits: { retries: -1, stop-after-failures: 5, quantity: 500, until: 2026-12-31 }\n");
  g_assert_cmpstr (job->name, ==, "Thermostat");
  g_assert_cmpint (job->revision, ==, 16);
  g_assert_cmpstr (job->target, ==, "STM32G071xB");
  g_assert_true (job->has_serial);
  g_assert_cmpint (job->serial_from, ==, STN_SERIAL_FROM_LIST);
  g_assert_cmpint (job->serial_check, ==, STN_CHECK_LUHN);
  g_assert_null (job->serial_pattern);
  g_assert_cmpint (job->erase, ==, STN_ERASE_TOUCHED);
  g_assert_cmpint (job->blank, ==, STN_BLANK_SAMPLES);
  g_assert_cmpuint (job->keep->len, ==, 1);
  g_assert_cmphex (((const StnRange *) g_ptr_array_index (job->keep, 0))->last, ==, 0x0801ffff);
  g_assert_cmpint (job->boot_check, ==, STN_BOOT_CHECK_UART);
  g_assert_cmpstr (job->boot_check_text, ==, "READY {serial}");
  g_assert_cmpint (job->boot_check_within_ns, ==, 1500000000);
  g_assert_cmpint (job->boot_check_baud, ==, 9600);
  g_assert_cmpint (job->retries, ==, -1);
  g_assert_cmpint (job->stop_after_failures, ==, 5);
  g_assert_cmpint (job->quantity, ==, 500);
  g_assert_cmpstr (job->until, ==, "2026-12-31");
  g_assert_false (job->repeat_allowed);
  g_assert_cmpint (job->leave, ==, STN_LEAVE_AUTO);
  g_assert_null (job->left_out);
  const StnJobImage *image = g_ptr_array_index (job->images, 0);
  g_assert_cmpstr (image->name, ==, "app.bin");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/plan/a_g071_with_unit_data_gets_two_spans_and_holds_back_the_first_block",
            a_g071_with_unit_data_gets_two_spans_and_holds_back_the_first_block);
  add_test ("/plan/a_g071_without_power_is_left_by_an_option_reload_and_visited_once",
            a_g071_without_power_is_left_by_an_option_reload_and_visited_once);
  add_test ("/plan/a_g071_with_power_is_left_by_a_power_cycle", a_g071_with_power_is_left_by_a_power_cycle);
  add_test ("/plan/an_f405_keeps_its_first_sector_of_16_kib_whole", an_f405_keeps_its_first_sector_of_16_kib_whole);
  add_test ("/plan/an_f103_pads_its_last_block_to_the_write_unit", an_f103_pads_its_last_block_to_the_write_unit);
  add_test ("/plan/an_l053_drops_blocks_of_zeroes_which_it_erases_to",
            an_l053_drops_blocks_of_zeroes_which_it_erases_to);
  add_test ("/plan/blocks_are_cut_where_the_bytes_are_erased_ones", blocks_are_cut_where_the_bytes_are_erased_ones);
  add_test ("/plan/unit_data_is_written_where_the_image_is_blank_and_over_block_bounds",
            unit_data_is_written_where_the_image_is_blank_and_over_block_bounds);
  add_test ("/plan/kept_pages_are_not_erased_and_pages_that_nothing_writes_are_seen_blank",
            kept_pages_are_not_erased_and_pages_that_nothing_writes_are_seen_blank);
  add_test ("/plan/the_first_page_is_erased_first", the_first_page_is_erased_first);
  add_test ("/plan/the_steps_stand_in_the_order_of_a_run", the_steps_stand_in_the_order_of_a_run);
  add_test ("/plan/go_is_taken_only_where_the_job_says_so_and_is_left_out_of_pass",
            go_is_taken_only_where_the_job_says_so_and_is_left_out_of_pass);
  add_test ("/plan/a_part_that_is_live_and_latched_is_left_as_a_latched_one",
            a_part_that_is_live_and_latched_is_left_as_a_latched_one);
  add_test ("/plan/a_latch_that_lasts_lets_a_reset_come_back_until_the_first_block",
            a_latch_that_lasts_lets_a_reset_come_back_until_the_first_block);
  add_test ("/plan/what_the_wiring_lacks_is_refused_before_a_pin_moves",
            what_the_wiring_lacks_is_refused_before_a_pin_moves);
  add_test ("/plan/a_target_that_is_not_known_well_enough_is_refused",
            a_target_that_is_not_known_well_enough_is_refused);
  add_test ("/plan/rom_entry_by_pin_is_fine_where_the_pin_is_live", rom_entry_by_pin_is_fine_where_the_pin_is_live);
  add_test ("/plan/every_changed_byte_is_another_job_and_another_plan",
            every_changed_byte_is_another_job_and_another_plan);
  add_test ("/plan/a_job_is_hashed_as_its_header_says", a_job_is_hashed_as_its_header_says);
  add_test ("/plan/what_the_job_says_arrives", what_the_job_says_arrives);
  return g_test_run ();
}
