#include "src/link/fault.h"

#include <string.h>

#include "src/link/exchange-text.h"

/* noise on a line is most often a low that looks like a start bit */
#define EXTRA_BYTE 0x00
#define NACK_BYTE 0x1f

/* ---- the plan ---- */

struct StnFaultPlan {
  gatomicrefcount references;
  StnFaultKind kind;
  guint64 at_exchange;
  GMutex mutex; /* guards all below */
  guint64 count;
  gboolean spent;
  void (*hook) (guint64 number, const StnExchange *exchange, gpointer);
  gpointer hook_data;
};

StnFaultPlan *
stn_fault_plan_new (StnFaultKind kind, guint64 at_exchange)
{
  StnFaultPlan *self = g_new0 (StnFaultPlan, 1);

  g_atomic_ref_count_init (&self->references);
  g_mutex_init (&self->mutex);
  self->kind = kind;
  self->at_exchange = at_exchange;
  return self;
}

StnFaultPlan *
stn_fault_plan_ref (StnFaultPlan *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
stn_fault_plan_unref (StnFaultPlan *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->references))
    return;
  g_mutex_clear (&self->mutex);
  g_free (self);
}

guint64
stn_fault_plan_count (StnFaultPlan *self)
{
  g_mutex_lock (&self->mutex);
  guint64 count = self->count;
  g_mutex_unlock (&self->mutex);
  return count;
}

void
stn_fault_plan_set_hook (StnFaultPlan *self, void (*hook) (guint64 number, const StnExchange *exchange, gpointer),
                         gpointer data)
{
  g_mutex_lock (&self->mutex);
  self->hook = hook;
  self->hook_data = data;
  g_mutex_unlock (&self->mutex);
}

/* Counts this exchange and calls the hook. TRUE when its turn, or an earlier one that nothing could be done to, is the
 * plan's. */
static gboolean
plan_count (StnFaultPlan *self, const StnExchange *exchange, guint64 *out_number)
{
  g_mutex_lock (&self->mutex);
  guint64 number = ++self->count;
  gboolean due = self->kind != STN_FAULT_NONE && self->at_exchange != 0 && number >= self->at_exchange && !self->spent;
  void (*hook) (guint64, const StnExchange *, gpointer) = self->hook;
  gpointer hook_data = self->hook_data;
  g_mutex_unlock (&self->mutex);

  if (hook != NULL)
    hook (number, exchange, hook_data);
  *out_number = number;
  return due;
}

/* The one fault is for one exchange, whichever thread comes first. */
static gboolean
plan_spend (StnFaultPlan *self)
{
  g_mutex_lock (&self->mutex);
  gboolean mine = !self->spent;
  self->spent = TRUE;
  g_mutex_unlock (&self->mutex);
  return mine;
}

/* ---- the link ---- */

typedef struct {
  StnLink link;
  StnLink *inner;     /* owned */
  StnFaultPlan *plan; /* a reference */
  gboolean gone;
  gboolean has_held; /* a byte that an extra one pushed out of the caller's buffer: it comes first next time */
  guint8 held;
} FaultLink;

/* What an exchange with the inner link looks like when a byte is held back. */
static gboolean
pass_on (FaultLink *self, StnExchange *exchange, const StnWait *wait, GError **error)
{
  if (exchange->operation == STN_OP_FLUSH)
    self->has_held = FALSE;
  if (exchange->operation != STN_OP_READ || !self->has_held)
    return stn_link_exchange (self->inner, exchange, wait, error);

  self->has_held = FALSE;
  exchange->in[0] = self->held;
  exchange->in_length = 1;
  if (exchange->in_least <= 1)
    return TRUE;
  StnExchange rest = *exchange;
  rest.in++;
  rest.in_capacity--;
  rest.in_least--;
  gboolean done = stn_link_exchange (self->inner, &rest, wait, error);
  exchange->in_length = 1 + rest.in_length;
  return done;
}

