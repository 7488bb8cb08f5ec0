#include "src/bench/usb/usb-bench.h"
#include "src/bench/bench-private.h"
#include "src/bench/usb/dfu-device.h"
#include "src/bench/usb/ft232h.h"
#include "src/bench/usb/ft4232h.h"
#include "src/bench/usb/usbip.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* how often a board without a device is looked at */
#define LOOK_MS 20

typedef struct {
  StnUsbBench *owner;
  guint number;
  char *port, *serial;
  const char *kind;
  GString *boards;
  StnUsbDevice *adapter; /* of an FTDI chip; NULL for a board */
  StnBoard *board;       /* of a DFU device; borrowed */
  GPtrArray *words;      /* char *, or NULL: its DFU words */
  GThread *thread;       /* NULL: not plugged in */
  int stop;
} Plug;

struct StnUsbBench {
  StnBench *bench;
  StnUsbHost host;
  GPtrArray *plugs; /* Plug */
  GMutex mutex;
  GError *error; /* guarded by the mutex */
};

/* ---- a plug's thread ---- */

/* Takes over `error`; the first one waits for the operator. */
static void
keep_error (Plug *plug, GError *error)
{
  StnUsbBench *self = plug->owner;
  g_prefix_error (&error, "port %s: ", plug->port);
  g_mutex_lock (&self->mutex);
  if (self->error == NULL)
    self->error = g_steal_pointer (&error);
  g_mutex_unlock (&self->mutex);
  g_clear_error (&error);
}

static int
attach (Plug *plug, StnUsbSpeed speed)
{
  StnUsbBench *self = plug->owner;
  GError *error = NULL;
  int fd = self->host.attach (self->host.user, plug->number, speed, &error);
  if (fd < 0)
    keep_error (plug, error);
  return fd;
}

static gboolean
is_stopped (const Plug *plug, int timeout_ms)
{
  struct pollfd fd = { .fd = plug->stop, .events = POLLIN };
  return poll (&fd, 1, timeout_ms) > 0;
}

static void
serve (Plug *plug, int fd, StnUsbDevice *device, guint64 gone_at)
{
  StnClock *clock = plug->owner->bench->clock;
  stn_usb_device_set_plugged (device, TRUE, stn_clock_now_ns (clock));
  const char *why = stn_usbip_serve (fd, plug->stop, device, clock, gone_at);
  if (why != NULL)
    keep_error (plug, g_error_new (STN_ERROR, STN_FAILURE_LINK_LOST, "the host's end: %s", why));
  close (fd);
  stn_usb_device_set_plugged (device, FALSE, stn_clock_now_ns (clock));
}

static gpointer
adapter_thread (gpointer data)
{
  Plug *plug = data;
  int fd = attach (plug, plug->adapter->device_class->speed);
  if (fd >= 0)
    serve (plug, fd, plug->adapter, 0);
  return NULL;
}

/* whether the ROM has brought its USB up by now */
static gboolean
is_on_the_bus (Plug *plug, const StnDfuTraits *traits)
{
  StnBoard *board = plug->board;
  g_mutex_lock (&board->mutex);
  gint64 now_ns = stn_clock_now_ns (board->clock);
  stn_board_work (board, now_ns);
  gint64 up_ns = board->started_ns + (board->pace.flash ? traits->enumeration_ns : 0);
  gboolean there = board->target->has_usb && board->state == STN_BOARD_ROM && board->rom_interface != STN_ROM_OVER_UART
                   && now_ns >= up_ns;
  g_mutex_unlock (&board->mutex);
  return there;
}

static gpointer
board_thread (gpointer data)
{
  Plug *plug = data;
  while (!is_stopped (plug, LOOK_MS)) {
    StnDfuTraits traits;
    g_mutex_lock (&plug->board->mutex);
    const StnTarget *target = plug->board->target; /* of the chip that is there now */
    g_mutex_unlock (&plug->board->mutex);
    if (!stn_dfu_traits_of (target, plug->words, &traits, NULL) || !is_on_the_bus (plug, &traits))
      continue;
    StnUsbDevice *device = stn_dfu_device_new (plug->board, &traits);
    int fd = attach (plug, device->device_class->speed);
    if (fd >= 0)
      serve (plug, fd, device, traits.gone_at);
    stn_usb_device_free (device);
    if (fd < 0)
      break; /* the host is no more; the operator hears of it */
  }
  return NULL;
}

static void
plug_in (Plug *plug)
{
  eventfd_t count;
  if (plug->thread != NULL)
    return;
  if (is_stopped (plug, 0) && eventfd_read (plug->stop, &count) != 0)
    return;
  plug->thread = g_thread_new ("bench usb", plug->board != NULL ? board_thread : adapter_thread, plug);
}

static void
pull_out (Plug *plug)
{
  if (plug->thread == NULL || eventfd_write (plug->stop, 1) != 0)
    return;
  g_thread_join (g_steal_pointer (&plug->thread));
}

/* ---- making ---- */

static void
plug_free (gpointer data)
{
  Plug *plug = data;
  pull_out (plug);
  stn_usb_device_free (plug->adapter);
  if (plug->stop >= 0)
    close (plug->stop);
  g_clear_pointer (&plug->words, g_ptr_array_unref);
  g_string_free (plug->boards, TRUE);
  g_free (plug->serial);
  g_free (plug->port);
  g_free (plug);
}

static Plug *
add_plug (StnUsbBench *self, const char *kind, const char *port, const char *serial)
{
  Plug *plug = g_new0 (Plug, 1);
  *plug = (Plug){ .owner = self,
                  .number = self->plugs->len,
                  .kind = kind,
                  .port = g_strdup (port),
                  .serial = g_strdup (serial),
                  .boards = g_string_new (NULL),
                  .stop = eventfd (0, EFD_CLOEXEC) };
  g_ptr_array_add (self->plugs, plug);
  return plug;
}

