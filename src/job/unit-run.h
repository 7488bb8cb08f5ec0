/* One run while it happens: the state that a worker carries through the steps. Internal to src/job; one thread. */
#pragma once

#include "src/job/bind.h"
#include "src/job/runner.h"
#include "src/job/site-hold.h"
#include "src/job/stability.h"

G_BEGIN_DECLS

/* How often an exchange or a sync is tried before the step fails; repeats are recorded as tries. */
#define STN_EXCHANGE_TRIES 3
#define STN_SYNC_TRIES 3

typedef struct StnUnitRun StnUnitRun;
struct StnUnitRun {
  StnRunner *runner;
  guint index; /* of the site in the runner */
  StnClock *clock;
  StnLedger *ledger;
  StnSite *site;
  StnPlan *plan;
  const StnTarget *target;
  StnWait wait; /* no deadline; fires when the runner is cancelled */

  StnTraceSink *ring; /* owned: the last part of the wire's transcript */
  StnSiteHold hold;   /* the site's UART and lines */
  StnLink *usb;       /* owned; of the present visit: the ROM's device goes with every reset */
  gboolean usb_seen;  /* a device was there at least once */
  StnEngine *engine;  /* owned; of the present visit */
  gboolean in_rom;
  gboolean supply_refused; /* the ROM goes byte by byte */

  StnRun *run;       /* owned */
  StnResult *result; /* owned */
  StnUnitIdentity identity;
  StnBinding binding;
  char *serial;              /* owned */
  StnUnitData *unit;         /* owned */
  gboolean was_silent;       /* not one byte came at the first visit */
  gboolean has_written;      /* erase or write was sent */
  gboolean first_block_open; /* the first block was begun and is not proved */
  gboolean is_exposed;
  gboolean in_group; /* not retired from the site's group yet */

  StnStability *usb_losses; /* the site's: its device went by itself; borrowed */

  guint windows_opened;        /* rows made so far */
  gboolean supply_dipped;      /* in a window over option bytes: what they are is not taken from anything any more */
  gboolean for_options;        /* this visit's rate is that of visits that read or write options */
  gboolean visits_are_over;    /* an option step shut the way in */
  gboolean needs_fresh_visit;  /* a program operation was refused by the flash: what follows begins with a reset */
  const StnRecovery *recovery; /* borrowed; NULL: an ordinary run */

  StnStepRecord *step; /* borrowed: the step that runs */
};

/* Puts the fault plan (tests) and the traces over a port. Takes over `link`. */
StnLink *stn_runner_wrap_link (StnRunner *self, StnLink *link, StnTraceSink *ring);
/* What the provider has to say of the ports that it has opened, each sentence once. */
void stn_runner_tell_warnings (StnRunner *self, StnProvider *provider);
/* TRUE when boards that have not been written to shall stop. */
gboolean stn_runner_is_stopping (StnRunner *self);
/* The sites' first visits are counted, so that silence can be told from a dead bank: every run says once that its first
 * visit has come to an end, and a silent one may ask how many were. Blocks until all have said so. */
void stn_runner_first_visit_is_over (StnRunner *self, gboolean was_silent);
gboolean stn_runner_half_is_silent (StnRunner *self);
const char *stn_runner_given_serial (const StnRunner *self, guint index);

/* Fails with STN_FAILURE_CANCELLED, or SAME_UNIT_TWICE when another site has found this unit's UID. Every loop over
 * blocks asks this. */
gboolean stn_unit_run_check (StnUnitRun *self, GError **error);
/* After a failed exchange that does no harm when repeated: TRUE when it is worth another try; the error is cleared, the
 * ROM is back at its prompt, the try is counted. */
gboolean stn_unit_run_may_repeat (StnUnitRun *self, guint tries_so_far, GError **inout_error);
/* Reads, repeated as above; each try has `try_ns`. */
gboolean stn_unit_run_read (StnUnitRun *self, guint64 address, guint8 *buffer, gsize length, gint64 try_ns,
                            GError **error);
/* Says how far the present step is. */
void stn_unit_run_advance (StnUnitRun *self, guint64 done_bytes);
/* Whether a refusal ends a window at once. A NACK to an erase comes before it has begun or after it has ended; one to a
 * command over option bytes may be an ACK that the wire has spoilt. */
typedef enum { STN_WINDOW_ERASE, STN_WINDOW_OPTIONS } StnWindowKind;
/* Runs `body` as a write window: a durable row before it, nothing moves until its end or `longest_ns`, whatever
 * cancels. What the silicon does after the ROM's last answer has `silicon_ns`, all of it and however late that answer
 * came; the body has the rest. Where lines tell of the board's supply they are watched through a window over option
 * bytes, and anything but a good supply makes the run's failure option-bytes-unknown (`supply_dipped`), whatever the ROM
 * says: words that it spoils may be such that can't be read back. */
gboolean
stn_unit_run_window (StnUnitRun *self, const char *what, StnWindowKind kind, gint64 longest_ns, gint64 silicon_ns,
                     gboolean (*body) (StnUnitRun *self, const StnWait *shielded, gpointer data, GError **error),
                     gpointer data, GError **error);
/* Another site of this cycle has this UID: both stop. Registers the UID otherwise. */
gboolean stn_unit_run_claim_uid (StnUnitRun *self, const char *uid, GError **error);

