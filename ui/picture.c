#include "ui/picture.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/picture-private.h"
#include "ui/sentences.h"

/* ---- the frame ---- */

static char *
clock_text (gint64 utc_us)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (utc_us / G_USEC_PER_SEC);
  return now != NULL ? g_date_time_format (now, "%H:%M") : NULL;
}

static char *
shift_text (const StnSessionState *state)
{
  if (state->person == NULL || state->shift_since_utc_us <= 0)
    return NULL;
  g_autofree char *since = clock_text (state->shift_since_utc_us);
  /* translators: a time of day */
  return g_strdup_printf (_ ("Shift since %s"), since != NULL ? since : "?");
}

static char *
mode_text (const StnSessionState *state, gint64 now_utc_us)
{
  if (state->is_training)
    return g_strdup (_ ("TRAINING"));
  if (state->mode == STN_MODE_REMOTE)
    return g_strdup (_ ("REMOTE"));
  if (state->supervisor != NULL) {
    gint64 left_s = MAX (state->supervisor_until_utc_us - now_utc_us, 0) / G_USEC_PER_SEC;
    return g_strdup_printf (_ ("SUPERVISOR %d:%02d"), (int) (left_s / 60), (int) (left_s % 60));
  }
  if (state->is_virtual)
    return g_strdup (_ ("VIRTUAL"));
  return state->person != NULL ? g_strdup (_ ("OPERATOR")) : NULL;
}

static void
fill_frame (StnModel *model, const StnSessionState *state, gint64 now_utc_us)
{
  model->station = g_strdup (state->station);
  if (state->job != NULL)
    model->job = g_strdup_printf (_ ("%s · rev. %s"), state->job->name, state->job->revision);
  model->lot = g_strdup (state->lot);
  model->operator_name = g_strdup (state->person != NULL ? state->person->name : NULL);
  model->shift = shift_text (state);
  model->clock = clock_text (now_utc_us);
  model->mode = mode_text (state, now_utc_us);
  model->is_supervisor = state->supervisor != NULL;
  model->is_training = state->is_training;
  model->is_remote = state->mode == STN_MODE_REMOTE;
  model->version = g_strdup_printf ("Station %s", STN_VERSION);
  model->may_retry = state->may_retry;
  model->start_by = stn_start_by_names[state->start_by];
  model->may_start_otherwise = state->has_start_pin || state->has_detect || state->has_lid;
  model->may_stop = state->may_stop;
  /* a lot whose open boards are on no site is ended, too: its screen is where a supervisor takes them out */
  model->may_end_lot = state->may_end_lot || (state->phase == STN_PHASE_READY && state->lot != NULL
                                              && state->balance.open > 0
                                              && stn_picture_open_elsewhere (state) == state->balance.open);
  model->is_running = state->phase == STN_PHASE_RUNNING || state->phase == STN_PHASE_STOPPING;
  model->is_stopping = state->phase == STN_PHASE_STOPPING;
}

static StnScreen
screen_of (const StnSessionState *state, const StnPictureContext *context)
{
  switch (state->phase) {
  case STN_PHASE_LOADING:
  case STN_PHASE_BROKEN:
  case STN_PHASE_SIGN_IN:
    return STN_SCREEN_SIGN_IN;
  case STN_PHASE_RECOVERY:
    return STN_SCREEN_RECOVERY;
  case STN_PHASE_JOB:
  case STN_PHASE_LOT:
    return STN_SCREEN_SETUP;
  case STN_PHASE_READY:
    return context->is_ending_lot ? STN_SCREEN_LOT_END : STN_SCREEN_RUN;
  default:
    return STN_SCREEN_RUN;
  }
}

/* ---- what to do now ---- */

static gint64
longest_left_ns (const StnSessionState *state, const StnSessionProgress *progress)
{
  gint64 left_ns = -1;
  for (guint i = 0; i < state->site_count; i++)
    if (progress[i].is_running)
      left_ns = MAX (left_ns, progress[i].left_ns);
  return left_ns;
}

static gboolean
has_verdicts (const StnSessionState *state)
{
  for (guint i = 0; i < state->site_count; i++)
    if (state->sites[i].verdict != STN_VERDICT_UNKNOWN)
      return TRUE;
  return FALSE;
}

/* What the station can't mend by itself is amber; what a person has to do is blue. */
static StnInstructionKind
kind_of (StnBlock block)
{
  switch (block) {
  case STN_BLOCK_NONE:
  case STN_BLOCK_LOADING:
  case STN_BLOCK_RUNNING:
  case STN_BLOCK_SIGN_IN:
  case STN_BLOCK_JOB:
  case STN_BLOCK_LOT:
  case STN_BLOCK_QUANTITY:
    return STN_INSTRUCTION_NORMAL;
  case STN_BLOCK_UNKNOWN:
  case STN_BLOCK_FAIL:
  case STN_BLOCK_SCANS:
  case STN_BLOCK_LID:
    return STN_INSTRUCTION_ACTION;
  default:
    return STN_INSTRUCTION_FAULT;
  }
}

