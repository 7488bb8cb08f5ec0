#include "src/link/serial.h"

#include <errno.h>
#include <fcntl.h>
#include <libserialport.h>
#include <linux/serial.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "src/link/device-node.h"
#include "src/link/fd-stream.h"

/* AN3155 section 1: transmitter and receiver may differ by 2.5 % together; one half of it is the chip's */
#define BAUD_TOLERANCE_PERMILLE 12
#define DRAIN_POLL_NS STN_NS_PER_MS
#define CLOSE_DRAIN_NS (100 * STN_NS_PER_MS)
#define LOW_LATENCY_MS 1

struct StnSerialPort {
  gatomicrefcount references;
  struct sp_port *port; /* open */
  int lock_fd;          /* holds the flock */
  int fd;               /* the port's handle, libserialport's */
  char *place, *node, *warning;
};

typedef struct {
  StnLink link;
  StnSerialPort *port; /* owned */
} SerialLink;

/* ---- opening ---- */

static gboolean
fail_library (const StnSerialPort *self, const char *what, enum sp_return result, GError **error)
{
  if (result == SP_ERR_FAIL)
    return stn_fd_stream_fail (self->place, what, sp_last_error_code (), error);
  stn_error_set (error, result == SP_ERR_SUPP ? STN_FAILURE_NOT_SUPPORTED : STN_FAILURE_INTERNAL,
                 "%s: %s: the port can't do that", self->place, what);
  return FALSE;
}

/* Bytes as they are, both ways, no flow control, and a read of nothing says EAGAIN instead of 0 (VMIN). */
static gboolean
make_raw (StnSerialPort *self, GError **error)
{
  struct termios settings;
  if (tcgetattr (self->fd, &settings) != 0)
    return stn_fd_stream_fail (self->place, "read the settings", errno, error);
  cfmakeraw (&settings);
  settings.c_iflag &= ~(tcflag_t) (IXOFF | IXANY | INPCK | IGNPAR);
  settings.c_cflag &= ~(tcflag_t) (HUPCL | CRTSCTS);
  settings.c_cflag |= CLOCAL | CREAD;
  settings.c_cc[VMIN] = 1;
  settings.c_cc[VTIME] = 0;
  if (tcsetattr (self->fd, TCSANOW, &settings) != 0)
    return stn_fd_stream_fail (self->place, "make it raw", errno, error);
  return TRUE;
}

static char *
latency_path (const StnSerialPort *self)
{
  g_autofree char *name = g_path_get_basename (self->node);
  return g_build_filename ("/sys/class/tty", name, "device", "latency_timer", NULL);
}

static gint64
read_latency_ms (const char *path)
{
  g_autofree char *text = NULL;
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return -1;
  return g_ascii_strtoll (text, NULL, 10);
}

/* Two ways ask the driver; sysfs says what became of it. No such file: this driver has no such timer. */
static void
set_low_latency (StnSerialPort *self)
{
  g_autofree char *path = latency_path (self);
  struct serial_struct serial;
  int code = 0;
  if (ioctl (self->fd, TIOCGSERIAL, &serial) == 0) {
    serial.flags |= (int) ASYNC_LOW_LATENCY;
    if (ioctl (self->fd, TIOCSSERIAL, &serial) != 0)
      code = errno;
  } else {
    code = errno;
  }
  gint64 latency_ms = read_latency_ms (path);
  if (latency_ms < 0 || latency_ms <= LOW_LATENCY_MS)
    return;
  self->warning =
      g_strdup_printf ("%s: the adapter holds back answers for up to %" G_GINT64_FORMAT
                       " ms, as low-latency mode did not take (%s); programming will be slow",
                       self->place, latency_ms, code != 0 ? g_strerror (code) : "the driver took it without effect");
}

