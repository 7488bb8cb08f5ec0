#include "src/station/station-private.h"

#include <string.h>

#include "src/link/hub-pins.h"
#include "src/link/pins.h"

const char *const stn_signal_names[STN_SIGNAL_COUNT] = { "nrst", "boot0", "power", "detect", "good", "fault" };

/* of an FT232H: driven by the chip from the moment it has power until it is opened (AN_108, UART mode) */
#define DRIVEN_BEFORE_OPEN ((1u << 0) | (1u << 2) | (1u << 4))

#define DEFAULT_BAUD 115200 /* the highest rate ST tests (AN3155 section 2) */
#define LOWEST_BAUD 1200
#define HIGHEST_BAUD 4000000

static gboolean
refuse (const StnNode *place, GError **error, const char *expected, const char *found, const char *what)
{
  stn_node_error (place, error, expected, found, "%s", what);
  return FALSE;
}

static gboolean
is_site_name (const char *name)
{
  for (const char *p = name; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '_' && *p != '.')
      return FALSE;
  return *name != '\0';
}

/* ---- USB places ---- */

static const StnFileHub *
find_hub (const StnStation *self, const char *name)
{
  for (guint i = 0; i < self->file.hubs->len; i++) {
    const StnFileHub *hub = g_ptr_array_index (self->file.hubs, i);
    if (g_str_equal (hub->name, name))
      return hub;
  }
  return NULL;
}

static void
warn_about_bus_number (StnStation *self, const char *path, const StnNode *place)
{
  gboolean is_bus_path = g_ascii_isdigit (path[0]) && strchr (path, '-') != NULL;
  if (is_bus_path)
    g_ptr_array_add (self->warnings,
                     g_strdup_printf ("%s:%u:%u: the USB place “%s” begins with a bus number, which moves between "
                                      "starts of the machine; write it as udev's ID_PATH has it",
                                      place->file, place->line, place->column, path));
}

/* The path of a hub's port: "pci-…-usb-0:1" and port 3 are "pci-…-usb-0:1.3". */
static gboolean
usb_place (StnStation *self, const StnFileUsbPort *port, char **out, GError **error)
{
  if ((port->path != NULL) == (port->hub != NULL))
    return refuse (port->place, error, "either a path, or hub and port", port->path != NULL ? "both" : "neither",
                   "a USB place");
  if (port->path != NULL) {
    warn_about_bus_number (self, port->path, port->place);
    *out = g_strdup (port->path);
    return TRUE;
  }
  if (port->port == 0)
    return refuse (port->place, error, "a port number beside the hub", "nothing", "a USB place");
  const StnFileHub *hub = find_hub (self, port->hub);
  if (hub == NULL) {
    g_autofree char *found = stn_text_quote (port->hub);
    return refuse (port->place, error, "a name of `hubs`", found, "hub");
  }
  *out = g_strdup_printf ("%s.%" G_GINT64_FORMAT, hub->path, port->port);
  return TRUE;
}

/* ---- controls ---- */

static gboolean
read_controls (StnStation *self, GError **error)
{
  for (guint i = 0; i < self->file.hubs->len; i++) {
    const StnFileHub *hub = g_ptr_array_index (self->file.hubs, i);
    warn_about_bus_number (self, hub->path, hub->place);
  }
  for (guint i = 0; i < self->file.controls->len; i++) {
    const StnFileControl *file = g_ptr_array_index (self->file.controls, i);
    StnControlWiring control = { .file = file };

    if (!file->has_ft232h)
      return refuse (file->name_place, error, "ft232h", "nothing", "what kind of adapter the control is");
    if ((file->serial != NULL) == file->port.present)
      return refuse (file->name_place, error, "either its serial or its port",
                     file->serial != NULL ? "both" : "neither", "the FT232H");
    if (strchr (file->name, '.') != NULL || g_str_equal (file->name, "uart"))
      return refuse (file->name_place, error, "a name without dots, other than uart", file->name, "a control");
    if (file->serial != NULL)
      control.place = g_strdup (file->serial);
    else if (!usb_place (self, &file->port, &control.place, error))
      return FALSE;
    g_array_append_val (self->controls, control);

    for (guint other = 0; other < i; other++)
      if (g_str_equal (g_array_index (self->controls, StnControlWiring, other).place, control.place)) {
        g_autofree char *text =
            g_strdup_printf ("control “%s” is the same adapter as “%s” (%s)", file->name,
                             g_array_index (self->controls, StnControlWiring, other).file->name, control.place);
        return refuse (file->name_place, error, NULL, NULL, text);
      }
  }
  return TRUE;
}

