/* Files under tests/data and data/: bad stations and benches are refused by the exact message, good ones are accepted,
 * and the committed schemas are what the program prints. */
#include "tests/cli/program.h"

#include <string.h>

static char *
source_path (const char *name)
{
  return g_build_filename (g_getenv ("STN_SOURCE_DIR"), name, NULL);
}

static char *
read_text (const char *path)
{
  char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

/* The message without the folder, and without the program's name in front. */
static char *
without_folder (const char *text, const char *folder)
{
  g_autofree char *prefix = g_strconcat (folder, "/", NULL);
  g_auto (GStrv) parts = g_strsplit (text, prefix, -1);
  g_autofree char *joined = g_strjoinv ("", parts);
  const char *start = g_str_has_prefix (joined, "stationctl: ") ? joined + strlen ("stationctl: ") : joined;
  return g_strchomp (g_strdup (start));
}

typedef struct {
  char *folder, *name;
} BadFile;

static void
bad_file_free (gpointer data)
{
  BadFile *file = data;
  g_free (file->folder);
  g_free (file->name);
  g_free (file);
}

static void
a_bad_file_is_refused_by_its_message (gconstpointer data)
{
  const BadFile *file = data;
  g_autoptr (World) world = world_new ();
  g_autofree char *path = g_build_filename (file->folder, file->name, NULL);
  g_autofree char *expected_path = g_strconcat (path, ".expected", NULL);
  g_autofree char *wanted = g_strchomp (read_text (expected_path));

  g_autoptr (Ended) validated = world_run (world, "validate", path, NULL);
  g_autofree char *seen = without_folder (validated->err, file->folder);
  g_assert_cmpstr (seen, ==, wanted);
  assert_exit (validated, 3);
  g_assert_cmpstr (validated->out, ==, "");

  /* a run on it ends the same way, before a journal or a lock is made */
  gboolean is_bench = strstr (file->folder, "benches") != NULL;
  if (is_bench) {
    g_autofree char *station = read_text (world->station);
    char *line = strstr (station, "bench: {");
    g_assert_nonnull (line);
    g_autofree char *before = g_strndup (station, (gsize) (line - station));
    g_autofree char *over_bench = g_strconcat (before, "bench: ", path, strchr (line, '\n'), NULL);
    world_write (world, "station.yaml", over_bench);
  }
  g_autoptr (Ended) ran = world_run (world, "run", "@job", "--station", is_bench ? "@station" : path, NULL);
  assert_exit (ran, 3);
  g_assert_false (world_has (world, "journal.db"));
  g_assert_false (world_has (world, "station/journal.db"));
  g_assert_false (world_has (world, "station/journal-virtual.db"));
}

static void
add_bad_files (const char *folder_name, guint at_least)
{
  g_autofree char *folder = source_path (folder_name);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint count = 0;
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL) {
    if (!g_str_has_suffix (name, ".yaml"))
      continue;
    BadFile *file = g_new0 (BadFile, 1);
    file->folder = g_strdup (folder);
    file->name = g_strdup (name);
    g_autofree char *path = g_strdup_printf ("/files/%s/%s_is_refused", strrchr (folder_name, '/') + 1, name);
    g_test_add_data_func_full (path, file, a_bad_file_is_refused_by_its_message, bad_file_free);
    count++;
  }
  g_assert_cmpuint (count, >=, at_least);
}

static void
every_station_of_the_tree_is_valid (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *folder = source_path ("data/stations");
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autoptr (Ended) ended = world_run (world, "validate", path, NULL);
    assert_exit (ended, 0);
    g_assert_cmpstr (ended->err, ==, "");
  }
}

static void
the_demo_job_fits_the_demo_station (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *job = source_path ("data/jobs/demo.yaml"), *station = source_path ("data/stations/virtual-8.yaml");
  g_autoptr (Ended) ended = world_run (world, "validate", "--station", station, job, NULL);
  assert_exit (ended, 0);
}

