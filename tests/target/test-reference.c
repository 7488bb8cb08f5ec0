/* The chip data against the copy of the reference table, cell by cell, in text: what differs is named, what differs on
 * purpose stands in `deliberate` with the reason, and what stands there must differ. */
#include <stdio.h>
#include <string.h>

#include "tests/target/csv.h"
#include "tests/target/target-fixture.h"

/* ---- a target's values in the words of the table; "" is "not confirmed" ---- */

static char *
address_text (guint64 address)
{
  return address == 0 ? g_strdup ("") : g_strdup_printf ("0x%08" G_GINT64_MODIFIER "X", address);
}

static char *
number_text (guint64 number)
{
  return number == 0 ? g_strdup ("") : g_strdup_printf ("%" G_GUINT64_FORMAT, number);
}

static char *
time_text (double ms)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  return ms <= 0 ? g_strdup ("") : g_strdup (g_ascii_formatd (text, sizeof text, "%g", ms));
}

#define VALUE(name, expression)                      \
  static char *have_##name (const StnTarget *target) \
  {                                                  \
    return expression;                               \
  }

VALUE (family, g_strdup (target->family))
VALUE (line, g_strdup (target->line))
VALUE (flash_base, address_text (target->flash_base))
VALUE (max_flash_kb, number_text (target->flash_bytes_largest / 1024))
VALUE (flash_size, address_text (target->flash_size_address))
VALUE (uid, address_text (target->uid_address))
VALUE (notes, g_strdup (target->dual_bank_notes == NULL ? "" : target->dual_bank_notes))
VALUE (unit, number_text (target->program_unit_bytes))
VALUE (align, number_text (target->write_align_bytes))
VALUE (ram_base, address_text (target->ram_base))
VALUE (ram_size, number_text (target->ram_bytes / 1024))
VALUE (ram_reserved, number_text (target->ram_reserved_bytes))
VALUE (rom_start, address_text (target->system_memory_first))
VALUE (rom_end, address_text (target->system_memory_last))
VALUE (id_address, address_text (target->bootloader_id_address))
VALUE (options, address_text (target->options_address))
VALUE (options_length, number_text (target->options_bytes))
VALUE (uart_pins, g_strdup (target->uart_pins == NULL ? "" : target->uart_pins))
VALUE (mass_typical, time_text (target->mass_erase_typical_ms))
VALUE (mass_max, time_text (target->mass_erase_max_ms))
VALUE (page_typical, time_text (target->page_erase_typical_ms))
VALUE (page_max, time_text (target->page_erase_max_ms))
VALUE (otp, address_text (target->otp_address))
VALUE (otp_length, number_text (target->otp_bytes))
VALUE (pattern, number_text (target->boot_pattern))
VALUE (erased, g_strdup (!target->erased_byte_known ? "" : target->erased_byte == 0xFF ? "0xFF" : "0x00"))

static char *
have_encoding (const StnTarget *target)
{
  static const char *const names[] = { "none", "f1-complement-halfwords", "f4-16bit",
                                       "l0",   "l4-inverted-words",       "register-mapped" };
  return g_strdup (target->options_address == 0 ? "" : names[target->options_encoding]);
}

static char *
have_geometry (const StnTarget *target)
{
  GString *text = g_string_new (NULL);
  guint64 address = target->flash_base;
  guint page = 0;
  for (guint i = 0; i < target->stretch_count; i++) {
    const StnPageStretch *stretch = &target->stretches[i];
    g_assert_cmphex (stretch->address, ==, address);
    g_assert_cmpuint (stretch->first_page, ==, page);
    g_string_append_printf (text, "%s%ux%u", i == 0 ? "" : ",", stretch->page_count, stretch->page_bytes);
    address += (guint64) stretch->page_count * stretch->page_bytes;
    page += stretch->page_count;
  }
  g_assert_cmpuint (address - target->flash_base, ==, target->flash_bytes_largest);
  return g_string_free (text, FALSE);
}

static char *
have_interfaces (const StnTarget *target)
{
  GString *text = g_string_new (NULL);
  const struct {
    gboolean has;
    const char *name;
  } all[] = { { target->has_uart, "uart" }, { target->has_usb, "usb" },     { target->has_i2c, "i2c" },
              { target->has_spi, "spi" },   { target->has_fdcan, "fdcan" }, { target->has_can, "can" },
              { target->has_i3c, "i3c" } };
  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    if (all[i].has)
      g_string_append_printf (text, "%s%s", text->len == 0 ? "" : ",", all[i].name);
  }
  return g_string_free (text, FALSE);
}

