/* A run's units as a JUnit report, for machines that show such reports. */
#pragma once

#include "src/job/job.h"

G_BEGIN_DECLS

/* Writes it in one go; suite: job and lot, case: unit. `rows` are StnUnitRow. Error: STN_FAILURE_PERMISSION. */
gboolean stn_junit_write (const char *path, const GPtrArray *rows, const StnJob *job, const char *lot, GError **error);

G_END_DECLS
