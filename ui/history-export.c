#include "ui/history-export.h"

#include <gio/gio.h>

#include "src/base/error.h"

static gboolean
write_runs (StnQuery *query, const StnHistoryQuestion *question, GOutputStream *stream, guint64 *out_runs, GError **error)
{
  StnHistoryQuestion page = *question; /* its texts are the question's */
  gboolean is_virtual = stn_query_is_virtual (query), has_more = TRUE;
  g_autoptr (GString) text = g_string_new (NULL);

  stn_runs_csv_head (text);
  page.after_row = 0;
  while (has_more) {
    StnHistoryAnswer *answer = stn_history_find (query, &page, error);
    if (answer == NULL)
      return FALSE;
    for (guint i = 0; i < answer->runs->len; i++) {
      const StnRunRow *row = g_ptr_array_index (answer->runs, i);
      stn_runs_csv_row (text, row, is_virtual);
      page.after_row = row->row;
      (*out_runs)++;
    }
    has_more = answer->has_more && answer->runs->len > 0;
    stn_history_answer_free (answer);
    if (!g_output_stream_write_all (stream, text->str, text->len, NULL, NULL, error))
      return FALSE;
    g_string_truncate (text, 0);
  }
  return TRUE;
}

gboolean
stn_history_export (StnQuery *query, const StnHistoryQuestion *question, const char *path, guint64 *out_runs, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) cause = NULL;
  g_autoptr (GCancellable) given_up = g_cancellable_new ();
  guint64 runs = 0;
  /* a stream that is closed after it was cancelled leaves no file */
  g_autoptr (GFileOutputStream) stream = g_file_replace (file, NULL, FALSE, G_FILE_CREATE_NONE, NULL, &cause);
  gboolean done = stream != NULL && write_runs (query, question, G_OUTPUT_STREAM (stream), &runs, &cause);

  if (stream != NULL && !done)
    g_cancellable_cancel (given_up);
  if (stream != NULL && !g_output_stream_close (G_OUTPUT_STREAM (stream), given_up, done ? &cause : NULL))
    done = FALSE;
  if (!done) {
    stn_error_set (error, STN_FAILURE_BAD_FILE, "%s", cause != NULL ? cause->message : path);
    return FALSE;
  }
  *out_runs = runs;
  return TRUE;
}
