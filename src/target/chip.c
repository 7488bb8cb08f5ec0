#include "src/target/chip.h"

#include <string.h>

#include "src/target/geometry.h"

/* order of interface_names in target-file.c */
enum { INTERFACE_UART, INTERFACE_USB, INTERFACE_I2C, INTERFACE_SPI, INTERFACE_CAN, INTERFACE_FDCAN, INTERFACE_I3C };

static double
ms_from_ns (gint64 ns)
{
  return (double) ns / 1e6;
}

static const GPtrArray *
pick_list (const GPtrArray *own, const GPtrArray *common)
{
  return own != NULL && own->len > 0 ? own : common;
}

/* The list's numbers as 16-bit ids; NULL and 0 for an empty list. */
static const guint16 *
keep_ids (StnChipRow *self, const GPtrArray *list, guint *out_count)
{
  *out_count = list == NULL ? 0 : list->len;
  if (*out_count == 0)
    return NULL;
  guint16 *ids = g_new (guint16, *out_count);
  for (guint i = 0; i < *out_count; i++)
    ids[i] = (guint16) * (const gint64 *) list->pdata[i];
  g_ptr_array_add (self->owned, ids);
  return ids;
}

static void
add_quirks (StnChipRow *self, GArray *rules, const GPtrArray *list)
{
  for (guint i = 0; list != NULL && i < list->len; i++) {
    const StnFileQuirk *from = list->pdata[i];
    StnQuirkRule rule = { .quirk = (StnQuirk) (1u << from->quirk) };
    rule.bootloader_ids = keep_ids (self, from->bootloader_ids, &rule.bootloader_id_count);
    g_array_append_val (rules, rule);
    self->target.quirks |= rule.quirk;
  }
}

static void
keep_page_erase_times (StnChipRow *self, const GPtrArray *list)
{
  if (list == NULL || list->len == 0)
    return;
  StnPageEraseTime *times = g_new0 (StnPageEraseTime, list->len);
  for (guint i = 0; i < list->len; i++) {
    const StnFilePageErase *from = list->pdata[i];
    times[i] = (StnPageEraseTime){ .page_bytes = (guint32) from->size_bytes,
                                   .typical_ms = ms_from_ns (from->typical_ns),
                                   .max_ms = ms_from_ns (from->max_ns) };
  }
  g_ptr_array_add (self->owned, times);
  self->target.page_erase_times = times;
  self->target.page_erase_time_count = list->len;
}

static void
set_interfaces (StnTarget *target, const GPtrArray *list)
{
  for (guint i = 0; list != NULL && i < list->len; i++) {
    int interface = *(const int *) list->pdata[i];
    target->has_uart |= interface == INTERFACE_UART;
    target->has_usb |= interface == INTERFACE_USB;
    target->has_i2c |= interface == INTERFACE_I2C;
    target->has_spi |= interface == INTERFACE_SPI;
    target->has_can |= interface == INTERFACE_CAN;
    target->has_fdcan |= interface == INTERFACE_FDCAN;
    target->has_i3c |= interface == INTERFACE_I3C;
  }
}

static gboolean
read_pages (StnChipRow *self, GError **error)
{
  StnTarget *target = &self->target;
  StnPageStretch *stretches = NULL;
  guint64 total = 0;
  const char *why = NULL;

  if (!stn_geometry_read (self->chip->pages, target->flash_base, target->flash_bytes, &stretches,
                          &target->stretch_count, &total, &why)) {
    stn_node_error (self->chip->pages_place, error, why, self->chip->pages, "pages");
    return FALSE;
  }
  g_ptr_array_add (self->owned, stretches);
  target->stretches = stretches;
  if (total != target->flash_bytes) {
    g_autofree char *wanted = stn_text_from_size_bytes (target->flash_bytes);
    g_autofree char *found = stn_text_from_size_bytes (total);
    stn_node_error (self->chip->pages_place, error, wanted, found, "pages of the largest part");
    return FALSE;
  }
  return TRUE;
}

static gboolean
is_power_of_two (guint number)
{
  return number != 0 && (number & (number - 1)) == 0;
}

/* What planning and the engines can't do without. A provisional row may lack it: nothing is ever done with one. */
static gboolean
check (const StnChipRow *self, GError **error)
{
  const StnTarget *target = &self->target;
  const char *missing = NULL;

  if (target->provisional)
    return TRUE;
  if (!is_power_of_two (target->program_unit_bytes))
    missing = "write-unit, a power of two";
  else if (!is_power_of_two (target->write_align_bytes))
    missing = "write-align, a power of two";
  else if (target->ram_base == 0)
    missing = "ram-base";
  else if (target->system_memory_last == 0)
    missing = "system-memory";
  else if (self->chip->parts->len == 0)
    missing = "parts";
  if (missing == NULL)
    return TRUE;
  stn_node_error (self->chip->place, error, missing, NULL, "chip 0x%03X is not usable", target->product_id);
  return FALSE;
}

#define PICK(member) (chip->shared.member ? chip->shared.member : file->common.member)

