#include "src/bench/boot.h"

#include <string.h>

/* ---- where the bits are ---- */

#define NONE -1

/* Boot bits of the families, as ST's register descriptions have them. A row with a product id stands before that of its
 * family. */
typedef struct {
  const char *family;
  guint16 product_id; /* 0: any of the family */
  guint64 address;    /* of the word with the bits */
  gint8 nboot0, nboot1, select, bank_two;
  gboolean pin_at; /* value of `select` with which the pin counts */
  guint64 lock_address;
  gint8 lock;
} BootBits;

static const BootBits boot_bits[] = {
  { "F0", 0x445, 0x1ffff800, 19, 20, 23, NONE, TRUE, 0, NONE },
  { "F0", 0x442, 0x1ffff800, 19, 20, 23, NONE, TRUE, 0, NONE },
  { "F0", 0, 0x1ffff800, NONE, 20, NONE, NONE, TRUE, 0, NONE },
  { "F1", 0x430, 0x1ffff800, NONE, NONE, NONE, 19, TRUE, 0, NONE },
  { "F3", 0, 0x1ffff800, NONE, 20, NONE, NONE, TRUE, 0, NONE },
  { "F4", 0x419, 0x1fffc000, NONE, NONE, NONE, 4, TRUE, 0, NONE },
  { "F4", 0x434, 0x1fffc000, NONE, NONE, NONE, 4, TRUE, 0, NONE },
  { "L0", 0x457, 0x1ff80004, 14, 15, 13, NONE, FALSE, 0, NONE },
  { "L0", 0x447, 0x1ff80004, NONE, 15, NONE, 7, TRUE, 0, NONE },
  { "L0", 0, 0x1ff80004, NONE, 15, NONE, NONE, TRUE, 0, NONE },
  { "L1", 0, 0x1ff80004, NONE, NONE, NONE, 7, TRUE, 0, NONE },
  { "L4", 0x415, 0x1fff7800, NONE, 23, NONE, 20, TRUE, 0, NONE },
  { "L4", 0x461, 0x1fff7800, 27, 23, 26, 20, TRUE, 0, NONE },
  { "L4", 0, 0x1fff7800, 27, 23, 26, NONE, TRUE, 0, NONE },
  { "L4+", 0, 0x1ff00000, 27, 23, 26, 20, TRUE, 0, NONE },
  { "G4", 0x469, 0x1fff7800, 27, 23, 26, 20, TRUE, 0x1fff7828, 16 },
  { "G4", 0, 0x1fff7800, 27, 23, 26, NONE, TRUE, 0x1fff7828, 16 },
  { "G0", 0, 0x1fff7800, 26, 25, 24, NONE, FALSE, 0x1fff7870, 16 },
  { "C0", 0, 0x1fff7800, 26, 25, 24, NONE, FALSE, 0x1fff7870, 16 },
  { "U0", 0, 0x40022020, 26, 25, 24, NONE, FALSE, 0x40022080, 16 },
  { "WB", 0x494, 0x1fff7800, 27, 23, 26, NONE, TRUE, 0, NONE },
  { "WB", 0, 0x1fff8000, 27, 23, 26, NONE, TRUE, 0, NONE },
  { "WL", 0, 0x1fff7800, 27, 23, 26, NONE, TRUE, 0x1fff7800, 30 },
  { "L5", 0, 0x40022040, 27, NONE, 26, NONE, TRUE, 0x4002204c, 0 },
  { "U5", 0, 0x40022040, 27, NONE, 26, NONE, TRUE, 0x4002204c, 0 },
  { "U3", 0, 0x40022040, 27, NONE, 26, NONE, TRUE, 0x4002204c, 0 },
  { "WBA", 0, 0x40022040, 27, NONE, 26, NONE, TRUE, 0x4002204c, 0 },
  { "C5", 0, 0x40022054, NONE, NONE, 22, NONE, TRUE, 0, NONE },
};

/* G030, G050, G070, G0B0 share their ids with parts that have BOOT_LOCK. */
static const char *const without_lock[] = { "STM32G030", "STM32G050", "STM32G070", "STM32G0B0" };

/* other addresses */
#define F7_SECOND_ROW 0x1fff0008
#define F7_NDBOOT 12
#define F7_NDBANK 13
#define F7_BOOT_ADD0 0x1fff0010
#define F7_BOOT_ADD1 0x1fff0018
#define F7_ROM 0x00100000
#define F7_FLASH_ITCM 0x00200000
#define H7_BOOT 0x52002044
#define H7_ROM 0x1ff0
#define TZ_NSBOOTADD0 0x40022044
#define TZ_NSBOOTADD1 0x40022048
#define TZ_SECBOOTADD0 0x4002204c
#define TZ_SECURE_ALIAS 0x04000000 /* 0C000000 is 08000000 seen by secure code */
#define STATE_WORD 0x40022054
#define STATE_OPEN 0xed
#define STATE_PROVISIONING 0x17
#define H5_NSBOOT 0x40022084
#define C5_BOOT0_BIT 23
#define F10X_BANK_TWO 0x08080000

