/* A USB device that knows its whole conversation beforehand, and a visit to its ROM.
 *
 * The script is lines of text with literal bytes in hex; the eight of the setup packet come first:
 *     21 01 00 00 00 00 05 00 | 21 00 40 00 08      a request with data out (nothing behind it: none)
 *     a1 03 00 00 00 00 06 00 > 00 00 00 00 05 00   a request with data in, and the answer
 *     80 06 04 03 09 04 ff 00 > "@Internal Flash"   the answer is a string descriptor with this text
 *     a1 03 00 00 00 00 06 00 stall                 the answer is STALL; also gone (from here on) and silence
 *     ~500 a1 03 ...                                the answer takes 500 ms
 *     +15                                           the next request comes just 15 ms after the last answer
 *     cancel                                        the visit is cancelled before the next request
 * Anything else that the engine sends breaks the script. */
#pragma once

#include <stdlib.h>
#include <string.h>

#include "protocols/dfu/dfu-engine.h"
#include "protocols/engine.h"
#include "tests/protocols/script-lines.h"

typedef struct {
  StnLink link;
  StnClock *clock;
  GCancellable *cancellable;
  char **lines;
  guint position;
  guint requests;
  gint64 answered_ns;
  /* the sweep: this request (from 1) and all after it fail so; STN_FAILURE_NACK: GETSTATUS then says errSTALLEDPKT */
  guint fail_at;
  StnFailure fail_with;
  char *broken; /* the first thing that was not in the script */
} ScriptControl;

static inline void G_GNUC_PRINTF (2, 3)
control_break (ScriptControl *self, const char *format, ...)
{
  va_list arguments;

  if (self->broken != NULL)
    return;
  va_start (arguments, format);
  self->broken = g_strdup_vprintf (format, arguments);
  va_end (arguments);
}

static inline char *
control_came (const StnExchange *exchange)
{
  const StnControlSetup *setup = &exchange->setup;
  guint length = (guint) (exchange->out_length > 0 ? exchange->out_length : exchange->in_capacity);
  GString *text = g_string_new (NULL);

  g_string_printf (text, "%02x %02x %02x %02x %02x %02x %02x %02x", setup->request_type, setup->request,
                   setup->value & 0xff, setup->value >> 8, setup->index & 0xff, setup->index >> 8, length & 0xff,
                   length >> 8);
  if (exchange->out_length > 0)
    g_string_append (text, " |");
  for (gsize i = 0; i < exchange->out_length; i++)
    g_string_append_printf (text, " %02x", exchange->out[i]);
  return g_string_free (text, FALSE);
}

static inline gboolean
control_fail (StnFailure failure, GError **error)
{
  stn_error_set (error, failure, "%s", stn_failure_name (failure));
  return FALSE;
}

/* The answer behind '>'. */
static inline void
control_answer (ScriptControl *self, StnExchange *exchange, const char *text)
{
  guint8 bytes[4096];
  gsize length = 0;

  text += strspn (text, " ");
  if (*text == '"')
    {
      length = 2;
      for (text++; *text != '"' && *text != '\0'; text++)
        {
          bytes[length++] = (guint8) *text;
          bytes[length++] = 0;
        }
      bytes[0] = (guint8) length;
      bytes[1] = 3;
    }
  else
    while (*text != '\0')
      {
        char *end;
        bytes[length++] = (guint8) strtoul (text, &end, 16);
        text = end + strspn (end, " ");
      }
  if (length > exchange->in_capacity)
    control_break (self, "line %u: an answer longer than asked for", self->position);
  exchange->in_length = MIN (length, exchange->in_capacity);
  memcpy (exchange->in, bytes, exchange->in_length);
}

static inline gboolean
control_spoiled (ScriptControl *self, StnExchange *exchange, GError **error)
{
  static const guint8 stalled[] = { 0x0f, 0, 0, 0, 0x0a, 0 };

  if (self->fail_with == STN_FAILURE_NACK && self->requests > self->fail_at && exchange->setup.request_type == 0xa1
      && exchange->setup.request == 3)
    {
      memcpy (exchange->in, stalled, sizeof stalled);
      exchange->in_length = sizeof stalled;
      return TRUE;
    }
  return control_fail (self->fail_with, error);
}

