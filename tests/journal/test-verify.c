/* What somebody with the file and SQLite can do to it, and how verify names it. */
#include "tests/journal/support.h"

#include <string.h>

/* five runs (the second without a result), two voids, a disposition, two audit rows: the chain is
 * 1 run 1, 2 result 1, 3 run 2, 4 run 3, 5 result 2 (of run 3), 6 void 1, 7 run 4, 8 result 3, 9 void 2,
 * 10 disposition 1, 11 audit 1, 12 audit 2, 13 run 5, 14 result 4 */
#define ENTRIES 14

static void
fill (Place *place)
{
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (GError) error = NULL;
  g_free (whole_run (journal, "R1", STN_VERDICT_FAIL, UID_A));
  begin_or_fail (journal, "R2");
  g_free (whole_run (journal, "R3", STN_VERDICT_PASS, UID_A));
  g_assert_true (stn_journal_void_serial (journal, "V1", "torn", NULL, &error));
  g_free (whole_run (journal, "R4", STN_VERDICT_PASS, UID_B));
  g_assert_true (stn_journal_void_serial (journal, "V2", "torn", "o1", &error));
  g_assert_true (stn_journal_dispose (journal, UID_A, "rework", "solder", "o1", &error));
  g_assert_true (stn_journal_audit (journal, "clock-set", "3 s", NULL, NULL, &error));
  g_assert_true (stn_journal_audit (journal, "signed", "job", "abc", "o2", &error));
  g_free (whole_run (journal, "R5", STN_VERDICT_FAIL, UID_B));
}

/* takes all triggers and foreign keys away first, as somebody with intent would */
static void
tamper (Place *place, const char *sql)
{
  sqlite3 *connection;
  sqlite3_stmt *triggers;
  char *message = NULL;
  g_autoptr (GString) drops = g_string_new ("PRAGMA synchronous = OFF;"); /* nobody cuts the power here */

  g_assert_cmpint (sqlite3_open (place->path, &connection), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (connection, "SELECT name FROM sqlite_schema WHERE type = 'trigger'", -1,
                                       &triggers, NULL), ==, SQLITE_OK);
  while (sqlite3_step (triggers) == SQLITE_ROW)
    g_string_append_printf (drops, "DROP TRIGGER %s;", sqlite3_column_text (triggers, 0));
  sqlite3_finalize (triggers);
  g_string_append (drops, sql);
  if (sqlite3_exec (connection, drops->str, NULL, NULL, &message) != SQLITE_OK)
    g_error ("%s: %s", sql, message);
  g_assert_cmpint (sqlite3_total_changes (connection), >, 0);
  sqlite3_close (connection);
}

/* NULL: nothing is found */
static void
assert_verdict (Place *place, const char *sql, const char *words)
{
  g_autoptr (StnQuery) query = query_or_fail (place);
  g_autoptr (GError) error = NULL;
  guint64 rows = 99;
  gboolean right = stn_query_verify (query, &rows, NULL, &error);

  if (words == NULL) {
    g_assert_no_error (error);
    g_assert_cmpuint (rows, ==, ENTRIES);
    return;
  }
  if (right)
    g_error ("%s: not found", sql);
  g_assert_error (error, STN_ERROR, STN_FAILURE_JOURNAL);
  g_assert_cmpuint (rows, ==, 99);
  g_test_message ("%s: %s", sql, error->message);
  if (strstr (error->message, words) == NULL)
    g_error ("%s: \"%s\" instead of \"%s\"", sql, error->message, words);
}

