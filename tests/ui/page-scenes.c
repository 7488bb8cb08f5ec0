#include "tests/ui/page-scenes.h"

#include <glib/gstdio.h>

#include "src/base/error.h"
#include "tests/report/fill.h"
#include "ui/history-screen.h"
#include "ui/report-screen.h"
#include "ui/unit-screen.h"
#include "ui/wiring-screen.h"

#define NOON G_GINT64_CONSTANT (1763460000000000) /* 2025-11-18, in the morning */
#define MINUTE G_GINT64_CONSTANT (60000000)
#define MS G_GINT64_CONSTANT (1000000)

static void
run_row_free (gpointer row)
{
  stn_run_row_free (row);
}

static StnRunRow *
new_run (gint64 number, gint64 utc_us, const char *site)
{
  StnRunRow *row = g_new0 (StnRunRow, 1);
  row->row = number;
  row->run = stn_run_new ();
  row->run->run_id = g_strdup_printf ("019a9604-5c2f-7d10-8000-%012" G_GINT64_FORMAT, number);
  row->run->started_utc_us = utc_us;
  row->run->site = g_strdup (site);
  row->run->station = g_strdup ("Line 2");
  row->run->operator_id = g_strdup (number % 3 == 0 ? "J. Lindt" : "M. Okafor");
  row->run->lot = g_strdup ("L-2547-03");
  row->run->job_name = g_strdup ("Thermostat main board");
  row->run->job_revision = 7;
  row->run->target = g_strdup ("STM32G071xB");
  row->run->images = g_strdup ("thermostat.hex=3f9a61c2d7405e8811c2ff0a93b4d1e60a7b8c9d0e1f2a3b4c5d6e7f80910213");
  return row;
}

static void
add_step (StnResult *result, StnStepKind kind, StnVerdict outcome, gint64 start_ms, gint64 took_ms, guint64 bytes)
{
  StnStepRecord *step = stn_step_record_new (kind);
  step->outcome = outcome;
  step->started_ns = start_ms * MS;
  step->duration_ns = took_ms * MS;
  step->bytes = bytes;
  g_ptr_array_add (result->steps, step);
}

static StnResult *
give_result (StnRunRow *row, StnVerdict verdict, StnFailure failure, const char *serial)
{
  StnResult *result = row->result = stn_result_new ();
  result->run_id = g_strdup (row->run->run_id);
  result->verdict = verdict;
  result->failure = failure;
  result->serial = g_strdup (serial);
  result->uid = g_strdup ("2F003A000F51363036383531");
  result->ended_mono_ns = 13800 * MS;
  result->flash_bytes = 128 * 1024;
  return result;
}

static GPtrArray *
mixed_runs (guint count)
{
  static const struct {
    StnVerdict verdict;
    StnFailure failure;
  } kinds[] = { { STN_VERDICT_PASS, STN_FAILURE_NONE },           { STN_VERDICT_PASS, STN_FAILURE_NONE },
                { STN_VERDICT_FAIL, STN_FAILURE_VERIFY_MISMATCH }, { STN_VERDICT_PASS, STN_FAILURE_NONE },
                { STN_VERDICT_UNKNOWN, STN_FAILURE_NONE },         { STN_VERDICT_ERROR, STN_FAILURE_ADAPTER_MISSING },
                { STN_VERDICT_PASS, STN_FAILURE_NONE },            { STN_VERDICT_EMPTY, STN_FAILURE_EMPTY_OR_NO_CONTACT },
                { STN_VERDICT_FAIL, STN_FAILURE_NO_SYNC },         { STN_VERDICT_CANCELLED, STN_FAILURE_CANCELLED } };
  GPtrArray *runs = g_ptr_array_new_with_free_func (run_row_free);
  for (guint i = 0; i < count; i++) {
    guint kind = i % G_N_ELEMENTS (kinds);
    g_autofree char *site = g_strdup_printf ("A%u", i % 8 + 1);
    g_autofree char *serial = g_strdup_printf ("TH7-2547-%06u%c", 500 - i, "K3XW9"[i % 5]);
    StnRunRow *row = new_run (5000 - i, NOON - i / 8 * MINUTE, site);
    if (kinds[kind].verdict != STN_VERDICT_UNKNOWN)
      give_result (row, kinds[kind].verdict, kinds[kind].failure, serial);
    g_ptr_array_add (runs, row);
  }
  return runs;
}

