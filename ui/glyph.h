/* The shapes that say a verdict without a word: paths, not letters, so that no font is needed and every size is sharp. */
#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  STN_GLYPH_NONE,
  STN_GLYPH_CIRCLE,   /* hollow: ready */
  STN_GLYPH_RING,     /* how far it is */
  STN_GLYPH_TICK,     /* in a circle */
  STN_GLYPH_CROSS,    /* in an octagon */
  STN_GLYPH_HAND,     /* somebody must act */
  STN_GLYPH_TRIANGLE, /* with a spanner: the station */
  STN_GLYPH_QUESTION, /* in a diamond */
  STN_GLYPH_STRUCK,   /* a circle struck through */
} StnGlyph;

/* Draws in the present colour into the square of `size` at x, y; line widths go with the size. `fraction`: of the ring,
 * 0..1 (below 0: a ring without an end). `turn`: where such a ring stands, in turns. */
void stn_glyph_draw (cairo_t *cairo, StnGlyph glyph, double x, double y, double size, double fraction, double turn);

G_END_DECLS
