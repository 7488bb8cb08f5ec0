#include "src/bench/usb/usbip.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER_BYTES 48
#define COMMAND_SUBMIT 1u
#define COMMAND_UNLINK 2u
#define ANSWER_SUBMIT 3u
#define ANSWER_UNLINK 4u
#define DIRECTION_IN 1u
#define FLAG_SHORT_NOT_OK 1u
#define NOT_ISOCHRONOUS 0xffffffffu
/* far more than any driver has under way, or asks for in one transfer */
#define WAITING_MOST 4096
#define TRANSFER_BYTES_MOST (1u << 20)
#define READ_BYTES 65536

typedef struct {
  guint32 number; /* USB/IP's sequence number */
  guint32 flags;
  StnUsbTransfer transfer; /* owns its bytes */
} Waiting;

typedef struct {
  int fd, stop_fd;
  StnUsbDevice *device;
  StnClock *clock;
  GByteArray *received;
  GPtrArray *waiting; /* Waiting, in the order in which they came */
  guint64 transfers, gone_at;
  gboolean is_over;
  const char *why; /* static; NULL: pulled out, or told to stop */
} Server;

static guint32
get_u32 (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

static void
put_u32 (guint8 *bytes, guint32 value)
{
  for (guint i = 0; i < 4; i++)
    bytes[i] = (guint8) (value >> (24 - 8 * i));
}

static void
waiting_free (gpointer data)
{
  Waiting *self = data;
  g_free (self->transfer.bytes);
  g_free (self);
}

/* ---- answers ---- */

static void
give_up (Server *self, const char *why)
{
  self->is_over = TRUE;
  self->why = why;
}

static void
send_all (Server *self, const guint8 *bytes, gsize length)
{
  while (length > 0 && !self->is_over) {
    gssize sent = send (self->fd, bytes, length, MSG_NOSIGNAL);
    if (sent > 0) {
      bytes += sent;
      length -= (gsize) sent;
    } else if (sent < 0 && errno == EAGAIN) {
      struct pollfd fds[] = { { .fd = self->fd, .events = POLLOUT }, { .fd = self->stop_fd, .events = POLLIN } };
      if ((poll (fds, G_N_ELEMENTS (fds), -1) < 0 && errno != EINTR) || fds[1].revents != 0)
        self->is_over = TRUE;
    } else if (sent == 0 || errno != EINTR) {
      give_up (self, g_strerror (errno)); /* pulled out */
    }
  }
}

static void
answer_submit (Server *self, const Waiting *done, int status)
{
  const StnUsbTransfer *transfer = &done->transfer;
  gboolean in = (transfer->endpoint & STN_USB_IN) != 0;
  gsize data = in ? transfer->actual : 0;
  if (status == 0 && in && transfer->actual < transfer->length && done->flags & FLAG_SHORT_NOT_OK)
    status = -EREMOTEIO;
  g_autofree guint8 *bytes = g_malloc0 (HEADER_BYTES + data);
  put_u32 (bytes, ANSWER_SUBMIT);
  put_u32 (bytes + 4, done->number);
  put_u32 (bytes + 20, (guint32) status);
  put_u32 (bytes + 24, (guint32) transfer->actual);
  put_u32 (bytes + 32, NOT_ISOCHRONOUS);
  if (data > 0)
    memcpy (bytes + HEADER_BYTES, transfer->bytes, data);
  send_all (self, bytes, HEADER_BYTES + data);
}

static void
answer_unlink (Server *self, guint32 number, int status)
{
  guint8 bytes[HEADER_BYTES] = { 0 };
  put_u32 (bytes, ANSWER_UNLINK);
  put_u32 (bytes + 4, number);
  put_u32 (bytes + 20, (guint32) status);
  send_all (self, bytes, sizeof bytes);
}

/* ---- transfers ---- */

static void
note_waiting (Server *self)
{
  StnUsbDevice *device = self->device;
  device->waiting_in = device->waiting_out = 0;
  for (guint i = 0; i < self->waiting->len; i++) {
    const Waiting *waiting = g_ptr_array_index (self->waiting, i);
    guint16 bit = (guint16) (1u << (waiting->transfer.endpoint & 0xf));
    if (waiting->transfer.endpoint & STN_USB_IN)
      device->waiting_in |= bit;
    else
      device->waiting_out |= bit;
  }
}

/* Asks the device about whatever waits, each endpoint's in their order. */
static void
try_waiting (Server *self)
{
  guint32 blocked = 0; /* IN endpoints in the upper half */
  for (guint i = 0; i < self->waiting->len && !self->is_over && !self->device->is_gone;) {
    Waiting *waiting = g_ptr_array_index (self->waiting, i);
    StnUsbTransfer *transfer = &waiting->transfer;
    /* endpoint 0 is one pipe for both directions */
    guint number = transfer->endpoint & 0xf;
    guint32 bit = 1u << (number + (number != 0 && transfer->endpoint & STN_USB_IN ? 16 : 0));
    StnUsbAnswer answer = STN_USB_LATER;
    if (!(blocked & bit))
      answer = stn_usb_device_transfer (self->device, transfer, stn_clock_now_ns (self->clock));
    if (self->device->is_gone)
      break; /* in the middle of it */
    if (answer == STN_USB_LATER) {
      blocked |= bit;
      i++;
      continue;
    }
    if (answer == STN_USB_STALLED)
      transfer->actual = 0;
    answer_submit (self, waiting, answer == STN_USB_STALLED ? -EPIPE : 0);
    g_ptr_array_remove_index (self->waiting, i);
  }
  note_waiting (self);
}

/* One SUBMIT; returns its length, 0 when not all of it has come. */
static gsize
take_submit (Server *self, const guint8 *header, gsize there)
{
  guint32 endpoint = get_u32 (header + 16), length = get_u32 (header + 24), packets = get_u32 (header + 32);
  gboolean in = get_u32 (header + 12) == DIRECTION_IN;
  if (endpoint > 15 || length > TRANSFER_BYTES_MOST || (packets != 0 && packets != NOT_ISOCHRONOUS)
      || self->waiting->len >= WAITING_MOST) {
    give_up (self, "a transfer that makes no sense, or is isochronous");
    return 0;
  }
  gsize whole = HEADER_BYTES + (in ? 0 : length);
  if (there < whole)
    return 0;
  if (++self->transfers == self->gone_at) {
    self->is_over = TRUE;
    return 0;
  }
  const guint8 *setup = header + 40;
  Waiting *waiting = g_new0 (Waiting, 1);
  waiting->number = get_u32 (header + 4);
  waiting->flags = get_u32 (header + 20);
  waiting->transfer = (StnUsbTransfer){
    .endpoint = (guint8) (endpoint | (in ? STN_USB_IN : 0)),
    .setup = { setup[0], setup[1], (guint16) (setup[2] | setup[3] << 8), (guint16) (setup[4] | setup[5] << 8),
               (guint16) (setup[6] | setup[7] << 8) },
    .bytes = in ? g_malloc0 (length + 1) : g_memdup2 (header + HEADER_BYTES, length),
    .length = length,
  };
  g_ptr_array_add (self->waiting, waiting);
  return whole;
}

/* What still waits is taken back and never answered; for what has been answered the host hears so. */
static void
take_unlink (Server *self, const guint8 *header)
{
  guint32 number = get_u32 (header + 20);
  int status = 0;
  for (guint i = 0; i < self->waiting->len && status == 0; i++)
    if (((const Waiting *) g_ptr_array_index (self->waiting, i))->number == number) {
      g_ptr_array_remove_index (self->waiting, i);
      status = -ECONNRESET;
    }
  answer_unlink (self, get_u32 (header + 4), status);
}

static void
take_commands (Server *self)
{
  gsize at = 0;
  while (!self->is_over && self->received->len - at >= HEADER_BYTES) {
    const guint8 *header = self->received->data + at;
    gsize taken = 0;
    switch (get_u32 (header)) {
    case COMMAND_SUBMIT:
      taken = take_submit (self, header, self->received->len - at);
      break;
    case COMMAND_UNLINK:
      take_unlink (self, header);
      taken = HEADER_BYTES;
      break;
    default:
      give_up (self, "an unknown command");
      break;
    }
    if (taken == 0)
      break;
    at += taken;
    try_waiting (self); /* in the order in which they came: a reset between two transfers counts */
    if (self->device->is_gone)
      self->is_over = TRUE;
  }
  g_byte_array_remove_range (self->received, 0, (guint) at);
}

/* ---- the loop ---- */

static void
receive (Server *self)
{
  guint8 bytes[READ_BYTES];
  gssize length = recv (self->fd, bytes, sizeof bytes, MSG_DONTWAIT);
  if (length > 0)
    g_byte_array_append (self->received, bytes, (guint) length);
  else if (length == 0)
    self->is_over = TRUE;
  else if (errno != EAGAIN && errno != EINTR)
    give_up (self, g_strerror (errno));
}

const char *
stn_usbip_serve (int fd, int stop_fd, StnUsbDevice *device, StnClock *clock, guint64 gone_at)
{
  Server self = { .fd = fd, .stop_fd = stop_fd, .device = device, .clock = clock, .gone_at = gone_at };
  self.received = g_byte_array_new ();
  self.waiting = g_ptr_array_new_with_free_func (waiting_free);
  while (!self.is_over && !device->is_gone) {
    gint64 next_ns = stn_usb_device_work (device, stn_clock_now_ns (clock));
    try_waiting (&self);
    if (self.is_over || device->is_gone)
      break;
    /* answering may have changed what the device waits for */
    gint64 again_ns = stn_usb_device_work (device, stn_clock_now_ns (clock));
    next_ns = MIN (next_ns, again_ns);
    struct timespec timeout = { 0 };
    if (next_ns != STN_TIME_NEVER) {
      gint64 left_ns = next_ns - stn_clock_now_ns (clock); /* MAX would look at the clock twice */
      left_ns = MAX (left_ns, 0);
      timeout = (struct timespec){ .tv_sec = left_ns / STN_NS_PER_S, .tv_nsec = left_ns % STN_NS_PER_S };
    }
    struct pollfd fds[] = { { .fd = fd, .events = POLLIN }, { .fd = stop_fd, .events = POLLIN } };
    if (ppoll (fds, G_N_ELEMENTS (fds), next_ns != STN_TIME_NEVER ? &timeout : NULL, NULL) < 0 && errno != EINTR) {
      give_up (&self, g_strerror (errno));
      break;
    }
    if (fds[1].revents != 0)
      break;
    if (fds[0].revents != 0) {
      receive (&self);
      take_commands (&self);
    }
  }
  g_ptr_array_unref (self.waiting);
  g_byte_array_unref (self.received);
  return self.why;
}