static GtkWidget *
history_mixed (void)
{
  GtkWidget *page = stn_history_screen_new ();
  StnHistoryAnswer answer = { .runs = mixed_runs (50), .has_more = TRUE };
  stn_history_screen_show (STN_HISTORY_SCREEN (page), NULL, &answer, NULL);
  g_ptr_array_unref (answer.runs);
  return page;
}

static GtkWidget *
history_nothing (void)
{
  GtkWidget *page = stn_history_screen_new ();
  StnHistoryAnswer answer = { .runs = mixed_runs (0) };
  stn_history_screen_show (STN_HISTORY_SCREEN (page), NULL, &answer, NULL);
  g_ptr_array_unref (answer.runs);
  return page;
}

static GtkWidget *
history_no_journal (void)
{
  GtkWidget *page = stn_history_screen_new ();
  g_autoptr (GError) error = NULL;
  stn_error_set (&error, STN_FAILURE_JOURNAL, "/var/lib/station/journal.db: there is no journal yet; a first run makes it");
  stn_history_screen_show (STN_HISTORY_SCREEN (page), NULL, NULL, error);
  return page;
}

static void
add_run_steps (StnResult *result, gboolean is_good)
{
  add_step (result, STN_STEP_ENTER, STN_VERDICT_PASS, 0, 41, 0);
  add_step (result, STN_STEP_IDENTIFY, STN_VERDICT_PASS, 41, 18, 0);
  add_step (result, STN_STEP_ERASE, STN_VERDICT_PASS, 59, 920, 0);
  add_step (result, STN_STEP_PROGRAM, STN_VERDICT_PASS, 979, 6210, 98304);
  add_step (result, STN_STEP_VERIFY, is_good ? STN_VERDICT_PASS : STN_VERDICT_FAIL, 7189, 5890, 98304);
  if (is_good) {
    add_step (result, STN_STEP_READ_PROTECT, STN_VERDICT_PASS, 13079, 96, 0);
    add_step (result, STN_STEP_BOOT_CHECK, STN_VERDICT_PASS, 13175, 610, 0);
  } else {
    StnStepRecord *step = g_ptr_array_index (result->steps, result->steps->len - 1);
    step->detail = g_strdup ("0x08001200: expected 79, seen 1f");
    step->tries = 2;
  }
}

static StnUnitLife *
life (void)
{
  static const char *const states[] = { "leased", "exposed", "leased", "exposed", "used" };
  const char *serial = "TH7-2547-000138K";
  StnUnitLife *self = g_new0 (StnUnitLife, 1);
  self->runs = g_ptr_array_new_with_free_func (run_row_free);
  self->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) stn_serial_change_free);
  StnRunRow *row = new_run (4711, NOON, "A3");
  StnResult *result = give_result (row, STN_VERDICT_FAIL, STN_FAILURE_VERIFY_MISMATCH, serial);
  result->message = g_strdup ("A3: verify: 0x08001200: not what was written: expected 79, seen 1f");
  result->options_before = g_strdup ("aafeffdf55010020ffffffff00000000");
  add_run_steps (result, FALSE);
  g_ptr_array_add (self->runs, row);
  row = new_run (4716, NOON + MINUTE, "A3");
  g_ptr_array_add (self->runs, row);
  row = new_run (4722, NOON + 3 * MINUTE, "A5");
  result = give_result (row, STN_VERDICT_PASS, STN_FAILURE_NONE, serial);
  result->options_before = g_strdup ("aafeffdf55010020ffffffff00000000");
  result->options_after = g_strdup ("BBFEFFDF44010020FFFFFFFF00000000");
  result->protection = g_strdup ("rdp 1: a refused read");
  result->boot_answer = g_strdup ("thermostat 2.4.1 ready");
  add_run_steps (result, TRUE);
  g_ptr_array_add (self->runs, row);
  for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
    StnSerialChange *change = g_new0 (StnSerialChange, 1);
    change->utc_us = NOON + i * MINUTE / 2;
    change->serial = g_strdup (serial);
    change->state = g_strdup (states[i]);
    g_ptr_array_add (self->changes, change);
  }
  return self;
}

