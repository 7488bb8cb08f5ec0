/* Passphrases of signing keys: asked for on the terminal, or from a file for scripts. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The first line of the file. Error: STN_FAILURE_BAD_FILE. Wipe and free with stn_passphrase_free. */
char *stn_passphrase_from_file (const char *path, GError **error);
/* Asks on /dev/tty without showing what is typed, `twice` to be sure. Error: STN_FAILURE_USAGE (no terminal, two
 * different ones, an empty one). */
char *stn_passphrase_ask (const char *prompt, gboolean twice, GError **error);
void stn_passphrase_free (char *passphrase);

G_END_DECLS
