/* The MPSSE of an FT232H: a stream of commands that set and read pins and shift data (FTDI AN_108; opcode 9E from the
 * FT232H's part of it). Nothing hangs on the shift pins of this bench, but the commands are followed, so that the
 * stream stays in step: what is shifted in is the loop-back, or the pulled-up input.
 *
 * Plain data; pins are moved and read by the two calls that it is made with. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  /* Every pin at once: 1 in `directions` is an output. Low byte AD, high byte AC. */
  void (*drive) (gpointer user, guint16 directions, guint16 levels);
  guint16 (*levels) (gpointer user);
} StnMpssePins;

typedef struct {
  const StnMpssePins *pins;
  gpointer user;
  GByteArray *commands; /* not yet carried out */
  GByteArray *out;      /* for the host; borrowed */
  guint16 levels, directions;
  guint16 zero_only; /* outputs that drive low and leave high to the pull-up */
  gboolean loops_back;
  gboolean flush; /* set by 87: what there is goes to the host at once */
} StnMpsse;

void stn_mpsse_init (StnMpsse *self, const StnMpssePins *pins, gpointer user, GByteArray *out);
void stn_mpsse_clear (StnMpsse *self);
/* All pins inputs, nothing pending: as the mode is entered. */
void stn_mpsse_reset (StnMpsse *self);
/* Carries out what it can. A command that is not whole, or waits for a pin, stays; call again with nothing for those.
 */
void stn_mpsse_feed (StnMpsse *self, const guint8 *bytes, gsize length);

G_END_DECLS
