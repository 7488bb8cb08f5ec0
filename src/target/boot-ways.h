/* What a chip starts, and by which ways its ROM can be entered: from target data, option values, wiring and the state
 * of the empty check. AN2606 table 2 (boot patterns), read for this folder alone; the bench reads it for itself.
 *
 * All functions are pure: no state, any thread. */
#pragma once

#include "src/target/options.h"

G_BEGIN_DECLS

typedef enum {
  STN_BOOT_FLASH,
  STN_BOOT_ROM,
  STN_BOOT_RAM,
  STN_BOOT_NOTHING, /* an address with nothing in it, or a core that does not start */
  STN_BOOT_UNKNOWN  /* an option that decides it is not known, or the pattern is not */
} StnBootStart;

typedef enum { STN_EMPTY_NO, STN_EMPTY_YES, STN_EMPTY_UNKNOWN } StnEmptyState;

/* What decides a start. Zeroed but for target and options: BOOT0 low, not empty, banks valid. */
typedef struct {
  const StnTarget *target;
  const StnOptionBlock *options; /* as they are (or will be) loaded; NULL: as shipped */
  gboolean boot0_high;           /* the pin */
  gboolean boot1_high;           /* F1 to F4, L1: PB2 where it is no option; boards tie it low */
  StnEmptyState empty;           /* of the empty check's latch, not of the flash */
  gboolean banks_invalid;        /* no bank starts with a RAM address (dual-bank boot) */
} StnBootState;

/* What a reset starts now. */
StnBootStart stn_boot_start (const StnBootState *state);

/* Whether the NRST pin is a plain pin once these options are loaded (NULL: as shipped): no reset from outside. */
gboolean stn_option_nrst_is_dead (const StnTarget *target, const StnOptionBlock *options);

/* What the site can move. */
typedef struct {
  gboolean has_boot0, has_nrst, has_power;
} StnBootWiring;

/* How the ROM can be entered (flags). */
typedef enum {
  STN_BOOT_WAY_PIN = 1 << 0,            /* BOOT0 high and a reset (NRST, or power where there is no NRST) */
  STN_BOOT_WAY_EVERY_RESET = 1 << 1,    /* any reset: the BOOT0 bit or a boot address says so, BOOT0 low */
  STN_BOOT_WAY_EMPTY_RESET = 1 << 2,    /* a reset while the latch says empty */
  STN_BOOT_WAY_EMPTY_POWER_ON = 1 << 3, /* power off and on while the flash is empty */
  STN_BOOT_WAY_BANKS_INVALID = 1 << 4   /* dual-bank boot with no valid bank */
} StnBootWay;

typedef struct {
  const StnTarget *target;
  const StnOptionBlock *options; /* NULL: as shipped */
  StnBootWiring wiring;
  StnEmptyState latch;   /* now */
  gboolean flash_empty;  /* what a power-on or option load would find */
  guint16 bootloader_id; /* 0: not known */
} StnBootSituation;

/* StnBootWay flags; 0: none that can be counted on (what is unknown is not promised). A reset of a chip whose ROM
 * clears the empty flag when it starts is no way in, whatever the latch was. EVERY_RESET stands alone: the ways by an
 * empty flash are not added to it. */
guint stn_option_ways (const StnBootSituation *situation);
/* A sentence for each: "BOOT0 high at a reset", in the order of the flags, "; " between; "none" for 0. g_free. */
char *stn_option_ways_text (guint ways);
/* "pin": of a single flag, else NULL; the name in files and in `--json`. */
const char *stn_boot_way_name (StnBootWay way);
const char *stn_boot_start_name (StnBootStart start); /* "flash", "rom", "ram", "nothing", "unknown" */

/* worst first */
typedef enum {
  STN_HAZARD_RDP_2,         /* permanent: no ROM, no debugger, options frozen */
  STN_HAZARD_PRODUCT_STATE, /* past open */
  STN_HAZARD_BOOT_LOCK,     /* always the flash: pins and empty check no longer reach the ROM */
  STN_HAZARD_TZEN,
  STN_HAZARD_NO_WAY_IN,      /* nothing of this wiring reaches the ROM once the flash holds a program, and did before */
  STN_HAZARD_NRST_GPIO,      /* the station's reset line is dead after the next load */
  STN_HAZARD_STARTS_NOTHING, /* a plain reset starts neither flash nor ROM, or it is not known what */
  STN_HAZARD_BOOT_ADDRESS,   /* a boot address that is neither flash nor ROM */
  STN_HAZARD_ROM_FOREVER,    /* every reset starts the ROM: the application never runs by itself */
  STN_HAZARD_PIN_DEAD,       /* BOOT0 no longer reaches the ROM */
  STN_HAZARD_BOOT1_RAM,      /* BOOT0 high starts SRAM instead of the ROM */
  STN_HAZARD_FINAL_LOCK,     /* OTP and boot address locks */
  STN_HAZARD_HIDDEN_FLASH,   /* PCROP, secure or hidden areas */
  STN_HAZARD_ELECTRICAL,
  STN_HAZARD_ROM_INTERFACES,
  STN_HAZARD_FACTORY_VALUE, /* a field that should keep it; the field's danger_text says more */
  STN_HAZARD_BANKS,         /* bank mode, swap or boot bank: another page map */
  STN_HAZARD_WATCHDOG,      /* runs from reset: the application must feed it */
  STN_HAZARD_COUNT
} StnHazardKind;

typedef struct {
  StnHazardKind kind;
  const StnOptionField *field; /* the one that causes it, or NULL */
  gboolean needs_signature;    /* a line of its own that names it, and a signed job */
  const char *text;            /* static sentence */
} StnHazard;

/* What the values of `after` do that those of `before` (NULL: as shipped) do not, once the flash holds a program
 * (NO_WAY_IN counts the wiring; a job must ask stn_option_ways too, since a part may have none as shipped). Array of
 * StnHazard, worst first, each kind once per field. Free with g_array_unref. */
GArray *stn_option_hazards (const StnOptionBlock *before, const StnOptionBlock *after, const StnBootWiring *wiring);
/* "rdp-2", "no-way-in": the name in files; NULL for no hazard. */
const char *stn_hazard_name (StnHazardKind kind);

G_END_DECLS
