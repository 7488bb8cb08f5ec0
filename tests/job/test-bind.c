/* The plan meets units that are and are not what the job was written for. */
#include "tests/job/job-fixture.h"

#define ALL_VERBS (STN_ENGINE_READ | STN_ENGINE_WRITE | STN_ENGINE_ERASE_PAGES | STN_ENGINE_ERASE_ALL | STN_ENGINE_GO)

static const StnEngineCapabilities capable = {
  .verbs = ALL_VERBS, .read_block_bytes = 256, .write_block_bytes = 256, .erase_pages_at_once = 64
};

static StnUnitIdentity
g071_unit (gint32 rom_version)
{
  return (StnUnitIdentity){ .rom = { .product_id = 0x460, .product_id_known = TRUE, .protocol_version = 0x31 },
                            .rom_version = rom_version,
                            .flash_bytes = 131072,
                            .uid = "000102030405060708090a0b" };
}

static StnPlan *
g071_plan (const Fixture *self, const char *target, const char *more, const StnWiring *wiring)
{
  write_bin (self, "app.bin", 0x08000000, 3000, 0x5a);
  g_autofree char *yaml =
      g_strdup_printf ("job: J\nrevision: 1\ntarget: %s\nimages: [{ file: app.bin, address: 0x08000000 }]\n"
                       "boot-check: none\n%s%s",
                       target, stays_as_shipped (more), more);
  return plan_or_fail (self, yaml, wiring);
}

static void
bind_or_fail (const StnPlan *plan, StnUnitIdentity identity, StnEngineCapabilities capabilities, StnBinding *out)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (stn_plan_bind (plan, &identity, &capabilities, out, &error));
  g_assert_no_error (error);
}

static void
assert_not_bound (const StnPlan *plan, StnUnitIdentity identity, StnEngineCapabilities capabilities, StnFailure failure,
                  const char *message)
{
  g_autoptr (GError) error = NULL;
  StnBinding binding = { .quirks = 0xdead };
  g_assert_false (stn_plan_bind (plan, &identity, &capabilities, &binding, &error));
  g_assert_cmpstr (error->message, ==, message);
  g_assert_cmpstr (stn_failure_name (stn_error_failure (error)), ==, stn_failure_name (failure));
  g_assert_cmphex (binding.quirks, ==, 0xdead);
}

static void
the_right_chip_is_bound (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (StnPlan) plan = g071_plan (self, "STM32G071xB", "", &plain_wiring);
  StnBinding binding = { 0 };
  bind_or_fail (plan, g071_unit (0xb4), capable, &binding);
  g_assert_true (binding.erase_all);
  g_assert_cmpuint (binding.erase_pages_at_once, ==, 64);
  g_assert_cmpuint (binding.quirks, ==, 0);
  g_assert_null (binding.notes);
  g_assert_cmpuint (strlen (binding.hash), ==, 64);
  g_assert_cmpstr (binding.hash, !=, plan->hash);
  stn_binding_clear (&binding);
  g_assert_null (binding.hash);
}

static void
another_chip_is_refused_with_both_ids (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (StnPlan) plan = g071_plan (self, "STM32G071xB", "", &plain_wiring);
  StnUnitIdentity identity = g071_unit (0xb4);
  identity.rom.product_id = 0x466;
  assert_not_bound (plan, identity, capable, STN_FAILURE_WRONG_CHIP,
                    "product id: expected 0x460 (STM32G071xB), seen 0x466");
}

static void
the_flash_size_is_the_one_that_the_flash_code_says (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (StnPlan) exact = g071_plan (self, "STM32G071xB", "", &plain_wiring);
  StnUnitIdentity identity = g071_unit (0xb4);
  identity.flash_bytes = 65536;
  assert_not_bound (exact, identity, capable, STN_FAILURE_WRONG_CHIP, "flash size: expected 128 KiB, seen 64 KiB");
  identity.flash_bytes = -1;
  StnBinding binding = { 0 };
  bind_or_fail (exact, identity, capable, &binding);
  stn_binding_clear (&binding);
}

