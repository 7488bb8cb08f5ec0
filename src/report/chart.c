#include "src/report/draw-private.h"

#include <math.h>
#include <string.h>

/* points */
#define TITLE_HEIGHT 22
#define LABEL_SIZE 8.0
#define BAR_LINE 17
#define STANDING_HEIGHT 230

static void
tone (cairo_t *cairo, StnTone value)
{
  /* dark enough on paper, and of different lightness for a printer without colour */
  static const double tones[][3] = {
    [STN_TONE_PLAIN] = { 0.18, 0.36, 0.56 },
    [STN_TONE_GOOD] = { 0.31, 0.79, 0.54 },
    [STN_TONE_BAD] = { 0.56, 0.04, 0.12 },
    [STN_TONE_SECOND] = { 0.37, 0.40, 0.43 },
  };
  cairo_set_source_rgb (cairo, tones[value][0], tones[value][1], tones[value][2]);
}

/* 1, 2 or 5 times a power of ten, so that at most `most` of them make `range` */
static double
tick_step (double range, guint most)
{
  static const double factors[] = { 1, 2, 5, 10 };
  double power = pow (10, floor (log10 (range / most)));
  guint i = 0;

  while (i < G_N_ELEMENTS (factors) - 1 && range / (power * factors[i]) > most)
    i++;
  return power * factors[i];
}

static char *
percent (guint decimals, double share)
{
  g_autofree char *number = stn_say_number (decimals, 100 * share);
  return g_strdup_printf ("%s %%", number);
}

static char *
tick_text (const StnReportChart *chart, double value, double step)
{
  value = fabs (value) < step * 1e-6 ? 0 : value; /* no "-0" */
  if (chart->is_percent)
    return percent (step < 0.001 ? 2 : step < 0.01 ? 1 : 0, value);
  return stn_say_number (step < 0.01 ? 3 : step < 0.1 ? 2 : step < 1 ? 1 : 0, value);
}

static char *
value_text (const StnReportChart *chart, double value)
{
  if (chart->is_percent)
    return percent (1, value);
  return stn_say_number (value == floor (value) ? 0 : 3, value);
}

static void
find_range (const StnReportChart *chart, double *out_low, double *out_high)
{
  double low = INFINITY, high = -INFINITY;
  for (guint i = 0; i < chart->series->len; i++)
    for (guint j = 0; j < chart->categories->len; j++) {
      double value = g_array_index (chart->series, StnSeries, i).values[j];
      if (!isnan (value)) {
        low = MIN (low, value);
        high = MAX (high, value);
      }
    }
  if (!(low <= high)) {
    low = 0;
    high = 1;
  }
  if (chart->from_zero)
    low = MIN (low, 0);
  else
    low -= (high - low) * 0.15 + (chart->is_percent ? 0.005 : 0);
  if (!chart->lying)
    high += (high - low) * 0.08; /* the highest does not touch the frame */
  if (high - low < 1e-9)
    high = low + (chart->is_percent ? 0.01 : 1);
  if (chart->is_percent)
    high = MIN (high, 1);
  *out_low = MAX (low, 0);
  *out_high = high;
}

static void
draw_lying (const StnReportChart *chart, cairo_t *cairo, double width)
{
  const StnSeries *series = &g_array_index (chart->series, StnSeries, 0);
  double low, high, label = 0;

  find_range (chart, &low, &high);
  for (guint i = 0; i < chart->categories->len; i++)
    label = MAX (label, stn_text_width (cairo, g_ptr_array_index (chart->categories, i), LABEL_SIZE, FALSE));
  label = MIN (label, width * 0.45);
  double left = label + 8, space = width - left - 50;
  for (guint i = 0; i < chart->categories->len; i++) {
    double y = TITLE_HEIGHT + i * BAR_LINE;
    double value = series->values[i];
    cairo_set_source_rgb (cairo, 0.11, 0.12, 0.14);
    stn_text_draw_in (cairo, g_ptr_array_index (chart->categories, i), 0, y + 3, label, LABEL_SIZE, STN_ALIGN_RIGHT);
    if (isnan (value))
      continue;
    tone (cairo, series->tone);
    cairo_rectangle (cairo, left, y + 2, MAX (space * value / high, 0.7), BAR_LINE - 5);
    cairo_fill (cairo);
    g_autofree char *text = value_text (chart, value);
    cairo_set_source_rgb (cairo, 0.11, 0.12, 0.14);
    stn_text_draw (cairo, text, left + space * value / high + 4, y + 3, LABEL_SIZE, FALSE);
  }
  double bottom = TITLE_HEIGHT + chart->categories->len * BAR_LINE;
  cairo_set_source_rgb (cairo, 0.37, 0.40, 0.43);
  cairo_set_line_width (cairo, 0.8);
  cairo_move_to (cairo, left, TITLE_HEIGHT);
  cairo_line_to (cairo, left, bottom);
  cairo_stroke (cairo);
  stn_text_draw (cairo, chart->y_title, left, bottom + 3, LABEL_SIZE, FALSE);
}

typedef struct {
  double left, top, width, height, low, high;
} Frame;

