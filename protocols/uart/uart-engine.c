#include "protocols/uart/uart-engine.h"

#include <string.h>

#include "protocols/guard.h"
#include "protocols/uart/uart-protection.h"
#include "protocols/uart/uart-wire.h"
#include "src/base/bytes.h"

/* Sync byte to ACK takes 0.16 ms, and 105 ms on the worst part (F105 with PA9 high; AN2606 start-up tables). A site
 * without a board pays both waits. */
#define SYNC_FIRST_NS (200 * STN_NS_PER_MS)
#define SYNC_SECOND_NS (300 * STN_NS_PER_MS)
/* G07 ROM 11.3 answers a page erase before the page is done (AN2606, known limitations). */
#define AFTER_ONE_PAGE_NS (40 * STN_NS_PER_MS)
/* Option programming on H7 takes about 0.3 s; every other part is well below. */
#define OPTION_WRITE_NS (2 * STN_NS_PER_S)
/* Extended Erase allows more, but a ROM's buffer need not: 255 pages fit in every one. */
#define ERASE_LIST_MOST 255
/* Page numbers: the codes from FFF0 on are special (section 3.8); Erase has one byte (section 3.7). */
#define EXTENDED_PAGE_MOST 0xffef
#define ERASE_PAGE_MOST 0xff

/* ---- what may be asked ---- */

static gboolean
has_quirk (const StnUartEngine *self, StnQuirk quirk)
{
  return self->engine.target != NULL && (self->engine.target->quirks & quirk) != 0;
}

/* Why no command may be sent; NULL: one may. */
static const char *
not_ready (const StnUartEngine *self)
{
  static const char *const reasons[] = {
    [STN_UART_UNSYNCED] = "before the sync",
    [STN_UART_READY] = NULL,
    [STN_UART_LOST] = "after a failure, before a resync",
    [STN_UART_LOST_IN_DATA] = "after a failure, before a resync",
    [STN_UART_LOST_IN_OPTIONS] = "after an option write that was cut short",
    [STN_UART_OVER] = "after the ROM was left",
  };
  return reasons[self->state];
}

static gboolean
is_listed (const StnUartEngine *self, guint8 opcode)
{
  return stn_guard_is_listed (&self->identity, opcode);
}

gboolean
stn_uart_may_send (const StnUartEngine *self, guint8 opcode, GError **error)
{
  return stn_guard_may_send (not_ready (self), self->identified, &self->identity, opcode, error);
}

static gboolean
fits_the_wire (guint64 address, gsize length)
{
  return stn_guard_fits (address, length, STN_UART_BLOCK_BYTES);
}

/* ---- exchanges ---- */

/* Address and its checksum in one write, then ACK. */
gboolean
stn_uart_send_address (StnUartEngine *self, guint64 address, const StnWait *wait, GError **error)
{
  const StnUartStage stage = { .what = "the address",
                               .has_address = TRUE,
                               .address = address,
                               .refused = STN_FAILURE_NACK,
                               .longest_ns = STN_UART_SIMPLE_NS };
  guint8 block[5];
  StnWriter writer = stn_writer_new (block, sizeof block);

  stn_writer_u32_be (&writer, (guint32) address);
  stn_writer_u8 (&writer, stn_bytes_xor (block, 4));
  return stn_uart_send (self, block, sizeof block, wait, error) && stn_uart_expect_ack (self, &stage, wait, error);
}

/* The opcode of a command that read protection forbids: that and a missing command are all that a ROM refuses here, and
 * a missing command was not sent. */
static gboolean
open_guarded (StnUartEngine *self, guint8 opcode, gboolean has_address, guint64 address, const StnWait *wait,
              GError **error)
{
  const StnUartStage stage = { .has_address = has_address, .address = address };
  return stn_uart_open (self, opcode, STN_FAILURE_READ_PROTECTED, &stage, wait, error);
}

static gboolean
read_block (StnUartEngine *self, guint64 address, guint8 *buffer, gsize length, const StnWait *wait, GError **error)
{
  const StnUartStage stage = { .what = "the length",
                               .has_address = TRUE,
                               .address = address,
                               .refused = STN_FAILURE_NACK,
                               .longest_ns = STN_UART_SIMPLE_NS };
  const guint8 count = (guint8) (length - 1);
  const guint8 pair[] = { count, count ^ 0xff };

  if (!open_guarded (self, STN_UART_READ_MEMORY, TRUE, address, wait, error)
      || !stn_uart_send_address (self, address, wait, error) || !stn_uart_send (self, pair, sizeof pair, wait, error)
      || !stn_uart_expect_ack (self, &stage, wait, error)
      || !stn_uart_receive (self, &stage, buffer, length,
                            STN_UART_SIMPLE_NS + stn_uart_characters_ns (self, (guint) length), wait, error))
    return FALSE;
  self->state = STN_UART_READY;
  return TRUE;
}

