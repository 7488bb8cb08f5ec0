#include "src/report/card.h"

#include <cairo-pdf.h>
#include <glib/gi18n.h>
#include <pango/pangocairo.h>
#include <string.h>
#include <zint.h>

#include "src/base/error.h"
#include "src/report/draw.h"

#define NAME_MOST 40
#define MARGIN 42.0
#define COLUMNS 2
#define CELL_HEIGHT 92.0
#define BARS_HEIGHT 46.0
/* 0.38 mm: read from half a metre by any hand scanner */
#define MODULE 1.08
/* of white on both sides of a code, ISO/IEC 15417: ten modules */
#define QUIET_MODULES 10

static const struct {
  const char *code, *text;
} commands[] = {
  { "CMD:START", N_ ("Start a cycle") },
  { "CMD:RETRY", N_ ("Run failed boards again") },
  { "CMD:STOP", N_ ("Finish boards at work, then stop") },
  { "CMD:CANCEL", N_ ("Stop at once") },
  { "CMD:UNDO", N_ ("Take the last scan back") },
  { "CMD:ENDLOT", N_ ("End the lot") },
  { "CMD:SIGNOUT", N_ ("Sign out") },
};

static const struct {
  const char *name, *text;
} known_bins[] = {
  { "fail", N_ ("Fail bin") },
  { "rework", N_ ("Rework bin") },
  { "hold", N_ ("Hold rack") },
  { "scrap", N_ ("Scrap") },
};

typedef struct {
  const StnCardOptions *options;
  cairo_t *cairo;
  PangoLayout *layout;
  double width, height, y;
  guint column;
} Card;

static const char *
say (const Card *self, const char *text)
{
  return self->options->say != NULL ? self->options->say (text) : text;
}

