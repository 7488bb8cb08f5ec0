#include "ui/history-screen.h"

#include "src/base/error.h"
#include "ui/run-words.h"

#define PAGE 50

void
stn_history_question_free (StnHistoryQuestion *self)
{
  if (self == NULL)
    return;
  g_free (self->board);
  g_free (self->lot);
  g_free (self->site);
  g_free (self->day);
  g_free (self);
}

void
stn_history_answer_free (StnHistoryAnswer *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->runs);
  g_free (self);
}

static gboolean
is_either (const char *wanted, const char *seen)
{
  return wanted == NULL || g_strcmp0 (wanted, seen) == 0;
}

static gboolean
is_wanted (const StnRunRow *row, const StnHistoryQuestion *question)
{
  const StnRun *run = row->run;
  return is_either (question->lot, run->lot) && is_either (question->site, run->site)
         && is_either (question->day, run->production_day)
         && (!question->has_verdict || stn_run_verdict (row) == question->verdict);
}

/* A board's runs are few: they are fetched together and sifted here, newest first. */
static void
sift (GPtrArray *runs, const StnHistoryQuestion *question)
{
  for (guint i = 0; i < runs->len / 2; i++) {
    gpointer row = runs->pdata[i];
    runs->pdata[i] = runs->pdata[runs->len - 1 - i];
    runs->pdata[runs->len - 1 - i] = row;
  }
  for (guint i = runs->len; i-- > 0;)
    if (!is_wanted (g_ptr_array_index (runs, i), question))
      g_ptr_array_remove_index (runs, i);
}

StnHistoryAnswer *
stn_history_find (StnQuery *query, const StnHistoryQuestion *question, GError **error)
{
  StnRunFilter filter = { .lot = question->lot,
                          .site = question->site,
                          .production_day = question->day,
                          .has_verdict = question->has_verdict,
                          .verdict = question->verdict,
                          .newest_first = TRUE,
                          .after_row = question->after_row,
                          .limit = PAGE + 1 };
  g_autoptr (GPtrArray) runs = NULL;
  gboolean has_more = FALSE;

  if (question->board != NULL && question->after_row == 0) {
    runs = stn_query_unit (query, question->board, error);
    if (runs == NULL)
      return NULL;
    if (runs->len > 0)
      sift (runs, question);
    else
      g_clear_pointer (&runs, g_ptr_array_unref);
  }
  if (runs == NULL) {
    if (question->board != NULL && question->lot == NULL)
      filter.lot = question->board;
    else if (question->board != NULL)
      filter.serial = question->board; /* nobody has it: an empty list, not the whole lot */
    runs = stn_query_runs (query, &filter, error);
    if (runs == NULL)
      return NULL;
    has_more = runs->len > PAGE;
    if (has_more)
      g_ptr_array_set_size (runs, PAGE);
  }
  StnHistoryAnswer *answer = g_new0 (StnHistoryAnswer, 1);
  answer->runs = g_steal_pointer (&runs);
  answer->has_more = has_more;
  return answer;
}