static double
y_of (const Frame *frame, double value)
{
  return frame->top + frame->height * (1 - (value - frame->low) / (frame->high - frame->low));
}

static void
draw_axes (const StnReportChart *chart, cairo_t *cairo, const Frame *frame, double width)
{
  double step = tick_step (frame->high - frame->low, 5);
  guint count = chart->categories->len;
  double each = frame->width / MAX (count, 1);
  double widest = 0;

  cairo_set_line_width (cairo, 0.4);
  for (double value = ceil (frame->low / step - 1e-9) * step; value <= frame->high + step * 1e-9; value += step) {
    double y = y_of (frame, value);
    g_autofree char *text = tick_text (chart, value, step);
    cairo_set_source_rgb (cairo, 0.80, 0.82, 0.85);
    cairo_move_to (cairo, frame->left, y);
    cairo_line_to (cairo, frame->left + frame->width, y);
    cairo_stroke (cairo);
    cairo_set_source_rgb (cairo, 0.25, 0.28, 0.31);
    stn_text_draw_in (cairo, text, 0, y - 5, frame->left - 5, LABEL_SIZE, STN_ALIGN_RIGHT);
  }
  /* as many labels as fit */
  for (guint i = 0; i < count; i++)
    widest = MAX (widest, stn_text_width (cairo, g_ptr_array_index (chart->categories, i), LABEL_SIZE, FALSE));
  guint every = (guint) MAX (ceil ((widest + 6) / each), 1);
  cairo_set_source_rgb (cairo, 0.25, 0.28, 0.31);
  for (guint i = 0; i < count; i += every) {
    double middle = frame->left + (i + 0.5) * each;
    double from = CLAMP (middle - widest / 2, 0, width - widest);
    stn_text_draw_in (cairo, g_ptr_array_index (chart->categories, i), from, frame->top + frame->height + 4, widest,
                      LABEL_SIZE, STN_ALIGN_CENTRE);
    cairo_move_to (cairo, middle, frame->top + frame->height);
    cairo_line_to (cairo, middle, frame->top + frame->height + 3);
    cairo_stroke (cairo);
  }
  cairo_set_line_width (cairo, 0.8);
  cairo_move_to (cairo, frame->left, frame->top);
  cairo_line_to (cairo, frame->left, frame->top + frame->height);
  cairo_line_to (cairo, frame->left + frame->width, frame->top + frame->height);
  cairo_stroke (cairo);
  stn_text_draw_in (cairo, chart->x_title, frame->left, frame->top + frame->height + 17, frame->width, LABEL_SIZE,
                    STN_ALIGN_CENTRE);
  stn_text_draw (cairo, chart->y_title, 0, TITLE_HEIGHT - 2, LABEL_SIZE, FALSE);
}

static void
draw_columns (const StnReportChart *chart, const StnSeries *series, cairo_t *cairo, const Frame *frame, guint place,
              guint of)
{
  guint count = chart->categories->len;
  double each = frame->width / count, gap = MIN (each * 0.25, 8);
  double width = MIN ((each - gap) / of, 36);
  double begin = (each - width * of) / 2 + place * width;

  tone (cairo, series->tone);
  for (guint i = 0; i < count; i++)
    if (!isnan (series->values[i])) {
      double y = y_of (frame, MIN (series->values[i], frame->high));
      cairo_rectangle (cairo, frame->left + i * each + begin, y, MAX (width - 0.5, 0.5),
                       frame->top + frame->height - y);
    }
  cairo_fill (cairo);
}

static void
draw_line (const StnReportChart *chart, const StnSeries *series, cairo_t *cairo, const Frame *frame)
{
  guint count = chart->categories->len;
  double each = frame->width / count;
  gboolean open = FALSE;

  tone (cairo, series->tone);
  cairo_set_line_width (cairo, 1.2);
  for (guint i = 0; i < count; i++) {
    double value = series->values[i];
    if (isnan (value)) {
      open = FALSE;
      continue;
    }
    if (open)
      cairo_line_to (cairo, frame->left + (i + 0.5) * each, y_of (frame, value));
    else
      cairo_move_to (cairo, frame->left + (i + 0.5) * each, y_of (frame, value));
    open = TRUE;
  }
  cairo_stroke (cairo);
  double radius = CLAMP (each * 0.25, 0.8, 2.6);
  for (guint i = 0; i < count; i++) {
    if (isnan (series->values[i]))
      continue;
    double x = frame->left + (i + 0.5) * each, y = y_of (frame, series->values[i]);
    gboolean flagged = chart->flags != NULL && chart->flags[i];
    tone (cairo, flagged ? STN_TONE_BAD : series->tone);
    cairo_new_sub_path (cairo);
    cairo_arc (cairo, x, y, flagged ? MAX (radius, 2.4) : radius, 0, 2 * G_PI);
    cairo_fill (cairo);
    if (flagged) {
      cairo_set_line_width (cairo, 1);
      cairo_new_sub_path (cairo);
      cairo_arc (cairo, x, y, 5.5, 0, 2 * G_PI);
      cairo_stroke (cairo);
      g_autofree char *text = value_text (chart, series->values[i]);
      stn_text_draw (cairo, text, MIN (x + 8, frame->left + frame->width - 30), y - 6, LABEL_SIZE, TRUE);
    }
  }
}

