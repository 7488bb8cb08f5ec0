/* Pictures of the session: what each site is, what blocks START, what to do now. */
#include "src/station/session-private.h"

#include <string.h>

/* ---- names ---- */

static const struct {
  const char *name, *word;
} seat_states[STN_SEAT_COUNT] = {
  [STN_SEAT_EMPTY] = { "empty", "–" },
  [STN_SEAT_READY] = { "ready", "READY" },
  [STN_SEAT_RUN] = { "run", "" },
  [STN_SEAT_PASS] = { "pass", "PASS" },
  [STN_SEAT_PASS_AFTER_RETRY] = { "pass-after-retry", "PASS ×2" },
  [STN_SEAT_FAIL] = { "fail", "FAIL" },
  [STN_SEAT_ACTION] = { "action", "" },
  [STN_SEAT_STATION_ERROR] = { "station-error", "STATION" },
  [STN_SEAT_UNKNOWN] = { "unknown", "CHECK" },
  [STN_SEAT_DISABLED] = { "disabled", "OFF" },
};

const char *
stn_seat_state_name (StnSeatState state)
{
  return (guint) state < STN_SEAT_COUNT ? seat_states[state].name : "";
}

const char *
stn_seat_state_word (StnSeatState state)
{
  return (guint) state < STN_SEAT_COUNT ? seat_states[state].word : "";
}

/* The order is that in which they are acted on; "%s" stands for sites or for an error's text. */
static const struct {
  const char *name, *sentence;
  StnFailure failure;
} blocks[STN_BLOCK_COUNT] = {
  [STN_BLOCK_NONE] = { "none", "", STN_FAILURE_NONE },
  [STN_BLOCK_LOADING] = { "loading", "Wait: the station is being loaded.", STN_FAILURE_NOT_READY },
  [STN_BLOCK_BROKEN] = { "broken", "The station can't be used: %s", STN_FAILURE_NOT_READY },
  [STN_BLOCK_SIGN_IN] = { "sign-in", "Scan your badge.", STN_FAILURE_NOT_READY },
  [STN_BLOCK_JOB] = { "job", "Scan or choose a job.", STN_FAILURE_NOT_READY },
  [STN_BLOCK_LOT] = { "lot", "Scan or type the lot.", STN_FAILURE_NOT_READY },
  [STN_BLOCK_RUNNING] = { "running", "Wait: boards are at work.", STN_FAILURE_NOT_READY },
  [STN_BLOCK_UNKNOWN] = { "unknown", "Check or put aside the board in %s: its run has no result.",
                          STN_FAILURE_FAILED_BOARD_OPEN },
  [STN_BLOCK_FAIL] = { "fail", "Retry or bin the failed board in %s.", STN_FAILURE_FAILED_BOARD_OPEN },
  [STN_BLOCK_JOB_CHANGED] = { "job-changed", "Call the supervisor: %s", STN_FAILURE_JOB_CHANGED },
  [STN_BLOCK_NOT_APPROVED] = { "not-approved", "Call the supervisor: %s", STN_FAILURE_NOT_APPROVED },
  [STN_BLOCK_STOPPED] = { "stopped", "Stopped, call the supervisor: %s", STN_FAILURE_STOP_RULE },
  [STN_BLOCK_BANK_BUSY] = { "bank-busy", "Wait, or end the other program: %s.", STN_FAILURE_BANK_BUSY },
  [STN_BLOCK_STATION] = { "station", "Mend the station, then press START: %s", STN_FAILURE_NOT_READY },
  [STN_BLOCK_NOT_RECORDED] = { "not-recorded", "Leave all boards in place: the result of %s is not saved.",
                               STN_FAILURE_NOT_RECORDED },
  [STN_BLOCK_NO_SITE] = { "no-site", "Call the supervisor: every site is off.", STN_FAILURE_NOT_READY },
  [STN_BLOCK_SCANS] = { "scans", "Scan the board for %s.", STN_FAILURE_NOT_READY },
  [STN_BLOCK_LID] = { "lid", "Close the lid.", STN_FAILURE_LID_OPEN },
  [STN_BLOCK_QUANTITY] = { "quantity", "The lot is full: end it.", STN_FAILURE_QUANTITY },
};

const char *
stn_block_name (StnBlock block)
{
  return (guint) block < STN_BLOCK_COUNT ? blocks[block].name : "";
}

