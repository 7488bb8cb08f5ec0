#include "src/image/vectors.h"

#include "src/base/bytes.h"
#include "src/base/error.h"

enum { VECTORS_NEEDED_BYTES = 8 };

static gboolean
is_stack_end_in (const StnRange *range, guint64 stack_pointer)
{
  /* the stack grows down: at the first byte there is no room, right behind the last is where most programs begin */
  return stack_pointer > range->first && stack_pointer - 1 <= range->last;
}

/* "0x20000000..0x20008FFF or …"; free with g_free */
static char *
ranges_to_text (const StnRange *ranges, gsize n_ranges)
{
  GString *text = g_string_new (NULL);

  for (gsize index = 0; index < n_ranges; index++)
    g_string_append_printf (text, "%s0x%08" G_GINT64_MODIFIER "X..0x%08" G_GINT64_MODIFIER "X", index > 0 ? " or " : "",
                            ranges[index].first, ranges[index].last);
  return g_string_free (text, FALSE);
}

static gboolean
check_stack (guint64 address, guint32 stack_pointer, const StnRange *ram, gsize n_ram, GError **error)
{
  g_autofree char *seen = g_strdup_printf ("0x%08X", stack_pointer);
  gboolean inside = FALSE;

  for (gsize index = 0; index < n_ram; index++)
    inside = inside || is_stack_end_in (&ram[index], stack_pointer);
  if (!inside) {
    g_autofree char *ranges = ranges_to_text (ram, n_ram);
    g_autofree char *expected = g_strdup_printf ("an address in RAM (%s) or right behind it", ranges);
    stn_error_set_at (error, STN_FAILURE_BAD_IMAGE, address, expected, seen, "initial stack pointer");
    return FALSE;
  }
  if (stack_pointer % 4 != 0) {
    stn_error_set_at (error, STN_FAILURE_BAD_IMAGE, address, "a multiple of 4", seen, "initial stack pointer");
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_reset (const StnImage *image, guint64 address, guint32 reset_vector, const StnRange *flash, gsize n_flash,
             GError **error)
{
  g_autofree char *seen = g_strdup_printf ("0x%08X", reset_vector);
  guint64 code = reset_vector & ~G_GUINT64_CONSTANT (1);
  gboolean inside = n_flash == 0;

  if (reset_vector % 2 == 0) {
    stn_error_set_at (error, STN_FAILURE_BAD_IMAGE, address, "an odd address (Thumb)", seen, "reset vector");
    return FALSE;
  }
  for (gsize index = 0; index < n_flash; index++)
    inside = inside || (code >= flash[index].first && code <= flash[index].last);
  if (!inside) {
    g_autofree char *ranges = ranges_to_text (flash, n_flash);
    g_autofree char *expected = g_strdup_printf ("an address in flash (%s)", ranges);
    stn_error_set_at (error, STN_FAILURE_BAD_IMAGE, address, expected, seen, "reset vector");
    return FALSE;
  }
  /* two bytes: the shortest instruction */
  if (!stn_image_covers (image, code, 2)) {
    stn_error_set_at (error, STN_FAILURE_BAD_IMAGE, address, "an address inside the image", seen, "reset vector");
    return FALSE;
  }
  return TRUE;
}

gboolean
stn_image_check_vectors (const StnImage *image, guint64 address, const StnRange *ram, gsize n_ram,
                         const StnRange *flash, gsize n_flash, StnVectors *out_vectors, GError **error)
{
  guint8 bytes[VECTORS_NEEDED_BYTES];
  gsize covered;

  stn_image_read (image, address, bytes, sizeof bytes, 0xFF, &covered);
  if (covered != sizeof bytes) {
    g_autofree char *seen = g_strdup_printf ("%" G_GSIZE_FORMAT, covered);
    stn_error_set_at (error, STN_FAILURE_BAD_IMAGE, address, "8 bytes", seen, "vector table is not in the image");
    g_prefix_error (error, "%s: ", stn_image_name (image));
    return FALSE;
  }
  StnReader reader = stn_reader_new (bytes, sizeof bytes);
  StnVectors vectors = { .stack_pointer = stn_reader_u32_le (&reader), .reset_vector = stn_reader_u32_le (&reader) };
  vectors.stack_aligned_to_8 = vectors.stack_pointer % 8 == 0;
  if (!check_stack (address, vectors.stack_pointer, ram, n_ram, error)
      || !check_reset (image, address + 4, vectors.reset_vector, flash, n_flash, error)) {
    g_prefix_error (error, "%s: ", stn_image_name (image));
    return FALSE;
  }
  if (out_vectors != NULL)
    *out_vectors = vectors;
  return TRUE;
}
