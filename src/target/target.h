/* What is known about a chip: the description that planning, binding and engines work from.
 *
 * A target is data: a row of a family file under data/targets, compiled in, overridable by a file of the station's own
 * (the record says which and its hash). It is immutable and lives as long as its catalogue. Addresses are in the chip's
 * address space; times are worst or typical figures with their source in the data file; "not confirmed" is 0 or NULL and
 * never a guess: code that needs such a value falls back on the documented rule next to the accessor.
 *
 * Any thread may read. */
#pragma once

#include <gio/gio.h>
#include "src/base/error.h"
#include "src/base/fields.h"

G_BEGIN_DECLS

/* How option words stand in the option area (devices-notes, column option_bytes_encoding). */
typedef enum {
  STN_OPTIONS_NONE,
  STN_OPTIONS_F1_COMPLEMENT_HALFWORDS,
  STN_OPTIONS_F4_16BIT,
  STN_OPTIONS_L0_COMPLEMENT_HALFWORDS,
  STN_OPTIONS_L4_INVERTED_WORDS,
  STN_OPTIONS_REGISTER_MAPPED
} StnOptionsEncoding;

/* Whether an empty flash starts the ROM, and what becomes of that (AN2606 empty check). */
typedef enum {
  STN_EMPTY_CHECK_NONE,
  STN_EMPTY_CHECK_LATCHED,       /* sampled at power-on and option load only, kept over resets */
  STN_EMPTY_CHECK_CLEARED_BY_ROM /* the same, and some ROM versions clear the flag when they start */
} StnEmptyCheck;

/* Whether the BOOT0 pin of a part as shipped selects the ROM. */
typedef enum { STN_BOOT_PIN_LIVE, STN_BOOT_PIN_IGNORED_AS_SHIPPED, STN_BOOT_PIN_NONE } StnBootPin;

typedef enum {
  STN_QUIRK_ONE_PAGE_PER_ERASE = 1 << 0,  /* a page list erases wrongly or answers early: one page, then wait */
  STN_QUIRK_NO_MASS_ERASE = 1 << 1,       /* the ROM refuses FFFF */
  STN_QUIRK_DOUBLE_NACK = 1 << 2,         /* two 1F when read protection is on */
  STN_QUIRK_DOUBLE_ACK_AT_SYNC = 1 << 3,
  STN_QUIRK_NO_OPTION_LOAD = 1 << 4,      /* options written over UART act only after power-on */
  STN_QUIRK_READ_BLOCKS_ONLY = 1 << 5,    /* UID and flash size only within an aligned block read */
  STN_QUIRK_NO_PARITY = 1 << 6,           /* 8N1 instead of 8E1 */
  STN_QUIRK_WRITE_128 = 1 << 7            /* at most 128 bytes a write, aligned */
} StnQuirk;

/* A stretch of equal pages; pages are numbered through, from 0 at the flash base (AN3155 erase codes). */
typedef struct {
  guint64 address;
  guint32 page_bytes;
  guint page_count;
  guint first_page; /* number of its first page */
} StnPageStretch;

typedef struct StnTarget StnTarget;
struct StnTarget {
  const char *name;          /* part as a job names it: "STM32G071xB" */
  const char *family;        /* "G0" */
  const char *line;          /* "STM32G070/071/081" */
  guint16 product_id;        /* Get ID answer */
  gboolean provisional;      /* only one source: refused for production */
  const char *source;        /* "compiled in" or the path of the overriding file */
  const char *source_sha256; /* of the family file */

  guint64 flash_base;
  guint64 flash_bytes;         /* of this part; the product's largest when the part has no flash code */
  guint64 flash_bytes_largest; /* of the product id */
  guint64 flash_size_address;  /* 16-bit KB count; 0: not known */
  guint64 uid_address;         /* 0: not known, no UID check possible */
  guint uid_offsets[3];        /* of the three 32-bit words from uid_address: 0,4,8; L0/L1 0,4,0x14 */
  const StnPageStretch *stretches;
  guint stretch_count;         /* cut at flash_bytes */
  const char *dual_bank_notes;
  guint8 erased_byte;          /* FF; 00 on L0, L1 */
  gboolean erased_byte_known;

