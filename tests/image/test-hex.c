#include "tests/image/support.h"

#define END ":00000001FF\n"

static StnImage *
parse_text (const char *text)
{
  return parse_or_fail ("a.hex", STN_IMAGE_FORMAT_HEX, text, strlen (text));
}

static void
refuse_text (const char *text, const char *message)
{
  assert_refused ("a.hex", STN_IMAGE_FORMAT_HEX, text, strlen (text), message);
}

static void
records_become_one_segment (void)
{
  g_autoptr (StnImage) image = parse_text (":020000040800F2\n:0400000001020304F2\n:0400040005060708DE\n" END);

  g_assert_cmpuint (stn_image_segment_count (image), ==, 1);
  assert_segment (image, 0, 0x08000000, "0102030405060708");
  g_assert_cmpint (stn_image_format (image), ==, STN_IMAGE_FORMAT_HEX);
}

static void
dos_line_ends_lower_case_blanks_and_a_missing_last_line_end_are_taken (void)
{
  g_autoptr (StnImage) image = parse_text (":020000040800f2\r\n\r\n:01000000ab54  \r\n:00000001ff");

  assert_segment (image, 0, 0x08000000, "ab");
}

static void
records_out_of_order_are_sorted (void)
{
  g_autoptr (StnImage) image = parse_text (":01001000AA45\n:0100000055AA\n:010001006698\n" END);

  g_assert_cmpuint (stn_image_segment_count (image), ==, 2);
  assert_segment (image, 0, 0x0, "5566");
  assert_segment (image, 1, 0x10, "aa");
}

static void
data_wraps_inside_a_segment_base (void)
{
  /* base 1000 << 4; four bytes at FFFE: two at the end, two at the begin of the 64 KiB */
  g_autoptr (StnImage) image = parse_text (":020000021000EC\n:04FFFE0001020304F5\n" END);

  g_assert_cmpuint (stn_image_segment_count (image), ==, 2);
  assert_segment (image, 0, 0x10000, "0304");
  assert_segment (image, 1, 0x1FFFE, "0102");
}

static void
data_goes_on_behind_a_linear_base (void)
{
  g_autoptr (StnImage) image = parse_text (":020000040801F1\n:04FFFE0001020304F5\n" END);

  g_assert_cmpuint (stn_image_segment_count (image), ==, 1);
  assert_segment (image, 0, 0x0801FFFE, "01020304");
}

static void
data_over_ffff_without_a_base_is_refused (void)
{
  refuse_text (":04FFFE0001020304F5\n" END,
               "a.hex:1: expected data that ends at or below FFFF, for no base address was set, found 4 bytes at FFFE");
}

static void
data_over_4_gib_is_refused (void)
{
  refuse_text (":02000004FFFFFC\n:04FFFE0001020304F5\n" END,
               "a.hex:2: expected data below 4 GiB, found 4 bytes at 0xFFFFFFFE");
}

static void
the_last_byte_of_4_gib_is_taken (void)
{
  g_autoptr (StnImage) image = parse_text (":02000004FFFFFC\n:01FFFF00AA57\n" END);

  assert_segment (image, 0, 0xFFFFFFFF, "aa");
  g_assert_cmphex (stn_image_highest_address (image), ==, 0xFFFFFFFF);
}

static void
a_linear_start_record_is_the_entry_point (void)
{
  g_autoptr (StnImage) image = parse_text (":0100000055AA\n:04000005080001A945\n" END);
  guint64 entry = 0;

  g_assert_true (stn_image_entry (image, &entry));
  g_assert_cmphex (entry, ==, 0x080001A9);
}

static void
a_segment_start_record_is_the_entry_point (void)
{
  g_autoptr (StnImage) image = parse_text (":0100000055AA\n:040000031000002ABF\n" END);
  guint64 entry = 0;

  g_assert_true (stn_image_entry (image, &entry));
  g_assert_cmphex (entry, ==, 0x1002A);
}

static void
a_second_start_record_is_refused (void)
{
  refuse_text (":0100000055AA\n:04000005080001A945\n:04000005080001A945\n" END,
               "a.hex:3: expected one start address, found a second one, the first is in line 2");
}

static void
a_wrong_checksum_is_refused (void)
{
  refuse_text (":0100000055AB\n" END, "a.hex:1: expected checksum AA, found AB");
}

static void
every_single_flipped_digit_is_refused (void)
{
  static const char good[] = ":020000040800F2\n:0400000001020304F2\n:00000001FF\n";

  /* the checksum sees every change of one digit; nothing may slip through as another valid file */
  for (gsize position = 0; position < sizeof good - 1; position++)
    for (const char *digit = "0123456789ABCDEF"; *digit != '\0'; digit++) {
      char bad[sizeof good];
      memcpy (bad, good, sizeof good);
      if (bad[position] == *digit || bad[position] == '\n')
        continue;
      bad[position] = *digit;
      g_autoptr (StnImage) image =
          stn_image_parse ("a.hex", STN_IMAGE_FORMAT_HEX, (const guint8 *) bad, sizeof bad - 1, FALSE, 0, NULL);
      g_assert_null (image);
    }
}

static void
every_cut_file_is_refused (void)
{
  static const char good[] = ":020000040800F2\n:0400000001020304F2\n:00000001FF";

  for (gsize length = 1; length < sizeof good - 1; length++) {
    g_autoptr (StnImage) image =
        stn_image_parse ("a.hex", STN_IMAGE_FORMAT_HEX, (const guint8 *) good, length, FALSE, 0, NULL);
    g_assert_null (image);
  }
}

