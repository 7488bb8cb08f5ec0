/* The inside of the session, for its files: session.c (thread, requests, notices), session-state.c (pictures),
 * session-cycle.c (runs and what comes of them), session-lot.c (job, lot, bins), session-people.c, session-scan.c, session-service.c,
 * session-inputs.c (what happens by itself).
 * Everything but what `mutex` guards belongs to the session's thread. */
#pragma once

#include "src/journal/journal.h"
#include "src/journal/query.h"
#include "src/station/lesson.h"
#include "src/station/people.h"
#include "src/station/session.h"
#include "src/station/station-private.h"

G_BEGIN_DECLS

#define STN_SUPERVISOR_NS (300 * STN_NS_PER_S)
#define STN_SITE_FAILS_MOST 3 /* in a row, then the site is switched off */

/* A site and the board in it. */
typedef struct {
  StnSite *site; /* borrowed from the station */
  int place;     /* in the open run; -1: not in it */

  char *off_reason, *off_by; /* switched off; NULL: on */

  /* the run that is shown */
  char *run_id, *serial, *uid, *message;
  StnStepKind step;
  StnVerdict verdict;
  StnFailure failure;
  gint64 duration_ns;
  gboolean is_running, has_result;
  gboolean is_lost; /* it ended and its result is not on disk */

  /* the board */
  gboolean is_open;    /* failed or unknown, neither repeated to a PASS nor binned */
  gboolean is_binned;
  gboolean had_failed; /* before the run that is shown */
  gboolean at_limit;   /* the ledger refuses another run of it */
  guint fails;         /* FAIL results of it, here */
  guint extra_retries; /* that a supervisor allowed */
  char *last_run;      /* of it, with or without a verdict; what a retry repeats */
  /* what it stands open with; a run that came to nothing does not hide it */
  char *open_run, *open_message;
  char *open_lot; /* of an earlier program's board; NULL: this lot's */
  StnVerdict open_verdict;
  StnFailure open_failure;
  StnStepKind open_step;

  guint fails_in_a_row; /* of the site, over boards */
  char *scan;
  StnVerdict last[STN_SESSION_LAST];
  guint last_count;
  gboolean blinks;

  /* what its detect pin says, as last seen while nothing ran */
  gboolean has_detect;
  gboolean is_gone; /* no board */
  gboolean is_new;  /* a board that came since the site's last cycle */
  gboolean is_old;  /* its board was run: kept over ports that are opened anew */
  gboolean is_other; /* the run that is shown is another program's */
  const StnLesson *lesson; /* of the next board; NULL: none */
  gboolean has_lesson;     /* the board that is there came with one: it is taken out whatever became of it */
} StnSessionSeat;

typedef struct StnSessionRequest StnSessionRequest;
struct StnSessionRequest {
  guint64 number;
  /* FALSE with the reason. */
  gboolean (*work) (StnSession *self, const StnSessionRequest *request, GError **error);
  char *texts[3]; /* owned; NULL */
  gint64 value;
  gboolean is_scan; /* the answer is a STN_NOTICE_SCAN too */
  gboolean came_late; /* asked while the wiring was checked: whoever wanted a cycle then looks first */
};

/* What a site's run is predicted to take, for stn_session_progress. */
typedef struct {
  gint64 until_ns[STN_STEP_COUNT]; /* predicted end of each step from the run's start */
  gint64 total_ns;
} StnPrediction;

struct StnSession {
  StnClock *clock;
  char *station_path;
  char **banks;
  void (*notify) (gpointer);
  gpointer data;
  StnFaultPlan *faults;
  GThread *thread;
  GCancellable *cancellable; /* fired by stn_session_free */

  GMutex mutex; /* guards what follows */
  GQueue requests, notices;
  StnSessionState *state;
  guint64 last_request;
  gboolean is_closing, has_events;
  GCancellable *waking; /* of an identify: any request ends it; NULL */
  GCancellable *service; /* of a check or an identify: somebody ends it; NULL */
  guint service_sites_done, service_sites;
  char *service_what;
  StnRunner *runner;    /* of the open run, for sampling; NULL */
  int *places;          /* of each site in it */
  guint place_count;
  StnPrediction *predictions;
  gint64 *run_started_ns; /* by site; 0: not at work */

  /* the thread's own from here */
  gboolean is_dirty, wants_to_end;
  StnPhase phase;
  char *broken; /* why the station can't be used */
  StnFailure broken_failure;

