/* A run of the station: sites, plans, locks, journal, adapters, runner - opened in this order, closed in the other. */
#include "src/station/station-private.h"

#include <string.h>

#include "src/journal/journal.h"
#include "src/journal/query.h"
#include "src/station/approval.h"
#include "src/station/ledger.h"
#include "src/station/panel.h"
#include "src/station/ports.h"
#include "src/station/presence.h"

/* detect pins are steady for much longer than this */
#define PRESENCE_POLL_NS (10 * STN_NS_PER_MS)

struct StnStationRun {
  StnStation *station; /* borrowed */
  StnJob *job;
  StnEventQueue *events; /* borrowed */
  char *trace_path;
  StnFaultPlan *faults;        /* borrowed */
  const StnRecovery *recovery; /* borrowed */
  GCancellable *cancellable;
  StnRun *run_base;

  GArray *site_indexes; /* guint, into the station's sites */
  GPtrArray *plans;     /* StnPlan, one for each different wiring */
  GArray *rows;         /* StnRunnerSite */

  GArray *bank_indexes; /* guint, the banks of these sites */
  guint64 quantity;

  StnBench *bench; /* NULL: real ports */

  /* from open on */
  gboolean is_open;
  StnPorts *ports;
  StnJournal *journal;
  StnJournal *lent_journal; /* borrowed; NULL: it opens its own */
  StnLedger *ledger;
  StnTraceSink *trace;
  StnPanel *panel;
  StnPresence *presence;
  StnRunner *runner;
};

static const StnSiteWiring *
wiring_of (const StnStation *station, guint site)
{
  return &g_array_index (station->wirings, StnSiteWiring, site);
}

/* ---- sites ---- */

static gboolean
has_name (const char *const *names, const char *name)
{
  return names != NULL && g_strv_contains (names, name);
}

static gboolean
check_names (const StnStation *station, const char *const *names, GError **error)
{
  g_autoptr (GPtrArray) known = g_ptr_array_new ();
  for (guint i = 0; i < station->sites->len; i++)
    g_ptr_array_add (known, ((StnSite *) g_ptr_array_index (station->sites, i))->name);
  g_ptr_array_add (known, NULL);

  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    if (g_strv_contains ((const char *const *) known->pdata, names[i]))
      continue;
    const char *nearest = stn_text_nearest (names[i], (const char *const *) known->pdata);
    g_autofree char *hint = nearest != NULL ? g_strdup_printf ("; the nearest is “%s”", nearest) : g_strdup ("");
    stn_error_set (error, STN_FAILURE_USAGE, "%s has no site “%s”%s", station->path, names[i], hint);
    return FALSE;
  }
  return TRUE;
}

gboolean
stn_station_pick_sites (const StnStation *self, const char *const *sites, const char *const *skip, GArray *out_indexes,
                        GError **error)
{
  if (!check_names (self, sites, error) || !check_names (self, skip, error))
    return FALSE;
  for (guint i = 0; i < self->sites->len; i++) {
    const StnSite *site = g_ptr_array_index (self->sites, i);
    if (sites != NULL && !has_name (sites, site->name))
      continue;
    if (has_name (skip, site->name))
      continue;
    if (!site->enabled) {
      if (sites == NULL)
        continue;
      stn_error_set (error, STN_FAILURE_USAGE, "site %s is not enabled in %s", site->name, self->path);
      return FALSE;
    }
    g_array_append_val (out_indexes, i);
  }
  if (out_indexes->len > 0)
    return TRUE;
  stn_error_set (error, STN_FAILURE_USAGE, "no site is left to run");
  return FALSE;
}

/* The banks in the order of the file, each once. */
static void
pick_banks (StnStationRun *self)
{
  for (guint bank = 0; bank < self->station->banks->len; bank++)
    for (guint i = 0; i < self->site_indexes->len; i++)
      if (wiring_of (self->station, g_array_index (self->site_indexes, guint, i))->bank == bank) {
        g_array_append_val (self->bank_indexes, bank);
        break;
      }
}

/* ---- plans ---- */