/* Opcode and address of a Write Memory. From the address on filler could be taken for data (a lost ACK leaves the ROM
 * waiting for the block), so `in_data` says what kind of data that would be. */
static gboolean
open_write (StnUartEngine *self, guint64 address, StnUartState in_data, const StnWait *wait, GError **error)
{
  if (!open_guarded (self, STN_UART_WRITE_MEMORY, TRUE, address, wait, error))
    return FALSE;
  self->state = in_data;
  return stn_uart_send_address (self, address, wait, error);
}

/* Count, data and checksum in one write; then ACK, at the latest `longest_ns` after they have left. */
static gboolean
send_data (StnUartEngine *self, guint64 address, const guint8 *bytes, gsize length, gint64 longest_ns,
           const StnWait *wait, GError **error)
{
  const StnUartStage stage = { .what = "the data block",
                               .has_address = TRUE,
                               .address = address,
                               .refused = STN_FAILURE_NACK,
                               .longest_ns = longest_ns + stn_uart_characters_ns (self, (guint) length + 2) };
  guint8 block[1 + STN_UART_BLOCK_BYTES + 1];

  block[0] = (guint8) (length - 1);
  memcpy (block + 1, bytes, length);
  block[length + 1] = stn_bytes_xor (block, length + 1);
  if (!stn_uart_send (self, block, length + 2, wait, error) || !stn_uart_expect_ack (self, &stage, wait, error))
    return FALSE;
  self->state = STN_UART_READY;
  return TRUE;
}

/* The erase block, whole, and its only ACK: as long as the caller waits. */
static gboolean
send_erase (StnUartEngine *self, const char *what, guint8 opcode, const guint8 *block, gsize length,
            const StnWait *wait, GError **error)
{
  const StnUartStage stage = { .what = what, .refused = STN_FAILURE_NACK, .longest_ns = STN_TIME_NEVER };

  if (!open_guarded (self, opcode, FALSE, 0, wait, error) || !stn_uart_send (self, block, length, wait, error)
      || !stn_uart_expect_ack (self, &stage, wait, error))
    return FALSE;
  self->state = STN_UART_READY;
  return TRUE;
}

static gboolean
get_id (StnUartEngine *self, guint16 *out, const StnWait *wait, GError **error)
{
  static const StnUartStage stage = { .what = "Get ID", .refused = STN_FAILURE_NACK };
  guint8 count;
  guint8 rest[3];

  if (!stn_uart_open (self, STN_UART_GET_ID, STN_FAILURE_NACK, &stage, wait, error)
      || !stn_uart_receive (self, &stage, &count, 1, STN_UART_SIMPLE_NS, wait, error))
    return FALSE;
  /* count minus one: two bytes on every STM32 since protocol 2.1 */
  if (count != 1) {
    g_autofree char *seen = g_strdup_printf ("%02x", count);
    stn_error_set_seen (error, STN_FAILURE_GARBAGE, "01", seen, "Get ID answers with another length");
    return FALSE;
  }
  if (!stn_uart_receive (self, &stage, rest, sizeof rest, STN_UART_SIMPLE_NS, wait, error))
    return FALSE;
  if (rest[2] != STN_UART_ACK) {
    g_autofree char *seen = g_strdup_printf ("%02x", rest[2]);
    stn_error_set_seen (error, STN_FAILURE_GARBAGE, "79", seen, "no ACK at the end of Get ID");
    return FALSE;
  }

  self->state = STN_UART_READY;
  *out = (guint16) (rest[0] << 8 | rest[1]);
  return TRUE;
}

/* ---- sync ---- */

