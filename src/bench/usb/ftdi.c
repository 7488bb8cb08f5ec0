#include "src/bench/usb/ftdi.h"

#include <string.h>

/* vendor requests */
enum {
  FTDI_RESET = 0x00,
  FTDI_MODEM_CONTROL = 0x01,
  FTDI_FLOW_CONTROL = 0x02,
  FTDI_BAUD_RATE = 0x03,
  FTDI_DATA_FORMAT = 0x04,
  FTDI_MODEM_STATUS = 0x05,
  FTDI_EVENT_CHARACTER = 0x06,
  FTDI_ERROR_CHARACTER = 0x07,
  FTDI_SET_LATENCY = 0x09,
  FTDI_GET_LATENCY = 0x0a,
  FTDI_BIT_MODE = 0x0b,
  FTDI_READ_PINS = 0x0c,
  FTDI_READ_EEPROM = 0x90,
};
enum { RESET_ALL = 0, RESET_RECEIVED = 1, RESET_TO_SEND = 2 };

#define LATENCY_DEFAULT_MS 16
#define IN_ENDPOINT(channel) (2 * (channel) + 1)
#define OUT_ENDPOINT(channel) (2 * (channel) + 2)

/* ---- the EEPROM ---- */

#define EEPROM_STRINGS_AT 0xa0
#define EEPROM_CHECKSUM_START 0xaaaa

static gsize
put_string (guint8 *eeprom, gsize at, guint entry, const char *text)
{
  gsize length = MIN (strlen (text), (STN_FTDI_EEPROM_BYTES - 2 - at) / 2 - 1);
  eeprom[entry] = (guint8) (at | 0x80);
  eeprom[entry + 1] = (guint8) (2 + 2 * length);
  eeprom[at] = eeprom[entry + 1];
  eeprom[at + 1] = 3;
  for (gsize i = 0; i < length; i++) {
    eeprom[at + 2 + 2 * i] = (guint8) text[i];
    eeprom[at + 3 + 2 * i] = 0;
  }
  return at + 2 + 2 * length;
}

/* the parts of the layout that programs read: ids, release, strings, checksum over the words before it */
static void
write_eeprom (StnFtdi *self, const char *manufacturer, const char *product, const char *serial)
{
  guint8 *eeprom = self->eeprom;
  memset (eeprom, 0, STN_FTDI_EEPROM_BYTES);
  memcpy (eeprom + 2, self->device.device_descriptor + 8, 6);
  eeprom[8] = 0x80; /* fed by the bus, */
  eeprom[9] = 90 / 2;
  eeprom[10] = 0x08; /* serial in use */
  gsize at = put_string (eeprom, EEPROM_STRINGS_AT, 0x0e, manufacturer);
  at = put_string (eeprom, at, 0x10, product);
  put_string (eeprom, at, 0x12, serial);
  guint16 sum = EEPROM_CHECKSUM_START;
  for (gsize i = 0; i < STN_FTDI_EEPROM_BYTES - 2; i += 2) {
    sum ^= (guint16) (eeprom[i] | eeprom[i + 1] << 8);
    sum = (guint16) (sum << 1 | sum >> 15);
  }
  eeprom[STN_FTDI_EEPROM_BYTES - 2] = (guint8) sum;
  eeprom[STN_FTDI_EEPROM_BYTES - 1] = (guint8) (sum >> 8);
}

/* ---- making ---- */

