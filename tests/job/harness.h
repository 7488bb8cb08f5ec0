/* A whole station in one process for the runner's tests: bench, adapter, sites, job, plan, ledger in memory, runner -
 * on the virtual clock unless a test asks for real time. Everything fails the test when it can't be set up. */
#pragma once

#include "src/bench/bench.h"
#include "src/job/ledger-memory.h"
#include "src/job/runner.h"

G_BEGIN_DECLS

typedef struct {
  const char *part;  /* NULL: STM32G071xB */
  guint sites;       /* 0: 1 */
  guint image_bytes; /* 0: 3000 */
  gboolean paced;    /* wire and flash times kept */
  gboolean real_clock;
  gboolean power;        /* a power switch a site */
  gboolean power_lines;  /* with `power`: its good and fault lines too, for at most eight sites */
  gboolean shared_lines; /* all sites on one NRST and one BOOT0 */
  gboolean no_nrst;
  gint64 stagger_ns;      /* each site waits so much longer for its turn than the one before */
  guint usb_sites;        /* the last so many sites have their USB plugged and are programmed by it */
  gboolean usb_alone;     /* and have no UART */
  gboolean usb_unused;    /* all sites have their USB plugged; the UART sites are programmed by UART all the same */
  const char *usb_words;  /* what a board's DFU device does its own way (dfu-traits.h) */
  guint usb_words_site;   /* of which site, from 1; 0: of all */
  const char *job_lines;  /* more lines of job.yaml; NULL: the UART boot check */
  const char *boot_check; /* NULL: uart text */
  gboolean no_serial;
  gboolean may_be_refused; /* by the plan: then there is no plan, the reason is in `refusal`, and no cycle can run */
  StnFaultPlan *faults;
  StnLink *(*wrap) (StnLink *link); /* over each UART that the bench opens; NULL: nothing */
  const char *warning;              /* what the provider says each time a UART was opened; NULL: nothing */
  StnLedger *ledger;                /* taken over; NULL: one in memory */
} HarnessOptions;

typedef struct {
  HarnessOptions options;
  StnClock *clock;
  StnTargets *targets;
  const StnTarget *target;
  StnBenchConfig *config;
  StnBench *bench;
  StnProvider *provider;
  StnProvider *wrapping;
  GPtrArray *adapters; /* StnAdapter */
  GPtrArray *sites;    /* StnSite */
  StnLineGroup *group;
  StnJob *job;
  StnPlan *plan;     /* of the first site; NULL: refused */
  GError *refusal;
  StnPlan *usb_plan; /* of the sites that are programmed by USB; NULL: none */
  StnLedger *ledger;
  StnEventQueue *events;
  StnRun *run_base;
  StnRunner *runner;
  char *folder;
  GByteArray *image;
} Harness;

/* The config can be spoiled (stn_bench_config_add_fault; boards are "A1", "A2", ...) before harness_build. */
Harness *harness_new (const HarnessOptions *options);
void harness_build (Harness *self);
/* From now on cycles recover boards instead of programming them; `recovery` outlives the harness. NULL: ordinary. */
void harness_set_recovery (Harness *self, const StnRecovery *recovery);
/* Starts a cycle and waits for its end; fails the test after a minute of real time. */
const StnCycleSummary *harness_cycle (Harness *self);
void harness_free (Harness *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Harness, harness_free)

/* Where the unit's own data go for this part. */
guint64 harness_serial_address (const StnTarget *target);
/* The last result that the ledger in memory has of a site; NULL: none. Borrowed. */
const StnResult *harness_result (Harness *self, const char *site);
/* The step of a result, or NULL. */
const StnStepRecord *harness_step (const StnResult *result, StnStepKind kind);
/* TRUE when the board's flash holds image and serial, byte for byte, and the rest of the touched pages is erased. */
gboolean harness_flash_is_right (Harness *self, const char *board, const char *serial);
/* TRUE when nothing that a chip could start stands at the flash base. */
gboolean harness_flash_cannot_start (Harness *self, const char *board);
/* Every line at rest; no write window disturbed. */
void harness_assert_parked (Harness *self);
/* The lines alone: where the test itself has cut the power in a window. */
void harness_assert_lines_at_rest (Harness *self);

G_END_DECLS
