/* The option bytes of a chip: what each field is, and a board's own as values that can be read, changed and written.
 *
 * StnOptions is data (data/targets/options, compiled in, overridable): the fields of one target by name, with a *role*,
 * so that no code ever compares names or knows a polarity. A field's `active` value is the one with which its role
 * holds: of BOOT_SELECT the value with which the pin is used, of BOOT_LOCK the value that locks, of a WRP bit the value
 * that protects. The differences between families are there and in the five encodings, nowhere else.
 *
 * StnOptionBlock is one board's option area (or two areas), as read:
 *
 *     g_autoptr (StnOptionBlock) before = stn_option_block_new (target, first, length, NULL, 0, error);
 *     if (before == NULL || !stn_option_block_check (before, error)) …
 *     g_autoptr (StnOptionBlock) after = stn_option_block_copy (before);
 *     if (!stn_option_block_set (after, field, 0, error)) …
 *     g_autoptr (GArray) pieces = stn_option_block_pieces (before, after, 256);    what to write, where, in which order
 *     …
 *     stn_option_block_differences (again, after, …)                               read back: nothing may differ
 *
 * What no field covers is written as it was read; complements are worked out, never taken over; of a register pair the
 * PRG word that is written starts from what the CUR word says.
 *
 * StnOptions is immutable and belongs to the catalogue: any thread. A block is plain data: one thread at a time. */
#pragma once

#include "src/target/target.h"

G_BEGIN_DECLS

#define STN_OPTION_AREAS 2
/* What a ROM takes in one Write Memory (AN3155 section 3.6, AN3156 takes more): the default of `most_bytes` below. */
#define STN_OPTION_PIECE_BYTES 256

/* What a field does, as far as anything depends on it. "active" is the field's own `active` value. */
typedef enum {
  STN_OPTION_ROLE_NONE,                /* nothing beyond its meaning in words */
  STN_OPTION_ROLE_RDP,                 /* readout protection byte: levels through stn_option_field_level */
  STN_OPTION_ROLE_PRODUCT_STATE,       /* life cycle instead of RDP (H5, H7RS, C5, G5, V8); active: open */
  STN_OPTION_ROLE_TZEN,                /* active: TrustZone on */
  STN_OPTION_ROLE_BOOT_SELECT,         /* active: the BOOT0 pin is used; else the BOOT0 bit */
  STN_OPTION_ROLE_BOOT0,               /* the BOOT0 bit; active: as a BOOT0 pin that is high */
  STN_OPTION_ROLE_BOOT1,               /* with BOOT0 high; active: the ROM starts, else SRAM */
  STN_OPTION_ROLE_BOOT_LOCK,           /* active: always the user flash (or the secure address, on TrustZone parts) */
  STN_OPTION_ROLE_BOOT_ADDRESS_0,      /* where BOOT0 low starts: value << address_shift */
  STN_OPTION_ROLE_BOOT_ADDRESS_1,      /* where BOOT0 high starts */
  STN_OPTION_ROLE_BOOT_ADDRESS_SECURE, /* with TZEN */
  STN_OPTION_ROLE_BOOT_ADDRESS_OF_CORE_2,
  STN_OPTION_ROLE_BOOT_ADDRESS_LOCK, /* active: the boot address is frozen */
  STN_OPTION_ROLE_BOOT_BANK,         /* active: boots bank 2, through the ROM */
  STN_OPTION_ROLE_BOOT_BANK_ROM,     /* F76 nDBOOT; active: BOOT_ADDx chooses a bank through the ROM */
  STN_OPTION_ROLE_BANK_SWAP,         /* active: swapped */
  STN_OPTION_ROLE_BANK_MODE, /* active: two banks; another page map than as shipped when it is not the default */
  STN_OPTION_ROLE_WRP_BITS,  /* a bit a group of pages; active (0 or 1): the bit value that protects */
  STN_OPTION_ROLE_WRP_FIRST, /* first page of the bank that is protected; first > last: none */
  STN_OPTION_ROLE_WRP_LAST,
  STN_OPTION_ROLE_WRP_UNLOCK, /* always written as 1 */
  STN_OPTION_ROLE_WRP_MODE,   /* SPRMOD, WPRMOD; active: the WRP bits mean PCROP */
  STN_OPTION_ROLE_PCROP_FIRST,
  STN_OPTION_ROLE_PCROP_LAST,
  STN_OPTION_ROLE_PCROP_BITS,
  STN_OPTION_ROLE_PCROP_RDP,     /* active: the PCROP area is erased when RDP goes from 1 to 0 */
  STN_OPTION_ROLE_HIDE,          /* secure user memory, hide-protected and secure watermark areas, data flash */
  STN_OPTION_ROLE_NRST_MODE,     /* active: the pin is a GPIO, no reset from outside */
  STN_OPTION_ROLE_NRST_MODE_BIT, /* WB1x: two single bits; GPIO when every one has its active value */
  STN_OPTION_ROLE_BOR,
  STN_OPTION_ROLE_WATCHDOG,       /* active: started by hardware at reset */
  STN_OPTION_ROLE_USER_DATA,      /* free bytes */
  STN_OPTION_ROLE_CORE_BOOT,      /* BCM4, BCM7; active: the core does not start */
  STN_OPTION_ROLE_RADIO,          /* belongs to the radio stack: never written */
  STN_OPTION_ROLE_KEY,            /* write-only key word: never written by this program */
  STN_OPTION_ROLE_FINAL_LOCK,     /* OTP locks and the like; bits that can only be set */
  STN_OPTION_ROLE_ROM_INTERFACES, /* which interfaces the ROM listens on (C5 BL_COM_CFG) */
  STN_OPTION_ROLE_COUNT
} StnOptionRole;

