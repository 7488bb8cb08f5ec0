#include <json-glib/json-glib.h>
#include <stdio.h>

#include "src/cli/command.h"
#include "src/cli/signals.h"
#include "src/cli/site-list.h"
#include "src/station/recover.h"

static void
print_json (const char *site, const StnRecoverable *what, const StnRecovered *done)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "site", site);
  json_object_set_string_member (object, "run", what->run_id);
  json_object_set_string_member (object, "target", what->target);
  json_object_set_string_member (object, "board", stn_recoverable_board (what));
  if (done->is_recorded) {
    json_object_set_string_member (object, "outcome", stn_verdict_name (done->verdict));
    if (done->failure != STN_FAILURE_NONE)
      json_object_set_string_member (object, "failure", stn_failure_name (done->failure));
  }
  if (done->text != NULL)
    json_object_set_string_member (object, "text", done->text);
  if (done->options != NULL)
    json_object_set_string_member (object, "options", done->options);
  json_node_take_object (root, object);
  json_generator_set_root (generator, root);
  g_autofree char *text = json_generator_to_data (generator, NULL);
  puts (text);
}

static void
print_plain (const char *site, const StnRecoverable *what, const StnRecovered *done, gboolean erase)
{
  gboolean is_well = done->is_recorded && done->verdict == STN_VERDICT_PASS;
  g_autofree char *about =
      g_strdup_printf ("%s, serial %s, UID %s, run %s", what->target, what->serial != NULL ? what->serial : "not known",
                       what->uid != NULL ? what->uid : "not known", what->run_id);

  g_print ("%s (%s%s%s): %s\n", site, what->target, what->serial != NULL ? ", " : "",
           what->serial != NULL ? what->serial : "", is_well ? "recovered" : "not recovered");
  if (done->text != NULL)
    g_print ("  %s\n", done->text);
  if (done->options != NULL)
    g_print ("  option bytes: %s\n", done->options);
  if (done->failure == STN_FAILURE_READ_PROTECTED && !erase)
    g_print ("  With --erase --board %s protection is taken away and everything in its flash is lost.\n"
             "  Its ROM shows no UID before that: make sure that the board in %s is the record's: %s.\n",
             stn_recoverable_board (what), site, about);
}

/* TRUE when the board is well afterwards. */
static gboolean
recover_site (StnStation *station, const char *site, const StnRecoverOptions *options, gboolean json,
              gboolean *out_is_well, GError **error)
{
  g_auto (StnRecoverable) what = { .run_id = NULL };
  g_auto (StnRecovered) done = { .text = NULL };
  StnEventQueue *events = stn_event_queue_new (NULL, NULL);

  gboolean ok = stn_station_find_recoverable (station, site, &what, error)
                && stn_station_recover (station, site, &what, options, events, &done, error);
  stn_event_queue_free (events);
  if (!ok)
    return FALSE;
  if (json)
    print_json (site, &what, &done);
  else
    print_plain (site, &what, &done, options->erase_allowed);
  *out_is_well = done.is_recorded && done.verdict == STN_VERDICT_PASS;
  return TRUE;
}

int
stn_command_recover (const StnCommand *self, int argc, char **argv)
{
  g_autofree char *path = NULL, *list = NULL, *trace = NULL, *operator_id = NULL, *board = NULL;
  gboolean json = FALSE, erase = FALSE;
  const GOptionEntry entries[] = {
    { "station", 0, 0, G_OPTION_ARG_FILENAME, &path, "Station file ($STATION_FILE, the user's, /etc/station)", "FILE" },
    { "sites", 0, 0, G_OPTION_ARG_STRING, &list, "The sites whose boards to recover", "A1,A3" },
    { "erase", 0, 0, G_OPTION_ARG_NONE, &erase,
      "Open a board that can't be read any more: everything in its flash is lost, and whether it was the right board "
      "is "
      "seen afterwards only; one site, and --board",
      NULL },
    { "board", 0, 0, G_OPTION_ARG_STRING, &board,
      "With --erase: the board that is meant, by its serial or its UID as the record has them", "SERIAL" },
    { "operator", 0, 0, G_OPTION_ARG_STRING, &operator_id, "Who is at work (default: the login name)", "NAME" },
    { "trace", 0, 0, G_OPTION_ARG_FILENAME, &trace, "Write what goes over the wires", "FILE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "One JSON object a site and line", NULL },
    G_OPTION_ENTRY_NULL,
  };
  int code = STN_EXIT_PASSED;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) sites = NULL;

  if (!stn_command_parse (self, entries, &argc, &argv, &code))
    return code;
  if (argc > 1)
    return stn_command_usage (self, "“%s” is one argument too many; sites are named by --sites", argv[1]);
  if (list == NULL)
    return stn_command_usage (self, "which board? Name its site by --sites");
  if ((sites = stn_site_list_parse (list, &error)) == NULL)
    return stn_command_usage (self, "%s", error->message);
  if (erase && sites[0] != NULL && sites[1] != NULL)
    return stn_command_usage (self, "--erase opens one board at a time: name one site");
  if (board != NULL && !erase)
    return stn_command_usage (self, "--board says which board --erase may erase, and there is no --erase");

  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  stn_signals_start (cancellable);
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  g_autoptr (StnStation) station = stn_station_load (path, clock, &error);
  if (station == NULL)
    return stn_command_fail (error);
  const StnRecoverOptions options = {
    .erase_allowed = erase,
    .board = board,
    .trace_path = trace,
    .operator_id = operator_id,
    .cancellable = cancellable,
  };
  for (guint i = 0; sites[i] != NULL; i++) {
    gboolean is_well = FALSE;

    if (!recover_site (station, sites[i], &options, json, &is_well, &error))
      return stn_command_fail (error);
    if (!is_well)
      code = STN_EXIT_FAILED;
  }
  return code;
}
