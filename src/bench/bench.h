/* The bench: a station's worth of boards and adapters that exist only as a model, for tests, for training and for
 * the demo.
 *
 * A bench is built from a StnBenchConfig - the physical truth: which board there is, in which state, which adapter
 * line and which UART reaches it, what is wrong with it - and is reached like real hardware, through the links that
 * its provider opens by the places that a station file names. It has no threads: the model is worked forward, in the
 * caller's thread and under the board's lock, to the moment that the caller has reached on the clock; what would
 * happen later has not happened yet (so a reset in the middle of an erase interrupts that erase).
 *
 * It must not prove the engines right by sharing their mistakes: it uses protocols' *-wire.h (constants), the
 * target's geometry, and nothing else from above the link floor. How a chip boots is code per AN2606 pattern in
 * boot.c.
 *
 * Threads: any; each board has its own lock. The clock outlives the bench, the bench outlives its links. */
#pragma once

#include "src/base/clock.h"
#include "src/link/provider.h"
#include "src/target/target.h"

G_BEGIN_DECLS

/* ---- configuration: plain data, owned by the config ---- */

typedef struct StnBenchConfig StnBenchConfig;

/* Reads a bench.yaml (FORMATS: bench, usb, boards, pace). Error: STN_FAILURE_BAD_FILE. */
StnBenchConfig *stn_bench_config_parse (const char *file, const char *bytes, gsize length, GError **error);
/* The same, built by hand. */
StnBenchConfig *stn_bench_config_new (void);
void stn_bench_config_free (StnBenchConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnBenchConfig, stn_bench_config_free)
const StnField *stn_bench_file_fields (void);

/* A board called `name` with a chip as shipped (all strings copied). Fails on a second board of the name. */
gboolean stn_bench_config_add_board (StnBenchConfig *self, const char *name, const char *part, GError **error);
/* A fault of a board in bench.yaml's words: "silence", "dead-cell: 0x08001234", "nack: 17" (the 17th command; "17+":
 * and all after it), "wrong-chip: STM32F405xG every" (boards loaded later have it too). faults.c has the table. */
gboolean stn_bench_config_add_fault (StnBenchConfig *self, const char *board, const char *fault, GError **error);
/* An option field of the board as it comes, by ST's name (option-fields.h) and as a plain number. The name is checked by
 * stn_bench_new. */
gboolean stn_bench_config_add_option (StnBenchConfig *self, const char *board, const char *name, guint32 value,
                                      GError **error);
/* `place` is what a station file would name: a tty, an FT232H's serial. signal: "nrst", "boot0", "power"
 * (driven by the station), "detect", "good", "fault" (driven by the board). A pin may reach several boards. */
gboolean stn_bench_config_add_uart (StnBenchConfig *self, const char *place, const char *board, GError **error);
gboolean stn_bench_config_add_line (StnBenchConfig *self, const char *adapter_place, const char *pin, const char *board,
                                    const char *signal, gboolean active_low, GError **error);
/* The board's own USB plug is at `place`, a hub port ("1.4.2") or a udev path that ends in one. `words`: what its DFU
 * device does its own way (src/bench/usb/dfu-traits.h), separated by commas; NULL: as the chip is. */
gboolean stn_bench_config_add_usb (StnBenchConfig *self, const char *place, const char *board, const char *words,
                                   GError **error);
/* Port `port` (1 to 15) of the hub at `place` feeds the board. It is on until somebody switches it. */
gboolean stn_bench_config_add_hub_power (StnBenchConfig *self, const char *place, guint port, const char *board,
                                         GError **error);
/* RTS or DTR ("rts", "dtr") of the board's own UART, which must have been added, reaches "nrst", "boot0" or "power". */
gboolean stn_bench_config_add_modem_line (StnBenchConfig *self, const char *board, const char *line,
                                          const char *signal, gboolean active_low, GError **error);
/* Signals of a bank (add_line with the bank's name for the board): "start" and "lid", which the bench's own operator
 * moves, "busy", "ok", "fail", which are lamps. He leaves the lid closed, presses START for a while every now and then
 * (0: never), and while he swaps boards the detect pins see none for `swap_ns`. */
