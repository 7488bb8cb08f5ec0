#include "src/report/build.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "src/base/error.h"

static const StnReportKind kinds[] = {
  { "unit", N_ ("Unit history"), "The whole life of one board, by serial or UID", "unit", "", NULL, FALSE,
    stn_report_fill_unit },
  { "lot", N_ ("Lot report"), "What became of a lot: quantities, serials, yields, failures, what it was made with", "lot", "",
    NULL, TRUE, stn_report_fill_lot },
  { "yield", N_ ("Final yield"), "Boards that passed at last, of those that came to a verdict", NULL,
    "lot from to site operator job", "day site firmware operator lot job", FALSE, stn_report_fill_yield },
  { "fpy", N_ ("First-pass yield"), "Boards that passed at their first run", NULL, "lot from to site operator job",
    "day site firmware operator lot job", FALSE, stn_report_fill_yield },
  { "pareto", N_ ("Failures"), "Failed runs by failure, the most frequent first, and by site", NULL,
    "lot from to site operator job", NULL, FALSE, stn_report_fill_pareto },
  { "times", N_ ("Cycle and step times"), "How long runs and their steps took", NULL, "lot from to site operator job", NULL,
    FALSE, stn_report_fill_times },
  { "pchart", N_ ("Control chart of failed runs"), "Share of failed runs a site, with 3 sigma limits; with --site a day",
    NULL, "lot from to site operator job", NULL, FALSE, stn_report_fill_pchart },
};

const StnReportKind *
stn_report_kinds (guint *out_count)
{
  *out_count = G_N_ELEMENTS (kinds);
  return kinds;
}

const StnReportKind *
stn_report_kind_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (kinds[i].name, name) == 0)
      return &kinds[i];
  return NULL;
}

/* ----- making one ----- */

static void
fact_clear (gpointer data)
{
  g_free (((StnReportFact *) data)->text);
}

static void
cell_clear (gpointer data)
{
  g_free (((StnCell *) data)->text);
}

static void
table_free (gpointer data)
{
  StnReportTable *table = data;
  g_free (table->title);
  g_free (table->note);
  g_array_unref (table->cells);
  g_free (table);
}

static void
series_clear (gpointer data)
{
  StnSeries *series = data;
  g_free (series->name);
  g_free (series->values);
}

static void
chart_free (gpointer data)
{
  StnReportChart *chart = data;
  g_free (chart->title);
  g_free (chart->x_title);
  g_free (chart->y_title);
  g_free (chart->flags);
  g_ptr_array_unref (chart->categories);
  g_array_unref (chart->series);
  g_free (chart);
}

void
stn_report_free (StnReport *self)
{
  if (self == NULL)
    return;
  g_free (self->title);
  g_free (self->query);
  g_free (self->journal);
  g_array_unref (self->facts);
  g_ptr_array_unref (self->tables);
  g_ptr_array_unref (self->charts);
  g_free (self);
}

static gboolean
is_word_of (const char *words, const char *word)
{
  if (words == NULL)
    return FALSE;
  g_auto (GStrv) list = g_strsplit (words, " ", -1);
  return g_strv_contains ((const char *const *) list, word);
}

static gboolean
check_day (const char *option, const char *day, GError **error)
{
  if (day == NULL)
    return TRUE;
  gboolean shaped = strlen (day) == 10;
  for (guint i = 0; shaped && i < 10; i++)
    shaped = i == 4 || i == 7 ? day[i] == '-' : g_ascii_isdigit (day[i]);
  if (shaped && g_date_valid_dmy ((GDateDay) atoi (day + 8), (GDateMonth) atoi (day + 5), (GDateYear) atoi (day)))
    return TRUE;
  stn_error_set (error, STN_FAILURE_USAGE, "--%s: expected a day as 2026-11-22, found “%s”", option, day);
  return FALSE;
}

