/* Back to "waiting for an opcode" after a byte was lost, without a reset.
 *
 * The ROM has no timeout between bytes: it waits for the rest of whatever it believes it is receiving. So it is fed
 * with filler, one byte at a time, until it says NACK, and then has to prove with a whole Get answer that it stands
 * where we think. One byte at a time, because what follows a NACK must not meet a ROM that is still sending it. What
 * FF does, by where the ROM waits (AN3155 section 3):
 *
 *     opcode or complement   FF FF is no pair, X FF is none (00 FF is, so 00 is never sent first)
 *     address                FF FF FF FF has the checksum 00, so FF is refused
 *     length of a read       FF FF is no pair
 *     Extended Erase         FFFF with FF for a checksum is refused; 00 would erase page 0, 7F begin an endless list
 *     Erase                  FF FF erases nothing and is ACKed, then the next pair is refused
 *     data of a Write        FF, 256 times FF, FF is a valid block: FF must not be used here, see FILLER_IN_DATA
 *
 * Only a block that was cut in the middle can still come out right, once in 256; that is why the caller proves the page
 * of a failed write anew. For option bytes once in 256 is too often: there is no filler for them. */
#include "protocols/uart/uart-exchange.h"

#include "protocols/guard.h"
#include "protocols/uart/uart-wire.h"

#define FILLER 0xff
/* Where data may be expected: a block of nothing but this can't be valid. With FE as the count: FE, 255 times FE has
 * the checksum 00. With the count that was sent (of a multiple of 4 bytes, so odd): an even number of FE leaves the
 * count itself, which is odd and so not FE. As opcode, address or the length of a read FE FE is refused like FF FF.
 * Extended Erase alone would take FE FE for a list of 65279 pages, so FE is used where that can't be: in a Write
 * Memory, and after an ACK to filler, which either ends a command or is a late one that leaves an FF in front (FF FE
 * FE and FF FF FE are refused). */
#define FILLER_IN_DATA 0xfe
/* more than the longest block: 1 + 256 + 1 */
#define FILLER_MOST 300
#define FILLER_WAIT_NS (30 * STN_NS_PER_MS)
#define IDLE_NS (20 * STN_NS_PER_MS)
/* A NACK that was still under way can leave one filler pending; the Get then shows it and a second round mends it. */
#define ROUNDS 2

/* Feeds filler until a NACK answers it. */
static gboolean
fill_until_nack (StnUartEngine *self, const StnWait *wait, GError **error)
{
  static const StnUartStage stage = { .what = "filler" };
  gint64 each_ns = MAX (FILLER_WAIT_NS, stn_uart_characters_ns (self, 2));
  gboolean data_expected = self->state == STN_UART_LOST_IN_DATA;
  guint answers = 0;

  for (guint sent = 0; sent < FILLER_MOST; sent++) {
    const guint8 filler = data_expected ? FILLER_IN_DATA : FILLER;
    g_autoptr (GError) local = NULL;
    guint8 answer;

    if (!stn_uart_send (self, &filler, 1, wait, error))
      return FALSE;
    if (!stn_uart_receive (self, &stage, &answer, 1, each_ns, wait, &local)) {
      if (stn_error_is (local, STN_FAILURE_NO_ANSWER))
        continue;
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    if (answer == STN_UART_NACK)
      return TRUE;
    answers++;
    /* to a command that is complete now, or to an address that filler made right: then data is next */
    if (answer == STN_UART_ACK)
      data_expected = TRUE;
  }

  stn_error_set_seen (error, answers == 0 ? STN_FAILURE_NO_ANSWER : STN_FAILURE_GARBAGE, "1f",
                      answers == 0 ? "nothing" : "other bytes", "the ROM did not come back after %d bytes of filler",
                      FILLER_MOST);
  return FALSE;
}

gboolean
stn_uart_resync (StnEngine *engine, const StnWait *wait, GError **error)
{
  StnUartEngine *self = (StnUartEngine *) engine;
  gint64 idle_ns = IDLE_NS + stn_uart_characters_ns (self, 3);
  StnRomIdentity found;

  switch (self->state) {
  case STN_UART_LOST_IN_OPTIONS:
    stn_error_set (error, STN_FAILURE_NO_SYNC,
                   "an option write was cut short: filler could be taken for option bytes, only a reset helps");
    return FALSE;
  case STN_UART_UNSYNCED:
  case STN_UART_OVER:
    stn_error_set (error, STN_FAILURE_INTERNAL, "there is no visit to bring back");
    return FALSE;
  case STN_UART_READY:
  case STN_UART_LOST:
  case STN_UART_LOST_IN_DATA:
  default:
    break;
  }

  for (guint round = 0; round < ROUNDS; round++) {
    g_autoptr (GError) local = NULL;

    if (!stn_uart_drain (self, idle_ns, NULL, 0, NULL, wait, error) || !fill_until_nack (self, wait, error)
        || !stn_uart_drain (self, idle_ns, NULL, 0, NULL, wait, error))
      return FALSE;
    if (stn_uart_get (self, &found, wait, &local)) {
      if (!self->identified || stn_guard_same_commands (&found, &self->identity))
        return TRUE;
      self->state = STN_UART_LOST;
      stn_error_set (error, STN_FAILURE_GARBAGE, "after the resync another ROM answers than before");
      return FALSE;
    }
    if (round == ROUNDS - 1 || stn_error_is (local, STN_FAILURE_CANCELLED)
        || stn_error_is (local, STN_FAILURE_LINK_LOST) || stn_error_is (local, STN_FAILURE_TIMEOUT)) {
      g_propagate_prefixed_error (error, g_steal_pointer (&local), "resync: ");
      return FALSE;
    }
  }
  return FALSE;
}
