/* One run of a board as a card: verdict, when, where, who; what failed and what to do; its steps; its option bytes. */
#pragma once

#include <gtk/gtk.h>

#include "src/journal/query.h"

G_BEGIN_DECLS

/* `number` of `count`, from 1; `is_open`: its steps are shown at first. */
GtkWidget *stn_run_card_new (const StnRunRow *row, guint number, guint count, gboolean is_open);

G_END_DECLS
