/* Cycles: what starts them, and what comes of them. */
#include "src/station/session-private.h"

#include <string.h>

#define LISTEN_NS (50 * STN_NS_PER_MS)
#define ARMED_AFTER_NS (500 * STN_NS_PER_MS) /* a key or pedal that bounces starts no second cycle */

/* ---- seats ---- */

void
stn_session_seat_clear_board (StnSessionSeat *seat)
{
  g_clear_pointer (&seat->run_id, g_free);
  g_clear_pointer (&seat->serial, g_free);
  g_clear_pointer (&seat->uid, g_free);
  g_clear_pointer (&seat->message, g_free);
  g_clear_pointer (&seat->last_run, g_free);
  g_clear_pointer (&seat->open_run, g_free);
  g_clear_pointer (&seat->open_message, g_free);
  g_clear_pointer (&seat->open_lot, g_free);
  seat->step = STN_STEP_POWER_ON;
  seat->verdict = seat->open_verdict = STN_VERDICT_UNKNOWN;
  seat->failure = seat->open_failure = STN_FAILURE_NONE;
  seat->duration_ns = 0;
  seat->has_result = seat->is_lost = seat->is_running = FALSE;
  seat->is_open = seat->is_binned = seat->had_failed = seat->at_limit = FALSE;
  seat->fails = seat->extra_retries = 0;
  seat->is_other = FALSE;
}

static void
remember_last (StnSessionSeat *seat, StnVerdict verdict)
{
  if (seat->last_count == STN_SESSION_LAST)
    memmove (seat->last, seat->last + 1, (STN_SESSION_LAST - 1) * sizeof seat->last[0]);
  else
    seat->last_count++;
  seat->last[seat->last_count - 1] = verdict;
}

/* The run is open again with what it stood open with: the last one came to nothing. */
static void
show_what_is_open (StnSessionSeat *seat)
{
  seat->verdict = seat->open_verdict;
  seat->failure = seat->open_failure;
  seat->step = seat->open_step;
  seat->has_result = seat->open_verdict != STN_VERDICT_UNKNOWN;
  g_free (seat->message);
  seat->message = g_strdup (seat->open_message);
}

static void
leave_open (StnSessionSeat *seat)
{
  seat->is_open = TRUE;
  seat->open_verdict = seat->verdict;
  seat->open_failure = seat->failure;
  seat->open_step = seat->step;
  g_free (seat->open_run);
  seat->open_run = g_strdup (seat->run_id);
  g_free (seat->open_message);
  seat->open_message = g_strdup (seat->message);
}

/* ---- the run ---- */

static void
predict (const StnPlan *plan, StnPrediction *out)
{
  gint64 until_ns = 0;
  for (guint kind = 0; kind < STN_STEP_COUNT; kind++) {
    for (guint i = 0; i < plan->step_count; i++)
      if (plan->steps[i].kind == kind)
        until_ns += plan->steps[i].predicted_ns;
    out->until_ns[kind] = until_ns;
  }
  out->total_ns = until_ns;
}

static void
show_runner (StnSession *self)
{
  guint count = 0;
  const StnRunnerSite *sites = stn_station_run_sites (self->run, &count);
  StnPrediction *predictions = g_new0 (StnPrediction, count);
  int *places = g_new (int, self->seats->len);

  for (guint i = 0; i < count; i++)
    predict (sites[i].plan, &predictions[i]);
  for (guint i = 0; i < self->seats->len; i++) {
    StnSessionSeat *seat = stn_session_seat (self, i);
    seat->place = -1;
    for (guint k = 0; k < count; k++)
      if (sites[k].site == seat->site)
        seat->place = (int) k;
    places[i] = seat->place;
  }
  g_mutex_lock (&self->mutex);
  self->runner = stn_station_run_runner (self->run);
  self->predictions = predictions;
  self->places = places;
  self->place_count = self->seats->len;
  self->run_started_ns = g_new0 (gint64, self->seats->len);
  g_mutex_unlock (&self->mutex);
}

static void
hide_runner (StnSession *self)
{
  g_mutex_lock (&self->mutex);
  self->runner = NULL;
  self->place_count = 0;
  g_clear_pointer (&self->predictions, g_free);
  g_clear_pointer (&self->places, g_free);
  g_clear_pointer (&self->run_started_ns, g_free);
  g_mutex_unlock (&self->mutex);
  for (guint i = 0; i < self->seats->len; i++)
    stn_session_seat (self, i)->place = -1;
}

