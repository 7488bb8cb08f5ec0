/* Part numbers: which names resolve, to what, and how the others are refused. */
#include <string.h>

#include "src/target/chip.h"
#include "src/target/part-name.h"
#include "tests/target/target-fixture.h"

static void
names_resolve_to_product_id_and_size (void)
{
  static const struct {
    const char *asked;
    const char *name;
    guint16 product_id;
    guint kib;
  } cases[] = {
    { "STM32G071xB", "STM32G071xB", 0x460, 128 },      { "STM32G071CB", "STM32G071xB", 0x460, 128 },
    { "stm32g071cb", "STM32G071xB", 0x460, 128 },      { "STM32G071CBT6", "STM32G071xB", 0x460, 128 },
    { "STM32G071CBT6TR", "STM32G071xB", 0x460, 128 },  { "STM32G071CBTx", "STM32G071xB", 0x460, 128 },
    { "STM32G071", "STM32G071", 0x460, 128 },          { "STM32G070", "STM32G070", 0x460, 128 },
    { "STM32G071x6", "STM32G071x6", 0x460, 32 },       { "STM32G0B0xE", "STM32G0B0xE", 0x467, 512 },
    { "STM32G0B1xC", "STM32G0B1xC", 0x467, 256 },      { "STM32F103C8", "STM32F103x8", 0x410, 64 },
    { "STM32F103x6", "STM32F103x6", 0x412, 32 },       { "STM32F103RE", "STM32F103xE", 0x414, 512 },
    { "STM32F103xG", "STM32F103xG", 0x430, 1024 },     { "STM32F105", "STM32F105", 0x418, 256 },
    { "STM32F030x4", "STM32F030x4", 0x444, 16 },       { "STM32F030x8", "STM32F030x8", 0x440, 64 },
    { "STM32F030xC", "STM32F030xC", 0x442, 256 },      { "STM32F070x6", "STM32F070x6", 0x445, 32 },
    { "STM32F070xB", "STM32F070xB", 0x448, 128 },      { "STM32F303x8", "STM32F303x8", 0x438, 64 },
    { "STM32F303xC", "STM32F303xC", 0x422, 256 },      { "STM32F303xE", "STM32F303xE", 0x446, 512 },
    { "STM32F750", "STM32F750", 0x449, 64 },           { "STM32L010x4", "STM32L010x4", 0x457, 16 },
    { "STM32L010xB", "STM32L010xB", 0x447, 128 },      { "STM32L151xB", "STM32L151xB", 0x416, 128 },
    { "STM32L151xB-A", "STM32L151xB-A", 0x429, 128 },  { "STM32L151xBA", "STM32L151xB-A", 0x429, 128 },
    { "STM32L151CBT6", "STM32L151xB", 0x416, 128 },    { "STM32L151CBT6A", "STM32L151xB-A", 0x429, 128 },
    { "STM32L151xC", "STM32L151xC", 0x427, 256 },      { "STM32L151xC-A", "STM32L151xC-A", 0x436, 256 },
    { "STM32L151VDT6X", "STM32L151xD-X", 0x437, 384 }, { "STM32L151VDT6", "STM32L151xD", 0x436, 384 },
    { "STM32WB15CC", "STM32WB15xC", 0x494, 320 },      { "STM32WB55VY", "STM32WB55xY", 0x495, 640 },
    { "STM32WB5MMG", "STM32WB5MxG", 0x495, 1024 },     { "STM32WL5MOC", "STM32WL5MxC", 0x497, 256 },
    { "STM32H750VB", "STM32H750xB", 0x450, 128 },      { "STM32G474xE", "STM32G474xE", 0x469, 512 },
  };
  g_autoptr (StnTargets) targets = targets_or_fail ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const StnTarget *target = find_or_fail (targets, cases[i].asked);
    g_test_message ("%s", cases[i].asked);
    g_assert_cmpstr (target->name, ==, cases[i].name);
    g_assert_cmphex (target->product_id, ==, cases[i].product_id);
    g_assert_cmpuint (target->flash_bytes, ==, cases[i].kib * 1024u);
    g_assert_false (target->flash_has_hole);
    g_assert_cmpstr (target->source, ==, "compiled in");
    /* cached, and the canonical name leads to the same part */
    g_assert_true (find_or_fail (targets, cases[i].asked) == target);
    g_assert_cmpuint (find_or_fail (targets, target->name)->flash_bytes, ==, target->flash_bytes);
  }
}

