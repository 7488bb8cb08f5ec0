#include "src/cli/command.h"

#include <glib/gstdio.h>
#include <string.h>

#include "src/base/error.h"
#include "src/cli/passphrase.h"
#include "src/cli/table.h"
#include "src/job/key.h"

typedef struct {
  char *owner, *passphrase_file;
  gboolean passphrase;
} Options;

/* A key's name is the name of its files. */
static gboolean
is_key_name (const char *text)
{
  gsize length = strlen (text);
  return length > 0 && length <= 64 && *text != '.' && *text != '-'
         && text[strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")] == '\0';
}

static char *
file_in (const char *folder, const char *name, const char *suffix)
{
  g_autofree char *file = g_strconcat (name, suffix, NULL);
  return g_build_filename (folder, file, NULL);
}

static gboolean
make_folder (const char *path, int rights, GError **error)
{
  if (g_mkdir_with_parents (path, rights) == 0)
    return TRUE;
  stn_error_set (error, STN_FAILURE_BAD_FILE, "%s: can't be made", path);
  return FALSE;
}

static gboolean
make_key (const Options *options, const char *name, GError **error)
{
  g_autofree char *secret_folder = stn_secret_key_user_folder ();
  g_autofree char *public_folder = stn_keyring_user_folder ();
  g_autofree char *secret_path = file_in (secret_folder, name, ".key");
  g_autofree char *public_path = file_in (public_folder, name, ".pub");
  g_autoptr (GError) refused = NULL;

  if (g_file_test (secret_path, G_FILE_TEST_EXISTS) || g_file_test (public_path, G_FILE_TEST_EXISTS)) {
    stn_error_set (error, STN_FAILURE_USAGE, "there is a key “%s” already (%s)", name, secret_path);
    return FALSE;
  }
  g_autoptr (StnSecretKey) key = stn_secret_key_new (options->owner != NULL ? options->owner : name, error);
  if (key == NULL || !make_folder (secret_folder, 0700, error) || !make_folder (public_folder, 0755, error))
    return FALSE;
  char *passphrase = NULL;
  if (options->passphrase_file != NULL || options->passphrase) {
    passphrase = options->passphrase_file != NULL ? stn_passphrase_from_file (options->passphrase_file, error)
                                                  : stn_passphrase_ask ("Passphrase of the new key", TRUE, error);
    if (passphrase == NULL)
      return FALSE;
  }
  gboolean ok = stn_secret_key_save (key, secret_path, passphrase, error);
  stn_passphrase_free (passphrase);
  if (!ok)
    return FALSE;
  g_autofree char *text = stn_public_key_text (stn_secret_key_public (key));
  if (!g_file_set_contents_full (public_path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0644, &refused)) {
    stn_error_set (error, STN_FAILURE_BAD_FILE, "%s", refused->message);
    return FALSE;
  }
  g_print ("%s: key %s of %s\n", name, stn_secret_key_public (key)->id, stn_secret_key_public (key)->owner);
  g_printerr ("The secret half is %s; keep a copy where nobody else gets at it.\n"
              "Stations trust the key when %s lies in their /etc/station/keys.\n",
              secret_path, public_path);
  return TRUE;
}

static gboolean
export_key (const char *name, GError **error)
{
  g_autofree char *folder = stn_keyring_user_folder ();
  g_autofree char *path = file_in (folder, name, ".pub");
  g_autoptr (StnPublicKey) key = stn_public_key_load (path, error);
  if (key == NULL)
    return FALSE;
  g_autofree char *text = stn_public_key_text (key);
  g_print ("%s", text);
  return TRUE;
}

/* The folder's secret key with this public half, by the names of files. */
static const char *
secret_words (const StnPublicKey *key)
{
  g_autofree char *folder = stn_secret_key_user_folder ();
  g_autofree char *base = g_path_get_basename (key->path);
  base[strlen (base) - strlen (".pub")] = '\0';
  g_autofree char *path = file_in (folder, base, ".key");
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return "";
  return stn_secret_key_is_locked (path) ? "with a passphrase" : "yes";
}

static void
list_keys (void)
{
  static const char *const titles[] = { "key", "owner", "signs here", "file", NULL };
  g_autoptr (StnKeyring) ring = stn_keyring_new (NULL);
  guint count = 0;
  const char *const *warnings = stn_keyring_warnings (ring, &count);
  for (guint i = 0; i < count; i++)
    g_printerr ("warning: not trusted: %s\n", warnings[i]);
  const StnPublicKey *const *keys = stn_keyring_list (ring, &count);
  if (count == 0) {
    g_printerr ("No key is trusted here. “stationctl keys new NAME” makes one.\n");
    return;
  }
  g_autoptr (StnTable) table = stn_table_new (titles);
  for (guint i = 0; i < count; i++) {
    const char *const cells[] = { keys[i]->id, keys[i]->owner, secret_words (keys[i]), keys[i]->path };
    stn_table_add (table, cells);
  }
  g_autofree char *text = stn_table_text (table);
  g_print ("%s", text);
}

int
stn_command_keys (const StnCommand *self, int argc, char **argv)
{
  Options options = { 0 };
  const GOptionEntry entries[] = {
    { "owner", 0, 0, G_OPTION_ARG_STRING, &options.owner, "With new: who signs with it (default: the name)", "TEXT" },
    { "passphrase", 0, 0, G_OPTION_ARG_NONE, &options.passphrase, "With new: ask for a passphrase to lock it with",
      NULL },
    { "passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &options.passphrase_file,
      "With new: lock it with the first line of a file", "FILE" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  int code = STN_EXIT_PASSED;

  if (!stn_command_parse (self, entries, &argc, &argv, &code))
    return code;
  const char *verb = argc > 1 ? argv[1] : "list";
  if (g_str_equal (verb, "list") && argc <= 2)
    list_keys ();
  else if ((g_str_equal (verb, "new") || g_str_equal (verb, "export")) && argc == 3 && is_key_name (argv[2])) {
    gboolean ok = *verb == 'n' ? make_key (&options, argv[2], &error) : export_key (argv[2], &error);
    code = ok ? STN_EXIT_PASSED : stn_command_fail (error);
  } else
    code = stn_command_usage (self, "expected list, new NAME or export NAME (letters, digits, “-”, “_” and “.”)");
  g_free (options.owner);
  g_free (options.passphrase_file);
  return code;
}
