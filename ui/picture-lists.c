#include "ui/picture-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "src/station/lesson.h"
#include "ui/plan-rows.h"
#include "ui/sentences.h"

const char *const stn_unlock_reasons[] = { N_ ("Contacts were cleaned"), N_ ("Worn or broken contact"),
                                           N_ ("Board was repaired"),    N_ ("Agreed with engineering"),
                                           N_ ("Training"),              NULL };

static const StnSessionSite *
find_site (const StnSessionState *state, const char *name)
{
  for (guint i = 0; name != NULL && i < state->site_count; i++)
    if (g_str_equal (state->sites[i].name, name))
      return &state->sites[i];
  return NULL;
}

static StnModelRow *
add_sentence (GPtrArray *rows, const char *english)
{
  g_autofree char *said = stn_text_sentence (english);
  return stn_model_add_row (rows, said, NULL, NULL);
}

/* ---- S0 ---- */

static void
fill_sign_in (StnModel *model, const StnSessionState *state)
{
  guint on = 0;
  for (guint i = 0; i < state->site_count; i++)
    on += state->sites[i].state != STN_SEAT_DISABLED;
  if (state->phase == STN_PHASE_LOADING)
    model->person = g_strdup (_ ("Starting"));
  else if (state->phase == STN_PHASE_BROKEN)
    model->person = g_strdup (_ ("The station can’t be used"));
  if (state->phase == STN_PHASE_SIGN_IN && state->is_virtual)
    model->hint = g_strdup (_ ("This station is virtual: OPERATOR is a badge here, and SUPERVISOR with the PIN 1234."));
  if (state->phase == STN_PHASE_SIGN_IN)
    model->bench_summary = g_strdup_printf (_ ("%u of %u sites are on"), on, state->site_count);
  else
    model->bench_summary = g_strdup (state->phase == STN_PHASE_BROKEN ? state->blocked_detail : NULL);
  for (guint i = 0; state->handover != NULL && state->handover[i] != NULL; i++)
    add_sentence (model->unknown, state->handover[i]);
}

/* ---- S1 ---- */

static void
add_jobs (StnModel *model, const StnSessionState *state, const StnPictureContext *context)
{
  const char *wanted = state->job != NULL ? state->job->path : context->job_wanted;
  g_autofree char *path = wanted != NULL ? g_canonicalize_filename (wanted, NULL) : NULL;
  for (guint i = 0; context->jobs != NULL && i < context->jobs->len; i++) {
    const StnModelRow *job = g_ptr_array_index ((GPtrArray *) context->jobs, i);
    StnModelRow *row = stn_model_add_row (model->jobs, job->title, job->value, job->remark);
    row->key = g_strdup (job->key);
    row->is_selected = g_strcmp0 (path, job->key) == 0;
    row->is_warning = job->is_warning;
  }
}

static char *
short_hashes (const char *images)
{
  /* "name=sha256 name=sha256": eight digits of each tell files apart */
  GString *text = g_string_new (NULL);
  g_auto (GStrv) words = g_strsplit (images != NULL ? images : "", " ", -1);
  for (guint i = 0; words[i] != NULL; i++) {
    char *equals = strchr (words[i], '=');
    if (equals == NULL || strlen (equals) < 9)
      continue;
    *equals = '\0';
    g_string_append_printf (text, "%s%s %.8s", text->len > 0 ? "\n" : "", words[i], equals + 1);
  }
  return g_string_free (text, FALSE);
}

