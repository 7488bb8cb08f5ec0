#include "src/bench/rom-uart.h"
#include "protocols/uart/uart-wire.h"
#include "src/base/bytes.h"
#include "src/bench/board-memory.h"
#include "src/bench/rom-special.h"

#include <string.h>

/* AN3155 section 3.8: codes FFF0..FFFC are reserved */
#define ERASE_CODES_FIRST 0xfff0
/* AN3155 section 3.14 */
#define SPECIAL_BYTES_MOST 128

typedef void (*Stage) (StnBoard *board, gint64 at_ns);

/* What is known about the ROM of a product id and does not stand in the target (AN2606 chapters of the devices). */
typedef struct {
  guint16 product_id;
  guint8 version;
  guint ram_reserved;   /* from the start of the RAM */
  gboolean double_nack; /* to Read and Write under read protection */
} RomKind;

static const RomKind rom_kinds[] = {
  { 0x410, 0x22, 0x200, FALSE },  { 0x412, 0x22, 0x200, FALSE },  { 0x414, 0x22, 0x200, FALSE },
  { 0x418, 0x22, 0x1000, FALSE }, { 0x420, 0x22, 0x200, FALSE },  { 0x428, 0x22, 0x200, FALSE },
  { 0x430, 0x30, 0x800, FALSE },  { 0x413, 0x31, 0x3000, TRUE },  { 0x460, 0x31, 0x2700, FALSE },
  { 0x440, 0x31, 0x800, TRUE },   { 0x444, 0x31, 0x800, TRUE },   { 0x411, 0x33, 0x2000, TRUE },
  { 0x474, 0x40, 0x4000, FALSE }, { 0x478, 0x40, 0x4000, FALSE }, { 0x484, 0x40, 0x4000, FALSE },
  { 0x47a, 0x40, 0x4000, FALSE }, { 0, 0x31, 0x1000, FALSE },
};

struct StnRom {
  const RomKind *kind;
  gint64 ready_ns;    /* hears nothing before */
  gint64 free_ns;     /* looks at the next byte not before: it is sending, or the flash is busy */
  gint64 taken_ns;    /* when the last byte was taken out of the one-byte register */
  gboolean is_wedged; /* measured nonsense: only a reset helps */
  guint baud;         /* measured; 0: waits for the sync */
  GByteArray *got;
  gsize need; /* bytes until `stage` is called */
  Stage stage;

  guint64 commands; /* since the board came */
  gboolean answers_garbage, has_stopped;
  guint8 opcode;
  guint64 address;
  gsize write_bytes;
  guint special;
  guint8 block[STN_UART_BLOCK_BYTES + 16]; /* what earlier writes left in it is what short ones are padded with */
};

StnRom *
stn_rom_new (void)
{
  StnRom *self = g_new0 (StnRom, 1);
  self->got = g_byte_array_new ();
  return self;
}

void
stn_rom_free (StnRom *self)
{
  if (self == NULL)
    return;
  g_byte_array_unref (self->got);
  g_free (self);
}

/* ---- small things ---- */

static char
parity_of (const StnBoard *board)
{
  return board->target->quirks & STN_QUIRK_NO_PARITY ? 'N' : 'E';
}

static void
expect (StnBoard *board, gsize count, Stage stage)
{
  StnRom *rom = board->rom;
  g_byte_array_set_size (rom->got, 0);
  rom->need = count;
  rom->stage = stage;
}

static void on_command (StnBoard *board, gint64 at_ns);

static gint64
say (StnBoard *board, const guint8 *bytes, gsize length, gint64 at_ns)
{
  StnRom *rom = board->rom;
  if (rom->has_stopped)
    return rom->free_ns;
  g_autofree guint8 *nonsense = NULL;
  if (rom->answers_garbage) {
    nonsense = g_memdup2 (bytes, length);
    for (gsize i = 0; i < length; i++)
      nonsense[i] = stn_wire_garbage (bytes[i]);
    bytes = nonsense;
  }
  /* half duplex in practice: the ROM waits until its byte has left */
  rom->free_ns = stn_board_send (board, bytes, length, rom->baud, parity_of (board), MAX (at_ns, rom->free_ns));
  return rom->free_ns;
}

static gint64
acknowledge (StnBoard *board, gint64 at_ns)
{
  return say (board, (const guint8[]){ STN_UART_ACK }, 1, at_ns);
}