static void
describe (StnFtdi *self)
{
  const guint8 configuration[] = { 9, 2, 0, 0, (guint8) self->channel_count, 1, 0, 0x80, 90 / 2 };
  stn_usb_device_describe (&self->device, configuration, sizeof configuration);
  for (guint i = 0; i < self->channel_count; i++) {
    const guint8 interface[] = { 9, 4, (guint8) i, 0, 2, 0xff, 0xff, 0xff, 2 };
    const guint8 in[] = {
      7, 5, (guint8) (STN_USB_IN | IN_ENDPOINT (i)), 2, STN_FTDI_PACKET_BYTES & 0xff, STN_FTDI_PACKET_BYTES >> 8, 0
    };
    const guint8 out[] = { 7, 5, (guint8) OUT_ENDPOINT (i), 2, STN_FTDI_PACKET_BYTES & 0xff, STN_FTDI_PACKET_BYTES >> 8,
                           0 };
    stn_usb_device_describe (&self->device, interface, sizeof interface);
    stn_usb_device_describe (&self->device, in, sizeof in);
    stn_usb_device_describe (&self->device, out, sizeof out);
  }
}

void
stn_ftdi_init (StnFtdi *self, const StnUsbDeviceClass *device_class, const StnFtdiHooks *hooks, guint16 product,
               guint16 release, const char *product_text, guint channel_count, const char *serial)
{
  static const char manufacturer[] = "FTDI";
  stn_usb_device_init (&self->device, device_class, STN_FTDI_VENDOR, product, release,
                       (const char *const[]){ manufacturer, product_text, NULL });
  guint8 serial_index = serial != NULL ? stn_usb_device_add_string (&self->device, serial) : 0;
  stn_usb_device_set_strings (&self->device, 1, 2, serial_index);
  self->hooks = hooks;
  self->channel_count = channel_count;
  describe (self);
  if (serial != NULL)
    write_eeprom (self, manufacturer, product_text, serial);
  else
    memset (self->eeprom, 0xff, sizeof self->eeprom);
  for (guint i = 0; i < channel_count; i++)
    self->channels[i].in = g_byte_array_new ();
  stn_ftdi_power_up (self, 0);
}

void
stn_ftdi_clear (StnFtdi *self)
{
  for (guint i = 0; i < self->channel_count; i++)
    g_clear_pointer (&self->channels[i].in, g_byte_array_unref);
}

void
stn_ftdi_power_up (StnFtdi *self, gint64 now_ns)
{
  for (guint i = 0; i < self->channel_count; i++) {
    GByteArray *in = self->channels[i].in;
    g_byte_array_set_size (in, 0);
    self->channels[i] = (StnFtdiChannel){ .number = i,
                                          .latency_ms = LATENCY_DEFAULT_MS,
                                          .sent_ns = now_ns,
                                          .modem = STN_FTDI_MODEM_HIGH_SPEED,
                                          .line = STN_FTDI_LINE_EMPTY,
                                          .in = in,
                                          .baud = 9600,
                                          .data_bits = 8,
                                          .stop_bits = 1,
                                          .parity = 'N' };
  }
}

/* ---- baud rates ---- */

guint
stn_ftdi_baud (guint16 value, guint8 index_high)
{
  static const guint8 eighths[8] = { 0, 4, 2, 1, 3, 5, 6, 7 };
  guint whole = value & 0x3fff;
  guint code = (value >> 14) | (guint) (index_high & 1) << 2;
  guint clock_hz = index_high & 2 ? 12000000 : 3000000; /* 120 MHz / 10, or 48 MHz / 16 */
  if (whole == 0 && code == 0)
    return clock_hz;
  if (whole == 1 && code == 0)
    return clock_hz / 3 * 2;
  guint divisor = 8 * whole + eighths[code]; /* in eighths */
  return divisor < 8 ? 0 : (8 * clock_hz + divisor / 2) / divisor;
}

/* ---- vendor requests ---- */

static void
reset_channel (StnFtdi *self, StnFtdiChannel *channel, guint what, gint64 now_ns)
{
  if (what == RESET_ALL || what == RESET_RECEIVED) {
    g_byte_array_set_size (channel->in, 0);
    channel->send_now = FALSE;
    if (self->hooks->purge_received != NULL)
      self->hooks->purge_received (self, channel, now_ns);
  }
  if (what == RESET_ALL && self->hooks->reset != NULL)
    self->hooks->reset (self, channel, now_ns);
}

