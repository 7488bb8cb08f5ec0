/* How a report's data is put together: for the reports' own files. */
#pragma once

#include "src/report/report.h"
#include "src/report/say.h"

G_BEGIN_DECLS

/* Text is copied; NULL or empty: no fact is added. */
void stn_report_fact (StnReport *self, const char *key, const char *title, const char *text);
void stn_report_fact_code (StnReport *self, const char *key, const char *title, const char *text);
void stn_report_fact_number (StnReport *self, const char *key, const char *title, guint64 number);
/* "98.7 % (987 of 1000)" */
void stn_report_fact_ratio (StnReport *self, const char *key, const char *title, guint64 part, guint64 of);

StnReportTable *stn_report_add_table (StnReport *self, const char *key, const char *title,
                                      const StnReportColumn *columns, guint column_count);
/* Cells are added one after another, row after row; text is copied, NULL is nothing. */
void stn_table_text_cell (StnReportTable *self, const char *text);
/* A word of one of our const tables, a verdict's name say: people may be shown it in their language. */
void stn_table_word_cell (StnReportTable *self, const char *word);
void stn_table_integer_cell (StnReportTable *self, gint64 value);
void stn_table_ratio_cell (StnReportTable *self, guint64 part, guint64 of);
void stn_table_duration_cell (StnReportTable *self, gint64 ns);
void stn_table_time_cell (StnReportTable *self, gint64 utc_us);

/* Categories first, then series: their values are as many as there are categories then. */
StnReportChart *stn_report_add_chart (StnReport *self, const char *key, const char *title, const char *x_title,
                                      const char *y_title);
void stn_chart_category (StnReportChart *self, const char *name);
double *stn_chart_series (StnReportChart *self, const char *name, StnSeriesKind kind, StnTone tone);
void stn_chart_flag (StnReportChart *self, guint category);

/* The filter of a query, its texts borrowed from it. */
StnUnitFilter stn_report_filter (const StnReportQuery *query);
/* "98.7 %"; "–" of nothing. Free with g_free. */
char *stn_ratio_text (guint64 part, guint64 of);
/* The images of a run, "app=0123456789ab… boot=…", short for people. Free with g_free. */
char *stn_images_short (const char *images);

gboolean stn_report_fill_unit (StnReport *self, StnQuery *journal, const StnReportQuery *query, GError **error);
gboolean stn_report_fill_lot (StnReport *self, StnQuery *journal, const StnReportQuery *query, GError **error);
gboolean stn_report_fill_yield (StnReport *self, StnQuery *journal, const StnReportQuery *query, GError **error);
gboolean stn_report_fill_pareto (StnReport *self, StnQuery *journal, const StnReportQuery *query, GError **error);
gboolean stn_report_fill_times (StnReport *self, StnQuery *journal, const StnReportQuery *query, GError **error);
gboolean stn_report_fill_pchart (StnReport *self, StnQuery *journal, const StnReportQuery *query, GError **error);

/* Adds the table and chart of failed runs; of no failures nothing. Also for the lot's report. */
gboolean stn_report_add_failures (StnReport *self, StnQuery *journal, const StnUnitFilter *filter, gboolean by_site,
                                  GError **error);

/* A fact: how long passes took against what their plans had predicted; of no such passes nothing. */
gboolean stn_report_add_predicted (StnReport *self, StnQuery *journal, const StnUnitFilter *filter, GError **error);

/* The formats, each in a file of its own. */
char *stn_report_to_text (const StnReport *self);
char *stn_report_to_csv (const StnReport *self);
char *stn_report_to_json (const StnReport *self);
char *stn_report_to_html (const StnReport *self);
GBytes *stn_report_to_pdf (const StnReport *self, StnPaper paper, GError **error);

G_END_DECLS
