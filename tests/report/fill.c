#include "tests/report/fill.h"

#include "src/journal/journal-private.h"

#define SITES 8

typedef struct {
  StnDatabase *database;
  const FillPlan *plan;
  GRand *random;
  guint runs, boards;
  gint64 now_us; /* of the production's clock */
  gint64 mono_ns;
} Fill;

static void
must (gboolean done, GError *error)
{
  if (!done)
    g_error ("%s", error != NULL ? error->message : "the journal took it not");
}

static void
execute (Fill *self, const char *text)
{
  GError *error = NULL;
  gboolean done = stn_database_execute (self->database, text, &error);
  must (done, error);
}

static gboolean
chance (Fill *self, double probability)
{
  return g_rand_double (self->random) < probability;
}

/* What a site does; A5 has bad contacts. */
static StnVerdict
draw_verdict (Fill *self, guint site, gboolean again)
{
  if (chance (self, 0.004))
    return STN_VERDICT_ERROR;
  if (chance (self, 0.001))
    return STN_VERDICT_UNKNOWN;
  if (chance (self, 0.002))
    return STN_VERDICT_EMPTY;
  return chance (self, site == 4 ? 0.09 : again ? 0.35 : 0.025) ? STN_VERDICT_FAIL : STN_VERDICT_PASS;
}

static StnFailure
draw_failure (Fill *self)
{
  static const StnFailure failures[]
      = { STN_FAILURE_VERIFY_MISMATCH, STN_FAILURE_NO_SYNC, STN_FAILURE_NO_SYNC, STN_FAILURE_NO_SYNC,
          STN_FAILURE_NO_BOOT, STN_FAILURE_NO_BOOT, STN_FAILURE_ERASE_TIMEOUT, STN_FAILURE_WRONG_CHIP };
  return failures[g_rand_int_range (self->random, 0, G_N_ELEMENTS (failures))];
}

static void
add_steps (Fill *self, StnResult *result)
{
  static const StnStepKind kinds[] = { STN_STEP_POWER_ON, STN_STEP_ENTER,       STN_STEP_IDENTIFY, STN_STEP_ADMIT,
                                       STN_STEP_BIND,     STN_STEP_ERASE,       STN_STEP_PROGRAM,  STN_STEP_VERIFY,
                                       STN_STEP_FIRST_BLOCK, STN_STEP_LEAVE,    STN_STEP_BOOT_CHECK };
  static const int typical_ms[] = { 60, 40, 15, 4, 2, 420, 6100, 5200, 70, 12, 350 };
  gint64 at = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
    StnStepRecord *step = stn_step_record_new (kinds[i]);
    step->outcome = STN_VERDICT_PASS;
    step->started_ns = at;
    step->duration_ns = typical_ms[i] * (gint64) g_rand_int_range (self->random, 950000, 1080000);
    step->bytes = kinds[i] == STN_STEP_PROGRAM || kinds[i] == STN_STEP_VERIFY ? 65536 : 0;
    step->predicted_ns = typical_ms[i] * G_GINT64_CONSTANT (1000000);
    at += step->duration_ns;
    gboolean last = result->verdict == STN_VERDICT_FAIL && kinds[i] == STN_STEP_VERIFY;
    if (last) {
      step->outcome = STN_VERDICT_FAIL;
      step->failure = result->failure;
    }
    g_ptr_array_add (result->steps, step);
    if (last)
      break;
  }
}

/* The serial's changes, as a run makes them; `state` is that of the board's serial, kept up. */
static void
add_serial (Fill *self, const StnRun *run, const StnResult *result, guint number, const char **state)
{
  static const char text[] = "INSERT INTO serial_event (scheme, serial, number, turn, state, run_id, uid, utc_us) "
                             "VALUES ('TH7', ?1, ?2, 1 + coalesce ((SELECT turn FROM serial_now WHERE scheme = 'TH7' "
                             "AND serial = ?1), 0), ?3, ?4, ?5, 0)";
  const char *changes[3] = { NULL };
  guint count = 0;

  if (*state == NULL)
    changes[count++] = "leased";
  if (g_strcmp0 (*state, "used") != 0)
    changes[count++] = "exposed";
  if (result->verdict == STN_VERDICT_PASS)
    changes[count++] = "used";
  for (guint i = 0; i < count; i++) {
    GError *error = NULL;
    gboolean done = stn_database_run (self->database, &error, text, "tittt", result->serial, (gint64) number,
                                      changes[i], run->run_id, result->uid);
    must (done, error);
    *state = changes[i];
  }
}

