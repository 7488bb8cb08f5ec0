#include "tests/journal/support.h"
#include "src/journal/journal-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void
assert_says (const GError *error, const char *words)
{
  if (strstr (error->message, words) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, words);
}

static char *
contents_of (const char *path)
{
  char *contents = NULL;
  gsize length = 0;
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  char *hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) contents, length);
  g_free (contents);
  return hash;
}

/* and the file is as it was */
static void
assert_refused_untouched (Place *place, const char *words)
{
  g_autofree char *before = contents_of (place->path);
  g_autoptr (GError) error = open_must_fail (place, STN_FAILURE_JOURNAL);
  g_autoptr (GError) query_error = NULL;
  g_autofree char *after = contents_of (place->path);

  assert_says (error, words);
  assert_says (error, place->path);
  g_assert_cmpstr (before, ==, after);
  g_assert_null (stn_query_open (place->path, &query_error));
  g_assert_error (query_error, STN_ERROR, STN_FAILURE_JOURNAL);
}

static void
a_new_journal_has_all_settings (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (GError) error = NULL;
  g_autofree char *deep = g_build_filename (place->folder, "a", "b", "journal.db", NULL);
  static const struct {
    const char *sql;
    gint64 expected;
  } settings[] = {
    { "PRAGMA synchronous", 2 }, { "PRAGMA foreign_keys", 1 },    { "PRAGMA trusted_schema", 0 },
    { "PRAGMA cell_size_check", 1 }, { "PRAGMA busy_timeout", 5000 }, { "PRAGMA application_id", 0x534a6e6c },
    { "PRAGMA user_version", 4 }, { "SELECT count (*) FROM pragma_table_list WHERE type = 'table' AND schema = 'main' "
                                    "AND strict = 0 AND name NOT LIKE 'sqlite_%'", 0 },
  };

  StnJournal *journal = stn_journal_open (deep, TRUE, clock, &error);
  g_assert_no_error (error);
  g_assert_true (stn_journal_is_virtual (journal));
  g_assert_cmpstr (stn_journal_path (journal), ==, deep);
  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++) {
    gint64 seen;
    g_assert_true (stn_database_integer (journal->database, settings[i].sql, -1, &seen, &error));
    g_assert_cmpint (seen, ==, settings[i].expected);
  }
  {
    g_autoptr (StnRows) rows = stn_database_query (journal->database, &error, "PRAGMA journal_mode", "");
    g_assert_cmpint (stn_database_step (journal->database, rows, &error), ==, STN_ROW);
    g_assert_cmpstr ((const char *) sqlite3_column_text (rows, 0), ==, "wal");
  }
  stn_journal_close (journal);
  g_autoptr (StnQuery) query = stn_query_open (deep, &error);
  g_assert_true (stn_query_is_virtual (query));
  g_clear_pointer (&query, stn_query_close);
  g_remove (deep);
  g_autofree char *b = g_path_get_dirname (deep);
  g_autofree char *a = g_path_get_dirname (b);
  g_rmdir (b);
  g_rmdir (a);
}

static void
a_file_of_another_kind_is_left_alone (void)
{
  g_autoptr (Place) place = place_new ();
  g_assert_true (g_file_set_contents (place->path, "a letter that somebody wrote, and no database at all\n", -1, NULL));
  assert_refused_untouched (place, "no SQLite database");
}

static void
another_programs_database_is_left_alone (void)
{
  g_autoptr (Place) place = place_new ();
  change (place, "CREATE TABLE address (name)");
  assert_refused_untouched (place, "another program");
  change (place, "PRAGMA application_id = 77");
  assert_refused_untouched (place, "0x0000004d");
}

static void
a_newer_journal_is_left_alone (void)
{
  g_autoptr (Place) place = place_new ();
  stn_journal_close (open_or_fail (place));
  change (place, "PRAGMA user_version = 99");
  assert_refused_untouched (place, "newer version (schema 99, this program knows 4)");
}

static void
kinds_of_journal_do_not_mix (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (GError) error = NULL;
  stn_journal_close (open_or_fail (place));
  g_assert_null (stn_journal_open (place->path, TRUE, place->clock, &error));
  g_assert_error (error, STN_ERROR, STN_FAILURE_JOURNAL);
  assert_says (error, "this is a production journal and the station is virtual");
  g_autofree char *programs = ask (place, "SELECT count (*) FROM instance");
  g_assert_cmpstr (programs, ==, "0");
}

static void
a_folder_is_no_journal (void)
{
  g_autoptr (Place) place = place_new ();
  g_assert_cmpint (g_mkdir (place->path, 0755), ==, 0);
  g_autoptr (GError) error = open_must_fail (place, STN_FAILURE_JOURNAL);
  assert_says (error, "not a file");
}

