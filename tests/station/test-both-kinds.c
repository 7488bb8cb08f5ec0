/* UART sites and USB sites of one station file in one job, on the virtual clock. */
#include "src/station/station-private.h"
#include "tests/remove-folder.h"

#include <glib/gstdio.h>
#include <string.h>

static char *folder;

static char *
write_file (const char *name, const char *text, gssize length)
{
  char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, length, NULL));
  return path;
}

static const char four_and_four[] =
    "station: Both\n"
    "bench: { straight: 8, target: STM32G0B1CE, pace: { line: true, flash: true } }\n"
    "journal: journal.db\n"
    "hubs: { H1: pci-0000:00:14.0-usb-0:1 }\n"
    "controls: { c1: { ft232h: { serial: F1 }, buffered: true } }\n"
    "banks:\n"
    "  - name: A\n"
    "    sites:\n"
    "      - { name: A1, nrst: c1.AC0, boot0: c1.AD0, uart: /dev/u1 }\n"
    "      - { name: A2, nrst: c1.AC1, boot0: c1.AD1, uart: /dev/u2 }\n"
    "      - { name: A3, nrst: c1.AC2, boot0: c1.AD2, uart: /dev/u3 }\n"
    "      - { name: A4, nrst: c1.AC3, boot0: c1.AD3, uart: /dev/u4, usb: { hub: H1, port: 4 } }\n"
    "      - { name: A5, nrst: c1.AC4, boot0: c1.AD4, usb: { hub: H1, port: 5 } }\n"
    "      - { name: A6, nrst: c1.AC5, boot0: c1.AD5, usb: pci-0000:00:14.0-usb-0:1.6 }\n"
    "      - { name: A7, nrst: c1.AC6, boot0: c1.AD6, usb: { hub: H1, port: 7 } }\n"
    "      - { name: A8, nrst: c1.AC7, boot0: c1.AD7, uart: /dev/u8, usb: { hub: H1, port: 8 }, program-by: usb }\n";

static StnJob *
job_or_fail (const char *more)
{
  g_autoptr (GError) error = NULL;
  guint8 image[6000];

  for (guint i = 0; i < sizeof image; i++)
    image[i] = (guint8) (i * 5 + i / 256);
  memcpy (image, "\x00\x20\x00\x20\x41\x00\x00\x08", 8);
  g_free (write_file ("app.bin", (const char *) image, sizeof image));
  g_autofree char *text = g_strdup_printf ("job: Both\nrevision: 1\ntarget: STM32G0B1xE\nboot: { rom-entry: as-shipped }\n"
                                           "images:\n  - { name: app, file: app.bin, address: 0x08000000 }\n"
                                           "boot-check: none\n%s",
                                           more);
  g_autofree char *path = write_file ("job.yaml", text, -1);
  StnJob *job = stn_job_load (path, &error);
  g_assert_no_error (error);
  return job;
}

static void
remove_journal (void)
{
  static const char *const names[] = { "journal.db", "journal.db-wal", "journal.db-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (folder, names[i], NULL);
    g_unlink (path);
  }
}

static void
four_of_each_pass_in_one_job (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autofree char *path = write_file ("station.yaml", four_and_four, -1);
  g_autoptr (StnStation) station = stn_station_load (path, clock, &error);
  g_assert_no_error (error);
  g_autoptr (StnJob) job = job_or_fail ("");
  StnEventQueue *events = stn_event_queue_new (NULL, NULL);
  StnRunOptions options = { 0 };
  guint count, warned = 0;
  StnEvent *event;

  StnStationRun *run = stn_station_run_new (station, job, &options, events, &error);
  g_assert_no_error (error);
  const StnRunnerSite *rows = stn_station_run_sites (run, &count);
  g_assert_cmpuint (count, ==, 8);
  for (guint i = 0; i < count; i++)
    g_assert_cmpstr (rows[i].plan->engine_class->name, ==, i < 4 ? "uart" : "dfu");
  g_assert_cmpstr (rows[4].site->adapters_text, ==, "usb=pci-0000:00:14.0-usb-0:1.5 nrst=c1.AC4 boot0=c1.AD4");
  stn_station_run_open (run, &error);
  g_assert_no_error (error);
  g_assert_true (stn_station_run_start (run, &error));
  g_assert_true (stn_runner_wait (stn_station_run_runner (run), 60000));
  const StnCycleSummary *summary = stn_runner_summary (stn_station_run_runner (run));
  g_assert_cmpuint (summary->counts[STN_VERDICT_PASS], ==, 8);
  while ((event = stn_event_queue_take (events)) != NULL) {
    if (event->kind == STN_EVENT_WARNING && g_strcmp0 (event->site, "A4") == 0) {
      warned++;
      g_assert_nonnull (strstr (event->text, "a UART visit with USB plugged"));
    } else {
      g_assert_cmpint (event->kind, !=, STN_EVENT_WARNING);
    }
    stn_event_unref (event);
  }
  g_assert_cmpuint (warned, ==, 1);
  stn_station_run_free (run);
  stn_event_queue_free (events);
  remove_journal ();
}

