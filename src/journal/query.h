/* Reading the journal: on a read-only connection of its own, in any thread, without disturbing the writer.
 *
 * Lists are paged by key (never by offset): pass the last row's key to get the next page. */
#pragma once

#include "src/record/record.h"

G_BEGIN_DECLS

typedef struct StnQuery StnQuery;

/* Error: STN_FAILURE_JOURNAL. One thread at a time. */
StnQuery *stn_query_open (const char *path, GError **error);
/* The same for a journal of any earlier version too, and for stn_query_open_windows alone, whose tables every version
 * has: who only looks at the wiring need not bring a journal up to date first. */
StnQuery *stn_query_open_for_windows (const char *path, GError **error);
void stn_query_close (StnQuery *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnQuery, stn_query_close)
gboolean stn_query_is_virtual (const StnQuery *self);

/* A run with its result (NULL: unknown). */
typedef struct {
  gint64 row; /* the key: run rows in the order they were made */
  StnRun *run;
  StnResult *result; /* NULL: unknown */
} StnRunRow;
void stn_run_row_free (StnRunRow *self);

typedef struct {
  const char *lot, *serial, *uid, *site, *job_name, *production_day; /* NULL: any */
  StnVerdict verdict; /* with has_verdict; UNKNOWN finds runs without a result */
  gboolean has_verdict;
  gboolean newest_first;
  gint64 after_row; /* key of the last row of the page before; 0: from the start */
  guint limit;      /* 1..1000 */
  gboolean with_steps;
} StnRunFilter;

/* Rows (StnRunRow, owned by the array). */
GPtrArray *stn_query_runs (StnQuery *self, const StnRunFilter *filter, GError **error);

/* A unit's whole life by serial or UID (24 hex digits of either case), oldest first, steps included; also runs that
 * came to no result. Empty: not known. */
GPtrArray *stn_query_unit (StnQuery *self, const char *serial_or_uid, GError **error);

typedef struct {
  char *run_id, *site, *what, *uid, *serial;
  gint64 opened_utc_us;
  gint64 longest_ns;
} StnOpenWindow;
void stn_open_window_free (StnOpenWindow *self);
/* Windows without an end whose run has no result: boards that may be half-way through an option write or mass erase. */
GPtrArray *stn_query_open_windows (StnQuery *self, GError **error);
/* What the write windows of a run were for (char *, owned by the array), in the order they were opened, closed or not.
 */
GPtrArray *stn_query_windows (StnQuery *self, const char *run_id, GError **error);
/* The UID that a run was admitted with, result or not; *out NULL: with none, or not admitted. g_free. */
gboolean stn_query_admitted_uid (StnQuery *self, const char *run_id, char **out, GError **error);

typedef struct {
  guint64 units, counts[STN_VERDICT_COUNT]; /* runs by verdict (unknown included); units: distinct chips or runs */
} StnCounts;
gboolean stn_query_counts (StnQuery *self, const char *lot, StnCounts *out, GError **error);

/* Boards that came to a verdict, by the rules of yield: a board belongs to the lot, day, site and operator of its first
 * run; first-pass yield is pass_first / units, final yield passes_now / units. Boards are told apart as units.c says. */
typedef struct {
  guint64 units;
  guint64 pass_first;       /* passed at the first run */
  guint64 pass_after_retry; /* passed at last, not at the first run */
  guint64 fail;             /* has not passed: its last verdict is fail */
  guint64 passes_now;       /* pass_first without those that failed later, and pass_after_retry */
} StnUnitCounts;
typedef struct {
  const char *lot, *day, *from_day, *to_day, *site, *operator_id, *job_name; /* NULL: any; days both included */
  gint64 after_run; /* only boards whose first run's row is above; 0: all */
} StnUnitFilter;
gboolean stn_query_unit_counts (StnQuery *self, const StnUnitFilter *filter, StnUnitCounts *out, GError **error);

typedef enum {
  STN_UNITS_BY_DAY,
  STN_UNITS_BY_SITE,
  STN_UNITS_BY_LOT,
  STN_UNITS_BY_OPERATOR,
  STN_UNITS_BY_JOB /* "name/revision" */
} StnUnitsBy;
typedef struct {
  char *key; /* NULL: those that have none */
  StnUnitCounts counts;
} StnUnitGroup;
void stn_unit_group_free (StnUnitGroup *self);
/* One row (StnUnitGroup, owned by the array) a key, in its order. */
GPtrArray *stn_query_unit_groups (StnQuery *self, StnUnitsBy by, const StnUnitFilter *filter, GError **error);

/* PASS results that ended in [from, to) (UTC, us). */
gboolean stn_query_passes_between (StnQuery *self, gint64 from_utc_us, gint64 to_utc_us, guint64 *out_count,
                                   GError **error);