static gboolean
check_query (const StnReportKind *kind, const StnReportQuery *query, GError **error)
{
  const struct {
    const char *name, *value;
  } parameters[] = {
    { "lot", query->lot },           { "unit", query->unit },        { "site", query->site },
    { "operator", query->operator_id }, { "job", query->job_name }, { "from", query->from_day },
    { "to", query->to_day },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (parameters); i++) {
    gboolean needed = g_strcmp0 (kind->needs, parameters[i].name) == 0;
    if (needed && (parameters[i].value == NULL || *parameters[i].value == '\0')) {
      stn_error_set (error, STN_FAILURE_USAGE, "the report “%s” needs --%s", kind->name, parameters[i].name);
      return FALSE;
    }
    if (!needed && parameters[i].value != NULL && !is_word_of (kind->takes, parameters[i].name)) {
      stn_error_set (error, STN_FAILURE_USAGE, "the report “%s” takes no --%s", kind->name, parameters[i].name);
      return FALSE;
    }
  }
  if (!check_day ("from", query->from_day, error) || !check_day ("to", query->to_day, error))
    return FALSE;
  if (query->from_day != NULL && query->to_day != NULL && strcmp (query->from_day, query->to_day) > 0) {
    stn_error_set (error, STN_FAILURE_USAGE, "--from %s is after --to %s", query->from_day, query->to_day);
    return FALSE;
  }
  if (query->by == NULL)
    return TRUE;
  if (kind->by == NULL)
    stn_error_set (error, STN_FAILURE_USAGE, "the report “%s” takes no --by", kind->name);
  else if (!is_word_of (kind->by, query->by))
    stn_error_set (error, STN_FAILURE_USAGE, "--by: there is no “%s”; it is one of: %s", query->by, kind->by);
  else
    return TRUE;
  return FALSE;
}

/* "in lot L1, from 2026-01-05 to 2026-01-09, on site A3" */
static char *
conditions (const StnReportQuery *query)
{
  GString *text = g_string_new (NULL);
  const struct {
    const char *words, *value;
  } parts[] = {
    { SAY ("lot"), query->lot },
    { SAY ("site"), query->site },
    { SAY ("operator"), query->operator_id },
    { SAY ("job"), query->job_name },
    { SAY ("from production day"), query->from_day },
    { SAY ("up to production day"), query->to_day },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i].value != NULL)
      g_string_append_printf (text, "%s%s %s", text->len > 0 ? ", " : "", parts[i].words, parts[i].value);
  if (text->len == 0)
    g_string_append (text, SAY ("the whole journal"));
  return g_string_free (text, FALSE);
}

static StnReport *
make (const StnReportKind *kind, StnQuery *journal, const char *journal_name, const StnReportQuery *query,
      gint64 now_utc_us, GError **error)
{
  guint8 head[32];
  g_autoptr (StnReport) self = g_new0 (StnReport, 1);
  self->kind = kind;
  self->is_translated = query->is_translated;
  self->made_utc_us = now_utc_us;
  self->is_virtual = stn_query_is_virtual (journal);
  self->facts = g_array_new (FALSE, TRUE, sizeof (StnReportFact));
  g_array_set_clear_func (self->facts, fact_clear);
  self->tables = g_ptr_array_new_with_free_func (table_free);
  self->charts = g_ptr_array_new_with_free_func (chart_free);
  g_autofree char *base = g_path_get_basename (journal_name);
  self->journal = g_strdup_printf ("%s (%s)", base, self->is_virtual ? SAY ("virtual boards") : SAY ("production"));
  self->title = g_strdup (SAY (kind->title));

  /* the head first: what is written meanwhile is not promised to be in the report */
  if (!stn_query_head (journal, &self->chain_rows, head, error))
    return NULL;
  for (guint i = 0; i < 32; i++)
    g_snprintf (self->chain_head + 2 * i, 3, "%02x", head[i]);
  if (!kind->fill (self, journal, query, error))
    return NULL;
  if (self->query == NULL) {
    g_autofree char *words = conditions (query);
    self->query = g_strdup_printf ("%s: %s.", SAY (kind->title), words);
  }
  return g_steal_pointer (&self);
}

StnReport *
stn_report_new (const StnReportKind *kind, StnQuery *journal, const char *journal_name, const StnReportQuery *query,
                gint64 now_utc_us, GError **error)
{
  if (!check_query (kind, query, error))
    return NULL;
  gboolean was = stn_say_set (query->is_translated);
  StnReport *self = make (kind, journal, journal_name, query, now_utc_us, error);
  stn_say_set (was);
  return self;
}

StnUnitFilter
stn_report_filter (const StnReportQuery *query)
{
  return (StnUnitFilter){
    .lot = query->lot,
    .from_day = query->from_day,
    .to_day = query->to_day,
    .site = query->site,
    .operator_id = query->operator_id,
    .job_name = query->job_name,
  };
}

/* ----- facts ----- */

static void
add_fact (StnReport *self, const char *key, const char *title, const char *text, gboolean is_code)
{
  if (text == NULL || *text == '\0')
    return;
  const StnReportFact fact = { .key = key, .title = title, .text = g_utf8_make_valid (text, -1), .is_code = is_code };
  g_array_append_val (self->facts, fact);
}

