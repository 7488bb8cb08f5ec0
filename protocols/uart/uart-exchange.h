/* What every command of AN3155 is made of: bytes out in one write, ACK or NACK back, and what the engine knows about
 * where the ROM stands. Private to protocols/uart. */
#pragma once

#include "protocols/engine.h"

G_BEGIN_DECLS

/* Where the ROM waits, as far as the host can know. Every command starts by giving up STN_UART_READY and gets it back
 * only with a whole answer (or a clean refusal), so a call that fails half-way can't be followed by another one that
 * takes the late answer for its own. */
typedef enum {
  STN_UART_UNSYNCED,
  STN_UART_READY,           /* for an opcode */
  STN_UART_LOST,            /* anywhere; filler is harmless */
  STN_UART_LOST_IN_DATA,    /* perhaps in the address or data of a Write Memory: filler may be taken for data */
  STN_UART_LOST_IN_OPTIONS, /* the same with option bytes: filler may lock the board */
  STN_UART_OVER             /* it was told to leave */
} StnUartState;

typedef struct {
  StnEngine engine;
  StnUartState state;
  guint baud; /* 0: not known */
  gboolean identified;
  StnRomIdentity identity;
} StnUartEngine;

/* What an answer belongs to, for messages, and how it may fail. */
typedef struct {
  const char *what; /* "the opcode 31", "the data block" */
  gboolean has_address;
  guint64 address;
  StnFailure refused;  /* what a NACK stands for here */
  gint64 longest_ns;   /* until the first byte of the answer; STN_TIME_NEVER: as long as the caller waits */
} StnUartStage;

/* A simple ACK (reference table in section 7 of the notes on AN3155: 0.5 s to 5 s in other hosts). */
#define STN_UART_SIMPLE_NS STN_NS_PER_S
/* How long the second NACK of a protected ROM, or a second ACK at sync, may lag behind the first. */
#define STN_UART_DRAIN_NS (20 * STN_NS_PER_MS)
/* Most bytes of nonsense that a message shows. */
#define STN_UART_SHOWN_BYTES 16

/* Wire time of so many characters; where the rate is not known, at the slowest rate that ST tests (1200, section 1). */
gint64 stn_uart_characters_ns (const StnUartEngine *self, guint count);

/* One write to the port. */
gboolean stn_uart_send (StnUartEngine *self, gconstpointer bytes, gsize length, const StnWait *wait, GError **error);
/* Exactly `length` bytes within `longest_ns` and the wait. NO_ANSWER says what did come. */
gboolean stn_uart_receive (StnUartEngine *self, const StnUartStage *stage, guint8 *buffer, gsize length,
                           gint64 longest_ns, const StnWait *wait, GError **error);
/* One byte, which must be ACK. On NACK fails with stage->refused, having waited for a second NACK; the ROM is then
 * ready for an opcode. */
gboolean stn_uart_expect_ack (StnUartEngine *self, const StnUartStage *stage, const StnWait *wait, GError **error);
/* Throws away what comes until nothing has come for `idle_ns`. `seen` (may be NULL) gets the first `capacity` of it,
 * *inout_seen counts. FALSE when the wait ended or the port went. */
gboolean stn_uart_drain (StnUartEngine *self, gint64 idle_ns, guint8 *seen, gsize capacity, gsize *inout_seen,
                         const StnWait *wait, GError **error);

/* Opcode and complement, then ACK. Gives up STN_UART_READY. */
gboolean stn_uart_open (StnUartEngine *self, guint8 opcode, StnFailure refused, const StnUartStage *stage,
                        const StnWait *wait, GError **error);
/* Get, read to its last ACK and looked through. Does not touch self->identity. STN_UART_READY after success. */
gboolean stn_uart_get (StnUartEngine *self, StnRomIdentity *out, const StnWait *wait, GError **error);

/* uart-resync.c */
gboolean stn_uart_resync (StnEngine *engine, const StnWait *wait, GError **error);

G_END_DECLS
