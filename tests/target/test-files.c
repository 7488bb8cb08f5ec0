/* Family files: a station's own over the compiled-in ones, and what is wrong with a file said exactly. */
#include <glib/gstdio.h>
#include <string.h>

#include "src/target/target-file.h"
#include "tests/target/target-fixture.h"

typedef struct {
  char *path;
} Folder;

static Folder
folder_or_fail (void)
{
  g_autoptr (GError) error = NULL;
  Folder folder = { g_dir_make_tmp ("station-targets-XXXXXX", &error) };
  g_assert_no_error (error);
  return folder;
}

static void
folder_clear (Folder *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->path, 0, NULL);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *path = g_build_filename (self->path, name, NULL);
    g_assert_cmpint (g_remove (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (self->path), ==, 0);
  g_free (self->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Folder, folder_clear)

static void
write_or_fail (const Folder *folder, const char *name, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder->path, name, NULL);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

/* A whole chip; `extra` are more lines of it. */
static char *
chip_file (const char *product_id, const char *parts, const char *extra)
{
  return g_strdup_printf ("family: OWN\n"
                          "chips:\n"
                          "  - product-id: %s\n"
                          "    line: our own\n"
                          "    parts: [ %s ]\n"
                          "    flash: 64 KiB\n"
                          "    pages: \"032*002K\"\n"
                          "    flash-base: 0x08000000\n"
                          "    ram-base: 0x20000000\n"
                          "    system-memory: 0x1FFF0000..0x1FFF1FFF\n"
                          "    write-unit: 8 B\n"
                          "    write-align: 8 B\n"
                          "%s",
                          product_id, parts, extra);
}

static void
a_file_of_the_station_replaces_a_chip (void)
{
  g_auto (Folder) folder = folder_or_fail ();
  g_autofree char *text = chip_file ("0x460", "{ part: STM32G071, flash: [8] }", "    rom-start: 5 ms\n");
  g_autofree char *path = g_build_filename (folder.path, "own.yaml", NULL);
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  g_autoptr (GError) error = NULL;
  write_or_fail (&folder, "own.yaml", text);
  write_or_fail (&folder, "notes.txt", "not a target file");
  write_or_fail (&folder, ".hidden.yaml", "not a target file");

  g_autoptr (StnTargets) targets = stn_targets_new (folder.path, &error);
  g_assert_no_error (error);
  const StnTarget *target = find_or_fail (targets, "STM32G071C8");
  g_assert_cmpstr (target->name, ==, "STM32G071x8");
  g_assert_cmpstr (target->source, ==, path);
  g_assert_cmpstr (target->source_sha256, ==, sha256);
  g_assert_cmpstr (target->line, ==, "our own");
  g_assert_cmpfloat (target->rom_start_ms, ==, 5.0);
  /* as a whole: what the file leaves out is not known, and the other parts of the row are gone */
  g_assert_cmphex (target->uid_address, ==, 0);
  g_assert_cmphex (target->quirks, ==, 0);
  g_assert_false (target->erased_byte_known);
  g_assert_null (stn_targets_find (targets, "STM32G071xB", &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_BAD_PLAN));
  g_clear_error (&error);
  g_assert_null (stn_targets_find (targets, "STM32G081xB", &error));
  g_clear_error (&error);
  /* the neighbours are as they were, with the hash of the file that was built in */
  const StnTarget *other = find_or_fail (targets, "STM32G031x8");
  g_assert_cmpstr (other->source, ==, "compiled in");
  g_autofree char *data_path = g_build_filename (g_getenv ("STN_SOURCE_ROOT"), "data", "targets", "g0.yaml", NULL);
  g_autofree char *data = NULL;
  g_assert_true (g_file_get_contents (data_path, &data, NULL, NULL));
  g_autofree char *data_sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, data, -1);
  g_assert_cmpstr (other->source_sha256, ==, data_sha256);
}

static void
a_file_of_the_station_adds_a_chip (void)
{
  g_auto (Folder) folder = folder_or_fail ();
  g_autofree char *text = chip_file ("0x7FE", "{ part: STM32OWN1, flash: [8] }", "");
  g_autoptr (GError) error = NULL;
  guint before = 0, after = 0;
  g_autoptr (StnTargets) plain = targets_or_fail ();
  write_or_fail (&folder, "own.yaml", text);
  g_autoptr (StnTargets) targets = stn_targets_new (folder.path, &error);
  g_assert_no_error (error);
  stn_targets_list (plain, &before);
  stn_targets_list (targets, &after);
  g_assert_cmpuint (after, ==, before + 1);
  g_assert_cmphex (find_or_fail (targets, "STM32OWN1")->product_id, ==, 0x7FE);
}

static void
no_folder_is_no_override (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnTargets) targets = stn_targets_new ("/nonexistent/targets", &error);
  g_assert_no_error (error);
  g_assert_nonnull (targets);
}

