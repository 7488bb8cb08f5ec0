/* A report on pages: laid out once from top to bottom, then drawn page by page. */
#include "src/report/draw-private.h"

#include <math.h>
#include <string.h>

/* points */
#define MARGIN 40
#define HEAD_HEIGHT 24 /* the line that names the report on the pages after the first */
#define FOOT_HEIGHT 34
#define BANNER_HEIGHT 18
#define TITLE_SIZE 19
#define TEXT_SIZE 9.0
#define CELL_SIZE 7.5
#define CELL_PAD 10
#define ROW_PAD 4.5
#define SECTION_SPACE 16
#define FACT_TITLE_WIDTH 130

typedef enum { ITEM_TITLE, ITEM_QUERY, ITEM_NOTE, ITEM_FACT, ITEM_CHART, ITEM_SECTION, ITEM_ROWS, ITEM_SIGNATURE } ItemKind;

/* a table's measures, for all its pages */
typedef struct {
  const StnReportTable *table;
  double *x, *widths; /* a column */
  float *heights;     /* a row */
  double head;
} Grid;

typedef struct {
  ItemKind kind;
  guint page;
  double y, height;
  const void *what; /* a fact, a chart, a text */
  const Grid *grid;
  guint first, last; /* rows, last not included */
} Item;

struct StnReportPages {
  const StnReport *report;
  double width, height;
  PangoContext *context;
  StnTextFast *cells;
  GArray *items;
  GPtrArray *grids;
  guint *first_of_page; /* items; one more than there are pages */
  guint count;
  /* while laying out */
  guint page;
  double y;
};

static void
grid_free (gpointer data)
{
  Grid *grid = data;
  g_free (grid->x);
  g_free (grid->widths);
  g_free (grid->heights);
  g_free (grid);
}

static double
inner_width (const StnReportPages *self)
{
  return self->width - 2 * MARGIN;
}

static double
top_of (const StnReportPages *self, guint page)
{
  return MARGIN + (self->report->is_virtual ? BANNER_HEIGHT + 6 : 0) + (page > 0 ? HEAD_HEIGHT : 0);
}

static double
bottom_of (const StnReportPages *self)
{
  return self->height - MARGIN - FOOT_HEIGHT;
}

static void
new_page (StnReportPages *self)
{
  self->page++;
  self->y = top_of (self, self->page);
}

/* Goes to the next page where `height` does not fit any more; not from an empty one. */
static void
reserve (StnReportPages *self, double height)
{
  if (self->y + height > bottom_of (self) && self->y > top_of (self, self->page))
    new_page (self);
}

static Item *
add_item (StnReportPages *self, ItemKind kind, const void *what, double height)
{
  const Item item = { .kind = kind, .page = self->page, .y = self->y, .height = height, .what = what };
  g_array_append_val (self->items, item);
  self->y += height;
  return &g_array_index (self->items, Item, self->items->len - 1);
}

static double
text_height (StnReportPages *self, const char *text, double width, double size, gboolean bold, gboolean code)
{
  int height;
  g_autoptr (PangoLayout) layout = stn_text_layout (self->context, text, width, size, bold, code);
  pango_layout_get_size (layout, NULL, &height);
  return (double) height / PANGO_SCALE;
}

/* ----- tables ----- */

static gboolean
is_number (const StnReportColumn *column)
{
  return column->kind == STN_CELL_INTEGER || column->kind == STN_CELL_RATIO || column->kind == STN_CELL_DURATION;
}

static double
cell_width (StnReportPages *self, const char *text)
{
  double width = stn_text_fast_width (self->cells, text);
  return width >= 0 ? width : stn_text_width (NULL, text, CELL_SIZE, FALSE);
}

/* Cuts the widest of the columns that may be cut to one width, so that all fit into `space`; none below `least`. */
static void
cut_widths (const Grid *grid, const gboolean *may, double space, double least)
{
  guint count = grid->table->column_count;
  double low = least, high = space;

  for (guint round = 0; round < 30; round++) {
    double cap = (low + high) / 2, all = 0;
    for (guint i = 0; i < count; i++)
      all += may == NULL || may[i] ? MIN (grid->widths[i], cap) : grid->widths[i];
    if (all > space)
      high = cap;
    else
      low = cap;
  }
  for (guint i = 0; i < count; i++)
    if (may == NULL || may[i])
      grid->widths[i] = MIN (grid->widths[i], low);
}