static gboolean
open_library_port (StnSerialPort *self, const StnNodeKind *kind, GError **error)
{
  enum sp_return result = sp_get_port_by_name (self->node, &self->port);
  if (result != SP_OK) {
    stn_error_set (error, STN_FAILURE_ADAPTER_MISSING, "%s: %s is no serial port of this machine", self->place,
                   self->node);
    return FALSE;
  }
  result = sp_open (self->port, SP_MODE_READ_WRITE);
  if (result == SP_ERR_FAIL)
    return stn_node_fail (kind, self->node, sp_last_error_code (), error);
  if (result != SP_OK)
    return fail_library (self, "open", result, error);
  result = sp_get_port_handle (self->port, &self->fd);
  if (result != SP_OK)
    return fail_library (self, "handle", result, error);
  /* the library's own modes are its business; the waits here need exactly these */
  if (fcntl (self->fd, F_SETFL, fcntl (self->fd, F_GETFL) | O_NONBLOCK) != 0
      || fcntl (self->fd, F_SETFD, FD_CLOEXEC) != 0)
    return stn_fd_stream_fail (self->place, "make it non-blocking", errno, error);
  if (ioctl (self->fd, TIOCEXCL) != 0)
    return stn_fd_stream_fail (self->place, "make it exclusive", errno, error);
  return make_raw (self, error);
}

StnSerialPort *
stn_serial_port_open (const char *place, const StnWait *wait, GError **error)
{
  const StnNodeKind kind = { .place = place, .what = "serial port", .group = "dialout" };
  if (!stn_link_needs_real_clock (place, wait, error))
    return NULL;
  char *node = realpath (place, NULL);
  if (node == NULL) {
    stn_node_fail (&kind, place, errno, error);
    return NULL;
  }
  g_autoptr (StnSerialPort) self = g_new0 (StnSerialPort, 1);
  g_atomic_ref_count_init (&self->references);
  self->place = g_strdup (place);
  self->node = g_strdup (node);
  free (node);
  self->fd = -1;
  self->lock_fd = stn_node_open_locked (&kind, self->node, wait, error);
  if (self->lock_fd < 0 || !open_library_port (self, &kind, error))
    return NULL;
  set_low_latency (self);
  return g_steal_pointer (&self);
}

/* ---- closing ---- */

static gboolean
has_output (const StnSerialPort *self)
{
  int count = 0;
  return ioctl (self->fd, TIOCOUTQ, &count) == 0 && count > 0;
}

/* A close waits up to 30 s for bytes that a stuck adapter does not take, so there are none left when it comes. */
static void
drain_briefly (StnSerialPort *self)
{
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  StnWait wait = stn_wait_shielded (clock, CLOSE_DRAIN_NS);
  while (has_output (self) && stn_wait_sleep (&wait, DRAIN_POLL_NS, NULL))
    ;
  tcflush (self->fd, TCIOFLUSH); /* a port that has gone has nothing to throw away */
}

static StnSerialPort *
port_ref (StnSerialPort *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
stn_serial_port_unref (StnSerialPort *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->references))
    return;
  if (self->fd >= 0) {
    drain_briefly (self);
    sp_end_break (self->port);
    ioctl (self->fd, TIOCNXCL);
    sp_close (self->port);
  }
  sp_free_port (self->port);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  g_free (self->place);
  g_free (self->node);
  g_free (self->warning);
  g_free (self);
}

const char *
stn_serial_port_node (const StnSerialPort *self)
{
  return self->node;
}

const char *
stn_serial_port_warning (const StnSerialPort *self)
{
  return self->warning;
}

/* ---- line settings ---- */

static gboolean
parity_of (char letter, enum sp_parity *out)
{
  static const struct {
    char letter;
    enum sp_parity parity;
  } parities[] = { { 'N', SP_PARITY_NONE }, { 'E', SP_PARITY_EVEN }, { 'O', SP_PARITY_ODD } };
  for (guint i = 0; i < G_N_ELEMENTS (parities); i++)
    if (parities[i].letter == letter) {
      *out = parities[i].parity;
      return TRUE;
    }
  return FALSE;
}

