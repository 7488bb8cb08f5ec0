#include "src/cli/command.h"

#include <stdio.h>

#include "src/cli/records.h"
#include "src/cli/table.h"

#define LINES_DEFAULT 20
#define PAGE_ROWS 1000 /* the most that one page of a query may have */

typedef struct {
  char *journal, *station;
  char *lot, *serial, *uid, *site, *job, *day, *verdict;
  int limit;
  gboolean json, csv, oldest_first;
} Options;

static void
clear_options (Options *options)
{
  g_free (options->journal);
  g_free (options->station);
  g_free (options->lot);
  g_free (options->serial);
  g_free (options->uid);
  g_free (options->site);
  g_free (options->job);
  g_free (options->day);
  g_free (options->verdict);
}

static void
add_row (StnTable *table, const StnRunRow *row)
{
  const StnResult *result = row->result;
  g_autofree char *time = stn_records_time (row->run->started_utc_us);
  g_autofree char *job = g_strdup_printf ("%s/%" G_GINT64_FORMAT, row->run->job_name, row->run->job_revision);
  const char *cells[] = { time,
                          row->run->site,
                          stn_verdict_name (stn_records_verdict (row)),
                          result != NULL ? result->serial : NULL,
                          result != NULL ? result->uid : NULL,
                          row->run->lot,
                          job,
                          result != NULL ? stn_failure_name (result->failure) : "the program ended before a result" };
  stn_table_add (table, cells);
}

/* Pages until `limit` rows have gone by. */
static gboolean
each_row (StnQuery *query, StnRunFilter *filter, guint limit, void (*function) (gpointer, const StnRunRow *),
          gpointer data, GError **error)
{
  while (limit > 0) {
    filter->limit = MIN (limit, PAGE_ROWS);
    g_autoptr (GPtrArray) rows = stn_query_runs (query, filter, error);
    if (rows == NULL)
      return FALSE;
    for (guint i = 0; i < rows->len; i++) {
      const StnRunRow *row = g_ptr_array_index (rows, i);
      function (data, row);
      filter->after_row = row->row;
    }
    if (rows->len < filter->limit)
      return TRUE;
    limit -= rows->len;
  }
  return TRUE;
}

static void
row_to_json (gpointer data, const StnRunRow *row)
{
  (void) data;
  g_autofree char *text = stn_records_to_json (row);
  puts (text);
}

/* Each row as it comes: a journal may hold more than fits into memory twice. */
static void
row_to_csv (gpointer data, const StnRunRow *row)
{
  g_autoptr (GString) text = g_string_new (NULL);
  stn_runs_csv_row (text, row, *(const gboolean *) data);
  fwrite (text->str, 1, text->len, stdout);
}

static void
row_to_table (gpointer data, const StnRunRow *row)
{
  add_row (data, row);
}

static int
list (const StnCommand *self, const Options *options)
{
  static const char *const titles[] = { "time", "site", "verdict", "serial", "uid", "lot", "job", "failure", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (StnTable) table = stn_table_new (titles);
  StnRunFilter filter = {
    .lot = options->lot,
    .serial = options->serial,
    .uid = options->uid,
    .site = options->site,
    .job_name = options->job,
    .production_day = options->day,
    .newest_first = !options->oldest_first,
  };

  if (options->limit < 1)
    return stn_command_usage (self, "--limit: expected at least 1");
  if (options->verdict != NULL) {
    filter.has_verdict = stn_verdict_from_name (options->verdict, &filter.verdict);
    if (!filter.has_verdict)
      return stn_command_usage (
          self, "there is no verdict “%s”: pass, fail, error, cancelled, empty, skipped or unknown", options->verdict);
  }
  if (options->csv && options->json)
    return stn_command_usage (self, "--csv or --json, not both");
  g_autoptr (StnQuery) query = stn_records_open (options->journal, options->station, &error);
  if (query != NULL && options->csv) {
    gboolean is_virtual = stn_query_is_virtual (query);
    g_autoptr (GString) head = g_string_new (NULL);
    stn_runs_csv_head (head);
    fwrite (head->str, 1, head->len, stdout);
    return each_row (query, &filter, (guint) options->limit, row_to_csv, &is_virtual, &error) ? STN_EXIT_PASSED
                                                                                             : stn_command_fail (error);
  }
  if (query == NULL
      || !each_row (query, &filter, (guint) options->limit, options->json ? row_to_json : row_to_table,
                    options->json ? NULL : table, &error))
    return stn_command_fail (error);
  if (options->json)
    return STN_EXIT_PASSED;
  if (stn_table_length (table) == 0) {
    g_print ("nothing in the journal fits\n");
    return STN_EXIT_PASSED;
  }
  g_autofree char *text = stn_table_text (table);
  g_print ("%s%s", stn_query_is_virtual (query) ? "virtual boards\n" : "", text);
  return STN_EXIT_PASSED;
}

int
stn_command_units (const StnCommand *self, int argc, char **argv)
{
  Options options = { .limit = LINES_DEFAULT };
  const GOptionEntry entries[] = {
    { "station", 0, 0, G_OPTION_ARG_FILENAME, &options.station, "Station file whose journal is read", "FILE" },
    { "journal", 0, 0, G_OPTION_ARG_FILENAME, &options.journal, "Journal, instead of the station's", "FILE" },
    { "lot", 0, 0, G_OPTION_ARG_STRING, &options.lot, "Only of this lot", "LOT" },
    { "serial", 0, 0, G_OPTION_ARG_STRING, &options.serial, "Only with this serial", "SERIAL" },
    { "uid", 0, 0, G_OPTION_ARG_STRING, &options.uid, "Only of this chip", "UID" },
    { "site", 0, 0, G_OPTION_ARG_STRING, &options.site, "Only from this site", "SITE" },
    { "job", 0, 0, G_OPTION_ARG_STRING, &options.job, "Only under this job", "NAME" },
    { "day", 0, 0, G_OPTION_ARG_STRING, &options.day, "Only of this production day", "YYYY-MM-DD" },
    { "verdict", 0, 0, G_OPTION_ARG_STRING, &options.verdict, "Only with this verdict (unknown: without a result)",
      "VERDICT" },
    { "limit", 'n', 0, G_OPTION_ARG_INT, &options.limit, "At most so many (20)", "N" },
    { "oldest-first", 0, 0, G_OPTION_ARG_NONE, &options.oldest_first, "In the order in which they were made", NULL },
    { "csv", 0, 0, G_OPTION_ARG_NONE, &options.csv, "As CSV (RFC 4180), a row a run", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "One JSON object a line, with all fields", NULL },
    G_OPTION_ENTRY_NULL,
  };
  int code = STN_EXIT_PASSED;

  if (stn_command_parse (self, entries, &argc, &argv, &code))
    code = argc > 1 ? stn_command_usage (self, "“%s” is one argument too many", argv[1]) : list (self, &options);
  clear_options (&options);
  return code;
}
