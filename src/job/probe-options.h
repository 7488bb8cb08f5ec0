/* Reading the option bytes of a ROM that a probe has heard: nothing is written to the board. */
#pragma once

#include "src/job/probe.h"
#include "src/target/options.h"

G_BEGIN_DECLS

typedef struct {
  StnOptionBlock *block; /* owned */
  gboolean via_usb;
  guint16 bootloader_id; /* 0: there is none, or it could not be read */
  gboolean is_empty;     /* the flash starts with an erased word */
} StnProbeOptions;

/* Reads both areas twice, in one visit; `target` is the chip's (over USB it is not asked for its product id, its memory
 * map must fit). An area that two readings disagree about is STN_FAILURE_OPTION_BYTES_UNKNOWN; protected chips are
 * STN_FAILURE_READ_PROTECTED; other errors are those of the engine. A second area of write-only keys is not read.
 * Blocks some seconds at most. Clear with stn_probe_options_clear. */
gboolean stn_probe_read_options (const StnProbeEar *ear, const StnTarget *target, StnProbeOptions *out,
                                 const StnWait *wait, GError **error);
void stn_probe_options_clear (StnProbeOptions *self);

G_END_DECLS
