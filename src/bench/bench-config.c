#include "src/bench/bench-config.h"
#include "src/bench/faults.h"
#include "src/link/pins.h"

#include <string.h>

static const struct {
  const char *name;
  gboolean active_low; /* where nothing else is said */
} signals[STN_LINE_SIGNAL_COUNT] = {
  [STN_LINE_NRST] = { "nrst", TRUE },      [STN_LINE_BOOT0] = { "boot0", FALSE }, [STN_LINE_POWER] = { "power", FALSE },
  [STN_LINE_DETECT] = { "detect", FALSE }, [STN_LINE_GOOD] = { "good", FALSE },   [STN_LINE_FAULT] = { "fault", FALSE },
  [STN_LINE_START] = { "start", TRUE },    [STN_LINE_LID] = { "lid", TRUE },      [STN_LINE_BUSY] = { "busy", FALSE },
  [STN_LINE_OK] = { "ok", FALSE },         [STN_LINE_FAIL] = { "fail", FALSE },
};

/* ---- making and freeing ---- */

static void
option_free (gpointer data)
{
  StnBenchOption *option = data;
  g_free (option->name);
  g_free (option);
}

static void
board_free (gpointer data)
{
  StnBenchBoard *board = data;
  g_free (board->name);
  g_free (board->part);
  g_clear_pointer (&board->image, g_bytes_unref);
  g_ptr_array_unref (board->faults);
  g_ptr_array_unref (board->options);
  g_free (board);
}

static void
uart_free (gpointer data)
{
  StnBenchUart *uart = data;
  g_free (uart->tty);
  g_free (uart->serial);
  g_free (uart->port);
  g_free (uart->board);
  g_free (uart);
}

static void
line_free (gpointer data)
{
  StnBenchLine *line = data;
  g_free (line->board);
  g_free (line);
}

static void
adapter_free (gpointer data)
{
  StnBenchAdapter *adapter = data;
  g_free (adapter->serial);
  g_free (adapter->port);
  g_ptr_array_unref (adapter->lines);
  g_free (adapter);
}

static void
plug_free (gpointer data)
{
  StnBenchPlug *plug = data;
  g_free (plug->port);
  g_free (plug->board);
  g_clear_pointer (&plug->quirks, g_ptr_array_unref);
  g_free (plug);
}

StnBenchConfig *
stn_bench_config_new (void)
{
  StnBenchConfig *self = g_new0 (StnBenchConfig, 1);
  self->boards = g_ptr_array_new_with_free_func (board_free);
  self->uarts = g_ptr_array_new_with_free_func (uart_free);
  self->adapters = g_ptr_array_new_with_free_func (adapter_free);
  self->hubs = g_ptr_array_new_with_free_func (adapter_free);
  self->plugs = g_ptr_array_new_with_free_func (plug_free);
  return self;
}

void
stn_bench_config_free (StnBenchConfig *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->boards);
  g_ptr_array_unref (self->uarts);
  g_ptr_array_unref (self->adapters);
  g_ptr_array_unref (self->hubs);
  g_ptr_array_unref (self->plugs);
  g_free (self->title);
  g_free (self);
}

/* ---- finding ---- */

const StnBenchBoard *
stn_bench_config_board (const StnBenchConfig *self, const char *name)
{
  for (guint i = 0; i < self->boards->len; i++) {
    const StnBenchBoard *board = g_ptr_array_index (self->boards, i);
    if (g_str_equal (board->name, name))
      return board;
  }
  return NULL;
}

gboolean
stn_bench_place_is (const char *place, const char *serial, const char *port)
{
  if (serial != NULL && g_str_equal (place, serial))
    return TRUE;
  if (port == NULL)
    return FALSE;
  g_autofree char *suffix = g_strdup_printf ("usb-0:%s", port);
  return g_str_equal (place, port) || g_str_has_suffix (place, suffix);
}

gboolean
stn_bench_place_is_uart (const char *place, const StnBenchUart *uart)
{
  if (uart->tty != NULL)
    return g_str_equal (place, uart->tty);
  if (uart->port != NULL) {
    /* udev's by-path: the hub port, configuration 1, the interface */
    g_autofree char *by_path = g_strdup_printf ("usb-0:%s:1.%u-port0", uart->port, uart->interface);
    if (g_str_has_suffix (place, by_path))
      return TRUE;
  }
  if (uart->serial != NULL) {
    g_autofree char *by_id = g_strdup_printf ("%s-if%02u-port0", uart->serial, uart->interface);
    return g_str_has_suffix (place, by_id);
  }
  return FALSE;
}

static StnBenchBoard *
need_board (StnBenchConfig *self, const char *name, GError **error)
{
  StnBenchBoard *board = (StnBenchBoard *) stn_bench_config_board (self, name);
  if (board != NULL)
    return board;
  g_autofree const char **names = g_new0 (const char *, self->boards->len + 1);
  for (guint i = 0; i < self->boards->len; i++)
    names[i] = ((const StnBenchBoard *) g_ptr_array_index (self->boards, i))->name;
  const char *nearest = stn_text_nearest (name, names);
  stn_error_set (error, STN_FAILURE_BAD_FILE, "there is no board \"%s\"%s%s%s", name,
                 nearest != NULL ? "; did you mean \"" : "", nearest != NULL ? nearest : "",
                 nearest != NULL ? "\"?" : "");
  return NULL;
}

