#include "src/cli/command.h"

#include <libintl.h>
#include <stdio.h>
#include <string.h>

#include "src/base/error.h"
#include "src/cli/records.h"
#include "src/report/report.h"

typedef struct {
  char *station, *journal, *format, *paper, *output;
  char *lot, *unit, *site, *operator_id, *job, *from, *to, *by;
} Options;

static void
clear_options (Options *options)
{
  char *const texts[] = { options->station, options->journal, options->format,      options->paper, options->output,
                          options->lot,     options->unit,    options->site,        options->operator_id,
                          options->job,     options->from,    options->to,          options->by };
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
}

static int
list_reports (void)
{
  guint count;
  const StnReportKind *kinds = stn_report_kinds (&count);
  for (guint i = 0; i < count; i++)
    g_print ("%-8s %s%s%s%s%s%s\n", kinds[i].name, kinds[i].help, kinds[i].needs != NULL ? "; needs --" : "",
             kinds[i].needs != NULL ? kinds[i].needs : "", kinds[i].by != NULL ? "; --by " : "",
             kinds[i].by != NULL ? kinds[i].by : "", "");
  return STN_EXIT_PASSED;
}

/* "report.PDF" → pdf, where no format was said */
static StnReportFormat
format_of_name (const char *name)
{
  StnReportFormat format;
  const char *dot = name != NULL ? strrchr (name, '.') : NULL;
  g_autofree char *ending = dot != NULL ? g_ascii_strdown (dot + 1, -1) : NULL;
  return ending != NULL && stn_report_format_find (ending, &format) ? format : STN_REPORT_TABLE;
}

/* On disk as a whole or not at all: g_file_set_contents_full writes beside it and renames. */
static int
write_out (GBytes *bytes, const Options *options, StnReportFormat format)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  g_autoptr (GError) error = NULL;

  if (options->output == NULL || strcmp (options->output, "-") == 0) {
    (void) format;
    if (fwrite (data, 1, length, stdout) != length)
      return STN_EXIT_STATION;
    return STN_EXIT_PASSED;
  }
  if (g_file_set_contents_full (options->output, data, (gssize) length,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644, &error))
    return STN_EXIT_PASSED;
  g_printerr ("stationctl: the report could not be written: %s\n", error->message);
  return STN_EXIT_STATION;
}

/* Reports speak the language of the environment; the texts are the window's. */
static void
bind_texts (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = g_path_get_dirname (program != NULL ? program : ".");
  /* in a build folder they lie beside the program, installed under its prefix */
  const char *const places[] = { "../../data/po", "../../share/locale" };
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autofree char *place = g_build_filename (folder, places[i], NULL);
    if (g_file_test (place, G_FILE_TEST_IS_DIR) || i + 1 == G_N_ELEMENTS (places)) {
      bindtextdomain ("station", place);
      bind_textdomain_codeset ("station", "UTF-8");
      return;
    }
  }
}

static int
make (const StnCommand *self, const char *name, const Options *options)
{
  g_autoptr (GError) error = NULL;
  const StnReportKind *kind = stn_report_kind_find (name);
  StnReportFormat format = format_of_name (options->output);
  StnPaper paper = STN_PAPER_A4;

  if (kind == NULL)
    return stn_command_usage (self, "there is no report “%s”: unit, lot, yield, fpy, pareto, times or pchart", name);
  if (options->format != NULL && !stn_report_format_find (options->format, &format))
    return stn_command_usage (self, "--format: there is no “%s”: table, csv, json, html or pdf", options->format);
  if (options->paper != NULL && g_ascii_strcasecmp (options->paper, "letter") == 0)
    paper = STN_PAPER_LETTER;
  else if (options->paper != NULL && g_ascii_strcasecmp (options->paper, "a4") != 0)
    return stn_command_usage (self, "--paper: there is no “%s”: A4 or letter", options->paper);
  if (format == STN_REPORT_PDF && options->output == NULL)
    return stn_command_usage (self, "a pdf needs --output FILE (“-” for standard output)");

  const StnReportQuery query = {
    .lot = options->lot,
    .unit = options->unit,
    .site = options->site,
    .operator_id = options->operator_id,
    .job_name = options->job,
    .from_day = options->from,
    .to_day = options->to,
    .by = options->by,
    .is_translated = format != STN_REPORT_CSV && format != STN_REPORT_JSON,
  };
  bind_texts ();
  g_autofree char *path = NULL;
  g_autoptr (StnQuery) journal = stn_records_open_path (options->journal, options->station, &path, &error);
  g_autoptr (StnReport) report
      = journal != NULL ? stn_report_new (kind, journal, path, &query, g_get_real_time (), &error) : NULL;
  if (report == NULL && stn_error_is (error, STN_FAILURE_USAGE))
    return stn_command_usage (self, "%s", error->message);
  g_autoptr (GBytes) bytes = report != NULL ? stn_report_to_bytes (report, format, paper, &error) : NULL;
  if (bytes == NULL)
    return stn_command_fail (error);
  if (report->is_empty)
    g_printerr ("stationctl: nothing in the journal fits: %s\n", report->query);
  return write_out (bytes, options, format);
}

int
stn_command_report (const StnCommand *self, int argc, char **argv)
{
  Options options = { 0 };
  const GOptionEntry entries[] = {
    { "lot", 0, 0, G_OPTION_ARG_STRING, &options.lot, "Only of this lot", "LOT" },
    { "unit", 0, 0, G_OPTION_ARG_STRING, &options.unit, "The board, by serial or UID", "SERIAL|UID" },
    { "from", 0, 0, G_OPTION_ARG_STRING, &options.from, "From this production day on", "YYYY-MM-DD" },
    { "to", 0, 0, G_OPTION_ARG_STRING, &options.to, "Up to this production day, included", "YYYY-MM-DD" },
    { "by", 0, 0, G_OPTION_ARG_STRING, &options.by, "A row a day, site, firmware, operator, lot or job", "WHAT" },
    { "site", 0, 0, G_OPTION_ARG_STRING, &options.site, "Only from this site", "SITE" },
    { "operator", 0, 0, G_OPTION_ARG_STRING, &options.operator_id, "Only by this operator", "ID" },
    { "job", 0, 0, G_OPTION_ARG_STRING, &options.job, "Only under this job", "NAME" },
    { "format", 0, 0, G_OPTION_ARG_STRING, &options.format,
      "table, csv, json, html or pdf (by the ending of --output, else table)", "FORMAT" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, "File to write, as a whole or not at all", "FILE" },
    { "paper", 0, 0, G_OPTION_ARG_STRING, &options.paper, "A4 (as it is) or letter", "PAPER" },
    { "station", 0, 0, G_OPTION_ARG_FILENAME, &options.station, "Station file whose journal is read", "FILE" },
    { "journal", 0, 0, G_OPTION_ARG_FILENAME, &options.journal, "Journal, instead of the station's", "FILE" },
    G_OPTION_ENTRY_NULL,
  };
  int code = STN_EXIT_PASSED;

  if (stn_command_parse (self, entries, &argc, &argv, &code))
    code = argc > 2    ? stn_command_usage (self, "“%s” is one argument too many", argv[2])
           : argc == 1 ? list_reports ()
                       : make (self, argv[1], &options);
  clear_options (&options);
  return code;
}
