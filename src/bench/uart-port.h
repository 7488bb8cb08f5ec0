/* The wire between a host's UART and a board's: line settings, bytes under way in both directions with the moment at
 * which each is through.
 *
 * A byte takes its bit times at the rate of its sender where the pace keeps the line's time, else none. Bytes to the
 * board wait in `to_board` until the ROM takes them; bytes from the board wait in `to_host` until the clock has reached
 * them, and are then turned into what a host with these settings would see.
 *
 * Plain data, guarded by the board's lock. */
#pragma once

#include "src/link/link.h"

G_BEGIN_DECLS

typedef struct {
  gboolean line, flash;
  gint64 turnaround_ns;
} StnPace;

typedef struct {
  gint64 start_ns; /* its start bit */
  gint64 end_ns;   /* its stop bit is over */
  guint baud;
  char parity;
  guint8 value;
  gboolean spoilt; /* framing broken: a BREAK */
} StnWireByte;

typedef struct {
  StnPace pace;
  StnLineSettings line; /* the host's */
  gint64 host_free_ns;  /* when what the host has sent is through */
  gint64 board_free_ns;
  GArray *to_board; /* StnWireByte */
  guint to_board_head;
  GArray *to_host;
  guint to_host_head;
  GByteArray *received; /* the host's buffer */
  gboolean is_open, is_plugged, is_breaking;
  gboolean is_held; /* open for its modem lines */
  guint64 exchanges;
} StnUartPort;

void stn_uart_port_init (StnUartPort *self, const StnPace *pace);
void stn_uart_port_clear (StnUartPort *self);

/* Whether a receiver at one rate understands a sender at the other (AN3155 section 1: 2.5 % together). */
gboolean stn_wire_rates_agree (guint a, guint b);
/* What a byte looks like to somebody who listens at the wrong rate: anything but itself. */
guint8 stn_wire_garbage (guint8 value);

/* The host sends; the bytes join `to_board`. */
void stn_uart_port_host_sends (StnUartPort *self, const guint8 *bytes, gsize length, gint64 now_ns);
/* The board sends, not before `at_ns`; returns when the last byte is through. */
gint64 stn_uart_port_board_sends (StnUartPort *self, const guint8 *bytes, gsize length, guint baud, char parity,
                                  gint64 at_ns);
/* The next byte for the board without taking it, NULL when there is none; take it. */
const StnWireByte *stn_uart_port_peek (const StnUartPort *self);
void stn_uart_port_take (StnUartPort *self);

/* Moves what has come through by now into `received`. */
void stn_uart_port_collect (StnUartPort *self, gint64 now_ns);
/* When `received` will hold `count` bytes, as far as is known; STN_TIME_NEVER when that many are not under way. */
gint64 stn_uart_port_count_ready_ns (const StnUartPort *self, gsize count);
/* The board has been reset or has lost its power: what has not happened yet does not happen. */
void stn_uart_port_cut (StnUartPort *self, gint64 now_ns);

G_END_DECLS
