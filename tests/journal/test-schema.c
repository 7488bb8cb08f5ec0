/* Journals of earlier versions. Built twice: with the program's own steps, and (LATER_STEP) with one step more, which
 * takes the place of the program's table of steps at link time. */
#include "src/journal/schema/schema.h"
#include "tests/journal/support.h"

#include <string.h>

/* the end of the chain in v1.sql, as it was when the file was made */
#define V1_ENTRIES 12
#define V1_UNITS "pass pass 1,fail fail 2" /* first verdict, last, runs */
#define V1_HEAD "0ee230a2ef136dc0c9df52501df32fa65d68aabc7f4a00d915c49ea5ba4471e7"
/* and in v2.sql */
#define V2_ENTRIES 4
#define V2_HEAD "87c7a75dabe7b38b9057102604914263583709224ee22e389c1537bb01aa9c39"

static Place *
place_with (const char *variable)
{
  Place *place = place_new ();
  g_autofree char *sql = NULL;
  g_assert_true (g_file_get_contents (g_getenv (variable), &sql, NULL, NULL));
  change (place, sql);
  return place;
}

static Place *
place_with_v1 (void)
{
  return place_with ("JOURNAL_V1");
}

static void
assert_head (Place *place, guint64 entries, const char *expected)
{
  g_autoptr (StnQuery) query = query_or_fail (place);
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) head = g_string_new (NULL);
  guint8 bytes[32];
  guint64 rows;

  stn_query_verify (query, &rows, bytes, &error);
  g_assert_no_error (error);
  for (int i = 0; i < 32; i++)
    g_string_append_printf (head, "%02x", bytes[i]);
  g_assert_cmpuint (rows, ==, entries);
  g_assert_cmpstr (head->str, ==, expected);
}

static void
assert_v1_head (Place *place)
{
  assert_head (place, V1_ENTRIES, V1_HEAD);
}

#ifndef LATER_STEP

static void
a_journal_of_version_1_goes_on (void)
{
  g_autoptr (Place) place = place_with_v1 ();
  g_autoptr (GError) error = NULL;
  g_autoptr (StnJournal) journal = open_or_fail (place);
  assert_v1_head (place); /* rows of form 1 under the columns of form 2 */
  g_autoptr (StnQuery) query = query_or_fail (place);
  g_autofree char *units = ask (place, "SELECT group_concat (first_verdict || ' ' || last_verdict || ' ' || runs) "
                                       "FROM unit_now");
  g_assert_cmpstr (units, ==, V1_UNITS);

  /* the chip whose last run never ended: its window, its serial */
  g_autoptr (GPtrArray) windows = stn_query_open_windows (query, &error);
  g_assert_cmpuint (windows->len, ==, 1);
  g_assert_cmpstr (((StnOpenWindow *) g_ptr_array_index (windows, 0))->what, ==, "options");
  g_autoptr (GPtrArray) rows = stn_query_unit (query, "TH-000001", &error);
  g_assert_cmpuint (rows->len, ==, 2);
  const StnRunRow *row = g_ptr_array_index (rows, 1);
  g_assert_cmpint (row->result->failure, ==, STN_FAILURE_VERIFY_MISMATCH);
  g_assert_cmpint (((StnStepRecord *) g_ptr_array_index (row->result->steps, 1))->value, ==, 812);
  g_autofree char *again = whole_run (journal, "R6", STN_VERDICT_PASS, UID_A);
  g_assert_cmpstr (again, ==, "TH-000001");
  /* the next of the counter would be 3, which is void */
  g_autofree char *next = whole_run (journal, "R7", STN_VERDICT_PASS, "99999999999999999999999a");
  g_assert_cmpstr (next, ==, "TH-000004");
  gint64 cycle;
  g_assert_true (stn_journal_count_fixture (journal, "FX-0012", &cycle, &error));
  g_assert_cmpint (cycle, ==, 2);
  g_assert_cmpuint (verify_or_fail (place), ==, V1_ENTRIES + 4);
}

/* Runs without a prediction stay as they are, and those that follow have one. */
static void
a_journal_of_version_2_goes_on (void)
{
  g_autoptr (Place) place = place_with ("JOURNAL_V2");
  g_autoptr (GError) error = NULL;
  g_autoptr (StnJournal) journal = stn_journal_open (place->path, TRUE, place->clock, &error);
  g_assert_no_error (error);
  assert_head (place, V2_ENTRIES, V2_HEAD);
  g_autoptr (StnQuery) query = query_or_fail (place);
  g_autoptr (GPtrArray) rows = stn_query_unit (query, "S-0001", &error);
  g_assert_cmpuint (rows->len, ==, 1);
  const StnRunRow *row = g_ptr_array_index (rows, 0);
  g_assert_cmpint (row->run->predicted_ns, ==, -1);
  g_assert_cmpint (((StnStepRecord *) g_ptr_array_index (row->result->steps, 1))->predicted_ns, ==, -1);

  g_autoptr (StnRun) run = sample_run ("R1");
  run->is_virtual = TRUE;
  run->predicted_ns = 1200;
  g_assert_true (stn_journal_begin (journal, run, &error));
  g_assert_no_error (error);
  g_autoptr (StnResult) result = sample_result ("R1", STN_VERDICT_CANCELLED, NULL);
  g_ptr_array_set_size (result->steps, 0);
  StnStepRecord *step = stn_step_record_new (STN_STEP_ENTER);
  step->outcome = STN_VERDICT_CANCELLED;
  step->predicted_ns = 700;
  g_ptr_array_add (result->steps, step);
  g_assert_true (stn_journal_finish (journal, result, &error));
  g_assert_no_error (error);
  StnRunRow *back = stn_query_run (query, "R1", &error);
  g_assert_cmpint (back->run->predicted_ns, ==, 1200);
  g_assert_cmpint (((StnStepRecord *) g_ptr_array_index (back->result->steps, 0))->predicted_ns, ==, 700);
  stn_run_row_free (back);
  g_assert_cmpuint (verify_or_fail (place), ==, V2_ENTRIES + 2);

  /* a prediction that is written into an old row afterwards is found */
  change (place, "DROP TRIGGER step_is_not_updated; UPDATE step SET predicted_ns = 1 WHERE result = 1 AND position = 1");
  g_assert_false (stn_query_verify (query, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "result row 1"));
}

