#include "ui/page-bar.h"

#include "ui/label.h"
#include "ui/metrics.h"

struct _StnPageBar {
  GtkBox parent;
  GtkLabel *title, *history;
  GtkWidget *before, *live;
};

G_DEFINE_TYPE (StnPageBar, stn_page_bar, GTK_TYPE_BOX)

void
stn_page_touch (GtkWidget *widget, double width_mm)
{
  gtk_widget_set_size_request (widget, width_mm > 0 ? stn_metrics_pixels (widget, width_mm) : -1,
                               stn_metrics_pixels (widget, STN_TOUCH_MM));
}

#define INSTRUCTION "stn-page-instruction"

void
stn_page_set_instruction (GtkWidget *page, const char *text)
{
  g_object_set_data_full (G_OBJECT (page), INSTRUCTION, g_strdup (text), g_free);
}

const char *
stn_page_instruction (GtkWidget *page)
{
  return g_object_get_data (G_OBJECT (page), INSTRUCTION);
}

void
stn_page_bar_show (StnPageBar *self, const char *title, gboolean is_history, gboolean has_before)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  stn_label_set (self->title, title);
  gtk_widget_set_visible (GTK_WIDGET (self->history), is_history);
  gtk_widget_set_visible (self->before, has_before);
  if (is_history)
    gtk_style_context_add_class (style, "history");
  else
    gtk_style_context_remove_class (style, "history");
}

static void
stn_page_bar_class_init (StnPageBarClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/stationctl/Station/page-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, StnPageBar, title);
  gtk_widget_class_bind_template_child (widget_class, StnPageBar, history);
  gtk_widget_class_bind_template_child (widget_class, StnPageBar, before);
  gtk_widget_class_bind_template_child (widget_class, StnPageBar, live);
  gtk_widget_class_set_css_name (widget_class, "pagebar");
}

static void
stn_page_bar_init (StnPageBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  stn_page_touch (self->before, 2 * STN_TOUCH_MM);
  stn_page_touch (self->live, 2 * STN_TOUCH_MM);
}