static GtkWidget *
unit_retried (void)
{
  GtkWidget *page = stn_unit_screen_new ();
  StnUnitLife *self = life ();
  stn_unit_screen_show (STN_UNIT_SCREEN (page), "TH7-2547-000138K", self, NULL);
  stn_unit_life_free (self);
  return page;
}

static GtkWidget *
unit_failed (void)
{
  GtkWidget *page = stn_unit_screen_new ();
  StnUnitLife *self = life ();
  g_ptr_array_set_size (self->runs, 1);
  g_ptr_array_set_size (self->changes, 2);
  stn_unit_screen_show (STN_UNIT_SCREEN (page), "TH7-2547-000138K", self, NULL);
  stn_unit_life_free (self);
  return page;
}

static GtkWidget *
unit_not_known (void)
{
  GtkWidget *page = stn_unit_screen_new ();
  stn_unit_screen_show (STN_UNIT_SCREEN (page), "TH7-2547-999999K", NULL, NULL);
  return page;
}

static StnSiteCheck *
add_site (StnCheckReport *report, guint index)
{
  StnSiteCheck *row = g_new0 (StnSiteCheck, 1);
  row->site = g_strdup_printf ("%c%u", 'A' + index / 8, index % 8 + 1);
  row->findings = g_ptr_array_new_with_free_func (g_free);
  for (guint kind = 0; kind < STN_PROOF_KIND_COUNT; kind++)
    row->proofs[kind].state = kind == STN_PROOF_USB || kind == STN_PROOF_DETECT ? STN_PROOF_NOT_WIRED : STN_PROOF_SEEN;
  g_ptr_array_add (report->sites, row);
  return row;
}

static void
identify_board (StnSiteCheck *row, guint index)
{
  row->is_identified = TRUE;
  row->product_id = 0x460;
  row->line = g_strdup ("STM32G07xxx/08xxx");
  row->uid = g_strdup_printf ("2F003A000F513630%08X", 0x36383500 + index);
}

/* Not every member is set: what is shown is. Never freed, as long as a photograph lives. */
static StnCheckReport *
new_report (guint sites)
{
  StnCheckReport *report = g_new0 (StnCheckReport, 1);
  report->sites = g_ptr_array_new ();
  for (guint i = 0; i < sites; i++) {
    StnSiteCheck *row = add_site (report, i);
    if (i == 4) {
      row->state = STN_SITE_WRONG;
      row->proofs[STN_PROOF_BOOT0].state = row->proofs[STN_PROOF_NRST].state = STN_PROOF_WRONG;
      row->proofs[STN_PROOF_UID].state = STN_PROOF_OPEN;
      g_ptr_array_add (row->findings, g_strdup ("A5: NRST and BOOT0 look swapped: the board starts its own program "
                                                "instead of the ROM. Change c1.AC4 and c1.AD4 at the plug."));
    } else if (i == 6) {
      row->state = STN_SITE_ERROR;
      row->proofs[STN_PROOF_UART].state = STN_PROOF_WRONG;
      row->proofs[STN_PROOF_NRST].state = row->proofs[STN_PROOF_BOOT0].state = STN_PROOF_NOT_TESTABLE;
      g_ptr_array_add (row->findings, g_strdup ("A7: /dev/serial/by-path/…1.3:1.2-port0 is not there. Plug its cable in."));
    } else {
      identify_board (row, i);
    }
    report->counts[row->state]++;
  }
  return report;
}

static GtkWidget *
wiring_with (guint sites, gboolean is_checked)
{
  GtkWidget *page = stn_wiring_screen_new ();
  StnCheckReport *report = new_report (sites);
  if (!is_checked)
    for (guint i = 0; i < sites; i++)
      g_clear_pointer (&((StnSiteCheck *) g_ptr_array_index (report->sites, i))->uid, g_free);
  stn_wiring_screen_show (STN_WIRING_SCREEN (page), report, is_checked, NULL);
  return page;
}

