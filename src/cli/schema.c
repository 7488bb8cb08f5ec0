#include "src/cli/command.h"

#include <stdio.h>
#include <string.h>

#include "src/cli/event-json.h"
#include "src/job/job.h"
#include "src/station/people.h"
#include "src/station/station.h"
#include "src/target/options.h"

static const struct {
  const char *kind;
  const char *description;
  const StnField *(*fields) (void); /* NULL: the events */
} kinds[] = {
  { "station", "station.yaml: what a station has and how it is wired", stn_station_file_fields },
  { "bench", "bench.yaml: the boards and adapters of a virtual station", stn_station_bench_file_fields },
  { "job", "job.yaml: what is to be done to each board", stn_job_file_fields },
  { "people", "people.yaml: who works at a station, and who may unlock it", stn_people_fields },
  { "target", "a family file of data/targets: what chips are", stn_target_file_fields },
  { "target-options", "a file of data/targets/options: option bytes and their fields", stn_option_file_fields },
  { "events", NULL, NULL },
};

/* The man page of a file kind, section 5: the same table in another dress. The build makes it (data/man). */
static void
print_manual (const char *kind, const char *description, const StnField *fields)
{
  g_autofree char *keys = stn_fields_manual (fields);

  g_print (".\\\" made from the field table by: stationctl schema --manual %s\n", kind);
  g_print (".TH %s.yaml 5 \"\" \"station %s\"\n.SH NAME\n%s.yaml \\- ", kind, STN_VERSION, kind);
  g_print ("%s\n", strchr (description, ':') != NULL ? strchr (description, ':') + 2 : description);
  g_print (
      ".SH DESCRIPTION\n"
      "YAML 1.2, one document. Types come from the table below, never from guessing; aliases, tags and duplicate keys\n"
      "are refused, and so is a key that is not here. Quantities carry their unit: 0x08004000, 24 KiB, 2 s, 500 ms,\n"
      "2.7 V. Paths are relative to the file.\n"
      ".SH KEYS\n%s.SH SEE ALSO\n.BR stationctl (1),\n"
      ".BR station.yaml (5),\n.BR job.yaml (5),\n.BR bench.yaml (5)\n",
      keys);
}

/* "station, bench, … or events"; g_free. */
static char *
kinds_text (void)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_string_append_printf (text, "%s%s", i == 0 ? "" : i + 1 < G_N_ELEMENTS (kinds) ? ", " : " or ", kinds[i].kind);
  return g_string_free (text, FALSE);
}

int
stn_command_schema (const StnCommand *self, int argc, char **argv)
{
  int code = STN_EXIT_PASSED;
  gboolean manual = FALSE;
  g_autofree char *all = kinds_text ();
  const GOptionEntry entries[] = {
    { "manual", 0, 0, G_OPTION_ARG_NONE, &manual, "Print a man page (roff) instead of a JSON Schema", NULL },
    { NULL },
  };
  if (!stn_command_parse (self, entries, &argc, &argv, &code))
    return code;
  if (argc != 2)
    return stn_command_usage (self, "expected one of %s", all);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (!g_str_equal (argv[1], kinds[i].kind))
      continue;
    if (manual && kinds[i].fields == NULL)
      return stn_command_usage (self, "the events stand in stationctl(1)");
    if (manual) {
      print_manual (kinds[i].kind, kinds[i].description, kinds[i].fields ());
      return STN_EXIT_PASSED;
    }
    g_autofree char *text = kinds[i].fields != NULL
                                ? stn_fields_schema (kinds[i].fields (), kinds[i].kind, kinds[i].description)
                                : stn_event_schema ();
    fputs (text, stdout);
    return STN_EXIT_PASSED;
  }
  return stn_command_usage (self, "there is no file kind “%s”: %s", argv[1], all);
}
