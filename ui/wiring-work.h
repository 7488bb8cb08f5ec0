/* The wiring check and "which site is this": what takes seconds on real lines, in a thread; how far it is can be asked
 * at any time. One thing at a time. The window's thread only. */
#pragma once

#include "src/station/check.h"

G_BEGIN_DECLS

typedef struct StnWiringWork StnWiringWork;

typedef enum { STN_WIRING_LIST, STN_WIRING_CHECK, STN_WIRING_IDENTIFY } StnWiringTask;

/* What came of a task, in the main loop. LIST: all sites, nothing proved. `report` (borrowed) is NULL with `error` and
 * after IDENTIFY. */
typedef void (*StnWiringDone) (StnWiringTask task, const StnCheckReport *report, const GError *error, gpointer data);

/* `station_path` NULL: where a station file is looked for. */
StnWiringWork *stn_wiring_work_new (const char *station_path, StnWiringDone done, gpointer data);
/* Cancels; the thread puts the lines at rest and ends by itself. */
void stn_wiring_work_free (StnWiringWork *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnWiringWork, stn_wiring_work_free)
/* FALSE: something is under way. `site`: with IDENTIFY, which lasts for `duration_ns`. */
gboolean stn_wiring_work_begin (StnWiringWork *self, StnWiringTask task, const char *site, gint64 duration_ns);
void stn_wiring_work_stop (StnWiringWork *self);
gboolean stn_wiring_work_is_busy (StnWiringWork *self);
/* Sites that are done, of how many; what it waits for (NULL: nothing to say), free with g_free. */
void stn_wiring_work_progress (StnWiringWork *self, guint *out_done, guint *out_total, char **out_what);

G_END_DECLS
