/* What an earlier program left behind on the sites of a run. */
#include "src/station/approval.h"
#include "src/station/run-private.h"

/* A site that is wired to an adapter that is ours now: nobody else can be at work there. */
static gboolean
is_ours (const StnStationRun *self, const char *site_name)
{
  const StnStation *station = self->station;
  for (guint i = 0; i < station->sites->len; i++) {
    if (!g_str_equal (stn_station_wiring_at (station, i)->file->name, site_name))
      continue;
    for (guint mine = 0; mine < self->site_indexes->len; mine++)
      if (g_array_index (self->site_indexes, guint, mine) == i)
        return TRUE;
    for (guint signal = 0; signal < STN_SIGNAL_COUNT; signal++) {
      const StnPinRef *line = &stn_station_wiring_at (station, i)->lines[signal];
      if (line->kind == STN_PIN_REF_CONTROL && stn_ports_uses_control (self->ports, line->control))
        return TRUE;
    }
  }
  return FALSE;
}

static gboolean
wait_out_window (StnStationRun *self, const StnOpenWindow *window, GError **error)
{
  gint64 gone_ns = (stn_clock_utc_us (self->station->clock) - window->opened_utc_us) * STN_NS_PER_US;
  /* a wall clock that was set back says nothing: the whole time then */
  gint64 left_ns = gone_ns < 0 ? window->longest_ns : window->longest_ns - gone_ns;
  StnWait wait = stn_wait_new (self->station->clock, STN_TIME_NEVER, self->cancellable);
  g_auto (StnOptionWindow) options = { .words = NULL };

  if (left_ns > 0) {
    g_autofree char *duration = stn_text_from_duration_ns ((left_ns / STN_NS_PER_MS + 1) * STN_NS_PER_MS);
    stn_station_run_warn (
        self, window->site,
        g_strdup_printf ("an earlier program ended in the middle of: %s; nothing moves for another %s", window->what,
                         duration));
    if (!stn_wait_sleep (&wait, left_ns, error))
      return FALSE;
  } else {
    stn_station_run_warn (self, window->site,
                          g_strdup_printf ("an earlier program ended in the middle of: %s", window->what));
  }
  if (self->recovery == NULL && stn_option_window_parse (window->what, &options))
    stn_station_run_warn (
        self, window->site,
        g_strdup_printf ("if that board is still there, `stationctl recover --sites %s` looks at its option bytes and "
                         "puts back what it had",
                         window->site));
  return stn_journal_window_close (self->journal, window->run_id, error);
}

/* What an earlier program began on a site of ours and has not ended: nobody knows what is on that board. */
static gboolean
tell_unknown (StnStationRun *self, StnQuery *query, GError **error)
{
  for (guint i = 0; i < self->rows->len; i++) {
    const StnSite *site = g_array_index (self->rows, StnRunnerSite, i).site;
    StnRunFilter filter = { .site = site->name, .newest_first = TRUE, .limit = 1 };
    g_autoptr (GPtrArray) rows = stn_query_runs (query, &filter, error);
    if (rows == NULL)
      return FALSE;
    const StnRunRow *row = rows->len > 0 ? g_ptr_array_index (rows, 0) : NULL;
    if (row != NULL && row->result != NULL && row->result->failure == STN_FAILURE_OPTION_BYTES_UNKNOWN
        && self->recovery == NULL)
      stn_station_run_warn (
          self, site->name,
          g_strdup_printf ("the last board on this site has option bytes that nobody knows: if it is still there, "
                           "`stationctl recover --sites %s` puts back what it had",
                           site->name));
    if (row == NULL || row->result != NULL)
      continue;
    stn_station_run_warn (
        self, site->name,
        g_strdup_printf ("the last run on this site has no result, its program was ended in the middle: check that "
                         "board (run %s, job %s)",
                         row->run->run_id, row->run->job_name));
  }
  return TRUE;
}

gboolean
stn_station_run_settle_the_past (StnStationRun *self, GError **error)
{
  g_autoptr (StnQuery) query = stn_query_open (self->station->journal_path, error);
  if (query == NULL)
    return FALSE;
  /* a recovery puts back what a board had: it needs nobody's leave */
  if (stn_station_wants_approval (self->station) && self->job != NULL && self->recovery == NULL
      && !stn_approval_check (query, self->job, error))
    return FALSE;
  g_autoptr (GPtrArray) windows = stn_query_open_windows (query, error);
  if (windows == NULL || !tell_unknown (self, query, error))
    return FALSE;
  for (guint i = 0; i < windows->len; i++) {
    const StnOpenWindow *window = g_ptr_array_index (windows, i);
    if (is_ours (self, window->site) && !wait_out_window (self, window, error))
      return FALSE;
  }
  return TRUE;
}
