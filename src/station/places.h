/* Places that a station file could name: those of a bench, or of this machine. Private to src/station. */
#pragma once

#include "src/link/plugged.h"
#include "src/link/provider.h"

G_BEGIN_DECLS

/* What of this kind the provider could open: StnPlace, owned by the array. A provider that can't tell opens ports of
 * this machine, and udev is asked. Opens nothing. */
GPtrArray *stn_station_places (StnProvider *provider, StnPlaceKind kind, GError **error);
/* The name by hub port that udev gives a tty; itself where it has none. Free with g_free. */
char *stn_tty_by_path (const char *tty);

G_END_DECLS