static void
draw_steps (const StnReportChart *chart, const StnSeries *series, cairo_t *cairo, const Frame *frame)
{
  guint count = chart->categories->len;
  double each = frame->width / count;
  const double dashes[] = { 5, 3 };

  tone (cairo, series->tone);
  cairo_set_line_width (cairo, 0.9);
  if (series->kind == STN_SERIES_CENTRE)
    cairo_set_dash (cairo, dashes, 2, 0);
  for (guint i = 0; i < count; i++)
    if (!isnan (series->values[i])) {
      double y = y_of (frame, CLAMP (series->values[i], frame->low, frame->high));
      if (i == 0)
        cairo_move_to (cairo, frame->left, y);
      else
        cairo_line_to (cairo, frame->left + i * each, y);
      cairo_line_to (cairo, frame->left + (i + 1) * each, y);
    }
  cairo_stroke (cairo);
  cairo_set_dash (cairo, NULL, 0, 0);
}

static void
draw_legend (const StnReportChart *chart, cairo_t *cairo, double right)
{
  if (chart->series->len < 2)
    return;
  double x = right;
  for (guint i = chart->series->len; i-- > 0;) {
    const StnSeries *series = &g_array_index (chart->series, StnSeries, i);
    if (*series->name == '\0')
      continue;
    x -= stn_text_width (cairo, series->name, LABEL_SIZE, FALSE);
    cairo_set_source_rgb (cairo, 0.25, 0.28, 0.31);
    stn_text_draw (cairo, series->name, x, TITLE_HEIGHT - 2, LABEL_SIZE, FALSE);
    x -= 15;
    tone (cairo, series->tone);
    if (series->kind == STN_SERIES_COLUMNS) {
      cairo_rectangle (cairo, x + 2, TITLE_HEIGHT, 8, 8);
      cairo_fill (cairo);
    } else {
      const double dashes[] = { 4, 2 };
      cairo_set_line_width (cairo, 1.2);
      if (series->kind == STN_SERIES_CENTRE)
        cairo_set_dash (cairo, dashes, 2, 0);
      cairo_move_to (cairo, x, TITLE_HEIGHT + 4);
      cairo_line_to (cairo, x + 12, TITLE_HEIGHT + 4);
      cairo_stroke (cairo);
      cairo_set_dash (cairo, NULL, 0, 0);
    }
    x -= 10;
  }
}

static void
draw_standing (const StnReportChart *chart, cairo_t *cairo, double width, double height)
{
  Frame frame = { .top = TITLE_HEIGHT + 14, .height = height - TITLE_HEIGHT - 14 - 30 };
  guint columns = 0, place = 0;

  find_range (chart, &frame.low, &frame.high);
  double step = tick_step (frame.high - frame.low, 5);
  g_autofree char *top = tick_text (chart, frame.high, step);
  g_autofree char *under = tick_text (chart, frame.low, step);
  frame.left = 8 + MAX (stn_text_width (cairo, top, LABEL_SIZE, FALSE), stn_text_width (cairo, under, LABEL_SIZE, FALSE));
  frame.width = width - frame.left - 6;
  draw_axes (chart, cairo, &frame, width);
  if (chart->categories->len == 0) {
    stn_text_draw_in (cairo, "nothing to show", frame.left, frame.top + frame.height / 2 - 6, frame.width, 10,
                      STN_ALIGN_CENTRE);
    return;
  }
  for (guint i = 0; i < chart->series->len; i++)
    columns += g_array_index (chart->series, StnSeries, i).kind == STN_SERIES_COLUMNS;
  for (guint i = 0; i < chart->series->len; i++) {
    const StnSeries *series = &g_array_index (chart->series, StnSeries, i);
    if (series->kind == STN_SERIES_COLUMNS)
      draw_columns (chart, series, cairo, &frame, place++, columns);
    else if (series->kind != STN_SERIES_LINE)
      draw_steps (chart, series, cairo, &frame);
  }
  for (guint i = 0; i < chart->series->len; i++) /* on top */
    if (g_array_index (chart->series, StnSeries, i).kind == STN_SERIES_LINE)
      draw_line (chart, &g_array_index (chart->series, StnSeries, i), cairo, &frame);
  draw_legend (chart, cairo, frame.left + frame.width);
}

void
stn_report_chart_draw (const StnReportChart *chart, cairo_t *cairo, double width, double height)
{
  cairo_save (cairo);
  cairo_set_source_rgb (cairo, 0.11, 0.12, 0.14);
  stn_text_draw (cairo, chart->title, 0, 0, 11, TRUE);
  if (chart->lying)
    draw_lying (chart, cairo, width);
  else
    draw_standing (chart, cairo, width, height);
  cairo_restore (cairo);
}

double
stn_report_chart_height (const StnReportChart *chart, double width)
{
  (void) width;
  return chart->lying ? TITLE_HEIGHT + chart->categories->len * BAR_LINE + 18 : STANDING_HEIGHT;
}
