#include "src/target/target-file.h"

static const char *const erased_byte_names[] = { "not-known", "0x00", "0xFF", NULL };
static const char *const encoding_names[] = {
  "none", "f1-complement-halfwords", "f4-16bit", "l0-complement-halfwords", "l4-inverted-words", "register-mapped", NULL
};
static const char *const interface_names[] = { "uart", "usb", "i2c", "spi", "can", "fdcan", "i3c", NULL };
static const char *const boot_pin_names[] = { "not-said", "live", "ignored-as-shipped", "none", NULL };
static const char *const empty_check_names[] = { "not-said", "none", "latched", "cleared-by-rom", NULL };
/* in the order of StnQuirk's bits */
static const char *const quirk_names[] = { "one-page-per-erase",
                                           "no-mass-erase",
                                           "double-nack",
                                           "double-ack-at-sync",
                                           "no-option-load",
                                           "read-blocks-only",
                                           "no-parity",
                                           "write-128",
                                           "early-erase-answer",
                                           "unprotect-needs-power-cycle",
                                           "unprotect-keeps-pcrop",
                                           NULL };

#define DAY_NS (24 * 3600 * G_GINT64_CONSTANT (1000000000))

static const StnField times_fields[] = { { .key = "typical",
                                           .kind = STN_FIELD_DURATION,
                                           STN_MEMBER (StnFileTimes, typical_ns),
                                           .low = 1,
                                           .high = DAY_NS,
                                           .help = "usual time, for predictions" },
                                         { .key = "max",
                                           .kind = STN_FIELD_DURATION,
                                           STN_MEMBER (StnFileTimes, max_ns),
                                           .low = 1,
                                           .high = DAY_NS,
                                           .help = "longest time by its source, without a margin" },
                                         { 0 } };

static const StnField page_erase_fields[] = { { .key = "size",
                                                .kind = STN_FIELD_SIZE,
                                                STN_MEMBER (StnFilePageErase, size_bytes),
                                                .required = TRUE,
                                                .low = 1,
                                                .high = 1 << 30,
                                                .help = "page size that the times are for" },
                                              { .key = "typical",
                                                .kind = STN_FIELD_DURATION,
                                                STN_MEMBER (StnFilePageErase, typical_ns),
                                                .low = 1,
                                                .high = DAY_NS,
                                                .help = "usual time, for predictions" },
                                              { .key = "max",
                                                .kind = STN_FIELD_DURATION,
                                                STN_MEMBER (StnFilePageErase, max_ns),
                                                .low = 1,
                                                .high = DAY_NS,
                                                .help = "longest time by its source, without a margin" },
                                              { 0 } };

static const StnField area_fields[] = { { .key = "at",
                                          .kind = STN_FIELD_ADDRESS,
                                          STN_MEMBER (StnFileArea, address),
                                          .required = TRUE,
                                          .help = "first address" },
                                        { .key = "size",
                                          .kind = STN_FIELD_SIZE,
                                          STN_MEMBER (StnFileArea, size_bytes),
                                          .low = 1,
                                          .high = 1 << 20,
                                          .help = "length; left out: not known" },
                                        { 0 } };

static const StnField options_fields[] = { { .key = "at",
                                             .kind = STN_FIELD_ADDRESS,
                                             STN_MEMBER (StnFileOptions, address),
                                             .help = "first address as the ROM has it" },
                                           { .key = "size",
                                             .kind = STN_FIELD_SIZE,
                                             STN_MEMBER (StnFileOptions, size_bytes),
                                             .low = 1,
                                             .high = 1 << 20,
                                             .help = "length of the whole area; left out: not known" },
                                           { .key = "encoding",
                                             .kind = STN_FIELD_ENUM,
                                             STN_MEMBER (StnFileOptions, encoding),
                                             .names = encoding_names,
                                             .help = "how values and complements stand in the area" },
                                           { 0 } };

static const StnField quirk_fields[] = { { .key = "name",
                                           .kind = STN_FIELD_ENUM,
                                           STN_MEMBER (StnFileQuirk, quirk),
                                           .required = TRUE,
                                           .names = quirk_names,
                                           .help = "what the ROM does differently" },
                                         { .key = "bootloader-ids",
                                           .kind = STN_FIELD_LIST,
                                           .element = STN_FIELD_INTEGER,
                                           STN_MEMBER (StnFileQuirk, bootloader_ids),
                                           .low = 1,
                                           .high = 0xFFFF,
                                           .help = "ROM versions that have it; left out: every version" },
                                         { 0 } };

