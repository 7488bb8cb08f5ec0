/* Serial patterns, check digits against published examples, templates, encodings. */
#include <string.h>

#include "src/base/bytes.h"
#include "src/job/serial-pattern.h"

static StnSerialPattern *
pattern_or_fail (const char *text, StnCheckDigit check)
{
  g_autoptr (GError) error = NULL;
  StnSerialPattern *pattern = stn_serial_pattern_new (text, check, &error);
  g_assert_no_error (error);
  g_assert_nonnull (pattern);
  return pattern;
}

static void
assert_serial (const char *text, StnCheckDigit check, guint64 number, const char *day, const char *serial)
{
  g_autoptr (StnSerialPattern) pattern = pattern_or_fail (text, check);
  g_autofree char *seen = stn_serial_pattern_format (pattern, number, day);
  g_assert_cmpstr (seen, ==, serial);
}

static void
assert_pattern_refused (const char *text, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (stn_serial_pattern_new (text, STN_CHECK_NONE, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_BAD_PLAN));
  g_assert_cmpstr (error->message, ==, message);
}

static void
a_number_is_written_in_its_width_and_base (void)
{
  assert_serial ("A{seq:06}", STN_CHECK_NONE, 42, "2026-11-22", "A000042");
  assert_serial ("A{seq:6}", STN_CHECK_NONE, 42, "2026-11-22", "A000042");
  assert_serial ("A{seq}", STN_CHECK_NONE, 42, "2026-11-22", "A42");
  assert_serial ("{seq:4x16}", STN_CHECK_NONE, 48879, "2026-11-22", "BEEF");
  assert_serial ("{seq:3x36}-B", STN_CHECK_NONE, 46655, "2026-11-22", "ZZZ-B");
  assert_serial ("{{{seq:2}}}", STN_CHECK_NONE, 7, "2026-11-22", "{07}");
}

static void
the_day_is_the_production_day_and_its_week_the_iso_week (void)
{
  assert_serial ("{yyyy}{mm}{dd}-{seq:1}", STN_CHECK_NONE, 1, "2026-11-22", "20261122-1");
  assert_serial ("{yy}{ww}{seq:1}", STN_CHECK_NONE, 1, "2026-11-22", "26471");
  /* ISO 8601: 2027-01-01 is a Friday, still in week 53 of 2026; 2024-12-30 is in week 1 of 2025 */
  assert_serial ("{yy}{ww}{seq:1}", STN_CHECK_NONE, 1, "2027-01-01", "26531");
  assert_serial ("{yyyy}W{ww}-{seq:1}", STN_CHECK_NONE, 1, "2024-12-30", "2025W01-1");
}

static void
a_number_or_day_that_does_not_fit_gives_nothing (void)
{
  g_autoptr (StnSerialPattern) pattern = pattern_or_fail ("A{seq:3}", STN_CHECK_NONE);
  g_assert_cmpuint (stn_serial_pattern_last (pattern), ==, 999);
  g_assert_cmpuint (stn_serial_pattern_length (pattern), ==, 4);
  g_assert_null (stn_serial_pattern_format (pattern, 1000, "2026-11-22"));
  g_assert_null (stn_serial_pattern_format (pattern, 1, "2026-02-30"));
  g_assert_null (stn_serial_pattern_format (pattern, 1, "yesterday"));
  g_assert_null (stn_serial_pattern_format (pattern, 1, NULL));
  g_autoptr (StnSerialPattern) widest = pattern_or_fail ("{seq:11x36}", STN_CHECK_NONE);
  g_assert_cmpuint (stn_serial_pattern_last (widest), ==, G_GUINT64_CONSTANT (131621703842267135));
}

