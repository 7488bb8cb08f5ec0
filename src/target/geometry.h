/* A flash map in the notation that DFU bootloaders use for themselves (UM0424, "DfuSe"): groups of equal pages in the
 * order of their addresses, COUNT*SIZE with a unit, joined by commas. Unlike there, a count may have more than three
 * digits (L0 and L1 have up to 2048 pages) and letters for access rights are not part of it.
 *
 *     "04*016K,01*064K,07*128K"     "512*128B" */
#pragma once

#include "src/target/target.h"

G_BEGIN_DECLS

/* The first `flash_bytes` of the map, from `base`; pages are numbered through. Free *out_stretches with g_free.
 * *out_total_bytes is the length of the whole map. FALSE, with a reason in *out_why (a constant): no map of this
 * notation, no whole number of pages, too large. Outputs change only on success, but *out_why. */
gboolean stn_geometry_read (const char *text, guint64 base, guint64 flash_bytes, StnPageStretch **out_stretches,
                            guint *out_count, guint64 *out_total_bytes, const char **out_why);

G_END_DECLS
