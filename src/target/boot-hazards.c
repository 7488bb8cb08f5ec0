/* What a set of option values does to a board, in sentences: each from a change of a field or from a change of what the
 * chip then starts. */
#include "src/target/boot-ways.h"

/* worst first, in the order of StnHazardKind */
static const struct {
  const char *name;
  gboolean needs_signature;
  const char *text;
} kinds[STN_HAZARD_COUNT] = {
  [STN_HAZARD_RDP_2] = { "rdp-2", TRUE,
                         "Readout protection level 2 is for ever: no ROM, no debugger, no option can be changed." },
  [STN_HAZARD_PRODUCT_STATE] = { "product-state", TRUE,
                                 "The product state leaves open: only credentials that were put in before lead back, "
                                 "and nothing leads back from locked." },
  [STN_HAZARD_BOOT_LOCK] = { "boot-lock", TRUE,
                             "The boot lock starts the flash always: neither BOOT0 nor an empty flash reaches the ROM; "
                             "with readout protection it can't be undone." },
  [STN_HAZARD_TZEN] = { "tzen", TRUE,
                        "TrustZone makes the whole flash secure: only a regression, which erases it, takes that "
                        "back." },
  [STN_HAZARD_NO_WAY_IN] = { "no-way-in", TRUE,
                             "Once the flash holds a program nothing that this site can do reaches the ROM." },
  [STN_HAZARD_NRST_GPIO] = { "nrst-gpio", TRUE,
                             "The reset pin becomes a plain pin: only power off and on resets this board." },
  [STN_HAZARD_STARTS_NOTHING] = { "starts-nothing", TRUE, "A plain reset starts neither the flash nor the ROM." },
  [STN_HAZARD_BOOT_ADDRESS] = { "boot-address", TRUE, "A boot address is neither in the flash nor that of the ROM." },
  [STN_HAZARD_ROM_FOREVER] = { "rom-forever", FALSE,
                               "Every reset starts the ROM: the application runs only by Go, until the options are "
                               "changed again." },
  [STN_HAZARD_PIN_DEAD] = { "pin-dead", FALSE, "BOOT0 no longer reaches the ROM." },
  [STN_HAZARD_BOOT1_RAM] = { "boot1-ram", FALSE, "BOOT0 high starts SRAM instead of the ROM." },
  [STN_HAZARD_FINAL_LOCK] = { "final-lock", TRUE, "A lock that nothing opens again is set." },
  [STN_HAZARD_HIDDEN_FLASH] = { "hidden-flash", TRUE,
                                "Flash is hidden or its code protected: only erasing everything takes that back." },
  [STN_HAZARD_ELECTRICAL] = { "electrical", TRUE,
                              "High-speed pins at low supply: at a higher supply they damage the chip." },
  [STN_HAZARD_ROM_INTERFACES] = { "rom-interfaces", TRUE,
                                  "The ROM no longer listens where it did: an interface that is off can't be used to "
                                  "come back." },
  [STN_HAZARD_FACTORY_VALUE] = { "factory-value", TRUE, "A field that should keep its factory value is changed." },
  [STN_HAZARD_BANKS] = { "banks", FALSE,
                         "The banks of the flash are arranged otherwise: pages move, what was there is unreadable." },
  [STN_HAZARD_WATCHDOG] = { "watchdog", FALSE,
                            "The watchdog runs from reset: the application must feed it from its start." },
};

const char *
stn_hazard_name (StnHazardKind kind)
{
  return (guint) kind < STN_HAZARD_COUNT ? kinds[kind].name : NULL;
}

static void
add (GArray *hazards, StnHazardKind kind, const StnOptionField *field)
{
  StnHazard hazard = {
    .kind = kind, .field = field, .needs_signature = kinds[kind].needs_signature, .text = kinds[kind].text
  };
  g_array_append_val (hazards, hazard);
}

static StnRdpLevel
level_before (const StnOptionChange *change)
{
  return change->old_known ? stn_option_field_level (change->field, change->old_value) : STN_RDP_LEVEL_0;
}