/* One sync byte and what comes back. TRUE with an answer in *out, or with *out_silent. */
static gboolean
sync_once (StnUartEngine *self, gint64 longest_ns, guint8 *out, gboolean *out_silent, const StnWait *wait,
           GError **error)
{
  static const StnUartStage stage = { .what = "the sync byte" };
  static const guint8 sync_byte = STN_UART_SYNC;
  g_autoptr (GError) local = NULL;

  if (!stn_uart_send (self, &sync_byte, 1, wait, error))
    return FALSE;
  *out_silent = FALSE;
  if (stn_uart_receive (self, &stage, out, 1, longest_ns + stn_uart_characters_ns (self, 2), wait, &local))
    return TRUE;
  *out_silent = stn_error_is (local, STN_FAILURE_NO_ANSWER);
  if (*out_silent)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
uart_sync (StnEngine *engine, guint baud, const StnWait *wait, GError **error)
{
  StnUartEngine *self = (StnUartEngine *) engine;
  const StnLineSettings line = {
    .baud = baud, .data_bits = 8, .parity = has_quirk (self, STN_QUIRK_NO_PARITY) ? 'N' : 'E', .stop_bits = 1
  };
  guint8 seen[STN_UART_SHOWN_BYTES];
  gsize count = 0;
  guint8 answer = 0;
  gboolean silent;

  self->state = STN_UART_UNSYNCED;
  self->identified = FALSE;
  self->baud = baud;
  if ((baud > 0 && !stn_stream_configure (engine->link, &line, wait, error))
      || !stn_stream_flush (engine->link, wait, error)
      || !sync_once (self, SYNC_FIRST_NS, &answer, &silent, wait, error))
    return FALSE;

  /* nothing: the ROM was not yet there (79 now), or it is synced already and took the byte for half a command (1f) */
  if (silent && !sync_once (self, SYNC_SECOND_NS, &answer, &silent, wait, error))
    return FALSE;
  if (silent) {
    stn_error_set_seen (error, STN_FAILURE_NO_SYNC, "79", "nothing", "not one byte came back");
    return FALSE;
  }

  if (answer != STN_UART_ACK && answer != STN_UART_NACK) {
    /* the rest of the nonsense tells a wrong rate (more bytes) from an echo (7f) */
    seen[count++] = answer;
    if (!stn_uart_drain (self, STN_UART_DRAIN_NS, seen, sizeof seen, &count, wait, error))
      return FALSE;
    g_autofree char *text = stn_bytes_to_text (seen, count, STN_UART_SHOWN_BYTES);
    stn_error_set_seen (error, STN_FAILURE_NO_SYNC, "79", text,
                        answer == STN_UART_SYNC ? "the sync byte came back as an echo" : "no ACK to the sync byte");
    return FALSE;
  }
  if (has_quirk (self, STN_QUIRK_DOUBLE_ACK_AT_SYNC)
      && !stn_uart_drain (self, STN_UART_DRAIN_NS, NULL, 0, NULL, wait, error))
    return FALSE;
  self->state = STN_UART_READY;
  return TRUE;
}

/* ---- verbs ---- */

static gboolean
uart_identify (StnEngine *engine, StnRomIdentity *out, const StnWait *wait, GError **error)
{
  StnUartEngine *self = (StnUartEngine *) engine;
  StnRomIdentity found;

  if (not_ready (self) != NULL) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "a command %s", not_ready (self));
    return FALSE;
  }
  if (!stn_uart_get (self, &found, wait, error) || !get_id (self, &found.product_id, wait, error))
    return FALSE;
  found.product_id_known = TRUE;
  self->identity = found;
  self->identified = TRUE;
  *out = found;
  return TRUE;
}

