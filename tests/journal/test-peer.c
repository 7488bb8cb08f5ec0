/* Others read the file: the sqlite3 command, and a script that knows nothing but the definition of the chain. */
#include "tests/journal/support.h"

#include <string.h>

static void
fill (Place *place)
{
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (GError) error = NULL;
  g_free (whole_run (journal, "R1", STN_VERDICT_FAIL, UID_A));
  g_free (whole_run (journal, "R2", STN_VERDICT_PASS, UID_A));
  begin_or_fail (journal, "R3");
  g_autoptr (StnResult) result = sample_result ("R3", STN_VERDICT_FAIL, UID_B);
  result->message = g_strdup ("A3: \"verify\"\n\xe2\x80\xa6 \xf0\x9f\x94\xa7\t\\");
  result->has_address = TRUE;
  result->address = 0x08001200;
  result->transcript = g_strdup ("");
  g_assert_true (stn_journal_finish (journal, result, &error));
  g_assert_true (stn_journal_void_serial (journal, "X", "torn", NULL, &error));
  g_assert_true (stn_journal_dispose (journal, UID_B, "scrap", "burnt", "o1", &error));
  g_assert_true (stn_journal_audit (journal, "signed", "job", "abc", "o1", &error));
}

/* its output without the newline at the end; NULL and the test skipped where there is no such program */
static char *
run_or_skip (const char *const *arguments)
{
  g_autofree char *found = g_find_program_in_path (arguments[0]);
  g_autoptr (GError) error = NULL;
  char *output = NULL;
  g_autofree char *complaints = NULL;
  int status;

  if (found == NULL) {
    g_autofree char *why = g_strdup_printf ("there is no %s here", arguments[0]);
    g_test_skip (why);
    return NULL;
  }
  g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, &complaints, &status,
                &error);
  g_assert_no_error (error);
  g_assert_cmpstr (complaints, ==, "");
  g_assert_cmpint (status, ==, 0);
  return g_strchomp (output);
}

static void
the_sqlite3_command_finds_the_file_whole (void)
{
  g_autoptr (Place) place = place_new ();
  fill (place);
  const char *const arguments[] = { "sqlite3", place->path,
                                    "PRAGMA integrity_check; PRAGMA foreign_key_check; SELECT count (*) FROM result",
                                    NULL };
  g_autofree char *output = run_or_skip (arguments);
  if (output != NULL)
    g_assert_cmpstr (output, ==, "ok\n3");
}

static void
a_script_works_out_the_same_chain (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (GError) error = NULL;
  fill (place);
  g_autofree char *sqlite = g_find_program_in_path ("sqlite3");
  if (sqlite == NULL) {
    g_test_skip ("there is no sqlite3 here");
    return;
  }
  const char *const arguments[] = { "python3", g_getenv ("JOURNAL_RECOMPUTE"), place->path, NULL };
  g_autofree char *output = run_or_skip (arguments);
  if (output == NULL)
    return;

  guint8 head[32];
  guint64 rows;
  g_autoptr (StnQuery) query = query_or_fail (place);
  g_assert_true (stn_query_verify (query, &rows, head, &error));
  g_autoptr (GString) expected = g_string_new (NULL);
  g_string_append_printf (expected, "%" G_GUINT64_FORMAT " ", rows);
  for (int i = 0; i < 32; i++)
    g_string_append_printf (expected, "%02x", head[i]);
  g_assert_cmpuint (rows, ==, 9);
  g_assert_cmpstr (output, ==, expected->str);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer/the_sqlite3_command_finds_the_file_whole", the_sqlite3_command_finds_the_file_whole);
  g_test_add_func ("/peer/a_script_works_out_the_same_chain", a_script_works_out_the_same_chain);
  return g_test_run ();
}
