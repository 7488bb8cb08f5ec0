/* AN2606 table 2 as data: a row a boot pattern, and one reading of it. What is not known is tried both ways: a start
 * that depends on it is unknown, and no way in is promised on it. */
#include "src/target/boot-ways.h"

/* What a high BOOT0 starts, and what else can start the ROM. "BOOT0" is the pin or the bit, as the select option says;
 * a chip without a select option has the pin alone. */
typedef struct {
  enum {
    READS_NOTHING, /* no such pattern */
    READS_LEVEL,   /* BOOT0 high is the ROM (or RAM, by BOOT1), low the flash */
    READS_ADDRESS, /* the address that BOOT0 chooses */
    READS_PRODUCT  /* BOOT0 high, where the life cycle allows it */
  } reads;
  gboolean locks; /* BOOT_LOCK */
  enum {
    EMPTY_NEVER,
    EMPTY_ALWAYS, /* with BOOT0 low, an empty flash starts the ROM */
    EMPTY_BOOT1,  /* the same, with BOOT1 (nBOOT1 = 1) only */
    EMPTY_PIN,    /* the same, where the pin is used */
    EMPTY_BIT     /* the same, where the bit is used */
  } empty;
  enum {
    BANKS_NONE,
    BANKS_ROM, /* with dual-bank boot and BOOT0 low the ROM looks for a valid bank, and stays where there is none */
    BANKS_TAKE /* the same, and BOOT0 high too */
  } banks;
} Pattern;

/* clang-format off */
static const Pattern patterns[] = {
  [1]  = { .reads = READS_LEVEL },
  [2]  = { .reads = READS_LEVEL },
  [3]  = { .reads = READS_LEVEL, .banks = BANKS_TAKE },
  [4]  = { .reads = READS_LEVEL, .banks = BANKS_ROM },
  [5]  = { .reads = READS_LEVEL, .banks = BANKS_ROM },
  [6]  = { .reads = READS_LEVEL, .empty = EMPTY_ALWAYS },
  [7]  = { .reads = READS_LEVEL, .banks = BANKS_ROM },
  [8]  = { .reads = READS_ADDRESS },
  [9]  = { .reads = READS_ADDRESS },
  [10] = { .reads = READS_ADDRESS },
  [11] = { .reads = READS_LEVEL, .locks = TRUE, .empty = EMPTY_ALWAYS },
  [12] = { .reads = READS_ADDRESS },
  [13] = { .reads = READS_LEVEL, .locks = TRUE, .empty = EMPTY_BOOT1 },
  [14] = { .reads = READS_LEVEL, .locks = TRUE, .banks = BANKS_ROM },
  [15] = { .reads = READS_LEVEL, .locks = TRUE },
  [16] = { .reads = READS_LEVEL, .empty = EMPTY_PIN },
  [17] = { .reads = READS_PRODUCT },
  [18] = { .reads = READS_LEVEL },
  [19] = { .reads = READS_LEVEL, .empty = EMPTY_BIT },
};
/* clang-format on */

/* Everything that decides, each known. */
typedef struct {
  gboolean pin_used;
  gboolean bit_high;
  gboolean boot1_rom;
  gboolean locked;
  gboolean dual_boot;
  gboolean trust_zone;
  gboolean empty;
} Reading;

typedef enum { NO, YES, OPEN } Answer;

/* ---- option values, or as shipped ---- */

static gboolean
value_of (const StnBootState *state, const StnOptionField *field, guint32 *out_value)
{
  if (field == NULL)
    return FALSE;
  /* what the ROM does not show can't have been changed through it */
  if (state->options != NULL && field->visible)
    return stn_option_block_get (state->options, field, out_value);
  *out_value = field->default_value;
  return field->has_default;
}

/* Whether the role's field has its active value; `without` where the chip has no such field. */
static Answer
ask (const StnBootState *state, StnOptionRole role, Answer without)
{
  const StnOptionField *field = stn_options_by_role (state->target, role, 0);
  guint32 value = 0;
  if (field == NULL)
    return without;
  if (!field->has_active || !value_of (state, field, &value))
    return OPEN;
  return value == field->active ? YES : NO;
}

