/* The whole chain, in ranges that several threads walk. Each range begins at the hash that the file has before it, and the
 * range before proves that hash: together they prove what one walk from the first entry would, as every entry is
 * compared with the one before it, at a joint too. Ranges are taken in their order and one that was taken is walked to
 * its end or its first bad row; so the first bad row of the first bad range is the first of the chain.
 *
 * Every thread has a connection of its own, in a transaction of its own. What the writer adds meanwhile comes after the
 * last entry that is looked at, and nothing before it changes. */
#include "src/journal/verify-private.h"

#include <string.h>

#define THREADS_MOST 8
#define ENTRIES_A_RANGE 16384

/* ----- ranges ----- */

typedef struct {
  StnQuery *query;
  gint64 last;        /* the last entry */
  guint64 count;      /* of ranges */
  guint64 length;     /* of each but the last, in entries */
  GMutex mutex;       /* guards what follows */
  guint64 next;       /* range */
  guint64 bad;        /* the first one that is not right; G_MAXUINT64: none so far */
  GError *error;      /* of that one */
  GPtrArray *walked;  /* StnWalkRange by their number; NULL: not yet */
} Verify;

static void
verify_clear (Verify *self)
{
  g_mutex_clear (&self->mutex);
  g_clear_error (&self->error);
  g_ptr_array_unref (self->walked);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Verify, verify_clear)

/* The next range; NULL: there is none, or one before it is bad. */
static StnWalkRange *
take (Verify *self, guint64 *out_number)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  if (self->next >= self->count || self->next > self->bad)
    return NULL;
  guint64 number = self->next++;
  StnWalkRange *range = g_new0 (StnWalkRange, 1);
  range->from = number == 0 ? G_MININT64 : (gint64) (number * self->length) + 1;
  range->to = number == self->count - 1 ? self->last : (gint64) ((number + 1) * self->length);
  *out_number = number;
  return range;
}

static void
give_back (Verify *self, guint64 number, StnWalkRange *range, GError *error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  if (error != NULL && number < self->bad) {
    g_clear_error (&self->error);
    self->bad = number;
    self->error = error;
  } else {
    g_clear_error (&error);
  }
  if (number >= self->walked->len)
    g_ptr_array_set_size (self->walked, (int) number + 1);
  g_ptr_array_index (self->walked, number) = range;
}

static void
walk_ranges (Verify *self, StnWalk *walk)
{
  StnWalkRange *range;
  guint64 number;

  while ((range = take (self, &number)) != NULL) {
    GError *error = NULL;
    stn_walk_range (walk, range, &error);
    give_back (self, number, range, error);
  }
}

/* A thread beside the caller's. Where it can't open the file it leaves its part to the others: the caller's walks all
 * that nobody took. */
static gpointer
help (gpointer data)
{
  Verify *self = data;
  g_autoptr (StnDatabase) database = stn_query_connect (self->query->database->path, NULL);
  g_autoptr (StnWalk) walk = database != NULL ? stn_walk_new (database, NULL) : NULL;
  if (walk != NULL)
    walk_ranges (self, walk);
  return NULL;
}

/* ----- rows that no entry stands for ----- */

/* *out: whether the table has a row from..to, both included */
static gboolean
has_row (StnDatabase *database, sqlite3_stmt *rows, gint64 from, gint64 to, gboolean *out, GError **error)
{
  sqlite3_bind_int64 (rows, 1, from);
  sqlite3_bind_int64 (rows, 2, to);
  StnRowState state = stn_database_step (database, rows, error);
  sqlite3_reset (rows);
  *out |= state == STN_ROW;
  return state != STN_ROW_ERROR;
}

/* Rows before, between and after those of the ranges, which saw what lies within them. *out_plain: there are none. */
static gboolean
look_between (Verify *self, guint kind, const char *table, const char *key, gboolean *out_plain, GError **error)
{
  StnDatabase *database = self->query->database;
  g_autofree char *text
      = g_strdup_printf ("SELECT 1 FROM %s WHERE %s BETWEEN ? AND ? LIMIT 1", table, key);
  sqlite3_stmt *rows = stn_database_prepare (database, text, error);
  gint64 from = G_MININT64;
  gboolean found = FALSE, in_order = TRUE, can_follow = TRUE, read = rows != NULL;

  for (guint i = 0; read && i < self->walked->len; i++) {
    const StnRowSpan *span = &((const StnWalkRange *) g_ptr_array_index (self->walked, i))->spans[kind];
    if (span->count == 0)
      continue;
    in_order &= can_follow && span->first >= from;
    if (span->first > from)
      read = has_row (database, rows, from, span->first - 1, &found, error);
    can_follow = span->last < G_MAXINT64;
    from = can_follow ? span->last + 1 : span->last;
  }
  if (read && can_follow)
    read = has_row (database, rows, from, G_MAXINT64, &found, error);
  sqlite3_finalize (rows);
  *out_plain &= in_order && !found;
  return read;
}

