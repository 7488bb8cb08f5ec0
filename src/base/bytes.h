/* Bounded reading and writing of byte blocks: no index ever leaves the block.
 *
 * A StnReader walks over borrowed bytes; the first read past the end makes it bad (`stn_reader_ok` says so), reads
 * return 0 from then on and nothing is touched. A StnWriter fills a buffer that somebody else owns, the same way. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  const guint8 *data;
  gsize length;
  gsize position;
  gboolean bad;
} StnReader;

StnReader stn_reader_new (gconstpointer data, gsize length);
gboolean stn_reader_ok (const StnReader *self);
gsize stn_reader_left (const StnReader *self);
guint8 stn_reader_u8 (StnReader *self);
guint16 stn_reader_u16_be (StnReader *self);
guint16 stn_reader_u16_le (StnReader *self);
guint32 stn_reader_u32_be (StnReader *self);
guint32 stn_reader_u32_le (StnReader *self);
/* Borrowed pointer to `length` bytes, or NULL (and bad) when there are fewer left. */
const guint8 *stn_reader_bytes (StnReader *self, gsize length);

typedef struct {
  guint8 *data;
  gsize capacity;
  gsize length;
  gboolean bad;
} StnWriter;

StnWriter stn_writer_new (gpointer data, gsize capacity);
gboolean stn_writer_ok (const StnWriter *self);
void stn_writer_u8 (StnWriter *self, guint8 value);
void stn_writer_u16_be (StnWriter *self, guint16 value);
void stn_writer_u16_le (StnWriter *self, guint16 value);
void stn_writer_u32_be (StnWriter *self, guint32 value);
void stn_writer_u32_le (StnWriter *self, guint32 value);
void stn_writer_bytes (StnWriter *self, gconstpointer data, gsize length);

/* Exclusive-or over the bytes: the checksum of AN3155. */
guint8 stn_bytes_xor (gconstpointer data, gsize length);
/* Lower-case hex with single spaces, "79 1f"; at most `most` bytes, then " …(N)". Free with g_free. */
char *stn_bytes_to_text (gconstpointer data, gsize length, gsize most);
/* SHA-256 of the bytes as 64 lower-case hex digits. Free with g_free. */
char *stn_bytes_sha256 (gconstpointer data, gsize length);

G_END_DECLS