/* ---- by hand ---- */

gboolean
stn_bench_config_add_board (StnBenchConfig *self, const char *name, const char *part, GError **error)
{
  if (stn_bench_config_board (self, name) != NULL) {
    stn_error_set (error, STN_FAILURE_BAD_FILE, "there are two boards called \"%s\"", name);
    return FALSE;
  }
  StnBenchBoard *board = g_new0 (StnBenchBoard, 1);
  board->name = g_strdup (name);
  board->part = g_strdup (part);
  board->faults = g_ptr_array_new_with_free_func (g_free);
  board->options = g_ptr_array_new_with_free_func (option_free);
  g_ptr_array_add (self->boards, board);
  return TRUE;
}

gboolean
stn_bench_config_add_fault (StnBenchConfig *self, const char *board, const char *fault, GError **error)
{
  StnBenchBoard *found = need_board (self, board, error);
  if (found == NULL || !stn_board_faults_check (fault, error))
    return FALSE;
  g_ptr_array_add (found->faults, g_strdup (fault));
  return TRUE;
}

gboolean
stn_bench_config_add_option (StnBenchConfig *self, const char *board, const char *name, guint32 value, GError **error)
{
  StnBenchBoard *found = need_board (self, board, error);
  if (found == NULL)
    return FALSE;
  StnBenchOption *option = g_new0 (StnBenchOption, 1);
  *option = (StnBenchOption){ g_strdup (name), value };
  g_ptr_array_add (found->options, option);
  return TRUE;
}

gboolean
stn_bench_config_take_uart (StnBenchConfig *self, StnBenchUart *uart, GError **error)
{
  gboolean good = need_board (self, uart->board, error) != NULL;
  for (guint i = 0; i < self->uarts->len && good; i++) {
    const StnBenchUart *other = g_ptr_array_index (self->uarts, i);
    if (g_str_equal (other->board, uart->board)) {
      stn_error_set (error, STN_FAILURE_BAD_FILE, "board \"%s\" has two UARTs", uart->board);
      good = FALSE;
    } else if (uart->tty != NULL && g_strcmp0 (other->tty, uart->tty) == 0) {
      stn_error_set (error, STN_FAILURE_BAD_FILE, "%s reaches two boards, \"%s\" and \"%s\"", uart->tty, other->board,
                     uart->board);
      good = FALSE;
    }
  }
  if (good)
    g_ptr_array_add (self->uarts, uart);
  else
    uart_free (uart);
  return good;
}

gboolean
stn_bench_config_add_uart (StnBenchConfig *self, const char *place, const char *board, GError **error)
{
  StnBenchUart *uart = g_new0 (StnBenchUart, 1);
  uart->tty = g_strdup (place);
  uart->board = g_strdup (board);
  return stn_bench_config_take_uart (self, uart, error);
}

gboolean
stn_bench_config_add_plug (StnBenchConfig *self, const char *port, const char *board, GPtrArray *words, GError **error)
{
  if (need_board (self, board, error) == NULL)
    return FALSE;
  for (guint i = 0; i < self->plugs->len; i++) {
    const StnBenchPlug *other = g_ptr_array_index (self->plugs, i);
    if (g_str_equal (other->port, port) || g_str_equal (other->board, board)) {
      stn_error_set (error, STN_FAILURE_BAD_FILE, "board \"%s\" at USB port %s: \"%s\" is at %s", board, port,
                     other->board, other->port);
      return FALSE;
    }
  }
  StnBenchPlug *plug = g_new0 (StnBenchPlug, 1);
  *plug = (StnBenchPlug){ .port = g_strdup (port), .board = g_strdup (board) };
  plug->quirks = words != NULL ? g_ptr_array_ref (words) : NULL;
  g_ptr_array_add (self->plugs, plug);
  return TRUE;
}

gboolean
stn_bench_config_add_usb (StnBenchConfig *self, const char *place, const char *board, const char *words, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;
  if (words != NULL) {
    g_auto (GStrv) parts = g_strsplit (words, ",", -1);
    list = g_ptr_array_new_with_free_func (g_free);
    for (guint i = 0; parts[i] != NULL; i++)
      g_ptr_array_add (list, g_strdup (g_strstrip (parts[i])));
  }
  return stn_bench_config_add_plug (self, place, board, list, error);
}

gboolean
stn_line_signal_parse (const char *text, StnLineSignal *out, GError **error)
{
  for (guint i = 0; i < STN_LINE_SIGNAL_COUNT; i++)
    if (g_str_equal (signals[i].name, text)) {
      *out = (StnLineSignal) i;
      return TRUE;
    }
  stn_error_set_seen (error, STN_FAILURE_BAD_FILE,
                      "nrst, boot0, power, detect, good or fault; of a bank: start, lid, busy, ok or fail", text,
                      "a signal of a board");
  return FALSE;
}

