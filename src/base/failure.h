/* The one table of everything that can go wrong, and who acts on it.
 *
 * Each failure has a stable name (it stands in journals, events and scripts: never rename one), says whether it is the
 * unit's (fail) or the station's (error), who acts, one sentence for the operator and what to do next. `stationctl why
 * NAME` prints the row. To add one: an enumerator here (at the end: the numbers are internal, the order is the help's),
 * a row in failure.c; a test sees that neither is missing. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  STN_FAILURE_NONE = 0,
  /* the unit's: counts in the yield */
  STN_FAILURE_NO_SYNC,
  STN_FAILURE_WRONG_CHIP,
  STN_FAILURE_READ_PROTECTED,
  STN_FAILURE_WRITE_PROTECTED,
  STN_FAILURE_NACK,
  STN_FAILURE_GARBAGE,
  STN_FAILURE_NO_ANSWER,
  STN_FAILURE_ERASE_TIMEOUT,
  STN_FAILURE_WRITE_FAILED,
  STN_FAILURE_VERIFY_MISMATCH,
  STN_FAILURE_NOT_BLANK,
  STN_FAILURE_OPTION_BYTES_UNKNOWN,
  STN_FAILURE_NOT_PROTECTED, /* protection was written, and what it must refuse was not refused */
  STN_FAILURE_NO_BOOT,
  STN_FAILURE_WRONG_ANSWER_AT_BOOT,
  STN_FAILURE_UNIT_CHANGED,
  STN_FAILURE_PASS_UNDONE, /* a board with a PASS was erased, and holds nothing any more */
  STN_FAILURE_BOARD_SHORTED,
  /* nobody's until half of a bank shows it (then STN_FAILURE_MANY_ALIKE): neither pass nor fail */
  STN_FAILURE_EMPTY_OR_NO_CONTACT,
  /* the station's: never a unit's fail */
  STN_FAILURE_SAME_UNIT_TWICE,
  STN_FAILURE_ADAPTER_MISSING,
  STN_FAILURE_LINK_LOST,
  STN_FAILURE_LINK_UNSTABLE,
  STN_FAILURE_PORT_BUSY,
  STN_FAILURE_PERMISSION,
  STN_FAILURE_TIMEOUT,
  STN_FAILURE_CANCELLED, /* nobody's: somebody asked for it */
  STN_FAILURE_BANK_BUSY,
  STN_FAILURE_SHARED_LINE,
  STN_FAILURE_MANY_ALIKE,
  STN_FAILURE_JOURNAL,
  STN_FAILURE_NOT_RECORDED,
  STN_FAILURE_INTERNAL,
  /* refused before a pin moves */
  STN_FAILURE_NEEDS_POWER_CYCLE, /* the job leads where the site's wiring has no way out */
  STN_FAILURE_USAGE,
  STN_FAILURE_BAD_FILE,      /* a job, station, bench or target file: file, line, column, expected, found */
  STN_FAILURE_BAD_IMAGE,     /* a firmware file */
  STN_FAILURE_BAD_PLAN,      /* job, target and wiring do not go together */
  STN_FAILURE_NOT_SUPPORTED, /* named, understood, and not in this program */
  STN_FAILURE_PROVISIONAL_TARGET,
  STN_FAILURE_WOULD_LOCK_OUT, /* a consequence for the board that the job does not accept by name */
  STN_FAILURE_NOT_SIGNED,
  /* refused by a gate */
  STN_FAILURE_ALREADY_DONE,
  STN_FAILURE_SERIAL_USED,
  STN_FAILURE_SERIALS_EXHAUSTED,
  STN_FAILURE_RETRY_LIMIT,
  STN_FAILURE_QUANTITY,
  STN_FAILURE_STOP_RULE,
  STN_FAILURE_EXPIRED,
  STN_FAILURE_LID_OPEN,
  STN_FAILURE_JOB_CHANGED,
  STN_FAILURE_NOT_APPROVED,
  STN_FAILURE_NOT_ALLOWED,
  STN_FAILURE_UNKNOWN_BADGE,
  STN_FAILURE_WRONG_PIN,
  STN_FAILURE_LOCKED_OUT,
  STN_FAILURE_FAILED_BOARD_OPEN,
  STN_FAILURE_LOT_UNBALANCED,
  STN_FAILURE_LOT_CLOSED,
  STN_FAILURE_WRONG_SCAN,
  STN_FAILURE_NOT_READY,
  STN_FAILURE_COUNT
} StnFailure;

typedef enum { STN_BLAME_UNIT, STN_BLAME_STATION, STN_BLAME_INPUT, STN_BLAME_GATE, STN_BLAME_NOBODY } StnBlame;

typedef enum {
  STN_ACTOR_NOBODY,
  STN_ACTOR_OPERATOR,
  STN_ACTOR_ENGINEER,
  STN_ACTOR_MAINTENANCE,
  STN_ACTOR_REJECT_BIN
} StnActor;

typedef struct {
  const char *name;     /* "verify-mismatch": stable, lower case, hyphens */
  StnBlame blame;       /* fail (unit) or error (station), or refused before the start */
  StnActor actor;       /* who acts */
  const char *operator_sentence; /* at most 12 words; "%s" stands for the site's name exactly once or not at all */
  const char *next_action;       /* imperative, one sentence */
  const char *explanation;       /* a paragraph for `stationctl why`: what it means, the usual causes in order */
} StnFailureRow;

/* Never NULL for a value below STN_FAILURE_COUNT. */
const StnFailureRow *stn_failure_row (StnFailure failure);
/* The operator's sentence with the site's name in it; `site_name` NULL: "this site". Free with g_free. */
char *stn_failure_operator_text (StnFailure failure, const char *site_name);
const char *stn_failure_name (StnFailure failure); /* "" for STN_FAILURE_NONE */
/* STN_FAILURE_NONE when there is no such name. */
StnFailure stn_failure_from_name (const char *name);
/* The known name closest to `name` (by stn_text_nearest), or NULL when none is near. */
const char *stn_failure_nearest_name (const char *name);
const char *stn_blame_name (StnBlame blame);   /* "unit", "station", "input", "gate", "nobody" */
const char *stn_actor_name (StnActor actor); /* "nobody", "operator", "engineer", "maintenance", "reject-bin" */

G_END_DECLS
