/* PASS and FAIL are told apart however one sees colours: at least 40 (CIE 1976) from the shipped style, in five ways of
 * seeing and in each set of colours. */
#include <gtk/gtk.h>
#include <math.h>

#include "ui/style.h"
#include "ui/tile.h"

/* "How far apart": below 10 is one glance, 40 is across a hall */
#define APART 40.0
#define READABLE 4.5 /* contrast of text on its fill, WCAG 2.1 1.4.3 */

typedef struct {
  const char *name;
  double matrix[3][3]; /* on linear red, green, blue */
} Sight;

/* Machado, Oliveira, Fernandes: A Physiologically-based Model for Simulation of Color Vision Deficiency (2009), severity
 * 1.0; the last is CIE luminance (Rec. 709) as grey */
static const Sight sights[] = {
  { "normal", { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } },
  { "protanopia",
    { { 0.152286, 1.052583, -0.204868 }, { 0.114503, 0.786281, 0.099216 }, { -0.003882, -0.048116, 1.051998 } } },
  { "deuteranopia",
    { { 0.367322, 0.860646, -0.227968 }, { 0.280085, 0.672501, 0.047413 }, { -0.011820, 0.042940, 0.968881 } } },
  { "tritanopia",
    { { 1.255528, -0.076749, -0.178779 }, { -0.078411, 0.930809, 0.147602 }, { 0.004733, 0.691367, 0.303900 } } },
  { "grey", { { 0.2126, 0.7152, 0.0722 }, { 0.2126, 0.7152, 0.0722 }, { 0.2126, 0.7152, 0.0722 } } },
};

static double
linear (double value)
{
  return value <= 0.04045 ? value / 12.92 : pow ((value + 0.055) / 1.055, 2.4);
}

static double
lab_curve (double t)
{
  return t > 216.0 / 24389 ? cbrt (t) : (24389.0 / 27 * t + 16) / 116;
}

/* sRGB to CIE L*a*b*, D65, as that sight sees it */
static void
to_lab (const GdkRGBA *colour, const Sight *sight, double out_lab[3])
{
  const double in[3] = { linear (colour->red), linear (colour->green), linear (colour->blue) };
  double rgb[3];
  for (guint i = 0; i < 3; i++) {
    double value = sight->matrix[i][0] * in[0] + sight->matrix[i][1] * in[1] + sight->matrix[i][2] * in[2];
    rgb[i] = CLAMP (value, 0, 1);
  }
  double x = 0.4124564 * rgb[0] + 0.3575761 * rgb[1] + 0.1804375 * rgb[2];
  double y = 0.2126729 * rgb[0] + 0.7151522 * rgb[1] + 0.0721750 * rgb[2];
  double z = 0.0193339 * rgb[0] + 0.1191920 * rgb[1] + 0.9503041 * rgb[2];
  double fx = lab_curve (x / 0.95047), fy = lab_curve (y), fz = lab_curve (z / 1.08883);
  out_lab[0] = 116 * fy - 16;
  out_lab[1] = 500 * (fx - fy);
  out_lab[2] = 200 * (fy - fz);
}

static double
apart (const GdkRGBA *a, const GdkRGBA *b, const Sight *sight)
{
  double first[3], second[3];
  to_lab (a, sight, first);
  to_lab (b, sight, second);
  return sqrt (pow (first[0] - second[0], 2) + pow (first[1] - second[1], 2) + pow (first[2] - second[2], 2));
}

static double
luminance (const GdkRGBA *colour)
{
  return 0.2126 * linear (colour->red) + 0.7152 * linear (colour->green) + 0.0722 * linear (colour->blue);
}

/* What the shipped style gives a tile in this state. */
static void
colours_of (StnTileState state, GdkRGBA *out_fill, GdkRGBA *out_text)
{
  GtkWidget *window = gtk_window_new (GTK_WINDOW_TOPLEVEL);
  GtkWidget *tile = stn_tile_new ();
  StnTileModel *model = stn_tile_model_new ("A1", 0, 0);
  model->state = state;
  model->word = g_strdup ("X");
  gtk_style_context_add_class (gtk_widget_get_style_context (window), "station-window");
  gtk_container_add (GTK_CONTAINER (window), tile);
  stn_tile_show (STN_TILE (tile), model);
  GtkStyleContext *style = gtk_widget_get_style_context (tile);
  GdkRGBA *fill = NULL;
  gtk_style_context_get (style, GTK_STATE_FLAG_NORMAL, "background-color", &fill, NULL);
  g_assert_nonnull (fill);
  *out_fill = *fill;
  gtk_style_context_get_color (style, GTK_STATE_FLAG_NORMAL, out_text);
  gdk_rgba_free (fill);
  stn_tile_model_free (model);
  gtk_widget_destroy (window);
}

static void
pass_and_fail_are_forty_apart_in_every_sight (void)
{
  for (guint colours = 0; colours < STN_COLOURS_COUNT; colours++) {
    GdkRGBA pass, fail, again, text;
    stn_style_apply (gdk_screen_get_default (), colours);
    colours_of (STN_TILE_PASS, &pass, &text);
    colours_of (STN_TILE_PASS_AGAIN, &again, &text);
    colours_of (STN_TILE_FAIL, &fail, &text);
    for (guint i = 0; i < G_N_ELEMENTS (sights); i++) {
      double distance = apart (&pass, &fail, &sights[i]);
      g_test_message ("%s, %s: %.1f", stn_colours_names[colours], sights[i].name, distance);
      g_assert_cmpfloat (distance, >=, APART);
      g_assert_cmpfloat (apart (&again, &fail, &sights[i]), >=, APART);
    }
  }
}

static void
what_a_tile_says_can_be_read (void)
{
  for (guint colours = 0; colours < STN_COLOURS_COUNT; colours++) {
    stn_style_apply (gdk_screen_get_default (), colours);
    for (guint state = 0; state < STN_TILE_STATE_COUNT; state++) {
      GdkRGBA fill, text;
      colours_of (state, &fill, &text);
      double a = luminance (&fill) + 0.05, b = luminance (&text) + 0.05;
      double contrast = a > b ? a / b : b / a;
      g_test_message ("%s, state %u: %.1f", stn_colours_names[colours], state, contrast);
      g_assert_cmpfloat (contrast, >=, READABLE);
    }
  }
}

/* The study's own palette, computed there by other code: 109, 55, 40.3, 115, 43. */
static void
the_distances_are_those_of_the_study (void)
{
  static const double expected[] = { 109, 55, 40.3, 115, 43 };
  GdkRGBA pass, fail;
  gdk_rgba_parse (&pass, "#4FC98A");
  gdk_rgba_parse (&fail, "#8F0A1E");
  for (guint i = 0; i < G_N_ELEMENTS (sights); i++)
    g_assert_cmpfloat_with_epsilon (apart (&pass, &fail, &sights[i]), expected[i], 0.6);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  stn_style_init ();
  g_test_add_func ("/colours/the_distances_are_those_of_the_study", the_distances_are_those_of_the_study);
  g_test_add_func ("/colours/pass_and_fail_are_forty_apart_in_every_sight", pass_and_fail_are_forty_apart_in_every_sight);
  g_test_add_func ("/colours/what_a_tile_says_can_be_read", what_a_tile_says_can_be_read);
  return g_test_run ();
}
