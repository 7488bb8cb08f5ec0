/* The memory map that a DFU device tells in the string of each alternate setting.
 *
 *     "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg"
 *
 *     string   = "@" name "/" region { "/" region }      trailing blanks of name and string do not count
 *     region   = "0x" HEX32 "/" segment { "," segment }  the segments of a region follow each other without a gap
 *     segment  = COUNT "*" SIZE [ unit ] type            decimal, leading zeros allowed
 *     unit     = " " | "B" | "K" | "M"                   none: bytes
 *     type     = "a" .. "g"                              its low bits: 1 readable, 2 erasable, 4 writable
 *
 * (UM0424, and what devices really send.) The string comes from a device that may be broken or hostile, so counts and
 * sizes are checked before they are multiplied. It is what the device says, not what is: some ROM versions tell wrong
 * page sizes and rights. Plain data. */
#pragma once

#include <glib.h>

#include "src/base/error.h"

G_BEGIN_DECLS

#define STN_DFU_NAME_BYTES 64
/* a string descriptor has room for 126 characters: far less than this many segments of 5 */
#define STN_DFU_SEGMENTS 32
/* The reach of the 16-bit block number with blocks of 1024 bytes (AN3156 section 4): a larger region is no STM32's. */
#define STN_DFU_REGION_BYTES_MOST (64u * 1024 * 1024)

typedef enum { STN_DFU_READABLE = 1, STN_DFU_ERASABLE = 2, STN_DFU_WRITABLE = 4 } StnDfuAccess;

typedef struct {
  guint32 address;
  guint32 page_count; /* 1 and more */
  guint32 page_bytes; /* 1 and more; page_count pages end below 2^32 */
  guint access;       /* StnDfuAccess */
} StnDfuSegment;

typedef struct {
  char name[STN_DFU_NAME_BYTES]; /* "Internal Flash" */
  StnDfuSegment segments[STN_DFU_SEGMENTS];
  guint segment_count; /* 1 and more; no two of them overlap */
} StnDfuMemoryMap;

/* Error: STN_FAILURE_GARBAGE, with the string and the place in it. */
gboolean stn_dfu_memory_map_parse (const char *text, StnDfuMemoryMap *out, GError **error);
/* The segment that holds the address, or NULL. */
const StnDfuSegment *stn_dfu_memory_map_at (const StnDfuMemoryMap *self, guint64 address);
/* "16*2048,1*65536 at 0x08000000": the segments that follow each other from the one that starts at `address`, equal
 * ones taken together; "nothing" when none does. Free with g_free. */
char *stn_dfu_memory_map_to_text (const StnDfuMemoryMap *self, guint64 address);

G_END_DECLS
