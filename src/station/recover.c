#include "src/station/recover.h"

#include "src/job/job.h"
#include "src/journal/query.h"

/* how many recovery runs of one board are looked past */
#define RUNS_MOST 50
#define CYCLE_POLL_MS 50

void
stn_recoverable_clear (StnRecoverable *self)
{
  g_free (self->run_id);
  g_free (self->target);
  g_free (self->engine);
  g_free (self->uid);
  g_free (self->serial);
  stn_option_window_clear (&self->window);
  *self = (StnRecoverable){ .run_id = NULL };
}

void
stn_recovered_clear (StnRecovered *self)
{
  g_free (self->text);
  g_free (self->options);
  *self = (StnRecovered){ .text = NULL };
}

/* The last option window of a run, if it has one. */
static gboolean
find_window (StnQuery *query, const char *run_id, StnRecoverable *out, GError **error)
{
  g_autoptr (GPtrArray) windows = stn_query_windows (query, run_id, error);

  if (windows == NULL)
    return FALSE;
  for (guint i = windows->len; i-- > 0 && !out->has_window;)
    out->has_window = stn_option_window_parse (g_ptr_array_index (windows, i), &out->window);
  return TRUE;
}

static gboolean
describe (StnQuery *query, StnRecoverable *out, const StnRunRow *row, GError **error)
{
  char *uid = NULL;

  if (!stn_query_admitted_uid (query, row->run->run_id, &uid, error))
    return FALSE;
  if (uid == NULL && row->result != NULL)
    uid = g_strdup (row->result->uid);
  g_free (out->run_id);
  g_free (out->target);
  g_free (out->engine);
  /* a recovery run that did not come so far does not know */
  if (uid != NULL) {
    g_free (out->uid);
    out->uid = uid;
  }
  g_free (out->serial);
  out->run_id = g_strdup (row->run->run_id);
  out->target = g_strdup (row->run->target);
  out->engine = g_strdup (row->run->engine);
  out->serial = g_strdup (row->result != NULL ? row->result->serial : NULL);
  return TRUE;
}

gboolean
stn_station_find_recoverable (StnStation *self, const char *site, StnRecoverable *out, GError **error)
{
  g_auto (StnRecoverable) found = { .run_id = NULL };

  if (!g_file_test (stn_station_journal_path (self), G_FILE_TEST_EXISTS)) {
    stn_error_set (error, STN_FAILURE_USAGE, "there is no journal yet, so no board of %s is known", site);
    return FALSE;
  }
  g_autoptr (StnQuery) query = stn_query_open (stn_station_journal_path (self), error);
  StnRunFilter filter = { .site = site, .newest_first = TRUE, .limit = RUNS_MOST };
  g_autoptr (GPtrArray) rows = query != NULL ? stn_query_runs (query, &filter, error) : NULL;
  if (rows == NULL)
    return FALSE;
  /* recovery runs of the same board come first, and may have nothing to say of their own */
  for (guint i = 0; i < rows->len; i++) {
    const StnRunRow *row = g_ptr_array_index (rows, i);
    gboolean is_recovery = g_strcmp0 (row->run->job_name, STN_JOB_RECOVERY_NAME) == 0;

    if (i == 0)
      found.is_unsettled = row->result == NULL || row->result->failure == STN_FAILURE_OPTION_BYTES_UNKNOWN
                           || (is_recovery && row->result->verdict != STN_VERDICT_PASS);
    if (!describe (query, &found, row, error))
      return FALSE;
    if (!found.has_window && !find_window (query, row->run->run_id, &found, error))
      return FALSE;
    /* behind these two a run does not look at what the window left */
    if (i == 0 && found.has_window && !found.is_unsettled)
      found.is_unsettled =
          row->result->failure == STN_FAILURE_BOARD_SHORTED || row->result->failure == STN_FAILURE_CANCELLED;
    if (!is_recovery)
      break;
  }
  if (found.run_id == NULL) {
    stn_error_set (error, STN_FAILURE_USAGE, "no board has been in %s", site);
    return FALSE;
  }
  *out = found;
  found = (StnRecoverable){ .run_id = NULL };
  return TRUE;
}

const char *
stn_recoverable_board (const StnRecoverable *self)
{
  return self->serial != NULL ? self->serial : self->uid != NULL ? self->uid : self->run_id;
}

