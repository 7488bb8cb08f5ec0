/* Reports: what the journal says, as facts, tables and charts, with the query that they answer in words.
 *
 * One const table (stn_report_kinds) has every report. stn_report_new asks the journal and gives plain data that no
 * longer needs it; csv, json, html, pdf, text and the window all show that same data, and what is drawn is drawn by one
 * code onto a cairo context (draw.h). Nothing here writes to a journal. Any thread, one at a time a report.
 *
 * Yields follow the rules of query.h: a board belongs to the day, site, lot and operator of its first run. */
#pragma once

#include "src/journal/query-report.h"

G_BEGIN_DECLS

/* ----- what can be asked ----- */

typedef struct {
  const char *lot, *unit, *site, *operator_id, *job_name; /* NULL: any */
  const char *from_day, *to_day;                          /* production days YYYY-MM-DD, both included; NULL: open */
  const char *by; /* for yield and fpy: one of the report's `by`; NULL: the first of them */
  /* what it says in words comes through gettext (domain "station"), numbers with the reader's decimal sign; for csv and
   * json leave it FALSE: their keys never change, and their texts are English everywhere */
  gboolean is_translated;
} StnReportQuery;

typedef struct StnReport StnReport;

typedef struct {
  const char *name;   /* "lot" */
  const char *title;  /* "Lot report" */
  const char *help;   /* one line */
  const char *needs;  /* "lot" or "unit": the parameter that must be given; NULL: none */
  const char *takes;  /* the other parameters, separated by spaces */
  const char *by;     /* the keys of --by, separated by spaces; NULL: it takes none */
  gboolean signature; /* has a line to sign */
  gboolean (*fill) (StnReport *report, StnQuery *journal, const StnReportQuery *query, GError **error);
} StnReportKind;

const StnReportKind *stn_report_kinds (guint *out_count);
/* NULL: there is no such report. */
const StnReportKind *stn_report_kind_find (const char *name);

/* ----- what comes back ----- */

typedef enum {
  STN_CELL_NOTHING, /* not known, not observed */
  STN_CELL_TEXT,
  STN_CELL_INTEGER,
  STN_CELL_RATIO,    /* integer of `of`; "98.7 %" for people, 0.987000 for machines; of 0: nothing */
  STN_CELL_DURATION, /* ns; seconds for people, ms in csv and json */
  STN_CELL_TIME      /* UTC, us; local for people, ISO 8601 with Z for machines */
} StnCellKind;
typedef struct {
  StnCellKind kind;
  gint64 integer, of;
  char *text; /* owned */
  gboolean is_word; /* a word of ours, for people in their language */
} StnCell;

typedef struct {
  const char *key;   /* in csv and json: never changes */
  const char *title; /* for people, in English */
  StnCellKind kind;  /* of its cells, but for those without a value; numbers are set to the right */
} StnReportColumn;

typedef struct {
  const char *key;
  char *title;
  const StnReportColumn *columns; /* borrowed: const tables */
  guint column_count;
  GArray *cells; /* StnCell, row after row */
  char *note;    /* a line below it; NULL: none */
} StnReportTable;
guint stn_report_table_rows (const StnReportTable *self);
const StnCell *stn_report_table_cell (const StnReportTable *self, guint row, guint column);

typedef struct {
  const char *key, *title; /* "jobs": "Job" */
  char *text;
  gboolean is_code; /* a hash or an id: set in a fixed width, may break anywhere */
} StnReportFact;

typedef enum {
  STN_SERIES_COLUMNS, /* bars side by side */
  STN_SERIES_LINE,    /* points, joined */
  STN_SERIES_LIMIT,   /* a step a category, as the limits of a control chart are */
  STN_SERIES_CENTRE   /* a dashed straight line through all categories */
} StnSeriesKind;
typedef enum { STN_TONE_PLAIN, STN_TONE_GOOD, STN_TONE_BAD, STN_TONE_SECOND } StnTone;
typedef struct {
  char *name; /* in the legend */
  StnSeriesKind kind;
  StnTone tone;
  double *values; /* one a category; NAN: none */
} StnSeries;
typedef struct {
  const char *key;
  char *title;
  char *x_title, *y_title; /* with the unit: "cycle time (s)" */
  gboolean is_percent;     /* values are 0..1 and the axis says per cent */
  gboolean from_zero;      /* the axis begins at 0 */
  gboolean lying;          /* bars from left to right, one below the other: for long names */
  GPtrArray *categories;   /* char * */
  gboolean *flags;         /* one a category: marked (out of its limits); NULL: none is */
  GArray *series;          /* StnSeries */
} StnReportChart;

struct StnReport {
  const StnReportKind *kind;
  char *title;       /* "Lot L-2026-118" */
  char *query;       /* in words: "Boards whose first run was in lot L-2026-118." */
  char *journal;     /* the file's name, and what it is */
  gint64 made_utc_us;
  gboolean is_translated;
  gboolean is_virtual;   /* shown on every page */
  gboolean is_empty;     /* nothing in the journal fits the query */
  GArray *facts;         /* StnReportFact */
  GPtrArray *tables;     /* StnReportTable *; the first one is the csv */
  GPtrArray *charts;     /* StnReportChart * */
  guint64 chain_rows;    /* of the journal when the report was made; its head is in the facts */
  char chain_head[65];   /* hex */
};

/* `journal_name` is said on the report. `now_utc_us`: the moment that it is of. NULL with STN_FAILURE_USAGE where a
 * parameter is missing or not understood, STN_FAILURE_BAD_FILE where nothing is known of the unit or lot,
 * STN_FAILURE_JOURNAL where the journal can't be read. Blocks for as long as the journal is read. */
StnReport *stn_report_new (const StnReportKind *kind, StnQuery *journal, const char *journal_name,
                           const StnReportQuery *query, gint64 now_utc_us, GError **error);
void stn_report_free (StnReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnReport, stn_report_free)

/* A cell for people and for machines. NULL: nothing. Free with g_free. */
char *stn_cell_for_people (const StnCell *self);
char *stn_cell_for_machines (const StnCell *self);

/* ----- as a file ----- */

typedef enum {
  STN_REPORT_TABLE, /* text, for a terminal */
  STN_REPORT_CSV,   /* RFC 4180, UTF-8, the first table; a text that a spreadsheet would take for a formula gets a ' */
  STN_REPORT_JSON,
  STN_REPORT_HTML, /* one file, nothing is fetched */
  STN_REPORT_PDF,
  STN_REPORT_FORMAT_COUNT
} StnReportFormat;
/* "table", "csv", … FALSE: there is no such format. */
gboolean stn_report_format_find (const char *name, StnReportFormat *out);
typedef enum { STN_PAPER_A4, STN_PAPER_LETTER } StnPaper;

/* The whole file in memory; NULL with an error. `paper` is for pdf. */
GBytes *stn_report_to_bytes (const StnReport *self, StnReportFormat format, StnPaper paper, GError **error);

G_END_DECLS
