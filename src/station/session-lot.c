/* Jobs, lots, bins: what a cycle is for, and what becomes of its boards. */
#include "src/station/session-private.h"

#include <string.h>
#include <sys/stat.h>

#include "src/journal/query-report.h"
#include "src/station/approval.h"
#include "src/station/lot.h"

/* ---- the job ---- */

static void
stamp_file (GString *out, const char *path)
{
  struct stat about;
  if (path == NULL || stat (path, &about) != 0)
    g_string_append_printf (out, "%s gone\n", path != NULL ? path : "");
  else
    g_string_append_printf (out, "%s %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT ".%09ld\n", path,
                            (guint64) about.st_size, (gint64) about.st_mtim.tv_sec, about.st_mtim.tv_nsec);
}

static char *
stamp_of (const StnJob *job)
{
  GString *out = g_string_new (NULL);
  stamp_file (out, job->path);
  for (guint i = 0; i < job->images->len; i++)
    stamp_file (out, ((const StnJobImage *) g_ptr_array_index (job->images, i))->path);
  return g_string_free (out, FALSE);
}

void
stn_session_close_job_now (StnSession *self)
{
  g_clear_pointer (&self->plans, g_ptr_array_unref);
  g_clear_pointer (&self->job, stn_job_unref);
  g_clear_pointer (&self->approval, g_free);
  g_clear_pointer (&self->plan_text, g_free);
  g_clear_pointer (&self->job_stamp, g_free);
  self->is_approved = FALSE;
}

static gboolean
ask_for_approval (StnSession *self, StnJob *job, gboolean *out_is, char **out_text, GError **error)
{
  *out_is = TRUE;
  *out_text = NULL;
  if (!stn_station_wants_approval (self->station) || self->is_training)
    return TRUE;
  StnApproval approval = { 0 };
  if (!stn_approval_find (self->query, job, &approval, error))
    return FALSE;
  *out_is = approval.is_approved;
  *out_text = g_strdup (approval.text);
  stn_approval_clear (&approval);
  return TRUE;
}

static void
plan_free (gpointer plan)
{
  stn_plan_unref (plan);
}

/* The plans of the sites here, one for each different wiring. */
static GPtrArray *
make_plans (StnSession *self, StnJob *job, GError **error)
{
  g_autoptr (GPtrArray) plans = stn_station_plans (self->station, job, error);
  if (plans == NULL)
    return NULL;
  g_ptr_array_set_free_func (plans, plan_free);
  if (plans->len > 0)
    return g_steal_pointer (&plans);
  stn_error_set (error, STN_FAILURE_USAGE, "%s: no site is enabled", stn_station_path (self->station));
  return NULL;
}

gboolean
stn_session_open_job_work (StnSession *self, const StnSessionRequest *request, GError **error)
{
  g_autofree char *approval = NULL;
  gboolean is_approved = FALSE;

  if (!stn_session_needs_person (self, error) || !stn_session_needs_idle (self, error))
    return FALSE;
  if (self->lot != NULL) {
    stn_error_set (error, STN_FAILURE_NOT_READY, "lot %s is open: end it, or leave it, before another job", self->lot);
    return FALSE;
  }
  if (request->texts[0] == NULL) {
    stn_error_set (error, STN_FAILURE_USAGE, "which job?");
    return FALSE;
  }
  g_autoptr (StnJob) job = stn_job_load (request->texts[0], error);
  if (job == NULL)
    return FALSE;
  g_autoptr (GPtrArray) plans = make_plans (self, job, error);
  if (plans == NULL || !ask_for_approval (self, job, &is_approved, &approval, error))
    return FALSE;
  if (job->has_serial && (job->serial_from == STN_SERIAL_FROM_LIST || job->serial_from == STN_SERIAL_FROM_PROGRAM)) {
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED,
                   "%s: serials from a list are given to `stationctl run --serials`; a shift has them from a counter or "
                   "a scan",
                   job->path);
    return FALSE;
  }
  stn_session_close_run (self);
  stn_session_close_job_now (self);
  self->job = g_steal_pointer (&job);
  self->plans = g_steal_pointer (&plans);
  self->job_stamp = stamp_of (self->job);
  self->plan_text = stn_plan_explain (g_ptr_array_index (self->plans, 0));
  self->is_approved = is_approved;
  self->approval = g_steal_pointer (&approval);
  g_free (self->job_path);
  self->job_path = g_strdup (self->job->path);
  return TRUE;
}

