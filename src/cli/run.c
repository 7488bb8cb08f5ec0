/* `run`: cycles of a job, from the options to the exit code. One thread owns all of it and never waits for a reader. */
#include "src/cli/run-options.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "src/base/fields.h"
#include "src/cli/junit.h"
#include "src/cli/signals.h"
#include "src/cli/view.h"

#define TICK_MS 50             /* 20 pictures a second at most */
#define PROGRESS_EVERY_TICKS 4 /* 5 a second */

typedef struct {
  const StnCommand *command;
  const StnRunCommandOptions *options;
  gboolean is_demo;

  GCancellable *cancellable; /* fired by the first signal, for what comes before the boards */
  StnClock *clock;
  StnStation *station;
  StnJob *job;
  StnSerialList *serials;
  StnEventQueue *events;
  StnStationRun *run;
  StnOutput *output;
  StnViewContext context;
  StnView *view;
  char **run_ids; /* of the units in work, by site; owned */

  StnOutcome outcome;
  guint64 surplus; /* boards that were refused because --quantity was reached */
  guint signals_heard;
  guint ticks;
  gboolean is_stopped;
} Program;

/* ---- events ---- */

static StnEvent *
event_new (Program *self, StnEventKind kind)
{
  StnEvent *event = stn_event_new (kind);
  event->utc_us = stn_clock_utc_us (self->clock);
  event->mono_ns = stn_clock_now_ns (self->clock);
  return event;
}

static void
warn (Program *self, StnFailure failure, const char *text)
{
  StnEvent *event = event_new (self, STN_EVENT_WARNING);
  event->failure = failure;
  event->text = g_strdup (text);
  stn_event_queue_post (self->events, event);
}

static int
site_index (const Program *self, const char *site)
{
  for (guint i = 0; site != NULL && i < self->context.site_count; i++)
    if (g_str_equal (self->context.site_names[i], site))
      return (int) i;
  return -1;
}

static void
take_event (Program *self, const StnEvent *event)
{
  int index = site_index (self, event->site);

  if (event->kind == STN_EVENT_UNIT_START && index >= 0) {
    g_free (self->run_ids[index]);
    self->run_ids[index] = g_strdup (event->run_id);
  }
  if (event->kind == STN_EVENT_UNIT_RESULT) {
    g_ptr_array_add (self->context.rows, stn_unit_row_new (event));
    self->surplus += event->failure == STN_FAILURE_QUANTITY;
    if (index >= 0)
      g_clear_pointer (&self->run_ids[index], g_free);
  }
  stn_view_event (self->view, event);
}

static void
drain (Program *self)
{
  for (StnEvent *event = stn_event_queue_take (self->events); event != NULL;
       event = stn_event_queue_take (self->events)) {
    take_event (self, event);
    stn_event_unref (event);
  }
}

static void
post_progress (Program *self)
{
  for (guint i = 0; i < self->context.site_count; i++) {
    if (self->run_ids[i] == NULL)
      continue;
    StnProgressValue value = stn_runner_progress (self->context.runner, i);
    StnEvent *event = event_new (self, STN_EVENT_UNIT_PROGRESS);
    event->run_id = g_strdup (self->run_ids[i]);
    event->site = g_strdup (self->context.site_names[i]);
    event->has_step = value.step < STN_STEP_COUNT;
    event->step = value.step;
    event->bytes = value.done_bytes;
    event->total_bytes = value.total_bytes;
    stn_event_queue_post (self->events, event);
  }
}

/* ---- signals ---- */

static void
say (Program *self, const char *text)
{
  warn (self, STN_FAILURE_CANCELLED, text);
  /* the plain view says it on stderr, the screen on the terminal; a machine that reads stdout has a person at stderr */
  if (self->options->json || self->options->tap || (isatty (STDOUT_FILENO) && !isatty (STDERR_FILENO)))
    g_printerr ("%s\n", text);
}

