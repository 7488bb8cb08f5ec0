#include "src/bench/usb/dfu-port.h"

#include <string.h>

#include "src/bench/bench-config.h"
#include "src/bench/usb/dfu-device.h"

/* Full speed: a control transfer takes a frame of 1 ms, and one more for each 13 packets of 64 bytes (USB 2.0, table
 * 5-2; timing.md section 5). */
#define FRAME_NS STN_NS_PER_MS
#define FRAME_BYTES (13 * 64)

#define SET_CONFIGURATION 9

struct StnDfuPort {
  StnBoard *board; /* borrowed */
  char *port;
  GPtrArray *words; /* char *, or NULL */

  GMutex mutex; /* guards what follows; taken before the board's */
  gboolean is_plugged;
  StnUsbDevice *device; /* NULL: none there, or nobody has looked yet */
  guint64 devices;      /* how many there were: tells them apart */
  guint64 transfers;    /* of this device */
  guint64 gone_at;
  guint64 open_device; /* number of the device that a link is open to; 0: none */
};

typedef struct {
  StnLink link;
  StnDfuPort *port;
  guint64 device; /* number */
} DfuLink;

static gpointer
copy_word (gconstpointer word, G_GNUC_UNUSED gpointer data)
{
  return g_strdup (word);
}

StnDfuPort *
stn_dfu_port_new (StnBoard *board, const char *port, const GPtrArray *words, GError **error)
{
  StnDfuTraits traits;
  if (!stn_dfu_traits_of (board->target, words, &traits, error)) {
    g_prefix_error (error, "port %s: ", port);
    return NULL;
  }
  StnDfuPort *self = g_new0 (StnDfuPort, 1);
  self->board = board;
  self->port = g_strdup (port);
  if (words != NULL) {
    self->words = g_ptr_array_copy ((GPtrArray *) words, copy_word, NULL);
    g_ptr_array_set_free_func (self->words, g_free);
  }
  self->is_plugged = TRUE;
  g_mutex_init (&self->mutex);
  return self;
}

void
stn_dfu_port_free (StnDfuPort *self)
{
  if (self == NULL)
    return;
  stn_usb_device_free (self->device);
  g_clear_pointer (&self->words, g_ptr_array_unref);
  g_mutex_clear (&self->mutex);
  g_free (self->port);
  g_free (self);
}

gboolean
stn_dfu_port_is_at (const StnDfuPort *self, const char *place)
{
  return stn_bench_place_is (place, NULL, self->port);
}

/* ---- whether it is there ---- */

/* Whether the ROM has brought its USB up; *out_next_ns: when to look again if nothing moves. The board is locked. */
static gboolean
is_on_the_bus (const StnDfuPort *self, const StnDfuTraits *traits, gint64 now_ns, gint64 *out_next_ns)
{
  const StnBoard *board = self->board;
  gint64 up_ns = board->started_ns + (board->pace.flash ? traits->enumeration_ns : 0);
  gboolean may_come =
      board->target->has_usb && board->state == STN_BOARD_ROM && board->rom_interface != STN_ROM_OVER_UART;

  *out_next_ns = stn_board_next_ns (board);
  if (may_come && now_ns < up_ns)
    *out_next_ns = MIN (*out_next_ns, up_ns);
  return may_come && now_ns >= up_ns;
}

static void
drop_device (StnDfuPort *self)
{
  g_clear_pointer (&self->device, stn_usb_device_free);
}

/* The host finds the device and sets its only configuration. */
static void
make_device (StnDfuPort *self, const StnDfuTraits *traits, gint64 now_ns)
{
  StnUsbTransfer configure = { .setup = { 0x00, SET_CONFIGURATION, 1, 0, 0 } };

  self->device = stn_dfu_device_new (self->board, traits);
  self->devices++;
  self->transfers = 0;
  self->gone_at = traits->gone_at;
  stn_usb_device_transfer (self->device, &configure, now_ns);
}

/* What is due at the device; a device that has left is dropped. Locked. Returns when to look again. */
static gint64
work_device (StnDfuPort *self, gint64 now_ns)
{
  if (self->device == NULL)
    return STN_TIME_NEVER;
  gint64 next_ns = stn_usb_device_work (self->device, now_ns);
  if (self->device->is_gone || !self->is_plugged)
    drop_device (self);
  return next_ns;
}

