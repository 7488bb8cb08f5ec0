/* The program that the kill and race tests run and kill: a scripted or random series of journal calls. Each call that
 * was answered with success is a line on standard output, written before the next call; its parent looks for all of
 * them in the file afterwards.
 *
 *     helper script FILE MODE N SEED     the script below, with the N-th write operation going wrong (shim-vfs.h)
 *     helper endless FILE                runs after runs, until killed
 *     helper race FILE COUNT SEED        COUNT runs with random ends; the serials that it got */
#include "tests/journal/shim-vfs.h"
#include "src/journal/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *
format_number (guint64 number, gpointer data)
{
  (void) data;
  return g_strdup_printf ("TH-%06" G_GUINT64_FORMAT, number);
}

static void acknowledge (const char *format, ...) G_GNUC_PRINTF (1, 2);

static void
acknowledge (const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *line = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  gsize length = strlen (line);
  line[length] = '\n';
  if (write (STDOUT_FILENO, line, length + 1) < 0)
    exit (3);
}

/* what a chip with this number is called */
static char *
uid_of (guint chip)
{
  return g_strdup_printf ("00112233445566778%07u", chip);
}

/* One run with all its calls. With `faults`, some of them are left out, as a crash of a worker would. FALSE when the
 * journal refused something. */
static gboolean
one_run (StnJournal *journal, const char *run_id, guint chip, StnVerdict verdict, GRand *faults)
{
  g_autofree char *uid = uid_of (chip);
  g_autofree char *serial = NULL;
  g_autoptr (StnRun) run = stn_run_new ();
  g_autoptr (StnResult) result = stn_result_new ();
  const StnSerialRequest request = { .scheme = "TH", .first = 1, .last = 900000, .format = format_number, .uid = uid };
  StnUnitHistory history = { 0 };

  run->run_id = g_strdup (run_id);
  run->job_name = g_strdup ("job");
  run->site = g_strdup ("A1");
  if (!stn_journal_begin (journal, run, NULL))
    return FALSE;
  acknowledge ("begin %s", run_id);
  if (!stn_journal_admit (journal, run_id, uid, "job", 0, &history, NULL)) {
    result->run_id = g_strdup (run_id);
    result->verdict = STN_VERDICT_ERROR;
    stn_journal_finish (journal, result, NULL);
    return FALSE;
  }
  stn_unit_history_clear (&history);
  acknowledge ("admit %s %s", run_id, uid);
  if (!stn_journal_lease (journal, run_id, &request, &serial, NULL))
    return FALSE;
  acknowledge ("lease %s %s", run_id, serial);
  gboolean expose = faults == NULL || g_rand_int_range (faults, 0, 4) > 0;
  if (expose) {
    if (!stn_journal_expose (journal, run_id, NULL))
      return FALSE;
    acknowledge ("expose %s %s %s", run_id, serial, uid);
    if (!stn_journal_window_open (journal, run_id, "A1", "options", 1000, NULL))
      return FALSE;
    acknowledge ("open %s", run_id);
    if (!stn_journal_window_close (journal, run_id, NULL))
      return FALSE;
    acknowledge ("close %s", run_id);
  } else {
    verdict = STN_VERDICT_CANCELLED;
  }
  if (faults != NULL && g_rand_int_range (faults, 0, 12) == 0)
    return TRUE; /* its worker is gone */
  result->run_id = g_strdup (run_id);
  result->verdict = verdict;
  result->serial = g_strdup (serial);
  result->serial_exposed = expose;
  result->uid = g_strdup (uid);
  StnStepRecord *step = stn_step_record_new (STN_STEP_ERASE);
  step->outcome = STN_VERDICT_PASS;
  step->detail = g_strnfill (900, 'x'); /* so that pages fill up */
  g_ptr_array_add (result->steps, step);
  if (!stn_journal_finish (journal, result, NULL))
    return FALSE;
  acknowledge ("finish %s %s", run_id, stn_verdict_name (verdict));
  return TRUE;
}

static int
run_script (const char *path, ShimMode mode, guint at, guint seed)
{
  g_autoptr (StnClock) clock = stn_clock_new_real ();

  shim_install ();
  shim_set (mode, at, seed);
  for (int part = 0; part < 2; part++) {
    g_autoptr (StnJournal) journal = stn_journal_open (path, FALSE, clock, NULL);
    if (journal == NULL)
      continue;
    acknowledge ("opened");
    for (guint i = 0; i < 3; i++) {
      g_autofree char *run_id = g_strdup_printf ("R%d%u", part, i);
      /* the third is the first's chip again */
      one_run (journal, run_id, (guint) part * 10 + i % 2, i == 0 ? STN_VERDICT_FAIL : STN_VERDICT_PASS, NULL);
    }
    g_autofree char *scrap = g_strdup_printf ("scrap-%d", part);
    if (stn_journal_void_serial (journal, scrap, "label torn", NULL, NULL))
      acknowledge ("void %s", scrap);
  }
  acknowledge ("operations %u", shim_count ());
  return 0;
}

static int
run_endless (const char *path)
{
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  g_autoptr (StnJournal) journal = stn_journal_open (path, FALSE, clock, NULL);
  if (journal == NULL)
    return 1;
  acknowledge ("opened");
  for (guint i = 0;; i++) {
    g_autofree char *run_id = stn_uuid_new (g_get_real_time ());
    one_run (journal, run_id, (guint) g_random_int_range (0, 50), i % 3 == 0 ? STN_VERDICT_FAIL : STN_VERDICT_PASS,
             NULL);
  }
}

static int
run_race (const char *path, guint runs, guint seed)
{
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  StnJournal *journal = stn_journal_open (path, FALSE, clock, NULL);
  if (journal == NULL)
    return 1;
  for (guint i = 0; i < runs; i++) {
    g_autofree char *run_id = stn_uuid_new (g_get_real_time ());
    one_run (journal, run_id, (guint) g_rand_int_range (random, 0, 80),
             g_rand_int_range (random, 0, 3) == 0 ? STN_VERDICT_FAIL : STN_VERDICT_PASS, random);
    if (g_rand_int_range (random, 0, 40) == 0) { /* the program is started again */
      stn_journal_close (journal);
      journal = stn_journal_open (path, FALSE, clock, NULL);
      if (journal == NULL)
        return 1;
    }
  }
  stn_journal_close (journal);
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc == 6 && strcmp (argv[1], "script") == 0)
    return run_script (argv[2], (ShimMode) atoi (argv[3]), (guint) atoi (argv[4]), (guint) atoi (argv[5]));
  if (argc == 3 && strcmp (argv[1], "endless") == 0)
    return run_endless (argv[2]);
  if (argc == 5 && strcmp (argv[1], "race") == 0)
    return run_race (argv[2], (guint) atoi (argv[3]), (guint) atoi (argv[4]));
  return 2;
}
