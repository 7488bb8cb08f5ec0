/* job.yaml as it is read: the structs that the field tables of job-fields.c fill. Internal to src/job; the rest of the
 * program sees StnJob.
 *
 * A PLACE of a key that is not there is the mapping that it could have stood in, so `x_place != place` tells whether
 * the file says x. */
#pragma once

#include "src/job/job.h"

G_BEGIN_DECLS

typedef struct {
  char *name;
  char *file;
  char *sha256;
  guint64 address;
  int vectors; /* StnVectorsMode */
  const StnNode *place, *file_place, *address_place, *sha256_place;
} StnJobFileImage;

typedef struct {
  gboolean present;
  int from; /* StnSerialSource, less 1 */
  char *pattern;
  int check; /* StnCheckDigit */
  const StnNode *place, *from_place, *pattern_place;
} StnJobFileSerial;

typedef struct {
  guint64 address;
  char *value;
  int encoding;
  guint64 size_bytes;
  gint64 pad;
  const StnNode *place, *value_place;
} StnJobFileData;

typedef struct {
  gboolean present;
  int from, rom_entry;
  const StnNode *place, *rom_entry_place;
} StnJobFileBoot;

typedef struct {
  char *name;
  char *value;
  const StnNode *place, *value_place;
} StnJobFileOption;

/* An image's name, an address range or pages by number. */
typedef struct {
  char *what;
  const StnNode *place;
} StnJobFileProtected;

typedef struct {
  gboolean present;
  GPtrArray *write; /* StnJobFileProtected */
  GPtrArray *pcrop; /* the same */
  int read;         /* StnProtectRead, less 1 */
  const StnNode *place, *read_place, *write_place, *pcrop_place;
} StnJobFileProtect;

typedef struct {
  char *name;
  const StnNode *place;
} StnJobFileAccept;

typedef struct {
  gboolean present;
  int kind; /* STN_JOB_FILE_ANSWER, … */
  char *uart, *usb, *pin;
  gint64 within_ns;
  gint64 baud;
  const StnNode *place, *uart_place, *usb_place, *pin_place, *baud_place;
} StnJobFileBootCheck;

enum { STN_JOB_FILE_ANSWER, STN_JOB_FILE_ROM_GONE, STN_JOB_FILE_NONE };
enum { STN_JOB_FILE_VERIFY_FULL, STN_JOB_FILE_VERIFY_CHECKSUM };

typedef struct {
  char *name;
  int when;
  char *command;
  gint64 within_ns;
  const StnNode *limits;
  const StnNode *place;
} StnJobFileStep;

typedef struct {
  char *job;
  gint64 revision;
  char *target;
  GPtrArray *images; /* StnJobFileImage */
  struct {
    StnJobFileSerial serial;
    GPtrArray *data; /* StnJobFileData */
  } unit;
  StnJobFileBoot boot;
  GPtrArray *option_bytes; /* StnJobFileOption */
  StnJobFileProtect protect;
  GPtrArray *accept; /* StnJobFileAccept */
  int unprotect;
  int erase;
  GPtrArray *keep; /* StnRange */
  int verify;
  int blank;
  int leave;
  int repeat;
  int program_by; /* StnProgramBy */
  gint64 supply_uv;
  int identity;   /* StnIdentityMode */
  StnJobFileBootCheck boot_check;
  struct {
    gint64 retries, stop_after_failures, quantity;
    char *until;
  } limits;
  GPtrArray *steps; /* StnJobFileStep */
  const StnNode *place, *target_place, *images_place, *verify_place, *unprotect_place, *option_bytes_place,
      *accept_place, *steps_place, *keep_place, *erase_place, *leave_place, *boot_check_place, *quantity_place;
} StnJobFile;

G_END_DECLS
