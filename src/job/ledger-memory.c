#include "src/job/ledger-memory.h"

typedef struct {
  char *text;
  char *scheme;
  StnSerialState state;
  char *run_id; /* that leased it last */
  char *uid;    /* of the chip that it was exposed to */
} Serial;

typedef struct {
  StnRun *run;
  StnResult *result; /* NULL: still going on */
  char *uid;         /* claimed by admit */
  Serial *serial;
  gboolean window_is_open;
} Entry;

typedef struct {
  StnLedger ledger;
  GMutex mutex;
  GPtrArray *entries;        /* Entry */
  GPtrArray *runs, *results; /* borrowed from the entries, in the order they came */
  GPtrArray *serials;        /* Serial */
  GHashTable *counters;      /* scheme -> guint64 *, the next number */
  guint windows;
  char *last_window; /* what the last one was for */
  guint fail_in; /* calls until one fails; 0: never */
} StnLedgerMemory;

static void
serial_free (gpointer data)
{
  Serial *self = data;
  g_free (self->text);
  g_free (self->scheme);
  g_free (self->run_id);
  g_free (self->uid);
  g_free (self);
}

static void
entry_free (gpointer data)
{
  Entry *self = data;
  stn_run_free (self->run);
  stn_result_free (self->result);
  g_free (self->uid);
  g_free (self);
}

static Entry *
find_entry (StnLedgerMemory *self, const char *run_id)
{
  for (guint i = 0; i < self->entries->len; i++) {
    Entry *entry = g_ptr_array_index (self->entries, i);
    if (g_strcmp0 (entry->run->run_id, run_id) == 0)
      return entry;
  }
  return NULL;
}

/* A run that goes on, or NULL with an error. */
static Entry *
live_entry (StnLedgerMemory *self, const char *run_id, GError **error)
{
  Entry *entry = find_entry (self, run_id);
  if (entry != NULL && entry->result == NULL)
    return entry;
  stn_error_set (error, STN_FAILURE_NOT_RECORDED, "run %s %s", run_id,
                 entry == NULL ? "was never begun" : "has its result already");
  return NULL;
}

static gboolean
pretend_to_fail (StnLedgerMemory *self, GError **error)
{
  if (self->fail_in == 0 || --self->fail_in > 0)
    return FALSE;
  stn_error_set (error, STN_FAILURE_NOT_RECORDED, "the ledger in memory was told to fail here");
  return TRUE;
}

static Entry *
entry_of_call (StnLedgerMemory *self, const char *run_id, GError **error)
{
  return pretend_to_fail (self, error) ? NULL : live_entry (self, run_id, error);
}

static gboolean
memory_begin (StnLedger *ledger, const StnRun *run, GError **error)
{
  StnLedgerMemory *self = (StnLedgerMemory *) ledger;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  if (pretend_to_fail (self, error))
    return FALSE;
  if (run->run_id == NULL || find_entry (self, run->run_id) != NULL) {
    stn_error_set (error, STN_FAILURE_NOT_RECORDED, "run %s is not new",
                   run->run_id != NULL ? run->run_id : "without id");
    return FALSE;
  }
  Entry *entry = g_new0 (Entry, 1);
  entry->run = stn_run_copy (run);
  g_ptr_array_add (self->entries, entry);
  g_ptr_array_add (self->runs, entry->run);
  return TRUE;
}

/* What is known of a chip under a job. */
typedef struct {
  guint passes, passes_of_others, fails_since_pass;
} History;

static gboolean
is_of_unit (const Entry *entry, const StnAdmissionRequest *request)
{
  return entry->result != NULL && g_strcmp0 (entry->uid, request->uid) == 0
         && g_strcmp0 (entry->run->job_name, request->job_name) == 0;
}

static History
unit_history (StnLedgerMemory *self, const StnAdmissionRequest *request)
{
  History history = { 0 };
  for (guint i = 0; i < self->entries->len; i++) {
    const Entry *entry = g_ptr_array_index (self->entries, i);
    if (!is_of_unit (entry, request))
      continue;
    if (entry->result->verdict == STN_VERDICT_PASS) {
      history.fails_since_pass = 0;
      if (entry->run->job_revision == request->job_revision)
        history.passes++;
      else
        history.passes_of_others++;
    } else if (entry->result->failure == STN_FAILURE_PASS_UNDONE) {
      history.passes = history.passes_of_others = 0;
    } else if (entry->result->verdict == STN_VERDICT_FAIL) {
      history.fails_since_pass++;
    }
  }
  return history;
}

