#include "ui/controller.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/card.h"
#include "ui/job-list.h"
#include "ui/pages.h"
#include "ui/picture.h"
#include "ui/sentences.h"

#define TICK_MS 100
#define NOTICE_S 5            /* how long a refusal stands on the band */
#define SOUND_AGAIN_S 10      /* what a person must act on is heard again until it is acted on */
#define IDENTIFY_NS (10 * G_GINT64_CONSTANT (1000000000))

/* What a supervisor was called for; done when the unlock is granted. */
typedef enum { WISH_NONE, WISH_SWITCH_OFF, WISH_SWITCH_ON, WISH_RELEASE_STOP, WISH_REMOVE_UNITS, WISH_START_BY } Wish;

struct StnController {
  StnWindow *window;
  StnSounds *sounds;
  StnClock *clock;
  StnSession *session;
  StnSessionState *state;
  StnSessionProgress *progress;
  guint progress_count;
  gint is_woken; /* atomic: an idle is on its way */

  StnPictureContext context;
  char *drawer_site, *lot_text, *notice, *notice_more, *badge, *reason, *unlock_what, *job_wanted;
  gint64 notice_until_us, sound_again_us; /* sound_again_us 0: nothing is to be heard again */
  Wish wish;
  char *wish_site; /* or the word that is to be set */
  guint64 unlock_request;
  GPtrArray *logs;
  GPtrArray *jobs;
  GCancellable *cancellable;
  guint tick;

  /* what the program was started with */
  char *first_badge, *first_job, *first_lot;
  guint64 first_quantity;
};

static void show (StnController *self);

/* ---- what is open here ---- */

static void
set_text (char **place, const char *text)
{
  if (*place != text) {
    g_free (*place);
    *place = g_strdup (text);
  }
}

static void
say (StnController *self, gboolean is_refusal, const char *text, const char *more)
{
  /* what the session says is English until here */
  g_autofree char *said = stn_text_sentence (text), *said_more = stn_text_sentence (more);
  set_text (&self->notice, said);
  set_text (&self->notice_more, said_more);
  self->context.notice_is_refusal = is_refusal;
  self->notice_until_us = g_get_monotonic_time () + NOTICE_S * G_USEC_PER_SEC;
}

static void
close_side (StnController *self)
{
  self->context.side = STN_SIDE_COUNTERS;
  g_clear_pointer (&self->drawer_site, g_free);
  g_clear_pointer (&self->badge, g_free);
  g_clear_pointer (&self->reason, g_free);
  g_clear_pointer (&self->unlock_what, g_free);
  g_clear_pointer (&self->wish_site, g_free);
  self->wish = WISH_NONE;
  self->unlock_request = 0;
}

static void
call_supervisor (StnController *self, Wish wish, const char *site, const char *what)
{
  close_side (self);
  self->context.side = STN_SIDE_UNLOCK;
  self->wish = wish;
  set_text (&self->wish_site, site);
  set_text (&self->unlock_what, what);
}

/* ---- the session's side ---- */

static StnStartBy
start_by_of (const char *name)
{
  guint by = 0;
  while (by < STN_START_BY_COUNT && g_strcmp0 (stn_start_by_names[by], name) != 0)
    by++;
  return (StnStartBy) by;
}

static void
fulfil_wish (StnController *self)
{
  switch (self->wish) {
  case WISH_SWITCH_OFF:
  case WISH_SWITCH_ON:
    stn_session_enable_site (self->session, self->wish_site, self->wish == WISH_SWITCH_ON, _ (self->reason));
    break;
  case WISH_RELEASE_STOP:
    stn_session_release_stop (self->session, _ (self->reason));
    break;
  case WISH_START_BY:
    stn_session_set_start_by (self->session, start_by_of (self->wish_site));
    break;
  case WISH_REMOVE_UNITS:
    stn_session_remove_units (self->session, stn_picture_open_elsewhere (self->state), _ (self->reason));
    break;
  default:
    break;
  }
}

static void
take_answer (StnController *self, const StnNotice *notice)
{
  if (notice->request != 0 && notice->request == self->unlock_request && notice->failure == STN_FAILURE_NONE) {
    fulfil_wish (self);
    close_side (self);
    return;
  }
  if (notice->failure != STN_FAILURE_NONE && notice->failure != STN_FAILURE_CANCELLED) {
    g_autofree char *sentence = stn_text_failure (notice->failure, notice->site);
    gboolean has_text = notice->text != NULL && *notice->text != '\0';
    say (self, TRUE, *sentence != '\0' ? sentence : notice->text, *sentence != '\0' && has_text ? notice->text : NULL);
  }
}

