#include "src/cli/run-options.h"

#include "src/cli/site-list.h"

#define CYCLES_MOST 1000000
#define QUANTITY_MOST 1000000

static gboolean
parse_sites (const StnCommand *command, const char *text, char ***out, int *out_exit)
{
  g_autoptr (GError) error = NULL;
  if (text == NULL)
    return TRUE;
  *out = stn_site_list_parse (text, &error);
  if (*out != NULL)
    return TRUE;
  *out_exit = stn_command_usage (command, "%s", error->message);
  return FALSE;
}

static gboolean
parse_start (const StnCommand *command, const char *text, StnRunCommandOptions *out, int *out_exit)
{
  if (text == NULL)
    return TRUE;
  for (guint by = 0; by < STN_START_BY_COUNT; by++)
    if (g_str_equal (stn_start_by_names[by], text)) {
      out->has_start = TRUE;
      out->start = by;
      return TRUE;
    }
  *out_exit = stn_command_usage (command, "--start: expected now, key, pin, insertion or lid, not “%s”", text);
  return FALSE;
}

/* Where somebody else says when, or the boards are counted, loads come until they are done or a signal ends it. */
static int
cycles_by_default (const StnRunCommandOptions *options)
{
  gboolean is_open =
      options->quantity > 0
      || (options->has_start && options->start != STN_START_BY_NOW && options->start != STN_START_BY_KEY);
  return is_open ? 0 : 1;
}

static gboolean
check (const StnCommand *command, const StnRunCommandOptions *options, int *out_exit)
{
  const char *wrong = NULL;
  if (options->json && options->tap)
    wrong = "--json and --tap both want standard output";
  else if (options->quiet && options->verbose)
    wrong = "--quiet and --verbose at once";
  else if (options->progress && !options->json)
    wrong = "--progress goes with --json";
  else if (options->cycles < 0 || options->cycles > CYCLES_MOST)
    wrong = "--cycles: expected 1 to 1000000";
  else if (options->quantity < 0 || options->quantity > QUANTITY_MOST)
    wrong = "--quantity: expected 1 to 1000000";
  else if (options->no_input && options->has_start && options->start == STN_START_BY_KEY)
    wrong = "--start key asks for a key, and --no-input forbids it";
  else if (options->job == NULL)
    wrong = "expected a job";
  if (wrong == NULL)
    return TRUE;
  *out_exit = stn_command_usage (command, "%s", wrong);
  return FALSE;
}

gboolean
stn_run_command_options_parse (const StnCommand *command, int argc, char **argv, const char *job, const char *station,
                               StnRunCommandOptions *out, int *out_exit)
{
  g_autofree char *sites = NULL, *skip = NULL, *batch = NULL, *start = NULL;
  int cycles = -1, quantity = -1;
  const GOptionEntry entries[] = {
    { "batch", 0, 0, G_OPTION_ARG_FILENAME, &batch, "The job, where it does not stand alone", "JOB" },
    { "station", 0, 0, G_OPTION_ARG_FILENAME, &out->station, "Station file ($STATION_FILE, the user's, /etc/station)",
      "FILE" },
    { "lot", 0, 0, G_OPTION_ARG_STRING, &out->lot, "The lot that the boards belong to", "LOT" },
    { "operator", 0, 0, G_OPTION_ARG_STRING, &out->operator_id, "Who works (the login name)", "NAME" },
    { "panel", 0, 0, G_OPTION_ARG_STRING, &out->panel, "The panel's code", "CODE" },
    { "sites", 0, 0, G_OPTION_ARG_STRING, &sites, "Only these sites", "A1-A8,B2" },
    { "skip", 0, 0, G_OPTION_ARG_STRING, &skip, "Not these sites", "A3" },
    { "cycles", 0, 0, G_OPTION_ARG_INT, &cycles,
      "So many loads of boards (1; with --quantity, or started by pin or "
      "insertion: as many as come)",
      "N" },
    { "quantity", 0, 0, G_OPTION_ARG_INT, &quantity, "Loads until so many boards have passed, and no board more", "N" },
    { "start", 0, 0, G_OPTION_ARG_STRING, &start,
      "What starts each load: now, key (Enter), pin (START), insertion (detect pins), lid", "WORD" },
    { "serials", 0, 0, G_OPTION_ARG_FILENAME, &out->serials_path, "Serials, one a line, or SITE,SERIAL", "FILE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &out->json, "Events on standard output, one JSON object a line", NULL },
    { "progress", 0, 0, G_OPTION_ARG_NONE, &out->progress,
      "With --json: unit.progress too, at most 5 a second and site", NULL },
    { "junit", 0, 0, G_OPTION_ARG_FILENAME, &out->junit, "Write a JUnit report", "FILE" },
    { "tap", 0, 0, G_OPTION_ARG_NONE, &out->tap, "Results on standard output in the Test Anything Protocol", NULL },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &out->dry_run, "Plan everything, touch nothing", NULL },
    { "no-input", 0, 0, G_OPTION_ARG_NONE, &out->no_input, "Never ask; go on by itself", NULL },
    { "trace", 0, 0, G_OPTION_ARG_FILENAME, &out->trace, "Write down every exchange on every link", "FILE" },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &out->quiet, "Only what did not pass", NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &out->verbose, "Each step too", NULL },
    G_OPTION_ENTRY_NULL,
  };

  *out = (StnRunCommandOptions){ 0 };
  if (!stn_command_parse (command, entries, &argc, &argv, out_exit))
    return FALSE;
  if (argc > 2 || (argc == 2 && batch != NULL)) {
    *out_exit = stn_command_usage (command, "“%s” is one argument too many", argv[argc - 1]);
    return FALSE;
  }
  out->job = g_strdup (batch != NULL ? batch : argc == 2 ? argv[1] : job);
  if (out->station == NULL)
    out->station = g_strdup (station);
  if (!parse_start (command, start, out, out_exit))
    return FALSE;
  /* 0 is our own word for "as many as come", not one to be typed */
  out->quantity = quantity == -1 ? 0 : quantity == 0 ? -1 : quantity;
  out->cycles = cycles == -1 ? cycles_by_default (out) : cycles == 0 ? -1 : cycles;
  return parse_sites (command, sites, &out->sites, out_exit) && parse_sites (command, skip, &out->skip, out_exit)
         && check (command, out, out_exit);
}

void
stn_run_command_options_clear (StnRunCommandOptions *self)
{
  g_free (self->job);
  g_free (self->station);
  g_free (self->lot);
  g_free (self->operator_id);
  g_free (self->panel);
  g_strfreev (self->sites);
  g_strfreev (self->skip);
  g_free (self->serials_path);
  g_free (self->junit);
  g_free (self->trace);
  *self = (StnRunCommandOptions){ 0 };
}
