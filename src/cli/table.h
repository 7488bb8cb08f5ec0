/* A table of text for people: columns as wide as their widest cell, two spaces between. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct StnTable StnTable;

/* `titles` NULL-terminated; copied. Free with stn_table_free. */
StnTable *stn_table_new (const char *const *titles);
void stn_table_free (StnTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnTable, stn_table_free)
/* A row of as many cells as there are titles; copied; NULL is an empty cell. */
void stn_table_add (StnTable *self, const char *const *cells);
guint stn_table_length (const StnTable *self);
/* With a line of titles; each line ends in a newline and has no space before it. Free with g_free. */
char *stn_table_text (const StnTable *self);

G_END_DECLS
