#include "src/job/job-fields.h"

#include "src/base/clock.h"

static const char *const vectors_names[] = { "auto", "check", "ignore", NULL };
static const char *const serial_from_names[] = { "counter", "list", "program", "scan", NULL };
static const char *const check_names[] = { "none", "iso7064-mod37-36", "iso7064-mod11-10", "luhn", NULL };
static const char *const encoding_names[] = { "ascii", "utf16le", "bcd", "u32le", "u32be", "u64le", "hex", NULL };
static const char *const boot_from_names[] = { "flash", NULL };
static const char *const rom_entry_names[] = { "as-shipped", "pin", "none", NULL };
static const char *const read_protect_names[] = { "level-0", "level-1", "level-2", NULL };
static const char *const unprotect_names[] = { "refused", "allowed", NULL };
static const char *const erase_names[] = { "auto", "touched", "all", NULL };
static const char *const verify_names[] = { "full", "checksum", NULL };
static const char *const blank_names[] = { "touched", "samples", "full", NULL };
static const char *const leave_names[] = { "auto", "go", NULL };
static const char *const repeat_names[] = { "refused", "allowed", NULL };
static const char *const boot_check_names[] = { "answer", "rom-gone", "none", NULL };
static const char *const when_names[] = { "powered", "booted", "recorded", NULL };

static const StnField image_fields[] = {
  { .key = "name", .kind = STN_FIELD_TEXT, STN_MEMBER (StnJobFileImage, name), .low = 1, .high = 40,
    .help = "what messages and the record call the image (letters, digits, “-”, “_”, “.”); default: the file's name" },
  { .key = "file", .kind = STN_FIELD_PATH, STN_MEMBER (StnJobFileImage, file), .required = TRUE,
    .help = "the firmware: bin, Intel HEX, S-record, ELF or DfuSe, at most 64 MiB" },
  { .key = "sha256", .kind = STN_FIELD_HASH, STN_MEMBER (StnJobFileImage, sha256),
    .help = "SHA-256 that the file's bytes must have" },
  { .key = "address", .kind = STN_FIELD_ADDRESS, STN_MEMBER (StnJobFileImage, address),
    .help = "where the image begins; needed for a bin, checked for the others, which carry their own" },
  { .key = "vectors", .kind = STN_FIELD_ENUM, STN_MEMBER (StnJobFileImage, vectors), .names = vectors_names,
    .fallback = "auto",
    .help = "whether the image must begin with vectors that can start; auto: the one at the flash's start must" },
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFileImage, place) },
  { .key = "file", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFileImage, file_place) },
  { .key = "address", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFileImage, address_place) },
  { .key = "sha256", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFileImage, sha256_place) },
  { 0 }
};

static const StnField serial_fields[] = {
  { .key = "from", .kind = STN_FIELD_ENUM, STN_MEMBER (StnJobFileSerial, from), .required = TRUE,
    .names = serial_from_names,
    .help = "where serials come from: the journal's counter, a list given at the start, a program, or a scan" },
  { .key = "pattern", .kind = STN_FIELD_TEXT, STN_MEMBER (StnJobFileSerial, pattern), .low = 1, .high = 200,
    .help = "how a counter's serial is written: text with {yyyy} {yy} {mm} {dd} {ww} and one {seq}, {seq:06}…" },
  { .key = "check", .kind = STN_FIELD_ENUM, STN_MEMBER (StnJobFileSerial, check), .names = check_names,
    .fallback = "none", .help = "the check digit at the serial's end" },
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFileSerial, place) },
  { .key = "from", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFileSerial, from_place) },
  { .key = "pattern", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFileSerial, pattern_place) },
  { 0 }
};