static guint64
passes_of_lot (StnLedgerMemory *self, const StnAdmissionRequest *request)
{
  guint64 count = 0;
  for (guint i = 0; i < self->entries->len; i++) {
    const Entry *entry = g_ptr_array_index (self->entries, i);
    count += entry->result != NULL && entry->result->verdict == STN_VERDICT_PASS
                     && g_strcmp0 (entry->run->lot, request->lot) == 0
                     && g_strcmp0 (entry->run->job_name, request->job_name) == 0
                 ? 1
                 : 0;
  }
  return count;
}

static gboolean
claim (StnLedgerMemory *self, Entry *own, const char *uid, GError **error)
{
  for (guint i = 0; uid != NULL && i < self->entries->len; i++) {
    const Entry *entry = g_ptr_array_index (self->entries, i);
    if (entry == own || entry->result != NULL || g_strcmp0 (entry->uid, uid) != 0)
      continue;
    stn_error_set (error, STN_FAILURE_SAME_UNIT_TWICE, "chip %s is at site %s already (run %s)", uid,
                   entry->run->site != NULL ? entry->run->site : "?", entry->run->run_id);
    return FALSE;
  }
  g_free (own->uid);
  own->uid = g_strdup (uid);
  return TRUE;
}

static gboolean
memory_admit (StnLedger *ledger, const StnAdmissionRequest *request, StnAdmission *out, GError **error)
{
  StnLedgerMemory *self = (StnLedgerMemory *) ledger;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  Entry *entry = entry_of_call (self, request->run_id, error);
  if (entry == NULL || !claim (self, entry, request->uid, error))
    return FALSE;
  if (request->quantity > 0 && passes_of_lot (self, request) >= (guint64) request->quantity) {
    stn_error_set (error, STN_FAILURE_QUANTITY, "the lot has its %" G_GINT64_FORMAT " units", request->quantity);
    return FALSE;
  }
  if (request->uid == NULL) {
    *out = STN_ADMISSION_GO;
    return TRUE;
  }

  History history = unit_history (self, request);
  if (history.passes > 0 && !request->repeat_allowed) {
    stn_error_set (error, STN_FAILURE_ALREADY_DONE, "chip %s has passed %s, revision %" G_GINT64_FORMAT, request->uid,
                   request->job_name, request->job_revision);
    return FALSE;
  }
  if (request->retries >= 0 && history.fails_since_pass > (guint64) request->retries) {
    stn_error_set (error, STN_FAILURE_RETRY_LIMIT, "chip %s has failed %u times", request->uid,
                   history.fails_since_pass);
    return FALSE;
  }
  if (history.fails_since_pass > 0)
    *out = STN_ADMISSION_RETRY;
  else if (history.passes_of_others > 0 && history.passes == 0)
    *out = STN_ADMISSION_REWORK;
  else
    *out = STN_ADMISSION_GO;
  return TRUE;
}

static Serial *
find_serial (StnLedgerMemory *self, const char *scheme, const char *text)
{
  for (guint i = 0; i < self->serials->len; i++) {
    Serial *serial = g_ptr_array_index (self->serials, i);
    if (g_str_equal (serial->text, text) && (scheme == NULL || g_strcmp0 (serial->scheme, scheme) == 0))
      return serial;
  }
  return NULL;
}

/* Another scheme of the product has it, on another chip. */
static gboolean
is_given_elsewhere (StnLedgerMemory *self, const StnSerialRequest *request, const char *text)
{
  g_autofree char *head = request->product != NULL ? g_strconcat (request->product, "/", NULL) : NULL;

  for (guint i = 0; head != NULL && i < self->serials->len; i++) {
    const Serial *serial = g_ptr_array_index (self->serials, i);
    if (g_str_equal (serial->text, text) && g_strcmp0 (serial->scheme, request->scheme) != 0
        && serial->state != STN_SERIAL_FREE && (request->uid == NULL || g_strcmp0 (serial->uid, request->uid) != 0)
        && (g_strcmp0 (serial->scheme, request->product) == 0 || g_str_has_prefix (serial->scheme, head)))
      return TRUE;
  }
  return FALSE;
}

static Serial *
add_serial (StnLedgerMemory *self, const char *scheme, const char *text)
{
  Serial *serial = g_new0 (Serial, 1);
  serial->text = g_strdup (text);
  serial->scheme = g_strdup (scheme);
  g_ptr_array_add (self->serials, serial);
  return serial;
}

static gboolean
is_kept_for (const Serial *serial, const char *uid)
{
  return uid != NULL && serial->state == STN_SERIAL_EXPOSED && g_strcmp0 (serial->uid, uid) == 0;
}