/* Roots of the ROM over 128, as NSBOOTADDx holds them. AN2606 prints those of U3 and WBA5 with a digit too many. */
static const struct {
  guint16 product_id;
  guint32 address;
} tz_roms[] = { { 0x4b2, 0x17f0a0 }, { 0x492, 0x17f100 }, { 0x454, 0x17f1e0 }, { 0x42a, 0x17f1e0 }, { 0, 0x17f200 } };

/* ---- what a pattern looks at ---- */

typedef struct {
  const StnOptionArea *options;
  const StnFlash *flash;
  const BootBits *bits;
  gboolean pin, empty;
  gboolean by_pin; /* the pin counts, not nBOOT0 */
  gboolean nboot0, nboot1, bank_two, locked;
} Straps;

static const StnStart rom = { STN_START_ROM, 0 }, nowhere = { STN_START_NOWHERE, 0 };

static StnStart
flash_at (guint64 vectors)
{
  return (StnStart){ STN_START_FLASH, vectors };
}

static StnStart
main_flash (const Straps *straps)
{
  return flash_at (straps->flash->target->flash_base);
}

/* BOOT0 as the chip takes it, from the pin or from its bit */
static gboolean
is_high (const Straps *straps)
{
  return straps->by_pin ? straps->pin : !straps->nboot0;
}

static guint64
second_bank (const Straps *straps)
{
  const StnTarget *target = straps->flash->target;
  return target->product_id == 0x430 ? F10X_BANK_TWO : target->flash_base + target->flash_bytes / 2;
}

/* a bank without a stack in the RAM as its first word holds nothing to start */
static gboolean
is_valid (const Straps *straps, guint64 bank)
{
  const StnTarget *target = straps->flash->target;
  guint32 stack = stn_flash_word (straps->flash, bank);
  return stack >= target->ram_base && stack - target->ram_base <= target->ram_bytes;
}

static gboolean
both_invalid (const Straps *straps)
{
  return !is_valid (straps, straps->flash->target->flash_base) && !is_valid (straps, second_bank (straps));
}

/* the ROM's own choice of a bank, where bank 2 is asked for */
static StnStart
valid_bank (const Straps *straps)
{
  if (is_valid (straps, second_bank (straps)))
    return flash_at (second_bank (straps));
  return is_valid (straps, straps->flash->target->flash_base) ? main_flash (straps) : rom;
}

static StnStart
rom_or_ram (const Straps *straps)
{
  return straps->nboot1 ? rom : nowhere;
}

/* ---- the patterns of AN2606 table 2 ---- */

/* BOOT1 is a pin, and low; L05, L06 have none but nBOOT1 */
static StnStart
pattern_1 (const Straps *straps)
{
  return straps->pin ? rom_or_ram (straps) : main_flash (straps);
}

static StnStart
pattern_2 (const Straps *straps)
{
  return straps->pin ? rom_or_ram (straps) : main_flash (straps);
}

/* here BFB2 = 0 asks for bank 2 */
static StnStart
pattern_3 (const Straps *straps)
{
  if (straps->bank_two)
    return pattern_1 (straps);
  return both_invalid (straps) ? rom : valid_bank (straps);
}

static StnStart
pattern_4 (const Straps *straps)
{
  if (straps->pin)
    return rom;
  return straps->bank_two ? main_flash (straps) : valid_bank (straps);
}

static StnStart
pattern_5 (const Straps *straps)
{
  if (straps->pin)
    return rom;
  return straps->bank_two ? valid_bank (straps) : main_flash (straps);
}

static StnStart
pattern_6 (const Straps *straps)
{
  if (is_high (straps))
    return rom_or_ram (straps);
  if (straps->empty)
    return rom;
  return straps->bank_two && straps->bits->bank_two != NONE ? valid_bank (straps) : main_flash (straps);
}

static StnStart
pattern_7 (const Straps *straps)
{
  if (is_high (straps))
    return rom_or_ram (straps);
  return straps->bank_two ? valid_bank (straps) : main_flash (straps);
}

static guint32
f7_boot_address (const Straps *straps, gboolean high)
{
  return stn_area_bits (straps->options, high ? F7_BOOT_ADD1 : F7_BOOT_ADD0, 0, 16) << 14;
}