static void
without_a_flash_code_the_flash_must_hold_the_plan (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (StnPlan) open = g071_plan (self, "STM32G071", "", &plain_wiring);
  StnUnitIdentity identity = g071_unit (0xb4);
  identity.flash_bytes = 32768;
  StnBinding binding = { 0 };
  bind_or_fail (open, identity, capable, &binding);
  stn_binding_clear (&binding);
  identity.flash_bytes = 2048;
  assert_not_bound (open, identity, capable, STN_FAILURE_WRONG_CHIP, "flash size: expected at least 4 KiB, seen 2 KiB");
  /* page by page it would name pages that this chip does not have */
  StnEngineCapabilities without_mass_erase = capable;
  without_mass_erase.verbs &= ~(guint) STN_ENGINE_ERASE_ALL;
  identity.flash_bytes = 32768;
  assert_not_bound (open, identity, without_mass_erase, STN_FAILURE_WRONG_CHIP,
                    "flash size (the plan erases page by page; name the flash code in the job's target): expected "
                    "128 KiB, seen 32 KiB");
}

static void
a_rom_version_brings_its_own_quirks (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (StnPlan) plan = g071_plan (self, "STM32G071xB", "erase: touched\n", &plain_wiring);
  StnBinding binding = { 0 };
  bind_or_fail (plan, g071_unit (0xb3), capable, &binding);
  g_assert_false (binding.erase_all);
  g_assert_cmpuint (binding.erase_pages_at_once, ==, 1);
  g_assert_true (binding.quirks & STN_QUIRK_ONE_PAGE_PER_ERASE);
  stn_binding_clear (&binding);
  assert_not_bound (plan, g071_unit (0xb2), capable, STN_FAILURE_NEEDS_POWER_CYCLE,
                    "this ROM version of STM32G071xB does not read its options again when they are written: only a "
                    "power cycle leaves it, and the site has no power line");
  g_autoptr (StnPlan) powered = g071_plan (self, "STM32G071xB", "erase: touched\n", &power_wiring);
  bind_or_fail (powered, g071_unit (0xb2), capable, &binding);
  stn_binding_clear (&binding);
}

static void
only_the_rom_version_that_cannot_erase_all_erases_by_page (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (StnPlan) plan = g071_plan (self, "STM32H743xI", "erase: all\n", &plain_wiring);
  StnUnitIdentity identity = { .rom = { .product_id = 0x450, .product_id_known = TRUE },
                               .rom_version = 0x91,
                               .flash_bytes = 2097152 };
  StnBinding binding = { 0 };
  g_assert_true (plan->erase_all);
  bind_or_fail (plan, identity, capable, &binding);
  g_assert_true (binding.erase_all);
  stn_binding_clear (&binding);
  identity.rom_version = 0xd3;
  bind_or_fail (plan, identity, capable, &binding);
  g_assert_false (binding.erase_all);
  g_assert_cmpuint (plan->erase_page_count, ==, 16);
  stn_binding_clear (&binding);
}

static void
an_unknown_rom_version_is_noted_and_gets_all_quirks (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (StnPlan) plan = g071_plan (self, "STM32G071xB", "", &plain_wiring);
  StnBinding binding = { 0 };
  bind_or_fail (plan, g071_unit (0xbf), capable, &binding);
  g_assert_cmpstr (binding.notes, ==,
                   "ROM version 0xbf of STM32G071xB is not in the target's data; all its known quirks are assumed.");
  g_assert_cmpuint (binding.quirks, ==, plan->target->quirks);
  g_assert_cmpuint (binding.erase_pages_at_once, ==, 1);
  stn_binding_clear (&binding);
  bind_or_fail (plan, g071_unit (-1), capable, &binding);
  g_assert_cmpstr (binding.notes, ==, "The ROM's version was not read.");
  stn_binding_clear (&binding);
}

