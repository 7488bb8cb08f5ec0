/* The run screen: the fixture's sites, and at their side the counters, a site's drawer, the failed boards, or the
 * supervisor's unlock. Nothing ever covers the sites. With more than 16 the counters lie below them as a strip. */
#pragma once

#include <gtk/gtk.h>

#include "ui/model.h"

G_BEGIN_DECLS

#define STN_TYPE_RUN_SCREEN (stn_run_screen_get_type ())
G_DECLARE_FINAL_TYPE (StnRunScreen, stn_run_screen, STN, RUN_SCREEN, GtkBox)

void stn_run_screen_show (StnRunScreen *self, const StnModel *model);
void stn_run_screen_beat (StnRunScreen *self, guint beat);
void stn_run_screen_focus_site (StnRunScreen *self, const char *site);
/* A key of a PIN that was typed; FALSE: nobody waits for one. */
gboolean stn_run_screen_type_pin (StnRunScreen *self, char key);

G_END_DECLS
