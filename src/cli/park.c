#include <stdio.h>

#include "src/cli/command.h"
#include "src/cli/json-line.h"
#include "src/cli/signals.h"
#include "src/station/service.h"

static void
print_json (const StnParked *row)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "control", row->control);
  json_object_set_string_member (object, "place", row->place);
  json_object_set_boolean_member (object, "parked", row->failure == NULL);
  stn_json_add_text (object, "failure", row->failure);
  stn_json_print (object);
}

int
stn_command_park (const StnCommand *self, int argc, char **argv)
{
  g_autofree char *path = NULL;
  gboolean json = FALSE, force = FALSE;
  const GOptionEntry entries[] = {
    { "station", 0, 0, G_OPTION_ARG_FILENAME, &path, "Station file ($STATION_FILE, the user's, /etc/station)", "FILE" },
    { "force", 0, 0, G_OPTION_ARG_NONE, &force, "Without the bank's lock: its owner is known to be dead", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "One JSON object an adapter and line", NULL },
    G_OPTION_ENTRY_NULL,
  };
  int code = STN_EXIT_PASSED;
  g_autoptr (GError) error = NULL;

  if (!stn_command_parse (self, entries, &argc, &argv, &code))
    return code;
  if (argc > 1)
    return stn_command_usage (self, "“%s” is one argument too many", argv[1]);

  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  stn_signals_start (cancellable);
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  g_autoptr (StnStation) station = stn_station_load (path, clock, &error);
  g_autoptr (GPtrArray) rows = station != NULL ? stn_station_park (station, force, cancellable, &error) : NULL;
  if (rows == NULL)
    return stn_command_fail (error);
  for (guint i = 0; i < rows->len; i++) {
    const StnParked *row = g_ptr_array_index (rows, i);
    if (row->failure != NULL)
      code = STN_EXIT_STATION;
    if (json)
      print_json (row);
    else if (row->failure != NULL)
      g_print ("%s: %s\n", row->control, row->failure);
    else
      g_print ("%s (%s): all lines at rest\n", row->control, row->place);
  }
  return code;
}
