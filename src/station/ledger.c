#include "src/station/ledger.h"

typedef struct {
  StnLedger ledger; /* first */
  StnJournal *journal;
  GMutex mutex;
  guint64 quantity, passes; /* of this ledger's own runs; quantity 0: no limit */
  GHashTable *admitted; /* run ids that were admitted and have no result yet: they may still become a PASS of the lot */
} JournalLedger;

static StnJournal *
journal_of (StnLedger *self)
{
  return ((JournalLedger *) self)->journal;
}

gboolean
stn_ledger_decide (const StnAdmissionRequest *request, const StnUnitHistory *history, guint64 lot_passes,
                   StnAdmission *out, GError **error)
{
  if (history->passes > 0 && !request->repeat_allowed) {
    if (history->pass_serial != NULL)
      stn_error_set (error, STN_FAILURE_ALREADY_DONE, "this board was already programmed, as %s", history->pass_serial);
    else
      stn_error_set (error, STN_FAILURE_ALREADY_DONE, "this board was already programmed by this job");
    return FALSE;
  }
  /* the first run is none of the retries */
  if (request->retries >= 0 && history->fails_since_pass > (guint64) request->retries) {
    stn_error_set (error, STN_FAILURE_RETRY_LIMIT,
                   "this board failed %u times, and the job allows %" G_GINT64_FORMAT " %s", history->fails_since_pass,
                   request->retries, request->retries == 1 ? "retry" : "retries");
    return FALSE;
  }
  if (request->quantity > 0 && lot_passes >= (guint64) request->quantity) {
    stn_error_set (error, STN_FAILURE_QUANTITY,
                   "%" G_GUINT64_FORMAT " boards of this lot have passed, and the job's quantity is %" G_GINT64_FORMAT,
                   lot_passes, request->quantity);
    return FALSE;
  }
  *out = history->fails_since_pass > 0 || history->unknown > 0 ? STN_ADMISSION_RETRY : STN_ADMISSION_GO;
  return TRUE;
}

static gboolean
ledger_begin (StnLedger *self, const StnRun *run, GError **error)
{
  return stn_journal_begin (journal_of (self), run, error);
}

static gboolean
ledger_admit (StnLedger *self, const StnAdmissionRequest *request, StnAdmission *out, GError **error)
{
  JournalLedger *ledger = (JournalLedger *) self;
  StnUnitHistory history = { 0 };
  guint64 lot_passes = 0;

  if (request->uid != NULL
      && !stn_journal_admit (ledger->journal, request->run_id, request->uid, request->job_name, request->job_revision,
                             &history, error))
    return FALSE;

  /* Boards of one cycle are admitted side by side: those on their way count as if they had passed, or a lot of ten
   * would end with seventeen. One at a time, so that nobody counts between another's count and its entry. The clock
   * does not run on while the journal writes, so a mutex held over it stalls no virtual time. */
  g_mutex_lock (&ledger->mutex);
  guint admitted = g_hash_table_size (ledger->admitted);
  gboolean ok = request->quantity == 0
                || stn_journal_count_passes_to (ledger->journal, request->job_name, request->lot,
                                                (guint64) MAX (request->quantity - (gint64) admitted, 0), &lot_passes,
                                                error);
  if (ok && ledger->quantity > 0 && ledger->passes + admitted >= ledger->quantity) {
    stn_error_set (error, STN_FAILURE_QUANTITY,
                   "%" G_GUINT64_FORMAT " boards were asked for, and as many have passed or are about to",
                   ledger->quantity);
    ok = FALSE;
  }
  ok = ok && stn_ledger_decide (request, &history, lot_passes + admitted, out, error);
  if (ok)
    g_hash_table_add (ledger->admitted, g_strdup (request->run_id));
  g_mutex_unlock (&ledger->mutex);
  stn_unit_history_clear (&history);
  return ok;
}

static gboolean
ledger_lease (StnLedger *self, const char *run_id, const StnSerialRequest *request, char **out_serial, GError **error)
{
  return stn_journal_lease (journal_of (self), run_id, request, out_serial, error);
}

static gboolean
ledger_expose (StnLedger *self, const char *run_id, GError **error)
{
  return stn_journal_expose (journal_of (self), run_id, error);
}

static gboolean
ledger_window_open (StnLedger *self, const char *run_id, const char *site, const char *what, gint64 longest_ns,
                    GError **error)
{
  return stn_journal_window_open (journal_of (self), run_id, site, what, longest_ns, error);
}

static gboolean
ledger_window_close (StnLedger *self, const char *run_id, GError **error)
{
  return stn_journal_window_close (journal_of (self), run_id, error);
}

static gboolean
ledger_finish (StnLedger *self, const StnResult *result, GError **error)
{
  JournalLedger *ledger = (JournalLedger *) self;
  gboolean ok = stn_journal_finish (ledger->journal, result, error);
  /* only now: between commit and here it counts twice, which refuses one too many and never admits one */
  g_mutex_lock (&ledger->mutex);
  g_hash_table_remove (ledger->admitted, result->run_id);
  ledger->passes += ok && result->verdict == STN_VERDICT_PASS;
  g_mutex_unlock (&ledger->mutex);
  return ok;
}

static void
ledger_free (StnLedger *self)
{
  JournalLedger *ledger = (JournalLedger *) self;
  g_hash_table_unref (ledger->admitted);
  g_mutex_clear (&ledger->mutex);
  g_free (ledger);
}

static const StnLedgerClass journal_ledger_class = {
  .begin = ledger_begin,
  .admit = ledger_admit,
  .lease = ledger_lease,
  .expose = ledger_expose,
  .window_open = ledger_window_open,
  .window_close = ledger_window_close,
  .finish = ledger_finish,
  .free = ledger_free,
};

void
stn_ledger_journal_set_quantity (StnLedger *self, guint64 quantity)
{
  ((JournalLedger *) self)->quantity = quantity;
}

StnLedger *
stn_ledger_journal_new (StnJournal *journal)
{
  JournalLedger *self = g_new0 (JournalLedger, 1);
  self->ledger.ledger_class = &journal_ledger_class;
  self->journal = journal;
  self->admitted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_mutex_init (&self->mutex);
  return &self->ledger;
}