static const StnField data_fields[] = {
  { .key = "address", .kind = STN_FIELD_ADDRESS, STN_MEMBER (StnJobFileData, address), .required = TRUE,
    .help = "where in the flash the value stands" },
  { .key = "value", .kind = STN_FIELD_TEXT, STN_MEMBER (StnJobFileData, value), .required = TRUE, .low = 1, .high = 200,
    .help = "text with {serial}, {uid} (24 hex digits) and {date} (the production day)" },
  { .key = "encoding", .kind = STN_FIELD_ENUM, STN_MEMBER (StnJobFileData, encoding), .names = encoding_names,
    .fallback = "ascii", .help = "how the value stands in the flash" },
  { .key = "size", .kind = STN_FIELD_SIZE, STN_MEMBER (StnJobFileData, size_bytes), .required = TRUE, .low = 1,
    .high = 4096, .help = "bytes that the value takes, its padding included" },
  { .key = "pad", .kind = STN_FIELD_INTEGER, STN_MEMBER (StnJobFileData, pad), .low = 0, .high = 255,
    .fallback = "0x00", .help = "the byte behind a value that is shorter than its size" },
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFileData, place) },
  { .key = "value", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFileData, value_place) },
  { 0 }
};

static const StnField unit_fields[] = {
  { .key = "serial", .kind = STN_FIELD_OBJECT, STN_MEMBER (StnJobFile, unit.serial), .fields = serial_fields,
    STN_PRESENT (StnJobFile, unit.serial.present), .help = "the unit's serial number" },
  { .key = "data", .kind = STN_FIELD_LIST, STN_MEMBER (StnJobFile, unit.data), .element = STN_FIELD_OBJECT,
    .fields = data_fields, .struct_size = sizeof (StnJobFileData), .items_most = 32,
    .help = "values of the unit's own that are written into its flash" },
  { 0 }
};

static const StnField boot_fields[] = {
  { .key = "from", .kind = STN_FIELD_ENUM, STN_MEMBER (StnJobFileBoot, from), .names = boot_from_names,
    .fallback = "flash", .help = "what the finished board starts" },
  { .key = "rom-entry", .kind = STN_FIELD_ENUM, STN_MEMBER (StnJobFileBoot, rom_entry), .names = rom_entry_names,
    .fallback = "as-shipped", .help = "how the finished board still enters its ROM" },
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFileBoot, place) },
  { .key = "rom-entry", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFileBoot, rom_entry_place) },
  { 0 }
};

static const StnField option_fields[] = {
  { .key = "", .kind = STN_FIELD_TEXT, STN_MEMBER (StnJobFileOption, name), .help = "the option field's name" },
  { .key = "value", .kind = STN_FIELD_TEXT, STN_MEMBER (StnJobFileOption, value), .required = TRUE,
    .help = "the value that it gets" },
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFileOption, place) },
  { 0 }
};

static const StnField protect_fields[] = {
  { .key = "write", .kind = STN_FIELD_LIST, STN_MEMBER (StnJobFileProtect, write), .element = STN_FIELD_TEXT,
    .items_most = 64, .help = "images that are protected against writing" },
  { .key = "read", .kind = STN_FIELD_ENUM, STN_MEMBER (StnJobFileProtect, read), .names = read_protect_names,
    .fallback = "level-0", .help = "readout protection" },
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFileProtect, place) },
  { 0 }
};

static const StnField boot_check_fields[] = {
  { .key = "kind", .kind = STN_FIELD_ENUM, STN_MEMBER (StnJobFileBootCheck, kind), .names = boot_check_names,
    .fallback = "answer",
    .help = "answer: what uart, usb or pin say; rom-gone: the ROM no longer answers; none: the start is not proved" },
  { .key = "uart", .kind = STN_FIELD_TEXT, STN_MEMBER (StnJobFileBootCheck, uart), .low = 1, .high = 200,
    .help = "text that the application sends after the reset, with {serial}, {uid} and {date}" },
  { .key = "usb", .kind = STN_FIELD_TEXT, STN_MEMBER (StnJobFileBootCheck, usb), .low = 9, .high = 9,
    .help = "USB id that appears on the site's port: 0483:5740" },
  { .key = "pin", .kind = STN_FIELD_TEXT, STN_MEMBER (StnJobFileBootCheck, pin), .low = 1, .high = 40,
    .help = "a line of the site that is seen at both levels" },
  { .key = "within", .kind = STN_FIELD_DURATION, STN_MEMBER (StnJobFileBootCheck, within_ns), .low = STN_NS_PER_MS,
    .high = 600 * STN_NS_PER_S, .fallback = "5 s", .help = "the longest time from the release of NRST to the answer" },
  { .key = "baud", .kind = STN_FIELD_INTEGER, STN_MEMBER (StnJobFileBootCheck, baud), .low = 300, .high = 12000000,
    .fallback = "115200", .help = "of the application's UART, which is 8N1" },
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFileBootCheck, place) },
  { .key = "uart", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFileBootCheck, uart_place) },
  { .key = "usb", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFileBootCheck, usb_place) },
  { .key = "pin", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFileBootCheck, pin_place) },
  { .key = "baud", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFileBootCheck, baud_place) },
  { .key = "within", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFileBootCheck, within_place) },
  { 0 }
};