/* One run of a board; its verdict. `before`: the run that this one repeats. */
static StnVerdict
add_run (Fill *self, guint board, guint site, gboolean uid_known, const char *day, gboolean again, char **before,
         const char **serial_state)
{
  GError *error = NULL;
  g_autoptr (StnRun) run = stn_run_new ();
  StnVerdict verdict = draw_verdict (self, site, again);
  guint lot = board / self->plan->lot_boards + 1;

  run->run_id = g_strdup_printf ("%08x-%04x-7000-8000-%012x", self->plan->seed, self->runs & 0xffff, self->runs);
  run->started_utc_us = self->now_us;
  run->started_mono_ns = self->mono_ns;
  run->boot_id = g_strdup ("b0070000-0000-4000-8000-000000000001");
  run->production_day = g_strdup (day);
  run->shift = g_strdup ("early");
  run->operator_id = g_strdup_printf ("op-%02u", (board / 400) % 5 + 1);
  run->lot = g_strdup_printf ("L%04u", lot);
  run->station = g_strdup ("Line 2");
  run->bank = g_strdup ("A");
  run->site = g_strdup_printf ("A%u", site + 1);
  run->fixture = g_strdup ("FX-0012");
  run->fixture_revision = g_strdup ("B");
  run->fixture_cycle = board / SITES + 1;
  run->job_name = g_strdup ("Thermostat main board");
  run->job_revision = 7 + lot / 40;
  run->job_hash = g_strdup_printf ("%064x", 0xabc0 + lot / 40);
  run->plan_hash = g_strdup_printf ("%064x", 0xdef0 + lot / 40);
  /* hashes whose first digits differ: a report shows no more of them */
  run->images = g_strdup_printf ("boot=%04x%060x app=%04x%060x", 0x1234, 0, 0x5670 + lot / 40, 0);
  run->target = g_strdup ("STM32G071xB");
  run->target_source = g_strdup ("built in");
  run->target_hash = g_strdup_printf ("%064x", 0x9876);
  run->engine = g_strdup ("uart");
  run->adapters = g_strdup ("uart=/dev/serial/by-path/pci-0000:00:14.0-usb-0:1.2 nrst=c1.AC0 boot0=c1.AC1");
  run->left_out = g_strdup ("blank: touched");
  run->program_version = g_strdup ("0.1.0");
  run->retry_of = g_strdup (*before);
  run->predicted_ns = 12273000000; /* its steps' together */
  run->is_virtual = self->plan->is_virtual;
  gboolean done = stn_journal_insert_run (self->database, run, &error);
  must (done, error);
  self->runs++;
  g_free (*before);
  *before = g_strdup (run->run_id);

  gint64 took_ns = verdict == STN_VERDICT_PASS || verdict == STN_VERDICT_FAIL
                       ? 12000000000 + (gint64) g_rand_int_range (self->random, 0, 2000000) * 1000
                       : 900000000;
  self->mono_ns += 2000000000;
  self->now_us += 2000000;
  if (verdict == STN_VERDICT_UNKNOWN)
    return verdict;

  g_autoptr (StnResult) result = stn_result_new ();
  result->run_id = g_strdup (run->run_id);
  result->ended_utc_us = run->started_utc_us + took_ns / 1000;
  result->ended_mono_ns = run->started_mono_ns + took_ns;
  result->verdict = verdict;
  result->failure = verdict == STN_VERDICT_FAIL    ? draw_failure (self)
                    : verdict == STN_VERDICT_ERROR ? STN_FAILURE_ADAPTER_MISSING
                    : verdict == STN_VERDICT_EMPTY ? STN_FAILURE_EMPTY_OR_NO_CONTACT
                                                   : STN_FAILURE_NONE;
  if (verdict != STN_VERDICT_EMPTY && verdict != STN_VERDICT_ERROR && uid_known) {
    result->uid = g_strdup_printf ("%08x%016x", self->plan->seed, board);
    result->product_id = 0x460;
    result->rom_version = 0x51;
    result->flash_bytes = 131072;
    result->bytes_written = result->bytes_proved = 65536;
    if (self->plan->serials && (verdict == STN_VERDICT_PASS || result->failure == STN_FAILURE_NO_BOOT)) {
      result->serial = g_strdup_printf ("TH7-2602-%07u", board + 1);
      result->serial_exposed = TRUE;
    }
  }
  if (verdict == STN_VERDICT_PASS) {
    result->leave_way = g_strdup ("reset");
    result->boot_answer = g_strdup ("READY");
  } else
    result->message = g_strdup ("A: the board did not do what it should");
  if (self->plan->steps)
    add_steps (self, result);
  done = stn_journal_insert_result (self->database, result, &error)
         && stn_units_settle (self->database, result, &error);
  must (done, error);
  if (result->serial != NULL)
    add_serial (self, run, result, board + 1, serial_state);
  return verdict;
}

