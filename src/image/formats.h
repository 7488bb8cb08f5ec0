/* Inside src/image: one row for each file format. To add one: an enumerator, a parser in a file of its own, a row in
 * formats.c. */
#pragma once

#include "src/image/builder.h"

G_BEGIN_DECLS

typedef struct {
  StnImageFormat format;
  const char *name;               /* as a job says it */
  const char *label;              /* as a sentence says it */
  const char *const *endings;     /* of file names, without the dot, lower case; NULL-terminated, or NULL */
  gboolean (*looks_like) (const StnImageSource *source); /* NULL: can't be told from content */
  gboolean (*parse) (const StnImageSource *source, StnImageBuilder *builder, GError **error);
} StnImageFormatRow;

/* NULL for AUTO and MERGED. */
const StnImageFormatRow *stn_image_format_row (StnImageFormat format);
/* What AUTO decides; never NULL. */
const StnImageFormatRow *stn_image_format_guess (const StnImageSource *source);

gboolean stn_image_parse_bin (const StnImageSource *source, StnImageBuilder *builder, GError **error);
gboolean stn_image_looks_like_hex (const StnImageSource *source);
gboolean stn_image_parse_hex (const StnImageSource *source, StnImageBuilder *builder, GError **error);
gboolean stn_image_looks_like_srec (const StnImageSource *source);
gboolean stn_image_parse_srec (const StnImageSource *source, StnImageBuilder *builder, GError **error);
gboolean stn_image_looks_like_elf (const StnImageSource *source);
gboolean stn_image_parse_elf (const StnImageSource *source, StnImageBuilder *builder, GError **error);
gboolean stn_image_looks_like_dfuse (const StnImageSource *source);
gboolean stn_image_parse_dfuse (const StnImageSource *source, StnImageBuilder *builder, GError **error);

G_END_DECLS
