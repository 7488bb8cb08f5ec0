#include "src/link/ft232h.h"

#include <errno.h>
#include <ftdi.h>
#include <libusb.h>
#include <string.h>

#include "src/link/device-node.h"
#include "src/link/fd-stream.h"
#include "src/link/usb-context.h"
#include "src/link/usb-place.h"

#define VENDOR_ID 0x0403
#define PRODUCT_ID 0x6014 /* FT232H data sheet, section 8 */

/* FTDI AN_108: sections 3.6.1 to 3.6.4 (banks), 5.1 (send immediate), 2 (bad command and its echo) */
#define SET_LOW_BANK 0x80
#define GET_LOW_BANK 0x81
#define SET_HIGH_BANK 0x82
#define GET_HIGH_BANK 0x83
#define SEND_IMMEDIATE 0x87
#define BAD_COMMAND 0xaa
#define BAD_COMMAND_ANSWER 0xfa

#define LINES 0xffffu
/* answers take a millisecond or two; a machine under load may take long to read them */
#define TRANSFER_TIMEOUT_MS 1000
#define LATENCY_MS 1 /* the least; answers are read at once, or after this long */
#define SYNC_TRIES 3
#define SYNC_NS (500 * STN_NS_PER_MS)
#define TRY_AGAIN_NS (20 * STN_NS_PER_MS)
#define LIBFTDI_NO_DEVICE (-666) /* ftdi.h: "USB device unavailable" */

typedef struct {
  StnLink link;
  struct ftdi_context *ftdi;
  guint32 driven, levels, open_drain;
  gboolean is_lost;
  gboolean out_of_step; /* an answer may still be on its way that nobody waits for any more */
} Adapter;

/* ---- what libftdi says ---- */

static gboolean
fail_transfer (Adapter *self, const char *what, int code, GError **error)
{
  self->out_of_step = TRUE;
  if (code >= 0 || code == LIBUSB_ERROR_TIMEOUT) {
    stn_error_set (error, STN_FAILURE_TIMEOUT, "%s: %s: the adapter did not answer in %d ms", self->link.name, what,
                   TRANSFER_TIMEOUT_MS);
    return FALSE;
  }
  self->is_lost = TRUE;
  stn_error_set (error, STN_FAILURE_LINK_LOST, "%s: %s: the adapter is gone (%s)", self->link.name, what,
                 code == LIBFTDI_NO_DEVICE ? "closed" : libusb_strerror (code));
  return FALSE;
}

static gboolean
send (Adapter *self, const guint8 *bytes, int length, const char *what, GError **error)
{
  int sent = ftdi_write_data (self->ftdi, bytes, length);
  return sent == length || fail_transfer (self, what, sent, error);
}

/* ---- MPSSE ---- */

/* A command that does not exist is echoed behind FA: once that has come, chip and host agree on where a command begins.
 */
static gboolean
find_echo (Adapter *self, gboolean *out_found, GError **error)
{
  static const guint8 command[] = { BAD_COMMAND };
  guint8 seen[2] = { 0, 0 };
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  StnWait wait = stn_wait_shielded (clock, SYNC_NS);
  *out_found = FALSE;
  if (!send (self, command, sizeof command, "synchronise", error))
    return FALSE;
  while (!*out_found && stn_wait_left_ns (&wait) > 0) {
    guint8 byte;
    int count = ftdi_read_data (self->ftdi, &byte, 1);
    if (count < 0)
      return fail_transfer (self, "synchronise", count, error);
    if (count == 0)
      continue; /* a packet with nothing but its status came, at the latency timer's pace */
    seen[0] = seen[1];
    seen[1] = byte;
    *out_found = seen[0] == BAD_COMMAND_ANSWER && seen[1] == BAD_COMMAND;
  }
  return TRUE;
}

static gboolean
synchronise (Adapter *self, GError **error)
{
  for (guint i = 0; i < SYNC_TRIES; i++) {
    gboolean found;
    int code = ftdi_tcioflush (self->ftdi);
    if (code < 0)
      return fail_transfer (self, "flush", code, error);
    if (!find_echo (self, &found, error))
      return FALSE;
    if (found) {
      self->out_of_step = FALSE;
      return TRUE;
    }
  }
  return fail_transfer (self, "synchronise", LIBUSB_ERROR_TIMEOUT, error);
}

static gboolean
write_lines (Adapter *self, guint32 driven, guint32 levels, GError **error)
{
  guint32 directions = driven & ~(self->open_drain & levels);
  const guint8 bytes[] = {
    SET_LOW_BANK,  (guint8) levels,        (guint8) directions,
    SET_HIGH_BANK, (guint8) (levels >> 8), (guint8) (directions >> 8),
  };
  if (!send (self, bytes, sizeof bytes, "set lines", error))
    return FALSE;
  self->driven = driven;
  self->levels = levels;
  return TRUE;
}