static void
a_wrong_pattern_is_refused_with_its_place (void)
{
  assert_pattern_refused ("A", "serial pattern “A”: expected one {seq}, seen 0");
  assert_pattern_refused ("{seq}{seq}", "serial pattern “{seq}{seq}”: expected one {seq}, seen 2");
  assert_pattern_refused ("A{seq", "serial pattern “A{seq”, character 2: a “{” without its “}”; write “{{” for the "
                                   "character itself");
  assert_pattern_refused ("A}{seq}", "serial pattern “A}{seq}”, character 2: a “}” without its “{”; write “}}” for the "
                                     "character itself");
  assert_pattern_refused ("é{seq}", "serial pattern “é{seq}”, character 1: a serial holds printable ASCII characters "
                                    "only");
  static const char *const fields[] = { "{seq:0}",   "{seq:19}", "{seq:16x16}",      "{seq:12x36}",
                                        "{seq:6x8}", "{seq:}",   "{seq:-1}",         "{SEQ}",
                                        "{}",        "{seq:6x}", "{seq:99999999999}" };
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (stn_serial_pattern_new (fields[i], STN_CHECK_NONE, &error));
    g_assert_nonnull (strstr (error->message, ", character 1: no such field"));
  }
}

/* Published: the Global Release Identifier's example A1-2425G-ABC1234002-M (ISO 7064 MOD 37,36); 0794 → 5 of ISO 7064
 * and two German tax numbers' examples (MOD 11,10); the textbook number of Luhn's method and card networks' test
 * numbers. */
static void
check_digits_agree_with_published_examples (void)
{
  g_assert_cmpint (stn_check_digit (STN_CHECK_ISO7064_MOD37_36, "A12425GABC1234002"), ==, 'M');
  g_assert_cmpint (stn_check_digit (STN_CHECK_ISO7064_MOD37_36, "A1-2425G-ABC1234002"), ==, 'M');
  g_assert_cmpint (stn_check_digit (STN_CHECK_ISO7064_MOD11_10, "0794"), ==, '5');
  g_assert_cmpint (stn_check_digit (STN_CHECK_ISO7064_MOD11_10, "8609574271"), ==, '9');
  g_assert_cmpint (stn_check_digit (STN_CHECK_ISO7064_MOD11_10, "4703689281"), ==, '6');
  g_assert_cmpint (stn_check_digit (STN_CHECK_LUHN, "7992739871"), ==, '3');
  g_assert_cmpint (stn_check_digit (STN_CHECK_LUHN, "411111111111111"), ==, '1');
  g_assert_cmpint (stn_check_digit (STN_CHECK_LUHN, "37828224631000"), ==, '5');
  g_assert_true (stn_check_digit_is_right (STN_CHECK_ISO7064_MOD37_36, "A1-2425G-ABC1234002-M"));
  g_assert_true (stn_check_digit_is_right (STN_CHECK_LUHN, "79927398713"));
  g_assert_true (stn_check_digit_is_right (STN_CHECK_NONE, "anything"));
}

static void
every_changed_or_swapped_character_is_found_by_mod_37_36 (void)
{
  static const char right[] = "A12425GABC1234002M";
  static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (gsize i = 0; i < strlen (right); i++) {
    char text[sizeof right];
    for (const char *other = alphabet; *other != '\0'; other++) {
      memcpy (text, right, sizeof right);
      text[i] = *other;
      g_assert_cmpint (stn_check_digit_is_right (STN_CHECK_ISO7064_MOD37_36, text), ==, *other == right[i]);
    }
    memcpy (text, right, sizeof right);
    if (i + 2 < strlen (right) && right[i] != right[i + 1]) {
      text[i] = right[i + 1];
      text[i + 1] = right[i];
      g_assert_false (stn_check_digit_is_right (STN_CHECK_ISO7064_MOD37_36, text));
    }
  }
}