static double
draw_text (Card *self, double x, double y, double width, const char *font, const char *text)
{
  PangoFontDescription *description = pango_font_description_from_string (font);
  int height = 0;

  pango_layout_set_font_description (self->layout, description);
  pango_font_description_free (description);
  pango_layout_set_width (self->layout, (int) (width * PANGO_SCALE));
  pango_layout_set_ellipsize (self->layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_text (self->layout, text, -1);
  cairo_move_to (self->cairo, x, y);
  pango_cairo_show_layout (self->cairo, self->layout);
  pango_layout_get_pixel_size (self->layout, NULL, &height);
  return height;
}

/* The bars as zint works them out, in its units; the page's are made of them. */
static gboolean
draw_bars (Card *self, double x, double y, double width, const char *code, GError **error)
{
  struct zint_symbol *symbol = ZBarcode_Create ();
  symbol->symbology = BARCODE_CODE128;
  symbol->show_hrt = 0;
  symbol->scale = 0.5f; /* a module is a unit */
  symbol->height = 1;
  int failed = ZBarcode_Encode_and_Buffer_Vector (symbol, (const unsigned char *) code, (int) strlen (code), 0);
  gboolean ok = failed < ZINT_ERROR && symbol->vector != NULL && symbol->width > 0;

  if (ok) {
    double units = symbol->vector->width, modules = symbol->width;
    double module = MIN (MODULE, width / (modules + 2 * QUIET_MODULES));
    double left = x + QUIET_MODULES * module;
    cairo_set_source_rgb (self->cairo, 0, 0, 0);
    for (const struct zint_vector_rect *bar = symbol->vector->rectangles; bar != NULL; bar = bar->next)
      cairo_rectangle (self->cairo, left + bar->x / units * modules * module, y, bar->width / units * modules * module,
                       BARS_HEIGHT);
    cairo_fill (self->cairo);
  } else {
    stn_error_set (error, STN_FAILURE_INTERNAL, "“%s” can't be drawn as a code: %s", code, symbol->errtxt);
  }
  ZBarcode_Delete (symbol);
  return ok;
}

static void
draw_head (Card *self)
{
  g_autofree char *title = g_strdup_printf ("%s · %s", say (self, N_ ("Command card")), self->options->station);
  self->y = MARGIN;
  self->y += draw_text (self, MARGIN, self->y, self->width - 2 * MARGIN, "Inter Bold 22", title) + 10;
  self->column = 0;
}

static void
end_row (Card *self)
{
  if (self->column > 0)
    self->y += CELL_HEIGHT;
  self->column = 0;
}

static void
need (Card *self, double height)
{
  if (self->y + height <= self->height - MARGIN)
    return;
  cairo_show_page (self->cairo);
  draw_head (self);
}

static void
draw_section (Card *self, const char *title)
{
  end_row (self);
  need (self, CELL_HEIGHT + 34);
  self->y += 4;
  self->y += draw_text (self, MARGIN, self->y, self->width - 2 * MARGIN, "Inter Bold 14", title) + 6;
}

static gboolean
draw_code (Card *self, const char *code, const char *caption, GError **error)
{
  double cell = (self->width - 2 * MARGIN) / COLUMNS;

  if (self->column == 0)
    need (self, CELL_HEIGHT);
  double x = MARGIN + self->column * cell;
  draw_text (self, x, self->y, cell - 12, "Inter Bold 13", caption);
  if (!draw_bars (self, x, self->y + 19, cell - 12, code, error))
    return FALSE;
  draw_text (self, x, self->y + 19 + BARS_HEIGHT + 2, cell - 12, "Inter 9", code);
  if (++self->column == COLUMNS)
    end_row (self);
  return TRUE;
}

static gboolean
draw_named (Card *self, const char *beginning, const char *name, const char *caption, GError **error)
{
  gsize length = strlen (name);
  gboolean ok = length >= 1 && length <= NAME_MOST;
  for (gsize i = 0; ok && i < length; i++)
    ok = g_ascii_isprint (name[i]);
  if (!ok) {
    stn_error_set (error, STN_FAILURE_USAGE, "“%s” can't be scanned: a name has 1 to %d printable ASCII characters", name,
                   NAME_MOST);
    return FALSE;
  }
  g_autofree char *code = g_strconcat (beginning, name, NULL);
  return draw_code (self, code, caption, error);
}

static gboolean
draw_bins (Card *self, GError **error)
{
  const char *const *bins = self->options->bins;

  draw_section (self, say (self, N_ ("Bins: scan the board or its site first")));
  for (gsize i = 0; bins == NULL && i < G_N_ELEMENTS (known_bins); i++)
    if (!draw_named (self, "BIN:", known_bins[i].name, say (self, known_bins[i].text), error))
      return FALSE;
  for (gsize i = 0; bins != NULL && bins[i] != NULL; i++) {
    const char *caption = bins[i];
    for (gsize k = 0; k < G_N_ELEMENTS (known_bins); k++)
      if (strcmp (known_bins[k].name, bins[i]) == 0)
        caption = say (self, known_bins[k].text);
    if (!draw_named (self, "BIN:", bins[i], caption, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
draw_all (Card *self, GError **error)
{
  draw_head (self);
  draw_section (self, say (self, N_ ("Commands")));
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (!draw_code (self, commands[i].code, say (self, commands[i].text), error))
      return FALSE;
  if (!draw_bins (self, error))
    return FALSE;
  if (self->options->sites != NULL && self->options->sites[0] != NULL)
    draw_section (self, say (self, N_ ("Sites")));
  for (gsize i = 0; self->options->sites != NULL && self->options->sites[i] != NULL; i++)
    if (!draw_named (self, "SITE:", self->options->sites[i], self->options->sites[i], error))
      return FALSE;
  cairo_show_page (self->cairo);
  return TRUE;
}

static cairo_status_t
collect (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

GBytes *
stn_card_to_pdf (const StnCardOptions *options, GError **error)
{
  Card self = { .options = options };
  g_autoptr (GByteArray) data = g_byte_array_new ();

  stn_paper_size (options->paper, &self.width, &self.height);
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (collect, data, self.width, self.height);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, "Command card");
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, "Station");
  self.cairo = cairo_create (surface);
  self.layout = pango_cairo_create_layout (self.cairo);
  /* a point of text is a point of the page */
  pango_cairo_context_set_resolution (pango_layout_get_context (self.layout), 72);
  pango_layout_context_changed (self.layout);
  gboolean ok = draw_all (&self, error);
  g_object_unref (self.layout);
  cairo_destroy (self.cairo);
  cairo_surface_finish (surface);
  cairo_status_t status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (ok && status != CAIRO_STATUS_SUCCESS)
    stn_error_set (error, STN_FAILURE_INTERNAL, "the card could not be drawn: %s", cairo_status_to_string (status));
  return ok && status == CAIRO_STATUS_SUCCESS ? g_byte_array_free_to_bytes (g_steal_pointer (&data)) : NULL;
}
