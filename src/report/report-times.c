#include "src/report/build.h"

#include <math.h>
#include <string.h>

/* Durations of one thing, kept exactly: a quantile of a histogram's bins would be an estimate. */
typedef struct {
  char *name;
  GArray *values; /* gint64, ns */
  /* of those that passed and whose plan's prediction is on record */
  guint compared;
  gint64 took_ns, predicted_ns;
} Durations;

static void
durations_free (gpointer data)
{
  Durations *self = data;
  g_free (self->name);
  g_array_unref (self->values);
  g_free (self);
}

static Durations *
durations_of (GPtrArray *all, const char *what)
{
  for (guint i = 0; i < all->len; i++) {
    Durations *durations = g_ptr_array_index (all, i);
    if (strcmp (durations->name, what) == 0)
      return durations;
  }
  Durations *durations = g_new0 (Durations, 1);
  durations->name = g_strdup (what);
  durations->values = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_ptr_array_add (all, durations);
  return durations;
}

static void
add_duration (const char *what, StnVerdict verdict, gint64 duration_ns, gint64 predicted_ns, gpointer data)
{
  Durations *durations = durations_of (data, what);

  g_array_append_val (durations->values, duration_ns);
  /* what failed was not done to its end; a step that is predicted to take no time is compared with nothing */
  if (verdict != STN_VERDICT_PASS || predicted_ns <= 0)
    return;
  durations->compared++;
  durations->took_ns += duration_ns;
  durations->predicted_ns += predicted_ns;
}

static int
compare_values (gconstpointer a, gconstpointer b)
{
  gint64 first = *(const gint64 *) a, second = *(const gint64 *) b;
  return (first > second) - (first < second);
}

/* nearest rank: a value that was seen */
static gint64
quantile (const GArray *sorted, double share)
{
  guint rank = (guint) ceil (share * sorted->len);
  return g_array_index (sorted, gint64, CLAMP (rank, 1, sorted->len) - 1);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(Durations *const *) a)->name, (*(Durations *const *) b)->name);
}

static int
step_place (const char *name)
{
  StnStepKind kind;
  return stn_step_from_name (name, &kind) ? (int) kind : STN_STEP_COUNT;
}

static int
compare_steps (gconstpointer a, gconstpointer b)
{
  return step_place ((*(Durations *const *) a)->name) - step_place ((*(Durations *const *) b)->name);
}

#define TIME_COLUMNS                                                                                         \
  { "count", N_ ("runs"), STN_CELL_INTEGER }, { "min_ms", N_ ("least (s)"), STN_CELL_DURATION },                       \
      { "p50_ms", N_ ("half below (s)"), STN_CELL_DURATION }, { "p95_ms", N_ ("95 % below (s)"), STN_CELL_DURATION },  \
      { "max_ms", N_ ("most (s)"), STN_CELL_DURATION }, { "mean_ms", N_ ("mean (s)"), STN_CELL_DURATION },             \
      { "predicted_ms", N_ ("predicted (s)"), STN_CELL_DURATION },                                                     \
      { "took_of_predicted", N_ ("took, of predicted"), STN_CELL_RATIO }
static const StnReportColumn cycle_columns[] = { { "site", N_ ("site"), STN_CELL_TEXT }, TIME_COLUMNS };
static const StnReportColumn step_columns[] = { { "step", N_ ("step"), STN_CELL_TEXT }, TIME_COLUMNS };

