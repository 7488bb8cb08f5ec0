#include "src/base/bytes.h"

#include <string.h>

StnReader
stn_reader_new (gconstpointer data, gsize length)
{
  return (StnReader){ .data = data, .length = data != NULL ? length : 0 };
}

gboolean
stn_reader_ok (const StnReader *self)
{
  return !self->bad;
}

gsize
stn_reader_left (const StnReader *self)
{
  return self->bad ? 0 : self->length - self->position;
}

const guint8 *
stn_reader_bytes (StnReader *self, gsize length)
{
  /* reading nothing is possible anywhere, but a NULL answer must always mean bad */
  static const guint8 nothing[1];

  if (self->bad || length > self->length - self->position) {
    self->bad = TRUE;
    return NULL;
  }
  if (self->data == NULL)
    return nothing;
  const guint8 *bytes = self->data + self->position;
  self->position += length;
  return bytes;
}

guint8
stn_reader_u8 (StnReader *self)
{
  const guint8 *bytes = stn_reader_bytes (self, 1);
  return bytes != NULL ? bytes[0] : 0;
}

guint16
stn_reader_u16_be (StnReader *self)
{
  const guint8 *bytes = stn_reader_bytes (self, 2);
  return bytes != NULL ? (guint16) (bytes[0] << 8 | bytes[1]) : 0;
}

guint16
stn_reader_u16_le (StnReader *self)
{
  const guint8 *bytes = stn_reader_bytes (self, 2);
  return bytes != NULL ? (guint16) (bytes[1] << 8 | bytes[0]) : 0;
}

guint32
stn_reader_u32_be (StnReader *self)
{
  const guint8 *bytes = stn_reader_bytes (self, 4);
  if (bytes == NULL)
    return 0;
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

guint32
stn_reader_u32_le (StnReader *self)
{
  const guint8 *bytes = stn_reader_bytes (self, 4);
  if (bytes == NULL)
    return 0;
  return (guint32) bytes[3] << 24 | (guint32) bytes[2] << 16 | (guint32) bytes[1] << 8 | bytes[0];
}

StnWriter
stn_writer_new (gpointer data, gsize capacity)
{
  return (StnWriter){ .data = data, .capacity = data != NULL ? capacity : 0 };
}

gboolean
stn_writer_ok (const StnWriter *self)
{
  return !self->bad;
}

void
stn_writer_bytes (StnWriter *self, gconstpointer data, gsize length)
{
  /* all or nothing: a value that does not fit leaves no half of itself behind */
  if (self->bad || length > self->capacity - self->length) {
    self->bad = TRUE;
    return;
  }
  if (length == 0)
    return;
  memcpy (self->data + self->length, data, length);
  self->length += length;
}

void
stn_writer_u8 (StnWriter *self, guint8 value)
{
  stn_writer_bytes (self, &value, 1);
}

void
stn_writer_u16_be (StnWriter *self, guint16 value)
{
  const guint8 bytes[2] = { (guint8) (value >> 8), (guint8) value };
  stn_writer_bytes (self, bytes, sizeof bytes);
}

void
stn_writer_u16_le (StnWriter *self, guint16 value)
{
  const guint8 bytes[2] = { (guint8) value, (guint8) (value >> 8) };
  stn_writer_bytes (self, bytes, sizeof bytes);
}

void
stn_writer_u32_be (StnWriter *self, guint32 value)
{
  const guint8 bytes[4] = { (guint8) (value >> 24), (guint8) (value >> 16), (guint8) (value >> 8), (guint8) value };
  stn_writer_bytes (self, bytes, sizeof bytes);
}

void
stn_writer_u32_le (StnWriter *self, guint32 value)
{
  const guint8 bytes[4] = { (guint8) value, (guint8) (value >> 8), (guint8) (value >> 16), (guint8) (value >> 24) };
  stn_writer_bytes (self, bytes, sizeof bytes);
}

guint8
stn_bytes_xor (gconstpointer data, gsize length)
{
  const guint8 *bytes = data;
  guint8 sum = 0;
  for (gsize i = 0; i < length; i++)
    sum ^= bytes[i];
  return sum;
}

char *
stn_bytes_to_text (gconstpointer data, gsize length, gsize most)
{
  const guint8 *bytes = data;
  gsize shown = MIN (length, most);
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < shown; i++)
    g_string_append_printf (text, "%s%02x", i > 0 ? " " : "", bytes[i]);
  if (shown < length)
    g_string_append_printf (text, " …(%" G_GSIZE_FORMAT ")", length);
  return g_string_free (text, FALSE);
}

char *
stn_bytes_sha256 (gconstpointer data, gsize length)
{
  /* GLib takes NULL only through a checksum object */
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  const guint8 *bytes = data;
  /* g_checksum_update counts in gssize */
  while (length > 0) {
    gsize part = MIN (length, (gsize) G_MAXINT32);
    g_checksum_update (checksum, bytes, (gssize) part);
    bytes += part;
    length -= part;
  }
  return g_strdup (g_checksum_get_string (checksum));
}
