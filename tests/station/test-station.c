/* station.yaml put together: wiring, groups, locks, admission, and runs on the virtual clock. */
#include "src/journal/journal.h"
#include "src/journal/query.h"
#include "src/station/ledger.h"
#include "src/station/locks.h"
#include "src/station/station-private.h"
#include "tests/remove-folder.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static char *folder; /* of this program: files, locks, journals */

static char *
path_of (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static char *
write_file (const char *name, const char *text)
{
  char *path = path_of (name);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static StnStation *
load_or_fail (const char *text, StnClock *clock)
{
  g_autofree char *path = write_file ("station.yaml", text);
  g_autoptr (GError) error = NULL;
  StnStation *station = stn_station_load (path, clock, &error);
  g_assert_no_error (error);
  return station;
}

/* ---- reading ---- */

static const char everything[] =
    "station: Line 2\n"
    "fixture: { id: FX-0012, revision: B, cycles-limit: 100000 }\n"
    "journal: records/journal.db\n"
    "day-start: 06:30\n"
    "remote-usb: real\n"
    "hubs: { H1: pci-0000:00:14.0-usb-0:1, H2: 1-1.4 }\n"
    "controls:\n"
    "  c1: { ft232h: { serial: FT6XYZ12 } }\n"
    "  c2: { ft232h: { port: { hub: H1, port: 4 } }, buffered: true }\n"
    "banks:\n"
    "  - name: A\n"
    "    inputs: { start: { pin: c2.AC6, active: low }, lid: { pin: c2.AC5, active: high } }\n"
    "    outputs: { busy: c2.AD5, ok: c2.AD6, fail: c2.AD7 }\n"
    "    sites:\n"
    "      - { name: A1, at: [0, 0], nrst: c1.AC0, boot0: c1.AC1, uart: /dev/serial/by-path/x-port0 }\n"
    "      - name: A2\n"
    "        at: [2, 1]\n"
    "        nrst: { pin: c1.AC2, active: high, open-drain: false }\n"
    "        boot0: uart.dtr\n"
    "        usb: { hub: H1, port: 2 }\n"
    "        uart: { port: /dev/serial/by-path/y, baud: 57600, supply: 3.3 V }\n"
    "        power: { pin: c2.AD0, active: low, off: 250 ms, settle: 5 ms, good: c2.AC1, fault: c2.AC2 }\n"
    "        detect: c2.AC3\n"
    "        enabled: false\n";

static void
all_that_a_station_may_say_is_read (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (StnStation) station = load_or_fail (everything, clock);
  g_autofree char *journal = path_of ("records/journal.db");
  guint count = 0;
  StnSite *const *sites = stn_station_sites (station, &count);

  g_assert_cmpuint (count, ==, 2);
  g_assert_cmpstr (stn_station_name (station), ==, "Line 2");
  g_assert_false (stn_station_is_virtual (station));
  g_assert_cmpstr (stn_station_journal_path (station), ==, journal);
  g_assert_cmpint (station->day_start_minutes, ==, 6 * 60 + 30);

  const StnSiteWiring *one = &g_array_index (station->wirings, StnSiteWiring, 0);
  g_assert_cmpstr (sites[0]->name, ==, "A1");
  g_assert_cmpstr (sites[0]->bank, ==, "A");
  g_assert_cmpstr (sites[0]->adapters_text, ==, "uart=/dev/serial/by-path/x-port0 nrst=c1.AC0 boot0=c1.AC1");
  g_assert_true (one->lines[STN_SIGNAL_NRST].active_low);
  g_assert_false (one->lines[STN_SIGNAL_BOOT0].active_low);
  g_assert_cmpuint (one->lines[STN_SIGNAL_BOOT0].bit, ==, 9);
  g_assert_cmpuint (one->wiring.baud, ==, 115200);
  g_assert_true (one->wiring.has_uart && one->wiring.has_nrst && one->wiring.has_boot0);
  g_assert_false (one->wiring.has_power || one->wiring.has_detect || one->wiring.has_usb);

  const StnSiteWiring *two = &g_array_index (station->wirings, StnSiteWiring, 1);
  g_assert_cmpint (sites[1]->row, ==, 2);
  g_assert_cmpint (sites[1]->column, ==, 1);
  g_assert_false (sites[1]->enabled);
  g_assert_false (two->lines[STN_SIGNAL_NRST].active_low);
  g_assert_cmpint (two->lines[STN_SIGNAL_BOOT0].kind, ==, STN_PIN_REF_UART);
  g_assert_true (two->lines[STN_SIGNAL_POWER].active_low);
  g_assert_true (two->lines[STN_SIGNAL_DETECT].active_low);
  g_assert_false (two->lines[STN_SIGNAL_GOOD].active_low);
  g_assert_cmpuint (two->wiring.baud, ==, 57600);
  g_assert_cmpint (two->wiring.power_off_ns, ==, 250 * STN_NS_PER_MS);
  g_assert_cmpint (two->wiring.power_settle_ns, ==, 5 * STN_NS_PER_MS);

  const StnBankWiring *bank = &g_array_index (station->banks, StnBankWiring, 0);
  g_assert_cmpuint (bank->lines[STN_PANEL_START].bit, ==, 14);
  g_assert_true (bank->lines[STN_PANEL_START].active_low);
  g_assert_false (bank->lines[STN_PANEL_LID].active_low);
  g_assert_cmpuint (bank->lines[STN_PANEL_FAIL].bit, ==, 7);

  /* only what is driven counts: at rest NRST active low is high, power active low is high */
  const StnControlWiring *c1 = &g_array_index (station->controls, StnControlWiring, 0);
  const StnControlWiring *c2 = &g_array_index (station->controls, StnControlWiring, 1);
  g_assert_cmphex (c1->used_mask, ==, 1 << 8 | 1 << 9 | 1 << 10);
  g_assert_cmphex (c1->rest_levels, ==, 1 << 8);
  g_assert_cmphex (c2->used_mask, ==, 1 << 0 | 1 << 5 | 1 << 6 | 1 << 7);
  g_assert_cmphex (c2->rest_levels, ==, 1 << 0);
  g_assert_cmpstr (c1->place, ==, "FT6XYZ12");
  g_assert_cmpstr (c2->place, ==, "pci-0000:00:14.0-usb-0:1.4");
}

static void
a_bus_number_is_taken_with_a_warning (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (StnStation) station = load_or_fail (everything, clock);
  guint count = 0;
  const char *const *warnings = stn_station_warnings (station, &count);
  g_assert_cmpuint (count, ==, 1);
  g_assert_nonnull (strstr (warnings[0], "1-1.4"));
}

static const char bench_head[] = "station: T\nbench: { straight: %u, target: STM32G071CB%s }\n"
                                 "fixture: { id: FX1 }\nshifts: [ { name: always, from: \"00:00\" } ]\njournal: journal.db\n"
                                 "controls: { c1: { ft232h: { serial: F1 }, buffered: true } }\n"
                                 "banks:\n  - name: A\n    sites:\n";

static StnStation *
bench_station (const char *bench, const char *const *lines, StnClock *clock)
{
  g_autoptr (GString) text = g_string_new (NULL);
  /* the format is the constant above */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  g_string_append_printf (text, bench_head, g_strv_length ((char **) lines), bench);
#pragma GCC diagnostic pop
  for (guint i = 0; lines[i] != NULL; i++)
    g_string_append_printf (text, "      - { name: A%u, uart: /dev/u%u, %s }\n", i + 1, i + 1, lines[i]);
  return load_or_fail (text->str, clock);
}

static void
sites_that_share_lines_are_one_group (void)
{
  static const char *const lines[] = { "nrst: c1.AC0, boot0: c1.AC4", "nrst: c1.AC0, boot0: c1.AC5",
                                       "nrst: c1.AC1, boot0: c1.AC5", "nrst: c1.AC2, boot0: c1.AC6", NULL };
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (StnStation) station = bench_station ("", lines, clock);
  const StnSiteWiring *wirings = &g_array_index (station->wirings, StnSiteWiring, 0);

  /* the first and the third share nothing with each other, but both with the second */
  g_assert_cmpuint (wirings[0].group, ==, wirings[1].group);
  g_assert_cmpuint (wirings[1].group, ==, wirings[2].group);
  g_assert_cmpuint (wirings[3].group, !=, wirings[0].group);
  g_assert_true (wirings[0].wiring.shares_nrst && !wirings[0].wiring.shares_boot0);
  g_assert_true (wirings[1].wiring.shares_nrst && wirings[1].wiring.shares_boot0);
  g_assert_true (!wirings[2].wiring.shares_nrst && wirings[2].wiring.shares_boot0);
  g_assert_true (!wirings[3].wiring.shares_nrst && !wirings[3].wiring.shares_boot0);
}

/* ---- admission ---- */

typedef struct {
  const char *name;
  StnUnitHistory history;
  gboolean repeat_allowed;
  gint64 retries, quantity;
  guint64 passes;
  StnFailure failure; /* NONE: admitted as `admission` */
  StnAdmission admission;
} Decision;

static const Decision decisions[] = {
  { "a_new_board_goes", { 0 }, FALSE, 1, 0, 0, STN_FAILURE_NONE, STN_ADMISSION_GO },
  { "a_board_that_passed_is_done", { .runs = 1, .passes = 1 }, FALSE, 1, 0, 0, STN_FAILURE_ALREADY_DONE, 0 },
  { "a_repeat_goes_where_allowed", { .runs = 1, .passes = 1 }, TRUE, 1, 0, 0, STN_FAILURE_NONE, STN_ADMISSION_GO },
  { "a_failed_board_is_a_retry",
    { .runs = 1, .fails_since_pass = 1 },
    FALSE,
    1,
    0,
    0,
    STN_FAILURE_NONE,
    STN_ADMISSION_RETRY },
  { "one_retry_is_one", { .runs = 2, .fails_since_pass = 2 }, FALSE, 1, 0, 0, STN_FAILURE_RETRY_LIMIT, 0 },
  { "no_retry_is_none", { .runs = 1, .fails_since_pass = 1 }, FALSE, 0, 0, 0, STN_FAILURE_RETRY_LIMIT, 0 },
  { "retries_without_a_limit",
    { .runs = 90, .fails_since_pass = 90 },
    FALSE,
    -1,
    0,
    0,
    STN_FAILURE_NONE,
    STN_ADMISSION_RETRY },
  { "a_run_that_was_cut_off_is_a_retry", { .unknown = 1 }, FALSE, 0, 0, 0, STN_FAILURE_NONE, STN_ADMISSION_RETRY },
  { "the_last_of_a_lot_goes", { 0 }, FALSE, 1, 500, 499, STN_FAILURE_NONE, STN_ADMISSION_GO },
  { "a_full_lot_is_full", { 0 }, FALSE, 1, 500, 500, STN_FAILURE_QUANTITY, 0 },
};

static void
decide (gconstpointer data)
{
  const Decision *row = data;
  g_autoptr (GError) error = NULL;
  StnAdmission admission = STN_ADMISSION_BLOCK;
  StnAdmissionRequest request = { .repeat_allowed = row->repeat_allowed,
                                  .retries = row->retries,
                                  .quantity = row->quantity };
  gboolean ok = stn_ledger_decide (&request, &row->history, row->passes, &admission, &error);

  g_assert_cmpint (stn_error_failure (error), ==, row->failure);
  g_assert_cmpint (ok, ==, row->failure == STN_FAILURE_NONE);
  g_assert_cmpint (admission, ==, ok ? row->admission : STN_ADMISSION_BLOCK);
}

/* ---- locks ---- */

static void
a_lock_names_its_holder_and_ends_with_it (void)
{
  g_autoptr (GError) error = NULL;
  StnLocks *first = stn_locks_new ();
  g_autoptr (StnLocks) second = stn_locks_new ();
  g_autofree char *pid = g_strdup_printf ("process %ld", (long) getpid ());

  g_assert_true (stn_locks_take (first, "/dev/x y", FALSE, "adapter c1", &error));
  g_assert_no_error (error);
  g_assert_false (stn_locks_take (second, "/dev/x y", FALSE, "adapter c1", &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_BANK_BUSY));
  g_assert_nonnull (strstr (error->message, "adapter c1 is in use by "));
  g_assert_nonnull (strstr (error->message, pid));
  g_clear_error (&error);

  /* a bench's place of the same name is another, and so is one that only looks alike */
  g_assert_true (stn_locks_take (second, "/dev/x y", TRUE, "adapter c1", &error));
  g_assert_true (stn_locks_take (second, "/dev/x_y", FALSE, "adapter c1", &error));
  stn_locks_free (first);
  g_assert_true (stn_locks_take (second, "/dev/x y", FALSE, "adapter c1", &error));
  g_assert_no_error (error);
}

static void
a_lock_file_that_nobody_holds_is_free (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnLocks) locks = stn_locks_new ();
  g_autofree char *path = path_of ("station/FTOLD.lock"), *text = NULL;

  g_assert_true (g_file_set_contents (path, "4242 stationctl that was killed\n", -1, NULL));
  g_assert_true (stn_locks_take (locks, "FTOLD", FALSE, "adapter c1", &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_ascii_strtoull (text, NULL, 10) == (guint64) getpid ());
}

/* ---- runs ---- */

typedef struct {
  StnClock *clock;
  StnStation *station;
  StnJob *job;
  StnEventQueue *events;
  StnStationRun *run;
} Running;

static void
remove_journal (void)
{
  static const char *const names[] = { "journal.db", "journal.db-wal", "journal.db-shm" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = path_of (names[i]);
    g_unlink (path);
  }
}

static Running
start_or_fail (const char *bench, const char *const *lines)
{
  g_autoptr (GError) error = NULL;
  guint8 image[4096];
  StnRunOptions options = { 0 };
  Running self = { .clock = stn_clock_new_virtual () };

  for (guint i = 0; i < sizeof image; i++)
    image[i] = (guint8) (i * 5 + i / 256);
  memcpy (image, "\x00\x20\x00\x20\x41\x00\x00\x08", 8);
  g_autofree char *image_path = path_of ("app.bin");
  g_assert_true (g_file_set_contents (image_path, (const char *) image, sizeof image, NULL));
  g_autofree char *job = write_file ("job.yaml", "job: Test\nrevision: 1\ntarget: STM32G071xB\nboot: { rom-entry: as-shipped }\n"
                                                 "images:\n  - { name: app, file: app.bin, address: 0x08000000 }\n"
                                                 "boot-check: none\n");
  self.station = bench_station (bench, lines, self.clock);
  self.job = stn_job_load (job, &error);
  g_assert_no_error (error);
  self.events = stn_event_queue_new (NULL, NULL);
  self.run = stn_station_run_new (self.station, self.job, &options, self.events, &error);
  g_assert_no_error (error);
  return self;
}

static void
open_or_fail (Running *self)
{
  g_autoptr (GError) error = NULL;
  stn_station_run_open (self->run, &error);
  g_assert_no_error (error);
}

static const StnCycleSummary *
cycle_or_fail (Running *self)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (stn_station_run_start (self->run, &error));
  g_assert_no_error (error);
  g_assert_true (stn_runner_wait (stn_station_run_runner (self->run), 60000));
  return stn_runner_summary (stn_station_run_runner (self->run));
}

static void
end (Running *self)
{
  stn_station_run_free (self->run);
  stn_event_queue_free (self->events);
  stn_job_unref (self->job);
  stn_station_free (self->station);
  stn_clock_unref (self->clock);
}

/* How many warnings with this in their text have been posted. */
static guint
take_warnings (Running *self, const char *part)
{
  guint count = 0;
  for (StnEvent *event = stn_event_queue_take (self->events); event != NULL;
       event = stn_event_queue_take (self->events)) {
    count += event->kind == STN_EVENT_WARNING && strstr (event->text, part) != NULL;
    stn_event_unref (event);
  }
  return count;
}

static const char *const own_lines[] = { "nrst: c1.AC0, boot0: c1.AD0", "nrst: c1.AC1, boot0: c1.AD1", NULL };

static void
boards_with_their_own_lines_have_one_plan_and_pass (void)
{
  remove_journal ();
  Running running = start_or_fail (", pace: { line: true, flash: true }", own_lines);
  guint count = 0;
  const StnRunnerSite *sites = stn_station_run_sites (running.run, &count);

  g_assert_cmpuint (count, ==, 2);
  g_assert_true (sites[0].plan == sites[1].plan);
  open_or_fail (&running);
  g_assert_cmpuint (cycle_or_fail (&running)->counts[STN_VERDICT_PASS], ==, 2);
  end (&running);
}

static void
other_wiring_is_another_plan (void)
{
  static const char *const lines[] = { "nrst: c1.AC0, boot0: c1.AD0",
                                       "nrst: c1.AC1, boot0: c1.AD1, power: { pin: c1.AC2 }",
                                       "nrst: c1.AC3, boot0: c1.AD3", NULL };
  remove_journal ();
  Running running = start_or_fail ("", lines);
  guint count = 0;
  const StnRunnerSite *sites = stn_station_run_sites (running.run, &count);

  g_assert_true (sites[0].plan == sites[2].plan);
  g_assert_true (sites[0].plan != sites[1].plan);
  g_assert_cmpstr (sites[0].plan->hash, !=, sites[1].plan->hash);
  open_or_fail (&running);
  g_assert_cmpuint (cycle_or_fail (&running)->counts[STN_VERDICT_PASS], ==, 3);
  end (&running);
}

static void
boards_on_shared_lines_pass_together (void)
{
  static const char *const lines[] = { "nrst: c1.AC0, boot0: c1.AC1", "nrst: c1.AC0, boot0: c1.AC1",
                                       "nrst: c1.AC0, boot0: c1.AC1", NULL };
  remove_journal ();
  Running running = start_or_fail (", pace: { line: true, flash: true }", lines);
  open_or_fail (&running);
  g_assert_cmpuint (cycle_or_fail (&running)->counts[STN_VERDICT_PASS], ==, 3);
  end (&running);
}

static void
the_shift_is_the_one_that_began_last (void)
{
  g_autofree char *text = g_strconcat ("shifts: [ { name: late, from: \"14:00\" }, { name: night, from: \"22:00\" }, "
                                       "{ name: early, from: \"06:00\" } ]\n",
                                       everything, NULL);
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (StnStation) station = load_or_fail (text, clock);
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (2 * 3600);
  const struct {
    int hour, minute;
    const char *shift;
  } cases[] = { { 4, 0, "early" },  { 11, 59, "early" }, { 12, 0, "late" }, { 19, 59, "late" },
                { 20, 0, "night" }, { 23, 0, "night" },  { 0, 0, "night" }, { 3, 59, "night" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GDateTime) moment = g_date_time_new_utc (2026, 3, 4, cases[i].hour, cases[i].minute, 30);
    g_assert_cmpstr (stn_station_shift (station, g_date_time_to_unix (moment) * G_USEC_PER_SEC, zone), ==,
                     cases[i].shift);
  }
  g_autoptr (StnStation) none = load_or_fail (everything, clock);
  g_assert_null (stn_station_shift (none, 0, zone));
}

static void
cycles_count_the_fixture_and_swap_the_boards (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = path_of ("journal.db");
  remove_journal ();
  Running running = start_or_fail ("", own_lines);
  open_or_fail (&running);
  for (guint cycle = 0; cycle < 3; cycle++) {
    if (cycle > 0)
      g_assert_true (stn_station_run_load_boards (running.run, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (cycle_or_fail (&running)->counts[STN_VERDICT_PASS], ==, 2);
  }
  end (&running);

  g_autoptr (StnQuery) query = stn_query_open (path, &error);
  g_assert_no_error (error);
  StnRunFilter filter = { .site = "A1", .limit = 10 };
  g_autoptr (GPtrArray) rows = stn_query_runs (query, &filter, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 3);
  for (guint i = 0; i < rows->len; i++) {
    const StnRun *run = ((const StnRunRow *) g_ptr_array_index (rows, i))->run;
    g_assert_cmpint (run->fixture_cycle, ==, i + 1);
    g_assert_cmpint (run->cycle, ==, i + 1);
    g_assert_cmpstr (run->fixture, ==, "FX1");
    g_assert_true (run->is_virtual);
    g_assert_cmpstr (run->adapters, ==, "uart=/dev/u1 nrst=c1.AC0 boot0=c1.AD0");
    g_assert_nonnull (run->production_day);
    g_assert_cmpstr (run->shift, ==, "always");
  }
}

/* What a program leaves that ended inside a write window. */
static void
leave_a_window (const char *site, gint64 longest_ns)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autofree char *path = path_of ("journal.db");
  g_autoptr (StnJournal) journal = stn_journal_open (path, TRUE, clock, &error);
  g_autoptr (StnRun) run = stn_run_new ();

  g_assert_no_error (error);
  run->run_id = stn_uuid_new (stn_clock_utc_us (clock));
  run->started_utc_us = stn_clock_utc_us (clock);
  run->boot_id = g_strdup ("boot");
  run->production_day = g_strdup ("2026-01-01");
  run->operator_id = g_strdup ("somebody");
  run->station = g_strdup ("T");
  run->bank = g_strdup ("A");
  run->site = g_strdup (site);
  run->job_name = g_strdup ("Test");
  run->job_hash = g_strdup ("j");
  run->plan_hash = g_strdup ("p");
  run->images = g_strdup ("i");
  run->target = g_strdup ("STM32G071xB");
  run->target_source = g_strdup ("compiled in");
  run->target_hash = g_strdup ("t");
  run->engine = g_strdup ("uart");
  run->adapters = g_strdup ("a");
  run->program_version = g_strdup ("0");
  run->is_virtual = TRUE;
  stn_journal_begin (journal, run, &error);
  g_assert_no_error (error);
  stn_journal_window_open (journal, run->run_id, site, "option bytes", longest_ns, &error);
  g_assert_no_error (error);
}

static guint
open_windows (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = path_of ("journal.db");
  g_autoptr (StnQuery) query = stn_query_open (path, &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) windows = stn_query_open_windows (query, &error);
  g_assert_no_error (error);
  return windows->len;
}

static void
a_write_window_that_was_left_open_is_waited_out (void)
{
  remove_journal ();
  leave_a_window ("A2", 30 * STN_NS_PER_S);
  g_assert_cmpuint (open_windows (), ==, 1);

  Running running = start_or_fail ("", own_lines);
  gint64 before_ns = stn_clock_now_ns (running.clock);
  open_or_fail (&running);
  /* virtual time: nobody sits here for half a minute */
  g_assert_cmpint (stn_clock_now_ns (running.clock) - before_ns, >=, 30 * STN_NS_PER_S);
  g_assert_cmpuint (open_windows (), ==, 0);
  g_assert_cmpuint (take_warnings (&running, "option bytes"), ==, 1);
  g_assert_cmpuint (cycle_or_fail (&running)->counts[STN_VERDICT_PASS], ==, 2);
  end (&running);
}

static void
a_window_of_a_site_that_is_not_ours_is_left_to_its_program (void)
{
  remove_journal ();
  leave_a_window ("B7", 30 * STN_NS_PER_S);
  Running running = start_or_fail ("", own_lines);
  gint64 before_ns = stn_clock_now_ns (running.clock);
  open_or_fail (&running);
  g_assert_cmpint (stn_clock_now_ns (running.clock) - before_ns, <, 30 * STN_NS_PER_S);
  g_assert_cmpuint (open_windows (), ==, 1);
  end (&running);
}

static void
a_run_without_a_result_is_named_at_the_next_start (void)
{
  remove_journal ();
  leave_a_window ("A1", 0);
  Running running = start_or_fail ("", own_lines);
  open_or_fail (&running);
  g_assert_cmpuint (take_warnings (&running, "has no result"), ==, 1);
  end (&running);
}

static void
waiting_can_be_ended (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  StnRunOptions options = { .cancellable = cancellable };
  remove_journal ();
  leave_a_window ("A1", 30 * STN_NS_PER_S);
  Running running = start_or_fail ("", own_lines);
  g_clear_pointer (&running.run, stn_station_run_free);
  running.run = stn_station_run_new (running.station, running.job, &options, running.events, &error);
  g_assert_no_error (error);
  g_cancellable_cancel (cancellable);
  g_assert_false (stn_station_run_open (running.run, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_CANCELLED));
  /* the window is as open as it was */
  g_assert_cmpuint (open_windows (), ==, 1);
  end (&running);
}

static void
a_production_journal_refuses_virtual_boards (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autofree char *path = path_of ("journal.db");
  remove_journal ();
  stn_journal_close (stn_journal_open (path, FALSE, clock, &error));
  g_assert_no_error (error);
  Running running = start_or_fail ("", own_lines);
  g_assert_false (stn_station_run_open (running.run, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_JOURNAL));
  /* nothing is held after an open that failed */
  remove_journal ();
  g_clear_error (&error);
  open_or_fail (&running);
  g_assert_cmpuint (cycle_or_fail (&running)->counts[STN_VERDICT_PASS], ==, 2);
  end (&running);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("station-XXXXXX", NULL);
  g_assert_nonnull (folder);
  g_setenv ("XDG_RUNTIME_DIR", folder, TRUE);
  g_setenv ("XDG_DATA_HOME", folder, TRUE);

#define ADD(function) g_test_add_func ("/station/" #function, function)
  ADD (all_that_a_station_may_say_is_read);
  ADD (a_bus_number_is_taken_with_a_warning);
  ADD (sites_that_share_lines_are_one_group);
  for (guint i = 0; i < G_N_ELEMENTS (decisions); i++) {
    g_autofree char *path = g_strdup_printf ("/admission/%s", decisions[i].name);
    g_test_add_data_func (path, &decisions[i], decide);
  }
  ADD (a_lock_names_its_holder_and_ends_with_it);
  ADD (a_lock_file_that_nobody_holds_is_free);
  ADD (boards_with_their_own_lines_have_one_plan_and_pass);
  ADD (other_wiring_is_another_plan);
  ADD (boards_on_shared_lines_pass_together);
  ADD (the_shift_is_the_one_that_began_last);
  ADD (cycles_count_the_fixture_and_swap_the_boards);
  ADD (a_write_window_that_was_left_open_is_waited_out);
  ADD (a_window_of_a_site_that_is_not_ours_is_left_to_its_program);
  ADD (a_run_without_a_result_is_named_at_the_next_start);
  ADD (waiting_can_be_ended);
  ADD (a_production_journal_refuses_virtual_boards);
  int status = g_test_run ();
  remove_folder (folder);
  g_free (folder);
  return status;
}
