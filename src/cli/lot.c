/* `lot`: what became of a lot's boards, and its end, without a shift. */
#include "src/cli/command.h"

#include <stdio.h>

#include "src/cli/json-line.h"
#include "src/cli/records.h"
#include "src/cli/table.h"
#include "src/station/lot.h"
#include "src/station/station.h"

typedef struct {
  char *station, *operator_id, *reason;
  gboolean json;
} Options;

static void
print_json (const char *name, const StnLot *lot, const StnLotSums *sums, const StnUnitCounts *counts)
{
  JsonObject *object = json_object_new ();
  JsonArray *open_units = json_array_new ();

  json_object_set_string_member (object, "lot", name);
  json_object_set_string_member (object, "state", lot->is_ended ? "ended" : "open");
  json_object_set_string_member (object, "job", lot->job_path);
  json_object_set_int_member (object, "quantity", (gint64) lot->quantity);
  json_object_set_int_member (object, "started", (gint64) sums->started);
  json_object_set_int_member (object, "passed", (gint64) sums->passed);
  json_object_set_int_member (object, "binned", (gint64) sums->binned);
  json_object_set_int_member (object, "held", (gint64) sums->held);
  json_object_set_int_member (object, "removed", (gint64) sums->removed);
  json_object_set_int_member (object, "open", (gint64) sums->open);
  json_object_set_int_member (object, "units", (gint64) counts->units);
  json_object_set_int_member (object, "pass_first", (gint64) counts->pass_first);
  json_object_set_int_member (object, "pass_after_retry", (gint64) counts->pass_after_retry);
  for (guint i = 0; i < sums->open_units->len; i++) {
    const StnOpenUnit *unit = g_ptr_array_index (sums->open_units, i);
    JsonObject *open = json_object_new ();
    json_object_set_string_member (open, "run", unit->run_id);
    json_object_set_string_member (open, "site", unit->site);
    json_object_set_string_member (open, "serial", unit->serial);
    json_object_set_string_member (open, "uid", unit->uid);
    json_object_set_string_member (open, "verdict", stn_verdict_name (unit->verdict));
    json_object_set_string_member (open, "failure",
                                   unit->failure != STN_FAILURE_NONE ? stn_failure_name (unit->failure) : NULL);
    json_array_add_object_element (open_units, open);
  }
  json_object_set_array_member (object, "open_units", open_units);
  stn_json_print (object);
}

static void
print_words (const char *name, const StnLot *lot, const StnLotSums *sums, const StnUnitCounts *counts)
{
  static const char *const titles[] = { "site", "serial", "uid", "verdict", "failure", "run", NULL };
  g_print ("lot %s, %s%s%s\n", name, lot->is_ended ? "ended" : "open", lot->job_path != NULL ? ", job " : "",
           lot->job_path != NULL ? lot->job_path : "");
  g_print ("boards %" G_GUINT64_FORMAT " = passed %" G_GUINT64_FORMAT " + binned %" G_GUINT64_FORMAT
           " + held %" G_GUINT64_FORMAT " + removed %" G_GUINT64_FORMAT " + open %" G_GUINT64_FORMAT "\n",
           sums->started, sums->passed, sums->binned, sums->held, sums->removed, sums->open);
  if (counts->units > 0)
    g_print ("first pass %.1f %%, final %.1f %%\n", counts->pass_first * 100.0 / counts->units,
             counts->passes_now * 100.0 / counts->units);
  if (sums->open_units->len == 0)
    return;
  g_autoptr (StnTable) table = stn_table_new (titles);
  for (guint i = 0; i < sums->open_units->len; i++) {
    const StnOpenUnit *unit = g_ptr_array_index (sums->open_units, i);
    const char *cells[] = { unit->site, unit->serial, unit->uid, stn_verdict_name (unit->verdict),
                            stn_failure_name (unit->failure), unit->run_id };
    stn_table_add (table, cells);
  }
  g_autofree char *text = stn_table_text (table);
  g_print ("not accounted for:\n%s", text);
}

