#include "src/station/service.h"

#include "src/job/site-hold.h"
#include "src/link/pins.h"
#include "src/station/places.h"
#include "src/station/ports.h"

#include <string.h>

/* twice a second is seen as blinking, and leaves a program the time to light something */
#define BLINK_NS (250 * STN_NS_PER_MS)

/* ---- identify ---- */

/* The line that restarts the board: NRST, or power where there is none. */
static gboolean
find_blinker (StnStation *self, const char *site, guint *out_index, StnSignal *out_signal, GError **error)
{
  const char *const names[] = { site, NULL };
  g_autoptr (GArray) indexes = g_array_new (FALSE, FALSE, sizeof (guint));

  if (!stn_station_pick_sites (self, names, NULL, indexes, error))
    return FALSE;
  *out_index = g_array_index (indexes, guint, 0);
  const StnSiteWiring *wiring = &g_array_index (self->wirings, StnSiteWiring, *out_index);
  static const StnSignal signals[] = { STN_SIGNAL_NRST, STN_SIGNAL_POWER };
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    if (wiring->lines[signals[i]].kind == STN_PIN_REF_CONTROL) {
      *out_signal = signals[i];
      return TRUE;
    }
  stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "%s has neither an NRST nor a power line to blink with", site);
  return FALSE;
}

char *
stn_station_identify_text (StnStation *self, const char *site, GError **error)
{
  guint index = 0;
  StnSignal signal = STN_SIGNAL_NRST;

  if (!find_blinker (self, site, &index, &signal, error))
    return NULL;
  const StnPinRef *line = &g_array_index (self->wirings, StnSiteWiring, index).lines[signal];
  g_autoptr (GString) others = g_string_new (NULL);
  for (guint i = 0; i < self->wirings->len; i++) {
    const StnPinRef *other = &g_array_index (self->wirings, StnSiteWiring, i).lines[signal];
    if (i != index && other->kind == STN_PIN_REF_CONTROL && other->control == line->control && other->bit == line->bit)
      g_string_append_printf (others, "%s%s", others->len > 0 ? ", " : "; on the same line: ",
                              g_array_index (self->wirings, StnSiteWiring, i).file->name);
  }
  g_autofree char *text = stn_station_line_text (self, line);
  return g_strdup_printf ("%s: %s (%s) goes on and off twice a second, so the board starts again and again%s", site,
                          signal == STN_SIGNAL_NRST ? "NRST" : "power", text, others->str);
}

/* A lamp of the site's bank blinks along: busy, or what else there is. adapter NULL: none. */
static StnLine
find_lamp (const StnStation *self, StnPorts *ports, guint site)
{
  static const StnPanelSignal lamps[] = { STN_PANEL_BUSY, STN_PANEL_OK, STN_PANEL_FAIL };
  const StnSiteWiring *wiring = &g_array_index (self->wirings, StnSiteWiring, site);
  const StnBankWiring *bank = &g_array_index (self->banks, StnBankWiring, wiring->bank);

  for (guint i = 0; i < G_N_ELEMENTS (lamps); i++) {
    const StnPinRef *line = &bank->lines[lamps[i]];
    if (line->kind == STN_PIN_REF_CONTROL)
      return (StnLine){ .adapter = stn_ports_adapter (ports, line->control),
                        .bit = line->bit,
                        .active_low = line->active_low };
  }
  return (StnLine){ 0 };
}

