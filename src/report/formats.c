/* A report as text, csv, json and html. */
#include "src/report/build.h"
#include "src/report/draw.h"

#include <cairo-svg.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "src/base/error.h"

static const char *const format_names[STN_REPORT_FORMAT_COUNT] = {
  [STN_REPORT_TABLE] = "table", [STN_REPORT_CSV] = "csv", [STN_REPORT_JSON] = "json",
  [STN_REPORT_HTML] = "html",   [STN_REPORT_PDF] = "pdf",
};

gboolean
stn_report_format_find (const char *name, StnReportFormat *out)
{
  for (guint i = 0; i < STN_REPORT_FORMAT_COUNT; i++)
    if (g_strcmp0 (format_names[i], name) == 0) {
      *out = (StnReportFormat) i;
      return TRUE;
    }
  return FALSE;
}

GBytes *
stn_report_to_bytes (const StnReport *self, StnReportFormat format, StnPaper paper, GError **error)
{
  char *text = NULL;
  GBytes *pdf = NULL;
  gboolean was = stn_say_set (self->is_translated && format != STN_REPORT_CSV && format != STN_REPORT_JSON);
  switch (format) {
  case STN_REPORT_TABLE:
    text = stn_report_to_text (self);
    break;
  case STN_REPORT_CSV:
    text = stn_report_to_csv (self);
    break;
  case STN_REPORT_JSON:
    text = stn_report_to_json (self);
    break;
  case STN_REPORT_HTML:
    text = stn_report_to_html (self);
    break;
  case STN_REPORT_PDF:
    pdf = stn_report_to_pdf (self, paper, error);
    break;
  default:
    break;
  }
  stn_say_set (was);
  if (format == STN_REPORT_PDF)
    return pdf;
  if (text == NULL) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "the report could not be written in this format");
    return NULL;
  }
  return g_bytes_new_take (text, strlen (text));
}

static gboolean
is_number (const StnReportColumn *column)
{
  return column->kind == STN_CELL_INTEGER || column->kind == STN_CELL_RATIO || column->kind == STN_CELL_DURATION;
}

static char *
made_text (const StnReport *self)
{
  const StnCell cell = { .kind = STN_CELL_TIME, .integer = self->made_utc_us };
  return stn_cell_for_people (&cell);
}

/* ----- text ----- */

static void
pad (GString *text, const char *cell, glong width, gboolean right)
{
  glong space = width - g_utf8_strlen (cell, -1);
  for (glong i = 0; right && i < space; i++)
    g_string_append_c (text, ' ');
  g_string_append (text, cell);
  for (glong i = 0; !right && i < space; i++)
    g_string_append_c (text, ' ');
}

static void
end_line (GString *text)
{
  while (text->len > 0 && text->str[text->len - 1] == ' ')
    g_string_truncate (text, text->len - 1);
  g_string_append_c (text, '\n');
}

static void
add_text_table (GString *text, const StnReportTable *table)
{
  guint rows = stn_report_table_rows (table);
  g_autofree glong *widths = g_new0 (glong, table->column_count);
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < table->column_count; i++)
    widths[i] = g_utf8_strlen (SAY (table->columns[i].title), -1);
  for (guint i = 0; i < rows * table->column_count; i++) {
    char *cell = stn_cell_for_people (&g_array_index (table->cells, StnCell, i));
    if (cell == NULL)
      cell = g_strdup ("");
    g_ptr_array_add (cells, cell);
    widths[i % table->column_count] = MAX (widths[i % table->column_count], g_utf8_strlen (cell, -1));
  }
  g_string_append_printf (text, "\n%s\n", table->title);
  for (guint i = 0; i < table->column_count; i++) {
    pad (text, SAY (table->columns[i].title), widths[i], is_number (&table->columns[i]));
    g_string_append (text, "  ");
  }
  end_line (text);
  for (guint i = 0; i < cells->len; i++) {
    pad (text, g_ptr_array_index (cells, i), widths[i % table->column_count],
         is_number (&table->columns[i % table->column_count]));
    g_string_append (text, "  ");
    if ((i + 1) % table->column_count == 0)
      end_line (text);
  }
  if (rows == 0)
    g_string_append_printf (text, "%s\n", SAY ("(nothing)"));
}

