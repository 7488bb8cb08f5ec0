/* S7: what has been. The runs of the journal, newest first, a page at a time; by serial, UID, lot, site, day, verdict.
 * Emits "unit-chosen" (text: a serial, a UID, or ""; key: the run's row). */
#pragma once

#include <gtk/gtk.h>

#include "src/journal/query.h"

G_BEGIN_DECLS

#define STN_TYPE_HISTORY_SCREEN (stn_history_screen_get_type ())
G_DECLARE_FINAL_TYPE (StnHistoryScreen, stn_history_screen, STN, HISTORY_SCREEN, GtkBox)

GtkWidget *stn_history_screen_new (void);
/* Whose runs; NULL: no journal yet. */
void stn_history_screen_set_journal (StnHistoryScreen *self, const char *journal);
/* Asks again with what the fields say; the first rows come at once. */
void stn_history_screen_search (StnHistoryScreen *self);
/* A code that was scanned: "LOT:…" looks for a lot, all else for a board. */
void stn_history_screen_scan (StnHistoryScreen *self, const char *text);

/* What is looked for. */
typedef struct {
  char *board;            /* serial or UID; where no board has it, a lot of that name; NULL: any */
  char *lot, *site, *day; /* NULL: any */
  gboolean has_verdict;
  StnVerdict verdict;
  gint64 after_row;       /* 0: the newest */
} StnHistoryQuestion;
typedef struct {
  GPtrArray *runs;  /* StnRunRow */
  gboolean has_more;
} StnHistoryAnswer;
void stn_history_question_free (StnHistoryQuestion *self);
void stn_history_answer_free (StnHistoryAnswer *self);
/* In any thread. NULL with the error. */
StnHistoryAnswer *stn_history_find (StnQuery *query, const StnHistoryQuestion *question, GError **error);
/* Shows a page of answers; `question->after_row` 0: instead of what was there. Takes the runs out of the answer. */
void stn_history_screen_show (StnHistoryScreen *self, const StnHistoryQuestion *question, StnHistoryAnswer *answer,
                              const GError *error);

G_END_DECLS
