/* What the parts of the journal share: the writer's queue, the chain, serials, live programs. Nobody else includes it,
 * but the journal's own tests. */
#pragma once

#include "src/journal/database.h"
#include "src/journal/journal.h"

G_BEGIN_DECLS

/* One call that waits for the writer; lives on the caller's stack. `work` runs in the writer's thread inside the
 * transaction, in a savepoint of its own: FALSE undoes this call and no other. */
typedef struct StnJournalRequest StnJournalRequest;
struct StnJournalRequest {
  gboolean (*work) (StnJournal *self, StnJournalRequest *request, GError **error);
  StnFailure failure;   /* what an error of the file means for this call */
  gboolean done;
  gboolean ok;
  GError *error;
  StnJournalRequest *next;
  gpointer data;        /* the call's arguments and outputs */
};

struct StnJournal {
  StnDatabase *database; /* the writer's, once it runs */
  StnClock *clock;
  char *spool_path;
  gboolean is_virtual;
  gint64 instance; /* of this program, in table instance */

  int has_spooled; /* atomic: this program has put a result into the spool that is not recorded yet */

  guint wal_pages; /* in the log after the last commit; the writer's */
  GThread *writer;
  GMutex mutex; /* guards the four below */
  StnJournalRequest *first, *last;
  gboolean closing;
  guint64 transactions, calls; /* committed together: for tests and benchmarks */
};

/* Queues and waits; the request's `ok` and `error` are moved out. */
gboolean stn_journal_call (StnJournal *self, StnJournalRequest *request, GError **error);
void stn_journal_start_writer (StnJournal *self);
void stn_journal_stop_writer (StnJournal *self);
/* An fd that holds a lock on the file's folder until it is closed; -1 where there is none to be had. Held while the
 * file is opened, so that of two programs that start together one makes the schema and the other finds it, and while
 * the spool is written. On the folder, because opening and closing the file itself would drop SQLite's own locks on it
 * (POSIX locks belong to the process). */
int stn_journal_lock_folder (const char *path);
/* The name of a network file system by its statfs magic; NULL: not one that is refused. */
const char *stn_journal_network_name (unsigned long magic);
/* Puts a result where it survives although the file cannot take it; for finish. */
gboolean stn_journal_spool (StnJournal *self, const StnResult *result, GError **error);
/* Takes up what was put there; at open, before the writer runs. */
gboolean stn_journal_replay_spool (StnJournal *self, GError **error);
/* The same while the writer runs, in the thread that begins a run: nothing new begins while a result of this program
 * waits. */
gboolean stn_journal_settle_spool (StnJournal *self, GError **error);

/* All below: inside a transaction, in the thread that has it. */

/* The next link over a row that was just inserted. */
gboolean stn_chain_append (StnDatabase *database, const char *kind, gint64 row, const StnCanonical *form,
                           GError **error);
/* Inserts the rows of a record: `table` with id (given out), form and its columns. */
gboolean stn_journal_insert_run (StnDatabase *database, const StnRun *run, GError **error);
gboolean stn_journal_insert_result (StnDatabase *database, const StnResult *result, GError **error);
/* The result with all that goes with it; for finish and for the replay. FALSE with *out_has_one set when there is one
 * already. */
gboolean stn_journal_settle_result (StnJournal *self, const StnResult *result, gboolean *out_has_one, GError **error);

/* The unit's row in unit_now with this result. */
gboolean stn_units_settle (StnDatabase *database, const StnResult *result, GError **error);

/* What becomes of the run's serial with this result. */
gboolean stn_serials_settle (StnJournal *self, const StnResult *result, GError **error);
/* Frees leases, and voids exposed serials of an unknown chip, whose run is not live. */
gboolean stn_serials_recover (StnJournal *self, GError **error);

/* This program's row; the caller has deleted dead ones before. */
gboolean stn_instance_enter (StnJournal *self, GError **error);
gboolean stn_instance_leave (StnJournal *self, GError **error);
/* Whether there are rows of programs that do not run any more, and their end. */
gboolean stn_instance_find_dead (StnJournal *self, gboolean *out_found, GError **error);
gboolean stn_instance_delete_dead (StnJournal *self, GError **error);
/* Whether the program of this row still runs. */
gboolean stn_instance_is_alive (gint64 pid, gint64 start_ticks, const char *boot_id);

G_END_DECLS
