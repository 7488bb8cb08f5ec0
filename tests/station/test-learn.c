/* Learning wirings that nobody has told: what comes out is compared with the bench's own file. */
#include "src/link/pins.h"
#include "src/station/learn.h"
#include "src/station/check.h"
#include "src/station/locks.h"

#include <glib/gstdio.h>
#include <string.h>

#define WIRINGS 50
#define BOARDS_MOST 8
#define ADAPTERS_MOST 2

static char *folder;

typedef struct {
  guint boards, adapters;
  struct {
    guint nrst, boot0; /* adapter * 16 + bit */
    char *uart; /* or */
    char *usb;
  } truth[BOARDS_MOST];
} Wiring;

static void
shuffle (GRand *random, guint *values, guint count)
{
  for (guint i = count; i > 1; i--) {
    guint k = (guint) g_rand_int_range (random, 0, (gint) i);
    guint value = values[i - 1];
    values[i - 1] = values[k];
    values[k] = value;
  }
}

static void
append_adapters (GString *text, const Wiring *wiring)
{
  for (guint adapter = 0; adapter < wiring->adapters; adapter++) {
    g_string_append_printf (text, "  - { port: \"1.%u\", ft232h: { serial: FTL%u, lines: {", adapter + 1, adapter);
    const char *separator = " ";
    for (guint i = 0; i < wiring->boards; i++) {
      const guint lines[] = { wiring->truth[i].nrst, wiring->truth[i].boot0 };
      static const char *const names[] = { "nrst", "boot0" };
      for (guint k = 0; k < 2; k++) {
        if (lines[k] / 16 != adapter)
          continue;
        g_string_append_printf (text, "%s%s: B%u.%s", separator, stn_pin_name (lines[k] % 16), i + 1, names[k]);
        separator = ", ";
      }
    }
    g_string_append (text, " } } }\n");
  }
}

/* The first boards are on quad adapters, the others on ports of their own; in an order that says nothing. */
static void
append_uarts (GString *text, Wiring *wiring, GRand *random)
{
  guint order[BOARDS_MOST];
  guint quads = (guint) g_rand_int_range (random, 0, 3);
  guint count = 0;

  /* an F405 may hang on USB alone, at a place that says nothing either */
  for (guint i = 0; i < wiring->boards; i++) {
    if (i % 2 == 1 || g_rand_int_range (random, 0, 3) > 0) {
      order[count++] = i;
      continue;
    }
    guint port = (i * 5 + (guint) wiring->boards) % 11 + 1;
    g_string_append_printf (text, "  - { port: \"3.%u\", board: B%u }\n", port, i + 1);
    wiring->truth[i].usb = g_strdup_printf ("bench-usb-0:3.%u", port);
  }
  shuffle (random, order, count);
  guint at = 0;
  for (guint quad = 0; quad < quads && at < count; quad++) {
    g_string_append_printf (text, "  - { port: \"2.%u\", ft4232h: { serial: FTQ%u, uarts: [", quad + 1, quad);
    for (guint interface = 0; interface < 4; interface++) {
      gboolean used = at < count && g_rand_boolean (random);
      g_string_append (text, interface > 0 ? ", " : "");
      if (!used) {
        g_string_append (text, "\"-\"");
        continue;
      }
      g_string_append_printf (text, "B%u", order[at] + 1);
      wiring->truth[order[at]].uart =
          g_strdup_printf ("/dev/serial/by-path/bench-usb-0:2.%u:1.%u-port0", quad + 1, interface);
      at++;
    }
    g_string_append (text, "] } }\n");
  }
  if (at == count)
    return;
  g_string_append (text, "ttys:\n");
  for (; at < count; at++) {
    wiring->truth[order[at]].uart = g_strdup_printf ("/dev/ttyS%u", at);
    g_string_append_printf (text, "  /dev/ttyS%u: B%u\n", at, order[at] + 1);
  }
}