void
stn_session_close_run (StnSession *self)
{
  if (self->run == NULL)
    return;
  hide_runner (self);
  stn_station_run_free (g_steal_pointer (&self->run)); /* cancels a cycle that runs, and waits for its end */
  stn_session_drain (self);
  self->is_running = self->is_stopping = FALSE;
}

static gboolean
open_run (StnSession *self, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  for (guint i = 0; i < self->seats->len; i++)
    if (stn_session_seat (self, i)->site->enabled)
      g_ptr_array_add (names, stn_session_seat (self, i)->site->name);
  g_ptr_array_add (names, NULL);

  StnRunOptions options = {
    .sites = (const char *const *) names->pdata,
    .lot = self->lot,
    .operator_id = stn_session_who (self),
    .faults = self->faults,
    .cancellable = self->cancellable,
    .quantity = self->lot_quantity,
    .journal = self->journal,
  };
  self->run = stn_station_run_new (self->station, self->job, &options, self->events, error);
  if (self->run == NULL)
    return FALSE;
  if (!stn_station_run_open (self->run, error)) {
    g_clear_pointer (&self->run, stn_station_run_free);
    return FALSE;
  }
  show_runner (self);
  return TRUE;
}

gboolean
stn_session_open_run (StnSession *self, GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (self->run != NULL && !self->needs_reopening)
    return TRUE;
  stn_session_close_run (self);
  self->is_dirty = TRUE;
  if (open_run (self, &failure)) {
    self->needs_reopening = FALSE;
    self->is_lid_open = FALSE;
    g_clear_pointer (&self->station_fault, g_free);
    for (guint i = 0; i < self->seats->len; i++)
      if (stn_session_seat (self, i)->is_old)
        stn_station_run_set_old (self->run, stn_session_seat (self, i)->site->name);
    return TRUE;
  }
  self->needs_reopening = TRUE;
  self->station_failure = stn_error_failure (failure);
  g_free (self->station_fault);
  self->station_fault = g_strdup (failure->message);
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* ---- starting ---- */

static gboolean
refuse_blocked (StnSession *self, gboolean for_retry, GError **error)
{
  g_autofree char *sites = NULL, *text = NULL;
  StnBlock block = stn_session_find_block (self, for_retry, &sites, &text);

  /* the ports are tried again, and what they say then is the answer */
  if (block == STN_BLOCK_STATION || block == STN_BLOCK_BANK_BUSY)
    return stn_session_open_run (self, error);
  if (block == STN_BLOCK_NONE)
    return TRUE;
  stn_error_set (error, stn_block_failure (block), "%s", text);
  return FALSE;
}

/* What the bench calls a lesson. A wrong part is one that the job does not want. */
static const char *
lesson_fault (const StnSession *self, const StnLesson *lesson)
{
  gboolean is_wanted = g_strcmp0 (lesson->name, "wrong-part") == 0 && self->job != NULL && self->job->target != NULL
                       && g_str_has_prefix (self->job->target, "STM32F03");
  return is_wanted ? "wrong-chip: STM32G071CB" : lesson->fault;
}

/* On a bench its own operator takes out what is finished and puts new boards in. */
static gboolean
swap_boards (StnSession *self, const gboolean *goes, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < self->seats->len; i++) {
    const StnSessionSeat *seat = stn_session_seat (self, i);
    gboolean is_finished = seat->is_binned || seat->verdict == STN_VERDICT_PASS || seat->verdict == STN_VERDICT_FAIL
                           || seat->verdict == STN_VERDICT_SKIPPED;
    gboolean has_lesson = seat->lesson != NULL || seat->has_lesson;
    /* where a pin told of a new board, a hand has brought it */
    if (!goes[i] || !(has_lesson || (seat->run_id != NULL && is_finished && !seat->is_new)))
      continue;
    if (seat->lesson != NULL
        && !stn_station_set_next_fault (self->station, seat->site->name, lesson_fault (self, seat->lesson), error))
      return FALSE;
    g_ptr_array_add (names, seat->site->name);
  }
  if (names->len == 0)
    return TRUE;
  g_ptr_array_add (names, NULL);
  if (!stn_station_run_load_some (self->run, (const char *const *) names->pdata, error))
    return FALSE;
  for (guint i = 0; i < self->seats->len; i++) {
    StnSessionSeat *seat = stn_session_seat (self, i);
    if (!goes[i])
      continue;
    seat->has_lesson = seat->lesson != NULL && seat->lesson->fault != NULL;
    seat->lesson = NULL;
  }
  return TRUE;
}

