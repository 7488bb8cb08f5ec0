#include "ui/texts.h"

#include <glib/gi18n.h>

static const struct {
  const char *now, *name;
} steps[STN_STEP_COUNT] = {
  [STN_STEP_POWER_ON] = { N_ ("Powering"), N_ ("Power") },
  [STN_STEP_ENTER] = { N_ ("Connecting"), N_ ("Enter the ROM") },
  [STN_STEP_IDENTIFY] = { N_ ("Identifying"), N_ ("Identify the chip") },
  [STN_STEP_ADMIT] = { N_ ("Checking in"), N_ ("Ask the journal") },
  [STN_STEP_BIND] = { N_ ("Checking in"), N_ ("Fit the plan to the board") },
  [STN_STEP_OPENING_OPTIONS] = { N_ ("Options"), N_ ("Opening options") },
  [STN_STEP_ERASE] = { N_ ("Erasing"), N_ ("Erase") },
  [STN_STEP_PROGRAM] = { N_ ("Programming"), N_ ("Program") },
  [STN_STEP_VERIFY] = { N_ ("Verifying"), N_ ("Verify") },
  [STN_STEP_FIRST_BLOCK] = { N_ ("Programming"), N_ ("First block") },
  [STN_STEP_CLOSING_OPTIONS] = { N_ ("Options"), N_ ("Closing options") },
  [STN_STEP_READ_PROTECT] = { N_ ("Locking"), N_ ("Read protection") },
  [STN_STEP_LEAVE] = { N_ ("Starting"), N_ ("Leave the ROM") },
  [STN_STEP_BOOT_CHECK] = { N_ ("Boot check"), N_ ("Boot check") },
  [STN_STEP_RECORD] = { N_ ("Recording"), N_ ("Record") },
};

static const struct {
  StnTileState tile;
  const char *word; /* NULL: the step's, or a verb */
} states[STN_SEAT_COUNT] = {
  [STN_SEAT_EMPTY] = { STN_TILE_EMPTY, "–" },
  [STN_SEAT_READY] = { STN_TILE_READY, N_ ("READY") },
  [STN_SEAT_RUN] = { STN_TILE_RUN, NULL },
  [STN_SEAT_PASS] = { STN_TILE_PASS, N_ ("PASS") },
  [STN_SEAT_PASS_AFTER_RETRY] = { STN_TILE_PASS_AGAIN, N_ ("PASS ×2") },
  [STN_SEAT_FAIL] = { STN_TILE_FAIL, N_ ("FAIL") },
  [STN_SEAT_ACTION] = { STN_TILE_ACTION, NULL },
  [STN_SEAT_STATION_ERROR] = { STN_TILE_STATION, N_ ("STATION") },
  [STN_SEAT_UNKNOWN] = { STN_TILE_CHECK, N_ ("CHECK") },
  [STN_SEAT_DISABLED] = { STN_TILE_OFF, N_ ("OFF") },
};

const char *
stn_text_step (StnStepKind step)
{
  return (guint) step < STN_STEP_COUNT ? _ (steps[step].now) : "";
}

const char *
stn_text_step_name (StnStepKind step)
{
  return (guint) step < STN_STEP_COUNT ? _ (steps[step].name) : "";
}

/* Puts `detail` where the sentence has "%s". The sentences are data, so that printf is not asked. */
static char *
fill_in (const char *sentence, const char *detail)
{
  g_auto (GStrv) parts = g_strsplit (sentence, "%s", 2);
  return g_strjoinv (detail != NULL ? detail : "", parts);
}

char *
stn_text_failure_name (StnFailure failure)
{
  g_autofree char *name = g_strdelimit (g_strdup (stn_failure_name (failure)), "-", ' ');
  return g_strdup (*name != '\0' ? _ (name) : "");
}

char *
stn_text_failure (StnFailure failure, const char *site)
{
  const char *sentence = stn_failure_row (failure)->operator_sentence;
  return *sentence != '\0' ? fill_in (_ (sentence), site != NULL ? site : _ ("this site")) : g_strdup ("");
}

const char *
stn_text_next_action (StnFailure failure)
{
  const char *action = stn_failure_row (failure)->next_action;
  return *action != '\0' ? _ (action) : "";
}

char *
stn_text_block (StnBlock block, const char *detail)
{
  const char *sentence = stn_block_sentence (block);
  return sentence != NULL && *sentence != '\0' ? fill_in (_ (sentence), detail) : g_strdup ("");
}

const char *
stn_text_state (StnSeatState state)
{
  const char *word = (guint) state < STN_SEAT_COUNT ? states[state].word : NULL;
  return word != NULL ? _ (word) : NULL;
}

StnTileState
stn_tile_state_of (StnSeatState state)
{
  return (guint) state < STN_SEAT_COUNT ? states[state].tile : STN_TILE_EMPTY;
}

char *
stn_text_seconds (gint64 ns)
{
  gint64 seconds = (MAX (ns, 0) + 500000000) / 1000000000;
  if (seconds >= 60)
    return g_strdup_printf (_ ("%d min %d s"), (int) (seconds / 60), (int) (seconds % 60));
  return g_strdup_printf (_ ("%d s"), (int) seconds);
}

char *
stn_text_bytes (guint64 done, guint64 total)
{
  if (total == 0)
    return NULL;
  if (total < 2048)
    return g_strdup_printf (_ ("%d of %d bytes"), (int) MIN (done, total), (int) total);
  return g_strdup_printf (_ ("%d of %d KiB"), (int) (MIN (done, total) / 1024), (int) ((total + 1023) / 1024));
}