static void
the_demo_passes_eight_boards_and_says_what_to_try (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Ended) ended = world_run (world, "demo", NULL);
  guint passes = 0;

  assert_exit (ended, 0);
  for (const char *at = strstr (ended->out, "PASS"); at != NULL; at = strstr (at + 1, "PASS"))
    passes++;
  g_assert_cmpuint (passes, ==, 8);
  assert_has (ended->out, "station/journal-virtual.db");
  assert_has (ended->out, "  stationctl units --journal ");
  assert_has (ended->out, "  stationctl unit TH7-");
  g_assert_true (world_has (world, "station/journal-virtual.db"));
}

static void
option_bytes_of_a_board_are_told_in_words_and_in_json (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Ended) words = world_run (world, "option-bytes", "--station", "@station", "--site", "A1", NULL);
  g_autoptr (Ended) json = world_run (world, "option-bytes", "--station", "@station", "--site", "A1", "--json", NULL);

  assert_exit (words, 0);
  assert_has (words->out, "RDP               0xAA: level 0");
  assert_has (words->out, "Ways into the ROM: ");
  assert_exit (json, 0);
  assert_has (json->out, "\"fits\":true");
  assert_has (json->out, "\"name\":\"nBOOT_SEL\",\"role\":\"boot-select\"");
}

static void
schemas_are_what_the_tables_say (void)
{
  static const char *const kinds[] = { "station", "bench", "job", "people", "target", "target-options", "events" };
  g_autoptr (World) world = world_new ();
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autoptr (Ended) ended = world_run (world, "schema", kinds[i], NULL);
    g_autofree char *name = g_strdup_printf ("data/schemas/%s.schema.json", kinds[i]);
    g_autofree char *path = source_path (name);
    g_autofree char *committed = read_text (path);
    assert_exit (ended, 0);
    /* stationctl schema KIND > data/schemas/KIND.schema.json brings them up to date */
    g_test_message ("%s", name);
    g_assert_cmpstr (ended->out, ==, committed);
  }
}

static void
explain_tells_what_changes_on_the_board (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (world->job, &text, NULL, NULL));
  g_auto (GStrv) halves = g_strsplit (text, "as-shipped", 2);
  g_assert_nonnull (halves[1]);
  g_autofree char *with = g_strjoinv ("pin", halves);
  world_write (world, "pin.yaml", with);
  g_autoptr (Ended) ended = world_run (world, "explain", "pin.yaml", "--station", "@station", "--site", "A1", NULL);
  assert_exit (ended, 0);
  assert_has (ended->out, "On the board in A1, UID ");
  assert_has (ended->out, "\n  nBOOT_SEL: 0x1: nBOOT0 bit -> 0x0: pin\n");
  g_autoptr (Ended) plain = world_run (world, "explain", "@job", "--station", "@station", "--site", "A1", NULL);
  assert_exit (plain, 0);
  assert_has (plain->out, "no option byte changes\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_bad_files ("tests/data/stations-bad", 14);
  add_bad_files ("tests/data/benches-bad", 6);
  g_test_add_func ("/files/every_station_of_the_tree_is_valid", every_station_of_the_tree_is_valid);
  g_test_add_func ("/files/the_demo_job_fits_the_demo_station", the_demo_job_fits_the_demo_station);
  g_test_add_func ("/files/the_demo_passes_eight_boards_and_says_what_to_try",
                   the_demo_passes_eight_boards_and_says_what_to_try);
  g_test_add_func ("/files/option_bytes_of_a_board_are_told_in_words_and_in_json",
                   option_bytes_of_a_board_are_told_in_words_and_in_json);
  g_test_add_func ("/files/explain_tells_what_changes_on_the_board", explain_tells_what_changes_on_the_board);
  g_test_add_func ("/files/schemas_are_what_the_tables_say", schemas_are_what_the_tables_say);
  return g_test_run ();
}
