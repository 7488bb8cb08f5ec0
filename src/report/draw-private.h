/* Text on a cairo context, in points from its top left corner; the colour is the context's. */
#pragma once

#include <pango/pangocairo.h>

#include "src/report/draw.h"
#include "src/report/say.h"

G_BEGIN_DECLS

typedef enum { STN_ALIGN_LEFT, STN_ALIGN_RIGHT, STN_ALIGN_CENTRE } StnAlign;

void stn_text_draw (cairo_t *cairo, const char *text, double x, double y, double size, gboolean bold);
/* In one line of `width`; what is too long ends in an ellipsis. */
void stn_text_draw_in (cairo_t *cairo, const char *text, double x, double y, double width, double size,
                       StnAlign align);
double stn_text_width (cairo_t *cairo, const char *text, double size, gboolean bold);

/* Text set in a width, broken where it must be; draw with pango_cairo_show_layout after moving to its top left corner.
 * Unref with g_object_unref. */
PangoLayout *stn_text_layout (PangoContext *context, const char *text, double width, double size, gboolean bold,
                              gboolean code);
PangoContext *stn_text_context (void);

/* One font in one size, for very many short texts: widths and glyphs of ASCII are looked up once. */
typedef struct StnTextFast StnTextFast;
StnTextFast *stn_text_fast_new (PangoContext *context, double size, gboolean bold);
void stn_text_fast_free (StnTextFast *self);
/* -1: not all of it is ASCII, or the font lacks something. */
double stn_text_fast_width (StnTextFast *self, const char *text);
/* Puts a text in its place, its baseline at y; only of what has a width. Drawn by flush, all at once: a surface that
 * records looks at each drawing operation several times, however short it is. */
void stn_text_fast_put (StnTextFast *self, const char *text, double x, double baseline);
void stn_text_fast_flush (StnTextFast *self, cairo_t *cairo);
double stn_text_fast_ascent (const StnTextFast *self);
double stn_text_fast_height (const StnTextFast *self);

G_END_DECLS