static gboolean
same_wiring (const StnWiring *a, const StnWiring *b)
{
  return a->has_uart == b->has_uart && a->has_usb == b->has_usb && a->program_by == b->program_by
         && a->has_nrst == b->has_nrst && a->has_boot0 == b->has_boot0 && a->has_power == b->has_power
         && a->has_detect == b->has_detect && a->shares_nrst == b->shares_nrst && a->shares_boot0 == b->shares_boot0
         && a->shares_power == b->shares_power && a->baud == b->baud && a->power_off_ns == b->power_off_ns
         && a->power_settle_ns == b->power_settle_ns;
}

/* The plan for a wiring, out of `plans` or made and added there; borrowed. */
static StnPlan *
plan_for (GPtrArray *plans, StnTargets *targets, StnJob *job, const StnWiring *wiring, GError **error)
{
  for (guint i = 0; i < plans->len; i++) {
    StnPlan *plan = g_ptr_array_index (plans, i);
    if (same_wiring (&plan->wiring, wiring))
      return plan;
  }
  StnPlan *plan = stn_plan_new (job, targets, NULL, wiring, error);
  if (plan != NULL)
    g_ptr_array_add (plans, plan);
  return plan;
}

static void
plan_unref (gpointer plan)
{
  stn_plan_unref (plan);
}

static gboolean
make_plans (StnStationRun *self, GError **error)
{
  StnTargets *targets = stn_station_targets (self->station, error);
  if (targets == NULL)
    return FALSE;
  for (guint i = 0; i < self->site_indexes->len; i++) {
    guint index = g_array_index (self->site_indexes, guint, i);
    StnSite *site = g_ptr_array_index (self->station->sites, index);
    StnPlan *plan = plan_for (self->plans, targets, self->job, &wiring_of (self->station, index)->wiring, error);
    if (plan == NULL) {
      g_prefix_error (error, "%s: ", site->name);
      return FALSE;
    }
    StnRunnerSite row = { .site = site, .plan = plan };
    g_array_append_val (self->rows, row);
  }
  return TRUE;
}

GPtrArray *
stn_station_plans (StnStation *self, StnJob *job, GError **error)
{
  g_autoptr (GPtrArray) plans = g_ptr_array_new_with_free_func (plan_unref);
  StnTargets *targets = stn_station_targets (self, error);
  if (targets == NULL)
    return NULL;
  for (guint i = 0; i < self->sites->len; i++) {
    const StnSite *site = g_ptr_array_index (self->sites, i);
    if (site->enabled && plan_for (plans, targets, job, &wiring_of (self, i)->wiring, error) == NULL) {
      g_prefix_error (error, "%s: ", site->name);
      return NULL;
    }
  }
  return g_steal_pointer (&plans);
}

StnPlan *
stn_station_plan_of_site (StnStation *self, StnJob *job, const char *site, GError **error)
{
  const char *const names[] = { site, NULL };
  g_autoptr (GArray) indexes = g_array_new (FALSE, FALSE, sizeof (guint));
  StnTargets *targets = stn_station_targets (self, error);
  if (targets == NULL || !stn_station_pick_sites (self, names, NULL, indexes, error))
    return NULL;
  StnPlan *plan =
      stn_plan_new (job, targets, NULL, &wiring_of (self, g_array_index (indexes, guint, 0))->wiring, error);
  if (plan == NULL)
    g_prefix_error (error, "%s: ", site);
  return plan;
}

StnPlan *
stn_station_plan_without (StnTargets *targets, StnJob *job, GError **error)
{
  /* what the job asks for by name, such a station has */
  StnWiring wiring = { .has_uart = TRUE,
                       .has_usb = job->program_by == STN_PROGRAM_BY_USB,
                       .has_nrst = TRUE,
                       .has_boot0 = TRUE,
                       .baud = 115200 };
  return stn_plan_new (job, targets, NULL, &wiring, error);
}

/* ---- making it ---- */

static char *
today (const StnStation *station)
{
  return stn_production_day (stn_clock_utc_us (station->clock), station->day_start_minutes, NULL);
}

static gboolean
check_until (StnStationRun *self, GError **error)
{
  g_autofree char *day = today (self->station);
  /* days as YYYY-MM-DD sort as text */
  if (self->job->until == NULL || day == NULL || strcmp (day, self->job->until) <= 0)
    return TRUE;
  stn_error_set (error, STN_FAILURE_EXPIRED, "%s: the job was to be used until %s, and today is %s", self->job->path,
                 self->job->until, day);
  return FALSE;
}