gboolean
stn_session_close_job_work (StnSession *self, G_GNUC_UNUSED const StnSessionRequest *request, GError **error)
{
  if (!stn_session_needs_idle (self, error))
    return FALSE;
  if (self->lot != NULL) {
    stn_error_set (error, STN_FAILURE_NOT_READY, "lot %s is open: end it, or leave it, first", self->lot);
    return FALSE;
  }
  stn_session_close_run (self);
  stn_session_close_job_now (self);
  return TRUE;
}

gboolean
stn_session_check_job (StnSession *self, GError **error)
{
  g_autofree char *stamp = stamp_of (self->job);
  g_autofree char *approval = NULL;
  g_autoptr (GError) unread = NULL;
  gboolean is_approved = FALSE;

  /* an approval may have come, or gone, since */
  if (!ask_for_approval (self, self->job, &is_approved, &approval, error))
    return FALSE;
  self->is_approved = is_approved;
  g_free (self->approval);
  self->approval = g_steal_pointer (&approval);
  if (!is_approved) {
    stn_error_set (error, strstr (self->approval, "differs") != NULL ? STN_FAILURE_JOB_CHANGED : STN_FAILURE_NOT_APPROVED,
                   "%s", self->approval);
    return FALSE;
  }
  if (g_strcmp0 (stamp, self->job_stamp) == 0)
    return TRUE;
  g_autoptr (StnJob) now = stn_job_load (self->job->path, &unread);
  if (now != NULL && g_str_equal (now->hash, self->job->hash)) {
    g_free (self->job_stamp);
    self->job_stamp = g_steal_pointer (&stamp);
    return TRUE;
  }
  g_autofree char *what = now != NULL ? stn_job_difference (self->job->images_text, now->images_text) : NULL;
  stn_error_set (error, STN_FAILURE_JOB_CHANGED, "%s: %s since the job was opened: open it again, or put the old file back",
                 self->job->path, now == NULL ? unread->message : what);
  return FALSE;
}

/* ---- numbers ---- */

static StnSessionCounts
counts_of (const StnUnitCounts *units)
{
  StnSessionCounts out = { .units = units->units,
                           .pass_first = units->pass_first,
                           .pass_after_retry = units->pass_after_retry,
                           .fail = units->units - units->pass_first - units->pass_after_retry,
                           .passes_now = units->passes_now,
                           .first_pass_permille = -1,
                           .final_permille = -1,
                           .units_per_hour = -1,
                           .shift_per_hour = -1 };
  if (units->units > 0) {
    out.first_pass_permille = (int) (units->pass_first * 1000 / units->units);
    out.final_permille = (int) (units->passes_now * 1000 / units->units);
  }
  return out;
}

static gboolean
count_failures (StnSession *self, const StnUnitFilter *of_lot, GError **error)
{
  g_autoptr (GPtrArray) rows = stn_query_failures (self->query, STN_VERDICT_FAIL, FALSE, of_lot, error);
  if (rows == NULL)
    return FALSE;
  self->failure_count = MIN (rows->len, STN_SESSION_FAILURES);
  for (guint i = 0; i < self->failure_count; i++) {
    const StnFailureCount *row = g_ptr_array_index (rows, i);
    self->failures[i] = (StnSessionFailure){ row->failure != NULL ? stn_failure_from_name (row->failure) : STN_FAILURE_NONE,
                                             row->runs };
  }
  return TRUE;
}

