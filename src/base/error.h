/* StnError: a GError whose code is an StnFailure and which carries what was seen.
 *
 * The layer that notices creates it (stn_error_set, stn_error_set_at); the layers above only put a prefix in front
 * (g_prefix_error), so that the text reads from station to byte:
 *     "A3: program: 0x08001200: no ACK to the data block: expected 79, seen 1f"
 * The detail (address, expected, seen) is kept beside the text for the record and for `--json`.
 *
 * An error of another domain (GIO's, say) is turned into one of ours where it first appears. */
#pragma once

#include <gio/gio.h>
#include "src/base/failure.h"

G_BEGIN_DECLS

#define STN_ERROR (stn_error_quark ())
GQuark stn_error_quark (void);

typedef struct {
  gboolean has_address;
  guint64 address; /* in the chip's address space */
  char *expected;  /* owned, NULL when there is nothing to say; text as a person reads it ("79", "0x460") */
  char *seen;      /* owned, NULL likewise */
} StnErrorDetail;

/* Sets *error (if error is not NULL). */
void stn_error_set (GError **error, StnFailure failure, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* The same with detail; `expected` and `seen` are copied, NULL where unknown. The text gets
 * "0x%08x: <format>: expected …, seen …" by itself. */
void stn_error_set_at (GError **error, StnFailure failure, guint64 address, const char *expected, const char *seen,
                       const char *format, ...) G_GNUC_PRINTF (6, 7);
/* The same where there is no address. */
void stn_error_set_seen (GError **error, StnFailure failure, const char *expected, const char *seen,
                         const char *format, ...) G_GNUC_PRINTF (5, 6);

/* The failure an error stands for; STN_FAILURE_INTERNAL for a foreign domain, STN_FAILURE_NONE for NULL;
 * G_IO_ERROR_CANCELLED is STN_FAILURE_CANCELLED. */
StnFailure stn_error_failure (const GError *error);
gboolean stn_error_is (const GError *error, StnFailure failure);
/* Borrowed detail, or NULL for a foreign error. */
const StnErrorDetail *stn_error_detail (const GError *error);

G_END_DECLS
