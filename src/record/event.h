/* Events: immutable facts that workers post while a cycle runs, for a terminal, a window or a script.
 *
 * An event is reference counted and never changed after it was posted; its number (`sequence`) is given by the queue it
 * goes through, without gaps. Progress is not an event (src/base/progress.h): the programs sample it and make
 * `unit.progress` lines of it if somebody wants them. The table of kinds (event.c) says which fields each carries; the
 * same table is in the man page and the JSON schema. */
#pragma once

#include "src/record/record.h"

G_BEGIN_DECLS

typedef enum {
  STN_EVENT_RUN_START,     /* "run.start": the program starts on a job; text: job name */
  STN_EVENT_PLAN,          /* "plan": text: plan hash */
  STN_EVENT_SITE_STATE,    /* "site.state": text: what it is doing now; failure: why it is left out */
  STN_EVENT_UNIT_START,    /* "unit.start": the run row is durable */
  STN_EVENT_UNIT_STEP,     /* "unit.step": a step has ended */
  STN_EVENT_UNIT_PROGRESS, /* "unit.progress" */
  STN_EVENT_UNIT_RESULT,   /* "unit.result": only after the commit */
  STN_EVENT_CYCLE_RESULT,  /* "cycle.result" */
  STN_EVENT_WARNING,       /* "warning" */
  STN_EVENT_RUN_END,       /* "run.end": bytes: exit code */
  STN_EVENT_COUNT
} StnEventKind;

typedef struct {
  StnEventKind kind;
  guint64 sequence; /* from 1, set by the queue */
  gint64 utc_us;
  gint64 mono_ns;
  char *run_id;
  char *site;
  char *serial;
  char *uid;
  gboolean has_step;
  StnStepKind step;
  gboolean has_outcome;
  StnVerdict outcome;
  StnFailure failure;
  gint64 duration_ns; /* -1: none */
  gint64 predicted_ns; /* of unit.start and unit.step, by the plan; -1: none */
  guint tries;
  guint64 bytes, total_bytes;
  gint64 cycle;
  guint counts[STN_VERDICT_COUNT]; /* cycle.result and run.end: units by verdict */
  char *text;         /* a sentence or a name, by kind */
} StnEvent;

/* One reference for the caller; all NULL and 0 but kind, and duration_ns and predicted_ns = -1. Fill in, then post. */
StnEvent *stn_event_new (StnEventKind kind);
StnEvent *stn_event_ref (StnEvent *self);
void stn_event_unref (StnEvent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnEvent, stn_event_unref)

const char *stn_event_name (StnEventKind kind); /* "unit.result" */
const char *stn_event_help (StnEventKind kind); /* one line: when it is sent, which fields it has */

/* A queue that never drops: any thread posts, one thread takes. `notify` (may be NULL) is called in the posting thread
 * after each post and must not block. */
typedef struct StnEventQueue StnEventQueue;
StnEventQueue *stn_event_queue_new (void (*notify) (gpointer), gpointer data);
void stn_event_queue_free (StnEventQueue *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnEventQueue, stn_event_queue_free)
/* Takes over the reference; sets the sequence number. Never blocks on the reader. */
void stn_event_queue_post (StnEventQueue *self, StnEvent *event);
/* The oldest, or NULL. Caller owns. */
StnEvent *stn_event_queue_take (StnEventQueue *self);

G_END_DECLS
