/* S5, the supervisor's unlock: who (a badge, scanned), why (chosen), the PIN. In its place beside the sites; boards at
 * work go on. */
#pragma once

#include <gtk/gtk.h>

#include "ui/model.h"

G_BEGIN_DECLS

#define STN_TYPE_UNLOCK (stn_unlock_get_type ())
G_DECLARE_FINAL_TYPE (StnUnlock, stn_unlock, STN, UNLOCK, GtkBox)

/* `is_shown`: it stands on the screen; what was typed is forgotten when it does not. */
void stn_unlock_show (StnUnlock *self, const StnModel *model, gboolean is_shown);
void stn_unlock_set_low (StnUnlock *self, gboolean is_low);
/* A key of the PIN; FALSE: it is not wanted now. */
gboolean stn_unlock_type (StnUnlock *self, char key);

G_END_DECLS