static char *
make_bench (guint32 seed, Wiring *out)
{
  static const char *const parts[] = { "STM32F405RG", "STM32F103CB" };
  GRand *random = g_rand_new_with_seed (seed);
  g_autoptr (GString) text = g_string_new ("bench: nobody has seen it\nusb:\n");
  guint lines[ADAPTERS_MOST * 16];
  char *path = g_build_filename (folder, "unseen.yaml", NULL);

  memset (out, 0, sizeof *out);
  out->boards = (guint) g_rand_int_range (random, 1, BOARDS_MOST + 1);
  out->adapters = (guint) g_rand_int_range (random, 1, ADAPTERS_MOST + 1);
  for (guint i = 0; i < out->adapters * 16; i++)
    lines[i] = i;
  shuffle (random, lines, out->adapters * 16);
  for (guint i = 0; i < out->boards; i++) {
    out->truth[i].nrst = lines[2 * i];
    out->truth[i].boot0 = lines[2 * i + 1];
  }
  append_adapters (text, out);
  append_uarts (text, out, random);
  g_string_append (text, "boards:\n");
  for (guint i = 0; i < out->boards; i++)
    g_string_append_printf (text, "  B%u: { target: %s, flash: %s/firmware_fixtures/built/%s }\n", i + 1, parts[i % 2],
                            g_getenv ("STN_SOURCE_ROOT"), i % 2 == 0 ? "ready-f405.bin" : "ready-f103.bin");
  if (g_rand_boolean (random)) {
    /* half of the benches have boards that never say a word by themselves */
    g_autofree char *silent = g_strdup (text->str);
    g_auto (GStrv) cut = g_strsplit (silent, "boards:\n", 2);
    g_string_assign (text, cut[0]);
    g_string_append (text, "boards:\n");
    for (guint i = 0; i < out->boards; i++)
      g_string_append_printf (text, "  B%u: { target: %s }\n", i + 1, parts[i % 2]);
  }
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
  g_rand_free (random);
  return path;
}

static void
wiring_clear (Wiring *wiring)
{
  for (guint i = 0; i < wiring->boards; i++) {
    g_free (wiring->truth[i].uart);
    g_free (wiring->truth[i].usb);
  }
}

static guint
line_of (const StnLearned *learned, const StnLearnedLine *line)
{
  /* FTL0, FTL1: the adapter's number is in its serial, whatever order it was found in */
  const char *place = g_ptr_array_index (learned->controls, line->control);
  return (guint) (place[3] - '0') * 16 + line->bit;
}

static void
assert_same (const StnLearned *learned, const Wiring *wiring)
{
  g_autofree char *text = stn_learned_to_yaml (learned, "Learned");
  for (guint i = 0; i < wiring->boards && stn_learned_complete (learned) != wiring->boards; i++)
    g_test_message ("%s%s: nrst %u, boot0 %u", wiring->truth[i].uart != NULL ? wiring->truth[i].uart : "",
                    wiring->truth[i].usb != NULL ? wiring->truth[i].usb : "", wiring->truth[i].nrst, wiring->truth[i].boot0);
  if (stn_learned_complete (learned) != wiring->boards)
    g_test_message ("%s", text);
  g_assert_cmpuint (learned->sites->len, ==, wiring->boards);
  g_assert_cmpuint (stn_learned_complete (learned), ==, wiring->boards);
  for (guint i = 0; i < wiring->boards; i++) {
    const StnLearnedSite *found = NULL;
    for (guint k = 0; k < learned->sites->len && found == NULL; k++) {
      const StnLearnedSite *site = g_ptr_array_index (learned->sites, k);
      gboolean is_it = g_strcmp0 (site->uart, wiring->truth[i].uart) == 0
                       && g_strcmp0 (site->usb, wiring->truth[i].usb) == 0;
      found = is_it ? site : NULL;
    }
    g_assert_nonnull (found);
    g_assert_cmpuint (line_of (learned, &found->nrst), ==, wiring->truth[i].nrst);
    g_assert_cmpuint (line_of (learned, &found->boot0), ==, wiring->truth[i].boot0);
    g_assert_nonnull (found->line);
    g_assert_nonnull (found->uid);
  }
}

