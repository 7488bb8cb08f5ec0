/* Links: bytes, messages, control transfers and pins, without any protocol.
 *
 * A link has one of four shapes and one operation underneath: `exchange`, which carries out one StnExchange. The typed
 * calls below (stn_stream_write, stn_pins_set, ...) fill in that record, and everything that wants to watch, repeat or
 * spoil what goes over a link wraps `exchange` once for all four shapes: trace, replay, fault (trace.h, replay.h,
 * fault.h). An engine can't tell whether it talks to a real port, a recording or the bench.
 *
 * Ownership: stn_link_free closes the port and frees a wrapper's inner link too. A link is used by one thread at a time;
 * different links by different threads at once.
 *
 * Control links carry requests to endpoint 0 of one USB device, any request, byte for byte, with these outcomes:
 *   STN_FAILURE_NACK       the device answered with STALL: it refuses this request now. The device and the link live on.
 *   STN_FAILURE_LINK_LOST  the device is gone (unplugged, reset itself, LIBUSB_ERROR_NO_DEVICE or IO): every later
 *                          exchange fails alike; the successor of this link is opened at the same hub port.
 *   STN_FAILURE_NO_ANSWER  the device sent NAK up to the wait's deadline. The transfer has been cancelled and has ended
 *                          when this returns; whether the device acted on it is not known.
 *   STN_FAILURE_GARBAGE    the device sent more than was asked for; the link lives on.
 * An out transfer that fails has perhaps been taken; one that succeeds was acknowledged whole, as the status stage comes
 * last. An in transfer may bring less than asked for: that is the device's right and no error. A host keeps some of a
 * device's state for itself: a link over such a host carries out SET_INTERFACE (request type 01, request 0b) by the
 * host's own call, and has claimed the interface when it opens. A link neither repeats nor clears anything by itself.
 *
 * Errors: STN_FAILURE_LINK_LOST when the port has gone (hang-up, unplugged), STN_FAILURE_NO_ANSWER when a read ran into
 * its deadline, STN_FAILURE_CANCELLED; STN_FAILURE_ADAPTER_MISSING and STN_FAILURE_PERMISSION from opening. */
#pragma once

#include "src/base/wait.h"

G_BEGIN_DECLS

typedef enum {
  STN_LINK_STREAM,   /* bytes in, bytes out: UART */
  STN_LINK_MESSAGES, /* framed transfers: I2C, SPI, CAN */
  STN_LINK_CONTROL,  /* USB control transfers */
  STN_LINK_PINS      /* lines with levels */
} StnLinkShape;

typedef enum {
  STN_OP_WRITE,     /* stream: all of out */
  STN_OP_READ,      /* stream: up to in_capacity, at least in_least bytes, before the deadline */
  STN_OP_FLUSH,     /* stream: forget what has been received */
  STN_OP_CONFIGURE, /* stream: line settings */
  STN_OP_BREAK,     /* stream: TX low (levels 1) or idle (levels 0) */
  STN_OP_SEND,      /* messages */
  STN_OP_RECEIVE,   /* messages */
  STN_OP_CONTROL,   /* control: setup + data in either direction */
  STN_OP_SET,       /* pins: levels under a mask, in one go */
  STN_OP_GET,       /* pins: all levels */
  STN_OP_OPEN_DRAIN /* pins: which lines are only ever pulled low (mask); the others are driven both ways */
} StnOperation;

typedef struct {
  guint baud; /* bits per second */
  guint data_bits;
  char parity; /* 'N', 'E', 'O' */
  guint stop_bits;
} StnLineSettings;

typedef struct {
  guint8 request_type;
  guint8 request;
  guint16 value;
  guint16 index;
} StnControlSetup;

/* One operation on one link, with its outcome: what trace writes, replay reads and fault changes. */
typedef struct {
  StnOperation operation;
  const guint8 *out; /* borrowed; what goes to the board */
  gsize out_length;
  guint8 *in; /* the caller's buffer for what comes back */
  gsize in_capacity;
  gsize in_least;
  gsize in_length; /* result */
  StnLineSettings line;
  StnControlSetup setup;
  guint32 address;      /* messages: I2C address, CAN id */
  guint32 mask, levels; /* pins: out for SET, `levels` is the result of GET */
} StnExchange;

typedef struct StnLink StnLink;

