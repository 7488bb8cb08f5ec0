/* The pages of a report, one below the other on paper, as wide as there is room. Only what is seen is drawn. */
#pragma once

#include <gtk/gtk.h>

#include "src/report/draw.h"

G_BEGIN_DECLS

#define STN_TYPE_REPORT_VIEW (stn_report_view_get_type ())
G_DECLARE_FINAL_TYPE (StnReportView, stn_report_view, STN, REPORT_VIEW, GtkDrawingArea)

/* Takes the report; NULL: nothing. */
void stn_report_view_show (StnReportView *self, StnReport *report);
guint stn_report_view_pages (StnReportView *self);

G_END_DECLS