void stn_bench_config_set_operator (StnBenchConfig *self, gint64 swap_ns, gint64 press_every_ns, gint64 press_for_ns);
/* Wire time, flash time, and the adapter's turnaround; defaults: all off. */
void stn_bench_config_set_pace (StnBenchConfig *self, gboolean line, gboolean flash, gint64 turnaround_ns);
/* Seeds the UIDs of boards that have none of their own; 0: new ones at each start, as new boards have. */
void stn_bench_config_set_seed (StnBenchConfig *self, guint64 seed);

/* ---- the bench ---- */

typedef struct StnBench StnBench;

/* Builds the boards and powers what is not switched by a line. Errors: STN_FAILURE_BAD_FILE, STN_FAILURE_BAD_PLAN (a
 * part that is not in the catalogue, or of a family that the bench has no model of). Borrows clock and targets;
 * copies what it needs of the config. */
StnBench *stn_bench_new (const StnBenchConfig *config, StnTargets *targets, StnClock *clock, GError **error);
void stn_bench_free (StnBench *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnBench, stn_bench_free)

/* A provider (kind "bench", virtual) that opens this bench's ports; free before the bench. open_uart: by the place;
 * a place with no board behind it: STN_FAILURE_ADAPTER_MISSING. open_usb: the DFU device of the board at a hub port
 * (usb/dfu-port.h), which it waits for. load_boards: takes boards by name out and puts
 * factory-new ones with new UIDs in; faults of the place stay, those of the chip go unless marked "every". */
StnProvider *stn_bench_provider_new (StnBench *self);

/* ---- the truth, for tests and for the bench's own operator ---- */

typedef enum {
  STN_BOARD_OFF,
  STN_BOARD_HELD, /* in reset */
  STN_BOARD_ROM,
  STN_BOARD_APPLICATION,
  STN_BOARD_CRASHED /* started from flash that holds no program */
} StnBoardState;

/* What a board is doing now. FALSE: no such board. */
gboolean stn_bench_board_state (StnBench *self, const char *board, StnBoardState *out);
/* Copies flash / option bytes as the silicon holds them; no time passes. FALSE outside. */
gboolean stn_bench_board_read (StnBench *self, const char *board, guint64 address, guint8 *buffer, gsize length);
gboolean stn_bench_board_write (StnBench *self, const char *board, guint64 address, const guint8 *bytes, gsize length);
/* An option field by name: as stored, and with its complement put right. What is set acts when the chip loads its options
 * the next time. FALSE: no such field, or too large. */
gboolean stn_bench_board_option (StnBench *self, const char *board, const char *name, guint32 *out);
gboolean stn_bench_board_set_option (StnBench *self, const char *board, const char *name, guint32 value);
gboolean stn_bench_board_uid (StnBench *self, const char *board, guint8 out_uid[12]);
/* How often somebody moved NRST, power or bytes while an option write or mass erase was under way. Must stay 0. */
guint stn_bench_board_window_violations (StnBench *self, const char *board);
/* Power off and on, as a hand at the plug. */
gboolean stn_bench_board_power_cycle (StnBench *self, const char *board);
/* Takes a board out, or puts the same one back. */
gboolean stn_bench_board_set_present (StnBench *self, const char *board, gboolean present);
/* The board that load_boards puts there next has this fault ("wrong-chip: STM32F030C8", as bench.yaml writes it) besides
 * those of the file; once. NULL: none. Not while boards are being loaded. Errors: STN_FAILURE_USAGE (no such board),
 * STN_FAILURE_BAD_FILE (no such fault). */
gboolean stn_bench_set_next_fault (StnBench *self, const char *board, const char *fault, GError **error);
/* Moves an input from outside: from now on the pin of the adapter at `place` has this level, whatever the model says.
 * The level at a pin, lamps included. FALSE: no such pin. */
gboolean stn_bench_set_input (StnBench *self, const char *place, const char *pin, gboolean high);
gboolean stn_bench_get_pin (StnBench *self, const char *place, const char *pin, gboolean *out_high);
/* Unplugs a UART, adapter or USB place: its links fail with link-lost from now on. Plugs it in again. */
gboolean stn_bench_set_plugged (StnBench *self, const char *place, gboolean plugged);

/* Puts a board's UART on a pseudo terminal, for programs that nobody here wrote (stm32flash): the slave's path in
 * *out_path (free with g_free). A thread pumps bytes until the bench is freed. BOOT0 high and a fresh reset first when
 * `enter_rom`. Real clock only. */
gboolean stn_bench_board_open_pty (StnBench *self, const char *board, gboolean enter_rom, char **out_path,
                                   GError **error);

G_END_DECLS
