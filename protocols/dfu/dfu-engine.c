#include "protocols/dfu/dfu-engine.h"

#include <string.h>

#include "protocols/dfu/dfu-exchange.h"
#include "protocols/dfu/dfu-wire.h"
#include "src/base/bytes.h"

/* A pointer is set within the time of a status. */
#define SET_ADDRESS_TYPICAL_NS STN_NS_PER_MS
#define SET_ADDRESS_LONGEST_NS STN_NS_PER_S
/* Outside the flash nothing is programmed slowly: RAM, or a register. */
#define PLAIN_WRITE_TYPICAL_NS STN_NS_PER_MS
#define PLAIN_WRITE_LONGEST_NS STN_NS_PER_S
/* A page erase and some programming (timing notes, option bytes: 25 to 50 ms; H7 about 300 ms). */
#define OPTION_WRITE_TYPICAL_NS (25 * STN_NS_PER_MS)
#define OPTION_WRITE_LONGEST_NS (2 * STN_NS_PER_S)
/* The last answer of a device that leaves comes at once or never. */
#define LEAVE_ANSWER_NS STN_NS_PER_S
/* What a write must be a multiple of outside the flash, as over UART (AN3155 section 3.6). */
#define WRITE_UNIT 4
/* L43 V9.1, L47 V9 and V10: a longer write that is no multiple of 8 is corrupted (AN2606, known limitations). */
#define ODD_WRITE_MOST 256
#define LONG_WRITE_UNIT 8
/* The block around UID and flash size. */
#define DEVICE_DATA_BYTES 256
/* Full speed: 64 bytes a packet, 13 of them in a frame of 1 ms (USB 2.0 table 5-2); a control transfer takes one. */
#define FRAME_NS STN_NS_PER_MS
#define FRAME_BYTES (13 * 64)

/* ---- what may be asked ---- */

static gboolean
is_listed (const StnDfuEngine *self, guint8 opcode)
{
  for (guint i = 0; i < self->identity.command_count; i++)
    if (self->identity.commands[i] == opcode)
      return TRUE;
  return FALSE;
}

static gboolean
is_ready (const StnDfuEngine *self, GError **error)
{
  static const char *const reasons[] = {
    [STN_DFU_UNSYNCED] = "before the sync",
    [STN_DFU_READY] = "",
    [STN_DFU_LOST] = "after a failure, before a resync",
    [STN_DFU_OVER] = "after the ROM was left",
  };

  if (self->visit == STN_DFU_READY)
    return TRUE;
  stn_error_set (error, STN_FAILURE_INTERNAL, "a command %s", reasons[self->visit]);
  return FALSE;
}

static gboolean
may_send (const StnDfuEngine *self, guint8 opcode, GError **error)
{
  if (!is_ready (self, error))
    return FALSE;
  if (!self->identified) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "a command before the ROM was identified");
    return FALSE;
  }
  if (!is_listed (self, opcode)) {
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "this ROM does not list the command %02x", opcode);
    return FALSE;
  }
  return TRUE;
}

/* The caller's mistake: nothing has been sent. */
static gboolean
refuse (GError **error, guint64 address, gsize length, const char *what)
{
  stn_error_set (error, STN_FAILURE_INTERNAL, "%s: %" G_GSIZE_FORMAT " bytes at 0x%08" G_GINT64_MODIFIER "x", what,
                 length, address);
  return FALSE;
}

/* Addresses on this wire have 32 bits. */
static gboolean
fits_the_wire (const StnDfuEngine *self, guint64 address, gsize length)
{
  return length >= 1 && length <= self->block_bytes && address <= G_MAXUINT32 && length - 1 <= G_MAXUINT32 - address;
}

static gboolean
overlaps (guint64 address, gsize length, guint64 area, guint64 area_length)
{
  return area_length > 0 && address < area + area_length && address + length > area;
}

/* ---- the pointer ---- */