/* ---- pins ---- */

static gboolean
refuse_unknown_control (const StnStation *self, const StnFilePin *pin, const char *name, GError **error)
{
  g_autoptr (GPtrArray) known = g_ptr_array_new ();
  for (guint i = 0; i < self->controls->len; i++)
    if (!g_array_index (self->controls, StnControlWiring, i).is_hub)
      g_ptr_array_add (known, g_array_index (self->controls, StnControlWiring, i).file->name);
  g_ptr_array_add (known, NULL);
  const char *nearest = stn_text_nearest (name, (const char *const *) known->pdata);
  g_autofree char *text = nearest != NULL
                              ? g_strdup_printf ("no control is called “%s”; the nearest is “%s”", name, nearest)
                              : g_strdup_printf ("no control is called “%s”", name);
  return refuse (pin->place, error, NULL, NULL, text);
}

/* `own_port`: the pin may be a modem line of the site's own port. */
static gboolean
read_pin (StnStation *self, const StnFilePin *pin, const char *what, gboolean is_driven, gboolean own_port,
          StnPinRef *out, GError **error)
{
  g_autofree char *found = stn_text_quote (pin->pin);
  const char *dot = strrchr (pin->pin, '.');

  out->place = pin->place;
  out->active_low = pin->active == STN_ACTIVE_LOW;
  if (dot == NULL || dot == pin->pin)
    return refuse (pin->place, error, "control and pin, such as c1.AC0", found, what);

  g_autofree char *name = g_strndup (pin->pin, (gsize) (dot - pin->pin));
  if (g_str_equal (name, "uart")) {
    if (!own_port || (!g_str_equal (dot, ".rts") && !g_str_equal (dot, ".dtr")))
      return refuse (pin->place, error, own_port ? "uart.rts or uart.dtr" : "a pin of a control", found, what);
    out->kind = STN_PIN_REF_UART;
    out->bit = g_str_equal (dot, ".rts") ? 0 : 1;
    return TRUE;
  }

  for (guint i = 0; i < self->controls->len; i++) {
    StnControlWiring *control = &g_array_index (self->controls, StnControlWiring, i);
    if (control->is_hub || !g_str_equal (control->file->name, name))
      continue;
    if (!stn_pin_from_text (dot + 1, &out->bit))
      return refuse (pin->place, error, "a pin AD0 to AD7 or AC0 to AC7", found, what);
    if (is_driven && (DRIVEN_BEFORE_OPEN >> out->bit & 1) != 0 && !control->file->buffered) {
      g_autofree char *text = g_strdup_printf ("%s on %s: an FT232H drives AD0, AD2 and AD4 before it is opened; use "
                                               "another pin, or say `buffered: true` where the fixture makes them safe",
                                               what, pin->pin);
      return refuse (pin->place, error, NULL, NULL, text);
    }
    out->kind = STN_PIN_REF_CONTROL;
    out->control = i;
    if (is_driven) {
      control->used_mask |= 1u << out->bit;
      /* one that is active high needs to be driven there */
      if (pin->open_drain && out->active_low)
        control->open_drain_mask |= 1u << out->bit;
      if (out->active_low)
        control->rest_levels |= 1u << out->bit;
    }
    return TRUE;
  }
  return refuse_unknown_control (self, pin, name, error);
}

/* ---- hub ports ---- */

/* The hub of a port becomes a control of its own when its first port is met. */
static guint
ensure_hub (StnStation *self, const char *place)
{
  for (guint i = 0; i < self->controls->len; i++) {
    const StnControlWiring *control = &g_array_index (self->controls, StnControlWiring, i);
    if (control->is_hub && g_str_equal (control->place, place))
      return i;
  }
  StnFileControl *file = g_new0 (StnFileControl, 1);
  StnControlWiring hub = { .file = file, .own_file = file, .is_hub = TRUE, .place = g_strdup (place) };
  file->name = g_strdup ("hub");
  g_array_append_val (self->controls, hub);
  return self->controls->len - 1;
}

static gboolean
read_hub_port (StnStation *self, const StnFilePower *power, StnPinRef *out, GError **error)
{
  g_autofree char *place = NULL;

  if (!usb_place (self, &power->hub_port, &place, error))
    return FALSE;
  const char *dot = strrchr (place, '.');
  const char *colon = strrchr (place, ':'); /* "…usb-0:1.4": the dots of the controller come before it */
  g_autofree char *hub = dot != NULL && (colon == NULL || dot > colon) ? g_strndup (place, (gsize) (dot - place)) : NULL;
  guint64 port = 0;
  if (hub == NULL || !g_ascii_string_to_unsigned (dot + 1, 10, 1, STN_HUB_PORTS_MOST, &port, NULL)) {
    g_autofree char *found = stn_text_quote (place);
    return refuse (power->hub_port.place, error, "a port of a hub (…usb-0:1.4), 1 to 31", found, "hub-port");
  }
  *out = (StnPinRef){ .kind = STN_PIN_REF_CONTROL,
                      .control = ensure_hub (self, hub),
                      .bit = (guint) port,
                      .place = power->hub_port.place };
  g_array_index (self->controls, StnControlWiring, out->control).used_mask |= 1u << port;
  return TRUE;
}