static void
take_event (StnController *self, StnEvent *event)
{
  for (guint i = 0; i < self->logs->len; i++)
    stn_site_log_take (g_ptr_array_index (self->logs, i), event);
}

static gint64
next_sound (void)
{
  return g_get_monotonic_time () + SOUND_AGAIN_S * G_USEC_PER_SEC;
}

/* Whether a person has to do something before anything goes on; boards that only wait to be swapped are quiet. */
static gboolean
needs_somebody (const StnSessionState *state)
{
  static const StnBlock blocks[] = { STN_BLOCK_UNKNOWN, STN_BLOCK_FAIL,    STN_BLOCK_JOB_CHANGED, STN_BLOCK_STOPPED,
                                     STN_BLOCK_STATION, STN_BLOCK_NOT_RECORDED };
  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    if (state->block == blocks[i])
      return TRUE;
  for (guint i = 0; i < state->site_count; i++)
    if (state->sites[i].state == STN_SEAT_ACTION || state->sites[i].state == STN_SEAT_STATION_ERROR)
      return state->phase == STN_PHASE_READY;
  return FALSE;
}

static void
take_notice (StnController *self, const StnNotice *notice)
{
  switch (notice->kind) {
  case STN_NOTICE_ANSWER:
    take_answer (self, notice);
    break;
  case STN_NOTICE_SCAN:
    if (notice->failure != STN_FAILURE_NONE) {
      g_autofree char *sentence = stn_text_failure (notice->failure, notice->site);
      /* the session has it sound */
      say (self, TRUE, *sentence != '\0' ? sentence : _ ("That code is not for here"), notice->text);
    }
    break;
  case STN_NOTICE_EVENT:
    take_event (self, notice->event);
    break;
  case STN_NOTICE_WARNING:
    say (self, TRUE, notice->text, notice->site);
    break;
  case STN_NOTICE_SOUND:
    stn_sounds_play (self->sounds, notice->sound);
    self->sound_again_us = notice->sound == STN_SOUND_ACTION || notice->sound == STN_SOUND_FAIL ? next_sound () : 0;
    break;
  default:
    break;
  }
}

static void
make_logs (StnController *self)
{
  if (self->logs->len == self->state->site_count)
    return;
  g_ptr_array_set_size (self->logs, 0);
  for (guint i = 0; i < self->state->site_count; i++)
    g_ptr_array_add (self->logs, stn_site_log_new (self->state->sites[i].name));
}

/* Does the next of what the program was started with, each once. */
static void
go_on (StnController *self)
{
  if (self->state->phase == STN_PHASE_SIGN_IN && self->first_badge != NULL) {
    stn_session_sign_in (self->session, self->first_badge);
    g_clear_pointer (&self->first_badge, g_free);
  } else if (self->state->phase == STN_PHASE_JOB && self->first_job != NULL) {
    stn_session_open_job (self->session, self->first_job);
    g_clear_pointer (&self->first_job, g_free);
  } else if (self->state->phase == STN_PHASE_LOT && self->first_lot != NULL) {
    stn_session_open_lot (self->session, self->first_lot, self->first_quantity);
    g_clear_pointer (&self->first_lot, g_free);
  }
}

/* For the log: how long the window did not answer while boards were at work. */
static void
note_stalls (StnController *self, const StnSessionState *state)
{
  gboolean was = self->state->phase == STN_PHASE_RUNNING || self->state->phase == STN_PHASE_STOPPING;
  gboolean is = state->phase == STN_PHASE_RUNNING || state->phase == STN_PHASE_STOPPING;
  if (was == is)
    return;
  gint64 longest_us = stn_window_take_longest_stall (self->window);
  if (was)
    g_info ("boards were at work; longest stall of the window: %" G_GINT64_FORMAT " us", longest_us);
}

static void
refresh (StnController *self)
{
  StnNotice *notice;
  StnSessionState *state = stn_session_state (self->session);

  note_stalls (self, state);
  g_clear_pointer (&self->state, stn_session_state_unref);
  self->state = state;
  make_logs (self);
  while ((notice = stn_session_take_notice (self->session)) != NULL) {
    take_notice (self, notice);
    stn_notice_free (notice);
  }
  if (state->phase != STN_PHASE_READY)
    self->context.is_ending_lot = FALSE;
  go_on (self);
  show (self);
}

