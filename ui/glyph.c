#include "ui/glyph.h"

#include <math.h>

#define LINE 0.11 /* of the square */

static void
circle (cairo_t *cairo, double radius)
{
  cairo_new_sub_path (cairo);
  cairo_arc (cairo, 0.5, 0.5, radius, 0, 2 * G_PI);
}

static void
polygon (cairo_t *cairo, guint corners, double radius, double turn)
{
  for (guint i = 0; i < corners; i++) {
    double angle = 2 * G_PI * ((double) i / corners + turn);
    cairo_line_to (cairo, 0.5 + radius * cos (angle), 0.5 + radius * sin (angle));
  }
  cairo_close_path (cairo);
}

static void
draw_circle (cairo_t *cairo, double fraction G_GNUC_UNUSED, double turn G_GNUC_UNUSED)
{
  circle (cairo, 0.42);
  cairo_stroke (cairo);
}

static void
draw_ring (cairo_t *cairo, double fraction, double turn)
{
  cairo_pattern_t *colour = cairo_pattern_reference (cairo_get_source (cairo));
  cairo_push_group (cairo);
  cairo_set_source (cairo, colour);
  circle (cairo, 0.40);
  cairo_stroke (cairo);
  cairo_pop_group_to_source (cairo);
  cairo_paint_with_alpha (cairo, 0.2);
  cairo_set_source (cairo, colour);
  cairo_pattern_destroy (colour);

  double start = -0.25 + (fraction < 0 ? turn : 0);
  double length = fraction < 0 ? 0.25 : CLAMP (fraction, 0, 1);
  cairo_new_sub_path (cairo);
  cairo_arc (cairo, 0.5, 0.5, 0.40, 2 * G_PI * start, 2 * G_PI * (start + length));
  cairo_stroke (cairo);
}

static void
draw_tick (cairo_t *cairo, double fraction G_GNUC_UNUSED, double turn G_GNUC_UNUSED)
{
  cairo_set_line_width (cairo, LINE * 0.75);
  circle (cairo, 0.44);
  cairo_stroke (cairo);
  cairo_set_line_width (cairo, LINE * 1.25);
  cairo_move_to (cairo, 0.28, 0.52);
  cairo_line_to (cairo, 0.44, 0.67);
  cairo_line_to (cairo, 0.72, 0.36);
  cairo_stroke (cairo);
}

