/* The session's thread: requests in, states and notices out. */
#include "src/station/session-private.h"

#include <string.h>

#define WARNINGS_MOST 20

/* ---- notices ---- */

void
stn_notice_free (StnNotice *self)
{
  if (self == NULL)
    return;
  g_free (self->text);
  g_free (self->site);
  g_clear_pointer (&self->event, stn_event_unref);
  g_free (self);
}

static void
put_notice (StnSession *self, StnNotice *notice)
{
  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->notices, notice);
  stn_clock_wake (self->clock, &self->notices);
  g_mutex_unlock (&self->mutex);
  if (self->notify != NULL)
    self->notify (self->data);
}

void
stn_session_notice (StnSession *self, StnNoticeKind kind, guint64 request, StnFailure failure, const char *site,
                    const char *format, ...)
{
  StnNotice *notice = g_new0 (StnNotice, 1);
  va_list arguments;

  va_start (arguments, format);
  notice->text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  notice->kind = kind;
  notice->request = request;
  notice->failure = failure;
  notice->site = g_strdup (site);
  put_notice (self, notice);
}

void
stn_session_sound (StnSession *self, StnSound sound)
{
  StnNotice *notice = g_new0 (StnNotice, 1);
  notice->kind = STN_NOTICE_SOUND;
  notice->sound = sound;
  put_notice (self, notice);
}

void
stn_session_warn (StnSession *self, const char *text)
{
  if (self->warnings->len >= WARNINGS_MOST)
    g_ptr_array_remove_index (self->warnings, 0);
  g_ptr_array_add (self->warnings, g_strdup (text));
  self->is_dirty = TRUE;
  stn_session_notice (self, STN_NOTICE_WARNING, 0, STN_FAILURE_NONE, NULL, "%s", text);
}

/* ---- seats ---- */

StnSessionSeat *
stn_session_seat (const StnSession *self, guint index)
{
  return &g_array_index (self->seats, StnSessionSeat, index);
}

StnSessionSeat *
stn_session_find_seat (const StnSession *self, const char *name, GError **error)
{
  for (guint i = 0; i < self->seats->len; i++)
    if (g_strcmp0 (stn_session_seat (self, i)->site->name, name) == 0)
      return stn_session_seat (self, i);
  stn_error_set (error, STN_FAILURE_USAGE, "there is no site “%s” here", name != NULL ? name : "");
  return NULL;
}

static void
seat_clear (gpointer data)
{
  StnSessionSeat *seat = data;
  stn_session_seat_clear_board (seat);
  g_free (seat->off_reason);
  g_free (seat->off_by);
  g_free (seat->scan);
}

/* ---- what is asked of many requests ---- */

const char *
stn_session_who (const StnSession *self)
{
  return self->person != NULL ? self->person->badge : NULL;
}

gboolean
stn_session_audit (StnSession *self, const StnAudit *audit, GError **error)
{
  StnAudit row = *audit;
  if (self->journal == NULL) {
    stn_error_set (error, STN_FAILURE_JOURNAL, "the journal is not open");
    return FALSE;
  }
  if (row.operator_id == NULL)
    row.operator_id = stn_session_who (self);
  if (row.lot == NULL)
    row.lot = self->lot;
  return stn_journal_write_audit (self->journal, &row, error);
}

gboolean
stn_session_needs_person (StnSession *self, GError **error)
{
  if (self->person != NULL)
    return TRUE;
  stn_error_set (error, STN_FAILURE_NOT_READY, "nobody is signed in: scan a badge");
  return FALSE;
}

gboolean
stn_session_needs_supervisor (StnSession *self, const char *what, GError **error)
{
  if (!stn_session_needs_person (self, error))
    return FALSE;
  if (self->supervisor != NULL) {
    self->supervisor_until_ns = stn_clock_now_ns (self->clock) + STN_SUPERVISOR_NS;
    self->is_dirty = TRUE;
    return TRUE;
  }
  if (!stn_people_has_supervisor (self->people))
    stn_error_set (error, STN_FAILURE_NOT_ALLOWED,
                   "%s needs a supervisor, and this station knows none: stationctl people add", what);
  else
    stn_error_set (error, STN_FAILURE_NOT_ALLOWED, "%s needs a supervisor: unlock with badge and PIN", what);
  return FALSE;
}

gboolean
stn_session_needs_idle (StnSession *self, GError **error)
{
  if (!self->is_running)
    return TRUE;
  stn_error_set (error, STN_FAILURE_NOT_READY, "a cycle is running: wait for its end");
  return FALSE;
}

