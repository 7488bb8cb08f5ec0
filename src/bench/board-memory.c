#include "src/bench/board-memory.h"

/* how long the chip needs to erase and program its option area: a page and a few words (timing.md section 2) */
#define OPTION_WRITE_NS (25 * STN_NS_PER_MS)
/* AN3155 section 3.6 and AN2606 table 5: the word of F2, F4, F7 that tells the ROM its supply */
#define DEVICE_FEATURE_ADDRESS G_GUINT64_CONSTANT (0xffff0000)
#define DEVICE_FEATURE_BYTES 4
#define DEVICE_FEATURE_VOLTS_27 3
#define DEVICE_FEATURE_HIGHEST 4
/* its Readout Unprotect ends with a system reset alone: the open options act after power-on (AN2606, WB5x V13.5) */
#define WB5X 0x495

/* ---- the areas of the chip (AN2606 table 5) ---- */

static gboolean
within (guint64 address, guint64 first, guint64 bytes)
{
  return address >= first && address - first < bytes;
}

gboolean
stn_memory_in_ram (const StnBoard *board, guint64 address)
{
  const StnTarget *target = board->target;
  guint64 reserved = MIN (board->rom_ram_reserved, target->ram_bytes);
  return within (address, target->ram_base + reserved, target->ram_bytes - reserved);
}

gboolean
stn_memory_in_flash (const StnBoard *board, guint64 address)
{
  /* with TrustZone on all of it is secure until somebody says otherwise, and the ROM is not */
  return !stn_area_has_trustzone_on (&board->options)
         && within (address, board->target->flash_base, board->target->flash_bytes);
}

static gboolean
in_system_memory (const StnBoard *board, guint64 address)
{
  const StnTarget *target = board->target;
  return target->system_memory_last != 0 && address >= target->system_memory_first
         && address <= target->system_memory_last;
}

/* the 256 bytes around UID and flash size */
static gboolean
in_device_data (const StnTarget *target, guint64 address)
{
  guint64 block = address & ~G_GUINT64_CONSTANT (0xff);
  return (target->uid_address != 0 && block == (target->uid_address & ~G_GUINT64_CONSTANT (0xff)))
         || (target->flash_size_address != 0 && block == (target->flash_size_address & ~G_GUINT64_CONSTANT (0xff)));
}

gboolean
stn_memory_may_read (const StnBoard *board, guint64 address)
{
  const StnTarget *target = board->target;
  if (stn_memory_in_flash (board, address) || stn_memory_in_ram (board, address) || in_system_memory (board, address)
      || stn_area_hold (&board->options, address))
    return TRUE;
  if (!in_device_data (target, address))
    return FALSE;
  /* Some ROMs check the start of a read alone, against an area that ends below the UID: only a read that begins with
   * the block gets there. */
  return !(target->quirks & STN_QUIRK_READ_BLOCKS_ONLY) || address % 256 == 0;
}

gboolean
stn_memory_is_feature_word (const StnBoard *board, guint64 address)
{
  return address == DEVICE_FEATURE_ADDRESS
         && (g_str_equal (board->target->family, "F2") || g_str_equal (board->target->family, "F4")
             || g_str_equal (board->target->family, "F7"));
}

gboolean
stn_memory_may_write (const StnBoard *board, guint64 address)
{
  return stn_memory_in_flash (board, address) || stn_memory_in_ram (board, address)
         || stn_area_may_write_at (&board->options, address) || stn_memory_is_feature_word (board, address);
}

static guint8
device_data_byte (const StnBoard *board, guint64 address)
{
  const StnTarget *target = board->target;
  for (guint word = 0; target->uid_address != 0 && word < 3; word++) {
    guint64 first = target->uid_address + target->uid_offsets[word];
    if (within (address, first, 4))
      return board->uid[4 * word + (address - first)];
  }
  if (target->flash_size_address != 0 && within (address, target->flash_size_address, 2))
    return (guint8) ((target->flash_bytes / 1024) >> (8 * (address - target->flash_size_address)));
  if (target->bootloader_id_address != 0 && target->bootloader_id_count > 0
      && within (address, target->bootloader_id_address, 2)) {
    guint16 id = target->bootloader_ids[target->bootloader_id_count - 1];
    guint shift = 8 * (guint) (address - target->bootloader_id_address);
    return id >> shift != 0 || shift == 0 ? (guint8) (id >> shift) : 0xff;
  }
  if (in_system_memory (board, address) && !in_device_data (target, address))
    return (guint8) (address * 167 >> 3); /* the ROM's own code */
  return 0xff;
}

void
stn_memory_read (StnBoard *board, guint64 address, guint8 *buffer, gsize length)
{
  const StnTarget *target = board->target;
  if (stn_memory_in_flash (board, address)) {
    stn_flash_read (&board->flash, address, buffer, length);
    stn_area_hide (&board->options, address, buffer, length);
  } else if (within (address, target->ram_base, target->ram_bytes)) {
    stn_board_read_ram (board, address, buffer, length);
  } else {
    for (gsize i = 0; i < length; i++)
      buffer[i] = stn_area_hold (&board->options, address + i) ? stn_area_read (&board->options, address + i)
                                                               : device_data_byte (board, address + i);
  }
}

