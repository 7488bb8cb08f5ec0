/* The ports of a run: the UART, which stays open, and the USB device of the ROM, which comes and goes with each visit.
 */
#include "src/job/unit-run.h"

#include "src/job/usb-presence.h"

/* after leaving, the device has so long to go (usb-dfu notes, section 6) */
#define GONE_NS (5 * STN_NS_PER_S)
#define GONE_LOOK_NS (20 * STN_NS_PER_MS)
#define GONE_ANSWER_NS (100 * STN_NS_PER_MS)
/* between two looks at a place where the device of before the reset may still be listed */
#define STALE_NS (20 * STN_NS_PER_MS)
#define SYNC_WAIT_NS (2 * STN_NS_PER_S)
/* a loose plug that has come back is gone again within so long, mostly */
#define WATCH_NS (3 * STN_NS_PER_S)
#define WATCH_LOOK_NS (100 * STN_NS_PER_MS)

gboolean
stn_unit_run_is_usb (const StnUnitRun *self)
{
  return self->plan->engine_class->shape == STN_LINK_CONTROL;
}

gboolean
stn_unit_run_open_uart (StnUnitRun *self, GError **error)
{
  if (self->hold.uart != NULL || !self->plan->wiring.has_uart)
    return TRUE;
  gboolean opened = stn_site_hold_open_port (&self->hold, &self->wait, error);
  if (self->site->uart_provider != NULL)
    stn_runner_tell_warnings (self->runner, self->site->uart_provider);
  if (!opened)
    return FALSE;
  self->hold.uart = stn_runner_wrap_link (self->runner, self->hold.uart, self->ring);
  return TRUE;
}

void
stn_unit_run_close_rom (StnUnitRun *self)
{
  g_clear_pointer (&self->engine, stn_engine_free);
  g_clear_pointer (&self->usb, stn_link_free);
}

/* How long a device may take from the reset on. */
static StnWait
usb_wait (const StnUnitRun *self)
{
  return stn_wait_within (&self->wait, stn_target_timeout_ns (stn_target_usb_start_ns (self->target)));
}

static StnLink *
open_usb (StnUnitRun *self, const StnWait *wait, GError **error)
{
  StnProvider *provider = self->site->usb_provider;
  StnLink *link = provider->provider_class->open_usb (provider, self->site->usb_place, wait, error);

  return link != NULL ? stn_runner_wrap_link (self->runner, link, self->ring) : NULL;
}

static gboolean
sync_over (StnUnitRun *self, StnLink *link, guint baud, GError **error)
{
  StnWait wait = stn_wait_within (&self->wait, SYNC_WAIT_NS);

  self->engine = stn_engine_new (self->plan->engine_class, link, self->target);
  self->in_rom = stn_engine_sync (self->engine, baud, &wait, error);
  return self->in_rom;
}

/* A board without the device that it should show does what a silent one does on a UART. */
static void
put_down_to_the_board (GError **inout_error)
{
  const StnErrorDetail *detail = stn_error_detail (*inout_error);
  g_autofree char *seen = g_strdup (detail != NULL && detail->seen != NULL ? detail->seen : "nothing");
  g_autofree char *text = g_strdup ((*inout_error)->message);

  g_clear_error (inout_error);
  stn_error_set_seen (inout_error, STN_FAILURE_NO_SYNC, "the ROM's USB device", seen, "%s", text);
}