const char *
stn_block_sentence (StnBlock block)
{
  return (guint) block < STN_BLOCK_COUNT ? blocks[block].sentence : "";
}

StnFailure
stn_block_failure (StnBlock block)
{
  return blocks[block].failure;
}

/* ---- sites ---- */

guint
stn_session_retries_left (const StnSession *self, const StnSessionSeat *seat)
{
  if (self->job == NULL || seat->at_limit)
    return 0;
  if (self->job->retries < 0)
    return G_MAXUINT;
  guint64 allowed = (guint64) self->job->retries + seat->extra_retries;
  guint64 done = seat->fails > 0 ? seat->fails - 1 : 0;
  return done < allowed ? (guint) MIN (allowed - done, G_MAXUINT - 1) : 0;
}

gboolean
stn_session_may_retry (const StnSession *self, const StnSessionSeat *seat)
{
  if (self->is_running || self->job == NULL || self->lot == NULL || seat->off_reason != NULL || seat->is_binned)
    return FALSE;
  if (seat->is_open)
    return seat->open_verdict == STN_VERDICT_UNKNOWN || stn_session_retries_left (self, seat) > 0;
  /* a board that met an error of the station, or was stopped: it has no verdict yet, and this takes no retry */
  return seat->has_result && (seat->verdict == STN_VERDICT_ERROR || seat->verdict == STN_VERDICT_CANCELLED);
}

/* Whether the pin of a site tells of its next board: the last one is settled, and gone or another one is there. A board
 * without a verdict stays: who reseats it has not brought a new one. */
static gboolean
shows_next_board (const StnSessionSeat *seat)
{
  if (!seat->has_detect || seat->is_running || seat->is_open || seat->is_lost)
    return FALSE;
  if (seat->is_binned || !seat->has_result)
    return TRUE;
  return seat->is_new
         && (seat->verdict == STN_VERDICT_PASS || seat->verdict == STN_VERDICT_SKIPPED || seat->verdict == STN_VERDICT_EMPTY);
}

StnSeatState
stn_session_seat_state (const StnSession *self, const StnSessionSeat *seat)
{
  if (seat->is_running)
    return STN_SEAT_RUN;
  if (seat->is_lost)
    return STN_SEAT_STATION_ERROR;
  if (seat->is_open)
    return seat->open_verdict == STN_VERDICT_UNKNOWN ? STN_SEAT_UNKNOWN : STN_SEAT_FAIL;
  if (seat->off_reason != NULL)
    return STN_SEAT_DISABLED;
  if (seat->is_other && !seat->has_result)
    return STN_SEAT_RUN;
  if (shows_next_board (seat))
    return self->job == NULL || self->lot == NULL || self->person == NULL || seat->is_gone ? STN_SEAT_EMPTY
                                                                                          : STN_SEAT_READY;
  if (seat->is_binned || !seat->has_result)
    return self->job != NULL && self->lot != NULL && self->person != NULL ? STN_SEAT_READY : STN_SEAT_EMPTY;
  switch (seat->verdict) {
  case STN_VERDICT_PASS:
    return seat->had_failed ? STN_SEAT_PASS_AFTER_RETRY : STN_SEAT_PASS;
  case STN_VERDICT_EMPTY:
    return STN_SEAT_EMPTY;
  case STN_VERDICT_SKIPPED:
  case STN_VERDICT_CANCELLED:
    return STN_SEAT_ACTION;
  default:
    return STN_SEAT_STATION_ERROR;
  }
}

static const char *
word_of (const StnSessionSeat *seat, StnSeatState state)
{
  if (state == STN_SEAT_RUN)
    return seat->is_other ? "REMOTE" : stn_step_words (seat->step);
  if (state == STN_SEAT_ACTION)
    return seat->verdict == STN_VERDICT_CANCELLED ? "RUN AGAIN" : "TAKE OUT";
  return stn_seat_state_word (state);
}

static char *
instruction_of (const StnSession *self, const StnSessionSeat *seat, StnSeatState state)
{
  const char *site = seat->site->name;
  switch (state) {
  case STN_SEAT_FAIL:
    if (!stn_session_may_retry (self, seat))
      return g_strdup_printf ("Retry limit reached: board %s to the fail bin.", site);
    return stn_failure_operator_text (seat->open_failure, site);
  case STN_SEAT_UNKNOWN:
    return g_strdup_printf ("Run board %s again, or put it on hold.", site);
  case STN_SEAT_ACTION:
  case STN_SEAT_STATION_ERROR:
    if (seat->is_lost)
      return g_strdup_printf ("The result of %s is not saved: leave the board.", site);
    return stn_failure_operator_text (seat->failure, site);
  case STN_SEAT_EMPTY:
    return seat->has_result ? g_strdup_printf ("No board, or no contact: reseat board %s.", site) : NULL;
  case STN_SEAT_DISABLED:
    return g_strdup (seat->off_reason);
  default:
    return NULL;
  }
}

