/* Who is there, and what they may. */
#include "src/station/session-private.h"

#include <string.h>

static void
lock_now (StnSession *self, const char *why)
{
  if (self->supervisor == NULL)
    return;
  const StnAudit audit = { .action = "lock", .subject = self->supervisor->badge, .old_value = "supervisor",
                           .new_value = "operator", .reason = why };
  g_autoptr (GError) error = NULL;
  if (!stn_session_audit (self, &audit, &error))
    stn_session_warn (self, error->message);
  g_clear_pointer (&self->supervisor, stn_person_free);
  self->is_dirty = TRUE;
}

void
stn_session_expire_supervisor (StnSession *self)
{
  if (self->supervisor != NULL && stn_clock_now_ns (self->clock) >= self->supervisor_until_ns)
    lock_now (self, "five minutes without use");
}

static gboolean
is_badge_text (const char *text)
{
  gsize length = text != NULL ? strlen (text) : 0;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isprint (text[i]))
      return FALSE;
  return length > 0 && length <= 64;
}

gboolean
stn_session_sign_in_work (StnSession *self, const StnSessionRequest *request, GError **error)
{
  const char *badge = request->texts[0];
  const StnPerson *known = stn_people_find (self->people, badge);
  g_autofree char *handover = NULL;
  gint64 last = 0;

  if (!is_badge_text (badge) || (known == NULL && stn_people_are_known (self->people))) {
    stn_error_set (error, STN_FAILURE_UNKNOWN_BADGE, "no badge “%s” is known here",
                   is_badge_text (badge) ? badge : "");
    return FALSE;
  }
  if (self->person != NULL && g_str_equal (self->person->badge, badge))
    return TRUE;
  if (!stn_query_last_run (self->query, &last, error))
    return FALSE;
  guint open = 0;
  for (guint i = 0; i < self->seats->len; i++)
    open += stn_session_seat (self, i)->is_open;
  handover = g_strdup_printf ("%u boards open%s%s", open, self->lot != NULL ? ", lot " : "",
                              self->lot != NULL ? self->lot : "");
  const StnAudit audit = { .action = self->person != NULL ? "shift-change" : "sign-in",
                           .subject = badge,
                           .detail = handover,
                           .operator_id = badge,
                           .old_value = self->person != NULL ? self->person->badge : NULL,
                           .new_value = badge };
  if (!stn_session_audit (self, &audit, error))
    return FALSE;
  lock_now (self, "somebody else signed in");
  stn_person_free (self->person);
  const StnPerson unknown = { .badge = (char *) badge, .name = (char *) badge };
  self->person = stn_person_copy (known != NULL ? known : &unknown);
  self->shift_utc_us = stn_clock_utc_us (self->clock);
  self->shift_run = last;
  if (self->run != NULL)
    stn_station_run_set_operator (self->run, self->person->badge);
  stn_session_count (self);
  return TRUE;
}

gboolean
stn_session_sign_out_work (StnSession *self, G_GNUC_UNUSED const StnSessionRequest *request, GError **error)
{
  if (!stn_session_needs_person (self, error) || !stn_session_needs_idle (self, error))
    return FALSE;
  const StnAudit audit = { .action = "sign-out", .subject = self->person->badge };
  if (!stn_session_audit (self, &audit, error))
    return FALSE;
  lock_now (self, "signed out");
  g_clear_pointer (&self->person, stn_person_free);
  return TRUE;
}

gboolean
stn_session_unlock_work (StnSession *self, const StnSessionRequest *request, GError **error)
{
  const char *badge = request->texts[0], *pin = request->texts[1], *reason = request->texts[2];
  const StnPerson *person = stn_people_find (self->people, badge);
  g_autoptr (GError) failure = NULL;

  if (!stn_session_needs_person (self, error))
    return FALSE;
  if (person == NULL) {
    stn_error_set (error, STN_FAILURE_UNKNOWN_BADGE, "no badge “%s” is known here", badge != NULL ? badge : "");
    return FALSE;
  }
  if (person->role != STN_ROLE_SUPERVISOR) {
    stn_error_set (error, STN_FAILURE_NOT_ALLOWED, "%s is no supervisor", person->name);
    return FALSE;
  }
  if (reason == NULL || *reason == '\0') {
    stn_error_set (error, STN_FAILURE_USAGE, "an unlock has a reason");
    return FALSE;
  }
  if (!stn_people_check_pin (self->people, badge, pin, self->clock, &failure)) {
    const StnAudit audit = { .action = "unlock-refused", .subject = badge, .detail = failure->message,
                             .reason = reason };
    /* who guesses PINs is on record, or guesses none */
    if (!stn_session_audit (self, &audit, error))
      return FALSE;
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  const StnAudit audit = { .action = "unlock", .subject = badge, .old_value = "operator", .new_value = "supervisor",
                           .reason = reason, .allowed_by = badge };
  if (!stn_session_audit (self, &audit, error))
    return FALSE;
  stn_person_free (self->supervisor);
  self->supervisor = stn_person_copy (person);
  self->supervisor_until_ns = stn_clock_now_ns (self->clock) + STN_SUPERVISOR_NS;
  return TRUE;
}

gboolean
stn_session_lock_work (StnSession *self, G_GNUC_UNUSED const StnSessionRequest *request, G_GNUC_UNUSED GError **error)
{
  lock_now (self, "asked for");
  return TRUE;
}
