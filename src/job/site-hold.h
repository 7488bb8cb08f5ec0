/* A site in hand: its port and the leases on its lines, and the moves that every visit to a board is made of - power on
 * and off, reset with BOOT0 at either level, the way back to rest.
 *
 * The runner makes its entries and exits of these, and so does whoever visits a board without a job (checking,
 * learning, identifying); barriers between sites that share lines are theirs to put between the moves.
 *
 *     StnSiteHold hold = { .site = site, .clock = clock };
 *     stn_site_hold_open_port (&hold, wait, error);
 *     stn_site_hold_reset_begin (&hold, TRUE, wait, error);   // NRST low, BOOT0 high, in one write where they share
 * one stn_site_hold_reset_end (&hold, settle_ns, wait, error); // NRST rises
 *     ...
 *     stn_site_hold_park (&hold);                               // always, on every way out
 *
 * One thread at a time. Every move blocks until it is done or the wait ends. */
#pragma once

#include "src/job/site.h"

G_BEGIN_DECLS

/* NRST low, far beyond the 20 us of the data sheets, because reset circuits have capacitors; BOOT0 stands from 1 ms
 * before NRST rises until 10 ms after (boot-modes, section 5). */
#define STN_NRST_LOW_NS (20 * STN_NS_PER_MS)
#define STN_BOOT0_HOLD_NS (10 * STN_NS_PER_MS)

typedef struct {
  StnSite *site;   /* borrowed */
  StnClock *clock; /* borrowed */
  StnLink *uart;   /* owned; NULL: not open */
  StnLineLease power, boot0, nrst;
  gboolean had_turn; /* it has waited for its turn: from there on it is as late as it has to be */
} StnSiteHold;

/* Opens the site's UART; nothing where it is open. Errors: those of the provider. */
gboolean stn_site_hold_open_port (StnSiteHold *self, const StnWait *wait, GError **error);
/* *out_present: what the detect pin sees; TRUE where there is none. */
gboolean stn_site_hold_detect (StnSiteHold *self, gboolean *out_present, const StnWait *wait, GError **error);

/* A line at its active level, or back. Giving back works when cancelled. */
gboolean stn_site_hold_acquire (StnSiteHold *self, StnLineLease *lease, const StnLine *line, const StnWait *wait,
                                GError **error);
gboolean stn_site_hold_release (StnSiteHold *self, StnLineLease *lease, GError **error);

/* What `good` and `fault` of the site's supply say; good where there is neither. */
typedef enum { STN_SUPPLY_GOOD, STN_SUPPLY_NOT_GOOD, STN_SUPPLY_FAULT } StnSupply;
gboolean stn_site_hold_look_at_supply (StnSiteHold *self, StnSupply *out, const StnWait *wait, GError **error);

/* A board is fed through whatever drives it, a UART's idle TX first of all: off means break on TX, BOOT0 at rest and
 * NRST low, then power, then the site's off time. BOOT0 is given back for that: who wants the ROM takes it again. */
gboolean stn_site_hold_power_off (StnSiteHold *self, const StnWait *wait, GError **error);
/* On means power, settle, `good` and no `fault` (STN_FAILURE_BOARD_SHORTED: and off again at once), TX idle. NRST and
 * BOOT0 stay as they are. */
gboolean stn_site_hold_power_on (StnSiteHold *self, const StnWait *wait, GError **error);

/* Waits for the site's turn (`turn_ns` of the site), once: what follows is later by that much. Members of a group are
 * together again after every barrier, so theirs is waited for each time. Before a board's power or NRST is moved. */
gboolean stn_site_hold_take_turn (StnSiteHold *self, const StnWait *wait, GError **error);

/* NRST low and BOOT0 at the wanted level, together. */
gboolean stn_site_hold_reset_begin (StnSiteHold *self, gboolean boot0, const StnWait *wait, GError **error);
/* Waits out the low time, forgets what has come, lets NRST go and waits `settle_ns` for the chip to start. */
gboolean stn_site_hold_reset_end (StnSiteHold *self, gint64 settle_ns, const StnWait *wait, GError **error);

/* The shielded way out: BOOT0 at rest; before power goes, break on TX and NRST low; NRST released, port closed. Never
 * fails visibly: what can't be put at rest is reported by the adapter's next use. */
void stn_site_hold_park (StnSiteHold *self);

G_END_DECLS