/* Closed for good, or (product states) past the point where the ROM talks. */
static Answer
is_closed (const StnBootState *state)
{
  const StnOptionField *rdp = stn_options_by_role (state->target, STN_OPTION_ROLE_RDP, 0);
  const StnOptionField *product = stn_options_by_role (state->target, STN_OPTION_ROLE_PRODUCT_STATE, 0);
  guint32 value = 0;
  if (rdp != NULL)
    return !value_of (state, rdp, &value) ? OPEN : stn_option_field_level (rdp, value) == STN_RDP_LEVEL_2 ? YES : NO;
  if (product != NULL)
    return !value_of (state, product, &value)                           ? OPEN
           : stn_option_field_level (product, value) != STN_RDP_LEVEL_0 ? YES
                                                                        : NO;
  return NO;
}

/* ---- addresses ---- */

#define ITCM_FLASH G_GUINT64_CONSTANT (0x00200000) /* F7: the flash as the ITCM bus sees it */
#define ITCM_SHIFT 14

static StnBootStart
start_at (const StnTarget *target, const StnOptionField *field, guint32 value)
{
  const StnOptionField *shipped = stn_options_by_role (target, STN_OPTION_ROLE_BOOT_ADDRESS_1, 0);
  guint64 address = (guint64) value << field->address_shift;
  /* as shipped, BOOT0 high starts the ROM: the address by which it is known to start */
  if (shipped != NULL && shipped->has_default && address == (guint64) shipped->default_value << shipped->address_shift)
    return STN_BOOT_ROM;
  if (address >= target->system_memory_first && address <= target->system_memory_last)
    return STN_BOOT_UNKNOWN; /* in the middle of it */
  if (address - target->flash_base < target->flash_bytes)
    return STN_BOOT_FLASH;
  if (field->address_shift == ITCM_SHIFT && address - ITCM_FLASH < target->flash_bytes)
    return STN_BOOT_FLASH;
  if (address - target->ram_base < target->ram_bytes)
    return STN_BOOT_RAM;
  return STN_BOOT_NOTHING;
}

static StnBootStart
start_by_address (const StnBootState *state, gboolean high)
{
  const StnTarget *target = state->target;
  const StnOptionField *field =
      stn_options_by_role (target, high ? STN_OPTION_ROLE_BOOT_ADDRESS_1 : STN_OPTION_ROLE_BOOT_ADDRESS_0, 0);
  guint32 value = 0;
  if (!value_of (state, field, &value))
    return STN_BOOT_UNKNOWN;
  StnBootStart start = start_at (target, field, value);
  /* pattern 9: two banks and dual boot on: the ROM decides, by the address and by what is in the banks */
  const StnOptionField *through_rom = stn_options_by_role (target, STN_OPTION_ROLE_BOOT_BANK_ROM, 0);
  if (through_rom == NULL)
    return start;
  Answer two_banks = ask (state, STN_OPTION_ROLE_BANK_MODE, NO);
  Answer dual_boot = ask (state, STN_OPTION_ROLE_BOOT_BANK_ROM, NO);
  if (two_banks == NO || dual_boot == NO)
    return start;
  StnBootStart through = start == STN_BOOT_FLASH && !state->banks_invalid ? STN_BOOT_FLASH
                         : start == STN_BOOT_RAM                          ? STN_BOOT_RAM
                                                                          : STN_BOOT_ROM;
  return (two_banks == YES && dual_boot == YES) || through == start ? through : STN_BOOT_UNKNOWN;
}

/* ---- the reading ---- */

static StnBootStart
start_by_level (const StnBootState *state, const Pattern *pattern, const Reading *reading, gboolean high)
{
  if (pattern->locks && reading->locked)
    return STN_BOOT_FLASH;
  if (high) {
    if (!reading->boot1_rom)
      return STN_BOOT_RAM;
    gboolean takes = pattern->banks == BANKS_TAKE && reading->dual_boot && !state->banks_invalid;
    return takes ? STN_BOOT_FLASH : STN_BOOT_ROM;
  }
  gboolean is_empty_start = pattern->empty == EMPTY_ALWAYS || (pattern->empty == EMPTY_BOOT1 && reading->boot1_rom)
                            || (pattern->empty == EMPTY_PIN && reading->pin_used)
                            || (pattern->empty == EMPTY_BIT && !reading->pin_used);
  if (is_empty_start && reading->empty && state->target->empty_check != STN_EMPTY_CHECK_NONE)
    return STN_BOOT_ROM;
  if (pattern->banks != BANKS_NONE && reading->dual_boot && state->banks_invalid)
    return STN_BOOT_ROM;
  return STN_BOOT_FLASH;
}

