/* Scans: told apart by how they begin, never by what has the focus. */
#include "src/station/session-private.h"

#include <string.h>

#include "src/job/serial-pattern.h"

#define SCAN_MOST 128

static gboolean
wants_scans (const StnSession *self)
{
  return self->job != NULL && self->lot != NULL && self->job->has_serial
         && self->job->serial_from == STN_SERIAL_FROM_SCAN;
}

static gboolean
takes_scan (const StnSessionSeat *seat)
{
  return seat->off_reason == NULL && seat->scan == NULL && !seat->is_open;
}

int
stn_session_next_scan (const StnSession *self)
{
  if (!wants_scans (self) || self->is_running)
    return -1;
  for (guint i = 0; self->marked_site != NULL && i < self->seats->len; i++)
    if (g_str_equal (stn_session_seat (self, i)->site->name, self->marked_site)
        && takes_scan (stn_session_seat (self, i)))
      return (int) i;
  for (guint i = 0; i < self->seats->len; i++)
    if (takes_scan (stn_session_seat (self, i)))
      return (int) i;
  return -1;
}

static gboolean
assign (StnSession *self, guint index, const char *serial, GError **error)
{
  StnSessionSeat *seat = stn_session_seat (self, index);
  g_autoptr (GError) wrong = NULL;

  if (!stn_serial_check_given (self->job->serial_check, serial, &wrong)) {
    stn_error_set (error, STN_FAILURE_WRONG_SCAN, "not a serial for this job: “%s”: %s", serial, wrong->message);
    return FALSE;
  }
  for (guint i = 0; i < self->seats->len; i++)
    if (i != index && g_strcmp0 (stn_session_seat (self, i)->scan, serial) == 0) {
      stn_error_set (error, STN_FAILURE_WRONG_SCAN, "“%s” was scanned for %s already", serial,
                     stn_session_seat (self, i)->site->name);
      return FALSE;
    }
  g_free (seat->scan);
  seat->scan = g_strdup (serial);
  g_array_append_val (self->scan_order, index);
  g_clear_pointer (&self->marked_site, g_free);
  stn_session_notice (self, STN_NOTICE_SCAN, 0, STN_FAILURE_NONE, seat->site->name, "%s", serial);
  return TRUE;
}

static gboolean
scans_are_wanted (StnSession *self, GError **error)
{
  if (!stn_session_needs_person (self, error) || !stn_session_needs_idle (self, error))
    return FALSE;
  if (wants_scans (self))
    return TRUE;
  stn_error_set (error, STN_FAILURE_WRONG_SCAN, self->lot == NULL ? "no lot is open: a job or a lot is expected"
                                                                  : "this job's serials are not scanned");
  return FALSE;
}

gboolean
stn_session_assign_work (StnSession *self, const StnSessionRequest *request, GError **error)
{
  StnSessionSeat *seat = stn_session_find_seat (self, request->texts[0], error);

  if (seat == NULL || !scans_are_wanted (self, error))
    return FALSE;
  if (request->texts[1] == NULL) {
    g_clear_pointer (&seat->scan, g_free);
    return TRUE;
  }
  if (seat->off_reason != NULL || seat->is_open) {
    stn_error_set (error, STN_FAILURE_NOT_READY, "%s takes no new board now", seat->site->name);
    return FALSE;
  }
  for (guint i = 0; i < self->seats->len; i++)
    if (stn_session_seat (self, i) == seat)
      return assign (self, i, request->texts[1], error);
  return FALSE;
}

gboolean
stn_session_undo_scan_work (StnSession *self, G_GNUC_UNUSED const StnSessionRequest *request, GError **error)
{
  if (!stn_session_needs_idle (self, error))
    return FALSE;
  while (self->scan_order->len > 0) {
    guint index = g_array_index (self->scan_order, guint, self->scan_order->len - 1);
    g_array_set_size (self->scan_order, self->scan_order->len - 1);
    StnSessionSeat *seat = stn_session_seat (self, index);
    if (seat->scan == NULL)
      continue;
    g_clear_pointer (&seat->scan, g_free);
    return TRUE;
  }
  stn_error_set (error, STN_FAILURE_NOT_READY, "nothing was scanned that could be taken back");
  return FALSE;
}

