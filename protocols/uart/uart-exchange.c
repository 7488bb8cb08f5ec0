#include "protocols/uart/uart-exchange.h"

#include "protocols/uart/uart-wire.h"
#include "src/base/bytes.h"

/* section 1: the lowest rate that ST tests */
#define SLOWEST_BAUD 1200
/* A line that never falls silent is not drained for ever, whatever the caller's patience. */
#define DRAIN_MOST_BYTES 8192

gint64
stn_uart_characters_ns (const StnUartEngine *self, guint count)
{
  guint baud = self->baud > 0 ? self->baud : SLOWEST_BAUD;
  return (gint64) count * STN_UART_BITS_PER_CHARACTER * STN_NS_PER_S / baud;
}

static void
stage_error (GError **error, StnFailure failure, const StnUartStage *stage, const char *expected, const char *seen)
{
  const char *verb = failure == STN_FAILURE_READ_PROTECTED || failure == STN_FAILURE_NACK ? "refused" : "no ACK to";

  if (stage->has_address)
    stn_error_set_at (error, failure, stage->address, expected, seen, "%s %s", verb, stage->what);
  else
    stn_error_set_seen (error, failure, expected, seen, "%s %s", verb, stage->what);
}

gboolean
stn_uart_send (StnUartEngine *self, gconstpointer bytes, gsize length, const StnWait *wait, GError **error)
{
  /* a port that takes nothing would otherwise hold us as long as the caller's patience lasts */
  StnWait narrowed = stn_wait_within (wait, STN_UART_SIMPLE_NS + stn_uart_characters_ns (self, (guint) length));
  return stn_stream_write (self->engine.link, bytes, length, &narrowed, error);
}

gboolean
stn_uart_receive (StnUartEngine *self, const StnUartStage *stage, guint8 *buffer, gsize length, gint64 longest_ns,
                  const StnWait *wait, GError **error)
{
  StnExchange exchange = { .operation = STN_OP_READ, .in = buffer, .in_capacity = length, .in_least = length };
  StnWait narrowed = stn_wait_within (wait, longest_ns);
  g_autoptr (GError) local = NULL;

  if (stn_link_exchange (self->engine.link, &exchange, &narrowed, &local))
    return TRUE;
  if (!stn_error_is (local, STN_FAILURE_NO_ANSWER)) {
    g_propagate_prefixed_error (error, g_steal_pointer (&local), "%s: ", stage->what);
    return FALSE;
  }

  g_autofree char *came = stn_bytes_to_text (buffer, exchange.in_length, STN_UART_SHOWN_BYTES);
  g_autofree char *expected = g_strdup_printf ("%" G_GSIZE_FORMAT " bytes", length);
  g_autofree char *seen = exchange.in_length == 0
                              ? g_strdup ("nothing")
                              : g_strdup_printf ("%" G_GSIZE_FORMAT " (%s)", exchange.in_length, came);
  if (stage->has_address)
    stn_error_set_at (error, STN_FAILURE_NO_ANSWER, stage->address, expected, seen, "short answer after %s",
                      stage->what);
  else
    stn_error_set_seen (error, STN_FAILURE_NO_ANSWER, expected, seen, "short answer after %s", stage->what);
  return FALSE;
}

