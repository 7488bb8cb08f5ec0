/* Checking the wiring against benches that are wired otherwise. */
#include "tests/station/wiring-world.h"

#include "src/bench/bench.h"
#include "src/station/locks.h"
#include "src/station/scene.h"

#include <string.h>

#define STRAIGHT_LINES "AC0: A1.nrst, AC1: A2.nrst, AC2: A3.nrst, AD0: A1.boot0, AD1: A2.boot0, AD2: A3.boot0"
#define STRAIGHT_TTYS "/dev/b1: A1, /dev/b2: A2, /dev/b3: A3"
#define F405 "{ target: STM32F405RG"
#define THREE_F405 "  A1: " F405 " }\n  A2: " F405 " }\n  A3: " F405 " }\n"

static StnCheckReport *
check_or_fail (World *world, const char *const *sites)
{
  const StnCheckOptions options = { .sites = sites };
  g_autoptr (GError) error = NULL;
  StnCheckReport *report = stn_station_check_wiring (world->station, &options, &error);
  g_assert_no_error (error);
  return report;
}

static void
assert_site (const StnCheckReport *report, const char *site, StnSiteState state, StnProofState nrst,
             StnProofState boot0)
{
  const StnSiteCheck *row = row_of (report, site);
  for (guint i = 0; i < row->findings->len; i++)
    g_test_message ("%s", (const char *) g_ptr_array_index (row->findings, i));
  g_assert_cmpstr (stn_site_state_name (row->state), ==, stn_site_state_name (state));
  g_assert_cmpstr (stn_proof_state_name (row->proofs[STN_PROOF_NRST].state), ==, stn_proof_state_name (nrst));
  g_assert_cmpstr (stn_proof_state_name (row->proofs[STN_PROOF_BOOT0].state), ==, stn_proof_state_name (boot0));
}

static void
a_straight_station_is_proved_to_the_uid (void)
{
  g_autoptr (World) world = world_new (3, STRAIGHT_LINES, STRAIGHT_TTYS,
                                       "  A1: " F405 ", uid: 0102030405060708090a0b0c }\n"
                                       "  A2: { target: STM32F103CB }\n  A3: " F405 " }\n",
                                       "");
  g_autoptr (StnCheckReport) report = check_or_fail (world, NULL);

  g_assert_cmpuint (report->sites->len, ==, 3);
  g_assert_cmpuint (report->counts[STN_SITE_PROVED], ==, 3);
  for (guint i = 0; i < 3; i++) {
    const StnSiteCheck *row = g_ptr_array_index (report->sites, i);
    assert_site (report, row->site, STN_SITE_PROVED, STN_PROOF_SEEN, STN_PROOF_SEEN);
    g_assert_cmpint (row->proofs[STN_PROOF_CONTROL].state, ==, STN_PROOF_SEEN);
    g_assert_cmpint (row->proofs[STN_PROOF_UART].state, ==, STN_PROOF_SEEN);
    g_assert_cmpuint (row->findings->len, ==, 0);
  }
  g_assert_cmpstr (row_of (report, "A1")->uid, ==, "0102030405060708090a0b0c");
  g_assert_cmphex (row_of (report, "A1")->product_id, ==, 0x413);
  g_assert_cmphex (row_of (report, "A2")->product_id, ==, 0x410);
}

static void
swapped_serial_ports_are_named (void)
{
  g_autoptr (World) world = world_new (3, STRAIGHT_LINES, "/dev/b1: A2, /dev/b2: A1, /dev/b3: A3", THREE_F405, "");
  g_autoptr (StnCheckReport) report = check_or_fail (world, NULL);

  assert_site (report, "A1", STN_SITE_WRONG, STN_PROOF_WRONG, STN_PROOF_WRONG);
  assert_site (report, "A2", STN_SITE_WRONG, STN_PROOF_WRONG, STN_PROOF_WRONG);
  assert_site (report, "A3", STN_SITE_PROVED, STN_PROOF_SEEN, STN_PROOF_SEEN);
  assert_found (report, "A1", "A1's NRST and BOOT0 reach the board on A2's UART: the ports of the two are swapped");
  assert_found (report, "A2", "A2's NRST and BOOT0 reach the board on A1's UART");
}