static void
fill_setup (StnModel *model, const StnSessionState *state, const StnPictureContext *context)
{
  const StnSessionJob *job = state->job;
  add_jobs (model, state, context);
  if (job == NULL)
    return;
  g_autofree char *images = short_hashes (job->images);
  g_autofree char *seconds = stn_text_seconds (job->predicted_ns);
  g_autofree char *serials = stn_text_sentence (job->serials);
  g_autofree char *approval = stn_text_sentence (job->approval);
  g_autofree char *time = g_strdup_printf (_ ("about %s a board"), seconds);
  stn_model_add_row (model->facts, _ ("Chip"), job->target, NULL);
  stn_model_add_row (model->facts, _ ("Firmware"), images, NULL);
  if (job->serials != NULL)
    stn_model_add_row (model->facts, _ ("Serials"), serials, NULL);
  if (job->predicted_ns > 0)
    stn_model_add_row (model->facts, _ ("Time"), time, NULL);
  if (job->left_out != NULL)
    stn_model_add_row (model->facts, _ ("Left out of PASS"), job->left_out, NULL)->is_warning = TRUE;
  if (job->approval != NULL)
    stn_model_add_row (model->facts, _ ("Approved"), job->is_approved ? _ ("yes") : _ ("no"), approval)->is_warning =
        !job->is_approved;
  stn_plan_rows_add (model->plan, job->plan_text, (const char *const *) job->irreversible);
}

/* ---- S3 ---- */

static char *
step_value (const StnEvent *event)
{
  if (event->duration_ns < 0)
    return NULL;
  return g_strdup_printf (_ ("%d.%02d s"), (int) (event->duration_ns / 1000000000),
                          (int) (event->duration_ns / 10000000 % 100));
}

static void
add_event (StnModel *model, const StnSessionSite *site, const StnEvent *event)
{
  g_autofree char *value = step_value (event);
  gboolean is_bad = event->has_outcome && (event->outcome == STN_VERDICT_FAIL || event->outcome == STN_VERDICT_ERROR);
  if (event->kind != STN_EVENT_UNIT_STEP || !event->has_step)
    return;
  g_autofree char *remark = NULL;
  if (is_bad && site->message != NULL)
    remark = g_strdup (site->message);
  else if (event->bytes >= 1024)
    remark = g_strdup_printf (_ ("%d KiB"), (int) (event->bytes / 1024));
  stn_model_add_row (model->drawer_steps, stn_text_step_name (event->step), value, remark)->is_warning = is_bad;
}

/* The list that people choose from; what was chosen is what the next board here is like. */
static void
fill_lessons (StnModel *model, const StnSessionSite *site)
{
  guint count;
  const StnLesson *lessons = stn_lessons (&count);
  for (guint i = 0; i < count; i++) {
    gboolean is_chosen = g_strcmp0 (site->lesson, lessons[i].name) == 0;
    StnModelRow *row = stn_model_add_row (model->drawer_lessons, _ (lessons[i].title), NULL,
                                          is_chosen ? _ ("The next board here will be like this.") : NULL);
    row->key = g_strdup (lessons[i].name);
    row->is_selected = is_chosen;
  }
}

static void
fill_drawer (StnModel *model, const StnSessionState *state, const StnPictureContext *context)
{
  const StnSessionSite *site = find_site (state, context->drawer_site);
  if (site == NULL) {
    model->side = STN_SIDE_COUNTERS;
    return;
  }
  model->drawer_site = g_strdup (site->name);
  model->drawer_state = stn_tile_state_of (site->state);
  if (site->failure != STN_FAILURE_NONE)
    model->drawer_sentence = stn_text_failure (site->failure, site->name);
  for (guint i = 0; context->logs != NULL && i < context->logs->len; i++) {
    const StnSiteLog *log = g_ptr_array_index (context->logs, i);
    if (g_strcmp0 (log->site, site->name) != 0)
      continue;
    for (guint k = 0; k < log->events->len; k++)
      add_event (model, site, g_ptr_array_index (log->events, k));
    for (guint k = log->warnings->len; k > 0; k--) {
      const StnEvent *warning = g_ptr_array_index (log->warnings, k - 1);
      add_sentence (model->drawer_messages, warning->text);
    }
  }
  if (model->drawer_steps->len == 0)
    stn_model_add_row (model->drawer_steps, NULL, NULL, _ ("Nothing has run here yet."));
  if (site->message != NULL)
    stn_model_add_row (model->drawer_messages, site->message, NULL, NULL)->is_warning = TRUE;
  if (site->failure != STN_FAILURE_NONE)
    stn_model_add_row (model->drawer_messages, stn_text_next_action (site->failure), NULL, NULL);
  stn_model_add_row (model->drawer_board, _ ("Serial"), site->serial != NULL ? site->serial : "–", NULL);
  stn_model_add_row (model->drawer_board, _ ("Chip’s own number"), NULL, site->uid != NULL ? site->uid : "–");
  stn_model_add_row (model->drawer_board, _ ("Run"), NULL, site->run_id != NULL ? site->run_id : "–");
  if (state->is_training)
    fill_lessons (model, site);
  for (guint i = site->last_count; i > 0; i--)
    stn_model_add_row (model->drawer_last,
                       site->last[i - 1] == STN_VERDICT_PASS   ? _ ("PASS")
                       : site->last[i - 1] == STN_VERDICT_FAIL ? _ ("FAIL")
                                                               : _ ("STATION"),
                       NULL, NULL);
}