static gboolean
on_woken (gpointer data)
{
  StnController *self = data;
  g_atomic_int_set (&self->is_woken, 0);
  refresh (self);
  return G_SOURCE_REMOVE;
}

/* In the session's thread. */
static void
on_notify (gpointer data)
{
  StnController *self = data;
  if (g_atomic_int_compare_and_exchange (&self->is_woken, 0, 1))
    g_idle_add_full (G_PRIORITY_DEFAULT, on_woken, self, NULL);
}

/* ---- the window's side ---- */

static void
show (StnController *self)
{
  const StnSessionState *state = self->state;
  if (self->progress_count != state->site_count) {
    g_free (self->progress);
    self->progress = g_new0 (StnSessionProgress, MAX (state->site_count, 1));
    self->progress_count = state->site_count;
  }
  for (guint i = 0; i < state->site_count; i++)
    stn_session_progress (self->session, i, &self->progress[i]);
  self->context.drawer_site = self->drawer_site;
  self->context.lot_text = self->lot_text;
  self->context.notice = self->notice;
  self->context.notice_more = self->notice_more;
  self->context.badge = self->badge;
  self->context.reason = self->reason;
  self->context.unlock_what = self->unlock_what;
  self->context.jobs = self->jobs;
  self->context.job_wanted = self->job_wanted;
  self->context.logs = self->logs;
  g_autoptr (StnModel) model = stn_picture_new (state, self->progress, &self->context, g_get_real_time ());
  stn_window_show (self->window, model);
  StnPages *pages = stn_pages_of (self->window);
  if (pages != NULL) {
    stn_pages_set_journal (pages, state->journal_path);
    stn_pages_set_running (pages, stn_controller_is_busy (self));
  }
}

static gboolean
on_tick (gpointer data)
{
  StnController *self = data;
  gboolean runs = self->state->phase == STN_PHASE_RUNNING || self->state->phase == STN_PHASE_STOPPING;
  gboolean notice_ends = self->notice != NULL && g_get_monotonic_time () > self->notice_until_us;

  if (notice_ends) {
    g_clear_pointer (&self->notice, g_free);
    g_clear_pointer (&self->notice_more, g_free);
  }
  if (self->sound_again_us != 0 && g_get_monotonic_time () >= self->sound_again_us) {
    gboolean still = needs_somebody (self->state);
    if (still)
      stn_sounds_play (self->sounds, STN_SOUND_ACTION);
    self->sound_again_us = still ? next_sound () : 0;
  }
  /* at rest only the clock goes on, and the time that a supervisor has left */
  static guint count;
  if (runs || notice_ends || ++count % 10 == 0)
    show (self);
  return G_SOURCE_CONTINUE;
}

/* ---- what a person asks for ---- */

static void
do_start (StnController *self, const char *argument G_GNUC_UNUSED)
{
  if (self->context.is_ending_lot)
    stn_session_end_lot (self->session);
  else if (self->state->phase == STN_PHASE_LOT)
    stn_session_open_lot (self->session, stn_window_lot (self->window), stn_window_quantity (self->window));
  else
    stn_session_start (self->session, STN_CAUSE_KEY);
}

static void
do_retry (StnController *self, const char *argument G_GNUC_UNUSED)
{
  stn_session_retry (self->session, NULL);
}

static void
do_stop (StnController *self, const char *argument G_GNUC_UNUSED)
{
  stn_session_stop (self->session);
}

static void
do_end_lot (StnController *self, const char *argument G_GNUC_UNUSED)
{
  close_side (self);
  self->context.is_ending_lot = TRUE;
}

static void
do_back (StnController *self, const char *argument G_GNUC_UNUSED)
{
  self->context.is_ending_lot = FALSE;
}

static void
do_undo_scan (StnController *self, const char *argument G_GNUC_UNUSED)
{
  stn_session_undo_scan (self->session);
}

static void
do_close_side (StnController *self, const char *argument G_GNUC_UNUSED)
{
  /* one thing at a time: the unlock in front of the lot's end goes first */
  if (self->context.is_ending_lot && self->context.side != STN_SIDE_UNLOCK)
    self->context.is_ending_lot = FALSE;
  close_side (self);
}

static void
do_site (StnController *self, const char *site)
{
  gboolean is_open = self->context.side == STN_SIDE_DRAWER && g_strcmp0 (self->drawer_site, site) == 0;
  close_side (self);
  if (!is_open) {
    self->context.side = STN_SIDE_DRAWER;
    set_text (&self->drawer_site, site);
  }
}

static void
do_retry_site (StnController *self, const char *site)
{
  stn_session_retry (self->session, site);
}

