/* From wherever a device stands to dfuIDLE, at the start of a session and after an exchange that went wrong.
 *
 * GETSTATE comes first, because GETSTATUS does something: it starts the work of a download that stands in
 * dfuDNLOAD-SYNC, and that may be the erase or the option write of a session that died. What each state takes:
 *
 *     dfuIDLE                            nothing; above all no CLRSTATUS, which C5 and others answer with STALL
 *     dfuERROR                           CLRSTATUS
 *     dfuDNLOAD-SYNC, dfuDNLOAD-IDLE,
 *     dfuUPLOAD-IDLE                     ABORT; pending work is dropped
 *     dfuDNBUSY                          wait; after twice the longest time CLRSTATUS, see stn_dfu_kick
 *     appIDLE, appDETACH                 an application with run-time DFU, not the ROM: only a reset helps
 *     dfuMANIFEST and its like           it is leaving: only a reset helps */
#include "protocols/dfu/dfu-exchange.h"

#include "protocols/dfu/dfu-wire.h"
#include "protocols/guard.h"

/* One for each state that can follow from another, and some. */
#define ROUNDS 6
#define BUSY_FIRST_NS STN_NS_PER_MS
#define BUSY_MOST_NS (250 * STN_NS_PER_MS)
/* Without a target: the longest mass erase known to OpenOCD's authors and ST's data sheets takes 32 s. */
#define BUSY_LONGEST_NS (35 * STN_NS_PER_S)
#define KICK_ANSWER_NS (100 * STN_NS_PER_MS)

static const StnDfuStep step = { .what = "coming to dfuIDLE" };

static gboolean
no_sync (GError **error, const char *seen, const char *why)
{
  stn_error_set_seen (error, STN_FAILURE_NO_SYNC, "dfuIDLE", seen, "%s", why);
  return FALSE;
}

