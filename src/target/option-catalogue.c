#include "src/target/option-catalogue.h"

#include <string.h>

struct StnOptionCatalogue {
  GPtrArray *files;  /* StnOptionFile; a later layer before an earlier one when a product id is looked for */
  guint layer_start; /* index of the first file of the station's own */
  GPtrArray *tables; /* StnOptionTable */
};

static gboolean
names_chip (const StnOptionFile *file, gint64 product_id)
{
  for (guint i = 0; i < file->chips->len; i++) {
    if (*(const gint64 *) file->chips->pdata[i] == product_id)
      return TRUE;
  }
  return FALSE;
}

/* Takes the file. Two files of one layer must not describe the same chip. */
static gboolean
add_file (StnOptionCatalogue *self, StnOptionFile *file, guint layer_start, GError **error)
{
  g_ptr_array_add (self->files, file);
  for (guint i = layer_start; i + 1 < self->files->len; i++) {
    const StnOptionFile *other = self->files->pdata[i];
    for (guint j = 0; j < file->chips->len; j++) {
      gint64 product_id = *(const gint64 *) file->chips->pdata[j];
      if (names_chip (other, product_id)) {
        const StnNode *root = stn_yaml_root (file->yaml);
        stn_node_error (root, error, NULL, NULL, "the options of 0x%03X stand in %s already", (guint) product_id,
                        stn_yaml_root (other->yaml)->file);
        return FALSE;
      }
    }
  }
  return TRUE;
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
add_folder (StnOptionCatalogue *self, const char *folder, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) why = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &why);

  if (dir == NULL) {
    if (g_error_matches (why, G_FILE_ERROR, G_FILE_ERROR_NOENT)
        || g_error_matches (why, G_FILE_ERROR, G_FILE_ERROR_NOTDIR))
      return TRUE;
    stn_error_set (error, STN_FAILURE_BAD_FILE, "%s: %s", folder, why->message);
    return FALSE;
  }
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir)) {
    if (g_str_has_suffix (name, ".yaml") && name[0] != '.')
      g_ptr_array_add (names, g_strdup (name));
  }
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);
    g_autofree char *bytes = NULL;
    gsize length = 0;
    if (!g_file_get_contents (path, &bytes, &length, &why)) {
      stn_error_set (error, STN_FAILURE_BAD_FILE, "%s", why->message);
      return FALSE;
    }
    StnOptionFile *file = stn_option_file_read (path, path, bytes, length, error);
    if (file == NULL || !add_file (self, file, self->layer_start, error))
      return FALSE;
  }
  return TRUE;
}

StnOptionCatalogue *
stn_option_catalogue_new (const char *override_folder, GError **error)
{
  g_autoptr (StnOptionCatalogue) self = g_new0 (StnOptionCatalogue, 1);

  self->files = g_ptr_array_new_with_free_func ((GDestroyNotify) stn_option_file_free);
  self->tables = g_ptr_array_new_with_free_func ((GDestroyNotify) stn_option_table_free);
  for (const StnOptionBuiltIn *entry = stn_option_built_in; entry->name != NULL; entry++) {
    StnOptionFile *file =
        stn_option_file_read (entry->name, "compiled in", (const char *) entry->bytes, entry->length, error);
    if (file == NULL || !add_file (self, file, 0, error))
      return NULL;
  }
  self->layer_start = self->files->len;
  if (override_folder != NULL) {
    g_autofree char *folder = g_build_filename (override_folder, "options", NULL);
    if (!add_folder (self, folder, error))
      return NULL;
  }
  return g_steal_pointer (&self);
}

void
stn_option_catalogue_free (StnOptionCatalogue *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->tables, g_ptr_array_unref);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_free (self);
}

gboolean
stn_option_catalogue_give (StnOptionCatalogue *self, StnTarget *target, GError **error)
{
  for (guint i = self->files->len; i-- > 0;) {
    const StnOptionFile *file = self->files->pdata[i];
    if (!names_chip (file, target->product_id))
      continue;
    StnOptionTable *table = stn_option_table_new (file, target, error);
    if (table == NULL)
      return FALSE;
    g_ptr_array_add (self->tables, table);
    target->options = &table->options;
    return TRUE;
  }
  return TRUE;
}

void
stn_option_catalogue_give_part (StnOptionCatalogue *self, StnTarget *part)
{
  if (part->options == NULL)
    return;
  StnOptionTable *table = stn_option_table_new_part ((const StnOptionTable *) part->options, part->name);
  g_ptr_array_add (self->tables, table);
  part->options = &table->options;
}
