/* The station: station.yaml put together - providers, adapters, sites, locks, journal, ledger - and runners made from
 * it.
 *
 * Programs (command line, window) see only this, the job, the record and the reading side of the journal.
 *
 *     station = stn_station_load (NULL, clock, error);            // parses; touches nothing
 *     job = stn_job_load ("job.yaml", error);
 *     run = stn_station_run_new (station, job, &options, events, error);   // plans; touches nothing
 *     stn_station_run_open (run, error);                          // locks, ports, journal: from here on hardware
 *     stn_station_run_start (run, error);
 *     while (!stn_runner_wait (stn_station_run_runner (run), 50)) ...
 *     stn_station_run_free (run);                                 // lines at rest, locks given back
 *
 * One thread. */
#pragma once

#include "src/job/runner.h"

G_BEGIN_DECLS

typedef struct StnStation StnStation;

/* `path` NULL: $STATION_FILE, the user's config folder station/station.yaml, /etc/station/station.yaml. Errors:
 * STN_FAILURE_USAGE when there is none (its text is the three lines for a newcomer), STN_FAILURE_BAD_FILE. The bench
 * file that it names is read too. */
StnStation *stn_station_load (const char *path, StnClock *clock, GError **error);
void stn_station_free (StnStation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnStation, stn_station_free)

const char *stn_station_path (const StnStation *self);
const char *stn_station_name (const StnStation *self);
/* Whether its boards exist only as a bench in this program. Records can be virtual without it: devices under vhci_hcd or
 * dummy_hcd count as a bench too, unless the file says `remote-usb: real`. */
gboolean stn_station_is_virtual (const StnStation *self);
/* Where records go; `journal:` of the file or the default. */
const char *stn_station_journal_path (const StnStation *self);
/* The chips that this station knows, its own overrides included; read when first asked for. Error:
 * STN_FAILURE_BAD_FILE. */
StnTargets *stn_station_targets (StnStation *self, GError **error);
/* The same without a station. Free with stn_targets_free. */
StnTargets *stn_station_read_targets (GError **error);
/* Where the badges are; `people:` of the file, or beside the journal. */
const char *stn_station_people_path (const StnStation *self);
/* Its journal, for what is written between runs. NULL with the journal's error. Close it with stn_journal_close. */
struct StnJournal *stn_station_open_journal (StnStation *self, GError **error);
/* Whether the file says `approval: required`. */
gboolean stn_station_wants_approval (const StnStation *self);
/* The same station for training: its boards are a bench's (of `target`; NULL: STM32G071CB), one a site, and its records
 * go into a virtual journal of their own beside the station's. */
StnStation *stn_station_load_training (const char *path, const char *target, StnClock *clock, GError **error);
/* From here on the station has one bench for all runs made of it, so that boards stay in their sites from one to the
 * next. Does nothing where it has none. */
void stn_station_keep_bench (StnStation *self);
/* The next board that is loaded into `site` has a lesson's fault (bench.h); a station without a kept bench: FALSE with
 * STN_FAILURE_NOT_SUPPORTED. */
gboolean stn_station_set_next_fault (StnStation *self, const char *site, const char *fault, GError **error);
/* All sites in the order of the file; borrowed. */
StnSite *const *stn_station_sites (const StnStation *self, guint *out_count);

/* What is odd about the file and stops nothing; borrowed. */
const char *const *stn_station_warnings (const StnStation *self, guint *out_count);
/* FALSE with the error of a bench that can't be built. Touches nothing. */
gboolean stn_station_check (StnStation *self, GError **error);
/* Reads a bench.yaml and builds its bench without a station. Error: STN_FAILURE_BAD_FILE, STN_FAILURE_BAD_PLAN. */
gboolean stn_station_check_bench (const char *path, GError **error);
/* The plans for a job, one for each different wiring of the enabled sites, in the order of the sites (StnPlan, owned by
 * the array). Errors as stn_plan_new. */
GPtrArray *stn_station_plans (StnStation *self, StnJob *job, GError **error);
/* The plan for one enabled site, by name; free with stn_plan_unref. Errors also: usage (no such site). */
StnPlan *stn_station_plan_of_site (StnStation *self, StnJob *job, const char *site, GError **error);
/* The plan for a site as most are wired (UART, NRST and BOOT0, no power switch), where there is no station yet. */
StnPlan *stn_station_plan_without (StnTargets *targets, StnJob *job, GError **error);

