/* A job: what is to be done to each board, as job.yaml says it, with every file that it names read once.
 *
 * The job is immutable and reference counted; any thread may read. Its hash is SHA-256 over the bytes of job.yaml and
 * of every file that it names in the order in which it names them, each preceded by its length as 8 bytes big endian:
 * one changed byte in job or firmware is another hash. What was hashed is what is used: nothing is read again. */
#pragma once

#include "src/base/fields.h"
#include "src/image/image.h"
#include "src/job/signature.h"

G_BEGIN_DECLS

/* auto: an image that covers the start of the flash must begin with vectors that can start. */
typedef enum { STN_VECTORS_AUTO, STN_VECTORS_CHECK, STN_VECTORS_IGNORE } StnVectorsMode;

typedef struct {
  char *name; /* unique in the job; letters, digits, - _ . */
  char *path;
  char *sha256; /* as the job pins it; NULL: not pinned */
  guint64 address;
  gboolean has_address;
  int vectors; /* StnVectorsMode */
  StnImage *image;
  char *file_sha256;    /* of the bytes that were read */
  const StnNode *place; /* of its entry in job.yaml, borrowed from the job */
} StnJobImage;

typedef enum {
  STN_SERIAL_FROM_NONE,
  STN_SERIAL_FROM_COUNTER,
  STN_SERIAL_FROM_LIST,
  STN_SERIAL_FROM_PROGRAM,
  STN_SERIAL_FROM_SCAN
} StnSerialSource;
typedef enum { STN_CHECK_NONE, STN_CHECK_ISO7064_MOD37_36, STN_CHECK_ISO7064_MOD11_10, STN_CHECK_LUHN } StnCheckDigit;
typedef enum {
  STN_ENCODING_ASCII,
  STN_ENCODING_UTF16LE,
  STN_ENCODING_BCD,
  STN_ENCODING_U32LE,
  STN_ENCODING_U32BE,
  STN_ENCODING_U64LE,
  STN_ENCODING_HEX
} StnEncoding;

/* A place in the flash that gets a value of the unit's own. */
typedef struct {
  guint64 address;
  char *value; /* "{serial}", "{uid}", "{date}", text around them */
  int encoding;
  guint64 size_bytes;
  gint64 pad;
  const StnNode *place;
} StnJobData;

typedef enum { STN_ERASE_AUTO, STN_ERASE_TOUCHED, STN_ERASE_ALL } StnEraseMode;
typedef enum { STN_BLANK_TOUCHED, STN_BLANK_SAMPLES, STN_BLANK_FULL } StnBlankMode;
typedef enum {
  STN_BOOT_CHECK_UART,
  STN_BOOT_CHECK_USB,
  STN_BOOT_CHECK_PIN,
  STN_BOOT_CHECK_ROM_GONE,
  STN_BOOT_CHECK_NONE
} StnBootCheckKind;
/* Inputs of a site that a program can move, for `boot-check: pin`. */
typedef enum { STN_BOOT_LINE_DETECT, STN_BOOT_LINE_GOOD, STN_BOOT_LINE_FAULT, STN_BOOT_LINE_COUNT } StnBootLine;
extern const char *const stn_boot_line_names[STN_BOOT_LINE_COUNT]; /* "detect", ... */
/* By which port; auto: the UART where there is one. */
typedef enum { STN_PROGRAM_BY_AUTO, STN_PROGRAM_BY_UART, STN_PROGRAM_BY_USB } StnProgramBy;
/* What must show that it is the job's chip. */
typedef enum { STN_IDENTITY_CHIP, STN_IDENTITY_MEMORY_MAP } StnIdentityMode;
typedef enum { STN_LEAVE_AUTO, STN_LEAVE_GO } StnLeaveMode;

/* How a finished board enters its ROM. */
typedef enum {
  STN_ROM_ENTRY_AS_SHIPPED, /* its options stay; must be said of a part that is shipped without its pin */
  STN_ROM_ENTRY_PIN,        /* by BOOT0 */
  STN_ROM_ENTRY_SOFTWARE,   /* by its program alone */
  STN_ROM_ENTRY_NONE
} StnRomEntry;

typedef enum {
  STN_PROTECT_READ_UNSAID,
  STN_PROTECT_READ_LEVEL_0,
  STN_PROTECT_READ_LEVEL_1,
  STN_PROTECT_READ_LEVEL_2
} StnProtectRead;

