/* What a run asks of the keeper of serial numbers. The job owns patterns, encodings and check digits; the journal owns
 * counters and states. A serial is free -> leased -> exposed -> used or void; only a leased one returns to free. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  STN_SERIAL_FREE,
  STN_SERIAL_LEASED,  /* belongs to a run, nothing of it has gone to a board */
  STN_SERIAL_EXPOSED, /* its first write has been begun: it may be on a board */
  STN_SERIAL_USED,    /* on a board that passed */
  STN_SERIAL_VOID,    /* never to be used */
  STN_SERIAL_STATE_COUNT
} StnSerialState;

const char *stn_serial_state_name (StnSerialState state);

typedef struct {
  const char *scheme; /* the name of the counter: the job's name, and where there is a pattern "/" and the pattern */
  /* The job's name. What another scheme of it (the name alone, or with "/" behind) has given out is passed over, or
   * refused where it is given: one job's pattern may be written another way, or its serials scanned before they were
   * counted. NULL: the scheme stands for itself. */
  const char *product;
  const char *text;   /* a given serial (scan, list), or NULL: the next of the counter */
  guint64 first, last; /* the counter's range, both included */
  /* The serial for a counter value, with its check digit; free with g_free. Called inside the transaction: it must be
   * pure and quick. */
  char *(*format) (guint64 number, gpointer data);
  gpointer data;
  const char *uid;    /* a unit that failed with an exposed serial gets the same one again; NULL: not known */
} StnSerialRequest;

G_END_DECLS
