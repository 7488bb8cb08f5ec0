/* A board's own USB plug, reached in process: a control link to the DFU device of the ROM, on the bench's clock.
 *
 * The device is there while the board runs its ROM and has found no host on another interface, from the time that
 * enumeration takes (where the bench keeps flash times); it goes when the chip leaves its ROM, is reset or loses its
 * power, and a link to it says link-lost from then on for good. It is made when somebody looks for it, and lives on
 * between two links to it: what state it was left in, it is found in. */
#pragma once

#include "src/bench/board.h"
#include "src/link/link.h"

G_BEGIN_DECLS

typedef struct StnDfuPort StnDfuPort;

/* `words`: what this device does its own way (dfu-traits.h), may be NULL. Borrows the board, copies the rest. Error:
 * STN_FAILURE_BAD_FILE for a word that nobody knows. */
StnDfuPort *stn_dfu_port_new (StnBoard *board, const char *port, const GPtrArray *words, GError **error);
void stn_dfu_port_free (StnDfuPort *self);

/* Whether a place that a station file names is this one. */
gboolean stn_dfu_port_is_at (const StnDfuPort *self, const char *place);
/* The place, where the device is there now; NULL: it is not. Free with g_free. Any thread. */
char *stn_dfu_port_place (StnDfuPort *self);
/* Waits until the device is there; STN_FAILURE_NO_ANSWER (seen: nothing) when it does not come before the wait ends,
 * STN_FAILURE_PORT_BUSY, STN_FAILURE_CANCELLED. Any thread, one link at a time. */
StnLink *stn_dfu_port_open (StnDfuPort *self, const char *place, const StnWait *wait, GError **error);
/* Pulls the plug, or puts it in. Any thread. */
void stn_dfu_port_set_plugged (StnDfuPort *self, gboolean plugged);

G_END_DECLS