static gboolean
set_format (StnFtdi *self, StnFtdiChannel *channel, guint16 value, gint64 now_ns)
{
  static const char parities[] = "NOEMS";
  guint bits = value & 0xff, parity = value >> 8 & 7, stop = value >> 11 & 7;
  if ((bits != 7 && bits != 8) || parity >= strlen (parities) || stop > 2)
    return FALSE;
  channel->data_bits = bits;
  channel->parity = parities[parity];
  channel->stop_bits = stop == 0 ? 1 : 2; /* one and a half is no stop of this chip's UART */
  channel->is_breaking = value >> 14 & 1;
  if (self->hooks->line_changed != NULL)
    self->hooks->line_changed (self, channel, now_ns);
  return TRUE;
}

static StnUsbAnswer
answer_in (StnFtdi *self, StnFtdiChannel *channel, StnUsbTransfer *transfer, gint64 now_ns)
{
  guint8 bytes[2];
  switch (transfer->setup.request) {
  case FTDI_MODEM_STATUS:
    bytes[0] = channel->modem;
    bytes[1] = channel->line;
    return stn_usb_answer (transfer, bytes, 2);
  case FTDI_GET_LATENCY:
    return stn_usb_answer (transfer, &channel->latency_ms, 1);
  case FTDI_READ_PINS:
    bytes[0] = self->hooks->read_pins != NULL ? self->hooks->read_pins (self, channel, now_ns) : 0xff;
    return stn_usb_answer (transfer, bytes, 1);
  case FTDI_READ_EEPROM: {
    gsize at = (gsize) transfer->setup.index * 2 % STN_FTDI_EEPROM_BYTES;
    return stn_usb_answer (transfer, self->eeprom + at, 2);
  }
  default:
    return STN_USB_STALLED;
  }
}

StnUsbAnswer
stn_ftdi_control (StnUsbDevice *device, StnUsbTransfer *transfer, gint64 now_ns)
{
  StnFtdi *self = (StnFtdi *) device;
  const StnUsbSetup *setup = &transfer->setup;
  if ((setup->request_type & STN_USB_TYPE_MASK) != STN_USB_TYPE_VENDOR)
    return STN_USB_STALLED;
  /* channels count from 1; 0 is what programs say that know of one only */
  guint number = MAX (setup->index & 0xff, 1);
  if (setup->request == FTDI_READ_EEPROM)
    number = 1; /* its index is the address */
  if (number > self->channel_count)
    return STN_USB_STALLED;
  StnFtdiChannel *channel = &self->channels[number - 1];
  if (setup->request_type & STN_USB_IN)
    return answer_in (self, channel, transfer, now_ns);

  switch (setup->request) {
  case FTDI_RESET:
    if (setup->value > RESET_TO_SEND)
      return STN_USB_STALLED;
    reset_channel (self, channel, setup->value, now_ns);
    return STN_USB_ANSWERED;
  case FTDI_MODEM_CONTROL:
    if (setup->value & 0x100)
      channel->dtr = setup->value & 1;
    if (setup->value & 0x200)
      channel->rts = setup->value >> 1 & 1;
    if (self->hooks->modem_changed != NULL)
      self->hooks->modem_changed (self, channel, now_ns);
    return STN_USB_ANSWERED;
  case FTDI_FLOW_CONTROL: /* nothing here raises a modem input, so it is not obeyed */
  case FTDI_EVENT_CHARACTER:
  case FTDI_ERROR_CHARACTER:
    return STN_USB_ANSWERED;
  case FTDI_BAUD_RATE: {
    guint baud = stn_ftdi_baud (setup->value, (guint8) (setup->index >> 8));
    if (baud == 0)
      return STN_USB_STALLED;
    channel->baud = baud;
    if (self->hooks->line_changed != NULL)
      self->hooks->line_changed (self, channel, now_ns);
    return STN_USB_ANSWERED;
  }
  case FTDI_DATA_FORMAT:
    return set_format (self, channel, setup->value, now_ns) ? STN_USB_ANSWERED : STN_USB_STALLED;
  case FTDI_SET_LATENCY:
    if (setup->value < 1 || setup->value > 255)
      return STN_USB_STALLED;
    channel->latency_ms = (guint8) setup->value;
    return STN_USB_ANSWERED;
  case FTDI_BIT_MODE:
    channel->mode = (guint8) (setup->value >> 8);
    channel->mode_mask = (guint8) setup->value;
    if (self->hooks->mode_changed != NULL)
      self->hooks->mode_changed (self, channel, now_ns);
    return STN_USB_ANSWERED;
  default:
    return STN_USB_STALLED;
  }
}

