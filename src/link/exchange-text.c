#include "src/link/exchange-text.h"

#include <string.h>

/* USB 2.0 section 9.3: bit 7 of bmRequestType: device to host. */
static gboolean
control_is_in (const StnControlSetup *setup)
{
  return (setup->request_type & 0x80) != 0;
}

gboolean
stn_exchange_is_in (const StnExchange *exchange)
{
  return exchange->operation == STN_OP_READ || exchange->operation == STN_OP_RECEIVE
         || (exchange->operation == STN_OP_CONTROL && control_is_in (&exchange->setup));
}

/* ---- writing ---- */

/* a block is 256 bytes and every one of them passes here: no printf */
static void
append_bytes (GString *text, const guint8 *bytes, gsize length)
{
  static const char digits[] = "0123456789abcdef";

  gsize at = text->len;

  /* every block of every run comes through here: room once, then plain stores */
  g_string_set_size (text, at + 3 * length);
  for (gsize i = 0; i < length; i++) {
    text->str[at++] = ' ';
    text->str[at++] = digits[bytes[i] >> 4];
    text->str[at++] = digits[bytes[i] & 0x0f];
  }
}

void
stn_exchange_to_text (const StnExchange *exchange, StnFailure failure, GString *text)
{
  gboolean done = failure == STN_FAILURE_NONE;
  gboolean in = stn_exchange_is_in (exchange);

  g_string_append (text, stn_operation_name (exchange->operation));
  switch (exchange->operation) {
  case STN_OP_CONFIGURE:
    g_string_append_printf (text, " %u %u%c%u", exchange->line.baud, exchange->line.data_bits, exchange->line.parity,
                            exchange->line.stop_bits);
    break;
  case STN_OP_BREAK:
    g_string_append_printf (text, " %u", exchange->levels != 0);
    break;
  case STN_OP_SEND:
  case STN_OP_RECEIVE:
    g_string_append_printf (text, " %08x", exchange->address);
    break;
  case STN_OP_CONTROL:
    g_string_append_printf (text, " %02x %02x %04x %04x %04x", exchange->setup.request_type, exchange->setup.request,
                            exchange->setup.value, exchange->setup.index,
                            (guint) (in ? exchange->in_capacity : exchange->out_length));
    break;
  case STN_OP_SET:
    g_string_append_printf (text, " %08x %08x", exchange->mask, exchange->levels);
    break;
  case STN_OP_OPEN_DRAIN:
    g_string_append_printf (text, " %08x", exchange->mask);
    break;
  case STN_OP_GET:
    if (done)
      g_string_append_printf (text, " %08x", exchange->levels);
    break;
  case STN_OP_WRITE:
  case STN_OP_READ:
  case STN_OP_FLUSH:
  default:
    break;
  }
  if (in)
    append_bytes (text, exchange->in, exchange->in_length);
  else
    append_bytes (text, exchange->out, exchange->out_length);
  if (!done)
    g_string_append_printf (text, " -- %s", stn_failure_name (failure));
}

/* ---- reading ---- */

/* A walk over the words of a line; one bad word makes it bad for good. */
typedef struct {
  char **words; /* borrowed */
  gboolean bad;
} Words;

static const char *
next_word (Words *self)
{
  if (*self->words == NULL) {
    self->bad = TRUE;
    return "";
  }
  return *self->words++;
}

/* Exactly `digits` hex digits. */
static guint32
next_hex (Words *self, guint digits)
{
  const char *word = next_word (self);
  guint32 value = 0;

  for (const char *letter = word; *letter != '\0'; letter++) {
    if (!g_ascii_isxdigit (*letter))
      self->bad = TRUE;
    value = value << 4 | ((guint32) g_ascii_xdigit_value (*letter) & 0x0f);
  }
  if (strlen (word) != digits)
    self->bad = TRUE;
  return self->bad ? 0 : value;
}

static guint32
next_decimal (Words *self, guint32 most)
{
  guint64 value = 0;

  if (!g_ascii_string_to_unsigned (next_word (self), 10, 0, most, &value, NULL))
    self->bad = TRUE;
  return (guint32) value;
}

