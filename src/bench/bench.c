#include "src/bench/bench-private.h"
#include "src/bench/options-private.h"
#include "src/bench/uart-link.h"
#include "src/link/pins.h"

#include <string.h>

/* ---- boards ---- */

static void
seat_free (gpointer data)
{
  StnSeat *seat = data;
  stn_pty_free (seat->pty);
  stn_board_free (seat->board);
  g_free (seat->next_fault);
  g_free (seat->config.name);
  g_free (seat->config.part);
  g_clear_pointer (&seat->config.image, g_bytes_unref);
  g_clear_pointer (&seat->config.faults, g_ptr_array_unref);
  g_clear_pointer (&seat->config.options, g_ptr_array_unref);
  g_free (seat);
}

static void
uart_seat_free (gpointer data)
{
  StnBenchUartSeat *uart = data;
  g_free (uart->place.tty);
  g_free (uart->place.serial);
  g_free (uart->place.port);
  stn_modem_free (uart->modem);
  g_free (uart);
}

StnSeat *
stn_bench_seat (StnBench *self, const char *board)
{
  for (guint i = 0; i < self->seats->len; i++) {
    StnSeat *seat = g_ptr_array_index (self->seats, i);
    if (g_str_equal (seat->config.name, board))
      return seat;
  }
  return NULL;
}

static StnBoard *
find_board (StnBench *self, const char *name)
{
  return g_hash_table_lookup (self->by_name, name);
}

/* ST's UIDs are wafer coordinates and a lot in ASCII (RM0444 37.1); these look alike and begin with a byte that says
 * what they are. */
