/* What starts the cycles of a run, and the panel that shows how they ended. */
#include "src/station/run-private.h"

/* detect pins are steady for much longer than this */
#define PRESENCE_POLL_NS (10 * STN_NS_PER_MS)

/* ---- the panel ---- */

void
stn_station_run_make_panel (StnStationRun *self)
{
  self->panel = stn_panel_new (self->station->clock, self->events);
  for (guint i = 0; i < self->bank_indexes->len; i++) {
    guint index = g_array_index (self->bank_indexes, guint, i);
    const StnBankWiring *bank = &g_array_index (self->station->banks, StnBankWiring, index);
    StnLine lines[STN_PANEL_COUNT] = { 0 };
    for (guint signal = 0; signal < STN_PANEL_COUNT; signal++) {
      const StnPinRef *line = &bank->lines[signal];
      if (line->kind == STN_PIN_REF_CONTROL)
        lines[signal] = (StnLine){ .adapter = stn_ports_adapter (self->ports, line->control),
                                   .bit = line->bit,
                                   .active_low = line->active_low };
    }
    stn_panel_add_bank (self->panel, bank->file->name, lines);
  }
  self->presence = stn_presence_new (self->station->clock);
  for (guint i = 0; i < self->rows->len; i++) {
    const StnSite *site = g_array_index (self->rows, StnRunnerSite, i).site;
    if (site->detect.adapter != NULL)
      stn_presence_add (self->presence, site->name, &site->detect);
  }
}

static StnPanelResult
result_of_bank (const StnStationRun *self, guint bank, const StnSiteOutcome *outcomes)
{
  guint passed = 0, failed = 0, open = 0;

  for (guint i = 0; i < self->rows->len; i++) {
    if (stn_station_wiring_at (self->station, g_array_index (self->site_indexes, guint, i))->bank != bank)
      continue;
    if (outcomes[i].is_out)
      continue;
    if (!outcomes[i].is_recorded)
      open++;
    else if (outcomes[i].verdict == STN_VERDICT_PASS)
      passed++;
    else if (outcomes[i].verdict == STN_VERDICT_FAIL)
      failed++;
    else if (outcomes[i].verdict != STN_VERDICT_EMPTY)
      open++;
  }
  if (failed > 0)
    return STN_PANEL_ONE_FAILED;
  return passed > 0 && open == 0 ? STN_PANEL_ALL_PASSED : STN_PANEL_NO_VERDICT;
}

void
stn_station_run_cycle_over (gpointer data, const StnSiteOutcome *outcomes)
{
  StnStationRun *self = data;
  g_autofree StnPanelResult *results = g_new0 (StnPanelResult, self->bank_indexes->len);

  for (guint i = 0; i < self->bank_indexes->len; i++)
    results[i] = result_of_bank (self, g_array_index (self->bank_indexes, guint, i), outcomes);
  stn_panel_end (self->panel, results);

  g_autoptr (GError) error = NULL;
  if (self->trace != NULL && !stn_trace_sink_check (self->trace, &error))
    stn_station_run_warn (self, NULL, g_strdup_printf ("the trace is not whole: %s", error->message));
}

/* ---- what starts a cycle ---- */

const char *const stn_start_by_names[STN_START_BY_COUNT + 1] = { "now", "key", "pin", "insertion", "lid", NULL };

gboolean
stn_station_run_can_start_by (const StnStationRun *self, StnStartBy by, GError **error)
{
  gboolean has_start = FALSE, has_lid = FALSE, has_detect = FALSE;

  for (guint i = 0; i < self->bank_indexes->len; i++) {
    guint index = g_array_index (self->bank_indexes, guint, i);
    const StnBankWiring *bank = &g_array_index (self->station->banks, StnBankWiring, index);
    has_start |= bank->lines[STN_PANEL_START].kind != STN_PIN_REF_NONE;
    has_lid |= bank->lines[STN_PANEL_LID].kind != STN_PIN_REF_NONE;
  }
  for (guint i = 0; i < self->site_indexes->len; i++)
    has_detect |=
        stn_station_wiring_at (self->station, g_array_index (self->site_indexes, guint, i))->wiring.has_detect;
  if (by == STN_START_BY_PIN && !has_start) {
    stn_error_set (error, STN_FAILURE_USAGE, "%s: no bank that takes part has a START (inputs: { start: … })",
                   self->station->path);
    return FALSE;
  }
  if (by == STN_START_BY_LID && !has_lid) {
    stn_error_set (error, STN_FAILURE_USAGE, "%s: no bank that takes part has a lid (inputs: { lid: … })",
                   self->station->path);
    return FALSE;
  }
  if (by == STN_START_BY_INSERTION && !has_detect) {
    stn_error_set (error, STN_FAILURE_USAGE,
                   "%s: no site that takes part has a detect pin, so nothing tells that "
                   "boards have been changed",
                   self->station->path);
    return FALSE;
  }
  return TRUE;
}

