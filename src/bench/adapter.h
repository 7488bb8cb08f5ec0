/* An adapter with lines (an FT232H in MPSSE mode): 16 pins that reach signals of boards, possibly of several.
 *
 * Until somebody sets it a line is not driven: it reads high (weak pull-ups) and the board is left to its own: NRST
 * released, BOOT0 low, power off. A set changes all its lines at one moment. What has been set stays when the link is
 * closed, as MPSSE's lines do. */
#pragma once

#include "src/bench/bench-config.h"
#include "src/bench/board.h"

G_BEGIN_DECLS

typedef struct StnLineAdapter StnLineAdapter;

/* Borrows clock and boards (found by name in `boards`). */
StnLineAdapter *stn_line_adapter_new (const StnBenchAdapter *config, GHashTable *boards, StnClock *clock);
void stn_line_adapter_free (StnLineAdapter *self);
/* A place that opens it: its serial, or its hub port where its EEPROM is blank. NULL: not plugged in. Free with g_free.
 */
char *stn_line_adapter_place (StnLineAdapter *self);
gboolean stn_line_adapter_is_at (const StnLineAdapter *self, const char *place);
/* Whether one of its lines switches this board's power. */
gboolean stn_line_adapter_switches (const StnLineAdapter *self, const StnBoard *board);
/* START is pressed by itself, from `every_ns` on. */
void stn_line_adapter_set_presses (StnLineAdapter *self, gint64 every_ns, gint64 for_ns);
/* A pin that somebody outside holds at a level. */
void stn_line_adapter_set_input (StnLineAdapter *self, guint bit, gboolean high);
void stn_line_adapter_set_plugged (StnLineAdapter *self, gboolean plugged);
/* The electrical side, for what stands before the model as a real adapter: every pin at once, an output (1 in
 * `directions`) at its level, an input left to the board as if nobody had ever set it. */
void stn_line_adapter_drive (StnLineAdapter *self, guint32 directions, guint32 levels);
/* The levels at the pins. */
guint32 stn_line_adapter_levels (StnLineAdapter *self);
/* A link of shape pins; errors as provider.h says. */
StnLink *stn_line_adapter_open (StnLineAdapter *self, const char *place, GError **error);

G_END_DECLS
