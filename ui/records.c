#include "ui/records.h"

#include <glib/gi18n.h>
#include <string.h>

#include "src/base/error.h"
#include "ui/sentences.h"

/* What the thread works with; it outlives the reader by the questions that are under way. */
typedef struct {
  gatomicrefcount references;
  char *path;
  StnQuery *query; /* the thread's; opened by the first question */
} Connection;

struct StnRecords {
  Connection *connection;
  GThreadPool *thread;
  GCancellable *cancellable; /* of all that was asked since the last drop */
};

typedef struct {
  Connection *connection;
  StnRecordsWork work;
  gpointer question;
  GDestroyNotify free_question, free_answer;
  StnRecordsDone done;
  gpointer data;
} Question;

static Connection *
connection_new (const char *path)
{
  Connection *self = g_new0 (Connection, 1);
  g_atomic_ref_count_init (&self->references);
  self->path = g_strdup (path);
  return self;
}

static void
connection_unref (Connection *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  stn_query_close (self->query);
  g_free (self->path);
  g_free (self);
}

static void
question_free (gpointer data)
{
  Question *self = data;
  if (self->free_question != NULL)
    self->free_question (self->question);
  connection_unref (self->connection);
  g_free (self);
}

static void
answer (gpointer data, gpointer user_data G_GNUC_UNUSED)
{
  g_autoptr (GTask) task = data;
  Question *self = g_task_get_task_data (task);
  Connection *connection = self->connection;
  GError *error = NULL;
  gpointer result = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (connection->path == NULL)
    stn_error_set (&error, STN_FAILURE_JOURNAL, "there is no journal yet; a first run makes it");
  else if (connection->query == NULL)
    connection->query = stn_query_open (connection->path, &error);
  if (connection->query != NULL)
    result = self->work (connection->query, self->question, &error);
  if (error != NULL) {
    /* opened anew by the next question: the file may have been put back meanwhile */
    g_clear_pointer (&connection->query, stn_query_close);
    g_task_return_error (task, error);
  } else {
    g_task_return_pointer (task, result, self->free_answer);
  }
}

static void
on_answered (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data G_GNUC_UNUSED)
{
  const Question *self = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gpointer found = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->done (found, error, self->data);
  if (found != NULL && self->free_answer != NULL)
    self->free_answer (found);
}

StnRecords *
stn_records_new (const char *journal)
{
  StnRecords *self = g_new0 (StnRecords, 1);
  self->connection = connection_new (journal);
  self->cancellable = g_cancellable_new ();
  self->thread = g_thread_pool_new (answer, NULL, 1, FALSE, NULL);
  return self;
}

void
stn_records_free (StnRecords *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_thread_pool_free (self->thread, FALSE, FALSE);
  connection_unref (self->connection);
  g_free (self);
}

void
stn_records_drop (StnRecords *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
}

void
stn_records_set_journal (StnRecords *self, const char *journal)
{
  if (g_strcmp0 (self->connection->path, journal) == 0)
    return;
  stn_records_drop (self);
  connection_unref (self->connection);
  self->connection = connection_new (journal);
}

const char *
stn_records_journal (StnRecords *self)
{
  return self->connection->path;
}

void
stn_records_ask (StnRecords *self, StnRecordsWork work, gpointer question, GDestroyNotify free_question,
                 GDestroyNotify free_answer, StnRecordsDone done, gpointer data)
{
  GTask *task = g_task_new (NULL, self->cancellable, on_answered, NULL);
  Question *asked = g_new0 (Question, 1);
  g_atomic_ref_count_inc (&self->connection->references);
  asked->connection = self->connection;
  asked->work = work;
  asked->question = question;
  asked->free_question = free_question;
  asked->free_answer = free_answer;
  asked->done = done;
  asked->data = data;
  g_task_set_task_data (task, asked, question_free);
  g_thread_pool_push (self->thread, task, NULL);
}

char *
stn_records_error_text (const GError *error)
{
  if (strstr (error->message, "there is no journal yet") != NULL)
    return g_strdup (_ ("Nothing is recorded yet: the first run begins the journal."));
  return stn_text_sentence (error->message);
}
