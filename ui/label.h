/* Small things about labels. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Sets a text if it is another one: GtkLabel lays out again even for the same, and that ten times a second. NULL is
 * empty. */
void stn_label_set (GtkLabel *label, const char *text);
/* As a label that wraps, from a model's text: hidden when there is none. */
void stn_label_set_or_hide (GtkLabel *label, const char *text);

G_END_DECLS