/* ---- words with a beginning ---- */

static gboolean
pass_on (StnSession *self, const StnSessionRequest *request,
         gboolean (*work) (StnSession *, const StnSessionRequest *, GError **), const char *one, const char *two,
         gint64 value, GError **error)
{
  const StnSessionRequest inner = { .number = request->number, .texts = { (char *) one, (char *) two }, .value = value,
                                    .came_late = request->came_late };
  return work (self, &inner, error);
}

static gboolean
scan_lot (StnSession *self, const StnSessionRequest *request, const char *text, GError **error)
{
  const char *comma = strchr (text, ',');
  g_autofree char *name = comma != NULL ? g_strndup (text, (gsize) (comma - text)) : g_strdup (text);
  gint64 quantity = 0;

  if (comma != NULL && (!stn_text_to_integer (comma + 1, &quantity) || quantity < 1)) {
    stn_error_set (error, STN_FAILURE_WRONG_SCAN, "“%s”: behind a lot's comma stands its quantity", text);
    return FALSE;
  }
  return pass_on (self, request, stn_session_open_lot_work, name, NULL, quantity, error);
}

static gboolean
scan_site (StnSession *self, const StnSessionRequest *request, const char *text, GError **error)
{
  (void) request;
  if (stn_session_find_seat (self, text, error) == NULL)
    return FALSE;
  g_free (self->marked_site);
  self->marked_site = g_strdup (text);
  return TRUE;
}

/* A board that the station could give no verdict: nothing waits for its bin, but it may be put on hold. */
static gboolean
may_be_held (const StnSessionSeat *seat)
{
  return !seat->is_open && !seat->is_binned && !seat->is_running && seat->has_result && seat->last_run != NULL
         && (seat->verdict == STN_VERDICT_ERROR || seat->verdict == STN_VERDICT_CANCELLED);
}

/* The board that is marked by its site or its serial, else the only one that is open. */
static gboolean
scan_bin (StnSession *self, const StnSessionRequest *request, const char *text, GError **error)
{
  const char *site = NULL;
  guint count = 0;

  for (guint i = 0; i < self->seats->len; i++) {
    const StnSessionSeat *seat = stn_session_seat (self, i);
    gboolean is_marked = g_strcmp0 (self->marked_site, seat->site->name) == 0;
    if (!seat->is_open && !(is_marked && may_be_held (seat)))
      continue;
    count++;
    if (site == NULL || is_marked)
      site = seat->site->name;
  }
  if (site == NULL) {
    stn_error_set (error, STN_FAILURE_WRONG_SCAN, "no board is waiting for a bin");
    return FALSE;
  }
  if (count > 1 && g_strcmp0 (self->marked_site, site) != 0) {
    stn_error_set (error, STN_FAILURE_WRONG_SCAN, "%u boards wait for a bin: scan the board or its site first", count);
    return FALSE;
  }
  g_autofree char *name = g_strdup (site);
  g_clear_pointer (&self->marked_site, g_free);
  return pass_on (self, request, stn_session_bin_work, name, text, 0, error);
}

static gboolean
scan_badge (StnSession *self, const StnSessionRequest *request, const char *text, GError **error)
{
  return pass_on (self, request, stn_session_sign_in_work, text, NULL, 0, error);
}

static gboolean
scan_job (StnSession *self, const StnSessionRequest *request, const char *text, GError **error)
{
  return pass_on (self, request, stn_session_open_job_work, text, NULL, 0, error);
}

