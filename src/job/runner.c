/* The runner: a worker per site, the order of a run, verdicts and what is told of them. */
#include "src/job/unit-run.h"

#include <string.h>

/* the last exchanges of a failed run's wire go into its record */
#define TRANSCRIPT_LINES 48

typedef struct {
  StnProgress progress;
  char *given_serial; /* owned; NULL: by the job */
  GThread *thread;
  int is_poisoned;   /* atomic: another site has this unit's UID */
  char *claimed_uid; /* guarded by the runner's mutex */
  StnSiteOutcome outcome;
  StnStability usb_losses; /* its worker's; from cycle to cycle */
  StnFailure taken_out;    /* left out of the cycles that follow; its worker's while one runs */
} SiteState;

struct StnRunner {
  StnRunnerConfig config;
  StnRunnerSite *site_rows;
  SiteState *sites;
  StnRun *run_base;
  GCancellable *cancellable;
  int is_stopping; /* atomic */

  GMutex mutex;   /* guards what follows */
  GCond finished; /* real waiting of the owner, outside the station's time */
  guint running;
  guint taking_part; /* sites of this cycle */
  gboolean is_started;
  guint first_visits_over;
  guint silent_sites;
  StnCycleSummary summary;
  guint failures[STN_FAILURE_COUNT]; /* of this cycle */
  gint64 started_ns;
};

/* ---- facts ---- */

static StnEvent *
event_new (StnRunner *self, StnEventKind kind)
{
  StnEvent *event = stn_event_new (kind);

  event->utc_us = stn_clock_utc_us (self->config.clock);
  event->mono_ns = stn_clock_now_ns (self->config.clock);
  event->cycle = self->summary.cycle;
  return event;
}

static StnEvent *
unit_event_new (StnUnitRun *unit, StnEventKind kind)
{
  StnEvent *event = event_new (unit->runner, kind);

  event->run_id = g_strdup (unit->run->run_id);
  event->site = g_strdup (unit->site->name);
  event->serial = g_strdup (unit->result->serial);
  event->uid = g_strdup (unit->result->uid);
  return event;
}

static void
post (StnRunner *self, StnEvent *event)
{
  stn_event_queue_post (self->config.events, event);
}

static void
post_warning (StnUnitRun *unit, const GError *error)
{
  StnEvent *event = unit_event_new (unit, STN_EVENT_WARNING);

  event->failure = stn_error_failure (error);
  event->text = g_strdup (error->message);
  post (unit->runner, event);
}

/* ---- what the steps ask of the runner ---- */

const StnRunnerConfig *
stn_runner_config (const StnRunner *self)
{
  return &self->config;
}

StnLink *
stn_runner_wrap_link (StnRunner *self, StnLink *link, StnTraceSink *ring)
{
  if (self->config.faults != NULL)
    link = stn_fault_link_new (link, self->config.faults);
  return stn_trace_link_new (link, ring, self->config.trace, self->config.clock);
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
  gboolean half = self->silent_sites * 2 >= self->taking_part;
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
    SiteState *state = &runner->sites[i];
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

gboolean
stn_unit_run_check (StnUnitRun *self, GError **error)
{
  if (g_atomic_int_get (&self->runner->sites[self->index].is_poisoned)) {
    stn_error_set_seen (error, STN_FAILURE_SAME_UNIT_TWICE, NULL, self->identity.uid, "another site has the same chip");
    return FALSE;
  }
  return stn_wait_check (&self->wait, error);
}

gboolean
stn_unit_run_may_repeat (StnUnitRun *self, guint tries_so_far, GError **inout_error)
{
  static const StnFailure repeatable[] = { STN_FAILURE_NO_ANSWER, STN_FAILURE_GARBAGE, STN_FAILURE_NACK,
                                           STN_FAILURE_READ_PROTECTED };
  gboolean may = FALSE;

  if (tries_so_far >= STN_EXCHANGE_TRIES)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (repeatable); i++)
    may = may || stn_error_is (*inout_error, repeatable[i]);
  /* a failed resync means that only a reset helps, and a reset might not come back to the ROM: the first failure stands
   */
  if (!may || !stn_engine_resync (self->engine, &self->wait, NULL))
    return FALSE;
  self->step->tries++;
  g_clear_error (inout_error);
  return TRUE;
}

void
stn_unit_run_advance (StnUnitRun *self, guint64 done_bytes)
{
  self->step->bytes = done_bytes;
  stn_progress_advance (&self->runner->sites[self->index].progress, done_bytes, stn_clock_now_ns (self->clock));
}

