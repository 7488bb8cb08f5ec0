/* A list of StnModelRows: title, value, remark. Rows that are the same as before are left alone. Rows with a key can be
 * chosen ("row-chosen", key) and may carry buttons ("row-retry", "row-bin", key). */
#pragma once

#include <gtk/gtk.h>

#include "ui/model.h"

G_BEGIN_DECLS

#define STN_TYPE_ROWS (stn_rows_get_type ())
G_DECLARE_FINAL_TYPE (StnRows, stn_rows, STN, ROWS, GtkBox)

GtkWidget *stn_rows_new (void);
void stn_rows_show (StnRows *self, const GPtrArray *rows);

/* How they are set; before they are shown. Columns: so many rows side by side, 1 at first. Beside: a row's buttons stand
 * to the right of its text instead of under it. Bin text: what the button says that emits "row-bin"; NULL: "Fail bin". */
void stn_rows_set_columns (StnRows *self, guint columns);
void stn_rows_set_beside (StnRows *self, gboolean is_beside);
void stn_rows_set_bin_text (StnRows *self, const char *text);

G_END_DECLS
