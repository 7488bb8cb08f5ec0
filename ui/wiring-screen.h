/* S11: the wiring, a row a site: which of its lines are proved, what is wrong in words, and a button that lets its board
 * blink. Only between cycles: a cycle holds the lines. */
#pragma once

#include <gtk/gtk.h>

#include "src/station/session.h"

G_BEGIN_DECLS

#define STN_TYPE_WIRING_SCREEN (stn_wiring_screen_get_type ())
G_DECLARE_FINAL_TYPE (StnWiringScreen, stn_wiring_screen, STN, WIRING_SCREEN, GtkBox)

GtkWidget *stn_wiring_screen_new (void);
/* Who holds the sites, borrowed; NULL: nobody (any more). */
void stn_wiring_screen_set_session (StnWiringScreen *self, StnSession *session);
/* Lists the sites, or what the last check found. */
void stn_wiring_screen_open (StnWiringScreen *self);
/* Ends what is under way; the lines go to rest. */
void stn_wiring_screen_close (StnWiringScreen *self);
/* Whether a cycle runs: nothing is touched then. */
void stn_wiring_screen_set_running (StnWiringScreen *self, gboolean is_running);
/* `is_checked` FALSE: a list of the sites, nothing is proved yet. */
void stn_wiring_screen_show (StnWiringScreen *self, const StnCheckReport *report, gboolean is_checked, const GError *error);
void stn_wiring_screen_show_progress (StnWiringScreen *self, guint done, guint total, const char *what);

G_END_DECLS
