/* The runner: a worker per site, cycles, what is counted over them. */
#include "src/job/runner-private.h"

#include <string.h>

/* ---- facts ---- */

StnEvent *
stn_runner_event_new (StnRunner *self, StnEventKind kind)
{
  StnEvent *event = stn_event_new (kind);

  event->utc_us = stn_clock_utc_us (self->config.clock);
  event->mono_ns = stn_clock_now_ns (self->config.clock);
  event->cycle = self->summary.cycle;
  return event;
}

void
stn_runner_post (StnRunner *self, StnEvent *event)
{
  stn_event_queue_post (self->config.events, event);
}

/* ---- what the steps ask of the runner ---- */

StnLink *
stn_runner_wrap_link (StnRunner *self, StnLink *link, StnTraceSink *ring)
{
  if (self->config.faults != NULL)
    link = stn_fault_link_new (link, self->config.faults);
  return stn_trace_link_new (link, ring, self->config.trace, self->config.clock);
}

void
stn_runner_tell_warnings (StnRunner *self, StnProvider *provider)
{
  char *text;

  if (provider->provider_class->take_warning == NULL)
    return;
  /* the sentence names the port: a worker may well take what another's port has to say */
  while ((text = provider->provider_class->take_warning (provider)) != NULL) {
    g_mutex_lock (&self->mutex);
    gboolean is_new = g_hash_table_add (self->told, g_strdup (text));
    g_mutex_unlock (&self->mutex);
    if (!is_new) {
      g_free (text);
      continue;
    }
    StnEvent *event = stn_runner_event_new (self, STN_EVENT_WARNING);
    event->text = text;
    stn_runner_post (self, event);
  }
}

gboolean
stn_runner_is_stopping (StnRunner *self)
{
  return g_atomic_int_get (&self->is_stopping);
}

const char *
stn_runner_given_serial (const StnRunner *self, guint index)
{
  return self->sites[index].given_serial;
}

void
stn_runner_first_visit_is_over (StnRunner *self, gboolean was_silent)
{
  g_mutex_lock (&self->mutex);
  self->first_visits_over++;
  if (was_silent)
    self->silent_sites++;
  stn_clock_wake (self->config.clock, &self->first_visits_over);
  g_mutex_unlock (&self->mutex);
}

gboolean
stn_runner_half_is_silent (StnRunner *self)
{
  g_mutex_lock (&self->mutex);
  while (self->first_visits_over < self->taking_part)
    stn_clock_wait (self->config.clock, &self->first_visits_over, &self->mutex, STN_TIME_NEVER, NULL);
  gboolean half = self->silent_sites * 2 >= self->half_of;
  g_mutex_unlock (&self->mutex);
  return half;
}

gboolean
stn_unit_run_claim_uid (StnUnitRun *self, const char *uid, GError **error)
{
  StnRunner *runner = self->runner;
  const char *other = NULL;

  g_mutex_lock (&runner->mutex);
  for (guint i = 0; i < runner->config.site_count; i++) {
    StnSiteState *state = &runner->sites[i];
    if (i == self->index || state->claimed_uid == NULL || strcmp (state->claimed_uid, uid) != 0)
      continue;
    other = runner->site_rows[i].site->name;
    g_atomic_int_set (&state->is_poisoned, 1);
  }
  g_free (runner->sites[self->index].claimed_uid);
  runner->sites[self->index].claimed_uid = g_strdup (uid);
  g_mutex_unlock (&runner->mutex);
  if (other == NULL)
    return TRUE;
  g_atomic_int_set (&runner->sites[self->index].is_poisoned, 1);
  stn_error_set_seen (error, STN_FAILURE_SAME_UNIT_TWICE, NULL, uid, "site %s has the same chip", other);
  return FALSE;
}

void
stn_runner_count_result (StnRunner *self, guint index, const StnResult *result)
{
  self->sites[index].outcome = (StnSiteOutcome){ .is_recorded = TRUE, .verdict = result->verdict };
  g_mutex_lock (&self->mutex);
  self->summary.counts[result->verdict]++;
  self->failures[result->failure]++;
  if (result->verdict == STN_VERDICT_SKIPPED)
    self->summary.refused++;
  g_mutex_unlock (&self->mutex);
}

void
stn_runner_count_not_recorded (StnRunner *self)
{
  g_mutex_lock (&self->mutex);
  self->summary.not_recorded++;
  g_mutex_unlock (&self->mutex);
}

typedef struct {
  StnRunner *runner;
  guint index;
} WorkerStart;

static void finish_cycle (StnRunner *self);

static gpointer
worker (gpointer data)
{
  g_autofree WorkerStart *start = data;
  StnRunner *self = start->runner;

  stn_runner_run_unit (self, start->index);
  g_mutex_lock (&self->mutex);
  gboolean is_last = --self->running == 0;
  g_mutex_unlock (&self->mutex);
  if (is_last)
    finish_cycle (self);
  return NULL;
}