/* a refusal ends the command; the ROM waits for the next */
static void
refuse (StnBoard *board, gint64 at_ns)
{
  say (board, (const guint8[]){ STN_UART_NACK }, 1, at_ns);
  expect (board, 2, on_command);
}

/* ---- what ends a visit ---- */

static void
reset_after (StnBoard *board, StnAreaChange change, gint64 at_ns)
{
  if (stn_memory_reset_after (board, change, at_ns))
    board->rom->stage = NULL;
  else
    expect (board, 2, on_command);
}

static void
change_options (StnBoard *board, guint8 *area, gint64 at_ns)
{
  gint64 end = stn_memory_store_options (board, area, at_ns);
  reset_after (board, STN_AREA_CHANGE_WRITE, acknowledge (board, end));
}

/* ---- Get, Get Version, Get ID ---- */

static const guint8 *
command_list (const StnBoard *board, gsize *out_count)
{
  static const guint8 with_erase[] = { STN_UART_GET,
                                       STN_UART_GET_VERSION,
                                       STN_UART_GET_ID,
                                       STN_UART_READ_MEMORY,
                                       STN_UART_GO,
                                       STN_UART_WRITE_MEMORY,
                                       STN_UART_ERASE,
                                       STN_UART_WRITE_PROTECT,
                                       STN_UART_WRITE_UNPROTECT,
                                       STN_UART_READOUT_PROTECT,
                                       STN_UART_READOUT_UNPROTECT };
  static const guint8 with_extended[] = { STN_UART_GET,
                                          STN_UART_GET_VERSION,
                                          STN_UART_GET_ID,
                                          STN_UART_READ_MEMORY,
                                          STN_UART_GO,
                                          STN_UART_WRITE_MEMORY,
                                          STN_UART_EXTENDED_ERASE,
                                          STN_UART_WRITE_PROTECT,
                                          STN_UART_WRITE_UNPROTECT,
                                          STN_UART_READOUT_PROTECT,
                                          STN_UART_READOUT_UNPROTECT };
  /* H5, C5: life cycles instead of read protection */
  static const guint8 with_states[] = {
    STN_UART_GET,          STN_UART_GET_VERSION,    STN_UART_GET_ID,  STN_UART_READ_MEMORY,   STN_UART_GO,
    STN_UART_WRITE_MEMORY, STN_UART_EXTENDED_ERASE, STN_UART_SPECIAL, STN_UART_WRITE_PROTECT, STN_UART_WRITE_UNPROTECT
  };
  static const guint8 with_trustzone[] = { STN_UART_GET,
                                           STN_UART_GET_VERSION,
                                           STN_UART_GET_ID,
                                           STN_UART_READ_MEMORY,
                                           STN_UART_GO,
                                           STN_UART_WRITE_MEMORY,
                                           STN_UART_EXTENDED_ERASE,
                                           STN_UART_SPECIAL,
                                           STN_UART_WRITE_PROTECT,
                                           STN_UART_WRITE_UNPROTECT,
                                           STN_UART_READOUT_PROTECT,
                                           STN_UART_READOUT_UNPROTECT };
  if (board->target->boot_pattern == 17 || board->target->boot_pattern == 19) {
    *out_count = sizeof with_states;
    return with_states;
  }
  if (board->target->boot_pattern == 12) {
    *out_count = sizeof with_trustzone;
    return with_trustzone;
  }
  *out_count = sizeof with_erase;
  return board->rom->kind->version < 0x30 ? with_erase : with_extended;
}

static void
do_get (StnBoard *board, gint64 at_ns)
{
  gsize count;
  const guint8 *list = command_list (board, &count);
  guint8 answer[32] = { STN_UART_ACK, (guint8) count, board->rom->kind->version };
  memcpy (answer + 3, list, count);
  answer[3 + count] = STN_UART_ACK;
  say (board, answer, 4 + count, at_ns);
  expect (board, 2, on_command);
}

static void
do_get_version (StnBoard *board, gint64 at_ns)
{
  guint8 answer[] = { STN_UART_ACK, board->rom->kind->version, 0x00, 0x00, STN_UART_ACK };
  say (board, answer, sizeof answer, at_ns);
  expect (board, 2, on_command);
}

static void
do_get_id (StnBoard *board, gint64 at_ns)
{
  guint16 id = board->target->product_id;
  guint8 answer[] = { STN_UART_ACK, 0x01, (guint8) (id >> 8), (guint8) id, STN_UART_ACK };
  say (board, answer, sizeof answer, at_ns);
  expect (board, 2, on_command);
}

