#include "src/cli/serial-list.h"

#include <string.h>

#define BYTES_MOST (4 * 1024 * 1024)

typedef struct {
  char *site; /* NULL: any */
  char *serial;
  gboolean is_taken;
} Entry;

struct StnSerialList {
  char *path;
  GArray *entries; /* Entry */
};

static void
clear_entry (gpointer data)
{
  Entry *entry = data;
  g_free (entry->site);
  g_free (entry->serial);
}

static gboolean
is_clean (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if ((guchar) *p < 0x20 || *p == 0x7f)
      return FALSE;
  return TRUE;
}

static gboolean
add_line (StnSerialList *self, GHashTable *seen, char *line, guint number, GError **error)
{
  char *text = g_strstrip (line);
  if (*text == '\0' || *text == '#')
    return TRUE;
  char *comma = strchr (text, ',');
  Entry entry = { 0 };
  if (comma != NULL)
    *comma = '\0';
  g_autofree char *site = comma != NULL ? g_strdup (g_strstrip (text)) : NULL;
  g_autofree char *serial = g_strdup (g_strstrip (comma != NULL ? comma + 1 : text));

  if (*serial == '\0' || (site != NULL && *site == '\0') || !is_clean (serial) || strchr (serial, ',') != NULL) {
    stn_error_set (error, STN_FAILURE_BAD_FILE, "%s:%u: expected SERIAL or SITE,SERIAL", self->path, number);
    return FALSE;
  }
  gpointer before = g_hash_table_lookup (seen, serial);
  if (before != NULL) {
    stn_error_set (error, STN_FAILURE_BAD_FILE, "%s:%u: the serial “%s” stands in line %u already", self->path, number,
                   serial, GPOINTER_TO_UINT (before));
    return FALSE;
  }
  g_hash_table_insert (seen, g_strdup (serial), GUINT_TO_POINTER (number));
  entry.site = g_steal_pointer (&site);
  entry.serial = g_steal_pointer (&serial);
  g_array_append_val (self->entries, entry);
  return TRUE;
}

StnSerialList *
stn_serial_list_read (const char *path, GError **error)
{
  g_autofree char *bytes = NULL;
  gsize length = 0;
  g_autoptr (GError) unread = NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (!g_file_get_contents (path, &bytes, &length, &unread)) {
    stn_error_set (error, STN_FAILURE_BAD_FILE, "%s: %s", path, unread->message);
    return NULL;
  }
  if (length > BYTES_MOST || !g_utf8_validate (bytes, (gssize) length, NULL)) {
    stn_error_set (error, STN_FAILURE_BAD_FILE, "%s: expected at most 4 MiB of UTF-8 text", path);
    return NULL;
  }
  g_autoptr (StnSerialList) self = g_new0 (StnSerialList, 1);
  self->path = g_strdup (path);
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (self->entries, clear_entry);

  g_auto (GStrv) lines = g_strsplit (bytes, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (!add_line (self, seen, lines[i], i + 1, error))
      return NULL;
  return g_steal_pointer (&self);
}

void
stn_serial_list_free (StnSerialList *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->entries, g_array_unref);
  g_free (self->path);
  g_free (self);
}

static Entry *
next_for (StnSerialList *self, const char *site)
{
  for (guint i = 0; i < self->entries->len; i++) {
    Entry *entry = &g_array_index (self->entries, Entry, i);
    if (!entry->is_taken && (entry->site == NULL || g_str_equal (entry->site, site)))
      return entry;
  }
  return NULL;
}

const char **
stn_serial_list_take (StnSerialList *self, const char *const *sites, GError **error)
{
  guint count = g_strv_length ((char **) sites);
  g_autofree const char **serials = g_new0 (const char *, count + 1);
  g_autofree Entry **taken = g_new0 (Entry *, count + 1);

  for (guint i = 0; i < count; i++) {
    Entry *entry = next_for (self, sites[i]);
    if (entry == NULL) {
      for (guint k = 0; k < i; k++)
        taken[k]->is_taken = FALSE;
      stn_error_set (error, STN_FAILURE_SERIALS_EXHAUSTED, "%s: no serial is left for site %s", self->path, sites[i]);
      return NULL;
    }
    entry->is_taken = TRUE;
    taken[i] = entry;
    serials[i] = entry->serial;
  }
  return g_steal_pointer (&serials);
}