static const StnField limits_fields[] = {
  { .key = "retries", .kind = STN_FIELD_INTEGER, STN_MEMBER (StnJobFile, limits.retries), .low = -1, .high = 1000,
    .fallback = "1", .help = "how often a unit that failed may be tried again; -1: without limit" },
  { .key = "stop-after-failures", .kind = STN_FIELD_INTEGER, STN_MEMBER (StnJobFile, limits.stop_after_failures),
    .low = 0, .high = 100000, .fallback = "0", .help = "failures in a row after which the station stops; 0: never" },
  { .key = "quantity", .kind = STN_FIELD_INTEGER, STN_MEMBER (StnJobFile, limits.quantity), .low = 0,
    .high = 1000000000, .fallback = "0", .help = "units that may pass in a lot; 0: without limit" },
  { .key = "until", .kind = STN_FIELD_DATE, STN_MEMBER (StnJobFile, limits.until),
    .help = "the last production day on which the job may run" },
  { .key = "quantity", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFile, quantity_place) },
  { 0 }
};

static const StnField step_fields[] = {
  { .key = "name", .kind = STN_FIELD_TEXT, STN_MEMBER (StnJobFileStep, name), .required = TRUE, .low = 1, .high = 40,
    .help = "what the record calls the step" },
  { .key = "when", .kind = STN_FIELD_ENUM, STN_MEMBER (StnJobFileStep, when), .required = TRUE, .names = when_names,
    .help = "at which point of the run" },
  { .key = "command", .kind = STN_FIELD_TEXT, STN_MEMBER (StnJobFileStep, command), .required = TRUE, .low = 1,
    .help = "the program that is started; it talks JSON" },
  { .key = "within", .kind = STN_FIELD_DURATION, STN_MEMBER (StnJobFileStep, within_ns), .low = STN_NS_PER_MS,
    .high = 3600 * STN_NS_PER_S, .fallback = "30 s", .help = "the longest time it may take" },
  { .key = "limits", .kind = STN_FIELD_NODE, STN_MEMBER (StnJobFileStep, limits), .help = "of what it measures" },
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFileStep, place) },
  { 0 }
};