/* ---- the address block that Read, Write and Go share ---- */

static void on_read_count (StnBoard *board, gint64 at_ns);
static void on_write_count (StnBoard *board, gint64 at_ns);

static void
on_address (StnBoard *board, gint64 at_ns)
{
  StnRom *rom = board->rom;
  const guint8 *got = rom->got->data;
  if (stn_bytes_xor (got, 5) != 0) {
    refuse (board, at_ns);
    return;
  }
  rom->address = (guint64) got[0] << 24 | (guint64) got[1] << 16 | (guint64) got[2] << 8 | got[3];
  gboolean good = rom->opcode == STN_UART_READ_MEMORY ? stn_memory_may_read (board, rom->address)
                  : rom->opcode == STN_UART_WRITE_MEMORY
                      ? stn_memory_may_write (board, rom->address)
                      : stn_memory_in_flash (board, rom->address) || stn_memory_in_ram (board, rom->address);
  if (!good && rom->opcode != STN_UART_GO && rom->kind->version < 0x31) {
    /* these ROMs forget to say no (fixed in 3.1): the next two bytes are the next command */
    expect (board, 2, on_command);
    return;
  }
  if (!good) {
    refuse (board, at_ns);
    return;
  }
  gint64 end = acknowledge (board, at_ns);
  if (rom->opcode == STN_UART_READ_MEMORY) {
    expect (board, 2, on_read_count);
  } else if (rom->opcode == STN_UART_WRITE_MEMORY) {
    expect (board, 1, on_write_count);
  } else {
    stn_board_add_work (board, STN_WORK_JUMP, end, end, FALSE, rom->address, NULL, 0);
    rom->stage = NULL;
  }
}

static void
do_addressed (StnBoard *board, gint64 at_ns)
{
  acknowledge (board, at_ns);
  expect (board, 5, on_address);
}

/* ---- Read Memory ---- */

static void
on_read_count (StnBoard *board, gint64 at_ns)
{
  StnRom *rom = board->rom;
  guint8 count = rom->got->data[0];
  if ((count ^ rom->got->data[1]) != 0xff) {
    refuse (board, at_ns);
    return;
  }
  guint8 answer[1 + STN_UART_BLOCK_BYTES] = { STN_UART_ACK };
  stn_memory_read (board, rom->address, answer + 1, (gsize) count + 1);
  say (board, answer, 2 + (gsize) count, at_ns);
  expect (board, 2, on_command);
}

/* ---- Write Memory ---- */

static void
on_write_data (StnBoard *board, gint64 at_ns)
{
  StnRom *rom = board->rom;
  gsize length = rom->write_bytes;
  const guint8 *got = rom->got->data; /* data, then the checksum over N and data */
  if ((stn_bytes_xor (got, length + 1) ^ (guint8) (length - 1)) != 0) {
    refuse (board, at_ns);
    return;
  }
  memcpy (rom->block, got, length);
  if (stn_area_may_write_at (&board->options, rom->address)) {
    change_options (board, stn_area_after_write (&board->options, rom->address, got, length), at_ns);
    return;
  }
  gint64 end = at_ns;
  if (stn_memory_is_feature_word (board, rom->address)) {
    if (!stn_memory_set_feature (board, got, length)) {
      refuse (board, at_ns);
      return;
    }
  } else if (stn_memory_in_flash (board, rom->address)) {
    end = stn_memory_program (board, rom->address, rom->block, length, at_ns);
  } else {
    stn_board_write_ram (board, rom->address, got, length);
  }
  acknowledge (board, end);
  expect (board, 2, on_command);
}

static void
on_write_count (StnBoard *board, G_GNUC_UNUSED gint64 at_ns)
{
  StnRom *rom = board->rom;
  rom->write_bytes = (gsize) rom->got->data[0] + 1;
  expect (board, rom->write_bytes + 1, on_write_data);
}

/* ---- Erase and Extended Erase ---- */

static void
mass_erase (StnBoard *board, gint64 at_ns)
{
  if (board->target->quirks & STN_QUIRK_NO_MASS_ERASE || stn_area_write_protect_any (&board->options)) {
    refuse (board, at_ns);
    return;
  }
  acknowledge (board, stn_memory_erase_all (board, at_ns));
  expect (board, 2, on_command);
}