static void
three_sites_turned_round_are_named_one_by_one (void)
{
  g_autoptr (World) world = world_new (3, STRAIGHT_LINES, "/dev/b1: A2, /dev/b2: A3, /dev/b3: A1", THREE_F405, "");
  g_autoptr (StnCheckReport) report = check_or_fail (world, NULL);

  assert_found (report, "A1", "A1's NRST and BOOT0 reach the board on A3's UART");
  assert_found (report, "A2", "A2's NRST and BOOT0 reach the board on A1's UART");
  assert_found (report, "A3", "A3's NRST and BOOT0 reach the board on A2's UART");
  g_assert_cmpuint (row_of (report, "A1")->findings->len, ==, 1);
  g_assert_null (strstr (g_ptr_array_index (row_of (report, "A1")->findings, 0), "swapped"));
}

static void
crossed_nrst_lines_are_told_from_crossed_boot0_lines (void)
{
  g_autoptr (World) nrst =
      world_new (3, "AC0: A2.nrst, AC1: A1.nrst, AC2: A3.nrst, AD0: A1.boot0, AD1: A2.boot0, AD2: A3.boot0",
                 STRAIGHT_TTYS, THREE_F405, "");
  g_autoptr (StnCheckReport) first = check_or_fail (nrst, NULL);
  assert_site (first, "A1", STN_SITE_WRONG, STN_PROOF_WRONG, STN_PROOF_SEEN);
  assert_found (first, "A1", "A1's NRST reaches the board on A2's UART");
  assert_found (first, "A2", "A2's NRST reaches the board on A1's UART");

  g_autoptr (World) boot0 =
      world_new (3, "AC0: A1.nrst, AC1: A2.nrst, AC2: A3.nrst, AD0: A1.boot0, AD1: A3.boot0, AD2: A2.boot0",
                 STRAIGHT_TTYS, THREE_F405, "");
  g_autoptr (StnCheckReport) second = check_or_fail (boot0, NULL);
  assert_site (second, "A1", STN_SITE_PROVED, STN_PROOF_SEEN, STN_PROOF_SEEN);
  assert_site (second, "A2", STN_SITE_WRONG, STN_PROOF_SEEN, STN_PROOF_WRONG);
  assert_found (second, "A2", "A2's BOOT0 reaches the board on A3's UART");
  assert_found (second, "A3", "A3's BOOT0 reaches the board on A2's UART");
}

static void
a_line_that_reaches_two_boards_is_named (void)
{
  g_autoptr (World) world =
      world_new (3, "AC0: A1.nrst, AC1: A2.nrst, AC2: A3.nrst, AD1: A2.boot0, AD2: [A3.boot0, A1.boot0]", STRAIGHT_TTYS,
                 THREE_F405, "");
  g_autoptr (StnCheckReport) report = check_or_fail (world, NULL);

  assert_found (report, "A3", "A3's BOOT0 reaches the board on A1's UART as well");
  assert_found (report, "A1", "its BOOT0 listens to another line, or to none");
  assert_site (report, "A2", STN_SITE_PROVED, STN_PROOF_SEEN, STN_PROOF_SEEN);
}

static void
boot0_stuck_high_is_told_by_a_chip_whose_pin_is_live (void)
{
  g_autoptr (World) world = world_new (3, STRAIGHT_LINES, STRAIGHT_TTYS,
                                       "  A1: " F405 " }\n  A2: " F405 ", faults: [{ stuck-boot0: high }] }\n"
                                       "  A3: " F405 " }\n",
                                       "");
  g_autoptr (StnCheckReport) report = check_or_fail (world, NULL);

  assert_site (report, "A1", STN_SITE_PROVED, STN_PROOF_SEEN, STN_PROOF_SEEN);
  assert_site (report, "A2", STN_SITE_WRONG, STN_PROOF_SEEN, STN_PROOF_WRONG);
  assert_found (report, "A2", "the board starts its ROM although BOOT0 is low");
}

