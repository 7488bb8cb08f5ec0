#include "protocols/dfu/dfu-exchange.h"

#include "protocols/dfu/dfu-wire.h"
#include "src/base/bytes.h"

/* bwPollTimeout is no promise above this (AN3156 timing notes) */
#define POLL_MOST_NS (60 * STN_NS_PER_S)
#define POLL_STEP_LEAST_NS STN_NS_PER_MS
#define POLL_STEP_MOST_NS (250 * STN_NS_PER_MS)
/* what a kick needs of the caller's time: four requests */
#define KICK_NS (500 * STN_NS_PER_MS)
/* No work of a ROM takes an hour. */
#define WORK_MOST_NS (3600 * STN_NS_PER_S)
#define SHOWN_BYTES 32
/* More than any list of commands: the answer is short, which ends the upload. */
#define GET_BYTES 64

const char *
stn_dfu_state_name (guint8 state)
{
  static const char *const names[] = {
    "appIDLE",        "appDETACH",        "dfuIDLE",     "dfuDNLOAD-SYNC",         "dfuDNBUSY",
    "dfuDNLOAD-IDLE", "dfuMANIFEST-SYNC", "dfuMANIFEST", "dfuMANIFEST-WAIT-RESET", "dfuUPLOAD-IDLE",
    "dfuERROR",
  };
  return state < G_N_ELEMENTS (names) ? names[state] : "unknown";
}

const char *
stn_dfu_status_name (guint8 status)
{
  static const char *const names[] = {
    "OK",      "errTARGET", "errFILE",    "errWRITE",      "errERASE",    "errCHECK_ERASED",
    "errPROG", "errVERIFY", "errADDRESS", "errNOTDONE",    "errFIRMWARE", "errVENDOR",
    "errUSBR", "errPOR",    "errUNKNOWN", "errSTALLEDPKT",
  };
  return status < G_N_ELEMENTS (names) ? names[status] : "unknown";
}

/* ---- failures ---- */

static gboolean
step_error (GError **error, StnFailure failure, const StnDfuStep *step, const char *expected, const char *seen)
{
  if (step->has_address)
    stn_error_set_at (error, failure, step->address, expected, seen, "%s", step->what);
  else
    stn_error_set_seen (error, failure, expected, seen, "%s", step->what);
  return FALSE;
}

gboolean
stn_dfu_fail_by_status (StnDfuEngine *self, const StnDfuStep *step, const StnDfuStatus *status, const char *expected,
                        const StnWait *wait, GError **error)
{
  /* what the ROMs mean by them (AN3156 section 4 and notes); all others are not for the ROM to say */
  static const struct {
    guint8 status;
    StnFailure failure;
  } rows[] = {
    { STN_DFU_ERR_VENDOR, STN_FAILURE_READ_PROTECTED },
    { STN_DFU_ERR_TARGET, STN_FAILURE_NACK },
    { STN_DFU_ERR_ADDRESS, STN_FAILURE_NACK },
  };
  StnFailure failure = STN_FAILURE_GARBAGE;
  StnDfuStatus after;

  self->visit = STN_DFU_LOST;
  if (status->state == STN_DFU_ERROR)
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
      if (rows[i].status == status->status)
        failure = rows[i].failure;
  g_autofree char *seen =
      g_strdup_printf ("state %u (%s), status %02x (%s)", status->state, stn_dfu_state_name (status->state),
                       status->status, stn_dfu_status_name (status->status));
  step_error (error, failure, step, expected, seen);

  /* the refusal is the news; where the device then stands decides about the next command only */
  if (failure != STN_FAILURE_GARBAGE && stn_dfu_out (self, step, STN_DFU_CLRSTATUS, 0, NULL, 0, wait, NULL)
      && stn_dfu_get_status (self, step, &after, wait, NULL) && after.state == STN_DFU_IDLE
      && after.status == STN_DFU_OK) {
    self->state = STN_DFU_IDLE;
    self->visit = STN_DFU_READY;
  }
  return FALSE;
}

gboolean
stn_dfu_fail_by_stall (StnDfuEngine *self, const StnDfuStep *step, GError *stall, const StnWait *wait, GError **error)
{
  StnDfuStatus status;

  if (!stn_error_is (stall, STN_FAILURE_NACK)) {
    g_propagate_error (error, stall);
    return FALSE;
  }
  g_error_free (stall);
  if (!stn_dfu_get_status (self, step, &status, wait, error))
    return FALSE;
  return stn_dfu_fail_by_status (self, step, &status, "no STALL", wait, error);
}

