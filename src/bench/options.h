/* The option area of a board: what is stored, and what the chip has loaded of it.
 *
 * Stored and loaded differ: a chip works with what it loaded at its last power-on or option load (F0, F1, F3: at every
 * reset too; F2, F4, F7: what is stored acts at once). Stored are the cells, complements and all; where the ROM shows
 * registers instead of cells (L5, U5, H5, H7, ...) the stored word is kept at the address of the register that is
 * written, and reading shows what was loaded. An erased area is read protection level 1 in all of them.
 *
 * Fields are asked for by the names of option-fields.h, or by word and bit.
 *
 * Plain data, guarded by the board's lock. */
#pragma once

#include "src/bench/option-fields.h"
#include "src/target/target.h"

G_BEGIN_DECLS

typedef enum {
  STN_AREA_HALFWORDS,   /* F0, F1, F3: a byte and its complement */
  STN_AREA_PLAIN,       /* F2, F4, F7: 16 bits in rows of 8 bytes */
  STN_AREA_WORD_HALVES, /* L0, L1: 16 bits and their complement */
  STN_AREA_ROWS,        /* L4, G0, ...: a word and its inverse */
  STN_AREA_REGISTERS,   /* U0, L5, U5, ... */
  STN_AREA_PAIRS        /* H5, C5, H7: a register that shows and, 4 behind it, one that is written */
} StnAreaStyle;

typedef struct {
  guint64 address;
  gsize bytes, offset; /* offset: of its first byte in the buffers */
} StnAreaWindow;

typedef struct {
  guint64 first, end; /* in the flash */
  gboolean stays;     /* a change back to level 0 spares it (PCROP_RDP) */
} StnAreaRange;

#define STN_AREA_WINDOWS_MOST 3
#define STN_AREA_RANGES_MOST 32

typedef struct {
  const StnTarget *target; /* borrowed */
  StnAreaStyle style;
  const StnAreaFamily *family;
  guint32 chip; /* its bit in StnAreaField.chips */
  StnAreaWindow windows[STN_AREA_WINDOWS_MOST];
  guint window_count;
  gsize length;      /* of all windows */
  guint8 *stored;    /* length bytes */
  guint8 *loaded;    /* the same, with what fails its complement replaced by what the chip then takes */
  GArray *words;     /* guint64: addresses of the words that hold fields, in rising order */
  guint8 *protected; /* a flag a page of the target: refuses erase and program; made at the load */
  StnAreaRange hidden[STN_AREA_RANGES_MOST]; /* PCROP: reads as 0, refuses erase and program; made at the load */
  guint hidden_count;
} StnOptionArea;

/* FALSE: the bench has no model of this chip's option area. */
gboolean stn_area_are_modelled (const StnTarget *target);
/* As shipped; `boot_pin_live`: where the part as shipped ignores BOOT0, somebody has made it listen. */
void stn_area_init (StnOptionArea *self, const StnTarget *target, gboolean boot_pin_live);
void stn_area_clear (StnOptionArea *self);
void stn_area_load (StnOptionArea *self);

/* ---- what the chip works with ---- */

typedef enum {
  STN_AREA_LEVEL_OPEN,
  STN_AREA_LEVEL_HALF,   /* 0.5 of the chips with TrustZone: the ROM does as in level 1 */
  STN_AREA_LEVEL_CLOSED, /* 1 */
  STN_AREA_LEVEL_FINAL   /* 2; H5, C5: a product state from which no ROM is entered */
} StnAreaLevel;

StnAreaLevel stn_area_level (const StnOptionArea *self);
/* The field of the name; NULL: none. */
const StnAreaField *stn_area_find (const StnOptionArea *self, const char *name);
/* A field as loaded; FALSE, and *out untouched, where the chip has none of this name. */
gboolean stn_area_field (const StnOptionArea *self, const char *name, guint32 *out);
/* Bits of the word at `address` as loaded; 0 outside of the area. */
guint32 stn_area_bits (const StnOptionArea *self, guint64 address, guint bit, guint width);
/* F1's option bytes and those of its kin are loaded at every reset; F4's act as soon as they are stored. */
gboolean stn_area_load_at_reset (const StnOptionArea *self);
gboolean stn_area_act_at_once (const StnOptionArea *self);
gboolean stn_area_has_trustzone_on (const StnOptionArea *self);

/* option-protection.c: pages and areas as the loaded options protect them. */
void stn_area_map_protection (StnOptionArea *self);
gboolean stn_area_write_protects (const StnOptionArea *self, const StnPage *page);
gboolean stn_area_write_protect_any (const StnOptionArea *self);
/* Puts zeros over what PCROP hides of a stretch that was read. */
void stn_area_hide (const StnOptionArea *self, guint64 address, guint8 *buffer, gsize length);

/* ---- what the ROM sees and does ---- */

gboolean stn_area_hold (const StnOptionArea *self, guint64 address);
/* How many bytes there are from here to the end of the window; 0 outside. */
gsize stn_area_bytes_from (const StnOptionArea *self, guint64 address);
guint8 stn_area_read (const StnOptionArea *self, guint64 address);
/* Whether the ROM takes a write that begins here (AN2606 table 5: at the base alone; second areas and some words by
 * themselves). */
gboolean stn_area_may_write_at (const StnOptionArea *self, guint64 address);

/* The area that a change would leave, to be put in place by stn_area_store: `length` bytes, free with g_free. */
guint8 *stn_area_after_write (const StnOptionArea *self, guint64 address, const guint8 *bytes, gsize length);
/* OPEN or CLOSED. */
guint8 *stn_area_after_level (const StnOptionArea *self, StnAreaLevel level);
/* With a field set, its complement put right; NULL where there is no such field or the value does not fit. */
guint8 *stn_area_after_field (const StnOptionArea *self, const char *name, guint32 value);
/* Write protection as command 63 asks for (codes: sector numbers; parts with areas: start, end pairs); no codes:
 * none. */
guint8 *stn_area_after_write_protect (const StnOptionArea *self, const guint8 *codes, gsize count);
/* Of the special command 82 of L5, U5, U3, WBA: WRP registers whose UNLOCK bit is set again; `which` 0: all, 1 WRP1A,
 * 2 WRP2A, 3 WRP1B, 4 WRP2B. */
guint8 *stn_area_after_unlock (const StnOptionArea *self, guint which);
void stn_area_store (StnOptionArea *self, const guint8 *area);
/* What is left of a write of `area` that was cut when `done` of `total` of its time had passed: the area is erased
 * first and then programmed word by word (L0, L1: one word after the other is erased and programmed). */
void stn_area_store_cut (StnOptionArea *self, const guint8 *area, gint64 done, gint64 total);

/* ---- from outside: what a probe reads and writes ---- */

gboolean stn_area_peek (const StnOptionArea *self, guint64 address, guint8 *buffer, gsize length);
gboolean stn_area_poke (StnOptionArea *self, guint64 address, const guint8 *bytes, gsize length);
/* The names of the fields of a chip, for messages; free with g_free (the names are borrowed). */
const char **stn_area_names (const StnOptionArea *self);

G_END_DECLS