static void
boot0_stuck_low_is_told_where_the_program_speaks (void)
{
  g_autofree char *image =
      g_build_filename (g_getenv ("STN_SOURCE_ROOT"), "firmware_fixtures", "built", "ready-f405.bin", NULL);
  g_autofree char *boards = g_strdup_printf ("  A1: " F405 " }\n"
                                             "  A2: " F405 ", flash: %s, faults: [{ stuck-boot0: low }] }\n"
                                             "  A3: " F405 " }\n",
                                             image);
  g_autoptr (World) world = world_new (3, STRAIGHT_LINES, STRAIGHT_TTYS, boards, "");
  g_autoptr (StnCheckReport) report = check_or_fail (world, NULL);

  assert_site (report, "A2", STN_SITE_WRONG, STN_PROOF_SEEN, STN_PROOF_WRONG);
  assert_found (report, "A2", "the board starts its program although BOOT0 is high");
  assert_site (report, "A3", STN_SITE_PROVED, STN_PROOF_SEEN, STN_PROOF_SEEN);
}

static void
a_dead_nrst_line_is_told_where_the_rom_answers_anyway (void)
{
  g_autoptr (World) world = world_new (3, STRAIGHT_LINES, STRAIGHT_TTYS,
                                       "  A1: " F405 " }\n"
                                       "  A2: { target: STM32G071CB, faults: [{ stuck-nrst: high }] }\n"
                                       "  A3: " F405 " }\n",
                                       "");
  g_autoptr (StnCheckReport) report = check_or_fail (world, NULL);

  assert_site (report, "A2", STN_SITE_WRONG, STN_PROOF_WRONG, STN_PROOF_OPEN);
  assert_found (report, "A2", "the ROM answers although NRST is held");
  assert_site (report, "A1", STN_SITE_PROVED, STN_PROOF_SEEN, STN_PROOF_SEEN);
  assert_site (report, "A3", STN_SITE_PROVED, STN_PROOF_SEEN, STN_PROOF_SEEN);
}

static void
a_chip_that_ignores_its_pin_is_not_blamed (void)
{
  g_autoptr (World) world = world_new (3, STRAIGHT_LINES, STRAIGHT_TTYS,
                                       "  A1: { target: STM32G071CB }\n  A2: { target: STM32G071CB }\n"
                                       "  A3: " F405 " }\n",
                                       "");
  g_autoptr (StnCheckReport) report = check_or_fail (world, NULL);

  assert_site (report, "A1", STN_SITE_PROVED, STN_PROOF_SEEN, STN_PROOF_NOT_TESTABLE);
  g_assert_cmpstr (row_of (report, "A1")->proofs[STN_PROOF_BOOT0].text, ==, "BOOT0 not testable with this board");
  assert_site (report, "A3", STN_SITE_PROVED, STN_PROOF_SEEN, STN_PROOF_SEEN);
}

static void
empty_and_mute_sites_are_silent_and_nobody_elses_fault (void)
{
  g_autoptr (World) world = world_new (3, STRAIGHT_LINES, STRAIGHT_TTYS,
                                       "  A1: " F405 ", faults: [absent] }\n  A2: " F405 ", faults: [silence] }\n"
                                       "  A3: " F405 " }\n",
                                       "");
  g_autoptr (StnCheckReport) report = check_or_fail (world, NULL);

  assert_site (report, "A1", STN_SITE_SILENT, STN_PROOF_OPEN, STN_PROOF_OPEN);
  assert_site (report, "A2", STN_SITE_SILENT, STN_PROOF_OPEN, STN_PROOF_OPEN);
  assert_found (report, "A1", "nothing ever came: no board, no contact");
  assert_site (report, "A3", STN_SITE_PROVED, STN_PROOF_SEEN, STN_PROOF_SEEN);
}

static void
one_site_alone_is_checked_with_all_others_held (void)
{
  static const char *const sites[] = { "A1", NULL };
  g_autoptr (World) world = world_new (3, STRAIGHT_LINES, "/dev/b1: A2, /dev/b2: A1, /dev/b3: A3", THREE_F405, "");
  g_autoptr (StnCheckReport) report = check_or_fail (world, sites);

  g_assert_cmpuint (report->sites->len, ==, 1);
  assert_found (report, "A1", "A1's NRST and BOOT0 reach the board on A2's UART");
}

static void
a_port_that_is_missing_is_the_stations_error_and_the_rest_is_checked (void)
{
  g_autoptr (World) world = world_new (3, STRAIGHT_LINES, "/dev/b1: A1, /dev/b3: A3, /dev/other: A2", THREE_F405, "");
  g_autoptr (StnCheckReport) report = check_or_fail (world, NULL);

  g_assert_cmpint (row_of (report, "A2")->state, ==, STN_SITE_ERROR);
  assert_found (report, "A2", "the bench has no such UART");
  assert_site (report, "A1", STN_SITE_PROVED, STN_PROOF_SEEN, STN_PROOF_SEEN);
  assert_site (report, "A3", STN_SITE_PROVED, STN_PROOF_SEEN, STN_PROOF_SEEN);
}

