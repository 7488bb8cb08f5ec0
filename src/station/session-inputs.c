/* What happens by itself between cycles: the bank is opened, another program that has it is waited for, and what the
 * fixture says - START, lid, boards - is looked at. */
#include "src/station/session-private.h"

#define TRY_AGAIN_NS STN_NS_PER_S            /* while another program has the bank */
#define PRESS_LOOK_NS (5 * STN_NS_PER_MS)    /* START: press.h wants 10 ms at most */
#define SLOW_LOOK_NS (50 * STN_NS_PER_MS)    /* lids and detect pins, steady for much longer */

/* ---- what the wiring has ---- */

static gboolean
has_panel_line (const StnSession *self, StnPanelSignal signal)
{
  for (guint i = 0; i < self->seats->len; i++)
    for (guint k = 0; k < self->station->banks->len; k++) {
      const StnBankWiring *bank = &g_array_index (self->station->banks, StnBankWiring, k);
      if (g_strcmp0 (bank->file->name, stn_session_seat (self, i)->site->bank) == 0
          && bank->lines[signal].kind != STN_PIN_REF_NONE)
        return TRUE;
    }
  return FALSE;
}

gboolean
stn_session_has (const StnSession *self, StnStartBy by)
{
  if (self->station == NULL)
    return FALSE;
  switch (by) {
  case STN_START_BY_KEY:
    return TRUE;
  case STN_START_BY_PIN:
    return has_panel_line (self, STN_PANEL_START);
  case STN_START_BY_LID:
    return has_panel_line (self, STN_PANEL_LID);
  case STN_START_BY_INSERTION:
    for (guint i = 0; i < self->seats->len; i++)
      if (stn_session_seat (self, i)->has_detect)
        return TRUE;
    return FALSE;
  default:
    return FALSE;
  }
}

/* ---- what starts a cycle ---- */

/* The setting is the last audit row that says so: it holds over lots, jobs and programs. */
void
stn_session_read_start_by (StnSession *self)
{
  g_autoptr (GError) error = NULL;
  StnAuditRow *row = stn_query_last_audit (self->query, "setting", "start-by", &error);

  self->start_by = STN_START_BY_KEY;
  if (error != NULL)
    stn_session_warn (self, error->message);
  for (guint by = STN_START_BY_KEY; row != NULL && by < STN_START_BY_COUNT; by++)
    if (g_strcmp0 (row->new_value, stn_start_by_names[by]) == 0 && stn_session_has (self, by))
      self->start_by = by;
  stn_audit_row_free (row);
}

gboolean
stn_session_set_start_by_work (StnSession *self, const StnSessionRequest *request, GError **error)
{
  static const char *const missing[STN_START_BY_COUNT] = {
    [STN_START_BY_PIN] = "this fixture has no START (inputs: { start: … })",
    [STN_START_BY_INSERTION] = "this fixture has no detect pins, so nothing tells that boards were changed",
    [STN_START_BY_LID] = "this fixture has no lid (inputs: { lid: … })",
  };
  StnStartBy by = (StnStartBy) request->value;

  if (by <= STN_START_BY_NOW || by >= STN_START_BY_COUNT) {
    stn_error_set (error, STN_FAILURE_USAGE, "a cycle starts by key, pin, insertion or lid");
    return FALSE;
  }
  if (!stn_session_needs_idle (self, error) || !stn_session_needs_supervisor (self, "another way to start", error))
    return FALSE;
  if (!stn_session_has (self, by)) {
    stn_error_set (error, STN_FAILURE_USAGE, "%s", missing[by]);
    return FALSE;
  }
  const StnAudit audit = { .action = "setting",
                           .subject = "start-by",
                           .old_value = stn_start_by_names[self->start_by],
                           .new_value = stn_start_by_names[by],
                           .allowed_by = self->supervisor->badge };
  if (!stn_session_audit (self, &audit, error))
    return FALSE;
  self->start_by = by;
  return TRUE;
}

/* ---- another program at work ---- */

