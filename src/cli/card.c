/* `card`: what a scanner can say instead of a hand, as a PDF. */
#include "src/cli/command.h"

#include <libintl.h>
#include <stdio.h>
#include <string.h>

#include "src/base/error.h"
#include "src/report/card.h"
#include "src/station/station.h"

typedef struct {
  char *station, *output, *paper;
  char **bins;
} Options;

/* The window's translations: the card hangs beside it. */
static const char *
say (const char *text)
{
  return dgettext ("station", text);
}

static int
write_out (GBytes *bytes, const char *output)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  g_autoptr (GError) error = NULL;

  if (strcmp (output, "-") == 0)
    return fwrite (data, 1, length, stdout) == length ? STN_EXIT_PASSED : STN_EXIT_STATION;
  if (g_file_set_contents_full (output, data, (gssize) length,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644, &error))
    return STN_EXIT_PASSED;
  g_printerr ("stationctl: the card could not be written: %s\n", error->message);
  return STN_EXIT_STATION;
}

static int
make (const StnCommand *self, const Options *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  StnPaper paper = STN_PAPER_A4;
  guint count = 0;

  if (options->paper != NULL && g_ascii_strcasecmp (options->paper, "letter") == 0)
    paper = STN_PAPER_LETTER;
  else if (options->paper != NULL && g_ascii_strcasecmp (options->paper, "a4") != 0)
    return stn_command_usage (self, "--paper: there is no “%s”: A4 or letter", options->paper);
  g_autoptr (StnStation) station = stn_station_load (options->station, clock, &error);
  if (station == NULL)
    return stn_command_fail (error);
  StnSite *const *sites = stn_station_sites (station, &count);
  for (guint i = 0; i < count; i++)
    g_ptr_array_add (names, sites[i]->name);
  g_ptr_array_add (names, NULL);
  const StnCardOptions card = { .station = stn_station_name (station),
                                .bins = (const char *const *) options->bins,
                                .sites = (const char *const *) names->pdata,
                                .paper = paper,
                                .say = say };
  g_autoptr (GBytes) bytes = stn_card_to_pdf (&card, &error);
  if (bytes == NULL && stn_error_is (error, STN_FAILURE_USAGE))
    return stn_command_usage (self, "--bin: %s", error->message);
  return bytes != NULL ? write_out (bytes, options->output != NULL ? options->output : "card.pdf")
                       : stn_command_fail (error);
}

int
stn_command_card (const StnCommand *self, int argc, char **argv)
{
  Options options = { 0 };
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, "File to write (card.pdf; “-” for standard output)",
      "FILE" },
    { "paper", 0, 0, G_OPTION_ARG_STRING, &options.paper, "A4 (as it is) or letter", "PAPER" },
    { "bin", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.bins,
      "A bin of yours (may be repeated); without it fail, rework, hold and scrap", "NAME" },
    { "station", 0, 0, G_OPTION_ARG_FILENAME, &options.station, "Station file whose sites are on it", "FILE" },
    G_OPTION_ENTRY_NULL,
  };
  const char *locale = g_getenv ("STATION_LOCALE");
  int code = STN_EXIT_PASSED;

  bindtextdomain ("station", locale != NULL ? locale : STN_LOCALE_DIR);
  bind_textdomain_codeset ("station", "UTF-8");
  if (stn_command_parse (self, entries, &argc, &argv, &code))
    code = argc > 1 ? stn_command_usage (self, "“%s” is one argument too many", argv[1]) : make (self, &options);
  g_free (options.station);
  g_free (options.output);
  g_free (options.paper);
  g_strfreev (options.bins);
  return code;
}