/* The flash answers at 08000000 and, for the instruction bus, at 00200000. FALSE: not in the flash. */
static gboolean
f7_in_flash (const Straps *straps, guint32 address, guint64 *out)
{
  const StnTarget *target = straps->flash->target;
  guint64 seen = address >= target->flash_base ? address - target->flash_base
                 : address >= F7_FLASH_ITCM    ? address - F7_FLASH_ITCM
                                               : G_MAXUINT64;
  if (seen >= target->flash_bytes)
    return FALSE;
  *out = target->flash_base + seen;
  return TRUE;
}

static StnStart
pattern_8 (const Straps *straps)
{
  guint32 address = f7_boot_address (straps, straps->pin);
  guint64 vectors;
  if (address == F7_ROM)
    return rom;
  return f7_in_flash (straps, address, &vectors) ? flash_at (vectors) : nowhere;
}

/* With dual boot the ROM starts first and looks for a bank; this ROM (V9.3) looks at BOOT_ADD0 whatever the pin is. */
static StnStart
pattern_9 (const Straps *straps)
{
  gboolean one_bank = stn_area_bits (straps->options, F7_SECOND_ROW, F7_NDBANK, 1);
  gboolean no_dual_boot = stn_area_bits (straps->options, F7_SECOND_ROW, F7_NDBOOT, 1);
  if (one_bank || no_dual_boot)
    return pattern_8 (straps);
  guint64 vectors;
  if (!f7_in_flash (straps, f7_boot_address (straps, FALSE), &vectors))
    return rom;
  guint64 first = straps->flash->target->flash_base;
  gboolean asks_second = vectors >= second_bank (straps);
  if (asks_second)
    return valid_bank (straps);
  if (is_valid (straps, first))
    return flash_at (vectors);
  return is_valid (straps, second_bank (straps)) ? flash_at (second_bank (straps)) : rom;
}

static StnStart
pattern_10 (const Straps *straps)
{
  guint32 high = stn_area_bits (straps->options, H7_BOOT, straps->pin ? 16 : 0, 16);
  if (high == H7_ROM)
    return rom;
  guint64 address = (guint64) high << 16;
  return stn_flash_holds (straps->flash, address, 8) ? flash_at (address) : nowhere;
}

static StnStart
pattern_11 (const Straps *straps)
{
  if (straps->locked)
    return main_flash (straps);
  if (is_high (straps))
    return rom_or_ram (straps);
  return straps->empty ? rom : main_flash (straps);
}

/* With TrustZone BOOT0 high leads into the ROM's secure part, which goes on to the bootloader; low, and with BOOT_LOCK
 * in any case, to secure code. */
static StnStart
pattern_12 (const Straps *straps)
{
  gboolean high = is_high (straps);
  if (stn_area_has_trustzone_on (straps->options)) {
    if (high && !straps->locked)
      return rom;
    guint64 secure = (guint64) stn_area_bits (straps->options, TZ_SECBOOTADD0, 7, 25) << 7;
    guint64 seen = secure >= TZ_SECURE_ALIAS ? secure - TZ_SECURE_ALIAS : 0;
    return stn_flash_holds (straps->flash, seen, 8) ? flash_at (seen) : nowhere;
  }
  guint32 address = stn_area_bits (straps->options, high ? TZ_NSBOOTADD1 : TZ_NSBOOTADD0, 7, 25);
  guint i = 0;
  while (tz_roms[i].product_id != 0 && tz_roms[i].product_id != straps->options->target->product_id)
    i++;
  if (address == tz_roms[i].address)
    return rom;
  return stn_flash_holds (straps->flash, (guint64) address << 7, 8) ? flash_at ((guint64) address << 7) : nowhere;
}

static StnStart
pattern_13 (const Straps *straps)
{
  if (straps->locked)
    return main_flash (straps);
  if (is_high (straps))
    return rom_or_ram (straps);
  return straps->empty && straps->nboot1 ? rom : main_flash (straps);
}

static StnStart
pattern_14 (const Straps *straps)
{
  if (straps->locked)
    return main_flash (straps);
  if (is_high (straps))
    return rom_or_ram (straps);
  return straps->bank_two ? valid_bank (straps) : main_flash (straps);
}

static StnStart
pattern_15 (const Straps *straps)
{
  if (straps->locked)
    return main_flash (straps);
  return is_high (straps) ? rom_or_ram (straps) : main_flash (straps);
}

/* the empty check counts only where the pin does */
static StnStart
pattern_16 (const Straps *straps)
{
  if (is_high (straps))
    return rom_or_ram (straps);
  return straps->by_pin && straps->empty ? rom : main_flash (straps);
}

/* what is neither open nor provisioning starts the program; so does, as far as is known, a state that is none */
static StnStart
pattern_17 (const Straps *straps)
{
  guint32 state = stn_area_bits (straps->options, STATE_WORD, 8, 8);
  if (state == STATE_PROVISIONING || (state == STATE_OPEN && straps->pin))
    return rom;
  guint64 address = (guint64) stn_area_bits (straps->options, H5_NSBOOT, 8, 24) << 8;
  return stn_flash_holds (straps->flash, address, 8) ? flash_at (address) : nowhere;
}