static StnBootStart
start_by_product_state (const StnBootState *state, gboolean high)
{
  const StnOptionField *field = stn_options_by_role (state->target, STN_OPTION_ROLE_PRODUCT_STATE, 0);
  guint32 value = 0;
  if (!value_of (state, field, &value))
    return STN_BOOT_UNKNOWN;
  if (stn_option_field_level (field, value) != STN_RDP_LEVEL_0)
    return STN_BOOT_FLASH;
  /* of the two open states, provisioning starts the ROM whatever BOOT0 is */
  if (high || !field->has_active || value != field->active)
    return STN_BOOT_ROM;
  const StnOptionField *address = stn_options_by_role (state->target, STN_OPTION_ROLE_BOOT_ADDRESS_0, 0);
  if (address == NULL)
    return STN_BOOT_FLASH;
  return value_of (state, address, &value) ? start_at (state->target, address, value) : STN_BOOT_UNKNOWN;
}

static StnBootStart
start_of (const StnBootState *state, const Reading *reading)
{
  guint number = state->target->boot_pattern;
  if (number >= G_N_ELEMENTS (patterns) || patterns[number].reads == READS_NOTHING)
    return STN_BOOT_UNKNOWN;
  const Pattern *pattern = &patterns[number];
  gboolean high = reading->pin_used ? state->boot0_high : reading->bit_high;
  if (pattern->reads == READS_LEVEL)
    return start_by_level (state, pattern, reading, high);
  if (pattern->reads == READS_PRODUCT)
    return start_by_product_state (state, high);
  /* with TrustZone the secure firmware decides (pattern 12, second half) */
  if (reading->trust_zone)
    return reading->locked ? STN_BOOT_FLASH : STN_BOOT_UNKNOWN;
  return start_by_address (state, high);
}

/* Whether every core is told not to start. */
static gboolean
has_no_core (const StnBootState *state)
{
  guint count = 0;
  for (;; count++) {
    const StnOptionField *field = stn_options_by_role (state->target, STN_OPTION_ROLE_CORE_BOOT, count);
    guint32 value = 0;
    if (field == NULL)
      return count > 0;
    if (!value_of (state, field, &value) || value != field->active)
      return FALSE;
  }
}

StnBootStart
stn_boot_start (const StnBootState *state)
{
  const StnOptionField *boot1 = stn_options_by_role (state->target, STN_OPTION_ROLE_BOOT1, 0);
  const Answer answers[] = {
    ask (state, STN_OPTION_ROLE_BOOT_SELECT, YES),
    ask (state, STN_OPTION_ROLE_BOOT0, NO),
    boot1 == NULL ? (state->boot1_high ? NO : YES) : ask (state, STN_OPTION_ROLE_BOOT1, YES),
    ask (state, STN_OPTION_ROLE_BOOT_LOCK, NO),
    ask (state, STN_OPTION_ROLE_BOOT_BANK, NO),
    ask (state, STN_OPTION_ROLE_TZEN, NO),
    state->empty == STN_EMPTY_UNKNOWN ? OPEN
    : state->empty == STN_EMPTY_YES   ? YES
                                      : NO,
    is_closed (state),
  };
  gboolean values[G_N_ELEMENTS (answers)];
  StnBootStart start = STN_BOOT_UNKNOWN;
  gboolean is_first = TRUE;

  if (has_no_core (state))
    return STN_BOOT_NOTHING;
  for (guint round = 0; round < 1u << G_N_ELEMENTS (answers); round++) {
    gboolean is_possible = TRUE;
    for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
      values[i] = (round >> i & 1) != 0;
      is_possible &= answers[i] == OPEN || (answers[i] == YES) == values[i];
    }
    if (!is_possible)
      continue;
    Reading reading = { values[0], values[1], values[2], values[3], values[4], values[5], values[6] };
    StnBootStart one = start_of (state, &reading);
    if (one == STN_BOOT_ROM && values[7])
      one = STN_BOOT_FLASH; /* level 2 and closed states never start the ROM (AN2606 section 3.1) */
    if (!is_first && one != start)
      return STN_BOOT_UNKNOWN;
    start = one;
    is_first = FALSE;
  }
  return start;
}