static double
sum_widths (const Grid *grid)
{
  double all = 0;
  for (guint i = 0; i < grid->table->column_count; i++)
    all += grid->widths[i];
  return all;
}

/* Columns get what they need; where that is too much, those whose texts can be broken between words give way first. */
static void
share_widths (const Grid *grid, const gboolean *has_words, double space)
{
  if (sum_widths (grid) > space)
    cut_widths (grid, has_words, space, 64);
  if (sum_widths (grid) > space)
    cut_widths (grid, NULL, space, 24);
}

static Grid *
measure (StnReportPages *self, const StnReportTable *table)
{
  Grid *grid = g_new0 (Grid, 1);
  guint rows = stn_report_table_rows (table), count = table->column_count;
  g_autofree double *natural = g_new0 (double, count);
  g_autofree gboolean *has_words = g_new0 (gboolean, count);

  grid->table = table;
  grid->x = g_new0 (double, count);
  grid->widths = g_new0 (double, count);
  grid->heights = g_new0 (float, MAX (rows, 1));
  g_ptr_array_add (self->grids, grid);

  double line = stn_text_fast_height (self->cells);
  for (guint row = 0; row < rows; row++)
    for (guint i = 0; i < count; i++) {
      g_autofree char *text = stn_cell_for_people (stn_report_table_cell (table, row, i));
      if (text == NULL)
        continue;
      natural[i] = MAX (natural[i], cell_width (self, text));
      has_words[i] = has_words[i] || (table->columns[i].kind == STN_CELL_TEXT && strchr (text, ' ') != NULL);
    }
  for (guint i = 0; i < count; i++) {
    double title = stn_text_width (NULL, SAY (table->columns[i].title), CELL_SIZE, TRUE);
    grid->widths[i] = MAX (natural[i], title) + CELL_PAD + 0.5;
  }
  share_widths (grid, has_words, inner_width (self));
  for (guint i = 0; i < count; i++) {
    if (i > 0)
      grid->x[i] = grid->x[i - 1] + grid->widths[i - 1];
    grid->head = MAX (grid->head, text_height (self, SAY (table->columns[i].title), grid->widths[i] - CELL_PAD, CELL_SIZE, TRUE, FALSE));
  }
  grid->head += ROW_PAD;
  for (guint row = 0; row < rows; row++) {
    double height = line;
    for (guint i = 0; i < count; i++) {
      if (natural[i] <= grid->widths[i] - CELL_PAD)
        continue; /* none of this column is broken */
      g_autofree char *text = stn_cell_for_people (stn_report_table_cell (table, row, i));
      if (text != NULL && cell_width (self, text) > grid->widths[i] - CELL_PAD)
        height = MAX (height, text_height (self, text, grid->widths[i] - CELL_PAD, CELL_SIZE, FALSE, FALSE));
    }
    grid->heights[row] = (float) MIN (height + ROW_PAD, bottom_of (self) - top_of (self, 1) - grid->head);
  }
  return grid;
}

static void
lay_table (StnReportPages *self, const StnReportTable *table)
{
  const Grid *grid = measure (self, table);
  guint rows = stn_report_table_rows (table), row = 0;

  self->y += SECTION_SPACE;
  /* a title never stands alone at the end of a page */
  reserve (self, 20 + grid->head + (rows > 0 ? grid->heights[0] : 12) + 12);
  add_item (self, ITEM_SECTION, table->title, 20);
  if (rows == 0)
    add_item (self, ITEM_NOTE, SAY ("Nothing."), 14);
  while (row < rows) {
    if (self->y + grid->head + grid->heights[row] > bottom_of (self) && self->y > top_of (self, self->page))
      new_page (self);
    guint first = row;
    double height = grid->head;
    do
      height += grid->heights[row++];
    while (row < rows && self->y + height + grid->heights[row] <= bottom_of (self));
    Item *item = add_item (self, ITEM_ROWS, NULL, height);
    item->grid = grid;
    item->first = first;
    item->last = row;
    if (row < rows)
      new_page (self);
  }
  if (table->note != NULL) {
    double height = text_height (self, table->note, inner_width (self), CELL_SIZE, FALSE, FALSE) + 4;
    reserve (self, height);
    add_item (self, ITEM_NOTE, table->note, height);
  }
}

