/* The session: a station on a shift. One object holds what a person works with from sign-in to lot end - who is there,
 * the job, the lot, what each site holds and what has to happen to it next - and decides what may be done. The window
 * and `stationctl shift` do nothing but ask it.
 *
 *     session = stn_session_new (&options);             // its thread loads the station; nothing waits
 *     stn_session_sign_in (session, "4711");            // every call only queues, and returns the request's number
 *     stn_session_open_job (session, "job.yaml");
 *     stn_session_open_lot (session, "L17", 480);
 *     stn_session_start (session, STN_CAUSE_KEY);
 *     ...
 *     on notify: while ((notice = stn_session_take_notice (session))) ...; state = stn_session_state (session);
 *
 * A thread of its own does all work: files, devices, the journal, password hashes. It publishes two things: *states*,
 * immutable pictures of everything (only the newest counts), and *notices*, facts in order that are never dropped: the
 * answer to each request, what was scanned, verdicts, warnings, sounds. `notify` is called in that thread whenever
 * there is something new, and must only wake somebody. What is moving (bytes, time left) is sampled with
 * stn_session_progress.
 *
 * What always holds, whatever is asked in whatever order:
 *   - no cycle starts while a failed board is neither retried nor binned, or a run without a result is not settled;
 *   - a site shows PASS only for a run whose result is committed;
 *   - a site is in one run at a time;
 *   - a fault of the station (adapter, port, journal) is never a board's FAIL and takes none of its retries;
 *   - retry limits and the job's stop rules; a lot ends only when every board of it is accounted for;
 *   - what a supervisor allows is an audit row with old, new, who and why before it is in force.
 *
 * All functions may be called from any thread and never block on more than a short mutex, stn_session_free and
 * stn_session_wait excepted. */
#pragma once

#include "src/record/event.h"
#include "src/station/check.h"
#include "src/station/station.h"

G_BEGIN_DECLS

typedef struct StnSession StnSession;

/* ---- what a site is ---- */

typedef enum {
  STN_SEAT_EMPTY,            /* no board, or no byte ever came from it */
  STN_SEAT_READY,            /* takes part in the next cycle */
  STN_SEAT_RUN,              /* at work */
  STN_SEAT_PASS,             /* committed */
  STN_SEAT_PASS_AFTER_RETRY, /* committed; this board had failed before */
  STN_SEAT_FAIL,             /* the board's; stays until it is retried or binned */
  STN_SEAT_ACTION,           /* a person does something with this board: `word` is the verb */
  STN_SEAT_STATION_ERROR,    /* the station's; no verdict of the board */
  STN_SEAT_UNKNOWN,          /* a run without a result: to be run again, or put aside */
  STN_SEAT_DISABLED,         /* does not take part: off_reason, off_by */
  STN_SEAT_COUNT
} StnSeatState;
const char *stn_seat_state_name (StnSeatState state); /* "empty", "pass-after-retry": stable */
const char *stn_seat_state_word (StnSeatState state); /* "PASS ×2": what a tile says; "" where it is the step's or a verb */

#define STN_SESSION_LAST 10

typedef struct {
  char *name, *bank;
  gint64 row, column; /* place on the fixture */
  StnSeatState state;
  const char *word;   /* what the tile says */
  char *instruction;  /* what to do here now; NULL: nothing */
  char *scan;         /* serial that was scanned for the next run; NULL */
  gboolean is_next_scan;
  /* of the run that is shown: the one at work, or the last one */
  char *run_id;       /* NULL: none since the last lot */
  char *serial, *uid; /* NULL: not known */
  StnStepKind step;   /* with RUN: at work; otherwise where it ended */
  StnVerdict verdict; /* UNKNOWN: none */
  StnFailure failure;
  char *sentence;     /* the operator's sentence of the failure, the site's name in it; NULL */
  const char *next_action; /* of the failure, imperative; NULL */
  char *message;      /* for the engineer: from station to byte; NULL */
  gint64 duration_ns; /* of the run; 0: none or not over */
  guint tries;        /* runs of this board with a verdict, this one included */
  guint retries_left; /* G_MAXUINT: no limit */
  gboolean may_retry, may_bin, may_hold;
  char *off_reason, *off_by; /* with DISABLED */
  gboolean blinks;    /* stn_session_identify */
  const char *lesson; /* what the next board here is like, in training (lesson.h); NULL: nothing was chosen */
  StnVerdict last[STN_SESSION_LAST]; /* the site's last results, oldest first; pass, fail and error */
  guint last_count;
} StnSessionSite;