static void
a_rom_that_lacks_a_command_is_met_by_another_branch_or_refused (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (StnPlan) plan = g071_plan (self, "STM32G071xB", "", &plain_wiring);
  StnEngineCapabilities lacking = capable;
  StnBinding binding = { 0 };
  lacking.verbs &= ~(guint) STN_ENGINE_ERASE_ALL;
  bind_or_fail (plan, g071_unit (0xb4), lacking, &binding);
  g_assert_false (binding.erase_all);
  g_assert_cmpuint (plan->erase_page_count, ==, 64);
  stn_binding_clear (&binding);

  lacking.verbs &= ~(guint) STN_ENGINE_ERASE_PAGES;
  assert_not_bound (plan, g071_unit (0xb4), lacking, STN_FAILURE_NOT_SUPPORTED,
                    "the ROM of this STM32G071xB has no page erase command, which the plan needs");
  lacking = capable;
  lacking.verbs &= ~(guint) STN_ENGINE_READ;
  assert_not_bound (plan, g071_unit (0xb4), lacking, STN_FAILURE_NOT_SUPPORTED,
                    "the ROM of this STM32G071xB has no Read Memory command, which the plan needs");
  lacking = capable;
  lacking.write_block_bytes = 128;
  assert_not_bound (plan, g071_unit (0xb4), lacking, STN_FAILURE_NOT_SUPPORTED,
                    "the plan writes 256 bytes at once, the ROM takes 128");
}

static void
a_chosen_erase_of_single_pages_never_becomes_one_of_everything (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (StnPlan) plan = g071_plan (self, "STM32G071xB", "keep: 0x0801F000..0x0801FFFF\n", &plain_wiring);
  StnEngineCapabilities lacking = capable;
  lacking.verbs &= ~(guint) STN_ENGINE_ERASE_PAGES;
  assert_not_bound (plan, g071_unit (0xb4), lacking, STN_FAILURE_NOT_SUPPORTED,
                    "the ROM of this STM32G071xB has no page erase command, which the plan needs");
}

static void
a_protected_part_is_refused (Fixture *self, gconstpointer data)
{
  (void) data;
  guint8 options[8] = { 0xbb, 0xfe, 0xff, 0xdf, 0x44, 0x01, 0x00, 0x20 };
  g_autoptr (StnPlan) plan = g071_plan (self, "STM32G071xB", "", &plain_wiring);
  StnUnitIdentity identity = g071_unit (0xb4);
  identity.options = options;
  identity.options_length = sizeof options;
  assert_not_bound (plan, identity, capable, STN_FAILURE_READ_PROTECTED,
                    "readout protection byte: expected aa, seen bb");
  options[0] = 0xaa;
  StnBinding binding = { 0 };
  bind_or_fail (plan, identity, capable, &binding);
  stn_binding_clear (&binding);

  /* F1 has its own value for "open" */
  guint8 f1_options[2] = { 0xa5, 0x5a };
  g_autoptr (StnPlan) f103 = g071_plan (self, "STM32F103xB", "", &plain_wiring);
  StnUnitIdentity f103_identity = { .rom = { .product_id = 0x410, .product_id_known = TRUE },
                                    .rom_version = -1,
                                    .flash_bytes = 131072,
                                    .options = f1_options,
                                    .options_length = sizeof f1_options };
  bind_or_fail (f103, f103_identity, capable, &binding);
  stn_binding_clear (&binding);
  f1_options[0] = 0xaa;
  assert_not_bound (f103, f103_identity, capable, STN_FAILURE_READ_PROTECTED,
                    "readout protection byte: expected a5, seen aa");
}

static void
the_bound_hash_tells_units_and_choices_apart (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (StnPlan) plan = g071_plan (self, "STM32G071xB", "", &power_wiring);
  StnBinding one = { 0 }, same = { 0 }, other_unit = { 0 }, other_rom = { 0 };
  StnUnitIdentity identity = g071_unit (0xb4);
  bind_or_fail (plan, identity, capable, &one);
  bind_or_fail (plan, identity, capable, &same);
  identity.uid[0] = '1';
  bind_or_fail (plan, identity, capable, &other_unit);
  bind_or_fail (plan, g071_unit (0xb2), capable, &other_rom);
  g_assert_cmpstr (one.hash, ==, same.hash);
  g_assert_cmpstr (one.hash, !=, other_unit.hash);
  g_assert_cmpstr (one.hash, !=, other_rom.hash);
  stn_binding_clear (&one);
  stn_binding_clear (&same);
  stn_binding_clear (&other_unit);
  stn_binding_clear (&other_rom);
}

