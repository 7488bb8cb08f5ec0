/* Learning the wiring: which line of which adapter resets which board, which one is its BOOT0, and on which UART it is
 * heard - for writing a station.yaml where there is none.
 *
 * Lines are pulled low or let go first, one after another, so that nothing is driven against what nobody knows yet.
 * Only a line that has not turned out to be an NRST is then driven high, while all others are pulled low and let go:
 * the UART on which a ROM comes is where this BOOT0 leads. With their BOOT0 known all boards go into their ROM, and the
 * line that silences one is its NRST. It needs boards that have power and whose BOOT0 pin is live (an F1 or F4, say; a
 * new G0 ignores its own); others are found as far as they show themselves. Nothing is written to a board.
 *
 * A board on USB shows itself by the DFU device that comes and goes: its place is where one comes. Boards without power
 * show nothing; where somebody says that power is switched (`power`), the lines that are still unknown are driven high
 * together, which brings up whatever power and BOOT0 are among them, and then taken back one by one. Inputs that read
 * low with nobody pulling are told; which site a detect pin belongs to is seen when somebody takes that board out. */
#pragma once

#include "src/bench/bench.h"
#include "src/station/station.h"

G_BEGIN_DECLS

typedef struct {
  const char *bench_path;      /* a bench.yaml to learn instead of this machine; NULL: this machine */
  const char *const *controls; /* places of the adapters that take part; NULL: all that are plugged in */
  const char *const *uarts;    /* the same of serial ports */
  gboolean power;              /* power switches are looked for too */
  /* Asks a person to take the board of a site (its UART or USB place) out, or put it back; FALSE: no more. NULL: nobody
   * is there, and detect pins are told without their sites. Called in the caller's thread. */
  gboolean (*ask_to_remove) (const char *place, gboolean put_back, gpointer data);
  StnBench *bench; /* borrowed: this one instead of a file's; NULL */
  GCancellable *cancellable;
  void (*progress) (guint done, guint total, gpointer data); /* NULL: nobody looks */
  gpointer data;
} StnLearnOptions;

/* A line: an adapter, by its index in `controls`, and a bit of it. */
typedef struct {
  gboolean found;
  guint control, bit;
} StnLearnedLine;

typedef struct {
  char *uart; /* NULL: its board was found on USB alone */
  char *usb;  /* the place where its DFU device comes; NULL: none came */
  StnLearnedLine nrst, boot0, power, detect;
  gboolean detect_is_high; /* with a board in */
  gboolean was_heard;
  char *line; /* the product line of the chip; NULL: not told */
  char *uid;  /* NULL: not read */
} StnLearnedSite;

typedef struct {
  char *bench_path;    /* NULL: this machine */
  GPtrArray *controls; /* char *: places */
  /* StnLearnedSite: every UART, in the order of the places; also those that nothing came from; then every USB place where
   * a DFU device came */
  GPtrArray *sites;
  GPtrArray *notes;    /* char *: what a person should know */
} StnLearned;

/* What is plugged in that could take part: char *, places, owned by the arrays. */
gboolean stn_learn_places (const char *bench_path, StnClock *clock, GPtrArray **out_controls, GPtrArray **out_uarts,
                           GError **error);
/* Holds the adapters' locks. Errors: bank-busy, adapter-missing, bad-file, not-supported, cancelled. Blocks: about half
 * a second for each line, three times. All lines are let go on every way out. */
StnLearned *stn_station_learn (const StnLearnOptions *options, StnClock *clock, GError **error);
void stn_learned_free (StnLearned *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnLearned, stn_learned_free)

/* "AC0"; static. */
const char *stn_learned_pin_name (const StnLearnedLine *line);
/* How many sites have both lines. */
guint stn_learned_complete (const StnLearned *self);
/* A station.yaml with comments; what was not found is in it as a comment. Free with g_free. */
char *stn_learned_to_yaml (const StnLearned *self, const char *name);

G_END_DECLS