/* ports.c */
/* TRUE where boards are programmed by their own USB device. */
gboolean stn_unit_run_is_usb (const StnUnitRun *self);
/* Where one is wired; does nothing when it is open. */
gboolean stn_unit_run_open_uart (StnUnitRun *self, GError **error);
/* The visit is over: its engine and, over USB, its device. */
void stn_unit_run_close_rom (StnUnitRun *self);
/* After a reset into the ROM: waits for the device, makes the engine, finds the ROM. no-sync (seen: nothing) where no
 * device comes, link-unstable where it comes and goes. */
gboolean stn_unit_run_sync (StnUnitRun *self, GError **error);
/* After link-lost over USB: a device that comes back was the board's doing (a reset, its supply, its plug), so the
 * failure becomes no-answer and the visit goes on, as far as taking something back goes; one that stays away leaves
 * link-lost, the station's. Nothing to do for any other failure. */
void stn_unit_run_look_after_loss (StnUnitRun *self, GError **inout_error);
/* After the way out: the device that was there must go; no-boot where it stays. Nothing to do over UART. */
gboolean stn_unit_run_see_rom_go (StnUnitRun *self, GError **error);
/* Waits for twice the time that the ROM's device takes to come: no-boot when it does. */
gboolean stn_unit_run_rom_stays_away (StnUnitRun *self, GError **error);

/* entry.c */
gboolean stn_unit_run_power_on (StnUnitRun *self, GError **error);
gboolean stn_unit_run_enter (StnUnitRun *self, GError **error);
gboolean stn_unit_run_leave (StnUnitRun *self, GError **error);
/* After a failure: where the supply's own lines say that it has gone meanwhile, that is the failure (board-shorted). */
void stn_unit_run_look_at_supply (StnUnitRun *self, GError **inout_error);
/* Into the ROM again in the middle of a run: a reset, or (`by_power`) power off and on and a reset. The ROM must be the
 * one of before and the UID, where it can be read, the unit's. `for_options`: see stn_unit_run_option_speed. A barrier
 * of the site's group, where it has one. */
gboolean stn_unit_run_come_back (StnUnitRun *self, gboolean for_options, gboolean by_power, GError **error);
/* Option bytes are read and written at STN_PLAN_OPTION_BAUD_MOST or less: enters again where this visit's rate is
 * another and a reset comes back. */
gboolean stn_unit_run_option_speed (StnUnitRun *self, gboolean for_options, GError **error);
/* BOOT0 high and a reset: no ROM may answer. NOT_PROTECTED when one does. The visit is over either way. */
gboolean stn_unit_run_pin_is_dead (StnUnitRun *self, GError **error);
/* The shielded way out: BOOT0 at rest, NRST released, power off, port closed. Never fails visibly. */
void stn_unit_run_teardown (StnUnitRun *self);

/* identity.c */
gboolean stn_unit_run_identify (StnUnitRun *self, GError **error);
gboolean stn_unit_run_admit (StnUnitRun *self, GError **error);
gboolean stn_unit_run_bind (StnUnitRun *self, GError **error);
/* After options were written: the plan meets what the unit is now. */
gboolean stn_unit_run_bind_again (StnUnitRun *self, GError **error);
/* Whether the ROM that answers now, and the UID where it is shown, are those of the first visit. */
gboolean stn_unit_run_recognize (StnUnitRun *self, GError **error);

/* unit-options.c, unit-protection.c, unit-recovery.c: the plan's option steps; each begins and ends in a visit, or
 * leaves the board to itself where the step was the last one. From the opened window until what the board has was read
 * again, every failure but a request to stop and a record that can't be written is option-bytes-unknown. */
gboolean stn_unit_run_opening_options (StnUnitRun *self, GError **error);
gboolean stn_unit_run_closing_options (StnUnitRun *self, GError **error);
gboolean stn_unit_run_read_protect (StnUnitRun *self, GError **error);
/* Readout Unprotect in a window, and into the ROM again: everything in the flash is gone. */
gboolean stn_unit_run_unprotect (StnUnitRun *self, GError **error);
/* Of a recovery run: looks at what the board has and puts back what the record says that it had. */
gboolean stn_unit_run_recover_options (StnUnitRun *self, GError **error);
/* A failure in a window over option bytes in which nothing was sent. A NACK is none: the wire may have made it. */
gboolean stn_unit_run_is_unsent (const GError *error);
/* Makes option-bytes-unknown of a failure from an opened window to its proof: nothing else says what the board has. A
 * request to stop (where `doubt` is NULL) and a record that can't be written stay what they are. `doubt`: what went wrong
 * in the window itself, NULL: nothing. */
void stn_unit_run_options_are_unknown (GError **inout_error, const GError *doubt);
/* What one option write of this target may take. */
gint64 stn_unit_run_option_window_ns (const StnUnitRun *self);

/* flash.c */
gboolean stn_unit_run_erase (StnUnitRun *self, GError **error);
gboolean stn_unit_run_program (StnUnitRun *self, GError **error);
gboolean stn_unit_run_verify (StnUnitRun *self, GError **error);
gboolean stn_unit_run_first_block (StnUnitRun *self, GError **error);
/* The page at an address of the plan once more, byte for byte: a write was sent to it after its proof. */
gboolean stn_unit_run_prove_page_at (StnUnitRun *self, guint64 address, GError **error);
/* Best effort after a failure with the first block begun: its page is erased again, so that no unproved program starts.
 */
void stn_unit_run_take_back_first_block (StnUnitRun *self);

/* boot-check.c */
gboolean stn_unit_run_boot_check (StnUnitRun *self, GError **error);
/* The application's line settings. `is_held`: the board is in reset or off, so what has come up to now is forgotten. */
gboolean stn_unit_run_listen (StnUnitRun *self, gboolean is_held, const StnWait *wait, GError **error);

G_END_DECLS
