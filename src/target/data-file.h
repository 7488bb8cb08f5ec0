/* A YAML file of what is known about chips, as it was read. Internal to src/target.
 *
 * What is made from its rows borrows from it, and the record of a run says where it came from: both live here. The first
 * member of StnTargetFile and StnOptionFile. */
#pragma once

#include "src/base/fields.h"

G_BEGIN_DECLS

typedef struct {
  StnYaml *yaml;
  char *source; /* "compiled in" or its path */
  char *sha256;
} StnDataFile;

/* Reads the bytes by `fields` into `out`; `name` is what messages call the file, `source` is copied. `self` and `out`
 * are zeroed before; on failure clear both all the same. Error: STN_FAILURE_BAD_FILE with the place. */
gboolean stn_data_file_read (StnDataFile *self, const StnField *fields, gpointer out, const char *name,
                             const char *source, const char *bytes, gsize length, GError **error);
/* Frees what both hold, not themselves. */
void stn_data_file_clear (StnDataFile *self, const StnField *fields, gpointer out);

/* Calls `add` for each *.yaml of the folder, by name, until one is refused; a folder that is not there is empty. Error:
 * STN_FAILURE_BAD_FILE, or what `add` said. Blocks on files. */
typedef gboolean (*StnDataFileAdd) (gpointer user_data, const char *path, const char *bytes, gsize length,
                                    GError **error);
gboolean stn_data_file_each (const char *folder, StnDataFileAdd add, gpointer user_data, GError **error);

G_END_DECLS
