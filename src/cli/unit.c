#include "src/cli/command.h"

#include <stdio.h>

#include "src/base/fields.h"
#include "src/cli/records.h"
#include "src/cli/table.h"

static char *
step_duration (gint64 duration_ns)
{
  return g_strdup_printf ("%.3f s", (double) duration_ns / 1e9);
}

static void
print_steps (const StnResult *result)
{
  static const char *const titles[] = { "  step", "outcome", "took", "tries", "bytes", "detail", NULL };
  g_autoptr (StnTable) table = stn_table_new (titles);
  for (guint i = 0; i < result->steps->len; i++) {
    const StnStepRecord *step = g_ptr_array_index (result->steps, i);
    g_autofree char *name = g_strdup_printf ("  %s", stn_step_name (step->kind));
    g_autofree char *took = step_duration (step->duration_ns);
    g_autofree char *tries = g_strdup_printf ("%u", step->tries);
    g_autofree char *bytes = step->bytes > 0 ? g_strdup_printf ("%" G_GUINT64_FORMAT, step->bytes) : g_strdup ("");
    const char *cells[] = { name,  stn_verdict_name (step->outcome),
                            took,  tries,
                            bytes, step->detail != NULL ? step->detail : stn_failure_name (step->failure) };
    stn_table_add (table, cells);
  }
  g_autofree char *text = stn_table_text (table);
  g_print ("%s", text);
}

static void
print_pair (const char *name, const char *value)
{
  if (value != NULL && *value != '\0')
    g_print ("  %-14s %s\n", name, value);
}

static void
print_run (const StnRunRow *row)
{
  const StnRun *run = row->run;
  const StnResult *result = row->result;
  g_autofree char *time = stn_records_time (run->started_utc_us);
  g_autofree char *job = g_strdup_printf ("%s, revision %" G_GINT64_FORMAT, run->job_name, run->job_revision);
  g_autofree char *word = g_ascii_strup (stn_verdict_name (stn_records_verdict (row)), -1);

  g_print ("%s  %s  site %s  %s%s\n", time, word, run->site, run->station, run->is_virtual ? "  (virtual)" : "");
  print_pair ("job", job);
  print_pair ("target", run->target);
  print_pair ("lot", run->lot);
  print_pair ("operator", run->operator_id);
  print_pair ("day", run->production_day);
  print_pair ("images", run->images);
  print_pair ("left out", run->left_out);
  print_pair ("run", run->run_id);
  if (result == NULL) {
    g_print ("  no result: the program ended in the middle\n\n");
    return;
  }
  print_pair ("serial", result->serial);
  print_pair ("uid", result->uid);
  print_pair ("left by", result->leave_way);
  print_pair ("boot answer", result->boot_answer);
  print_pair ("failure", stn_failure_name (result->failure));
  print_pair ("message", result->message);
  if (result->failure != STN_FAILURE_NONE)
    print_pair ("what to do", stn_failure_row (result->failure)->next_action);
  if (result->steps != NULL && result->steps->len > 0)
    print_steps (result);
  g_print ("\n");
}

static int
tell (const char *journal, const char *station, const char *unit, gboolean json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnQuery) query = stn_records_open (journal, station, &error);
  g_autoptr (GPtrArray) rows = query != NULL ? stn_query_unit (query, unit, &error) : NULL;

  if (rows == NULL)
    return stn_command_fail (error);
  if (rows->len == 0) {
    g_printerr ("stationctl: nothing is known of “%s”\n", unit);
    return STN_EXIT_FAILED;
  }
  for (guint i = 0; i < rows->len; i++) {
    const StnRunRow *row = g_ptr_array_index (rows, i);
    if (json) {
      g_autofree char *text = stn_records_to_json (row);
      puts (text);
    } else {
      print_run (row);
    }
  }
  return STN_EXIT_PASSED;
}

int
stn_command_unit (const StnCommand *self, int argc, char **argv)
{
  g_autofree char *station = NULL, *journal = NULL;
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "station", 0, 0, G_OPTION_ARG_FILENAME, &station, "Station file whose journal is read", "FILE" },
    { "journal", 0, 0, G_OPTION_ARG_FILENAME, &journal, "Journal, instead of the station's", "FILE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "One JSON object a line, with all fields and steps", NULL },
    G_OPTION_ENTRY_NULL,
  };
  int code = STN_EXIT_PASSED;

  if (!stn_command_parse (self, entries, &argc, &argv, &code))
    return code;
  if (argc != 2)
    return stn_command_usage (self, "expected one serial or UID");
  return tell (journal, station, argv[1], json);
}
