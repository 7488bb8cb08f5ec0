/* S3, a site's drawer: what its board did, step by step; what was said; what the chip is; the last results here. It
 * stands beside the sites, never over them. */
#pragma once

#include <gtk/gtk.h>

#include "ui/model.h"

G_BEGIN_DECLS

#define STN_TYPE_DRAWER (stn_drawer_get_type ())
G_DECLARE_FINAL_TYPE (StnDrawer, stn_drawer, STN, DRAWER, GtkBox)

void stn_drawer_show (StnDrawer *self, const StnModel *model);

G_END_DECLS