static gboolean
read_power (StnStation *self, const StnFilePower *power, StnPinRef *out, GError **error)
{
  if ((power->line.pin != NULL) == power->hub_port.present)
    return refuse (power->line.place, error, "either a pin or a hub-port", power->line.pin != NULL ? "both" : "neither",
                   "power");
  if (power->hub_port.present)
    return read_hub_port (self, power, out, error);
  return read_pin (self, &power->line, stn_signal_names[STN_SIGNAL_POWER], TRUE, TRUE, out, error);
}

char *
stn_station_line_text (const StnStation *self, const StnPinRef *line)
{
  if (line->kind == STN_PIN_REF_UART)
    return g_strdup (line->bit == 0 ? "uart.rts" : "uart.dtr");
  const StnControlWiring *control = &g_array_index (self->controls, StnControlWiring, line->control);
  if (control->is_hub)
    return g_strdup_printf ("%s.%u", control->place, line->bit);
  return g_strdup_printf ("%s.%s", control->file->name, stn_pin_name (line->bit));
}

static gboolean
same_line (const StnPinRef *a, const StnPinRef *b)
{
  return a->kind == STN_PIN_REF_CONTROL && b->kind == STN_PIN_REF_CONTROL && a->control == b->control
         && a->bit == b->bit;
}

/* A line may serve several sites, but only as the same signal with the same level. */
static gboolean
check_line_against (const StnSiteWiring *wiring, StnSignal signal, const StnSiteWiring *other, StnSignal other_signal,
                    GError **error)
{
  const StnPinRef *line = &wiring->lines[signal], *old = &other->lines[other_signal];
  if (!same_line (line, old))
    return TRUE;
  g_autofree char *text = NULL;
  if (signal != other_signal)
    text = g_strdup_printf ("%s of %s is the line that is %s of %s", stn_signal_names[signal], wiring->file->name,
                            stn_signal_names[other_signal], other->file->name);
  else if (line->active_low != old->active_low)
    text = g_strdup_printf ("%s of %s shares its line with %s, which has the other active level",
                            stn_signal_names[signal], wiring->file->name, other->file->name);
  else
    return TRUE;
  return refuse (line->place, error, NULL, NULL, text);
}

/* ---- sites ---- */

static gboolean
read_baud (const StnFileUart *uart, guint *out, GError **error)
{
  gint64 baud;
  if (g_str_equal (uart->baud, "auto")) {
    *out = DEFAULT_BAUD;
    return TRUE;
  }
  if (!stn_text_to_integer (uart->baud, &baud) || baud < LOWEST_BAUD || baud > HIGHEST_BAUD) {
    g_autofree char *found = stn_text_quote (uart->baud);
    return refuse (uart->baud_place, error, "auto, or 1200 to 4000000", found, "baud");
  }
  *out = (guint) baud;
  return TRUE;
}

static gboolean
check_site_against (const StnSiteWiring *wiring, const StnSiteWiring *other, GError **error)
{
  const StnFileSite *site = wiring->file, *old = other->file;
  g_autofree char *text = NULL;

  if (g_str_equal (site->name, old->name))
    text = g_strdup_printf ("a second site is called “%s”", site->name);
  else if (site->uart.present && old->uart.present && g_str_equal (site->uart.port, old->uart.port))
    text = g_strdup_printf ("%s has the same serial port as %s", site->name, old->name);
  else if (wiring->usb_place != NULL && g_strcmp0 (wiring->usb_place, other->usb_place) == 0)
    text = g_strdup_printf ("%s has the same USB port as %s", site->name, old->name);
  else if (wiring->bank == other->bank && site->at->len == 2 && old->at->len == 2
           && *(gint64 *) site->at->pdata[0] == *(gint64 *) old->at->pdata[0]
           && *(gint64 *) site->at->pdata[1] == *(gint64 *) old->at->pdata[1])
    text = g_strdup_printf ("%s is at the same row and column as %s", site->name, old->name);
  if (text != NULL)
    return refuse (site->name_place, error, NULL, NULL, text);

  for (guint signal = 0; signal < STN_SIGNAL_COUNT; signal++)
    for (guint other_signal = 0; other_signal < STN_SIGNAL_COUNT; other_signal++)
      if (!check_line_against (wiring, signal, other, other_signal, error))
        return FALSE;
  return TRUE;
}