static gboolean
count_all (StnSession *self, GError **error)
{
  StnUnitFilter of_lot = { .lot = self->lot }, of_shift = { .after_run = self->shift_run };
  StnUnitCounts lot = { 0 }, shift = { 0 };
  gint64 now_us = stn_clock_utc_us (self->clock);
  guint64 hour = 0;
  g_autofree char *day = stn_production_day (self->shift_utc_us, self->station->day_start_minutes, NULL);

  of_shift.from_day = day;
  self->failure_count = 0;
  if (self->lot != NULL && (!stn_query_unit_counts (self->query, &of_lot, &lot, error)
                            || !stn_query_lot_sums (self->query, self->lot, &self->sums, error)
                            || !count_failures (self, &of_lot, error)))
    return FALSE;
  if (self->person != NULL && !stn_query_unit_counts (self->query, &of_shift, &shift, error))
    return FALSE;
  if (!stn_query_passes_between (self->query, now_us - G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC, now_us + 1, &hour, error))
    return FALSE;
  self->lot_counts = counts_of (&lot);
  self->lot_counts.unknown = self->sums.unknown;
  self->lot_counts.errors = self->sums.errors;
  self->lot_counts.binned = self->sums.binned;
  self->shift_counts = counts_of (&shift);
  gint64 gone_us = now_us - self->shift_utc_us;
  if (self->person != NULL && shift.passes_now > 0 && gone_us > 0)
    self->shift_counts.shift_per_hour = (int) (shift.passes_now * 3600.0 * G_USEC_PER_SEC / gone_us);
  self->lot_counts.shift_per_hour = self->shift_counts.shift_per_hour;
  self->lot_counts.units_per_hour = self->shift_counts.units_per_hour = hour > 0 ? (int) MIN (hour, 1000000) : -1;
  return TRUE;
}

void
stn_session_count (StnSession *self)
{
  g_autoptr (GError) error = NULL;

  self->is_dirty = TRUE;
  if (self->query != NULL && !count_all (self, &error))
    stn_session_warn (self, error->message);
  self->lot_counts.cycle_ns = self->shift_counts.cycle_ns = self->cycle_ns;
  self->lot_counts.handling_ns = self->shift_counts.handling_ns = self->handling_ns;
}

/* ---- what an earlier program left ---- */

static void
stand_open (StnSessionSeat *seat, const char *run_id, const char *uid, const char *serial, StnVerdict verdict,
            StnFailure failure, const char *message)
{
  stn_session_seat_clear_board (seat);
  seat->run_id = g_strdup (run_id);
  seat->last_run = g_strdup (run_id);
  seat->open_run = g_strdup (run_id);
  seat->uid = g_strdup (uid);
  seat->serial = g_strdup (serial);
  seat->verdict = seat->open_verdict = verdict;
  seat->failure = seat->open_failure = failure;
  seat->message = g_strdup (message);
  seat->open_message = g_strdup (message);
  seat->has_result = verdict != STN_VERDICT_UNKNOWN;
  seat->fails = verdict == STN_VERDICT_FAIL;
  seat->is_open = TRUE;
}

static gboolean
is_binned (StnSession *self, const char *run_id, gboolean *out, GError **error)
{
  StnAuditFilter bins = { .action = "bin", .run_id = run_id, .limit = 1 };
  g_autoptr (GPtrArray) rows = stn_query_audit (self->query, &bins, error);
  *out = rows != NULL && rows->len > 0;
  return rows != NULL;
}

/* Boards of a lot that goes on are retried or binned; those that a script ran without one are its own business. */
static gboolean
is_of_open_lot (StnSession *self, const StnRun *run, gboolean *out, GError **error)
{
  g_auto (StnLot) lot = { 0 };
  *out = FALSE;
  if (run->lot != NULL && !stn_lot_read (self->query, run->lot, &lot, error))
    return FALSE;
  *out = lot.is_known && !lot.is_ended;
  return TRUE;
}

#define RUNS_LOOKED_AT 50 /* of one board, back along its retries */

/* The board that an earlier program left in a site: its runs from the last one back, to the first of it. What has neither
 * a PASS nor a bin stands open: failed, or unknown where the last run has no result. */
