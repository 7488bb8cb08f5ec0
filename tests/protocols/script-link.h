/* A serial port that knows its whole conversation beforehand, and a visit to a ROM over it.
 *
 * The script is lines of text with literal bytes in hex:
 *     = 115200 8E1      the line is set so
 *     flush             what has been received is thrown away
 *     > 31 ce           these bytes are written, in one write
 *     < 79 1f           these come back at once
 *     <1500 79          these come back 1500 ms after the last write
 *     cancel            the next read finds the visit cancelled while it waits
 *     gone              the port goes
 * Whatever else the engine does breaks the script: another write, a write while an answer is unread, a byte too
 * many. */
#pragma once

#include <stdlib.h>
#include <string.h>

#include "protocols/engine.h"
#include "tests/protocols/script-lines.h"

typedef struct {
  guint8 byte;
  gint64 at_ns;
} ScriptByte;

typedef struct {
  StnLink link;
  StnClock *clock;
  GCancellable *cancellable;
  char **lines;
  guint position;
  GArray *incoming; /* ScriptByte, not yet read */
  guint writes;
  char *broken; /* the first thing that was not in the script */
} ScriptLink;

static inline void G_GNUC_PRINTF (2, 3)
script_break (ScriptLink *self, const char *format, ...)
{
  va_list arguments;

  if (self->broken != NULL)
    return;
  va_start (arguments, format);
  self->broken = g_strdup_vprintf (format, arguments);
  va_end (arguments);
}

/* Puts every answer that follows on its way. */
static inline void
script_schedule (ScriptLink *self)
{
  while (self->lines[self->position] != NULL && self->lines[self->position][0] == '<')
    {
      char *text = self->lines[self->position] + 1;
      gint64 delay_ms = g_ascii_isdigit (*text) ? strtoll (text, &text, 10) : 0;
      gint64 at_ns = stn_clock_now_ns (self->clock) + delay_ms * STN_NS_PER_MS;

      while (*text == ' ')
        {
          ScriptByte next = { (guint8) strtoul (text + 1, &text, 16), at_ns };
          g_array_append_val (self->incoming, next);
        }
      self->position++;
    }
}

static inline gboolean
script_next_is (ScriptLink *self, const char *came)
{
  const char *expected = self->lines[self->position];

  if (g_strcmp0 (expected, came) == 0)
    {
      self->position++;
      return TRUE;
    }
  script_break (self, "line %u: expected \"%s\", came \"%s\"", self->position,
                expected != NULL ? expected : "(the end)", came);
  return FALSE;
}

static inline gboolean
script_read (ScriptLink *self, StnExchange *exchange, const StnWait *wait, GError **error)
{
  for (;;)
    {
      gint64 now_ns = stn_clock_now_ns (self->clock);
      gint64 until_ns = wait->deadline_ns;
      guint ready = 0;

      while (ready < self->incoming->len && g_array_index (self->incoming, ScriptByte, ready).at_ns <= now_ns)
        ready++;
      if (ready >= exchange->in_least)
        {
          gsize take = MIN (ready, exchange->in_capacity);
          for (gsize i = 0; i < take; i++)
            exchange->in[i] = g_array_index (self->incoming, ScriptByte, i).byte;
          g_array_remove_range (self->incoming, 0, (guint) take);
          exchange->in_length = take;
          return TRUE;
        }
      if (g_strcmp0 (self->lines[self->position], "cancel") == 0)
        {
          self->position++;
          g_cancellable_cancel (self->cancellable);
        }
      if (ready < self->incoming->len)
        until_ns = MIN (until_ns, g_array_index (self->incoming, ScriptByte, ready).at_ns);
      if (until_ns == STN_TIME_NEVER)
        {
          script_break (self, "a read that never ends");
          until_ns = now_ns;
        }
      StnWake wake = stn_clock_wait (self->clock, self, NULL, until_ns, wait->cancellable);
      if (wake == STN_WAKE_CANCELLED)
        {
          stn_error_set (error, STN_FAILURE_CANCELLED, "stopped on request");
          return FALSE;
        }
      if (until_ns >= wait->deadline_ns || self->broken != NULL)
        {
          /* what had come stays in the caller's buffer, and is gone */
          for (gsize i = 0; i < ready; i++)
            exchange->in[i] = g_array_index (self->incoming, ScriptByte, i).byte;
          g_array_remove_range (self->incoming, 0, ready);
          exchange->in_length = ready;
          stn_error_set (error, STN_FAILURE_NO_ANSWER, "no answer");
          return FALSE;
        }
    }
}

static inline gboolean
script_exchange (StnLink *link, StnExchange *exchange, const StnWait *wait, GError **error)
{
  ScriptLink *self = (ScriptLink *) link;
  g_autofree char *came = NULL;
  gboolean matches = TRUE;

  if (g_strcmp0 (self->lines[self->position], "gone") == 0)
    {
      stn_error_set (error, STN_FAILURE_LINK_LOST, "unplugged");
      return FALSE;
    }
  if (exchange->operation == STN_OP_READ)
    return script_read (self, exchange, wait, error);
  if (exchange->operation == STN_OP_WRITE)
    {
      GString *text = g_string_new (">");

      self->writes++;
      for (gsize i = 0; i < exchange->out_length; i++)
        g_string_append_printf (text, " %02x", exchange->out[i]);
      came = g_string_free (text, FALSE);
      if (self->incoming->len > 0
          && g_array_index (self->incoming, ScriptByte, 0).at_ns <= stn_clock_now_ns (self->clock))
        script_break (self, "\"%s\" while an answer was unread", came);
    }
  else if (exchange->operation == STN_OP_CONFIGURE)
    came = g_strdup_printf ("= %u %u%c%u", exchange->line.baud, exchange->line.data_bits, exchange->line.parity,
                            exchange->line.stop_bits);
  else
    came = g_strdup (stn_operation_name (exchange->operation));
  if (exchange->operation == STN_OP_FLUSH)
    g_array_set_size (self->incoming, 0);

  matches = script_next_is (self, came);
  if (!matches)
    {
      stn_error_set (error, STN_FAILURE_INTERNAL, "not in the script");
      return FALSE;
    }
  script_schedule (self);
  return TRUE;
}

