/* kill -9, a power cut or a bad disk at every write operation of a scripted series of calls: what was acknowledged is
 * in the file, the chain holds, no serial is on two chips, and the next program goes on.
 *
 * Every few operations in the ordinary suite; `-m slow` does every one. */
#include "tests/journal/shim-vfs.h"
#include "tests/journal/support.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *helper_path;

/* Runs the helper; after `kill_after_us` (0: never) it is killed. Its lines; free with g_strfreev. */
static char **
run_helper (const char *const *arguments, gulong kill_after_us)
{
  int output;
  GPid pid;
  g_autoptr (GError) error = NULL;

  g_spawn_async_with_pipes (NULL, (char **) arguments, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL, &output,
                            NULL, &error);
  g_assert_no_error (error);
  if (kill_after_us > 0) {
    g_usleep (kill_after_us); /* real time on purpose: another program is killed anywhere */
    kill (pid, SIGKILL);
  }
  g_autoptr (GString) text = g_string_new (NULL);
  char buffer[4096];
  gssize got;
  while ((got = read (output, buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR))
    if (got > 0)
      g_string_append_len (text, buffer, got);
  close (output);
  int status;
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  if (WIFSIGNALED (status))
    g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);
  else
    g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  return g_strsplit (text->str, "\n", 0);
}