/* By what starts a cycle; whether boards are swapped or put in; whether the lid is open. */
static const char *const what_starts[STN_START_BY_COUNT][2][2] = {
  [STN_START_BY_NOW] = { { "", "" }, { "", "" } },
  [STN_START_BY_KEY] = { { N_ ("Put the boards in and press START"), N_ ("Put the boards in, close the lid, press START") },
                         { N_ ("Swap the boards and press START"), N_ ("Swap the boards, close the lid, press START") } },
  [STN_START_BY_PIN] = { { N_ ("Put the boards in and press START"), N_ ("Put the boards in, close the lid, press START") },
                         { N_ ("Swap the boards and press START"), N_ ("Swap the boards, close the lid, press START") } },
  [STN_START_BY_INSERTION] = { { N_ ("Put the boards in: it starts by itself"), N_ ("Put the boards in and close the lid") },
                               { N_ ("Swap the boards: it starts by itself"), N_ ("Swap the boards and close the lid") } },
  [STN_START_BY_LID] = { { N_ ("Open the lid and put the boards in"), N_ ("Put the boards in and close the lid") },
                         { N_ ("Open the lid and swap the boards"), N_ ("Swap the boards and close the lid") } },
};

static void
fill_ready (StnModel *model, const StnSessionState *state)
{
  gboolean is_next = has_verdicts (state);
  for (guint i = 0; i < state->site_count; i++)
    if (state->sites[i].state == STN_SEAT_STATION_ERROR) {
      model->instruction_kind = STN_INSTRUCTION_FAULT;
      model->instruction = stn_text_failure (state->sites[i].failure, state->sites[i].name);
      model->instruction_more = g_strdup (_ ("No verdict for these boards. START runs them again."));
      return;
    }
  model->instruction = g_strdup (_ (what_starts[state->start_by][is_next][state->block == STN_BLOCK_LID]));
}

static void
fill_instruction (StnModel *model, const StnSessionState *state, const StnSessionProgress *progress,
                  const StnPictureContext *context)
{
  if (context->notice != NULL) {
    model->instruction_kind = context->notice_is_refusal ? STN_INSTRUCTION_WRONG : STN_INSTRUCTION_NORMAL;
    model->instruction = g_strdup (context->notice);
    model->instruction_more = g_strdup (context->notice_more);
    return;
  }
  if (state->phase == STN_PHASE_STOPPING) {
    model->instruction = g_strdup (_ ("Stopping: wait until all boards are finished"));
  } else if (state->phase == STN_PHASE_RUNNING) {
    gint64 left_ns = longest_left_ns (state, progress);
    g_autofree char *left = left_ns > 0 ? stn_text_seconds (left_ns) : NULL;
    model->instruction = left != NULL ? g_strdup_printf (_ ("Working, about %s left: leave the boards in"), left)
                                      : g_strdup (_ ("Working: leave the boards in"));
  } else if (model->screen == STN_SCREEN_LOT_END) {
    model->instruction_kind = model->is_balanced ? STN_INSTRUCTION_NORMAL : STN_INSTRUCTION_ACTION;
    model->instruction = g_strdup (model->is_balanced  ? _ ("Check the numbers, then END LOT")
                                   : model->may_remove ? _ ("Find the open boards, or take them out of the lot")
                                                       : _ ("Retry what is open or put it into a bin"));
  } else if (state->phase == STN_PHASE_OPENING) {
    model->instruction = g_strdup (_ ("Opening the adapters"));
  } else if (model->screen == STN_SCREEN_SETUP && state->block != STN_BLOCK_JOB_CHANGED
             && state->block != STN_BLOCK_NOT_APPROVED) {
    model->instruction = g_strdup (state->job == NULL ? _ ("Scan or choose the job")
                                   : context->lot_text == NULL || *context->lot_text == '\0'
                                       ? _ ("Scan or type the lot, then START LOT")
                                       : _ ("Check job and lot, then START LOT"));
  } else if (state->block != STN_BLOCK_NONE && state->block != STN_BLOCK_LID) {
    g_autofree char *detail = stn_text_sentence (state->blocked_detail);
    model->instruction_kind = kind_of (state->block);
    model->instruction = stn_text_block (state->block, detail);
  } else {
    fill_ready (model, state);
  }
}

