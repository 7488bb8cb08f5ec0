/* Option bytes while a board is in hand: read twice, changed, written in a window, read back; protection taken away and
 * proved.
 *
 * An option step goes in rounds. Each begins with what the board has now, both areas read twice: the reads must agree
 * and fit together, or nothing is written. The step's fields are put in; what then differs is one piece, or two where
 * the chip has two areas, and a piece is a window and a visit: the ROM resets or reloads when it has written. So the
 * next round reads again in the next visit, and the step is over when nothing differs any more. A window that ended in
 * anything but a refusal is no failure by itself: what the board has afterwards decides, and when that can't be seen
 * any more the failure is option-bytes-unknown, with what was seen. */
#include "src/job/unit-run.h"
#include "src/target/options.h"

#include <string.h>

/* for the exchange of an option write itself, on a slow line too */
#define OPTION_ANSWER_NS (3 * STN_NS_PER_S)
/* ten requests, and a device that goes: a host with much to do sees that late */
#define OPTION_ANSWER_USB_NS (6 * STN_NS_PER_S)
#define READ_NS (5 * STN_NS_PER_S)
/* how often one piece is written before it counts as one that the chip does not take */
#define PIECE_TRIES 2

/* ---- reading ---- */

static gboolean
read_once (StnUnitRun *self, guint64 address, guint8 *buffer, gsize length, GError **error)
{
  StnEngineCapabilities capabilities;

  stn_engine_capabilities (self->engine, &capabilities);
  for (gsize at = 0; at < length;) {
    gsize part = MIN (length - at, capabilities.read_block_bytes);
    for (guint try = 1;; try++) {
      g_autoptr (GError) failure = NULL;
      StnWait wait = stn_wait_within (&self->wait, READ_NS);

      if (stn_engine_read (self->engine, address + at, buffer + at, part, &wait, &failure))
        break;
      if (stn_unit_run_may_repeat (self, try, &failure))
        continue;
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
    at += part;
  }
  return TRUE;
}

/* AN3155 puts no checksum on what is read, and a wrong bit here would be written back. */
static guint8 *
read_area (StnUnitRun *self, guint64 address, gsize length, GError **error)
{
  g_autofree guint8 *once = g_malloc0 (length);
  g_autofree guint8 *twice = g_malloc0 (length);

  if (!read_once (self, address, once, length, error) || !read_once (self, address, twice, length, error))
    return NULL;
  for (gsize at = 0; at < length; at++) {
    if (once[at] == twice[at])
      continue;
    g_autofree char *expected = g_strdup_printf ("%02x", once[at]);
    g_autofree char *seen = g_strdup_printf ("%02x", twice[at]);
    stn_error_set_at (error, STN_FAILURE_OPTION_BYTES_UNKNOWN, address + at, expected, seen,
                      "the option bytes read differently each time");
    return NULL;
  }
  return g_steal_pointer (&once);
}

/* As they are, whether they fit together or not. */
static StnOptionBlock *
read_block (StnUnitRun *self, GError **error)
{
  const StnTarget *target = self->target;
  g_autofree guint8 *second = NULL;
  g_autofree guint8 *first = read_area (self, target->options_address, target->options_bytes, error);

  if (first == NULL)
    return NULL;
  if (target->options_second_address != 0 && target->options_second_bytes > 0) {
    second = read_area (self, target->options_second_address, target->options_second_bytes, error);
    if (second == NULL)
      return NULL;
  }
  return stn_option_block_new (target, first, target->options_bytes, second,
                               second != NULL ? target->options_second_bytes : 0, error);
}

static StnOptionBlock *
read_sound_block (StnUnitRun *self, GError **error)
{
  g_autoptr (StnOptionBlock) block = read_block (self, error);

  if (block == NULL || !stn_option_block_check (block, error))
    return NULL;
  return g_steal_pointer (&block);
}

static char *
block_hex (const StnOptionBlock *block)
{
  GString *text = g_string_new (NULL);

  for (guint area = 0; area < STN_OPTION_AREAS; area++) {
    gsize length = 0;
    const guint8 *bytes = stn_option_block_bytes (block, area, &length);
    for (gsize i = 0; bytes != NULL && i < length; i++)
      g_string_append_printf (text, "%02x", bytes[i]);
  }
  return g_string_free (text, FALSE);
}

/* As they would be written, or as read where parts are not known. */
static char *
encoded_hex (const StnOptionBlock *block)
{
  GString *text = g_string_new (NULL);

  for (guint area = 0; area < STN_OPTION_AREAS; area++) {
    gsize length = 0;
    const guint8 *bytes = stn_option_block_bytes (block, area, &length);
    g_autofree guint8 *encoded = g_malloc0 (length + 1);
    if (bytes != NULL && stn_option_block_encode (block, area, encoded))
      bytes = encoded;
    for (gsize i = 0; bytes != NULL && i < length; i++)
      g_string_append_printf (text, "%02x", bytes[i]);
  }
  return g_string_free (text, FALSE);
}

/* ---- what is known of the unit from here on ---- */

/* The identity's bytes are what binding and the option reload look at. */
static void
take_over (StnUnitRun *self, const StnOptionBlock *block)
{
  gsize length = 0;
  const guint8 *bytes = stn_option_block_bytes (block, 0, &length);

  g_free (self->identity.options);
  self->identity.options = g_memdup2 (bytes, length);
  self->identity.options_length = length;
  g_free (self->result->options_after);
  self->result->options_after = block_hex (block);
}

static void G_GNUC_PRINTF (2, 3) note (char **inout_text, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *more = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  char *text = *inout_text == NULL ? g_strdup (more) : g_strdup_printf ("%s; %s", *inout_text, more);

  g_free (*inout_text);
  *inout_text = text;
}

/* ---- writing ---- */

typedef struct {
  StnOptionCommand command;
  guint64 address;
  const guint8 *bytes;
  gsize length;
} PieceWrite;

static gboolean
write_piece_body (StnUnitRun *self, const StnWait *shielded, gpointer data, GError **error)
{
  const PieceWrite *piece = data;
  return piece->command == STN_OPTION_COMMAND_READOUT_PROTECT
             ? stn_engine_read_protect (self->engine, shielded, error)
             : stn_engine_write_options (self->engine, piece->address, piece->bytes, piece->length, shielded, error);
}

/* ROMs acknowledge the bytes and program and load the options after that (uart-an3155 section 5): the window is over
 * when the silicon is, not when the ACK is there. A reset in between leaves FF in the option area, which is RDP 1. */
gint64
stn_unit_run_option_window_ns (const StnUnitRun *self)
{
  return 2 * stn_target_option_write_longest_ns (self->target)
         + (stn_unit_run_is_usb (self) ? OPTION_ANSWER_USB_NS : OPTION_ANSWER_NS);
}

/* Nothing was sent. A NACK is no refusal here: the wire may have made it of an ACK, and then the ROM is at work. */
gboolean
stn_unit_run_is_unsent (const GError *error)
{
  return stn_error_is (error, STN_FAILURE_NOT_SUPPORTED) || stn_error_is (error, STN_FAILURE_INTERNAL);
}

/* Nothing of the board's was touched: the window was never opened. */
static gboolean
is_before_the_window (const GError *error)
{
  return stn_error_is (error, STN_FAILURE_NOT_RECORDED) || stn_error_is (error, STN_FAILURE_SAME_UNIT_TWICE);
}

static char *
changes_text (const StnOptionBlock *before, const StnOptionBlock *after)
{
  g_autoptr (GArray) changes = stn_option_block_differences (before, after);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < changes->len; i++) {
    g_autofree char *change = stn_option_change_text (&g_array_index (changes, StnOptionChange, i));
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", change);
  }
  if (text->len == 0)
    g_string_append (text, "the same again");
  /* the row's own separator */
  for (char *at = text->str; *at != '\0'; at++)
    if (*at == ';')
      *at = ',';
  return g_string_free (text, FALSE);
}

