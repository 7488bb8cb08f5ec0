/* The public keys that a station trusts. */
#include "src/job/key.h"

#include "src/base/folder.h"

struct StnKeyring {
  GPtrArray *keys;     /* StnPublicKey */
  GPtrArray *warnings; /* char * */
};

char *
stn_keyring_user_folder (void)
{
  return g_build_filename (g_get_user_config_dir (), "station", "keys", NULL);
}

char *
stn_secret_key_user_folder (void)
{
  return g_build_filename (g_get_user_data_dir (), "station", "secret-keys", NULL);
}

static void
add_file (StnKeyring *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  StnPublicKey *key = stn_public_key_load (path, &error);
  if (key == NULL)
    g_ptr_array_add (self->warnings, g_strdup (error->message));
  else if (stn_keyring_find (self, key->id) != NULL)
    stn_public_key_free (key); /* the same key in two folders: the first one's owner counts */
  else
    g_ptr_array_add (self->keys, key);
}

static void
add_folder (StnKeyring *self, const char *folder)
{
  g_auto (GStrv) names = stn_folder_names (folder, ".pub", NULL);
  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    g_autofree char *path = g_build_filename (folder, names[i], NULL);
    add_file (self, path);
  }
}

StnKeyring *
stn_keyring_new (const char *const *folders)
{
  StnKeyring *self = g_new0 (StnKeyring, 1);
  const char *named = g_getenv ("STATION_KEYS");
  g_autofree char *own = stn_keyring_user_folder ();
  const char *const usual[] = { "/etc/station/keys", own, NULL };
  g_auto (GStrv) split = folders == NULL && named != NULL ? g_strsplit (named, ":", -1) : NULL;

  self->keys = g_ptr_array_new_with_free_func ((GDestroyNotify) stn_public_key_free);
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  if (folders == NULL)
    folders = split != NULL ? (const char *const *) split : usual;
  for (guint i = 0; folders[i] != NULL; i++)
    if (*folders[i] != '\0')
      add_folder (self, folders[i]);
  return self;
}

void
stn_keyring_free (StnKeyring *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->keys);
  g_ptr_array_unref (self->warnings);
  g_free (self);
}

const StnPublicKey *
stn_keyring_find (const StnKeyring *self, const char *id)
{
  for (guint i = 0; i < self->keys->len; i++) {
    const StnPublicKey *key = g_ptr_array_index (self->keys, i);
    if (g_strcmp0 (key->id, id) == 0)
      return key;
  }
  return NULL;
}

const StnPublicKey *const *
stn_keyring_list (const StnKeyring *self, guint *out_count)
{
  *out_count = self->keys->len;
  return (const StnPublicKey *const *) (gpointer) self->keys->pdata;
}

const char *const *
stn_keyring_warnings (const StnKeyring *self, guint *out_count)
{
  *out_count = self->warnings->len;
  return (const char *const *) (gpointer) self->warnings->pdata;
}
