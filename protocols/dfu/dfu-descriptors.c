#include "protocols/dfu/dfu-descriptors.h"

#include <string.h>

#include "protocols/dfu/dfu-wire.h"
#include "src/base/bytes.h"

/* endpoint 0 of a full-speed device takes 64 bytes a packet: a smaller wTransferSize is no ROM's */
#define TRANSFER_BYTES_LEAST 64
#define SHOWN_BYTES 18

static gboolean G_GNUC_PRINTF (5, 6)
    garbage (GError **error, const char *expected, const guint8 *bytes, gsize length, const char *format, ...)
{
  g_autofree char *seen = stn_bytes_to_text (bytes, length, SHOWN_BYTES);
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  stn_error_set_seen (error, STN_FAILURE_GARBAGE, expected, length > 0 ? seen : "nothing", "%s", what);
  return FALSE;
}

gboolean
stn_dfu_device_parse (const guint8 *bytes, gsize length, StnDfuDevice *out, GError **error)
{
  if (length != STN_DFU_DEVICE_BYTES || bytes[0] != STN_DFU_DEVICE_BYTES || bytes[1] != STN_DFU_DESCRIPTOR_DEVICE)
    return garbage (error, "18 bytes, 12 01", bytes, length, "the device descriptor");
  *out = (StnDfuDevice){
    .vendor_id = (guint16) (bytes[8] | bytes[9] << 8),
    .product_id = (guint16) (bytes[10] | bytes[11] << 8),
    .device_bcd = (guint16) (bytes[12] | bytes[13] << 8),
    .serial_string = bytes[16],
  };
  return TRUE;
}

gboolean
stn_dfu_configuration_length (const guint8 *bytes, gsize length, guint16 *out, GError **error)
{
  if (length < STN_DFU_CONFIGURATION_BYTES || bytes[0] != STN_DFU_CONFIGURATION_BYTES
      || bytes[1] != STN_DFU_DESCRIPTOR_CONFIGURATION)
    return garbage (error, "9 bytes, 09 02", bytes, length, "the configuration descriptor");
  guint total = bytes[2] | (guint) bytes[3] << 8;
  if (total < STN_DFU_CONFIGURATION_BYTES + STN_DFU_INTERFACE_BYTES || total > STN_DFU_CONFIGURATION_BYTES_MOST)
    return garbage (error, "18 to 1024", bytes, length, "the configuration's length of %u bytes", total);
  *out = (guint16) total;
  return TRUE;
}

gboolean
stn_dfu_functional_parse (const guint8 *bytes, gsize length, guint16 *out_transfer_bytes, GError **error)
{
  if (length != STN_DFU_FUNCTIONAL_BYTES || bytes[0] != STN_DFU_FUNCTIONAL_BYTES
      || bytes[1] != STN_DFU_DESCRIPTOR_FUNCTIONAL)
    return garbage (error, "9 bytes, 09 21", bytes, length, "the DFU functional descriptor");
  guint transfer_bytes = bytes[5] | (guint) bytes[6] << 8;
  guint version = bytes[7] | (guint) bytes[8] << 8;
  if (version != STN_DFU_VERSION_ST)
    return garbage (error, "011a", bytes, length, "DFU of version %04x, which has no addresses", version);
  if ((bytes[2] & STN_DFU_CAN_DOWNLOAD) == 0 || (bytes[2] & STN_DFU_CAN_UPLOAD) == 0)
    return garbage (error, "download and upload", bytes, length, "a DFU device that can't do both ways");
  if (transfer_bytes < TRANSFER_BYTES_LEAST)
    return garbage (error, "64 and more", bytes, length, "a transfer size of %u bytes", transfer_bytes);
  *out_transfer_bytes = (guint16) transfer_bytes;
  return TRUE;
}

