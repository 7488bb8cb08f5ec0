/* The scalar kinds of the field tables: how each is written, read, bounded, shown and described. Private to src/base;
 * the public grammars stand in fields.h. */
#pragma once

#include "src/base/fields.h"

G_BEGIN_DECLS

typedef enum {
  STN_TEXT_OK,
  STN_TEXT_NO_MATCH,    /* not of the kind at all */
  STN_TEXT_UNIT_MISSING,
  STN_TEXT_UNIT_UNWANTED,
  STN_TEXT_TOO_LARGE,   /* well written, but beyond what the member holds */
  STN_TEXT_TOO_FINE,    /* a fraction that is not a whole number of the member's unit */
  STN_TEXT_UPSIDE_DOWN  /* a range whose first is above its last */
} StnTextMatch;

/* How a member's low and high compare. */
typedef enum { STN_BOUNDS_NONE, STN_BOUNDS_SIGNED, STN_BOUNDS_UNSIGNED, STN_BOUNDS_LENGTH, STN_BOUNDS_RANGE } StnBounds;

typedef struct {
  gsize size;           /* of the member */
  gboolean owned;       /* the member is a char * to free */
  StnBounds bounds;
  const char *expected; /* "a time such as 500 ms" */
  const char *word;     /* for the man page: "time" */
  const char *types;    /* JSON Schema: the value of "type" */
  const char *pattern;  /* JSON Schema: for strings, or NULL */
  StnTextMatch (*parse) (const char *text, gpointer out_member); /* NULL: needs more than the text (PATH, ENUM) */
  char *(*show) (gint64 bound); /* a bound as text; NULL: none */
} StnScalarKind;

/* NULL for kinds that are no scalars. */
const StnScalarKind *stn_scalar_kind (StnFieldKind kind);

gboolean stn_field_has_low (const StnField *field);
gboolean stn_field_has_high (const StnField *field);
/* "0 to 10 s", "at least 3", "at most 4 KiB"; NULL when the field has no range of its own. Free with g_free. */
char *stn_field_range_text (const StnField *field, StnFieldKind kind);

/* "a, b or c" of the names. Free with g_free. */
char *stn_field_names_text (const char *const *names);

G_END_DECLS
