#include "tests/image/support.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char hex_text[] = ":020000040800F2\n:0400000001020304F2\n:00000001FF\n";
static const char srec_text[] = "S3090800000001020304E4\nS70500000000FA\n";

static void
auto_goes_by_the_content (void)
{
  g_autoptr (StnImage) hex = parse_or_fail ("a.bin", STN_IMAGE_FORMAT_AUTO, hex_text, strlen (hex_text));
  g_autoptr (StnImage) srec = parse_or_fail ("a", STN_IMAGE_FORMAT_AUTO, srec_text, strlen (srec_text));

  g_assert_cmpint (stn_image_format (hex), ==, STN_IMAGE_FORMAT_HEX);
  g_assert_cmpint (stn_image_format (srec), ==, STN_IMAGE_FORMAT_SREC);
}

static void
a_broken_file_of_a_known_kind_is_never_a_bin (void)
{
  static const char *const names[] = {
    "a.hex", "a.IHEX", "a.ihx", "a.srec", "a.s19", "a.S37", "a.mot", "a.elf", "a.dfu"
  };
  static const char text[] = "<html>404 not found</html>";

  for (gsize index = 0; index < G_N_ELEMENTS (names); index++) {
    g_autoptr (GError) error = NULL;
    /* even with the address that a bin would need */
    g_autoptr (StnImage) image = stn_image_parse (names[index], STN_IMAGE_FORMAT_AUTO, (const guint8 *) text,
                                                  strlen (text), TRUE, 0x08000000, &error);
    g_assert_null (image);
    g_assert_true (stn_error_is (error, STN_FAILURE_BAD_IMAGE));
    g_assert_true (strstr (error->message, "expected") != NULL);
  }
}

static void
a_broken_record_file_without_a_known_name_is_never_a_bin (void)
{
  static const char text[] = ":0400000001020304F3\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (StnImage) image = stn_image_parse ("firmware", STN_IMAGE_FORMAT_AUTO, (const guint8 *) text, strlen (text),
                                                TRUE, 0x08000000, &error);

  g_assert_null (image);
  g_assert_cmpstr (error->message, ==, "firmware:1: expected checksum F2, found F3");
}

static void
a_bin_needs_an_address (void)
{
  assert_refused ("a.bin", STN_IMAGE_FORMAT_AUTO, "abc", 3,
                  "a.bin: offset 0x0: a bin does not say where it belongs: give its address");
}

