/* Where the program's own files are: beside it in a build folder, or where it was installed. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The folder of the three sounds, of compiled GSettings schemas, of translations; NULL: not there (for the last two: the
 * system's are asked). g_free. */
char *stn_place_sounds (void);
char *stn_place_schemas (void);
char *stn_place_locale (void);

G_END_DECLS
