#include "src/bench/usb/usb-device.h"

#include <string.h>

/* USB 2.0, tables 9-4 and 9-5 */
enum {
  GET_STATUS = 0,
  CLEAR_FEATURE = 1,
  SET_FEATURE = 3,
  GET_DESCRIPTOR = 6,
  GET_CONFIGURATION = 8,
  SET_CONFIGURATION = 9,
  GET_INTERFACE = 10,
  SET_INTERFACE = 11,
};
enum {
  DESCRIPTOR_DEVICE = 1,
  DESCRIPTOR_CONFIGURATION = 2,
  DESCRIPTOR_STRING = 3,
  DESCRIPTOR_INTERFACE = 4,
  DESCRIPTOR_QUALIFIER = 6,
};
#define RECIPIENT_MASK 0x1f
#define RECIPIENT_DEVICE 0
#define RECIPIENT_INTERFACE 1
#define RECIPIENT_ENDPOINT 2
#define FEATURE_ENDPOINT_HALT 0
#define SELF_POWERED 0x0001
#define LANGUAGE_ENGLISH_US 0x0409
#define CONFIGURATION_BYTES 9
#define STRING_CHARACTERS_MOST 126

static void
put_u16 (guint8 *bytes, guint16 value)
{
  bytes[0] = (guint8) value;
  bytes[1] = (guint8) (value >> 8);
}

void
stn_usb_device_init (StnUsbDevice *self, const StnUsbDeviceClass *device_class, guint16 vendor, guint16 product,
                     guint16 release, const char *const *strings)
{
  *self = (StnUsbDevice){ .device_class = device_class };
  guint8 *d = self->device_descriptor;
  d[0] = sizeof self->device_descriptor;
  d[1] = DESCRIPTOR_DEVICE;
  put_u16 (d + 2, device_class->speed == STN_USB_HIGH_SPEED ? 0x0200 : 0x0100);
  d[7] = 64;
  put_u16 (d + 8, vendor);
  put_u16 (d + 10, product);
  put_u16 (d + 12, release);
  d[17] = 1;
  self->configuration = g_byte_array_new ();
  self->strings = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; strings != NULL && strings[i] != NULL; i++)
    stn_usb_device_add_string (self, strings[i]);
}

void
stn_usb_device_set_strings (StnUsbDevice *self, guint8 manufacturer, guint8 product, guint8 serial)
{
  self->device_descriptor[14] = manufacturer;
  self->device_descriptor[15] = product;
  self->device_descriptor[16] = serial;
}

void
stn_usb_device_describe (StnUsbDevice *self, const guint8 *bytes, gsize length)
{
  g_byte_array_append (self->configuration, bytes, (guint) length);
  if (self->configuration->len >= CONFIGURATION_BYTES)
    put_u16 (self->configuration->data + 2, (guint16) self->configuration->len);
}

guint8
stn_usb_device_add_string (StnUsbDevice *self, const char *text)
{
  g_ptr_array_add (self->strings, g_strdup (text));
  return (guint8) self->strings->len;
}

void
stn_usb_device_free (StnUsbDevice *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->configuration, g_byte_array_unref);
  g_clear_pointer (&self->strings, g_ptr_array_unref);
  self->device_class->free (self);
}

StnUsbAnswer
stn_usb_answer (StnUsbTransfer *transfer, const guint8 *bytes, gsize length)
{
  transfer->actual = MIN (length, MIN (transfer->length, transfer->setup.length));
  if (transfer->actual > 0)
    memcpy (transfer->bytes, bytes, transfer->actual);
  return STN_USB_ANSWERED;
}

/* ---- descriptors ---- */

