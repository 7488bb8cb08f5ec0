/* Recovering boards whose option bytes nobody knows: an option write that was cut by a power failure, a lost link or a
 * program that ended in the middle.
 *
 * What the board had before is in the row of the write window. A recovery is a run of its own in the journal (job
 * "recovery"): it waits the window out, enters the ROM, reads the option bytes and puts back what the board had. It
 * counts for no job, leases no serial and writes no image; afterwards the board is an ordinary one again.
 *
 * A board that the cut has left at readout level 1 is opened by erasing it, and under level 1 no ROM shows the UID:
 * whether it is the record's board can't be read before everything in it is gone. So the erase needs a record that says
 * that an option write was cut here, and somebody who names that board by the record's words. Before the erase the
 * chip's product id, and over USB a serial that a ROM makes of the UID, must be the record's; the UID is compared
 * afterwards. */
#pragma once

#include "src/station/station.h"

G_BEGIN_DECLS

typedef struct {
  char *run_id; /* of the run that was cut */
  char *target, *engine, *uid, *serial;
  gboolean has_window; /* FALSE: its record says nothing of option bytes, so there is nothing to put back */
  StnOptionWindow window;
  gboolean is_unsettled; /* it has no result, or one after which nobody knows its option bytes */
} StnRecoverable;

/* The last board of a site, as far as the journal knows it. FALSE with STN_FAILURE_USAGE where no board was ever there.
 * Reads the journal. Clear *out. */
gboolean stn_station_find_recoverable (StnStation *self, const char *site, StnRecoverable *out, GError **error);
void stn_recoverable_clear (StnRecoverable *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (StnRecoverable, stn_recoverable_clear)

/* The words by which the record knows the board: its serial, else its UID, else the run. Borrowed. */
const char *stn_recoverable_board (const StnRecoverable *self);
/* Whether `board` is one of them: the serial, the UID in either case of its digits, or, where there is neither, the
 * run. */
gboolean stn_recoverable_names_board (const StnRecoverable *self, const char *board);

typedef struct {
  gboolean erase_allowed;
  const char *board;      /* with erase_allowed: see stn_recoverable_names_board */
  const char *trace_path; /* NULL: no file */
  const char *operator_id;
  GCancellable *cancellable;
} StnRecoverOptions;

typedef struct {
  gboolean is_recorded;
  StnVerdict verdict; /* PASS: the option bytes are known and right */
  StnFailure failure;
  char *text;    /* what was done, or what is left to do */
  char *options; /* hex, as last read; NULL: not read */
} StnRecovered;

/* Does it; blocks. FALSE: it could not even begin (locks, ports, journal), or STN_FAILURE_USAGE: erasing is allowed,
 * and the record has no cut option write of this site's last board, or `board` does not name that board. */
gboolean stn_station_recover (StnStation *self, const char *site, const StnRecoverable *what,
                              const StnRecoverOptions *options, StnEventQueue *events, StnRecovered *out,
                              GError **error);
void stn_recovered_clear (StnRecovered *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (StnRecovered, stn_recovered_clear)

G_END_DECLS