static gboolean
look_at_site (StnSession *self, StnSessionSeat *seat, GError **error)
{
  StnRunFilter filter = { .site = seat->site->name, .newest_first = TRUE, .limit = RUNS_LOOKED_AT };
  const StnRunRow *unknown = NULL, *failed = NULL;
  guint fails = 0;
  g_autoptr (GPtrArray) rows = stn_query_runs (self->query, &filter, error);

  if (rows == NULL || !stn_query_site_last (self->query, seat->site->name, seat->last, STN_SESSION_LAST,
                                            &seat->last_count, error))
    return FALSE;
  for (guint i = 0; i < rows->len; i++) {
    const StnRunRow *row = g_ptr_array_index (rows, i);
    gboolean binned = FALSE, is_open = FALSE;
    if (row->result != NULL && row->result->verdict == STN_VERDICT_PASS)
      break;
    if (!is_binned (self, row->run->run_id, &binned, error) || !is_of_open_lot (self, row->run, &is_open, error))
      return FALSE;
    if (binned)
      break;
    if (row->result == NULL && i == 0)
      unknown = row;
    if (row->result != NULL && row->result->verdict == STN_VERDICT_FAIL && is_open) {
      fails++;
      failed = failed != NULL ? failed : row;
    }
    if (row->run->retry_of == NULL)
      break;
  }
  if (unknown == NULL && failed == NULL)
    return TRUE;
  const StnRunRow *shown = unknown != NULL ? unknown : failed, *last = g_ptr_array_index (rows, 0);
  const StnResult *result = shown->result;
  stand_open (seat, shown->run->run_id, result != NULL ? result->uid : NULL,
              result != NULL ? result->serial : shown->run->unit_scan,
              result != NULL ? STN_VERDICT_FAIL : STN_VERDICT_UNKNOWN,
              result != NULL ? result->failure : STN_FAILURE_NONE,
              result != NULL ? result->message : "the program was ended in the middle of this run");
  /* a bin is for all of the board's runs that stand open */
  if (failed != NULL) {
    g_free (seat->open_run);
    seat->open_run = g_strdup (failed->run->run_id);
  }
  g_free (seat->last_run);
  seat->last_run = g_strdup (last->run->run_id);
  seat->fails = fails;
  seat->had_failed = fails > 0;
  seat->open_lot = g_strdup (shown->run->lot);
  return TRUE;
}

void
stn_session_find_unknown (StnSession *self)
{
  for (guint i = 0; i < self->seats->len; i++) {
    g_autoptr (GError) error = NULL;
    if (!look_at_site (self, stn_session_seat (self, i), &error))
      stn_session_warn (self, error->message);
  }
}

/* Results that the journal could not take when they came. TRUE: they are settled, one way or the other. */
gboolean
stn_session_recover (StnSession *self, GError **error)
{
  gboolean is_any = FALSE;

  for (guint i = 0; i < self->seats->len; i++)
    is_any = is_any || stn_session_seat (self, i)->is_lost;
  if (!is_any)
    return TRUE;
  const StnAudit audit = { .action = "journal-again", .detail = "results that could not be recorded are taken up" };
  if (!stn_journal_take_up_spool (self->journal, error) || !stn_session_audit (self, &audit, error)) {
    g_prefix_error (error, "a result is still not saved, leave all boards in place: ");
    return FALSE;
  }
  for (guint i = 0; i < self->seats->len; i++) {
    StnSessionSeat *seat = stn_session_seat (self, i);
    if (!seat->is_lost)
      continue;
    g_autoptr (GError) unread = NULL;
    StnRunRow *row = stn_query_run (self->query, seat->run_id, &unread);
    if (unread != NULL) {
      g_propagate_error (error, g_steal_pointer (&unread));
      return FALSE;
    }
    seat->is_lost = FALSE;
    if (row == NULL) { /* it never began: nothing happened to the board */
      seat->has_result = FALSE;
    } else if (row->result == NULL || row->result->verdict == STN_VERDICT_FAIL) {
      g_autofree char *run_id = g_strdup (seat->run_id);
      /* nobody will end it any more: its board is met again */
      if (row->result == NULL && !stn_journal_abandon (self->journal, run_id, error)) {
        seat->is_lost = TRUE;
        stn_run_row_free (row);
        return FALSE;
      }
      stand_open (seat, run_id, row->result != NULL ? row->result->uid : NULL,
                  row->result != NULL ? row->result->serial : NULL,
                  row->result != NULL ? STN_VERDICT_FAIL : STN_VERDICT_UNKNOWN,
                  row->result != NULL ? row->result->failure : STN_FAILURE_NONE,
                  row->result != NULL ? row->result->message : "its result was lost");
    } else {
      seat->has_result = TRUE;
      seat->verdict = row->result->verdict;
      seat->failure = row->result->failure;
      seat->is_open = FALSE;
    }
    stn_run_row_free (row);
  }
  stn_session_count (self);
  return TRUE;
}