static gboolean
fail_line (const StnSerialPort *self, const StnLineSettings *line, const char *seen, GError **error)
{
  g_autofree char *asked = g_strdup_printf ("%u %u%c%u", line->baud, line->data_bits, line->parity, line->stop_bits);
  stn_error_set_seen (error, STN_FAILURE_NOT_SUPPORTED, asked, seen, "%s: the port can't be set so", self->place);
  return FALSE;
}

/* A driver may take a rate and choose another; what it chose is what the board will hear. */
static gboolean
check_line (StnSerialPort *self, const StnLineSettings *line, enum sp_parity parity, struct sp_port_config *config,
            GError **error)
{
  int baud = 0, bits = 0, stop_bits = 0;
  enum sp_parity got_parity = SP_PARITY_INVALID;
  enum sp_return result = sp_get_config (self->port, config);
  if (result != SP_OK)
    return fail_library (self, "read the settings", result, error);
  sp_get_config_baudrate (config, &baud);
  sp_get_config_bits (config, &bits);
  sp_get_config_parity (config, &got_parity);
  sp_get_config_stopbits (config, &stop_bits);
  gint64 off = ABS ((gint64) baud - line->baud) * 1000;
  if (off <= (gint64) line->baud * BAUD_TOLERANCE_PERMILLE && bits == (int) line->data_bits && got_parity == parity
      && stop_bits == (int) line->stop_bits)
    return TRUE;
  g_autofree char *seen = g_strdup_printf ("%d baud, %d bits, %d stop bits%s", baud, bits, stop_bits,
                                           got_parity == parity ? "" : ", another parity");
  return fail_line (self, line, seen, error);
}

static gboolean
configure (StnSerialPort *self, const StnLineSettings *line, const StnWait *wait, GError **error)
{
  enum sp_parity parity;
  if (line->baud == 0 || line->baud > G_MAXINT / 1000 || line->data_bits < 5 || line->data_bits > 8
      || line->stop_bits < 1 || line->stop_bits > 2 || !parity_of (line->parity, &parity))
    return fail_line (self, line, NULL, error);
  /* what was written goes out at the rate it was written for */
  while (has_output (self))
    if (!stn_wait_sleep (wait, DRAIN_POLL_NS, error)) {
      g_prefix_error (error, "%s: what was written before does not go out: ", self->place);
      return FALSE;
    }

  struct sp_port_config *config;
  enum sp_return result = sp_new_config (&config);
  if (result != SP_OK)
    return fail_library (self, "set", result, error);
  sp_set_config_baudrate (config, (int) line->baud);
  sp_set_config_bits (config, (int) line->data_bits);
  sp_set_config_parity (config, parity);
  sp_set_config_stopbits (config, (int) line->stop_bits);
  /* sp_new_config of libserialport 0.1.1 leaves this one as the memory was, and sp_set_config then refuses nonsense */
  sp_set_config_xon_xoff (config, SP_XONXOFF_DISABLED);
  result = sp_set_config (self->port, config);
  gboolean done =
      result == SP_OK ? check_line (self, line, parity, config, error) : fail_library (self, "set", result, error);
  sp_free_config (config);
  return done;
}

/* ---- links ---- */

static gboolean
library_done (const StnSerialPort *self, const char *what, enum sp_return result, GError **error)
{
  return result == SP_OK || fail_library (self, what, result, error);
}

static gboolean
stream_exchange (StnLink *link, StnExchange *exchange, const StnWait *wait, GError **error)
{
  StnSerialPort *self = ((SerialLink *) link)->port;
  const StnFdStream stream = { .fd = self->fd, .name = link->name };
  switch (exchange->operation) {
  case STN_OP_WRITE:
    return stn_fd_stream_write (&stream, exchange->out, exchange->out_length, wait, error);
  case STN_OP_READ:
    return stn_fd_stream_read (&stream, exchange, wait, error);
  case STN_OP_FLUSH:
    return library_done (self, "flush", sp_flush (self->port, SP_BUF_INPUT), error);
  case STN_OP_CONFIGURE:
    return configure (self, &exchange->line, wait, error);
  case STN_OP_BREAK:
    return library_done (self, "break", exchange->levels != 0 ? sp_start_break (self->port) : sp_end_break (self->port),
                         error);
  default:
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "%s: a serial port can't %s", link->name,
                   stn_operation_name (exchange->operation));
    return FALSE;
  }
}