static void
tell_that_it_is_over (StnRunner *self)
{
  if (self->config.cycle_over == NULL)
    return;
  g_autofree StnSiteOutcome *outcomes = g_new0 (StnSiteOutcome, self->config.site_count);
  for (guint i = 0; i < self->config.site_count; i++) {
    outcomes[i] = self->sites[i].outcome;
    outcomes[i].is_out = self->sites[i].is_out;
  }
  self->config.cycle_over (self->config.cycle_over_data, outcomes);
}

/* of a site that a load does not leave out; all of these have been taken out */
static StnFailure
find_taken_out (const StnRunner *self)
{
  for (guint i = 0; i < self->config.site_count; i++)
    if (!self->sites[i].is_out)
      return self->sites[i].taken_out;
  return STN_FAILURE_NONE;
}

static void
finish_cycle (StnRunner *self)
{
  StnEvent *event = stn_runner_event_new (self, STN_EVENT_CYCLE_RESULT);

  g_mutex_lock (&self->mutex);
  StnCycleSummary *summary = &self->summary;
  summary->duration_ns = stn_clock_now_ns (self->config.clock) - self->started_ns;
  summary->stopped = stn_runner_is_stopping (self) || g_cancellable_is_cancelled (self->cancellable);
  for (guint failure = 1; failure < STN_FAILURE_COUNT; failure++) {
    StnBlame blame = stn_failure_row (failure)->blame;
    if ((blame == STN_BLAME_UNIT || blame == STN_BLAME_STATION) && self->failures[failure] >= 2
        && self->failures[failure] * 2 >= self->half_of)
      summary->many_alike = failure;
  }
  if (self->taking_part == 0)
    summary->many_alike = find_taken_out (self);
  memcpy (event->counts, summary->counts, sizeof event->counts);
  event->duration_ns = summary->duration_ns;
  event->failure = summary->many_alike;
  g_mutex_unlock (&self->mutex);
  tell_that_it_is_over (self);
  stn_runner_post (self, event);

  g_mutex_lock (&self->mutex);
  self->is_started = FALSE;
  g_cond_broadcast (&self->finished);
  g_mutex_unlock (&self->mutex);
}

/* ---- the runner ---- */

StnRunner *
stn_runner_new (const StnRunnerConfig *config, GError **error)
{
  if (config->site_count == 0) {
    stn_error_set (error, STN_FAILURE_USAGE, "no site takes part");
    return NULL;
  }
  StnRunner *self = g_new0 (StnRunner, 1);
  self->config = *config;
  self->site_rows = g_memdup2 (config->sites, config->site_count * sizeof *config->sites);
  self->config.sites = self->site_rows;
  self->sites = g_new0 (StnSiteState, config->site_count);
  for (guint i = 0; i < config->site_count; i++) {
    stn_progress_init (&self->sites[i].progress);
    self->sites[i].given_serial = g_strdup (config->sites[i].given_serial);
  }
  self->run_base = stn_run_copy (config->run_base);
  self->config.run_base = self->run_base;
  self->cancellable = g_cancellable_new ();
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->finished);
  return self;
}

static void
join_workers (StnRunner *self)
{
  for (guint i = 0; i < self->config.site_count; i++)
    if (self->sites[i].thread != NULL)
      stn_clock_thread_join (self->config.clock, g_steal_pointer (&self->sites[i].thread), FALSE);
}

void
stn_runner_free (StnRunner *self)
{
  if (self == NULL)
    return;
  if (!stn_runner_wait (self, 0))
    stn_runner_cancel (self);
  stn_runner_wait (self, -1);
  join_workers (self);
  for (guint i = 0; i < self->config.site_count; i++) {
    stn_progress_clear (&self->sites[i].progress);
    g_free (self->sites[i].given_serial);
    g_free (self->sites[i].scan);
    g_free (self->sites[i].retry_of);
    g_free (self->sites[i].claimed_uid);
  }
  stn_run_free (self->run_base);
  g_object_unref (self->cancellable);
  g_hash_table_unref (self->told);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->finished);
  g_free (self->site_rows);
  g_free (self->sites);
  g_free (self);
}

static gboolean
takes_part (const StnSiteState *state)
{
  return state->taken_out == STN_FAILURE_NONE && !state->is_out;
}

static void
start_groups (StnRunner *self)
{
  for (guint i = 0; i < self->config.site_count; i++) {
    StnLineGroup *group = self->site_rows[i].site->group;
    guint members = 0;

    if (group == NULL)
      continue;
    for (guint k = 0; k < self->config.site_count; k++)
      if (self->site_rows[k].site->group == group && takes_part (&self->sites[k]))
        members++;
    stn_line_group_start (group, members);
  }
}