static void
uart_capabilities (const StnEngine *engine, StnEngineCapabilities *out)
{
  static const struct {
    guint8 opcode;
    guint verbs;
  } rows[] = {
    { STN_UART_READ_MEMORY, STN_ENGINE_READ },
    { STN_UART_WRITE_MEMORY, STN_ENGINE_WRITE },
    { STN_UART_ERASE, STN_ENGINE_ERASE_PAGES | STN_ENGINE_ERASE_ALL },
    { STN_UART_EXTENDED_ERASE, STN_ENGINE_ERASE_PAGES | STN_ENGINE_ERASE_ALL },
    { STN_UART_GO, STN_ENGINE_GO },
    { STN_UART_GET_CHECKSUM, STN_ENGINE_CHECKSUM },
    { STN_UART_WRITE_PROTECT, STN_ENGINE_WRITE_PROTECT },
    { STN_UART_WRITE_UNPROTECT, STN_ENGINE_WRITE_UNPROTECT },
    { STN_UART_READOUT_PROTECT, STN_ENGINE_READ_PROTECT },
    { STN_UART_READOUT_UNPROTECT, STN_ENGINE_READ_UNPROTECT },
    { STN_UART_SPECIAL, STN_ENGINE_SPECIAL },
    { STN_UART_EXTENDED_SPECIAL, STN_ENGINE_EXTENDED_SPECIAL },
  };
  const StnUartEngine *self = (const StnUartEngine *) engine;

  *out = (StnEngineCapabilities){
    .read_block_bytes = STN_UART_BLOCK_BYTES,
    .write_block_bytes = engine->target != NULL ? stn_target_write_block_bytes (engine->target) : STN_UART_BLOCK_BYTES,
    .erase_pages_at_once = has_quirk (self, STN_QUIRK_ONE_PAGE_PER_ERASE) ? 1 : ERASE_LIST_MOST,
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (!self->identified || is_listed (self, rows[i].opcode))
      out->verbs |= rows[i].verbs;
  if (has_quirk (self, STN_QUIRK_NO_MASS_ERASE))
    out->verbs &= ~(guint) STN_ENGINE_ERASE_ALL;
}

static gboolean
uart_read (StnEngine *engine, guint64 address, guint8 *buffer, gsize length, const StnWait *wait, GError **error)
{
  StnUartEngine *self = (StnUartEngine *) engine;
  guint8 block[STN_UART_BLOCK_BYTES];
  guint offset = (guint) (address % STN_UART_BLOCK_BYTES);

  if (buffer == NULL || !fits_the_wire (address, length))
    return stn_guard_refuse (error, address, length, "a read that does not fit a block");
  if (!stn_uart_may_send (self, STN_UART_READ_MEMORY, error))
    return FALSE;
  if (!stn_guard_needs_whole_block (engine->target, address, length))
    return read_block (self, address, buffer, length, wait, error);
  if (!read_block (self, address - offset, block, sizeof block, wait, error))
    return FALSE;
  memcpy (buffer, block + offset, length);
  return TRUE;
}

static gboolean
uart_write (StnEngine *engine, guint64 address, const guint8 *bytes, gsize length, const StnWait *wait, GError **error)
{
  StnUartEngine *self = (StnUartEngine *) engine;
  const StnTarget *target = engine->target;

  if (!stn_guard_plain_write (target, address, bytes, length,
                              target != NULL ? stn_target_write_block_bytes (target) : STN_UART_BLOCK_BYTES, error))
    return FALSE;
  if (!stn_uart_may_send (self, STN_UART_WRITE_MEMORY, error))
    return FALSE;
  return open_write (self, address, STN_UART_LOST_IN_DATA, wait, error)
         && send_data (self, address, bytes, length,
                       STN_UART_SIMPLE_NS + stn_target_program_longest_ns (target, length), wait, error);
}

static gboolean
uart_erase_pages (StnEngine *engine, const guint16 *pages, guint count, const StnWait *wait, GError **error)
{
  StnUartEngine *self = (StnUartEngine *) engine;
  gboolean one_page = has_quirk (self, STN_QUIRK_ONE_PAGE_PER_ERASE);
  gboolean extended = is_listed (self, STN_UART_EXTENDED_ERASE);
  guint8 opcode = extended ? STN_UART_EXTENDED_ERASE : STN_UART_ERASE;
  guint most = extended ? EXTENDED_PAGE_MOST : ERASE_PAGE_MOST;
  guint8 block[2 + 2 * ERASE_LIST_MOST + 1];
  StnWriter writer = stn_writer_new (block, sizeof block);

  if (pages == NULL || count < 1 || count > (one_page ? 1 : ERASE_LIST_MOST)) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "an erase list of %u pages", count);
    return FALSE;
  }
  if (!stn_uart_may_send (self, opcode, error))
    return FALSE;

  /* count minus one, then the pages; Extended Erase with two bytes for each number */
  if (extended)
    stn_writer_u16_be (&writer, (guint16) (count - 1));
  else
    stn_writer_u8 (&writer, (guint8) (count - 1));
  for (guint i = 0; i < count; i++) {
    if (pages[i] > most) {
      stn_error_set (error, STN_FAILURE_INTERNAL, "page %u has no number in command %02x", pages[i], opcode);
      return FALSE;
    }
    if (extended)
      stn_writer_u16_be (&writer, pages[i]);
    else
      stn_writer_u8 (&writer, (guint8) pages[i]);
  }
  stn_writer_u8 (&writer, stn_bytes_xor (block, writer.length));

  return send_erase (self, "the page list", opcode, block, writer.length, wait, error)
         && (!one_page || stn_wait_sleep (wait, AFTER_ONE_PAGE_NS, error));
}