/* ---- lots ---- */

gboolean
stn_session_open_lot_work (StnSession *self, const StnSessionRequest *request, GError **error)
{
  const char *name = request->texts[0];
  guint64 quantity = (guint64) request->value;
  g_auto (StnLot) lot = { 0 };

  if (!stn_session_needs_person (self, error) || !stn_session_needs_idle (self, error))
    return FALSE;
  if (self->lot != NULL) {
    stn_error_set (error, STN_FAILURE_NOT_READY, "lot %s is open: end it first", self->lot);
    return FALSE;
  }
  if (self->job == NULL) {
    stn_error_set (error, STN_FAILURE_NOT_READY, "open a job first");
    return FALSE;
  }
  if (!stn_lot_name_is_valid (name)) {
    stn_error_set (error, STN_FAILURE_WRONG_SCAN, "a lot has 1 to 64 printable characters and no space");
    return FALSE;
  }
  for (guint i = 0; i < self->seats->len; i++)
    if (stn_session_seat (self, i)->is_open && stn_session_seat (self, i)->open_verdict == STN_VERDICT_FAIL
        && g_strcmp0 (stn_session_seat (self, i)->open_lot, name) != 0) {
      stn_error_set (error, STN_FAILURE_FAILED_BOARD_OPEN, "%s still holds a failed board of lot %s: bin it first",
                     stn_session_seat (self, i)->site->name, stn_session_seat (self, i)->open_lot);
      return FALSE;
    }
  if (!stn_session_check_job (self, error) || !stn_lot_read (self->query, name, &lot, error))
    return FALSE;
  gboolean is_other = lot.is_known && lot.job_hash != NULL && !g_str_equal (lot.job_hash, self->job->hash);
  if (lot.is_ended && self->supervisor == NULL) {
    stn_error_set (error, STN_FAILURE_LOT_CLOSED, "lot %s has ended: a supervisor can open it again", name);
    return FALSE;
  }
  if (is_other && self->supervisor == NULL) {
    stn_error_set (error, STN_FAILURE_JOB_CHANGED,
                   "lot %s was begun with another job or firmware (%s): open that job, or unlock as a supervisor", name,
                   lot.job_path);
    return FALSE;
  }
  if (!lot.is_known || lot.is_ended || is_other || (quantity > 0 && quantity != lot.quantity)) {
    g_autofree char *path = g_canonicalize_filename (self->job->path, NULL);
    g_autofree char *detail = g_strdup_printf ("%s %s", self->job->hash, path);
    g_autofree char *new_value = g_strdup_printf ("%" G_GUINT64_FORMAT, quantity > 0 ? quantity : lot.quantity);
    g_autofree char *old_value = lot.is_known ? g_strdup_printf ("%" G_GUINT64_FORMAT, lot.quantity) : NULL;
    const StnAudit audit = { .action = "lot-open", .subject = name, .detail = detail, .lot = name,
                             .old_value = old_value, .new_value = new_value,
                             .reason = lot.is_ended ? "opened again after its end" : is_other ? "another job" : NULL,
                             .allowed_by = self->supervisor != NULL ? self->supervisor->badge : NULL };
    if (lot.is_known && self->supervisor == NULL && quantity > 0 && quantity != lot.quantity)
      return stn_session_needs_supervisor (self, "another quantity of an open lot", error);
    if (!stn_session_audit (self, &audit, error))
      return FALSE;
  }
  for (guint i = 0; i < self->seats->len; i++)
    if (!stn_session_seat (self, i)->is_open)
      stn_session_seat_clear_board (stn_session_seat (self, i));
  self->lot = g_strdup (name);
  self->lot_quantity = quantity > 0 ? quantity : lot.quantity;
  self->fails_since_release = 0;
  g_clear_pointer (&self->stopped, g_free);
  self->cycle_count = 0;
  self->cycle_ns = self->handling_ns = -1;
  self->cycle_ended_ns = 0;
  stn_session_count (self);
  return TRUE;
}