static void
a_bin_stands_at_its_address (void)
{
  g_autoptr (StnImage) image = bin_or_fail ("a.bin", 0x08004000, "abc", 3);

  assert_segment (image, 0, 0x08004000, "616263");
  g_assert_cmpstr (stn_image_name (image), ==, "a.bin");
  g_assert_cmphex (stn_image_lowest_address (image), ==, 0x08004000);
  g_assert_cmphex (stn_image_highest_address (image), ==, 0x08004002);
  g_assert_cmpuint (stn_image_total_bytes (image), ==, 3);
  g_assert_cmpstr (stn_image_file_sha256 (image), ==,
                   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void
a_bin_over_4_gib_is_refused (void)
{
  static const guint64 addresses[] = { 0xFFFFFFFE, G_GUINT64_CONSTANT (0x100000000), G_MAXUINT64 };

  for (gsize index = 0; index < G_N_ELEMENTS (addresses); index++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (StnImage) image =
        stn_image_parse ("a.bin", STN_IMAGE_FORMAT_BIN, (const guint8 *) "abc", 3, TRUE, addresses[index], &error);
    g_assert_null (image);
    g_assert_true (stn_error_is (error, STN_FAILURE_BAD_IMAGE));
  }
}

static void
an_address_for_a_format_that_has_its_own_is_only_checked (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnImage) same = stn_image_parse ("a.hex", STN_IMAGE_FORMAT_AUTO, (const guint8 *) hex_text,
                                               strlen (hex_text), TRUE, 0x08000000, &error);
  g_assert_no_error (error);
  g_assert_nonnull (same);
  g_autoptr (StnImage) other = stn_image_parse ("a.hex", STN_IMAGE_FORMAT_AUTO, (const guint8 *) hex_text,
                                                strlen (hex_text), TRUE, 0x08004000, &error);
  g_assert_null (other);
  g_assert_cmpstr (error->message, ==,
                   "a.hex: offset 0x0: the Intel HEX file carries its own addresses and begins at 0x08000000, not at "
                   "0x08004000");
}

static void
an_empty_file_is_refused (void)
{
  for (int format = STN_IMAGE_FORMAT_AUTO; format <= STN_IMAGE_FORMAT_DFUSE; format++)
    assert_refused ("a", (StnImageFormat) format, "", 0, "a: offset 0x0: the file is empty");
}

static void
the_content_hash_is_the_same_for_every_format (void)
{
  g_autoptr (StnImage) hex = parse_or_fail ("a.hex", STN_IMAGE_FORMAT_AUTO, hex_text, strlen (hex_text));
  g_autoptr (StnImage) srec = parse_or_fail ("a.srec", STN_IMAGE_FORMAT_AUTO, srec_text, strlen (srec_text));
  g_autoptr (StnImage) bin = bin_or_fail ("a.bin", 0x08000000, "\1\2\3\4", 4);
  g_autoptr (StnImage) moved = bin_or_fail ("a.bin", 0x08000001, "\1\2\3\4", 4);
  /* 00000000 08000000, 00000000 00000004, 01020304 through sha256sum */
  static const char expected[] = "c0c5a434ed0f8ecf6572705ffcfa1800ffc99c7c6f26996e93c66457faa73fb5";

  g_assert_cmpstr (stn_image_content_sha256 (hex), ==, expected);
  g_assert_cmpstr (stn_image_content_sha256 (srec), ==, expected);
  g_assert_cmpstr (stn_image_content_sha256 (bin), ==, expected);
  g_assert_cmpstr (stn_image_content_sha256 (moved), !=, expected);
}

/* 0x100: "abc", 0x104: "ef" */
static StnImage *
two_segments_or_fail (void)
{
  g_autoptr (StnImage) first = bin_or_fail ("first", 0x104, "ef", 2);
  g_autoptr (StnImage) second = bin_or_fail ("second", 0x100, "abc", 3);
  StnImage *images[] = { first, second };
  g_autoptr (GError) error = NULL;
  StnImage *merged = stn_image_merge ("both", images, 2, &error);

  g_assert_no_error (error);
  return merged;
}

static void
read_fills_what_nothing_covers (void)
{
  g_autoptr (StnImage) image = two_segments_or_fail ();
  guint8 buffer[10];
  gsize covered = 0;

  stn_image_read (image, 0xFE, buffer, sizeof buffer, '.', &covered);
  g_assert_cmpmem (buffer, sizeof buffer, "..abc.ef..", 10);
  g_assert_cmpuint (covered, ==, 5);
  stn_image_read (image, 0x101, buffer, 2, '.', &covered);
  g_assert_cmpmem (buffer, 2, "bc", 2);
  g_assert_cmpuint (covered, ==, 2);
  stn_image_read (image, 0x106, buffer, 4, '.', &covered);
  g_assert_cmpmem (buffer, 4, "....", 4);
  g_assert_cmpuint (covered, ==, 0);
  stn_image_read (image, G_MAXUINT64 - 1, buffer, 4, '.', &covered);
  g_assert_cmpuint (covered, ==, 0);
}

static void
read_agrees_with_a_walk_over_the_segments (void)
{
  g_autoptr (StnImage) image = two_segments_or_fail ();
  static const char flat[] = "..abc.ef..";

  for (gsize start = 0; start < 10; start++)
    for (gsize length = 0; start + length <= 10; length++) {
      guint8 buffer[10];
      gsize covered;
      gsize expected = 0;

      for (gsize index = start; index < start + length; index++)
        expected += flat[index] != '.';
      stn_image_read (image, 0xFE + start, buffer, length, '.', &covered);
      g_assert_cmpmem (buffer, length, flat + start, length);
      g_assert_cmpuint (covered, ==, expected);
      g_assert_cmpint (stn_image_covers (image, 0xFE + start, length), ==, expected == length);
      g_assert_cmpint (stn_image_touches (image, 0xFE + start, length), ==, expected > 0);
    }
}

static void
ranges_that_run_over_the_end_of_the_numbers_are_not_covered (void)
{
  g_autoptr (StnImage) image = two_segments_or_fail ();

  g_assert_false (stn_image_covers (image, 0x100, G_MAXUINT64));
  g_assert_true (stn_image_touches (image, 0x100, G_MAXUINT64));
  g_assert_false (stn_image_covers (image, G_MAXUINT64, G_MAXUINT64));
  g_assert_false (stn_image_touches (image, G_MAXUINT64, G_MAXUINT64));
}

static void
merging_joins_what_meets (void)
{
  g_autoptr (StnImage) first = bin_or_fail ("first", 0x103, "d", 1);
  g_autoptr (StnImage) all = two_segments_or_fail ();
  StnImage *images[] = { first, all };
  g_autoptr (StnImage) merged = stn_image_merge ("all", images, 2, NULL);

  g_assert_cmpuint (stn_image_segment_count (merged), ==, 1);
  assert_segment (merged, 0, 0x100, "616263646566");
  g_assert_cmpint (stn_image_format (merged), ==, STN_IMAGE_FORMAT_MERGED);
  g_assert_null (stn_image_file_sha256 (merged));
}

static void
merging_refuses_an_overlap_and_names_both (void)
{
  g_autoptr (StnImage) boot = bin_or_fail ("boot", 0x08000000, "abcd", 4);
  g_autoptr (StnImage) app = bin_or_fail ("app", 0x08000003, "d", 1);
  StnImage *images[] = { app, boot };
  g_autoptr (GError) error = NULL;
  g_autoptr (StnImage) merged = stn_image_merge ("job", images, 2, &error);

  /* the byte is the same in both: still an error */
  g_assert_null (merged);
  g_assert_true (stn_error_is (error, STN_FAILURE_BAD_IMAGE));
  g_assert_cmpstr (error->message, ==, "job: 0x08000003..0x08000003 is in both boot and app");
}

static void
merging_refuses_a_small_image_inside_a_large_one (void)
{
  g_autoptr (StnImage) large = bin_or_fail ("large", 0x100, "abcdefgh", 8);
  g_autoptr (StnImage) small = bin_or_fail ("small", 0x102, "x", 1);
  g_autoptr (StnImage) behind = bin_or_fail ("behind", 0x104, "y", 1);
  StnImage *images[] = { large, small, behind };
  g_autoptr (GError) error = NULL;

  g_assert_null (stn_image_merge ("job", images, 3, &error));
  g_assert_cmpstr (error->message, ==, "job: 0x00000102..0x00000102 is in both large and small");
}

static void
merging_nothing_is_refused (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (stn_image_merge ("job", NULL, 0, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_BAD_IMAGE));
}

static void
format_names_go_both_ways (void)
{
  StnImageFormat format = STN_IMAGE_FORMAT_MERGED;

  for (int value = STN_IMAGE_FORMAT_AUTO; value <= STN_IMAGE_FORMAT_DFUSE; value++) {
    g_assert_true (stn_image_format_from_name (stn_image_format_name ((StnImageFormat) value), &format));
    g_assert_cmpint (format, ==, value);
  }
  g_assert_false (stn_image_format_from_name ("merged", &format));
  g_assert_false (stn_image_format_from_name ("", &format));
}

static void
loading_reads_a_file_and_refuses_what_is_none (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("station-image-XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *path = g_build_filename (folder, "a.hex", NULL);
  g_autofree char *pipe_path = g_build_filename (folder, "pipe", NULL);
  g_autofree char *large_path = g_build_filename (folder, "large.bin", NULL);

  g_assert_true (g_file_set_contents (path, hex_text, -1, NULL));
  g_autoptr (StnImage) image = stn_image_load (path, STN_IMAGE_FORMAT_AUTO, FALSE, 0, &error);
  g_assert_no_error (error);
  assert_segment (image, 0, 0x08000000, "01020304");

  g_autofree char *folder_message = g_strdup_printf ("%s: expected a regular file, found a folder", folder);
  g_assert_null (stn_image_load (folder, STN_IMAGE_FORMAT_AUTO, FALSE, 0, &error));
  g_assert_cmpstr (error->message, ==, folder_message);
  g_clear_error (&error);

  g_assert_cmpint (mkfifo (pipe_path, 0600), ==, 0);
  g_assert_null (stn_image_load (pipe_path, STN_IMAGE_FORMAT_AUTO, FALSE, 0, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_BAD_IMAGE));
  g_clear_error (&error);

  /* a sparse file: one byte too many */
  int descriptor = open (large_path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  g_assert_cmpint (ftruncate (descriptor, (off_t) STN_IMAGE_FILE_LIMIT_BYTES + 1), ==, 0);
  close (descriptor);
  g_assert_null (stn_image_load (large_path, STN_IMAGE_FORMAT_AUTO, TRUE, 0, &error));
  g_assert_true (g_str_has_suffix (error->message, "the file is larger than 64 MiB"));
  g_clear_error (&error);

  g_unlink (path);
  g_assert_null (stn_image_load (path, STN_IMAGE_FORMAT_AUTO, FALSE, 0, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_BAD_IMAGE));
  g_unlink (pipe_path);
  g_unlink (large_path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image/auto_goes_by_the_content", auto_goes_by_the_content);
  g_test_add_func ("/image/a_broken_file_of_a_known_kind_is_never_a_bin", a_broken_file_of_a_known_kind_is_never_a_bin);
  g_test_add_func ("/image/a_broken_record_file_without_a_known_name_is_never_a_bin",
                   a_broken_record_file_without_a_known_name_is_never_a_bin);
  g_test_add_func ("/image/a_bin_needs_an_address", a_bin_needs_an_address);
  g_test_add_func ("/image/a_bin_stands_at_its_address", a_bin_stands_at_its_address);
  g_test_add_func ("/image/a_bin_over_4_gib_is_refused", a_bin_over_4_gib_is_refused);
  g_test_add_func ("/image/an_address_for_a_format_that_has_its_own_is_only_checked",
                   an_address_for_a_format_that_has_its_own_is_only_checked);
  g_test_add_func ("/image/an_empty_file_is_refused", an_empty_file_is_refused);
  g_test_add_func ("/image/the_content_hash_is_the_same_for_every_format",
                   the_content_hash_is_the_same_for_every_format);
  g_test_add_func ("/image/read_fills_what_nothing_covers", read_fills_what_nothing_covers);
  g_test_add_func ("/image/read_agrees_with_a_walk_over_the_segments", read_agrees_with_a_walk_over_the_segments);
  g_test_add_func ("/image/ranges_that_run_over_the_end_of_the_numbers_are_not_covered",
                   ranges_that_run_over_the_end_of_the_numbers_are_not_covered);
  g_test_add_func ("/image/merging_joins_what_meets", merging_joins_what_meets);
  g_test_add_func ("/image/merging_refuses_an_overlap_and_names_both", merging_refuses_an_overlap_and_names_both);
  g_test_add_func ("/image/merging_refuses_a_small_image_inside_a_large_one",
                   merging_refuses_a_small_image_inside_a_large_one);
  g_test_add_func ("/image/merging_nothing_is_refused", merging_nothing_is_refused);
  g_test_add_func ("/image/format_names_go_both_ways", format_names_go_both_ways);
  g_test_add_func ("/image/loading_reads_a_file_and_refuses_what_is_none",
                   loading_reads_a_file_and_refuses_what_is_none);
  return g_test_run ();
}