static const struct {
  const char *sql, *words;
} cases[] = {
  /* edits, of every kind of row */
  { "UPDATE run SET lot = 'L2' WHERE id = 2", "entry 3: run row 2 of run R2 is not what was recorded" },
  { "UPDATE run SET lot = NULL WHERE id = 1", "entry 1: run row 1 of run R1" },
  { "UPDATE run SET shift = '' WHERE id = 1", "entry 1: run row 1" }, /* NULL is not empty */
  { "UPDATE run SET lot = lot || char (0) || 'x' WHERE id = 1", "entry 1: run row 1" },
  { "UPDATE run SET job_revision = 8 WHERE id = 5", "entry 13: run row 5 of run R5" },
  { "UPDATE result SET verdict = 'pass', failure = NULL WHERE id = 1", "entry 2: result row 1 of run R1" },
  { "UPDATE result SET uid = '" UID_A "' WHERE id = 3", "entry 8: result row 3 of run R4" },
  { "UPDATE result SET product_id = NULL WHERE id = 4", "entry 14: result row 4" },
  { "UPDATE step SET value = 813 WHERE result = 3 AND position = 2", "entry 8: result row 3 of run R4" },
  { "UPDATE step SET position = position + 10 WHERE result = 1 AND position = 1", "entry 2: result row 1" },
  { "UPDATE void SET reason = 'Torn' WHERE id = 2", "entry 9: void row 2" },
  { "UPDATE void SET operator_id = 'o1' WHERE id = 1", "entry 6: void row 1" },
  { "UPDATE disposition SET kind = 'release'", "entry 10: disposition row 1" },
  { "UPDATE audit SET detail = 'abd' WHERE id = 2", "entry 12: audit row 2" },
  { "UPDATE run SET form = 3 WHERE id = 4", "entry 7: run row 4 of run R4 has form 3" },
  { "UPDATE run SET run_id = 'R9' WHERE id = 2", "entry 3: run row 2 of run R9" },
  /* deletions */
  { "DELETE FROM result WHERE id = 2", "entry 5: result row 2 was deleted" },
  { "DELETE FROM void WHERE id = 1", "entry 6: void row 1 was deleted" },
  { "DELETE FROM step WHERE result = 3 AND position = 2", "entry 8: result row 3" },
  { "DELETE FROM result WHERE id = 2; DELETE FROM chain WHERE sequence = 5", "entry 5 was deleted" },
  { "DELETE FROM result WHERE id = 2; DELETE FROM chain WHERE sequence = 5;"
    "UPDATE chain SET sequence = sequence - 1 WHERE sequence > 5", "entry 5 (void row 1) does not follow" },
  { "DELETE FROM run WHERE id = 1; DELETE FROM result WHERE id = 1; DELETE FROM chain WHERE sequence < 3;"
    "UPDATE chain SET sequence = sequence - 2", "entry 1 (run row 2) does not follow" },
  { "DELETE FROM chain WHERE sequence = 14", "result row 4 of run R5 is not in the chain" },
  { "DELETE FROM chain", "run row 1 of run R1 is not in the chain" },
  /* insertions */
  { "INSERT INTO run SELECT 6, form, 'R6', started_utc_us, started_mono_ns, boot_id, production_day, shift,"
    " operator_id, lot, station, bank, site, fixture, fixture_revision, fixture_cycle, cycle, unit_scan, panel,"
    " panel_position, job_name, job_revision, job_hash, plan_hash, images, target, target_source, target_hash, engine, adapters,"
    " left_out, program_version, is_virtual, retry_of FROM run WHERE id = 1", "run row 6 of run R6 is not in the chain" },
  { "INSERT INTO audit (id, form, utc_us, action) VALUES (3, 1, 0, 'x')", "audit row 3 is not in the chain" },
  { "INSERT INTO void VALUES (0, 1, 0, 'x', 'y', NULL)", "void row 0 is not in the chain" },
  { "INSERT INTO step VALUES (3, 3, 'leave', 'pass', NULL, 0, 0, 1, 0, NULL, NULL, NULL, NULL, NULL)",
    "entry 8: result row 3" },
  { "INSERT INTO step VALUES (77, 1, 'leave', 'pass', NULL, 0, 0, 1, 0, NULL, NULL, NULL, NULL, NULL)",
    "steps of result row 77" },
  { "INSERT INTO audit (id, form, utc_us, action) VALUES (3, 1, 0, 'x');"
    "INSERT INTO chain SELECT 15, 'audit', 3, hash, randomblob (32) FROM chain WHERE sequence = 14",
    "entry 15: audit row 3 is not what was recorded" },
  { "INSERT INTO chain SELECT 15, 'run', 9, hash, hash FROM chain WHERE sequence = 14", "entry 15: run row 9" },
  /* another order */
  { "UPDATE chain SET row = CASE row WHEN 1 THEN -2 ELSE -1 END WHERE kind = 'void';"
    "UPDATE chain SET row = -row WHERE kind = 'void'", "entry 6: void row 2" },
  { "UPDATE chain SET sequence = CASE sequence WHEN 11 THEN 112 ELSE 111 END WHERE sequence IN (11, 12);"
    "UPDATE chain SET sequence = sequence - 100 WHERE sequence > 100", "entry 11 (audit row 2) does not follow" },
  { "UPDATE audit SET id = 9 WHERE id = 1; UPDATE audit SET id = 1 WHERE id = 2; UPDATE audit SET id = 2 WHERE id = 9",
    "entry 11: audit row 1" },
  /* the chain itself */
  { "UPDATE chain SET hash = zeroblob (32) WHERE sequence = 3", "entry 3: run row 2" },
  { "UPDATE chain SET previous_hash = zeroblob (32) WHERE sequence = 4", "entry 4 (run row 3) does not follow" },
  { "UPDATE chain SET kind = 'audit', row = 9 WHERE sequence = 6", "entry 6: audit row 9 was deleted" },
};

static void
every_change_is_found_and_named (void)
{
  g_autoptr (Place) whole = place_new ();
  g_autofree char *contents = NULL;
  gsize length;

  fill (whole);
  assert_verdict (whole, "nothing", NULL);
  g_assert_true (g_file_get_contents (whole->path, &contents, &length, NULL)); /* closed: no -wal beside it */
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Place) place = place_new ();
    g_assert_true (g_file_set_contents (place->path, contents, (gssize) length, NULL));
    tamper (place, cases[i].sql);
    assert_verdict (place, cases[i].sql, cases[i].words);
  }
}

