#include "src/cli/table.h"

struct StnTable {
  guint columns;
  GPtrArray *rows; /* char **, the titles first */
};

static void
row_free (gpointer row)
{
  g_strfreev (row);
}

StnTable *
stn_table_new (const char *const *titles)
{
  StnTable *self = g_new0 (StnTable, 1);
  self->columns = g_strv_length ((char **) titles);
  self->rows = g_ptr_array_new_with_free_func (row_free);
  stn_table_add (self, titles);
  return self;
}

void
stn_table_free (StnTable *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->rows);
  g_free (self);
}

void
stn_table_add (StnTable *self, const char *const *cells)
{
  char **row = g_new0 (char *, self->columns + 1);
  for (guint i = 0; i < self->columns; i++) {
    /* a newline would break the table, and text from a chip or a file can hold anything */
    row[i] = g_utf8_make_valid (cells[i] != NULL ? cells[i] : "", -1);
    for (char *p = row[i]; *p != '\0'; p++)
      if ((guchar) *p < 0x20 || *p == 0x7f)
        *p = ' ';
  }
  g_ptr_array_add (self->rows, row);
}

guint
stn_table_length (const StnTable *self)
{
  return self->rows->len - 1;
}

static guint
column_width (const StnTable *self, guint column)
{
  guint width = 0;
  for (guint i = 0; i < self->rows->len; i++)
    width = MAX (width, (guint) g_utf8_strlen (((char **) g_ptr_array_index (self->rows, i))[column], -1));
  return width;
}

char *
stn_table_text (const StnTable *self)
{
  GString *text = g_string_new (NULL);
  g_autofree guint *widths = g_new0 (guint, self->columns);

  for (guint column = 0; column < self->columns; column++)
    widths[column] = column_width (self, column);
  for (guint i = 0; i < self->rows->len; i++) {
    char **row = g_ptr_array_index (self->rows, i);
    for (guint column = 0; column < self->columns; column++) {
      g_string_append (text, row[column]);
      guint pad = widths[column] - (guint) g_utf8_strlen (row[column], -1) + 2;
      for (guint k = 0; column + 1 < self->columns && k < pad; k++)
        g_string_append_c (text, ' ');
    }
    while (text->len > 0 && text->str[text->len - 1] == ' ')
      g_string_truncate (text, text->len - 1);
    g_string_append_c (text, '\n');
  }
  return g_string_free (text, FALSE);
}
