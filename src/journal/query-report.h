/* Reading the journal for reports: sums over runs, and lists as long as a lot.
 *
 * Every function takes the filter of query.h. Of runs it means the run's own lot, day, site and operator; of boards
 * (stn_query_unit_lines, stn_query_unit_groups_by_images) those of the board's first run, as yields count. Lists that
 * can be long are handed out row by row: what a row points at lives until the function returns. Errors:
 * STN_FAILURE_JOURNAL. */
#pragma once

#include "src/journal/query.h"

G_BEGIN_DECLS

/* The chain's last entry as the file has it; not verified. *out_rows is 0 and the hash all zero for an empty one. */
gboolean stn_query_head (StnQuery *self, guint64 *out_rows, guint8 out_head[32], GError **error);

typedef enum {
  STN_RUNS_BY_JOB, /* "name, revision N" */
  STN_RUNS_BY_JOB_HASH,
  STN_RUNS_BY_IMAGES,
  STN_RUNS_BY_LEFT_OUT,
  STN_RUNS_BY_OPERATOR,
  STN_RUNS_BY_STATION,
  STN_RUNS_BY_FIXTURE, /* "FX-0012 B" */
  STN_RUNS_BY_TARGET,
  STN_RUNS_BY_PROGRAM,
  STN_RUNS_BY_SITE,
  STN_RUNS_BY_DAY,
  STN_RUNS_BY_NOTHING, /* one group with all */
  STN_RUNS_BY_COUNT
} StnRunsBy;
typedef struct {
  char *key;                           /* NULL: those that have none */
  guint64 counts[STN_VERDICT_COUNT];   /* runs; unknown: without a result */
  gint64 first_utc_us, last_utc_us;    /* of the starts */
} StnRunGroup;
/* One row (StnRunGroup, owned by the array) a key, in its order. Out of a tally by site, day, operator, job and nothing,
 * unless after_run is asked for; by the others every run of the filter is read. */
GPtrArray *stn_query_run_groups (StnQuery *self, StnRunsBy by, const StnUnitFilter *filter, GError **error);
/* The same for who asks only which values there are and for how many runs: no verdict is looked up, and all runs may be
 * counted as unknown. Half the time where there is no tally. */
GPtrArray *stn_query_run_values (StnQuery *self, StnRunsBy by, const StnUnitFilter *filter, GError **error);

/* As stn_query_unit_groups, by the images of the board's first run. */
GPtrArray *stn_query_unit_groups_by_images (StnQuery *self, const StnUnitFilter *filter, GError **error);

/* A board that came to a verdict; texts are borrowed, NULL where not known. */
typedef struct {
  const char *unit; /* as unit_now has it: a UID, "sn:…" or "run:…" */
  const char *serial, *uid, *site, *lot, *first_failure, *last_failure;
  StnVerdict first, last;
  guint64 runs;
  gint64 ended_utc_us; /* of the last run */
  gint64 job_revision;
} StnUnitLine;
typedef void (*StnUnitLineFunc) (const StnUnitLine *line, gpointer data);
/* In the order of their first runs. */
gboolean stn_query_unit_lines (StnQuery *self, const StnUnitFilter *filter, StnUnitLineFunc function, gpointer data,
                               GError **error);

typedef struct {
  char *failure, *site; /* site: NULL unless asked for */
  guint64 runs;
  guint64 boards; /* told apart by UID, else serial, else run */
} StnFailureCount;
/* Runs that ended in `verdict` (fail or error) by failure, the most frequent first (StnFailureCount, owned). */
GPtrArray *stn_query_failures (StnQuery *self, StnVerdict verdict, gboolean by_site, const StnUnitFilter *filter,
                               GError **error);

/* A run of consecutive numbers of a scheme, or of numbers between two that the lot does not have. */
typedef struct {
  char *scheme, *first, *last; /* texts; of a gap whose numbers were never given out: the numbers */
  guint64 count;
  gboolean is_gap;
  char *state; /* of a gap: "void", "free", "used", "exposed", "leased", "never given out" */
  char *note;  /* why it was voided, or which lot has it; NULL: nothing to say */
} StnSerialRange;
/* What the boards of a lot carry or may carry: ranges and gaps in the order of their numbers (StnSerialRange, owned).
 * Serials without a number (of a list, scanned) are one range a scheme from the first text to the last. */
GPtrArray *stn_query_serial_ranges (StnQuery *self, const char *lot, GError **error);

/* `what` is a site or the name of a step; in no order. predicted_ns: by the plan that was run; -1: not recorded. */
typedef void (*StnDurationFunc) (const char *what, StnVerdict verdict, gint64 duration_ns, gint64 predicted_ns,
                                 gpointer data);
/* From start to verdict, of runs that passed or failed. */
gboolean stn_query_run_times (StnQuery *self, const StnUnitFilter *filter, StnDurationFunc function, gpointer data,
                              GError **error);
/* Of the steps of runs that passed. */
gboolean stn_query_step_times (StnQuery *self, const StnUnitFilter *filter, StnDurationFunc function, gpointer data,
                               GError **error);

G_END_DECLS
