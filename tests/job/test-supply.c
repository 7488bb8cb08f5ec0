/* Chips whose ROM is told their supply, to program more than a byte at a time. */
#include "tests/job/harness.h"

#include <string.h>

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

/* An F405 that is told its supply erases in half the time and programs in a quarter; a G0 has nothing to be told. */
static void
a_chip_that_is_told_its_supply_is_quicker (void)
{
  for (guint by_usb = 0; by_usb <= 1; by_usb++) {
    gint64 erase_ns[2], program_ns[2];
    for (guint told = 0; told <= 1; told++) {
      g_autoptr (Harness) self =
          built (&(HarnessOptions){ .part = F405,
                                    .usb_sites = by_usb,
                                    .usb_alone = by_usb == 1,
                                    .paced = TRUE,
                                    .image_bytes = 40000,
                                    .no_serial = TRUE,
                                    .boot_check = "rom-gone",
                                    .job_lines = told ? "erase: touched\nsupply: 3.3 V\n" : "erase: touched\n" });
      harness_cycle (self);
      assert_pass (self, "A1");
      const StnResult *result = harness_result (self, "A1");
      erase_ns[told] = harness_step (result, STN_STEP_ERASE)->duration_ns;
      program_ns[told] = harness_step (result, STN_STEP_PROGRAM)->duration_ns;
    }
    g_assert_cmpint (erase_ns[1], <, erase_ns[0] * 7 / 10);
    g_assert_cmpint (program_ns[1], <, program_ns[0]);
    if (by_usb == 1)
      g_assert_cmpint (program_ns[1], <, program_ns[0] / 2);
  }
  g_autoptr (Harness) self =
      built (&(HarnessOptions){ .part = G0B1, .usb_sites = 1, .image_bytes = 9000, .job_lines = "supply: 3.3 V\n" });
  g_assert_cmpuint (self->usb_plan->supply_code, ==, 0);
  harness_cycle (self);
  assert_pass (self, "A1");
}

typedef struct {
  guint64 at; /* the exchange that has the supply word's address */
} SupplyWord;

static void
find_supply_word (guint64 number, const StnExchange *exchange, gpointer data)
{
  static const guint8 frame[] = { 0xff, 0xff, 0x00, 0x00, 0x00 };
  SupplyWord *word = data;

  if (word->at == 0 && exchange->out_length == sizeof frame && memcmp (exchange->out, frame, sizeof frame) == 0)
    word->at = number;
}

/* Whatever becomes of the telling, the board is programmed, and proved, as it would have been. */
static void
a_rom_that_does_not_take_the_supply_goes_byte_by_byte (void)
{
  static const StnFaultKind kinds[] = { STN_FAULT_NONE, STN_FAULT_NACK_IN, STN_FAULT_SILENCE, STN_FAULT_FLIP_IN,
                                        STN_FAULT_DROP_OUT };
  HarnessOptions options = {
    .part = F405, .usb_sites = 0, .image_bytes = 5000, .no_serial = TRUE, .job_lines = "erase: touched\nsupply: 2.2 V\n"
  };
  SupplyWord word = { 0 };

  for (guint kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
    /* address, answer, word, answer: a fault that is too late for the last write spoils the erase */
    for (guint64 after = 0; after < (kind == 0 ? 1 : kinds[kind] == STN_FAULT_DROP_OUT ? 3 : 4); after++) {
      g_autoptr (StnFaultPlan) plan = stn_fault_plan_new (kinds[kind], word.at + after);
      options.faults = plan;
      g_autoptr (Harness) self = built (&options);

      if (kind == 0)
        stn_fault_plan_set_hook (plan, find_supply_word, &word);
      g_test_message ("%s, %" G_GUINT64_FORMAT, stn_fault_kind_name (kinds[kind]), after);
      harness_cycle (self);
      assert_pass (self, "A1");
      g_assert_cmpuint (word.at, >, 0);
      const char *detail = harness_step (harness_result (self, "A1"), STN_STEP_ERASE)->detail;
      if (kinds[kind] == STN_FAULT_NACK_IN && after == 1)
        g_assert_nonnull (strstr (detail, "byte by byte"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(function) g_test_add_func ("/supply/" #function, function)
  ADD (a_chip_that_is_told_its_supply_is_quicker);
  ADD (a_rom_that_does_not_take_the_supply_goes_byte_by_byte);
  return g_test_run ();
}
