/* How a value stands in the flash. */
#include "src/job/serial-pattern.h"

#include <string.h>

typedef gboolean (*Encode) (const char *text, GByteArray *out, GError **error);

static gboolean
fail_character (GError **error, const char *encoding, const char *expected, const char *text)
{
  g_autofree char *quoted = stn_text_quote (text);
  stn_error_set_seen (error, STN_FAILURE_BAD_PLAN, expected, quoted, "encoding %s", encoding);
  return FALSE;
}

static gboolean
encode_ascii (const char *text, GByteArray *out, GError **error)
{
  for (const char *p = text; *p != '\0'; p++)
    if (*p < 0x20 || *p > 0x7e)
      return fail_character (error, "ascii", "printable ASCII characters", text);
  g_byte_array_append (out, (const guint8 *) text, (guint) strlen (text));
  return TRUE;
}

static gboolean
encode_utf16le (const char *text, GByteArray *out, GError **error)
{
  glong count = 0;
  g_autofree gunichar2 *units = g_utf8_to_utf16 (text, -1, NULL, &count, NULL);
  if (units == NULL)
    return fail_character (error, "utf16le", "valid UTF-8", text);
  for (glong i = 0; i < count; i++) {
    guint16 unit = GUINT16_TO_LE (units[i]);
    g_byte_array_append (out, (const guint8 *) &unit, sizeof unit);
  }
  return TRUE;
}

/* Two digits a byte, the first in the high half; an odd count begins with a 0. */
static gboolean
encode_bcd (const char *text, GByteArray *out, GError **error)
{
  gsize length = strlen (text);
  if (length == 0 || text[strspn (text, "0123456789")] != '\0')
    return fail_character (error, "bcd", "decimal digits", text);
  gsize i = 0;
  if (length % 2 == 1) {
    guint8 first = (guint8) (text[i++] - '0');
    g_byte_array_append (out, &first, 1);
  }
  for (; i < length; i += 2) {
    guint8 pair = (guint8) ((text[i] - '0') << 4 | (text[i + 1] - '0'));
    g_byte_array_append (out, &pair, 1);
  }
  return TRUE;
}

static gboolean
read_number (const char *text, const char *encoding, guint64 most, guint64 *out, GError **error)
{
  g_autofree char *expected = g_strdup_printf ("a number up to %" G_GUINT64_FORMAT, most);
  if (*text == '\0' || text[strspn (text, "0123456789")] != '\0'
      || !g_ascii_string_to_unsigned (text, 10, 0, most, out, NULL))
    return fail_character (error, encoding, expected, text);
  return TRUE;
}

static gboolean
encode_u32le (const char *text, GByteArray *out, GError **error)
{
  guint64 number;
  if (!read_number (text, "u32le", G_MAXUINT32, &number, error))
    return FALSE;
  guint32 word = GUINT32_TO_LE ((guint32) number);
  g_byte_array_append (out, (const guint8 *) &word, sizeof word);
  return TRUE;
}

static gboolean
encode_u32be (const char *text, GByteArray *out, GError **error)
{
  guint64 number;
  if (!read_number (text, "u32be", G_MAXUINT32, &number, error))
    return FALSE;
  guint32 word = GUINT32_TO_BE ((guint32) number);
  g_byte_array_append (out, (const guint8 *) &word, sizeof word);
  return TRUE;
}

static gboolean
encode_u64le (const char *text, GByteArray *out, GError **error)
{
  guint64 number;
  if (!read_number (text, "u64le", G_MAXUINT64, &number, error))
    return FALSE;
  guint64 word = GUINT64_TO_LE (number);
  g_byte_array_append (out, (const guint8 *) &word, sizeof word);
  return TRUE;
}

static gboolean
encode_hex (const char *text, GByteArray *out, GError **error)
{
  gsize length = strlen (text);
  if (length == 0 || length % 2 == 1 || text[strspn (text, "0123456789abcdefABCDEF")] != '\0')
    return fail_character (error, "hex", "pairs of hex digits", text);
  for (gsize i = 0; i < length; i += 2) {
    guint8 byte = (guint8) (g_ascii_xdigit_value (text[i]) << 4 | g_ascii_xdigit_value (text[i + 1]));
    g_byte_array_append (out, &byte, 1);
  }
  return TRUE;
}

static const Encode encoders[] = {
  [STN_ENCODING_ASCII] = encode_ascii, [STN_ENCODING_UTF16LE] = encode_utf16le, [STN_ENCODING_BCD] = encode_bcd,
  [STN_ENCODING_U32LE] = encode_u32le, [STN_ENCODING_U32BE] = encode_u32be,     [STN_ENCODING_U64LE] = encode_u64le,
  [STN_ENCODING_HEX] = encode_hex,
};

GBytes *
stn_encode (StnEncoding encoding, const char *text, gsize size, guint8 pad, GError **error)
{
  g_return_val_if_fail ((gsize) encoding < G_N_ELEMENTS (encoders), NULL);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  if (!encoders[encoding](text, bytes, error))
    return NULL;
  if (bytes->len > size) {
    g_autofree char *expected = g_strdup_printf ("at most %" G_GSIZE_FORMAT " bytes", size);
    g_autofree char *seen = g_strdup_printf ("%u", bytes->len);
    g_autofree char *quoted = stn_text_quote (text);
    stn_error_set_seen (error, STN_FAILURE_BAD_PLAN, expected, seen, "%s does not fit", quoted);
    return NULL;
  }
  guint used = bytes->len;
  g_byte_array_set_size (bytes, (guint) size);
  memset (bytes->data + used, pad, size - used);
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}
