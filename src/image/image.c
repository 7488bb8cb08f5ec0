#include "src/image/image.h"

#include <string.h>

#include "src/base/error.h"
#include "src/image/builder.h"
#include "src/image/formats.h"

struct StnImage {
  gatomicrefcount references;
  char *name;
  StnImageFormat format;
  GArray *segments; /* of StnImageSegment: sorted, apart, not empty */
  char *file_sha256;
  char *content_sha256; /* atomic; NULL: nobody has asked yet */
  guint64 total_bytes;
  gboolean has_entry;
  guint64 entry;
};

static guint64
segment_end (const StnImageSegment *segment)
{
  return segment->address + g_bytes_get_size (segment->bytes);
}

static char *
hash_content (const StnImage *self)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  for (gsize index = 0; index < self->segments->len; index++) {
    const StnImageSegment *segment = stn_image_segment (self, index);
    gsize length;
    const guint8 *bytes = g_bytes_get_data (segment->bytes, &length);
    guint64 head[2] = { GUINT64_TO_BE (segment->address), GUINT64_TO_BE ((guint64) length) };

    g_checksum_update (checksum, (const guint8 *) head, sizeof head);
    g_checksum_update (checksum, bytes, (gssize) length);
  }
  return g_strdup (g_checksum_get_string (checksum));
}

StnImage *
stn_image_new (const char *name, StnImageFormat format, GArray *segments, const char *file_sha256, gboolean has_entry,
               guint64 entry)
{
  StnImage *self = g_new0 (StnImage, 1);

  g_atomic_ref_count_init (&self->references);
  self->name = g_strdup (name);
  self->format = format;
  self->segments = segments;
  self->file_sha256 = g_strdup (file_sha256);
  self->has_entry = has_entry;
  self->entry = entry;
  for (gsize index = 0; index < segments->len; index++)
    self->total_bytes += g_bytes_get_size (stn_image_segment (self, index)->bytes);
  return self;
}

StnImage *
stn_image_ref (StnImage *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
stn_image_unref (StnImage *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->references))
    return;
  g_array_unref (self->segments);
  g_free (self->name);
  g_free (self->file_sha256);
  g_free (self->content_sha256);
  g_free (self);
}

StnImage *
stn_image_parse (const char *name, StnImageFormat format, const guint8 *bytes, gsize length, gboolean has_address,
                 guint64 address, GError **error)
{
  StnImageSource source = {
    .name = name, .bytes = bytes, .length = length, .has_address = has_address, .address = address
  };

  if (length == 0) {
    stn_image_fail_at (&source, 0, error, "the file is empty");
    return NULL;
  }
  if (length > STN_IMAGE_FILE_LIMIT_BYTES) {
    stn_image_fail_at (&source, STN_IMAGE_FILE_LIMIT_BYTES, error, "the file is larger than 64 MiB");
    return NULL;
  }

  const StnImageFormatRow *row =
      format == STN_IMAGE_FORMAT_AUTO ? stn_image_format_guess (&source) : stn_image_format_row (format);
  if (row == NULL) {
    stn_image_fail_at (&source, 0, error, "no file has the format “%s”", stn_image_format_name (format));
    return NULL;
  }

  g_auto (StnImageBuilder) builder;
  stn_image_builder_init (&builder);
  if (!row->parse (&source, &builder, error))
    return NULL;
  if (builder.pieces->len == 0) {
    stn_image_fail_at (&source, 0, error, "the %s holds no data", row->label);
    return NULL;
  }
  g_autoptr (StnImage) image = stn_image_builder_finish (&builder, &source, row->format, error);
  if (image == NULL)
    return NULL;
  if (has_address && stn_image_lowest_address (image) != address) {
    stn_image_fail_at (&source, 0, error,
                       "the %s carries its own addresses and begins at 0x%08" G_GINT64_MODIFIER
                       "X, not at 0x%08" G_GINT64_MODIFIER "X",
                       row->label, stn_image_lowest_address (image), address);
    return NULL;
  }
  return g_steal_pointer (&image);
}

typedef struct {
  const StnImageSegment *segment;
  const StnImage *owner;
} OwnedSegment;

static int
compare_owned (gconstpointer a, gconstpointer b)
{
  guint64 left = ((const OwnedSegment *) a)->segment->address;
  guint64 right = ((const OwnedSegment *) b)->segment->address;

  return left < right ? -1 : left > right;
}