static gboolean
read_site (StnStation *self, const StnFileSite *file, guint bank, GError **error)
{
  StnSiteWiring wiring = { .file = file, .bank = bank, .group = self->wirings->len };
  const StnFilePin *pins[STN_SIGNAL_COUNT] = { &file->nrst,   &file->boot0,      &file->power.line,
                                               &file->detect, &file->power.good, &file->power.fault };

  if (!is_site_name (file->name)) {
    g_autofree char *found = stn_text_quote (file->name);
    return refuse (file->name_place, error, "letters, digits, _ and .", found, "a site's name");
  }
  for (guint signal = 0; signal < STN_SIGNAL_COUNT; signal++) {
    if (!pins[signal]->present)
      continue;
    if (signal == STN_SIGNAL_POWER) {
      if (!read_power (self, &file->power, &wiring.lines[signal], error))
        return FALSE;
      if (wiring.lines[signal].kind == STN_PIN_REF_UART && !file->uart.present)
        return refuse (file->power.line.place, error, "a `uart` for the site", "nothing", file->power.line.pin);
      continue;
    }
    gboolean is_driven = stn_signal_is_driven (signal);
    if (!read_pin (self, pins[signal], stn_signal_names[signal], is_driven, is_driven, &wiring.lines[signal], error))
      return FALSE;
    if (wiring.lines[signal].kind == STN_PIN_REF_UART && !file->uart.present)
      return refuse (pins[signal]->place, error, "a `uart` for the site", "nothing", pins[signal]->pin);
  }
  for (guint signal = 0; signal < STN_SIGNAL_COUNT; signal++)
    for (guint other = 0; other < signal; other++)
      if (!check_line_against (&wiring, signal, &wiring, other, error))
        return FALSE;

  if (file->uart.present && !read_baud (&file->uart, &wiring.wiring.baud, error))
    return FALSE;
  if (!file->uart.present && !file->usb.present)
    return refuse (file->place, error, "`uart` or `usb`", "neither", "the way to the board");
  g_autofree char *place = NULL;
  if (file->usb.present && !usb_place (self, &file->usb, &place, error))
    return FALSE;
  if (file->program_by == STN_PROGRAM_BY_UART && !file->uart.present)
    return refuse (file->place, error, "a `uart` for the site", "nothing", "program-by: uart");
  if (file->program_by == STN_PROGRAM_BY_USB && !file->usb.present)
    return refuse (file->place, error, "a `usb` for the site", "nothing", "program-by: usb");
  wiring.usb_place = place;
  wiring.wiring.program_by = (StnProgramBy) file->program_by;
  wiring.wiring.has_uart = file->uart.present;
  wiring.wiring.has_usb = file->usb.present;
  wiring.wiring.has_nrst = file->nrst.present;
  wiring.wiring.has_boot0 = file->boot0.present;
  wiring.wiring.has_power = file->power.line.present;
  wiring.wiring.has_detect = file->detect.present;
  wiring.wiring.power_off_ns = file->power.off_ns;
  wiring.wiring.power_settle_ns = file->power.settle_ns;

  for (guint i = 0; i < self->wirings->len; i++)
    if (!check_site_against (&wiring, &g_array_index (self->wirings, StnSiteWiring, i), error))
      return FALSE;
  place = NULL; /* the array's from here on */
  g_array_append_val (self->wirings, wiring);
  return TRUE;
}

/* ---- a bank's own lines ---- */

const char *const stn_panel_signal_names[STN_PANEL_COUNT] = { "start", "lid", "busy", "ok", "fail" };

/* One button or lid may serve several banks; nothing else of a bank is shared. */
static gboolean
check_bank_line_against (const StnBankWiring *bank, guint signal, const StnBankWiring *other, guint other_signal,
                         GError **error)
{
  const StnPinRef *line = &bank->lines[signal], *old = &other->lines[other_signal];
  if (!same_line (line, old)
      || (bank != other && signal == other_signal && !stn_panel_signal_is_driven (signal)
          && line->active_low == old->active_low))
    return TRUE;
  g_autofree char *text =
      g_strdup_printf ("%s of bank %s is the line that is %s of bank %s", stn_panel_signal_names[signal],
                       bank->file->name, stn_panel_signal_names[other_signal], other->file->name);
  return refuse (line->place, error, NULL, NULL, text);
}

