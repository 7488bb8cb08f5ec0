#include "src/target/option-file.h"

/* in the order of StnOptionRole */
static const char *const role_names[] = { "none",
                                          "rdp",
                                          "product-state",
                                          "tzen",
                                          "boot-select",
                                          "boot0",
                                          "boot1",
                                          "boot-lock",
                                          "boot-address-0",
                                          "boot-address-1",
                                          "boot-address-secure",
                                          "boot-address-core-2",
                                          "boot-address-lock",
                                          "boot-bank",
                                          "boot-bank-rom",
                                          "bank-swap",
                                          "bank-mode",
                                          "wrp-bits",
                                          "wrp-first",
                                          "wrp-last",
                                          "wrp-unlock",
                                          "wrp-mode",
                                          "pcrop-first",
                                          "pcrop-last",
                                          "pcrop-bits",
                                          "pcrop-rdp",
                                          "hide",
                                          "nrst-mode",
                                          "nrst-mode-bit",
                                          "bor",
                                          "watchdog",
                                          "user-data",
                                          "core-boot",
                                          "radio",
                                          "key",
                                          "final-lock",
                                          "rom-interfaces",
                                          NULL };
G_STATIC_ASSERT (G_N_ELEMENTS (role_names) == STN_OPTION_ROLE_COUNT + 1);

/* in the order of StnOptionDanger's bits */
static const char *const danger_names[] = { "permanent",   "closes-pin", "closes-rom",      "nrst-dead",
                                            "no-boot",     "erases",     "flash-map",       "electrical",
                                            "hides-flash", "radio",      "needs-signature", NULL };
static const char *const via_names[] = { "uart", "usb", NULL };
static const char *const level_names[] = { "0", "0.5", "1", "2", NULL };

#define SIGNED STN_OPTION_DANGER_NEEDS_SIGNATURE

