#include "protocols/guard.h"

/* What a write must be a multiple of outside the flash (AN3155 section 3.6; over USB the same). */
#define WRITE_UNIT 4

gboolean
stn_guard_is_listed (const StnRomIdentity *identity, guint8 opcode)
{
  for (guint i = 0; i < identity->command_count; i++)
    if (identity->commands[i] == opcode)
      return TRUE;
  return FALSE;
}

gboolean
stn_guard_may_send (const char *not_ready, gboolean is_identified, const StnRomIdentity *identity, guint8 opcode,
                    GError **error)
{
  if (not_ready != NULL) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "a command %s", not_ready);
    return FALSE;
  }
  if (!is_identified) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "a command before the ROM was identified");
    return FALSE;
  }
  if (!stn_guard_is_listed (identity, opcode)) {
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "this ROM does not list the command %02x", opcode);
    return FALSE;
  }
  return TRUE;
}

gboolean
stn_guard_refuse (GError **error, guint64 address, gsize length, const char *what)
{
  stn_error_set (error, STN_FAILURE_INTERNAL, "%s: %" G_GSIZE_FORMAT " bytes at 0x%08" G_GINT64_MODIFIER "x", what,
                 length, address);
  return FALSE;
}

gboolean
stn_guard_fits (guint64 address, gsize length, gsize most)
{
  return length >= 1 && length <= most && address <= G_MAXUINT32 && length - 1 <= G_MAXUINT32 - address;
}

gboolean
stn_guard_overlaps (guint64 address, gsize length, guint64 area, guint64 area_length)
{
  return area_length > 0 && address < area + area_length && address + length > area;
}

gboolean
stn_guard_plain_write (const StnTarget *target, guint64 address, const guint8 *bytes, gsize length, gsize most,
                       GError **error)
{
  if (target == NULL || bytes == NULL || !stn_guard_fits (address, length, most))
    return stn_guard_refuse (error, address, length, "a write that does not fit a block");

  guint unit = stn_guard_overlaps (address, length, target->flash_base, target->flash_bytes)
                   ? MAX (stn_target_write_unit_bytes (target), WRITE_UNIT)
                   : WRITE_UNIT;
  if (address % unit != 0 || length % unit != 0)
    return stn_guard_refuse (error, address, length, "a write of part of a unit");
  /* option bytes have a verb of their own, which knows what must never follow it */
  if (stn_guard_overlaps (address, length, target->options_address, target->options_bytes)
      || stn_guard_overlaps (address, length, target->options_second_address, target->options_second_bytes))
    return stn_guard_refuse (error, address, length, "a plain write to the option bytes");
  return TRUE;
}

gboolean
stn_guard_option_write (const StnTarget *target, guint64 address, const guint8 *bytes, gsize length, gsize most,
                        GError **error)
{
  if (target == NULL || bytes == NULL || !stn_guard_fits (address, length, most)
      || stn_guard_overlaps (address, length, target->flash_base, target->flash_bytes))
    return stn_guard_refuse (error, address, length, "an option write that is none");
  return TRUE;
}

gboolean
stn_guard_needs_whole_block (const StnTarget *target, guint64 address, gsize length)
{
  const guint64 mask = ~(guint64) (STN_GUARD_WHOLE_BLOCK_BYTES - 1);

  if (target == NULL || (target->quirks & STN_QUIRK_READ_BLOCKS_ONLY) == 0 || length == STN_GUARD_WHOLE_BLOCK_BYTES
      || ((address + length - 1) & mask) != (address & mask))
    return FALSE;
  return (target->uid_address != 0 && (target->uid_address & mask) == (address & mask))
         || (target->flash_size_address != 0 && (target->flash_size_address & mask) == (address & mask));
}

gboolean
stn_guard_same_commands (const StnRomIdentity *a, const StnRomIdentity *b)
{
  if (a->protocol_version != b->protocol_version || a->command_count != b->command_count)
    return FALSE;
  for (guint i = 0; i < a->command_count; i++)
    if (a->commands[i] != b->commands[i])
      return FALSE;
  return TRUE;
}
