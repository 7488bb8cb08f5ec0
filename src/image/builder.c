#include "src/image/builder.h"

#include <stdarg.h>

#include "src/base/error.h"

static const guint64 address_limit = G_GUINT64_CONSTANT (0x100000000);

void
stn_image_builder_init (StnImageBuilder *self)
{
  *self = (StnImageBuilder){
    .store = g_byte_array_new (),
    .pieces = g_array_new (FALSE, FALSE, sizeof (StnImagePiece)),
  };
}

void
stn_image_builder_clear (StnImageBuilder *self)
{
  g_clear_pointer (&self->store, g_byte_array_unref);
  g_clear_pointer (&self->pieces, g_array_unref);
}

gboolean
stn_image_builder_add (StnImageBuilder *self, guint64 address, const guint8 *bytes, gsize length, guint64 place)
{
  if (address > address_limit || length > address_limit - address)
    return FALSE;
  /* more than a file may have: the segments of an ELF file can name the same bytes many times; a small file must not
   * take all memory */
  if (length > STN_IMAGE_FILE_LIMIT_BYTES - self->store->len)
    return FALSE;
  if (length == 0)
    return TRUE;

  StnImagePiece piece = { .address = address, .place = place, .start = self->store->len, .length = length };
  g_array_append_val (self->pieces, piece);
  g_byte_array_append (self->store, bytes, (guint) length);
  return TRUE;
}

static int
compare_pieces (gconstpointer a, gconstpointer b)
{
  const StnImagePiece *left = a;
  const StnImagePiece *right = b;

  if (left->address != right->address)
    return left->address < right->address ? -1 : 1;
  return left->place < right->place ? -1 : left->place > right->place;
}

static void
fail_overlap (const StnImageBuilder *self, const StnImageSource *source, const StnImagePiece *low,
              const StnImagePiece *high, GError **error)
{
  guint64 end = MIN (low->address + low->length, high->address + high->length);
  guint64 earlier = MIN (low->place, high->place);
  guint64 later = MAX (low->place, high->place);

  if (self->places_are_lines)
    stn_error_set (error, STN_FAILURE_BAD_IMAGE,
                   "%s:%" G_GUINT64_FORMAT ": expected each address once, found 0x%08" G_GINT64_MODIFIER
                   "X..0x%08" G_GINT64_MODIFIER "X already written by line %" G_GUINT64_FORMAT,
                   source->name, later, high->address, end - 1, earlier);
  else
    stn_image_fail_at (source, later, error,
                       "expected each address once, found 0x%08" G_GINT64_MODIFIER "X..0x%08" G_GINT64_MODIFIER
                       "X already written by the part at offset 0x%" G_GINT64_MODIFIER "x",
                       high->address, end - 1, earlier);
}

static void
clear_segment (gpointer data)
{
  g_bytes_unref (((StnImageSegment *) data)->bytes);
}

StnImage *
stn_image_builder_finish (StnImageBuilder *self, const StnImageSource *source, StnImageFormat format, GError **error)
{
  g_array_sort (self->pieces, compare_pieces);
  const StnImagePiece *pieces = (const StnImagePiece *) (gpointer) self->pieces->data;
  for (guint index = 1; index < self->pieces->len; index++)
    if (pieces[index].address < pieces[index - 1].address + pieces[index - 1].length) {
      fail_overlap (self, source, &pieces[index - 1], &pieces[index], error);
      return NULL;
    }

  GArray *segments = g_array_new (FALSE, FALSE, sizeof (StnImageSegment));
  g_array_set_clear_func (segments, clear_segment);
  for (guint first = 0; first < self->pieces->len;) {
    GByteArray *joined = g_byte_array_new ();
    guint next = first;
    do {
      g_byte_array_append (joined, self->store->data + pieces[next].start, (guint) pieces[next].length);
      next++;
    } while (next < self->pieces->len && pieces[next].address == pieces[first].address + joined->len);

    StnImageSegment segment = { .address = pieces[first].address, .bytes = g_byte_array_free_to_bytes (joined) };
    g_array_append_val (segments, segment);
    first = next;
  }

  g_autofree char *sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, source->bytes, source->length);
  StnImage *image = stn_image_new (source->name, format, segments, sha256, self->has_entry, self->entry);
  g_array_set_size (self->pieces, 0);
  g_byte_array_set_size (self->store, 0);
  return image;
}

void
stn_image_fail_at (const StnImageSource *source, guint64 offset, GError **error, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  stn_error_set (error, STN_FAILURE_BAD_IMAGE, "%s: offset 0x%" G_GINT64_MODIFIER "x: %s", source->name, offset, text);
}
