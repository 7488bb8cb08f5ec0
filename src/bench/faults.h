/* What can be wrong with a board: one table of names, and the plain struct that the model looks into. */
#pragma once

#include "src/bench/flash.h"

G_BEGIN_DECLS

typedef enum {
  STN_BENCH_VALUE_NONE,
  STN_BENCH_VALUE_COUNT,   /* 1.. */
  STN_BENCH_VALUE_COMMAND, /* 1.., "17+": that one and all after it */
  STN_BENCH_VALUE_ADDRESS, /* 0x…, with ".BIT" where a single bit is meant */
  STN_BENCH_VALUE_LEVEL,   /* low, high */
  STN_BENCH_VALUE_UID,     /* 24 hex digits */
  STN_BENCH_VALUE_NAME,    /* a part, a board */
  STN_BENCH_VALUE_OPTIONAL_NAME
} StnBenchValue;

typedef struct {
  guint64 number; /* 0: never */
  gboolean onwards;
} StnFaultCommand;

gboolean stn_fault_command_is (const StnFaultCommand *self, guint64 number);

typedef struct {
  GArray *dead;                       /* StnDeadCell */
  char *wrong_chip;                   /* part that is there instead */
  gboolean silence;                   /* no byte ever comes */
  gboolean absent;                    /* no board in the fixture */
  gboolean boot0_stuck_low, boot0_stuck_high;
  gboolean nrst_stuck_low, nrst_stuck_high;
  StnFaultCommand nack_at, garbage_at;        /* the N-th ROM command since the board came */
  guint64 stops_at;                           /* likewise, for good */
  guint64 flip_at, drop_at, extra_at;         /* the N-th byte from the board */
  guint64 lose_at;                            /* the N-th byte to the board */
  guint64 unplug_at;                          /* the N-th exchange on its UART */
  guint64 power_cut_at;                       /* the supply fails for an instant at the N-th exchange on any link */
  guint64 option_cut;                         /* and after so many hundredths of the next option write; once */
  guint64 slow_erase;                         /* factor; 0: none */
  guint64 highest_baud;                       /* the ROM finds no rate above; 0: none */
  gboolean no_start, is_protected, is_shorted;
  gboolean back_powered, back_powered_always;
  gboolean has_uid;
  guint8 uid[12];
  char *same_uid_as;
  gboolean erase_fails;                       /* pages answer and stay as they are */
  gboolean rom_clears_empty, rom_one_page, rom_no_option_load; /* known ROM quirks, AN2606 */
} StnBoardFaults;

/* Parses and checks "NAME", "NAME: VALUE" with " every" behind it; the message says what was expected and found,
 * without a place. */
gboolean stn_board_faults_check (const char *text, GError **error);
/* Adds one to `self` (zeroed at first); the text has been checked. `fresh`: only what belongs to the place or is marked
 * "every" is added, as for a new board in this place. */
void stn_board_faults_add (StnBoardFaults *self, const char *text, gboolean fresh);
void stn_board_faults_clear (StnBoardFaults *self);

/* One line of help per fault, "name\tvalue\thelp"; NULL-terminated rows by index. */
const char *stn_board_fault_help (guint index, const char **out_name);

G_END_DECLS
