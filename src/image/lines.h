/* Inside src/image: the lines of a text format, and its "FILE:LINE: expected …, found …".
 *
 * Lines end in LF or CR LF; the last may end with the file. Blank lines are skipped but counted. */
#pragma once

#include "src/image/builder.h"

G_BEGIN_DECLS

typedef struct {
  const StnImageSource *source;
  gsize position;    /* of the next line */
  guint64 line;      /* of the current one, from 1 */
  const guint8 *text; /* borrowed, without line end and blanks behind */
  gsize length;
} StnLines;

StnLines stn_lines_new (const StnImageSource *source);
/* FALSE at the end of the file; `line` is then one past the last line that was seen. */
gboolean stn_lines_next (StnLines *self);
/* The hex digits from `column` (0 is the first) to the end of the line as bytes: at least `least`, at most `most`. */
gboolean stn_lines_decode (const StnLines *self, gsize column, guint8 *out_bytes, gsize least, gsize most,
                           gsize *out_length, GError **error);
void stn_lines_fail (const StnLines *self, GError **error, const char *expected, const char *found_format, ...)
    G_GNUC_PRINTF (4, 5);
/* What stands at a column, for a message: "'G'", "byte 0xEF", "the end of the line". Free with g_free. */
char *stn_lines_at (const StnLines *self, gsize column);

/* Whether the bytes, blanks in front left out, begin with `first` and then `digits` hex digits. */
gboolean stn_lines_begin_with (const StnImageSource *source, char first, gsize digits);

G_END_DECLS
