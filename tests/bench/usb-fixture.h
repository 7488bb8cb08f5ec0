/* A bench as USB devices, with the test in the kernel's place: it holds the host's end of every plug's socket and
 * speaks USB/IP in bytes written out here. The real clock; times of wire and flash are off. */
#pragma once

#include "src/bench/bench-config.h"
#include "src/bench/usb/usb-bench.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PLUGS_MOST 8
#define PATIENCE_MS 20000

typedef struct {
  StnClock *clock;
  StnTargets *targets;
  StnBenchConfig *config;
  StnBench *bench;
  StnUsbBench *usb;
  GMutex mutex;
  GCond changed;
  int fds[PLUGS_MOST];        /* the host's ends; -1: no device */
  guint attached[PLUGS_MOST]; /* how often */
  guint32 number;             /* of the last submitted transfer */
} UsbRig;

static inline int
usb_rig_attach (gpointer user, guint plug, StnUsbSpeed speed, GError **error)
{
  UsbRig *self = user;
  int ends[2];
  g_assert_true (speed == STN_USB_FULL_SPEED || speed == STN_USB_HIGH_SPEED);
  g_assert_no_error (error != NULL ? *error : NULL);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
  g_mutex_lock (&self->mutex);
  if (self->fds[plug] >= 0)
    close (self->fds[plug]);
  self->fds[plug] = ends[1];
  self->attached[plug]++;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
  return ends[0];
}

static inline void
usb_rig_new (UsbRig *self, const char *yaml)
{
  GError *error = NULL;
  *self = (UsbRig){ 0 };
  for (guint i = 0; i < PLUGS_MOST; i++)
    self->fds[i] = -1;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  self->clock = stn_clock_new_real ();
  self->targets = stn_targets_new (NULL, &error);
  g_assert_no_error (error);
  self->config = stn_bench_config_parse ("bench.yaml", yaml, strlen (yaml), &error);
  g_assert_no_error (error);
  self->bench = stn_bench_new (self->config, self->targets, self->clock, &error);
  g_assert_no_error (error);
  StnUsbHost host = { usb_rig_attach, self };
  self->usb = stn_usb_bench_new (self->bench, self->config, &host, &error);
  g_assert_no_error (error);
}

static inline void
usb_rig_clear (UsbRig *self)
{
  stn_usb_bench_free (self->usb);
  stn_bench_free (self->bench);
  stn_bench_config_free (self->config);
  stn_targets_free (self->targets);
  stn_clock_unref (self->clock);
  for (guint i = 0; i < PLUGS_MOST; i++)
    if (self->fds[i] >= 0)
      close (self->fds[i]);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->mutex);
}

/* the host's end, once the device has come for the N-th time */
static inline int
usb_rig_wait_for (UsbRig *self, guint plug, guint times)
{
  gint64 end_us = g_get_monotonic_time () + PATIENCE_MS * 1000;
  g_mutex_lock (&self->mutex);
  while (self->attached[plug] < times)
    g_assert_true (g_cond_wait_until (&self->changed, &self->mutex, end_us));
  int fd = self->fds[plug];
  g_mutex_unlock (&self->mutex);
  return fd;
}

/* ---- bytes ---- */

static inline void
usb_send (int fd, const guint8 *bytes, gsize length)
{
  g_assert_cmpint (send (fd, bytes, length, MSG_NOSIGNAL), ==, (gssize) length);
}

/* FALSE: the other end has been closed */
static inline gboolean
usb_receive (int fd, guint8 *bytes, gsize length)
{
  for (gsize done = 0; done < length;) {
    struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
    g_assert_cmpint (poll (&poll_fd, 1, PATIENCE_MS), ==, 1);
    gssize got = recv (fd, bytes + done, length - done, 0);
    if (got <= 0)
      return FALSE;
    done += (gsize) got;
  }
  return TRUE;
}

static inline void
usb_put (guint8 *bytes, guint32 value)
{
  for (guint i = 0; i < 4; i++)
    bytes[i] = (guint8) (value >> (24 - 8 * i));
}

