#include "ui/setup-screen.h"

#include "ui/screen-private.h"

struct _StnSetupScreen {
  GtkBox parent;
  GtkLabel *job_title, *plan_title;
  GtkEntry *lot, *quantity;
  StnRows *jobs, *facts, *plan;
};

G_DEFINE_TYPE (StnSetupScreen, stn_setup_screen, GTK_TYPE_BOX)

void
stn_setup_screen_show (StnSetupScreen *self, const StnModel *model)
{
  stn_label_set (self->job_title, model->job);
  stn_rows_show (self->jobs, model->jobs);
  stn_rows_show (self->facts, model->facts);
  stn_screen_show_rows (self->plan, self->plan_title, model->plan);
}

const char *
stn_setup_screen_lot (StnSetupScreen *self)
{
  g_return_val_if_fail (STN_IS_SETUP_SCREEN (self), "");
  return gtk_entry_get_text (self->lot);
}

guint64
stn_setup_screen_quantity (StnSetupScreen *self)
{
  g_return_val_if_fail (STN_IS_SETUP_SCREEN (self), 0);
  guint64 quantity = 0;
  const char *text = gtk_entry_get_text (self->quantity);
  return g_ascii_string_to_unsigned (text, 10, 0, 9999999, &quantity, NULL) ? quantity : 0;
}

void
stn_setup_screen_set_lot (StnSetupScreen *self, const char *lot, const char *quantity)
{
  g_return_if_fail (STN_IS_SETUP_SCREEN (self));
  gtk_entry_set_text (self->lot, lot);
  gtk_entry_set_text (self->quantity, quantity);
}

static void
on_changed (GtkEntry *entry G_GNUC_UNUSED, StnSetupScreen *self)
{
  stn_screen_ask (GTK_WIDGET (self), "lot-changed", gtk_entry_get_text (self->lot));
}

static void
stn_setup_screen_class_init (StnSetupScreenClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  g_type_ensure (STN_TYPE_ROWS);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/stationctl/Station/setup-screen.ui");
  gtk_widget_class_bind_template_child (widget_class, StnSetupScreen, job_title);
  gtk_widget_class_bind_template_child (widget_class, StnSetupScreen, plan_title);
  gtk_widget_class_bind_template_child (widget_class, StnSetupScreen, lot);
  gtk_widget_class_bind_template_child (widget_class, StnSetupScreen, quantity);
  gtk_widget_class_bind_template_child (widget_class, StnSetupScreen, jobs);
  gtk_widget_class_bind_template_child (widget_class, StnSetupScreen, facts);
  gtk_widget_class_bind_template_child (widget_class, StnSetupScreen, plan);
  gtk_widget_class_set_css_name (widget_class, "setupscreen");
}

static void
stn_setup_screen_init (StnSetupScreen *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  stn_screen_connect_rows (self->jobs, "choose-job", NULL, NULL);
  g_signal_connect (self->lot, "changed", G_CALLBACK (on_changed), self);
}
