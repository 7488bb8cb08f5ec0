/* Intel HEX: ":LLAAAATTDD…CC" (Hexadecimal Object File Format Specification, revision A, 1988). */
#include "src/image/formats.h"
#include "src/image/lines.h"

enum {
  HEX_DATA = 0,
  HEX_END = 1,
  HEX_SEGMENT_BASE = 2,
  HEX_SEGMENT_START = 3,
  HEX_LINEAR_BASE = 4,
  HEX_LINEAR_START = 5,
};

/* length, address, type in front; checksum behind */
enum { HEX_FRAME_BYTES = 5, HEX_DATA_MOST = 255 };

typedef enum { BASE_NONE, BASE_SEGMENT, BASE_LINEAR } HexBase;

typedef struct {
  StnLines lines;
  StnImageBuilder *builder;
  HexBase base_kind;
  guint32 base;
  guint64 entry_line; /* 0: no entry point yet */
} HexReader;

gboolean
stn_image_looks_like_hex (const StnImageSource *source)
{
  return stn_lines_begin_with (source, ':', 8);
}

/* Where the data of a record goes when its 16-bit offset runs over FFFF: behind a segment base it wraps to the
 * segment's begin, behind a linear base it goes on, and without a base the file has said nothing: refused. */
static gboolean
add_data (HexReader *self, guint16 offset, const guint8 *data, gsize length, GError **error)
{
  gsize before_wrap = 0x10000u - offset;
  guint64 address = (guint64) self->base + offset;
  gboolean fits;

  if (length <= before_wrap || self->base_kind == BASE_LINEAR)
    fits = stn_image_builder_add (self->builder, address, data, length, self->lines.line);
  else if (self->base_kind == BASE_SEGMENT)
    fits = stn_image_builder_add (self->builder, address, data, before_wrap, self->lines.line)
           && stn_image_builder_add (self->builder, self->base, data + before_wrap, length - before_wrap,
                                     self->lines.line);
  else {
    stn_lines_fail (&self->lines, error, "data that ends at or below FFFF, for no base address was set",
                    "%" G_GSIZE_FORMAT " bytes at %04X", length, offset);
    return FALSE;
  }
  if (!fits)
    stn_lines_fail (&self->lines, error, "data below 4 GiB", "%" G_GSIZE_FORMAT " bytes at 0x%08" G_GINT64_MODIFIER "X",
                    length, address);
  return fits;
}

static gboolean
set_entry (HexReader *self, guint64 entry, GError **error)
{
  if (self->entry_line != 0) {
    stn_lines_fail (&self->lines, error, "one start address", "a second one, the first is in line %" G_GUINT64_FORMAT,
                    self->entry_line);
    return FALSE;
  }
  self->entry_line = self->lines.line;
  self->builder->has_entry = TRUE;
  self->builder->entry = entry;
  return TRUE;
}

static gboolean
take_record (HexReader *self, const guint8 *record, gboolean *out_end, GError **error)
{
  static const struct {
    int length; /* -1: any */
    const char *expected;
  } kinds[] = {
    [HEX_DATA] = { -1, NULL },
    [HEX_END] = { 0, "no data in an end-of-file record" },
    [HEX_SEGMENT_BASE] = { 2, "2 data bytes in a segment base record" },
    [HEX_SEGMENT_START] = { 4, "4 data bytes in a segment start record" },
    [HEX_LINEAR_BASE] = { 2, "2 data bytes in a linear base record" },
    [HEX_LINEAR_START] = { 4, "4 data bytes in a linear start record" },
  };
  guint8 length = record[0];
  guint16 offset = (guint16) (record[1] << 8 | record[2]);
  guint8 type = record[3];
  const guint8 *data = record + 4;

  if (type >= G_N_ELEMENTS (kinds)) {
    stn_lines_fail (&self->lines, error, "a record type from 00 to 05", "%02X", type);
    return FALSE;
  }
  if (kinds[type].length >= 0 && kinds[type].length != length) {
    stn_lines_fail (&self->lines, error, kinds[type].expected, "%u", length);
    return FALSE;
  }

  switch (type) {
  case HEX_DATA:
    return add_data (self, offset, data, length, error);
  case HEX_END:
    *out_end = TRUE;
    return TRUE;
  case HEX_SEGMENT_BASE:
    self->base_kind = BASE_SEGMENT;
    self->base = (guint32) (data[0] << 8 | data[1]) << 4;
    return TRUE;
  case HEX_LINEAR_BASE:
    self->base_kind = BASE_LINEAR;
    self->base = (guint32) (data[0] << 8 | data[1]) << 16;
    return TRUE;
  case HEX_SEGMENT_START: /* CS:IP */
    return set_entry (self, ((guint32) (data[0] << 8 | data[1]) << 4) + (guint32) (data[2] << 8 | data[3]), error);
  default:
    return set_entry (self, (guint32) data[0] << 24 | (guint32) data[1] << 16 | (guint32) data[2] << 8 | data[3],
                      error);
  }
}

static gboolean
check_record (const HexReader *self, const guint8 *record, gsize length, GError **error)
{
  guint8 sum = 0;

  if (length != (gsize) record[0] + HEX_FRAME_BYTES) {
    g_autofree char *expected = g_strdup_printf ("%u data bytes as the record says", record[0]);
    stn_lines_fail (&self->lines, error, expected, "%" G_GSIZE_FORMAT, length - HEX_FRAME_BYTES);
    return FALSE;
  }
  for (gsize index = 0; index + 1 < length; index++)
    sum = (guint8) (sum + record[index]);
  guint8 checksum = (guint8) (0x100 - sum);
  if (checksum != record[length - 1]) {
    g_autofree char *expected = g_strdup_printf ("checksum %02X", checksum);
    stn_lines_fail (&self->lines, error, expected, "%02X", record[length - 1]);
    return FALSE;
  }
  return TRUE;
}

gboolean
stn_image_parse_hex (const StnImageSource *source, StnImageBuilder *builder, GError **error)
{
  HexReader self = { .lines = stn_lines_new (source), .builder = builder };
  guint8 record[HEX_DATA_MOST + HEX_FRAME_BYTES];
  gboolean ended = FALSE;
  guint64 end_line = 0;

  builder->places_are_lines = TRUE;
  while (stn_lines_next (&self.lines)) {
    gsize length;
    if (ended) {
      g_autofree char *expected =
          g_strdup_printf ("nothing after the end-of-file record of line %" G_GUINT64_FORMAT, end_line);
      g_autofree char *found = stn_lines_at (&self.lines, 0);
      stn_lines_fail (&self.lines, error, expected, "%s", found);
      return FALSE;
    }
    if (self.lines.text[0] != ':') {
      g_autofree char *found = stn_lines_at (&self.lines, 0);
      stn_lines_fail (&self.lines, error, "a record that begins with ':'", "%s", found);
      return FALSE;
    }
    if (!stn_lines_decode (&self.lines, 1, record, HEX_FRAME_BYTES, sizeof record, &length, error)
        || !check_record (&self, record, length, error) || !take_record (&self, record, &ended, error))
      return FALSE;
    end_line = self.lines.line;
  }
  if (!ended) {
    stn_lines_fail (&self.lines, error, "an end-of-file record (:00000001FF)", "the end of the file");
    return FALSE;
  }
  if (builder->pieces->len == 0) {
    self.lines.line = end_line;
    stn_lines_fail (&self.lines, error, "at least one byte of data before the end-of-file record", "none");
    return FALSE;
  }
  return TRUE;
}