static char *
window_text (const StnOptionBlock *had, const StnOptionBlock *now, const StnOptionBlock *after)
{
  g_auto (StnOptionWindow) window = { .words = changes_text (now, after) };

  for (guint area = 0; area < STN_OPTION_AREAS; area++) {
    const StnTarget *target = stn_option_block_target (after);
    guint64 address = area == 0 ? target->options_address : target->options_second_address;
    gsize length = 0;
    const guint8 *bytes = stn_option_block_bytes (had, area, &length);
    if (bytes == NULL)
      continue;
    stn_option_window_add_had (&window, address, bytes, length);
    g_autofree guint8 *encoded = g_malloc0 (length);
    if (stn_option_block_encode (after, area, encoded))
      stn_option_window_add_gets (&window, address, encoded, length);
  }
  return stn_option_window_to_text (&window);
}

/* The first piece that differs; FALSE when none does. */
static gboolean
next_piece (StnUnitRun *self, const StnOptionBlock *now, const StnOptionBlock *after, StnOptionPiece *out)
{
  StnEngineCapabilities capabilities;

  stn_engine_capabilities (self->engine, &capabilities);
  guint most = stn_unit_run_is_usb (self) ? capabilities.write_block_bytes / 8 * 8 : STN_OPTION_PIECE_BYTES;
  g_autoptr (GArray) pieces = stn_option_block_pieces (now, after, most);
  for (guint i = 0; i < pieces->len; i++)
    if (g_array_index (pieces, StnOptionPiece, i).changed) {
      *out = g_array_index (pieces, StnOptionPiece, i);
      return TRUE;
    }
  return FALSE;
}