/* ---- over USB ---- */

static const StnWiring usb_wiring = { .has_usb = TRUE, .has_nrst = TRUE, .has_boot0 = TRUE };

static const StnEngineCapabilities dfu_capable = {
  .verbs = ALL_VERBS, .read_block_bytes = 2048, .write_block_bytes = 2048, .erase_pages_at_once = 1
};

static StnUnitIdentity
g0b1_unit (const char *uid)
{
  StnUnitIdentity identity = {
    .rom = { .protocol_version = 0x22 }, .rom_version = 0x92, .flash_bytes = 524288, .map_fits = TRUE
  };
  g_strlcpy (identity.uid, uid, sizeof identity.uid);
  return identity;
}

static StnPlan *
g0b1_plan (const Fixture *self, const char *more)
{
  g_autoptr (GError) error = NULL;
  guint8 bytes[9000];

  /* a stretch of erased bytes in the third kilobyte, which nobody writes */
  memset (bytes, 0x5a, sizeof bytes);
  memset (bytes + 2600, 0xff, 600);
  memcpy (bytes, "\x00\x10\x00\x20\x09\x00\x00\x08", 8);
  write_file (self, "app.bin", bytes, sizeof bytes);
  g_autofree char *yaml =
      g_strdup_printf ("job: J\nrevision: 1\ntarget: STM32G0B1xE\nimages: [{ file: app.bin, address: 0x08000000 }]\n"
                       "boot-check: none\n%s%s",
                       stays_as_shipped (more), more);
  g_autoptr (StnJob) job = job_or_fail (self, yaml);
  StnPlan *plan = stn_plan_new (job, self->targets, NULL, &usb_wiring, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (plan->engine_class->name, ==, "dfu");
  return plan;
}

static void
without_product_id_and_uid_the_job_has_to_say_that_the_map_is_enough (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (StnPlan) plan = g0b1_plan (self, "");
  g_autoptr (StnPlan) lenient = g0b1_plan (self, "identity: memory-map\n");
  StnBinding binding = { 0 };
  StnUnitIdentity other = g0b1_unit ("000102030405060708090a0b");

  bind_or_fail (plan, g0b1_unit ("000102030405060708090a0b"), dfu_capable, &binding);
  stn_binding_clear (&binding);
  assert_not_bound (plan, g0b1_unit (""), dfu_capable, STN_FAILURE_NOT_SUPPORTED,
                    "STM32G0B1xE tells no product id over dfu, and its UID could not be read: the memory map alone "
                    "would have to do, which the job has to say (“identity: memory-map”)");
  bind_or_fail (lenient, g0b1_unit (""), dfu_capable, &binding);
  stn_binding_clear (&binding);
  g_assert_cmpstr (lenient->job->left_out, ==, "identity: memory-map, boot-check: none");
  other.map_fits = FALSE;
  assert_not_bound (lenient, other, dfu_capable, STN_FAILURE_WRONG_CHIP,
                    "what the ROM says of its memories: expected STM32G0B1xE, seen another memory map");
}

static void
assert_same_bytes (const StnPlan *plan, const StnBinding *binding)
{
  g_autofree guint8 *planned = g_malloc0 (1 << 16), *bound = g_malloc0 (1 << 16);

  for (guint i = 0; i < plan->block_count; i++)
    memset (planned + (plan->blocks[i].address - 0x08000000), 1, plan->blocks[i].length);
  for (guint i = 0; i < binding->block_count; i++)
    for (guint k = 0; k < binding->blocks[i].length; k++)
      bound[binding->blocks[i].address - 0x08000000 + k]++;
  g_assert_cmpmem (planned, 1 << 16, bound, 1 << 16);
}

static void
blocks_are_joined_to_what_the_device_takes_and_write_nothing_more (Fixture *self, gconstpointer data)
{
  static const struct {
    guint most, blocks;
  } rows[] = { { 2048, 6 }, { 1024, 9 }, { 1000, 12 }, { 256, 34 }, { 65535, 4 } };
  (void) data;
  g_autoptr (StnPlan) plan = g0b1_plan (self, "");

  g_assert_cmpuint (plan->block_count, ==, 34);
  g_assert_cmpuint (plan->first_block.length, ==, 256);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    StnEngineCapabilities capable_of = dfu_capable;
    StnBinding binding = { 0 };

    capable_of.write_block_bytes = capable_of.read_block_bytes = rows[i].most;
    bind_or_fail (plan, g0b1_unit ("000102030405060708090a0b"), capable_of, &binding);
    assert_same_bytes (plan, &binding);
    for (guint k = 0; k < binding.block_count; k++)
      g_assert_cmpuint (binding.blocks[k].length, <=, MIN (rows[i].most, STN_BIND_BLOCK_BYTES_MOST));
    g_assert_cmpuint (binding.block_count, ==, rows[i].blocks);
    stn_binding_clear (&binding);
  }
  StnEngineCapabilities tiny = dfu_capable;
  tiny.write_block_bytes = 64;
  assert_not_bound (plan, g0b1_unit ("000102030405060708090a0b"), tiny, STN_FAILURE_NOT_SUPPORTED,
                    "the plan writes 256 bytes at once, the ROM takes 64");
}