/* ---- S4, S13 ---- */

static void
add_open_board (GPtrArray *rows, const StnSessionSite *site, const char *retry)
{
  g_autofree char *title = g_strdup_printf ("%s   %s", site->name, site->serial != NULL ? site->serial : "");
  g_autofree char *sentence = site->failure != STN_FAILURE_NONE ? stn_text_failure (site->failure, site->name)
                                                                : g_strdup (site->instruction);
  g_autofree char *left = NULL;
  if (site->state == STN_SEAT_FAIL && site->retries_left != G_MAXUINT)
    left = site->retries_left > 0
               ? g_strdup_printf (ngettext ("%u retry left", "%u retries left", site->retries_left), site->retries_left)
               : g_strdup (_ ("No retry left"));
  StnModelRow *row = stn_model_add_row (rows, g_strstrip (title), left, sentence);
  row->key = g_strdup (site->name);
  row->retry = g_strdup (retry);
  row->may_retry = site->may_retry;
  row->may_bin = site->may_bin || site->may_hold;
}

static void
fill_open (StnModel *model, const StnSessionState *state)
{
  for (guint i = 0; i < state->site_count; i++) {
    const StnSessionSite *site = &state->sites[i];
    if (site->state == STN_SEAT_FAIL || (site->state == STN_SEAT_UNKNOWN && model->screen == STN_SCREEN_RUN))
      add_open_board (model->fails, site, _ ("Retry"));
    if (site->state == STN_SEAT_UNKNOWN && model->screen == STN_SCREEN_RECOVERY)
      add_open_board (model->unknown, site, _ ("Run again"));
  }
}

/* ---- S5 ---- */

static void
fill_unlock (StnModel *model, const StnPictureContext *context)
{
  model->unlock_what = g_strdup (context->unlock_what);
  if (context->badge != NULL)
    model->person = g_strdup_printf (_ ("Badge %s"), context->badge);
  for (guint i = 0; stn_unlock_reasons[i] != NULL; i++) {
    gboolean is_chosen = g_strcmp0 (context->reason, stn_unlock_reasons[i]) == 0;
    /* once chosen it stands alone and leaves its room to the PIN; choosing it again shows all */
    if (context->reason != NULL && !is_chosen)
      continue;
    StnModelRow *row = stn_model_add_row (model->reasons, _ (stn_unlock_reasons[i]), NULL, NULL);
    row->key = g_strdup (stn_unlock_reasons[i]);
    row->is_selected = is_chosen;
  }
  model->wants_pin = context->badge != NULL && context->reason != NULL;
  if (model->wants_pin)
    model->unlock_preview = g_strdup_printf (_ ("Will be recorded: badge %s, “%s”. Ends after 5 minutes."), context->badge,
                                             _ (context->reason));
}

/* ---- S6 ---- */

static void
add_number (GPtrArray *rows, const char *title, guint64 number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, number);
  stn_model_add_row (rows, title, text, NULL);
}

