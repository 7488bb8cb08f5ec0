/* Drawing a report onto a cairo context: pages for paper and window, and single charts.
 *
 * The unit is the point (1/72 inch) in the context's own space; a window scales its context first. Colours are those of
 * paper: dark on white; pages do not paint their ground. One thread at a time a StnReportPages; the report must outlive
 * it. Nothing is read or written. */
#pragma once

#include <cairo.h>

#include "src/report/report.h"

G_BEGIN_DECLS

typedef struct StnReportPages StnReportPages;

/* Lays the report out on pages of this size (points; at least 200 by 200). */
StnReportPages *stn_report_pages_new (const StnReport *report, double width, double height);
void stn_report_pages_free (StnReportPages *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnReportPages, stn_report_pages_free)
guint stn_report_pages_count (const StnReportPages *self);
/* Page `page` (from 0) with its top left corner at the context's origin. */
void stn_report_pages_draw (StnReportPages *self, cairo_t *cairo, guint page);

void stn_paper_size (StnPaper paper, double *out_width, double *out_height);

/* A chart with its title, axes and legend into width by height from the context's origin. The height that suits it is
 * stn_report_chart_height: lying bars need a line each. */
void stn_report_chart_draw (const StnReportChart *chart, cairo_t *cairo, double width, double height);
double stn_report_chart_height (const StnReportChart *chart, double width);

G_END_DECLS