typedef struct {
  StnOptionBlock *had;   /* borrowed: what is put back if all goes wrong */
  StnOptionBlock *now;   /* borrowed: as just read */
  StnOptionBlock *after; /* borrowed */
  StnOptionCommand command;
  gint64 longest_ns;
} OptionWrite;

/* TRUE: the window is over and the ROM was heard, or may have been; FALSE: nothing was written. `out_doubt` (owned)
 * gets what went wrong in the window, NULL: nothing. */
static gboolean
write_piece (StnUnitRun *self, const OptionWrite *write, const StnOptionPiece *piece, GError **out_doubt,
             GError **error)
{
  gsize length = 0;
  stn_option_block_bytes (write->after, piece->area, &length);
  g_autofree guint8 *encoded = g_malloc0 (length);
  g_autofree char *text = window_text (write->had, write->now, write->after);
  g_autoptr (GError) failure = NULL;
  guint windows_before = self->windows_opened;

  if (!stn_option_block_encode (write->after, piece->area, encoded)) {
    stn_error_set (error, STN_FAILURE_OPTION_BYTES_UNKNOWN, "an option word is not known and can't be written back");
    return FALSE;
  }
  PieceWrite data = { .command = write->command,
                      .address = piece->address,
                      .bytes = encoded + piece->offset_bytes,
                      .length = piece->length_bytes };
  if (stn_unit_run_window (self, text, STN_WINDOW_OPTIONS, write->longest_ns,
                           stn_target_option_write_longest_ns (self->target), write_piece_body, &data, &failure)) {
    self->in_rom = FALSE;
    return TRUE;
  }
  /* a record that fails is the station's affair, whatever the board has */
  if (self->windows_opened == windows_before || stn_unit_run_is_unsent (failure) || is_before_the_window (failure)) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  self->in_rom = FALSE;
  g_propagate_error (out_doubt, g_steal_pointer (&failure));
  return TRUE;
}

/* From an opened window to its proof no failure but the request to stop says what the board has. */
static void
make_unknown (GError **inout_error, const GError *doubt)
{
  static const StnFailure kept[] = { STN_FAILURE_OPTION_BYTES_UNKNOWN, STN_FAILURE_NOT_RECORDED,
                                     STN_FAILURE_SAME_UNIT_TWICE, STN_FAILURE_BOARD_SHORTED };

  if (inout_error == NULL || *inout_error == NULL
      || (doubt == NULL && stn_error_is (*inout_error, STN_FAILURE_CANCELLED)))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    if (stn_error_is (*inout_error, kept[i]))
      return;
  const StnErrorDetail *detail = stn_error_detail (*inout_error);
  g_autofree char *seen = g_strdup (detail != NULL ? detail->seen : NULL);
  g_autofree char *text = g_strdup ((*inout_error)->message);
  gboolean is_protected = stn_error_is (*inout_error, STN_FAILURE_READ_PROTECTED);
  g_clear_error (inout_error);
  stn_error_set_seen (inout_error, STN_FAILURE_OPTION_BYTES_UNKNOWN, "the option bytes as written",
                      is_protected ? "readout protection" : seen, "after an option write%s%s the board %s: %s",
                      doubt != NULL ? " that was cut short: " : "", doubt != NULL ? doubt->message : "",
                      is_protected ? "can't be read" : "was not seen again as it should be", text);
}

void
stn_unit_run_options_are_unknown (GError **inout_error)
{
  make_unknown (inout_error, NULL);
}