/* What a wrong value of a field can do (flags). What the values of a whole block do is in boot-ways.h. */
typedef enum {
  STN_OPTION_DANGER_PERMANENT = 1 << 0,  /* some value can't be taken back, by anything */
  STN_OPTION_DANGER_CLOSES_PIN = 1 << 1, /* BOOT0 may no longer reach the ROM */
  STN_OPTION_DANGER_CLOSES_ROM = 1 << 2, /* nothing may reach the ROM any more */
  STN_OPTION_DANGER_NRST_DEAD = 1 << 3,
  STN_OPTION_DANGER_NO_BOOT = 1 << 4,   /* the application may not start */
  STN_OPTION_DANGER_ERASES = 1 << 5,    /* taking it back erases the flash */
  STN_OPTION_DANGER_FLASH_MAP = 1 << 6, /* pages and addresses move, contents become garbage */
  STN_OPTION_DANGER_ELECTRICAL = 1 << 7,
  STN_OPTION_DANGER_HIDES_FLASH = 1 << 8, /* flash that can't be read, or only erased as a whole */
  STN_OPTION_DANGER_RADIO = 1 << 9,
  STN_OPTION_DANGER_NEEDS_SIGNATURE = 1 << 10 /* a job that sets it names the consequence and is signed */
} StnOptionDanger;

typedef enum { STN_OPTION_VIA_UART, STN_OPTION_VIA_USB, STN_OPTION_VIA_COUNT } StnOptionVia;

/* Values with a name, `first` to `last`: mostly one. */
typedef struct {
  guint32 first, last;
  const char *text; /* "2.4 V", "level 1" */
} StnOptionValue;

typedef enum {
  STN_RDP_LEVEL_0,
  STN_RDP_LEVEL_0_5, /* TrustZone parts */
  STN_RDP_LEVEL_1,
  STN_RDP_LEVEL_2
} StnRdpLevel;

typedef struct {
  guint32 value;
  StnRdpLevel level;
} StnOptionLevel;