static void
on_erase_pages (StnBoard *board, gint64 at_ns)
{
  StnRom *rom = board->rom;
  gsize count = rom->got->len - 2; /* N, pages, checksum */
  if (stn_bytes_xor (rom->got->data, rom->got->len) != 0) {
    refuse (board, at_ns);
    return;
  }
  gint64 end = at_ns;
  for (gsize i = 0; i < count; i++)
    end = stn_memory_erase_page (board, rom->got->data[1 + i], end);
  acknowledge (board, end);
  expect (board, 2, on_command);
}

static void
on_erase_start (StnBoard *board, gint64 at_ns)
{
  StnRom *rom = board->rom;
  guint8 first = rom->got->data[0], second = rom->got->data[1];
  if (first != STN_UART_ERASE_GLOBAL) {
    /* two bytes are the least there can be: the count and one page; the pages and the checksum follow */
    rom->need = (gsize) first + 3;
    rom->stage = on_erase_pages;
    return;
  }
  if (second == 0x00) {
    mass_erase (board, at_ns);
    return;
  }
  acknowledge (board, at_ns); /* AN3155 section 3.7: erases nothing and says so to nobody */
  expect (board, 2, on_command);
}

static void
do_erase (StnBoard *board, gint64 at_ns)
{
  acknowledge (board, at_ns);
  expect (board, 2, on_erase_start);
}

static void
on_extended_pages (StnBoard *board, gint64 at_ns)
{
  StnRom *rom = board->rom;
  const guint8 *got = rom->got->data;
  if (stn_bytes_xor (got, rom->got->len) != 0) {
    refuse (board, at_ns);
    return;
  }
  gsize count = (rom->got->len - 3) / 2;
  gint64 end = at_ns;
  for (gsize i = 0; i < count; i++) {
    guint number = (guint) got[2 + 2 * i] << 8 | got[3 + 2 * i];
    if (board->faults.rom_one_page && i > 0)
      break;
    end = stn_memory_erase_page (board, number, end);
  }
  acknowledge (board, end);
  expect (board, 2, on_command);
}

static void
on_extended_special (StnBoard *board, gint64 at_ns)
{
  const guint8 *got = board->rom->got->data;
  guint code = (guint) got[0] << 8 | got[1];
  if ((got[0] ^ got[1] ^ got[2]) != 0 || code != STN_UART_EXTENDED_ERASE_ALL) {
    refuse (board, at_ns); /* reserved codes; no part of this bench has banks to be erased alone */
    return;
  }
  mass_erase (board, at_ns);
}

static void
on_extended_count (StnBoard *board, G_GNUC_UNUSED gint64 at_ns)
{
  StnRom *rom = board->rom;
  guint count = (guint) rom->got->data[0] << 8 | rom->got->data[1];
  gboolean special = count >= ERASE_CODES_FIRST;
  rom->need = special ? 3 : 2 + 2 * ((gsize) count + 1) + 1;
  rom->stage = special ? on_extended_special : on_extended_pages;
}

static void
do_extended_erase (StnBoard *board, gint64 at_ns)
{
  acknowledge (board, at_ns);
  expect (board, 2, on_extended_count);
}

/* ---- protection ---- */

static void
on_protect_sectors (StnBoard *board, gint64 at_ns)
{
  StnRom *rom = board->rom;
  if (stn_bytes_xor (rom->got->data, rom->got->len) != 0) {
    refuse (board, at_ns);
    return;
  }
  change_options (board, stn_area_after_write_protect (&board->options, rom->got->data + 1, rom->got->len - 2), at_ns);
}

static void
on_protect_count (StnBoard *board, G_GNUC_UNUSED gint64 at_ns)
{
  board->rom->need = (gsize) board->rom->got->data[0] + 3; /* N, N+1 sectors, checksum */
  board->rom->stage = on_protect_sectors;
}

static void
do_write_protect (StnBoard *board, gint64 at_ns)
{
  acknowledge (board, at_ns);
  expect (board, 1, on_protect_count);
}

static void
do_write_unprotect (StnBoard *board, gint64 at_ns)
{
  gint64 end = acknowledge (board, at_ns);
  change_options (board, stn_area_after_write_protect (&board->options, NULL, 0), end);
}

static void
do_readout_protect (StnBoard *board, gint64 at_ns)
{
  gint64 end = acknowledge (board, at_ns);
  change_options (board, stn_area_after_level (&board->options, STN_AREA_LEVEL_CLOSED), end);
}