/* The host may still list the device of before the reset: one that goes at once is not the one that is waited for. */
static gboolean
sync_usb (StnUnitRun *self, GError **error)
{
  StnWait wait = usb_wait (self);

  for (guint try = 1;; try++) {
    g_autoptr (GError) failure = NULL;

    stn_unit_run_close_rom (self);
    self->usb = open_usb (self, &wait, &failure);
    if (self->usb == NULL) {
      if (stn_error_is (failure, STN_FAILURE_NO_ANSWER))
        put_down_to_the_board (&failure);
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
    self->usb_seen = TRUE;
    if (sync_over (self, self->usb, 0, &failure))
      return TRUE;
    /* the first may be the one of before the reset */
    gboolean lost = stn_usb_presence_explains (self->usb, failure, &self->wait);
    gboolean too_often = try > 1 && lost && stn_stability_note (self->usb_losses, stn_clock_now_ns (self->clock));
    if (lost && !too_often && stn_wait_sleep (&wait, STALE_NS, NULL))
      continue;
    if (lost && stn_wait_check (&self->wait, NULL))
      stn_error_set (error, STN_FAILURE_LINK_UNSTABLE, "the USB device comes and goes: %s", failure->message);
    else
      g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
}

gboolean
stn_unit_run_sync (StnUnitRun *self, GError **error)
{
  if (stn_unit_run_is_usb (self))
    return sync_usb (self, error);
  stn_unit_run_close_rom (self);
  guint baud = self->plan->wiring.baud;
  return sync_over (self, self->hold.uart, self->for_options ? MIN (baud, STN_PLAN_OPTION_BAUD_MOST) : baud, error);
}

static gboolean
comes_back (StnUnitRun *self, GError **error)
{
  StnRomIdentity rom;

  if (!sync_usb (self, error))
    return FALSE;
  StnWait wait = stn_wait_within (&self->wait, SYNC_WAIT_NS);
  return stn_engine_identify (self->engine, &rom, &wait, error);
}

static gboolean
goes_again (StnUnitRun *self, const StnWait *wait)
{
  while (stn_wait_sleep (wait, WATCH_LOOK_NS, NULL)) {
    StnWait narrow = stn_wait_within (wait, GONE_ANSWER_NS);
    g_autoptr (GError) failure = NULL;

    if (!stn_usb_presence_ask (self->usb, &narrow, &failure) && stn_error_is (failure, STN_FAILURE_LINK_LOST))
      return TRUE;
  }
  return FALSE;
}

void
stn_unit_run_look_after_loss (StnUnitRun *self, GError **inout_error)
{
  StnWait wait = stn_wait_within (&self->wait, WATCH_NS);
  gboolean unstable = FALSE;

  if (self->usb == NULL || !self->in_rom || !stn_usb_presence_explains (self->usb, *inout_error, &self->wait))
    return;
  g_autofree char *text = g_strdup ((*inout_error)->message);
  do {
    g_autoptr (GError) failure = NULL;
    unstable = stn_stability_note (self->usb_losses, stn_clock_now_ns (self->clock));
    if (unstable)
      break;
    if (comes_back (self, &failure))
      continue;
    unstable = stn_error_is (failure, STN_FAILURE_LINK_UNSTABLE);
    if (!unstable)
      return;
  } while (!unstable && goes_again (self, &wait));
  if (unstable) {
    g_clear_error (inout_error);
    stn_error_set (inout_error, STN_FAILURE_LINK_UNSTABLE, "the USB device comes and goes: %s", text);
    return;
  }
  g_clear_error (inout_error);
  stn_error_set (inout_error, STN_FAILURE_NO_ANSWER, "the board's USB device went and came back: %s", text);
}

/* ---- whether it has gone ---- */

gboolean
stn_unit_run_see_rom_go (StnUnitRun *self, GError **error)
{
  StnWait wait = stn_wait_within (&self->wait, GONE_NS);

  if (self->usb == NULL)
    return TRUE;
  g_clear_pointer (&self->engine, stn_engine_free);
  for (;;) {
    StnWait narrow = stn_wait_within (&wait, GONE_ANSWER_NS);
    g_autoptr (GError) failure = NULL;

    if (!stn_unit_run_check (self, error))
      return FALSE;
    if (!stn_usb_presence_ask (self->usb, &narrow, &failure) && stn_error_is (failure, STN_FAILURE_LINK_LOST))
      break;
    if (!stn_wait_sleep (&wait, GONE_LOOK_NS, NULL) && stn_wait_left_ns (&wait) <= 0) {
      stn_error_set_seen (error, STN_FAILURE_NO_BOOT, "no USB device of the ROM", "the same device as before",
                          "the board does not leave its ROM");
      return FALSE;
    }
  }
  stn_unit_run_close_rom (self);
  return TRUE;
}

/* A device that answers as another than the ROM's is the application's own. */
static gboolean
is_application (const GError *error)
{
  const StnErrorDetail *detail = stn_error_detail (error);

  if (!stn_error_is (error, STN_FAILURE_NO_SYNC) || detail == NULL)
    return FALSE;
  return g_strcmp0 (detail->expected, "0483:df11") == 0 || g_strcmp0 (detail->seen, "other interfaces") == 0
         || g_strcmp0 (detail->seen, "appIDLE") == 0 || g_strcmp0 (detail->seen, "appDETACH") == 0;
}

/* The host may still list the device that has just gone: one that goes while it is asked is not one that came back. */
gboolean
stn_unit_run_rom_stays_away (StnUnitRun *self, GError **error)
{
  StnWait wait = usb_wait (self);

  for (;;) {
    g_autoptr (GError) failure = NULL;

    stn_unit_run_close_rom (self);
    self->usb = open_usb (self, &wait, &failure);
    if (self->usb == NULL && stn_error_is (failure, STN_FAILURE_NO_ANSWER))
      return TRUE;
    if (self->usb == NULL) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
    gboolean answers = sync_over (self, self->usb, 0, &failure);
    self->in_rom = FALSE;
    if (!answers && is_application (failure))
      return TRUE;
    if (!answers && stn_usb_presence_explains (self->usb, failure, &self->wait)) {
      if (stn_wait_sleep (&wait, STALE_NS, NULL))
        continue;
      return stn_wait_check (&self->wait, error);
    }
    if (!answers && !stn_error_is (failure, STN_FAILURE_NO_SYNC)) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
    stn_error_set_seen (error, STN_FAILURE_NO_BOOT, "no ROM", "the ROM's USB device", "the board came back in its ROM");
    return FALSE;
  }
}