static void
names_that_lead_nowhere_are_refused (void)
{
  static const struct {
    const char *asked;
    StnFailure failure;
    const char *message;
  } cases[] = {
    { "STM32F103", STN_FAILURE_BAD_PLAN,
      "target STM32F103 stands for several chips, name one of STM32F103x8, STM32F103xB, STM32F103x4, STM32F103x6, "
      "STM32F103xC, STM32F103xD, STM32F103xE, STM32F103xF, STM32F103xG" },
    { "STM32G071x4", STN_FAILURE_BAD_PLAN,
      "target STM32G071x4 is not known: there are STM32G071x6, STM32G071x8, STM32G071xB" },
    { "STM32G071xB-A", STN_FAILURE_BAD_PLAN,
      "target STM32G071xB-A is not known: there are STM32G071x6, STM32G071x8, STM32G071xB" },
    { "STM32G017xB", STN_FAILURE_BAD_PLAN, "target “STM32G017xB” is not known: did you mean STM32G071xB?" },
    { "STM32G071xBB!", STN_FAILURE_BAD_PLAN, "target “STM32G071xBB!” is not a part number" },
    { "", STN_FAILURE_BAD_PLAN, "target “” is not a part number" },
    { "PIC16F84", STN_FAILURE_BAD_PLAN, "target “PIC16F84” is not known" },
    { "STM32N657X0", STN_FAILURE_BAD_PLAN, NULL },
    { "\xff\xfe", STN_FAILURE_BAD_PLAN, "target of this name is not a part number" },
    { "STM32G474xC", STN_FAILURE_NOT_SUPPORTED,
      "target STM32G474xC: with two banks, as shipped, bank 2 stays at 0x08040000 and the flash has a hole" },
    { "STM32H743VGT6", STN_FAILURE_NOT_SUPPORTED,
      "target STM32H743xG: bank 2 stays at 0x08100000 and the flash has a hole from 0x08080000" },
    { "STM32U366xE", STN_FAILURE_PROVISIONAL_TARGET,
      "target STM32U366xE (STM32U356/366, product id 0x42B) is known from one source only" },
  };
  g_autoptr (StnTargets) targets = targets_or_fail ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (stn_targets_find (targets, cases[i].asked, &error));
    g_assert_true (stn_error_is (error, cases[i].failure));
    if (cases[i].message != NULL)
      g_assert_cmpstr (error->message, ==, cases[i].message);
  }
}

/* Every part and flash code in the data, asked for in the three forms that people write. */
static void
every_part_in_the_data_resolves (void)
{
  g_autoptr (StnTargets) targets = targets_or_fail ();
  guint count = 0, refused = 0;
  for (const StnTargetBuiltIn *entry = stn_target_built_in; entry->name != NULL; entry++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (StnTargetFile) file =
        stn_target_file_read (entry->name, "test", (const char *) entry->bytes, entry->length, &error);
    g_assert_no_error (error);
    for (guint i = 0; i < file->chips->len; i++) {
      const StnFileChip *chip = file->chips->pdata[i];
      for (guint j = 0; j < chip->parts->len; j++) {
        const StnFilePart *part = chip->parts->pdata[j];
        for (guint k = 0; k < part->flash->len; k++) {
          const char *code = part->flash->pdata[k];
          const char *suffix = part->suffix == NULL ? "" : part->suffix;
          g_auto (GStrv) names = g_new0 (char *, 4);
          names[0] = g_strdup_printf ("%sx%s%s%s", part->part, code, *suffix ? "-" : "", suffix);
          names[1] = g_strdup_printf ("%sC%s%s", part->part, code, suffix);
          names[2] = g_strdup_printf ("%sR%sT6%s", part->part, code, suffix);
          for (guint n = 0; names[n] != NULL; n++) {
            g_autoptr (GError) why = NULL;
            const StnTarget *target = stn_targets_find (targets, names[n], &why);
            if (target == NULL) {
              g_assert_true (stn_error_is (why, STN_FAILURE_NOT_SUPPORTED));
              refused++;
              continue;
            }
            count++;
            g_assert_cmpstr (target->name, ==, names[0]);
            g_assert_cmphex (target->product_id, ==, chip->product_id);
            StnPage last;
            g_assert_true (stn_target_page (target, stn_target_page_count (target) - 1, &last));
            g_assert_cmphex (last.address + last.bytes, ==, target->flash_base + target->flash_bytes);
          }
        }
      }
    }
  }
  g_assert_cmpuint (count, >, 700);
  g_assert_cmpuint (refused, >, 10);
  g_assert_cmpuint (refused, <, 100);
}