/* ---- requests ---- */

/* The link's failure in the step's words. */
static gboolean
request_failed (const StnDfuStep *step, GError *local, GError **error)
{
  if (!stn_error_is (local, STN_FAILURE_NO_ANSWER)) {
    g_propagate_error (error, local);
    return FALSE;
  }
  g_error_free (local);
  return step_error (error, STN_FAILURE_NO_ANSWER, step, "an answer", "nothing");
}

static StnControlSetup
class_setup (const StnDfuEngine *self, guint8 type, guint8 request, guint16 value)
{
  return (StnControlSetup){ .request_type = type, .request = request, .value = value, .index = self->interface.number };
}

gboolean
stn_dfu_out (StnDfuEngine *self, const StnDfuStep *step, guint8 request, guint16 value, const guint8 *bytes,
             gsize length, const StnWait *wait, GError **error)
{
  StnControlSetup setup = class_setup (self, STN_DFU_TYPE_CLASS_OUT, request, value);
  StnWait narrow = stn_wait_within (wait, STN_DFU_SIMPLE_NS);
  GError *local = NULL;

  return stn_control_out (self->engine.link, &setup, bytes, length, &narrow, &local)
         || request_failed (step, local, error);
}

static gboolean
in_within (StnDfuEngine *self, const StnDfuStep *step, guint8 request, guint16 value, guint8 *buffer, gsize capacity,
           gsize *out_length, const StnWait *wait, GError **error)
{
  StnControlSetup setup = class_setup (self, STN_DFU_TYPE_CLASS_IN, request, value);
  GError *local = NULL;

  return stn_control_in (self->engine.link, &setup, buffer, capacity, out_length, wait, &local)
         || request_failed (step, local, error);
}

gboolean
stn_dfu_in (StnDfuEngine *self, const StnDfuStep *step, guint8 request, guint16 value, guint8 *buffer, gsize capacity,
            gsize *out_length, const StnWait *wait, GError **error)
{
  StnWait narrow = stn_wait_within (wait, STN_DFU_SIMPLE_NS);
  return in_within (self, step, request, value, buffer, capacity, out_length, &narrow, error);
}

/* STALL is STN_FAILURE_NACK here. */
static gboolean
get_status_within (StnDfuEngine *self, const StnDfuStep *step, StnDfuStatus *out, const StnWait *wait, GError **error)
{
  guint8 bytes[STN_DFU_STATUS_BYTES];
  gsize length;

  if (!in_within (self, step, STN_DFU_GETSTATUS, 0, bytes, sizeof bytes, &length, wait, error))
    return FALSE;
  if (length != sizeof bytes) {
    g_autofree char *seen = stn_bytes_to_text (bytes, length, SHOWN_BYTES);
    return step_error (error, STN_FAILURE_GARBAGE, step, "a status of 6 bytes", length > 0 ? seen : "nothing");
  }
  *out = (StnDfuStatus){
    .status = bytes[0],
    .poll_ms = bytes[1] | (guint) bytes[2] << 8 | (guint) bytes[3] << 16,
    .state = bytes[4],
  };
  return TRUE;
}

/* A refusal to say how it stands is no refusal of the command. */
static gboolean
status_failed (const StnDfuStep *step, GError *local, GError **error)
{
  if (!stn_error_is (local, STN_FAILURE_NACK)) {
    g_propagate_error (error, local);
    return FALSE;
  }
  g_error_free (local);
  return step_error (error, STN_FAILURE_GARBAGE, step, "a status", "STALL");
}

gboolean
stn_dfu_get_status (StnDfuEngine *self, const StnDfuStep *step, StnDfuStatus *out, const StnWait *wait, GError **error)
{
  StnWait narrow = stn_wait_within (wait, STN_DFU_SIMPLE_NS);
  GError *local = NULL;

  return get_status_within (self, step, out, &narrow, &local) || status_failed (step, local, error);
}

/* ---- downloads ---- */