/* What each site of the run has in the cycle; `goes` by seat. */
static void
set_loads (StnSession *self, const gboolean *goes, gboolean is_retry)
{
  guint count = 0;
  stn_station_run_sites (self->run, &count);
  g_autofree StnRunnerLoad *loads = g_new0 (StnRunnerLoad, count);

  for (guint i = 0; i < count; i++)
    loads[i].is_out = TRUE;
  for (guint i = 0; i < self->seats->len; i++) {
    const StnSessionSeat *seat = stn_session_seat (self, i);
    if (seat->place < 0)
      continue;
    StnRunnerLoad *load = &loads[seat->place];
    load->is_out = !goes[i];
    stn_station_run_use (self->run, seat->site->name, goes[i]);
    if (self->job->has_serial && self->job->serial_from == STN_SERIAL_FROM_SCAN)
      load->serial = load->scan = seat->scan;
    if (is_retry)
      load->retry_of = seat->last_run;
  }
  stn_runner_set_loads (stn_station_run_runner (self->run), loads);
}

static void
begin_boards (StnSession *self, const gboolean *goes, gboolean is_retry)
{
  for (guint i = 0; i < self->seats->len; i++) {
    StnSessionSeat *seat = stn_session_seat (self, i);
    if (!goes[i]) {
      if (!is_retry)
        stn_session_seat_clear_board (seat);
      continue;
    }
    if (!is_retry) {
      stn_session_seat_clear_board (seat);
    } else {
      seat->had_failed = seat->had_failed || seat->open_verdict == STN_VERDICT_FAIL;
      seat->has_result = seat->is_lost = FALSE;
      g_clear_pointer (&seat->run_id, g_free);
    }
    seat->is_running = TRUE;
    seat->is_new = FALSE;
    seat->is_old = TRUE;
    seat->step = STN_STEP_POWER_ON;
  }
}

static gboolean
check_lid (StnSession *self, GError **error)
{
  gboolean is_closed = FALSE;
  StnWait wait = stn_wait_new (self->clock, LISTEN_NS, self->cancellable);

  if (!stn_station_run_wait_start (self->run, STN_START_BY_KEY, &wait, &is_closed, error))
    return FALSE;
  if (!is_closed)
    stn_error_set (error, STN_FAILURE_LID_OPEN, "the lid is open: close it, then start");
  return is_closed;
}

void
stn_session_note_fault (StnSession *self, const GError *error)
{
  if (stn_error_is (error, STN_FAILURE_LID_OPEN))
    return;
  self->needs_reopening = TRUE;
  self->station_failure = stn_error_failure (error);
  g_free (self->station_fault);
  self->station_fault = g_strdup (error->message);
}

/* Whoever pressed START while the wiring was checked did not mean what happens a minute later. */
static gboolean
is_timely (const StnSessionRequest *request, GError **error)
{
  if (request->came_late)
    stn_error_set (error, STN_FAILURE_NOT_READY, "the wiring was being checked: look at the boards, then start");
  return !request->came_late;
}

