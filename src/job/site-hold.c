#include "src/job/site-hold.h"

#define LINE_WAIT_NS (5 * STN_NS_PER_S)
#define POWER_GOOD_NS (2 * STN_NS_PER_S)
#define POWER_POLL_NS (5 * STN_NS_PER_MS)
#define PARK_NS (5 * STN_NS_PER_S)

gboolean
stn_site_hold_open_port (StnSiteHold *self, const StnWait *wait, GError **error)
{
  if (self->uart != NULL)
    return TRUE;
  StnProvider *provider = self->site->uart_provider;
  StnWait narrowed = stn_wait_within (wait, LINE_WAIT_NS);

  if (provider == NULL || provider->provider_class->open_uart == NULL || self->site->uart_place == NULL) {
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "the site has no serial port");
    return FALSE;
  }
  self->uart = provider->provider_class->open_uart (provider, self->site->uart_place, &narrowed, error);
  return self->uart != NULL;
}

gboolean
stn_site_hold_detect (StnSiteHold *self, gboolean *out_present, const StnWait *wait, GError **error)
{
  const StnLine *detect = &self->site->detect;
  StnWait narrowed = stn_wait_within (wait, LINE_WAIT_NS);
  gboolean high = FALSE;

  if (detect->adapter == NULL) {
    *out_present = TRUE;
    return TRUE;
  }
  if (!stn_adapter_read (detect->adapter, detect->bit, &high, &narrowed, error))
    return FALSE;
  *out_present = high != detect->active_low;
  return TRUE;
}

gboolean
stn_site_hold_acquire (G_GNUC_UNUSED StnSiteHold *self, StnLineLease *lease, const StnLine *line, const StnWait *wait,
                       GError **error)
{
  StnWait narrowed = stn_wait_within (wait, LINE_WAIT_NS);

  return stn_lines_acquire (lease, line, 1, &narrowed, error);
}

gboolean
stn_site_hold_release (StnSiteHold *self, StnLineLease *lease, GError **error)
{
  StnWait wait = stn_wait_shielded (self->clock, LINE_WAIT_NS);

  return stn_lines_release (lease, 1, &wait, error);
}

/* Whether a line reads as its site says; TRUE for a line that is not there. */
static gboolean
read_line (const StnLine *line, gboolean *out_active, const StnWait *wait, GError **error)
{
  gboolean high = FALSE;

  if (!stn_adapter_read (line->adapter, line->bit, &high, wait, error))
    return FALSE;
  *out_active = high != line->active_low;
  return TRUE;
}

gboolean
stn_site_hold_look_at_supply (StnSiteHold *self, StnSupply *out, const StnWait *wait, GError **error)
{
  const StnSite *site = self->site;
  gboolean fault = FALSE, good = TRUE;

  if (site->fault.adapter != NULL && !read_line (&site->fault, &fault, wait, error))
    return FALSE;
  if (!fault && site->good.adapter != NULL && !read_line (&site->good, &good, wait, error))
    return FALSE;
  *out = fault ? STN_SUPPLY_FAULT : good ? STN_SUPPLY_GOOD : STN_SUPPLY_NOT_GOOD;
  return TRUE;
}

/* Waits for the fixture's power-good line, and believes the fault line at once. */
static gboolean
wait_for_power_good (StnSiteHold *self, const StnWait *parent, GError **error)
{
  const StnSite *site = self->site;
  StnWait wait = stn_wait_within (parent, POWER_GOOD_NS);

  if (!stn_wait_sleep (&wait, site->power_settle_ns, error))
    return FALSE;
  for (;;) {
    StnSupply supply = STN_SUPPLY_GOOD;
    if (!stn_site_hold_look_at_supply (self, &supply, &wait, error))
      return FALSE;
    if (supply == STN_SUPPLY_FAULT) {
      stn_error_set (error, STN_FAILURE_BOARD_SHORTED, "the fixture reports over-current");
      return FALSE;
    }
    if (supply == STN_SUPPLY_GOOD)
      return TRUE;
    if (!stn_wait_sleep (&wait, POWER_POLL_NS, NULL)) {
      stn_error_set (error, STN_FAILURE_BOARD_SHORTED, "power did not become good");
      return FALSE;
    }
  }
}

