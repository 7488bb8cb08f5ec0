/* S6: the lot's end. It must balance. */
#pragma once

#include <gtk/gtk.h>

#include "ui/model.h"

G_BEGIN_DECLS

#define STN_TYPE_LOT_END_SCREEN (stn_lot_end_screen_get_type ())
G_DECLARE_FINAL_TYPE (StnLotEndScreen, stn_lot_end_screen, STN, LOT_END_SCREEN, GtkBox)

void stn_lot_end_screen_show (StnLotEndScreen *self, const StnModel *model);

G_END_DECLS
