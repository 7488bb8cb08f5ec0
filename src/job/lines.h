/* Lines: a site's NRST, BOOT0 and power on a control adapter that other sites share.
 *
 * One StnAdapter stands for one control adapter: a mutex, a shadow of all its lines, and leases on levels. A lease says "I
 * need this line at this level". Any number of sites may hold the same level of a line; the first lease moves the line
 * there, the last release lets it go back to its rest level. A lease on the other level waits until the line is free, with
 * the caller's deadline (STN_FAILURE_SHARED_LINE). Changes of several lines of one adapter are one write to it.
 *
 * Where sites share NRST, BOOT0 or power they form a group: entering, reloading and leaving are barriers, which every
 * member that is still in the cycle reaches before any goes on. A member that is through or has failed retires, so that
 * nobody waits for it. A write window lies between two barriers, so no member's reset can fall into another's window.
 *
 * Any thread. Adapters and groups outlive the sites. */
#pragma once

#include "src/link/link.h"

G_BEGIN_DECLS

typedef struct StnAdapter StnAdapter;

/* Takes over `pins` (a pins link). `rest_levels` are the levels of the lines that nobody needs, `used_mask` the lines
 * that this station drives: they are put at rest at once. Blocks briefly. */
StnAdapter *stn_adapter_new (StnLink *pins, guint32 used_mask, guint32 rest_levels, StnClock *clock,
                             const StnWait *wait, GError **error);
/* Puts the used lines at rest and closes the link. NULL-safe. */
void stn_adapter_free (StnAdapter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnAdapter, stn_adapter_free)
/* All lines at once; bits as in the pins link. */
gboolean stn_adapter_read_levels (StnAdapter *self, guint32 *out_levels, const StnWait *wait, GError **error);
gboolean stn_adapter_read (StnAdapter *self, guint bit, gboolean *out_high, const StnWait *wait, GError **error);

/* One line of a site; adapter NULL: the site has none. */
typedef struct {
  StnAdapter *adapter; /* borrowed */
  guint bit;
  gboolean active_low;
} StnLine;

/* A line held at its active level. Zeroed: holds nothing. */
typedef struct {
  StnLine line;
  gboolean held;
} StnLineLease;

/* An adapter that has gone is STN_FAILURE_ADAPTER_MISSING in all of these. */
/* Takes the active level of each line (lines without an adapter are skipped), all of one adapter in one write. On failure
 * none is held. Works when cancelled once begun; waits for other holders at most until the wait ends. */
gboolean stn_lines_acquire (StnLineLease *leases, const StnLine *lines, guint count, const StnWait *wait, GError **error);
/* Gives the leases back; lines that nobody holds any more go to rest, in one write an adapter. Never waits for others. */
gboolean stn_lines_release (StnLineLease *leases, guint count, const StnWait *wait, GError **error);

typedef struct StnLineGroup StnLineGroup;
StnLineGroup *stn_line_group_new (StnClock *clock);
void stn_line_group_free (StnLineGroup *self);
/* Before a cycle: how many members take part. */
void stn_line_group_start (StnLineGroup *self, guint members);
/* Waits until every member that has not retired is here. STN_FAILURE_SHARED_LINE at the deadline. NULL group: at once. */
gboolean stn_line_group_meet (StnLineGroup *self, const StnWait *wait, GError **error);
/* Out of the group for this cycle. NULL-safe. Once per member and cycle. */
void stn_line_group_retire (StnLineGroup *self);

G_END_DECLS
