#include "src/job/probe-options.h"

#include <string.h>

#define VISIT_NS (10 * STN_NS_PER_S)
#define READ_BLOCK_BYTES 256

static gboolean
read_bytes (StnEngine *engine, guint64 address, guint8 *buffer, gsize length, const StnWait *wait, GError **error)
{
  StnEngineCapabilities capabilities;
  stn_engine_capabilities (engine, &capabilities);
  gsize most = MIN (capabilities.read_block_bytes, READ_BLOCK_BYTES);

  for (gsize at = 0; at < length;) {
    gsize left = length - at;
    gsize chunk = MIN (left, most);
    if (!stn_engine_read (engine, address + at, buffer + at, chunk, wait, error))
      return FALSE;
    at += chunk;
  }
  return TRUE;
}

/* Twice: one flipped bit on the wire must not become a value. */
static guint8 *
read_area (StnEngine *engine, guint64 address, gsize length, const StnWait *wait, GError **error)
{
  g_autofree guint8 *bytes = g_malloc0 (length + 1);
  g_autofree guint8 *again = g_malloc0 (length + 1);

  if (!read_bytes (engine, address, bytes, length, wait, error)
      || !read_bytes (engine, address, again, length, wait, error))
    return NULL;
  for (gsize i = 0; i < length; i++) {
    if (bytes[i] == again[i])
      continue;
    g_autofree char *first = g_strdup_printf ("%02x", bytes[i]);
    g_autofree char *second = g_strdup_printf ("%02x", again[i]);
    stn_error_set_at (error, STN_FAILURE_OPTION_BYTES_UNKNOWN, address + i, first, second,
                      "two readings of the option bytes disagree");
    return NULL;
  }
  return g_steal_pointer (&bytes);
}

/* Keys read as nothing: an area of nothing else tells nothing. */
static gboolean
has_second_area (const StnTarget *target)
{
  const StnOptions *options = stn_target_options (target);
  gboolean has = options == NULL;
  for (guint i = 0; options != NULL && i < options->field_count; i++)
    has |=
        options->fields[i]->visible && options->fields[i]->area == 1 && options->fields[i]->role != STN_OPTION_ROLE_KEY;
  return has && target->options_second_address != 0 && target->options_second_bytes > 0;
}

static guint16
read_bootloader_id (StnEngine *engine, const StnTarget *target, const StnWait *wait)
{
  guint8 bytes[2] = { 0 };
  gsize length = 1;

  for (guint i = 0; i < target->bootloader_id_count; i++)
    length = target->bootloader_ids[i] > 0xFF ? 2 : length;
  if (target->bootloader_id_address == 0
      || !read_bytes (engine, target->bootloader_id_address, bytes, length, wait, NULL))
    return 0;
  return (guint16) (bytes[0] | bytes[1] << 8);
}

static gboolean
read_all (StnEngine *engine, const StnTarget *target, StnProbeOptions *out, const StnWait *wait, GError **error)
{
  guint8 word[4] = { 0 };
  g_autofree guint8 *first = read_area (engine, target->options_address, target->options_bytes, wait, error);
  if (first == NULL)
    return FALSE;
  gsize second_bytes = has_second_area (target) ? target->options_second_bytes : 0;
  g_autofree guint8 *second =
      second_bytes == 0 ? NULL : read_area (engine, target->options_second_address, second_bytes, wait, error);
  if (second_bytes > 0 && second == NULL)
    return FALSE;
  out->block = stn_option_block_new (target, first, target->options_bytes, second, second_bytes, error);
  if (out->block == NULL)
    return FALSE;
  out->is_empty = read_bytes (engine, target->flash_base, word, sizeof word, wait, NULL)
                  && word[0] == target->erased_byte && memcmp (word, word + 1, 3) == 0;
  out->bootloader_id = read_bootloader_id (engine, target, wait);
  return TRUE;
}

gboolean
stn_probe_read_options (const StnProbeEar *ear, const StnTarget *target, StnProbeOptions *out, const StnWait *parent,
                        GError **error)
{
  StnWait wait = stn_wait_within (parent, VISIT_NS);
  StnRomIdentity identity;
  StnProbeOptions options = { .via_usb = ear->uart == NULL };
  g_autoptr (StnLink) device = NULL;

  if (target->options_encoding == STN_OPTIONS_NONE || target->options_bytes == 0) {
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "%s has no option bytes that are known", target->name);
    return FALSE;
  }
  if (options.via_usb && ear->usb_provider == NULL) {
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "the site has neither a UART nor a USB port");
    return FALSE;
  }
  if (options.via_usb) {
    device = ear->usb_provider->provider_class->open_usb (ear->usb_provider, ear->usb_place, &wait, error);
    if (device == NULL)
      return FALSE;
  }
  g_autoptr (StnEngine) engine = stn_engine_new (stn_engine_class_by_name (options.via_usb ? "dfu" : "uart"),
                                                 options.via_usb ? device : ear->uart, target);
  if (!stn_engine_sync (engine, options.via_usb ? 0 : ear->baud, &wait, error)
      || !stn_engine_identify (engine, &identity, &wait, error)
      || (!identity.product_id_known && !stn_engine_check_target (engine, error))
      || !read_all (engine, target, &options, &wait, error)) {
    stn_probe_options_clear (&options);
    return FALSE;
  }
  *out = options;
  return TRUE;
}

void
stn_probe_options_clear (StnProbeOptions *self)
{
  g_clear_pointer (&self->block, stn_option_block_free);
}
