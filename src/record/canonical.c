#include "src/record/canonical.h"
#include "src/record/columns.h"

#include <string.h>

struct StnCanonical {
  GByteArray *bytes;
};

static void
put_u32 (StnCanonical *self, guint32 value)
{
  guint32 big_endian = GUINT32_TO_BE (value);
  g_byte_array_append (self->bytes, (const guint8 *) &big_endian, sizeof big_endian);
}

static void
put_tag (StnCanonical *self, char tag)
{
  g_byte_array_append (self->bytes, (const guint8 *) &tag, 1);
}

StnCanonical *
stn_canonical_new (const char *row_kind, guint form)
{
  StnCanonical *self = g_new0 (StnCanonical, 1);
  self->bytes = g_byte_array_new ();
  stn_canonical_restart (self, row_kind, form);
  return self;
}

void
stn_canonical_restart (StnCanonical *self, const char *row_kind, guint form)
{
  g_byte_array_set_size (self->bytes, 0);
  stn_canonical_text (self, row_kind);
  stn_canonical_integer (self, form);
}

void
stn_canonical_free (StnCanonical *self)
{
  if (self == NULL)
    return;
  g_byte_array_unref (self->bytes);
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
  put_tag (self, 's');
  put_u32 (self, (guint32) length);
  g_byte_array_append (self->bytes, (const guint8 *) text, (guint) length);
}

void
stn_canonical_null (StnCanonical *self)
{
  put_tag (self, 'n');
}

void
stn_canonical_integer (StnCanonical *self, gint64 value)
{
  guint64 big_endian = GUINT64_TO_BE ((guint64) value);
  put_tag (self, 'i');
  g_byte_array_append (self->bytes, (const guint8 *) &big_endian, sizeof big_endian);
}

void
stn_canonical_list (StnCanonical *self, guint count)
{
  put_tag (self, 'l');
  put_u32 (self, count);
}

gsize
stn_canonical_list_open (StnCanonical *self)
{
  stn_canonical_list (self, 0);
  return self->bytes->len - sizeof (guint32);
}

void
stn_canonical_list_close (StnCanonical *self, gsize place, guint count)
{
  guint32 big_endian = GUINT32_TO_BE (count);
  memcpy (self->bytes->data + place, &big_endian, sizeof big_endian);
}

const guint8 *
stn_canonical_bytes (const StnCanonical *self, gsize *out_length)
{
  *out_length = self->bytes->len;
  return self->bytes->data;
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
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize length = STN_HASH_BYTES;

  g_checksum_update (checksum, (const guint8 *) "stn1", 4);
  g_checksum_update (checksum, previous, STN_HASH_BYTES);
  g_checksum_update (checksum, form->bytes->data, form->bytes->len);
  g_checksum_get_digest (checksum, out, &length);
}