static void
the_job_says_which_port_before_the_site_does (void)
{
  static const struct {
    const char *more;
    const char *sites[3];
    const char *engine;
  } rows[] = {
    { "program-by: uart\n", { "A4", "A8" }, "uart" },
    { "program-by: usb\n", { "A4", "A8" }, "dfu" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (StnClock) clock = stn_clock_new_virtual ();
    g_autofree char *path = write_file ("station.yaml", four_and_four, -1);
    g_autoptr (StnStation) station = stn_station_load (path, clock, &error);
    g_autoptr (StnJob) job = job_or_fail (rows[i].more);
    StnEventQueue *events = stn_event_queue_new (NULL, NULL);
    StnRunOptions options = { .sites = (const char *const *) rows[i].sites };
    guint count;

    StnStationRun *run = stn_station_run_new (station, job, &options, events, &error);
    g_assert_no_error (error);
    const StnRunnerSite *sites = stn_station_run_sites (run, &count);
    for (guint k = 0; k < count; k++)
      g_assert_cmpstr (sites[k].plan->engine_class->name, ==, rows[i].engine);
    stn_station_run_free (run);

    /* and refuses a site that has no such port */
    StnRunOptions all = { 0 };
    g_assert_null (stn_station_run_new (station, job, &all, events, &error));
    g_assert_true (stn_error_is (error, STN_FAILURE_BAD_PLAN));
    stn_event_queue_free (events);
  }
}

static void
two_sites_on_one_usb_port_and_a_port_that_is_not_there_are_refused (void)
{
  static const struct {
    const char *from, *to, *message;
  } rows[] = {
    { "{ hub: H1, port: 7 }", "{ hub: H1, port: 5 }", "A7 has the same USB port as A5" },
    { "usb: { hub: H1, port: 7 } }", "usb: { hub: H1, port: 7 }, program-by: uart }", "program-by: uart" },
    { "uart: /dev/u3 }", "uart: /dev/u3, program-by: usb }", "program-by: usb" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (StnClock) clock = stn_clock_new_virtual ();
    g_autoptr (GString) text = g_string_new (four_and_four);
    g_assert_cmpuint (g_string_replace (text, rows[i].from, rows[i].to, 1), ==, 1);
    g_autofree char *path = write_file ("station.yaml", text->str, -1);
    g_assert_null (stn_station_load (path, clock, &error));
    g_assert_nonnull (strstr (error->message, rows[i].message));
  }
}

/* ---- the power of hub ports ---- */

static const char by_hub_port[] =
    "station: Hub\n"
    "bench: %s\n"
    "journal: journal.db\n"
    "hubs: { H1: pci-0000:00:14.0-usb-0:1 }\n"
    "controls: { c1: { ft232h: { serial: F1 }, buffered: true } }\n"
    "banks:\n"
    "  - name: A\n"
    "    sites:\n"
    "      - { name: A1, nrst: c1.AC0, boot0: c1.AD0, usb: { hub: H1, port: 1 }, power: { hub-port: { hub: H1, port: 1 } } "
    "}\n"
    "      - { name: A2, nrst: c1.AC1, boot0: c1.AD1, usb: { hub: H1, port: 2 }, power: { hub-port: "
    "pci-0000:00:14.0-usb-0:1.2 } }\n";

static const char hub_bench[] =
    "bench: hub\nusb:\n"
    "  - { port: \"2.1\", ft232h: { serial: F1, lines: { AC0: A1.nrst, AC1: A2.nrst, AD0: A1.boot0, AD1: A2.boot0 } } }\n"
    "  - { port: \"1\", hub: { switches: %s, power: { 1: A1, 2: A2 } } }\n"
    "  - { port: \"1.1\", board: A1 }\n  - { port: \"1.2\", board: A2 }\n"
    "boards:\n  A1: { target: STM32G0B1CE, faults: [ %s ] }\n  A2: { target: STM32G0B1CE }\n";

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static StnStation *
hub_station (const char *switches, const char *fault, StnClock *clock)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *bench_text = g_strdup_printf (hub_bench, switches, fault);
  g_free (write_file ("bench.yaml", bench_text, -1));
  g_autofree char *text = g_strdup_printf (by_hub_port, "bench.yaml");
  g_autofree char *path = write_file ("station.yaml", text, -1);
  StnStation *station = stn_station_load (path, clock, &error);

  g_assert_no_error (error);
  return station;
}
#pragma GCC diagnostic pop

static void
a_hubs_port_switches_its_board_and_no_other (void)
{
  static const char *const faults[] = { "", "shorted" };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (StnClock) clock = stn_clock_new_virtual ();
    g_autoptr (StnStation) station = hub_station ("each", faults[i], clock);
    g_autoptr (StnJob) job = job_or_fail ("");
    StnEventQueue *events = stn_event_queue_new (NULL, NULL);
    StnRunOptions options = { 0 };
    StnBoardState state = STN_BOARD_ROM;
    guint count;

    StnStationRun *run = stn_station_run_new (station, job, &options, events, &error);
    g_assert_no_error (error);
    const StnRunnerSite *rows = stn_station_run_sites (run, &count);
    g_assert_cmpstr (rows[1].site->adapters_text, ==,
                     "usb=pci-0000:00:14.0-usb-0:1.2 nrst=c1.AC1 boot0=c1.AD1 "
                     "power=pci-0000:00:14.0-usb-0:1.2");
    stn_station_run_open (run, &error);
    g_assert_no_error (error);
    g_assert_true (stn_station_run_start (run, &error));
    g_assert_true (stn_runner_wait (stn_station_run_runner (run), 60000));
    const StnCycleSummary *summary = stn_runner_summary (stn_station_run_runner (run));
    g_assert_cmpuint (summary->counts[STN_VERDICT_PASS], ==, i == 0 ? 2 : 1);
    g_assert_cmpuint (summary->counts[STN_VERDICT_FAIL], ==, i == 0 ? 0 : 1);
    for (guint site = 0; site < 2; site++) {
      g_assert_true (stn_bench_board_state (stn_station_run_bench (run), rows[site].site->name, &state));
      g_assert_cmpint (state, ==, STN_BOARD_OFF);
    }
    for (StnEvent *event = stn_event_queue_take (events); event != NULL; event = stn_event_queue_take (events)) {
      if (event->kind == STN_EVENT_UNIT_RESULT && g_str_equal (event->site, "A1") && i == 1)
        g_assert_cmpint (event->failure, ==, STN_FAILURE_BOARD_SHORTED);
      stn_event_unref (event);
    }
    stn_station_run_free (run);
    stn_event_queue_free (events);
    remove_journal ();
  }
}

