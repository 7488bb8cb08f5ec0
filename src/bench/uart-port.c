#include "src/bench/uart-port.h"

/* sent bytes are dropped from the front of a queue in lots, so that taking one costs nothing */
#define COMPACT_AT 4096

void
stn_uart_port_init (StnUartPort *self, const StnPace *pace)
{
  *self = (StnUartPort){ .pace = *pace, .is_plugged = TRUE };
  self->line = (StnLineSettings){ .baud = 115200, .data_bits = 8, .parity = 'N', .stop_bits = 1 };
  self->to_board = g_array_new (FALSE, FALSE, sizeof (StnWireByte));
  self->to_host = g_array_new (FALSE, FALSE, sizeof (StnWireByte));
  self->received = g_byte_array_new ();
}

void
stn_uart_port_clear (StnUartPort *self)
{
  g_clear_pointer (&self->to_board, g_array_unref);
  g_clear_pointer (&self->to_host, g_array_unref);
  g_clear_pointer (&self->received, g_byte_array_unref);
}

/* The moment at which `count` characters of `bits` that start at `start_ns` are through. */
static gint64
wire_end_ns (gint64 start_ns, gsize count, guint bits, guint baud)
{
  return start_ns + (gint64) ((guint64) count * bits * (guint64) STN_NS_PER_S / MAX (baud, 1));
}

gboolean
stn_wire_rates_agree (guint a, guint b)
{
  guint64 apart = a > b ? a - b : b - a;
  return apart * 1000 <= (guint64) b * 25;
}

guint8
stn_wire_garbage (guint8 value)
{
  guint8 spoilt = (guint8) (value ^ (value << 1 | value >> 7) ^ 0xb4);
  return spoilt != value ? spoilt : (guint8) ~value;
}

static guint
character_bits (const StnLineSettings *line)
{
  return 1 + line->data_bits + (line->parity != 'N') + line->stop_bits;
}

void
stn_uart_port_host_sends (StnUartPort *self, const guint8 *bytes, gsize length, gint64 now_ns)
{
  gint64 start = MAX (now_ns, self->host_free_ns);
  guint bits = character_bits (&self->line);
  for (gsize i = 0; i < length; i++) {
    StnWireByte byte = { .baud = self->line.baud, .parity = self->line.parity, .value = bytes[i] };
    byte.start_ns = self->pace.line ? wire_end_ns (start, i, bits, byte.baud) : start;
    byte.end_ns = self->pace.line ? wire_end_ns (start, i + 1, bits, byte.baud) : start;
    self->host_free_ns = byte.end_ns;
    g_array_append_val (self->to_board, byte);
  }
}

gint64
stn_uart_port_board_sends (StnUartPort *self, const guint8 *bytes, gsize length, guint baud, char parity, gint64 at_ns)
{
  gint64 start = MAX (at_ns, self->board_free_ns);
  guint bits = parity == 'N' ? 10 : 11;
  for (gsize i = 0; i < length; i++) {
    StnWireByte byte = { .baud = baud, .parity = parity, .value = bytes[i] };
    byte.start_ns = self->pace.line ? wire_end_ns (start, i, bits, baud) : start;
    byte.end_ns = self->pace.line ? wire_end_ns (start, i + 1, bits, baud) : start;
    self->board_free_ns = byte.end_ns;
    g_array_append_val (self->to_host, byte);
  }
  return MAX (self->board_free_ns, start);
}

const StnWireByte *
stn_uart_port_peek (const StnUartPort *self)
{
  return self->to_board_head < self->to_board->len ? &g_array_index (self->to_board, StnWireByte, self->to_board_head)
                                                   : NULL;
}

static void
drop_taken (GArray *queue, guint *head)
{
  if (*head == queue->len)
    g_array_set_size (queue, 0);
  else if (*head >= COMPACT_AT)
    g_array_remove_range (queue, 0, *head);
  else
    return;
  *head = 0;
}

void
stn_uart_port_take (StnUartPort *self)
{
  self->to_board_head++;
  drop_taken (self->to_board, &self->to_board_head);
}

void
stn_uart_port_collect (StnUartPort *self, gint64 now_ns)
{
  while (self->to_host_head < self->to_host->len) {
    const StnWireByte *byte = &g_array_index (self->to_host, StnWireByte, self->to_host_head);
    if (byte->end_ns + self->pace.turnaround_ns > now_ns)
      break;
    if (self->is_open && self->is_plugged) {
      gboolean understood = stn_wire_rates_agree (self->line.baud, byte->baud) && self->line.parity == byte->parity
                            && self->line.data_bits == 8;
      guint8 value = understood ? byte->value : stn_wire_garbage (byte->value);
      g_byte_array_append (self->received, &value, 1);
    }
    self->to_host_head++;
  }
  drop_taken (self->to_host, &self->to_host_head);
}

gint64
stn_uart_port_count_ready_ns (const StnUartPort *self, gsize count)
{
  if (count <= self->received->len)
    return 0;
  gsize index = self->to_host_head + (count - self->received->len) - 1;
  if (index >= self->to_host->len)
    return STN_TIME_NEVER;
  return g_array_index (self->to_host, StnWireByte, index).end_ns + self->pace.turnaround_ns;
}

void
stn_uart_port_cut (StnUartPort *self, gint64 now_ns)
{
  g_array_set_size (self->to_board, 0);
  self->to_board_head = 0;
  guint kept = self->to_host_head;
  while (kept < self->to_host->len && g_array_index (self->to_host, StnWireByte, kept).end_ns <= now_ns)
    kept++;
  g_array_set_size (self->to_host, kept);
  self->host_free_ns = MIN (self->host_free_ns, now_ns);
  self->board_free_ns = MIN (self->board_free_ns, now_ns);
}