/* What moves; sampled. */
typedef struct {
  gboolean is_running;
  StnStepKind step;
  guint64 done_bytes, total_bytes; /* of the step; total 0: not counted in bytes */
  double fraction;                 /* of the whole run, 0..1, by the plan's predicted times */
  gint64 bytes_per_s;              /* of the step so far; 0: not known yet */
  gint64 elapsed_ns, left_ns;      /* of the run; left: predicted, -1: not known */
} StnSessionProgress;

/* ---- where the session is ---- */

typedef enum {
  STN_PHASE_LOADING,   /* the station file, people, the journal */
  STN_PHASE_BROKEN,    /* the station can't be used: `blocked` says why, and what to do */
  STN_PHASE_SIGN_IN,   /* nobody is signed in */
  STN_PHASE_RECOVERY,  /* runs without a result from a program that was ended in the middle */
  STN_PHASE_JOB,       /* a job is wanted */
  STN_PHASE_LOT,       /* a lot is wanted */
  STN_PHASE_OPENING,   /* locks, adapters, write windows that are waited out */
  STN_PHASE_READY,     /* boards are put in; or something blocks START: `blocked` */
  STN_PHASE_RUNNING,   /* a cycle */
  STN_PHASE_STOPPING,  /* a cycle that was told to stop */
  STN_PHASE_COUNT
} StnPhase;

/* REMOTE: another program has the bank; what the journal says of its boards is shown, and nothing can be asked of them. */
typedef enum { STN_MODE_OPERATOR, STN_MODE_SUPERVISOR, STN_MODE_TRAINING, STN_MODE_REMOTE } StnMode;

/* What keeps START from working, the one that is acted on first; each is a sentence with a key for translation. */
typedef enum {
  STN_BLOCK_NONE,
  STN_BLOCK_LOADING,
  STN_BLOCK_BROKEN,         /* `blocked` is the error's text */
  STN_BLOCK_SIGN_IN,
  STN_BLOCK_JOB,
  STN_BLOCK_LOT,
  STN_BLOCK_RUNNING,
  STN_BLOCK_UNKNOWN,        /* sites: settle them */
  STN_BLOCK_FAIL,           /* sites: retry or bin */
  STN_BLOCK_JOB_CHANGED,
  STN_BLOCK_NOT_APPROVED,
  STN_BLOCK_STOPPED,        /* a stop rule: a supervisor releases it */
  STN_BLOCK_BANK_BUSY,      /* another program has the bank: it goes on by itself when that has ended */
  STN_BLOCK_STATION,        /* an adapter is gone: START tries it again */
  STN_BLOCK_NOT_RECORDED,   /* a result is not on disk */
  STN_BLOCK_NO_SITE,        /* all sites are off */
  STN_BLOCK_SCANS,          /* site: its serial is to be scanned */
  STN_BLOCK_LID,            /* the lid is open */
  STN_BLOCK_QUANTITY,       /* the lot is full: end it */
  STN_BLOCK_COUNT
} StnBlock;
const char *stn_block_name (StnBlock block);     /* "fail": stable */
const char *stn_block_sentence (StnBlock block); /* "%s" stands for sites or an error's text, once or not at all */

/* Counted as reference A8 does: units are boards that came to a verdict; errors of the station are not units. */
typedef struct {
  guint64 units, pass_first, pass_after_retry, fail; /* pass_first + pass_after_retry + fail = units */
  guint64 passes_now;        /* units whose last verdict is pass */
  guint64 unknown, errors, binned;
  int first_pass_permille;   /* pass at run 1 / units; -1: no unit yet */
  int final_permille;        /* pass at last / units; -1 */
  int units_per_hour;        /* PASS of the last 60 minutes; -1: none yet */
  int shift_per_hour;        /* average since the shift began; -1 */
  gint64 cycle_ns, handling_ns; /* of the last: start to last verdict, verdict to next start; -1 */
} StnSessionCounts;

