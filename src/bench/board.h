/* A board: a chip with its flash, options and RAM, its pins, and the wire to its UART.
 *
 * The model has no thread. Whoever touches a board takes its lock and works it forward to the moment of the clock
 * (stn_board_work); between two touches nothing exists. Two things lie in the future of a board:
 *   - bytes under way, stamped with the moment at which they are through (uart-port.h);
 *   - works: what the chip has begun and when it will be done - a page being erased, an option write, the reset that
 *     follows. They are in the order of time and take effect when their end has come. While there is one, the ROM takes
 *     no byte.
 * The ROM itself runs ahead of the clock: bytes on the wire are taken at once with the times at which they will have
 * come, since nothing but a reset or a power cut could change what it makes of them - and both cut the future off:
 * what has not ended yet is dropped, what was being done is left half done. That is why one byte never costs a wake-up.
 *
 * Everything here is called with `mutex` held; waiting threads wait for the board's address as the clock's key. */
#pragma once

#include "src/bench/bench.h"
#include "src/bench/boot.h"
#include "src/bench/faults.h"
#include "src/bench/uart-port.h"

G_BEGIN_DECLS

typedef struct StnBoard StnBoard;
typedef struct StnRom StnRom;

typedef enum {
  STN_WORK_PROGRAM,
  STN_WORK_ERASE, /* one page */
  STN_WORK_ERASE_ALL,
  STN_WORK_OPTIONS,     /* bytes: the whole area as it will be */
  STN_WORK_RESET,       /* system reset, by the chip itself */
  STN_WORK_OPTION_LOAD, /* resets too */
  STN_WORK_JUMP         /* Go */
} StnWorkKind;

typedef struct {
  StnWorkKind kind;
  gint64 start_ns, end_ns;
  gboolean is_window; /* nothing may disturb the board meanwhile */
  guint64 address;
  gsize length;
  guint8 *bytes; /* owned */
} StnWork;

/* Which of its interfaces the ROM has found its host on: the first that is spoken to is the only one until the next
 * reset (AN2606, selection flow of the devices). */
typedef enum { STN_ROM_OVER_NOTHING, STN_ROM_OVER_UART, STN_ROM_OVER_USB } StnRomInterface;

struct StnBoard {
  GMutex mutex;
  StnClock *clock; /* borrowed */
  char *name;
  const StnTarget *target; /* of the chip that is really there; borrowed */
  StnPace pace;
  StnBoardFaults faults;

  StnFlash flash;
  StnOptionArea options;
  guint8 uid[12];
  guint8 *ram;          /* target->ram_bytes, made at the first write */
  gboolean empty_latch; /* of the empty check: sampled at power-on and option load, kept over resets */

  gboolean power_line, nrst_low, boot0_high; /* what the pins ask for; see stn_board_set_pins */
  gboolean is_supplied;
  gint64 swapped_ns; /* until then its contacts see the hand that puts it in */
  StnBoardState state;
  GArray *works; /* StnWork */
  StnRom *rom;
  StnRomInterface rom_interface;
  guint rom_ram_reserved; /* bytes from the start of the RAM that this ROM keeps for itself */
  gboolean rom_is_fast;   /* has been told of a supply that lets it program words */
  guint64 starts;         /* how often the core has come out of reset */
  gint64 started_ns;      /* the last time */
  StnUartPort port;
  guint64 bytes_out, bytes_in; /* counted for faults */
  guint64 exchanges;           /* likewise, over UART and USB together */
  gint64 dip_ns;               /* when its supply will fail for an instant (a fault); 0: not */
  guint violations;
};

/* A factory-new board. Takes over `faults`. Without power yet. */
StnBoard *stn_board_new (const char *name, const StnTarget *target, const StnPace *pace, StnBoardFaults *faults,
                         const guint8 uid[12], gboolean boot_pin_live, StnClock *clock);
void stn_board_free (StnBoard *self);
/* Another chip in the same place: the pins and the wire stay. Takes over `faults`. */
void stn_board_replace (StnBoard *self, const StnTarget *target, StnBoardFaults *faults, const guint8 uid[12],
                        gboolean boot_pin_live, gint64 now_ns);

/* Before it has power: an option field of the chip as somebody has left it. FALSE: no such field, or too large. */
gboolean stn_board_set_option (StnBoard *self, const char *name, guint32 value);
/* One exchange more on one of its links; the fault "power-cut" counts them. */
void stn_board_count_exchange (StnBoard *self, gint64 now_ns);

/* Works the board forward. */
void stn_board_work (StnBoard *self, gint64 now_ns);
/* When something will happen by itself next; STN_TIME_NEVER. */
gint64 stn_board_next_ns (const StnBoard *self);

typedef enum { STN_SIGNAL_NRST = 1, STN_SIGNAL_BOOT0 = 2, STN_SIGNAL_POWER = 4 } StnSignal;

/* Changes the signals in `mask` together: NRST asserted, BOOT0 high, power on where set in `active`. Works the board
 * forward first, and wakes whoever waits for it. */
void stn_board_set_pins (StnBoard *self, guint mask, guint active, gint64 now_ns);
/* The host's TX held low, or idle. */
void stn_board_set_break (StnBoard *self, gboolean on, gint64 now_ns);
/* The host's side of the UART is opened or closed, plugged or unplugged. */
void stn_board_set_port (StnBoard *self, gboolean is_open, gboolean is_plugged, gint64 now_ns);
/* RTS and DTR keep the port open, though nobody reads or writes it. */
void stn_board_hold_port (StnBoard *self, gboolean is_held, gint64 now_ns);
/* Out of the fixture, or back in it. */
void stn_board_set_present (StnBoard *self, gboolean present, gint64 now_ns);
void stn_board_power_cycle (StnBoard *self, gint64 now_ns);
/* Bytes from the host. */
void stn_board_host_sends (StnBoard *self, const guint8 *bytes, gsize length, gint64 now_ns);

/* ---- for the ROM and the application ---- */

/* Sends, spoilt as the faults say; returns when the last byte is through. */
gint64 stn_board_send (StnBoard *self, const guint8 *bytes, gsize length, guint baud, char parity, gint64 at_ns);
/* Puts a work behind those that there are; takes over `bytes`. */
void stn_board_add_work (StnBoard *self, StnWorkKind kind, gint64 start_ns, gint64 end_ns, gboolean is_window,
                         guint64 address, guint8 *bytes, gsize length);
void stn_board_read_ram (StnBoard *self, guint64 address, guint8 *buffer, gsize length);
void stn_board_write_ram (StnBoard *self, guint64 address, const guint8 *bytes, gsize length);

/* application.c: what the program in the flash does from `at_ns` on. */
void stn_application_start (StnBoard *self, guint64 vectors, gint64 at_ns);

G_END_DECLS
