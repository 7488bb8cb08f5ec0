/* The fields of run, result and step as a table: what canonical form, journal and reports walk over, so that a field is
 * named once. The order is that of the struct and of canonical form 1.
 *
 * A value is one of three: nothing (NULL: not known, not observed), an integer, a text. Enumerations are their stable
 * names, booleans 0 and 1, a guint64 the gint64 of the same bits. */
#pragma once

#include "src/record/record.h"

G_BEGIN_DECLS

typedef enum {
  STN_COLUMN_TEXT,     /* char *; NULL is nothing */
  STN_COLUMN_INTEGER,  /* gint64 */
  STN_COLUMN_IF_READ,  /* gint64; negative is nothing */
  STN_COLUMN_UNSIGNED, /* guint64 */
  STN_COLUMN_COUNT,    /* guint */
  STN_COLUMN_BOOLEAN,  /* gboolean */
  STN_COLUMN_VERDICT,  /* StnVerdict, as its name */
  STN_COLUMN_FAILURE,  /* StnFailure, as its name; STN_FAILURE_NONE is nothing */
  STN_COLUMN_STEP,     /* StnStepKind, as its name */
  STN_COLUMN_STEPS     /* the list of steps: not a value, keeps their place in the order */
} StnColumnType;

typedef struct {
  const char *name; /* of the field, and of the column in the journal */
  StnColumnType type;
  gsize offset;   /* of the field in its struct */
  gsize presence; /* offset of the gboolean that says whether there is a value; 0: always */
  guint form;     /* the first canonical form that has it (a step's: of its result); 0: the first of all */
} StnColumn;

typedef enum { STN_VALUE_NULL, STN_VALUE_INTEGER, STN_VALUE_TEXT } StnValueKind;

typedef struct {
  StnValueKind kind;
  gint64 integer;
  const char *text; /* borrowed */
} StnValue;

const StnColumn *stn_run_columns (guint *out_count);
const StnColumn *stn_result_columns (guint *out_count);
const StnColumn *stn_step_columns (guint *out_count);

/* The value of a field; `record` is the struct that the column belongs to. Text is borrowed from it. */
StnValue stn_column_get (const StnColumn *column, gconstpointer record);
/* Sets a field (text is copied, the old one freed). FALSE, and nothing changed, when the value is of another kind,
 * names no verdict, failure or step, or does not fit. */
gboolean stn_column_set (const StnColumn *column, gpointer record, const StnValue *value);

G_END_DECLS
