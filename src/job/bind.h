/* Binding: the plan meets one unit, after identify and before anything is changed.
 *
 * It checks that the chip is the job's (product id, flash size, ROM id), picks the branches that the target's data name
 * (an erase by single pages on a ROM that can't do lists), joins blocks that touch where the ROM takes more at once,
 * and refuses. It never adds a write. */
#pragma once

#include "src/job/plan.h"

G_BEGIN_DECLS

/* No block is larger, whatever a device announces: usbfs carries as much in a control transfer. */
#define STN_BIND_BLOCK_BYTES_MOST 4096

/* What was seen of the unit; -1 and NULL where the ROM does not let it be read. */
typedef struct {
  StnRomIdentity rom;
  gint32 rom_version; /* bootloader id */
  gint64 flash_bytes;
  char uid[25];      /* 24 hex digits; "" not read */
  gboolean map_fits; /* the ROM's memory map is the target's; where rom.product_id is not known */
  guint8 *options;   /* the option area; NULL: not read */
  gsize options_length;
} StnUnitIdentity;

typedef struct {
  StnEngineCapabilities capabilities;
  /* the plan's blocks, joined to what the ROM takes at once; in the order they are written; without the first */
  StnPlanBlock *blocks;
  guint block_count;
  gboolean erase_all;
  guint erase_pages_at_once;
  guint quirks; /* of this ROM version */
  char *hash;   /* SHA-256 over the plan's hash, the identity and the choices */
  char *notes;  /* unusual but no reason to refuse (a ROM version that the data does not know); NULL: nothing */
} StnBinding;

/* The flash size must be the target's where the job names a flash code, else at least what the plan needs. A ROM
 * version that is not known gets all quirks of its line. Where the ROM tells no product id, the memory map must fit and
 * the UID be read, unless the job says `identity: memory-map`. Errors: wrong-chip (expected and seen), read-protected,
 * not-supported, needs-power-cycle (this ROM version does not reload its options). Fills *out on success; clear it with
 * stn_binding_clear. */
gboolean stn_plan_bind (const StnPlan *plan, const StnUnitIdentity *identity, const StnEngineCapabilities *capabilities,
                        StnBinding *out, GError **error);
void stn_binding_clear (StnBinding *self);

G_END_DECLS