static gboolean
lost (const FaultLink *self, guint64 number, GError **error)
{
  stn_error_set (error, STN_FAILURE_LINK_LOST, "%s: the port is gone (fault at exchange %" G_GUINT64_FORMAT ")",
                 self->link.name, number);
  return FALSE;
}

/* --- one function a kind; `number` picks byte and bit, so that a sweep over N meets different ones --- */

typedef gboolean (*SpoilFunction) (FaultLink *self, StnExchange *exchange, guint64 number, const StnWait *wait,
                                   GError **error);

static gboolean
spoil_link_lost (FaultLink *self, StnExchange *exchange, guint64 number, const StnWait *wait, GError **error)
{
  (void) exchange;
  (void) wait;
  return lost (self, number, error);
}

static gboolean
spoil_gone (FaultLink *self, StnExchange *exchange, guint64 number, const StnWait *wait, GError **error)
{
  (void) exchange;
  (void) wait;
  self->gone = TRUE;
  return lost (self, number, error);
}

static gboolean
spoil_silence (FaultLink *self, StnExchange *exchange, guint64 number, const StnWait *wait, GError **error)
{
  (void) self;
  exchange->in_length = 0;
  if (wait->deadline_ns != STN_TIME_NEVER && !stn_wait_sleep (wait, stn_wait_left_ns (wait), error))
    return FALSE;
  stn_error_set (error, STN_FAILURE_NO_ANSWER, "no answer (fault at exchange %" G_GUINT64_FORMAT ")", number);
  return FALSE;
}

static gboolean
spoil_flip_in (FaultLink *self, StnExchange *exchange, guint64 number, const StnWait *wait, GError **error)
{
  (void) self;
  (void) wait;
  (void) error;
  exchange->in[number % exchange->in_length] ^= (guint8) (1u << number % 8);
  return TRUE;
}

static gboolean
spoil_nack_in (FaultLink *self, StnExchange *exchange, guint64 number, const StnWait *wait, GError **error)
{
  (void) self;
  (void) number;
  (void) wait;
  (void) error;
  exchange->in[0] = NACK_BYTE;
  return TRUE;
}

static gboolean
spoil_drop_in (FaultLink *self, StnExchange *exchange, guint64 number, const StnWait *wait, GError **error)
{
  gsize at = number % exchange->in_length;

  exchange->in_length--;
  memmove (exchange->in + at, exchange->in + at + 1, exchange->in_length - at);
  if (exchange->in_length >= exchange->in_least)
    return TRUE;

  /* a reader that needs more waits for it, as it would have */
  StnExchange rest = *exchange;
  rest.in += exchange->in_length;
  rest.in_capacity -= exchange->in_length;
  rest.in_least -= exchange->in_length;
  gboolean done = stn_link_exchange (self->inner, &rest, wait, error);
  exchange->in_length += rest.in_length;
  return done;
}

static gboolean
spoil_extra_in (FaultLink *self, StnExchange *exchange, guint64 number, const StnWait *wait, GError **error)
{
  gboolean full = exchange->in_length == exchange->in_capacity;

  (void) number;
  (void) wait;
  (void) error;
  if (full) {
    self->held = exchange->in[exchange->in_length - 1];
    self->has_held = TRUE;
  }
  memmove (exchange->in + 1, exchange->in, exchange->in_length - (full ? 1 : 0));
  exchange->in[0] = EXTRA_BYTE;
  exchange->in_length += full ? 0 : 1;
  return TRUE;
}

static gboolean
spoil_flip_out (FaultLink *self, StnExchange *exchange, guint64 number, const StnWait *wait, GError **error)
{
  g_autofree guint8 *bytes = g_memdup2 (exchange->out, exchange->out_length);
  StnExchange spoiled = *exchange;

  bytes[number % exchange->out_length] ^= (guint8) (1u << number % 8);
  spoiled.out = bytes;
  return stn_link_exchange (self->inner, &spoiled, wait, error);
}