typedef struct {
  const char *kind; /* "serial", "bench", "trace", ... for messages */
  StnLinkShape shape;
  /* Blocks until done, at most until the wait ends. A failed read leaves what had come in `in`, its length in in_length;
   * otherwise a failure changes nothing of the exchange. */
  gboolean (*exchange) (StnLink *self, StnExchange *exchange, const StnWait *wait, GError **error);
  void (*free) (StnLink *self); /* closes; frees the implementation's own struct, not `name` */
} StnLinkClass;

/* Implementations embed this first. */
struct StnLink {
  const StnLinkClass *link_class;
  StnLinkShape shape; /* a wrapper has its inner link's */
  char *name;         /* "A3.uart", owned; freed by stn_link_free */
};

/* Fills the common members; the name is copied. */
void stn_link_init (StnLink *self, const StnLinkClass *link_class, StnLinkShape shape, const char *name);
void stn_link_free (StnLink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnLink, stn_link_free)

StnLinkShape stn_link_shape (const StnLink *self);
const char *stn_link_name (const StnLink *self);
/* Runs one exchange; every typed call ends here. An already cancelled or expired wait fails before the port is touched,
 * except for STN_OP_SET and STN_OP_BREAK, which are how teardown makes a board safe. An operation of another shape, or
 * buffers that do not fit each other, give STN_FAILURE_INTERNAL. A stream write of nothing succeeds without the port. */
gboolean stn_link_exchange (StnLink *self, StnExchange *exchange, const StnWait *wait, GError **error);
/* "write", "read", ...: the words of the trace format; "unknown" for anything else. */
const char *stn_operation_name (StnOperation operation);
gboolean stn_operation_from_name (const char *name, StnOperation *out);
StnLinkShape stn_operation_shape (StnOperation operation);
const char *stn_link_shape_name (StnLinkShape shape);

/* ---- streams ---- */
/* Hands all bytes to the port in one go (one write call: split writes cost USB frames). Returns when the port has taken
 * them, not when they have left the wire. */
gboolean stn_stream_write (StnLink *self, gconstpointer bytes, gsize length, const StnWait *wait, GError **error);
/* Exactly `length` bytes, or STN_FAILURE_NO_ANSWER (its text and its detail's `seen` say how many and which came,
 * "nothing" for none). The buffer's content is undefined after a failure. */
gboolean stn_stream_read (StnLink *self, gpointer buffer, gsize length, const StnWait *wait, GError **error);
/* At least 1, at most `capacity` bytes; the number in *out_length. */
gboolean stn_stream_read_some (StnLink *self, gpointer buffer, gsize capacity, gsize *out_length, const StnWait *wait,
                               GError **error);
/* Throws away what has been received. */
gboolean stn_stream_flush (StnLink *self, const StnWait *wait, GError **error);
gboolean stn_stream_configure (StnLink *self, const StnLineSettings *line, const StnWait *wait, GError **error);
gboolean stn_stream_break (StnLink *self, gboolean on, const StnWait *wait, GError **error);

/* ---- messages (I2C, SPI, CAN) ---- */
gboolean stn_messages_send (StnLink *self, guint32 address, gconstpointer bytes, gsize length, const StnWait *wait,
                            GError **error);
gboolean stn_messages_receive (StnLink *self, guint32 *inout_address, gpointer buffer, gsize capacity,
                               gsize *out_length, const StnWait *wait, GError **error);

/* ---- control (USB) ---- */
gboolean stn_control_out (StnLink *self, const StnControlSetup *setup, gconstpointer bytes, gsize length,
                          const StnWait *wait, GError **error);
gboolean stn_control_in (StnLink *self, const StnControlSetup *setup, gpointer buffer, gsize capacity,
                         gsize *out_length, const StnWait *wait, GError **error);

/* ---- pins ---- */
/* Changes the lines in `mask` to `levels` in one go; the others keep theirs. Levels are electrical: 1 is high (open-drain
 * lines: released). Works when cancelled. */
gboolean stn_pins_set (StnLink *self, guint32 mask, guint32 levels, const StnWait *wait, GError **error);
/* From now on the lines in `mask` are pulled low or let go, never driven high; all others are driven both ways, as every
 * line is before this call. Belongs before the first set. STN_FAILURE_NOT_SUPPORTED where the hardware can't. */
gboolean stn_pins_set_open_drain (StnLink *self, guint32 mask, const StnWait *wait, GError **error);
gboolean stn_pins_get (StnLink *self, guint32 *out_levels, const StnWait *wait, GError **error);

G_END_DECLS
