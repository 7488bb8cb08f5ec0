/* Plans worked out by hand: pages, blocks, what is held back, how a board is left. */
#include "tests/job/job-fixture.h"

#define G071_JOB                                                                                                       \
  "job: J\nrevision: 1\ntarget: STM32G071xB\nimages: [{ file: app.bin, address: 0x08000000 }]\n"                       \
  "unit:\n  serial: { from: counter, pattern: 'S{seq:05}' }\n"                                                         \
  "  data: [{ address: 0x0801F800, value: '{serial}', size: 24 }]\nboot-check: none\n"

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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/plan/a_g071_with_unit_data_gets_two_spans_and_holds_back_the_first_block",
            a_g071_with_unit_data_gets_two_spans_and_holds_back_the_first_block);
  add_test ("/plan/a_g071_without_power_is_left_by_an_option_reload_and_visited_once",
            a_g071_without_power_is_left_by_an_option_reload_and_visited_once);
  add_test ("/plan/a_g071_with_power_is_left_by_a_power_cycle", a_g071_with_power_is_left_by_a_power_cycle);
  return g_test_run ();
}