/* What is dangerous about a role wherever it occurs; a field says what else is. */
static const struct {
  guint danger;
  const char *text;
} role_dangers[STN_OPTION_ROLE_COUNT] = {
  [STN_OPTION_ROLE_RDP] = { STN_OPTION_DANGER_PERMANENT | STN_OPTION_DANGER_CLOSES_ROM | STN_OPTION_DANGER_ERASES,
                            "level 2 can't be undone: no ROM, no debugger, no change of options; going from level 1 to "
                            "level 0 erases the flash" },
  [STN_OPTION_ROLE_PRODUCT_STATE] = { STN_OPTION_DANGER_PERMANENT | STN_OPTION_DANGER_CLOSES_ROM | SIGNED,
                                      "only open is safe: other states need credentials that were put in before to go "
                                      "back, locked is final" },
  [STN_OPTION_ROLE_TZEN] = { STN_OPTION_DANGER_CLOSES_ROM | STN_OPTION_DANGER_ERASES | SIGNED,
                             "makes the whole flash secure; only a regression, which erases it, takes that back" },
  [STN_OPTION_ROLE_BOOT_SELECT] = { STN_OPTION_DANGER_CLOSES_PIN, "a wrong value makes the BOOT0 pin useless; only a "
                                                                  "debugger or the running firmware "
                                                                  "can then put it right" },
  [STN_OPTION_ROLE_BOOT0] = { STN_OPTION_DANGER_CLOSES_PIN | STN_OPTION_DANGER_NO_BOOT,
                              "a wrong value hides the ROM, or starts it at every reset; only a debugger, the ROM or "
                              "the running firmware can then put it right" },
  [STN_OPTION_ROLE_BOOT1] = { STN_OPTION_DANGER_CLOSES_PIN, "with it a high BOOT0 starts SRAM instead of the ROM" },
  [STN_OPTION_ROLE_BOOT_LOCK] = { STN_OPTION_DANGER_CLOSES_ROM | STN_OPTION_DANGER_PERMANENT | SIGNED,
                                  "always starts the user flash: pins and empty check no longer reach the ROM; with "
                                  "readout protection it can't be undone" },
  [STN_OPTION_ROLE_BOOT_ADDRESS_0] = { STN_OPTION_DANGER_NO_BOOT, "a wrong address starts nothing" },
  [STN_OPTION_ROLE_BOOT_ADDRESS_1] = { STN_OPTION_DANGER_CLOSES_PIN,
                                       "with another address the BOOT0 pin does not reach the ROM" },
  [STN_OPTION_ROLE_BOOT_ADDRESS_SECURE] = { STN_OPTION_DANGER_NO_BOOT, "a wrong address starts nothing once TZEN is "
                                                                       "on" },
  [STN_OPTION_ROLE_BOOT_ADDRESS_OF_CORE_2] = { STN_OPTION_DANGER_NO_BOOT, "a wrong address stops the second core" },
  [STN_OPTION_ROLE_BOOT_ADDRESS_LOCK] = { STN_OPTION_DANGER_PERMANENT | SIGNED, "freezes the boot address" },
  [STN_OPTION_ROLE_BOOT_BANK] = { STN_OPTION_DANGER_NO_BOOT, "boots through the ROM into bank 2: code must be linked "
                                                             "for it and be there" },
  [STN_OPTION_ROLE_BOOT_BANK_ROM] = { STN_OPTION_DANGER_NO_BOOT, "boots through the ROM into the bank that is valid" },
  [STN_OPTION_ROLE_BANK_SWAP] = { STN_OPTION_DANGER_FLASH_MAP, "the two banks change places" },
  [STN_OPTION_ROLE_BANK_MODE] = { STN_OPTION_DANGER_FLASH_MAP,
                                  "page sizes and addresses move and what was in the flash becomes unreadable: only on "
                                  "an empty part without protections" },
  [STN_OPTION_ROLE_WRP_UNLOCK] = { STN_OPTION_DANGER_PERMANENT | SIGNED, "a 0 freezes the area for good" },
  [STN_OPTION_ROLE_WRP_MODE] = { STN_OPTION_DANGER_HIDES_FLASH | STN_OPTION_DANGER_ERASES | SIGNED,
                                 "turns write protection into read-out protection of code, which only a regression of "
                                 "RDP, a mass erase, takes back" },
  [STN_OPTION_ROLE_PCROP_FIRST] = { STN_OPTION_DANGER_HIDES_FLASH | STN_OPTION_DANGER_ERASES | SIGNED,
                                    "the area can't be read as data any more; it can grow, but only a regression of "
                                    "RDP, a mass erase, removes it" },
  [STN_OPTION_ROLE_PCROP_RDP] = { STN_OPTION_DANGER_HIDES_FLASH, "decides whether a protected area survives the "
                                                                 "regression of RDP" },
  [STN_OPTION_ROLE_HIDE] = { STN_OPTION_DANGER_HIDES_FLASH | SIGNED, "hides flash after the start" },
  [STN_OPTION_ROLE_NRST_MODE] = { STN_OPTION_DANGER_NRST_DEAD | SIGNED,
                                  "as a GPIO the reset pin is lost to the station" },
  [STN_OPTION_ROLE_CORE_BOOT] = { STN_OPTION_DANGER_NO_BOOT, "with no core left that starts, nothing runs" },
  [STN_OPTION_ROLE_RADIO] = { STN_OPTION_DANGER_RADIO | SIGNED,
                              "belongs to the radio stack or the second core: written "
                              "by its own service only, never restored" },
  [STN_OPTION_ROLE_KEY] = { STN_OPTION_DANGER_PERMANENT | SIGNED, "a part whose key is lost can't be opened again" },
  [STN_OPTION_ROLE_FINAL_LOCK] = { STN_OPTION_DANGER_PERMANENT | SIGNED, "final" },
  [STN_OPTION_ROLE_ROM_INTERFACES] = { STN_OPTION_DANGER_CLOSES_ROM | SIGNED,
                                       "an interface that is switched off can't be used to come back" },
};

/* in the order of StnOptionDanger's bits */
static const char *const danger_texts[] = { "some value can't be taken back",
                                            "BOOT0 may no longer reach the ROM",
                                            "nothing may reach the ROM any more",
                                            "the reset line may be lost",
                                            "the application may not start",
                                            "taking it back erases the flash",
                                            "pages and addresses of the flash move",
                                            "may damage the chip at a higher supply of its pins",
                                            "flash that can't be read any more",
                                            "belongs to the radio stack",
                                            NULL };

