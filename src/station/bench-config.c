#include "src/station/station-private.h"

#include "src/link/pins.h"

/* "dead-cell: 0x08001234" or "silence": a fault as the bench's configuration takes it. */
static char *
fault_text (const StnNode *node, GError **error)
{
  if (node->kind == STN_NODE_SCALAR)
    return g_strdup (node->text);
  const StnNode *value =
      node->kind == STN_NODE_MAPPING && node->items->len == 1 ? g_ptr_array_index (node->items, 0) : NULL;
  if (value == NULL || value->kind != STN_NODE_SCALAR) {
    g_autofree char *found = stn_node_describe (node);
    stn_node_error (node, error, "one fault, such as { dead-cell: 0x08001234 }", found, "bench.faults");
    return NULL;
  }
  return g_strdup_printf ("%s: %s", ((const StnNode *) g_ptr_array_index (node->keys, 0))->text, value->text);
}

static gboolean
add_fault (StnBenchConfig *config, const char *site, const StnNode *node, GError **error)
{
  g_autofree char *text = fault_text (node, error);
  if (text == NULL)
    return FALSE;
  if (stn_bench_config_add_fault (config, site, text, error))
    return TRUE;
  g_prefix_error (error, "%s:%u:%u: bench.faults.%s: ", node->file, node->line, node->column, site);
  return FALSE;
}

static gboolean
add_faults (const StnStation *self, StnBenchConfig *config, GError **error)
{
  const StnNode *faults = self->file.bench.faults;
  if (faults == NULL)
    return TRUE;
  if (faults->kind != STN_NODE_MAPPING) {
    g_autofree char *found = stn_node_describe (faults);
    stn_node_error (faults, error, "a mapping of site to faults", found, "bench.faults");
    return FALSE;
  }
  for (guint i = 0; i < faults->items->len; i++) {
    const StnNode *key = g_ptr_array_index (faults->keys, i), *list = g_ptr_array_index (faults->items, i);
    gboolean known = FALSE;
    for (guint site = 0; site < self->wirings->len; site++)
      known |= g_str_equal (g_array_index (self->wirings, StnSiteWiring, site).file->name, key->text);
    if (!known) {
      g_autofree char *found = stn_text_quote (key->text);
      stn_node_error (key, error, "the name of a site", found, "bench.faults");
      return FALSE;
    }
    if (list->kind != STN_NODE_SEQUENCE) {
      if (!add_fault (config, key->text, list, error))
        return FALSE;
      continue;
    }
    for (guint item = 0; item < list->items->len; item++)
      if (!add_fault (config, key->text, g_ptr_array_index (list->items, item), error))
        return FALSE;
  }
  return TRUE;
}

/* The lines of a site as its board meets them. */
static gboolean
add_board (const StnStation *self, StnBenchConfig *config, const StnSiteWiring *wiring, GError **error)
{
  const StnFileBench *bench = &self->file.bench;
  const char *board = wiring->file->name;

  if (!stn_bench_config_add_board (config, board, bench->target, error)) {
    g_prefix_error (error, "%s:%u:%u: bench.target: ", bench->target_place->file, bench->target_place->line,
                    bench->target_place->column);
    return FALSE;
  }
  if (wiring->file->uart.present && !stn_bench_config_add_uart (config, wiring->file->uart.port, board, error))
    return FALSE;
  if (wiring->usb_place != NULL && !stn_bench_config_add_usb (config, wiring->usb_place, board, NULL, error))
    return FALSE;
  for (guint signal = STN_SIGNAL_NRST; signal < STN_SIGNAL_COUNT; signal++) {
    const StnPinRef *line = &wiring->lines[signal];
    if (line->kind == STN_PIN_REF_UART
        && !stn_bench_config_add_modem_line (config, board, line->bit == 0 ? "rts" : "dtr", stn_signal_names[signal],
                                             line->active_low, error))
      return FALSE;
    if (line->kind != STN_PIN_REF_CONTROL)
      continue;
    const StnControlWiring *control = &g_array_index (self->controls, StnControlWiring, line->control);
    if (control->is_hub) {
      if (!stn_bench_config_add_hub_power (config, control->place, line->bit, board, error))
        return FALSE;
      continue;
    }
    if (!stn_bench_config_add_line (config, control->place, stn_pin_name (line->bit), board, stn_signal_names[signal],
                                    line->active_low, error))
      return FALSE;
  }
  return TRUE;
}

