/* A link over a link that spoils the N-th exchange: for sweeps that fail every exchange in turn.
 *
 * Counting is over all links that share a StnFaultPlan (from 1). A kind that does not apply to the N-th exchange (a
 * flip of what came, at a write) spoils the next one that it applies to; each plan spoils one exchange. Which byte and
 * bit is picked by the exchange's number. On pins, only the two that need no bytes apply. */
#pragma once

#include "src/link/link.h"

G_BEGIN_DECLS

typedef enum {
  STN_FAULT_NONE,
  STN_FAULT_LINK_LOST, /* this exchange fails, the link lives on */
  STN_FAULT_SILENCE,   /* a read gets no answer: its deadline passes, what came is lost */
  STN_FAULT_FLIP_IN,   /* one bit of what came */
  STN_FAULT_DROP_IN,   /* one byte of what came is missing */
  STN_FAULT_EXTRA_IN,  /* a byte too many */
  STN_FAULT_NACK_IN,   /* the first byte of what came becomes 1f */
  STN_FAULT_FLIP_OUT,
  STN_FAULT_DROP_OUT,  /* the last byte does not go out */
  STN_FAULT_GONE,      /* this link is gone from here on */
  STN_FAULT_KIND_COUNT
} StnFaultKind;

const char *stn_fault_kind_name (StnFaultKind kind);

typedef struct StnFaultPlan StnFaultPlan;
StnFaultPlan *stn_fault_plan_new (StnFaultKind kind, guint64 at_exchange); /* 0: never, only counts */
StnFaultPlan *stn_fault_plan_ref (StnFaultPlan *self);
void stn_fault_plan_unref (StnFaultPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnFaultPlan, stn_fault_plan_unref)
/* Exchanges seen so far; thread-safe. */
guint64 stn_fault_plan_count (StnFaultPlan *self);
/* Called with the number of each exchange before it runs (for kill tests); NULL: none. Any thread. */
void stn_fault_plan_set_hook (StnFaultPlan *self, void (*hook) (guint64 number, const StnExchange *exchange, gpointer),
                              gpointer data);

/* Takes over `inner`; refs the plan. */
StnLink *stn_fault_link_new (StnLink *inner, StnFaultPlan *plan);

G_END_DECLS
