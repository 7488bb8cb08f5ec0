/* StnImage: firmware as segments.
 *
 * Whatever a firmware file looked like, after parsing it is a list of segments: an address in the chip's address space
 * and the bytes from there on. Segments are sorted by address, never overlap and never touch (two pieces that meet are
 * joined), so that the same firmware from .elf, .hex, .srec, .dfu or .bin is the same list and has the same content
 * hash. An image is immutable, counted by reference, and may be used from any thread at once.
 *
 *     g_autoptr (StnImage) image = stn_image_load ("app.hex", STN_IMAGE_FORMAT_AUTO, FALSE, 0, &error);
 *     if (image == NULL)
 *       return FALSE;
 *     for (gsize index = 0; index < stn_image_segment_count (image); index++) {
 *       const StnImageSegment *segment = stn_image_segment (image, index);
 *       …
 *     }
 *
 * Addresses are 64 bits wide as everywhere in the project; every byte of an image lies below 4 GiB, because the cores
 * that this program serves have 32-bit addresses. A byte that the file does not give is not covered: `stn_image_read`
 * puts the caller's fill there and says how much was covered. Nothing is filled in silently.
 *
 * Errors are STN_FAILURE_BAD_IMAGE. Their text is "FILE:LINE: expected …, found …" for the text formats (HEX, SREC)
 * and "FILE: offset 0x…: …" for the binary ones (ELF, DfuSe, bin); FILE is the name given by the caller. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The largest file that is read: far above the largest flash (4 MiB) written as HEX with debugging symbols beside it,
 * far below what would hurt the station. */
#define STN_IMAGE_FILE_LIMIT_BYTES (64u * 1024u * 1024u)

typedef enum {
  STN_IMAGE_FORMAT_AUTO,  /* only as a question, never the format of an image */
  STN_IMAGE_FORMAT_BIN,
  STN_IMAGE_FORMAT_HEX,   /* Intel Hexadecimal Object File Format, revision A (1988): record types 00 to 05 */
  STN_IMAGE_FORMAT_SREC,  /* Motorola S-records: S0 to S3, S5 to S9 */
  STN_IMAGE_FORMAT_ELF,   /* 32-bit little-endian ARM executable */
  STN_IMAGE_FORMAT_DFUSE, /* ST's DfuSe file (UM0391), version 1 */
  STN_IMAGE_FORMAT_MERGED /* made by stn_image_merge */
} StnImageFormat;

typedef struct {
  guint64 address; /* of the first byte */
  GBytes *bytes;   /* owned by the image; never empty */
} StnImageSegment;

typedef struct StnImage StnImage;

/* Parses the `length` bytes of a file. `name` is what messages call the file; its ending is used by AUTO only where the
 * content does not say what it is. Does not block, touches no file. Free with stn_image_unref.
 *
 * AUTO goes by the content: the ELF magic, the DfuSe prefix, a ':' record, an 'S' record. Where nothing is recognised
 * the name's ending decides (.hex, .ihex, .ihx, .srec, .s19, .s28, .s37, .mot, .elf, .axf, .dfu), so that a broken file
 * of a known kind is refused by that kind's parser and never taken for a bin. Only what neither content nor name claims
 * is a bin.
 *
 * A bin needs an address. The other formats carry their own; an address given for one of them is a statement that the
 * image begins there, and the file is refused if it does not: nothing is ever moved. */
StnImage *stn_image_parse (const char *name, StnImageFormat format, const guint8 *bytes, gsize length,
                           gboolean has_address, guint64 address, GError **error);

/* The same for a file, read once by stn_image_read_file. Blocks on the disk. */
StnImage *stn_image_load (const char *path, StnImageFormat format, gboolean has_address, guint64 address,
                          GError **error);

/* The whole of a regular file of at most STN_IMAGE_FILE_LIMIT_BYTES, read once: what is hashed is what is parsed. A
 * device, pipe or folder, a file that changes its length meanwhile, an unreadable one are STN_FAILURE_BAD_IMAGE. Opens
 * without waiting for a pipe's writer; blocks on the disk. */
GBytes *stn_image_read_file (const char *path, GError **error);

/* Several images as one, for instance boot loader, application and unit data. Where two cover the same byte the error
 * names both images and the range, also if the bytes are equal: two owners of one byte is a mistake of the job. `name`
 * is the new image's; its format is MERGED, it has no entry point and its file hash is NULL. `images` is borrowed;
 * none at all, and more than STN_IMAGE_FILE_LIMIT_BYTES together, is an error. */
StnImage *stn_image_merge (const char *name, StnImage *const *images, gsize n_images, GError **error);

StnImage *stn_image_ref (StnImage *self);
void stn_image_unref (StnImage *self); /* NULL-safe */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnImage, stn_image_unref)

/* Borrowed from the image. */
const char *stn_image_name (const StnImage *self);
StnImageFormat stn_image_format (const StnImage *self);
const char *stn_image_file_sha256 (const StnImage *self); /* 64 lower-case hex digits of the file as it was; or NULL */
/* SHA-256 over the content, the same for every format: for each segment in order its address (u64, big endian), its
 * length in bytes (u64, big endian), its bytes. 64 lower-case hex digits. */
const char *stn_image_content_sha256 (const StnImage *self);
/* FALSE without touching *out_address where the format has none or the file does not say. Thumb's bit 0 is kept. */
gboolean stn_image_entry (const StnImage *self, guint64 *out_address);

gsize stn_image_segment_count (const StnImage *self); /* at least 1 */
const StnImageSegment *stn_image_segment (const StnImage *self, gsize index);
guint64 stn_image_total_bytes (const StnImage *self); /* covered bytes, not the span */
guint64 stn_image_lowest_address (const StnImage *self);
guint64 stn_image_highest_address (const StnImage *self); /* of the last covered byte */

/* Fills buffer[0..length) with what stands at address…; bytes that no segment covers get `fill`. *out_covered (may be
 * NULL) is the number of covered bytes among them. */
void stn_image_read (const StnImage *self, guint64 address, guint8 *buffer, gsize length, guint8 fill,
                     gsize *out_covered);
/* Whether every byte of the range is covered; a range of no bytes is. */
gboolean stn_image_covers (const StnImage *self, guint64 address, guint64 length);
/* Whether at least one byte of the range is covered. */
gboolean stn_image_touches (const StnImage *self, guint64 address, guint64 length);

/* "bin", "hex", "srec", "elf", "dfuse"; also "auto" and "merged". Never NULL. */
const char *stn_image_format_name (StnImageFormat format);
/* FALSE without touching *out_format when there is no such name ("merged" is none that a user can ask for). */
gboolean stn_image_format_from_name (const char *name, StnImageFormat *out_format);

G_END_DECLS
