#include "ui/footer.h"

#include <glib/gi18n.h>

#include "ui/label.h"
#include "ui/metrics.h"

struct _StnFooter {
  GtkBox parent;
  GtkButton *start, *retry, *stop, *end_lot;
  GtkLabel *summary, *start_label, *start_key;
};

G_DEFINE_TYPE (StnFooter, stn_footer, GTK_TYPE_BOX)

void
stn_footer_show (StnFooter *self, const StnModel *model)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self->start));
  stn_label_set (self->summary, model->summary);
  stn_label_set (self->start_label, model->start_label != NULL ? model->start_label : _ ("START"));
  if (model->is_running)
    gtk_style_context_add_class (style, "running");
  else
    gtk_style_context_remove_class (style, "running");
  gboolean is_run = model->screen == STN_SCREEN_RUN;
  gtk_widget_set_visible (GTK_WIDGET (self->retry), is_run);
  gtk_widget_set_visible (GTK_WIDGET (self->stop), is_run);
  gtk_widget_set_visible (GTK_WIDGET (self->end_lot), is_run);
}

static void
stn_footer_class_init (StnFooterClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/stationctl/Station/footer.ui");
  gtk_widget_class_bind_template_child (widget_class, StnFooter, start);
  gtk_widget_class_bind_template_child (widget_class, StnFooter, start_label);
  gtk_widget_class_bind_template_child (widget_class, StnFooter, start_key);
  gtk_widget_class_bind_template_child (widget_class, StnFooter, retry);
  gtk_widget_class_bind_template_child (widget_class, StnFooter, stop);
  gtk_widget_class_bind_template_child (widget_class, StnFooter, end_lot);
  gtk_widget_class_bind_template_child (widget_class, StnFooter, summary);
  gtk_widget_class_set_css_name (widget_class, "stnfooter");
}

static void
stn_footer_init (StnFooter *self)
{
  GtkButton *others[3];
  gtk_widget_init_template (GTK_WIDGET (self));
  others[0] = self->retry;
  others[1] = self->stop;
  others[2] = self->end_lot;
  gtk_box_set_spacing (GTK_BOX (self), stn_metrics_pixels (GTK_WIDGET (self), STN_TOUCH_GAP_MM));
  gtk_widget_set_size_request (GTK_WIDGET (self->start), stn_metrics_pixels (GTK_WIDGET (self), STN_START_WIDTH_MM),
                               stn_metrics_pixels (GTK_WIDGET (self), STN_START_HEIGHT_MM));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    gtk_widget_set_size_request (GTK_WIDGET (others[i]), stn_metrics_pixels (GTK_WIDGET (self), STN_TOUCH_MM * 1.4),
                                 stn_metrics_pixels (GTK_WIDGET (self), STN_TOUCH_MM));
}
