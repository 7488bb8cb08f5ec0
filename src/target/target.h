/* What is known about a chip: the description that planning, binding and engines work from.
 *
 * A target is data: a row of a family file under data/targets, compiled in, overridable by a file of the station's own
 * (the record says which and its hash). It is immutable and lives as long as its catalogue. Addresses are in the chip's
 * address space; times are worst or typical figures with their source in the data file; "not confirmed" is 0 or NULL
 * and never a guess: code that needs such a value falls back on the documented rule next to the accessor.
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
typedef enum {
  STN_BOOT_PIN_LIVE,
  STN_BOOT_PIN_IGNORED_AS_SHIPPED,
  STN_BOOT_PIN_NONE /* there is none, or not known: not to be counted on */
} StnBootPin;

typedef enum {
  STN_QUIRK_ONE_PAGE_PER_ERASE = 1 << 0, /* a page list erases wrongly or answers early: one page, then wait */
  STN_QUIRK_NO_MASS_ERASE = 1 << 1,      /* the ROM refuses FFFF */
  STN_QUIRK_DOUBLE_NACK = 1 << 2,        /* two 1F when read protection is on */
  STN_QUIRK_DOUBLE_ACK_AT_SYNC = 1 << 3,
  STN_QUIRK_NO_OPTION_LOAD = 1 << 4,     /* options written over UART act only after power-on */
  STN_QUIRK_READ_BLOCKS_ONLY = 1 << 5,   /* UID and flash size only within an aligned block read */
  STN_QUIRK_NO_PARITY = 1 << 6,          /* 8N1 instead of 8E1 */
  STN_QUIRK_WRITE_128 = 1 << 7,          /* at most 128 bytes a write, aligned */
  STN_QUIRK_EARLY_ERASE_ANSWER = 1 << 8, /* an erase is answered before it is done: wait its longest time after it */
  STN_QUIRK_UNPROTECT_NEEDS_POWER_CYCLE = 1 << 9, /* Readout Unprotect acts only after power off and on */
  STN_QUIRK_UNPROTECT_KEEPS_PCROP = 1 << 10       /* Readout Unprotect leaves SPRMOD as it is */
} StnQuirk;

/* A quirk and the ROM versions that have it. */
typedef struct {
  StnQuirk quirk;
  const guint16 *bootloader_ids; /* NULL: every version */
  guint bootloader_id_count;
} StnQuirkRule;

/* The erase time of pages of one size, where a chip has several sizes. 0: not known. */
typedef struct {
  guint32 page_bytes;
  double typical_ms, max_ms;
} StnPageEraseTime;

/* A stretch of equal pages; pages are numbered through, from 0 at the flash base (AN3155 erase codes). */
typedef struct {
  guint64 address;
  guint32 page_bytes;
  guint page_count;
  guint first_page; /* number of its first page */
} StnPageStretch;

typedef struct StnTarget StnTarget;
struct StnTarget {
  const char *name;          /* part as a job names it: "STM32G071xB"; of a catalogue row: its line */
  const char *family;        /* "G0" */
  const char *line;          /* "STM32G070/071/081" */
  guint16 product_id;        /* Get ID answer */
  gboolean provisional;      /* only one source: refused for production */
  const char *source;        /* "compiled in" or the path of the overriding file */
  const char *source_sha256; /* of the family file */

  guint64 flash_base;
  guint64 flash_bytes;         /* of this part; without a flash code the largest that the named part comes with; of a
                                  catalogue row: the product's largest */
  guint64 flash_bytes_largest; /* of the product id */
  guint64 flash_size_address;  /* 16-bit KB count; 0: not known */
  guint64 uid_address;         /* 0: not known, no UID check possible */
  guint uid_offsets[3];        /* of the three 32-bit words from uid_address: 0,4,8; L0/L1 0,4,0x14 */
  const StnPageStretch *stretches;
  guint stretch_count;     /* cut at flash_bytes */
  gboolean flash_has_hole; /* a catalogue row only: parts of some sizes are not contiguous, or not settled by the
                              sources; stn_targets_find refuses those with the reason */
  const char *dual_bank_notes;
  guint8 erased_byte; /* FF; 00 on L0, L1 */
  gboolean erased_byte_known;

  guint program_unit_bytes; /* hardware unit: one ECC word */
  guint write_align_bytes;  /* AN2606 table 7: what a ROM write must be a multiple of */
  guint64 ram_base;
  guint64 ram_bytes;
  guint64 ram_reserved_bytes; /* from ram_base, what the ROM uses (WB0, WL3: the end of the last bank) */
  guint64 system_memory_first, system_memory_last;
  guint64 bootloader_id_address; /* 0: none */
  const guint16 *bootloader_ids; /* known versions */
  guint bootloader_id_count;

  guint64 options_address;
  guint options_bytes;
  StnOptionsEncoding options_encoding;
  guint64 options_second_address; /* 0: there is no second area, or it has no address of its own */
  guint options_second_bytes;
  struct StnOptionCatalogue *option_catalogue; /* for stn_target_options (options.h) alone */
  guint64 otp_address; /* 0: none or not known */
  guint otp_bytes;
  guint64 supply_word; /* takes the code of stn_target_supply_code and three bytes FF; 0: there is none */

  gboolean has_uart, has_usb, has_i2c, has_spi, has_can; /* has_can: bxCAN, AN3154 */
  gboolean has_fdcan, has_i3c;
  const char *uart_pins; /* of the ROM, TX/RX; NULL: not known */
  guint boot_pattern;    /* of AN2606 table 2; 0: not known */
  StnBootPin boot_pin;
  StnEmptyCheck empty_check;
  const guint16 *empty_check_cleared_by; /* ROM ids that clear the flag; NULL: all or not known */
  guint empty_check_cleared_by_count;
  guint quirks; /* StnQuirk, all ROM versions together; stn_target_quirks_for for one version */
  const StnQuirkRule *quirk_rules;
  guint quirk_rule_count;
  const char *limitations; /* in words, for explain and the drawer */