/* ---- ways ---- */

gboolean
stn_option_nrst_is_dead (const StnTarget *target, const StnOptionBlock *options)
{
  const StnBootState state = { .target = target, .options = options };
  if (ask (&state, STN_OPTION_ROLE_NRST_MODE, NO) == YES)
    return TRUE;
  /* single bits: a GPIO when each has its active value */
  guint count = 0;
  for (;; count++) {
    const StnOptionField *field = stn_options_by_role (target, STN_OPTION_ROLE_NRST_MODE_BIT, count);
    guint32 value = 0;
    if (field == NULL)
      return count > 0;
    if (!value_of (&state, field, &value) || value != field->active)
      return FALSE;
  }
}

guint
stn_option_ways (const StnBootSituation *situation)
{
  const StnBootWiring *wiring = &situation->wiring;
  StnBootState state = { .target = situation->target, .options = situation->options };
  gboolean has_nrst = wiring->has_nrst && !stn_option_nrst_is_dead (situation->target, situation->options);
  gboolean can_reset = has_nrst || wiring->has_power;
  guint ways = 0;

  if (!can_reset || is_closed (&state) != NO)
    return 0;
  if (stn_boot_start (&state) == STN_BOOT_ROM)
    ways |= STN_BOOT_WAY_EVERY_RESET;
  if (wiring->has_boot0) {
    state.boot0_high = TRUE;
    if (stn_boot_start (&state) == STN_BOOT_ROM)
      ways |= STN_BOOT_WAY_PIN;
    state.boot0_high = FALSE;
  }
  state.empty = STN_EMPTY_YES;
  if ((ways & STN_BOOT_WAY_EVERY_RESET) == 0 && stn_boot_start (&state) == STN_BOOT_ROM) {
    /* a ROM that clears the flag when it starts lets nobody in a second time */
    gboolean lasts =
        stn_target_empty_check_for (situation->target, situation->bootloader_id) == STN_EMPTY_CHECK_LATCHED;
    if (has_nrst && lasts && situation->latch == STN_EMPTY_YES)
      ways |= STN_BOOT_WAY_EMPTY_RESET;
    if (wiring->has_power && situation->flash_empty)
      ways |= STN_BOOT_WAY_EMPTY_POWER_ON;
  }
  state.empty = STN_EMPTY_NO;
  state.banks_invalid = TRUE;
  if ((ways & STN_BOOT_WAY_EVERY_RESET) == 0 && situation->flash_empty && stn_boot_start (&state) == STN_BOOT_ROM)
    ways |= STN_BOOT_WAY_BANKS_INVALID;
  return ways;
}

/* in the order of StnBootWay's bits */
static const struct {
  const char *name, *text;
} way_names[] = {
  { "pin", "BOOT0 high at a reset" },
  { "every-reset", "any reset: the options start the ROM" },
  { "empty-reset", "a reset while the chip remembers that its flash was empty" },
  { "empty-power-on", "power off and on while the flash is empty" },
  { "banks-invalid", "a reset while no bank holds a program" },
};

char *
stn_option_ways_text (guint ways)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (way_names); i++) {
    if ((ways & 1u << i) != 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? "; " : "", way_names[i].text);
  }
  if (text->len == 0)
    g_string_append (text, "none");
  return g_string_free (text, FALSE);
}

const char *
stn_boot_way_name (StnBootWay way)
{
  for (guint i = 0; i < G_N_ELEMENTS (way_names); i++) {
    if ((guint) way == 1u << i)
      return way_names[i].name;
  }
  return NULL;
}

const char *
stn_boot_start_name (StnBootStart start)
{
  static const char *const names[] = { "flash", "rom", "ram", "nothing", "unknown" };
  return (guint) start < G_N_ELEMENTS (names) ? names[start] : "unknown";
}