static void
the_schema_is_the_one_that_the_fixture_holds (void)
{
  g_autoptr (Place) fresh = place_new ();
  g_autoptr (Place) old = place_with_v1 ();
  const char *sql = "SELECT group_concat (sql, char (10)) FROM (SELECT sql FROM sqlite_schema WHERE name NOT LIKE "
                    "'sqlite_%' ORDER BY name)";
  stn_journal_close (open_or_fail (fresh));
  if (stn_schema_step_count > 1)
    return; /* 001.sql is never changed, but others follow it */
  g_autofree char *one = ask (fresh, sql);
  g_autofree char *other = ask (old, sql);
  g_assert_cmpstr (one, ==, other);
}

#else

/* the one before the first step; each later one has its own */
static char *
find_backup (Place *place)
{
  g_autoptr (GDir) folder = g_dir_open (place->folder, 0, NULL);
  char *first = NULL;
  const char *name;
  while ((name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *path = g_build_filename (place->folder, name, NULL);
    if (g_str_has_suffix (name, ".backup") && (first == NULL || strcmp (path, first) < 0)) {
      g_free (first);
      first = g_steal_pointer (&path);
    }
  }
  return first;
}

static void
a_step_is_taken_after_a_backup (void)
{
  g_autoptr (Place) place = place_with_v1 ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autofree char *version = ask (place, "PRAGMA user_version");
  g_assert_cmpstr (version, ==, "5");
  assert_v1_head (place);
  g_autofree char *serial = whole_run (journal, "R6", STN_VERDICT_PASS, UID_A);
  g_assert_cmpuint (verify_or_fail (place), ==, V1_ENTRIES + 2);

  g_autofree char *backup = find_backup (place);
  g_assert_nonnull (backup);
  g_assert_nonnull (strstr (backup, "journal.db.schema-1-2026"));
  g_autoptr (Place) restored = place_new ();
  g_free (restored->path);
  restored->path = g_strdup (backup);
  g_autofree char *backup_version = ask (restored, "PRAGMA user_version");
  g_autofree char *application = ask (restored, "PRAGMA application_id");
  g_autofree char *whole = ask (restored, "PRAGMA integrity_check");
  g_autofree char *entries = ask (restored, "SELECT count (*) FROM chain");
  g_assert_cmpstr (backup_version, ==, "1");
  g_assert_cmpstr (application, ==, "1397386860");
  g_assert_cmpstr (whole, ==, "ok");
  g_assert_cmpstr (entries, ==, "12");
}

static void
a_new_journal_takes_all_steps_without_a_backup (void)
{
  g_autoptr (Place) place = place_new ();
  stn_journal_close (open_or_fail (place));
  g_autofree char *version = ask (place, "PRAGMA user_version");
  g_autofree char *backup = find_backup (place);
  g_autofree char *tables = ask (place, "SELECT count (*) FROM sqlite_schema WHERE name = 'label'");
  g_assert_cmpstr (version, ==, "5");
  g_assert_cmpstr (tables, ==, "1");
  g_assert_null (backup);
}

/* the step's last statement fails: nothing of it stays */
static void
a_step_that_fails_leaves_the_file_as_it_was (void)
{
  g_autoptr (Place) place = place_with_v1 ();
  change (place, "CREATE TABLE last_of_the_step (x)");
  g_autoptr (GError) error = open_must_fail (place, STN_FAILURE_JOURNAL);
  g_assert_nonnull (strstr (error->message, "last_of_the_step"));
  g_autofree char *version = ask (place, "PRAGMA user_version");
  g_autofree char *tables = ask (place, "SELECT count (*) FROM sqlite_schema WHERE name = 'label'");
  g_assert_cmpstr (version, ==, "4");
  g_assert_cmpstr (tables, ==, "0");
}

static void
an_older_journal_is_not_read_before_its_step (void)
{
  g_autoptr (Place) place = place_with_v1 ();
  g_autoptr (GError) error = NULL;
  g_assert_null (stn_query_open (place->path, &error));
  g_assert_error (error, STN_ERROR, STN_FAILURE_JOURNAL);
  g_assert_nonnull (strstr (error->message, "older version"));
}

#endif

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#ifndef LATER_STEP
  g_test_add_func ("/schema/a_journal_of_version_1_goes_on", a_journal_of_version_1_goes_on);
  g_test_add_func ("/schema/a_journal_of_version_2_goes_on", a_journal_of_version_2_goes_on);
  g_test_add_func ("/schema/the_schema_is_the_one_that_the_fixture_holds",
                   the_schema_is_the_one_that_the_fixture_holds);
#else
  g_test_add_func ("/schema/a_step_is_taken_after_a_backup", a_step_is_taken_after_a_backup);
  g_test_add_func ("/schema/a_new_journal_takes_all_steps_without_a_backup",
                   a_new_journal_takes_all_steps_without_a_backup);
  g_test_add_func ("/schema/a_step_that_fails_leaves_the_file_as_it_was", a_step_that_fails_leaves_the_file_as_it_was);
  g_test_add_func ("/schema/an_older_journal_is_not_read_before_its_step",
                   an_older_journal_is_not_read_before_its_step);
#endif
  return g_test_run ();
}