static GtkWidget *
wiring_unchecked (void)
{
  GtkWidget *page = stn_wiring_screen_new ();
  StnCheckReport *report = g_new0 (StnCheckReport, 1);
  report->sites = g_ptr_array_new ();
  for (guint i = 0; i < 8; i++)
    add_site (report, i);
  stn_wiring_screen_show (STN_WIRING_SCREEN (page), report, FALSE, NULL);
  return page;
}

static GtkWidget *
wiring_two_wrong (void)
{
  return wiring_with (16, TRUE);
}

static GtkWidget *
wiring_running (void)
{
  GtkWidget *page = wiring_unchecked ();
  stn_wiring_screen_set_running (STN_WIRING_SCREEN (page), TRUE);
  return page;
}

static GtkWidget *
wiring_busy (void)
{
  GtkWidget *page = wiring_unchecked ();
  g_autoptr (GError) error = NULL;
  stn_error_set (&error, STN_FAILURE_BANK_BUSY, "bank A is in use by stationctl (4711)");
  stn_wiring_screen_show (STN_WIRING_SCREEN (page), NULL, FALSE, error);
  return page;
}

/* A journal of some days that is made up anew for every report. */
static GtkWidget *
report_of (const char *kind, const StnReportQuery *query)
{
  const FillPlan plan = { .seed = 42, .runs = 3000, .lot_boards = 400, .days = 12, .steps = TRUE };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("station-reports-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "journal.db", NULL);
  GtkWidget *page = stn_report_screen_new ();
  fill_journal (path, &plan);
  g_autoptr (StnQuery) journal = stn_query_open (path, &error);
  StnReportQuery wanted = *query;
  wanted.is_translated = TRUE; /* as on the page */
  StnReport *report = journal == NULL ? NULL : stn_report_new (stn_report_kind_find (kind), journal, "journal.db", &wanted,
                                                               NOON + 60 * 24 * 60 * MINUTE, &error);
  stn_report_screen_choose (STN_REPORT_SCREEN (page), kind);
  stn_report_screen_show (STN_REPORT_SCREEN (page), report, error);
  const char *const left[] = { "", "-wal", "-shm" };
  for (guint i = 0; i < G_N_ELEMENTS (left); i++) {
    g_autofree char *file = g_strconcat (path, left[i], NULL);
    g_remove (file);
  }
  g_rmdir (folder);
  return page;
}

static GtkWidget *
report_pchart (void)
{
  return report_of ("pchart", &(StnReportQuery){ 0 });
}

static GtkWidget *
report_yield (void)
{
  return report_of ("fpy", &(StnReportQuery){ .by = "day" });
}

static GtkWidget *
report_pareto (void)
{
  return report_of ("pareto", &(StnReportQuery){ 0 });
}

static GtkWidget *
report_times (void)
{
  return report_of ("times", &(StnReportQuery){ 0 });
}

static GtkWidget *
report_lot (void)
{
  return report_of ("lot", &(StnReportQuery){ .lot = "L0002" });
}

static GtkWidget *
report_choice (void)
{
  return stn_report_screen_new ();
}

const StnPageScene stn_page_scenes[] = {
  { "s9-report-choice", report_choice },
  { "s9-report-pchart", report_pchart },
  { "s9-report-yield", report_yield },
  { "s9-report-pareto", report_pareto },
  { "s9-report-times", report_times },
  { "s9-report-lot", report_lot },
  { "s7-history-mixed", history_mixed },
  { "s7-history-nothing", history_nothing },
  { "s7-history-no-journal", history_no_journal },
  { "s8-unit-retried", unit_retried },
  { "s8-unit-failed", unit_failed },
  { "s8-unit-not-known", unit_not_known },
  { "s11-wiring-unchecked", wiring_unchecked },
  { "s11-wiring-two-wrong", wiring_two_wrong },
  { "s11-wiring-running", wiring_running },
  { "s11-wiring-busy", wiring_busy },
  { NULL, NULL },
};
