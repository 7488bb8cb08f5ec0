/* The option bytes of the board in one site, read through its ROM. Nothing is written to it. */
#pragma once

#include "src/station/station.h"
#include "src/target/boot-ways.h"

G_BEGIN_DECLS

typedef struct {
  char *site;
  const StnTarget *target; /* borrowed from the station: the part asked for, or the product line */
  gboolean via_usb;
  guint16 bootloader_id; /* 0: not known */
  char *uid;             /* NULL: not read */
  StnOptionBlock *block;
  char *unfit;       /* why the bytes do not fit together; NULL: they do */
  gboolean is_empty; /* the flash is */
  StnBootWiring wiring;
  StnBootStart at_low, at_high; /* what a reset starts, by the pin's level, once the flash holds a program */
  guint ways;                   /* StnBootWay, now */
} StnBoardOptions;

/* Lets the board enter its ROM by BOOT0 (and whatever else its options do), reads, and puts all lines at rest. `part`
 * narrows what the UART tells to one part's fields and is needed over USB, where a ROM does not say which chip it is
 * (usage); NULL: the product line. Holds the bank's lock. Errors: usage (no such site, part), no-sync, wrong-chip,
 * read-protected, option-bytes-unknown, bank-busy, cancelled, those of opening. Blocks some seconds. */
StnBoardOptions *stn_station_read_options (StnStation *self, const char *site, const char *part,
                                           GCancellable *cancellable, GError **error);
void stn_board_options_free (StnBoardOptions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnBoardOptions, stn_board_options_free)

G_END_DECLS
