#include "src/link/usb-context.h"

#include <string.h>

#include "src/link/fd-stream.h"
#include "src/link/usb-place.h"

#define MOST_PORTS 7 /* USB 2.0 section 4.1.1: five hubs in a row, and some more for comfort */
/* Hotplug tells of changes; looking again costs little, and catches what came between a look and its wait. */
#define LOOK_AGAIN_NS STN_NS_PER_S
#define LOOK_AGAIN_WITHOUT_HOTPLUG_NS (50 * STN_NS_PER_MS)
/* A cancelled transfer ends as soon as the controller has let go of it. One that never does is left behind. */
#define CANCEL_NS (10 * STN_NS_PER_S)

struct StnUsbContext {
  gatomicrefcount references;
  libusb_context *usb;
  StnClock *clock;
  GThread *thread;
  int stop; /* atomic; libusb looks at it too */
  gboolean has_hotplug;
  libusb_hotplug_callback_handle hotplug;
  GMutex mutex;    /* guards what follows and every transfer's outcome */
  guint64 changes; /* devices that came or went */
};

/* ---- life ---- */

static gpointer
event_main (gpointer data)
{
  StnUsbContext *self = data;
  while (!g_atomic_int_get (&self->stop))
    if (libusb_handle_events_completed (self->usb, &self->stop) != LIBUSB_SUCCESS)
      g_usleep (10000); /* its poll failed; without a pause this thread would spin */
  return NULL;
}

static int LIBUSB_CALL
on_hotplug (G_GNUC_UNUSED libusb_context *usb, G_GNUC_UNUSED libusb_device *device,
            G_GNUC_UNUSED libusb_hotplug_event event, void *data)
{
  StnUsbContext *self = data;
  g_mutex_lock (&self->mutex);
  self->changes++;
  stn_clock_wake (self->clock, self);
  g_mutex_unlock (&self->mutex);
  return 0; /* stay registered */
}

StnUsbContext *
stn_usb_context_new (StnClock *clock, GError **error)
{
  StnWait wait = stn_wait_new (clock, STN_TIME_NEVER, NULL);
  if (!stn_link_needs_real_clock ("USB", &wait, error))
    return NULL;
  libusb_context *usb;
  int code = libusb_init (&usb);
  if (code != LIBUSB_SUCCESS) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "USB can't be used: %s", libusb_strerror (code));
    return NULL;
  }
  StnUsbContext *self = g_new0 (StnUsbContext, 1);
  g_atomic_ref_count_init (&self->references);
  self->usb = usb;
  self->clock = stn_clock_ref (clock);
  g_mutex_init (&self->mutex);
  self->has_hotplug =
      libusb_has_capability (LIBUSB_CAP_HAS_HOTPLUG) != 0
      && libusb_hotplug_register_callback (usb, LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT,
                                           0, LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY,
                                           LIBUSB_HOTPLUG_MATCH_ANY, on_hotplug, self, &self->hotplug)
             == LIBUSB_SUCCESS;
  self->thread = g_thread_new ("usb-events", event_main, self);
  return self;
}

StnUsbContext *
stn_usb_context_ref (StnUsbContext *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
stn_usb_context_unref (StnUsbContext *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->references))
    return;
  if (self->has_hotplug)
    libusb_hotplug_deregister_callback (self->usb, self->hotplug);
  g_atomic_int_set (&self->stop, 1);
  libusb_interrupt_event_handler (self->usb);
  g_thread_join (self->thread);
  libusb_exit (self->usb);
  g_mutex_clear (&self->mutex);
  stn_clock_unref (self->clock);
  g_free (self);
}

/* ---- devices ---- */

char *
stn_usb_device_path (libusb_device *device)
{
  guint8 ports[MOST_PORTS];
  int count = libusb_get_port_numbers (device, ports, MOST_PORTS);
  return stn_usb_bus_path (libusb_get_bus_number (device), ports, count > 0 ? (guint) count : 0);
}

char *
stn_usb_device_node (libusb_device *device)
{
  return g_strdup_printf ("/dev/bus/usb/%03u/%03u", libusb_get_bus_number (device), libusb_get_device_address (device));
}

