/* A board whose option write was cut by a program that ended: found in the journal, and put right. */
#include "src/journal/journal.h"
#include "src/journal/query.h"
#include "src/station/recover.h"
#include "src/target/options.h"

#include <glib/gstdio.h>
#include <string.h>

#define UID "0102030405060708090a0b0c"
#define OTHER_UID "ff02030405060708090a0b0c"

static char *folder;

static char *
write_file (const char *name, const char *text)
{
  char *path = g_build_filename (folder, name, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

/* A station with one F405, whose standby bit is not as shipped. */
static StnStation *
load_or_fail (StnClock *clock, const char *uid, const char *more_faults)
{
  g_autofree char *bench = g_strdup_printf ("bench: one board\n"
                                            "usb:\n"
                                            "  - { port: \"1.1\", ft232h: { serial: FTB1, lines: { AC0: A1.nrst, AC1: "
                                            "A1.boot0 } } }\n"
                                            "ttys: { /dev/u1: A1 }\n"
                                            "boards:\n"
                                            "  A1: { target: STM32F405xG, options: { nRST_STDBY: 0 }, faults: [ { uid: "
                                            "%s }%s ] }\n",
                                            uid, more_faults);
  g_autofree char *bench_path = write_file ("bench.yaml", bench);
  g_autofree char *path =
      write_file ("station.yaml", "station: One board\njournal: journal.db\nbench: bench.yaml\n"
                                  "controls: { c1: { ft232h: { serial: FTB1 } } }\n"
                                  "banks:\n  - name: A\n    sites:\n"
                                  "      - { name: A1, at: [0, 0], nrst: c1.AC0, boot0: c1.AC1, uart: /dev/u1 }\n");
  g_autoptr (GError) error = NULL;
  StnStation *station = stn_station_load (path, clock, &error);
  g_assert_no_error (error);
  return station;
}

/* What the program left behind that was killed in its window. */
static void
leave_a_window_open (StnStation *station, StnClock *clock)
{
  static const guint8 shipped[16] = { 0xef, 0xaa, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                      0xff, 0x0f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
  guint8 meant[16];
  g_auto (StnOptionWindow) window = { .words = g_strdup ("BOR_LEV: 3 -> 0") };
  g_autoptr (GError) error = NULL;
  StnUnitHistory history = { 0 };
  StnRun *run = stn_run_new ();

  memcpy (meant, shipped, sizeof meant);
  meant[0] = 0xe3;
  stn_option_window_add_had (&window, 0x1fffc000, shipped, sizeof shipped);
  stn_option_window_add_gets (&window, 0x1fffc000, meant, sizeof meant);
  g_autofree char *text = stn_option_window_to_text (&window);
  g_autoptr (StnJournal) journal = stn_journal_open (stn_station_journal_path (station), TRUE, clock, &error);
  g_assert_no_error (error);
  run->run_id = stn_uuid_new (stn_clock_utc_us (clock));
  run->started_utc_us = stn_clock_utc_us (clock);
  run->job_name = g_strdup ("Thermostat");
  run->job_revision = 1;
  run->bank = g_strdup ("A");
  run->site = g_strdup ("A1");
  run->target = g_strdup ("STM32F405xG");
  run->engine = g_strdup ("uart");
  run->is_virtual = TRUE;
  g_assert_true (stn_journal_begin (journal, run, &error));
  g_assert_true (stn_journal_admit (journal, run->run_id, UID, "Thermostat", 1, &history, &error));
  g_assert_true (stn_journal_window_open (journal, run->run_id, "A1", text, STN_NS_PER_S, &error));
  g_assert_no_error (error);
  stn_unit_history_clear (&history);
  stn_run_free (run);
}

static void
forget_all (void)
{
  static const char *const names[] = { "journal.db", "journal.db-wal", "journal.db-shm", "journal.db.spool" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (folder, names[i], NULL);
    g_unlink (path);
  }
}

static void
recover_with_or_fail (StnStation *station, const StnRecoverOptions *options, StnRecovered *out)
{
  StnEventQueue *events = stn_event_queue_new (NULL, NULL);
  g_auto (StnRecoverable) what = { .run_id = NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (stn_station_find_recoverable (station, "A1", &what, &error));
  g_assert_no_error (error);
  g_assert_true (what.has_window);
  g_assert_true (what.is_unsettled);
  g_assert_cmpstr (what.uid, ==, UID);
  g_assert_cmpstr (what.window.words, ==, "BOR_LEV: 3 -> 0");
  g_assert_true (stn_station_recover (station, "A1", &what, options, events, out, &error));
  g_assert_no_error (error);
  stn_event_queue_free (events);
}

static void
recover_or_fail (StnStation *station, StnRecovered *out)
{
  const StnRecoverOptions options = { .operator_id = "test" };

  recover_with_or_fail (station, &options, out);
}

static void
what_the_board_had_is_put_back (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (StnStation) station = load_or_fail (clock, UID, "");
  g_auto (StnRecovered) done = { .text = NULL };
  g_auto (StnRecoverable) after = { .run_id = NULL };

  forget_all ();
  leave_a_window_open (station, clock);
  recover_or_fail (station, &done);
  g_assert_true (done.is_recorded);
  g_test_message ("%s", done.text);
  g_assert_cmpint (done.verdict, ==, STN_VERDICT_PASS);
  g_assert_nonnull (strstr (done.text, "put back what the board had: nRST_STDBY"));
  g_assert_true (g_str_has_prefix (done.options, "efaa"));
  g_assert_true (stn_station_find_recoverable (station, "A1", &after, NULL));
  g_assert_false (after.is_unsettled);
}

static void
another_boards_options_are_left_alone (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (StnStation) station = load_or_fail (clock, OTHER_UID, "");
  g_auto (StnRecovered) done = { .text = NULL };

  forget_all ();
  leave_a_window_open (station, clock);
  recover_or_fail (station, &done);
  g_assert_true (done.is_recorded);
  g_assert_cmpstr (stn_failure_name (done.failure), ==, stn_failure_name (STN_FAILURE_UNIT_CHANGED));
}

/* The recovery of the last board of A1 is refused before anything moves. */
static void
assert_refused (StnStation *station, const StnRecoverOptions *options, const char *says)
{
  StnEventQueue *events = stn_event_queue_new (NULL, NULL);
  g_auto (StnRecoverable) what = { .run_id = NULL };
  g_auto (StnRecovered) done = { .text = NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (stn_station_find_recoverable (station, "A1", &what, &error));
  g_assert_false (stn_station_recover (station, "A1", &what, options, events, &done, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_USAGE));
  if (strstr (error->message, says) == NULL)
    g_error ("%s", error->message);
  stn_event_queue_free (events);
}

static void
nothing_is_erased_before_the_records_board_is_named (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (StnStation) station = load_or_fail (clock, UID, ", protected");
  const StnRecoverOptions no_name = { .erase_allowed = TRUE };
  const StnRecoverOptions other_name = { .erase_allowed = TRUE, .board = OTHER_UID };
  const StnRecoverOptions right_name = { .erase_allowed = TRUE, .board = UID };
  g_auto (StnRecovered) first = { .text = NULL }, done = { .text = NULL };

  forget_all ();
  leave_a_window_open (station, clock);
  recover_or_fail (station, &first);
  g_assert_cmpstr (stn_failure_name (first.failure), ==, stn_failure_name (STN_FAILURE_READ_PROTECTED));
  assert_refused (station, &no_name, UID);
  assert_refused (station, &other_name, "and not");
  recover_with_or_fail (station, &right_name, &done);
  g_test_message ("%s", done.text);
  g_assert_cmpint (done.verdict, ==, STN_VERDICT_PASS);
  /* it is well now: there is nothing left to open, and the next board in this site may be a finished one */
  assert_refused (station, &right_name, "not one whose option write was cut");
}

static void
another_board_that_was_named_wrongly_is_told (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (StnStation) station = load_or_fail (clock, OTHER_UID, ", protected");
  const StnRecoverOptions named = { .erase_allowed = TRUE, .board = UID };
  g_auto (StnRecovered) done = { .text = NULL };

  forget_all ();
  leave_a_window_open (station, clock);
  recover_with_or_fail (station, &named, &done);
  g_assert_cmpstr (stn_failure_name (done.failure), ==, stn_failure_name (STN_FAILURE_UNIT_CHANGED));
  g_assert_nonnull (strstr (done.text, "which erased it"));
}

static void
a_site_without_a_past_says_so (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (StnStation) station = load_or_fail (clock, UID, "");
  StnRecoverable what = { .run_id = NULL };
  g_autoptr (GError) error = NULL;

  forget_all ();
  g_assert_false (stn_station_find_recoverable (station, "A1", &what, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_USAGE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("station-recover-XXXXXX", NULL);
  g_assert_nonnull (folder);
  g_setenv ("XDG_RUNTIME_DIR", folder, TRUE);
#define ADD(test) g_test_add_func ("/recover/" #test, test)
  ADD (what_the_board_had_is_put_back);
  ADD (another_boards_options_are_left_alone);
  ADD (nothing_is_erased_before_the_records_board_is_named);
  ADD (another_board_that_was_named_wrongly_is_told);
  ADD (a_site_without_a_past_says_so);
  return g_test_run ();
}
