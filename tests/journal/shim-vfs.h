/* A layer between SQLite and the disk that counts what changes a file (write, truncate, sync, delete) and does
 * something bad at the N-th: the tests' power switch and bad disk. Becomes the default VFS of the process. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  SHIM_NOTHING,   /* only counts */
  SHIM_KILL,      /* SIGKILL instead of the N-th operation */
  SHIM_KILL_TORN, /* the same, with half of it written */
  SHIM_POWER_CUT, /* SIGKILL, and of what was written since the last sync of each file only a random part is there */
  SHIM_ERROR,     /* the N-th operation fails (an I/O error), once */
  SHIM_DEAD,      /* all from the N-th on fail */
  SHIM_FULL       /* all writes from the N-th on find the disk full */
} ShimMode;

void shim_install (void);
/* From here on; `at` is 1 for the next operation. */
void shim_set (ShimMode mode, guint at, guint seed);
guint shim_count (void);       /* operations since shim_set */
guint shim_wal_sync_count (void); /* syncs of a -wal file since shim_set */

G_END_DECLS
