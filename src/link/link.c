#include "src/link/link.h"

#include "src/base/bytes.h"

/* a link error shows at most this much of what came: a whole block would bury the sentence */
#define SHOWN_BYTES 16

static const struct {
  const char *name; /* also the word of the trace format */
  StnLinkShape shape;
  gboolean makes_safe; /* part of teardown: goes ahead when the wait is over */
} operations[] = {
  [STN_OP_WRITE] = { "write", STN_LINK_STREAM, FALSE },
  [STN_OP_READ] = { "read", STN_LINK_STREAM, FALSE },
  [STN_OP_FLUSH] = { "flush", STN_LINK_STREAM, FALSE },
  [STN_OP_CONFIGURE] = { "configure", STN_LINK_STREAM, FALSE },
  [STN_OP_BREAK] = { "break", STN_LINK_STREAM, TRUE },
  [STN_OP_SEND] = { "send", STN_LINK_MESSAGES, FALSE },
  [STN_OP_RECEIVE] = { "receive", STN_LINK_MESSAGES, FALSE },
  [STN_OP_CONTROL] = { "control", STN_LINK_CONTROL, FALSE },
  [STN_OP_SET] = { "set", STN_LINK_PINS, TRUE },
  [STN_OP_GET] = { "get", STN_LINK_PINS, FALSE },
  [STN_OP_OPEN_DRAIN] = { "open-drain", STN_LINK_PINS, FALSE },
};

static const char *const shape_names[] = {
  [STN_LINK_STREAM] = "stream",
  [STN_LINK_MESSAGES] = "messages",
  [STN_LINK_CONTROL] = "control",
  [STN_LINK_PINS] = "pins",
};

void
stn_link_init (StnLink *self, const StnLinkClass *link_class, StnLinkShape shape, const char *name)
{
  self->link_class = link_class;
  self->shape = shape;
  self->name = g_strdup (name != NULL ? name : "");
}

void
stn_link_free (StnLink *self)
{
  if (self == NULL)
    return;

  char *name = self->name;
  self->link_class->free (self);
  g_free (name);
}

StnLinkShape
stn_link_shape (const StnLink *self)
{
  return self->shape;
}

const char *
stn_link_name (const StnLink *self)
{
  return self->name;
}

const char *
stn_link_shape_name (StnLinkShape shape)
{
  return (guint) shape < G_N_ELEMENTS (shape_names) ? shape_names[shape] : "unknown";
}

const char *
stn_operation_name (StnOperation operation)
{
  return (guint) operation < G_N_ELEMENTS (operations) ? operations[operation].name : "unknown";
}

gboolean
stn_operation_from_name (const char *name, StnOperation *out)
{
  for (guint i = 0; i < G_N_ELEMENTS (operations); i++)
    if (g_strcmp0 (name, operations[i].name) == 0) {
      *out = (StnOperation) i;
      return TRUE;
    }
  return FALSE;
}

StnLinkShape
stn_operation_shape (StnOperation operation)
{
  return (guint) operation < G_N_ELEMENTS (operations) ? operations[operation].shape : STN_LINK_STREAM;
}

/* A caller's mistake, told as an error and not as a critical: a station that runs sixteen boards does not stop for
 * it. */
static gboolean
exchange_is_sound (const StnLink *self, const StnExchange *exchange, GError **error)
{
  if (self == NULL || (guint) exchange->operation >= G_N_ELEMENTS (operations)) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "an operation on no link, or an unknown one");
    return FALSE;
  }

  const char *name = operations[exchange->operation].name;
  if (operations[exchange->operation].shape != self->shape) {
    stn_error_set_seen (error, STN_FAILURE_INTERNAL, stn_link_shape_name (operations[exchange->operation].shape),
                        stn_link_shape_name (self->shape), "%s: wrong shape of link for %s", self->name, name);
    return FALSE;
  }
  if ((exchange->out == NULL && exchange->out_length > 0) || (exchange->in == NULL && exchange->in_capacity > 0)
      || exchange->in_least > exchange->in_capacity) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "%s: %s with a buffer that does not fit", self->name, name);
    return FALSE;
  }
  return TRUE;
}

