/* The runner's own state, for the files that carry it out: runner.c (cycles and workers) and unit-run.c (one board's
 * run). Internal to src/job. */
#pragma once

#include "src/job/unit-run.h"

G_BEGIN_DECLS

typedef struct {
  StnProgress progress;
  char *given_serial; /* owned; NULL: by the job */
  char *scan, *retry_of; /* owned; NULL */
  gboolean is_out;       /* by stn_runner_set_loads */
  GThread *thread;
  int is_poisoned;   /* atomic: another site has this unit's UID */
  char *claimed_uid; /* guarded by the runner's mutex */
  StnSiteOutcome outcome;
  StnStability usb_losses; /* its worker's; from cycle to cycle */
  StnFailure taken_out;    /* left out of the cycles that follow; its worker's while one runs */
} StnSiteState;

struct StnRunner {
  StnRunnerConfig config;
  StnRunnerSite *site_rows;
  StnSiteState *sites;
  StnRun *run_base;
  GCancellable *cancellable;
  int is_stopping; /* atomic */

  GMutex mutex;   /* guards what follows */
  GCond finished; /* real waiting of the owner, outside the station's time */
  guint running;
  guint taking_part; /* sites of this cycle */
  guint half_of;     /* what silence and likeness are judged against: sites that a load leaves out count */
  gboolean is_started;
  guint first_visits_over;
  guint silent_sites;
  GHashTable *told; /* char *: warnings of providers; ports are opened anew for each board */
  StnCycleSummary summary;
  guint failures[STN_FAILURE_COUNT]; /* of this cycle */
  gint64 started_ns;
};

/* With what every event carries. */
StnEvent *stn_runner_event_new (StnRunner *self, StnEventKind kind);
void stn_runner_post (StnRunner *self, StnEvent *event);
void stn_runner_count_result (StnRunner *self, guint index, const StnResult *result);
void stn_runner_count_not_recorded (StnRunner *self);

/* unit-run.c: one board from power-on to its record, in the worker's thread. */
void stn_runner_run_unit (StnRunner *self, guint index);

G_END_DECLS