/* The field tables, for schema and manual. */
const StnField *stn_station_file_fields (void);
const StnField *stn_station_bench_file_fields (void);

typedef struct {
  const char *const *sites; /* names to take; NULL: all enabled */
  const char *const *skip;  /* names to leave out; NULL */
  const char *lot;          /* NULL: none */
  const char *operator_id;  /* NULL: the user's login name */
  const char *panel;
  const char *trace_path;    /* NULL: no file */
  guint64 quantity;          /* boards beyond so many passes of this run are refused (quantity); 0: no limit */
  StnFaultPlan *faults;      /* tests only */
  const StnRecovery *recovery; /* recovers boards instead of programming them (recover.h); NULL */
  struct StnJournal *journal; /* an open one of this station, borrowed; NULL: the run opens its own */
  GCancellable *cancellable; /* ends what stn_station_run_open waits for; NULL: nothing does */
} StnRunOptions;

typedef struct StnStationRun StnStationRun;
/* Picks the sites, makes their plans. Errors: usage (an unknown site), bad-plan and its kin, expired. */
StnStationRun *stn_station_run_new (StnStation *station, StnJob *job, const StnRunOptions *options,
                                    StnEventQueue *events, GError **error);
void stn_station_run_free (StnStationRun *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnStationRun, stn_station_run_free)
/* The sites that take part, with their plans; borrowed. */
const StnRunnerSite *stn_station_run_sites (const StnStationRun *self, guint *out_count);
/* Locks the banks (bank-busy names the owner), opens the adapters, the bench and the journal, waits out write windows
 * that an earlier program left open. */
gboolean stn_station_run_open (StnStationRun *self, GError **error);
StnRunner *stn_station_run_runner (StnStationRun *self); /* borrowed; after open */

/* What starts a cycle. */
typedef enum {
  STN_START_BY_NOW, /* nothing: at once */
  STN_START_BY_KEY, /* the operator's word, which the program asks for */
  STN_START_BY_PIN, /* START of a bank that takes part, pressed for 30 ms or more */
  /* boards were put into all sites that have a detect pin, and have been there for 200 ms; each of these sites was seen
   * empty since the last cycle */
  STN_START_BY_INSERTION,
  STN_START_BY_LID, /* the lids of all banks that take part were opened since the last cycle, and are closed */
  STN_START_BY_COUNT
} StnStartBy;
extern const char *const stn_start_by_names[STN_START_BY_COUNT + 1]; /* "now", "key", "pin", "insertion", "lid", NULL */
/* FALSE with STN_FAILURE_USAGE when the sites' wiring has no such thing. Touches nothing. */
gboolean stn_station_run_can_start_by (const StnStationRun *self, StnStartBy by, GError **error);
/* Waits for it, at most until the wait ends: that is no error, *out_started is FALSE and the next call goes on where
 * this one was. KEY waits for the lids to be closed, NOW for nothing. Errors: STN_FAILURE_CANCELLED, those of the
 * adapters. After open. */
gboolean stn_station_run_wait_start (StnStationRun *self, StnStartBy by, const StnWait *wait, gboolean *out_started,
                                     GError **error);
/* Starts the next cycle: counts the fixture, brings the production day up to date, lights busy, starts the runner. Errors: those of
 * the journal and of the panel's adapters, STN_FAILURE_LID_OPEN; nothing has started then. */
gboolean stn_station_run_start (StnStationRun *self, GError **error);
/* Who is at work from the next cycle on; NULL: as the options said. Not while one runs. */
void stn_station_run_set_operator (StnStationRun *self, const char *operator_id);
/* The same as stn_station_run_load_boards for some sites. */
gboolean stn_station_run_load_some (StnStationRun *self, const char *const *sites, GError **error);
/* Between cycles: on a bench, its own operator swaps the boards; real boards are swapped by people, and nothing
 * happens. */
gboolean stn_station_run_load_boards (StnStationRun *self, GError **error);

G_END_DECLS