/* Both ACKs go out before the erase begins, because the RAM is wiped with it. */
static void
do_readout_unprotect (StnBoard *board, gint64 at_ns)
{
  acknowledge (board, at_ns);
  gint64 end = acknowledge (board, at_ns);
  end = stn_memory_erase_all (board, end);
  end = stn_memory_store_options (board, stn_area_after_level (&board->options, STN_AREA_LEVEL_OPEN), end);
  g_clear_pointer (&board->ram, g_free);
  reset_after (board, STN_AREA_CHANGE_UNPROTECT, end);
}

/* ---- Special ---- */

static void
on_special_data (StnBoard *board, gint64 at_ns)
{
  StnRom *rom = board->rom;
  const guint8 *got = rom->got->data; /* length, data, checksum */
  if (stn_bytes_xor (got, rom->got->len) != 0) {
    refuse (board, at_ns);
    return;
  }
  guint32 data = 0;
  for (gsize i = 2; i + 1 < rom->got->len; i++)
    data = data << 8 | got[i];
  StnSpecialResult result = stn_rom_special (board, rom->special, data, at_ns);
  acknowledge (board, result.end_ns);
  /* no data, a status of one byte */
  const guint8 answer[] = { 0x00, 0x00, 0x00, 0x01, result.is_done ? 0x00 : 0x01, STN_UART_ACK };
  gint64 end = say (board, answer, sizeof answer, result.end_ns);
  if (result.resets)
    reset_after (board, STN_AREA_CHANGE_WRITE, end);
  else
    expect (board, 2, on_command);
}

static void
on_special_length (StnBoard *board, gint64 at_ns)
{
  guint length = (guint) board->rom->got->data[0] << 8 | board->rom->got->data[1];
  if (length > SPECIAL_BYTES_MOST) {
    refuse (board, at_ns);
    return;
  }
  board->rom->need = 2 + (gsize) length + 1;
  board->rom->stage = on_special_data;
}

static void
on_special_operation (StnBoard *board, gint64 at_ns)
{
  const guint8 *got = board->rom->got->data;
  guint operation = (guint) got[0] << 8 | got[1];
  gboolean known = (operation == 0x82 && board->target->boot_pattern == 12)
                   || (operation == 0x01 && board->target->boot_pattern == 17)
                   || (operation == 0x02 && board->target->boot_pattern != 12);
  if ((got[0] ^ got[1] ^ got[2]) != 0 || !known) {
    refuse (board, at_ns);
    return;
  }
  board->rom->special = operation;
  acknowledge (board, at_ns);
  expect (board, 2, on_special_length);
}

static void
do_special (StnBoard *board, gint64 at_ns)
{
  acknowledge (board, at_ns);
  expect (board, 3, on_special_operation);
}

/* ---- commands ---- */

typedef enum { WHEN_OPEN, WHEN_NOT_FINAL, WHEN_MAY_UNPROTECT, ALWAYS } When;

static const struct {
  guint8 opcode;
  When when;
  Stage run;
} commands[] = {
  { STN_UART_GET, ALWAYS, do_get },
  { STN_UART_GET_VERSION, ALWAYS, do_get_version },
  { STN_UART_GET_ID, ALWAYS, do_get_id },
  { STN_UART_READ_MEMORY, WHEN_OPEN, do_addressed },
  { STN_UART_GO, WHEN_OPEN, do_addressed },
  { STN_UART_WRITE_MEMORY, WHEN_OPEN, do_addressed },
  { STN_UART_ERASE, WHEN_OPEN, do_erase },
  { STN_UART_EXTENDED_ERASE, WHEN_OPEN, do_extended_erase },
  { STN_UART_WRITE_PROTECT, WHEN_OPEN, do_write_protect },
  { STN_UART_WRITE_UNPROTECT, WHEN_OPEN, do_write_unprotect },
  { STN_UART_READOUT_PROTECT, WHEN_OPEN, do_readout_protect },
  { STN_UART_READOUT_UNPROTECT, WHEN_MAY_UNPROTECT, do_readout_unprotect },
  { STN_UART_SPECIAL, WHEN_NOT_FINAL, do_special },
};

static gboolean
may_run (const StnBoard *board, When when)
{
  StnAreaLevel level = stn_area_level (&board->options);
  switch (when) {
  case ALWAYS:
    return TRUE;
  case WHEN_NOT_FINAL:
    return level != STN_AREA_LEVEL_FINAL;
  case WHEN_MAY_UNPROTECT:
    return stn_memory_may_unprotect (board);
  case WHEN_OPEN:
    break;
  }
  return level == STN_AREA_LEVEL_OPEN;
}