static const StnField job_fields[] = {
  { .key = "job", .kind = STN_FIELD_TEXT, STN_MEMBER (StnJobFile, job), .required = TRUE, .low = 1, .high = 100,
    .help = "the job's name: what the screen, the record and the serial counter know it by" },
  { .key = "revision", .kind = STN_FIELD_INTEGER, STN_MEMBER (StnJobFile, revision), .required = TRUE, .low = 0,
    .high = 1000000000, .help = "counts up with every change of the job" },
  { .key = "target", .kind = STN_FIELD_TEXT, STN_MEMBER (StnJobFile, target), .required = TRUE, .low = 1, .high = 40,
    .help = "the part without its package, with its flash code where it matters: STM32G071xB" },
  { .key = "images", .kind = STN_FIELD_LIST, STN_MEMBER (StnJobFile, images), .required = TRUE,
    .element = STN_FIELD_OBJECT, .fields = image_fields, .struct_size = sizeof (StnJobFileImage), .short_key = "file",
    .items_least = 1, .items_most = 32, .help = "what is programmed" },
  { .key = "unit", .kind = STN_FIELD_OBJECT, .offset = 0, .fields = unit_fields,
    .help = "what differs from unit to unit" },
  { .key = "boot", .kind = STN_FIELD_OBJECT, STN_MEMBER (StnJobFile, boot), .fields = boot_fields,
    STN_PRESENT (StnJobFile, boot.present), .help = "how the finished board starts; options are worked out from it" },
  { .key = "option-bytes", .kind = STN_FIELD_MAP, STN_MEMBER (StnJobFile, option_bytes), .fields = option_fields,
    .struct_size = sizeof (StnJobFileOption), .short_key = "value", .help = "option fields by name" },
  { .key = "protect", .kind = STN_FIELD_OBJECT, STN_MEMBER (StnJobFile, protect), .fields = protect_fields,
    STN_PRESENT (StnJobFile, protect.present), .help = "what is locked at the end" },
  { .key = "unprotect", .kind = STN_FIELD_ENUM, STN_MEMBER (StnJobFile, unprotect), .names = unprotect_names,
    .fallback = "refused", .help = "whether a protected board may be opened, which erases it" },
  { .key = "erase", .kind = STN_FIELD_ENUM, STN_MEMBER (StnJobFile, erase), .names = erase_names, .fallback = "auto",
    .help = "auto: everything, by the quicker way; touched: only the pages that are written; all: one mass erase" },
  { .key = "keep", .kind = STN_FIELD_LIST, STN_MEMBER (StnJobFile, keep), .element = STN_FIELD_RANGE,
    .items_most = 64, .help = "ranges that are neither erased nor written" },
  { .key = "verify", .kind = STN_FIELD_ENUM, STN_MEMBER (StnJobFile, verify), .names = verify_names,
    .fallback = "full", .help = "how each byte is proved; full: read back" },
  { .key = "blank", .kind = STN_FIELD_ENUM, STN_MEMBER (StnJobFile, blank), .names = blank_names,
    .fallback = "touched", .help = "which pages are seen to be erased where nothing is written" },
  { .key = "leave", .kind = STN_FIELD_ENUM, STN_MEMBER (StnJobFile, leave), .names = leave_names, .fallback = "auto",
    .help = "auto: by a reset that the wiring can give; go: by the ROM's Go, which is no reset" },
  { .key = "boot-check", .kind = STN_FIELD_OBJECT, STN_MEMBER (StnJobFile, boot_check), .fields = boot_check_fields,
    STN_PRESENT (StnJobFile, boot_check.present), .short_key = "kind",
    .help = "how the board shows that it starts; has to be said, if only as none" },
  { .key = "repeat", .kind = STN_FIELD_ENUM, STN_MEMBER (StnJobFile, repeat), .names = repeat_names,
    .fallback = "refused", .help = "whether a unit that has passed under this job may be programmed again" },
  { .key = "limits", .kind = STN_FIELD_OBJECT, .offset = 0, .fields = limits_fields, .help = "when the job stops" },
  { .key = "steps", .kind = STN_FIELD_LIST, STN_MEMBER (StnJobFile, steps), .element = STN_FIELD_OBJECT,
    .fields = step_fields, .struct_size = sizeof (StnJobFileStep), .items_most = 32,
    .help = "external programs that take part" },
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFile, place) },
  { .key = "target", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFile, target_place) },
  { .key = "images", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFile, images_place) },
  { .key = "verify", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFile, verify_place) },
  { .key = "unprotect", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFile, unprotect_place) },
  { .key = "option-bytes", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFile, option_bytes_place) },
  { .key = "steps", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFile, steps_place) },
  { .key = "keep", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFile, keep_place) },
  { .key = "erase", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFile, erase_place) },
  { .key = "leave", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFile, leave_place) },
  { .key = "blank", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFile, blank_place) },
  { .key = "boot-check", .kind = STN_FIELD_PLACE, STN_MEMBER (StnJobFile, boot_check_place) },
  { 0 }
};

const StnField *
stn_job_file_fields (void)
{
  return job_fields;
}