/* ---- a step ---- */

/* What its values make of what the board has. */
static StnOptionBlock *
apply (StnUnitRun *self, const StnPlanOptionStep *step, const StnOptionBlock *now, GError **error)
{
  g_autoptr (StnOptionBlock) after = stn_option_block_copy (now);

  for (guint i = 0; i < step->value_count; i++) {
    const StnOptionField *field = stn_options_find (self->target, step->values[i].field, error);
    if (field == NULL || !stn_option_block_set (after, field, (guint32) step->values[i].value, error))
      return NULL;
  }
  return g_steal_pointer (&after);
}

/* What the ROM of this very version needs before written options act. */
static gboolean
choose_after (StnUnitRun *self, const StnPlanOptionStep *step, gboolean *out_by_power, GError **error)
{
  gboolean by_power = step->after == STN_OPTION_AFTER_POWER_CYCLE
                      || (!stn_unit_run_is_usb (self) && (self->binding.quirks & STN_QUIRK_NO_OPTION_LOAD) != 0);

  if (by_power && self->site->power.adapter == NULL) {
    stn_error_set (error, STN_FAILURE_NEEDS_POWER_CYCLE,
                   "option bytes that this ROM writes act after power off and on only, and the site has no power line");
    return FALSE;
  }
  *out_by_power = by_power;
  return TRUE;
}

/* Every planned field has its value, and nothing else moved. */
static gboolean
prove_step (const StnPlanOptionStep *step, const StnOptionBlock *had, const StnOptionBlock *now, GError **error)
{
  const StnTarget *target = stn_option_block_target (now);

  for (guint i = 0; i < step->value_count; i++) {
    const StnOptionField *field = stn_options_find (target, step->values[i].field, error);
    guint32 value = 0;

    if (field == NULL)
      return FALSE;
    if (stn_option_block_get (now, field, &value) && value == step->values[i].value)
      continue;
    g_autofree char *expected = stn_option_field_label (field, (guint32) step->values[i].value);
    g_autofree char *seen = stn_option_field_label (field, value);
    stn_error_set_at (error, STN_FAILURE_OPTION_BYTES_UNKNOWN, field->word, expected, seen,
                      "%s was written and reads as it was", field->name);
    return FALSE;
  }
  g_autoptr (GArray) changes = stn_option_block_differences (had, now);
  for (guint i = 0; i < changes->len; i++) {
    const StnOptionChange *change = &g_array_index (changes, StnOptionChange, i);
    gboolean is_planned = FALSE;
    for (guint k = 0; k < step->value_count; k++)
      is_planned = is_planned || stn_options_find (target, step->values[k].field, NULL) == change->field;
    if (is_planned)
      continue;
    g_autofree char *text = stn_option_change_text (change);
    stn_error_set_at (error, STN_FAILURE_OPTION_BYTES_UNKNOWN, change->field->word, NULL, NULL,
                      "an option field that was not to change did: %s", text);
    return FALSE;
  }
  return TRUE;
}

static void
note_proofs (StnUnitRun *self, const StnPlanOptionStep *step, const char *suffix)
{
  for (guint i = 0; i < step->value_count; i++) {
    const StnPlanOption *value = &step->values[i];
    const StnOptionField *field = stn_options_find (self->target, value->field, NULL);
    g_autofree char *words = stn_option_field_text (field, (guint32) value->value);

    if (value->from == STN_OPTION_FROM_PROTECT)
      note (&self->result->protection, "%s %s: %s%s", value->field, words, stn_option_proof_name (value->proof),
            suffix);
  }
}

/* Into the ROM again, or, where the step was the last visit, out of it for good. */
static gboolean
after_the_window (StnUnitRun *self, const StnPlanOptionStep *step, gboolean by_power, GError **error)
{
  if (step->comes_back)
    return stn_unit_run_come_back (self, TRUE, by_power, error);
  self->visits_are_over = TRUE;
  stn_unit_run_close_rom (self);
  return TRUE;
}

/* What the board has in the end, as far as it can still be asked. */
static gboolean
settle_step (StnUnitRun *self, const StnPlanOptionStep *step, const StnOptionBlock *had, GError **error)
{
  g_autoptr (StnOptionBlock) now = read_sound_block (self, error);

  if (now == NULL)
    return FALSE;
  take_over (self, now);
  return prove_step (step, had, now, error);
}