char *
stn_report_to_text (const StnReport *self)
{
  GString *text = g_string_new (NULL);
  g_autofree char *made = made_text (self);

  g_string_append_printf (text, "%s%s%s\n%s ", self->is_virtual ? SAY ("VIRTUAL BOARDS") : "", self->is_virtual ? " - " : "",
                          self->title, self->query);
  g_string_append_printf (text, SAY ("Journal %s, %s."), self->journal, made);
  g_string_append_c (text, '\n');
  glong width = 0;
  for (guint i = 0; i < self->facts->len; i++)
    width = MAX (width, g_utf8_strlen (g_array_index (self->facts, StnReportFact, i).title, -1));
  if (self->facts->len > 0)
    g_string_append_c (text, '\n');
  for (guint i = 0; i < self->facts->len; i++) {
    const StnReportFact *fact = &g_array_index (self->facts, StnReportFact, i);
    g_auto (GStrv) lines = g_strsplit (fact->text, "\n", -1);
    for (guint j = 0; lines[j] != NULL; j++) {
      pad (text, j == 0 ? fact->title : "", width, FALSE);
      g_string_append_printf (text, "  %s\n", lines[j]);
    }
  }
  for (guint i = 0; i < self->tables->len; i++)
    add_text_table (text, g_ptr_array_index (self->tables, i));
  if (self->is_empty)
    g_string_append_printf (text, "\n%s\n", SAY ("Nothing in the journal fits."));
  return g_string_free (text, FALSE);
}

/* ----- csv ----- */

/* The query stands in the last two columns of every row: a comment line would not be RFC 4180, and rows that are cut out
 * of the file still say where they come from. */
char *
stn_report_to_csv (const StnReport *self)
{
  GString *text = g_string_new (NULL);
  const StnReportTable *table = g_ptr_array_index (self->tables, 0);
  guint rows = stn_report_table_rows (table);

  for (guint i = 0; i < table->column_count; i++)
    g_string_append_printf (text, "%s,", table->columns[i].key);
  g_string_append (text, "report,journal_kind\r\n");
  for (guint row = 0; row < rows; row++) {
    for (guint i = 0; i < table->column_count; i++) {
      const StnCell *cell = stn_report_table_cell (table, row, i);
      g_autofree char *value = stn_cell_for_machines (cell);
      if (value != NULL)
        stn_csv_cell (text, value, cell->kind == STN_CELL_TEXT);
      g_string_append_c (text, ',');
    }
    stn_csv_cell (text, self->query, TRUE);
    g_string_append (text, self->is_virtual ? ",virtual\r\n" : ",production\r\n");
  }
  return g_string_free (text, FALSE);
}

/* ----- json ----- */

static JsonNode *
cell_node (const StnCell *cell)
{
  JsonNode *node = json_node_new (JSON_NODE_VALUE);
  switch (cell->kind) {
  case STN_CELL_INTEGER:
    json_node_set_int (node, cell->integer);
    return node;
  case STN_CELL_RATIO:
    json_node_set_double (node, (double) cell->integer / (double) cell->of);
    return node;
  case STN_CELL_DURATION:
    json_node_set_double (node, (double) cell->integer / 1e6);
    return node;
  case STN_CELL_NOTHING:
    json_node_free (node);
    return json_node_new (JSON_NODE_NULL);
  default: {
    g_autofree char *text = stn_cell_for_machines (cell);
    json_node_set_string (node, text != NULL ? text : "");
    return node;
  }
  }
}

