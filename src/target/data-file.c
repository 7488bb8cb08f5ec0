#include "src/target/data-file.h"

#include "src/base/folder.h"

gboolean
stn_data_file_read (StnDataFile *self, const StnField *fields, gpointer out, const char *name, const char *source,
                    const char *bytes, gsize length, GError **error)
{
  self->yaml = stn_yaml_parse (name, bytes, length, error);
  if (self->yaml == NULL || !stn_fields_read (fields, stn_yaml_root (self->yaml), out, error))
    return FALSE;
  self->source = g_strdup (source);
  self->sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) bytes, length);
  return TRUE;
}

void
stn_data_file_clear (StnDataFile *self, const StnField *fields, gpointer out)
{
  stn_fields_clear (fields, out);
  g_clear_pointer (&self->yaml, stn_yaml_free);
  g_clear_pointer (&self->source, g_free);
  g_clear_pointer (&self->sha256, g_free);
}

gboolean
stn_data_file_each (const char *folder, StnDataFileAdd add, gpointer user_data, GError **error)
{
  g_auto (GStrv) names = stn_folder_names (folder, ".yaml", error);

  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    g_autofree char *path = g_build_filename (folder, names[i], NULL);
    g_autofree char *bytes = NULL;
    g_autoptr (GError) why = NULL;
    gsize length = 0;
    if (!g_file_get_contents (path, &bytes, &length, &why)) {
      stn_error_set (error, STN_FAILURE_BAD_FILE, "%s", why->message);
      return FALSE;
    }
    if (!add (user_data, path, bytes, length, error))
      return FALSE;
  }
  return names != NULL;
}