/* ---- loading ---- */

static gboolean
takes_bank (const StnSession *self, const char *bank)
{
  return self->banks == NULL || g_strv_contains ((const char *const *) self->banks, bank);
}

static void
make_seats (StnSession *self)
{
  guint count = 0;
  StnSite *const *sites = stn_station_sites (self->station, &count);
  for (guint i = 0; i < count; i++) {
    if (!takes_bank (self, sites[i]->bank))
      continue;
    StnSessionSeat seat = { .site = sites[i],
                            .place = -1,
                            .has_detect = g_array_index (self->station->wirings, StnSiteWiring, i).wiring.has_detect };
    if (!sites[i]->enabled)
      seat.off_reason = g_strdup ("the station file leaves it out");
    g_array_append_val (self->seats, seat);
  }
}

static gboolean
load_all (StnSession *self, GError **error)
{
  if (self->is_training)
    self->station = stn_station_load_training (self->station_path, self->job != NULL ? self->job->target : NULL,
                                               self->clock, error);
  else
    self->station = stn_station_load (self->station_path, self->clock, error);
  if (self->station == NULL)
    return FALSE;
  stn_station_keep_bench (self->station);
  self->people = stn_people_load (stn_station_people_path (self->station), self->station->is_virtual, error);
  if (self->people == NULL)
    return FALSE;
  self->journal =
      stn_journal_open (stn_station_journal_path (self->station), self->station->is_virtual, self->clock, error);
  if (self->journal == NULL)
    return FALSE;
  self->query = stn_query_open (stn_station_journal_path (self->station), error);
  if (self->query == NULL)
    return FALSE;
  make_seats (self);
  if (self->seats->len == 0) {
    stn_error_set (error, STN_FAILURE_USAGE, "%s has no such bank", stn_station_path (self->station));
    return FALSE;
  }
  guint count = 0;
  const char *const *warnings = stn_station_warnings (self->station, &count);
  for (guint i = 0; i < count; i++)
    stn_session_warn (self, warnings[i]);
  stn_session_read_start_by (self);
  stn_session_find_unknown (self);
  return TRUE;
}

gboolean
stn_session_load (StnSession *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->broken, g_free);
  self->is_dirty = TRUE;
  if (load_all (self, &error)) {
    self->phase = STN_PHASE_READY;
    return TRUE;
  }
  self->broken_failure = stn_error_failure (error);
  self->broken = g_strdup (error->message);
  stn_session_unload (self);
  self->phase = STN_PHASE_BROKEN;
  return FALSE;
}

void
stn_session_unload (StnSession *self)
{
  stn_session_close_run (self);
  g_array_set_size (self->seats, 0);
  stn_lot_sums_clear (&self->sums);
  g_clear_pointer (&self->query, stn_query_close);
  g_clear_pointer (&self->journal, stn_journal_close);
  g_clear_pointer (&self->people, stn_people_free);
  g_clear_pointer (&self->plans, g_ptr_array_unref);
  g_clear_pointer (&self->station, stn_station_free);
  g_clear_pointer (&self->wiring, stn_session_wiring_unref);
}

/* ---- the thread ---- */

static void
request_free (StnSessionRequest *request)
{
  for (guint i = 0; i < G_N_ELEMENTS (request->texts); i++) {
    if (request->texts[i] != NULL)
      memset (request->texts[i], 0, strlen (request->texts[i])); /* it may be a PIN */
    g_free (request->texts[i]);
  }
  g_free (request);
}

void
stn_session_publish (StnSession *self)
{
  if (!self->is_dirty)
    return;
  self->is_dirty = FALSE;
  StnSessionState *state = stn_session_make_state (self);
  g_mutex_lock (&self->mutex);
  StnSessionState *old = self->state;
  state->generation = old->generation + 1;
  self->state = state;
  stn_clock_wake (self->clock, &self->notices);
  g_mutex_unlock (&self->mutex);
  stn_session_state_unref (old);
  if (self->notify != NULL)
    self->notify (self->data);
}

static void
answer (StnSession *self, StnSessionRequest *request)
{
  g_autoptr (GError) error = NULL;

  self->is_dirty = TRUE;
  self->is_held = FALSE;
  if (self->phase == STN_PHASE_BROKEN && !stn_session_load (self)) {
    stn_session_notice (self, STN_NOTICE_ANSWER, request->number, self->broken_failure, NULL, "%s", self->broken);
    return;
  }
  gboolean ok = request->work (self, request, &error);
  stn_session_publish (self); /* who hears of the answer sees what it led to */
  if (ok)
    stn_session_notice (self, STN_NOTICE_ANSWER, request->number, STN_FAILURE_NONE, NULL, "%s", "");
  else
    stn_session_notice (self, STN_NOTICE_ANSWER, request->number, stn_error_failure (error), NULL, "%s", error->message);
  if (!ok && request->is_scan)
    stn_session_sound (self, STN_SOUND_ACTION);
}

