/* Into the ROM and out of it: power, BOOT0, NRST, sync; leaving by the way that the plan names; teardown. */
#include "src/job/unit-run.h"

#include <string.h>

#define LINE_WAIT_NS (5 * STN_NS_PER_S)
/* a member that waits at a barrier waits for the slowest board of its group */
#define GROUP_WAIT_FLOOR_NS (60 * STN_NS_PER_S)

static StnWait
group_wait (const StnUnitRun *self)
{
  return stn_wait_within (&self->wait, MAX (GROUP_WAIT_FLOOR_NS, 4 * self->plan->predicted_ns));
}

static gboolean
meet (StnUnitRun *self, GError **error)
{
  StnWait wait = group_wait (self);

  return stn_line_group_meet (self->site->group, &wait, error);
}

static gboolean
hold_nrst (StnUnitRun *self, GError **error)
{
  return stn_site_hold_acquire (&self->hold, &self->hold.nrst, &self->site->nrst, &self->wait, error);
}

static gboolean
release_boot0 (StnUnitRun *self, GError **error)
{
  return stn_site_hold_release (&self->hold, &self->hold.boot0, error);
}

static gboolean
release_nrst (StnUnitRun *self, GError **error)
{
  return stn_site_hold_release (&self->hold, &self->hold.nrst, error);
}

gboolean
stn_unit_run_power_on (StnUnitRun *self, GError **error)
{
  const StnSite *site = self->site;
  gboolean is_present = TRUE;

  if (!stn_site_hold_detect (&self->hold, &is_present, &self->wait, error))
    return FALSE;
  if (!is_present) {
    self->was_silent = TRUE;
    stn_error_set (error, STN_FAILURE_EMPTY_OR_NO_CONTACT, "the detect pin sees no board");
    return FALSE;
  }
  if (!stn_unit_run_open_uart (self, error))
    return FALSE;
  if (site->power.adapter == NULL)
    return TRUE;
  /* a port that was just opened has its TX high, and would feed the board before its power does */
  if (self->hold.uart != NULL && !stn_stream_break (self->hold.uart, TRUE, &self->wait, error))
    return FALSE;
  /* with shared power everybody is ready before it comes on */
  if (site->shares_power ? !meet (self, error) : !stn_site_hold_take_turn (&self->hold, &self->wait, error))
    return FALSE;
  if (!hold_nrst (self, error)
      || !stn_site_hold_acquire (&self->hold, &self->hold.boot0, &site->boot0, &self->wait, error))
    return FALSE;
  return stn_site_hold_power_on (&self->hold, &self->wait, error);
}

/* BOOT0 active and a reset: by NRST, or by power where there is no NRST. */
static gboolean
reset_into_rom (StnUnitRun *self, gboolean first, GError **error)
{
  const StnSite *site = self->site;
  /* a USB device says itself when it is ready */
  gint64 start_ns = stn_unit_run_is_usb (self) ? 0 : stn_target_rom_start_ns (self->target);

  stn_unit_run_close_rom (self);
  if (first && !meet (self, error))
    return FALSE;
  if (site->group == NULL && !stn_site_hold_take_turn (&self->hold, &self->wait, error))
    return FALSE;
  if (!stn_site_hold_reset_begin (&self->hold, TRUE, &self->wait, error))
    return FALSE;
  if (site->nrst.adapter == NULL && !first) {
    if (!stn_site_hold_power_off (&self->hold, &self->wait, error)
        || !stn_site_hold_acquire (&self->hold, &self->hold.boot0, &site->boot0, &self->wait, error)
        || !stn_site_hold_power_on (&self->hold, &self->wait, error))
      return FALSE;
  }
  if (first && !meet (self, error))
    return FALSE;
  if (!site->shares_nrst && site->group != NULL && !stn_site_hold_take_turn (&self->hold, &self->wait, error))
    return FALSE;
  if (!stn_site_hold_reset_end (&self->hold, 0, &self->wait, error))
    return FALSE;
  /* a shared NRST rises when the last member lets go */
  if (first && !meet (self, error))
    return FALSE;
  return stn_wait_sleep (&self->wait, MAX (STN_BOOT0_HOLD_NS, start_ns + start_ns / 5), error);
}