/* A refusal leaves the ROM at its prompt: there is nothing to wait out. After anything else it may still be at work. */
static gboolean
is_over_at_once (const GError *error)
{
  return stn_error_is (error, STN_FAILURE_NACK) || stn_error_is (error, STN_FAILURE_READ_PROTECTED)
         || stn_error_is (error, STN_FAILURE_NOT_SUPPORTED);
}

gboolean
stn_unit_run_window (StnUnitRun *self, const char *what, gint64 longest_ns,
                     gboolean (*body) (StnUnitRun *, const StnWait *, gpointer, GError **), gpointer data,
                     GError **error)
{
  const StnLedgerClass *ledger_class = self->ledger->ledger_class;
  g_autoptr (GError) failure = NULL;

  if (!stn_unit_run_check (self, error))
    return FALSE;
  if (!ledger_class->window_open (self->ledger, self->run->run_id, self->site->name, what, longest_ns, error))
    return FALSE;
  StnWait shielded = stn_wait_shielded (self->clock, longest_ns);
  if (!body (self, &shielded, data, &failure) && !is_over_at_once (failure)) {
    /* its own end is its deadline, so the sleep "fails" with it: that is the end we wait for */
    g_autoptr (GError) ignored = NULL;
    stn_wait_sleep (&shielded, stn_wait_left_ns (&shielded), &ignored);
  }
  if (!ledger_class->window_close (self->ledger, self->run->run_id, failure == NULL ? &failure : NULL)
      && failure == NULL)
    stn_error_set (&failure, STN_FAILURE_NOT_RECORDED, "%s: its end could not be recorded", what);
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* ---- the order of a run ---- */

typedef struct {
  StnStepKind kind;
  gboolean (*run) (StnUnitRun *self, GError **error);
} StepRow;

static const StepRow step_rows[] = {
  { STN_STEP_POWER_ON, stn_unit_run_power_on },
  { STN_STEP_ENTER, stn_unit_run_enter },
  { STN_STEP_IDENTIFY, stn_unit_run_identify },
  { STN_STEP_ADMIT, stn_unit_run_admit },
  { STN_STEP_BIND, stn_unit_run_bind },
  { STN_STEP_ERASE, stn_unit_run_erase },
  { STN_STEP_PROGRAM, stn_unit_run_program },
  { STN_STEP_VERIFY, stn_unit_run_verify },
  { STN_STEP_FIRST_BLOCK, stn_unit_run_first_block },
  { STN_STEP_LEAVE, stn_unit_run_leave },
  { STN_STEP_BOOT_CHECK, stn_unit_run_boot_check },
};

static const StnPlanStep *
planned (const StnPlan *plan, StnStepKind kind)
{
  for (guint i = 0; i < plan->step_count; i++)
    if (plan->steps[i].kind == kind)
      return &plan->steps[i];
  return NULL;
}

static gboolean
is_wanted (const StnPlan *plan, StnStepKind kind)
{
  switch (kind) {
  case STN_STEP_FIRST_BLOCK:
    return plan->has_first_block;
  case STN_STEP_BOOT_CHECK:
    return plan->job->boot_check != STN_BOOT_CHECK_NONE;
  default:
    return TRUE;
  }
}

static StnVerdict
verdict_of (StnFailure failure)
{
  if (failure == STN_FAILURE_NONE)
    return STN_VERDICT_PASS;
  if (failure == STN_FAILURE_CANCELLED)
    return STN_VERDICT_CANCELLED;
  if (failure == STN_FAILURE_EMPTY_OR_NO_CONTACT)
    return STN_VERDICT_EMPTY;
  switch (stn_failure_row (failure)->blame) {
  case STN_BLAME_UNIT:
    return STN_VERDICT_FAIL;
  case STN_BLAME_GATE:
    return STN_VERDICT_SKIPPED;
  default:
    return STN_VERDICT_ERROR;
  }
}

/* What is asked after a refusal is cut short by a cancel too: then the refusal is left, and says nothing of the board.
 */
static void
put_down_to_the_cancel (StnUnitRun *unit, GError **inout_error)
{
  gboolean is_talk = stn_error_is (*inout_error, STN_FAILURE_NACK) || stn_error_is (*inout_error, STN_FAILURE_GARBAGE)
                     || stn_error_is (*inout_error, STN_FAILURE_NO_ANSWER);

  if (!is_talk || !g_cancellable_is_cancelled (unit->runner->cancellable))
    return;
  g_autofree char *text = g_strdup ((*inout_error)->message);
  g_clear_error (inout_error);
  stn_error_set (inout_error, STN_FAILURE_CANCELLED, "stopped on request, after: %s", text);
}

static gboolean
run_step (StnUnitRun *unit, const StepRow *row, GError **error)
{
  SiteState *state = &unit->runner->sites[unit->index];
  const StnPlanStep *step = planned (unit->plan, row->kind);
  gint64 started_ns = stn_clock_now_ns (unit->clock);
  g_autoptr (GError) failure = NULL;

  unit->step = stn_step_record_new (row->kind);
  unit->step->started_ns = started_ns - unit->run->started_mono_ns;
  unit->step->tries = 1;
  g_ptr_array_add (unit->result->steps, unit->step);
  stn_progress_start (&state->progress, row->kind, step != NULL ? step->bytes : 0, started_ns);
  StnEvent *state_event = unit_event_new (unit, STN_EVENT_SITE_STATE);
  state_event->has_step = TRUE;
  state_event->step = row->kind;
  state_event->text = g_strdup (stn_step_words (row->kind));
  post (unit->runner, state_event);

  gboolean ok = stn_unit_run_check (unit, &failure) && row->run (unit, &failure);
  if (!ok) {
    stn_unit_run_look_after_loss (unit, &failure);
    put_down_to_the_cancel (unit, &failure);
  }
  if (!ok && unit->first_block_open)
    stn_unit_run_take_back_first_block (unit);
  unit->step->duration_ns = stn_clock_now_ns (unit->clock) - started_ns;
  unit->step->failure = stn_error_failure (failure);
  unit->step->outcome = verdict_of (unit->step->failure);

  StnEvent *event = unit_event_new (unit, STN_EVENT_UNIT_STEP);
  event->has_step = event->has_outcome = TRUE;
  event->step = row->kind;
  event->outcome = unit->step->outcome;
  event->failure = unit->step->failure;
  event->duration_ns = unit->step->duration_ns;
  event->tries = unit->step->tries;
  event->bytes = unit->step->bytes;
  if (failure != NULL)
    event->text = g_strdup (failure->message);
  post (unit->runner, event);
  if (ok)
    return TRUE;
  g_propagate_prefixed_error (error, g_steal_pointer (&failure), "%s: ", stn_step_name (row->kind));
  return FALSE;
}

static gboolean
run_steps (StnUnitRun *unit, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (step_rows); i++) {
    const StepRow *row = &step_rows[i];

    if (!is_wanted (unit->plan, row->kind))
      continue;
    gboolean ok = run_step (unit, row, error);
    /* silence is judged when every site's first visit is over, so each says when its own is */
    if (row->kind == STN_STEP_ENTER || (!ok && row->kind == STN_STEP_POWER_ON))
      stn_runner_first_visit_is_over (unit->runner, !ok && unit->was_silent);
    if (!ok)
      return FALSE;
  }
  return TRUE;
}

