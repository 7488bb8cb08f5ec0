/* The top line: job, lot, who, shift, mode, clock, the menu. The same on every screen. */
#pragma once

#include <gtk/gtk.h>

#include "ui/model.h"

G_BEGIN_DECLS

#define STN_TYPE_HEADER (stn_header_get_type ())
G_DECLARE_FINAL_TYPE (StnHeader, stn_header, STN, HEADER, GtkBox)

void stn_header_show (StnHeader *self, const StnModel *model);
void stn_header_open_menu (StnHeader *self);
gboolean stn_header_is_menu_open (StnHeader *self);

G_END_DECLS
