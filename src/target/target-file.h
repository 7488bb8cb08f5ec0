/* A family file as it is read: the structs that the field tables of target-file.c fill. Internal to src/target.
 *
 * Every value of a chip that the file leaves out is taken from the file's `common:` block, value by value; what neither
 * says is "not confirmed" (0, NULL). That is why no row here has a fallback, and why 0 is never a value of its own: the
 * erased byte, the boot pin and the empty check are enums whose first name means "not said". */
#pragma once

#include "src/target/data-file.h"
#include "src/target/target.h"

G_BEGIN_DECLS

typedef struct {
  gint64 typical_ns, max_ns;
} StnFileTimes;

typedef struct {
  guint64 size_bytes;
  gint64 typical_ns, max_ns;
} StnFilePageErase;

typedef struct {
  guint64 address;
  guint64 size_bytes;
} StnFileArea;

typedef struct {
  guint64 address;
  guint64 size_bytes;
  int encoding; /* StnOptionsEncoding */
} StnFileOptions;

typedef struct {
  int quirk;                 /* bit number of StnQuirk */
  GPtrArray *bootloader_ids; /* gint64 */
} StnFileQuirk;

/* What both `common:` and a chip may say. */
typedef struct {
  guint64 flash_base;
  guint64 flash_size_register;
  guint64 uid;
  GPtrArray *uid_words; /* gint64 */
  int erased_byte;      /* 0 not said, 1 0x00, 2 0xFF */
  guint64 write_unit_bytes, write_align_bytes;
  guint64 ram_base, ram_bytes, ram_reserved_bytes;
  StnRange system_memory;
  guint64 bootloader_id;
  StnFileOptions options;
  StnFileArea options_second, otp;
  guint64 supply_word;
  GPtrArray *interfaces; /* int */
  char *uart_pins;
  gint64 boot_pattern;
  int boot_pin;                      /* 0 not said, else StnBootPin + 1 */
  int empty_check;                   /* 0 not said, else StnEmptyCheck + 1 */
  GPtrArray *empty_check_cleared_by; /* gint64 */
  GPtrArray *quirks;                 /* StnFileQuirk */
  StnFileTimes page_erase, mass_erase, program_256;
  GPtrArray *page_erase_by_size; /* StnFilePageErase */
  gint64 rom_start_ns, usb_start_ns, option_write_max_ns;
} StnFileShared;

typedef struct {
  char *part;
  GPtrArray *flash; /* char *: flash codes */
  guint64 size_bytes;
  char *suffix;
  gint64 boot_pattern;
  const StnNode *place;
} StnFilePart;

typedef struct {
  guint64 size_bytes;
  char *why;
} StnFileUnsettled;

typedef struct {
  StnFileShared shared;
  gint64 product_id;
  char *line;
  gboolean provisional;
  GPtrArray *parts; /* StnFilePart */
  guint64 flash_bytes;
  char *pages;
  GPtrArray *bootloader_ids; /* gint64 */
  GPtrArray *unsettled;      /* StnFileUnsettled */
  char *bank_notes, *limitations, *confirmed_by;
  const StnNode *place, *pages_place, *product_id_place;
} StnFileChip;

typedef struct {
  char *family;
  StnFileShared common;
  GPtrArray *chips; /* StnFileChip */
  StnDataFile data; /* beside what the file says */
} StnTargetFile;

/* Reads and checks one file; `source` is copied. Free with stn_target_file_free. */
StnTargetFile *stn_target_file_read (const char *name, const char *source, const char *bytes, gsize length,
                                     GError **error);
void stn_target_file_free (StnTargetFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnTargetFile, stn_target_file_free)

/* The files of data/targets as they were when the program was built (embed-targets.py), ended by a NULL name. */
typedef struct {
  const char *name;
  const unsigned char *bytes;
  gsize length;
} StnTargetBuiltIn;
extern const StnTargetBuiltIn stn_target_built_in[];

G_END_DECLS
