#include "ui/lot-end-screen.h"

#include <glib/gi18n.h>

#include "ui/metrics.h"
#include "ui/screen-private.h"

struct _StnLotEndScreen {
  GtkBox parent;
  GtkLabel *title, *pareto_title, *signature;
  GtkButton *back, *remove;
  StnRows *balance, *facts, *pareto;
};

G_DEFINE_TYPE (StnLotEndScreen, stn_lot_end_screen, GTK_TYPE_BOX)

void
stn_lot_end_screen_show (StnLotEndScreen *self, const StnModel *model)
{
  stn_label_set (self->title, model->is_balanced ? _ ("The lot balances") : _ ("The lot does not balance yet"));
  stn_rows_show (self->balance, model->balance);
  stn_rows_show (self->facts, model->lot_facts);
  stn_screen_show_rows (self->pareto, self->pareto_title, model->pareto);
  gtk_widget_set_visible (GTK_WIDGET (self->signature), model->is_balanced);
  gtk_widget_set_visible (GTK_WIDGET (self->remove), model->may_remove);
}

static void
stn_lot_end_screen_class_init (StnLotEndScreenClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  g_type_ensure (STN_TYPE_ROWS);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/stationctl/Station/lot-end-screen.ui");
  gtk_widget_class_bind_template_child (widget_class, StnLotEndScreen, title);
  gtk_widget_class_bind_template_child (widget_class, StnLotEndScreen, pareto_title);
  gtk_widget_class_bind_template_child (widget_class, StnLotEndScreen, signature);
  gtk_widget_class_bind_template_child (widget_class, StnLotEndScreen, back);
  gtk_widget_class_bind_template_child (widget_class, StnLotEndScreen, remove);
  gtk_widget_class_bind_template_child (widget_class, StnLotEndScreen, balance);
  gtk_widget_class_bind_template_child (widget_class, StnLotEndScreen, facts);
  gtk_widget_class_bind_template_child (widget_class, StnLotEndScreen, pareto);
  gtk_widget_class_set_css_name (widget_class, "lotendscreen");
}

static void
stn_lot_end_screen_init (StnLotEndScreen *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  stn_screen_connect_rows (self->balance, NULL, "retry-site", "bin-site");
  gtk_widget_set_size_request (GTK_WIDGET (self->back), stn_metrics_pixels (GTK_WIDGET (self), 2 * STN_TOUCH_MM),
                               stn_metrics_pixels (GTK_WIDGET (self), STN_TOUCH_MM));
  gtk_widget_set_size_request (GTK_WIDGET (self->remove), stn_metrics_pixels (GTK_WIDGET (self), 2 * STN_TOUCH_MM), -1);
}
