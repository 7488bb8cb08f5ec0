#include "src/job/usb-presence.h"

#include "protocols/dfu/dfu-wire.h"

#define ANSWER_NS (100 * STN_NS_PER_MS)

gboolean
stn_usb_presence_ask (StnLink *device, const StnWait *wait, GError **error)
{
  const StnControlSetup setup = { .request_type = STN_DFU_TYPE_DEVICE_IN,
                                  .request = STN_DFU_GET_DESCRIPTOR,
                                  .value = STN_DFU_DESCRIPTOR_DEVICE << 8 };
  guint8 bytes[STN_DFU_DEVICE_BYTES];
  gsize length;

  return stn_control_in (device, &setup, bytes, sizeof bytes, &length, wait, error);
}

gboolean
stn_usb_presence_explains (StnLink *device, const GError *failure, const StnWait *wait)
{
  static const StnFailure doubtful[] = { STN_FAILURE_NACK, STN_FAILURE_GARBAGE, STN_FAILURE_NO_ANSWER,
                                         STN_FAILURE_NO_SYNC };
  StnWait narrow = stn_wait_within (wait, ANSWER_NS);
  g_autoptr (GError) now = NULL;
  gboolean may_be = FALSE;

  if (stn_error_is (failure, STN_FAILURE_LINK_LOST))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (doubtful); i++)
    may_be |= stn_error_is (failure, doubtful[i]);
  return may_be && !stn_usb_presence_ask (device, &narrow, &now) && stn_error_is (now, STN_FAILURE_LINK_LOST);
}
