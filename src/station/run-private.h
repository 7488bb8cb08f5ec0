/* A run of the station from the inside. Internal to the run files; the caller's thread but for what says otherwise. */
#pragma once

#include "src/journal/journal.h"
#include "src/journal/query.h"
#include "src/station/panel.h"
#include "src/station/ports.h"
#include "src/station/presence.h"
#include "src/station/station-private.h"

G_BEGIN_DECLS

struct StnStationRun {
  StnStation *station; /* borrowed */
  StnJob *job;
  StnEventQueue *events; /* borrowed */
  char *trace_path;
  StnFaultPlan *faults;        /* borrowed */
  const StnRecovery *recovery; /* borrowed */
  GCancellable *cancellable;
  StnRun *run_base;

  GArray *site_indexes; /* guint, into the station's sites */
  GPtrArray *plans;     /* StnPlan, one for each different wiring */
  GArray *rows;         /* StnRunnerSite */

  GArray *bank_indexes; /* guint, the banks of these sites */
  guint64 quantity;

  StnBench *bench; /* NULL: real ports */

  /* from open on */
  gboolean is_open;
  StnPorts *ports;
  StnJournal *journal;
  StnJournal *lent_journal; /* borrowed; NULL: it opens its own */
  StnLedger *ledger;
  StnTraceSink *trace;
  StnPanel *panel;
  StnPresence *presence;
  StnRunner *runner;
};

/* Takes over `text`. */
void stn_station_run_warn (const StnStationRun *self, const char *site, char *text);
/* The production day that it is now, g_free; NULL: the clock says nothing of use. */
char *stn_station_today (const StnStation *station);

/* run-plans.c */
const StnSiteWiring *stn_station_wiring_at (const StnStation *station, guint site);
/* The plan for a wiring, out of `plans` or made and added there; borrowed. */
StnPlan *stn_station_plan_for (GPtrArray *plans, StnTargets *targets, StnJob *job, const StnWiring *wiring,
                               GError **error);
void stn_station_plan_unref (gpointer plan);

/* run-past.c: what an earlier program left behind is told, and its write windows are waited out and closed, before a
 * line moves; also the approval of the job, from the same journal. Blocks. */
gboolean stn_station_run_settle_the_past (StnStationRun *self, GError **error);

/* run-start.c */
void stn_station_run_make_panel (StnStationRun *self);
/* The runner's word that a cycle is over: the lamps. In the last worker's thread. */
void stn_station_run_cycle_over (gpointer data, const StnSiteOutcome *outcomes);

G_END_DECLS