static char *
have_ids (const StnTarget *target)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < target->bootloader_id_count; i++)
    g_string_append_printf (text, "%s0x%02X", i == 0 ? "" : " ", target->bootloader_ids[i]);
  return g_string_free (text, FALSE);
}

static char *
have_second_area (const StnTarget *target)
{
  if (target->options_second_address == 0)
    return g_strdup ("");
  return g_strdup_printf ("0x%08" G_GINT64_MODIFIER "X+%u", target->options_second_address,
                          target->options_second_bytes);
}

/* A quirk of every version; one of some versions is a limitation in words in the table. */
static char *
have_mass_erase (const StnTarget *target)
{
  for (guint i = 0; i < target->quirk_rule_count; i++) {
    if (target->quirk_rules[i].quirk == STN_QUIRK_NO_MASS_ERASE && target->quirk_rules[i].bootloader_ids == NULL)
      return g_strdup ("no");
  }
  return g_strdup ("");
}

/* ---- the table's cells, where they are not already in those words ---- */

static char *
want_geometry (const char *text)
{
  GString *out = g_string_new (NULL);
  g_auto (GStrv) groups = g_strsplit (text, ",", -1);
  for (guint i = 0; groups[i] != NULL; i++) {
    guint count = 0, size = 0;
    char unit = 0;
    g_assert_cmpint (sscanf (groups[i], "%u*%u%c", &count, &size, &unit), ==, 3);
    g_assert_true (unit == 'K' || unit == 'B');
    g_string_append_printf (out, "%s%ux%u", i == 0 ? "" : ",", count, unit == 'K' ? size * 1024 : size);
  }
  return g_string_free (out, FALSE);
}

/* "0x1FFEC000+16 (nWRP of bank 2)": the first area; words only: none */
static char *
want_area (const char *text)
{
  return g_str_has_prefix (text, "0x") ? g_strndup (text, strcspn (text, " ;(")) : g_strdup ("");
}

static char *
want_mass_erase (const char *text)
{
  return g_strdup (g_str_has_prefix (text, "no:") ? "no" : "");
}

static const struct {
  const char *column;
  char *(*have) (const StnTarget *target);
  char *(*want) (const char *text); /* NULL: as it is */
  gboolean more;                    /* timing.md fills cells that the table leaves empty */
} columns[] = {
  { "family", have_family, NULL, FALSE },
  { "line", have_line, NULL, FALSE },
  { "flash_base", have_flash_base, NULL, FALSE },
  { "max_flash_kb", have_max_flash_kb, NULL, FALSE },
  { "flash_size_reg_addr", have_flash_size, NULL, FALSE },
  { "uid_addr", have_uid, NULL, FALSE },
  { "geometry", have_geometry, want_geometry, FALSE },
  { "dual_bank_notes", have_notes, NULL, FALSE },
  { "program_unit_bytes", have_unit, NULL, FALSE },
  { "bl_write_align_bytes", have_align, NULL, FALSE },
  { "ram_base", have_ram_base, NULL, FALSE },
  { "ram_size_kb", have_ram_size, NULL, FALSE },
  { "bootloader_ram_reserved", have_ram_reserved, NULL, FALSE },
  { "system_memory_start", have_rom_start, NULL, FALSE },
  { "system_memory_end", have_rom_end, NULL, FALSE },
  { "bootloader_id_addr", have_id_address, NULL, FALSE },
  { "known_bl_ids", have_ids, NULL, FALSE },
  { "option_bytes_addr_start", have_options, NULL, FALSE },
  { "option_bytes_len", have_options_length, NULL, FALSE },
  { "option_bytes_encoding", have_encoding, NULL, FALSE },
  { "option_bytes_2nd_area", have_second_area, want_area, FALSE },
  { "interfaces_in_rom", have_interfaces, NULL, FALSE },
  { "uart_pins", have_uart_pins, NULL, FALSE },
  { "mass_erase_typ_ms", have_mass_typical, NULL, TRUE },
  { "mass_erase_max_ms", have_mass_max, NULL, TRUE },
  { "page_erase_typ_ms", have_page_typical, NULL, TRUE },
  { "page_erase_max_ms", have_page_max, NULL, FALSE },
  { "otp_addr", have_otp, NULL, FALSE },
  { "otp_len", have_otp_length, NULL, FALSE },
  { "erased_byte", have_erased, NULL, FALSE },
  { "boot_pattern", have_pattern, NULL, FALSE },
  { "mass_erase_in_rom", have_mass_erase, want_mass_erase, FALSE },
};