static void
a_hub_that_does_not_switch_each_port_is_refused (void)
{
  static const char *const switches[] = { "together", "none" };

  for (guint i = 0; i < G_N_ELEMENTS (switches); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (StnClock) clock = stn_clock_new_virtual ();
    g_autoptr (StnStation) station = hub_station (switches[i], "", clock);
    g_autoptr (StnJob) job = job_or_fail ("");
    g_autoptr (StnEventQueue) events = stn_event_queue_new (NULL, NULL);
    StnRunOptions options = { 0 };
    g_autoptr (StnStationRun) run = stn_station_run_new (station, job, &options, events, &error);

    g_assert_no_error (error);
    g_assert_false (stn_station_run_open (run, &error));
    g_assert_true (stn_error_is (error, STN_FAILURE_NOT_SUPPORTED));
    g_assert_nonnull (strstr (error->message, "adapter hub (pci-0000:00:14.0-usb-0:1)"));
    remove_journal ();
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("station-both-XXXXXX", NULL);
  g_setenv ("XDG_RUNTIME_DIR", folder, TRUE);
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  g_test_add_func ("/both-kinds/four_of_each_pass_in_one_job", four_of_each_pass_in_one_job);
  g_test_add_func ("/both-kinds/the_job_says_which_port_before_the_site_does",
                   the_job_says_which_port_before_the_site_does);
  g_test_add_func ("/both-kinds/two_sites_on_one_usb_port_and_a_port_that_is_not_there_are_refused",
                   two_sites_on_one_usb_port_and_a_port_that_is_not_there_are_refused);
  g_test_add_func ("/both-kinds/a_hubs_port_switches_its_board_and_no_other", a_hubs_port_switches_its_board_and_no_other);
  g_test_add_func ("/both-kinds/a_hub_that_does_not_switch_each_port_is_refused",
                   a_hub_that_does_not_switch_each_port_is_refused);
  int status = g_test_run ();
  remove_folder (folder);
  g_free (folder);
  return status;
}