static void
a_uart_writes_the_blocks_of_the_plan (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (StnPlan) plan = g071_plan (self, "STM32G071xB", "", &plain_wiring);
  StnBinding binding = { 0 };

  bind_or_fail (plan, g071_unit (0xb4), capable, &binding);
  g_assert_cmpuint (binding.block_count, ==, plan->block_count);
  for (guint i = 0; i < plan->block_count; i++) {
    g_assert_cmphex (binding.blocks[i].address, ==, plan->blocks[i].address);
    g_assert_cmpuint (binding.blocks[i].length, ==, plan->blocks[i].length);
  }
  stn_binding_clear (&binding);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/bind/the_right_chip_is_bound", the_right_chip_is_bound);
  add_test ("/bind/another_chip_is_refused_with_both_ids", another_chip_is_refused_with_both_ids);
  add_test ("/bind/the_flash_size_is_the_one_that_the_flash_code_says",
            the_flash_size_is_the_one_that_the_flash_code_says);
  add_test ("/bind/without_a_flash_code_the_flash_must_hold_the_plan",
            without_a_flash_code_the_flash_must_hold_the_plan);
  add_test ("/bind/a_rom_version_brings_its_own_quirks", a_rom_version_brings_its_own_quirks);
  add_test ("/bind/only_the_rom_version_that_cannot_erase_all_erases_by_page",
            only_the_rom_version_that_cannot_erase_all_erases_by_page);
  add_test ("/bind/an_unknown_rom_version_is_noted_and_gets_all_quirks",
            an_unknown_rom_version_is_noted_and_gets_all_quirks);
  add_test ("/bind/a_rom_that_lacks_a_command_is_met_by_another_branch_or_refused",
            a_rom_that_lacks_a_command_is_met_by_another_branch_or_refused);
  add_test ("/bind/a_chosen_erase_of_single_pages_never_becomes_one_of_everything",
            a_chosen_erase_of_single_pages_never_becomes_one_of_everything);
  add_test ("/bind/a_protected_part_is_refused", a_protected_part_is_refused);
  add_test ("/bind/the_bound_hash_tells_units_and_choices_apart", the_bound_hash_tells_units_and_choices_apart);
  add_test ("/bind/without_product_id_and_uid_the_job_has_to_say_that_the_map_is_enough",
            without_product_id_and_uid_the_job_has_to_say_that_the_map_is_enough);
  add_test ("/bind/blocks_are_joined_to_what_the_device_takes_and_write_nothing_more",
            blocks_are_joined_to_what_the_device_takes_and_write_nothing_more);
  add_test ("/bind/a_uart_writes_the_blocks_of_the_plan", a_uart_writes_the_blocks_of_the_plan);
  return g_test_run ();
}