gboolean
stn_link_exchange (StnLink *self, StnExchange *exchange, const StnWait *wait, GError **error)
{
  if (!exchange_is_sound (self, exchange, error))
    return FALSE;
  exchange->in_length = 0;
  if (!operations[exchange->operation].makes_safe && !stn_wait_check (wait, error))
    return FALSE;

  /* nothing to carry: the port need not be asked, and an empty write must not look like an event to it */
  if ((exchange->operation == STN_OP_WRITE && exchange->out_length == 0)
      || (exchange->operation == STN_OP_READ && exchange->in_capacity == 0))
    return TRUE;

  g_autoptr (GError) local = NULL;
  gboolean done = self->link_class->exchange (self, exchange, wait, &local);

  /* a port that claims more than was there, or less than was asked, would turn into bytes that nobody sent */
  if (exchange->in_length > exchange->in_capacity || (done && exchange->in_length < exchange->in_least)) {
    stn_error_set (error, STN_FAILURE_INTERNAL,
                   "%s: %s link returned %" G_GSIZE_FORMAT " bytes for %" G_GSIZE_FORMAT " to %" G_GSIZE_FORMAT,
                   self->name, self->link_class->kind, exchange->in_length, exchange->in_least, exchange->in_capacity);
    exchange->in_length = 0;
    return FALSE;
  }
  if (!done) {
    if (local == NULL)
      stn_error_set (&local, STN_FAILURE_INTERNAL, "%s: %s link failed without a reason", self->name,
                     self->link_class->kind);
    g_propagate_error (error, g_steal_pointer (&local));
  }
  return done;
}

/* ---- streams ---- */

gboolean
stn_stream_write (StnLink *self, gconstpointer bytes, gsize length, const StnWait *wait, GError **error)
{
  StnExchange exchange = { .operation = STN_OP_WRITE, .out = bytes, .out_length = length };
  return stn_link_exchange (self, &exchange, wait, error);
}