static void
characters_that_a_scheme_does_not_know_have_no_digit (void)
{
  g_assert_cmpint (stn_check_digit (STN_CHECK_LUHN, "12A"), ==, '\0');
  g_assert_cmpint (stn_check_digit (STN_CHECK_ISO7064_MOD11_10, "12A"), ==, '\0');
  g_assert_cmpint (stn_check_digit (STN_CHECK_ISO7064_MOD37_36, "ab"), ==, '\0');
  g_assert_cmpint (stn_check_digit (STN_CHECK_ISO7064_MOD37_36, ""), ==, '\0');
  g_assert_cmpint (stn_check_digit (STN_CHECK_ISO7064_MOD37_36, "--"), ==, '\0');
  g_assert_false (stn_check_digit_is_right (STN_CHECK_LUHN, ""));
  g_assert_false (stn_check_digit_is_right (STN_CHECK_LUHN, "5"));
}

static void
a_pattern_ends_with_its_check_digit (void)
{
  assert_serial ("A1-2425G-ABC{seq:7}", STN_CHECK_ISO7064_MOD37_36, 1234002, "2026-11-22", "A1-2425G-ABC1234002M");
  g_autoptr (StnSerialPattern) pattern = pattern_or_fail ("TH7-{yy}{ww}-{seq:06}", STN_CHECK_ISO7064_MOD37_36);
  g_assert_cmpuint (stn_serial_pattern_length (pattern), ==, 16);
  for (guint64 number = 1; number < 2000; number++) {
    g_autofree char *serial = stn_serial_pattern_format (pattern, number, "2026-11-22");
    g_assert_cmpuint (strlen (serial), ==, 16);
    g_assert_true (stn_check_digit_is_right (STN_CHECK_ISO7064_MOD37_36, serial));
  }
}

static void
a_given_serial_is_looked_at (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (stn_serial_check_given (STN_CHECK_LUHN, "79927398713", &error));
  g_assert_no_error (error);
  g_assert_false (stn_serial_check_given (STN_CHECK_LUHN, "79927398718", &error));
  g_assert_cmpstr (error->message, ==, "serial “79927398718”: wrong check digit: expected 3, seen 8");
  static const char *const wrong[] = { "", "A B", "A\n", "Ä",
                                       "12345678901234567890123456789012345678901234567890123456789012345" };
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (stn_serial_check_given (STN_CHECK_NONE, wrong[i], NULL));
}

static void
templates_take_serial_uid_and_date (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = stn_template_fill ("{{{serial}}} {uid} {date}.", "S1", "00ff", "2026-11-22", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "{S1} 00ff 2026-11-22.");
  /* what a value holds is no template */
  g_autofree char *nested = stn_template_fill ("{serial}", "{uid}", "00ff", NULL, &error);
  g_assert_cmpstr (nested, ==, "{uid}");
  g_assert_null (stn_template_fill ("Ä {uid}", "S1", NULL, "2026-11-22", &error));
  g_assert_cmpstr (error->message, ==, "“Ä {uid}”, character 3: the chip's unique id is not known here");
  g_clear_error (&error);
  g_assert_null (stn_template_fill ("{sreial}", "S1", "00", "2026-11-22", &error));
  g_assert_cmpstr (error->message, ==, "“{sreial}”, character 1: no such field: known are {serial}, {uid} and {date}");
}

static void
assert_encoded (StnEncoding encoding, const char *text, gsize size, guint8 pad, const char *hex)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = stn_encode (encoding, text, size, pad, &error);
  g_assert_no_error (error);
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  g_autofree char *seen = stn_bytes_to_text (data, length, 64);
  g_assert_cmpuint (length, ==, size);
  g_assert_cmpstr (seen, ==, hex);
}