static gboolean
blink (StnSiteHold *hold, StnSignal signal, const StnLine *lamp, const StnWait *wait, GError **error)
{
  StnLineLease light = { 0 };
  const StnLine *line = signal == STN_SIGNAL_NRST ? &hold->site->nrst : &hold->site->power;
  StnLineLease *lease = signal == STN_SIGNAL_NRST ? &hold->nrst : &hold->power;
  g_autoptr (GError) local = NULL;

  while (stn_wait_check (wait, NULL)) {
    if (!stn_site_hold_acquire (hold, lease, line, wait, &local))
      break;
    gboolean lit = lamp->adapter == NULL || stn_site_hold_acquire (hold, &light, lamp, wait, &local);
    gboolean slept = lit && stn_wait_sleep (wait, BLINK_NS, NULL);
    if (!stn_site_hold_release (hold, &light, lit ? &local : NULL)
        || !stn_site_hold_release (hold, lease, lit ? &local : NULL) || !lit)
      break;
    if (!slept || !stn_wait_sleep (wait, BLINK_NS, NULL))
      return TRUE;
  }
  if (local == NULL || stn_error_is (local, STN_FAILURE_CANCELLED) || stn_error_is (local, STN_FAILURE_TIMEOUT))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* The bench of a station, where it has one. */
static gboolean
make_bench (StnStation *self, StnBench **out, GError **error)
{
  *out = self->bench_config != NULL ? stn_station_make_bench (self, error) : NULL;
  return *out != NULL || self->bench_config == NULL;
}

gboolean
stn_station_identify (StnStation *self, const char *site, gint64 duration_ns, GCancellable *cancellable, GError **error)
{
  guint index = 0;
  StnSignal signal = STN_SIGNAL_NRST;
  g_autoptr (StnBench) bench = NULL;

  if (!find_blinker (self, site, &index, &signal, error) || !make_bench (self, &bench, error))
    return FALSE;
  g_autoptr (StnPorts) ports = stn_ports_new (self, &index, 1, bench);
  if (!stn_ports_lock (ports, error) || !stn_station_wait_out_windows (self, ports, cancellable, error)
      || !stn_ports_open (ports, cancellable, error))
    return FALSE;
  stn_ports_connect (ports);

  StnSiteHold hold = { .site = g_ptr_array_index (self->sites, index), .clock = self->clock };
  StnWait wait = stn_wait_new (self->clock, duration_ns > 0 ? duration_ns : STN_TIME_NEVER, cancellable);
  const StnLine lamp = find_lamp (self, ports, index);
  gboolean ok = blink (&hold, signal, &lamp, &wait, error);
  stn_site_hold_park (&hold);
  return ok;
}

/* ---- park ---- */

static void
parked_free (gpointer data)
{
  StnParked *row = data;
  g_free (row->control);
  g_free (row->place);
  g_free (row->failure);
  g_free (row);
}

static void
add_parked (GPtrArray *rows, const char *control, const char *place, const GError *failure)
{
  StnParked *row = g_new0 (StnParked, 1);
  row->control = g_strdup (control);
  row->place = g_strdup (place);
  row->failure = failure != NULL ? g_strdup (failure->message) : NULL;
  g_ptr_array_add (rows, row);
}

GPtrArray *
stn_station_park (StnStation *self, gboolean force, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (parked_free);
  g_autofree guint *all = g_new0 (guint, self->sites->len + 1);
  g_autoptr (StnBench) bench = NULL;

  for (guint i = 0; i < self->sites->len; i++)
    all[i] = i;
  if (!make_bench (self, &bench, error))
    return NULL;
  g_autoptr (StnPorts) ports = stn_ports_new (self, all, self->sites->len, bench);
  stn_ports_set_tolerant (ports, TRUE);
  if ((!force && !stn_ports_lock (ports, error))
      || !stn_station_wait_out_windows (self, NULL, cancellable, error)
      /* an adapter puts its lines at rest when it is opened */
      || !stn_ports_open (ports, cancellable, error))
    return NULL;
  for (guint i = 0; i < self->controls->len; i++) {
    const StnControlWiring *control = &g_array_index (self->controls, StnControlWiring, i);
    if (stn_ports_uses_control (ports, i))
      add_parked (rows, control->file->name, control->place, stn_ports_control_error (ports, i));
  }
  for (guint i = 0; i < self->sites->len; i++) {
    const StnSite *site = g_ptr_array_index (self->sites, i);
    g_autofree char *port = g_strconcat (site->name, ".uart", NULL);
    const GError *failure = NULL;
    if (stn_ports_uses_modem (ports, i, &failure))
      add_parked (rows, port, site->uart_place, failure);
  }
  return g_steal_pointer (&rows);
}

/* ---- list ---- */

static void
listed_free (gpointer data)
{
  StnListed *row = data;
  g_free (row->place);
  g_free (row->what);
  g_free (row->serial);
  g_ptr_array_unref (row->ttys);
  g_ptr_array_unref (row->remarks);
  g_ptr_array_unref (row->used_by);
  g_free (row);
}

static StnListed *
listed_new (const char *kind, const char *place, const char *what)
{
  StnListed *row = g_new0 (StnListed, 1);

  row->kind = kind;
  row->place = g_strdup (place);
  row->what = g_strdup (what);
  row->ttys = g_ptr_array_new_with_free_func (g_free);
  row->remarks = g_ptr_array_new_with_free_func (g_free);
  row->used_by = g_ptr_array_new_with_free_func (g_free);
  return row;
}

/* "…usb-0:1.2:1.0-port0": what a path says of the hub port, whatever controller is before it. */
static const char *
usb_tail (const char *place)
{
  const char *tail = strstr (place, "usb-0:");
  return tail != NULL ? tail : place;
}

/* A bench has no controller of its own: there the hub port is all that counts. */
static gboolean
same_place (const StnStation *self, const char *a, const char *b)
{
  if (a == NULL || b == NULL)
    return FALSE;
  return g_str_equal (a, b) || (self->bench_config != NULL && g_str_equal (usb_tail (a), usb_tail (b)));
}

static void
find_users (const StnStation *self, StnListed *row)
{
  for (guint i = 0; self != NULL && i < self->controls->len; i++) {
    const StnControlWiring *control = &g_array_index (self->controls, StnControlWiring, i);
    if (same_place (self, row->place, control->place)
        || (row->serial != NULL && g_strcmp0 (row->serial, control->file->serial) == 0))
      g_ptr_array_add (row->used_by, g_strdup (control->file->name));
  }
  for (guint i = 0; self != NULL && i < self->sites->len; i++) {
    const StnSite *site = g_ptr_array_index (self->sites, i);
    gboolean used = same_place (self, row->place, site->uart_place);
    for (guint k = 0; k < row->ttys->len; k++)
      used |= same_place (self, g_ptr_array_index (row->ttys, k), site->uart_place);
    if (used)
      g_ptr_array_add (row->used_by, g_strdup (site->name));
  }
}

static gboolean
list_bench (StnStation *self, GPtrArray *rows, GError **error)
{
  static const char *const kinds[] = { "uart", "pins", "usb" };
  g_autoptr (StnBench) bench = NULL;

  if (!make_bench (self, &bench, error))
    return FALSE;
  g_autoptr (StnProvider) provider = stn_bench_provider_new (bench);
  g_autoptr (GPtrArray) places = provider->provider_class->list_places (provider, error);
  for (guint i = 0; places != NULL && i < places->len; i++) {
    const StnPlace *place = g_ptr_array_index (places, i);
    g_ptr_array_add (rows, listed_new (kinds[place->kind], place->place, place->what));
  }
  return places != NULL;
}

static guint
depth_of (const char *bus_path)
{
  const char *dash = bus_path != NULL ? strchr (bus_path, '-') : NULL;
  guint depth = dash != NULL ? 1 : 0;

  for (const char *p = dash; p != NULL && *p != '\0'; p++)
    depth += *p == '.';
  return depth;
}

static StnListed *
list_device (const StnPluggedDevice *device)
{
  static const struct {
    StnPluggedFlag flag;
    const char *text;
  } remarks[] = {
    { STN_PLUGGED_NO_SERIAL, "no serial: only its place names it" },
    { STN_PLUGGED_SAME_SERIAL, "another device has the same serial" },
    { STN_PLUGGED_SINGLE_TT, "one transaction translator: boards on this hub slow each other down" },
    { STN_PLUGGED_VIRTUAL, "virtual" },
    { STN_PLUGGED_KERNEL_TTY, "the kernel uses it as a serial port: no pins" },
  };
  const char *what = device->product != NULL ? device->product : device->vendor != NULL ? device->vendor : "";
  StnListed *row = listed_new (stn_plugged_kind_name (device->kind), device->place, what);

  row->depth = depth_of (device->bus_path);
  row->serial = g_strdup (device->serial);
  for (guint i = 0; device->ttys != NULL && i < device->ttys->len; i++)
    g_ptr_array_add (row->ttys, stn_tty_by_path (g_ptr_array_index (device->ttys, i)));
  for (guint i = 0; i < G_N_ELEMENTS (remarks); i++) {
    /* hubs and boards are named by their place anyway */
    gboolean matters = remarks[i].flag != STN_PLUGGED_NO_SERIAL || device->kind == STN_PLUGGED_FT232H
                       || device->kind == STN_PLUGGED_FTDI;
    if ((device->flags & remarks[i].flag) != 0 && matters)
      g_ptr_array_add (row->remarks, g_strdup (remarks[i].text));
  }
  return row;
}

GPtrArray *
stn_station_list (StnStation *self, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (listed_free);

  if (self != NULL && self->bench_config != NULL) {
    if (!list_bench (self, rows, error))
      return NULL;
  } else {
    g_autoptr (GPtrArray) devices = stn_plugged_list ();
    for (guint i = 0; i < devices->len; i++)
      g_ptr_array_add (rows, list_device (g_ptr_array_index (devices, i)));
  }
  for (guint i = 0; i < rows->len; i++)
    find_users (self, g_ptr_array_index (rows, i));
  return g_steal_pointer (&rows);
}