/* What the role of a changed field means, whatever else is set. */
static void
judge_change (GArray *hazards, const StnOptionChange *change)
{
  const StnOptionField *field = change->field;
  gboolean is_active = change->new_known && field->has_active && change->new_value == field->active;
  StnRdpLevel level = change->new_known ? stn_option_field_level (field, change->new_value) : STN_RDP_LEVEL_1;

  switch (field->role) {
  case STN_OPTION_ROLE_RDP:
    if (level == STN_RDP_LEVEL_2)
      add (hazards, STN_HAZARD_RDP_2, field);
    break;
  case STN_OPTION_ROLE_PRODUCT_STATE:
    if (level > level_before (change))
      add (hazards, STN_HAZARD_PRODUCT_STATE, field);
    break;
  case STN_OPTION_ROLE_BOOT_LOCK:
    if (is_active)
      add (hazards, STN_HAZARD_BOOT_LOCK, field);
    break;
  case STN_OPTION_ROLE_TZEN:
    if (is_active)
      add (hazards, STN_HAZARD_TZEN, field);
    break;
  case STN_OPTION_ROLE_NRST_MODE:
  case STN_OPTION_ROLE_NRST_MODE_BIT:
  case STN_OPTION_ROLE_PCROP_RDP:
    break; /* judged by what comes of all of them; harmless alone */
  case STN_OPTION_ROLE_BOOT_ADDRESS_LOCK:
  case STN_OPTION_ROLE_FINAL_LOCK:
    if (is_active || !field->has_active)
      add (hazards, STN_HAZARD_FINAL_LOCK, field);
    break;
  case STN_OPTION_ROLE_BOOT_BANK:
  case STN_OPTION_ROLE_BOOT_BANK_ROM:
  case STN_OPTION_ROLE_BANK_SWAP:
  case STN_OPTION_ROLE_BANK_MODE:
    add (hazards, STN_HAZARD_BANKS, field);
    break;
  case STN_OPTION_ROLE_PCROP_FIRST:
  case STN_OPTION_ROLE_PCROP_LAST:
  case STN_OPTION_ROLE_PCROP_BITS:
  case STN_OPTION_ROLE_HIDE:
    add (hazards, STN_HAZARD_HIDDEN_FLASH, field);
    break;
  case STN_OPTION_ROLE_WRP_MODE:
    if (is_active)
      add (hazards, STN_HAZARD_HIDDEN_FLASH, field);
    break;
  case STN_OPTION_ROLE_WATCHDOG:
    if (is_active)
      add (hazards, STN_HAZARD_WATCHDOG, field);
    break;
  case STN_OPTION_ROLE_ROM_INTERFACES:
    add (hazards, STN_HAZARD_ROM_INTERFACES, field);
    break;
  default:
    if ((field->danger & STN_OPTION_DANGER_ELECTRICAL) != 0 && change->new_value != 0)
      add (hazards, STN_HAZARD_ELECTRICAL, field);
    else if ((field->danger & STN_OPTION_DANGER_ELECTRICAL) == 0
             && (field->danger & STN_OPTION_DANGER_NEEDS_SIGNATURE) != 0)
      add (hazards, STN_HAZARD_FACTORY_VALUE, field);
    break;
  }
}

static gboolean
is_boot_address (const StnOptionField *field)
{
  return field->role == STN_OPTION_ROLE_BOOT_ADDRESS_0 || field->role == STN_OPTION_ROLE_BOOT_ADDRESS_1;
}