static gboolean
is_written_again_in_vain (const StnOptionPiece *piece, StnOptionPiece *inout_last, guint *inout_times)
{
  *inout_times = piece->area == inout_last->area && piece->address == inout_last->address ? *inout_times + 1 : 1;
  *inout_last = *piece;
  return *inout_times > PIECE_TRIES;
}

/* Writes what differs until nothing does, a piece a round. `*out_wrote`: at least one window was opened. In a group,
 * whose members are reset together, every member takes part in every round, whether it has something to write or not.
 */
static gboolean
write_rounds (StnUnitRun *self, const StnPlanOptionStep *step, const StnOptionBlock *had, gboolean by_power,
              gboolean *out_wrote, GError **error)
{
  gboolean in_group = self->site->group != NULL;
  guint rounds = in_group ? stn_unit_run_option_areas (self) : 2 * PIECE_TRIES * STN_OPTION_AREAS;
  StnOptionPiece last = { .area = G_MAXUINT };
  guint times = 0;

  *out_wrote = FALSE;
  for (guint round = 0; round < rounds; round++) {
    g_autoptr (GError) doubt = NULL;
    g_autoptr (StnOptionBlock) now = round == 0 ? stn_option_block_copy (had) : read_sound_block (self, error);
    g_autoptr (StnOptionBlock) after = now != NULL ? apply (self, step, now, error) : NULL;
    StnOptionPiece piece;

    if (after == NULL) {
      if (*out_wrote)
        make_unknown (error, NULL);
      return FALSE;
    }
    gboolean differs = next_piece (self, now, after, &piece);
    if (!differs && !in_group)
      return TRUE;
    if (differs && is_written_again_in_vain (&piece, &last, &times))
      return TRUE; /* the proof says what it is that the chip does not take */
    if (differs) {
      OptionWrite write = { .had = (StnOptionBlock *) had,
                            .now = now,
                            .after = after,
                            .command = step->command,
                            .longest_ns = MAX (step->longest_ns, stn_unit_run_option_window_ns (self)) };

      if (!write_piece (self, &write, &piece, &doubt, error))
        return FALSE;
      *out_wrote = TRUE;
      self->has_written = TRUE;
      if (doubt != NULL)
        self->step->tries++;
    }
    if (!after_the_window (self, step, by_power, error)) {
      make_unknown (error, doubt);
      return FALSE;
    }
    if (!step->comes_back || step->kind == STN_STEP_READ_PROTECT)
      return TRUE;
  }
  return TRUE;
}

/* The guard with what this board has, and what its very ROM can write. */
static gboolean
may_write (StnUnitRun *self, const StnPlanOptionStep *step, const StnOptionBlock *had, GError **error)
{
  guint16 rom_version = self->identity.rom_version > 0 ? (guint16) self->identity.rom_version : 0;
  return stn_plan_guard_unit (self->plan, had, error)
         && stn_plan_rom_writes (self->plan, step, had, rom_version, error);
}

static gboolean
opening_or_closing (StnUnitRun *self, const StnPlanOptionStep *step, GError **error)
{
  gboolean by_power = FALSE, wrote = FALSE;

  if (!stn_unit_run_option_speed (self, TRUE, error) || !choose_after (self, step, &by_power, error))
    return FALSE;
  g_autoptr (StnOptionBlock) had = read_sound_block (self, error);
  if (had == NULL || !may_write (self, step, had, error) || !write_rounds (self, step, had, by_power, &wrote, error))
    return FALSE;
  if (!step->comes_back && wrote) {
    note (&self->step->detail, "written in the last visit: what the board then does has to show it");
    note_proofs (self, step, "");
    return TRUE;
  }
  if (!settle_step (self, step, had, error)) {
    if (wrote)
      make_unknown (error, NULL);
    return FALSE;
  }
  g_autoptr (StnOptionBlock) planned = apply (self, step, had, error);
  if (planned == NULL)
    return FALSE;
  g_autofree char *changes = changes_text (had, planned);
  note (&self->step->detail, wrote ? "%s (read back)" : "nothing to write, the board has it (%s)",
        wrote ? changes : "read");
  note_proofs (self, step, wrote ? "" : " (as it came)");
  return TRUE;
}

/* ---- protection proved ---- */