static gboolean
set_lines (Adapter *self, guint32 mask, guint32 levels, GError **error)
{
  if ((mask & ~LINES) != 0) {
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "%s: an FT232H has 16 lines", self->link.name);
    return FALSE;
  }
  return write_lines (self, self->driven | mask, (self->levels & ~mask) | (levels & mask), error);
}

static gboolean
read_lines (Adapter *self, guint32 *out_levels, const StnWait *wait, GError **error)
{
  static const guint8 commands[] = { GET_LOW_BANK, GET_HIGH_BANK, SEND_IMMEDIATE };
  guint8 banks[2];
  int came = 0;
  StnWait answer = stn_wait_within (wait, TRANSFER_TIMEOUT_MS * STN_NS_PER_MS);
  if (self->out_of_step && !synchronise (self, error))
    return FALSE;
  if (!send (self, commands, sizeof commands, "read lines", error))
    return FALSE;
  while (came < 2) {
    int count = ftdi_read_data (self->ftdi, banks + came, 2 - came);
    if (count < 0)
      return fail_transfer (self, "read lines", count, error);
    came += count;
    if (came < 2 && stn_wait_left_ns (&answer) == 0)
      return fail_transfer (self, "read lines", LIBUSB_ERROR_TIMEOUT, error);
    if (came < 2 && stn_wait_is_cancelled (wait)) {
      self->out_of_step = TRUE;
      return stn_wait_check (wait, error);
    }
  }
  *out_levels = banks[0] | (guint32) banks[1] << 8;
  return TRUE;
}

static gboolean
adapter_exchange (StnLink *link, StnExchange *exchange, const StnWait *wait, GError **error)
{
  Adapter *self = (Adapter *) link;
  if (!stn_link_needs_real_clock (link->name, wait, error))
    return FALSE;
  if (self->is_lost) {
    stn_error_set (error, STN_FAILURE_LINK_LOST, "%s: the adapter is gone", link->name);
    return FALSE;
  }
  switch (exchange->operation) {
  case STN_OP_SET:
    return set_lines (self, exchange->mask, exchange->levels, error);
  case STN_OP_GET:
    return read_lines (self, &exchange->levels, wait, error);
  case STN_OP_OPEN_DRAIN:
    self->open_drain = exchange->mask & LINES;
    return self->driven == 0 || write_lines (self, self->driven, self->levels, error);
  default:
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "%s: an FT232H's lines can't %s", link->name,
                   stn_operation_name (exchange->operation));
    return FALSE;
  }
}

static void
adapter_free (StnLink *link)
{
  Adapter *self = (Adapter *) link;
  ftdi_free (self->ftdi); /* closes; the chip keeps mode and lines */
  g_free (self);
}

static const StnLinkClass adapter_class = {
  .kind = "ft232h", .shape = STN_LINK_PINS, .exchange = adapter_exchange, .free = adapter_free
};

/* ---- opening ---- */

static gboolean
is_it (libusb_device *device, const char *path, const char *place, gboolean by_place, char **other_seen)
{
  struct libusb_device_descriptor descriptor;
  if (libusb_get_device_descriptor (device, &descriptor) != LIBUSB_SUCCESS)
    return FALSE;
  gboolean is_ft232h = descriptor.idVendor == VENDOR_ID && descriptor.idProduct == PRODUCT_ID;
  if (by_place) {
    if (!stn_usb_is_at (path, place, NULL))
      return FALSE;
    if (!is_ft232h)
      *other_seen = g_strdup_printf ("%04x:%04x", descriptor.idVendor, descriptor.idProduct);
    return is_ft232h;
  }
  g_autofree char *serial = is_ft232h ? stn_usb_attribute (path, "serial", NULL) : NULL;
  return g_strcmp0 (serial, place) == 0;
}

/* A reference to the adapter at the place or with that serial; NULL with an error. */
static libusb_device *
find_adapter (struct ftdi_context *ftdi, const char *place, GError **error)
{
  gboolean by_place = stn_usb_is_place (place);
  g_autofree char *other_seen = NULL;
  libusb_device **list, *found = NULL;
  guint matches = 0;
  ssize_t count = libusb_get_device_list (ftdi->usb_ctx, &list);
  for (ssize_t i = 0; i < count; i++) {
    g_autofree char *path = stn_usb_device_path (list[i]);
    if (is_it (list[i], path, place, by_place, &other_seen) && matches++ == 0)
      found = libusb_ref_device (list[i]);
  }
  if (count >= 0)
    libusb_free_device_list (list, 1);
  if (matches == 1)
    return found;
  if (found != NULL)
    libusb_unref_device (found);
  if (matches > 1)
    stn_error_set (error, STN_FAILURE_ADAPTER_MISSING,
                   "%s: %u FT232Hs have this serial; name the one that is meant by its USB port", place, matches);
  else
    stn_error_set_seen (error, STN_FAILURE_ADAPTER_MISSING, "an FT232H", other_seen != NULL ? other_seen : "nothing",
                        "%s: %s", place, by_place ? "at this USB port" : "with this serial");
  return NULL;
}