static gboolean
set_address (StnDfuEngine *self, guint64 address, const StnWait *wait, GError **error)
{
  const StnDfuStep step = { .what = "Set Address",
                            .has_address = TRUE,
                            .address = address,
                            .typical_ns = SET_ADDRESS_TYPICAL_NS,
                            .longest_ns = SET_ADDRESS_LONGEST_NS };
  guint8 command[5];
  StnWriter writer = stn_writer_new (command, sizeof command);

  self->direction = STN_DFU_NO_STRETCH;
  stn_writer_u8 (&writer, STN_DFU_SET_ADDRESS);
  stn_writer_u32_le (&writer, (guint32) address);
  return (self->state != STN_DFU_UPLOAD_IDLE || stn_dfu_to_idle (self, wait, error))
         && stn_dfu_download (self, &step, STN_DFU_BLOCK_COMMAND, command, sizeof command, wait, error);
}

/* Block numbers count in units of the request's own length (AN3156 section 4), or of wTransferSize, as some devices
 * have it. Only blocks of that very size are therefore counted on, and only one after the other; each other block has
 * its address set and number 2, which is right either way. Reading back would not find a wrong guess: what landed
 * elsewhere would be read from there. */
static gboolean
is_counted (const StnDfuEngine *self, gsize length)
{
  return self->interface.has_functional && length == self->interface.transfer_bytes;
}

static gboolean
point (StnDfuEngine *self, StnDfuDirection direction, guint64 address, gsize length, guint *out_block,
       const StnWait *wait, GError **error)
{
  /* before the stretch is looked at: another setting ends it */
  if (!stn_dfu_select (self, address, wait, error))
    return FALSE;
  if (self->direction == direction && self->next_address == address && is_counted (self, length)
      && self->next_block <= STN_DFU_BLOCK_LAST) {
    *out_block = self->next_block;
    return TRUE;
  }
  if (!set_address (self, address, wait, error)
      /* UPLOAD is refused in dfuDNLOAD-IDLE, where the command ended */
      || (direction == STN_DFU_UPWARD && !stn_dfu_to_idle (self, wait, error)))
    return FALSE;
  *out_block = STN_DFU_BLOCK_FIRST;
  return TRUE;
}

static void
count_on (StnDfuEngine *self, StnDfuDirection direction, guint64 address, gsize length, guint block)
{
  self->direction = is_counted (self, length) ? direction : STN_DFU_NO_STRETCH;
  self->next_address = address + length;
  self->next_block = block + 1;
}

/* ---- blocks ---- */

static gboolean
read_block (StnDfuEngine *self, guint64 address, guint8 *buffer, gsize length, const StnWait *wait, GError **error)
{
  const StnDfuStep step = { .what = "the upload", .has_address = TRUE, .address = address };
  guint block;
  gsize came;
  StnDfuStatus status;
  GError *local = NULL;

  if (!point (self, STN_DFU_UPWARD, address, length, &block, wait, error))
    return FALSE;
  self->direction = STN_DFU_NO_STRETCH;
  self->visit = STN_DFU_LOST;
  if (!stn_dfu_in (self, &step, STN_DFU_UPLOAD, (guint16) block, buffer, length, &came, wait, &local))
    return stn_dfu_fail_by_stall (self, &step, local, wait, error);
  if (came < length) {
    /* protection can look like this: nothing comes, and the status says why */
    if (!stn_dfu_get_status (self, &step, &status, wait, error))
      return FALSE;
    if (status.status != STN_DFU_OK || status.state == STN_DFU_ERROR)
      return stn_dfu_fail_by_status (self, &step, &status, "dfuUPLOAD-IDLE", wait, error);
    /* ended with a short packet, as DFU has it: there is no more to read from there. In any other state bytes are
     * missing. */
    gboolean is_end = status.state == STN_DFU_IDLE;
    g_autofree char *expected = g_strdup_printf ("%" G_GSIZE_FORMAT " bytes", length);
    g_autofree char *seen = g_strdup_printf ("%" G_GSIZE_FORMAT " bytes, state %u (%s)", came, status.state,
                                             stn_dfu_state_name (status.state));
    stn_error_set_at (error, is_end ? STN_FAILURE_NACK : STN_FAILURE_GARBAGE, address, expected, seen,
                      "a short upload");
    if (is_end) {
      self->state = STN_DFU_IDLE;
      self->visit = STN_DFU_READY;
    }
    return FALSE;
  }
  self->state = STN_DFU_UPLOAD_IDLE;
  self->visit = STN_DFU_READY;
  count_on (self, STN_DFU_UPWARD, address, length, block);
  return TRUE;
}

