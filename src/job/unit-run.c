/* One board from power-on to its record: the order of a run, its write windows, its verdict and what is told of it. */
#include "src/job/runner-private.h"
#include "src/job/supply-watch.h"
#include "src/target/boot-ways.h"

#include <string.h>

/* the last exchanges of a failed run's wire go into its record */
#define TRANSCRIPT_LINES 48

/* ---- facts ---- */

static StnEvent *
unit_event_new (StnUnitRun *unit, StnEventKind kind)
{
  StnEvent *event = stn_runner_event_new (unit->runner, kind);

  event->run_id = g_strdup (unit->run->run_id);
  event->site = g_strdup (unit->site->name);
  event->serial = g_strdup (unit->result->serial);
  event->uid = g_strdup (unit->result->uid);
  return event;
}

static void
post_warning (StnUnitRun *unit, const GError *error)
{
  StnEvent *event = unit_event_new (unit, STN_EVENT_WARNING);

  event->failure = stn_error_failure (error);
  event->text = g_strdup (error->message);
  stn_runner_post (unit->runner, event);
}

/* ---- what the steps ask ---- */

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
  /* timeout: this machine had no time to ask, not the board to answer */
  static const StnFailure repeatable[] = { STN_FAILURE_NO_ANSWER, STN_FAILURE_GARBAGE, STN_FAILURE_NACK,
                                           STN_FAILURE_READ_PROTECTED, STN_FAILURE_TIMEOUT };
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

