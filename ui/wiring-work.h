/* The wiring check and "which site is this", asked of the session: it holds the bank, so that neither can meet a cycle.
 * One thing at a time. The window's thread only. */
#pragma once

#include "src/station/session.h"

G_BEGIN_DECLS

typedef struct StnWiringWork StnWiringWork;

typedef enum { STN_WIRING_LIST, STN_WIRING_CHECK, STN_WIRING_IDENTIFY } StnWiringTask;

/* What came of a task, in the main loop. LIST: all sites, nothing proved. `report` (borrowed) is NULL with `error` and
 * after IDENTIFY. */
typedef void (*StnWiringDone) (StnWiringTask task, const StnCheckReport *report, const GError *error, gpointer data);

/* `session` borrowed: it outlives this. */
StnWiringWork *stn_wiring_work_new (StnSession *session, StnWiringDone done, gpointer data);
/* Ends what is under way; nothing is answered any more. */
void stn_wiring_work_free (StnWiringWork *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnWiringWork, stn_wiring_work_free)
/* FALSE: something is under way. LIST is answered at once. `site`: with IDENTIFY, which lasts for `duration_ns`. */
gboolean stn_wiring_work_begin (StnWiringWork *self, StnWiringTask task, const char *site, gint64 duration_ns);
void stn_wiring_work_stop (StnWiringWork *self);
gboolean stn_wiring_work_is_busy (StnWiringWork *self);
/* Sites that are done, of how many; what it waits for (NULL: nothing to say), free with g_free. */
void stn_wiring_work_progress (StnWiringWork *self, guint *out_done, guint *out_total, char **out_what);
/* Looks whether what is under way has come to its end, and answers; to be called now and then. */
void stn_wiring_work_look (StnWiringWork *self);

G_END_DECLS
