/* What somebody with the file and SQLite can do to it, and how verify names it. */
#include "src/journal/verify-private.h"
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

/* What a walk says by so many threads, in ranges of so many entries: its error, or "right" with length and head. */
static char *
say (StnQuery *query, guint threads, guint entries_a_range)
{
  g_autoptr (GError) error = NULL;
  guint64 rows = 99;
  guint8 head[32];

  if (stn_query_verify_by (query, threads, entries_a_range, &rows, head, &error)) {
    g_assert_no_error (error);
    g_autofree char *hash = g_base64_encode (head, sizeof head);
    return g_strdup_printf ("right: %" G_GUINT64_FORMAT " %s", rows, hash);
  }
  g_assert_error (error, STN_ERROR, STN_FAILURE_JOURNAL);
  g_assert_cmpuint (rows, ==, 99);
  return g_strdup (error->message);
}

/* By however many threads, in ranges that end before, at and after whatever was changed: the same words. */
static char *
say_the_same (StnQuery *query, const char *sql, const guint *ranges, gsize range_count)
{
  static const guint threads[] = { 1, 2, 5 };
  g_autofree char *whole = say (query, 1, 1000000);

  for (gsize i = 0; i < range_count; i++)
    for (gsize j = 0; j < G_N_ELEMENTS (threads); j++) {
      g_autofree char *said = say (query, threads[j], ranges[i]);
      if (strcmp (said, whole) != 0)
        g_error ("%s, %u threads, ranges of %u: \"%s\" instead of \"%s\"", sql, threads[j], ranges[i], said, whole);
    }
  return g_steal_pointer (&whole);
}

/* NULL: nothing is found */
static void
assert_verdict (Place *place, const char *sql, const char *words, gboolean is_quick)
{
  static const guint ranges[] = { 1, 3, 4, 13 };
  g_autoptr (StnQuery) query = query_or_fail (place);
  g_autofree char *said = say_the_same (query, sql, ranges + is_quick, is_quick ? 1 : G_N_ELEMENTS (ranges));

  g_test_message ("%s: %s", sql, said);
  g_autofree char *right = g_strdup_printf ("right: %d ", ENTRIES);
  if (words == NULL)
    g_assert_true (g_str_has_prefix (said, right));
  else if (strstr (said, words) == NULL)
    g_error ("%s: \"%s\" instead of \"%s\"", sql, said, words);
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
  { "UPDATE run SET form = 4 WHERE id = 4", "entry 7: run row 4 of run R4 has form 4" },
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
    " left_out, program_version, is_virtual, retry_of, predicted_ns FROM run WHERE id = 1", "run row 6 of run R6 is not in the chain" },
  { "INSERT INTO audit (id, form, utc_us, action) VALUES (3, 1, 0, 'x')", "audit row 3 is not in the chain" },
  { "INSERT INTO void VALUES (0, 1, 0, 'x', 'y', NULL)", "void row 0 is not in the chain" },
  { "INSERT INTO step VALUES (3, 3, 'leave', 'pass', NULL, 0, 0, 1, 0, NULL, NULL, NULL, NULL, NULL, NULL)",
    "entry 8: result row 3" },
  { "INSERT INTO step VALUES (77, 1, 'leave', 'pass', NULL, 0, 0, 1, 0, NULL, NULL, NULL, NULL, NULL, NULL)",
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
  { "UPDATE chain SET sequence = 9223372036854775807 WHERE sequence = 14", "entry 14 was deleted" },
  { "PRAGMA ignore_check_constraints = ON; UPDATE chain SET sequence = -3 WHERE sequence = 1", "entry 1 was deleted" },
  { "PRAGMA ignore_check_constraints = ON; UPDATE chain SET sequence = -sequence", "entry 1 was deleted" },
  { "PRAGMA ignore_check_constraints = ON; UPDATE chain SET hash = x'00' WHERE sequence = 3",
    "entry 3 (run row 2) does not follow" },
  /* more than one: the first is told */
  { "UPDATE run SET lot = 'L2'; UPDATE result SET seen = 'x'; UPDATE audit SET detail = 'x'", "entry 1: run row 1" },
  { "UPDATE audit SET detail = 'x'; UPDATE result SET seen = 'x' WHERE id > 1; DELETE FROM run WHERE id = 5",
    "entry 5: result row 2" },
  { "UPDATE audit SET detail = 'x' WHERE id = 2; INSERT INTO void VALUES (0, 1, 0, 'x', 'y', NULL)",
    "entry 12: audit row 2" },
  { "INSERT INTO audit (id, form, utc_us, action) VALUES (-1, 1, 0, 'x'), (9, 1, 0, 'x');"
    "INSERT INTO void VALUES (9, 1, 0, 'x', 'y', NULL)", "void row 9 is not in the chain" },
  /* statistics that make the planner think of other ways to the rows are no change */
  { "ANALYZE; UPDATE sqlite_stat1 SET stat = '6 1'", NULL },
  { "ANALYZE; UPDATE sqlite_stat1 SET stat = '6 1'; UPDATE result SET seen = 'x' WHERE id > 2",
    "entry 8: result row 3" },
  /* rows between those of two entries, which no range has */
  { "INSERT INTO step VALUES (-5, 1, 'leave', 'pass', NULL, 0, 0, 1, 0, NULL, NULL, NULL, NULL, NULL, NULL)",
    "steps of result row -5" },
};