/* every column of every chained table, one at a time */
static void
every_column_is_under_the_chain (void)
{
  static const char *const tables[] = { "run", "result", "step", "void", "disposition", "audit" };
  g_autoptr (Place) place = place_new ();
  g_autofree char *contents = NULL;
  gsize length;
  guint tried = 0;

  fill (place);
  g_assert_true (g_file_get_contents (place->path, &contents, &length, NULL)); /* closed: no -wal beside it */
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++) {
    g_autofree char *find = g_strdup_printf ("SELECT group_concat (name || ':' || type) FROM pragma_table_info ('%s') "
                                             "WHERE name NOT IN ('id', 'result')", tables[i]);
    g_autofree char *found = ask (place, find);
    g_auto (GStrv) columns = g_strsplit (found, ",", 0);
    for (char **column = columns; *column != NULL; column++) {
      g_auto (GStrv) parts = g_strsplit (*column, ":", 2);
      gboolean is_text = strcmp (parts[1], "TEXT") == 0;
      /* without the CHECKs: they are not what is tried here */
      g_autofree char *sql = g_strdup_printf (
          "PRAGMA ignore_check_constraints = ON; UPDATE %s SET %s = CASE WHEN %s IS NULL THEN %s ELSE %s %s END %s",
          tables[i], parts[0], parts[0], is_text ? "''" : "0", parts[0], is_text ? "|| 'x'" : "+ 5",
          strcmp (tables[i], "step") == 0 ? "WHERE result = 2 AND position = 2" : "WHERE id = 1");
      g_autoptr (Place) copy = place_new ();
      g_assert_true (g_file_set_contents (copy->path, contents, (gssize) length, NULL));
      tamper (copy, sql);
      /* the number of a step is not in the form: only their order counts, and that has not changed */
      gboolean in_form = strcmp (parts[0], "position") != 0;
      const char *words = strcmp (parts[0], "form") == 0 ? "has form" : "is not what was recorded";
      assert_verdict (copy, sql, in_form ? words : NULL);
      tried++;
    }
  }
  g_assert_cmpuint (tried, >, 80);
}

/* what the walk cannot see by itself */
static void
a_cut_off_end_shows_in_length_and_head (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (GError) error = NULL;
  guint64 rows, rows_after;
  guint8 head[32], head_after[32];

  fill (place);
  {
    g_autoptr (StnQuery) query = query_or_fail (place);
    g_assert_true (stn_query_verify (query, &rows, head, &error));
  }
  tamper (place, "DELETE FROM chain WHERE sequence > 12; DELETE FROM step WHERE result = 4;"
                 "DELETE FROM result WHERE id = 4; DELETE FROM run WHERE id = 5");
  g_autoptr (StnQuery) query = query_or_fail (place);
  g_assert_true (stn_query_verify (query, &rows_after, head_after, &error));
  g_assert_cmpuint (rows, ==, ENTRIES);
  g_assert_cmpuint (rows_after, ==, ENTRIES - 2);
  g_assert_true (memcmp (head, head_after, 32) != 0);
}

static void
an_empty_chain_is_right (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (GError) error = NULL;
  guint8 head[32], zero[32] = { 0 };
  guint64 rows = 9;
  stn_journal_close (open_or_fail (place));
  g_autoptr (StnQuery) query = query_or_fail (place);
  g_assert_true (stn_query_verify (query, &rows, head, &error));
  g_assert_cmpuint (rows, ==, 0);
  g_assert_cmpmem (head, 32, zero, 32);
}

/* the connection can do other things afterwards, and the writer was not kept out */
static void
the_writer_goes_on_during_and_after_a_walk (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (GError) error = NULL;
  fill (place);
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_autoptr (StnQuery) query = query_or_fail (place);
  g_assert_true (stn_query_verify (query, NULL, NULL, &error));
  g_free (whole_run (journal, "R6", STN_VERDICT_PASS, UID_A));
  guint64 rows;
  g_assert_true (stn_query_verify (query, &rows, NULL, &error));
  g_assert_cmpuint (rows, ==, ENTRIES + 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/verify/every_change_is_found_and_named", every_change_is_found_and_named);
  g_test_add_func ("/verify/every_column_is_under_the_chain", every_column_is_under_the_chain);
  g_test_add_func ("/verify/a_cut_off_end_shows_in_length_and_head", a_cut_off_end_shows_in_length_and_head);
  g_test_add_func ("/verify/an_empty_chain_is_right", an_empty_chain_is_right);
  g_test_add_func ("/verify/the_writer_goes_on_during_and_after_a_walk", the_writer_goes_on_during_and_after_a_walk);
  return g_test_run ();
}
