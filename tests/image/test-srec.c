#include "tests/image/support.h"

static StnImage *
parse_text (const char *text)
{
  return parse_or_fail ("a.srec", STN_IMAGE_FORMAT_SREC, text, strlen (text));
}

static void
refuse_text (const char *text, const char *message)
{
  assert_refused ("a.srec", STN_IMAGE_FORMAT_SREC, text, strlen (text), message);
}

static void
all_three_address_widths_are_read (void)
{
  g_autoptr (StnImage) image = parse_text ("S00600004844521B\n"
                                           "S1050000AABB95\n"
                                           "S206123456CCDDB4\n"
                                           "S307080000001122BD\n"
                                           "S70500000000FA\n");

  g_assert_cmpuint (stn_image_segment_count (image), ==, 3);
  assert_segment (image, 0, 0x0, "aabb");
  assert_segment (image, 1, 0x123456, "ccdd");
  assert_segment (image, 2, 0x08000000, "1122");
}

static void
a_count_record_is_checked (void)
{
  g_autoptr (StnImage) image = parse_text ("S1050000AABB95\nS5030001FB\nS9030000FC\n");

  assert_segment (image, 0, 0, "aabb");
  refuse_text ("S1050000AABB95\nS5030002FA\nS9030000FC\n",
               "a.srec:2: expected 2 data records as this record says, found 1");
  refuse_text ("S1050000AABB95\nS604000003F8\nS9030000FC\n",
               "a.srec:2: expected 3 data records as this record says, found 1");
}

static void
the_end_record_holds_the_entry_point (void)
{
  g_autoptr (StnImage) image = parse_text ("S1050000AABB95\nS705080001A948\n");
  guint64 entry = 0;

  g_assert_true (stn_image_entry (image, &entry));
  g_assert_cmphex (entry, ==, 0x080001A9);
}

static void
a_zero_entry_point_is_none (void)
{
  g_autoptr (StnImage) image = parse_text ("S1050000AABB95\nS9030000FC\n");
  guint64 entry = 0x55;

  g_assert_false (stn_image_entry (image, &entry));
  g_assert_cmphex (entry, ==, 0x55);
}

static void
a_wrong_checksum_is_refused (void)
{
  refuse_text ("S1050000AABB96\n", "a.srec:1: expected checksum 95, found 96");
}

static void
every_single_flipped_digit_is_refused (void)
{
  static const char good[] = "S1050000AABB95\nS5030001FB\nS9030000FC\n";

  for (gsize position = 0; position < sizeof good - 1; position++)
    for (const char *digit = "0123456789ABCDEF"; *digit != '\0'; digit++) {
      char bad[sizeof good];
      memcpy (bad, good, sizeof good);
      /* the type digit is not under the checksum */
      if (bad[position] == *digit || bad[position] == '\n' || bad[position] == 'S'
          || (position > 0 && good[position - 1] == 'S'))
        continue;
      bad[position] = *digit;
      g_autoptr (StnImage) image =
          stn_image_parse ("a.srec", STN_IMAGE_FORMAT_SREC, (const guint8 *) bad, sizeof bad - 1, FALSE, 0, NULL);
      g_assert_null (image);
    }
}

static void
a_missing_end_is_refused (void)
{
  refuse_text ("S1050000AABB95\n", "a.srec:2: expected an end record (S7, S8, S9) or a count (S5, S6) behind the data, "
                                   "found the end of the file");
}

static void
a_count_behind_the_data_proves_the_end_too (void)
{
  g_autoptr (StnImage) image = parse_text ("S1050000AABB95\nS5030001FB\n");

  assert_segment (image, 0, 0, "aabb");
  refuse_text ("S1050000AABB95\nS5030001FB\nS1050010AABB85\n",
               "a.srec:4: expected an end record (S7, S8, S9) or a count (S5, S6) behind the data, found the end of "
               "the file");
  refuse_text ("S5030000FC\n", "a.srec:1: expected at least one byte of data before the end, found none");
}

static void
anything_behind_the_end_is_refused (void)
{
  refuse_text ("S1050000AABB95\nS9030000FC\nS1050000AABB95\n",
               "a.srec:3: expected nothing after the end record of line 2, found 'S'");
}

static void
the_reserved_type_and_other_signs_are_refused (void)
{
  refuse_text ("S4050000AABB95\n", "a.srec:1: expected a record type of S0 to S3 or S5 to S9, found '4'");
  refuse_text ("S\n", "a.srec:1: expected a record type of S0 to S3 or S5 to S9, found the end of the line");
  refuse_text ("T1050000AABB95\n", "a.srec:1: expected a record that begins with 'S', found 'T'");
}

static void
a_wrong_count_of_bytes_is_refused (void)
{
  refuse_text ("S1060000AABB94\n", "a.srec:1: expected 6 bytes behind the count as the record says, found 5");
  refuse_text ("S30200FD\n", "a.srec:1: expected an address of 4 bytes and a checksum, found 2 bytes");
}

static void
data_beyond_the_width_of_its_address_is_refused (void)
{
  refuse_text ("S105FFFFAABB97\nS9030000FC\n", "a.srec:1: expected data below 0x10000, found 2 bytes at 0x0000FFFF");
  refuse_text ("S307FFFFFFFFAABB97\nS9030000FC\n",
               "a.srec:1: expected data below 0x100000000, found 2 bytes at 0xFFFFFFFF");
}

static void
an_overlap_names_both_lines (void)
{
  refuse_text ("S1050000AABB95\nS1050001AABB94\nS9030000FC\n",
               "a.srec:2: expected each address once, found 0x00000001..0x00000001 already written by line 1");
}

static void
a_file_without_data_is_refused (void)
{
  refuse_text ("S00600004844521B\nS9030000FC\n",
               "a.srec:2: expected at least one byte of data before the end, found none");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/srec/all_three_address_widths_are_read", all_three_address_widths_are_read);
  g_test_add_func ("/srec/a_count_record_is_checked", a_count_record_is_checked);
  g_test_add_func ("/srec/the_end_record_holds_the_entry_point", the_end_record_holds_the_entry_point);
  g_test_add_func ("/srec/a_zero_entry_point_is_none", a_zero_entry_point_is_none);
  g_test_add_func ("/srec/a_wrong_checksum_is_refused", a_wrong_checksum_is_refused);
  g_test_add_func ("/srec/every_single_flipped_digit_is_refused", every_single_flipped_digit_is_refused);
  g_test_add_func ("/srec/a_missing_end_is_refused", a_missing_end_is_refused);
  g_test_add_func ("/srec/a_count_behind_the_data_proves_the_end_too", a_count_behind_the_data_proves_the_end_too);
  g_test_add_func ("/srec/anything_behind_the_end_is_refused", anything_behind_the_end_is_refused);
  g_test_add_func ("/srec/the_reserved_type_and_other_signs_are_refused",
                   the_reserved_type_and_other_signs_are_refused);
  g_test_add_func ("/srec/a_wrong_count_of_bytes_is_refused", a_wrong_count_of_bytes_is_refused);
  g_test_add_func ("/srec/data_beyond_the_width_of_its_address_is_refused",
                   data_beyond_the_width_of_its_address_is_refused);
  g_test_add_func ("/srec/an_overlap_names_both_lines", an_overlap_names_both_lines);
  g_test_add_func ("/srec/a_file_without_data_is_refused", a_file_without_data_is_refused);
  return g_test_run ();
}