static StnStart
pattern_18 (const Straps *straps)
{
  return straps->pin ? rom : main_flash (straps);
}

/* this BOOT0 bit is not inverted */
static StnStart
pattern_19 (const Straps *straps)
{
  gboolean bit = stn_area_bits (straps->options, STATE_WORD, C5_BOOT0_BIT, 1);
  if (straps->by_pin)
    return straps->pin ? rom : main_flash (straps);
  return bit || straps->empty ? rom : main_flash (straps);
}

static StnStart (*const patterns[]) (const Straps *straps) = {
  NULL,       pattern_1,  pattern_2,  pattern_3,  pattern_4,  pattern_5,  pattern_6,
  pattern_7,  pattern_8,  pattern_9,  pattern_10, pattern_11, pattern_12, pattern_13,
  pattern_14, pattern_15, pattern_16, pattern_17, pattern_18, pattern_19,
};

/* ---- the outside ---- */

gboolean
stn_start_is_modelled (const StnTarget *target)
{
  return target->boot_pattern > 0 && target->boot_pattern < G_N_ELEMENTS (patterns);
}

static const BootBits *
find_bits (const StnTarget *target)
{
  static const BootBits nothing = { "", 0, 0, NONE, NONE, NONE, NONE, TRUE, 0, NONE };
  for (guint i = 0; i < G_N_ELEMENTS (boot_bits); i++)
    if (g_str_equal (boot_bits[i].family, target->family)
        && (boot_bits[i].product_id == 0 || boot_bits[i].product_id == target->product_id))
      return &boot_bits[i];
  return &nothing;
}

static gboolean
has_lock (const StnTarget *target)
{
  for (guint i = 0; i < G_N_ELEMENTS (without_lock); i++)
    if (g_str_has_prefix (target->name, without_lock[i]))
      return FALSE;
  return TRUE;
}

/* a bit that the chip has not got counts as `otherwise` */
static gboolean
bit_of (const StnOptionArea *options, guint64 address, gint8 bit, gboolean otherwise)
{
  return bit == NONE ? otherwise : stn_area_bits (options, address, (guint) bit, 1) != 0;
}

StnStart
stn_start_select (const StnOptionArea *options, const StnFlash *flash, gboolean boot0, gboolean empty)
{
  const StnTarget *target = options->target;
  const BootBits *bits = find_bits (target);
  Straps straps = { .options = options, .flash = flash, .bits = bits, .pin = boot0, .empty = empty };
  straps.by_pin = bits->select == NONE || bit_of (options, bits->address, bits->select, TRUE) == bits->pin_at;
  straps.nboot0 = bit_of (options, bits->address, bits->nboot0, TRUE);
  if (target->product_id == 0x457)
    straps.nboot0 = !straps.nboot0; /* L01, L02: 1 is the ROM, by ST's value lists; not confirmed on a sample */
  straps.nboot1 = bit_of (options, bits->address, bits->nboot1, TRUE);
  straps.bank_two = bit_of (options, bits->address, bits->bank_two, FALSE);
  straps.locked = has_lock (target) && bit_of (options, bits->lock_address, bits->lock, FALSE);
  if (!stn_start_is_modelled (target))
    return main_flash (&straps);
  StnStart start = patterns[target->boot_pattern](&straps);
  /* level 2 closes the ROM for good, but on F74/F75 (AN2606) */
  gboolean final = stn_area_level (options) == STN_AREA_LEVEL_FINAL && target->product_id != 0x449;
  return final && start.kind == STN_START_ROM ? main_flash (&straps) : start;
}

gboolean
stn_start_nrst_is_dead (const StnOptionArea *options)
{
  static const struct {
    const char *family;
    guint64 address;
    guint8 low, high; /* its two bits; 2 is GPIO */
  } modes[] = { { "G0", 0x1fff7800, 27, 28 },
                { "C0", 0x1fff7800, 27, 28 },
                { "U0", 0x40022020, 27, 28 },
                { "G4", 0x1fff7800, 28, 29 } };
  if (options->target->product_id == 0x494) /* WB1x has them apart, and in the other order */
    return stn_area_bits (options, 0x1fff7800, 28, 1) == 1 && stn_area_bits (options, 0x1fff7800, 22, 1) == 0;
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    if (g_str_equal (modes[i].family, options->target->family))
      return stn_area_bits (options, modes[i].address, modes[i].low, 1) == 0
             && stn_area_bits (options, modes[i].address, modes[i].high, 1) == 1;
  return FALSE;
}