static void
a_folder_that_is_none_is_refused (void)
{
  g_auto (Folder) folder = folder_or_fail ();
  g_autoptr (GError) error = NULL;
  write_or_fail (&folder, "file", "");
  g_autofree char *path = g_build_filename (folder.path, "file", NULL);
  g_assert_null (stn_targets_new (path, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_BAD_FILE));
  g_assert_true (g_str_has_prefix (error->message, path));
}

/* The message without the folder's path. */
static char *
refusal_or_fail (const Folder *folder)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (stn_targets_new (folder->path, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_BAD_FILE));
  g_auto (GStrv) pieces = g_strsplit (error->message, folder->path, -1);
  return g_strjoinv ("", pieces);
}

static void
two_files_with_one_product_id_are_refused (void)
{
  g_auto (Folder) folder = folder_or_fail ();
  g_autofree char *text = chip_file ("0x460", "{ part: STM32G071, flash: [8] }", "");
  write_or_fail (&folder, "a.yaml", text);
  write_or_fail (&folder, "b.yaml", text);
  g_autofree char *message = refusal_or_fail (&folder);
  g_assert_cmpstr (message, ==,
                   "/b.yaml:3:17: the same id stands in line 3 of /a.yaml: expected a product id that no other chip "
                   "has, found 0x460");
}

static void
what_is_wrong_with_a_chip_is_said (void)
{
  static const struct {
    const char *product_id, *parts, *extra;
    const char *message;
  } cases[] = {
    { "0x7FE", "{ part: STM32OWN1, flash: [8] }", "    rom-strat: 5 ms\n",
      "/own.yaml:13:5: chips[0]: unknown key “rom-strat”; the nearest known key is “rom-start”" },
    { "0x7FE", "{ part: STM32OWN1, flash: [8] }", "    rom-start: 5\n",
      "/own.yaml:13:16: chips[0].rom-start: expected a time such as 500 ms, found “5” without a unit" },
    { "0x7FE", "{ part: STM32OWN1, flash: [8] }", "    quirks: [ one-page ]\n",
      "/own.yaml:13:15: chips[0].quirks[0]: expected one-page-per-erase, no-mass-erase, double-nack, "
      "double-ack-at-sync, no-option-load, read-blocks-only, no-parity, write-128, early-erase-answer, "
      "unprotect-needs-power-cycle or unprotect-keeps-pcrop, found “one-page”" },
    { "0x10000", "{ part: STM32OWN1, flash: [8] }", "",
      "/own.yaml:3:17: chips[0].product-id: expected 1 to 65535, found 0x10000" },
    { "0x7FE", "", "", "/own.yaml:3:5: chip 0x7FE is not usable: expected parts" },
    { "0x7FE", "{ part: STM32OWN1, flash: [7] }", "",
      "/own.yaml:5:14: STM32OWN1x7: “7” is not a flash code of this chip" },
    { "0x7FE", "{ part: STM32OWN1, flash: [B] }", "",
      "/own.yaml:5:14: STM32OWN1xB: “B” is not a flash code of this chip" },
    { "0x7FE", "{ part: STM32OWN1, flash: [8], size: 1 KiB }", "",
      "/own.yaml:5:14: STM32OWN1x8: its flash size does not end with a page" },
    { "0x7FE", "{ part: STM32OWN1 }", "", "/own.yaml:5:14: STM32OWN1 needs at least one flash code" },
    { "0x7FE", "{ part: stm32own1, flash: [8] }", "",
      "/own.yaml:5:14: part: expected capital letters and digits, found stm32own1" },
    { "0x7FE", "{ part: STM32F405, flash: [8] }, { part: STM32F405, flash: [8] }", "",
      "/own.yaml:5:47: STM32F405x8 stands in line 5 of /own.yaml already" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Folder) folder = folder_or_fail ();
    g_autofree char *text = chip_file (cases[i].product_id, cases[i].parts, cases[i].extra);
    write_or_fail (&folder, "own.yaml", text);
    g_autofree char *message = refusal_or_fail (&folder);
    g_assert_cmpstr (message, ==, cases[i].message);
  }
}

static void
a_part_of_another_chip_is_refused (void)
{
  g_auto (Folder) folder = folder_or_fail ();
  g_autofree char *text = chip_file ("0x7FE", "{ part: STM32G030, flash: [8] }", "");
  write_or_fail (&folder, "own.yaml", text);
  g_autofree char *message = refusal_or_fail (&folder);
  g_assert_true (g_str_has_prefix (message, "/own.yaml:5:14: STM32G030x8 stands in line "));
  g_assert_true (g_str_has_suffix (message, " of data/targets/g0.yaml already"));
}

