#include "src/link/pins.h"

static void
every_line_has_a_name_both_ways (void)
{
  for (guint bit = 0; bit < 16; bit++) {
    g_autofree char *name = g_strdup_printf ("A%c%u", bit < 8 ? 'D' : 'C', bit % 8);
    guint found = 99;

    g_assert_cmpstr (stn_pin_name (bit), ==, name);
    g_assert_true (stn_pin_from_text (name, &found));
    g_assert_cmpuint (found, ==, bit);
  }
  g_assert_null (stn_pin_name (16));
  g_assert_null (stn_pin_name (G_MAXUINT));
}

static void
anything_else_is_no_line (void)
{
  static const char *const texts[] = { "", "AD", "AD8", "AC8", "ad0", "AD00", "AD0 ", " AD0", "BD0", "AE0", NULL };
  guint bit = 99;

  for (guint i = 0; texts[i] != NULL; i++)
    g_assert_false (stn_pin_from_text (texts[i], &bit));
  g_assert_false (stn_pin_from_text (NULL, &bit));
  g_assert_cmpuint (bit, ==, 99);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pins/every_line_has_a_name_both_ways", every_line_has_a_name_both_ways);
  g_test_add_func ("/pins/anything_else_is_no_line", anything_else_is_no_line);
  return g_test_run ();
}