gboolean
stn_site_hold_power_off (StnSiteHold *self, const StnWait *wait, GError **error)
{
  if (self->uart != NULL && !stn_stream_break (self->uart, TRUE, wait, error))
    return FALSE;
  if (!stn_site_hold_release (self, &self->boot0, error)
      || !stn_site_hold_acquire (self, &self->nrst, &self->site->nrst, wait, error))
    return FALSE;
  if (!stn_site_hold_release (self, &self->power, error))
    return FALSE;
  return stn_wait_sleep (wait, self->site->power_off_ns, error);
}

gboolean
stn_site_hold_power_on (StnSiteHold *self, const StnWait *wait, GError **error)
{
  if (!stn_site_hold_acquire (self, &self->power, &self->site->power, wait, error))
    return FALSE;
  g_autoptr (GError) failure = NULL;
  if (!wait_for_power_good (self, wait, &failure)) {
    /* a short is not fed until the run has come to its end */
    if (stn_error_is (failure, STN_FAILURE_BOARD_SHORTED))
      stn_site_hold_release (self, &self->power, NULL);
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  return self->uart == NULL || stn_stream_break (self->uart, FALSE, wait, error);
}

gboolean
stn_site_hold_take_turn (StnSiteHold *self, const StnWait *wait, GError **error)
{
  if (self->had_turn || self->site->turn_ns == 0)
    return TRUE;
  self->had_turn = self->site->group == NULL;
  return stn_wait_sleep (wait, self->site->turn_ns, error);
}

gboolean
stn_site_hold_reset_begin (StnSiteHold *self, gboolean boot0, const StnWait *wait, GError **error)
{
  if (!boot0)
    return stn_site_hold_acquire (self, &self->nrst, &self->site->nrst, wait, error)
           && stn_site_hold_release (self, &self->boot0, error);

  StnLine lines[2] = { self->site->boot0, self->site->nrst };
  StnLineLease leases[2] = { self->boot0, self->nrst };
  StnWait narrowed = stn_wait_within (wait, LINE_WAIT_NS);
  gboolean ok = stn_lines_acquire (leases, lines, 2, &narrowed, error);
  self->boot0 = leases[0];
  self->nrst = leases[1];
  return ok;
}

gboolean
stn_site_hold_reset_end (StnSiteHold *self, gint64 settle_ns, const StnWait *wait, GError **error)
{
  if (!stn_wait_sleep (wait, STN_NRST_LOW_NS, error))
    return FALSE;
  if (self->uart != NULL && !stn_stream_flush (self->uart, wait, error))
    return FALSE;
  if (!stn_site_hold_release (self, &self->nrst, error))
    return FALSE;
  return stn_wait_sleep (wait, settle_ns, error);
}

void
stn_site_hold_park (StnSiteHold *self)
{
  StnWait wait = stn_wait_shielded (self->clock, PARK_NS);
  /* the verdict is made; what can't be put at rest is reported by the adapter's next use */
  g_autoptr (GError) ignored = NULL;

  stn_lines_release (&self->boot0, 1, &wait, &ignored);
  g_clear_error (&ignored);
  if (self->site->power.adapter != NULL && self->power.held) {
    /* unpowered boards are not fed through an idle TX, or through an NRST that is driven high */
    if (self->uart != NULL)
      stn_stream_break (self->uart, TRUE, &wait, &ignored);
    g_clear_error (&ignored);
    if (!self->site->shares_nrst)
      stn_site_hold_acquire (self, &self->nrst, &self->site->nrst, &wait, &ignored);
    g_clear_error (&ignored);
  }
  stn_lines_release (&self->power, 1, &wait, &ignored);
  g_clear_error (&ignored);
  stn_lines_release (&self->nrst, 1, &wait, &ignored);
  g_clear_pointer (&self->uart, stn_link_free);
}
