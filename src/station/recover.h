/* Recovering boards whose option bytes nobody knows: an option write that was cut by a power failure, a lost link or a
 * program that ended in the middle.
 *
 * What the board had before is in the row of the write window. A recovery is a run of its own in the journal (job
 * "recovery"): it waits the window out, enters the ROM, reads the option bytes and puts back what the board had. It
 * counts for no job, leases no serial and writes no image; afterwards the board is an ordinary one again. */
#pragma once

#include "src/station/station.h"

G_BEGIN_DECLS

typedef struct {
  char *run_id; /* of the run that was cut */
  char *target, *engine, *uid, *serial;
  gboolean has_window; /* FALSE: its record says nothing of option bytes, so there is nothing to put back */
  StnOptionWindow window;
  gboolean is_unsettled; /* it has no result, or its result is option-bytes-unknown */
} StnRecoverable;

/* The last board of a site, as far as the journal knows it. FALSE with STN_FAILURE_USAGE where no board was ever there.
 * Reads the journal. Clear *out. */
gboolean stn_station_find_recoverable (StnStation *self, const char *site, StnRecoverable *out, GError **error);
void stn_recoverable_clear (StnRecoverable *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (StnRecoverable, stn_recoverable_clear)

typedef struct {
  gboolean erase_allowed;
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

/* Does it; blocks. FALSE: it could not even begin (locks, ports, journal). */
gboolean stn_station_recover (StnStation *self, const char *site, const StnRecoverable *what,
                              const StnRecoverOptions *options, StnEventQueue *events, StnRecovered *out,
                              GError **error);
void stn_recovered_clear (StnRecovered *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (StnRecovered, stn_recovered_clear)

G_END_DECLS
