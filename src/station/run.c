/* A run of the station: sites, plans, locks, journal, adapters, runner - opened in this order, closed in the other. */
#include "src/station/ledger.h"
#include "src/station/run-private.h"

#include <string.h>

/* The banks in the order of the file, each once. */
static void
pick_banks (StnStationRun *self)
{
  for (guint bank = 0; bank < self->station->banks->len; bank++)
    for (guint i = 0; i < self->site_indexes->len; i++)
      if (stn_station_wiring_at (self->station, g_array_index (self->site_indexes, guint, i))->bank == bank) {
        g_array_append_val (self->bank_indexes, bank);
        break;
      }
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
    StnPlan *plan = stn_station_plan_for (self->plans, targets, self->job,
                                          &stn_station_wiring_at (self->station, index)->wiring, error);
    if (plan == NULL) {
      g_prefix_error (error, "%s: ", site->name);
      return FALSE;
    }
    StnRunnerSite row = { .site = site, .plan = plan };
    g_array_append_val (self->rows, row);
  }
  return TRUE;
}

/* ---- making it ---- */

char *
stn_station_today (const StnStation *station)
{
  return stn_production_day (stn_clock_utc_us (station->clock), station->day_start_minutes, NULL);
}

static gboolean
check_until (StnStationRun *self, GError **error)
{
  g_autofree char *day = stn_station_today (self->station);
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
  run->production_day = stn_station_today (station);
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

void
stn_station_run_warn (const StnStationRun *self, const char *site, char *text)
{
  StnEvent *event = event_new (self, STN_EVENT_WARNING, site);
  event->text = text;
  stn_event_queue_post (self->events, event);
}

static void
tell_what_is_planned (const StnStationRun *self)
{
  for (guint i = 0; i < self->station->warnings->len; i++)
    stn_station_run_warn (self, NULL, g_strdup (g_ptr_array_index (self->station->warnings, i)));
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
      stn_station_run_warn (
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
  self->plans = g_ptr_array_new_with_free_func (stn_station_plan_unref);
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

/* ---- opening ---- */

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
    .cycle_over = stn_station_run_cycle_over,
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
  if (self->journal == NULL || !stn_station_run_settle_the_past (self, error))
    return FALSE;
  self->ledger = stn_ledger_journal_new (self->journal);
  stn_ledger_journal_set_quantity (self->ledger, self->quantity);
  if (!stn_ports_open (self->ports, self->cancellable, error))
    return FALSE;
  char *text;
  while ((text = stn_ports_take_warning (self->ports)) != NULL)
    stn_station_run_warn (self, NULL, text);
  if (!check_kind (station, error))
    return FALSE;
  stn_ports_connect (self->ports);
  stn_station_run_make_panel (self);
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