/* The kernel binds ftdi_sio first and udev's rule takes it off again a moment later. */
static gboolean
wait_for_no_driver (const char *place, const char *path, const char *node, const StnWait *wait, GError **error)
{
  const StnNodeKind kind = { .place = place, .what = "FT232H", .group = "plugdev" };
  StnWait patience = stn_wait_within (wait, STN_NODE_PATIENCE_NS);
  for (;;) {
    g_autofree char *driver = stn_usb_interface_driver (path, 0, NULL);
    if (driver == NULL)
      return TRUE;
    if (stn_node_is_fresh (node) && stn_wait_left_ns (&patience) > TRY_AGAIN_NS) {
      if (!stn_wait_sleep (&patience, TRY_AGAIN_NS, error)) {
        g_prefix_error (error, "%s: ", place);
        return FALSE;
      }
      continue;
    }
    if (g_str_equal (driver, "usbfs"))
      return stn_node_fail (&kind, node, EBUSY, error);
    stn_error_set (error, STN_FAILURE_PORT_BUSY,
                   "%s: the kernel's %s has this FT232H as a serial port; name it in 61-station-controls.rules, as "
                   "packaging/README.md shows, and plug it in again",
                   place, driver);
    return FALSE;
  }
}

/* libftdi has its own numbers here and keeps libusb's to itself; access and drivers were looked at before. */
static gboolean
open_device (Adapter *self, libusb_device *device, const char *place, GError **error)
{
  int code = ftdi_usb_open_dev (self->ftdi, device);
  if (code < 0) {
    stn_error_set (error, code == -5 ? STN_FAILURE_PORT_BUSY : STN_FAILURE_ADAPTER_MISSING,
                   "%s: the FT232H can't be opened: %s", place, ftdi_get_error_string (self->ftdi));
    return FALSE;
  }
  /* before anything else is sent: every call from here on ends in time */
  self->ftdi->usb_read_timeout = TRANSFER_TIMEOUT_MS;
  self->ftdi->usb_write_timeout = TRANSFER_TIMEOUT_MS;
  code = ftdi_set_latency_timer (self->ftdi, LATENCY_MS);
  if (code == 0)
    code = ftdi_set_bitmode (self->ftdi, 0, BITMODE_MPSSE);
  if (code < 0) {
    stn_error_set (error, STN_FAILURE_ADAPTER_MISSING, "%s: MPSSE can't be switched on: %s", place,
                   ftdi_get_error_string (self->ftdi));
    return FALSE;
  }
  if (synchronise (self, error))
    return TRUE;
  g_prefix_error (error, "is it an FT232H: ");
  return FALSE;
}

static gboolean
find_and_open (Adapter *self, const char *place, const StnWait *wait, GError **error)
{
  const StnNodeKind kind = { .place = place, .what = "FT232H", .group = "plugdev" };
  libusb_device *device = find_adapter (self->ftdi, place, error);
  if (device == NULL)
    return FALSE;
  g_autofree char *path = stn_usb_device_path (device), *node = stn_usb_device_node (device);
  gboolean done = stn_node_wait_for_access (&kind, node, wait, error)
                  && wait_for_no_driver (place, path, node, wait, error) && open_device (self, device, place, error);
  libusb_unref_device (device);
  return done;
}

StnLink *
stn_ft232h_open (const char *place, const StnWait *wait, GError **error)
{
  if (!stn_link_needs_real_clock (place, wait, error))
    return NULL;
  struct ftdi_context *ftdi = ftdi_new ();
  if (ftdi == NULL) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "%s: USB can't be used", place);
    return NULL;
  }
  ftdi->module_detach_mode = DONT_DETACH_SIO_MODULE;
  ftdi->usb_read_timeout = TRANSFER_TIMEOUT_MS;
  ftdi->usb_write_timeout = TRANSFER_TIMEOUT_MS;
  Adapter *self = g_new0 (Adapter, 1);
  stn_link_init (&self->link, &adapter_class, STN_LINK_PINS, place);
  self->ftdi = ftdi;
  if (!find_and_open (self, place, wait, error)) {
    stn_link_free (&self->link);
    return NULL;
  }
  return &self->link;
}
