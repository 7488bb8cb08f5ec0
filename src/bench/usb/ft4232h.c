#include "src/bench/usb/ft4232h.h"
#include "src/bench/usb/ftdi.h"

#define RELEASE 0x0800
/* the data sheet's 2 KB each way for every channel */
#define FIFO_BYTES 2048
/* a transmitter that is behind is looked at again at the latest then */
#define FIFO_POLL_NS (5 * STN_NS_PER_MS)

typedef struct {
  StnFtdi ftdi;
  StnBoard *boards[STN_FT4232H_UARTS];
} Ft4232h;

static StnBoard *
board_of (Ft4232h *self, const StnFtdiChannel *channel)
{
  return self->boards[channel->number];
}

static gint64
character_ns (const StnFtdiChannel *channel)
{
  guint bits = 1 + channel->data_bits + (channel->parity != 'N') + channel->stop_bits;
  return (gint64) (bits * (guint64) STN_NS_PER_S / MAX (channel->baud, 1));
}

/* What has come over the wire by now moves into the channel's buffer; what does not fit is lost, and said so. Returns
 * when there will be a packet full, or the timer's end after the first byte that is on its way, or the board does
 * something by itself. */
static gint64
collect (Ft4232h *self, StnFtdiChannel *channel, gint64 now_ns)
{
  StnBoard *board = board_of (self, channel);
  if (board == NULL)
    return STN_TIME_NEVER;
  g_mutex_lock (&board->mutex);
  StnUartPort *port = &board->port;
  stn_board_work (board, now_ns);
  if (channel->in->len == 0)
    channel->oldest_ns = stn_uart_port_count_ready_ns (port, 1);
  stn_uart_port_collect (port, now_ns);
  gsize fits = MIN (port->received->len, FIFO_BYTES - MIN (channel->in->len, FIFO_BYTES));
  g_byte_array_append (channel->in, port->received->data, (guint) fits);
  if (fits < port->received->len)
    channel->line |= STN_FTDI_LINE_OVERRUN;
  g_byte_array_set_size (port->received, 0);
  const guint full = STN_FTDI_PACKET_BYTES - STN_FTDI_STATUS_BYTES;
  gint64 full_ns = channel->in->len >= full ? 0 : stn_uart_port_count_ready_ns (port, full - channel->in->len);
  gint64 first_ns = channel->in->len > 0 ? STN_TIME_NEVER : stn_uart_port_count_ready_ns (port, 1);
  if (first_ns != STN_TIME_NEVER)
    full_ns = MIN (full_ns, stn_ftdi_latency_end_after_ns (channel, first_ns));
  gint64 board_ns = stn_board_next_ns (board);
  full_ns = MIN (full_ns, board_ns);
  g_mutex_unlock (&board->mutex);
  return full_ns;
}

static void
purge_received (StnFtdi *ftdi, StnFtdiChannel *channel, gint64 now_ns)
{
  collect ((Ft4232h *) ftdi, channel, now_ns);
  g_byte_array_set_size (channel->in, 0);
  channel->line &= (guint8) ~STN_FTDI_LINE_OVERRUN;
}

static void
line_changed (StnFtdi *ftdi, StnFtdiChannel *channel, gint64 now_ns)
{
  StnBoard *board = board_of ((Ft4232h *) ftdi, channel);
  if (board == NULL)
    return;
  collect ((Ft4232h *) ftdi, channel, now_ns); /* what has come was understood, or not, at the old settings */
  g_mutex_lock (&board->mutex);
  board->port.line = (StnLineSettings){
    .baud = channel->baud, .data_bits = channel->data_bits, .parity = channel->parity, .stop_bits = channel->stop_bits
  };
  if (board->port.is_breaking != channel->is_breaking)
    stn_board_set_break (board, channel->is_breaking, now_ns);
  g_mutex_unlock (&board->mutex);
}

static void
on_reset (StnFtdi *ftdi, StnFtdiChannel *channel, gint64 now_ns)
{
  channel->is_breaking = channel->rts = channel->dtr = FALSE;
  line_changed (ftdi, channel, now_ns);
}

static const StnFtdiHooks hooks = {
  .reset = on_reset,
  .purge_received = purge_received,
  .line_changed = line_changed,
};