static StnRun *
run_base_new (const StnStationRun *self, const StnRunOptions *options)
{
  const StnStation *station = self->station;
  const StnPlan *plan = g_array_index (self->rows, StnRunnerSite, 0).plan;
  StnRun *run = stn_run_new ();

  run->boot_id = g_strdup (stn_boot_id ());
  run->production_day = today (station);
  run->shift = g_strdup (stn_station_shift (station, stn_clock_utc_us (station->clock), NULL));
  run->operator_id = g_strdup (options->operator_id != NULL ? options->operator_id : g_get_user_name ());
  run->lot = g_strdup (options->lot);
  run->panel = g_strdup (options->panel);
  run->station = g_strdup (station->file.station);
  run->fixture = g_strdup (station->file.fixture_id);
  run->fixture_revision = g_strdup (station->file.fixture_revision);
  run->job_name = g_strdup (self->job->name);
  run->job_revision = self->job->revision;
  run->job_hash = g_strdup (self->job->hash);
  run->images = g_strdup (self->job->images_text);
  run->target = g_strdup (plan->target->name);
  run->target_source = g_strdup (plan->target->source);
  run->target_hash = g_strdup (plan->target->source_sha256);
  run->engine = g_strdup (plan->engine_class->name);
  run->left_out = g_strdup (self->job->left_out);
  run->program_version = g_strdup (STN_VERSION);
  run->is_virtual = station->is_virtual;
  return run;
}

static StnEvent *
event_new (const StnStationRun *self, StnEventKind kind, const char *site)
{
  StnEvent *event = stn_event_new (kind);
  event->utc_us = stn_clock_utc_us (self->station->clock);
  event->mono_ns = stn_clock_now_ns (self->station->clock);
  event->site = g_strdup (site);
  return event;
}

static void
warn (const StnStationRun *self, const char *site, char *text)
{
  StnEvent *event = event_new (self, STN_EVENT_WARNING, site);
  event->text = text;
  stn_event_queue_post (self->events, event);
}

static void
tell_what_is_planned (const StnStationRun *self)
{
  for (guint i = 0; i < self->station->warnings->len; i++)
    warn (self, NULL, g_strdup (g_ptr_array_index (self->station->warnings, i)));
  for (guint i = 0; i < self->plans->len; i++) {
    const StnPlan *plan = g_ptr_array_index (self->plans, i);
    StnEvent *event = event_new (self, STN_EVENT_PLAN, NULL);
    event->text = g_strdup (plan->hash);
    event->total_bytes = plan->touched_bytes;
    stn_event_queue_post (self->events, event);
  }
  for (guint i = 0; i < self->rows->len; i++) {
    const StnRunnerSite *row = &g_array_index (self->rows, StnRunnerSite, i);
    if (stn_plan_may_meet_usb (row->plan))
      warn (
          self, row->site->name,
          g_strdup ("a UART visit with USB plugged: once the host has enumerated the board, its ROM answers there and "
                    "not on the UART; unplug it, or say `program-by: usb`"));
  }
}

StnStationRun *
stn_station_run_new (StnStation *station, StnJob *job, const StnRunOptions *options, StnEventQueue *events,
                     GError **error)
{
  g_autoptr (StnStationRun) self = g_new0 (StnStationRun, 1);

  self->station = station;
  self->job = stn_job_ref (job);
  self->events = events;
  self->trace_path = g_strdup (options->trace_path);
  self->faults = options->faults;
  self->recovery = options->recovery;
  self->cancellable = options->cancellable != NULL ? g_object_ref (options->cancellable) : NULL;
  self->quantity = options->quantity;
  self->lent_journal = options->journal;
  self->site_indexes = g_array_new (FALSE, FALSE, sizeof (guint));
  self->plans = g_ptr_array_new_with_free_func (plan_unref);
  self->rows = g_array_new (FALSE, FALSE, sizeof (StnRunnerSite));
  self->bank_indexes = g_array_new (FALSE, FALSE, sizeof (guint));
  if (!stn_station_pick_sites (station, options->sites, options->skip, self->site_indexes, error)
      || !check_until (self, error) || !make_plans (self, error))
    return NULL;
  pick_banks (self);
  /* a model only: what is wrong with it is bad input, and found before a lock or a journal is touched */
  if (station->bench_config != NULL) {
    if (station->bench == NULL && station->keeps_bench)
      station->bench = stn_station_make_bench (station, error);
    self->bench = station->keeps_bench ? station->bench : stn_station_make_bench (station, error);
    if (self->bench == NULL)
      return NULL;
  }
  self->run_base = run_base_new (self, options);
  tell_what_is_planned (self);
  return g_steal_pointer (&self);
}