static gboolean
check_bank_line_against_sites (const StnStation *self, const StnBankWiring *bank, guint signal, GError **error)
{
  for (guint i = 0; i < self->wirings->len; i++) {
    const StnSiteWiring *site = &g_array_index (self->wirings, StnSiteWiring, i);
    for (guint other = 0; other < STN_SIGNAL_COUNT; other++) {
      if (!same_line (&bank->lines[signal], &site->lines[other]))
        continue;
      g_autofree char *text =
          g_strdup_printf ("%s of bank %s is the line that is %s of %s", stn_panel_signal_names[signal],
                           bank->file->name, stn_signal_names[other], site->file->name);
      return refuse (bank->lines[signal].place, error, NULL, NULL, text);
    }
  }
  return TRUE;
}

static gboolean
read_bank (StnStation *self, const StnFileBank *file, GError **error)
{
  const StnFilePin *pins[STN_PANEL_COUNT] = { &file->start, &file->lid, &file->busy, &file->ok, &file->fail };
  StnBankWiring bank = { .file = file };

  for (guint signal = 0; signal < STN_PANEL_COUNT; signal++)
    if (pins[signal]->present
        && !read_pin (self, pins[signal], stn_panel_signal_names[signal], stn_panel_signal_is_driven (signal), FALSE,
                      &bank.lines[signal], error))
      return FALSE;
  for (guint signal = 0; signal < STN_PANEL_COUNT; signal++) {
    for (guint other = 0; other < signal; other++)
      if (!check_bank_line_against (&bank, signal, &bank, other, error))
        return FALSE;
    for (guint i = 0; i < self->banks->len; i++)
      for (guint other = 0; other < STN_PANEL_COUNT; other++)
        if (!check_bank_line_against (&bank, signal, &g_array_index (self->banks, StnBankWiring, i), other, error))
          return FALSE;
    if (!check_bank_line_against_sites (self, &bank, signal, error))
      return FALSE;
  }
  g_array_append_val (self->banks, bank);
  return TRUE;
}

/* ---- groups: sites that share NRST, BOOT0 or power ---- */

static StnSiteWiring *
wiring_at (StnStation *self, guint index)
{
  return &g_array_index (self->wirings, StnSiteWiring, index);
}

static void
join_groups (StnStation *self, guint from, guint to)
{
  for (guint i = 0; i < self->wirings->len; i++)
    if (wiring_at (self, i)->group == from)
      wiring_at (self, i)->group = to;
}

static void
set_shared (StnWiring *wiring, StnSignal signal)
{
  switch (signal) {
  case STN_SIGNAL_NRST:
    wiring->shares_nrst = TRUE;
    break;
  case STN_SIGNAL_BOOT0:
    wiring->shares_boot0 = TRUE;
    break;
  case STN_SIGNAL_POWER:
    wiring->shares_power = TRUE;
    break;
  default:
    break;
  }
}

static void
find_groups (StnStation *self)
{
  for (guint i = 0; i < self->wirings->len; i++)
    for (guint other = 0; other < i; other++)
      for (guint signal = STN_SIGNAL_NRST; signal <= STN_SIGNAL_POWER; signal++) {
        StnSiteWiring *a = wiring_at (self, i), *b = wiring_at (self, other);
        if (!same_line (&a->lines[signal], &b->lines[signal]))
          continue;
        set_shared (&a->wiring, signal);
        set_shared (&b->wiring, signal);
        if (a->group != b->group)
          join_groups (self, a->group, b->group);
      }
}

gboolean
stn_station_read_wiring (StnStation *self, GError **error)
{
  if (!read_controls (self, error))
    return FALSE;
  for (guint i = 0; i < self->file.banks->len; i++) {
    const StnFileBank *bank = g_ptr_array_index (self->file.banks, i);
    for (guint other = 0; other < i; other++)
      if (g_str_equal (bank->name, ((const StnFileBank *) g_ptr_array_index (self->file.banks, other))->name)) {
        g_autofree char *text = g_strdup_printf ("a second bank is called “%s”", bank->name);
        return refuse (bank->place, error, NULL, NULL, text);
      }
    for (guint site = 0; site < bank->sites->len; site++)
      if (!read_site (self, g_ptr_array_index (bank->sites, site), i, error))
        return FALSE;
  }
  /* once all sites are known: a lamp on the last one's NRST is found too */
  for (guint i = 0; i < self->file.banks->len; i++)
    if (!read_bank (self, g_ptr_array_index (self->file.banks, i), error))
      return FALSE;
  find_groups (self);
  return TRUE;
}