static void
hear_signals (Program *self)
{
  guint count = stn_signals_count ();
  if (count > 0 && self->signals_heard == 0) {
    say (self, "finishing boards in progress, press again to stop at once");
    stn_runner_stop (self->context.runner);
    self->is_stopped = TRUE;
  }
  if (count > 1 && self->signals_heard < 2) {
    say (self, "stopping at once; a write of option bytes or a mass erase that has begun is finished first");
    stn_runner_cancel (self->context.runner);
  }
  self->signals_heard = count;
}

/* ---- cycles ---- */

static gboolean
give_serials (Program *self, GError **error)
{
  if (self->serials == NULL)
    return TRUE;
  g_autofree const char **serials =
      stn_serial_list_take (self->serials, (const char *const *) self->context.site_names, error);
  if (serials == NULL)
    return FALSE;
  stn_runner_set_given_serials (self->context.runner, serials);
  return TRUE;
}

static gboolean
run_cycle (Program *self, GError **error)
{
  if (!stn_station_run_start (self->run, error))
    return FALSE;
  while (!stn_runner_wait (self->context.runner, TICK_MS)) {
    hear_signals (self);
    if (self->options->progress && self->ticks % PROGRESS_EVERY_TICKS == 0)
      post_progress (self);
    self->ticks++;
    drain (self);
    stn_view_tick (self->view);
  }
  drain (self);

  const StnCycleSummary *summary = stn_runner_summary (self->context.runner);
  for (guint verdict = 0; verdict < STN_VERDICT_COUNT; verdict++)
    self->outcome.counts[verdict] += summary->counts[verdict];
  self->outcome.not_recorded += summary->not_recorded;
  self->outcome.many_alike |= summary->many_alike != STN_FAILURE_NONE;
  self->outcome.stopped |= summary->stopped || self->is_stopped;
  return TRUE;
}

static gboolean
has_reached_stop_rule (const Program *self)
{
  return self->job->stop_after_failures > 0
         && self->outcome.counts[STN_VERDICT_FAIL] >= (guint64) self->job->stop_after_failures;
}

/* Asks a person for the boards. FALSE: no more boards, or a signal. */
static gboolean
ask_for_boards (gboolean is_first)
{
  struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

  g_printerr ("%s and press Enter (Ctrl-D: no more): ", is_first ? "Put the boards in" : "Swap the boards");
  for (;;) {
    if (stn_signals_count () > 0)
      return FALSE;
    if (poll (&input, 1, 100) <= 0)
      continue;
    char line[256];
    ssize_t length = read (STDIN_FILENO, line, sizeof line);
    return length > 0;
  }
}

/* What starts this load. Without --start people are asked where there are any, but not before the first load. */
static StnStartBy
start_of (const Program *self, gboolean is_first)
{
  if (self->options->has_start)
    return self->options->start;
  gboolean asks =
      !is_first && !self->options->no_input && !stn_station_is_virtual (self->station) && isatty (STDIN_FILENO);
  return asks ? STN_START_BY_KEY : STN_START_BY_NOW;
}

static void
say_what_is_waited_for (Program *self, StnStartBy by)
{
  static const char *const texts[STN_START_BY_COUNT] = {
    [STN_START_BY_KEY] = "Close the lid.",
    [STN_START_BY_PIN] = "Ready: press START.",
    [STN_START_BY_INSERTION] = "Ready: put the boards in.",
    [STN_START_BY_LID] = "Ready: open the lid, put the boards in, close it.",
  };
  if (!self->options->quiet)
    g_printerr ("%s\n", texts[by]);
}