static inline gboolean
control_exchange (StnLink *link, StnExchange *exchange, const StnWait *wait, GError **error)
{
  ScriptControl *self = (ScriptControl *) link;
  gint64 now_ns = stn_clock_now_ns (self->clock);

  self->requests++;
  if (self->fail_at > 0 && self->requests >= self->fail_at)
    return control_spoiled (self, exchange, error);

  const char *line = self->lines[self->position];
  if (line != NULL && line[0] == '+')
    {
      gint64 gap_ns = atoi (line + 1) * STN_NS_PER_MS;
      if (now_ns - self->answered_ns != gap_ns)
        control_break (self, "line %u: \"%s\", but %g ms have passed", self->position, line,
                       (double) (now_ns - self->answered_ns) / (double) STN_NS_PER_MS);
      line = self->lines[++self->position];
    }
  if (g_strcmp0 (line, "cancel") == 0)
    {
      self->position++;
      g_cancellable_cancel (self->cancellable);
      return control_fail (STN_FAILURE_CANCELLED, error);
    }
  if (line != NULL && line[0] == '~')
    {
      char *rest;
      gint64 ready_ns = now_ns + strtoll (line + 1, &rest, 10) * STN_NS_PER_MS;
      StnWake wake = stn_clock_wait (self->clock, self, NULL, MIN (ready_ns, wait->deadline_ns), wait->cancellable);
      if (wake == STN_WAKE_CANCELLED)
        return control_fail (STN_FAILURE_CANCELLED, error);
      if (ready_ns > wait->deadline_ns)
        {
          self->position++;
          return control_fail (STN_FAILURE_NO_ANSWER, error);
        }
      line = rest + 1;
    }

  g_autofree char *came = control_came (exchange);
  gsize length = strlen (came);
  if (line == NULL || strncmp (line, came, length) != 0 || (line[length] != '\0' && line[length] != ' '))
    {
      control_break (self, "line %u: expected \"%s\", came \"%s\"", self->position, line != NULL ? line : "(the end)",
                     came);
      return control_fail (STN_FAILURE_INTERNAL, error);
    }
  line += length + strspn (line + length, " ");
  if (strcmp (line, "gone") == 0)
    return control_fail (STN_FAILURE_LINK_LOST, error); /* and stays: the position does not move */
  self->position++;
  self->answered_ns = stn_clock_now_ns (self->clock);
  if (strcmp (line, "stall") == 0)
    return control_fail (STN_FAILURE_NACK, error);
  if (strcmp (line, "silence") == 0)
    {
      stn_clock_wait (self->clock, self, NULL, wait->deadline_ns, wait->cancellable);
      return control_fail (STN_FAILURE_NO_ANSWER, error);
    }
  if (*line == '>')
    control_answer (self, exchange, line + 1);
  else if (*line != '\0')
    control_break (self, "line %u makes no sense", self->position - 1);
  return TRUE;
}

static inline void
control_free (StnLink *link)
{
  ScriptControl *self = (ScriptControl *) link;

  g_strfreev (self->lines);
  g_free (self->broken);
  g_free (self);
}

static const StnLinkClass control_class = { .kind = "script", .exchange = control_exchange, .free = control_free };

/* ---- a visit ---- */

/* GETSTATUS with an answer; `poll` are the three bytes of the announced wait */
#define STATUS_AFTER(status, poll, state) "a1 03 00 00 00 00 06 00 > " status " " poll " " state " 00\n"
#define STATUS(state) STATUS_AFTER ("00", "00 00 00", state)
#define STATE(state) "a1 05 00 00 00 00 01 00 > " state "\n"
#define CLRSTATUS "21 04 00 00 00 00 00 00\n"
#define ABORT "21 06 00 00 00 00 00 00\n" STATUS ("02")
#define DONE STATUS ("04") STATUS ("05")
#define SET_ADDRESS(bytes) "21 01 00 00 00 00 05 00 | 21 " bytes "\n" DONE
#define SELECT(number) "01 0b " number " 00 00 00 00 00\n"

#define DEVICE "80 06 00 01 00 00 12 00 > 12 01 00 01 00 00 00 40 83 04 11 df 00 22 01 02 03 01\n"
#define CONFIGURATION_HEAD "80 06 00 02 00 00 09 00 > 09 02 24 00 01 01 00 c0 32\n"
#define CONFIGURATION(transfer_bytes) \
  CONFIGURATION_HEAD "80 06 00 02 00 00 24 00 > 09 02 24 00 01 01 00 c0 32" \
  " 09 04 00 00 00 fe 01 02 04 09 04 00 01 00 fe 01 02 05 09 21 0b ff 00 " transfer_bytes " 1a 01\n"