/* When to ask for the first time after the work has begun, and how far apart from then on.
 *
 * An announced wait of at most the typical time is kept to the letter, as DFU 1.1 asks. A longer one has turned out to
 * be a constant of the ROM: then three quarters of the typical time, which is less than nearly every real one. The
 * steps hit the typical time itself and cost at most a sixteenth of the work. */
static void
poll_times (const StnDfuStep *step, guint poll_ms, gint64 *out_first_ns, gint64 *out_step_ns)
{
  gint64 announced_ns = MIN (poll_ms * STN_NS_PER_MS, POLL_MOST_NS);

  *out_first_ns = announced_ns <= step->typical_ns ? announced_ns : step->typical_ns - step->typical_ns / 4;
  *out_step_ns = CLAMP (step->typical_ns / 16, POLL_STEP_LEAST_NS, POLL_STEP_MOST_NS);
}

static gboolean
still_busy (StnDfuEngine *self, const StnDfuStep *step, gint64 busy_ns, const StnWait *wait, GError **error)
{
  /* H743 rev V stays in dfuDNBUSY when its second bank is erased, until CLRSTATUS */
  gboolean kicked = busy_ns >= step->longest_ns && stn_dfu_kick (self, wait);

  if (kicked && step->kick_is_done) {
    self->state = STN_DFU_IDLE;
    self->visit = STN_DFU_READY;
    return TRUE;
  }
  g_autofree char *seen = g_strdup_printf ("dfuDNBUSY for %" G_GINT64_FORMAT " ms", busy_ns / STN_NS_PER_MS);
  return step_error (error, STN_FAILURE_NO_ANSWER, step, "dfuDNLOAD-IDLE", seen);
}

/* From the GETSTATUS that begins the work to the one that says it is done. */
static gboolean
work (StnDfuEngine *self, const StnDfuStep *step, const StnWait *wait, GError **error)
{
  StnClock *clock = wait->clock;
  StnDfuStatus status;
  gint64 next_ns, step_ns;

  if (!stn_dfu_get_status (self, step, &status, wait, error))
    return FALSE;
  if (status.state != STN_DFU_DNBUSY || status.status != STN_DFU_OK)
    return stn_dfu_fail_by_status (self, step, &status, "dfuDNBUSY", wait, error);

  gint64 begun_ns = stn_clock_now_ns (clock);
  gint64 allowed_ns = MIN (stn_target_timeout_ns (step->longest_ns), WORK_MOST_NS);
  gint64 left_ns = stn_wait_left_ns (wait);
  gint64 until_ns = begun_ns + MIN (allowed_ns, MAX (left_ns - KICK_NS, 0));
  poll_times (step, status.poll_ms, &next_ns, &step_ns);
  next_ns += begun_ns;

  for (;;) {
    g_autoptr (GError) local = NULL;
    gint64 now_ns = stn_clock_now_ns (clock);
    gint64 wake_ns = MIN (next_ns, until_ns);

    if (wake_ns > now_ns && !stn_wait_sleep (wait, wake_ns - now_ns, error))
      return FALSE;

    /* a ROM that erases does not hear the bus: this request may take as long as the work */
    now_ns = stn_clock_now_ns (clock);
    StnWait narrow = stn_wait_within (wait, MAX (until_ns - now_ns, KICK_NS));
    if (!get_status_within (self, step, &status, &narrow, &local)) {
      /* it has begun: a host that comes too late to see the device go knows as much as one that sees it */
      if (step->gone_is_done
          && (stn_error_is (local, STN_FAILURE_LINK_LOST) || stn_error_is (local, STN_FAILURE_NO_ANSWER)
              || stn_error_is (local, STN_FAILURE_NACK) || stn_error_is (local, STN_FAILURE_TIMEOUT))) {
        self->visit = STN_DFU_OVER;
        return TRUE;
      }
      return status_failed (step, g_steal_pointer (&local), error);
    }
    if (status.status == STN_DFU_OK
        && (status.state == STN_DFU_DNLOAD_IDLE || (step->gone_is_done && status.state == STN_DFU_IDLE))) {
      self->state = status.state;
      self->visit = STN_DFU_READY;
      return TRUE;
    }
    if (status.state != STN_DFU_DNBUSY || status.status != STN_DFU_OK)
      return stn_dfu_fail_by_status (self, step, &status, "dfuDNLOAD-IDLE", wait, error);

    now_ns = stn_clock_now_ns (clock);
    if (now_ns >= until_ns)
      return still_busy (self, step, now_ns - begun_ns, wait, error);
    next_ns = MAX (next_ns + step_ns, now_ns);
    /* past the typical time the steps grow with what it has taken */
    step_ns = CLAMP ((now_ns - begun_ns) / 16, step_ns, MAX (step_ns, POLL_STEP_MOST_NS));
  }
}

