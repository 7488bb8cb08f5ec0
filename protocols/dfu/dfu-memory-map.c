#include "protocols/dfu/dfu-memory-map.h"

#include <string.h>

/* most of a string that a message shows: a device can send 126 characters */
#define SHOWN_CHARACTERS 130

typedef struct {
  const char *text;
  const char *at;
  GError **error;
} Scanner;

static gboolean
fail (Scanner *self, const char *expected)
{
  g_autofree char *escaped = g_strescape (self->text, NULL);
  g_autofree char *seen = g_strndup (escaped, SHOWN_CHARACTERS);

  stn_error_set_seen (self->error, STN_FAILURE_GARBAGE, expected, seen[0] != '\0' ? seen : "nothing",
                      "the memory map, character %u", (guint) (self->at - self->text) + 1);
  return FALSE;
}

static gboolean
take (Scanner *self, char c)
{
  if (*self->at != c)
    return FALSE;
  self->at++;
  return TRUE;
}

static gboolean
take_number (Scanner *self, guint base, guint32 *out)
{
  guint64 value = 0;
  const char *start = self->at;

  for (;; self->at++) {
    int digit = base == 16 ? g_ascii_xdigit_value (*self->at) : g_ascii_digit_value (*self->at);
    if (digit < 0)
      break;
    value = value * base + (guint) digit;
    if (value > G_MAXUINT32)
      return fail (self, "a number of at most 32 bits");
  }
  if (self->at == start)
    return fail (self, base == 16 ? "a hexadecimal number" : "a decimal number");
  *out = (guint32) value;
  return TRUE;
}

/* One segment, placed at `address`; what it comes to is in page_count * page_bytes, not yet checked. */
static gboolean
take_segment (Scanner *self, StnDfuSegment *out)
{
  static const struct {
    char unit;
    guint32 bytes;
  } units[] = { { ' ', 1 }, { 'B', 1 }, { 'K', 1024 }, { 'M', 1024 * 1024 } };
  const char *start = self->at;
  guint32 count, size, unit_bytes = 1;

  if (!take_number (self, 10, &count))
    return FALSE;
  if (!take (self, '*'))
    return fail (self, "\"*\"");
  if (!take_number (self, 10, &size))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (take (self, units[i].unit)) {
      unit_bytes = units[i].bytes;
      break;
    }
  if (*self->at < 'a' || *self->at > 'g')
    return fail (self, "a type from a to g");
  out->access = (guint) (*self->at++ & 7);

  if (count == 0 || size == 0) {
    self->at = start;
    return fail (self, "a count and a size above 0");
  }
  if (size > STN_DFU_REGION_BYTES_MOST / unit_bytes || count > STN_DFU_REGION_BYTES_MOST / (size * unit_bytes)) {
    self->at = start;
    return fail (self, "at most 64 MiB");
  }
  out->page_count = count;
  out->page_bytes = size * unit_bytes;
  return TRUE;
}

/* Below 2^32: both factors were checked against STN_DFU_REGION_BYTES_MOST. */
static guint32
segment_bytes (const StnDfuSegment *segment)
{
  return segment->page_count * segment->page_bytes;
}

static gboolean
overlaps_another (const StnDfuMemoryMap *map, const StnDfuSegment *segment)
{
  guint64 end = (guint64) segment->address + segment_bytes (segment);

  for (guint i = 0; i < map->segment_count; i++) {
    const StnDfuSegment *other = &map->segments[i];
    if (segment->address < (guint64) other->address + segment_bytes (other) && other->address < end)
      return TRUE;
  }
  return FALSE;
}

static gboolean
take_region (Scanner *self, StnDfuMemoryMap *map)
{
  const char *start = self->at;
  guint32 base;
  guint64 offset = 0;

  if (!take (self, '0') || (!take (self, 'x') && !take (self, 'X'))) {
    self->at = start;
    return fail (self, "an address such as 0x08000000");
  }
  if (!take_number (self, 16, &base))
    return FALSE;
  if (!take (self, '/'))
    return fail (self, "\"/\"");
  do {
    StnDfuSegment segment;

    start = self->at;
    if (map->segment_count == STN_DFU_SEGMENTS)
      return fail (self, "at most 32 segments");
    if (!take_segment (self, &segment))
      return FALSE;
    if (offset + segment_bytes (&segment) > STN_DFU_REGION_BYTES_MOST) {
      self->at = start;
      return fail (self, "at most 64 MiB");
    }
    if (base + offset + segment_bytes (&segment) > G_GUINT64_CONSTANT (1) << 32) {
      self->at = start;
      return fail (self, "addresses of at most 32 bits");
    }
    segment.address = (guint32) (base + offset);
    if (overlaps_another (map, &segment)) {
      self->at = start;
      return fail (self, "regions that do not overlap");
    }
    offset += segment_bytes (&segment);
    map->segments[map->segment_count++] = segment;
  } while (take (self, ','));
  return TRUE;
}

gboolean
stn_dfu_memory_map_parse (const char *text, StnDfuMemoryMap *out, GError **error)
{
  Scanner self = { .text = text, .at = text, .error = error };
  StnDfuMemoryMap map = { 0 };

  if (!take (&self, '@'))
    return fail (&self, "\"@\"");
  gsize length = strcspn (self.at, "/");
  if (self.at[length] == '\0') {
    self.at += length;
    return fail (&self, "\"/\" after the name");
  }
  gsize kept = length;
  while (kept > 0 && self.at[kept - 1] == ' ')
    kept--;
  if (kept >= sizeof map.name)
    return fail (&self, "a name of at most 63 characters");
  memcpy (map.name, self.at, kept);
  self.at += length;

  while (take (&self, '/'))
    if (!take_region (&self, &map))
      return FALSE;
  while (take (&self, ' '))
    ;
  if (*self.at != '\0')
    return fail (&self, "\",\", \"/\" or the end");
  *out = map;
  return TRUE;
}

const StnDfuSegment *
stn_dfu_memory_map_at (const StnDfuMemoryMap *self, guint64 address)
{
  for (guint i = 0; i < self->segment_count; i++) {
    const StnDfuSegment *segment = &self->segments[i];
    if (address >= segment->address && address - segment->address < segment_bytes (segment))
      return segment;
  }
  return NULL;
}

char *
stn_dfu_memory_map_to_text (const StnDfuMemoryMap *self, guint64 address)
{
  GString *text = g_string_new (NULL);
  guint64 at = address;

  for (guint i = 0; i < self->segment_count; i++) {
    const StnDfuSegment *segment = &self->segments[i];
    guint64 pages = segment->page_count;

    if (segment->address != at)
      continue;
    at += segment_bytes (segment);
    while (i + 1 < self->segment_count && self->segments[i + 1].address == at
           && self->segments[i + 1].page_bytes == segment->page_bytes) {
      at += segment_bytes (&self->segments[++i]);
      pages += self->segments[i].page_count;
    }
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT "*%u", text->len > 0 ? "," : "", pages, segment->page_bytes);
  }
  if (text->len == 0)
    return g_string_free (g_string_append (text, "nothing"), FALSE);
  g_string_append_printf (text, " at 0x%08" G_GINT64_MODIFIER "x", address);
  return g_string_free (text, FALSE);
}