static void
fill_site (StnSession *self, guint index, StnSessionSite *out)
{
  const StnSessionSeat *seat = stn_session_seat (self, index);
  StnFailure failure = seat->is_open ? seat->open_failure : seat->failure;

  out->name = g_strdup (seat->site->name);
  out->bank = g_strdup (seat->site->bank);
  out->row = seat->site->row;
  out->column = seat->site->column;
  out->state = stn_session_seat_state (self, seat);
  out->word = word_of (seat, out->state);
  out->instruction = instruction_of (self, seat, out->state);
  out->scan = g_strdup (seat->scan);
  out->is_next_scan = stn_session_next_scan (self) == (int) index;
  memcpy (out->last, seat->last, sizeof out->last);
  out->last_count = seat->last_count;
  out->off_reason = g_strdup (seat->off_reason);
  out->off_by = g_strdup (seat->off_by);
  out->blinks = seat->blinks;
  out->lesson = seat->lesson != NULL ? seat->lesson->name : NULL;
  out->retries_left = G_MAXUINT;
  if (shows_next_board (seat) && seat->is_new)
    return; /* nothing of the one before it */
  out->run_id = g_strdup (seat->run_id);
  out->serial = g_strdup (seat->serial);
  out->uid = g_strdup (seat->uid);
  out->step = seat->step;
  /* a verdict is shown only of what is committed */
  out->verdict = seat->has_result && !seat->is_running ? seat->verdict : STN_VERDICT_UNKNOWN;
  if (!seat->is_running && failure != STN_FAILURE_NONE) {
    out->failure = failure;
    out->sentence = stn_failure_operator_text (failure, seat->site->name);
    out->next_action = stn_failure_row (failure)->next_action;
  }
  out->message = seat->is_running ? NULL : g_strdup (seat->message);
  out->duration_ns = seat->has_result ? seat->duration_ns : 0;
  out->tries = seat->fails + (seat->has_result && seat->verdict == STN_VERDICT_PASS);
  out->retries_left = stn_session_retries_left (self, seat);
  out->may_retry = stn_session_may_retry (self, seat);
  out->may_bin = !seat->is_running && seat->is_open;
  out->may_hold = out->may_bin
                  || (!seat->is_running && !seat->is_binned && seat->has_result
                      && (seat->verdict == STN_VERDICT_ERROR || seat->verdict == STN_VERDICT_CANCELLED));
}

/* ---- what blocks START ---- */

typedef gboolean (*SeatIs) (const StnSession *self, const StnSessionSeat *seat);

static gboolean
seat_is_unknown (G_GNUC_UNUSED const StnSession *self, const StnSessionSeat *seat)
{
  return seat->is_open && seat->open_verdict == STN_VERDICT_UNKNOWN;
}

static gboolean
seat_is_failed (G_GNUC_UNUSED const StnSession *self, const StnSessionSeat *seat)
{
  return seat->is_open && seat->open_verdict != STN_VERDICT_UNKNOWN;
}

static gboolean
seat_is_lost (G_GNUC_UNUSED const StnSession *self, const StnSessionSeat *seat)
{
  return seat->is_lost;
}

static gboolean
seat_is_on (G_GNUC_UNUSED const StnSession *self, const StnSessionSeat *seat)
{
  return seat->off_reason == NULL;
}

static gboolean
seat_has_scan (G_GNUC_UNUSED const StnSession *self, const StnSessionSeat *seat)
{
  return seat->off_reason == NULL && seat->scan != NULL;
}

/* "A3, A7"; NULL: none. g_free. */
static char *
sites_that (const StnSession *self, SeatIs is)
{
  GString *out = g_string_new (NULL);
  for (guint i = 0; i < self->seats->len; i++)
    if (is (self, stn_session_seat (self, i)))
      g_string_append_printf (out, "%s%s", out->len > 0 ? ", " : "", stn_session_seat (self, i)->site->name);
  return g_string_free (out, out->len == 0);
}

