/* The demo's job in words, compared with a copy that a person has read. Hashes are masked: they change with the
 * firmware and with the target's data, the words should not. */
#include "tests/job/job-fixture.h"

static char *
explain_demo (const Fixture *self, const StnWiring *wiring)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (g_getenv ("STN_SOURCE_ROOT"), "data", "jobs", "demo.yaml", NULL);
  g_autoptr (StnJob) job = stn_job_load (path, &error);
  g_assert_no_error (error);
  g_autoptr (StnPlan) plan = stn_plan_new (job, self->targets, stn_engine_class_by_name ("uart"), wiring, &error);
  g_assert_no_error (error);
  g_autofree char *text = stn_plan_explain (plan);
  g_assert_nonnull (strstr (text, plan->hash));
  g_assert_nonnull (strstr (text, job->hash));
  g_autoptr (GRegex) hashes = g_regex_new ("[0-9a-f]{64}", 0, 0, NULL);
  return g_regex_replace_literal (hashes, text, -1, 0, "HASH", 0, NULL);
}

static void
assert_like_copy (const char *text, const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("STN_SOURCE_ROOT"), "tests", "data", "explain", name, NULL);
  g_autofree char *expected = NULL;
  /* STN_WRITE_EXPECTED=1 writes the copy anew, for a look with git diff */
  if (g_getenv ("STN_WRITE_EXPECTED") != NULL)
    g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_true (g_file_get_contents (path, &expected, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
}

static void
the_demo_reads_as_its_copy (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autofree char *text = explain_demo (self, &plain_wiring);
  assert_like_copy (text, "demo.txt");
}

static void
the_demo_with_power_reads_as_its_copy (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autofree char *text = explain_demo (self, &power_wiring);
  assert_like_copy (text, "demo-power.txt");
}

static void
a_usb_site_reads_as_its_copy (Fixture *self, gconstpointer data)
{
  static const StnWiring usb = { .has_usb = TRUE, .has_nrst = TRUE, .has_boot0 = TRUE };
  g_autoptr (GError) error = NULL;

  (void) data;
  write_bin (self, "app.bin", 0x08000000, 20000, 0x5a);
  g_autoptr (StnJob) job = job_or_fail (self, "job: Over USB\nrevision: 1\ntarget: STM32F405xG\n"
                                              "images: [{ file: app.bin, address: 0x08000000 }]\n"
                                              "erase: touched\nboot-check: rom-gone\n");
  g_autoptr (StnPlan) plan = stn_plan_new (job, self->targets, NULL, &usb, &error);
  g_assert_no_error (error);
  g_autofree char *text = stn_plan_explain (plan);
  g_autoptr (GRegex) hashes = g_regex_new ("[0-9a-f]{64}", 0, 0, NULL);
  g_autofree char *masked = g_regex_replace_literal (hashes, text, -1, 0, "HASH", 0, NULL);
  assert_like_copy (masked, "usb.txt");
}

/* A job that says all there is about options, for one part of each kind of option area. */
static void
assert_options_like_copy (Fixture *self, const char *part, const char *more, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *yaml = g_strdup_printf ("job: Options\nrevision: 1\ntarget: %s\n"
                                           "images: [{ name: app, file: app.bin, address: 0x08000000 }]\n"
                                           "boot-check: rom-gone\n%s%s",
                                           part, stays_as_shipped (more), more);
  g_autofree char *path = g_build_filename (self->folder, "job.yaml", NULL);
  write_bin (self, "app.bin", 0x08000000, 3000, 0x5a);
  write_file (self, "job.yaml", yaml, strlen (yaml));
  g_autoptr (StnJob) job = stn_job_load_for_words (path, &error);
  g_assert_no_error (error);
  g_autoptr (StnPlan) plan =
      stn_plan_new (job, self->targets, stn_engine_class_by_name ("uart"), &power_wiring, &error);
  g_assert_no_error (error);
  g_autofree char *text = stn_plan_explain (plan);
  g_autoptr (GRegex) hashes = g_regex_new ("[0-9a-f]{64}", 0, 0, NULL);
  g_autofree char *masked = g_regex_replace_literal (hashes, text, -1, 0, "HASH", 0, NULL);
  g_auto (GStrv) lines = g_strsplit (masked, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_cmpint (g_utf8_strlen (lines[i], -1), <=, 100);
  assert_like_copy (masked, name);
}

static void
options_of_each_kind_read_as_their_copies (Fixture *self, gconstpointer data)
{
  static const char pin[] = "boot: { from: flash, rom-entry: pin }\n"
                            "protect: { write: [app], read: level-1 }\nunprotect: allowed\n";
  (void) data;
  assert_options_like_copy (self, "STM32F103xB",
                            "boot: { from: flash, rom-entry: pin }\nprotect: { write: [pages 0..3], read: level-1 }\n",
                            "options-f1.txt");
  assert_options_like_copy (self, "STM32F405xG", pin, "options-f4.txt");
  assert_options_like_copy (self, "STM32F401xC", pin, "options-f401.txt");
  assert_options_like_copy (self, "STM32F722xE", pin, "options-f7.txt");
  assert_options_like_copy (self, "STM32L053x8",
                            "boot: { from: flash, rom-entry: pin }\nprotect: { write: [pages 0..31], read: level-1 }\n",
                            "options-l0.txt");
  assert_options_like_copy (self, "STM32G071xB", pin, "options-g0.txt");
  assert_options_like_copy (self, "STM32L433xC",
                            "boot: { rom-entry: none }\noption-bytes: { BOR_LEV: 2.5 V }\n"
                            "protect: { read: level-1 }\naccept: [no-way-in, not-proved]\n",
                            "options-l4-closed.txt");
  assert_options_like_copy (self, "STM32F051x8",
                            "protect: { read: level-2 }\naccept: [read-protection-level-2, no-way-in]\n",
                            "options-f0-final.txt");
  assert_options_like_copy (self, "STM32H743xI", "boot: { rom-entry: pin }\noption-bytes: { BOR_LEV: 1 }\n",
                            "options-h7.txt");
}

static void
no_line_is_wider_than_a_hundred_columns (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autofree char *text = explain_demo (self, &power_wiring);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_cmpint (g_utf8_strlen (lines[i], -1), <=, 100);
}

static void
every_job_under_data_is_planned_and_explained (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_build_filename (g_getenv ("STN_SOURCE_ROOT"), "data", "jobs", NULL);
  g_autoptr (GDir) entries = g_dir_open (folder, 0, &error);
  g_assert_no_error (error);
  guint count = 0;
  for (const char *name = g_dir_read_name (entries); name != NULL; name = g_dir_read_name (entries)) {
    if (!g_str_has_suffix (name, ".yaml"))
      continue;
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autoptr (StnJob) job = stn_job_load (path, &error);
    g_assert_no_error (error);
    g_autoptr (StnPlan) plan =
        stn_plan_new (job, self->targets, stn_engine_class_by_name ("uart"), &power_wiring, &error);
    g_assert_no_error (error);
    g_autofree char *text = stn_plan_explain (plan);
    g_assert_nonnull (strstr (text, job->name));
    count++;
  }
  g_assert_cmpuint (count, >=, 1);
}

/* The job that the documents show, as far as this program goes. */
static const char shown_job[] =
    "job: Thermostat main board\n"
    "revision: 7\n"
    "target: STM32F103xB                  # a part number without package\n"
    "images:\n"
    "  - { name: boot, file: bootloader.bin, address: 0x08000000 }\n"
    "  - { name: app, file: app.bin, address: 0x08004000, vectors: check }\n"
    "unit:\n"
    "  serial: { from: counter, pattern: \"TH7-{yy}{ww}-{seq:06}\", check: iso7064-mod37-36 }\n"
    "  data:\n"
    "    - { address: 0x0801F800, value: \"{serial}\", encoding: ascii, size: 24, pad: 0x00 }\n"
    "boot: { from: flash, rom-entry: pin }\n"
    "erase: auto\n"
    "keep: [0x0801E000..0x0801EFFF]\n"
    "verify: full\n"
    "blank: touched\n"
    "boot-check: { uart: \"READY {serial}\", within: 2 s }\n"
    "limits: { retries: 1, stop-after-failures: 5, quantity: 500, until: 2026-12-31 }\n";

static void
the_job_that_the_documents_show_is_understood (Fixture *self, gconstpointer data)
{
  (void) data;
  write_bin (self, "bootloader.bin", 0x08000000, 4000, 0x11);
  write_bin (self, "app.bin", 0x08004000, 9000, 0x22);
  g_autoptr (StnPlan) plan = plan_or_fail (self, shown_job, &plain_wiring);
  g_assert_cmpuint (plan->span_count, ==, 3);
  g_autofree char *text = stn_plan_explain (plan);
  g_assert_nonnull (strstr (text, "BOOT0 and a reset"));

  /* with what is locked: the four pages of the boot program are one bit of WRP0 */
  g_autofree char *locked = g_strconcat (shown_job, "protect: { write: [boot], read: level-1 }\n", NULL);
  g_autoptr (StnPlan) closing = plan_or_fail (self, locked, &plain_wiring);
  g_assert_cmpuint (closing->option_step_count, ==, 2);
  g_assert_cmphex (closing->option_steps[0].values[0].value, ==, 0xfe);
}

static void
every_key_of_a_job_has_its_help (Fixture *self, gconstpointer data)
{
  (void) self;
  (void) data;
  g_autofree char *schema = stn_fields_schema (stn_job_file_fields (), "job", "a job");
  static const char *const keys[] = { "\"boot-check\"", "\"unit\"",  "\"images\"", "\"keep\"",
                                      "\"limits\"",     "\"leave\"", "\"repeat\"", "\"blank\"" };
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    g_assert_nonnull (strstr (schema, keys[i]));
  for (const StnField *field = stn_job_file_fields (); field->kind != STN_FIELD_END; field++)
    g_assert_true (field->kind == STN_FIELD_PLACE || field->help != NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("STATION_KEYS", "/nonexistent", TRUE);
  add_test ("/explain/a_usb_site_reads_as_its_copy", a_usb_site_reads_as_its_copy);
  add_test ("/explain/the_demo_reads_as_its_copy", the_demo_reads_as_its_copy);
  add_test ("/explain/the_demo_with_power_reads_as_its_copy", the_demo_with_power_reads_as_its_copy);
  add_test ("/explain/options_of_each_kind_read_as_their_copies", options_of_each_kind_read_as_their_copies);
  add_test ("/explain/no_line_is_wider_than_a_hundred_columns", no_line_is_wider_than_a_hundred_columns);
  add_test ("/jobs/every_job_under_data_is_planned_and_explained", every_job_under_data_is_planned_and_explained);
  add_test ("/jobs/the_job_that_the_documents_show_is_understood", the_job_that_the_documents_show_is_understood);
  add_test ("/jobs/every_key_of_a_job_has_its_help", every_key_of_a_job_has_its_help);
  return g_test_run ();
}
