#include "protocols/dfu/dfu-engine.h"

#include <string.h>

#include "protocols/dfu/dfu-exchange.h"
#include "protocols/dfu/dfu-wire.h"
#include "protocols/guard.h"
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
#define SPECIAL_LONGEST_NS (5 * STN_NS_PER_S)
/* The last answer of a device that leaves comes at once or never. */
#define LEAVE_ANSWER_NS STN_NS_PER_S
/* L43 V9.1, L47 V9 and V10: a longer write that is no multiple of 8 is corrupted (AN2606, known limitations). */
#define ODD_WRITE_MOST 256
#define LONG_WRITE_UNIT 8
/* Full speed: 64 bytes a packet, 13 of them in a frame of 1 ms (USB 2.0 table 5-2); a control transfer takes one. */
#define FRAME_NS STN_NS_PER_MS
#define FRAME_BYTES (13 * 64)

/* ---- what may be asked ---- */

/* Why no command may be sent; NULL: one may. */
static const char *
not_ready (const StnDfuEngine *self)
{
  static const char *const reasons[] = {
    [STN_DFU_UNSYNCED] = "before the sync",
    [STN_DFU_READY] = NULL,
    [STN_DFU_LOST] = "after a failure, before a resync",
    [STN_DFU_OVER] = "after the ROM was left",
  };
  return reasons[self->visit];
}

static gboolean
may_send (const StnDfuEngine *self, guint8 opcode, GError **error)
{
  return stn_guard_may_send (not_ready (self), self->identified, &self->identity, opcode, error);
}

static gboolean
fits_the_wire (const StnDfuEngine *self, guint64 address, gsize length)
{
  return stn_guard_fits (address, length, self->block_bytes);
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

  if (not_ready (self) != NULL) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "a command %s", not_ready (self));
    return FALSE;
  }
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
    if (!self->identified || stn_guard_is_listed (&self->identity, rows[i].opcode))
      out->verbs |= rows[i].verbs;
  if (engine->target != NULL && (engine->target->quirks & STN_QUIRK_NO_MASS_ERASE) != 0)
    out->verbs &= ~(guint) STN_ENGINE_ERASE_ALL;
}

