/* Protection, checksum and what is special to a part: the commands 63, 73, 82, 92, A1, 50, 51 of AN3155. Private to
 * protocols/uart. */
#pragma once

#include "protocols/uart/uart-exchange.h"

G_BEGIN_DECLS

gboolean stn_uart_write_protect (StnEngine *engine, const guint8 *codes, guint count, const StnWait *wait,
                                 GError **error);
gboolean stn_uart_write_unprotect (StnEngine *engine, const StnWait *wait, GError **error);
gboolean stn_uart_read_protect (StnEngine *engine, const StnWait *wait, GError **error);
gboolean stn_uart_read_unprotect (StnEngine *engine, const StnWait *wait, GError **error);
gboolean stn_uart_checksum (StnEngine *engine, guint64 address, gsize length, guint32 *out, const StnWait *wait,
                            GError **error);
gboolean stn_uart_special (StnEngine *engine, const StnSpecialRequest *request, StnSpecialReply *out,
                           const StnWait *wait, GError **error);

/* uart-engine.c */
gboolean stn_uart_may_send (const StnUartEngine *self, guint8 opcode, GError **error);
/* An address and its checksum in one write, then ACK. */
gboolean stn_uart_send_address (StnUartEngine *self, guint64 address, const StnWait *wait, GError **error);

G_END_DECLS
