/* What a folder holds, in an order that does not depend on the file system. */
#pragma once

#include "src/base/error.h"

G_BEGIN_DECLS

/* The names in `folder` that end with `suffix` (".yaml"), sorted by their bytes; hidden ones are left out. Empty where
 * there is no such folder. Error: STN_FAILURE_BAD_FILE. Blocks on the file system. Free with g_strfreev. */
char **stn_folder_names (const char *folder, const char *suffix, GError **error);

G_END_DECLS
