#include "src/target/option-catalogue.h"

struct StnOptionCatalogue {
  GPtrArray *own;     /* StnOptionFile: the station's */
  GMutex lock;        /* guards what follows */
  GPtrArray *read;    /* StnOptionFile: the compiled-in ones that were asked for, at their places; NULL: not yet */
  GHashTable *tables; /* char * -> StnOptionTable *, NULL where there is none */
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

/* Takes the file. Two of the station's must not describe the same chip. */
static gboolean
add_file (StnOptionCatalogue *self, StnOptionFile *file, GError **error)
{
  g_ptr_array_add (self->own, file);
  for (guint i = 0; i + 1 < self->own->len; i++) {
    const StnOptionFile *other = self->own->pdata[i];
    for (guint j = 0; j < file->chips->len; j++) {
      gint64 product_id = *(const gint64 *) file->chips->pdata[j];
      if (names_chip (other, product_id)) {
        const StnNode *root = stn_yaml_root (file->data.yaml);
        stn_node_error (root, error, NULL, NULL, "the options of 0x%03X stand in %s already", (guint) product_id,
                        stn_yaml_root (other->data.yaml)->file);
        return FALSE;
      }
    }
  }
  return TRUE;
}

static gboolean
add_own (gpointer user_data, const char *path, const char *bytes, gsize length, GError **error)
{
  StnOptionFile *file = stn_option_file_read (path, path, bytes, length, error);
  return file != NULL && add_file (user_data, file, error);
}

StnOptionCatalogue *
stn_option_catalogue_new (const char *override_folder, GError **error)
{
  g_autoptr (StnOptionCatalogue) self = g_new0 (StnOptionCatalogue, 1);

  g_mutex_init (&self->lock);
  self->own = g_ptr_array_new_with_free_func ((GDestroyNotify) stn_option_file_free);
  self->read = g_ptr_array_new_with_free_func ((GDestroyNotify) stn_option_file_free);
  self->tables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) stn_option_table_free);
  for (const StnOptionBuiltIn *entry = stn_option_built_in; entry->name != NULL; entry++)
    g_ptr_array_add (self->read, NULL);
  if (override_folder != NULL) {
    g_autofree char *folder = g_build_filename (override_folder, "options", NULL);
    if (!stn_data_file_each (folder, add_own, self, error))
      return NULL;
  }
  return g_steal_pointer (&self);
}

void
stn_option_catalogue_free (StnOptionCatalogue *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->tables, g_hash_table_unref);
  g_clear_pointer (&self->read, g_ptr_array_unref);
  g_clear_pointer (&self->own, g_ptr_array_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static const StnOptionFile *
find_own (const StnOptionCatalogue *self, guint16 product_id)
{
  for (guint i = 0; i < self->own->len; i++) {
    if (names_chip (self->own->pdata[i], product_id))
      return self->own->pdata[i];
  }
  return NULL;
}

static gboolean
is_about (const StnOptionBuiltIn *entry, guint16 product_id)
{
  for (guint i = 0; entry->chips[i] != 0; i++) {
    if (entry->chips[i] == product_id)
      return TRUE;
  }
  return FALSE;
}

static const StnOptionFile *
find_file (StnOptionCatalogue *self, guint16 product_id)
{
  const StnOptionFile *own = find_own (self, product_id);
  for (guint i = 0; own == NULL && i < self->read->len; i++) {
    const StnOptionBuiltIn *entry = &stn_option_built_in[i];
    if (!is_about (entry, product_id))
      continue;
    if (self->read->pdata[i] == NULL)
      self->read->pdata[i] =
          stn_option_file_read (entry->name, "compiled in", (const char *) entry->bytes, entry->length, NULL);
    return self->read->pdata[i];
  }
  return own;
}

gboolean
stn_option_catalogue_check (StnOptionCatalogue *self, const StnTarget *row, GError **error)
{
  const StnOptionFile *file = find_own (self, row->product_id);
  if (file == NULL)
    return TRUE;
  StnOptionTable *table = stn_option_table_new (file, row, NULL, error);
  stn_option_table_free (table);
  return table != NULL;
}

const StnOptionTable *
stn_option_catalogue_table (StnOptionCatalogue *self, const StnTarget *target)
{
  if (self == NULL)
    return NULL;
  g_autofree char *key = g_strdup_printf ("%03X %s", target->product_id, target->name);
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gpointer found = NULL;
  if (g_hash_table_lookup_extended (self->tables, key, NULL, &found))
    return found;
  const StnOptionFile *file = find_file (self, target->product_id);
  const char *part = target->name == target->line ? NULL : target->name;
  StnOptionTable *table = file == NULL ? NULL : stn_option_table_new (file, target, part, NULL);
  g_hash_table_insert (self->tables, g_steal_pointer (&key), table);
  return table;
}

gboolean
stn_option_catalogue_check_built_in (const StnOptionBuiltIn *entry, const StnTarget *const *rows, guint row_count,
                                     GError **error)
{
  g_autoptr (StnOptionFile) file =
      stn_option_file_read (entry->name, "compiled in", (const char *) entry->bytes, entry->length, error);
  for (guint i = 0; file != NULL && i < row_count; i++) {
    if (!names_chip (file, rows[i]->product_id))
      continue;
    StnOptionTable *table = stn_option_table_new (file, rows[i], NULL, error);
    stn_option_table_free (table);
    if (table == NULL)
      return FALSE;
  }
  return file != NULL;
}