static const StnField value_fields[] = { { .key = "",
                                           .kind = STN_FIELD_TEXT,
                                           STN_MEMBER (StnFileOptionValue, values),
                                           .low = 1,
                                           .high = 24,
                                           .help = "the value, or the first and the last: 0x2, 0..7" },
                                         { .key = "text",
                                           .kind = STN_FIELD_TEXT,
                                           STN_MEMBER (StnFileOptionValue, text),
                                           .required = TRUE,
                                           .low = 1,
                                           .high = 80,
                                           .help = "what it means, as a job may write it" },
                                         { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (StnFileOptionValue, place) },
                                         { 0 } };

static const StnField level_fields[] = { { .key = "",
                                           .kind = STN_FIELD_TEXT,
                                           STN_MEMBER (StnFileOptionLevel, value),
                                           .low = 1,
                                           .high = 12,
                                           .help = "the value" },
                                         { .key = "level",
                                           .kind = STN_FIELD_ENUM,
                                           STN_MEMBER (StnFileOptionLevel, level),
                                           .required = TRUE,
                                           .names = level_names,
                                           .help = "the readout protection level that it stands for" },
                                         { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (StnFileOptionLevel, place) },
                                         { 0 } };

#define CHIP_LIST(type, text)                                                                                 \
  {                                                                                                           \
    .key = "chips", .kind = STN_FIELD_LIST, .element = STN_FIELD_INTEGER, STN_MEMBER (type, chips), .low = 1, \
    .high = 0xFFFF, .help = text                                                                              \
  }

static const StnField field_fields[] = {
  { .key = "name",
    .kind = STN_FIELD_TEXT,
    STN_MEMBER (StnFileOptionField, name),
    .required = TRUE,
    .low = 1,
    .high = 40,
    .help = "the field as reference manuals name it" },
  { .key = "aliases",
    .kind = STN_FIELD_LIST,
    .element = STN_FIELD_TEXT,
    STN_MEMBER (StnFileOptionField, aliases),
    .low = 1,
    .high = 40,
    .help = "other names of it" },
  CHIP_LIST (StnFileOptionField, "product ids that have it; left out: those of its word"),
  { .key = "parts",
    .kind = STN_FIELD_LIST,
    .element = STN_FIELD_TEXT,
    STN_MEMBER (StnFileOptionField, parts),
    .low = 6,
    .high = 20,
    .help = "patterns of the part numbers that have it: STM32G0?1*; left out: all" },
  { .key = "bit",
    .kind = STN_FIELD_INTEGER,
    STN_MEMBER (StnFileOptionField, bit),
    .low = 0,
    .high = 31,
    .fallback = "0",
    .help = "its lowest bit in the word" },
  { .key = "width",
    .kind = STN_FIELD_INTEGER,
    STN_MEMBER (StnFileOptionField, width),
    .low = 0,
    .high = 32,
    .fallback = "1",
    .help = "how many bits; 0: it stands in no area that the ROM shows" },
  { .key = "default",
    .kind = STN_FIELD_INTEGER,
    STN_MEMBER (StnFileOptionField, default_value),
    .low = -1,
    .high = G_MAXUINT32,
    .fallback = "-1",
    .help = "as shipped; left out: not confirmed" },
  { .key = "values",
    .kind = STN_FIELD_MAP,
    STN_MEMBER (StnFileOptionField, values),
    .fields = value_fields,
    .struct_size = sizeof (StnFileOptionValue),
    .short_key = "text",
    .help = "values with a name" },
  { .key = "levels",
    .kind = STN_FIELD_MAP,
    STN_MEMBER (StnFileOptionField, levels),
    .fields = level_fields,
    .struct_size = sizeof (StnFileOptionLevel),
    .short_key = "level",
    .help = "readout protection: values with a level of their own, the first of a level is written; others are 1" },
  { .key = "meaning",
    .kind = STN_FIELD_TEXT,
    STN_MEMBER (StnFileOptionField, meaning),
    .low = 1,
    .high = 300,
    .help = "what it does, in words" },
  { .key = "role",
    .kind = STN_FIELD_ENUM,
    STN_MEMBER (StnFileOptionField, role),
    .names = role_names,
    .help = "what the program does with it" },
  { .key = "active",
    .kind = STN_FIELD_INTEGER,
    STN_MEMBER (StnFileOptionField, active),
    .low = -1,
    .high = G_MAXUINT32,
    .fallback = "-1",
    .help = "the value with which its role holds" },
  { .key = "bank",
    .kind = STN_FIELD_INTEGER,
    STN_MEMBER (StnFileOptionField, bank),
    .low = 0,
    .high = 2,
    .help = "the flash bank that it is for" },
  { .key = "letter",
    .kind = STN_FIELD_TEXT,
    STN_MEMBER (StnFileOptionField, letter),
    .low = 1,
    .high = 1,
    .help = "A or B, where a bank has two areas" },
  { .key = "first-page",
    .kind = STN_FIELD_INTEGER,
    STN_MEMBER (StnFileOptionField, first_page),
    .low = 0,
    .high = 0xFFFF,
    .help = "of protection bits: the page of the lowest" },
  { .key = "pages-per-bit",
    .kind = STN_FIELD_INTEGER,
    STN_MEMBER (StnFileOptionField, pages_per_bit),
    .low = 0,
    .high = 0xFFFF,
    .help = "of protection bits: pages a bit; left out: see its meaning" },
  { .key = "rest",
    .kind = STN_FIELD_BOOLEAN,
    STN_MEMBER (StnFileOptionField, rest),
    .help = "of protection bits: the highest stands for all pages behind it too" },
  { .key = "unit",
    .kind = STN_FIELD_SIZE,
    STN_MEMBER (StnFileOptionField, unit_bytes),
    .low = 1,
    .high = 1 << 20,
    .help = "of areas: what one count stands for; left out: a page" },
  { .key = "shift",
    .kind = STN_FIELD_INTEGER,
    STN_MEMBER (StnFileOptionField, shift),
    .low = 0,
    .high = 31,
    .help = "of boot addresses: the address is the value shifted left by this" },
  { .key = "always-one",
    .kind = STN_FIELD_BOOLEAN,
    STN_MEMBER (StnFileOptionField, always_one),
    .help = "always written as ones" },
  { .key = "read-only",
    .kind = STN_FIELD_BOOLEAN,
    STN_MEMBER (StnFileOptionField, read_only),
    .help = "never written with another value than was read" },
  { .key = "danger",
    .kind = STN_FIELD_LIST,
    .element = STN_FIELD_ENUM,
    STN_MEMBER (StnFileOptionField, danger),
    .names = danger_names,
    .help = "what a wrong value can do, beyond what its role says" },
  { .key = "danger-text",
    .kind = STN_FIELD_TEXT,
    STN_MEMBER (StnFileOptionField, danger_text),
    .low = 1,
    .high = 300,
    .help = "the same in words" },
  { .key = "doubt",
    .kind = STN_FIELD_TEXT,
    STN_MEMBER (StnFileOptionField, doubt),
    .low = 1,
    .high = 300,
    .help = "what is not confirmed about it: to be tried on a sample" },
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (StnFileOptionField, place) },
  { 0 }
};

