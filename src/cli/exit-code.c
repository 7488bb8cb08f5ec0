#include "src/cli/exit-code.h"

StnExitCode
stn_exit_code_of (const GError *error)
{
  StnFailure failure = stn_error_failure (error);
  switch (failure) {
  case STN_FAILURE_USAGE:
    return STN_EXIT_USAGE;
  case STN_FAILURE_BANK_BUSY:
    return STN_EXIT_BUSY;
  case STN_FAILURE_NOT_RECORDED:
    return STN_EXIT_NOT_RECORDED;
  case STN_FAILURE_CANCELLED:
    return STN_EXIT_STOPPED;
  default:
    break;
  }
  switch (stn_failure_row (failure)->blame) {
  case STN_BLAME_INPUT:
    return STN_EXIT_INPUT;
  case STN_BLAME_GATE:
    return STN_EXIT_GATE;
  case STN_BLAME_UNIT:
    return STN_EXIT_FAILED;
  default:
    return STN_EXIT_STATION;
  }
}

StnExitCode
stn_exit_code_of_outcome (const StnOutcome *outcome)
{
  const guint64 *counts = outcome->counts;

  if (outcome->not_recorded > 0)
    return STN_EXIT_NOT_RECORDED;
  if (counts[STN_VERDICT_ERROR] > 0 || outcome->many_alike)
    return STN_EXIT_STATION;
  if (outcome->stopped || counts[STN_VERDICT_CANCELLED] > 0)
    return STN_EXIT_STOPPED;
  /* a site that nobody left out and nothing came from may hold a dead board: 0 would call that passed */
  if (counts[STN_VERDICT_FAIL] > 0 || counts[STN_VERDICT_EMPTY] > 0)
    return STN_EXIT_FAILED;
  if (counts[STN_VERDICT_SKIPPED] > 0)
    return STN_EXIT_GATE;
  return counts[STN_VERDICT_PASS] > 0 ? STN_EXIT_PASSED : STN_EXIT_FAILED;
}
