/* Which boards are in the sites, by their detect pins: for starting when they have been put in.
 *
 * A board is in, or gone, when its pin has said so for 200 ms without a break: contacts bounce, and a hand that seats a
 * board takes it out again. All sites with a detect pin have to be full, and each has to have been seen empty since the
 * last cycle: a board that was left in place is never taken for a new one. Sites without a detect pin are not waited
 * for; there the ledger knows a board again by its chip.
 *
 * One thread. Private to src/station. */
#pragma once

#include "src/job/lines.h"

G_BEGIN_DECLS

#define STN_PRESENCE_STEADY_NS (200 * STN_NS_PER_MS)

typedef struct StnPresence StnPresence;

StnPresence *stn_presence_new (StnClock *clock);
void stn_presence_free (StnPresence *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnPresence, stn_presence_free)
/* A site with a detect pin; the name is copied. */
void stn_presence_add (StnPresence *self, const char *site, const StnLine *detect);

/* Whether a site takes part; TRUE to begin with. One that does not is waited for by nobody, and no cycle makes its board
 * an old one. A name that has no detect pin is nothing. */
void stn_presence_use (StnPresence *self, const char *site, gboolean on);
/* The board in a site has been through a cycle already: it is not taken for a new one. */
void stn_presence_set_old (StnPresence *self, const char *site);
/* What is known of a site: *out_is_in, *out_is_new (it came since its last cycle). FALSE, and nothing set, where the site
 * has no pin or the pin has not been steady yet. */
gboolean stn_presence_get (const StnPresence *self, const char *site, gboolean *out_is_in, gboolean *out_is_new);

/* Reads all pins once. Blocks briefly. */
gboolean stn_presence_look (StnPresence *self, const StnWait *wait, GError **error);
/* Every site that takes part, and there is one, holds a board that came since the last cycle. */
gboolean stn_presence_is_ready (const StnPresence *self);
/* The name of a site whose board was left in place while others were changed; each is named once a cycle. NULL: none.
 * Borrowed. */
const char *stn_presence_take_left_in_place (StnPresence *self);
/* A cycle starts: from now on the boards of the sites that take part are the old ones. */
void stn_presence_begin (StnPresence *self);

G_END_DECLS
