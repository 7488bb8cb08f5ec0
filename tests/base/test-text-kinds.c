#include "src/base/clock.h"
#include "src/base/fields.h"

static void
durations_are_read_in_every_unit (void)
{
  static const struct {
    const char *text;
    gint64 ns;
  } good[] = {
    { "0", 0 },
    { "0 s", 0 },
    { "0.000", 0 },
    { "1 ns", 1 },
    { "50 us", 50000 },
    { "50 µs", 50000 },
    { "50 μs", 50000 },
    { "500 ms", 500 * STN_NS_PER_MS },
    { "500ms", 500 * STN_NS_PER_MS },
    { "2 s", 2 * STN_NS_PER_S },
    { "0.125 ms", 125000 },
    { "1.50000000000000000000000000 s", 1500 * STN_NS_PER_MS },
    { "0.000000001 s", 1 },
    { "1 min", 60 * STN_NS_PER_S },
    { "0.5 h", 1800 * STN_NS_PER_S },
    { "9223372036854775807 ns", G_MAXINT64 },
  };
  static const char *const bad[] = { "",
                                     "1",
                                     "s",
                                     "1 S",
                                     "1  s",
                                     "1 s ",
                                     " 1 s",
                                     "-1 s",
                                     "+1 s",
                                     "1,5 s",
                                     "01 s",
                                     "1.s",
                                     "1e3 s",
                                     "0x10 s",
                                     "1 ss",
                                     "0.1 ns",
                                     "9223372036854775808 ns",
                                     "18446744073709551617 ns",
                                     "9223372037 s" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
    gint64 ns = -1;
    g_test_message ("%s", good[i].text);
    g_assert_true (stn_text_to_duration_ns (good[i].text, &ns));
    g_assert_cmpint (ns, ==, good[i].ns);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    gint64 ns = -1;
    g_test_message ("%s", bad[i]);
    g_assert_false (stn_text_to_duration_ns (bad[i], &ns));
    g_assert_cmpint (ns, ==, -1);
  }
}

static void
sizes_are_binary (void)
{
  static const struct {
    const char *text;
    guint64 bytes;
  } good[] = {
    { "0", 0 },
    { "24", 24 },
    { "0x400", 1024 },
    { "128 B", 128 },
    { "24 KiB", 24576 },
    { "24KiB", 24576 },
    { "1 MiB", 1048576 },
    { "1.5 KiB", 1536 },
    { "0.0009765625 KiB", 1 },
    { "2 GiB", G_GUINT64_CONSTANT (2147483648) },
    { "18446744073709551615", G_MAXUINT64 },
  };
  static const char *const bad[] = { "",
                                     "KiB",
                                     "24 KB",
                                     "24 kB",
                                     "24 K",
                                     "24 kib",
                                     "0x",
                                     "0x400 B",
                                     "-1",
                                     "0.1 KiB",
                                     "18446744073709551616",
                                     "18014398509481984 KiB" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
    guint64 bytes = 77;
    g_test_message ("%s", good[i].text);
    g_assert_true (stn_text_to_size_bytes (good[i].text, &bytes));
    g_assert_cmpuint (bytes, ==, good[i].bytes);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    guint64 bytes = 77;
    g_test_message ("%s", bad[i]);
    g_assert_false (stn_text_to_size_bytes (bad[i], &bytes));
    g_assert_cmpuint (bytes, ==, 77);
  }
}

static void
addresses_have_their_0x (void)
{
  guint64 address = 77;
  g_assert_true (stn_text_to_address ("0x0", &address));
  g_assert_cmphex (address, ==, 0);
  g_assert_true (stn_text_to_address ("0x08004000", &address));
  g_assert_cmphex (address, ==, 0x08004000);
  g_assert_true (stn_text_to_address ("0x000000000000ffffffffffffffff", &address));
  g_assert_cmphex (address, ==, G_MAXUINT64);
  static const char *const bad[] = { "", "0", "8004000", "0x", "0X10", "0x1 ", "0x1_0", "x10", "0x1ffffffffffffffff" };
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_assert_false (stn_text_to_address (bad[i], &address));
    g_assert_cmphex (address, ==, G_MAXUINT64);
  }
}

static void
integers_reach_both_ends (void)
{
  gint64 value = 77;
  g_assert_true (stn_text_to_integer ("9223372036854775807", &value));
  g_assert_cmpint (value, ==, G_MAXINT64);
  g_assert_true (stn_text_to_integer ("-9223372036854775808", &value));
  g_assert_cmpint (value, ==, G_MININT64);
  g_assert_true (stn_text_to_integer ("0x7fffffffffffffff", &value));
  g_assert_cmpint (value, ==, G_MAXINT64);
  g_assert_true (stn_text_to_integer ("-1", &value));
  g_assert_cmpint (value, ==, -1);
  g_assert_true (stn_text_to_integer ("0", &value));
  g_assert_cmpint (value, ==, 0);
  static const char *const bad[] = { "", "-", "--1", "1.0", "1 ", "00", "9223372036854775808", "-9223372036854775809" };
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_assert_false (stn_text_to_integer (bad[i], &value));
    g_assert_cmpint (value, ==, 0);
  }
}

