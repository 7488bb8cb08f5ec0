#include "ui/band.h"

#include "ui/glyph.h"
#include "ui/screen-private.h"

#define LONG_TEXT 46    /* characters: from here on the smaller type, while nobody knows how wide the band is */
#define MORE_LEAST 240 /* pixels that the remark beside it has at least */

struct _StnBand {
  GtkBox parent;
  GtkDrawingArea *glyph;
  GtkLabel *text, *more;
  GtkEntry *code;
  StnInstructionKind kind;
  char *instruction, *remark, *page_text; /* NULL: none */
  gboolean is_running;
  char *fitted;      /* the texts that were measured last */
  int fitted_width;  /* for a band as wide as this */
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

static int
width_of (GtkLabel *label, const char *text)
{
  int width, height;
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (label), text);
  pango_layout_get_pixel_size (layout, &width, &height);
  g_object_unref (layout);
  return width;
}

/* The large type where the sentence then stands on one line, the smaller one for two. */
static void
fit (StnBand *self, const char *text, const char *more)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  int width = gtk_widget_get_allocated_width (GTK_WIDGET (self));
  g_autofree char *texts = g_strdup_printf ("%d %s\n%s", self->kind, text, more != NULL ? more : "");
  if (width == self->fitted_width && g_strcmp0 (texts, self->fitted) == 0)
    return;
  g_free (self->fitted);
  self->fitted = g_steal_pointer (&texts);
  self->fitted_width = width;
  gtk_style_context_remove_class (style, "long");
  gboolean is_long = g_utf8_strlen (text, -1) > LONG_TEXT;
  if (width > 400) {
    int beside = more != NULL && *more != '\0' ? MIN (width_of (self->more, more) + 20, MORE_LEAST) : 0;
    int sign = kinds[self->kind].glyph != STN_GLYPH_NONE ? 110 : 40;
    is_long = width_of (self->text, text) + beside + sign > width;
  }
  if (is_long)
    gtk_style_context_add_class (style, "long");
}

static void
refresh (StnBand *self)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  /* in front of the run a page says what is done there, unless the run itself wants somebody */
  gboolean is_page = self->page_text != NULL && self->kind == STN_INSTRUCTION_NORMAL && !self->is_running;
  const char *text = is_page ? self->page_text : self->instruction != NULL ? self->instruction : "";
  const char *more = is_page ? NULL : self->remark;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (i == (guint) self->kind)
      gtk_style_context_add_class (style, kinds[i].css_class);
    else
      gtk_style_context_remove_class (style, kinds[i].css_class);
  gboolean is_new = g_strcmp0 (gtk_label_get_text (self->text), text) != 0;
  fit (self, text, more);
  stn_label_set (self->text, text);
  stn_label_set_or_hide (self->more, more);
  gtk_widget_set_visible (GTK_WIDGET (self->glyph), kinds[self->kind].glyph != STN_GLYPH_NONE);
  gtk_widget_queue_draw (GTK_WIDGET (self->glyph));
  if (is_new)
    atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self->text)), text);
}

static void
set_text (char **place, const char *text)
{
  if (g_strcmp0 (*place, text) == 0)
    return;
  g_free (*place);
  *place = g_strdup (text);
}

void
stn_band_show (StnBand *self, const StnModel *model)
{
  set_text (&self->instruction, model->instruction);
  set_text (&self->remark, model->instruction_more);
  self->kind = model->instruction_kind;
  self->is_running = model->is_running;
  refresh (self);
}

void
stn_band_set_page_text (StnBand *self, const char *text)
{
  set_text (&self->page_text, text);
  refresh (self);
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
stn_band_finalize (GObject *object)
{
  StnBand *self = STN_BAND (object);
  g_free (self->instruction);
  g_free (self->remark);
  g_free (self->page_text);
  g_free (self->fitted);
  G_OBJECT_CLASS (stn_band_parent_class)->finalize (object);
}

static void
stn_band_class_init (StnBandClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->finalize = stn_band_finalize;
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