void
stn_report_fact (StnReport *self, const char *key, const char *title, const char *text)
{
  add_fact (self, key, title, text, FALSE);
}

void
stn_report_fact_code (StnReport *self, const char *key, const char *title, const char *text)
{
  add_fact (self, key, title, text, TRUE);
}

void
stn_report_fact_number (StnReport *self, const char *key, const char *title, guint64 number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, number);
  add_fact (self, key, title, text, FALSE);
}

void
stn_report_fact_ratio (StnReport *self, const char *key, const char *title, guint64 part, guint64 of)
{
  g_autofree char *ratio = stn_ratio_text (part, of);
  g_autofree char *text
      = g_strdup_printf ("%s (%" G_GUINT64_FORMAT " %s %" G_GUINT64_FORMAT ")", ratio, part, SAY ("of"), of);
  add_fact (self, key, title, of > 0 ? text : ratio, FALSE);
}

static char *
percent_text (const char *before, guint decimals, double percent)
{
  g_autofree char *number = stn_say_number (decimals, percent);
  return g_strdup_printf ("%s%s %%", before, number);
}

char *
stn_ratio_text (guint64 part, guint64 of)
{
  if (of == 0)
    return g_strdup ("–");
  /* rounding must not turn "one failed" into "100.0 %", nor "one passed" into nothing */
  double percent = 100.0 * (double) part / (double) of;
  double shown = floor (percent * 10 + 0.5) / 10;
  if (part < of && shown > 99.9)
    return percent_text ("> ", percent > 99.99 ? 2 : 1, percent > 99.99 ? 99.99 : 99.9);
  if (part > 0 && shown < 0.1) {
    /* two digits that count, the second only if it is one */
    guint decimals = (guint) CLAMP (1 - floor (log10 (percent)), 2, 9);
    double tens = percent * pow (10, decimals - 1);
    return percent_text ("", fabs (tens - floor (tens + 0.5)) < 0.05 ? decimals - 1 : decimals, percent);
  }
  return percent_text ("", 1, shown);
}

char *
stn_images_short (const char *images)
{
  GString *text = g_string_new (NULL);
  g_auto (GStrv) words = g_strsplit (images != NULL ? images : "", " ", -1);

  for (guint i = 0; words[i] != NULL; i++) {
    const char *sign = strrchr (words[i], '=');
    gsize length = sign != NULL && strlen (sign + 1) == 64 ? (gsize) (sign - words[i]) + 1 + 12 : strlen (words[i]);
    g_string_append_printf (text, "%s%.*s%s", i > 0 ? " " : "", (int) length, words[i],
                            words[i][length] != '\0' ? "…" : "");
  }
  return g_string_free (text, FALSE);
}

/* ----- tables ----- */

StnReportTable *
stn_report_add_table (StnReport *self, const char *key, const char *title, const StnReportColumn *columns,
                      guint column_count)
{
  StnReportTable *table = g_new0 (StnReportTable, 1);
  table->key = key;
  table->title = g_utf8_make_valid (title, -1);
  table->columns = columns;
  table->column_count = column_count;
  table->cells = g_array_new (FALSE, TRUE, sizeof (StnCell));
  g_array_set_clear_func (table->cells, cell_clear);
  g_ptr_array_add (self->tables, table);
  return table;
}

static void
add_cell (StnReportTable *self, StnCell cell)
{
  g_array_append_val (self->cells, cell);
}

void
stn_table_text_cell (StnReportTable *self, const char *text)
{
  if (text == NULL) {
    add_cell (self, (StnCell){ .kind = STN_CELL_NOTHING });
    return;
  }
  char *valid = g_utf8_make_valid (text, -1);
  for (char *p = valid; *p != '\0'; p++)
    if ((guchar) *p < 0x20 || *p == 0x7f)
      *p = ' '; /* text from a chip or a file can hold anything */
  add_cell (self, (StnCell){ .kind = STN_CELL_TEXT, .text = valid });
}

void
stn_table_word_cell (StnReportTable *self, const char *word)
{
  stn_table_text_cell (self, word);
  g_array_index (self->cells, StnCell, self->cells->len - 1).is_word = word != NULL;
}

void
stn_table_integer_cell (StnReportTable *self, gint64 value)
{
  add_cell (self, (StnCell){ .kind = STN_CELL_INTEGER, .integer = value });
}