static void
name_board (Plug *plug, const char *name)
{
  g_string_append_printf (plug->boards, "%s%s", plug->boards->len > 0 ? " " : "", name);
}

static void
add_line_adapters (StnUsbBench *self, const StnBenchConfig *config)
{
  for (guint i = 0; i < config->adapters->len; i++) {
    const StnBenchAdapter *from = g_ptr_array_index (config->adapters, i);
    if (from->port == NULL)
      continue; /* known by its serial alone: it is not in the tree of ports */
    Plug *plug = add_plug (self, "ft232h", from->port, from->serial);
    plug->adapter = stn_ft232h_new (g_ptr_array_index (self->bench->adapters, i), from->serial);
    for (guint k = 0; k < from->lines->len; k++) {
      const StnBenchLine *line = g_ptr_array_index (from->lines, k);
      gboolean seen = FALSE;
      for (guint j = 0; j < k && !seen; j++)
        seen = g_str_equal (((const StnBenchLine *) g_ptr_array_index (from->lines, j))->board, line->board);
      if (!seen)
        name_board (plug, line->board);
    }
  }
}

/* the UARTs of one adapter follow each other in the config */
static void
add_uart_adapters (StnUsbBench *self, const StnBenchConfig *config)
{
  for (guint i = 0; i < config->uarts->len;) {
    const StnBenchUart *first = g_ptr_array_index (config->uarts, i);
    if (first->port == NULL) {
      i++;
      continue;
    }
    Plug *plug = add_plug (self, "ft4232h", first->port, first->serial);
    StnBoard *boards[STN_FT4232H_UARTS] = { 0 };
    const char *names[STN_FT4232H_UARTS] = { "-", "-", "-", "-" };
    for (; i < config->uarts->len; i++) {
      const StnBenchUart *uart = g_ptr_array_index (config->uarts, i);
      if (g_strcmp0 (uart->port, first->port) != 0)
        break;
      if (uart->interface >= STN_FT4232H_UARTS)
        continue;
      boards[uart->interface] = ((const StnBenchUartSeat *) g_ptr_array_index (self->bench->uarts, i))->board;
      names[uart->interface] = uart->board;
    }
    for (guint k = 0; k < STN_FT4232H_UARTS; k++)
      name_board (plug, names[k]);
    plug->adapter = stn_ft4232h_new (boards, first->serial);
  }
}

static gboolean
add_boards (StnUsbBench *self, const StnBenchConfig *config, GError **error)
{
  for (guint i = 0; i < config->plugs->len; i++) {
    const StnBenchPlug *from = g_ptr_array_index (config->plugs, i);
    StnSeat *seat = stn_bench_seat (self->bench, from->board);
    StnDfuTraits traits;
    if (seat == NULL) {
      stn_error_set (error, STN_FAILURE_BAD_FILE, "port %s: the bench has no board \"%s\"", from->port, from->board);
      return FALSE;
    }
    if (!stn_dfu_traits_of (seat->board->target, from->quirks, &traits, error)) {
      g_prefix_error (error, "port %s: ", from->port);
      return FALSE;
    }
    Plug *plug = add_plug (self, "dfu", from->port, NULL);
    plug->board = seat->board;
    plug->words = from->quirks != NULL ? g_ptr_array_ref (from->quirks) : NULL;
    name_board (plug, from->board);
  }
  return TRUE;
}

StnUsbBench *
stn_usb_bench_new (StnBench *bench, const StnBenchConfig *config, const StnUsbHost *host, GError **error)
{
  if (stn_clock_is_virtual (bench->clock)) {
    stn_error_set (error, STN_FAILURE_USAGE, "USB devices need the real clock");
    return NULL;
  }
  StnUsbBench *self = g_new0 (StnUsbBench, 1);
  self->bench = bench;
  self->host = *host;
  g_mutex_init (&self->mutex);
  self->plugs = g_ptr_array_new_with_free_func (plug_free);
  add_line_adapters (self, config);
  add_uart_adapters (self, config);
  if (!add_boards (self, config, error)) {
    stn_usb_bench_free (self);
    return NULL;
  }
  for (guint i = 0; i < self->plugs->len; i++)
    plug_in (g_ptr_array_index (self->plugs, i));
  return self;
}

void
stn_usb_bench_free (StnUsbBench *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->plugs);
  g_clear_error (&self->error);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* ---- the operator's side ---- */

guint
stn_usb_bench_count (StnUsbBench *self)
{
  return self->plugs->len;
}

StnUsbPlugInfo
stn_usb_bench_info (StnUsbBench *self, guint number)
{
  const Plug *plug = g_ptr_array_index (self->plugs, number);
  return (StnUsbPlugInfo){
    .number = plug->number, .port = plug->port, .kind = plug->kind, .serial = plug->serial, .boards = plug->boards->str
  };
}

gboolean
stn_usb_bench_set_plugged (StnUsbBench *self, const char *port, gboolean plugged)
{
  for (guint i = 0; i < self->plugs->len; i++) {
    Plug *plug = g_ptr_array_index (self->plugs, i);
    if (!g_str_equal (plug->port, port))
      continue;
    pull_out (plug); /* also one that has gone by itself */
    if (plugged)
      plug_in (plug);
    return TRUE;
  }
  return FALSE;
}

GError *
stn_usb_bench_take_error (StnUsbBench *self)
{
  g_mutex_lock (&self->mutex);
  GError *error = g_steal_pointer (&self->error);
  g_mutex_unlock (&self->mutex);
  return error;
}
