#include "src/bench/uart-link.h"

#include <string.h>

typedef struct {
  StnLink link;
  StnBoard *board;
} UartLink;

static void
bring_to_now (StnBoard *board)
{
  gint64 now_ns = stn_clock_now_ns (board->clock);
  stn_board_work (board, now_ns);
  stn_uart_port_collect (&board->port, now_ns);
}

static void
hand_over (StnBoard *board, StnExchange *exchange)
{
  GByteArray *received = board->port.received;
  gsize length = MIN (received->len, exchange->in_capacity);
  if (length > 0) {
    memcpy (exchange->in, received->data, length);
    g_byte_array_remove_range (received, 0, length);
  }
  exchange->in_length = length;
}

/* One wake-up where the answer's last byte is known, one more where the chip has something to finish first. */
static gboolean
read_bytes (UartLink *self, StnExchange *exchange, const StnWait *wait, GError **error)
{
  StnBoard *board = self->board;
  for (;;) {
    bring_to_now (board);
    if (!board->port.is_plugged)
      return TRUE; /* the caller looks */
    if (board->port.received->len >= exchange->in_least)
      break;
    gint64 ready_ns = stn_uart_port_count_ready_ns (&board->port, exchange->in_least);
    gint64 next_ns = ready_ns != STN_TIME_NEVER ? ready_ns : stn_board_next_ns (board);
    StnWake wake =
        stn_clock_wait (board->clock, board, &board->mutex, MIN (next_ns, wait->deadline_ns), wait->cancellable);
    gboolean over = wake == STN_WAKE_CANCELLED || stn_clock_now_ns (board->clock) >= wait->deadline_ns;
    if (!over)
      continue;
    bring_to_now (board);
    if (wake != STN_WAKE_CANCELLED && board->port.received->len >= exchange->in_least)
      break;
    hand_over (board, exchange);
    if (wake == STN_WAKE_CANCELLED)
      stn_error_set (error, STN_FAILURE_CANCELLED, "cancelled");
    else
      stn_error_set (error, STN_FAILURE_NO_ANSWER,
                     "no answer in time: %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " bytes", exchange->in_length,
                     exchange->in_least);
    return FALSE;
  }
  hand_over (board, exchange);
  return TRUE;
}

static gboolean
run (UartLink *self, StnExchange *exchange, const StnWait *wait, GError **error)
{
  StnBoard *board = self->board;
  switch (exchange->operation) {
  case STN_OP_WRITE:
    stn_board_host_sends (board, exchange->out, exchange->out_length, stn_clock_now_ns (board->clock));
    return TRUE;
  case STN_OP_READ:
    return read_bytes (self, exchange, wait, error);
  case STN_OP_FLUSH:
    bring_to_now (board);
    g_byte_array_set_size (board->port.received, 0);
    return TRUE;
  case STN_OP_CONFIGURE:
    if (exchange->line.baud == 0 || exchange->line.data_bits < 5 || exchange->line.data_bits > 8) {
      stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "%s: %u baud with %u bits can't be set", self->link.name,
                     exchange->line.baud, exchange->line.data_bits);
      return FALSE;
    }
    bring_to_now (board); /* what has come was understood, or not, at the old settings */
    board->port.line = exchange->line;
    return TRUE;
  case STN_OP_BREAK:
    stn_board_set_break (board, exchange->levels != 0, stn_clock_now_ns (board->clock));
    return TRUE;
  default:
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "%s: a UART can't %s", self->link.name,
                   stn_operation_name (exchange->operation));
    return FALSE;
  }
}

static gboolean
uart_exchange (StnLink *link, StnExchange *exchange, const StnWait *wait, GError **error)
{
  UartLink *self = (UartLink *) link;
  StnBoard *board = self->board;
  g_mutex_lock (&board->mutex);
  stn_board_count_exchange (board, stn_clock_now_ns (board->clock));
  if (++board->port.exchanges == board->faults.unplug_at)
    stn_board_set_port (board, TRUE, FALSE, stn_clock_now_ns (board->clock));
  gboolean done = board->port.is_plugged && run (self, exchange, wait, error);
  if (!board->port.is_plugged) {
    if (error != NULL)
      g_clear_error (error);
    exchange->in_length = 0;
    stn_error_set (error, STN_FAILURE_LINK_LOST, "%s: the port is gone", link->name);
    done = FALSE;
  }
  g_mutex_unlock (&board->mutex);
  return done;
}

static void
uart_link_free (StnLink *link)
{
  UartLink *self = (UartLink *) link;
  StnBoard *board = self->board;
  g_mutex_lock (&board->mutex);
  stn_board_set_port (board, FALSE, board->port.is_plugged, stn_clock_now_ns (board->clock));
  g_mutex_unlock (&board->mutex);
  g_free (self);
}

static const StnLinkClass uart_link_class = {
  .kind = "bench", .shape = STN_LINK_STREAM, .exchange = uart_exchange, .free = uart_link_free
};

StnLink *
stn_uart_link_open (StnBoard *board, const char *place, GError **error)
{
  g_mutex_lock (&board->mutex);
  gboolean plugged = board->port.is_plugged, busy = board->port.is_open;
  if (plugged && !busy)
    stn_board_set_port (board, TRUE, TRUE, stn_clock_now_ns (board->clock));
  g_mutex_unlock (&board->mutex);
  if (!plugged) {
    stn_error_set (error, STN_FAILURE_ADAPTER_MISSING, "%s: not plugged in", place);
    return NULL;
  }
  if (busy) {
    stn_error_set (error, STN_FAILURE_PORT_BUSY, "%s: somebody has it open", place);
    return NULL;
  }
  UartLink *link = g_new0 (UartLink, 1);
  stn_link_init (&link->link, &uart_link_class, STN_LINK_STREAM, place);
  link->board = board;
  return &link->link;
}
