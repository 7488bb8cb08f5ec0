#include "src/cli/command.h"

#include "src/job/plan.h"
#include "src/station/board-options.h"
#include "src/station/station.h"

#include "src/cli/signals.h"

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

/* Why a run would stop at this board's options, or NULL. */
static char *
refusal (const StnPlan *plan, const StnBoardOptions *board)
{
  g_autoptr (GError) error = NULL;

  if (board->unfit != NULL)
    return g_strdup (board->unfit);
  gboolean ok = stn_plan_guard_unit (plan, board->block, &error);
  for (guint i = 0; ok && i < plan->option_step_count; i++)
    ok = stn_plan_rom_writes (plan, &plan->option_steps[i], board->block, board->bootloader_id, &error);
  return ok ? NULL : g_strdup (error->message);
}

static int
print_board (const StnPlan *plan, const StnBoardOptions *board)
{
  g_autofree char *changes = stn_plan_option_difference (plan, board->block);
  g_autofree char *ways = stn_option_ways_text (board->ways);
  g_autofree char *why_not = refusal (plan, board);
  g_auto (GStrv) lines = g_strsplit (changes, "\n", -1);

  g_print ("\nOn the board in %s%s%s:\n", board->site, board->uid != NULL ? ", UID " : "",
           board->uid != NULL ? board->uid : "");
  if (lines[0] == NULL || *lines[0] == '\0')
    g_print ("  no option byte changes%s\n", plan->option_step_count > 0 ? ": it has all that the job sets" : "");
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    g_print ("  %s\n", lines[i]);
  g_print ("  ways into its ROM now: %s\n", ways);
  if (why_not != NULL)
    g_print ("  the job stops at it: %s\n", why_not);
  return why_not == NULL ? STN_EXIT_PASSED : STN_EXIT_FAILED;
}

static int
explain_for_board (const char *path, const char *station_path, const char *site)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  stn_signals_start (cancellable);
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  g_autoptr (StnStation) station = stn_station_load (station_path, clock, &error);
  g_autoptr (StnJob) job = station != NULL ? stn_job_load_for_words (path, &error) : NULL;
  g_autoptr (StnPlan) plan = job != NULL ? stn_station_plan_of_site (station, job, site, &error) : NULL;

  if (plan == NULL)
    return stn_command_fail (error);
  g_autofree char *text = stn_plan_explain (plan);
  g_print ("%s", text);
  g_autoptr (StnBoardOptions) board = stn_station_read_options (station, site, plan->target->name, cancellable, &error);
  if (board != NULL)
    return print_board (plan, board);
  if (!stn_error_is (error, STN_FAILURE_READ_PROTECTED) || !plan->unprotect_allowed)
    return stn_command_fail (error);
  g_print (
      "\nOn the board in %s:\n  readout protection is on: the job takes it away first, which erases everything, and "
      "sets its options anew\n",
      site);
  return STN_EXIT_PASSED;
}

int
stn_command_explain (const StnCommand *self, int argc, char **argv)
{
  g_autofree char *station = NULL, *site = NULL;
  const GOptionEntry entries[] = {
    { "station", 0, 0, G_OPTION_ARG_FILENAME, &station, "Plan for this station's wiring", "FILE" },
    { "site", 0, 0, G_OPTION_ARG_STRING, &site, "Read the board in this site: which of its option bytes would change",
      "A1" },
    G_OPTION_ENTRY_NULL,
  };
  int code = STN_EXIT_PASSED;

  if (!stn_command_parse (self, entries, &argc, &argv, &code))
    return code;
  if (argc != 2)
    return stn_command_usage (self, "expected one job");
  return site != NULL ? explain_for_board (argv[1], station, site) : explain_for_station (argv[1], station);
}