static void
voltages_numbers_and_ranges_are_exact (void)
{
  gint64 value = 77;
  g_assert_true (stn_text_to_voltage_uv ("2.7 V", &value));
  g_assert_cmpint (value, ==, 2700000);
  g_assert_true (stn_text_to_voltage_uv ("3300 mV", &value));
  g_assert_cmpint (value, ==, 3300000);
  g_assert_true (stn_text_to_voltage_uv ("5 µV", &value));
  g_assert_cmpint (value, ==, 5);
  g_assert_false (stn_text_to_voltage_uv ("0", &value));
  g_assert_false (stn_text_to_voltage_uv ("2.7", &value));
  g_assert_false (stn_text_to_voltage_uv ("0.1 uV", &value));

  g_assert_true (stn_text_to_number_ppm ("99.5", &value));
  g_assert_cmpint (value, ==, 99500000);
  g_assert_true (stn_text_to_number_ppm ("-0.000001", &value));
  g_assert_cmpint (value, ==, -1);
  g_assert_true (stn_text_to_number_ppm ("9223372036854.775807", &value));
  g_assert_cmpint (value, ==, G_MAXINT64);
  g_assert_false (stn_text_to_number_ppm ("9223372036854.775808", &value));
  g_assert_false (stn_text_to_number_ppm ("1.2.3", &value));

  StnRange range = { 7, 7 };
  g_assert_true (stn_text_to_range ("0x10..0x10", &range));
  g_assert_cmphex (range.first, ==, 0x10);
  g_assert_cmphex (range.last, ==, 0x10);
  g_assert_false (stn_text_to_range ("0x11..0x10", &range));
  g_assert_false (stn_text_to_range ("0x11...0x12", &range));
  g_assert_false (stn_text_to_range ("..0x12", &range));
  g_assert_false (stn_text_to_range ("0x11..", &range));
  g_assert_cmphex (range.last, ==, 0x10);
}

static void
quantities_are_shown_so_that_they_read_back (void)
{
  static const struct {
    gint64 ns;
    const char *text;
  } durations[] = {
    { 0, "0 s" },
    { 1, "1 ns" },
    { 1500, "1.5 us" },
    { 500 * STN_NS_PER_MS, "500 ms" },
    { 1500 * STN_NS_PER_MS, "1.5 s" },
    { 1005 * STN_NS_PER_MS, "1.005 s" },
    { 10 * STN_NS_PER_S, "10 s" },
    { 90 * STN_NS_PER_S, "90 s" },
    { 120 * STN_NS_PER_S, "2 min" },
    { 7200 * STN_NS_PER_S, "2 h" },
    { 1234567, "1234.567 us" },
    { G_MAXINT64, "9223372036854775.807 us" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (durations); i++) {
    gint64 back = -1;
    g_autofree char *text = stn_text_from_duration_ns (durations[i].ns);
    g_assert_cmpstr (text, ==, durations[i].text);
    g_assert_true (stn_text_to_duration_ns (text, &back));
    g_assert_cmpint (back, ==, durations[i].ns);
  }
  g_autofree char *ago = stn_text_from_duration_ns (G_MININT64);
  g_assert_cmpstr (ago, ==, "-9223372036854775.808 us");

  static const struct {
    guint64 bytes;
    const char *text;
  } sizes[] = {
    { 0, "0 B" },
    { 24, "24 B" },
    { 1024, "1 KiB" },
    { 1536, "1536 B" },
    { 128 * 1024, "128 KiB" },
    { 2 * 1024 * 1024, "2 MiB" },
    { G_MAXUINT64, "18446744073709551615 B" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    guint64 back = 7;
    g_autofree char *text = stn_text_from_size_bytes (sizes[i].bytes);
    g_assert_cmpstr (text, ==, sizes[i].text);
    g_assert_true (stn_text_to_size_bytes (text, &back));
    g_assert_cmpuint (back, ==, sizes[i].bytes);
  }

  g_autofree char *supply = stn_text_from_voltage_uv (3300000);
  g_assert_cmpstr (supply, ==, "3.3 V");
  g_autofree char *noise = stn_text_from_voltage_uv (20);
  g_assert_cmpstr (noise, ==, "20 uV");
  g_autofree char *none = stn_text_from_voltage_uv (0);
  g_assert_cmpstr (none, ==, "0 V");
}

static void
the_nearest_word_is_found_and_a_far_one_is_not (void)
{
  static const char *const words[] = { "color", "name", "nrst", "boot0", "option-bytes", "no", NULL };
  static const struct {
    const char *text, *nearest;
  } cases[] = {
    { "colour", "color" },
    { "colro", "color" },
    { "COLOR", "color" },
    { "nmae", "name" },
    { "NRST", "nrst" },
    { "boto0", "boot0" },
    { "option_byte", "option-bytes" },
    { "n", NULL },
    { "x", NULL },
    { "", NULL },
    { "purple", NULL },
    { "yo", "no" },
    { "completely-else", NULL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].text);
    g_assert_cmpstr (stn_text_nearest (cases[i].text, words), ==, cases[i].nearest);
  }
  g_autofree char *endless = g_strnfill (10000, 'a');
  g_assert_null (stn_text_nearest (endless, words));
  static const char *const nothing[] = { NULL };
  g_assert_null (stn_text_nearest ("name", nothing));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/durations_are_read_in_every_unit", durations_are_read_in_every_unit);
  g_test_add_func ("/text/sizes_are_binary", sizes_are_binary);
  g_test_add_func ("/text/addresses_have_their_0x", addresses_have_their_0x);
  g_test_add_func ("/text/integers_reach_both_ends", integers_reach_both_ends);
  g_test_add_func ("/text/voltages_numbers_and_ranges_are_exact", voltages_numbers_and_ranges_are_exact);
  g_test_add_func ("/text/quantities_are_shown_so_that_they_read_back", quantities_are_shown_so_that_they_read_back);
  g_test_add_func ("/text/the_nearest_word_is_found_and_a_far_one_is_not",
                   the_nearest_word_is_found_and_a_far_one_is_not);
  return g_test_run ();
}