  StnStation *station;
  gboolean is_training;
  StnJournal *journal;
  StnQuery *query;
  StnPeople *people;
  GArray *seats; /* StnSessionSeat */
  GPtrArray *warnings;

  StnPerson *person, *supervisor; /* owned copies; NULL */
  gint64 supervisor_until_ns;
  gint64 shift_utc_us, shift_run; /* since when, and the newest run's row then */

  char *job_path;
  StnJob *job;
  GPtrArray *plans; /* StnPlan */
  char *plan_text;
  gboolean is_approved;
  char *approval;
  char *job_stamp; /* sizes and times of its files when it was read */

  char *lot;
  guint64 lot_quantity;
  StnLotSums sums;
  StnSessionCounts lot_counts, shift_counts;
  StnSessionFailure failures[STN_SESSION_FAILURES];
  guint failure_count;

  StnEventQueue *events;
  StnStationRun *run; /* NULL: nothing is open */
  gboolean is_running, is_stopping, is_retry_cycle;
  guint cycle;
  gint64 cycle_started_ns, cycle_ended_ns;
  gint64 cycle_ns, handling_ns;
  StnCycleCounts cycles[STN_SESSION_CYCLES];
  guint cycle_count;
  StnStartBy start_by;
  guint64 service_done;     /* as in the state */
  StnFailure service_failure;
  char *service_text;
  StnSessionWiring *wiring;
  gboolean is_serving;
  gboolean is_opening;      /* for the picture */
  gboolean is_lid_open;     /* as last seen */
  gboolean is_held;         /* what would start a cycle by itself was refused: it has to go away first */
  gint64 attend_ns;         /* when inputs are looked at next, or the bank is tried again */
  gint64 busy_since_utc_us; /* another program has the bank; 0: none */
  gboolean needs_reopening; /* a fault of the station: ports are opened anew */
  char *station_fault;      /* in words; NULL */
  StnFailure station_failure;
  char *stopped; /* by a stop rule, in words; NULL */
  guint64 fails_since_release;
  gint64 start_not_before_ns;
  GArray *scan_order; /* guint: sites in the order in which they were scanned, for undo */
  char *marked_site;  /* by a SITE: scan; NULL */
  gint64 blink_until_ns;
};

/* ---- session.c ---- */
StnSessionSeat *stn_session_seat (const StnSession *self, guint index);
/* NULL with usage. */
StnSessionSeat *stn_session_find_seat (const StnSession *self, const char *name, GError **error);
void stn_session_notice (StnSession *self, StnNoticeKind kind, guint64 request, StnFailure failure, const char *site,
                         const char *format, ...) G_GNUC_PRINTF (6, 7);
void stn_session_sound (StnSession *self, StnSound sound);
void stn_session_warn (StnSession *self, const char *text);
gboolean stn_session_audit (StnSession *self, const StnAudit *audit, GError **error);
/* FALSE with not-allowed; otherwise the supervisor's time begins anew. Where nobody at all is known as a supervisor,
 * not-allowed says how to make one. */
gboolean stn_session_needs_supervisor (StnSession *self, const char *what, GError **error);
gboolean stn_session_needs_idle (StnSession *self, GError **error);
gboolean stn_session_needs_person (StnSession *self, GError **error);
const char *stn_session_who (const StnSession *self); /* the badge, or NULL */
/* A picture for everybody, if something has changed. */
void stn_session_publish (StnSession *self);
/* Loads station, people, journal; FALSE: broken. */
gboolean stn_session_load (StnSession *self);
void stn_session_unload (StnSession *self);

/* ---- session-state.c ---- */
StnSessionState *stn_session_make_state (StnSession *self);
StnSeatState stn_session_seat_state (const StnSession *self, const StnSessionSeat *seat);
gboolean stn_session_may_retry (const StnSession *self, const StnSessionSeat *seat);
guint stn_session_retries_left (const StnSession *self, const StnSessionSeat *seat);
/* What START waits for. `for_retry`: what a retry waits for. Sites and text are given out where there are any
 * (g_free). */
StnBlock stn_session_find_block (const StnSession *self, gboolean for_retry, char **out_sites, char **out_text);
StnFailure stn_block_failure (StnBlock block);