static gboolean
spoil_drop_out (FaultLink *self, StnExchange *exchange, guint64 number, const StnWait *wait, GError **error)
{
  StnExchange spoiled = *exchange;

  (void) number;
  spoiled.out_length--;
  /* of one byte nothing is left; a setup goes out with an empty data stage */
  if (spoiled.out_length == 0 && spoiled.operation != STN_OP_CONTROL)
    return TRUE;
  return stn_link_exchange (self->inner, &spoiled, wait, error);
}

typedef enum {
  INSTEAD, /* of any exchange */
  ON_OUT,  /* of one that takes bytes out */
  ON_IN    /* on the bytes that came */
} FaultPlace;

static const struct {
  const char *name;
  FaultPlace place;
  SpoilFunction spoil;
} kinds[STN_FAULT_KIND_COUNT] = {
  [STN_FAULT_NONE] = { "none", INSTEAD, NULL },
  [STN_FAULT_LINK_LOST] = { "link-lost", INSTEAD, spoil_link_lost },
  [STN_FAULT_SILENCE] = { "silence", ON_IN, spoil_silence },
  [STN_FAULT_FLIP_IN] = { "flip-in", ON_IN, spoil_flip_in },
  [STN_FAULT_DROP_IN] = { "drop-in", ON_IN, spoil_drop_in },
  [STN_FAULT_EXTRA_IN] = { "extra-in", ON_IN, spoil_extra_in },
  [STN_FAULT_NACK_IN] = { "nack-in", ON_IN, spoil_nack_in },
  [STN_FAULT_FLIP_OUT] = { "flip-out", ON_OUT, spoil_flip_out },
  [STN_FAULT_DROP_OUT] = { "drop-out", ON_OUT, spoil_drop_out },
  [STN_FAULT_GONE] = { "gone", INSTEAD, spoil_gone },
};

const char *
stn_fault_kind_name (StnFaultKind kind)
{
  return (guint) kind < STN_FAULT_KIND_COUNT ? kinds[kind].name : "unknown";
}

/* A byte too many fits into a stream always, into a message only where the reader left room for it. */
static gboolean
has_place_for_it (const FaultLink *self, const StnExchange *exchange)
{
  return self->plan->kind != STN_FAULT_EXTRA_IN || exchange->operation == STN_OP_READ
         || exchange->in_length < exchange->in_capacity;
}

static gboolean
fault_exchange (StnLink *link, StnExchange *exchange, const StnWait *wait, GError **error)
{
  FaultLink *self = (FaultLink *) link;
  guint64 number;
  gboolean due = plan_count (self->plan, exchange, &number);

  if (self->gone)
    return lost (self, number, error);
  if (!due)
    return pass_on (self, exchange, wait, error);

  SpoilFunction spoil = kinds[self->plan->kind].spoil;
  FaultPlace place = kinds[self->plan->kind].place;
  if (place == INSTEAD || (place == ON_OUT && !stn_exchange_is_in (exchange) && exchange->out_length > 0)) {
    if (plan_spend (self->plan))
      return spoil (self, exchange, number, wait, error);
  }
  if (!pass_on (self, exchange, wait, error))
    return FALSE;
  if (place == ON_IN && stn_exchange_is_in (exchange) && exchange->in_length > 0 && has_place_for_it (self, exchange)
      && plan_spend (self->plan))
    return spoil (self, exchange, number, wait, error);
  return TRUE;
}

static void
fault_free (StnLink *link)
{
  FaultLink *self = (FaultLink *) link;

  stn_link_free (self->inner);
  stn_fault_plan_unref (self->plan);
  g_free (self);
}

static const StnLinkClass fault_class = { .kind = "fault", .exchange = fault_exchange, .free = fault_free };

StnLink *
stn_fault_link_new (StnLink *inner, StnFaultPlan *plan)
{
  FaultLink *self = g_new0 (FaultLink, 1);

  stn_link_init (&self->link, &fault_class, stn_link_shape (inner), stn_link_name (inner));
  self->inner = inner;
  self->plan = stn_fault_plan_ref (plan);
  return &self->link;
}
