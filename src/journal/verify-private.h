/* The walk over a range of the chain, on one connection in one thread; verify.c cuts the chain into ranges. */
#pragma once

#include "src/journal/query-private.h"
#include "src/record/canonical.h"

G_BEGIN_DECLS

/* run, result, void, disposition, audit */
#define STN_CHAIN_KINDS 5
/* tables without a struct are chained by a name and a list of columns; also what a message calls them */
const char *stn_chain_kind_name (guint kind);
/* an expression for the run that a message names; "NULL": none */
const char *stn_chain_kind_run (guint kind);

/* The rows of one kind that a range's entries stand for. */
typedef struct {
  guint64 count;
  gint64 first, last;
} StnRowSpan;

typedef struct {
  gint64 from, to; /* entries, both included; the first range is from G_MININT64, so that nothing lies before it */
  /* filled in by the walk: */
  StnRowSpan spans[STN_CHAIN_KINDS];
  /* The rows of each kind came in the order of their numbers, and the tables have no row between them (no step between
   * the results) that no entry asked for. */
  gboolean is_plain;
  guint8 head[STN_HASH_BYTES]; /* of its last entry */
} StnWalkRange;

typedef struct StnWalk StnWalk;
/* Begins a transaction on the connection, which sees one state of the file until the walk is freed. */
StnWalk *stn_walk_new (StnDatabase *database, GError **error);
void stn_walk_free (StnWalk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnWalk, stn_walk_free)
/* Every entry of the range against the one before it and against its row. The hash before the range is what the file
 * has there: whether that is right is the range before's to say, and where it is missing that one says so. */
gboolean stn_walk_range (StnWalk *self, StnWalkRange *range, GError **error);

/* stn_query_verify with so many threads (at least 1) and ranges of so many entries: for tests and benchmarks. */
gboolean stn_query_verify_by (StnQuery *self, guint threads, guint entries_a_range, guint64 *out_rows,
                              guint8 out_head[STN_HASH_BYTES], GError **error);

G_END_DECLS
