/* The sites where the fixture has them: tile n is always site n, and nothing moves while boards are at work. Emits
 * "site-activated" with the site's name. */
#pragma once

#include <gtk/gtk.h>

#include "ui/model.h"

G_BEGIN_DECLS

#define STN_TYPE_SITE_GRID (stn_site_grid_get_type ())
G_DECLARE_FINAL_TYPE (StnSiteGrid, stn_site_grid, STN, SITE_GRID, GtkGrid)

void stn_site_grid_show (StnSiteGrid *self, const StnModel *model);
/* Every tenth of a second, for what moves by itself. */
void stn_site_grid_beat (StnSiteGrid *self, guint beat);
/* Puts the focus on a site's tile. */
void stn_site_grid_focus (StnSiteGrid *self, const char *site);

G_END_DECLS