/* clang-format off */
#define SHARED_FIELDS(type, path) \
  { .key = "flash-base", .kind = STN_FIELD_ADDRESS, STN_MEMBER (type, path flash_base), \
    .help = "where the flash starts" }, \
  { .key = "flash-size-register", .kind = STN_FIELD_ADDRESS, STN_MEMBER (type, path flash_size_register), \
    .help = "16-bit word with the flash size in KiB; left out: not known or not readable through the ROM" }, \
  { .key = "uid", .kind = STN_FIELD_ADDRESS, STN_MEMBER (type, path uid), \
    .help = "first word of the unique id; left out: not known or not readable through the ROM" }, \
  { .key = "uid-words", .kind = STN_FIELD_LIST, .element = STN_FIELD_INTEGER, STN_MEMBER (type, path uid_words), \
    .low = 0, .high = 0x100, .items_least = 3, .items_most = 3, \
    .help = "offsets of its three words; left out: 0, 4, 8" }, \
  { .key = "erased-byte", .kind = STN_FIELD_ENUM, STN_MEMBER (type, path erased_byte), .names = erased_byte_names, \
    .help = "what an erased byte reads as" }, \
  { .key = "write-unit", .kind = STN_FIELD_SIZE, STN_MEMBER (type, path write_unit_bytes), .low = 1, .high = 128, \
    .help = "what the flash programs at once: one ECC word" }, \
  { .key = "write-align", .kind = STN_FIELD_SIZE, STN_MEMBER (type, path write_align_bytes), .low = 1, .high = 128, \
    .help = "what a write through the ROM must be a multiple of (AN2606 table 7)" }, \
  { .key = "ram-base", .kind = STN_FIELD_ADDRESS, STN_MEMBER (type, path ram_base), \
    .help = "where the main RAM starts" }, \
  { .key = "ram", .kind = STN_FIELD_SIZE, STN_MEMBER (type, path ram_bytes), .low = 1, .high = 1 << 30, \
    .help = "RAM in one piece from there, on the largest part" }, \
  { .key = "ram-reserved", .kind = STN_FIELD_SIZE, STN_MEMBER (type, path ram_reserved_bytes), .low = 1, \
    .high = 1 << 20, \
    .help = "how much of it the ROM uses" }, \
  { .key = "system-memory", .kind = STN_FIELD_RANGE, STN_MEMBER (type, path system_memory), \
    .help = "where the ROM is" }, \
  { .key = "bootloader-id", .kind = STN_FIELD_ADDRESS, STN_MEMBER (type, path bootloader_id), \
    .help = "where the ROM keeps its version; left out: nowhere" }, \
  { .key = "options", .kind = STN_FIELD_OBJECT, STN_MEMBER (type, path options), .fields = options_fields, \
    .help = "option bytes as the ROM shows them" }, \
  { .key = "options-second", .kind = STN_FIELD_OBJECT, STN_MEMBER (type, path options_second), .fields = area_fields, \
    .help = "a second option area" }, \
  { .key = "otp", .kind = STN_FIELD_OBJECT, STN_MEMBER (type, path otp), .fields = area_fields, \
    .help = "one-time programmable area" }, \
  { .key = "supply-word", .kind = STN_FIELD_ADDRESS, STN_MEMBER (type, path supply_word), \
    .help = "where the ROM takes the chip's supply, so that it programs more than a byte at a time (AN2606)" }, \
  { .key = "interfaces", .kind = STN_FIELD_LIST, .element = STN_FIELD_ENUM, STN_MEMBER (type, path interfaces), \
    .names = interface_names, .help = "what the ROM answers on, over all its versions" }, \
  { .key = "uart-pins", .kind = STN_FIELD_TEXT, STN_MEMBER (type, path uart_pins), .help = "the ROM's pins, TX/RX" }, \
  { .key = "boot-pattern", .kind = STN_FIELD_INTEGER, STN_MEMBER (type, path boot_pattern), .low = 1, .high = 99, \
    .help = "number in AN2606 table 2" }, \
  { .key = "boot-pin", .kind = STN_FIELD_ENUM, STN_MEMBER (type, path boot_pin), .names = boot_pin_names, \
    .help = "whether the BOOT0 pin of a part as shipped selects the ROM" }, \
  { .key = "empty-check", .kind = STN_FIELD_ENUM, STN_MEMBER (type, path empty_check), .names = empty_check_names, \
    .help = "whether an empty flash starts the ROM" }, \
  { .key = "empty-check-cleared-by", .kind = STN_FIELD_LIST, .element = STN_FIELD_INTEGER, \
    STN_MEMBER (type, path empty_check_cleared_by), .low = 1, .high = 0xFFFF, \
    .help = "with cleared-by-rom: the ROM versions that clear the flag; left out: every version" }, \
  { .key = "quirks", .kind = STN_FIELD_LIST, .element = STN_FIELD_OBJECT, STN_MEMBER (type, path quirks), \
    .fields = quirk_fields, .struct_size = sizeof (StnFileQuirk), .short_key = "name", \
    .help = "where the ROM differs from its application note; a chip's come on top of the common ones" }, \
  { .key = "page-erase", .kind = STN_FIELD_OBJECT, STN_MEMBER (type, path page_erase), .fields = times_fields, \
    .help = "time to erase a page (the largest, where there are several sizes)" }, \
  { .key = "page-erase-by-size", .kind = STN_FIELD_LIST, .element = STN_FIELD_OBJECT, \
    STN_MEMBER (type, path page_erase_by_size), .fields = page_erase_fields, .struct_size = sizeof (StnFilePageErase), \
    .help = "times for pages of just one size, before page-erase" }, \
  { .key = "mass-erase", .kind = STN_FIELD_OBJECT, STN_MEMBER (type, path mass_erase), .fields = times_fields, \
    .help = "time to erase the whole flash" }, \
  { .key = "program-256", .kind = STN_FIELD_OBJECT, STN_MEMBER (type, path program_256), .fields = times_fields, \
    .help = "time to program 256 bytes, without the wire" }, \
  { .key = "rom-start", .kind = STN_FIELD_DURATION, STN_MEMBER (type, path rom_start_ns), .low = 1, .high = DAY_NS, \
    .help = "reset to the first sync, worst usual case" }, \
  { .key = "usb-start", .kind = STN_FIELD_DURATION, STN_MEMBER (type, path usb_start_ns), .low = 1, .high = DAY_NS, \
    .help = "reset to the ROM's USB device being enumerated, worst usual case" }, \
  { .key = "option-write-max", .kind = STN_FIELD_DURATION, STN_MEMBER (type, path option_write_max_ns), .low = 1, \
    .high = DAY_NS, .help = "longest time of an option write" }
