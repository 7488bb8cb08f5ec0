#include "ui/recovery-screen.h"

#include <glib/gi18n.h>

#include "ui/screen-private.h"

struct _StnRecoveryScreen {
  GtkBox parent;
  StnRows *rows;
};

G_DEFINE_TYPE (StnRecoveryScreen, stn_recovery_screen, GTK_TYPE_BOX)

void
stn_recovery_screen_show (StnRecoveryScreen *self, const StnModel *model)
{
  stn_rows_show (self->rows, model->unknown);
}

static void
stn_recovery_screen_class_init (StnRecoveryScreenClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  g_type_ensure (STN_TYPE_ROWS);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/stationctl/Station/recovery-screen.ui");
  gtk_widget_class_bind_template_child (widget_class, StnRecoveryScreen, rows);
  gtk_widget_class_set_css_name (widget_class, "recoveryscreen");
}

static void
stn_recovery_screen_init (StnRecoveryScreen *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  stn_rows_set_beside (self->rows, TRUE);
  stn_rows_set_bin_text (self->rows, _ ("Put on hold"));
  stn_screen_connect_rows (self->rows, NULL, "retry-site", "hold-site");
}