/* A device that was there and said nothing is a board all the same. */
static gboolean
nothing_came (const StnUnitRun *self, const GError *error)
{
  const StnErrorDetail *detail = stn_error_detail (error);

  return !self->usb_seen && stn_error_is (error, STN_FAILURE_NO_SYNC)
         && (detail == NULL || detail->seen == NULL || strcmp (detail->seen, "nothing") == 0);
}

gboolean
stn_unit_run_enter (StnUnitRun *self, GError **error)
{
  /* where there is one visit only, or a reset would hit the neighbours, there is one try */
  const StnSite *site = self->site;
  gboolean alone = self->plan->one_visit_only || site->shares_nrst || site->shares_power;
  guint tries = alone ? 1 : STN_SYNC_TRIES;
  gboolean silent = TRUE;

  for (guint try = 1;; try++) {
    g_autoptr (GError) failure = NULL;

    self->for_options = self->plan->option_step_count > 0 || self->recovery != NULL;
    if (!reset_into_rom (self, try == 1, error))
      return FALSE;
    if (stn_unit_run_sync (self, &failure))
      return TRUE;
    silent = silent && nothing_came (self, failure);
    if (try < tries && stn_error_is (failure, STN_FAILURE_NO_SYNC)) {
      self->step->tries++;
      continue;
    }
    self->was_silent = silent && site->detect.adapter == NULL;
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
}

/* With shared power the line falls when the last member lets go: the off time counts from there. */
static gboolean
power_off (StnUnitRun *self, GError **error)
{
  if (!stn_site_hold_power_off (&self->hold, &self->wait, error))
    return FALSE;
  return !self->site->shares_power
         || (meet (self, error) && stn_wait_sleep (&self->wait, self->site->power_off_ns, error));
}

/* Off and on, with the neighbours on the same supply. NRST stays low. */
static gboolean
cycle_power (StnUnitRun *self, GError **error)
{
  stn_unit_run_close_rom (self);
  if (self->site->group != NULL && !meet (self, error))
    return FALSE;
  if (!power_off (self, error))
    return FALSE;
  return stn_site_hold_power_on (&self->hold, &self->wait, error);
}

gboolean
stn_unit_run_come_back (StnUnitRun *self, gboolean for_options, gboolean by_power, GError **error)
{
  /* a reset that neighbours share is a barrier of theirs: one, for each of them */
  gboolean in_group = self->site->group != NULL;
  guint tries = in_group ? 1 : STN_SYNC_TRIES;

  self->in_rom = FALSE;
  self->for_options = for_options;
  if (by_power && self->site->power.adapter != NULL && !cycle_power (self, error))
    return FALSE;
  for (guint try = 1;; try++) {
    g_autoptr (GError) failure = NULL;

    if (!reset_into_rom (self, in_group, error))
      return FALSE;
    if (stn_unit_run_sync (self, &failure))
      break;
    if (try < tries && stn_error_is (failure, STN_FAILURE_NO_SYNC)) {
      self->step->tries++;
      continue;
    }
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  self->needs_fresh_visit = FALSE;
  return stn_unit_run_recognize (self, error);
}

gboolean
stn_unit_run_option_speed (StnUnitRun *self, gboolean for_options, GError **error)
{
  gboolean is_alike = stn_unit_run_is_usb (self) || self->plan->wiring.baud <= STN_PLAN_OPTION_BAUD_MOST;

  /* where a reset does not come back, the whole run keeps to the rate that options can stand */
  if (is_alike || self->for_options == for_options || self->plan->one_visit_only)
    return TRUE;
  return stn_unit_run_come_back (self, for_options, FALSE, error);
}

gboolean
stn_unit_run_pin_is_dead (StnUnitRun *self, GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (!reset_into_rom (self, self->site->group != NULL, error))
    return FALSE;
  gboolean answers = stn_unit_run_sync (self, &failure);
  stn_unit_run_close_rom (self);
  self->in_rom = FALSE;
  if (answers) {
    stn_error_set_seen (error, STN_FAILURE_NOT_PROTECTED, "no ROM", "the ROM's answer",
                        "BOOT0 was taken away from the ROM, and still leads there");
    return FALSE;
  }
  if (stn_error_is (failure, STN_FAILURE_NO_SYNC))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* ---- leaving ---- */

/* NRST low, BOOT0 at rest, the port listens; then NRST rises and everything that comes is the application's. */
static gboolean
reset_into_flash (StnUnitRun *self, GError **error)
{
  if (!meet (self, error))
    return FALSE;
  if (!stn_site_hold_reset_begin (&self->hold, FALSE, &self->wait, error))
    return FALSE;
  if (!meet (self, error))
    return FALSE;
  if (!stn_wait_sleep (&self->wait, STN_NRST_LOW_NS, error))
    return FALSE;
  if (!self->site->shares_nrst && !stn_site_hold_take_turn (&self->hold, &self->wait, error))
    return FALSE;
  if (!stn_unit_run_listen (self, TRUE, &self->wait, error))
    return FALSE;
  if (!release_nrst (self, error))
    return FALSE;
  return meet (self, error);
}

static gboolean
leave_by_reset (StnUnitRun *self, GError **error)
{
  return reset_into_flash (self, error);
}

static gboolean
leave_by_power_cycle (StnUnitRun *self, GError **error)
{
  if (!meet (self, error))
    return FALSE;
  if (!release_boot0 (self, error))
    return FALSE;
  if (!power_off (self, error))
    return FALSE;
  /* without an NRST line the board starts with its power */
  if (!stn_unit_run_listen (self, TRUE, &self->wait, error)
      || !stn_site_hold_power_on (&self->hold, &self->wait, error))
    return FALSE;
  if (self->hold.nrst.held && !stn_unit_run_listen (self, TRUE, &self->wait, error))
    return FALSE;
  if (!release_nrst (self, error))
    return FALSE;
  return meet (self, error);
}

static gboolean
read_options (StnUnitRun *self, guint8 *buffer, GError **error)
{
  return stn_engine_read (self->engine, self->target->options_address, buffer, self->target->options_bytes, &self->wait,
                          error);
}

/* The words of the option area that carry their own complement must match it: what does not was read or stored wrong,
 * and writing it back would make it worse. */
static gboolean
options_are_sound (const StnTarget *target, const guint8 *bytes, GError **error)
{
  guint step = 0, half = 0;

  switch (target->options_encoding) {
  case STN_OPTIONS_F1_COMPLEMENT_HALFWORDS:
    step = 2;
    half = 1;
    break;
  case STN_OPTIONS_L0_COMPLEMENT_HALFWORDS:
    step = 4;
    half = 2;
    break;
  case STN_OPTIONS_L4_INVERTED_WORDS:
    step = 8;
    half = 4;
    break;
  default:
    return TRUE;
  }
  for (guint at = 0; at + step <= target->options_bytes; at += step) {
    gboolean blank = TRUE, inverse = TRUE;
    for (guint i = 0; i < half; i++) {
      blank = blank && bytes[at + i] == 0xff && bytes[at + half + i] == 0xff;
      inverse = inverse && (bytes[at + i] ^ bytes[at + half + i]) == 0xff;
    }
    if (blank || inverse)
      continue;
    g_autofree char *expected = g_strdup_printf ("the complement of %02x", bytes[at]);
    g_autofree char *seen = g_strdup_printf ("%02x", bytes[at + half]);
    stn_error_set_at (error, STN_FAILURE_OPTION_BYTES_UNKNOWN, target->options_address + at, expected, seen,
                      "an option word does not match its complement");
    return FALSE;
  }
  return TRUE;
}

static gboolean
write_options_body (StnUnitRun *self, const StnWait *shielded, gpointer data, GError **error)
{
  const StnTarget *target = self->target;

  return stn_engine_write_options (self->engine, target->options_address, data, target->options_bytes, shielded, error);
}

/* A reload that went wrong: what the board has now decides whether its options are unknown, or only the reload failed.
 */
static void
look_after_reload (StnUnitRun *self, const guint8 *written, GError **inout_error)
{
  g_autofree guint8 *seen = g_malloc (self->target->options_bytes);

  if (stn_unit_run_is_unsent (*inout_error) || stn_error_is (*inout_error, STN_FAILURE_NOT_RECORDED))
    return;
  if (stn_unit_run_come_back (self, TRUE, FALSE, NULL) && read_options (self, seen, NULL)
      && memcmp (seen, written, self->target->options_bytes) == 0)
    return;
  stn_unit_run_options_are_unknown (inout_error, NULL);
}

/* The same option bytes written again: the chip loads them, resets, and samples its empty latch anew. */
static gboolean
leave_by_option_reload (StnUnitRun *self, GError **error)
{
  const guint length = self->target->options_bytes;
  g_autofree guint8 *once = g_malloc (length);
  g_autofree guint8 *twice = g_malloc (length);

  if (!read_options (self, once, error) || !read_options (self, twice, error))
    return FALSE;
  if (memcmp (once, twice, length) != 0
      || (self->identity.options != NULL && memcmp (once, self->identity.options, length) != 0)) {
    stn_error_set (error, STN_FAILURE_OPTION_BYTES_UNKNOWN, "the option bytes read differently each time");
    return FALSE;
  }
  if (!options_are_sound (self->target, once, error))
    return FALSE;
  /* BOOT0 is at rest before the chip resets itself */
  if (!meet (self, error) || !release_boot0 (self, error) || !meet (self, error))
    return FALSE;
  g_auto (StnOptionWindow) window = { .words = g_strdup ("the same again") };
  stn_option_window_add_had (&window, self->target->options_address, once, length);
  stn_option_window_add_gets (&window, self->target->options_address, once, length);
  g_autofree char *text = stn_option_window_to_text (&window);
  guint windows_before = self->windows_opened;
  g_autoptr (GError) failure = NULL;
  if (!stn_unit_run_window (self, text, STN_WINDOW_OPTIONS, stn_unit_run_option_window_ns (self),
                            stn_target_option_write_longest_ns (self->target), write_options_body, once, &failure)) {
    if (self->windows_opened > windows_before)
      look_after_reload (self, once, &failure);
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  self->in_rom = FALSE;
  if (self->result->options_after == NULL)
    self->result->options_after = g_strdup (self->result->options_before);
  if (self->site->nrst.adapter == NULL)
    return stn_unit_run_listen (self, FALSE, &self->wait, error);
  return reset_into_flash (self, error);
}

static gboolean
leave_by_go (StnUnitRun *self, GError **error)
{
  if (!meet (self, error) || !release_boot0 (self, error))
    return FALSE;
  if (!stn_engine_go (self->engine, self->target->flash_base, &self->wait, error))
    return FALSE;
  return stn_unit_run_listen (self, FALSE, &self->wait, error);
}

gboolean
stn_unit_run_leave (StnUnitRun *self, GError **error)
{
  static gboolean (*const ways[STN_LEAVE_WAY_COUNT]) (StnUnitRun *, GError **) = {
    [STN_LEAVE_WAY_RESET] = leave_by_reset,
    [STN_LEAVE_WAY_POWER_CYCLE] = leave_by_power_cycle,
    [STN_LEAVE_WAY_OPTION_RELOAD] = leave_by_option_reload,
    [STN_LEAVE_WAY_GO] = leave_by_go,
  };
  /* after the last visit there is no ROM to ask: the board starts by a plain reset */
  StnLeaveWay way = self->visits_are_over ? STN_LEAVE_WAY_RESET : self->plan->leave_way;

  g_free (self->result->leave_way);
  self->result->leave_way = g_strdup (stn_leave_way_name (way));
  if (!ways[way](self, error))
    return FALSE;
  self->in_rom = FALSE;
  return stn_unit_run_see_rom_go (self, error);
}

void
stn_unit_run_look_at_supply (StnUnitRun *self, GError **inout_error)
{
  StnWait wait = stn_wait_shielded (self->clock, LINE_WAIT_NS);
  StnSupply supply = STN_SUPPLY_GOOD;

  /* a supply that a leave has just switched off is not good, and should not be */
  if (!self->hold.power.held || stn_error_is (*inout_error, STN_FAILURE_BOARD_SHORTED)
      || stn_error_is (*inout_error, STN_FAILURE_CANCELLED))
    return;
  if (!stn_site_hold_look_at_supply (&self->hold, &supply, &wait, NULL) || supply == STN_SUPPLY_GOOD)
    return;
  g_autofree char *text = g_strdup ((*inout_error)->message);
  g_clear_error (inout_error);
  stn_error_set (inout_error, STN_FAILURE_BOARD_SHORTED, "the board's supply %s: %s",
                 supply == STN_SUPPLY_FAULT ? "reports over-current" : "is no longer good", text);
}

void
stn_unit_run_teardown (StnUnitRun *self)
{
  stn_unit_run_close_rom (self);
  stn_site_hold_park (&self->hold);
  if (self->in_group) {
    self->in_group = FALSE;
    stn_line_group_retire (self->site->group);
  }
}
