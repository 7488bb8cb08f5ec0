/* Where the window writes what a person saves: the folder "Station" among their documents, a name with the moment in it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "…/Station/lot-L1-20261122-140305.pdf"; the folder is there afterwards if it can be. `about` may be anything a person
 * calls a lot; NULL: nothing. Free with g_free. */
char *stn_save_place (const char *kind, const char *about, const char *ending);

G_END_DECLS