/* A site from which no byte ever came is empty; on half of the sites or more it is the station's error. */
static void
judge_silence (StnUnitRun *unit, GError **inout_error)
{
  if (!unit->was_silent || stn_error_is (*inout_error, STN_FAILURE_CANCELLED))
    return;
  gboolean half = stn_runner_half_is_silent (unit->runner);
  g_autofree char *text = g_strdup ((*inout_error)->message);
  g_clear_error (inout_error);
  if (half)
    stn_error_set (inout_error, STN_FAILURE_MANY_ALIKE, "no byte from half of the sites or more: %s", text);
  else
    stn_error_set (inout_error, STN_FAILURE_EMPTY_OR_NO_CONTACT, "no byte ever came: %s", text);
}

/* ---- one unit ---- */

static void
prepare (StnUnitRun *unit, StnRunner *runner, guint index)
{
  const StnRunnerConfig *config = &runner->config;
  const StnRunnerSite *row = &runner->site_rows[index];
  g_autoptr (GError) ignored = NULL; /* a ring without a file can't fail to open */

  unit->runner = runner;
  unit->index = index;
  unit->clock = config->clock;
  unit->ledger = config->ledger;
  unit->site = row->site;
  unit->hold = (StnSiteHold){ .site = row->site, .clock = config->clock };
  unit->plan = row->plan;
  unit->target = row->plan->target;
  unit->wait = stn_wait_new (config->clock, STN_TIME_NEVER, runner->cancellable);
  unit->ring = stn_trace_sink_new (NULL, TRANSCRIPT_LINES, &ignored);
  unit->in_group = row->site->group != NULL;
  unit->usb_losses = &runner->sites[index].usb_losses;
  unit->run = stn_run_copy (runner->run_base);
  unit->result = stn_result_new ();

  StnRun *run = unit->run;
  run->started_utc_us = stn_clock_utc_us (config->clock);
  run->started_mono_ns = stn_clock_now_ns (config->clock);
  g_free (run->run_id);
  run->run_id = stn_uuid_new (run->started_utc_us);
  g_free (run->bank);
  run->bank = g_strdup (row->site->bank);
  g_free (run->site);
  run->site = g_strdup (row->site->name);
  g_free (run->engine);
  run->engine = g_strdup (row->plan->engine_class->name);
  g_free (run->adapters);
  run->adapters = g_strdup (row->site->adapters_text);
  g_free (run->plan_hash);
  run->plan_hash = g_strdup (row->plan->hash);
  run->cycle = runner->summary.cycle;
  unit->result->run_id = g_strdup (run->run_id);
}