static const StnField word_fields[] = {
  { .key = "at",
    .kind = STN_FIELD_ADDRESS,
    STN_MEMBER (StnFileOptionWord, at),
    .help = "address of the 32-bit word as the ROM has it; left out: in no area that it shows" },
  CHIP_LIST (StnFileOptionWord, "product ids that have it; left out: those of the file"),
  { .key = "fields",
    .kind = STN_FIELD_LIST,
    .element = STN_FIELD_OBJECT,
    STN_MEMBER (StnFileOptionWord, fields),
    .required = TRUE,
    .fields = field_fields,
    .struct_size = sizeof (StnFileOptionField),
    .items_least = 1,
    .help = "its fields" },
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (StnFileOptionWord, place) },
  { 0 }
};

static const StnField limit_fields[] = {
  CHIP_LIST (StnFileOptionLimit, "product ids; left out: those of the file"),
  { .key = "fields",
    .kind = STN_FIELD_LIST,
    .element = STN_FIELD_TEXT,
    STN_MEMBER (StnFileOptionLimit, fields),
    .low = 1,
    .high = 40,
    .help = "fields by name; without fields and roles: every field" },
  { .key = "roles",
    .kind = STN_FIELD_LIST,
    .element = STN_FIELD_ENUM,
    STN_MEMBER (StnFileOptionLimit, roles),
    .names = role_names,
    .help = "fields by role" },
  { .key = "together-with",
    .kind = STN_FIELD_LIST,
    .element = STN_FIELD_ENUM,
    STN_MEMBER (StnFileOptionLimit, together_with),
    .names = role_names,
    .help = "holds only when a field of one of these roles changes in the same write" },
  { .key = "via",
    .kind = STN_FIELD_LIST,
    .element = STN_FIELD_ENUM,
    STN_MEMBER (StnFileOptionLimit, via),
    .names = via_names,
    .help = "the interfaces; left out: all" },
  { .key = "bootloader-ids",
    .kind = STN_FIELD_LIST,
    .element = STN_FIELD_INTEGER,
    STN_MEMBER (StnFileOptionLimit, bootloader_ids),
    .low = 1,
    .high = 0xFFFF,
    .help = "ROM versions; left out: every version" },
  { .key = "why",
    .kind = STN_FIELD_TEXT,
    STN_MEMBER (StnFileOptionLimit, why),
    .required = TRUE,
    .low = 1,
    .high = 300,
    .help = "the reason, in words" },
  { 0 }
};

