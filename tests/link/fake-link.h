/* A port that notes what reaches it and answers what a test put there. */
#pragma once

#include <string.h>
#include "src/link/link.h"

typedef struct {
  StnLink link;
  GString *log;      /* owned: "write 31ce;set 00000003=00000001;" */
  GByteArray *input; /* owned: what the board has sent and nobody has read */
  guint calls;
  gboolean *freed; /* set when freed; may be NULL */
  guint32 levels;
  StnFailure fails; /* every exchange, when not NONE */
} FakeLink;

static inline void
fake_log_bytes (GString *log, const guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    g_string_append_printf (log, "%02x", bytes[i]);
}

static inline gboolean
fake_exchange (StnLink *link, StnExchange *exchange, const StnWait *wait, GError **error)
{
  FakeLink *self = (FakeLink *) link;

  self->calls++;
  g_string_append (self->log, stn_operation_name (exchange->operation));
  if (self->fails != STN_FAILURE_NONE)
    {
      stn_error_set (error, self->fails, "as the test wants");
      g_string_append_c (self->log, ';');
      return FALSE;
    }
  switch (exchange->operation)
    {
    case STN_OP_WRITE:
    case STN_OP_SEND:
      g_string_append_c (self->log, ' ');
      fake_log_bytes (self->log, exchange->out, exchange->out_length);
      break;
    case STN_OP_CONTROL:
      g_string_append_printf (self->log, " %02x %02x ", exchange->setup.request_type, exchange->setup.request);
      fake_log_bytes (self->log, exchange->out, exchange->out_length);
      break;
    case STN_OP_SET:
      self->levels = (self->levels & ~exchange->mask) | exchange->levels;
      g_string_append_printf (self->log, " %08x=%08x", exchange->mask, exchange->levels);
      break;
    case STN_OP_GET:
      exchange->levels = self->levels;
      break;
    case STN_OP_FLUSH:
      g_byte_array_set_size (self->input, 0);
      break;
    case STN_OP_BREAK:
      g_string_append_printf (self->log, " %u", exchange->levels);
      break;
    case STN_OP_CONFIGURE:
      g_string_append_printf (self->log, " %u%c", exchange->line.baud, exchange->line.parity);
      break;
    case STN_OP_READ:
    case STN_OP_RECEIVE:
    default:
      break;
    }
  g_string_append_c (self->log, ';');

  if (exchange->in_capacity > 0)
    {
      gsize take = MIN (self->input->len, exchange->in_capacity);

      if (take > 0)
        {
          memcpy (exchange->in, self->input->data, take);
          g_byte_array_remove_range (self->input, 0, (guint) take);
        }
      exchange->in_length = take;
      if (take < exchange->in_least)
        {
          if (wait->deadline_ns != STN_TIME_NEVER
              && !stn_wait_sleep (wait, stn_wait_left_ns (wait), error))
            return FALSE;
          stn_error_set (error, STN_FAILURE_NO_ANSWER, "the fake has no more");
          return FALSE;
        }
    }
  return TRUE;
}

static inline void
fake_free (StnLink *link)
{
  FakeLink *self = (FakeLink *) link;

  if (self->freed != NULL)
    *self->freed = TRUE;
  g_string_free (self->log, TRUE);
  g_byte_array_unref (self->input);
  g_free (self);
}

static const StnLinkClass fake_class = { .kind = "fake", .exchange = fake_exchange, .free = fake_free };

static inline FakeLink *
fake_link_new (StnLinkShape shape, const char *name)
{
  FakeLink *self = g_new0 (FakeLink, 1);

  stn_link_init (&self->link, &fake_class, shape, name);
  self->log = g_string_new (NULL);
  self->input = g_byte_array_new ();
  return self;
}

static inline void
fake_answers (FakeLink *self, const char *bytes, gsize length)
{
  g_byte_array_append (self->input, (const guint8 *) bytes, (guint) length);
}
