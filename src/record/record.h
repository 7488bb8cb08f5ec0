/* The record of a run: what job fills in, journal stores and report reads.
 *
 * A run is one plan on one unit. It has two halves, written at different moments and never changed afterwards: StnRun,
 * the intent, durable before the first byte goes to the board; StnResult, what came of it, durable before anybody is
 * told. A run without a result is *unknown*; that verdict is derived, never written.
 *
 * Everything is plain data with owned strings (NULL: not known or not observed, which is not the same as empty).
 * "_hash" is SHA-256 as 64 lower-case hex digits. No floats anywhere: a measured value is an integer with a unit.
 * A field is added at the end, with a new canonical form (canonical.h). */
#pragma once

#include <gio/gio.h>
#include "src/base/failure.h"

G_BEGIN_DECLS

typedef enum {
  STN_VERDICT_UNKNOWN, /* derived: a run without a result */
  STN_VERDICT_PASS,
  STN_VERDICT_FAIL,  /* the unit's */
  STN_VERDICT_ERROR, /* the station's */
  STN_VERDICT_CANCELLED,
  STN_VERDICT_EMPTY, /* no byte ever came: empty or no contact */
  STN_VERDICT_SKIPPED,
  STN_VERDICT_COUNT
} StnVerdict;

const char *stn_verdict_name (StnVerdict verdict); /* "pass", "fail", ... */
/* FALSE when there is no such name. */
gboolean stn_verdict_from_name (const char *name, StnVerdict *out);

/* The order of a run (ARCHITECTURE.md). */
typedef enum {
  STN_STEP_POWER_ON,
  STN_STEP_ENTER,
  STN_STEP_IDENTIFY,
  STN_STEP_ADMIT,
  STN_STEP_BIND,
  STN_STEP_OPENING_OPTIONS,
  STN_STEP_ERASE,
  STN_STEP_PROGRAM,
  STN_STEP_VERIFY,
  STN_STEP_FIRST_BLOCK,
  STN_STEP_CLOSING_OPTIONS,
  STN_STEP_READ_PROTECT,
  STN_STEP_LEAVE,
  STN_STEP_BOOT_CHECK,
  STN_STEP_RECORD,
  STN_STEP_COUNT
} StnStepKind;

const char *stn_step_name (StnStepKind step);  /* "power-on", "enter", ...: stable, in events and journal */
const char *stn_step_words (StnStepKind step); /* "powering", "entering the ROM", ...: for people */
/* FALSE when there is no such name. */
gboolean stn_step_from_name (const char *name, StnStepKind *out);

/* The intent, from the first row on. */
typedef struct {
  char *run_id;          /* time-ordered UUID (version 7), 36 characters */
  gint64 started_utc_us;
  gint64 started_mono_ns;
  char *boot_id;         /* of this machine's kernel */
  char *production_day;  /* YYYY-MM-DD, from the station's shift calendar */
  char *shift;
  char *operator_id;
  char *lot;
  char *station;
  char *bank;
  char *site;
  char *fixture;
  char *fixture_revision;
  gint64 fixture_cycle;  /* this fixture's count, from 1; 0: not counted */
  gint64 cycle;          /* of this start of the program, from 1 */
  char *unit_scan;       /* what was scanned for the unit */
  char *panel;
  gint64 panel_position; /* from 1; 0: no panel */
  char *job_name;
  gint64 job_revision;
  char *job_hash;
  char *plan_hash;
  char *images;          /* "name=sha256 name=sha256" in the order of the job */
  char *target;
  char *target_source;
  char *target_hash;
  char *engine;          /* of the port that programs */
  char *adapters;        /* which ports the site uses, "uart=/dev/... nrst=c1.AC0" */
  char *left_out;        /* what the job leaves out of PASS, "boot-check: none, ..." */
  char *program_version;
  gboolean is_virtual;
  char *retry_of;        /* form 2: the run of the same board that this one repeats; NULL: none that is known */
  gint64 predicted_ns;   /* form 3: what the plan says that it takes; -1: nothing */
} StnRun;

/* One step of a run. */
typedef struct {
  StnStepKind kind;
  StnVerdict outcome;    /* PASS, FAIL, ERROR, CANCELLED or SKIPPED */
  StnFailure failure;
  gint64 started_ns;     /* since the run's start */
  gint64 duration_ns;
  guint tries;           /* 1: no exchange was repeated */
  guint64 bytes;
  gboolean has_value;
  gint64 value;          /* a measurement, in `unit` */
  gint64 low, high;      /* its limits; low > high: none */
  char *unit;            /* "us", "uV", "B/s" */
  char *detail;          /* one line for the engineer */
  gint64 predicted_ns;   /* form 2 of the result: what the plan says that the step takes; -1: nothing */
} StnStepRecord;

/* What came of it. */
typedef struct {
  char *run_id;
  gint64 ended_utc_us;
  gint64 ended_mono_ns;
  StnVerdict verdict;
  StnFailure failure;
  char *message;         /* the error's text, from station to byte */
  gboolean has_address;
  guint64 address;
  char *expected;
  char *seen;
  char *serial;
  gboolean serial_exposed; /* its first write was begun */
  char *uid;             /* 24 hex digits as read from the chip, low address first */
  gint64 product_id;     /* -1: not read */
  gint64 rom_version;    /* bootloader id; -1: none or not read */
  gint64 protocol_version; /* -1: not read */
  gint64 flash_bytes;    /* as the chip says; -1: not read */
  char *options_before;  /* hex of the option area; NULL: not read */
  char *options_after;
  char *protection;      /* how each protection was proved; NULL: none asked for */
  char *bound_hash;      /* of the plan met with this unit; NULL: it did not come so far */
  char *leave_way;       /* "reset", "power-cycle", "option-reload", "go" */
  char *boot_answer;     /* what the boot check heard */
  guint64 bytes_written, bytes_proved;
  GPtrArray *steps;      /* StnStepRecord, owned */
  char *transcript;      /* the last part of the wire's trace, for a failure */
} StnResult;

StnRun *stn_run_new (void); /* all NULL and 0, nothing predicted */
StnRun *stn_run_copy (const StnRun *self);
void stn_run_free (StnRun *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnRun, stn_run_free)

StnStepRecord *stn_step_record_new (StnStepKind kind); /* one try, nothing predicted, all else 0 and NULL */
StnStepRecord *stn_step_record_copy (const StnStepRecord *self);
void stn_step_record_free (StnStepRecord *self);

StnResult *stn_result_new (void); /* numbers that mean "not read" are -1 */
StnResult *stn_result_copy (const StnResult *self);
void stn_result_free (StnResult *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnResult, stn_result_free)

/* A new time-ordered UUID (RFC 9562 version 7): unix ms, then a counter and random bits, so that ids made in one
 * process sort in the order they were made. 36 characters; free with g_free. Thread-safe. */
char *stn_uuid_new (gint64 utc_us);

/* This machine's kernel boot id (/proc/sys/kernel/random/boot_id), or "unknown". Borrowed. */
const char *stn_boot_id (void);

/* The production day that a moment belongs to, when days begin `day_start_minutes` after local midnight in `zone`
 * (NULL: the machine's). YYYY-MM-DD; free with g_free; NULL outside the years 1 to 9999. A day begins at one moment,
 * also where the clocks change over it, so days never go back. */
char *stn_production_day (gint64 utc_us, int day_start_minutes, GTimeZone *zone);

G_END_DECLS