/* What the journal says of the sites meanwhile, for people to see; these boards are the other program's. */
static void
look_at_other (StnSession *self, StnSessionSeat *seat)
{
  g_autoptr (GError) error = NULL;
  StnRunFilter filter = { .site = seat->site->name, .newest_first = TRUE, .limit = 1 };
  g_autoptr (GPtrArray) rows = stn_query_runs (self->query, &filter, &error);
  const StnRunRow *row = rows != NULL && rows->len > 0 ? g_ptr_array_index (rows, 0) : NULL;

  if (row == NULL || seat->is_open || row->run->started_utc_us < self->busy_since_utc_us)
    return;
  gboolean has_result = row->result != NULL;
  if (seat->is_other && seat->has_result == has_result && g_strcmp0 (seat->run_id, row->run->run_id) == 0)
    return;
  stn_session_seat_clear_board (seat);
  seat->is_other = TRUE;
  seat->run_id = g_strdup (row->run->run_id);
  seat->serial = g_strdup (row->run->unit_scan);
  seat->has_result = has_result;
  if (has_result) {
    g_free (seat->serial);
    seat->serial = g_strdup (row->result->serial);
    seat->uid = g_strdup (row->result->uid);
    seat->verdict = row->result->verdict;
    seat->failure = row->result->failure;
    seat->message = g_strdup (row->result->message);
  }
  self->is_dirty = TRUE;
}

static void
be_remote (StnSession *self)
{
  if (self->busy_since_utc_us == 0)
    /* what it began before this program came to ask is its work, too */
    self->busy_since_utc_us = stn_clock_utc_us (self->clock) - G_GINT64_CONSTANT (600) * G_USEC_PER_SEC;
  for (guint i = 0; i < self->seats->len; i++)
    look_at_other (self, stn_session_seat (self, i));
}

/* The bank is ours: what the other program has left is its own, unless nobody knows how it ended. */
static void
end_remote (StnSession *self)
{
  if (self->busy_since_utc_us == 0)
    return;
  self->busy_since_utc_us = 0;
  for (guint i = 0; i < self->seats->len; i++)
    if (stn_session_seat (self, i)->is_other)
      stn_session_seat_clear_board (stn_session_seat (self, i));
  stn_session_find_unknown (self);
  stn_session_count (self);
}

gboolean
stn_session_is_remote (const StnSession *self)
{
  return self->station_fault != NULL && self->station_failure == STN_FAILURE_BANK_BUSY;
}

/* ---- the bank ---- */

static gboolean
wants_bank (const StnSession *self)
{
  if (self->phase != STN_PHASE_READY || self->person == NULL || self->job == NULL || self->lot == NULL || self->is_running)
    return FALSE;
  /* before anything of the station moves, what an earlier program left is settled */
  for (guint i = 0; i < self->seats->len; i++) {
    const StnSessionSeat *seat = stn_session_seat (self, i);
    if (self->run == NULL && seat->is_open && seat->open_verdict == STN_VERDICT_UNKNOWN)
      return FALSE;
  }
  return TRUE;
}

/* Whether the bank is to be opened by itself: not over a fault that somebody has to mend first. */
static gboolean
wants_opening (const StnSession *self)
{
  return (self->run == NULL || self->needs_reopening) && (self->station_fault == NULL || stn_session_is_remote (self));
}

static void
open_bank (StnSession *self)
{
  if (!stn_session_is_remote (self)) {
    self->is_opening = self->is_dirty = TRUE;
    stn_session_publish (self);
    self->is_opening = FALSE;
  }
  self->is_dirty = TRUE;
  if (stn_session_open_run (self, NULL))
    end_remote (self);
  else if (stn_session_is_remote (self))
    be_remote (self);
}

/* ---- inputs ---- */

static gint64
look_every_ns (const StnSession *self)
{
  if (self->start_by != STN_START_BY_KEY && stn_session_has (self, STN_START_BY_PIN))
    return PRESS_LOOK_NS;
  return stn_session_has (self, STN_START_BY_LID) || stn_session_has (self, STN_START_BY_INSERTION) ? SLOW_LOOK_NS : 0;
}