static int
show (const Options *options, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_auto (StnLot) lot = { 0 };
  StnLotSums sums = { 0 };
  StnUnitCounts counts = { 0 };
  StnUnitFilter filter = { .lot = name };
  g_autoptr (StnQuery) query = stn_records_open (NULL, options->station, &error);

  if (query == NULL || !stn_lot_read (query, name, &lot, &error) || !stn_query_lot_sums (query, name, &sums, &error)
      || !stn_query_unit_counts (query, &filter, &counts, &error))
    return stn_command_fail (error);
  if (options->json)
    print_json (name, &lot, &sums, &counts);
  else
    print_words (name, &lot, &sums, &counts);
  stn_lot_sums_clear (&sums);
  return STN_EXIT_PASSED;
}

static int
list (const Options *options)
{
  static const char *const titles[] = { "lot", "state", "opened by", "quantity", "job", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (StnTable) table = stn_table_new (titles);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  StnAuditFilter filter = { .action = "lot-open", .newest_first = TRUE, .limit = 200 };
  g_autoptr (StnQuery) query = stn_records_open (NULL, options->station, &error);
  g_autoptr (GPtrArray) rows = query != NULL ? stn_query_audit (query, &filter, &error) : NULL;

  if (rows == NULL)
    return stn_command_fail (error);
  for (guint i = 0; i < rows->len; i++) {
    const StnAuditRow *row = g_ptr_array_index (rows, i);
    g_auto (StnLot) lot = { 0 };
    if (!g_hash_table_add (seen, g_strdup (row->subject)))
      continue;
    if (!stn_lot_read (query, row->subject, &lot, &error))
      return stn_command_fail (error);
    g_autofree char *quantity = g_strdup_printf ("%" G_GUINT64_FORMAT, lot.quantity);
    const char *cells[] = { row->subject, lot.is_ended ? "ended" : "open", lot.opened_by, quantity, lot.job_path };
    stn_table_add (table, cells);
  }
  g_autofree char *text = stn_table_text (table);
  g_print ("%s", stn_table_length (table) > 0 ? text : "no lot was ever opened\n");
  return STN_EXIT_PASSED;
}

/* `end` and `bin` write. */
static int
change (const Options *options, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  g_autoptr (StnStation) station = stn_station_load (options->station, clock, &error);
  const char *who = options->operator_id != NULL ? options->operator_id : g_get_user_name ();

  if (station == NULL)
    return stn_command_fail (error);
  g_autoptr (StnJournal) journal = stn_station_open_journal (station, &error);
  g_autoptr (StnQuery) query = journal != NULL ? stn_query_open (stn_journal_path (journal), &error) : NULL;
  if (query == NULL)
    return stn_command_fail (error);
  gboolean ok = argc == 3 ? stn_lot_end (journal, query, argv[2], who, &error)
                          : stn_lot_bin (journal, query, argv[2], argv[3], argv[4], options->reason, who, &error);
  return ok ? STN_EXIT_PASSED : stn_command_fail (error);
}

int
stn_command_lot (const StnCommand *self, int argc, char **argv)
{
  Options options = { 0 };
  const GOptionEntry entries[] = {
    { "station", 0, 0, G_OPTION_ARG_FILENAME, &options.station, "Station file whose journal is used", "FILE" },
    { "operator", 0, 0, G_OPTION_ARG_STRING, &options.operator_id, "Who does it (your login name)", "BADGE" },
    { "reason", 0, 0, G_OPTION_ARG_STRING, &options.reason, "With bin: why", "TEXT" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "With status: one JSON object", NULL },
    G_OPTION_ENTRY_NULL,
  };
  int code = STN_EXIT_PASSED;

  if (stn_command_parse (self, entries, &argc, &argv, &code)) {
    if (argc == 2 && g_str_equal (argv[1], "list"))
      code = list (&options);
    else if (argc == 3 && g_str_equal (argv[1], "status"))
      code = show (&options, argv[2]);
    else if ((argc == 3 && g_str_equal (argv[1], "end")) || (argc == 5 && g_str_equal (argv[1], "bin")))
      code = change (&options, argc, argv);
    else
      code = stn_command_usage (self, "expected: list, status LOT, end LOT, or bin LOT BOARD BIN");
  }
  g_free (options.station);
  g_free (options.operator_id);
  g_free (options.reason);
  return code;
}