static inline guint32
usb_get (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

/* Submits and returns the number; endpoint with 0x80 for IN; `setup` NULL for bulk. */
static inline guint32
usb_submit (UsbRig *self, int fd, guint8 endpoint, const guint8 *setup, const guint8 *out, guint length, guint32 flags)
{
  g_autofree guint8 *bytes = g_malloc0 (48 + length);
  gboolean in = (endpoint & 0x80) != 0;
  usb_put (bytes, 1);
  usb_put (bytes + 4, ++self->number);
  usb_put (bytes + 12, in);
  usb_put (bytes + 16, endpoint & 0xf);
  usb_put (bytes + 20, flags);
  usb_put (bytes + 24, length);
  if (setup != NULL)
    memcpy (bytes + 40, setup, 8);
  if (!in && length > 0)
    memcpy (bytes + 48, out, length);
  usb_send (fd, bytes, 48 + (in ? 0 : length));
  return self->number;
}

/* The answer to a submit: its status; data to `in`, how many in *out_actual. */
static inline int
usb_answer (int fd, guint32 number, gboolean is_in, guint8 *in, guint *out_actual)
{
  guint8 header[48];
  g_assert_true (usb_receive (fd, header, sizeof header));
  g_assert_cmpuint (usb_get (header), ==, 3);
  g_assert_cmpuint (usb_get (header + 4), ==, number);
  guint actual = usb_get (header + 24);
  if (is_in && actual > 0)
    g_assert_true (usb_receive (fd, in, actual));
  if (out_actual != NULL)
    *out_actual = actual;
  return (int) usb_get (header + 20);
}

/* A whole control transfer: status 0 or -EPIPE. */
static inline int
usb_control (UsbRig *self, int fd, guint8 type, guint8 request, guint16 value, guint16 index, guint8 *bytes,
             guint16 length, guint *out_actual)
{
  const guint8 setup[8] = { type,
                            request,
                            (guint8) value,
                            (guint8) (value >> 8),
                            (guint8) index,
                            (guint8) (index >> 8),
                            (guint8) length,
                            (guint8) (length >> 8) };
  gboolean in = (type & 0x80) != 0 && length > 0;
  guint32 number = usb_submit (self, fd, in ? 0x80 : 0x00, setup, bytes, length, 0);
  return usb_answer (fd, number, in, bytes, out_actual);
}

static inline void
usb_bulk_out (UsbRig *self, int fd, guint8 endpoint, const guint8 *bytes, guint length)
{
  guint actual;
  guint32 number = usb_submit (self, fd, endpoint, NULL, bytes, length, 0);
  g_assert_cmpint (usb_answer (fd, number, FALSE, NULL, &actual), ==, 0);
  g_assert_cmpuint (actual, ==, length);
}

/* Reads packets of an FTDI chip until `length` bytes have come, leaving out the status bytes. */
static inline void
usb_ftdi_read (UsbRig *self, int fd, guint8 endpoint, guint8 *bytes, guint length)
{
  guint8 packet[512];
  for (guint done = 0, packets = 0; done < length; packets++) {
    guint actual;
    g_assert_cmpuint (packets, <, 1000);
    guint32 number = usb_submit (self, fd, endpoint, NULL, NULL, sizeof packet, 0);
    g_assert_cmpint (usb_answer (fd, number, TRUE, packet, &actual), ==, 0);
    g_assert_cmpuint (actual, >=, 2);
    g_assert_cmphex (packet[0] & 0x0f, ==, 0x02);
    g_assert_cmpuint (done + actual - 2, <=, length);
    memcpy (bytes + done, packet + 2, actual - 2);
    done += actual - 2;
  }
}

#define usb_ftdi_hear(self, fd, endpoint, ...)                                              \
  G_STMT_START                                                                              \
  {                                                                                         \
    const guint8 hear_expected[] = { __VA_ARGS__ };                                         \
    guint8 hear_seen[sizeof hear_expected + 512]; /* room for a packet too many */          \
    usb_ftdi_read ((self), (fd), (endpoint), hear_seen, sizeof hear_expected);              \
    g_assert_cmpmem (hear_seen, sizeof hear_expected, hear_expected, sizeof hear_expected); \
  }                                                                                         \
  G_STMT_END

#define usb_say(self, fd, endpoint, ...) \
  usb_bulk_out ((self), (fd), (endpoint), (const guint8[]){ __VA_ARGS__ }, sizeof ((const guint8[]){ __VA_ARGS__ }))

static inline void
usb_assert_closed (int fd)
{
  guint8 byte;
  g_assert_false (usb_receive (fd, &byte, 1));
}

static inline StnBoardState
usb_rig_state (UsbRig *self, const char *board)
{
  StnBoardState state;
  g_assert_true (stn_bench_board_state (self->bench, board, &state));
  return state;
}
