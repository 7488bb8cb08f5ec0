/* What stands above a page that is not of the run: its name, an amber HISTORY where it shows what has been, a way back to
 * the page before it and one to the sites. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define STN_TYPE_PAGE_BAR (stn_page_bar_get_type ())
G_DECLARE_FINAL_TYPE (StnPageBar, stn_page_bar, STN, PAGE_BAR, GtkBox)

void stn_page_bar_show (StnPageBar *self, const char *title, gboolean is_history, gboolean has_before);
/* What the band says while the page is in front and the run wants nothing; copied. */
void stn_page_set_instruction (GtkWidget *page, const char *text);
const char *stn_page_instruction (GtkWidget *page);
/* Makes a widget that is pressed at least as large as a gloved finger needs; `width_mm` 0: as wide as it wants. */
void stn_page_touch (GtkWidget *widget, double width_mm);

G_END_DECLS
