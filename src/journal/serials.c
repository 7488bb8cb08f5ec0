/* Serials: every change of state is one row of serial_event; a trigger keeps serial_now and refuses what is no change.
 * All of it happens under BEGIN IMMEDIATE, so what is read here still holds when it is written. */
#include "src/journal/journal-private.h"

#include <string.h>

/* a row of serial_now, owned */
typedef struct {
  char *scheme, *serial, *run_id, *uid;
  gint64 number; /* -1: a given text */
  gint64 turn;
  char *state; /* NULL: there is no row */
} Serial;

static void
serial_clear (Serial *self)
{
  g_free (self->scheme);
  g_free (self->serial);
  g_free (self->run_id);
  g_free (self->uid);
  g_free (self->state);
  memset (self, 0, sizeof *self);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Serial, serial_clear)

#define SELECT_SERIAL "SELECT scheme, serial, number, turn, state, run_id, uid FROM serial_now "

static void
serial_read (Serial *self, StnRows *rows)
{
  serial_clear (self);
  self->scheme = stn_rows_text (rows, 0);
  self->serial = stn_rows_text (rows, 1);
  self->number = sqlite3_column_type (rows, 2) == SQLITE_NULL ? -1 : sqlite3_column_int64 (rows, 2);
  self->turn = sqlite3_column_int64 (rows, 3);
  self->state = stn_rows_text (rows, 4);
  self->run_id = stn_rows_text (rows, 5);
  self->uid = stn_rows_text (rows, 6);
}

/* The first row, or a cleared one. Ends the query. */
static gboolean
serial_first (StnJournal *self, StnRows *query, Serial *out, GError **error)
{
  g_autoptr (StnRows) rows = query;
  serial_clear (out);
  if (rows == NULL)
    return FALSE;
  StnRowState state = stn_database_step (self->database, rows, error);
  if (state == STN_ROW)
    serial_read (out, rows);
  return state != STN_ROW_ERROR;
}

static gboolean
state_is (const Serial *serial, StnSerialState state)
{
  return g_strcmp0 (serial->state, stn_serial_state_name (state)) == 0;
}

static gboolean
change (StnJournal *self, const Serial *serial, StnSerialState state, const char *run_id, const char *uid,
        GError **error)
{
  return stn_database_run (self->database, error,
                           "INSERT INTO serial_event (scheme, serial, number, turn, state, run_id, uid, utc_us) VALUES "
                           "(?, ?, ?, ?, ?, ?, ?, ?)",
                           "ttnittti", serial->scheme, serial->serial, serial->number, serial->turn + 1,
                           stn_serial_state_name (state), run_id, uid, stn_clock_utc_us (self->clock));
}

/* ----- lease ----- */

typedef struct {
  const char *run_id;
  const StnSerialRequest *request;
  char *serial;
} Lease;

static gboolean
is_void (StnJournal *self, const char *serial, gboolean *out, GError **error)
{
  g_autoptr (StnRows) rows
      = stn_database_query (self->database, error, "SELECT 1 FROM void WHERE serial = ? LIMIT 1", "t", serial);
  if (rows == NULL)
    return FALSE;
  StnRowState state = stn_database_step (self->database, rows, error);
  *out = state == STN_ROW;
  return state != STN_ROW_ERROR;
}

/* Whether another scheme of the product has the text on a board or on its way to one, this chip's own not counted.
 * `inout_number`: the highest number of that scheme, where it counts. */
static gboolean
is_given_elsewhere (StnJournal *self, const StnSerialRequest *request, const char *text, gboolean *out,
                    gint64 *inout_number, GError **error)
{
  *out = FALSE;
  if (request->product == NULL)
    return TRUE;
  g_autoptr (StnRows) rows = stn_database_query (self->database, error,
    "SELECT (SELECT max (number) FROM serial_now AS all_of_it WHERE all_of_it.scheme = known.scheme)"
    " FROM (SELECT DISTINCT scheme FROM serial_event WHERE serial = ?1) AS known JOIN serial_now USING (scheme)"
    " WHERE serial_now.serial = ?1 AND scheme <> ?2 AND state <> 'free' AND (?4 IS NULL OR uid IS NOT ?4)"
    " AND (scheme = ?3 OR substr (scheme, 1, length (?3) + 1) = ?3 || '/') LIMIT 1", "tttt",
    text, request->scheme, request->product, request->uid);
  if (rows == NULL)
    return FALSE;
  StnRowState state = stn_database_step (self->database, rows, error);
  *out = state == STN_ROW;
  if (*out && inout_number != NULL && sqlite3_column_type (rows, 0) != SQLITE_NULL)
    *inout_number = sqlite3_column_int64 (rows, 0);
  return state != STN_ROW_ERROR;
}

