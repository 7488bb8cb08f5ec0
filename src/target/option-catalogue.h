/* The option files: a station's own over the compiled-in ones. Internal to src/target.
 *
 * A station's own are read at the start, so that a mistake is told then; a compiled-in one (a test reads them all) when
 * the first of its chips is asked for: most programs need one of thirty. */
#pragma once

#include "src/target/option-file.h"

G_BEGIN_DECLS

typedef struct StnOptionCatalogue StnOptionCatalogue;

/* Compiled in, then `override_folder`/options/ *.yaml (NULL, missing: none) by name. Error: STN_FAILURE_BAD_FILE.
 * Blocks on files. Free with stn_option_catalogue_free. */
StnOptionCatalogue *stn_option_catalogue_new (const char *override_folder, GError **error);
void stn_option_catalogue_free (StnOptionCatalogue *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnOptionCatalogue, stn_option_catalogue_free)

/* Whether what the station's own files say about this catalogue row can be used. Error: STN_FAILURE_BAD_FILE. */
gboolean stn_option_catalogue_check (StnOptionCatalogue *self, const StnTarget *row, GError **error);
/* The table of a catalogue row, or of a part, or NULL. `self` may be NULL. Any thread. */
const StnOptionTable *stn_option_catalogue_table (StnOptionCatalogue *self, const StnTarget *target);

/* Reads a compiled-in file again for a test: the error that the program would hide. */
gboolean stn_option_catalogue_check_built_in (const StnOptionBuiltIn *entry, const StnTarget *const *rows,
                                              guint row_count, GError **error);

G_END_DECLS
