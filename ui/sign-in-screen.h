/* S0: nobody is signed in. A badge, the station's state, the sound check; what the last shift left open. */
#pragma once

#include <gtk/gtk.h>

#include "ui/model.h"

G_BEGIN_DECLS

#define STN_TYPE_SIGN_IN_SCREEN (stn_sign_in_screen_get_type ())
G_DECLARE_FINAL_TYPE (StnSignInScreen, stn_sign_in_screen, STN, SIGN_IN_SCREEN, GtkBox)

void stn_sign_in_screen_show (StnSignInScreen *self, const StnModel *model);

G_END_DECLS
