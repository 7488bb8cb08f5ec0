#include "ui/report-view.h"

#define GAP 16       /* pixels between pages, and at their sides */
#define WIDTH_MOST 1100 /* pixels of a page: larger is no better to read */

struct _StnReportView {
  GtkDrawingArea parent;
  StnReport *report;
  StnReportPages *pages; /* of `report` */
  double page_width, page_height; /* points */
};

G_DEFINE_TYPE (StnReportView, stn_report_view, GTK_TYPE_DRAWING_AREA)

static double
scale_of (StnReportView *self, int width)
{
  return MAX (MIN (width - 2 * GAP, WIDTH_MOST), 100) / self->page_width;
}

static void
fit (StnReportView *self, int width)
{
  guint count = stn_report_view_pages (self);
  int height = count == 0 ? 0 : (int) (count * (self->page_height * scale_of (self, width) + GAP)) + GAP;
  int now;
  gtk_widget_get_size_request (GTK_WIDGET (self), NULL, &now);
  if (now != height)
    gtk_widget_set_size_request (GTK_WIDGET (self), -1, height);
}

void
stn_report_view_show (StnReportView *self, StnReport *report)
{
  g_clear_pointer (&self->pages, stn_report_pages_free);
  g_clear_pointer (&self->report, stn_report_free);
  self->report = report;
  if (report != NULL)
    self->pages = stn_report_pages_new (report, self->page_width, self->page_height);
  fit (self, gtk_widget_get_allocated_width (GTK_WIDGET (self)));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

guint
stn_report_view_pages (StnReportView *self)
{
  return self->pages != NULL ? stn_report_pages_count (self->pages) : 0;
}

static gboolean
stn_report_view_draw (GtkWidget *widget, cairo_t *cairo)
{
  StnReportView *self = STN_REPORT_VIEW (widget);
  int width = gtk_widget_get_allocated_width (widget);
  double scale = scale_of (self, width), step = self->page_height * scale + GAP;
  double left = (width - self->page_width * scale) / 2;
  GdkRectangle seen;

  if (!gdk_cairo_get_clip_rectangle (cairo, &seen))
    return GDK_EVENT_PROPAGATE;
  for (guint page = 0; page < stn_report_view_pages (self); page++) {
    double top = GAP + page * step;
    if (top + step < seen.y || top > seen.y + seen.height)
      continue;
    cairo_save (cairo);
    cairo_translate (cairo, left, top);
    cairo_scale (cairo, scale, scale);
    cairo_rectangle (cairo, 0, 0, self->page_width, self->page_height);
    cairo_set_source_rgb (cairo, 1, 1, 1);
    cairo_fill_preserve (cairo);
    cairo_clip (cairo);
    stn_report_pages_draw (self->pages, cairo, page);
    cairo_restore (cairo);
  }
  return GDK_EVENT_PROPAGATE;
}

static void
stn_report_view_size_allocate (GtkWidget *widget, GtkAllocation *place)
{
  GTK_WIDGET_CLASS (stn_report_view_parent_class)->size_allocate (widget, place);
  fit (STN_REPORT_VIEW (widget), place->width);
}

static void
stn_report_view_finalize (GObject *object)
{
  StnReportView *self = STN_REPORT_VIEW (object);
  g_clear_pointer (&self->pages, stn_report_pages_free);
  g_clear_pointer (&self->report, stn_report_free);
  G_OBJECT_CLASS (stn_report_view_parent_class)->finalize (object);
}

static void
stn_report_view_class_init (StnReportViewClass *class)
{
  G_OBJECT_CLASS (class)->finalize = stn_report_view_finalize;
  GTK_WIDGET_CLASS (class)->draw = stn_report_view_draw;
  GTK_WIDGET_CLASS (class)->size_allocate = stn_report_view_size_allocate;
}

static void
stn_report_view_init (StnReportView *self)
{
  stn_paper_size (STN_PAPER_A4, &self->page_width, &self->page_height);
}
