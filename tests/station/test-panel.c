/* START, lid, lamps, detect pins and modem lines: what a fixture has beside its sites, on the virtual clock. */
#include "src/station/panel.h"
#include "src/station/presence.h"
#include "src/station/press.h"
#include "tests/remove-folder.h"

#include <glib/gstdio.h>
#include <string.h>

static char *folder; /* of this program: files, locks, journals */

/* ---- a button ---- */

/* How often a press of `length_ms` counts when somebody looks every `every_ms`, first `phase_ms` before it. */
static guint
presses_that_count (gint64 length_ms, gint64 every_ms, gint64 phase_ms)
{
  StnPress press = { 0 };
  guint count = 0;
  for (gint64 at_ms = 1000 - phase_ms; at_ms < 2000; at_ms += every_ms)
    count += stn_press_look (&press, at_ms >= 1000 && at_ms < 1000 + length_ms, at_ms * STN_NS_PER_MS);
  return count;
}

static void
a_press_of_30_ms_counts_once_however_one_looks (void)
{
  for (gint64 every_ms = 1; every_ms <= 10; every_ms++)
    for (gint64 phase_ms = every_ms; phase_ms < 2 * every_ms; phase_ms++)
      for (gint64 length_ms = 30; length_ms <= 100; length_ms += 7)
        g_assert_cmpuint (presses_that_count (length_ms, every_ms, phase_ms), ==, 1);
}

static void
what_is_shorter_than_10_ms_is_no_press (void)
{
  for (gint64 every_ms = 1; every_ms <= 10; every_ms++)
    for (gint64 phase_ms = every_ms; phase_ms < 2 * every_ms; phase_ms++)
      for (gint64 length_ms = 0; length_ms < 10; length_ms++)
        g_assert_cmpuint (presses_that_count (length_ms, every_ms, phase_ms), ==, 0);
}

static void
a_button_that_is_down_already_has_to_come_up_first (void)
{
  StnPress press = { 0 };
  for (gint64 at_ms = 0; at_ms < 500; at_ms += 5)
    g_assert_false (stn_press_look (&press, TRUE, at_ms * STN_NS_PER_MS));
  g_assert_false (stn_press_look (&press, FALSE, 500 * STN_NS_PER_MS));
  guint count = 0;
  for (gint64 at_ms = 505; at_ms < 1000; at_ms += 5)
    count += stn_press_look (&press, TRUE, at_ms * STN_NS_PER_MS);
  g_assert_cmpuint (count, ==, 1);
}

/* ---- lamps, over a link that writes down what it is told ---- */

typedef struct {
  StnLink link;
  GString *log;
} Recorder;

static gboolean
recorder_exchange (StnLink *link, StnExchange *exchange, G_GNUC_UNUSED const StnWait *wait,
                   G_GNUC_UNUSED GError **error)
{
  if (exchange->operation == STN_OP_SET)
    g_string_append_printf (((Recorder *) link)->log, "%x=%x ", exchange->mask, exchange->levels);
  exchange->levels = 0;
  return TRUE;
}

static void
recorder_free (StnLink *link)
{
  g_free (link);
}

static const StnLinkClass recorder_class = {
  .kind = "recorder", .shape = STN_LINK_PINS, .exchange = recorder_exchange, .free = recorder_free
};