typedef struct StnOptionField StnOptionField;
struct StnOptionField {
  const char *name;           /* "nBOOT0", unique in its target */
  const char *const *aliases; /* other names, NULL-terminated; never NULL */
  gboolean visible;           /* FALSE: known, but in no area that the ROM shows: can't be read or written; then
                                 area, word, bit and width are what is known of them, 0 where nothing is */
  guint area;                 /* 0 or 1: the target's options_address or options_second_address */
  guint64 word;               /* address of the 32-bit word that is written */
  guint64 current_word;       /* of the word that tells the value: the same, or the CUR of a CUR/PRG pair */
  guint bit, width;           /* in that word; width 1 to 32 */
  gboolean has_default;
  guint32 default_value;        /* as shipped */
  const StnOptionValue *values; /* may be empty */
  guint value_count;
  const StnOptionLevel *levels; /* RDP, PRODUCT_STATE: values with a level of their own; every other is level 1; the
                                   first of a level is the one to write */
  guint level_count;
  const char *meaning; /* in words */
  StnOptionRole role;
  gboolean has_active;
  guint32 active;            /* the value with which the role holds */
  guint bank;                /* 1 or 2 of areas, bits and boot addresses; 0: not of a bank */
  char area_letter;          /* WRP and PCROP areas: 'A', 'B'; 0: there is one */
  guint first_page;          /* WRP_BITS: page (erase number, from the start of its bank) of bit 0 */
  guint pages_per_bit;       /* WRP_BITS; 0: not uniform or not known, see the meaning */
  gboolean last_bit_is_rest; /* WRP_BITS: the highest bit protects all pages behind it too */
  guint page_unit_bytes;     /* WRP_FIRST, WRP_LAST, PCROP_*: bytes of one count; 0: pages of the flash map */
  guint address_shift;       /* BOOT_ADDRESS_*: address = value << this */
  gboolean always_one;       /* written as all ones, whatever was read */
  gboolean read_only;        /* never written with another value than was read */
  guint danger;              /* StnOptionDanger */
  const char *danger_text;   /* NULL: none */
  const char *doubt;         /* what is not confirmed about it, or NULL: a job needs to try it on a sample */
};

typedef struct StnOptions StnOptions;
struct StnOptions {
  const StnOptionField *const *fields; /* in the order of the data: by word and bit */
  guint field_count;
  const char *source;        /* "compiled in" or the path of the overriding file */
  const char *source_sha256; /* of the file */
};

typedef struct {
  const StnOptionField *field;
  gboolean old_known, new_known;
  guint32 old_value, new_value;
} StnOptionChange;

/* The fields of a target, or NULL where none are known. Of a part: without the fields that only other parts of its
 * product id have; of a catalogue row: all. Borrowed from the catalogue, which reads a compiled-in file when the first
 * of its chips is asked for; any thread. */
const StnOptions *stn_target_options (const StnTarget *target);

/* By name or alias, exactly. NULL with STN_FAILURE_BAD_PLAN, which names the nearest, or what the target has instead.
 */
const StnOptionField *stn_options_find (const StnTarget *target, const char *name, GError **error);
/* The nth field of that role (in the order of the data), or NULL. */
const StnOptionField *stn_options_by_role (const StnTarget *target, StnOptionRole role, guint nth);

/* "rdp", "boot-select": as the data files name it; NULL for no role. */
const char *stn_option_role_name (StnOptionRole role);
/* "permanent": of a single flag, else NULL. */
const char *stn_option_danger_name (StnOptionDanger danger);

/* Why this ROM can't write the field by that way, or NULL where nothing is known against it. `bootloader_id` 0: not
 * known (yet); then only what holds for every version counts, so planning asks with 0 and binding again with the id.
 * An id that the data does not know counts as every version. */
const char *stn_option_field_refused (const StnTarget *target, const StnOptionField *field, StnOptionVia via,
                                      guint16 bootloader_id);

/* The same for everything that one write would change (array of StnOptionChange), and for what can't change together:
 * the reason, and the field in *out_field (may be NULL). NULL where nothing is known against it. */
const char *stn_option_changes_refused (const StnTarget *target, const GArray *changes, StnOptionVia via,
                                        guint16 bootloader_id, const StnOptionField **out_field);

/* ---- values and words ---- */

/* The largest value: 2^width - 1. */
guint32 stn_option_field_most (const StnOptionField *field);
/* "2.4 V", "level 1"; without a name "3", or "0x1F" from 8 bits on; a boot address as "0x08000000". g_free. */
char *stn_option_field_text (const StnOptionField *field, guint32 value);
/* "0x2: 2.4 V": number and words, for lists. g_free. */
char *stn_option_field_label (const StnOptionField *field, guint32 value);
/* A job's text: a number (decimal or 0x…), or the name of a value (case and spaces at the ends ignored; "2400 mV" is
 * "2.4 V"), or of a boot address the address ("0x08000000" where that is too large for the field). On failure
 * STN_FAILURE_BAD_PLAN with the values to choose from. */
gboolean stn_option_field_read (const StnOptionField *field, const char *text, guint32 *out_value, GError **error);

/* What an RDP or product-state byte means for ROM and debugger: open (0), protected but can be opened (1), closed for
 * good (2: product states closed and locked too). */
StnRdpLevel stn_option_field_level (const StnOptionField *field, guint32 value);
/* The value to write for a level; FALSE where the chip has no such level (F1 has no 2). */
gboolean stn_option_field_level_value (const StnOptionField *field, StnRdpLevel level, guint32 *out_value);