#define FLASH_NAME "80 06 04 03 09 04 ff 00 > \"@Internal Flash  /0x08000000/64*002Kg\"\n"
#define OPTIONS_NAME "80 06 05 03 09 04 ff 00 > \"@Option Bytes  /0x1FFF7800/01*128 e\"\n"
#define SERIAL "80 06 03 03 09 04 ff 00 > \"305531583030\"\n"
#define DESCRIPTORS(transfer_bytes) DEVICE CONFIGURATION (transfer_bytes) FLASH_NAME OPTIONS_NAME SERIAL
#define SYNC_BY(transfer_bytes) DESCRIPTORS (transfer_bytes) STATE ("02") STATUS ("02") SELECT ("00")
#define GET "a1 02 00 00 00 00 40 00 > 00 21 41 92\n" STATUS ("02")
/* blocks of 2048, and of 64: short enough to write down */
#define ENTER SYNC_BY ("00 08") GET
#define ENTER_64 SYNC_BY ("40 00") GET

static const StnPageStretch control_stretch = { 0x08000000, 2048, 64, 0 };
static const StnTarget control_target = {
  .name = "STM32G0B1xB",
  .family = "G0",
  .product_id = 0x467,
  .flash_base = 0x08000000,
  .flash_bytes = 128 * 1024,
  .flash_bytes_largest = 512 * 1024,
  .stretches = &control_stretch,
  .stretch_count = 1,
  .erased_byte = 0xff,
  .erased_byte_known = TRUE,
  .program_unit_bytes = 8,
  .write_align_bytes = 8,
  .ram_base = 0x20000000,
  .ram_bytes = 144 * 1024,
  .options_address = 0x1fff7800,
  .options_bytes = 128,
  .page_erase_typical_ms = 32,
  .page_erase_max_ms = 40,
  .mass_erase_typical_ms = 64,
  .mass_erase_max_ms = 80,
  .program_256_typical_ms = 4,
  .program_256_max_ms = 6,
};

typedef struct {
  StnClock *clock;
  GCancellable *cancellable;
  StnWait wait;
  ScriptControl *script;
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
  self->wait = stn_wait_new (self->clock, 600 * STN_NS_PER_S, self->cancellable);
  self->script = g_new0 (ScriptControl, 1);
  stn_link_init (&self->script->link, &control_class, STN_LINK_CONTROL, "A1.usb");
  self->script->lines = script_lines (script);
  self->script->clock = self->clock;
  self->script->cancellable = self->cancellable;
  self->engine = stn_engine_new (&stn_dfu_engine_class, &self->script->link, target);
}

static inline void
visit_enter_or_fail (Visit *self, const StnTarget *target, const char *script)
{
  visit_open (self, target, script);
  gboolean done = stn_engine_sync (self->engine, 0, &self->wait, &self->error)
                  && stn_engine_identify (self->engine, &self->identity, &self->wait, &self->error);
  g_assert_cmpstr (self->script->broken, ==, NULL);
  g_assert_no_error (self->error);
  g_assert_true (done);
}

static inline void
visit_close (Visit *self)
{
  stn_engine_free (self->engine);
  stn_link_free (&self->script->link);
  g_object_unref (self->cancellable);
  stn_clock_leave (self->clock);
  stn_clock_unref (self->clock);
  g_clear_error (&self->error);
}

/* The script was kept to and is used up (or its device is gone). */
static inline void
visit_close_or_fail (Visit *self)
{
  const char *next = self->script->lines[self->script->position];

  g_assert_cmpstr (self->script->broken, ==, NULL);
  if (next != NULL && !g_str_has_suffix (next, "gone"))
    g_assert_cmpstr (next, ==, NULL);
  visit_close (self);
}

#define ASSERT_DONE(call) \
  G_STMT_START \
  { \
    gboolean done_ = (call); \
    g_assert_cmpstr (visit.script->broken, ==, NULL); \
    g_assert_no_error (visit.error); \
    g_assert_true (done_); \
  } \
  G_STMT_END

#define ASSERT_FAILS(call, failure) \
  G_STMT_START \
  { \
    gboolean done_ = (call); \
    g_assert_cmpstr (visit.script->broken, ==, NULL); \
    g_assert_cmpstr (stn_failure_name (stn_error_failure (visit.error)), ==, stn_failure_name (failure)); \
    g_assert_false (done_); \
    g_test_message ("%s", visit.error->message); \
  } \
  G_STMT_END