static StnUsbAnswer
get_string (const StnUsbDevice *self, StnUsbTransfer *transfer, guint index)
{
  guint8 bytes[2 + 2 * STRING_CHARACTERS_MOST] = { 0, DESCRIPTOR_STRING };
  if (index == 0) {
    put_u16 (bytes + 2, LANGUAGE_ENGLISH_US);
    bytes[0] = 4;
    return stn_usb_answer (transfer, bytes, bytes[0]);
  }
  if (index > self->strings->len)
    return STN_USB_STALLED;
  glong count = 0;
  g_autofree gunichar2 *text = g_utf8_to_utf16 (g_ptr_array_index (self->strings, index - 1), -1, NULL, &count, NULL);
  if (text == NULL)
    return STN_USB_STALLED;
  count = MIN (count, STRING_CHARACTERS_MOST);
  for (glong i = 0; i < count; i++)
    put_u16 (bytes + 2 + 2 * i, text[i]);
  bytes[0] = (guint8) (2 + 2 * count);
  return stn_usb_answer (transfer, bytes, bytes[0]);
}

static StnUsbAnswer
get_descriptor (const StnUsbDevice *self, StnUsbTransfer *transfer)
{
  guint index = transfer->setup.value & 0xff;
  switch (transfer->setup.value >> 8) {
  case DESCRIPTOR_DEVICE:
    return stn_usb_answer (transfer, self->device_descriptor, sizeof self->device_descriptor);
  case DESCRIPTOR_CONFIGURATION:
    return index == 0 ? stn_usb_answer (transfer, self->configuration->data, self->configuration->len)
                      : STN_USB_STALLED;
  case DESCRIPTOR_STRING:
    return get_string (self, transfer, index);
  case DESCRIPTOR_QUALIFIER: {
    if (self->device_class->speed != STN_USB_HIGH_SPEED)
      return STN_USB_STALLED; /* a device that knows one speed only (USB 2.0, 9.6.2) */
    guint8 bytes[10] = { sizeof bytes, DESCRIPTOR_QUALIFIER };
    memcpy (bytes + 2, self->device_descriptor + 2, 6);
    bytes[8] = self->device_descriptor[17];
    return stn_usb_answer (transfer, bytes, sizeof bytes);
  }
  default:
    return STN_USB_STALLED;
  }
}

/* ---- standard requests ---- */

static guint16 *
halted (StnUsbDevice *self, guint address)
{
  return address & STN_USB_IN ? &self->halted_in : &self->halted_out;
}

static StnUsbAnswer
get_status (StnUsbDevice *self, StnUsbTransfer *transfer)
{
  guint8 bytes[2] = { 0 };
  const StnUsbSetup *setup = &transfer->setup;
  if ((setup->request_type & RECIPIENT_MASK) == RECIPIENT_DEVICE)
    put_u16 (bytes, self->configuration->len > 7 && self->configuration->data[7] & 0x40 ? SELF_POWERED : 0);
  else if ((setup->request_type & RECIPIENT_MASK) == RECIPIENT_ENDPOINT)
    put_u16 (bytes, *halted (self, setup->index) >> (setup->index & 0xf) & 1);
  return stn_usb_answer (transfer, bytes, sizeof bytes);
}

static StnUsbAnswer
set_feature (StnUsbDevice *self, const StnUsbSetup *setup, gboolean on)
{
  if ((setup->request_type & RECIPIENT_MASK) != RECIPIENT_ENDPOINT || setup->value != FEATURE_ENDPOINT_HALT)
    return (setup->request_type & RECIPIENT_MASK) == RECIPIENT_DEVICE ? STN_USB_ANSWERED : STN_USB_STALLED;
  guint16 bit = (guint16) (1u << (setup->index & 0xf));
  guint16 *mask = halted (self, setup->index);
  *mask = on ? *mask | bit : *mask & (guint16) ~bit;
  return STN_USB_ANSWERED;
}

static StnUsbAnswer
set_configuration (StnUsbDevice *self, guint value, gint64 now_ns)
{
  if (value != 0 && (self->configuration->len < CONFIGURATION_BYTES || value != self->configuration->data[5]))
    return STN_USB_STALLED;
  self->configuration_value = (guint8) value;
  memset (self->alternates, 0, sizeof self->alternates);
  self->halted_in = self->halted_out = 0;
  if (value != 0 && self->device_class->configured != NULL)
    self->device_class->configured (self, now_ns);
  return STN_USB_ANSWERED;
}