/* What was written is a station file, and the station proves itself. */
static void
assert_station_is_proved (const StnLearned *learned, StnClock *clock, guint boards)
{
  const StnCheckOptions options = { 0 };
  g_autofree char *text = stn_learned_to_yaml (learned, "Learned");
  g_autofree char *path = g_build_filename (folder, "learned.yaml", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_autoptr (StnStation) station = stn_station_load (path, clock, &error);
  g_assert_no_error (error);
  g_autoptr (StnCheckReport) report = stn_station_check_wiring (station, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (report->counts[STN_SITE_PROVED], ==, boards);
  g_unlink (path);
}

static StnLearned *
learn_or_fail (const char *bench, StnClock *clock)
{
  const StnLearnOptions options = { .bench_path = bench };
  g_autoptr (GError) error = NULL;
  StnLearned *learned = stn_station_learn (&options, clock, &error);
  g_assert_no_error (error);
  return learned;
}

static void
wirings_that_nobody_told_are_found (void)
{
  for (guint32 seed = 1; seed <= WIRINGS; seed++) {
    g_autoptr (StnClock) clock = stn_clock_new_virtual ();
    Wiring wiring;
    g_autofree char *bench = make_bench (seed, &wiring);

    g_test_message ("seed %u: %u boards, %u adapters", seed, wiring.boards, wiring.adapters);
    g_autoptr (StnLearned) learned = learn_or_fail (bench, clock);
    assert_same (learned, &wiring);
    if (seed % 10 == 0)
      assert_station_is_proved (learned, clock, wiring.boards);
    wiring_clear (&wiring);
    g_unlink (bench);
  }
}

static char *
write_bench (const char *text)
{
  char *path = g_build_filename (folder, "bench.yaml", NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static void
what_does_not_show_itself_is_in_the_file_as_a_comment (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autofree char *bench = write_bench (
      "bench: some\nusb:\n"
      "  - { port: \"1.1\", ft232h: { serial: FTL0, lines: { AC0: B1.nrst, AC1: B1.boot0, AC2: B2.nrst, AC3: B2.boot0, "
      "AC4: B3.nrst, AC5: B3.boot0 } } }\n"
      "ttys: { /dev/b1: B1, /dev/b2: B2, /dev/b3: B3 }\n"
      "boards:\n  B1: { target: STM32F405RG }\n  B2: { target: STM32G071CB }\n"
      "  B3: { target: STM32F405RG, faults: [absent] }\n");
  g_autoptr (StnLearned) learned = learn_or_fail (bench, clock);
  const StnLearnedSite *live = g_ptr_array_index (learned->sites, 0), *dead = g_ptr_array_index (learned->sites, 1);
  const StnLearnedSite *empty = g_ptr_array_index (learned->sites, 2);

  g_assert_true (live->nrst.found && live->nrst.bit == 8);
  g_assert_true (live->boot0.found && live->boot0.bit == 9);
  /* a new G0 ignores its pin: its ROM comes from the empty flash, and a held NRST silences it */
  g_assert_true (dead->nrst.found && dead->nrst.bit == 10);
  g_assert_false (dead->boot0.found);
  g_assert_false (empty->nrst.found || empty->boot0.found || empty->was_heard);
  g_assert_cmpuint (stn_learned_complete (learned), ==, 1);
  g_autofree char *text = stn_learned_to_yaml (learned, "Some");
  g_assert_nonnull (strstr (text, "# its BOOT0 was not found"));
  g_assert_nonnull (strstr (text, "# silent, and no line moves it: /dev/b3"));
  g_assert_null (strstr (text, "buffered"));
  g_unlink (bench);
}

static void
shared_lines_are_learned_as_shared (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autofree char *bench = write_bench (
      "bench: shared\nusb:\n"
      "  - { port: \"1.1\", ft232h: { serial: FTL0, lines: { AD1: [B1.nrst, B2.nrst], AD3: [B1.boot0, B2.boot0] } } }\n"
      "ttys: { /dev/b1: B1, /dev/b2: B2 }\n"
      "boards:\n  B1: { target: STM32F405RG }\n  B2: { target: STM32F103CB }\n");
  g_autoptr (StnLearned) learned = learn_or_fail (bench, clock);

  for (guint i = 0; i < 2; i++) {
    const StnLearnedSite *site = g_ptr_array_index (learned->sites, i);
    g_assert_true (site->nrst.found && site->nrst.bit == 1);
    g_assert_true (site->boot0.found && site->boot0.bit == 3);
  }
  g_unlink (bench);
}

static void
power_switches_are_found_where_somebody_says_that_there_are_some (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autofree char *bench = write_bench (
      "bench: power\nusb:\n"
      "  - { port: \"1.1\", ft232h: { serial: FTL0, lines: { AC0: B1.nrst, AC1: B1.boot0, AC2: B2.nrst, AC3: B2.boot0, "
      "AC4: B1.power, AC5: B2.power, AC6: B3.nrst, AC7: B3.boot0 } } }\n"
      "  - { port: \"1.2\", board: B2 }\n"
      "ttys: { /dev/b1: B1, /dev/b3: B3 }\n"
      "boards:\n  B1: { target: STM32F405RG }\n  B2: { target: STM32F405RG }\n  B3: { target: STM32F103CB }\n");
  const StnLearnOptions options = { .bench_path = bench, .power = TRUE };
  g_autoptr (GError) error = NULL;
  g_autoptr (StnLearned) learned = stn_station_learn (&options, clock, &error);
  static const struct {
    const char *place;
    guint nrst, boot0, power; /* 0: none */
  } truth[] = { { "/dev/b1", 8, 9, 12 }, { "/dev/b3", 14, 15, 0 }, { "bench-usb-0:1.2", 10, 11, 13 } };

  g_assert_no_error (error);
  g_autofree char *text = stn_learned_to_yaml (learned, "Power");
  g_test_message ("%s", text);
  g_assert_cmpuint (learned->sites->len, ==, 3);
  for (guint i = 0; i < G_N_ELEMENTS (truth); i++) {
    const StnLearnedSite *site = g_ptr_array_index (learned->sites, i);
    g_assert_cmpstr (site->uart != NULL ? site->uart : site->usb, ==, truth[i].place);
    g_assert_true (site->nrst.found && site->nrst.bit == truth[i].nrst);
    g_assert_true (site->boot0.found && site->boot0.bit == truth[i].boot0);
    g_assert_cmpint (site->power.found, ==, truth[i].power != 0);
    g_assert_cmpuint (site->power.bit, ==, truth[i].power);
  }
  g_unlink (bench);
}

static gboolean
take_board (const char *place, gboolean put_back, gpointer data)
{
  g_assert_true (stn_bench_board_set_present (data, g_str_equal (place, "/dev/b1") ? "B1" : "B2", put_back));
  return TRUE;
}

static void
detect_pins_are_found_by_taking_boards_out (void)
{
  static const char text[] =
      "bench: detect\nusb:\n"
      "  - { port: \"1.1\", ft232h: { serial: FTL0, lines: { AC0: B1.nrst, AC1: B1.boot0, AC2: B2.nrst, AC3: B2.boot0, "
      "AD1: B2.detect active-low, AD3: B1.detect, AD5: A.lid } } }\n"
      "ttys: { /dev/b1: B1, /dev/b2: B2 }\n"
      "boards:\n  B1: { target: STM32F405RG }\n  B2: { target: STM32F405RG }\n";
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (GError) error = NULL;
  g_autoptr (StnTargets) targets = stn_targets_new (NULL, &error);
  g_autoptr (StnBenchConfig) config = stn_bench_config_parse ("bench.yaml", text, strlen (text), &error);
  g_autoptr (StnBench) bench = stn_bench_new (config, targets, clock, &error);
  g_assert_no_error (error);
  const StnLearnOptions options = { .bench = bench, .ask_to_remove = take_board, .data = bench };
  g_autoptr (StnLearned) learned = stn_station_learn (&options, clock, &error);

  g_assert_no_error (error);
  const StnLearnedSite *one = g_ptr_array_index (learned->sites, 0), *two = g_ptr_array_index (learned->sites, 1);
  g_assert_true (one->detect.found && one->detect.bit == 3 && one->detect_is_high);
  g_assert_true (two->detect.found && two->detect.bit == 1 && !two->detect_is_high);
  g_autofree char *file = stn_learned_to_yaml (learned, "Detect");
  g_assert_nonnull (strstr (file, "detect: { pin: c1.AD1, active: low }"));
  g_assert_nonnull (strstr (file, "c1.AD5 reads low with nobody pulling"));
}

static void
an_adapter_in_use_is_left_alone (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (StnLocks) locks = stn_locks_new ();
  g_autoptr (GError) error = NULL;
  Wiring wiring;
  g_autofree char *bench = make_bench (7, &wiring);
  const StnLearnOptions options = { .bench_path = bench };

  g_assert_true (stn_locks_take (locks, "FTL0", TRUE, "adapter", NULL));
  g_assert_null (stn_station_learn (&options, clock, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_BANK_BUSY));
  wiring_clear (&wiring);
  g_unlink (bench);
}

static void
learning_can_be_ended (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Wiring wiring;
  g_autofree char *bench = make_bench (3, &wiring);
  const StnLearnOptions options = { .bench_path = bench, .cancellable = cancellable };

  g_cancellable_cancel (cancellable);
  g_assert_null (stn_station_learn (&options, clock, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_CANCELLED));
  wiring_clear (&wiring);
  g_unlink (bench);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("station-learn-XXXXXX", NULL);
  g_setenv ("XDG_RUNTIME_DIR", folder, TRUE);
  g_setenv ("XDG_DATA_HOME", folder, TRUE);

#define ADD(function) g_test_add_func ("/learn/" #function, function)
  ADD (wirings_that_nobody_told_are_found);
  ADD (what_does_not_show_itself_is_in_the_file_as_a_comment);
  ADD (shared_lines_are_learned_as_shared);
  ADD (power_switches_are_found_where_somebody_says_that_there_are_some);
  ADD (detect_pins_are_found_by_taking_boards_out);
  ADD (an_adapter_in_use_is_left_alone);
  ADD (learning_can_be_ended);
  int code = g_test_run ();
  g_free (folder);
  return code;
}
