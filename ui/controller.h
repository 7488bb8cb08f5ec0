/* The controller: between a session and a window. It turns states into pictures, ten a second at most while something
 * moves, and a person's requests into calls of the session. It holds what is open in this window and nothing else. */
#pragma once

#include "src/station/session.h"
#include "ui/sounds.h"
#include "ui/window.h"

G_BEGIN_DECLS

typedef struct StnController StnController;

/* `station_path` NULL: where a station file is looked for; `job_folder` NULL: no jobs to choose from. `sounds`
 * borrowed. The window must outlive it. */
StnController *stn_controller_new (StnWindow *window, StnSounds *sounds, const char *station_path, const char *job_folder);
/* Ends the session; a cycle at work is finished as far as it must be. Blocks for that. */
void stn_controller_free (StnController *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnController, stn_controller_free)
/* What the program was started with, done as soon as the session can: sign in, open this job, this lot. NULL: nothing. */
void stn_controller_prepare (StnController *self, const char *badge, const char *job, const char *lot, guint64 quantity);
/* Whether a cycle runs: the window is not closed then. */
gboolean stn_controller_is_busy (StnController *self);

G_END_DECLS