static gboolean
scan_command (StnSession *self, const StnSessionRequest *request, const char *text, GError **error)
{
  static const struct {
    const char *name;
    gboolean (*work) (StnSession *, const StnSessionRequest *, GError **);
    gint64 value;
  } commands[] = {
    { "START", stn_session_start_work, STN_CAUSE_SCAN },
    { "RETRY", stn_session_retry_work, 0 },
    { "STOP", stn_session_stop_work, 0 },
    { "CANCEL", stn_session_cancel_work, 0 },
    { "ENDLOT", stn_session_end_lot_work, 0 },
    { "UNDO", stn_session_undo_scan_work, 0 },
    { "SIGNOUT", stn_session_sign_out_work, 0 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].name, text))
      return pass_on (self, request, commands[i].work, NULL, NULL, commands[i].value, error);
  stn_error_set (error, STN_FAILURE_WRONG_SCAN, "there is no command “%s”", text);
  return FALSE;
}

/* ---- everything else ---- */

/* A serial of a board that is open marks it; any other is the next site's. */
static gboolean
scan_serial (StnSession *self, const char *text, GError **error)
{
  for (guint i = 0; i < self->seats->len; i++) {
    const StnSessionSeat *seat = stn_session_seat (self, i);
    if (!seat->is_open || (g_strcmp0 (seat->serial, text) != 0 && g_strcmp0 (seat->scan, text) != 0))
      continue;
    g_free (self->marked_site);
    self->marked_site = g_strdup (seat->site->name);
    stn_session_notice (self, STN_NOTICE_SCAN, 0, STN_FAILURE_NONE, seat->site->name, "%s", text);
    return TRUE;
  }
  if (self->person == NULL) {
    const StnSessionRequest request = { .texts = { (char *) text } };
    return stn_session_sign_in_work (self, &request, error);
  }
  if (!scans_are_wanted (self, error)) {
    g_prefix_error (error, "“%s”: ", text);
    return FALSE;
  }
  int next = stn_session_next_scan (self);
  if (next >= 0 && !assign (self, (guint) next, text, error))
    return FALSE;
  if (next >= 0) {
    /* the last serial starts the cycle: nothing more need be done. What is against it is told, and takes no scan back */
    const StnSessionRequest start = { .value = STN_CAUSE_SCAN };
    g_autoptr (GError) refused = NULL;
    if (stn_session_next_scan (self) < 0 && !stn_session_start_work (self, &start, &refused))
      stn_session_warn (self, refused->message);
    return TRUE;
  }
  stn_error_set (error, STN_FAILURE_WRONG_SCAN, "“%s”: every site has its serial already: start, or take one back", text);
  return FALSE;
}

static gboolean
scan (StnSession *self, const StnSessionRequest *request, const char *text, GError **error)
{
  static const struct {
    const char *beginning;
    gboolean (*work) (StnSession *, const StnSessionRequest *, const char *, GError **);
  } kinds[] = {
    { "OP:", scan_badge },  { "JOB:", scan_job }, { "LOT:", scan_lot },
    { "SITE:", scan_site }, { "BIN:", scan_bin }, { "CMD:", scan_command },
  };
  gsize length = strlen (text);

  if (length == 0 || length > SCAN_MOST || !g_utf8_validate (text, -1, NULL)) {
    stn_error_set (error, STN_FAILURE_WRONG_SCAN, "a scan has 1 to %d characters", SCAN_MOST);
    return FALSE;
  }
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isprint (text[i])) {
      stn_error_set (error, STN_FAILURE_WRONG_SCAN, "a scan with characters that can't be printed");
      return FALSE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_has_prefix (text, kinds[i].beginning))
      return kinds[i].work (self, request, text + strlen (kinds[i].beginning), error);
  return scan_serial (self, text, error);
}

gboolean
stn_session_scan_work (StnSession *self, const StnSessionRequest *request, GError **error)
{
  const char *text = request->texts[0] != NULL ? request->texts[0] : "";
  g_autoptr (GError) failure = NULL;

  /* an AIM identifier that a scanner was left to send ("]d2", "]C1") is no part of the code */
  if (text[0] == ']' && text[1] != '\0' && text[2] != '\0')
    text += 3;
  g_autofree char *bare = g_strstrip (g_strdup (text));
  if (scan (self, request, bare, &failure))
    return TRUE;
  stn_session_notice (self, STN_NOTICE_SCAN, request->number, stn_error_failure (failure), NULL, "%s",
                      failure->message);
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}
