/* Lists of sites on the command line: "A1-A8,B2". */
#pragma once

#include "src/base/error.h"

G_BEGIN_DECLS

/* "A1-A4,B2" to A1, A2, A3, A4, B2. A range has the same letters on both sides and counts up, at most 256 names in all;
 * a name with leading zeros keeps them (A01-A12). Free with g_strfreev. Error: STN_FAILURE_USAGE. */
char **stn_site_list_parse (const char *text, GError **error);

G_END_DECLS