static void
forget_lot (StnSession *self)
{
  stn_session_close_run (self);
  g_clear_pointer (&self->lot, g_free);
  g_clear_pointer (&self->stopped, g_free);
  stn_lot_sums_clear (&self->sums);
  for (guint i = 0; i < self->seats->len; i++) {
    StnSessionSeat *seat = stn_session_seat (self, i);
    stn_session_seat_clear_board (seat);
    g_clear_pointer (&seat->scan, g_free);
  }
  g_array_set_size (self->scan_order, 0);
}

gboolean
stn_session_leave_lot_work (StnSession *self, G_GNUC_UNUSED const StnSessionRequest *request, GError **error)
{
  if (!stn_session_needs_idle (self, error) || !stn_session_recover (self, error))
    return FALSE;
  if (self->lot == NULL) {
    stn_error_set (error, STN_FAILURE_NOT_READY, "no lot is open");
    return FALSE;
  }
  for (guint i = 0; i < self->seats->len; i++)
    if (stn_session_seat (self, i)->is_open && stn_session_seat (self, i)->open_verdict == STN_VERDICT_FAIL) {
      stn_error_set (error, STN_FAILURE_FAILED_BOARD_OPEN, "%s holds a failed board: retry or bin it first",
                     stn_session_seat (self, i)->site->name);
      return FALSE;
    }
  const StnAudit audit = { .action = "lot-leave", .subject = self->lot };
  if (!stn_session_audit (self, &audit, error))
    return FALSE;
  forget_lot (self);
  stn_session_find_unknown (self);
  return TRUE;
}

gboolean
stn_session_end_lot_work (StnSession *self, G_GNUC_UNUSED const StnSessionRequest *request, GError **error)
{
  if (!stn_session_needs_person (self, error) || !stn_session_needs_idle (self, error))
    return FALSE;
  if (self->lot == NULL) {
    stn_error_set (error, STN_FAILURE_NOT_READY, "no lot is open");
    return FALSE;
  }
  for (guint i = 0; i < self->seats->len; i++)
    if (stn_session_seat (self, i)->is_open) {
      stn_error_set (error, STN_FAILURE_LOT_UNBALANCED, "%s still holds a board that is neither passed nor binned",
                     stn_session_seat (self, i)->site->name);
      return FALSE;
    }
  if (!stn_session_recover (self, error)
      || !stn_lot_end (self->journal, self->query, self->lot, stn_session_who (self), error))
    return FALSE;
  forget_lot (self);
  return TRUE;
}

gboolean
stn_session_remove_work (StnSession *self, const StnSessionRequest *request, GError **error)
{
  const char *reason = request->texts[0];

  if (!stn_session_needs_idle (self, error))
    return FALSE;
  if (self->lot == NULL) {
    stn_error_set (error, STN_FAILURE_NOT_READY, "no lot is open");
    return FALSE;
  }
  if (!stn_query_lot_sums (self->query, self->lot, &self->sums, error))
    return FALSE;
  if (request->value < 1 || (guint64) request->value > self->sums.open || reason == NULL || *reason == '\0') {
    stn_error_set (error, STN_FAILURE_USAGE,
                   "%" G_GUINT64_FORMAT " boards are not accounted for; say how many of them are taken out, and why",
                   self->sums.open);
    return FALSE;
  }
  if (!stn_session_needs_supervisor (self, "taking boards out of a lot", error))
    return FALSE;
  g_autofree char *count = g_strdup_printf ("%" G_GINT64_FORMAT, request->value);
  const StnAudit audit = { .action = "remove", .subject = self->lot, .new_value = count, .reason = reason,
                           .allowed_by = self->supervisor->badge };
  if (!stn_session_audit (self, &audit, error))
    return FALSE;
  stn_session_count (self);
  return TRUE;
}

/* ---- bins ---- */

