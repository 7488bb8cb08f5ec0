/* Probing: which ports hear a ROM, and whose, while somebody holds the lines as they please. Nothing is written to a
 * board but the ROM's sync byte and questions; a board whose program runs gets that byte too.
 *
 *     StnProbeEar ears[2] = { { .uart = a, .baud = 115200 }, { .uart = b, .baud = 115200 } };
 *     stn_probe_listen (ears, 2, targets, &wait, error);
 *     if (ears[0].heard == STN_HEARD_ROM) ... ears[0].uid
 *
 * The ports are asked at once, a thread each: silence takes half a second, and a fixture has many ports. */
#pragma once

#include "protocols/engine.h"
#include "src/job/uid.h"
#include "src/link/provider.h"

G_BEGIN_DECLS

typedef enum {
  STN_HEARD_NOTHING,
  STN_HEARD_BYTES, /* a program's text, noise, an echo: no ROM */
  STN_HEARD_ROM
} StnHeard;

#define STN_PROBE_WHY_BYTES 160

typedef struct {
  StnLink *uart;             /* borrowed; NULL: it listens at the USB port, or where there is none either, it is deaf */
  guint baud;                /* bits per second */
  StnProvider *usb_provider; /* borrowed; NULL: no USB port. A ROM there is a DFU device that comes */
  const char *usb_place;     /* borrowed */
  /* With both: a ROM answers at the port where it is spoken to first, so this one is tried first and the other only
   * when no ROM was there. */
  gboolean usb_first;
  /* A device is waited for two seconds, or so long where that is more (F105: usb-dfu-an3156, section 8). Nothing says
   * that none will come, so an empty port takes all of it. */
  gint64 usb_wait_ns;
  gboolean who; /* ask a ROM who it is */

  /* what came of it */
  StnHeard heard;
  gboolean by_usb;               /* what was heard came over USB */
  char why[STN_PROBE_WHY_BYTES]; /* why what speaks on the USB port is no ROM; "": it is one, or nothing speaks */
  gboolean is_echo;              /* the sync byte itself came back: TX and RX are joined */
  gboolean is_identified;        /* product id and what follows are the chip's */
  guint16 product_id;
  const StnTarget *target;      /* its product line; borrowed; NULL: none has this id */
  GError *lost;                 /* owned by whoever listens: the port is of no more use */
  char uid[STN_UID_TEXT_BYTES]; /* "": the ROM does not show it, or where it is is not known */
} StnProbeEar;

/* Asks all ears; what they heard before is replaced. What has come in before the call counts as bytes. `targets` may be
 * NULL where nobody asks who. FALSE: cancelled; the ears then say nothing. Blocks at most some seconds, half a second
 * where all is silent. */
gboolean stn_probe_listen (StnProbeEar *ears, guint count, StnTargets *targets, const StnWait *wait, GError **error);

/* Whether this chip can tell what its BOOT0 pin says: FALSE where a part as shipped ignores the pin, where there is
 * none, or where an empty flash leads into the ROM whatever the pin says. */
gboolean stn_probe_boot0_tells (const StnTarget *target);

G_END_DECLS