/* A write to erased flash in a protected page: it must change nothing, whatever the ROM says to it. */
static gboolean
try_protected_write (StnUnitRun *self, const StnPlanOptionStep *step, GError **error)
{
  enum { UNIT_MOST = 256 };
  guint8 bytes[UNIT_MOST], seen[UNIT_MOST];
  guint unit = stn_target_write_unit_bytes (self->target);
  StnWait wait = stn_wait_within (&self->wait, READ_NS);
  g_autoptr (GError) said = NULL;

  if (!step->has_write_try)
    return TRUE;
  g_return_val_if_fail (unit <= UNIT_MOST, FALSE);
  if (!read_once (self, step->write_try_address, seen, unit, error))
    return FALSE;
  for (guint i = 0; i < unit; i++)
    if (seen[i] != self->target->erased_byte) {
      note (&self->result->protection, "no write tried: 0x%08" G_GINT64_MODIFIER "x is not erased",
            step->write_try_address);
      return TRUE;
    }
  memset (bytes, (guint8) ~self->target->erased_byte, unit);
  self->needs_fresh_visit = TRUE; /* a program operation that failed may spoil those that follow, until a reset */
  if (!stn_engine_write (self->engine, step->write_try_address, bytes, unit, &wait, &said)
      && !stn_error_is (said, STN_FAILURE_NACK) && !stn_error_is (said, STN_FAILURE_READ_PROTECTED)
      && !stn_engine_resync (self->engine, &wait, NULL)) {
    g_propagate_error (error, g_steal_pointer (&said));
    return FALSE;
  }
  if (!read_once (self, step->write_try_address, seen, unit, error))
    return FALSE;
  for (guint i = 0; i < unit; i++) {
    if (seen[i] == self->target->erased_byte)
      continue;
    g_autofree char *expected = g_strdup_printf ("%02x", self->target->erased_byte);
    g_autofree char *came = g_strdup_printf ("%02x", seen[i]);
    stn_error_set_at (error, STN_FAILURE_NOT_PROTECTED, step->write_try_address + i, expected, came,
                      "a write to a page that is write protected changed it");
    return FALSE;
  }
  note (&self->result->protection, "a write to 0x%08" G_GINT64_MODIFIER "x changed nothing", step->write_try_address);
  return TRUE;
}