/* The changed field that a new start is put down to: the first that has to do with starting. */
static const StnOptionField *
cause (const GArray *changes)
{
  static const StnOptionRole roles[] = { STN_OPTION_ROLE_BOOT_SELECT,    STN_OPTION_ROLE_BOOT0,
                                         STN_OPTION_ROLE_BOOT1,          STN_OPTION_ROLE_BOOT_ADDRESS_0,
                                         STN_OPTION_ROLE_BOOT_ADDRESS_1, STN_OPTION_ROLE_BOOT_LOCK,
                                         STN_OPTION_ROLE_BOOT_BANK,      STN_OPTION_ROLE_BOOT_BANK_ROM,
                                         STN_OPTION_ROLE_BANK_MODE,      STN_OPTION_ROLE_CORE_BOOT,
                                         STN_OPTION_ROLE_NRST_MODE,      STN_OPTION_ROLE_NRST_MODE_BIT,
                                         STN_OPTION_ROLE_TZEN,           STN_OPTION_ROLE_RDP,
                                         STN_OPTION_ROLE_PRODUCT_STATE };
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++) {
    for (guint j = 0; j < changes->len; j++) {
      const StnOptionField *field = g_array_index (changes, StnOptionChange, j).field;
      if (field->role == roles[i])
        return field;
    }
  }
  return NULL;
}

static void
judge_starts (GArray *hazards, const StnOptionBlock *before, const StnOptionBlock *after, const StnBootWiring *wiring,
              const GArray *changes)
{
  const StnTarget *target = stn_option_block_target (after);
  const StnOptionField *field = cause (changes);
  StnBootState old_state = { .target = target, .options = before };
  StnBootState new_state = { .target = target, .options = after };
  StnBootStart old_low = stn_boot_start (&old_state), new_low = stn_boot_start (&new_state);
  old_state.boot0_high = new_state.boot0_high = TRUE;
  StnBootStart old_high = stn_boot_start (&old_state), new_high = stn_boot_start (&new_state);

  if (stn_option_nrst_is_dead (target, after) && !stn_option_nrst_is_dead (target, before)) {
    const StnOptionField *mode = stn_options_by_role (target, STN_OPTION_ROLE_NRST_MODE, 0);
    add (hazards, STN_HAZARD_NRST_GPIO,
         mode != NULL ? mode : stn_options_by_role (target, STN_OPTION_ROLE_NRST_MODE_BIT, 0));
  }
  if (new_low == STN_BOOT_ROM && old_low != STN_BOOT_ROM)
    add (hazards, STN_HAZARD_ROM_FOREVER, field);
  if (new_low != old_low && new_low != STN_BOOT_ROM && new_low != STN_BOOT_FLASH)
    add (hazards, STN_HAZARD_STARTS_NOTHING, field);
  if (old_high == STN_BOOT_ROM && new_high != STN_BOOT_ROM)
    add (hazards, new_high == STN_BOOT_RAM ? STN_HAZARD_BOOT1_RAM : STN_HAZARD_PIN_DEAD, field);
  for (guint i = 0; i < changes->len; i++) {
    const StnOptionChange *change = &g_array_index (changes, StnOptionChange, i);
    gboolean is_low = change->field->role == STN_OPTION_ROLE_BOOT_ADDRESS_0;
    StnBootStart start = is_low ? new_low : new_high;
    if (is_boot_address (change->field) && start != STN_BOOT_ROM && start != STN_BOOT_FLASH)
      add (hazards, STN_HAZARD_BOOT_ADDRESS, change->field);
  }
  StnBootSituation old_situation = { .target = target, .options = before, .wiring = *wiring, .latch = STN_EMPTY_NO };
  StnBootSituation new_situation = { .target = target, .options = after, .wiring = *wiring, .latch = STN_EMPTY_NO };
  if (stn_option_ways (&old_situation) != 0 && stn_option_ways (&new_situation) == 0)
    add (hazards, STN_HAZARD_NO_WAY_IN, field);
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  const StnHazard *first = a, *second = b;
  return (gint) first->kind - (gint) second->kind;
}

GArray *
stn_option_hazards (const StnOptionBlock *before, const StnOptionBlock *after, const StnBootWiring *wiring)
{
  GArray *hazards = g_array_new (FALSE, TRUE, sizeof (StnHazard));
  g_autoptr (GArray) changes =
      before != NULL ? stn_option_block_differences (before, after) : stn_option_block_against_defaults (after);

  for (guint i = 0; i < changes->len; i++)
    judge_change (hazards, &g_array_index (changes, StnOptionChange, i));
  judge_starts (hazards, before, after, wiring, changes);
  /* stable: the order of the data within a kind */
  g_array_sort (hazards, compare);
  return hazards;
}
