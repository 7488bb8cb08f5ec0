/* A file of data/targets/options as it is read, and what is kept of it. Internal to src/target. */
#pragma once

#include "src/target/data-file.h"
#include "src/target/options.h"

G_BEGIN_DECLS

typedef struct {
  char *values; /* "0x2", "0..7" */
  char *text;
  const StnNode *place;
} StnFileOptionValue;

typedef struct {
  char *value; /* "0xAA" */
  int level;   /* StnRdpLevel */
  const StnNode *place;
} StnFileOptionLevel;

typedef struct {
  char *name;
  GPtrArray *aliases;   /* char * */
  GPtrArray *chips;     /* gint64; empty: those of the word */
  GPtrArray *parts;     /* char *: patterns of the part numbers that have it; empty: all */
  gint64 bit, width;    /* width 0: not visible */
  gint64 default_value; /* -1: not known */
  GPtrArray *values;    /* StnFileOptionValue */
  GPtrArray *levels;    /* StnFileOptionLevel */
  char *meaning;
  int role;
  gint64 active; /* -1: none */
  gint64 bank;
  char *letter;
  gint64 first_page, pages_per_bit;
  gboolean rest;
  guint64 unit_bytes;
  gint64 shift;
  gboolean always_one, read_only;
  GPtrArray *danger; /* int: bit number of StnOptionDanger */
  char *danger_text, *doubt;
  const StnNode *place;
} StnFileOptionField;

typedef struct {
  guint64 at;        /* 0: not visible */
  GPtrArray *chips;  /* gint64; empty: those of the file */
  GPtrArray *fields; /* StnFileOptionField */
  const StnNode *place;
} StnFileOptionWord;

typedef struct {
  GPtrArray *chips;          /* gint64; empty: those of the file */
  GPtrArray *fields;         /* char *; with roles empty too: every field */
  GPtrArray *roles;          /* int */
  GPtrArray *together_with;  /* int: roles; holds only when one of them changes in the same write */
  GPtrArray *via;            /* int; empty: every way */
  GPtrArray *bootloader_ids; /* gint64; empty: every version */
  char *why;
} StnFileOptionLimit;

typedef struct {
  char *family;
  GPtrArray *chips; /* gint64 */
  gboolean pairs;
  GPtrArray *words;  /* StnFileOptionWord */
  GPtrArray *limits; /* StnFileOptionLimit */
  StnDataFile data; /* beside what the file says */
} StnOptionFile;

StnOptionFile *stn_option_file_read (const char *name, const char *source, const char *bytes, gsize length,
                                     GError **error);
void stn_option_file_free (StnOptionFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnOptionFile, stn_option_file_free)

/* What the role of a field means for its danger. */
guint stn_option_role_danger (StnOptionRole role, const char **out_text);
/* The sentence of the worst flag. */
const char *stn_option_danger_text (guint danger);

/* The fields of one target. */
typedef struct {
  StnOptions options;
  guint16 product_id;
  const StnOptionFile *file;
  GPtrArray *limits;      /* const StnFileOptionLimit, those of this product id */
  GPtrArray *fields;      /* const StnOptionField */
  GPtrArray *file_fields; /* const StnFileOptionField, at the same places */
  GPtrArray *owned;       /* the fields and what they point to: g_free */
} StnOptionTable;

/* The table of a chip from a file that names it; `target` says where its areas are. `part`: only what parts of that
 * name have; NULL: all. NULL without an error where the file does not name the chip. Borrows the file. Error:
 * STN_FAILURE_BAD_FILE with the place. */
StnOptionTable *stn_option_table_new (const StnOptionFile *file, const StnTarget *target, const char *part,
                                      GError **error);
void stn_option_table_free (StnOptionTable *self);

/* The compiled-in files, as stn_target_built_in. */
typedef struct {
  const char *name;
  const unsigned char *bytes;
  gsize length;
  const guint16 *chips; /* ended by 0: to know without reading it whom it is about */
} StnOptionBuiltIn;
extern const StnOptionBuiltIn stn_option_built_in[];

G_END_DECLS
