/* What every command of AN3156 is made of: a request to endpoint 0, then GETSTATUS until the device has done it, and
 * what the engine knows about where the device stands. Private to protocols/dfu.
 *
 * The device starts a download's work at the first GETSTATUS after it and answers that one with dfuDNBUSY (AN3156
 * section 4). While it works it answers with dfuDNBUSY again, or not at all: then the GETSTATUS itself lasts as long as
 * the work.
 *
 * The wait that it announces (bwPollTimeout) is kept when it is at most the target's typical time; a longer one is not
 * believed (F405 says 100 ms for everything), and being done is never concluded from time. See poll_times. */
#pragma once

#include "protocols/dfu/dfu-descriptors.h"
#include "protocols/engine.h"

G_BEGIN_DECLS

/* What the host may do. Every command starts by giving up STN_DFU_READY and gets it back only with a whole answer, or
 * with a refusal after which the device was seen in dfuIDLE. */
typedef enum { STN_DFU_UNSYNCED, STN_DFU_READY, STN_DFU_LOST, STN_DFU_OVER } StnDfuVisit;

/* A run of blocks that need no new address. */
typedef enum { STN_DFU_NO_STRETCH, STN_DFU_DOWNWARD, STN_DFU_UPWARD } StnDfuDirection;

typedef struct {
  StnEngine engine;
  StnDfuVisit visit;
  gboolean identified;
  StnRomIdentity identity;

  StnDfuDevice device;
  StnDfuInterface interface;
  StnDfuMemoryMap *maps; /* owned, interface.alternate_count of them; NULL before sync */
  char serial[STN_ENGINE_SERIAL_BYTES];
  guint block_bytes; /* largest block of memory in one request */

  /* while STN_DFU_READY */
  guint8 state;   /* bState: dfuIDLE, dfuDNLOAD-IDLE or dfuUPLOAD-IDLE */
  int alternate;  /* the selected setting, -1: not known */
  StnDfuDirection direction;
  guint64 next_address;
  guint next_block;
} StnDfuEngine;

typedef struct {
  guint8 status;
  guint poll_ms;
  guint8 state;
} StnDfuStatus;

/* What a request belongs to, for messages, and how long its work takes. */
typedef struct {
  const char *what; /* "the data block" */
  gboolean has_address;
  guint64 address;
  gint64 typical_ns, longest_ns; /* of the work: the chip's, without a margin */
  gboolean kick_is_done;         /* a device that hangs in dfuDNBUSY and comes back after CLRSTATUS has done it */
  gboolean gone_is_done;         /* once the work has begun, a device that is gone or stalls has done it */
} StnDfuStep;

/* A request without work behind it: other hosts had to go from 1.5 s to 5 s for a slow first read of F745. */
#define STN_DFU_SIMPLE_NS (5 * STN_NS_PER_S)

/* "dfuERROR", "errVENDOR"; "unknown" for a number without a name. */
const char *stn_dfu_state_name (guint8 state);
const char *stn_dfu_status_name (guint8 status);

/* One request to the interface. STALL is STN_FAILURE_NACK here, as the link says it. */
gboolean stn_dfu_out (StnDfuEngine *self, const StnDfuStep *step, guint8 request, guint16 value, const guint8 *bytes,
                      gsize length, const StnWait *wait, GError **error);
gboolean stn_dfu_in (StnDfuEngine *self, const StnDfuStep *step, guint8 request, guint16 value, guint8 *buffer,
                     gsize capacity, gsize *out_length, const StnWait *wait, GError **error);
gboolean stn_dfu_get_status (StnDfuEngine *self, const StnDfuStep *step, StnDfuStatus *out, const StnWait *wait,
                             GError **error);

/* The failure that a status stands for, with both numbers in words. Clears a dfuERROR that is a plain refusal, so that
 * the device takes another command. Always FALSE. */
gboolean stn_dfu_fail_by_status (StnDfuEngine *self, const StnDfuStep *step, const StnDfuStatus *status,
                                 const char *expected, const StnWait *wait, GError **error);
/* After a STALL: asks why. Always FALSE; `stall` is taken. */
gboolean stn_dfu_fail_by_stall (StnDfuEngine *self, const StnDfuStep *step, GError *stall, const StnWait *wait,
                                GError **error);

/* DNLOAD and all of its work. Gives up STN_DFU_READY; after success the state is dfuDNLOAD-IDLE and READY is back, or,
 * with gone_is_done, the visit is over and the state may be dfuIDLE. */
gboolean stn_dfu_download (StnDfuEngine *self, const StnDfuStep *step, guint16 block, const guint8 *bytes,
                           gsize length, const StnWait *wait, GError **error);
/* GETSTATUS has to say dfuIDLE, OK; the engine is ready then. */
gboolean stn_dfu_expect_idle (StnDfuEngine *self, const StnDfuStep *step, const StnWait *wait, GError **error);
/* ABORT unless in dfuIDLE, and dfuIDLE seen. The same for READY. */
gboolean stn_dfu_to_idle (StnDfuEngine *self, const StnWait *wait, GError **error);
/* The list of commands, looked through. Does not touch self->identity. From dfuIDLE. */
gboolean stn_dfu_get (StnDfuEngine *self, StnRomIdentity *out, const StnWait *wait, GError **error);

/* dfu-recover.c: from wherever the device stands to dfuIDLE; READY after success. Starts no pending work. */
gboolean stn_dfu_recover (StnDfuEngine *self, const StnWait *wait, GError **error);
/* dfu-recover.c: CLRSTATUS for a device that hangs in dfuDNBUSY. TRUE when it then stands in dfuIDLE. */
gboolean stn_dfu_kick (StnDfuEngine *self, const StnWait *wait);
gboolean stn_dfu_resync (StnEngine *engine, const StnWait *wait, GError **error);

/* dfu-enumerate.c: fetches and parses the descriptors into `self`. */
gboolean stn_dfu_enumerate (StnDfuEngine *self, const StnWait *wait, GError **error);
/* dfu-enumerate.c: SET_INTERFACE to the setting whose map has the address; where none has it, the flash's. Nothing to
 * do with one setting only. From any READY state, ends in READY. */
gboolean stn_dfu_select (StnDfuEngine *self, guint64 address, const StnWait *wait, GError **error);

/* dfu-identity.c */
gboolean stn_dfu_check_target (const StnEngine *engine, GError **error);

G_END_DECLS
