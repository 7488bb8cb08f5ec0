/* S13: runs without a result, from a program that was ended in the middle of a cycle. No way round it. */
#pragma once

#include <gtk/gtk.h>

#include "ui/model.h"

G_BEGIN_DECLS

#define STN_TYPE_RECOVERY_SCREEN (stn_recovery_screen_get_type ())
G_DECLARE_FINAL_TYPE (StnRecoveryScreen, stn_recovery_screen, STN, RECOVERY_SCREEN, GtkBox)

void stn_recovery_screen_show (StnRecoveryScreen *self, const StnModel *model);

G_END_DECLS