static void
conclude (StnUnitRun *unit, const GError *failure)
{
  StnResult *result = unit->result;
  const StnErrorDetail *detail = stn_error_detail (failure);

  result->ended_utc_us = stn_clock_utc_us (unit->clock);
  result->ended_mono_ns = stn_clock_now_ns (unit->clock);
  result->failure = stn_error_failure (failure);
  result->verdict = verdict_of (result->failure);
  if (failure == NULL)
    return;
  result->message = g_strdup_printf ("%s: %s", unit->site->name, failure->message);
  if (detail != NULL) {
    result->has_address = detail->has_address;
    result->address = detail->address;
    result->expected = g_strdup (detail->expected);
    result->seen = g_strdup (detail->seen);
  }
  if (unit->ring != NULL)
    result->transcript = stn_trace_sink_text (unit->ring);
}

static void
count_result (StnRunner *self, StnVerdict verdict, StnFailure failure)
{
  g_mutex_lock (&self->mutex);
  self->summary.counts[verdict]++;
  self->failures[failure]++;
  if (verdict == STN_VERDICT_SKIPPED)
    self->summary.refused++;
  g_mutex_unlock (&self->mutex);
}

static void
count_not_recorded (StnRunner *self)
{
  g_mutex_lock (&self->mutex);
  self->summary.not_recorded++;
  g_mutex_unlock (&self->mutex);
}

static void
post_result (StnUnitRun *unit)
{
  StnEvent *event = unit_event_new (unit, STN_EVENT_UNIT_RESULT);

  event->has_outcome = TRUE;
  event->outcome = unit->result->verdict;
  event->failure = unit->result->failure;
  event->duration_ns = unit->result->ended_mono_ns - unit->run->started_mono_ns;
  event->bytes = unit->result->bytes_written;
  event->text = g_strdup (unit->result->message);
  post (unit->runner, event);
}

/* One that is unfit would only spoil the boards that are put into it. */
static void
take_out_if_unfit (StnUnitRun *unit, StnFailure failure)
{
  if (failure != STN_FAILURE_LINK_UNSTABLE)
    return;
  g_autoptr (GError) error = NULL;
  unit->runner->sites[unit->index].taken_out = failure;
  stn_error_set (&error, failure,
                 "left out of the cycles that follow, because its USB device came and went: have plug, cable and supply "
                 "checked, then start again");
  post_warning (unit, error);
}

static void
unit_run_clear (StnUnitRun *unit)
{
  stn_binding_clear (&unit->binding);
  g_free (unit->identity.options);
  g_free (unit->serial);
  stn_unit_data_free (unit->unit);
  stn_run_free (unit->run);
  stn_result_free (unit->result);
  if (unit->ring != NULL)
    stn_trace_sink_unref (unit->ring);
}

/* Before the row exists nothing has touched the board: nothing is known of it, and nothing can be told but the error.
 */
static void
give_up_before_the_row (StnUnitRun *unit, GError *error)
{
  StnRunner *runner = unit->runner;

  stn_runner_first_visit_is_over (runner, FALSE);
  g_prefix_error (&error, "%s: the run could not be recorded, nothing was done: ", unit->site->name);
  post_warning (unit, error);
  count_not_recorded (runner);
}

