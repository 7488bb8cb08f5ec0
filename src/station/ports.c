#include "src/station/ports.h"

#include "src/station/locks.h"
#include "src/station/registry.h"

/* for what an adapter does when it is opened */
#define OPEN_NS (10 * STN_NS_PER_S)

struct StnPorts {
  StnStation *station; /* borrowed */
  StnBench *bench;     /* borrowed; NULL: real ports */
  GArray *sites;       /* guint, into the station's sites */
  gboolean tolerant;

  StnLocks *locks;
  StnProvider *uart_provider, *pins_provider, *usb_provider, *hub_provider; /* may be the same */
  StnAdapter **adapters; /* as many as controls; NULL: not used, or not open */
  GError **errors;       /* likewise: why it is not open */
  StnAdapter **modems;   /* as many as sites: RTS and DTR of its own port */
  GError **modem_errors;
  GPtrArray *groups; /* StnLineGroup */
};

static const StnSiteWiring *
wiring_at (const StnPorts *self, guint index)
{
  return &g_array_index (self->station->wirings, StnSiteWiring, g_array_index (self->sites, guint, index));
}

static StnSite *
site_at (const StnPorts *self, guint index)
{
  return g_ptr_array_index (self->station->sites, g_array_index (self->sites, guint, index));
}

static const StnControlWiring *
control_at (const StnPorts *self, guint index)
{
  return &g_array_index (self->station->controls, StnControlWiring, index);
}

StnPorts *
stn_ports_new (StnStation *station, const guint *sites, guint count, StnBench *bench)
{
  StnPorts *self = g_new0 (StnPorts, 1);

  self->station = station;
  self->bench = bench;
  self->sites = g_array_new (FALSE, FALSE, sizeof (guint));
  g_array_append_vals (self->sites, sites, count);
  self->errors = g_new0 (GError *, station->controls->len + 1);
  self->modems = g_new0 (StnAdapter *, count + 1);
  self->modem_errors = g_new0 (GError *, count + 1);
  return self;
}

void
stn_ports_set_tolerant (StnPorts *self, gboolean tolerant)
{
  self->tolerant = tolerant;
}

gboolean
stn_ports_uses_control (const StnPorts *self, guint control)
{
  for (guint i = 0; i < self->sites->len; i++) {
    const StnSiteWiring *wiring = wiring_at (self, i);
    const StnBankWiring *bank = &g_array_index (self->station->banks, StnBankWiring, wiring->bank);
    for (guint signal = 0; signal < STN_SIGNAL_COUNT; signal++)
      if (wiring->lines[signal].kind == STN_PIN_REF_CONTROL && wiring->lines[signal].control == control)
        return TRUE;
    for (guint signal = 0; signal < STN_PANEL_COUNT; signal++)
      if (bank->lines[signal].kind == STN_PIN_REF_CONTROL && bank->lines[signal].control == control)
        return TRUE;
  }
  return FALSE;
}

const GError *
stn_ports_control_error (const StnPorts *self, guint control)
{
  return self->errors[control];
}

gboolean
stn_ports_uses_modem (const StnPorts *self, guint site, const GError **out_failure)
{
  *out_failure = self->modem_errors[site];
  return self->modems[site] != NULL || self->modem_errors[site] != NULL;
}

StnAdapter *
stn_ports_adapter (const StnPorts *self, guint control)
{
  return self->adapters != NULL ? self->adapters[control] : NULL;
}

StnProvider *
stn_ports_uart_provider (const StnPorts *self)
{
  return self->uart_provider;
}

char *
stn_ports_take_warning (StnPorts *self)
{
  StnProvider *const providers[] = { self->uart_provider, self->pins_provider, self->usb_provider, self->hub_provider };
  char *text = NULL;

  for (guint i = 0; text == NULL && i < G_N_ELEMENTS (providers); i++)
    if (providers[i] != NULL && providers[i]->provider_class->take_warning != NULL)
      text = providers[i]->provider_class->take_warning (providers[i]);
  return text;
}

/* ---- locks ---- */

gboolean
stn_ports_lock (StnPorts *self, GError **error)
{
  gboolean is_virtual = self->station->file.bench.present;

  self->locks = stn_locks_new ();
  for (guint i = 0; i < self->station->controls->len; i++) {
    const StnControlWiring *control = control_at (self, i);
    g_autofree char *what = g_strdup_printf ("adapter %s (%s)", control->file->name, control->place);
    if (stn_ports_uses_control (self, i) && !stn_locks_take (self->locks, control->place, is_virtual, what, error))
      return FALSE;
  }
  /* a site without any control line is held by its port */
  for (guint i = 0; i < self->sites->len; i++) {
    const StnSiteWiring *wiring = wiring_at (self, i);
    gboolean has_control = FALSE;
    for (guint signal = 0; signal < STN_SIGNAL_COUNT; signal++)
      has_control |= wiring->lines[signal].kind == STN_PIN_REF_CONTROL;
    if (has_control)
      continue;
    const char *port = wiring->file->uart.present ? wiring->file->uart.port : wiring->usb_place;
    g_autofree char *what = g_strdup_printf ("the port of %s (%s)", wiring->file->name, port);
    if (!stn_locks_take (self->locks, port, is_virtual, what, error))
      return FALSE;
  }
  return TRUE;
}