/* When something happens by itself; STN_TIME_NEVER: nothing will. */
static gint64
next_moment (const StnSession *self)
{
  gint64 supervisor_ns = self->supervisor != NULL ? self->supervisor_until_ns : STN_TIME_NEVER;
  gint64 attention_ns = stn_session_next_attention_ns (self);
  return MIN (supervisor_ns, attention_ns);
}

/* Waits for something to do. The next request, or NULL: events, a moment, the end. */
static StnSessionRequest *
next_request (StnSession *self, gboolean *out_closing)
{
  gint64 moment_ns = next_moment (self);

  g_mutex_lock (&self->mutex);
  while (g_queue_is_empty (&self->requests) && !self->has_events && !self->is_closing
         && stn_clock_now_ns (self->clock) < moment_ns)
    stn_clock_wait (self->clock, self, &self->mutex, moment_ns, NULL);
  self->has_events = FALSE;
  StnSessionRequest *request = g_queue_pop_head (&self->requests);
  *out_closing = self->is_closing;
  g_mutex_unlock (&self->mutex);
  return request;
}

static gpointer
run_session (gpointer data)
{
  StnSession *self = data;
  gboolean is_closing = FALSE;

  stn_session_load (self);
  stn_session_publish (self);
  while (!is_closing) {
    StnSessionRequest *request = next_request (self, &is_closing);
    if (!is_closing && request != NULL)
      answer (self, request);
    if (request != NULL)
      request_free (request);
    stn_session_drain (self);
    stn_session_expire_supervisor (self);
    if (!is_closing)
      stn_session_attend (self);
    stn_session_publish (self);
  }
  stn_session_unload (self);
  return NULL;
}

/* ---- the object ---- */

static void
note_event (gpointer data)
{
  StnSession *self = data;
  g_mutex_lock (&self->mutex);
  self->has_events = TRUE;
  stn_clock_wake (self->clock, self);
  g_mutex_unlock (&self->mutex);
}

StnSession *
stn_session_new (const StnSessionOptions *options)
{
  StnSession *self = g_new0 (StnSession, 1);

  self->clock = stn_clock_ref (options->clock);
  self->station_path = g_strdup (options->station_path);
  self->banks = g_strdupv ((char **) options->banks);
  self->notify = options->notify;
  self->data = options->data;
  self->faults = options->faults;
  self->cancellable = g_cancellable_new ();
  g_mutex_init (&self->mutex);
  g_queue_init (&self->requests);
  g_queue_init (&self->notices);
  self->seats = g_array_new (FALSE, TRUE, sizeof (StnSessionSeat));
  g_array_set_clear_func (self->seats, seat_clear);
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  self->scan_order = g_array_new (FALSE, FALSE, sizeof (guint));
  self->events = stn_event_queue_new (note_event, self);
  self->start_by = STN_START_BY_KEY;
  self->cycle_ns = self->handling_ns = -1;
  self->phase = STN_PHASE_LOADING;
  self->state = stn_session_make_state (self);
  self->thread = stn_clock_thread_new (self->clock, "session", run_session, self);
  return self;
}

void
stn_session_free (StnSession *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_mutex_lock (&self->mutex);
  self->is_closing = TRUE;
  if (self->waking != NULL)
    g_cancellable_cancel (self->waking);
  if (self->service != NULL)
    g_cancellable_cancel (self->service);
  stn_clock_wake (self->clock, self);
  g_mutex_unlock (&self->mutex);
  stn_clock_thread_join (self->clock, self->thread, FALSE);

  for (StnSessionRequest *left = g_queue_pop_head (&self->requests); left != NULL;
       left = g_queue_pop_head (&self->requests))
    request_free (left);
  for (StnNotice *left = g_queue_pop_head (&self->notices); left != NULL; left = g_queue_pop_head (&self->notices))
    stn_notice_free (left);
  stn_session_close_job_now (self);
  stn_session_state_unref (self->state);
  stn_event_queue_free (self->events);
  stn_person_free (self->person);
  stn_person_free (self->supervisor);
  g_array_unref (self->seats);
  g_array_unref (self->scan_order);
  g_ptr_array_unref (self->warnings);
  g_mutex_clear (&self->mutex);
  g_object_unref (self->cancellable);
  g_strfreev (self->banks);
  g_free (self->station_path);
  g_free (self->broken);
  g_free (self->lot);
  g_free (self->stopped);
  g_free (self->station_fault);
  g_free (self->marked_site);
  g_free (self->service_text);
  g_free (self->service_what);
  g_free (self->job_path);
  stn_clock_unref (self->clock);
  g_free (self);
}