static StnBlock
find_block (const StnSession *self, gboolean for_retry, char **out_sites, const char **out_text)
{
  *out_sites = NULL;
  *out_text = NULL;
  if (self->phase == STN_PHASE_LOADING)
    return STN_BLOCK_LOADING;
  if (self->phase == STN_PHASE_BROKEN) {
    *out_text = self->broken;
    return STN_BLOCK_BROKEN;
  }
  if (self->person == NULL)
    return STN_BLOCK_SIGN_IN;
  if (self->job == NULL)
    return STN_BLOCK_JOB;
  if (self->lot == NULL)
    return STN_BLOCK_LOT;
  if (self->is_running)
    return STN_BLOCK_RUNNING;
  if ((*out_sites = sites_that (self, seat_is_lost)) != NULL)
    return STN_BLOCK_NOT_RECORDED;
  if (!for_retry && (*out_sites = sites_that (self, seat_is_unknown)) != NULL)
    return STN_BLOCK_UNKNOWN;
  if (!for_retry && (*out_sites = sites_that (self, seat_is_failed)) != NULL)
    return STN_BLOCK_FAIL;
  if (!self->is_approved) {
    *out_text = self->approval;
    return self->approval != NULL && strstr (self->approval, "differs") != NULL ? STN_BLOCK_JOB_CHANGED
                                                                                : STN_BLOCK_NOT_APPROVED;
  }
  if (self->stopped != NULL) {
    *out_text = self->stopped;
    return STN_BLOCK_STOPPED;
  }
  if (!for_retry && self->lot_quantity > 0 && self->sums.passed >= self->lot_quantity)
    return STN_BLOCK_QUANTITY;
  g_autofree char *on = sites_that (self, seat_is_on);
  if (on == NULL)
    return STN_BLOCK_NO_SITE;
  if (self->station_fault != NULL) {
    *out_text = self->station_fault;
    return stn_session_is_remote (self) ? STN_BLOCK_BANK_BUSY : STN_BLOCK_STATION;
  }
  if (!for_retry && self->job->has_serial && self->job->serial_from == STN_SERIAL_FROM_SCAN) {
    g_autofree char *scanned = sites_that (self, seat_has_scan);
    int next = stn_session_next_scan (self);
    if (scanned == NULL && next >= 0) {
      *out_sites = g_strdup (stn_session_seat (self, (guint) next)->site->name);
      return STN_BLOCK_SCANS;
    }
  }
  if (self->is_lid_open && self->run != NULL)
    return STN_BLOCK_LID;
  return STN_BLOCK_NONE;
}

StnBlock
stn_session_find_block (const StnSession *self, gboolean for_retry, char **out_sites, char **out_text)
{
  g_autofree char *sites = NULL;
  const char *text = NULL;
  StnBlock block = find_block (self, for_retry, &sites, &text);

  if (out_text != NULL) {
    g_auto (GStrv) parts = g_strsplit (stn_block_sentence (block), "%s", 2);
    *out_text = parts[0] != NULL && parts[1] != NULL
                    ? g_strconcat (parts[0], sites != NULL ? sites : text != NULL ? text : "", parts[1], NULL)
                    : g_strdup (stn_block_sentence (block));
  }
  if (out_sites != NULL)
    *out_sites = g_steal_pointer (&sites);
  return block;
}

/* ---- the rest of the picture ---- */

static char **
strv_of (const GPtrArray *texts)
{
  GPtrArray *out = g_ptr_array_new ();
  for (guint i = 0; i < texts->len; i++)
    g_ptr_array_add (out, g_strdup (g_ptr_array_index (texts, i)));
  g_ptr_array_add (out, NULL);
  return (char **) g_ptr_array_free (out, FALSE);
}

static StnSessionPerson *
person_of (const StnPerson *person)
{
  if (person == NULL)
    return NULL;
  StnSessionPerson *out = g_new0 (StnSessionPerson, 1);
  out->badge = g_strdup (person->badge);
  out->name = g_strdup (person->name);
  out->is_supervisor = person->role == STN_ROLE_SUPERVISOR;
  return out;
}

static void
session_person_free (StnSessionPerson *person)
{
  if (person == NULL)
    return;
  g_free (person->badge);
  g_free (person->name);
  g_free (person);
}