/* Waits for whatever starts a load, drawing meanwhile. *out_started FALSE: a signal came first. */
static gboolean
wait_for_start (Program *self, StnStartBy by, gboolean *out_started, GError **error)
{
  gboolean is_said = by == STN_START_BY_NOW;

  *out_started = FALSE;
  for (;;) {
    g_autoptr (GError) failure = NULL;
    /* the key is checked against the lid in no time where it is closed: said only when it is not */
    StnWait wait = stn_wait_new (self->clock, TICK_MS * STN_NS_PER_MS, self->cancellable);
    if (!is_said && by != STN_START_BY_KEY) {
      say_what_is_waited_for (self, by);
      is_said = TRUE;
    }
    gboolean ok = stn_station_run_wait_start (self->run, by, &wait, out_started, &failure);
    drain (self);
    stn_view_tick (self->view);
    if (!ok && stn_error_is (failure, STN_FAILURE_CANCELLED) && stn_signals_count () > 0)
      return TRUE;
    if (!ok) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
    if (*out_started)
      return TRUE;
    if (!is_said) {
      say_what_is_waited_for (self, by);
      is_said = TRUE;
    }
  }
}

static gboolean
next_boards (Program *self, gboolean is_first, gboolean *out_more, GError **error)
{
  StnStartBy by = start_of (self, is_first);

  if (!is_first && !stn_station_run_load_boards (self->run, error))
    return FALSE;
  *out_more = by != STN_START_BY_KEY || ask_for_boards (is_first);
  return !*out_more || wait_for_start (self, by, out_more, error);
}

/* As many as were asked for have passed; what was refused for that reason is no refusal of the job's. */
static gboolean
has_reached_quantity (Program *self)
{
  guint64 *counts = self->outcome.counts;
  if (self->options->quantity == 0 || counts[STN_VERDICT_PASS] < (guint64) self->options->quantity)
    return FALSE;
  counts[STN_VERDICT_SKIPPED] -= MIN (self->surplus, counts[STN_VERDICT_SKIPPED]);
  self->surplus = 0;
  return TRUE;
}

static gboolean
run_cycles (Program *self, GError **error)
{
  const int cycles = self->options->cycles;

  for (int cycle = 1; cycles == 0 || cycle <= cycles; cycle++) {
    gboolean more = TRUE;
    guint64 passed = self->outcome.counts[STN_VERDICT_PASS];
    if (stn_signals_count () == 0 && !next_boards (self, cycle == 1, &more, error))
      return FALSE;
    if (stn_signals_count () > 0) {
      self->outcome.stopped = TRUE;
      return TRUE;
    }
    if (!more)
      return TRUE;
    if (!give_serials (self, error) || !run_cycle (self, error))
      return FALSE;
    if (has_reached_quantity (self))
      return TRUE;
    if (self->outcome.stopped || self->outcome.many_alike || self->outcome.not_recorded > 0)
      return TRUE;
    /* nobody says when, and nothing passes: the same boards would be taken again and again */
    if (cycles == 0 && start_of (self, FALSE) == STN_START_BY_NOW && self->outcome.counts[STN_VERDICT_PASS] == passed)
      return TRUE;
    if (has_reached_stop_rule (self)) {
      g_autofree char *text =
          g_strdup_printf ("%" G_GUINT64_FORMAT " boards failed, and the job stops after %" G_GINT64_FORMAT,
                           self->outcome.counts[STN_VERDICT_FAIL], self->job->stop_after_failures);
      warn (self, STN_FAILURE_STOP_RULE, text);
      return TRUE;
    }
  }
  return TRUE;
}

/* ---- before and after ---- */

static gboolean
check_serials (Program *self, GError **error)
{
  gboolean needs_list = self->job->has_serial && self->job->serial_from == STN_SERIAL_FROM_LIST;
  if (needs_list && self->options->serials_path == NULL) {
    stn_error_set (error, STN_FAILURE_USAGE, "%s: the job takes its serials from a list: --serials FILE",
                   self->job->path);
    return FALSE;
  }
  if (self->options->serials_path == NULL)
    return TRUE;
  if (!self->job->has_serial || self->job->serial_from == STN_SERIAL_FROM_COUNTER) {
    stn_error_set (error, STN_FAILURE_USAGE, "%s: the job takes no serials from a list, so --serials has no use",
                   self->job->path);
    return FALSE;
  }
  self->serials = stn_serial_list_read (self->options->serials_path, error);
  return self->serials != NULL;
}

