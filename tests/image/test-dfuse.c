#include "tests/image/support.h"

/* bit by bit, unlike the parser's table */
static guint32
crc_of (const guint8 *bytes, gsize length)
{
  guint32 crc = 0xFFFFFFFF;

  for (gsize index = 0; index < length * 8; index++) {
    guint32 bit = (crc ^ (guint32) (bytes[index / 8] >> (index % 8))) & 1;
    crc = (crc >> 1) ^ (bit != 0 ? 0xEDB88320 : 0);
  }
  return crc;
}

static void
put32 (GByteArray *file, guint32 value)
{
  guint32 little = GUINT32_TO_LE (value);

  g_byte_array_append (file, (const guint8 *) &little, 4);
}

static void
set32 (GByteArray *file, gsize offset, guint32 value)
{
  guint32 little = GUINT32_TO_LE (value);

  memcpy (file->data + offset, &little, 4);
}

static void
put_target (GByteArray *file, guint8 alternate, guint32 size, guint32 n_elements)
{
  static const guint8 name[255] = "ST...";

  g_byte_array_append (file, (const guint8 *) "Target", 6);
  g_byte_array_append (file, &alternate, 1);
  put32 (file, 1);
  g_byte_array_append (file, name, sizeof name);
  put32 (file, size);
  put32 (file, n_elements);
}

static void
put_element (GByteArray *file, guint32 address, const char *text)
{
  put32 (file, address);
  put32 (file, (guint32) strlen (text));
  g_byte_array_append (file, (const guint8 *) text, (guint) strlen (text));
}

static void
seal (GByteArray *file)
{
  set32 (file, file->len - 4, crc_of (file->data, file->len - 4));
}

static GByteArray *
begin (guint8 n_targets)
{
  GByteArray *file = g_byte_array_new ();

  g_byte_array_append (file, (const guint8 *) "DfuSe\1", 6);
  put32 (file, 0);
  g_byte_array_append (file, &n_targets, 1);
  return file;
}

static void
finish (GByteArray *file)
{
  static const guint8 suffix[12] = { 0xFF, 0xFF, 0x11, 0xDF, 0x83, 0x04, 0x1A, 0x01, 'U', 'F', 'D', 16 };

  set32 (file, 6, file->len);
  g_byte_array_append (file, suffix, sizeof suffix);
  put32 (file, 0);
  seal (file);
}

static GByteArray *
good_file (void)
{
  GByteArray *file = begin (1);

  put_target (file, 0, 8 + 4 + 8 + 2, 2);
  put_element (file, 0x08000000, "abcd");
  put_element (file, 0x08000100, "ef");
  finish (file);
  return file;
}

static void
refuse_file (GByteArray *file, const char *message)
{
  assert_refused ("a.dfu", STN_IMAGE_FORMAT_AUTO, file->data, file->len, message);
}

static void
elements_become_segments (void)
{
  g_autoptr (GByteArray) file = good_file ();
  g_autoptr (StnImage) image = parse_or_fail ("a.dfu", STN_IMAGE_FORMAT_AUTO, file->data, file->len);

  g_assert_cmpint (stn_image_format (image), ==, STN_IMAGE_FORMAT_DFUSE);
  g_assert_cmpuint (stn_image_segment_count (image), ==, 2);
  assert_segment (image, 0, 0x08000000, "61626364");
  assert_segment (image, 1, 0x08000100, "6566");
}

static void
the_crc_is_the_published_one (void)
{
  g_autoptr (GByteArray) file = good_file ();

  /* the check value of CRC-32 is CBF43926; DFU leaves out the last inversion */
  g_assert_cmphex (crc_of ((const guint8 *) "123456789", 9), ==, 0x340BC6D9);
  file->data[file->len - 4] ^= 1;
  g_autoptr (StnImage) image = stn_image_parse ("a.dfu", STN_IMAGE_FORMAT_AUTO, file->data, file->len, FALSE, 0, NULL);
  g_assert_null (image);
}

static void
every_flipped_bit_is_refused (void)
{
  g_autoptr (GByteArray) file = good_file ();

  for (gsize bit = 0; bit < (gsize) file->len * 8; bit++) {
    file->data[bit / 8] ^= (guint8) (1 << (bit % 8));
    g_autoptr (StnImage) image =
        stn_image_parse ("a.dfu", STN_IMAGE_FORMAT_AUTO, file->data, file->len, FALSE, 0, NULL);
    g_assert_null (image);
    file->data[bit / 8] ^= (guint8) (1 << (bit % 8));
  }
}

static void
every_cut_file_is_refused (void)
{
  g_autoptr (GByteArray) file = good_file ();

  for (gsize length = 1; length < file->len; length++) {
    g_autofree guint8 *copy = g_memdup2 (file->data, length);
    g_autoptr (StnImage) image = stn_image_parse ("a.dfu", STN_IMAGE_FORMAT_DFUSE, copy, length, FALSE, 0, NULL);
    g_assert_null (image);
  }
}