gboolean
stn_usb_fail (const char *name, const char *what, int code, GError **error)
{
  static const struct {
    int code;
    StnFailure failure;
  } failures[] = {
    { LIBUSB_ERROR_NO_DEVICE, STN_FAILURE_LINK_LOST },
    { LIBUSB_ERROR_IO, STN_FAILURE_LINK_LOST },
    { LIBUSB_ERROR_PIPE, STN_FAILURE_NACK },
    { LIBUSB_ERROR_OVERFLOW, STN_FAILURE_GARBAGE },
    { LIBUSB_ERROR_TIMEOUT, STN_FAILURE_TIMEOUT },
    { LIBUSB_ERROR_ACCESS, STN_FAILURE_PERMISSION },
    { LIBUSB_ERROR_BUSY, STN_FAILURE_PORT_BUSY },
    { LIBUSB_ERROR_INVALID_PARAM, STN_FAILURE_NOT_SUPPORTED },
    { LIBUSB_ERROR_NOT_SUPPORTED, STN_FAILURE_NOT_SUPPORTED },
  };
  StnFailure failure = STN_FAILURE_INTERNAL;
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
    if (failures[i].code == code)
      failure = failures[i].failure;
  stn_error_set (error, failure, "%s: %s: %s", name, what, libusb_strerror (code));
  return FALSE;
}

/* The device at the place, a reference; NULL: none. A root hub by the place of its own. */
static libusb_device *
find_device (StnUsbContext *self, const char *place)
{
  libusb_device **list, *found = NULL;
  ssize_t count = libusb_get_device_list (self->usb, &list);
  for (ssize_t i = 0; i < count && found == NULL; i++) {
    g_autofree char *path = stn_usb_device_path (list[i]);
    if (stn_usb_is_at (path, place, NULL))
      found = libusb_ref_device (list[i]);
  }
  if (count >= 0)
    libusb_free_device_list (list, 1);
  return found;
}

static guint64
count_changes (StnUsbContext *self)
{
  g_mutex_lock (&self->mutex);
  guint64 changes = self->changes;
  g_mutex_unlock (&self->mutex);
  return changes;
}

/* Returns when something came or went since `changes`, when it is time to look again, or when the wait ends. */
static StnWake
wait_for_change (StnUsbContext *self, guint64 changes, const StnWait *wait)
{
  StnWake wake = STN_WAKE_WOKEN;
  StnWait look = stn_wait_within (wait, self->has_hotplug ? LOOK_AGAIN_NS : LOOK_AGAIN_WITHOUT_HOTPLUG_NS);
  g_mutex_lock (&self->mutex);
  while (self->changes == changes && wake == STN_WAKE_WOKEN)
    wake = stn_clock_wait (self->clock, self, &self->mutex, look.deadline_ns, wait->cancellable);
  g_mutex_unlock (&self->mutex);
  return wake;
}

static gboolean
fail_cancelled (const char *place, GError **error)
{
  stn_error_set (error, STN_FAILURE_CANCELLED, "%s: stopped on request", place);
  return FALSE;
}

static gboolean
fail_awaited (StnUsbContext *self, const char *place, const char *seen, GError **error)
{
  g_autofree char *hub_place = stn_usb_place_of_hub (place);
  libusb_device *hub = find_device (self, hub_place);
  if (hub == NULL)
    stn_error_set (error, STN_FAILURE_ADAPTER_MISSING, "%s: the hub of this USB port is not there", place);
  else
    stn_error_set_seen (error, STN_FAILURE_NO_ANSWER, "a device in DFU mode", seen != NULL ? seen : "nothing",
                        "%s: nothing that was waited for came to this USB port in time", place);
  if (hub != NULL)
    libusb_unref_device (hub);
  return FALSE;
}

gboolean
stn_usb_context_await (StnUsbContext *self, const char *place, StnUsbTry attempt, gpointer data, const StnWait *wait,
                       GError **error)
{
  g_autofree char *seen = NULL;
  if (!stn_usb_is_place (place)) {
    stn_error_set (error, STN_FAILURE_USAGE, "%s: no USB place; such as pci-0000:00:14.0-usb-0:1.4 or 1-1.4", place);
    return FALSE;
  }
  for (;;) {
    guint64 changes = count_changes (self);
    libusb_device *device = find_device (self, place);
    if (device != NULL) {
      struct libusb_device_descriptor descriptor;
      StnUsbVerdict verdict = attempt (device, data, error);
      if (verdict == STN_USB_NOT_YET && libusb_get_device_descriptor (device, &descriptor) == LIBUSB_SUCCESS) {
        g_free (seen);
        seen = g_strdup_printf ("%04x:%04x", descriptor.idVendor, descriptor.idProduct);
      }
      libusb_unref_device (device);
      if (verdict != STN_USB_NOT_YET)
        return verdict == STN_USB_TAKEN;
    }
    StnWake wake = wait_for_change (self, changes, wait);
    if (wake == STN_WAKE_CANCELLED)
      return fail_cancelled (place, error);
    if (wake == STN_WAKE_EXPIRED && stn_wait_left_ns (wait) == 0)
      return fail_awaited (self, place, seen, error);
  }
}

