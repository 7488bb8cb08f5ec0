/* Who is it: the ROM's answers, the chip's own numbers, admission, binding. */
#include "protocols/dfu/dfu-identity.h"
#include "src/job/serial-pattern.h"
#include "src/job/uid.h"
#include "src/job/unit-run.h"

#include <string.h>

#define COMMAND_NS (5 * STN_NS_PER_S)
#define UNPROTECT_TRIES 2

/* Reads chip memory that some ROMs let be read only within an aligned block (F4, L0: uart-an3155 section 9). */
static gboolean
read_chip (StnUnitRun *self, guint64 address, guint8 *buffer, gsize length, GError **error)
{
  guint8 block[256];
  guint64 first = address;
  gsize span = length;

  if (self->target->quirks & STN_QUIRK_READ_BLOCKS_ONLY) {
    guint align = (self->target->quirks & STN_QUIRK_WRITE_128) ? 128 : 256;
    first = address & ~(guint64) (align - 1);
    span = align;
    if (address - first + length > align) {
      stn_error_set (error, STN_FAILURE_INTERNAL, "0x%08" G_GINT64_MODIFIER "x: read across a block", address);
      return FALSE;
    }
  }
  g_assert (span <= sizeof block);
  if (!stn_unit_run_read (self, first, block, span, COMMAND_NS, error))
    return FALSE;
  memcpy (buffer, block + (address - first), length);
  return TRUE;
}

/* A refusal that stands after every try means that the ROM does not show this; anything else ends the visit. A NACK
 * that the wire made out of something else leaves the ROM in the middle of its answer, so the prompt is found again. */
static gboolean
is_refusal (StnUnitRun *self, const GError *error)
{
  if (stn_error_is (error, STN_FAILURE_NOT_SUPPORTED))
    return TRUE;
  return stn_error_is (error, STN_FAILURE_NACK) && stn_engine_resync (self->engine, &self->wait, NULL);
}

