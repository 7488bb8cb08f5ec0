/* What the image tests share: parse or stop the test, refuse with exactly this text. */
#pragma once

#include <glib.h>
#include <string.h>

#include "src/base/error.h"
#include "src/image/image.h"

static inline StnImage *
parse_or_fail (const char *name, StnImageFormat format, gconstpointer bytes, gsize length)
{
  g_autoptr (GError) error = NULL;
  StnImage *image = stn_image_parse (name, format, bytes, length, FALSE, 0, &error);

  g_assert_no_error (error);
  g_assert_nonnull (image);
  return image;
}

static inline StnImage *
bin_or_fail (const char *name, guint64 address, gconstpointer bytes, gsize length)
{
  g_autoptr (GError) error = NULL;
  StnImage *image = stn_image_parse (name, STN_IMAGE_FORMAT_BIN, bytes, length, TRUE, address, &error);

  g_assert_no_error (error);
  g_assert_nonnull (image);
  return image;
}

static inline void
assert_refused (const char *name, StnImageFormat format, gconstpointer bytes, gsize length, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnImage) image = stn_image_parse (name, format, bytes, length, FALSE, 0, &error);

  g_assert_null (image);
  g_assert_nonnull (error);
  g_assert_true (stn_error_is (error, STN_FAILURE_BAD_IMAGE));
  g_assert_cmpstr (error->message, ==, message);
}

/* `hex` is what the segment holds, "0a0b…" */
static inline void
assert_segment (const StnImage *image, gsize index, guint64 address, const char *hex)
{
  g_assert_cmpuint (index, <, stn_image_segment_count (image));
  const StnImageSegment *segment = stn_image_segment (image, index);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (segment->bytes, &length);
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize position = 0; position < length; position++)
    g_string_append_printf (text, "%02x", bytes[position]);
  g_assert_cmphex (segment->address, ==, address);
  g_assert_cmpstr (text->str, ==, hex);
}
