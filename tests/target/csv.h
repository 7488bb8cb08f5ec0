/* The reference tables of tests/data as text: a CSV reader of its own (commas, quotes, "" for a quote). */
#pragma once

#include <glib.h>
#include <string.h>

static inline GPtrArray *
read_record (const char **text)
{
  GPtrArray *cells = g_ptr_array_new_with_free_func (g_free);
  const char *p = *text;
  for (;;) {
    GString *cell = g_string_new (NULL);
    if (*p == '"') {
      for (p++; *p != '\0' && (*p != '"' || p[1] == '"'); p++) {
        p += *p == '"';
        g_string_append_c (cell, *p);
      }
      g_assert_cmpint (*p, ==, '"');
      p++;
    } else {
      while (*p != '\0' && strchr (",\r\n", *p) == NULL)
        g_string_append_c (cell, *p++);
    }
    g_ptr_array_add (cells, g_string_free (cell, FALSE));
    if (*p != ',')
      break;
    p++;
  }
  g_assert_true (*p == '\0' || *p == '\r' || *p == '\n');
  while (*p == '\r' || *p == '\n')
    p++;
  *text = p;
  return cells;
}

typedef struct {
  GPtrArray *header;  /* char * */
  GPtrArray *records; /* GPtrArray of char * */
} Table;

static inline void
table_clear (Table *table)
{
  g_ptr_array_unref (table->header);
  g_ptr_array_unref (table->records);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Table, table_clear)

static inline Table
read_table_or_fail (const char *name)
{
  g_autoptr (GError) error = NULL;
  const char *root = g_getenv ("STN_SOURCE_ROOT");
  g_assert_nonnull (root);
  g_autofree char *path = g_build_filename (root, "tests", "data", "reference", name, NULL);
  g_autofree char *text = NULL;
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  const char *p = text;
  Table table = { read_record (&p), g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref) };
  while (*p != '\0') {
    GPtrArray *record = read_record (&p);
    g_assert_cmpuint (record->len, ==, table.header->len);
    g_ptr_array_add (table.records, record);
  }
  return table;
}

static inline const char *
cell (const Table *table, const GPtrArray *record, const char *column)
{
  for (guint i = 0; i < table->header->len; i++) {
    if (strcmp (table->header->pdata[i], column) == 0)
      return record->pdata[i];
  }
  g_error ("the table has no column %s", column);
}