static void
a_bank_in_use_is_left_alone (void)
{
  const StnCheckOptions options = { 0 };
  g_autoptr (World) world = world_new (3, STRAIGHT_LINES, STRAIGHT_TTYS, THREE_F405, "");
  g_autoptr (StnLocks) locks = stn_locks_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (stn_locks_take (locks, "FTW1", TRUE, "adapter", NULL));
  g_assert_null (stn_station_check_wiring (world->station, &options, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_BANK_BUSY));
}

static void
a_shared_line_reaches_whom_it_should (void)
{
  /* the station knows that all are reset together: a file of its own, since the others have a line each */
  g_autoptr (World) world = world_new (2, "AC0: [A1.nrst, A2.nrst], AD0: A1.boot0, AD1: A2.boot0",
                                       "/dev/b1: A1, /dev/b2: A2", "  A1: " F405 " }\n  A2: " F405 " }\n", "");
  g_autofree char *path = g_build_filename (world->folder, "station.yaml", NULL);
  g_autoptr (GError) error = NULL;
  g_assert_true (g_file_set_contents (path,
                                      "station: Shared\nbench: bench.yaml\njournal: none.db\n"
                                      "controls: { c1: { ft232h: { serial: FTW1 }, buffered: true } }\n"
                                      "banks:\n  - name: A\n    sites:\n"
                                      "      - { name: A1, nrst: c1.AC0, boot0: c1.AD0, uart: /dev/b1 }\n"
                                      "      - { name: A2, nrst: c1.AC0, boot0: c1.AD1, uart: /dev/b2 }\n",
                                      -1, NULL));
  stn_station_free (world->station);
  world->station = stn_station_load (path, world->clock, &error);
  g_assert_no_error (error);
  g_autoptr (StnCheckReport) report = check_or_fail (world, NULL);

  assert_site (report, "A1", STN_SITE_PROVED, STN_PROOF_SEEN, STN_PROOF_SEEN);
  assert_site (report, "A2", STN_SITE_PROVED, STN_PROOF_SEEN, STN_PROOF_SEEN);
}

/* ---- USB ports ---- */

#define USB_LINES "AC0: A1.nrst, AC1: A2.nrst, AD0: A1.boot0, AD1: A2.boot0"

/* Two sites at hub ports 1.3 and 1.4; `uarts` for both as well: /dev/b1 and /dev/b2. */
static World *
usb_world (const char *plugs, const char *boards, gboolean uarts)
{
  World *world = world_new (1, "AC0: A1.nrst, AD0: A1.boot0", "/dev/b1: A1", "  A1: " F405 " }\n", "");
  g_autofree char *path = g_build_filename (world->folder, "station.yaml", NULL);
  g_autofree char *bench_path = g_build_filename (world->folder, "bench.yaml", NULL);
  g_autofree char *bench = g_strdup_printf ("bench: usb\nusb:\n"
                                            "  - { port: \"1.1\", ft232h: { serial: FTW1, lines: { " USB_LINES " } } }\n"
                                            "%s%sboards:\n%s",
                                            plugs, uarts ? "ttys: { /dev/b1: A1, /dev/b2: A2 }\n" : "", boards);
  g_autofree char *text =
      g_strdup_printf ("station: USB\nbench: bench.yaml\njournal: none.db\n"
                       "controls: { c1: { ft232h: { serial: FTW1 }, buffered: true } }\n"
                       "banks:\n  - name: A\n    sites:\n"
                       "      - { name: A1, nrst: c1.AC0, boot0: c1.AD0, usb: bench-usb-0:1.3%s }\n"
                       "      - { name: A2, nrst: c1.AC1, boot0: c1.AD1, usb: bench-usb-0:1.4%s }\n",
                       uarts ? ", uart: /dev/b1" : "", uarts ? ", uart: /dev/b2, program-by: usb" : "");
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_true (g_file_set_contents (bench_path, bench, -1, NULL));
  stn_station_free (world->station);
  world->station = stn_station_load (path, world->clock, &error);
  g_assert_no_error (error);
  return world;
}

