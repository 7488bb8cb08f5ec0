/* Protection that a run proves, and protection that it takes away. */
#include "src/job/unit-option-bytes.h"

#include <string.h>

#define READ_NS (5 * STN_NS_PER_S)
/* that prove readout protection */
#define REFUSALS 2

/* ---- protection proved ---- */

/* A write to erased flash in a protected page: it must change nothing, whatever the ROM says to it. */
gboolean
stn_unit_run_try_protected_write (StnUnitRun *self, const StnPlanOptionStep *step, GError **error)
{
  enum { UNIT_MOST = 256 };
  guint8 bytes[UNIT_MOST], seen[UNIT_MOST];
  guint unit = stn_target_write_unit_bytes (self->target);
  StnWait wait = stn_wait_within (&self->wait, READ_NS);
  g_autoptr (GError) said = NULL;

  if (!step->has_write_try)
    return TRUE;
  g_return_val_if_fail (unit <= UNIT_MOST, FALSE);
  if (!stn_unit_run_read_memory (self, step->write_try_address, seen, unit, error))
    return FALSE;
  for (guint i = 0; i < unit; i++)
    if (seen[i] != self->target->erased_byte) {
      stn_unit_run_note (&self->result->protection, "no write tried: 0x%08" G_GINT64_MODIFIER "x is not erased",
                         step->write_try_address);
      return TRUE;
    }
  memset (bytes, (guint8) ~self->target->erased_byte, unit);
  self->needs_fresh_visit = TRUE; /* a program operation that failed may spoil those that follow, until a reset */
  if (!stn_engine_write (self->engine, step->write_try_address, bytes, unit, &wait, &said)
      && !stn_error_is (said, STN_FAILURE_NACK) && !stn_error_is (said, STN_FAILURE_READ_PROTECTED)
      && !stn_engine_resync (self->engine, &wait, NULL)) {
    g_propagate_error (error, g_steal_pointer (&said));
    return FALSE;
  }
  if (!stn_unit_run_read_memory (self, step->write_try_address, seen, unit, error))
    return FALSE;
  for (guint i = 0; i < unit; i++) {
    if (seen[i] == self->target->erased_byte)
      continue;
    g_autofree char *expected = g_strdup_printf ("%02x", self->target->erased_byte);
    g_autofree char *came = g_strdup_printf ("%02x", seen[i]);
    stn_error_set_at (error, STN_FAILURE_NOT_PROTECTED, step->write_try_address + i, expected, came,
                      "a write to a page that is write protected changed it");
    return FALSE;
  }
  /* what was proved of this page was proved before that write */
  if (!stn_unit_run_prove_page_at (self, step->write_try_address, error))
    return FALSE;
  stn_unit_run_note (&self->result->protection, "a write to 0x%08" G_GINT64_MODIFIER "x changed nothing",
                     step->write_try_address);
  return TRUE;
}

/* Level 1 shows in what the ROM refuses. */
gboolean
stn_unit_run_prove_refused_read (StnUnitRun *self, GError **error)
{
  guint8 bytes[4];
  guint refusals = 0;

  for (guint try = 1;; try++) {
    StnWait wait = stn_wait_within (&self->wait, READ_NS);
    g_autoptr (GError) failure = NULL;

    if (stn_engine_read (self->engine, self->target->flash_base, bytes, sizeof bytes, &wait, &failure)) {
      stn_error_set_at (error, STN_FAILURE_NOT_PROTECTED, self->target->flash_base, "a refusal", "the flash",
                        "readout protection was written, and the ROM shows the flash all the same");
      return FALSE;
    }
    if (stn_error_is (failure, STN_FAILURE_READ_PROTECTED)) {
      /* one NACK may be an ACK that the wire has spoilt: no proof of anything. Then it is asked again from the prompt
       */
      if (++refusals == REFUSALS)
        return TRUE;
      if (!stn_engine_resync (self->engine, &wait, error))
        return FALSE;
      continue;
    }
    if (stn_unit_run_may_repeat (self, try, &failure))
      continue;
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
}

/* ---- a board that arrives protected ---- */

static gboolean
unprotect_body (StnUnitRun *self, const StnWait *shielded, G_GNUC_UNUSED gpointer data, GError **error)
{
  return stn_engine_read_unprotect (self->engine, shielded, error);
}

gboolean
stn_unit_run_unprotect (StnUnitRun *self, GError **error)
{
  const StnTarget *target = self->target;
  gboolean by_power =
      (stn_target_quirks_for (target, self->identity.rom_version > 0 ? (guint16) self->identity.rom_version : 0)
       & STN_QUIRK_UNPROTECT_NEEDS_POWER_CYCLE)
      != 0;
  /* both ACKs go out before the erase begins: its whole time still has to pass */
  gint64 silicon_ns = stn_target_mass_erase_longest_ns (target) + stn_target_option_write_longest_ns (target);
  gint64 longest_ns = MAX (self->plan->unprotect_longest_ns, 2 * silicon_ns + STN_OPTION_ANSWER_NS);
  guint windows_before = self->windows_opened;
  g_autoptr (GError) doubt = NULL;

  if (by_power && self->site->power.adapter == NULL) {
    stn_error_set (error, STN_FAILURE_NEEDS_POWER_CYCLE,
                   "Readout Unprotect of this ROM acts after power off and on only, and the site has no power line");
    return FALSE;
  }
  if (!stn_unit_run_window (self, "readout unprotect, which erases everything", STN_WINDOW_OPTIONS, longest_ns,
                            silicon_ns, unprotect_body, NULL, &doubt)) {
    if (self->windows_opened == windows_before || self->supply_dipped || stn_unit_run_is_unsent (doubt)
        || stn_unit_run_is_before_the_window (doubt)) {
      g_propagate_error (error, g_steal_pointer (&doubt));
      return FALSE;
    }
    self->step->tries++;
  }
  self->in_rom = FALSE;
  self->has_written = TRUE;
  stn_unit_run_note (&self->step->detail,
                     "arrived readout protected: protection was taken away, everything was erased");
  if (!stn_unit_run_come_back (self, TRUE, by_power, error)) {
    stn_unit_run_options_are_unknown (error, doubt);
    return FALSE;
  }
  return TRUE;
}
