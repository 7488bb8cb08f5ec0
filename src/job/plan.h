/* The plan: a job worked out for one target and one kind of wiring, before any pin moves.
 *
 * It is immutable, reference counted, hashed and printable; everything that can be refused is refused here. It says
 * which pages are erased, which blocks are written in which order, what is held back, what must be read back, how the
 * board is entered and left. Binding (bind.h) meets it with one unit and may choose or drop, never add.
 *
 * Expected contents: `spans` are the touched pages, each with the bytes they must hold at the end, the unit's own data
 * excepted (holes filled by StnUnitData). Written blocks never hold only the erased value. */
#pragma once

#include "protocols/engine.h"
#include "src/job/job.h"
#include "src/record/record.h"
#include "src/target/target.h"

G_BEGIN_DECLS

/* What a site's wiring can do. */
typedef struct {
  gboolean has_uart, has_usb;
  gboolean has_nrst, has_boot0, has_power, has_detect;
  gboolean shares_nrst, shares_boot0, shares_power;
  StnProgramBy program_by; /* as the site says */
  guint baud;              /* of the ROM's UART */
  gint64 power_off_ns, power_settle_ns;
} StnWiring;

/* How a board may be left. */
typedef enum {
  STN_LEAVE_WAY_RESET, /* BOOT0 low, NRST */
  STN_LEAVE_WAY_POWER_CYCLE,
  STN_LEAVE_WAY_OPTION_RELOAD, /* the same option bytes written again: a write window */
  STN_LEAVE_WAY_GO,            /* recorded as such; only where the job says `leave: go` */
  STN_LEAVE_WAY_COUNT
} StnLeaveWay;
const char *stn_leave_way_name (StnLeaveWay way); /* "reset", "power-cycle", ... */

/* Ways into the ROM that are left at a point of the plan. */
typedef enum {
  STN_WAY_IN_PIN = 1 << 0,         /* BOOT0 high and a reset */
  STN_WAY_IN_EMPTY = 1 << 1,       /* a reset while the empty latch is set */
  STN_WAY_IN_EMPTY_POWER = 1 << 2, /* a power-on while the flash is empty */
} StnWayIn;

typedef struct {
  guint64 address;
  guint64 length;
  guint8 *expected; /* image bytes, erased value elsewhere */
} StnPlanSpan;

typedef struct {
  guint64 address;       /* multiple of the write unit */
  guint16 length;        /* multiple of the write unit, at most the target's write block */
  gboolean is_unit_data; /* holds bytes of the unit's own */
} StnPlanBlock;

typedef struct {
  StnStepKind kind;
  gint64 predicted_ns; /* typical, on the plan's wire */
  guint64 bytes;
  guint ways_in; /* StnWayIn, after this step has been done; 0: none that may be counted on */
  char *words;   /* for explain: one sentence */
} StnPlanStep;

typedef struct StnPlan StnPlan;
struct StnPlan {
  StnJob *job;             /* owned reference */
  const StnTarget *target; /* borrowed from the catalogue */
  const StnEngineClass *engine_class;
  StnWiring wiring;

  StnPlanSpan *spans;
  guint span_count;
  guint64 touched_bytes;

  gboolean erase_all;   /* one mass erase; otherwise erase_pages */
  guint16 *erase_pages; /* the first block's page first; with erase_all: every page, for a ROM that can't do that */
  guint erase_page_count;

  StnPlanBlock *blocks; /* in the order they are written; without the first block */
  guint block_count;
  gboolean has_first_block;
  StnPlanBlock first_block;
  StnPage first_page; /* with has_first_block */

  StnRange *blank_checks; /* outside the touched pages, per `blank:` */
  guint blank_check_count;

  StnLeaveWay leave_way;
  gboolean one_visit_only; /* a reset during the run does not come back to the ROM: no second sync */

  StnPlanStep *steps; /* in order */
  guint step_count;
  gint64 predicted_ns;
  char *hash;
};

/* The engine of the port that such a site programs this job by: the job's word, then the site's, then its UART, then
 * its USB. What can't be is for stn_plan_new to refuse. */
const StnEngineClass *stn_plan_choose_engine (const StnJob *job, const StnWiring *wiring);
/* Whether boards are programmed by UART with their USB plugged in too: if the host enumerates them first, their ROM
 * answers there and nowhere else (AN2606). */
gboolean stn_plan_may_meet_usb (const StnPlan *self);

/* Works the plan out; `engine_class` NULL: stn_plan_choose_engine. Errors: STN_FAILURE_BAD_PLAN (with the place in the
 * job where there is one), NEEDS_POWER_CYCLE, NOT_SUPPORTED, PROVISIONAL_TARGET, BAD_IMAGE (vectors). */
StnPlan *stn_plan_new (StnJob *job, StnTargets *targets, const StnEngineClass *engine_class, const StnWiring *wiring,
                       GError **error);
/* The same where the target is at hand; it must outlive the plan. */
StnPlan *stn_plan_new_for_target (StnJob *job, const StnTarget *target, const StnEngineClass *engine_class,
                                  const StnWiring *wiring, GError **error);
StnPlan *stn_plan_ref (StnPlan *self);
void stn_plan_unref (StnPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnPlan, stn_plan_unref)

/* The plan in words, for `stationctl explain`: what is done, where, how long, what can't be undone. g_free. */
char *stn_plan_explain (const StnPlan *self);

/* The unit's own bytes: what the spans do not know. */
typedef struct {
  GPtrArray *items; /* StnUnitDatum, owned */
} StnUnitData;
typedef struct {
  guint64 address;
  GBytes *bytes;
} StnUnitDatum;
StnUnitData *stn_unit_data_new (const StnPlan *plan, const char *serial, const char *uid, const char *day,
                                GError **error);
void stn_unit_data_free (StnUnitData *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnUnitData, stn_unit_data_free)

/* The bytes that [address, address + length) must hold at the end; the range lies in one span. `unit` may be NULL. */
void stn_plan_expected (const StnPlan *self, const StnUnitData *unit, guint64 address, guint8 *buffer, gsize length);

G_END_DECLS
