/* The inside of a StnBenchConfig, for bench.c. Plain data; strings are owned. */
#pragma once

#include "src/bench/bench.h"
#include "src/bench/uart-port.h"

G_BEGIN_DECLS

typedef enum {
  STN_CHIP_FACTORY, /* as shipped */
  STN_CHIP_BLANK,   /* somebody had it: erased, and its BOOT0 pin listens */
  STN_CHIP_IMAGE    /* blank, then `image` at the flash base */
} StnChipFlash;

/* An option field as somebody has left it. */
typedef struct {
  char *name;
  guint32 value;
} StnBenchOption;

typedef struct {
  char *name;
  char *part;
  StnChipFlash flash;
  GBytes *image;      /* or NULL */
  GPtrArray *faults;  /* char *, checked */
  GPtrArray *options; /* StnBenchOption; the names are checked when the chip is known */
} StnBenchBoard;

/* what an adapter's line reaches */
typedef enum {
  STN_LINE_NRST,
  STN_LINE_BOOT0,
  STN_LINE_POWER,
  STN_LINE_DETECT, /* from here on the board drives */
  STN_LINE_GOOD,
  STN_LINE_FAULT,
  STN_LINE_START, /* a bank's from here on, with no board behind: these two are moved by the bench's own operator */
  STN_LINE_LID,
  STN_LINE_BUSY, /* lamps: only looked at */
  STN_LINE_OK,
  STN_LINE_FAIL,
  STN_LINE_SIGNAL_COUNT
} StnLineSignal;

/* RTS or DTR of a UART, where it reaches its own board. */
typedef struct {
  gboolean is_wired;
  StnLineSignal signal; /* NRST, BOOT0 or power */
  gboolean active_low;
} StnBenchModemLine;

typedef enum { STN_MODEM_RTS, STN_MODEM_DTR, STN_MODEM_LINE_COUNT } StnModemLine;

/* A UART is found by a tty's name, or as an interface of an adapter by the adapter's serial or hub port. */
typedef struct {
  char *tty;
  char *serial, *port;
  guint interface;
  char *board;
  StnBenchModemLine modem[STN_MODEM_LINE_COUNT];
} StnBenchUart;

typedef struct {
  guint bit;
  char *board; /* from START on: the bank */
  StnLineSignal signal;
  gboolean active_low;
} StnBenchLine;

typedef enum { STN_HUB_SWITCHES_EACH, STN_HUB_SWITCHES_TOGETHER, STN_HUB_SWITCHES_NONE } StnHubSwitching;

typedef struct {
  char *serial, *port;
  GPtrArray *lines; /* StnBenchLine */
  gboolean is_hub;  /* a hub whose ports feed boards: a line's bit is the port, its signal power */
  StnHubSwitching switching;
} StnBenchAdapter;

/* A board's own USB plug: its ROM's DFU device appears at this hub port. */
typedef struct {
  char *port;
  char *board;
  GPtrArray *quirks; /* char *, or NULL: what this DFU device does its own way; src/bench/usb knows the words */
} StnBenchPlug;

/* What the bench's own operator does, for programs that nobody stands beside. */
typedef struct {
  gint64 swap_ns;                      /* how long the detect pins see nothing when boards are swapped */
  gint64 press_every_ns, press_for_ns; /* START; 0: never */
} StnBenchOperator;

struct StnBenchConfig {
  char *title;
  GPtrArray *boards;   /* StnBenchBoard */
  GPtrArray *uarts;    /* StnBenchUart */
  GPtrArray *adapters; /* StnBenchAdapter */
  GPtrArray *hubs;     /* StnBenchAdapter, too */
  GPtrArray *plugs;    /* StnBenchPlug */
  StnPace pace;
  StnBenchOperator operator;
  guint64 seed;
};

/* bench-hubs.c: a hub of bench.yaml; `power` (may be NULL) maps ports to boards. */
gboolean stn_bench_config_read_hub (StnBenchConfig *self, const char *port, StnHubSwitching switching,
                                    const StnNode *power, GError **error);
/* ---- building, for the file and for the calls of bench.h ---- */

/* Takes over `uart`, whatever it returns. */
gboolean stn_bench_config_take_uart (StnBenchConfig *self, StnBenchUart *uart, GError **error);
gboolean stn_bench_config_add_plug (StnBenchConfig *self, const char *port, const char *board, GPtrArray *words,
                                    GError **error);
/* The adapter with this serial and port, made where there is none; borrowed. */
StnBenchAdapter *stn_bench_config_ensure_adapter (StnBenchConfig *self, const char *serial, const char *port);
gboolean stn_bench_config_add_adapter_line (StnBenchConfig *self, StnBenchAdapter *adapter, const char *pin,
                                            const char *board, StnLineSignal signal, gboolean active_low,
                                            GError **error);
gboolean stn_line_signal_parse (const char *text, StnLineSignal *out, GError **error);
/* Where nothing else is said. */
gboolean stn_line_signal_is_active_low (StnLineSignal signal);

const StnBenchBoard *stn_bench_config_board (const StnBenchConfig *self, const char *name);
/* Whether a place that a station file names is this serial or hub port ("…usb-0:1.3"; a udev path or the port
 * alone). */
gboolean stn_bench_place_is (const char *place, const char *serial, const char *port);
gboolean stn_bench_place_is_uart (const char *place, const StnBenchUart *uart);

G_END_DECLS
