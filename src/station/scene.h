/* All sites of a station in hand at once: which boards are held in reset, whose BOOT0 is high, and what is then heard
 * on every UART. Private to src/station; check.c says what it means. One thread. */
#pragma once

#include "src/job/probe.h"
#include "src/job/site-hold.h"

G_BEGIN_DECLS

typedef struct {
  StnClock *clock;     /* borrowed */
  StnTargets *targets; /* borrowed */
  StnWait wait;        /* no deadline; whoever cancels */
  guint count;
  StnSiteHold *holds;
  StnProbeEar *ears;
  GError **errors; /* of a site that can't be used: no port, no power, a port that was lost; owned */
} StnScene;

/* Opens the ports and switches the boards on, held in reset. What goes wrong with a site stays with the site. FALSE:
 * cancelled. */
gboolean stn_scene_open (StnScene *self, StnSite *const *sites, guint count, StnTargets *targets, StnClock *clock,
                         GCancellable *cancellable, GError **error);
/* Every line at rest, every port closed. */
void stn_scene_close (StnScene *self);

/* Whether two lines are one. */
gboolean stn_scene_same_line (const StnLine *a, const StnLine *b);

/* A site index, or one of these. */
#define STN_SCENE_NOBODY -1
#define STN_SCENE_EVERYBODY -2
/* Holds all in reset, sets BOOT0 of `boot0` high and of all others low, lets NRST of `released` go (and of who shares
 * the line), and listens everywhere; the ears say what was heard. A site without NRST is held by its power. FALSE:
 * cancelled, or an adapter that is gone. */
gboolean stn_scene_play (StnScene *self, int boot0, int released, gboolean who, GError **error);

G_END_DECLS
