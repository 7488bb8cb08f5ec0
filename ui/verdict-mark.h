/* A verdict as a small block: its shape, its word, its colours, as on the tiles. */
#pragma once

#include <gtk/gtk.h>

#include "ui/tile-looks.h"

G_BEGIN_DECLS

#define STN_TYPE_VERDICT_MARK (stn_verdict_mark_get_type ())
G_DECLARE_FINAL_TYPE (StnVerdictMark, stn_verdict_mark, STN, VERDICT_MARK, GtkBox)

GtkWidget *stn_verdict_mark_new (StnTileState state, const char *word);
void stn_verdict_mark_show (StnVerdictMark *self, StnTileState state, const char *word);

G_END_DECLS
