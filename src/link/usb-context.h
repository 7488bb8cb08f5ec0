/* A libusb context with one thread that handles its events, and a way to wait for devices at a place.
 *
 * Who owns one: the USB provider has one for each place that it was asked for, kept until the provider goes, so that no
 * board's completions wait behind another's; README.md has the measurement. Each FT232H has a context of its own too,
 * inside libftdi and without a thread here: libftdi handles events in its blocking calls, and an adapter that hangs must
 * not hold up another.
 *
 * Callbacks run on the event thread and only mark and wake; whoever waits does so in the wait's StnClock. Real time
 * only. A context is reference counted, any thread may use it; the last reference must not be given back on the event
 * thread.
 *
 * Private to src/link: libusb's types stay in this folder. */
#pragma once

#include <libusb.h>

#include "src/link/link.h"

G_BEGIN_DECLS

typedef struct StnUsbContext StnUsbContext;

/* `clock` real (STN_FAILURE_INTERNAL otherwise). Starts the thread. */
StnUsbContext *stn_usb_context_new (StnClock *clock, GError **error);
StnUsbContext *stn_usb_context_ref (StnUsbContext *self);
void stn_usb_context_unref (StnUsbContext *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnUsbContext, stn_usb_context_unref)

/* What the device at a place is to the caller. */
typedef enum {
  STN_USB_TAKEN,     /* this one: the wait is over */
  STN_USB_NOT_YET,   /* there, but not what is waited for, or gone again while it was looked at */
  STN_USB_IMPOSSIBLE /* and never will be: the error says why */
} StnUsbVerdict;
typedef StnUsbVerdict (*StnUsbTry) (libusb_device *device, gpointer data, GError **error);

/* Calls `attempt` with the device at `place`, each time one comes, until it is taken or the wait ends. FALSE with
 * attempt's error, STN_FAILURE_CANCELLED, or, in time's end, STN_FAILURE_NO_ANSWER when the port stayed empty or with
 * the wrong device (`seen` of the error says which), STN_FAILURE_ADAPTER_MISSING when its hub is not there either.
 * STN_FAILURE_USAGE for what is no place. The callback runs on the caller's thread, without locks. */
gboolean stn_usb_context_await (StnUsbContext *self, const char *place, StnUsbTry attempt, gpointer data,
                                const StnWait *wait, GError **error);


/* A finished transfer, as the outcome of an exchange (link.h says which failure is which). */
typedef struct {
  enum libusb_transfer_status status;
  gsize length; /* bytes of the data stage */
} StnUsbResult;

/* One control transfer: submits it and waits for its end. When the wait ends first it is cancelled, and its callback
 * awaited: a transfer that was done at that very moment counts as done. `buffer` holds `length` bytes, read or written
 * as the setup says. FALSE: STN_FAILURE_NO_ANSWER or STN_FAILURE_CANCELLED (after that cancel), or it could not be
 * submitted. */
gboolean stn_usb_context_control (StnUsbContext *self, libusb_device_handle *handle, const char *name,
                                  const StnControlSetup *setup, guint8 *buffer, gsize length, StnUsbResult *out,
                                  const StnWait *wait, GError **error);

/* Sets the failure that a code of libusb stands for. Always FALSE. */
gboolean stn_usb_fail (const char *name, const char *what, int code, GError **error);
/* The device's name in sysfs, "1-1.4.2". Free with g_free. */
char *stn_usb_device_path (libusb_device *device);
/* Its node, "/dev/bus/usb/001/004". Free with g_free. */
char *stn_usb_device_node (libusb_device *device);

G_END_DECLS