/* A lot balances when open is 0: quantity in = passed + binned + held + removed. */
typedef struct {
  guint64 started, passed, binned, held, removed, open;
  char **open_units; /* what is not accounted for: "A3 TH7-… failed: verify-mismatch"; at most 50; never NULL */
} StnLotBalance;

typedef struct {
  char *name, *revision, *path, *hash, *target, *images; /* as text */
  char *plan_text;           /* the plan in words, as `stationctl explain` prints it */
  char **irreversible;       /* what can't be undone, a sentence each; never NULL */
  char *left_out;            /* what it leaves out of PASS; NULL */
  gint64 predicted_ns;       /* of one run */
  gboolean wants_scans;      /* serials are scanned */
  gboolean is_approved;
  char *approval;            /* "by Q. Nelson on 2026-11-12"; or why not; NULL: the station wants none */
  gint64 retries;            /* of a unit; -1: no limit */
  gint64 stop_after_failures, quantity; /* 0: none */
  char *serials;             /* the pattern and where serials come from; NULL: none */
} StnSessionJob;

typedef struct {
  char *badge, *name;
  gboolean is_supervisor;
} StnSessionPerson;

typedef struct {
  guint pass, fail, other;
} StnCycleCounts;
#define STN_SESSION_CYCLES 5

/* Runs of the lot that failed like this. */
typedef struct {
  StnFailure failure;
  guint64 count;
} StnSessionFailure;
#define STN_SESSION_FAILURES 5

/* What a check of the wiring found; shared by the states from it on. */
typedef struct {
  const StnCheckReport *report; /* never NULL */
  gint64 utc_us;
} StnSessionWiring;

/* Immutable; reference counted. */
typedef struct {
  guint64 generation;
  StnPhase phase;
  StnMode mode;
  char *station;                /* name; NULL while loading */
  gboolean is_virtual, is_training;
  char *journal_path;
  StnSessionPerson *person;     /* NULL: nobody */
  StnSessionPerson *supervisor; /* unlocked now; NULL */
  gint64 supervisor_until_utc_us; /* it ends then, if nothing is done before */
  gint64 shift_since_utc_us;    /* since the person signed in */
  StnSessionJob *job;           /* NULL */
  char *lot;                    /* NULL */
  guint64 lot_quantity;         /* 0: no limit */
  StnLotBalance balance;        /* with a lot */
  StnSessionCounts lot_counts, shift_counts;
  StnSessionFailure failures[STN_SESSION_FAILURES]; /* of the lot's runs, the most frequent first */
  guint failure_count;
  StnCycleCounts cycles[STN_SESSION_CYCLES]; /* oldest first */
  guint cycle_count;
  guint cycle;                  /* of this session, from 1 */
  StnStartBy start_by;          /* what starts a cycle besides START */
  gboolean has_start_pin, has_detect, has_lid; /* what the sites' wiring could start by */
  gboolean is_lid_open;

  StnBlock block;               /* what START waits for; NONE: it would start */
  char *blocked;                /* in words; NULL */
  char *blocked_detail;         /* what stands for "%s" in the block's sentence: for who translates it; NULL */
  char *blocked_sites;          /* "A3, A7"; NULL */
  char *instruction;            /* the one of the moment: verb first; never NULL */
  char *station_fault;          /* ports that could not be used: opened anew at the next START; NULL */
  char *summary;                /* "7 PASS · 1 FAIL (A4)"; NULL before the first result */
  gboolean may_start, may_retry, may_stop, may_end_lot;

  guint site_count;
  StnSessionSite *sites;        /* in the order of the station file */
  gboolean is_serving;          /* the wiring is checked, or a board blinks: no cycle starts */
  guint64 service_done;         /* the last check or identify that came to its end: its request's number; 0: none */
  StnFailure service_failure;   /* and what came of it */
  char *service_text;           /* NULL: nothing to say */
  StnSessionWiring *wiring;     /* the last check; NULL: none since the station was loaded */
  char **warnings;              /* of the station and its devices, newest last, at most 20; never NULL */
  char **handover;              /* open fails, holds, sites that are off, stops: for who takes over; never NULL */
} StnSessionState;

