/* Sizes in millimetres become pixels of the screen that the window stands on. A glove does not shrink with the pixels. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define STN_TOUCH_MM 20
#define STN_TOUCH_GAP_MM 6
#define STN_START_WIDTH_MM 40
#define STN_START_HEIGHT_MM 25

/* Pixels for so many millimetres, on the monitor of the widget's window (the first one before it is shown). A monitor
 * that tells no size, or an impossible one, counts as 96 dots an inch. */
int stn_metrics_pixels (GtkWidget *widget, double millimetres);

G_END_DECLS