static void
boards_on_usb_are_proved_to_the_uid (void)
{
  g_autoptr (World) world = usb_world ("  - { port: \"1.3\", board: A1 }\n  - { port: \"1.4\", board: A2 }\n",
                                       "  A1: " F405 ", uid: 0102030405060708090a0b0c }\n"
                                       "  A2: { target: STM32G0B1CE }\n",
                                       FALSE);
  g_autoptr (StnCheckReport) report = check_or_fail (world, NULL);

  assert_site (report, "A1", STN_SITE_PROVED, STN_PROOF_SEEN, STN_PROOF_SEEN);
  assert_site (report, "A2", STN_SITE_PROVED, STN_PROOF_SEEN, STN_PROOF_NOT_TESTABLE);
  for (guint i = 0; i < 2; i++) {
    const StnSiteCheck *row = g_ptr_array_index (report->sites, i);
    g_assert_cmpint (row->proofs[STN_PROOF_USB].state, ==, STN_PROOF_SEEN);
    g_assert_cmpint (row->proofs[STN_PROOF_UART].state, ==, STN_PROOF_NOT_WIRED);
    g_assert_cmpint (row->proofs[STN_PROOF_UID].state, ==, STN_PROOF_SEEN);
  }
  g_assert_cmpstr (row_of (report, "A1")->uid, ==, "0102030405060708090a0b0c");
}

static void
swapped_usb_plugs_are_named (void)
{
  g_autoptr (World) world = usb_world ("  - { port: \"1.4\", board: A1 }\n  - { port: \"1.3\", board: A2 }\n",
                                       "  A1: " F405 " }\n  A2: " F405 " }\n", FALSE);
  g_autoptr (StnCheckReport) report = check_or_fail (world, NULL);

  assert_site (report, "A1", STN_SITE_WRONG, STN_PROOF_WRONG, STN_PROOF_WRONG);
  assert_found (report, "A1", "A1's NRST and BOOT0 reach the board on A2's USB port: the ports of the two are swapped");
  assert_found (report, "A2", "A2's NRST and BOOT0 reach the board on A1's USB port");
}

static void
a_site_with_both_ports_has_both_proved_and_is_warned_about (void)
{
  g_autoptr (World) world = usb_world ("  - { port: \"1.3\", board: A1 }\n  - { port: \"1.4\", board: A2 }\n",
                                       "  A1: " F405 " }\n  A2: " F405 " }\n", TRUE);
  g_autoptr (StnCheckReport) report = check_or_fail (world, NULL);

  for (guint i = 0; i < 2; i++) {
    const StnSiteCheck *row = g_ptr_array_index (report->sites, i);
    assert_site (report, row->site, STN_SITE_PROVED, STN_PROOF_SEEN, STN_PROOF_SEEN);
    g_assert_cmpint (row->proofs[STN_PROOF_USB].state, ==, STN_PROOF_SEEN);
    g_assert_cmpint (row->proofs[STN_PROOF_UART].state, ==, STN_PROOF_SEEN);
  }
  assert_found (report, "A1", "is plugged into USB as well");
  /* this one is programmed by USB anyway */
  g_assert_cmpuint (row_of (report, "A2")->findings->len, ==, 0);
}

static void
a_device_that_comes_and_goes_is_told_as_unstable (void)
{
  g_autoptr (World) world =
      usb_world ("  - { port: \"1.3\", board: A1, dfu: [gone-at 2] }\n  - { port: \"1.4\", board: A2 }\n",
                 "  A1: " F405 " }\n  A2: " F405 " }\n", FALSE);
  g_autoptr (StnCheckReport) report = check_or_fail (world, NULL);

  g_assert_cmpint (row_of (report, "A1")->state, ==, STN_SITE_ERROR);
  assert_found (report, "A1", "the USB device comes and goes");
  assert_site (report, "A2", STN_SITE_PROVED, STN_PROOF_SEEN, STN_PROOF_SEEN);
}

