/* Locks: a bank belongs to one program from its first pin to its teardown.
 *
 * One file per control adapter (a site without one: per serial port) in the runtime folder `station/`, held by flock
 * and so given back by the kernel whatever becomes of the program. The file says who holds it: "PID PROGRAM". Files
 * stay behind on purpose: a name that is removed could be locked by two. Private to src/station. */
#pragma once

#include "src/base/error.h"

G_BEGIN_DECLS

typedef struct StnLocks StnLocks;

/* None held. Free with stn_locks_free, which gives all back. */
StnLocks *stn_locks_new (void);
void stn_locks_free (StnLocks *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnLocks, stn_locks_free)

/* Takes the lock of one place; `is_virtual` keeps a bench's places apart from real ones. Does not wait. Errors:
 * STN_FAILURE_BANK_BUSY with the holder's pid and program; STN_FAILURE_PERMISSION. */
gboolean stn_locks_take (StnLocks *self, const char *place, gboolean is_virtual, const char *what, GError **error);

G_END_DECLS