StnSessionState *stn_session_state_ref (StnSessionState *self);
void stn_session_state_unref (StnSessionState *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnSessionState, stn_session_state_unref)

/* ---- notices ---- */

typedef enum {
  STN_NOTICE_ANSWER,  /* to `request`: taken (failure NONE) or refused, with the reason in words */
  STN_NOTICE_SCAN,    /* what a scan was taken for (text), or refused: what was read and what was expected */
  STN_NOTICE_EVENT,   /* `event`: a fact of the cycle, as `stationctl --json` tells it */
  STN_NOTICE_CYCLE,   /* a cycle is over, its summary in text */
  STN_NOTICE_WARNING, /* text */
  STN_NOTICE_WIRING,  /* a site of a check, in words */
  STN_NOTICE_SOUND,   /* `sound` */
  STN_NOTICE_COUNT
} StnNoticeKind;

typedef enum { STN_SOUND_NONE, STN_SOUND_PASS, STN_SOUND_FAIL, STN_SOUND_ACTION } StnSound;

typedef struct {
  StnNoticeKind kind;
  guint64 request;    /* 0: nobody asked */
  StnFailure failure;
  char *text;
  char *site;         /* NULL */
  StnSound sound;
  StnEvent *event;    /* NULL */
} StnNotice;
void stn_notice_free (StnNotice *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnNotice, stn_notice_free)

/* ---- the session ---- */

typedef struct {
  const char *station_path;  /* NULL: where stn_station_load looks */
  const char *const *banks;  /* NULL: all */
  StnClock *clock;
  void (*notify) (gpointer); /* NULL: nobody */
  gpointer data;
  StnFaultPlan *faults;      /* tests only */
} StnSessionOptions;

StnSession *stn_session_new (const StnSessionOptions *options);
/* Ends a cycle that runs as a second signal would (an open write window is finished first), closes, joins the thread.
 * Blocks. */
void stn_session_free (StnSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnSession, stn_session_free)

/* The newest state; never NULL. Caller owns a reference. */
StnSessionState *stn_session_state (StnSession *self);
/* The oldest notice that was not taken yet, or NULL. Caller owns. */
StnNotice *stn_session_take_notice (StnSession *self);
/* What site `index` does now. */
void stn_session_progress (StnSession *self, guint index, StnSessionProgress *out);
/* For programs without a main loop, and tests: blocks until there is a notice, or the state is newer than
 * `generation`, or the wait ends (FALSE). */
gboolean stn_session_wait (StnSession *self, guint64 generation, const StnWait *wait);

/* ---- what can be asked; each returns the number that its answer will carry ---- */

/* A badge. The first begins a shift; another one while somebody is signed in changes the shift: the lot goes on, the
 * counters of the shift begin anew, handover lists what is open. Refused: unknown-badge, cycle-running not. */
guint64 stn_session_sign_in (StnSession *self, const char *badge);
guint64 stn_session_sign_out (StnSession *self);
/* Supervisor's rights until five minutes went by without a request that needs them. Refused: unknown-badge,
 * not-allowed (no supervisor), wrong-pin, locked-out (after wrong PINs; how long is said). The reason is audited. */
guint64 stn_session_unlock (StnSession *self, const char *badge, const char *pin, const char *reason);
guint64 stn_session_lock (StnSession *self);

/* Reads, checks, plans; the state's `job` has it then. Not while a lot is open. */
guint64 stn_session_open_job (StnSession *self, const char *path);
guint64 stn_session_close_job (StnSession *self);
/* Opens a lot, or takes one up that was open (quantity 0: as it was; or no limit). Refused: lot-closed, job-changed
 * where the lot was begun with another job, without a supervisor. */
