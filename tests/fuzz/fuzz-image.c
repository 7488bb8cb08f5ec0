/* Every image parser over any bytes: the first byte chooses (table below), the rest is the file. What a parser accepts
 * must keep the promises of image.h.
 *
 *   bits 0-5, mod 6     format as in StnImageFormat: auto, bin, hex, srec, elf, dfuse
 *   bit 7               an address is given
 *   bit 6               dfuse: the CRC is made right; hex: the rest are records in binary and are written as a file
 *                       with right checksums and an end. Otherwise nearly every input would end at a checksum. */
#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "src/image/image.h"
#include "src/image/vectors.h"
#include "tests/fuzz/entry.h"

static void
check_promises (const StnImage *image)
{
  guint64 total = 0, end = 0;

  g_assert (stn_image_segment_count (image) > 0);
  for (gsize index = 0; index < stn_image_segment_count (image); index++) {
    const StnImageSegment *segment = stn_image_segment (image, index);
    gsize length = g_bytes_get_size (segment->bytes);
    guint8 first = 0;
    gsize covered;

    g_assert (length > 0);
    g_assert (index == 0 || segment->address > end); /* sorted, apart, not even touching */
    end = segment->address + length;
    total += length;
    g_assert (end <= G_GUINT64_CONSTANT (0x100000000));
    g_assert (stn_image_covers (image, segment->address, length));
    g_assert (!stn_image_covers (image, segment->address, length + 1));
    stn_image_read (image, segment->address, &first, 1, 0, &covered);
    g_assert (covered == 1 && first == *(const guint8 *) g_bytes_get_data (segment->bytes, NULL));
  }
  g_assert (total == stn_image_total_bytes (image));
  g_assert (end - 1 == stn_image_highest_address (image));
}

static void
seal_dfuse (guint8 *bytes, gsize length)
{
  guint32 crc = 0xFFFFFFFF;

  if (length < 4)
    return;
  for (gsize index = 0; index < (length - 4) * 8; index++)
    crc = (crc >> 1) ^ ((((crc ^ (guint32) (bytes[index / 8] >> (index % 8))) & 1) != 0) ? 0xEDB88320 : 0);
  for (gsize index = 0; index < 4; index++)
    bytes[length - 4 + index] = (guint8) (crc >> (8 * index));
}

/* each record: length mod 32, two bytes of address, type mod 6, data */
static void
write_hex (GString *text, const guint8 *bytes, gsize length)
{
  gsize position = 0;

  while (length - position >= 4) {
    gsize data_length = MIN (bytes[position] % 32, length - position - 4);
    guint8 record[4 + 32];
    guint8 sum = 0;
    memcpy (record, bytes + position, 4 + data_length);
    record[0] = (guint8) data_length;
    record[3] %= 6;
    g_string_append_c (text, ':');
    for (gsize index = 0; index < 4 + data_length; index++) {
      g_string_append_printf (text, "%02X", record[index]);
      sum = (guint8) (sum + record[index]);
    }
    g_string_append_printf (text, "%02X\n", (guint8) (0x100 - sum));
    position += 4 + data_length;
  }
  g_string_append (text, ":00000001FF\n");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const StnRange ram = { 0x20000000, 0x2001FFFF };
  static const StnRange flash = { 0x08000000, 0x080FFFFF };

  if (size == 0)
    return 0;
  StnImageFormat format = (StnImageFormat) ((data[0] & 0x3F) % (STN_IMAGE_FORMAT_DFUSE + 1));
  gboolean has_address = (data[0] & 0x80) != 0;
  gboolean mend = (data[0] & 0x40) != 0;
  g_autofree guint8 *bytes = g_memdup2 (data + 1, size - 1);
  g_autoptr (GString) text = g_string_new (NULL);
  const guint8 *file = bytes;
  gsize length = size - 1;

  if (mend && format == STN_IMAGE_FORMAT_DFUSE)
    seal_dfuse (bytes, length);
  if (mend && format == STN_IMAGE_FORMAT_HEX) {
    write_hex (text, bytes, length);
    file = (const guint8 *) text->str;
    length = text->len;
  }
  g_autoptr (GError) error = NULL;
  g_autoptr (StnImage) image = stn_image_parse ("fuzz", format, file, length, has_address, 0x08000000, &error);

  g_assert ((image == NULL) == (error != NULL));
  if (image == NULL) {
    g_assert (strlen (error->message) > 0 && g_utf8_validate (error->message, -1, NULL));
    return 0;
  }
  check_promises (image);
  stn_image_check_vectors (image, 0x08000000, &ram, 1, &flash, 1, NULL, NULL);
  return 0;
}