/* ---- session-cycle.c ---- */
gboolean stn_session_start_work (StnSession *self, const StnSessionRequest *request, GError **error);
gboolean stn_session_stop_work (StnSession *self, const StnSessionRequest *request, GError **error);
gboolean stn_session_cancel_work (StnSession *self, const StnSessionRequest *request, GError **error);
gboolean stn_session_retry_work (StnSession *self, const StnSessionRequest *request, GError **error);
gboolean stn_session_release_stop_work (StnSession *self, const StnSessionRequest *request, GError **error);
gboolean stn_session_allow_retry_work (StnSession *self, const StnSessionRequest *request, GError **error);
gboolean stn_session_enable_site_work (StnSession *self, const StnSessionRequest *request, GError **error);
gboolean stn_session_identify_work (StnSession *self, const StnSessionRequest *request, GError **error);
gboolean stn_session_check_wiring_work (StnSession *self, const StnSessionRequest *request, GError **error);
void stn_session_drain (StnSession *self);
StnSessionWiring *stn_session_wiring_ref (StnSessionWiring *self);
void stn_session_wiring_unref (StnSessionWiring *self); /* NULL-safe */
/* Opens the run where there is none; FALSE: station_fault says why. */
gboolean stn_session_open_run (StnSession *self, GError **error);
void stn_session_close_run (StnSession *self);
/* A fault of the ports: nothing of it is a board's, and they are opened anew before the next cycle. */
void stn_session_note_fault (StnSession *self, const GError *error);
void stn_session_seat_clear_board (StnSessionSeat *seat);

/* ---- session-lot.c ---- */
gboolean stn_session_open_job_work (StnSession *self, const StnSessionRequest *request, GError **error);
gboolean stn_session_close_job_work (StnSession *self, const StnSessionRequest *request, GError **error);
gboolean stn_session_open_lot_work (StnSession *self, const StnSessionRequest *request, GError **error);
gboolean stn_session_end_lot_work (StnSession *self, const StnSessionRequest *request, GError **error);
gboolean stn_session_leave_lot_work (StnSession *self, const StnSessionRequest *request, GError **error);
gboolean stn_session_remove_work (StnSession *self, const StnSessionRequest *request, GError **error);
gboolean stn_session_bin_work (StnSession *self, const StnSessionRequest *request, GError **error);
gboolean stn_session_set_lesson_work (StnSession *self, const StnSessionRequest *request, GError **error);
gboolean stn_session_set_training_work (StnSession *self, const StnSessionRequest *request, GError **error);
void stn_session_close_job_now (StnSession *self);
/* FALSE with job-changed where a file of the open job is not as it was read. */
gboolean stn_session_check_job (StnSession *self, GError **error);
void stn_session_count (StnSession *self);
/* Results that could not be saved when they came; FALSE: they still can't. */
gboolean stn_session_recover (StnSession *self, GError **error);
/* Runs without a result on the sites, and boards of the lot that stand open. */
void stn_session_find_unknown (StnSession *self);

/* ---- session-inputs.c ---- */
gboolean stn_session_set_start_by_work (StnSession *self, const StnSessionRequest *request, GError **error);
/* Whether the sites' wiring has it. */
gboolean stn_session_has (const StnSession *self, StnStartBy by);
void stn_session_read_start_by (StnSession *self);
/* Another program has the bank. */
gboolean stn_session_is_remote (const StnSession *self);
/* When stn_session_attend has something to do; STN_TIME_NEVER: nothing. */
gint64 stn_session_next_attention_ns (const StnSession *self);
/* Opens the bank, tries it again, looks at the inputs, whatever is due. */
void stn_session_attend (StnSession *self);

/* ---- session-people.c ---- */
gboolean stn_session_sign_in_work (StnSession *self, const StnSessionRequest *request, GError **error);
gboolean stn_session_sign_out_work (StnSession *self, const StnSessionRequest *request, GError **error);
gboolean stn_session_unlock_work (StnSession *self, const StnSessionRequest *request, GError **error);
gboolean stn_session_lock_work (StnSession *self, const StnSessionRequest *request, GError **error);
void stn_session_expire_supervisor (StnSession *self);

/* ---- session-scan.c ---- */
gboolean stn_session_scan_work (StnSession *self, const StnSessionRequest *request, GError **error);
gboolean stn_session_assign_work (StnSession *self, const StnSessionRequest *request, GError **error);
gboolean stn_session_undo_scan_work (StnSession *self, const StnSessionRequest *request, GError **error);
/* The site whose serial comes next; -1: none is wanted. */
int stn_session_next_scan (const StnSession *self);

G_END_DECLS