static void
do_bin_site (StnController *self, const char *site)
{
  stn_session_bin (self->session, site, "fail", NULL);
}

static void
do_hold_site (StnController *self, const char *site)
{
  stn_session_bin (self->session, site, "hold", NULL);
}

static void
do_identify (StnController *self, const char *site)
{
  stn_session_identify (self->session, site, IDENTIFY_NS);
}

static void
do_switch_off (StnController *self, const char *site)
{
  gboolean is_off = FALSE;
  for (guint i = 0; i < self->state->site_count; i++)
    if (g_strcmp0 (self->state->sites[i].name, site) == 0)
      is_off = self->state->sites[i].state == STN_SEAT_DISABLED;
  g_autofree char *what = g_strdup_printf (is_off ? _ ("Switch site %s on: a supervisor decides.")
                                                  : _ ("Switch site %s off: a supervisor decides."), site);
  call_supervisor (self, is_off ? WISH_SWITCH_ON : WISH_SWITCH_OFF, site, what);
}

static void
do_unlock (StnController *self, const char *argument G_GNUC_UNUSED)
{
  if (self->state->supervisor != NULL) {
    stn_session_lock (self->session);
    return;
  }
  if (self->context.side == STN_SIDE_UNLOCK) {
    close_side (self);
    return;
  }
  gboolean is_stopped = self->state->block == STN_BLOCK_STOPPED;
  call_supervisor (self, is_stopped ? WISH_RELEASE_STOP : WISH_NONE, NULL,
                   is_stopped ? _ ("The lot was stopped. A supervisor lets it go on.") : _ ("Supervisor’s rights"));
}

static void
do_remove_units (StnController *self, const char *argument G_GNUC_UNUSED)
{
  guint64 count = stn_picture_open_elsewhere (self->state);
  if (count == 0)
    return;
  g_autofree char *what = g_strdup_printf (ngettext ("%d board leaves the lot unfinished: a supervisor decides.",
                                                     "%d boards leave the lot unfinished: a supervisor decides.", count),
                                           (int) MIN (count, G_MAXINT));
  call_supervisor (self, WISH_REMOVE_UNITS, NULL, what);
}

static void
do_start_by (StnController *self, const char *name)
{
  if (self->state->supervisor != NULL)
    stn_session_set_start_by (self->session, start_by_of (name));
  else
    call_supervisor (self, WISH_START_BY, name, _ ("What starts a cycle: a supervisor decides."));
}

static void
do_unlock_reason (StnController *self, const char *reason)
{
  set_text (&self->reason, g_strcmp0 (self->reason, reason) == 0 ? NULL : reason);
}

static void
do_unlock_pin (StnController *self, const char *pin)
{
  if (self->badge != NULL && self->reason != NULL)
    self->unlock_request = stn_session_unlock (self->session, self->badge, pin, _ (self->reason));
}

static void
do_sign_out (StnController *self, const char *argument G_GNUC_UNUSED)
{
  close_side (self);
  stn_session_sign_out (self->session);
}

static void
do_training (StnController *self, const char *argument G_GNUC_UNUSED)
{
  stn_session_set_training (self->session, !self->state->is_training);
}

static void
do_lesson (StnController *self, const char *lesson)
{
  if (self->drawer_site != NULL)
    stn_session_set_lesson (self->session, self->drawer_site, lesson);
}

static void
do_check_wiring (StnController *self, const char *argument G_GNUC_UNUSED)
{
  stn_session_check_wiring (self->session);
}

static void
on_card_written (gboolean is_written, const char *text, gpointer data)
{
  StnController *self = data;
  say (self, !is_written, text, NULL);
  show (self);
}

static void
do_card (StnController *self, const char *argument G_GNUC_UNUSED)
{
  stn_card_write (self->state, self->cancellable, on_card_written, self);
}

static void
do_choose_job (StnController *self, const char *path)
{
  if (self->state->job != NULL)
    stn_session_close_job (self->session);
  set_text (&self->job_wanted, path);
  stn_session_open_job (self->session, path);
}

static void
do_lot_changed (StnController *self, const char *text)
{
  set_text (&self->lot_text, text);
}

static void
do_scan (StnController *self, const char *text)
{
  /* while a supervisor is called, a badge is the supervisor's */
  if (self->context.side == STN_SIDE_UNLOCK && g_ascii_strncasecmp (text, "OP:", 3) == 0)
    set_text (&self->badge, text + 3);
  else
    stn_session_scan (self->session, text);
}