/* Level 1 shows in what the ROM refuses. */
static gboolean
prove_refused_read (StnUnitRun *self, GError **error)
{
  guint8 bytes[4];

  for (guint try = 1;; try++) {
    StnWait wait = stn_wait_within (&self->wait, READ_NS);
    g_autoptr (GError) failure = NULL;

    if (stn_engine_read (self->engine, self->target->flash_base, bytes, sizeof bytes, &wait, &failure)) {
      stn_error_set_at (error, STN_FAILURE_NOT_PROTECTED, self->target->flash_base, "a refusal", "the flash",
                        "readout protection was written, and the ROM shows the flash all the same");
      return FALSE;
    }
    if (stn_error_is (failure, STN_FAILURE_READ_PROTECTED))
      return TRUE;
    if (stn_unit_run_may_repeat (self, try, &failure))
      continue;
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
}

static gboolean
has_proof (const StnPlanOptionStep *step, StnOptionProof proof)
{
  for (guint i = 0; i < step->value_count; i++)
    if (step->values[i].proof == proof)
      return TRUE;
  return FALSE;
}

/* ---- the three steps ---- */

gboolean
stn_unit_run_opening_options (StnUnitRun *self, GError **error)
{
  const StnPlanOptionStep *step = stn_plan_option_step (self->plan, STN_STEP_OPENING_OPTIONS);

  if (!opening_or_closing (self, step, error))
    return FALSE;
  /* pages may be others now, and what follows is worked out from what the unit has */
  return stn_unit_run_bind_again (self, error) && stn_unit_run_option_speed (self, FALSE, error);
}

gboolean
stn_unit_run_closing_options (StnUnitRun *self, GError **error)
{
  const StnPlanOptionStep *step = stn_plan_option_step (self->plan, STN_STEP_CLOSING_OPTIONS);

  if (!opening_or_closing (self, step, error))
    return FALSE;
  if (!step->comes_back)
    return !has_proof (step, STN_OPTION_PROOF_BEHAVIOUR) || stn_unit_run_pin_is_dead (self, error);
  return try_protected_write (self, step, error);
}

gboolean
stn_unit_run_read_protect (StnUnitRun *self, GError **error)
{
  const StnPlanOptionStep *step = stn_plan_option_step (self->plan, STN_STEP_READ_PROTECT);
  gboolean by_power = FALSE, wrote = FALSE;

  if (self->needs_fresh_visit && !stn_unit_run_come_back (self, TRUE, FALSE, error))
    return FALSE;
  if (!stn_unit_run_option_speed (self, TRUE, error) || !choose_after (self, step, &by_power, error))
    return FALSE;
  g_autoptr (StnOptionBlock) had = read_sound_block (self, error);
  if (had == NULL || !may_write (self, step, had, error) || !write_rounds (self, step, had, by_power, &wrote, error))
    return FALSE;
  if (step->comes_back && !has_proof (step, STN_OPTION_PROOF_REFUSED_READ) && !settle_step (self, step, had, error)) {
    make_unknown (error, NULL);
    return FALSE;
  }
  if (step->comes_back && has_proof (step, STN_OPTION_PROOF_REFUSED_READ) && !prove_refused_read (self, error)) {
    if (!stn_error_is (error != NULL ? *error : NULL, STN_FAILURE_NOT_PROTECTED))
      make_unknown (error, NULL);
    return FALSE;
  }
  if (!step->comes_back && has_proof (step, STN_OPTION_PROOF_BEHAVIOUR) && !stn_unit_run_pin_is_dead (self, error))
    return FALSE;
  note_proofs (self, step, "");
  g_autoptr (StnOptionBlock) planned = apply (self, step, had, error);
  if (planned == NULL)
    return FALSE;
  g_autofree char *changes = changes_text (had, planned);
  note (&self->step->detail, "%s", changes);
  /* the bytes can't be read any more: the record has those that were written, not the ones before them */
  if (!step->comes_back || has_proof (step, STN_OPTION_PROOF_REFUSED_READ)) {
    g_free (self->result->options_after);
    self->result->options_after = encoded_hex (planned);
    note (&self->step->detail, "options after: as written");
  }
  return TRUE;
}

guint
stn_unit_run_option_areas (const StnUnitRun *self)
{
  return self->target->options_second_address != 0 && self->target->options_second_bytes > 0 ? 2 : 1;
}

/* ---- a board that arrives protected ---- */

static gboolean
unprotect_body (StnUnitRun *self, const StnWait *shielded, G_GNUC_UNUSED gpointer data, GError **error)
{
  return stn_engine_read_unprotect (self->engine, shielded, error);
}

gboolean
stn_unit_run_unprotect (StnUnitRun *self, GError **error)
{
  const StnTarget *target = self->target;
  gboolean by_power =
      (stn_target_quirks_for (target, self->identity.rom_version > 0 ? (guint16) self->identity.rom_version : 0)
       & STN_QUIRK_UNPROTECT_NEEDS_POWER_CYCLE)
      != 0;
  /* both ACKs go out before the erase begins: its whole time still has to pass */
  gint64 silicon_ns = stn_target_mass_erase_longest_ns (target) + stn_target_option_write_longest_ns (target);
  gint64 longest_ns = MAX (self->plan->unprotect_longest_ns, 2 * silicon_ns + OPTION_ANSWER_NS);
  guint windows_before = self->windows_opened;
  g_autoptr (GError) doubt = NULL;

  if (by_power && self->site->power.adapter == NULL) {
    stn_error_set (error, STN_FAILURE_NEEDS_POWER_CYCLE,
                   "Readout Unprotect of this ROM acts after power off and on only, and the site has no power line");
    return FALSE;
  }
  if (!stn_unit_run_window (self, "readout unprotect, which erases everything", STN_WINDOW_OPTIONS, longest_ns,
                            silicon_ns, unprotect_body, NULL, &doubt)) {
    if (self->windows_opened == windows_before || stn_unit_run_is_unsent (doubt) || is_before_the_window (doubt)) {
      g_propagate_error (error, g_steal_pointer (&doubt));
      return FALSE;
    }
    self->step->tries++;
  }
  self->in_rom = FALSE;
  self->has_written = TRUE;
  note (&self->step->detail, "arrived readout protected: protection was taken away, everything was erased");
  if (!stn_unit_run_come_back (self, TRUE, by_power, error)) {
    make_unknown (error, doubt);
    return FALSE;
  }
  return TRUE;
}

/* ---- recovery ---- */

/* As the window's row has it, made into a block of this target; NULL: it is not this target's. */
static StnOptionBlock *
block_of_record (const StnTarget *target, const StnOptionBytes *list, guint count)
{
  const StnOptionBytes *second = count > 1 ? &list[1] : NULL;

  if (count == 0 || list[0].address != target->options_address
      || (second != NULL && second->address != target->options_second_address))
    return NULL;
  g_autoptr (StnOptionBlock) block =
      stn_option_block_new (target, list[0].bytes, list[0].length, second != NULL ? second->bytes : NULL,
                            second != NULL ? second->length : 0, NULL);
  return block != NULL && stn_option_block_check (block, NULL) ? g_steal_pointer (&block) : NULL;
}

static gboolean
is_same (const StnOptionBlock *a, const StnOptionBlock *b)
{
  g_autoptr (GArray) changes = stn_option_block_differences (a, b);
  return changes->len == 0;
}

/* Puts what the board had back, by as many windows as it takes. */
static gboolean
restore (StnUnitRun *self, StnOptionBlock *known, GError **error)
{
  StnOptionPiece last = { .area = G_MAXUINT };
  guint times = 0;

  for (;;) {
    g_autoptr (GError) doubt = NULL;
    g_autoptr (StnOptionBlock) now = read_block (self, error);
    StnOptionPiece piece;

    if (now == NULL)
      return FALSE;
    take_over (self, now);
    gboolean is_sound = stn_option_block_check (now, NULL);
    if (!next_piece (self, now, known, &piece)) {
      if (is_sound)
        return TRUE;
      /* values as they should be over complements that are not: all of it is written again */
      piece = (StnOptionPiece){ .area = 0,
                                .address = self->target->options_address,
                                .changed = TRUE,
                                .length_bytes = self->target->options_bytes };
    }
    if (is_written_again_in_vain (&piece, &last, &times)) {
      g_autofree char *changes = changes_text (now, known);
      stn_error_set_at (error, STN_FAILURE_OPTION_BYTES_UNKNOWN, piece.address, NULL, NULL,
                        "the chip does not take the option bytes that it had: %s", changes);
      return FALSE;
    }
    OptionWrite write = { .had = known,
                          .now = now,
                          .after = known,
                          .command = STN_OPTION_COMMAND_WRITE,
                          .longest_ns = stn_unit_run_option_window_ns (self) };
    if (!write_piece (self, &write, &piece, &doubt, error))
      return FALSE;
    self->has_written = TRUE;
    if (!stn_unit_run_come_back (self, TRUE, self->site->power.adapter != NULL, error)) {
      make_unknown (error, doubt);
      return FALSE;
    }
  }
}

gboolean
stn_unit_run_recover_options (StnUnitRun *self, GError **error)
{
  const StnOptionWindow *window = self->recovery->window;
  const char *uid = self->recovery->uid;
  g_autoptr (StnOptionBlock) known = NULL, meant = NULL;

  /* another board's option bytes are none of this one's business */
  if (window != NULL && uid != NULL && self->identity.uid[0] != '\0'
      && g_ascii_strcasecmp (uid, self->identity.uid) != 0) {
    stn_error_set_seen (error, STN_FAILURE_UNIT_CHANGED, uid, self->identity.uid,
                        "the board in this site is not the one whose option write was cut");
    return FALSE;
  }
  g_autoptr (StnOptionBlock) now = read_block (self, error);
  if (now == NULL)
    return FALSE;
  take_over (self, now);
  if (window != NULL) {
    known = block_of_record (self->target, window->had, window->had_count);
    meant = block_of_record (self->target, window->gets, window->gets_count);
  }
  if (known == NULL) {
    note (&self->step->detail, "the record does not say what this board had before");
    return stn_option_block_check (now, error);
  }
  if (stn_option_block_check (now, NULL)) {
    if (is_same (now, known)) {
      note (&self->step->detail, "the option bytes are as they were before the write");
      return TRUE;
    }
    if (meant != NULL && is_same (now, meant)) {
      note (&self->step->detail, "the option bytes are as the write meant them");
      return TRUE;
    }
  }
  g_autofree char *changes = changes_text (now, known);
  if (!restore (self, known, error))
    return FALSE;
  note (&self->step->detail, "put back what the board had: %s", changes);
  return TRUE;
}