gboolean
stn_unit_run_read (StnUnitRun *self, guint64 address, guint8 *buffer, gsize length, gint64 try_ns, GError **error)
{
  for (guint try = 1;; try++) {
    g_autoptr (GError) failure = NULL;
    StnWait wait = stn_wait_within (&self->wait, try_ns);

    if (stn_engine_read (self->engine, address, buffer, length, &wait, &failure))
      return TRUE;
    if (stn_unit_run_may_repeat (self, try, &failure))
      continue;
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
}

void
stn_unit_run_advance (StnUnitRun *self, guint64 done_bytes)
{
  self->step->bytes = done_bytes;
  stn_progress_advance (&self->runner->sites[self->index].progress, done_bytes, stn_clock_now_ns (self->clock));
}

/* A refusal leaves the ROM at its prompt: there is nothing to wait out. After anything else it may still be at work. */
static gboolean
is_over_at_once (StnWindowKind kind, const GError *error)
{
  if (kind == STN_WINDOW_OPTIONS)
    return stn_unit_run_is_unsent (error);
  return stn_error_is (error, STN_FAILURE_NACK) || stn_error_is (error, STN_FAILURE_READ_PROTECTED)
         || stn_error_is (error, STN_FAILURE_NOT_SUPPORTED);
}

/* A record that can't be written stays the station's failure. */
static void
put_down_to_the_supply (StnUnitRun *self, const char *wrong, GError **inout_error)
{
  g_autofree char *text = *inout_error != NULL ? g_strdup_printf (": %s", (*inout_error)->message) : g_strdup ("");

  self->supply_dipped = TRUE;
  if (stn_error_is (*inout_error, STN_FAILURE_NOT_RECORDED))
    return;
  g_clear_error (inout_error);
  stn_error_set_seen (inout_error, STN_FAILURE_OPTION_BYTES_UNKNOWN, "a good supply", wrong,
                      "the board's supply %s while option bytes were written%s", wrong, text);
}

gboolean
stn_unit_run_window (StnUnitRun *self, const char *what, StnWindowKind kind, gint64 longest_ns, gint64 silicon_ns,
                     gboolean (*body) (StnUnitRun *, const StnWait *, gpointer, GError **), gpointer data,
                     GError **error)
{
  const StnLedgerClass *ledger_class = self->ledger->ledger_class;
  g_autoptr (GError) failure = NULL;

  if (!stn_unit_run_check (self, error))
    return FALSE;
  if (!ledger_class->window_open (self->ledger, self->run->run_id, self->site->name, what, longest_ns, error))
    return FALSE;
  self->windows_opened++;
  StnWait shielded = stn_wait_shielded (self->clock, longest_ns);
  StnSupplyWatch *watch = kind == STN_WINDOW_OPTIONS ? stn_supply_watch_begin (&self->hold) : NULL;
  StnWait exchange = shielded;
  exchange.deadline_ns -= silicon_ns;
  if (body (self, &exchange, data, &failure)) {
    /* on a machine with much to do the answer may be seen after the window's time: the silicon's own begins with it */
    StnWait silicon = stn_wait_shielded (self->clock, silicon_ns);
    stn_wait_sleep (&silicon, silicon_ns, NULL);
  } else if (!is_over_at_once (kind, failure)) {
    /* its own end is its deadline, so the sleep "fails" with it: that is the end we wait for */
    g_autoptr (GError) ignored = NULL;
    stn_wait_sleep (&shielded, stn_wait_left_ns (&shielded), &ignored);
  }
  g_autofree char *wrong = stn_supply_watch_end (watch);
  if (!ledger_class->window_close (self->ledger, self->run->run_id, failure == NULL ? &failure : NULL)
      && failure == NULL)
    stn_error_set (&failure, STN_FAILURE_NOT_RECORDED, "%s: its end could not be recorded", what);
  if (wrong != NULL)
    put_down_to_the_supply (self, wrong, &failure);
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
  { STN_STEP_OPENING_OPTIONS, stn_unit_run_opening_options },
  { STN_STEP_ERASE, stn_unit_run_erase },
  { STN_STEP_PROGRAM, stn_unit_run_program },
  { STN_STEP_VERIFY, stn_unit_run_verify },
  { STN_STEP_FIRST_BLOCK, stn_unit_run_first_block },
  { STN_STEP_CLOSING_OPTIONS, stn_unit_run_closing_options },
  { STN_STEP_READ_PROTECT, stn_unit_run_read_protect },
  { STN_STEP_LEAVE, stn_unit_run_leave },
  { STN_STEP_BOOT_CHECK, stn_unit_run_boot_check },
};

static const StepRow recovery_rows[] = {
  { STN_STEP_POWER_ON, stn_unit_run_power_on },
  { STN_STEP_ENTER, stn_unit_run_enter },
  { STN_STEP_IDENTIFY, stn_unit_run_identify },
  { STN_STEP_OPENING_OPTIONS, stn_unit_run_recover_options },
};

/* What the plan says that all its steps of this kind take; -1: it has none. */
static gint64
predicted_of (const StnPlan *plan, StnStepKind kind)
{
  gint64 sum_ns = -1;
  for (guint i = 0; i < plan->step_count; i++)
    if (plan->steps[i].kind == kind)
      sum_ns = MAX (sum_ns, 0) + plan->steps[i].predicted_ns;
  return sum_ns;
}

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
  case STN_STEP_OPENING_OPTIONS:
  case STN_STEP_CLOSING_OPTIONS:
  case STN_STEP_READ_PROTECT:
    return stn_plan_option_step (plan, kind) != NULL;
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

/* A board whose NRST is a plain pin came into its ROM with its power, and no reset gets it out again. */
static void
name_dead_reset (const StnUnitRun *unit, GError **inout_error)
{
  const StnUnitIdentity *identity = &unit->identity;

  if (!stn_error_is (*inout_error, STN_FAILURE_NO_BOOT) || identity->options == NULL)
    return;
  g_autoptr (StnOptionBlock) block =
      stn_option_block_new (unit->target, identity->options, identity->options_length, NULL, 0, NULL);
  if (block == NULL || !stn_option_nrst_is_dead (unit->target, block))
    return;
  g_prefix_error (inout_error, "the options of this board make NRST a plain pin, so that no reset reaches it and only "
                               "power off and on starts it: ");
}

static gboolean
run_step (StnUnitRun *unit, const StepRow *row, GError **error)
{
  StnSiteState *state = &unit->runner->sites[unit->index];
  const StnPlanStep *step = planned (unit->plan, row->kind);
  gint64 started_ns = stn_clock_now_ns (unit->clock);
  g_autoptr (GError) failure = NULL;

  unit->step = stn_step_record_new (row->kind);
  unit->step->predicted_ns = predicted_of (unit->plan, row->kind);
  unit->step->started_ns = started_ns - unit->run->started_mono_ns;
  unit->step->tries = 1;
  g_ptr_array_add (unit->result->steps, unit->step);
  stn_progress_start (&state->progress, row->kind, step != NULL ? step->bytes : 0, started_ns);
  StnEvent *state_event = unit_event_new (unit, STN_EVENT_SITE_STATE);
  state_event->has_step = TRUE;
  state_event->step = row->kind;
  state_event->text = g_strdup (stn_step_words (row->kind));
  stn_runner_post (unit->runner, state_event);

  gboolean ok = stn_unit_run_check (unit, &failure) && row->run (unit, &failure);
  if (!ok) {
    stn_unit_run_look_at_supply (unit, &failure);
    stn_unit_run_look_after_loss (unit, &failure);
    name_dead_reset (unit, &failure);
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
  event->predicted_ns = unit->step->predicted_ns;
  event->tries = unit->step->tries;
  event->bytes = unit->step->bytes;
  if (failure != NULL)
    event->text = g_strdup (failure->message);
  stn_runner_post (unit->runner, event);
  if (ok)
    return TRUE;
  g_propagate_prefixed_error (error, g_steal_pointer (&failure), "%s: ", stn_step_name (row->kind));
  return FALSE;
}

static gboolean
run_steps (StnUnitRun *unit, GError **error)
{
  gboolean is_recovery = unit->recovery != NULL;
  guint count = is_recovery ? G_N_ELEMENTS (recovery_rows) : G_N_ELEMENTS (step_rows);

  for (guint i = 0; i < count; i++) {
    const StepRow *row = is_recovery ? &recovery_rows[i] : &step_rows[i];

    if (!is_recovery && !is_wanted (unit->plan, row->kind))
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

/* A recovery that does not reach the ROM says what is left to do. */
static void
judge_recovery (StnUnitRun *unit, GError **inout_error)
{
  gboolean is_lost = stn_error_is (*inout_error, STN_FAILURE_NO_SYNC)
                     || stn_error_is (*inout_error, STN_FAILURE_NO_ANSWER)
                     || stn_error_is (*inout_error, STN_FAILURE_GARBAGE);

  if (!is_lost)
    return;
  g_autofree char *text = g_strdup ((*inout_error)->message);
  g_clear_error (inout_error);
  stn_error_set_seen (
      inout_error, STN_FAILURE_OPTION_BYTES_UNKNOWN, "the ROM", "nothing of use", "%s: %s", text,
      unit->site->power.adapter != NULL
          ? "the board was switched off and on, and its ROM does not answer: only a debugger helps"
          : "switch the board off and on and recover again; if that does not help, only a debugger does");
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
  unit->recovery = config->recovery;
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
  g_free (run->unit_scan);
  run->unit_scan = g_strdup (runner->sites[index].scan);
  g_free (run->retry_of);
  run->retry_of = g_strdup (runner->sites[index].retry_of);
  run->cycle = runner->summary.cycle;
  run->predicted_ns = row->plan->predicted_ns;
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
post_result (StnUnitRun *unit)
{
  StnEvent *event = unit_event_new (unit, STN_EVENT_UNIT_RESULT);

  event->has_outcome = TRUE;
  event->outcome = unit->result->verdict;
  event->failure = unit->result->failure;
  event->duration_ns = unit->result->ended_mono_ns - unit->run->started_mono_ns;
  event->bytes = unit->result->bytes_written;
  event->text = g_strdup (unit->result->message);
  stn_runner_post (unit->runner, event);
}

/* One that is unfit would only spoil the boards that are put into it. */
static void
take_out_if_unfit (StnUnitRun *unit, StnFailure failure)
{
  if (failure != STN_FAILURE_LINK_UNSTABLE)
    return;
  g_autoptr (GError) error = NULL;
  unit->runner->sites[unit->index].taken_out = failure;
  stn_error_set (
      &error, failure,
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
  stn_runner_count_not_recorded (runner);
}

void
stn_runner_run_unit (StnRunner *runner, guint index)
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
  StnEvent *started = unit_event_new (&unit, STN_EVENT_UNIT_START);
  started->predicted_ns = unit.run->predicted_ns;
  stn_runner_post (runner, started);

  gboolean ok = run_steps (&unit, &failure);
  stn_unit_run_teardown (&unit);
  if (!ok && unit.recovery != NULL)
    judge_recovery (&unit, &failure);
  else if (!ok)
    judge_silence (&unit, &failure);
  /* the other site may have come while this one was at its last step */
  if (ok)
    stn_unit_run_check (&unit, &failure);

  conclude (&unit, failure);
  g_autoptr (GError) record_error = NULL;
  if (ledger_class->finish (unit.ledger, unit.result, &record_error)) {
    stn_runner_count_result (runner, index, unit.result);
    post_result (&unit);
  } else {
    /* no verdict is shown that is not on disk */
    g_prefix_error (&record_error, "%s: the result is not recorded: ", unit.site->name);
    post_warning (&unit, record_error);
    stn_runner_count_not_recorded (runner);
  }
  take_out_if_unfit (&unit, unit.result->failure);
  unit_run_clear (&unit);
}