static gboolean
load (Program *self, GError **error)
{
  self->station = stn_station_load (self->options->station, self->clock, error);
  if (self->station == NULL)
    return FALSE;
  self->job = stn_job_load (self->options->job, error);
  return self->job != NULL && check_serials (self, error);
}

static void
tell_start (Program *self)
{
  StnEvent *event = event_new (self, STN_EVENT_RUN_START);
  event->text = g_strdup (self->job != NULL ? self->job->name : self->options->job);
  stn_event_queue_post (self->events, event);
}

static gboolean
plan (Program *self, GError **error)
{
  const StnRunCommandOptions *options = self->options;
  StnRunOptions run_options = {
    .sites = (const char *const *) options->sites,
    .skip = (const char *const *) options->skip,
    .lot = options->lot,
    .operator_id = options->operator_id,
    .panel = options->panel,
    .trace_path = options->trace,
    .quantity = (guint64) options->quantity,
    .cancellable = self->cancellable,
  };
  self->run = stn_station_run_new (self->station, self->job, &run_options, self->events, error);
  if (self->run == NULL || !stn_station_run_can_start_by (self->run, start_of (self, TRUE), error))
    return FALSE;
  self->context.sites = stn_station_run_sites (self->run, &self->context.site_count);
  self->context.site_names = g_new0 (char *, self->context.site_count + 1);
  self->run_ids = g_new0 (char *, self->context.site_count + 1);
  for (guint i = 0; i < self->context.site_count; i++)
    self->context.site_names[i] = g_strdup (self->context.sites[i].site->name);
  return TRUE;
}

static void
show_plans (Program *self)
{
  if (self->options->json || self->options->tap || self->options->quiet)
    return;
  for (guint i = 0; i < self->context.site_count; i++) {
    const StnPlan *plan = self->context.sites[i].plan;
    g_autofree char *bytes = stn_text_from_size_bytes (plan->touched_bytes);
    stn_output_take (self->output, g_strdup_printf ("%-6s plan %.12s: %u steps, %s of flash, about %.1f s\n",
                                                    self->context.site_names[i], plan->hash, plan->step_count, bytes,
                                                    (double) plan->predicted_ns / 1e9));
  }
  stn_output_take (self->output, g_strdup ("Nothing was touched.\n"));
}

static gboolean
work (Program *self, GError **error)
{
  if (!load (self, error)) {
    tell_start (self);
    return FALSE;
  }
  tell_start (self);
  if (!plan (self, error))
    return FALSE;
  drain (self);
  if (self->options->dry_run) {
    show_plans (self);
    return TRUE;
  }
  if (!stn_station_run_open (self->run, error))
    return FALSE;
  self->context.runner = stn_station_run_runner (self->run);
  drain (self);
  return run_cycles (self, error);
}

static int
write_junit (Program *self, int code)
{
  g_autoptr (GError) error = NULL;
  if (self->options->junit == NULL || self->job == NULL
      || stn_junit_write (self->options->junit, self->context.rows, self->job, self->options->lot, &error))
    return code;
  warn (self, stn_error_failure (error), error->message);
  return code == STN_EXIT_PASSED ? STN_EXIT_STATION : code;
}

static void
tell_end (Program *self, int code, const GError *error)
{
  StnEvent *event = event_new (self, STN_EVENT_RUN_END);
  event->bytes = (guint64) code;
  for (guint verdict = 0; verdict < STN_VERDICT_COUNT; verdict++)
    event->counts[verdict] = (guint) self->outcome.counts[verdict];
  if (error != NULL) {
    event->failure = stn_error_failure (error);
    event->text = g_strdup (error->message);
  }
  stn_event_queue_post (self->events, event);
}