static void
tell_who_is_taken_out (StnRunner *self)
{
  for (guint i = 0; i < self->config.site_count; i++) {
    if (self->sites[i].taken_out == STN_FAILURE_NONE)
      continue;
    StnEvent *event = stn_runner_event_new (self, STN_EVENT_SITE_STATE);
    event->site = g_strdup (self->site_rows[i].site->name);
    event->failure = self->sites[i].taken_out;
    event->text = g_strdup ("taken out");
    stn_runner_post (self, event);
  }
}

void
stn_runner_start (StnRunner *self)
{
  join_workers (self);
  g_mutex_lock (&self->mutex);
  g_assert (!self->is_started);
  gint64 cycle = self->summary.cycle + 1;
  memset (&self->summary, 0, sizeof self->summary);
  memset (self->failures, 0, sizeof self->failures);
  self->summary.cycle = cycle;
  self->first_visits_over = 0;
  self->silent_sites = 0;
  for (guint i = 0; i < self->config.site_count; i++)
    self->summary.taken_out += self->sites[i].taken_out != STN_FAILURE_NONE;
  self->half_of = self->config.site_count - self->summary.taken_out;
  self->taking_part = 0;
  for (guint i = 0; i < self->config.site_count; i++)
    self->taking_part += takes_part (&self->sites[i]);
  self->running = self->taking_part;
  self->is_started = TRUE;
  self->started_ns = stn_clock_now_ns (self->config.clock);
  for (guint i = 0; i < self->config.site_count; i++) {
    g_clear_pointer (&self->sites[i].claimed_uid, g_free);
    self->sites[i].outcome = (StnSiteOutcome){ 0 };
    g_atomic_int_set (&self->sites[i].is_poisoned, 0);
  }
  g_mutex_unlock (&self->mutex);
  tell_who_is_taken_out (self);
  if (self->taking_part == 0) {
    finish_cycle (self);
    return;
  }
  start_groups (self);
  /* the starting thread holds virtual time still until the last worker is there */
  stn_clock_join (self->config.clock);
  for (guint i = 0; i < self->config.site_count; i++) {
    if (!takes_part (&self->sites[i]))
      continue;
    WorkerStart *start = g_new (WorkerStart, 1);
    *start = (WorkerStart){ .runner = self, .index = i };
    self->sites[i].thread = stn_clock_thread_new (self->config.clock, self->site_rows[i].site->name, worker, start);
  }
  stn_clock_leave (self->config.clock);
}

gboolean
stn_runner_wait (StnRunner *self, int real_ms)
{
  gint64 deadline_us = g_get_monotonic_time () + (gint64) real_ms * 1000;

  g_mutex_lock (&self->mutex);
  while (self->is_started) {
    if (real_ms < 0)
      g_cond_wait (&self->finished, &self->mutex);
    else if (!g_cond_wait_until (&self->finished, &self->mutex, deadline_us))
      break;
  }
  gboolean over = !self->is_started;
  g_mutex_unlock (&self->mutex);
  return over;
}

void
stn_runner_stop (StnRunner *self)
{
  g_atomic_int_set (&self->is_stopping, 1);
}

void
stn_runner_cancel (StnRunner *self)
{
  g_atomic_int_set (&self->is_stopping, 1);
  g_cancellable_cancel (self->cancellable);
}

const StnCycleSummary *
stn_runner_summary (const StnRunner *self)
{
  return &self->summary;
}

StnProgressValue
stn_runner_progress (StnRunner *self, guint site_index)
{
  return stn_progress_sample (&self->sites[site_index].progress);
}

StnFailure
stn_runner_taken_out (const StnRunner *self, guint site_index)
{
  return self->sites[site_index].taken_out;
}

void
stn_runner_put_back (StnRunner *self, guint site_index)
{
  self->sites[site_index].taken_out = STN_FAILURE_NONE;
  self->sites[site_index].usb_losses = (StnStability){ 0 };
}

void
stn_runner_set_given_serials (StnRunner *self, const char *const *serials)
{
  for (guint i = 0; i < self->config.site_count; i++) {
    g_free (self->sites[i].given_serial);
    self->sites[i].given_serial = serials != NULL ? g_strdup (serials[i]) : NULL;
  }
}

void
stn_runner_set_loads (StnRunner *self, const StnRunnerLoad *loads)
{
  for (guint i = 0; i < self->config.site_count; i++) {
    const StnRunnerLoad none = { 0 };
    const StnRunnerLoad *load = loads != NULL ? &loads[i] : &none;
    StnSiteState *state = &self->sites[i];

    g_free (state->given_serial);
    state->given_serial = g_strdup (load->serial);
    g_free (state->scan);
    state->scan = g_strdup (load->scan);
    g_free (state->retry_of);
    state->retry_of = g_strdup (load->retry_of);
    state->is_out = load->is_out;
  }
}

void
stn_runner_set_run_base (StnRunner *self, const StnRun *run_base)
{
  stn_run_free (self->run_base);
  self->run_base = stn_run_copy (run_base);
  self->config.run_base = self->run_base;
}
