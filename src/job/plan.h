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
#include "src/target/options.h"
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
  STN_WAY_IN_OPTIONS = 1 << 3,     /* any reset: the options themselves name the ROM */
  STN_WAY_IN_SOFTWARE = 1 << 4,    /* the application jumps there or sets the options: no doing of the station's */
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

/* ---- option bytes: what an option step of the plan is ----
 *
 * A plan has at most one option step of each kind, in this order: STN_STEP_OPENING_OPTIONS (before the erase, while the
 * flash is empty: what keeps or opens a way in, what changes the flash map, protection of pages taken away),
 * STN_STEP_CLOSING_OPTIONS (after the first block's proof: write protection, everything else), STN_STEP_READ_PROTECT
 * (alone, last, over the same words). Each names (field, value) pairs which are applied to whatever the unit has: its
 * blocks are read twice and agree, the fields are put in, every other bit stays, the family's encoding is kept. The
 * last step (READ_PROTECT) is also where what shuts the way in stands, alone or beside RDP, since nothing can follow
 * it. Binding drops pairs that the unit has already, and a step without pairs; it never adds one. What is read before
 * the step is what recovery restores. */
typedef enum {
  STN_OPTION_COMMAND_WRITE,           /* Write Memory or the DFU option setting, each block whole, from its base */
  STN_OPTION_COMMAND_READOUT_PROTECT, /* 82: where the ROM has no better way to level 1 */
  STN_OPTION_COMMAND_COUNT
} StnOptionCommand;

/* What makes written options act. */
typedef enum {
  STN_OPTION_AFTER_RESET,       /* the ROM resets the chip when it has written */
  STN_OPTION_AFTER_RELOAD,      /* the chip reads its options again, which resets it and samples “empty” anew */
  STN_OPTION_AFTER_POWER_CYCLE, /* they act after power off and on only; the site has a power line */
  STN_OPTION_AFTER_COUNT
} StnOptionAfter;

typedef enum {
  STN_OPTION_PROOF_READ_BACK,    /* in the visit after it, block by block */
  STN_OPTION_PROOF_REFUSED_READ, /* in the visit after it a Read Memory of the flash is refused (NACK, errVENDOR) */
  STN_OPTION_PROOF_BEHAVIOUR,    /* BOOT0 high and a reset: the ROM must not answer */
  STN_OPTION_PROOF_NONE,         /* not provable; the job has the line that accepts it */
  STN_OPTION_PROOF_COUNT
} StnOptionProof;

/* The key of the job that a value comes from. */
typedef enum {
  STN_OPTION_FROM_BOOT,
  STN_OPTION_FROM_PROTECT,
  STN_OPTION_FROM_OPTION_BYTES,
  STN_OPTION_FROM_UNPROTECT, /* write protection of an earlier run, taken away before the erase */
  STN_OPTION_FROM_COUNT
} StnOptionFrom;

typedef struct {
  const char *field; /* its name in the target's data (src/target/options.h), which has word, bit, width and role */
  guint64 value;     /* of the field itself, not shifted, not complemented */
  StnOptionFrom from;
  StnOptionProof proof;
} StnPlanOption;

typedef struct {
  StnStepKind kind;
  StnPlanOption *values; /* in the data's order of fields; each field once */
  guint value_count;
  StnOptionCommand command;
  StnOptionAfter after; /* of what every ROM version of the target does; where only some have
                           STN_QUIRK_NO_OPTION_LOAD binding makes it POWER_CYCLE or refuses: needs-power-cycle */
  gboolean comes_back;  /* the ROM is entered again after it, by `ways_in`: to prove it, and as more may follow. FALSE:
                           it was the last visit, the board has started its program (or is off): it is left by a plain
                           reset, whatever `leave_way` says */
  guint ways_in;        /* StnWayIn, once the options act */
  guint writes;         /* pieces in which it differs from what a new part has, at least 1 */
  gint64 longest_ns;    /* of the write window: all its pieces written, the chip's reset and reload included */
  gboolean
      rom_repairs_cut; /* a write that is cut leaves a board which the ROM can put right, erasing no more than
                          this job erases anyway.
                          FALSE: words below; the recovery run then needs `unprotect_allowed`, power or a debugger */
  char *cut_words;     /* what a cut leaves, and what helps; never NULL */
  /* closing options: a write unit of erased flash in a page that gets write protected, where a write that must change
   * nothing can be tried: were it to act, nothing but erased bytes would be lost. has_write_try FALSE: nowhere safe */
  gboolean has_write_try;
  guint64 write_try_address;
} StnPlanOptionStep;

/* The baud of the ROM's UART in a visit that reads or writes options is at most this (StnWiring.baud is if less). */
#define STN_PLAN_OPTION_BAUD_MOST 115200

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
  guint supply_code; /* what the ROM is told of the supply (stn_target_supply_code); 0: nothing */
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

  StnPlanOptionStep *option_steps; /* in order, at most one of each kind */
  guint option_step_count;
  gboolean unprotect_allowed;  /* a unit that arrives at RDP level 1 is opened (92), which erases all of it */
  gint64 unprotect_longest_ns; /* the window of that: mass erase and option write */
  char *accepted; /* the consequences that the (signed) job accepts by name, "a, b", for the record; NULL: none */

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

/* NULL where the plan has no such option step. Borrowed. */
const StnPlanOptionStep *stn_plan_option_step (const StnPlan *self, StnStepKind kind);
/* Behind it nothing is written: it shuts the board, or what it wrote can't be read. It is one write, or refused. */
gboolean stn_plan_option_step_is_single (const StnPlanOptionStep *self);
/* The guard once more, with the options that a unit has (read and checked): what the plan makes of them must have no
 * consequence that the job does not accept by name. Error: STN_FAILURE_OPTION_BYTES_UNKNOWN. For binding. */
gboolean stn_plan_guard_unit (const StnPlan *self, const StnOptionBlock *unit, GError **error);
/* The write protection that a board's options hold, as its first field of it: "nWRP 0xFFE"; NULL: none. g_free. */
char *stn_option_write_protection (const StnOptionBlock *unit);
/* The same of the page at `address` alone; a page whose code is protected (PCROP) can't be written either. */
char *stn_option_write_protection_at (const StnOptionBlock *unit, guint64 address);
/* Whether a ROM of this version (0: not known) writes by the plan's port what the step changes, all at once. `unit`:
 * what the board has; NULL: every value counts as a change. Error: STN_FAILURE_NOT_SUPPORTED. */
gboolean stn_plan_rom_writes (const StnPlan *self, const StnPlanOptionStep *step, const StnOptionBlock *unit,
                              guint16 bootloader_id, GError **error);
const char *stn_option_proof_name (StnOptionProof proof); /* "read-back", "refused-read", "behaviour", "not-provable" */
const char *stn_option_from_name (StnOptionFrom from);    /* the job's key: "boot", "protect", ... */

/* The plan in words, for `stationctl explain`: what is done, where, how long, what can't be undone. g_free. */
char *stn_plan_explain (const StnPlan *self);

/* The options that this plan would change on a board which has these: a line each, "nBOOT_SEL: 0x1: nBOOT0 bit -> 0x0:
 * pin"; empty: none. g_free. */
char *stn_plan_option_difference (const StnPlan *self, const StnOptionBlock *unit);

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
