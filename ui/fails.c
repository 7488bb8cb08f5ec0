#include "ui/fails.h"

#include "ui/screen-private.h"

struct _StnFails {
  GtkBox parent;
  StnRows *rows;
  GtkLabel *hint;
};

G_DEFINE_TYPE (StnFails, stn_fails, GTK_TYPE_BOX)

void
stn_fails_show (StnFails *self, const StnModel *model)
{
  stn_rows_show (self->rows, model->fails);
}

void
stn_fails_set_low (StnFails *self, gboolean is_low)
{
  if (gtk_widget_get_visible (GTK_WIDGET (self->hint)) == is_low)
    gtk_widget_set_visible (GTK_WIDGET (self->hint), !is_low);
}

static void
stn_fails_class_init (StnFailsClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  g_type_ensure (STN_TYPE_ROWS);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/stationctl/Station/fails.ui");
  gtk_widget_class_bind_template_child (widget_class, StnFails, rows);
  gtk_widget_class_bind_template_child (widget_class, StnFails, hint);
  gtk_widget_class_set_css_name (widget_class, "fails");
}

static void
stn_fails_init (StnFails *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  stn_screen_connect_rows (self->rows, NULL, "retry-site", "bin-site");
}
