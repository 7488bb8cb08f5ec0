#include "src/image/lines.h"

#include <stdarg.h>
#include <string.h>

#include "src/base/error.h"

StnLines
stn_lines_new (const StnImageSource *source)
{
  return (StnLines){ .source = source };
}

static gboolean
is_blank (guint8 byte)
{
  return byte == ' ' || byte == '\t';
}

gboolean
stn_lines_next (StnLines *self)
{
  const StnImageSource *source = self->source;

  while (self->position < source->length) {
    const guint8 *start = source->bytes + self->position;
    gsize left = source->length - self->position;
    const guint8 *end = memchr (start, '\n', left);
    gsize length = end != NULL ? (gsize) (end - start) : left;

    self->position += length + (end != NULL);
    self->line++;
    if (length > 0 && start[length - 1] == '\r')
      length--;
    while (length > 0 && is_blank (start[length - 1]))
      length--;
    if (length > 0) {
      self->text = start;
      self->length = length;
      return TRUE;
    }
  }
  self->text = NULL;
  self->length = 0;
  self->line++;
  return FALSE;
}

void
stn_lines_fail (const StnLines *self, GError **error, const char *expected, const char *found_format, ...)
{
  va_list arguments;
  va_start (arguments, found_format);
  g_autofree char *found = g_strdup_vprintf (found_format, arguments);
  va_end (arguments);

  stn_error_set (error, STN_FAILURE_BAD_IMAGE, "%s:%" G_GUINT64_FORMAT ": expected %s, found %s", self->source->name,
                 self->line, expected, found);
}

char *
stn_lines_at (const StnLines *self, gsize column)
{
  if (column >= self->length)
    return g_strdup ("the end of the line");
  guint8 byte = self->text[column];
  return byte > 0x20 && byte < 0x7F ? g_strdup_printf ("'%c'", byte) : g_strdup_printf ("byte 0x%02X", byte);
}

gboolean
stn_lines_decode (const StnLines *self, gsize column, guint8 *out_bytes, gsize least, gsize most, gsize *out_length,
                  GError **error)
{
  gsize digits = self->length > column ? self->length - column : 0;

  for (gsize index = 0; index < digits; index++)
    if (!g_ascii_isxdigit (self->text[column + index])) {
      g_autofree char *found = stn_lines_at (self, column + index);
      stn_lines_fail (self, error, "a hex digit", "%s in column %" G_GSIZE_FORMAT, found, column + index + 1);
      return FALSE;
    }
  if (digits % 2 != 0) {
    stn_lines_fail (self, error, "pairs of hex digits", "%" G_GSIZE_FORMAT " digits", digits);
    return FALSE;
  }
  if (digits / 2 < least || digits / 2 > most) {
    g_autofree char *expected =
        g_strdup_printf ("a record of %" G_GSIZE_FORMAT " to %" G_GSIZE_FORMAT " bytes", least, most);
    stn_lines_fail (self, error, expected, "%" G_GSIZE_FORMAT, digits / 2);
    return FALSE;
  }
  for (gsize index = 0; index < digits / 2; index++)
    out_bytes[index] = (guint8) (g_ascii_xdigit_value (self->text[column + 2 * index]) << 4
                                 | g_ascii_xdigit_value (self->text[column + 2 * index + 1]));
  *out_length = digits / 2;
  return TRUE;
}

gboolean
stn_lines_begin_with (const StnImageSource *source, char first, gsize digits)
{
  gsize start = 0;

  while (start < source->length
         && (is_blank (source->bytes[start]) || source->bytes[start] == '\r' || source->bytes[start] == '\n'))
    start++;
  if (source->length - start < digits + 1 || source->bytes[start] != (guint8) first)
    return FALSE;
  for (gsize index = 1; index <= digits; index++)
    if (!g_ascii_isxdigit (source->bytes[start + index]))
      return FALSE;
  return TRUE;
}
