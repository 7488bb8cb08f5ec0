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

G_END_DECLS
