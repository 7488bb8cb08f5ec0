/* Every exchange of a small job spoiled in turn, in every way that a wire can spoil it: whatever happens, PASS means
 * that the flash holds the image, the site is parked, the record is whole. */
#include "tests/job/harness.h"

typedef struct {
  const char *part;
  const char *job_lines;
  gboolean no_serial; /* F405: the last sector has 128 KB to prove */
  gboolean usb;       /* programmed by its own USB device, and no UART */
  guint stride;       /* of the exchanges, in the daily run; STN_SWEEP_FULL=1 takes every one */
} Sweep;

static const Sweep sweeps[] = {
  { "STM32G071xB", NULL, FALSE, FALSE, 1 },
  { "STM32G071xB", "erase: touched\n", FALSE, FALSE, 1 },
  { "STM32F405xG", "erase: touched\n", TRUE, FALSE, 7 },
  { "STM32F103xB", NULL, FALSE, FALSE, 1 },
  { "STM32G0B1xE", NULL, FALSE, TRUE, 1 },
  { "STM32G0B1xE", "erase: touched\n", FALSE, TRUE, 1 },
  { "STM32F405xG", "erase: touched\nleave: go\n", TRUE, TRUE, 1 },
};

static guint64
run_once (const Sweep *sweep, StnFaultKind kind, guint64 at, guint *inout_passes)
{
  g_autoptr (StnFaultPlan) faults = stn_fault_plan_new (kind, at);
  g_autoptr (Harness) self = harness_new (&(HarnessOptions){ .part = sweep->part,
                                                             .job_lines = sweep->job_lines,
                                                             .image_bytes = sweep->usb ? 3000 : 700,
                                                             .usb_sites = sweep->usb ? 1 : 0,
                                                             .usb_alone = sweep->usb,
                                                             .boot_check = sweep->usb ? "rom-gone" : NULL,
                                                             .no_serial = sweep->no_serial,
                                                             .faults = faults });

  harness_build (self);
  const StnCycleSummary *summary = harness_cycle (self);
  const StnResult *result = harness_result (self, "A1");
  g_assert_nonnull (result);
  g_assert_cmpuint (summary->not_recorded, ==, 0);
  g_assert_cmpuint (stn_ledger_memory_open_windows (self->ledger), ==, 0);
  harness_assert_parked (self);

  gboolean is_right = harness_flash_is_right (self, "A1", result->serial);
  if (result->verdict == STN_VERDICT_PASS) {
    (*inout_passes)++;
    if (!is_right)
      g_error ("%s, %s at exchange %" G_GUINT64_FORMAT ": PASS with wrong flash\n%s", sweep->part,
               stn_fault_kind_name (kind), at, result->transcript);
    if (!sweep->no_serial)
      g_assert_cmpint (stn_ledger_memory_serial (self->ledger, result->serial), ==, STN_SERIAL_USED);
    return stn_fault_plan_count (faults);
  }
  /* a failed one leaves a name, and a serial that nobody else gets if it may be on the board */
  g_assert_cmpint (result->failure, !=, STN_FAILURE_NONE);
  if (result->failure == STN_FAILURE_INTERNAL)
    g_error ("%s, %s at exchange %" G_GUINT64_FORMAT ": %s\n%s", sweep->part, stn_fault_kind_name (kind), at,
             result->message, result->transcript);
  if (result->serial != NULL)
    g_assert_cmpint (stn_ledger_memory_serial (self->ledger, result->serial), ==,
                     result->serial_exposed ? STN_SERIAL_EXPOSED : STN_SERIAL_FREE);
  return stn_fault_plan_count (faults);
}

static void
every_exchange_failing_in_turn_never_gives_a_false_pass (gconstpointer data)
{
  const Sweep *sweep = data;

  for (StnFaultKind kind = STN_FAULT_LINK_LOST; kind < STN_FAULT_KIND_COUNT; kind++) {
    guint passes = 0;
    guint64 runs = 0, whole = run_once (sweep, STN_FAULT_NONE, 0, &passes);

    g_assert_cmpuint (passes, ==, 1);
    g_assert_cmpuint (whole, >, 40);
    guint stride = g_getenv ("STN_SWEEP_FULL") != NULL ? 1 : sweep->stride;
    /* another remainder for each kind, so that together they meet every exchange of a block */
    for (guint64 at = 1 + kind % stride; at <= whole; at += stride, runs++)
      run_once (sweep, kind, at, &passes);
    g_test_message ("%s, %s: %" G_GUINT64_FORMAT " runs, %u passed all the same", sweep->part,
                    stn_fault_kind_name (kind), runs, passes - 1);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (sweeps); i++) {
    g_autofree char *path = g_strdup_printf ("/sweep/every_exchange_failing_in_turn_never_gives_a_false_pass/%u-%s%s",
                                             i, sweeps[i].part, sweeps[i].usb ? "-usb" : "");
    g_test_add_data_func (path, &sweeps[i], every_exchange_failing_in_turn_never_gives_a_false_pass);
  }
  return g_test_run ();
}
