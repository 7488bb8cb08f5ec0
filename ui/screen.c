#include "ui/screen-private.h"

void
stn_screen_ask (GtkWidget *widget, const char *action, const char *target)
{
  GActionGroup *actions = gtk_widget_get_action_group (gtk_widget_get_toplevel (widget), "win");
  if (actions != NULL)
    g_action_group_activate_action (actions, action, target != NULL ? g_variant_new_string (target) : NULL);
}

static void
on_row (GtkWidget *rows, const char *key, gpointer action)
{
  stn_screen_ask (rows, action, key);
}

void
stn_screen_connect_rows (StnRows *rows, const char *chosen, const char *retry, const char *bin)
{
  const char *const signals[][2] = { { "row-chosen", chosen }, { "row-retry", retry }, { "row-bin", bin } };
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    if (signals[i][1] != NULL)
      g_signal_connect (rows, signals[i][0], G_CALLBACK (on_row), (gpointer) signals[i][1]);
}

void
stn_screen_show_rows (StnRows *rows, GtkLabel *heading, const GPtrArray *list)
{
  stn_rows_show (rows, list);
  gtk_widget_set_visible (GTK_WIDGET (rows), list->len > 0);
  if (heading != NULL)
    gtk_widget_set_visible (GTK_WIDGET (heading), list->len > 0);
}