static void
there_is_nothing_to_read_before_the_first_run (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (GError) error = NULL;
  g_assert_null (stn_query_open (place->path, &error));
  assert_says (error, "no journal yet");
  g_assert_false (g_file_test (place->path, G_FILE_TEST_EXISTS));
}

/* as a user without rights, in a process of its own: root may write anywhere */
static void
what_cannot_be_written_is_refused (void)
{
  static const char *const cases[] = { "folder", "file" };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Place) place = place_new ();
    stn_journal_close (open_or_fail (place));
    g_assert_cmpint (g_chmod (place->folder, i == 0 ? 0555 : 0777), ==, 0);
    g_assert_cmpint (g_chmod (place->path, i == 0 ? 0666 : 0444), ==, 0);
    pid_t pid = fork ();
    g_assert_cmpint (pid, >=, 0);
    if (pid == 0) {
      g_autoptr (GError) error = NULL;
      if (geteuid () == 0 && setresuid (65534, 65534, 65534) != 0)
        _exit (77);
      StnJournal *journal = stn_journal_open (place->path, FALSE, place->clock, &error);
      _exit (journal == NULL && stn_error_is (error, STN_FAILURE_JOURNAL)
                     && strstr (error->message, "cannot be written") != NULL ? 0 : 1);
    }
    int status;
    g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
    g_assert_cmpint (g_chmod (place->folder, 0755), ==, 0);
    g_test_message ("%s", cases[i]);
    g_assert_true (WIFEXITED (status));
    g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  }
}

static void
network_file_systems_are_known_by_number (void)
{
  g_assert_cmpstr (stn_journal_network_name (0x6969), ==, "NFS");
  g_assert_cmpstr (stn_journal_network_name (0xff534d42), ==, "CIFS");
  unsigned long extended = (unsigned long) (long) (int) 0xff534d42; /* f_type is signed */
  g_assert_cmpstr (stn_journal_network_name (extended), ==, "CIFS");
  g_assert_null (stn_journal_network_name (0xef53));     /* ext4 */
  g_assert_null (stn_journal_network_name (0x01021994)); /* tmpfs */
  g_assert_null (stn_journal_network_name (0x01021997)); /* 9p */
}

static void
overwrite (const char *path, goffset offset, gsize length)
{
  int fd = g_open (path, O_WRONLY, 0);
  g_autofree char *junk = g_strnfill (length, (char) 0xa5);
  g_assert_cmpint (pwrite (fd, junk, length, offset), ==, (gssize) length);
  close (fd);
}

static void
fill (Place *place, int runs)
{
  g_autoptr (StnJournal) journal = open_or_fail (place);
  for (int i = 0; i < runs; i++) {
    g_autofree char *run_id = g_strdup_printf ("R%d", i);
    begin_or_fail (journal, run_id);
    finish_or_fail (journal, run_id, STN_VERDICT_PASS, NULL);
  }
}

/* a row of a program that no longer runs: as kill -9 leaves it */
#define UNCLEAN "INSERT INTO instance (pid, start_ticks, boot_id, opened_utc_us) VALUES (1, 1, 'another boot', 0)"

static void
after_an_unclean_end_damage_is_looked_for (void)
{
  g_autoptr (Place) place = place_new ();
  GStatBuf about;

  fill (place, 60);
  change (place, UNCLEAN);
  stn_journal_close (open_or_fail (place)); /* whole: opens */
  g_autofree char *left = ask (place, "SELECT count (*) FROM instance");
  g_assert_cmpstr (left, ==, "0");

  change (place, UNCLEAN);
  g_assert_cmpint (g_stat (place->path, &about), ==, 0);
  g_autofree char *page = ask (place, "SELECT rootpage FROM sqlite_schema WHERE name = 'run_by_day'");
  overwrite (place->path, (g_ascii_strtoll (page, NULL, 10) - 1) * 4096 + 8, 2000);
  g_autoptr (GError) error = open_must_fail (place, STN_FAILURE_JOURNAL);
  assert_says (error, "damaged");
  g_autoptr (GError) again = open_must_fail (place, STN_FAILURE_JOURNAL); /* it stays refused */
  assert_says (again, "damaged");
}

