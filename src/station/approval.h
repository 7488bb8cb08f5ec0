/* Approvals: that somebody has checked a job, byte for byte, and lets it be used. An approval is an audit row over the
 * job's hash with the hash of each of its images, so that a later difference can be named; the newest row of a job's
 * name and revision counts, `revoke` takes it back. */
#pragma once

#include "src/job/job.h"
#include "src/journal/journal.h"
#include "src/journal/query.h"

G_BEGIN_DECLS

typedef struct {
  gboolean is_approved;
  char *text; /* "approved by Q1 on 2026-11-12", or what is against it and what differs */
} StnApproval;
void stn_approval_clear (StnApproval *self);
/* FALSE with an error of the journal; what it found is in *out. */
gboolean stn_approval_find (StnQuery *query, const StnJob *job, StnApproval *out, GError **error);
/* FALSE with not-approved or job-changed where the job may not be used. */
gboolean stn_approval_check (StnQuery *query, const StnJob *job, GError **error);
/* Chained. `reason` may be NULL. */
gboolean stn_approval_write (StnJournal *journal, const StnJob *job, gboolean approve, const char *who,
                             const char *reason, GError **error);
/* What is not the same, of two texts "name=sha256 name=sha256": "image app differs", "job.yaml differs". g_free. */
char *stn_job_difference (const char *before, const char *now);

G_END_DECLS
