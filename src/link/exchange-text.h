/* One exchange as a line of text and back: the format that trace.h shows, shared by trace (writes) and replay (reads).
 * Private to src/link.
 *
 *     write 31 ce              read 79 0b            flush          configure 115200 8E1      break 1
 *     send 00000056 31 ce      receive 00000079 79
 *     control a1 03 0000 0000 0006 00 00 00 00 05 00      type, request, value, index, length as in the setup; data
 *     set 00000003 00000001    get 00000001      open-drain 00000001
 * A failure follows as "-- no-answer": after a write or a set behind what was asked, after a read behind what had come.
 * Of an exchange with a result only what was asked for is there when it failed ("get -- link-lost"). */
#pragma once

#include "src/link/link.h"

G_BEGIN_DECLS

/* Appends the line without time, name and newline. `failure` NONE: it was carried out. */
void stn_exchange_to_text (const StnExchange *exchange, StnFailure failure, GString *text);

/* What a line says. `out` has the bytes in either direction; in the exchange only operation, line, setup, address, mask
 * and levels are filled in, and out_length or in_length (the setup's length in in_capacity). */
typedef struct {
  StnExchange exchange;
  GByteArray *bytes; /* owned */
  StnFailure failure;
} StnExchangeText;

/* NULL with STN_FAILURE_BAD_FILE when the text is no exchange of this shape. */
StnExchangeText *stn_exchange_text_parse (const char *text, StnLinkShape shape, GError **error);
void stn_exchange_text_free (StnExchangeText *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnExchangeText, stn_exchange_text_free)

/* Whether bytes come back with this exchange. */
gboolean stn_exchange_is_in (const StnExchange *exchange);

G_END_DECLS