static void
values_stand_in_the_flash_as_their_encoding_says (void)
{
  assert_encoded (STN_ENCODING_ASCII, "TH7", 5, 0x00, "54 48 37 00 00");
  assert_encoded (STN_ENCODING_ASCII, "TH7", 3, 0xff, "54 48 37");
  assert_encoded (STN_ENCODING_UTF16LE, "Aé", 6, 0xff, "41 00 e9 00 ff ff");
  assert_encoded (STN_ENCODING_BCD, "123456", 4, 0xff, "12 34 56 ff");
  assert_encoded (STN_ENCODING_BCD, "12345", 3, 0xff, "01 23 45");
  assert_encoded (STN_ENCODING_U32LE, "305419896", 4, 0, "78 56 34 12");
  assert_encoded (STN_ENCODING_U32BE, "305419896", 6, 0xee, "12 34 56 78 ee ee");
  assert_encoded (STN_ENCODING_U64LE, "18446744073709551615", 8, 0, "ff ff ff ff ff ff ff ff");
  assert_encoded (STN_ENCODING_HEX, "00ffA5", 4, 0, "00 ff a5 00");
}

static void
values_that_do_not_fit_their_encoding_are_refused (void)
{
  static const struct {
    StnEncoding encoding;
    const char *text;
    gsize size;
    const char *message;
  } rows[] = {
    { STN_ENCODING_ASCII, "TH7", 2, "“TH7” does not fit: expected at most 2 bytes, seen 3" },
    { STN_ENCODING_ASCII, "é", 8, "encoding ascii: expected printable ASCII characters, seen “é”" },
    { STN_ENCODING_BCD, "12A", 8, "encoding bcd: expected decimal digits, seen “12A”" },
    { STN_ENCODING_BCD, "", 8, "encoding bcd: expected decimal digits, seen “”" },
    { STN_ENCODING_U32LE, "4294967296", 4, "encoding u32le: expected a number up to 4294967295, seen “4294967296”" },
    { STN_ENCODING_U32BE, "-1", 4, "encoding u32be: expected a number up to 4294967295, seen “-1”" },
    { STN_ENCODING_U64LE, "18446744073709551616", 8,
      "encoding u64le: expected a number up to 18446744073709551615, seen “18446744073709551616”" },
    { STN_ENCODING_HEX, "123", 8, "encoding hex: expected pairs of hex digits, seen “123”" },
    { STN_ENCODING_UTF16LE, "abc", 5, "“abc” does not fit: expected at most 5 bytes, seen 6" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (stn_encode (rows[i].encoding, rows[i].text, rows[i].size, 0, &error));
    g_assert_true (stn_error_is (error, STN_FAILURE_BAD_PLAN));
    g_assert_cmpstr (error->message, ==, rows[i].message);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/serial/a_number_is_written_in_its_width_and_base", a_number_is_written_in_its_width_and_base);
  g_test_add_func ("/serial/the_day_is_the_production_day_and_its_week_the_iso_week",
                   the_day_is_the_production_day_and_its_week_the_iso_week);
  g_test_add_func ("/serial/a_number_or_day_that_does_not_fit_gives_nothing",
                   a_number_or_day_that_does_not_fit_gives_nothing);
  g_test_add_func ("/serial/a_wrong_pattern_is_refused_with_its_place", a_wrong_pattern_is_refused_with_its_place);
  g_test_add_func ("/serial/check_digits_agree_with_published_examples", check_digits_agree_with_published_examples);
  g_test_add_func ("/serial/every_changed_or_swapped_character_is_found_by_mod_37_36",
                   every_changed_or_swapped_character_is_found_by_mod_37_36);
  g_test_add_func ("/serial/characters_that_a_scheme_does_not_know_have_no_digit",
                   characters_that_a_scheme_does_not_know_have_no_digit);
  g_test_add_func ("/serial/a_pattern_ends_with_its_check_digit", a_pattern_ends_with_its_check_digit);
  g_test_add_func ("/serial/a_given_serial_is_looked_at", a_given_serial_is_looked_at);
  g_test_add_func ("/serial/templates_take_serial_uid_and_date", templates_take_serial_uid_and_date);
  g_test_add_func ("/serial/values_stand_in_the_flash_as_their_encoding_says",
                   values_stand_in_the_flash_as_their_encoding_says);
  g_test_add_func ("/serial/values_that_do_not_fit_their_encoding_are_refused",
                   values_that_do_not_fit_their_encoding_are_refused);
  return g_test_run ();
}