static void
day_text (guint day, char text[11])
{
  GDate date;
  g_date_set_dmy (&date, 5, G_DATE_JANUARY, 2026);
  g_date_add_days (&date, day);
  g_date_strftime (text, 11, "%Y-%m-%d", &date);
}

static void
add_board (Fill *self, guint board)
{
  guint day = (guint) ((guint64) self->runs * self->plan->days / self->plan->runs);
  g_autofree char *before = NULL;
  char text[11];
  gboolean uid_known = !chance (self, 0.01); /* some never answer at first */
  const char *serial_state = NULL;
  guint site = board % SITES;

  day_text (day, text);
  StnVerdict verdict = add_run (self, board, site, uid_known, text, FALSE, &before, &serial_state);
  for (guint retry = 0; retry < 2 && verdict != STN_VERDICT_PASS; retry++)
    verdict = add_run (self, board, (site + retry) % SITES, TRUE, text, TRUE, &before, &serial_state);
  /* rework: days later, on another site, by whoever works then, not known as a repetition */
  if (chance (self, verdict == STN_VERDICT_PASS ? 0.002 : 0.4) && uid_known) {
    g_clear_pointer (&before, g_free);
    day_text (day + 3, text);
    add_run (self, board, (site + 3) % SITES, TRUE, text, TRUE, &before, &serial_state);
  }
}

guint
fill_journal (const char *path, const FillPlan *plan)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  GError *error = NULL;
  StnJournal *journal = stn_journal_open (path, plan->is_virtual, clock, &error);
  must (journal != NULL, error);
  stn_journal_close (journal);

  Fill self = { .plan = plan, .random = g_rand_new_with_seed (plan->seed), .now_us = 1767592800000000, .mono_ns = 1 };
  self.database = stn_database_open (path, SQLITE_OPEN_READWRITE, &error);
  must (self.database != NULL, error);
  /* a test's file: nothing of it must survive a power cut */
  execute (&self, "PRAGMA synchronous = OFF");
  execute (&self, "PRAGMA cache_size = -400000");
  execute (&self, "BEGIN IMMEDIATE");
  guint committed = 0;
  while (self.runs < plan->runs) {
    add_board (&self, self.boards++);
    if (self.runs - committed > 50000) {
      committed = self.runs;
      execute (&self, "COMMIT");
      execute (&self, "BEGIN IMMEDIATE");
    }
  }
  execute (&self, "COMMIT");
  stn_database_close (self.database);
  g_rand_free (self.random);
  return self.runs;
}