static gboolean
dfu_read (StnEngine *engine, guint64 address, guint8 *buffer, gsize length, const StnWait *wait, GError **error)
{
  StnDfuEngine *self = (StnDfuEngine *) engine;
  guint8 block[STN_DFU_BLOCK_BYTES_MOST];
  guint before;
  gsize span;

  if (buffer == NULL || !fits_the_wire (self, address, length))
    return stn_guard_refuse (error, address, length, "a read that does not fit a block");
  if (!may_send (self, STN_DFU_SET_ADDRESS, error))
    return FALSE;
  if (stn_guard_needs_whole_block (engine->target, address, length)) {
    before = (guint) (address % STN_GUARD_WHOLE_BLOCK_BYTES);
    span = STN_GUARD_WHOLE_BLOCK_BYTES;
  } else if (length % 2 == 1) {
    /* lengths are even and 2 at least (AN3156 section 4): one byte more, on the side that stays in the half-word */
    before = (guint) (address % 2);
    span = length + 1;
  } else
    return read_block (self, address, buffer, length, wait, error);

  if (span > self->block_bytes)
    return stn_guard_refuse (error, address, length, "a read that does not fit a block");
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

  if (!stn_guard_plain_write (target, address, bytes, length, self->block_bytes, error))
    return FALSE;
  if (!may_send (self, STN_DFU_SET_ADDRESS, error))
    return FALSE;
  if (!stn_guard_overlaps (address, length, target->flash_base, target->flash_bytes)) {
    gsize odd = length > ODD_WRITE_MOST ? length % LONG_WRITE_UNIT : 0;
    return write_block (self, address, bytes, length - odd, PLAIN_WRITE_TYPICAL_NS, PLAIN_WRITE_LONGEST_NS, wait, error)
           && (odd == 0
               || write_block (self, address + length - odd, bytes + length - odd, odd, PLAIN_WRITE_TYPICAL_NS,
                               PLAIN_WRITE_LONGEST_NS, wait, error));
  }
  guint percent = stn_target_program_percent (engine->supply_code);
  return write_block (self, address, bytes, length, stn_target_program_typical_ns (target, length) * percent / 100,
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

  gint64 typical_ns = stn_target_page_erase_typical_ns (engine->target, &page);
  const StnDfuStep step = { .what = "the page erase",
                            .has_address = TRUE,
                            .address = page.address,
                            .typical_ns = typical_ns * stn_target_erase_percent (engine->supply_code) / 100,
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
                            .typical_ns = stn_target_mass_erase_typical_ns (target)
                                          * stn_target_erase_percent (engine->supply_code) / 100,
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

  if (!stn_guard_option_write (target, address, bytes, length, self->block_bytes, error)
      || !may_send (self, STN_DFU_SET_ADDRESS, error))
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

/* Everything in the flash goes with it. The device falls off the bus once it has begun, and comes back when it is done;
 * one that was not protected answers as after any command, and has lost its RAM only (AN3156 section 4). */
static gboolean
dfu_read_unprotect (StnEngine *engine, const StnWait *wait, GError **error)
{
  static const guint8 command = STN_DFU_READ_UNPROTECT;
  StnDfuEngine *self = (StnDfuEngine *) engine;
  const StnTarget *target = engine->target;

  if (target == NULL) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "a mass erase of an unknown chip");
    return FALSE;
  }
  if (!may_send (self, STN_DFU_READ_UNPROTECT, error))
    return FALSE;

  const StnDfuStep step = { .what = "Read Unprotect",
                            .typical_ns = stn_target_mass_erase_typical_ns (target),
                            .longest_ns = stn_target_mass_erase_longest_ns (target),
                            .gone_is_done = TRUE };
  self->direction = STN_DFU_NO_STRETCH;
  if (!stn_dfu_to_idle (self, wait, error)
      || !stn_dfu_download (self, &step, STN_DFU_BLOCK_COMMAND, &command, 1, wait, error))
    return FALSE;
  self->visit = STN_DFU_OVER;
  return TRUE;
}

/* The operation and its data, least significant byte first; Get does not list it (AN3156 section 5; AN2606, special
 * commands of each part). */
static gboolean
dfu_special (StnEngine *engine, const StnSpecialRequest *request, StnSpecialReply *out, const StnWait *wait,
             GError **error)
{
  static const char *const families[] = { "L5", "U5", "U3", "WBA", "H5", "C5" };
  static const StnDfuStep step = {
    .what = "the Special", .typical_ns = OPTION_WRITE_TYPICAL_NS, .longest_ns = SPECIAL_LONGEST_NS, .gone_is_done = TRUE
  };
  StnDfuEngine *self = (StnDfuEngine *) engine;
  guint8 command[1 + STN_ENGINE_SPECIAL_BYTES];
  gboolean is_known = FALSE;

  if (engine->target == NULL || request->operation > G_MAXUINT8 || request->is_extended || request->more_length > 0
      || request->length > STN_ENGINE_SPECIAL_BYTES || (request->length > 0 && request->data == NULL)) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "a Special that no wire carries");
    return FALSE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    is_known = is_known || g_strcmp0 (engine->target->family, families[i]) == 0;
  if (!is_known) {
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "the ROM of %s has no Special over USB", engine->target->name);
    return FALSE;
  }
  if (!may_send (self, STN_DFU_SET_ADDRESS, error))
    return FALSE;
  command[0] = (guint8) request->operation;
  for (gsize i = 0; i < request->length; i++)
    command[1 + i] = request->data[request->length - 1 - i];
  self->direction = STN_DFU_NO_STRETCH;
  if (!stn_dfu_to_idle (self, wait, error)
      || !stn_dfu_download (self, &step, STN_DFU_BLOCK_COMMAND, command, request->length + 1, wait, error))
    return FALSE;
  *out = (StnSpecialReply){ .length = 0 };
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
    return stn_guard_refuse (error, address, 1, "a start that is out of reach");
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
  .read_unprotect = dfu_read_unprotect,
  .special = dfu_special,
};
