/* commit JOURNAL [UNITS [CYCLES]]: how long units that end together wait for their records, in a journal that is there
 * already and gets these runs too. Every site begins, is admitted, takes a serial and exposes it as a worker does; then all
 * of them finish in one moment. */
#include <stdlib.h>
#include <time.h>

#include "src/journal/journal.h"

#define UNITS_MOST 64

typedef struct {
  StnJournal *journal;
  guint units, cycles;
  GMutex mutex;
  GCond cond;
  guint arrived, cycle; /* at the moment when all finish */
  GArray *waits_us;     /* gint64, one a finish */
  gint64 slowest_other_us;
  gint64 processor_us; /* of the whole program, while all of them finish */
} Line;

typedef struct {
  Line *line;
  guint number;
} Site;

static void
must (gboolean done, GError *error)
{
  if (!done)
    g_error ("%s", error != NULL ? error->message : "the journal took it not");
}

static StnRun *
make_run (const Site *self, guint cycle)
{
  StnRun *run = stn_run_new ();
  run->run_id = stn_uuid_new (g_get_real_time ());
  run->started_utc_us = g_get_real_time ();
  run->started_mono_ns = g_get_monotonic_time () * 1000;
  run->boot_id = g_strdup ("b0070000-0000-4000-8000-000000000001");
  run->production_day = g_strdup ("2027-01-04");
  run->shift = g_strdup ("early");
  run->operator_id = g_strdup ("op-01");
  run->lot = g_strdup ("LCOMMIT");
  run->station = g_strdup ("Line 2");
  run->bank = g_strdup ("A");
  run->site = g_strdup_printf ("A%u", self->number + 1);
  run->fixture = g_strdup ("FX-0012");
  run->fixture_revision = g_strdup ("B");
  run->fixture_cycle = cycle;
  run->job_name = g_strdup ("Thermostat main board");
  run->job_revision = 7;
  run->job_hash = g_strnfill (64, 'a');
  run->plan_hash = g_strnfill (64, 'b');
  run->images = g_strdup_printf ("boot=%064x app=%064x", 0x1234, 0x5670);
  run->target = g_strdup ("STM32G071xB");
  run->target_hash = g_strnfill (64, 'c');
  run->engine = g_strdup ("uart");
  run->adapters = g_strdup ("uart=/dev/serial/by-path/pci-0000:00:14.0-usb-0:1.2 nrst=c1.AC0 boot0=c1.AC1");
  run->program_version = g_strdup ("0.1.0");
  return run;
}

static StnResult *
make_result (const StnRun *run, const char *serial, const char *uid)
{
  StnResult *result = stn_result_new ();
  result->run_id = g_strdup (run->run_id);
  result->ended_utc_us = g_get_real_time ();
  result->ended_mono_ns = g_get_monotonic_time () * 1000;
  result->verdict = STN_VERDICT_PASS;
  result->serial = g_strdup (serial);
  result->serial_exposed = TRUE;
  result->uid = g_strdup (uid);
  result->product_id = 0x460;
  result->bytes_written = result->bytes_proved = 65536;
  result->leave_way = g_strdup ("reset");
  result->boot_answer = g_strdup ("READY");
  for (int kind = STN_STEP_POWER_ON; result->steps->len < 11; kind++) {
    StnStepRecord *step = stn_step_record_new ((StnStepKind) kind);
    step->outcome = STN_VERDICT_PASS;
    step->started_ns = (gint64) result->steps->len * 1000000;
    step->duration_ns = 900000;
    g_ptr_array_add (result->steps, step);
  }
  return result;
}

static char *
format_number (guint64 number, gpointer data G_GNUC_UNUSED)
{
  return g_strdup_printf ("CM-%08" G_GUINT64_FORMAT, number);
}

static gint64
processor_us (void)
{
  struct timespec time;
  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);
  return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

