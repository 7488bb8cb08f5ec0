#include "src/job/probe.h"
#include "src/link/pins.h"
#include "src/station/learn-private.h"
#include "src/station/registry.h"

#include <string.h>

#define OPEN_NS (10 * STN_NS_PER_S)
#define PARK_NS (5 * STN_NS_PER_S)
#define BAUD 115200 /* the highest rate ST tests (AN3155 section 2) */

guint
stn_learner_line_count (const StnLearner *self)
{
  return self->learned->controls->len * STN_LEARN_LINES;
}

guint
stn_learner_site_count (const StnLearner *self)
{
  return self->learned->sites->len;
}

guint
stn_learner_site_room (const StnLearner *self)
{
  return self->learned->sites->len + STN_LEARN_USB_MOST + 1;
}

const char *
stn_learned_place (const StnLearnedSite *site)
{
  return site->uart != NULL ? site->uart : site->usb;
}

StnLearnedSite *
stn_learner_site (const StnLearner *self, guint uart)
{
  return g_ptr_array_index (self->learned->sites, uart);
}

gboolean
stn_learner_knows (const StnLearner *self, guint line)
{
  return self->nrst_of[line] != STN_LEARN_NOBODY || self->boot0_of[line] != STN_LEARN_NOBODY;
}

/* ---- lines ---- */

gboolean
stn_learner_set_lines (StnLearner *self, const gboolean *high, const gboolean *low, const StnWait *wait, GError **error)
{
  for (guint control = 0; control < self->pins->len; control++) {
    StnLink *pins = g_ptr_array_index (self->pins, control);
    guint32 driven = 0, levels = (1u << STN_LEARN_LINES) - 1;
    for (guint bit = 0; bit < STN_LEARN_LINES; bit++) {
      guint line = control * STN_LEARN_LINES + bit;
      if (high != NULL && high[line])
        driven |= 1u << bit;
      else if (low != NULL && low[line])
        levels &= ~(1u << bit);
    }
    const guint32 all = (1u << STN_LEARN_LINES) - 1;
    if (!stn_pins_set_open_drain (pins, all & ~driven, wait, error) || !stn_pins_set (pins, all, levels, wait, error))
      return FALSE;
  }
  return TRUE;
}

static void
let_all_go (StnLearner *self)
{
  StnWait wait = stn_wait_shielded (self->clock, PARK_NS);
  /* an adapter that is gone has let go by itself */
  stn_learner_set_lines (self, NULL, NULL, &wait, NULL);
}

/* ---- one board at two ports ---- */

static gboolean
same_learned (const StnLearnedLine *a, const StnLearnedLine *b)
{
  return a->found && b->found && a->control == b->control && a->bit == b->bit;
}

/* A board that was heard on a UART and, another time, on USB is one site: the same NRST, or the same BOOT0, and nobody
 * else has it. */
static void
join_ports (StnLearner *self)
{
  GPtrArray *sites = self->learned->sites;

  for (guint i = 0; i < sites->len; i++) {
    StnLearnedSite *uart = g_ptr_array_index (sites, i);
    guint partners = 0, partner = 0;
    for (guint k = 0; uart->uart != NULL && k < sites->len; k++) {
      const StnLearnedSite *other = g_ptr_array_index (sites, k);
      if (k == i || !(same_learned (&uart->nrst, &other->nrst) || same_learned (&uart->boot0, &other->boot0)))
        continue;
      partners++;
      partner = k;
    }
    StnLearnedSite *usb = partners == 1 ? g_ptr_array_index (sites, partner) : NULL;
    if (usb == NULL || usb->uart != NULL || uart->usb != NULL)
      continue;
    uart->usb = g_steal_pointer (&usb->usb);
    if (!uart->nrst.found)
      uart->nrst = usb->nrst;
    if (!uart->boot0.found)
      uart->boot0 = usb->boot0;
    g_ptr_array_remove_index (sites, partner);
  }
}

/* ---- opening ---- */

static gboolean
make_bench (StnLearner *self, GError **error)
{
  const char *path = self->options->bench_path;
  g_autofree char *bytes = NULL;
  gsize length = 0;
  g_autoptr (GError) unread = NULL;

  self->bench = self->options->bench;
  if (self->bench != NULL || path == NULL)
    return TRUE;
  if (!g_file_get_contents (path, &bytes, &length, &unread)) {
    stn_error_set (error, STN_FAILURE_BAD_FILE, "%s: %s", path, unread->message);
    return FALSE;
  }
  g_autoptr (StnBenchConfig) config = stn_bench_config_parse (path, bytes, length, error);
  if (config == NULL)
    return FALSE;
  self->bench = stn_bench_new (config, self->targets, self->clock, error);
  self->owns_bench = self->bench != NULL;
  if (self->bench == NULL)
    g_prefix_error (error, "%s: ", path);
  return self->bench != NULL;
}

