/* A list of runs, one a row: verdict, board, when, where, and what was wrong. Emits "run-chosen" (a const StnRunRow *)
 * and "more-wanted" at its end. */
#pragma once

#include <gtk/gtk.h>

#include "src/journal/query.h"

G_BEGIN_DECLS

#define STN_TYPE_RUN_LIST (stn_run_list_get_type ())
G_DECLARE_FINAL_TYPE (StnRunList, stn_run_list, STN, RUN_LIST, GtkListBox)

void stn_run_list_clear (StnRunList *self);
/* Adds rows (StnRunRow) at the end. Takes them out of the array, which is empty then. */
void stn_run_list_add (StnRunList *self, GPtrArray *runs, gboolean has_more);
guint stn_run_list_length (StnRunList *self);
/* The key of the last row; 0: there is none. */
gint64 stn_run_list_last (StnRunList *self);

G_END_DECLS