/* A request whose STALL does not count. FALSE only where nothing further can be asked. */
static gboolean
try_out (StnDfuEngine *self, guint8 request, const StnWait *wait, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (stn_dfu_out (self, &step, request, 0, NULL, 0, wait, &local) || stn_error_is (local, STN_FAILURE_NACK))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
stn_dfu_kick (StnDfuEngine *self, const StnWait *wait)
{
  StnWait narrow = stn_wait_within (wait, KICK_ANSWER_NS);
  StnDfuStatus status;

  /* H743 rev V: the first one gives dfuERROR with errUNKNOWN, the second dfuIDLE */
  for (guint i = 0; i < 2; i++) {
    if (!try_out (self, STN_DFU_CLRSTATUS, &narrow, NULL) || !stn_dfu_get_status (self, &step, &status, &narrow, NULL))
      return FALSE;
    if (status.state == STN_DFU_IDLE && status.status == STN_DFU_OK)
      return TRUE;
    if (status.state != STN_DFU_ERROR)
      return FALSE;
  }
  return FALSE;
}

/* Until it is something else than busy. */
static gboolean
wait_while_busy (StnDfuEngine *self, const StnWait *wait, GError **error)
{
  const StnTarget *target = self->engine.target;
  gint64 longest_ns = target != NULL ? stn_target_mass_erase_longest_ns (target) : BUSY_LONGEST_NS;
  StnWait narrow = stn_wait_within (wait, stn_target_timeout_ns (longest_ns));
  gint64 pause_ns = BUSY_FIRST_NS;

  for (;;) {
    g_autoptr (GError) local = NULL;
    StnDfuStatus status;
    gint64 left_ns = stn_wait_left_ns (&narrow);

    if (left_ns <= pause_ns)
      break;
    if (!stn_wait_sleep (&narrow, pause_ns, error))
      return FALSE;
    if (!stn_dfu_get_status (self, &step, &status, &narrow, &local)) {
      /* a ROM that works does not hear the bus */
      if (!stn_error_is (local, STN_FAILURE_NO_ANSWER)) {
        g_propagate_error (error, g_steal_pointer (&local));
        return FALSE;
      }
    } else if (status.state != STN_DFU_DNBUSY)
      return TRUE;
    pause_ns = MIN (2 * pause_ns, BUSY_MOST_NS);
  }
  return stn_dfu_kick (self, wait) || no_sync (error, "dfuDNBUSY", "the device is busy and does not come back");
}

/* TRUE with the state, or with *out_stalled when the device answers STALL to both questions. */
static gboolean
read_state (StnDfuEngine *self, guint8 *out, gboolean *out_stalled, const StnWait *wait, GError **error)
{
  StnDfuStatus status;
  gsize length;
  g_autoptr (GError) local = NULL;

  *out_stalled = FALSE;
  if (stn_dfu_in (self, &step, STN_DFU_GETSTATE, 0, out, 1, &length, wait, &local)) {
    if (length == 1)
      return TRUE;
    stn_error_set_seen (error, STN_FAILURE_GARBAGE, "1 byte", "nothing", "the state");
    return FALSE;
  }
  /* a ROM that works does not hear the bus */
  if (stn_error_is (local, STN_FAILURE_NO_ANSWER)) {
    *out = STN_DFU_DNBUSY;
    return TRUE;
  }
  if (!stn_error_is (local, STN_FAILURE_NACK)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  g_clear_error (&local);
  /* nothing was pending, or it would have been told */
  if (stn_dfu_get_status (self, &step, &status, wait, &local)) {
    *out = status.state;
    return TRUE;
  }
  *out_stalled = stn_error_is (local, STN_FAILURE_GARBAGE);
  if (*out_stalled)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
stn_dfu_recover (StnDfuEngine *self, const StnWait *wait, GError **error)
{
  guint8 state = STN_DFU_IDLE;

  self->direction = STN_DFU_NO_STRETCH;
  for (guint round = 0; round < ROUNDS; round++) {
    gboolean stalled;

    if (!read_state (self, &state, &stalled, wait, error))
      return FALSE;
    if (stalled)
      state = STN_DFU_ERROR;
    switch (state) {
    case STN_DFU_IDLE:
      return stn_dfu_expect_idle (self, &step, wait, error); /* the status must agree with GETSTATE */
    case STN_DFU_ERROR:
      if (!try_out (self, STN_DFU_CLRSTATUS, wait, error))
        return FALSE;
      break;
    case STN_DFU_DNLOAD_SYNC:
    case STN_DFU_DNLOAD_IDLE:
    case STN_DFU_UPLOAD_IDLE:
      if (!try_out (self, STN_DFU_ABORT, wait, error))
        return FALSE;
      break;
    case STN_DFU_DNBUSY:
      if (!wait_while_busy (self, wait, error))
        return FALSE;
      break;
    case STN_DFU_APP_IDLE:
    case STN_DFU_APP_DETACH:
      return no_sync (error, stn_dfu_state_name (state), "an application runs, not the ROM");
    case STN_DFU_MANIFEST_SYNC:
    case STN_DFU_MANIFEST:
    case STN_DFU_MANIFEST_WAIT_RESET:
      return no_sync (error, stn_dfu_state_name (state), "the device is leaving the ROM");
    default: {
      g_autofree char *seen = g_strdup_printf ("state %u", state);
      stn_error_set_seen (error, STN_FAILURE_GARBAGE, "a state from 0 to 10", seen, "the state");
      return FALSE;
    }
    }
  }
  return no_sync (error, stn_dfu_state_name (state), "the device does not come to dfuIDLE, only a reset helps");
}

gboolean
stn_dfu_resync (StnEngine *engine, const StnWait *wait, GError **error)
{
  StnDfuEngine *self = (StnDfuEngine *) engine;
  StnRomIdentity found;

  if (self->visit == STN_DFU_UNSYNCED || self->visit == STN_DFU_OVER) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "there is no visit to bring back");
    return FALSE;
  }
  self->visit = STN_DFU_LOST;
  if (!stn_dfu_recover (self, wait, error) || !stn_dfu_get (self, &found, wait, error)) {
    g_prefix_error (error, "resync: ");
    return FALSE;
  }
  if (self->identified && !stn_guard_same_commands (&found, &self->identity)) {
    self->visit = STN_DFU_LOST;
    stn_error_set (error, STN_FAILURE_GARBAGE, "after the resync another ROM answers than before");
    return FALSE;
  }
  return TRUE;
}
