/* Who has a device node open: for the sentence "port busy", so that somebody can close the right program.
 *
 * Linux shows the descriptors of a user's own processes only (proc(5)); of others nothing is said. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "minicom, process 1234", "this program" where no other has it, or NULL where the system does not tell. Free with
 * g_free. */
char *stn_device_holder (const char *node);

G_END_DECLS