static gboolean
is_listed (const StnBoard *board, guint8 opcode)
{
  gsize count;
  const guint8 *list = command_list (board, &count);
  return memchr (list, opcode, count) != NULL;
}

static void
on_command (StnBoard *board, gint64 at_ns)
{
  StnRom *rom = board->rom;
  guint8 opcode = rom->got->data[0];
  rom->commands++;
  rom->answers_garbage = stn_fault_command_is (&board->faults.garbage_at, rom->commands);
  rom->has_stopped = board->faults.stops_at != 0 && rom->commands >= board->faults.stops_at;
  if ((opcode ^ rom->got->data[1]) != 0xff || !is_listed (board, opcode)
      || stn_fault_command_is (&board->faults.nack_at, rom->commands)) {
    refuse (board, at_ns);
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (commands[i].opcode != opcode)
      continue;
    if (!may_run (board, commands[i].when)) {
      gboolean memory = opcode == STN_UART_READ_MEMORY || opcode == STN_UART_WRITE_MEMORY;
      if (memory && (rom->kind->double_nack || board->target->quirks & STN_QUIRK_DOUBLE_NACK))
        say (board, (const guint8[]){ STN_UART_NACK }, 1, at_ns);
      refuse (board, at_ns);
      return;
    }
    rom->opcode = opcode;
    commands[i].run (board, at_ns);
    return;
  }
}

/* ---- start and synchronisation ---- */

void
stn_rom_start (StnBoard *board, gint64 at_ns)
{
  StnRom *rom = board->rom;
  rom->kind = rom_kinds;
  while (rom->kind->product_id != 0 && rom->kind->product_id != board->target->product_id)
    rom->kind++;
  rom->ready_ns = at_ns + stn_memory_flash_ns (board, stn_target_rom_start_ns (board->target));
  rom->free_ns = rom->taken_ns = rom->ready_ns;
  rom->baud = 0;
  rom->is_wedged = rom->has_stopped = rom->answers_garbage = FALSE;
  board->rom_ram_reserved = rom->kind->ram_reserved;
  board->rom_is_fast = FALSE;
  board->rom_interface = STN_ROM_OVER_NOTHING;
  rom->stage = NULL;
}

/* Nothing but a whole 7F may be the first thing that comes: its edges are measured. */
static void
synchronise (StnBoard *board, const StnWireByte *byte, gint64 at_ns)
{
  StnRom *rom = board->rom;
  gboolean too_fast = board->faults.highest_baud != 0 && byte->baud > board->faults.highest_baud;
  if (byte->value != STN_UART_SYNC || byte->spoilt || byte->parity != parity_of (board) || too_fast) {
    rom->is_wedged = TRUE;
    return;
  }
  rom->baud = byte->baud;
  board->rom_interface = STN_ROM_OVER_UART;
  acknowledge (board, at_ns);
  if (board->target->quirks & STN_QUIRK_DOUBLE_ACK_AT_SYNC)
    acknowledge (board, at_ns);
  expect (board, 2, on_command);
}

void
stn_rom_byte (StnBoard *board, const StnWireByte *byte)
{
  StnRom *rom = board->rom;
  if (byte->end_ns < rom->ready_ns || rom->is_wedged || board->rom_interface == STN_ROM_OVER_USB)
    return; /* not there yet, lost, or taken by another interface */
  if (byte->start_ns < rom->ready_ns) {
    rom->is_wedged = TRUE; /* began to listen in the middle of a byte */
    return;
  }
  if (byte->end_ns < rom->taken_ns)
    return; /* the register still held the byte before: overrun */
  gint64 at_ns = MAX (byte->end_ns, rom->free_ns);
  rom->taken_ns = at_ns;
  if (rom->baud == 0) {
    synchronise (board, byte, at_ns);
    return;
  }
  if (rom->stage == NULL || rom->has_stopped)
    return;
  gboolean understood =
      stn_wire_rates_agree (rom->baud, byte->baud) && byte->parity == parity_of (board) && !byte->spoilt;
  guint8 value = understood ? byte->value : stn_wire_garbage (byte->value);
  g_byte_array_append (rom->got, &value, 1);
  if (rom->got->len >= rom->need)
    rom->stage (board, at_ns);
}