gboolean
stn_recoverable_names_board (const StnRecoverable *self, const char *board)
{
  if (board == NULL)
    return FALSE;
  if (self->serial == NULL && self->uid == NULL)
    return g_strcmp0 (board, self->run_id) == 0;
  return g_strcmp0 (board, self->serial) == 0 || (self->uid != NULL && g_ascii_strcasecmp (board, self->uid) == 0);
}

/* What can be asked before an erase that nothing can take back. */
static gboolean
may_erase (const char *site, const StnRecoverable *what, const StnRecoverOptions *options, GError **error)
{
  if (!options->erase_allowed)
    return TRUE;
  if (!what->is_unsettled || !what->has_window)
    stn_error_set (error, STN_FAILURE_USAGE,
                   "the last board of %s is not one whose option write was cut, so nothing of it is erased", site);
  else if (options->board == NULL)
    stn_error_set (error, STN_FAILURE_USAGE,
                   "%s: a board that can't be read does not show which one it is before it is erased: say that it is "
                   "the record's, %s",
                   site, stn_recoverable_board (what));
  else if (!stn_recoverable_names_board (what, options->board))
    stn_error_set (error, STN_FAILURE_USAGE, "%s: the board whose option write was cut is %s, and not “%s”", site,
                   stn_recoverable_board (what), options->board);
  else
    return TRUE;
  return FALSE;
}

/* What the record says of the run that is just over. */
static gboolean
read_outcome (StnStation *self, const char *site, StnRecovered *out, GError **error)
{
  g_autoptr (StnQuery) query = stn_query_open (stn_station_journal_path (self), error);
  StnRunFilter filter = { .site = site, .newest_first = TRUE, .limit = 1, .with_steps = TRUE };
  g_autoptr (GPtrArray) rows = query != NULL ? stn_query_runs (query, &filter, error) : NULL;

  if (rows == NULL)
    return FALSE;
  const StnRunRow *row = rows->len > 0 ? g_ptr_array_index (rows, 0) : NULL;
  if (row == NULL || row->result == NULL || g_strcmp0 (row->run->job_name, STN_JOB_RECOVERY_NAME) != 0)
    return TRUE;
  out->is_recorded = TRUE;
  out->verdict = row->result->verdict;
  out->failure = row->result->failure;
  out->text = g_strdup (row->result->message);
  out->options =
      g_strdup (row->result->options_after != NULL ? row->result->options_after : row->result->options_before);
  for (guint i = 0; out->text == NULL && row->result->steps != NULL && i < row->result->steps->len; i++) {
    const StnStepRecord *step = g_ptr_array_index (row->result->steps, i);
    if (step->kind == STN_STEP_OPENING_OPTIONS)
      out->text = g_strdup (step->detail);
  }
  return TRUE;
}

gboolean
stn_station_recover (StnStation *self, const char *site, const StnRecoverable *what, const StnRecoverOptions *options,
                     StnEventQueue *events, StnRecovered *out, GError **error)
{
  const char *const sites[] = { site, NULL };
  const StnRecovery recovery = { .window = what->has_window ? &what->window : NULL,
                                 .uid = what->uid,
                                 .erase_allowed = options->erase_allowed };
  StnRunOptions run_options = { .sites = sites,
                                .operator_id = options->operator_id,
                                .trace_path = options->trace_path,
                                .cancellable = options->cancellable,
                                .recovery = &recovery };

  if (!may_erase (site, what, options, error))
    return FALSE;
  g_autoptr (StnJob) job = stn_job_new_for_recovery (
      what->target, g_strcmp0 (what->engine, "dfu") == 0 ? STN_PROGRAM_BY_USB : STN_PROGRAM_BY_UART);
  g_autoptr (StnStationRun) run = stn_station_run_new (self, job, &run_options, events, error);

  if (run == NULL || !stn_station_run_open (run, error) || !stn_station_run_start (run, error))
    return FALSE;
  StnRunner *runner = stn_station_run_runner (run);
  while (!stn_runner_wait (runner, CYCLE_POLL_MS))
    if (options->cancellable != NULL && g_cancellable_is_cancelled (options->cancellable))
      stn_runner_cancel (runner);
  g_clear_pointer (&run, stn_station_run_free);
  *out = (StnRecovered){ .text = NULL };
  return read_outcome (self, site, out, error);
}
