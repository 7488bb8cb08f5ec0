/* Motorola S-records: "STCCAA…DD…KK": type, count of all bytes behind it, address, data, checksum. */
#include "src/image/formats.h"
#include "src/image/lines.h"

/* count and checksum around at most 254 bytes of address and data */
enum { SREC_RECORD_MOST = 256 };

typedef enum { SREC_NONE, SREC_HEADER, SREC_DATA, SREC_COUNT, SREC_END } SrecKind;

/* by the digit behind the S; S4 is reserved */
static const struct {
  SrecKind kind;
  guint address_bytes;
} kinds[10] = {
  { SREC_HEADER, 2 }, { SREC_DATA, 2 },  { SREC_DATA, 3 }, { SREC_DATA, 4 }, { SREC_NONE, 0 },
  { SREC_COUNT, 2 },  { SREC_COUNT, 3 }, { SREC_END, 4 },  { SREC_END, 3 },  { SREC_END, 2 },
};

gboolean
stn_image_looks_like_srec (const StnImageSource *source)
{
  /* type digit, count, two bytes of address at least */
  return stn_lines_begin_with (source, 'S', 7);
}

static gboolean
check_record (const StnLines *lines, const guint8 *record, gsize length, guint address_bytes, GError **error)
{
  guint8 sum = 0;

  if (length != (gsize) record[0] + 1) {
    g_autofree char *expected = g_strdup_printf ("%u bytes behind the count as the record says", record[0]);
    stn_lines_fail (lines, error, expected, "%" G_GSIZE_FORMAT, length - 1);
    return FALSE;
  }
  if (length < 1 + address_bytes + 1) {
    g_autofree char *expected = g_strdup_printf ("an address of %u bytes and a checksum", address_bytes);
    stn_lines_fail (lines, error, expected, "%" G_GSIZE_FORMAT " bytes", length - 1);
    return FALSE;
  }
  for (gsize index = 0; index + 1 < length; index++)
    sum = (guint8) (sum + record[index]);
  guint8 checksum = (guint8) ~sum;
  if (checksum != record[length - 1]) {
    g_autofree char *expected = g_strdup_printf ("checksum %02X", checksum);
    stn_lines_fail (lines, error, expected, "%02X", record[length - 1]);
    return FALSE;
  }
  return TRUE;
}

/* Not more data than the record's address width can reach: what lies beyond would be written somewhere else by another
 * reader. */
static gboolean
add_data (const StnLines *lines, StnImageBuilder *builder, guint64 address, guint address_bytes, const guint8 *data,
          gsize length, GError **error)
{
  guint64 limit = G_GUINT64_CONSTANT (1) << (8 * address_bytes);

  if (length <= limit - address && stn_image_builder_add (builder, address, data, length, lines->line))
    return TRUE;
  g_autofree char *expected = g_strdup_printf ("data below 0x%" G_GINT64_MODIFIER "X", limit);
  stn_lines_fail (lines, error, expected, "%" G_GSIZE_FORMAT " bytes at 0x%08" G_GINT64_MODIFIER "X", length, address);
  return FALSE;
}

static gboolean
check_count (const StnLines *lines, guint64 said, guint64 seen, GError **error)
{
  if (said == seen)
    return TRUE;
  g_autofree char *expected = g_strdup_printf ("%" G_GUINT64_FORMAT " data records as this record says", said);
  stn_lines_fail (lines, error, expected, "%" G_GUINT64_FORMAT, seen);
  return FALSE;
}

static void
fail_found (const StnLines *lines, gsize column, const char *expected, GError **error)
{
  g_autofree char *found = stn_lines_at (lines, column);

  stn_lines_fail (lines, error, expected, "%s", found);
}

gboolean
stn_image_parse_srec (const StnImageSource *source, StnImageBuilder *builder, GError **error)
{
  StnLines lines = stn_lines_new (source);
  guint8 record[SREC_RECORD_MOST];
  guint64 data_records = 0;
  guint64 end_line = 0;
  gboolean counted = FALSE; /* a count record stands behind all data so far */

  builder->places_are_lines = TRUE;
  while (stn_lines_next (&lines)) {
    if (end_line != 0) {
      g_autofree char *expected = g_strdup_printf ("nothing after the end record of line %" G_GUINT64_FORMAT, end_line);
      fail_found (&lines, 0, expected, error);
      return FALSE;
    }
    if (lines.text[0] != 'S') {
      fail_found (&lines, 0, "a record that begins with 'S'", error);
      return FALSE;
    }
    if (lines.length < 2 || !g_ascii_isdigit (lines.text[1]) || kinds[lines.text[1] - '0'].kind == SREC_NONE) {
      fail_found (&lines, 1, "a record type of S0 to S3 or S5 to S9", error);
      return FALSE;
    }

    guint address_bytes = kinds[lines.text[1] - '0'].address_bytes;
    gsize length;
    if (!stn_lines_decode (&lines, 2, record, 1, sizeof record, &length, error)
        || !check_record (&lines, record, length, address_bytes, error))
      return FALSE;
    guint64 address = 0;
    for (guint index = 0; index < address_bytes; index++)
      address = address << 8 | record[1 + index];

    switch (kinds[lines.text[1] - '0'].kind) {
    case SREC_DATA:
      data_records++;
      counted = FALSE;
      if (!add_data (&lines, builder, address, address_bytes, record + 1 + address_bytes, length - address_bytes - 2,
                     error))
        return FALSE;
      break;
    case SREC_COUNT:
      if (!check_count (&lines, address, data_records, error))
        return FALSE;
      counted = TRUE;
      break;
    case SREC_END:
      end_line = lines.line;
      /* 0 is what writers put here that know no start address */
      builder->has_entry = address != 0;
      builder->entry = address;
      break;
    case SREC_HEADER: /* any text */
    case SREC_NONE:
      break;
    }
  }
  /* without either the file may have been cut. A count alone will do: srec_cat leaves the end record out when it knows
   * no start address */
  if (end_line == 0 && !counted) {
    stn_lines_fail (&lines, error, "an end record (S7, S8, S9) or a count (S5, S6) behind the data",
                    "the end of the file");
    return FALSE;
  }
  if (builder->pieces->len == 0) {
    lines.line -= 1;
    stn_lines_fail (&lines, error, "at least one byte of data before the end", "none");
    return FALSE;
  }
  return TRUE;
}
