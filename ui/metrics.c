#include "ui/metrics.h"

/* from a wall screen (0.6 mm a pixel) to a dense tablet (0.07): what lies outside is no size */
#define PER_MM_LEAST 1.6
#define PER_MM_MOST 14.0
#define PER_MM_USUAL (96 / 25.4)

static GdkMonitor *
monitor_of (GtkWidget *widget)
{
  GtkWidget *top = gtk_widget_get_toplevel (widget);
  GdkDisplay *display = gtk_widget_get_display (widget);
  GdkWindow *window = gtk_widget_get_window (top);
  GdkMonitor *monitor = window != NULL ? gdk_display_get_monitor_at_window (display, window) : NULL;
  return monitor != NULL ? monitor : gdk_display_get_monitor (display, 0);
}

int
stn_metrics_pixels (GtkWidget *widget, double millimetres)
{
  GdkMonitor *monitor = monitor_of (widget);
  double per_mm = PER_MM_USUAL;

  if (monitor != NULL && gdk_monitor_get_width_mm (monitor) > 0) {
    GdkRectangle place;
    gdk_monitor_get_geometry (monitor, &place);
    double told = (double) place.width / gdk_monitor_get_width_mm (monitor);
    if (told >= PER_MM_LEAST && told <= PER_MM_MOST)
      per_mm = told;
  }
  return (int) (millimetres * per_mm + 0.5);
}
