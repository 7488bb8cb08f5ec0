/* What the window shows: one picture of the station, as plain data.
 *
 * The window knows nothing else. The controller makes a new picture of the session's snapshot, at most ten times a
 * second, and hands it to the window; every widget compares with what it shows and redraws only what differs. So
 * pictures can also be made without a station: the screenshots and the tests of the widgets do.
 *
 * All texts are for people, translated, whole sentences. A picture is owned by who made it; widgets copy nothing of it
 * that they do not show. The window's thread only. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a site is, as a person sees it; the order is that of tile-looks.c. */
typedef enum {
  STN_TILE_EMPTY,      /* nothing there, or nothing seen there */
  STN_TILE_READY,      /* may start */
  STN_TILE_RUN,        /* at work */
  STN_TILE_PASS,
  STN_TILE_PASS_AGAIN, /* passed, not at the first run */
  STN_TILE_FAIL,
  STN_TILE_ACTION,     /* a person must do something here before it goes on */
  STN_TILE_STATION,    /* the station's error: no verdict of the board */
  STN_TILE_CHECK,      /* a run without a result */
  STN_TILE_OFF,        /* does not take part */
  STN_TILE_STATE_COUNT
} StnTileState;

#define STN_RECENT_MOST 10

typedef struct {
  char *name;     /* "A3" */
  gint row, column;
  StnTileState state;
  char *word;     /* PASS, FAIL, a verb, or what it does now */
  char *detail;   /* one line under the word; NULL */
  char *serial;   /* NULL: not known yet */
  double fraction; /* of the whole run; below 0: no bar */
  char *progress; /* "41 of 96 KiB" */
  char *time;     /* "12 s" */
  guint tries;    /* runs of this unit in this lot */
  StnTileState recent[STN_RECENT_MOST]; /* PASS, PASS_AGAIN, FAIL or STATION, oldest first */
  guint recent_count;
  gboolean is_next_scan; /* the next serial scanned goes here */
  gboolean blinks_slowly; /* identify: with its lines */
} StnTileModel;

typedef enum {
  STN_INSTRUCTION_NORMAL,
  STN_INSTRUCTION_ACTION, /* a person must act: blue */
  STN_INSTRUCTION_FAULT,  /* the station can't go on: amber */
  STN_INSTRUCTION_WRONG,  /* a scan or key that was not taken: for some seconds */
} StnInstructionKind;

typedef enum {
  STN_SCREEN_SIGN_IN,  /* S0 */
  STN_SCREEN_SETUP,    /* S1 */
  STN_SCREEN_RUN,      /* S2 */
  STN_SCREEN_LOT_END,  /* S6 */
  STN_SCREEN_RECOVERY, /* S13 */
  STN_SCREEN_COUNT
} StnScreen;

/* What stands at the side of the run screen. */
typedef enum {
  STN_SIDE_COUNTERS,
  STN_SIDE_DRAWER, /* S3 */
  STN_SIDE_FAILS,  /* S4 */
  STN_SIDE_UNLOCK, /* S5 */
  STN_SIDE_COUNT
} StnSide;

/* A row of any list on a screen: a name, what it is, a remark, and whether it needs attention. */
typedef struct {
  char *key;   /* what an action on the row is given; NULL: none */
  char *title;
  char *value;
  char *remark;
  char *retry; /* the label of its retry button; NULL: none */
  gboolean may_retry, may_bin;
  gboolean is_warning, is_selected;
} StnModelRow;

typedef struct {
  guint64 done, quantity; /* of the lot; quantity 0: no limit */
  guint64 pass_first, pass_again, fail, aborted, station_errors, units;
  int fpy_permille, yield_permille; /* -1: no unit yet */
  int units_per_hour;               /* -1 */
  double cycle_s, handling_s;       /* below 0: none yet */
  char *remaining;                  /* "about 2 h 10 min"; NULL */
} StnCountersModel;

typedef struct {
  guint pass, fail, other;
} StnCycleModel;
#define STN_CYCLES_MOST 5

typedef struct {
  StnScreen screen;
  StnSide side;

  /* the frame */
  char *station;     /* its name */
  char *job, *lot, *operator_name, *shift, *clock;
  char *mode;        /* OPERATOR, SUPERVISOR 4:12, REMOTE, ... */
  gboolean is_supervisor, is_training, is_remote;
  StnInstructionKind instruction_kind;
  char *instruction, *instruction_more;
  char *summary;     /* "7 PASS · 1 FAIL (A4)" */
  char *start_label; /* START, or what else the big button does */
  gboolean may_start, may_retry, may_stop, may_end_lot;
  const char *start_by;         /* what starts a cycle: "key", "pin", "insertion", "lid"; NULL: key */
  gboolean may_start_otherwise; /* the fixture has more than keys */
  gboolean is_running, is_stopping;

  GPtrArray *tiles;  /* StnTileModel */
  guint rows, columns;
  StnCountersModel counters;
  StnCycleModel cycles[STN_CYCLES_MOST]; /* oldest first */
  guint cycle_count;

  /* S0 */
  char *version, *bench_summary;
  char *hint;        /* for whom has no badge at all, on a virtual station; NULL */
  gboolean wants_pin; /* the badge that was scanned needs one */
  char *person;       /* whose */

  /* S1 */
  GPtrArray *jobs;  /* StnModelRow: the jobs to choose from */
  GPtrArray *facts; /* StnModelRow: what the chosen one is and does */
  GPtrArray *plan;  /* StnModelRow: its steps in words */

  /* S3 */
  char *drawer_site;
  char *drawer_sentence;        /* plain words on top */
  StnTileState drawer_state;
  GPtrArray *drawer_steps, *drawer_messages, *drawer_board, *drawer_last; /* StnModelRow */
  GPtrArray *drawer_lessons;    /* StnModelRow: what the next board here may be like; empty but in training */

  /* S4 */
  GPtrArray *fails; /* StnModelRow */

  /* S5 */
  GPtrArray *reasons; /* StnModelRow */
  char *unlock_what;    /* what it is for */
  char *unlock_preview; /* the line that the audit will have */

  /* S6 */
  GPtrArray *balance, *pareto, *lot_facts; /* StnModelRow */
  gboolean is_balanced, may_remove; /* may_remove: boards that stand on no site are open */

  /* S13 */
  GPtrArray *unknown; /* StnModelRow */
} StnModel;

StnModel *stn_model_new (void);
void stn_model_free (StnModel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnModel, stn_model_free)
StnTileModel *stn_tile_model_new (const char *name, gint row, gint column);
void stn_tile_model_free (StnTileModel *self);
StnTileModel *stn_tile_model_copy (const StnTileModel *self);
gboolean stn_tile_model_equal (const StnTileModel *self, const StnTileModel *other);
/* Adds a tile and widens the geometry to hold it. Takes it over. */
void stn_model_add_tile (StnModel *self, StnTileModel *tile);
void stn_model_row_free (StnModelRow *self);
/* Adds a row; texts are copied, NULL allowed. Borrowed, to set the rest of its members. */
StnModelRow *stn_model_add_row (GPtrArray *rows, const char *title, const char *value, const char *remark);

G_END_DECLS