/* clang-format on */

static const StnField common_fields[] = { SHARED_FIELDS (StnFileShared, ), { 0 } };

static const StnField part_fields[] = {
  { .key = "part",
    .kind = STN_FIELD_TEXT,
    STN_MEMBER (StnFilePart, part),
    .required = TRUE,
    .low = 6,
    .high = 20,
    .help = "how the part number starts, up to the pin count: STM32G071" },
  { .key = "flash",
    .kind = STN_FIELD_LIST,
    .element = STN_FIELD_TEXT,
    STN_MEMBER (StnFilePart, flash),
    .low = 1,
    .high = 1,
    .help = "flash codes that belong to this product id: 6, 8, B" },
  { .key = "size",
    .kind = STN_FIELD_SIZE,
    STN_MEMBER (StnFilePart, size_bytes),
    .low = 1,
    .high = 1 << 30,
    .help = "flash size, where the code does not mean its usual one" },
  { .key = "suffix",
    .kind = STN_FIELD_TEXT,
    STN_MEMBER (StnFilePart, suffix),
    .low = 1,
    .high = 1,
    .help = "letter behind the ordering code that makes it another chip: A of STM32L151CBT6A" },
  { .key = "boot-pattern",
    .kind = STN_FIELD_INTEGER,
    STN_MEMBER (StnFilePart, boot_pattern),
    .low = 1,
    .high = 99,
    .help = "where it differs from the chip's" },
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (StnFilePart, place) },
  { 0 }
};

static const StnField unsettled_fields[] = {
  { .key = "size",
    .kind = STN_FIELD_SIZE,
    STN_MEMBER (StnFileUnsettled, size_bytes),
    .required = TRUE,
    .low = 1,
    .high = 1 << 30,
    .help = "flash size of the parts" },
  { .key = "why",
    .kind = STN_FIELD_TEXT,
    STN_MEMBER (StnFileUnsettled, why),
    .required = TRUE,
    .low = 1,
    .high = 300,
    .help = "why their flash can't be described: a hole, or sources that disagree" },
  { 0 }
};