static void
run_unit (StnRunner *runner, guint index)
{
  StnUnitRun unit = { 0 };
  g_autoptr (GError) failure = NULL;
  const StnLedgerClass *ledger_class = runner->config.ledger->ledger_class;

  prepare (&unit, runner, index);
  if (!ledger_class->begin (unit.ledger, unit.run, &failure)) {
    give_up_before_the_row (&unit, failure);
    stn_unit_run_teardown (&unit);
    unit_run_clear (&unit);
    return;
  }
  unit.begun = TRUE;
  post (runner, unit_event_new (&unit, STN_EVENT_UNIT_START));

  gboolean ok = run_steps (&unit, &failure);
  stn_unit_run_teardown (&unit);
  if (!ok)
    judge_silence (&unit, &failure);
  /* the other site may have come while this one was at its last step */
  if (ok)
    stn_unit_run_check (&unit, &failure);

  conclude (&unit, failure);
  g_autoptr (GError) record_error = NULL;
  if (ledger_class->finish (unit.ledger, unit.result, &record_error)) {
    runner->sites[index].outcome = (StnSiteOutcome){ TRUE, unit.result->verdict };
    count_result (runner, unit.result->verdict, unit.result->failure);
    post_result (&unit);
  } else {
    /* no verdict is shown that is not on disk */
    g_prefix_error (&record_error, "%s: the result is not recorded: ", unit.site->name);
    post_warning (&unit, record_error);
    count_not_recorded (runner);
  }
  take_out_if_unfit (&unit, unit.result->failure);
  unit_run_clear (&unit);
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

  run_unit (self, start->index);
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
  for (guint i = 0; i < self->config.site_count; i++)
    outcomes[i] = self->sites[i].outcome;
  self->config.cycle_over (self->config.cycle_over_data, outcomes);
}

static void
finish_cycle (StnRunner *self)
{
  StnEvent *event = event_new (self, STN_EVENT_CYCLE_RESULT);

  g_mutex_lock (&self->mutex);
  StnCycleSummary *summary = &self->summary;
  summary->duration_ns = stn_clock_now_ns (self->config.clock) - self->started_ns;
  summary->stopped = stn_runner_is_stopping (self) || g_cancellable_is_cancelled (self->cancellable);
  for (guint failure = 1; failure < STN_FAILURE_COUNT; failure++) {
    StnBlame blame = stn_failure_row (failure)->blame;
    if ((blame == STN_BLAME_UNIT || blame == STN_BLAME_STATION) && self->failures[failure] >= 2
        && self->failures[failure] * 2 >= self->taking_part)
      summary->many_alike = failure;
  }
  if (self->taking_part == 0)
    summary->many_alike = self->sites[0].taken_out;
  memcpy (event->counts, summary->counts, sizeof event->counts);
  event->duration_ns = summary->duration_ns;
  event->failure = summary->many_alike;
  g_mutex_unlock (&self->mutex);
  tell_that_it_is_over (self);
  post (self, event);

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
  self->sites = g_new0 (SiteState, config->site_count);
  for (guint i = 0; i < config->site_count; i++) {
    stn_progress_init (&self->sites[i].progress);
    self->sites[i].given_serial = g_strdup (config->sites[i].given_serial);
  }
  self->run_base = stn_run_copy (config->run_base);
  self->config.run_base = self->run_base;
  self->cancellable = g_cancellable_new ();
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
    g_free (self->sites[i].claimed_uid);
  }
  stn_run_free (self->run_base);
  g_object_unref (self->cancellable);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->finished);
  g_free (self->site_rows);
  g_free (self->sites);
  g_free (self);
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
      if (self->site_rows[k].site->group == group && self->sites[k].taken_out == STN_FAILURE_NONE)
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
    StnEvent *event = event_new (self, STN_EVENT_SITE_STATE);
    event->site = g_strdup (self->site_rows[i].site->name);
    event->failure = self->sites[i].taken_out;
    event->text = g_strdup ("taken out");
    post (self, event);
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
  self->running = self->taking_part = self->config.site_count - self->summary.taken_out;
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
    if (self->sites[i].taken_out != STN_FAILURE_NONE)
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
stn_runner_set_run_base (StnRunner *self, const StnRun *run_base)
{
  stn_run_free (self->run_base);
  self->run_base = stn_run_copy (run_base);
  self->config.run_base = self->run_base;
}