static void
a_board_is_heard_at_the_usb_port_that_it_is_plugged_into (void)
{
  static const char text[] =
      "bench: usb\nusb:\n"
      "  - { port: \"1.1\", ft232h: { serial: FTW1, lines: { AC0: B1.nrst, AC1: B2.nrst, AD0: B1.boot0, "
      "AD1: B2.boot0 } } }\n"
      "  - { port: \"1.3\", board: B2 }\n  - { port: \"1.4\", board: B1 }\n"
      "boards:\n  B1: { target: STM32F405RG }\n  B2: { target: STM32F405RG }\n";
  static char *const places[] = { (char *) "bench-usb-0:1.3", (char *) "bench-usb-0:1.4" };
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (GError) error = NULL;
  g_autoptr (StnTargets) targets = stn_targets_new (NULL, &error);
  g_autoptr (StnBenchConfig) config = stn_bench_config_parse ("bench.yaml", text, strlen (text), &error);
  g_assert_no_error (error);
  g_autoptr (StnBench) bench = stn_bench_new (config, targets, clock, &error);
  g_assert_no_error (error);
  StnProvider *provider = stn_bench_provider_new (bench);
  StnWait wait = stn_wait_new (clock, STN_TIME_NEVER, NULL);
  StnLink *pins = provider->provider_class->open_pins (provider, "FTW1", &wait, &error);
  StnAdapter *adapter = stn_adapter_new (pins, 0x0303, 0x0300, clock, &wait, &error);
  StnSite *sites[2];
  StnScene scene;

  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++) {
    sites[i] = stn_site_new (i == 0 ? "A1" : "A2", "A");
    sites[i]->nrst = (StnLine){ .adapter = adapter, .bit = 8 + i, .active_low = TRUE };
    sites[i]->boot0 = (StnLine){ .adapter = adapter, .bit = i };
    sites[i]->usb_provider = provider;
    sites[i]->usb_place = g_strdup (places[i]);
  }
  g_assert_true (stn_scene_open (&scene, sites, 2, targets, clock, NULL, &error));
  g_assert_true (stn_scene_play (&scene, STN_SCENE_NOBODY, STN_SCENE_EVERYBODY, TRUE, &error));
  g_assert_cmpint (scene.ears[0].heard, ==, STN_HEARD_NOTHING);
  g_assert_cmpint (scene.ears[1].heard, ==, STN_HEARD_NOTHING);
  /* the plugs are crossed: A1's lines bring a device to A2's port */
  g_assert_true (stn_scene_play (&scene, STN_SCENE_EVERYBODY, 0, TRUE, &error));
  g_assert_cmpint (scene.ears[0].heard, ==, STN_HEARD_NOTHING);
  g_assert_cmpint (scene.ears[1].heard, ==, STN_HEARD_ROM);
  g_assert_null (scene.errors[0]);
  stn_scene_close (&scene);
  for (guint i = 0; i < 2; i++)
    stn_site_free (sites[i]);
  stn_adapter_free (adapter);
  stn_provider_free (provider);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autofree char *locks = g_dir_make_tmp ("station-locks-XXXXXX", NULL);
  g_setenv ("XDG_RUNTIME_DIR", locks, TRUE);
  g_setenv ("XDG_DATA_HOME", locks, TRUE);

#define ADD(function) g_test_add_func ("/check/" #function, function)
  ADD (a_straight_station_is_proved_to_the_uid);
  ADD (swapped_serial_ports_are_named);
  ADD (three_sites_turned_round_are_named_one_by_one);
  ADD (crossed_nrst_lines_are_told_from_crossed_boot0_lines);
  ADD (a_line_that_reaches_two_boards_is_named);
  ADD (boot0_stuck_high_is_told_by_a_chip_whose_pin_is_live);
  ADD (boot0_stuck_low_is_told_where_the_program_speaks);
  ADD (a_dead_nrst_line_is_told_where_the_rom_answers_anyway);
  ADD (a_chip_that_ignores_its_pin_is_not_blamed);
  ADD (empty_and_mute_sites_are_silent_and_nobody_elses_fault);
  ADD (one_site_alone_is_checked_with_all_others_held);
  ADD (a_port_that_is_missing_is_the_stations_error_and_the_rest_is_checked);
  ADD (a_bank_in_use_is_left_alone);
  ADD (a_shared_line_reaches_whom_it_should);
  ADD (boards_on_usb_are_proved_to_the_uid);
  ADD (swapped_usb_plugs_are_named);
  ADD (a_site_with_both_ports_has_both_proved_and_is_warned_about);
  ADD (a_device_that_comes_and_goes_is_told_as_unstable);
  ADD (a_board_is_heard_at_the_usb_port_that_it_is_plugged_into);
  return g_test_run ();
}
