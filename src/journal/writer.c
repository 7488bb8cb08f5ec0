/* The one writer: takes all calls that wait, runs them in one transaction, commits, answers. */
#include "src/journal/journal-private.h"

/* an error of the file gets the meaning that it has for this call */
static void
fail (StnJournalRequest *request, const GError *error)
{
  request->ok = FALSE;
  if (request->error != NULL)
    return; /* what went wrong first */
  request->error = g_error_copy (error);
  if (stn_error_is (error, STN_FAILURE_JOURNAL))
    request->error->code = (int) request->failure;
}

static void
run_one (StnJournal *self, StnJournalRequest *request)
{
  g_autoptr (GError) error = NULL;

  if (!stn_database_run (self->database, &error, "SAVEPOINT one", "")) {
    fail (request, error);
    return;
  }
  request->ok = request->work (self, request, &error);
  if (!request->ok) {
    fail (request, error);
    /* SQLite may have undone the whole transaction by itself (disk full, memory): then there is no savepoint left */
    if (sqlite3_get_autocommit (self->database->connection))
      return;
    g_clear_error (&error);
    if (stn_database_run (self->database, &error, "ROLLBACK TO one", ""))
      stn_database_run (self->database, &error, "RELEASE one", "");
    return;
  }
  if (!stn_database_run (self->database, &error, "RELEASE one", ""))
    fail (request, error);
}

/* None of these calls is on disk: those that would have been done say so, the others keep their own reason. */
static void
fail_all (StnJournalRequest *first, const GError *error)
{
  for (StnJournalRequest *request = first; request != NULL; request = request->next)
    if (request->ok)
      fail (request, error);
}

static void
run_all (StnJournal *self, StnJournalRequest *first)
{
  g_autoptr (GError) error = NULL;

  if (!stn_database_run (self->database, &error, "BEGIN IMMEDIATE", "")) {
    for (StnJournalRequest *request = first; request != NULL; request = request->next)
      fail (request, error);
    return;
  }
  for (StnJournalRequest *request = first; request != NULL; request = request->next) {
    run_one (self, request);
    if (sqlite3_get_autocommit (self->database->connection)) {
      /* gone with all that came before it; those behind it have not been tried, which comes to the same */
      g_autoptr (GError) gone = g_error_copy (request->error);
      g_prefix_error (&gone, "undone with another call's: ");
      fail_all (first, gone);
      for (StnJournalRequest *rest = request->next; rest != NULL; rest = rest->next)
        fail (rest, gone);
      return;
    }
  }
  if (stn_database_run (self->database, &error, "COMMIT", ""))
    return;

  fail_all (first, error);
  if (!sqlite3_get_autocommit (self->database->connection)) {
    g_clear_error (&error);
    stn_database_run (self->database, &error, "ROLLBACK", ""); /* nothing more to be done where this fails too */
  }
}

/* SQLite would bring the log's pages into the file inside the commit that fills it, and the units of that commit would
 * wait for it: thousands of pages and two syncs. The log is as durable as the file, so this can wait until everybody has
 * been answered and nobody waits; only where there is always somebody it is done in between. */
#define CHECKPOINT_PAGES 1000
#define CHECKPOINT_PAGES_MOST 16000

static int
on_commit (gpointer data, sqlite3 *connection G_GNUC_UNUSED, const char *name G_GNUC_UNUSED, int pages)
{
  StnJournal *self = data;
  self->wal_pages = (guint) pages;
  return SQLITE_OK;
}

/* Its errors are no call's: what it did not do is done the next time, as at SQLite's own. */
static void
checkpoint (StnJournal *self)
{
  sqlite3_wal_checkpoint_v2 (self->database->connection, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  self->wal_pages = 0;
}

static gpointer
writer_main (gpointer data)
{
  StnJournal *self = data;

  sqlite3_wal_hook (self->database->connection, on_commit, self); /* instead of SQLite's own checkpoints */
  g_mutex_lock (&self->mutex);
  for (;;) {
    if (self->wal_pages >= (self->first == NULL ? CHECKPOINT_PAGES : CHECKPOINT_PAGES_MOST)) {
      g_mutex_unlock (&self->mutex);
      checkpoint (self);
      g_mutex_lock (&self->mutex);
    }
    while (self->first == NULL && !self->closing)
      stn_clock_wait (self->clock, self, &self->mutex, STN_TIME_NEVER, NULL);
    StnJournalRequest *first = self->first;
    if (first == NULL)
      break;
    self->first = NULL;
    self->last = NULL;
    self->transactions++;
    g_mutex_unlock (&self->mutex);

    run_all (self, first);

    g_mutex_lock (&self->mutex);
    while (first != NULL) {
      StnJournalRequest *next = first->next; /* once it is done, its owner may be gone with it */
      first->done = TRUE;
      stn_clock_wake (self->clock, first);
      first = next;
    }
  }
  g_mutex_unlock (&self->mutex);
  return NULL;
}

gboolean
stn_journal_call (StnJournal *self, StnJournalRequest *request, GError **error)
{
  g_mutex_lock (&self->mutex);
  if (self->last != NULL)
    self->last->next = request;
  else
    self->first = request;
  self->last = request;
  self->calls++;
  stn_clock_wake (self->clock, self);
  while (!request->done)
    stn_clock_wait (self->clock, request, &self->mutex, STN_TIME_NEVER, NULL);
  g_mutex_unlock (&self->mutex);

  if (!request->ok)
    g_propagate_error (error, g_steal_pointer (&request->error));
  return request->ok;
}

void
stn_journal_start_writer (StnJournal *self)
{
  self->writer = stn_clock_thread_new (self->clock, "journal", writer_main, self);
}

void
stn_journal_stop_writer (StnJournal *self)
{
  if (self->writer == NULL)
    return;
  g_mutex_lock (&self->mutex);
  self->closing = TRUE;
  stn_clock_wake (self->clock, self);
  g_mutex_unlock (&self->mutex);
  stn_clock_thread_join (self->clock, g_steal_pointer (&self->writer), FALSE);
}
