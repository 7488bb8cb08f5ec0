#include "ui/training-mark.h"

#include <glib/gi18n.h>

#define FRAME 10 /* pixels */

static gboolean
on_draw (GtkWidget *widget, cairo_t *cairo, gpointer data G_GNUC_UNUSED)
{
  GdkRGBA colour;
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  double width = gtk_widget_get_allocated_width (widget), height = gtk_widget_get_allocated_height (widget);

  gtk_style_context_get_color (style, gtk_style_context_get_state (style), &colour);
  gdk_cairo_set_source_rgba (cairo, &colour);
  cairo_set_line_width (cairo, FRAME);
  cairo_rectangle (cairo, FRAME / 2.0, FRAME / 2.0, width - FRAME, height - FRAME);
  cairo_stroke (cairo);

  int text_width, text_height;
  PangoLayout *text = gtk_widget_create_pango_layout (widget, _ ("TRAINING"));
  PangoFontDescription *font =
      pango_font_description_copy (pango_context_get_font_description (pango_layout_get_context (text)));
  pango_font_description_set_weight (font, PANGO_WEIGHT_BOLD);
  pango_font_description_set_absolute_size (font, MIN (width / 6, height / 2.4) * PANGO_SCALE);
  pango_layout_set_font_description (text, font);
  pango_font_description_free (font);
  pango_layout_get_pixel_size (text, &text_width, &text_height);
  cairo_translate (cairo, width / 2, height / 2);
  cairo_rotate (cairo, -0.35);
  colour.alpha = 0.18;
  gdk_cairo_set_source_rgba (cairo, &colour);
  cairo_move_to (cairo, -text_width / 2.0, -text_height / 2.0);
  pango_cairo_show_layout (cairo, text);
  g_object_unref (text);
  return GDK_EVENT_PROPAGATE;
}

GtkWidget *
stn_training_mark_new (void)
{
  GtkWidget *self = gtk_drawing_area_new ();
  gtk_style_context_add_class (gtk_widget_get_style_context (self), "training-mark");
  gtk_widget_set_halign (self, GTK_ALIGN_FILL);
  gtk_widget_set_valign (self, GTK_ALIGN_FILL);
  atk_object_set_name (gtk_widget_get_accessible (self), _ ("Training"));
  g_signal_connect (self, "draw", G_CALLBACK (on_draw), NULL);
  return self;
}