static void
ok_stands_before_busy_goes_out (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (GString) log = g_string_new (NULL);
  StnEventQueue *events = stn_event_queue_new (NULL, NULL);
  Recorder *recorder = g_new0 (Recorder, 1);
  StnWait wait = stn_wait_new (clock, STN_NS_PER_S, NULL);

  stn_link_init (&recorder->link, &recorder_class, STN_LINK_PINS, "lamps");
  recorder->log = log;
  StnAdapter *adapter = stn_adapter_new (&recorder->link, 0x70, 0, clock, &wait, &error);
  g_assert_no_error (error);
  StnLine lines[STN_PANEL_COUNT] = { [STN_PANEL_BUSY] = { .adapter = adapter, .bit = 4 },
                                     [STN_PANEL_OK] = { .adapter = adapter, .bit = 5 },
                                     [STN_PANEL_FAIL] = { .adapter = adapter, .bit = 6 } };
  StnPanel *panel = stn_panel_new (clock, events);
  stn_panel_add_bank (panel, "A", lines);
  static const StnPanelResult results[] = { STN_PANEL_ALL_PASSED, STN_PANEL_ONE_FAILED, STN_PANEL_NO_VERDICT };
  for (guint i = 0; i < G_N_ELEMENTS (results); i++) {
    g_assert_true (stn_panel_begin (panel, &error));
    g_assert_no_error (error);
    stn_panel_end (panel, &results[i]);
  }
  g_assert_true (stn_panel_begin (panel, &error));
  /* put out in the middle of a cycle */
  stn_panel_free (panel);
  g_assert_cmpstr (log->str, ==,
                   "70=0 "             /* at rest */
                   "10=10 20=20 10=0 " /* busy, ok, busy out */
                   "10=10 20=0 40=40 10=0 "
                   "10=10 40=0 10=0 "
                   "10=10 10=0 ");
  stn_adapter_free (adapter);
  stn_event_queue_free (events);
}

/* ---- a station with a panel ---- */

typedef struct {
  StnClock *clock;
  StnStation *station;
  StnJob *job;
  StnEventQueue *events;
  StnStationRun *run;
  StnBench *bench; /* borrowed */
} World;

