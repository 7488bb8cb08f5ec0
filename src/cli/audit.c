/* `audit`: what people did that is not a run. */
#include "src/cli/command.h"

#include <stdio.h>

#include "src/cli/json-line.h"
#include "src/cli/records.h"
#include "src/cli/table.h"

#define LINES_DEFAULT 20

typedef struct {
  char *journal, *station, *action, *subject, *lot;
  int limit;
  gboolean json, oldest_first;
} Options;

static void
print_json (const StnAuditRow *row)
{
  const struct {
    const char *name, *value;
  } texts[] = {
    { "action", row->action },       { "subject", row->subject },     { "operator_id", row->operator_id },
    { "lot", row->lot },             { "site", row->site },           { "run_id", row->run_id },
    { "old_value", row->old_value }, { "new_value", row->new_value }, { "reason", row->reason },
    { "detail", row->detail },       { "allowed_by", row->allowed_by },
  };
  JsonObject *object = json_object_new ();
  json_object_set_int_member (object, "utc_us", row->utc_us);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    json_object_set_string_member (object, texts[i].name, texts[i].value);
  stn_json_print (object);
}

static int
run (const Options *options)
{
  static const char *const titles[] = { "time", "action", "subject", "who", "allowed by", "old", "new", "reason", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (StnTable) table = stn_table_new (titles);
  g_autoptr (StnQuery) query = stn_records_open (options->journal, options->station, &error);
  StnAuditFilter filter = { .action = options->action, .subject = options->subject, .lot = options->lot,
                            .newest_first = !options->oldest_first };
  guint left = (guint) options->limit;

  while (query != NULL && left > 0) {
    filter.limit = MIN (left, 1000);
    g_autoptr (GPtrArray) rows = stn_query_audit (query, &filter, &error);
    if (rows == NULL)
      break;
    for (guint i = 0; i < rows->len; i++) {
      const StnAuditRow *row = g_ptr_array_index (rows, i);
      g_autofree char *time = stn_records_time (row->utc_us);
      const char *cells[] = { time,           row->action,    row->subject,   row->operator_id,
                              row->allowed_by, row->old_value, row->new_value, row->reason };
      if (options->json)
        print_json (row);
      else
        stn_table_add (table, cells);
      filter.after_row = row->row;
    }
    left = rows->len < filter.limit ? 0 : left - rows->len;
  }
  if (error != NULL)
    return stn_command_fail (error);
  if (options->json)
    return STN_EXIT_PASSED;
  g_autofree char *text = stn_table_text (table);
  g_print ("%s", stn_table_length (table) > 0 ? text : "nothing in the journal fits\n");
  return STN_EXIT_PASSED;
}

int
stn_command_audit (const StnCommand *self, int argc, char **argv)
{
  Options options = { .limit = LINES_DEFAULT };
  const GOptionEntry entries[] = {
    { "station", 0, 0, G_OPTION_ARG_FILENAME, &options.station, "Station file whose journal is read", "FILE" },
    { "journal", 0, 0, G_OPTION_ARG_FILENAME, &options.journal, "Journal, instead of the station's", "FILE" },
    { "action", 0, 0, G_OPTION_ARG_STRING, &options.action, "Only this: unlock, bin, lot-open, approve, …", "ACTION" },
    { "subject", 0, 0, G_OPTION_ARG_STRING, &options.subject, "Only of this site, lot, job or badge", "NAME" },
    { "lot", 0, 0, G_OPTION_ARG_STRING, &options.lot, "Only of this lot", "LOT" },
    { "limit", 'n', 0, G_OPTION_ARG_INT, &options.limit, "At most so many (20)", "N" },
    { "oldest-first", 0, 0, G_OPTION_ARG_NONE, &options.oldest_first, "In the order in which they were made", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "One JSON object a line", NULL },
    G_OPTION_ENTRY_NULL,
  };
  int code = STN_EXIT_PASSED;

  if (stn_command_parse (self, entries, &argc, &argv, &code)) {
    if (argc > 1)
      code = stn_command_usage (self, "“%s” is one argument too many", argv[1]);
    else
      code = options.limit < 1 ? stn_command_usage (self, "--limit: expected at least 1") : run (&options);
  }
  g_free (options.station);
  g_free (options.journal);
  g_free (options.action);
  g_free (options.subject);
  g_free (options.lot);
  return code;
}
