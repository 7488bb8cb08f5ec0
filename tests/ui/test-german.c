/* German is complete: every text that the tables name has its translation, with the same places to fill in. The texts
 * that stand in the code themselves are compared by tests/ui/test-german-texts. */
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "src/report/report.h"
#include "src/station/lesson.h"
#include "src/station/session.h"
#include "tests/report/fill.h"
#include "ui/places.h"

static guint
fill_ins (const char *text)
{
  guint count = 0;
  for (const char *at = strstr (text, "%s"); at != NULL; at = strstr (at + 2, "%s"))
    count++;
  return count;
}

static void
check (const char *text, guint *missing)
{
  if (text == NULL || *text == '\0')
    return;
  const char *german = _ (text);
  if (german == text) {
    g_test_message ("not translated: %s", text);
    (*missing)++;
  }
  g_assert_cmpuint (fill_ins (german), ==, fill_ins (text));
}

static void
every_failure_is_said_in_german (void)
{
  guint missing = 0;
  for (guint i = STN_FAILURE_NONE + 1; i < STN_FAILURE_COUNT; i++) {
    g_autofree char *name = g_strdelimit (g_strdup (stn_failure_name (i)), "-", ' ');
    check (stn_failure_row (i)->operator_sentence, &missing);
    check (stn_failure_row (i)->next_action, &missing);
    /* a name may be the same in both ("nack" is not, "journal" is but for its case) */
    check (name, &missing);
  }
  g_assert_cmpuint (missing, ==, 0);
}

static void
every_lesson_has_a_german_name (void)
{
  guint missing = 0, count;
  const StnLesson *lessons = stn_lessons (&count);
  for (guint i = 0; i < count; i++)
    check (lessons[i].title, &missing);
  g_assert_cmpuint (missing, ==, 0);
}

static void
everything_that_start_waits_for_is_said_in_german (void)
{
  guint missing = 0;
  for (guint i = STN_BLOCK_NONE + 1; i < STN_BLOCK_COUNT; i++)
    check (stn_block_sentence (i), &missing);
  g_assert_cmpuint (missing, ==, 0);
}

/* Whole reports over a journal with everything in it. */
static StnReport *
report_of (StnQuery *journal, const StnReportKind *kind, gboolean is_translated)
{
  g_autoptr (GError) error = NULL;
  const StnReportQuery query = { .lot = g_strcmp0 (kind->needs, "lot") == 0 ? "L0001" : NULL,
                                 .unit = g_strcmp0 (kind->needs, "unit") == 0 ? "TH7-2602-0000001" : NULL,
                                 .is_translated = is_translated };
  StnReport *report = stn_report_new (kind, journal, "journal.db", &query, G_GINT64_CONSTANT (1767592800000000), &error);
  g_assert_no_error (error);
  return report;
}

static char *
text_of (const StnReport *report, StnReportFormat format)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = stn_report_to_bytes (report, format, STN_PAPER_A4, &error);
  g_assert_no_error (error);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
reports_are_german_for_people_and_the_same_for_machines (void)
{
  g_autofree char *folder = g_dir_make_tmp ("stn-german-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "journal.db", NULL);
  const FillPlan plan = { .seed = 5, .runs = 400, .lot_boards = 200, .days = 4, .serials = TRUE, .steps = TRUE };
  fill_journal (path, &plan);
  g_autoptr (GError) error = NULL;
  g_autoptr (StnQuery) journal = stn_query_open (path, &error);
  g_assert_no_error (error);
  guint count;
  const StnReportKind *kinds = stn_report_kinds (&count);
  for (guint i = 0; i < count; i++) {
    g_autoptr (StnReport) german = report_of (journal, &kinds[i], TRUE);
    g_autoptr (StnReport) english = report_of (journal, &kinds[i], FALSE);
    g_autofree char *page = text_of (german, STN_REPORT_HTML), *csv = text_of (english, STN_REPORT_CSV);
    g_assert_nonnull (strstr (page, "<html lang=\"de\">"));
    g_assert_nonnull (strstr (page, "Fertigung"));
    g_assert_cmpstr (german->title, !=, english->title);
    for (guint k = 0; k < german->tables->len; k++) {
      const StnReportTable *table = g_ptr_array_index (german->tables, k);
      const StnReportTable *other = g_ptr_array_index (english->tables, k);
      g_assert_cmpstr (table->key, ==, other->key);
      g_assert_cmpstr (table->title, !=, other->title);
    }
    /* a head of a column, by its key; never a German one */
    const StnReportTable *first = g_ptr_array_index (german->tables, 0);
    g_assert_true (g_str_has_prefix (csv, first->columns[0].key));
    /* yields have a comma for people and a point for machines */
    if (g_str_equal (kinds[i].name, "fpy")) {
      g_assert_nonnull (strstr (page, ",0 %"));
      g_assert_null (strstr (page, ".0 %"));
      g_assert_nonnull (strstr (csv, ",0."));
    }
    /* the thread speaks as before */
    g_autoptr (StnReport) again = report_of (journal, &kinds[i], FALSE);
    g_assert_cmpstr (again->title, ==, english->title);
  }
  const char *const left[] = { "", "-wal", "-shm" };
  g_clear_pointer (&journal, stn_query_close);
  for (guint i = 0; i < G_N_ELEMENTS (left); i++) {
    g_autofree char *file = g_strconcat (path, left[i], NULL);
    g_remove (file);
  }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autofree char *place = stn_place_locale ();
  g_assert_nonnull (place);
  setlocale (LC_ALL, "C.UTF-8");
  bindtextdomain ("station", place);
  bind_textdomain_codeset ("station", "UTF-8");
  textdomain ("station");
  g_test_add_func ("/german/every_failure_is_said_in_german", every_failure_is_said_in_german);
  g_test_add_func ("/german/every_lesson_has_a_german_name", every_lesson_has_a_german_name);
  g_test_add_func ("/german/everything_that_start_waits_for_is_said_in_german",
                   everything_that_start_waits_for_is_said_in_german);
  g_test_add_func ("/german/reports_are_german_for_people_and_the_same_for_machines",
                   reports_are_german_for_people_and_the_same_for_machines);
  return g_test_run ();
}