/* The last results of a site, oldest first: pass, fail, error. *out_count: how many there are, at most `most`. */
gboolean stn_query_site_last (StnQuery *self, const char *site, StnVerdict *out, guint most, guint *out_count,
                              GError **error);
/* The newest run's row; 0: none yet. */
gboolean stn_query_last_run (StnQuery *self, gint64 *out_row, GError **error);
/* A run by its id; NULL without an error where there is none. */
StnRunRow *stn_query_run (StnQuery *self, const char *run_id, GError **error);

/* A board of a lot that has not come to its end: its last verdict is fail, its run has no result, or it only met errors
 * of the station. Boards that were binned (audit rows `bin`) are not among them. */
typedef struct {
  char *run_id, *site, *uid, *serial;
  StnVerdict verdict; /* fail, unknown, error or cancelled */
  StnFailure failure;
} StnOpenUnit;
void stn_open_unit_free (StnOpenUnit *self);
typedef struct {
  guint64 started; /* passed + binned + held + removed + open */
  guint64 passed;
  guint64 binned;  /* audit rows `bin`; `held`: those with the bin "hold" */
  guint64 held;
  guint64 removed; /* audit rows `remove`, their new_value summed */
  guint64 open;    /* what is left: a lot balances at 0 */
  guint64 unknown; /* of those: runs without a result */
  guint64 errors;  /* runs that ended in an error of the station; not boards */
  GPtrArray *open_units; /* StnOpenUnit, owned */
} StnLotSums;
void stn_lot_sums_clear (StnLotSums *self);
/* *out is cleared first. */
gboolean stn_query_lot_sums (StnQuery *self, const char *lot, StnLotSums *out, GError **error);

/* An audit row: something that was done and is not a run (journal.h, StnAudit). */
typedef struct {
  gint64 row; /* the key */
  gint64 utc_us;
  char *action, *subject, *detail, *operator_id, *lot, *site, *run_id, *old_value, *new_value, *reason, *allowed_by;
} StnAuditRow;
void stn_audit_row_free (StnAuditRow *self);

typedef struct {
  const char *action, *subject, *lot, *run_id; /* NULL: any */
  gboolean newest_first;
  gint64 after_row; /* key of the last row of the page before; 0: from the start */
  guint limit;      /* 1..1000 */
} StnAuditFilter;
/* Rows (StnAuditRow, owned by the array). */
GPtrArray *stn_query_audit (StnQuery *self, const StnAuditFilter *filter, GError **error);
/* The newest of these; NULL without an error where there is none. Free with stn_audit_row_free. */
StnAuditRow *stn_query_last_audit (StnQuery *self, const char *action, const char *subject, GError **error);

/* Walks the hash chain from its first entry, building every row's form again from its columns. FALSE with
 * STN_FAILURE_JOURNAL naming the first bad row (entry, kind, row, run): one that was changed, deleted, inserted or
 * moved. *out_rows and *out_head (NULL allowed) are the chain's length and last hash. An end that was cut off cleanly
 * leaves a shorter chain that is right in itself: it shows only against a length and head that were kept elsewhere (a
 * report, a central database). Reads the whole file as it was when the walk began; the writer goes on meanwhile. Up to
 * eight threads, one a processor, walk a part each on connections of their own; what is found and named is the same
 * for any number of them. */
gboolean stn_query_verify (StnQuery *self, guint64 *out_rows, guint8 out_head[32], GError **error);

/* A change of a serial's state: "leased", "exposed", "used", "free", "void". */
typedef struct {
  gint64 utc_us;
  char *serial, *state;
  char *run_id; /* NULL: no run did it */
} StnSerialChange;
void stn_serial_change_free (StnSerialChange *self);
/* The life of a serial, or of every serial that was meant for a chip (its UID), oldest first; at most 1000 rows
 * (StnSerialChange, owned by the array). */
GPtrArray *stn_query_serial_changes (StnQuery *self, const char *serial_or_uid, GError **error);

/* ---- runs as csv (runs-csv.c) ----
 *
 * RFC 4180, a row each: what `units --csv` prints and the window's history saves. Keys never change and are never
 * translated; times are ISO 8601 in UTC, durations milliseconds; a text that a spreadsheet would take for a formula gets
 * a ' in front. */

/* Appends a cell, quoted where it must be, without the comma; `is_text`: a formula is disarmed. */
void stn_csv_cell (GString *text, const char *cell, gboolean is_text);
/* Appends the line of keys. */
void stn_runs_csv_head (GString *text);
/* Appends a run. `is_virtual`: of the journal it comes from; stands in the last column of every row. */
void stn_runs_csv_row (GString *text, const StnRunRow *row, gboolean is_virtual);

G_END_DECLS
