/* What the program in the flash does: nothing at all where there is none, and where it carries the firmware's
 * descriptor, it says its text on the UART. */
#include "src/bench/board.h"

#include <string.h>

#define DESCRIPTOR_MAGIC "STNFWD1" /* eight bytes with its zero */
#define DESCRIPTOR_BYTES 28
#define DESCRIPTOR_CHECKED_BYTES 24
#define TEXT_MOST 128
#define SERIAL_MOST 24
/* SYSRESETREQ and its key, and where they are written: what programs put into the RAM to reset a chip (PM0214 4.4.5) */
#define RESET_WORD 0x05fa0004u
#define RESET_REGISTER 0xe000ed0cu
#define RESET_STUB_BYTES 64

static guint32
get_u32 (const guint8 *bytes)
{
  return (guint32) bytes[0] | (guint32) bytes[1] << 8 | (guint32) bytes[2] << 16 | (guint32) bytes[3] << 24;
}

/* IEEE 802.3, reflected, as zlib's */
static guint32
crc32 (const guint8 *bytes, gsize length)
{
  guint32 crc = 0xffffffff;
  for (gsize i = 0; i < length; i++) {
    crc ^= bytes[i];
    for (guint bit = 0; bit < 8; bit++)
      crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
  }
  return ~crc;
}

static const guint8 *
find_descriptor (const StnFlash *flash)
{
  gsize size = flash->target->flash_bytes;
  for (gsize offset = 0; offset + DESCRIPTOR_BYTES <= size; offset += 4) {
    const guint8 *at = flash->cells + offset;
    if (at[0] == DESCRIPTOR_MAGIC[0] && memcmp (at, DESCRIPTOR_MAGIC, 8) == 0
        && crc32 (at, DESCRIPTOR_CHECKED_BYTES) == get_u32 (at + DESCRIPTOR_CHECKED_BYTES))
      return at;
  }
  return NULL;
}

/* the string at an address up to a zero, an erased byte or the end of the flash */
static gsize
text_at (const StnFlash *flash, guint64 address, gsize most, const guint8 **out)
{
  if (!stn_flash_holds (flash, address, 1))
    return 0;
  gsize offset = address - flash->target->flash_base, length = 0;
  *out = flash->cells + offset;
  while (length < most && offset + length < flash->target->flash_bytes && (*out)[length] != 0 && (*out)[length] != 0xff)
    length++;
  return length;
}

static void
append_serial (GByteArray *message, const StnFlash *flash, guint64 address)
{
  const guint8 *serial = NULL;
  gsize length = text_at (flash, address, SERIAL_MOST, &serial);
  gsize printable = 0;
  while (printable < length && g_ascii_isprint (serial[printable]))
    printable++;
  if (printable == 0)
    g_byte_array_append (message, (const guint8 *) "?", 1);
  else
    g_byte_array_append (message, serial, printable);
}

static void
speak (StnBoard *board, const guint8 *descriptor, gint64 at_ns)
{
  const StnFlash *flash = &board->flash;
  guint64 serial_address = get_u32 (descriptor + 8), text_address = get_u32 (descriptor + 20);
  guint baud = get_u32 (descriptor + 12);
  gint64 delay_ns = (gint64) get_u32 (descriptor + 16) * STN_NS_PER_MS;
  const guint8 *text = NULL;
  gsize length = text_at (flash, text_address, TEXT_MOST, &text);
  if (length == 0 || baud == 0)
    return;
  g_autoptr (GByteArray) message = g_byte_array_new ();
  gboolean placed = FALSE;
  for (gsize i = 0; i < length; i++) {
    if (!placed && i + 1 < length && text[i] == '%' && text[i + 1] == 's') {
      append_serial (message, flash, serial_address);
      placed = TRUE;
      i++;
    } else {
      g_byte_array_append (message, text + i, 1);
    }
  }
  stn_board_send (board, message->data, message->len, baud, 'N', at_ns + delay_ns);
}

static gboolean
in_ram (const StnTarget *target, guint64 address)
{
  return address >= target->ram_base && address - target->ram_base < target->ram_bytes;
}

/* a stack in or at the end of the RAM, and a Thumb entry where there is code */
static gboolean
vectors_are_good (const StnBoard *board, guint64 vectors)
{
  const StnTarget *target = board->target;
  guint32 stack = stn_flash_word (&board->flash, vectors), entry = stn_flash_word (&board->flash, vectors + 4);
  if (stack % 4 != 0 || stack <= target->ram_base || stack - target->ram_base > target->ram_bytes)
    return FALSE;
  guint64 code = entry & ~1u;
  if ((entry & 1) == 0 || !stn_flash_holds (&board->flash, code, 2))
    return FALSE;
  const guint8 *bytes = &board->flash.cells[code - target->flash_base];
  return bytes[0] != target->erased_byte || bytes[1] != target->erased_byte;
}

static gboolean
is_reset_stub (StnBoard *board, guint64 address)
{
  guint8 code[RESET_STUB_BYTES];
  stn_board_read_ram (board, address, code, sizeof code);
  gboolean word = FALSE, place = FALSE;
  for (gsize i = 0; i + 4 <= sizeof code; i += 2) {
    word = word || get_u32 (code + i) == RESET_WORD;
    place = place || get_u32 (code + i) == RESET_REGISTER;
  }
  return word && place;
}

void
stn_application_start (StnBoard *self, guint64 vectors, gint64 at_ns)
{
  if (in_ram (self->target, vectors)) {
    self->state = STN_BOARD_CRASHED; /* of programs in the RAM the bench knows one: the one that resets the chip */
    if (is_reset_stub (self, vectors))
      stn_board_add_work (self, STN_WORK_RESET, at_ns, at_ns, FALSE, 0, NULL, 0);
    return;
  }
  if (self->faults.no_start || !vectors_are_good (self, vectors)) {
    self->state = STN_BOARD_CRASHED;
    return;
  }
  self->state = STN_BOARD_APPLICATION;
  const guint8 *descriptor = find_descriptor (&self->flash);
  if (descriptor != NULL)
    speak (self, descriptor, at_ns);
}
