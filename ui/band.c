#include "ui/band.h"

#include "ui/glyph.h"
#include "ui/screen-private.h"

#define LONG_TEXT 46 /* characters: from here on the smaller type, so that it stays on the band's two lines */

struct _StnBand {
  GtkBox parent;
  GtkDrawingArea *glyph;
  GtkLabel *text, *more;
  GtkEntry *code;
  StnInstructionKind kind;
};

G_DEFINE_TYPE (StnBand, stn_band, GTK_TYPE_BOX)

static const struct {
  const char *css_class;
  StnGlyph glyph;
} kinds[] = {
  [STN_INSTRUCTION_NORMAL] = { "normal", STN_GLYPH_NONE },
  [STN_INSTRUCTION_ACTION] = { "action", STN_GLYPH_HAND },
  [STN_INSTRUCTION_FAULT] = { "fault", STN_GLYPH_TRIANGLE },
  [STN_INSTRUCTION_WRONG] = { "wrong", STN_GLYPH_QUESTION },
};

static gboolean
on_draw_glyph (GtkWidget *widget, cairo_t *cairo, StnBand *self)
{
  GdkRGBA colour;
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  double width = gtk_widget_get_allocated_width (widget), height = gtk_widget_get_allocated_height (widget);
  double size = MIN (width, height);
  gtk_style_context_get_color (style, gtk_style_context_get_state (style), &colour);
  gdk_cairo_set_source_rgba (cairo, &colour);
  stn_glyph_draw (cairo, kinds[self->kind].glyph, (width - size) / 2, (height - size) / 2, size, 0, 0);
  return GDK_EVENT_PROPAGATE;
}

void
stn_band_show (StnBand *self, const StnModel *model)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  const char *text = model->instruction != NULL ? model->instruction : "";

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (i == (guint) model->instruction_kind)
      gtk_style_context_add_class (style, kinds[i].css_class);
    else
      gtk_style_context_remove_class (style, kinds[i].css_class);
  if (g_utf8_strlen (text, -1) > LONG_TEXT)
    gtk_style_context_add_class (style, "long");
  else
    gtk_style_context_remove_class (style, "long");
  gboolean is_new = g_strcmp0 (gtk_label_get_text (self->text), text) != 0;
  self->kind = model->instruction_kind;
  stn_label_set (self->text, text);
  stn_label_set_or_hide (self->more, model->instruction_more);
  gtk_widget_set_visible (GTK_WIDGET (self->glyph), kinds[self->kind].glyph != STN_GLYPH_NONE);
  gtk_widget_queue_draw (GTK_WIDGET (self->glyph));
  if (is_new)
    atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self->text)), text);
}

void
stn_band_open_code (StnBand *self)
{
  gtk_widget_show (GTK_WIDGET (self->code));
  gtk_widget_grab_focus (GTK_WIDGET (self->code));
}

static void
on_code (GtkEntry *entry, StnBand *self)
{
  g_autofree char *code = g_strdup (gtk_entry_get_text (entry));
  gtk_widget_hide (GTK_WIDGET (entry));
  gtk_entry_set_text (entry, "");
  if (*code != '\0')
    stn_screen_ask (GTK_WIDGET (self), "type-code", code);
}

static gboolean
on_code_left (GtkWidget *entry, GdkEvent *event G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  gtk_widget_hide (entry);
  return GDK_EVENT_PROPAGATE;
}

static void
stn_band_class_init (StnBandClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/stationctl/Station/band.ui");
  gtk_widget_class_bind_template_child (widget_class, StnBand, glyph);
  gtk_widget_class_bind_template_child (widget_class, StnBand, text);
  gtk_widget_class_bind_template_child (widget_class, StnBand, more);
  gtk_widget_class_bind_template_child (widget_class, StnBand, code);
  gtk_widget_class_bind_template_callback (widget_class, on_draw_glyph);
  gtk_widget_class_bind_template_callback (widget_class, on_code);
  gtk_widget_class_bind_template_callback (widget_class, on_code_left);
  gtk_widget_class_set_css_name (widget_class, "band");
}

static void
stn_band_init (StnBand *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  atk_object_set_accessible_id (gtk_widget_get_accessible (GTK_WIDGET (self->text)), "instruction");
}