static void
a_length_that_does_not_fit_the_line_is_refused (void)
{
  refuse_text (":0500000001020304F2\n" END, "a.hex:1: expected 5 data bytes as the record says, found 4");
  refuse_text (":0100\n" END, "a.hex:1: expected a record of 5 to 260 bytes, found 2");
}

static void
odd_digits_and_other_signs_are_refused (void)
{
  refuse_text (":0100000055A\n" END, "a.hex:1: expected pairs of hex digits, found 11 digits");
  refuse_text (":010000005GAA\n" END, "a.hex:1: expected a hex digit, found 'G' in column 11");
  refuse_text (":0100000055AA\nhello\n" END, "a.hex:2: expected a record that begins with ':', found 'h'");
  refuse_text (":01000000\xC3\xA4"
               "AA\n" END,
               "a.hex:1: expected a hex digit, found byte 0xC3 in column 10");
}

static void
unknown_types_and_wrong_lengths_of_types_are_refused (void)
{
  refuse_text (":00000006FA\n", "a.hex:1: expected a record type from 00 to 05, found 06");
  refuse_text (":0100000408F3\n", "a.hex:1: expected 2 data bytes in a linear base record, found 1");
  refuse_text (":0100000100FE\n", "a.hex:1: expected no data in an end-of-file record, found 1");
}

static void
a_missing_end_is_refused (void)
{
  refuse_text (":0100000055AA\n", "a.hex:2: expected an end-of-file record (:00000001FF), found the end of the file");
}

static void
anything_behind_the_end_is_refused (void)
{
  refuse_text (":0100000055AA\n" END ":0100010055A9\n",
               "a.hex:3: expected nothing after the end-of-file record of line 2, found ':'");
}

static void
a_file_without_data_is_refused (void)
{
  refuse_text (END, "a.hex:1: expected at least one byte of data before the end-of-file record, found none");
}

static void
an_overlap_names_both_lines (void)
{
  refuse_text (":0400000001020304F2\n:04001000AABBCCDDDE\n:0400020005060708E0\n" END,
               "a.hex:3: expected each address once, found 0x00000002..0x00000003 already written by line 1");
}

static void
the_same_bytes_twice_are_an_overlap_too (void)
{
  refuse_text (":0100000055AA\n:0100000055AA\n" END,
               "a.hex:2: expected each address once, found 0x00000000..0x00000000 already written by line 1");
}

static void
a_record_of_255_bytes_is_taken (void)
{
  g_autoptr (GString) text = g_string_new (":FF000000");

  for (int index = 0; index < 255; index++)
    g_string_append (text, "01");
  g_string_append (text, "02\n" END); /* FF + 255 = 1FE, checksum 02 */
  g_autoptr (StnImage) image = parse_text (text->str);
  g_assert_cmpuint (stn_image_total_bytes (image), ==, 255);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hex/records_become_one_segment", records_become_one_segment);
  g_test_add_func ("/hex/dos_line_ends_lower_case_blanks_and_a_missing_last_line_end_are_taken",
                   dos_line_ends_lower_case_blanks_and_a_missing_last_line_end_are_taken);
  g_test_add_func ("/hex/records_out_of_order_are_sorted", records_out_of_order_are_sorted);
  g_test_add_func ("/hex/data_wraps_inside_a_segment_base", data_wraps_inside_a_segment_base);
  g_test_add_func ("/hex/data_goes_on_behind_a_linear_base", data_goes_on_behind_a_linear_base);
  g_test_add_func ("/hex/data_over_ffff_without_a_base_is_refused", data_over_ffff_without_a_base_is_refused);
  g_test_add_func ("/hex/data_over_4_gib_is_refused", data_over_4_gib_is_refused);
  g_test_add_func ("/hex/the_last_byte_of_4_gib_is_taken", the_last_byte_of_4_gib_is_taken);
  g_test_add_func ("/hex/a_linear_start_record_is_the_entry_point", a_linear_start_record_is_the_entry_point);
  g_test_add_func ("/hex/a_segment_start_record_is_the_entry_point", a_segment_start_record_is_the_entry_point);
  g_test_add_func ("/hex/a_second_start_record_is_refused", a_second_start_record_is_refused);
  g_test_add_func ("/hex/a_wrong_checksum_is_refused", a_wrong_checksum_is_refused);
  g_test_add_func ("/hex/every_single_flipped_digit_is_refused", every_single_flipped_digit_is_refused);
  g_test_add_func ("/hex/every_cut_file_is_refused", every_cut_file_is_refused);
  g_test_add_func ("/hex/a_length_that_does_not_fit_the_line_is_refused",
                   a_length_that_does_not_fit_the_line_is_refused);
  g_test_add_func ("/hex/odd_digits_and_other_signs_are_refused", odd_digits_and_other_signs_are_refused);
  g_test_add_func ("/hex/unknown_types_and_wrong_lengths_of_types_are_refused",
                   unknown_types_and_wrong_lengths_of_types_are_refused);
  g_test_add_func ("/hex/a_missing_end_is_refused", a_missing_end_is_refused);
  g_test_add_func ("/hex/anything_behind_the_end_is_refused", anything_behind_the_end_is_refused);
  g_test_add_func ("/hex/a_file_without_data_is_refused", a_file_without_data_is_refused);
  g_test_add_func ("/hex/an_overlap_names_both_lines", an_overlap_names_both_lines);
  g_test_add_func ("/hex/the_same_bytes_twice_are_an_overlap_too", the_same_bytes_twice_are_an_overlap_too);
  g_test_add_func ("/hex/a_record_of_255_bytes_is_taken", a_record_of_255_bytes_is_taken);
  return g_test_run ();
}
