/* What ST's DFU devices do differently from each other: by product id as known, and by switches for what a test wants. */
#pragma once

#include "src/base/clock.h"
#include "src/base/error.h"
#include "src/target/target.h"

G_BEGIN_DECLS

typedef enum {
  STN_DFU_CLRSTATUS_STALLS = 1 << 0,      /* CLRSTATUS in dfuIDLE (C5) */
  STN_DFU_STUCK_BUSY = 1 << 1,            /* says busy after an erase until CLRSTATUS twice (H743 rev. V) */
  STN_DFU_POLL_100 = 1 << 2,              /* announces 100 ms for a mass erase, however long it takes (F405) */
  STN_DFU_BUSY_ANSWERS = 1 << 3,          /* answers "busy" while it is busy instead of not at all */
  STN_DFU_LEAVE_WITHOUT_ANSWER = 1 << 4,  /* gone before the last GETSTATUS is answered */
  STN_DFU_NO_LEAVE = 1 << 5,              /* answers, and stays (L5 V9.0) */
  STN_DFU_PROTECTED_UPLOAD_EMPTY = 1 << 6, /* 0 bytes instead of a stall when read protected */
  STN_DFU_SMALL_TRANSFERS = 1 << 7,       /* 1024 bytes */
  STN_DFU_FIXED_SERIAL = 1 << 8,          /* the same in every chip */
  /* faults, of no chip */
  STN_DFU_STALLS = 1 << 9,                /* every DFU request */
  STN_DFU_WRONG_STATE = 1 << 10,          /* says dfuDNLOAD-IDLE where it should be busy */
  STN_DFU_RESETS = 1 << 11,               /* the chip resets in the middle of the first erase or write */
} StnDfuQuirk;

typedef struct {
  guint quirks; /* StnDfuQuirk */
  guint16 transfer_bytes;
  guint16 release;       /* bcdDevice: protocol version */
  guint64 gone_at;       /* at the N-th transfer; 0: never */
  guint64 hostile;       /* which lie its descriptors tell (dfu-device.c), from 1; 0: none */
  gint64 enumeration_ns; /* from the reset until the device is on the bus (timing.md section 3) */
} StnDfuTraits;

/* As the chip has them, then `words` (char *, may be NULL) on top: the names above in small letters with hyphens, and
 * "gone-at N" and "hostile N". Error: STN_FAILURE_BAD_FILE. */
gboolean stn_dfu_traits_of (const StnTarget *target, const GPtrArray *words, StnDfuTraits *out, GError **error);
/* One memory-map string an alternate setting; free with g_strfreev. */
char **stn_dfu_memory_map (const StnTarget *target);

/* How many lies there are. */
#define STN_DFU_HOSTILE_COUNT 12

G_END_DECLS