static gboolean
open_providers (StnLearner *self, GError **error)
{
  const StnProviderRow *uart = stn_registry_find (STN_PORT_UART, self->bench != NULL);
  const StnProviderRow *pins = stn_registry_find (STN_PORT_PINS, self->bench != NULL);

  if (uart == NULL || pins == NULL) {
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED,
                   "this program can't open real adapters and serial ports yet; --bench learns a virtual bench");
    return FALSE;
  }
  self->uart_provider = uart->create (self->bench, error);
  if (self->uart_provider == NULL)
    return FALSE;
  self->pins_provider = pins == uart ? self->uart_provider : pins->create (self->bench, error);
  return self->pins_provider != NULL;
}

gboolean
stn_learner_list_places (StnProvider *provider, StnPlaceKind kind, GPtrArray *out, GError **error)
{
  g_autoptr (GPtrArray) places = stn_station_places (provider, kind, error);

  for (guint i = 0; places != NULL && i < places->len; i++)
    g_ptr_array_add (out, g_strdup (((const StnPlace *) g_ptr_array_index (places, i))->place));
  return places != NULL;
}

static gboolean
name_places (StnProvider *provider, StnPlaceKind kind, const char *const *named, GPtrArray *out, GError **error)
{
  for (guint i = 0; named != NULL && named[i] != NULL; i++)
    g_ptr_array_add (out, g_strdup (named[i]));
  return named != NULL || stn_learner_list_places (provider, kind, out, error);
}

static void
site_free (gpointer data)
{
  StnLearnedSite *site = data;
  g_free (site->uart);
  g_free (site->usb);
  g_free (site->line);
  g_free (site->uid);
  g_free (site);
}

static void
link_free (gpointer link)
{
  stn_link_free (link);
}

static gboolean
open_pins (StnLearner *self, GError **error)
{
  const GPtrArray *controls = self->learned->controls;

  for (guint i = 0; i < controls->len; i++) {
    const char *place = g_ptr_array_index (controls, i);
    g_autofree char *what = g_strdup_printf ("adapter %s", place);
    StnWait wait = stn_wait_within (&self->wait, OPEN_NS);
    if (!stn_locks_take (self->locks, place, self->bench != NULL, what, error))
      return FALSE;
    StnLink *pins = self->pins_provider->provider_class->open_pins (self->pins_provider, place, &wait, error);
    if (pins == NULL) {
      g_prefix_error (error, "adapter %s: ", place);
      return FALSE;
    }
    g_ptr_array_add (self->pins, pins);
  }
  return TRUE;
}

/* A port that does not open is none of this station's, or somebody else's: it is noted and left out. */
static gboolean
open_uarts (StnLearner *self, const GPtrArray *places, GError **error)
{
  self->ears = g_new0 (StnProbeEar, places->len + STN_LEARN_USB_MOST + 1);
  self->without = g_new0 (gboolean, places->len + STN_LEARN_USB_MOST + 1);
  for (guint i = 0; i < places->len; i++) {
    StnWait wait = stn_wait_within (&self->wait, OPEN_NS);
    g_autoptr (GError) failure = NULL;
    const char *place = g_ptr_array_index (places, i);
    StnLink *uart = self->uart_provider->provider_class->open_uart (self->uart_provider, place, &wait, &failure);
    if (uart == NULL && stn_error_is (failure, STN_FAILURE_CANCELLED)) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
    if (uart == NULL) {
      g_ptr_array_add (self->learned->notes, g_strdup_printf ("left out: %s", failure->message));
      continue;
    }
    StnLearnedSite *site = g_new0 (StnLearnedSite, 1);
    site->uart = g_strdup (place);
    self->ears[self->learned->sites->len] = (StnProbeEar){ .uart = uart, .baud = BAUD };
    g_ptr_array_add (self->learned->sites, site);
  }
  return TRUE;
}

