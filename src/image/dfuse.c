/* ST's DfuSe file (UM0391): prefix, targets (one for each alternate setting) of elements, and DFU's suffix behind. All
 * numbers are little endian. */
#include "src/image/formats.h"

#include <string.h>

#include "src/base/bytes.h"

enum {
  DFUSE_PREFIX_BYTES = 11,
  DFUSE_TARGET_PREFIX_BYTES = 274,
  DFUSE_TARGET_NAME_BYTES = 255,
  DFUSE_ELEMENT_PREFIX_BYTES = 8,
  DFUSE_SUFFIX_BYTES = 16,
};

static const char dfuse_signature[5] = { 'D', 'f', 'u', 'S', 'e' };
static const char dfuse_target_signature[6] = { 'T', 'a', 'r', 'g', 'e', 't' };
static const char dfu_suffix_signature[3] = { 'U', 'F', 'D' };

gboolean
stn_image_looks_like_dfuse (const StnImageSource *source)
{
  return source->length >= sizeof dfuse_signature
         && memcmp (source->bytes, dfuse_signature, sizeof dfuse_signature) == 0;
}

/* DFU's CRC: reflected, polynomial 0xEDB88320, from all ones, without the last inversion (DFU 1.1, appendix B). */
static guint32
dfu_crc (const guint8 *bytes, gsize length)
{
  guint32 table[256];
  guint32 crc = 0xFFFFFFFF;

  for (guint32 value = 0; value < 256; value++) {
    guint32 entry = value;
    for (int bit = 0; bit < 8; bit++)
      entry = (entry >> 1) ^ ((entry & 1) != 0 ? 0xEDB88320 : 0);
    table[value] = entry;
  }
  for (gsize index = 0; index < length; index++)
    crc = (crc >> 8) ^ table[(crc ^ bytes[index]) & 0xFF];
  return crc;
}

static gboolean
check_suffix (const StnImageSource *source, GError **error)
{
  gsize start = source->length - DFUSE_SUFFIX_BYTES;
  StnReader reader = stn_reader_new (source->bytes + start, DFUSE_SUFFIX_BYTES);

  stn_reader_u16_le (&reader); /* bcdDevice: of the firmware, anything */
  guint product = stn_reader_u16_le (&reader);
  guint vendor = stn_reader_u16_le (&reader);
  guint version = stn_reader_u16_le (&reader);
  const guint8 *signature = stn_reader_bytes (&reader, sizeof dfu_suffix_signature);
  guint length = stn_reader_u8 (&reader);
  guint32 crc = stn_reader_u32_le (&reader);

  /* the signature first: without it the rest is data of a file that was cut */
  if (memcmp (signature, dfu_suffix_signature, sizeof dfu_suffix_signature) != 0 || length != DFUSE_SUFFIX_BYTES) {
    stn_image_fail_at (source, start + 8, error, "expected a DFU suffix (\"UFD\", 16 bytes) at the end, found none");
    return FALSE;
  }
  guint32 computed = dfu_crc (source->bytes, source->length - 4);
  if (computed != crc) {
    stn_image_fail_at (source, start + 12, error, "expected CRC 0x%08X, found 0x%08X", computed, crc);
    return FALSE;
  }
  if (version != 0x011A) {
    stn_image_fail_at (source, start + 6, error, "expected DFU version 0x011A (DfuSe), found 0x%04X", version);
    return FALSE;
  }
  /* FFFF is "any"; ST's file manager writes product 0000 by default */
  if (vendor != 0x0483 && vendor != 0xFFFF) {
    stn_image_fail_at (source, start + 4, error, "expected USB vendor 0x0483 or 0xFFFF, found 0x%04X", vendor);
    return FALSE;
  }
  if (product != 0xDF11 && product != 0xFFFF && product != 0x0000) {
    stn_image_fail_at (source, start + 2, error, "expected USB product 0xDF11, 0xFFFF or 0x0000, found 0x%04X",
                       product);
    return FALSE;
  }
  return TRUE;
}

static gboolean
read_element (const StnImageSource *source, StnReader *reader, StnImageBuilder *builder, GError **error)
{
  gsize place = reader->position;
  guint32 address = stn_reader_u32_le (reader);
  guint32 size = stn_reader_u32_le (reader);

  if (!stn_reader_ok (reader) || size > stn_reader_left (reader)) {
    stn_image_fail_at (source, place, error,
                       "expected an element of 8 and %u bytes inside its target, found the end of the target", size);
    return FALSE;
  }
  const guint8 *bytes = stn_reader_bytes (reader, size);
  if (!stn_image_builder_add (builder, address, bytes, size, place)) {
    stn_image_fail_at (source, place, error, "%u bytes at 0x%08X reach beyond 4 GiB", size, address);
    return FALSE;
  }
  return TRUE;
}