static void
draw_cross (cairo_t *cairo, double fraction G_GNUC_UNUSED, double turn G_GNUC_UNUSED)
{
  /* the octagon is full and the cross is cut out of it: much darker or lighter than a tick's circle */
  cairo_push_group (cairo);
  cairo_set_source_rgba (cairo, 0, 0, 0, 1);
  polygon (cairo, 8, 0.5, 1.0 / 16);
  cairo_fill (cairo);
  cairo_set_operator (cairo, CAIRO_OPERATOR_CLEAR);
  cairo_set_line_cap (cairo, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_width (cairo, LINE * 1.2);
  cairo_move_to (cairo, 0.33, 0.33);
  cairo_line_to (cairo, 0.67, 0.67);
  cairo_move_to (cairo, 0.67, 0.33);
  cairo_line_to (cairo, 0.33, 0.67);
  cairo_stroke (cairo);
  cairo_pattern_t *shape = cairo_pop_group (cairo);
  cairo_mask (cairo, shape);
  cairo_pattern_destroy (shape);
}

static void
draw_hand (cairo_t *cairo, double fraction G_GNUC_UNUSED, double turn G_GNUC_UNUSED)
{
  /* an open hand: four fingers, a thumb, the palm */
  static const double fingers[4][3] = { { 0.30, 0.24, 0.60 }, { 0.435, 0.13, 0.60 }, { 0.57, 0.16, 0.60 },
                                        { 0.70, 0.27, 0.60 } };
  cairo_set_line_cap (cairo, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_width (cairo, 0.105);
  for (guint i = 0; i < G_N_ELEMENTS (fingers); i++) {
    cairo_move_to (cairo, fingers[i][0], fingers[i][1]);
    cairo_line_to (cairo, fingers[i][0], fingers[i][2]);
  }
  cairo_stroke (cairo);
  cairo_set_line_width (cairo, 0.115);
  cairo_move_to (cairo, 0.14, 0.52);
  cairo_line_to (cairo, 0.34, 0.76);
  cairo_stroke (cairo);
  cairo_set_line_width (cairo, 0.1);
  cairo_move_to (cairo, 0.30, 0.58);
  cairo_line_to (cairo, 0.70, 0.58);
  cairo_line_to (cairo, 0.70, 0.72);
  cairo_curve_to (cairo, 0.70, 0.86, 0.62, 0.90, 0.52, 0.90);
  cairo_curve_to (cairo, 0.42, 0.90, 0.37, 0.84, 0.30, 0.72);
  cairo_close_path (cairo);
  cairo_fill_preserve (cairo);
  cairo_stroke (cairo);
}

static void
draw_triangle (cairo_t *cairo, double fraction G_GNUC_UNUSED, double turn G_GNUC_UNUSED)
{
  cairo_set_line_width (cairo, LINE * 0.85);
  cairo_move_to (cairo, 0.5, 0.10);
  cairo_line_to (cairo, 0.95, 0.88);
  cairo_line_to (cairo, 0.05, 0.88);
  cairo_close_path (cairo);
  cairo_stroke (cairo);
  /* the spanner: an open jaw and its handle */
  cairo_set_line_width (cairo, LINE * 0.85);
  cairo_arc (cairo, 0.5, 0.46, 0.085, -0.25 * G_PI, 1.25 * G_PI);
  cairo_stroke (cairo);
  cairo_move_to (cairo, 0.5, 0.56);
  cairo_line_to (cairo, 0.5, 0.76);
  cairo_stroke (cairo);
}

static void
draw_question (cairo_t *cairo, double fraction G_GNUC_UNUSED, double turn G_GNUC_UNUSED)
{
  cairo_set_line_width (cairo, LINE * 0.8);
  polygon (cairo, 4, 0.48, 0);
  cairo_stroke (cairo);
  cairo_set_line_width (cairo, LINE * 0.9);
  cairo_move_to (cairo, 0.39, 0.40);
  cairo_curve_to (cairo, 0.39, 0.26, 0.61, 0.26, 0.61, 0.40);
  cairo_curve_to (cairo, 0.61, 0.49, 0.5, 0.49, 0.5, 0.59);
  cairo_stroke (cairo);
  cairo_arc (cairo, 0.5, 0.71, 0.055, 0, 2 * G_PI);
  cairo_fill (cairo);
}

static void
draw_struck (cairo_t *cairo, double fraction G_GNUC_UNUSED, double turn G_GNUC_UNUSED)
{
  circle (cairo, 0.42);
  cairo_move_to (cairo, 0.5 - 0.42 * G_SQRT2 / 2, 0.5 + 0.42 * G_SQRT2 / 2);
  cairo_line_to (cairo, 0.5 + 0.42 * G_SQRT2 / 2, 0.5 - 0.42 * G_SQRT2 / 2);
  cairo_stroke (cairo);
}

typedef void (*Draw) (cairo_t *cairo, double fraction, double turn);
static const Draw draws[] = {
  [STN_GLYPH_CIRCLE] = draw_circle,     [STN_GLYPH_RING] = draw_ring,         [STN_GLYPH_TICK] = draw_tick,
  [STN_GLYPH_CROSS] = draw_cross,       [STN_GLYPH_HAND] = draw_hand,         [STN_GLYPH_TRIANGLE] = draw_triangle,
  [STN_GLYPH_QUESTION] = draw_question, [STN_GLYPH_STRUCK] = draw_struck,
};

void
stn_glyph_draw (cairo_t *cairo, StnGlyph glyph, double x, double y, double size, double fraction, double turn)
{
  if ((guint) glyph >= G_N_ELEMENTS (draws) || draws[glyph] == NULL || size < 1)
    return;
  cairo_save (cairo);
  cairo_translate (cairo, x, y);
  cairo_scale (cairo, size, size);
  cairo_set_line_width (cairo, LINE);
  cairo_set_line_cap (cairo, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cairo, CAIRO_LINE_JOIN_ROUND);
  cairo_new_path (cairo);
  draws[glyph](cairo, fraction, turn);
  cairo_restore (cairo);
}
