/* What a supervisor allows, and what is done between cycles. */
#include "src/station/session-private.h"

#include "src/station/check.h"
#include "src/station/service.h"

/* ---- a supervisor's ---- */

gboolean
stn_session_release_stop_work (StnSession *self, const StnSessionRequest *request, GError **error)
{
  if (self->stopped == NULL) {
    stn_error_set (error, STN_FAILURE_NOT_READY, "nothing was stopped");
    return FALSE;
  }
  if (!stn_session_needs_supervisor (self, "going on after a stop", error))
    return FALSE;
  const StnAudit audit = { .action = "release", .subject = self->job != NULL ? self->job->name : NULL,
                           .old_value = self->stopped, .new_value = "goes on", .reason = request->texts[0],
                           .allowed_by = self->supervisor->badge };
  if (!stn_session_audit (self, &audit, error))
    return FALSE;
  g_clear_pointer (&self->stopped, g_free);
  self->fails_since_release = 0;
  return TRUE;
}

gboolean
stn_session_allow_retry_work (StnSession *self, const StnSessionRequest *request, GError **error)
{
  StnSessionSeat *seat = stn_session_find_seat (self, request->texts[0], error);
  g_autofree char *before = NULL;

  if (seat == NULL || !stn_session_needs_idle (self, error))
    return FALSE;
  if (!seat->is_open || stn_session_may_retry (self, seat)) {
    stn_error_set (error, STN_FAILURE_NOT_READY, "%s: no board there is at its retry limit", seat->site->name);
    return FALSE;
  }
  if (!stn_session_needs_supervisor (self, "one retry more", error))
    return FALSE;
  const char *reason = request->texts[1] != NULL && *request->texts[1] != '\0' ? request->texts[1] : "not said";
  before = g_strdup_printf ("%u failed runs", seat->fails);
  const StnAudit audit = { .action = "allow-retry", .subject = seat->uid != NULL ? seat->uid : seat->site->name,
                           .site = seat->site->name, .run_id = seat->open_run, .old_value = before,
                           .new_value = "one more", .reason = reason, .allowed_by = self->supervisor->badge };
  if (!stn_session_audit (self, &audit, error))
    return FALSE;
  if (seat->uid != NULL && !stn_journal_dispose (self->journal, seat->uid, "release", reason, self->supervisor->badge,
                                                 error))
    return FALSE;
  seat->extra_retries++;
  seat->at_limit = FALSE;
  return TRUE;
}

gboolean
stn_session_enable_site_work (StnSession *self, const StnSessionRequest *request, GError **error)
{
  StnSessionSeat *seat = stn_session_find_seat (self, request->texts[0], error);
  gboolean on = request->value != 0;

  if (seat == NULL || !stn_session_needs_idle (self, error))
    return FALSE;
  if (on == (seat->off_reason == NULL)) {
    stn_error_set (error, STN_FAILURE_NOT_READY, "%s is %s already", seat->site->name, on ? "on" : "off");
    return FALSE;
  }
  if (on && !seat->site->enabled) {
    stn_error_set (error, STN_FAILURE_NOT_READY, "%s: the station file leaves it out (enabled: false)",
                   seat->site->name);
    return FALSE;
  }
  if (!on && seat->is_open) {
    stn_error_set (error, STN_FAILURE_FAILED_BOARD_OPEN, "%s: retry or bin its board first", seat->site->name);
    return FALSE;
  }
  if (!stn_session_needs_supervisor (self, on ? "switching a site on" : "switching a site off", error))
    return FALSE;
  const char *reason = request->texts[1] != NULL && *request->texts[1] != '\0' ? request->texts[1] : "not said";
  const StnAudit audit = { .action = on ? "site-on" : "site-off", .subject = seat->site->name,
                           .site = seat->site->name, .old_value = on ? "off" : "on", .new_value = on ? "on" : "off",
                           .reason = reason, .allowed_by = self->supervisor->badge };
  if (!stn_session_audit (self, &audit, error))
    return FALSE;
  g_clear_pointer (&seat->off_reason, g_free);
  g_clear_pointer (&seat->off_by, g_free);
  seat->fails_in_a_row = 0;
  if (!on) {
    seat->off_reason = g_strdup (reason);
    seat->off_by = g_strdup (self->supervisor->name);
    stn_session_seat_clear_board (seat);
  }
  return TRUE;
}

/* ---- service ---- */

StnSessionWiring *
stn_session_wiring_ref (StnSessionWiring *self)
{
  return self != NULL ? g_atomic_rc_box_acquire (self) : NULL;
}

static void
wiring_clear (gpointer data)
{
  stn_check_report_free ((StnCheckReport *) ((StnSessionWiring *) data)->report);
}