static void
make_uid (StnBench *self, guint8 out[12])
{
  g_mutex_lock (&self->mutex);
  guint64 number = self->boards_made++;
  g_mutex_unlock (&self->mutex);
  g_autofree char *text = self->seed != 0
                              ? g_strdup_printf ("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, self->seed, number)
                              : g_uuid_string_random ();
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (sum, (const guchar *) text, (gssize) strlen (text));
  guint8 digest[32];
  gsize length = sizeof digest;
  g_checksum_get_digest (sum, digest, &length);
  memcpy (out, digest, 12);
  for (guint i = 5; i < 12; i++)
    out[i] = (guint8) ('A' + digest[i] % 26);
  out[0] = 0xbe;
}

/* What is in the seat's config, as one board: the target that is really there, its faults, its UID. */
static gboolean
describe (StnBench *self, const StnSeat *seat, gboolean fresh, const StnTarget **out_target, StnBoardFaults *out_faults,
          guint8 out_uid[12], GError **error)
{
  StnBoardFaults faults = { 0 };
  for (guint i = 0; i < seat->config.faults->len; i++)
    stn_board_faults_add (&faults, g_ptr_array_index (seat->config.faults, i), fresh);
  if (seat->next_fault != NULL)
    stn_board_faults_add (&faults, seat->next_fault, FALSE);
  const char *part = faults.wrong_chip != NULL ? faults.wrong_chip : seat->config.part;
  const StnTarget *target = stn_targets_find (self->targets, part, error);
  StnSeat *twin = faults.same_uid_as != NULL ? stn_bench_seat (self, faults.same_uid_as) : NULL;
  gboolean good = target != NULL;
  if (good && !(stn_start_is_modelled (target) && stn_area_are_modelled (target))) {
    stn_error_set (error, STN_FAILURE_BAD_PLAN, "the bench has no model of %s yet", target->name);
    good = FALSE;
  }
  if (good && faults.same_uid_as != NULL && (twin == NULL || twin->board == NULL)) {
    stn_error_set (error, STN_FAILURE_BAD_FILE, "same-uid-as: there is no board \"%s\" before this one",
                   faults.same_uid_as);
    good = FALSE;
  }
  if (!good) {
    g_prefix_error (error, "board %s: ", seat->config.name);
    stn_board_faults_clear (&faults);
    return FALSE;
  }
  make_uid (self, out_uid);
  if (faults.has_uid)
    memcpy (out_uid, faults.uid, 12);
  else if (twin != NULL)
    stn_bench_board_uid (self, faults.same_uid_as, out_uid);
  *out_target = target;
  *out_faults = faults;
  return TRUE;
}

/* the options as somebody has left them */
static gboolean
leave_options (StnBoard *board, const StnBenchBoard *config, GError **error)
{
  for (guint i = 0; i < config->options->len; i++) {
    const StnBenchOption *option = g_ptr_array_index (config->options, i);
    if (stn_board_set_option (board, option->name, option->value))
      continue;
    g_autofree const char **names = stn_area_names (&board->options);
    const char *nearest = stn_text_nearest (option->name, names);
    gboolean known = stn_area_find (&board->options, option->name) != NULL;
    stn_error_set (error, STN_FAILURE_BAD_FILE, "board %s: options: %s: %s%s%s%s", config->name, option->name,
                   known ? "the value does not fit" : "the chip has no such field",
                   !known && nearest != NULL ? "; did you mean \"" : "", !known && nearest != NULL ? nearest : "",
                   !known && nearest != NULL ? "\"?" : "");
    return FALSE;
  }
  return TRUE;
}

static gboolean
add_seat (StnBench *self, const StnBenchBoard *config, const StnPace *pace, GError **error)
{
  StnSeat *seat = g_new0 (StnSeat, 1);
  seat->config =
      (StnBenchBoard){ .name = g_strdup (config->name), .part = g_strdup (config->part), .flash = config->flash };
  seat->config.image = config->image != NULL ? g_bytes_ref (config->image) : NULL;
  seat->config.faults = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < config->faults->len; i++)
    g_ptr_array_add (seat->config.faults, g_strdup (g_ptr_array_index (config->faults, i)));

  const StnTarget *target;
  StnBoardFaults faults;
  guint8 uid[12];
  if (!describe (self, seat, FALSE, &target, &faults, uid, error)) {
    seat_free (seat);
    return FALSE;
  }
  seat->board =
      stn_board_new (config->name, target, pace, &faults, uid, config->flash != STN_CHIP_FACTORY, self->clock);
  if (!leave_options (seat->board, config, error)) {
    seat_free (seat);
    return FALSE;
  }
  if (config->image != NULL) {
    gsize length;
    const guint8 *bytes = g_bytes_get_data (config->image, &length);
    stn_flash_place (&seat->board->flash, target->flash_base, bytes, length);
  }
  g_ptr_array_add (self->seats, seat);
  g_hash_table_insert (self->by_name, seat->config.name, seat->board);
  return TRUE;
}

/* boards without a switch have been on since before anybody looked */
static void
power_unswitched (StnBench *self)
{
  for (guint i = 0; i < self->seats->len; i++) {
    StnBoard *board = ((StnSeat *) g_ptr_array_index (self->seats, i))->board;
    gboolean switched = FALSE;
    for (guint k = 0; k < self->adapters->len && !switched; k++)
      switched = stn_line_adapter_switches (g_ptr_array_index (self->adapters, k), board);
    for (guint k = 0; k < self->uarts->len && !switched; k++) {
      const StnBenchUartSeat *uart = g_ptr_array_index (self->uarts, k);
      switched = uart->board == board && stn_modem_switches (uart->modem);
    }
    if (switched)
      continue;
    g_mutex_lock (&board->mutex);
    stn_board_set_pins (board, STN_SIGNAL_POWER, STN_SIGNAL_POWER, stn_clock_now_ns (self->clock));
    g_mutex_unlock (&board->mutex);
  }
}