/* A key or a button that does nothing now: the band says why. */
static void
do_refused (StnController *self, const char *action)
{
  if (g_str_equal (action, "start") && self->state->block != STN_BLOCK_NONE && self->state->block != STN_BLOCK_RUNNING) {
    g_autofree char *text = stn_text_block (self->state->block, self->state->blocked_detail);
    say (self, TRUE, text, NULL);
  }
}

static const struct {
  const char *name;
  void (*carry_out) (StnController *self, const char *argument);
} requests[] = {
  { "start", do_start },
  { "retry", do_retry },
  { "stop", do_stop },
  { "end-lot", do_end_lot },
  { "back", do_back },
  { "undo-scan", do_undo_scan },
  { "close-side", do_close_side },
  { "remove-units", do_remove_units },
  { "site", do_site },
  { "retry-site", do_retry_site },
  { "bin-site", do_bin_site },
  { "hold-site", do_hold_site },
  { "identify", do_identify },
  { "switch-off", do_switch_off },
  { "start-by", do_start_by },
  { "unlock", do_unlock },
  { "unlock-reason", do_unlock_reason },
  { "unlock-pin", do_unlock_pin },
  { "sign-out", do_sign_out },
  { "training", do_training },
  { "lesson", do_lesson },
  { "check-wiring", do_check_wiring },
  { "card", do_card },
  { "choose-job", do_choose_job },
  { "lot-changed", do_lot_changed },
  { "scan", do_scan },
  { "refused", do_refused },
};

static void
on_request (StnWindow *window G_GNUC_UNUSED, const char *name, const char *argument, StnController *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    if (g_str_equal (requests[i].name, name)) {
      self->sound_again_us = 0; /* somebody is there */
      requests[i].carry_out (self, argument);
      show (self);
      return;
    }
}

/* ---- life ---- */

static void
on_jobs_read (GPtrArray *jobs, gpointer data)
{
  StnController *self = data;
  g_clear_pointer (&self->jobs, g_ptr_array_unref);
  self->jobs = jobs;
  show (self);
}

StnController *
stn_controller_new (StnWindow *window, StnSounds *sounds, const char *station_path, const char *job_folder)
{
  StnController *self = g_new0 (StnController, 1);
  self->window = window;
  self->sounds = sounds;
  self->clock = stn_clock_new_real ();
  self->logs = g_ptr_array_new_with_free_func ((GDestroyNotify) stn_site_log_free);
  self->cancellable = g_cancellable_new ();
  StnSessionOptions options = { .station_path = station_path, .clock = self->clock, .notify = on_notify, .data = self };
  self->session = stn_session_new (&options);
  self->state = stn_session_state (self->session);
  if (stn_pages_of (window) != NULL)
    stn_pages_set_session (stn_pages_of (window), self->session);
  g_signal_connect (window, "request", G_CALLBACK (on_request), self);
  self->tick = g_timeout_add (TICK_MS, on_tick, self);
  if (job_folder != NULL)
    stn_job_list_read (job_folder, self->cancellable, on_jobs_read, self);
  show (self);
  return self;
}

void
stn_controller_free (StnController *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_signal_handlers_disconnect_by_data (self->window, self);
  g_source_remove (self->tick);
  if (stn_pages_of (self->window) != NULL)
    stn_pages_set_session (stn_pages_of (self->window), NULL);
  stn_session_free (self->session);
  /* the session's thread is gone: what it left on the way to the loop goes too */
  while (g_source_remove_by_user_data (self))
    ;
  g_clear_pointer (&self->state, stn_session_state_unref);
  g_clear_pointer (&self->jobs, g_ptr_array_unref);
  g_ptr_array_unref (self->logs);
  g_object_unref (self->cancellable);
  stn_clock_unref (self->clock);
  char *const texts[] = { self->drawer_site, self->lot_text, self->notice,     self->notice_more, self->badge,
                          self->reason,      self->unlock_what, self->job_wanted, self->wish_site, self->first_badge,
                          self->first_job,   self->first_lot };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  g_free (self->progress);
  g_free (self);
}

void
stn_controller_prepare (StnController *self, const char *badge, const char *job, const char *lot, guint64 quantity)
{
  self->first_badge = g_strdup (badge);
  self->first_job = g_strdup (job);
  self->first_lot = g_strdup (lot);
  self->first_quantity = quantity;
  refresh (self);
}

gboolean
stn_controller_is_busy (StnController *self)
{
  return self->state->phase == STN_PHASE_RUNNING || self->state->phase == STN_PHASE_STOPPING;
}