static char *
write_file (const char *name, const char *text)
{
  char *path = g_build_filename (folder, name, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static const char panel_bank[] = "    inputs: { start: c1.AC6, lid: c1.AC5 }\n"
                                 "    outputs: { busy: c1.AD5, ok: c1.AD6, fail: c1.AD7 }\n";
static const char *const plain_sites[] = { "nrst: c1.AC0, boot0: c1.AD0", "nrst: c1.AC1, boot0: c1.AD1", NULL };
static const char *const detect_sites[] = { "nrst: c1.AC0, boot0: c1.AD0, detect: c1.AC2",
                                            "nrst: c1.AC1, boot0: c1.AD1, detect: c1.AC3", NULL };

/* `bench` goes into the braces of `bench:`; the operator of this bench does nothing by himself. */
static World *
world_new (const char *bench, const char *bank, const char *const *sites, guint64 quantity)
{
  static const char *const journals[] = { "journal.db", "journal.db-wal", "journal.db-shm" };
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  guint8 image[2048];
  World *self = g_new0 (World, 1);

  for (guint i = 0; i < G_N_ELEMENTS (journals); i++) {
    g_autofree char *path = g_build_filename (folder, journals[i], NULL);
    g_unlink (path);
  }
  g_string_append_printf (text,
                          "station: T\n"
                          "bench: { straight: %u, target: STM32G071CB, operator: { press-every: 0 ms }%s }\n"
                          "fixture: { id: FX1 }\njournal: journal.db\n"
                          "controls: { c1: { ft232h: { serial: F1 }, buffered: true } }\nbanks:\n  - name: A\n%s"
                          "    sites:\n",
                          g_strv_length ((char **) sites), bench, bank);
  for (guint i = 0; sites[i] != NULL; i++)
    g_string_append_printf (text, "      - { name: A%u, uart: /dev/u%u, %s }\n", i + 1, i + 1, sites[i]);
  g_autofree char *station = write_file ("station.yaml", text->str);
  for (guint i = 0; i < sizeof image; i++)
    image[i] = (guint8) (i * 5 + i / 256);
  memcpy (image, "\x00\x20\x00\x20\x41\x00\x00\x08", 8);
  g_autofree char *image_path = g_build_filename (folder, "app.bin", NULL);
  g_assert_true (g_file_set_contents (image_path, (const char *) image, sizeof image, NULL));
  g_autofree char *job = write_file ("job.yaml", "job: Test\nrevision: 1\ntarget: STM32G071xB\nboot: { rom-entry: as-shipped }\n"
                                                 "images:\n  - { name: app, file: app.bin, address: 0x08000000 }\n"
                                                 "boot-check: rom-gone\n");
  StnRunOptions options = { .quantity = quantity };
  self->clock = stn_clock_new_virtual ();
  self->station = stn_station_load (station, self->clock, &error);
  g_assert_no_error (error);
  self->job = stn_job_load (job, &error);
  g_assert_no_error (error);
  self->events = stn_event_queue_new (NULL, NULL);
  self->run = stn_station_run_new (self->station, self->job, &options, self->events, &error);
  g_assert_no_error (error);
  stn_station_run_open (self->run, &error);
  g_assert_no_error (error);
  self->bench = stn_station_run_bench (self->run);
  return self;
}

static void
world_free (World *self)
{
  stn_station_run_free (self->run);
  stn_event_queue_free (self->events);
  stn_job_unref (self->job);
  stn_station_free (self->station);
  stn_clock_unref (self->clock);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

static guint
take_warnings (World *self, const char *part)
{
  guint count = 0;
  for (StnEvent *event = stn_event_queue_take (self->events); event != NULL;
       event = stn_event_queue_take (self->events)) {
    count += event->kind == STN_EVENT_WARNING && strstr (event->text, part) != NULL;
    stn_event_unref (event);
  }
  return count;
}

static gboolean
pin_is_high (World *self, const char *pin)
{
  gboolean high = FALSE;
  g_assert_true (stn_bench_get_pin (self->bench, "F1", pin, &high));
  return high;
}

/* What somebody does with his hands, in virtual time. */
typedef struct {
  gint64 at_ms;
  const char *what; /* a pin, or a board */
  gboolean on;      /* the pin's level, the board's presence */
} Move;

typedef struct {
  World *world;
  const Move *moves; /* ended by what NULL */
} Hands;

static gpointer
move_hands (gpointer data)
{
  g_autofree Hands *self = data;
  StnClock *clock = self->world->clock;
  gint64 start_ns = stn_clock_now_ns (clock);

  for (const Move *move = self->moves; move->what != NULL; move++) {
    StnWait wait = stn_wait_new (clock, STN_TIME_NEVER, NULL);
    g_assert_true (stn_wait_sleep (&wait, start_ns + move->at_ms * STN_NS_PER_MS - stn_clock_now_ns (clock), NULL));
    if (g_str_has_prefix (move->what, "AC") || g_str_has_prefix (move->what, "AD"))
      g_assert_true (stn_bench_set_input (self->world->bench, "F1", move->what, move->on));
    else
      g_assert_true (stn_bench_board_set_present (self->world->bench, move->what, move->on));
  }
  return NULL;
}

/* Waits at most `longest_ms` while the hands move; when it started, in ms, or -1. */
static gint64
wait_for_start (World *self, StnStartBy by, const Move *moves, gint64 longest_ms)
{
  g_autoptr (GError) error = NULL;
  gboolean started = FALSE;
  Hands *hands = g_new (Hands, 1);

  *hands = (Hands){ self, moves };
  stn_clock_join (self->clock);
  gint64 start_ns = stn_clock_now_ns (self->clock);
  GThread *thread = stn_clock_thread_new (self->clock, "hands", move_hands, hands);
  /* in slices, as a program does that draws meanwhile */
  while (!started && stn_clock_now_ns (self->clock) - start_ns < longest_ms * STN_NS_PER_MS) {
    StnWait wait = stn_wait_new (self->clock, 50 * STN_NS_PER_MS, NULL);
    g_assert_true (stn_station_run_wait_start (self->run, by, &wait, &started, &error));
    g_assert_no_error (error);
  }
  gint64 gone_ms = (stn_clock_now_ns (self->clock) - start_ns) / STN_NS_PER_MS;
  stn_clock_thread_join (self->clock, thread, TRUE);
  stn_clock_leave (self->clock);
  return started ? gone_ms : -1;
}

static const StnCycleSummary *
cycle_or_fail (World *self)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (stn_station_run_start (self->run, &error));
  g_assert_no_error (error);
  g_assert_true (stn_runner_wait (stn_station_run_runner (self->run), 60000));
  return stn_runner_summary (stn_station_run_runner (self->run));
}

static void
start_is_heard_within_its_press (void)
{
  static const Move short_one[] = { { 100, "AC6", FALSE }, { 108, "AC6", TRUE }, { 0 } };
  static const Move long_one[] = { { 100, "AC6", FALSE }, { 130, "AC6", TRUE }, { 0 } };
  g_autoptr (World) world = world_new ("", panel_bank, plain_sites, 0);

  g_assert_cmpint (wait_for_start (world, STN_START_BY_PIN, short_one, 1000), ==, -1);
  gint64 at_ms = wait_for_start (world, STN_START_BY_PIN, long_one, 1000);
  g_assert_cmpint (at_ms, >=, 120);
  g_assert_cmpint (at_ms, <=, 140);
}

static void
a_press_that_is_held_starts_one_cycle (void)
{
  static const Move down[] = { { 10, "AC6", FALSE }, { 0 } };
  static const Move nothing[] = { { 0 } };
  static const Move again[] = { { 10, "AC6", TRUE }, { 100, "AC6", FALSE }, { 0 } };
  g_autoptr (World) world = world_new ("", panel_bank, plain_sites, 0);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (wait_for_start (world, STN_START_BY_PIN, down, 1000), >, 0);
  g_assert_cmpuint (cycle_or_fail (world)->counts[STN_VERDICT_PASS], ==, 2);
  g_assert_true (stn_station_run_load_boards (world->run, &error));
  g_assert_cmpint (wait_for_start (world, STN_START_BY_PIN, nothing, 2000), ==, -1);
  g_assert_cmpint (wait_for_start (world, STN_START_BY_PIN, again, 1000), >=, 120);
}

static void
start_with_the_lid_open_starts_nothing (void)
{
  static const Move open[] = { { 1, "AC5", TRUE }, { 100, "AC6", FALSE }, { 200, "AC6", TRUE }, { 0 } };
  static const Move close[] = { { 1, "AC5", FALSE }, { 100, "AC6", FALSE }, { 0 } };
  g_autoptr (World) world = world_new ("", panel_bank, plain_sites, 0);

  g_assert_cmpint (wait_for_start (world, STN_START_BY_PIN, open, 1000), ==, -1);
  g_assert_cmpuint (take_warnings (world, "lid of bank A is open"), ==, 1);
  g_assert_cmpint (wait_for_start (world, STN_START_BY_PIN, close, 1000), >=, 120);
}

static void
no_cycle_starts_with_the_lid_open (void)
{
  g_autoptr (World) world = world_new ("", panel_bank, plain_sites, 0);
  g_autoptr (GError) error = NULL;

  g_assert_true (stn_bench_set_input (world->bench, "F1", "AC5", TRUE));
  g_assert_false (stn_station_run_start (world->run, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_LID_OPEN));
  g_assert_false (pin_is_high (world, "AD5"));
  g_assert_true (stn_bench_set_input (world->bench, "F1", "AC5", FALSE));
  g_assert_cmpuint (cycle_or_fail (world)->counts[STN_VERDICT_PASS], ==, 2);
}

static void
a_lid_that_is_opened_meanwhile_is_told_and_stops_nothing (void)
{
  static const Move moves[] = { { 300, "AC5", TRUE }, { 600, "AC5", FALSE }, { 900, "AC5", TRUE }, { 0 } };
  g_autoptr (World) world = world_new (", pace: { line: true, flash: true }", panel_bank, plain_sites, 0);
  g_autoptr (GError) error = NULL;
  Hands *hands = g_new (Hands, 1);

  *hands = (Hands){ world, moves };
  stn_clock_join (world->clock);
  g_assert_true (stn_station_run_start (world->run, &error));
  GThread *thread = stn_clock_thread_new (world->clock, "hands", move_hands, hands);
  stn_clock_thread_join (world->clock, thread, TRUE);
  /* busy while the boards are at work */
  g_assert_true (pin_is_high (world, "AD5"));
  stn_clock_leave (world->clock);
  g_assert_true (stn_runner_wait (stn_station_run_runner (world->run), 60000));
  const StnCycleSummary *summary = stn_runner_summary (stn_station_run_runner (world->run));
  g_assert_cmpuint (summary->counts[STN_VERDICT_PASS], ==, 2);
  g_assert_cmpuint (take_warnings (world, "was opened while boards are at work"), ==, 2);
}

typedef struct {
  const char *name, *bench;
  gboolean ok, fail;
} Lamps;

static const Lamps lamps[] = {
  { "ok_when_all_passed", "", TRUE, FALSE },
  { "fail_when_one_failed", ", faults: { A2: [ { dead-cell: 0x08000234 } ] }", FALSE, TRUE },
  { "neither_when_the_station_is_at_fault", ", faults: { A2: [ { unplug: 20 } ] }", FALSE, FALSE },
};

static void
lamps_tell_the_result (gconstpointer data)
{
  const Lamps *row = data;
  g_autoptr (World) world = world_new (row->bench, panel_bank, plain_sites, 0);

  cycle_or_fail (world);
  g_assert_false (pin_is_high (world, "AD5"));
  g_assert_cmpint (pin_is_high (world, "AD6"), ==, row->ok);
  g_assert_cmpint (pin_is_high (world, "AD7"), ==, row->fail);
}

/* ---- insertion ---- */

static void
boards_have_to_sit_still (void)
{
  static const Move moves[] = {
    { 0, "A2", FALSE }, { 300, "A2", TRUE }, { 400, "A2", FALSE }, { 420, "A2", TRUE }, { 0 }
  };
  g_autoptr (World) world = world_new ("", "", detect_sites, 0);
  gint64 at_ms = wait_for_start (world, STN_START_BY_INSERTION, moves, 3000);
  g_assert_cmpint (at_ms, >=, 620);
  g_assert_cmpint (at_ms, <=, 650);
  g_assert_cmpuint (cycle_or_fail (world)->counts[STN_VERDICT_PASS], ==, 2);
}

static void
a_board_that_was_left_in_place_is_no_new_one (void)
{
  static const Move there[] = { { 0 } };
  static const Move only_one[] = { { 100, "A1", FALSE }, { 500, "A1", TRUE }, { 0 } };
  static const Move the_other[] = { { 100, "A2", FALSE }, { 500, "A2", TRUE }, { 0 } };
  g_autoptr (World) world = world_new ("", "", detect_sites, 0);

  g_assert_cmpint (wait_for_start (world, STN_START_BY_INSERTION, there, 3000), >=, 200);
  g_assert_cmpuint (cycle_or_fail (world)->counts[STN_VERDICT_PASS], ==, 2);
  take_warnings (world, "");
  /* boards that are still there are not told of: somebody has to get there first */
  g_assert_cmpint (wait_for_start (world, STN_START_BY_INSERTION, there, 3000), ==, -1);
  g_assert_cmpuint (take_warnings (world, "still holds"), ==, 0);
  g_assert_cmpint (wait_for_start (world, STN_START_BY_INSERTION, only_one, 3000), ==, -1);
  g_assert_cmpuint (take_warnings (world, "A2 still holds its board"), ==, 1);
  g_assert_cmpint (wait_for_start (world, STN_START_BY_INSERTION, the_other, 3000), >=, 700);
}

static void
what_the_wiring_has_not_can_not_start (void)
{
  g_autoptr (World) world = world_new ("", "", plain_sites, 0);
  g_autoptr (GError) error = NULL;
  g_assert_false (stn_station_run_can_start_by (world->run, STN_START_BY_PIN, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_USAGE));
  g_clear_error (&error);
  g_assert_false (stn_station_run_can_start_by (world->run, STN_START_BY_INSERTION, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_USAGE));
  g_assert_true (stn_station_run_can_start_by (world->run, STN_START_BY_KEY, NULL));
}

static void
waiting_for_start_can_be_ended (void)
{
  g_autoptr (World) world = world_new ("", panel_bank, detect_sites, 0);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  StnWait wait = stn_wait_new (world->clock, STN_TIME_NEVER, cancellable);

  g_cancellable_cancel (cancellable);
  for (StnStartBy by = STN_START_BY_PIN; by <= STN_START_BY_INSERTION; by++) {
    g_autoptr (GError) error = NULL;
    gboolean started = FALSE;
    g_assert_false (stn_station_run_wait_start (world->run, by, &wait, &started, &error));
    g_assert_true (stn_error_is (error, STN_FAILURE_CANCELLED));
  }
}

static void
no_board_passes_beyond_the_quantity (void)
{
  g_autoptr (World) world = world_new ("", "", plain_sites, 3);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (cycle_or_fail (world)->counts[STN_VERDICT_PASS], ==, 2);
  g_assert_true (stn_station_run_load_boards (world->run, &error));
  const StnCycleSummary *summary = cycle_or_fail (world);
  g_assert_cmpuint (summary->counts[STN_VERDICT_PASS], ==, 1);
  g_assert_cmpuint (summary->counts[STN_VERDICT_SKIPPED], ==, 1);
}

/* ---- modem lines ---- */

static void
a_board_on_the_modem_lines_of_its_port_passes (void)
{
  static const char *const sites[] = { "nrst: uart.rts, boot0: uart.dtr", "nrst: c1.AC0, boot0: uart.rts",
                                       "nrst: c1.AC1, boot0: c1.AC2, power: uart.dtr", NULL };
  g_autoptr (World) world = world_new (", pace: { line: true, flash: true }", "", sites, 0);
  g_autoptr (GError) error = NULL;

  for (guint cycle = 0; cycle < 2; cycle++) {
    if (cycle > 0)
      g_assert_true (stn_station_run_load_boards (world->run, &error));
    g_assert_cmpuint (cycle_or_fail (world)->counts[STN_VERDICT_PASS], ==, 3);
  }
  /* at rest between cycles: the programs run, and the board with a switch is off */
  static const StnBoardState states[] = { STN_BOARD_APPLICATION, STN_BOARD_APPLICATION, STN_BOARD_OFF };
  static const char *const names[] = { "A1", "A2", "A3" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    StnBoardState state;
    g_assert_true (stn_bench_board_state (world->bench, names[i], &state));
    g_assert_cmpint (state, ==, states[i]);
    g_assert_cmpuint (stn_bench_board_window_violations (world->bench, names[i]), ==, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("station-panel-XXXXXX", NULL);
  g_assert_nonnull (folder);
  g_setenv ("XDG_RUNTIME_DIR", folder, TRUE);
  g_setenv ("XDG_DATA_HOME", folder, TRUE);

#define ADD(function) g_test_add_func ("/panel/" #function, function)
  ADD (a_press_of_30_ms_counts_once_however_one_looks);
  ADD (what_is_shorter_than_10_ms_is_no_press);
  ADD (a_button_that_is_down_already_has_to_come_up_first);
  ADD (ok_stands_before_busy_goes_out);
  ADD (start_is_heard_within_its_press);
  ADD (a_press_that_is_held_starts_one_cycle);
  ADD (start_with_the_lid_open_starts_nothing);
  ADD (no_cycle_starts_with_the_lid_open);
  ADD (a_lid_that_is_opened_meanwhile_is_told_and_stops_nothing);
  for (guint i = 0; i < G_N_ELEMENTS (lamps); i++) {
    g_autofree char *path = g_strdup_printf ("/panel/lamps/%s", lamps[i].name);
    g_test_add_data_func (path, &lamps[i], lamps_tell_the_result);
  }
  ADD (boards_have_to_sit_still);
  ADD (a_board_that_was_left_in_place_is_no_new_one);
  ADD (what_the_wiring_has_not_can_not_start);
  ADD (waiting_for_start_can_be_ended);
  ADD (no_board_passes_beyond_the_quantity);
  ADD (a_board_on_the_modem_lines_of_its_port_passes);
  int status = g_test_run ();
  remove_folder (folder);
  g_free (folder);
  return status;
}