gboolean
stn_dfu_download (StnDfuEngine *self, const StnDfuStep *step, guint16 block, const guint8 *bytes, gsize length,
                  const StnWait *wait, GError **error)
{
  GError *local = NULL;

  self->visit = STN_DFU_LOST;
  if (!stn_dfu_out (self, step, STN_DFU_DNLOAD, block, bytes, length, wait, &local))
    return stn_dfu_fail_by_stall (self, step, local, wait, error);
  return work (self, step, wait, error);
}

/* ---- dfuIDLE and Get ---- */

gboolean
stn_dfu_expect_idle (StnDfuEngine *self, const StnDfuStep *step, const StnWait *wait, GError **error)
{
  StnDfuStatus status;

  if (!stn_dfu_get_status (self, step, &status, wait, error))
    return FALSE;
  if (status.state != STN_DFU_IDLE || status.status != STN_DFU_OK)
    return stn_dfu_fail_by_status (self, step, &status, "dfuIDLE", wait, error);
  self->state = STN_DFU_IDLE;
  self->visit = STN_DFU_READY;
  return TRUE;
}

gboolean
stn_dfu_to_idle (StnDfuEngine *self, const StnWait *wait, GError **error)
{
  static const StnDfuStep step = { .what = "Abort" };
  GError *local = NULL;

  if (self->state == STN_DFU_IDLE)
    return TRUE;
  self->visit = STN_DFU_LOST;
  if (!stn_dfu_out (self, &step, STN_DFU_ABORT, 0, NULL, 0, wait, &local))
    return stn_dfu_fail_by_stall (self, &step, local, wait, error);
  return stn_dfu_expect_idle (self, &step, wait, error);
}

static gboolean
list_is_whole (const guint8 *commands, gsize count)
{
  gboolean has_get = FALSE, has_set_address = FALSE;

  for (gsize i = 0; i < count; i++) {
    for (gsize k = 0; k < i; k++)
      if (commands[k] == commands[i])
        return FALSE;
    has_get |= commands[i] == STN_DFU_GET;
    has_set_address |= commands[i] == STN_DFU_SET_ADDRESS;
  }
  return has_get && has_set_address;
}

gboolean
stn_dfu_get (StnDfuEngine *self, StnRomIdentity *out, const StnWait *wait, GError **error)
{
  static const StnDfuStep step = { .what = "Get" };
  StnRomIdentity found = { .protocol_version = stn_dfu_protocol_version (self->device.device_bcd) };
  guint8 bytes[GET_BYTES];
  gsize length;
  StnDfuStatus status;
  GError *local = NULL;

  self->visit = STN_DFU_LOST;
  if (!stn_dfu_in (self, &step, STN_DFU_UPLOAD, STN_DFU_BLOCK_COMMAND, bytes, sizeof bytes, &length, wait, &local))
    return stn_dfu_fail_by_stall (self, &step, local, wait, error);
  if (!stn_dfu_get_status (self, &step, &status, wait, error))
    return FALSE;
  /* a short answer ends the upload; not every ROM sees it so */
  if ((status.state != STN_DFU_IDLE && status.state != STN_DFU_UPLOAD_IDLE) || status.status != STN_DFU_OK)
    return stn_dfu_fail_by_status (self, &step, &status, "dfuIDLE", wait, error);
  if (length > G_N_ELEMENTS (found.commands) || !list_is_whole (bytes, length)) {
    g_autofree char *seen = stn_bytes_to_text (bytes, length, SHOWN_BYTES);
    return step_error (error, STN_FAILURE_GARBAGE, &step, "a list with 00 and 21", length > 0 ? seen : "nothing");
  }

  found.command_count = (guint) length;
  for (gsize i = 0; i < length; i++)
    found.commands[i] = bytes[i];
  g_strlcpy (found.serial, self->serial, sizeof found.serial);
  self->state = status.state;
  self->visit = STN_DFU_READY;
  *out = found;
  return TRUE;
}