/* A line of `option-bytes:`, of `protect: write` or `pcrop` (name NULL), of `accept:` (value NULL). */
typedef struct {
  char *name;
  char *value;
  const StnNode *place, *value_place; /* borrowed from the job; value_place may be NULL */
} StnJobLine;

/* The places of keys that planning may find fault with; borrowed from the job. Where the file does not have the key,
 * the mapping it could have stood in. */
typedef struct {
  const StnNode *job, *target, *images, *boot, *rom_entry, *option_bytes, *protect, *protect_read, *protect_write,
      *protect_pcrop, *accept, *unprotect, *erase, *keep, *boot_check, *leave, *serial, *quantity;
} StnJobPlaces;

typedef struct StnJob StnJob;
struct StnJob {
  char *path;
  char *name;
  gint64 revision;
  char *target;      /* the part, as written */
  GPtrArray *images; /* StnJobImage */

  gboolean has_serial;
  int serial_from; /* StnSerialSource */
  char *serial_pattern;
  int serial_check; /* StnCheckDigit */
  GPtrArray *data;  /* StnJobData */

  int erase;       /* StnEraseMode */
  GPtrArray *keep; /* StnRange */
  int blank;       /* StnBlankMode */
  int leave;       /* StnLeaveMode */
  int program_by;  /* StnProgramBy */
  gint64 supply_uv; /* of the chip; 0: not said */
  int identity;    /* StnIdentityMode */

  int boot_check;        /* StnBootCheckKind */
  char *boot_check_text; /* UART text with fields, USB id, pin name */
  gint64 boot_check_within_ns;
  gint64 boot_check_baud; /* of the application's UART */

  gboolean repeat_allowed;
  gint64 retries, stop_after_failures, quantity;
  char *until; /* YYYY-MM-DD or NULL */

  int rom_entry;                            /* StnRomEntry */
  gboolean says_rom_entry;                  /* the job has the line */
  GPtrArray *option_bytes;                  /* StnJobLine */
  int protect_read;                         /* StnProtectRead */
  GPtrArray *protect_write, *protect_pcrop; /* StnJobLine: an image's name, a range, pages */
  GPtrArray *accept;                        /* StnJobLine: names of consequences */
  gboolean unprotect_allowed;
  gboolean for_words_only; /* stn_job_load_for_words */
  gboolean is_recovery;    /* stn_job_new_for_recovery: its plan writes no image */
  StnJobPlaces places;

  char *hash;
  StnSignature *signature; /* of the file beside the job, judged by the keys of this station; never NULL */
  char *images_text;       /* for the record: "name=sha256 name=sha256" */
  char *left_out;          /* what the job leaves out of PASS; NULL: nothing */
};

/* Parses job.yaml and reads every file that it names (relative to it). Errors: STN_FAILURE_BAD_FILE with file, line and
 * column; STN_FAILURE_BAD_IMAGE; STN_FAILURE_NOT_SUPPORTED for what FORMATS names and this program does not do yet,
 * with the place. Blocks on files. */
StnJob *stn_job_load (const char *path, GError **error);
/* What stands for a job where boards are recovered (runner.h, StnRecovery): no file, no image, no serial, no boot
 * check. Its name is in every record of such a run, and no job file may have it. */
#define STN_JOB_RECOVERY_NAME "recovery"
StnJob *stn_job_new_for_recovery (const char *target, StnProgramBy program_by);
/* The same, to be explained and not to be run: its plan does not ask for a signature, and binding refuses it. */
StnJob *stn_job_load_for_words (const char *path, GError **error);
StnJob *stn_job_ref (StnJob *self);
void stn_job_unref (StnJob *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnJob, stn_job_unref)

/* "FILE:LINE:COLUMN: <format>" as an error of any kind; `place` NULL: without it. Always FALSE. */
gboolean stn_job_fail (const StnNode *place, GError **error, StnFailure failure, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
/* Puts "FILE:LINE:COLUMN: " in front of an error that came from below. Always FALSE. */
gboolean stn_job_prefix (const StnNode *place, GError **error);

/* The field table of job.yaml, for schema and manual. */
const StnField *stn_job_file_fields (void);

G_END_DECLS
