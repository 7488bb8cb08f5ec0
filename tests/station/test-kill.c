/* kill -9 at the exchanges of a cycle: a whole station with its journal on disk, in a child that is killed at the N-th
 * exchange. Afterwards every result that was told is on disk, the chain holds, and the next start says what is unknown,
 * reuses no serial and brings the boards through.
 *
 * The same program is the child: test-kill --child FOLDER AT. It prints a line "told SITE RUN VERDICT SERIAL" for every
 * unit.result event and "warning TEXT" for every warning, unbuffered. */
#include "src/journal/query.h"
#include "src/station/station.h"
#include "tests/remove-folder.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SITES 2

static const char *self_path;

/* ---- the child ---- */

static void
kill_at (guint64 number, const StnExchange *exchange, gpointer data)
{
  (void) exchange;
  if (number == *(guint64 *) data)
    raise (SIGKILL);
}

static void
tell (StnEventQueue *events)
{
  StnEvent *event;

  while ((event = stn_event_queue_take (events)) != NULL) {
    g_autofree char *line = NULL;
    if (event->kind == STN_EVENT_UNIT_RESULT)
      line = g_strdup_printf ("told %s %s %s %s\n", event->site, event->run_id, stn_verdict_name (event->outcome),
                              event->serial != NULL ? event->serial : "-");
    else if (event->kind == STN_EVENT_WARNING)
      line = g_strdup_printf ("warning %s\n", event->text);
    if (line != NULL && write (STDOUT_FILENO, line, strlen (line)) < 0)
      _exit (9);
    stn_event_unref (event);
  }
}

static int
fail (const char *what, const GError *error)
{
  fprintf (stderr, "%s: %s\n", what, error->message);
  return 8;
}

static int
child (const char *folder, guint64 at)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autofree char *station_path = g_build_filename (folder, "station.yaml", NULL);
  g_autofree char *job_path = g_build_filename (folder, "job.yaml", NULL);
  g_autoptr (StnEventQueue) events = stn_event_queue_new (NULL, NULL);
  g_autoptr (StnFaultPlan) counter = stn_fault_plan_new (STN_FAULT_NONE, 0);
  StnRunOptions options = { .lot = "L1", .operator_id = "test", .faults = counter };

  g_autoptr (StnStation) station = stn_station_load (station_path, clock, &error);
  if (station == NULL)
    return fail ("station", error);
  g_autoptr (StnJob) job = stn_job_load (job_path, &error);
  if (job == NULL)
    return fail ("job", error);
  g_autoptr (StnStationRun) run = stn_station_run_new (station, job, &options, events, &error);
  if (run == NULL || !stn_station_run_open (run, &error))
    return fail ("run", error);
  if (at > 0)
    stn_fault_plan_set_hook (counter, kill_at, &at);
  StnRunner *runner = stn_station_run_runner (run);
  stn_runner_start (runner);
  while (!stn_runner_wait (runner, 2))
    tell (events);
  tell (events);
  printf ("exchanges %" G_GUINT64_FORMAT "\n", stn_fault_plan_count (counter));
  return 0;
}

/* ---- the parent ---- */

static char *
make_folder_or_fail (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("station-kill-XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *image =
      g_build_filename (g_getenv ("STN_SOURCE_ROOT"), "firmware_fixtures", "built", "ready-g071.hex", NULL);
  g_autoptr (GString) station = g_string_new ("station: Kill\n"
                                              "bench: { straight: 2, target: STM32G071CB, seed: 7, "
                                              "pace: { line: true, flash: true } }\n"
                                              "journal: journal.db\n"
                                              "controls:\n  c1: { ft232h: { serial: FTKILL }, buffered: true }\n"
                                              "banks:\n  - name: A\n    sites:\n");
  for (guint i = 0; i < SITES; i++)
    g_string_append_printf (station,
                            "      - { name: A%u, at: [0, %u], nrst: c1.AC%u, boot0: c1.AD%u, "
                            "uart: /dev/serial/by-path/kill-usb-0:1.2:1.%u-port0 }\n",
                            i + 1, i, i, i, i);
  g_autofree char *job = g_strdup_printf ("job: Kill\nrevision: 1\ntarget: STM32G071xB\nboot: { rom-entry: as-shipped }\n"
                                          "images:\n  - { name: app, file: %s }\n"
                                          "unit:\n  serial: { from: counter, pattern: \"K-{seq:06}\" }\n"
                                          "  data:\n    - { address: 0x0801F800, value: \"{serial}\", encoding: ascii, "
                                          "size: 24, pad: 0x00 }\n"
                                          "boot-check: { uart: \"READY {serial}\", within: 2 s }\n",
                                          image);
  g_autofree char *station_path = g_build_filename (folder, "station.yaml", NULL);
  g_autofree char *job_path = g_build_filename (folder, "job.yaml", NULL);
  g_assert_true (g_file_set_contents (station_path, station->str, -1, NULL));
  g_assert_true (g_file_set_contents (job_path, job, -1, NULL));
  return folder;
}

/* Runs a child to its end or its death; what it printed. */
static char *
run_child (const char *folder, guint64 at, gboolean *out_killed)
{
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, at);
  const char *argv[] = { self_path, "--child", folder, number, NULL };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "XDG_RUNTIME_DIR", folder, TRUE);
  char *out = NULL, *err = NULL;
  int status = 0;

  g_spawn_sync (NULL, (char **) argv, environment, G_SPAWN_DEFAULT, NULL, NULL, &out, &err, &status, &error);
  g_assert_no_error (error);
  *out_killed = WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL;
  if (!*out_killed && status != 0)
    g_error ("the child at exchange %s ended with %d: %s", number, status, err);
  g_free (err);
  return out;
}

