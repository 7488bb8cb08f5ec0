#include "ui/verdict-mark.h"

#include "ui/label.h"

#define GLYPH_PIXELS 24

struct _StnVerdictMark {
  GtkBox parent;
  GtkWidget *glyph;
  GtkLabel *word;
  const StnTileLook *look; /* NULL: none yet */
};

G_DEFINE_TYPE (StnVerdictMark, stn_verdict_mark, GTK_TYPE_BOX)

static gboolean
on_draw (GtkWidget *area, cairo_t *cairo, gpointer data)
{
  StnVerdictMark *self = data;
  GdkRGBA colour;
  gtk_style_context_get_color (gtk_widget_get_style_context (area), gtk_widget_get_state_flags (area), &colour);
  gdk_cairo_set_source_rgba (cairo, &colour);
  double size = MIN (gtk_widget_get_allocated_width (area), gtk_widget_get_allocated_height (area));
  if (self->look != NULL)
    stn_glyph_draw (cairo, self->look->glyph, (gtk_widget_get_allocated_width (area) - size) / 2,
                    (gtk_widget_get_allocated_height (area) - size) / 2, size, 0, 0);
  return GDK_EVENT_PROPAGATE;
}

void
stn_verdict_mark_show (StnVerdictMark *self, StnTileState state, const char *word)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  const StnTileLook *look = stn_tile_look (state);
  stn_label_set (self->word, word);
  if (self->look == look)
    return;
  if (self->look != NULL)
    gtk_style_context_remove_class (style, self->look->css_class);
  gtk_style_context_add_class (style, look->css_class);
  self->look = look;
  gtk_widget_set_visible (self->glyph, look->glyph != STN_GLYPH_NONE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
stn_verdict_mark_class_init (StnVerdictMarkClass *class)
{
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "verdict");
}

static void
stn_verdict_mark_init (StnVerdictMark *self)
{
  self->glyph = gtk_drawing_area_new ();
  gtk_widget_set_size_request (self->glyph, GLYPH_PIXELS, GLYPH_PIXELS);
  gtk_widget_set_valign (self->glyph, GTK_ALIGN_CENTER);
  g_signal_connect (self->glyph, "draw", G_CALLBACK (on_draw), self);
  self->word = GTK_LABEL (gtk_label_new (NULL));
  gtk_box_set_spacing (GTK_BOX (self), 8);
  gtk_box_pack_start (GTK_BOX (self), self->glyph, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (self), GTK_WIDGET (self->word), FALSE, FALSE, 0);
  gtk_widget_show_all (GTK_WIDGET (self));
  gtk_widget_set_no_show_all (self->glyph, TRUE);
}

GtkWidget *
stn_verdict_mark_new (StnTileState state, const char *word)
{
  GtkWidget *self = g_object_new (STN_TYPE_VERDICT_MARK, NULL);
  stn_verdict_mark_show (STN_VERDICT_MARK (self), state, word);
  return self;
}
