#include "src/job/bind.h"

#include <string.h>

#include "src/base/bytes.h"
#include "src/job/plan-private.h"

static gboolean
wrong_chip (GError **error, const char *expected, const char *seen, const char *what)
{
  stn_error_set_seen (error, STN_FAILURE_WRONG_CHIP, expected, seen, "%s", what);
  return FALSE;
}

/* "STM32G071xB" says its flash size, "STM32G071" does not: the part of the name behind the line (four characters, five
 * for WBA) is the pin and the flash code, and an x stands for any. */
static gboolean
names_flash_size (const StnTarget *target)
{
  const char *name = target->name;
  if (g_ascii_strncasecmp (name, "STM32", 5) != 0)
    return FALSE;
  gsize line = g_ascii_strncasecmp (name + 5, "WBA", 3) == 0 ? 10 : 9;
  gsize length = strlen (name);
  return length >= line + 2 && name[line + 1] != 'x' && strchr (name, '/') == NULL;
}

/* Behind the last byte of the flash that the plan needs. */
static guint64
needed_end (const StnPlan *plan)
{
  guint64 end = plan->target->flash_base;
  for (guint i = 0; i < plan->span_count; i++)
    end = MAX (end, plan->spans[i].address + plan->spans[i].length);
  for (guint i = 0; i < plan->blank_check_count; i++)
    end = MAX (end, plan->blank_checks[i].last + 1);
  return end;
}

static guint64
erased_end (const StnPlan *plan)
{
  guint64 end = plan->target->flash_base;
  for (guint i = 0; i < plan->erase_page_count; i++) {
    StnPage page;
    if (stn_target_page (plan->target, plan->erase_pages[i], &page))
      end = MAX (end, page.address + page.bytes);
  }
  return end;
}

static gboolean
check_flash_size (const StnPlan *plan, const StnUnitIdentity *identity, gboolean by_pages, GError **error)
{
  const StnTarget *target = plan->target;
  if (identity->flash_bytes < 0)
    return TRUE;
  guint64 seen_bytes = (guint64) identity->flash_bytes;
  g_autofree char *seen = stn_text_from_size_bytes (seen_bytes);
  if (names_flash_size (target)) {
    g_autofree char *expected = stn_text_from_size_bytes (target->flash_bytes);
    return seen_bytes == target->flash_bytes || wrong_chip (error, expected, seen, "flash size");
  }
  guint64 needed = needed_end (plan) - target->flash_base;
  if (seen_bytes < needed) {
    g_autofree char *size = stn_text_from_size_bytes (needed);
    g_autofree char *expected = g_strdup_printf ("at least %s", size);
    return wrong_chip (error, expected, seen, "flash size");
  }
  if (by_pages && erased_end (plan) - target->flash_base > seen_bytes) {
    g_autofree char *expected = stn_text_from_size_bytes (target->flash_bytes);
    stn_error_set_seen (error, STN_FAILURE_WRONG_CHIP, expected, seen,
                        "flash size (the plan erases page by page; name the flash code in the job's target)");
    return FALSE;
  }
  return TRUE;
}

/* Readout protection, as far as the option area was read: AN2606 and the reference manuals of each family. */
static gboolean
check_protection (const StnPlan *plan, const StnUnitIdentity *identity, GError **error)
{
  enum { RDP_OPEN = 0xaa, RDP_OPEN_F1 = 0xa5 };
  gsize offset = plan->target->options_encoding == STN_OPTIONS_F4_16BIT ? 1 : 0;
  guint8 open = g_str_equal (plan->target->family, "F1") ? RDP_OPEN_F1 : RDP_OPEN;

  if (identity->options == NULL || identity->options_length <= offset)
    return TRUE;
  if (plan->target->options_encoding == STN_OPTIONS_NONE
      || plan->target->options_encoding == STN_OPTIONS_REGISTER_MAPPED)
    return TRUE;
  guint8 level = identity->options[offset];
  if (level == open)
    return TRUE;
  g_autofree char *expected = g_strdup_printf ("%02x", open);
  g_autofree char *seen = g_strdup_printf ("%02x", level);
  stn_error_set_seen (error, STN_FAILURE_READ_PROTECTED, expected, seen, "readout protection byte");
  return FALSE;
}