static void
add_permille (GPtrArray *rows, const char *title, int permille)
{
  g_autofree char *text = permille < 0 ? g_strdup ("–") : g_strdup_printf (_ ("%d.%d %%"), permille / 10, permille % 10);
  stn_model_add_row (rows, title, text, NULL);
}

/* Boards of the lot that are open and stand on no site: of an earlier cycle, or without a verdict because of the
 * station. */
guint64
stn_picture_open_elsewhere (const StnSessionState *state)
{
  guint64 on_sites = 0;
  for (guint i = 0; i < state->site_count; i++)
    on_sites += state->sites[i].state == STN_SEAT_FAIL || state->sites[i].state == STN_SEAT_UNKNOWN;
  return state->balance.open > on_sites ? state->balance.open - on_sites : 0;
}

static void
fill_lot_end (StnModel *model, const StnSessionState *state)
{
  const StnLotBalance *balance = &state->balance;
  if (state->lot_quantity > 0)
    add_number (model->balance, _ ("Ordered"), state->lot_quantity);
  add_number (model->balance, _ ("Boards that were started"), balance->started);
  add_number (model->balance, _ ("Passed"), balance->passed);
  add_number (model->balance, _ ("In the fail bin"), balance->binned);
  add_number (model->balance, _ ("On hold"), balance->held);
  add_number (model->balance, _ ("Taken out"), balance->removed);
  g_autofree char *open = balance->open_units != NULL ? g_strjoinv ("\n", balance->open_units) : NULL;
  g_autofree char *count = g_strdup_printf ("%" G_GUINT64_FORMAT, balance->open);
  StnModelRow *left = stn_model_add_row (model->balance, _ ("Unaccounted for"), count, open);
  left->is_warning = balance->open > 0;
  if (left->is_warning) {
    /* what has to be done comes first */
    g_ptr_array_steal_index (model->balance, model->balance->len - 1);
    g_ptr_array_insert (model->balance, 0, left);
  }
  model->is_balanced = balance->open == 0;
  model->may_remove = stn_picture_open_elsewhere (state) > 0;
  for (guint i = 0; i < state->failure_count; i++) {
    g_autofree char *name = stn_text_failure_name (state->failures[i].failure);
    add_number (model->pareto, name, state->failures[i].count);
  }
  /* lot and job stand in the frame: their room is for what failed */
  add_permille (model->lot_facts, _ ("First-pass yield"), state->lot_counts.first_pass_permille);
  add_permille (model->lot_facts, _ ("Final yield"), state->lot_counts.final_permille);
  add_number (model->lot_facts, _ ("Pass, first run"), state->lot_counts.pass_first);
  add_number (model->lot_facts, _ ("Pass after retry"), state->lot_counts.pass_after_retry);
  add_number (model->lot_facts, _ ("Station faults"), state->lot_counts.errors);
  if (state->person != NULL)
    stn_model_add_row (model->lot_facts, _ ("Operator"), state->person->name, NULL);
}

void
stn_picture_fill_lists (StnModel *model, const StnSessionState *state, const StnPictureContext *context)
{
  switch (model->screen) {
  case STN_SCREEN_SIGN_IN:
    fill_sign_in (model, state);
    break;
  case STN_SCREEN_SETUP:
    fill_setup (model, state, context);
    break;
  case STN_SCREEN_LOT_END:
    fill_lot_end (model, state);
    break;
  default:
    break;
  }
  fill_open (model, state);
  /* failed boards are what comes next, unless somebody looks at something else; there is nothing to show without any */
  if (model->side == STN_SIDE_COUNTERS && model->fails->len > 0 && !model->is_running && model->tiles->len <= 16)
    model->side = STN_SIDE_FAILS;
  if (model->side == STN_SIDE_FAILS && model->fails->len == 0)
    model->side = STN_SIDE_COUNTERS;
  if (model->side == STN_SIDE_DRAWER)
    fill_drawer (model, state, context);
  if (model->side == STN_SIDE_UNLOCK)
    fill_unlock (model, context);
}
