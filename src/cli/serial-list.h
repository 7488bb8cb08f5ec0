/* A file of serials (`--serials FILE`): one a line, in the order in which boards are taken, or "SITE,SERIAL" for a
 * site's next board. Empty lines and lines that begin with # are skipped. */
#pragma once

#include "src/base/error.h"

G_BEGIN_DECLS

typedef struct StnSerialList StnSerialList;

/* Error: STN_FAILURE_BAD_FILE with file and line: not readable, over 4 MiB, not UTF-8, control characters, a serial
 * twice. */
StnSerialList *stn_serial_list_read (const char *path, GError **error);
void stn_serial_list_free (StnSerialList *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnSerialList, stn_serial_list_free)
/* The next serials for these sites, NULL-terminated and borrowed; takes them off the list.
 * STN_FAILURE_SERIALS_EXHAUSTED, nothing taken, when one is missing. Free the array alone with g_free. */
const char **stn_serial_list_take (StnSerialList *self, const char *const *sites, GError **error);

G_END_DECLS