/* ---- opening ---- */

static gboolean
uses_usb (const StnPorts *self)
{
  gboolean uses = FALSE;

  for (guint i = 0; i < self->sites->len; i++)
    uses = uses || wiring_at (self, i)->usb_place != NULL;
  return uses;
}

static gboolean
open_providers (StnPorts *self, GError **error)
{
  gboolean in_bench = self->station->bench_config != NULL;
  const StnProviderRow *uart = stn_registry_find (STN_PORT_UART, in_bench);
  const StnProviderRow *pins = stn_registry_find (STN_PORT_PINS, in_bench);
  const StnProviderRow *hub = stn_registry_find (STN_PORT_HUB, in_bench);
  const StnProviderRow *usb = stn_registry_find (STN_PORT_USB, in_bench);

  self->uart_provider = uart->create (self->bench, error);
  if (self->uart_provider == NULL)
    return FALSE;
  self->pins_provider = pins == uart ? self->uart_provider : pins->create (self->bench, error);
  if (self->pins_provider == NULL)
    return FALSE;
  self->hub_provider = hub == uart ? self->uart_provider : hub->create (self->bench, error);
  if (self->hub_provider == NULL)
    return FALSE;
  /* only where some site has one: it starts a thread */
  if (!uses_usb (self))
    return TRUE;
  self->usb_provider = usb == uart ? self->uart_provider : usb->create (self->bench, error);
  return self->usb_provider != NULL;
}

static StnAdapter *
open_adapter (StnPorts *self, const StnControlWiring *control, GCancellable *cancellable, GError **error)
{
  StnClock *clock = self->station->clock;
  StnWait wait = stn_wait_new (clock, OPEN_NS, cancellable);
  StnProvider *provider = control->is_hub ? self->hub_provider : self->pins_provider;
  StnLink *pins = provider->provider_class->open_pins (provider, control->place, &wait, error);
  if (pins == NULL)
    return NULL;
  /* before the first level: an NRST line is never driven high, not for a moment */
  if (control->open_drain_mask != 0 && !stn_pins_set_open_drain (pins, control->open_drain_mask, &wait, error)) {
    stn_link_free (pins);
    return NULL;
  }
  return stn_adapter_new (pins, control->used_mask, control->rest_levels, clock, &wait, error);
}

/* RTS and DTR of a site's own port, open from here to stn_ports_close: each opening of a tty would raise both. */
static gboolean
open_modem (StnPorts *self, guint index, GCancellable *cancellable, GError **error)
{
  const StnSiteWiring *wiring = wiring_at (self, index);
  StnClock *clock = self->station->clock;
  guint32 used_mask = 0, rest_levels = 0;

  for (guint signal = 0; signal < STN_SIGNAL_COUNT; signal++) {
    const StnPinRef *line = &wiring->lines[signal];
    if (line->kind != STN_PIN_REF_UART)
      continue;
    used_mask |= 1u << line->bit;
    rest_levels |= line->active_low ? 1u << line->bit : 0;
  }
  if (used_mask == 0)
    return TRUE;
  StnWait wait = stn_wait_new (clock, OPEN_NS, cancellable);
  StnProvider *provider = self->uart_provider;
  if (provider == NULL || provider->provider_class->open_pins == NULL) {
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "%s: RTS and DTR of this port can't be lines",
                   wiring->file->uart.port);
    return FALSE;
  }
  StnLink *pins = provider->provider_class->open_pins (provider, wiring->file->uart.port, &wait, error);
  if (pins != NULL)
    self->modems[index] = stn_adapter_new (pins, used_mask, rest_levels, clock, &wait, error);
  return self->modems[index] != NULL;
}

static gboolean
open_modems (StnPorts *self, GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < self->sites->len; i++) {
    g_autoptr (GError) failure = NULL;
    if (open_modem (self, i, cancellable, &failure))
      continue;
    if (!self->tolerant || stn_error_is (failure, STN_FAILURE_CANCELLED)) {
      g_prefix_error (&failure, "%s: ", wiring_at (self, i)->file->name);
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
    self->modem_errors[i] = g_steal_pointer (&failure);
  }
  return TRUE;
}

gboolean
stn_ports_open (StnPorts *self, GCancellable *cancellable, GError **error)
{
  if (!open_providers (self, error))
    return FALSE;
  self->adapters = g_new0 (StnAdapter *, self->station->controls->len + 1);
  for (guint i = 0; i < self->station->controls->len; i++) {
    const StnControlWiring *control = control_at (self, i);
    g_autoptr (GError) failure = NULL;

    if (!stn_ports_uses_control (self, i))
      continue;
    self->adapters[i] = open_adapter (self, control, cancellable, &failure);
    if (self->adapters[i] != NULL)
      continue;
    g_prefix_error (&failure, "adapter %s (%s): ", control->file->name, control->place);
    if (!self->tolerant || stn_error_is (failure, STN_FAILURE_CANCELLED)) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
    self->errors[i] = g_steal_pointer (&failure);
  }
  return open_modems (self, cancellable, error);
}