/* The lines of the explanation below "What can't be undone:". */
static char **
irreversible_of (const char *explanation)
{
  const char *at = strstr (explanation, "\nWhat can't be undone:\n");
  g_autoptr (GPtrArray) out = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) lines = g_strsplit (at != NULL ? at + strlen ("\nWhat can't be undone:\n") : "", "\n", -1);

  for (guint i = 0; lines[i] != NULL && lines[i][0] == ' '; i++) {
    const char *text = lines[i] + strspn (lines[i], " -");
    if (*text != '\0' && !g_str_has_prefix (text, "nothing"))
      g_ptr_array_add (out, g_strdup (text));
  }
  return strv_of (out);
}

static StnSessionJob *
job_of (const StnSession *self)
{
  static const char *const sources[] = { "none", "a counter", "a list", "a program", "scans" };
  const StnJob *job = self->job;
  if (job == NULL || self->plans == NULL)
    return NULL;
  StnSessionJob *out = g_new0 (StnSessionJob, 1);

  out->name = g_strdup (job->name);
  out->revision = g_strdup_printf ("%" G_GINT64_FORMAT, job->revision);
  out->path = g_strdup (job->path);
  out->hash = g_strdup (job->hash);
  out->target = g_strdup (job->target);
  out->images = g_strdup (job->images_text);
  out->plan_text = g_strdup (self->plan_text);
  out->irreversible = irreversible_of (out->plan_text);
  out->left_out = g_strdup (job->left_out);
  for (guint i = 0; i < self->plans->len; i++)
    out->predicted_ns = MAX (out->predicted_ns, ((const StnPlan *) g_ptr_array_index (self->plans, i))->predicted_ns);
  out->wants_scans = job->has_serial && job->serial_from == STN_SERIAL_FROM_SCAN;
  out->is_approved = self->is_approved;
  out->approval = g_strdup (self->approval);
  out->retries = job->retries;
  out->stop_after_failures = job->stop_after_failures;
  out->quantity = job->quantity;
  if (job->has_serial)
    out->serials = g_strdup_printf ("%s from %s", job->serial_pattern != NULL ? job->serial_pattern : "serials",
                                    sources[job->serial_from]);
  return out;
}

static void
session_job_free (StnSessionJob *job)
{
  if (job == NULL)
    return;
  char *const texts[] = { job->name,      job->revision, job->path,     job->hash,   job->target, job->images,
                          job->plan_text, job->left_out, job->approval, job->serials };
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  g_strfreev (job->irreversible);
  g_free (job);
}

static void
fill_balance (const StnSession *self, StnLotBalance *out)
{
  g_autoptr (GPtrArray) units = g_ptr_array_new_with_free_func (g_free);
  const StnLotSums *sums = &self->sums;

  out->started = sums->started;
  out->passed = sums->passed;
  out->binned = sums->binned;
  out->held = sums->held;
  out->removed = sums->removed;
  out->open = sums->open;
  for (guint i = 0; sums->open_units != NULL && i < MIN (sums->open_units->len, 50); i++) {
    const StnOpenUnit *unit = g_ptr_array_index (sums->open_units, i);
    const char *what = unit->serial != NULL ? unit->serial : unit->uid != NULL ? unit->uid : "without a serial";
    g_ptr_array_add (units, g_strdup_printf ("%s %s %s%s%s", unit->site != NULL ? unit->site : "", what,
                                             stn_verdict_name (unit->verdict),
                                             unit->failure != STN_FAILURE_NONE ? ": " : "",
                                             stn_failure_name (unit->failure)));
  }
  out->open_units = strv_of (units);
}

static char **
handover_of (const StnSession *self)
{
  g_autoptr (GPtrArray) out = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->seats->len; i++) {
    const StnSessionSeat *seat = stn_session_seat (self, i);
    if (seat->is_open)
      g_ptr_array_add (out, g_strdup_printf ("%s: %s", seat->site->name,
                                             seat->open_verdict == STN_VERDICT_UNKNOWN
                                                 ? "its run has no result"
                                                 : stn_failure_name (seat->open_failure)));
    if (seat->off_reason != NULL && seat->site->enabled)
      g_ptr_array_add (out, g_strdup_printf ("%s is off: %s (%s)", seat->site->name, seat->off_reason,
                                             seat->off_by != NULL ? seat->off_by : "nobody named"));
  }
  if (self->sums.held > 0)
    g_ptr_array_add (out, g_strdup_printf ("%" G_GUINT64_FORMAT " boards on hold", self->sums.held));
  if (self->stopped != NULL)
    g_ptr_array_add (out, g_strdup_printf ("stopped: %s", self->stopped));
  return strv_of (out);
}