gboolean
stn_uart_drain (StnUartEngine *self, gint64 idle_ns, guint8 *seen, gsize capacity, gsize *inout_seen,
                const StnWait *wait, GError **error)
{
  guint8 bytes[64];
  gsize total = 0;

  for (;;) {
    StnExchange exchange = { .operation = STN_OP_READ, .in = bytes, .in_capacity = sizeof bytes, .in_least = 1 };
    StnWait narrowed = stn_wait_within (wait, idle_ns);
    g_autoptr (GError) local = NULL;

    if (!stn_link_exchange (self->engine.link, &exchange, &narrowed, &local)) {
      if (stn_error_is (local, STN_FAILURE_NO_ANSWER))
        return TRUE; /* silence: what we wanted */
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    for (gsize i = 0; i < exchange.in_length && seen != NULL && *inout_seen < capacity; i++)
      seen[(*inout_seen)++] = bytes[i];
    total += exchange.in_length;
    if (total > DRAIN_MOST_BYTES) {
      g_autofree char *text = stn_bytes_to_text (bytes, exchange.in_length, STN_UART_SHOWN_BYTES);
      stn_error_set_seen (error, STN_FAILURE_GARBAGE, "silence", text, "the line does not fall silent");
      return FALSE;
    }
  }
}

/* A NACK ends the whole command: the ROM waits for an opcode again (section 3). Some protected ROMs send it twice, and
 * the second must not be taken for the answer to the next command. Anything but NACKs leaves the state lost. */
static void
settle_after_nack (StnUartEngine *self, const StnWait *wait)
{
  guint8 seen[STN_UART_SHOWN_BYTES];
  gsize count = 0;

  /* the NACK is the news; what stops this drain stops the caller's next call too */
  if (!stn_uart_drain (self, STN_UART_DRAIN_NS, seen, sizeof seen, &count, wait, NULL))
    return;
  for (gsize i = 0; i < count; i++)
    if (seen[i] != STN_UART_NACK)
      return;
  self->state = STN_UART_READY;
}

gboolean
stn_uart_expect_ack (StnUartEngine *self, const StnUartStage *stage, const StnWait *wait, GError **error)
{
  g_autoptr (GError) local = NULL;
  guint8 answer;

  if (!stn_uart_receive (self, stage, &answer, 1, stage->longest_ns, wait, &local)) {
    if (stn_error_is (local, STN_FAILURE_NO_ANSWER))
      stage_error (error, STN_FAILURE_NO_ANSWER, stage, "79", "nothing");
    else
      g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (answer == STN_UART_ACK)
    return TRUE;

  char seen[3];
  g_snprintf (seen, sizeof seen, "%02x", answer);
  stage_error (error, answer == STN_UART_NACK ? stage->refused : STN_FAILURE_GARBAGE, stage, "79", seen);
  if (answer == STN_UART_NACK)
    settle_after_nack (self, wait);
  return FALSE;
}

gboolean
stn_uart_open (StnUartEngine *self, guint8 opcode, StnFailure refused, const StnUartStage *stage, const StnWait *wait,
               GError **error)
{
  const guint8 pair[] = { opcode, opcode ^ 0xff };
  char what[16];
  StnUartStage opening = *stage;

  g_snprintf (what, sizeof what, "the opcode %02x", opcode);
  opening.what = what;
  opening.refused = refused;
  opening.longest_ns = STN_UART_SIMPLE_NS;

  self->state = STN_UART_LOST;
  return stn_uart_send (self, pair, sizeof pair, wait, error) && stn_uart_expect_ack (self, &opening, wait, error);
}

/* ---- Get ---- */

static gboolean
get_is_garbage (const char *expected, const guint8 *bytes, gsize length, GError **error)
{
  g_autofree char *seen = stn_bytes_to_text (bytes, length, 2 * STN_UART_SHOWN_BYTES + 2);
  stn_error_set_seen (error, STN_FAILURE_GARBAGE, expected, seen, "the answer to Get makes no sense");
  return FALSE;
}

/* Every ROM lists these (section 3); an answer without them is another answer, or one with a wrong bit. */
static gboolean
list_is_whole (const StnRomIdentity *identity)
{
  static const guint8 always[] = { STN_UART_GET, STN_UART_GET_ID, STN_UART_READ_MEMORY, STN_UART_GO,
                                   STN_UART_WRITE_MEMORY };
  guint found = 0;

  for (guint i = 0; i < identity->command_count; i++) {
    for (guint k = 0; k < i; k++)
      if (identity->commands[k] == identity->commands[i])
        return FALSE;
    for (guint k = 0; k < G_N_ELEMENTS (always); k++)
      found += identity->commands[i] == always[k];
  }
  return found == G_N_ELEMENTS (always);
}

gboolean
stn_uart_get (StnUartEngine *self, StnRomIdentity *out, const StnWait *wait, GError **error)
{
  static const StnUartStage stage = { .what = "Get", .refused = STN_FAILURE_NACK, .longest_ns = STN_UART_SIMPLE_NS };
  StnRomIdentity found = { 0 };
  guint8 count;
  guint8 rest[1 + G_N_ELEMENTS (found.commands) + 1]; /* version, opcodes, ACK */

  if (!stn_uart_open (self, STN_UART_GET, STN_FAILURE_NACK, &stage, wait, error)
      || !stn_uart_receive (self, &stage, &count, 1, STN_UART_SIMPLE_NS, wait, error))
    return FALSE;
  /* the count is of the bytes that follow but the ACK, minus one: so of the opcodes */
  if (count < 1 || count > G_N_ELEMENTS (found.commands))
    return get_is_garbage ("a count of 1 to 32", &count, 1, error);
  if (!stn_uart_receive (self, &stage, rest, count + 2u, STN_UART_SIMPLE_NS + stn_uart_characters_ns (self, count + 2u),
                         wait, error))
    return FALSE;
  if (rest[count + 1] != STN_UART_ACK)
    return get_is_garbage ("79 at the end", rest, count + 2u, error);

  found.protocol_version = rest[0];
  found.command_count = count;
  for (guint i = 0; i < count; i++)
    found.commands[i] = rest[1 + i];
  /* two decimal digits, the first not 0: 1.0 to 9.9 */
  if (rest[0] < 0x10 || rest[0] > 0x99 || (rest[0] & 0x0f) > 9)
    return get_is_garbage ("a version as two digits", rest, count + 2u, error);
  if (!list_is_whole (&found))
    return get_is_garbage ("a list with 00 02 11 21 31", rest, count + 2u, error);

  self->state = STN_UART_READY;
  *out = found;
  return TRUE;
}
