/* What the files of a report look like: quoting, guards, marks, pages, and what is said of bad input. */
#include <glib/gstdio.h>
#include <string.h>

#include "src/report/build.h"
#include "src/report/draw.h"
#include "tests/report/fill.h"

typedef struct {
  char *folder, *path;
  StnQuery *journal;
} World;

static void
world_free (World *self)
{
  stn_query_close (self->journal);
  GDir *names = g_dir_open (self->folder, 0, NULL);
  const char *name;
  while ((name = g_dir_read_name (names)) != NULL) {
    g_autofree char *file = g_build_filename (self->folder, name, NULL);
    g_remove (file);
  }
  g_dir_close (names);
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->path);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

static World *
world_new (gboolean is_virtual)
{
  g_autoptr (GError) error = NULL;
  World *self = g_new0 (World, 1);
  const FillPlan plan
      = { .seed = 5, .runs = 400, .lot_boards = 200, .days = 4, .serials = TRUE, .steps = TRUE, .is_virtual = is_virtual };
  self->folder = g_dir_make_tmp ("stn-report-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "journal.db", NULL);
  fill_journal (self->path, &plan);
  self->journal = stn_query_open (self->path, &error);
  g_assert_no_error (error);
  return self;
}

static StnReport *
report_or_fail (World *world, const char *name, const StnReportQuery *query)
{
  g_autoptr (GError) error = NULL;
  StnReport *report
      = stn_report_new (stn_report_kind_find (name), world->journal, world->path, query, 1767592800000000, &error);
  g_assert_no_error (error);
  return report;
}

static StnReportQuery
query_for (const StnReportKind *kind)
{
  StnReportQuery query = { 0 };
  if (g_strcmp0 (kind->needs, "lot") == 0)
    query.lot = "L0001";
  if (g_strcmp0 (kind->needs, "unit") == 0)
    query.unit = "TH7-2602-0000001";
  return query;
}

static void
every_report_has_every_format_and_its_query_in_it (void)
{
  g_autoptr (World) world = world_new (TRUE);
  guint count;
  const StnReportKind *kinds = stn_report_kinds (&count);
  for (guint i = 0; i < count; i++) {
    const StnReportQuery query = query_for (&kinds[i]);
    g_autoptr (StnReport) report = report_or_fail (world, kinds[i].name, &query);
    g_assert_false (report->is_empty);
    for (guint format = 0; format < STN_REPORT_FORMAT_COUNT; format++) {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = stn_report_to_bytes (report, (StnReportFormat) format, STN_PAPER_LETTER, &error);
      g_assert_no_error (error);
      gsize length;
      const char *data = g_bytes_get_data (bytes, &length);
      g_test_message ("%s as %u: %" G_GSIZE_FORMAT " bytes", kinds[i].name, format, length);
      if (format == STN_REPORT_PDF) {
        g_assert_cmpint (memcmp (data, "%PDF-", 5), ==, 0);
        continue;
      }
      g_autofree char *text = g_strndup (data, length);
      g_assert_nonnull (strstr (text, format == STN_REPORT_HTML ? "VIRTUAL" : format == STN_REPORT_TABLE ? "VIRTUAL"
                                : format == STN_REPORT_CSV ? ",virtual\r\n" : "\"is_virtual\":true"));
      g_assert_nonnull (strstr (text, report->query));
      g_assert_true (g_utf8_validate (text, -1, NULL));
    }
  }
}

/* Beside what a step took stands what the plan had said, and the two in percent. */
static void
times_are_compared_with_what_was_predicted (void)
{
  g_autoptr (World) world = world_new (FALSE);
  const StnReportQuery query = { 0 }, of_lot = { .lot = "L0001" };
  g_autoptr (StnReport) report = report_or_fail (world, "times", &query);
  g_autoptr (StnReport) lot = report_or_fail (world, "lot", &of_lot);
  const StnReportTable *steps = g_ptr_array_index (report->tables, 1);

  g_assert_cmpuint (stn_report_table_rows (steps), ==, 11);
  for (guint row = 0; row < 11; row++) {
    const StnCell *took = stn_report_table_cell (steps, row, 6), *predicted = stn_report_table_cell (steps, row, 7),
                  *ratio = stn_report_table_cell (steps, row, 8);
    g_assert_cmpint (predicted->kind, ==, STN_CELL_DURATION);
    g_assert_cmpint (llabs (took->integer - predicted->integer), <, predicted->integer / 10);
    g_assert_cmpint (ratio->integer * 100, >, ratio->of * 95);
    g_assert_cmpint (ratio->integer * 100, <, ratio->of * 108);
  }
  g_autofree char *text = stn_report_to_text (report), *lot_text = stn_report_to_text (lot);
  g_assert_nonnull (strstr (text, "12.273 s were predicted"));
  g_assert_nonnull (strstr (lot_text, "12.273 s were predicted"));
}

static void
a_text_that_a_spreadsheet_would_run_is_disarmed_in_csv (void)
{
  static const StnReportColumn columns[] = { { "a", "a", STN_CELL_TEXT }, { "b", "b", STN_CELL_INTEGER } };
  static const struct {
    const char *text, *line;
  } cases[] = {
    { "=1+1", "'=1+1,-3," },      { "+cmd", "'+cmd,-3," },        { "-2", "'-2,-3," }, { "@x", "'@x,-3," },
    { "a,b", "\"a,b\",-3," },     { "a\"b", "\"a\"\"b\",-3," },   { "=\"x\"", "\"'=\"\"x\"\"\",-3," },
    { "plain", "plain,-3," },     { "", ",-3," },
  };
  g_autoptr (World) world = world_new (FALSE);
  const StnReportQuery query = { 0 };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (StnReport) report = report_or_fail (world, "fpy", &query);
    g_ptr_array_set_size (report->tables, 0);
    StnReportTable *table = stn_report_add_table (report, "t", "t", columns, 2);
    stn_table_text_cell (table, cases[i].text);
    stn_table_integer_cell (table, -3);
    g_autofree char *text = stn_report_to_csv (report);
    g_auto (GStrv) lines = g_strsplit (text, "\r\n", -1);
    g_assert_cmpstr (lines[0], ==, "a,b,report,journal_kind");
    g_assert_true (g_str_has_prefix (lines[1], cases[i].line));
    g_assert_true (g_str_has_suffix (lines[1], ",production"));
  }
}

