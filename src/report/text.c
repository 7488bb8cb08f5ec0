#include "src/report/draw-private.h"

#include <string.h>

#define FAMILY "Inter, DejaVu Sans, sans-serif"
#define CODE_FAMILY "DejaVu Sans Mono, monospace"

static PangoFontDescription *
describe (double size, gboolean bold, gboolean code)
{
  PangoFontDescription *font = pango_font_description_new ();
  pango_font_description_set_family_static (font, code ? CODE_FAMILY : FAMILY);
  pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
  pango_font_description_set_weight (font, bold ? PANGO_WEIGHT_SEMIBOLD : PANGO_WEIGHT_NORMAL);
  return font;
}

PangoContext *
stn_text_context (void)
{
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  cairo_font_options_t *options = cairo_font_options_create ();
  /* the same on every surface, so that what was measured is what is drawn */
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options (context, options);
  pango_cairo_context_set_resolution (context, 72);
  cairo_font_options_destroy (options);
  return context;
}

PangoLayout *
stn_text_layout (PangoContext *context, const char *text, double width, double size, gboolean bold, gboolean code)
{
  PangoLayout *layout = pango_layout_new (context);
  PangoFontDescription *font = describe (size, bold, code);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_text (layout, text, -1);
  if (width > 0) {
    pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
    pango_layout_set_wrap (layout, code ? PANGO_WRAP_CHAR : PANGO_WRAP_WORD_CHAR);
  }
  return layout;
}

/* A font map belongs to its thread, and so does what is made from it; to make it for each line took longer than the line. */
static GPrivate line_context = G_PRIVATE_INIT (g_object_unref);

static PangoLayout *
line_layout (const char *text, double size, gboolean bold)
{
  PangoContext *context = g_private_get (&line_context);
  if (context == NULL) {
    context = stn_text_context ();
    g_private_set (&line_context, context);
  }
  PangoLayout *layout = stn_text_layout (context, text, 0, size, bold, FALSE);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  return layout;
}

void
stn_text_draw (cairo_t *cairo, const char *text, double x, double y, double size, gboolean bold)
{
  g_autoptr (PangoLayout) layout = line_layout (text, size, bold);
  cairo_move_to (cairo, x, y);
  pango_cairo_show_layout (cairo, layout);
  cairo_new_path (cairo);
}

void
stn_text_draw_in (cairo_t *cairo, const char *text, double x, double y, double width, double size, StnAlign align)
{
  g_autoptr (PangoLayout) layout = line_layout (text, size, FALSE);
  pango_layout_set_width (layout, (int) (MAX (width, 1) * PANGO_SCALE + 1));
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_MIDDLE);
  pango_layout_set_alignment (layout, align == STN_ALIGN_RIGHT    ? PANGO_ALIGN_RIGHT
                                      : align == STN_ALIGN_CENTRE ? PANGO_ALIGN_CENTER
                                                                  : PANGO_ALIGN_LEFT);
  cairo_move_to (cairo, x, y);
  pango_cairo_show_layout (cairo, layout);
  cairo_new_path (cairo);
}

double
stn_text_width (cairo_t *cairo, const char *text, double size, gboolean bold)
{
  int width;
  (void) cairo;
  g_autoptr (PangoLayout) layout = line_layout (text, size, bold);
  pango_layout_get_size (layout, &width, NULL);
  return (double) width / PANGO_SCALE;
}

/* ----- many short texts ----- */

struct StnTextFast {
  PangoFont *font;
  cairo_scaled_font_t *scaled;
  unsigned long glyphs[128];
  double advances[128];
  double ascent, height;
  GArray *waiting; /* cairo_glyph_t, in their places */
};

StnTextFast *
stn_text_fast_new (PangoContext *context, double size, gboolean bold)
{
  StnTextFast *self = g_new0 (StnTextFast, 1);
  PangoFontDescription *description = describe (size, bold, FALSE);
  self->waiting = g_array_new (FALSE, FALSE, sizeof (cairo_glyph_t));
  self->font = pango_context_load_font (context, description);
  pango_font_description_free (description);
  if (self->font == NULL || !PANGO_IS_CAIRO_FONT (self->font))
    return self; /* nothing has a width: all goes by layouts */
  self->scaled = cairo_scaled_font_reference (pango_cairo_font_get_scaled_font (PANGO_CAIRO_FONT (self->font)));
  for (char c = ' '; c < 0x7f; c++) {
    cairo_glyph_t *glyphs = NULL;
    int count = 0;
    if (cairo_scaled_font_text_to_glyphs (self->scaled, 0, 0, &c, 1, &glyphs, &count, NULL, NULL, NULL)
            == CAIRO_STATUS_SUCCESS
        && count == 1 && glyphs[0].index != 0) {
      cairo_text_extents_t extents;
      cairo_scaled_font_glyph_extents (self->scaled, glyphs, 1, &extents);
      self->glyphs[(guint) c] = glyphs[0].index;
      self->advances[(guint) c] = extents.x_advance;
    }
    cairo_glyph_free (glyphs);
  }
  cairo_font_extents_t extents;
  cairo_scaled_font_extents (self->scaled, &extents);
  self->ascent = extents.ascent;
  self->height = extents.ascent + extents.descent;
  return self;
}

void
stn_text_fast_free (StnTextFast *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->scaled, cairo_scaled_font_destroy);
  g_clear_object (&self->font);
  g_array_unref (self->waiting);
  g_free (self);
}

double
stn_text_fast_width (StnTextFast *self, const char *text)
{
  double width = 0;
  for (const guchar *p = (const guchar *) text; *p != '\0'; p++) {
    if (*p >= 0x7f || self->glyphs[*p] == 0)
      return -1;
    width += self->advances[*p];
  }
  return width;
}

void
stn_text_fast_put (StnTextFast *self, const char *text, double x, double baseline)
{
  for (const guchar *p = (const guchar *) text; *p != '\0'; p++) {
    if (*p >= 0x7f)
      continue;
    const cairo_glyph_t glyph = { .index = self->glyphs[*p], .x = x, .y = baseline };
    g_array_append_val (self->waiting, glyph);
    x += self->advances[*p];
  }
}

void
stn_text_fast_flush (StnTextFast *self, cairo_t *cairo)
{
  if (self->waiting->len > 0) {
    cairo_set_scaled_font (cairo, self->scaled);
    cairo_show_glyphs (cairo, (const cairo_glyph_t *) (gpointer) self->waiting->data, (int) self->waiting->len);
  }
  g_array_set_size (self->waiting, 0);
}

double
stn_text_fast_ascent (const StnTextFast *self)
{
  return self->ascent;
}

double
stn_text_fast_height (const StnTextFast *self)
{
  return self->height;
}