/* The one that a run of the same chip may have left on it, else one that came back unused. */
static Serial *
left_serial (StnLedgerMemory *self, const StnSerialRequest *request)
{
  for (guint i = 0; i < self->serials->len; i++) {
    Serial *serial = g_ptr_array_index (self->serials, i);
    if (g_strcmp0 (serial->scheme, request->scheme) == 0 && is_kept_for (serial, request->uid))
      return serial;
  }
  for (guint i = 0; i < self->serials->len; i++) {
    Serial *serial = g_ptr_array_index (self->serials, i);
    if (g_strcmp0 (serial->scheme, request->scheme) == 0 && serial->state == STN_SERIAL_FREE
        && !is_given_elsewhere (self, request, serial->text))
      return serial;
  }
  return NULL;
}

static Serial *
next_serial (StnLedgerMemory *self, const StnSerialRequest *request, GError **error)
{
  guint64 *next = g_hash_table_lookup (self->counters, request->scheme);
  if (next == NULL) {
    next = g_new (guint64, 1);
    *next = request->first;
    g_hash_table_insert (self->counters, g_strdup (request->scheme), next);
  }
  g_autofree char *text = *next <= request->last ? request->format (*next, request->data) : NULL;
  while (text != NULL && is_given_elsewhere (self, request, text)) {
    g_free (text);
    text = ++*next <= request->last ? request->format (*next, request->data) : NULL;
  }
  if (text == NULL) {
    stn_error_set (error, STN_FAILURE_SERIALS_EXHAUSTED, "%s: the last number is %" G_GUINT64_FORMAT, request->scheme,
                   request->last);
    return NULL;
  }
  (*next)++;
  Serial *known = find_serial (self, request->scheme, text);
  if (known != NULL) {
    stn_error_set (error, STN_FAILURE_SERIAL_USED, "serial %s is %s (run %s)", text,
                   stn_serial_state_name (known->state), known->run_id);
    return NULL;
  }
  return add_serial (self, request->scheme, text);
}

static Serial *
given_serial (StnLedgerMemory *self, const StnSerialRequest *request, GError **error)
{
  Serial *serial = find_serial (self, request->scheme, request->text);
  if (is_given_elsewhere (self, request, request->text)) {
    stn_error_set (error, STN_FAILURE_SERIAL_USED, "serial %s was given out by this job before", request->text);
    return NULL;
  }
  if (serial == NULL)
    return add_serial (self, request->scheme, request->text);
  if (serial->state == STN_SERIAL_FREE || is_kept_for (serial, request->uid))
    return serial;
  stn_error_set (error, STN_FAILURE_SERIAL_USED, "serial %s is %s (run %s)", serial->text,
                 stn_serial_state_name (serial->state), serial->run_id);
  return NULL;
}

static gboolean
memory_lease (StnLedger *ledger, const char *run_id, const StnSerialRequest *request, char **out_serial, GError **error)
{
  StnLedgerMemory *self = (StnLedgerMemory *) ledger;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  Entry *entry = entry_of_call (self, run_id, error);
  if (entry == NULL)
    return FALSE;
  if (entry->serial != NULL) {
    stn_error_set (error, STN_FAILURE_NOT_RECORDED, "run %s has serial %s already", run_id, entry->serial->text);
    return FALSE;
  }
  Serial *serial = request->text != NULL ? given_serial (self, request, error) : left_serial (self, request);
  if (serial == NULL && request->text == NULL)
    serial = next_serial (self, request, error);
  if (serial == NULL)
    return FALSE;
  /* one that may be on the chip stays exposed: it never becomes free again */
  if (serial->state == STN_SERIAL_FREE)
    serial->state = STN_SERIAL_LEASED;
  g_free (serial->run_id);
  serial->run_id = g_strdup (run_id);
  entry->serial = serial;
  *out_serial = g_strdup (serial->text);
  return TRUE;
}

static gboolean
memory_expose (StnLedger *ledger, const char *run_id, GError **error)
{
  StnLedgerMemory *self = (StnLedgerMemory *) ledger;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  Entry *entry = entry_of_call (self, run_id, error);
  if (entry == NULL)
    return FALSE;
  if (entry->serial == NULL) {
    stn_error_set (error, STN_FAILURE_NOT_RECORDED, "run %s has no serial to expose", run_id);
    return FALSE;
  }
  entry->serial->state = STN_SERIAL_EXPOSED;
  g_free (entry->serial->uid);
  entry->serial->uid = g_strdup (entry->uid);
  return TRUE;
}

