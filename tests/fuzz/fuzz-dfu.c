/* What a DFU device says of itself, over any bytes: the first byte chooses the parser, mod 5: a configuration, a
 * functional descriptor, a device descriptor, a string, a memory map. Bit 7 of it: the configuration's total length,
 * or the string's, is made right, since nearly every input would end there. What a parser accepts must keep the
 * promises of its header. */
#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "protocols/dfu/dfu-descriptors.h"
#include "tests/fuzz/entry.h"

static void
check_map (const char *text)
{
  StnDfuMemoryMap map;
  g_autoptr (GError) error = NULL;

  g_assert (stn_dfu_memory_map_parse (text, &map, &error) == (error == NULL));
  if (error != NULL) {
    g_assert (stn_error_is (error, STN_FAILURE_GARBAGE));
    return;
  }
  g_assert (map.segment_count >= 1 && map.segment_count <= STN_DFU_SEGMENTS);
  g_assert (strlen (map.name) < STN_DFU_NAME_BYTES);
  for (guint i = 0; i < map.segment_count; i++) {
    const StnDfuSegment *segment = &map.segments[i];
    guint64 bytes = (guint64) segment->page_count * segment->page_bytes;
    guint64 last = segment->address + bytes - 1;

    g_assert (segment->page_count >= 1 && segment->page_bytes >= 1 && bytes <= STN_DFU_REGION_BYTES_MOST);
    g_assert (last <= G_MAXUINT32);
    g_assert (segment->access >= 1 && segment->access <= 7);
    g_assert (stn_dfu_memory_map_at (&map, segment->address) == segment);
    g_assert (stn_dfu_memory_map_at (&map, last) == segment);
    g_assert (stn_dfu_memory_map_at (&map, last + 1) != segment);
    g_autofree char *shown = stn_dfu_memory_map_to_text (&map, segment->address);
    g_assert (strstr (shown, " at 0x") != NULL);
  }
}

static void
check_configuration (const guint8 *bytes, gsize length)
{
  StnDfuInterface interface;
  g_autoptr (GError) error = NULL;

  g_assert (stn_dfu_configuration_parse (bytes, length, &interface, &error) == (error == NULL));
  if (error != NULL) {
    g_assert (stn_error_is (error, STN_FAILURE_GARBAGE) || stn_error_is (error, STN_FAILURE_NO_SYNC));
    return;
  }
  g_assert (interface.alternate_count >= 1 && interface.alternate_count <= STN_DFU_ALTERNATES);
  for (guint i = 0; i < interface.alternate_count; i++)
    g_assert (interface.name_strings[i] != 0);
  g_assert (interface.has_functional ? interface.transfer_bytes >= 64 : interface.transfer_bytes == 0);
}

static void
check_string (const guint8 *bytes, gsize length)
{
  char text[STN_DFU_STRING_CHARACTERS];
  g_autoptr (GError) error = NULL;

  g_assert (stn_dfu_string_parse (bytes, length, text, &error) == (error == NULL));
  if (error != NULL)
    return;
  g_assert (strlen (text) * 2 + 2 <= length);
  for (const char *at = text; *at != '\0'; at++)
    g_assert (g_ascii_isprint (*at));
  check_map (text);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size == 0)
    return 0;
  g_autofree guint8 *bytes = g_memdup2 (data + 1, size - 1);
  gsize length = size - 1;
  gboolean mend = (data[0] & 0x80) != 0;
  guint16 transfer_bytes;
  StnDfuDevice device;
  g_autofree char *text = NULL;

  switch ((data[0] & 0x7f) % 5) {
  case 0:
    if (mend && length >= 4) {
      bytes[2] = (guint8) length;
      bytes[3] = (guint8) (length >> 8);
    }
    check_configuration (bytes, length);
    break;
  case 1:
    if (stn_dfu_functional_parse (bytes, length, &transfer_bytes, NULL))
      g_assert (transfer_bytes >= 64);
    break;
  case 2:
    if (stn_dfu_device_parse (bytes, length, &device, NULL))
      g_assert (length == 18);
    break;
  case 3:
    if (mend && length >= 2 && length < 256)
      bytes[0] = (guint8) (length & ~(gsize) 1);
    check_string (bytes, length);
    break;
  default:
    text = g_strndup (length > 0 ? (const char *) bytes : "", length);
    check_map (text);
    break;
  }
  return 0;
}