static gboolean
write_block (StnDfuEngine *self, guint64 address, const guint8 *bytes, gsize length, gint64 typical_ns,
             gint64 longest_ns, const StnWait *wait, GError **error)
{
  const StnDfuStep step = { .what = "the data block",
                            .has_address = TRUE,
                            .address = address,
                            .typical_ns = typical_ns,
                            .longest_ns = longest_ns };
  guint block;

  if (!point (self, STN_DFU_DOWNWARD, address, length, &block, wait, error))
    return FALSE;
  self->direction = STN_DFU_NO_STRETCH;
  if (!stn_dfu_download (self, &step, (guint16) block, bytes, length, wait, error))
    return FALSE;
  count_on (self, STN_DFU_DOWNWARD, address, length, block);
  return TRUE;
}

/* ---- verbs ---- */

static gboolean
dfu_sync (StnEngine *engine, guint baud, const StnWait *wait, GError **error)
{
  StnDfuEngine *self = (StnDfuEngine *) engine;

  (void) baud; /* the bus has its own */
  self->visit = STN_DFU_UNSYNCED;
  self->identified = FALSE;
  self->direction = STN_DFU_NO_STRETCH;
  if (!stn_dfu_enumerate (self, wait, error) || !stn_dfu_recover (self, wait, error)
      || !stn_dfu_select (self, G_MAXUINT64, wait, error)) {
    self->visit = STN_DFU_UNSYNCED;
    return FALSE;
  }
  return TRUE;
}

static gboolean
dfu_identify (StnEngine *engine, StnRomIdentity *out, const StnWait *wait, GError **error)
{
  StnDfuEngine *self = (StnDfuEngine *) engine;
  StnRomIdentity found;

  if (!is_ready (self, error))
    return FALSE;
  self->direction = STN_DFU_NO_STRETCH;
  if (!stn_dfu_to_idle (self, wait, error) || !stn_dfu_get (self, &found, wait, error))
    return FALSE;
  self->identity = found;
  self->identified = TRUE;
  *out = found;
  return TRUE;
}

static void
dfu_capabilities (const StnEngine *engine, StnEngineCapabilities *out)
{
  static const struct {
    guint8 opcode;
    guint verbs;
  } rows[] = {
    { STN_DFU_SET_ADDRESS, STN_ENGINE_READ | STN_ENGINE_WRITE | STN_ENGINE_GO },
    { STN_DFU_ERASE, STN_ENGINE_ERASE_PAGES | STN_ENGINE_ERASE_ALL },
    { STN_DFU_READ_UNPROTECT, STN_ENGINE_READ_UNPROTECT },
  };
  const StnDfuEngine *self = (const StnDfuEngine *) engine;

  *out = (StnEngineCapabilities){ .read_block_bytes = self->block_bytes,
                                  .write_block_bytes = self->block_bytes,
                                  .erase_pages_at_once = 1 };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (!self->identified || is_listed (self, rows[i].opcode))
      out->verbs |= rows[i].verbs;
  if (engine->target != NULL && (engine->target->quirks & STN_QUIRK_NO_MASS_ERASE) != 0)
    out->verbs &= ~(guint) STN_ENGINE_ERASE_ALL;
}