/* "8E1" */
static void
next_line_settings (Words *self, StnLineSettings *out)
{
  out->baud = next_decimal (self, G_MAXUINT32);
  const char *frame = next_word (self);
  if (strlen (frame) != 3 || !g_ascii_isdigit (frame[0]) || strchr ("NEO", frame[1]) == NULL
      || !g_ascii_isdigit (frame[2])) {
    self->bad = TRUE;
    return;
  }
  out->data_bits = (guint) (frame[0] - '0');
  out->parity = frame[1];
  out->stop_bits = (guint) (frame[2] - '0');
}

static void
next_failure (Words *self, StnFailure *out)
{
  if (g_strcmp0 (*self->words, "--") != 0)
    return;
  self->words++;
  *out = stn_failure_from_name (next_word (self));
  if (*out == STN_FAILURE_NONE)
    self->bad = TRUE;
}

static void
next_bytes (Words *self, GByteArray *bytes)
{
  while (!self->bad && *self->words != NULL && strcmp (*self->words, "--") != 0) {
    guint8 byte = (guint8) next_hex (self, 2);
    g_byte_array_append (bytes, &byte, 1);
  }
}

StnExchangeText *
stn_exchange_text_parse (const char *text, StnLinkShape shape, GError **error)
{
  g_autoptr (StnExchangeText) self = g_new0 (StnExchangeText, 1);
  g_auto (GStrv) split = g_strsplit (text, " ", -1);
  Words words = { .words = split };
  StnExchange *exchange = &self->exchange;

  self->bytes = g_byte_array_new ();
  if (!stn_operation_from_name (next_word (&words), &exchange->operation)
      || stn_operation_shape (exchange->operation) != shape) {
    stn_error_set_seen (error, STN_FAILURE_BAD_FILE, stn_link_shape_name (shape), text, "not an operation of the link");
    return NULL;
  }

  switch (exchange->operation) {
  case STN_OP_CONFIGURE:
    next_line_settings (&words, &exchange->line);
    break;
  case STN_OP_BREAK:
    exchange->levels = next_decimal (&words, 1);
    break;
  case STN_OP_SEND:
  case STN_OP_RECEIVE:
    exchange->address = next_hex (&words, 8);
    break;
  case STN_OP_CONTROL:
    exchange->setup.request_type = (guint8) next_hex (&words, 2);
    exchange->setup.request = (guint8) next_hex (&words, 2);
    exchange->setup.value = (guint16) next_hex (&words, 4);
    exchange->setup.index = (guint16) next_hex (&words, 4);
    exchange->in_capacity = next_hex (&words, 4);
    break;
  case STN_OP_SET:
    exchange->mask = next_hex (&words, 8);
    exchange->levels = next_hex (&words, 8);
    break;
  case STN_OP_OPEN_DRAIN:
    exchange->mask = next_hex (&words, 8);
    break;
  case STN_OP_GET:
    if (g_strcmp0 (*words.words, "--") != 0)
      exchange->levels = next_hex (&words, 8);
    break;
  case STN_OP_WRITE:
  case STN_OP_READ:
  case STN_OP_FLUSH:
  default:
    break;
  }
  if (exchange->operation == STN_OP_WRITE || exchange->operation == STN_OP_SEND || exchange->operation == STN_OP_CONTROL
      || stn_exchange_is_in (exchange))
    next_bytes (&words, self->bytes);
  next_failure (&words, &self->failure);
  if (words.bad || *words.words != NULL) {
    stn_error_set_seen (error, STN_FAILURE_BAD_FILE, stn_operation_name (exchange->operation), text,
                        "not a line of a trace");
    return NULL;
  }
  if (stn_exchange_is_in (exchange))
    exchange->in_length = self->bytes->len;
  else
    exchange->out_length = self->bytes->len;
  return g_steal_pointer (&self);
}

void
stn_exchange_text_free (StnExchangeText *self)
{
  if (self == NULL)
    return;
  if (self->bytes != NULL)
    g_byte_array_unref (self->bytes);
  g_free (self);
}
