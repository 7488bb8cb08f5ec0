#include "src/record/canonical.h"
#include "src/record/columns.h"

#include <nettle/sha2.h>
#include <string.h>

/* A buffer of our own, not a GByteArray: every field of every row of a walk over the chain goes through here, and two
 * calls a field were a quarter of its time. */
struct StnCanonical {
  guint8 *bytes;
  gsize length, room;
};

static guint8 *
more (StnCanonical *self, gsize length)
{
  if (G_UNLIKELY (self->room - self->length < length)) {
    self->room = MAX (self->room * 2, self->length + length + 1024);
    self->bytes = g_realloc (self->bytes, self->room);
  }
  guint8 *place = self->bytes + self->length;
  self->length += length;
  return place;
}

static void
put_counted (StnCanonical *self, char tag, guint32 count, gconstpointer bytes, gsize length)
{
  guint8 *place = more (self, 1 + sizeof count + length);
  guint32 big_endian = GUINT32_TO_BE (count);
  place[0] = (guint8) tag;
  memcpy (place + 1, &big_endian, sizeof big_endian);
  if (length > 0)
    memcpy (place + 1 + sizeof big_endian, bytes, length);
}

StnCanonical *
stn_canonical_new (const char *row_kind, guint form)
{
  StnCanonical *self = g_new0 (StnCanonical, 1);
  stn_canonical_restart (self, row_kind, form);
  return self;
}

void
stn_canonical_restart (StnCanonical *self, const char *row_kind, guint form)
{
  stn_canonical_clear (self);
  stn_canonical_text (self, row_kind);
  stn_canonical_integer (self, form);
}

void
stn_canonical_clear (StnCanonical *self)
{
  self->length = 0;
}

void
stn_canonical_free (StnCanonical *self)
{
  if (self == NULL)
    return;
  g_free (self->bytes);
  g_free (self);
}

void
stn_canonical_text (StnCanonical *self, const char *text)
{
  if (text == NULL)
    stn_canonical_null (self);
  else
    stn_canonical_text_length (self, text, strlen (text));
}

void
stn_canonical_text_length (StnCanonical *self, const char *text, gsize length)
{
  g_return_if_fail (length <= G_MAXUINT32);
  put_counted (self, 's', (guint32) length, text, length);
}

void
stn_canonical_null (StnCanonical *self)
{
  *more (self, 1) = 'n';
}

void
stn_canonical_integer (StnCanonical *self, gint64 value)
{
  guint64 big_endian = GUINT64_TO_BE ((guint64) value);
  guint8 *place = more (self, 1 + sizeof big_endian);
  place[0] = 'i';
  memcpy (place + 1, &big_endian, sizeof big_endian);
}

void
stn_canonical_list (StnCanonical *self, guint count)
{
  put_counted (self, 'l', count, NULL, 0);
}

gsize
stn_canonical_list_open (StnCanonical *self)
{
  stn_canonical_list (self, 0);
  return self->length - sizeof (guint32);
}

void
stn_canonical_list_close (StnCanonical *self, gsize place, guint count)
{
  guint32 big_endian = GUINT32_TO_BE (count);
  memcpy (self->bytes + place, &big_endian, sizeof big_endian);
}

void
stn_canonical_append (StnCanonical *self, const guint8 *bytes, gsize length)
{
  if (length > 0)
    memcpy (more (self, length), bytes, length);
}

const guint8 *
stn_canonical_bytes (const StnCanonical *self, gsize *out_length)
{
  *out_length = self->length;
  return self->bytes;
}

static void put_record (StnCanonical *self, const StnColumn *columns, guint count, gconstpointer record);

static void
put_steps (StnCanonical *self, const GPtrArray *steps)
{
  guint count;
  const StnColumn *columns = stn_step_columns (&count);
  guint length = steps != NULL ? steps->len : 0;

  stn_canonical_list (self, length);
  for (guint i = 0; i < length; i++)
    put_record (self, columns, count, g_ptr_array_index (steps, i));
}

static void
put_record (StnCanonical *self, const StnColumn *columns, guint count, gconstpointer record)
{
  for (guint i = 0; i < count; i++) {
    if (columns[i].type == STN_COLUMN_STEPS) {
      put_steps (self, *(GPtrArray *const *) (gconstpointer) ((const char *) record + columns[i].offset));
      continue;
    }
    StnValue value = stn_column_get (&columns[i], record);
    if (value.kind == STN_VALUE_INTEGER)
      stn_canonical_integer (self, value.integer);
    else
      stn_canonical_text (self, value.kind == STN_VALUE_TEXT ? value.text : NULL);
  }
}

StnCanonical *
stn_canonical_run (const StnRun *run)
{
  guint count;
  const StnColumn *columns = stn_run_columns (&count);
  StnCanonical *self = stn_canonical_new ("run", STN_RUN_FORM);
  put_record (self, columns, count, run);
  return self;
}

StnCanonical *
stn_canonical_result (const StnResult *result)
{
  guint count;
  const StnColumn *columns = stn_result_columns (&count);
  StnCanonical *self = stn_canonical_new ("result", STN_RESULT_FORM);
  put_record (self, columns, count, result);
  return self;
}

void
stn_chain_next (const guint8 previous[STN_HASH_BYTES], const StnCanonical *form, guint8 out[STN_HASH_BYTES])
{
  const StnFormPart part = { form->bytes, form->length };
  stn_chain_next_of_parts (previous, &part, 1, out);
}

void
stn_chain_next_of_parts (const guint8 previous[STN_HASH_BYTES], const StnFormPart *parts, guint count,
                         guint8 out[STN_HASH_BYTES])
{
  struct sha256_ctx hash;
  sha256_init (&hash);
  sha256_update (&hash, 4, (const guint8 *) "stn1");
  sha256_update (&hash, STN_HASH_BYTES, previous);
  for (guint i = 0; i < count; i++)
    sha256_update (&hash, parts[i].length, parts[i].bytes);
  sha256_digest (&hash, STN_HASH_BYTES, out);
}