/* a row that no entry of the chain stands for, or a step of no result: the first of them, by asking for each */
static gboolean
find_stray (StnDatabase *database, GError **error)
{
  for (guint i = 0; i < STN_CHAIN_KINDS; i++) {
    const char *kind = stn_chain_kind_name (i);
    g_autofree char *text = g_strdup_printf ("SELECT id, %s FROM %s AS t WHERE NOT EXISTS (SELECT 1 FROM chain WHERE "
                                             "chain.kind = '%s' AND chain.row = t.id) "
                                             "ORDER BY id LIMIT 1", stn_chain_kind_run (i), kind, kind);
    sqlite3_stmt *rows = stn_database_prepare (database, text, error);
    if (rows == NULL)
      return FALSE;
    StnRowState state = stn_database_step (database, rows, error);
    if (state == STN_ROW) {
      g_autofree char *run_id = stn_rows_text (rows, 1);
      stn_error_set (error, STN_FAILURE_JOURNAL,
                     "%s row %" G_GINT64_FORMAT "%s%s is not in the chain: it was inserted, "
                     "or its entry was deleted", kind, (gint64) sqlite3_column_int64 (rows, 0),
                     run_id != NULL ? " of run " : "", run_id != NULL ? run_id : "");
    }
    sqlite3_finalize (rows);
    if (state != STN_ROW_END)
      return FALSE;
  }
  g_autoptr (StnRows) rows = stn_database_query (database, error,
    "SELECT result FROM step WHERE result NOT IN (SELECT id FROM result) LIMIT 1", "");
  if (rows == NULL)
    return FALSE;
  StnRowState state = stn_database_step (database, rows, error);
  if (state == STN_ROW)
    stn_error_set (error, STN_FAILURE_JOURNAL,
                   "there are steps of result row %" G_GINT64_FORMAT ", which does not exist",
                   (gint64) sqlite3_column_int64 (rows, 0));
  return state == STN_ROW_END;
}

static gboolean
check_strays (Verify *self, GError **error)
{
  static const guint result_kind = 1;
  gboolean plain = TRUE;

  for (guint i = 0; i < self->walked->len; i++)
    plain &= ((const StnWalkRange *) g_ptr_array_index (self->walked, i))->is_plain;
  for (guint i = 0; plain && i < STN_CHAIN_KINDS; i++)
    if (!look_between (self, i, stn_chain_kind_name (i), "id", &plain, error))
      return FALSE;
  if (plain && !look_between (self, result_kind, "step", "result", &plain, error))
    return FALSE;
  return plain || find_stray (self->query->database, error);
}

/* ----- all of it ----- */

static gboolean
read_last (StnDatabase *database, gboolean *out_empty, gint64 *out_last, GError **error)
{
  g_autoptr (StnRows) rows = stn_database_query (database, error, "SELECT max (sequence) FROM chain", "");
  if (rows == NULL || stn_database_step (database, rows, error) != STN_ROW)
    return FALSE;
  *out_empty = sqlite3_column_type (rows, 0) == SQLITE_NULL;
  *out_last = sqlite3_column_int64 (rows, 0);
  return TRUE;
}

static gboolean
verify (StnQuery *query, guint threads, guint entries_a_range, guint64 *out_rows, guint8 out_head[STN_HASH_BYTES],
        GError **error)
{
  g_autoptr (StnWalk) walk = stn_walk_new (query->database, error);
  g_auto (Verify) self = { .query = query, .length = entries_a_range, .bad = G_MAXUINT64,
                           .walked = g_ptr_array_new_with_free_func (g_free) };
  g_autoptr (GPtrArray) helpers = g_ptr_array_new ();
  gboolean is_empty;

  g_mutex_init (&self.mutex);
  /* from here on this connection sees one state of the file, and the others, which begin later, that or a later one */
  if (walk == NULL || !read_last (query->database, &is_empty, &self.last, error))
    return FALSE;
  if (!is_empty)
    self.count = self.last < 1 ? 1 : (guint64) (self.last - 1) / self.length + 1;

  guint others = (guint) MIN (threads, MAX (self.count, 1)) - 1;
  for (guint i = 0; i < others; i++)
    g_ptr_array_add (helpers, g_thread_new ("verify", help, &self));
  walk_ranges (&self, walk);
  for (guint i = 0; i < others; i++)
    g_thread_join (g_ptr_array_index (helpers, i));

  if (self.error != NULL) {
    g_propagate_error (error, g_steal_pointer (&self.error));
    return FALSE;
  }
  if (!check_strays (&self, error))
    return FALSE;
  *out_rows = (guint64) self.last;
  memset (out_head, 0, STN_HASH_BYTES);
  if (self.walked->len > 0)
    memcpy (out_head, ((const StnWalkRange *) g_ptr_array_index (self.walked, self.walked->len - 1))->head,
            STN_HASH_BYTES);
  return TRUE;
}

gboolean
stn_query_verify_by (StnQuery *self, guint threads, guint entries_a_range, guint64 *out_rows,
                     guint8 out_head[STN_HASH_BYTES], GError **error)
{
  guint64 rows;
  guint8 head[STN_HASH_BYTES];

  if (!verify (self, threads, entries_a_range, &rows, head, error)) {
    g_prefix_error (error, "%s: ", self->database->path);
    return FALSE;
  }
  if (out_rows != NULL)
    *out_rows = rows;
  if (out_head != NULL)
    memcpy (out_head, head, STN_HASH_BYTES);
  return TRUE;
}

gboolean
stn_query_verify (StnQuery *self, guint64 *out_rows, guint8 out_head[STN_HASH_BYTES], GError **error)
{
  return stn_query_verify_by (self, CLAMP (g_get_num_processors (), 1, THREADS_MOST), ENTRIES_A_RANGE, out_rows,
                              out_head, error);
}
