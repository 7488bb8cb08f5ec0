#include "protocols/dfu/dfu-identity.h"

#include <string.h>

#include "protocols/dfu/dfu-exchange.h"
#include "src/base/bytes.h"

/* ROMs whose map is known to be wrong: product id, the page size that they tell, the true one (AN2606, known
 * limitations of STM32H7A3/7B3 V9.0). */
static const struct {
  guint16 product_id;
  guint32 told_bytes, page_bytes;
} wrong_maps[] = { { 0x480, 2 * 1024, 8 * 1024 } };

static gboolean
is_known_to_be_wrong (const StnTarget *target, const StnDfuSegment *told, guint32 page_bytes)
{
  for (guint i = 0; i < G_N_ELEMENTS (wrong_maps); i++)
    if (wrong_maps[i].product_id == target->product_id && wrong_maps[i].told_bytes == told->page_bytes
        && wrong_maps[i].page_bytes == page_bytes)
      return TRUE;
  return FALSE;
}

static const StnDfuMemoryMap *
map_with (const StnDfuEngine *self, guint64 address)
{
  for (guint i = 0; self->maps != NULL && i < self->interface.alternate_count; i++)
    if (stn_dfu_memory_map_at (&self->maps[i], address) != NULL)
      return &self->maps[i];
  return NULL;
}

static gboolean
wrong (GError **error, const StnTarget *target, guint64 address, const StnDfuMemoryMap *map, const char *expected,
       const char *what)
{
  g_autofree char *seen = map != NULL ? stn_dfu_memory_map_to_text (map, target->flash_base) : g_strdup ("nothing");

  stn_error_set_at (error, STN_FAILURE_WRONG_CHIP, address, expected, seen, "%s", what);
  return FALSE;
}

gboolean
stn_dfu_check_target (const StnEngine *engine, GError **error)
{
  const StnDfuEngine *self = (const StnDfuEngine *) engine;
  const StnTarget *target = engine->target;
  const StnDfuMemoryMap *map = map_with (self, target->flash_base);
  gboolean known_wrong = FALSE;
  guint count = stn_target_page_count (target);

  if (map == NULL)
    return wrong (error, target, target->flash_base, NULL, "flash", "the device tells of no flash here");
  for (guint i = 0; i < count; i++) {
    StnPage page;
    if (!stn_target_page (target, i, &page))
      break;
    const StnDfuSegment *segment = stn_dfu_memory_map_at (map, page.address);
    g_autofree char *expected = g_strdup_printf ("a page of %u bytes", page.bytes);

    if (segment != NULL && is_known_to_be_wrong (target, segment, page.bytes)) {
      known_wrong = TRUE;
      break;
    }
    if (segment == NULL)
      return wrong (error, target, page.address, map, expected, "the device's flash ends before the target's");
    if (segment->page_bytes != page.bytes || (page.address - segment->address) % page.bytes != 0)
      return wrong (error, target, page.address, map, expected, "the device's pages are not the target's");
  }

  /* a map names the product's largest flash or the part's own: beyond both it is another product */
  guint64 end = target->flash_base + MAX (target->flash_bytes_largest, target->flash_bytes);
  if (!known_wrong && stn_dfu_memory_map_at (map, end) != NULL && stn_dfu_memory_map_at (map, end - 1) != NULL) {
    g_autofree char *expected =
        g_strdup_printf ("at most %" G_GUINT64_FORMAT " bytes of flash", end - target->flash_base);
    return wrong (error, target, end, map, expected, "the device's flash goes on behind the target's");
  }
  return TRUE;
}

StnDfuSerialVerdict
stn_dfu_serial_check (const char *serial, const guint8 uid[12])
{
  /* constants of ROMs, seen on whole lots */
  static const char *const constants[] = { "200364500000", "200000500000" };
  StnReader reader = stn_reader_new (uid, 12);
  guint32 words[3];
  char expected[13];

  if (strlen (serial) != sizeof expected - 1)
    return STN_DFU_SERIAL_SAYS_NOTHING;
  for (const char *at = serial; *at != '\0'; at++)
    if (!g_ascii_isxdigit (*at))
      return STN_DFU_SERIAL_SAYS_NOTHING;
  for (guint i = 0; i < G_N_ELEMENTS (constants); i++)
    if (g_ascii_strcasecmp (serial, constants[i]) == 0)
      return STN_DFU_SERIAL_SAYS_NOTHING;
  for (guint i = 0; i < 3; i++)
    words[i] = stn_reader_u32_le (&reader);
  g_snprintf (expected, sizeof expected, "%08X%04X", words[0] + words[2], words[1] >> 16);
  return g_ascii_strcasecmp (serial, expected) == 0 ? STN_DFU_SERIAL_FITS : STN_DFU_SERIAL_DIFFERS;
}
