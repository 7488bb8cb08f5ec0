#include "ui/picture-private.h"

#include <glib/gi18n.h>

#include "src/station/lesson.h"

/* Verbs that the session gives a site with; they are the program's own words. */
static const char *
verb_text (const char *verb)
{
  return verb != NULL && *verb != '\0' ? _ (verb) : _ ("ACT");
}

static void
fill_run (StnTileModel *tile, const StnSessionSite *site, const StnSessionProgress *progress)
{
  StnStepKind step = progress->is_running ? progress->step : site->step;
  g_free (tile->word);
  /* another program's board: its steps are not told here */
  tile->word = g_strdup (g_strcmp0 (site->word, "REMOTE") == 0 ? _ ("REMOTE") : stn_text_step (step));
  tile->fraction = progress->is_running ? progress->fraction : 0;
  tile->detail = stn_text_bytes (progress->done_bytes, progress->total_bytes);
  tile->progress = g_strdup (tile->detail);
  if (progress->left_ns >= 0 && progress->is_running)
    tile->time = stn_text_seconds (progress->left_ns);
}

static char *
detail_of (const StnSessionSite *site)
{
  switch (site->state) {
  case STN_SEAT_DISABLED:
    return site->off_by != NULL ? g_strdup_printf ("%s (%s)", site->off_reason != NULL ? site->off_reason : "", site->off_by)
                                : g_strdup (site->off_reason);
  case STN_SEAT_FAIL:
  case STN_SEAT_STATION_ERROR:
  case STN_SEAT_UNKNOWN:
  case STN_SEAT_ACTION:
    return site->failure != STN_FAILURE_NONE ? stn_text_failure_name (site->failure) : NULL;
  case STN_SEAT_EMPTY:
    return site->failure == STN_FAILURE_EMPTY_OR_NO_CONTACT ? g_strdup (_ ("no board, or no contact")) : NULL;
  default:
    return NULL;
  }
}

static StnTileState
dot_of (StnVerdict verdict)
{
  return verdict == STN_VERDICT_PASS ? STN_TILE_PASS : verdict == STN_VERDICT_FAIL ? STN_TILE_FAIL : STN_TILE_STATION;
}

static StnTileModel *
tile_of (const StnSessionSite *site, const StnSessionProgress *progress)
{
  StnTileModel *tile = stn_tile_model_new (site->name, (gint) site->row, (gint) site->column);
  const char *word = stn_text_state (site->state);

  tile->state = stn_tile_state_of (site->state);
  tile->word = g_strdup (word != NULL ? word : verb_text (site->word));
  tile->detail = detail_of (site);
  /* a site that waits for a board shows the one that is to come, not the one that was there */
  gboolean waits = site->state == STN_SEAT_READY || site->state == STN_SEAT_EMPTY || site->state == STN_SEAT_DISABLED;
  tile->serial = g_strdup (waits || site->serial == NULL ? site->scan : site->serial);
  if (site->duration_ns > 0 && !waits)
    tile->time = stn_text_seconds (site->duration_ns);
  tile->tries = site->tries;
  if (site->state == STN_SEAT_PASS_AFTER_RETRY && site->tries > 1) {
    g_free (tile->word);
    tile->word = g_strdup_printf (_ ("PASS ×%u"), site->tries);
  }
  if (site->lesson != NULL && site->state != STN_SEAT_RUN) {
    /* in training the tile says that its next board is a made-up one */
    g_free (tile->detail);
    tile->detail = g_strdup_printf (_ ("Next: %s"), _ (stn_lesson_find (site->lesson)->title));
  }
  tile->is_next_scan = site->is_next_scan;
  tile->blinks_slowly = site->blinks;
  tile->recent_count = MIN (site->last_count, STN_RECENT_MOST);
  for (guint i = 0; i < tile->recent_count; i++)
    tile->recent[i] = dot_of (site->last[i]);
  if (site->state == STN_SEAT_RUN) {
    g_clear_pointer (&tile->detail, g_free);
    g_clear_pointer (&tile->time, g_free);
    fill_run (tile, site, progress);
  }
  return tile;
}

/* A fixture file that says nothing of places, or the same of two sites, gets them row by row. */
static gboolean
places_are_their_own (const StnSessionState *state)
{
  for (guint i = 0; i < state->site_count; i++)
    for (guint k = 0; k < i; k++)
      if (state->sites[i].row == state->sites[k].row && state->sites[i].column == state->sites[k].column)
        return FALSE;
  return TRUE;
}

static gboolean
places_are_sane (const StnSessionState *state)
{
  for (guint i = 0; i < state->site_count; i++)
    if (state->sites[i].row < 0 || state->sites[i].column < 0 || state->sites[i].row > 63 || state->sites[i].column > 63)
      return FALSE;
  return places_are_their_own (state);
}

void
stn_picture_fill_tiles (StnModel *model, const StnSessionState *state, const StnSessionProgress *progress)
{
  gboolean has_places = places_are_sane (state);
  guint columns = state->site_count <= 1 ? 1 : state->site_count <= 4 ? 2 : state->site_count <= 16 ? 4 : 8;
  gint64 first_row = G_MAXINT64, first_column = G_MAXINT64;

  for (guint i = 0; i < state->site_count; i++) {
    first_row = MIN (first_row, state->sites[i].row);
    first_column = MIN (first_column, state->sites[i].column);
  }
  for (guint i = 0; i < state->site_count; i++) {
    StnTileModel *tile = tile_of (&state->sites[i], &progress[i]);
    /* places begin where the fixture's first site is */
    tile->row = has_places ? tile->row - (gint) first_row : (gint) (i / columns);
    tile->column = has_places ? tile->column - (gint) first_column : (gint) (i % columns);
    stn_model_add_tile (model, tile);
  }
}
