#include "src/link/usb-control.h"

#include <errno.h>
#include <string.h>

#include "src/link/device-node.h"
#include "src/link/fd-stream.h"
#include "src/link/usb-place.h"

/* USB DFU 1.1 section 4.1.1, 4.2.1: class and subclass of a DFU interface; protocol 1 is an application's, which can
 * only be asked to become one of protocol 2 */
#define DFU_CLASS 0xfe
#define DFU_SUBCLASS 0x01
#define DFU_RUN_TIME_PROTOCOL 0x01
/* USB 2.0 tables 9-2 and 9-4 */
#define TYPE_INTERFACE_OUT 0x01
#define SET_INTERFACE 0x0b

typedef struct {
  StnLink link;
  StnUsbContext *context; /* owned */
  libusb_device_handle *handle;
  int interface_number;
  gboolean is_lost;
} ControlLink;

/* ---- opening ---- */

typedef struct {
  const char *place;
  const StnWait *wait;
  gboolean is_hub;
  libusb_device_handle *handle; /* the outcome */
  int interface_number;         /* -1: none was claimed */
} Opening;

/* The number of the interface to claim, -1: none. libusb has checked the descriptors' lengths. */
static int
find_dfu_interface (libusb_device *device)
{
  struct libusb_config_descriptor *config;
  int found = -1;
  if (libusb_get_active_config_descriptor (device, &config) != LIBUSB_SUCCESS)
    return -1;
  for (int i = 0; i < config->bNumInterfaces && found < 0; i++)
    for (int k = 0; k < config->interface[i].num_altsetting && found < 0; k++) {
      const struct libusb_interface_descriptor *setting = &config->interface[i].altsetting[k];
      if (setting->bInterfaceClass == DFU_CLASS && setting->bInterfaceSubClass == DFU_SUBCLASS
          && setting->bInterfaceProtocol != DFU_RUN_TIME_PROTOCOL)
        found = setting->bInterfaceNumber;
    }
  libusb_free_config_descriptor (config);
  return found;
}

static gboolean
is_hub (libusb_device *device)
{
  struct libusb_device_descriptor descriptor;

  return libusb_get_device_descriptor (device, &descriptor) == LIBUSB_SUCCESS
         && descriptor.bDeviceClass == LIBUSB_CLASS_HUB;
}

static StnUsbVerdict
verdict_of (int code, const Opening *self, const char *node, GError **error)
{
  const StnNodeKind kind = { .place = self->place, .what = "USB device", .group = "plugdev" };
  switch (code) {
  case LIBUSB_ERROR_NO_DEVICE:
  case LIBUSB_ERROR_NOT_FOUND:
  case LIBUSB_ERROR_IO:
    return STN_USB_NOT_YET; /* it has gone again */
  case LIBUSB_ERROR_ACCESS:
    stn_node_fail (&kind, node, EACCES, error);
    return STN_USB_IMPOSSIBLE;
  case LIBUSB_ERROR_BUSY:
    stn_node_fail (&kind, node, EBUSY, error);
    return STN_USB_IMPOSSIBLE;
  default:
    stn_usb_fail (self->place, "open", code, error);
    return STN_USB_IMPOSSIBLE;
  }
}

/* A curious program may have claimed it for a moment, right after it came. */
static int
claim_patiently (libusb_device_handle *handle, int interface_number, const char *node, const StnWait *wait)
{
  StnWait patience = stn_wait_within (wait, STN_NODE_PATIENCE_NS);
  for (;;) {
    int code = libusb_claim_interface (handle, interface_number);
    if (code != LIBUSB_ERROR_BUSY || !stn_node_is_fresh (node) || !stn_wait_sleep (&patience, 20 * STN_NS_PER_MS, NULL))
      return code;
  }
}

static StnUsbVerdict
try_device (libusb_device *device, gpointer data, GError **error)
{
  Opening *self = data;
  const StnNodeKind kind = { .place = self->place, .what = "USB device", .group = "plugdev" };
  g_autofree char *node = stn_usb_device_node (device);
  g_autoptr (GError) local = NULL;
  int interface_number = self->is_hub ? -1 : find_dfu_interface (device);
  if (self->is_hub ? !is_hub (device) : interface_number < 0)
    return STN_USB_NOT_YET;
  if (!stn_node_wait_for_access (&kind, node, self->wait, &local)) {
    if (stn_error_is (local, STN_FAILURE_ADAPTER_MISSING))
      return STN_USB_NOT_YET;
    g_propagate_error (error, g_steal_pointer (&local));
    return STN_USB_IMPOSSIBLE;
  }
  libusb_device_handle *handle;
  int code = libusb_open (device, &handle);
  if (code != LIBUSB_SUCCESS)
    return verdict_of (code, self, node, error);
  code = self->is_hub ? LIBUSB_SUCCESS : claim_patiently (handle, interface_number, node, self->wait);
  if (code != LIBUSB_SUCCESS) {
    libusb_close (handle);
    return verdict_of (code, self, node, error);
  }
  self->handle = handle;
  self->interface_number = interface_number;
  return STN_USB_TAKEN;
}

