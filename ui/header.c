#include "ui/header.h"

#include <glib/gi18n.h>

#include "ui/label.h"
#include "ui/metrics.h"

struct _StnHeader {
  GtkBox parent;
  GtkLabel *station, *job, *lot_caption, *lot, *operator_caption, *operator_name, *shift, *mode, *clock;
  GtkMenuButton *menu;
};

G_DEFINE_TYPE (StnHeader, stn_header, GTK_TYPE_BOX)

static void
set_class (GtkWidget *widget, const char *css_class, gboolean is_set)
{
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  if (is_set)
    gtk_style_context_add_class (style, css_class);
  else
    gtk_style_context_remove_class (style, css_class);
}

void
stn_header_show (StnHeader *self, const StnModel *model)
{
  stn_label_set (self->station, model->station);
  /* before somebody has signed in nobody works at a job */
  gboolean is_sign_in = model->screen == STN_SCREEN_SIGN_IN;
  stn_label_set_or_hide (self->job, is_sign_in ? NULL : model->job != NULL ? model->job : _ ("No job"));
  stn_label_set (self->lot, model->lot);
  stn_label_set (self->operator_name, model->operator_name);
  stn_label_set_or_hide (self->shift, model->shift);
  stn_label_set_or_hide (self->mode, model->mode);
  stn_label_set (self->clock, model->clock);
  gtk_widget_set_visible (GTK_WIDGET (self->lot_caption), model->lot != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->operator_caption), model->operator_name != NULL);
  set_class (GTK_WIDGET (self->station), "heading", is_sign_in);
  set_class (GTK_WIDGET (self->station), "caption", !is_sign_in);
  set_class (GTK_WIDGET (self->mode), "supervisor", model->is_supervisor);
  set_class (GTK_WIDGET (self->mode), "training", model->is_training);
  set_class (GTK_WIDGET (self->mode), "remote", model->is_remote);
}

void
stn_header_open_menu (StnHeader *self)
{
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->menu), TRUE);
}

gboolean
stn_header_is_menu_open (StnHeader *self)
{
  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->menu));
}

static void
stn_header_class_init (StnHeaderClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/stationctl/Station/header.ui");
  gtk_widget_class_bind_template_child (widget_class, StnHeader, station);
  gtk_widget_class_bind_template_child (widget_class, StnHeader, job);
  gtk_widget_class_bind_template_child (widget_class, StnHeader, lot_caption);
  gtk_widget_class_bind_template_child (widget_class, StnHeader, lot);
  gtk_widget_class_bind_template_child (widget_class, StnHeader, operator_caption);
  gtk_widget_class_bind_template_child (widget_class, StnHeader, operator_name);
  gtk_widget_class_bind_template_child (widget_class, StnHeader, shift);
  gtk_widget_class_bind_template_child (widget_class, StnHeader, mode);
  gtk_widget_class_bind_template_child (widget_class, StnHeader, clock);
  gtk_widget_class_bind_template_child (widget_class, StnHeader, menu);
  gtk_widget_class_set_css_name (widget_class, "stnheader");
}

static void
stn_header_init (StnHeader *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self->menu)), _ ("Menu"));
  gtk_widget_set_size_request (GTK_WIDGET (self->menu), stn_metrics_pixels (GTK_WIDGET (self), STN_TOUCH_MM), -1);
}
