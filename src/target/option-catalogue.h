/* The option files: the compiled-in ones and a station's own over them. Internal to src/target.
 * The catalogue's lock guards giving to parts; the rest happens before other threads know it. */
#pragma once

#include "src/target/option-file.h"

G_BEGIN_DECLS

typedef struct StnOptionCatalogue StnOptionCatalogue;

/* Compiled in, then `override_folder`/options/ *.yaml (NULL, missing: none) by name. Error: STN_FAILURE_BAD_FILE.
 * Blocks on files. Free with stn_option_catalogue_free. */
StnOptionCatalogue *stn_option_catalogue_new (const char *override_folder, GError **error);
void stn_option_catalogue_free (StnOptionCatalogue *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnOptionCatalogue, stn_option_catalogue_free)

/* Sets the target's options to those of its product id; leaves NULL where there are none. FALSE: the file is bad. */
gboolean stn_option_catalogue_give (StnOptionCatalogue *self, StnTarget *target, GError **error);
/* Narrows them to what the part of this name has. */
void stn_option_catalogue_give_part (StnOptionCatalogue *self, StnTarget *part);

G_END_DECLS
