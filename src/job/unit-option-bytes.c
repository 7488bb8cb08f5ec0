#include "src/job/unit-option-bytes.h"

#define READ_NS (5 * STN_NS_PER_S)

void
stn_unit_run_note (char **inout_text, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *more = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  char *text = *inout_text == NULL ? g_strdup (more) : g_strdup_printf ("%s; %s", *inout_text, more);

  g_free (*inout_text);
  *inout_text = text;
}

/* ---- reading ---- */

gboolean
stn_unit_run_read_memory (StnUnitRun *self, guint64 address, guint8 *buffer, gsize length, GError **error)
{
  StnEngineCapabilities capabilities;

  stn_engine_capabilities (self->engine, &capabilities);
  for (gsize at = 0; at < length;) {
    gsize part = MIN (length - at, capabilities.read_block_bytes);
    if (!stn_unit_run_read (self, address + at, buffer + at, part, READ_NS, error))
      return FALSE;
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

  if (!stn_unit_run_read_memory (self, address, once, length, error)
      || !stn_unit_run_read_memory (self, address, twice, length, error))
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

StnOptionBlock *
stn_unit_run_read_option_block (StnUnitRun *self, GError **error)
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

StnOptionBlock *
stn_unit_run_read_sound_options (StnUnitRun *self, GError **error)
{
  g_autoptr (StnOptionBlock) block = stn_unit_run_read_option_block (self, error);

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

void
stn_unit_run_take_over_options (StnUnitRun *self, const StnOptionBlock *block)
{
  gsize length = 0;
  const guint8 *bytes = stn_option_block_bytes (block, 0, &length);

  g_free (self->identity.options);
  self->identity.options = g_memdup2 (bytes, length);
  self->identity.options_length = length;
  g_free (self->result->options_after);
  self->result->options_after = block_hex (block);
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
         + (stn_unit_run_is_usb (self) ? STN_OPTION_ANSWER_USB_NS : STN_OPTION_ANSWER_NS);
}

/* Nothing was sent. A NACK is no refusal here: the wire may have made it of an ACK, and then the ROM is at work. */
gboolean
stn_unit_run_is_unsent (const GError *error)
{
  return stn_error_is (error, STN_FAILURE_NOT_SUPPORTED) || stn_error_is (error, STN_FAILURE_INTERNAL);
}

gboolean
stn_unit_run_is_before_the_window (const GError *error)
{
  return stn_error_is (error, STN_FAILURE_NOT_RECORDED) || stn_error_is (error, STN_FAILURE_SAME_UNIT_TWICE);
}

char *
stn_unit_option_changes_text (const StnOptionBlock *before, const StnOptionBlock *after)
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
  g_auto (StnOptionWindow) window = { .words = stn_unit_option_changes_text (now, after) };

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

/* StnOptionPiece, as this engine writes them. */
static GArray *
pieces_of (StnUnitRun *self, const StnOptionBlock *now, const StnOptionBlock *after)
{
  StnEngineCapabilities capabilities;

  stn_engine_capabilities (self->engine, &capabilities);
  guint most = stn_unit_run_is_usb (self) ? capabilities.write_block_bytes / 8 * 8 : STN_OPTION_PIECE_BYTES;
  return stn_option_block_pieces (now, after, most);
}

guint
stn_unit_run_count_option_pieces (StnUnitRun *self, const StnOptionBlock *now, const StnOptionBlock *after)
{
  g_autoptr (GArray) pieces = pieces_of (self, now, after);
  guint count = 0;

  for (guint i = 0; i < pieces->len; i++)
    count += g_array_index (pieces, StnOptionPiece, i).changed;
  return count;
}

gboolean
stn_unit_run_next_option_piece (StnUnitRun *self, const StnOptionBlock *now, const StnOptionBlock *after,
                                StnOptionPiece *out)
{
  g_autoptr (GArray) pieces = pieces_of (self, now, after);

  for (guint i = 0; i < pieces->len; i++)
    if (g_array_index (pieces, StnOptionPiece, i).changed) {
      *out = g_array_index (pieces, StnOptionPiece, i);
      return TRUE;
    }
  return FALSE;
}

gboolean
stn_unit_option_is_in_vain (const StnOptionPiece *piece, StnOptionPiece *inout_last, guint *inout_times)
{
  *inout_times = piece->area == inout_last->area && piece->address == inout_last->address ? *inout_times + 1 : 1;
  *inout_last = *piece;
  return *inout_times > STN_OPTION_PIECE_TRIES;
}

gboolean
stn_unit_run_write_option_piece (StnUnitRun *self, const StnOptionWrite *write, const StnOptionPiece *piece,
                                 GError **out_doubt, GError **error)
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
  /* a record that fails is the station's affair, whatever the board has; a supply that was not good is not made well by
   * what can be read afterwards */
  if (self->windows_opened == windows_before || self->supply_dipped || stn_unit_run_is_unsent (failure)
      || stn_unit_run_is_before_the_window (failure)) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  self->in_rom = FALSE;
  g_propagate_error (out_doubt, g_steal_pointer (&failure));
  return TRUE;
}

/* From an opened window to its proof no failure but the request to stop says what the board has. */
void
stn_unit_run_options_are_unknown (GError **inout_error, const GError *doubt)
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