static gboolean
identify_rom (StnUnitRun *self, GError **error)
{
  for (guint try = 1;; try++) {
    g_autoptr (GError) failure = NULL;
    StnWait wait = stn_wait_within (&self->wait, COMMAND_NS);

    if (stn_engine_identify (self->engine, &self->identity.rom, &wait, &failure))
      return TRUE;
    if (stn_unit_run_may_repeat (self, try, &failure))
      continue;
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
}

static gboolean
read_uid (StnUnitRun *self, char out[STN_UID_TEXT_BYTES], GError **error)
{
  guint8 bytes[STN_UID_SPAN_MOST];
  guint span = stn_uid_span_bytes (self->target);

  g_assert (span > 0);
  if (!read_chip (self, self->target->uid_address, bytes, span, error))
    return FALSE;
  stn_uid_to_text (self->target, bytes, out);
  return TRUE;
}

static char *
hex (const guint8 *bytes, gsize length)
{
  GString *text = g_string_sized_new (length * 2);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free (text, FALSE);
}

static gboolean
read_numbers (StnUnitRun *self, GError **error)
{
  const StnTarget *target = self->target;
  StnUnitIdentity *identity = &self->identity;
  g_autoptr (GError) failure = NULL;
  guint8 bytes[4];

  if (target->bootloader_id_address != 0) {
    if (read_chip (self, target->bootloader_id_address, bytes, 1, &failure))
      identity->rom_version = bytes[0];
    else if (!is_refusal (self, failure))
      goto failed;
    g_clear_error (&failure);
  }
  if (target->flash_size_address != 0) {
    if (read_chip (self, target->flash_size_address, bytes, 2, &failure))
      identity->flash_bytes = (bytes[0] | bytes[1] << 8) * G_GINT64_CONSTANT (1024);
    else if (!is_refusal (self, failure))
      goto failed;
    g_clear_error (&failure);
  }
  if (target->uid_address != 0) {
    if (!read_uid (self, identity->uid, &failure) && !is_refusal (self, failure))
      goto failed;
    g_clear_error (&failure);
  }
  if (target->options_encoding != STN_OPTIONS_NONE && target->options_bytes > 0 && target->options_bytes <= 256) {
    g_autofree guint8 *options = g_malloc (target->options_bytes);

    if (stn_unit_run_read (self, target->options_address, options, target->options_bytes, COMMAND_NS, &failure)) {
      identity->options_length = target->options_bytes;
      identity->options = g_steal_pointer (&options);
    } else if (!is_refusal (self, failure))
      goto failed;
  }
  return TRUE;

failed:
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* Another chip's numbers stand elsewhere: nothing further is read before it is the job's. */
static gboolean
check_chip (StnUnitRun *self, GError **error)
{
  const StnRomIdentity *rom = &self->identity.rom;

  if (!rom->product_id_known) {
    self->identity.map_fits = stn_engine_check_target (self->engine, error);
    return self->identity.map_fits;
  }
  if (rom->product_id == self->target->product_id)
    return TRUE;
  g_autofree char *expected = g_strdup_printf ("0x%03x", self->target->product_id);
  g_autofree char *seen = g_strdup_printf ("0x%03x", rom->product_id);
  stn_error_set_seen (error, STN_FAILURE_WRONG_CHIP, expected, seen, "the chip's product id is not the job's");
  return FALSE;
}

static gboolean
uid_from_text (const char *text, guint8 out[12])
{
  for (guint i = 0; i < 24; i++)
    if (!g_ascii_isxdigit (text[i]))
      return FALSE;
  for (guint i = 0; i < 12; i++)
    out[i] = (guint8) (g_ascii_xdigit_value (text[2 * i]) << 4 | g_ascii_xdigit_value (text[2 * i + 1]));
  return TRUE;
}

static const char *
serial_words (const StnUnitIdentity *identity)
{
  static const char *const words[] = {
    [STN_DFU_SERIAL_SAYS_NOTHING] = "says nothing of the UID",
    [STN_DFU_SERIAL_FITS] = "is made of the UID",
    [STN_DFU_SERIAL_DIFFERS] = "is not made of the UID",
  };
  guint8 uid[12] = { 0 };

  uid_from_text (identity->uid, uid); /* it was made of bytes */
  return words[stn_dfu_serial_check (identity->rom.serial, uid)];
}

/* What stood in for the product id, for the record. */
static char *
proof_text (const StnUnitIdentity *identity)
{
  gboolean has_uid = identity->uid[0] != '\0';
  g_autoptr (GString) text = g_string_new ("no product id: the memory map is the target's; ");

  g_string_append (text, has_uid ? "the UID was read" : "the UID was not read");
  g_string_append (text, identity->flash_bytes >= 0 ? ", the flash size too" : "");
  if (identity->rom.serial[0] == '\0')
    g_string_append (text, "; no USB serial");
  else
    g_string_append_printf (text, "; USB serial %s%s%s", identity->rom.serial, has_uid ? " " : "",
                            has_uid ? serial_words (identity) : "");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The first visit's answers, of what this ROM shows. */
gboolean
stn_unit_run_recognize (StnUnitRun *self, GError **error)
{
  StnRomIdentity before = self->identity.rom;
  char uid[STN_UID_TEXT_BYTES] = "";
  g_autoptr (GError) failure = NULL;

  if (!identify_rom (self, error))
    return FALSE;
  if (self->identity.rom.product_id != before.product_id
      || self->identity.rom.protocol_version != before.protocol_version) {
    g_autofree char *expected = g_strdup_printf ("0x%03x", before.product_id);
    g_autofree char *seen = g_strdup_printf ("0x%03x", self->identity.rom.product_id);
    self->identity.rom = before;
    stn_error_set_seen (error, STN_FAILURE_UNIT_CHANGED, expected, seen, "another ROM answers than before the reset");
    return FALSE;
  }
  if (self->target->uid_address == 0 || self->identity.uid[0] == '\0')
    return TRUE;
  if (!read_uid (self, uid, &failure)) {
    /* with readout protection on it is no longer shown */
    if (stn_error_is (failure, STN_FAILURE_READ_PROTECTED) || is_refusal (self, failure))
      return TRUE;
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  if (strcmp (uid, self->identity.uid) == 0)
    return TRUE;
  stn_error_set_seen (error, STN_FAILURE_UNIT_CHANGED, self->identity.uid, uid,
                      "another chip answers than before the reset");
  return FALSE;
}

/* Of a recovery, before anything is erased: the serial that a USB ROM makes of the UID can contradict the record. A
 * ROM's UART shows nothing of the UID under level 1. */
static gboolean
check_serial_of_record (const StnUnitRun *self, GError **error)
{
  const char *uid = self->recovery != NULL ? self->recovery->uid : NULL;
  guint8 bytes[12];

  if (uid == NULL || !uid_from_text (uid, bytes)
      || stn_dfu_serial_check (self->identity.rom.serial, bytes) != STN_DFU_SERIAL_DIFFERS)
    return TRUE;
  stn_error_set_seen (error, STN_FAILURE_UNIT_CHANGED, uid, self->identity.rom.serial,
                      "the board in this site is not the one whose option write was cut: its ROM's USB serial is made "
                      "of another UID; nothing was erased");
  return FALSE;
}

/* A board that can't be read: opened where that is allowed, which erases it, and asked again. */
static gboolean
read_numbers_of_any (StnUnitRun *self, GError **error)
{
  gboolean may_open = self->recovery != NULL ? self->recovery->erase_allowed : self->plan->unprotect_allowed;
  g_autoptr (GError) failure = NULL;

  if (read_numbers (self, &failure))
    return TRUE;
  if (!stn_error_is (failure, STN_FAILURE_READ_PROTECTED)) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  if (!may_open) {
    stn_error_set (error, STN_FAILURE_READ_PROTECTED,
                   self->recovery != NULL
                       ? "the board can't be read: readout protection is on, and taking it away erases the flash: %s"
                       : "the board arrived with readout protection, and the job does not allow to take it away "
                         "(“unprotect: allowed”, which erases everything): %s",
                   failure->message);
    return FALSE;
  }
  if (!check_serial_of_record (self, error))
    return FALSE;
  /* a command that the wire has spoilt changes nothing, and is sent once more */
  for (guint try = 1; stn_error_is (failure, STN_FAILURE_READ_PROTECTED) && try <= UNPROTECT_TRIES; try++) {
    g_clear_error (&failure);
    if (!stn_unit_run_unprotect (self, error))
      return FALSE;
    if (read_numbers (self, &failure))
      return TRUE;
  }
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

gboolean
stn_unit_run_identify (StnUnitRun *self, GError **error)
{
  StnUnitIdentity *identity = &self->identity;
  StnResult *result = self->result;

  identity->rom_version = -1;
  identity->flash_bytes = -1;
  if (!identify_rom (self, error))
    return FALSE;
  if (identity->rom.product_id_known)
    result->product_id = identity->rom.product_id;
  result->protocol_version = identity->rom.protocol_version;
  if (!check_chip (self, error) || !read_numbers_of_any (self, error))
    return FALSE;
  if (!identity->rom.product_id_known) {
    g_autofree char *before = g_steal_pointer (&self->step->detail);
    g_autofree char *proof = proof_text (identity);
    self->step->detail = before != NULL ? g_strdup_printf ("%s; %s", before, proof) : g_steal_pointer (&proof);
  }
  result->rom_version = identity->rom_version;
  result->flash_bytes = identity->flash_bytes;
  if (identity->uid[0] != '\0')
    result->uid = g_strdup (identity->uid);
  if (identity->options != NULL)
    result->options_before = hex (identity->options, identity->options_length);
  return TRUE;
}

/* ---- admission ---- */

typedef struct {
  const StnSerialPattern *pattern;
  const char *day;
} SerialFormat;

static char *
format_serial (guint64 number, gpointer data)
{
  SerialFormat *format = data;

  return stn_serial_pattern_format (format->pattern, number, format->day);
}

static gboolean
lease_serial (StnUnitRun *self, GError **error)
{
  const StnJob *job = self->plan->job;
  const char *given = stn_runner_given_serial (self->runner, self->index);
  g_autoptr (StnSerialPattern) pattern = NULL;
  g_autofree char *scheme = NULL;
  StnSerialRequest request = { .product = job->name, .text = given, .uid = self->identity.uid[0] != '\0' ? self->identity.uid : NULL };

  if (!job->has_serial)
    return TRUE;
  if (job->serial_from == STN_SERIAL_FROM_COUNTER) {
    pattern = stn_serial_pattern_new (job->serial_pattern, job->serial_check, error);
    if (pattern == NULL)
      return FALSE;
    scheme = g_strdup_printf ("%s/%s", job->name, job->serial_pattern);
    request.last = stn_serial_pattern_last (pattern);
  } else if (given == NULL) {
    stn_error_set (error, STN_FAILURE_SERIALS_EXHAUSTED, "no serial was given for this site");
    return FALSE;
  } else {
    if (!stn_serial_check_given (job->serial_check, given, error))
      return FALSE;
    scheme = g_strdup (job->name);
    request.last = G_MAXINT64;
  }
  SerialFormat format = { .pattern = pattern, .day = self->run->production_day };
  request.scheme = scheme;
  request.first = 1;
  request.format = format_serial;
  request.data = &format;
  if (!self->ledger->ledger_class->lease (self->ledger, self->run->run_id, &request, &self->serial, error))
    return FALSE;
  self->result->serial = g_strdup (self->serial);
  return TRUE;
}

/* Nothing but Readout Unprotect writes before admission. A board that was done until then must not go back to the good
 * ones as “already done”. */
static gboolean
admit_or_name_the_loss (StnUnitRun *self, const StnAdmissionRequest *request, StnAdmission *out, GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (!self->ledger->ledger_class->admit (self->ledger, request, out, &failure)) {
    if (self->has_written && stn_error_is (failure, STN_FAILURE_ALREADY_DONE))
      stn_error_set (error, STN_FAILURE_PASS_UNDONE,
                     "%s, and arrived with readout protection; it was opened, as the job allows, which erased it",
                     failure->message);
    else
      g_propagate_prefixed_error (error, g_steal_pointer (&failure), "%s",
                                  self->has_written ? "the board was opened, which erased it: " : "");
    return FALSE;
  }
  if (!self->has_written || *out != STN_ADMISSION_ALREADY_DONE)
    return TRUE;
  stn_error_set (error, STN_FAILURE_PASS_UNDONE, "the board was done, and was opened, which erased it");
  return FALSE;
}

gboolean
stn_unit_run_admit (StnUnitRun *self, GError **error)
{
  const StnJob *job = self->plan->job;
  const char *uid = self->identity.uid[0] != '\0' ? self->identity.uid : NULL;
  StnAdmission admission = STN_ADMISSION_GO;
  StnAdmissionRequest request = {
    .run_id = self->run->run_id,
    .uid = uid,
    .scan = self->run->unit_scan,
    .lot = self->run->lot,
    .job_name = job->name,
    .job_revision = job->revision,
    .repeat_allowed = job->repeat_allowed,
    .retries = job->retries,
    .quantity = job->quantity,
  };

  if (uid != NULL && !stn_unit_run_claim_uid (self, uid, error))
    return FALSE;
  if (!admit_or_name_the_loss (self, &request, &admission, error))
    return FALSE;
  if (admission == STN_ADMISSION_ALREADY_DONE || admission == STN_ADMISSION_BLOCK) {
    /* a ledger that only answers, without an error, is believed all the same */
    stn_error_set (error, admission == STN_ADMISSION_BLOCK ? STN_FAILURE_STOP_RULE : STN_FAILURE_ALREADY_DONE,
                   "the ledger does not admit this unit");
    return FALSE;
  }
  if (!lease_serial (self, error))
    return FALSE;
  self->unit = stn_unit_data_new (self->plan, self->serial, uid, self->run->production_day, error);
  return self->unit != NULL;
}

gboolean
stn_unit_run_bind (StnUnitRun *self, GError **error)
{
  StnEngineCapabilities capabilities;

  stn_engine_capabilities (self->engine, &capabilities);
  if (!stn_plan_bind (self->plan, &self->identity, &capabilities, &self->binding, error))
    return FALSE;
  self->step->detail = g_strdup (self->binding.notes);
  self->result->bound_hash = g_strdup (self->binding.hash);
  return TRUE;
}

gboolean
stn_unit_run_bind_again (StnUnitRun *self, GError **error)
{
  StnEngineCapabilities capabilities;
  StnBinding binding = { .hash = NULL };

  stn_engine_capabilities (self->engine, &capabilities);
  if (!stn_plan_bind (self->plan, &self->identity, &capabilities, &binding, error))
    return FALSE;
  stn_binding_clear (&self->binding);
  self->binding = binding;
  g_free (self->result->bound_hash);
  self->result->bound_hash = g_strdup (self->binding.hash);
  return TRUE;
}