void
stn_session_wiring_unref (StnSessionWiring *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, wiring_clear);
}

/* From here until end_service somebody may end it; `any_request_ends` as well as stn_session_stop_service. */
static GCancellable *
begin_service (StnSession *self, gboolean any_request_ends)
{
  stn_session_close_run (self);
  g_mutex_lock (&self->mutex);
  self->service = g_cancellable_new ();
  self->service_sites_done = self->service_sites = 0;
  g_clear_pointer (&self->service_what, g_free);
  if (any_request_ends)
    self->waking = g_object_ref (self->service);
  if (self->is_closing || (any_request_ends && !g_queue_is_empty (&self->requests)))
    g_cancellable_cancel (self->service);
  g_mutex_unlock (&self->mutex);
  self->is_serving = self->is_dirty = TRUE;
  stn_session_publish (self);
  return self->service;
}

static void
end_service (StnSession *self, const StnSessionRequest *request, const GError *error)
{
  g_mutex_lock (&self->mutex);
  g_clear_object (&self->waking);
  g_clear_object (&self->service);
  g_mutex_unlock (&self->mutex);
  self->is_serving = FALSE;
  self->is_dirty = TRUE;
  self->service_done = request->number;
  self->service_failure = stn_error_failure (error);
  g_free (self->service_text);
  self->service_text = error != NULL ? g_strdup (error->message) : NULL;
}

/* One that could not even begin has come to its end as well: who waits for it looks there. */
static gboolean
may_serve (StnSession *self, const StnSessionRequest *request, GError **error)
{
  g_autoptr (GError) failure = NULL;
  if (stn_session_needs_idle (self, &failure))
    return TRUE;
  self->service_done = request->number;
  self->service_failure = stn_error_failure (failure);
  g_free (self->service_text);
  self->service_text = g_strdup (failure->message);
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

gboolean
stn_session_identify_work (StnSession *self, const StnSessionRequest *request, GError **error)
{
  StnSessionSeat *seat = stn_session_find_seat (self, request->texts[0], error);
  g_autoptr (GError) failure = NULL;

  if (seat == NULL || !may_serve (self, request, error))
    return FALSE;
  if (request->value <= 0)
    return TRUE; /* any request ends one that runs */
  seat->blinks = TRUE;
  GCancellable *ended = begin_service (self, TRUE);
  gboolean ok = stn_station_identify (self->station, seat->site->name, request->value, ended, &failure);
  seat->blinks = FALSE;
  end_service (self, request, failure);
  if (!ok)
    g_propagate_error (error, g_steal_pointer (&failure));
  return ok;
}

static void
on_service_progress (guint done, guint total, gpointer data)
{
  StnSession *self = data;
  g_mutex_lock (&self->mutex);
  self->service_sites_done = done;
  self->service_sites = total;
  g_mutex_unlock (&self->mutex);
}

static void
on_service_tell (const char *what, gpointer data)
{
  StnSession *self = data;
  g_mutex_lock (&self->mutex);
  g_free (self->service_what);
  self->service_what = g_strdup (what);
  g_mutex_unlock (&self->mutex);
}

static void
tell_rows (StnSession *self, const StnCheckReport *report)
{
  for (guint i = 0; i < report->sites->len; i++) {
    const StnSiteCheck *site = g_ptr_array_index (report->sites, i);
    g_autoptr (GString) text = g_string_new (NULL);
    g_string_append_printf (text, "%s: %s", site->site, stn_site_state_name (site->state));
    for (guint k = 0; k < site->findings->len; k++)
      g_string_append_printf (text, "%s%s", k > 0 ? "; " : ": ", (const char *) g_ptr_array_index (site->findings, k));
    stn_session_notice (self, STN_NOTICE_WIRING, 0, STN_FAILURE_NONE, site->site, "%s", text->str);
  }
}

gboolean
stn_session_check_wiring_work (StnSession *self, const StnSessionRequest *request, GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (!may_serve (self, request, error))
    return FALSE;
  const StnCheckOptions options = { .cancellable = begin_service (self, FALSE),
                                    .progress = on_service_progress,
                                    .tell = on_service_tell,
                                    .data = self };
  StnCheckReport *report = stn_station_check_wiring (self->station, &options, &failure);
  end_service (self, request, failure);
  if (report == NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  stn_session_wiring_unref (self->wiring);
  self->wiring = g_atomic_rc_box_new0 (StnSessionWiring);
  self->wiring->report = report;
  self->wiring->utc_us = stn_clock_utc_us (self->clock);
  tell_rows (self, report);
  return TRUE;
}