void
stn_table_ratio_cell (StnReportTable *self, guint64 part, guint64 of)
{
  add_cell (self, (StnCell){ .kind = of > 0 ? STN_CELL_RATIO : STN_CELL_NOTHING, .integer = (gint64) part,
                             .of = (gint64) of });
}

void
stn_table_duration_cell (StnReportTable *self, gint64 ns)
{
  add_cell (self, (StnCell){ .kind = STN_CELL_DURATION, .integer = ns });
}

void
stn_table_time_cell (StnReportTable *self, gint64 utc_us)
{
  add_cell (self, (StnCell){ .kind = STN_CELL_TIME, .integer = utc_us });
}

guint
stn_report_table_rows (const StnReportTable *self)
{
  return self->cells->len / self->column_count;
}

const StnCell *
stn_report_table_cell (const StnReportTable *self, guint row, guint column)
{
  return &g_array_index (self->cells, StnCell, row * self->column_count + column);
}

char *
stn_cell_for_people (const StnCell *self)
{
  switch (self->kind) {
  case STN_CELL_NOTHING:
    return NULL;
  case STN_CELL_TEXT:
    return g_strdup (self->is_word ? stn_say_word (self->text) : self->text);
  case STN_CELL_INTEGER:
    return g_strdup_printf ("%" G_GINT64_FORMAT, self->integer);
  case STN_CELL_RATIO:
    return stn_ratio_text ((guint64) self->integer, (guint64) self->of);
  case STN_CELL_DURATION:
    return stn_say_number (3, (double) self->integer / 1e9);
  case STN_CELL_TIME: {
    /* not GDateTime, which reads the zone's file for each */
    const time_t seconds = (time_t) (self->integer / G_USEC_PER_SEC);
    struct tm time;
    char text[32];
    gboolean is_known = localtime_r (&seconds, &time) != NULL
                        && strftime (text, sizeof text, "%Y-%m-%d %H:%M:%S", &time) > 0;
    return g_strdup (is_known ? text : "?");
  }
  }
  return NULL;
}

char *
stn_cell_for_machines (const StnCell *self)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  switch (self->kind) {
  case STN_CELL_RATIO:
    return g_strdup (g_ascii_formatd (number, sizeof number, "%.6f", (double) self->integer / (double) self->of));
  case STN_CELL_DURATION:
    return g_strdup (g_ascii_formatd (number, sizeof number, "%.3f", (double) self->integer / 1e6));
  case STN_CELL_TIME: {
    g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (self->integer / G_USEC_PER_SEC);
    if (time == NULL)
      return NULL;
    g_autofree char *seconds = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");
    return g_strdup_printf ("%s.%06dZ", seconds, (int) (self->integer % G_USEC_PER_SEC));
  }
  case STN_CELL_TEXT:
    return g_strdup (self->text);
  default:
    return stn_cell_for_people (self);
  }
}

/* ----- charts ----- */

StnReportChart *
stn_report_add_chart (StnReport *self, const char *key, const char *title, const char *x_title, const char *y_title)
{
  StnReportChart *chart = g_new0 (StnReportChart, 1);
  chart->key = key;
  chart->title = g_utf8_make_valid (title, -1);
  chart->x_title = g_strdup (x_title);
  chart->y_title = g_strdup (y_title);
  chart->from_zero = TRUE;
  chart->categories = g_ptr_array_new_with_free_func (g_free);
  chart->series = g_array_new (FALSE, TRUE, sizeof (StnSeries));
  g_array_set_clear_func (chart->series, series_clear);
  g_ptr_array_add (self->charts, chart);
  return chart;
}

void
stn_chart_category (StnReportChart *self, const char *name)
{
  g_ptr_array_add (self->categories, name != NULL ? g_utf8_make_valid (name, -1) : g_strdup (SAY ("(none)")));
}

double *
stn_chart_series (StnReportChart *self, const char *name, StnSeriesKind kind, StnTone tone)
{
  StnSeries series = { .name = g_strdup (name), .kind = kind, .tone = tone };
  series.values = g_new (double, MAX (self->categories->len, 1));
  for (guint i = 0; i < self->categories->len; i++)
    series.values[i] = NAN;
  g_array_append_val (self->series, series);
  return series.values;
}

void
stn_chart_flag (StnReportChart *self, guint category)
{
  if (self->flags == NULL)
    self->flags = g_new0 (gboolean, self->categories->len);
  self->flags[category] = TRUE;
}
