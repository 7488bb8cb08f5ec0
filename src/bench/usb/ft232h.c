#include "src/bench/usb/ft232h.h"
#include "src/bench/usb/ftdi.h"
#include "src/bench/usb/mpsse.h"

#define RELEASE 0x0900
#define PIN_TXD 0x01u
#define PIN_RTS 0x04u
#define PIN_DTR 0x10u
#define UART_OUTPUTS (PIN_TXD | PIN_RTS | PIN_DTR)
/* what the chip holds back for a host that does not read (data sheet: 1 KB each way), before it takes no more commands
 */
#define BUFFER_BYTES 1024
#define WAIT_POLL_NS STN_NS_PER_MS

typedef struct {
  StnFtdi ftdi;
  StnLineAdapter *adapter;
  StnMpsse mpsse;
} Ft232h;

static void
drive_pins (gpointer user, guint16 directions, guint16 levels)
{
  stn_line_adapter_drive (((Ft232h *) user)->adapter, directions, levels);
}

static guint16
read_levels (gpointer user)
{
  return (guint16) stn_line_adapter_levels (((Ft232h *) user)->adapter);
}

static const StnMpssePins mpsse_pins = { drive_pins, read_levels };

/* the pins as the channel's mode has them */
static void
apply_mode (Ft232h *self)
{
  StnFtdiChannel *channel = &self->ftdi.channels[0];
  switch (channel->mode) {
  case STN_FTDI_MODE_MPSSE:
    stn_mpsse_reset (&self->mpsse);
    break;
  case STN_FTDI_MODE_BITBANG:
  case STN_FTDI_MODE_SYNC_BITBANG:
    stn_line_adapter_drive (self->adapter, channel->mode_mask, 0);
    break;
  default: {
    /* modem outputs are low where active */
    guint levels = (channel->is_breaking ? 0 : PIN_TXD) | (channel->rts ? 0 : PIN_RTS) | (channel->dtr ? 0 : PIN_DTR);
    stn_line_adapter_drive (self->adapter, UART_OUTPUTS, levels);
    break;
  }
  }
}

static void
on_reset (StnFtdi *ftdi, StnFtdiChannel *channel, G_GNUC_UNUSED gint64 now_ns)
{
  channel->mode = STN_FTDI_MODE_UART;
  channel->is_breaking = channel->rts = channel->dtr = FALSE;
  apply_mode ((Ft232h *) ftdi);
}

static void
on_uart_change (StnFtdi *ftdi, StnFtdiChannel *channel, G_GNUC_UNUSED gint64 now_ns)
{
  if (channel->mode == STN_FTDI_MODE_UART)
    apply_mode ((Ft232h *) ftdi);
}

static void
on_mode (StnFtdi *ftdi, G_GNUC_UNUSED StnFtdiChannel *channel, G_GNUC_UNUSED gint64 now_ns)
{
  apply_mode ((Ft232h *) ftdi);
}

static guint8
on_read_pins (StnFtdi *ftdi, G_GNUC_UNUSED StnFtdiChannel *channel, G_GNUC_UNUSED gint64 now_ns)
{
  return (guint8) stn_line_adapter_levels (((Ft232h *) ftdi)->adapter);
}

static const StnFtdiHooks hooks = {
  .reset = on_reset,
  .line_changed = on_uart_change,
  .modem_changed = on_uart_change,
  .mode_changed = on_mode,
  .read_pins = on_read_pins,
};

static void
take_commands (Ft232h *self, const guint8 *bytes, gsize length)
{
  stn_mpsse_feed (&self->mpsse, bytes, length);
  if (self->mpsse.flush) {
    self->mpsse.flush = FALSE;
    self->ftdi.channels[0].send_now = TRUE;
  }
}

static StnUsbAnswer
bulk_out (Ft232h *self, StnUsbTransfer *transfer)
{
  StnFtdiChannel *channel = &self->ftdi.channels[0];
  switch (channel->mode) {
  case STN_FTDI_MODE_MPSSE:
    if (channel->in->len > BUFFER_BYTES || self->mpsse.commands->len > BUFFER_BYTES)
      return STN_USB_LATER;
    take_commands (self, transfer->bytes, transfer->length);
    break;
  case STN_FTDI_MODE_BITBANG:
  case STN_FTDI_MODE_SYNC_BITBANG:
    for (gsize i = 0; i < transfer->length; i++)
      stn_line_adapter_drive (self->adapter, channel->mode_mask, transfer->bytes[i]);
    break;
  default:
    break; /* a UART with nothing at its other end */
  }
  transfer->actual = transfer->length;
  return STN_USB_ANSWERED;
}

static StnUsbAnswer
bulk (StnUsbDevice *device, StnUsbTransfer *transfer, gint64 now_ns)
{
  Ft232h *self = (Ft232h *) device;
  StnFtdiChannel *channel = stn_ftdi_channel_at (&self->ftdi, transfer->endpoint);
  if (channel == NULL)
    return STN_USB_STALLED;
  return transfer->endpoint & STN_USB_IN ? stn_ftdi_bulk_in (channel, transfer, now_ns) : bulk_out (self, transfer);
}

static gint64
work (StnUsbDevice *device, gint64 now_ns)
{
  Ft232h *self = (Ft232h *) device;
  gint64 next_ns = STN_TIME_NEVER;
  if (self->ftdi.channels[0].mode == STN_FTDI_MODE_MPSSE && self->mpsse.commands->len > 0) {
    take_commands (self, NULL, 0); /* one may wait for a pin */
    next_ns = now_ns + WAIT_POLL_NS;
  }
  if (device->waiting_in != 0)
    next_ns = MIN (next_ns, stn_ftdi_latency_end_ns (&self->ftdi.channels[0]));
  return next_ns;
}

static void
plugged (StnUsbDevice *device, gboolean is_plugged, gint64 now_ns)
{
  Ft232h *self = (Ft232h *) device;
  stn_ftdi_power_up (&self->ftdi, now_ns);
  if (is_plugged)
    apply_mode (self);
  else
    stn_line_adapter_drive (self->adapter, 0, 0); /* no power, no levels */
}

static void
ft232h_free (StnUsbDevice *device)
{
  Ft232h *self = (Ft232h *) device;
  stn_mpsse_clear (&self->mpsse);
  stn_ftdi_clear (&self->ftdi);
  g_free (self);
}

static const StnUsbDeviceClass ft232h_class = {
  .kind = "ft232h",
  .speed = STN_USB_HIGH_SPEED,
  .control = stn_ftdi_control,
  .bulk = bulk,
  .work = work,
  .plugged = plugged,
  .free = ft232h_free,
};

StnUsbDevice *
stn_ft232h_new (StnLineAdapter *adapter, const char *serial)
{
  Ft232h *self = g_new0 (Ft232h, 1);
  self->adapter = adapter;
  stn_ftdi_init (&self->ftdi, &ft232h_class, &hooks, STN_FT232H_PRODUCT, RELEASE, "Single RS232-HS", 1, serial);
  stn_mpsse_init (&self->mpsse, &mpsse_pins, self, self->ftdi.channels[0].in);
  return &self->ftdi.device;
}