static void
assert_asked (Place *place, const char *expected, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
assert_asked (Place *place, const char *expected, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *sql = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_autofree char *seen = ask (place, sql);
  if (g_strcmp0 (seen, expected) != 0)
    g_error ("%s: %s instead of %s", sql, seen, expected);
}

/* Everything that the helper was told is in the file. */
static void
assert_acknowledged (Place *place, char **lines)
{
  for (char **line = lines; *line != NULL; line++) {
    g_auto (GStrv) words = g_strsplit (*line, " ", 0);
    const char *what = words[0] != NULL ? words[0] : "";
    if (strcmp (what, "begin") == 0)
      assert_asked (place, "1", "SELECT count (*) FROM run WHERE run_id = '%s'", words[1]);
    else if (strcmp (what, "admit") == 0)
      assert_asked (place, words[2], "SELECT uid FROM admission WHERE run_id = '%s'", words[1]);
    else if (strcmp (what, "lease") == 0)
      assert_asked (place, words[2], "SELECT serial FROM serial_event WHERE run_id = '%s' LIMIT 1", words[1]);
    else if (strcmp (what, "expose") == 0)
      assert_asked (place, "1", "SELECT count (*) > 0 FROM serial_event WHERE run_id = '%s' AND serial = '%s' "
                    "AND state IN ('exposed', 'used')", words[1], words[2]);
    else if (strcmp (what, "open") == 0)
      assert_asked (place, "1", "SELECT count (*) FROM write_window WHERE run_id = '%s'", words[1]);
    else if (strcmp (what, "close") == 0)
      assert_asked (place, "1", "SELECT count (*) FROM write_window_end JOIN write_window ON id = write_window "
                    "WHERE run_id = '%s'", words[1]);
    else if (strcmp (what, "finish") == 0)
      assert_asked (place, words[2], "SELECT verdict FROM result WHERE run_id = '%s'", words[1]);
    else if (strcmp (what, "void") == 0)
      assert_asked (place, "1", "SELECT count (*) FROM void WHERE serial = '%s'", words[1]);
  }
}

/* The file is whole and goes on being used, whatever happened before. */
static void
assert_whole (Place *place)
{
  g_autoptr (StnJournal) journal = open_or_fail (place);

  assert_asked (place, "ok", "PRAGMA integrity_check");
  assert_asked (place, NULL, "SELECT * FROM pragma_foreign_key_check");
  assert_asked (place, "1", "SELECT count (*) FROM instance"); /* ours alone: the dead are gone, with what they held */
  assert_asked (place, "0", "SELECT count (*) FROM live_run");
  assert_asked (place, "0", "SELECT count (*) FROM serial_now WHERE state = 'leased'");
  /* no serial was ever near two chips */
  assert_asked (place, "0", "SELECT count (*) FROM (SELECT 1 FROM serial_event WHERE uid IS NOT NULL "
                "AND state IN ('exposed', 'used') GROUP BY scheme, serial HAVING count (DISTINCT uid) > 1)");
  assert_asked (place, "0", "SELECT count (*) FROM (SELECT 1 FROM result WHERE verdict = 'pass' GROUP BY serial "
                "HAVING count (DISTINCT uid) > 1)");
  /* a PASS and the state of its serial are one transaction */
  assert_asked (place, "0", "SELECT count (*) FROM result WHERE verdict = 'pass' AND NOT EXISTS "
                "(SELECT 1 FROM serial_event AS e WHERE e.run_id = result.run_id AND e.serial = result.serial "
                "AND e.state = 'used')");
  verify_or_fail (place);

  g_autofree char *run_id = stn_uuid_new (0);
  g_autofree char *serial = whole_run (journal, run_id, STN_VERDICT_PASS, UID_A);
  assert_asked (place, "1", "SELECT count (DISTINCT uid) FROM serial_event WHERE serial = '%s' "
                "AND state IN ('exposed', 'used')", serial);
}

static guint
answered (char **lines, const char *what)
{
  guint count = 0;
  for (; *lines != NULL; lines++)
    count += g_str_has_prefix (*lines, what) ? 1 : 0;
  return count;
}

#define FINISHES 6 /* of a script that nothing happens to */

static guint
count_operations (void)
{
  g_autoptr (Place) place = place_new ();
  const char *const arguments[] = { helper_path, "script", place->path, "0", "0", "0", NULL };
  g_auto (GStrv) lines = run_helper (arguments, 0);
  guint length = g_strv_length (lines);
  g_assert_cmpuint (answered (lines, "finish"), ==, FINISHES);
  g_assert_cmpuint (answered (lines, "operations "), ==, 1);
  return (guint) g_ascii_strtoull (lines[length - 2] + strlen ("operations "), NULL, 10);
}

static void
sweep (ShimMode mode)
{
  const guint stride = g_test_slow () ? 1 : 149;
  const guint last = count_operations ();
  guint hit = 0;

  g_assert_cmpuint (last, >, 300);
  for (guint at = (guint) g_test_rand_int_range (1, (gint32) stride + 1); at <= last; at += stride) {
    g_autoptr (Place) place = place_new ();
    g_autofree char *mode_text = g_strdup_printf ("%d", mode);
    g_autofree char *at_text = g_strdup_printf ("%u", at);
    g_autofree char *seed_text = g_strdup_printf ("%d", g_test_rand_int_range (0, 1000000));
    const char *const arguments[]
        = { helper_path, "script", place->path, mode_text, at_text, seed_text, NULL };
    g_auto (GStrv) lines = run_helper (arguments, 0);
    g_test_message ("operation %u, seed %s: %u calls were answered", at, seed_text, g_strv_length (lines) - 1);
    if (answered (lines, "finish") < FINISHES || answered (lines, "operations") == 0)
      hit++;
    assert_whole (place);
    assert_acknowledged (place, lines);
  }
  /* a single error may be SQLite's to mend; the others always show */
  if (mode != SHIM_ERROR)
    g_assert_cmpuint (hit, >=, 2);
}

static void
a_kill_at_any_write_loses_nothing_acknowledged (void)
{
  sweep (SHIM_KILL);
}

static void
a_kill_in_the_middle_of_a_write_loses_nothing_acknowledged (void)
{
  sweep (SHIM_KILL_TORN);
}

static void
a_power_cut_at_any_write_loses_nothing_acknowledged (void)
{
  sweep (SHIM_POWER_CUT);
}

static void
a_disk_error_at_any_write_loses_nothing_acknowledged (void)
{
  sweep (SHIM_ERROR);
}

static void
a_disk_that_dies_at_any_write_loses_nothing_acknowledged (void)
{
  sweep (SHIM_DEAD);
}

static void
a_disk_full_from_any_write_on_loses_nothing_acknowledged (void)
{
  sweep (SHIM_FULL);
}

static void
a_kill_at_any_time_loses_nothing_acknowledged (void)
{
  const int rounds = g_test_slow () ? 100 : 6;
  g_autoptr (Place) place = place_new (); /* one file for all: it lives through every kill */
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  for (int i = 0; i < rounds; i++) {
    const char *const arguments[] = { helper_path, "endless", place->path, NULL };
    g_ptr_array_add (all, run_helper (arguments, (gulong) g_test_rand_int_range (1000, 120000)));
    assert_whole (place);
  }
  for (guint i = 0; i < all->len; i++)
    assert_acknowledged (place, g_ptr_array_index (all, i));
}

typedef struct {
  const char *path;
  const char *count, *seed;
  gulong kill_after_us;
} Racer;

static gpointer
race (gpointer data)
{
  const Racer *racer = data;
  const char *const arguments[] = { helper_path, "race", racer->path, racer->count, racer->seed, NULL };
  return run_helper (arguments, racer->kill_after_us);
}

/* Two programs on one file, with workers that die, fails, cancels, restarts, and one program more that is killed. */
static void
programs_that_race_never_share_a_serial (void)
{
  g_autoptr (Place) place = place_new ();
  g_autofree char *seed = g_strdup_printf ("%d", g_test_rand_int_range (0, 1000000));
  g_autofree char *other_seed = g_strdup_printf ("%d", g_test_rand_int_range (0, 1000000));
  const char *runs = g_test_slow () ? "300" : "40";
  const Racer racers[] = { { place->path, runs, seed, 0 }, { place->path, runs, other_seed, 0 },
                           { place->path, runs, "7", 300000 } };
  GThread *threads[G_N_ELEMENTS (racers)];
  char **lines[G_N_ELEMENTS (racers)];
  g_autoptr (GHashTable) chip_of = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  guint exposed = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (racers); i++)
    threads[i] = g_thread_new ("racer", race, (gpointer) &racers[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (racers); i++)
    lines[i] = g_thread_join (threads[i]);
  assert_whole (place);
  for (gsize i = 0; i < G_N_ELEMENTS (racers); i++) {
    assert_acknowledged (place, lines[i]);
    for (char **line = lines[i]; *line != NULL; line++) {
      g_auto (GStrv) words = g_strsplit (*line, " ", 0);
      if (g_strcmp0 (words[0], "expose") != 0)
        continue;
      const char *chip = g_hash_table_lookup (chip_of, words[2]);
      if (chip != NULL)
        g_assert_cmpstr (chip, ==, words[3]);
      g_hash_table_insert (chip_of, g_strdup (words[2]), g_strdup (words[3]));
      exposed++;
    }
    g_strfreev (lines[i]);
  }
  g_assert_cmpuint (exposed, >, 40);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  helper_path = g_getenv ("JOURNAL_HELPER");
  g_assert_nonnull (helper_path);
  g_test_add_func ("/kill/a_kill_at_any_write_loses_nothing_acknowledged",
                   a_kill_at_any_write_loses_nothing_acknowledged);
  g_test_add_func ("/kill/a_kill_in_the_middle_of_a_write_loses_nothing_acknowledged",
                   a_kill_in_the_middle_of_a_write_loses_nothing_acknowledged);
  g_test_add_func ("/kill/a_power_cut_at_any_write_loses_nothing_acknowledged",
                   a_power_cut_at_any_write_loses_nothing_acknowledged);
  g_test_add_func ("/kill/a_disk_error_at_any_write_loses_nothing_acknowledged",
                   a_disk_error_at_any_write_loses_nothing_acknowledged);
  g_test_add_func ("/kill/a_disk_that_dies_at_any_write_loses_nothing_acknowledged",
                   a_disk_that_dies_at_any_write_loses_nothing_acknowledged);
  g_test_add_func ("/kill/a_disk_full_from_any_write_on_loses_nothing_acknowledged",
                   a_disk_full_from_any_write_on_loses_nothing_acknowledged);
  g_test_add_func ("/kill/a_kill_at_any_time_loses_nothing_acknowledged",
                   a_kill_at_any_time_loses_nothing_acknowledged);
  g_test_add_func ("/kill/programs_that_race_never_share_a_serial", programs_that_race_never_share_a_serial);
  return g_test_run ();
}
