#include "src/cli/command.h"

#include <stdio.h>

#include "src/cli/event-json.h"
#include "src/job/job.h"
#include "src/station/station.h"
#include "src/target/target.h"

static const struct {
  const char *kind;
  const char *description;
  const StnField *(*fields) (void); /* NULL: the events */
} kinds[] = {
  { "station", "station.yaml: what a station has and how it is wired", stn_station_file_fields },
  { "bench", "bench.yaml: the boards and adapters of a virtual station", stn_station_bench_file_fields },
  { "job", "job.yaml: what is to be done to each board", stn_job_file_fields },
  { "target", "a family file of data/targets: what chips are", stn_target_file_fields },
  { "events", NULL, NULL },
};

int
stn_command_schema (const StnCommand *self, int argc, char **argv)
{
  int code = STN_EXIT_PASSED;
  if (!stn_command_parse (self, NULL, &argc, &argv, &code))
    return code;
  if (argc != 2)
    return stn_command_usage (self, "expected one of station, bench, job, target, events");
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (!g_str_equal (argv[1], kinds[i].kind))
      continue;
    g_autofree char *text = kinds[i].fields != NULL
                                ? stn_fields_schema (kinds[i].fields (), kinds[i].kind, kinds[i].description)
                                : stn_event_schema ();
    fputs (text, stdout);
    return STN_EXIT_PASSED;
  }
  return stn_command_usage (self, "there is no file kind “%s”: station, bench, job, target or events", argv[1]);
}
