/* `approve`: somebody has checked this job, byte for byte. */
#include "src/cli/command.h"

#include "src/station/approval.h"
#include "src/station/station.h"

typedef struct {
  char *station, *operator_id, *reason;
  gboolean revoke;
} Options;

static int
run (const Options *options, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  g_autoptr (StnStation) station = stn_station_load (options->station, clock, &error);
  g_autoptr (StnJob) job = station != NULL ? stn_job_load (path, &error) : NULL;
  if (job == NULL)
    return stn_command_fail (error);
  /* what could not be run is not approved */
  g_autoptr (GPtrArray) plans = options->revoke ? NULL : stn_station_plans (station, job, &error);
  g_autoptr (StnJournal) journal =
      plans != NULL || options->revoke ? stn_station_open_journal (station, &error) : NULL;
  const char *who = options->operator_id != NULL ? options->operator_id : g_get_user_name ();
  if (journal == NULL || !stn_approval_write (journal, job, !options->revoke, who, options->reason, &error))
    return stn_command_fail (error);
  g_print ("%s %s, revision %" G_GINT64_FORMAT ": %s\n%s\n", options->revoke ? "no longer approved:" : "approved:",
           job->name, job->revision, job->hash, job->images_text != NULL ? job->images_text : "");
  if (!stn_station_wants_approval (station))
    g_printerr ("(the station file does not say `approval: required`, so jobs run without one too)\n");
  return STN_EXIT_PASSED;
}

int
stn_command_approve (const StnCommand *self, int argc, char **argv)
{
  Options options = { 0 };
  const GOptionEntry entries[] = {
    { "station", 0, 0, G_OPTION_ARG_FILENAME, &options.station, "Station file that it is approved for", "FILE" },
    { "operator", 0, 0, G_OPTION_ARG_STRING, &options.operator_id, "Who approves (your login name)", "BADGE" },
    { "reason", 0, 0, G_OPTION_ARG_STRING, &options.reason, "Why, or by which document", "TEXT" },
    { "revoke", 0, 0, G_OPTION_ARG_NONE, &options.revoke, "Take the approval back", NULL },
    G_OPTION_ENTRY_NULL,
  };
  int code = STN_EXIT_PASSED;

  if (stn_command_parse (self, entries, &argc, &argv, &code))
    code = argc == 2 ? run (&options, argv[1]) : stn_command_usage (self, "expected one job file");
  g_free (options.station);
  g_free (options.operator_id);
  g_free (options.reason);
  return code;
}