static gboolean
take_interface (StnDfuInterface *found, gboolean *out_is_dfu, const guint8 *bytes, gsize length, GError **error)
{
  if (length < STN_DFU_INTERFACE_BYTES)
    return garbage (error, "9 bytes", bytes, length, "an interface descriptor");
  /* that of a running application can only be asked to become the other (DFU 1.1, 4.1.3); some ROMs say 0 */
  *out_is_dfu = bytes[5] == STN_DFU_INTERFACE_CLASS && bytes[6] == STN_DFU_INTERFACE_SUBCLASS
                && bytes[7] != STN_DFU_PROTOCOL_RUN_TIME;
  if (!*out_is_dfu)
    return TRUE;
  if (found->alternate_count > 0 && bytes[2] != found->number)
    return garbage (error, "one", bytes, length, "a second DFU interface, number %u beside %u", bytes[2],
                    found->number);
  if (bytes[3] < found->alternate_count)
    return garbage (error, "each once", bytes, length, "alternate setting %u comes twice", bytes[3]);
  if (bytes[3] > found->alternate_count)
    return garbage (error, "none left out", bytes, length, "alternate setting %u is missing", found->alternate_count);
  if (found->alternate_count == STN_DFU_ALTERNATES)
    return garbage (error, "at most 16", bytes, length, "too many alternate settings");
  if (bytes[8] == 0)
    return garbage (error, "a memory map", bytes, length, "alternate setting %u has no name", bytes[3]);
  found->number = bytes[2];
  found->protocol = bytes[7];
  found->name_strings[found->alternate_count++] = bytes[8];
  return TRUE;
}

/* Some devices repeat it after each setting: it must be the same then. */
static gboolean
take_functional (StnDfuInterface *found, const guint8 *bytes, gsize length, GError **error)
{
  guint16 transfer_bytes;

  if (!stn_dfu_functional_parse (bytes, length, &transfer_bytes, error))
    return FALSE;
  if (found->has_functional && transfer_bytes != found->transfer_bytes)
    return garbage (error, "one", bytes, length, "two transfer sizes, %u and %u", found->transfer_bytes,
                    transfer_bytes);
  found->has_functional = TRUE;
  found->transfer_bytes = transfer_bytes;
  return TRUE;
}

gboolean
stn_dfu_configuration_parse (const guint8 *bytes, gsize length, StnDfuInterface *out, GError **error)
{
  StnDfuInterface found = { 0 };
  gboolean is_dfu = FALSE;
  guint16 total;

  if (!stn_dfu_configuration_length (bytes, length, &total, error))
    return FALSE;
  if (total != length)
    return garbage (error, "as many bytes as announced", bytes, length,
                    "a configuration of %" G_GSIZE_FORMAT " bytes instead of %u", length, total);

  for (gsize at = STN_DFU_CONFIGURATION_BYTES; at < length; at += bytes[at]) {
    /* a length below 2 would not come past its own two bytes */
    if (length - at < 2 || bytes[at] < 2 || bytes[at] > length - at)
      return garbage (error, "a descriptor that fits", bytes + at, length - at,
                      "the descriptor at byte %" G_GSIZE_FORMAT " of the configuration", at);
    if (bytes[at + 1] == STN_DFU_DESCRIPTOR_INTERFACE
        && !take_interface (&found, &is_dfu, bytes + at, bytes[at], error))
      return FALSE;
    /* type 21 behind another class's interface is that class's own (HID has it too) */
    if (bytes[at + 1] == STN_DFU_DESCRIPTOR_FUNCTIONAL && is_dfu
        && !take_functional (&found, bytes + at, bytes[at], error))
      return FALSE;
  }
  if (found.alternate_count == 0) {
    stn_error_set_seen (error, STN_FAILURE_NO_SYNC, "class fe, subclass 01", "other interfaces",
                        "the device has no DFU interface");
    return FALSE;
  }
  *out = found;
  return TRUE;
}

gboolean
stn_dfu_string_parse (const guint8 *bytes, gsize length, char out[STN_DFU_STRING_CHARACTERS], GError **error)
{
  if (length < 2 || bytes[0] < 2 || bytes[0] % 2 != 0 || bytes[0] > length || bytes[1] != STN_DFU_DESCRIPTOR_STRING)
    return garbage (error, "an even length and 03", bytes, length, "a string descriptor");
  guint count = (bytes[0] - 2u) / 2;
  for (guint i = 0; i < count; i++)
    if (bytes[2 + 2 * i + 1] != 0 || bytes[2 + 2 * i] < 0x20 || bytes[2 + 2 * i] > 0x7e)
      return garbage (error, "printable ASCII", bytes + 2 + 2 * i, 2, "character %u of a string", i + 1);
  for (guint i = 0; i < count; i++)
    out[i] = (char) bytes[2 + 2 * i];
  out[count] = '\0';
  return TRUE;
}

guint8
stn_dfu_protocol_version (guint16 device_bcd)
{
  return (guint8) (device_bcd >= 0x1000 ? device_bcd >> 8 : device_bcd >> 4);
}