gboolean
stn_session_bin_work (StnSession *self, const StnSessionRequest *request, GError **error)
{
  const char *bin = request->texts[1] != NULL && *request->texts[1] != '\0' ? request->texts[1] : "fail";
  StnSessionSeat *seat = stn_session_find_seat (self, request->texts[0], error);

  if (seat == NULL || !stn_session_needs_person (self, error))
    return FALSE;
  if (seat->is_running) {
    stn_error_set (error, STN_FAILURE_NOT_READY, "%s is at work: wait for its end", seat->site->name);
    return FALSE;
  }
  gboolean has_error = seat->has_result && seat->last_run != NULL
                       && (seat->verdict == STN_VERDICT_ERROR || seat->verdict == STN_VERDICT_CANCELLED);
  if ((!seat->is_open && !has_error) || seat->is_binned) {
    stn_error_set (error, STN_FAILURE_NOT_READY, "%s: there is no board to bin", seat->site->name);
    return FALSE;
  }
  const char *subject = seat->serial != NULL ? seat->serial : seat->uid != NULL ? seat->uid : seat->site->name;
  const char *runs[] = { seat->is_open ? seat->open_run : seat->last_run,
                         seat->is_open && g_strcmp0 (seat->open_run, seat->last_run) != 0 ? seat->last_run : NULL };
  for (guint i = 0; i < G_N_ELEMENTS (runs); i++) {
    const StnAudit audit = { .action = "bin", .subject = subject, .site = seat->site->name, .run_id = runs[i],
                             .old_value = seat->failure != STN_FAILURE_NONE ? stn_failure_name (seat->failure)
                                                                            : stn_verdict_name (seat->verdict),
                             .new_value = bin, .reason = request->texts[2] };
    if (runs[i] != NULL && !stn_session_audit (self, &audit, error))
      return FALSE;
  }
  seat->is_open = FALSE;
  seat->is_binned = TRUE;
  g_clear_pointer (&seat->scan, g_free);
  stn_session_count (self);
  return TRUE;
}

/* ---- training ---- */

gboolean
stn_session_set_training_work (StnSession *self, const StnSessionRequest *request, GError **error)
{
  gboolean on = request->value != 0;

  if (!stn_session_needs_idle (self, error))
    return FALSE;
  if (self->lot != NULL) {
    stn_error_set (error, STN_FAILURE_NOT_READY, "lot %s is open: end it, or leave it, before training", self->lot);
    return FALSE;
  }
  if (on == self->is_training)
    return TRUE;
  self->is_training = on;
  g_autofree char *path = self->job != NULL ? g_strdup (self->job->path) : NULL;
  stn_session_unload (self);
  gboolean ok = stn_session_load (self);
  if (!ok && on) {
    /* the real station must not be lost over it */
    stn_error_set (error, self->broken_failure, "%s", self->broken);
    self->is_training = FALSE;
    stn_session_load (self);
  } else if (!ok) {
    stn_error_set (error, self->broken_failure, "%s", self->broken);
  }
  stn_session_close_job_now (self);
  stn_person_free (self->supervisor);
  self->supervisor = NULL;
  if (path != NULL && self->phase != STN_PHASE_BROKEN && self->person != NULL) {
    const StnSessionRequest again = { .texts = { path } };
    stn_session_open_job_work (self, &again, NULL);
  }
  return ok;
}

/* ---- lessons ---- */

gboolean
stn_session_set_lesson_work (StnSession *self, const StnSessionRequest *request, GError **error)
{
  const StnLesson *lesson = stn_lesson_find (request->texts[1]);

  if (!self->is_training) {
    stn_error_set (error, STN_FAILURE_NOT_READY, "a board is only made bad in training");
    return FALSE;
  }
  if (lesson == NULL) {
    stn_error_set (error, STN_FAILURE_USAGE, "there is no lesson “%s”", request->texts[1] != NULL ? request->texts[1] : "");
    return FALSE;
  }
  for (guint i = 0; i < self->seats->len; i++) {
    StnSessionSeat *seat = stn_session_seat (self, i);
    if (g_strcmp0 (seat->site->name, request->texts[0]) != 0)
      continue;
    seat->lesson = lesson;
    return TRUE;
  }
  stn_error_set (error, STN_FAILURE_USAGE, "there is no site “%s”", request->texts[0] != NULL ? request->texts[0] : "");
  return FALSE;
}
