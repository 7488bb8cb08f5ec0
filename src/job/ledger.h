/* The ledger: what a run must ask before it goes on, and tell before anybody may know.
 *
 * An interface, because the job must not know SQLite: the journal's side is put behind it by src/station/ledger.c,
 * tests use the one in memory (ledger-memory.h). Calls block until what they say is durable; they may come from any
 * worker. Order in a run: begin, admit, lease, expose, (window_open, window_close)*, finish. finish is called for every
 * run that began, whatever happened. */
#pragma once

#include "src/base/error.h"
#include "src/record/record.h"
#include "src/record/serial.h"

G_BEGIN_DECLS

typedef enum {
  STN_ADMISSION_GO,
  STN_ADMISSION_ALREADY_DONE, /* passed under this job, and the job does not say `repeat: allowed` */
  STN_ADMISSION_RETRY,        /* failed before, within the job's limit */
  STN_ADMISSION_REWORK,       /* passed under another revision, or cleared for rework */
  STN_ADMISSION_BLOCK         /* a limit, a rule or the lot's quantity is against it; the error says which */
} StnAdmission;

typedef struct {
  const char *run_id;
  const char *uid;  /* NULL: the chip's ROM does not let it be read */
  const char *scan; /* what was scanned for the unit, or NULL */
  const char *lot;
  const char *job_name;
  gint64 job_revision;
  gboolean repeat_allowed;
  gint64 retries;  /* of a unit that failed; -1: no limit */
  gint64 quantity; /* PASSes of the lot; 0: no limit */
} StnAdmissionRequest;

typedef struct StnLedger StnLedger;

typedef struct {
  /* The run's intent, before the first byte. */
  gboolean (*begin) (StnLedger *self, const StnRun *run, GError **error);
  /* TRUE and the answer, or FALSE with an error (BLOCK and ALREADY_DONE come as FALSE with their failure:
   * already-done, retry-limit, quantity, same-unit-twice). */
  gboolean (*admit) (StnLedger *self, const StnAdmissionRequest *request, StnAdmission *out, GError **error);
  gboolean (*lease) (StnLedger *self, const char *run_id, const StnSerialRequest *request, char **out_serial,
                     GError **error);
  gboolean (*expose) (StnLedger *self, const char *run_id, GError **error);
  gboolean (*window_open) (StnLedger *self, const char *run_id, const char *site, const char *what,
                           gint64 longest_ns, GError **error);
  gboolean (*window_close) (StnLedger *self, const char *run_id, GError **error);
  gboolean (*finish) (StnLedger *self, const StnResult *result, GError **error);
  void (*free) (StnLedger *self);
} StnLedgerClass;

struct StnLedger {
  const StnLedgerClass *ledger_class;
};

void stn_ledger_free (StnLedger *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnLedger, stn_ledger_free)

G_END_DECLS
