#include "src/cli/command.h"

#include "src/job/plan.h"
#include "src/station/station.h"

static int
explain_without_station (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnTargets) targets = stn_station_read_targets (&error);
  g_autoptr (StnJob) job = targets != NULL ? stn_job_load_for_words (path, &error) : NULL;
  g_autoptr (StnPlan) plan = job != NULL ? stn_station_plan_without (targets, job, &error) : NULL;

  if (plan == NULL)
    return stn_command_fail (error);
  g_autofree char *text = stn_plan_explain (plan);
  g_print ("%s", text);
  g_printerr ("(for a site with UART, NRST and BOOT0; name a station file to have its own wiring)\n");
  return STN_EXIT_PASSED;
}

static int
explain_for_station (const char *path, const char *station_path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  g_autoptr (StnStation) station = stn_station_load (station_path, clock, &error);
  if (station == NULL) {
    /* without a station file the usual wiring will do, unless one was named */
    if (station_path == NULL && stn_error_is (error, STN_FAILURE_USAGE))
      return explain_without_station (path);
    return stn_command_fail (error);
  }
  g_autoptr (StnJob) job = stn_job_load_for_words (path, &error);
  g_autoptr (GPtrArray) plans = job != NULL ? stn_station_plans (station, job, &error) : NULL;
  if (plans == NULL)
    return stn_command_fail (error);
  for (guint i = 0; i < plans->len; i++) {
    g_autofree char *text = stn_plan_explain (g_ptr_array_index (plans, i));
    if (plans->len > 1)
      g_print ("%swiring %u of %u\n", i > 0 ? "\n" : "", i + 1, plans->len);
    g_print ("%s", text);
  }
  return STN_EXIT_PASSED;
}

int
stn_command_explain (const StnCommand *self, int argc, char **argv)
{
  g_autofree char *station = NULL;
  const GOptionEntry entries[] = {
    { "station", 0, 0, G_OPTION_ARG_FILENAME, &station, "Plan for this station's wiring", "FILE" },
    G_OPTION_ENTRY_NULL,
  };
  int code = STN_EXIT_PASSED;

  if (!stn_command_parse (self, entries, &argc, &argv, &code))
    return code;
  if (argc != 2)
    return stn_command_usage (self, "expected one job");
  return explain_for_station (argv[1], station);
}