StnBench *
stn_bench_new (const StnBenchConfig *config, StnTargets *targets, StnClock *clock, GError **error)
{
  g_autoptr (StnBench) self = g_new0 (StnBench, 1);
  g_mutex_init (&self->mutex);
  self->clock = clock;
  self->targets = targets;
  self->seed = config->seed;
  self->operator= config->operator;
  self->seats = g_ptr_array_new_with_free_func (seat_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->uarts = g_ptr_array_new_with_free_func (uart_seat_free);
  self->adapters = g_ptr_array_new_with_free_func ((GDestroyNotify) stn_line_adapter_free);

  for (guint i = 0; i < config->boards->len; i++)
    if (!add_seat (self, g_ptr_array_index (config->boards, i), &config->pace, error))
      return NULL;
  for (guint i = 0; i < config->uarts->len; i++) {
    const StnBenchUart *from = g_ptr_array_index (config->uarts, i);
    StnBenchUartSeat *uart = g_new0 (StnBenchUartSeat, 1);
    uart->place = (StnBenchUart){ .tty = g_strdup (from->tty),
                                  .serial = g_strdup (from->serial),
                                  .port = g_strdup (from->port),
                                  .interface = from->interface };
    uart->board = find_board (self, from->board);
    uart->modem = stn_modem_new (from, uart->board, clock);
    g_ptr_array_add (self->uarts, uart);
  }
  for (guint i = 0; i < config->adapters->len; i++) {
    StnLineAdapter *adapter = stn_line_adapter_new (g_ptr_array_index (config->adapters, i), self->by_name, clock);
    stn_line_adapter_set_presses (adapter, config->operator.press_every_ns, config->operator.press_for_ns);
    g_ptr_array_add (self->adapters, adapter);
  }
  self->hubs = g_ptr_array_new_with_free_func ((GDestroyNotify) stn_line_adapter_free);
  for (guint i = 0; i < config->hubs->len; i++)
    g_ptr_array_add (self->hubs, stn_line_adapter_new (g_ptr_array_index (config->hubs, i), self->by_name, clock));
  self->plugs = g_ptr_array_new_with_free_func ((GDestroyNotify) stn_dfu_port_free);
  for (guint i = 0; i < config->plugs->len; i++) {
    const StnBenchPlug *from = g_ptr_array_index (config->plugs, i);
    StnDfuPort *plug = stn_dfu_port_new (find_board (self, from->board), from->port, from->quirks, error);
    if (plug == NULL)
      return NULL;
    g_ptr_array_add (self->plugs, plug);
  }
  power_unswitched (self);
  return g_steal_pointer (&self);
}

void
stn_bench_free (StnBench *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->plugs, g_ptr_array_unref);
  g_clear_pointer (&self->hubs, g_ptr_array_unref);
  g_clear_pointer (&self->adapters, g_ptr_array_unref);
  g_clear_pointer (&self->uarts, g_ptr_array_unref);
  g_clear_pointer (&self->by_name, g_hash_table_unref);
  g_clear_pointer (&self->seats, g_ptr_array_unref);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* ---- the provider ---- */

typedef struct {
  StnProvider provider;
  StnBench *bench;
} BenchProvider;

static StnBenchUartSeat *
uart_at (StnBench *self, const char *place)
{
  for (guint i = 0; i < self->uarts->len; i++) {
    StnBenchUartSeat *uart = g_ptr_array_index (self->uarts, i);
    if (stn_bench_place_is_uart (place, &uart->place))
      return uart;
  }
  return NULL;
}

static StnBoard *
board_at (StnBench *self, const char *place)
{
  StnBenchUartSeat *uart = uart_at (self, place);
  return uart != NULL ? uart->board : NULL;
}

static StnLineAdapter *
adapter_at (StnBench *self, const char *place)
{
  GPtrArray *const lists[] = { self->adapters, self->hubs };

  for (guint list = 0; list < G_N_ELEMENTS (lists); list++)
    for (guint i = 0; i < lists[list]->len; i++)
      if (stn_line_adapter_is_at (g_ptr_array_index (lists[list], i), place))
        return g_ptr_array_index (lists[list], i);
  return NULL;
}

static StnDfuPort *
plug_at (StnBench *self, const char *place)
{
  for (guint i = 0; i < self->plugs->len; i++)
    if (stn_dfu_port_is_at (g_ptr_array_index (self->plugs, i), place))
      return g_ptr_array_index (self->plugs, i);
  return NULL;
}

static StnLink *
open_uart (StnProvider *provider, const char *place, G_GNUC_UNUSED const StnWait *wait, GError **error)
{
  StnBenchUartSeat *uart = uart_at (((BenchProvider *) provider)->bench, place);
  if (uart == NULL) {
    stn_error_set (error, STN_FAILURE_ADAPTER_MISSING, "%s: the bench has no such UART", place);
    return NULL;
  }
  StnLink *link = stn_uart_link_open (uart->board, place, error);
  if (link != NULL && !stn_modem_is_open (uart->modem))
    stn_modem_raise (uart->modem);
  return link;
}

static StnLink *
open_pins (StnProvider *provider, const char *place, G_GNUC_UNUSED const StnWait *wait, GError **error)
{
  StnLineAdapter *adapter = adapter_at (((BenchProvider *) provider)->bench, place);
  if (adapter != NULL)
    return stn_line_adapter_open (adapter, place, error);
  StnBenchUartSeat *uart = uart_at (((BenchProvider *) provider)->bench, place);
  if (uart != NULL)
    return stn_modem_open (uart->modem, place, error);
  stn_error_set (error, STN_FAILURE_ADAPTER_MISSING, "%s: the bench has no such adapter", place);
  return NULL;
}

static StnLink *
open_usb (StnProvider *provider, const char *place, const StnWait *wait, GError **error)
{
  StnDfuPort *plug = plug_at (((BenchProvider *) provider)->bench, place);
  if (plug == NULL) {
    stn_error_set (error, STN_FAILURE_ADAPTER_MISSING, "%s: the bench has no such USB port", place);
    return NULL;
  }
  return stn_dfu_port_open (plug, place, wait, error);
}

gboolean
stn_bench_set_next_fault (StnBench *self, const char *board, const char *fault, GError **error)
{
  StnSeat *seat = stn_bench_seat (self, board);
  if (seat == NULL) {
    stn_error_set (error, STN_FAILURE_USAGE, "the bench has no board \"%s\"", board);
    return FALSE;
  }
  if (fault != NULL && !stn_board_faults_check (fault, error))
    return FALSE;
  g_free (seat->next_fault);
  seat->next_fault = g_strdup (fault);
  return TRUE;
}

static gboolean
load_boards (StnProvider *provider, const char *const *names, GError **error)
{
  StnBench *self = ((BenchProvider *) provider)->bench;
  for (guint i = 0; names[i] != NULL; i++) {
    StnSeat *seat = stn_bench_seat (self, names[i]);
    if (seat == NULL) {
      stn_error_set (error, STN_FAILURE_USAGE, "the bench has no board \"%s\"", names[i]);
      return FALSE;
    }
    const StnTarget *target;
    StnBoardFaults faults;
    guint8 uid[12];
    if (!describe (self, seat, TRUE, &target, &faults, uid, error))
      return FALSE;
    g_mutex_lock (&seat->board->mutex);
    g_clear_pointer (&seat->next_fault, g_free);
    stn_board_replace (seat->board, target, &faults, uid, FALSE, stn_clock_now_ns (self->clock));
    seat->board->swapped_ns = stn_clock_now_ns (self->clock) + self->operator.swap_ns;
    g_mutex_unlock (&seat->board->mutex);
  }
  return TRUE;
}

/* A UART by the name that udev would give it; of a tty its own. */
static StnPlace *
uart_place (const StnBenchUart *uart)
{
  g_autofree char *place = NULL, *what = NULL;

  if (uart->tty != NULL)
    return stn_place_new (STN_PLACE_UART, uart->tty, "a serial port");
  if (uart->port != NULL)
    place = g_strdup_printf ("/dev/serial/by-path/bench-usb-0:%s:1.%u-port0", uart->port, uart->interface);
  else
    place = g_strdup_printf ("/dev/serial/by-id/usb-bench_%s-if%02u-port0", uart->serial, uart->interface);
  what = g_strdup_printf ("UART %u of an FT4232H%s%s", uart->interface + 1, uart->serial != NULL ? " " : "",
                          uart->serial != NULL ? uart->serial : "");
  return stn_place_new (STN_PLACE_UART, place, what);
}

static gint
compare_places (gconstpointer a, gconstpointer b)
{
  const StnPlace *one = *(StnPlace *const *) a, *two = *(StnPlace *const *) b;
  return one->kind != two->kind ? (gint) two->kind - (gint) one->kind : strcmp (one->place, two->place);
}

static void
place_free (gpointer place)
{
  stn_place_free (place);
}

static GPtrArray *
list_places (StnProvider *provider, G_GNUC_UNUSED GError **error)
{
  StnBench *self = ((BenchProvider *) provider)->bench;
  GPtrArray *places = g_ptr_array_new_with_free_func (place_free);

  for (guint i = 0; i < self->adapters->len; i++) {
    g_autofree char *place = stn_line_adapter_place (g_ptr_array_index (self->adapters, i));
    if (place != NULL)
      g_ptr_array_add (places, stn_place_new (STN_PLACE_PINS, place, "FT232H"));
  }
  for (guint i = 0; i < self->uarts->len; i++) {
    const StnBenchUartSeat *uart = g_ptr_array_index (self->uarts, i);
    g_mutex_lock (&uart->board->mutex);
    gboolean plugged = uart->board->port.is_plugged;
    g_mutex_unlock (&uart->board->mutex);
    if (plugged)
      g_ptr_array_add (places, uart_place (&uart->place));
  }
  for (guint i = 0; i < self->plugs->len; i++) {
    g_autofree char *place = stn_dfu_port_place (g_ptr_array_index (self->plugs, i));
    if (place != NULL)
      g_ptr_array_add (places, stn_place_new (STN_PLACE_USB, place, "an STM32 in DFU mode"));
  }
  g_ptr_array_sort (places, compare_places);
  return places;
}

static void
provider_free (StnProvider *provider)
{
  g_free (provider);
}

static const StnProviderClass provider_class = {
  .kind = "bench",
  .is_virtual = TRUE,
  .open_uart = open_uart,
  .open_pins = open_pins,
  .open_usb = open_usb,
  .load_boards = load_boards,
  .list_places = list_places,
  .free = provider_free,
};

StnProvider *
stn_bench_provider_new (StnBench *self)
{
  BenchProvider *provider = g_new0 (BenchProvider, 1);
  provider->provider.provider_class = &provider_class;
  provider->bench = self;
  return &provider->provider;
}

/* ---- the truth ---- */

static StnBoard *
lock_at_now (StnBench *self, const char *name)
{
  StnBoard *board = find_board (self, name);
  if (board == NULL)
    return NULL;
  g_mutex_lock (&board->mutex);
  stn_board_work (board, stn_clock_now_ns (self->clock));
  return board;
}

gboolean
stn_bench_board_state (StnBench *self, const char *board, StnBoardState *out)
{
  StnBoard *found = lock_at_now (self, board);
  if (found == NULL)
    return FALSE;
  *out = found->state;
  g_mutex_unlock (&found->mutex);
  return TRUE;
}

gboolean
stn_bench_board_read (StnBench *self, const char *board, guint64 address, guint8 *buffer, gsize length)
{
  StnBoard *found = lock_at_now (self, board);
  if (found == NULL)
    return FALSE;
  gboolean good = TRUE;
  if (stn_flash_holds (&found->flash, address, length))
    stn_flash_read (&found->flash, address, buffer, length);
  else
    good = stn_area_peek (&found->options, address, buffer, length);
  g_mutex_unlock (&found->mutex);
  return good;
}

gboolean
stn_bench_board_write (StnBench *self, const char *board, guint64 address, const guint8 *bytes, gsize length)
{
  StnBoard *found = lock_at_now (self, board);
  if (found == NULL)
    return FALSE;
  gboolean good = TRUE;
  if (stn_flash_holds (&found->flash, address, length))
    stn_flash_place (&found->flash, address, bytes, length);
  else
    good = stn_area_poke (&found->options, address, bytes, length);
  g_mutex_unlock (&found->mutex);
  return good;
}

gboolean
stn_bench_board_option (StnBench *self, const char *board, const char *name, guint32 *out)
{
  StnBoard *found = lock_at_now (self, board);
  if (found == NULL)
    return FALSE;
  const StnAreaField *field = stn_area_find (&found->options, name);
  if (field != NULL)
    *out = stn_area_get_field (&found->options, found->options.stored, field);
  g_mutex_unlock (&found->mutex);
  return field != NULL;
}

gboolean
stn_bench_board_set_option (StnBench *self, const char *board, const char *name, guint32 value)
{
  StnBoard *found = lock_at_now (self, board);
  if (found == NULL)
    return FALSE;
  gboolean good = stn_board_set_option (found, name, value);
  g_mutex_unlock (&found->mutex);
  return good;
}

gboolean
stn_bench_board_uid (StnBench *self, const char *board, guint8 out_uid[12])
{
  StnBoard *found = lock_at_now (self, board);
  if (found == NULL)
    return FALSE;
  memcpy (out_uid, found->uid, 12);
  g_mutex_unlock (&found->mutex);
  return TRUE;
}

guint
stn_bench_board_window_violations (StnBench *self, const char *board)
{
  StnBoard *found = lock_at_now (self, board);
  if (found == NULL)
    return 0;
  guint violations = found->violations;
  g_mutex_unlock (&found->mutex);
  return violations;
}

gboolean
stn_bench_board_power_cycle (StnBench *self, const char *board)
{
  StnBoard *found = lock_at_now (self, board);
  if (found == NULL)
    return FALSE;
  stn_board_power_cycle (found, stn_clock_now_ns (self->clock));
  g_mutex_unlock (&found->mutex);
  return TRUE;
}

gboolean
stn_bench_board_set_present (StnBench *self, const char *board, gboolean present)
{
  StnBoard *found = lock_at_now (self, board);
  if (found == NULL)
    return FALSE;
  stn_board_set_present (found, present, stn_clock_now_ns (self->clock));
  g_mutex_unlock (&found->mutex);
  return TRUE;
}

gboolean
stn_bench_set_input (StnBench *self, const char *place, const char *pin, gboolean high)
{
  StnLineAdapter *adapter = adapter_at (self, place);
  guint bit;
  if (adapter == NULL || !stn_pin_from_text (pin, &bit))
    return FALSE;
  stn_line_adapter_set_input (adapter, bit, high);
  return TRUE;
}

gboolean
stn_bench_get_pin (StnBench *self, const char *place, const char *pin, gboolean *out_high)
{
  StnLineAdapter *adapter = adapter_at (self, place);
  guint bit;
  if (adapter == NULL || !stn_pin_from_text (pin, &bit))
    return FALSE;
  *out_high = stn_line_adapter_levels (adapter) >> bit & 1;
  return TRUE;
}

gboolean
stn_bench_set_plugged (StnBench *self, const char *place, gboolean plugged)
{
  StnLineAdapter *adapter = adapter_at (self, place);
  StnBoard *board = board_at (self, place);
  StnDfuPort *plug = plug_at (self, place);
  if (adapter != NULL)
    stn_line_adapter_set_plugged (adapter, plugged);
  if (board != NULL) {
    g_mutex_lock (&board->mutex);
    stn_board_set_port (board, board->port.is_open, plugged, stn_clock_now_ns (self->clock));
    g_mutex_unlock (&board->mutex);
  }
  if (plug != NULL)
    stn_dfu_port_set_plugged (plug, plugged);
  return adapter != NULL || board != NULL || plug != NULL;
}
