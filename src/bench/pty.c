/* A board's UART on a pseudo terminal, for programs that nobody here wrote.
 *
 * A pty drops the parity flag, so whatever comes is taken as 8E1 at the speed that the terminal is set to. The thread
 * waits in poll for the terminal or for the model's next moment; this is why it needs the real clock. */
#include "src/bench/bench-private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <termios.h>
#include <unistd.h>

#define CHUNK_BYTES 4096
#define READER_PATIENCE_MS 500

struct StnPty {
  StnBoard *board;
  GThread *thread;
  int master, slave; /* the slave is kept open: without one the master reports a hang-up */
  int stop;
};

static const struct {
  speed_t speed;
  guint baud;
} speeds[] = {
  { B1200, 1200 },     { B2400, 2400 },       { B4800, 4800 },       { B9600, 9600 },
  { B19200, 19200 },   { B38400, 38400 },     { B57600, 57600 },     { B115200, 115200 },
  { B230400, 230400 }, { B460800, 460800 },   { B500000, 500000 },   { B576000, 576000 },
  { B921600, 921600 }, { B1000000, 1000000 }, { B1500000, 1500000 }, { B2000000, 2000000 },
};

static guint
terminal_baud (int fd)
{
  struct termios settings;
  if (tcgetattr (fd, &settings) != 0)
    return 115200;
  for (guint i = 0; i < G_N_ELEMENTS (speeds); i++)
    if (cfgetospeed (&settings) == speeds[i].speed)
      return speeds[i].baud;
  return 115200;
}

/* what the board has said by now goes to the terminal; when more may come */
static gint64
forward (StnPty *self)
{
  StnBoard *board = self->board;
  g_autoptr (GByteArray) said = g_byte_array_new ();
  g_mutex_lock (&board->mutex);
  gint64 now_ns = stn_clock_now_ns (board->clock);
  stn_board_work (board, now_ns);
  stn_uart_port_collect (&board->port, now_ns);
  g_byte_array_append (said, board->port.received->data, board->port.received->len);
  g_byte_array_set_size (board->port.received, 0);
  gint64 next_ns = MIN (stn_uart_port_count_ready_ns (&board->port, 1), stn_board_next_ns (board));
  g_mutex_unlock (&board->mutex);
  for (gsize done = 0; done < said->len;) {
    gssize wrote = write (self->master, said->data + done, said->len - done);
    if (wrote < 0 && errno == EAGAIN) {
      /* the reader is slow; one that does not read at all loses bytes, as it would at a UART */
      struct pollfd room = { .fd = self->master, .events = POLLOUT };
      if (poll (&room, 1, READER_PATIENCE_MS) <= 0)
        break;
      continue;
    }
    if (wrote < 0 && errno != EINTR)
      break;
    done += wrote > 0 ? (gsize) wrote : 0;
  }
  return next_ns;
}

static void
receive (StnPty *self)
{
  guint8 bytes[CHUNK_BYTES];
  gssize length = read (self->master, bytes, sizeof bytes);
  if (length <= 0)
    return;
  StnBoard *board = self->board;
  guint baud = terminal_baud (self->slave);
  g_mutex_lock (&board->mutex);
  board->port.line = (StnLineSettings){ .baud = baud, .data_bits = 8, .parity = 'E', .stop_bits = 1 };
  if (board->target->quirks & STN_QUIRK_NO_PARITY)
    board->port.line.parity = 'N';
  stn_board_host_sends (board, bytes, (gsize) length, stn_clock_now_ns (board->clock));
  g_mutex_unlock (&board->mutex);
}