static gboolean
memory_window_open (StnLedger *ledger, const char *run_id, const char *site, const char *what, gint64 longest_ns,
                    GError **error)
{
  StnLedgerMemory *self = (StnLedgerMemory *) ledger;
  (void) site;
  (void) longest_ns;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  Entry *entry = entry_of_call (self, run_id, error);
  if (entry == NULL)
    return FALSE;
  if (entry->window_is_open) {
    stn_error_set (error, STN_FAILURE_NOT_RECORDED, "run %s has a write window open already", run_id);
    return FALSE;
  }
  entry->window_is_open = TRUE;
  self->windows++;
  g_free (self->last_window);
  self->last_window = g_strdup (what);
  return TRUE;
}

static gboolean
memory_window_close (StnLedger *ledger, const char *run_id, GError **error)
{
  StnLedgerMemory *self = (StnLedgerMemory *) ledger;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  Entry *entry = entry_of_call (self, run_id, error);
  if (entry == NULL)
    return FALSE;
  if (!entry->window_is_open) {
    stn_error_set (error, STN_FAILURE_NOT_RECORDED, "run %s has no write window open", run_id);
    return FALSE;
  }
  entry->window_is_open = FALSE;
  return TRUE;
}

/* PASS: used; never exposed: free; exposed without PASS: kept for its chip, or void when that is not known. */
static void
settle_serial (Serial *serial, const StnResult *result)
{
  if (result->verdict == STN_VERDICT_PASS)
    serial->state = STN_SERIAL_USED;
  else if (serial->state == STN_SERIAL_LEASED)
    serial->state = STN_SERIAL_FREE;
  else if (serial->uid == NULL)
    serial->state = STN_SERIAL_VOID;
}

static gboolean
memory_finish (StnLedger *ledger, const StnResult *result, GError **error)
{
  StnLedgerMemory *self = (StnLedgerMemory *) ledger;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  Entry *entry = entry_of_call (self, result->run_id, error);
  if (entry == NULL)
    return FALSE;
  entry->result = stn_result_copy (result);
  g_ptr_array_add (self->results, entry->result);
  if (entry->serial != NULL)
    settle_serial (entry->serial, result);
  return TRUE;
}

static void
memory_free (StnLedger *ledger)
{
  StnLedgerMemory *self = (StnLedgerMemory *) ledger;
  g_ptr_array_unref (self->runs);
  g_ptr_array_unref (self->results);
  g_ptr_array_unref (self->entries);
  g_ptr_array_unref (self->serials);
  g_hash_table_unref (self->counters);
  g_mutex_clear (&self->mutex);
  g_free (self->last_window);
  g_free (self);
}

static const StnLedgerClass memory_class = {
  .begin = memory_begin,
  .admit = memory_admit,
  .lease = memory_lease,
  .expose = memory_expose,
  .window_open = memory_window_open,
  .window_close = memory_window_close,
  .finish = memory_finish,
  .free = memory_free,
};

StnLedger *
stn_ledger_memory_new (void)
{
  StnLedgerMemory *self = g_new0 (StnLedgerMemory, 1);
  self->ledger.ledger_class = &memory_class;
  g_mutex_init (&self->mutex);
  self->entries = g_ptr_array_new_with_free_func (entry_free);
  self->runs = g_ptr_array_new ();
  self->results = g_ptr_array_new ();
  self->serials = g_ptr_array_new_with_free_func (serial_free);
  self->counters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return &self->ledger;
}

const GPtrArray *
stn_ledger_memory_runs (StnLedger *ledger)
{
  return ((StnLedgerMemory *) ledger)->runs;
}

const GPtrArray *
stn_ledger_memory_results (StnLedger *ledger)
{
  return ((StnLedgerMemory *) ledger)->results;
}

StnSerialState
stn_ledger_memory_serial (StnLedger *ledger, const char *text)
{
  StnLedgerMemory *self = (StnLedgerMemory *) ledger;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  const Serial *serial = find_serial (self, NULL, text);
  return serial != NULL ? serial->state : STN_SERIAL_FREE;
}

guint
stn_ledger_memory_open_windows (StnLedger *ledger)
{
  StnLedgerMemory *self = (StnLedgerMemory *) ledger;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  guint count = 0;
  for (guint i = 0; i < self->entries->len; i++)
    count += ((const Entry *) g_ptr_array_index (self->entries, i))->window_is_open ? 1 : 0;
  return count;
}

guint
stn_ledger_memory_windows (StnLedger *ledger)
{
  StnLedgerMemory *self = (StnLedgerMemory *) ledger;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  return self->windows;
}

char *
stn_ledger_memory_last_window (StnLedger *ledger)
{
  StnLedgerMemory *self = (StnLedgerMemory *) ledger;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  return g_strdup (self->last_window);
}

void
stn_ledger_memory_fail_at (StnLedger *ledger, guint call)
{
  StnLedgerMemory *self = (StnLedgerMemory *) ledger;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  self->fail_in = call;
}