char *
stn_report_to_json (const StnReport *self)
{
  JsonObject *object = json_object_new ();
  const StnCell made = { .kind = STN_CELL_TIME, .integer = self->made_utc_us };
  g_autofree char *made_utc = stn_cell_for_machines (&made);
  JsonObject *facts = json_object_new ();
  JsonObject *tables = json_object_new ();

  json_object_set_int_member (object, "v", 1);
  json_object_set_string_member (object, "report", self->kind->name);
  json_object_set_string_member (object, "title", self->title);
  json_object_set_string_member (object, "query", self->query);
  json_object_set_string_member (object, "made_utc", made_utc);
  json_object_set_boolean_member (object, "is_virtual", self->is_virtual);
  json_object_set_int_member (object, "chain_rows", (gint64) self->chain_rows);
  json_object_set_string_member (object, "chain_head", self->chain_head);
  for (guint i = 0; i < self->facts->len; i++) {
    const StnReportFact *fact = &g_array_index (self->facts, StnReportFact, i);
    json_object_set_string_member (facts, fact->key, fact->text);
  }
  json_object_set_object_member (object, "facts", facts);
  for (guint i = 0; i < self->tables->len; i++) {
    const StnReportTable *table = g_ptr_array_index (self->tables, i);
    JsonArray *array = json_array_new ();
    guint rows = stn_report_table_rows (table);
    for (guint row = 0; row < rows; row++) {
      JsonObject *line = json_object_new ();
      for (guint j = 0; j < table->column_count; j++)
        json_object_set_member (line, table->columns[j].key, cell_node (stn_report_table_cell (table, row, j)));
      json_array_add_object_element (array, line);
    }
    json_object_set_array_member (tables, table->key, array);
  }
  json_object_set_object_member (object, "tables", tables);

  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (root, object);
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  json_generator_set_root (generator, root);
  g_autofree char *text = json_generator_to_data (generator, NULL);
  return g_strconcat (text, "\n", NULL);
}

/* ----- html ----- */

static void
add_escaped (GString *text, const char *value)
{
  g_autofree char *escaped = g_markup_escape_text (value, -1);
  g_string_append (text, escaped);
}