/* pin, its modem bit, can it be set */
static const struct {
  guint32 pin;
  int modem;
  gboolean is_output;
} modem_pins[] = {
  { STN_SERIAL_PIN_RTS, TIOCM_RTS, TRUE },
  { STN_SERIAL_PIN_DTR, TIOCM_DTR, TRUE },
  { STN_SERIAL_PIN_CTS, TIOCM_CTS, FALSE },
  { STN_SERIAL_PIN_DSR, TIOCM_DSR, FALSE },
};

static gboolean
pins_set (const StnSerialPort *self, guint32 mask, guint32 levels, GError **error)
{
  int assert_bits = 0, release_bits = 0;
  guint32 known = 0;
  for (guint i = 0; i < G_N_ELEMENTS (modem_pins); i++) {
    if (!modem_pins[i].is_output)
      continue;
    known |= modem_pins[i].pin;
    if ((mask & modem_pins[i].pin) != 0)
      *((levels & modem_pins[i].pin) != 0 ? &release_bits : &assert_bits) |= modem_pins[i].modem;
  }
  if ((mask & ~known) != 0) {
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "%s: only RTS and DTR of a serial port can be set", self->place);
    return FALSE;
  }
  if ((assert_bits != 0 && ioctl (self->fd, TIOCMBIS, &assert_bits) != 0)
      || (release_bits != 0 && ioctl (self->fd, TIOCMBIC, &release_bits) != 0))
    return stn_fd_stream_fail (self->place, "modem lines", errno, error);
  return TRUE;
}

static gboolean
pins_get (const StnSerialPort *self, guint32 *out_levels, GError **error)
{
  int modem = 0;
  guint32 levels = 0;
  if (ioctl (self->fd, TIOCMGET, &modem) != 0)
    return stn_fd_stream_fail (self->place, "modem lines", errno, error);
  for (guint i = 0; i < G_N_ELEMENTS (modem_pins); i++)
    if ((modem & modem_pins[i].modem) == 0)
      levels |= modem_pins[i].pin;
  *out_levels = levels;
  return TRUE;
}

static gboolean
pins_exchange (StnLink *link, StnExchange *exchange, G_GNUC_UNUSED const StnWait *wait, GError **error)
{
  StnSerialPort *self = ((SerialLink *) link)->port;
  switch (exchange->operation) {
  case STN_OP_SET:
    return pins_set (self, exchange->mask, exchange->levels, error);
  case STN_OP_GET:
    return pins_get (self, &exchange->levels, error);
  default:
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "%s: a serial port's lines can't %s", link->name,
                   stn_operation_name (exchange->operation));
    return FALSE;
  }
}

static void
serial_link_free (StnLink *link)
{
  SerialLink *self = (SerialLink *) link;
  stn_serial_port_unref (self->port);
  g_free (self);
}

static const StnLinkClass stream_class = {
  .kind = "serial", .shape = STN_LINK_STREAM, .exchange = stream_exchange, .free = serial_link_free
};
static const StnLinkClass pins_class = {
  .kind = "serial", .shape = STN_LINK_PINS, .exchange = pins_exchange, .free = serial_link_free
};

static StnLink *
link_new (StnSerialPort *port, const StnLinkClass *link_class)
{
  SerialLink *self = g_new0 (SerialLink, 1);
  stn_link_init (&self->link, link_class, link_class->shape, port->place);
  self->port = port_ref (port);
  return &self->link;
}

StnLink *
stn_serial_port_stream (StnSerialPort *self)
{
  return link_new (self, &stream_class);
}

StnLink *
stn_serial_port_pins (StnSerialPort *self)
{
  return link_new (self, &pins_class);
}
