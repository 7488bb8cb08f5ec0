/* The bottom line: START, what else can be done now, and how the last cycle came out. Its buttons are actions of the
 * window ("win.start" …); none of them ever has the keyboard's default. */
#pragma once

#include <gtk/gtk.h>

#include "ui/model.h"

G_BEGIN_DECLS

#define STN_TYPE_FOOTER (stn_footer_get_type ())
G_DECLARE_FINAL_TYPE (StnFooter, stn_footer, STN, FOOTER, GtkBox)

void stn_footer_show (StnFooter *self, const StnModel *model);

G_END_DECLS
