/* The jobs of a folder, to choose from. Read in a thread of its own: every job names files. */
#pragma once

#include "ui/model.h"
#include <gio/gio.h>

G_BEGIN_DECLS

/* Calls `done` in the caller's main context with rows (StnModelRow, owned by the array, which the callee gets): title,
 * revision, the path as key; a job that can't be read has its fault as a remark. Never when cancelled. */
void stn_job_list_read (const char *folder, GCancellable *cancellable, void (*done) (GPtrArray *jobs, gpointer data),
                        gpointer data);

G_END_DECLS