static void
look_at_boards (StnSession *self)
{
  for (guint i = 0; i < self->seats->len; i++) {
    StnSessionSeat *seat = stn_session_seat (self, i);
    gboolean is_in = FALSE, is_new = FALSE;
    if (!seat->has_detect || !stn_station_run_board (self->run, seat->site->name, &is_in, &is_new))
      continue;
    self->is_dirty = self->is_dirty || seat->is_gone != !is_in || seat->is_new != is_new;
    seat->is_gone = !is_in;
    seat->is_new = is_new;
    seat->is_old = is_in && !is_new;
  }
}

/* At least one board that no cycle has seen, where pins tell: a lid that was only opened and closed starts nothing. */
static gboolean
has_new_board (const StnSession *self)
{
  gboolean is_told = FALSE;
  for (guint i = 0; i < self->seats->len; i++) {
    const StnSessionSeat *seat = stn_session_seat (self, i);
    if (!seat->has_detect || seat->off_reason != NULL)
      continue;
    is_told = TRUE;
    if (seat->is_new)
      return TRUE;
  }
  return !is_told;
}

static void
start_by_itself (StnSession *self, StnCause cause)
{
  g_autoptr (GError) error = NULL;
  const StnSessionRequest request = { .value = cause };

  self->is_dirty = TRUE;
  gboolean ok = stn_session_start_work (self, &request, &error);
  stn_session_publish (self);
  if (ok)
    return;
  self->is_held = TRUE;
  stn_session_notice (self, STN_NOTICE_ANSWER, 0, stn_error_failure (error), NULL, "%s", error->message);
  stn_session_sound (self, STN_SOUND_ACTION);
}

static void
look (StnSession *self)
{
  g_autoptr (GError) error = NULL;
  StnRunInputs inputs = { 0 };

  for (guint i = 0; i < self->seats->len; i++) {
    const StnSessionSeat *seat = stn_session_seat (self, i);
    if (seat->has_detect && seat->place >= 0)
      stn_station_run_use (self->run, seat->site->name, seat->off_reason == NULL);
  }
  if (!stn_station_run_look (self->run, &inputs, &error)) {
    stn_session_note_fault (self, error);
    self->is_dirty = TRUE;
    return;
  }
  self->is_dirty = self->is_dirty || self->is_lid_open != (inputs.open_lid != NULL);
  self->is_lid_open = inputs.open_lid != NULL;
  look_at_boards (self);
  if (self->start_by == STN_START_BY_INSERTION && inputs.left_in_place != NULL) {
    g_autofree char *text = g_strdup_printf ("%s still holds its board of the last cycle: take it out", inputs.left_in_place);
    stn_session_warn (self, text);
  }
  if (inputs.is_pressed && self->start_by != STN_START_BY_KEY) {
    start_by_itself (self, STN_CAUSE_PIN);
    return;
  }
  gboolean is_ready = (self->start_by == STN_START_BY_INSERTION && inputs.boards_are_in)
                      || (self->start_by == STN_START_BY_LID && inputs.lid_was_closed && has_new_board (self));
  if (!is_ready)
    self->is_held = FALSE;
  else if (!self->is_held && stn_session_find_block (self, FALSE, NULL, NULL) == STN_BLOCK_NONE)
    start_by_itself (self, self->start_by == STN_START_BY_LID ? STN_CAUSE_LID : STN_CAUSE_INSERTION);
}

/* ---- the loop's side ---- */

gint64
stn_session_next_attention_ns (const StnSession *self)
{
  if (!wants_bank (self))
    return STN_TIME_NEVER;
  if (wants_opening (self))
    return self->attend_ns;
  return self->run != NULL && !self->needs_reopening && look_every_ns (self) > 0 ? self->attend_ns : STN_TIME_NEVER;
}

void
stn_session_attend (StnSession *self)
{
  gint64 due_ns = stn_session_next_attention_ns (self);
  if (due_ns == STN_TIME_NEVER || stn_clock_now_ns (self->clock) < due_ns)
    return;
  if (wants_opening (self)) {
    open_bank (self);
    self->attend_ns = stn_clock_now_ns (self->clock) + (stn_session_is_remote (self) ? TRY_AGAIN_NS : 0);
    return;
  }
  look (self);
  gint64 every_ns = look_every_ns (self);
  self->attend_ns = stn_clock_now_ns (self->clock) + every_ns;
}