/* Hands the serial to the run: a new one is leased, one that may be on this very chip stays what it is. */
static gboolean
hand_out (StnJournal *self, Lease *lease, const Serial *serial, GError **error)
{
  StnSerialState state = STN_SERIAL_LEASED;
  if (state_is (serial, STN_SERIAL_EXPOSED))
    state = STN_SERIAL_EXPOSED;
  else if (state_is (serial, STN_SERIAL_USED))
    state = STN_SERIAL_USED;
  if (!change (self, serial, state, lease->run_id, lease->request->uid, error))
    return FALSE;
  lease->serial = g_strdup (serial->serial);
  return TRUE;
}

static void
refuse (const Serial *serial, GError **error)
{
  stn_error_set (error, STN_FAILURE_SERIAL_USED, "serial %s is %s%s%s%s%s", serial->serial, serial->state,
                 serial->run_id != NULL ? " by run " : "", serial->run_id != NULL ? serial->run_id : "",
                 serial->uid != NULL ? " on chip " : "", serial->uid != NULL ? serial->uid : "");
}

static gboolean
lease_given (StnJournal *self, Lease *lease, GError **error)
{
  const StnSerialRequest *request = lease->request;
  g_auto (Serial) serial = { 0 };
  gboolean void_text, is_elsewhere;

  if (!serial_first (self, stn_database_query (self->database, error, SELECT_SERIAL "WHERE scheme = ? AND serial = ?",
                                               "tt", request->scheme, request->text), &serial, error)
      || !is_void (self, request->text, &void_text, error)
      || !is_given_elsewhere (self, request, request->text, &is_elsewhere, NULL, error))
    return FALSE;
  if (is_elsewhere) {
    stn_error_set (error, STN_FAILURE_SERIAL_USED,
                   "serial %s was given out by this job before, when its serials were made another way", request->text);
    return FALSE;
  }
  if (void_text && !state_is (&serial, STN_SERIAL_VOID)) {
    stn_error_set (error, STN_FAILURE_SERIAL_USED, "serial %s is void", request->text);
    return FALSE;
  }
  if (serial.state == NULL) {
    serial.scheme = g_strdup (request->scheme);
    serial.serial = g_strdup (request->text);
    serial.number = -1;
    return hand_out (self, lease, &serial, error);
  }
  gboolean same_chip = request->uid != NULL && g_strcmp0 (serial.uid, request->uid) == 0
                       && (state_is (&serial, STN_SERIAL_EXPOSED) || state_is (&serial, STN_SERIAL_USED));
  if (same_chip || state_is (&serial, STN_SERIAL_FREE))
    return hand_out (self, lease, &serial, error);
  refuse (&serial, error);
  return FALSE;
}

static gboolean
lease_counted (StnJournal *self, Lease *lease, GError **error)
{
  const StnSerialRequest *request = lease->request;
  const gint64 first = (gint64) MIN (request->first, (guint64) G_MAXINT64 - 1);
  const gint64 last = (gint64) MIN (request->last, (guint64) G_MAXINT64 - 1);
  g_auto (Serial) serial = { 0 };

  /* what this chip has, or may have, already */
  if (request->uid != NULL) {
    if (!serial_first (self, stn_database_query (self->database, error, SELECT_SERIAL
          "WHERE uid = ? AND scheme = ? AND state IN ('exposed', 'used') ORDER BY state, run_id DESC LIMIT 1", "tt",
          request->uid, request->scheme), &serial, error))
      return FALSE;
    if (serial.state != NULL)
      return hand_out (self, lease, &serial, error);
  }
  /* a number that came back */
  for (gint64 from = first; from <= last; from = serial.number + 1) {
    gboolean is_elsewhere;
    if (!serial_first (self, stn_database_query (self->database, error, SELECT_SERIAL
          "WHERE scheme = ? AND state = 'free' AND number BETWEEN ? AND ? "
          "AND NOT EXISTS (SELECT 1 FROM void WHERE void.serial = serial_now.serial) ORDER BY number LIMIT 1", "tii",
          request->scheme, from, last), &serial, error))
      return FALSE;
    if (serial.state == NULL)
      break;
    if (!is_given_elsewhere (self, request, serial.serial, &is_elsewhere, NULL, error))
      return FALSE;
    if (!is_elsewhere)
      return hand_out (self, lease, &serial, error);
  }

  /* the next of the counter: the highest number of the range that was ever given out, and one more */
  gint64 number;
  {
    g_autoptr (StnRows) rows = stn_database_query (self->database, error,
      "SELECT max (number) FROM serial_now WHERE scheme = ? AND number BETWEEN ? AND ?", "tii", request->scheme, first,
      last);
    if (rows == NULL || stn_database_step (self->database, rows, error) != STN_ROW)
      return FALSE;
    number = sqlite3_column_type (rows, 0) == SQLITE_NULL ? first : sqlite3_column_int64 (rows, 0) + 1;
  }
  /* texts that were scanned or made void before the counter came to them are passed over */
  for (gint64 next; number <= last; number = next) {
    next = number + 1;
    g_autofree char *text = request->format ((guint64) number, request->data);
    gboolean void_text, is_elsewhere;
    gint64 highest = number;
    if (text == NULL || text[0] == '\0') {
      stn_error_set (error, STN_FAILURE_INTERNAL, "no serial could be made of number %" G_GINT64_FORMAT, number);
      return FALSE;
    }
    if (!serial_first (self, stn_database_query (self->database, error, SELECT_SERIAL "WHERE scheme = ? AND serial = ?",
                                                 "tt", request->scheme, text), &serial, error)
        || !is_void (self, text, &void_text, error)
        || !is_given_elsewhere (self, request, text, &is_elsewhere, &highest, error))
      return FALSE;
    if (serial.state != NULL || void_text)
      continue;
    if (is_elsewhere) {
      /* a pattern that says the same in other words: behind its last, not one by one */
      if (highest > number && highest < last)
        next = highest + 1;
      continue;
    }
    serial.scheme = g_strdup (request->scheme);
    serial.serial = g_steal_pointer (&text);
    serial.number = number;
    return hand_out (self, lease, &serial, error);
  }
  stn_error_set (error, STN_FAILURE_SERIALS_EXHAUSTED, "%s: all of %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
                 " are given out", request->scheme, request->first, request->last);
  return FALSE;
}