static void
damage_of_the_head_is_refused (void)
{
  static const goffset offsets[] = { 0, 16, 100, 4096 };
  for (gsize i = 0; i < G_N_ELEMENTS (offsets); i++) {
    g_autoptr (Place) place = place_new ();
    fill (place, 5);
    overwrite (place->path, offsets[i], i == 1 ? 1 : 200);
    g_autoptr (GError) error = NULL;
    g_autoptr (StnJournal) journal = stn_journal_open (place->path, FALSE, place->clock, &error);
    g_test_message ("%d: %s", (int) offsets[i], error != NULL ? error->message : "opened");
    g_assert_null (journal);
    g_assert_error (error, STN_ERROR, STN_FAILURE_JOURNAL);
  }
}

/* a file cut short at any place opens or is refused; nothing else happens */
static void
a_file_cut_short_does_no_harm (void)
{
  for (int i = 0; i < 12; i++) {
    g_autoptr (Place) place = place_new ();
    g_autoptr (GError) error = NULL;
    fill (place, 20);
    change (place, UNCLEAN);
    g_assert_cmpint (truncate (place->path, i < 6 ? i * 37 : (i - 5) * 4096 * 3), ==, 0);
    StnJournal *journal = stn_journal_open (place->path, FALSE, place->clock, &error);
    if (journal == NULL)
      g_assert_error (error, STN_ERROR, STN_FAILURE_JOURNAL);
    else
      g_assert_cmpint (i, ==, 0); /* an empty file is a new journal */
    stn_journal_close (journal);
  }
}

static void
claims_of_a_dead_program_are_void (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  begin_or_fail (journal, "R1");
  admit_or_fail (journal, "R1", UID_A);
  /* it dies while we run: the row becomes another's */
  change (place, UNCLEAN ";UPDATE live_run SET instance = (SELECT max (id) FROM instance)");
  begin_or_fail (journal, "R2");
  admit_or_fail (journal, "R2", UID_A);
}

static void
a_program_is_known_by_more_than_its_number (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (StnJournal) journal = open_or_fail (place);
  g_assert_nonnull (journal);
  g_autofree char *ticks_text = ask (place, "SELECT start_ticks FROM instance");
  gint64 ticks = g_ascii_strtoll (ticks_text, NULL, 10);

  g_assert_cmpint (ticks, >, 0);
  g_assert_true (stn_instance_is_alive (getpid (), ticks, stn_boot_id ()));
  g_assert_false (stn_instance_is_alive (getpid (), ticks - 1, stn_boot_id ())); /* the number, given out again */
  g_assert_false (stn_instance_is_alive (getpid (), ticks, "another boot"));
  g_assert_false (stn_instance_is_alive (0, ticks, stn_boot_id ()));
  g_assert_false (stn_instance_is_alive (-1, ticks, stn_boot_id ()));
  g_assert_false (stn_instance_is_alive (G_MAXINT64, ticks, stn_boot_id ()));
  /* one that has ended and that nobody has waited for */
  pid_t pid = fork ();
  if (pid == 0)
    _exit (0);
  siginfo_t info;
  g_assert_cmpint (waitid (P_PID, (id_t) pid, &info, WEXITED | WNOWAIT), ==, 0);
  g_assert_false (stn_instance_is_alive (pid, ticks, stn_boot_id ()));
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/open/a_new_journal_has_all_settings", a_new_journal_has_all_settings);
  g_test_add_func ("/open/a_file_of_another_kind_is_left_alone", a_file_of_another_kind_is_left_alone);
  g_test_add_func ("/open/another_programs_database_is_left_alone", another_programs_database_is_left_alone);
  g_test_add_func ("/open/a_newer_journal_is_left_alone", a_newer_journal_is_left_alone);
  g_test_add_func ("/open/kinds_of_journal_do_not_mix", kinds_of_journal_do_not_mix);
  g_test_add_func ("/open/a_folder_is_no_journal", a_folder_is_no_journal);
  g_test_add_func ("/open/there_is_nothing_to_read_before_the_first_run",
                   there_is_nothing_to_read_before_the_first_run);
  g_test_add_func ("/open/what_cannot_be_written_is_refused", what_cannot_be_written_is_refused);
  g_test_add_func ("/open/network_file_systems_are_known_by_number", network_file_systems_are_known_by_number);
  g_test_add_func ("/open/after_an_unclean_end_damage_is_looked_for", after_an_unclean_end_damage_is_looked_for);
  g_test_add_func ("/open/damage_of_the_head_is_refused", damage_of_the_head_is_refused);
  g_test_add_func ("/open/a_file_cut_short_does_no_harm", a_file_cut_short_does_no_harm);
  g_test_add_func ("/open/claims_of_a_dead_program_are_void", claims_of_a_dead_program_are_void);
  g_test_add_func ("/open/a_program_is_known_by_more_than_its_number", a_program_is_known_by_more_than_its_number);
  return g_test_run ();
}