/* A bank's own lines as the bench's operator meets them, and RTS and DTR of each port. */
static gboolean
add_bank (const StnStation *self, StnBenchConfig *config, const StnBankWiring *bank, GError **error)
{
  for (guint signal = 0; signal < STN_PANEL_COUNT; signal++) {
    const StnPinRef *line = &bank->lines[signal];
    if (line->kind != STN_PIN_REF_CONTROL)
      continue;
    const StnControlWiring *control = &g_array_index (self->controls, StnControlWiring, line->control);
    if (!stn_bench_config_add_line (config, control->place, stn_pin_name (line->bit), bank->file->name,
                                    stn_panel_signal_names[signal], line->active_low, error))
      return FALSE;
  }
  return TRUE;
}

static StnBenchConfig *
straight (StnStation *self, GError **error)
{
  const StnFileBench *bench = &self->file.bench;
  g_autoptr (StnBenchConfig) config = stn_bench_config_new ();

  if (bench->target == NULL) {
    stn_node_error (bench->place, error, "the chip on each board", "nothing", "bench: the key “target” is missing");
    return NULL;
  }
  if ((guint64) bench->straight != self->wirings->len) {
    g_autofree char *expected = g_strdup_printf ("%u, a board for each site", self->wirings->len);
    g_autofree char *found = g_strdup_printf ("%" G_GINT64_FORMAT, bench->straight);
    stn_node_error (bench->place, error, expected, found, "bench.straight");
    return NULL;
  }
  for (guint i = 0; i < self->wirings->len; i++)
    if (!add_board (self, config, &g_array_index (self->wirings, StnSiteWiring, i), error))
      return NULL;
  for (guint i = 0; i < self->banks->len; i++)
    if (!add_bank (self, config, &g_array_index (self->banks, StnBankWiring, i), error))
      return NULL;
  if (!add_faults (self, config, error))
    return NULL;
  stn_bench_config_set_operator (config, bench->swap_ns, bench->press_every_ns, bench->press_for_ns);
  stn_bench_config_set_pace (config, bench->pace_line, bench->pace_flash, bench->pace_turnaround_ns);
  stn_bench_config_set_seed (config, (guint64) bench->seed);
  return g_steal_pointer (&config);
}

StnBenchConfig *
stn_station_read_bench (StnStation *self, GError **error)
{
  const StnFileBench *bench = &self->file.bench;
  g_autofree char *bytes = NULL;
  gsize length = 0;
  g_autoptr (GError) unread = NULL;

  if ((bench->file != NULL) == (bench->straight > 0)) {
    stn_node_error (bench->place, error, "either a file, or straight and target",
                    bench->file != NULL ? "both" : "neither", "bench");
    return NULL;
  }
  if (bench->file == NULL)
    return straight (self, error);
  if (!g_file_get_contents (bench->file, &bytes, &length, &unread)) {
    stn_node_error (bench->place, error, NULL, NULL, "bench: %s", unread->message);
    return NULL;
  }
  return stn_bench_config_parse (bench->file, bytes, length, error);
}

StnBench *
stn_station_make_bench (StnStation *self, GError **error)
{
  StnTargets *targets = stn_station_targets (self, error);
  StnBench *bench = targets != NULL ? stn_bench_new (self->bench_config, targets, self->clock, error) : NULL;
  if (bench == NULL)
    g_prefix_error (error, "%s: ", self->file.bench.file != NULL ? self->file.bench.file : self->path);
  return bench;
}

gboolean
stn_station_check_bench (const char *path, GError **error)
{
  g_autofree char *bytes = NULL;
  gsize length = 0;
  g_autoptr (GError) unread = NULL;

  if (!g_file_get_contents (path, &bytes, &length, &unread)) {
    stn_error_set (error, STN_FAILURE_BAD_FILE, "%s: %s", path, unread->message);
    return FALSE;
  }
  g_autoptr (StnBenchConfig) config = stn_bench_config_parse (path, bytes, length, error);
  g_autoptr (StnTargets) targets = config != NULL ? stn_station_read_targets (error) : NULL;
  if (targets == NULL)
    return FALSE;
  /* parts and cells are only known to be right once the boards are built */
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  StnBench *bench = stn_bench_new (config, targets, clock, error);
  if (bench == NULL) {
    g_prefix_error (error, "%s: ", path);
    return FALSE;
  }
  stn_bench_free (bench);
  return TRUE;
}