/* returns in the same moment in all threads */
static void
wait_for_all (Line *self)
{
  g_mutex_lock (&self->mutex);
  guint cycle = self->cycle;
  if (++self->arrived == self->units) {
    self->arrived = 0;
    self->cycle++;
    g_cond_broadcast (&self->cond);
  }
  while (self->cycle == cycle)
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

static gpointer
work (gpointer data)
{
  const Site *self = data;
  Line *line = self->line;
  const StnSerialRequest request
      = { .scheme = "CM", .first = 1, .last = G_MAXINT32, .format = format_number, .data = NULL };

  for (guint cycle = 0; cycle < line->cycles; cycle++) {
    g_autoptr (StnRun) run = make_run (self, cycle);
    g_autofree char *uid = g_strndup (run->run_id + 12, 24);
    g_autofree char *serial = NULL;
    StnUnitHistory history;
    GError *error = NULL;
    gint64 begin_us = g_get_monotonic_time ();
    gboolean done = stn_journal_begin (line->journal, run, &error);
    must (done, error);
    done = stn_journal_admit (line->journal, run->run_id, uid, run->job_name, run->job_revision, &history, &error);
    must (done, error);
    stn_unit_history_clear (&history);
    StnSerialRequest mine = request;
    mine.uid = uid;
    done = stn_journal_lease (line->journal, run->run_id, &mine, &serial, &error)
           && stn_journal_expose (line->journal, run->run_id, &error);
    must (done, error);
    gint64 others_us = (g_get_monotonic_time () - begin_us) / 4;

    g_autoptr (StnResult) result = make_result (run, serial, uid);
    wait_for_all (line);
    gint64 used_us = self->number == 0 ? processor_us () : 0;
    gint64 at_us = g_get_monotonic_time ();
    done = stn_journal_finish (line->journal, result, &error);
    gint64 waited_us = g_get_monotonic_time () - at_us;
    must (done, error);
    g_mutex_lock (&line->mutex);
    g_array_append_val (line->waits_us, waited_us);
    line->slowest_other_us = MAX (line->slowest_other_us, others_us);
    g_mutex_unlock (&line->mutex);
    wait_for_all (line);
    if (self->number == 0)
      line->processor_us += processor_us () - used_us;
    g_usleep (150000); /* a cycle takes seconds; what the writer does in between is not in anybody's way */
  }
  return NULL;
}

static int
compare (gconstpointer one, gconstpointer other)
{
  gint64 a = *(const gint64 *) one, b = *(const gint64 *) other;
  return (a > b) - (a < b);
}

int
main (int argc, char **argv)
{
  if (argc < 2) {
    g_printerr ("commit JOURNAL [UNITS [CYCLES]]\n");
    return 2;
  }
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  GError *error = NULL;
  Line line = { .units = argc > 2 ? (guint) CLAMP (atoi (argv[2]), 1, UNITS_MOST) : 32,
                .cycles = argc > 3 ? (guint) MAX (atoi (argv[3]), 1) : 50,
                .waits_us = g_array_new (FALSE, FALSE, sizeof (gint64)) };
  Site sites[UNITS_MOST];
  GThread *threads[UNITS_MOST];

  line.journal = stn_journal_open (argv[1], FALSE, clock, &error);
  must (line.journal != NULL, error);
  for (guint i = 0; i < line.units; i++) {
    sites[i] = (Site){ .line = &line, .number = i };
    threads[i] = g_thread_new ("site", work, &sites[i]);
  }
  for (guint i = 0; i < line.units; i++)
    g_thread_join (threads[i]);
  stn_journal_close (line.journal);

  g_array_sort (line.waits_us, compare);
  guint count = line.waits_us->len;
  const gint64 *waits = (const gint64 *) (gpointer) line.waits_us->data;
  g_print ("%u units that end together, %u cycles: half within %.1f ms, 99 %% within %.1f ms, the slowest %.1f ms; "
           "%.1f ms of processor a cycle for all of them; a call before that at most %.1f ms\n",
           line.units, line.cycles, (double) waits[count / 2] / 1e3,
           (double) waits[MIN (count - 1, count * 99 / 100)] / 1e3, (double) waits[count - 1] / 1e3,
           (double) line.processor_us / line.cycles / 1e3, (double) line.slowest_other_us / 1e3);
  g_array_unref (line.waits_us);
  return 0;
}
