/* The descriptors of a device over its link, and the choice of an alternate setting. */
#include "protocols/dfu/dfu-exchange.h"

#include "protocols/dfu/dfu-wire.h"

/* the flash of every STM32 that has a DFU ROM */
#define FLASH_BASE 0x08000000u

static gboolean
get_descriptor (StnDfuEngine *self, guint8 type, guint8 index, guint16 language, guint8 *buffer, gsize capacity,
                gsize *out_length, const StnWait *wait, GError **error)
{
  const StnControlSetup setup = {
    .request_type = type == STN_DFU_DESCRIPTOR_FUNCTIONAL ? STN_DFU_TYPE_INTERFACE_IN : STN_DFU_TYPE_DEVICE_IN,
    .request = STN_DFU_GET_DESCRIPTOR,
    .value = (guint16) (type << 8 | index),
    .index = language,
  };
  StnWait narrow = stn_wait_within (wait, STN_DFU_SIMPLE_NS);
  g_autoptr (GError) local = NULL;

  if (stn_control_in (self->engine.link, &setup, buffer, capacity, out_length, &narrow, &local))
    return TRUE;
  /* enumerated by the host and silent now: a board, but no ROM that talks */
  if (stn_error_is (local, STN_FAILURE_NO_ANSWER) || stn_error_is (local, STN_FAILURE_NACK))
    stn_error_set_seen (error, stn_error_is (local, STN_FAILURE_NACK) ? STN_FAILURE_GARBAGE : STN_FAILURE_NO_SYNC,
                        "a descriptor", stn_error_is (local, STN_FAILURE_NACK) ? "STALL" : "nothing",
                        "descriptor %02x, index %u", type, index);
  else
    g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
get_string (StnDfuEngine *self, guint8 index, char out[STN_DFU_STRING_CHARACTERS], const StnWait *wait, GError **error)
{
  guint8 bytes[2 * STN_DFU_STRING_CHARACTERS + 1];
  gsize length;

  return get_descriptor (self, STN_DFU_DESCRIPTOR_STRING, index, STN_DFU_LANGUAGE, bytes, sizeof bytes, &length, wait,
                         error)
         && stn_dfu_string_parse (bytes, length, out, error);
}

static gboolean
get_device (StnDfuEngine *self, const StnWait *wait, GError **error)
{
  guint8 bytes[STN_DFU_DEVICE_BYTES];
  gsize length;
  StnDfuDevice device;

  if (!get_descriptor (self, STN_DFU_DESCRIPTOR_DEVICE, 0, 0, bytes, sizeof bytes, &length, wait, error)
      || !stn_dfu_device_parse (bytes, length, &device, error))
    return FALSE;
  if (device.vendor_id != STN_DFU_VENDOR_ID || device.product_id != STN_DFU_PRODUCT_ID) {
    g_autofree char *seen = g_strdup_printf ("%04x:%04x", device.vendor_id, device.product_id);
    stn_error_set_seen (error, STN_FAILURE_NO_SYNC, "0483:df11", seen, "the USB device is not the ROM");
    return FALSE;
  }
  self->device = device;
  return TRUE;
}

static gboolean
get_configuration (StnDfuEngine *self, StnDfuInterface *out, const StnWait *wait, GError **error)
{
  guint8 bytes[STN_DFU_CONFIGURATION_BYTES_MOST];
  guint16 total;
  gsize length;

  return get_descriptor (self, STN_DFU_DESCRIPTOR_CONFIGURATION, 0, 0, bytes, STN_DFU_CONFIGURATION_BYTES, &length,
                         wait, error)
         && stn_dfu_configuration_length (bytes, length, &total, error)
         && get_descriptor (self, STN_DFU_DESCRIPTOR_CONFIGURATION, 0, 0, bytes, total, &length, wait, error)
         && stn_dfu_configuration_parse (bytes, length, out, error);
}

/* The functional descriptor on request, where the configuration had none. One that is refused is no error: blocks that
 * every ROM takes will do. */
static gboolean
get_functional (StnDfuEngine *self, StnDfuInterface *interface, const StnWait *wait, GError **error)
{
  guint8 bytes[STN_DFU_FUNCTIONAL_BYTES];
  gsize length;
  g_autoptr (GError) local = NULL;

  if (!get_descriptor (self, STN_DFU_DESCRIPTOR_FUNCTIONAL, 0, interface->number, bytes, sizeof bytes, &length, wait,
                       &local)) {
    if (stn_error_is (local, STN_FAILURE_GARBAGE))
      return TRUE;
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (!stn_dfu_functional_parse (bytes, length, &interface->transfer_bytes, error))
    return FALSE;
  interface->has_functional = TRUE;
  return TRUE;
}

/* The serial is a label: none and an unreadable one are the same, a device that goes or falls silent is not. */
static gboolean
get_serial (StnDfuEngine *self, char out[STN_ENGINE_SERIAL_BYTES], const StnWait *wait, GError **error)
{
  char text[STN_DFU_STRING_CHARACTERS];
  g_autoptr (GError) local = NULL;

  out[0] = '\0';
  if (self->device.serial_string == 0)
    return TRUE;
  if (get_string (self, self->device.serial_string, text, wait, &local)) {
    g_strlcpy (out, text, STN_ENGINE_SERIAL_BYTES);
    return TRUE;
  }
  if (stn_error_is (local, STN_FAILURE_GARBAGE))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
stn_dfu_enumerate (StnDfuEngine *self, const StnWait *wait, GError **error)
{
  StnDfuInterface interface;

  if (!get_device (self, wait, error) || !get_configuration (self, &interface, wait, error)
      || (!interface.has_functional && !get_functional (self, &interface, wait, error)))
    return FALSE;

  g_autofree StnDfuMemoryMap *maps = g_new0 (StnDfuMemoryMap, interface.alternate_count);
  for (guint i = 0; i < interface.alternate_count; i++) {
    char text[STN_DFU_STRING_CHARACTERS];
    if (!get_string (self, interface.name_strings[i], text, wait, error)
        || !stn_dfu_memory_map_parse (text, &maps[i], error)) {
      g_prefix_error (error, "alternate setting %u: ", i);
      return FALSE;
    }
  }
  if (!get_serial (self, self->serial, wait, error))
    return FALSE;

  self->interface = interface;
  g_free (self->maps);
  self->maps = g_steal_pointer (&maps);
  self->alternate = interface.alternate_count == 1 ? 0 : -1;
  /* whole program units, whatever the device announces */
  self->block_bytes = interface.has_functional ? MIN (interface.transfer_bytes, STN_DFU_BLOCK_BYTES_MOST) / 64 * 64
                                               : STN_DFU_BLOCK_BYTES_SAFE;
  return TRUE;
}

static int
alternate_with (const StnDfuEngine *self, guint64 address)
{
  for (guint i = 0; i < self->interface.alternate_count; i++)
    if (stn_dfu_memory_map_at (&self->maps[i], address) != NULL)
      return (int) i;
  return -1;
}

gboolean
stn_dfu_select (StnDfuEngine *self, guint64 address, const StnWait *wait, GError **error)
{
  int alternate = alternate_with (self, address);
  g_autoptr (GError) local = NULL;

  /* RAM and system memory have no setting of their own and are reached from every one */
  if (alternate < 0)
    alternate = alternate_with (self, self->engine.target != NULL ? self->engine.target->flash_base : FLASH_BASE);
  if (alternate < 0)
    alternate = 0;
  if (alternate == self->alternate)
    return TRUE;

  const StnControlSetup setup = {
    .request_type = STN_DFU_TYPE_INTERFACE_OUT,
    .request = STN_DFU_SET_INTERFACE,
    .value = (guint16) alternate,
    .index = self->interface.number,
  };
  StnWait narrow = stn_wait_within (wait, STN_DFU_SIMPLE_NS);

  if (!stn_dfu_to_idle (self, wait, error))
    return FALSE;
  self->direction = STN_DFU_NO_STRETCH;
  self->alternate = -1;
  self->visit = STN_DFU_LOST;
  if (!stn_control_out (self->engine.link, &setup, NULL, 0, &narrow, &local)) {
    if (stn_error_is (local, STN_FAILURE_NACK))
      stn_error_set_seen (error, STN_FAILURE_GARBAGE, "no STALL", "STALL", "alternate setting %d", alternate);
    else
      g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  self->alternate = alternate;
  self->visit = STN_DFU_READY;
  return TRUE;
}