/* The reader stands at the target; it is walked to the target's end. */
static gboolean
read_target (const StnImageSource *source, StnReader *reader, guint n_targets, StnImageBuilder *builder, GError **error)
{
  gsize place = reader->position;
  const guint8 *signature = stn_reader_bytes (reader, sizeof dfuse_target_signature);
  guint alternate = stn_reader_u8 (reader);
  stn_reader_u32_le (reader); /* whether it has a name, which is a comment */
  stn_reader_bytes (reader, DFUSE_TARGET_NAME_BYTES);
  guint32 size = stn_reader_u32_le (reader);
  guint32 n_elements = stn_reader_u32_le (reader);

  if (!stn_reader_ok (reader) || memcmp (signature, dfuse_target_signature, sizeof dfuse_target_signature) != 0) {
    stn_image_fail_at (source, place, error, "expected a target prefix (\"Target\", 274 bytes), found none");
    return FALSE;
  }
  if (size > stn_reader_left (reader)) {
    stn_image_fail_at (source, place + 266, error, "expected a target of at most %" G_GSIZE_FORMAT " bytes, found %u",
                       stn_reader_left (reader), size);
    return FALSE;
  }
  /* leaving a part of the file out in silence would make "every byte was proved" untrue */
  if (alternate != 0 && n_targets > 1) {
    stn_image_fail_at (source, place + 6, error,
                       "expected alternate setting 0 only where a file has several targets, found %u: split the file",
                       alternate);
    return FALSE;
  }

  StnReader elements = *reader;
  elements.length = elements.position + size;
  for (guint32 index = 0; index < n_elements; index++)
    if (!read_element (source, &elements, builder, error))
      return FALSE;
  if (stn_reader_left (&elements) != 0) {
    stn_image_fail_at (source, elements.position, error,
                       "expected the target's end after %u elements, found %" G_GSIZE_FORMAT " bytes more", n_elements,
                       stn_reader_left (&elements));
    return FALSE;
  }
  stn_reader_bytes (reader, size);
  return TRUE;
}

gboolean
stn_image_parse_dfuse (const StnImageSource *source, StnImageBuilder *builder, GError **error)
{
  if (!stn_image_looks_like_dfuse (source)) {
    stn_image_fail_at (source, 0, error, "expected a DfuSe file (\"DfuSe\")");
    return FALSE;
  }
  if (source->length < DFUSE_PREFIX_BYTES + DFUSE_SUFFIX_BYTES) {
    stn_image_fail_at (source, source->length, error,
                       "expected a DfuSe prefix and a DFU suffix, found the end of the file");
    return FALSE;
  }
  if (!check_suffix (source, error))
    return FALSE;

  /* the suffix is out of reach from here on */
  StnReader reader = stn_reader_new (source->bytes, source->length - DFUSE_SUFFIX_BYTES);
  stn_reader_bytes (&reader, sizeof dfuse_signature);
  guint version = stn_reader_u8 (&reader);
  guint32 image_size = stn_reader_u32_le (&reader);
  guint n_targets = stn_reader_u8 (&reader);
  if (version != 1) {
    stn_image_fail_at (source, 5, error, "expected DfuSe version 1, found %u", version);
    return FALSE;
  }
  if (image_size != reader.length) {
    stn_image_fail_at (source, 6, error, "expected an image size of %" G_GSIZE_FORMAT ", found %u", reader.length,
                       image_size);
    return FALSE;
  }
  for (guint index = 0; index < n_targets; index++)
    if (!read_target (source, &reader, n_targets, builder, error))
      return FALSE;
  if (stn_reader_left (&reader) != 0) {
    stn_image_fail_at (source, reader.position, error,
                       "expected the DFU suffix after %u targets, found %" G_GSIZE_FORMAT " bytes more", n_targets,
                       stn_reader_left (&reader));
    return FALSE;
  }
  if (builder->pieces->len == 0) {
    stn_image_fail_at (source, 10, error, "no target has bytes to load");
    return FALSE;
  }
  return TRUE;
}
