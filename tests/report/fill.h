/* A journal with a seeded production in it, made by the journal's own inserts in a few large transactions. */
#pragma once

#include "src/journal/journal.h"

G_BEGIN_DECLS

typedef struct {
  guint32 seed;
  guint runs;        /* about so many */
  guint lot_boards;  /* boards a lot: lots are L0001, L0002, … */
  guint days;        /* production days from 2026-01-05 on */
  gboolean serials;  /* each board takes one, with its changes of state */
  gboolean steps;    /* eleven a run */
  gboolean is_virtual;
} FillPlan;

/* Creates the journal at `path`, which must not exist. Ends the program where it can't. Returns the number of runs. */
guint fill_journal (const char *path, const FillPlan *plan);

G_END_DECLS
