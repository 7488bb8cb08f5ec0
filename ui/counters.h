/* The counters: of the lot, and what the last cycles came to. Upright at the side, or lying as a strip where the sites
 * need the room. Each says on its tooltip what exactly it counts. */
#pragma once

#include <gtk/gtk.h>

#include "ui/model.h"

G_BEGIN_DECLS

#define STN_TYPE_COUNTERS (stn_counters_get_type ())
G_DECLARE_FINAL_TYPE (StnCounters, stn_counters, STN, COUNTERS, GtkBox)

/* A strip shows the few that matter most. */
GtkWidget *stn_counters_new (gboolean is_strip);
/* Leaves out what a low screen has no room for. */
void stn_counters_set_low (StnCounters *self, gboolean is_low);
void stn_counters_show (StnCounters *self, const StnModel *model);

G_END_DECLS