static void
every_change_is_found_and_named (void)
{
  g_autoptr (Place) whole = place_new ();
  g_autofree char *contents = NULL;
  gsize length;

  fill (whole);
  assert_verdict (whole, "nothing", NULL, FALSE);
  g_assert_true (g_file_get_contents (whole->path, &contents, &length, NULL)); /* closed: no -wal beside it */
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Place) place = place_new ();
    g_assert_true (g_file_set_contents (place->path, contents, (gssize) length, NULL));
    tamper (place, cases[i].sql);
    assert_verdict (place, cases[i].sql, cases[i].words, FALSE);
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
      assert_verdict (copy, sql, in_form ? words : NULL, TRUE);
      tried++;
    }
  }
  g_assert_cmpuint (tried, >, 80);
}

/* a long chain: every entry in turn, alone and together with the last one, and every joint's hashes */
static void
the_first_bad_entry_is_named_wherever_it_lies (void)
{
  enum { ROWS = 23 };
  static const guint ranges[] = { 1, 5, 6, 22 };
  static const char *const changes[] = {
    "UPDATE audit SET detail = 'x' WHERE id = %u", "UPDATE audit SET detail = 'x' WHERE id IN (%u, 23)",
    "UPDATE chain SET hash = randomblob (32) WHERE sequence = %u",
    "UPDATE chain SET previous_hash = randomblob (32) WHERE sequence = %u", "DELETE FROM audit WHERE id = %u",
    "UPDATE audit SET detail = 'x' WHERE id >= %u",
    /* both sides of a joint agree with each other, and neither with the rows */
    ("UPDATE chain SET hash = zeroblob (32) WHERE sequence = %1$u;"
     "UPDATE chain SET previous_hash = zeroblob (32) WHERE sequence = %1$u + 1"),
  };
  g_autoptr (Place) whole = place_new ();
  g_autofree char *contents = NULL;
  gsize length;

  {
    g_autoptr (StnJournal) journal = open_or_fail (whole);
    for (guint i = 0; i < ROWS; i++)
      g_assert_true (stn_journal_audit (journal, "clock-set", "station", "3 s", NULL, NULL));
  }
  g_assert_true (g_file_get_contents (whole->path, &contents, &length, NULL));
  for (guint entry = 1; entry <= ROWS; entry++)
    for (gsize i = 0; i < G_N_ELEMENTS (changes); i++) {
      g_autoptr (Place) place = place_new ();
      g_autoptr (GString) sql = g_string_new (changes[i]);
      g_autofree char *number = g_strdup_printf ("%u", entry);
      g_string_replace (sql, "%1$u", number, 0);
      g_string_replace (sql, "%u", number, 0);
      g_assert_true (g_file_set_contents (place->path, contents, (gssize) length, NULL));
      tamper (place, sql->str);
      g_autoptr (StnQuery) query = query_or_fail (place);
      /* not every width at every entry: all of them are at every place by the end */
      g_autofree char *said = say_the_same (query, sql->str, ranges + entry % G_N_ELEMENTS (ranges), 1);
      g_autofree char *words = g_strdup_printf ("chain entry %u", entry);
      const char *found = strstr (said, words);
      if (found == NULL || g_ascii_isdigit (found[strlen (words)]))
        g_error ("%s: \"%s\" instead of \"%s\"", sql->str, said, words);
    }
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
  g_test_add_func ("/verify/the_first_bad_entry_is_named_wherever_it_lies",
                   the_first_bad_entry_is_named_wherever_it_lies);
  g_test_add_func ("/verify/a_cut_off_end_shows_in_length_and_head", a_cut_off_end_shows_in_length_and_head);
  g_test_add_func ("/verify/an_empty_chain_is_right", an_empty_chain_is_right);
  g_test_add_func ("/verify/the_writer_goes_on_during_and_after_a_walk", the_writer_goes_on_during_and_after_a_walk);
  return g_test_run ();
}