/* TRUE with a device; else waits for a change, at most until the wait ends. Locked; the lock is given up meanwhile. */
static gboolean
look (StnDfuPort *self, const StnWait *wait, StnWake *out_wake)
{
  StnBoard *board = self->board;
  gint64 now_ns = stn_clock_now_ns (board->clock), next_ns = STN_TIME_NEVER;
  StnDfuTraits traits;

  *out_wake = STN_WAKE_WOKEN;
  work_device (self, now_ns);
  if (self->device != NULL)
    return TRUE;
  g_mutex_lock (&board->mutex);
  stn_board_work (board, now_ns);
  gboolean there = stn_dfu_traits_of (board->target, self->words, &traits, NULL)
                   && is_on_the_bus (self, &traits, now_ns, &next_ns) && self->is_plugged;
  if (there) {
    g_mutex_unlock (&board->mutex);
    make_device (self, &traits, now_ns);
    return TRUE;
  }
  g_mutex_unlock (&self->mutex);
  *out_wake = stn_clock_wait (board->clock, board, &board->mutex, MIN (next_ns, wait->deadline_ns), wait->cancellable);
  g_mutex_unlock (&board->mutex);
  g_mutex_lock (&self->mutex);
  return FALSE;
}

char *
stn_dfu_port_place (StnDfuPort *self)
{
  StnBoard *board = self->board;
  gint64 now_ns = stn_clock_now_ns (board->clock), next_ns;
  StnDfuTraits traits;

  g_mutex_lock (&self->mutex);
  work_device (self, now_ns);
  gboolean there = self->device != NULL;
  if (!there) {
    g_mutex_lock (&board->mutex);
    stn_board_work (board, now_ns);
    there = stn_dfu_traits_of (board->target, self->words, &traits, NULL)
            && is_on_the_bus (self, &traits, now_ns, &next_ns) && self->is_plugged;
    g_mutex_unlock (&board->mutex);
  }
  g_mutex_unlock (&self->mutex);
  return there ? g_strdup_printf ("bench-usb-0:%s", self->port) : NULL;
}

/* ---- the link ---- */

static gboolean
fail_lost (const DfuLink *self, GError **error)
{
  stn_error_set (error, STN_FAILURE_LINK_LOST, "%s: the USB device is gone", self->link.name);
  return FALSE;
}

static gboolean
sleep_until (const DfuLink *self, gint64 until_ns, const StnWait *wait, GError **error)
{
  StnClock *clock = self->port->board->clock;

  while (stn_clock_now_ns (clock) < until_ns)
    if (stn_clock_wait (clock, (gpointer) self, NULL, until_ns, wait->cancellable) == STN_WAKE_CANCELLED) {
      stn_error_set (error, STN_FAILURE_CANCELLED, "%s: cancelled", self->link.name);
      return FALSE;
    }
  return TRUE;
}

/* One look at the transfer; locked. TRUE when it is over, with or without an error. */
static gboolean
carry_out (DfuLink *self, StnUsbTransfer *transfer, gint64 *out_next_ns, GError **error)
{
  StnDfuPort *port = self->port;
  gint64 now_ns = stn_clock_now_ns (port->board->clock);

  *out_next_ns = work_device (port, now_ns);
  StnUsbAnswer answer = STN_USB_LATER;
  if (port->device != NULL && port->devices == self->device) {
    answer = stn_usb_device_transfer (port->device, transfer, now_ns);
    if (port->device->is_gone && answer == STN_USB_LATER)
      drop_device (port);
  }
  if (answer == STN_USB_ANSWERED)
    return TRUE;
  if (answer == STN_USB_STALLED) {
    stn_error_set (error, STN_FAILURE_NACK, "%s: the device refused request %02x %02x", self->link.name,
                   transfer->setup.request_type, transfer->setup.request);
    return TRUE;
  }
  if (port->device != NULL && port->devices == self->device)
    return FALSE;
  fail_lost (self, error);
  return TRUE;
}

static gboolean
transfer_all (DfuLink *self, StnUsbTransfer *transfer, const StnWait *wait, GError **error)
{
  StnDfuPort *port = self->port;
  StnClock *clock = port->board->clock;

  for (;;) {
    g_autoptr (GError) failure = NULL;
    gint64 next_ns;

    g_mutex_lock (&port->mutex);
    gboolean over = carry_out (self, transfer, &next_ns, &failure);
    g_mutex_unlock (&port->mutex);
    if (failure != NULL) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
    if (over)
      return TRUE;
    gint64 now_ns = stn_clock_now_ns (clock);
    if (now_ns >= wait->deadline_ns) {
      stn_error_set (error, STN_FAILURE_NO_ANSWER, "%s: no answer in time", self->link.name);
      return FALSE;
    }
    if (!sleep_until (self, MIN (MAX (next_ns, now_ns + 1), wait->deadline_ns), wait, error))
      return FALSE;
  }
}