const StnRunnerSite *
stn_station_run_sites (const StnStationRun *self, guint *out_count)
{
  *out_count = self->rows->len;
  return (const StnRunnerSite *) (gconstpointer) self->rows->data;
}

/* ---- opening: what an earlier program left behind ---- */

/* A site that is wired to an adapter that is ours now: nobody else can be at work there. */
static gboolean
is_ours (const StnStationRun *self, const char *site_name)
{
  const StnStation *station = self->station;
  for (guint i = 0; i < station->sites->len; i++) {
    if (!g_str_equal (wiring_of (station, i)->file->name, site_name))
      continue;
    for (guint mine = 0; mine < self->site_indexes->len; mine++)
      if (g_array_index (self->site_indexes, guint, mine) == i)
        return TRUE;
    for (guint signal = 0; signal < STN_SIGNAL_COUNT; signal++) {
      const StnPinRef *line = &wiring_of (station, i)->lines[signal];
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
    warn (self, window->site,
          g_strdup_printf ("an earlier program ended in the middle of: %s; nothing moves for another %s", window->what,
                           duration));
    if (!stn_wait_sleep (&wait, left_ns, error))
      return FALSE;
  } else {
    warn (self, window->site, g_strdup_printf ("an earlier program ended in the middle of: %s", window->what));
  }
  if (self->recovery == NULL && stn_option_window_parse (window->what, &options))
    warn (
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
      warn (self, site->name,
            g_strdup_printf ("the last board on this site has option bytes that nobody knows: if it is still there, "
                             "`stationctl recover --sites %s` puts back what it had",
                             site->name));
    if (row == NULL || row->result != NULL)
      continue;
    warn (self, site->name,
          g_strdup_printf ("the last run on this site has no result, its program was ended in the middle: check that "
                           "board (run %s, job %s)",
                           row->run->run_id, row->run->job_name));
  }
  return TRUE;
}

static gboolean
settle_the_past (StnStationRun *self, GError **error)
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

/* ---- the panel ---- */

static void
make_panel (StnStationRun *self)
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
    if (wiring_of (self->station, g_array_index (self->site_indexes, guint, i))->bank != bank)
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

/* In the last worker's thread. */
static void
cycle_over (gpointer data, const StnSiteOutcome *outcomes)
{
  StnStationRun *self = data;
  g_autofree StnPanelResult *results = g_new0 (StnPanelResult, self->bank_indexes->len);

  for (guint i = 0; i < self->bank_indexes->len; i++)
    results[i] = result_of_bank (self, g_array_index (self->bank_indexes, guint, i), outcomes);
  stn_panel_end (self->panel, results);
}

static gboolean
make_runner (StnStationRun *self, GError **error)
{
  StnRunnerConfig config = {
    .clock = self->station->clock,
    .ledger = self->ledger,
    .events = self->events,
    .trace = self->trace,
    .faults = self->faults,
    .run_base = self->run_base,
    .sites = (const StnRunnerSite *) (gconstpointer) self->rows->data,
    .site_count = self->rows->len,
    .recovery = self->recovery,
    .cycle_over = cycle_over,
    .cycle_over_data = self,
  };
  self->runner = stn_runner_new (&config, error);
  return self->runner != NULL;
}

/* Also after an open that failed half-way. The order is that of opening, backwards. */
static void
close_all (StnStationRun *self)
{
  g_clear_pointer (&self->runner, stn_runner_free);
  g_clear_pointer (&self->panel, stn_panel_free);
  g_clear_pointer (&self->presence, stn_presence_free);
  stn_ports_close (self->ports);
  g_clear_pointer (&self->trace, stn_trace_sink_unref);
  g_clear_pointer (&self->ledger, stn_ledger_free);
  if (self->lent_journal == NULL)
    stn_journal_close (self->journal);
  self->journal = NULL;
  g_clear_pointer (&self->ports, stn_ports_free);
  self->is_open = FALSE;
}

/* What was not plugged in when the file was read could not be told apart then: it is all there now. */
static gboolean
check_kind (const StnStation *station, GError **error)
{
  if (station->is_virtual || station->file.remote_usb != STN_REMOTE_USB_VIRTUAL
      || !stn_station_has_remote_usb (station))
    return TRUE;
  stn_error_set (
      error, STN_FAILURE_JOURNAL,
      "%s: virtual USB devices were plugged in while the station started; start again, or say `remote-usb: real`",
      station->path);
  return FALSE;
}

static gboolean
open_all (StnStationRun *self, GError **error)
{
  const StnStation *station = self->station;

  self->ports = stn_ports_new (self->station, (const guint *) (gconstpointer) self->site_indexes->data,
                               self->site_indexes->len, self->bench);
  if (!stn_ports_lock (self->ports, error))
    return FALSE;
  if (self->trace_path != NULL) {
    self->trace = stn_trace_sink_new (self->trace_path, 0, error);
    if (self->trace == NULL)
      return FALSE;
  }
  self->journal = self->lent_journal != NULL
                      ? self->lent_journal
                      : stn_journal_open (station->journal_path, station->is_virtual, station->clock, error);
  if (self->journal == NULL || !settle_the_past (self, error))
    return FALSE;
  self->ledger = stn_ledger_journal_new (self->journal);
  stn_ledger_journal_set_quantity (self->ledger, self->quantity);
  if (!stn_ports_open (self->ports, self->cancellable, error))
    return FALSE;
  char *text;
  while ((text = stn_ports_take_warning (self->ports)) != NULL)
    warn (self, NULL, text);
  if (!check_kind (station, error))
    return FALSE;
  stn_ports_connect (self->ports);
  make_panel (self);
  return make_runner (self, error);
}

gboolean
stn_station_run_open (StnStationRun *self, GError **error)
{
  if (self->is_open)
    return TRUE;
  if (!open_all (self, error)) {
    close_all (self);
    return FALSE;
  }
  self->is_open = TRUE;
  return TRUE;
}

void
stn_station_run_free (StnStationRun *self)
{
  if (self == NULL)
    return;
  if (self->rows != NULL)
    close_all (self);
  if (!self->station->keeps_bench)
    g_clear_pointer (&self->bench, stn_bench_free);
  g_clear_pointer (&self->rows, g_array_unref);
  g_clear_pointer (&self->plans, g_ptr_array_unref);
  g_clear_pointer (&self->site_indexes, g_array_unref);
  g_clear_pointer (&self->bank_indexes, g_array_unref);
  g_clear_pointer (&self->run_base, stn_run_free);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->job, stn_job_unref);
  g_free (self->trace_path);
  g_free (self);
}

