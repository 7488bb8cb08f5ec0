#include "src/cli/command.h"

#include <string.h>

#include "src/base/folder.h"
#include "src/cli/passphrase.h"
#include "src/job/job.h"

/* A path, or the name of a key in the user's folder; NULL: the only one that is there. g_free. */
static char *
find_key (const char *wanted, GError **error)
{
  g_autofree char *folder = stn_secret_key_user_folder ();
  if (wanted != NULL && (strchr (wanted, '/') != NULL || g_str_has_suffix (wanted, ".key")))
    return g_strdup (wanted);
  if (wanted != NULL) {
    g_autofree char *file = g_strconcat (wanted, ".key", NULL);
    return g_build_filename (folder, file, NULL);
  }
  g_auto (GStrv) names = stn_folder_names (folder, ".key", NULL);
  guint count = names != NULL ? g_strv_length (names) : 0;
  if (count == 1)
    return g_build_filename (folder, names[0], NULL);
  stn_error_set (error, STN_FAILURE_USAGE,
                 count == 0 ? "there is no key in %s; make one with: stationctl keys new NAME"
                            : "there are several keys in %s; say which with --key NAME",
                 folder);
  return NULL;
}

static gboolean
sign_job (const char *path, const char *wanted, const char *passphrase_file, GError **error)
{
  g_autoptr (StnJob) job = stn_job_load (path, error);
  g_autofree char *key_path = job != NULL ? find_key (wanted, error) : NULL;
  if (key_path == NULL)
    return FALSE;
  char *passphrase = NULL;
  if (stn_secret_key_is_locked (key_path)) {
    passphrase = passphrase_file != NULL ? stn_passphrase_from_file (passphrase_file, error)
                                         : stn_passphrase_ask ("Passphrase", FALSE, error);
    if (passphrase == NULL)
      return FALSE;
  }
  g_autoptr (StnSecretKey) key = stn_secret_key_load (key_path, passphrase, error);
  stn_passphrase_free (passphrase);
  if (key == NULL || !stn_signature_write (path, job->hash, key, error))
    return FALSE;
  g_autofree char *signature = stn_signature_path (path);
  const StnPublicKey *public_key = stn_secret_key_public (key);
  g_print ("%s: job hash %s signed by %s (key %s)\n", signature, job->hash, public_key->owner, public_key->id);
  g_autoptr (StnKeyring) ring = stn_keyring_new (NULL);
  if (stn_keyring_find (ring, public_key->id) == NULL)
    g_printerr ("warning: the key is not trusted on this machine\n");
  return TRUE;
}

int
stn_command_sign (const StnCommand *self, int argc, char **argv)
{
  g_autofree char *key = NULL;
  g_autofree char *passphrase_file = NULL;
  const GOptionEntry entries[] = {
    { "key", 0, 0, G_OPTION_ARG_STRING, &key, "The key to sign with (default: the only one that is there)",
      "NAME|FILE" },
    { "passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &passphrase_file,
      "Its passphrase is the first line of a file (default: ask)", "FILE" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  int code = STN_EXIT_PASSED;

  if (!stn_command_parse (self, entries, &argc, &argv, &code))
    return code;
  if (argc != 2)
    return stn_command_usage (self, "expected one job");
  return sign_job (argv[1], key, passphrase_file, &error) ? STN_EXIT_PASSED : stn_command_fail (error);
}