static void
add_rows (StnReportTable *table, const GPtrArray *all)
{
  for (guint i = 0; i < all->len; i++) {
    const Durations *durations = g_ptr_array_index (all, i);
    double sum = 0;
    for (guint j = 0; j < durations->values->len; j++)
      sum += (double) g_array_index (durations->values, gint64, j);
    stn_table_text_cell (table, durations->name);
    stn_table_integer_cell (table, durations->values->len);
    stn_table_duration_cell (table, quantile (durations->values, 0));
    stn_table_duration_cell (table, quantile (durations->values, 0.5));
    stn_table_duration_cell (table, quantile (durations->values, 0.95));
    stn_table_duration_cell (table, quantile (durations->values, 1));
    stn_table_duration_cell (table, (gint64) llround (sum / durations->values->len));
    if (durations->compared > 0)
      stn_table_duration_cell (table, durations->predicted_ns / durations->compared);
    else
      stn_table_text_cell (table, NULL);
    stn_table_ratio_cell (table, (guint64) durations->took_ns, (guint64) durations->predicted_ns);
  }
}

/* "12.900 s where 12.300 s were predicted: 104.9 %"; NULL: nothing of it is on record. Free with g_free. */
static char *
compared_text (const GPtrArray *all)
{
  guint compared = 0;
  gint64 took_ns = 0, predicted_ns = 0;

  for (guint i = 0; i < all->len; i++) {
    const Durations *durations = g_ptr_array_index (all, i);
    compared += durations->compared;
    took_ns += durations->took_ns;
    predicted_ns += durations->predicted_ns;
  }
  if (compared == 0)
    return NULL;
  g_autofree char *ratio = stn_ratio_text ((guint64) took_ns, (guint64) predicted_ns);
  g_autofree char *took = stn_say_number (3, (double) took_ns / compared / 1e9);
  g_autofree char *predicted = stn_say_number (3, (double) predicted_ns / compared / 1e9);
  return g_strdup_printf (SAY ("%s s where %s s were predicted: %s"), took, predicted, ratio);
}

gboolean
stn_report_add_predicted (StnReport *self, StnQuery *journal, const StnUnitFilter *filter, GError **error)
{
  g_autoptr (GPtrArray) sites = g_ptr_array_new_with_free_func (durations_free);
  if (!stn_query_run_times (journal, filter, add_duration, sites, error))
    return FALSE;
  g_autofree char *text = compared_text (sites);
  stn_report_fact (self, "predicted", SAY ("A PASS took on average"), text);
  return TRUE;
}

#define BINS_MOST 24

/* Bins of 1, 2 or 5 times a power of ten; what lies above the 99th hundredth is in the last one. */
static void
add_histogram (StnReport *self, const GArray *sorted)
{
  double low = (double) quantile (sorted, 0) / 1e9, high = (double) quantile (sorted, 0.99) / 1e9;
  double width = 0.001;
  static const double factors[] = { 2, 2.5, 2 };
  for (guint i = 0; (high - low) / width > BINS_MOST - 3; i++)
    width *= factors[i % 3];
  double begin = floor (low / width) * width;
  guint bins = (guint) floor ((high - begin) / width) + 1;
  gboolean more = (double) quantile (sorted, 1) / 1e9 >= begin + bins * width;

  StnReportChart *chart = stn_report_add_chart (self, "cycle_times", SAY ("Cycle times, start to verdict"),
                                                SAY ("seconds (lower end of a class)"), SAY ("runs"));
  int places = width < 0.01 ? 3 : width < 0.1 ? 2 : width < 1 ? 1 : 0;
  for (guint i = 0; i < bins; i++) {
    g_autofree char *name = stn_say_number ((guint) places, begin + i * width);
    stn_chart_category (chart, name);
  }
  if (more)
    stn_chart_category (chart, SAY ("more"));
  double *values = stn_chart_series (chart, SAY ("runs"), STN_SERIES_COLUMNS, STN_TONE_PLAIN);
  for (guint i = 0; i < bins + more; i++)
    values[i] = 0;
  for (guint i = 0; i < sorted->len; i++) {
    double place = ((double) g_array_index (sorted, gint64, i) / 1e9 - begin) / width;
    values[CLAMP ((gint64) floor (place + 1e-9), 0, (gint64) bins + more - 1)]++;
  }
}

static void
sort_all (GPtrArray *all)
{
  for (guint i = 0; i < all->len; i++)
    g_array_sort (((Durations *) g_ptr_array_index (all, i))->values, compare_values);
}