StnChipRow *
stn_chip_row_new (const StnTargetFile *file, const StnFileChip *chip, GError **error)
{
  g_autoptr (StnChipRow) self = g_new0 (StnChipRow, 1);
  StnTarget *target = &self->target;

  self->file = file;
  self->chip = chip;
  self->owned = g_ptr_array_new_with_free_func (g_free);
  target->name = chip->line;
  target->line = chip->line;
  target->family = file->family;
  target->product_id = (guint16) chip->product_id;
  target->provisional = chip->provisional;
  target->source = file->data.source;
  target->source_sha256 = file->data.sha256;

  target->flash_base = PICK (flash_base);
  target->flash_bytes = target->flash_bytes_largest = chip->flash_bytes;
  target->flash_size_address = PICK (flash_size_register);
  target->flash_has_hole = chip->unsettled->len > 0;
  target->dual_bank_notes = chip->bank_notes;
  target->limitations = chip->limitations;
  if (!read_pages (self, error))
    return NULL;

  target->uid_address = PICK (uid);
  const GPtrArray *words = pick_list (chip->shared.uid_words, file->common.uid_words);
  for (guint i = 0; i < 3; i++)
    target->uid_offsets[i] = words != NULL && words->len == 3 ? (guint) * (const gint64 *) words->pdata[i] : 4 * i;
  int erased = PICK (erased_byte);
  target->erased_byte_known = erased != 0;
  target->erased_byte = erased == 1 ? 0x00 : 0xFF;
  target->program_unit_bytes = (guint) PICK (write_unit_bytes);
  target->write_align_bytes = (guint) PICK (write_align_bytes);
  target->ram_base = PICK (ram_base);
  target->ram_bytes = PICK (ram_bytes);
  target->ram_reserved_bytes = PICK (ram_reserved_bytes);
  target->system_memory_first = PICK (system_memory.last) ? PICK (system_memory.first) : 0;
  target->system_memory_last = PICK (system_memory.last);
  target->bootloader_id_address = PICK (bootloader_id);
  target->bootloader_ids = keep_ids (self, chip->bootloader_ids, &target->bootloader_id_count);

  target->options_address = PICK (options.address);
  target->options_bytes = (guint) PICK (options.size_bytes);
  target->options_encoding = (StnOptionsEncoding) PICK (options.encoding);
  target->options_second_address = PICK (options_second.address);
  target->options_second_bytes = (guint) PICK (options_second.size_bytes);
  target->otp_address = PICK (otp.address);
  target->otp_bytes = (guint) PICK (otp.size_bytes);
  target->supply_word = PICK (supply_word);

  set_interfaces (target, pick_list (chip->shared.interfaces, file->common.interfaces));
  target->uart_pins = PICK (uart_pins);
  target->boot_pattern = (guint) PICK (boot_pattern);
  int boot_pin = PICK (boot_pin);
  target->boot_pin = boot_pin == 0 ? STN_BOOT_PIN_NONE : (StnBootPin) (boot_pin - 1);
  int empty_check = PICK (empty_check);
  target->empty_check = empty_check == 0 ? STN_EMPTY_CHECK_NONE : (StnEmptyCheck) (empty_check - 1);
  target->empty_check_cleared_by =
      keep_ids (self, pick_list (chip->shared.empty_check_cleared_by, file->common.empty_check_cleared_by),
                &target->empty_check_cleared_by_count);

  g_autoptr (GArray) rules = g_array_new (FALSE, TRUE, sizeof (StnQuirkRule));
  add_quirks (self, rules, file->common.quirks);
  add_quirks (self, rules, chip->shared.quirks);
  target->quirk_rule_count = rules->len;
  if (rules->len > 0) {
    target->quirk_rules = g_memdup2 (rules->data, rules->len * sizeof (StnQuirkRule));
    g_ptr_array_add (self->owned, (gpointer) target->quirk_rules);
  }

  target->page_erase_typical_ms = ms_from_ns (PICK (page_erase.typical_ns));
  target->page_erase_max_ms = ms_from_ns (PICK (page_erase.max_ns));
  target->mass_erase_typical_ms = ms_from_ns (PICK (mass_erase.typical_ns));
  target->mass_erase_max_ms = ms_from_ns (PICK (mass_erase.max_ns));
  target->program_256_typical_ms = ms_from_ns (PICK (program_256.typical_ns));
  target->program_256_max_ms = ms_from_ns (PICK (program_256.max_ns));
  target->rom_start_ms = ms_from_ns (PICK (rom_start_ns));
  target->usb_start_ms = ms_from_ns (PICK (usb_start_ns));
  target->option_write_max_ms = ms_from_ns (PICK (option_write_max_ns));
  keep_page_erase_times (self, pick_list (chip->shared.page_erase_by_size, file->common.page_erase_by_size));

  return check (self, error) ? g_steal_pointer (&self) : NULL;
}

void
stn_chip_row_free (StnChipRow *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->owned, g_ptr_array_unref);
  g_free (self);
}

StnTarget *
stn_chip_part_new (const StnChipRow *row, const char *name, guint64 flash_bytes, guint boot_pattern)
{
  StnPageStretch *stretches = NULL;
  guint count = 0;
  guint64 total = 0;
  const char *why = NULL;

  if (!stn_geometry_read (row->chip->pages, row->target.flash_base, flash_bytes, &stretches, &count, &total, &why))
    return NULL;
  StnTarget *part = g_memdup2 (&row->target, sizeof row->target);
  part->name = g_strdup (name);
  part->flash_bytes = flash_bytes;
  part->flash_has_hole = FALSE;
  part->stretches = stretches;
  part->stretch_count = count;
  if (boot_pattern != 0)
    part->boot_pattern = boot_pattern;
  return part;
}

void
stn_chip_part_free (StnTarget *self)
{
  if (self == NULL)
    return;
  g_free ((gpointer) self->name);
  g_free ((gpointer) self->stretches);
  g_free (self);
}

const char *
stn_chip_row_unsettled (const StnChipRow *self, guint64 flash_bytes)
{
  for (guint i = 0; i < self->chip->unsettled->len; i++) {
    const StnFileUnsettled *entry = self->chip->unsettled->pdata[i];
    if (entry->size_bytes == flash_bytes)
      return entry->why;
  }
  return NULL;
}