StnSessionState *
stn_session_state (StnSession *self)
{
  g_mutex_lock (&self->mutex);
  StnSessionState *state = stn_session_state_ref (self->state);
  g_mutex_unlock (&self->mutex);
  return state;
}

StnNotice *
stn_session_take_notice (StnSession *self)
{
  g_mutex_lock (&self->mutex);
  StnNotice *notice = g_queue_pop_head (&self->notices);
  g_mutex_unlock (&self->mutex);
  return notice;
}

gboolean
stn_session_wait (StnSession *self, guint64 generation, const StnWait *wait)
{
  g_mutex_lock (&self->mutex);
  while (g_queue_is_empty (&self->notices) && self->state->generation <= generation)
    if (stn_clock_wait (self->clock, &self->notices, &self->mutex, wait->deadline_ns, wait->cancellable)
        != STN_WAKE_WOKEN)
      break;
  gboolean is_new = !g_queue_is_empty (&self->notices) || self->state->generation > generation;
  g_mutex_unlock (&self->mutex);
  return is_new;
}

void
stn_session_progress (StnSession *self, guint index, StnSessionProgress *out)
{
  *out = (StnSessionProgress){ .left_ns = -1 };
  g_mutex_lock (&self->mutex);
  int place = self->runner != NULL && index < self->place_count ? self->places[index] : -1;
  if (place >= 0 && self->run_started_ns[index] > 0) {
    StnProgressValue value = stn_runner_progress (self->runner, (guint) place);
    const StnPrediction *prediction = &self->predictions[place];
    gint64 now_ns = stn_clock_now_ns (self->clock);
    gint64 in_step_ns = now_ns - value.started_ns;

    out->is_running = TRUE;
    out->step = MIN (value.step, STN_STEP_COUNT - 1);
    out->done_bytes = value.done_bytes;
    out->total_bytes = value.total_bytes;
    out->elapsed_ns = now_ns - self->run_started_ns[index];
    if (value.done_bytes > 0 && in_step_ns > 0)
      out->bytes_per_s = (gint64) (value.done_bytes * (double) STN_NS_PER_S / in_step_ns);
    /* where the plan says that this point of the run lies */
    gint64 from_ns = out->step > 0 ? prediction->until_ns[out->step - 1] : 0;
    gint64 length_ns = prediction->until_ns[out->step] - from_ns;
    double in_step = value.total_bytes > 0 ? MIN (1.0, (double) value.done_bytes / value.total_bytes)
                     : length_ns > 0       ? MIN (1.0, (double) in_step_ns / length_ns)
                                           : 0.0;
    double at_ns = from_ns + in_step * length_ns;
    if (prediction->total_ns > 0) {
      out->fraction = CLAMP (at_ns / prediction->total_ns, 0.0, 1.0);
      out->left_ns = (gint64) MAX (0.0, prediction->total_ns - at_ns);
    }
  }
  g_mutex_unlock (&self->mutex);
}

/* ---- requests ---- */

static guint64
ask_with (StnSession *self, gboolean (*work) (StnSession *, const StnSessionRequest *, GError **), const char *one,
          const char *two, const char *three, gint64 value, gboolean is_scan)
{
  StnSessionRequest *request = g_new0 (StnSessionRequest, 1);

  request->work = work;
  request->texts[0] = g_strdup (one);
  request->texts[1] = g_strdup (two);
  request->texts[2] = g_strdup (three);
  request->value = value;
  request->is_scan = is_scan;
  g_mutex_lock (&self->mutex);
  request->came_late = self->service != NULL && self->waking == NULL;
  guint64 number = request->number = ++self->last_request;
  g_queue_push_tail (&self->requests, request);
  if (self->waking != NULL)
    g_cancellable_cancel (self->waking);
  stn_clock_wake (self->clock, self);
  g_mutex_unlock (&self->mutex);
  return number;
}

#define ASK(work, one, two, three, value) ask_with (self, stn_session_##work##_work, one, two, three, value, FALSE)

