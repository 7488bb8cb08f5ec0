/* The inside of a StnBench, shared by bench.c and pty.c. */
#pragma once

#include "src/bench/adapter.h"
#include "src/bench/bench-config.h"
#include "src/bench/board.h"
#include "src/bench/modem.h"
#include "src/bench/usb/dfu-port.h"

G_BEGIN_DECLS

typedef struct StnPty StnPty;

typedef struct {
  StnBenchBoard config; /* owned copies */
  StnBoard *board;      /* owned */
  char *next_fault;     /* of the board that is loaded next, besides the file's; NULL: none */
  StnPty *pty;          /* owned, or NULL */
} StnSeat;

typedef struct {
  StnBenchUart place; /* owned copies */
  StnBoard *board;    /* borrowed */
  StnModem *modem;    /* owned */
} StnBenchUartSeat;

struct StnBench {
  StnClock *clock;
  StnTargets *targets;
  guint64 seed;
  StnBenchOperator operator;
  GMutex mutex;        /* guards `boards_made` and the seats' ptys */
  guint64 boards_made; /* numbers the UIDs */
  GPtrArray *seats;    /* StnSeat */
  GHashTable *by_name; /* name -> StnBoard, borrowed */
  GPtrArray *uarts;    /* StnBenchUartSeat */
  GPtrArray *adapters; /* StnLineAdapter */
  GPtrArray *hubs;     /* StnLineAdapter: hubs whose ports feed boards */
  GPtrArray *plugs;    /* StnDfuPort */
};

StnSeat *stn_bench_seat (StnBench *self, const char *board);
/* pty.c: ends the thread. */
void stn_pty_free (StnPty *self);

G_END_DECLS
