/* Write windows that an earlier program left open: nothing of those sites moves before their time is over. A run closes
 * them in the journal; what only looks at the wiring waits them out and leaves them to the next run. */
#include "src/station/ports.h"

#include "src/journal/query.h"

static gboolean
is_touched (const StnStation *self, const StnPorts *ports, const char *site)
{
  for (guint i = 0; i < self->wirings->len; i++) {
    const StnSiteWiring *wiring = &g_array_index (self->wirings, StnSiteWiring, i);
    if (!g_str_equal (wiring->file->name, site))
      continue;
    for (guint signal = 0; signal < STN_SIGNAL_COUNT; signal++) {
      const StnPinRef *line = &wiring->lines[signal];
      if (line->kind == STN_PIN_REF_CONTROL && (ports == NULL || stn_ports_uses_control (ports, line->control)))
        return TRUE;
    }
    return ports == NULL || wiring->lines[STN_SIGNAL_NRST].kind != STN_PIN_REF_CONTROL;
  }
  return FALSE;
}

gboolean
stn_station_wait_out_windows (StnStation *self, const StnPorts *ports, GCancellable *cancellable, GError **error)
{
  if (!g_file_test (self->journal_path, G_FILE_TEST_EXISTS))
    return TRUE;
  g_autoptr (StnQuery) query = stn_query_open_for_windows (self->journal_path, error);
  g_autoptr (GPtrArray) windows = query != NULL ? stn_query_open_windows (query, error) : NULL;
  if (windows == NULL)
    return FALSE;

  gint64 longest_left_ns = 0;
  for (guint i = 0; i < windows->len; i++) {
    const StnOpenWindow *window = g_ptr_array_index (windows, i);
    if (!is_touched (self, ports, window->site))
      continue;
    gint64 gone_ns = (stn_clock_utc_us (self->clock) - window->opened_utc_us) * STN_NS_PER_US;
    /* a wall clock that was set back says nothing: the whole time then */
    gint64 left_ns = gone_ns < 0 ? window->longest_ns : window->longest_ns - gone_ns;
    longest_left_ns = MAX (longest_left_ns, left_ns);
  }
  StnWait wait = stn_wait_new (self->clock, STN_TIME_NEVER, cancellable);
  return longest_left_ns <= 0 || stn_wait_sleep (&wait, longest_left_ns, error);
}