/* the run must be alive in this program, hold the chip that it names, and hold no serial yet */
static gboolean
may_lease (StnJournal *self, const char *run_id, const char *uid, GError **error)
{
  {
    g_autoptr (StnRows) rows = stn_database_query (self->database, error,
      "SELECT uid FROM live_run WHERE run_id = ? AND instance = ?", "ti", run_id, self->instance);
    if (rows == NULL)
      return FALSE;
    StnRowState state = stn_database_step (self->database, rows, error);
    if (state == STN_ROW_ERROR)
      return FALSE;
    if (state == STN_ROW_END) {
      stn_error_set (error, STN_FAILURE_INTERNAL, "run %s has not begun here, or is over", run_id);
      return FALSE;
    }
    if (uid != NULL && g_strcmp0 ((const char *) sqlite3_column_text (rows, 0), uid) != 0) {
      stn_error_set (error, STN_FAILURE_INTERNAL, "run %s asks for a serial before it was admitted with chip %s",
                     run_id, uid);
      return FALSE;
    }
  }
  g_autoptr (StnRows) rows
      = stn_database_query (self->database, error, "SELECT serial FROM serial_event WHERE run_id = ?", "t", run_id);
  if (rows == NULL)
    return FALSE;
  StnRowState state = stn_database_step (self->database, rows, error);
  if (state == STN_ROW)
    stn_error_set (error, STN_FAILURE_INTERNAL, "run %s has serial %s already", run_id,
                   (const char *) sqlite3_column_text (rows, 0));
  return state == STN_ROW_END;
}

static gboolean
lease_work (StnJournal *self, StnJournalRequest *request, GError **error)
{
  Lease *lease = request->data;
  if (!may_lease (self, lease->run_id, lease->request->uid, error))
    return FALSE;
  return lease->request->text != NULL ? lease_given (self, lease, error) : lease_counted (self, lease, error);
}

gboolean
stn_journal_lease (StnJournal *self, const char *run_id, const StnSerialRequest *request, char **out_serial,
                   GError **error)
{
  Lease lease = { .run_id = run_id, .request = request };
  StnJournalRequest call = { .work = lease_work, .failure = STN_FAILURE_NOT_RECORDED, .data = &lease };

  if (request->scheme == NULL || (request->text == NULL && request->format == NULL)
      || (request->text != NULL && (request->text[0] == '\0' || !g_utf8_validate (request->text, -1, NULL)))) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "a serial without a scheme, a text or a way to make it");
    return FALSE;
  }
  if (!stn_journal_call (self, &call, error)) {
    g_free (lease.serial);
    return FALSE;
  }
  *out_serial = lease.serial;
  return TRUE;
}

/* ----- expose ----- */

#define HELD_BY_RUN SELECT_SERIAL "WHERE run_id = ?1 AND state IN ('leased', 'exposed', 'used') LIMIT 1"