  guint program_unit_bytes; /* hardware unit: one ECC word */
  guint write_align_bytes;  /* AN2606 table 7: what a ROM write must be a multiple of */
  guint64 ram_base;
  guint64 ram_bytes;
  guint64 system_memory_first, system_memory_last;
  guint64 bootloader_id_address; /* 0: none */
  const guint16 *bootloader_ids; /* known versions */
  guint bootloader_id_count;

  guint64 options_address;
  guint options_bytes;
  StnOptionsEncoding options_encoding;

  gboolean has_uart, has_usb, has_i2c, has_spi, has_can;
  guint boot_pattern; /* of AN2606 table 2; 0: not known */
  StnBootPin boot_pin;
  StnEmptyCheck empty_check;
  guint quirks;            /* StnQuirk, all ROM versions together */
  const char *limitations; /* in words, for explain and the drawer */

  /* ms; 0: not known, use the accessors below */
  double page_erase_typical_ms, page_erase_max_ms, mass_erase_typical_ms, mass_erase_max_ms;
  double program_256_typical_ms, program_256_max_ms; /* a 256-byte block, timing.md section 2 */
  double rom_start_ms;                               /* reset to first sync, timing.md section 3; worst usual case */
  double option_write_max_ms;
};

/* A page by number. */
typedef struct {
  guint number;
  guint64 address;
  guint32 bytes;
} StnPage;

guint stn_target_page_count (const StnTarget *self);
/* FALSE when there is no such page. */
gboolean stn_target_page (const StnTarget *self, guint number, StnPage *out);
/* The page that holds the address; FALSE outside the flash. */
gboolean stn_target_page_at (const StnTarget *self, guint64 address, StnPage *out);
gboolean stn_target_in_flash (const StnTarget *self, guint64 address, guint64 length_bytes);
/* The largest block one Write Memory may carry (256, or 128 with STN_QUIRK_WRITE_128). */
guint stn_target_write_block_bytes (const StnTarget *self);
/* Blocks are padded to this: the larger of program unit and write alignment. */
guint stn_target_write_unit_bytes (const StnTarget *self);

/* Typical and longest times with the fallback rules of devices-notes section 6 where the data has none. */
gint64 stn_target_page_erase_typical_ns (const StnTarget *self, const StnPage *page);
gint64 stn_target_page_erase_longest_ns (const StnTarget *self, const StnPage *page);
gint64 stn_target_mass_erase_typical_ns (const StnTarget *self);
gint64 stn_target_mass_erase_longest_ns (const StnTarget *self);
gint64 stn_target_program_typical_ns (const StnTarget *self, guint64 length_bytes);
gint64 stn_target_program_longest_ns (const StnTarget *self, guint64 length_bytes);
gint64 stn_target_rom_start_ns (const StnTarget *self);

/* ---- the catalogue ---- */

typedef struct StnTargets StnTargets;

/* The compiled-in targets, then the *.yaml of `override_folder` (NULL or missing: none) over them, by product id.
 * Error: STN_FAILURE_BAD_FILE with file, line, column. Blocks on files. Free with stn_targets_free. */
StnTargets *stn_targets_new (const char *override_folder, GError **error);
void stn_targets_free (StnTargets *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnTargets, stn_targets_free)

/* Every product line, one row a product id, in the order of the data. Borrowed. */
const StnTarget *const *stn_targets_list (StnTargets *self, guint *out_count);

/* Resolves a part number without package ("STM32G071xB", "STM32G071CB", "STM32G071", case ignored) to a target with its
 * flash size worked out from the flash code where one is given. A provisional row gives
 * STN_FAILURE_PROVISIONAL_TARGET, an unknown name STN_FAILURE_BAD_PLAN with the nearest names. Borrowed from the
 * catalogue, which caches it; thread-safe. */
const StnTarget *stn_targets_find (StnTargets *self, const char *part, GError **error);

/* All product lines with this id (some share one), borrowed; *out_count 0 when unknown. Free the array with g_free. */
const StnTarget **stn_targets_with_product_id (StnTargets *self, guint16 product_id, guint *out_count);

/* The field table of a family file, for `stationctl schema target` and the data tests. */
const StnField *stn_target_file_fields (void);

G_END_DECLS
