#include "ui/label.h"

void
stn_label_set (GtkLabel *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text != NULL ? text : "") != 0)
    gtk_label_set_text (label, text != NULL ? text : "");
}

void
stn_label_set_or_hide (GtkLabel *label, const char *text)
{
  stn_label_set (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}
