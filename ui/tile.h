/* A tile: one site on the run screen. It draws itself from a StnTileModel, and only when that differs from what it
 * shows; its colours and borders are CSS (node `tile`, a class a state), its shapes glyphs, its sizes follow from its
 * own. It can have the focus; activating it (click, Enter) emits "clicked" as any button does. Its accessible name is a
 * whole sentence: "Site A3, failed, verify mismatch, serial TH7-2547-000012". */
#pragma once

#include <gtk/gtk.h>

#include "ui/model.h"

G_BEGIN_DECLS

#define STN_TYPE_TILE (stn_tile_get_type ())
G_DECLARE_FINAL_TYPE (StnTile, stn_tile, STN, TILE, GtkButton)

GtkWidget *stn_tile_new (void);
/* Takes over what differs. `turn`: where things that move stand, in turns, one for all tiles. */
void stn_tile_show (StnTile *self, const StnTileModel *model);
/* The clock of what moves: redraws the tiles that move and nothing else. `beat` counts tenths of a second. */
void stn_tile_beat (StnTile *self, guint beat);
const char *stn_tile_site (StnTile *self);

G_END_DECLS