/* ---- transfers ---- */

/* Shared by who waits and by the callback; the last of the two frees it, so that a transfer whose callback never comes
 * writes into nobody's stack. */
typedef struct {
  gatomicrefcount references;
  StnUsbContext *context;
  StnClock *clock;
  struct libusb_transfer *transfer;
  gboolean done; /* guarded by the context's mutex */
  guint8 bytes[];
} Control;

static void
control_unref (Control *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  libusb_free_transfer (self->transfer);
  stn_clock_unref (self->clock);
  g_free (self);
}

static void LIBUSB_CALL
on_done (struct libusb_transfer *transfer)
{
  Control *self = transfer->user_data;
  g_mutex_lock (&self->context->mutex);
  self->done = TRUE;
  stn_clock_wake (self->clock, self);
  g_mutex_unlock (&self->context->mutex);
  control_unref (self);
}

static StnWake
await_done (Control *self, const StnWait *wait)
{
  StnWake wake = STN_WAKE_WOKEN;
  g_mutex_lock (&self->context->mutex);
  while (!self->done && wake == STN_WAKE_WOKEN)
    wake = stn_clock_wait (self->clock, self, &self->context->mutex, wait->deadline_ns, wait->cancellable);
  if (self->done)
    wake = STN_WAKE_WOKEN;
  g_mutex_unlock (&self->context->mutex);
  return wake;
}

/* Waits, cancels at the wait's end and waits again. FALSE with an error unless the transfer came to an end of its own.
 */
static gboolean
run (Control *self, const char *name, const StnWait *wait, GError **error)
{
  StnWake wake = await_done (self, wait);
  if (wake == STN_WAKE_WOKEN)
    return TRUE;
  libusb_cancel_transfer (self->transfer); /* NOT_FOUND: it has just ended, and its callback is on its way */
  StnWait shielded = stn_wait_shielded (self->clock, CANCEL_NS);
  if (await_done (self, &shielded) != STN_WAKE_WOKEN) {
    stn_error_set (error, STN_FAILURE_LINK_LOST, "%s: the controller does not give back a cancelled transfer", name);
    return FALSE;
  }
  if (self->transfer->status != LIBUSB_TRANSFER_CANCELLED)
    return TRUE;
  if (wake == STN_WAKE_CANCELLED)
    return fail_cancelled (name, error);
  stn_error_set (error, STN_FAILURE_NO_ANSWER, "%s: no answer in time", name);
  return FALSE;
}

gboolean
stn_usb_context_control (StnUsbContext *self, libusb_device_handle *handle, const char *name,
                         const StnControlSetup *setup, guint8 *buffer, gsize length, StnUsbResult *out,
                         const StnWait *wait, GError **error)
{
  gboolean in = (setup->request_type & LIBUSB_ENDPOINT_IN) != 0;
  if (!stn_link_needs_real_clock (name, wait, error))
    return FALSE;
  if (length > G_MAXUINT16) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "%s: a control transfer of %" G_GSIZE_FORMAT " bytes", name, length);
    return FALSE;
  }
  Control *control = g_malloc0 (sizeof *control + LIBUSB_CONTROL_SETUP_SIZE + length);
  g_atomic_ref_count_init (&control->references);
  control->context = self;
  control->clock = stn_clock_ref (wait->clock);
  control->transfer = libusb_alloc_transfer (0);
  libusb_fill_control_setup (control->bytes, setup->request_type, setup->request, setup->value, setup->index,
                             (guint16) length);
  if (!in && length > 0)
    memcpy (control->bytes + LIBUSB_CONTROL_SETUP_SIZE, buffer, length);
  libusb_fill_control_transfer (control->transfer, handle, control->bytes, on_done, control, 0);

  g_atomic_ref_count_inc (&control->references); /* the callback's */
  int code = libusb_submit_transfer (control->transfer);
  if (code != LIBUSB_SUCCESS) {
    control_unref (control);
    control_unref (control);
    return stn_usb_fail (name, "control transfer", code, error);
  }
  gboolean ended = run (control, name, wait, error);
  if (ended) {
    gsize came = (gsize) MAX (control->transfer->actual_length, 0);
    out->status = control->transfer->status;
    out->length = MIN (came, length);
    if (in && out->length > 0)
      memcpy (buffer, control->bytes + LIBUSB_CONTROL_SETUP_SIZE, out->length);
  }
  control_unref (control);
  return ended;
}