#define NOT_THROUGH_THE_ROM "its ROM lets nobody read it; known would mean checked"
#define TWO_BANKS_IN_TURN "the ROM erases two banks of 1 MiB one after the other: uart-an3155 section 7 says 70 s"
#define NO_OPTIONS "no option area: the encoding is none"

static const struct {
  guint16 product_id;
  const char *column;
  const char *reason;
} deliberate[] = {
  { 0x03B, "flash_size_reg_addr", NOT_THROUGH_THE_ROM },
  { 0x03F, "flash_size_reg_addr", NOT_THROUGH_THE_ROM },
  { 0x006, "flash_size_reg_addr", NOT_THROUGH_THE_ROM },
  { 0x05F, "flash_size_reg_addr", NOT_THROUGH_THE_ROM },
  { 0x03B, "uid_addr", NOT_THROUGH_THE_ROM },
  { 0x03F, "uid_addr", NOT_THROUGH_THE_ROM },
  { 0x006, "uid_addr", NOT_THROUGH_THE_ROM },
  { 0x05F, "uid_addr", NOT_THROUGH_THE_ROM },
  { 0x03B, "option_bytes_encoding", NO_OPTIONS },
  { 0x03F, "option_bytes_encoding", NO_OPTIONS },
  { 0x006, "option_bytes_encoding", NO_OPTIONS },
  { 0x05F, "option_bytes_encoding", NO_OPTIONS },
  { 0x419, "mass_erase_max_ms", TWO_BANKS_IN_TURN },
  { 0x434, "mass_erase_max_ms", TWO_BANKS_IN_TURN },
  { 0x442, "boot_pattern", "6 on F09x, 2 on F030xC: the part says so, the chip has the first" },
  { 0x447, "boot_pattern", "2 on parts with one bank, 7 on those with two, whose first half is 2" },
};

static gboolean
is_deliberate (guint16 product_id, const char *column, gboolean *seen)
{
  for (guint i = 0; i < G_N_ELEMENTS (deliberate); i++) {
    if (deliberate[i].product_id == product_id && strcmp (deliberate[i].column, column) == 0) {
      seen[i] = TRUE;
      return TRUE;
    }
  }
  return FALSE;
}

static void
every_cell_agrees_with_the_reference (void)
{
  g_auto (Table) table = read_table_or_fail ("devices.csv");
  g_autoptr (StnTargets) targets = targets_or_fail ();
  g_autoptr (GString) differences = g_string_new (NULL);
  gboolean seen[G_N_ELEMENTS (deliberate)] = { FALSE };
  guint compared = 0;

  g_assert_cmpuint (table.records->len, ==, 99);
  for (guint i = 0; i < table.records->len; i++) {
    const GPtrArray *record = table.records->pdata[i];
    guint16 product_id = (guint16) g_ascii_strtoull (cell (&table, record, "pid"), NULL, 16);
    guint count = 0;
    g_autofree const StnTarget **found = stn_targets_with_product_id (targets, product_id, &count);
    if (count != 1) {
      g_string_append_printf (differences, "0x%03X: %u rows in the data\n", product_id, count);
      continue;
    }
    for (guint j = 0; j < G_N_ELEMENTS (columns); j++) {
      const char *text = cell (&table, record, columns[j].column);
      g_autofree char *want = columns[j].want == NULL ? g_strdup (text) : columns[j].want (text);
      g_autofree char *have = columns[j].have (found[0]);
      if (*want == '\0' && (columns[j].more || found[0]->provisional))
        continue; /* a provisional row inherits what nobody relies on */
      compared++;
      if (strcmp (want, have) != 0 && !is_deliberate (product_id, columns[j].column, seen))
        g_string_append_printf (differences, "0x%03X %s: reference “%s”, data “%s”\n", product_id, columns[j].column,
                                want, have);
    }
  }
  for (guint i = 0; i < G_N_ELEMENTS (deliberate); i++) {
    if (!seen[i])
      g_string_append_printf (differences, "0x%03X %s: said to differ (%s), does not\n", deliberate[i].product_id,
                              deliberate[i].column, deliberate[i].reason);
  }
  g_assert_cmpstr (differences->str, ==, "");
  g_assert_cmpuint (compared, >, 2500);
}

