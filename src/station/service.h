/* What people do to a station between runs: see which site is which, put the lines at rest, see what is plugged in. */
#pragma once

#include "src/station/station.h"

G_BEGIN_DECLS

/* Pulls the site's NRST (its power where it has none) low and lets it go, twice a second, until cancelled or, where
 * `duration_ns` is not 0, for so long; then all is at rest. The board's program starts again each time: its lamps
 * blink, and a lamp of the bank with them, where there is one. Holds the bank's lock. Errors: usage, bank-busy,
 * not-supported (no such line), those of opening. Being cancelled is no error. */
gboolean stn_station_identify (StnStation *self, const char *site, gint64 duration_ns, GCancellable *cancellable,
                               GError **error);
/* The sites that will blink together with this one, itself included, and the line that will move ("NRST c1.AC0"); NULL
 * with the same errors. Touches nothing. Free with g_free. */
char *stn_station_identify_text (StnStation *self, const char *site, GError **error);

typedef struct {
  char *control; /* its name in the file; "A1.uart": RTS and DTR of a site's own port */
  char *place;
  char *failure; /* in words; NULL: at rest now */
} StnParked;

/* Puts all lines of the file at rest, as after a program that was killed. `force`: without the lock, where somebody
 * knows that its owner is dead. Waits out write windows that were left open. StnParked, owned by the array; an adapter or
 * a port that does not answer is a row with a failure. Errors: bank-busy, cancelled. */
GPtrArray *stn_station_park (StnStation *self, gboolean force, GCancellable *cancellable, GError **error);

typedef struct {
  const char *kind;   /* "uart", "pins", "usb" of a bench; "hub", "ft232h", "ftdi", "dfu", "tty" of this machine */
  guint depth;        /* below how many hubs */
  char *place;        /* as a station file names it */
  char *what;         /* for people */
  char *serial;       /* NULL: none, or not told */
  GPtrArray *ttys;    /* char *: serial ports, as a station file names them */
  GPtrArray *remarks; /* char *: what may make trouble, in words */
  GPtrArray *used_by; /* char *: "c1", "A3" of the file */
} StnListed;

/* What is plugged in: on a station with a bench its places, else what this machine has. `self` NULL: this machine, and
 * no file says who uses it. StnListed, owned by the array. Opens nothing. */
GPtrArray *stn_station_list (StnStation *self, GError **error);

G_END_DECLS