static gboolean
start_cycle (StnSession *self, const gboolean *goes, gboolean is_retry, GError **error)
{
  g_autoptr (GError) failure = NULL;
  gint64 now_ns = stn_clock_now_ns (self->clock);

  if (!stn_session_check_job (self, error) || !stn_session_open_run (self, error))
    return FALSE;
  if (!check_lid (self, &failure) || (!is_retry && !swap_boards (self, goes, &failure))) {
    stn_session_note_fault (self, failure);
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  stn_station_run_set_operator (self->run, stn_session_who (self));
  set_loads (self, goes, is_retry);
  /* before the first event of the new cycle is there to be taken */
  if (!stn_station_run_start (self->run, &failure)) {
    stn_session_note_fault (self, failure);
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  begin_boards (self, goes, is_retry);
  self->is_running = TRUE;
  self->is_stopping = FALSE;
  self->is_retry_cycle = is_retry;
  self->cycle++;
  self->cycle_started_ns = now_ns;
  if (self->cycle_ended_ns > 0)
    self->handling_ns = now_ns - self->cycle_ended_ns;
  g_array_set_size (self->scan_order, 0);
  return TRUE;
}

gboolean
stn_session_start_work (StnSession *self, const StnSessionRequest *request, GError **error)
{
  g_autofree gboolean *goes = g_new0 (gboolean, self->seats->len + 1);
  gboolean wants_scans = self->job != NULL && self->job->has_serial && self->job->serial_from == STN_SERIAL_FROM_SCAN;

  if (!is_timely (request, error))
    return FALSE;
  if (!self->is_running && self->journal != NULL && !stn_session_recover (self, error))
    return FALSE;
  if (!refuse_blocked (self, FALSE, error))
    return FALSE;
  if ((request->value == STN_CAUSE_KEY || request->value == STN_CAUSE_PIN) && stn_clock_now_ns (self->clock) < self->start_not_before_ns) {
    stn_error_set (error, STN_FAILURE_NOT_READY, "the last cycle has only just ended: press once more");
    return FALSE;
  }
  for (guint i = 0; i < self->seats->len; i++) {
    const StnSessionSeat *seat = stn_session_seat (self, i);
    goes[i] = seat->off_reason == NULL && (!wants_scans || seat->scan != NULL);
  }
  return start_cycle (self, goes, FALSE, error);
}

gboolean
stn_session_retry_work (StnSession *self, const StnSessionRequest *request, GError **error)
{
  g_autofree gboolean *goes = g_new0 (gboolean, self->seats->len + 1);
  guint count = 0;

  if (!is_timely (request, error) || !stn_session_needs_idle (self, error) || !stn_session_recover (self, error)
      || !refuse_blocked (self, TRUE, error))
    return FALSE;
  if (request->texts[0] != NULL) {
    const StnSessionSeat *seat = stn_session_find_seat (self, request->texts[0], error);
    if (seat == NULL)
      return FALSE;
    if (!stn_session_may_retry (self, seat)) {
      if (seat->is_open)
        stn_error_set (error, STN_FAILURE_RETRY_LIMIT, "%s: the retry limit is reached: put the board into the bin",
                       seat->site->name);
      else
        stn_error_set (error, STN_FAILURE_NOT_READY, "%s: there is nothing to run again", seat->site->name);
      return FALSE;
    }
  }
  for (guint i = 0; i < self->seats->len; i++) {
    const StnSessionSeat *seat = stn_session_seat (self, i);
    goes[i] = stn_session_may_retry (self, seat)
              && (request->texts[0] == NULL || g_str_equal (request->texts[0], seat->site->name));
    count += goes[i];
  }
  if (count == 0) {
    stn_error_set (error, STN_FAILURE_NOT_READY, "there is no board that may be run again");
    return FALSE;
  }
  return start_cycle (self, goes, TRUE, error);
}

gboolean
stn_session_stop_work (StnSession *self, G_GNUC_UNUSED const StnSessionRequest *request, GError **error)
{
  if (!self->is_running) {
    stn_error_set (error, STN_FAILURE_NOT_READY, "no cycle is running");
    return FALSE;
  }
  self->is_stopping = TRUE;
  self->needs_reopening = TRUE; /* a runner that was stopped stays so */
  stn_runner_stop (stn_station_run_runner (self->run));
  return TRUE;
}

gboolean
stn_session_cancel_work (StnSession *self, const StnSessionRequest *request, GError **error)
{
  if (!stn_session_stop_work (self, request, error))
    return FALSE;
  stn_runner_cancel (stn_station_run_runner (self->run));
  return TRUE;
}

/* ---- facts ---- */

static StnSessionSeat *
seat_of (StnSession *self, const char *site, guint *out_index)
{
  for (guint i = 0; site != NULL && i < self->seats->len; i++)
    if (g_str_equal (stn_session_seat (self, i)->site->name, site)) {
      *out_index = i;
      return stn_session_seat (self, i);
    }
  return NULL;
}

static void
set_started (StnSession *self, guint index, gint64 now_ns)
{
  g_mutex_lock (&self->mutex);
  if (index < self->place_count)
    self->run_started_ns[index] = now_ns;
  g_mutex_unlock (&self->mutex);
}

static void
replace (char **text, const char *with)
{
  if (with != NULL && g_strcmp0 (*text, with) != 0) {
    g_free (*text);
    *text = g_strdup (with);
  }
}

static void
switch_off (StnSession *self, StnSessionSeat *seat, const char *reason, const char *who)
{
  const StnAudit audit = { .action = "site-off", .subject = seat->site->name, .site = seat->site->name,
                           .old_value = "on", .new_value = "off", .reason = reason, .operator_id = who };
  g_free (seat->off_reason);
  seat->off_reason = g_strdup (reason);
  g_free (seat->off_by);
  seat->off_by = g_strdup (who);
  g_autoptr (GError) error = NULL;
  if (!stn_session_audit (self, &audit, &error))
    stn_session_warn (self, error->message);
}

/* What a committed result means for the site. */
static void
take_result (StnSession *self, StnSessionSeat *seat, const StnEvent *event)
{
  seat->is_running = FALSE;
  seat->has_result = TRUE;
  seat->verdict = event->outcome;
  seat->failure = event->failure;
  seat->duration_ns = event->duration_ns;
  g_free (seat->message);
  seat->message = g_strdup (event->text);
  replace (&seat->serial, event->serial);
  replace (&seat->uid, event->uid);
  g_free (seat->last_run);
  seat->last_run = g_strdup (event->run_id);
  if (event->outcome == STN_VERDICT_PASS || event->outcome == STN_VERDICT_FAIL || event->outcome == STN_VERDICT_ERROR)
    remember_last (seat, event->outcome);
  switch (event->outcome) {
  case STN_VERDICT_PASS:
    seat->is_open = FALSE;
    seat->fails_in_a_row = 0;
    g_clear_pointer (&seat->scan, g_free);
    break;
  case STN_VERDICT_FAIL:
    seat->fails++;
    seat->fails_in_a_row += seat->fails == 1; /* boards, not runs */
    self->fails_since_release++;
    leave_open (seat);
    break;
  case STN_VERDICT_SKIPPED:
    /* what was scanned was this board's, or may not be used: the next board in the site has its own */
    if (!seat->is_open)
      g_clear_pointer (&seat->scan, g_free);
    if (event->failure == STN_FAILURE_RETRY_LIMIT) {
      seat->at_limit = TRUE;
      if (!seat->is_open)
        leave_open (seat);
      else
        show_what_is_open (seat);
    } else if (seat->is_open) {
      show_what_is_open (seat);
    }
    break;
  case STN_VERDICT_ERROR:
    if (event->failure != STN_FAILURE_CANCELLED && stn_failure_row (event->failure)->blame == STN_BLAME_STATION
        && event->failure != STN_FAILURE_SAME_UNIT_TWICE && event->failure != STN_FAILURE_MANY_ALIKE)
      self->needs_reopening = TRUE;
    if (seat->is_open)
      show_what_is_open (seat);
    break;
  default:
    if (seat->is_open)
      show_what_is_open (seat);
  }
}

static void
take_event (StnSession *self, StnEvent *event)
{
  guint index = 0;
  StnSessionSeat *seat = seat_of (self, event->site, &index);

  self->is_dirty = TRUE;
  if (seat != NULL && event->kind == STN_EVENT_UNIT_START) {
    g_free (seat->run_id);
    seat->run_id = g_strdup (event->run_id);
    g_free (seat->last_run);
    seat->last_run = g_strdup (event->run_id);
    set_started (self, index, event->mono_ns);
  } else if (seat != NULL && event->kind == STN_EVENT_SITE_STATE && event->has_step) {
    seat->step = event->step;
    replace (&seat->serial, event->serial);
    replace (&seat->uid, event->uid);
  } else if (seat != NULL && event->kind == STN_EVENT_UNIT_RESULT) {
    set_started (self, index, 0);
    take_result (self, seat, event);
  } else if (event->kind == STN_EVENT_WARNING && event->text != NULL) {
    if (seat != NULL && seat->is_running && event->failure == STN_FAILURE_NOT_RECORDED) {
      seat->is_lost = TRUE;
      g_free (seat->message);
      seat->message = g_strdup (event->text);
    }
    stn_session_warn (self, event->text);
  }
  if (event->kind != STN_EVENT_WARNING) {
    g_autoptr (StnEvent) mine = stn_event_ref (event);
    StnNotice *notice = g_new0 (StnNotice, 1);
    notice->kind = STN_NOTICE_EVENT;
    notice->event = g_steal_pointer (&mine);
    notice->site = g_strdup (event->site);
    g_mutex_lock (&self->mutex);
    g_queue_push_tail (&self->notices, notice);
    g_mutex_unlock (&self->mutex);
  }
}

/* ---- the end of a cycle ---- */

static void
keep_stop_rules (StnSession *self, const StnCycleSummary *summary)
{
  for (guint i = 0; i < self->seats->len; i++) {
    StnSessionSeat *seat = stn_session_seat (self, i);
    if (seat->fails_in_a_row < STN_SITE_FAILS_MOST || seat->off_reason != NULL)
      continue;
    switch_off (self, seat, "3 boards failed in a row: clean the contacts, then ask the supervisor", "stop-rule");
    seat->fails_in_a_row = 0;
  }
  if (self->stopped != NULL)
    return;
  if (summary->many_alike != STN_FAILURE_NONE && summary->many_alike != STN_FAILURE_EMPTY_OR_NO_CONTACT)
    self->stopped = g_strdup_printf ("half of the sites or more show the same failure (%s): look at the station and at "
                                     "the lot",
                                     stn_failure_name (summary->many_alike));
  else if (self->job->stop_after_failures > 0
           && self->fails_since_release >= (guint64) self->job->stop_after_failures)
    self->stopped = g_strdup_printf ("%" G_GUINT64_FORMAT " runs failed, and the job stops after %" G_GINT64_FORMAT,
                                     self->fails_since_release, self->job->stop_after_failures);
  if (self->stopped == NULL)
    return;
  const StnAudit audit = { .action = "stop", .subject = self->job->name, .detail = self->stopped };
  g_autoptr (GError) error = NULL;
  if (!stn_session_audit (self, &audit, &error))
    stn_session_warn (self, error->message);
}

static void
end_cycle (StnSession *self)
{
  guint pass = 0, fail = 0, other = 0;
  StnRunner *runner = stn_station_run_runner (self->run);

  stn_runner_wait (runner, -1); /* its last worker is on its way out */
  const StnCycleSummary *summary = stn_runner_summary (runner);
  self->is_running = self->is_stopping = FALSE;
  self->cycle_ended_ns = stn_clock_now_ns (self->clock);
  self->start_not_before_ns = self->cycle_ended_ns + ARMED_AFTER_NS;
  self->cycle_ns = self->cycle_ended_ns - self->cycle_started_ns;
  for (guint i = 0; i < self->seats->len; i++) {
    StnSessionSeat *seat = stn_session_seat (self, i);
    if (seat->is_running) {
      /* no result came: either it is not on disk, or the site was taken out of the cycle */
      seat->is_running = FALSE;
      seat->is_lost = seat->is_lost || seat->run_id != NULL;
      if (!seat->is_lost && seat->is_open)
        show_what_is_open (seat);
      set_started (self, i, 0);
    }
  }
  pass = summary->counts[STN_VERDICT_PASS];
  fail = summary->counts[STN_VERDICT_FAIL];
  for (guint verdict = 0; verdict < STN_VERDICT_COUNT; verdict++)
    if (verdict != STN_VERDICT_PASS && verdict != STN_VERDICT_FAIL)
      other += summary->counts[verdict];
  other += summary->not_recorded;
  keep_stop_rules (self, summary);
  if (self->cycle_count == STN_SESSION_CYCLES)
    memmove (self->cycles, self->cycles + 1, (STN_SESSION_CYCLES - 1) * sizeof self->cycles[0]);
  else
    self->cycle_count++;
  self->cycles[self->cycle_count - 1] = (StnCycleCounts){ .pass = pass, .fail = fail, .other = other };
  stn_session_count (self);
  stn_session_notice (self, STN_NOTICE_CYCLE, 0, summary->many_alike, NULL, "%u pass, %u fail, %u other", pass, fail,
                      other);
  stn_session_sound (self, fail > 0 ? STN_SOUND_FAIL : other > 0 || pass == 0 ? STN_SOUND_ACTION : STN_SOUND_PASS);
}

void
stn_session_drain (StnSession *self)
{
  for (StnEvent *event = stn_event_queue_take (self->events); event != NULL;
       event = stn_event_queue_take (self->events)) {
    take_event (self, event);
    if (event->kind == STN_EVENT_CYCLE_RESULT && self->run != NULL && self->is_running)
      end_cycle (self);
    stn_event_unref (event);
  }
}
