/* The journal: the durable record of every unit, in SQLite.
 *
 * One StnJournal is one open file with one writer thread; any thread may call, and every call returns only when what it
 * says is on disk (WAL, synchronous=FULL) or with an error that says that it is not. Requests that wait at the same
 * time are committed together. Reading is query.h, on connections of its own.
 *
 * Rows are inserted, never changed. Runs, results, voids, dispositions and audit rows are links of one hash chain
 * (src/record/canonical.h); the previous hash is read inside the same BEGIN IMMEDIATE, so that two programs on one file
 * keep one chain. A journal is either production or virtual, says so in its own `about` row, and refuses the other
 * kind.
 *
 * Waiting goes through the clock: the writer is a joined thread, so virtual time stands still while a row is written.
 *
 * Errors: STN_FAILURE_JOURNAL (the file: damaged, foreign, newer than this program, read-only, full, on a network file
 * system), STN_FAILURE_NOT_RECORDED (this row could not be committed), gates as their own names. */
#pragma once

#include "src/base/wait.h"
#include "src/record/canonical.h"
#include "src/record/record.h"
#include "src/record/serial.h"

G_BEGIN_DECLS

typedef struct StnJournal StnJournal;

/* Opens or creates (with its folder). Takes numbered schema steps where the file is older, after a backup beside it.
 * Reads the whole file through where the last program ended without closing it. Frees what dead programs left behind:
 * claims, and leases that nobody holds any more. Blocks on the disk, and up to 5 s for another program's write. */
StnJournal *stn_journal_open (const char *path, gboolean is_virtual, StnClock *clock, GError **error);
/* Waits for what is queued, ends the writer, closes. NULL-safe. No other thread may call any more. Runs that this
 * program began and did not finish are unknown from then on. */
void stn_journal_close (StnJournal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnJournal, stn_journal_close)
const char *stn_journal_path (const StnJournal *self);
gboolean stn_journal_is_virtual (const StnJournal *self);

/* The intent. run->run_id is set by the caller (stn_uuid_new) and must be new. */
gboolean stn_journal_begin (StnJournal *self, const StnRun *run, GError **error);
/* The result; also settles the run's serial in the same transaction: PASS -> used, not exposed -> free, exposed without
 * PASS -> stays exposed, kept for this UID (void when the UID is not known). Refused when there is no such run or it
 * has a result already. Where the file cannot take the result it is put into FILE.spool, on disk, and recorded before
 * the next run begins or at the next open; the answer is STN_FAILURE_NOT_RECORDED all the same. */
gboolean stn_journal_finish (StnJournal *self, const StnResult *result, GError **error);

/* A run of this program whose result is lost for good: what it held - its chip, a serial that was never exposed - is let
 * go, as the next start of a program would. It stays unknown. A run that has a result, or is not this program's, is left
 * as it is. */
gboolean stn_journal_abandon (StnJournal *self, const char *run_id, GError **error);

/* Takes up results of this program that the file could not take when they came (FILE.spool). FALSE: it still can't. */
gboolean stn_journal_take_up_spool (StnJournal *self, GError **error);

/* What is known of a chip under a job, to admit it. */
typedef struct {
  guint runs;             /* with this UID and job name, with a result */
  guint passes;           /* with this UID and this job (name and revision) */
  guint fails_since_pass; /* FAIL results since the last PASS or disposition */
  guint unknown;          /* runs without a result */
  char *pass_serial;      /* serial of the last PASS; NULL: none */
  char *exposed_serial;   /* one that may be on the chip; NULL: none */
  gint64 last_utc_us;
} StnUnitHistory;
void stn_unit_history_clear (StnUnitHistory *self);
/* Claims the UID for the run (a row: no second live run of this file may have it; a dead program's claim is void), and
 * says what is known. STN_FAILURE_SAME_UNIT_TWICE with the other site and run in the text when it is claimed,
 * STN_FAILURE_UNIT_CHANGED when the run was admitted with another. NULL (a chip that does not say its UID): nothing is
 * claimed and nothing known. */
gboolean stn_journal_admit (StnJournal *self, const char *run_id, const char *uid, const char *job_name,
                            gint64 job_revision, StnUnitHistory *out, GError **error);
/* PASSes of a lot under a job, for quantity. */
gboolean stn_journal_count_passes (StnJournal *self, const char *job_name, const char *lot, guint64 *out_count,
                                   GError **error);
/* Whether they are `enough`: *out_count is exact where it reaches that, and where it does not it may count boards twice
 * that passed twice. A lot's runs are read only where their tally reaches it: the writer, and with it every commit, waits
 * for that. */
gboolean stn_journal_count_passes_to (StnJournal *self, const char *job_name, const char *lot, guint64 enough,
                                      guint64 *out_count, GError **error);

/* Leases a serial to a run. A chip (request->uid, admitted before) that has one of this scheme already - exposed in a
 * run that did not pass, or used - gets that one again where no text is given, and may have it again where it is. Else
 * free numbers that were leased and never exposed come first (with the text that they had), then the counter's next. A
 * run has at most one. A serial is unique within its scheme and, but for the chip that has it, within the request's
 * product; a void text is void in every scheme.
 * STN_FAILURE_SERIAL_USED when a given text is not free (its state and run in the text), STN_FAILURE_SERIALS_EXHAUSTED
 * past request->last. Free *out_serial with g_free. */
gboolean stn_journal_lease (StnJournal *self, const char *run_id, const StnSerialRequest *request, char **out_serial,
                            GError **error);
/* From here on the serial may be on a board. */
gboolean stn_journal_expose (StnJournal *self, const char *run_id, GError **error);
/* Takes a serial out for good, in every scheme, with the reason; chained. Also one that was never given out. Refused
 * with STN_FAILURE_SERIAL_USED while a run that is on its way has it. */
gboolean stn_journal_void_serial (StnJournal *self, const char *serial, const char *reason, const char *operator_id,
                                  GError **error);

/* What was decided about a unit: `kind` is "rework", "release" (both let it run again: its fails so far are not counted
 * any more), "hold" or "scrap" (for the reader; the gate is the ledger's). Chained. */
gboolean stn_journal_dispose (StnJournal *self, const char *uid, const char *kind, const char *reason,
                              const char *operator_id, GError **error);
/* Something that was done and is not a run: by whom, what was before and after, why. Texts are UTF-8, NULL where there is
 * nothing to say; action is never NULL. */
typedef struct {
  const char *action;      /* "unlock", "bin", "lot-open": stable */
  const char *subject;     /* what it was done to: a site, a lot, a job, a badge */
  const char *detail;
  const char *operator_id; /* who did it */
  const char *lot, *site, *run_id;
  const char *old_value, *new_value, *reason;
  const char *allowed_by;  /* the supervisor */
} StnAudit;
/* Chained. */
gboolean stn_journal_write_audit (StnJournal *self, const StnAudit *audit, GError **error);
/* That something was done that is not a run (a setting, a signature, a clock that was set). Chained. */
gboolean stn_journal_audit (StnJournal *self, const char *action, const char *subject, const char *detail,
                            const char *operator_id, GError **error);

/* The write window: durable before its first byte. `longest_ns`: after that it is over whatever happened. */
gboolean stn_journal_window_open (StnJournal *self, const char *run_id, const char *site, const char *what,
                                  gint64 longest_ns, GError **error);
gboolean stn_journal_window_close (StnJournal *self, const char *run_id, GError **error);
/* Counts one more cycle of a fixture and says the new count. */
gboolean stn_journal_count_fixture (StnJournal *self, const char *fixture, gint64 *out_cycle, GError **error);

G_END_DECLS
