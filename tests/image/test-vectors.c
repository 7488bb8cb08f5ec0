#include "tests/image/support.h"

#include "src/image/vectors.h"

static const StnRange ram[] = { { 0x10000000, 0x1000FFFF }, { 0x20000000, 0x2001FFFF } };
static const StnRange flash[] = { { 0x08000000, 0x0801FFFF } };

/* a table at 0x08000000 and 8 bytes of program behind it */
static StnImage *
image_of (guint32 stack_pointer, guint32 reset_vector)
{
  guint8 bytes[16] = { 0 };
  guint32 little[2] = { GUINT32_TO_LE (stack_pointer), GUINT32_TO_LE (reset_vector) };

  memcpy (bytes, little, sizeof little);
  return bin_or_fail ("a.bin", 0x08000000, bytes, sizeof bytes);
}

static gboolean
check (const StnImage *image, StnVectors *out_vectors, GError **error)
{
  return stn_image_check_vectors (image, 0x08000000, ram, G_N_ELEMENTS (ram), flash, G_N_ELEMENTS (flash), out_vectors,
                                  error);
}

static void
accept (guint32 stack_pointer, guint32 reset_vector)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnImage) image = image_of (stack_pointer, reset_vector);
  StnVectors vectors;

  g_assert_true (check (image, &vectors, &error));
  g_assert_no_error (error);
  g_assert_cmphex (vectors.stack_pointer, ==, stack_pointer);
  g_assert_cmphex (vectors.reset_vector, ==, reset_vector);
  g_assert_cmpint (vectors.stack_aligned_to_8, ==, stack_pointer % 8 == 0);
}

static void
refuse (guint32 stack_pointer, guint32 reset_vector, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnImage) image = image_of (stack_pointer, reset_vector);

  g_assert_false (check (image, NULL, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_BAD_IMAGE));
  g_assert_cmpstr (error->message, ==, message);
}

static void
a_stack_inside_or_right_behind_ram_is_taken (void)
{
  accept (0x20020000, 0x08000009);
  accept (0x20000004, 0x08000009);
  accept (0x10010000, 0x08000009);
  accept (0x2001FFFC, 0x0800000F);
}

static void
a_stack_elsewhere_is_refused (void)
{
  static const char expected[] = "a.bin: 0x08000000: initial stack pointer: expected an address in RAM "
                                 "(0x10000000..0x1000FFFF or 0x20000000..0x2001FFFF) or right behind it, seen 0x%08X";
  static const guint32 wrong[] = { 0, 0xFFFFFFFF, 0x20000000, 0x20020001, 0x20020004, 0x08000400 };

  for (gsize index = 0; index < G_N_ELEMENTS (wrong); index++) {
    g_autofree char *seen = g_strdup_printf ("0x%08X", wrong[index]);
    g_autoptr (GString) message = g_string_new (expected);
    g_string_replace (message, "0x%08X", seen, 1);
    refuse (wrong[index], 0x08000009, message->str);
  }
}

static void
a_stack_that_is_not_a_multiple_of_4_is_refused (void)
{
  refuse (0x2001FFFE, 0x08000009,
          "a.bin: 0x08000000: initial stack pointer: expected a multiple of 4, seen 0x2001FFFE");
}

static void
an_even_reset_vector_is_refused (void)
{
  refuse (0x20020000, 0x08000008, "a.bin: 0x08000004: reset vector: expected an odd address (Thumb), seen 0x08000008");
}

static void
a_reset_vector_outside_flash_is_refused (void)
{
  refuse (0x20020000, 0x00000009,
          "a.bin: 0x08000004: reset vector: expected an address in flash (0x08000000..0x0801FFFF), seen 0x00000009");
}

static void
a_reset_vector_outside_the_image_is_refused (void)
{
  refuse (0x20020000, 0x08000011,
          "a.bin: 0x08000004: reset vector: expected an address inside the image, seen 0x08000011");
}

static void
a_table_outside_the_image_is_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnImage) image = bin_or_fail ("a.bin", 0x08000000, "1234", 4);

  g_assert_false (check (image, NULL, &error));
  g_assert_cmpstr (error->message, ==, "a.bin: 0x08000000: vector table is not in the image: expected 8 bytes, seen 4");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vectors/a_stack_inside_or_right_behind_ram_is_taken", a_stack_inside_or_right_behind_ram_is_taken);
  g_test_add_func ("/vectors/a_stack_elsewhere_is_refused", a_stack_elsewhere_is_refused);
  g_test_add_func ("/vectors/a_stack_that_is_not_a_multiple_of_4_is_refused",
                   a_stack_that_is_not_a_multiple_of_4_is_refused);
  g_test_add_func ("/vectors/an_even_reset_vector_is_refused", an_even_reset_vector_is_refused);
  g_test_add_func ("/vectors/a_reset_vector_outside_flash_is_refused", a_reset_vector_outside_flash_is_refused);
  g_test_add_func ("/vectors/a_reset_vector_outside_the_image_is_refused", a_reset_vector_outside_the_image_is_refused);
  g_test_add_func ("/vectors/a_table_outside_the_image_is_refused", a_table_outside_the_image_is_refused);
  return g_test_run ();
}