/* TRUE: there, and this transfer is not the one at which it goes. */
static gboolean
count_transfer (DfuLink *self)
{
  StnDfuPort *port = self->port;

  g_mutex_lock (&port->mutex);
  gboolean mine = port->device != NULL && port->devices == self->device;
  if (mine && ++port->transfers == port->gone_at) {
    drop_device (port);
    mine = FALSE;
  }
  g_mutex_unlock (&port->mutex);
  return mine;
}

static gboolean
dfu_link_exchange (StnLink *link, StnExchange *exchange, const StnWait *wait, GError **error)
{
  DfuLink *self = (DfuLink *) link;
  StnBoard *board = self->port->board;
  gboolean in = (exchange->setup.request_type & STN_USB_IN) != 0;
  gsize length = in ? exchange->in_capacity : exchange->out_length;

  if (exchange->operation != STN_OP_CONTROL || length > G_MAXUINT16) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "%s: %s of %" G_GSIZE_FORMAT " bytes", link->name,
                   stn_operation_name (exchange->operation), length);
    return FALSE;
  }
  g_mutex_lock (&board->mutex);
  stn_board_count_exchange (board, stn_clock_now_ns (board->clock));
  g_mutex_unlock (&board->mutex);
  if (!count_transfer (self))
    return fail_lost (self, error);
  gint64 frames_ns = board->pace.line ? FRAME_NS + (gint64) (length / FRAME_BYTES) * FRAME_NS : 0;
  if (!sleep_until (self, stn_clock_now_ns (board->clock) + frames_ns, wait, error))
    return FALSE;

  g_autofree guint8 *bytes = g_malloc0 (length + 1);
  StnUsbTransfer transfer = {
    .endpoint = in ? STN_USB_IN : 0,
    .setup = { exchange->setup.request_type, exchange->setup.request, exchange->setup.value, exchange->setup.index,
               (guint16) length },
    .bytes = bytes,
    .length = length,
  };
  if (!in && length > 0)
    memcpy (bytes, exchange->out, length);
  if (!transfer_all (self, &transfer, wait, error))
    return FALSE;
  if (in && transfer.actual > 0)
    memcpy (exchange->in, bytes, transfer.actual);
  exchange->in_length = in ? transfer.actual : 0;
  return TRUE;
}

static void
dfu_link_free (StnLink *link)
{
  DfuLink *self = (DfuLink *) link;

  g_mutex_lock (&self->port->mutex);
  if (self->port->open_device == self->device)
    self->port->open_device = 0;
  g_mutex_unlock (&self->port->mutex);
  g_free (self);
}

static const StnLinkClass dfu_link_class = {
  .kind = "bench", .shape = STN_LINK_CONTROL, .exchange = dfu_link_exchange, .free = dfu_link_free
};

static StnLink *
link_new (StnDfuPort *self, const char *place)
{
  DfuLink *link = g_new0 (DfuLink, 1);

  stn_link_init (&link->link, &dfu_link_class, STN_LINK_CONTROL, place);
  link->port = self;
  link->device = self->open_device = self->devices;
  return &link->link;
}

StnLink *
stn_dfu_port_open (StnDfuPort *self, const char *place, const StnWait *wait, GError **error)
{
  StnClock *clock = self->board->clock;
  StnLink *link = NULL;
  StnWake wake;

  g_mutex_lock (&self->mutex);
  for (;;) {
    if (look (self, wait, &wake)) {
      if (self->open_device == self->devices)
        stn_error_set (error, STN_FAILURE_PORT_BUSY, "%s: somebody has it open", place);
      else
        link = link_new (self, place);
      break;
    }
    if (wake == STN_WAKE_CANCELLED) {
      stn_error_set (error, STN_FAILURE_CANCELLED, "%s: cancelled", place);
      break;
    }
    if (stn_clock_now_ns (clock) >= wait->deadline_ns) {
      stn_error_set_seen (error, STN_FAILURE_NO_ANSWER, "the awaited device", "nothing", "%s: no USB device came",
                          place);
      break;
    }
  }
  g_mutex_unlock (&self->mutex);
  return link;
}

void
stn_dfu_port_set_plugged (StnDfuPort *self, gboolean plugged)
{
  g_mutex_lock (&self->mutex);
  self->is_plugged = plugged;
  if (!plugged)
    drop_device (self);
  g_mutex_lock (&self->board->mutex);
  stn_clock_wake (self->board->clock, self->board);
  g_mutex_unlock (&self->board->mutex);
  g_mutex_unlock (&self->mutex);
}
