/* Asking the journal from the window: questions are answered in a thread, on a read-only connection of that thread's
 * own, and the answers arrive in the main loop. So a slow question never stops the window, and never the writer.
 *
 * One reader a screen: what one screen asks does not wait for another's. The window's thread only. */
#pragma once

#include "src/journal/query.h"

G_BEGIN_DECLS

typedef struct StnRecords StnRecords;

/* In the reader's thread. Returns the answer, NULL with the error. */
typedef gpointer (*StnRecordsWork) (StnQuery *query, gpointer question, GError **error);
/* In the main loop, once, unless the question was dropped; `answer` (borrowed) is NULL with `error`. */
typedef void (*StnRecordsDone) (gpointer answer, const GError *error, gpointer data);

/* `journal` NULL: there is none yet, every question is answered with an error. */
StnRecords *stn_records_new (const char *journal);
/* Drops what was asked and returns at once; the thread ends by itself. */
void stn_records_free (StnRecords *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnRecords, stn_records_free)
/* Another journal from now on; drops what was asked. Nothing happens when it is the same. */
void stn_records_set_journal (StnRecords *self, const char *journal);
const char *stn_records_journal (StnRecords *self);
/* Takes `question` over. Questions are answered in their order. */
void stn_records_ask (StnRecords *self, StnRecordsWork work, gpointer question, GDestroyNotify free_question,
                      GDestroyNotify free_answer, StnRecordsDone done, gpointer data);
/* Nobody waits any more for what was asked. */
void stn_records_drop (StnRecords *self);

/* What is said of an error, in the window's language. Free with g_free. */
char *stn_records_error_text (const GError *error);

G_END_DECLS