/* A line of a good file for another. */
static void
what_is_wrong_with_the_flash_is_said (void)
{
  static const struct {
    const char *from, *to, *message;
  } cases[] = {
    { "032*002K", "032*002G",
      "/own.yaml:7:12: pages: expected groups such as 04*016K, joined by commas, found 032*002G" },
    { "032*002K", "033*002K", "/own.yaml:7:12: pages of the largest part: expected 64 KiB, found 66 KiB" },
    { "032*002K", "016*002K", "/own.yaml:7:12: pages: expected pages for the whole flash, found 016*002K" },
    { "flash: 64 KiB", "flash: 63 KiB",
      "/own.yaml:7:12: pages: expected a flash size that ends with a page, found 032*002K" },
    { "write-unit: 8 B", "write-unit: 6 B",
      "/own.yaml:3:5: chip 0x7FE is not usable: expected write-unit, a power of two" },
    { "    flash: 64 KiB\n", "",
      "/own.yaml:3:5: chips[0]: the key “flash” is missing (flash of the largest part): expected a size such as "
      "24 KiB, found nothing" },
    { "    system-memory: 0x1FFF0000..0x1FFF1FFF\n", "",
      "/own.yaml:3:5: chip 0x7FE is not usable: expected system-memory" },
    { "    ram-base: 0x20000000\n", "", "/own.yaml:3:5: chip 0x7FE is not usable: expected ram-base" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Folder) folder = folder_or_fail ();
    g_autofree char *good = chip_file ("0x7FE", "{ part: STM32OWN1, flash: [8] }", "");
    g_auto (GStrv) halves = g_strsplit (good, cases[i].from, 2);
    g_assert_cmpuint (g_strv_length (halves), ==, 2);
    g_autofree char *text = g_strconcat (halves[0], cases[i].to, halves[1], NULL);
    write_or_fail (&folder, "own.yaml", text);
    g_autofree char *message = refusal_or_fail (&folder);
    g_assert_cmpstr (message, ==, cases[i].message);
  }
}

static void
a_value_of_the_chip_comes_before_the_common_one (void)
{
  static const char text[] = "family: OWN\n"
                             "common:\n"
                             "  flash-base: 0x08000000\n"
                             "  ram-base: 0x20000000\n"
                             "  system-memory: 0x1FFF0000..0x1FFF1FFF\n"
                             "  write-unit: 8 B\n"
                             "  write-align: 8 B\n"
                             "  page-erase: { typical: 1 ms, max: 9 ms }\n"
                             "  erased-byte: 0xFF\n"
                             "  interfaces: [uart, usb]\n"
                             "  quirks: [ double-nack ]\n"
                             "chips:\n"
                             "  - product-id: 0x7FE\n"
                             "    line: our own\n"
                             "    parts: [ { part: STM32OWN1, flash: [8] } ]\n"
                             "    flash: 64 KiB\n"
                             "    pages: \"032*002K\"\n"
                             "    page-erase: { max: 7 ms }\n"
                             "    erased-byte: 0x00\n"
                             "    interfaces: i2c\n"
                             "    quirks: [ { name: no-parity, bootloader-ids: 0x12 } ]\n";
  g_auto (Folder) folder = folder_or_fail ();
  g_autoptr (GError) error = NULL;
  write_or_fail (&folder, "own.yaml", text);
  g_autoptr (StnTargets) targets = stn_targets_new (folder.path, &error);
  g_assert_no_error (error);
  const StnTarget *target = find_or_fail (targets, "STM32OWN1");
  g_assert_cmpfloat (target->page_erase_typical_ms, ==, 1.0);
  g_assert_cmpfloat (target->page_erase_max_ms, ==, 7.0);
  g_assert_cmphex (target->erased_byte, ==, 0x00);
  g_assert_true (target->has_i2c && !target->has_uart && !target->has_usb);
  g_assert_cmphex (target->quirks, ==, STN_QUIRK_DOUBLE_NACK | STN_QUIRK_NO_PARITY);
}

static void
the_fields_are_told_as_a_schema (void)
{
  g_autofree char *schema = stn_fields_schema (stn_target_file_fields (), "target", "a family of chips");
  g_assert_nonnull (strstr (schema, "\"product-id\""));
  g_assert_nonnull (strstr (schema, "\"one-page-per-erase\""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/files/a_file_of_the_station_replaces_a_chip", a_file_of_the_station_replaces_a_chip);
  g_test_add_func ("/files/a_file_of_the_station_adds_a_chip", a_file_of_the_station_adds_a_chip);
  g_test_add_func ("/files/no_folder_is_no_override", no_folder_is_no_override);
  g_test_add_func ("/files/a_folder_that_is_none_is_refused", a_folder_that_is_none_is_refused);
  g_test_add_func ("/files/two_files_with_one_product_id_are_refused", two_files_with_one_product_id_are_refused);
  g_test_add_func ("/files/what_is_wrong_with_a_chip_is_said", what_is_wrong_with_a_chip_is_said);
  g_test_add_func ("/files/a_part_of_another_chip_is_refused", a_part_of_another_chip_is_refused);
  g_test_add_func ("/files/what_is_wrong_with_the_flash_is_said", what_is_wrong_with_the_flash_is_said);
  g_test_add_func ("/files/a_value_of_the_chip_comes_before_the_common_one",
                   a_value_of_the_chip_comes_before_the_common_one);
  g_test_add_func ("/files/the_fields_are_told_as_a_schema", the_fields_are_told_as_a_schema);
  return g_test_run ();
}
