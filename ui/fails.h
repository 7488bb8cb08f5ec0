/* S4, the failed boards: each is retried or goes into a bin before the next cycle starts. */
#pragma once

#include <gtk/gtk.h>

#include "ui/model.h"

G_BEGIN_DECLS

#define STN_TYPE_FAILS (stn_fails_get_type ())
G_DECLARE_FINAL_TYPE (StnFails, stn_fails, STN, FAILS, GtkBox)

void stn_fails_show (StnFails *self, const StnModel *model);
/* On a low screen the boards have the room of the hint: two of them are seen at once. */
void stn_fails_set_low (StnFails *self, gboolean is_low);

G_END_DECLS