static gboolean
open_all (StnLearner *self, GError **error)
{
  g_autoptr (GPtrArray) uarts = g_ptr_array_new_with_free_func (g_free);
  StnLearned *learned = self->learned;

  self->targets = stn_station_read_targets (error);
  if (self->targets == NULL || !make_bench (self, error) || !open_providers (self, error)
      || !name_places (self->pins_provider, STN_PLACE_PINS, self->options->controls, learned->controls, error)
      || !name_places (self->uart_provider, STN_PLACE_UART, self->options->uarts, uarts, error))
    return FALSE;
  /* without a serial port boards may still come on USB */
  if (learned->controls->len == 0) {
    stn_error_set (error, STN_FAILURE_ADAPTER_MISSING, "nothing to learn from: no adapter with pins, %u serial ports",
                   uarts->len);
    return FALSE;
  }
  if (!open_pins (self, error) || !open_uarts (self, uarts, error))
    return FALSE;
  self->nrst_of = g_new (int, stn_learner_line_count (self));
  self->boot0_of = g_new (int, stn_learner_line_count (self));
  self->is_input = g_new0 (gboolean, stn_learner_line_count (self) + 1);
  for (guint line = 0; line < stn_learner_line_count (self); line++)
    self->nrst_of[line] = self->boot0_of[line] = STN_LEARN_NOBODY;
  self->total = 3 * stn_learner_line_count (self) + 4;
  return TRUE;
}

static void
close_all (StnLearner *self)
{
  if (self->pins != NULL)
    let_all_go (self);
  for (guint i = 0; self->ears != NULL && i < stn_learner_site_count (self); i++)
    stn_link_free (self->ears[i].uart);
  g_clear_pointer (&self->ears, g_free);
  g_clear_pointer (&self->pins, g_ptr_array_unref);
  if (self->pins_provider != self->uart_provider)
    stn_provider_free (self->pins_provider);
  stn_provider_free (self->uart_provider);
  if (self->owns_bench)
    stn_bench_free (self->bench);
  self->bench = NULL;
  g_free (self->is_input);
  g_clear_pointer (&self->targets, stn_targets_free);
  g_clear_pointer (&self->locks, stn_locks_free);
  g_free (self->without);
  g_free (self->nrst_of);
  g_free (self->boot0_of);
}

/* ---- the whole ---- */

gboolean
stn_learn_places (const char *bench_path, StnClock *clock, GPtrArray **out_controls, GPtrArray **out_uarts,
                  GError **error)
{
  const StnLearnOptions options = { .bench_path = bench_path };
  StnLearner self = { .clock = clock, .options = &options };
  g_autoptr (GPtrArray) controls = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) uarts = g_ptr_array_new_with_free_func (g_free);

  self.targets = stn_station_read_targets (error);
  gboolean ok = self.targets != NULL && make_bench (&self, error) && open_providers (&self, error)
                && stn_learner_list_places (self.pins_provider, STN_PLACE_PINS, controls, error)
                && stn_learner_list_places (self.uart_provider, STN_PLACE_UART, uarts, error);
  close_all (&self);
  if (ok) {
    *out_controls = g_steal_pointer (&controls);
    *out_uarts = g_steal_pointer (&uarts);
  }
  return ok;
}

StnLearned *
stn_station_learn (const StnLearnOptions *options, StnClock *clock, GError **error)
{
  g_autoptr (StnLearned) learned = g_new0 (StnLearned, 1);
  StnLearner self = { .clock = clock, .options = options, .learned = learned };

  learned->bench_path = g_strdup (options->bench_path);
  learned->controls = g_ptr_array_new_with_free_func (g_free);
  learned->sites = g_ptr_array_new_with_free_func (site_free);
  learned->notes = g_ptr_array_new_with_free_func (g_free);
  self.wait = stn_wait_new (clock, STN_TIME_NEVER, options->cancellable);
  self.locks = stn_locks_new ();
  self.pins = g_ptr_array_new_with_free_func (link_free);
  gboolean ok = open_all (&self, error) && stn_learner_find_inputs (&self, error)
                && stn_learner_pull_each_low (&self, error) && stn_learner_drive_each_high (&self, error)
                && stn_learner_silence_each (&self, error) && stn_learner_power_each (&self, error)
                && stn_learner_detect_each (&self, error);
  if (ok)
    join_ports (&self);
  close_all (&self);
  return ok ? g_steal_pointer (&learned) : NULL;
}

void
stn_learned_free (StnLearned *self)
{
  if (self == NULL)
    return;
  g_free (self->bench_path);
  g_ptr_array_unref (self->controls);
  g_ptr_array_unref (self->sites);
  g_ptr_array_unref (self->notes);
  g_free (self);
}

guint
stn_learned_complete (const StnLearned *self)
{
  guint count = 0;
  for (guint i = 0; i < self->sites->len; i++) {
    const StnLearnedSite *site = g_ptr_array_index (self->sites, i);
    count += site->nrst.found && site->boot0.found;
  }
  return count;
}

const char *
stn_learned_pin_name (const StnLearnedLine *line)
{
  return stn_pin_name (line->bit);
}