/* "7 PASS · 1 FAIL (A4)" */
static char *
summary_of (const StnSession *self)
{
  guint pass = 0, fail = 0, other = 0;
  GString *out = g_string_new (NULL);
  g_autofree char *failed = sites_that (self, seat_is_failed);

  for (guint i = 0; i < self->seats->len; i++) {
    switch (stn_session_seat_state (self, stn_session_seat (self, i))) {
    case STN_SEAT_PASS:
    case STN_SEAT_PASS_AFTER_RETRY:
      pass++;
      break;
    case STN_SEAT_FAIL:
      fail++;
      break;
    case STN_SEAT_STATION_ERROR:
    case STN_SEAT_ACTION:
    case STN_SEAT_UNKNOWN:
      other++;
      break;
    default:
      break;
    }
  }
  if (pass > 0)
    g_string_append_printf (out, "%u PASS", pass);
  if (fail > 0)
    g_string_append_printf (out, "%s%u FAIL (%s)", out->len > 0 ? " · " : "", fail, failed);
  if (other > 0)
    g_string_append_printf (out, "%s%u without a verdict", out->len > 0 ? " · " : "", other);
  return g_string_free (out, out->len == 0);
}

static StnPhase
phase_of (const StnSession *self)
{
  if (self->phase == STN_PHASE_LOADING || self->phase == STN_PHASE_BROKEN)
    return self->phase;
  if (self->is_running)
    return self->is_stopping ? STN_PHASE_STOPPING : STN_PHASE_RUNNING;
  if (self->person == NULL)
    return STN_PHASE_SIGN_IN;
  if (self->is_opening)
    return STN_PHASE_OPENING;
  g_autofree char *unknown = sites_that (self, seat_is_unknown);
  if (unknown != NULL && self->run == NULL)
    return STN_PHASE_RECOVERY;
  if (self->job == NULL)
    return STN_PHASE_JOB;
  return self->lot == NULL ? STN_PHASE_LOT : STN_PHASE_READY;
}

/* The part of `blocked` that is no sentence of the table. */
static char *
block_detail (const StnSession *self)
{
  g_autofree char *sites = NULL;
  const char *text = NULL;
  find_block (self, FALSE, &sites, &text);
  return sites != NULL ? g_steal_pointer (&sites) : g_strdup (text);
}

/* By what starts a cycle; whether boards are swapped or put in; whether the lid is open. */
static const char *const what_starts[STN_START_BY_COUNT][2][2] = {
  [STN_START_BY_KEY] = { { "Put the boards in, then press START.", "Put the boards in, close the lid, then press START." },
                         { "Swap the boards, then press START.", "Swap the boards, close the lid, then press START." } },
  [STN_START_BY_PIN] = { { "Put the boards in, then press START.", "Put the boards in, close the lid, then press START." },
                         { "Swap the boards, then press START.", "Swap the boards, close the lid, then press START." } },
  [STN_START_BY_INSERTION] = { { "Put the boards in.", "Put the boards in and close the lid." },
                               { "Swap the boards.", "Swap the boards and close the lid." } },
  [STN_START_BY_LID] = { { "Open the lid, put the boards in, close it.", "Put the boards in and close the lid." },
                         { "Open the lid, swap the boards, close it.", "Swap the boards and close the lid." } },
};

static char *
instruction_now (const StnSession *self, StnBlock block, const char *blocked)
{
  g_autofree char *retry = sites_that (self, stn_session_may_retry);

  if (block == STN_BLOCK_RUNNING)
    return g_strdup (self->is_stopping ? "Stopping: boards that are being written are finished."
                                       : "Wait: boards are being programmed.");
  if (self->is_opening)
    return g_strdup ("Wait: the adapters are being opened.");
  if (block != STN_BLOCK_NONE && block != STN_BLOCK_LID)
    return g_strdup (blocked);
  if (retry != NULL)
    return g_strdup_printf ("Press RETRY: %s got no verdict, that was the station.", retry);
  return g_strdup (what_starts[self->start_by][self->cycle_count > 0][block == STN_BLOCK_LID]);
}