static gboolean
has_interface (const StnUsbDevice *self, guint interface, guint alternate)
{
  const GByteArray *all = self->configuration;
  for (gsize at = 0; at + 4 <= all->len && all->data[at] >= 2; at += all->data[at])
    if (all->data[at + 1] == DESCRIPTOR_INTERFACE && all->data[at + 2] == interface && all->data[at + 3] == alternate)
      return TRUE;
  return FALSE;
}

static StnUsbAnswer
set_interface (StnUsbDevice *self, const StnUsbSetup *setup)
{
  if (setup->index >= STN_USB_INTERFACES_MOST || !has_interface (self, setup->index, setup->value))
    return STN_USB_STALLED;
  if (self->device_class->set_interface != NULL
      && !self->device_class->set_interface (self, setup->index, setup->value))
    return STN_USB_STALLED;
  self->alternates[setup->index] = (guint8) setup->value;
  return STN_USB_ANSWERED;
}

static StnUsbAnswer
standard (StnUsbDevice *self, StnUsbTransfer *transfer, gint64 now_ns)
{
  const StnUsbSetup *setup = &transfer->setup;
  switch (setup->request) {
  case GET_STATUS:
    return get_status (self, transfer);
  case CLEAR_FEATURE:
  case SET_FEATURE:
    return set_feature (self, setup, setup->request == SET_FEATURE);
  case GET_DESCRIPTOR:
    if ((setup->request_type & RECIPIENT_MASK) != RECIPIENT_DEVICE)
      return self->device_class->control (self, transfer, now_ns);
    return get_descriptor (self, transfer);
  case GET_CONFIGURATION:
    return stn_usb_answer (transfer, &self->configuration_value, 1);
  case SET_CONFIGURATION:
    return set_configuration (self, setup->value, now_ns);
  case GET_INTERFACE:
    return setup->index < STN_USB_INTERFACES_MOST ? stn_usb_answer (transfer, &self->alternates[setup->index], 1)
                                                  : STN_USB_STALLED;
  case SET_INTERFACE:
    return set_interface (self, setup);
  default:
    return STN_USB_STALLED; /* an address is set by the host controller itself */
  }
}

StnUsbAnswer
stn_usb_device_transfer (StnUsbDevice *self, StnUsbTransfer *transfer, gint64 now_ns)
{
  guint number = transfer->endpoint & 0xf;
  if (number != 0) {
    if (self->device_class->bulk == NULL || *halted (self, transfer->endpoint) >> number & 1)
      return STN_USB_STALLED;
    return self->device_class->bulk (self, transfer, now_ns);
  }
  gboolean in = (transfer->setup.request_type & STN_USB_IN) != 0 && transfer->setup.length > 0;
  if (in != ((transfer->endpoint & STN_USB_IN) != 0))
    return STN_USB_STALLED; /* the host contradicts itself */
  StnUsbAnswer answer = (transfer->setup.request_type & STN_USB_TYPE_MASK) == STN_USB_TYPE_STANDARD
                            ? standard (self, transfer, now_ns)
                            : self->device_class->control (self, transfer, now_ns);
  if (answer == STN_USB_ANSWERED && !in)
    transfer->actual = transfer->length;
  return answer;
}

gint64
stn_usb_device_work (StnUsbDevice *self, gint64 now_ns)
{
  return self->device_class->work != NULL ? self->device_class->work (self, now_ns) : STN_TIME_NEVER;
}

void
stn_usb_device_set_plugged (StnUsbDevice *self, gboolean plugged, gint64 now_ns)
{
  self->configuration_value = 0;
  memset (self->alternates, 0, sizeof self->alternates);
  self->halted_in = self->halted_out = self->waiting_in = self->waiting_out = 0;
  self->is_gone = FALSE;
  if (self->device_class->plugged != NULL)
    self->device_class->plugged (self, plugged, now_ns);
}