static gpointer
pump (gpointer data)
{
  StnPty *self = data;
  for (;;) {
    gint64 next_ns = forward (self);
    struct timespec timeout = { 0 };
    if (next_ns != STN_TIME_NEVER) {
      /* once: MAX looks twice at what it is given, and time goes on between */
      gint64 left_ns = next_ns - stn_clock_now_ns (self->board->clock);
      left_ns = MAX (left_ns, 0);
      timeout = (struct timespec){ .tv_sec = left_ns / STN_NS_PER_S, .tv_nsec = left_ns % STN_NS_PER_S };
    }
    struct pollfd fds[] = { { .fd = self->master, .events = POLLIN }, { .fd = self->stop, .events = POLLIN } };
    if (ppoll (fds, G_N_ELEMENTS (fds), next_ns != STN_TIME_NEVER ? &timeout : NULL, NULL) < 0 && errno != EINTR)
      return NULL;
    if (fds[1].revents != 0)
      return NULL;
    if (fds[0].revents & POLLIN)
      receive (self);
  }
}

void
stn_pty_free (StnPty *self)
{
  if (self == NULL)
    return;
  if (self->thread != NULL) {
    if (eventfd_write (self->stop, 1) == 0)
      g_thread_join (self->thread);
  }
  if (self->master >= 0)
    close (self->master);
  if (self->slave >= 0)
    close (self->slave);
  if (self->stop >= 0)
    close (self->stop);
  g_free (self);
}

static gboolean
open_terminal (StnPty *self, char **out_path)
{
  char path[128];
  self->master = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (self->master < 0 || grantpt (self->master) != 0 || unlockpt (self->master) != 0
      || ptsname_r (self->master, path, sizeof path) != 0)
    return FALSE;
  self->slave = open (path, O_RDWR | O_NOCTTY | O_CLOEXEC);
  struct termios settings;
  if (self->slave < 0 || tcgetattr (self->slave, &settings) != 0)
    return FALSE;
  cfmakeraw (&settings);
  cfsetspeed (&settings, B115200);
  if (tcsetattr (self->slave, TCSANOW, &settings) != 0)
    return FALSE;
  *out_path = g_strdup (path);
  return TRUE;
}

gboolean
stn_bench_board_open_pty (StnBench *self, const char *board, gboolean enter_rom, char **out_path, GError **error)
{
  StnSeat *seat = stn_bench_seat (self, board);
  if (seat == NULL || stn_clock_is_virtual (self->clock)) {
    stn_error_set (
        error, STN_FAILURE_USAGE,
        seat == NULL ? "the bench has no board \"%s\"" : "board \"%s\": a pseudo terminal needs the real clock", board);
    return FALSE;
  }
  g_mutex_lock (&seat->board->mutex);
  gboolean busy = seat->board->port.is_open;
  if (!busy)
    stn_board_set_port (seat->board, TRUE, TRUE, stn_clock_now_ns (self->clock));
  g_mutex_unlock (&seat->board->mutex);
  if (busy) {
    stn_error_set (error, STN_FAILURE_PORT_BUSY, "board \"%s\": its UART is open", board);
    return FALSE;
  }
  StnPty *pty = g_new0 (StnPty, 1);
  *pty = (StnPty){ .board = seat->board, .master = -1, .slave = -1, .stop = eventfd (0, EFD_CLOEXEC) };
  if (pty->stop < 0 || !open_terminal (pty, out_path)) {
    int code = errno;
    stn_pty_free (pty);
    stn_error_set (error, STN_FAILURE_ADAPTER_MISSING, "no pseudo terminal: %s", g_strerror (code));
    return FALSE;
  }
  if (enter_rom) {
    g_mutex_lock (&seat->board->mutex);
    gint64 now_ns = stn_clock_now_ns (self->clock);
    stn_board_set_pins (seat->board, STN_SIGNAL_BOOT0 | STN_SIGNAL_NRST | STN_SIGNAL_POWER,
                        STN_SIGNAL_BOOT0 | STN_SIGNAL_NRST | STN_SIGNAL_POWER, now_ns);
    stn_board_set_pins (seat->board, STN_SIGNAL_NRST, 0, now_ns);
    g_mutex_unlock (&seat->board->mutex);
  }
  pty->thread = g_thread_new ("bench pty", pump, pty);
  seat->pty = pty;
  return TRUE;
}
