#include "protocols/uart/uart-protection.h"

#include <string.h>

#include "protocols/guard.h"
#include "protocols/uart/uart-wire.h"
#include "src/base/bytes.h"

/* Option programming on H7 takes about 0.3 s; every other part is well below. */
#define PROTECT_NS (2 * STN_NS_PER_S)
#define PROTECT_CODES_MOST 256
/* The older ROMs answer Readout Unprotect when the erase is done; the longest known takes 32 s (F4, byte by byte). */
#define UNPROTECT_FLOOR_NS (2 * STN_NS_PER_S)
/* Nobody says how long a checksum takes: a core at 4 MHz with ten cycles a word, and some. */
#define CHECKSUM_NS_PER_WORD (4 * STN_NS_PER_US)
/* A Special may change option bytes or erase. */
#define SPECIAL_NS (5 * STN_NS_PER_S)

/* ---- protection ---- */

/* From the opcode on the ROM may be at work, and what follows could be taken for a list of sectors. A NACK is told as a
 * refusal, but the wire may have made it of an ACK, so any failure leaves a state that only a reset ends. */
static gboolean
open_protection (StnUartEngine *self, guint8 opcode, StnFailure refused, const StnWait *wait, GError **error)
{
  static const StnUartStage stage = { 0 };

  gboolean ok = stn_uart_open (self, opcode, refused, &stage, wait, error);
  self->state = STN_UART_LOST_IN_OPTIONS;
  return ok;
}

/* The last ACK; silence counts as done, because the reset that follows can cut it off: reading back will tell. */
static gboolean
expect_last_ack (StnUartEngine *self, const char *what, gint64 longest_ns, const StnWait *wait, GError **error)
{
  const StnUartStage stage = { .what = what, .refused = STN_FAILURE_NACK, .longest_ns = longest_ns };
  g_autoptr (GError) local = NULL;

  if (!stn_uart_expect_ack (self, &stage, wait, &local) && !stn_error_is (local, STN_FAILURE_NO_ANSWER)) {
    self->state = STN_UART_LOST_IN_OPTIONS;
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  self->state = STN_UART_OVER;
  return TRUE;
}

static gint64
protect_ns (const StnUartEngine *self)
{
  const StnTarget *target = self->engine.target;

  return MAX (PROTECT_NS, target != NULL ? stn_target_option_write_longest_ns (target) : 0);
}

gboolean
stn_uart_write_protect (StnEngine *engine, const guint8 *codes, guint count, const StnWait *wait, GError **error)
{
  StnUartEngine *self = (StnUartEngine *) engine;
  guint8 block[1 + PROTECT_CODES_MOST + 1];

  if (codes == NULL || count < 1 || count > PROTECT_CODES_MOST) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "a write protection of %u codes", count);
    return FALSE;
  }
  if (!stn_uart_may_send (self, STN_UART_WRITE_PROTECT, error)
      || !open_protection (self, STN_UART_WRITE_PROTECT, STN_FAILURE_READ_PROTECTED, wait, error))
    return FALSE;
  block[0] = (guint8) (count - 1);
  memcpy (block + 1, codes, count);
  block[count + 1] = stn_bytes_xor (block, count + 1);
  return stn_uart_send (self, block, count + 2, wait, error)
         && expect_last_ack (self, "the list to protect", protect_ns (self) + stn_uart_characters_ns (self, count + 2),
                             wait, error);
}

gboolean
stn_uart_write_unprotect (StnEngine *engine, const StnWait *wait, GError **error)
{
  StnUartEngine *self = (StnUartEngine *) engine;

  return stn_uart_may_send (self, STN_UART_WRITE_UNPROTECT, error)
         && open_protection (self, STN_UART_WRITE_UNPROTECT, STN_FAILURE_READ_PROTECTED, wait, error)
         && expect_last_ack (self, "Write Unprotect", protect_ns (self), wait, error);
}

gboolean
stn_uart_read_protect (StnEngine *engine, const StnWait *wait, GError **error)
{
  StnUartEngine *self = (StnUartEngine *) engine;

  return stn_uart_may_send (self, STN_UART_READOUT_PROTECT, error)
         && open_protection (self, STN_UART_READOUT_PROTECT, STN_FAILURE_READ_PROTECTED, wait, error)
         && expect_last_ack (self, "Readout Protect", protect_ns (self), wait, error);
}