static StnUsbAnswer
bulk_out (Ft4232h *self, StnFtdiChannel *channel, StnUsbTransfer *transfer, gint64 now_ns)
{
  StnBoard *board = board_of (self, channel);
  transfer->actual = transfer->length;
  if (board == NULL)
    return STN_USB_ANSWERED; /* into the air */
  g_mutex_lock (&board->mutex);
  StnUartPort *port = &board->port;
  if (++port->exchanges == board->faults.unplug_at)
    self->ftdi.device.is_gone = TRUE;
  gint64 behind_ns = MAX (port->host_free_ns - now_ns, 0);
  gint64 fits_ns = (gint64) (FIFO_BYTES - MIN (transfer->length, FIFO_BYTES)) * character_ns (channel);
  gboolean fits = behind_ns <= fits_ns;
  if (fits)
    stn_board_host_sends (board, transfer->bytes, transfer->length, now_ns);
  else
    port->exchanges--; /* it will be asked again */
  g_mutex_unlock (&board->mutex);
  return fits ? STN_USB_ANSWERED : STN_USB_LATER;
}

static StnUsbAnswer
bulk (StnUsbDevice *device, StnUsbTransfer *transfer, gint64 now_ns)
{
  Ft4232h *self = (Ft4232h *) device;
  StnFtdiChannel *channel = stn_ftdi_channel_at (&self->ftdi, transfer->endpoint);
  if (channel == NULL)
    return STN_USB_STALLED;
  if (!(transfer->endpoint & STN_USB_IN))
    return bulk_out (self, channel, transfer, now_ns);
  collect (self, channel, now_ns);
  return stn_ftdi_bulk_in (channel, transfer, now_ns);
}

static gint64
work (StnUsbDevice *device, gint64 now_ns)
{
  Ft4232h *self = (Ft4232h *) device;
  gint64 next_ns = STN_TIME_NEVER;
  for (guint i = 0; i < self->ftdi.channel_count; i++) {
    StnFtdiChannel *channel = &self->ftdi.channels[i];
    if (device->waiting_in >> (2 * i + 1) & 1) {
      next_ns = MIN (next_ns, collect (self, channel, now_ns));
      next_ns = MIN (next_ns, stn_ftdi_latency_end_ns (channel));
    }
    if (device->waiting_out >> (2 * i + 2) & 1)
      next_ns = MIN (next_ns, now_ns + FIFO_POLL_NS);
  }
  return next_ns;
}

static void
plugged (StnUsbDevice *device, gboolean is_plugged, gint64 now_ns)
{
  Ft4232h *self = (Ft4232h *) device;
  stn_ftdi_power_up (&self->ftdi, now_ns);
  for (guint i = 0; i < STN_FT4232H_UARTS; i++) {
    StnBoard *board = self->boards[i];
    if (board == NULL)
      continue;
    /* its TX idles as long as the chip has power, whether a program has the port open or not */
    g_mutex_lock (&board->mutex);
    stn_board_set_port (board, is_plugged, is_plugged, now_ns);
    g_mutex_unlock (&board->mutex);
    if (is_plugged)
      line_changed (&self->ftdi, &self->ftdi.channels[i], now_ns);
  }
}

static void
ft4232h_free (StnUsbDevice *device)
{
  Ft4232h *self = (Ft4232h *) device;
  stn_ftdi_clear (&self->ftdi);
  g_free (self);
}

static const StnUsbDeviceClass ft4232h_class = {
  .kind = "ft4232h",
  .speed = STN_USB_HIGH_SPEED,
  .control = stn_ftdi_control,
  .bulk = bulk,
  .work = work,
  .plugged = plugged,
  .free = ft4232h_free,
};

StnUsbDevice *
stn_ft4232h_new (StnBoard *const boards[STN_FT4232H_UARTS], const char *serial)
{
  Ft4232h *self = g_new0 (Ft4232h, 1);
  for (guint i = 0; i < STN_FT4232H_UARTS; i++)
    self->boards[i] = boards[i];
  stn_ftdi_init (&self->ftdi, &ft4232h_class, &hooks, STN_FT4232H_PRODUCT, RELEASE, "Quad RS232-HS", STN_FT4232H_UARTS,
                 serial);
  return &self->ftdi.device;
}