StnBench *
stn_station_run_bench (const StnStationRun *self)
{
  return self->bench;
}

/* ---- cycles ---- */

StnRunner *
stn_station_run_runner (StnStationRun *self)
{
  return self->runner;
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
    has_detect |= wiring_of (self->station, g_array_index (self->site_indexes, guint, i))->wiring.has_detect;
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
      warn (self, left,
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
      warn (self, NULL,
            g_strdup_printf ("fixture %s has done %" G_GINT64_FORMAT
                             " cycles, its contacts are due for service after %" G_GINT64_FORMAT,
                             file->fixture_id, self->run_base->fixture_cycle, file->cycles_limit));
  }
  g_free (self->run_base->production_day);
  self->run_base->production_day = today (self->station);
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

void
stn_station_run_set_operator (StnStationRun *self, const char *operator_id)
{
  if (operator_id == NULL)
    return;
  g_free (self->run_base->operator_id);
  self->run_base->operator_id = g_strdup (operator_id);
}

gboolean
stn_station_run_load_some (StnStationRun *self, const char *const *sites, GError **error)
{
  StnProvider *provider = self->ports != NULL ? stn_ports_uart_provider (self->ports) : NULL;
  return provider == NULL || provider->provider_class->load_boards == NULL
         || provider->provider_class->load_boards (provider, sites, error);
}

gboolean
stn_station_run_load_boards (StnStationRun *self, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  for (guint i = 0; i < self->rows->len; i++)
    g_ptr_array_add (names, g_array_index (self->rows, StnRunnerSite, i).site->name);
  g_ptr_array_add (names, NULL);
  return stn_station_run_load_some (self, (const char *const *) names->pdata, error);
}
