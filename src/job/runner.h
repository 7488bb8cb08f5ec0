/* The runner: loads of boards, a worker per site, one cycle at a time.
 *
 *     runner = stn_runner_new (&config, error);
 *     stn_runner_start (runner);                      // returns at once; events come through config.events
 *     while (!stn_runner_wait (runner, 50 ms)) ...    // draw progress, take events
 *     summary = stn_runner_summary (runner);
 *
 * Each worker takes its board through the order of a run (ARCHITECTURE.md), asks the ledger, and posts immutable facts.
 * A verdict is posted only after the ledger has made it durable. Every way out ends in the same shielded teardown:
 * BOOT0 at rest, NRST released, power off, port closed.
 *
 * Stopping: stn_runner_stop lets boards that are being written finish and stops the others at their next safe point;
 * stn_runner_cancel ends everything now, except an open write window, which is waited out first.
 *
 * One thread owns the runner; stop and cancel may come from any thread (not from a signal handler). */
#pragma once

#include "src/base/progress.h"
#include "src/job/ledger.h"
#include "src/job/option-window.h"
#include "src/job/site.h"
#include "src/link/fault.h"
#include "src/link/trace.h"
#include "src/record/event.h"

G_BEGIN_DECLS

typedef struct {
  StnSite *site;            /* borrowed */
  StnPlan *plan;            /* borrowed */
  const char *given_serial; /* from a list or a scan; NULL: by the job's pattern */
} StnRunnerSite;

/* What a site has come to in a cycle. */
typedef struct {
  gboolean is_out;      /* a load left it out: it took no part */
  gboolean is_recorded; /* FALSE: there is no verdict, or it is not on disk */
  StnVerdict verdict;
} StnSiteOutcome;

/* A cycle that recovers boards instead of programming them: power-on, enter, identify, what the options are, leave.
 * Nothing is admitted, and no image is written. */
typedef struct {
  const StnOptionWindow
      *window;            /* borrowed; the row of the option write that was cut; NULL: there is none to be found */
  const char *uid;        /* borrowed; of the board that the row is about; NULL: it did not say, or nobody knows */
  /* A board that can't be read any more is opened by Readout Unprotect. Who sets it has made sure which board it is, as
   * far as that can be known: the UID is compared after the erase. */
  gboolean erase_allowed;
} StnRecovery;

typedef struct {
  StnClock *clock; /* borrowed, like everything here */
  StnLedger *ledger;
  StnEventQueue *events;
  StnTraceSink *trace;    /* may be NULL */
  StnFaultPlan *faults;   /* tests only; NULL */
  const StnRun *run_base; /* what all runs have in common: station, operator, lot, job, target, ... */
  const StnRunnerSite *sites;
  guint site_count;
  /* Called when every result of a cycle is recorded or given up, before stn_runner_wait says so: in the last worker's
   * thread, with the outcomes in the order of the sites. Must not call the runner. NULL: nobody wants to know. */
  void (*cycle_over) (gpointer data, const StnSiteOutcome *outcomes);
  gpointer cycle_over_data;
  const StnRecovery *recovery; /* borrowed; NULL: ordinary cycles */
} StnRunnerConfig;

typedef struct {
  gint64 cycle;
  guint counts[STN_VERDICT_COUNT];
  guint refused;      /* by a gate: already done, limits, quantity (they are SKIPPED in counts) */
  guint not_recorded; /* results that could not be made durable */
  guint taken_out;    /* sites that did not take part: stn_runner_taken_out says why */
  /* the same failure on half of the sites or more (at least two), or no site is left to take part: stop the station */
  StnFailure many_alike;
  gboolean stopped; /* by request */
  gint64 duration_ns;
} StnCycleSummary;

typedef struct StnRunner StnRunner;

StnRunner *stn_runner_new (const StnRunnerConfig *config, GError **error);
/* Waits for a running cycle (cancelling it), then frees. */
void stn_runner_free (StnRunner *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnRunner, stn_runner_free)

/* Starts the next cycle. Must not be called while one runs. */
void stn_runner_start (StnRunner *self);
/* TRUE when the cycle is over; waits for that at most `real_ms` of real time (negative: for ever). */
gboolean stn_runner_wait (StnRunner *self, int real_ms);
void stn_runner_stop (StnRunner *self);
void stn_runner_cancel (StnRunner *self);
/* Of the last cycle; valid once stn_runner_wait said TRUE. Borrowed until the next start. */
const StnCycleSummary *stn_runner_summary (const StnRunner *self);
/* What a site is doing now (sample it). */
StnProgressValue stn_runner_progress (StnRunner *self, guint site_index);
/* What all runs of the next cycles have in common (a new production day, the fixture's count); copied. Not while one
 * runs. */
void stn_runner_set_run_base (StnRunner *self, const StnRun *run_base);
/* A site that is unfit (link-unstable) is left out of every later cycle until somebody has mended it and puts it back,
 * or makes a new runner: why, or STN_FAILURE_NONE. Both between cycles only. */
StnFailure stn_runner_taken_out (const StnRunner *self, guint site_index);
void stn_runner_put_back (StnRunner *self, guint site_index);
/* Given serials for the next cycle, one a site (NULL: none); copied. */
void stn_runner_set_given_serials (StnRunner *self, const char *const *serials);

/* What a site has in the next cycle. */
typedef struct {
  gboolean is_out;       /* the site does not take part: nothing of it moves */
  const char *serial;    /* given; NULL: by the job */
  const char *scan;      /* what was scanned for the unit; NULL */
  const char *retry_of;  /* the run of the same board that this one repeats; NULL */
} StnRunnerLoad;
/* One a site, for the next cycle and those after it; copied. At least one takes part. NULL: all do, with nothing given.
 * Silence is judged against all sites of the runner, so that a single board that is run again is not "half of them".
 * Not while a cycle runs. */
void stn_runner_set_loads (StnRunner *self, const StnRunnerLoad *loads);

G_END_DECLS
