#include "ui/wiring-work.h"

struct StnWiringWork {
  StnSession *session; /* borrowed */
  StnWiringDone done;
  gpointer data;
  StnWiringTask task;
  guint64 request; /* that is under way; 0: nothing is */
};

StnWiringWork *
stn_wiring_work_new (StnSession *session, StnWiringDone done, gpointer data)
{
  StnWiringWork *self = g_new0 (StnWiringWork, 1);
  self->session = session;
  self->done = done;
  self->data = data;
  return self;
}

void
stn_wiring_work_free (StnWiringWork *self)
{
  if (self == NULL)
    return;
  stn_wiring_work_stop (self);
  g_free (self);
}

static void
site_check_free (gpointer data)
{
  StnSiteCheck *self = data;
  g_free (self->site);
  g_free (self->bank);
  g_ptr_array_unref (self->findings);
  g_free (self);
}

/* The sites as the session has them, nothing proved. */
static void
list_sites (StnWiringWork *self)
{
  g_autoptr (StnSessionState) state = stn_session_state (self->session);
  StnCheckReport report = { .sites = g_ptr_array_new_with_free_func (site_check_free) };

  for (guint i = 0; i < state->site_count; i++) {
    StnSiteCheck *row = g_new0 (StnSiteCheck, 1);
    row->site = g_strdup (state->sites[i].name);
    row->bank = g_strdup (state->sites[i].bank);
    row->state = STN_SITE_SILENT;
    row->findings = g_ptr_array_new_with_free_func (g_free);
    g_ptr_array_add (report.sites, row);
  }
  if (state->wiring != NULL)
    self->done (STN_WIRING_CHECK, state->wiring->report, NULL, self->data);
  else
    self->done (STN_WIRING_LIST, &report, NULL, self->data);
  g_ptr_array_unref (report.sites);
}

gboolean
stn_wiring_work_begin (StnWiringWork *self, StnWiringTask task, const char *site, gint64 duration_ns)
{
  if (self->request != 0)
    return FALSE;
  self->task = task;
  if (task == STN_WIRING_LIST)
    list_sites (self);
  else
    self->request = task == STN_WIRING_CHECK ? stn_session_check_wiring (self->session)
                                             : stn_session_identify (self->session, site, duration_ns);
  return TRUE;
}

void
stn_wiring_work_look (StnWiringWork *self)
{
  if (self->request == 0)
    return;
  g_autoptr (StnSessionState) state = stn_session_state (self->session);
  g_autoptr (GError) error = NULL;
  if (state->service_done < self->request)
    return;
  self->request = 0;
  if (state->service_failure != STN_FAILURE_NONE)
    stn_error_set (&error, state->service_failure, "%s", state->service_text != NULL ? state->service_text : "");
  gboolean has_report = error == NULL && self->task == STN_WIRING_CHECK && state->wiring != NULL;
  self->done (self->task, has_report ? state->wiring->report : NULL, error, self->data);
}

void
stn_wiring_work_stop (StnWiringWork *self)
{
  if (self->request != 0)
    stn_session_stop_service (self->session);
}

gboolean
stn_wiring_work_is_busy (StnWiringWork *self)
{
  return self->request != 0;
}

void
stn_wiring_work_progress (StnWiringWork *self, guint *out_done, guint *out_total, char **out_what)
{
  stn_session_service_progress (self->session, out_done, out_total, out_what);
}