StnSessionState *
stn_session_make_state (StnSession *self)
{
  StnSessionState *out = g_atomic_rc_box_new0 (StnSessionState);

  out->phase = phase_of (self);
  out->mode = self->is_training           ? STN_MODE_TRAINING
              : stn_session_is_remote (self) ? STN_MODE_REMOTE
              : self->supervisor != NULL ? STN_MODE_SUPERVISOR
                                         : STN_MODE_OPERATOR;
  out->is_training = self->is_training;
  if (self->station != NULL) {
    out->station = g_strdup (stn_station_name (self->station));
    out->is_virtual = self->station->is_virtual;
    out->journal_path = g_strdup (stn_station_journal_path (self->station));
  }
  out->person = person_of (self->person);
  out->supervisor = person_of (self->supervisor);
  if (self->supervisor != NULL)
    out->supervisor_until_utc_us =
        stn_clock_utc_us (self->clock) + (self->supervisor_until_ns - stn_clock_now_ns (self->clock)) / STN_NS_PER_US;
  out->shift_since_utc_us = self->shift_utc_us;
  out->job = job_of (self);
  out->lot = g_strdup (self->lot);
  out->lot_quantity = self->lot_quantity;
  fill_balance (self, &out->balance);
  out->lot_counts = self->lot_counts;
  memcpy (out->failures, self->failures, sizeof out->failures);
  out->failure_count = self->failure_count;
  out->shift_counts = self->shift_counts;
  memcpy (out->cycles, self->cycles, sizeof out->cycles);
  out->cycle_count = self->cycle_count;
  out->cycle = self->cycle;
  out->start_by = self->start_by;
  out->has_start_pin = stn_session_has (self, STN_START_BY_PIN);
  out->has_lid = stn_session_has (self, STN_START_BY_LID);
  out->has_detect = stn_session_has (self, STN_START_BY_INSERTION);
  out->is_lid_open = self->is_lid_open && self->run != NULL;

  out->block = stn_session_find_block (self, FALSE, &out->blocked_sites, &out->blocked);
  out->blocked_detail = block_detail (self);
  out->instruction = instruction_now (self, out->block, out->blocked);
  if (out->block == STN_BLOCK_NONE)
    g_clear_pointer (&out->blocked, g_free);
  out->summary = summary_of (self);
  /* over a fault of the station START is the next try */
  out->may_start = out->block == STN_BLOCK_NONE || out->block == STN_BLOCK_STATION;
  out->may_stop = self->is_running;
  out->may_end_lot = self->lot != NULL && !self->is_running && self->sums.open == 0;
  out->station_fault = g_strdup (self->station_fault);
  out->site_count = self->seats->len;
  out->sites = g_new0 (StnSessionSite, self->seats->len + 1);
  for (guint i = 0; i < self->seats->len; i++) {
    fill_site (self, i, &out->sites[i]);
    out->may_retry |= out->sites[i].may_retry;
  }
  StnBlock for_retry = stn_session_find_block (self, TRUE, NULL, NULL);
  out->may_retry = out->may_retry && (for_retry == STN_BLOCK_NONE || for_retry == STN_BLOCK_STATION);
  out->is_serving = self->is_serving;
  out->service_done = self->service_done;
  out->service_failure = self->service_failure;
  out->service_text = g_strdup (self->service_text);
  out->wiring = stn_session_wiring_ref (self->wiring);
  out->warnings = strv_of (self->warnings);
  out->handover = handover_of (self);
  return out;
}

StnSessionState *
stn_session_state_ref (StnSessionState *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
state_clear (gpointer data)
{
  StnSessionState *self = data;
  for (guint i = 0; i < self->site_count; i++) {
    StnSessionSite *site = &self->sites[i];
    char *const texts[] = { site->name, site->bank,     site->instruction, site->scan,       site->run_id, site->serial,
                            site->uid,  site->sentence, site->message,     site->off_reason, site->off_by };
    for (gsize k = 0; k < G_N_ELEMENTS (texts); k++)
      g_free (texts[k]);
  }
  g_free (self->sites);
  session_person_free (self->person);
  session_person_free (self->supervisor);
  session_job_free (self->job);
  stn_session_wiring_unref (self->wiring);
  g_free (self->service_text);
  g_strfreev (self->balance.open_units);
  g_strfreev (self->warnings);
  g_strfreev (self->handover);
  char *const texts[] = { self->station, self->journal_path,  self->lot,         self->blocked, self->blocked_detail,
                          self->summary, self->blocked_sites, self->instruction, self->station_fault };
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
}

void
stn_session_state_unref (StnSessionState *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, state_clear);
}
