#include "ui/run-words.h"

#include <glib/gi18n.h>

#include "ui/texts.h"

#define NS_PER_S 1000000000.0

static const struct {
  StnTileState tile;
  const char *word;
} verdicts[STN_VERDICT_COUNT] = {
  [STN_VERDICT_UNKNOWN] = { STN_TILE_CHECK, N_ ("NO RESULT") },
  [STN_VERDICT_PASS] = { STN_TILE_PASS, N_ ("PASS") },
  [STN_VERDICT_FAIL] = { STN_TILE_FAIL, N_ ("FAIL") },
  [STN_VERDICT_ERROR] = { STN_TILE_STATION, N_ ("STATION") },
  [STN_VERDICT_CANCELLED] = { STN_TILE_OFF, N_ ("STOPPED") },
  [STN_VERDICT_EMPTY] = { STN_TILE_EMPTY, N_ ("EMPTY") },
  [STN_VERDICT_SKIPPED] = { STN_TILE_OFF, N_ ("SKIPPED") },
};

StnVerdict
stn_run_verdict (const StnRunRow *row)
{
  return row->result != NULL ? row->result->verdict : STN_VERDICT_UNKNOWN;
}

StnTileState
stn_verdict_tile (StnVerdict verdict)
{
  return (guint) verdict < STN_VERDICT_COUNT ? verdicts[verdict].tile : STN_TILE_CHECK;
}

const char *
stn_verdict_word (StnVerdict verdict)
{
  return (guint) verdict < STN_VERDICT_COUNT ? _ (verdicts[verdict].word) : "?";
}

char *
stn_moment_text (gint64 utc_us)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (utc_us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;
  return local != NULL ? g_date_time_format (local, "%Y-%m-%d %H:%M:%S") : g_strdup ("–");
}

char *
stn_duration_text (gint64 duration_ns)
{
  if (duration_ns < 1000000000)
    return g_strdup_printf (_ ("%d ms"), (int) (MAX (duration_ns, 0) / 1000000));
  return g_strdup_printf (_ ("%.1f s"), (double) duration_ns / NS_PER_S);
}

char *
stn_failure_sentence (StnFailure failure, const char *site)
{
  char *sentence = failure != STN_FAILURE_NONE ? stn_text_failure (failure, site) : NULL;
  if (sentence != NULL && *sentence == '\0')
    g_clear_pointer (&sentence, g_free);
  return sentence;
}

const char *
stn_failure_advice (StnFailure failure)
{
  const char *action = failure != STN_FAILURE_NONE ? stn_text_next_action (failure) : NULL;
  return action != NULL && *action != '\0' ? action : NULL;
}
