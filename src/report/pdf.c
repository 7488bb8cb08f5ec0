#include "src/report/build.h"
#include "src/report/draw.h"

#include <cairo-pdf.h>

#include "src/base/error.h"

void
stn_paper_size (StnPaper paper, double *out_width, double *out_height)
{
  /* ISO 216: 210 by 297 mm; ANSI: 8.5 by 11 in */
  *out_width = paper == STN_PAPER_LETTER ? 612 : 210 / 25.4 * 72;
  *out_height = paper == STN_PAPER_LETTER ? 792 : 297 / 25.4 * 72;
}

static cairo_status_t
collect (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

GBytes *
stn_report_to_pdf (const StnReport *self, StnPaper paper, GError **error)
{
  double width, height;
  stn_paper_size (paper, &width, &height);
  g_autoptr (StnReportPages) pages = stn_report_pages_new (self, width, height);
  g_autoptr (GByteArray) data = g_byte_array_new ();
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (collect, data, width, height);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, self->title);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_SUBJECT, self->query);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, "Station");
  cairo_t *cairo = cairo_create (surface);
  for (guint i = 0; i < stn_report_pages_count (pages); i++) {
    stn_report_pages_draw (pages, cairo, i);
    cairo_show_page (cairo);
  }
  cairo_destroy (cairo);
  cairo_surface_finish (surface);
  cairo_status_t status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status != CAIRO_STATUS_SUCCESS) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "the report could not be drawn: %s", cairo_status_to_string (status));
    return NULL;
  }
  return g_byte_array_free_to_bytes (g_steal_pointer (&data));
}