static void
every_provisional_row_is_refused (void)
{
  /* AN2606 names no part for these: they can't be asked for at all */
  static const guint16 nameless[] = { 0x47C, 0x496, 0x641 };
  g_autoptr (StnTargets) targets = targets_or_fail ();
  guint refused = 0, without_name = 0;
  for (const StnTargetBuiltIn *entry = stn_target_built_in; entry->name != NULL; entry++) {
    g_autoptr (StnTargetFile) file =
        stn_target_file_read (entry->name, "test", (const char *) entry->bytes, entry->length, NULL);
    for (guint i = 0; i < file->chips->len; i++) {
      const StnFileChip *chip = file->chips->pdata[i];
      if (!chip->provisional)
        continue;
      guint found = 0;
      g_autofree const StnTarget **row = stn_targets_with_product_id (targets, (guint16) chip->product_id, &found);
      g_assert_cmpuint (found, ==, 1);
      g_assert_true (row[0]->provisional);
      if (chip->parts->len == 0) {
        g_assert_cmpuint (without_name, <, G_N_ELEMENTS (nameless));
        gboolean known = FALSE;
        for (guint j = 0; j < G_N_ELEMENTS (nameless); j++)
          known |= nameless[j] == chip->product_id;
        g_assert_true (known);
        without_name++;
      }
      for (guint j = 0; j < chip->parts->len; j++) {
        const StnFilePart *part = chip->parts->pdata[j];
        g_autofree char *with_code = g_strdup_printf ("%sxE", part->part);
        g_autoptr (GError) plain = NULL, coded = NULL;
        g_assert_null (stn_targets_find (targets, part->part, &plain));
        g_assert_true (stn_error_is (plain, STN_FAILURE_PROVISIONAL_TARGET));
        g_assert_null (stn_targets_find (targets, with_code, &coded));
        g_assert_true (stn_error_is (coded, STN_FAILURE_PROVISIONAL_TARGET));
        refused++;
      }
    }
  }
  g_assert_cmpuint (without_name, ==, G_N_ELEMENTS (nameless));
  g_assert_cmpuint (refused, >=, 11);
}

static void
a_product_id_finds_its_line (void)
{
  g_autoptr (StnTargets) targets = targets_or_fail ();
  guint count = 77;
  g_autofree const StnTarget **row = stn_targets_with_product_id (targets, 0x460, &count);
  g_assert_cmpuint (count, ==, 1);
  g_assert_cmpstr (row[0]->line, ==, "STM32G070/071/081");
  g_assert_cmpstr (row[0]->name, ==, row[0]->line);
  g_assert_cmpstr (row[0]->family, ==, "G0");
  G_GNUC_UNUSED g_autofree const StnTarget **none = stn_targets_with_product_id (targets, 0xFFF, &count);
  g_assert_cmpuint (count, ==, 0);
}

static gpointer
ask_for_many_parts (gpointer targets)
{
  for (guint i = 0; i < 200; i++) {
    g_assert_cmphex (find_or_fail (targets, i % 2 ? "STM32G071CB" : "STM32F405RG")->product_id, ==,
                     i % 2 ? 0x460 : 0x413);
    g_autofree char *packed = g_strdup_printf ("STM32F103C8T6%c", 'A' + i % 26);
    g_assert_cmphex (find_or_fail (targets, packed)->product_id, ==, 0x410);
  }
  return NULL;
}