gboolean
stn_report_fill_times (StnReport *self, StnQuery *journal, const StnReportQuery *query, GError **error)
{
  StnUnitFilter filter = stn_report_filter (query);
  g_autoptr (GPtrArray) sites = g_ptr_array_new_with_free_func (durations_free);
  g_autoptr (GPtrArray) steps = g_ptr_array_new_with_free_func (durations_free);
  if (!stn_query_run_times (journal, &filter, add_duration, sites, error)
      || !stn_query_step_times (journal, &filter, add_duration, steps, error))
    return FALSE;

  StnReportTable *table = stn_report_add_table (self, "cycle_times", SAY ("Cycle times by site, start to verdict"),
                                                cycle_columns, G_N_ELEMENTS (cycle_columns));
  self->is_empty = sites->len == 0;
  if (sites->len == 0)
    return TRUE;
  sort_all (sites);
  sort_all (steps);
  g_ptr_array_sort (sites, compare_names);
  g_ptr_array_sort (steps, compare_steps);
  add_rows (table, sites);
  table->note = g_strdup (SAY ("Runs that passed or failed; times are of a clock that is never set. Predicted: by the plans that "
                               "were run; compared with runs that passed."));
  g_autoptr (GArray) every = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < sites->len; i++) {
    const Durations *site = g_ptr_array_index (sites, i);
    g_array_append_vals (every, site->values->data, site->values->len);
  }
  g_array_sort (every, compare_values);
  stn_report_fact_number (self, "runs", SAY ("Runs with a verdict"), every->len);
  const struct {
    const char *key, *title;
    double share;
  } facts[] = {
    { "p50_s", N_ ("Half took at most"), 0.5 },
    { "p95_s", N_ ("95 % took at most"), 0.95 },
    { "max_s", N_ ("The longest took"), 1 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++) {
    g_autofree char *number = stn_say_number (3, (double) quantile (every, facts[i].share) / 1e9);
    g_autofree char *text = g_strdup_printf ("%s s", number);
    stn_report_fact (self, facts[i].key, SAY (facts[i].title), text);
  }
  g_autofree char *compared = compared_text (sites);
  stn_report_fact (self, "predicted", SAY ("A PASS took on average"), compared);
  add_histogram (self, every);

  if (steps->len == 0)
    return TRUE;
  StnReportTable *by_step = stn_report_add_table (self, "step_times", SAY ("Step times of runs that passed"), step_columns,
                                                  G_N_ELEMENTS (step_columns));
  add_rows (by_step, steps);
  StnReportChart *chart
      = stn_report_add_chart (self, "step_times", SAY ("Step times: half of the runs took at most"), SAY ("step"), SAY ("seconds"));
  chart->lying = TRUE;
  for (guint i = 0; i < steps->len; i++)
    stn_chart_category (chart, ((const Durations *) g_ptr_array_index (steps, i))->name);
  double *values = stn_chart_series (chart, SAY ("half below"), STN_SERIES_COLUMNS, STN_TONE_PLAIN);
  for (guint i = 0; i < steps->len; i++)
    values[i] = (double) quantile (((const Durations *) g_ptr_array_index (steps, i))->values, 0.5) / 1e9;
  gboolean is_predicted = FALSE;
  for (guint i = 0; i < steps->len; i++)
    is_predicted = is_predicted || ((const Durations *) g_ptr_array_index (steps, i))->compared > 0;
  double *predicted = is_predicted ? stn_chart_series (chart, SAY ("predicted"), STN_SERIES_COLUMNS, STN_TONE_SECOND) : NULL;
  for (guint i = 0; predicted != NULL && i < steps->len; i++) {
    const Durations *step = g_ptr_array_index (steps, i);
    predicted[i] = step->compared > 0 ? (double) step->predicted_ns / step->compared / 1e9 : 0;
  }
  return TRUE;
}