static const StnField chip_fields[] = {
  { .key = "product-id",
    .kind = STN_FIELD_INTEGER,
    STN_MEMBER (StnFileChip, product_id),
    .required = TRUE,
    .low = 1,
    .high = 0xFFFF,
    .help = "what Get ID answers" },
  { .key = "line",
    .kind = STN_FIELD_TEXT,
    STN_MEMBER (StnFileChip, line),
    .required = TRUE,
    .low = 1,
    .high = 100,
    .help = "the parts that share it, in words" },
  { .key = "provisional",
    .kind = STN_FIELD_BOOLEAN,
    STN_MEMBER (StnFileChip, provisional),
    .help = "known from one source only: refused for production" },
  { .key = "parts",
    .kind = STN_FIELD_LIST,
    .element = STN_FIELD_OBJECT,
    STN_MEMBER (StnFileChip, parts),
    .fields = part_fields,
    .struct_size = sizeof (StnFilePart),
    .help = "the part numbers a job may name" },
  { .key = "flash",
    .kind = STN_FIELD_SIZE,
    STN_MEMBER (StnFileChip, flash_bytes),
    .required = TRUE,
    .low = 1,
    .high = 1 << 30,
    .help = "flash of the largest part" },
  { .key = "pages",
    .kind = STN_FIELD_TEXT,
    STN_MEMBER (StnFileChip, pages),
    .required = TRUE,
    .low = 1,
    .high = 200,
    .help = "its pages as shipped, in the DfuSe notation: 04*016K,01*064K,07*128K (B: bytes)" },
  { .key = "bootloader-ids",
    .kind = STN_FIELD_LIST,
    .element = STN_FIELD_INTEGER,
    STN_MEMBER (StnFileChip, bootloader_ids),
    .low = 1,
    .high = 0xFFFF,
    .help = "known versions of its ROM" },
  { .key = "unsettled",
    .kind = STN_FIELD_LIST,
    .element = STN_FIELD_OBJECT,
    STN_MEMBER (StnFileChip, unsettled),
    .fields = unsettled_fields,
    .struct_size = sizeof (StnFileUnsettled),
    .help = "flash sizes that are refused, because the flash is not in one piece or the sources disagree" },
  { .key = "bank-notes",
    .kind = STN_FIELD_TEXT,
    STN_MEMBER (StnFileChip, bank_notes),
    .low = 1,
    .high = 1000,
    .help = "banks and other memory, in words" },
  { .key = "limitations",
    .kind = STN_FIELD_TEXT,
    STN_MEMBER (StnFileChip, limitations),
    .low = 1,
    .high = 1000,
    .help = "where its ROM is known to be wrong, in words" },
  { .key = "confirmed-by",
    .kind = STN_FIELD_TEXT,
    STN_MEMBER (StnFileChip, confirmed_by),
    .low = 1,
    .high = 200,
    .help = "the sources that agree" },
  SHARED_FIELDS (StnFileChip, shared.),
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (StnFileChip, place) },
  { .key = "pages", .kind = STN_FIELD_PLACE, STN_MEMBER (StnFileChip, pages_place) },
  { .key = "product-id", .kind = STN_FIELD_PLACE, STN_MEMBER (StnFileChip, product_id_place) },
  { 0 }
};

static const StnField file_fields[] = { { .key = "family",
                                          .kind = STN_FIELD_TEXT,
                                          STN_MEMBER (StnTargetFile, family),
                                          .required = TRUE,
                                          .low = 1,
                                          .high = 10,
                                          .help = "G0, F4, L4+" },
                                        { .key = "common",
                                          .kind = STN_FIELD_OBJECT,
                                          STN_MEMBER (StnTargetFile, common),
                                          .fields = common_fields,
                                          .help = "holds for every chip below that says nothing else, value by value" },
                                        { .key = "chips",
                                          .kind = STN_FIELD_LIST,
                                          .element = STN_FIELD_OBJECT,
                                          STN_MEMBER (StnTargetFile, chips),
                                          .required = TRUE,
                                          .fields = chip_fields,
                                          .struct_size = sizeof (StnFileChip),
                                          .items_least = 1,
                                          .help = "one entry a product id" },
                                        { 0 } };

const StnField *
stn_target_file_fields (void)
{
  return file_fields;
}

const char *
stn_quirk_name (StnQuirk quirk)
{
  for (guint i = 0; quirk_names[i] != NULL; i++) {
    if ((guint) quirk == 1u << i)
      return quirk_names[i];
  }
  return NULL;
}

void
stn_target_file_free (StnTargetFile *self)
{
  if (self == NULL)
    return;
  stn_data_file_clear (&self->data, file_fields, self);
  g_free (self);
}

StnTargetFile *
stn_target_file_read (const char *name, const char *source, const char *bytes, gsize length, GError **error)
{
  g_autoptr (StnTargetFile) self = g_new0 (StnTargetFile, 1);

  if (!stn_data_file_read (&self->data, file_fields, self, name, source, bytes, length, error))
    return NULL;
  return g_steal_pointer (&self);
}