static void
pages_hold_all_rows_and_every_one_draws (void)
{
  g_autoptr (World) world = world_new (FALSE);
  const StnReportQuery query = { .lot = "L0001" };
  g_autoptr (StnReport) report = report_or_fail (world, "lot", &query);
  static const double sizes[][2] = { { 595, 842 }, { 612, 792 }, { 300, 300 }, { 1, 1 }, { 3000, 2000 } };
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (StnReportPages) pages = stn_report_pages_new (report, sizes[i][0], sizes[i][1]);
    g_assert_cmpuint (stn_report_pages_count (pages), >=, i == 4 ? 1 : 3);
    cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 300, 300);
    cairo_t *cairo = cairo_create (surface);
    for (guint page = 0; page < stn_report_pages_count (pages); page++)
      stn_report_pages_draw (pages, cairo, page);
    g_assert_cmpint (cairo_status (cairo), ==, CAIRO_STATUS_SUCCESS);
    cairo_destroy (cairo);
    cairo_surface_destroy (surface);
  }
}

static void
bad_queries_are_one_sentence (void)
{
  static const struct {
    const char *report;
    StnReportQuery query;
    StnFailure failure;
    const char *says;
  } cases[] = {
    { "lot", { 0 }, STN_FAILURE_USAGE, "needs --lot" },
    { "lot", { .lot = "nowhere" }, STN_FAILURE_BAD_FILE, "no lot" },
    { "unit", { .unit = "nobody" }, STN_FAILURE_BAD_FILE, "nothing is known" },
    { "fpy", { .unit = "x" }, STN_FAILURE_USAGE, "takes no --unit" },
    { "fpy", { .by = "weather" }, STN_FAILURE_USAGE, "no “weather”" },
    { "pareto", { .by = "day" }, STN_FAILURE_USAGE, "takes no --by" },
    { "fpy", { .from_day = "yesterday" }, STN_FAILURE_USAGE, "--from" },
    { "fpy", { .to_day = "2026-02-30" }, STN_FAILURE_USAGE, "--to" },
    { "fpy", { .from_day = "2026-02-02", .to_day = "2026-02-01" }, STN_FAILURE_USAGE, "is after" },
  };
  g_autoptr (World) world = world_new (FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (stn_report_new (stn_report_kind_find (cases[i].report), world->journal, world->path, &cases[i].query, 0,
                                   &error));
    g_assert_error (error, STN_ERROR, (int) cases[i].failure);
    g_assert_nonnull (strstr (error->message, cases[i].says));
  }
}

static void
an_empty_range_is_a_report_that_says_so (void)
{
  g_autoptr (World) world = world_new (FALSE);
  static const char *const names[] = { "yield", "fpy", "pareto", "times", "pchart" };
  const StnReportQuery query = { .from_day = "2030-01-01" };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (StnReport) report = report_or_fail (world, names[i], &query);
    g_assert_true (report->is_empty);
    for (guint format = 0; format < STN_REPORT_FORMAT_COUNT; format++) {
      g_autoptr (GBytes) bytes = stn_report_to_bytes (report, (StnReportFormat) format, STN_PAPER_A4, &error);
      g_assert_no_error (error);
    }
  }
}

static void
shares_are_not_rounded_to_all_or_nothing (void)
{
  static const struct {
    guint64 part, of;
    const char *text;
  } cases[] = { { 1, 0, "–" },           { 0, 5, "0.0 %" },    { 5, 5, "100.0 %" },    { 19999, 20000, "> 99.99 %" },
                { 9996, 10000, "> 99.9 %" }, { 1, 5000, "0.02 %" }, { 987, 1000, "98.7 %" } };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = stn_ratio_text (cases[i].part, cases[i].of);
    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/report/" #name, name)
  ADD (every_report_has_every_format_and_its_query_in_it);
  ADD (a_text_that_a_spreadsheet_would_run_is_disarmed_in_csv);
  ADD (times_are_compared_with_what_was_predicted);
  ADD (pages_hold_all_rows_and_every_one_draws);
  ADD (bad_queries_are_one_sentence);
  ADD (an_empty_range_is_a_report_that_says_so);
  ADD (shares_are_not_rounded_to_all_or_nothing);
  return g_test_run ();
}