/* Some ROMs refuse small reads around the UID and the flash size: there the whole block is read. */
static gboolean
needs_whole_block (const StnTarget *target, guint64 address, gsize length)
{
  const guint64 mask = ~(guint64) (DEVICE_DATA_BYTES - 1);

  if (target == NULL || (target->quirks & STN_QUIRK_READ_BLOCKS_ONLY) == 0
      || ((address + length - 1) & mask) != (address & mask))
    return FALSE;
  return (target->uid_address != 0 && (target->uid_address & mask) == (address & mask))
         || (target->flash_size_address != 0 && (target->flash_size_address & mask) == (address & mask));
}

static gboolean
dfu_read (StnEngine *engine, guint64 address, guint8 *buffer, gsize length, const StnWait *wait, GError **error)
{
  StnDfuEngine *self = (StnDfuEngine *) engine;
  guint8 block[STN_DFU_BLOCK_BYTES_MOST];
  guint before;
  gsize span;

  if (buffer == NULL || !fits_the_wire (self, address, length))
    return refuse (error, address, length, "a read that does not fit a block");
  if (!may_send (self, STN_DFU_SET_ADDRESS, error))
    return FALSE;
  if (needs_whole_block (engine->target, address, length)) {
    before = (guint) (address % DEVICE_DATA_BYTES);
    span = DEVICE_DATA_BYTES;
  } else if (length % 2 == 1) {
    /* lengths are even and 2 at least (AN3156 section 4): one byte more, on the side that stays in the half-word */
    before = (guint) (address % 2);
    span = length + 1;
  } else
    return read_block (self, address, buffer, length, wait, error);

  if (span > self->block_bytes)
    return refuse (error, address, length, "a read that does not fit a block");
  if (!read_block (self, address - before, block, span, wait, error))
    return FALSE;
  memcpy (buffer, block + before, length);
  return TRUE;
}

static gboolean
dfu_write (StnEngine *engine, guint64 address, const guint8 *bytes, gsize length, const StnWait *wait, GError **error)
{
  StnDfuEngine *self = (StnDfuEngine *) engine;
  const StnTarget *target = engine->target;

  if (target == NULL || bytes == NULL || !fits_the_wire (self, address, length))
    return refuse (error, address, length, "a write that does not fit a block");

  gboolean in_flash = overlaps (address, length, target->flash_base, target->flash_bytes);
  guint unit = in_flash ? MAX (stn_target_write_unit_bytes (target), WRITE_UNIT) : WRITE_UNIT;
  if (address % unit != 0 || length % unit != 0)
    return refuse (error, address, length, "a write of part of a unit");
  /* option bytes have a verb of their own, after which the visit is over */
  if (overlaps (address, length, target->options_address, target->options_bytes)
      || overlaps (address, length, target->options_second_address, target->options_second_bytes))
    return refuse (error, address, length, "a plain write to the option bytes");
  if (!may_send (self, STN_DFU_SET_ADDRESS, error))
    return FALSE;
  if (!in_flash) {
    gsize odd = length > ODD_WRITE_MOST ? length % LONG_WRITE_UNIT : 0;
    return write_block (self, address, bytes, length - odd, PLAIN_WRITE_TYPICAL_NS, PLAIN_WRITE_LONGEST_NS, wait, error)
           && (odd == 0
               || write_block (self, address + length - odd, bytes + length - odd, odd, PLAIN_WRITE_TYPICAL_NS,
                               PLAIN_WRITE_LONGEST_NS, wait, error));
  }
  return write_block (self, address, bytes, length, stn_target_program_typical_ns (target, length),
                      stn_target_program_longest_ns (target, length), wait, error);
}

