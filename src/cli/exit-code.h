/* Exit codes: what a script, an ATE or a shell learns from stationctl. The numbers are a contract (man page); a new one
 * is added at the end. */
#pragma once

#include "src/base/error.h"
#include "src/record/record.h"

G_BEGIN_DECLS

typedef enum {
  STN_EXIT_PASSED = 0, /* every unit passed and is recorded */
  STN_EXIT_FAILED = 1, /* ran, at least one unit failed or a site was empty */
  STN_EXIT_USAGE = 2,
  STN_EXIT_INPUT = 3,        /* job or input invalid, hardware untouched */
  STN_EXIT_STATION = 4,      /* station fault, no verdict */
  STN_EXIT_STOPPED = 5,      /* by request; finished units are recorded */
  STN_EXIT_NOT_RECORDED = 6, /* a result is not durably recorded */
  STN_EXIT_BUSY = 7,         /* the bank is another program's */
  STN_EXIT_GATE = 8          /* refused: authority, duplicate, quantity */
} StnExitCode;

/* For an error that ends a command. */
StnExitCode stn_exit_code_of (const GError *error);

/* What a run's cycles came to. */
typedef struct {
  guint64 counts[STN_VERDICT_COUNT];
  guint not_recorded;
  gboolean many_alike; /* the same failure on half of the sites: the station's */
  gboolean stopped;
} StnOutcome;

/* Where several are true: not recorded, station fault, stopped, failed, refused, in this order. */
StnExitCode stn_exit_code_of_outcome (const StnOutcome *outcome);

G_END_DECLS