gboolean
stn_uart_read_unprotect (StnEngine *engine, const StnWait *wait, GError **error)
{
  StnUartEngine *self = (StnUartEngine *) engine;
  const StnTarget *target = engine->target;
  gint64 erase_ns = target != NULL ? stn_target_mass_erase_longest_ns (target) : 0;

  /* protection is what it takes away: a refusal has another reason */
  return stn_uart_may_send (self, STN_UART_READOUT_UNPROTECT, error)
         && open_protection (self, STN_UART_READOUT_UNPROTECT, STN_FAILURE_NACK, wait, error)
         && expect_last_ack (self, "Readout Unprotect", MAX (UNPROTECT_FLOOR_NS, erase_ns), wait, error);
}

/* ---- Get Checksum ---- */

static gboolean
send_word (StnUartEngine *self, const char *what, guint32 word, const StnWait *wait, GError **error)
{
  const StnUartStage stage = { .what = what, .refused = STN_FAILURE_NACK, .longest_ns = STN_UART_SIMPLE_NS };
  guint8 block[5];
  StnWriter writer = stn_writer_new (block, sizeof block);

  stn_writer_u32_be (&writer, word);
  stn_writer_u8 (&writer, stn_bytes_xor (block, 4));
  return stn_uart_send (self, block, sizeof block, wait, error) && stn_uart_expect_ack (self, &stage, wait, error);
}

/* The result, its bytes from the most significant on, and their xor. Whether one more ACK comes before it is told
 * differently (reference notes on AN3155, section 3): the number of bytes says which it was. */
static gboolean
receive_checksum (StnUartEngine *self, gint64 longest_ns, guint32 *out, const StnWait *wait, GError **error)
{
  static const StnUartStage stage = { .what = "the checksum" };
  guint8 bytes[7];
  gsize length = 5;

  if (!stn_uart_receive (self, &stage, bytes, 5, longest_ns + stn_uart_characters_ns (self, 6), wait, error)
      || !stn_uart_drain (self, STN_UART_DRAIN_NS + stn_uart_characters_ns (self, 2), bytes, sizeof bytes, &length,
                          wait, error))
    return FALSE;
  const guint8 *sum = length == 6 && bytes[0] == STN_UART_ACK ? bytes + 1 : bytes;
  if (length != (gsize) (sum - bytes) + 5 || stn_bytes_xor (sum, 5) != 0) {
    g_autofree char *seen = stn_bytes_to_text (bytes, length, STN_UART_SHOWN_BYTES);
    stn_error_set_seen (error, STN_FAILURE_GARBAGE, "four bytes and their xor", seen,
                        "the answer to Get Checksum makes no sense");
    return FALSE;
  }
  self->state = STN_UART_READY;
  *out = (guint32) sum[0] << 24 | (guint32) sum[1] << 16 | (guint32) sum[2] << 8 | sum[3];
  return TRUE;
}

gboolean
stn_uart_checksum (StnEngine *engine, guint64 address, gsize length, guint32 *out, const StnWait *wait, GError **error)
{
  enum { POLYNOMIAL = 0x04c11db7 };
  StnUartEngine *self = (StnUartEngine *) engine;
  const StnUartStage stage = { .has_address = TRUE, .address = address };

  if (out == NULL || length % 4 != 0 || !stn_guard_fits (address, length, G_MAXUINT32))
    return stn_guard_refuse (error, address, length, "a checksum over no words");
  guint32 words = (guint32) (length / 4);
  if (!stn_uart_may_send (self, STN_UART_GET_CHECKSUM, error)
      || !stn_uart_open (self, STN_UART_GET_CHECKSUM, STN_FAILURE_READ_PROTECTED, &stage, wait, error)
      || !stn_uart_send_address (self, address, wait, error)
      || !send_word (self, "the number of words", words, wait, error)
      || !send_word (self, "the polynomial", POLYNOMIAL, wait, error)
      || !send_word (self, "the first value", G_MAXUINT32, wait, error))
    return FALSE;
  return receive_checksum (self, STN_UART_SIMPLE_NS + words * CHECKSUM_NS_PER_WORD, out, wait, error);
}

/* ---- Special ---- */