static gboolean
dfu_erase_pages (StnEngine *engine, const guint16 *pages, guint count, const StnWait *wait, GError **error)
{
  StnDfuEngine *self = (StnDfuEngine *) engine;
  guint8 command[5];
  StnWriter writer = stn_writer_new (command, sizeof command);
  StnPage page;

  if (engine->target == NULL || pages == NULL || count != 1 || !stn_target_page (engine->target, pages[0], &page)
      || page.address > G_MAXUINT32) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "an erase of %u pages at once, or of one that is not there", count);
    return FALSE;
  }
  if (!may_send (self, STN_DFU_ERASE, error))
    return FALSE;

  const StnDfuStep step = { .what = "the page erase",
                            .has_address = TRUE,
                            .address = page.address,
                            .typical_ns = stn_target_page_erase_typical_ns (engine->target, &page),
                            .longest_ns = stn_target_page_erase_longest_ns (engine->target, &page),
                            .kick_is_done = TRUE };
  stn_writer_u8 (&writer, STN_DFU_ERASE);
  stn_writer_u32_le (&writer, (guint32) page.address);
  if (!stn_dfu_select (self, page.address, wait, error))
    return FALSE;
  self->direction = STN_DFU_NO_STRETCH;
  return (self->state != STN_DFU_UPLOAD_IDLE || stn_dfu_to_idle (self, wait, error))
         && stn_dfu_download (self, &step, STN_DFU_BLOCK_COMMAND, command, sizeof command, wait, error);
}

static gboolean
dfu_erase_all (StnEngine *engine, const StnWait *wait, GError **error)
{
  static const guint8 command = STN_DFU_ERASE;
  StnDfuEngine *self = (StnDfuEngine *) engine;
  const StnTarget *target = engine->target;

  if (target == NULL) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "a mass erase of an unknown chip");
    return FALSE;
  }
  if (!may_send (self, STN_DFU_ERASE, error))
    return FALSE;
  if ((target->quirks & STN_QUIRK_NO_MASS_ERASE) != 0) {
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "this ROM has no mass erase");
    return FALSE;
  }

  const StnDfuStep step = { .what = "the mass erase",
                            .typical_ns = stn_target_mass_erase_typical_ns (target),
                            .longest_ns = stn_target_mass_erase_longest_ns (target),
                            .kick_is_done = TRUE };
  if (!stn_dfu_select (self, target->flash_base, wait, error))
    return FALSE;
  self->direction = STN_DFU_NO_STRETCH;
  return (self->state != STN_DFU_UPLOAD_IDLE || stn_dfu_to_idle (self, wait, error))
         && stn_dfu_download (self, &step, STN_DFU_BLOCK_COMMAND, &command, 1, wait, error);
}

static gboolean
dfu_write_options (StnEngine *engine, guint64 address, const guint8 *bytes, gsize length, const StnWait *wait,
                   GError **error)
{
  StnDfuEngine *self = (StnDfuEngine *) engine;
  const StnTarget *target = engine->target;

  if (target == NULL || bytes == NULL || !fits_the_wire (self, address, length)
      || overlaps (address, length, target->flash_base, target->flash_bytes))
    return refuse (error, address, length, "an option write that is none");
  if (!may_send (self, STN_DFU_SET_ADDRESS, error))
    return FALSE;

  const StnDfuStep step = { .what = "the option bytes",
                            .has_address = TRUE,
                            .address = address,
                            .typical_ns = OPTION_WRITE_TYPICAL_NS,
                            .longest_ns = MAX (OPTION_WRITE_LONGEST_NS, stn_target_option_write_longest_ns (target)),
                            .gone_is_done = TRUE };
  if (!stn_dfu_select (self, address, wait, error) || !set_address (self, address, wait, error)
      || !stn_dfu_download (self, &step, STN_DFU_BLOCK_FIRST, bytes, length, wait, error))
    return FALSE;
  self->visit = STN_DFU_OVER;
  return TRUE;
}

/* The device leaves when it has answered, or while it answers: STALL, silence and being gone are what leaving looks
 * like from here. Whether it left for the application is for the boot check to see. */
