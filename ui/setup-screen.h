/* S1: the job and the lot. What the job is and does, in words, what cannot be undone marked; then the lot. */
#pragma once

#include <gtk/gtk.h>

#include "ui/model.h"

G_BEGIN_DECLS

#define STN_TYPE_SETUP_SCREEN (stn_setup_screen_get_type ())
G_DECLARE_FINAL_TYPE (StnSetupScreen, stn_setup_screen, STN, SETUP_SCREEN, GtkBox)

void stn_setup_screen_show (StnSetupScreen *self, const StnModel *model);
/* What stands in the fields; borrowed until they change. Quantity 0: none, or no number. */
const char *stn_setup_screen_lot (StnSetupScreen *self);
guint64 stn_setup_screen_quantity (StnSetupScreen *self);
void stn_setup_screen_set_lot (StnSetupScreen *self, const char *lot, const char *quantity);

G_END_DECLS