static void
draw_layout (StnReportPages *self, cairo_t *cairo, const char *text, double x, double y, double width, double size,
             gboolean bold, gboolean code, PangoAlignment align)
{
  g_autoptr (PangoLayout) layout = stn_text_layout (self->context, text, width, size, bold, code);
  pango_layout_set_alignment (layout, align);
  cairo_move_to (cairo, x, y);
  pango_cairo_show_layout (cairo, layout);
  cairo_new_path (cairo);
}

static void
line (cairo_t *cairo, double x, double y, double width, double thickness)
{
  cairo_set_line_width (cairo, thickness);
  cairo_move_to (cairo, x, y);
  cairo_line_to (cairo, x + width, y);
  cairo_stroke (cairo);
}

static void
ink (cairo_t *cairo)
{
  cairo_set_source_rgb (cairo, 0.11, 0.12, 0.14);
}

static void
pale (cairo_t *cairo)
{
  cairo_set_source_rgb (cairo, 0.37, 0.40, 0.43);
}

static void
draw_cell (StnReportPages *self, cairo_t *cairo, const char *text, double x, double y, double width, gboolean right)
{
  double natural = stn_text_fast_width (self->cells, text);
  if (natural >= 0 && natural <= width)
    stn_text_fast_put (self->cells, text, right ? x + width - natural : x, y + stn_text_fast_ascent (self->cells));
  else
    draw_layout (self, cairo, text, x, y, width, CELL_SIZE, FALSE, FALSE, right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
}

static void
draw_rows (StnReportPages *self, cairo_t *cairo, const Item *item)
{
  const Grid *grid = item->grid;
  const StnReportTable *table = grid->table;
  guint count = table->column_count;
  double y = item->y, width = grid->x[count - 1] + grid->widths[count - 1];

  ink (cairo);
  for (guint i = 0; i < count; i++)
    draw_layout (self, cairo, SAY (table->columns[i].title), MARGIN + grid->x[i], y, grid->widths[i] - CELL_PAD, CELL_SIZE,
                 TRUE, FALSE, is_number (&table->columns[i]) ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
  y += grid->head;
  line (cairo, MARGIN, y - 2, width - CELL_PAD, 0.9);
  const double top = y;
  for (guint row = item->first; row < item->last; row++) {
    for (guint i = 0; i < count; i++) {
      g_autofree char *text = stn_cell_for_people (stn_report_table_cell (table, row, i));
      if (text == NULL || *text == '\0')
        continue;
      draw_cell (self, cairo, text, MARGIN + grid->x[i], y + 0.8, grid->widths[i] - CELL_PAD,
                 is_number (&table->columns[i]));
    }
    y += grid->heights[row];
  }
  stn_text_fast_flush (self->cells, cairo);

  /* the rules under the rows, as one stroke */
  y = top;
  for (guint row = item->first; row < item->last; row++) {
    y += grid->heights[row];
    cairo_move_to (cairo, MARGIN, y - 1);
    cairo_line_to (cairo, MARGIN + width - CELL_PAD, y - 1);
  }
  cairo_set_source_rgb (cairo, 0.84, 0.86, 0.88);
  cairo_set_line_width (cairo, 0.3);
  cairo_stroke (cairo);
}

/* ----- the whole ----- */

static void
lay_signature (StnReportPages *self)
{
  reserve (self, 70);
  self->y += 14;
  add_item (self, ITEM_SIGNATURE, NULL, 56);
}

static void
lay_out (StnReportPages *self)
{
  const StnReport *report = self->report;
  double width = inner_width (self);

  self->y = top_of (self, 0);
  add_item (self, ITEM_TITLE, report->title,
            text_height (self, report->title, width, TITLE_SIZE, TRUE, FALSE) + 4);
  add_item (self, ITEM_QUERY, report->query, text_height (self, report->query, width, TEXT_SIZE, FALSE, FALSE) + 12);
  if (report->is_empty)
    add_item (self, ITEM_NOTE, SAY ("Nothing in the journal fits."), 16);
  for (guint i = 0; i < report->facts->len; i++) {
    const StnReportFact *fact = &g_array_index (report->facts, StnReportFact, i);
    double size = fact->is_code ? TEXT_SIZE - 1.5 : TEXT_SIZE;
    double title = text_height (self, fact->title, FACT_TITLE_WIDTH - 8, TEXT_SIZE, FALSE, FALSE);
    double height
        = MAX (text_height (self, fact->text, width - FACT_TITLE_WIDTH, size, FALSE, fact->is_code), title) + 3.5;
    height = MIN (height, bottom_of (self) - top_of (self, 1));
    reserve (self, height);
    add_item (self, ITEM_FACT, fact, height);
  }
  /* what is signed stands under the facts; the list of boards, which may have hundreds of pages, comes last */
  gboolean first_last = report->kind->signature;
  if (first_last)
    lay_signature (self);
  for (guint i = 0; i < report->charts->len; i++) {
    const StnReportChart *chart = g_ptr_array_index (report->charts, i);
    double height = MIN (stn_report_chart_height (chart, width), bottom_of (self) - top_of (self, 1));
    self->y += SECTION_SPACE;
    reserve (self, height);
    add_item (self, ITEM_CHART, chart, height);
  }
  for (guint i = first_last ? 1 : 0; i < report->tables->len; i++)
    lay_table (self, g_ptr_array_index (report->tables, i));
  if (first_last)
    lay_table (self, g_ptr_array_index (report->tables, 0));
  self->count = self->page + 1;
}

StnReportPages *
stn_report_pages_new (const StnReport *report, double width, double height)
{
  StnReportPages *self = g_new0 (StnReportPages, 1);

  self->report = report;
  self->width = MAX (width, 200);
  self->height = MAX (height, 200);
  self->context = stn_text_context ();
  self->cells = stn_text_fast_new (self->context, CELL_SIZE, FALSE);
  self->items = g_array_new (FALSE, TRUE, sizeof (Item));
  self->grids = g_ptr_array_new_with_free_func (grid_free);
  gboolean was = stn_say_set (report->is_translated);
  lay_out (self);
  stn_say_set (was);
  self->first_of_page = g_new0 (guint, self->count + 1);
  for (guint i = 0; i < self->items->len; i++)
    self->first_of_page[g_array_index (self->items, Item, i).page + 1] = i + 1;
  for (guint i = 1; i <= self->count; i++)
    self->first_of_page[i] = MAX (self->first_of_page[i], self->first_of_page[i - 1]);
  return self;
}

void
stn_report_pages_free (StnReportPages *self)
{
  if (self == NULL)
    return;
  stn_text_fast_free (self->cells);
  g_object_unref (self->context);
  g_array_unref (self->items);
  g_ptr_array_unref (self->grids);
  g_free (self->first_of_page);
  g_free (self);
}

guint
stn_report_pages_count (const StnReportPages *self)
{
  return self->count;
}

static void
draw_item (StnReportPages *self, cairo_t *cairo, const Item *item)
{
  double width = inner_width (self);

  ink (cairo);
  switch (item->kind) {
  case ITEM_TITLE:
    draw_layout (self, cairo, item->what, MARGIN, item->y, width, TITLE_SIZE, TRUE, FALSE, PANGO_ALIGN_LEFT);
    break;
  case ITEM_QUERY:
    pale (cairo);
    draw_layout (self, cairo, item->what, MARGIN, item->y, width, TEXT_SIZE, FALSE, FALSE, PANGO_ALIGN_LEFT);
    break;
  case ITEM_NOTE:
    pale (cairo);
    draw_layout (self, cairo, item->what, MARGIN, item->y + 2, width, CELL_SIZE, FALSE, FALSE, PANGO_ALIGN_LEFT);
    break;
  case ITEM_SECTION:
    draw_layout (self, cairo, item->what, MARGIN, item->y, width, 11, TRUE, FALSE, PANGO_ALIGN_LEFT);
    break;
  case ITEM_FACT: {
    const StnReportFact *fact = item->what;
    pale (cairo);
    draw_layout (self, cairo, fact->title, MARGIN, item->y, FACT_TITLE_WIDTH - 8, TEXT_SIZE, FALSE, FALSE,
                 PANGO_ALIGN_LEFT);
    ink (cairo);
    draw_layout (self, cairo, fact->text, MARGIN + FACT_TITLE_WIDTH, item->y + (fact->is_code ? 1 : 0),
                 width - FACT_TITLE_WIDTH, fact->is_code ? TEXT_SIZE - 1.5 : TEXT_SIZE, FALSE, fact->is_code,
                 PANGO_ALIGN_LEFT);
    break;
  }
  case ITEM_CHART:
    cairo_save (cairo);
    cairo_translate (cairo, MARGIN, item->y);
    stn_report_chart_draw (item->what, cairo, width, item->height);
    cairo_restore (cairo);
    break;
  case ITEM_ROWS:
    draw_rows (self, cairo, item);
    break;
  case ITEM_SIGNATURE: {
    static const char *const names[] = { N_ ("Name"), N_ ("Date"), N_ ("Signature") };
    static const double from[] = { 0, 0.36, 0.58 }, to[] = { 0.32, 0.54, 1 };
    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
      line (cairo, MARGIN + from[i] * width, item->y + 36, (to[i] - from[i]) * width, 0.8);
      stn_text_draw (cairo, SAY (names[i]), MARGIN + from[i] * width, item->y + 39, CELL_SIZE, FALSE);
    }
    break;
  }
  }
}

static void
draw_frame (StnReportPages *self, cairo_t *cairo, guint page)
{
  const StnReport *report = self->report;
  double width = inner_width (self), y = self->height - MARGIN - 20;
  const StnCell made = { .kind = STN_CELL_TIME, .integer = report->made_utc_us };
  g_autofree char *time = stn_cell_for_people (&made);
  g_autofree char *number = g_strdup_printf (SAY ("page %u of %u"), page + 1, self->count);
  g_autofree char *rows = g_strdup_printf ("%" G_GUINT64_FORMAT, report->chain_rows);
  g_autofree char *journal
      = g_strdup_printf (SAY ("Journal %s, chain of %s entries. Made %s."), report->journal, rows, time);

  if (report->is_virtual) {
    cairo_set_source_rgb (cairo, 0.36, 0.16, 0.53);
    cairo_rectangle (cairo, MARGIN, MARGIN, width, BANNER_HEIGHT);
    cairo_fill (cairo);
    cairo_set_source_rgb (cairo, 1, 1, 1);
    stn_text_draw (cairo, SAY ("VIRTUAL BOARDS: not a record of production"), MARGIN + 8, MARGIN + 3.5, TEXT_SIZE, TRUE);
  }
  pale (cairo);
  if (page > 0) {
    double head = top_of (self, page) - HEAD_HEIGHT;
    stn_text_draw_in (cairo, report->title, MARGIN, head, width, TEXT_SIZE, STN_ALIGN_LEFT);
    line (cairo, MARGIN, head + 13, width, 0.4);
  }
  line (cairo, MARGIN, y - 4, width, 0.4);
  stn_text_draw_in (cairo, report->query, MARGIN, y, width, CELL_SIZE, STN_ALIGN_LEFT);
  stn_text_draw_in (cairo, journal, MARGIN, y + 10, width - 90, CELL_SIZE, STN_ALIGN_LEFT);
  stn_text_draw_in (cairo, number, MARGIN + width - 90, y + 10, 90, CELL_SIZE, STN_ALIGN_RIGHT);
}

void
stn_report_pages_draw (StnReportPages *self, cairo_t *cairo, guint page)
{
  g_return_if_fail (page < self->count);
  gboolean was = stn_say_set (self->report->is_translated);
  cairo_save (cairo);
  draw_frame (self, cairo, page);
  for (guint i = self->first_of_page[page]; i < self->first_of_page[page + 1]; i++)
    draw_item (self, cairo, &g_array_index (self->items, Item, i));
  cairo_restore (cairo);
  stn_say_set (was);
}
