/* ELF files laid out here by hand, so that libelf is not asked whether libelf is right. */
#include "tests/image/support.h"

typedef struct {
  guint8 bytes[512];
  gsize length;
} File;

static void
put16 (File *file, gsize offset, guint value)
{
  file->bytes[offset] = (guint8) value;
  file->bytes[offset + 1] = (guint8) (value >> 8);
}

static void
put32 (File *file, gsize offset, guint32 value)
{
  put16 (file, offset, value & 0xFFFF);
  put16 (file, offset + 2, value >> 16);
}

/* type, offset, virtual address, physical address, bytes in the file, bytes in memory */
static void
put_segment (File *file, gsize index, guint32 type, guint32 offset, guint32 physical, guint32 in_file,
             guint32 in_memory)
{
  gsize place = 52 + index * 32;

  put32 (file, place, type);
  put32 (file, place + 4, offset);
  put32 (file, place + 8, 0x20000000);
  put32 (file, place + 12, physical);
  put32 (file, place + 16, in_file);
  put32 (file, place + 20, in_memory);
  put32 (file, place + 24, 5);
  put32 (file, place + 28, 4);
}

/* a program with two segments: 8 bytes at 0x08000000 and 4 bytes at 0x08000100 (run from RAM), and .bss */
static File
good_file (void)
{
  static const guint8 ident[16] = { 0x7F, 'E', 'L', 'F', 1, 1, 1 };
  File file = { .length = 0x100 + 12 };

  memcpy (file.bytes, ident, sizeof ident);
  put16 (&file, 16, 2);          /* executable */
  put16 (&file, 18, 40);         /* ARM */
  put32 (&file, 20, 1);          /* version */
  put32 (&file, 24, 0x080001A9); /* entry */
  put32 (&file, 28, 52);         /* program headers */
  put16 (&file, 40, 52);         /* size of this header */
  put16 (&file, 42, 32);         /* size of a program header */
  put16 (&file, 44, 3);          /* how many */
  put16 (&file, 46, 40);         /* size of a section header */
  put_segment (&file, 0, 1, 0x100, 0x08000000, 8, 8);
  put_segment (&file, 1, 1, 0x108, 0x08000100, 4, 4);
  put_segment (&file, 2, 1, 0x10C, 0x20000010, 0, 64);
  for (gsize index = 0; index < 12; index++)
    file.bytes[0x100 + index] = (guint8) (index + 1);
  return file;
}

static void
refuse_file (const File *file, const char *message)
{
  assert_refused ("a.elf", STN_IMAGE_FORMAT_AUTO, file->bytes, file->length, message);
}

static void
loadable_segments_are_taken_at_their_physical_addresses (void)
{
  File file = good_file ();
  g_autoptr (StnImage) image = parse_or_fail ("a.elf", STN_IMAGE_FORMAT_AUTO, file.bytes, file.length);
  guint64 entry = 0;

  g_assert_cmpint (stn_image_format (image), ==, STN_IMAGE_FORMAT_ELF);
  g_assert_cmpuint (stn_image_segment_count (image), ==, 2);
  assert_segment (image, 0, 0x08000000, "0102030405060708");
  assert_segment (image, 1, 0x08000100, "090a0b0c");
  g_assert_true (stn_image_entry (image, &entry));
  g_assert_cmphex (entry, ==, 0x080001A9);
}

static void
other_kinds_of_segments_are_left_out (void)
{
  File file = good_file ();
  put32 (&file, 52 + 32, 0x70000001); /* PT_ARM_EXIDX */
  g_autoptr (StnImage) image = parse_or_fail ("a.elf", STN_IMAGE_FORMAT_AUTO, file.bytes, file.length);

  g_assert_cmpuint (stn_image_segment_count (image), ==, 1);
}

static void
an_object_file_is_refused (void)
{
  File file = good_file ();

  put16 (&file, 16, 1);
  refuse_file (&file, "a.elf: offset 0x10: expected an executable (type 2), found a relocatable object: link it first "
                      "(type 1)");
}

static void
another_machine_class_or_byte_order_is_refused (void)
{
  File file = good_file ();

  put16 (&file, 18, 243);
  refuse_file (&file, "a.elf: offset 0x12: expected an ARM program (machine 40), found machine 243");
  file.bytes[5] = 2;
  refuse_file (&file, "a.elf: offset 0x5: expected a little-endian ELF file, found big-endian");
  file.bytes[4] = 2;
  refuse_file (&file, "a.elf: offset 0x4: expected a 32-bit ELF file, found 64-bit");
}

static void
a_segment_outside_the_file_is_refused (void)
{
  File file = good_file ();

  put_segment (&file, 1, 1, 0x108, 0x08000100, 5, 5);
  refuse_file (&file, "a.elf: offset 0x54: segment 1 ends at offset 0x10d, but the file at 0x10c");
  put_segment (&file, 1, 1, 0xFFFFFFFF, 0x08000100, 0xFFFFFFFF, 0xFFFFFFFF);
  refuse_file (&file, "a.elf: offset 0x54: segment 1 ends at offset 0x1fffffffe, but the file at 0x10c");
}

static void
a_segment_larger_in_the_file_than_in_memory_is_refused (void)
{
  File file = good_file ();

  put_segment (&file, 1, 1, 0x108, 0x08000100, 4, 3);
  refuse_file (&file, "a.elf: offset 0x54: segment 1 has 4 bytes in the file, but only 3 in memory");
}