/* "7 PASS · 1 FAIL (A4)" */
static char *
summary_text (const StnSessionState *state)
{
  guint passed = 0, failed = 0, others = 0;
  g_autoptr (GString) names = g_string_new (NULL);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < state->site_count; i++) {
    const StnSessionSite *site = &state->sites[i];
    if (site->state == STN_SEAT_PASS || site->state == STN_SEAT_PASS_AFTER_RETRY) {
      passed++;
    } else if (site->state == STN_SEAT_FAIL) {
      failed++;
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", site->name);
    } else if (site->state == STN_SEAT_STATION_ERROR || site->state == STN_SEAT_UNKNOWN) {
      others++;
    }
  }
  if (passed > 0)
    g_string_append_printf (text, _ ("%u PASS"), passed);
  if (failed > 0) {
    g_string_append (text, text->len > 0 ? " · " : "");
    g_string_append_printf (text, _ ("%u FAIL (%s)"), failed, names->str);
  }
  if (others > 0) {
    g_string_append (text, text->len > 0 ? " · " : "");
    g_string_append_printf (text, _ ("%u without a verdict"), others);
  }
  return g_string_free (text, FALSE);
}

/* ---- counters ---- */

/* From how long the last cycle took, with what came before it: an average of the shift would still know the breaks. */
static char *
remaining_text (const StnSessionState *state)
{
  const StnSessionCounts *counts = &state->lot_counts;
  guint64 done = counts->passes_now, sites = 0;
  for (guint i = 0; i < state->site_count; i++)
    sites += state->sites[i].state != STN_SEAT_DISABLED;
  if (state->lot_quantity == 0 || done >= state->lot_quantity || sites == 0 || counts->cycle_ns <= 0
      || counts->handling_ns <= 0)
    return NULL;
  guint64 cycles = (state->lot_quantity - done + sites - 1) / sites;
  double minutes = (double) cycles * (double) (counts->cycle_ns + counts->handling_ns) / 60e9;
  if (minutes >= 100 * 60)
    return NULL;
  int whole = (int) (minutes + 0.5);
  return whole >= 60 ? g_strdup_printf (_ ("about %d h %d min left"), whole / 60, whole % 60)
                     : g_strdup_printf (_ ("about %d min left"), MAX (whole, 1));
}

static void
fill_counters (StnModel *model, const StnSessionState *state)
{
  const StnSessionCounts *counts = &state->lot_counts;
  model->counters = (StnCountersModel){
    .done = counts->passes_now,
    .quantity = state->lot_quantity,
    .pass_first = counts->pass_first,
    .pass_again = counts->pass_after_retry,
    .fail = counts->fail,
    .aborted = counts->unknown,
    .station_errors = counts->errors,
    .units = counts->units,
    .fpy_permille = counts->first_pass_permille,
    .yield_permille = counts->final_permille,
    .units_per_hour = counts->units_per_hour,
    .cycle_s = counts->cycle_ns > 0 ? (double) counts->cycle_ns / 1e9 : -1,
    .handling_s = counts->handling_ns > 0 ? (double) counts->handling_ns / 1e9 : -1,
    .remaining = remaining_text (state),
  };
  model->cycle_count = MIN (state->cycle_count, STN_CYCLES_MOST);
  for (guint i = 0; i < model->cycle_count; i++)
    model->cycles[i] = (StnCycleModel){ .pass = state->cycles[i].pass,
                                        .fail = state->cycles[i].fail,
                                        .other = state->cycles[i].other };
}

StnModel *
stn_picture_new (const StnSessionState *state, const StnSessionProgress *progress, const StnPictureContext *context,
                 gint64 now_utc_us)
{
  StnModel *model = stn_model_new ();
  model->screen = screen_of (state, context);
  model->side = context->side;
  fill_frame (model, state, now_utc_us);
  stn_picture_fill_tiles (model, state, progress);
  fill_counters (model, state);
  model->summary = summary_text (state);
  model->may_start = state->may_start;
  stn_picture_fill_lists (model, state, context);
  switch (model->screen) {
  case STN_SCREEN_SETUP:
    model->start_label = g_strdup (_ ("START LOT"));
    model->may_start = state->phase == STN_PHASE_LOT && context->lot_text != NULL && *context->lot_text != '\0'
                       && state->block != STN_BLOCK_JOB_CHANGED && state->block != STN_BLOCK_NOT_APPROVED;
    g_clear_pointer (&model->summary, g_free);
    break;
  case STN_SCREEN_LOT_END:
    model->start_label = g_strdup (_ ("END LOT"));
    model->may_start = model->is_balanced;
    g_clear_pointer (&model->summary, g_free);
    break;
  default:
    break;
  }
  /* the unlock stands in front of these screens: Space goes to nothing that is behind it */
  if (model->side == STN_SIDE_UNLOCK && model->screen != STN_SCREEN_RUN)
    model->may_start = FALSE;
  fill_instruction (model, state, progress, context);
  return model;
}