/* ---- exchanges ---- */

static gboolean
fail_lost (ControlLink *self, const char *why, GError **error)
{
  self->is_lost = TRUE;
  stn_error_set (error, STN_FAILURE_LINK_LOST, "%s: the USB device is gone (%s)", self->link.name, why);
  return FALSE;
}

/* The kernel keeps an interface's setting too, so it must be the one to change it. */
static gboolean
set_interface (ControlLink *self, const StnExchange *exchange, GError **error)
{
  int code = libusb_set_interface_alt_setting (self->handle, exchange->setup.index, exchange->setup.value);
  switch (code) {
  case LIBUSB_SUCCESS:
    return TRUE;
  case LIBUSB_ERROR_NO_DEVICE:
  case LIBUSB_ERROR_IO:
    return fail_lost (self, libusb_strerror (code), error);
  default: /* no such setting, or the device stalled: libusb tells them apart no further */
    stn_error_set (error, STN_FAILURE_NACK, "%s: alternate setting %u refused: %s", self->link.name,
                   exchange->setup.value, libusb_strerror (code));
    return FALSE;
  }
}

static gboolean
take_result (ControlLink *self, StnExchange *exchange, const StnUsbResult *result, GError **error)
{
  const char *name = self->link.name;
  gboolean in = (exchange->setup.request_type & LIBUSB_ENDPOINT_IN) != 0;
  switch (result->status) {
  case LIBUSB_TRANSFER_COMPLETED:
    if (in)
      exchange->in_length = result->length;
    else if (result->length != exchange->out_length)
      return fail_lost (self, "it took half of a transfer", error);
    return TRUE;
  case LIBUSB_TRANSFER_STALL:
    stn_error_set (error, STN_FAILURE_NACK, "%s: the device refused request %02x %02x", name,
                   exchange->setup.request_type, exchange->setup.request);
    return FALSE;
  case LIBUSB_TRANSFER_OVERFLOW:
    stn_error_set (error, STN_FAILURE_GARBAGE, "%s: the device sent more than it was asked for", name);
    return FALSE;
  case LIBUSB_TRANSFER_NO_DEVICE:
    return fail_lost (self, "unplugged or reset", error);
  default:
    return fail_lost (self, "transfer error", error);
  }
}

static gboolean
control_exchange (StnLink *link, StnExchange *exchange, const StnWait *wait, GError **error)
{
  ControlLink *self = (ControlLink *) link;
  if (!stn_link_needs_real_clock (link->name, wait, error))
    return FALSE;
  if (self->is_lost)
    return fail_lost (self, "as before", error);
  if (exchange->setup.request_type == TYPE_INTERFACE_OUT && exchange->setup.request == SET_INTERFACE)
    return set_interface (self, exchange, error);

  gboolean in = (exchange->setup.request_type & LIBUSB_ENDPOINT_IN) != 0;
  g_autofree guint8 *copy = in ? NULL : g_memdup2 (exchange->out, exchange->out_length);
  g_autoptr (GError) local = NULL;
  StnUsbResult result;
  if (!stn_usb_context_control (self->context, self->handle, link->name, &exchange->setup, in ? exchange->in : copy,
                                in ? exchange->in_capacity : exchange->out_length, &result, wait, &local)) {
    self->is_lost = stn_error_is (local, STN_FAILURE_LINK_LOST);
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  return take_result (self, exchange, &result, error);
}

static void
control_free (StnLink *link)
{
  ControlLink *self = (ControlLink *) link;
  if (self->interface_number >= 0)
    libusb_release_interface (self->handle, self->interface_number); /* fails where the device has gone */
  libusb_close (self->handle);
  stn_usb_context_unref (self->context);
  g_free (self);
}

static const StnLinkClass control_class = {
  .kind = "usb", .shape = STN_LINK_CONTROL, .exchange = control_exchange, .free = control_free
};

static StnLink *
open_device (StnUsbContext *context, const char *place, gboolean hub, const StnWait *wait, GError **error)
{
  Opening opening = { .place = place, .wait = wait, .is_hub = hub };
  if (!stn_link_needs_real_clock (place, wait, error)
      || !stn_usb_context_await (context, place, try_device, &opening, wait, error))
    return NULL;
  ControlLink *self = g_new0 (ControlLink, 1);
  stn_link_init (&self->link, &control_class, STN_LINK_CONTROL, place);
  self->context = stn_usb_context_ref (context);
  self->handle = opening.handle;
  self->interface_number = opening.interface_number;
  return &self->link;
}

StnLink *
stn_usb_control_open (StnUsbContext *context, const char *place, const StnWait *wait, GError **error)
{
  return open_device (context, place, FALSE, wait, error);
}

StnLink *
stn_usb_hub_open (StnUsbContext *context, const char *place, const StnWait *wait, GError **error)
{
  return open_device (context, place, TRUE, wait, error);
}