static const StnField file_fields[] = {
  { .key = "family",
    .kind = STN_FIELD_TEXT,
    STN_MEMBER (StnOptionFile, family),
    .required = TRUE,
    .low = 1,
    .high = 10,
    .help = "G0, F4, L4+" },
  { .key = "chips",
    .kind = STN_FIELD_LIST,
    .element = STN_FIELD_INTEGER,
    STN_MEMBER (StnOptionFile, chips),
    .required = TRUE,
    .low = 1,
    .high = 0xFFFF,
    .items_least = 1,
    .help = "the product ids that it describes; it replaces all that was known of their options" },
  { .key = "pairs",
    .kind = STN_FIELD_BOOLEAN,
    STN_MEMBER (StnOptionFile, pairs),
    .help = "registers in pairs: the addresses are those of the PRG words that are written, the CUR words that tell "
            "the values stand 4 bytes before" },
  { .key = "words",
    .kind = STN_FIELD_LIST,
    .element = STN_FIELD_OBJECT,
    STN_MEMBER (StnOptionFile, words),
    .required = TRUE,
    .fields = word_fields,
    .struct_size = sizeof (StnFileOptionWord),
    .help = "the words and their fields" },
  { .key = "cannot-write",
    .kind = STN_FIELD_LIST,
    .element = STN_FIELD_OBJECT,
    STN_MEMBER (StnOptionFile, limits),
    .fields = limit_fields,
    .struct_size = sizeof (StnFileOptionLimit),
    .help = "what ROMs can't write, and why" },
  { 0 }
};

const StnField *
stn_option_file_fields (void)
{
  return file_fields;
}

const char *
stn_option_role_name (StnOptionRole role)
{
  return (guint) role < STN_OPTION_ROLE_COUNT ? role_names[role] : NULL;
}

const char *
stn_option_danger_name (StnOptionDanger danger)
{
  for (guint i = 0; danger_names[i] != NULL; i++) {
    if ((guint) danger == 1u << i)
      return danger_names[i];
  }
  return NULL;
}

guint
stn_option_role_danger (StnOptionRole role, const char **out_text)
{
  /* both ends of an area are as dangerous as each other */
  if (role == STN_OPTION_ROLE_PCROP_LAST || role == STN_OPTION_ROLE_PCROP_BITS)
    role = STN_OPTION_ROLE_PCROP_FIRST;
  if (role == STN_OPTION_ROLE_NRST_MODE_BIT)
    role = STN_OPTION_ROLE_NRST_MODE;
  *out_text = role_dangers[role].text;
  return role_dangers[role].danger;
}

const char *
stn_option_danger_text (guint danger)
{
  for (guint i = 0; danger_texts[i] != NULL; i++) {
    if ((danger & 1u << i) != 0)
      return danger_texts[i];
  }
  return NULL;
}

void
stn_option_file_free (StnOptionFile *self)
{
  if (self == NULL)
    return;
  stn_data_file_clear (&self->data, file_fields, self);
  g_free (self);
}

StnOptionFile *
stn_option_file_read (const char *name, const char *source, const char *bytes, gsize length, GError **error)
{
  g_autoptr (StnOptionFile) self = g_new0 (StnOptionFile, 1);

  if (!stn_data_file_read (&self->data, file_fields, self, name, source, bytes, length, error))
    return NULL;
  return g_steal_pointer (&self);
}