/* ---- bulk in ---- */

StnFtdiChannel *
stn_ftdi_channel_at (StnFtdi *self, guint8 endpoint)
{
  for (guint i = 0; i < self->channel_count; i++)
    if (endpoint == (STN_USB_IN | IN_ENDPOINT (i)) || endpoint == OUT_ENDPOINT (i))
      return &self->channels[i];
  return NULL;
}

gint64
stn_ftdi_latency_end_after_ns (const StnFtdiChannel *channel, gint64 first_byte_ns)
{
  gint64 latency_ns = channel->latency_ms * STN_NS_PER_MS;
  gint64 waited_ns = first_byte_ns == STN_TIME_NEVER ? 0 : first_byte_ns - channel->sent_ns;
  gint64 ends = MAX ((waited_ns + latency_ns - 1) / latency_ns, 1);
  return channel->sent_ns + ends * latency_ns;
}

gint64
stn_ftdi_latency_end_ns (const StnFtdiChannel *channel)
{
  if (channel->send_now)
    return 0;
  if (channel->in->len == 0)
    return channel->sent_ns + MAX (channel->latency_ms, LATENCY_DEFAULT_MS) * STN_NS_PER_MS;
  return stn_ftdi_latency_end_after_ns (channel, channel->oldest_ns);
}

static gsize
put_packet (StnFtdiChannel *channel, StnUsbTransfer *transfer, gsize length, gint64 now_ns)
{
  guint8 *to = transfer->bytes + transfer->actual;
  to[0] = channel->modem;
  to[1] = channel->line;
  channel->line &= (guint8) ~(STN_FTDI_LINE_OVERRUN | STN_FTDI_LINE_BREAK); /* told once */
  if (length > 0)
    memcpy (to + STN_FTDI_STATUS_BYTES, channel->in->data, length);
  g_byte_array_remove_range (channel->in, 0, (guint) length);
  channel->sent_ns = now_ns;
  transfer->actual += STN_FTDI_STATUS_BYTES + length;
  return STN_FTDI_STATUS_BYTES + length;
}

StnUsbAnswer
stn_ftdi_bulk_in (StnFtdiChannel *channel, StnUsbTransfer *transfer, gint64 now_ns)
{
  const gsize full = STN_FTDI_PACKET_BYTES - STN_FTDI_STATUS_BYTES;
  if (transfer->length < STN_FTDI_STATUS_BYTES)
    return STN_USB_STALLED;
  for (;;) {
    gsize room = transfer->length - transfer->actual;
    if (room < STN_FTDI_STATUS_BYTES)
      return STN_USB_ANSWERED;
    gsize most = MIN (full, room - STN_FTDI_STATUS_BYTES);
    if (channel->in->len < full && now_ns < stn_ftdi_latency_end_ns (channel))
      return STN_USB_LATER;
    gsize sent = put_packet (channel, transfer, MIN (channel->in->len, most), now_ns);
    if (channel->in->len == 0)
      channel->send_now = FALSE;
    if (sent < STN_FTDI_PACKET_BYTES)
      return STN_USB_ANSWERED; /* a short packet ends the transfer */
  }
}
