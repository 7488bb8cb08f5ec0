/* Inside src/image: what the parsers fill.
 *
 * A parser adds pieces in the order of the file, each with its place there (a line, or an offset), and the builder
 * sorts, refuses overlaps by naming both places, joins what meets and makes the image. Owned by the caller of the
 * parser, on its stack; not shared between threads. */
#pragma once

#include "src/image/image.h"

G_BEGIN_DECLS

typedef struct {
  const char *name; /* borrowed: what messages call the file */
  const guint8 *bytes;
  gsize length;
  gboolean has_address;
  guint64 address;
} StnImageSource;

typedef struct {
  guint64 address;
  guint64 place; /* line or offset */
  gsize start;   /* in `store` */
  gsize length;
} StnImagePiece;

typedef struct {
  GByteArray *store;
  GArray *pieces; /* of StnImagePiece */
  gboolean has_entry;
  guint64 entry;
  gboolean places_are_lines;
} StnImageBuilder;

void stn_image_builder_init (StnImageBuilder *self);
void stn_image_builder_clear (StnImageBuilder *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (StnImageBuilder, stn_image_builder_clear)

/* Copies the bytes; none is allowed and ignored. FALSE when the piece would reach beyond 4 GiB, or all pieces together
 * would hold more than STN_IMAGE_FILE_LIMIT_BYTES: the parser has the better words for it. */
gboolean stn_image_builder_add (StnImageBuilder *self, guint64 address, const guint8 *bytes, gsize length,
                                guint64 place);
/* Leaves the builder empty on success. */
StnImage *stn_image_builder_finish (StnImageBuilder *self, const StnImageSource *source, StnImageFormat format,
                                    GError **error);

/* "FILE: offset 0x…: …" */
void stn_image_fail_at (const StnImageSource *source, guint64 offset, GError **error, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

/* Takes the segments (sorted, apart, not empty); copies the rest. */
StnImage *stn_image_new (const char *name, StnImageFormat format, GArray *segments, const char *file_sha256,
                         gboolean has_entry, guint64 entry);

G_END_DECLS