static inline void
script_free (StnLink *link)
{
  ScriptLink *self = (ScriptLink *) link;

  g_strfreev (self->lines);
  g_array_unref (self->incoming);
  g_free (self->broken);
  g_free (self);
}

static const StnLinkClass script_class = { .kind = "script", .exchange = script_exchange, .free = script_free };

static inline ScriptLink *
script_link_new (const char *text, StnClock *clock, GCancellable *cancellable)
{
  ScriptLink *self = g_new0 (ScriptLink, 1);

  stn_link_init (&self->link, &script_class, STN_LINK_STREAM, "A1.uart");
  self->lines = script_lines (text);
  self->clock = clock;
  self->cancellable = cancellable;
  self->incoming = g_array_new (FALSE, FALSE, sizeof (ScriptByte));
  script_schedule (self);
  return self;
}

/* ---- a visit ---- */

/* what a G07x answers: protocol 3.1, Extended Erase, product 0x460 */
#define SYNC "= 115200 8E1\nflush\n> 7f\n< 79\n"
#define GET "> 00 ff\n< 79 0b 31 00 01 02 11 21 31 44 63 73 82 92 79\n"
#define GET_ID "> 02 fd\n< 79 01 04 60 79\n"
#define ENTER SYNC GET GET_ID
/* an F1: protocol 2.2, Erase, product 0x410 */
#define ENTER_F1 \
  SYNC "> 00 ff\n< 79 0b 22 00 01 02 11 21 31 43 63 73 82 92 79\n> 02 fd\n< 79 01 04 10 79\n"

static const StnPageStretch script_stretch = { 0x08000000, 2048, 64, 0 };
static const StnTarget script_target = {
  .name = "STM32G071xB",
  .family = "G0",
  .product_id = 0x460,
  .flash_base = 0x08000000,
  .flash_bytes = 128 * 1024,
  .flash_bytes_largest = 128 * 1024,
  .flash_size_address = 0x1fff75e0,
  .uid_address = 0x1fff7590,
  .uid_offsets = { 0, 4, 8 },
  .stretches = &script_stretch,
  .stretch_count = 1,
  .erased_byte = 0xff,
  .erased_byte_known = TRUE,
  .program_unit_bytes = 8,
  .write_align_bytes = 8,
  .ram_base = 0x20000000,
  .ram_bytes = 36 * 1024,
  .options_address = 0x1fff7800,
  .options_bytes = 128,
  .page_erase_max_ms = 40,
  .mass_erase_max_ms = 40,
  .program_256_typical_ms = 3,
  .program_256_max_ms = 4,
};

typedef struct {
  StnClock *clock;
  GCancellable *cancellable;
  StnWait wait;
  ScriptLink *script;
  StnEngine *engine;
  GError *error;
  StnRomIdentity identity;
} Visit;

static inline void
visit_open (Visit *self, const StnTarget *target, const char *script)
{
  *self = (Visit) { 0 };
  self->clock = stn_clock_new_virtual ();
  stn_clock_join (self->clock);
  self->cancellable = g_cancellable_new ();
  self->wait = stn_wait_new (self->clock, 60 * STN_NS_PER_S, self->cancellable);
  self->script = script_link_new (script, self->clock, self->cancellable);
  self->engine = stn_engine_new (stn_engine_class_by_name ("uart"), &self->script->link, target);
}

static inline void
visit_enter_or_fail (Visit *self, const StnTarget *target, const char *script)
{
  visit_open (self, target, script);
  stn_engine_sync (self->engine, 115200, &self->wait, &self->error);
  g_assert_cmpstr (self->script->broken, ==, NULL);
  g_assert_no_error (self->error);
  stn_engine_identify (self->engine, &self->identity, &self->wait, &self->error);
  g_assert_cmpstr (self->script->broken, ==, NULL);
  g_assert_no_error (self->error);
}

/* The script was kept to and is used up. */
static inline void
visit_close_or_fail (Visit *self)
{
  g_assert_cmpstr (self->script->broken, ==, NULL);
  g_assert_cmpstr (self->script->lines[self->script->position], ==, NULL);
  g_assert_cmpuint (self->script->incoming->len, ==, 0);
  stn_engine_free (self->engine);
  stn_link_free (&self->script->link);
  g_object_unref (self->cancellable);
  stn_clock_leave (self->clock);
  stn_clock_unref (self->clock);
  g_clear_error (&self->error);
}

#define assert_failure(visit, failure) \
  g_assert_cmpstr ((visit)->script->broken, ==, NULL); \
  g_assert_cmpstr (stn_failure_name (stn_error_failure ((visit)->error)), ==, stn_failure_name (failure))
