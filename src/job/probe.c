#include "src/job/probe.h"

#include "protocols/dfu/dfu-identity.h"
#include "src/job/stability.h"
#include "src/job/usb-presence.h"

#include <string.h>

/* what is in the port's buffer already comes at once */
#define BEFORE_NS (2 * STN_NS_PER_MS)
#define SYNC_NS (2 * STN_NS_PER_S)
#define ANSWER_NS (2 * STN_NS_PER_S)
/* a ROM's USB device is there within a second (usb-dfu-an3156); the host needs a little more */
#define DEVICE_NS (2 * STN_NS_PER_S)
/* the host may still list the device of before the reset */
#define STALE_NS (50 * STN_NS_PER_MS)

typedef struct {
  StnProbeEar *ear;
  StnTargets *targets;
  const StnWait *wait;
  GError *error;
} Asking;

/* A program that speaks by itself: the sync would throw its words away. */
static gboolean
has_spoken (StnProbeEar *self, const StnWait *wait, gboolean *out, GError **error)
{
  StnWait narrowed = stn_wait_within (wait, BEFORE_NS);
  g_autoptr (GError) local = NULL;
  guint8 bytes[64];
  gsize length = 0;

  *out = stn_stream_read_some (self->uart, bytes, sizeof bytes, &length, &narrowed, &local);
  /* on a busy machine the moment may be over before the port was asked */
  gboolean nothing = stn_error_is (local, STN_FAILURE_NO_ANSWER) || stn_error_is (local, STN_FAILURE_TIMEOUT);
  if (*out || (nothing && !stn_wait_is_cancelled (wait)))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* The product line of an id; of several that share it the first whose UID is known. */
static const StnTarget *
target_of (StnTargets *targets, guint16 product_id)
{
  guint count = 0;
  g_autofree const StnTarget **list = stn_targets_with_product_id (targets, product_id, &count);
  const StnTarget *found = count > 0 ? list[0] : NULL;

  for (guint i = 0; i < count; i++)
    if (stn_uid_span_bytes (list[i]) > 0)
      return list[i];
  return found;
}

/* Best effort: a ROM that does not show its UID is a ROM all the same. The engine that knows the chip also knows how it
 * likes to be read; the ROM is synced, and answers a second sync with a NACK that the engine takes for what it is. */
static void
read_uid (StnProbeEar *self, const StnWait *wait)
{
  guint8 bytes[STN_UID_SPAN_MOST];
  guint span = stn_uid_span_bytes (self->target);
  StnRomIdentity identity;
  StnWait narrowed = stn_wait_within (wait, ANSWER_NS);

  if (span == 0)
    return;
  g_autoptr (StnEngine) engine = stn_engine_new (stn_engine_class_by_name ("uart"), self->uart, self->target);
  if (stn_engine_sync (engine, self->baud, &narrowed, NULL) && stn_engine_identify (engine, &identity, &narrowed, NULL)
      && stn_engine_read (engine, self->target->uid_address, bytes, span, &narrowed, NULL))
    stn_uid_to_text (self->target, bytes, self->uid);
}

static void
ask_who (StnProbeEar *self, StnEngine *engine, StnTargets *targets, const StnWait *wait)
{
  StnWait narrowed = stn_wait_within (wait, ANSWER_NS);
  StnRomIdentity identity;

  if (!stn_engine_identify (engine, &identity, &narrowed, NULL))
    return;
  self->is_identified = TRUE;
  self->product_id = identity.product_id;
  self->target = targets != NULL ? target_of (targets, identity.product_id) : NULL;
  if (self->target != NULL)
    read_uid (self, wait);
}

static gboolean
sync_device (StnLink *device, const StnWait *wait, GError **error)
{
  g_autoptr (StnEngine) engine = stn_engine_new (stn_engine_class_by_name ("dfu"), device, NULL);

  return stn_engine_sync (engine, 0, wait, error);
}

/* The chip whose memory map is the device's and whose UID, read where that chip has it, is the one that the device's
 * serial is made of. Nothing is found where the ROM is read-protected or its serial says nothing. */
static void
ask_device_who (StnProbeEar *self, StnLink *device, StnTargets *targets, const StnWait *parent)
{
  StnWait wait = stn_wait_within (parent, ANSWER_NS);
  guint count = 0;
  const StnTarget *const *list = stn_targets_list (targets, &count);

  for (guint i = 0; i < count && stn_wait_check (&wait, NULL); i++) {
    const StnTarget *target = list[i];
    guint8 bytes[STN_UID_SPAN_MOST], uid[12];
    guint span = stn_uid_span_bytes (target);
    StnRomIdentity identity;

    if (!target->has_usb || span == 0)
      continue;
    g_autoptr (StnEngine) engine = stn_engine_new (stn_engine_class_by_name ("dfu"), device, target);
    if (!stn_engine_sync (engine, 0, &wait, NULL) || !stn_engine_identify (engine, &identity, &wait, NULL)
        || identity.serial[0] == '\0')
      return;
    if (!stn_engine_check_target (engine, NULL)
        || !stn_engine_read (engine, target->uid_address, bytes, span, &wait, NULL))
      continue;
    for (guint k = 0; k < sizeof uid; k++)
      uid[k] = bytes[target->uid_offsets[k / 4] + k % 4];
    if (stn_dfu_serial_check (identity.serial, uid) != STN_DFU_SERIAL_FITS)
      continue;
    self->is_identified = TRUE;
    self->product_id = target->product_id;
    self->target = target;
    stn_uid_to_text (target, bytes, self->uid);
    return;
  }
}

/* The device has a time to come in, and from then on a time to answer in: a late one is not a bad one. */
static gboolean
ask_usb (StnProbeEar *self, StnTargets *targets, const StnWait *parent, GError **error)
{
  StnWait wait = stn_wait_within (parent, MAX (self->usb_wait_ns, DEVICE_NS));
  StnStability losses = { 0 };

  for (guint try = 1;; try++) {
    g_autoptr (GError) local = NULL;
    g_autoptr (StnLink) device =
        self->usb_provider->provider_class->open_usb (self->usb_provider, self->usb_place, &wait, &local);
    StnWait sync_wait = stn_wait_within (parent, SYNC_NS);
    if (device != NULL && sync_device (device, &sync_wait, &local)) {
      self->heard = STN_HEARD_ROM;
      self->by_usb = TRUE;
      if (self->who && targets != NULL)
        ask_device_who (self, device, targets, parent);
      return TRUE;
    }
    gboolean lost = device != NULL && stn_usb_presence_explains (device, local, parent);
    /* the first may be the one of before the reset */
    if (lost && try > 1 && stn_stability_note (&losses, stn_clock_now_ns (wait.clock))) {
      stn_error_set (error, STN_FAILURE_LINK_UNSTABLE, "the USB device comes and goes: %s", local->message);
      return FALSE;
    }
    if (lost && stn_wait_sleep (&wait, STALE_NS, NULL))
      continue;
    if (stn_wait_is_cancelled (parent) || (device == NULL && !stn_error_is (local, STN_FAILURE_NO_ANSWER))) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    /* a device that does not speak as it should is something, but no ROM */
    self->by_usb = device != NULL && !lost;
    self->heard = self->by_usb ? STN_HEARD_BYTES : STN_HEARD_NOTHING;
    if (self->by_usb)
      g_strlcpy (self->why, local->message, sizeof self->why);
    return TRUE;
  }
}

static gboolean
ask_uart (StnProbeEar *self, StnTargets *targets, const StnWait *parent, GError **error)
{
  StnWait wait = stn_wait_within (parent, SYNC_NS);
  g_autoptr (GError) local = NULL;
  gboolean spoke = FALSE;

  if (!has_spoken (self, parent, &spoke, error))
    return FALSE;
  g_autoptr (StnEngine) engine = stn_engine_new (stn_engine_class_by_name ("uart"), self->uart, NULL);
  if (stn_engine_sync (engine, self->baud, &wait, &local)) {
    self->heard = STN_HEARD_ROM;
    if (self->who)
      ask_who (self, engine, targets, parent);
    return TRUE;
  }
  /* a line that does not fall silent is noise too */
  if (!stn_error_is (local, STN_FAILURE_NO_SYNC) && !stn_error_is (local, STN_FAILURE_GARBAGE)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  const StnErrorDetail *detail = stn_error_detail (local);
  const char *seen = detail != NULL ? detail->seen : NULL;
  gboolean silent = seen != NULL && g_str_equal (seen, "nothing");
  self->heard = silent && !spoke ? STN_HEARD_NOTHING : STN_HEARD_BYTES;
  self->is_echo = seen != NULL && g_str_equal (seen, "7f");
  return TRUE;
}

static gboolean
ask (Asking *asking, GError **error)
{
  StnProbeEar *self = asking->ear;
  gboolean has_both = self->uart != NULL && self->usb_provider != NULL;
  gboolean usb_now = self->uart == NULL || (has_both && self->usb_first);

  for (guint port = 0; port < (has_both ? 2u : 1u); port++, usb_now = !usb_now) {
    StnHeard before = self->heard;
    if (!(usb_now ? ask_usb : ask_uart) (self, asking->targets, asking->wait, error))
      return FALSE;
    if (self->heard == STN_HEARD_ROM)
      return TRUE;
    self->heard = MAX (self->heard, before);
  }
  return TRUE;
}

static gpointer
ask_thread (gpointer data)
{
  Asking *asking = data;

  ask (asking, &asking->error);
  return NULL;
}

static void
forget (StnProbeEar *self)
{
  self->heard = STN_HEARD_NOTHING;
  self->is_echo = self->is_identified = self->by_usb = FALSE;
  self->product_id = 0;
  self->target = NULL;
  g_clear_error (&self->lost);
  memset (self->uid, 0, sizeof self->uid);
  memset (self->why, 0, sizeof self->why);
}

gboolean
stn_probe_listen (StnProbeEar *ears, guint count, StnTargets *targets, const StnWait *wait, GError **error)
{
  g_autofree Asking *askings = g_new0 (Asking, count + 1);
  g_autofree GThread **threads = g_new0 (GThread *, count + 1);
  gboolean ok = TRUE;

  for (guint i = 0; i < count; i++) {
    forget (&ears[i]);
    askings[i] = (Asking){ .ear = &ears[i], .targets = targets, .wait = wait };
    if (ears[i].uart != NULL || ears[i].usb_provider != NULL)
      threads[i] = stn_clock_thread_new (wait->clock, "probe", ask_thread, &askings[i]);
  }
  for (guint i = 0; i < count; i++) {
    if (threads[i] != NULL)
      stn_clock_thread_join (wait->clock, threads[i], FALSE);
    if (askings[i].error == NULL)
      continue;
    if (!stn_error_is (askings[i].error, STN_FAILURE_CANCELLED)) {
      ears[i].lost = askings[i].error;
      continue;
    }
    if (ok)
      g_propagate_error (error, askings[i].error);
    else
      g_error_free (askings[i].error);
    ok = FALSE;
  }
  for (guint i = 0; !ok && i < count; i++)
    forget (&ears[i]);
  return ok;
}

gboolean
stn_probe_boot0_tells (const StnTarget *target)
{
  return target->boot_pin == STN_BOOT_PIN_LIVE && target->empty_check == STN_EMPTY_CHECK_NONE;
}
