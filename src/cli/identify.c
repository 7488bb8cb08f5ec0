#include "src/cli/command.h"
#include "src/cli/signals.h"
#include "src/station/service.h"

#define SECONDS_MOST 86400

int
stn_command_identify (const StnCommand *self, int argc, char **argv)
{
  g_autofree char *path = NULL;
  int seconds = 0;
  const GOptionEntry entries[] = {
    { "station", 0, 0, G_OPTION_ARG_FILENAME, &path, "Station file ($STATION_FILE, the user's, /etc/station)", "FILE" },
    { "seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "Stop after so long (Ctrl-C)", "N" },
    G_OPTION_ENTRY_NULL,
  };
  int code = STN_EXIT_PASSED;
  g_autoptr (GError) error = NULL;

  if (!stn_command_parse (self, entries, &argc, &argv, &code))
    return code;
  if (argc != 2)
    return stn_command_usage (self, "expected one site");
  if (seconds < 0 || seconds > SECONDS_MOST)
    return stn_command_usage (self, "--seconds: expected 1 to %d", SECONDS_MOST);

  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  stn_signals_start (cancellable);
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  g_autoptr (StnStation) station = stn_station_load (path, clock, &error);
  g_autofree char *text = station != NULL ? stn_station_identify_text (station, argv[1], &error) : NULL;
  if (text == NULL)
    return stn_command_fail (error);
  g_printerr ("%s; %s\n", text, seconds > 0 ? "it ends by itself" : "Ctrl-C ends it");
  if (!stn_station_identify (station, argv[1], seconds * STN_NS_PER_S, cancellable, &error))
    return stn_command_fail (error);
  return STN_EXIT_PASSED;
}
