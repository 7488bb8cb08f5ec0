/* What a DFU device says of itself, taken from the bytes of its USB descriptors.
 *
 * The bytes come from a device that may be broken, hostile, or something else altogether: every length is checked, and
 * whatever is missing, doubled or absurd is STN_FAILURE_GARBAGE with a sentence, never a guess. Parsers take bytes and
 * not links; dfu-enumerate.c fetches them. Plain data. */
#pragma once

#include "protocols/dfu/dfu-memory-map.h"

G_BEGIN_DECLS

/* ST's ROMs have at most four */
#define STN_DFU_ALTERNATES 16
/* A configuration of 16 settings with a functional descriptor each has 300 bytes. */
#define STN_DFU_CONFIGURATION_BYTES_MOST 1024
/* bLength has 8 bits: 126 characters and the end */
#define STN_DFU_STRING_CHARACTERS 127

typedef struct {
  guint16 vendor_id;
  guint16 product_id;
  guint16 device_bcd;
  guint8 serial_string; /* index, 0: none */
} StnDfuDevice;

/* The DFU interface and its alternate settings, numbered 0 and up without a hole. */
typedef struct {
  guint8 number;
  guint8 protocol;                         /* STN_DFU_PROTOCOL_…; some ROMs tell another */
  guint8 name_strings[STN_DFU_ALTERNATES]; /* index, never 0 */
  guint alternate_count;                   /* 1 and more */
  gboolean has_functional;
  guint16 transfer_bytes; /* wTransferSize, 64 and more; 0 without a functional descriptor */
} StnDfuInterface;

gboolean stn_dfu_device_parse (const guint8 *bytes, gsize length, StnDfuDevice *out, GError **error);
/* wTotalLength out of the first nine bytes; at most STN_DFU_CONFIGURATION_BYTES_MOST. */
gboolean stn_dfu_configuration_length (const guint8 *bytes, gsize length, guint16 *out, GError **error);
/* A whole configuration. STN_FAILURE_NO_SYNC when it is well formed and has no DFU interface. */
gboolean stn_dfu_configuration_parse (const guint8 *bytes, gsize length, StnDfuInterface *out, GError **error);
/* The functional descriptor alone, as some devices give it only on request. */
gboolean stn_dfu_functional_parse (const guint8 *bytes, gsize length, guint16 *out_transfer_bytes, GError **error);
/* A string descriptor of printable ASCII. */
gboolean stn_dfu_string_parse (const guint8 *bytes, gsize length, char out[STN_DFU_STRING_CHARACTERS], GError **error);

/* bcdDevice as a protocol version of two digits: 2200 and 0220 are 0x22, 0200 is 0x20 (AN3156 section 1; logs). */
guint8 stn_dfu_protocol_version (guint16 device_bcd);

G_END_DECLS