gboolean
stn_bench_config_add_modem_line (StnBenchConfig *self, const char *board, const char *line, const char *signal,
                                 gboolean active_low, GError **error)
{
  gboolean is_rts = g_str_equal (line, "rts");
  StnLineSignal parsed;
  if (!is_rts && !g_str_equal (line, "dtr")) {
    stn_error_set_seen (error, STN_FAILURE_BAD_FILE, "rts or dtr", line, "a line of a serial port");
    return FALSE;
  }
  if (!stn_line_signal_parse (signal, &parsed, error))
    return FALSE;
  if (parsed > STN_LINE_POWER) {
    stn_error_set_seen (error, STN_FAILURE_BAD_FILE, "nrst, boot0 or power", signal, "what %s reaches", line);
    return FALSE;
  }
  for (guint i = 0; i < self->uarts->len; i++) {
    StnBenchUart *uart = g_ptr_array_index (self->uarts, i);
    if (!g_str_equal (uart->board, board))
      continue;
    uart->modem[is_rts ? STN_MODEM_RTS : STN_MODEM_DTR] =
        (StnBenchModemLine){ .is_wired = TRUE, .signal = parsed, .active_low = active_low };
    return TRUE;
  }
  stn_error_set (error, STN_FAILURE_BAD_FILE, "board \"%s\" has no UART whose %s could reach it", board, line);
  return FALSE;
}

StnBenchAdapter *
stn_bench_config_ensure_adapter (StnBenchConfig *self, const char *serial, const char *port)
{
  for (guint i = 0; i < self->adapters->len; i++) {
    StnBenchAdapter *adapter = g_ptr_array_index (self->adapters, i);
    if (g_strcmp0 (adapter->serial, serial) == 0 && g_strcmp0 (adapter->port, port) == 0)
      return adapter;
  }
  StnBenchAdapter *adapter = g_new0 (StnBenchAdapter, 1);
  adapter->serial = g_strdup (serial);
  adapter->port = g_strdup (port);
  adapter->lines = g_ptr_array_new_with_free_func (line_free);
  g_ptr_array_add (self->adapters, adapter);
  return adapter;
}

gboolean
stn_bench_config_add_adapter_line (StnBenchConfig *self, StnBenchAdapter *adapter, const char *pin, const char *board,
                                   StnLineSignal signal, gboolean active_low, GError **error)
{
  guint bit;
  if (!stn_pin_from_text (pin, &bit)) {
    stn_error_set_seen (error, STN_FAILURE_BAD_FILE, "AD0..AD7 or AC0..AC7", pin, "a line of an adapter");
    return FALSE;
  }
  if (signal < STN_LINE_START && need_board (self, board, error) == NULL)
    return FALSE;
  StnBenchLine *line = g_new0 (StnBenchLine, 1);
  *line = (StnBenchLine){ .bit = bit, .board = g_strdup (board), .signal = signal, .active_low = active_low };
  g_ptr_array_add (adapter->lines, line);
  return TRUE;
}

gboolean
stn_bench_config_add_line (StnBenchConfig *self, const char *adapter_place, const char *pin, const char *board,
                           const char *signal, gboolean active_low, GError **error)
{
  StnLineSignal parsed;
  if (!stn_line_signal_parse (signal, &parsed, error))
    return FALSE;
  StnBenchAdapter *adapter = NULL;
  for (guint i = 0; i < self->adapters->len && adapter == NULL; i++) {
    StnBenchAdapter *other = g_ptr_array_index (self->adapters, i);
    if (stn_bench_place_is (adapter_place, other->serial, other->port))
      adapter = other;
  }
  if (adapter == NULL)
    adapter = stn_bench_config_ensure_adapter (self, adapter_place, NULL);
  return stn_bench_config_add_adapter_line (self, adapter, pin, board, parsed, active_low, error);
}

void
stn_bench_config_set_pace (StnBenchConfig *self, gboolean line, gboolean flash, gint64 turnaround_ns)
{
  self->pace = (StnPace){ .line = line, .flash = flash, .turnaround_ns = MAX (turnaround_ns, 0) };
}

void
stn_bench_config_set_operator (StnBenchConfig *self, gint64 swap_ns, gint64 press_every_ns, gint64 press_for_ns)
{
  self->operator= (StnBenchOperator){ .swap_ns = MAX (swap_ns, 0),
                                      .press_every_ns = MAX (press_every_ns, 0),
                                      .press_for_ns = MAX (press_for_ns, 0) };
}

void
stn_bench_config_set_seed (StnBenchConfig *self, guint64 seed)
{
  self->seed = seed;
}

gboolean
stn_line_signal_is_active_low (StnLineSignal signal)
{
  return signals[signal].active_low;
}
