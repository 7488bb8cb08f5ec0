#include "src/link/replay.h"

#include <string.h>

#include "src/link/exchange-text.h"

typedef struct {
  guint number;              /* in the recording, from 1 */
  char *text;                /* owned; from the operation on */
  StnExchangeText *recorded; /* owned */
} ReplayLine;

typedef struct {
  StnLink link;
  GPtrArray *lines; /* of ReplayLine, owned */
  guint position;
} ReplayLink;

static void
replay_line_free (gpointer data)
{
  ReplayLine *self = data;

  g_free (self->text);
  stn_exchange_text_free (self->recorded);
  g_free (self);
}

/* What was asked, as the recording would have it; what comes back is not part of the question. */
static char *
asked_as_text (const StnExchange *exchange)
{
  GString *text = g_string_new (NULL);

  if (exchange->operation == STN_OP_GET)
    g_string_append (text, stn_operation_name (exchange->operation));
  else
    stn_exchange_to_text (exchange, STN_FAILURE_NONE, text);
  if (exchange->operation == STN_OP_READ)
    g_string_append_printf (text, " (%" G_GSIZE_FORMAT " to %" G_GSIZE_FORMAT " bytes)", exchange->in_least,
                            exchange->in_capacity);
  return g_string_free (text, FALSE);
}

static gboolean
asks_the_same (const StnExchange *asked, const StnExchangeText *line)
{
  const StnExchange *recorded = &line->exchange;

  if (asked->operation != recorded->operation)
    return FALSE;
  switch (asked->operation) {
  case STN_OP_CONFIGURE:
    return asked->line.baud == recorded->line.baud && asked->line.data_bits == recorded->line.data_bits
           && asked->line.parity == recorded->line.parity && asked->line.stop_bits == recorded->line.stop_bits;
  case STN_OP_BREAK:
    return (asked->levels != 0) == (recorded->levels != 0);
  case STN_OP_SET:
    return asked->mask == recorded->mask && asked->levels == recorded->levels;
  case STN_OP_OPEN_DRAIN:
    return asked->mask == recorded->mask;
  case STN_OP_SEND:
    if (asked->address != recorded->address)
      return FALSE;
    break;
  case STN_OP_CONTROL:
    if (asked->setup.request_type != recorded->setup.request_type || asked->setup.request != recorded->setup.request
        || asked->setup.value != recorded->setup.value || asked->setup.index != recorded->setup.index
        || (stn_exchange_is_in (asked) ? asked->in_capacity : asked->out_length) != recorded->in_capacity)
      return FALSE;
    break;
  case STN_OP_WRITE:
  case STN_OP_READ:
  case STN_OP_RECEIVE:
  case STN_OP_FLUSH:
  case STN_OP_GET:
  default:
    break;
  }
  if (stn_exchange_is_in (asked))
    /* an answer that this reader could not have got is another recording's */
    return line->bytes->len <= asked->in_capacity
           && (line->failure != STN_FAILURE_NONE || line->bytes->len >= asked->in_least);
  return asked->out_length == line->bytes->len
         && (asked->out_length == 0 || memcmp (asked->out, line->bytes->data, asked->out_length) == 0);
}

static gboolean
replay_exchange (StnLink *link, StnExchange *exchange, const StnWait *wait, GError **error)
{
  ReplayLink *self = (ReplayLink *) link;

  if (self->position >= self->lines->len) {
    g_autofree char *asked = asked_as_text (exchange);
    stn_error_set_seen (error, STN_FAILURE_INTERNAL, "the end", asked, "replay of %s", stn_link_name (link));
    return FALSE;
  }
  const ReplayLine *line = g_ptr_array_index (self->lines, self->position);
  const StnExchangeText *recorded = line->recorded;
  if (!asks_the_same (exchange, recorded)) {
    g_autofree char *asked = asked_as_text (exchange);
    stn_error_set_seen (error, STN_FAILURE_INTERNAL, line->text, asked, "replay line %u", line->number);
    return FALSE;
  }

  self->position++;
  if (stn_exchange_is_in (exchange)) {
    if (recorded->bytes->len > 0)
      memcpy (exchange->in, recorded->bytes->data, recorded->bytes->len);
    exchange->in_length = recorded->bytes->len;
  }
  if (recorded->failure != STN_FAILURE_NONE) {
    /* silence takes its time, so that what is built on deadlines ends; real time is not spent on a recording */
    if (recorded->failure == STN_FAILURE_NO_ANSWER && stn_clock_is_virtual (wait->clock)
        && wait->deadline_ns != STN_TIME_NEVER && !stn_wait_sleep (wait, stn_wait_left_ns (wait), error))
      return FALSE;
    stn_error_set (error, recorded->failure, "as recorded in line %u", line->number);
    return FALSE;
  }
  if (exchange->operation == STN_OP_GET)
    exchange->levels = recorded->exchange.levels;
  if (exchange->operation == STN_OP_RECEIVE)
    exchange->address = recorded->exchange.address;
  return TRUE;
}

static void
replay_free (StnLink *link)
{
  ReplayLink *self = (ReplayLink *) link;

  g_ptr_array_unref (self->lines);
  g_free (self);
}

static const StnLinkClass replay_class = { .kind = "replay", .exchange = replay_exchange, .free = replay_free };

/* "12.345678" */
static gboolean
is_time (const char *word)
{
  gsize digits = strspn (word, "0123456789");
  return digits > 0 && word[digits] == '.' && word[digits + 1] != '\0'
         && strspn (word + digits + 1, "0123456789") == strlen (word + digits + 1);
}

StnLink *
stn_replay_link_new (StnLinkShape shape, const char *name, const char *text, GError **error)
{
  g_auto (GStrv) rows = g_strsplit (text, "\n", -1);
  g_autofree char *shown_name = g_strdelimit (g_strdup (name), " \t\r\n", '_');
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (replay_line_free);

  for (guint i = 0; rows[i] != NULL; i++) {
    if (rows[i][0] == '\0')
      continue;
    g_auto (GStrv) parts = g_strsplit (rows[i], " ", 3);
    if (g_strv_length (parts) < 3 || !is_time (parts[0])) {
      stn_error_set_seen (error, STN_FAILURE_BAD_FILE, "time, link and operation", rows[i], "line %u", i + 1);
      return NULL;
    }
    if (strcmp (parts[1], shown_name) != 0)
      continue;

    StnExchangeText *recorded = stn_exchange_text_parse (parts[2], shape, error);
    if (recorded == NULL) {
      g_prefix_error (error, "line %u: ", i + 1);
      return NULL;
    }
    ReplayLine *line = g_new0 (ReplayLine, 1);
    line->number = i + 1;
    line->text = g_steal_pointer (&parts[2]);
    line->recorded = recorded;
    g_ptr_array_add (lines, line);
  }

  ReplayLink *self = g_new0 (ReplayLink, 1);
  stn_link_init (&self->link, &replay_class, shape, name);
  self->lines = g_steal_pointer (&lines);
  return &self->link;
}

gboolean
stn_replay_link_is_finished (const StnLink *self)
{
  const ReplayLink *replay = (const ReplayLink *) self;
  return self->link_class == &replay_class && replay->position == replay->lines->len;
}
