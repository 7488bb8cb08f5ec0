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

gboolean
stn_session_identify_work (StnSession *self, const StnSessionRequest *request, GError **error)
{
  StnSessionSeat *seat = stn_session_find_seat (self, request->texts[0], error);

  if (seat == NULL || !stn_session_needs_idle (self, error))
    return FALSE;
  if (request->value <= 0)
    return TRUE; /* any request ends one that runs */
  stn_session_close_run (self);
  seat->blinks = TRUE;
  self->is_dirty = TRUE;
  stn_session_publish (self);
  GCancellable *waking = g_cancellable_new ();
  g_mutex_lock (&self->mutex);
  self->waking = waking;
  if (!g_queue_is_empty (&self->requests) || self->is_closing)
    g_cancellable_cancel (waking);
  g_mutex_unlock (&self->mutex);
  gboolean ok = stn_station_identify (self->station, seat->site->name, request->value, waking, error);
  g_mutex_lock (&self->mutex);
  g_clear_object (&self->waking);
  g_mutex_unlock (&self->mutex);
  seat->blinks = FALSE;
  return ok;
}

gboolean
stn_session_check_wiring_work (StnSession *self, G_GNUC_UNUSED const StnSessionRequest *request, GError **error)
{
  StnCheckOptions options = { .cancellable = self->cancellable };

  if (!stn_session_needs_idle (self, error))
    return FALSE;
  stn_session_close_run (self);
  StnCheckReport *report = stn_station_check_wiring (self->station, &options, error);
  if (report == NULL)
    return FALSE;
  for (guint i = 0; i < report->sites->len; i++) {
    const StnSiteCheck *site = g_ptr_array_index (report->sites, i);
    g_autoptr (GString) text = g_string_new (NULL);
    g_string_append_printf (text, "%s: %s", site->site, stn_site_state_name (site->state));
    for (guint k = 0; k < site->findings->len; k++)
      g_string_append_printf (text, "%s%s", k > 0 ? "; " : ": ", (const char *) g_ptr_array_index (site->findings, k));
    stn_session_notice (self, STN_NOTICE_WARNING, 0, STN_FAILURE_NONE, site->site, "%s", text->str);
  }
  stn_check_report_free (report);
  return TRUE;
}