static cairo_status_t
collect (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

/* as an image of its own: the names inside cairo's svg are the same in every chart */
static void
add_chart (GString *text, const StnReportChart *chart)
{
  double width = 640, height = stn_report_chart_height (chart, 640);
  g_autoptr (GByteArray) data = g_byte_array_new ();
  cairo_surface_t *surface = cairo_svg_surface_create_for_stream (collect, data, width, height);
  cairo_t *cairo = cairo_create (surface);
  stn_report_chart_draw (chart, cairo, width, height);
  cairo_destroy (cairo);
  cairo_surface_finish (surface);
  cairo_surface_destroy (surface);
  g_autofree char *encoded = g_base64_encode (data->data, data->len);
  g_string_append (text, "<img alt=\"");
  add_escaped (text, chart->title);
  g_string_append_printf (text, "\" src=\"data:image/svg+xml;base64,%s\">\n", encoded);
}

static const char html_style[]
    = "body{font:15px/1.45 Inter,system-ui,sans-serif;color:#1b1f24;background:#fff;max-width:75em;margin:2em auto;"
      "padding:0 1.5em}h1{font-size:1.7em;margin:0}h2{font-size:1.15em;margin:2em 0 .5em}p{margin:.3em 0}"
      ".query,.note,footer{color:#5f666d}.virtual{background:#5b2a86;color:#fff;font-weight:700;padding:.5em .8em;"
      "margin-bottom:1em}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2em 1.5em;margin:1.2em 0}"
      "dt{color:#5f666d}dd{margin:0;white-space:pre-line;overflow-wrap:anywhere}.code{font-family:ui-monospace,monospace;"
      "font-size:.87em}table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.93em}"
      "th{text-align:left;border-bottom:2px solid #1b1f24;position:sticky;top:0;background:#fff}"
      "td{border-bottom:1px solid #d5d9de;vertical-align:top;overflow-wrap:anywhere}th,td{padding:.25em .9em .25em 0}"
      ".n{text-align:right}img{max-width:100%;display:block;margin:1em 0}.scroll{overflow-x:auto}"
      ".sign{display:flex;gap:2em;margin-top:4em}.sign div{flex:1;border-top:1px solid #1b1f24;padding-top:.3em}"
      "footer{border-top:1px solid #d5d9de;margin-top:3em;padding-top:.5em;font-size:.87em}"
      "@media print{th{position:static}thead{display:table-header-group}tr{break-inside:avoid}}";

static void
add_html_table (GString *text, const StnReportTable *table)
{
  guint rows = stn_report_table_rows (table);
  g_string_append (text, "<h2>");
  add_escaped (text, table->title);
  g_string_append (text, "</h2>\n<div class=\"scroll\"><table><thead><tr>");
  for (guint i = 0; i < table->column_count; i++) {
    g_string_append (text, is_number (&table->columns[i]) ? "<th class=\"n\">" : "<th>");
    add_escaped (text, SAY (table->columns[i].title));
    g_string_append (text, "</th>");
  }
  g_string_append (text, "</tr></thead><tbody>\n");
  for (guint row = 0; row < rows; row++) {
    g_string_append (text, "<tr>");
    for (guint i = 0; i < table->column_count; i++) {
      g_autofree char *value = stn_cell_for_people (stn_report_table_cell (table, row, i));
      g_string_append (text, is_number (&table->columns[i]) ? "<td class=\"n\">" : "<td>");
      if (value != NULL)
        add_escaped (text, value);
      g_string_append (text, "</td>");
    }
    g_string_append (text, "</tr>\n");
  }
  g_string_append (text, "</tbody></table></div>\n");
  if (rows == 0)
    g_string_append_printf (text, "<p>%s</p>\n", SAY ("Nothing."));
  if (table->note != NULL) {
    g_string_append (text, "<p class=\"note\">");
    add_escaped (text, table->note);
    g_string_append (text, "</p>\n");
  }
}

char *
stn_report_to_html (const StnReport *self)
{
  GString *text = g_string_new ("<!DOCTYPE html>\n");
  g_autofree char *made = made_text (self);

  /* translators: the code of your language */
  g_string_append_printf (text, "<html lang=\"%s\"><head><meta charset=\"utf-8\"><title>", SAY ("en"));
  add_escaped (text, self->title);
  g_string_append_printf (text, "</title><style>%s</style></head><body>\n", html_style);
  if (self->is_virtual)
    g_string_append_printf (text, "<p class=\"virtual\">%s</p>\n", SAY ("VIRTUAL BOARDS: not a record of production"));
  g_string_append (text, "<h1>");
  add_escaped (text, self->title);
  g_string_append (text, "</h1>\n<p class=\"query\">");
  add_escaped (text, self->query);
  g_string_append (text, "</p>\n");
  if (self->is_empty)
    g_string_append_printf (text, "<p><strong>%s</strong></p>\n", SAY ("Nothing in the journal fits."));
  g_string_append (text, "<dl>\n");
  for (guint i = 0; i < self->facts->len; i++) {
    const StnReportFact *fact = &g_array_index (self->facts, StnReportFact, i);
    g_string_append (text, "<dt>");
    add_escaped (text, fact->title);
    g_string_append (text, fact->is_code ? "</dt><dd class=\"code\">" : "</dt><dd>");
    add_escaped (text, fact->text);
    g_string_append (text, "</dd>\n");
  }
  g_string_append (text, "</dl>\n");
  if (self->kind->signature)
    g_string_append_printf (text, "<div class=\"sign\"><div>%s</div><div>%s</div><div>%s</div></div>\n", SAY ("Name"),
                            SAY ("Date"), SAY ("Signature"));
  for (guint i = 0; i < self->charts->len; i++)
    add_chart (text, g_ptr_array_index (self->charts, i));
  for (guint i = self->kind->signature ? 1 : 0; i < self->tables->len; i++)
    add_html_table (text, g_ptr_array_index (self->tables, i));
  if (self->kind->signature)
    add_html_table (text, g_ptr_array_index (self->tables, 0));
  g_autofree char *rows = g_strdup_printf ("%" G_GUINT64_FORMAT, self->chain_rows);
  g_autofree char *foot = g_strdup_printf (SAY ("Journal %s, chain of %s entries. Made %s."), self->journal, rows, made);
  g_string_append (text, "<footer>");
  add_escaped (text, foot);
  g_string_append (text, "</footer>\n</body></html>\n");
  return g_string_free (text, FALSE);
}