static StnQuery *
query_or_fail (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "journal.db", NULL);
  g_autoptr (GError) error = NULL;
  StnQuery *query = stn_query_open (path, &error);

  g_assert_no_error (error);
  return query;
}

static GPtrArray *
all_runs (StnQuery *query)
{
  StnRunFilter filter = { .limit = 1000 };
  g_autoptr (GError) error = NULL;
  GPtrArray *rows = stn_query_runs (query, &filter, &error);

  g_assert_no_error (error);
  return rows;
}

static const StnRunRow *
find_run (GPtrArray *rows, const char *run_id)
{
  for (guint i = 0; i < rows->len; i++) {
    const StnRunRow *row = rows->pdata[i];
    if (g_str_equal (row->run->run_id, run_id))
      return row;
  }
  return NULL;
}

/* Every result that was told is on disk, word for word. */
static void
assert_told_is_recorded (const char *told, GPtrArray *rows)
{
  g_auto (GStrv) lines = g_strsplit (told, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) words = g_strsplit (lines[i], " ", -1);
    if (g_strv_length (words) != 5 || !g_str_equal (words[0], "told"))
      continue;
    const StnRunRow *row = find_run (rows, words[2]);
    g_assert_nonnull (row);
    g_assert_nonnull (row->result);
    g_assert_cmpstr (stn_verdict_name (row->result->verdict), ==, words[3]);
    g_assert_cmpstr (row->result->serial != NULL ? row->result->serial : "-", ==, words[4]);
  }
}

static guint
count_unknown (GPtrArray *rows)
{
  guint count = 0;

  for (guint i = 0; i < rows->len; i++)
    if (((const StnRunRow *) rows->pdata[i])->result == NULL)
      count++;
  return count;
}

/* No serial belongs to two chips, and none passed twice. */
static void
assert_serials_are_used_once (GPtrArray *rows)
{
  g_autoptr (GHashTable) passed = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) chip_of = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < rows->len; i++) {
    const StnResult *result = ((const StnRunRow *) rows->pdata[i])->result;
    if (result == NULL || result->serial == NULL)
      continue;
    if (result->verdict == STN_VERDICT_PASS)
      g_assert_true (g_hash_table_add (passed, result->serial));
    if (!result->serial_exposed)
      continue;
    const char *other = g_hash_table_lookup (chip_of, result->serial);
    g_assert_true (other == NULL || g_str_equal (other, result->uid));
    g_hash_table_insert (chip_of, result->serial, result->uid);
  }
}

/* Returns FALSE when the N-th exchange lies beyond the cycle. */
static gboolean
kill_and_look (guint64 at)
{
  g_autofree char *folder = make_folder_or_fail ();
  gboolean killed = FALSE, again = FALSE;
  g_autofree char *told = run_child (folder, at, &killed);
  guint unknown;

  {
    g_autoptr (StnQuery) query = query_or_fail (folder);
    g_autoptr (GPtrArray) rows = all_runs (query);
    g_autoptr (GError) error = NULL;
    guint8 head[32];
    guint64 walked;

    stn_query_verify (query, &walked, head, &error);
    g_assert_no_error (error);
    assert_told_is_recorded (told, rows);
    unknown = count_unknown (rows);
    /* every site's row was there before its first byte */
    g_assert_true (!killed || rows->len >= 1);
  }

  g_autofree char *told_again = run_child (folder, 0, &again);
  g_assert_false (again);
  g_autoptr (StnQuery) query = query_or_fail (folder);
  g_autoptr (GPtrArray) rows = all_runs (query);
  G_GNUC_UNUSED g_autoptr (GPtrArray) windows = stn_query_open_windows (query, NULL);
  assert_told_is_recorded (told, rows);
  assert_told_is_recorded (told_again, rows);
  assert_serials_are_used_once (rows);
  g_assert_cmpuint (count_unknown (rows), ==, unknown);
  if (unknown > 0 && strstr (told_again, "warning ") == NULL)
    g_error ("killed at %" G_GUINT64_FORMAT ": the next start says nothing of %u unknown boards", at, unknown);
  /* every board is through, in the first cycle or the second */
  for (guint site = 0; site < SITES; site++) {
    g_autofree char *name = g_strdup_printf ("A%u", site + 1);
    guint passes = 0;
    for (guint i = 0; i < rows->len; i++) {
      const StnRunRow *row = rows->pdata[i];
      if (g_str_equal (row->run->site, name) && row->result != NULL && row->result->verdict == STN_VERDICT_PASS)
        passes++;
    }
    if (passes != 1)
      g_error ("killed at %" G_GUINT64_FORMAT ": %s passed %u times\n%s\n--\n%s", at, name, passes, told, told_again);
  }
  remove_folder (folder);
  return killed;
}

static void
a_kill_at_any_exchange_loses_no_result_and_reuses_no_serial (void)
{
  guint64 stride = g_getenv ("STN_SWEEP_FULL") != NULL ? 1 : 9;
  guint64 killed = 0;

  for (guint64 at = 1; kill_and_look (at); at += stride)
    killed++;
  g_assert_cmpuint (killed, >, 10);
}

int
main (int argc, char **argv)
{
  self_path = argv[0];
  if (argc == 4 && g_str_equal (argv[1], "--child"))
    return child (argv[2], g_ascii_strtoull (argv[3], NULL, 10));
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kill/a_kill_at_any_exchange_loses_no_result_and_reuses_no_serial",
                   a_kill_at_any_exchange_loses_no_result_and_reuses_no_serial);
  return g_test_run ();
}