/* ---- the sites' lines ---- */

static void
connect_lines (StnPorts *self, guint index, StnSite *site)
{
  const StnSiteWiring *wiring = wiring_at (self, index);
  StnLine *const lines[STN_SIGNAL_COUNT] = { &site->nrst,   &site->boot0, &site->power,
                                             &site->detect, &site->good,  &site->fault };
  for (guint signal = 0; signal < STN_SIGNAL_COUNT; signal++) {
    const StnPinRef *line = &wiring->lines[signal];
    if (line->kind == STN_PIN_REF_CONTROL)
      *lines[signal] =
          (StnLine){ .adapter = self->adapters[line->control], .bit = line->bit, .active_low = line->active_low };
    else if (line->kind == STN_PIN_REF_UART)
      *lines[signal] = (StnLine){ .adapter = self->modems[index], .bit = line->bit, .active_low = line->active_low };
  }
  /* a hub's port itself says whether it has power, and that it has none after an over-current */
  const StnPinRef *power = &wiring->lines[STN_SIGNAL_POWER];
  if (power->kind == STN_PIN_REF_CONTROL && control_at (self, power->control)->is_hub && site->good.adapter == NULL)
    site->good = site->power;
}

static gboolean
takes_turns (const StnSiteWiring *wiring)
{
  return wiring->usb_place != NULL || wiring->wiring.has_power;
}

/* How many of its bank come before it. */
static guint
turn_of (const StnPorts *self, guint index)
{
  guint before = 0;

  for (guint i = 0; i < index; i++)
    before += wiring_at (self, i)->bank == wiring_at (self, index)->bank && takes_turns (wiring_at (self, i));
  return takes_turns (wiring_at (self, index)) ? before : 0;
}

static void
group_free (gpointer group)
{
  stn_line_group_free (group);
}

void
stn_ports_connect (StnPorts *self)
{
  g_autoptr (GHashTable) groups = g_hash_table_new (NULL, NULL); /* number to StnLineGroup */

  self->groups = g_ptr_array_new_with_free_func (group_free);
  for (guint i = 0; i < self->sites->len; i++) {
    StnSite *site = site_at (self, i);
    const StnSiteWiring *wiring = wiring_at (self, i);

    site->uart_provider = self->uart_provider;
    site->usb_provider = wiring->usb_place != NULL ? self->usb_provider : NULL;
    connect_lines (self, i, site);
    site->turn_ns = turn_of (self, i) * self->station->file.stagger_ns;
    if (!site->shares_nrst && !site->shares_boot0 && !site->shares_power)
      continue;
    StnLineGroup *group = g_hash_table_lookup (groups, GUINT_TO_POINTER (wiring->group));
    if (group == NULL) {
      group = stn_line_group_new (self->station->clock);
      g_ptr_array_add (self->groups, group);
      g_hash_table_insert (groups, GUINT_TO_POINTER (wiring->group), group);
    }
    site->group = group;
  }
}

static void
disconnect (StnPorts *self)
{
  for (guint i = 0; i < self->sites->len; i++) {
    StnSite *site = site_at (self, i);
    site->uart_provider = NULL;
    site->usb_provider = NULL;
    site->group = NULL;
    site->nrst.adapter = site->boot0.adapter = site->power.adapter = NULL;
    site->detect.adapter = site->good.adapter = site->fault.adapter = NULL;
  }
}

void
stn_ports_close (StnPorts *self)
{
  if (self == NULL)
    return;
  disconnect (self);
  g_clear_pointer (&self->groups, g_ptr_array_unref);
  for (guint i = 0; self->adapters != NULL && i < self->station->controls->len; i++)
    stn_adapter_free (self->adapters[i]);
  g_clear_pointer (&self->adapters, g_free);
  for (guint i = 0; i < self->sites->len; i++)
    g_clear_pointer (&self->modems[i], stn_adapter_free);
  if (self->pins_provider != self->uart_provider)
    stn_provider_free (self->pins_provider);
  self->pins_provider = NULL;
  if (self->usb_provider != self->uart_provider)
    stn_provider_free (self->usb_provider);
  self->usb_provider = NULL;
  if (self->hub_provider != self->uart_provider)
    stn_provider_free (self->hub_provider);
  self->hub_provider = NULL;
  g_clear_pointer (&self->uart_provider, stn_provider_free);
}

void
stn_ports_free (StnPorts *self)
{
  if (self == NULL)
    return;
  stn_ports_close (self);
  for (guint i = 0; i < self->station->controls->len; i++)
    g_clear_error (&self->errors[i]);
  g_free (self->errors);
  for (guint i = 0; i < self->sites->len; i++)
    g_clear_error (&self->modem_errors[i]);
  g_free (self->modem_errors);
  g_free (self->modems);
  g_clear_pointer (&self->locks, stn_locks_free);
  g_array_unref (self->sites);
  g_free (self);
}