static void
tell_demo (Program *self)
{
  const char *journal = stn_station_journal_path (self->station);
  const char *serial = NULL;
  for (guint i = 0; i < self->context.rows->len && serial == NULL; i++) {
    const StnUnitRow *row = g_ptr_array_index (self->context.rows, i);
    serial = row->serial != NULL ? row->serial : row->uid;
  }
  g_autofree char *quoted = g_shell_quote (journal);
  g_autoptr (GString) text = g_string_new (NULL);
  g_string_append_printf (text, "\nEvery board is on record in %s\nTry next:\n  stationctl units --journal %s\n",
                          journal, quoted);
  if (serial != NULL)
    g_string_append_printf (text, "  stationctl unit %s --journal %s\n", serial, quoted);
  if (self->options->json || self->options->tap)
    g_printerr ("%s", text->str);
  else
    stn_output_take (self->output, g_strdup (text->str));
}

/* What is left to write is written, unless somebody wants to leave. */
static void
finish_output (Program *self)
{
  guint heard = stn_signals_count ();
  while (!stn_output_flush (self->output, 100))
    if (stn_signals_count () > heard)
      return;
}

static StnView *
make_view (Program *self)
{
  if (self->options->json)
    return stn_json_view_new (&self->context);
  if (self->options->tap)
    return stn_tap_view_new (&self->context);
  if (!self->options->quiet && !self->options->verbose && stn_screen_view_is_possible (STDOUT_FILENO))
    return stn_screen_view_new (&self->context, STDOUT_FILENO);
  return stn_plain_view_new (&self->context);
}

static void
row_free (gpointer row)
{
  stn_unit_row_free (row);
}

static void
program_clear (Program *self)
{
  stn_view_free (self->view);
  stn_station_run_free (self->run);
  stn_serial_list_free (self->serials);
  stn_job_unref (self->job);
  stn_station_free (self->station);
  stn_event_queue_free (self->events);
  stn_output_free (self->output);
  g_clear_pointer (&self->context.rows, g_ptr_array_unref);
  g_strfreev (self->context.site_names);
  for (guint i = 0; self->run_ids != NULL && i < self->context.site_count; i++)
    g_free (self->run_ids[i]);
  g_free (self->run_ids);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->clock, stn_clock_unref);
}

int
stn_run_program (const StnCommand *command, const StnRunCommandOptions *options, gboolean is_demo)
{
  Program self = { .command = command, .options = options, .is_demo = is_demo };
  g_autoptr (GError) error = NULL;

  self.cancellable = g_cancellable_new ();
  stn_signals_start (self.cancellable);
  self.clock = stn_clock_new_real ();
  self.events = stn_event_queue_new (NULL, NULL);
  self.output = stn_output_new (STDOUT_FILENO);
  self.context = (StnViewContext){
    .output = self.output,
    .clock = self.clock,
    .rows = g_ptr_array_new_with_free_func (row_free),
    .quiet = options->quiet,
    .verbose = options->verbose,
  };
  self.view = make_view (&self);

  gboolean ok = work (&self, &error);
  int code = options->dry_run && ok ? STN_EXIT_PASSED : stn_exit_code_of_outcome (&self.outcome);
  if (!ok) {
    int of_error = stn_exit_code_of (error);
    /* what boards have come to already weighs more than why there were no more of them */
    code = self.context.rows->len > 0 && code > STN_EXIT_FAILED ? code : of_error;
  }
  code = write_junit (&self, code);
  drain (&self);
  /* lines at rest and locks given back before anybody is told that it is over */
  g_clear_pointer (&self.run, stn_station_run_free);
  self.context.runner = NULL;
  tell_end (&self, code, error);
  drain (&self);
  if (!ok)
    stn_command_fail (error);
  else if (is_demo && !options->dry_run)
    tell_demo (&self);
  finish_output (&self);

  gboolean ends_by_signal = stn_signals_count () > 1;
  program_clear (&self);
  if (ends_by_signal)
    stn_signals_raise ();
  return code;
}

int
stn_command_run (const StnCommand *self, int argc, char **argv)
{
  StnRunCommandOptions options;
  int code = STN_EXIT_PASSED;
  if (stn_run_command_options_parse (self, argc, argv, NULL, NULL, &options, &code))
    code = stn_run_program (self, &options, FALSE);
  stn_run_command_options_clear (&options);
  return code;
}
