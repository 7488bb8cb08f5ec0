#include "ui/sign-in-screen.h"

#include <glib/gi18n.h>

#include "ui/metrics.h"
#include "ui/screen-private.h"

struct _StnSignInScreen {
  GtkBox parent;
  GtkDrawingArea *picture;
  GtkLabel *greeting, *bench, *hint, *version;
  GtkEntry *badge;
  GtkButton *sound;
  StnRows *handover;
};

G_DEFINE_TYPE (StnSignInScreen, stn_sign_in_screen, GTK_TYPE_BOX)

/* A badge: a card with a person on it and a code below. */
static gboolean
on_draw_badge (GtkWidget *widget, cairo_t *cairo, gpointer data G_GNUC_UNUSED)
{
  static const double bars[] = { 0.02, 0.05, 0.02, 0.03, 0.06, 0.02, 0.04, 0.02, 0.05, 0.03, 0.02 };
  GdkRGBA colour;
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  double width = gtk_widget_get_allocated_width (widget), height = gtk_widget_get_allocated_height (widget);
  double size = MIN (width, height);

  gtk_style_context_get_color (style, gtk_style_context_get_state (style), &colour);
  gdk_cairo_set_source_rgba (cairo, &colour);
  cairo_translate (cairo, (width - size) / 2, (height - size) / 2);
  cairo_scale (cairo, size, size);
  cairo_set_line_width (cairo, 0.035);
  cairo_set_line_join (cairo, CAIRO_LINE_JOIN_ROUND);
  cairo_rectangle (cairo, 0.16, 0.12, 0.68, 0.84);
  cairo_stroke (cairo);
  cairo_set_line_cap (cairo, CAIRO_LINE_CAP_ROUND);
  cairo_move_to (cairo, 0.40, 0.12);
  cairo_line_to (cairo, 0.40, 0.03);
  cairo_line_to (cairo, 0.60, 0.03);
  cairo_line_to (cairo, 0.60, 0.12);
  cairo_stroke (cairo);
  cairo_arc (cairo, 0.5, 0.33, 0.09, 0, 2 * G_PI);
  cairo_fill (cairo);
  cairo_move_to (cairo, 0.32, 0.62);
  cairo_curve_to (cairo, 0.32, 0.40, 0.68, 0.40, 0.68, 0.62);
  cairo_close_path (cairo);
  cairo_fill (cairo);
  double x = 0.27;
  for (guint i = 0; i < G_N_ELEMENTS (bars) && x < 0.73; i++, x += 0.02) {
    cairo_rectangle (cairo, x, 0.72, bars[i], 0.15);
    x += bars[i];
  }
  cairo_fill (cairo);
  return GDK_EVENT_PROPAGATE;
}

void
stn_sign_in_screen_show (StnSignInScreen *self, const StnModel *model)
{
  stn_label_set (self->hint, model->hint);
  gtk_widget_set_visible (GTK_WIDGET (self->hint), model->hint != NULL);
  stn_label_set (self->greeting, model->person != NULL ? model->person : _ ("Scan your badge"));
  stn_label_set_or_hide (self->bench, model->bench_summary);
  stn_label_set (self->version, model->version);
  stn_screen_show_rows (self->handover, NULL, model->unknown);
}

/* For a day without a scanner. */
static void
on_badge (GtkEntry *entry, gpointer data G_GNUC_UNUSED)
{
  g_autofree char *code = g_strconcat ("OP:", gtk_entry_get_text (entry), NULL);
  if (code[3] != '\0')
    stn_screen_ask (GTK_WIDGET (entry), "type-code", code);
  gtk_entry_set_text (entry, "");
}

static void
stn_sign_in_screen_class_init (StnSignInScreenClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  g_type_ensure (STN_TYPE_ROWS);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/stationctl/Station/sign-in-screen.ui");
  gtk_widget_class_bind_template_child (widget_class, StnSignInScreen, picture);
  gtk_widget_class_bind_template_child (widget_class, StnSignInScreen, greeting);
  gtk_widget_class_bind_template_child (widget_class, StnSignInScreen, bench);
  gtk_widget_class_bind_template_child (widget_class, StnSignInScreen, hint);
  gtk_widget_class_bind_template_child (widget_class, StnSignInScreen, version);
  gtk_widget_class_bind_template_child (widget_class, StnSignInScreen, badge);
  gtk_widget_class_bind_template_child (widget_class, StnSignInScreen, sound);
  gtk_widget_class_bind_template_callback (widget_class, on_badge);
  gtk_widget_class_bind_template_child (widget_class, StnSignInScreen, handover);
  gtk_widget_class_set_css_name (widget_class, "signinscreen");
}

static void
stn_sign_in_screen_init (StnSignInScreen *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self->picture, "draw", G_CALLBACK (on_draw_badge), NULL);
  gtk_widget_set_size_request (GTK_WIDGET (self->sound), stn_metrics_pixels (GTK_WIDGET (self), 2 * STN_TOUCH_MM),
                               stn_metrics_pixels (GTK_WIDGET (self), STN_TOUCH_MM));
}