static void
the_data_has_no_chip_of_its_own (void)
{
  g_auto (Table) table = read_table_or_fail ("devices.csv");
  g_autoptr (StnTargets) targets = targets_or_fail ();
  guint count = 0;
  stn_targets_list (targets, &count);
  g_assert_cmpuint (count, ==, table.records->len);
}

static void
rows_of_one_source_are_provisional (void)
{
  g_auto (Table) table = read_table_or_fail ("devices.csv");
  g_autoptr (StnTargets) targets = targets_or_fail ();
  guint provisional = 0;
  for (guint i = 0; i < table.records->len; i++) {
    const GPtrArray *record = table.records->pdata[i];
    guint16 product_id = (guint16) g_ascii_strtoull (cell (&table, record, "pid"), NULL, 16);
    guint count = 0;
    g_autofree const StnTarget **found = stn_targets_with_product_id (targets, product_id, &count);
    /* 0x496 is a debug id that no ROM is said to answer with */
    gboolean expected = strstr (cell (&table, record, "confirmed_by"), "provisional") != NULL
                        || strstr (cell (&table, record, "rom_limitations"), "provisional") != NULL
                        || product_id == 0x496;
    g_assert_cmpuint (count, ==, 1);
    g_assert_cmpint (found[0]->provisional, ==, expected);
    provisional += found[0]->provisional;
  }
  g_assert_cmpuint (provisional, ==, 10);
}

/* What planning and the engines take for granted of every chip that may be used. */
static void
every_usable_row_is_consistent (void)
{
  g_autoptr (StnTargets) targets = targets_or_fail ();
  guint count = 0;
  const StnTarget *const *list = stn_targets_list (targets, &count);
  for (guint i = 0; i < count; i++) {
    const StnTarget *target = list[i];
    if (target->provisional)
      continue;
    g_test_message ("0x%03X %s", target->product_id, target->line);
    g_assert_true (target->has_uart);
    g_assert_cmpuint (stn_target_write_block_bytes (target) % stn_target_write_unit_bytes (target), ==, 0);
    g_assert_cmphex (target->system_memory_first, <, target->system_memory_last);
    g_assert_cmpuint (target->ram_reserved_bytes, >, 0);
    g_assert_cmpuint (target->boot_pattern, >, 0);
    g_assert_true (target->bootloader_id_count == 0 || target->bootloader_id_address != 0);
    g_assert_true ((target->options_address != 0) == (target->options_encoding != STN_OPTIONS_NONE));
    g_assert_true (target->page_erase_max_ms <= 0 || target->page_erase_typical_ms <= target->page_erase_max_ms);
    g_assert_true (target->mass_erase_max_ms <= 0 || target->mass_erase_typical_ms <= target->mass_erase_max_ms);
    g_assert_true (target->program_256_max_ms <= 0 || target->program_256_typical_ms <= target->program_256_max_ms);
    /* the ROM ids that a quirk names are known ones */
    for (guint j = 0; j < target->quirk_rule_count; j++) {
      const StnQuirkRule *rule = &target->quirk_rules[j];
      g_assert_nonnull (stn_quirk_name (rule->quirk));
      for (guint k = 0; k < rule->bootloader_id_count; k++) {
        gboolean known = FALSE;
        for (guint m = 0; m < target->bootloader_id_count; m++)
          known |= target->bootloader_ids[m] == rule->bootloader_ids[k];
        g_assert_true (known);
      }
    }
    for (guint j = 0; j < target->empty_check_cleared_by_count; j++) {
      g_assert_cmpint (stn_target_empty_check_for (target, target->empty_check_cleared_by[j]), ==,
                       STN_EMPTY_CHECK_CLEARED_BY_ROM);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reference/every_cell_agrees_with_the_reference", every_cell_agrees_with_the_reference);
  g_test_add_func ("/reference/the_data_has_no_chip_of_its_own", the_data_has_no_chip_of_its_own);
  g_test_add_func ("/reference/rows_of_one_source_are_provisional", rows_of_one_source_are_provisional);
  g_test_add_func ("/reference/every_usable_row_is_consistent", every_usable_row_is_consistent);
  return g_test_run ();
}