/* Files are read when a name in them is asked for: what was asked before must not show. */
static void
what_was_asked_first_changes_nothing (void)
{
  static const char *const parts[] = { "STM32G071CB", "STM32L151VDT6X", "STM32WB5MMG", "STM32WL5MOC", "STM32F030xC",
                                       "STM32H750VB", "STM32WBA52CG", "STM32L4R5ZI", "STM32U575", "STM32F4" };
  g_autoptr (StnTargets) whole = targets_or_fail ();
  guint count = 0;
  const StnTarget *const *list = stn_targets_list (whole, &count);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    g_autoptr (StnTargets) targets = targets_or_fail ();
    g_autoptr (GError) expected_error = NULL;
    g_autoptr (GError) error = NULL;
    const StnTarget *expected = stn_targets_find (whole, parts[i], &expected_error);
    const StnTarget *seen = stn_targets_find (targets, parts[i], &error);
    g_assert_cmpstr (error != NULL ? error->message : NULL, ==,
                     expected_error != NULL ? expected_error->message : NULL);
    g_assert_true ((seen != NULL) == (expected != NULL));
    if (seen != NULL) {
      g_assert_cmpstr (seen->name, ==, expected->name);
      g_assert_cmphex (seen->product_id, ==, expected->product_id);
      g_assert_cmpuint (seen->flash_bytes, ==, expected->flash_bytes);
    }
    guint seen_count = 0;
    const StnTarget *const *seen_list = stn_targets_list (targets, &seen_count);
    g_assert_cmpuint (seen_count, ==, count);
    for (guint k = 0; k < count; k++)
      g_assert_cmpstr (seen_list[k]->line, ==, list[k]->line);
  }
}

static void
threads_may_ask_at_once (void)
{
  g_autoptr (StnTargets) targets = targets_or_fail ();
  GThread *threads[4];
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("asker", ask_for_many_parts, targets);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static void
tails_are_read_as_st_writes_them (void)
{
  StnPartTail tail;
  g_assert_true (stn_part_tail_read ("", &tail));
  g_assert_cmpint (tail.code, ==, 0);
  g_assert_true (stn_part_tail_read ("CBT6ATR", &tail));
  g_assert_cmpint (tail.code, ==, 'B');
  g_assert_cmpint (tail.suffix, ==, 'A');
  g_assert_true (tail.suffix_is_option);
  static const char *const wrong[] = { "B", "-", "XB-", "XB-AA", "XB6", "XBT", "8B", "XBT66", "XBT6-", "XB--A" };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    gboolean taken = stn_part_tail_read (wrong[i], &tail);
    /* a lone letter behind the code is a suffix, whatever it means */
    g_assert_true (taken == (strcmp (wrong[i], "XBT") == 0));
  }
  g_assert_cmpuint (stn_part_flash_bytes ('B'), ==, 128 * 1024);
  g_assert_cmpuint (stn_part_flash_bytes ('Z'), ==, 192 * 1024);
  g_assert_cmpuint (stn_part_flash_bytes ('H'), ==, 1536 * 1024);
  g_assert_cmpuint (stn_part_flash_bytes ('b'), ==, 0);
  g_assert_cmpuint (stn_part_flash_bytes ('A'), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/parts/names_resolve_to_product_id_and_size", names_resolve_to_product_id_and_size);
  g_test_add_func ("/parts/names_that_lead_nowhere_are_refused", names_that_lead_nowhere_are_refused);
  g_test_add_func ("/parts/every_part_in_the_data_resolves", every_part_in_the_data_resolves);
  g_test_add_func ("/parts/every_provisional_row_is_refused", every_provisional_row_is_refused);
  g_test_add_func ("/parts/a_product_id_finds_its_line", a_product_id_finds_its_line);
  g_test_add_func ("/parts/what_was_asked_first_changes_nothing", what_was_asked_first_changes_nothing);
  g_test_add_func ("/parts/threads_may_ask_at_once", threads_may_ask_at_once);
  g_test_add_func ("/parts/tails_are_read_as_st_writes_them", tails_are_read_as_st_writes_them);
  return g_test_run ();
}