static gboolean
leave (StnDfuEngine *self, const StnDfuStep *step, const StnWait *wait, GError **error)
{
  StnWait narrow = stn_wait_within (wait, LEAVE_ANSWER_NS);
  StnDfuStatus status;
  guint8 bytes[STN_DFU_STATUS_BYTES];
  gsize length;
  g_autoptr (GError) local = NULL;

  if (!stn_dfu_in (self, step, STN_DFU_GETSTATUS, 0, bytes, sizeof bytes, &length, &narrow, &local)) {
    if (stn_error_is (local, STN_FAILURE_LINK_LOST) || stn_error_is (local, STN_FAILURE_NACK)
        || stn_error_is (local, STN_FAILURE_NO_ANSWER))
      return TRUE;
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (length < sizeof bytes) {
    stn_error_set (error, STN_FAILURE_GARBAGE, "%s: a status of %" G_GSIZE_FORMAT " bytes", step->what, length);
    return FALSE;
  }
  status = (StnDfuStatus){ .status = bytes[0], .state = bytes[4] };
  if (status.status == STN_DFU_OK && status.state >= STN_DFU_MANIFEST_SYNC
      && status.state <= STN_DFU_MANIFEST_WAIT_RESET)
    return TRUE;
  return stn_dfu_fail_by_status (self, step, &status, "dfuMANIFEST", wait, error);
}

static gboolean
dfu_go (StnEngine *engine, guint64 address, const StnWait *wait, GError **error)
{
  StnDfuEngine *self = (StnDfuEngine *) engine;
  const StnDfuStep step = { .what = "Leave DFU", .has_address = TRUE, .address = address };
  GError *local = NULL;

  if (!fits_the_wire (self, address, 1))
    return refuse (error, address, 1, "a start that is out of reach");
  if (!may_send (self, STN_DFU_SET_ADDRESS, error) || !set_address (self, address, wait, error))
    return FALSE;
  self->visit = STN_DFU_LOST;
  if (!stn_dfu_out (self, &step, STN_DFU_DNLOAD, STN_DFU_BLOCK_FIRST, NULL, 0, wait, &local))
    return stn_dfu_fail_by_stall (self, &step, local, wait, error);
  if (!leave (self, &step, wait, error))
    return FALSE;
  self->visit = STN_DFU_OVER;
  return TRUE;
}

/* ---- the class ---- */

/* A write: the block and two statuses. A read: the block. */
static gint64
block_typical_ns (guint length, gboolean is_write)
{
  return (is_write ? 3 : 1) * FRAME_NS + length / FRAME_BYTES * FRAME_NS;
}

static StnEngine *
dfu_create (StnLink *link, const StnTarget *target)
{
  StnDfuEngine *self = g_new0 (StnDfuEngine, 1);

  self->engine = (StnEngine){ .engine_class = &stn_dfu_engine_class, .link = link, .target = target };
  self->block_bytes = STN_DFU_BLOCK_BYTES_SAFE;
  self->alternate = -1;
  return &self->engine;
}

static void
dfu_free (StnEngine *engine)
{
  StnDfuEngine *self = (StnDfuEngine *) engine;

  g_free (self->maps);
  g_free (self);
}

const StnEngineClass stn_dfu_engine_class = {
  .name = "dfu",
  .document = "AN3156 Rev 17",
  .shape = STN_LINK_CONTROL,
  .create = dfu_create,
  .free = dfu_free,
  .sync = dfu_sync,
  .identify = dfu_identify,
  .capabilities = dfu_capabilities,
  .read = dfu_read,
  .write = dfu_write,
  .erase_pages = dfu_erase_pages,
  .erase_all = dfu_erase_all,
  .write_options = dfu_write_options,
  .go = dfu_go,
  .resync = stn_dfu_resync,
  .block_typical_ns = block_typical_ns,
  .check_target = stn_dfu_check_target,
};
