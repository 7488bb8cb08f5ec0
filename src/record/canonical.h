/* The canonical form of what goes into the hash chain.
 *
 * Form 1 of a row is a fixed list of fields in the order of the struct (record.h, columns.h), each as one tag byte and
 * content:
 *     'n'                                   NULL
 *     's' length (u32 big endian) bytes     text, UTF-8 as it is
 *     'i' 8 bytes, big endian               integer (two's complement); booleans are 0 and 1
 *     'l' count (u32 big endian) items      list (the steps), each item the fields of one
 * preceded by the row's kind and form: 's' "run" 'i' 1. No floats, no locale, no pointer sizes.
 * Verdict, failure and step are their names as text (no failure: NULL); a number that was not read (-1), an address or
 * a measurement that is not there are NULL; the flags has_address and has_value are no fields of their own.
 * The chain: hash = SHA-256 ("stn1" || previous hash (32 bytes) || form). The first previous hash is 32 zero bytes.
 *
 * A form is never changed: a new field is form N + 1, and the old one stays readable. */
#pragma once

#include "src/record/record.h"

G_BEGIN_DECLS

#define STN_HASH_BYTES 32

/* The forms that are written now. Run, form 2: retry_of at the end; form 3: predicted_ns behind it (NULL: nothing was
 * predicted). Result, form 2: predicted_ns at the end of each step. Audit, form 2: lot, site, run_id, old_value,
 * new_value, reason, allowed_by at the end. */
#define STN_RUN_FORM 3
#define STN_RESULT_FORM 2
#define STN_MARK_FORM 1 /* void and disposition */
#define STN_AUDIT_FORM 2

/* A growing canonical form. */
typedef struct StnCanonical StnCanonical;
StnCanonical *stn_canonical_new (const char *row_kind, guint form);
void stn_canonical_free (StnCanonical *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnCanonical, stn_canonical_free)
void stn_canonical_text (StnCanonical *self, const char *text); /* NULL allowed */
/* The same for `length` bytes that may hold zeros; at most G_MAXUINT32. */
void stn_canonical_text_length (StnCanonical *self, const char *text, gsize length);
void stn_canonical_null (StnCanonical *self);
void stn_canonical_integer (StnCanonical *self, gint64 value);
void stn_canonical_list (StnCanonical *self, guint count);
/* A list whose length is known only at its end: what open returns is for close. */
gsize stn_canonical_list_open (StnCanonical *self);
void stn_canonical_list_close (StnCanonical *self, gsize place, guint count);
/* As stn_canonical_new, in the memory that there is. */
void stn_canonical_restart (StnCanonical *self, const char *row_kind, guint form);
/* Empties it, without kind and form: for a part of a form that is made apart. */
void stn_canonical_clear (StnCanonical *self);
/* What another one holds, or a part of it. */
void stn_canonical_append (StnCanonical *self, const guint8 *bytes, gsize length);
/* Borrowed until the next call. */
const guint8 *stn_canonical_bytes (const StnCanonical *self, gsize *out_length);

/* The newest form of the two halves of a run. Free with stn_canonical_free. */
StnCanonical *stn_canonical_run (const StnRun *run);
StnCanonical *stn_canonical_result (const StnResult *result);

/* hash = SHA-256 ("stn1" || previous || form). */
void stn_chain_next (const guint8 previous[STN_HASH_BYTES], const StnCanonical *form, guint8 out[STN_HASH_BYTES]);
/* The same over a form that lies in pieces. */
typedef struct {
  const guint8 *bytes;
  gsize length;
} StnFormPart;
void stn_chain_next_of_parts (const guint8 previous[STN_HASH_BYTES], const StnFormPart *parts, guint count,
                              guint8 out[STN_HASH_BYTES]);

G_END_DECLS