static gboolean
expose_held (StnJournal *self, Serial *serial, const char *run_id, const char *uid, GError **error)
{
  if (!change (self, serial, STN_SERIAL_EXPOSED, run_id, uid, error))
    return FALSE;
  serial->turn++;
  g_free (serial->state);
  serial->state = g_strdup (stn_serial_state_name (STN_SERIAL_EXPOSED));
  return TRUE;
}

static gboolean
find_uid (StnJournal *self, const char *run_id, char **out_uid, GError **error)
{
  g_autoptr (StnRows) rows
      = stn_database_query (self->database, error, "SELECT uid FROM admission WHERE run_id = ?", "t", run_id);
  if (rows == NULL)
    return FALSE;
  StnRowState state = stn_database_step (self->database, rows, error);
  *out_uid = state == STN_ROW ? stn_rows_text (rows, 0) : NULL;
  return state != STN_ROW_ERROR;
}

static gboolean
expose_work (StnJournal *self, StnJournalRequest *request, GError **error)
{
  const char *run_id = request->data;
  g_auto (Serial) serial = { 0 };
  g_autofree char *uid = NULL;

  if (!serial_first (self, stn_database_query (self->database, error, HELD_BY_RUN, "t", run_id), &serial, error))
    return FALSE;
  if (serial.state == NULL) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "run %s has no serial to expose", run_id);
    return FALSE;
  }
  if (!state_is (&serial, STN_SERIAL_LEASED))
    return TRUE; /* on this chip before: nothing changes */
  return find_uid (self, run_id, &uid, error)
         && expose_held (self, &serial, run_id, uid != NULL ? uid : serial.uid, error);
}

gboolean
stn_journal_expose (StnJournal *self, const char *run_id, GError **error)
{
  StnJournalRequest call
      = { .work = expose_work, .failure = STN_FAILURE_NOT_RECORDED, .data = (gpointer) run_id };
  return stn_journal_call (self, &call, error);
}

/* ----- the end of a run ----- */

gboolean
stn_serials_settle (StnJournal *self, const StnResult *result, GError **error)
{
  g_auto (Serial) serial = { 0 };
  g_autofree char *admitted = NULL;

  if (!serial_first (self, stn_database_query (self->database, error, HELD_BY_RUN, "t", result->run_id), &serial,
                     error)
      || !find_uid (self, result->run_id, &admitted, error))
    return FALSE;
  if (serial.state == NULL || state_is (&serial, STN_SERIAL_USED))
    return TRUE; /* none, or one that this chip had from a PASS before: a fail now does not take it away */

  const char *uid = result->uid != NULL ? result->uid : admitted != NULL ? admitted : serial.uid;
  if (result->serial_exposed && state_is (&serial, STN_SERIAL_LEASED)
      && !expose_held (self, &serial, result->run_id, uid, error))
    return FALSE;
  if (result->verdict == STN_VERDICT_PASS)
    return change (self, &serial, STN_SERIAL_USED, result->run_id, uid, error);
  if (state_is (&serial, STN_SERIAL_LEASED))
    return change (self, &serial, STN_SERIAL_FREE, NULL, NULL, error);
  if (uid == NULL)
    return change (self, &serial, STN_SERIAL_VOID, result->run_id, NULL, error); /* on a board that nobody can name */
  return TRUE;
}

gboolean
stn_serials_recover (StnJournal *self, GError **error)
{
  g_autoptr (GPtrArray) left = g_ptr_array_new ();
  gboolean done = TRUE;

  {
    g_autoptr (StnRows) rows = stn_database_query (self->database, error, SELECT_SERIAL
      "WHERE state = 'leased' AND NOT EXISTS (SELECT 1 FROM live_run WHERE live_run.run_id = serial_now.run_id) "
      "UNION ALL " SELECT_SERIAL "WHERE state = 'exposed' AND uid IS NULL "
      "AND NOT EXISTS (SELECT 1 FROM live_run WHERE live_run.run_id = serial_now.run_id)", "");
    if (rows == NULL)
      return FALSE;
    StnRowState state;
    while ((state = stn_database_step (self->database, rows, error)) == STN_ROW) {
      Serial *serial = g_new0 (Serial, 1);
      serial_read (serial, rows);
      g_ptr_array_add (left, serial);
    }
    done = state == STN_ROW_END;
  }
  for (guint i = 0; i < left->len; i++) {
    Serial *serial = g_ptr_array_index (left, i);
    StnSerialState state = state_is (serial, STN_SERIAL_LEASED) ? STN_SERIAL_FREE : STN_SERIAL_VOID;
    done = done && change (self, serial, state, NULL, NULL, error);
    serial_clear (serial);
    g_free (serial);
  }
  return done;
}