static gboolean
needs (const StnPlan *plan, const StnEngineCapabilities *capabilities, guint verb, const char *what, GError **error)
{
  if ((capabilities->verbs & verb) != 0)
    return TRUE;
  stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "the ROM of this %s has no %s command, which the plan needs",
                 plan->target->name, what);
  return FALSE;
}

/* Branches that the target's data name: one erase of everything, or the list of all pages, which the plan has too. */
static gboolean
choose_erase (const StnPlan *plan, StnBinding *binding, GError **error)
{
  const StnEngineCapabilities *capabilities = &binding->capabilities;
  binding->erase_all = plan->erase_all && (capabilities->verbs & STN_ENGINE_ERASE_ALL) != 0
                       && (binding->quirks & STN_QUIRK_NO_MASS_ERASE) == 0;
  binding->erase_pages_at_once =
      binding->quirks & STN_QUIRK_ONE_PAGE_PER_ERASE ? 1 : MAX (capabilities->erase_pages_at_once, 1);
  return binding->erase_all || needs (plan, capabilities, STN_ENGINE_ERASE_PAGES, "page erase", error);
}

static gboolean
is_known_rom (const StnTarget *target, gint32 rom_version)
{
  for (guint i = 0; rom_version >= 0 && i < target->bootloader_id_count; i++)
    if (target->bootloader_ids[i] == rom_version)
      return TRUE;
  return FALSE;
}

static gboolean
check_leaving (const StnPlan *plan, const StnUnitIdentity *identity, const StnBinding *binding, GError **error)
{
  if (plan->leave_way == STN_LEAVE_WAY_GO)
    return needs (plan, &binding->capabilities, STN_ENGINE_GO, "Go", error);
  /* of a version that is not known it is not assumed: a board that does not start fails its boot check */
  if (plan->leave_way != STN_LEAVE_WAY_OPTION_RELOAD || (binding->quirks & STN_QUIRK_NO_OPTION_LOAD) == 0
      || !is_known_rom (plan->target, identity->rom_version))
    return TRUE;
  stn_error_set (error, STN_FAILURE_NEEDS_POWER_CYCLE,
                 "this ROM version of %s does not read its options again when they are written: only a power cycle "
                 "leaves it, and the site has no power line",
                 plan->target->name);
  return FALSE;
}

static char *
rom_notes (const StnTarget *target, gint32 rom_version)
{
  if (rom_version < 0)
    return target->bootloader_id_address != 0 ? g_strdup ("The ROM's version was not read.") : NULL;
  if (is_known_rom (target, rom_version) || target->bootloader_id_count == 0)
    return NULL;
  return g_strdup_printf ("ROM version 0x%02x of %s is not in the target's data; all its known quirks are assumed.",
                          (guint) rom_version, target->name);
}

/* What this very ROM can't write, before anything is erased; a board that differs from a new one is asked again. */
static gboolean
check_rom_writes (const StnPlan *plan, guint16 rom_version, GError **error)
{
  g_autoptr (StnOptionBlock) shipped = stn_option_block_new_default (plan->target);

  for (guint i = 0; i < plan->option_step_count; i++)
    if (!stn_plan_rom_writes (plan, &plan->option_steps[i], shipped, rom_version, error))
      return FALSE;
  return TRUE;
}

static char *
bound_hash (const StnPlan *plan, const StnUnitIdentity *identity, const StnBinding *binding)
{
  g_autoptr (GString) text = g_string_new ("station-binding 1\n");
  g_string_append_printf (text, "plan %s\n", plan->hash);
  g_string_append_printf (text, "rom %u %u %d\n", identity->rom.product_id, identity->rom.protocol_version,
                          identity->rom_version);
  if (!identity->rom.product_id_known)
    g_string_append_printf (text, "memory-map %d\n", identity->map_fits);
  for (guint i = 0; i < MIN (identity->rom.command_count, G_N_ELEMENTS (identity->rom.commands)); i++)
    g_string_append_printf (text, "command %02x\n", identity->rom.commands[i]);
  g_string_append_printf (text, "flash %" G_GINT64_FORMAT "\nuid %s\n", identity->flash_bytes, identity->uid);
  g_autofree char *options =
      identity->options != NULL ? stn_bytes_sha256 (identity->options, identity->options_length) : g_strdup ("-");
  g_string_append_printf (text, "options %s\n", options);
  g_string_append_printf (text, "choices %u %u %u %u %d %u %u\n", binding->capabilities.verbs,
                          binding->capabilities.read_block_bytes, binding->capabilities.write_block_bytes,
                          binding->capabilities.erase_pages_at_once, binding->erase_all, binding->erase_pages_at_once,
                          binding->quirks);
  return stn_bytes_sha256 (text->str, text->len);
}