/* Length, data and xor in one write, then ACK. */
static gboolean
send_sized (StnUartEngine *self, const char *what, const guint8 *data, gsize length, gint64 longest_ns,
            const StnWait *wait, GError **error)
{
  const StnUartStage stage = { .what = what,
                               .refused = STN_FAILURE_NACK,
                               .longest_ns = longest_ns + stn_uart_characters_ns (self, (guint) length + 3) };
  guint8 block[2 + STN_ENGINE_EXTENDED_SPECIAL_BYTES + 1];

  block[0] = (guint8) (length >> 8);
  block[1] = (guint8) length;
  if (length > 0)
    memcpy (block + 2, data, length);
  block[length + 2] = stn_bytes_xor (block, length + 2);
  return stn_uart_send (self, block, length + 3, wait, error) && stn_uart_expect_ack (self, &stage, wait, error);
}

static gboolean
receive_sized (StnUartEngine *self, const StnUartStage *stage, guint8 *buffer, gsize *out_length, const StnWait *wait,
               GError **error)
{
  guint8 size[2];

  if (!stn_uart_receive (self, stage, size, sizeof size, SPECIAL_NS, wait, error))
    return FALSE;
  gsize length = (gsize) size[0] << 8 | size[1];
  if (length > STN_ENGINE_SPECIAL_BYTES) {
    g_autofree char *seen = g_strdup_printf ("%" G_GSIZE_FORMAT, length);
    stn_error_set_seen (error, STN_FAILURE_GARBAGE, "at most 128 bytes", seen, "the answer to a Special");
    return FALSE;
  }
  if (length > 0
      && !stn_uart_receive (self, stage, buffer, length,
                            STN_UART_SIMPLE_NS + stn_uart_characters_ns (self, (guint) length), wait, error))
    return FALSE;
  *out_length = length;
  return TRUE;
}

static gboolean
talk_special (StnUartEngine *self, guint8 opcode, const guint8 operation[3], const StnSpecialRequest *request,
              StnSpecialReply *reply, const StnWait *wait, GError **error)
{
  static const StnUartStage operation_stage = { .what = "the operation",
                                                .refused = STN_FAILURE_NOT_SUPPORTED,
                                                .longest_ns = STN_UART_SIMPLE_NS };
  static const StnUartStage reply_stage = { .what = "the answer to the Special",
                                            .refused = STN_FAILURE_NACK,
                                            .longest_ns = STN_UART_SIMPLE_NS };

  if (!open_protection (self, opcode, STN_FAILURE_READ_PROTECTED, wait, error)
      || !stn_uart_send (self, operation, 3, wait, error) || !stn_uart_expect_ack (self, &operation_stage, wait, error)
      || !send_sized (self, "the data of the Special", request->data, request->length, SPECIAL_NS, wait, error))
    return FALSE;
  if (request->is_extended
          ? !send_sized (self, "the second block", request->more, request->more_length, SPECIAL_NS, wait, error)
          : !receive_sized (self, &reply_stage, reply->data, &reply->length, wait, error))
    return FALSE;
  return receive_sized (self, &reply_stage, reply->status, &reply->status_length, wait, error)
         && stn_uart_expect_ack (self, &reply_stage, wait, error);
}

gboolean
stn_uart_special (StnEngine *engine, const StnSpecialRequest *request, StnSpecialReply *out, const StnWait *wait,
                  GError **error)
{
  StnUartEngine *self = (StnUartEngine *) engine;
  StnSpecialReply reply = { .length = 0 };
  guint8 opcode = request->is_extended ? STN_UART_EXTENDED_SPECIAL : STN_UART_SPECIAL;
  guint8 operation[3] = { (guint8) (request->operation >> 8), (guint8) request->operation };

  if (request->length > STN_ENGINE_SPECIAL_BYTES || (request->length > 0 && request->data == NULL)
      || request->more_length > STN_ENGINE_EXTENDED_SPECIAL_BYTES || (request->more_length > 0 && request->more == NULL)
      || (request->more_length > 0 && !request->is_extended)) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "a Special that no wire carries");
    return FALSE;
  }
  operation[2] = operation[0] ^ operation[1];
  if (!stn_uart_may_send (self, opcode, error))
    return FALSE;
  gboolean ok = talk_special (self, opcode, operation, request, &reply, wait, error);
  if (!ok) {
    self->state = STN_UART_LOST_IN_OPTIONS;
    return FALSE;
  }
  self->state = STN_UART_READY;
  *out = reply;
  return TRUE;
}