StnImage *
stn_image_merge (const char *name, StnImage *const *images, gsize n_images, GError **error)
{
  g_autoptr (GArray) owned = g_array_new (FALSE, FALSE, sizeof (OwnedSegment));
  for (gsize image = 0; image < n_images; image++)
    for (gsize index = 0; index < stn_image_segment_count (images[image]); index++) {
      OwnedSegment entry = { .segment = stn_image_segment (images[image], index), .owner = images[image] };
      g_array_append_val (owned, entry);
    }
  if (owned->len == 0) {
    stn_error_set (error, STN_FAILURE_BAD_IMAGE, "%s: there is no image to merge", name);
    return NULL;
  }
  g_array_sort (owned, compare_owned); /* stable: of two at one address the first given stays in front */

  StnImageSource source = { .name = name };
  g_auto (StnImageBuilder) builder;
  stn_image_builder_init (&builder);
  const OwnedSegment *entries = (const OwnedSegment *) (gpointer) owned->data;
  for (guint index = 0; index < owned->len; index++) {
    const OwnedSegment *entry = &entries[index];
    if (index > 0 && entry->segment->address < segment_end (entries[index - 1].segment)) {
      const OwnedSegment *before = &entries[index - 1];
      guint64 end = MIN (segment_end (before->segment), segment_end (entry->segment));
      stn_error_set (error, STN_FAILURE_BAD_IMAGE,
                     "%s: 0x%08" G_GINT64_MODIFIER "X..0x%08" G_GINT64_MODIFIER "X is in both %s and %s", name,
                     entry->segment->address, end - 1, before->owner->name, entry->owner->name);
      return NULL;
    }
    gsize length;
    const guint8 *bytes = g_bytes_get_data (entry->segment->bytes, &length);
    if (!stn_image_builder_add (&builder, entry->segment->address, bytes, length, index)) {
      stn_error_set (error, STN_FAILURE_BAD_IMAGE, "%s: the images together are larger than 64 MiB", name);
      return NULL;
    }
  }
  StnImage *merged = stn_image_builder_finish (&builder, &source, STN_IMAGE_FORMAT_MERGED, error);
  if (merged != NULL)
    g_clear_pointer (&merged->file_sha256, g_free); /* there is no file */
  return merged;
}

const char *
stn_image_name (const StnImage *self)
{
  return self->name;
}

StnImageFormat
stn_image_format (const StnImage *self)
{
  return self->format;
}

const char *
stn_image_file_sha256 (const StnImage *self)
{
  return self->file_sha256;
}

const char *
stn_image_content_sha256 (const StnImage *self)
{
  char **slot = &((StnImage *) self)->content_sha256;
  char *known = g_atomic_pointer_get (slot);

  if (known != NULL)
    return known;
  char *hash = hash_content (self);
  if (g_atomic_pointer_compare_and_exchange (slot, NULL, hash))
    return hash;
  g_free (hash);
  return g_atomic_pointer_get (slot);
}

gboolean
stn_image_entry (const StnImage *self, guint64 *out_address)
{
  if (!self->has_entry)
    return FALSE;
  *out_address = self->entry;
  return TRUE;
}

gsize
stn_image_segment_count (const StnImage *self)
{
  return self->segments->len;
}

const StnImageSegment *
stn_image_segment (const StnImage *self, gsize index)
{
  g_return_val_if_fail (index < self->segments->len, NULL);
  return &((const StnImageSegment *) (gpointer) self->segments->data)[index];
}

guint64
stn_image_total_bytes (const StnImage *self)
{
  return self->total_bytes;
}

guint64
stn_image_lowest_address (const StnImage *self)
{
  return stn_image_segment (self, 0)->address;
}

guint64
stn_image_highest_address (const StnImage *self)
{
  return segment_end (stn_image_segment (self, self->segments->len - 1)) - 1;
}

/* The first segment that ends behind `address`; the number of segments where there is none. A search by halves: a HEX
 * file of scattered records has thousands of segments, and the planner asks for every block. */
static gsize
find_segment (const StnImage *self, guint64 address)
{
  gsize low = 0, high = self->segments->len;

  while (low < high) {
    gsize middle = low + (high - low) / 2;
    if (segment_end (stn_image_segment (self, middle)) <= address)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* One past the range, at most the end of the numbers: nothing is covered beyond 4 GiB, cutting there loses nothing. */
static guint64
range_end (guint64 address, guint64 length)
{
  return length > G_MAXUINT64 - address ? G_MAXUINT64 : address + length;
}

void
stn_image_read (const StnImage *self, guint64 address, guint8 *buffer, gsize length, guint8 fill, gsize *out_covered)
{
  guint64 end = range_end (address, length);
  gsize covered = 0;

  if (length > 0)
    memset (buffer, fill, length);
  for (gsize index = find_segment (self, address); index < self->segments->len; index++) {
    const StnImageSegment *segment = stn_image_segment (self, index);
    if (segment->address >= end)
      break;
    guint64 from = MAX (address, segment->address);
    guint64 to = MIN (end, segment_end (segment));
    const guint8 *bytes = g_bytes_get_data (segment->bytes, NULL);
    memcpy (buffer + (from - address), bytes + (from - segment->address), to - from);
    covered += to - from;
  }
  if (out_covered != NULL)
    *out_covered = covered;
}

gboolean
stn_image_covers (const StnImage *self, guint64 address, guint64 length)
{
  if (length == 0)
    return TRUE;
  gsize index = find_segment (self, address);
  if (index == self->segments->len)
    return FALSE;
  /* segments never touch: a covered range lies in one */
  const StnImageSegment *segment = stn_image_segment (self, index);
  return segment->address <= address && length <= segment_end (segment) - address;
}

gboolean
stn_image_touches (const StnImage *self, guint64 address, guint64 length)
{
  gsize index = find_segment (self, address);

  return length > 0 && index < self->segments->len
         && stn_image_segment (self, index)->address < range_end (address, length);
}