static void
a_segment_over_4_gib_is_refused (void)
{
  File file = good_file ();

  put_segment (&file, 1, 1, 0x108, 0xFFFFFFFE, 4, 4);
  refuse_file (&file, "a.elf: offset 0x54: segment 1: 4 bytes at 0xFFFFFFFE reach beyond 4 GiB");
}

static void
overlapping_segments_are_refused (void)
{
  File file = good_file ();

  put_segment (&file, 1, 1, 0x108, 0x08000004, 4, 4);
  refuse_file (&file, "a.elf: offset 0x54: expected each address once, found 0x08000004..0x08000007 already written by "
                      "the part at offset 0x34");
}

static void
the_files_own_headers_are_not_firmware (void)
{
  /* what a linker makes of a program at 0x080100F0 with pages of 64 KiB: the segment begins with the ELF header */
  File file = good_file ();

  put16 (&file, 44, 1);
  put_segment (&file, 0, 1, 0, 0x08010000, 0x100 + 12, 0x100 + 12);
  refuse_file (&file, "a.elf: offset 0x34: segment 0 holds the ELF file's own headers and no section says where the "
                      "program begins");

  /* section headers at 0x110: the empty one, and .text of 12 bytes at offset 0x100 */
  put32 (&file, 32, 0x110);
  put16 (&file, 48, 2);
  put32 (&file, 0x110 + 40 + 4, 1);           /* SHT_PROGBITS */
  put32 (&file, 0x110 + 40 + 8, 2);           /* SHF_ALLOC */
  put32 (&file, 0x110 + 40 + 12, 0x08010100); /* address */
  put32 (&file, 0x110 + 40 + 16, 0x100);      /* offset */
  put32 (&file, 0x110 + 40 + 20, 12);         /* size */
  file.length = 0x110 + 80;
  g_autoptr (StnImage) image = parse_or_fail ("a.elf", STN_IMAGE_FORMAT_AUTO, file.bytes, file.length);
  g_assert_cmpuint (stn_image_segment_count (image), ==, 1);
  assert_segment (image, 0, 0x08010100, "0102030405060708090a0b0c");
}

static void
a_program_without_bytes_to_load_is_refused (void)
{
  File file = good_file ();

  put16 (&file, 44, 0);
  refuse_file (&file, "a.elf: offset 0x2c: expected program headers, found none: this is not a linked program");
  file = good_file ();
  for (gsize index = 0; index < 3; index++)
    put_segment (&file, index, 1, 0x10C, 0x20000010, 0, 64);
  refuse_file (&file, "a.elf: offset 0x34: no segment has bytes to load");
}

static void
segments_that_name_the_same_bytes_do_not_take_all_memory (void)
{
  /* 3 segments of all of a 33 MiB file: 99 MiB at three places */
  File file = good_file ();
  gsize length = 33 * 1024 * 1024;
  g_autofree guint8 *large = NULL;

  for (gsize index = 0; index < 3; index++)
    put_segment (&file, index, 1, 0x100, (guint32) (0x10000000 * (index + 1)), (guint32) length - 0x100,
                 (guint32) length - 0x100);
  large = g_malloc0 (length);
  memcpy (large, file.bytes, file.length);
  assert_refused ("a.elf", STN_IMAGE_FORMAT_ELF, large, length,
                  "a.elf: offset 0x54: the segments up to 1 together hold more than 64 MiB");
}

static void
every_cut_file_is_refused (void)
{
  File file = good_file ();

  for (gsize length = 1; length < file.length; length++) {
    g_autoptr (GError) error = NULL;
    /* a copy of exactly that length: reading beyond it is seen by the sanitizers */
    g_autofree guint8 *copy = g_memdup2 (file.bytes, length);
    g_autoptr (StnImage) image = stn_image_parse ("a.elf", STN_IMAGE_FORMAT_ELF, copy, length, FALSE, 0, &error);
    g_assert_null (image);
    g_assert_true (stn_error_is (error, STN_FAILURE_BAD_IMAGE));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elf/loadable_segments_are_taken_at_their_physical_addresses",
                   loadable_segments_are_taken_at_their_physical_addresses);
  g_test_add_func ("/elf/other_kinds_of_segments_are_left_out", other_kinds_of_segments_are_left_out);
  g_test_add_func ("/elf/an_object_file_is_refused", an_object_file_is_refused);
  g_test_add_func ("/elf/another_machine_class_or_byte_order_is_refused",
                   another_machine_class_or_byte_order_is_refused);
  g_test_add_func ("/elf/a_segment_outside_the_file_is_refused", a_segment_outside_the_file_is_refused);
  g_test_add_func ("/elf/a_segment_larger_in_the_file_than_in_memory_is_refused",
                   a_segment_larger_in_the_file_than_in_memory_is_refused);
  g_test_add_func ("/elf/a_segment_over_4_gib_is_refused", a_segment_over_4_gib_is_refused);
  g_test_add_func ("/elf/overlapping_segments_are_refused", overlapping_segments_are_refused);
  g_test_add_func ("/elf/the_files_own_headers_are_not_firmware", the_files_own_headers_are_not_firmware);
  g_test_add_func ("/elf/a_program_without_bytes_to_load_is_refused", a_program_without_bytes_to_load_is_refused);
  g_test_add_func ("/elf/segments_that_name_the_same_bytes_do_not_take_all_memory",
                   segments_that_name_the_same_bytes_do_not_take_all_memory);
  g_test_add_func ("/elf/every_cut_file_is_refused", every_cut_file_is_refused);
  return g_test_run ();
}
