/* What the screens share: rows whose buttons ask the window's actions. Private to ui. */
#pragma once

#include "ui/label.h"
#include "ui/rows.h"

G_BEGIN_DECLS

/* The rows' signals activate these actions of the window with the row's key; NULL: nothing. */
void stn_screen_connect_rows (StnRows *rows, const char *chosen, const char *retry, const char *bin);
/* Asks an action of the widget's window; `target` NULL: it takes none. */
void stn_screen_ask (GtkWidget *widget, const char *action, const char *target);
/* Shows the rows, and hides their heading (NULL: none) when there are none. */
void stn_screen_show_rows (StnRows *rows, GtkLabel *heading, const GPtrArray *list);

G_END_DECLS