static void
a_wrong_vendor_product_or_version_is_refused (void)
{
  g_autoptr (GByteArray) file = good_file ();
  gsize suffix = file->len - 16;

  file->data[suffix + 4] = 0xE9;
  file->data[suffix + 5] = 0x28;
  seal (file);
  refuse_file (file, "a.dfu: offset 0x137: expected USB vendor 0x0483 or 0xFFFF, found 0x28E9");
  file->data[suffix + 4] = 0xFF;
  file->data[suffix + 5] = 0xFF;
  file->data[suffix + 2] = 0x40;
  seal (file);
  refuse_file (file, "a.dfu: offset 0x135: expected USB product 0xDF11, 0xFFFF or 0x0000, found 0xDF40");
  file->data[suffix + 6] = 0x00;
  seal (file);
  refuse_file (file, "a.dfu: offset 0x139: expected DFU version 0x011A (DfuSe), found 0x0100");
}

static void
a_single_target_may_have_any_alternate_setting (void)
{
  g_autoptr (GByteArray) file = begin (1);

  put_target (file, 1, 8 + 2, 1);
  put_element (file, 0x1FFFF800, "ab");
  finish (file);
  g_autoptr (StnImage) image = parse_or_fail ("a.dfu", STN_IMAGE_FORMAT_AUTO, file->data, file->len);
  assert_segment (image, 0, 0x1FFFF800, "6162");
}

static void
one_of_several_targets_with_another_alternate_setting_is_refused (void)
{
  g_autoptr (GByteArray) file = begin (2);

  put_target (file, 0, 8 + 2, 1);
  put_element (file, 0x08000000, "ab");
  put_target (file, 1, 8 + 2, 1);
  put_element (file, 0x1FFFF800, "ab");
  finish (file);
  refuse_file (file, "a.dfu: offset 0x12d: expected alternate setting 0 only where a file has several targets, found "
                     "1: split the file");
}

static void
several_targets_of_alternate_setting_0_are_taken_together (void)
{
  g_autoptr (GByteArray) file = begin (2);

  put_target (file, 0, 8 + 2, 1);
  put_element (file, 0x08000000, "ab");
  put_target (file, 0, 8 + 2, 1);
  put_element (file, 0x08000002, "cd");
  finish (file);
  g_autoptr (StnImage) image = parse_or_fail ("a.dfu", STN_IMAGE_FORMAT_AUTO, file->data, file->len);
  g_assert_cmpuint (stn_image_segment_count (image), ==, 1);
  assert_segment (image, 0, 0x08000000, "61626364");
}

static void
sizes_that_do_not_fit_are_refused (void)
{
  g_autoptr (GByteArray) file = good_file ();

  set32 (file, 6, file->len);
  seal (file);
  refuse_file (file, "a.dfu: offset 0x6: expected an image size of 307, found 323");
  set32 (file, 6, file->len - 16);
  set32 (file, 11 + 266, 0xFFFFFFFF);
  seal (file);
  refuse_file (file, "a.dfu: offset 0x115: expected a target of at most 22 bytes, found 4294967295");
  set32 (file, 11 + 266, 22);
  set32 (file, 11 + 274 + 4, 0xFFFFFFFF);
  seal (file);
  refuse_file (file, "a.dfu: offset 0x11d: expected an element of 8 and 4294967295 bytes inside its target, found the "
                     "end of the target");
  set32 (file, 11 + 274 + 4, 4);
  set32 (file, 11 + 270, 1);
  seal (file);
  refuse_file (file, "a.dfu: offset 0x129: expected the target's end after 1 elements, found 10 bytes more");
  set32 (file, 11 + 270, 0xFFFFFFFF);
  seal (file);
  refuse_file (file, "a.dfu: offset 0x133: expected an element of 8 and 0 bytes inside its target, found the end of "
                     "the target");
}

static void
a_count_of_targets_that_is_wrong_is_refused (void)
{
  g_autoptr (GByteArray) file = good_file ();

  file->data[10] = 2;
  seal (file);
  refuse_file (file, "a.dfu: offset 0x133: expected a target prefix (\"Target\", 274 bytes), found none");
  file->data[10] = 0;
  seal (file);
  refuse_file (file, "a.dfu: offset 0xb: expected the DFU suffix after 0 targets, found 296 bytes more");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dfuse/elements_become_segments", elements_become_segments);
  g_test_add_func ("/dfuse/the_crc_is_the_published_one", the_crc_is_the_published_one);
  g_test_add_func ("/dfuse/every_flipped_bit_is_refused", every_flipped_bit_is_refused);
  g_test_add_func ("/dfuse/every_cut_file_is_refused", every_cut_file_is_refused);
  g_test_add_func ("/dfuse/a_wrong_vendor_product_or_version_is_refused", a_wrong_vendor_product_or_version_is_refused);
  g_test_add_func ("/dfuse/a_single_target_may_have_any_alternate_setting",
                   a_single_target_may_have_any_alternate_setting);
  g_test_add_func ("/dfuse/one_of_several_targets_with_another_alternate_setting_is_refused",
                   one_of_several_targets_with_another_alternate_setting_is_refused);
  g_test_add_func ("/dfuse/several_targets_of_alternate_setting_0_are_taken_together",
                   several_targets_of_alternate_setting_0_are_taken_together);
  g_test_add_func ("/dfuse/sizes_that_do_not_fit_are_refused", sizes_that_do_not_fit_are_refused);
  g_test_add_func ("/dfuse/a_count_of_targets_that_is_wrong_is_refused", a_count_of_targets_that_is_wrong_is_refused);
  return g_test_run ();
}