static gboolean
stream_read (StnLink *self, guint8 *buffer, gsize least, gsize capacity, gsize *out_length, const StnWait *wait,
             GError **error)
{
  StnExchange exchange = { .operation = STN_OP_READ, .in = buffer, .in_capacity = capacity, .in_least = least };
  g_autoptr (GError) local = NULL;

  if (stn_link_exchange (self, &exchange, wait, &local)) {
    *out_length = exchange.in_length;
    return TRUE;
  }
  if (stn_error_is (local, STN_FAILURE_NO_ANSWER)) {
    /* every kind of port says it in these words, with what did come */
    g_autofree char *bytes = stn_bytes_to_text (buffer, exchange.in_length, SHOWN_BYTES);
    g_autofree char *expected = g_strdup_printf ("%" G_GSIZE_FORMAT " bytes", least);
    g_autofree char *seen = exchange.in_length == 0
                                ? g_strdup ("nothing")
                                : g_strdup_printf ("%" G_GSIZE_FORMAT " (%s)", exchange.in_length, bytes);
    stn_error_set_seen (error, STN_FAILURE_NO_ANSWER, expected, seen, "no answer in time");
  } else
    g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
stn_stream_read (StnLink *self, gpointer buffer, gsize length, const StnWait *wait, GError **error)
{
  gsize came;
  return stream_read (self, buffer, length, length, &came, wait, error);
}

gboolean
stn_stream_read_some (StnLink *self, gpointer buffer, gsize capacity, gsize *out_length, const StnWait *wait,
                      GError **error)
{
  return stream_read (self, buffer, 1, capacity, out_length, wait, error);
}

gboolean
stn_stream_flush (StnLink *self, const StnWait *wait, GError **error)
{
  StnExchange exchange = { .operation = STN_OP_FLUSH };
  return stn_link_exchange (self, &exchange, wait, error);
}

gboolean
stn_stream_configure (StnLink *self, const StnLineSettings *line, const StnWait *wait, GError **error)
{
  StnExchange exchange = { .operation = STN_OP_CONFIGURE, .line = *line };
  return stn_link_exchange (self, &exchange, wait, error);
}

gboolean
stn_stream_break (StnLink *self, gboolean on, const StnWait *wait, GError **error)
{
  StnExchange exchange = { .operation = STN_OP_BREAK, .levels = on ? 1 : 0 };
  return stn_link_exchange (self, &exchange, wait, error);
}

/* ---- messages ---- */

gboolean
stn_messages_send (StnLink *self, guint32 address, gconstpointer bytes, gsize length, const StnWait *wait,
                   GError **error)
{
  StnExchange exchange = { .operation = STN_OP_SEND, .address = address, .out = bytes, .out_length = length };
  return stn_link_exchange (self, &exchange, wait, error);
}

gboolean
stn_messages_receive (StnLink *self, guint32 *inout_address, gpointer buffer, gsize capacity, gsize *out_length,
                      const StnWait *wait, GError **error)
{
  StnExchange exchange = {
    .operation = STN_OP_RECEIVE, .address = *inout_address, .in = buffer, .in_capacity = capacity
  };

  if (!stn_link_exchange (self, &exchange, wait, error))
    return FALSE;
  *inout_address = exchange.address;
  *out_length = exchange.in_length;
  return TRUE;
}

/* ---- control ---- */

/* USB 2.0 section 9.3: bit 7 of bmRequestType is the direction, and the data stage has a 16-bit length */
static gboolean
setup_is_sound (const StnControlSetup *setup, gboolean in, gsize length, GError **error)
{
  if (((setup->request_type & 0x80) != 0) == in && length <= G_MAXUINT16)
    return TRUE;
  stn_error_set (error, STN_FAILURE_INTERNAL, "control %s with request type %02x and %" G_GSIZE_FORMAT " bytes",
                 in ? "in" : "out", setup->request_type, length);
  return FALSE;
}

gboolean
stn_control_out (StnLink *self, const StnControlSetup *setup, gconstpointer bytes, gsize length, const StnWait *wait,
                 GError **error)
{
  StnExchange exchange = { .operation = STN_OP_CONTROL, .setup = *setup, .out = bytes, .out_length = length };
  return setup_is_sound (setup, FALSE, length, error) && stn_link_exchange (self, &exchange, wait, error);
}

gboolean
stn_control_in (StnLink *self, const StnControlSetup *setup, gpointer buffer, gsize capacity, gsize *out_length,
                const StnWait *wait, GError **error)
{
  StnExchange exchange = { .operation = STN_OP_CONTROL, .setup = *setup, .in = buffer, .in_capacity = capacity };

  if (!setup_is_sound (setup, TRUE, capacity, error) || !stn_link_exchange (self, &exchange, wait, error))
    return FALSE;
  *out_length = exchange.in_length;
  return TRUE;
}

/* ---- pins ---- */

gboolean
stn_pins_set (StnLink *self, guint32 mask, guint32 levels, const StnWait *wait, GError **error)
{
  StnExchange exchange = { .operation = STN_OP_SET, .mask = mask, .levels = levels & mask };
  return stn_link_exchange (self, &exchange, wait, error);
}

gboolean
stn_pins_set_open_drain (StnLink *self, guint32 mask, const StnWait *wait, GError **error)
{
  StnExchange exchange = { .operation = STN_OP_OPEN_DRAIN, .mask = mask };
  return stn_link_exchange (self, &exchange, wait, error);
}

gboolean
stn_pins_get (StnLink *self, guint32 *out_levels, const StnWait *wait, GError **error)
{
  StnExchange exchange = { .operation = STN_OP_GET };

  if (!stn_link_exchange (self, &exchange, wait, error))
    return FALSE;
  *out_levels = exchange.levels;
  return TRUE;
}