static gboolean
uart_erase_all (StnEngine *engine, const StnWait *wait, GError **error)
{
  /* code and its checksum; for Erase the complement of FF: with anything else it erases nothing and still says ACK */
  static const guint8 extended_block[] = { STN_UART_EXTENDED_ERASE_ALL >> 8, STN_UART_EXTENDED_ERASE_ALL & 0xff, 0x00 };
  static const guint8 block[] = { STN_UART_ERASE_GLOBAL, 0x00 };
  StnUartEngine *self = (StnUartEngine *) engine;
  gboolean extended = is_listed (self, STN_UART_EXTENDED_ERASE);
  guint8 opcode = extended ? STN_UART_EXTENDED_ERASE : STN_UART_ERASE;

  if (!stn_uart_may_send (self, opcode, error))
    return FALSE;
  if (has_quirk (self, STN_QUIRK_NO_MASS_ERASE)) {
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "this ROM has no mass erase");
    return FALSE;
  }
  return extended ? send_erase (self, "the mass erase", opcode, extended_block, sizeof extended_block, wait, error)
                  : send_erase (self, "the mass erase", opcode, block, sizeof block, wait, error);
}

static gboolean
uart_write_options (StnEngine *engine, guint64 address, const guint8 *bytes, gsize length, const StnWait *wait,
                    GError **error)
{
  StnUartEngine *self = (StnUartEngine *) engine;
  const StnTarget *target = engine->target;
  g_autoptr (GError) local = NULL;

  if (!stn_guard_option_write (target, address, bytes, length, STN_UART_BLOCK_BYTES, error)
      || !stn_uart_may_send (self, STN_UART_WRITE_MEMORY, error)
      || !open_guarded (self, STN_UART_WRITE_MEMORY, TRUE, address, wait, error))
    return FALSE;
  /* From here on a NACK that the wire made of an ACK leaves the ROM waiting for option bytes, and whatever is sent next
   * is taken for them: the refusal is told, and only a reset is believed. */
  self->state = STN_UART_LOST_IN_OPTIONS;
  if (!stn_uart_send_address (self, address, wait, error)) {
    self->state = STN_UART_LOST_IN_OPTIONS;
    return FALSE;
  }

  gint64 known_ns = (gint64) (target->option_write_max_ms * STN_NS_PER_MS) + STN_UART_SIMPLE_NS;
  /* silence: the block is out, and the reset that follows can cut the ACK off; reading back will tell */
  if (!send_data (self, address, bytes, length, MAX (OPTION_WRITE_NS, known_ns), wait, &local)
      && !stn_error_is (local, STN_FAILURE_NO_ANSWER)) {
    self->state = STN_UART_LOST_IN_OPTIONS;
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  self->state = STN_UART_OVER;
  return TRUE;
}

static gboolean
uart_go (StnEngine *engine, guint64 address, const StnWait *wait, GError **error)
{
  StnUartEngine *self = (StnUartEngine *) engine;

  if (!fits_the_wire (address, 1))
    return stn_guard_refuse (error, address, 1, "a start that is out of reach");
  if (!stn_uart_may_send (self, STN_UART_GO, error) || !open_guarded (self, STN_UART_GO, TRUE, address, wait, error)
      || !stn_uart_send_address (self, address, wait, error))
    return FALSE;
  self->state = STN_UART_OVER;
  return TRUE;
}

/* ---- the class ---- */

/* Write: 2 + 5 + (1 + n + 1) out and three ACKs back. Read: 2 + 5 + 2 out, three ACKs and n back. */
static guint
block_bit_times (guint length)
{
  return (length + 12) * STN_UART_BITS_PER_CHARACTER;
}

static StnEngine *
uart_create (StnLink *link, const StnTarget *target)
{
  StnUartEngine *self = g_new0 (StnUartEngine, 1);

  self->engine = (StnEngine){ .engine_class = &stn_uart_engine_class, .link = link, .target = target };
  return &self->engine;
}

static void
uart_free (StnEngine *engine)
{
  g_free (engine);
}

const StnEngineClass stn_uart_engine_class = {
  .name = "uart",
  .document = "AN3155 Rev 20",
  .shape = STN_LINK_STREAM,
  .write_bit_times = block_bit_times,
  .read_bit_times = block_bit_times,
  .create = uart_create,
  .free = uart_free,
  .sync = uart_sync,
  .identify = uart_identify,
  .capabilities = uart_capabilities,
  .read = uart_read,
  .write = uart_write,
  .erase_pages = uart_erase_pages,
  .erase_all = uart_erase_all,
  .write_options = uart_write_options,
  .go = uart_go,
  .resync = stn_uart_resync,
  .write_protect = stn_uart_write_protect,
  .write_unprotect = stn_uart_write_unprotect,
  .read_protect = stn_uart_read_protect,
  .read_unprotect = stn_uart_read_unprotect,
  .checksum = stn_uart_checksum,
  .special = stn_uart_special,
};