/* ---- times ---- */

gint64
stn_memory_flash_ns (const StnBoard *board, gint64 ns)
{
  return board->pace.flash ? ns : 0;
}

static gint64
page_erase_ns (const StnBoard *board, const StnPage *page)
{
  gint64 ns = stn_target_page_erase_typical_ns (board->target, page);
  if (board->rom_is_fast)
    ns /= 2; /* F4: 32 bits at a time, half of 8 at a time (timing.md section 2) */
  return stn_memory_flash_ns (board, ns * (gint64) MAX (board->faults.slow_erase, 1));
}

static gint64
mass_erase_ns (const StnBoard *board)
{
  gint64 ns = stn_target_mass_erase_typical_ns (board->target);
  if (board->rom_is_fast)
    ns /= 2;
  return stn_memory_flash_ns (board, ns * (gint64) MAX (board->faults.slow_erase, 1));
}

static gint64
program_ns (const StnBoard *board, gsize length)
{
  gint64 ns = stn_target_program_typical_ns (board->target, length);
  return stn_memory_flash_ns (board, board->rom_is_fast ? ns / 4 : ns);
}

gint64
stn_memory_store_options (StnBoard *board, guint8 *area, gint64 at_ns)
{
  gint64 end = at_ns + stn_memory_flash_ns (board, OPTION_WRITE_NS);
  stn_board_add_work (board, STN_WORK_OPTIONS, at_ns, end, TRUE, board->target->options_address, area,
                      board->options.length);
  return end;
}

gboolean
stn_memory_set_feature (StnBoard *board, const guint8 *bytes, gsize length)
{
  if (length != DEVICE_FEATURE_BYTES || bytes[0] > DEVICE_FEATURE_HIGHEST || bytes[1] != 0xff || bytes[2] != 0xff
      || bytes[3] != 0xff)
    return FALSE;
  board->rom_is_fast = bytes[0] >= DEVICE_FEATURE_VOLTS_27;
  return TRUE;
}

gint64
stn_memory_program (StnBoard *board, guint64 address, const guint8 *bytes, gsize length, gint64 at_ns)
{
  guint unit = board->flash.unit_bytes;
  gsize padded = (length + unit - 1) / unit * unit;
  gint64 end = at_ns + program_ns (board, length);
  StnPage page;
  if (stn_target_page_at (board->target, address, &page) && stn_area_write_protects (&board->options, &page))
    return end; /* refused by the flash, acknowledged by the ROM */
  stn_board_add_work (board, STN_WORK_PROGRAM, at_ns, end, FALSE, address, g_memdup2 (bytes, padded), padded);
  return end;
}

gint64
stn_memory_erase_all (StnBoard *board, gint64 at_ns)
{
  gint64 end = at_ns + mass_erase_ns (board);
  stn_board_add_work (board, STN_WORK_ERASE_ALL, at_ns, end, TRUE, board->target->flash_base, NULL,
                      board->target->flash_bytes);
  return end;
}

gint64
stn_memory_erase_page (StnBoard *board, guint number, gint64 at_ns)
{
  StnPage page;
  if (!stn_target_page (board->target, number, &page) || stn_area_write_protects (&board->options, &page))
    return at_ns;
  gint64 end = at_ns + page_erase_ns (board, &page);
  if (!board->faults.erase_fails)
    stn_board_add_work (board, STN_WORK_ERASE, at_ns, end, FALSE, page.address, NULL, page.bytes);
  return end;
}

/* After the last ACK the ROM resets, or only loads the options, which resets the core (AN3155 section 3, notes). */
gboolean
stn_memory_reset_after (StnBoard *board, StnAreaChange change, gint64 at_ns)
{
  if (board->faults.rom_no_option_load)
    return FALSE;
  gboolean load = !stn_area_load_at_reset (&board->options) && !stn_area_act_at_once (&board->options);
  if (change == STN_AREA_CHANGE_UNPROTECT && board->target->product_id == WB5X)
    load = FALSE;
  /* the window stays open through the last ACK, up to the reset */
  gint64 since_ns = board->works->len > 0 ? g_array_index (board->works, StnWork, board->works->len - 1).end_ns : at_ns;
  stn_board_add_work (board, load ? STN_WORK_OPTION_LOAD : STN_WORK_RESET, since_ns, at_ns, TRUE, 0, NULL, 0);
  return TRUE;
}

gboolean
stn_memory_may_unprotect (const StnBoard *board)
{
  static const char *const keys[] = { "OEM1KEYR1", "OEM1KEYR2", "OEM1KEYR3", "OEM1KEYR4" };
  const StnOptionArea *options = &board->options;
  if (stn_area_level (options) == STN_AREA_LEVEL_FINAL || stn_area_has_trustzone_on (options))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    guint32 key;
    if (stn_area_field (options, keys[i], &key) && key != 0 && key != 0xffffffff)
      return FALSE;
  }
  return TRUE;
}
