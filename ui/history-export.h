/* Every run that a question of the history finds, as CSV in a file: what `stationctl units --csv` prints. */
#pragma once

#include "ui/history-screen.h"

G_BEGIN_DECLS

/* In any thread. The file is there as a whole or not at all. FALSE with an error. */
gboolean stn_history_export (StnQuery *query, const StnHistoryQuestion *question, const char *path, guint64 *out_runs,
                             GError **error);

G_END_DECLS