/* The product id, or what stands in for it where the ROM does not tell it. */
static gboolean
check_product (const StnPlan *plan, const StnUnitIdentity *identity, GError **error)
{
  const StnTarget *target = plan->target;

  if (identity->rom.product_id_known) {
    if (identity->rom.product_id == target->product_id)
      return TRUE;
    g_autofree char *expected = g_strdup_printf ("0x%03x (%s)", target->product_id, target->name);
    g_autofree char *seen = g_strdup_printf ("0x%03x", identity->rom.product_id);
    return wrong_chip (error, expected, seen, "product id");
  }
  if (!identity->map_fits)
    return wrong_chip (error, target->name, "another memory map", "what the ROM says of its memories");
  if (identity->uid[0] != '\0' || plan->job->identity == STN_IDENTITY_MEMORY_MAP)
    return TRUE;
  stn_error_set (
      error, STN_FAILURE_NOT_SUPPORTED,
      "%s tells no product id over %s, and its UID could not be read: the memory map alone would have to do, "
      "which the job has to say (“identity: memory-map”)",
      target->name, plan->engine_class->name);
  return FALSE;
}

static gboolean
choose_blocks (const StnPlan *plan, StnBinding *binding, GError **error)
{
  /* what is written at once is read back at once */
  guint most = MIN (binding->capabilities.write_block_bytes, binding->capabilities.read_block_bytes);

  for (guint i = 0; i < plan->block_count + plan->has_first_block; i++) {
    const StnPlanBlock *block = i < plan->block_count ? &plan->blocks[i] : &plan->first_block;
    if (block->length <= most)
      continue;
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "the plan writes %u bytes at once, the ROM takes %u",
                   block->length, most);
    return FALSE;
  }
  binding->blocks = stn_plan_join_blocks (plan, MIN (most, STN_BIND_BLOCK_BYTES_MOST), &binding->block_count);
  return TRUE;
}

gboolean
stn_plan_bind (const StnPlan *plan, const StnUnitIdentity *identity, const StnEngineCapabilities *capabilities,
               StnBinding *out, GError **error)
{
  const StnTarget *target = plan->target;
  if (plan->job->for_words_only) {
    stn_error_set (error, STN_FAILURE_NOT_SIGNED, "the job was read to be explained, not to be run");
    return FALSE;
  }
  if (!check_product (plan, identity, error))
    return FALSE;

  /* 0 and what the data does not know: the quirks of all versions */
  guint16 rom_version = identity->rom_version > 0 ? (guint16) identity->rom_version : 0;
  StnBinding binding = { .capabilities = *capabilities, .quirks = stn_target_quirks_for (target, rom_version) };
  if (!needs (plan, capabilities, STN_ENGINE_READ, "Read Memory", error)
      || !needs (plan, capabilities, STN_ENGINE_WRITE, "Write Memory", error) || !choose_erase (plan, &binding, error)
      || !check_flash_size (plan, identity, !binding.erase_all, error) || !check_protection (plan, identity, error)
      || !check_rom_writes (plan, rom_version, error) || !check_leaving (plan, identity, &binding, error)
      || !choose_blocks (plan, &binding, error))
    return FALSE;
  binding.hash = bound_hash (plan, identity, &binding);
  binding.notes = rom_notes (target, identity->rom_version);
  *out = binding;
  return TRUE;
}

void
stn_binding_clear (StnBinding *self)
{
  g_clear_pointer (&self->blocks, g_free);
  g_clear_pointer (&self->hash, g_free);
  g_clear_pointer (&self->notes, g_free);
}