  /* ms; 0: not known, use the accessors below */
  double page_erase_typical_ms, page_erase_max_ms, mass_erase_typical_ms, mass_erase_max_ms;
  double program_256_typical_ms, program_256_max_ms; /* a 256-byte block, timing.md section 2 */
  double rom_start_ms;                               /* reset to first sync, timing.md section 3; worst usual case */
  double usb_start_ms; /* reset to the DFU device being enumerated, timing.md section 3; worst usual case */
  double option_write_max_ms;
  const StnPageEraseTime *page_erase_times; /* before page_erase_*_ms, for pages of just this size */
  guint page_erase_time_count;
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

/* StnQuirk of one ROM version, as read from bootloader_id_address. 0 (not read), and an id that the data does not know:
 * the quirks of all versions together, to be safe. */
guint stn_target_quirks_for (const StnTarget *self, guint16 bootloader_id);
/* The same for the empty check: LATCHED where the data says that this version leaves the flag alone. */
StnEmptyCheck stn_target_empty_check_for (const StnTarget *self, guint16 bootloader_id);
/* "one-page-per-erase": as the data files name it; NULL for what is not a single quirk. */
const char *stn_quirk_name (StnQuirk quirk);

/* Typical and longest times, never negative, saturating at G_MAXINT64. Where the data has none:
 *   page erase    longest 40 ms up to 8 KiB, 5 s above (devices-notes section 6); typical half the longest
 *   mass erase    longest 60 s (section 6); typical half of a known longest, else the pages one after another
 *   program       typical 7 ms, longest 252 ms per 256 bytes (timing.md section 2: the slowest usual and the slowest
 *                 known chip), in blocks of stn_target_write_block_bytes
 *   ROM start     20 ms (devices-notes section 6: "others below 20")
 *   USB start     900 ms (timing.md section 3: above the slowest that needs no crystal); never less than the ROM start
 *   option write  2 s (uart-an3155 section 7)
 * "Longest" is the chip's, without any margin: for a deadline put it through stn_target_timeout_ns. */
gint64 stn_target_page_erase_typical_ns (const StnTarget *self, const StnPage *page);
gint64 stn_target_page_erase_longest_ns (const StnTarget *self, const StnPage *page);
gint64 stn_target_mass_erase_typical_ns (const StnTarget *self);
gint64 stn_target_mass_erase_longest_ns (const StnTarget *self);
gint64 stn_target_program_typical_ns (const StnTarget *self, guint64 length_bytes);
gint64 stn_target_program_longest_ns (const StnTarget *self, guint64 length_bytes);
gint64 stn_target_rom_start_ns (const StnTarget *self);
gint64 stn_target_usb_start_ns (const StnTarget *self);
/* What the ROM is told of a supply of so many uV, for its flash to be programmed more than a byte at a time (AN2606:
 * 1 from 2.1 V, 2 from 2.4 V, 3 from 2.7 V on). 0: nothing, as the supply is not known (0 uV) or too low, or there is
 * no such word; a ROM that was not told goes byte by byte. */
guint stn_target_supply_code (const StnTarget *self, gint64 supply_uv);
/* What times of erasing and programming then are, of those byte by byte. */
guint stn_target_program_percent (guint supply_code);
guint stn_target_erase_percent (guint supply_code);
gint64 stn_target_option_write_longest_ns (const StnTarget *self);
/* How long to wait for something that takes the chip `longest_ns`: twice that and 500 ms (devices-notes section 6). */
gint64 stn_target_timeout_ns (gint64 longest_ns);

/* ---- the catalogue ---- */

typedef struct StnTargets StnTargets;

/* The compiled-in targets, then the *.yaml of `override_folder` (NULL or missing: none; in the order of their names)
 * over them: a row replaces the compiled-in row of the same product id as a whole, parts too, or is added. Its
 * options/(any).yaml replace the option fields of the product ids that they name in the same way.
 * Error: STN_FAILURE_BAD_FILE with file, line, column. Blocks on files. Free with stn_targets_free. */
StnTargets *stn_targets_new (const char *override_folder, GError **error);
void stn_targets_free (StnTargets *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnTargets, stn_targets_free)

/* Every product line, one row a product id, in the order of the data. Borrowed. */
const StnTarget *const *stn_targets_list (StnTargets *self, guint *out_count);

/* Resolves a part number without package ("STM32G071xB", "STM32G071CB", "STM32G071", case ignored; a package and what
 * follows it, "STM32G071CBT6", is accepted and left out of the name) to a target with its flash size worked out from
 * the flash code where one is given. A provisional row gives STN_FAILURE_PROVISIONAL_TARGET; a size whose flash is not
 * contiguous or not settled STN_FAILURE_NOT_SUPPORTED; an unknown name, a flash code that the part does not come with,
 * or a name that stands for several product ids STN_FAILURE_BAD_PLAN with the names to choose from. Borrowed from the
 * catalogue, which caches it; thread-safe. */
const StnTarget *stn_targets_find (StnTargets *self, const char *part, GError **error);

/* All product lines with this id (the line names all parts that share it), borrowed; *out_count 0 when unknown. Free
 * the array with g_free. */
const StnTarget **stn_targets_with_product_id (StnTargets *self, guint16 product_id, guint *out_count);

/* The field table of a family file, for `stationctl schema target` and the data tests. */
const StnField *stn_target_file_fields (void);

G_END_DECLS