guint64 stn_session_open_lot (StnSession *self, const char *lot, guint64 quantity);
/* Takes boards out of the balance that will not be finished: how many of those open are scrapped, lost, given back. */
guint64 stn_session_remove_units (StnSession *self, guint64 count, const char *reason);
/* Refused with lot-unbalanced and what is open, or while a cycle runs. */
guint64 stn_session_end_lot (StnSession *self);
/* Leaves the lot open and gives the bank back; it is taken up again with open_lot. */
guint64 stn_session_leave_lot (StnSession *self);

typedef enum { STN_CAUSE_KEY, STN_CAUSE_SCAN, STN_CAUSE_PIN, STN_CAUSE_INSERTION, STN_CAUSE_LID, STN_CAUSE_REMOTE } StnCause;
/* A cycle on all sites that take part. Refused with what blocks it. */
guint64 stn_session_start (StnSession *self, StnCause cause);
/* Boards at work are finished, the others stopped at their next safe point. */
guint64 stn_session_stop (StnSession *self);
/* Everything ends now; an open write window is finished first. */
guint64 stn_session_cancel (StnSession *self);
/* What starts a cycle besides START of the window, a scan and another program's word: KEY (nothing), PIN, INSERTION,
 * LID; with the last two START of the fixture counts as well. Refused where the wiring has none. Setting it is a
 * supervisor's; the setting is an audit row, and holds for this journal until the next one. */
guint64 stn_session_set_start_by (StnSession *self, StnStartBy by);
/* Runs the boards that stand open again, in their sites: failed ones, unknown ones, and those without a verdict because
 * of the station. `site` NULL: all that may. Refused: retry-limit, nothing to retry. */
guint64 stn_session_retry (StnSession *self, const char *site);
/* Puts the board of a site out of the lot: into a bin (any text, "scrap", "rework", "hold" count as such). */
guint64 stn_session_bin (StnSession *self, const char *site, const char *bin, const char *reason);
/* A supervisor's: on or off, with a reason. */
guint64 stn_session_enable_site (StnSession *self, const char *site, gboolean on, const char *reason);
/* A supervisor's: goes on after a stop rule; allows one retry more on a site. */
guint64 stn_session_release_stop (StnSession *self, const char *reason);
guint64 stn_session_allow_retry (StnSession *self, const char *site, const char *reason);

/* Whatever a scanner read. Told apart by its beginning: OP: badge, JOB: file, LOT: id[,quantity], SITE: name, BIN: bin,
 * CMD: START RETRY STOP CANCEL ENDLOT UNDO SIGNOUT; anything else is a unit's serial for the site that is next, or
 * names the failed board that is to be binned. The answer is a STN_NOTICE_SCAN. */
guint64 stn_session_scan (StnSession *self, const char *text);
/* A serial for a site; `serial` NULL takes it away. */
guint64 stn_session_assign (StnSession *self, const char *site, const char *serial);
guint64 stn_session_undo_scan (StnSession *self);

/* Training: boards of a bench, a journal of its own, no serial consumed. Not while a lot is open. */
guint64 stn_session_set_training (StnSession *self, gboolean on);
/* What the next board at a site is like (a name of lesson.h); in training only. It comes with the next cycle that is no
 * retry; what is in the site then is taken out. */
guint64 stn_session_set_lesson (StnSession *self, const char *site, const char *lesson);
/* Lets a board blink for so long; between cycles. 0 ends it. */
guint64 stn_session_identify (StnSession *self, const char *site, gint64 duration_ns);
/* Proves the wiring of all sites, as `stationctl check`: a notice a site, then the answer; the state's `wiring` has
 * them all. Between cycles; a lot stays open, its bank is given back for the check and taken again. What is asked for
 * meanwhile waits; a cycle that is asked for meanwhile is refused. */
guint64 stn_session_check_wiring (StnSession *self);
/* Ends a check or an identify that is under way, at once; the lines go to rest. */
void stn_session_stop_service (StnSession *self);
/* Sites of a check that are done, of how many (0: not known yet); what it waits for (NULL: nothing to say), g_free. */
void stn_session_service_progress (StnSession *self, guint *out_done, guint *out_total, char **out_what);

G_END_DECLS