/* ---- one board's option bytes ---- */

typedef struct StnOptionBlock StnOptionBlock;

/* From what was read: the target's whole options_bytes, and options_second_bytes or nothing (second NULL). Other
 * lengths, and a target without options, are STN_FAILURE_OPTION_BYTES_UNKNOWN. Copies. */
StnOptionBlock *stn_option_block_new (const StnTarget *target, const guint8 *first, gsize first_bytes,
                                      const guint8 *second, gsize second_bytes, GError **error);
/* As shipped, for planning: fields without a known default are unknown. NULL where the target has no options. */
StnOptionBlock *stn_option_block_new_default (const StnTarget *target);
StnOptionBlock *stn_option_block_copy (const StnOptionBlock *self);
void stn_option_block_free (StnOptionBlock *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnOptionBlock, stn_option_block_free)

const StnTarget *stn_option_block_target (const StnOptionBlock *self);
/* The area's bytes as they were read (set does not change them), NULL where it was not read. Borrowed. */
const guint8 *stn_option_block_bytes (const StnOptionBlock *self, guint area, gsize *out_length);
/* The area's bytes as they would be written: values, complements, PRG from CUR. FALSE where it was not read or parts
 * of it are unknown. The caller's buffer has the area's length. */
gboolean stn_option_block_encode (const StnOptionBlock *self, guint area, guint8 *out_bytes);

/* FALSE where the field is not visible, its area was not read, or its value is not known. */
gboolean stn_option_block_get (const StnOptionBlock *self, const StnOptionField *field, guint32 *out_value);
/* By role: the first field of it. */
gboolean stn_option_block_get_role (const StnOptionBlock *self, StnOptionRole role, guint32 *out_value);
/* TRUE only where the field of that role is known to have its active value. */
gboolean stn_option_block_is_active (const StnOptionBlock *self, StnOptionRole role);
/* Changes a value. STN_FAILURE_BAD_PLAN for one that does not fit, STN_FAILURE_NOT_SUPPORTED for a field that is
 * read-only, always one or not visible, STN_FAILURE_OPTION_BYTES_UNKNOWN where its area was not read. */
gboolean stn_option_block_set (StnOptionBlock *self, const StnOptionField *field, guint32 value, GError **error);

/* Whether what was read fits together: complements and inverted words of everything that a field covers (a word that
 * is erased as a whole counts as broken only where its family needs it written), PRG words that equal their CUR.
 * STN_FAILURE_OPTION_BYTES_UNKNOWN with the address of the first wrong word, what it should be and what it is. A block
 * that fails can still be encoded and written: that is how it is repaired, with every value set first. */
gboolean stn_option_block_check (const StnOptionBlock *self, GError **error);

/* The fields whose values differ between two blocks of one target (a value that only one of them knows differs), in
 * the order of the data. Array of StnOptionChange, free with g_array_unref. */
GArray *stn_option_block_differences (const StnOptionBlock *before, const StnOptionBlock *after);
/* Against what the chip is shipped with; only known values and known defaults. The same array. */
GArray *stn_option_block_against_defaults (const StnOptionBlock *self);
/* "nBOOT_SEL: 0x1 (nBOOT0 bit) -> 0x0 (pin)". g_free. */
char *stn_option_change_text (const StnOptionChange *change);

/* One write command. */
typedef struct {
  guint area;
  guint64 address;
  guint offset_bytes, length_bytes; /* in the encoded area (stn_option_block_encode) */
  gboolean changed;                 /* carries something that differs from what was read */
} StnOptionPiece;

/* How `after` is written: every area that was read, cut where one command (`most_bytes`, a multiple of 8) ends, in the
 * order to write. Only pieces that are `changed` need to be sent; each piece is a whole visit on chips that reload or
 * reset after a write, so a change in two pieces takes two visits (re-enter, read, compare, write). Of a flash-based
 * area (not register-mapped) no piece may be cut, since the first erases all: an area longer than `most_bytes` gives
 * one piece nevertheless, which the engine refuses. Array of StnOptionPiece, free with g_array_unref. */
GArray *stn_option_block_pieces (const StnOptionBlock *before, const StnOptionBlock *after, guint most_bytes);

/* The field table of an option file, for `stationctl schema target-options` and the data tests. */
const StnField *stn_option_file_fields (void);

G_END_DECLS