guint64
stn_session_sign_in (StnSession *self, const char *badge)
{
  return ASK (sign_in, badge, NULL, NULL, 0);
}

guint64
stn_session_sign_out (StnSession *self)
{
  return ASK (sign_out, NULL, NULL, NULL, 0);
}

guint64
stn_session_unlock (StnSession *self, const char *badge, const char *pin, const char *reason)
{
  return ASK (unlock, badge, pin, reason, 0);
}

guint64
stn_session_lock (StnSession *self)
{
  return ASK (lock, NULL, NULL, NULL, 0);
}

guint64
stn_session_open_job (StnSession *self, const char *path)
{
  return ASK (open_job, path, NULL, NULL, 0);
}

guint64
stn_session_close_job (StnSession *self)
{
  return ASK (close_job, NULL, NULL, NULL, 0);
}

guint64
stn_session_open_lot (StnSession *self, const char *lot, guint64 quantity)
{
  return ASK (open_lot, lot, NULL, NULL, (gint64) MIN (quantity, (guint64) G_MAXINT64));
}

guint64
stn_session_remove_units (StnSession *self, guint64 count, const char *reason)
{
  return ASK (remove, reason, NULL, NULL, (gint64) MIN (count, (guint64) G_MAXINT64));
}

guint64
stn_session_end_lot (StnSession *self)
{
  return ASK (end_lot, NULL, NULL, NULL, 0);
}

guint64
stn_session_leave_lot (StnSession *self)
{
  return ASK (leave_lot, NULL, NULL, NULL, 0);
}

guint64
stn_session_start (StnSession *self, StnCause cause)
{
  return ASK (start, NULL, NULL, NULL, cause);
}

guint64
stn_session_stop (StnSession *self)
{
  return ASK (stop, NULL, NULL, NULL, 0);
}

guint64
stn_session_cancel (StnSession *self)
{
  return ASK (cancel, NULL, NULL, NULL, 0);
}

guint64
stn_session_set_start_by (StnSession *self, StnStartBy by)
{
  return ASK (set_start_by, NULL, NULL, NULL, by);
}

guint64
stn_session_retry (StnSession *self, const char *site)
{
  return ASK (retry, site, NULL, NULL, 0);
}

guint64
stn_session_bin (StnSession *self, const char *site, const char *bin, const char *reason)
{
  return ASK (bin, site, bin, reason, 0);
}

guint64
stn_session_enable_site (StnSession *self, const char *site, gboolean on, const char *reason)
{
  return ASK (enable_site, site, reason, NULL, on);
}

guint64
stn_session_release_stop (StnSession *self, const char *reason)
{
  return ASK (release_stop, reason, NULL, NULL, 0);
}

guint64
stn_session_allow_retry (StnSession *self, const char *site, const char *reason)
{
  return ASK (allow_retry, site, reason, NULL, 0);
}

guint64
stn_session_scan (StnSession *self, const char *text)
{
  return ask_with (self, stn_session_scan_work, text, NULL, NULL, 0, TRUE);
}

guint64
stn_session_assign (StnSession *self, const char *site, const char *serial)
{
  return ASK (assign, site, serial, NULL, 0);
}

guint64
stn_session_undo_scan (StnSession *self)
{
  return ASK (undo_scan, NULL, NULL, NULL, 0);
}

guint64
stn_session_set_training (StnSession *self, gboolean on)
{
  return ASK (set_training, NULL, NULL, NULL, on);
}

guint64
stn_session_set_lesson (StnSession *self, const char *site, const char *lesson)
{
  return ASK (set_lesson, site, lesson, NULL, 0);
}

guint64
stn_session_identify (StnSession *self, const char *site, gint64 duration_ns)
{
  return ASK (identify, site, NULL, NULL, duration_ns);
}

guint64
stn_session_check_wiring (StnSession *self)
{
  return ASK (check_wiring, NULL, NULL, NULL, 0);
}

void
stn_session_stop_service (StnSession *self)
{
  g_mutex_lock (&self->mutex);
  if (self->service != NULL)
    g_cancellable_cancel (self->service);
  if (self->waking != NULL)
    g_cancellable_cancel (self->waking);
  g_mutex_unlock (&self->mutex);
}

void
stn_session_service_progress (StnSession *self, guint *out_done, guint *out_total, char **out_what)
{
  g_mutex_lock (&self->mutex);
  *out_done = self->service_sites_done;
  *out_total = self->service_sites;
  *out_what = g_strdup (self->service_what);
  g_mutex_unlock (&self->mutex);
}