static gboolean
wait_for_boards (StnStationRun *self, const StnWait *wait, gboolean *out_started, GError **error)
{
  for (;;) {
    g_autoptr (GError) failure = NULL;
    StnWait reading = stn_wait_new (wait->clock, STN_NS_PER_S, wait->cancellable);
    if (!stn_presence_look (self->presence, &reading, error))
      return FALSE;
    if (stn_presence_is_ready (self->presence))
      return stn_panel_wait_closed (self->panel, wait, out_started, error);
    const char *left = stn_presence_take_left_in_place (self->presence);
    if (left != NULL)
      stn_station_run_warn (self, left,
                            g_strdup_printf ("%s still holds its board of the last cycle: nothing starts before it was "
                                             "taken out",
                                             left));
    if (stn_wait_sleep (wait, PRESENCE_POLL_NS, &failure))
      continue;
    if (!stn_error_is (failure, STN_FAILURE_TIMEOUT)) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
    *out_started = FALSE;
    return TRUE;
  }
}

gboolean
stn_station_run_wait_start (StnStationRun *self, StnStartBy by, const StnWait *wait, gboolean *out_started,
                            GError **error)
{
  switch (by) {
  case STN_START_BY_KEY:
    return stn_panel_wait_closed (self->panel, wait, out_started, error);
  case STN_START_BY_PIN:
    return stn_panel_wait_start (self->panel, wait, out_started, error);
  case STN_START_BY_LID:
    return stn_panel_wait_lid (self->panel, wait, out_started, error);
  case STN_START_BY_INSERTION:
    return wait_for_boards (self, wait, out_started, error);
  case STN_START_BY_NOW:
  default:
    *out_started = TRUE;
    return TRUE;
  }
}

gboolean
stn_station_run_look (StnStationRun *self, StnRunInputs *out, GError **error)
{
  StnWait wait = stn_wait_new (self->station->clock, STN_NS_PER_S, NULL);
  StnPanelLook look = { 0 };

  if (!stn_panel_look (self->panel, &wait, &look, error) || !stn_presence_look (self->presence, &wait, error))
    return FALSE;
  *out = (StnRunInputs){ .is_pressed = look.is_pressed,
                         .open_lid = look.open_lid,
                         .lid_was_closed = look.was_closed,
                         .boards_are_in = stn_presence_is_ready (self->presence) };
  if (!out->boards_are_in)
    out->left_in_place = stn_presence_take_left_in_place (self->presence);
  return TRUE;
}

gboolean
stn_station_run_board (const StnStationRun *self, const char *site, gboolean *out_is_in, gboolean *out_is_new)
{
  return self->presence != NULL && stn_presence_get (self->presence, site, out_is_in, out_is_new);
}

void
stn_station_run_use (StnStationRun *self, const char *site, gboolean on)
{
  if (self->presence != NULL)
    stn_presence_use (self->presence, site, on);
}

void
stn_station_run_set_old (StnStationRun *self, const char *site)
{
  if (self->presence != NULL)
    stn_presence_set_old (self->presence, site);
}

static gboolean
start_cycle (StnStationRun *self, GError **error)
{
  const StnStationFile *file = &self->station->file;

  if (!stn_panel_begin (self->panel, error))
    return FALSE;
  stn_presence_begin (self->presence);
  if (file->fixture_id != NULL) {
    if (!stn_journal_count_fixture (self->journal, file->fixture_id, &self->run_base->fixture_cycle, error)) {
      g_autofree StnPanelResult *none = g_new0 (StnPanelResult, self->bank_indexes->len);
      stn_panel_end (self->panel, none);
      return FALSE;
    }
    if (file->cycles_limit > 0 && self->run_base->fixture_cycle > file->cycles_limit)
      stn_station_run_warn (self, NULL,
                            g_strdup_printf ("fixture %s has done %" G_GINT64_FORMAT
                                             " cycles, its contacts are due for service after %" G_GINT64_FORMAT,
                                             file->fixture_id, self->run_base->fixture_cycle, file->cycles_limit));
  }
  g_free (self->run_base->production_day);
  self->run_base->production_day = stn_station_today (self->station);
  g_free (self->run_base->shift);
  self->run_base->shift = g_strdup (stn_station_shift (self->station, stn_clock_utc_us (self->station->clock), NULL));
  stn_runner_set_run_base (self->runner, self->run_base);
  stn_runner_start (self->runner);
  return TRUE;
}

gboolean
stn_station_run_start (StnStationRun *self, GError **error)
{
  /* the watch over the lids runs before the first board's worker does: time stands still until both are there */
  stn_clock_join (self->station->clock);
  gboolean started = start_cycle (self, error);
  stn_clock_leave (self->station->clock);
  return started;
}
